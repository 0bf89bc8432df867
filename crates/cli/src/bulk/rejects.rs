//! The rows that nobody could read, in a table of their own.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    figures::write_count,
    output::{CsvFile, OutDir, OutputError, Sheet},
    work::Rejection,
};

/// How many rows could not be read, by their problem; all of them are in `rejected.csv`.
#[derive(Debug, Default, Serialize)]
pub struct Rejects(BTreeMap<String, u64>);

impl Rejects {
    /// Counts a row.
    pub fn add(&mut self, rejection: &Rejection<'_>) {
        match self.0.get_mut(rejection.code) {
            Some(count) => *count += 1,
            None => drop(self.0.insert(rejection.code.to_owned(), 1)),
        }
    }

    /// Begins the table.
    ///
    /// # Errors
    /// As [`OutDir::create`].
    pub fn table(directory: &OutDir) -> Result<CsvFile, OutputError> {
        directory.create_csv("rejected.csv", ["line", "record_id", "column", "problem"])
    }

    /// Says what the table, at this place of a sheet, holds of a row.
    pub fn say(rejection: &Rejection<'_>, table: usize, sheet: &mut Sheet) {
        let Rejection { line, id, column, code, sentence, .. } = rejection;
        sheet.begin(table);
        sheet.row(|row| {
            row.plain(|to| write_count(*line, to));
            [id, column, format!("{code}: {sentence}").as_str()].into_iter().for_each(|cell| row.cell(cell));
        });
    }
}
