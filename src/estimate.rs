//! Error rates of a batch whose truth nobody knows (METHOD 6): what its posteriors add up to, what people who do not exist
//! are linked to, what numbers that the persons gave say, and what two reviewers find in a sample.
//!
//! Each says the same of a batch: which share of its links is wrong, with a two-sided 95 % interval. None of them says it
//! of what it cannot see:
//!
//! | estimate | costs | does not see |
//! |---|---|---|
//! | [`PosteriorSum`] | nothing | that the model is wrong: levels, frequencies, outsiders who are not drawn like residents |
//! | [`Decoys`] | a second pass over the records | twins, namesakes by design, outsiders who are not drawn like residents |
//! | [`Redaction`] | records with a number | the records that have none; and wrong numbers count as wrong links |
//! | [`ClericalSample`] | reviewers' days | what is rarer than a sample shows |
//!
//! "Outsiders who are not drawn like residents" are records of people who are not registered *because* they resemble somebody
//! who is: relatives who moved out, a file of namesakes. The first two estimates are of chance, and those are not chance.
//!
//! ```
//! use himozuke::estimate::PosteriorSum;
//! use himozuke::{Linker, Policy, Record, Registry};
//! let resident = Record {
//!     id: "p1",
//!     kanji_name: "髙橋　一郎",
//!     birth_date: "1985-01-01",
//!     sex: "1",
//!     address: "東京都千代田区霞が関二丁目１番６号",
//!     ..Record::default()
//! };
//! let registry = Registry::builder().persons([resident])?.build()?;
//! let linker = Linker::new(&registry, Policy::guideline())?;
//! let mut sum = PosteriorSum::new(&linker);
//! linker.link_all([Record { id: "r1", ..resident }], |outcome| {
//!     sum.add(outcome.answer.ok());
//!     Ok::<(), std::convert::Infallible>(())
//! })?;
//! let estimate = sum.estimate();
//! assert_eq!((estimate.links, estimate.share.map(|share| share < 1e-4)), (1, Some(true)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clerical;
mod decoys;
mod posterior;
mod redaction;

use serde::Serialize;

pub use self::clerical::{ClericalSample, Sampled, Stratum, StratumFound};
pub use self::decoys::{DecoyCount, Decoys};
pub use self::posterior::PosteriorSum;
pub use self::redaction::{Redacted, Redaction};
use crate::decide::{Decision, Link, Reason};
use crate::evaluate::Interval;

/// What one way of estimating says of the links of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// Links of which it speaks.
    pub links: u64,
    /// The share of them that is wrong, 0 to 1; `None` without links.
    pub share: Option<f64>,
    /// The two-sided 95 % interval of that share.
    pub interval: Interval,
}

impl Estimate {
    /// Of an expected number of wrong links, and its interval.
    fn of_count(links: u64, wrong: f64, Interval { low, high }: Interval) -> Self {
        if links == 0 {
            return Self { links, share: None, interval: Interval { low: 0.0, high: 1.0 } };
        }
        // A count is whole, and what is expected of it is not: less than one is a share all the same.
        let share = |count: f64| (count / links as f64).min(1.0);
        let interval = Interval { low: share(low.min(wrong)), high: share(high.max(wrong)) };
        Self { links, share: Some(share(wrong)), interval }
    }

    /// Wrong links per million links, with the interval.
    ///
    /// ```
    /// use himozuke::estimate::{Redaction, Estimate};
    /// let estimate: Estimate = Redaction::default().found().estimate;
    /// assert_eq!((estimate.per_million().0, estimate.per_million().1.high), (None, 1e6));
    /// ```
    #[must_use]
    pub fn per_million(&self) -> (Option<f64>, Interval) {
        let Interval { low, high } = self.interval;
        (self.share.map(|share| share * 1e6), Interval { low: low * 1e6, high: high * 1e6 })
    }
}

/// What a decision would link if the batch were not held by its budget (gate 10): the estimates are what an operator needs
/// then.
enum Linking<'a> {
    To(Linked<'a>),
    /// Two records claimed one person (gate 8), and this is one of them.
    Claimed,
    Nobody,
}

/// A link, made or held.
struct Linked<'a> {
    candidate: &'a crate::decide::Candidate,
    none: f64,
}

fn linking(decision: &Decision) -> Linking<'_> {
    match decision {
        Decision::Link(Link { candidate, none, .. }) => Linking::To(Linked { candidate, none: *none }),
        Decision::Review(review) if review.reasons.contains(Reason::ClaimedTwice) => Linking::Claimed,
        Decision::Review(review) if review.reasons.contains(Reason::BatchOverBudget) => {
            let candidate = review.candidates.first();
            candidate
                .map_or(Linking::Nobody, |candidate| Linking::To(Linked { candidate, none: review.none }))
        }
        _ => Linking::Nobody,
    }
}
