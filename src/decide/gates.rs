//! The gates (METHOD 5): each alone can stop a link, and no score overrides one. Also the reasons of a refusal.

use std::cell::OnceCell;

use super::policy::{NamesakeRule, Policy};
use super::posterior::Prior;
use super::reason::{Reason, ReasonSet};
use super::{Scored, is_plausible, shares};
use crate::compare::Comparison;
use crate::compare::address::{AddressComparison, AddressLevel, AddressNote};
use crate::compare::birth_date::BirthDateLevel;
use crate::compare::name::{NameAgreement, NameComparison, PartLevel, ScriptLevel};
use crate::compare::sex::SexLevel;
use crate::model::Outside;
use crate::model::math::Millibits;
use crate::person::Status;

/// What the decision must know besides the candidates.
pub(crate) struct Circumstances<'a> {
    /// How likely anybody and nobody is meant, before candidates are known.
    pub(crate) prior: Prior,
    /// A block was too large to list.
    pub(crate) truncated: bool,
    /// The record lacks a birth date, or one exact to the day: what blocking could not ask for.
    pub(crate) missing: ReasonSet,
    /// People outside the registry whom the record may mean (METHOD 4), for the population gate.
    pub(crate) outside: Outside<'a>,
    /// Reasons for what a single decision cannot know.
    pub(crate) not_evaluated: ReasonSet,
    /// Holds the best candidate, or the claimed one, to others.
    pub(crate) peers: &'a dyn Peers,
}

/// One candidate, held to others as they are filed: as much of them as is asked for. `None` if one is not to be had.
pub(crate) trait Peers {
    /// Names and birth dates.
    fn names(&self, other: &Scored) -> Option<(NameComparison, BirthDateLevel)>;
    /// Whether they live in one dwelling today.
    fn live_together(&self, other: &Scored) -> bool;
    /// Addresses, current and former.
    fn addresses(&self, other: &Scored) -> Option<(AddressComparison, Option<AddressComparison>)>;
}

/// How another candidate stands against the best one.
#[derive(Clone, Copy, Default)]
pub(super) struct Rivalry {
    /// A namesake (gate 4).
    namesake: bool,
    /// Perhaps a twin (gate 5).
    twin: bool,
}

impl Rivalry {
    /// Whether a person who reviews must see this candidate, whatever its score: it shuts a gate for the best one.
    pub(super) const fn exists(self) -> bool {
        self.namesake || self.twin
    }
}

impl Circumstances<'_> {
    /// How every candidate stands against one of them, in their order.
    pub(super) fn rivals(&self, best: &Scored, all: &[Scored]) -> Vec<Rivalry> {
        let rivalry = |other: &Scored| {
            if other.resident == best.resident { Rivalry::default() } else { self.rivalry(best, other) }
        };
        all.iter().map(rivalry).collect()
    }

    fn rivalry(&self, best: &Scored, other: &Scored) -> Rivalry {
        // The dearest part of a refusal: two residents are compared once at most, and only in what is asked for.
        let pair = OnceCell::new();
        let names = || *pair.get_or_init(|| self.peers.names(other));
        let live_together = || self.peers.live_together(other);
        Rivalry { namesake: is_namesake(other, names), twin: is_twin(best, other, names, live_together) }
    }
}

/// Whether another candidate is a namesake: of the person whom the record describes, or of the best candidate as filed.
/// The widest-fold name and a birth date that may be the same.
fn is_namesake(other: &Scored, names: impl Fn() -> Option<(NameComparison, BirthDateLevel)>) -> bool {
    is_plausible(&other.comparison) || names().is_some_and(|(name, birth_date)| shares(&name, birth_date))
}

/// Whether another candidate may be the twin of the one described (gate 5): the birth date and the dwelling are
/// shared, the record's or the best candidate's as filed (an address cut short must not hide a twin, law 7), and the given
/// names do not tell them apart. They do if the record agrees with one and differs from the
/// other, and the two residents differ in every script that the register knows: a record may state too little, or
/// leave out the border that shows the difference.
fn is_twin(
    best: &Scored,
    other: &Scored,
    names: impl Fn() -> Option<(NameComparison, BirthDateLevel)>,
    live_together: impl Fn() -> bool,
) -> bool {
    let pair = &other.comparison;
    if !may_share_birth_date(pair.birth_date) || pair.birth_date == BirthDateLevel::Unknown {
        return false;
    }
    let family = matches!(
        pair.name.family(),
        PartLevel::Full
            | PartLevel::RegisterOnly
            | PartLevel::ReadingNear
            | PartLevel::ReadingOnly
            | PartLevel::LookAlike
            | PartLevel::Homophone
    );
    let same_dwelling = pair.address.agrees() || pair.former_address.is_some();
    let may_share = same_dwelling || (family && pair.address.level == AddressLevel::Unknown);
    let told_apart = best.comparison.name.given() <= PartLevel::ReadingNear
        && pair.name.given() == PartLevel::Different
        && names().is_some_and(|(name, _)| name.given_is_another());
    !told_apart && (may_share || live_together())
}

/// How much stricter gate 6 is with a record that places its person elsewhere. Nothing but E stands between such a record and a
/// namesake then, and E takes people to be in a file by chance, while some are there because they resemble a resident. So E
/// itself is held, at its default, to the 10 wrong links per million that a batch may have, as if everybody outside were in
/// the file.
const ELSEWHERE: f64 = 0.01;

/// The gates that are shut for the best candidate.
pub(super) struct Shut {
    pub(super) reasons: ReasonSet,
    pub(super) margin: Option<Millibits>,
}

/// Holds every gate to the best candidate.
pub(super) fn shut(
    policy: &Policy,
    best: &Scored,
    all: &[Scored],
    rivals: &[Rivalry],
    case: &Circumstances<'_>,
) -> Shut {
    let mut reasons = own(policy, best);
    let comparison = &best.comparison;
    let others = || all.iter().filter(|other| other.resident != best.resident);
    if case.truncated {
        reasons.insert(Reason::BlockTooLarge);
    }
    let namesakes = || all.iter().zip(rivals).filter(|(_, rivalry)| rivalry.namesake);
    let namesake = match policy.namesake {
        NamesakeRule::Review => namesakes().next().is_some(),
        NamesakeRule::ResolveByAddress => {
            namesakes().next().is_some()
                && (comparison.address.level > AddressLevel::Building
                    || namesakes().any(|(namesake, _)| !contradicts_dwelling(&namesake.comparison)))
        }
    };
    if namesake {
        reasons.insert(Reason::Namesake);
    }
    if rivals.iter().any(|rivalry| rivalry.twin) {
        reasons.insert(Reason::Twin);
    }
    let most = policy.max_expected_namesakes * if is_elsewhere(comparison) { ELSEWHERE } else { 1.0 };
    if !comparison.address.agrees() && case.outside.expected().alike > most {
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
    Shut { reasons, margin }
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
    reasons.insert(if case.truncated { Reason::BlockTooLarge } else { Reason::NoCandidate });
    reasons
}

fn name(policy: &Policy, comparison: &Comparison) -> ReasonSet {
    let name = &comparison.name;
    let mut reasons = ReasonSet::EMPTY;
    match name.agreement(policy.accepted_grade) {
        NameAgreement::Agrees => {
            if policy.profile.demands().kana_name && name.reading.whole == ScriptLevel::Unknown {
                reasons.insert(Reason::KanaMissing);
            }
        }
        NameAgreement::ByOtherName => reasons.insert(Reason::ByOtherName),
        NameAgreement::Contested => reasons.insert(Reason::NamesContradict),
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
        // A given name was compared, and the family name stands in two scripts.
        NameAgreement::Unknown if name.not_comparable || name.given() != PartLevel::Unknown => {
            reasons.insert(Reason::NameNotCompared);
        }
        NameAgreement::Unknown => reasons.insert(Reason::NameMissing),
    }
    if name.roman_differs {
        reasons.insert(Reason::NamesContradict);
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
    let reason = match comparison.sex {
        SexLevel::Different => Reason::SexDiffers,
        SexLevel::Unknown if policy.profile.demands().sex => Reason::SexMissing,
        _ => return ReasonSet::EMPTY,
    };
    ReasonSet::from_iter([reason])
}

fn address(policy: &Policy, comparison: &Comparison) -> ReasonSet {
    let address = &comparison.address;
    if address.agrees() || !policy.profile.demands().address {
        return ReasonSet::EMPTY;
    }
    let reason = match address.level {
        AddressLevel::Unknown => Reason::AddressMissing,
        _ if comparison.former_address.is_some() => Reason::AddressByHistory,
        AddressLevel::RoomsDiffer => Reason::AddressRoomsDiffer,
        _ if address.notes.contains(AddressNote::AddressNumbersMissing) => Reason::AddressPartial,
        AddressLevel::Dwelling | AddressLevel::Building | AddressLevel::Partial => Reason::AddressPartial,
        _ => Reason::AddressDiffers,
    };
    ReasonSet::from_iter([reason])
}

/// Whether a candidate's birth date may be the record's: equal, compatible, or unknown on a side (R4, R12).
pub(super) const fn may_share_birth_date(level: BirthDateLevel) -> bool {
    matches!(level, BirthDateLevel::Equal | BirthDateLevel::Compatible | BirthDateLevel::Unknown)
}

/// Whether a record places its person in another municipality, and the register does not know why.
fn is_elsewhere(comparison: &Comparison) -> bool {
    comparison.former_address.is_none()
        && matches!(comparison.address.level, AddressLevel::Prefecture | AddressLevel::Different)
}

fn contradicts_dwelling(comparison: &Comparison) -> bool {
    comparison.former_address.is_none()
        && !comparison.address.notes.contains(AddressNote::AddressNumbersMissing)
        && matches!(
            comparison.address.level,
            AddressLevel::RoomsDiffer
                | AddressLevel::Town
                | AddressLevel::Municipality
                | AddressLevel::Prefecture
                | AddressLevel::Different
        )
}
