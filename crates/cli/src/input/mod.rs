//! Tables from files: encoding found, columns found, rows in chunks. Knows nothing of residents or decisions.

mod block;
mod bytes;
#[cfg(feature = "arrow")]
mod columnar;
mod encoding;
mod ends;
mod fixed;
mod ids;
mod layout;
mod pool;
mod row;
mod rows;
mod source;
mod stream;
mod table;
mod utf16;

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

pub use self::{
    bytes::STDIN,
    encoding::{Encoding, Foreign},
    fixed::LayoutFile,
    ids::{DuplicateIds, NotedIds, Repeat, is_same_number, looks_like_my_number},
    row::{CELL_LIMIT, Chunk, LINE_LIMIT, Problem, ROW_LIMIT, Rejected, Row},
    stream::{Block, Blocks, Chunks},
    table::Table,
};
use self::{
    bytes::{Input, Opened},
    encoding::HEAD,
    fixed::Fixed,
    source::Source,
    table::HeaderError,
};
pub use crate::columns::{Column, ColumnError, Columns, Mapping, Role};
use crate::{
    said,
    words::{InJapanese, Said},
};

/// How much of a file decides its encoding, in bytes.
const SAMPLE: u64 = 8 << 20;

/// How to read a file.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The encoding; found out where `None`.
    pub encoding: Option<Encoding>,
    /// Which input the file is: some mappings are for one of them.
    pub role: Role,
    /// Columns named by the user.
    pub mappings: &'a [Mapping],
    /// Where the cells of files without separators stand.
    pub layouts: &'a [LayoutFile],
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
    /// A Parquet or Arrow file that cannot be read.
    #[cfg(feature = "arrow")]
    #[error("cannot read {file}: {error}")]
    Damaged {
        /// The file.
        file: String,
        /// Why.
        error: himozuke_arrow::Error,
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
    /// The file that says where cells stand cannot be used.
    #[error("cannot use the layout {file}: {}", problem.en)]
    Layout {
        /// The file.
        file: String,
        /// Why, with its line.
        problem: Said,
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
    pub fn hint(&self) -> Option<Said> {
        Some(match self {
            Self::Io { source, .. } => return mend_reading(source),
            #[cfg(feature = "arrow")]
            Self::Damaged { .. } => said!(
                "write the file again, or give the table as CSV in UTF-8";
                "ファイルを作り直すか、表を UTF-8 の CSV で指定してください"
            ),
            Self::Foreign { foreign, .. } => match foreign {
                Foreign::EucJp => said!(
                    "save it as UTF-8; if it is CP932 with half-width kana only, say --encoding cp932";
                    "UTF-8 で保存し直してください。半角カナだけの CP932 であれば --encoding cp932 を付けてください"
                ),
                Foreign::Unknown => said!(
                    "save it as UTF-8, or say which it is with --encoding";
                    "UTF-8 で保存し直すか、文字コードを --encoding で指定してください"
                ),
                Foreign::Compressed => said!("decompress it once"; "一度展開してから指定してください"),
                Foreign::Utf16 => said!(
                    "leave --encoding out, or say --encoding utf-16le";
                    "--encoding を省くか、--encoding utf-16le を付けてください"
                ),
                Foreign::Iso2022Jp => said!("save it as UTF-8"; "UTF-8 で保存し直してください"),
                Foreign::Zip | Foreign::Columnar => {
                    said!("save it as CSV in UTF-8"; "UTF-8 の CSV で保存し直してください")
                }
            },
            Self::Empty { .. } => {
                said!("the first row must hold the headers"; "1行目には見出しが必要です")
            }
            Self::Header { problem: Problem::Encoding(_), .. } => said!(
                "save the file as UTF-8, or say its encoding with --encoding";
                "UTF-8 で保存し直すか、文字コードを --encoding で指定してください"
            ),
            Self::Header { .. } => said!(
                "the first row must hold the headers, each cell short";
                "1行目には、それぞれ短い見出しが必要です"
            ),
            Self::Layout { .. } => said!(
                "each [[columns]] has name, from (counted from 1) and bytes";
                "[[columns]] にはそれぞれ name、from（1から数えます）、bytes を書きます"
            ),
            Self::Columns { error, .. } => error.hint(),
            Self::DuplicateId { .. } => {
                said!("leave one row for each id"; "一つの ID につき1行だけを残してください")
            }
            Self::IdsAreNumbers { column: Column::PersonId, .. } => said!(
                "for numbers say --map records:my_number=HEADER; person_id is the registry's own id";
                "個人番号の列は --map records:my_number=見出し で指定してください。person_id は住民データの ID です"
            ),
            Self::IdsAreNumbers { .. } => said!(
                "ids stand in every output: use another column, for example --map id=整理番号";
                "ID はすべての出力に書かれます。別の列を --map id=整理番号 のように指定してください"
            ),
        })
    }
}

impl InJapanese for InputError {
    fn ja(&self) -> String {
        match self {
            Self::Io { file, source } => format!("{file} を読めません: {}", source.ja()),
            Self::Foreign { file, foreign } => format!("{file} を読めません: {}", foreign.ja()),
            #[cfg(feature = "arrow")]
            Self::Damaged { file, error } => format!("{file} を読めません: {}", error.ja()),
            Self::Empty { file } => format!("{file} は空です"),
            Self::Header { file, problem } => format!("{file} の見出しを読めません: {}", problem.ja()),
            Self::Layout { file, problem } => {
                format!("項目位置のファイル {file} を使えません: {}", problem.ja)
            }
            Self::Columns { file, error } => format!("{file} の列を特定できません: {}", error.ja()),
            Self::DuplicateId { file, repeat: Repeat { first_line, line } } => {
                format!("{file} の{first_line}行目と{line}行目の ID が同じです")
            }
            Self::IdsAreNumbers { file, column } => {
                format!("{file} の {} 列は個人番号のようです", column.name())
            }
        }
    }
}

/// What to do about a file that cannot be read.
pub fn mend_reading(error: &io::Error) -> Option<Said> {
    Some(match error.kind() {
        io::ErrorKind::NotFound => said!(
            "see whether the name is right; it is sought from where the command is run";
            "名前を確かめてください。コマンドを実行した場所から探します"
        ),
        io::ErrorKind::PermissionDenied => said!(
            "ask for the right to read it, or give a copy";
            "読み取りの権限を得るか、写しを指定してください"
        ),
        io::ErrorKind::IsADirectory => said!("give a file in it"; "その中のファイルを指定してください"),
        io::ErrorKind::InvalidData => said!("save it as UTF-8"; "UTF-8 で保存し直してください"),
        _ => return None,
    })
}

impl Table<'static> {
    /// Opens a file and reads its header. `-` is standard input; gzip and zstd are known by their first bytes, as are
    /// Parquet and Arrow.
    ///
    /// # Errors
    /// Where the file, its encoding, its header or its columns cannot be read.
    pub fn open(path: &Path, options: Options<'_>) -> Result<Self, InputError> {
        let io = |source| InputError::Io { file: name(path), source };
        match bytes::open(path, options.role).map_err(io)? {
            Opened::Text { input, read, packed } => {
                let named = |end: &str| {
                    let name = path.file_name().map(|own| own.to_string_lossy().to_ascii_lowercase());
                    let name = name.unwrap_or_default();
                    let bare = [".gz", ".zst", ".zstd"].iter().find_map(|packed| name.strip_suffix(packed));
                    bare.unwrap_or(&name).ends_with(end)
                };
                let separator = (named(".tsv") || named(".tab")).then_some(b'\t');
                let table = Self::from_reader(input, &name(path), separator, options)?;
                // Of bytes that are the text's, the rows tell more exactly how many of them are done.
                let as_it_is = !packed && matches!(table.encoding(), Encoding::Utf8 | Encoding::Cp932);
                Ok(if as_it_is { table } else { table.counting(read) })
            }
            #[cfg(feature = "arrow")]
            Opened::Columnar(file, format) => columnar::open(file, format, &name(path), options),
        }
    }
}

impl<'a> Table<'a> {
    /// Reads the header from any source; `file` is what errors call it.
    ///
    /// # Errors
    /// As [`Table::open`].
    pub fn from_reader(
        reader: impl Read + Send + 'a,
        file: &str,
        separator: Option<u8>,
        options: Options<'_>,
    ) -> Result<Self, InputError> {
        let file = || file.to_owned();
        let io = |source| InputError::Io { file: file(), source };
        let mut input = Input::of(reader);
        let mappings = options.mappings.iter().filter(|mapping| mapping.applies_to(options.role));
        let fixed = layout(options)?;
        let told = fixed.as_ref().and_then(Fixed::encoding).or(options.encoding);
        let sample = if told.is_some() { HEAD as u64 } else { SAMPLE };
        // All of it at once: memory that grows is copied.
        let mut head = Vec::with_capacity(sample as usize);
        (&mut input).take(sample).read_to_end(&mut head).map_err(io)?;
        let encoding = encoding::detect(&head, told);
        let encoding = encoding.map_err(|foreign| InputError::Foreign { file: file(), foreign })?;
        let source = Source::new(input.after(head).lines_in(encoding));
        let begun = match fixed {
            Some(fixed) => Self::begin_fixed(source, encoding, fixed, options.role, mappings),
            None => Self::begin(source, encoding, separator, options.role, mappings),
        };
        begun.map_err(|error| match error {
            HeaderError::Io(source) => InputError::Io { file: file(), source },
            HeaderError::Empty => InputError::Empty { file: file() },
            HeaderError::Unreadable(problem) => InputError::Header { file: file(), problem },
            HeaderError::Columns(error) => InputError::Columns { file: file(), error },
        })
    }
}

/// The layout that is meant for the input; what is said of one input goes before what is said of both.
fn layout(options: Options<'_>) -> Result<Option<Fixed>, InputError> {
    let meant = options.layouts.iter().filter(|layout| layout.applies_to(options.role));
    let Some(layout) = meant.max_by_key(|layout| layout.is_for_one()) else { return Ok(None) };
    let io = |source| InputError::Io { file: name(layout.path()), source };
    let text = fs::read_to_string(layout.path()).map_err(io)?;
    let wrong = |problem| InputError::Layout { file: name(layout.path()), problem };
    Fixed::parse(&text).map(Some).map_err(wrong)
}

/// The ids of a whole file, looked at before any row is used.
///
/// # Errors
/// As [`IdScan::begin`] and [`IdScan::finish`].
pub fn scan_ids(path: &Path, options: Options<'_>) -> Result<DuplicateIds, InputError> {
    IdScan::begin(path, Table::open(path, options)?, options.role)?.finish()
}

/// The ids of a file, being looked at before any row is used.
///
/// Rows are decided as they stream by, so an id that comes again at the end of the file must be known at its first row:
/// the file is read twice.
#[derive(Debug)]
pub struct IdScan<'p> {
    path: &'p Path,
    role: Role,
    first: Option<Chunk>,
    others: Chunks,
}

impl<'p> IdScan<'p> {
    /// Reads the first rows.
    ///
    /// # Errors
    /// Where the file cannot be read, and where the ids are individual numbers.
    pub fn begin(path: &'p Path, table: Table<'static>, role: Role) -> Result<Self, InputError> {
        let mut others = table.stream();
        let first =
            others.next().transpose().map_err(|source| InputError::Io { file: name(path), source })?;
        if let Some(chunk) = &first {
            refuse_numbers(path, chunk, &[Column::Id, Column::PersonId])?;
        }
        Ok(Self { path, role, first, others })
    }

    /// Reads the others.
    ///
    /// # Errors
    /// Where the file cannot be read, where an id is the individual number of its row, and, for a registry, where an id is
    /// repeated.
    pub fn finish(self) -> Result<DuplicateIds, InputError> {
        let Self { path, role, first, others } = self;
        let mut ids = NotedIds::default();
        for chunk in first.map(Ok).into_iter().chain(others) {
            let chunk = chunk.map_err(|source| InputError::Io { file: name(path), source })?;
            refuse_own_numbers(path, &chunk, &[Column::Id, Column::PersonId])?;
            // A rejected row has a claim to its id as well: its twin may be the one that is wrong.
            chunk.rows().iter().for_each(|row| ids.note(chunk.value(row, Column::Id), row.line()));
            let rejected = chunk.rejected().iter();
            rejected.for_each(|row| row.record_id.iter().for_each(|id| ids.note(id, row.line)));
        }
        match ids.repeated() {
            (_, Some(repeat)) if role == Role::Registry => {
                Err(InputError::DuplicateId { file: name(path), repeat })
            }
            (ids, _) => Ok(ids),
        }
    }
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
