//! Parts of names as they stand in the keys of whole names, each folded once: while tables are built, every name is asked for,
//! and its texts lie far apart. Knows parts, not who bears them.

use himozuke_mapped::prefetch;
use rayon::prelude::*;

use super::columns::Columns;
use super::dictionary::NONE;
use super::keys::Whole;
use crate::normalize::name::{PartRef, whole_key};

/// What it is in the lower half, how many characters there are in the upper one, and the characters.
type Word = [u16; 1 + LONGEST];

/// The most characters that are kept: few parts have more.
const LONGEST: usize = 7;

/// A word that is kept of a register form, and of a reading; 0 for one that must be read.
const REGISTER: u16 = 1;
const READING: u16 = 2;

/// All parts of names.
pub(super) struct Folded(Vec<Word>);

impl Folded {
    pub(super) fn of(columns: &Columns) -> Self {
        let parts = (0..columns.parts.numbers.len() as u32).into_par_iter();
        Self(parts.map(|part| columns.part(part).and_then(word).unwrap_or_default()).collect())
    }

    /// Asks the memory for parts of which a key will be made.
    pub(super) fn prefetch(&self, parts: [u32; 2]) {
        parts.iter().for_each(|part| prefetch(&self.0, *part as usize));
    }

    /// The key of a whole name of these parts, if it need not be read.
    pub(super) fn key(&self, whole: Whole, [family, given]: [u32; 2]) -> Option<u64> {
        let kind = match whole {
            Whole::Register => REGISTER,
            Whole::Reading => READING,
        };
        let chars = |part: u32| {
            let [kind_and_length, chars @ ..] = self.0.get(part as usize)?;
            let length = usize::from(kind_and_length >> 8);
            (kind_and_length & 0xFF == kind).then(|| chars.iter().take(length))
        };
        let family = if family == NONE { [].iter().take(0) } else { chars(family)? };
        let folded = family.chain(chars(given)?).filter_map(|c| char::from_u32((*c).into()));
        Some(whole_key(kind == READING, folded))
    }
}

/// A part as it is kept, if it can be.
fn word(part: PartRef<'_>) -> Option<Word> {
    let mut word = Word::default();
    let [kind_and_length, chars @ ..] = &mut word;
    let mut length = 0;
    for c in part.folded()? {
        *chars.get_mut(usize::from(length))? = u16::try_from(u32::from(c)).ok()?;
        length += 1;
    }
    *kind_and_length = if part.is_reading() { READING } else { REGISTER } | length << 8;
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Record, Registry};

    /// Otherwise every name would be read, and nobody would see it.
    #[test]
    fn plain_names_need_not_be_read() {
        let rows = [("1", "山田 太郎", "ヤマダ タロウ"), ("2", "佐藤", "サトウ")];
        let rows =
            rows.map(|(id, kanji_name, kana_name)| Record { id, kanji_name, kana_name, ..Record::default() });
        let registry = Registry::builder().persons(rows).unwrap().build().unwrap();
        let columns = &registry.base.columns;
        let folded = Folded::of(columns);
        let keys = |row| [Whole::Register, Whole::Reading].map(|whole| folded.key(whole, whole.parts(row)));
        assert!(columns.rows.iter().all(|row| keys(row).iter().all(Option::is_some)));
    }

    proptest::proptest! {
        /// Wherever a key is made without the texts, it is the one that the texts have.
        #[test]
        fn a_key_of_folded_parts_is_that_of_the_name(
            names in proptest::collection::vec(
                (
                    "(山|髙|々|ヶ|ガ|崎|み|ミ|ー|〇|𠮷|●|A){1,4} ?(太|郎|々|カ|ケ|浜|ゆ|ー|B){0,4}",
                    "(ア|イ|ウ|オ|ヴ|ガ|ジ|ヂ|ー|ヲ|ャ|シ|ホ|ッ){1,8} ?(ア|イ|ウ|エ|オ|ヲ|ヰ|ー|ヴ|ァ|ハ|ョ|ウ){0,8}",
                ),
                1..20,
            ),
        ) {
            let ids: Vec<String> = (10..10 + names.len()).map(|id| id.to_string()).collect();
            let record = |(id, (kanji_name, kana_name))| Record { id, kanji_name, kana_name, ..Record::default() };
            let rows = ids.iter().map(String::as_str).zip(names.iter().map(|(a, b)| (a.as_str(), b.as_str()))).map(record);
            let registry = Registry::builder().persons(rows).unwrap().build().unwrap();
            let columns = &registry.base.columns;
            let folded = Folded::of(columns);
            for (row, numbers) in (0..).zip(columns.rows.iter()) {
                let name = columns.person(row).unwrap().main;
                for whole in [Whole::Register, Whole::Reading] {
                    let key = folded.key(whole, whole.parts(numbers));
                    proptest::prop_assert!(key.is_none() || key == whole.key(name));
                }
            }
        }
    }
}
