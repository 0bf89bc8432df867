//! m: how often two sightings of one person reach a level, by expectation-maximisation over the pairs that blocking found.
//!
//! The expectation is the posterior over each record's whole candidate set (METHOD 3), with weights as a decision would have
//! them, household mixture and frequencies included. It is counted in whole 2^-32ths, so that no order of threads shows.

use std::collections::BTreeMap;
use std::slice;

use rayon::prelude::*;

use super::attributes::{Attribute, MOST, Pair, shown};
use super::strangers::PRIOR_WORTH;
use super::{Label, Pass, Warning};
use crate::Registry;
use crate::compare::Comparison;
use crate::compare::address::AddressLevel;
use crate::compare::birth_date::BirthDateLevel;
use crate::compare::compare_views;
use crate::model::math::{Millibits, exp2, log2};
use crate::model::{Known, Model, Parameters};
use crate::person::Person;
use crate::registry::{ResidentIndex, Search};

/// Rounds at most. Figures settle in fewer than ten where the data is fit to learn from.
const ROUNDS: u32 = 25;
/// A round that moves no m by more than this share is the last one.
const SETTLED: f64 = 1e-3;
/// The share of true pairs that blocking finds (METHOD 3).
const RECALL: f64 = 0.995;
/// Where the share of registered people begins.
const COVERAGE: f64 = 0.9;
/// Pairs of one person that a pass must have to teach anything.
const FEWEST: f64 = 200.0;
/// The share of a pass's pairs that must be of one person.
const DROWNED: f64 = 0.01;
/// How many of the pairs taken for one person may have another given name, birth date or sex. Records of one person do in
/// one or two of a hundred; more of them than this are relatives.
const RELATIVES: f64 = 0.1;

/// What EM came to.
pub(super) struct Learnt {
    pub(super) parameters: Parameters,
    pub(super) warnings: Vec<Warning>,
    /// The attributes that some pass taught.
    pub(super) taught: Vec<Attribute>,
    pub(super) pairs: u64,
    pub(super) matches: BTreeMap<Pass, u64>,
    pub(super) rounds: u32,
    pub(super) coverage: f64,
}

impl Pass {
    /// What is learnt from pairs that were found in this way: what they were not found by.
    fn teaches(self, attribute: Attribute) -> bool {
        match self {
            Self::NameAndBirthDate => matches!(attribute, Attribute::Sex | Attribute::Address),
            Self::NameAndTown => matches!(attribute, Attribute::BirthDate | Attribute::Sex),
            Self::BirthDateAndBlock => {
                matches!(attribute, Attribute::FamilyName | Attribute::GivenName | Attribute::Sex)
            }
            Self::Labels => true,
        }
    }

    /// Whether it finds a pair: whether blocking's key of this name would.
    fn finds(self, comparison: &Comparison) -> bool {
        let name = comparison.name.widest_equal;
        let date = comparison.birth_date == BirthDateLevel::Equal;
        match self {
            Self::NameAndBirthDate => name && date,
            Self::NameAndTown => name && comparison.address.level <= AddressLevel::Town,
            Self::BirthDateAndBlock => date && comparison.address.level <= AddressLevel::RoomsDiffer,
            Self::Labels => false,
        }
    }
}

/// A record's candidate.
struct Candidate {
    resident: ResidentIndex,
    comparison: Comparison,
    shown: Pair,
    label: Option<bool>,
}

/// Learns m from the records, beginning with `prior`.
pub(super) fn learn(
    registry: &Registry,
    prior: &Parameters,
    records: &[(Person, Vec<Label>)],
    labels_only: bool,
) -> Learnt {
    let candidates: Vec<Vec<Candidate>> =
        records.par_iter().map(|(person, labels)| find(registry, person, labels)).collect();
    let mut learnt = Learnt {
        parameters: prior.clone(),
        warnings: Vec::new(),
        taught: Vec::new(),
        pairs: candidates.iter().map(|found| found.len() as u64).sum(),
        matches: BTreeMap::new(),
        rounds: 0,
        coverage: COVERAGE,
    };
    // A pass that once found relatives would find them again.
    let mut relatives = Vec::new();
    for _ in 0..if labels_only { 1 } else { ROUNDS } {
        let tally = if labels_only {
            Tally::of(candidates.iter().flatten().filter(|one| one.label == Some(true)))
        } else {
            let model = Model::made_of(registry, learnt.parameters.clone());
            expect(registry, &model, records, &candidates, learnt.coverage)
        };
        learnt.rounds += 1;
        let before = learnt.parameters.clone();
        maximise(&tally, prior, &mut relatives, &mut learnt);
        if !labels_only {
            let registered =
                (whole(tally.registered) / records.len().max(1) as f64 / RECALL).clamp(0.05, 0.999);
            learnt.coverage = if records.is_empty() { COVERAGE } else { registered };
        }
        if moved(&before, &learnt.parameters) < SETTLED {
            break;
        }
    }
    learnt
}

/// Whom blocking finds for a record, and whom a label names.
fn find(registry: &Registry, person: &Person, labels: &[Label]) -> Vec<Candidate> {
    let record = person.view();
    let mut search = Search::default();
    registry.candidates(std::iter::once(record), slice::from_mut(&mut search));
    let mut found = search.found;
    found.extend(labels.iter().filter(|label| label.same).map(|label| label.resident.0));
    found.sort_unstable();
    found.dedup();
    let candidate = |row| {
        let resident = ResidentIndex(row);
        let other = registry.person(resident)?;
        let comparison = compare_views(&record, &other);
        let label = labels.iter().rev().find(|label| label.resident == resident).map(|label| label.same);
        Some(Candidate { resident, comparison, shown: shown(&comparison, record, other), label })
    };
    found.into_iter().filter_map(candidate).collect()
}

/// The expectation: who is meant, candidate by candidate.
fn expect(
    registry: &Registry,
    model: &Model,
    records: &[(Person, Vec<Label>)],
    candidates: &[Vec<Candidate>],
    coverage: f64,
) -> Tally {
    let registered = coverage * RECALL;
    let (prior, none) = (log2(registered / registry.len().max(1) as f64), log2(1.0 - registered));
    let tallies =
        records.par_iter().zip(candidates).fold(Tally::default, |mut tally, ((person, _), found)| {
            let record = person.view();
            let known = Known::default();
            let weights = model.weigh(&record, &known);
            let settled = found.iter().any(|one| one.label == Some(true));
            let logs = found.iter().map(|one| {
                let weight = || {
                    let candidate = registry.person(one.resident)?;
                    Some(prior + weights.of(&one.comparison, &candidate).total)
                };
                match one.label {
                    Some(false) => None,
                    Some(true) => Some(0),
                    None if settled => None,
                    None => weight(),
                }
            });
            let logs: Vec<Option<Millibits>> = logs.collect();
            let none = (!settled).then_some(none);
            let most = logs.iter().copied().chain([none]).flatten().max().unwrap_or(0);
            let share = |log: Option<Millibits>| log.map_or(0.0, |log| exp2(log - most));
            let sum = logs.iter().copied().chain([none]).map(share).sum::<f64>();
            for (one, log) in found.iter().zip(logs) {
                tally.take(one, parts(share(log) / sum));
            }
            tally.registered += parts(1.0) - parts(share(none) / sum);
            tally
        });
    tallies.reduce(Tally::default, Tally::and)
}

/// A probability in 2^-32ths.
fn parts(probability: f64) -> u64 {
    (probability.clamp(0.0, 1.0) * 4_294_967_296.0).round() as u64
}

fn whole(parts: u64) -> f64 {
    parts as f64 / 4_294_967_296.0
}

/// Expected pairs of one person, in 2^-32ths.
#[derive(Default)]
struct Tally {
    passes: [Found; Pass::ALL.len()],
    /// Records about somebody registered.
    registered: u64,
}

/// What one pass found.
#[derive(Clone, Copy, Default)]
struct Found {
    pairs: u64,
    matches: u64,
    /// By attribute and level: pairs that reached it, of those that could have.
    levels: [[[u64; 2]; MOST]; Attribute::ALL.len()],
}

impl Tally {
    /// Labels alone.
    fn of<'a>(same: impl Iterator<Item = &'a Candidate>) -> Self {
        let mut tally = Self::default();
        let [.., labels] = &mut tally.passes;
        same.for_each(|one| labels.take(&one.shown, parts(1.0)));
        tally
    }

    fn take(&mut self, candidate: &Candidate, probability: u64) {
        for (pass, found) in Pass::ALL.into_iter().zip(&mut self.passes) {
            if pass.finds(&candidate.comparison) {
                found.take(&candidate.shown, probability);
            }
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.registered += other.registered;
        for (found, more) in self.passes.iter_mut().zip(&other.passes) {
            found.pairs += more.pairs;
            found.matches += more.matches;
            let levels = found.levels.as_flattened_mut().as_flattened_mut();
            levels.iter_mut().zip(more.levels.as_flattened().as_flattened()).for_each(|(a, b)| *a += b);
        }
        self
    }
}

impl Found {
    fn take(&mut self, pair: &Pair, probability: u64) {
        self.pairs += 1;
        self.matches += probability;
        for (levels, shown) in self.levels.iter_mut().zip(pair) {
            let Some(shown) = shown else { continue };
            for (at, [reached, possible]) in levels.iter_mut().enumerate() {
                *possible += probability * u64::from(shown.possible >> at & 1);
                *reached += probability * u64::from(usize::from(shown.reached) == at);
            }
        }
    }

    /// Expected pairs at a level, of those that could have reached it.
    fn at(&self, attribute: Attribute, level: usize) -> [f64; 2] {
        let levels = self.levels.get(attribute as usize);
        levels.and_then(|levels| levels.get(level)).map_or([0.0; 2], |pair| pair.map(whole))
    }

    /// What tells persons of one household apart and differs too often.
    fn relatives(&self, pass: Pass) -> Option<Attribute> {
        const OF_A_PERSON: [(Attribute, usize); 3] =
            [(Attribute::GivenName, 8), (Attribute::BirthDate, 7), (Attribute::Sex, 1)];
        let differs = |(attribute, different): &(Attribute, usize)| {
            let [reached, possible] = self.at(*attribute, *different);
            pass.teaches(*attribute) && reached > RELATIVES * possible
        };
        OF_A_PERSON.into_iter().find(differs).map(|(attribute, _)| attribute)
    }
}

/// The maximisation: m of every level that a pass may teach, from the passes that are fit to; the prior elsewhere.
fn maximise(tally: &Tally, prior: &Parameters, relatives: &mut Vec<(Pass, Attribute)>, learnt: &mut Learnt) {
    learnt.warnings.clear();
    learnt.matches.clear();
    let mut fit = Vec::new();
    for (pass, found) in Pass::ALL.into_iter().zip(&tally.passes) {
        let labels = pass == Pass::Labels;
        if labels && found.pairs == 0 {
            continue;
        }
        learnt.matches.insert(pass, whole(found.matches).round() as u64);
        if !labels && !relatives.iter().any(|(other, _)| *other == pass) {
            relatives.extend(found.relatives(pass).map(|attribute| (pass, attribute)));
        }
        let household = relatives.iter().find(|(other, _)| *other == pass);
        if whole(found.matches) < FEWEST {
            learnt.warnings.push(Warning::TooFew { pass });
        } else if whole(found.matches) < DROWNED * found.pairs as f64 {
            learnt.warnings.push(Warning::Drowned { pass });
        } else if let Some((_, attribute)) = household {
            learnt.warnings.push(Warning::Households { pass, attribute: attribute.code().to_owned() });
        } else {
            fit.push((pass, found));
        }
    }
    learnt.parameters = prior.clone();
    learnt.taught.clear();
    for attribute in Attribute::ALL {
        // Each pass has the same say, however many pairs it has.
        let teachers: Vec<&Found> =
            fit.iter().filter(|(pass, _)| pass.teaches(attribute)).map(|(_, found)| *found).collect();
        if teachers.is_empty() {
            continue;
        }
        learnt.taught.push(attribute);
        for (at, level) in attribute.levels_mut(&mut learnt.parameters).iter_mut().enumerate() {
            let m = |found: &&Found| {
                let [reached, possible] = found.at(attribute, at);
                level.m * (reached + PRIOR_WORTH) / (possible * level.m + PRIOR_WORTH)
            };
            let m = teachers.iter().map(m).sum::<f64>() / teachers.len() as f64;
            level.m = m.min(1.0);
            if attribute.is_of_household() {
                level.household = level.m;
            }
        }
    }
}

/// The largest share by which an m moved.
fn moved(before: &Parameters, after: &Parameters) -> f64 {
    let levels = |attribute: Attribute| attribute.levels(before).iter().zip(attribute.levels(after));
    let moves = Attribute::ALL.into_iter().flat_map(levels).map(|(a, b)| (a.m / b.m - 1.0).abs());
    moves.fold(0.0, f64::max)
}
