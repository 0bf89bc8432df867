//! Files of record batches: Parquet, and both forms of Arrow IPC. Read and written batch by batch, so a file may be larger
//! than memory.

use std::{
    fmt,
    fs::File,
    io::{BufReader, Write},
    iter,
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_ipc::{
    CompressionType,
    reader::{FileReader, StreamReader},
    writer::{FileWriter, IpcWriteOptions},
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};

use crate::{Error, lengths};

/// Rows in a batch that is written.
const ROWS: usize = 8192;
/// The most rows in a batch that is read, whatever the file has: so many of the longest rows still fit in memory.
const ROWS_READ: usize = 2048;

/// A kind of file that holds record batches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// Apache Parquet.
    Parquet,
    /// Arrow IPC with an index of its batches (Feather).
    ArrowFile,
    /// Arrow IPC, one batch after the other.
    ArrowStream,
}

impl Format {
    /// The format that a file's first bytes, at least six, announce.
    ///
    /// ```
    /// use himozuke_arrow::Format;
    /// assert_eq!(Format::of(b"PAR1\x15\x04"), Some(Format::Parquet));
    /// assert_eq!(Format::of(b"id,kan"), None);
    /// ```
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        let signatures: [(&[u8], Self); 3] = [
            (b"PAR1", Self::Parquet),
            (b"ARROW1", Self::ArrowFile),
            (b"\xFF\xFF\xFF\xFF", Self::ArrowStream),
        ];
        signatures.into_iter().find(|(signature, _)| head.starts_with(signature)).map(|(_, format)| format)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parquet => "parquet",
            Self::ArrowFile => "arrow",
            Self::ArrowStream => "arrow stream",
        })
    }
}

/// The batches of a file, one after the other, none of more than 2048 rows.
pub struct Batches {
    format: Format,
    schema: SchemaRef,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>,
    /// A batch of the file, and how many of its rows were given.
    begun: Option<(RecordBatch, usize)>,
}

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batches({}, {} columns)", self.format, self.schema.fields().len())
    }
}

impl Batches {
    /// Reads what comes before the batches, and holds the lengths that an Arrow file states to its size. Of a stream from a pipe
    /// that cannot be done: a damaged one may ask for more memory than there is.
    ///
    /// # Errors
    /// Where the file cannot be read, is damaged, or is compressed in a way that is not built in.
    pub fn open(file: File, format: Format) -> Result<Self, Error> {
        caught(|| Self::begin(file, format)).flatten()
    }

    fn begin(mut file: File, format: Format) -> Result<Self, Error> {
        let (schema, batches): (SchemaRef, Box<dyn Iterator<Item = _> + Send>) = match format {
            Format::Parquet => {
                let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(ROWS_READ);
                (Arc::clone(reader.schema()), Box::new(reader.build()?))
            }
            Format::ArrowFile => {
                lengths::of_file(&mut file)?;
                let reader = FileReader::try_new(BufReader::new(file), None)?;
                (reader.schema(), Box::new(reader))
            }
            Format::ArrowStream => {
                // A pipe cannot be read twice.
                if file.metadata()?.is_file() {
                    lengths::of_stream(&mut file)?;
                }
                let reader = StreamReader::try_new(BufReader::new(file), None)?;
                (reader.schema(), Box::new(reader))
            }
        };
        Ok(Self { format, schema, batches, begun: None })
    }

    /// What kind of file it is.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The names of the columns, in the order of the file.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((batch, given)) = &mut self.begun
                && *given < batch.num_rows()
            {
                let count = ROWS_READ.min(batch.num_rows() - *given);
                let rows = batch.slice(*given, count);
                *given += count;
                return Some(Ok(rows));
            }
            match caught(|| self.batches.next()) {
                Ok(None) => return None,
                Ok(Some(Ok(batch))) => self.begun = Some((batch, 0)),
                Ok(Some(Err(error))) => return Some(Err(error.into())),
                Err(damaged) => {
                    // Nobody knows in what state that left the reader.
                    self.batches = Box::new(iter::empty());
                    return Some(Err(damaged));
                }
            }
        }
    }
}

/// What reads these formats panics on some damaged files. What it says then is dropped: it could quote a cell.
fn caught<T>(read: impl FnOnce() -> T) -> Result<T, Error> {
    panic::catch_unwind(AssertUnwindSafe(read)).map_err(|_| Error::Damaged)
}

/// A table of texts being written.
///
/// ```
/// use himozuke_arrow::{Format, Writer};
/// let mut links = Writer::create(Vec::new(), Format::Parquet, ["record_id", "person_id"])?;
/// links.row(["r1", "p1"])?;
/// let bytes = links.finish()?;
/// assert_eq!(Format::of(&bytes), Some(Format::Parquet));
/// # Ok::<(), himozuke_arrow::Error>(())
/// ```
pub struct Writer<W: Write + Send> {
    schema: SchemaRef,
    /// The cells of the rows that wait to be written, row after row.
    cells: Vec<String>,
    sink: Sink<W>,
}

enum Sink<W: Write + Send> {
    Parquet(Box<ArrowWriter<W>>),
    File(Box<FileWriter<W>>),
    Stream(Box<arrow_ipc::writer::StreamWriter<W>>),
}

impl<W: Write + Send> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({} columns)", self.schema.fields().len())
    }
}

impl<W: Write + Send> Writer<W> {
    /// Begins a file with columns of these names, compressed with zstd.
    ///
    /// # Errors
    /// Where nothing can be written.
    pub fn create<I>(out: W, format: Format, header: I) -> Result<Self, Error>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let fields = header.into_iter().map(|name| Field::new(name.as_ref(), DataType::Utf8, false));
        let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let ipc = || IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD));
        let sink = match format {
            Format::Parquet => {
                let zstd = Compression::ZSTD(ZstdLevel::default());
                let properties = WriterProperties::builder().set_compression(zstd).build();
                let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties))?;
                Sink::Parquet(Box::new(writer))
            }
            Format::ArrowFile => {
                Sink::File(Box::new(FileWriter::try_new_with_options(out, &schema, ipc()?)?))
            }
            Format::ArrowStream => Sink::Stream(Box::new(
                arrow_ipc::writer::StreamWriter::try_new_with_options(out, &schema, ipc()?)?,
            )),
        };
        Ok(Self { schema, cells: Vec::new(), sink })
    }

    /// Adds a row; cells that are missing are empty, and those too many are left out.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn row<I>(&mut self, cells: I) -> Result<(), Error>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let width = self.schema.fields().len();
        let end = self.cells.len() + width;
        self.cells.extend(cells.into_iter().take(width).map(|cell| cell.as_ref().to_owned()));
        self.cells.resize(end, String::new());
        if end >= ROWS * width { self.flush() } else { Ok(()) }
    }

    /// Writes the rows that wait.
    fn flush(&mut self) -> Result<(), Error> {
        let width = self.schema.fields().len();
        if self.cells.is_empty() {
            return Ok(());
        }
        let column = |place| {
            let cells = self.cells.iter().skip(place).step_by(width);
            Arc::new(StringArray::from_iter_values(cells)) as ArrayRef
        };
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), (0..width).map(column).collect())?;
        match &mut self.sink {
            Sink::Parquet(writer) => writer.write(&batch)?,
            Sink::File(writer) => writer.write(&batch)?,
            Sink::Stream(writer) => writer.write(&batch)?,
        }
        self.cells.clear();
        Ok(())
    }

    /// Ends the file and gives back what it was written to.
    ///
    /// # Errors
    /// As [`Writer::row`].
    pub fn finish(mut self) -> Result<W, Error> {
        self.flush()?;
        Ok(match self.sink {
            Sink::Parquet(writer) => writer.into_inner()?,
            Sink::File(mut writer) => {
                writer.finish()?;
                writer.into_inner()?
            }
            Sink::Stream(mut writer) => {
                writer.finish()?;
                writer.into_inner()?
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom};

    use super::*;
    use crate::texts;

    #[test]
    fn what_is_written_is_read() {
        for format in [Format::Parquet, Format::ArrowFile, Format::ArrowStream] {
            let file = tempfile::tempfile().unwrap();
            let mut writer = Writer::create(file, format, ["id", "氏名"]).unwrap();
            let rows = ROWS + 3;
            for row in 0..rows {
                writer.row([row.to_string(), format!("髙橋{}", row % 7)]).unwrap();
            }
            let mut file = writer.finish().unwrap();
            file.seek(SeekFrom::Start(0)).unwrap();
            let batches = Batches::open(file, format).unwrap();
            assert_eq!(
                (batches.names(), batches.format()),
                (vec!["id".to_owned(), "氏名".to_owned()], format)
            );
            let mut seen = 0;
            for batch in batches {
                let batch = batch.unwrap();
                let columns = texts(&batch, |_| true).unwrap();
                for row in 0..batch.num_rows() {
                    let cell = |place: usize| columns[place].as_ref().unwrap().get(row).to_owned();
                    assert_eq!([cell(0), cell(1)], [seen.to_string(), format!("髙橋{}", seen % 7)]);
                    seen += 1;
                }
            }
            assert_eq!(seen, rows);
        }
    }
}
