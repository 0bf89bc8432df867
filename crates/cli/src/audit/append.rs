//! What happens after a run goes behind its log, under a seal of its own.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, Write},
    path::Path,
};

use serde::Serialize;

use super::{
    LOG,
    chain::{Broken, Chain, check},
};
use crate::{
    failure::Failure,
    output::{OutputError, private},
    said,
    words::{InJapanese, Said},
};

/// Appends lines to the log of a directory, made where there is none, and seals them; the new seal.
///
/// # Errors
/// Where the log is broken, so that nothing may go behind it, of which `undone` says what it prevents; where it cannot be
/// read or written.
pub fn append<L: Serialize>(
    directory: &Path,
    lines: impl IntoIterator<Item = L>,
    undone: &Said,
) -> Result<String, Failure> {
    let path = directory.join(LOG);
    let last = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(OutputError::io(&path)(error).into()),
        Ok(log) => {
            let checked = check(BufReader::new(log)).map_err(OutputError::io(&path))?;
            let broken = |broken: Broken| {
                let (path, Said { en, ja }) = (path.display(), undone);
                Failure::failed(said!("{path}: {broken}; {en}"; "{path}: {}。{ja}", broken.ja()))
            };
            checked.map_err(broken)?.last
        }
    };
    let mut chain = Chain::behind(Vec::new(), &last);
    for line in lines {
        chain.line(&line)?;
    }
    chain.seal()?;
    let (bytes, seal) = chain.end();
    let mut options: OpenOptions = private();
    let file = options.append(true).create(true).open(&path);
    let written = file.and_then(|mut file| {
        file.write_all(&bytes)?;
        file.sync_all()
    });
    written.map_err(OutputError::io(&path))?;
    Ok(seal)
}
