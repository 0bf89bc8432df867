//! `himozuke purge`: what a run has left and nobody needs any more is removed, and the log says so.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::Serialize;

use super::{HANDLES, Operator, append, recorded};
use crate::{
    args::Purge,
    at_rest::{RESULTS_KEY, names},
    failure::Failure,
    figures::instant,
    output::{OutDir, OutputError, lock, say},
    said,
    twins::twins,
};

/// Results that hold ids of people.
const RESULTS: [&str; 12] = [
    RESULTS_KEY,
    "links.csv",
    "review.csv",
    "no_match.csv",
    "confirmed.csv",
    "suspect.csv",
    "alerts.csv",
    "rejected.csv",
    "registry_problems.csv",
    "clerical_1.csv",
    "clerical_2.csv",
    "clerical_design.csv",
];

/// The line of a deletion: names of files, and nothing that was in them.
#[derive(Serialize)]
struct Deletion<'a> {
    entry: &'static str,
    time: String,
    by: Operator,
    removed: &'a [String],
}

/// Removes the working files of a stopped run and the file of handles, and with `--results` the tables too. The log and
/// `run.json` stay.
///
/// # Errors
/// Where another run is at work in the directory, the log is broken, or a file cannot be removed.
pub fn purge(arguments: &Purge, out: &mut impl Write) -> Result<(), Failure> {
    let directory = &arguments.directory;
    fs::read_dir(directory).map_err(|error| Failure::unreadable(directory, &error))?;
    let _lock = lock(directory)?;
    let mut found = working_files(directory).map_err(OutputError::io(directory))?;
    let results: &[&str] = if arguments.results { &RESULTS } else { &[] };
    let twins: Vec<String> = twins(results).collect();
    let files = [HANDLES].into_iter().chain(results.iter().copied()).chain(twins.iter().map(String::as_str));
    let in_all_forms = files.flat_map(names).map(PathBuf::from);
    found.extend(in_all_forms.filter(|name| directory.join(name).exists()));
    if found.is_empty() {
        let directory = directory.display();
        let told = said!("nothing to remove from {directory}"; "{directory} に削除するものはありません");
        return Ok(say(out, [told])?);
    }
    let removed: Vec<String> = found.iter().map(|name| name.display().to_string()).collect();
    // First the record: a deletion of which nothing is known is worse than one that is done at the second attempt.
    let (time, by) = (instant(SystemTime::now()), Operator::now());
    let undone = said!("nothing was removed"; "何も削除しませんでした");
    append(directory, [Deletion { entry: "purge", time, by, removed: &removed }], &undone)?;
    for name in &found {
        let path = directory.join(name);
        fs::remove_file(&path).map_err(OutputError::io(&path))?;
    }
    let work = OutDir::working_file(directory, "");
    if work.exists() {
        fs::remove_dir(&work).map_err(OutputError::io(&work))?;
    }
    let lines = removed.iter().map(|name| said!("removed {name}"; "{name} を削除しました"));
    Ok(say(out, lines.chain([recorded(directory)]))?)
}

/// The working files of a stopped run, by their paths in the directory.
fn working_files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let work = OutDir::working_file(directory, "");
    let mut found = Vec::new();
    if work.exists() {
        for entry in fs::read_dir(&work)? {
            let path = entry?.path();
            found.push(path.strip_prefix(directory).map(Path::to_owned).unwrap_or(path));
        }
    }
    found.sort();
    Ok(found)
}
