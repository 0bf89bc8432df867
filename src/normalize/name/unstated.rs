//! What clerks and systems write where a name is missing. Knows words, not who is missing.

use std::borrow::Cow;

use super::kana;

/// What a name states. What holds the place of a name is not stated, as an empty cell is not: it never agrees, not even with
/// itself (R4), for two of whom no name is known are not one person by that.
pub(super) fn stated(name: &str) -> Option<Cow<'_, str>> {
    if !name.split(' ').any(|word| says_less(word).is_some()) {
        return Some(Cow::Borrowed(name));
    }
    if name.split(' ').all(|word| says_less(word).is_some())
        || name.split(' ').any(|word| says_less(word) == Some(Missing::Person))
    {
        return None;
    }
    // 山田 未定: what is not stated of a name is a character that cannot be read (R7).
    let words = name.split(' ').map(|word| if says_less(word) == Some(Missing::Part) { "●" } else { word });
    Some(Cow::Owned(words.collect::<Vec<_>>().join(" ")))
}

/// What a word says to be missing.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Missing {
    /// All of the name, whatever stands beside the word.
    Person,
    /// This part of the name.
    Part,
    /// All of it, if nothing else is stated: beside a name the word may be one (梨 ナシ, 名無 ナナシ, 見本), or a title.
    Name,
}

/// The words that hold the place of a name.
const WORDS: [(&str, Missing); 78] = {
    use Missing::{Name, Part, Person};
    [
        ("氏名不明", Person),
        ("氏名不詳", Person),
        ("氏名未詳", Person),
        ("氏名不祥", Person),
        ("姓名不詳", Person),
        ("氏名", Person),
        ("姓名", Person),
        ("名前", Person),
        ("身元不明", Person),
        ("行旅死亡人", Person),
        ("行旅病人", Person),
        ("名無し", Person),
        ("名なし", Person),
        ("ななし", Person),
        ("名無しの権兵衛", Person),
        ("名無し権兵衛", Person),
        ("ナナシノゴンベエ", Person),
        ("シメイフメイ", Person),
        ("シメイフショウ", Person),
        ("匿名", Person),
        ("テスト", Person),
        ("てすと", Person),
        ("TEST", Person),
        ("ダミー", Person),
        ("DUMMY", Person),
        ("サンプル", Person),
        ("記入例", Person),
        ("不明", Part),
        ("不詳", Part),
        ("不祥", Part),
        ("未詳", Part),
        ("未定", Part),
        ("名未定", Part),
        ("命名前", Part),
        ("未登録", Part),
        ("未記入", Part),
        ("未入力", Part),
        ("未記載", Part),
        ("記載なし", Part),
        ("記載無し", Part),
        ("該当なし", Part),
        ("該当無し", Part),
        ("該当者なし", Part),
        ("空欄", Part),
        ("空白", Part),
        ("秘匿", Part),
        ("非公開", Part),
        ("非開示", Part),
        ("非表示", Part),
        ("省略", Part),
        ("同上", Part),
        ("名無", Name),
        ("ナナシ", Name),
        ("見本", Name),
        ("なし", Name),
        ("ナシ", Name),
        ("無し", Name),
        ("フメイ", Name),
        ("フショウ", Name),
        ("ミショウ", Name),
        ("ミテイ", Name),
        ("ミトウロク", Name),
        ("N/A", Name),
        ("NULL", Name),
        ("NONE", Name),
        ("NO", Name),
        ("NAME", Name),
        ("NONAME", Name),
        ("UNKNOWN", Name),
        ("ANONYMOUS", Name),
        ("SAMPLE", Name),
        ("〃", Name),
        ("-", Name),
        ("ー", Name),
        ("様", Name),
        ("殿", Name),
        ("さま", Name),
        ("サマ", Name),
    ]
};

/// What is missing where this word stands; `None` for what may be somebody's name.
pub(super) fn says_less(word: &str) -> Option<Missing> {
    if !may_say_less(word) {
        return None;
    }
    match WORDS.iter().find(|(known, _)| *known == word) {
        Some((_, missing)) => Some(*missing),
        None if is_test(word) => Some(Missing::Person),
        None if is_filled_up(word) => Some(Missing::Part),
        None => None,
    }
}

/// Whether a word may be one that says less: nearly no name has the beginning, end and length of one.
fn may_say_less(word: &str) -> bool {
    let Some((at, bit)) = class(word) else { return true };
    // No kanji begins with these bytes.
    let may_begin = || match word.as_bytes().first() {
        Some(b'X') => true,
        Some(0xE3) => ["テスト", "てすと", "〇"].iter().any(|start| word.starts_with(start)),
        _ => false,
    };
    CLASSES.get(at).is_some_and(|bits| bits & bit != 0) || may_begin()
}

/// The classes of all words that say less.
#[expect(clippy::indexing_slicing, reason = "at compile time, where get_mut() is not const")]
static CLASSES: [u64; 64] = {
    let (mut classes, mut rest) = ([0; 64], WORDS.as_slice());
    while let Some(((word, _), words)) = rest.split_first() {
        if let Some((at, bit)) = class(word) {
            classes[at] |= bit;
        }
        rest = words;
    }
    classes
};

/// The class of a word by its ends, as one of 64 places and a bit there; `None` for a word of less than three bytes.
const fn class(word: &str) -> Option<(usize, u64)> {
    match (word.as_bytes().first_chunk(), word.as_bytes().last_chunk()) {
        (Some([a, b, c]), Some([d, e, f])) => {
            let first = u32::from_le_bytes([*a, *b, *c, word.len() as u8]).wrapping_mul(0x9E37_79B1);
            let last = u32::from_le_bytes([*d, *e, *f, 0]);
            let mixed = (first.rotate_left(16) ^ last).wrapping_mul(0x85EB_CA6B);
            Some(((mixed >> 26) as usize, 1 << (mixed >> 20 & 63)))
        }
        _ => None,
    }
}

/// A field filled up with one sign: 〇〇, XX. A 〇 alone is a numeral.
fn is_filled_up(word: &str) -> bool {
    let several = |sign: char| word.len() > sign.len_utf8() && word.chars().all(|c| c == sign);
    several('〇') || several('X')
}

/// テスト太郎, テスト1: no name of a foreigner goes on with what is no kana.
fn is_test(word: &str) -> bool {
    let rest = word.strip_prefix("テスト").or_else(|| word.strip_prefix("てすと"));
    rest.and_then(|rest| rest.chars().next()).is_some_and(|c| !kana::is_kana(kana::katakana(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_one_that_may_say_less() {
        for (word, missing) in WORDS {
            assert!(says_less(word) == Some(missing), "{word}");
        }
        for word in ["テスト1", "てすと太郎", "〇〇", "XXX", "XX"] {
            assert!(says_less(word).is_some(), "{word}");
        }
        let names = ["山田", "太郎", "ヤマダ", "ハナコ", "名倉", "未来", "テツヤ", ""];
        assert!(names.into_iter().all(|name| says_less(name).is_none()));
    }
}
