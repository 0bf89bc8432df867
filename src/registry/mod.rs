//! The registry: residents in compact columns, and the blocking index that finds the few who can be meant.
//!
//! Knows persons and keys; nothing of levels, weights or decisions.

mod counts;
mod decoys;
mod ids;
mod index;
mod intern;
mod keys;

use std::fmt;
use std::sync::Arc;

use rayon::prelude::*;
use thiserror::Error;

use crate::Record;
use crate::normalize::address::Address;
use crate::normalize::birth_date::BirthDate;
use crate::normalize::name::{Name, NameKind, NameRef, Part, Spelling, SpellingRef};
use crate::normalize::sex::Sex;
use crate::person::{Person, PersonView, ReadOptions, Status, Unreadable};

pub(crate) use counts::{Cohort, Counts, Tally};
use ids::{ById, Ids};
use index::Index;
use intern::{Dictionary, NONE, Sought};

/// A resident's place in a [`Registry`]. Meaningful for that registry only.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ResidentIndex(pub(crate) u32);

/// Why a registry cannot be built. Holds no value.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two residents have one id, so that a link to it would say nothing.
    #[error(
        "residents {first} and {second} (counted from 0) have one id; give every resident an id of their own"
    )]
    DuplicateId {
        /// The earlier of the two, counted from 0.
        first: u64,
        /// The later.
        second: u64,
    },
    /// More residents, ids or index entries than this build can number.
    #[error("the registry is too large; split it by prefecture")]
    TooLarge,
}

/// An attribute of a resident that could not be read. The resident stays, for a namesake must not vanish; the
/// attribute counts as unknown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a plain report: which row, and what")]
pub struct RegistryProblem {
    /// The resident's place in the input, counted from 0.
    pub row: u64,
    /// What is wrong.
    pub problem: Unreadable,
}

/// Residents to link to: immutable, shared by any number of threads.
///
/// ```
/// use himozuke::{Record, Registry};
/// let registry = Registry::builder()
///     .persons([Record { id: "p1", kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() }])?
///     .build()?;
/// assert_eq!(registry.len(), 1);
/// # Ok::<(), himozuke::RegistryError>(())
/// ```
pub struct Registry {
    rows: Vec<Row>,
    parts: Vec<Part>,
    addresses: Vec<Address>,
    extras: Vec<Extra>,
    ids: Ids,
    by_id: ById,
    index: Index,
    counts: Arc<Counts>,
    nobody: Part,
}

/// One resident, by numbers into the dictionaries.
#[derive(Clone, Copy)]
struct Row {
    register: [u32; 2],
    reading: [u32; 2],
    address: u32,
    extra: u32,
    birth_date: Option<BirthDate>,
    sex: Option<Sex>,
    status: Status,
    protected: bool,
}

/// What few residents have.
#[derive(Clone, Default)]
struct Extra {
    names: Vec<Name>,
    former_addresses: Vec<Address>,
}

/// A block larger than this is not compared pair by pair: the record is refused instead, with a reason.
pub(crate) const MAX_BLOCK: usize = 5_000;

impl Registry {
    /// Starts a registry with default reading options.
    #[must_use]
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::new(ReadOptions::default())
    }

    /// Residents, active or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no resident.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The id under which the caller knows a resident.
    #[must_use]
    pub fn id(&self, resident: ResidentIndex) -> &str {
        self.ids.get(resident.0)
    }

    /// The resident whom the caller knows under an id.
    ///
    /// ```
    /// # use himozuke::{Record, Registry};
    /// let registry = Registry::builder().persons([Record { id: "p1", ..Record::default() }])?.build()?;
    /// assert_eq!(registry.find("p1").map(|resident| registry.id(resident)), Some("p1"));
    /// assert_eq!(registry.find("p2"), None);
    /// # Ok::<(), himozuke::RegistryError>(())
    /// ```
    #[must_use]
    pub fn find(&self, id: &str) -> Option<ResidentIndex> {
        self.by_id.find(&self.ids, id)
    }

    /// Whether the resident's address is protected (支援措置).
    #[must_use]
    pub fn is_protected(&self, resident: ResidentIndex) -> bool {
        self.rows.get(resident.0 as usize).is_some_and(|row| row.protected)
    }

    /// The resident's state as the registry has it.
    #[must_use]
    pub fn status(&self, resident: ResidentIndex) -> Status {
        self.rows.get(resident.0 as usize).map_or(Status::Removed, |row| row.status)
    }

    /// Entries of the blocking index.
    #[must_use]
    pub fn index_entries(&self) -> usize {
        self.index.entries()
    }

    /// Bytes held, estimated from the columns' sizes: what a resident costs times how many there are.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let parts: usize = self.parts.iter().map(|part| size_of::<Part>() + part.text().len()).sum();
        self.rows.len() * size_of::<Row>()
            + parts
            + self.addresses.len() * (size_of::<Address>() + 48)
            + self.ids.bytes()
            + self.by_id.bytes()
            + self.index.bytes()
    }

    pub(crate) const fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    pub(crate) fn person(&self, resident: ResidentIndex) -> Option<PersonView<'_>> {
        self.rows.get(resident.0 as usize).map(|row| self.view(row))
    }

    fn view(&self, row: &Row) -> PersonView<'_> {
        let extra = self.extras.get(row.extra as usize);
        PersonView {
            main: NameRef {
                kind: NameKind::Registered,
                register: self.spelling(row.register),
                reading: self.spelling(row.reading),
            },
            others: extra.map_or(&[], |extra| &extra.names),
            birth_date: row.birth_date,
            sex: row.sex,
            address: self.addresses.get(row.address as usize),
            former_addresses: extra.map_or(&[], |extra| &extra.former_addresses),
            status: row.status,
            protected: row.protected,
        }
    }

    /// The entries of the blocking index for rows from one on.
    fn entries(&self, rows: &[Row], first: u32) -> Vec<(u64, u32)> {
        let (mut entries, mut keys) = (Vec::new(), Vec::new());
        for (columns, row) in rows.iter().zip(first..) {
            keys::file(self.view(columns), |key| keys.push(key));
            keys.sort_unstable();
            keys.dedup();
            entries.extend(keys.drain(..).map(|key| (key, row)));
        }
        entries
    }

    fn spelling(&self, [family, given]: [u32; 2]) -> Option<SpellingRef<'_>> {
        let given = self.parts.get(given as usize)?;
        Some(SpellingRef { family: self.parts.get(family as usize).unwrap_or(&self.nobody), given })
    }

    /// Fills `out` with everybody whom some pass of blocking finds for a record, in ascending order, each once;
    /// `false` if a block was too large to list.
    pub(crate) fn candidates(&self, record: PersonView<'_>, out: &mut Vec<u32>) -> bool {
        let mut keys = Vec::new();
        keys::ask(record, |key| keys.push(key));
        self.probe(&keys, out)
    }

    /// As [`Self::candidates`], for those who share a resident's whole name; the resident is among them.
    pub(crate) fn namesakes(&self, resident: PersonView<'_>, out: &mut Vec<u32>) -> bool {
        let mut keys = Vec::new();
        keys::ask_namesakes(resident, |key| keys.push(key));
        self.probe(&keys, out)
    }

    fn probe(&self, keys: &[u64], out: &mut Vec<u32>) -> bool {
        out.clear();
        let complete = self.index.probe(keys, MAX_BLOCK, out);
        out.sort_unstable();
        out.dedup();
        complete
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("residents", &self.rows.len()).finish_non_exhaustive()
    }
}

/// Takes residents in and makes a [`Registry`] of them.
pub struct RegistryBuilder {
    options: ReadOptions,
    rows: Vec<Row>,
    parts: Dictionary<Part>,
    addresses: Dictionary<Address>,
    extras: Vec<Extra>,
    ids: Ids,
    problems: Vec<RegistryProblem>,
}

/// A resident read, with what the dictionaries know looked up.
struct Incoming {
    register: [Sought<Part>; 2],
    reading: [Sought<Part>; 2],
    address: Sought<Address>,
    extra: Extra,
    birth_date: Option<BirthDate>,
    sex: Option<Sex>,
    status: Status,
    protected: bool,
    problems: Vec<Unreadable>,
}

/// Rows normalized side by side before their parts are interned in order.
const CHUNK: usize = 16_384;

impl RegistryBuilder {
    /// Starts a registry whose attributes are read with these options.
    #[must_use]
    pub fn new(options: ReadOptions) -> Self {
        Self {
            options,
            rows: Vec::new(),
            parts: Dictionary::new(),
            addresses: Dictionary::new(),
            extras: Vec::new(),
            ids: Ids::default(),
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
        let read: Vec<_> = chunk.par_iter().with_min_len(64).map(|record| self.read(record)).collect();
        for (record, incoming) in chunk.iter().zip(read) {
            self.add(record.id, incoming).ok_or(RegistryError::TooLarge)?;
        }
        Ok(())
    }

    fn read(&self, record: &Record<'_>) -> Incoming {
        let mut problems = Vec::new();
        let person = Person::read_what_can_be(record, &self.options, |unreadable| problems.push(unreadable));
        let Person { main, others, birth_date, sex, address, former_addresses, status, protected } = person;
        let spelling = |spelling: Option<Spelling>| match spelling {
            None => [Sought::NONE, Sought::NONE],
            Some(spelling) => {
                let family = spelling.has_border().then_some(spelling.family);
                [
                    family.map_or(Sought::NONE, |family| self.parts.seek(family)),
                    self.parts.seek(spelling.given),
                ]
            }
        };
        Incoming {
            register: spelling(main.register),
            reading: spelling(main.reading),
            address: address.map_or(Sought::NONE, |address| self.addresses.seek(address)),
            extra: Extra { names: others, former_addresses },
            birth_date,
            sex,
            status,
            protected,
            problems,
        }
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

    fn add(&mut self, id: &str, incoming: Incoming) -> Option<()> {
        let Incoming { register, reading, address, extra, birth_date, sex, status, protected, problems } =
            incoming;
        let place = self.rows.len();
        u32::try_from(place).ok().filter(|row| *row < NONE)?;
        let row = place as u64;
        self.problems.extend(problems.into_iter().map(|problem| RegistryProblem { row, problem }));
        let mut spelling = |[family, given]: [Sought<Part>; 2]| {
            Some([self.parts.intern(family)?, self.parts.intern(given)?])
        };
        let register = spelling(register)?;
        let reading = spelling(reading)?;
        let address = self.addresses.intern(address)?;
        let extra = if extra.names.is_empty() && extra.former_addresses.is_empty() {
            NONE
        } else {
            self.extras.push(extra);
            u32::try_from(self.extras.len()).ok()? - 1
        };
        self.rows.push(Row { register, reading, address, extra, birth_date, sex, status, protected });
        self.ids.push(id)
    }

    /// Builds the blocking index and the counts.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if two residents share an id or there are too many.
    pub fn build(self) -> Result<Registry, RegistryError> {
        let by_id = ById::build(&self.ids)?;
        let mut registry = Registry {
            rows: self.rows,
            parts: self.parts.into_values(),
            addresses: self.addresses.into_values(),
            extras: self.extras,
            ids: self.ids,
            by_id,
            index: Index::build(Vec::new()).ok_or(RegistryError::TooLarge)?,
            counts: Arc::default(),
            nobody: Part::empty(),
        };
        registry.index = registry.indexed()?;
        registry.counts = Arc::new(Counts::of(|| registry.rows.iter().map(|row| registry.view(row))));
        Ok(registry)
    }
}

impl fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
