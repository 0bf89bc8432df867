//! What the alerts of a batch change in the verdicts of its rows. Knows rows by their place, not what led to an alert.

use rayon::slice::ParallelSliceMut;

use super::alerts::{Alert, AlertKind};
use crate::decide::{ReasonSet, Verdict};

/// The alerts of a batch, and what they say of each row.
#[derive(Debug)]
pub struct Alerts {
    pub(super) list: Vec<Alert>,
    /// Every row of an alert with its kind, in order.
    rows: Vec<(u64, AlertKind)>,
    /// A bit for each row: nearly all ask in vain, and need not search.
    concerned: Vec<u64>,
}

/// What the alerts of a batch say of one row.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Raised {
    /// Reasons for a row whatever was answered; if there is one, a row that was confirmed is to be reviewed.
    pub holding: ReasonSet,
    /// Reasons for a row that is suspect already.
    pub explaining: ReasonSet,
}

impl Raised {
    /// Whether no alert is about the row.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.holding.is_empty() && self.explaining.is_empty()
    }
}

impl Alerts {
    pub(super) fn new(list: Vec<Alert>) -> Self {
        let kinds = |alert: &Alert| alert.rows.iter().map(|row| (*row, alert.kind)).collect::<Vec<_>>();
        let mut rows: Vec<_> = list.iter().flat_map(kinds).collect();
        rows.par_sort_unstable();
        Self { concerned: bits(rows.iter().map(|(row, _)| *row)), rows, list }
    }

    /// The alerts, by kind, then by row.
    #[must_use]
    pub fn list(&self) -> &[Alert] {
        &self.list
    }

    /// What they say of a row, counted from 0 in the order of the input.
    #[must_use]
    pub fn on(&self, row: u64) -> Raised {
        let (word, bit) = place_of_bit(row);
        if self.concerned.get(word).is_none_or(|bits| bits & bit == 0) {
            return Raised::default();
        }
        let first = self.rows.partition_point(|(other, _)| *other < row);
        let mut raised = Raised::default();
        for (_, kind) in self.rows.iter().skip(first).take_while(|(other, _)| *other == row) {
            let reasons = if kind.holds() { &mut raised.holding } else { &mut raised.explaining };
            reasons.insert(kind.reason());
        }
        raised
    }

    /// The verdict of a row as it stands after them.
    #[must_use]
    pub fn apply(&self, row: u64, mut verdict: Verdict) -> Verdict {
        let Raised { holding, explaining } = self.on(row);
        if matches!(verdict, Verdict::Suspect(_)) {
            explaining.iter().for_each(|reason| verdict.add(reason, false));
        }
        holding.iter().for_each(|reason| verdict.add(reason, true));
        verdict
    }
}

/// A bit for each number up to the largest.
fn bits(numbers: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut bits = Vec::new();
    for (word, bit) in numbers.map(place_of_bit) {
        bits.resize(bits.len().max(word + 1), 0);
        bits.get_mut(word).into_iter().for_each(|bits| *bits |= bit);
    }
    bits
}

const fn place_of_bit(number: u64) -> (usize, u64) {
    ((number / 64) as usize, 1 << (number % 64))
}
