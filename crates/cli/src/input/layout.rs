//! How a file writes its cells: between separators, or in bytes of their own. From the bytes of a row to its cells.

use std::sync::Arc;

use memchr::{memchr, memchr_iter};

use super::{
    Column, Columns, Encoding, Problem,
    fixed::{Fixed, trim},
    row::{Fault, is_readable},
};

/// How a file writes its rows.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) encoding: Encoding,
    pub(super) shape: Shape,
}

/// What tells one cell from the next.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// A byte between them; quotes where it stands in a cell.
    Separated(u8),
    /// Their places.
    Fixed(Arc<Fixed>),
}

/// A cell of a row with quotes, as offsets from the start of the row, without its quotes.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it holds doubled quotes.
    pub(super) doubled: bool,
}

impl Layout {
    /// Appends the cells of a row without quotes: their text with one byte between two of them, and for each the offset
    /// one past the byte behind it.
    pub(super) fn plain(
        &self,
        row: &[u8],
        columns: &Columns,
        text: &mut String,
        bounds: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        match &self.shape {
            Shape::Separated(separator) => self.separated(row, *separator, columns, text, bounds),
            Shape::Fixed(fixed) if row.len() != fixed.length() => {
                Err(Fault::row(Problem::RecordLength { expected: fixed.length(), found: row.len() }))
            }
            Shape::Fixed(fixed) => {
                let cell = |place| fixed.cell(row, place);
                self.cells(columns.cells(), cell, columns, text, bounds)
            }
        }
    }

    fn separated(
        &self,
        row: &[u8],
        separator: u8,
        columns: &Columns,
        text: &mut String,
        bounds: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        let mark = text.len();
        if let Err(offset) = self.encoding.append(row, text) {
            let cells: Vec<&[u8]> = row.split(|byte| *byte == separator).collect();
            let at = memchr_iter(separator, row.get(..offset).unwrap_or_default()).count();
            let cell = |place: usize| cells.get(place).copied();
            return Err(self.undecodable(at, cells.len(), cell, columns, text, bounds));
        }
        let row = text.as_bytes().get(mark..).unwrap_or_default();
        bounds.extend(memchr_iter(separator, row).map(|offset| (mark + offset + 1) as u32));
        bounds.push(text.len() as u32 + 1);
        Ok(())
    }

    /// As [`Layout::plain`], for a row with quotes, whose cells are known.
    pub(super) fn quoted(
        &self,
        row: &[u8],
        spans: &[Span],
        columns: &Columns,
        text: &mut String,
        bounds: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        let raw = |span: &Span| row.get(span.start..span.end).unwrap_or_default();
        if !spans.iter().any(|span| span.doubled) {
            return self.cells(spans.len(), |place| spans.get(place).map(raw), columns, text, bounds);
        }
        let single: Vec<Vec<u8>> = spans.iter().map(|span| undouble(raw(span))).collect();
        let cell = |place: usize| single.get(place).map(Vec::as_slice);
        self.cells(spans.len(), cell, columns, text, bounds)
    }

    /// Appends cells that stand apart.
    fn cells<'c>(
        &self,
        count: usize,
        cell: impl Fn(usize) -> Option<&'c [u8]>,
        columns: &Columns,
        text: &mut String,
        bounds: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        let (text_mark, bounds_mark) = (text.len(), bounds.len());
        for place in 0..count {
            if !self.append(place, cell(place), text, bounds) {
                text.truncate(text_mark);
                bounds.truncate(bounds_mark);
                return Err(self.undecodable(place, count, cell, columns, text, bounds));
            }
        }
        Ok(())
    }

    /// Appends the cell at a place of a row; an empty one, and `false`, if it is not of the encoding.
    fn append(&self, place: usize, cell: Option<&[u8]>, text: &mut String, bounds: &mut Vec<u32>) -> bool {
        if place > 0 {
            text.push('\n');
        }
        let mark = text.len();
        let readable = self.encoding.append(cell.unwrap_or_default(), text).is_ok();
        if matches!(self.shape, Shape::Fixed(_)) {
            trim(text, mark);
        }
        bounds.push(text.len() as u32 + 1);
        readable
    }

    /// The fault of a row with bytes that are not of the encoding, first in the cell `at`. With as many cells as the header,
    /// those that can be read are appended, and its id is told if it is one of them.
    #[cold]
    fn undecodable<'c>(
        &self,
        at: usize,
        found: usize,
        cell: impl Fn(usize) -> Option<&'c [u8]>,
        columns: &Columns,
        text: &mut String,
        bounds: &mut Vec<u32>,
    ) -> Fault {
        let problem = Problem::Encoding(self.encoding);
        if found != columns.cells() {
            return Fault::row(problem);
        }
        let id_place = columns.cell(Column::Id);
        let mut record_id = None;
        for place in 0..found {
            let mark = text.len() + usize::from(place > 0);
            self.append(place, cell(place), text, bounds);
            if id_place == Some(place) {
                record_id = text.get(mark..).filter(|id| is_readable(id)).map(str::to_owned);
            }
        }
        Fault { column: Some(at), problem, record_id }
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
