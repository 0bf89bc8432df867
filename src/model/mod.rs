//! From levels to weights: what each comparison level is worth, in thousandths of a bit (METHOD 1 and 2).
//!
//! Knows frequencies and probabilities; nothing of gates or policies, and no strings.

pub mod math;
mod priors;

use serde::Serialize;

use crate::compare::Comparison;
use crate::compare::name::PartLevel;
use crate::normalize::name::{NameRef, Part, SpellingRef};
use crate::person::PersonView;
use crate::registry::{Counts, Registry};
use math::{Millibits, exp2, log2};
use priors::{Level, U};

/// What a registry's values are worth: priors for every level, and how common each name and place is.
///
/// A model is made for one registry and may be kept while the registry changes a little: that holds the frequencies and
/// the number of residents fixed.
#[derive(Clone, Debug)]
pub struct Model {
    counts: Counts,
}

impl Model {
    /// The model of a registry: shipped priors and the registry's own frequencies.
    #[must_use]
    pub fn of(registry: &Registry) -> Self {
        Self { counts: registry.counts().clone() }
    }

    /// The number of residents that the model was made for.
    #[must_use]
    pub const fn residents(&self) -> u64 {
        self.counts.persons
    }

    /// The share of the record's own household among all other residents.
    pub(crate) fn household_share(&self) -> f64 {
        ((priors::HOUSEHOLD_SIZE - 1.0) / self.residents().max(1) as f64).min(0.5)
    }

    /// The probability that a random resident has this whole name.
    pub(crate) fn whole_name_frequency(&self, name: NameRef<'_>) -> f64 {
        let counts = &self.counts;
        let key = name.register.and_then(SpellingRef::register_key);
        let by_register = key.map(|key| self.frequency(counts.whole_register.get(&key), priors::BASE_WHOLE));
        let parts = name.register.filter(|register| register.has_border() && !register.has_unknown()).map(
            |register| {
                let family = counts.family_register.get(&register.family.key());
                let given = counts.given_register.get(&register.given.key());
                self.frequency(family, priors::BASE_FAMILY) * self.frequency(given, priors::BASE_GIVEN)
            },
        );
        let key = name.reading.and_then(SpellingRef::reading_key);
        let by_reading = key.map(|key| self.frequency(counts.whole_reading.get(&key), priors::BASE_WHOLE));
        // The larger estimate is the careful one; a reading alone is shared by more people.
        by_register.map_or(by_reading, |whole| Some(whole.max(parts.unwrap_or(0.0)))).unwrap_or(1.0)
    }

    /// A registry's frequency, smoothed with the national one.
    fn frequency(&self, count: Option<&u32>, base: f64) -> f64 {
        let count = f64::from(count.copied().unwrap_or(0));
        let observations = priors::PRIOR_OBSERVATIONS;
        (count + observations * base) / (self.residents() as f64 + observations)
    }

    /// The weights of a record's values, ready for any number of candidates.
    pub(crate) fn weigh(&self, record: PersonView<'_>) -> RecordWeights<'_> {
        let (family, given, _) = self.name_ladders(record.main, None);
        RecordWeights {
            model: self,
            has_border: has_border(record.main),
            family,
            given,
            birth_date: ladder(
                &priors::BIRTH_DATE,
                &[true, false, false, false, false, false, false, false],
                &NO_VALUE,
            ),
            sex: ladder(&priors::SEX, &[true, false], &NO_VALUE),
            address: self.address_ladder(record),
        }
    }

    /// Ladders of family and given name, and whether they are of one whole name whose border nobody wrote. A name without
    /// its border takes the border, and so the frequencies, of the name that it is compared with.
    fn name_ladders(&self, name: NameRef<'_>, other: Option<NameRef<'_>>) -> (Ladder<9>, Ladder<9>, bool) {
        let counts = &self.counts;
        let bordered =
            |spelling: Option<SpellingRef<'_>>| spelling.filter(|spelling| spelling.has_border()).is_some();
        let register = if bordered(name.register) {
            name.register
        } else {
            other.and_then(|o| o.register).or(name.register)
        };
        let reading = if bordered(name.reading) {
            name.reading
        } else {
            other.and_then(|o| o.reading).or(name.reading)
        };
        let whole = [register, reading].into_iter().flatten().all(|spelling| !spelling.has_border());
        // Beside a spelling whose parts are known, one of the whole name would count the family name twice.
        let [register, reading] =
            [register, reading].map(|spelling| spelling.filter(|spelling| whole || spelling.has_border()));
        let key = |part: &Part| (!part.is_empty() && !part.has_unknown()).then(|| part.key());
        let find = |map: &rustc_hash::FxHashMap<u64, u32>, part: Option<&Part>, base: f64| {
            let key = part.and_then(key)?;
            Some(self.frequency(map.get(&key), base))
        };
        let family = Values {
            register: find(&counts.family_register, register.map(|s| s.family), priors::BASE_FAMILY),
            reading: find(&counts.family_reading, reading.map(|s| s.family), priors::BASE_FAMILY),
            ..NO_VALUE
        };
        let given = Values {
            register: if whole {
                let key = register.and_then(SpellingRef::register_key);
                key.map(|key| self.frequency(counts.whole_register.get(&key), priors::BASE_WHOLE))
            } else {
                find(&counts.given_register, register.map(|s| s.given), priors::BASE_GIVEN)
            },
            reading: if whole {
                let key = reading.and_then(SpellingRef::reading_key);
                key.map(|key| self.frequency(counts.whole_reading.get(&key), priors::BASE_WHOLE))
            } else {
                find(&counts.given_reading, reading.map(|s| s.given), priors::BASE_GIVEN)
            },
            ..NO_VALUE
        };
        (ladder(&priors::FAMILY, &NAME_AGREES, &family), ladder(&priors::GIVEN, &NAME_AGREES, &given), whole)
    }

    fn address_ladder(&self, record: PersonView<'_>) -> [Ladder<8>; 2] {
        let counts = &self.counts;
        let block = record.address.and_then(|address| address.block_key());
        let town = record.address.and_then(|address| address.town_key());
        let values = Values {
            block: block.map(|key| self.frequency(counts.blocks.get(&key), priors::BASE_BLOCK)),
            town: town.map(|key| self.frequency(counts.towns.get(&key), priors::BASE_TOWN)),
            ..NO_VALUE
        };
        let current = ladder(&priors::ADDRESS, &ADDRESS_AGREES, &values);
        // An agreement by history stands above every disagreement and below the agreement of today's addresses.
        let mut former = current;
        let by_history = weight(&priors::FORMER_ADDRESS, &values);
        let cap = current.stranger.get(1).copied().unwrap_or(0);
        former.stranger = former.stranger.map(|weight| weight.max(by_history.min(cap)));
        [current, former]
    }
}

/// Frequencies of the values of one attribute of one record.
struct Values {
    register: Option<f64>,
    reading: Option<f64>,
    block: Option<f64>,
    town: Option<f64>,
}

const NO_VALUE: Values = Values { register: None, reading: None, block: None, town: None };

/// Which levels of a name are agreements, whose weight is never below 0.
const NAME_AGREES: [bool; 9] = [true, true, false, true, false, false, false, false, false];
/// As [`NAME_AGREES`], for addresses: same dwelling, same building.
const ADDRESS_AGREES: [bool; 8] = [true, true, false, false, false, false, false, false];

/// The weights of one attribute's levels, best level first: against a stranger and against a household member.
#[derive(Clone, Copy)]
struct Ladder<const N: usize> {
    stranger: [Millibits; N],
    household: [Millibits; N],
}

impl<const N: usize> Ladder<N> {
    /// The two weights of a level; nothing for a level that is no comparison.
    fn at(&self, level: usize) -> (Millibits, Millibits) {
        let get = |weights: &[Millibits; N]| weights.get(level).copied().unwrap_or(0);
        (get(&self.stranger), get(&self.household))
    }
}

/// Weights per level, pooled so that a better level never weighs less (METHOD 2): a level that would rise above a better
/// one is held down to it, which can only lower evidence. A level whose value's frequency is not known holds nothing down:
/// what it would weigh says nothing of the levels below.
fn ladder<const N: usize>(levels: &[Level; N], agrees: &[bool; N], values: &Values) -> Ladder<N> {
    let pooled = |weight: fn(&Level, &Values) -> Millibits| {
        let mut cap = Millibits::MAX;
        let mut weights = [0; N];
        for ((slot, level), agrees) in weights.iter_mut().zip(levels).zip(agrees) {
            let raw = weight(level, values);
            *slot = cap.min(if *agrees { raw.max(0) } else { raw });
            if frequency(level.u, values).is_some() {
                cap = *slot;
            }
        }
        weights
    };
    Ladder { stranger: pooled(weight), household: pooled(|level, _| log2(level.m / level.u_household)) }
}

/// The weight of one level against a stranger; of a value of unknown frequency as if everybody had it.
fn weight(level: &Level, values: &Values) -> Millibits {
    let (share, frequency) = (share(level.u), frequency(level.u, values).unwrap_or(1.0));
    log2(level.m / (share * frequency).min(1.0))
}

const fn share(u: U) -> f64 {
    match u {
        U::Fixed(share)
        | U::Register(share)
        | U::Reading(share)
        | U::Both(share)
        | U::Block(share)
        | U::Town(share) => share,
    }
}

/// The frequency that a level's share multiplies, where the record's value has one.
fn frequency(u: U, values: &Values) -> Option<f64> {
    let rarer = match (values.register, values.reading) {
        (Some(register), Some(reading)) => Some(register.min(reading)),
        (register, reading) => register.or(reading),
    };
    match u {
        U::Fixed(_) => Some(1.0),
        U::Register(_) => values.register,
        U::Reading(_) => values.reading,
        U::Both(_) => rarer,
        U::Block(_) => values.block,
        U::Town(_) => values.town,
    }
}

fn has_border(name: NameRef<'_>) -> bool {
    [name.register, name.reading].into_iter().flatten().all(SpellingRef::has_border)
}

/// What a pair's evidence is worth, in thousandths of a bit (METHOD 1): the contribution of each attribute against a
/// stranger, and what the possibility of a household member takes away.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "one line of the waterfall each; a new attribute is a new version"
)]
pub struct Weights {
    /// Family name.
    pub family_name: Millibits,
    /// Given name.
    pub given_name: Millibits,
    /// Birth date.
    pub birth_date: Millibits,
    /// Sex.
    pub sex: Millibits,
    /// Address.
    pub address: Millibits,
    /// Never above 0: a relative at the same address shares family name and address for nothing (METHOD 2).
    pub household: Millibits,
    /// The sum: log2 of the likelihood ratio.
    pub total: Millibits,
}

/// A record's ladders, computed once for all of its candidates.
pub(crate) struct RecordWeights<'m> {
    model: &'m Model,
    has_border: bool,
    family: Ladder<9>,
    given: Ladder<9>,
    birth_date: Ladder<8>,
    sex: Ladder<2>,
    address: [Ladder<8>; 2],
}

impl RecordWeights<'_> {
    /// The weights of one comparison.
    pub(crate) fn of(
        &self,
        comparison: &Comparison,
        record: PersonView<'_>,
        candidate: PersonView<'_>,
    ) -> Weights {
        let (family_level, given_level) = (comparison.name.family(), comparison.name.given());
        let (family, given, whole) = if self.has_border {
            (self.family, self.given, false)
        } else {
            self.model.name_ladders(record.main, Some(candidate.main))
        };
        let family = family.at(family_level as usize);
        let given = given.at(given_level as usize);
        // A whole name without any border is weighed once, as the given name.
        let family = if whole && family_level == given_level { (0, 0) } else { family };
        let birth_date = self.birth_date.at(comparison.birth_date as usize);
        let sex = self.sex.at(comparison.sex as usize);
        let [current, former] = &self.address;
        let ladder = if comparison.former_address.is_some() { former } else { current };
        let address = ladder.at(comparison.address.level as usize);
        let stranger = family.0 + given.0 + birth_date.0 + sex.0 + address.0;
        // Family name and address are what a household shares: they say nothing within it.
        let household = given.1 + birth_date.1 + sex.1;
        let share = self.model.household_share();
        let total = -log2((1.0 - share) * exp2(-stranger) + share * exp2(-household));
        Weights {
            family_name: family.0,
            given_name: given.0,
            birth_date: birth_date.0,
            sex: sex.0,
            address: address.0,
            household: total - stranger,
            total,
        }
    }
}

const _: () = assert!(PartLevel::Unknown as usize == 9, "ladders end where levels stop being comparisons");
