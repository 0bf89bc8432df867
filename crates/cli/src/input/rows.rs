//! Where rows begin and end, found in raw bytes: a broken row is told with its cause, and reading goes on behind its line.
//!
//! Separators, quotes and line ends are never part of a longer character in UTF-8 or CP932, so structure is read from
//! bytes and only then the text decoded. Quotes are followed across lines, within limits: a quote that somebody forgot to
//! close costs its own line and not the rest of the file.

use std::{
    io::{self, Read},
    sync::Arc,
};

use memchr::memchr;

use super::{
    Chunk, Columns, LINE_LIMIT, Problem, ROW_LIMIT,
    fixed::Fixed,
    layout::{Layout, Shape, Span},
    source::{Line, Source},
};

/// The rows of some bytes: of a whole file, to find where it can be cut, or of a piece of it, to be read.
pub(super) struct Rows<R> {
    pub(super) source: Source<R>,
    pub(super) layout: Arc<Layout>,
    pub(super) columns: Arc<Columns>,
    /// Physical lines consumed; records, where they are no lines.
    pub(super) lines: u64,
    /// Cells of the row with quotes that was found last, from its beginning.
    pub(super) spans: Vec<Span>,
}

/// What begins at some offset; `end` and `next` are offsets of the same kind.
pub(super) enum Next {
    /// A line that is no row.
    Blank { next: usize },
    /// A row on one line.
    Plain { end: usize, next: usize },
    /// A row with quotes, on so many lines.
    Quoted { next: usize, lines: u64 },
    /// A line that is no readable row.
    Broken { next: usize, problem: Problem },
    /// A line that is too long to look for its end.
    TooLong,
    /// Nothing.
    End,
}

impl<R: Read> Rows<R> {
    /// Adds one row, of either kind, or passes a blank line; `false` at the end.
    pub(super) fn read_row(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        let found = self.find(0)?;
        let line = self.lines + 1;
        let (layout, columns, spans) = (&self.layout, &self.columns, &self.spans);
        let bytes = |end: usize| self.source.unread().get(..end).unwrap_or_default();
        let (next, lines) = match found {
            Next::End => return Ok(false),
            Next::Blank { next } => (next, 1),
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
                chunk.push(line, |text, bounds| layout.quoted(bytes(next), spans, columns, text, bounds));
                (next, lines)
            }
        };
        self.source.consume(next);
        self.lines += lines;
        Ok(true)
    }

    /// Finds what begins at `from`, consuming nothing.
    pub(super) fn find(&mut self, from: usize) -> io::Result<Next> {
        if let Shape::Fixed(fixed) = &self.layout.shape
            && !fixed.is_in_lines()
        {
            let fixed = Arc::clone(fixed);
            return self.find_record(from, &fixed);
        }
        let (end, next) = match self.source.line(from, ROW_LIMIT)? {
            Line::Whole { end, next } => (end, next),
            Line::TooLong => return Ok(Next::TooLong),
            Line::End => return Ok(Next::End),
        };
        let line = self.source.unread().get(from..end).unwrap_or_default();
        let separator = match self.layout.shape {
            Shape::Separated(separator) if memchr(b'"', line).is_some() => Some(separator),
            _ => None,
        };
        if line.is_empty() || (line == b"\x1A" && self.source.is_blank_from(next, ROW_LIMIT)?) {
            return Ok(Next::Blank { next });
        }
        match separator {
            Some(separator) => self.find_quoted(from, end, next, separator),
            None => Ok(Next::Plain { end, next }),
        }
    }

    /// A record of a fixed length. A rest of line ends and Ctrl-Z is none; any other rest is a row, to be rejected.
    fn find_record(&mut self, from: usize, fixed: &Fixed) -> io::Result<Next> {
        let end = from + fixed.length();
        while self.source.unread().len() < end && self.source.fill()? {}
        let rest = self.source.unread().get(from..).unwrap_or_default();
        Ok(match rest.len() {
            0 => Next::End,
            length if length >= fixed.length() => Next::Plain { end, next: end },
            length if rest.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0x1A)) => {
                Next::Blank { next: from + length }
            }
            length => Next::Plain { end: from + length, next: from + length },
        })
    }

    /// Follows the quotes of a row whose first line ends at `end`, noting its cells.
    fn find_quoted(&mut self, from: usize, end: usize, next: usize, separator: u8) -> io::Result<Next> {
        self.spans.clear();
        let (mut at, mut end, first_next, mut next, mut lines) = (from, end, next, next, 1);
        // What goes wrong after the first line is the fault of a quote that should have been closed on it.
        let broken = |lines: u64, problem| Next::Broken {
            next: first_next,
            problem: if lines > 1 { Problem::UnclosedQuote } else { problem },
        };
        loop {
            let rest = self.source.unread().get(at..end).unwrap_or_default();
            if rest.first() != Some(&b'"') {
                let cell = memchr(separator, rest);
                let start = at - from;
                self.spans.push(Span { start, end: start + cell.unwrap_or(rest.len()), doubled: false });
                match cell {
                    Some(length) => at += length + 1,
                    None => break,
                }
                continue;
            }
            let (mut seen, mut doubled) = (at + 1, false);
            let close = loop {
                let rest = self.source.unread().get(seen..end).unwrap_or_default();
                match memchr(b'"', rest) {
                    Some(found) if rest.get(found + 1) == Some(&b'"') => {
                        doubled = true;
                        seen += found + 2;
                    }
                    Some(found) => break seen + found,
                    None => {
                        let room = ROW_LIMIT.saturating_sub(next - from);
                        match self.source.line(next, room)? {
                            Line::Whole { end: further, next: after } if lines < LINE_LIMIT as u64 => {
                                (seen, end, next) = (end, further, after);
                                lines += 1;
                            }
                            _ => return Ok(broken(lines, Problem::UnclosedQuote)),
                        }
                    }
                }
            };
            self.spans.push(Span { start: at + 1 - from, end: close - from, doubled });
            at = close + 2;
            if close + 1 == end {
                break;
            }
            if self.source.unread().get(close + 1) != Some(&separator) {
                return Ok(broken(lines, Problem::TextAfterQuote));
            }
        }
        let cells = self.columns.cells();
        if lines > 1 && cells > 0 && self.spans.len() != cells {
            return Ok(broken(lines, Problem::UnclosedQuote));
        }
        Ok(Next::Quoted { next, lines })
    }
}
