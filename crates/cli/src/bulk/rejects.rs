//! The rows that nobody could read, in a file of their own.

use std::collections::BTreeMap;

use crate::{
    output::{CsvFile, Finished, OutDir, OutputError},
    work::Rejection,
};

/// `rejected.csv`: every row that could not be read, in the order of the file.
#[derive(Debug)]
pub struct Rejects {
    file: CsvFile,
    written: u64,
    problems: BTreeMap<String, u64>,
}

impl Rejects {
    /// Begins the file.
    ///
    /// # Errors
    /// As [`OutDir::create`].
    pub fn create(directory: &OutDir) -> Result<Self, OutputError> {
        let file = directory.create_csv("rejected.csv", ["line", "record_id", "column", "problem"])?;
        Ok(Self { file, written: 0, problems: BTreeMap::new() })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn take(&mut self, rejection: &Rejection<'_>) -> Result<(), OutputError> {
        let Rejection { line, id, column, code, sentence, .. } = rejection;
        self.written += 1;
        match self.problems.get_mut(*code) {
            Some(count) => *count += 1,
            None => drop(self.problems.insert((*code).to_owned(), 1)),
        }
        self.file.row([&line.to_string(), *id, column, &format!("{code}: {sentence}")])
    }

    /// Ends the file: how many rows are in it, with which problems.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn finish(self) -> Result<(u64, BTreeMap<String, u64>, Finished), OutputError> {
        Ok((self.written, self.problems, self.file.finish()?))
    }
}
