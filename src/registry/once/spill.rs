//! Numbers that do not fit the memory allowed for them, in a working file, in lists that are read back whole. Knows bytes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

/// The working file, and how long it is.
pub(super) struct Spill(Mutex<(File, u64)>);

/// A piece of a list: where it is, and how many bytes.
#[derive(Clone, Copy)]
pub(super) struct Run(u64, u64);

impl Spill {
    pub(super) const fn new(file: File) -> Self {
        Self(Mutex::new((file, 0)))
    }

    /// Adds a piece.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<Run> {
        let mut locked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, end) = &mut *locked;
        file.seek(SeekFrom::Start(*end))?;
        file.write_all(bytes)?;
        let run = Run(*end, bytes.len() as u64);
        *end += run.1;
        Ok(run)
    }

    /// All pieces of a list, one after the other.
    pub(super) fn read(&self, runs: &[Run]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(runs.iter().map(|run| run.1 as usize).sum());
        let mut locked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, _) = &mut *locked;
        for Run(start, length) in runs {
            file.seek(SeekFrom::Start(*start))?;
            if file.take(*length).read_to_end(&mut bytes)? as u64 != *length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(bytes)
    }
}
