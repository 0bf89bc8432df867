//! Records drawn from residents and outsiders, each with its truth and with tags that tell what happened to it.
//!
//! A record is made in two steps: first the facts that it states, true or not, then their notation. Between the two the
//! generator looks for registered people of whom all those facts are true.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::config::{ErrorRates, Profile};
use super::facts::{Dice, Facts, key_of};
use super::notation::{kana_key, kanji_key, reading, writing};
use super::population::{BLOCK, Population};
use super::random::{Random, scramble};
use super::residents::{Resident, push_padded};
use super::tags::{Subgroup, Tag, Tags};
use super::weights::Weights;
use super::written::Stated;
use crate::Record;

/// The stream of chance from which records come; residents have their own.
const STREAM: u64 = 3;

/// A synthetic record, the id of the resident whom it is about, and what is known about it. `Debug` shows no value.
#[derive(Clone, PartialEq)]
pub struct SynthRecord {
    stated: Stated,
    /// The id of the person meant; `None` for a person whom the registry does not hold.
    pub truth: Option<String>,
    /// Whom the record is about, and what happened to it.
    pub tags: Tags,
    /// The source: the name of a [`Profile`], or [`Profile::MIXED`].
    pub profile: String,
    /// Which groups the person belongs to whom the record is about, registered or not.
    pub subgroups: Vec<Subgroup>,
    /// How many records this one stands for where everything is as frequent as it really is; 1 for each record of a batch
    /// that is drawn so. See [`Population::records`].
    pub weight: f64,
}

impl SynthRecord {
    /// The record as a linker would read it.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        self.stated.record()
    }
}

impl fmt::Debug for SynthRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.truth.is_some();
        f.debug_struct("SynthRecord")
            .field("stated", &self.stated.record())
            .field("registered", &known)
            .field("tags", &self.tags)
            .finish()
    }
}

impl Population {
    /// All records, in order. Looks through the whole registry once, on all cores, to find which are undecidable.
    ///
    /// Records of people who are met too often have a weight below 1, so that rates at natural prevalence are those of the
    /// records by their weights: post-stratification by whom a record is about, from [`SubjectRates::NATURAL`](super::SubjectRates)
    /// and the births of twins. Namesakes that were made weigh nothing, for those that arise by themselves are among the others.
    ///
    /// ```
    /// use himozuke::synth::{Population, SynthConfig, Tag};
    /// let population = Population::new(&SynthConfig { residents: 300, records: 40, ..SynthConfig::default() });
    /// for synthetic in population.records() {
    ///     assert_eq!(synthetic.truth.is_none(), synthetic.tags.iter().any(Tag::is_outsider));
    /// }
    /// ```
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        let twins = AtomicU64::new(0);
        let undecidable = self.undecidable(&twins);
        let subjects = (0..self.config.records).into_par_iter().map(|number| self.draft(number).tags);
        let weights = Weights::new(&self.config, subjects.collect(), twins.into_inner());
        Records { population: self, next: 0, undecidable, weights }
    }

    /// The numbers of the records that state nothing by which their truth differs from somebody else in the registry; on
    /// the way, the twins of the registry are counted.
    fn undecidable(&self, twins: &AtomicU64) -> FxHashSet<u32> {
        if self.config.records == 0 {
            return FxHashSet::default();
        }
        let keys: Vec<u64> =
            (0..self.config.records).into_par_iter().map(|number| self.draft(number).facts.key()).collect();
        let mut records: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for (number, key) in keys.into_iter().enumerate() {
            records.entry(key).or_default().push(number as u32);
        }
        let fits = |resident: Resident, number: u32| {
            let draft = self.draft(number);
            draft.truth != Some(resident.number) && draft.facts.fit(&resident)
        };
        let blocks = 0..self.config.residents.div_ceil(BLOCK);
        blocks
            .into_par_iter()
            .flat_map_iter(|block| self.residents_in(block * BLOCK..(block * BLOCK).saturating_add(BLOCK)))
            .flat_map_iter(|resident| {
                twins.fetch_add(resident.twin.into(), Ordering::Relaxed);
                let names = resident.known_names().flat_map(|name| {
                    let kana = key_of(resident.birth, kana_key(reading(&name)));
                    [kana, key_of(resident.birth, kanji_key(writing(&name)))]
                });
                let found: Vec<u32> = names.filter_map(|key| records.get(&key)).flatten().copied().collect();
                found.into_iter().filter(move |&number| fits(resident, number))
            })
            .collect::<Vec<u32>>()
            .into_iter()
            .collect()
    }

    /// Whom record `number` is about and what it states.
    fn draft(&self, number: u32) -> Draft {
        let mut random = Random::keyed(self.config.seed, STREAM, u64::from(number));
        let mut tags = Tags::default();
        let (person, registered) = self.subject(number, &mut random, &mut tags);
        let facts = person
            .as_ref()
            .map(|person| self.state(person, &mut self.dice(number, &mut random, &mut tags)))
            .unwrap_or_default();
        let subgroups = person.as_ref().map(|person| self.subgroups(person)).unwrap_or_default();
        let truth = person.filter(|_| registered).map(|person| person.number);
        Draft { truth, facts, subgroups, tags, random }
    }

    /// A record about a person.
    pub(super) fn record_about(&self, person: &Resident, dice: &mut Dice<'_>) -> Stated {
        self.state(person, dice).write_down(dice)
    }

    /// The source of a record.
    fn profile(&self, number: u32) -> (&str, &ErrorRates) {
        let profiles = &self.config.profiles;
        let profile = profiles.get(number as usize % profiles.len().max(1));
        profile.map_or((Profile::MIXED, &self.config.errors), |profile| (&profile.name, &profile.errors))
    }

    /// Chance for a record, and what it is to bring about.
    pub(super) fn dice<'a>(&'a self, number: u32, random: &'a mut Random, tags: &'a mut Tags) -> Dice<'a> {
        Dice { random, tags, rates: self.profile(number).1 }
    }
}

/// A record before it is written down.
struct Draft {
    /// The number of the resident whom it is about.
    truth: Option<u32>,
    facts: Facts,
    subgroups: Vec<Subgroup>,
    tags: Tags,
    random: Random,
}

/// The records about a population; see [`Population::records`].
#[derive(Debug)]
pub struct Records<'a> {
    population: &'a Population,
    next: u32,
    undecidable: FxHashSet<u32>,
    weights: Weights,
}

impl Iterator for Records<'_> {
    type Item = SynthRecord;

    fn next(&mut self) -> Option<SynthRecord> {
        let number = self.next;
        if number >= self.population.config.records {
            return None;
        }
        self.next += 1;
        let population = self.population;
        let Draft { truth, facts, subgroups, mut tags, mut random } = population.draft(number);
        let weight = self.weights.of(tags);
        let mut stated = facts.write_down(&mut population.dice(number, &mut random, &mut tags));
        stated.id.push('R');
        push_padded(&mut stated.id, scramble(population.config.seed ^ STREAM, number), 10);
        if self.undecidable.contains(&number) {
            tags.insert(Tag::Undecidable);
        }
        let truth = truth.map(|number| population.id(number));
        let profile = population.profile(number).0.to_owned();
        Some(SynthRecord { stated, truth, tags, profile, subgroups, weight })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.population.config.records - self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Records<'_> {}
