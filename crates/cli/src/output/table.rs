//! A table while it is written: as CSV, as its twin in another form beside that, or as a part of one table of all.

use std::io::{self, Write};

use super::{Finished, OutFile, OutputError, one_table::Part};
use crate::twins::TwinFile;

/// A table being written: quoted where it must be, lines ended by LF.
#[derive(Debug)]
pub struct CsvFile(Sink);

#[derive(Debug)]
enum Sink {
    Own { table: Table, twin: Option<TwinFile> },
    Part(Part),
}

impl CsvFile {
    /// Begins a table with its header, and with the twin that has begun likewise.
    pub(super) fn begin(
        file: OutFile,
        twin: Option<TwinFile>,
        header: &[impl AsRef<[u8]>],
    ) -> Result<Self, OutputError> {
        Ok(Self(Sink::Own { table: Table::begin(file, header)?, twin }))
    }

    pub(super) const fn part(part: Part) -> Self {
        Self(Sink::Part(part))
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Where the disk is full or fails, and where the row has not as many cells as the header.
    pub fn row<I>(&mut self, cells: I) -> Result<(), OutputError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        match &mut self.0 {
            Sink::Own { table, twin: Some(twin) } => {
                let cells: Vec<I::Item> = cells.into_iter().collect();
                twin.row(cells.iter().map(AsRef::as_ref))?;
                table.row(cells)
            }
            Sink::Own { table, .. } => table.row(cells),
            Sink::Part(part) => part.row(cells),
        }
    }

    /// The file, where rows are no more than text to it: it has no twin, and is no part of another table.
    pub(super) const fn as_text(&mut self) -> Option<&mut Table> {
        match &mut self.0 {
            Sink::Own { table, twin: None } => Some(table),
            _ => None,
        }
    }

    /// Brings everything to the disk.
    ///
    /// # Errors
    /// As [`OutFile::finish`].
    pub fn finish(self) -> Result<Finished, OutputError> {
        match self.0 {
            Sink::Own { table, twin: Some(twin) } => Ok(table.finish()?.and(twin.finish()?)),
            Sink::Own { table, .. } => table.finish(),
            Sink::Part(_) => Ok(Finished::elsewhere()),
        }
    }
}

/// A file of rows that have equally many cells.
#[derive(Debug)]
pub(super) struct Table {
    file: OutFile,
    cells: usize,
    /// Room for a row.
    text: Vec<u8>,
}

impl Table {
    pub(super) fn begin(file: OutFile, header: &[impl AsRef<[u8]>]) -> Result<Self, OutputError> {
        let mut table = Self { file, cells: header.len(), text: Vec::new() };
        table.row(header)?;
        Ok(table)
    }

    pub(super) fn row<I>(&mut self, cells: I) -> Result<(), OutputError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        self.text.clear();
        let mut row = Row::begin(&mut self.text);
        cells.into_iter().for_each(|cell| row.cell(cell));
        if row.end() != self.cells {
            return Err(self.lacks_cells());
        }
        self.file.bytes(&self.text)
    }

    /// Writes rows that are text already, each of so many cells.
    pub(super) fn rows(&mut self, text: &[u8], cells: Option<usize>) -> Result<(), OutputError> {
        if cells == Some(self.cells) { self.file.bytes(text) } else { Err(self.lacks_cells()) }
    }

    fn lacks_cells(&self) -> OutputError {
        lacks_cells(self.file.name())
    }

    pub(super) fn finish(mut self) -> Result<Finished, OutputError> {
        // What packs the file ends a block here: a packed table is the same, byte by byte, as it ever was.
        self.file.flush().map_err(OutputError::io(self.file.name().as_ref()))?;
        self.file.finish()
    }
}

/// That a row is not one of its table.
pub(super) fn lacks_cells(table: &str) -> OutputError {
    OutputError::io(table.as_ref())(io::Error::other("the row has not as many cells as the header"))
}

/// A row of a table that is put into text, cell by cell.
#[derive(Debug)]
pub struct Row<'t> {
    text: &'t mut Vec<u8>,
    start: usize,
    cells: usize,
}

impl<'t> Row<'t> {
    pub(super) const fn begin(text: &'t mut Vec<u8>) -> Self {
        let start = text.len();
        Self { text, start, cells: 0 }
    }

    /// Adds a cell, in quotes where it must be.
    pub fn cell(&mut self, cell: impl AsRef<[u8]>) {
        let cell = cell.as_ref();
        // Most are too short for a faster search to pay.
        let must_be = cell.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
        if must_be { self.quoted(cell) } else { self.plain(|to| to.extend_from_slice(cell)) }
    }

    /// Adds a cell that is written as it stands: digits and codes, nothing that would have to be in quotes.
    pub fn plain(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.cells > 0 {
            self.text.push(b',');
        }
        self.cells += 1;
        write(self.text);
    }

    #[cold]
    fn quoted(&mut self, cell: &[u8]) {
        self.plain(|to| {
            to.push(b'"');
            for (place, part) in cell.split(|byte| *byte == b'"').enumerate() {
                if place > 0 {
                    to.extend_from_slice(b"\"\"");
                }
                to.extend_from_slice(part);
            }
            to.push(b'"');
        });
    }

    /// Ends the row; how many cells it has.
    pub(super) fn end(self) -> usize {
        // A row of one empty cell would be a blank line, which is no row.
        if self.cells == 1 && self.text.len() == self.start {
            self.text.extend_from_slice(b"\"\"");
        }
        self.text.push(b'\n');
        self.cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_those_of_the_csv_crate(
            rows in proptest::collection::vec(proptest::collection::vec("[a髙,\"\n\r ;|'#]{0,4}|[a-z,\"]{9,20}", 1..5), 0..5),
        ) {
            let mut plainly = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            let mut text = Vec::new();
            for cells in &rows {
                plainly.write_record(cells).unwrap();
                let mut row = Row::begin(&mut text);
                cells.iter().for_each(|cell| row.cell(cell));
                prop_assert_eq!(row.end(), cells.len());
            }
            prop_assert_eq!(text, plainly.into_inner().unwrap());
        }
    }
}
