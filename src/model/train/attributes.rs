//! The attributes as training sees them: which level a pair reached, and which it could have reached.

use crate::compare::Comparison;
use crate::compare::address::AddressLevel;
use crate::compare::birth_date::BirthDateLevel;
use crate::compare::name::{PartLevel, ScriptLevel};
use crate::compare::sex::SexLevel;
use crate::model::{Level, Parameters};
use crate::person::PersonView;

/// An attribute that has a ladder.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Attribute {
    FamilyName,
    GivenName,
    BirthDate,
    Sex,
    Address,
}

impl Attribute {
    pub(super) const ALL: [Self; 5] =
        [Self::FamilyName, Self::GivenName, Self::BirthDate, Self::Sex, Self::Address];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::BirthDate => "birth_date",
            Self::Sex => "sex",
            Self::Address => "address",
        }
    }

    /// What a household shares: it says nothing within one, so that its household u is its m (METHOD 2).
    pub(super) const fn is_of_household(self) -> bool {
        matches!(self, Self::FamilyName | Self::Address)
    }

    pub(super) fn levels(self, parameters: &Parameters) -> &[Level] {
        match self {
            Self::FamilyName => &parameters.family_name,
            Self::GivenName => &parameters.given_name,
            Self::BirthDate => &parameters.birth_date,
            Self::Sex => &parameters.sex,
            Self::Address => &parameters.address,
        }
    }

    pub(super) fn levels_mut(self, parameters: &mut Parameters) -> &mut [Level] {
        match self {
            Self::FamilyName => &mut parameters.family_name,
            Self::GivenName => &mut parameters.given_name,
            Self::BirthDate => &mut parameters.birth_date,
            Self::Sex => &mut parameters.sex,
            Self::Address => &mut parameters.address,
        }
    }
}

/// The most levels that an attribute has.
pub(super) const MOST: usize = 9;

/// What a pair shows of one attribute: the level it reached, of the levels that it could have reached with what both
/// sides state. m and u of a level are shares of the pairs that could.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) reached: u8,
    /// A bit for each level.
    pub(super) possible: u16,
}

/// What a pair shows, attribute by attribute; nothing where there is nothing to compare.
pub(super) type Pair = [Option<Shown>; Attribute::ALL.len()];

pub(super) fn shown(comparison: &Comparison, a: PersonView<'_>, b: PersonView<'_>) -> Pair {
    let name = &comparison.name;
    let (register, reading) = (&name.register, &name.reading);
    let bordered = [a.main, b.main].into_iter().any(|name| {
        [name.register, name.reading].into_iter().flatten().any(|spelling| spelling.has_border())
    });
    let part = |level: PartLevel, register: ScriptLevel, reading: ScriptLevel| {
        let possible = possible_parts(register != ScriptLevel::Unknown, reading != ScriptLevel::Unknown);
        reached(level as usize, possible).filter(|_| bordered)
    };
    [
        part(name.family(), register.family, reading.family),
        part(name.given(), register.given, reading.given),
        reached(comparison.birth_date as usize, possible_dates(a, b)),
        reached(comparison.sex as usize, (1 << SexLevel::Unknown as usize) - 1),
        reached(comparison.address.level as usize, (1 << AddressLevel::Unknown as usize) - 1),
    ]
}

/// A level beyond the possible ones is no comparison.
fn reached(level: usize, possible: u16) -> Option<Shown> {
    (possible >> level & 1 == 1).then_some(Shown { reached: level as u8, possible })
}

fn bits(levels: &[PartLevel]) -> u16 {
    levels.iter().fold(0, |bits, level| bits | 1 << *level as u16)
}

/// The levels that a part can reach, by the scripts that were compared.
fn possible_parts(register: bool, reading: bool) -> u16 {
    use PartLevel::{
        Different, Full, Homophone, LookAlike, Near, ReadingDiffers, ReadingNear, ReadingOnly, RegisterOnly,
    };
    match (register, reading) {
        (true, true) => bits(&[Full, ReadingNear, ReadingDiffers, LookAlike, Homophone, Near, Different]),
        (true, false) => bits(&[RegisterOnly, LookAlike, Near, Different]),
        (false, true) => bits(&[ReadingOnly, Near, Different]),
        (false, false) => 0,
    }
}

/// Two dates stated to the day reach every level but `Compatible`; a vaguer one that or `Different`.
fn possible_dates(a: PersonView<'_>, b: PersonView<'_>) -> u16 {
    const COMPATIBLE: u16 = 1 << BirthDateLevel::Compatible as u16;
    const ALL: u16 = (1 << BirthDateLevel::Unknown as u16) - 1;
    let stated = |person: PersonView<'_>| person.birth_date.is_some_and(|date| date.ymd().is_some());
    match (a.birth_date, b.birth_date) {
        (Some(_), Some(_)) if stated(a) && stated(b) => ALL & !COMPATIBLE,
        (Some(_), Some(_)) => COMPATIBLE | 1 << BirthDateLevel::Different as u16,
        _ => 0,
    }
}
