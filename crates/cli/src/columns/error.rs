//! Why the columns of a file cannot be told, and what to do about it. Shows headers, and none where they may be data.

use super::names::{Column, HALVES};

/// Why the columns of a file cannot be told.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ColumnError {
    /// Not one header is known: perhaps the first row is data, so it is not shown.
    #[error("none of the {0} column headers is known")]
    NoneKnown(usize),
    /// No column holds the ids.
    #[error("no id column; the headers are {}", list(.0))]
    NoId(Vec<String>),
    /// A `--map` names a header that the file does not have.
    #[error("no column is headed `{header}`, which --map gives as {}; the headers are {}", column.name(), list(found))]
    NoSuchHeader {
        /// The attribute it was to be.
        column: Column,
        /// The header asked for.
        header: String,
        /// The headers of the file; empty where none of them is known.
        found: Vec<String>,
    },
    /// Two columns would be the same attribute.
    #[error("two columns can be {}: {}", column.name(), list(headers))]
    Ambiguous {
        /// The attribute.
        column: Column,
        /// The headers of both.
        headers: Vec<String>,
    },
    /// Two `--map` options give the same header or the same attribute.
    #[error("--map gives {} and {} one and the same place", first.name(), second.name())]
    MappedTwice {
        /// The attribute given first.
        first: Column,
        /// The attribute given again.
        second: Column,
    },
    /// A `--map` makes ids of a column that by its name holds individual numbers.
    #[error("--map takes `{header}` for {}, and ids stand in the outputs, where no individual number may", column.name())]
    NumbersAsIds {
        /// The id it was to be.
        column: Column,
        /// The header.
        header: String,
    },
    /// A family name without the given name, or the other way round.
    #[error("a column is {}, but none is {}", found.name(), missing.name())]
    HalfName {
        /// The half that the file has.
        found: Column,
        /// The half that it lacks.
        missing: Column,
    },
}

impl ColumnError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NoneKnown(_) => {
                "the first row must hold the headers, for example id,kanji_name,birth_date; \
                 or name them with --map id=HEADER"
                    .to_owned()
            }
            Self::NoId(_) => "say which column names the row with --map id=HEADER".to_owned(),
            Self::NoSuchHeader { .. } => "give the header as it stands in the first row".to_owned(),
            Self::Ambiguous { column, .. } => {
                format!("say which one is meant with --map {}=HEADER", column.name())
            }
            Self::MappedTwice { .. } => "give each header and each column once".to_owned(),
            Self::NumbersAsIds { .. } => {
                "take another column for it; the numbers themselves are my_number".to_owned()
            }
            Self::HalfName { found, missing } => {
                let whole = HALVES.iter().find(|(_, family, given)| [family, given].contains(&found));
                let whole = whole.map_or("kanji_name", |(whole, ..)| whole.name());
                format!(
                    "if it holds whole names say --map {whole}=HEADER, else --map {}=HEADER",
                    missing.name()
                )
            }
        }
    }
}

fn list(headers: &[String]) -> String {
    if headers.is_empty() {
        return "not known ones".to_owned();
    }
    let quoted: Vec<String> = headers.iter().map(|header| format!("`{header}`")).collect();
    quoted.join(", ")
}
