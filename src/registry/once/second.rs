//! The second time that residents go by: the rivals of those who were found are written down, too, and ids that seemed to come
//! again are held against each other.

use std::io;
use std::ops::Range;

use rayon::prelude::*;

use super::OnceError;
use super::everybody::Everybody;
use super::first::Found;
use super::keys::Keys;
use super::passing::Passed;
use super::questions::Values;
use super::repeats::Suspects;
use super::slices::{Kept, Slices};
use super::spill::Spill;
use super::written::{Writing, Written};
use crate::Record;
use crate::person::{Person, ReadOptions};
use crate::registry::neighbour::Memories;

/// Residents read by one thread at a time.
const PIECE: usize = 64;

/// The residents going by for the second time.
pub struct SecondReading {
    pub(super) options: ReadOptions,
    pub(super) values: Values,
    pub(super) everybody: Everybody,
    pub(super) suspects: Suspects,
    pub(super) memories: Memories,
    pub(super) slices: Vec<Sought>,
    pub(super) passed: u64,
}

/// The residents for some records next to each other: those who were found, and whose rivals are to be.
pub(super) struct Sought {
    records: Range<u64>,
    residents: usize,
    found: Vec<Written>,
    /// The rows of their rivals, in order, and how many of them have come.
    rivals: Vec<u32>,
    known: usize,
    written: Writing,
}

impl Sought {
    /// Of whoever was found for these records, in parts; rivals are among all who `passed`.
    pub(super) fn of(
        records: Range<u64>,
        found: Vec<Found>,
        passed: &Passed,
        spill: &Spill,
    ) -> io::Result<Self> {
        let (mut rows, mut written, mut offers) = (Vec::new(), Vec::new(), Vec::new());
        for part in found {
            rows.extend(part.rows);
            written.push(part.written.finish(spill)?);
            for run in part.offers.finish(spill)? {
                let bytes = spill.read(&[run])?;
                offers.extend(bytes.as_chunks().0.iter().map(|offer| u64::from_le_bytes(*offer)));
            }
        }
        rows.par_sort_unstable();
        rows.dedup();
        let mut rivals = passed.asking(&Keys::of(offers), spill)?;
        let mut found = rows.iter().peekable();
        rivals.retain(|row| {
            while found.next_if(|found| *found < row).is_some() {}
            found.peek() != Some(&row)
        });
        let residents = rows.len() + rivals.len();
        Ok(Self { records, residents, found: written, rivals, known: 0, written: Writing::default() })
    }

    /// The rows before `end` that have not come yet.
    fn coming(&self, end: u64) -> &[u32] {
        let rest = self.rivals.get(self.known..).unwrap_or_default();
        rest.split_at(rest.partition_point(|row| u64::from(*row) < end)).0
    }
}

impl SecondReading {
    /// Lets the same residents go by in the same order; few are read again.
    ///
    /// # Errors
    ///
    /// [`OnceError`].
    pub fn push(&mut self, residents: &[Record<'_>]) -> Result<(), OnceError> {
        let first = self.passed;
        self.passed += residents.len() as u64;
        self.suspects.push(first, residents);
        let of = |row: u32| Some((row, residents.get((u64::from(row) - first) as usize)?));
        let mut rows: Vec<u32> =
            self.slices.iter().flat_map(|slice| slice.coming(self.passed)).copied().collect();
        rows.sort_unstable();
        rows.dedup();
        let pieces = rows.par_chunks(PIECE).map(|rows| {
            let mut neighbour = self.memories.reader();
            let rivals = rows.iter().filter_map(|row| of(*row));
            rivals.map(|(_, rival)| neighbour.read(rival, &self.options, |_| ())).collect::<Vec<Person>>()
        });
        let people: Vec<Person> = pieces.flatten_iter().collect();
        people.iter().for_each(|person| self.values.ask_of(person.view()));
        for slice in &mut self.slices {
            let Sought { rivals, known, written, .. } = slice;
            let coming = rivals.iter().skip(*known).map_while(|row| of(*row));
            for (row, rival) in coming {
                written.push(row, rival, &self.everybody.spill)?;
                *known += 1;
            }
        }
        Ok(())
    }

    /// How many residents the registry has, those who were not kept among them.
    #[must_use]
    pub const fn residents(&self) -> u64 {
        self.everybody.residents
    }

    /// Everybody went by twice: registries for the records whose [`Questions`](super::Questions) these were, and for no others.
    ///
    /// # Errors
    ///
    /// [`OnceError::Registry`] if two residents share an id, kept or not; others as above.
    pub fn slices(self) -> Result<Slices, OnceError> {
        let Self { options, values, everybody, suspects, memories, slices, passed } = self;
        drop(memories);
        if passed != everybody.residents {
            return Err(OnceError::Changed);
        }
        suspects.refuse()?;
        let mut kept = Vec::new();
        for Sought { records, residents, mut found, written, .. } in slices {
            found.push(written.finish(&everybody.spill)?);
            kept.push(Kept { records, residents, written: found });
        }
        let (known, spill) = everybody.known(&values)?;
        Ok(Slices { options, known, spill, kept })
    }
}

impl std::fmt::Debug for SecondReading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondReading").field("residents", &self.everybody.residents).finish_non_exhaustive()
    }
}
