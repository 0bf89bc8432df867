//! Each table of a run once more, in Parquet or Arrow: for programs, with the cells of the CSV file and in its order.

use std::{io, str};

use clap::ValueEnum;
use himozuke_arrow::{Error, Format, Writer};

use crate::output::{Finished, OutFile, OutputError};

/// A form beside CSV.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Twin {
    /// Apache Parquet
    Parquet,
    /// Arrow IPC (Feather)
    Arrow,
}

/// The tables that have twins.
const TABLES: [&str; 8] = [
    "links.csv",
    "review.csv",
    "no_match.csv",
    "confirmed.csv",
    "suspect.csv",
    "alerts.csv",
    "rejected.csv",
    "registry_problems.csv",
];

impl Twin {
    /// What the twin of a table is called; `None` for a table that has none.
    #[must_use]
    pub fn of(self, table: &str) -> Option<String> {
        let stem = TABLES.contains(&table).then(|| table.strip_suffix("csv"))??;
        Some(match self {
            Self::Parquet => format!("{stem}parquet"),
            Self::Arrow => format!("{stem}arrow"),
        })
    }
}

/// The twins that these files of a run may have: those of an earlier run must not stay beside other tables.
pub fn twins(files: &[impl AsRef<str>]) -> impl Iterator<Item = String> {
    files.iter().flat_map(|file| [Twin::Parquet, Twin::Arrow].map(|twin| twin.of(file.as_ref()))).flatten()
}

/// A twin being written.
#[derive(Debug)]
pub struct TwinFile {
    name: String,
    writer: Box<Writer<OutFile>>,
}

impl TwinFile {
    /// Begins it in a file of this name.
    ///
    /// # Errors
    /// Where nothing can be written.
    pub fn create(
        file: OutFile,
        name: String,
        twin: Twin,
        header: &[impl AsRef<[u8]>],
    ) -> Result<Self, OutputError> {
        let format = match twin {
            Twin::Parquet => Format::Parquet,
            Twin::Arrow => Format::ArrowFile,
        };
        let header = header.iter().map(|name| String::from_utf8_lossy(name.as_ref()));
        match Writer::create(file, format, header) {
            Ok(writer) => Ok(Self { name, writer: Box::new(writer) }),
            Err(error) => Err(failed(&name, error)),
        }
    }

    /// Writes the cells of a row.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn row<'c>(&mut self, cells: impl Iterator<Item = &'c [u8]>) -> Result<(), OutputError> {
        let texts: Result<Vec<&str>, _> = cells.map(str::from_utf8).collect();
        let texts =
            texts.map_err(|_| OutputError::io(self.name.as_ref())(io::ErrorKind::InvalidData.into()))?;
        self.writer.row(texts).map_err(|error| failed(&self.name, error))
    }

    /// Ends it.
    ///
    /// # Errors
    /// As [`TwinFile::row`].
    pub fn finish(self) -> Result<Finished, OutputError> {
        self.writer.finish().map_err(|error| failed(&self.name, error))?.finish()
    }
}

fn failed(name: &str, error: Error) -> OutputError {
    OutputError::io(name.as_ref())(error.into())
}
