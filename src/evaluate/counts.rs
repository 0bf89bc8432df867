//! Records counted by what became of them and by what would have been right.

use serde::Serialize;

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
    /// Linked to another person of whom everything stated is true as well ([`Tag::Undecidable`](crate::synth::Tag::Undecidable)): nobody can tell.
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
    /// Linked to another person, though the person meant is registered: part of the wrong and the undecidable links.
    pub linked_to_another: u64,
    /// About a registered person, among the rejected.
    pub rejected_registered: u64,
}

impl Counts {
    pub(super) fn add(&mut self, truth: Option<&str>, undecidable: bool, answer: Answer<'_>) {
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
        let registered = u64::from(truth.is_some());
        match answer {
            Answer::Link(person) if truth != Some(person) => self.linked_to_another += registered,
            Answer::Rejected => self.rejected_registered += registered,
            _ => {}
        }
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
}
