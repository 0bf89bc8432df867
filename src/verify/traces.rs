//! What every row of a batch leaves behind for its alerts, in columns: about 50 bytes a row, and 8 more for each kind of id
//! that its file has. Knows nothing of verdicts beyond whom a row fits.

use super::alerts::Trace;
use crate::registry::ResidentIndex;

/// The traces of a batch, by row.
#[derive(Default)]
pub(super) struct Traces {
    rows: usize,
    claim: Column<u64>,
    place: Column<u32>,
    claimed: Column<u32>,
    described: Column<u32>,
    suspect: Column<bool>,
    register: Column<u64>,
    reading: Column<u64>,
    birth: Column<u32>,
    block: Column<u64>,
    household: Column<u64>,
    application: Column<u64>,
    account: Column<u64>,
    scheme: Column<u64>,
    scheme_folded: Column<u64>,
}

impl Traces {
    pub(super) const fn len(&self) -> usize {
        self.rows
    }

    pub(super) fn push(&mut self, trace: &Trace) {
        let row = self.rows;
        self.rows += 1;
        // Nothing is 0: everything that can be 0 itself is kept one higher.
        let person = |person: Option<ResidentIndex>| person.map_or(0, |ResidentIndex(number)| number + 1);
        self.claim.set(row, trace.claim.map_or(0, |claim| claim + 1));
        self.place.set(row, trace.place.map_or(0, |place| place + 1));
        self.claimed.set(row, person(trace.claimed));
        self.described.set(row, person(trace.described));
        self.suspect.set(row, trace.suspect);
        self.register.set(row, trace.register);
        self.reading.set(row, trace.reading);
        self.birth.set(row, trace.birth);
        self.block.set(row, trace.block);
        self.household.set(row, trace.household);
        self.application.set(row, trace.application);
        self.account.set(row, trace.account);
        self.scheme.set(row, trace.scheme);
        self.scheme_folded.set(row, trace.scheme_folded);
    }

    // Inline, so that only the columns that are asked for are read.
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<Trace> {
        let person = |column: &Column<u32>| column.get(row).checked_sub(1).map(ResidentIndex);
        if row >= self.rows {
            return None;
        }
        Some(Trace {
            claim: self.claim.get(row).checked_sub(1),
            place: self.place.get(row).checked_sub(1),
            claimed: person(&self.claimed),
            described: person(&self.described),
            suspect: self.suspect.get(row),
            register: self.register.get(row),
            reading: self.reading.get(row),
            birth: self.birth.get(row),
            block: self.block.get(row),
            household: self.household.get(row),
            application: self.application.get(row),
            account: self.account.get(row),
            scheme: self.scheme.get(row),
            scheme_folded: self.scheme_folded.get(row),
        })
    }

    /// Every row with its trace.
    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, Trace)> + Clone {
        (0u32..).map_while(|row| Some((row, self.get(row as usize)?)))
    }

    /// Rewrites the claims of rows that have one.
    pub(super) fn map_claims(&mut self, map: impl Fn(u64) -> u64) {
        for claim in self.claim.iter_mut().filter(|claim| **claim != 0) {
            *claim = map(*claim - 1) + 1;
        }
    }

    /// Rewrites the places of rows that have one.
    pub(super) fn map_places(&mut self, map: impl Fn(u32) -> u32) {
        for place in self.place.iter_mut().filter(|place| **place != 0) {
            *place = map(*place - 1) + 1;
        }
    }
}

impl FromIterator<Trace> for Traces {
    fn from_iter<I: IntoIterator<Item = Trace>>(traces: I) -> Self {
        let mut all = Self::default();
        traces.into_iter().for_each(|trace| all.push(&trace));
        all
    }
}

/// One value a row, and no memory where no row of a block has one. Blocks are never moved: a long list that grows would be copied,
/// and be twice as long as it need be.
#[derive(Default)]
struct Column<T>(Vec<Vec<T>>);

/// Rows of a block.
const BLOCK: usize = 1 << 14;

impl<T: Copy + Default + PartialEq> Column<T> {
    /// Sets the value of a row behind all those that have one.
    fn set(&mut self, row: usize, value: T) {
        if value == T::default() {
            return;
        }
        let blocks = self.0.len().max(row / BLOCK + 1);
        self.0.resize_with(blocks, Vec::new);
        if let Some(block) = self.0.get_mut(row / BLOCK) {
            block.resize(row % BLOCK, T::default());
            block.push(value);
        }
    }

    #[inline]
    fn get(&self, row: usize) -> T {
        self.0.get(row / BLOCK).and_then(|block| block.get(row % BLOCK)).copied().unwrap_or_default()
    }

    /// The values that are there, and defaults among them.
    fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn every_row_has_its_value(rows in proptest::collection::btree_map(0..5 * BLOCK, 0..3u8, 0..40)) {
            let mut column = Column::default();
            rows.iter().for_each(|(row, value)| column.set(*row, *value));
            for row in rows.keys().flat_map(|row| row.saturating_sub(1)..row + 2).chain([0, BLOCK, 9 * BLOCK]) {
                proptest::prop_assert_eq!(column.get(row), rows.get(&row).copied().unwrap_or(0));
            }
            let sum: u32 = column.iter_mut().map(|value| u32::from(*value)).sum();
            proptest::prop_assert_eq!(sum, rows.values().map(|value| u32::from(*value)).sum::<u32>());
        }
    }
}
