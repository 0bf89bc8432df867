//! Ladders: what each comparison level of one attribute weighs for the values of one record, pooled so that a better level
//! never weighs less. Knows levels by their place only.

use std::array;
use std::cell::OnceCell;

use super::math::{Millibits, log2};
use super::parameters::{Level, Parameters, U};
use crate::compare::name::PartLevel;

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
    pub(super) birth_date: [Weight; 8],
    pub(super) sex: [Weight; 2],
}

impl Scales {
    pub(super) fn of(parameters: &Parameters) -> Self {
        let Parameters { family_name, given_name, birth_date, sex, address, former_address, .. } = parameters;
        Self {
            family_name: Scale::of(family_name, &NAME),
            given_name: Scale::of(given_name, &NAME),
            address: Scale::of(address, &ADDRESS),
            former_address: *former_address,
            birth_date: Scale::of(birth_date, &BIRTH_DATE).fixed_ladder(),
            sex: Scale::of(sex, &SEX).fixed_ladder(),
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
        let household = levels.map(|level| Some(log2(level.m / level.household)));
        let household =
            array::from_fn(|level| shape.pooled(level, |at| household.get(at).copied().flatten()));
        let fixed = levels.map(|level| match level.u {
            U::Fixed(_) => weight(&level, |_| None),
            _ => None,
        });
        Self { levels: *levels, fixed, household, shape }
    }

    /// The weights of all levels, of an attribute whose values have no frequency.
    fn fixed_ladder(&self) -> [Weight; N] {
        let ladder = Ladder::default();
        array::from_fn(|level| self.weight(level, &ladder, |_| None))
    }

    /// What a level weighs for values of these frequencies; nothing where it is no comparison. The ladder keeps what was worked
    /// out for the same values.
    pub(super) fn weight(
        &self,
        level: usize,
        ladder: &Ladder<N>,
        frequency: impl Fn(U) -> Option<f64>,
    ) -> Weight {
        let (Some(kept), Some(household)) = (ladder.0.get(level), self.household.get(level)) else {
            return Weight::default();
        };
        let raw = |at| {
            let fixed = self.fixed.get(at).copied().flatten();
            fixed.or_else(|| self.levels.get(at).and_then(|level| weight(level, &frequency)))
        };
        let stranger = *kept.get_or_init(|| self.shape.pooled(level, raw));
        Weight { stranger, household: *household }
    }
}

impl<const N: usize> Shape<N> {
    /// The weight of a level, pooled so that a better level never weighs less (METHOD 2): a level that would rise above a better
    /// one is held down to it. A level whose value has no known frequency takes no part, and so could not hold down what a
    /// blank leaves: no level is worth less than the shape's `floor`, if it is better, or than the last one (law 4).
    ///
    /// Most candidates differ in most attributes, and nothing holds the last level down: it is what it weighs by itself.
    fn pooled(&self, level: usize, raw: impl Fn(usize) -> Option<Millibits>) -> Millibits {
        let last = raw(N - 1);
        if let Some(last) = last.filter(|_| level == N - 1) {
            return last;
        }
        let last = last.unwrap_or(Millibits::MIN);
        let floor = raw(self.floor).unwrap_or(Millibits::MIN);
        let mut cap = None;
        for (index, agrees) in self.agrees.iter().enumerate().take(level + 1) {
            let Some(raw) = raw(index) else { continue };
            let raw = raw.max(last).max(if index < self.floor { floor } else { last });
            let raw = if *agrees { raw.max(0) } else { raw };
            cap = Some(cap.map_or(raw, |cap: Millibits| cap.min(raw)));
        }
        cap.unwrap_or(0)
    }
}

/// What a level weighs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weight {
    /// Against a stranger.
    pub(super) stranger: Millibits,
    /// Against a member of the household.
    pub(super) household: Millibits,
}

/// The weights of one attribute's levels against a stranger, for the values of one record, as far as they were asked for.
pub(super) struct Ladder<const N: usize>([OnceCell<Millibits>; N]);

impl<const N: usize> Default for Ladder<N> {
    fn default() -> Self {
        Self([const { OnceCell::new() }; N])
    }
}

/// The weight of one level against a stranger; `None` without the frequency that it needs.
pub(super) fn weight(level: &Level, frequency: impl Fn(U) -> Option<f64>) -> Option<Millibits> {
    Some(log2(level.m / stranger(level.u, frequency)?.min(1.0)))
}

/// How likely a stranger reaches a level, by the frequency of its value; `None` without it.
pub(super) fn stranger(u: U, frequency: impl Fn(U) -> Option<f64>) -> Option<f64> {
    match u {
        U::Fixed(u) => Some(u),
        share => Some(share.figure() * frequency(share)?),
    }
}

/// The frequency of a name in the scripts in which it is known, of which the rarer one counts where both do.
pub(super) fn of_name(u: U, [register, reading]: [Option<f64>; 2]) -> Option<f64> {
    match u {
        U::Register(_) => register,
        U::Reading(_) => reading,
        U::Both(_) => match (register, reading) {
            (Some(register), Some(reading)) => Some(register.min(reading)),
            (register, reading) => register.or(reading),
        },
        _ => None,
    }
}

const _: () = assert!(PartLevel::Unknown as usize == 9, "ladders end where levels stop being comparisons");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All levels at once, from the best one down.
    fn pooled<const N: usize>(shape: &Shape<N>, raw: [Option<Millibits>; N]) -> [Millibits; N] {
        let (last, floor) =
            (raw[N - 1].unwrap_or(Millibits::MIN), raw[shape.floor].unwrap_or(Millibits::MIN));
        let mut cap = Millibits::MAX;
        let mut any = false;
        array::from_fn(|level| {
            if let Some(raw) = raw[level] {
                let least = if level < shape.floor { floor.max(last) } else { last };
                let least = if shape.agrees[level] { least.max(0) } else { least };
                (cap, any) = (cap.min(raw.max(least)), true);
            }
            if any { cap } else { 0 }
        })
    }

    proptest! {
        #[test]
        fn a_level_weighs_the_same_by_itself_as_among_all(
            raw in prop::array::uniform9(prop::option::weighted(0.8, -20_000..20_000i32)),
        ) {
            let all = pooled(&NAME, raw);
            for (level, weight) in all.into_iter().enumerate() {
                prop_assert_eq!(NAME.pooled(level, |at| raw[at]), weight);
            }
            prop_assert!(all.is_sorted_by(|better, worse| better >= worse) || raw[0].is_none());
        }
    }
}
