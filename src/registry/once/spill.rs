//! What does not fit the memory allowed for it, in a working file, in lists that are read back whole or piece by piece. Knows bytes.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

/// A file, or something around one.
trait ReadWriteSeek: Read + Write + Seek + Send {}

impl<F: Read + Write + Seek + Send> ReadWriteSeek for F {}

/// The working file, and how long it is: no place of it is written twice.
pub(super) struct Spill(Mutex<(Box<dyn ReadWriteSeek>, u64)>);

/// A piece of a list: where it is, and how many bytes.
#[derive(Clone, Copy)]
pub(super) struct Run(u64, u64);

impl Spill {
    pub(super) fn new(file: impl Read + Write + Seek + Send + 'static) -> Self {
        Self(Mutex::new((Box::new(file), 0)))
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
            if Read::by_ref(file).take(*length).read_to_end(&mut bytes)? as u64 != *length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(bytes)
    }
}

/// A list that grows: what was added last waits in memory.
#[derive(Default)]
pub(super) struct List {
    waiting: Vec<u8>,
    runs: Vec<Run>,
}

impl List {
    /// Bytes that wait at most, but for the last thing added to them.
    const ROOM: usize = 1 << 18;

    /// Adds what `write` writes, which is read back in one piece.
    pub(super) fn add(&mut self, write: impl FnOnce(&mut Vec<u8>), spill: &Spill) -> io::Result<()> {
        write(&mut self.waiting);
        if self.waiting.len() >= Self::ROOM {
            self.runs.push(spill.write(&self.waiting)?);
            self.waiting.clear();
        }
        Ok(())
    }

    /// The list as it is, all of it in the file.
    pub(super) fn finish(mut self, spill: &Spill) -> io::Result<Vec<Run>> {
        if !self.waiting.is_empty() {
            self.runs.push(spill.write(&self.waiting)?);
        }
        Ok(self.runs)
    }
}
