//! `himozuke index`: the registry read once, into a file that later runs open at once.

use std::{io::Write, time::Instant};

use himozuke::{IndexFileError, Registry};
use rayon::ThreadPoolBuilder;

use crate::{
    args::Index,
    bulk::{columns_were_blanked, no_threads, nobody_was_removed},
    columns::Role,
    deciding,
    failure::{Failure, Status},
    mj,
    output::{OutputError, say, spare},
    residents::{self, Effect, RegistryFault, Source},
    said,
    words::{InJapanese, Said},
};

/// Reads a registry, writes its index file, and tells what became of it; or checks a file that is there.
///
/// # Errors
/// Where the registry cannot be read or the file cannot be written; where the file to check is damaged; and, with
/// `--strict`, where anything of the registry could not be read.
pub fn index(arguments: &Index, out: &mut impl Write, err: &mut impl Write) -> Result<(), Failure> {
    mj::install(&arguments.mj)?;
    if let Some(file) = &arguments.check {
        let registry = Registry::open_checked(file)?;
        let (file, size) = (file.display(), size(&registry));
        let told = said!("{file}: whole, {}", size.en; "{file}: 壊れていません。{}", size.ja);
        return Ok(say(out, [told])?);
    }
    let (Some(path), Some(file)) = (&arguments.registry, &arguments.out) else {
        let message = said!(
            "give --registry and --out, or --check";
            "--registry と --out、または --check を指定してください"
        );
        return Err(Failure::usage(message, None));
    };
    // An index file may be followed by itself with its changes; a table is somebody's only one.
    let table = Some(path).filter(|path| !residents::is_index(path));
    spare(file, table.into_iter().chain(&arguments.changes).cloned())?;
    let mut threads = ThreadPoolBuilder::new();
    if let Some(count) = arguments.threads {
        threads = threads.num_threads(usize::from(count));
    }
    let pool = threads.build().map_err(no_threads)?;
    let reading = &arguments.reading;
    let options = reading.options(Role::Registry);
    let as_of = deciding::as_of(arguments.as_of)?;
    let read = deciding::registry_reading(arguments.era_codes, as_of);
    let mut told = Vec::new();
    let started = Instant::now();
    let residents = pool.install(|| {
        let source = Source { registry: path, changes: arguments.changes.as_deref() };
        residents::index(source, options, read, file, |fault| {
            let [effect, effect_ja] = match fault.effect {
                Effect::RowLeftOut => ["row left out", "行を除きました"],
                Effect::AttributeUnknown => ["counts as unknown", "不明とみなします"],
            };
            let RegistryFault { line, column, problem: Said { en, ja }, .. } = fault;
            // Of a whole row no column is at fault.
            let [at, at_ja] = match column {
                "" => [String::new(), String::new()],
                column => [format!(", {column}"), format!("、{column}")],
            };
            told.push(said!("line {line}{at}: {en} ({effect})"; "{line}行目{at_ja}: {ja}（{effect_ja}）"));
            Ok(())
        })
    })?;
    if residents.nobody_removed > 0 {
        told.push(nobody_was_removed(residents.nobody_removed));
    }
    told.extend(columns_were_blanked(&residents.blanked));
    let faults = residents.left_out + residents.unknown;
    say(err, told)?;
    let seconds = started.elapsed().as_secs_f64();
    say(
        out,
        [
            size(&residents.registry),
            said!(
                "registry {}; {faults} problems", residents.form;
                "住民データ {}、読めない箇所 {faults}か所", residents.form.ja()
            ),
            said!(
                "written to {} in {seconds:.1} s", file.display();
                "{seconds:.1}秒で {} に書き出しました", file.display()
            ),
        ],
    )?;
    if arguments.strict && faults > 0 {
        let message =
            said!("the registry has {faults} problems"; "住民データに読めない箇所が{faults}か所あります");
        return Err(Failure { status: Status::Rejected, message, hint: None });
    }
    Ok(())
}

fn size(registry: &Registry) -> Said {
    let (residents, bytes) = (registry.len(), registry.bytes());
    let each = bytes / residents.max(1);
    let (entries, megabytes) = (registry.index_entries(), bytes as f64 / 1e6);
    said!(
        "{residents} residents, {entries} blocking entries, {megabytes:.1} MB, {each} bytes a resident";
        "住民{residents}人、検索項目{entries}件、{megabytes:.1} MB、住民1人につき{each}バイト"
    )
}

impl From<IndexFileError> for Failure {
    fn from(error: IndexFileError) -> Self {
        match error {
            // What was to be written was not: the run failed. What was to be read is an input.
            IndexFileError::Write { path, source } => OutputError::io(&path)(source).into(),
            IndexFileError::Read { path, source } => Self::unreadable(&path, &source),
            error => Self::usage(Said::of(&error), None),
        }
    }
}
