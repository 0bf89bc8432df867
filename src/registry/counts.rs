//! How often each name part, name and place occurs in a registry. Counts only; what they are worth is the model's business.

use std::sync::Arc;

use himozuke_mapped::{Column, prefetch};
use rustc_hash::FxHashMap;

use super::columns::{Columns, Facts, Row};
use super::dated::Dated;
use super::dictionary::NONE;
use super::once::{Bearers, Occurrences};
use crate::normalize::birth_date::{BirthDate, Day};
use crate::normalize::name::PartRef;
use crate::normalize::sex::Sex;

/// Occurrences by widest-fold key, each resident by the registered name and the current address.
#[derive(Clone)]
pub(crate) struct Counts {
    pub(crate) persons: u64,
    pub(crate) family_register: Arc<Tally>,
    pub(crate) family_reading: Arc<Tally>,
    pub(crate) given_register: Arc<Tally>,
    pub(crate) given_reading: Arc<Tally>,
    /// Given names within a cohort, by [`Cohort::key`].
    pub(crate) cohort_register: Arc<Tally>,
    pub(crate) cohort_reading: Arc<Tally>,
    /// Residents of each cohort, by its key without a name.
    pub(crate) cohorts: Arc<Tally>,
    pub(crate) towns: Arc<Tally>,
    /// Municipalities; cities without their wards and wards without their cities, too.
    pub(crate) municipalities: Arc<Tally>,
    /// By the prefecture's code.
    pub(crate) prefectures: Arc<Tally>,
    pub(crate) registers: Wholes,
    pub(crate) readings: Wholes,
    pub(crate) blocks: Arc<Dated>,
    /// Residents of blocks, where not all of them are kept.
    pub(super) in_blocks: Option<Arc<Occurrences>>,
    /// The last day on which anybody was born.
    pub(crate) last_birth: Day,
}

/// Whole names, and when their bearers were born.
#[derive(Clone, Default)]
pub(crate) struct Wholes {
    pub(crate) bearers: Arc<Dated>,
    pub(crate) rare: (u64, u64),
    /// How many bear those asked for, where not all bearers are kept.
    pub(super) counted: Option<Arc<Bearers>>,
}

impl Wholes {
    /// Days before and after a birth date in which bearers of a name are counted: about two years.
    pub(crate) const WINDOW: u32 = 730;

    /// How many residents bear a name as their registered one.
    pub(crate) fn count(&self, key: u64) -> u32 {
        self.counted.as_ref().map_or_else(|| self.bearers.count(key), |counted| counted.count(key))
    }

    /// How many of them were born within [`Self::WINDOW`] of a day, and not on it.
    pub(crate) fn born_around(&self, key: u64, day: Day) -> u64 {
        let (first, last) = (day.earlier(Self::WINDOW), day.later(Self::WINDOW));
        let kept = || self.bearers.born_around(key, first, last, day);
        self.counted.as_ref().map_or_else(kept, |counted| counted.born_around(key, day))
    }
}

/// How often each key occurs, and how many keys occur once and twice: a table with open addressing, for the keys are hashes.
#[derive(Default)]
pub(crate) struct Tally {
    /// Key, and count and nothing, in turns; key 0 is a free place.
    pub(super) slots: Column<[u64; 2]>,
    pub(super) rare: (u64, u64),
}

impl Tally {
    fn of(counts: FxHashMap<u64, u32>) -> Self {
        let mut counts: Vec<_> = counts.into_iter().collect();
        // In order, so that the table does not depend on the map's.
        counts.sort_unstable();
        let occurring = |times: u32| counts.iter().filter(|(_, count)| *count == times).count() as u64;
        let rare = (occurring(1), occurring(2));
        let mut slots = vec![[0u64; 2]; (counts.len() * 2).next_power_of_two().max(2)];
        let mask = slots.len() - 1;
        for (key, count) in counts {
            let mut at = key as usize & mask;
            while slots.get(at).is_some_and(|[taken, _]| *taken != 0) {
                at = (at + 1) & mask;
            }
            slots.get_mut(at).into_iter().for_each(|slot| *slot = [key, count.into()]);
        }
        Self { slots: slots.into(), rare }
    }

    /// The counts of some keys of a larger table, of which it is known how many occur once and twice.
    pub(super) fn with_rare(counts: impl Iterator<Item = (u64, u32)>, rare: (u64, u64)) -> Self {
        Self { rare, ..Self::of(counts.collect()) }
    }

    /// Occurrences of a key; 0 for one that never occurs.
    pub(crate) fn get(&self, key: u64) -> u32 {
        let mask = self.slots.len().saturating_sub(1);
        let mut at = key as usize & mask;
        for _ in 0..self.slots.len() {
            match self.slots.get(at) {
                Some([found, count]) if *found == key => return *count as u32,
                Some([0, _]) | None => return 0,
                Some(_) => at = (at + 1) & mask,
            }
        }
        0
    }

    /// Asks the memory for where a key lies, ahead of [`Self::get`].
    pub(crate) fn prefetch(&self, key: u64) {
        prefetch(&self.slots, key as usize & self.slots.len().saturating_sub(1));
    }

    /// Keys that occur once, and keys that occur twice: what Good and Turing estimate the unseen from.
    pub(crate) const fn rare(&self) -> (u64, u64) {
        self.rare
    }
}

/// People of one sex born in one decade: they share a fashion in given names (DOMAIN 10.3).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Cohort {
    pub(crate) sex: Sex,
    decade: u32,
}

impl Cohort {
    /// Every cohort that a person may belong to: one, if sex and decade are known.
    pub(crate) fn possible(sex: Option<Sex>, born: Option<BirthDate>) -> impl Iterator<Item = Self> {
        let decade = |day: Day| u32::from(day.ymd().0) / 10;
        let first = decade(born.map_or(Day::MIN, BirthDate::earliest));
        let one_day = born.is_some_and(|born| born.earliest() == born.latest());
        let last = if one_day { first } else { decade(born.map_or(Day::MAX, BirthDate::latest)) };
        let sexes = [Sex::Male, Sex::Female].into_iter().filter(move |s| sex.is_none_or(|sex| sex == *s));
        sexes.flat_map(move |sex| (first..=last).map(move |decade| Self { sex, decade }))
    }

    /// The one cohort of a person, if it is known.
    pub(crate) fn of(sex: Option<Sex>, born: Option<BirthDate>) -> Option<Self> {
        if let (Some(sex), Some(day)) = (sex, born.and_then(BirthDate::exact_day)) {
            return Some(Self { sex, decade: u32::from(day.ymd().0) / 10 });
        }
        let mut possible = Self::possible(sex, born);
        possible.next().filter(|_| possible.next().is_none())
    }

    /// A small number of its own, from 0.
    pub(super) fn number(self) -> u8 {
        let first = u32::from(Day::MIN.ymd().0) / 10;
        2 * self.decade.saturating_sub(first) as u8 + u8::from(self.sex == Sex::Female)
    }

    /// The key of a given name within the cohort; of the cohort itself for the name 0.
    pub(crate) const fn key(self, name: u64) -> u64 {
        Self::key_of(self.to_bits(), name)
    }

    /// Two bits of sex, below few of the decade.
    const fn to_bits(self) -> u32 {
        self.decade << 2 | self.sex as u32
    }

    /// As [`Self::key`], of the cohort of some bits.
    const fn key_of(bits: u32, name: u64) -> u64 {
        name ^ (bits as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// The tables that blocking and counting share.
pub(super) struct Tables {
    pub(super) registers: Arc<Dated>,
    pub(super) readings: Arc<Dated>,
    pub(super) blocks: Arc<Dated>,
}

impl Counts {
    /// How many tallies there are.
    pub(super) const TALLIES: usize = 10;

    /// All tallies, in the order of an index file.
    pub(super) fn tallies(&self) -> [&Tally; Self::TALLIES] {
        [
            &self.family_register,
            &self.family_reading,
            &self.given_register,
            &self.given_reading,
            &self.cohort_register,
            &self.cohort_reading,
            &self.cohorts,
            &self.towns,
            &self.municipalities,
            &self.prefectures,
        ]
    }

    /// Counts put together, the tallies in the order of [`Self::tallies`].
    pub(super) fn new(
        persons: u64,
        tallies: [Arc<Tally>; Self::TALLIES],
        [registers, readings]: [Wholes; 2],
        blocks: Arc<Dated>,
        last_birth: Day,
    ) -> Self {
        let [
            family_register,
            family_reading,
            given_register,
            given_reading,
            cohort_register,
            cohort_reading,
            cohorts,
            towns,
            municipalities,
            prefectures,
        ] = tallies;
        Self {
            persons,
            family_register,
            family_reading,
            given_register,
            given_reading,
            cohort_register,
            cohort_reading,
            cohorts,
            towns,
            municipalities,
            prefectures,
            registers,
            readings,
            blocks,
            in_blocks: None,
            last_birth,
        }
    }

    /// Whether these are the counts of a registry all of whose residents are kept.
    pub(super) const fn is_of_kept(&self) -> bool {
        self.in_blocks.is_none()
    }

    /// Residents of a block.
    pub(crate) fn in_block(&self, key: u64) -> u32 {
        self.in_blocks.as_ref().map_or_else(|| self.blocks.count(key), |counted| counted.count(key))
    }

    /// The counts of residents whose columns and tables these are of.
    pub(super) fn of(tallies: Tallies, tables: Tables) -> Self {
        let Tallies { persons, tallies, last_birth } = tallies;
        let Tables { registers, readings, blocks } = tables;
        let wholes =
            [registers, readings].map(|bearers| Wholes { rare: bearers.rare(), bearers, counted: None });
        Self::new(persons, tallies, wholes, blocks, last_birth)
    }
}

/// What is counted in the columns alone.
pub(super) struct Tallies {
    persons: u64,
    /// In the order of [`Counts::tallies`].
    tallies: [Arc<Tally>; Counts::TALLIES],
    last_birth: Day,
}

impl Tallies {
    /// Counts residents.
    pub(super) fn of(columns: &Columns) -> Self {
        let [mut register, mut reading] = <[[Arc<Tally>; 3]; 2]>::default();
        let (mut cohorts, mut last_birth) = (Arc::default(), Day::MIN);
        let mut of_places = <[Arc<Tally>; 3]>::default();
        // The longest first, so that no thread is left with it.
        rayon::scope(|scope| {
            scope.spawn(|_| register = parts(columns, |[family, given, ..]| [*family, *given]));
            scope.spawn(|_| reading = parts(columns, |[_, _, family, given, ..]| [*family, *given]));
            scope.spawn(|_| (cohorts, last_birth) = births(columns));
            scope.spawn(|_| of_places = places(columns));
        });
        let [family_register, given_register, cohort_register] = register;
        let [family_reading, given_reading, cohort_reading] = reading;
        let [towns, municipalities, prefectures] = of_places;
        let tallies = [
            family_register,
            family_reading,
            given_register,
            given_reading,
            cohort_register,
            cohort_reading,
            cohorts,
            towns,
            municipalities,
            prefectures,
        ];
        Self { persons: columns.rows.len() as u64, tallies, last_birth }
    }
}

/// Towns, municipalities and prefectures.
fn places(columns: &Columns) -> [Arc<Tally>; 3] {
    let mut by_place = vec![0u32; columns.places.numbers.len()];
    for [.., address, _] in columns.rows.iter().filter(|[.., address, _]| *address != NONE) {
        let place = columns.addresses.get(*address as usize).map_or(NONE, |[place, ..]| *place);
        by_place.get_mut(place as usize).into_iter().for_each(|count| *count += 1);
    }
    let mut tallies = <[FxHashMap<u64, u32>; 3]>::default();
    let [towns, municipalities, prefectures] = &mut tallies;
    let places = (0..).zip(by_place).filter(|(_, count)| *count > 0);
    for (place, count) in places.filter_map(|(place, count)| Some((columns.places.get(place)?, count))) {
        let add = |tally: &mut FxHashMap<u64, u32>, key: u64| *tally.entry(key).or_default() += count;
        place.town_key().into_iter().for_each(|key| add(towns, key));
        place.municipality_key().into_iter().for_each(|key| add(municipalities, key));
        place.part_keys().for_each(|key| add(municipalities, key));
        place.prefecture().into_iter().for_each(|code| add(prefectures, code.into()));
    }
    tallies.map(|tally| Arc::new(Tally::of(tally)))
}

/// Cohorts, and the last birth.
fn births(columns: &Columns) -> (Arc<Tally>, Day) {
    let (mut cohorts, mut last) = (FxHashMap::default(), Day::MIN);
    for [.., facts] in columns.rows.iter() {
        let (sex, born) = (Facts(*facts).sex(), columns.birth_date(Facts(*facts)));
        let cohort = Cohort::of(sex, born);
        cohort.into_iter().for_each(|cohort| *cohorts.entry(cohort.key(0)).or_default() += 1);
        last = born.and_then(BirthDate::exact_day).map_or(last, |day| last.max(day));
    }
    (Arc::new(Tally::of(cohorts)), last)
}

/// Parts of names of one script: family names, given names, and given names within the cohort, where that is known. Each
/// part is counted by its number first, so that it is taken apart once.
fn parts(columns: &Columns, name: impl Fn(&Row) -> [u32; 2]) -> [Arc<Tally>; 3] {
    let mut families = vec![0u32; columns.parts.numbers.len()];
    let (mut givens, mut bare) = (families.clone(), families.clone());
    let mut in_cohorts = FxHashMap::<u64, u32>::default();
    for row in columns.rows.iter() {
        let [family, given] = name(row);
        let bordered = family != NONE;
        let count = |counts: &mut Vec<u32>, part: u32| {
            counts.get_mut(part as usize).into_iter().for_each(|count| *count += 1);
        };
        if bordered {
            count(&mut families, family);
        }
        count(if bordered { &mut givens } else { &mut bare }, given);
        let [.., facts] = *row;
        let cohort = Cohort::of(Facts(facts).sex(), columns.birth_date(Facts(facts)));
        if let Some(cohort) = cohort.filter(|_| given != NONE) {
            // One number is hashed sooner than three.
            let of = u64::from(given) << 32 | u64::from(bordered) << 31 | u64::from(cohort.to_bits());
            *in_cohorts.entry(of).or_default() += 1;
        }
    }
    let mut tallies = <[FxHashMap<u64, u32>; 3]>::default();
    let [by_family, by_given, by_cohort] = &mut tallies;
    let add = |tally: &mut FxHashMap<u64, u32>, part: u32, written: bool, count: u32| {
        let part = columns.part(part).filter(|_| count > 0);
        part.into_iter()
            .for_each(|part| part_keys(part, written, |key| *tally.entry(key).or_default() += count));
    };
    for (part, ((family, given), whole)) in (0..).zip(families.into_iter().zip(givens).zip(bare)) {
        add(by_family, part, true, family);
        add(by_given, part, true, given);
        add(by_family, part, false, whole);
        add(by_given, part, false, whole);
    }
    for (of, count) in in_cohorts {
        let (part, bordered, cohort) =
            (columns.part((of >> 32) as u32), of >> 31 & 1 != 0, of as u32 & !(1 << 31));
        let mut add = |key| *by_cohort.entry(Cohort::key_of(cohort, key)).or_default() += count;
        part.into_iter().for_each(|part| part_keys(part, bordered, &mut add));
    }
    tallies.map(|tally| Arc::new(Tally::of(tally)))
}

/// The keys under which a part of a name is counted. A name without a border counts for every part that a border could
/// cut from it, so that the frequency of a part does not depend on who writes spaces.
pub(super) fn part_keys(part: PartRef<'_>, written: bool, mut count: impl FnMut(u64)) {
    if !written {
        part.possible_part_keys().for_each(|(key, _)| count(key));
    } else if !part.has_unknown() {
        count(part.key());
    }
}

impl std::fmt::Debug for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Counts").field("persons", &self.persons).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_tally_gives_back_what_was_counted(
            counts in proptest::collection::hash_map(1..u64::MAX, 1..5u32, 0..200),
            other in 1..u64::MAX,
        ) {
            let tally = Tally::of(counts.clone().into_iter().collect());
            for (key, count) in &counts {
                proptest::prop_assert_eq!(tally.get(*key), *count);
            }
            proptest::prop_assert_eq!(tally.get(other), counts.get(&other).copied().unwrap_or(0));
            proptest::prop_assert_eq!(tally.rare().1, counts.values().filter(|count| **count == 2).count() as u64);
        }
    }
}
