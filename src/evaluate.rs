//! Decisions held against the truth: how many links are right, how many are wrong, what a reviewer is left with, and what
//! these counts say of the rates behind them (METHOD 6).
//!
//! Knows ids, kinds and counts; nothing of attributes, weights or files.

mod interval;

use std::collections::BTreeMap;

use serde::Serialize;

pub use self::interval::Interval;
use crate::synth::Tag;

/// What became of a record, in ids.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the three answers, and the record that could not be read")]
pub enum Answer<'a> {
    /// Linked to this person.
    Link(&'a str),
    /// Under review, with these candidates listed.
    Review(&'a [&'a str]),
    /// Nobody registered is meant.
    NoMatch,
    /// Not decided, since it could not be read.
    Rejected,
}

/// Counts of records by what became of them and by what would have been right. They add up to `records`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Records.
    pub records: u64,
    /// Of these, about a registered person.
    pub registered: u64,
    /// Linked to the person meant.
    pub linked_right: u64,
    /// Linked to another person, and the record said so.
    pub linked_wrong: u64,
    /// Linked to another person of whom everything stated is true as well ([`Tag::Undecidable`]): nobody can tell.
    pub linked_undecidable: u64,
    /// Under review, the person meant among the candidates.
    pub review_listed: u64,
    /// Under review, the person meant registered but not among the candidates.
    pub review_unlisted: u64,
    /// Under review, though nobody registered is meant.
    pub review_absent: u64,
    /// Candidates listed in all reviews.
    pub review_rows: u64,
    /// Nobody found, and nobody registered is meant.
    pub no_match_right: u64,
    /// Nobody found, though somebody registered is meant.
    pub no_match_missed: u64,
    /// Not decided, since unreadable.
    pub rejected: u64,
}

impl Counts {
    fn add(&mut self, truth: Option<&str>, undecidable: bool, answer: Answer<'_>) {
        self.records += 1;
        self.registered += u64::from(truth.is_some());
        let count = match (answer, truth) {
            (Answer::Link(person), _) if truth == Some(person) => &mut self.linked_right,
            (Answer::Link(_), _) if undecidable => &mut self.linked_undecidable,
            (Answer::Link(_), _) => &mut self.linked_wrong,
            (Answer::Review(candidates), Some(person)) if candidates.contains(&person) => {
                &mut self.review_listed
            }
            (Answer::Review(_), Some(_)) => &mut self.review_unlisted,
            (Answer::Review(_), None) => &mut self.review_absent,
            (Answer::NoMatch, None) => &mut self.no_match_right,
            (Answer::NoMatch, Some(_)) => &mut self.no_match_missed,
            (Answer::Rejected, _) => &mut self.rejected,
        };
        *count += 1;
        if let Answer::Review(candidates) = answer {
            self.review_rows += candidates.len() as u64;
        }
    }

    /// Links, right or not.
    #[must_use]
    pub const fn links(&self) -> u64 {
        self.linked_right + self.linked_wrong + self.linked_undecidable
    }

    /// Records under review.
    #[must_use]
    pub const fn reviews(&self) -> u64 {
        self.review_listed + self.review_unlisted + self.review_absent
    }

    /// Records for which nobody was found.
    #[must_use]
    pub const fn no_matches(&self) -> u64 {
        self.no_match_right + self.no_match_missed
    }

    /// What the counts say of the rates behind them.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let share = |part: u64, of: u64| (of > 0).then(|| part as f64 / of as f64);
        // What nobody can decide is no trial of who decides.
        let judged = self.linked_right + self.linked_wrong;
        let Interval { low, high } = Interval::exact(self.linked_wrong, judged);
        Figures {
            counts: *self,
            wrong_per_million: share(self.linked_wrong, judged).map(|rate| rate * 1e6),
            wrong_per_million_interval: Interval { low: low * 1e6, high: high * 1e6 },
            recall: share(self.linked_right, self.registered),
            link_share: share(self.links(), self.records),
            review_share: share(self.reviews(), self.records),
            no_match_share: share(self.no_matches(), self.records),
            rows_per_review: share(self.review_rows, self.reviews()),
        }
    }
}

/// Counts, and what follows from them. A share of nothing is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Figures {
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Wrong links per million links, the undecidable ones set apart.
    pub wrong_per_million: Option<f64>,
    /// The exact two-sided 95 % interval of that rate; see [`Interval::exact`].
    pub wrong_per_million_interval: Interval,
    /// Records linked right, of those about a registered person.
    pub recall: Option<f64>,
    /// Records linked, of all.
    pub link_share: Option<f64>,
    /// Records under review, of all.
    pub review_share: Option<f64>,
    /// Records for which nobody was found, of all.
    pub no_match_share: Option<f64>,
    /// Candidates that a reviewer is shown, on average.
    pub rows_per_review: Option<f64>,
}

/// Decisions and truth, added up record by record, overall and by kind of record.
///
/// ```
/// use himozuke::evaluate::{Answer, Evaluation};
/// let mut evaluation = Evaluation::default();
/// evaluation.add(Some("P-1"), &[], Answer::Link("P-1"));
/// evaluation.add(Some("P-2"), &["gaiji"], Answer::Review(&["P-3", "P-2"]));
/// evaluation.add(None, &["stranger"], Answer::NoMatch);
/// let report = evaluation.report();
/// assert_eq!((report.overall.counts.linked_right, report.overall.counts.linked_wrong), (1, 0));
/// assert_eq!(report.kinds["gaiji"].counts.review_listed, 1);
/// assert_eq!(report.overall.recall, Some(0.5));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    overall: Counts,
    kinds: BTreeMap<String, Counts>,
}

impl Evaluation {
    /// Adds a record: the id of the person meant, if they are registered, the kinds of record it is (for synthetic ones the
    /// names of its [`Tag`]s), and what became of it. A kind given twice counts twice.
    pub fn add(&mut self, truth: Option<&str>, kinds: &[&str], answer: Answer<'_>) {
        let undecidable = kinds.contains(&Tag::Undecidable.name());
        self.overall.add(truth, undecidable, answer);
        for kind in kinds {
            if let Some(counts) = self.kinds.get_mut(*kind) {
                counts.add(truth, undecidable, answer);
            } else {
                self.kinds.entry((*kind).to_owned()).or_default().add(truth, undecidable, answer);
            }
        }
    }

    /// The figures of all that was added.
    #[must_use]
    pub fn report(&self) -> Report {
        let kinds = self.kinds.iter().map(|(kind, counts)| (kind.clone(), counts.figures()));
        Report { overall: self.overall.figures(), kinds: kinds.collect() }
    }
}

/// The figures of an [`Evaluation`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Of all records.
    pub overall: Figures,
    /// Of the records of each kind; a record may be of several.
    pub kinds: BTreeMap<String, Figures>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counts(truth: Option<&str>, kinds: &[&str], answer: Answer<'_>) -> Counts {
        let mut evaluation = Evaluation::default();
        evaluation.add(truth, kinds, answer);
        evaluation.report().overall.counts
    }

    #[test]
    fn every_answer_is_counted_where_it_belongs() {
        let one = Counts { records: 1, ..Counts::default() };
        let known = Counts { registered: 1, ..one };
        let listed = ["b", "a"];
        let cases = [
            (Some("a"), "", Answer::Link("a"), Counts { linked_right: 1, ..known }),
            (Some("a"), "", Answer::Link("b"), Counts { linked_wrong: 1, ..known }),
            (None, "", Answer::Link("b"), Counts { linked_wrong: 1, ..one }),
            (None, "undecidable", Answer::Link("b"), Counts { linked_undecidable: 1, ..one }),
            (Some("a"), "undecidable", Answer::Link("a"), Counts { linked_right: 1, ..known }),
            (Some("a"), "", Answer::Review(&listed), Counts { review_listed: 1, review_rows: 2, ..known }),
            (Some("c"), "", Answer::Review(&listed), Counts { review_unlisted: 1, review_rows: 2, ..known }),
            (None, "", Answer::Review(&[]), Counts { review_absent: 1, ..one }),
            (None, "", Answer::NoMatch, Counts { no_match_right: 1, ..one }),
            (Some("a"), "", Answer::NoMatch, Counts { no_match_missed: 1, ..known }),
            (Some("a"), "", Answer::Rejected, Counts { rejected: 1, ..known }),
        ];
        for (truth, kind, answer, expected) in cases {
            assert_eq!(counts(truth, &[kind], answer), expected, "{truth:?} {kind} {answer:?}");
        }
    }

    #[test]
    fn figures_of_a_small_run() {
        let mut evaluation = Evaluation::default();
        (0..37_000).for_each(|_| evaluation.add(Some("a"), &["twin"], Answer::Link("a")));
        evaluation.add(None, &["twin", "undecidable"], Answer::Link("a"));
        evaluation.add(None, &["stranger"], Answer::Review(&["a", "b", "c"]));
        let Report { overall, kinds } = evaluation.report();
        assert_eq!(overall.wrong_per_million, Some(0.0));
        assert_eq!(overall.wrong_per_million_interval.low, 0.0);
        assert!(overall.wrong_per_million_interval.high <= 100.0);
        assert_eq!((overall.recall, overall.rows_per_review), (Some(1.0), Some(3.0)));
        assert_eq!((kinds["twin"].counts.linked_undecidable, kinds["twin"].review_share), (1, Some(0.0)));
        assert_eq!((kinds["stranger"].recall, kinds["stranger"].wrong_per_million), (None, None));
        assert_eq!(kinds["stranger"].wrong_per_million_interval, Interval { low: 0.0, high: 1e6 });
    }

    #[test]
    fn nothing_is_known_of_nothing() {
        let figures = Evaluation::default().report().overall;
        assert_eq!((figures.recall, figures.link_share, figures.rows_per_review), (None, None, None));
    }

    proptest! {
        /// Conservation: whatever becomes of the records, they add up.
        #[test]
        fn nothing_is_lost(cases in proptest::collection::vec((0..3u8, 0..4u8, 0..3u8), 0..60)) {
            let mut evaluation = Evaluation::default();
            let ids = ["a", "b", "c"];
            for &(truth, answer, person) in &cases {
                let id = ids[usize::from(person)];
                let listed = [id];
                let answer = match answer {
                    0 => Answer::Link(id),
                    1 => Answer::Review(&listed),
                    2 => Answer::NoMatch,
                    _ => Answer::Rejected,
                };
                evaluation.add(ids.get(usize::from(truth) + 1).copied(), &["kind", id], answer);
            }
            let Report { overall, kinds } = evaluation.report();
            let all = |c: Counts| c.links() + c.reviews() + c.no_matches() + c.rejected;
            prop_assert_eq!(overall.counts.records, cases.len() as u64);
            prop_assert_eq!(all(overall.counts), overall.counts.records);
            prop_assert_eq!(kinds.get("kind").map_or(0, |figures| figures.counts.records), cases.len() as u64);
            let by_id: u64 = ids.iter().filter_map(|id| kinds.get(*id)).map(|figures| all(figures.counts)).sum();
            prop_assert_eq!(by_id, cases.len() as u64);
        }
    }
}
