//! The registry: residents in compact columns, and the blocking tables that find the few who can be meant.
//!
//! Knows persons and keys; nothing of levels, weights or decisions.

mod alone;
mod builder;
mod columns;
mod counts;
mod dated;
mod decoys;
mod dictionary;
mod familiar;
mod file;
mod filing;
mod folded;
mod ids;
mod index;
mod intake;
mod keep;
mod keyring;
mod keys;
mod layer;
mod neighbour;
pub mod once;
mod overlay;
mod passes;
mod search;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::normalize::address::AddressRef;
use crate::normalize::name::NameRef;
use crate::person::{PersonView, ReadOptions, Status, Unreadable};

pub use builder::RegistryBuilder;
use columns::Facts;
pub(crate) use counts::{Cohort, Counts, Tally, Wholes};
pub use file::IndexFileError;
use layer::Layer;
use overlay::Changes;
pub use passes::{Pass, Passes};
pub(crate) use search::Search;

/// A resident's place in a [`Registry`]. Meaningful for that registry only.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ResidentIndex(pub(crate) u32);

impl ResidentIndex {
    /// The place as a number, in the order in which the registry was built: for whoever keeps it in a file.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The place of this number; whoever uses it must know that it is of the same registry.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }
}

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

impl RegistryError {
    /// The problem and its mend in Japanese.
    #[must_use]
    pub fn ja(self) -> String {
        match self {
            Self::DuplicateId { first, second } => format!(
                "住民{first}と住民{second}（0から数えます）の ID が同じです。ID は住民ごとに別にしてください"
            ),
            Self::TooLarge => "住民データが大きすぎます。都道府県ごとに分けてください".to_owned(),
        }
    }
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
    base: Layer,
    changes: Option<Changes>,
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
        let changes = self.changes.as_ref();
        let (gone, new) = changes.map_or((0, 0), |changes| (changes.gone.len(), changes.layer.rows()));
        self.base.rows() as usize - gone + new as usize
    }

    /// Whether there is no resident.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id under which the caller knows a resident.
    #[must_use]
    pub fn id(&self, resident: ResidentIndex) -> &str {
        let (layer, row) = self.layer(resident);
        layer.ids.get(row)
    }

    /// Asks the memory for what is told of a resident, the id and the state: who tells of many residents of a large registry
    /// would wait for each of them otherwise. Changes nothing that is told.
    ///
    /// ```
    /// # use himozuke::{Record, Registry};
    /// let registry = Registry::builder().persons([Record { id: "p1", ..Record::default() }])?.build()?;
    /// let residents = [registry.find("p1").ok_or("nobody")?];
    /// residents.iter().for_each(|resident| registry.expect_soon(*resident));
    /// assert_eq!(residents.map(|resident| registry.id(resident)), ["p1"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn expect_soon(&self, resident: ResidentIndex) {
        let (layer, row) = self.layer(resident);
        layer.prefetch_id(row);
        layer.columns.prefetch_row(row);
    }

    /// Asks the memory for an id about to be read.
    pub(crate) fn prefetch_id(&self, resident: ResidentIndex) {
        let (layer, row) = self.layer(resident);
        layer.prefetch_id(row);
    }

    /// Which of two residents comes first by id. In most registers it is the one who was read first, and the ids need not be
    /// fetched.
    pub(crate) fn by_id(&self, a: ResidentIndex, b: ResidentIndex) -> Ordering {
        let ((layer, first), (other, second)) = (self.layer(a), self.layer(b));
        if std::ptr::eq(layer, other) && layer.has_ids_in_order() {
            first.cmp(&second)
        } else {
            self.id(a).cmp(self.id(b))
        }
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
        self.find_above(id, || self.base.ids.find(id))
    }

    /// As [`Self::find`], for many ids side by side, in their order.
    pub(crate) fn find_together<'a>(
        &self,
        ids: impl Iterator<Item = &'a str> + Clone,
    ) -> impl Iterator<Item = Option<ResidentIndex>> {
        let of_base = self.base.ids.find_all(ids.clone());
        ids.zip(of_base).map(|(id, of_base)| self.find_above(id, || of_base))
    }

    /// Whether [`Self::find`] finds this resident by an id that is not empty.
    pub(crate) fn is_found_by(&self, id: &str, resident: ResidentIndex) -> bool {
        let (layer, row) = self.layer(resident);
        // A row of the base whose id the changes have is gone.
        let is_gone = || self.changes.as_ref().is_some_and(|changes| changes.is_gone(resident.0));
        !id.is_empty() && layer.ids.get(row) == id && !is_gone()
    }

    /// The resident of an id, whom the base has in `of_base`.
    fn find_above(&self, id: &str, of_base: impl FnOnce() -> Option<u32>) -> Option<ResidentIndex> {
        let Some(changes) = &self.changes else { return of_base().map(ResidentIndex) };
        let new = changes.find_id(self.base.rows(), id);
        new.or_else(|| of_base().filter(|row| !changes.is_gone(*row))).map(ResidentIndex)
    }

    /// Whether the resident's address is protected (支援措置).
    #[must_use]
    pub fn is_protected(&self, resident: ResidentIndex) -> bool {
        self.facts(resident).is_some_and(Facts::is_protected)
    }

    /// The resident's state as the registry has it.
    #[must_use]
    pub fn status(&self, resident: ResidentIndex) -> Status {
        self.facts(resident).map_or(Status::Removed, Facts::status)
    }

    /// Entries of the blocking tables.
    #[must_use]
    pub fn index_entries(&self) -> usize {
        self.layers().map(Layer::entries).sum()
    }

    /// Bytes that the registry takes, in memory or in its file, with the frequencies of its model.
    ///
    /// ```
    /// # use himozuke::{Record, Registry};
    /// let registry = Registry::builder().persons([Record { id: "p1", ..Record::default() }])?.build()?;
    /// assert!(registry.bytes() > 24, "a row is 24 bytes");
    /// # Ok::<(), himozuke::RegistryError>(())
    /// ```
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.layers().map(Layer::bytes).sum()
    }

    fn layers(&self) -> impl DoubleEndedIterator<Item = &Layer> {
        std::iter::once(&self.base).chain(self.changes.as_ref().map(|changes| &changes.layer))
    }

    /// The counts of the registry as it was built: changes laid over it move no frequency.
    pub(crate) const fn counts(&self) -> &Arc<Counts> {
        &self.base.counts
    }

    pub(crate) fn person(&self, resident: ResidentIndex) -> Option<PersonView<'_>> {
        let (layer, row) = self.layer(resident);
        layer.columns.person(row)
    }

    /// As [`Self::person`], the address left out: whoever asks for names alone need not put it together.
    pub(crate) fn without_address(&self, resident: ResidentIndex) -> Option<PersonView<'_>> {
        let (layer, row) = self.layer(resident);
        layer.columns.without_address(row)
    }

    /// Where somebody lives, as it is filed.
    pub(crate) fn address(&self, resident: ResidentIndex) -> Option<AddressRef<'_>> {
        let (layer, row) = self.layer(resident);
        let [.., address, _] = *layer.columns.rows.get(row as usize)?;
        layer.columns.address(address)
    }

    /// The registered name of somebody.
    pub(crate) fn name(&self, resident: ResidentIndex) -> Option<NameRef<'_>> {
        let (layer, row) = self.layer(resident);
        layer.columns.name(row)
    }

    /// The key of the block where somebody lives.
    pub(crate) fn block_key(&self, resident: ResidentIndex) -> Option<u64> {
        let (layer, row) = self.layer(resident);
        let [.., address, _] = *layer.columns.rows.get(row as usize)?;
        layer.columns.block_key(address)
    }

    /// The passes of blocking that find a resident for a record; none for nobody.
    pub(crate) fn passes(&self, record: PersonView<'_>, resident: ResidentIndex) -> Passes {
        self.person(resident).map_or_else(Passes::default, |resident| passes::between(record, resident))
    }

    /// Everybody, in order.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = ResidentIndex> {
        let new = self.changes.as_ref().map_or(0, |changes| changes.layer.rows());
        let gone = |row: &u32| self.changes.as_ref().is_some_and(|changes| changes.is_gone(*row));
        let base = (0..self.base.rows()).filter(move |row| !gone(row));
        base.chain(self.base.rows()..self.base.rows() + new).map(ResidentIndex)
    }

    /// The layer of a resident, and the row in it.
    fn layer(&self, ResidentIndex(row): ResidentIndex) -> (&Layer, u32) {
        match (&self.changes, row.checked_sub(self.base.rows())) {
            (Some(changes), Some(row)) => (&changes.layer, row),
            _ => (&self.base, row),
        }
    }

    fn facts(&self, resident: ResidentIndex) -> Option<Facts> {
        let (layer, row) = self.layer(resident);
        layer.facts(row)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("residents", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
