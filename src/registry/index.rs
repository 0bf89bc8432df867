//! Tables from a key to the residents filed under it. Knows keys and rows, not what the keys are made of.
//!
//! A table is one flat list of entries in buckets by the top bits of the key, each entry with more bits of it. A look-up
//! touches one offset and one short run of entries.

use std::ops::Range;

use himozuke_mapped::{Column, Plain, prefetch};
use rayon::prelude::*;

use super::keep::Keep;

/// Entries per bucket, on average, at most: they lie in some two or three lines of the memory, which come together. With a fourth of
/// them there would be four times the offsets, for which a look-up waits first.
const LOAD: u64 = 16;
/// Parts of a table that are filled side by side; each should fit into a cache.
const PARTITIONS: usize = 512;
/// Entries that are sorted at a time; a larger table is made in several rounds over the rows, to save memory.
const ROUND: u64 = 1 << 28;
/// Bytes that the memory sends at a time.
const CACHE_LINE: usize = 64;
/// Rows whose keys are worked out by one thread at a time.
const CHUNK: u32 = 1 << 14;

/// What is filed under the keys of a row.
pub(super) trait Filer<E>: Sync {
    fn file(&self, row: u32, push: &mut impl Push<E>);
}

/// Takes a key, and what makes its entry of 32 bits of it.
pub(super) trait Push<E> {
    fn push(&mut self, key: u64, entry: impl FnOnce(u32) -> E);
}

/// An entry of a table, with a number that has the order of its elements: numbers are compared at once.
pub(super) trait Entry: Plain + Default {
    type Order: Ord;
    fn order(&self) -> Self::Order;
}

impl Entry for [u16; 3] {
    type Order = u64;

    fn order(&self) -> u64 {
        let [a, b, c] = self.map(u64::from);
        a << 32 | b << 16 | c
    }
}

impl Entry for [u32; 2] {
    type Order = u64;

    fn order(&self) -> u64 {
        let [a, b] = self.map(u64::from);
        a << 32 | b
    }
}

impl Entry for [u32; 3] {
    type Order = u128;

    fn order(&self) -> u128 {
        let [a, b, c] = self.map(u64::from);
        u128::from(a) << 64 | u128::from(b << 32 | c)
    }
}

/// Keys to entries.
#[derive(Default)]
pub(super) struct Table<E: Plain> {
    pub(super) offsets: Column<u32>,
    pub(super) entries: Column<E>,
}

impl<E: Entry> Table<E> {
    /// Builds the table of what `filer` says of every row, a key and the entry for the 32 bits of the key after those that
    /// choose the bucket, where it is to stay; `None` if it would be larger than a table can be, or cannot stay there. Which
    /// thread does what changes nothing.
    pub(super) fn build(rows: u32, filer: &impl Filer<E>, keep: &mut impl Keep) -> Option<Self> {
        let expected = expected(rows, filer);
        let bits = (expected / LOAD).max(PARTITIONS as u64).next_power_of_two().trailing_zeros().min(32);
        let rounds = (expected / ROUND + 1).next_power_of_two();
        let partitions = (PARTITIONS as u64 * rounds).min(1 << bits);
        let buckets = (1usize << bits) / partitions as usize;
        let mut offsets = vec![0u32; (1 << bits) + 1];
        let mut entries = keep.begin(size_of_val(offsets.as_slice()), expected as usize);
        let mut len = 0usize;
        for round in (0..partitions).step_by(PARTITIONS) {
            let starts: Vec<u32> = (0..rows).step_by(CHUNK as usize).collect();
            let found = || Found { bits, partitions, round, parts: Vec::new(), entries: Vec::new() };
            let sort = |found: &mut Found<E>, start: u32| {
                found.parts.clear();
                found.entries.clear();
                (start..rows.min(start.saturating_add(CHUNK))).for_each(|row| filer.file(row, found));
                Chunk::of(found)
            };
            let chunks: Vec<Chunk<E>> = starts.into_par_iter().map_init(found, sort).collect();
            // The first of all offsets is 0, and each bucket has its end.
            let ends = offsets.get_mut(1..)?.chunks_mut(buckets).skip(round as usize);
            let mut pieces = Vec::with_capacity(PARTITIONS);
            for (part, ends) in (0..PARTITIONS).zip(ends) {
                let size = size(&chunks, part);
                pieces.push((size, (part, u32::try_from(len).ok()?, ends)));
                len += size;
            }
            u32::try_from(len).ok()?;
            keep.add(&mut entries, pieces, |(part, base, ends), piece| {
                fill(&chunks, part, base, ends, piece);
            })?;
        }
        Some(Self { offsets: keep.keep(offsets.into())?, entries: keep.end(entries)? })
    }
}

impl<E: Plain> Table<E> {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether offsets and entries belong together, as far as that can be seen at once.
    pub(super) fn is_sound(&self) -> bool {
        let buckets = self.offsets.len().saturating_sub(1);
        buckets.is_power_of_two() && self.offsets.last().copied() == u32::try_from(self.entries.len()).ok()
    }

    fn bits(&self) -> u32 {
        self.offsets.len().saturating_sub(1).max(1).trailing_zeros()
    }

    /// The bucket of a key, in order, and the 32 bits of the key that its entries were made with.
    pub(super) fn run(&self, key: u64) -> (u32, &[E]) {
        let bits = self.bits();
        (tag(key, bits), self.entries.get(self.range(bucket(key, bits))).unwrap_or_default())
    }

    fn range(&self, bucket: usize) -> Range<usize> {
        let bounds = self.offsets.get(bucket).zip(self.offsets.get(bucket.saturating_add(1)));
        bounds.map_or(0..0, |(start, end)| *start as usize..*end as usize)
    }

    /// Asks for where the bucket of a key lies, ahead of [`Self::prefetch_run`].
    pub(super) fn prefetch(&self, key: u64) {
        prefetch(&self.offsets, bucket(key, self.bits()));
    }

    /// Asks for the bucket of a key, ahead of [`Self::run`]: for as much of it as is not read in one go anyway, and for its end.
    pub(super) fn prefetch_run(&self, key: u64) {
        const FIRST: usize = 6;
        const LAST: usize = 2;
        let of_line = (CACHE_LINE / size_of::<E>()).max(1);
        let Range { start, end } = self.range(bucket(key, self.bits()));
        let middle = end.min(start + FIRST * of_line);
        let last = middle.max(end.saturating_sub(LAST * of_line));
        let lines = (start..middle).step_by(of_line).chain((last..end).step_by(of_line));
        lines.for_each(|at| prefetch(&self.entries, at));
    }

    /// All buckets, for counting.
    pub(super) fn buckets(&self) -> impl IndexedParallelIterator<Item = &[E]> {
        let buckets = self.offsets.len().saturating_sub(1);
        (0..buckets).into_par_iter().map(|bucket| self.entries.get(self.range(bucket)).unwrap_or_default())
    }
}

/// How many entries there will be, from some rows.
fn expected<E>(rows: u32, filer: &impl Filer<E>) -> u64 {
    struct Count(u64);
    impl<E> Push<E> for Count {
        fn push(&mut self, _: u64, _: impl FnOnce(u32) -> E) {
            self.0 += 1;
        }
    }
    const SAMPLE: u32 = 4_096;
    let step = (rows / SAMPLE).max(1);
    let (mut found, mut seen) = (Count(0), 0u64);
    for row in (0..rows).step_by(step as usize) {
        filer.file(row, &mut found);
        seen += 1;
    }
    // In 128 bits: both are below 2^32 times a resident's keys.
    (u128::from(found.0) * u128::from(rows) / u128::from(seen.max(1))) as u64
}

/// The entries of some rows, each with its partition and its bucket there. There are so many partitions, and rounds, that 16 bits
/// hold either.
struct Found<E> {
    bits: u32,
    partitions: u64,
    /// The first partition that is looked for.
    round: u64,
    parts: Vec<u16>,
    entries: Vec<(u16, E)>,
}

const _: () = assert!(PARTITIONS <= 1 << u16::BITS);
// Of a round no more entries than that are expected, and there are less than twice the buckets that have their load.
const _: () = assert!(2 * ROUND / LOAD / PARTITIONS as u64 <= 1 << u16::BITS);

impl<E> Push<E> for Found<E> {
    fn push(&mut self, key: u64, entry: impl FnOnce(u32) -> E) {
        let part = (key >> (u64::BITS - self.partitions.trailing_zeros())).wrapping_sub(self.round);
        if part < PARTITIONS as u64 {
            let buckets = (1u64 << self.bits) / self.partitions;
            self.parts.push(part as u16);
            let bucket = bucket(key, self.bits) as u64 & (buckets - 1);
            self.entries.push((bucket as u16, entry(tag(key, self.bits))));
        }
    }
}

/// Entries of some rows with their buckets, partition by partition.
struct Chunk<E> {
    /// Where each partition starts, and where the last one ends.
    starts: Vec<u32>,
    entries: Vec<(u16, E)>,
}

impl<E: Entry> Chunk<E> {
    /// Sorts entries by their partitions.
    fn of(found: &Found<E>) -> Self {
        let mut starts = Vec::with_capacity(PARTITIONS + 1);
        starts.resize(PARTITIONS, 0);
        found.parts.iter().for_each(|part| add(&mut starts, *part));
        sum(&mut starts);
        let mut entries = vec![Default::default(); found.entries.len()];
        // From the last one, which turns each end into a start.
        for (part, entry) in found.parts.iter().zip(&found.entries).rev() {
            put(&mut starts, *part, &mut entries, *entry);
        }
        starts.push(found.entries.len() as u32);
        Self { starts, entries }
    }

    fn part(&self, part: usize) -> &[(u16, E)] {
        let bounds = self.starts.get(part).zip(self.starts.get(part + 1));
        let range = bounds.map_or(0..0, |(start, end)| *start as usize..*end as usize);
        self.entries.get(range).unwrap_or_default()
    }
}

/// Counts a member of a group.
fn add(counts: &mut [u32], group: u16) {
    counts.get_mut(usize::from(group)).into_iter().for_each(|count| *count += 1);
}

/// Makes of the counts of groups where each group ends, if they lie one after the other.
fn sum(counts: &mut [u32]) {
    let mut end = 0;
    for count in counts {
        end += *count;
        *count = end;
    }
}

/// Puts a member of a group before those that are there, from its end on.
fn put<T: Copy>(ends: &mut [u32], group: u16, places: &mut [T], member: T) {
    let Some(place) = ends.get_mut(usize::from(group)) else { return };
    *place -= 1;
    places.get_mut(*place as usize).into_iter().for_each(|place| *place = member);
}

/// How many entries a partition has.
fn size<E: Entry>(chunks: &[Chunk<E>], part: usize) -> usize {
    chunks.iter().map(|chunk| chunk.part(part).len()).sum()
}

/// Fills one partition: where each of its buckets ends, counted from `base`, and its entries, bucket by bucket, in order.
fn fill<E: Entry>(chunks: &[Chunk<E>], part: usize, base: u32, ends: &mut [u32], entries: &mut [E]) {
    for chunk in chunks {
        chunk.part(part).iter().for_each(|(bucket, _)| add(ends, *bucket));
    }
    sum(ends);
    for chunk in chunks.iter().rev() {
        chunk.part(part).iter().rev().for_each(|(bucket, entry)| put(ends, *bucket, entries, *entry));
    }
    // Each place is now where its bucket starts, which is where the one before ends.
    let size = entries.len() as u32;
    let (mut rest, mut start) = (entries, 0);
    for at in 0..ends.len() {
        let end = ends.get(at + 1).copied().unwrap_or(size);
        let Some((bucket, after)) = rest.split_at_mut_checked((end - start) as usize) else { break };
        bucket.sort_unstable_by_key(Entry::order);
        ends.get_mut(at).into_iter().for_each(|place| *place = base + end);
        (rest, start) = (after, end);
    }
}

/// The bucket of a key: its topmost bits.
fn bucket(key: u64, bits: u32) -> usize {
    usize::try_from(key.checked_shr(u64::BITS - bits).unwrap_or(0)).unwrap_or(usize::MAX)
}

/// The 32 bits of a key after those that choose its bucket.
const fn tag(key: u64, bits: u32) -> u32 {
    (key << bits >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::keep::InMemory;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    struct Rows<'r>(&'r [Vec<u64>]);

    impl Filer<[u32; 2]> for Rows<'_> {
        fn file(&self, row: u32, push: &mut impl Push<[u32; 2]>) {
            self.0[row as usize].iter().for_each(|key| push.push(*key, |tag| [tag, row]));
        }
    }

    fn build(rows: &[Vec<u64>]) -> Table<[u32; 2]> {
        Table::build(rows.len() as u32, &Rows(rows), &mut InMemory).unwrap()
    }

    proptest! {
        #[test]
        fn the_order_of_an_entry_is_that_of_its_elements(
            [a, b] in any::<[[u16; 3]; 2]>(), [c, d] in any::<[[u32; 2]; 2]>(), [e, f] in any::<[[u32; 3]; 2]>(),
            few in any::<[[bool; 3]; 2]>(),
        ) {
            prop_assert_eq!(a.order().cmp(&b.order()), a.cmp(&b));
            prop_assert_eq!(c.order().cmp(&d.order()), c.cmp(&d));
            prop_assert_eq!(e.order().cmp(&f.order()), e.cmp(&f));
            let [narrow, wide] = [few.map(|few| few.map(u16::from)), few.map(|few| few.map(|one| u16::from(one) * u16::MAX))];
            prop_assert_eq!(narrow[0].order().cmp(&wide[1].order()), narrow[0].cmp(&wide[1]));
            let [g, h] = few.map(|few| few.map(u32::from));
            prop_assert_eq!(g.order().cmp(&h.order()), g.cmp(&h));
        }

        #[test]
        fn finds_exactly_the_rows_of_every_key(
            rows in prop::collection::vec(prop::collection::vec(any::<u64>(), 0..4), 0..300),
        ) {
            let table = build(&rows);
            prop_assert!(table.is_sound());
            let mut expected = BTreeMap::<u64, Vec<u32>>::new();
            for (row, keys) in (0..).zip(&rows) {
                keys.iter().for_each(|key| expected.entry(*key).or_default().push(row));
            }
            for (key, rows) in expected {
                let (tag, run) = table.run(key);
                prop_assert!(run.is_sorted());
                let found: Vec<u32> = run.iter().filter(|[t, _]| *t == tag).map(|[_, row]| *row).collect();
                prop_assert_eq!(found, rows);
            }
        }
    }

    #[test]
    fn an_empty_table_answers() {
        let table = build(&[]);
        assert!(table.run(u64::MAX).1.is_empty() && table.len() == 0);
        assert!(Table::<[u32; 2]>::default().run(7).1.is_empty());
    }
}
