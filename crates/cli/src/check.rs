//! `himozuke check`: reads the inputs and settings as a run would, and tells what it found; also who is registered twice, and
//! how many records that costs.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use himozuke::{Linker, Record, ResidentIndex};
use rustc_hash::FxHashSet;

use crate::{
    args::{Check, Forms, Reading},
    at_rest::Wanted,
    deciding,
    failure::{Failure, Status},
    input::{Chunk, Columns, DuplicateIds, InputError, Options, Role, Table, scan_ids},
    mj,
    output::say,
    progress::Progress,
    residents::{self, Numbers, Source},
};

/// Rejected rows, and residents registered twice, that are shown; all of them are counted.
const SHOWN: u64 = 20;

/// Reads the files and writes what was found.
///
/// # Errors
/// Where the policy is wrong, a file or a key cannot be read, and for rejected rows if `--strict` was given.
pub fn check(arguments: &Check, out: &mut impl Write) -> Result<(), Failure> {
    let Check { registry, records, reading, deciding, forms, .. } = arguments;
    let policy = deciding::policy(&deciding.policy)?;
    deciding::model(deciding)?;
    mj::install(&deciding.mj)?;
    check_encryption(forms, out)?;
    let as_of = deciding::as_of(deciding.as_of)?;
    let mut rejected = 0;
    for (role, file) in [(Role::Registry, registry), (Role::Records, records)] {
        match file {
            Some(path) if role == Role::Registry && residents::is_index(path) => {
                say(out, [format!("{}: index file", path.display())])?;
            }
            Some(path) => rejected += check_file(path, role, reading, out)?,
            None => {}
        }
    }
    if let Some(path) = registry {
        let read = |role| deciding::reading(deciding, &policy, role, as_of);
        let options = reading.options(Role::Registry);
        let residents =
            residents::load(Source::unchanged(path), options, read(Role::Registry), Numbers::Left, |_| {
                Ok(())
            })?;
        let linker = Linker::new(&residents.registry, policy.clone())
            .map_err(|error| Failure::usage(error.to_string(), None))?
            .reading(read(Role::Records));
        check_twice(&linker, records.as_deref(), reading, out)?;
    }
    if arguments.strict && rejected > 0 {
        let message = format!("{rejected} rows were rejected");
        return Err(Failure { status: Status::Rejected, message, hint: None });
    }
    Ok(())
}

/// Encrypts for nobody, and tells who could read the results of a run.
fn check_encryption(forms: &Forms, out: &mut impl Write) -> Result<(), Failure> {
    let Some(wanted) = Wanted::of(forms)? else { return Ok(()) };
    wanted.begin()?;
    let readers = match wanted.readers() {
        None => "with a passphrase".to_owned(),
        Some(1) => "to one public key".to_owned(),
        Some(keys) => format!("to {keys} public keys"),
    };
    Ok(say(out, [format!("results would be encrypted {readers}")])?)
}

/// Residents registered twice, and the records that cannot be linked for it.
fn check_twice(
    linker: &Linker<'_>,
    records: Option<&Path>,
    reading: &Reading,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let groups = linker.registered_twice();
    let entries: usize = groups.iter().map(Vec::len).sum();
    if groups.is_empty() {
        return Ok(say(out, ["nobody seems to be registered twice"])?);
    }
    let of_group = |group: &Vec<ResidentIndex>| {
        let ids: Vec<&str> = group.iter().map(|own| linker.registry().id(*own)).collect();
        format!("  {}", ids.join(", "))
    };
    let told = format!(
        "{} people seem to be registered twice, on {entries} rows: name, birth date and address agree, \
         and nobody can be linked to them",
        groups.len()
    );
    let shown = groups.iter().take(SHOWN as usize).map(of_group);
    say(out, [told].into_iter().chain(shown))?;
    let Some(path) = records else { return Ok(()) };
    let twice: FxHashSet<ResidentIndex> = groups.into_iter().flatten().collect();
    let (mut rows, mut cost) = (0u64, 0u64);
    for_each_chunk(path, reading.options(Role::Records), |chunk| {
        let records: Vec<Record<'_>> = chunk.rows().iter().map(|row| chunk.record(row)).collect();
        rows += records.len() as u64;
        let decided = linker.decide_chunk(&records);
        let best = decided.iter().filter_map(|decided| decided.answer.as_ref().ok()?.held_by_namesake());
        cost += best.filter(|best| twice.contains(best)).count() as u64;
    })?;
    Ok(say(
        out,
        [format!("  that costs {cost} of {rows} records, which have to be reviewed for nothing else")],
    )?)
}

/// Reads a file without the rows that share an id.
fn for_each_chunk(path: &Path, options: Options<'_>, mut take: impl FnMut(&Chunk)) -> Result<(), InputError> {
    let repeated: DuplicateIds = scan_ids(path, options)?;
    for chunk in Table::open(path, options)?.stream() {
        let io = |source: io::Error| InputError::Io { file: path.display().to_string(), source };
        let mut chunk = chunk.map_err(io)?;
        chunk.reject_repeated(&repeated);
        take(&chunk);
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
