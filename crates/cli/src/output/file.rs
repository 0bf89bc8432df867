//! One file of a run while it is written, and until it has its name.

use std::{
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{OutputError, private};
use crate::at_rest::{Form, Layer};

/// A temporary file, removed when it goes out of use; once renamed there is nothing to remove.
#[derive(Debug)]
pub(super) struct Temporary {
    pub(super) path: PathBuf,
    pub(super) name: String,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nobody is left to tell: what was wrong with the run has been said, and the name shows what the file is.
        let _ = fs::remove_file(&self.path);
    }
}

/// A file being written, only for its owner to read (mode 0600), in the form that its run gives to its name.
pub struct OutFile {
    writer: Box<dyn Layer>,
    temporary: Temporary,
}

impl fmt::Debug for OutFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutFile").field("name", &self.temporary.name).finish_non_exhaustive()
    }
}

impl OutFile {
    /// Begins a file in a working directory.
    pub(super) fn create(work: &Path, name: &str, form: &Form) -> Result<Self, OutputError> {
        let ended = format!("{name}{}", form.ending(name));
        let path = work.join(&ended);
        let file = private().create_new(true).open(&path).map_err(OutputError::io(&path))?;
        let temporary = Temporary { path, name: ended };
        let writer = form.layers(name, file).map_err(OutputError::io(&temporary.path))?;
        Ok(Self { writer, temporary })
    }

    #[cfg(test)]
    pub(super) const fn through(writer: Box<dyn Layer>, temporary: Temporary) -> Self {
        Self { writer, temporary }
    }

    /// The name that it will have.
    pub(super) fn name(&self) -> &str {
        &self.temporary.name
    }

    /// Writes what was put together elsewhere.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        self.writer.write_all(bytes).map_err(OutputError::io(Path::new(&self.temporary.name)))
    }

    /// Writes a value as JSON, indented, and a line end.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), OutputError> {
        let written = serde_json::to_writer_pretty(&mut self.writer, value).map_err(io::Error::from);
        written
            .and_then(|()| self.writer.write_all(b"\n"))
            .map_err(OutputError::io(Path::new(&self.temporary.name)))
    }

    /// Brings everything to the disk.
    ///
    /// # Errors
    /// Where the disk is full or fails; the file is removed.
    pub fn finish(self) -> Result<Finished, OutputError> {
        let Self { writer, temporary } = self;
        let synced = writer.finish().and_then(|file| file.sync_all());
        synced.map_err(OutputError::io(Path::new(&temporary.name)))?;
        Ok(Finished(vec![temporary]))
    }
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A file that is whole and on the disk, and waits for its name; with its twin, where it has one.
#[derive(Debug)]
#[must_use = "without OutDir::commit the file is removed"]
pub struct Finished(pub(super) Vec<Temporary>);

impl Finished {
    /// Nothing of its own: what was written is in another file.
    pub(super) const fn elsewhere() -> Self {
        Self(Vec::new())
    }

    /// This and another one.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}
