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

use std::sync::{Arc, OnceLock};

use serde::Serialize;

use crate::compare::Comparison;
use crate::compare::name::{ScriptComparison, ScriptLevel};
use crate::normalize::name::{NameRef, SpellingRef};
use crate::person::PersonView;
use crate::registry::{Counts, Registry};
use frequency::Script;
use ladder::{Ladder, NO_VALUE, Scales, Values, weight};
use math::{Millibits, exp2, log2};

pub use parameters::{Level, Parameters, ParametersError, U};
pub(crate) use population::Outside;
pub use population::unique;

/// What a registry's values are worth: probabilities for every level, and how common each name and place is.
///
/// A model is made for one registry and may be kept while the registry changes a little: that holds the frequencies and
/// the number of residents fixed. It is cheap to clone.
#[derive(Clone, Debug)]
pub struct Model {
    counts: Arc<Counts>,
    parameters: Arc<Parameters>,
    scales: Arc<Scales>,
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
        Self { counts: Arc::clone(registry.counts()), parameters: Arc::new(parameters), scales }
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

    /// The share of the record's own household among all other residents.
    fn household_share(&self) -> f64 {
        ((self.parameters.household_size - 1.0) / self.residents().max(1) as f64).min(0.5)
    }

    /// The weights of a record's values, ready for any number of candidates.
    pub(crate) fn weigh(&self, record: PersonView<'_>) -> RecordWeights<'_> {
        RecordWeights {
            model: self,
            names: Default::default(),
            birth_date: self.scales.birth_date,
            sex: self.scales.sex,
            address: self.address_ladder(record),
        }
    }

    /// The ladders of a record's name held against another, by the frequencies of the values in the scripts that were
    /// compared. Where only one side wrote the border of a script, that side's parts count; a script without any border
    /// counts only if no other has one, and then as a whole name, once.
    fn name_ladders<'a>(
        &self,
        record: PersonView<'a>,
        other: NameRef<'a>,
        register: bool,
        reading: bool,
    ) -> NameLadders {
        let Scales { family_name, given_name, .. } = &*self.scales;
        let register = with_border(record.main.register, other.register).filter(|_| register);
        let reading = with_border(record.main.reading, other.reading).filter(|_| reading);
        let whole = ![register, reading].into_iter().flatten().any(SpellingRef::has_border);
        if whole {
            let register = register.and_then(|name| self.whole(Script::Register, name));
            let reading = reading.and_then(|name| self.whole(Script::Reading, name));
            let given = given_name.ladder(&Values { register, reading, ..NO_VALUE });
            return NameLadders { family: Ladder { stranger: [0; 9], household: [0; 9] }, given };
        }
        let register = register.filter(|register| register.has_border());
        let reading = reading.filter(|reading| reading.has_border());
        let family = Values {
            register: register.and_then(|name| self.family(Script::Register, name.family)),
            reading: reading.and_then(|name| self.family(Script::Reading, name.family)),
            ..NO_VALUE
        };
        let given = Values {
            register: register.and_then(|name| self.given(Script::Register, name.given, record)),
            reading: reading.and_then(|name| self.given(Script::Reading, name.given, record)),
            ..NO_VALUE
        };
        NameLadders { family: family_name.ladder(&family), given: given_name.ladder(&given) }
    }

    /// How common a record's block, town, municipality and prefecture are.
    fn place_values(&self, record: PersonView<'_>) -> Values {
        Values {
            block: self.block(record),
            town: self.town(record),
            municipality: self.municipality(record),
            prefecture: self.prefecture(record),
            ..NO_VALUE
        }
    }

    fn address_ladder(&self, record: PersonView<'_>) -> [Ladder<8>; 2] {
        let Scales { address, former_address, .. } = &*self.scales;
        let values = self.place_values(record);
        let current = address.ladder(&values);
        // An agreement by history stands above every disagreement and below the agreement of today's addresses.
        let mut former = current;
        let by_history = weight(former_address, &values).unwrap_or(0);
        let cap = current.stranger.get(1).copied().unwrap_or(0);
        former.stranger = former.stranger.map(|weight| weight.max(by_history.min(cap)));
        [current, former]
    }
}

/// Of two spellings the one with a border, the first if that does not decide.
fn with_border<'a>(a: Option<SpellingRef<'a>>, b: Option<SpellingRef<'a>>) -> Option<SpellingRef<'a>> {
    a.filter(|a| a.has_border()).or(b.filter(|b| b.has_border())).or(a)
}

/// Whether a spelling has its border, so that no candidate's is asked for.
fn bordered(spelling: Option<SpellingRef<'_>>) -> bool {
    spelling.is_some_and(SpellingRef::has_border)
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

/// The ladders of the two parts of a name.
#[derive(Clone, Copy)]
struct NameLadders {
    family: Ladder<9>,
    given: Ladder<9>,
}

/// A record's ladders, computed once for all of its candidates.
pub(crate) struct RecordWeights<'m> {
    model: &'m Model,
    /// The ladders of the name that no candidate changes, by which scripts were compared.
    names: [OnceLock<NameLadders>; 4],
    birth_date: Ladder<8>,
    sex: Ladder<2>,
    address: [Ladder<8>; 2],
}

impl RecordWeights<'_> {
    /// The ladders of the name held against another in the scripts that were compared. Where the record has both with their
    /// borders, as it almost always does, it makes no difference which they were.
    fn name(&self, record: &PersonView<'_>, other: NameRef<'_>, compared: [bool; 2]) -> NameLadders {
        let own = [bordered(record.main.register), bordered(record.main.reading)];
        let [register, reading] = if own == [true; 2] { own } else { compared };
        let ladders = || self.model.name_ladders(*record, other, register, reading);
        let [own_register, own_reading] = own;
        let settled = (own_register || !register) && (own_reading || !reading);
        let kept = self.names.get(usize::from(register) | usize::from(reading) << 1).filter(|_| settled);
        kept.map_or_else(ladders, |kept| *kept.get_or_init(ladders))
    }

    /// The weights of one comparison.
    pub(crate) fn of(
        &self,
        comparison: &Comparison,
        record: &PersonView<'_>,
        candidate: &PersonView<'_>,
    ) -> Weights {
        let name = &comparison.name;
        let compared = |script: &ScriptComparison| {
            script.given != ScriptLevel::Unknown || script.family != ScriptLevel::Unknown
        };
        let compared = [compared(&name.register), compared(&name.reading)];
        let NameLadders { family, given } = self.name(record, candidate.main, compared);
        let family = family.at(name.family() as usize);
        let given = given.at(name.given() as usize);
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
