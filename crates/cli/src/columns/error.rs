//! Why the columns of a file cannot be told, and what to do about it. Shows headers, and none where they may be data.

use super::names::{Column, HALVES};
use crate::{
    said,
    words::{InJapanese, Said},
};

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
    pub fn hint(&self) -> Said {
        match self {
            Self::NoneKnown(_) => said!(
                "the first row must hold the headers, for example id,kanji_name,birth_date; \
                 or name them with --map id=HEADER";
                "1行目に見出し（id,kanji_name,birth_date など）が必要です。別の見出しなら --map id=見出し のように指定してください"
            ),
            Self::NoId(_) => said!(
                "say which column names the row with --map id=HEADER";
                "行を示す列を --map id=見出し で指定してください"
            ),
            Self::NoSuchHeader { .. } => said!(
                "give the header as it stands in the first row";
                "見出しを1行目にあるとおりに指定してください"
            ),
            Self::Ambiguous { column, .. } => {
                let name = column.name();
                said!(
                    "say which one is meant with --map {name}=HEADER";
                    "どちらを使うかを --map {name}=見出し で指定してください"
                )
            }
            Self::MappedTwice { .. } => said!(
                "give each header and each column once";
                "見出しも列も、それぞれ一度だけ指定してください"
            ),
            Self::NumbersAsIds { .. } => said!(
                "take another column for it; the numbers themselves are my_number";
                "ID には別の列を指定してください。個人番号そのものの列は my_number です"
            ),
            Self::HalfName { found, missing } => {
                let whole = HALVES.iter().find(|(_, family, given)| [family, given].contains(&found));
                let whole = whole.map_or("kanji_name", |(whole, ..)| whole.name());
                let missing = missing.name();
                said!(
                    "if it holds whole names say --map {whole}=HEADER, else --map {missing}=HEADER";
                    "氏名の全体が入っていれば --map {whole}=見出し、そうでなければ --map {missing}=見出し を付けてください"
                )
            }
        }
    }
}

impl InJapanese for ColumnError {
    fn ja(&self) -> String {
        match self {
            Self::NoneKnown(columns) => format!("{columns}列の見出しに、知っているものが一つもありません"),
            Self::NoId(headers) => format!("id の列がありません。見出しは{}です", list_ja(headers)),
            Self::NoSuchHeader { column, header, found } => format!(
                "--map が {} とした「{header}」という見出しの列はありません。見出しは{}です",
                column.name(),
                list_ja(found)
            ),
            Self::Ambiguous { column, headers } => {
                format!("{} とみなせる列が二つあります: {}", column.name(), list_ja(headers))
            }
            Self::MappedTwice { first, second } => {
                format!("--map の {} と {} が同じ列か同じ項目を指しています", first.name(), second.name())
            }
            Self::NumbersAsIds { column, header } => format!(
                "--map が「{header}」を {} としていますが、ID は出力に書かれ、出力に個人番号は書けません",
                column.name()
            ),
            Self::HalfName { found, missing } => {
                format!("{} の列はありますが、{} の列がありません", found.name(), missing.name())
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

fn list_ja(headers: &[String]) -> String {
    if headers.is_empty() {
        return "知らないもの".to_owned();
    }
    headers.iter().map(|header| format!("「{header}」")).collect()
}
