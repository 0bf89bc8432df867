//! The registry from its file. What of it cannot be read is told, for a namesake who is missing makes links unsafe.

mod changes;

use std::{fmt, fs, path::Path};

use himozuke::{
    IndexFileError, MyNumber, MyNumberError, NumberTable, NumberTableBuilder, ReadOptions, Record, Registry,
    RegistryBuilder, RegistryError, Unreadable,
};
use rayon::prelude::*;

use self::changes::Rows;
use crate::{
    failure::Failure,
    input::{
        Chunk, Column, Columns, Encoding, InputError, Options, Repeat, Role, Row, Table, refuse_numbers,
    },
    progress::Progress,
    said,
    words::{InJapanese, Said},
};

/// A registry, and what its file was like.
#[derive(Debug)]
pub struct Residents {
    /// Who is registered.
    pub registry: Registry,
    /// How many there are, whether or not all of them are kept.
    pub total: usize,
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
    /// Rows of the changes that took out nobody, for nobody had their id: changes of another registry, or laid over it already.
    pub nobody_removed: u64,
    /// Columns that the changes lack, by their names: whoever is changed is left without what stands there.
    pub blanked: Vec<&'static str>,
}

impl Residents {
    /// Residents of whom nothing had to be left out.
    #[must_use]
    pub fn of(registry: Registry, form: Form) -> Self {
        let total = registry.len();
        Self {
            registry,
            total,
            numbers: None,
            form,
            left_out: 0,
            unknown: 0,
            gaiji: 0,
            nobody_removed: 0,
            blanked: Vec::new(),
        }
    }
}

fn nobody_in(path: &Path) -> Failure {
    let path = path.display();
    let message = said!("{path} has no residents that can be read"; "{path} に読める住民が一人もいません");
    let hint = said!("see whether it is the whole file"; "ファイル全体があるか確かめてください");
    Failure::usage(message, Some(hint))
}

/// Refuses a registry of which no column says who its residents are: every record would seem to be nobody's.
///
/// # Errors
/// Where none does.
pub fn require_people(path: &Path, columns: &Columns) -> Result<(), Failure> {
    if columns.describe_people() {
        return Ok(());
    }
    let path = path.display();
    let message = said!(
        "{path} has no column of names, birth dates, sexes or addresses that is known";
        "{path} に、氏名・生年月日・性別・住所とわかる列がありません"
    );
    let hint = said!(
        "name one with --map kanji_name=HEADER; himozuke check tells which columns are ignored";
        "--map kanji_name=見出し のように指定してください。使われない列は himozuke check でわかります"
    );
    Err(Failure::usage(message, Some(hint)))
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

impl InJapanese for Form {
    fn ja(&self) -> String {
        match self {
            Self::Table(encoding) => encoding.to_string(),
            Self::Index => "索引ファイル".to_owned(),
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
    pub problem: Said,
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

/// Where residents are read from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The registry: a table, or an index file.
    pub registry: &'a Path,
    /// A table of residents who came, changed or went since.
    pub changes: Option<&'a Path>,
}

impl<'a> Source<'a> {
    /// A registry as it is.
    #[must_use]
    pub const fn unchanged(registry: &'a Path) -> Self {
        Self { registry, changes: None }
    }
}

/// Reads and indexes the residents; every fault goes to `report`, in the order of the file within each kind of a chunk.
///
/// # Errors
/// Where a file cannot be read, its ids are individual numbers, two residents share one, and whatever `report`
/// returns.
pub fn load(
    source: Source<'_>,
    options: Options<'_>,
    reading: ReadOptions,
    numbers: Numbers,
    report: impl FnMut(RegistryFault<'_>) -> Result<(), Failure>,
) -> Result<Residents, Failure> {
    load_over(None, source, options, reading, numbers, report)
}

/// As [`load`]; where the registry is an index file, it may be open already.
///
/// # Errors
/// As [`load`].
pub fn load_over(
    index: Option<Registry>,
    source: Source<'_>,
    options: Options<'_>,
    reading: ReadOptions,
    numbers: Numbers,
    report: impl FnMut(RegistryFault<'_>) -> Result<(), Failure>,
) -> Result<Residents, Failure> {
    take(source, index, options, reading, numbers, None, report)
}

/// Opens an index file for a job.
///
/// # Errors
/// Where it is none of this version, or damaged: every byte is checked, for a job reads most of the file anyway, and a damaged
/// one could link to the wrong person.
pub fn open_index(path: &Path) -> Result<Registry, Failure> {
    Ok(Registry::open_checked(path)?)
}

/// As [`load`], into an index file: a registry that is only a table is built there and need not fit into memory.
///
/// # Errors
/// As [`load`], and where the file cannot be written.
pub fn index(
    source: Source<'_>,
    options: Options<'_>,
    reading: ReadOptions,
    file: &Path,
    report: impl FnMut(RegistryFault<'_>) -> Result<(), Failure>,
) -> Result<Residents, Failure> {
    let in_place = source.changes.is_none() && !is_index(source.registry);
    let residents = take(source, None, options, reading, Numbers::Left, in_place.then_some(file), report)?;
    if !in_place {
        residents.registry.save(file)?;
    }
    Ok(residents)
}

fn take(
    source: Source<'_>,
    index: Option<Registry>,
    options: Options<'_>,
    reading: ReadOptions,
    numbers: Numbers,
    into: Option<&Path>,
    mut report: impl FnMut(RegistryFault<'_>) -> Result<(), Failure>,
) -> Result<Residents, Failure> {
    let Source { registry: path, changes } = source;
    if numbers == Numbers::Taken && (changes.is_some() || is_index(path)) {
        let file = changes.unwrap_or(path).display();
        let message = match changes {
            Some(_) => said!(
                "{file}: changes hold no individual numbers";
                "{file}: 異動のファイルから個人番号は読みません"
            ),
            None => said!(
                "{file}: an index file holds no individual numbers";
                "{file}: 索引ファイルに個人番号はありません"
            ),
        };
        let hint = said!(
            "give the registry as one table, or name each record's person by person_id";
            "住民データを一つの表で指定するか、記録ごとの住民を person_id で示してください"
        );
        return Err(Failure::usage(message, Some(hint)));
    }
    let index = match index {
        None if is_index(path) => Some(open_index(path)?),
        index => index,
    };
    let mut known = None;
    let mut residents = if let Some(registry) = index {
        Residents::of(registry, Form::Index)
    } else {
        let taken = take_in(path, options, reading, numbers, Rows::Residents, &mut report)?;
        if into.is_some() && taken.lines.rows() == 0 {
            return Err(nobody_in(path));
        }
        let failed = |error| registry_error(error, path, &taken.lines);
        let registry = match into {
            None => taken.builder.build().map_err(failed)?,
            Some(file) => taken.builder.save(file).map_err(|error| match error {
                IndexFileError::Registry(error) => failed(error),
                error => error.into(),
            })?,
        };
        let Taken { encoding, left_out, unknown, gaiji, numbers, columns, .. } = taken;
        known = Some(columns);
        let numbers = numbers.map(NumberTableBuilder::build);
        let residents = Residents::of(registry, Form::Table(encoding));
        Residents { numbers, left_out, unknown, gaiji, ..residents }
    };
    if let Some(path) = changes {
        let taken =
            take_in(path, options, reading, Numbers::Left, Rows::Changes(&residents.registry), &mut report)?;
        let Taken { builder, gone, lines, left_out, unknown, gaiji, columns, .. } = taken;
        if lines.rows() > 0 {
            residents.blanked = changes::blanked(known.as_ref(), &columns);
        }
        let missing = gone.iter().filter(|id| residents.registry.find(id).is_none());
        residents.nobody_removed = missing.count() as u64;
        let changed = residents.registry.with_changes(builder, gone.iter().map(String::as_str));
        residents.registry = changed.map_err(|error| registry_error(error, path, &lines))?;
        // Nothing says which row is the later one, and a resident who went must not be linked to.
        if gone.iter().any(|id| residents.registry.find(id).is_some()) {
            let path = path.display();
            let message = said!(
                "{path} has one id on a deleted row and on another one";
                "{path} に、消除の行と別の行とで同じ ID があります"
            );
            return Err(Failure::usage(message, Some(one_row_for_each())));
        }
        residents.left_out += left_out;
        residents.unknown += unknown;
        residents.gaiji += gaiji;
    }
    residents.total = residents.registry.len();
    Ok(residents)
}

/// What to do about an id that stands twice.
pub(crate) fn one_row_for_each() -> Said {
    said!("leave one row for each id"; "一つの ID につき1行だけを残してください")
}

/// A table read.
struct Taken {
    builder: RegistryBuilder,
    /// Ids of those who went.
    gone: Vec<String>,
    numbers: Option<NumberTableBuilder>,
    lines: Lines,
    columns: Columns,
    encoding: Encoding,
    left_out: u64,
    unknown: u64,
    gaiji: u64,
}

fn take_in(
    path: &Path,
    options: Options<'_>,
    reading: ReadOptions,
    numbers: Numbers,
    kind: Rows<'_>,
    report: &mut impl FnMut(RegistryFault<'_>) -> Result<(), Failure>,
) -> Result<Taken, Failure> {
    let file = || path.display().to_string();
    let table = Table::open(path, Options { role: Role::Registry, ..options })?;
    let (encoding, columns) = (table.encoding(), table.columns().clone());
    if matches!(kind, Rows::Residents) {
        require_people(path, &columns)?;
    }
    let size = fs::metadata(path).map_or(0, |metadata| metadata.len());
    let progress = Progress::over_bytes(said!("registry"; "住民データ"), size);
    let mut taken = Taken {
        builder: RegistryBuilder::new(reading),
        gone: Vec::new(),
        numbers: (numbers == Numbers::Taken).then(NumberTable::builder),
        lines: Lines::default(),
        columns: columns.clone(),
        encoding,
        left_out: 0,
        unknown: 0,
        gaiji: 0,
    };
    let Taken { builder, gone, numbers, lines, left_out, unknown, gaiji, .. } = &mut taken;
    let mut chunks = table.stream();
    let mut next = chunks.next();
    for number in 0.. {
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|source| InputError::Io { file: file(), source })?;
        if number == 0 {
            refuse_numbers(path, &chunk, &[Column::Id])?;
        }
        *left_out += report_left_out(&chunk, &columns, report)?;
        *gaiji += chunk.gaiji();
        let (went, rows): (Vec<&Row>, Vec<&Row>) =
            chunk.rows().iter().partition(|row| kind.went(&chunk, row));
        gone.extend(went.into_iter().map(|row| chunk.value(row, Column::Id).to_owned()));
        rows.iter().try_for_each(|row| kind.check(path, &chunk, row))?;
        let (first, known) = (lines.rows, builder.problems().len());
        rows.iter().for_each(|row| lines.push(row.line()));
        let residents: Vec<Record<'_>> =
            rows.par_iter().map(|row| kind.resident(&chunk, row, &columns)).collect();
        let read = || numbers.is_some().then(|| read_numbers(&chunk));
        // The rows after these are read beside them.
        let ((pushed, read), following) =
            rayon::join(|| rayon::join(|| builder.push(&residents), read), || chunks.next());
        next = following;
        pushed.map_err(|error| registry_error(error, path, lines))?;
        let mut found: Vec<(u64, Unreadable)> =
            builder.problems().iter().skip(known).map(|found| (found.row - first, found.problem)).collect();
        if let Some(numbers) = numbers {
            for (place, number) in read.into_iter().flatten() {
                match (number, builder.resident(first + place)) {
                    (Ok(number), Some(resident)) => numbers.push(&number, resident),
                    (Err(error), _) => found.push((place, error.into())),
                    // The chunk has just been pushed: each of its rows is a resident.
                    (Ok(_), None) => {}
                }
            }
        }
        for (row, problem) in found {
            let row = usize::try_from(row).ok().and_then(|at| rows.get(at));
            report_unknown(&chunk, row.copied(), problem, &columns, report)?;
            *unknown += 1;
        }
        if number == 0 {
            builder.expect(to_come(&chunk, size));
        }
        progress.set(chunk.bytes_read());
    }
    Ok(taken)
}

/// How many rows come after the first ones of a file of so many bytes, at most, if they are about as long as those: one row too
/// few would have all of them copied, and room for some too many takes no memory.
fn to_come(first: &Chunk, size: u64) -> u64 {
    let read = first.bytes_read().max(1);
    let rows = u128::from(size.saturating_sub(read)) * first.rows().len() as u128 / u128::from(read);
    u64::try_from(rows + rows / 16).unwrap_or(u64::MAX)
}

/// A code and its sentence.
fn coded(code: &str, problem: &impl InJapanese) -> Said {
    said!("{code}: {problem}"; "{code}: {}", problem.ja())
}

/// Reports the rows of a chunk that could not be read at all; how many they are.
///
/// # Errors
/// Those of `report`.
pub fn report_left_out(
    chunk: &Chunk,
    columns: &Columns,
    report: &mut impl FnMut(RegistryFault<'_>) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    for rejected in chunk.rejected() {
        report(RegistryFault {
            line: rejected.line,
            person_id: rejected.record_id.as_deref().unwrap_or_default(),
            column: rejected.column.map_or("", |column| columns.header(column)),
            problem: coded(rejected.problem.code(), &rejected.problem),
            effect: Effect::RowLeftOut,
        })?;
    }
    Ok(chunk.rejected().len() as u64)
}

/// Reports an attribute of a row that could not be read.
///
/// # Errors
/// Those of `report`.
pub fn report_unknown(
    chunk: &Chunk,
    row: Option<&Row>,
    problem: Unreadable,
    columns: &Columns,
    report: &mut impl FnMut(RegistryFault<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    report(RegistryFault {
        line: row.map_or(0, Row::line),
        person_id: row.map_or("", |row| chunk.value(row, Column::Id)),
        column: columns.header_of(problem.column()),
        problem: coded(problem.code(), &problem),
        effect: Effect::AttributeUnknown,
    })
}

/// Whether a registry is an index file; what is looked at in a pipe would be gone from it. One that cannot be read is told
/// of by whoever reads it.
#[must_use]
pub fn is_index(path: &Path) -> bool {
    path.is_file() && Registry::is_index_file(path).unwrap_or(false)
}

/// The registry for single look-ups: an index file is opened without reading it all.
///
/// # Errors
/// As [`load`].
pub fn open(source: Source<'_>, options: Options<'_>, reading: ReadOptions) -> Result<Registry, Failure> {
    if source.changes.is_none() && is_index(source.registry) {
        return Ok(Registry::open(source.registry)?);
    }
    Ok(load(source, options, reading, Numbers::Left, |_| Ok(()))?.registry)
}

/// The numbers of a chunk's rows, by their places in it. One that cannot be read is nobody's.
fn read_numbers(chunk: &Chunk) -> Vec<(u64, Result<MyNumber, MyNumberError>)> {
    // As long as it can become: a list that grows would leave numbers behind where it was.
    let mut numbers = Vec::with_capacity(chunk.rows().len());
    for (row, place) in chunk.rows().iter().zip(0u64..) {
        let text = chunk.value(row, Column::MyNumber);
        if !text.trim().is_empty() {
            numbers.push((place, text.parse()));
        }
    }
    numbers
}

/// An error of the registry, with the lines of its file.
pub fn registry_error(error: RegistryError, path: &Path, lines: &Lines) -> Failure {
    match error {
        RegistryError::DuplicateId { first, second } => {
            let repeat = Repeat { first_line: lines.of(first), line: lines.of(second) };
            InputError::DuplicateId { file: path.display().to_string(), repeat }.into()
        }
        other => {
            let path = path.display();
            Failure::usage(
                said!("cannot take in {path}: {other}"; "{path} を取り込めません: {}", other.ja()),
                None,
            )
        }
    }
}

/// The line of each row: only where a row does not follow the one before it is anything kept.
#[derive(Debug, Default)]
pub struct Lines {
    rows: u64,
    last: u64,
    /// Row and line where a run of consecutive lines begins.
    runs: Vec<(u64, u64)>,
}

impl Lines {
    /// The line of the next row.
    pub fn push(&mut self, line: u64) {
        if self.runs.is_empty() || line != self.last + 1 {
            self.runs.push((self.rows, line));
        }
        self.last = line;
        self.rows += 1;
    }

    /// How many rows there are.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
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
