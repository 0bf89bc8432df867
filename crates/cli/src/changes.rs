//! Which changes a run laid over its registry, as `run.json` tells it, and whether those given later are the same. Of the file
//! only what a listing of its directory shows: a hash of a short one would tell a guesser what stands in it.

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

use crate::{failure::Failure, figures::instant, said, words::Said};

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
    let unreadable = |Said { en, ja }: Said| {
        let path = path.display();
        Failure::usage(said!("cannot read {path}: {en}"; "{path} を読めません: {ja}"), None)
    };
    let text = fs::read_to_string(&path).map_err(|error| unreadable(Said::of(&error)))?;
    let told: Run = serde_json::from_str(&text).map_err(|error| {
        let line = error.line();
        unreadable(said!("line {line}"; "{line}行目"))
    })?;
    let Some(taken) = told.changes else { return Ok(None) };
    let run = run.display();
    let (message, hint) = match (taken, given) {
        (None, None) => return Ok(None),
        (Some(taken), Some(given)) if taken.may_be(&ChangesFile::of(given)) => return Ok(None),
        (Some(ChangesFile { file, bytes, modified }), given) => {
            let given = match given.map(Path::display) {
                None => said!("no --changes is given"; "--changes の指定がありません"),
                Some(given) => said!("{given} is another file"; "{given} は別のファイルです"),
            };
            let nothing = || said!(""; "");
            let bytes = bytes.map_or_else(nothing, |bytes| said!(" of {bytes} bytes"; "、{bytes}バイト"));
            let modified =
                modified.map_or_else(nothing, |time| said!(", last changed at {time}"; "、最終更新 {time}"));
            let message = said!(
                "the run in {run} took the changes of {file}{}{}; {}", bytes.en, modified.en, given.en;
                "{run} の実行は異動のファイル {file}{}{} を使いました。{}", bytes.ja, modified.ja, given.ja
            );
            let hint = said!(
                "give that file with --changes; a copy must keep the time of the last change";
                "そのファイルを --changes で指定してください。写しなら最終更新の時刻を保っている必要があります"
            );
            (message, hint)
        }
        (None, Some(given)) => {
            let given = given.display();
            let message = said!(
                "the run in {run} took no changes, and {given} is given";
                "{run} の実行は異動のファイルを使っていませんが、{given} が指定されています"
            );
            (message, said!("leave out --changes"; "--changes を外してください"))
        }
    };
    Ok(Some(Failure::usage(message, Some(hint))))
}
