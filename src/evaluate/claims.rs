//! Verdicts on registered numbers held against the truth: how many wrong numbers were caught, and at what cost in reviews
//! (METHOD 8).

use std::collections::BTreeMap;

use serde::Serialize;

use super::Interval;

/// What verification made of a record with a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the three verdicts, and the record that could not be read")]
pub enum ClaimAnswer<'a> {
    /// The number is the person's.
    Confirmed,
    /// A person must decide.
    Review,
    /// It seems to be another person's; perhaps this one is meant.
    Suspect(Option<&'a str>),
    /// Not decided.
    Rejected,
}

/// Counts of records with a number. They add up to `records`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClaimCounts {
    /// Records.
    pub records: u64,
    /// Of these, with another person's number.
    pub wrong: u64,
    /// Confirmed, and right.
    pub confirmed_right: u64,
    /// Confirmed, and wrong: the error that nobody will see.
    pub confirmed_wrong: u64,
    /// Under review, and right: the reviewers' work.
    pub review_right: u64,
    /// Under review, and wrong.
    pub review_wrong: u64,
    /// Suspected, and right.
    pub suspect_right: u64,
    /// Suspected, and wrong.
    pub suspect_wrong: u64,
    /// Of these, with the person meant named.
    pub better_right: u64,
    /// Not decided.
    pub rejected: u64,
}

/// Counts, and what follows from them. A share of nothing is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClaimFigures {
    /// The counts.
    #[serde(flatten)]
    pub counts: ClaimCounts,
    /// Wrong numbers that were not confirmed, of all wrong ones.
    pub caught: Option<f64>,
    /// The exact two-sided 95 % interval of that share.
    pub caught_interval: Interval,
    /// Wrong numbers per million confirmed ones.
    pub wrong_per_million: Option<f64>,
    /// The exact interval of that rate.
    pub wrong_per_million_interval: Interval,
    /// Records that a person must look at, for each wrong number among them.
    pub reviews_per_error: Option<f64>,
}

impl ClaimCounts {
    fn add(&mut self, truth: &str, wrong: bool, answer: ClaimAnswer<'_>) {
        self.records += 1;
        self.wrong += u64::from(wrong);
        let count = match (answer, wrong) {
            (ClaimAnswer::Confirmed, false) => &mut self.confirmed_right,
            (ClaimAnswer::Confirmed, true) => &mut self.confirmed_wrong,
            (ClaimAnswer::Review, false) => &mut self.review_right,
            (ClaimAnswer::Review, true) => &mut self.review_wrong,
            (ClaimAnswer::Suspect(_), false) => &mut self.suspect_right,
            (ClaimAnswer::Suspect(better), true) => {
                self.better_right += u64::from(better == Some(truth));
                &mut self.suspect_wrong
            }
            (ClaimAnswer::Rejected, _) => &mut self.rejected,
        };
        *count += 1;
    }

    fn figures(&self) -> ClaimFigures {
        let share = |part: u64, of: u64| (of > 0).then(|| part as f64 / of as f64);
        let caught = self.review_wrong + self.suspect_wrong;
        let confirmed = self.confirmed_right + self.confirmed_wrong;
        let Interval { low, high } = Interval::exact(self.confirmed_wrong, confirmed);
        ClaimFigures {
            counts: *self,
            caught: share(caught, caught + self.confirmed_wrong),
            caught_interval: Interval::exact(caught, caught + self.confirmed_wrong),
            wrong_per_million: share(self.confirmed_wrong, confirmed).map(|rate| rate * 1e6),
            wrong_per_million_interval: Interval { low: low * 1e6, high: high * 1e6 },
            reviews_per_error: share(caught + self.review_right + self.suspect_right, caught),
        }
    }
}

/// Verdicts and truth, added up: overall, and by why a number is wrong.
///
/// ```
/// use himozuke::evaluate::{ClaimAnswer, ClaimEvaluation};
/// let mut evaluation = ClaimEvaluation::default();
/// evaluation.add("P-1", "", ClaimAnswer::Confirmed);
/// evaluation.add("P-2", "family", ClaimAnswer::Suspect(Some("P-2")));
/// let report = evaluation.report();
/// assert_eq!((report.overall.caught, report.causes["family"].counts.better_right), (Some(1.0), 1));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ClaimEvaluation {
    overall: ClaimCounts,
    causes: BTreeMap<String, ClaimCounts>,
}

impl ClaimEvaluation {
    /// Adds a record: the person whom it is about, why its number is another person's (empty if it is not), and the verdict.
    pub fn add(&mut self, truth: &str, cause: &str, answer: ClaimAnswer<'_>) {
        self.overall.add(truth, !cause.is_empty(), answer);
        if cause.is_empty() {
            return;
        }
        if let Some(counts) = self.causes.get_mut(cause) {
            counts.add(truth, true, answer);
        } else {
            self.causes.entry(cause.to_owned()).or_default().add(truth, true, answer);
        }
    }

    /// The figures of all that was added.
    #[must_use]
    pub fn report(&self) -> ClaimReport {
        let causes = self.causes.iter().map(|(cause, counts)| (cause.clone(), counts.figures())).collect();
        ClaimReport { overall: self.overall.figures(), causes }
    }
}

/// The figures of a [`ClaimEvaluation`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClaimReport {
    /// Of all records.
    pub overall: ClaimFigures,
    /// Of the wrong numbers, by why they are wrong.
    pub causes: BTreeMap<String, ClaimFigures>,
}
