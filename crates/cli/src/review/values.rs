//! The values of records and candidates for a sheet, read again from the inputs. Addresses of protected residents are
//! not taken in at all, nor those of records that could be theirs.

use std::{fmt, path::Path};

use himozuke::{Person, ReadOptions, Record, normalize::text::clean};
use rustc_hash::FxHashMap;

use super::{headers::ATTRIBUTES, marks::marked};
use crate::{
    args::Language,
    failure::Failure,
    input::{Chunk, Column, InputError, Options, Row, Table},
};

/// The columns of [`ATTRIBUTES`].
const COLUMNS: [Column; ATTRIBUTES.len()] = [
    Column::KanjiName,
    Column::KanaName,
    Column::BirthDate,
    Column::Sex,
    Column::Address,
    Column::FormerNames,
    Column::Aliases,
];

/// The attributes of one row; `None` for what is protected.
pub(super) struct Values([Option<String>; COLUMNS.len()]);

/// Nobody, of whom nothing is known.
impl Default for Values {
    fn default() -> Self {
        Self(COLUMNS.map(|_| Some(String::new())))
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Values(…)")
    }
}

impl Values {
    fn of(chunk: &Chunk, row: &Row, protected: bool) -> Self {
        Self(COLUMNS.map(|column| {
            let hidden = protected && column == Column::Address;
            (!hidden).then(|| clean(chunk.value(row, column)).text.into_owned())
        }))
    }

    /// Both rows side by side, attribute by attribute, with the characters marked in which names and addresses differ.
    pub(super) fn beside<'a>(&'a self, other: &'a Self, lang: Language) -> impl Iterator<Item = String> + 'a {
        let hidden = lang.pick("(protected, not shown)", "（支援措置のため非表示）");
        let pairs = self.0.iter().zip(&other.0).zip(COLUMNS);
        pairs.flat_map(move |((own, theirs), column)| match (own, theirs) {
            (Some(own), Some(theirs)) if !matches!(column, Column::BirthDate | Column::Sex) => {
                marked(own, theirs)
            }
            _ => [own, theirs].map(|value| value.as_deref().unwrap_or(hidden).to_owned()),
        })
    }
}

/// The values of some rows, by their ids, which may be many fewer than the file has.
pub(super) type ById = FxHashMap<String, Values>;

/// Who of a review is wanted, and whether their address must not be shown.
pub(super) type Wanted = FxHashMap<String, bool>;

/// Reads the values of the rows that are wanted. Whether a row is protected is also asked of the file, which may be newer
/// than the run; whoever is found to be is noted in `wanted`.
pub(super) fn read(path: &Path, options: Options<'_>, wanted: &mut Wanted) -> Result<ById, Failure> {
    let mut found = ById::default();
    for chunk in Table::open(path, options)?.stream() {
        let chunk = chunk.map_err(|source| InputError::Io { file: path.display().to_string(), source })?;
        for row in chunk.rows() {
            let id = chunk.value(row, Column::Id);
            let Some(protected) = wanted.get_mut(id) else { continue };
            let stated = Record { protected: chunk.value(row, Column::Protected), ..Record::default() };
            *protected |= Person::read(&stated, &ReadOptions::default()).is_ok_and(|own| own.is_protected());
            found.insert(id.to_owned(), Values::of(&chunk, row, *protected));
        }
    }
    Ok(found)
}
