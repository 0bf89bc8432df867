//! Why outputs cannot be written, and what to do about it.

use std::{io, path::Path};

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
    #[error("cannot write {file}: {source}")]
    Io {
        /// The file or directory.
        file: String,
        /// Why.
        source: io::Error,
    },
}

impl OutputError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { file: path.display().to_string(), source }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Finished { .. } => {
                Some("choose another --out, or replace that run with --force".to_owned())
            }
            Self::Busy { .. } => Some("wait for its end, or choose another --out".to_owned()),
            Self::Unfinished { .. } => {
                Some("go on with it by --resume, or start again with --force".to_owned())
            }
            Self::Io { source, .. } if is_full(source) => {
                Some("no result was left half-written; free some space or choose another --out".to_owned())
            }
            Self::Io { source, .. } => {
                let mend = match source.kind() {
                    io::ErrorKind::NotFound => "make the directory first, or see whether the path is right",
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                        "choose another --out, or ask for the right to write there"
                    }
                    io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => "choose another --out",
                    _ => return None,
                };
                Some(mend.to_owned())
            }
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}
