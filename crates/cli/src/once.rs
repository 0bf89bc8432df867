//! The registry read past the records and not kept: twice through its file, and only those stay whom the records ask for, some
//! records at a time.

use std::{
    fs,
    path::{Path, PathBuf},
};

use himozuke::{
    ReadOptions, Record, Registry, ResidentIndex,
    once::{Named, OnceError, Questions, Slice, Slices},
};

use crate::{
    failure::Failure,
    input::{Chunk, Column, InputError, Options, Role, Table, refuse_numbers},
    progress::Progress,
    residents::{
        Form, Lines, RegistryFault, Residents, is_index, registry_error, report_left_out, report_unknown,
        require_people,
    },
    said,
    sealed::Sealed,
    words::Said,
};

/// What the records ask, and where they stand in their file.
#[derive(Debug, Default)]
pub struct Batch {
    questions: Questions,
    records: u64,
    /// The first line of each chunk, and the records before it.
    chunks: Vec<(u64, u64)>,
}

impl Batch {
    /// A batch of which every slice is about as small as can be.
    #[cfg(test)]
    pub(crate) fn in_many_slices() -> Self {
        Self { questions: Questions::default().at_most(0), ..Self::default() }
    }

    /// Takes in the next chunk of records, which are to be read with these options.
    pub fn push(&mut self, chunk: &Chunk, reading: &ReadOptions) {
        let records = rows(chunk);
        self.questions.push(&records, reading);
        self.chunks.extend(chunk.rows().first().map(|first| (first.line(), self.records)));
        self.records += records.len() as u64;
    }
}

/// A registry that went by.
#[derive(Debug)]
pub struct Passed {
    path: PathBuf,
    slices: Slices,
    chunks: Vec<(u64, u64)>,
    total: usize,
    form: Form,
    left_out: u64,
    unknown: u64,
    gaiji: u64,
}

/// The residents for some lines of the records.
#[derive(Debug)]
pub struct Around {
    slice: Slice,
    /// The first line that they are not for.
    end: u64,
}

impl Around {
    /// Whom the records of these lines ask for.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        self.slice.registry()
    }

    /// Where a resident stands in the whole registry.
    #[must_use]
    pub fn place(&self, resident: ResidentIndex) -> ResidentIndex {
        self.slice.place(resident)
    }

    /// Whether a line is behind those that they are for.
    #[must_use]
    pub const fn is_before(&self, line: u64) -> bool {
        self.end <= line
    }
}

impl Passed {
    /// How many residents the registry has.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.total
    }

    /// Whom the records around a line ask for.
    ///
    /// # Errors
    /// Where the working file cannot be read, or no record stood there when they were asked what they ask.
    pub fn around(&self, line: u64) -> Result<Around, Failure> {
        let changed = || {
            Failure::failed(said!(
                "the records were changed while they were being read";
                "読んでいる間に記録が変わりました"
            ))
        };
        let chunk = self.chunks.partition_point(|(first, _)| *first <= line).checked_sub(1);
        let (_, record) = chunk.and_then(|chunk| self.chunks.get(chunk)).ok_or_else(changed)?;
        let slice = self.slices.around(*record).map_err(|error| self.failure(error))?.ok_or_else(changed)?;
        let next = self.chunks.partition_point(|(_, record)| *record < slice.records().end);
        let end = self.chunks.get(next).map_or(u64::MAX, |(first, _)| *first);
        Ok(Around { slice, end })
    }

    /// Those in these places of the registry, to be named.
    ///
    /// # Errors
    /// As [`Self::around`].
    pub fn named(&self, places: Vec<ResidentIndex>) -> Result<Named, Failure> {
        self.slices.named(places).map_err(|error| self.failure(error))
    }

    fn failure(&self, error: OnceError) -> Failure {
        // Ids that come again were told of when everybody had gone by: no line is asked for.
        failure(error, &self.path, &Lines::default())
    }

    /// What the file was like, with a registry of those who are named.
    #[must_use]
    pub fn residents(self, named: Registry) -> Residents {
        let Self { total, form, left_out, unknown, gaiji, .. } = self;
        Residents { total, left_out, unknown, gaiji, ..Residents::of(named, form) }
    }
}

/// Goes through a registry for those who are asked for; every fault goes to `report`, as from
/// [`residents::load`](crate::residents::load).
///
/// # Errors
/// As there; where the registry is an index file; where the working file cannot be used, or the registry was changed
/// between the two readings.
pub fn load(
    path: &Path,
    options: Options<'_>,
    reading: ReadOptions,
    batch: Batch,
    mut report: impl FnMut(RegistryFault<'_>) -> Result<(), Failure>,
) -> Result<Passed, Failure> {
    if is_index(path) {
        let path = path.display();
        let message = said!(
            "{path}: an index file is opened, not read through";
            "{path}: 索引ファイルは開くもので、順に読むことはできません"
        );
        let hint = said!("leave out --registry-once"; "--registry-once を外してください");
        return Err(Failure::usage(message, Some(hint)));
    }
    let options = Options { role: Role::Registry, ..options };
    let table = Table::open(path, options)?;
    let (encoding, columns) = (table.encoding(), table.columns().clone());
    require_people(path, &columns)?;
    let length = fs::metadata(path).map_or(0, |metadata| metadata.len());
    let working_file = Sealed::nameless().map_err(|error| failure(error.into(), path, &Lines::default()))?;
    let Batch { questions, chunks, .. } = batch;
    let mut first = questions.ask(reading, working_file);
    let mut lines = Lines::default();
    let (mut left_out, mut unknown, mut gaiji) = (0, 0, 0);
    let progress = Progress::over_bytes(said!("registry"; "住民データ"), length);
    for (number, chunk) in table.stream().enumerate() {
        let chunk = chunk.map_err(|source| unreadable(path, source))?;
        if number == 0 {
            refuse_numbers(path, &chunk, &[Column::Id])?;
        }
        left_out += report_left_out(&chunk, &columns, &mut report)?;
        gaiji += chunk.gaiji();
        let before = lines.rows();
        chunk.rows().iter().for_each(|row| lines.push(row.line()));
        let problems = first.push(&rows(&chunk)).map_err(|error| failure(error, path, &lines))?;
        unknown += problems.len() as u64;
        for problem in problems {
            let row = usize::try_from(problem.row - before).ok().and_then(|at| chunk.rows().get(at));
            report_unknown(&chunk, row, problem.problem, &columns, &mut report)?;
        }
        progress.set(chunk.bytes_read());
    }
    let mut second = first.again().map_err(|error| failure(error, path, &lines))?;
    for chunk in Table::open(path, options)?.stream() {
        let chunk = chunk.map_err(|source| unreadable(path, source))?;
        second.push(&rows(&chunk)).map_err(|error| failure(error, path, &lines))?;
        progress.set(chunk.bytes_read());
    }
    let total = usize::try_from(second.residents()).unwrap_or(usize::MAX);
    let slices = second.slices().map_err(|error| failure(error, path, &lines))?;
    Ok(Passed {
        path: path.to_owned(),
        slices,
        chunks,
        total,
        form: Form::Table(encoding),
        left_out,
        unknown,
        gaiji,
    })
}

fn rows(chunk: &Chunk) -> Vec<Record<'_>> {
    chunk.rows().iter().map(|row| chunk.record(row)).collect()
}

fn unreadable(path: &Path, source: std::io::Error) -> Failure {
    InputError::Io { file: path.display().to_string(), source }.into()
}

fn failure(error: OnceError, path: &Path, lines: &Lines) -> Failure {
    match error {
        OnceError::Registry(error) => registry_error(error, path, lines),
        OnceError::WorkingFile(_) => {
            let hint = said!("is TMPDIR full?"; "TMPDIR の場所に空きがあるか確かめてください");
            Failure { hint: Some(hint), ..Failure::failed(Said::of(&error)) }
        }
        other => {
            let path = path.display();
            Failure::failed(said!("{path}: {other}"; "{path}: {}", other.ja()))
        }
    }
}
