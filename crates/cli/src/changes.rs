//! Which changes a run laid over its registry, as `run.json` tells it, and whether those given later are the same. Of the file
//! only what a listing of its directory shows: a hash of a short one would tell a guesser what stands in it.

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

use crate::{failure::Failure, figures::instant};

/// A file of changes: its name, and what tells it from another one of that name. Of a pipe nothing does.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ChangesFile {
    file: String,
    bytes: Option<u64>,
    modified: Option<String>,
}

impl ChangesFile {
    /// What a path leads to now.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file);
        let modified = metadata.as_ref().and_then(|found| found.modified().ok()).map(instant);
        Self { file, bytes: metadata.map(|found| found.len()), modified }
    }

    /// Whether they can be one file, wherever it lies and whatever it is called now.
    fn may_be(&self, other: &Self) -> bool {
        (&self.bytes, &self.modified) == (&other.bytes, &other.modified)
    }
}

/// What a run says of its changes: nothing at all where an older version wrote it.
#[derive(Default, Deserialize)]
struct Run {
    #[serde(default, deserialize_with = "stated")]
    changes: Option<Option<ChangesFile>>,
}

/// A value that is there, be it null.
fn stated<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<ChangesFile>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Why the changes given are not those that the run in a directory took, and what to do about it; `None` if they are.
///
/// # Errors
/// Where what the run says of itself cannot be read.
pub fn differ(run: &Path, given: Option<&Path>) -> Result<Option<Failure>, Failure> {
    let path = run.join("run.json");
    let unreadable = |why: String| Failure::usage(format!("cannot read {}: {why}", path.display()), None);
    let text = fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
    let told: Run =
        serde_json::from_str(&text).map_err(|error| unreadable(format!("line {}", error.line())))?;
    let Some(taken) = told.changes else { return Ok(None) };
    let (message, hint) = match (taken, given) {
        (None, None) => return Ok(None),
        (Some(taken), Some(given)) if taken.may_be(&ChangesFile::of(given)) => return Ok(None),
        (Some(ChangesFile { file, bytes, modified }), given) => {
            let given = given.map_or("no --changes is given".to_owned(), |given| {
                format!("{} is another file", given.display())
            });
            let bytes = bytes.map_or(String::new(), |bytes| format!(" of {bytes} bytes"));
            let modified = modified.map_or(String::new(), |time| format!(", last changed at {time}"));
            let message =
                format!("the run in {} took the changes of {file}{bytes}{modified}; {given}", run.display());
            (message, "give that file with --changes; a copy must keep the time of the last change")
        }
        (None, Some(given)) => {
            let message =
                format!("the run in {} took no changes, and {} is given", run.display(), given.display());
            (message, "leave out --changes")
        }
    };
    Ok(Some(Failure::usage(message, Some(hint.to_owned()))))
}
