//! The first time that residents go by: all are counted, and those stay whom blocking finds for a record.

use std::fs::File;

use rayon::prelude::*;

use super::OnceError;
use super::everybody::Everybody;
use super::keys::Keys;
use super::questions::{Asking, Questions, Values};
use super::repeats::{self, Ids};
use super::second::SecondReading;
use super::spill::Spill;
use super::tallies::Seen;
use crate::Record;
use crate::normalize::birth_date::{BirthDate, Day};
use crate::person::{Person, PersonView, ReadOptions, Unreadable};
use crate::registry::dated::{UNDATED, filed_day};
use crate::registry::dictionary::NONE;
use crate::registry::keys::{Whole, on_day};
use crate::registry::neighbour::Memories;
use crate::registry::{RegistryBuilder, RegistryError, RegistryProblem};

/// Residents read by one thread at a time.
const PIECE: usize = 512;

/// The residents going by for the first time.
pub struct FirstReading {
    options: ReadOptions,
    memories: Memories,
    asking: Asking,
    values: Values,
    everybody: Everybody,
    ids: Ids,
    builder: RegistryBuilder,
    /// The rows of those who stay, their whole names on their birth dates and on none, and their blocks on their birth dates.
    rows: Vec<u32>,
    rivals: Vec<u64>,
}

/// What some residents leave behind; places are counted from the first of them.
struct Passed {
    seen: Seen,
    last_birth: Day,
    ids: Vec<u64>,
    kept: Vec<(usize, Person)>,
    problems: Vec<(usize, Unreadable)>,
}

impl Questions {
    /// The registry is about to go by for the first time, its attributes read with these `options`. The working file must
    /// be empty, open for reading and writing, and nobody else's; it takes some 60 bytes a resident and holds hashes of
    /// names and ids, so it should have no name and be its owner's only.
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
    /// let registry = second.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// assert!(matches!(linker.decide(&record)?, Decision::Link(_)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn ask(self, options: ReadOptions, working_file: File) -> FirstReading {
        let (asking, counted, values) = self.ready();
        FirstReading {
            options,
            memories: Memories::default(),
            asking,
            values,
            everybody: Everybody::new(counted, Spill::new(working_file)),
            ids: Ids::default(),
            builder: RegistryBuilder::new(options),
            rows: Vec::new(),
            rivals: Vec::new(),
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
        let pieces: Vec<Passed> = residents.par_chunks(PIECE).map(|residents| self.pass(residents)).collect();
        let seen: Vec<&Seen> = pieces.iter().map(|piece| &piece.seen).collect();
        self.everybody.add(&seen)?;
        let hashes = pieces.iter().flat_map(|piece| &piece.ids).copied();
        self.ids.push(residents.iter().map(|resident| resident.id).zip(hashes), &self.everybody.spill)?;
        let mut problems = Vec::new();
        for (number, piece) in pieces.into_iter().enumerate() {
            let row = |at: usize| first + (number * PIECE + at) as u64;
            self.everybody.last_birth = self.everybody.last_birth.max(piece.last_birth);
            let found = piece.problems.into_iter();
            problems.extend(found.map(|(at, problem)| RegistryProblem { row: row(at), problem }));
            for (at, person) in piece.kept {
                let id = residents.get(number * PIECE + at).map_or("", |resident| resident.id);
                self.keep(id, row(at), person.view())?;
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
        let mut neighbour = self.memories.reader();
        for (at, resident) in residents.iter().enumerate() {
            let report = |problem| passed.problems.push((at, problem));
            let person = neighbour.read(resident, &self.options, report);
            let view = person.view();
            self.everybody.count(view, &mut passed.seen);
            let born = view.birth_date.and_then(BirthDate::exact_day);
            passed.last_birth = born.map_or(passed.last_birth, |day| passed.last_birth.max(day));
            if self.asking.wants(view) {
                passed.kept.push((at, person));
            }
        }
        passed
    }

    fn keep(&mut self, id: &str, row: u64, resident: PersonView<'_>) -> Result<(), RegistryError> {
        self.values.ask_of(resident);
        self.builder.file(id, resident).ok_or(RegistryError::TooLarge)?;
        // Rows are numbered in 32 bits.
        self.rows.push(row as u32);
        let day = filed_day(resident.birth_date);
        for key in resident.names().flat_map(|name| [Whole::Register, Whole::Reading].map(|w| w.key(name))) {
            self.rivals.extend(key.into_iter().flat_map(|key| [on_day(key, day), on_day(key, UNDATED)]));
        }
        let block = resident.address.and_then(|address| address.block_key());
        self.rivals.extend(block.map(|key| on_day(key, day)));
        Ok(())
    }

    /// Everybody went by; they are about to come a second time.
    ///
    /// # Errors
    ///
    /// [`OnceError`].
    pub fn again(self) -> Result<SecondReading, OnceError> {
        let Self { options, memories, asking, values, everybody, ids, builder, rows, rivals } = self;
        drop(asking);
        let suspects = ids.suspects(&everybody.spill)?;
        let rivals = Keys::of(rivals);
        Ok(SecondReading {
            options,
            values,
            everybody,
            suspects,
            builder,
            memories,
            rivals,
            rows,
            known: 0,
            passed: 0,
        })
    }
}

impl std::fmt::Debug for FirstReading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FirstReading").field("residents", &self.everybody.residents).finish_non_exhaustive()
    }
}
