//! The second time that residents go by: the rivals of those who stayed stay, too, and ids that seemed to come again are
//! held against each other.

use std::sync::Arc;

use rayon::prelude::*;

use super::OnceError;
use super::everybody::Everybody;
use super::keys::Keys;
use super::questions::Values;
use super::repeats::Suspects;
use crate::Record;
use crate::person::{Person, PersonView, ReadOptions};
use crate::registry::dated::{UNDATED, filed_day};
use crate::registry::keys::{Whole, on_day};
use crate::registry::neighbour::Memories;
use crate::registry::{Registry, RegistryBuilder, RegistryError};

/// Residents read by one thread at a time.
const PIECE: usize = 64;

/// The residents going by for the second time.
pub struct SecondReading {
    pub(super) options: ReadOptions,
    pub(super) values: Values,
    pub(super) everybody: Everybody,
    pub(super) suspects: Suspects,
    pub(super) builder: RegistryBuilder,
    pub(super) memories: Memories,
    /// Whole names of those kept, on their birth dates and on none, and their blocks on their birth dates.
    pub(super) rivals: Keys,
    /// Rows that were kept the first time, and how many of them have come again.
    pub(super) rows: Vec<u32>,
    pub(super) known: usize,
    pub(super) passed: u64,
}

impl SecondReading {
    /// Lets the same residents go by in the same order, read on all threads.
    ///
    /// # Errors
    ///
    /// [`OnceError`].
    pub fn push(&mut self, residents: &[Record<'_>]) -> Result<(), OnceError> {
        let first = self.passed;
        self.passed += residents.len() as u64;
        self.suspects.push(first, residents);
        let known = self.rows.get(self.known..).unwrap_or_default();
        let known = known.split_at(known.partition_point(|row| u64::from(*row) < self.passed)).0;
        let is_known = |at: usize| known.binary_search(&((first as usize + at) as u32)).is_ok();
        let pieces = residents.par_chunks(PIECE).enumerate().map(|(number, piece)| {
            let mut neighbour = self.memories.reader();
            let new = (number * PIECE..).zip(piece).filter(|(at, _)| !is_known(*at));
            let people = new.map(|(at, resident)| (at, neighbour.read(resident, &self.options, |_| ())));
            people.filter(|(_, person)| self.is_rival(person.view())).collect::<Vec<_>>()
        });
        let found: Vec<(usize, Person)> = pieces.flatten_iter().collect();
        self.known += known.len();
        for (at, person) in found {
            let id = residents.get(at).map_or("", |resident| resident.id);
            self.values.ask_of(person.view());
            self.builder.file(id, person.view()).ok_or(RegistryError::TooLarge)?;
        }
        Ok(())
    }

    /// Whether a resident shares a whole name and a birth date with one who was kept, or has no birth date; or shares a block and
    /// a birth date, or the one who was kept has none.
    fn is_rival(&self, resident: PersonView<'_>) -> bool {
        let day = filed_day(resident.birth_date);
        let is_kept = |key, day| self.rivals.find(on_day(key, day)).is_some();
        let names = resident.names();
        let mut names = names.flat_map(|name| [Whole::Register, Whole::Reading].map(|whole| whole.key(name)));
        let mut blocks = resident.addresses().filter_map(|address| address.block_key());
        names.any(|key| key.is_some_and(|key| is_kept(key, day)))
            || blocks.any(|key| is_kept(key, day) || is_kept(key, UNDATED))
    }

    /// How many residents the registry has, those who were not kept among them.
    #[must_use]
    pub const fn residents(&self) -> u64 {
        self.everybody.residents
    }

    /// The residents who were kept, with the counts of all: a registry for the records whose
    /// [`Questions`](super::Questions) these were and for no others, neither to be saved nor changed.
    ///
    /// # Errors
    ///
    /// [`OnceError::Registry`] if two residents share an id, kept or not; others as above.
    pub fn build(self) -> Result<Registry, OnceError> {
        let Self { values, everybody, suspects, builder, passed, .. } = self;
        if passed != everybody.residents {
            return Err(OnceError::Changed);
        }
        suspects.refuse()?;
        let mut registry = builder.build()?;
        registry.base.counts = Arc::new(everybody.into_counts(&values, &registry.base.counts)?);
        Ok(registry)
    }
}

impl std::fmt::Debug for SecondReading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondReading").field("residents", &self.everybody.residents).finish_non_exhaustive()
    }
}
