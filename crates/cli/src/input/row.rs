//! Why a row is rejected, and the chunks of rows that were not. No message holds a value.

use std::{fmt, sync::Arc};

use himozuke::{Claim, Record};
use memchr::{memchr, memchr3_iter};

use super::{Column, Columns, DuplicateIds, ends::Ends, pool::Pool};
use crate::{columns::Join, words::InJapanese};

/// The longest cell that is read, in bytes of UTF-8. No name or address comes near it; a cell beyond it is damage.
pub const CELL_LIMIT: usize = 64 << 10;
/// The longest row that is read, in bytes of the file.
pub const ROW_LIMIT: usize = 1 << 20;
/// The most physical lines that a row with quotes may span.
pub const LINE_LIMIT: usize = 64;

/// Why a row cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Problem {
    /// A separator too many or too few.
    #[error("expected {expected} columns, found {found}")]
    ColumnCount {
        /// The number of columns in the header.
        expected: usize,
        /// The number of cells in the row.
        found: usize,
    },
    /// A record with a fixed length that has another.
    #[error("expected a record of {expected} bytes, found {found}")]
    RecordLength {
        /// The length that the layout says, in bytes.
        expected: usize,
        /// The length found.
        found: usize,
    },
    /// A byte that the file's encoding does not have.
    #[error("a byte is not {0}")]
    Encoding(super::Encoding),
    /// U+FFFD: an earlier conversion has lost a character here.
    #[error("a character was lost before the file was written (U+FFFD)")]
    ReplacementCharacter,
    /// U+0000 inside a cell.
    #[error("a NUL character stands in the cell")]
    NulCharacter,
    /// A cell longer than [`CELL_LIMIT`].
    #[error("the cell is longer than {CELL_LIMIT} bytes")]
    CellTooLong,
    /// A row longer than [`ROW_LIMIT`].
    #[error("the row is longer than {ROW_LIMIT} bytes")]
    RowTooLong,
    /// A quote that is opened and not closed where the row could end. Only the first physical line is rejected.
    #[error("the quote is not closed")]
    UnclosedQuote,
    /// Text between a closing quote and the next separator.
    #[error("text follows the closing quote")]
    TextAfterQuote,
    /// Nothing, or only spaces, in the id column.
    #[error("the id is empty")]
    EmptyId,
    /// Several rows share the id: none of them is taken, as nothing tells which one is meant.
    #[error("the id stands on several rows, first on line {first_line}")]
    DuplicateId {
        /// Where the id stands first.
        first_line: u64,
    },
}

impl Problem {
    /// The fixed name that machine-read files carry.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ColumnCount { .. } => "column_count",
            Self::RecordLength { .. } => "record_length",
            Self::Encoding(_) => "encoding",
            Self::ReplacementCharacter => "replacement_character",
            Self::NulCharacter => "nul_character",
            Self::CellTooLong => "cell_too_long",
            Self::RowTooLong => "row_too_long",
            Self::UnclosedQuote => "unclosed_quote",
            Self::TextAfterQuote => "text_after_quote",
            Self::EmptyId => "empty_id",
            Self::DuplicateId { .. } => "duplicate_id",
        }
    }
}

impl InJapanese for Problem {
    fn ja(&self) -> String {
        match self {
            Self::ColumnCount { expected, found } => format!("{expected}列のはずが{found}列です"),
            Self::RecordLength { expected, found } => {
                format!("1件{expected}バイトのはずが{found}バイトです")
            }
            Self::Encoding(encoding) => format!("{encoding} にないバイトがあります"),
            Self::ReplacementCharacter => "ファイルができる前に失われた文字があります（U+FFFD）".to_owned(),
            Self::NulCharacter => "欄に NUL 文字があります".to_owned(),
            Self::CellTooLong => format!("欄が{CELL_LIMIT}バイトを超えています"),
            Self::RowTooLong => format!("行が{ROW_LIMIT}バイトを超えています"),
            Self::UnclosedQuote => "引用符が閉じていません".to_owned(),
            Self::TextAfterQuote => "閉じた引用符の後に文字があります".to_owned(),
            Self::EmptyId => "ID が空です".to_owned(),
            Self::DuplicateId { first_line } => {
                format!("同じ ID の行が複数あります（最初は{first_line}行目）")
            }
        }
    }
}

/// A row that cannot be read: where it stands and why.
#[derive(Clone, Eq, PartialEq)]
pub struct Rejected {
    /// The physical line it begins on; the header's is usually 1.
    pub line: u64,
    /// The row's id, only where the row has the right number of cells: in any other the cell that stands in the id's
    /// place may be a piece of a name or an address.
    pub record_id: Option<String>,
    /// Position of the cell at fault, from 0; `None` where the whole row is.
    pub column: Option<usize>,
    /// What is wrong.
    pub problem: Problem,
    /// Where its cells begin in the chunk's bounds, if it has as many as the header.
    cells: Option<u32>,
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rejected(line {}, column {:?}, {})", self.line, self.column, self.problem.code())
    }
}

/// What is wrong with a row, before its line is known.
pub(super) struct Fault {
    pub(super) column: Option<usize>,
    pub(super) problem: Problem,
    pub(super) record_id: Option<String>,
}

impl Fault {
    /// A fault of the row as a whole: which of its cells is the id cannot be said.
    pub(super) const fn row(problem: Problem) -> Self {
        Self { column: None, problem, record_id: None }
    }
}

impl Fault {
    /// The row that it costs, with the place of its cells.
    fn on(self, line: u64, cells: Option<u32>) -> Rejected {
        let Self { column, problem, record_id } = self;
        Rejected { line, record_id, column, problem, cells }
    }
}

/// Whether an id can be repeated in an output.
pub(super) fn is_readable(id: &str) -> bool {
    id.len() <= 256 && !id.trim().is_empty() && !id.contains(['\0', '\u{FFFD}'])
}

/// A row of a [`Chunk`].
#[derive(Clone, Copy, Debug)]
pub struct Row {
    line: u64,
    /// Where the row's cells begin in the chunk's bounds.
    first: u32,
}

impl Row {
    /// The physical line the row begins on.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }
}

/// Some thousand rows in one piece of memory, to be shared between threads; the memory is used again when it is dropped.
#[derive(Default)]
pub struct Chunk {
    /// The cells of all rows, one byte between two cells.
    text: String,
    /// For each row where its first cell begins, then for each cell one past the byte behind it.
    bounds: Vec<u32>,
    rows: Vec<Row>,
    rejected: Vec<Rejected>,
    columns: Arc<Columns>,
    gaiji: u64,
    bytes: u64,
    pool: Arc<Pool>,
}

impl Drop for Chunk {
    fn drop(&mut self) {
        use std::mem::take;
        self.pool.give_bytes(take(&mut self.text).into_bytes());
        self.pool.give_tables(take(&mut self.bounds), take(&mut self.rows));
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chunk({} rows, {} rejected)", self.rows.len(), self.rejected.len())
    }
}

impl Chunk {
    /// The rows that could be read, in the order of the file.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows that could not, in the order of the file.
    #[must_use]
    pub fn rejected(&self) -> &[Rejected] {
        &self.rejected
    }

    /// Whether no row of either kind is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.rejected.is_empty()
    }

    /// How many private use characters (外字) the rows hold: no two systems agree on what they are.
    #[must_use]
    pub const fn gaiji(&self) -> u64 {
        self.gaiji
    }

    /// How far the file has been read after this chunk, in bytes.
    #[must_use]
    pub const fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// The cell at a position of the file's header, from 0; empty past the last one.
    #[must_use]
    pub fn field(&self, row: &Row, position: usize) -> &str {
        if position < self.columns.cells() { self.cell(row.first, position) } else { "" }
    }

    /// The cell of a column that is known by name; empty where the file has no such column.
    #[must_use]
    pub fn value(&self, row: &Row, column: Column) -> &str {
        self.columns.cell(column).map_or("", |position| self.cell(row.first, position))
    }

    /// The row as the library takes it, borrowed from the chunk.
    #[must_use]
    pub fn record(&self, row: &Row) -> Record<'_> {
        let bounds = self.bounds.get(row.first as usize..).unwrap_or_default();
        let value =
            |column| self.columns.cell(column).map_or("", |position| cell(&self.text, bounds, position));
        Record {
            id: value(Column::Id),
            kanji_name: value(Column::KanjiName),
            kana_name: value(Column::KanaName),
            birth_date: value(Column::BirthDate),
            sex: value(Column::Sex),
            address: value(Column::Address),
            former_names: value(Column::FormerNames),
            aliases: value(Column::Aliases),
            former_addresses: value(Column::FormerAddresses),
            household_id: value(Column::HouseholdId),
            status: value(Column::Status),
            protected: value(Column::Protected),
        }
    }

    /// The row with the number registered for it, borrowed from the chunk.
    #[must_use]
    pub fn claim(&self, row: &Row) -> Claim<'_> {
        Claim {
            record: self.record(row),
            person_id: self.value(row, Column::PersonId),
            my_number: self.value(row, Column::MyNumber),
            account_id: self.value(row, Column::AccountId),
            scheme_id: self.value(row, Column::SchemeId),
            application_id: self.value(row, Column::ApplicationId),
        }
    }

    /// What can be read of a row that cannot be decided: of one with the right number of cells those that are whole, of any
    /// other nothing, for its cells may stand in the wrong columns.
    #[must_use]
    pub fn rejected_claim(&self, rejected: &Rejected) -> Claim<'_> {
        let Some(first) = rejected.cells else { return Claim::default() };
        let mut claim = self.claim(&Row { line: rejected.line, first });
        let Claim { record, person_id, my_number, account_id, scheme_id, application_id } = &mut claim;
        let cells = [
            &mut record.kanji_name,
            &mut record.kana_name,
            &mut record.birth_date,
            &mut record.sex,
            &mut record.address,
            &mut record.former_names,
            &mut record.aliases,
            &mut record.former_addresses,
            &mut record.household_id,
            person_id,
            my_number,
            account_id,
            scheme_id,
            application_id,
        ];
        for cell in cells {
            if cell.len() > CELL_LIMIT || cell.contains(['\0', '\u{FFFD}']) {
                *cell = "";
            }
        }
        claim
    }

    /// All rows in the order of the file, those that could be read and those that could not.
    pub fn in_order(&self) -> impl Iterator<Item = Result<&Row, &Rejected>> {
        let (mut rows, mut rejected) = (self.rows.iter().peekable(), self.rejected.iter().peekable());
        std::iter::from_fn(move || {
            let next = rows.peek().map_or(u64::MAX, |row| row.line);
            match rejected.next_if(|rejected| rejected.line < next) {
                Some(rejected) => Some(Err(rejected)),
                None => rows.next().map(Ok),
            }
        })
    }

    /// Rejects every row whose id several rows share, the first one too.
    pub fn reject_repeated(&mut self, ids: &DuplicateIds) {
        let rows = std::mem::take(&mut self.rows);
        let before = self.rejected.len();
        for row in rows {
            let id = self.value(&row, Column::Id);
            match ids.first_line_of_repeated(id) {
                None => self.rows.push(row),
                Some(first_line) => self.rejected.push(Rejected {
                    line: row.line,
                    record_id: Some(id.to_owned()),
                    column: self.columns.cell(Column::Id),
                    problem: Problem::DuplicateId { first_line },
                    cells: Some(row.first),
                }),
            }
        }
        if self.rejected.len() > before {
            self.rejected.sort_by_key(|rejected| rejected.line);
        }
    }

    fn cell(&self, first: u32, position: usize) -> &str {
        cell(&self.text, self.bounds.get(first as usize..).unwrap_or_default(), position)
    }

    /// Without rows yet, in memory from the pool.
    pub(super) fn empty(columns: Arc<Columns>, pool: Arc<Pool>) -> Self {
        let (bounds, rows) = pool.tables();
        let (text, rejected) = (String::new(), Vec::new());
        Self { text, bounds, rows, rejected, columns, gaiji: 0, bytes: 0, pool }
    }

    pub(super) fn set_bytes_read(&mut self, bytes: u64) {
        self.bytes = bytes;
    }

    pub(super) fn reject(&mut self, line: u64, column: Option<usize>, problem: Problem) {
        self.rejected.push(Rejected { line, record_id: None, column, problem, cells: None });
    }

    /// Adds the row that `fill` appends, or rejects it; either way exactly one more row is accounted for.
    ///
    /// `fill` appends the cells to the text with one byte between two of them, and for each the offset one past the
    /// byte behind it to the bounds; where it fails, all of them nevertheless, those that cannot be read empty, or none.
    pub(super) fn push(
        &mut self,
        line: u64,
        fill: impl FnOnce(&mut String, &mut Vec<u32>) -> Result<(), Fault>,
    ) {
        let (text_mark, bounds_mark) = (self.text.len(), self.bounds.len());
        self.bounds.push(text_mark as u32);
        let outcome = fill(&mut self.text, &mut self.bounds).and_then(|()| {
            let bounds = self.bounds.get(bounds_mark..).unwrap_or_default();
            check(&self.text, bounds, &self.columns, true)
        });
        let first = bounds_mark as u32;
        let has_cells = self.bounds.len() - bounds_mark == self.columns.cells() + 1;
        if outcome.is_ok() || has_cells {
            (0..self.columns.joins().len()).for_each(|index| self.join(first, index));
        } else {
            self.text.truncate(text_mark);
            self.bounds.truncate(bounds_mark);
        }
        match outcome {
            Ok(gaiji) => {
                self.gaiji += gaiji;
                self.rows.push(Row { line, first });
            }
            Err(fault) => self.rejected.push(fault.on(line, has_cells.then_some(first))),
        }
    }

    /// Adds the lines of a text without quotes to an empty chunk, in one pass; no name may have to be joined.
    ///
    /// # Errors
    /// Gives the text back where a line needs a look at the bytes of the file: a long one, or a lone Ctrl-Z.
    pub(super) fn fill(&mut self, text: String, separator: u8, first_line: u64) -> Result<(), String> {
        let suspicious = is_suspicious(text.as_bytes());
        let (mut line, mut start, mut first, mut second_half) = (first_line, 0, 0, usize::MAX);
        self.bounds.push(0);
        let ends = Ends::of([separator, b'\n', b'\r'], text.as_bytes());
        for end in ends.chain(std::iter::once(text.len())) {
            match text.as_bytes().get(end) {
                Some(byte) if *byte == separator => {
                    self.bounds.push(end as u32 + 1);
                    continue;
                }
                Some(b'\n') if end == second_half => continue,
                Some(b'\r') if text.as_bytes().get(end + 1) == Some(&b'\n') => second_half = end + 1,
                _ => {}
            }
            let next = if second_half == end + 1 { end + 2 } else { end + 1 };
            if end > start {
                let is_ctrl_z = end - start == 1 && text.as_bytes().get(start) == Some(&0x1A);
                if end - start > CELL_LIMIT || is_ctrl_z {
                    self.bounds.clear();
                    self.rows.clear();
                    self.rejected.clear();
                    self.gaiji = 0;
                    return Err(text);
                }
                self.bounds.push(end as u32 + 1);
                let bounds = self.bounds.get(first..).unwrap_or_default();
                let place = first as u32;
                let has_cells = bounds.len() == self.columns.cells() + 1;
                match check(&text, bounds, &self.columns, suspicious) {
                    Ok(gaiji) => {
                        self.gaiji += gaiji;
                        self.rows.push(Row { line, first: place });
                    }
                    Err(fault) => self.rejected.push(fault.on(line, has_cells.then_some(place))),
                }
                if has_cells {
                    first = self.bounds.len();
                }
            }
            self.bounds.truncate(first);
            self.bounds.push(next as u32);
            start = next;
            line += 1;
        }
        self.text = text;
        Ok(())
    }

    /// Appends a cell that the file does not have: the halves of a name with a space between, and before them the whole, if it
    /// stands in the row and is not just this. What they say together is the library's business.
    fn join(&mut self, first: u32, index: usize) {
        let Some(&Join { whole, family, given }) = self.columns.joins().get(index) else { return };
        let whole = whole.map_or("", |whole| self.cell(first, whole));
        let (family, given) = (self.cell(first, family), self.cell(first, given));
        let between = if family.is_empty() || given.is_empty() { "" } else { " " };
        let no_halves = family.is_empty() && given.is_empty();
        let joined = if no_halves || whole.split_once([' ', '　']) == Some((family, given)) {
            whole.to_owned()
        } else {
            let again = if whole.is_empty() { "" } else { "|" };
            [whole, again, family, between, given].concat()
        };
        self.text.push('\n'); // the byte behind the last cell
        self.text.push_str(&joined);
        self.bounds.push(self.text.len() as u32 + 1);
    }
}

/// The cell at a position of a row whose bounds are given.
fn cell<'t>(text: &'t str, bounds: &[u32], position: usize) -> &'t str {
    match (bounds.get(position), bounds.get(position + 1)) {
        // As many cells are.
        (Some(&start), Some(&next)) if next.saturating_sub(start) <= 1 => "",
        (Some(&start), Some(&next)) => {
            text.get(start as usize..(next as usize).saturating_sub(1)).unwrap_or_default()
        }
        _ => "",
    }
}

/// Checks a row by its bounds and counts its private use characters. What [`is_suspicious`] has not found in its block is not
/// looked for again.
fn check(text: &str, bounds: &[u32], columns: &Columns, suspicious: bool) -> Result<u64, Fault> {
    let (expected, found) = (columns.cells(), bounds.len().saturating_sub(1));
    if found != expected {
        return Err(Fault::row(Problem::ColumnCount { expected, found }));
    }
    let id = columns.cell(Column::Id);
    let fault = |column: Option<usize>, problem| {
        let id = id.filter(|_| column != id).map(|position| cell(text, bounds, position));
        Fault { column, problem, record_id: id.filter(|id| is_readable(id)).map(str::to_owned) }
    };
    let start = bounds.first().map_or(0, |start| *start as usize);
    let end = bounds.last().map_or(0, |next| *next as usize - 1);
    let mut gaiji = 0;
    if suspicious {
        let row = text.get(start..end).unwrap_or_default();
        let column_at = |offset: usize| {
            let offset = (start + offset) as u32;
            Some(bounds.partition_point(|&bound| bound <= offset).saturating_sub(1))
        };
        if let Some(offset) = memchr(0, row.as_bytes()) {
            return Err(fault(column_at(offset), Problem::NulCharacter));
        }
        // The private use areas begin with EE, EF 80..A3 and F3 B0..BF; U+FFFD is EF BF BD.
        for offset in memchr3_iter(0xEE, 0xEF, 0xF3, row.as_bytes()) {
            match row.get(offset..).and_then(|rest| rest.chars().next()) {
                Some('\u{FFFD}') => return Err(fault(column_at(offset), Problem::ReplacementCharacter)),
                Some('\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFF}') => gaiji += 1,
                _ => {}
            }
        }
    }
    if end - start > CELL_LIMIT {
        let long = bounds.windows(2).position(|pair| match pair {
            [start, next] => (next - start) as usize > CELL_LIMIT + 1,
            _ => false,
        });
        if long.is_some() {
            return Err(fault(long, Problem::CellTooLong));
        }
    }
    if let Some(position) = id
        && cell(text, bounds, position).trim().is_empty()
    {
        return Err(fault(Some(position), Problem::EmptyId));
    }
    Ok(gaiji)
}

/// Whether a text may hold a NUL, U+FFFD or a private use character. In one pass without a branch, for nearly none does.
fn is_suspicious(text: &[u8]) -> bool {
    let pairs = text.iter().zip(text.get(1..).unwrap_or_default());
    let found = pairs.fold(0u8, |found, (&first, &second)| {
        let alone = u8::from(first == 0) | u8::from(first == 0xEE) | u8::from(first == 0xF3);
        let both = u8::from(first == 0xEF) & (u8::from(second < 0xA4) | u8::from(second == 0xBF));
        found | alone | both
    });
    found != 0 || text.last() == Some(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_is_suspicious() {
        let seen = |c: char| is_suspicious(format!("山{c}").as_bytes());
        for c in ['\0', '\u{E000}', '\u{F000}', '\u{F8FF}', '\u{F0000}', '\u{FFFFD}', '\u{FFFD}'] {
            assert!(seen(c), "{}", c.escape_unicode());
        }
        for c in ['ｱ', 'Ａ', '神', 'a', '\u{F900}', '髙', '𠮷'] {
            assert!(!seen(c), "{c}");
        }
    }

    #[test]
    fn every_problem_is_told_in_both_languages() {
        let all = [
            Problem::ColumnCount { expected: 4, found: 2 },
            Problem::RecordLength { expected: 80, found: 79 },
            Problem::Encoding(super::super::Encoding::Utf8),
            Problem::ReplacementCharacter,
            Problem::NulCharacter,
            Problem::CellTooLong,
            Problem::RowTooLong,
            Problem::UnclosedQuote,
            Problem::TextAfterQuote,
            Problem::EmptyId,
            Problem::DuplicateId { first_line: 7 },
        ];
        let kana = |text: &str| text.chars().any(|c| ('ぁ'..='ん').contains(&c));
        for problem in all {
            assert!(!kana(&problem.to_string()) && kana(&problem.ja()), "{}", problem.code());
        }
        assert!(all[0].ja().contains('4') && all[0].ja().contains('2') && all[10].ja().contains('7'));
    }
}
