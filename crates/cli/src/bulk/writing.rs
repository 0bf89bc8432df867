//! From the working file to the results: every row into the decision log and into the table that it belongs to. Which table that
//! is, the job knows.

use himozuke::{ReasonSet, Registry, ResidentIndex};
use rayon::prelude::*;

use super::{Job, Rejects};
use crate::{
    audit::{DecisionLog, Lines, Logged, Why},
    output::{CsvFile, Finished, OutputError, Sheet},
    work::{Coded, Entry, Frame, Rejection},
};

/// What the files of a job say of a record.
pub trait Answer: Coded + Send + Sync {
    /// The fixed name of the answer.
    fn code(&self) -> &'static str;

    /// Why.
    fn reasons(&self) -> ReasonSet;

    /// The residents whom its table names.
    fn residents(&self) -> impl Iterator<Item = ResidentIndex>;

    /// Says what its table holds of the record with this id.
    fn say(&self, id: &str, registry: &Registry, sheet: &mut Sheet);
}

/// Rows that one thread puts into words.
const PART: usize = 1 << 10;

/// Rows in words: for the tables, and for the log.
type Words = (Sheet, Lines);

/// What has become of the tables of a job.
#[derive(Debug)]
pub struct Written<const TABLES: usize> {
    /// Records in each of them.
    pub records: [u64; TABLES],
    /// The tables.
    pub files: Vec<Finished>,
}

impl Job<'_> {
    /// Every row in the order of the file: `settle` makes of it what stands, knowing its place, counted from 0, and counts it.
    /// Then it is put into words for the `tables`, of which the last is that of the rejected, on any thread; and while it is
    /// written and logged, the rows behind it are settled and put into words.
    ///
    /// # Errors
    /// Where the working file cannot be read, or the log or a table not be written.
    pub fn write<A: Answer, const TABLES: usize>(
        &self,
        registry: &Registry,
        log: &mut DecisionLog,
        mut tables: [CsvFile; TABLES],
        mut settle: impl FnMut(u64, &mut Entry<'_, A>) + Send,
    ) -> Result<Written<TABLES>, OutputError> {
        let keeps_handles = log.keeps_handles();
        let mut rows = 0..;
        let mut put = |frame: Frame| {
            let mut entries = frame.entries::<A>().ok_or_else(|| self.journal.damaged())?;
            entries.iter_mut().zip(&mut rows).for_each(|(entry, row)| settle(row, entry));
            let words = entries.par_chunks(PART).map(|part| {
                let sheet = say(part, registry, TABLES - 1);
                Ok((sheet, Lines::of(part.iter().map(logged), keeps_handles)?))
            });
            words.collect::<Result<Vec<Words>, OutputError>>()
        };
        let mut frames = self.journal.frames()?;
        let mut next = || frames.next().map(|frame| put(frame?)).transpose();
        let mut records = [0; TABLES];
        let mut ready = next()?;
        while let Some(words) = ready {
            let mut write = || words.iter().try_for_each(|(sheet, _)| sheet.write(&mut tables, &mut records));
            let mut log = || words.iter().try_for_each(|(_, lines)| log.append(lines));
            let ((written, logged), further) = rayon::join(|| rayon::join(&mut write, &mut log), &mut next);
            written.and(logged)?;
            ready = further?;
        }
        let files = Vec::from(tables).into_par_iter().map(CsvFile::finish).collect::<Result<_, _>>()?;
        Ok(Written { records, files })
    }
}

/// What the tables hold of some rows.
fn say<A: Answer>(entries: &[Entry<'_, A>], registry: &Registry, rejected: usize) -> Sheet {
    let answers = entries.iter().filter_map(|entry| match entry {
        Entry::Answered { answer, .. } => Some(answer),
        Entry::Rejected(_) => None,
    });
    // Each resident lies somewhere else: the memory is asked for all of them before the first is read.
    answers.flat_map(Answer::residents).for_each(|resident| registry.expect_soon(resident));
    let mut sheet = Sheet::default();
    for entry in entries {
        match entry {
            Entry::Answered { id, answer } => answer.say(id, registry, &mut sheet),
            Entry::Rejected(rejection) => Rejects::say(rejection, rejected, &mut sheet),
        }
    }
    sheet
}

fn logged<'e>(entry: &'e Entry<'_, impl Answer>) -> Logged<'e> {
    match entry {
        Entry::Answered { id, answer } => {
            Logged { id, decision: answer.code(), reasons: Why::Decided(answer.reasons()) }
        }
        Entry::Rejected(Rejection { id, code, .. }) => {
            Logged { id, decision: "rejected", reasons: Why::Unreadable(code) }
        }
    }
}
