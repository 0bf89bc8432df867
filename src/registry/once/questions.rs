//! What records ask of a registry: whom blocking would find for them, and how common the values are that they state. Knows
//! keys and conditions; of records no more than these.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::counted::{Bearers, NO_DAY};
use super::everybody::{COHORTS, FAMILY, GIVEN, cohort_class};
use super::keys::{Lists, Numbered, Occurrences, numbered};
use super::parts::{End, PartSet, Parts};
use crate::Record;
use crate::compare::birth_date::{compare, near_variants};
use crate::normalize::birth_date::{BirthDate, Day};
use crate::person::{Person, PersonView, ReadOptions};
use crate::registry::counts::Cohort;
use crate::registry::dated::{UNDATED, filed_day};
use crate::registry::keys::{self, Part, Whole, day_range, on_day};

/// Records read side by side.
const PIECE: usize = 1_024;

/// More cohorts than this are not listed one by one: all of a name's are counted.
const FEW_COHORTS: usize = 4;

/// What a batch of records asks of a registry that is not kept. Everything that is ever asked with it must have been pushed
/// here first.
#[derive(Default)]
pub struct Questions {
    at_most: Option<usize>,
    records: u64,
    /// Where the records of each push end.
    pushes: Vec<End>,
    askers: Vec<Asker>,
    /// Keys of the towns of all records, one after the other.
    towns: Vec<u64>,
    wholes: Vec<Numbered>,
    blocks: Vec<Numbered>,
    /// Parts of names on the birth date, for records that have one to the day; bare parts for the others.
    parts: Vec<Numbered>,
    vague_parts: Vec<Numbered>,
    /// Whole names of one script, and the days to count around.
    bearers: [Vec<Numbered>; 2],
    values: Values,
}

/// Values of records of which the registry is asked how often they occur.
#[derive(Default)]
pub(super) struct Values {
    pub(super) places: FxHashSet<u64>,
    pub(super) blocks: FxHashSet<u64>,
    /// Parts of names, with the class in which they are counted.
    pub(super) parts: FxHashSet<(u64, u8)>,
    /// Given names of which every cohort is asked for, in either script.
    pub(super) in_all_cohorts: FxHashSet<u64>,
}

/// The conditions under which a record asks.
#[derive(Clone, Copy)]
struct Asker {
    born: Option<BirthDate>,
    /// As it would be filed.
    day: u32,
    /// Where the keys of its towns end.
    towns_end: u32,
}

/// The key of a part that tells whether it is free ([`Part::free`]).
const fn marked(key: u64, free: bool) -> u64 {
    key & !1 | free as u64
}

/// Residents of a slice who are found for its records, at most: some 400 bytes each while they are indexed.
const AT_MOST: usize = 1_500_000;

impl Questions {
    /// Lets so many residents be found for the records of one [`Slice`](super::Slice) at most, 1,500,000 if this is not called; more
    /// where a sixteenth of the batch, or records that are pushed together, ask for more.
    #[must_use]
    pub const fn at_most(mut self, residents: usize) -> Self {
        self.at_most = Some(residents);
        self
    }

    /// How many residents are found for a slice at most.
    pub(super) fn slice_size(&self) -> usize {
        self.at_most.unwrap_or(AT_MOST)
    }

    /// Takes in what records ask; those that cannot be read ask nothing. The options must be those by which they will be
    /// decided.
    ///
    /// Records that are pushed together are decided in one [`Slice`](super::Slice): a batch should come in many pushes.
    pub fn push(&mut self, records: &[Record<'_>], options: &ReadOptions) {
        let ask = |records: &[Record<'_>]| {
            let mut piece = Self::default();
            let people = records.iter().filter_map(|record| Person::read(record, options).ok());
            people.for_each(|person| piece.take(person.view()));
            piece
        };
        let pieces: Vec<Self> = records.par_chunks(PIECE).map(ask).collect();
        pieces.into_iter().for_each(|piece| self.absorb(piece));
        self.records += records.len() as u64;
        self.pushes.push(End { records: self.records, askers: self.askers.len() as u32 });
    }

    fn take(&mut self, record: PersonView<'_>) {
        let number = self.askers.len() as u32;
        let (born, day) = (record.birth_date, filed_day(record.birth_date));
        for name in record.names() {
            let keys = [Whole::Register, Whole::Reading].map(|whole| whole.key(name));
            self.wholes.extend(keys.into_iter().flatten().map(|key| numbered(key, number)));
        }
        let to = if day == UNDATED { &mut self.vague_parts } else { &mut self.parts };
        keys::parts(&record, |part| {
            let key = if day == UNDATED { part.key } else { on_day(part.key, day) };
            to.push(numbered(marked(key, part.free), number));
        });
        for address in record.addresses() {
            self.blocks.extend(address.block_key().map(|key| numbered(key, number)));
            self.towns.extend(address.town_key());
        }
        self.values.ask(record);
        let exact = born.and_then(BirthDate::exact_day).map_or(NO_DAY, Day::number);
        let [registers, readings] = &mut self.bearers;
        for (whole, asked) in [(Whole::Register, registers), (Whole::Reading, readings)] {
            asked.extend(whole.key(record.main).map(|key| numbered(key, exact)));
        }
        self.askers.push(Asker { born, day, towns_end: self.towns.len() as u32 });
    }

    /// Adds what other records ask.
    fn absorb(&mut self, piece: Self) {
        let (records, towns) = (self.askers.len() as u32, self.towns.len() as u32);
        let renumber = |own: &mut Vec<Numbered>, entries: Vec<Numbered>| {
            own.extend(entries.into_iter().map(|[high, low, record]| [high, low, record + records]));
        };
        renumber(&mut self.wholes, piece.wholes);
        renumber(&mut self.blocks, piece.blocks);
        renumber(&mut self.parts, piece.parts);
        renumber(&mut self.vague_parts, piece.vague_parts);
        self.askers.extend(
            piece.askers.into_iter().map(|asker| Asker { towns_end: asker.towns_end + towns, ..asker }),
        );
        self.towns.extend(piece.towns);
        self.bearers.iter_mut().zip(piece.bearers).for_each(|(own, more)| own.extend(more));
        let Values { places, blocks, parts, in_all_cohorts } = piece.values;
        self.values.places.extend(places);
        self.values.blocks.extend(blocks);
        self.values.parts.extend(parts);
        self.values.in_all_cohorts.extend(in_all_cohorts);
    }

    /// Makes the questions ready to be held against residents.
    pub(super) fn ready(self) -> (Asking, Counted, Values) {
        let Self { pushes, askers, towns, wholes, blocks, parts, vague_parts, bearers, mut values, .. } =
            self;
        let divided = Parts::of(&pushes);
        let [registers, readings] = bearers.map(Bearers::of);
        let taken = |set: &mut FxHashSet<u64>| std::mem::take(set).into_iter().collect();
        let counted = Counted {
            registers,
            readings,
            blocks: Occurrences::of(taken(&mut values.blocks)),
            places: Occurrences::of(taken(&mut values.places)),
        };
        let [wholes, blocks, parts, vague_parts] = [wholes, blocks, parts, vague_parts].map(Lists::of);
        (Asking { divided, askers, towns, wholes, blocks, parts, vague_parts }, counted, values)
    }
}

impl Values {
    fn ask(&mut self, record: PersonView<'_>) {
        self.blocks.extend(record.address.and_then(|address| address.block_key()));
        let place = record.address.map(|address| address.place);
        let keys = place.into_iter().flat_map(|place| [place.town_key(), place.municipality_key()]);
        self.places.extend(keys.flatten());
        let cohorts = || Cohort::possible(record.sex, record.birth_date);
        let few = cohorts().nth(FEW_COHORTS).is_none();
        for (script, name) in (0u8..).zip([record.main.register, record.main.reading]) {
            let Some(name) = name.filter(|name| name.has_border()) else { continue };
            self.parts.insert((name.family.key(), FAMILY + script));
            let given = name.given.key();
            self.parts.insert((given, GIVEN + script));
            if few {
                self.parts.extend(cohorts().map(|cohort| (given, cohort_class(cohort, script))));
            } else {
                self.in_all_cohorts.insert(given);
            }
        }
    }

    /// Adds what may be asked of a resident about to be weighed against a record: where only one of both wrote the border
    /// of a name, that one's parts count, in the cohorts of the record.
    pub(super) fn ask_of(&mut self, resident: PersonView<'_>) {
        for (script, name) in (0u8..).zip([resident.main.register, resident.main.reading]) {
            let Some(name) = name.filter(|name| name.has_border()) else { continue };
            self.parts.insert((name.family.key(), FAMILY + script));
            self.parts.insert((name.given.key(), GIVEN + script));
            self.in_all_cohorts.insert(name.given.key());
        }
    }

    /// Whether a key is asked for in a class.
    pub(super) fn asks(&self, key: u64, class: u8) -> bool {
        self.parts.contains(&(key, class)) || class >= COHORTS && self.in_all_cohorts.contains(&key)
    }
}

/// What is counted of residents as they go by.
pub(super) struct Counted {
    pub(super) registers: Bearers,
    pub(super) readings: Bearers,
    pub(super) blocks: Occurrences,
    /// Towns and municipalities.
    pub(super) places: Occurrences,
}

/// Whom the records ask for.
pub(super) struct Asking {
    pub(super) divided: Parts,
    askers: Vec<Asker>,
    towns: Vec<u64>,
    wholes: Lists,
    blocks: Lists,
    parts: Lists,
    vague_parts: Lists,
}

impl Asking {
    /// The parts of the batch, when nobody asks any more.
    pub(super) fn into_parts(self) -> Parts {
        self.divided
    }

    /// The parts of the batch for a record of which blocking would find a resident, by the conditions of
    /// [`crate::registry::keys`].
    pub(super) fn wanting(&self, resident: PersonView<'_>) -> PartSet {
        let day = filed_day(resident.birth_date);
        let mut wanting = PartSet::default();
        let mut ask = |list: &Lists, key: u64, meets: &dyn Fn(usize, &Asker) -> bool| {
            let wants = |number: usize| self.askers.get(number).is_some_and(|asker| meets(number, asker));
            self.divided.extend(&mut wanting, list.get(key), wants);
        };
        let meant = |number: usize, asker: &Asker| asker.fits(day) || self.shares_town(number, resident);
        for name in resident.names() {
            let keys = [Whole::Register, Whole::Reading].into_iter().filter_map(|whole| whole.key(name));
            keys.for_each(|key| ask(&self.wholes, key, &meant));
        }
        let lives = |_: usize, asker: &Asker| asker.day == UNDATED || asker.day == day;
        let blocks = resident.addresses().filter_map(|address| address.block_key());
        blocks.for_each(|key| ask(&self.blocks, key, &lives));
        if day != UNDATED {
            keys::parts(&resident, |part: Part| {
                for free in [true, false] {
                    let finds = |number| free || part.free || self.shares_town(number, resident);
                    let of_day = marked(on_day(part.key, day), free);
                    ask(&self.parts, of_day, &|number, _| finds(number));
                    let may_mean = |number: usize, asker: &Asker| asker.may_mean(day) && finds(number);
                    ask(&self.vague_parts, marked(part.key, free), &may_mean);
                }
            });
        }
        wanting
    }

    fn shares_town(&self, asker: usize, resident: PersonView<'_>) -> bool {
        let end = |asker: usize| self.askers.get(asker).map_or(0, |asker| asker.towns_end as usize);
        let start = asker.checked_sub(1).map_or(0, end);
        let own = self.towns.get(start..end(asker)).unwrap_or_default();
        !own.is_empty()
            && resident.addresses().filter_map(|address| address.town_key()).any(|town| own.contains(&town))
    }
}

impl Asker {
    /// Whether somebody of the name may be meant by the birth date alone.
    fn fits(&self, day: u32) -> bool {
        self.day == UNDATED || day == self.day || day == UNDATED || self.is_near(day)
    }

    fn is_near(&self, day: u32) -> bool {
        let (Some(born), Some(other)) = (self.born, Day::from_number(day)) else { return false };
        if born.is_exact() {
            compare(born, BirthDate::from_day(other)).is_near()
        } else {
            near_variants(born).any(|near| near == other)
        }
    }

    /// Whether a day is one that a vague birth date can mean.
    fn may_mean(&self, day: u32) -> bool {
        self.born.and_then(day_range).is_some_and(|range| range.contains(&day))
    }
}

impl std::fmt::Debug for Questions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Questions").field("records", &self.records).finish_non_exhaustive()
    }
}
