//! What a row of changes says of a resident: that they went, or all of what they are now.

use std::path::Path;

use himozuke::{Record, Registry};

use crate::{
    failure::Failure,
    input::{Chunk, Column, Columns, Row},
    said,
};

/// What the rows of a table are.
#[derive(Clone, Copy)]
pub(super) enum Rows<'r> {
    /// Residents.
    Residents,
    /// Residents of this registry, or new ones, as they are now; those whose status is `deleted` went.
    Changes(&'r Registry),
}

/// What a resident's row of changes has for a status if nobody of its id is registered any more.
const DELETED: [&str; 3] = ["deleted", "削除", "抹消"];

impl Rows<'_> {
    /// Whether a row says that somebody went.
    pub(super) fn went(self, chunk: &Chunk, row: &Row) -> bool {
        let says = |word: &&str| chunk.value(row, Column::Status).trim().eq_ignore_ascii_case(word);
        matches!(self, Self::Changes(_)) && DELETED.iter().any(says)
    }

    /// The resident of a row. One who is protected stays so where the file says nothing of it.
    pub(super) fn resident<'c>(self, chunk: &'c Chunk, row: &Row, columns: &Columns) -> Record<'c> {
        let record = chunk.record(row);
        match self {
            Self::Changes(registry) if !columns.has(Column::Protected) => {
                let stays = registry.find(record.id).is_some_and(|before| registry.is_protected(before));
                Record { protected: if stays { "1" } else { "" }, ..record }
            }
            _ => record,
        }
    }

    /// Refuses a change that would leave somebody without a name or a birth date, whom nothing could be linked to.
    ///
    /// # Errors
    /// With the line of the first one.
    pub(super) fn check(self, path: &Path, chunk: &Chunk, row: &Row) -> Result<(), Failure> {
        let lacks =
            |columns: &[Column]| columns.iter().all(|column| chunk.value(row, *column).trim().is_empty());
        let lacking = match self {
            Self::Residents => return Ok(()),
            Self::Changes(_) if lacks(&[Column::KanjiName, Column::KanaName]) => {
                said!("kanji_name and no kana_name"; "kanji_name も kana_name も")
            }
            Self::Changes(_) if lacks(&[Column::BirthDate]) => said!("birth_date"; "birth_date が"),
            Self::Changes(_) => return Ok(()),
        };
        let (path, line) = (path.display(), row.line());
        let message = said!(
            "{path}, line {line}: the row has no {}, and a change replaces all that is known of the resident",
            lacking.en;
            "{path} の{line}行目: {}ありません。異動の行は、その住民についてわかっていることすべてを置き換えます",
            lacking.ja
        );
        let hint = said!(
            "write the whole row as it stands in the register now (不詳 for a birth date that nobody knows), \
             or the status deleted for somebody who is registered no more";
            "現在の登録どおりに行の全体を書いてください（生年月日がわからなければ 不詳）。登録がなくなった人は status を deleted とします"
        );
        Err(Failure::usage(message, Some(hint)))
    }
}

/// The columns of which a change leaves everybody without what stood there before: those that the registry has and the changes
/// lack. An index file has no columns; of what nearly every registry has, it is taken to have all. Who is protected stays so.
pub(super) fn blanked(registry: Option<&Columns>, changes: &Columns) -> Vec<&'static str> {
    const USUAL: [Column; 5] =
        [Column::KanjiName, Column::KanaName, Column::BirthDate, Column::Sex, Column::Address];
    const OTHERS: [Column; 5] =
        [Column::FormerNames, Column::Aliases, Column::FormerAddresses, Column::HouseholdId, Column::Status];
    let had = |column: &Column| registry.map_or(USUAL.contains(column), |registry| registry.has(*column));
    let lost = USUAL.into_iter().chain(OTHERS).filter(|column| had(column) && !changes.has(*column));
    lost.map(Column::name).collect()
}
