//! The registry from its file. What of it cannot be read is told, for a namesake who is missing makes links unsafe.

use std::{fmt, fs, path::Path};

use himozuke::{
    MyNumber, NumberTable, NumberTableBuilder, ReadOptions, Record, Registry, RegistryBuilder, RegistryError,
    Unreadable,
};

use crate::{
    failure::Failure,
    input::{Chunk, Column, Encoding, InputError, Options, Repeat, Role, Table, refuse_numbers},
    progress::Progress,
};

/// A registry, and what its file was like.
#[derive(Debug)]
pub struct Residents {
    /// Who is registered.
    pub registry: Registry,
    /// Whose individual number is whose, where that was asked for.
    pub numbers: Option<NumberTable>,
    /// What kind of file it is.
    pub form: Form,
    /// Rows that could not be read at all: nobody knows whose namesake is missing.
    pub left_out: u64,
    /// Attributes that could not be read and count as unknown.
    pub unknown: u64,
    /// Private use characters (外字) in its rows.
    pub gaiji: u64,
}

/// What kind of file a registry came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// A table, in this encoding.
    Table(Encoding),
    /// An index file.
    Index,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(encoding) => encoding.fmt(f),
            Self::Index => f.write_str("index file"),
        }
    }
}

/// Something of the registry that could not be read. Holds no value.
#[derive(Clone, Debug)]
pub struct RegistryFault<'a> {
    /// The line of its row.
    pub line: u64,
    /// The resident; empty where it cannot be told.
    pub person_id: &'a str,
    /// The header of the cell, the attribute, or nothing where the whole row is at fault.
    pub column: &'a str,
    /// Code and sentence.
    pub problem: String,
    /// What became of it.
    pub effect: Effect,
}

/// What an unreadable cell does to its resident.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// The resident is missing.
    RowLeftOut,
    /// The resident is there without the attribute.
    AttributeUnknown,
}

impl Effect {
    /// The fixed name that machine-read files carry.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::RowLeftOut => "row_left_out",
            Self::AttributeUnknown => "attribute_unknown",
        }
    }
}

/// Whether the individual numbers of a registry are taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Numbers {
    /// They stay unread.
    Left,
    /// They are held beside the registry.
    Taken,
}

/// Reads and indexes the residents; every fault goes to `report`, in the order of the file within each kind of a chunk.
///
/// # Errors
/// Where the file cannot be read, its ids are individual numbers, two residents share one, and whatever `report`
/// returns.
pub fn load(
    path: &Path,
    options: Options<'_>,
    reading: ReadOptions,
    numbers: Numbers,
    mut report: impl FnMut(RegistryFault<'_>) -> Result<(), Failure>,
) -> Result<Residents, Failure> {
    if is_index(path) {
        if numbers == Numbers::Taken {
            let message = format!("{} is an index file, which holds no individual numbers", path.display());
            let hint = "give the registry as a table, or name each record's person by person_id".to_owned();
            return Err(Failure::usage(message, Some(hint)));
        }
        // Every byte is checked: a job reads most of the file anyway, and a damaged one could link to the wrong person.
        let registry = Registry::open_checked(path)?;
        return Ok(Residents {
            registry,
            numbers: None,
            form: Form::Index,
            left_out: 0,
            unknown: 0,
            gaiji: 0,
        });
    }
    let file = || path.display().to_string();
    let table = Table::open(path, Options { role: Role::Registry, ..options })?;
    let (encoding, columns) = (table.encoding(), table.columns().clone());
    let progress = Progress::over_bytes("registry", fs::metadata(path).map_or(0, |metadata| metadata.len()));
    let mut builder = RegistryBuilder::new(reading);
    let mut numbers = (numbers == Numbers::Taken).then(NumberTable::builder);
    let mut lines = Lines::default();
    let (mut left_out, mut unknown, mut gaiji) = (0, 0, 0);
    for (number, chunk) in table.stream().enumerate() {
        let chunk = chunk.map_err(|source| InputError::Io { file: file(), source })?;
        if number == 0 {
            refuse_numbers(path, &chunk, &[Column::Id])?;
        }
        for rejected in chunk.rejected() {
            report(RegistryFault {
                line: rejected.line,
                person_id: rejected.record_id.as_deref().unwrap_or_default(),
                column: rejected.column.map_or("", |column| columns.header(column)),
                problem: format!("{}: {}", rejected.problem.code(), rejected.problem),
                effect: Effect::RowLeftOut,
            })?;
        }
        left_out += chunk.rejected().len() as u64;
        gaiji += chunk.gaiji();
        let (first, known) = (lines.rows, builder.problems().len());
        chunk.rows().iter().for_each(|row| lines.push(row.line()));
        let residents: Vec<Record<'_>> = chunk.rows().iter().map(|row| chunk.record(row)).collect();
        builder.push(&residents).map_err(|error| registry_error(error, path, &lines))?;
        let mut found: Vec<(u64, Unreadable)> =
            builder.problems().iter().skip(known).map(|found| (found.row - first, found.problem)).collect();
        if let Some(numbers) = &mut numbers {
            take_numbers(&chunk, first, &builder, numbers, |row, problem| found.push((row, problem)));
        }
        for (row, problem) in found {
            let row = usize::try_from(row).ok().and_then(|at| chunk.rows().get(at));
            report(RegistryFault {
                line: row.map_or(0, |row| row.line()),
                person_id: row.map_or("", |row| chunk.value(row, Column::Id)),
                column: columns.header_of(problem.column()),
                problem: format!("{}: {problem}", problem.code()),
                effect: Effect::AttributeUnknown,
            })?;
            unknown += 1;
        }
        progress.set(chunk.bytes_read());
    }
    let registry = builder.build().map_err(|error| registry_error(error, path, &lines))?;
    let numbers = numbers.map(NumberTableBuilder::build);
    Ok(Residents { registry, numbers, form: Form::Table(encoding), left_out, unknown, gaiji })
}

/// Whether a registry is an index file; what is looked at in a pipe would be gone from it. One that cannot be read is told of by whoever reads it.
#[must_use]
pub fn is_index(path: &Path) -> bool {
    path.is_file() && Registry::is_index_file(path).unwrap_or(false)
}

/// The registry for single look-ups: an index file is opened without reading it all.
///
/// # Errors
/// As [`load`].
pub fn open(path: &Path, options: Options<'_>, reading: ReadOptions) -> Result<Registry, Failure> {
    if is_index(path) {
        return Ok(Registry::open(path)?);
    }
    Ok(load(path, options, reading, Numbers::Left, |_| Ok(()))?.registry)
}

/// Takes in the numbers of a chunk, whose rows begin at the place `first` of the builder's input. A number that cannot be
/// read is nobody's.
fn take_numbers(
    chunk: &Chunk,
    first: u64,
    builder: &RegistryBuilder,
    numbers: &mut NumberTableBuilder,
    mut fault: impl FnMut(u64, Unreadable),
) {
    for (row, place) in chunk.rows().iter().zip(0u64..) {
        let text = chunk.value(row, Column::MyNumber);
        if text.trim().is_empty() {
            continue;
        }
        match (text.parse::<MyNumber>(), builder.resident(first + place)) {
            (Ok(number), Some(resident)) => numbers.push(&number, resident),
            (Err(error), _) => fault(place, error.into()),
            // The chunk has just been pushed: each of its rows is a resident.
            (Ok(_), None) => {}
        }
    }
}

fn registry_error(error: RegistryError, path: &Path, lines: &Lines) -> Failure {
    match error {
        RegistryError::DuplicateId { first, second } => {
            let repeat = Repeat { first_line: lines.of(first), line: lines.of(second) };
            InputError::DuplicateId { file: path.display().to_string(), repeat }.into()
        }
        other => Failure::usage(format!("cannot take in {}: {other}", path.display()), None),
    }
}

/// The line of each row: only where a row does not follow the one before it is anything kept.
#[derive(Debug, Default)]
struct Lines {
    rows: u64,
    last: u64,
    /// Row and line where a run of consecutive lines begins.
    runs: Vec<(u64, u64)>,
}

impl Lines {
    fn push(&mut self, line: u64) {
        if self.runs.is_empty() || line != self.last + 1 {
            self.runs.push((self.rows, line));
        }
        self.last = line;
        self.rows += 1;
    }

    fn of(&self, row: u64) -> u64 {
        let runs = self.runs.partition_point(|(first, _)| *first <= row);
        let run = runs.checked_sub(1).and_then(|index| self.runs.get(index));
        run.map_or(0, |(first, line)| line + (row - first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_again() {
        let mut lines = Lines::default();
        let file = [2, 3, 4, 7, 8, 12];
        file.into_iter().for_each(|line| lines.push(line));
        assert_eq!([0, 1, 2, 3, 4, 5].map(|row| lines.of(row)), file);
        assert_eq!(lines.runs.len(), 3);
    }
}
