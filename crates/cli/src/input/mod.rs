//! Tables from files: encoding found, columns found, rows in chunks. Knows nothing of residents or decisions.

mod encoding;
mod ids;
mod row;
mod source;
mod table;

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::mpsc,
    thread,
};

pub use self::{
    encoding::{Encoding, Foreign},
    ids::{DuplicateIds, Repeat, is_same_number, looks_like_my_number},
    row::{CELL_LIMIT, Chunk, LINE_LIMIT, Problem, ROW_LIMIT, Rejected, Row},
    table::Table,
};
use self::{source::Source, table::HeaderError};
pub use crate::columns::{Column, ColumnError, Columns, Mapping, Role};

/// How much of a file decides its encoding, in bytes.
const SAMPLE: usize = 8 << 20;

/// How to read a file.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The encoding; found out where `None`.
    pub encoding: Option<Encoding>,
    /// Which input the file is: some mappings are for one of them.
    pub role: Role,
    /// Columns named by the user.
    pub mappings: &'a [Mapping],
}

/// Why a file cannot be read as a table.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The operating system says no.
    #[error("cannot read {file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// Not a table in an encoding that is read.
    #[error("cannot read {file}: {foreign}")]
    Foreign {
        /// The file.
        file: String,
        /// What it is instead.
        foreign: Foreign,
    },
    /// Not even a header.
    #[error("{file} is empty")]
    Empty {
        /// The file.
        file: String,
    },
    /// The first row cannot be read.
    #[error("cannot read the header of {file}: {problem}")]
    Header {
        /// The file.
        file: String,
        /// Why.
        problem: Problem,
    },
    /// The columns cannot be told.
    #[error("cannot tell the columns of {file}: {error}")]
    Columns {
        /// The file.
        file: String,
        /// Why.
        error: ColumnError,
    },
    /// The registry has two rows with one id: nothing tells which is meant.
    #[error("{file} has one id on two rows, on lines {} and {}", repeat.first_line, repeat.line)]
    DuplicateId {
        /// The file.
        file: String,
        /// Both lines.
        repeat: Repeat,
    },
    /// A column of ids holds individual numbers.
    #[error("the {} column of {file} looks like individual numbers (個人番号)", column.name())]
    IdsAreNumbers {
        /// The file.
        file: String,
        /// The column.
        column: Column,
    },
}

impl InputError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Io { .. } => return None,
            Self::Foreign { foreign, .. } => match foreign {
                Foreign::EucJp => {
                    "save it as UTF-8; if it is CP932 with half-width kana only, say --encoding cp932"
                }
                Foreign::Unknown => "save it as UTF-8, or say which it is with --encoding",
                Foreign::Gzip => "decompress it first",
                Foreign::Utf16 | Foreign::Iso2022Jp => "save it as UTF-8",
                Foreign::Zip | Foreign::Parquet => "save it as CSV in UTF-8",
            }
            .to_owned(),
            Self::Empty { .. } => "the first row must hold the headers".to_owned(),
            Self::Header { problem: Problem::Encoding(_), .. } => {
                "save the file as UTF-8, or say its encoding with --encoding".to_owned()
            }
            Self::Header { .. } => "the first row must hold the headers, each cell short".to_owned(),
            Self::Columns { error, .. } => error.hint(),
            Self::DuplicateId { .. } => "leave one row for each id".to_owned(),
            Self::IdsAreNumbers { column: Column::PersonId, .. } => {
                "for numbers say --map records:my_number=HEADER; person_id is the registry's own id"
                    .to_owned()
            }
            Self::IdsAreNumbers { .. } => {
                "ids stand in every output: use another column, for example --map id=整理番号".to_owned()
            }
        })
    }
}

impl Table<File> {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// Where the file, its encoding, its header or its columns cannot be read.
    pub fn open(path: &Path, options: Options<'_>) -> Result<Self, InputError> {
        let file = File::open(path).map_err(|source| InputError::Io { file: name(path), source })?;
        let tabs = path
            .extension()
            .is_some_and(|own| own.eq_ignore_ascii_case("tsv") || own.eq_ignore_ascii_case("tab"));
        Self::from_reader(file, &name(path), tabs.then_some(b'\t'), options)
    }
}

impl<R: Read> Table<R> {
    /// Reads the header from any source; `file` is what errors call it.
    ///
    /// # Errors
    /// As [`Table::open`].
    pub fn from_reader(
        reader: R,
        file: &str,
        separator: Option<u8>,
        options: Options<'_>,
    ) -> Result<Self, InputError> {
        let file = || file.to_owned();
        let mut source = Source::new(reader);
        let io = |source| InputError::Io { file: file(), source };
        while source.unread().len() < SAMPLE && source.fill().map_err(io)? {}
        let sample = source.unread();
        let found = match options.encoding {
            Some(encoding) => encoding::foreign(sample).map(|()| encoding),
            None => encoding::detect(sample),
        };
        let encoding = found.map_err(|foreign| InputError::Foreign { file: file(), foreign })?;
        let mappings = options.mappings.iter().filter(|mapping| mapping.applies_to(options.role));
        Self::begin(source, encoding, separator, options.role, mappings).map_err(|error| match error {
            HeaderError::Io(source) => InputError::Io { file: file(), source },
            HeaderError::Empty => InputError::Empty { file: file() },
            HeaderError::Unreadable(problem) => InputError::Header { file: file(), problem },
            HeaderError::Columns(error) => InputError::Columns { file: file(), error },
        })
    }

    /// Reads on a thread of its own, two chunks ahead.
    ///
    /// Dropping the stream ends the thread after the chunk it is at.
    pub fn stream(mut self) -> Chunks
    where
        R: Send + 'static,
    {
        let (sender, chunks) = mpsc::sync_channel(2);
        thread::spawn(move || {
            loop {
                let mut chunk = Chunk::default();
                let item = self.read_chunk(&mut chunk).map(|any| any.then_some(chunk));
                let more = matches!(item, Ok(Some(_)));
                if sender.send(item).is_err() || !more {
                    break;
                }
            }
        });
        Chunks { chunks, ended: false }
    }
}

/// The chunks of a table in the order of the file, read ahead.
#[derive(Debug)]
pub struct Chunks {
    /// The end of the file is sent like a chunk: a thread that stops without it has lost rows.
    chunks: mpsc::Receiver<io::Result<Option<Chunk>>>,
    ended: bool,
}

impl Iterator for Chunks {
    type Item = io::Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item =
            self.chunks.recv().unwrap_or_else(|_| Err(io::Error::other("reading ended before the file did")));
        self.ended = !matches!(item, Ok(Some(_)));
        item.transpose()
    }
}

/// The ids of a whole file, looked at before any row is used.
///
/// Rows are decided as they stream by, so an id that comes again at the end of the file must be known at its first row:
/// the file is read twice.
///
/// # Errors
/// Where the file cannot be read, where the ids are individual numbers, and, for a registry, where an id is repeated.
pub fn scan_ids(path: &Path, options: Options<'_>) -> Result<DuplicateIds, InputError> {
    let table = Table::open(path, options)?;
    let mut ids = DuplicateIds::default();
    let mut first = true;
    for chunk in table.stream() {
        let chunk = chunk.map_err(|source| InputError::Io { file: name(path), source })?;
        if std::mem::take(&mut first) {
            refuse_numbers(path, &chunk, &[Column::Id, Column::PersonId])?;
        } else {
            refuse_own_numbers(path, &chunk, &[Column::Id, Column::PersonId])?;
        }
        // A rejected row has a claim to its id as well: its twin may be the one that is wrong.
        let read = chunk.rows().iter().map(|row| (row.line(), chunk.value(row, Column::Id)));
        let rejected = chunk.rejected().iter().filter_map(|row| Some((row.line, row.record_id.as_deref()?)));
        for (line, id) in read.chain(rejected) {
            if let Some(repeat) = ids.note(id, line)
                && options.role == Role::Registry
            {
                return Err(InputError::DuplicateId { file: name(path), repeat });
            }
        }
    }
    Ok(ids)
}

/// Refuses columns of ids that hold individual numbers.
///
/// # Errors
/// [`InputError::IdsAreNumbers`].
pub fn refuse_numbers(path: &Path, chunk: &Chunk, columns: &[Column]) -> Result<(), InputError> {
    let numbers =
        |column: &&Column| looks_like_my_number(chunk.rows().iter().map(|row| chunk.value(row, **column)));
    match columns.iter().find(numbers) {
        Some(column) => Err(InputError::IdsAreNumbers { file: name(path), column: *column }),
        None => refuse_own_numbers(path, chunk, columns),
    }
}

/// Refuses ids that are the number of their own row: then one is enough.
fn refuse_own_numbers(path: &Path, chunk: &Chunk, columns: &[Column]) -> Result<(), InputError> {
    let own = |column: &&Column| {
        let same = |row| is_same_number(chunk.value(row, **column), chunk.value(row, Column::MyNumber));
        chunk.rows().iter().any(same)
    };
    match columns.iter().find(own) {
        Some(column) => Err(InputError::IdsAreNumbers { file: name(path), column: *column }),
        None => Ok(()),
    }
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
