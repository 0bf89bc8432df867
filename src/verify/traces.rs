//! What every row of a batch leaves behind for its alerts: 40 bytes a row, and 8 more for each kind of id that its file has.
//! Knows nothing of verdicts beyond whom a row fits.

use super::alerts::Trace;
use crate::registry::ResidentIndex;

/// The traces of a batch, by row.
#[derive(Default)]
pub(super) struct Traces {
    rows: usize,
    /// In blocks that are never moved: a long list that grows would be copied, and be twice as long as it need be.
    kept: Vec<Vec<Kept>>,
    /// Claims on anything but a resident who is compared, and whom rows describe that do not describe the claimed one.
    claims: Apart<u64>,
    described: Apart<u32>,
    household: Column<u64>,
    application: Column<u64>,
    account: Column<u64>,
    scheme: Column<u64>,
    scheme_folded: Column<u64>,
}

/// What nearly every row has. Nothing is 0: what can be 0 itself is kept one higher.
#[derive(Clone, Copy)]
struct Kept {
    register: u64,
    reading: u64,
    block: u64,
    claimed: u32,
    place: u32,
    birth: u32,
    suspect: bool,
    /// Whether what is claimed, and who is described, are kept apart.
    claims_apart: bool,
    describes_apart: bool,
}

impl Traces {
    pub(super) const fn len(&self) -> usize {
        self.rows
    }

    pub(super) fn push(&mut self, trace: &Trace) {
        let row = self.rows;
        self.rows += 1;
        let [claimed, described] = [trace.claimed, trace.described].map(|p| p.map_or(0, one_higher));
        let claim = trace.claim.map_or(0, |claim| claim + 1);
        let claims_apart = claim != u64::from(claimed);
        if claims_apart {
            self.claims.push(row, claim);
        }
        let describes_apart = described != claimed;
        if describes_apart {
            self.described.push(row, described);
        }
        if row.is_multiple_of(BLOCK) {
            // Who verifies a few rows needs no room for many.
            self.kept.push(Vec::with_capacity(if row == 0 { 0 } else { BLOCK }));
        }
        if let Some(block) = self.kept.last_mut() {
            block.push(Kept {
                register: trace.register,
                reading: trace.reading,
                block: trace.block,
                claimed,
                place: trace.place.map_or(0, |place| place + 1),
                birth: trace.birth,
                suspect: trace.suspect,
                claims_apart,
                describes_apart,
            });
        }
        self.household.set(row, trace.household);
        self.application.set(row, trace.application);
        self.account.set(row, trace.account);
        self.scheme.set(row, trace.scheme);
        self.scheme_folded.set(row, trace.scheme_folded);
    }

    // Inline, so that only what is asked for is read.
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<Trace> {
        let kept = self.kept.get(row / BLOCK)?.get(row % BLOCK)?;
        let claim = if kept.claims_apart { self.claims.get(row) } else { u64::from(kept.claimed) };
        let described = if kept.describes_apart { self.described.get(row) } else { kept.claimed };
        Some(Trace {
            claim: claim.checked_sub(1),
            place: kept.place.checked_sub(1),
            claimed: kept.claimed.checked_sub(1).map(ResidentIndex),
            described: described.checked_sub(1).map(ResidentIndex),
            suspect: kept.suspect,
            register: kept.register,
            reading: kept.reading,
            birth: kept.birth,
            block: kept.block,
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

    /// Rewrites claims on anything but a resident who is compared.
    pub(super) fn map_claims(&mut self, map: impl Fn(u64) -> u64) {
        for (_, claim) in self.claims.0.iter_mut().filter(|(_, claim)| *claim != 0) {
            *claim = map(*claim - 1) + 1;
        }
    }

    /// Rewrites the places of rows that have one.
    pub(super) fn map_places(&mut self, map: impl Fn(u32) -> u32) {
        for kept in self.kept.iter_mut().flatten().filter(|kept| kept.place != 0) {
            kept.place = map(kept.place - 1) + 1;
        }
    }
}

fn one_higher(ResidentIndex(number): ResidentIndex) -> u32 {
    number + 1
}

impl FromIterator<Trace> for Traces {
    fn from_iter<I: IntoIterator<Item = Trace>>(traces: I) -> Self {
        let mut all = Self::default();
        traces.into_iter().for_each(|trace| all.push(&trace));
        all
    }
}

/// Values of few rows, in the order of the rows.
#[derive(Default)]
struct Apart<T>(Vec<(u32, T)>);

impl<T: Copy + Default> Apart<T> {
    fn push(&mut self, row: usize, value: T) {
        self.0.push((row as u32, value)); // rows are numbered in 32 bits
    }

    fn get(&self, row: usize) -> T {
        let place = self.0.binary_search_by_key(&(row as u32), |(row, _)| *row);
        place.ok().and_then(|place| self.0.get(place)).map(|(_, value)| *value).unwrap_or_default()
    }
}

/// One value a row, and no memory where no row of a block has one.
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
        }

        #[test]
        fn every_trace_comes_back(
            drawn in proptest::collection::vec(proptest::option::of((0..3u64, 0..3u32, 0..3u32, 0..4u64)), 0..100),
        ) {
            let person = |number: u32| number.checked_sub(1).map(ResidentIndex);
            let of = |(claim, claimed, described, id): (u64, u32, u32, u64)| Trace {
                claim: claim.checked_sub(1),
                place: described.checked_sub(1),
                claimed: person(claimed),
                described: person(described),
                suspect: claimed == 2,
                register: id,
                reading: claim,
                birth: claimed,
                block: id + 1,
                household: id / 2,
                application: id / 3,
                account: id,
                scheme: claim,
                scheme_folded: id % 2,
            };
            let expected: Vec<Trace> = drawn.into_iter().map(|row| row.map_or(Trace::default(), of)).collect();
            let mut traces: Traces = expected.iter().copied().collect();
            proptest::prop_assert_eq!(traces.iter().map(|(_, trace)| trace).collect::<Vec<_>>(), expected.clone());
            proptest::prop_assert!(traces.get(expected.len()).is_none());
            traces.map_places(|place| place + 7);
            let places = traces.iter().map(|(_, trace)| trace.place);
            proptest::prop_assert!(places.eq(expected.iter().map(|trace| trace.place.map(|place| place + 7))));
        }
    }
}
