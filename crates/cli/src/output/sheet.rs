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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::output::{OutDir, Start};

    #[test]
    fn rows_go_to_their_tables_in_order_and_records_are_counted_once() {
        let directory = tempfile::tempdir().unwrap();
        let out = OutDir::open(directory.path(), &["a.csv", "b.csv"], Start::Fresh).unwrap();
        let mut tables =
            [out.create_csv("a.csv", ["x"]).unwrap(), out.create_csv("b.csv", ["y", "z"]).unwrap()];
        let mut sheet = Sheet::default();
        sheet.begin(1);
        sheet.row(["1", "髙,橋"]);
        sheet.row(["2", ""]);
        sheet.begin(0);
        sheet.row(["3"]);
        sheet.begin(1);
        sheet.row(["4", "5"]);
        let mut records = [0; 2];
        sheet.write(&mut tables, &mut records).unwrap();
        assert_eq!(records, [1, 2]);
        out.commit(tables.map(|table| table.finish().unwrap()).into()).unwrap();
        let read = |name| fs::read_to_string(directory.path().join(name)).unwrap();
        assert_eq!(
            (read("a.csv").as_str(), read("b.csv").as_str()),
            ("x\n3\n", "y,z\n1,\"髙,橋\"\n2,\n4,5\n")
        );
    }

    #[test]
    fn a_row_that_is_not_written_is_not_counted() {
        let directory = tempfile::tempdir().unwrap();
        let out = OutDir::open(directory.path(), &["a.csv"], Start::Fresh).unwrap();
        let mut tables = [out.create_csv("a.csv", ["x", "y"]).unwrap()];
        let mut records = [0];
        let mut sheet = Sheet::default();
        sheet.begin(0);
        // A record that no row is told of, and one of a table that there is not.
        sheet.begin(7);
        sheet.row(["1", "2"]);
        sheet.write(&mut tables, &mut records).unwrap();
        sheet.begin(0);
        sheet.row(["1"]);
        assert!(sheet.write(&mut tables, &mut records).is_err(), "a cell is missing");
        assert_eq!(records, [0]);
    }
}
