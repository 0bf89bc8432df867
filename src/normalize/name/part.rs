//! One part of a name: its text in one notation, and what is worked out of it once, for blocking and comparison. Knows
//! nothing of what stands around the part.

use std::cell::Cell;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::Serialize;

use crate::hash::KeyHasher;
use crate::normalize::{FoldSet, Grade, kana, kanji};

/// What a part of a name is written in. Parts are compared like with like (R11).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// At least one kanji.
    Han,
    /// Kana only.
    Kana,
    /// Roman letters, or anything else.
    Latin,
}

/// A family name or a given name in one script; or a whole name whose border nobody wrote.
///
/// `Debug` shows its length and script, never its text.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Part {
    text: Text,
    facts: Facts,
}

/// The text of a part. Nearly all are short, and stand where the part does.
#[derive(Clone, Eq, Hash, PartialEq)]
enum Text {
    /// The first bytes; the others are 0.
    Short {
        len: u8,
        bytes: [u8; Text::SHORT],
    },
    Long(Box<str>),
}

impl Text {
    /// As many bytes as leave a text no larger than three words.
    const SHORT: usize = 22;

    fn of(text: &str) -> Self {
        let mut bytes = [0; Self::SHORT];
        match bytes.get_mut(..text.len()) {
            Some(place) => {
                place.copy_from_slice(text.as_bytes());
                Self::Short { len: text.len() as u8, bytes }
            }
            None => Self::Long(text.into()),
        }
    }

    const fn is_empty(&self) -> bool {
        match self {
            Self::Short { len, .. } => *len == 0,
            Self::Long(text) => text.is_empty(),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Self::Long(text) => text.as_bytes(),
        }
    }
}

const _: () = assert!(size_of::<Text>() == 24);

/// What is known of a part besides its text.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
struct Facts {
    exact: u64,
    key: u64,
    signature: u64,
    folds: FoldSet,
    form: Form,
    script: Script,
    unknown: bool,
}

/// Register forms and readings are folded differently, and never share a key.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
enum Form {
    Register,
    Reading,
}

impl Form {
    const fn salt(self) -> u64 {
        match self {
            Self::Register => 0x72,
            Self::Reading => 0x6B,
        }
    }
}

impl Part {
    /// A part of the register form: kanji, Roman letters or kana.
    pub(super) fn register(text: &str, folds: FoldSet) -> Self {
        let facts = Facts::of_kanji(text, folds);
        facts.map_or_else(
            || Self::new(text, Form::Register, widest_register(text.chars()), folds),
            |facts| Self { text: Text::of(text), facts },
        )
    }

    /// A part of a reading.
    pub(super) fn reading(text: &str, folds: FoldSet) -> Self {
        let facts = Facts::of_kana(text, folds);
        facts.map_or_else(
            || Self::new(text, Form::Reading, widest_reading(text.chars()), folds),
            |facts| Self { text: Text::of(text), facts },
        )
    }

    fn new(text: &str, form: Form, widest: impl Iterator<Item = char>, folds: FoldSet) -> Self {
        let mut signature = 0;
        let key =
            KeyHasher::new(form.salt()).text(widest.inspect(|c| signature |= signature_bit(*c))).finish();
        let mut exact = KeyHasher::new(EXACT_SALT);
        let (mut script, mut unknown) = (Script::Latin, false);
        for c in text.chars().filter(|c| *c != ' ') {
            exact = exact.text(std::iter::once(c));
            if is_han(c) {
                script = Script::Han;
            } else if !kana::is_kana(kana::katakana(c)) {
                unknown |= kanji::is_unknown(c);
            } else if script == Script::Latin {
                script = Script::Kana;
            }
        }
        let exact = exact.finish();
        Self { text: Text::of(text), facts: Facts { exact, key, signature, folds, form, script, unknown } }
    }

    /// The same part, reached by other folds.
    pub(super) fn with_folds(&self, folds: FoldSet) -> Self {
        Self { text: self.text.clone(), facts: Facts { folds, ..self.facts } }
    }

    /// The normalized text. Personal data: for outputs that were asked for by name only.
    #[must_use]
    pub fn text(&self) -> &str {
        self.view().text()
    }

    /// What it is written in.
    #[must_use]
    pub const fn script(&self) -> Script {
        self.facts.script
    }

    /// What normalization changed.
    #[must_use]
    pub const fn folds(&self) -> FoldSet {
        self.facts.folds
    }

    /// Whether a character is a placeholder or from a private-use area: it matches nothing and contradicts nothing (R7).
    #[must_use]
    pub const fn has_unknown(&self) -> bool {
        self.facts.unknown
    }

    /// Whether there is no text.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn view(&self) -> PartRef<'_> {
        PartRef { bytes: self.text.as_bytes(), facts: self.facts }
    }
}

/// What is worked out of a part while its characters pass one by one, none of them unknown.
struct Passing {
    exact: KeyHasher,
    key: KeyHasher,
    signature: u64,
}

impl Passing {
    const fn new(form: Form) -> Self {
        Self { exact: KeyHasher::new(EXACT_SALT), key: KeyHasher::new(form.salt()), signature: 0 }
    }

    const fn written(&mut self, c: char) {
        self.exact = self.exact.add(c as u64);
    }

    const fn folded(&mut self, c: char) {
        self.key = self.key.add(c as u64);
        self.signature |= signature_bit(c);
    }

    const fn facts(self, form: Form, script: Script, folds: FoldSet) -> Facts {
        let Self { exact, key, signature } = self;
        Facts { exact: exact.finish(), key: key.finish(), signature, folds, form, script, unknown: false }
    }
}

/// The commonest parts in one pass; whatever they are not, [`Part::new`] works out, and of these it would say the same.
impl Facts {
    /// Of kanji alone, which fold one by one.
    fn of_kanji(text: &str, folds: FoldSet) -> Option<Self> {
        let mut passing = Passing::new(Form::Register);
        each_kanji(text.chars(), |c, folded| {
            passing.written(c);
            passing.folded(folded);
        })?;
        Some(passing.facts(Form::Register, if text.is_empty() { Script::Latin } else { Script::Han }, folds))
    }

    /// Of katakana alone.
    fn of_kana(text: &str, folds: FoldSet) -> Option<Self> {
        let mut passing = Passing::new(Form::Reading);
        each_kana(text.chars(), |c, folded| {
            passing.written(c);
            folded.into_iter().for_each(|folded| passing.folded(folded));
        })?;
        Some(passing.facts(Form::Reading, if text.is_empty() { Script::Latin } else { Script::Kana }, folds))
    }
}

/// Calls `pass` with each kanji and its widest fold; `None` where a character is no kanji.
fn each_kanji(chars: impl Iterator<Item = char>, mut pass: impl FnMut(char, char)) -> Option<()> {
    let mut before = None;
    for c in chars {
        let folded = match c {
            '\u{4E00}'..='\u{9FFF}' => kanji::fold(c),
            '々' => before.unwrap_or(c),
            _ => return None,
        };
        pass(c, folded);
        before = Some(folded);
    }
    Some(())
}

/// Calls `pass` with each katakana and its widest fold, if it does not only lengthen the one before; `None` where a character is none,
/// or goes with the one behind it.
fn each_kana(chars: impl Iterator<Item = char>, mut pass: impl FnMut(char, Option<char>)) -> Option<()> {
    let mut row = kana::Row::default();
    for c in chars {
        pass(c, row.widest(c)?);
    }
    Some(())
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chars = self.text().chars().count();
        f.debug_struct("Part")
            .field("chars", &chars)
            .field("script", &self.script())
            .field("folds", &self.folds())
            .finish()
    }
}

/// A [`Part`] whose text lies elsewhere, as in a registry's columns. The bytes are read as text when the text is asked for:
/// most comparisons do without.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) struct PartRef<'a> {
    bytes: &'a [u8],
    facts: Facts,
}

/// By what tells most parts apart.
impl Hash for PartRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.facts.exact);
        state.write_u64(self.bytes.len() as u64 | u64::from(self.facts.folds.bits()) << 32);
    }
}

impl<'a> PartRef<'a> {
    /// No text.
    pub(crate) const EMPTY: PartRef<'static> = PartRef {
        bytes: &[],
        facts: Facts {
            exact: KeyHasher::new(EXACT_SALT).finish(),
            key: KeyHasher::new(Form::Register.salt()).finish(),
            signature: 0,
            folds: FoldSet::EMPTY,
            form: Form::Register,
            script: Script::Latin,
            unknown: false,
        },
    };

    /// As [`Part::text`].
    pub(crate) fn text(self) -> &'a str {
        // Only a damaged file has other bytes than text.
        std::str::from_utf8(self.bytes).unwrap_or_default()
    }

    /// The text's bytes.
    pub(crate) const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// As [`Part::script`].
    pub(crate) const fn script(self) -> Script {
        self.facts.script
    }

    /// As [`Part::folds`].
    pub(crate) const fn folds(self) -> FoldSet {
        self.facts.folds
    }

    /// As [`Part::has_unknown`].
    pub(crate) const fn has_unknown(self) -> bool {
        self.facts.unknown
    }

    /// As [`Part::is_empty`].
    pub(crate) const fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// Its characters, spaces aside.
    pub(crate) fn chars(self) -> impl Iterator<Item = char> + Clone + use<'a> {
        Chars(self.bytes).filter(|c| *c != ' ')
    }

    /// The last character, spaces not left out.
    pub(crate) fn last_char(self) -> Option<char> {
        let start = self.bytes.iter().rposition(|byte| byte & 0xC0 != 0x80)?;
        Chars(self.bytes.get(start..)?).next()
    }

    /// Equal for equal text, spaces aside.
    pub(crate) const fn exact(self) -> u64 {
        self.facts.exact
    }

    /// Equal for texts that the widest fold joins. Meaningless if a character is unknown.
    pub(crate) const fn key(self) -> u64 {
        self.facts.key
    }

    /// Which characters occur under the widest fold, 64 classes of them: one edit changes two bits at most.
    pub(crate) const fn signature(self) -> u64 {
        self.facts.signature
    }

    /// Whether signatures are no further apart than one edit brings them.
    pub(crate) const fn are_near(signature: u64, other: u64) -> bool {
        (signature ^ other).count_ones() <= 2
    }

    /// The key of the first word, where there are several: a given name without the middle names.
    pub(crate) fn first_word_key(self) -> Option<u64> {
        if !self.bytes.contains(&b' ') {
            return None;
        }
        let (first, _) = self.text().split_once(' ')?;
        Some(self.key_of(first))
    }

    /// The keys of every part that a border could cut from a whole name, and whether it may be the given name: itself and its
    /// ends may, its beginnings may not. From two characters on (one, if it has no more than three). Parts with an unknown
    /// character have none (R7). Borders are sought in the first 30 characters, which keeps the work linear.
    pub(crate) fn possible_part_keys(self) -> impl Iterator<Item = (u64, bool)> + use<'a> {
        let folded_once = self.cut_when_folded();
        let one_by_one = folded_once.is_none().then(|| self.folded_when_cut());
        folded_once.into_iter().flatten().chain(one_by_one.into_iter().flatten())
    }

    /// As [`Self::possible_part_keys`], of a short name of plain characters: it is folded once, and its parts are cut from that, all
    /// but an end that begins with what may lengthen the kana before.
    fn cut_when_folded(self) -> Option<impl Iterator<Item = (u64, bool)> + use<>> {
        const MOST: usize = 12;
        let mut chars = ['\0'; MOST];
        let mut length = 0;
        for c in Chars(self.bytes) {
            let is_plain = match self.facts.form {
                Form::Register => matches!(c, '\u{3400}'..='\u{9FFF}'),
                Form::Reading => kana::is_kana(c) && c != 'ヴ',
            };
            *chars.get_mut(length).filter(|_| is_plain)? = c;
            length += 1;
        }
        let chars = chars.get(..length)?;
        // Each character that is left, and how many were read by then.
        let mut folded = [(0, '\0'); MOST];
        let read = Cell::new(0);
        let text = chars.iter().copied().inspect(|_| read.set(read.get() + 1));
        let mut left = 0;
        let mut keep = |c| {
            folded.get_mut(left).into_iter().for_each(|place| *place = (read.get(), c));
            left += 1;
        };
        match self.facts.form {
            Form::Register => widest_register(text).for_each(&mut keep),
            Form::Reading => widest_reading(text).for_each(&mut keep),
        }
        let folded = folded.get(..left)?;
        let hasher = || KeyHasher::new(self.facts.form.salt());
        let least = self.least_part(length);
        let mut keys = [(0, false); 2 * MOST];
        let mut places = keys.iter_mut();
        let mut start = hasher();
        let mut rest = folded;
        for cut in 1..length {
            while let Some(((read, c), after)) = rest.split_first()
                && *read <= cut
            {
                (start, rest) = (start.add(u64::from(u32::from(*c))), after);
            }
            if cut >= least {
                *places.next()? = (start.finish(), false);
            }
            if length - cut >= least {
                let end = chars.get(cut..)?;
                let lengthens = end.first().is_some_and(|c| kana::may_lengthen(*c));
                let key = if lengthens {
                    self.key_of_chars(end.iter().copied())
                } else {
                    hasher().text(rest.iter().map(|(_, c)| *c)).finish()
                };
                *places.next()? = (key, true);
            }
        }
        *places.next()? = (self.facts.key, true);
        let free = places.len();
        Some(keys.into_iter().take(2 * MOST - free))
    }

    /// The fewest characters of a part of a name of so many.
    fn least_part(self, length: usize) -> usize {
        if length <= 3 || self.script() == Script::Han { 1 } else { 2 }
    }

    /// As [`Self::possible_part_keys`], each part by itself.
    fn folded_when_cut(self) -> impl Iterator<Item = (u64, bool)> + use<'a> {
        const MAX_BORDERS: usize = 30;
        let length = self.chars().count();
        let least = self.least_part(length);
        let text = self.text();
        let cuts = text.char_indices().map(|(at, _)| at).filter(|at| *at > 0).take(MAX_BORDERS);
        let parts = cuts
            .filter_map(move |at| text.split_at_checked(at))
            .flat_map(|(start, end)| [(start.trim(), false), (end.trim(), true)]);
        parts
            .filter(move |(part, _)| part.chars().count() >= least)
            .chain(std::iter::once((text, true)))
            .filter(|(part, _)| !part.chars().any(kanji::is_unknown))
            .map(move |(part, ends)| (self.key_of(part), ends))
    }

    fn key_of(self, text: &str) -> u64 {
        self.key_of_chars(text.chars())
    }

    fn key_of_chars(self, chars: impl Iterator<Item = char>) -> u64 {
        match self.facts.form {
            Form::Register => register_key(chars),
            Form::Reading => reading_key(chars),
        }
    }

    /// The part under the widest fold, if it is the same in every whole name of such parts: then [`whole_key`] makes the
    /// key of one without their texts.
    pub(crate) fn folded(self) -> Option<impl Iterator<Item = char> + use<'a>> {
        let stands_alone = match self.facts.form {
            Form::Register => self.chars().all(|c| matches!(c, '\u{3400}'..='\u{9FFF}')),
            Form::Reading => {
                // A vowel may lengthen the kana before, and ヴ goes with a vowel behind.
                let behind = |vowel| widest_reading(std::iter::once(vowel).chain(self.chars())).skip(1);
                let alike = |vowel| behind(vowel).eq(widest_reading(self.chars()));
                ['ア', 'イ', 'ウ', 'エ', 'オ'].into_iter().all(alike) && self.chars().last() != Some('ヴ')
            }
        };
        let form = self.facts.form;
        (stands_alone && !self.has_unknown()).then(|| {
            let register = (form == Form::Register).then(|| widest_register(self.chars()));
            let reading = (form == Form::Reading).then(|| widest_reading(self.chars()));
            register.into_iter().flatten().chain(reading.into_iter().flatten())
        })
    }

    /// Whether it is a part of a reading.
    pub(crate) const fn is_reading(self) -> bool {
        matches!(self.facts.form, Form::Reading)
    }

    /// The part as a registry files it, its text aside.
    pub(crate) const fn filed(self) -> Filed {
        let Facts { exact, key, signature, folds, form, script, unknown } = self.facts;
        let form = match form {
            Form::Register => 0,
            Form::Reading => 1,
        };
        let script = match script {
            Script::Han => 0,
            Script::Kana => 1,
            Script::Latin => 2,
        };
        Filed {
            numbers: [key, exact, signature],
            notes: folds.bits() as u32 | (form | script << 1 | (unknown as u32) << 3) << 16,
        }
    }

    /// The part that was filed with this text.
    pub(crate) const fn from_filed(filed: Filed, bytes: &'a [u8]) -> Self {
        let [key, exact, signature] = filed.numbers;
        let notes = filed.notes >> 16;
        let form = if notes & 1 == 0 { Form::Register } else { Form::Reading };
        let script = match notes >> 1 & 0b11 {
            0 => Script::Han,
            1 => Script::Kana,
            _ => Script::Latin,
        };
        let folds = FoldSet::from_bits(filed.notes as u16);
        Self {
            bytes,
            facts: Facts { exact, key, signature, folds, form, script, unknown: notes & 0b1000 != 0 },
        }
    }
}

/// The characters of bytes that are text, read one by one: most comparisons end at the first that differ, and need not know
/// that all of it is text. It ends where a damaged file has no character.
#[derive(Clone)]
struct Chars<'a>(&'a [u8]);

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let tail = |byte: u8| u32::from(byte & 0x3F);
        let (code, rest) = match *self.0 {
            // As kanji and kana are.
            [a @ 0xE0..0xF0, b, c, ref rest @ ..] => {
                (u32::from(a & 0xF) << 12 | tail(b) << 6 | tail(c), rest)
            }
            [a @ ..0x80, ref rest @ ..] => (u32::from(a), rest),
            [a @ ..0xE0, b, ref rest @ ..] => (u32::from(a & 0x1F) << 6 | tail(b), rest),
            [a, b, c, d, ref rest @ ..] => {
                (u32::from(a & 7) << 18 | tail(b) << 12 | tail(c) << 6 | tail(d), rest)
            }
            _ => return None,
        };
        self.0 = rest;
        char::from_u32(code)
    }
}

/// What is known of a part besides its text, as numbers for a registry's columns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Filed {
    /// Key, exact key, signature.
    pub(crate) numbers: [u64; 3],
    /// Folds in the lower 16 bits; form, script and unknown characters in four more.
    pub(crate) notes: u32,
}

const fn signature_bit(c: char) -> u64 {
    1 << ((c as u32).wrapping_mul(0x9E37_79B1) >> 26)
}

const EXACT_SALT: u64 = 0x65;

/// The key of a register form under the widest fold.
pub(crate) fn register_key(chars: impl Iterator<Item = char>) -> u64 {
    KeyHasher::new(Form::Register.salt()).text(widest_register(chars)).finish()
}

/// The key of a reading under the widest fold.
pub(crate) fn reading_key(chars: impl Iterator<Item = char>) -> u64 {
    KeyHasher::new(Form::Reading.salt()).text(widest_reading(chars)).finish()
}

/// The key of a whole name from its parts as [`PartRef::folded`] has them.
pub(crate) fn whole_key(is_reading: bool, folded: impl Iterator<Item = char>) -> u64 {
    let form = if is_reading { Form::Reading } else { Form::Register };
    KeyHasher::new(form.salt()).text(folded).finish()
}

/// As [`register_key`], of two parts of which neither changes how the other folds; `None` if the first does not tell.
pub(super) fn register_key_continued(first: PartRef<'_>, rest: PartRef<'_>) -> Option<u64> {
    let first = KeyHasher::of_key(first.key())?;
    let mut key = first;
    let kanji = each_kanji(Chars(rest.bytes), |_, folded| key = key.add(folded.into()));
    Some(kanji.map_or_else(|| first.text(widest_register(rest.chars())), |()| key).finish())
}

/// As [`register_key_continued`], for a reading.
pub(super) fn reading_key_continued(first: PartRef<'_>, rest: PartRef<'_>) -> Option<u64> {
    let first = KeyHasher::of_key(first.key())?;
    let mut key = first;
    let add = |_, folded: Option<char>| folded.into_iter().for_each(|c| key = key.add(c.into()));
    let kana = each_kana(Chars(rest.bytes), add);
    Some(kana.map_or_else(|| first.text(widest_reading(rest.chars())), |()| key).finish())
}

/// Register form under the widest fold, wherever its border is: 々 is what it repeats, and between kanji ガ, カ and ケ are one
/// (竜ヶ崎 = 竜が崎).
pub(crate) fn widest_register(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut chars = chars.filter(|c| !matches!(c, ' ' | 'ー')).peekable();
    let mut before = None; // the character before, folded, if it was a kanji
    std::iter::from_fn(move || {
        let c = chars.next()?;
        let folded = match kana::katakana(c) {
            '々' => before.unwrap_or(c),
            kana if kana::is_kana(kana) => {
                let between = |next: Option<&char>| before.is_some() && next.copied().is_some_and(is_han);
                match kana::widest_char(kana) {
                    'カ' if between(chars.peek()) => 'ケ',
                    widest => widest,
                }
            }
            other => kanji::fold(other),
        };
        before = is_han(c).then_some(folded);
        Some(folded)
    })
}

/// A reading under the widest fold.
pub(crate) fn widest_reading(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    kana::folded(chars, Grade::Confusable)
}

/// Kanji of every plane, iteration mark and 〆 included.
pub(crate) const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '々' | '〆' | '〇')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A text is what it was, whether or not it stands where the part does.
        #[test]
        fn a_part_has_its_text(text in "(山|𠮷|A|é){0,12}", others in "(山|𠮷|A|é){0,12}") {
            let [part, other] = [&text, &others].map(|text| Part::register(text, FoldSet::EMPTY));
            prop_assert_eq!((part.text(), part.view().bytes()), (&*text, text.as_bytes()));
            prop_assert_eq!((part.is_empty(), part == other), (text.is_empty(), text == others));
        }

        /// The short way finds the parts that the long one does.
        #[test]
        fn parts_cut_when_folded_are_those_folded_when_cut(
            form in "(山|髙|田|々|ケ|み|〇|𠮷|●| |太|郎){0,12}|[山田髙橋太郎壱弐斉]{0,12}",
            reading in "(ア|イ|ウ|ヴ|ガ|ヂ|ー|ヲ|ャ|ホ|ッ|ン|コ|ヰ| ){0,12}|[アイウエオーコトシュョ]{0,12}",
        ) {
            for part in [Part::register(&form, FoldSet::EMPTY), Part::reading(&reading, FoldSet::EMPTY)] {
                let part = part.view();
                let plain: Vec<_> = part.folded_when_cut().collect();
                prop_assert_eq!(part.possible_part_keys().collect::<Vec<_>>(), plain);
            }
        }

        /// What is worked out in one pass is what the folds say.
        #[test]
        fn parts_of_one_script_are_those_of_any(
            kanji in "[山田高髙辺邊邉斉斎齋々佐ヶ崎\u{9FFF}]{0,6}|[\u{4E00}-\u{9FFF}々]{0,6}",
            kana in "[ァ-ヺー]{0,8}|[アイウエオカコヴーャッヶ]{0,8}",
        ) {
            let folds = FoldSet::EMPTY;
            let register = Part::new(&kanji, Form::Register, widest_register(kanji.chars()), folds);
            prop_assert!(Part::register(&kanji, folds) == register);
            let reading = Part::new(&kana, Form::Reading, widest_reading(kana.chars()), folds);
            prop_assert!(Part::reading(&kana, folds) == reading);
        }

        #[test]
        fn characters_are_those_of_the_text(text in any::<String>()) {
            prop_assert!(Chars(text.as_bytes()).eq(text.chars()));
        }

        #[test]
        fn what_is_no_text_ends(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert!(Chars(&bytes).count() <= bytes.len());
        }
    }
}
