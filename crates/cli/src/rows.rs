//! Tables of ids and codes, row by row, no row of which can take all memory.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use csv::{Reader, StringRecord};

use crate::{at_rest::Results, failure::Failure, input::ROW_LIMIT, said};

/// How much of a file is read ahead, in bytes.
const AHEAD: usize = 1 << 18;

/// A source of which no row can take all memory: whoever reads it says, row by row, where the next one begins.
pub(crate) struct Bounded<R> {
    from: R,
    left: usize,
}

impl<R> Bounded<R> {
    const MOST: usize = ROW_LIMIT + AHEAD;

    pub(crate) const fn new(from: R) -> Self {
        Self { from, left: Self::MOST }
    }

    pub(crate) const fn begin_row(&mut self) {
        self.left = Self::MOST;
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.left = self.left.checked_sub(read).ok_or_else(|| io::Error::other("the row is too long"))?;
        Ok(read)
    }
}

/// Some columns of a table of ids, row by row.
pub(crate) struct Rows<const N: usize> {
    pub(crate) file: String,
    reader: Reader<Bounded<Box<dyn Read>>>,
    columns: [Option<usize>; N],
    row: StringRecord,
}

impl<const N: usize> Rows<N> {
    /// Opens a table whose first `required` columns must be there; cells of another that is not are empty.
    pub(crate) fn open(path: &Path, headers: [&str; N], required: usize) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|source| Failure::unreadable(path, &source))?;
        Self::read(Box::new(file), path, headers, required)
    }

    /// Opens a table of a finished run likewise, in whatever form it is.
    pub(crate) fn of(
        results: &Results<'_>,
        table: &str,
        headers: [&str; N],
        required: usize,
    ) -> Result<Self, Failure> {
        Self::read(results.open(table)?, &results.directory().join(table), headers, required)
    }

    fn read(file: Box<dyn Read>, path: &Path, headers: [&str; N], required: usize) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(AHEAD).from_reader(Bounded::new(file));
        let found = reader.headers().map_err(|error| malformed(&name, 1, error))?;
        let mut columns = [None; N];
        for (place, (column, header)) in columns.iter_mut().zip(headers).enumerate() {
            *column = found.iter().position(|name| name.trim_start_matches('\u{FEFF}') == header);
            if place < required && column.is_none() {
                let message = said!("{name} has no column {header}"; "{name} に {header} 列がありません");
                return Err(Failure::usage(message, None));
            }
        }
        let file = path.file_name().map_or(name, |file| file.to_string_lossy().into_owned());
        Ok(Self { file, reader, columns, row: StringRecord::new() })
    }

    /// The cells of the next row, and its line.
    pub(crate) fn next(&mut self) -> Result<Option<([&str; N], u64)>, Failure> {
        let line = self.reader.position().line();
        self.reader.get_mut().begin_row();
        if !self.reader.read_record(&mut self.row).map_err(|error| malformed(&self.file, line, error))? {
            return Ok(None);
        }
        let line = self.row.position().map_or(line, csv::Position::line);
        Ok(Some((
            self.columns.map(|column| column.and_then(|column| self.row.get(column)).unwrap_or_default()),
            line,
        )))
    }
}

fn malformed(file: &str, line: u64, error: csv::Error) -> Failure {
    // Both come from what unpacks and decrypts, which notices a changed byte.
    let is_damage = |kind| matches!(kind, io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof);
    match error.into_kind() {
        csv::ErrorKind::Io(error) if is_damage(error.kind()) => {
            let message = said!(
                "{file} is damaged, or was changed after it was written";
                "{file} は壊れているか、書き出した後に変更されています"
            );
            Failure::usage(message, None)
        }
        csv::ErrorKind::Utf8 { .. } => Failure::usage(
            said!("{file}, line {line}: not UTF-8"; "{file} の{line}行目が UTF-8 ではありません"),
            Some(said!("save the table as CSV in UTF-8"; "表を UTF-8 の CSV で保存し直してください")),
        ),
        _ => {
            let message = said!(
                "{file}, line {line}: not a row of this table";
                "{file} の{line}行目は、この表の行ではありません"
            );
            Failure::usage(message, None)
        }
    }
}
