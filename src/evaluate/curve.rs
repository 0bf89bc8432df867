//! Best candidates by how sure they are: what would be linked, and how much of it wrongly, at every threshold; and whether
//! posteriors mean what they say.

use serde::Serialize;

use super::{Answer, Case, Interval};
use crate::model::math::log2;

/// Quarters of a bit by which thresholds differ, up to 60 bits.
const STEP: i32 = 250;
const STEPS: usize = 240;

/// Powers of ten of 1 - P by which posteriors are grouped.
const GROUPS: usize = 13;

/// Best candidates by the bits of evidence against their being wrong.
#[derive(Clone, Debug)]
pub(super) struct Ranking {
    steps: Vec<Step>,
    groups: [[Group; 2]; GROUPS],
}

/// Right and wrong, of those linked and of all.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    right: [u64; 2],
    wrong: [u64; 2],
}

#[derive(Clone, Copy, Debug, Default)]
struct Group {
    candidates: u64,
    wrong: u64,
    /// The sum of 1 - P, in parts of 2^60.
    expected: u128,
}

const WHOLE: f64 = (1u64 << 60) as f64;

/// The links, and the best candidates of all records whether linked or not.
const LINKED: usize = 0;
const ALL: usize = 1;

impl Default for Ranking {
    fn default() -> Self {
        Self { steps: vec![Step::default(); STEPS + 1], groups: Default::default() }
    }
}

impl Ranking {
    pub(super) fn add(&mut self, case: &Case<'_>, undecidable: bool) {
        let (best, linked) = match case.answer {
            Answer::Link(person) => (Some(person), true),
            Answer::Review(candidates) => (candidates.first().copied(), false),
            Answer::NoMatch | Answer::Rejected => return,
        };
        let (Some(best), Some(posterior)) = (best, case.posterior) else { return };
        let right = case.truth == Some(best);
        if !right && undecidable {
            return;
        }
        let doubt = (1.0 - posterior).clamp(f64::EPSILON / 2.0, 1.0);
        let step = usize::try_from(case.confidence.unwrap_or(-log2(doubt)) / STEP).unwrap_or(0).min(STEPS);
        let mut limit = 0.1;
        let mut group = 0;
        while doubt < limit && group + 1 < GROUPS {
            limit /= 10.0;
            group += 1;
        }
        for scope in if linked { LINKED..=ALL } else { ALL..=ALL } {
            if let Some(step) = self.steps.get_mut(step) {
                let counts = if right { &mut step.right } else { &mut step.wrong };
                counts.get_mut(scope).into_iter().for_each(|count| *count += 1);
            }
            if let Some(group) = self.groups.get_mut(group).and_then(|group| group.get_mut(scope)) {
                group.candidates += 1;
                group.wrong += u64::from(!right);
                group.expected += (doubt * WHOLE) as u128;
            }
        }
    }

    /// What would be linked at each threshold that some best candidate meets, the strictest first.
    fn points(&self, scope: usize, registered: u64) -> Vec<Point> {
        let (mut right, mut wrong) = (0, 0);
        let mut points = Vec::new();
        for (step, counts) in self.steps.iter().enumerate().rev() {
            let [new_right, new_wrong] =
                [counts.right, counts.wrong].map(|counts| counts.get(scope).copied().unwrap_or_default());
            if new_right + new_wrong == 0 {
                continue;
            }
            right += new_right;
            wrong += new_wrong;
            let Interval { low, high } = Interval::exact(wrong, right + wrong);
            points.push(Point {
                // Four steps are a bit.
                bits: step as f64 / 4.0,
                links: right + wrong,
                wrong,
                recall: if registered == 0 { 0.0 } else { right as f64 / registered as f64 },
                wrong_per_million: wrong as f64 / (right + wrong) as f64 * 1e6,
                wrong_per_million_interval: Interval { low: low * 1e6, high: high * 1e6 },
            });
        }
        points
    }

    fn calibration(&self, scope: usize) -> Vec<Calibration> {
        let mut least = 1.0;
        let mut bins = Vec::new();
        for group in &self.groups {
            let most = least;
            least = if bins.len() + 1 == GROUPS { 0.0 } else { most / 10.0 };
            let Group { candidates, wrong, expected } = group.get(scope).copied().unwrap_or_default();
            bins.push(Calibration {
                doubt: Interval { low: least, high: most },
                candidates,
                expected: expected as f64 / WHOLE,
                wrong,
                wrong_share_interval: Interval::exact(wrong, candidates),
            });
        }
        bins.retain(|bin| bin.candidates > 0);
        bins
    }

    pub(super) fn curves(&self, registered: u64) -> Curves {
        Curves {
            links: self.points(LINKED, registered),
            what_if: self.points(ALL, registered),
            calibration_links: self.calibration(LINKED),
            calibration: self.calibration(ALL),
        }
    }
}

/// What a threshold of confidence does, and whether posteriors mean what they say. The undecidable are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Curves {
    /// The risk-coverage curve of the links made, the strictest threshold first.
    pub links: Vec<Point>,
    /// The same if the best candidate of every record were linked and no gate stopped it.
    pub what_if: Vec<Point>,
    /// Posteriors of links, and how many are wrong.
    pub calibration_links: Vec<Calibration>,
    /// Posteriors of the best candidates of all records, and how many are wrong.
    pub calibration: Vec<Calibration>,
}

/// Everything at or above a threshold, linked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Point {
    /// The threshold in bits: of confidence, or of log2(1 / (1 - P)) where that is not known.
    pub bits: f64,
    /// Links at or above it.
    pub links: u64,
    /// Of these, wrong.
    pub wrong: u64,
    /// Records linked right, of those about a registered person.
    pub recall: f64,
    /// Wrong links per million links.
    pub wrong_per_million: f64,
    /// The exact two-sided 95 % interval of that rate.
    pub wrong_per_million_interval: Interval,
}

/// Best candidates whose posterior leaves about the same doubt.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Calibration {
    /// From which 1 - P to which.
    pub doubt: Interval,
    /// Best candidates.
    pub candidates: u64,
    /// How many of them are wrong if the posteriors are right: the sum of 1 - P.
    pub expected: f64,
    /// How many are.
    pub wrong: u64,
    /// The exact two-sided 95 % interval of their share.
    pub wrong_share_interval: Interval,
}
