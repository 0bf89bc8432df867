//! A table while it is written: as CSV, as its twin in another form beside that, or as a part of one table of all.

use std::{io, path::Path};

use super::{Finished, OutFile, OutputError, one_table::Part};
use crate::twins::TwinFile;

/// A table being written: quoted where it must be, lines ended by LF.
#[derive(Debug)]
pub struct CsvFile(Sink);

#[derive(Debug)]
enum Sink {
    Own { writer: Box<csv::Writer<OutFile>>, twin: Option<TwinFile> },
    Part(Part),
}

impl CsvFile {
    /// Begins a table with its header, and with the twin that has begun likewise.
    pub(super) fn begin(
        file: OutFile,
        twin: Option<TwinFile>,
        header: &[impl AsRef<[u8]>],
    ) -> Result<Self, OutputError> {
        let mut writer = Box::new(csv::Writer::from_writer(file));
        write(&mut writer, header)?;
        Ok(Self(Sink::Own { writer, twin }))
    }

    pub(super) const fn part(part: Part) -> Self {
        Self(Sink::Part(part))
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Where the disk is full or fails, and where the row has not as many cells as the header.
    pub fn row<I>(&mut self, cells: I) -> Result<(), OutputError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        match &mut self.0 {
            Sink::Own { writer, twin: Some(twin) } => {
                let cells: Vec<I::Item> = cells.into_iter().collect();
                twin.row(cells.iter().map(AsRef::as_ref))?;
                write(writer, cells)
            }
            Sink::Own { writer, .. } => write(writer, cells),
            Sink::Part(part) => part.row(cells),
        }
    }

    /// Brings everything to the disk.
    ///
    /// # Errors
    /// As [`OutFile::finish`].
    pub fn finish(self) -> Result<Finished, OutputError> {
        match self.0 {
            Sink::Own { writer, twin: Some(twin) } => Ok(finish(*writer)?.and(twin.finish()?)),
            Sink::Own { writer, .. } => finish(*writer),
            Sink::Part(_) => Ok(Finished::elsewhere()),
        }
    }
}

/// Writes a row of a table.
pub(super) fn write<I>(to: &mut csv::Writer<OutFile>, cells: I) -> Result<(), OutputError>
where
    I: IntoIterator,
    I::Item: AsRef<[u8]>,
{
    to.write_record(cells).map_err(|error| {
        // What the system said must not be hidden in an error of the table's.
        let source = match error.into_kind() {
            csv::ErrorKind::Io(source) => source,
            _ => io::Error::other("the row has not as many cells as the header"),
        };
        OutputError::io(Path::new(to.get_ref().name()))(source)
    })
}

/// Brings a table to the disk.
pub(super) fn finish(table: csv::Writer<OutFile>) -> Result<Finished, OutputError> {
    let name = table.get_ref().name().to_owned();
    let file = table.into_inner().map_err(|error| OutputError::io(Path::new(&name))(error.into_error()))?;
    file.finish()
}
