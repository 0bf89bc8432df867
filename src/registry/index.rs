//! The blocking index: from a key to the rows that carry it. Knows keys and rows, not what the keys are made of.
//!
//! One flat table for all passes: entries in buckets by the top bits of the key, each entry a row and 16 more bits of the
//! key. A look-up touches one offset and one short run of entries. Two keys that share a bucket and 16 bits
//! yield rows that do not belong; the comparison, which reads everything, sorts them out.

use std::ops::Range;

/// Keys to rows.
pub(crate) struct Index {
    offsets: Vec<u32>,
    tags: Vec<u16>,
    rows: Vec<u32>,
    shift: u32,
}

/// Entries per bucket, on average, at most.
const LOAD: usize = 4;

impl Index {
    /// Builds the index of keys and their rows, in any order, each pair once; `None` if they are more than an index can hold.
    pub(crate) fn build(entries: Vec<Vec<(u64, u32)>>) -> Option<Self> {
        let count: usize = entries.iter().map(Vec::len).sum();
        u32::try_from(count).ok()?;
        let buckets = (count / LOAD).next_power_of_two().max(2);
        let shift = u64::BITS - buckets.trailing_zeros();
        // First how many are in each bucket, then where each ends, and at last, one entry taken off at a time, where it begins.
        let mut offsets = vec![0u32; buckets + 1];
        for (key, _) in entries.iter().flatten() {
            offsets.get_mut(bucket(*key, shift)).into_iter().for_each(|count| *count += 1);
        }
        let mut end = 0;
        for offset in &mut offsets {
            end += *offset;
            *offset = end;
        }
        let (mut tags, mut rows) = (vec![0; count], vec![0; count]);
        for (key, row) in entries.into_iter().flatten() {
            let Some(offset) = offsets.get_mut(bucket(key, shift)) else { continue };
            *offset -= 1;
            let place = *offset as usize;
            tags.get_mut(place).into_iter().for_each(|place| *place = tag(key, shift));
            rows.get_mut(place).into_iter().for_each(|place| *place = row);
        }
        Some(Self { offsets, tags, rows, shift })
    }

    /// Adds the rows of keys to `out`; `false` if one has more than `limit`, and none of its rows are added: a part of them
    /// would depend on the order of the registry.
    ///
    /// Where the runs of all keys lie is looked up first: the memory answers many such questions at once, but one by one if
    /// a run is read in between.
    pub(crate) fn probe(&self, keys: &[u64], limit: usize, out: &mut Vec<u32>) -> bool {
        let runs: Vec<_> = keys.iter().map(|key| (tag(*key, self.shift), self.run(*key))).collect();
        runs.into_iter().fold(true, |complete, (tag, run)| self.read(tag, run, limit, out) && complete)
    }

    /// Where the bucket of a key lies.
    fn run(&self, key: u64) -> Range<u32> {
        let bucket = bucket(key, self.shift);
        let bounds = self.offsets.get(bucket).zip(self.offsets.get(bucket.saturating_add(1)));
        bounds.map_or(0..0, |(start, end)| *start..*end)
    }

    fn read(&self, wanted: u16, run: Range<u32>, limit: usize, out: &mut Vec<u32>) -> bool {
        let run = run.start as usize..run.end as usize;
        let (Some(tags), Some(rows)) = (self.tags.get(run.clone()), self.rows.get(run)) else {
            return true;
        };
        let before = out.len();
        for (tag, row) in tags.iter().zip(rows) {
            if *tag == wanted {
                if out.len() - before == limit {
                    out.truncate(before);
                    return false;
                }
                out.push(*row);
            }
        }
        true
    }

    pub(crate) fn entries(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.offsets.len() * 4 + self.rows.len() * 6
    }
}

/// The bucket of a key: its topmost bits.
fn bucket(key: u64, shift: u32) -> usize {
    usize::try_from(key >> shift).unwrap_or(usize::MAX)
}

/// The 16 bits of a key below those that choose its bucket.
const fn tag(key: u64, shift: u32) -> u16 {
    (key >> shift.saturating_sub(16)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn finds_every_row_of_every_key(entries in prop::collection::vec((any::<u64>(), 0..50u32), 0..400)) {
            let index = Index::build(vec![entries.clone()]).unwrap();
            let mut expected = BTreeMap::<u64, BTreeSet<u32>>::new();
            for (key, row) in entries {
                expected.entry(key).or_default().insert(row);
            }
            for (key, rows) in expected {
                let mut found = Vec::new();
                prop_assert!(index.probe(&[key], usize::MAX, &mut found));
                prop_assert!(rows.iter().all(|row| found.contains(row)));
            }
        }
    }

    #[test]
    fn a_block_over_the_limit_is_left_out_whole() {
        let index = Index::build(vec![(0..10).map(|row| (7 << 60, row)).collect()]).unwrap();
        let mut out = vec![77];
        assert!(!index.probe(&[7 << 60], 9, &mut out));
        assert_eq!(out, [77]);
        assert!(index.probe(&[7 << 60], 10, &mut Vec::new()));
        assert!(index.probe(&[1], 10, &mut Vec::new()), "an absent key has no rows");
    }

    #[test]
    fn an_empty_index_answers() {
        let index = Index::build(Vec::new()).unwrap();
        assert!(index.probe(&[u64::MAX], 1, &mut Vec::new()));
    }
}
