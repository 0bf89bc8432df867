//! Records whose person is known by a number that the person gave: decided without it, and held against it.

use serde::Serialize;

use super::{Estimate, Linking, linking};
use crate::decide::{Decision, Reason};
use crate::evaluate::Interval;
use crate::link::Settled;
use crate::registry::ResidentIndex;

/// Counts of records whose person is known, by what was decided without knowing it (METHOD 6).
///
/// The number is never used for the decision: it is only looked up afterwards. A number that is mistyped into another
/// person's counts as a wrong link, so that the rate is rather too high. People who give their number may not be like those
/// who do not; the estimate is of the former.
///
/// ```
/// use himozuke::estimate::Redaction;
/// let mut redaction = Redaction::default();
/// redaction.add(None, None); // the number is nobody's, and the record could not be read
/// assert_eq!(redaction.found().records, 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    records: u64,
    registered: u64,
    /// To whom each link is, and whether rightly.
    links: Vec<(ResidentIndex, bool)>,
    listed: u64,
}

/// What the numbers say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Redacted {
    /// Records with a number.
    pub records: u64,
    /// Of these, with the number of a resident.
    pub registered: u64,
    /// Their links; the interval is Clopper and Pearson's.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// Residents' records linked to them, of all residents' records with a number; `None` if there is none.
    pub recall: Option<f64>,
    /// The exact interval of the recall.
    pub recall_interval: Interval,
    /// Residents' records whose link or review shows the resident, of the same.
    pub found: Option<f64>,
}

impl Redaction {
    /// Adds a record with a number: whose number it is, where it is a resident's, and what was decided without it, before
    /// gates 8 and 10 or after them (`None` for a record that could not be read).
    pub fn add(&mut self, known: Option<ResidentIndex>, decision: Option<&Decision>) {
        self.records += 1;
        self.registered += u64::from(known.is_some());
        let Some(decision) = decision else { return };
        match linking(decision) {
            Linking::To(link) => {
                let linked = link.candidate.resident;
                self.links.push((linked, known == Some(linked)));
            }
            Linking::Claimed | Linking::Nobody => {
                if let (Decision::Review(review), Some(known)) = (decision, known) {
                    let listed = review.candidates.iter().any(|candidate| candidate.resident == known);
                    self.listed += u64::from(listed);
                }
            }
        }
    }

    /// Turns the links that gate 8 refuses into reviews, where decisions were added before it. Those that the budget holds
    /// stay.
    pub fn settle(&mut self, settled: &Settled) {
        let Self { links, listed, .. } = self;
        links.retain(|(linked, right)| {
            let refused = settled.refusal(*linked) == Some(Reason::ClaimedTwice);
            *listed += u64::from(refused && *right);
            !refused
        });
    }

    /// What the numbers say of the links.
    #[must_use]
    pub fn found(&self) -> Redacted {
        let Self { records, registered, listed, .. } = *self;
        let right = self.links.iter().filter(|(_, right)| *right).count() as u64;
        let wrong = self.links.len() as u64 - right;
        let share = |part: u64, of: u64| (of > 0).then(|| part as f64 / of as f64);
        let links = right + wrong;
        Redacted {
            records,
            registered,
            estimate: Estimate { links, share: share(wrong, links), interval: Interval::exact(wrong, links) },
            recall: share(right, registered),
            recall_interval: Interval::exact(right, registered),
            found: share(right + listed, registered),
        }
    }
}
