//! Who bears a whole name, or lives in a block, and when they were born: one entry each, in order of the birth date. Blocking
//! reads it, and so do the counts of METHOD 4. Knows keys, rows and days.

use rayon::prelude::*;

use super::index::{Filer, Push, Table};
use super::keep::Keep;
use crate::normalize::birth_date::{BirthDate, Day};

/// An entry: 14 bits of the key, 17 of the day, and whether it is not the registered name or current address, or a
/// further one of the row; the row; 16 more bits of the key, and 16 of whatever else is filed.
pub(super) type Entry = [u32; 3];

const KEY_SHIFT: u32 = 18;
/// The bits of a day.
pub(super) const DAY_MASK: u32 = (1 << 17) - 1;

/// The day of a birth date as it is filed: a day of the calendar by its number, one that its month lacks after these, and
/// last [`UNDATED`].
pub(super) fn filed_day(date: Option<BirthDate>) -> u32 {
    let Some(date) = date else { return UNDATED };
    if let Some(day) = date.exact_day() {
        return day.number();
    }
    let Some((year, month, day)) = date.ymd() else { return UNDATED };
    let of_year = match (month, day) {
        (2, 29..) => u32::from(day) - 29,
        (4, _) => 3,
        (6, _) => 4,
        (9, _) => 5,
        _ => 6,
    };
    // Seven days of a year are no days.
    Day::MAX.number() + 1 + (u32::from(year) - FIRST_YEAR) * 7 + of_year
}

/// No birth date, or one that is not known to the day.
pub(super) const UNDATED: u32 = DAY_MASK;

const FIRST_YEAR: u32 = 1873;
const _: () = assert!(Day::MAX.number() + 1 + (2199 - FIRST_YEAR + 1) * 7 < UNDATED);

/// What is filed under a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Filing {
    pub(super) row: u32,
    /// As [`filed_day`] has it.
    pub(super) day: u32,
    /// Whether it is another name or address than the row's own, or one more entry of those.
    pub(super) other: bool,
    /// 16 bits of what else is filed.
    pub(super) mark: u16,
}

/// What is filed under the keys of a row, as [`Filer`].
pub(super) trait DatedFiler: Sync {
    fn file(&self, row: u32, push: &mut impl FnMut(u64, Filing));
}

struct Entries<'f, F>(&'f F);

impl<F: DatedFiler> Filer<Entry> for Entries<'_, F> {
    fn file(&self, row: u32, push: &mut impl Push<Entry>) {
        let entry = |filing: Filing, tag: u32| {
            let Filing { row, day, other, mark } = filing;
            let first = tag >> KEY_SHIFT << KEY_SHIFT | (day & DAY_MASK) << 1 | u32::from(other);
            [first, row, rest(tag) << 16 | u32::from(mark)]
        };
        self.0.file(row, &mut |key, filing| push.push(key, |tag| entry(filing, tag)));
    }
}

/// A table of dated entries.
#[derive(Default)]
pub(crate) struct Dated(pub(super) Table<Entry>);

impl Dated {
    /// Builds the table of what `filer` says of every row, where it is to stay; `None` as [`Table::build`] has it.
    pub(super) fn build(rows: u32, filer: &impl DatedFiler, keep: &mut impl Keep) -> Option<Self> {
        Some(Self(Table::build(rows, &Entries(filer), keep)?))
    }

    /// What is filed under a key, in order of the day.
    pub(super) fn filings(&self, key: u64) -> impl Iterator<Item = Filing> + '_ {
        self.filings_where(key, |_, _| true)
    }

    /// What is filed under a key, in order of the day, as far as `may_be` holds of the day and the mark: a common name has thousands of
    /// entries, of which little else is looked at.
    pub(super) fn filings_where(
        &self,
        key: u64,
        mut may_be: impl FnMut(u32, u16) -> bool,
    ) -> impl Iterator<Item = Filing> {
        let (tag, run) = self.run(key);
        run.iter().filter(move |entry| may_be(day(entry), last(entry) as u16) && meets(entry, tag)).map(read)
    }

    /// What is filed under a key for the days from one to another, both included.
    pub(super) fn within(&self, key: u64, first: u32, last: u32) -> impl Iterator<Item = Filing> + '_ {
        let (tag, run) = self.run(key);
        let from = run.partition_point(|entry| day(entry) < first);
        let run = run.get(from..).unwrap_or_default().iter();
        run.take_while(move |entry| day(entry) <= last).filter(move |entry| meets(entry, tag)).map(read)
    }

    /// The entries of a key, and few others.
    fn run(&self, key: u64) -> (u32, &[Entry]) {
        let (tag, run) = self.0.run(key);
        let run = from(run, tag);
        (tag, run.get(..end(run, tag)).unwrap_or_default())
    }

    /// How many residents have a key as that of their own name or address.
    pub(crate) fn count(&self, key: u64) -> u32 {
        self.filings(key).filter(|filing| !filing.other).count() as u32
    }

    /// How many residents who have a key were born from one day to another, both included, and not on a third.
    pub(crate) fn born_around(&self, key: u64, first: Day, last: Day, except: Day) -> u64 {
        let born = self.within(key, first.number(), last.number());
        born.filter(|filing| !filing.other && filing.day != except.number()).count() as u64
    }

    /// How many keys one resident has, and how many two have: what Good and Turing estimate the unseen from.
    pub(super) fn rare(&self) -> (u64, u64) {
        let count = |bucket: &[Entry]| {
            let own = bucket.iter().filter(|entry| first(entry) & 1 == 0);
            let mut keys: Vec<u32> =
                own.map(|entry| first(entry) >> KEY_SHIFT << KEY_SHIFT | last(entry) >> 16).collect();
            keys.sort_unstable();
            keys.chunk_by(|a, b| a == b).fold((0, 0), |(once, twice), same| match same.len() {
                1 => (once + 1, twice),
                2 => (once, twice + 1),
                _ => (once, twice),
            })
        };
        let add = |a: (u64, u64), b: (u64, u64)| (a.0 + b.0, a.1 + b.1);
        self.0.buckets().with_min_len(1024).map(count).reduce(Default::default, add)
    }
}

/// Entries that are looked at one by one, from an end of a bucket that is on its way from the memory; to jump into the middle would be
/// waited for.
const NEAR: usize = 64;

/// The entries of a bucket from those of a key on, whose first 14 bits are in order. They are sought from the beginning; behind what is
/// near, where another name has very many bearers, by halves.
fn from(run: &[Entry], tag: u32) -> &[Entry] {
    let is_before = |entry: &Entry| bits(entry) < tag >> KEY_SHIFT;
    let near = run.iter().take(NEAR).position(|entry| !is_before(entry));
    let start = near.unwrap_or_else(|| run.partition_point(is_before));
    run.get(start..).unwrap_or_default()
}

/// How many of these entries, from those of a key on, have its first 14 bits: mostly few. A name of very many bearers has nearly the
/// whole bucket, up to close to its end.
fn end(run: &[Entry], tag: u32) -> usize {
    let is_of = |entry: &Entry| bits(entry) == tag >> KEY_SHIFT;
    let few = || run.iter().take(NEAR).position(|entry| !is_of(entry));
    let many = || Some(run.len() - run.iter().rev().take(NEAR).position(is_of)?);
    few().or_else(many).unwrap_or_else(|| run.partition_point(is_of))
}

/// The first 14 bits of a key after those that choose its bucket.
const fn bits(entry: &Entry) -> u32 {
    first(entry) >> KEY_SHIFT
}

/// The 16 bits of a key after its first 14.
const fn rest(tag: u32) -> u32 {
    tag >> 2 & 0xFFFF
}

/// Whether an entry of the right bucket and first 14 bits is one of the key.
fn meets(entry: &Entry, tag: u32) -> bool {
    last(entry) >> 16 == rest(tag)
}

const fn first(entry: &Entry) -> u32 {
    let [first, ..] = *entry;
    first
}

const fn last(entry: &Entry) -> u32 {
    let [.., last] = *entry;
    last
}

const fn day(entry: &Entry) -> u32 {
    first(entry) >> 1 & DAY_MASK
}

const fn read(entry: &Entry) -> Filing {
    let [first, row, rest] = *entry;
    Filing { row, day: day(entry), other: first & 1 != 0, mark: rest as u16 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::keep::InMemory;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, HashSet};

    struct Born<'b>(&'b [(u64, u32, bool, u16)]);

    impl DatedFiler for Born<'_> {
        fn file(&self, row: u32, push: &mut impl FnMut(u64, Filing)) {
            let (name, day, other, mark) = self.0[row as usize];
            push(key(name), Filing { row, day, other, mark });
        }
    }

    fn key(name: u64) -> u64 {
        name.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    proptest! {
        /// The same as looking at every resident, however many share a name.
        #[test]
        fn what_is_counted_is_what_looking_at_everybody_finds(
            born in prop::collection::vec((0..4u64, 10..20u32, any::<bool>(), any::<u16>()), 0..200),
            name in 0..5u64,
            [first, last, except] in prop::array::uniform3(8..22u32),
        ) {
            let dated = Dated::build(born.len() as u32, &Born(&born), &mut InMemory).unwrap();
            let of = |wanted: u64| born.iter().filter(move |(name, ..)| *name == wanted);
            let mut filed: Vec<_> = dated.filings(key(name)).map(|f| (f.day, f.other, f.row, f.mark)).collect();
            prop_assert!(filed.is_sorted());
            filed.sort_by_key(|f| f.2);
            let expected: Vec<_> = born.iter().zip(0..).filter(|(b, _)| b.0 == name).map(|(b, row)| (b.1, b.2, row, b.3)).collect();
            prop_assert_eq!(filed, expected);
            let own = |(_, day, other, _): &&(u64, u32, bool, u16)| !other && (first..=last).contains(day) && *day != except;
            let days = [first, last, except].map(|day| Day::from_number(day).unwrap());
            prop_assert_eq!(dated.born_around(key(name), days[0], days[1], days[2]), of(name).filter(own).count() as u64);
            prop_assert_eq!(dated.count(key(name)) as usize, of(name).filter(|b| !b.2).count());
            let mut counts = BTreeMap::<u64, u32>::new();
            born.iter().filter(|b| !b.2).for_each(|b| *counts.entry(b.0).or_default() += 1);
            let of_count = |n| counts.values().filter(|count| **count == n).count() as u64;
            prop_assert_eq!(dated.rare(), (of_count(1), of_count(2)));
        }
    }

    proptest! {
        /// However many others of a bucket come before and after.
        #[test]
        fn the_entries_of_a_key_lie_from_its_first_to_its_last(
            sizes in prop::collection::vec(prop_oneof![Just(0usize), 1..4usize, 60..70usize, 100..300usize], 1..5),
        ) {
            let entry = |bits: usize| [(bits as u32) << KEY_SHIFT, 0, 0];
            let entries = |bits: usize| std::iter::repeat_n(entry(bits), sizes[bits]);
            let run: Vec<Entry> = (0..sizes.len()).flat_map(entries).collect();
            for (bits, size) in sizes.iter().enumerate() {
                let tag = (bits as u32) << KEY_SHIFT;
                let own = from(&run, tag);
                prop_assert_eq!(own.len(), sizes[bits..].iter().sum::<usize>());
                prop_assert_eq!(end(own, tag), *size);
            }
        }
    }

    #[test]
    fn every_day_that_can_be_stated_has_a_number_of_its_own() {
        let stated = (1873..=2199)
            .flat_map(|year| (1..=12).flat_map(move |month| (1..=31).map(move |day| (year, month, day))));
        let mut seen = HashSet::from([UNDATED]);
        for (year, month, day) in stated {
            let filed = filed_day(BirthDate::from_ymd(year, month, day));
            assert!(filed <= DAY_MASK && seen.insert(filed), "{year} {month} {day}");
        }
        assert_eq!(filed_day(None), UNDATED);
    }
}
