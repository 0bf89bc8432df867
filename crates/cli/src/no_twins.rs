//! Stands in for the twins of tables where nothing can write them: there are none.

use crate::output::{Finished, OutFile, OutputError};

/// A form beside CSV.
#[derive(Clone, Copy, Debug)]
pub enum Twin {}

impl Twin {
    /// What the twin of a table is called.
    #[must_use]
    pub const fn of(self, _table: &str) -> Option<String> {
        match self {}
    }
}

/// The twins that these files of a run may have.
pub fn twins(_files: &[impl AsRef<str>]) -> impl Iterator<Item = String> {
    std::iter::empty()
}

/// A twin being written.
#[derive(Debug)]
pub enum TwinFile {}

impl TwinFile {
    /// Begins it.
    ///
    /// # Errors
    /// Never.
    pub const fn create(
        _file: OutFile,
        _name: String,
        twin: Twin,
        _header: &[impl AsRef<[u8]>],
    ) -> Result<Self, OutputError> {
        match twin {}
    }

    /// Writes the cells of a row.
    ///
    /// # Errors
    /// Never.
    pub fn row<'c>(&mut self, _cells: impl Iterator<Item = &'c [u8]>) -> Result<(), OutputError> {
        match *self {}
    }

    /// Ends it.
    ///
    /// # Errors
    /// Never.
    pub const fn finish(self) -> Result<Finished, OutputError> {
        match self {}
    }
}
