//! The registry read past the records and not kept: twice through its file, and only those stay whom the records ask for.

use std::{fs, path::Path};

use himozuke::{
    ReadOptions, Record,
    once::{OnceError, Questions},
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
    words::Said,
};

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
    questions: Questions,
    mut report: impl FnMut(RegistryFault<'_>) -> Result<(), Failure>,
) -> Result<Residents, Failure> {
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
    let working_file =
        tempfile::tempfile().map_err(|error| failure(error.into(), path, &Lines::default()))?;
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
    let registry = second.build().map_err(|error| failure(error, path, &lines))?;
    let residents = Residents::of(registry, Form::Table(encoding));
    Ok(Residents { total, left_out, unknown, gaiji, ..residents })
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
