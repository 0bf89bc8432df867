//! What is told on standard output, or on what stands for it.

use std::{
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use super::OutputError;
use crate::{said, words::Said};

/// Writes lines to standard output, or to what stands for it.
///
/// # Errors
/// Where nobody reads them any more.
pub fn say<I>(out: &mut impl Write, lines: I) -> Result<(), OutputError>
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let mut lines = lines.into_iter();
    let written = lines.try_for_each(|line| writeln!(out, "{}", line.as_ref()));
    written.map_err(OutputError::answer)
}

/// Writes a value as JSON, indented, where [`say`] writes.
///
/// # Errors
/// As [`say`].
pub fn say_json(out: &mut impl Write, value: &impl Serialize) -> Result<(), OutputError> {
    let text = serde_json::to_string_pretty(value).map_err(io::Error::from);
    say(out, [text.map_err(OutputError::answer)?])
}

/// Writes an answer as one line of JSON.
///
/// # Errors
/// Where it cannot be written.
pub fn say_json_line(out: &mut impl Write, value: &impl Serialize) -> Result<(), OutputError> {
    let text = serde_json::to_string(value).map_err(io::Error::from);
    say(out, [text.map_err(OutputError::answer)?])
}

/// Where something was written.
#[must_use]
pub fn written_to(path: &Path) -> Said {
    let path = path.display();
    said!("written to {path}"; "{path} に書き出しました")
}
