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

/// What is missing where this word stands; `None` for what may be somebody's name.
pub(super) fn says_less(word: &str) -> Option<Missing> {
    match word {
        "氏名不明"
        | "氏名不詳"
        | "氏名未詳"
        | "氏名不祥"
        | "姓名不詳"
        | "氏名"
        | "姓名"
        | "名前"
        | "身元不明"
        | "行旅死亡人"
        | "行旅病人"
        | "名無し"
        | "名なし"
        | "ななし"
        | "名無しの権兵衛"
        | "名無し権兵衛"
        | "ナナシノゴンベエ"
        | "シメイフメイ"
        | "シメイフショウ"
        | "匿名"
        | "テスト"
        | "てすと"
        | "TEST"
        | "ダミー"
        | "DUMMY"
        | "サンプル"
        | "記入例" => Some(Missing::Person),
        "不明" | "不詳" | "不祥" | "未詳" | "未定" | "名未定" | "命名前" | "未登録" | "未記入" | "未入力"
        | "未記載" | "記載なし" | "記載無し" | "該当なし" | "該当無し" | "該当者なし" | "空欄" | "空白"
        | "秘匿" | "非公開" | "非開示" | "非表示" | "省略" | "同上" => Some(Missing::Part),
        "名無" | "ナナシ" | "見本" | "なし" | "ナシ" | "無し" | "フメイ" | "フショウ" | "ミショウ"
        | "ミテイ" | "ミトウロク" | "N/A" | "NULL" | "NONE" | "NO" | "NAME" | "NONAME" | "UNKNOWN"
        | "ANONYMOUS" | "SAMPLE" | "〃" | "-" | "ー" | "様" | "殿" | "さま" | "サマ" => {
            Some(Missing::Name)
        }
        _ if is_test(word) => Some(Missing::Person),
        _ if is_filled_up(word) => Some(Missing::Part),
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
