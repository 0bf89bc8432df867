//! Where a run writes: to a directory, or, where its decisions go to standard output, to one of its own that it takes away with
//! it. Standard output gets them when the run is whole: what fails has written nothing there.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{
    args::Bulk,
    at_rest::{Wanted, find},
    failure::Failure,
    output::{ONE_TABLE, OutputError},
    said,
    words::Said,
};

/// What standard output cannot take, and why.
pub(crate) fn one_table_only(why: Said) -> Failure {
    let message = said!(
        "--out - writes one table and keeps nothing else";
        "--out - は一つの表だけを書き、ほかは残しません"
    );
    Failure::usage(message, Some(why))
}

/// Where a run writes.
#[derive(Debug)]
pub(super) enum Place {
    Directory(PathBuf),
    Own(TempDir),
}

impl Place {
    /// As the arguments have it.
    pub(super) fn of(arguments: &Bulk, encryption: Option<&Wanted>) -> Result<Self, Failure> {
        if !arguments.to_stdout() {
            return Ok(Self::Directory(arguments.out.clone()));
        }
        let refused = [
            (
                arguments.resume,
                said!(
                    "--resume goes on with a run in a directory";
                    "--resume は、ディレクトリに書く実行を続けるものです"
                ),
            ),
            (
                arguments.twin().is_some(),
                said!("--also writes several tables"; "--also は複数の表を書きます"),
            ),
            (
                encryption.is_some_and(Wanted::by_passphrase),
                said!(
                    "the key that a passphrase opens lies beside the results; use --encrypt-to or --key-file";
                    "パスフレーズで開く鍵は結果と同じ場所に置かれます。--encrypt-to か --key-file を使ってください"
                ),
            ),
        ];
        if let Some((_, why)) = refused.into_iter().find(|(is_so, _)| *is_so) {
            return Err(one_table_only(why));
        }
        let made = tempfile::Builder::new().prefix("himozuke-").tempdir();
        let made = made.map_err(|source| OutputError::Io {
            file: said!("a working directory"; "作業ディレクトリ"),
            source,
        })?;
        Ok(Self::Own(made))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Directory(path) => path,
            Self::Own(directory) => directory.path(),
        }
    }

    pub(super) const fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// What a finished run has for standard output.
    pub(super) fn stream(self) -> Option<Stream> {
        match self {
            Self::Directory(_) => None,
            Self::Own(directory) => Some(Stream(directory)),
        }
    }
}

/// The table of a run that is whole, on its way to standard output.
#[derive(Debug)]
pub(super) struct Stream(TempDir);

impl Stream {
    /// Hands the table on, and takes its directory away.
    pub(super) fn send(self, out: &mut impl Write) -> Result<(), OutputError> {
        let path = find(self.0.path(), ONE_TABLE).unwrap_or_else(|| self.0.path().join(ONE_TABLE));
        let mut table = File::open(&path).map_err(OutputError::io(&path))?;
        let sent = io::copy(&mut table, out).and_then(|_| out.flush());
        sent.map_err(|source| OutputError::Io { file: said!("standard output"; "標準出力"), source })
    }
}
