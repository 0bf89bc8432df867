//! The first time that residents go by: all are counted, and those whom blocking finds for a record are written down.

use std::io::{Read, Seek, Write};

use rayon::prelude::*;

use super::OnceError;
use super::everybody::Everybody;
use super::parts::PartSet;
use super::passing::{self, Passing};
use super::questions::{Asking, Questions, Values};
use super::repeats::{self, Ids};
use super::second::{SecondReading, Sought};
use super::spill::{List, Spill};
use super::tallies::Seen;
use super::written::Writing;
use crate::Record;
use crate::normalize::birth_date::{BirthDate, Day};
use crate::person::{Person, PersonView, ReadOptions, Unreadable};
use crate::registry::dictionary::NONE;
use crate::registry::neighbour::Memories;
use crate::registry::{RegistryError, RegistryProblem};

/// Residents read by one thread at a time.
const PIECE: usize = 512;

/// The residents going by for the first time.
pub struct FirstReading {
    options: ReadOptions,
    at_most: usize,
    memories: Memories,
    asking: Asking,
    values: Values,
    everybody: Everybody,
    ids: Ids,
    passing: Passing,
    /// Whom each part of the records asks for.
    found: Vec<Found>,
}

/// Residents who were found for a part of the records.
#[derive(Default)]
pub(super) struct Found {
    pub(super) rows: Vec<u32>,
    pub(super) written: Writing,
    /// What finds their rivals.
    pub(super) offers: List,
}

/// What some residents leave behind; places are counted from the first of them.
struct Piece {
    seen: Seen,
    last_birth: Day,
    ids: Vec<u64>,
    passing: Vec<u8>,
    found: Vec<(usize, PartSet, Person)>,
    problems: Vec<(usize, Unreadable)>,
}

impl Questions {
    /// The registry is about to go by for the first time, its attributes read with these `options`. The working file must
    /// be empty, open for reading and writing, and nobody else's; it takes some 100 bytes a resident and holds hashes of names
    /// and ids, and whoever is found for a record as they are written: it should have no name, be its owner's only, and be
    /// encrypted with a key that is kept nowhere. No place of it is written twice.
    ///
    /// ```
    /// use himozuke::{Decision, Linker, Policy, ReadOptions, Record, once::Questions};
    /// let resident = Record {
    ///     id: "p1", kanji_name: "山本 静子", kana_name: "ヤマモト シズコ", birth_date: "1958-10-10", sex: "2",
    ///     address: "東京都千代田区霞が関二丁目1番6号", ..Record::default()
    /// };
    /// let (record, options) = (Record { id: "r1", ..resident }, ReadOptions::default());
    /// let path = std::env::temp_dir().join(format!("himozuke-working-{}", std::process::id()));
    /// let working_file = std::fs::File::options().read(true).write(true).create_new(true).open(&path)?;
    /// std::fs::remove_file(path)?;
    ///
    /// let mut questions = Questions::default();
    /// questions.push(&[record], &options);
    /// let mut first = questions.ask(options, working_file);
    /// first.push(&[resident])?;
    /// let mut second = first.again()?;
    /// second.push(&[resident])?;
    /// let slices = second.slices()?;
    /// // The residents found for the records around the first.
    /// let slice = slices.around(0)?.ok_or("there is a record")?;
    /// assert_eq!(slice.records(), 0..1);
    /// let linker = Linker::new(slice.registry(), Policy::guideline())?;
    /// assert!(matches!(linker.decide(&record)?, Decision::Link(_)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn ask(
        self,
        options: ReadOptions,
        working_file: impl Read + Write + Seek + Send + 'static,
    ) -> FirstReading {
        let at_most = self.slice_size();
        let (asking, counted, values) = self.ready();
        let mut found = Vec::new();
        found.resize_with(asking.divided.len(), Found::default);
        FirstReading {
            options,
            at_most,
            memories: Memories::default(),
            asking,
            values,
            everybody: Everybody::new(counted, Spill::new(working_file)),
            ids: Ids::default(),
            passing: Passing::default(),
            found,
        }
    }
}

impl FirstReading {
    /// Lets residents go by, read on all threads; tells what of them cannot be read.
    ///
    /// # Errors
    ///
    /// [`OnceError`].
    pub fn push(&mut self, residents: &[Record<'_>]) -> Result<Vec<RegistryProblem>, OnceError> {
        let first = self.everybody.residents;
        self.everybody.residents += residents.len() as u64;
        if self.everybody.residents > u64::from(NONE) {
            // As a registry that is kept, which numbers them in 32 bits.
            return Err(RegistryError::TooLarge.into());
        }
        let pieces: Vec<Piece> = residents.par_chunks(PIECE).map(|residents| self.pass(residents)).collect();
        let seen: Vec<&Seen> = pieces.iter().map(|piece| &piece.seen).collect();
        self.everybody.add(&seen)?;
        let hashes = pieces.iter().flat_map(|piece| &piece.ids).copied();
        self.ids.push(residents.iter().map(|resident| resident.id).zip(hashes), &self.everybody.spill)?;
        let mut problems = Vec::new();
        for (number, piece) in pieces.into_iter().enumerate() {
            let row = |at: usize| first + (number * PIECE + at) as u64;
            self.passing.push(row(0) as u32, &piece.passing, &self.everybody.spill)?;
            self.everybody.last_birth = self.everybody.last_birth.max(piece.last_birth);
            let unreadable = piece.problems.into_iter();
            problems.extend(unreadable.map(|(at, problem)| RegistryProblem { row: row(at), problem }));
            for (at, parts, person) in piece.found {
                let Some(resident) = residents.get(number * PIECE + at) else { continue };
                // Rows are numbered in 32 bits.
                self.keep(row(at) as u32, resident, person.view(), parts)?;
            }
        }
        Ok(problems)
    }

    fn pass(&self, residents: &[Record<'_>]) -> Piece {
        let mut piece = Piece {
            seen: Seen::new(),
            last_birth: Day::MIN,
            ids: residents.iter().map(|resident| repeats::hash(resident.id)).collect(),
            passing: Vec::new(),
            found: Vec::new(),
            problems: Vec::new(),
        };
        let mut neighbour = self.memories.reader();
        let mut keys = Vec::new();
        for (at, resident) in residents.iter().enumerate() {
            let report = |problem| piece.problems.push((at, problem));
            let person = neighbour.read(resident, &self.options, report);
            let view = person.view().with_keys();
            self.everybody.count(view, &mut piece.seen);
            let born = view.birth_date.and_then(BirthDate::exact_day);
            piece.last_birth = born.map_or(piece.last_birth, |day| piece.last_birth.max(day));
            passing::write(view, &mut keys, &mut piece.passing);
            let parts = self.asking.wanting(view);
            if !parts.is_empty() {
                piece.found.push((at, parts, person));
            }
        }
        piece
    }

    fn keep(
        &mut self,
        row: u32,
        written: &Record<'_>,
        read: PersonView<'_>,
        parts: PartSet,
    ) -> Result<(), OnceError> {
        self.values.ask_of(read);
        let spill = &self.everybody.spill;
        for part in parts.iter() {
            let Some(found) = self.found.get_mut(part) else { continue };
            found.rows.push(row);
            found.written.push(row, written, spill)?;
            let offers = |to: &mut Vec<u8>| to.extend(passing::offers(read).flat_map(u64::to_le_bytes));
            found.offers.add(offers, spill)?;
        }
        Ok(())
    }

    /// Everybody went by; they are about to come a second time.
    ///
    /// # Errors
    ///
    /// [`OnceError`].
    pub fn again(self) -> Result<SecondReading, OnceError> {
        let Self { options, at_most, memories, asking, values, everybody, ids, passing, found } = self;
        let parts = asking.into_parts();
        let spill = &everybody.spill;
        let suspects = ids.suspects(spill)?;
        let passed = passing.finish(spill)?;
        let mut slices = Vec::new();
        let mut found = found.into_iter().peekable();
        let mut end = 0;
        while let Some(first) = found.next() {
            let start = end;
            end += 1;
            let (mut size, mut together) = (first.rows.len(), vec![first]);
            while let Some(next) = found.next_if(|next| size + next.rows.len() <= at_most) {
                size += next.rows.len();
                together.push(next);
                end += 1;
            }
            slices.push(Sought::of(parts.records(&(start..end)), together, &passed, spill)?);
        }
        Ok(SecondReading { options, values, everybody, suspects, memories, slices, passed: 0 })
    }
}

impl std::fmt::Debug for FirstReading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FirstReading").field("residents", &self.everybody.residents).finish_non_exhaustive()
    }
}
