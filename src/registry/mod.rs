//! The registry: residents in compact columns, and the blocking tables that find the few who can be meant.
//!
//! Knows persons and keys; nothing of levels, weights or decisions.

mod builder;
mod columns;
mod counts;
mod dated;
mod dictionary;
mod file;
mod ids;
mod index;
mod keys;

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::person::{PersonView, ReadOptions, Status, Unreadable};

pub use builder::RegistryBuilder;
use columns::{Columns, Facts};
pub(crate) use counts::{Cohort, Counts, Tally, Wholes};
use dated::{Dated, UNDATED, filed_day};
pub use file::IndexFileError;
use ids::Ids;
use index::Table;
pub(crate) use keys::Asked;

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
    columns: Columns,
    ids: Ids,
    /// Parts of names on a birth date: 16 bits of the key, and the row in two halves.
    parts: Table<[u16; 3]>,
    counts: Arc<Counts>,
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
        self.columns.rows.len()
    }

    /// Whether there is no resident.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.rows.is_empty()
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
        self.ids.find(id)
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

    fn facts(&self, resident: ResidentIndex) -> Option<Facts> {
        let [.., facts] = self.columns.rows.get(resident.0 as usize)?;
        Some(Facts(*facts))
    }

    /// Entries of the blocking tables.
    #[must_use]
    pub fn index_entries(&self) -> usize {
        let dated = [&self.counts.registers.bearers, &self.counts.readings.bearers, &self.counts.blocks];
        self.parts.len() + dated.into_iter().map(|table| table.0.len()).sum::<usize>()
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
        let mut bytes = 0;
        let counted = self.sections(|_, section| {
            bytes += section.len();
            Ok(())
        });
        counted.map_or(0, |()| bytes)
    }

    pub(crate) const fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    pub(crate) fn person(&self, resident: ResidentIndex) -> Option<PersonView<'_>> {
        self.columns.person(resident.0)
    }

    /// Fills `out` with everybody whom some pass of blocking finds for a record, in ascending order, each once;
    /// `false` if a block was too large to list.
    pub(crate) fn candidates(&self, record: PersonView<'_>, asked: &mut Asked, out: &mut Vec<u32>) -> bool {
        asked.ask(record);
        self.prefetch(asked);
        out.clear();
        let mut complete = true;
        for (bearers, keys) in self.wholes(asked) {
            for key in keys {
                let of_town = |filing: &dated::Filing| {
                    asked.may_share_town(filing.mark)
                        && self.columns.person(filing.row).is_some_and(|person| asked.shares_town(person))
                };
                let meant = bearers.filings(*key).filter(|filing| asked.fits(filing.day) || of_town(filing));
                complete &= take(meant.map(|filing| filing.row), out);
            }
        }
        for key in &asked.blocks {
            let day = asked.day();
            complete &= if day == UNDATED {
                take(self.counts.blocks.filings(*key).map(|filing| filing.row), out)
            } else {
                take(self.counts.blocks.within(*key, day, day).map(|filing| filing.row), out)
            };
        }
        for key in &asked.parts {
            let (tag, run) = self.parts.run(*key);
            let rows = run.iter().filter(|[mark, ..]| u32::from(*mark) == tag >> 16);
            let rows = rows.map(|[_, high, low]| u32::from(*high) << 16 | u32::from(*low));
            complete &= take(rows.filter(|row| self.may_be_born(*row, asked)), out);
        }
        out.sort_unstable();
        out.dedup();
        complete
    }

    /// Whether a resident's birth date is one that was asked for: 16 bits of a key are not the key.
    fn may_be_born(&self, row: u32, asked: &Asked) -> bool {
        let day = self
            .columns
            .rows
            .get(row as usize)
            .map(|[.., facts]| filed_day(self.columns.birth_date(Facts(*facts))));
        day.is_some_and(|day| asked.asks_day(day))
    }

    /// The tables of whole names, and what is asked of each.
    fn wholes<'a>(&'a self, asked: &'a Asked) -> [(&'a Dated, &'a [u64]); 2] {
        [(&self.counts.registers.bearers, &asked.registers), (&self.counts.readings.bearers, &asked.readings)]
    }

    /// Where all keys lie is asked for before any is read: the memory answers many such questions at once, but one by one
    /// if an entry is read in between.
    fn prefetch(&self, asked: &Asked) {
        let tables = || self.wholes(asked).into_iter().chain([(&*self.counts.blocks, &*asked.blocks)]);
        tables().for_each(|(table, keys)| keys.iter().for_each(|key| table.0.prefetch(*key)));
        asked.parts.iter().for_each(|key| self.parts.prefetch(*key));
        tables().for_each(|(table, keys)| keys.iter().for_each(|key| table.0.prefetch_run(*key)));
        asked.parts.iter().for_each(|key| self.parts.prefetch_run(*key));
    }

    /// As [`Self::candidates`], for those who share a resident's whole name, as far as dates allow; the resident is among
    /// them. Nobody, if all of them were found for the record already by what it `asked`.
    pub(crate) fn namesakes(
        &self,
        resident: PersonView<'_>,
        asked: &Asked,
        names: &mut Asked,
        out: &mut Vec<u32>,
    ) -> bool {
        out.clear();
        names.ask_names(resident);
        if asked.includes(names) {
            return true;
        }
        let mut complete = true;
        for (bearers, keys) in self.wholes(names) {
            for key in keys {
                let undated = bearers.within(*key, UNDATED, UNDATED);
                let dated = (names.day() != UNDATED).then(|| bearers.within(*key, names.day(), names.day()));
                complete &= take(dated.into_iter().flatten().chain(undated).map(|filing| filing.row), out);
            }
        }
        out.sort_unstable();
        out.dedup();
        complete
    }
}

/// Adds rows; `false` if they are too many, and none of them are added: a part of them would depend on the order of the
/// registry.
fn take(rows: impl Iterator<Item = u32>, out: &mut Vec<u32>) -> bool {
    let before = out.len();
    out.extend(rows.take(MAX_BLOCK + 1));
    let few = out.len() - before <= MAX_BLOCK;
    if !few {
        out.truncate(before);
    }
    few
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("residents", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
