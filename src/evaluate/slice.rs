//! The figures of one kind of records.

use std::collections::BTreeMap;

use serde::Serialize;

use super::counts::{Answer, Counts};
use super::{Case, Interval};
use crate::decide::{Reason, ReasonSet};

/// Records of one kind, added up.
#[derive(Clone, Debug, Default)]
pub(super) struct Slice {
    counts: Counts,
    weighted: Weighted,
    review: BTreeMap<Reason, Refused>,
    no_match: BTreeMap<Reason, Refused>,
}

/// How many records were refused for a reason.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Refused {
    /// Records with the reason among others.
    pub records: u64,
    /// Of these, with no other reason: what would be settled if it were.
    pub alone: u64,
    /// Of the records, those about a registered person.
    pub registered: u64,
}

/// Sums of weights, in millionths, so that no order can change them.
#[derive(Clone, Copy, Debug, Default)]
struct Weighted {
    /// Whether some weight is not 1.
    used: bool,
    records: u128,
    registered: u128,
    right: u128,
    wrong: u128,
    wrong_squares: u128,
    /// The largest weight of a link.
    largest: u128,
    links: u128,
    reviews: u128,
    no_matches: u128,
}

const MILLION: f64 = 1e6;

impl Slice {
    pub(super) fn add(&mut self, case: &Case<'_>, undecidable: bool) {
        self.counts.add(case.truth, undecidable, case.answer);
        self.weighted.add(case, undecidable);
        let refusals = match case.answer {
            Answer::Review(_) => &mut self.review,
            Answer::NoMatch => &mut self.no_match,
            Answer::Link(_) | Answer::Rejected => return,
        };
        // What is no reason to ask anything of anybody is a note.
        let reasons = || case.reasons.iter().filter(|reason| !reason.ask_en().is_empty());
        let alone = u64::from(reasons().nth(1).is_none());
        for reason in reasons() {
            let refused = refusals.entry(reason).or_default();
            refused.records += 1;
            refused.alone += alone;
            refused.registered += u64::from(case.truth.is_some());
        }
    }

    pub(super) fn figures(&self) -> Figures {
        let counts = self.counts;
        let share = |part: u64, of: u64| (of > 0).then(|| part as f64 / of as f64);
        // What nobody can decide is no trial of who decides.
        let judged = counts.linked_right + counts.linked_wrong;
        let found = counts.linked_right + counts.review_listed;
        let missed = |reason| self.no_match.get(&reason).map_or(0, |refused| refused.registered);
        Figures {
            counts,
            wrong_per_million: share(counts.linked_wrong, judged).map(|rate| rate * MILLION),
            wrong_per_million_interval: per_million(Interval::exact(counts.linked_wrong, judged)),
            recall: share(counts.linked_right, counts.registered),
            found_share: share(found, counts.registered),
            found_share_interval: Interval::exact(found, counts.registered),
            link_share: share(counts.links(), counts.records),
            review_share: share(counts.reviews(), counts.records),
            no_match_share: share(counts.no_matches(), counts.records),
            rows_per_review: share(counts.review_rows, counts.reviews()),
            lost: Lost {
                no_candidate: missed(Reason::NoCandidate),
                nobody_fits: missed(Reason::NobodyFits),
                review_unlisted: counts.review_unlisted,
                linked_to_another: counts.linked_to_another,
                rejected: counts.rejected_registered,
            },
            weighted: self.weighted.used.then(|| self.weighted.figures()),
            review_reasons: self.review.clone(),
            no_match_reasons: self.no_match.clone(),
        }
    }
}

fn per_million(Interval { low, high }: Interval) -> Interval {
    Interval { low: low * MILLION, high: high * MILLION }
}

impl Weighted {
    fn add(&mut self, case: &Case<'_>, undecidable: bool) {
        // Weights are above 0 and far below 2^64.
        let weight = (case.weight.clamp(0.0, 1e12) * MILLION).round() as u128;
        self.used |= weight != MILLION as u128;
        self.records += weight;
        self.registered += if case.truth.is_some() { weight } else { 0 };
        match case.answer {
            Answer::Link(person) => {
                self.links += weight;
                if case.truth == Some(person) {
                    self.right += weight;
                } else if !undecidable {
                    self.wrong += weight;
                    self.wrong_squares += weight * weight;
                }
                self.largest = self.largest.max(weight);
            }
            Answer::Review(_) => self.reviews += weight,
            Answer::NoMatch => self.no_matches += weight,
            Answer::Rejected => {}
        }
    }

    fn figures(&self) -> WeightedFigures {
        let share = |part: u128, of: u128| (of > 0).then(|| part as f64 / of as f64);
        let judged = self.right + self.wrong;
        let interval = if judged == 0 {
            Interval { low: 0.0, high: 1.0 }
        } else {
            let [wrong, squares, largest] =
                [self.wrong, self.wrong_squares, self.largest].map(|sum| sum as f64);
            let Interval { low, high } = Interval::weighted(wrong, squares, largest);
            Interval { low: low / judged as f64, high: (high / judged as f64).min(1.0) }
        };
        WeightedFigures {
            wrong_per_million: share(self.wrong, judged).map(|rate| rate * MILLION),
            wrong_per_million_interval: per_million(interval),
            recall: share(self.right, self.registered),
            link_share: share(self.links, self.records),
            review_share: share(self.reviews, self.records),
            no_match_share: share(self.no_matches, self.records),
        }
    }
}

/// Counts, and what follows from them. A share of nothing is `None`.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// Records of which the link or the review shows the person meant, of the same.
    pub found_share: Option<f64>,
    /// The exact interval of that share.
    pub found_share_interval: Interval,
    /// Records linked, of all.
    pub link_share: Option<f64>,
    /// Records under review, of all.
    pub review_share: Option<f64>,
    /// Records for which nobody was found, of all.
    pub no_match_share: Option<f64>,
    /// Candidates that a reviewer is shown, on average.
    pub rows_per_review: Option<f64>,
    /// Where the records of registered people went whose person nobody is shown.
    pub lost: Lost,
    /// The rates at natural prevalence, where some record stands for more or fewer than itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weighted: Option<WeightedFigures>,
    /// Reasons of reviews; one review may have several.
    pub review_reasons: BTreeMap<Reason, Refused>,
    /// Reasons of the answer that nobody is meant.
    pub no_match_reasons: BTreeMap<Reason, Refused>,
}

/// Records about registered people of whom neither the link nor the review shows the person: what blocking did not find, and
/// what was found and not listed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Lost {
    /// Blocking found nobody at all.
    pub no_candidate: u64,
    /// Somebody was found, and nobody of them plausible.
    pub nobody_fits: u64,
    /// Others are listed.
    pub review_unlisted: u64,
    /// Linked to somebody else.
    pub linked_to_another: u64,
    /// The record could not be read.
    pub rejected: u64,
}

/// Rates in which each record counts for as many as it stands for. Their intervals are those of Fay and Feuer; see
/// [`Interval::weighted`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WeightedFigures {
    /// As [`Figures::wrong_per_million`].
    pub wrong_per_million: Option<f64>,
    /// Its two-sided 95 % interval.
    pub wrong_per_million_interval: Interval,
    /// As [`Figures::recall`].
    pub recall: Option<f64>,
    /// As [`Figures::link_share`].
    pub link_share: Option<f64>,
    /// As [`Figures::review_share`].
    pub review_share: Option<f64>,
    /// As [`Figures::no_match_share`].
    pub no_match_share: Option<f64>,
}

/// The reasons of a record, as its files list them: codes joined by `|`. A code that this version does not know is left out.
pub(super) fn reasons(codes: &str) -> ReasonSet {
    let known = |code: &str| Reason::ALL.iter().copied().find(|reason| reason.code() == code);
    codes.split('|').filter(|code| !code.is_empty()).filter_map(known).collect()
}
