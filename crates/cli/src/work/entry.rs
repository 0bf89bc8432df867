//! One row of the records as it was decided: what its files will say of it. Knows nothing of how it was decided.

use himozuke::Unreadable;

use super::codec::{Coded, read_number, read_text, write_number, write_text};
use crate::input::{Chunk, Column, Columns, Row};

/// What became of one row of the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Entry<'a, A> {
    /// It was decided.
    Answered {
        /// The record's id.
        id: &'a str,
        /// How.
        answer: A,
    },
    /// It could not be read.
    Rejected(Rejection<'a>),
}

/// Why a row is in `rejected.csv`. Holds no value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rejection<'a> {
    /// Whether the reader took it for a row, and the library could not read one of its cells.
    pub has_cells: bool,
    /// The line that the row begins on.
    pub line: u64,
    /// The record's id, where it can be told.
    pub id: &'a str,
    /// The header of the cell at fault; empty where the whole row is.
    pub column: &'a str,
    /// The fixed name of the problem.
    pub code: &'a str,
    /// The problem in words.
    pub sentence: &'a str,
}

impl<'a, A: Coded> Entry<'a, A> {
    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::Answered { id, answer } => {
                to.push(0);
                write_text(id, to);
                answer.write(to);
            }
            Self::Rejected(Rejection { has_cells, line, id, column, code, sentence }) => {
                to.push(if *has_cells { 2 } else { 1 });
                write_number(u128::from(*line), to);
                [id, column, code, sentence].iter().for_each(|text| write_text(text, to));
            }
        }
    }

    /// Takes an entry from the front; `None` where the bytes are not one.
    pub(super) fn read(from: &mut &'a [u8]) -> Option<Self> {
        match from.split_off_first()? {
            0 => Some(Self::Answered { id: read_text(from)?, answer: A::read(from)? }),
            kind @ 1..=2 => Some(Self::Rejected(Rejection {
                has_cells: *kind == 2,
                line: u64::try_from(read_number(from)?).ok()?,
                id: read_text(from)?,
                column: read_text(from)?,
                code: read_text(from)?,
                sentence: read_text(from)?,
            })),
            _ => None,
        }
    }
}

/// The entries of a chunk in the order of the file: `answers` for the rows that could be read, and what the reader
/// rejected.
pub fn write_entries<A: Coded>(
    chunk: &Chunk,
    columns: &Columns,
    answers: impl IntoIterator<Item = Result<A, Unreadable>>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut answers = answers.into_iter();
    for row in chunk.in_order() {
        match row {
            Ok(row) => {
                let Some(answer) = answers.next() else { break };
                write_answer(chunk, columns, row, answer, &mut bytes);
            }
            Err(rejected) => {
                let sentence = rejected.problem.to_string();
                let rejection = Rejection {
                    has_cells: false,
                    line: rejected.line,
                    id: rejected.record_id.as_deref().unwrap_or_default(),
                    column: rejected.column.map_or("", |column| columns.header(column)),
                    code: rejected.problem.code(),
                    sentence: &sentence,
                };
                Entry::<A>::Rejected(rejection).write(&mut bytes);
            }
        }
    }
    bytes
}

fn write_answer<A: Coded>(
    chunk: &Chunk,
    columns: &Columns,
    row: &Row,
    answer: Result<A, Unreadable>,
    to: &mut Vec<u8>,
) {
    let id = chunk.value(row, Column::Id);
    match answer {
        Ok(answer) => Entry::Answered { id, answer }.write(to),
        Err(problem) => {
            let sentence = problem.to_string();
            let column = columns.header_of(problem.column());
            let (line, code) = (row.line(), problem.code());
            let rejection = Rejection { has_cells: true, line, id, column, code, sentence: &sentence };
            Entry::<A>::Rejected(rejection).write(to);
        }
    }
}

/// The answers of the rows that the reader could read; `None` for one that the library could not.
pub fn answers_of_rows<A: Coded>(entries: Vec<Entry<'_, A>>) -> Vec<Option<A>> {
    let of_row = entries.into_iter().filter_map(|entry| match entry {
        Entry::Answered { answer, .. } => Some(Some(answer)),
        Entry::Rejected(rejection) => rejection.has_cells.then_some(None),
    });
    of_row.collect()
}
