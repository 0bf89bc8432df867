//! Rows that share a key, of rows that mostly do not: their keys are told apart by a few bits first, so that only those that may
//! be shared are kept and sorted. Knows nothing of what a key says.

use std::hash::{BuildHasher, Hash};

use rayon::slice::ParallelSliceMut;
use rustc_hash::FxBuildHasher;

/// Rows that share a key, two or more, in the order of their keys. `rows` is about how many have one; the keys are gone
/// through twice.
pub(super) fn groups<K: Copy + Hash + Ord + Send>(
    rows: usize,
    keys: impl Iterator<Item = (K, u32)> + Clone,
) -> Vec<Vec<u32>> {
    let mut first = keys.clone().peekable();
    if first.peek().is_none() {
        return Vec::new();
    }
    let mut cells = Cells::for_keys(rows);
    first.for_each(|(key, _)| cells.note(key));
    let mut keyed: Vec<(K, u32)> = keys.filter(|(key, _)| cells.is_shared(*key)).collect();
    keyed.par_sort_unstable();
    let shared = keyed.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
    shared.map(|group| group.iter().map(|(_, row)| *row).collect()).collect()
}

/// For each of many cells whether no key fell into it, one, or several: two bits.
struct Cells {
    cells: Vec<u8>,
    /// Bits of a hash that are no part of a cell's number.
    shift: u32,
}

impl Cells {
    /// Cells to a key: of keys that no other row has, an eighth falls into a cell with another one.
    const ROOM: usize = 8;

    fn for_keys(keys: usize) -> Self {
        let cells = keys.max(1).saturating_mul(Self::ROOM).next_power_of_two();
        Self { cells: vec![0; cells / 4], shift: u64::BITS - cells.trailing_zeros() }
    }

    /// The byte of a key's cell, and which of its bits are the cell's.
    fn place(&self, key: impl Hash) -> (usize, u32) {
        let cell = FxBuildHasher.hash_one(key) >> self.shift;
        ((cell / 4) as usize, (cell % 4 * 2) as u32)
    }

    fn note(&mut self, key: impl Hash) {
        let (at, bit) = self.place(key);
        if let Some(cells) = self.cells.get_mut(at) {
            // From none to one, and from one to several, where it stays.
            let seen = *cells >> bit & 1;
            *cells |= (1 | seen << 1) << bit;
        }
    }

    fn is_shared(&self, key: impl Hash) -> bool {
        let (at, bit) = self.place(key);
        self.cells.get(at).is_some_and(|cells| cells >> bit & 2 != 0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    proptest::proptest! {
        #[test]
        fn are_those_that_a_map_of_all_keys_finds(
            keys in proptest::collection::vec(proptest::option::of((0..400u64, 0..2u32)), 0..300),
            rows in 0..1_000usize,
        ) {
            let keyed = keys.iter().zip(0..).filter_map(|(key, row)| Some(((*key)?, row)));
            let mut expected = BTreeMap::<_, Vec<u32>>::new();
            keyed.clone().for_each(|(key, row)| expected.entry(key).or_default().push(row));
            expected.retain(|_, rows| rows.len() > 1);
            proptest::prop_assert_eq!(groups(rows, keyed), expected.into_values().collect::<Vec<_>>());
        }
    }
}
