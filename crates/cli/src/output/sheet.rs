//! Rows of several tables, put into words apart from them: on any thread, while others before them are written. Keeps the order
//! in which they came, for one table may take them all.

use std::io::Cursor;

use super::{CsvFile, OutputError, table::Row};

/// Records in words, each for one of a few tables.
#[derive(Debug, Default)]
pub struct Sheet {
    /// What each table gets, by its place.
    tables: Vec<Part>,
    /// The table of the record that was begun, and whether it has no row yet.
    begun: (usize, bool),
    /// Of each row its table, and whether it is the first of its record.
    order: Vec<(usize, bool)>,
}

/// Rows of one table.
#[derive(Debug, Default)]
struct Part {
    /// As they will stand there.
    text: Vec<u8>,
    /// How many cells each of them has; `None` where they differ.
    cells: Option<usize>,
    records: u64,
}

impl Sheet {
    /// Begins a record of the table at a place: the rows that follow are its rows.
    pub const fn begin(&mut self, table: usize) {
        self.begun = (table, true);
    }

    /// Adds a row with the cells that `fill` adds to it.
    pub fn row(&mut self, fill: impl FnOnce(&mut Row<'_>)) {
        let (table, first) = self.begun;
        self.begun = (table, false);
        if self.tables.len() <= table {
            self.tables.resize_with(table + 1, Part::default);
        }
        let Some(part) = self.tables.get_mut(table) else { return };
        let is_only = part.text.is_empty();
        let mut row = Row::begin(&mut part.text);
        fill(&mut row);
        let cells = Some(row.end());
        part.cells = if is_only { cells } else { part.cells.filter(|_| part.cells == cells) };
        part.records += u64::from(first);
        self.order.push((table, first));
    }

    /// Writes every row into its table, and counts the records there.
    ///
    /// # Errors
    /// As [`CsvFile::row`].
    pub fn write(&self, tables: &mut [CsvFile], records: &mut [u64]) -> Result<(), OutputError> {
        if !tables.iter_mut().all(|table| table.as_text().is_some()) {
            return self.write_in_order(tables, records);
        }
        for ((part, table), records) in self.tables.iter().zip(tables).zip(records) {
            if let (Some(table), false) = (table.as_text(), part.text.is_empty()) {
                table.rows(&part.text, part.cells)?;
                *records += part.records;
            }
        }
        Ok(())
    }

    /// Row by row and cell by cell, for a table that has a twin or takes the rows of all.
    fn write_in_order(&self, tables: &mut [CsvFile], records: &mut [u64]) -> Result<(), OutputError> {
        let mut options = csv::ReaderBuilder::new();
        options.has_headers(false).flexible(true);
        // The reader takes a mark away that a text begins with, which may be an id's own: it gets one to take.
        let texts = self.tables.iter().map(|part| ["\u{FEFF}".as_bytes(), &part.text].concat());
        let mut parts: Vec<_> =
            texts.map(|text| options.from_reader(Cursor::new(text)).into_byte_records()).collect();
        for (place, first) in &self.order {
            let row = parts.get_mut(*place).and_then(Iterator::next);
            if let (Some(table), Some(records)) = (tables.get_mut(*place), records.get_mut(*place)) {
                // One that cannot be read again has no cells, which no table takes.
                table.row(&row.and_then(Result::ok).unwrap_or_default())?;
                *records += u64::from(*first);
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

    fn row(sheet: &mut Sheet, cells: &[&str]) {
        sheet.row(|row| cells.iter().for_each(|cell| row.cell(cell)));
    }

    #[test]
    fn rows_go_to_their_tables_in_order_and_records_are_counted_once() {
        let directory = tempfile::tempdir().unwrap();
        let out = OutDir::open(directory.path(), &["a.csv", "b.csv"], Start::Fresh).unwrap();
        let mut tables =
            [out.create_csv("a.csv", ["x"]).unwrap(), out.create_csv("b.csv", ["y", "z"]).unwrap()];
        let mut sheet = Sheet::default();
        sheet.begin(1);
        row(&mut sheet, &["1", "髙,橋"]);
        row(&mut sheet, &["2", ""]);
        sheet.begin(0);
        row(&mut sheet, &["3"]);
        sheet.begin(1);
        row(&mut sheet, &["4", "5"]);
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
    fn row_by_row_tables_get_the_same_bytes() {
        let directory = tempfile::tempdir().unwrap();
        let out = OutDir::open(directory.path(), &["a.csv", "b.csv"], Start::Fresh).unwrap();
        let mut sheet = Sheet::default();
        for (place, cells) in
            [(0, ["\u{FEFF}", "\r\n"]), (1, ["\"", "髙"]), (0, [",", "\"\""]), (1, ["", ""])]
        {
            sheet.begin(place);
            row(&mut sheet, &cells);
        }
        let written = |in_order: bool, names: [&str; 2]| {
            let mut tables = names.map(|name| out.create_csv(name, ["x", "y"]).unwrap());
            let mut records = [0; 2];
            let write = if in_order { Sheet::write_in_order } else { Sheet::write };
            write(&sheet, &mut tables, &mut records).unwrap();
            let files = tables.map(|table| table.finish().unwrap());
            (files.map(|file| fs::read(&file.0[0].path).unwrap()), records)
        };
        assert_eq!(written(true, ["a.csv", "b.csv"]), written(false, ["c.csv", "d.csv"]));
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
        row(&mut sheet, &["1", "2"]);
        sheet.write(&mut tables, &mut records).unwrap();
        assert_eq!(records, [0]);
        for cells in [&["1"][..], &["1", "2"]] {
            sheet.begin(0);
            row(&mut sheet, cells);
            assert!(sheet.write(&mut tables, &mut records).is_err(), "a cell is missing");
            assert!(sheet.write_in_order(&mut tables, &mut records).is_err(), "a cell is missing");
        }
        assert_eq!(records, [0]);
    }
}
