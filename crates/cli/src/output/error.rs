//! Why outputs cannot be written, and what to do about it.

use std::{io, path::Path};

use crate::{
    said,
    words::{InJapanese, Said},
};

/// Why the outputs cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The directory holds the result of another run.
    #[error("{directory} already holds {file} of a finished run")]
    Finished {
        /// The directory.
        directory: String,
        /// The file found.
        file: String,
    },
    /// Another process holds the directory.
    #[error("another run is writing to {directory}")]
    Busy {
        /// The directory.
        directory: String,
    },
    /// A run was stopped here that can go on.
    #[error("{directory} holds a run that was stopped before its end")]
    Unfinished {
        /// The directory.
        directory: String,
    },
    /// The operating system says no.
    #[error("cannot write {}: {source}", file.en)]
    Io {
        /// The file or directory, or what else is written to.
        file: Said,
        /// Why.
        source: io::Error,
    },
}

impl OutputError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { file: Said::name(path.display().to_string()), source }
    }

    /// What answers the user cannot be written.
    pub(crate) fn answer(source: io::Error) -> Self {
        Self::Io { file: said!("the answer"; "結果の表示"), source }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<Said> {
        Some(match self {
            Self::Finished { .. } => said!(
                "choose another --out, or replace that run with --force";
                "別の --out を指定するか、--force でその実行を置き換えてください"
            ),
            Self::Busy { .. } => said!(
                "wait for its end, or choose another --out";
                "終わるのを待つか、別の --out を指定してください"
            ),
            Self::Unfinished { .. } => said!(
                "go on with it by --resume, or start again with --force";
                "--resume で続けるか、--force で初めからやり直してください"
            ),
            Self::Io { source, .. } if is_full(source) => said!(
                "no result was left half-written; free some space or choose another --out";
                "書きかけの結果は残っていません。空き容量を増やすか、別の --out を指定してください"
            ),
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => said!(
                    "make the directory first, or see whether the path is right";
                    "先にディレクトリを作るか、場所を確かめてください"
                ),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => said!(
                    "choose another --out, or ask for the right to write there";
                    "別の --out を指定するか、書き込みの権限を得てください"
                ),
                io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
                    said!("choose another --out"; "別の --out を指定してください")
                }
                _ => return None,
            },
        })
    }
}

impl InJapanese for OutputError {
    fn ja(&self) -> String {
        match self {
            Self::Finished { directory, file } => {
                format!("{directory} には終わった実行の {file} がすでにあります")
            }
            Self::Busy { directory } => format!("別の実行が {directory} に書いています"),
            Self::Unfinished { directory } => format!("{directory} に、途中で止まった実行があります"),
            Self::Io { file, source } => format!("{} に書けません: {}", file.ja, source.ja()),
        }
    }
}

/// What is said of a file that is to be made, and is there.
#[must_use]
pub fn there_already(path: &Path) -> Said {
    let path = path.display();
    said!("{path} is there already"; "{path} はすでにあります")
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}
