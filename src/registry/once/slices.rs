//! The registries of a batch, one for some of its records at a time: those whom they ask for, and their rivals, with the counts of
//! everybody. Knows the working file.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::OnceError;
use super::everybody::Known;
use super::spill::Spill;
use super::written::{self, Written};
use crate::Record;
use crate::person::ReadOptions;
use crate::registry::{Registry, RegistryBuilder, ResidentIndex};

/// All residents whom a batch of records asks for, in the working file.
pub struct Slices {
    pub(super) options: ReadOptions,
    pub(super) known: Known,
    pub(super) spill: Spill,
    pub(super) kept: Vec<Kept>,
}

/// Residents for some records next to each other.
pub(super) struct Kept {
    pub(super) records: Range<u64>,
    pub(super) residents: usize,
    pub(super) written: Vec<Written>,
}

impl Slices {
    /// The slice with what the record in this place of the batch asks for; `None` past its end.
    ///
    /// # Errors
    ///
    /// [`OnceError`].
    pub fn around(&self, record: u64) -> Result<Option<Slice>, OnceError> {
        let Some(kept) = self.kept.iter().find(|kept| kept.records.contains(&record)) else {
            return Ok(None);
        };
        let mut builder = RegistryBuilder::new(self.options);
        builder.expect(kept.residents as u64);
        let mut rows = Vec::with_capacity(kept.residents);
        let lists: Vec<&Written> = kept.written.iter().collect();
        written::for_each::<OnceError>(
            &lists,
            &self.spill,
            |_| true,
            |own, residents| {
                rows.extend(own);
                Ok(builder.push(residents)?)
            },
        )?;
        let mut registry = builder.build()?;
        registry.base.counts = Arc::new(self.known.beside(&registry.base.counts));
        Ok(Some(Slice { registry, records: kept.records.clone(), rows }))
    }

    /// The ids and states of some residents, by their places in the whole registry, in any order: for saying whom a decision
    /// is about.
    ///
    /// # Errors
    ///
    /// [`OnceError::Changed`] if somebody is in no slice; others as above.
    pub fn named(&self, mut places: Vec<ResidentIndex>) -> Result<Named, OnceError> {
        places.sort_unstable();
        places.dedup();
        let mut builder = RegistryBuilder::new(self.options);
        builder.expect(places.len() as u64);
        let lists: Vec<&Written> = self.kept.iter().flat_map(|kept| &kept.written).collect();
        let mut named = Vec::with_capacity(places.len());
        let mut asked = places.iter().peekable();
        let is_asked = |row: u32| {
            while asked.next_if(|place| place.number() < row).is_some() {}
            asked.peek().is_some_and(|place| place.number() == row)
        };
        written::for_each::<OnceError>(&lists, &self.spill, is_asked, |rows, residents| {
            named.extend(rows.iter().map(|row| ResidentIndex::from_number(*row)));
            let said = residents.iter().map(|resident| {
                let Record { id, status, protected, .. } = *resident;
                Record { id, status, protected, ..Record::default() }
            });
            Ok(builder.push(&said.collect::<Vec<_>>())?)
        })?;
        if named != places {
            return Err(OnceError::Changed);
        }
        Ok(Named { registry: builder.build()?, places: Places(named) })
    }
}

/// A registry for some records of a batch: whom they ask for, with the counts of everybody. It is neither to be saved nor changed.
pub struct Slice {
    registry: Registry,
    records: Range<u64>,
    rows: Vec<u32>,
}

impl Slice {
    /// The registry.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The records that it is for, by their places in the batch, counted from 0.
    #[must_use]
    pub fn records(&self) -> Range<u64> {
        self.records.clone()
    }

    /// Where somebody of this registry stands in the whole one.
    #[must_use]
    pub fn place(&self, resident: ResidentIndex) -> ResidentIndex {
        let row = self.rows.get(resident.number() as usize);
        row.map_or(resident, |row| ResidentIndex::from_number(*row))
    }
}

/// Residents who can be named, and no more: nothing is to be decided by them.
pub struct Named {
    /// Their ids and states.
    pub registry: Registry,
    /// Where they stand in the whole registry.
    pub places: Places,
}

/// Places of a whole registry of which a smaller one was made.
pub struct Places(Vec<ResidentIndex>);

impl Places {
    /// Who of the smaller registry stands in a place of the whole one; whoever is not in it is nobody there either.
    #[must_use]
    pub fn find(&self, place: ResidentIndex) -> ResidentIndex {
        // There are no more of them than in the whole registry.
        let at = self.0.binary_search(&place).map_or(u32::MAX, |at| at as u32);
        ResidentIndex::from_number(at)
    }
}

impl fmt::Debug for Slices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slices").field("slices", &self.kept.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slice").field("records", &self.records).finish_non_exhaustive()
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Named").field("residents", &self.registry.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places").field("residents", &self.0.len()).finish_non_exhaustive()
    }
}
