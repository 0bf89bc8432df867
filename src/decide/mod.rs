//! From weights to an answer: the posterior over the candidate set, the gates, and the decision with rejection
//! (METHOD 3 and 5). Never looks at strings.

mod gates;
mod policy;
mod posterior;
mod reason;
mod verdict;

use serde::Serialize;

use crate::compare::Comparison;
use crate::compare::address::AddressNote;
use crate::compare::birth_date::BirthDateLevel;
use crate::compare::name::{NameAgreement, NameComparison, ScriptLevel};
use crate::model::Weights;
use crate::model::math::Millibits;
use crate::normalize::Grade;
use crate::normalize::reading::Plausibility;
use crate::person::Status;
use crate::registry::ResidentIndex;

pub(crate) use gates::{Circumstances, Peers};
pub use policy::{ClaimsRule, Demands, Losses, NamesakeRule, Policy, PolicyError, Profile};
pub(crate) use posterior::{Prior, least_weight};
pub use reason::{Reason, ReasonSet};
pub(crate) use verdict::verify;
pub use verdict::{Confirmed, Suspect, Unsettled, Verdict};

/// What is known of one candidate: levels, weights, posterior and reasons. Holds no value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Evidence {
    /// The levels.
    pub comparison: Comparison,
    /// What they weigh.
    pub weights: Weights,
    /// P(this candidate is the person | the record and all candidates); see METHOD 3.
    pub posterior: f64,
    /// Why this candidate is not linked, or what its agreement needed.
    pub reasons: ReasonSet,
}

/// One candidate of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Candidate {
    /// Who, as a place in the registry (or in the list given to [`crate::Linker::decide_among`]).
    pub resident: ResidentIndex,
    /// Whether the candidate's address is protected (支援措置).
    pub protected: bool,
    /// The candidate's state in the registry.
    pub status: Status,
    /// The evidence.
    pub evidence: Evidence,
}

/// The answer for one record: one of three, and there will be no fourth.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// The record is this person's.
    Link(Link),
    /// A person must decide.
    Review(Review),
    /// Nobody in the registry is meant.
    NoMatch(NoMatch),
}

/// A link, with its evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Link {
    /// The person.
    pub candidate: Candidate,
    /// The lead over the second candidate, where there is one.
    pub margin: Option<Millibits>,
    /// The second candidate.
    pub rival: Option<ResidentIndex>,
    /// Expected unregistered people of the same name and birth date (METHOD 4).
    pub expected_namesakes: f64,
    /// How sure it is that the candidate is meant, against everybody else, registered or not, in bits: see
    /// [`Decision::confidence`].
    pub confidence: Millibits,
    /// P(nobody registered is meant).
    pub none: f64,
    /// See [`Decision::address_withheld`].
    pub address_withheld: bool,
}

/// A refusal: candidates for a person to choose from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Review {
    /// The plausible candidates, best first; at most [`MAX_LISTED`]. None where all that were found were too many to compare.
    pub candidates: Vec<Candidate>,
    /// How many plausible candidates there are.
    pub total: usize,
    /// Why the best one was not linked.
    pub reasons: ReasonSet,
    /// The lead of the best candidate over the second, where there is one.
    pub margin: Option<Millibits>,
    /// Expected unregistered people of the same name and birth date (METHOD 4).
    pub expected_namesakes: f64,
    /// How sure it is that the best candidate is meant: see [`Decision::confidence`]. The least of numbers where nobody was
    /// compared.
    pub confidence: Millibits,
    /// P(nobody registered is meant).
    pub none: f64,
    /// See [`Decision::address_withheld`].
    pub address_withheld: bool,
}

/// Nobody is meant.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NoMatch {
    /// Why, and for the nearest candidate which attribute speaks against it (R3).
    pub reasons: ReasonSet,
    /// P(nobody registered is meant).
    pub none: f64,
    /// See [`Decision::address_withheld`].
    pub address_withheld: bool,
}

/// The most candidates that a review lists.
pub const MAX_LISTED: usize = 50;

impl Decision {
    /// The answer's reasons.
    #[must_use]
    pub const fn reasons(&self) -> ReasonSet {
        match self {
            Self::Link(link) => link.candidate.evidence.reasons,
            Self::Review(review) => review.reasons,
            Self::NoMatch(none) => none.reasons,
        }
    }

    /// How sure it is that the best candidate is meant, in thousandths of a bit: log2 of the odds if as many records were about
    /// people who are not registered as about residents, and if each person outside the registry who is expected to show what
    /// the record shows (METHOD 4) were as likely to be meant as the candidate. Besides, one record of 10,000 is taken to be
    /// about somebody of the candidate's name and birth date, however rare, who tells of an address as anybody outside does:
    /// so often were numbers linked to somebody else when Japan had 82 million of them checked (METHOD 6). `None` where nobody
    /// is meant.
    ///
    /// It puts decisions in order, links and reviews alike; no link is made or refused by it. A posterior (METHOD 3) says what
    /// share of a file is wrong, if outsiders are in it as often as the policy has it, and by chance. This does not rest on
    /// that, so that an address which agrees counts for more than a name that is rare.
    ///
    /// ```
    /// use himozuke::{Linker, Policy, Record, Registry};
    /// let resident = Record {
    ///     id: "p1",
    ///     kanji_name: "髙橋　一郎",
    ///     birth_date: "1985-01-01",
    ///     sex: "1",
    ///     address: "東京都千代田区霞が関二丁目１番６号",
    ///     ..Record::default()
    /// };
    /// let registry = Registry::builder().persons([resident])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let here = linker.decide(&resident)?.confidence();
    /// let elsewhere = linker.decide(&Record { address: "静岡県静岡市葵区追手町９番６号", ..resident })?.confidence();
    /// assert!(here > elsewhere);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn confidence(&self) -> Option<Millibits> {
        match self {
            Self::Link(link) => Some(link.confidence),
            Self::Review(review) => Some(review.confidence),
            Self::NoMatch(_) => None,
        }
    }

    /// Whether the address of the record itself must not be shown (R23), for it may be that of a protected resident (支援措置):
    /// of anybody whom the record was compared with, listed or not, or somebody of a block that was left out.
    ///
    /// ```
    /// use himozuke::{Linker, Policy, Record, Registry};
    /// let resident = Record { id: "p1", kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() };
    /// let registry = Registry::builder().persons([Record { protected: "1", ..resident }])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let told = Record { id: "r1", address: "東京都千代田区霞が関二丁目１番６号", ..resident };
    /// assert!(linker.decide(&told)?.address_withheld());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn address_withheld(&self) -> bool {
        match self {
            Self::Link(link) => link.address_withheld,
            Self::Review(review) => review.address_withheld,
            Self::NoMatch(none) => none.address_withheld,
        }
    }
}

/// One candidate before the decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scored {
    pub(crate) resident: ResidentIndex,
    pub(crate) protected: bool,
    pub(crate) status: Status,
    /// Whether the resident is filed as the record is written: see [`PersonView::is_written_as`](crate::person::PersonView).
    pub(crate) as_written: bool,
    pub(crate) comparison: Comparison,
    pub(crate) weights: Weights,
}

/// Decides by the five steps of METHOD 5. `scored` comes best first: by weight, then by id.
pub(crate) fn decide(policy: &Policy, scored: &[Scored], case: &Circumstances<'_>) -> Decision {
    let posterior = posterior::over(case.prior, scored.iter().map(|s| s.weights.total));
    let none = posterior.none;
    let address_withheld = case.truncated || scored.iter().any(|s| s.protected);
    let Some(best) = scored.first() else {
        let mut reasons = gates::nobody_found(case);
        // Whoever was left out with a block may be meant.
        if case.truncated {
            if !policy.is_guideline() {
                reasons.insert(Reason::NotGuideline);
            }
            let (candidates, expected_namesakes) = (Vec::new(), case.outside.expected().namesakes);
            return Decision::Review(Review {
                candidates,
                total: 0,
                reasons,
                margin: None,
                expected_namesakes,
                confidence: Millibits::MIN,
                none,
                address_withheld,
            });
        }
        return Decision::NoMatch(NoMatch { reasons, none, address_withheld });
    };
    let rivals = case.rivals(best, scored);
    let shut = gates::shut(policy, best, scored, &rivals, case);
    let outside = case.outside.expected();
    let confidence = posterior.confidence(best, outside.alike + outside.resembling);
    let reached = posterior::accepts(&policy.losses, posterior.of(best), none);
    if shut.reasons.is_empty() && reached {
        let mut candidate = candidate(policy, best, &posterior, ReasonSet::EMPTY);
        candidate.evidence.reasons = candidate.evidence.reasons.union(case.not_evaluated);
        if !policy.is_guideline() {
            candidate.evidence.reasons.insert(Reason::NotGuideline);
        }
        return Decision::Link(Link {
            candidate,
            margin: shut.margin,
            rival: scored.get(1).map(|rival| rival.resident),
            expected_namesakes: outside.namesakes,
            confidence,
            none,
            address_withheld,
        });
    }
    let mut reasons = shut.reasons;
    if !reached {
        reasons.insert(Reason::PosteriorLow);
    }
    let plausible = |s: &Scored| is_plausible_among(s, &posterior) || has_unread_name(&s.comparison);
    let ruled_out = scored.iter().any(plausible) || reasons.contains(Reason::BlockTooLarge);
    if !ruled_out && none > 1.0 - 1.0 / policy.losses.miss {
        let mut reasons = reasons.without(Reason::PosteriorLow);
        reasons.insert(Reason::NobodyFits);
        return Decision::NoMatch(NoMatch { reasons, none, address_withheld });
    }
    if !policy.is_guideline() {
        reasons.insert(Reason::NotGuideline);
    }
    // The best one carries the reasons, and whoever shut a gate for it must be seen beside it.
    let is_shown =
        |s: &Scored, rivalry: &gates::Rivalry| std::ptr::eq(s, best) || plausible(s) || rivalry.exists();
    let shown = scored.iter().zip(&rivals).filter(|(s, rivalry)| is_shown(s, rivalry));
    let shown: Vec<&Scored> = shown.map(|(s, _)| s).collect();
    let total = shown.len();
    let candidates = shown
        .into_iter()
        .take(MAX_LISTED)
        .map(|s| {
            let own = if std::ptr::eq(s, best) { reasons } else { gates::own(policy, s) };
            candidate(policy, s, &posterior, own)
        })
        .collect();
    Decision::Review(Review {
        candidates,
        total,
        reasons,
        margin: shut.margin,
        expected_namesakes: outside.namesakes,
        confidence,
        none,
        address_withheld,
    })
}

/// Whether a person would want to see this candidate whatever its score (METHOD 5, step 2): the widest-fold name, or a
/// reading that the kanji can have where nothing else of the names can be compared, and a compatible birth date.
fn is_plausible(comparison: &Comparison) -> bool {
    shares(&comparison.name, comparison.birth_date)
}

/// As [`is_plausible`].
const fn shares(name: &NameComparison, birth_date: BirthDateLevel) -> bool {
    let readable = matches!(name.plausibility, Some(Plausibility::Listed | Plausibility::Composable));
    (name.widest_equal || readable) && gates::may_share_birth_date(birth_date)
}

/// As [`is_plausible`], or probable enough beside the others.
fn is_plausible_among(scored: &Scored, posterior: &posterior::Posterior) -> bool {
    is_plausible(&scored.comparison) || posterior.of(scored) >= 0.01
}

/// Whether a name cannot speak for or against a candidate whose birth date fits, because it has characters that could not
/// be read, or is not stated: that is no reason to say that nobody is meant (R4, R7, law 7).
fn has_unread_name(comparison: &Comparison) -> bool {
    let unread = match comparison.name.agreement(Grade::Register) {
        NameAgreement::PartlyUnknown => true,
        NameAgreement::Unknown => !comparison.name.not_comparable,
        _ => false,
    };
    unread && matches!(comparison.birth_date, BirthDateLevel::Equal | BirthDateLevel::Compatible)
}

fn candidate(
    policy: &Policy,
    scored: &Scored,
    posterior: &posterior::Posterior,
    reasons: ReasonSet,
) -> Candidate {
    let reasons = reasons.union(notes(policy, &scored.comparison));
    Candidate {
        resident: scored.resident,
        protected: scored.protected,
        status: scored.status,
        evidence: Evidence {
            comparison: scored.comparison,
            weights: scored.weights,
            posterior: posterior.of(scored),
            reasons,
        },
    }
}

/// What the agreement of a pair needed, for the explanation.
fn notes(policy: &Policy, comparison: &Comparison) -> ReasonSet {
    let mut notes = ReasonSet::EMPTY;
    let name = &comparison.name;
    if matches!(name.agreement(policy.accepted_grade), NameAgreement::Agrees | NameAgreement::ByOtherName) {
        match name.grade() {
            Some(Grade::Equivalent) => notes.insert(Reason::NameFolded),
            Some(Grade::Official | Grade::Register) => notes.insert(Reason::NameVariant),
            _ => {}
        }
        match name.reading.whole {
            ScriptLevel::Same(Grade::Equivalent | Grade::Official | Grade::Register) => {
                notes.insert(Reason::ReadingFolded);
            }
            ScriptLevel::Same(Grade::Confusable) | ScriptLevel::Slip => notes.insert(Reason::ReadingNear),
            _ => {}
        }
    }
    match name.plausibility {
        Some(Plausibility::Listed | Plausibility::Composable) => notes.insert(Reason::ReadingPlausible),
        Some(Plausibility::Unlisted) => notes.insert(Reason::ReadingUnlisted),
        None => {}
    }
    let address = &comparison.address;
    if address.agrees() {
        if address.notes.contains(AddressNote::AddressUnlabelled) {
            notes.insert(Reason::AddressUnlabelled);
        }
        if address.notes.contains(AddressNote::AddressRoomMissing) {
            notes.insert(Reason::RoomMissing);
        }
        if address.grade > Grade::Identical {
            notes.insert(Reason::AddressFolded);
        }
    }
    notes
}
