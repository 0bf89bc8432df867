//! himozuke on Arrow: [`normalize`] and [`link`] are functions from record batch to record batch, and [`Batches`] and
//! [`Writer`] are the files that hold them (Parquet, Arrow IPC).
//!
//! The two functions are the seam for engines that hand out record batches: a table function of DataFusion or Ballista and
//! Spark's `mapInArrow` are thin shells around them. They keep nothing between two calls, so batches may come in any
//! order, on any machine that has the registry.
//!
//! Columns are found by their canonical names (`id`, `kanji_name`, `kana_name`, `birth_date`, `sex`, `address`, …); those
//! of texts, whole numbers, dates and truth values are read as their text would be, a null as an empty cell.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
//! use himozuke::{Linker, Policy, Record, Registry};
//!
//! let resident = Record {
//!     id: "p1",
//!     kanji_name: "髙橋 花子",
//!     kana_name: "タカハシ ハナコ",
//!     birth_date: "1985-01-01",
//!     address: "東京都杉並区永福二丁目1番1号",
//!     ..Record::default()
//! };
//! let registry = Registry::builder().persons([resident])?.build()?;
//! let linker = Linker::new(&registry, Policy::guideline())?;
//! let column = |text: &str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
//! let records = RecordBatch::try_from_iter([
//!     ("id", column("r1")),
//!     ("kanji_name", column("高橋花子")),
//!     ("kana_name", column("ﾀｶﾊｼ ﾊﾅｺ")),
//!     ("birth_date", column("昭和60年1月1日")),
//!     ("address", column("杉並区永福2-1-1")),
//! ])?;
//! let decided = himozuke_arrow::link(&linker, &records)?;
//! assert_eq!((decided.num_rows(), decided.schema().field(1).name().as_str()), (1, "decision"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod columns;
mod files;
mod lengths;
mod seam;

pub use columns::{Text, texts};
pub use files::{Batches, Format, Writer};
pub use seam::{link, normalize};

/// Why a batch or a file cannot be used. Holds no value of a row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A column holds what has no text of its own: lists, structures, fractions.
    #[error("the column {name} holds {kind}, which is not read; make it text, a whole number or a date")]
    Column {
        /// The column.
        name: String,
        /// Its type, as Arrow calls it.
        kind: String,
    },
    /// The batch has no such column.
    #[error("the batch has no column {0}")]
    Missing(&'static str),
    /// The file cannot be read or written, or is damaged.
    #[error("{0}")]
    Arrow(#[from] arrow_schema::ArrowError),
    /// The file cannot be read or written, or is damaged.
    #[error("{0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// What reads the format gave up on the file.
    #[error("the file is damaged")]
    Damaged,
    /// The operating system says no.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Error {
    /// The problem in Japanese, without what the readers of the formats say, which is English.
    #[must_use]
    pub fn ja(&self) -> String {
        match self {
            Self::Column { name, kind } => {
                format!("{name} 列の型 {kind} は読めません。文字、整数、日付のどれかにしてください")
            }
            Self::Missing(name) => format!("{name} 列がありません"),
            Self::Arrow(_) => "Arrow のファイルとして読み書きできません".to_owned(),
            Self::Parquet(_) => "Parquet のファイルとして読み書きできません".to_owned(),
            Self::Damaged => "ファイルが壊れています".to_owned(),
            Self::Io(_) => "ファイルを読み書きできません".to_owned(),
        }
    }
}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) | Error::Arrow(arrow_schema::ArrowError::IoError(_, error)) => error,
            // What the system said of a full disk must stay to be seen.
            Error::Parquet(parquet::errors::ParquetError::External(cause)) => {
                match cause.downcast::<Self>() {
                    Ok(error) => *error,
                    Err(cause) => Self::other(cause),
                }
            }
            other => Self::other(other),
        }
    }
}
