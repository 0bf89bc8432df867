//! Training: m by expectation-maximisation over pairs that blocking found, u from random pairs of residents (METHOD 7).
//!
//! Nothing needs it: the shipped priors are meant to do well. What it changes is told beside its figures, and what the data
//! cannot show stays as shipped. Three things go wrong with EM on real files, and are guarded against:
//!
//! - *It finds households instead of persons.* Candidates of a record compete for it, "none of them" among them; and where the
//!   pairs taken for one person often have another given name or birth date, they are relatives: the pass teaches nothing.
//! - *It collapses where one blocking pass dominates.* Each pass is counted by itself, and teaches only what it does not block
//!   on; one without enough pairs teaches nothing, however many the others have.
//! - *A better level comes out with a lower weight.* It is reported, and the levels are pooled.
//!
//! Knows persons, registries and levels; nothing of policies, gates or files.

mod attributes;
mod em;
mod file;
mod pool;
mod splink;
mod strangers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Registry;
use crate::model::{Level, Model, Parameters, ParametersError};
use crate::person::Person;
use crate::registry::ResidentIndex;

use attributes::Attribute;
pub use file::{FORMAT_VERSION, ModelFile, ModelFileError};
pub use splink::{SplinkComparison, SplinkError, SplinkLevel, SplinkSettings};

/// How to train.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers write it with ..Options::default()")]
pub struct Options {
    /// Where to begin, and what stays where the data shows nothing.
    pub prior: Parameters,
    /// Random pairs of residents that u is counted on.
    pub random_pairs: u32,
    /// Count m on the labels alone, without EM. Right only where the labelled records were drawn at random: those that
    /// reviewers saw are the hard ones.
    pub labels_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { prior: Parameters::default(), random_pairs: 1_000_000, labels_only: false }
    }
}

/// What a reviewer said: whether a record is about a resident.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a sentence: who, and whether")]
pub struct Label {
    /// The resident.
    pub resident: ResidentIndex,
    /// Whether the record is about them.
    pub same: bool,
}

/// A way in which the pairs of training are found. An attribute is learnt only from pairs that were found without it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Pass {
    /// The whole name and the birth date: teaches sex and address.
    NameAndBirthDate,
    /// The whole name and the town: teaches birth date and sex.
    NameAndTown,
    /// The birth date and the block: teaches names and sex.
    BirthDateAndBlock,
    /// Labels, where nothing else is to be learnt from: teaches everything.
    Labels,
}

impl Pass {
    const ALL: [Self; 4] = [Self::NameAndBirthDate, Self::NameAndTown, Self::BirthDateAndBlock, Self::Labels];

    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NameAndBirthDate => "name_and_birth_date",
            Self::NameAndTown => "name_and_town",
            Self::BirthDateAndBlock => "birth_date_and_block",
            Self::Labels => "labels",
        }
    }
}

/// What training noticed, and what it did about it. Names levels and passes, never a value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "warning")]
#[non_exhaustive]
pub enum Warning {
    /// A pass has too few pairs of one person: what it alone teaches stays as it was, and other passes do not stand in.
    TooFew {
        /// The pass.
        pass: Pass,
    },
    /// Almost none of a pass's pairs are of one person, so that it would teach what strangers are like.
    Drowned {
        /// The pass.
        pass: Pass,
    },
    /// The pairs that a pass takes for one person differ too often in what tells persons of one household apart.
    Households {
        /// The pass.
        pass: Pass,
        /// What differs: `given_name`, `birth_date` or `sex`.
        attribute: String,
    },
    /// A better level would weigh less than a worse one; they were given one weight.
    NotMonotonic {
        /// The attribute.
        attribute: String,
        /// The better level, the best one 1.
        better: usize,
        /// The worse one.
        worse: usize,
    },
}

/// What the data was like, in counts alone: enough to see whether a model was made for other data, and nothing of a person.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fingerprint {
    /// Residents of the registry.
    pub residents: u64,
    /// Records.
    pub records: u64,
    /// Pairs of record and resident that blocking found.
    pub pairs: u64,
    /// Random pairs of residents.
    pub random_pairs: u64,
    /// Labels that say yes, and no.
    pub labels: [u64; 2],
    /// Expected pairs of one person, by pass, in whole pairs.
    pub matches: BTreeMap<Pass, u64>,
    /// Rounds of EM.
    pub rounds: u32,
    /// The share of the records that are about somebody registered, as EM sees it: what a policy's `coverage` should be.
    pub coverage: f64,
}

/// What training made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trained {
    /// The probabilities: valid, and better levels never weigh less at the mean frequency of values.
    pub parameters: Parameters,
    /// What the data was like.
    pub fingerprint: Fingerprint,
    /// What was noticed.
    pub warnings: Vec<Warning>,
}

/// Collects records, and learns from them.
///
/// ```
/// use himozuke::model::train::{Options, Trainer};
/// use himozuke::{Model, Person, ReadOptions, Record, Registry};
/// let row = Record { id: "p1", kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() };
/// let registry = Registry::builder().persons([row])?.build()?;
/// let mut trainer = Trainer::new(&registry, Options::default())?;
/// trainer.push(Person::read(&row, &ReadOptions::default())?, &[]);
/// let trained = trainer.train();
/// // One record shows next to nothing: the priors stay.
/// assert!(!trained.warnings.is_empty());
/// let model = Model::with_parameters(&registry, trained.parameters)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Trainer<'r> {
    registry: &'r Registry,
    options: Options,
    records: Vec<(Person, Vec<Label>)>,
}

impl<'r> Trainer<'r> {
    /// A trainer without records.
    ///
    /// # Errors
    ///
    /// [`ParametersError`] if the prior is out of its range.
    pub fn new(registry: &'r Registry, options: Options) -> Result<Self, ParametersError> {
        options.prior.validate()?;
        Ok(Self { registry, options, records: Vec::new() })
    }

    /// Takes in a record, and what reviewers said of it.
    pub fn push(&mut self, person: Person, labels: &[Label]) {
        self.records.push((person, labels.to_vec()));
    }

    /// Records taken in.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Learns. The same records give the same figures, in any number of threads.
    #[must_use]
    pub fn train(self) -> Trained {
        let Self { registry, options, records } = self;
        let model = Model::made_of(registry, options.prior.clone());
        let strangers = strangers::count(registry, &model, options.random_pairs);
        let prior = strangers.estimate(&options.prior);
        let mut learnt = em::learn(registry, &prior, &records, options.labels_only);
        let mut warnings = std::mem::take(&mut learnt.warnings);
        let mut parameters = learnt.parameters;
        pool::pool(&mut parameters, &learnt.taught, &strangers, &mut warnings);
        round(&mut parameters);
        let said = |same| {
            let all = records.iter().flat_map(|(_, labels)| labels);
            all.filter(|label| label.same == same).count() as u64
        };
        let fingerprint = Fingerprint {
            residents: registry.len() as u64,
            records: records.len() as u64,
            pairs: learnt.pairs,
            random_pairs: strangers.pairs(),
            labels: [said(true), said(false)],
            matches: learnt.matches,
            rounds: learnt.rounds,
            coverage: learnt.coverage,
        };
        Trained { parameters, fingerprint, warnings }
    }
}

/// Nine digits: all that a count can show, and a file holds exactly what was learnt.
fn round(parameters: &mut Parameters) {
    let nine = |figure: f64| format!("{figure:.8e}").parse().unwrap_or(figure);
    for attribute in Attribute::ALL {
        for level in attribute.levels_mut(parameters) {
            *level = Level {
                m: nine(level.m),
                u: level.u.with(nine(level.u.figure())),
                household: nine(level.household),
            };
        }
    }
}

impl std::fmt::Debug for Trainer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trainer").field("records", &self.records.len()).finish_non_exhaustive()
    }
}
