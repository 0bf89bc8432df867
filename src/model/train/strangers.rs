//! u: how often two residents who have nothing to do with each other reach a level.

use rayon::prelude::*;

use super::attributes::{Attribute, MOST, shown};
use crate::Registry;
use crate::compare::compare_views;
use crate::compare::name::{PartLevel, ScriptComparison, ScriptLevel};
use crate::model::frequency::Script;
use crate::model::ladder::{of_name, stranger};
use crate::model::{Known, Model, Parameters, U};
use crate::normalize::name::SpellingRef;
use crate::person::PersonView;
use crate::registry::ResidentIndex;

/// How many observations of a level the prior counts for: none in the data leave it as it is, many overrule it.
pub(super) const PRIOR_WORTH: f64 = 1.0;

/// Pairs counted side by side at a time; a fixed number, so that sums come out the same in any number of threads.
const CHUNK: u32 = 8_192;

/// What random pairs showed, by attribute and level.
pub(super) struct Strangers {
    pairs: u64,
    seen: [[Seen; MOST]; Attribute::ALL.len()],
}

/// What random pairs showed of one level.
#[derive(Clone, Copy, Default)]
struct Seen {
    reached: f64,
    possible: f64,
    /// The frequencies that the level's u is a share of, ones where it is a probability: their sum, and how many they are.
    frequencies: f64,
    values: f64,
}

impl Strangers {
    pub(super) const fn pairs(&self) -> u64 {
        self.pairs
    }

    /// The prior with u as counted where it is a probability; what was never possible, or is rarer than these pairs can
    /// show, stays. A share stays too, for the frequency that it is of comes from the registry already.
    pub(super) fn estimate(&self, prior: &Parameters) -> Parameters {
        let mut parameters = prior.clone();
        for (attribute, seen) in Attribute::ALL.into_iter().zip(&self.seen) {
            for (level, seen) in attribute.levels_mut(&mut parameters).iter_mut().zip(seen) {
                if let U::Fixed(u) = &mut level.u {
                    *u *= (seen.reached + PRIOR_WORTH) / (seen.possible * *u + PRIOR_WORTH);
                }
            }
        }
        parameters
    }

    /// The chance that a stranger reaches a level, on average over the values of this registry; the figure alone where
    /// nothing was counted.
    pub(super) fn mean(&self, attribute: Attribute, level: usize, u: U) -> f64 {
        let seen = self.seen.get(attribute as usize).and_then(|levels| levels.get(level));
        let mean = seen.filter(|seen| seen.values > 0.0).map_or(1.0, |seen| seen.frequencies / seen.values);
        (u.figure() * mean).min(1.0)
    }

    fn take(&mut self, model: &Model, a: PersonView<'_>, b: PersonView<'_>) {
        let comparison = compare_views(&a, &b);
        if comparison.address.agrees() && comparison.name.family() < PartLevel::Homophone {
            return;
        }
        self.pairs += 1;
        let mut pair = shown(&comparison, a, b);
        // Who is filed in one script only is a foreigner, and no measure for whoever left a cell empty.
        let compared = |script: &ScriptComparison| script.given != ScriptLevel::Unknown;
        if !(compared(&comparison.name.register) && compared(&comparison.name.reading)) {
            let [family, given, ..] = &mut pair;
            (*family, *given) = (None, None);
        }
        for ((attribute, shown), seen) in Attribute::ALL.into_iter().zip(pair).zip(&mut self.seen) {
            let Some(shown) = shown else { continue };
            let names = name_frequencies(model, attribute, a);
            let frequency = |u| match attribute {
                Attribute::Address => model.place(u, &a),
                _ => of_name(u, names),
            };
            for (at, (level, seen)) in attribute.levels(&model.parameters).iter().zip(seen).enumerate() {
                // The frequency alone: a share of one.
                let Some(frequency) = stranger(level.u.with(1.0), frequency) else { continue };
                seen.values += 1.0;
                seen.frequencies += frequency;
                seen.possible += f64::from(shown.possible >> at & 1);
                seen.reached += f64::from(usize::from(shown.reached) == at);
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.pairs += other.pairs;
        for (seen, more) in self.seen.iter_mut().flatten().zip(other.seen.iter().flatten()) {
            seen.reached += more.reached;
            seen.possible += more.possible;
            seen.frequencies += more.frequencies;
            seen.values += more.values;
        }
    }
}

/// Counts up to `pairs` random pairs of two residents; those of one household, who are no strangers, are left out.
pub(super) fn count(registry: &Registry, model: &Model, pairs: u32) -> Strangers {
    let nothing = || Strangers { pairs: 0, seen: Default::default() };
    let residents = registry.len() as u64;
    if residents < 2 {
        return nothing();
    }
    let chunks: Vec<Strangers> = (0..pairs.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut strangers = nothing();
            let first = chunk * CHUNK;
            for pair in first..pairs.min(first.saturating_add(CHUNK)) {
                let (a, b) = draw(pair, residents);
                let people = registry.person(ResidentIndex(a)).zip(registry.person(ResidentIndex(b)));
                if let Some((a, b)) = people {
                    strangers.take(model, a, b);
                }
            }
            strangers
        })
        .collect();
    let mut all = nothing();
    chunks.iter().for_each(|chunk| all.add(chunk));
    all
}

/// Two different residents: the same for the same number, as good as random over the numbers.
fn draw(number: u32, residents: u64) -> (u32, u32) {
    let mix = |seed: u64| {
        let z = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    // The upper bits of a product: no division, no bias that could be seen.
    let below = |random: u64, most: u64| ((u128::from(random) * u128::from(most)) >> 64) as u64;
    let a = below(mix(u64::from(number) * 2), residents);
    let b = below(mix(u64::from(number) * 2 + 1), residents - 1);
    (a as u32, (b + u64::from(b >= a)) as u32)
}

/// The frequencies of a part of a resident's name in both scripts; none for what is no name.
fn name_frequencies(model: &Model, attribute: Attribute, person: PersonView<'_>) -> [Option<f64>; 2] {
    let known = &Known::default();
    let register = person.main.register.filter(|spelling| spelling.has_border());
    let reading = person.main.reading.filter(|spelling| spelling.has_border());
    let of = |frequency: &dyn Fn(Script, SpellingRef<'_>) -> Option<f64>| {
        [
            register.and_then(|spelling| frequency(Script::Register, spelling)),
            reading.and_then(|spelling| frequency(Script::Reading, spelling)),
        ]
    };
    match attribute {
        Attribute::FamilyName => of(&|script, spelling| model.family(script, spelling.family, known)),
        Attribute::GivenName => of(&|script, spelling| model.given(script, spelling.given, &person, known)),
        Attribute::Address | Attribute::BirthDate | Attribute::Sex => [None; 2],
    }
}
