//! Keys of residents who are filed, from numbers alone: what a part of a name says to a key is worked out once, and no person is put
//! together whose keys it is. Knows what [`super::keys`] files, and leaves to that whoever is not plain.

use himozuke_mapped::prefetch;
use rayon::prelude::*;

use super::columns::{Columns, Facts};
use super::dated::{Filing, UNDATED};
use super::dictionary::NONE;
use super::folded::Folded;
use super::keys::{self, Whole, on_day, town_mark};
use crate::normalize::name::{PartRef, Script};

/// What parts of names say to keys, and whole names made of them.
pub(super) struct Keyring<'c> {
    columns: &'c Columns,
    /// The key of each part, and its traits.
    parts: Vec<[u64; 2]>,
    folded: Folded,
}

/// A part that holds an unknown character; one in kanji; one in kana.
const UNKNOWN: u64 = 1;
const HAN: u64 = 2;
const KANA: u64 = 4;
/// A part of which more is to be said than its key, or nothing.
const ODD: u64 = 8;

impl<'c> Keyring<'c> {
    pub(super) fn of(columns: &'c Columns) -> Self {
        let parts = (0..columns.parts.numbers.len() as u32).into_par_iter();
        let parts = parts.map(|part| columns.part(part).map_or([0, ODD], |part| [part.key(), traits(part)]));
        Self { columns, parts: parts.collect(), folded: Folded::of(columns) }
    }

    /// Asks the memory for what the parts of a row's names will be made of.
    pub(super) fn prefetch_parts(&self, row: u32) {
        let Some([parts @ .., address, _]) = self.columns.rows.get(row as usize) else { return };
        parts.iter().for_each(|part| prefetch(&self.parts, *part as usize));
        prefetch(&self.columns.addresses, *address as usize);
    }

    /// As [`Self::prefetch_parts`], for whole names.
    pub(super) fn prefetch_wholes(&self, whole: Whole, row: u32) {
        self.columns.prefetch_place(row);
        let row = self.columns.rows.get(row as usize);
        row.into_iter().for_each(|row| self.folded.prefetch(whole.parts(row)));
    }

    /// As [`Self::prefetch_parts`], for blocks.
    pub(super) fn prefetch_blocks(&self, row: u32) {
        self.columns.prefetch_place(row);
    }

    /// As [`keys::file_parts`], of a row.
    pub(super) fn file_parts(&self, row: u32, file: &mut impl FnMut(u64, Option<u64>)) {
        if self.plain_parts(row, file).is_none() {
            self.columns.person(row).into_iter().for_each(|person| keys::file_parts(person, &mut *file));
        }
    }

    /// `None` before anything is filed of somebody who is not plain.
    fn plain_parts(&self, row: u32, file: &mut impl FnMut(u64, Option<u64>)) -> Option<()> {
        let [main @ .., address, facts] = *self.columns.rows.get(row as usize)?;
        let day = self.columns.filed_day(Facts(facts));
        if day == UNDATED {
            return Some(());
        }
        let (names, former) = self.columns.extras_of(row, Facts(facts));
        let towns = Few::of(self.addresses(address, former), |[place, ..]| self.columns.town_key(*place))?;
        let main_traits = main.map(|part| self.parts.get(part as usize).map_or(0, |[_, traits]| *traits));
        if !(self.is_plain(main) && names.iter().all(|[_, parts @ ..]| self.is_plain(*parts))) {
            return None;
        }
        let [family, given, family_read, given_read] = main_traits;
        let is_in = |traits: u64, script| traits & UNKNOWN == 0 && traits & script != 0;
        let known_twice =
            is_in(family | given, HAN) && is_in(family_read | given_read, KANA) && !towns.is_empty();
        let mut name = |parts: [u32; 4]| {
            // The given name as it is written is free whatever else is known: see [`keys::parts`].
            for (part, free) in parts.into_iter().zip([false, true, false, false]) {
                let Some([key, traits]) = self.parts.get(part as usize) else { continue };
                if traits & UNKNOWN != 0 {
                    continue;
                }
                let key = on_day(*key, day);
                if free || !known_twice {
                    file(key, None);
                } else {
                    towns.iter().for_each(|town| file(key, Some(*town)));
                }
            }
        };
        name(main);
        names.iter().for_each(|[_, parts @ ..]| name(*parts));
        Some(())
    }

    /// Whether the keys of a name's parts are all that is filed of them: each script has a border or no name at all, and no part is
    /// odd.
    fn is_plain(&self, [family, given, family_read, given_read]: [u32; 4]) -> bool {
        let is_plain = |part: u32| self.parts.get(part as usize).is_some_and(|[_, traits]| traits & ODD == 0);
        let both = |family, given| match (family, given) {
            (NONE, NONE) => true,
            (family, given) => is_plain(family) && is_plain(given),
        };
        both(family, given) && both(family_read, given_read)
    }

    /// As [`Whole::file`], of a row.
    pub(super) fn file_wholes(&self, whole: Whole, row: u32, file: &mut impl FnMut(u64, Filing)) {
        if self.plain_wholes(whole, row, file).is_none() {
            self.columns.person(row).into_iter().for_each(|person| whole.file(row, person, &mut *file));
        }
    }

    /// As [`Self::plain_parts`].
    fn plain_wholes(&self, whole: Whole, row: u32, file: &mut impl FnMut(u64, Filing)) -> Option<()> {
        let filed = self.columns.rows.get(row as usize)?;
        let [.., address, facts] = *filed;
        let (names, former) = self.columns.extras_of(row, Facts(facts));
        let key = |parts: [u32; 2]| {
            let [family, given] = parts;
            let read = || whole.spelt(self.columns.spelling(family, given));
            self.folded.key(whole, parts).or_else(read)
        };
        let main = key(whole.parts(filed));
        let others = names.iter().map(|[_, a, b, c, d]| whole.parts(&[*a, *b, *c, *d, NONE, NONE]));
        let others = Few::of(others, |parts| key(*parts).filter(|key| main != Some(*key)))?;
        let towns = Few::of(self.addresses(address, former), |[place, ..]| self.columns.town_key(*place))?;
        let day = self.columns.filed_day(Facts(facts));
        let mut name = |key: u64, other: bool| {
            let mut marks = towns.iter().map(|town| town_mark(*town));
            file(key, Filing { row, day, other, mark: marks.next().unwrap_or(0) });
            marks.for_each(|mark| file(key, Filing { row, day, other: true, mark }));
        };
        main.into_iter().for_each(|key| name(key, false));
        others.iter().for_each(|key| name(*key, true));
        Some(())
    }

    /// As [`keys::file_blocks`], of a row.
    pub(super) fn file_blocks(&self, row: u32, file: &mut impl FnMut(u64, Filing)) {
        if self.plain_blocks(row, file).is_none() {
            self.columns
                .person(row)
                .into_iter()
                .for_each(|person| keys::file_blocks(row, person, &mut *file));
        }
    }

    /// As [`Self::plain_parts`].
    fn plain_blocks(&self, row: u32, file: &mut impl FnMut(u64, Filing)) -> Option<()> {
        let [.., address, facts] = *self.columns.rows.get(row as usize)?;
        let (_, former) = self.columns.extras_of(row, Facts(facts));
        let key = |address: u32| self.columns.block_key(address);
        let own = key(address);
        let others =
            Few::of(former.iter().copied(), |address| key(*address).filter(|key| own != Some(*key)))?;
        let day = self.columns.filed_day(Facts(facts));
        own.into_iter().for_each(|key| file(key, Filing { row, day, other: false, mark: 0 }));
        others.iter().for_each(|key| file(*key, Filing { row, day, other: true, mark: 0 }));
        Some(())
    }

    /// Where somebody lives and lived.
    fn addresses(&self, own: u32, former: &'c [u32]) -> impl Iterator<Item = [u32; 7]> {
        let all = std::iter::once(own).chain(former.iter().copied());
        all.filter_map(|address| self.columns.addresses.get(address as usize).copied())
    }
}

fn traits(part: PartRef<'_>) -> u64 {
    if part.is_empty() {
        return ODD;
    }
    let script = match part.script() {
        Script::Han => HAN,
        Script::Kana => KANA,
        Script::Latin => 0,
    };
    let odd = if part.first_word_key().is_some() { ODD } else { 0 };
    script | odd | if part.has_unknown() { UNKNOWN } else { 0 }
}

/// A few keys, each once, in their order.
struct Few {
    keys: [u64; Few::MOST],
    len: usize,
}

impl Few {
    const MOST: usize = 8;

    /// The keys that there are; `None` for more than a few.
    fn of<T>(all: impl Iterator<Item = T>, key: impl Fn(&T) -> Option<u64>) -> Option<Self> {
        let mut few = Self { keys: [0; Self::MOST], len: 0 };
        for one in all {
            if let Some(key) = key(&one)
                && !few.iter().any(|earlier| *earlier == key)
            {
                *few.keys.get_mut(few.len)? = key;
                few.len += 1;
            }
        }
        Some(few)
    }

    fn iter(&self) -> impl Iterator<Item = &u64> {
        self.keys.iter().take(self.len)
    }

    const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Record, Registry};
    use proptest::prelude::*;
    use proptest::sample::select;

    const REGISTER: [&str; 12] = [
        "",
        "山田 太郎",
        "山田　花子",
        "髙山 太郎",
        "山田太郎",
        "山● 太郎",
        "山田 ●",
        "JOHN SMITH",
        "スミス ジョン ポール",
        "佐々木 みゆき",
        "山田 太郎|山田花子",
        "MARIA DA SILVA",
    ];
    const READING: [&str; 9] = [
        "",
        "ヤマダ タロウ",
        "ヤマダ ハナコ",
        "ヤマダ",
        "スミス ジョン ポール",
        "ヴァン オオ",
        "ササキ ミユキ",
        "ヤマダ ●",
        "タロウ",
    ];
    const FORMER: [&str; 7] =
        ["", "", "鈴木", "鈴木|佐藤", "加須 花子|ヤマモト", "山田", "JOHN|MARIA DA SILVA"];
    const DATES: [&str; 5] = ["1985-01-01", "1985-01-01", "", "1985-02-30", "1985-01"];
    const ADDRESSES: [&str; 9] = [
        "",
        "東京都千代田区霞が関1-2",
        "東京都千代田区霞が関1-3 松風101",
        "神奈川県横浜市青葉区上谷本町6丁目122番地",
        "神奈川県横浜市青葉区上谷本町",
        "岩手県盛岡市上田5地割1番地2の3の4",
        "●●市霞が関1-2",
        "東京都",
        "大阪府大阪市北区中之島0-0",
    ];

    type Entry = (u64, u32, u32, bool, u16);

    /// What is filed of a row, in any order, in each table.
    #[derive(Debug, Default, PartialEq)]
    struct Filed {
        parts: Vec<(u64, Option<u64>)>,
        wholes: [Vec<Entry>; 2],
        blocks: Vec<Entry>,
    }

    impl Filed {
        fn ordered(mut self) -> Self {
            self.parts.sort_unstable();
            self.wholes.iter_mut().for_each(|wholes| wholes.sort_unstable());
            self.blocks.sort_unstable();
            self
        }
    }

    const WHOLES: [Whole; 2] = [Whole::Register, Whole::Reading];

    fn entry(key: u64, Filing { row, day, other, mark }: Filing) -> Entry {
        (key, row, day, other, mark)
    }

    fn registry(rows: &[([&str; 4], Vec<&str>)]) -> Registry {
        let cells: Vec<_> =
            (100..).zip(rows).map(|(id, (_, former))| (id.to_string(), former.join("|"))).collect();
        let records = cells.iter().zip(rows).map(|((id, former_addresses), (cells, former))| {
            let [kanji_name, kana_name, birth_date, former_names] = *cells;
            let address = former.last().copied().unwrap_or_default();
            Record {
                id,
                kanji_name,
                kana_name,
                birth_date,
                former_names,
                address,
                former_addresses,
                ..Record::default()
            }
        });
        Registry::builder().persons(records).unwrap().build().unwrap()
    }

    proptest! {
        /// What is filed from numbers is what is filed of the person.
        #[test]
        fn a_row_is_filed_as_its_person(
            rows in prop::collection::vec(
                (
                    (select(&REGISTER[..]), select(&READING[..]), select(&DATES[..]), select(&FORMER[..]))
                        .prop_map(<[&str; 4]>::from),
                    prop_oneof![
                        9 => prop::collection::vec(select(&ADDRESSES[..]), 0..4),
                        1 => prop::collection::vec(select(&ADDRESSES[..]), 4..20),
                    ],
                ),
                1..20,
            ),
        ) {
            let registry = registry(&rows);
            let columns = &registry.base.columns;
            let keyring = Keyring::of(columns);
            for row in 0..columns.rows.len() as u32 {
                let (mut numbers, mut read) = (Filed::default(), Filed::default());
                let person = columns.person(row).unwrap();
                keyring.file_parts(row, &mut |key, town| numbers.parts.push((key, town)));
                keys::file_parts(person, |key, town| read.parts.push((key, town)));
                for (at, whole) in WHOLES.into_iter().enumerate() {
                    keyring.file_wholes(whole, row, &mut |key, filing| numbers.wholes[at].push(entry(key, filing)));
                    whole.file(row, person, |key, filing| read.wholes[at].push(entry(key, filing)));
                }
                keyring.file_blocks(row, &mut |key, filing| numbers.blocks.push(entry(key, filing)));
                keys::file_blocks(row, person, |key, filing| read.blocks.push(entry(key, filing)));
                prop_assert_eq!(numbers.ordered(), read.ordered());
            }
        }
    }

    /// Otherwise every person would be put together, and nobody would see it.
    #[test]
    fn plain_residents_are_filed_from_numbers() {
        let homes = vec![ADDRESSES[1], ADDRESSES[3]];
        let rows = [["山田 太郎", "ヤマダ タロウ", "1985-01-01", "鈴木"], ["", "", "1985-01-01", ""]];
        let registry = registry(&rows.map(|cells| (cells, homes.clone())));
        let keyring = Keyring::of(&registry.base.columns);
        for row in 0..2 {
            let (mut parts, mut wholes, mut blocks) = (0, 0, 0);
            assert!(keyring.plain_parts(row, &mut |_, _| parts += 1).is_some());
            for whole in WHOLES {
                assert!(keyring.plain_wholes(whole, row, &mut |_, _| wholes += 1).is_some());
            }
            assert!(keyring.plain_blocks(row, &mut |_, _| blocks += 1).is_some());
            // Of the first: two free given names, and four other parts in two towns; two register forms and a reading in both.
            assert_eq!([parts, wholes, blocks], if row == 0 { [10, 6, 2] } else { [0, 0, 2] });
        }
    }
}
