//! Sets of keys that are asked for, and what is counted or kept under each. Knows numbers only.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

/// Keys per bucket, on average, at most.
const LOAD: usize = 4;

/// Distinct keys in order, found by their first bits.
#[derive(Default)]
pub(super) struct Keys {
    keys: Vec<u64>,
    /// Where the keys of each value of the first bits begin, and where the last ones end.
    starts: Vec<u32>,
    /// One bit for each of the values of some more of the first bits: most keys are not here, and are told so at once.
    sieve: Vec<u64>,
}

impl Keys {
    pub(super) fn of(mut keys: Vec<u64>) -> Self {
        keys.par_sort_unstable();
        keys.dedup();
        keys.shrink_to_fit();
        let buckets = (keys.len() / LOAD + 1).next_power_of_two().min(1 << 31);
        let mut starts = vec![0u32; buckets + 1];
        for key in &keys {
            let next = starts.get_mut(first_bits(*key, buckets) + 1);
            next.into_iter().for_each(|count| *count += 1);
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut sieve = vec![0u64; buckets];
        for key in &keys {
            let bit = first_bits(*key, buckets << 6);
            sieve.get_mut(bit >> 6).into_iter().for_each(|word| *word |= 1 << (bit & 63));
        }
        Self { keys, starts, sieve }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The place of a key among all; `None` for one that nobody asks for.
    pub(super) fn find(&self, key: u64) -> Option<usize> {
        let bit = first_bits(key, self.sieve.len() << 6);
        self.sieve.get(bit >> 6).filter(|word| **word >> (bit & 63) & 1 != 0)?;
        let bucket = bit >> 6;
        let [from, to] =
            [bucket, bucket + 1].map(|at| self.starts.get(at).map_or(0, |start| *start as usize));
        let at = self.keys.get(from..to)?.iter().position(|own| *own == key)?;
        Some(from + at)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.keys.iter().copied()
    }
}

/// The first bits of a key, as a number below a power of two.
fn first_bits(key: u64, count: usize) -> usize {
    // Counts are far below 2^63; of one value there are no bits.
    key.checked_shr(u64::BITS - count.trailing_zeros()).unwrap_or(0) as usize
}

/// A key beside a number, in words of 32 bits so that none are wasted.
pub(super) type Numbered = [u32; 3];

pub(super) const fn numbered(key: u64, number: u32) -> Numbered {
    [(key >> 32) as u32, key as u32, number]
}

const fn key_of([high, low, _]: &Numbered) -> u64 {
    (*high as u64) << 32 | *low as u64
}

/// Numbers by key, those of a key in order.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) keys: Keys,
    /// Where the numbers of each key end.
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

impl Lists {
    pub(super) fn of(mut entries: Vec<Numbered>) -> Self {
        entries.par_sort_unstable();
        entries.dedup();
        let (mut keys, mut ends) = (Vec::new(), Vec::new());
        let mut end = 0;
        for same in entries.chunk_by(|a, b| key_of(a) == key_of(b)) {
            keys.extend(same.first().map(key_of));
            end += same.len() as u32;
            ends.push(end);
        }
        let numbers = entries.iter().map(|[.., number]| *number).collect();
        drop(entries);
        Self { keys: Keys::of(keys), ends, numbers }
    }

    /// The numbers of a key.
    pub(super) fn get(&self, key: u64) -> &[u32] {
        self.keys.find(key).map_or(&[], |at| self.at(at).1)
    }

    /// Where the numbers of the key in a place begin among all, and they themselves.
    pub(super) fn at(&self, place: usize) -> (usize, &[u32]) {
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(place).copied().unwrap_or(start);
        (start as usize, self.numbers.get(start as usize..end as usize).unwrap_or_default())
    }

    /// Numbers of all keys together.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
}

/// How often each of some keys occurs. Any number of threads may count; sums have no order.
#[derive(Default)]
pub(crate) struct Occurrences {
    keys: Keys,
    counts: Vec<AtomicU32>,
}

impl Occurrences {
    pub(super) fn of(keys: Vec<u64>) -> Self {
        let keys = Keys::of(keys);
        let counts = zeros(keys.len());
        Self { keys, counts }
    }

    /// Counts a key, if anybody asks for it.
    pub(super) fn add(&self, key: u64) {
        if let Some(count) = self.keys.find(key).and_then(|at| self.counts.get(at)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn count(&self, key: u64) -> u32 {
        let count = self.keys.find(key).and_then(|at| self.counts.get(at));
        count.map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// Keys that occur, and how often.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed));
        self.keys.iter().zip(counts).filter(|(_, count)| *count > 0)
    }
}

pub(super) fn zeros(count: usize) -> Vec<AtomicU32> {
    std::iter::repeat_with(AtomicU32::default).take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn finds_exactly_what_is_there(
            entries in prop::collection::vec((prop_oneof![any::<u64>(), 0..9u64], 0..5u32), 0..300),
            other in any::<u64>(),
        ) {
            let mut expected = BTreeMap::<u64, BTreeSet<u32>>::new();
            for (key, number) in &entries {
                expected.entry(*key).or_default().insert(*number);
            }
            let lists = Lists::of(entries.iter().map(|(key, number)| numbered(*key, *number)).collect());
            for (key, numbers) in &expected {
                prop_assert_eq!(lists.get(*key), numbers.iter().copied().collect::<Vec<_>>());
            }
            prop_assert_eq!(lists.get(other).is_empty(), !expected.contains_key(&other));
            let occurrences = Occurrences::of(entries.iter().filter(|e| e.1 > 0).map(|e| e.0).collect());
            entries.iter().for_each(|(key, _)| occurrences.add(*key));
            for key in expected.keys() {
                let asked = entries.iter().any(|e| e.0 == *key && e.1 > 0);
                let found = entries.iter().filter(|e| e.0 == *key && asked).count();
                prop_assert_eq!(occurrences.count(*key) as usize, found);
            }
            let distinct = entries.iter().filter(|e| e.1 > 0).map(|e| e.0).collect::<BTreeSet<_>>();
            prop_assert_eq!(occurrences.iter().count(), distinct.len());
        }
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert!(Keys::default().find(7).is_none() && Keys::of(Vec::new()).find(7).is_none());
        assert!(Lists::default().get(7).is_empty());
        assert_eq!(Occurrences::default().count(7), 0);
    }
}
