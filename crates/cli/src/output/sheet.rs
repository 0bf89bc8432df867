//! Rows of several tables, put into words apart from them: on any thread, while others before them are written. Keeps the order
//! in which they came, for one table may take them all.

use super::{CsvFile, OutputError};

/// Records in words, each for one of a few tables.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The table of the record that was begun, by its place, and whether it has no row yet.
    begun: (usize, bool),
    rows: Vec<Row>,
    /// All cells, one after the other.
    text: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

#[derive(Debug)]
struct Row {
    table: usize,
    /// Whether it is the first of its record.
    first: bool,
    cells: usize,
}

impl Sheet {
    /// Begins a record of the table at a place: the rows that follow are its rows.
    pub const fn begin(&mut self, table: usize) {
        self.begun = (table, true);
    }

    /// Adds a row.
    pub fn row<const CELLS: usize>(&mut self, cells: [&str; CELLS]) {
        let (table, first) = self.begun;
        self.begun = (table, false);
        self.rows.push(Row { table, first, cells: CELLS });
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
    }

    /// Writes every row into its table, and counts the records there.
    ///
    /// # Errors
    /// As [`CsvFile::row`].
    pub fn write(&self, tables: &mut [CsvFile], records: &mut [u64]) -> Result<(), OutputError> {
        let mut start = 0;
        let mut cells = self.ends.iter().map(|end| {
            let cell = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            cell
        });
        for Row { table, first, cells: count } in &self.rows {
            let row = cells.by_ref().take(*count);
            match (tables.get_mut(*table), records.get_mut(*table)) {
                (Some(table), Some(records)) => {
                    table.row(row)?;
                    *records += u64::from(*first);
                }
                _ => row.for_each(drop),
            }
        }
        Ok(())
    }
}
