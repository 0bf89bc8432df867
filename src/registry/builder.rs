//! Takes residents in: read on all threads, filed one after the other, then made into a [`Registry`].

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::columns::{AddressRow, Columns, Facts, INLINE_NUMBERS, Marks, Row};
use super::counts::{Counts, Tables};
use super::dated::Dated;
use super::dictionary::{Dictionary, NONE, Parts, Places, Texts, column};
use super::index::Table;
use super::keep::{InMemory, Keep};
use super::keys::{self, Whole};
use super::layer::Layer;
use super::neighbour::{Memories, Neighbour};
use super::{Registry, RegistryError, RegistryProblem, ResidentIndex, ids};
use crate::Record;
use crate::normalize::address::AddressRef;
use crate::normalize::name::{NameRef, PartRef, SpellingRef};
use crate::person::{Person, PersonView, ReadOptions, Unreadable};

/// Rows that are gathered from an iterator.
const CHUNK: usize = 16_384;

/// Rows normalized side by side before they are filed in order: so few that what was read is in a cache when it is filed.
const AT_ONCE: usize = 2_048;

/// Rows that are not shared out any further.
const FEW: usize = 64;

/// Addresses that are remembered, to be filed once: a household's members and neighbours come near one another.
const RECENT: usize = 1 << 20;

/// Takes residents in and makes a [`Registry`] of them.
pub struct RegistryBuilder {
    options: ReadOptions,
    memories: Arc<Memories>,
    rows: Vec<Row>,
    parts: Dictionary<Parts<Vec<[u64; 4]>, Vec<u8>>>,
    places: Dictionary<Places<Vec<[u32; 7]>, Vec<u8>>>,
    texts: Dictionary<Texts<Vec<u32>, Vec<u8>>>,
    addresses: Vec<AddressRow>,
    /// Addresses by a part of their hash: the last one that had it.
    recent: Vec<u32>,
    numbers: Vec<[u32; 6]>,
    dates: Vec<u64>,
    dates_by_value: FxHashMap<u64, u32>,
    extra_rows: Marks<Vec<[u64; 2]>>,
    extra_ends: Vec<u32>,
    extras: Vec<u32>,
    ids: ids::Incoming,
    problems: Vec<RegistryProblem>,
}

/// A resident read. What the dictionaries know has its number already, so that filing in order has little left to do.
struct Incoming {
    person: Person,
    known: Known,
    problems: Vec<Unreadable>,
}

/// Numbers that the dictionaries have for the parts of a resident's name and the place of the address.
#[derive(Clone, Copy, Default)]
pub(super) struct Known {
    register: [Option<u32>; 2],
    reading: [Option<u32>; 2],
    place: Option<u32>,
}

impl Incoming {
    fn read<'r>(record: &Record<'r>, reader: &mut Neighbour<'_, 'r>, options: &ReadOptions) -> Self {
        let mut problems = Vec::new();
        let person = reader.read(record, options, |unreadable| problems.push(unreadable));
        Self { person, known: Known::default(), problems }
    }
}

impl RegistryBuilder {
    /// Starts a registry whose attributes are read with these options.
    #[must_use]
    pub fn new(options: ReadOptions) -> Self {
        Self {
            options,
            memories: Arc::default(),
            rows: Vec::new(),
            parts: Dictionary::default(),
            places: Dictionary::default(),
            texts: Dictionary::default(),
            addresses: Vec::new(),
            recent: vec![NONE; RECENT],
            numbers: Vec::new(),
            dates: Vec::new(),
            dates_by_value: FxHashMap::default(),
            extra_rows: Marks::default(),
            extra_ends: Vec::new(),
            extras: Vec::new(),
            ids: ids::Incoming::default(),
            problems: Vec::new(),
        }
    }

    /// Takes residents in, chunk by chunk.
    ///
    /// # Errors
    ///
    /// [`RegistryError::TooLarge`].
    pub fn persons<'r>(mut self, rows: impl IntoIterator<Item = Record<'r>>) -> Result<Self, RegistryError> {
        let mut rows = rows.into_iter();
        loop {
            let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return Ok(self);
            }
            self.push(&chunk)?;
        }
    }

    /// Takes in one chunk of residents, normalized on all threads.
    ///
    /// # Errors
    ///
    /// [`RegistryError::TooLarge`].
    pub fn push(&mut self, chunk: &[Record<'_>]) -> Result<(), RegistryError> {
        let (memories, options) = (Arc::clone(&self.memories), self.options);
        let read = |some: &[Record<'_>]| -> Vec<Incoming> {
            let reader = || memories.reader();
            let some = some.par_iter().with_min_len(FEW);
            some.map_init(reader, |reader, record| Incoming::read(record, reader, &options)).collect()
        };
        let mut pieces = chunk.chunks(AT_ONCE).peekable();
        let mut next = pieces.peek().map(|piece| read(piece));
        while let (Some(piece), Some(mut residents)) = (pieces.next(), next) {
            let seek = |resident: &mut Incoming| resident.known = self.seek(resident.person.view());
            residents.par_iter_mut().with_min_len(FEW).for_each(seek);
            // While these are filed in order, the next ones are read.
            let file = || piece.iter().zip(&residents).try_for_each(|(record, it)| self.add(record.id, it));
            let (filed, read) = rayon::join(file, || pieces.peek().map(|piece| read(piece)));
            filed.ok_or(RegistryError::TooLarge)?;
            next = read;
            // Dropped where they were made.
            residents.into_par_iter().with_min_len(FEW).for_each(drop);
        }
        Ok(())
    }

    /// What the dictionaries have of a resident.
    fn seek(&self, view: PersonView<'_>) -> Known {
        let parts = |name: Option<SpellingRef<'_>>| {
            name.map_or([None; 2], |name| {
                written(name).map(|part| part.and_then(|part| self.parts.seek(part)))
            })
        };
        let place = view.address.and_then(|address| self.places.seek(address.place));
        Known { register: parts(view.main.register), reading: parts(view.main.reading), place }
    }

    /// The resident taken in as the row at a place of the input, counted from 0; `None` for one still to come. Only for
    /// what is kept beside the registry about to be built, such as a [`crate::NumberTable`].
    ///
    /// ```
    /// # use himozuke::{Record, Registry};
    /// let builder = Registry::builder().persons([Record { id: "p1", ..Record::default() }])?;
    /// let (first, second) = (builder.resident(0), builder.resident(1));
    /// assert_eq!((first, second), (builder.build()?.find("p1"), None));
    /// # Ok::<(), himozuke::RegistryError>(())
    /// ```
    #[must_use]
    pub fn resident(&self, row: u64) -> Option<ResidentIndex> {
        let row = u32::try_from(row).ok()?;
        ((row as usize) < self.rows.len()).then_some(ResidentIndex(row))
    }

    /// Attributes that could not be read so far, in the order of the input.
    #[must_use]
    pub fn problems(&self) -> &[RegistryProblem] {
        &self.problems
    }

    /// The ids of the residents taken in so far.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter()
    }

    fn add(&mut self, id: &str, incoming: &Incoming) -> Option<()> {
        let Incoming { person, known, problems } = incoming;
        let row = self.rows.len() as u64;
        let unreadable = problems.iter();
        self.problems.extend(unreadable.map(|problem| RegistryProblem { row, problem: *problem }));
        self.file(id, person.view(), *known)
    }

    /// Files a resident, with what the dictionaries know already; `None` if there is no room for one more.
    pub(super) fn file(&mut self, id: &str, view: PersonView<'_>, known: Known) -> Option<()> {
        let row = u32::try_from(self.rows.len()).ok().filter(|row| *row < NONE)?;
        let [family, given] = self.spelling(view.main.register, known.register)?;
        let [family_read, given_read] = self.spelling(view.main.reading, known.reading)?;
        let address = view.address.map_or(Some(NONE), |address| self.address(address, known.place))?;
        let facts = Facts::of(view, |packed| {
            let next = u32::try_from(self.dates.len()).ok()?;
            Some(*self.dates_by_value.entry(packed).or_insert_with(|| {
                self.dates.push(packed);
                next
            }))
        })?;
        if facts.has_extras() {
            self.extra(row, view)?;
        }
        self.rows.push([family, given, family_read, given_read, address, facts.0]);
        self.ids.push(id)
    }

    fn spelling(&mut self, name: Option<SpellingRef<'_>>, known: [Option<u32>; 2]) -> Option<[u32; 2]> {
        let Some(name) = name else { return Some([NONE; 2]) };
        let [family, given] = written(name);
        let [known_family, known_given] = known;
        let mut number = |part: Option<PartRef<'_>>, known: Option<u32>| match (part, known) {
            (None, _) => Some(NONE),
            (Some(_), Some(id)) => Some(id),
            (Some(part), None) => self.parts.intern(part),
        };
        Some([number(family, known_family)?, number(given, known_given)?])
    }

    fn address(&mut self, address: AddressRef<'_>, known: Option<u32>) -> Option<u32> {
        let place = known.map_or_else(|| self.places.intern(address.place), Some)?;
        let mut text = |text: &[u8]| if text.is_empty() { Some(NONE) } else { self.texts.intern(text) };
        let (building, room) = (text(address.building)?, text(address.room)?);
        let filed = address.filed();
        let [mut a, mut b, mut c, ..] = filed.numbers;
        if address.numbers().len() > INLINE_NUMBERS as usize {
            (a, b, c) = (u32::try_from(self.numbers.len()).ok()?, 0, 0);
            self.numbers.push(filed.numbers);
        }
        let words = [place, building, room, filed.notes, a, b, c];
        let hash = words.iter().fold(0u64, |hash, word| {
            (hash.rotate_left(5) ^ u64::from(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        let recent = self.recent.get_mut((hash >> 40) as usize % RECENT)?;
        if self.addresses.get(*recent as usize) != Some(&words) {
            *recent = u32::try_from(self.addresses.len()).ok().filter(|id| *id < NONE)?;
            self.addresses.push(words);
        }
        Some(*recent)
    }

    fn extra(&mut self, row: u32, person: PersonView<'_>) -> Option<()> {
        let others = || person.names().skip(1);
        let mut words = vec![u32::try_from(others().count()).ok()?];
        for NameRef { kind, register, reading } in others() {
            words.push(kind as u32);
            words.extend(self.spelling(register, [None; 2])?);
            words.extend(self.spelling(reading, [None; 2])?);
        }
        for address in person.addresses().skip(usize::from(person.address.is_some())) {
            words.push(self.address(address, None)?);
        }
        self.extras.extend(words);
        self.extra_rows.push(row, u32::try_from(self.extra_ends.len()).ok()?);
        self.extra_ends.push(u32::try_from(self.extras.len()).ok()?);
        Some(())
    }

    /// Builds the blocking tables and the counts.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if two residents share an id or there are too many.
    pub fn build(self) -> Result<Registry, RegistryError> {
        let base = self.build_in(&mut InMemory)?.ok_or(RegistryError::TooLarge)?;
        Ok(Registry { base, changes: None })
    }

    /// As [`Self::build`], every column where it is to stay; `None` if one cannot stay there, or if there are too many
    /// residents.
    pub(super) fn build_in(self, keep: &mut impl Keep) -> Result<Option<Layer>, RegistryError> {
        let ids = self.ids.build()?;
        let Dictionary { shelf: parts, .. } = self.parts;
        let Dictionary { shelf: places, .. } = self.places;
        let Dictionary { shelf: texts, .. } = self.texts;
        drop((self.recent, self.dates_by_value, self.memories));
        let columns = Columns {
            rows: column(self.rows),
            parts: Parts { numbers: column(parts.numbers), text: column(parts.text) },
            places: Places { numbers: column(places.numbers), text: column(places.text) },
            texts: Texts { ends: column(texts.ends), text: column(texts.text) },
            addresses: column(self.addresses),
            numbers: column(self.numbers),
            dates: column(self.dates),
            extra_rows: Marks(column(self.extra_rows.0)),
            extra_ends: column(self.extra_ends),
            extras: column(self.extras),
        };
        Ok(columns.kept(keep).zip(ids.kept(keep)).and_then(|(columns, ids)| Layer::index(columns, ids, keep)))
    }
}

/// The parts of a name that are written.
fn written(name: SpellingRef<'_>) -> [Option<PartRef<'_>>; 2] {
    [name.has_border().then_some(name.family), Some(name.given)]
}

impl Layer {
    /// The layer of these columns, with its blocking tables and counts; `None` if they are too large, or cannot stay where they
    /// are to be kept.
    pub(super) fn index(columns: Columns, ids: ids::Ids, keep: &mut impl Keep) -> Option<Self> {
        // The builder numbered every row in 32 bits.
        let rows = columns.rows.len() as u32;
        let person = |row: u32| columns.person(row);
        // The largest first: building it takes room besides.
        let parts = keep.table(Table::build(rows, |row, push| {
            let [high, low] = [(row >> 16) as u16, row as u16];
            let entry = |tag: u32| [(tag >> 16) as u16, high, low];
            person(row).into_iter().for_each(|person| keys::file_parts(person, |key| push(key, &entry)));
        })?)?;
        let whole = |whole: Whole| {
            Dated::build(rows, |row, push| {
                person(row).into_iter().for_each(|person| whole.file(row, person, &mut *push));
            })
        };
        let registers = keep.table(whole(Whole::Register)?.0)?;
        let readings = keep.table(whole(Whole::Reading)?.0)?;
        let blocks = Dated::build(rows, |row, push| {
            person(row).into_iter().for_each(|person| keys::file_blocks(row, person, &mut *push));
        })?;
        let blocks = keep.table(blocks.0)?;
        let [registers, readings, blocks] = [registers, readings, blocks].map(|table| Arc::new(Dated(table)));
        let counts = Counts::of(&columns, Tables { registers, readings, blocks });
        Some(Self { columns, ids, parts, counts: Arc::new(counts) })
    }
}

impl std::fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistryBuilder").field("residents", &self.rows.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_two_residents_of_one_id() {
        let row = |id| Record { id, ..Record::default() };
        let built = Registry::builder().persons([row("a"), row("b"), row("a")]).unwrap().build();
        assert_eq!(built.err(), Some(RegistryError::DuplicateId { first: 0, second: 2 }));
    }

    #[test]
    fn keeps_a_resident_whose_date_cannot_be_read() {
        let row =
            Record {
                id: "a", kanji_name: "山田 太郎", birth_date: "平成31年5月1日", ..Record::default()
            };
        let builder = Registry::builder().persons([row]).unwrap();
        assert_eq!(builder.problems()[0].problem.column(), "birth_date");
        assert_eq!(builder.build().unwrap().len(), 1);
    }
}
