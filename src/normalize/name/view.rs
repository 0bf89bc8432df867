//! Names whose text is held elsewhere, by a person or by a registry's columns, as comparing and looking up take them: where the
//! border is, and the key of the whole name. Knows nothing of how a name was read, nor of what a cell can hold.

use std::num::NonZeroU64;

use super::part::{PartRef, reading_key, reading_key_continued, register_key, register_key_continued};
use super::{Name, NameKind, Spelling};
use crate::normalize::kana;

/// A [`Spelling`] whose parts live elsewhere, as in a registry's dictionary.
#[derive(Clone, Copy)]
pub(crate) struct SpellingRef<'a> {
    pub(crate) family: PartRef<'a>,
    pub(crate) given: PartRef<'a>,
    /// The key of the whole name, once it was worked out.
    whole: Option<NonZeroU64>,
}

impl<'a> SpellingRef<'a> {
    pub(crate) const fn new(family: PartRef<'a>, given: PartRef<'a>) -> Self {
        Self { family, given, whole: None }
    }

    pub(crate) fn has_border(self) -> bool {
        !self.family.is_empty()
    }

    /// The characters of the whole name, spaces aside.
    pub(crate) fn chars(self) -> impl Iterator<Item = char> + Clone + 'a {
        self.family.chars().chain(self.given.chars())
    }

    /// Whether any character is unknown.
    pub(crate) const fn has_unknown(self) -> bool {
        self.family.has_unknown() || self.given.has_unknown()
    }

    /// As [`PartRef::signature`], of both parts.
    pub(crate) const fn signature(self) -> u64 {
        self.family.signature() | self.given.signature()
    }

    /// The whole name under the widest fold, wherever the border is; `None` if a character is unknown.
    pub(crate) fn register_key(self) -> Option<u64> {
        let stands_alone = |c: &char| matches!(c, '\u{3400}'..='\u{9FFF}');
        self.whole_key(|| {
            // Of two kanji side by side neither changes how the other folds.
            let apart = self.given.chars().next().filter(stands_alone).is_some()
                && self.family.last_char().filter(stands_alone).is_some();
            let key = || register_key_continued(self.family, self.given);
            apart.then(key).flatten().unwrap_or_else(|| register_key(self.chars()))
        })
    }

    /// As [`Self::register_key`], for a reading.
    pub(crate) fn reading_key(self) -> Option<u64> {
        self.whole_key(|| {
            // ヴ goes with a vowel behind.
            let lengthens = self.given.chars().next().is_some_and(kana::may_lengthen);
            let apart = !lengthens && !matches!(self.family.last_char(), Some('ヴ' | ' '));
            let key = || reading_key_continued(self.family, self.given);
            apart.then(key).flatten().unwrap_or_else(|| reading_key(self.chars()))
        })
    }

    /// A name without a border is one part, and has its key.
    fn whole_key(self, of_both: impl FnOnce() -> u64) -> Option<u64> {
        let key = || if self.has_border() { of_both() } else { self.given.key() };
        (!self.has_unknown()).then(|| self.whole.map_or_else(key, NonZeroU64::get))
    }

    /// With the key of the whole name: worked out once, for all who will ask for it.
    fn with_key(self, key: impl FnOnce(Self) -> Option<u64>) -> Self {
        Self { whole: key(self).and_then(NonZeroU64::new), ..self }
    }

    /// With the key of another one, if that has the same characters, wherever the borders are.
    fn with_key_of(self, other: SpellingRef<'_>) -> Self {
        Self { whole: other.whole.filter(|_| self.has_characters_of(other)), ..self }
    }

    /// Whether two names have the same characters, wherever the borders are.
    fn has_characters_of(self, other: SpellingRef<'_>) -> bool {
        let (a, b) = (self.family.bytes(), self.given.bytes());
        let (c, d) = (other.family.bytes(), other.given.bytes());
        let ((family, given), (longer, rest)) =
            if a.len() <= c.len() { ((a, b), (c, d)) } else { ((c, d), (a, b)) };
        let between = longer.strip_prefix(family);
        between.and_then(|between| given.strip_prefix(between)) == Some(rest)
    }
}

/// A [`Name`] whose parts live elsewhere.
#[derive(Clone, Copy)]
pub(crate) struct NameRef<'a> {
    pub(crate) kind: NameKind,
    pub(crate) register: Option<SpellingRef<'a>>,
    pub(crate) reading: Option<SpellingRef<'a>>,
}

impl<'a> NameRef<'a> {
    /// Whether each of its spellings shows where the family name ends.
    pub(crate) fn has_borders(self) -> bool {
        [self.register, self.reading].into_iter().flatten().all(SpellingRef::has_border)
    }

    /// With the keys of the whole name in both scripts: see [`SpellingRef::with_key`].
    pub(crate) fn with_keys(self) -> Self {
        let register = self.register.map(|form| form.with_key(SpellingRef::register_key));
        let reading = self.reading.map(|form| form.with_key(SpellingRef::reading_key));
        Self { register, reading, ..self }
    }

    /// With the keys of another one, as far as it has the same characters.
    pub(crate) fn with_keys_of(self, other: NameRef<'_>) -> Self {
        let of = |own: Option<SpellingRef<'a>>, other: Option<SpellingRef<'_>>| match (own, other) {
            (Some(own), Some(other)) => Some(own.with_key_of(other)),
            (own, _) => own,
        };
        Self { register: of(self.register, other.register), reading: of(self.reading, other.reading), ..self }
    }
}

impl Spelling {
    pub(crate) fn view(&self) -> SpellingRef<'_> {
        SpellingRef::new(self.family.view(), self.given.view())
    }
}

impl Name {
    pub(crate) fn view(&self) -> NameRef<'_> {
        NameRef {
            kind: self.kind,
            register: self.register.as_ref().map(Spelling::view),
            reading: self.reading.as_ref().map(Spelling::view),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::name::parse;
    use proptest::prelude::*;

    #[test]
    fn keys_do_not_see_the_border_or_the_script_of_kana() {
        let key = |cell: &str| parse(cell, "").unwrap()[0].register.as_ref().unwrap().view().register_key();
        assert_eq!(key("佐々 木子"), key("佐々木 子"));
        assert_eq!(key("山田 みゆき"), key("山田ミユキ"));
        assert_ne!(key("山田 太郎"), key("山田 次郎"));
        assert_eq!(key("●田 太郎"), None, "R7");
    }

    const REGISTER: [&str; 2] =
        ["(山|髙|田|崎|太|郎|浜){1,3}|(山|髙|々|ヶ|ガ|カ|崎|み|ー|〇|𠮷|A|郎|ケ){1,3}", "(太|郎|々|ケ|B|●)?"];
    const READING: [&str; 2] =
        ["(ア|イ|ウ|ヴ|ガ|ヂ|ー|ヲ|ャ|ホ|ッ|ヰ|ァ|ハ|ン|シ|ョ){1,3}", "(ウ|ヴ|ー|ン|ァ)?"];

    /// Two words, and a third in some.
    fn words([word, middle]: [&'static str; 2]) -> impl Strategy<Value = [String; 3]> {
        (word, word, middle).prop_map(<[String; 3]>::from)
    }

    /// What stands between words: nothing, a space of either width, or two.
    fn borders() -> impl Strategy<Value = [&'static str; 2]> {
        let border = || prop::sample::select(vec!["", "", " ", " ", "　", "  ", "　 "]);
        [border(), border()]
    }

    /// The keys of a whole name as the rest of the library asks for them.
    fn keys(name: NameRef<'_>) -> [Option<u64>; 2] {
        [name.register.and_then(SpellingRef::register_key), name.reading.and_then(SpellingRef::reading_key)]
    }

    /// The same of its characters, one after the other.
    fn plain(name: NameRef<'_>) -> [Option<u64>; 2] {
        let [register, reading] =
            [name.register, name.reading].map(|form| form.filter(|form| !form.has_unknown()));
        [register.map(|form| register_key(form.chars())), reading.map(|form| reading_key(form.chars()))]
    }

    proptest! {
        /// The key of a whole name, however it was come by, is that of its characters.
        #[test]
        fn a_whole_name_has_the_key_of_its_characters(
            [words, others] in prop::array::uniform2((words(REGISTER), words(READING))),
            [borders, other_borders] in prop::array::uniform2(prop::array::uniform2(borders())),
            alike in 0..3u8,
        ) {
            let cell = |words: &[String; 3], [first, second]: [&str; 2]| {
                let [family, given, middle] = words;
                [family, first, given, second, middle].map(String::from).concat()
            };
            let read = |(register, reading): &([String; 3], [String; 3]), [written, read]: [[&str; 2]; 2]| {
                parse(&cell(register, written), &cell(reading, read)).unwrap()
            };
            // The other is a stranger, or the same with a border elsewhere.
            let (a, b) = (read(&words, borders), read(if alike > 0 { &words } else { &others }, other_borders));
            let [a, b] = [a[0].view(), b[0].view()];
            let expected = plain(a);
            prop_assert_eq!(keys(a), expected);
            prop_assert_eq!(keys(a.with_keys()), expected);
            prop_assert_eq!(keys(a.with_keys_of(b.with_keys())), expected);
            prop_assert_eq!(keys(b.with_keys_of(a.with_keys())), plain(b));
            // Whatever cell they stand in.
            let (register, reading) = (cell(&words.0, borders[0]), cell(&words.1, borders[1]));
            for name in parse(&reading, &register).unwrap().iter().map(Name::view) {
                prop_assert_eq!(keys(name), plain(name));
            }
        }
    }
}
