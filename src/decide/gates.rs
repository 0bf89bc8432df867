//! The gates (METHOD 5): each alone can stop a link, and no score overrides one. Also the reasons of a refusal.

use super::policy::{NamesakeRule, Policy, Profile};
use super::reason::{Reason, ReasonSet};
use super::{Scored, is_plausible};
use crate::compare::Comparison;
use crate::compare::address::AddressLevel;
use crate::compare::birth_date::BirthDateLevel;
use crate::compare::name::{NameAgreement, PartLevel, ScriptLevel};
use crate::compare::sex::SexLevel;
use crate::model::math::Millibits;
use crate::person::Status;

/// What the decision must know besides the candidates.
pub(crate) struct Circumstances<'a> {
    /// Residents in the registry.
    pub(crate) residents: u64,
    /// A block was too large to list.
    pub(crate) truncated: bool,
    /// The record lacks a birth date, or one exact to the day: what blocking could not ask for.
    pub(crate) missing: ReasonSet,
    /// P(a random person has the record's name), for the population gate.
    pub(crate) name_frequency: f64,
    /// Reasons for what a single decision cannot know.
    pub(crate) not_evaluated: ReasonSet,
    /// Whether somebody else in the registry shares the whole name and the birth date of the best candidate, as filed.
    pub(crate) has_namesake: &'a dyn Fn(&Scored) -> bool,
}

/// The gates that are shut for the best candidate.
pub(super) struct Shut {
    pub(super) reasons: ReasonSet,
    pub(super) margin: Option<Millibits>,
    pub(super) expected_namesakes: f64,
}

/// Holds every gate to the best candidate.
pub(super) fn shut(policy: &Policy, best: &Scored, all: &[Scored], case: &Circumstances<'_>) -> Shut {
    let mut reasons = own(policy, best);
    let comparison = &best.comparison;
    let others = || all.iter().filter(|other| other.resident != best.resident);
    if case.truncated {
        reasons.insert(Reason::BlockTooLarge);
    }
    let rivals = || others().filter(|other| is_plausible(&other.comparison));
    let namesake = match policy.namesake {
        NamesakeRule::Review => rivals().next().is_some() || (case.has_namesake)(best),
        // Those whom only the best candidate's own name finds cannot be told apart by the record's address.
        NamesakeRule::ResolveByAddress => {
            comparison.address.level > AddressLevel::Building
                || rivals().any(|rival| !contradicts_dwelling(&rival.comparison))
                || (rivals().next().is_none() && (case.has_namesake)(best))
        }
    };
    if namesake {
        reasons.insert(Reason::Namesake);
    }
    if others().any(|other| is_twin(comparison, &other.comparison)) {
        reasons.insert(Reason::Twin);
    }
    let expected_namesakes = expected_namesakes(policy, case);
    if expected_namesakes > policy.max_expected_namesakes && !comparison.address.agrees() {
        reasons.insert(Reason::Population);
    }
    let margin = others().map(|other| best.weights.total - other.weights.total).min();
    if margin.is_some_and(|margin| f64::from(margin) < policy.min_margin_bits * 1000.0) {
        reasons.insert(Reason::Margin);
    }
    // "Moved" is said only where nothing but the address, and what hangs on it, stands against the candidate.
    if reasons.without(Reason::Population) == ReasonSet::from_iter([Reason::AddressDiffers]) {
        reasons.insert(Reason::Moved);
    }
    Shut { reasons, margin, expected_namesakes }
}

/// The gates that depend on the candidate alone: required, contradiction, profile, alive.
pub(super) fn own(policy: &Policy, scored: &Scored) -> ReasonSet {
    let comparison = &scored.comparison;
    let mut reasons = name(policy, comparison).union(birth_date(comparison)).union(sex(policy, comparison));
    reasons = reasons.union(address(policy, comparison));
    if scored.status != Status::Active {
        reasons.insert(Reason::NotActive);
    }
    reasons
}

/// Why nobody was found: what the record lacks.
pub(super) fn nobody_found(case: &Circumstances<'_>) -> ReasonSet {
    let mut reasons = case.missing;
    reasons.insert(Reason::NoCandidate);
    reasons
}

fn name(policy: &Policy, comparison: &Comparison) -> ReasonSet {
    let name = &comparison.name;
    let mut reasons = ReasonSet::EMPTY;
    match name.agreement(policy.accepted_grade) {
        NameAgreement::Agrees => {
            if policy.profile == Profile::Five && name.reading.whole == ScriptLevel::Unknown {
                reasons.insert(Reason::KanaMissing);
            }
        }
        NameAgreement::ByOtherName => reasons.insert(Reason::ByOtherName),
        NameAgreement::ReadingOnly if name.unknown_characters => reasons.insert(Reason::NameUnknownCharacter),
        NameAgreement::ReadingOnly => reasons.insert(Reason::NameKanaOnly),
        NameAgreement::ReadingDiffers => reasons.insert(Reason::ReadingDiffers),
        NameAgreement::LookAlike => reasons.insert(Reason::NameLookAlike),
        NameAgreement::BorderDiffers => reasons.insert(Reason::NameBorderDiffers),
        NameAgreement::Reordered => reasons.insert(Reason::NameOrderDiffers),
        NameAgreement::Homophone => reasons.insert(Reason::Homophone),
        NameAgreement::FamilyDiffers => reasons.insert(Reason::FamilyNameDiffers),
        NameAgreement::GivenDiffers => reasons.insert(Reason::GivenNameDiffers),
        NameAgreement::Near => reasons.insert(Reason::NameNear),
        NameAgreement::PartlyUnknown => reasons.insert(Reason::NameUnknownCharacter),
        NameAgreement::Unknown if name.not_comparable => reasons.insert(Reason::NameNotCompared),
        NameAgreement::Unknown => reasons.insert(Reason::NameMissing),
    }
    if name.contradicts() && !reasons.contains(Reason::Homophone) && !reasons.contains(Reason::ReadingDiffers)
    {
        reasons.insert(Reason::GivenNameDiffers);
    }
    reasons
}

fn birth_date(comparison: &Comparison) -> ReasonSet {
    let reason = match comparison.birth_date {
        BirthDateLevel::Equal => return ReasonSet::EMPTY,
        BirthDateLevel::Compatible => Reason::BirthDatePartial,
        BirthDateLevel::OneDigit => Reason::BirthDateOneDigit,
        BirthDateLevel::Swapped => Reason::BirthDateSwapped,
        BirthDateLevel::EraSlip => Reason::BirthDateEraSlip,
        BirthDateLevel::RoundedDay => Reason::BirthDateRounded,
        BirthDateLevel::AdjacentDay => Reason::BirthDateAdjacent,
        BirthDateLevel::Different => Reason::BirthDateDiffers,
        BirthDateLevel::Unknown => Reason::BirthDateMissing,
    };
    ReasonSet::from_iter([reason])
}

fn sex(policy: &Policy, comparison: &Comparison) -> ReasonSet {
    let demanded = matches!(policy.profile, Profile::Five | Profile::Four);
    let reason = match comparison.sex {
        SexLevel::Different => Reason::SexDiffers,
        SexLevel::Unknown if demanded => Reason::SexMissing,
        _ => return ReasonSet::EMPTY,
    };
    ReasonSet::from_iter([reason])
}

fn address(policy: &Policy, comparison: &Comparison) -> ReasonSet {
    let address = &comparison.address;
    if address.agrees() || policy.profile == Profile::NameBirthdateUnique {
        return ReasonSet::EMPTY;
    }
    let reason = match address.level {
        AddressLevel::Unknown => Reason::AddressMissing,
        _ if comparison.former_address.is_some() => Reason::AddressByHistory,
        AddressLevel::RoomsDiffer => Reason::AddressRoomsDiffer,
        AddressLevel::Dwelling | AddressLevel::Building | AddressLevel::Partial => Reason::AddressPartial,
        _ => Reason::AddressDiffers,
    };
    ReasonSet::from_iter([reason])
}

/// Whether a candidate's birth date may be the record's: equal, compatible, or unknown on a side (R4, R12).
pub(super) fn may_share_birth_date(comparison: &Comparison) -> bool {
    matches!(
        comparison.birth_date,
        BirthDateLevel::Equal | BirthDateLevel::Compatible | BirthDateLevel::Unknown
    )
}

fn contradicts_dwelling(comparison: &Comparison) -> bool {
    comparison.former_address.is_none()
        && matches!(
            comparison.address.level,
            AddressLevel::RoomsDiffer
                | AddressLevel::Town
                | AddressLevel::Municipality
                | AddressLevel::Prefecture
                | AddressLevel::Different
        )
}

/// Whether another candidate may be the twin of the one described (gate 5).
fn is_twin(best: &Comparison, other: &Comparison) -> bool {
    if !may_share_birth_date(other) || other.birth_date == BirthDateLevel::Unknown {
        return false;
    }
    let family = matches!(
        other.name.family(),
        PartLevel::Full
            | PartLevel::RegisterOnly
            | PartLevel::ReadingNear
            | PartLevel::ReadingOnly
            | PartLevel::LookAlike
            | PartLevel::Homophone
    );
    let same_dwelling = other.address.agrees() || other.former_address.is_some();
    let may_share = same_dwelling || (family && other.address.level == AddressLevel::Unknown);
    let told_apart = best.name.given() <= PartLevel::ReadingNear && other.name.given_is_another();
    may_share && !told_apart
}

/// E of METHOD 4, from the frequencies of the name's parts: people outside the registry who share name, birth date and sex.
fn expected_namesakes(policy: &Policy, case: &Circumstances<'_>) -> f64 {
    const SAME_DAY_AND_SEX: f64 = 3_385.0 / 124_885_175.0 / 2.0;
    let outside = (policy.population - case.residents as f64).max(0.0);
    outside * case.name_frequency * SAME_DAY_AND_SEX
}
