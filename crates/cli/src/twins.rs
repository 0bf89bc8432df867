//! Each table of a run once more, in Parquet or Arrow: for programs, with the cells of the CSV file and in its order.

use std::io;

use clap::ValueEnum;
use himozuke_arrow::{Format, Writer};

use crate::output::{Finished, OutDir, OutputError};

/// A form beside CSV.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Twin {
    /// Apache Parquet
    Parquet,
    /// Arrow IPC (Feather)
    Arrow,
}

/// Each table, and what its twins are called.
const NAMES: [(&str, &str, &str); 8] = [
    ("links.csv", "links.parquet", "links.arrow"),
    ("review.csv", "review.parquet", "review.arrow"),
    ("no_match.csv", "no_match.parquet", "no_match.arrow"),
    ("confirmed.csv", "confirmed.parquet", "confirmed.arrow"),
    ("suspect.csv", "suspect.parquet", "suspect.arrow"),
    ("alerts.csv", "alerts.parquet", "alerts.arrow"),
    ("rejected.csv", "rejected.parquet", "rejected.arrow"),
    ("registry_problems.csv", "registry_problems.parquet", "registry_problems.arrow"),
];

/// The files that a run may leave, with all twins: those of an earlier run must not stay beside other tables.
#[must_use]
pub fn with_twins(files: &[&'static str]) -> Vec<&'static str> {
    let twins = NAMES.iter().filter(|(table, ..)| files.contains(table));
    twins.flat_map(|(_, parquet, arrow)| [*parquet, *arrow]).chain(files.iter().copied()).collect()
}

/// Writes the twins of those files that are tables.
///
/// # Errors
/// Where a table cannot be read again, and where the disk is full or fails.
pub fn write(directory: &OutDir, files: &[Finished], twin: Twin) -> Result<Vec<Finished>, OutputError> {
    let named = |file: &Finished| NAMES.iter().find(|(table, ..)| *table == file.name());
    let tables = files.iter().filter_map(|file| Some((file, named(file)?)));
    tables
        .map(|(file, (_, parquet, arrow))| {
            let (name, format) = match twin {
                Twin::Parquet => (*parquet, Format::Parquet),
                Twin::Arrow => (*arrow, Format::ArrowFile),
            };
            let failed = |error: io::Error| OutputError::io(name.as_ref())(error);
            let mut table = csv::Reader::from_path(file.path()).map_err(|error| failed(error.into()))?;
            let header = table.headers().map_err(|error| failed(error.into()))?;
            let mut writer = Writer::create(directory.create(name)?, format, header)
                .map_err(|error| failed(error.into()))?;
            let mut row = csv::StringRecord::new();
            while table.read_record(&mut row).map_err(|error| failed(error.into()))? {
                writer.row(&row).map_err(|error| failed(error.into()))?;
            }
            writer.finish().map_err(|error| failed(error.into()))?.finish()
        })
        .collect()
}
