//! The residents of a registry by their numbers.
//!
//! Residents are numbered `0..n` and live in blocks of 64. What a block holds follows from the seed and its number alone,
//! so any resident can be made again without the others, and registries of any size can be streamed.
//! Resident *i* of an odd block may be given the name and birth date of resident *i* - 64, a pair that both find in
//! constant time.

use std::fmt;
use std::ops::Range;

use super::config::SynthConfig;
use super::households::{Households, Plan};
use super::names::{Given, Names};
use super::places::Places;
use super::random::Random;
use super::residents::{Resident, push_id};
use crate::Record;

/// Residents in a block; a power of two, so that namesakes find each other by one bit.
pub(super) const BLOCK: u32 = 64;

/// The stream of chance of a household.
const STREAM: u64 = 1;

/// A household: its number, its first resident, its plan, and the chance that decides the rest.
pub(super) type Household = (u32, u32, Plan, Random);

/// How the namesake of a resident differs from them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Namesake {
    /// Same kanji, kana and birth date.
    Same,
    /// Same kana and birth date, other kanji.
    Homophone,
}

/// A synthetic population and the records about it; the same configuration gives the same on every machine.
///
/// Holds only tables (a few MB, most of them shared): people are made when asked for. See [`Population::residents`] and
/// [`Population::records`].
pub struct Population {
    pub(super) config: SynthConfig,
    pub(super) names: Names,
    pub(super) places: Places,
    households: Households,
}

impl fmt::Debug for Population {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Population").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Population {
    /// Prepares the tables to draw from.
    #[must_use]
    pub fn new(config: &SynthConfig) -> Self {
        Population {
            config: config.clone(),
            names: Names::new(),
            places: Places::new(),
            households: Households::new(),
        }
    }

    /// All residents, household by household.
    ///
    /// ```
    /// use himozuke::synth::{Population, SynthConfig};
    /// let population = Population::new(&SynthConfig { residents: 100, ..SynthConfig::default() });
    /// assert_eq!(population.residents().count(), 100);
    /// ```
    pub fn residents(&self) -> impl Iterator<Item = Resident> + '_ {
        self.residents_in(0..self.config.residents)
    }

    /// The residents with these numbers: what one of several threads, or a shard, writes. Numbers past the last
    /// resident are left out.
    ///
    /// ```
    /// use himozuke::synth::{Population, Row, SynthConfig};
    /// let population = Population::new(&SynthConfig { residents: 1_000, ..SynthConfig::default() });
    /// let parts = population.residents_in(0..300).chain(population.residents_in(300..2_000));
    /// assert_eq!(parts.count(), 1_000);
    /// ```
    pub fn residents_in(&self, numbers: Range<u32>) -> impl Iterator<Item = Resident> + '_ {
        let numbers = numbers.start..numbers.end.min(self.config.residents);
        let blocks = numbers.start / BLOCK..numbers.end.div_ceil(BLOCK);
        let mut members = Vec::new();
        let mut households = blocks.flat_map(|block| self.households(block));
        let mut next = 0;
        let all = std::iter::from_fn(move || {
            if next == members.len() {
                members.clear();
                next = 0;
                self.settle(households.next()?, &mut members);
            }
            next += 1;
            members.get(next - 1).copied()
        });
        all.filter(move |resident| numbers.contains(&resident.number))
    }

    /// Shows `see` the residents with these numbers, as [`Population::residents_in`] has them, without copying any.
    pub(super) fn see_each_in(&self, numbers: Range<u32>, mut see: impl FnMut(&Resident)) {
        let numbers = numbers.start..numbers.end.min(self.config.residents);
        let mut members = Vec::with_capacity(8);
        let blocks = numbers.start / BLOCK..numbers.end.div_ceil(BLOCK);
        for household in blocks.flat_map(|block| self.households(block)) {
            members.clear();
            self.settle(household, &mut members);
            members.iter().filter(|resident| numbers.contains(&resident.number)).for_each(&mut see);
        }
    }

    /// Hands every resident to `take` as a row, on the calling thread; stops at the first error.
    ///
    /// # Errors
    /// Whatever `take` returns.
    ///
    /// ```
    /// use himozuke::synth::{Population, SynthConfig};
    /// let population = Population::new(&SynthConfig { residents: 50, ..SynthConfig::default() });
    /// let mut rows = 0;
    /// population.try_for_each_resident(|record| {
    ///     rows += usize::from(!record.birth_date.is_empty());
    ///     Ok::<(), std::convert::Infallible>(())
    /// })?;
    /// assert_eq!(rows, 50);
    /// # Ok::<(), std::convert::Infallible>(())
    /// ```
    pub fn try_for_each_resident<E>(
        &self,
        mut take: impl FnMut(Record<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for chunk in self.chunks() {
            chunk.rows().records().try_for_each(&mut take)?;
        }
        Ok(())
    }

    /// The resident with this number, if there is one.
    pub(super) fn resident(&self, number: u32) -> Option<Resident> {
        let (household, _) = self.find(number)?;
        let mut members = Vec::with_capacity(8);
        self.settle(household, &mut members);
        members.into_iter().find(|resident| resident.number == number)
    }

    /// The id of the resident with this number.
    pub(super) fn id(&self, number: u32) -> String {
        let mut id = String::with_capacity(11);
        push_id(&mut id, self.config.seed, number);
        id
    }

    /// The number of the registered namesake made for this resident, and how alike they are.
    pub(super) fn namesake_of(&self, number: u32) -> Option<(u32, Namesake)> {
        let other = number ^ BLOCK;
        let (copy, original) = if number / BLOCK % 2 == 1 { (number, other) } else { (other, number) };
        let (household, plan) = self.find(copy)?;
        let (_, original_plan) = self.find(original)?;
        let made = is_namesake(copy, &plan) && !original_plan.origin.is_foreign();
        let original = made.then(|| self.resident(original)).flatten()?;
        let mut random = household.3;
        let kind = self.draw_namesake(&mut random, &original).0;
        Some((other, kind))
    }

    /// The number of a twin or of a member of a namesake pair in a block, if it has one.
    pub(super) fn lookalike_in(&self, block: u32, twin: bool) -> Option<u32> {
        self.households(block).find_map(|(_, first, plan, _)| {
            if twin {
                plan.twins.then_some(first + plan.first_child())
            } else {
                is_namesake(first, &plan).then_some(first)
            }
        })
    }

    /// The number of the other twin.
    pub(super) fn twin_of(&self, number: u32) -> Option<u32> {
        let ((_, first, ..), plan) = self.find(number)?;
        let twin = first + plan.first_child();
        match number.checked_sub(twin)? {
            0 if plan.twins => Some(twin + 1),
            1 if plan.twins => Some(twin),
            _ => None,
        }
    }

    /// A person of no register: a member of a household of another world.
    pub(super) fn stranger(&self, number: u32) -> Option<Resident> {
        let household = self.household(!self.config.seed, number);
        let mut members = Vec::with_capacity(8);
        self.settle_with(!self.config.seed, household, &mut members);
        let any = number as usize % members.len().max(1);
        members.into_iter().nth(any)
    }

    fn find(&self, number: u32) -> Option<(Household, Plan)> {
        if number >= self.config.residents {
            return None;
        }
        let lives_here = |(_, first, plan, _): &Household| number < first + plan.size();
        self.households(number / BLOCK).find(lives_here).map(|household| (household, household.2))
    }

    /// The households of a block, filling it exactly.
    fn households(&self, block: u32) -> impl Iterator<Item = Household> + '_ {
        let start = block * BLOCK;
        let end = start.saturating_add(BLOCK).min(self.config.residents);
        let mut first = start;
        let mut number = start;
        std::iter::from_fn(move || {
            let room = end.checked_sub(first).filter(|&room| room > 0)?;
            let (_, _, plan, random) = self.household(self.config.seed, number);
            let plan = plan.within(room);
            let household = (number, first, plan, random);
            first += plan.size();
            number += 1;
            Some(household)
        })
    }

    fn household(&self, seed: u64, number: u32) -> Household {
        let mut random = Random::keyed(seed, STREAM, u64::from(number));
        let plan = self.households.plan(&self.config.population, &self.names, &mut random);
        (number, 0, plan, random)
    }

    fn settle(&self, household: Household, members: &mut Vec<Resident>) {
        self.settle_with(self.config.seed, household, members);
        let (_, first, plan, mut random) = household;
        if !is_namesake(first, &plan) {
            return;
        }
        let Some(original) = self.resident(first ^ BLOCK).filter(|person| !person.origin.is_foreign()) else {
            return;
        };
        let (_, given) = self.draw_namesake(&mut random, &original);
        if let Some(resident) = members.first_mut() {
            resident.family = original.family;
            resident.given = given;
            resident.birth = original.birth;
            resident.sex = original.sex;
            resident.maiden = None;
        }
    }

    fn draw_namesake(&self, random: &mut Random, original: &Resident) -> (Namesake, Given) {
        let homophone = random.percent(40).then(|| self.names.homophone(&original.given, random)).flatten();
        homophone.map_or((Namesake::Same, original.given), |given| (Namesake::Homophone, given))
    }
}

fn is_namesake(number: u32, plan: &Plan) -> bool {
    plan.namesake && plan.size() == 1 && !plan.origin.is_foreign() && number / BLOCK % 2 == 1
}
