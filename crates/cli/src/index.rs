//! `himozuke index`: the registry read once, into a file that later runs open at once.

use std::{io::Write, time::Instant};

use himozuke::{IndexFileError, Registry};
use rayon::ThreadPoolBuilder;

use crate::{
    args::Index,
    bulk::nobody_was_removed,
    columns::Role,
    deciding,
    failure::{Failure, Status},
    mj,
    output::{OutputError, say},
    residents::{self, Effect, Source},
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
        return Ok(say(out, [format!("{}: whole, {}", file.display(), size(&registry))])?);
    }
    let (Some(path), Some(file)) = (&arguments.registry, &arguments.out) else {
        return Err(Failure::usage("give --registry and --out, or --check".to_owned(), None));
    };
    let mut threads = ThreadPoolBuilder::new();
    if let Some(count) = arguments.threads {
        threads = threads.num_threads(usize::from(count));
    }
    let pool = threads.build().map_err(|error| Failure::failed(format!("cannot start threads: {error}")))?;
    let reading = &arguments.reading;
    let options = reading.options(Role::Registry);
    let as_of = deciding::as_of(arguments.as_of)?;
    let read = deciding::registry_reading(arguments.era_codes, as_of);
    let mut told = Vec::new();
    let started = Instant::now();
    let residents = pool.install(|| {
        let source = Source { registry: path, changes: arguments.changes.as_deref() };
        residents::index(source, options, read, file, |fault| {
            let effect =
                if fault.effect == Effect::RowLeftOut { "row left out" } else { "counts as unknown" };
            told.push(format!("line {}, {}: {} ({effect})", fault.line, fault.column, fault.problem));
            Ok(())
        })
    })?;
    if residents.nobody_removed > 0 {
        told.push(nobody_was_removed(residents.nobody_removed));
    }
    let faults = residents.left_out + residents.unknown;
    say(err, told)?;
    let seconds = started.elapsed().as_secs_f64();
    say(
        out,
        [
            size(&residents.registry),
            format!("registry {}; {faults} problems", residents.form),
            format!("written to {} in {seconds:.1} s", file.display()),
        ],
    )?;
    if arguments.strict && faults > 0 {
        let message = format!("the registry has {faults} problems");
        return Err(Failure { status: Status::Rejected, message, hint: None });
    }
    Ok(())
}

fn size(registry: &Registry) -> String {
    let (residents, bytes) = (registry.len(), registry.bytes());
    let each = bytes / residents.max(1);
    format!(
        "{residents} residents, {} blocking entries, {:.1} MB, {each} bytes a resident",
        registry.index_entries(),
        bytes as f64 / 1e6
    )
}

impl From<IndexFileError> for Failure {
    fn from(error: IndexFileError) -> Self {
        match error {
            // What was to be written was not: the run failed. What was to be read is an input.
            IndexFileError::Write { path, source } => OutputError::io(&path)(source).into(),
            IndexFileError::Read { path, source } => Self::unreadable(&path, &source),
            error => Self::usage(error.to_string(), None),
        }
    }
}
