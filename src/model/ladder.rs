//! Ladders: what each comparison level of one attribute weighs for the values of one record, pooled so that a better level
//! never weighs less. Knows levels by their place only.

use super::math::{Millibits, log2};
use super::parameters::{Level, Parameters, U};
use crate::compare::name::PartLevel;

/// Frequencies of the values of one attribute of one record.
pub(super) struct Values {
    pub(super) register: Option<f64>,
    pub(super) reading: Option<f64>,
    pub(super) block: Option<f64>,
    pub(super) town: Option<f64>,
    pub(super) municipality: Option<f64>,
    pub(super) prefecture: Option<f64>,
}

pub(super) const NO_VALUE: Values =
    Values { register: None, reading: None, block: None, town: None, municipality: None, prefecture: None };

/// What is so of an attribute's levels, whatever their figures.
#[derive(Debug)]
struct Shape<const N: usize> {
    /// Which levels are agreements, whose weight is never below 0.
    agrees: [bool; N],
    /// The level below which no better one is held, however common its value.
    floor: usize,
}

/// A name in two scripts weighs at least what look-alikes do, which no frequency moves, or the script that is blanked
/// could have held down the other.
static NAME: Shape<9> = Shape {
    agrees: [true, true, false, true, false, false, false, false, false],
    floor: PartLevel::LookAlike as usize,
};
static BIRTH_DATE: Shape<8> =
    Shape { agrees: [true, false, false, false, false, false, false, false], floor: 7 };
static SEX: Shape<2> = Shape { agrees: [true, false], floor: 1 };
/// Same dwelling and same building agree.
static ADDRESS: Shape<8> = Shape { agrees: [true, true, false, false, false, false, false, false], floor: 7 };

/// The scales of all attributes, made once for a model.
#[derive(Clone, Debug)]
pub(super) struct Scales {
    pub(super) family_name: Scale<9>,
    pub(super) given_name: Scale<9>,
    pub(super) address: Scale<8>,
    pub(super) former_address: Level,
    /// No value of these has a frequency.
    pub(super) birth_date: Ladder<8>,
    pub(super) sex: Ladder<2>,
}

impl Scales {
    pub(super) fn of(parameters: &Parameters) -> Self {
        let Parameters { family_name, given_name, birth_date, sex, address, former_address, .. } = parameters;
        Self {
            family_name: Scale::of(family_name, &NAME),
            given_name: Scale::of(given_name, &NAME),
            address: Scale::of(address, &ADDRESS),
            former_address: *former_address,
            birth_date: Scale::of(birth_date, &BIRTH_DATE).ladder(&NO_VALUE),
            sex: Scale::of(sex, &SEX).ladder(&NO_VALUE),
        }
    }
}

/// The levels of one attribute, with what no value changes worked out.
#[derive(Clone, Debug)]
pub(super) struct Scale<const N: usize> {
    levels: [Level; N],
    /// Weights against a stranger, of levels that need no frequency.
    fixed: [Option<Millibits>; N],
    household: [Millibits; N],
    shape: &'static Shape<N>,
}

impl<const N: usize> Scale<N> {
    fn of(levels: &[Level; N], shape: &'static Shape<N>) -> Self {
        let household = shape.pooled(levels.map(|level| Some(log2(level.m / level.household))));
        let fixed = levels.map(|level| match level.u {
            U::Fixed(_) => weight(&level, &NO_VALUE),
            _ => None,
        });
        Self { levels: *levels, fixed, household, shape }
    }

    /// The weights for the values of a record.
    pub(super) fn ladder(&self, values: &Values) -> Ladder<N> {
        let mut stranger = self.fixed;
        for (weight, level) in stranger.iter_mut().zip(&self.levels).filter(|(weight, _)| weight.is_none()) {
            *weight = self::weight(level, values);
        }
        Ladder { stranger: self.shape.pooled(stranger), household: self.household }
    }
}

impl<const N: usize> Shape<N> {
    /// Weights per level, pooled so that a better level never weighs less (METHOD 2): a level that would rise above a better
    /// one is held down to it. A level whose value has no known frequency takes no part, and so could not hold down what a
    /// blank leaves: no level is worth less than the shape's `floor`, if it is better, or than the last one (law 4).
    fn pooled(&self, raw: [Option<Millibits>; N]) -> [Millibits; N] {
        let least = |index: usize| raw.get(index).copied().flatten().unwrap_or(Millibits::MIN);
        let (last, floor) = (least(N - 1), least(self.floor));
        let (mut cap, mut weights) = (None, [0; N]);
        for (index, (slot, raw)) in weights.iter_mut().zip(raw).enumerate() {
            if let Some(raw) = raw {
                let raw = raw.max(last).max(if index < self.floor { floor } else { last });
                let raw = if self.agrees.get(index) == Some(&true) { raw.max(0) } else { raw };
                cap = Some(cap.map_or(raw, |cap: Millibits| cap.min(raw)));
            }
            *slot = cap.unwrap_or(0);
        }
        weights
    }
}

/// The weights of one attribute's levels, best level first: against a stranger and against a household member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ladder<const N: usize> {
    pub(super) stranger: [Millibits; N],
    pub(super) household: [Millibits; N],
}

impl<const N: usize> Ladder<N> {
    /// The two weights of a level; nothing for a level that is no comparison.
    pub(super) fn at(&self, level: usize) -> (Millibits, Millibits) {
        let get = |weights: &[Millibits; N]| weights.get(level).copied().unwrap_or(0);
        (get(&self.stranger), get(&self.household))
    }
}

/// The weight of one level against a stranger; `None` without the frequency that it needs.
pub(super) fn weight(level: &Level, values: &Values) -> Option<Millibits> {
    Some(log2(level.m / stranger(level.u, values)?.min(1.0)))
}

/// How likely a stranger reaches a level of these values; `None` without the frequency that it needs.
pub(super) fn stranger(u: U, values: &Values) -> Option<f64> {
    let rarer = match (values.register, values.reading) {
        (Some(register), Some(reading)) => Some(register.min(reading)),
        (register, reading) => register.or(reading),
    };
    Some(match u {
        U::Fixed(u) => u,
        U::Register(share) => share * values.register?,
        U::Reading(share) => share * values.reading?,
        U::Both(share) => share * rarer?,
        U::Block(share) => share * values.block?,
        U::Town(share) => share * values.town?,
        U::Municipality(share) => share * values.municipality?,
        U::Prefecture(share) => share * values.prefecture?,
    })
}

const _: () = assert!(PartLevel::Unknown as usize == 9, "ladders end where levels stop being comparisons");
