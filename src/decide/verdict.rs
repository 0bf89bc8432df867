//! Verification (METHOD 8): is the person of a registered number the one whom the record describes? The evidence and the
//! gates are those of a link; the question is another, and so are the answers.

use super::gates;
use super::posterior::{self, Posterior};
use super::reason::{Reason, ReasonSet};
use super::{Candidate, Circumstances, Policy, Scored, candidate, is_plausible_among};
use crate::compare::Comparison;
use crate::compare::address::AddressComparison;
use crate::compare::birth_date::BirthDateLevel;
use crate::compare::name::{NameAgreement, NameComparison, PartLevel};
use crate::compare::sex::SexLevel;
use crate::registry::ResidentIndex;

/// The answer for one record with a number: one of three.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Every attribute that the profile requires was compared and agrees, and nobody else fits as well.
    Confirmed(Confirmed),
    /// A person must look: too little to compare, a difference that nothing explains, or a rival.
    Review(Unsettled),
    /// Evidence of another person.
    Suspect(Suspect),
}

/// The record describes the person of its number.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Confirmed {
    /// The person of the number, with the evidence as if no number had been given.
    pub claimed: Candidate,
}

/// Neither confirmed nor suspect.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Unsettled {
    /// The person of the number, if there is one.
    pub claimed: Option<Candidate>,
    /// Why it is not confirmed.
    pub reasons: ReasonSet,
}

/// The number is probably another person's.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Suspect {
    /// The person of the number, if there is one.
    pub claimed: Option<Candidate>,
    /// Whom the record fits better, if anybody: a candidate whom a review of the record without its number would list.
    pub better: Option<Box<Candidate>>,
    /// What speaks against the person of the number.
    pub reasons: ReasonSet,
}

impl Verdict {
    /// The verdict's reasons; for a confirmation, what the agreement needed.
    #[must_use]
    pub const fn reasons(&self) -> ReasonSet {
        match self {
            Self::Confirmed(confirmed) => confirmed.claimed.evidence.reasons,
            Self::Review(review) => review.reasons,
            Self::Suspect(suspect) => suspect.reasons,
        }
    }

    /// The person of the number, if there is one.
    #[must_use]
    pub const fn claimed(&self) -> Option<&Candidate> {
        match self {
            Self::Confirmed(confirmed) => Some(&confirmed.claimed),
            Self::Review(review) => review.claimed.as_ref(),
            Self::Suspect(suspect) => suspect.claimed.as_ref(),
        }
    }

    /// Whom the record fits better, if anybody.
    #[must_use]
    pub fn better(&self) -> Option<&Candidate> {
        match self {
            Self::Suspect(suspect) => suspect.better.as_deref(),
            _ => None,
        }
    }

    /// The documented snake_case name of the answer.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Confirmed(_) => "confirmed",
            Self::Review(_) => "review",
            Self::Suspect(_) => "suspect",
        }
    }

    /// A review for a reason that has nothing to do with the evidence.
    pub(crate) fn unsettled(reason: Reason) -> Self {
        Self::Review(Unsettled { claimed: None, reasons: [reason].into_iter().collect() })
    }

    /// Adds a reason to whatever was answered; if it `holds`, what was confirmed must be looked at.
    pub(crate) fn add(&mut self, reason: Reason, holds: bool) {
        match self {
            Self::Confirmed(confirmed) => {
                let mut claimed = confirmed.claimed;
                claimed.evidence.reasons.insert(reason);
                let reasons = claimed.evidence.reasons;
                *self = if holds {
                    Self::Review(Unsettled { claimed: Some(claimed), reasons })
                } else {
                    Self::Confirmed(Confirmed { claimed })
                };
            }
            Self::Review(Unsettled { reasons, .. }) | Self::Suspect(Suspect { reasons, .. }) => {
                reasons.insert(reason);
            }
        }
    }
}

/// Verifies a claim. `scored` comes best first and holds the claimed resident, if there is one.
pub(crate) fn verify(
    policy: &Policy,
    scored: &[Scored],
    claimed: Option<ResidentIndex>,
    case: &Circumstances<'_>,
) -> Verdict {
    let posterior = posterior::over(case.prior, scored.iter().map(|s| s.weights.total));
    let Some(own) = scored.iter().find(|s| Some(s.resident) == claimed) else {
        return claimed_by_nobody(policy, scored, &posterior, case);
    };
    let rivals = case.rivals(own, scored);
    let mut reasons = gates::shut(policy, own, scored, &rivals, case).reasons;
    let stamped = |mut reasons: ReasonSet| {
        if !policy.is_guideline() {
            reasons.insert(Reason::NotGuideline);
        }
        reasons
    };
    if reasons.is_empty() {
        let reasons = stamped(case.not_evaluated);
        return Verdict::Confirmed(Confirmed { claimed: candidate(policy, own, &posterior, reasons) });
    }
    let fits_better = |s: &&Scored| s.weights.total > own.weights.total && is_plausible_among(s, &posterior);
    let better = scored.iter().find(fits_better);
    let another = contradicts(policy, &own.comparison);
    if better.is_some() {
        // What the better candidate shuts for somebody whom the record contradicts says nothing more of either.
        reasons = if another { gates::own(policy, own) } else { reasons };
        reasons.insert(Reason::BetterCandidate);
    }
    let of_household =
        |name: &NameComparison, (address, former): (AddressComparison, Option<AddressComparison>)| {
            name.family() <= PartLevel::Homophone && (address.agrees() || former.is_some())
        };
    let beside = || {
        let (name, _) = case.peers.names(better?)?;
        Some(of_household(&name, case.peers.addresses(better?)?))
    };
    let Comparison { name, address, former_address, .. } = &own.comparison;
    // Nobody in a household is called by the same sound: a homophone is no hint at a relative.
    let relative = name.given_is_another() && of_household(name, (*address, *former_address));
    if relative || beside() == Some(true) {
        reasons.insert(Reason::HouseholdNumber);
    }
    let reasons = stamped(reasons);
    let claimed = Some(candidate(policy, own, &posterior, reasons));
    if !another && better.is_none() {
        return Verdict::Review(Unsettled { claimed, reasons });
    }
    let better = better.map(|s| Box::new(candidate(policy, s, &posterior, gates::own(policy, s))));
    Verdict::Suspect(Suspect { claimed, better, reasons })
}

/// Nobody has the number. That is no evidence of another person by itself, for the registry may lack the right one; it is
/// if the record more probably describes a resident than anybody else, for whose number is it then?
fn claimed_by_nobody(
    policy: &Policy,
    scored: &[Scored],
    posterior: &Posterior,
    case: &Circumstances<'_>,
) -> Verdict {
    let mut reasons = ReasonSet::from_iter([Reason::ClaimedNotFound]);
    let described = scored.first().filter(|best| posterior.of(best) > 0.5);
    let Some(described) = described else {
        if case.truncated {
            reasons.insert(Reason::BlockTooLarge);
        }
        return Verdict::Review(Unsettled { claimed: None, reasons });
    };
    reasons.insert(Reason::BetterCandidate);
    let own = gates::own(policy, described);
    let better = Some(Box::new(candidate(policy, described, posterior, own)));
    Verdict::Suspect(Suspect { claimed: None, better, reasons })
}

/// Whether an attribute is evidence of another person. A slip in a date is not (R16): that is for a person to look at.
fn contradicts(policy: &Policy, comparison: &Comparison) -> bool {
    given_contradicts(policy, comparison)
        || comparison.birth_date == BirthDateLevel::Different
        || comparison.sex == SexLevel::Different
}

/// Whether the given name is another one. Another reading of equal kanji is not evidence of another person, being as
/// often a clerk's or a machine's guess (scenario 15).
fn given_contradicts(policy: &Policy, comparison: &Comparison) -> bool {
    match comparison.name.agreement(policy.accepted_grade) {
        NameAgreement::ReadingDiffers | NameAgreement::Reordered | NameAgreement::BorderDiffers => false,
        _ => comparison.name.contradicts(),
    }
}
