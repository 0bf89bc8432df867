//! From levels to weights: what each comparison level is worth, in thousandths of a bit (METHOD 1 and 2).
//!
//! Knows frequencies and probabilities; nothing of gates or policies, and no strings.

mod frequency;
mod ladder;
pub mod math;
mod national;
mod parameters;
mod population;
pub mod train;

use std::cell::OnceCell;
use std::sync::Arc;

use serde::Serialize;

use crate::compare::Comparison;
use crate::compare::address::AddressLevel;
use crate::compare::name::{NameComparison, PartLevel, ScriptComparison, ScriptLevel};
use crate::normalize::name::{NameRef, SpellingRef};
use crate::person::PersonView;
use crate::registry::{Counts, Registry};
pub(crate) use frequency::Known;
use frequency::Script;
use ladder::{Ladder, Scale, Scales, Weight, of_name};
use math::{Millibits, exp2, log2};

pub use parameters::{Level, Parameters, ParametersError, U};
pub use population::unique;
pub(crate) use population::{Beside, Outside};

/// What a registry's values are worth: probabilities for every level, and how common each name and place is.
///
/// A model is made for one registry and may be kept while the registry changes a little: that holds the frequencies and
/// the number of residents fixed. It is cheap to clone.
#[derive(Clone, Debug)]
pub struct Model {
    counts: Arc<Counts>,
    parameters: Arc<Parameters>,
    scales: Arc<Scales>,
    household: Household,
}

impl Model {
    /// The model of a registry: shipped probabilities and the registry's own frequencies.
    #[must_use]
    pub fn of(registry: &Registry) -> Self {
        Self::made_of(registry, Parameters::default())
    }

    /// As [`Model::of`], with other probabilities.
    ///
    /// # Errors
    ///
    /// [`ParametersError`] if a figure is out of its range.
    ///
    /// ```
    /// use himozuke::{Linker, Model, Policy, Registry, model::Parameters};
    /// let registry = Registry::builder().build()?;
    /// let model = Model::with_parameters(&registry, Parameters { household_size: 3.0, ..Parameters::default() })?;
    /// let linker = Linker::with_model(&registry, Policy::guideline(), model)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_parameters(registry: &Registry, parameters: Parameters) -> Result<Self, ParametersError> {
        parameters.validate()?;
        Ok(Self::made_of(registry, parameters))
    }

    fn made_of(registry: &Registry, parameters: Parameters) -> Self {
        national::load();
        let scales = Arc::new(Scales::of(&parameters));
        let counts = Arc::clone(registry.counts());
        let others = parameters.household_size - 1.0;
        let household = Household::of_share((others / counts.persons.max(1) as f64).min(0.5));
        Self { counts, parameters: Arc::new(parameters), scales, household }
    }

    /// The number of residents that the model was made for.
    #[must_use]
    pub fn residents(&self) -> u64 {
        self.counts.persons
    }

    /// The probabilities.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The weights of a record's values, ready for any number of candidates.
    pub(crate) fn weigh<'m>(&'m self, record: &'m PersonView<'m>, known: &'m Known) -> RecordWeights<'m> {
        RecordWeights { model: self, record, known, names: Default::default(), address: Ladder::default() }
    }
}

/// Of two spellings the one with a border, the first if that does not decide.
fn with_border<'s, 'a>(
    a: Option<&'s SpellingRef<'a>>,
    b: Option<&'s SpellingRef<'a>>,
) -> Option<&'s SpellingRef<'a>> {
    a.filter(|a| a.has_border()).or(b.filter(|b| b.has_border())).or(a)
}

/// Whether a spelling has its border, so that no candidate's is asked for.
fn bordered(spelling: Option<&SpellingRef<'_>>) -> bool {
    spelling.is_some_and(|spelling| spelling.has_border())
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

/// What is known of the weights of the two parts of a name, in the scripts that were compared.
#[derive(Default)]
struct NameLadders {
    family: PartLadder,
    given: PartLadder,
}

#[derive(Default)]
struct PartLadder {
    /// Of the register form and of the reading.
    frequencies: OnceCell<[Option<f64>; 2]>,
    weights: Ladder<9>,
}

/// The weights of a record's values, worked out as candidates ask for them: most differ in most attributes, and to differ
/// weighs the same for every value.
pub(crate) struct RecordWeights<'m> {
    model: &'m Model,
    record: &'m PersonView<'m>,
    known: &'m Known,
    /// Of the name that no candidate changes, by which scripts were compared.
    names: [NameLadders; 4],
    address: Ladder<8>,
}

/// The record's own household among all other residents.
#[derive(Clone, Copy, Debug)]
struct Household {
    share: f64,
    /// What a pair may weigh more against a stranger than against a member, and the household changes nothing.
    negligible: Millibits,
}

impl Household {
    fn of_share(share: f64) -> Self {
        // What is 2^-12 of the rest moves the weight by less than 0.0004 bits, and a tenth of a bit is to spare.
        const UNSEEN: Millibits = -12_100;
        let negligible = if log2(share) > UNSEEN { Millibits::MIN } else { UNSEEN - log2(share) };
        Self { share, negligible }
    }

    /// What a pair weighs against somebody who is a stranger or, by this share, a member (METHOD 2).
    fn mixture(self, stranger: Millibits, household: Millibits) -> Millibits {
        if stranger - household <= self.negligible && stranger.abs() < 900_000 {
            return stranger;
        }
        self.weighed(stranger, household)
    }

    fn weighed(self, stranger: Millibits, household: Millibits) -> Millibits {
        -log2((1.0 - self.share) * exp2(-stranger) + self.share * exp2(-household))
    }
}

impl RecordWeights<'_> {
    /// The weights of family name and given name, by the frequencies of the values in the scripts that were compared. Where only
    /// one side wrote the border of a script, that side's parts count; a script without any border counts only if no other has
    /// one, and then as a whole name, once.
    fn name(&self, comparison: &NameComparison, other: &NameRef<'_>) -> [Weight; 2] {
        let name = &self.record.main;
        let compared = |script: &ScriptComparison| {
            script.given != ScriptLevel::Unknown || script.family != ScriptLevel::Unknown
        };
        let own = [bordered(name.register.as_ref()), bordered(name.reading.as_ref())];
        // Where the record has both with their borders, as it almost always does, it makes no difference which were compared.
        let [register, reading] = if own == [true; 2] {
            own
        } else {
            [compared(&comparison.register), compared(&comparison.reading)]
        };
        let [own_register, own_reading] = own;
        let settled = (own_register || !register) && (own_reading || !reading);
        let kept = self.names.get(usize::from(register) | usize::from(reading) << 1).filter(|_| settled);
        let fresh;
        let NameLadders { family, given } = match kept {
            Some(kept) => kept,
            None => {
                fresh = NameLadders::default();
                &fresh
            }
        };
        let register = with_border(name.register.as_ref(), other.register.as_ref()).filter(|_| register);
        let reading = with_border(name.reading.as_ref(), other.reading.as_ref()).filter(|_| reading);
        let (model, Scales { family_name, given_name, .. }) = (self.model, &*self.model.scales);
        if !bordered(register) && !bordered(reading) {
            let whole = |script, name: &SpellingRef<'_>| model.whole(script, *name);
            let given = given.weight(given_name, comparison.given(), [register, reading], whole);
            return [Weight::default(), given];
        }
        let scripts = [register, reading].map(|name| name.filter(|name| name.has_border()));
        let of_family = |script, name: &SpellingRef<'_>| model.family(script, name.family, self.known);
        let of_given =
            |script, name: &SpellingRef<'_>| model.given(script, name.given, self.record, self.known);
        [
            family.weight(family_name, comparison.family(), scripts, of_family),
            given.weight(given_name, comparison.given(), scripts, of_given),
        ]
    }

    fn address(&self, comparison: &Comparison) -> Weight {
        let Scales { address, former_address, .. } = &*self.model.scales;
        let frequency = |u| self.model.place(u, self.record);
        let at = |level: AddressLevel| address.weight(level as usize, &self.address, frequency);
        let current = at(comparison.address.level);
        if comparison.former_address.is_none() || comparison.address.level == AddressLevel::Unknown {
            return current;
        }
        // An agreement by history stands above every disagreement and below the agreement of today's addresses.
        let by_history = ladder::weight(former_address, frequency).unwrap_or(0);
        let by_history = by_history.min(at(AddressLevel::Building).stranger);
        Weight { stranger: current.stranger.max(by_history), ..current }
    }

    /// The weights of one comparison.
    pub(crate) fn of(&self, comparison: &Comparison, candidate: &PersonView<'_>) -> Weights {
        let [family, given] = self.name(&comparison.name, &candidate.main);
        let Scales { birth_date, sex, .. } = &*self.model.scales;
        let birth_date = birth_date.get(comparison.birth_date as usize).copied().unwrap_or_default();
        let sex = sex.get(comparison.sex as usize).copied().unwrap_or_default();
        let address = self.address(comparison);
        let stranger =
            family.stranger + given.stranger + birth_date.stranger + sex.stranger + address.stranger;
        // Family name and address are what a household shares: they say nothing within it.
        let household = given.household + birth_date.household + sex.household;
        let total = self.model.household.mixture(stranger, household);
        Weights {
            family_name: family.stranger,
            given_name: given.stranger,
            birth_date: birth_date.stranger,
            sex: sex.stranger,
            address: address.stranger,
            household: total - stranger,
            total,
        }
    }
}

impl PartLadder {
    /// What a level weighs for the names in both scripts, whose frequencies are looked up where they are asked for.
    fn weight(
        &self,
        scale: &Scale<9>,
        level: PartLevel,
        [register, reading]: [Option<&SpellingRef<'_>>; 2],
        look_up: impl Fn(Script, &SpellingRef<'_>) -> Option<f64>,
    ) -> Weight {
        let frequencies = || {
            let register = register.and_then(|name| look_up(Script::Register, name));
            [register, reading.and_then(|name| look_up(Script::Reading, name))]
        };
        scale
            .weight(level as usize, &self.weights, |u| of_name(u, *self.frequencies.get_or_init(frequencies)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_household_that_changes_nothing_is_left_out(
            residents in 1u32..200_000_000,
            size in 1.0..100.0,
            stranger in -300_000..300_000i32,
            apart in -60_000..60_000i32,
        ) {
            let household = Household::of_share(f64::min((size - 1.0) / f64::from(residents), 0.5));
            let member = stranger - apart;
            prop_assert_eq!(household.mixture(stranger, member), household.weighed(stranger, member));
        }
    }
}
