//! What is counted of all residents, kept or not, as far as records ask: the frequencies and counts of the whole registry.
//! Knows persons and keys; counts as [`Counts::of`] does.

use std::io;
use std::sync::Arc;

use super::counted::Bearers;
use super::keys::Occurrences;
use super::questions::{Counted, Values};
use super::spill::Spill;
use super::tallies::{Class, Seen, Tallies};
use crate::normalize::birth_date::Day;
use crate::normalize::name::SpellingRef;
use crate::person::PersonView;
use crate::registry::counts::{Cohort, Counts, Tally, Wholes, part_keys};
use crate::registry::dated::filed_day;
use crate::registry::keys::Whole;

/// Classes of keys that are counted, each twice: register forms, and then readings.
pub(super) const FAMILY: Class = 0;
pub(super) const GIVEN: Class = 2;
const WHOLE: Class = 4;
pub(super) const COHORTS: Class = 6;

/// The class of given names within a cohort.
pub(super) fn cohort_class(cohort: Cohort, script: u8) -> Class {
    COHORTS + 2 * cohort.number() + script
}

/// Counts under way.
pub(super) struct Everybody {
    counted: Counted,
    tallies: Tallies,
    cohorts: Occurrences,
    prefectures: Occurrences,
    pub(super) last_birth: Day,
    pub(super) residents: u64,
    pub(super) spill: Spill,
}

impl Everybody {
    pub(super) fn new(counted: Counted, spill: Spill) -> Self {
        Self {
            counted,
            tallies: Tallies::new(),
            cohorts: Occurrences::of(Cohort::possible(None, None).map(|cohort| cohort.key(0)).collect()),
            prefectures: Occurrences::of((1..=47).collect()),
            last_birth: Day::MIN,
            residents: 0,
            spill,
        }
    }

    /// Counts one resident; what has to be added up by [`Self::add`] goes to `seen`.
    pub(super) fn count(&self, resident: PersonView<'_>, seen: &mut Seen) {
        let Counted { registers, readings, blocks, places } = &self.counted;
        let cohort = Cohort::of(resident.sex, resident.birth_date);
        cohort.into_iter().for_each(|cohort| self.cohorts.add(cohort.key(0)));
        let day = Day::from_number(filed_day(resident.birth_date));
        let names = [resident.main.register, resident.main.reading];
        let wholes = [(Whole::Register, registers), (Whole::Reading, readings)];
        for ((script, name), (whole, bearers)) in (0u8..).zip(names).zip(wholes) {
            if let Some(key) = whole.key(resident.main) {
                bearers.add(key, day);
                seen.push(key, WHOLE + script);
            }
            name.into_iter().for_each(|name| count_parts(name, script, cohort, seen));
        }
        let Some(address) = resident.address else { return };
        address.block_key().into_iter().for_each(|key| blocks.add(key));
        let place = address.place;
        let keys = [place.town_key(), place.municipality_key()].into_iter().flatten();
        keys.chain(place.part_keys()).for_each(|key| places.add(key));
        place.prefecture().into_iter().for_each(|code| self.prefectures.add(code.into()));
    }

    pub(super) fn add(&mut self, seen: &[&Seen]) -> io::Result<()> {
        self.tallies.add(seen, &self.spill)
    }

    /// What is known of everybody, for whoever asks for these values; and the working file.
    pub(super) fn known(self, values: &Values) -> io::Result<(Known, Spill)> {
        let Self { counted, tallies, cohorts, prefectures, last_birth, residents, spill } = self;
        let totals = tallies.total(&spill, COHORTS, |key, class| values.asks(key, class))?;
        let rare = |class: Class| totals.rare.get(usize::from(class)).copied().unwrap_or_default();
        let of_class = |class: Class| {
            let counts = totals.asked.iter().filter(|(_, own, _)| *own == class);
            Arc::new(Tally::with_rare(counts.map(|(key, _, count)| (*key, *count)), rare(class)))
        };
        let in_cohorts = |script: u8| {
            let classes: Vec<(Class, Cohort)> =
                Cohort::possible(None, None).map(|cohort| (cohort_class(cohort, script), cohort)).collect();
            let keyed = totals.asked.iter().filter_map(|(key, class, count)| {
                let (_, cohort) = classes.iter().find(|(own, _)| own == class)?;
                Some((cohort.key(*key), *count))
            });
            Arc::new(Tally::with_rare(keyed, (0, 0)))
        };
        let tally = |found: &Occurrences| Arc::new(Tally::with_rare(found.iter(), (0, 0)));
        let places = tally(&counted.places);
        let tallies = [
            of_class(FAMILY),
            of_class(FAMILY + 1),
            of_class(GIVEN),
            of_class(GIVEN + 1),
            in_cohorts(0),
            in_cohorts(1),
            tally(&cohorts),
            Arc::clone(&places),
            places,
            tally(&prefectures),
        ];
        let Counted { registers, readings, blocks, .. } = counted;
        let bearers = [(registers, rare(WHOLE)), (readings, rare(WHOLE + 1))];
        let known = Known {
            residents,
            last_birth,
            tallies,
            bearers: bearers.map(|(bearers, rare)| (Arc::new(bearers), rare)),
            blocks: Arc::new(blocks),
        };
        Ok((known, spill))
    }
}

/// What was counted of everybody, as far as records and those found for them ask.
pub(super) struct Known {
    residents: u64,
    last_birth: Day,
    tallies: [Arc<Tally>; 10],
    /// Bearers of register forms and of readings, with how many forms are rare.
    bearers: [(Arc<Bearers>, (u64, u64)); 2],
    blocks: Arc<Occurrences>,
}

impl Known {
    /// The counts of everybody beside the tables of some who were kept.
    pub(super) fn beside(&self, kept: &Counts) -> Counts {
        let whole = |kept: &Wholes, (bearers, rare): &(Arc<Bearers>, (u64, u64))| Wholes {
            bearers: Arc::clone(&kept.bearers),
            rare: *rare,
            counted: Some(Arc::clone(bearers)),
        };
        let [registers, readings] = &self.bearers;
        let wholes = [whole(&kept.registers, registers), whole(&kept.readings, readings)];
        let (residents, last_birth) = (self.residents, self.last_birth);
        let mut counts =
            Counts::new(residents, self.tallies.clone(), wholes, Arc::clone(&kept.blocks), last_birth);
        counts.in_blocks = Some(Arc::clone(&self.blocks));
        counts
    }
}

/// Counts the parts of a name.
fn count_parts(name: SpellingRef<'_>, script: u8, cohort: Option<Cohort>, seen: &mut Seen) {
    let cohort = cohort.map(|cohort| cohort_class(cohort, script));
    let bordered = name.has_border();
    part_keys(name.given, bordered, |key| {
        seen.push(key, GIVEN + script);
        cohort.into_iter().for_each(|class| seen.push(key, class));
        // Without a border any part may be either.
        if !bordered {
            seen.push(key, FAMILY + script);
        }
    });
    if bordered {
        part_keys(name.family, true, |key| seen.push(key, FAMILY + script));
    }
}
