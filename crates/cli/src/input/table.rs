//! Rows of a table, assembled from raw bytes: a broken row is rejected with its line and cause, and reading goes on.
//!
//! Separators, quotes and line ends are never part of a longer character in UTF-8 or CP932, so structure is read from
//! bytes and only then the text decoded. A line without quotes is decoded whole and split; quotes are followed across
//! lines, within limits: a quote that somebody forgot to close costs its own line and not the rest of the file.

use std::{
    io::{self, Read},
    sync::Arc,
};

use memchr::{memchr, memchr_iter};

use super::{
    Column, Columns, Encoding, LINE_LIMIT, Mapping, Problem, ROW_LIMIT, Role,
    encoding::BOM,
    row::{Chunk, Fault, is_readable},
    source::{Line, Source},
};

/// Rows in a chunk: enough to share between threads, few enough to stay small.
const CHUNK_ROWS: usize = 16 << 10;
/// Text in a chunk, when rows are long; one row more may follow.
const CHUNK_BYTES: usize = 8 << 20;

/// A table being read: where its columns are, and the rows still to come.
///
/// A row is what stands between line ends (LF, CR LF or CR) outside quotes. Empty lines are no rows and are not
/// counted, nor is a lone Ctrl-Z with which the file ends, empty lines aside; every other line is in a chunk as a row or as rejected.
pub struct Table<R> {
    source: Source<R>,
    layout: Layout,
    columns: Arc<Columns>,
    /// Physical lines consumed.
    lines: u64,
    /// Cells of the row with quotes that was read last, kept for its memory.
    spans: Vec<Span>,
}

impl<R> std::fmt::Debug for Table<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({}, {} columns, line {})", self.layout.encoding, self.columns.cells(), self.lines)
    }
}

/// How a file writes its cells.
#[derive(Clone, Copy)]
struct Layout {
    encoding: Encoding,
    separator: u8,
}

/// A cell of a row with quotes, as offsets from the start of the row, without its quotes.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    /// Whether it holds doubled quotes.
    doubled: bool,
}

/// What the next row is.
enum Next {
    Plain { end: usize, next: usize },
    Quoted { next: usize, lines: u64 },
    Broken { next: usize, problem: Problem },
    TooLong,
    End,
}

/// Why a table cannot be begun.
pub(super) enum HeaderError {
    Io(io::Error),
    Empty,
    Unreadable(Problem),
    Columns(crate::columns::ColumnError),
}

impl<R: Read> Table<R> {
    /// Reads the header. The separator is a comma unless given, or unless the header has tabs and no commas.
    pub(super) fn begin<'m>(
        mut source: Source<R>,
        encoding: Encoding,
        separator: Option<u8>,
        role: Role,
        mappings: impl IntoIterator<Item = &'m Mapping>,
    ) -> Result<Self, HeaderError> {
        while source.unread().len() < BOM.len() && source.fill().map_err(HeaderError::Io)? {}
        if source.unread().starts_with(BOM) {
            source.consume(BOM.len());
        }
        let layout = Layout { encoding, separator: separator.unwrap_or(b',') };
        let mut table = Self { source, layout, columns: Arc::default(), lines: 0, spans: Vec::new() };
        if separator.is_none() {
            table.layout.separator = table.sniff().map_err(HeaderError::Io)?;
        }
        let headers = table.header()?;
        table.columns = Arc::new(Columns::resolve(&headers, role, mappings).map_err(HeaderError::Columns)?);
        Ok(table)
    }

    /// How the file's characters are written.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.layout.encoding
    }

    /// What stands between cells: a comma or a tab.
    #[must_use]
    pub fn separator(&self) -> char {
        char::from(self.layout.separator)
    }

    /// Where the attributes stand.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Reads the next rows into `chunk`, which is emptied first; `false` when none was left.
    ///
    /// # Errors
    /// Where the file cannot be read; a row that cannot be read is in [`Chunk::rejected`] instead.
    pub fn read_chunk(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        chunk.clear(&self.columns);
        loop {
            let (rows, bytes) = chunk.size();
            if rows >= CHUNK_ROWS || bytes >= CHUNK_BYTES || !self.read_row(chunk)? {
                chunk.set_bytes_read(self.source.consumed());
                return Ok(chunk.size().0 > 0);
            }
        }
    }

    /// Adds one row, of either kind; `false` at the end of the file.
    fn read_row(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        let found = self.find_row()?;
        let line = self.lines + 1;
        let (layout, columns) = (self.layout, &self.columns);
        let bytes = |end: usize| self.source.unread().get(..end).unwrap_or_default();
        let (next, lines) = match found {
            Next::End => return Ok(false),
            Next::TooLong => {
                chunk.reject(line, None, Problem::RowTooLong);
                self.source.skip_line()?;
                (0, 1)
            }
            Next::Broken { next, problem } => {
                chunk.reject(line, None, problem);
                (next, 1)
            }
            Next::Plain { end, next } => {
                chunk.push(line, |text, bounds| layout.plain(bytes(end), columns, text, bounds));
                (next, 1)
            }
            Next::Quoted { next, lines } => {
                let spans = &self.spans;
                chunk.push(line, |text, bounds| layout.quoted(bytes(next), spans, columns, text, bounds));
                (next, lines)
            }
        };
        self.source.consume(next);
        self.lines += lines;
        Ok(true)
    }

    /// Finds where the next row ends; consumes the empty lines before it, and nothing else.
    fn find_row(&mut self) -> io::Result<Next> {
        loop {
            let (end, next) = match self.source.line(0, ROW_LIMIT)? {
                Line::Whole { end, next } => (end, next),
                Line::TooLong => return Ok(Next::TooLong),
                Line::End => return Ok(Next::End),
            };
            let line = self.source.unread().get(..end).unwrap_or_default();
            let quoted = memchr(b'"', line).is_some();
            if line.is_empty() || (line == b"\x1A" && self.source.is_blank_from(next, ROW_LIMIT)?) {
                self.source.consume(next);
                self.lines += 1;
                continue;
            }
            return if quoted { self.find_quoted(end, next) } else { Ok(Next::Plain { end, next }) };
        }
    }

    /// Follows the quotes of a row whose first line ends at `end`, noting its cells.
    fn find_quoted(&mut self, mut end: usize, first_next: usize) -> io::Result<Next> {
        self.spans.clear();
        let (mut at, mut next, mut lines) = (0, first_next, 1);
        // What goes wrong after the first line is the fault of a quote that should have been closed on it.
        let broken = |lines: u64, problem| Next::Broken {
            next: first_next,
            problem: if lines > 1 { Problem::UnclosedQuote } else { problem },
        };
        loop {
            let rest = self.source.unread().get(at..end).unwrap_or_default();
            if rest.first() != Some(&b'"') {
                let cell = memchr(self.layout.separator, rest);
                self.spans.push(Span { start: at, end: at + cell.unwrap_or(rest.len()), doubled: false });
                match cell {
                    Some(length) => at += length + 1,
                    None => break,
                }
                continue;
            }
            let (mut from, mut doubled) = (at + 1, false);
            let close = loop {
                let rest = self.source.unread().get(from..end).unwrap_or_default();
                match memchr(b'"', rest) {
                    Some(found) if rest.get(found + 1) == Some(&b'"') => {
                        doubled = true;
                        from += found + 2;
                    }
                    Some(found) => break from + found,
                    None => {
                        let room = ROW_LIMIT.saturating_sub(next);
                        match self.source.line(next, room)? {
                            Line::Whole { end: further, next: after } if lines < LINE_LIMIT as u64 => {
                                (from, end, next) = (end, further, after);
                                lines += 1;
                            }
                            _ => return Ok(broken(lines, Problem::UnclosedQuote)),
                        }
                    }
                }
            };
            self.spans.push(Span { start: at + 1, end: close, doubled });
            at = close + 2;
            if close + 1 == end {
                break;
            }
            if self.source.unread().get(close + 1) != Some(&self.layout.separator) {
                return Ok(broken(lines, Problem::TextAfterQuote));
            }
        }
        let cells = self.columns.cells();
        if lines > 1 && cells > 0 && self.spans.len() != cells {
            return Ok(broken(lines, Problem::UnclosedQuote));
        }
        Ok(Next::Quoted { next, lines })
    }

    /// The separator that the header shows.
    fn sniff(&mut self) -> io::Result<u8> {
        let end = match self.find_row()? {
            Next::Plain { end, .. } => end,
            // A tab behind a closing quote looks broken as long as commas are expected.
            Next::Quoted { next, .. } | Next::Broken { next, .. } => next,
            Next::TooLong | Next::End => return Ok(b','),
        };
        let header = self.source.unread().get(..end).unwrap_or_default();
        let tabs = memchr(b'\t', header).is_some() && memchr(b',', header).is_none();
        Ok(if tabs { b'\t' } else { b',' })
    }

    /// The cells of the first row.
    fn header(&mut self) -> Result<Vec<String>, HeaderError> {
        let found = self.find_row().map_err(HeaderError::Io)?;
        let bytes = |end: usize| self.source.unread().get(..end).unwrap_or_default();
        let (mut text, mut bounds) = (String::new(), vec![0]);
        let (result, next, lines) = match found {
            Next::End => return Err(HeaderError::Empty),
            Next::TooLong => return Err(HeaderError::Unreadable(Problem::RowTooLong)),
            Next::Broken { problem, .. } => return Err(HeaderError::Unreadable(problem)),
            Next::Plain { end, next } => {
                (self.layout.plain(bytes(end), &self.columns, &mut text, &mut bounds), next, 1)
            }
            Next::Quoted { next, lines } => (
                self.layout.quoted(bytes(next), &self.spans, &self.columns, &mut text, &mut bounds),
                next,
                lines,
            ),
        };
        result.map_err(|fault| HeaderError::Unreadable(fault.problem))?;
        self.source.consume(next);
        self.lines += lines;
        // Headers are shown to the user: no line breaks, nor anything else that a terminal obeys.
        let cell = |pair: &[u32]| match pair {
            [start, next] => text
                .get(*start as usize..*next as usize - 1)
                .unwrap_or_default()
                .replace(char::is_control, ""),
            _ => String::new(),
        };
        Ok(bounds.windows(2).map(cell).collect())
    }
}

impl Layout {
    /// Appends a line without quotes.
    fn plain(
        self,
        line: &[u8],
        columns: &Columns,
        text: &mut String,
        bounds: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        let mark = text.len();
        if let Err(offset) = self.encoding.append(line, text) {
            let cells = || line.split(|byte| *byte == self.separator);
            let at = memchr_iter(self.separator, line.get(..offset).unwrap_or_default()).count();
            return Err(self.undecodable(at, cells().count(), columns, |place| cells().nth(place)));
        }
        let row = text.as_bytes().get(mark..).unwrap_or_default();
        bounds.extend(memchr_iter(self.separator, row).map(|offset| (mark + offset + 1) as u32));
        bounds.push(text.len() as u32 + 1);
        Ok(())
    }

    /// Appends the cells of a row with quotes.
    fn quoted(
        self,
        row: &[u8],
        spans: &[Span],
        columns: &Columns,
        text: &mut String,
        bounds: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        let raw = |span: &Span| row.get(span.start..span.end).unwrap_or_default();
        for (place, span) in spans.iter().enumerate() {
            if place > 0 {
                text.push('\n');
            }
            let cell = raw(span);
            let appended = if span.doubled {
                self.encoding.append(&undouble(cell), text)
            } else {
                self.encoding.append(cell, text)
            };
            if appended.is_err() {
                return Err(self.undecodable(place, spans.len(), columns, |place| spans.get(place).map(raw)));
            }
            bounds.push(text.len() as u32 + 1);
        }
        Ok(())
    }

    /// The fault of a row with bytes that are not of the encoding, with its id where that can be told.
    #[cold]
    fn undecodable<'c>(
        self,
        at: usize,
        found: usize,
        columns: &Columns,
        cell: impl Fn(usize) -> Option<&'c [u8]>,
    ) -> Fault {
        let problem = Problem::Encoding(self.encoding);
        if found != columns.cells() {
            return Fault::row(problem);
        }
        let mut id = String::new();
        let bytes = columns.cell(Column::Id).filter(|place| *place != at).and_then(cell).unwrap_or_default();
        let readable = self.encoding.append(bytes, &mut id).is_ok() && is_readable(&id);
        Fault { column: Some(at), problem, record_id: readable.then_some(id) }
    }
}

/// A quoted cell's bytes, each doubled quote made one.
fn undouble(cell: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(cell.len());
    let mut rest = cell;
    while let Some((head, tail)) = memchr(b'"', rest).and_then(|at| rest.split_at_checked(at + 1)) {
        kept.extend_from_slice(head);
        rest = tail.strip_prefix(b"\"").unwrap_or(tail);
    }
    kept.extend_from_slice(rest);
    kept
}
