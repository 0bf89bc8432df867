//! `himozuke check`: reads the inputs as a run would and tells what it found.

use std::{fs, io::Write, path::Path};

use crate::{
    args::{Check, Reading},
    failure::{Failure, Status},
    input::{Chunk, Columns, InputError, Role, Table, scan_ids},
    output::say,
    progress::Progress,
};

/// Rejected rows that are shown; all of them are counted.
const SHOWN: u64 = 20;

/// Reads the files and writes what was found.
///
/// # Errors
/// Where a file cannot be read, and for rejected rows if `--strict` was given.
pub fn check(arguments: &Check, out: &mut impl Write) -> Result<(), Failure> {
    let files = [(Role::Registry, &arguments.registry), (Role::Records, &arguments.records)];
    let mut rejected = 0;
    for (role, file) in files {
        if let Some(path) = file {
            rejected += check_file(path, role, &arguments.reading, out)?;
        }
    }
    if arguments.strict && rejected > 0 {
        let message = format!("{rejected} rows were rejected");
        return Err(Failure { status: Status::Rejected, message, hint: None });
    }
    Ok(())
}

fn check_file(path: &Path, role: Role, reading: &Reading, out: &mut impl Write) -> Result<u64, Failure> {
    let options = reading.options(role);
    let repeated = scan_ids(path, options)?;
    let table = Table::open(path, options)?;
    let columns = table.columns().clone();
    let mut lines = vec![format!("{}: {}", path.display(), table.form())];
    lines.extend(columns.found().map(|(name, header)| format!("  {name} = {header}")));
    lines.extend(columns.ignored().map(|header| format!("  ignored: {header}")));
    say(out, lines)?;

    let progress = Progress::over_bytes("check", fs::metadata(path).map_or(0, |metadata| metadata.len()));
    let (mut rows, mut rejected, mut gaiji) = (0u64, 0u64, 0u64);
    for chunk in table.stream() {
        let mut chunk =
            chunk.map_err(|source| InputError::Io { file: path.display().to_string(), source })?;
        chunk.reject_repeated(&repeated);
        let room = SHOWN.saturating_sub(rejected);
        say(out, rejections(&chunk, &columns, room))?;
        rows += chunk.rows().len() as u64;
        rejected += chunk.rejected().len() as u64;
        gaiji += chunk.gaiji();
        progress.set(chunk.bytes_read());
    }
    let mut lines = vec![format!("  {} rows = {rows} readable + {rejected} rejected", rows + rejected)];
    if gaiji > 0 {
        lines.push(format!("  {gaiji} private use characters (外字), which match nothing"));
    }
    say(out, lines)?;
    Ok(rejected)
}

/// The first rejected rows of a chunk, each with its line, column and cause.
fn rejections(chunk: &Chunk, columns: &Columns, room: u64) -> Vec<String> {
    let shown = chunk.rejected().iter().take(usize::try_from(room).unwrap_or(usize::MAX));
    let line = shown.map(|row| match row.column {
        Some(column) => format!("  line {}, {}: {}", row.line, columns.header(column), row.problem),
        None => format!("  line {}: {}", row.line, row.problem),
    });
    line.collect()
}
