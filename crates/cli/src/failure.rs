//! How a run ends when it does not succeed.

use std::{io, path::Path};

use crate::{
    input::{InputError, mend_reading},
    output::OutputError,
    said,
    words::{InJapanese, Said},
};

/// The ways to end that are not success.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// The run failed: the disk is full, a file cannot be written.
    Failed = 1,
    /// The arguments or the inputs are wrong.
    Usage = 2,
    /// Rows were rejected, and `--strict` was given; or links are wrong, and `--fail-on-wrong` was.
    Rejected = 3,
    /// A signal stopped the run.
    Stopped = 130,
}

/// What went wrong and, where it is known, what to do about it. Holds no value of a record.
#[derive(Debug)]
pub struct Failure {
    /// The exit status.
    pub status: Status,
    /// For the line that begins with `error:`.
    pub message: Said,
    /// For the line that begins with `hint:`.
    pub hint: Option<Said>,
}

impl Failure {
    /// The run itself failed.
    #[must_use]
    pub const fn failed(message: Said) -> Self {
        Self { status: Status::Failed, message, hint: None }
    }

    /// The arguments or the inputs are wrong.
    #[must_use]
    pub const fn usage(message: Said, hint: Option<Said>) -> Self {
        Self { status: Status::Usage, message, hint }
    }

    /// A file that the arguments or the settings name cannot be read.
    #[must_use]
    pub fn unreadable(path: &Path, error: &io::Error) -> Self {
        let path = path.display();
        Self::usage(
            said!("cannot read {path}: {error}"; "{path} を読めません: {}", error.ja()),
            mend_reading(error),
        )
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self { status: Status::Usage, message: Said::of(&error), hint: error.hint() }
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        let status = match error {
            OutputError::Finished { .. } | OutputError::Unfinished { .. } => Status::Usage,
            OutputError::Busy { .. } | OutputError::Io { .. } => Status::Failed,
        };
        Self { status, message: Said::of(&error), hint: error.hint() }
    }
}
