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
    said,
    words::{InJapanese, Said},
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
                let path = path.display();
                say(out, [said!("{path}: index file"; "{path}: 索引ファイル")])?;
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
            .map_err(deciding::refused)?
            .reading(read(Role::Records));
        check_twice(&linker, records.as_deref(), reading, out)?;
    }
    if arguments.strict && rejected > 0 {
        let message = said!("{rejected} rows were rejected"; "拒否した行が{rejected}行あります");
        return Err(Failure { status: Status::Rejected, message, hint: None });
    }
    Ok(())
}

/// Encrypts for nobody, and tells who could read the results of a run.
fn check_encryption(forms: &Forms, out: &mut impl Write) -> Result<(), Failure> {
    let Some(wanted) = Wanted::of(forms)? else { return Ok(()) };
    wanted.begin()?;
    let readers = match wanted.readers() {
        None => said!("with a passphrase"; "パスフレーズで"),
        Some(1) => said!("to one public key"; "1個の公開鍵で"),
        Some(keys) => said!("to {keys} public keys"; "{keys}個の公開鍵で"),
    };
    let told = said!("results would be encrypted {}", readers.en; "結果は{}暗号化されます", readers.ja);
    Ok(say(out, [told])?)
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
        let told = said!("nobody seems to be registered twice"; "二重に登録されているとみられる人はいません");
        return Ok(say(out, [told])?);
    }
    let of_group = |group: &Vec<ResidentIndex>| {
        let ids: Vec<&str> = group.iter().map(|own| linker.registry().id(*own)).collect();
        Said::name(format!("  {}", ids.join(", ")))
    };
    let people = groups.len();
    let told = said!(
        "{people} people seem to be registered twice, on {entries} rows: name, birth date and address agree, \
         and nobody can be linked to them";
        "{people}人が{entries}行に二重に登録されているとみられます。氏名・生年月日・住所が一致し、どの記録も紐付けられません"
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
    let told = said!(
        "  that costs {cost} of {rows} records, which have to be reviewed for nothing else";
        "  そのためだけに、記録{rows}件のうち{cost}件が人の確認に回ります"
    );
    Ok(say(out, [told])?)
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
    let mut lines =
        vec![said!("{}: {}", path.display(), table.form().en; "{}: {}", path.display(), table.form().ja)];
    lines.extend(columns.found().map(|(name, header)| Said::name(format!("  {name} = {header}"))));
    lines.extend(columns.ignored().map(|header| said!("  ignored: {header}"; "  使わない列: {header}")));
    say(out, lines)?;

    let progress =
        Progress::over_bytes(said!("check"; "検査"), fs::metadata(path).map_or(0, |metadata| metadata.len()));
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
    let all = rows + rejected;
    let mut lines = vec![said!(
        "  {all} rows = {rows} readable + {rejected} rejected";
        "  {all}行 = {rows} 読取可能 + {rejected} 拒否"
    )];
    if gaiji > 0 {
        lines.push(said!(
            "  {gaiji} private use characters (外字), which match nothing";
            "  外字 {gaiji}字（何とも一致としません）"
        ));
    }
    say(out, lines)?;
    Ok(rejected)
}

/// The first rejected rows of a chunk, each with its line, column and cause.
fn rejections(chunk: &Chunk, columns: &Columns, room: u64) -> Vec<Said> {
    let shown = chunk.rejected().iter().take(usize::try_from(room).unwrap_or(usize::MAX));
    let line = shown.map(|row| match row.column {
        Some(column) => {
            let (line, header) = (row.line, columns.header(column));
            said!(
                "  line {line}, {header}: {}", row.problem;
                "  {line}行目、{header}: {}", row.problem.ja()
            )
        }
        None => said!("  line {}: {}", row.line, row.problem; "  {}行目: {}", row.line, row.problem.ja()),
    });
    line.collect()
}
