//! How often each name part, name and place occurs in a registry. Counts only; what they are worth is the model's business.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::normalize::address::Address;
use crate::normalize::birth_date::{BirthDate, Day};
use crate::normalize::name::{Part, SpellingRef};
use crate::normalize::sex::Sex;
use crate::person::PersonView;

/// Occurrences by widest-fold key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) persons: u64,
    pub(crate) family_register: Tally,
    pub(crate) family_reading: Tally,
    pub(crate) given_register: Tally,
    pub(crate) given_reading: Tally,
    /// Given names within a cohort, by [`Cohort::key`].
    pub(crate) cohort_register: Tally,
    pub(crate) cohort_reading: Tally,
    /// Residents of each cohort, by its key without a name.
    pub(crate) cohorts: Tally,
    pub(crate) whole_register: Tally,
    pub(crate) whole_reading: Tally,
    pub(crate) towns: Tally,
    pub(crate) blocks: Tally,
    pub(crate) births: Births,
}

/// How often each key occurs, and how many keys occur once and twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    counts: FxHashMap<u64, u32>,
    once: u64,
    twice: u64,
}

impl Tally {
    fn add(&mut self, key: u64) {
        *self.counts.entry(key).or_default() += 1;
    }

    /// The tally after the last key.
    fn finish(mut self) -> Self {
        for count in self.counts.values() {
            self.once += u64::from(*count == 1);
            self.twice += u64::from(*count == 2);
        }
        self
    }

    /// Occurrences of a key; 0 for one that never occurs.
    pub(crate) fn get(&self, key: u64) -> u32 {
        self.counts.get(&key).copied().unwrap_or(0)
    }

    /// Keys that occur once, and keys that occur twice: what Good and Turing estimate the unseen from.
    pub(crate) const fn rare(&self) -> (u64, u64) {
        (self.once, self.twice)
    }
}

/// People of one sex born in one decade: they share a fashion in given names (DOMAIN 10.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cohort {
    pub(crate) sex: Sex,
    decade: u32,
}

impl Cohort {
    /// Every cohort that a person may belong to: one, if sex and decade are known.
    pub(crate) fn possible(sex: Option<Sex>, born: Option<BirthDate>) -> impl Iterator<Item = Self> {
        let decade = |day: Day| u32::from(day.ymd().0) / 10;
        let first = decade(born.map_or(Day::MIN, BirthDate::earliest));
        let last = decade(born.map_or(Day::MAX, BirthDate::latest));
        let sexes = [Sex::Male, Sex::Female].into_iter().filter(move |s| sex.is_none_or(|sex| sex == *s));
        sexes.flat_map(move |sex| (first..=last).map(move |decade| Self { sex, decade }))
    }

    /// The one cohort of a person, if it is known.
    fn of(person: PersonView<'_>) -> Option<Self> {
        let mut possible = Self::possible(person.sex, person.birth_date);
        possible.next().filter(|_| possible.next().is_none())
    }

    /// The key of a given name within the cohort; of the cohort itself for the name 0.
    pub(crate) const fn key(self, name: u64) -> u64 {
        let cohort = (self.decade as u64) << 2 | self.sex as u64;
        name ^ cohort.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// When the bearers of each whole name were born, for the namesakes that nobody sees (METHOD 4): the upper 47 bits of the
/// name's key above the 17 bits of the day, sorted. Names that share these bits by chance only raise a count.
#[derive(Clone)]
pub(crate) struct Births {
    entries: Vec<u64>,
    last: Day,
}

const DAY_BITS: u32 = 17;
const _: () = assert!(Day::MAX.number() < 1 << DAY_BITS);

impl Births {
    fn add(&mut self, names: impl Iterator<Item = u64>, day: Day) {
        self.entries.extend(names.map(|name| Self::entry(name, day)));
        self.last = self.last.max(day);
    }

    /// In order, after the last birth.
    fn finish(mut self) -> Self {
        self.entries.par_sort_unstable();
        self
    }

    const fn entry(name: u64, day: Day) -> u64 {
        name >> DAY_BITS << DAY_BITS | day.number() as u64
    }

    /// How many bearers of a name were born from one day to another, both included, and not on a third.
    pub(crate) fn around(&self, name: u64, first: Day, last: Day, except: Day) -> u64 {
        let [first, last, except] = [first, last, except].map(|day| Self::entry(name, day));
        let from = self.entries.partition_point(|entry| *entry < first);
        let Some(entries) = self.entries.get(from..) else { return 0 };
        // Almost always few: the end is looked for from the beginning, in steps that double, for a registry may give all
        // its residents one name.
        let steps = std::iter::successors(Some(1usize), |step| step.checked_mul(2));
        let mut past = steps.skip_while(|at| entries.get(*at).is_some_and(|entry| *entry <= last));
        let within = past.next().and_then(|past| entries.get(..past)).unwrap_or(entries);
        let born = within.get(..within.partition_point(|entry| *entry <= last)).unwrap_or_default();
        let spared =
            born.partition_point(|entry| *entry <= except) - born.partition_point(|entry| *entry < except);
        (born.len() - spared) as u64
    }

    /// The last day on which anybody was born.
    pub(crate) const fn last(&self) -> Day {
        self.last
    }
}

impl Default for Births {
    fn default() -> Self {
        Self { entries: Vec::new(), last: Day::MIN }
    }
}

impl std::fmt::Debug for Births {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Births").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Counts {
    /// Counts residents, each by the registered name and the current address; `persons` begins anew each time.
    pub(crate) fn of<'a, I: Iterator<Item = PersonView<'a>>>(persons: impl Fn() -> I + Sync) -> Self {
        let registers = || persons().filter_map(|person| Some((person.main.register?, Cohort::of(person))));
        let readings = || persons().filter_map(|person| Some((person.main.reading?, Cohort::of(person))));
        let mut counts = Self { persons: persons().count() as u64, ..Self::default() };
        let Self {
            persons: _,
            family_register,
            family_reading,
            given_register,
            given_reading,
            cohort_register,
            cohort_reading,
            cohorts,
            whole_register,
            whole_reading,
            towns,
            blocks,
            births,
        } = &mut counts;
        // The longest first, so that no thread is left with it.
        rayon::scope(|scope| {
            scope.spawn(|_| ([*whole_register, *whole_reading], *births) = wholes(persons()));
            scope.spawn(|_| [*towns, *blocks] = places(persons().filter_map(|person| person.address)));
            scope.spawn(|_| [*family_register, *given_register, *cohort_register] = parts(registers()));
            scope.spawn(|_| [*family_reading, *given_reading, *cohort_reading] = parts(readings()));
            scope.spawn(|_| {
                let mut tally = Tally::default();
                persons().filter_map(Cohort::of).for_each(|cohort| tally.add(cohort.key(0)));
                *cohorts = tally.finish();
            });
        });
        counts
    }
}

/// Whole names: register forms, readings, and when their bearers were born.
fn wholes<'a>(persons: impl Iterator<Item = PersonView<'a>>) -> ([Tally; 2], Births) {
    let [mut registers, mut readings] = <[Tally; 2]>::default();
    let mut births = Births::default();
    for person in persons {
        let register = person.main.register.and_then(SpellingRef::register_key);
        let reading = person.main.reading.and_then(SpellingRef::reading_key);
        register.into_iter().for_each(|key| registers.add(key));
        reading.into_iter().for_each(|key| readings.add(key));
        if let Some(day) = person.birth_date.and_then(BirthDate::exact_day) {
            births.add([register, reading].into_iter().flatten(), day);
        }
    }
    ([registers, readings].map(Tally::finish), births.finish())
}

/// Towns and blocks.
fn places<'a>(addresses: impl Iterator<Item = &'a Address>) -> [Tally; 2] {
    let [mut towns, mut blocks] = <[Tally; 2]>::default();
    for (town, block) in addresses.map(Address::place_keys) {
        town.into_iter().for_each(|key| towns.add(key));
        block.into_iter().for_each(|key| blocks.add(key));
    }
    [towns, blocks].map(Tally::finish)
}

/// Parts of names of one kind: family names, given names, and given names within the cohort, where that is known.
fn parts<'a>(names: impl Iterator<Item = (SpellingRef<'a>, Option<Cohort>)>) -> [Tally; 3] {
    let [mut family, mut given, mut in_cohort] = <[Tally; 3]>::default();
    for (name, cohort) in names {
        part_keys(name, name.family).for_each(|key| family.add(key));
        for key in part_keys(name, name.given) {
            given.add(key);
            cohort.into_iter().for_each(|cohort| in_cohort.add(cohort.key(key)));
        }
    }
    [family, given, in_cohort].map(Tally::finish)
}

/// The keys under which one part of a name is counted. A name without a border counts for every part that a border could
/// cut from it, so that the frequency of a part does not depend on who writes spaces.
fn part_keys<'a>(name: SpellingRef<'a>, part: &'a Part) -> impl Iterator<Item = u64> + use<'a> {
    let written = name.has_border();
    let whole = (!written).then_some(name.given).into_iter().flat_map(Part::possible_part_keys);
    whole.chain((written && !part.has_unknown()).then(|| part.key()))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// The same as counting one by one, however many share a name.
        #[test]
        fn births_around_a_day_are_those_that_counting_finds(
            born in proptest::collection::vec((0..3u64, 10..20u32), 0..200),
            name in 0..4u64,
            [first, last, except] in proptest::array::uniform3(8..22u32),
        ) {
            let key = |name: u64| name << DAY_BITS;
            let day = |day: u32| Day::MIN.later(day);
            let mut entries: Vec<u64> = born.iter().map(|(name, d)| Births::entry(key(*name), day(*d))).collect();
            entries.sort_unstable();
            let births = Births { entries, last: day(20) };
            let counted =
                born.iter().filter(|(other, d)| *other == name && (first..=last).contains(d) && *d != except).count();
            proptest::prop_assert_eq!(
                births.around(key(name), day(first), day(last), day(except)),
                counted as u64
            );
        }
    }
}
