//! Name cells of one or two plain words, as most of a register are: no rule of [`super::parse`] changes such words or looks beyond
//! them, so they are read where they stand, and by whoever reads many once for all who bear them. Knows which words are plain, not
//! what else a cell can hold.

use super::{
    Name, NameError, NameKind, Part, Read, Script, Spelling, is_firm, read, says_less, without_title,
};
use crate::normalize::memo::Memo;
use crate::normalize::sieve::{Sieve, sieve};
use crate::normalize::{Fold, FoldSet};

/// Plain words read, in register form and as readings; nothing for words that are not plain.
#[derive(Debug)]
pub(crate) struct Words {
    register: Memo<Option<Part>>,
    reading: Memo<Option<Part>>,
}

impl Default for Words {
    fn default() -> Self {
        // More than there are family names, and most given ones.
        const WORDS: usize = 1 << 15;
        Self { register: Memo::of(WORDS), reading: Memo::of(WORDS) }
    }
}

/// As [`parse`](super::parse), but plain words that `known` has are not read again.
pub(crate) fn parse_with(known: &mut Words, register: &str, reading: &str) -> Result<Read, NameError> {
    let Words { register: registers, reading: readings } = known;
    let spellings = spelling(registers, register, register_word)
        .and_then(|register| Some((register, spelling(readings, reading, reading_word)?)));
    match spellings {
        Some((register, reading)) => {
            let (register, reading) = (Some(register), Some(reading));
            Ok(Read::One(Name { kind: NameKind::Registered, register, reading }))
        }
        None => read(register, reading),
    }
}

/// Two plain words with one space between.
fn spelling(
    known: &mut Memo<Option<Part>>,
    cell: &str,
    read: impl Fn(&str) -> Option<Part>,
) -> Option<Spelling> {
    let ([family, given], folds) = words(cell)?;
    let mut part = |word| Some(known.get(word, &read)?.as_ref()?.with_folds(folds));
    Some(Spelling { family: part(family)?, given: part(given)? })
}

/// The words of a cell before and after its first space, and what folding that is. They are the parts of the name if
/// [`is_plain`].
pub(crate) fn words(cell: &str) -> Option<([&str; 2], FoldSet)> {
    const WIDE: char = '　';
    let (at, space, folds) = match cell.char_indices().find(|(_, c)| *c == WIDE) {
        Some((at, _)) => (at, WIDE.len_utf8(), FoldSet::EMPTY.with(Fold::Spacing)),
        None => (cell.bytes().position(|byte| byte == b' ')?, 1, FoldSet::EMPTY),
    };
    Some(([cell.get(..at)?, cell.get(at + space..)?], folds))
}

/// Whether all words of a name are plain, so that each reads alike in whatever name of plain words it stands.
pub(crate) fn is_plain(register: &str, reading: &str) -> bool {
    let all = |cell, read: fn(&str) -> Option<Part>| {
        words(cell).is_some_and(|(words, _)| words.into_iter().all(|word| read(word).is_some()))
    };
    all(register, register_word) && all(reading, reading_word)
}

/// The family name that is all a cell of former names says, if it says so beside whatever plain name there is today: a plain
/// word that takes the given name of today. Kana alone may be a reading instead, which today's name tells.
pub(crate) fn former_family<'n>(cell: &str, today: &Name, others: &'n [Name]) -> Option<&'n Part> {
    let [Name { kind: NameKind::Former, register: Some(former), reading: None }] = others else {
        return None;
    };
    let takes_given = today.register.as_ref().is_some_and(|today| today.given == former.given);
    let is_word = || register_word(cell).is_some_and(|word| word == former.family);
    (takes_given && former.family.script() != Script::Kana && is_word()).then_some(&former.family)
}

/// The one or two words of a cell as it is received, where all of it is the name that they are.
pub(super) struct Cell<'a> {
    /// The family name, empty without a border, and the given name.
    words: [&'a str; 2],
    folds: FoldSet,
}

impl<'a> Cell<'a> {
    /// A cell of bare kanji and kana: at least one kanji, for kana alone are a reading as well.
    pub fn register(cell: &'a str) -> Option<Self> {
        let mut kanji = false;
        let is_word = |c| {
            kanji |= matches!(c, '\u{4E00}'..='\u{9FFF}');
            is_bare_char(c)
        };
        Self::of(cell, is_word).filter(|_| kanji)
    }

    /// A reading in katakana.
    pub fn reading(cell: &'a str) -> Option<Self> {
        Self::of(cell, |c| matches!(c, 'ァ'..='ヺ' | 'ー'))
    }

    /// Words of such characters, with one space between at most.
    fn of(cell: &'a str, mut is_word: impl FnMut(char) -> bool) -> Option<Self> {
        if !is_short(cell) {
            return None;
        }
        let mut space = None;
        for (at, c) in cell.char_indices() {
            if !is_word(c) {
                if space.is_some() || !matches!(c, ' ' | '　') {
                    return None;
                }
                space = Some((at, c));
            }
        }
        let (words, folds) = match space {
            None => (["", cell], FoldSet::EMPTY),
            Some((0, _)) => return None,
            Some((at, ' ')) => ([cell.get(..at)?, cell.get(at + 1..)?], FoldSet::EMPTY),
            Some((at, wide)) => {
                ([cell.get(..at)?, cell.get(at + wide.len_utf8()..)?], FoldSet::EMPTY.with(Fold::Spacing))
            }
        };
        let [family, given] = words;
        let states_all = !given.is_empty() && says_less(family).is_none() && says_less(given).is_none();
        states_all.then_some(Self { words, folds })
    }

    /// The same cell, reached by other folds.
    pub fn with_folds(self, folds: FoldSet) -> Self {
        Self { folds, ..self }
    }

    /// The name of these words.
    pub fn spelling(self, part: impl Fn(&str, FoldSet) -> Part) -> Spelling {
        let [family, given] = self.words.map(|word| part(word, self.folds));
        Spelling { family, given }
    }
}

/// Whether a clean cell is kanji and kana of which no rule of the cell's grammar says more than a name: no title, trade, office,
/// border between people, bracket or other notation.
pub(super) fn is_bare(cell: &str) -> bool {
    is_short(cell) && cell.chars().all(|c| c == ' ' || is_bare_char(c))
}

/// Every rule of the grammar needs a character that is none of these.
const fn is_bare_char(c: char) -> bool {
    match c {
        '\u{4E00}'..='\u{9FFF}' => !KANJI_OF_GRAMMAR.may_hold(c) || !is_of_grammar(c),
        'ぁ'..='ゖ' | 'ァ'..='ヺ' | '々' => !is_of_grammar(c),
        _ => false,
    }
}

const KANJI_OF_GRAMMAR: Sieve = sieve!(|c| is_of_grammar(c), '一');

/// Whether some rule of the grammar needs the character.
const fn is_of_grammar(c: char) -> bool {
    matches!(
        c,
        '様' | '殿'
            | 'ま'
            | 'マ'
            | '店'
            | '会'
            | '事'
            | '所'
            | '社'
            | '院'
            | '局'
            | '堂'
            | '館'
            | '旧'
            | '後'
            | '及'
            | '乄'
    )
}

/// A word of kanji and kana that says nothing but a name, wherever it stands in the cell.
fn register_word(word: &str) -> Option<Part> {
    let is_inert = |c| matches!(c, '\u{4E00}'..='\u{9FFF}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '々') && c != '乄';
    let says_more = ["旧氏", "後見人", "及び"].iter().any(|label| word.contains(label));
    let plain = is_short(word)
        && word.chars().all(is_inert)
        && !says_more
        && without_title(word).is_none()
        && says_less(word).is_none()
        && !is_firm(word);
    plain.then(|| Part::register(word, FoldSet::EMPTY))
}

/// A word of katakana that is no title.
fn reading_word(word: &str) -> Option<Part> {
    let plain = is_short(word)
        && word.chars().all(|c| matches!(c, 'ァ'..='ヺ' | 'ー'))
        && without_title(word).is_none()
        && says_less(word).is_none();
    plain.then(|| Part::reading(word, FoldSet::EMPTY))
}

/// Two such words are no cell that is too long.
const fn is_short(word: &str) -> bool {
    !word.is_empty() && word.len() < super::MAX_CHARS / 2
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use proptest::prelude::*;

    fn same(known: &mut Words, register: &str, reading: &str) {
        assert_eq!(parse_with(known, register, reading).map(Read::listed), parse(register, reading));
    }

    #[test]
    fn most_cells_are_plain_and_what_says_more_is_not() {
        for word in ["後藤", "及川", "佐々木", "みゆき", "旧", "様子"] {
            assert!(register_word(word).is_some(), "{word}");
        }
        for word in
            ["", "山田商店", "花子様", "旧氏", "山　田", "〆木", "山乄", "ジョー", "A", "●", "成年後見人"]
        {
            assert!(register_word(word).is_none(), "{word}");
        }
        assert!(reading_word("サマ").is_none() && reading_word("ユーコ").is_some());
    }

    #[test]
    fn every_character_of_the_grammar_is_one_that_may_be() {
        for c in '\0'..=char::MAX {
            let plain = matches!(c, '\u{4E00}'..='\u{9FFF}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '々');
            assert_eq!(is_bare_char(c), plain && !is_of_grammar(c), "{c}");
        }
    }

    /// Name cells, most of them two words that are plain, or nearly so, with one space of either kind between.
    fn registers() -> impl Strategy<Value = String> {
        prop_oneof![
            3 => "(後藤|及川|山田|佐々木|髙橋|旧|みゆき|ユミ)[ 　](花子|太郎|一|子々|みゆき|ヴィ|様子|及|山田|さま|殿)",
            1 => "((後藤|及川|旧氏|山田|商店|株式会社|花子|様|殿|さま|子|々|乄|及び|後見人|成年後見人|A|●|ー|不明|テスト|名無し)[ 　]?){0,5}",
        ]
    }

    fn readings() -> impl Strategy<Value = String> {
        prop_oneof![
            3 => "(ゴトウ|ヤマダ|ユー|ヴィ|ッ|ー|ナシ)[ 　](ハナコ|ユーコ|ジョン|ヴ|ヶ|サマ|ヤマダ|ー)",
            1 => "((ゴトウ|ヤマダ|ハナコ|サマ|ー|ヴ|フメイ|ﾊ|は)[ 　]?){0,5}",
        ]
    }

    proptest! {
        /// What is remembered is what would be read, whoever came before.
        #[test]
        fn remembered_words_read_as_they_are_written(cells in prop::collection::vec((registers(), readings()), 1..20)) {
            let mut known = Words::default();
            for (register, reading) in &cells {
                same(&mut known, register, reading);
                same(&mut known, register, reading);
            }
        }

        /// What one reading of a former name has shown is what another would read.
        #[test]
        fn a_former_family_name_reads_alike_beside_every_plain_name(
            cell in "(加須|佐々木|旧姓|旧氏|通称|後藤|及|様|子|みゆき|ヤマ|殿|不明|山 田|[ 　]){1,3}",
            others in prop::collection::vec(
                ("(山田|後藤|みゆき|ユミ)[ 　](太郎|みゆき|ユミ|加須)", "(ヤマダ|ユミ)[ 　](タロウ|ユミ)"),
                2,
            ),
        ) {
            let today = others.iter().map(|(register, reading)| parse(register, reading).unwrap().swap_remove(0));
            let read = today.map(|today| {
                let former: Vec<Name> = super::super::parse_other(NameKind::Former, &cell, &today).ok().flatten().into_iter().collect();
                (today, former)
            });
            let read: Vec<_> = read.collect();
            for (today, former) in &read {
                let Some(family) = former_family(&cell, today, former) else { continue };
                for (today, former) in &read {
                    let given = today.register.as_ref().unwrap().given.clone();
                    let register = Some(Spelling { family: family.clone(), given });
                    prop_assert_eq!(former, &[Name { kind: NameKind::Former, register, reading: None }]);
                }
            }
        }

        #[test]
        fn any_text_reads_as_it_is_written(register in "\\PC{0,9}[ 　]\\PC{0,9}", reading in "\\PC{0,9}[ 　]\\PC{0,9}") {
            let mut known = Words::default();
            same(&mut known, &register, &reading);
            same(&mut known, &register, "ヤマダ ハナコ");
            same(&mut known, "山田 花子", &reading);
        }
    }
}
