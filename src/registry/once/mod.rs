//! A registry that is used once and not kept: its residents go by twice, and only those whom some record asks for stay, with
//! the counts of all. What is decided by it is what the whole registry would have decided.
//!
//! The first time, residents are kept whom blocking finds for a record, and everybody is counted as far as a record asks. The
//! second time, those are kept who share a whole name and a birth date with one of these: its namesakes, by whom a decision
//! may be refused. Keys of name parts are counted within a fixed room, the rest in a working file; ids are held against one
//! another there. So the room grows with the records and with those found for them, not with the registry.

mod counted;
mod keys;
mod questions;
mod repeats;
mod spill;
mod tallies;

use std::fs::File;
use std::io;
use std::sync::Arc;

use rayon::prelude::*;
use thiserror::Error;

use super::builder::Known;
use super::counts::{Cohort, Counts, Tally, Wholes};
use super::dated::{UNDATED, filed_day};
use super::dictionary::NONE;
use super::keys::{Whole, on_day};
use super::{Registry, RegistryBuilder, RegistryError, RegistryProblem};
use crate::Record;
use crate::normalize::address::Address;
use crate::normalize::birth_date::{BirthDate, Day};
use crate::normalize::name::SpellingRef;
use crate::person::{Person, PersonView, ReadOptions, Unreadable};
pub(crate) use counted::Bearers;
use keys::Keys;
pub(crate) use keys::Occurrences;
pub use questions::Questions;
use questions::{Asking, Counted, Values};
use repeats::{Ids, Suspects};
use spill::Spill;
use tallies::{Class, Seen, Tallies};

/// Residents read by one thread at a time.
const PIECE: usize = 512;

/// Classes of keys that are counted, each twice: register forms, and then readings.
const FAMILY: Class = 0;
const GIVEN: Class = 2;
const WHOLE: Class = 4;
const COHORTS: Class = 6;

/// The class of given names within a cohort.
fn cohort_class(cohort: Cohort, script: u8) -> Class {
    COHORTS + 2 * cohort.number() + script
}

/// Why a registry could not be read past its records. Holds no value.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OnceError {
    /// As for a registry that is kept.
    #[error("{0}")]
    Registry(#[from] RegistryError),
    /// The working file cannot be written or read.
    #[error("cannot use a working file: {0}; is there room for 60 bytes a resident?")]
    WorkingFile(#[from] io::Error),
    /// The second time, other residents went by than the first time.
    #[error("the registry was changed while it was being read")]
    Changed,
}

/// The residents going by for the first time.
pub struct FirstReading {
    options: ReadOptions,
    asking: Asking,
    values: Values,
    counted: Counted,
    tallies: Tallies,
    cohorts: Occurrences,
    prefectures: Occurrences,
    last_birth: Day,
    ids: Ids,
    kept: Kept,
    spill: Spill,
}

/// The residents going by for the second time.
pub struct SecondReading {
    options: ReadOptions,
    values: Values,
    counted: Counted,
    tallies: Tallies,
    cohorts: Occurrences,
    prefectures: Occurrences,
    last_birth: Day,
    suspects: Suspects,
    kept: Kept,
    spill: Spill,
    /// Whole names of those kept, on their birth dates and on none.
    namesakes: Keys,
    /// Rows that were kept the first time, and how many of them went by.
    rows: Vec<u32>,
    passed: usize,
    residents: u64,
}

/// Residents who stay.
struct Kept {
    builder: RegistryBuilder,
    rows: Vec<u32>,
    /// Whole names on a day, of each.
    names: Vec<u64>,
    residents: u64,
}

impl Questions {
    /// The registry is about to go by for the first time, its attributes read with these `options`. The working file must
    /// be empty, open for reading and writing, and nobody else's; it takes some 60 bytes a resident and holds hashes of
    /// names and ids, so it should have no name and be its owner's only.
    #[must_use]
    pub fn ask(self, options: ReadOptions, working_file: File) -> FirstReading {
        let (asking, counted, values) = self.ready();
        FirstReading {
            options,
            asking,
            values,
            counted,
            tallies: Tallies::new(),
            cohorts: Occurrences::of(Cohort::possible(None, None).map(|cohort| cohort.key(0)).collect()),
            prefectures: Occurrences::of((1..=47).collect()),
            last_birth: Day::MIN,
            ids: Ids::default(),
            kept: Kept {
                builder: RegistryBuilder::new(options),
                rows: Vec::new(),
                names: Vec::new(),
                residents: 0,
            },
            spill: Spill::new(working_file),
        }
    }
}

/// What a piece of a chunk leaves behind.
struct Passed {
    seen: Seen,
    last_birth: Day,
    ids: Vec<u64>,
    kept: Vec<(usize, Person)>,
    problems: Vec<(usize, Unreadable)>,
}

/// The address of the resident before: registers list households together.
#[derive(Default)]
struct Neighbour<'r> {
    written: &'r str,
    address: Option<Address>,
}

impl FirstReading {
    /// Lets residents go by, read on all threads; tells what of them cannot be read.
    ///
    /// # Errors
    ///
    /// [`OnceError`].
    pub fn push(&mut self, residents: &[Record<'_>]) -> Result<Vec<RegistryProblem>, OnceError> {
        let first = self.kept.advance(residents.len())?;
        let pieces: Vec<Passed> = residents.par_chunks(PIECE).map(|residents| self.pass(residents)).collect();
        let seen: Vec<&Seen> = pieces.iter().map(|piece| &piece.seen).collect();
        self.tallies.add(&seen, &self.spill)?;
        let hashes = pieces.iter().flat_map(|piece| &piece.ids).copied();
        self.ids.push(residents.iter().map(|resident| resident.id).zip(hashes), &self.spill)?;
        let mut problems = Vec::new();
        for (number, piece) in pieces.into_iter().enumerate() {
            let row = |at: usize| first + (number * PIECE + at) as u64;
            self.last_birth = self.last_birth.max(piece.last_birth);
            problems.extend(
                piece.problems.into_iter().map(|(at, problem)| RegistryProblem { row: row(at), problem }),
            );
            for (at, person) in piece.kept {
                let id = residents.get(number * PIECE + at).map_or("", |resident| resident.id);
                let view = person.view();
                self.values.ask_of(view);
                self.kept.keep(id, row(at), view)?;
                self.kept.note_names(view);
            }
        }
        Ok(problems)
    }

    fn pass(&self, residents: &[Record<'_>]) -> Passed {
        let mut passed = Passed {
            seen: Seen::new(),
            last_birth: Day::MIN,
            ids: residents.iter().map(|resident| repeats::hash(resident.id)).collect(),
            kept: Vec::new(),
            problems: Vec::new(),
        };
        let mut neighbour = Neighbour::default();
        for (at, resident) in residents.iter().enumerate() {
            let person = self.read(resident, &mut neighbour, |problem| passed.problems.push((at, problem)));
            let view = person.view();
            self.count(view, &mut passed.seen);
            let born = view.birth_date.and_then(BirthDate::exact_day);
            passed.last_birth = born.map_or(passed.last_birth, |day| passed.last_birth.max(day));
            if self.asking.wants(view) {
                passed.kept.push((at, person));
            }
        }
        passed
    }

    fn read<'r>(
        &self,
        resident: &Record<'r>,
        neighbour: &mut Neighbour<'r>,
        report: impl FnMut(Unreadable),
    ) -> Person {
        let same = neighbour.written == resident.address && resident.address.len() <= Address::MAX_LEN;
        let homeless = Record { address: if same { "" } else { resident.address }, ..*resident };
        let mut person = Person::read_what_can_be(&homeless, &self.options, report);
        if same {
            person.address.clone_from(&neighbour.address);
        } else {
            *neighbour = Neighbour { written: resident.address, address: person.address.clone() };
        }
        person
    }

    /// Counts a resident as [`Counts::of`] does.
    fn count(&self, resident: PersonView<'_>, seen: &mut Seen) {
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

    /// Everybody went by; they are about to come a second time.
    ///
    /// # Errors
    ///
    /// [`OnceError`].
    pub fn again(self) -> Result<SecondReading, OnceError> {
        let Self {
            options,
            values,
            counted,
            tallies,
            cohorts,
            prefectures,
            last_birth,
            ids,
            kept,
            spill,
            ..
        } = self;
        let mut kept = kept;
        let suspects = ids.suspects(&spill)?;
        let namesakes = Keys::of(std::mem::take(&mut kept.names));
        let rows = std::mem::take(&mut kept.rows);
        let residents = std::mem::take(&mut kept.residents);
        Ok(SecondReading {
            options,
            values,
            counted,
            tallies,
            cohorts,
            prefectures,
            last_birth,
            suspects,
            kept,
            spill,
            namesakes,
            rows,
            passed: 0,
            residents,
        })
    }
}

/// Counts the parts of a name: a part whose border is written as itself, a name without one under every part that a border
/// could cut from it.
fn count_parts(name: SpellingRef<'_>, script: u8, cohort: Option<Cohort>, seen: &mut Seen) {
    let cohort = cohort.map(|cohort| cohort_class(cohort, script));
    let mut given = |key: u64, family: bool| {
        seen.push(key, GIVEN + script);
        cohort.into_iter().for_each(|class| seen.push(key, class));
        if family {
            seen.push(key, FAMILY + script);
        }
    };
    if !name.has_border() {
        name.given.possible_part_keys().for_each(|key| given(key, true));
        return;
    }
    if !name.given.has_unknown() {
        given(name.given.key(), false);
    }
    if !name.family.has_unknown() {
        seen.push(name.family.key(), FAMILY + script);
    }
}

impl SecondReading {
    /// Lets the same residents go by in the same order, read on all threads.
    ///
    /// # Errors
    ///
    /// [`OnceError`].
    pub fn push(&mut self, residents: &[Record<'_>]) -> Result<(), OnceError> {
        let first = self.kept.advance(residents.len())?;
        self.suspects.push(first, residents);
        let known = self.rows.get(self.passed..).unwrap_or_default();
        let known = known.split_at(known.partition_point(|row| u64::from(*row) < self.kept.residents)).0;
        let is_known = |at: usize| known.binary_search(&((first as usize + at) as u32)).is_ok();
        let namesake = |(at, resident): (usize, &Record<'_>)| {
            (!is_known(at) && self.is_namesake(resident))
                .then(|| (at, Person::read_what_can_be(resident, &self.options, |_| ())))
        };
        let found: Vec<(usize, Person)> =
            residents.par_iter().with_min_len(64).enumerate().filter_map(namesake).collect();
        self.passed += known.len();
        for (at, person) in found {
            let id = residents.get(at).map_or("", |resident| resident.id);
            self.values.ask_of(person.view());
            self.kept.keep(id, first + at as u64, person.view())?;
        }
        Ok(())
    }

    /// Whether a resident shares a whole name and a birth date with one who was kept, or has no birth date.
    fn is_namesake(&self, resident: &Record<'_>) -> bool {
        let named = Record { address: "", former_addresses: "", sex: "", ..*resident };
        let person = Person::read_what_can_be(&named, &self.options, |_| ());
        let day = filed_day(person.birth_date);
        let names = person.view().names();
        let mut keys = names.flat_map(|name| [Whole::Register, Whole::Reading].map(|whole| whole.key(name)));
        keys.any(|key| key.is_some_and(|key| self.namesakes.find(on_day(key, day)).is_some()))
    }

    /// How many residents the registry has, those who were not kept among them.
    #[must_use]
    pub const fn residents(&self) -> u64 {
        self.residents
    }

    /// The residents who were kept, with the counts of all: a registry for the records whose [`Questions`] these were and
    /// for no others, neither to be saved nor changed.
    ///
    /// # Errors
    ///
    /// [`OnceError::Registry`] if two residents share an id, kept or not; others as above.
    pub fn build(self) -> Result<Registry, OnceError> {
        let Self {
            values, counted, tallies, cohorts, prefectures, last_birth, suspects, kept, spill, ..
        } = self;
        if kept.residents != self.residents {
            return Err(OnceError::Changed);
        }
        suspects.refuse()?;
        let totals = tallies.total(&spill, COHORTS, |key, class| values.asks(key, class))?;
        let mut registry = kept.builder.build()?;
        let rare = |class: Class| totals.rare.get(usize::from(class)).copied().unwrap_or_default();
        let of_class = |class: Class| {
            let counts = totals.asked.iter().filter(|(_, own, _)| *own == class);
            Arc::new(Tally::with_rare(counts.map(|(key, _, count)| (*key, *count)), rare(class)))
        };
        let in_cohorts = |script: u8| {
            let counts = Cohort::possible(None, None).map(|cohort| (cohort_class(cohort, script), cohort));
            let cohorts: Vec<(Class, Cohort)> = counts.collect();
            let keyed = totals.asked.iter().filter_map(|(key, class, count)| {
                let (_, cohort) = cohorts.iter().find(|(own, _)| own == class)?;
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
        let own = &registry.base.counts;
        let whole = |bearers: &Wholes, counted: Bearers, script: u8| Wholes {
            bearers: Arc::clone(&bearers.bearers),
            rare: rare(WHOLE + script),
            counted: Some(Arc::new(counted)),
        };
        let wholes = [whole(&own.registers, counted.registers, 0), whole(&own.readings, counted.readings, 1)];
        let mut counts = Counts::new(self.residents, tallies, wholes, Arc::clone(&own.blocks), last_birth);
        counts.in_blocks = Some(Arc::new(counted.blocks));
        registry.base.counts = Arc::new(counts);
        Ok(registry)
    }
}

impl Kept {
    /// The row of the next resident, and past it so many.
    fn advance(&mut self, residents: usize) -> Result<u64, RegistryError> {
        let first = self.residents;
        self.residents += residents as u64;
        // As a registry that is kept, which numbers them in 32 bits.
        if self.residents > u64::from(NONE) { Err(RegistryError::TooLarge) } else { Ok(first) }
    }

    fn keep(&mut self, id: &str, row: u64, resident: PersonView<'_>) -> Result<(), RegistryError> {
        self.builder.file(id, resident, Known::default()).ok_or(RegistryError::TooLarge)?;
        // Rows are numbered in 32 bits.
        self.rows.push(row as u32);
        Ok(())
    }

    /// Takes note of the names whose bearers are namesakes.
    fn note_names(&mut self, resident: PersonView<'_>) {
        let day = filed_day(resident.birth_date);
        for key in resident.names().flat_map(|name| [Whole::Register, Whole::Reading].map(|w| w.key(name))) {
            self.names.extend(key.into_iter().flat_map(|key| [on_day(key, day), on_day(key, UNDATED)]));
        }
    }
}

impl std::fmt::Debug for Questions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Questions").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for FirstReading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FirstReading").field("residents", &self.kept.residents).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SecondReading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondReading").field("residents", &self.residents).finish_non_exhaustive()
    }
}
