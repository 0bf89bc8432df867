//! A file cut into pieces that end where rows end: cutting is one thread's work and little of it, reading the pieces is
//! anyone's. The rows of the pieces are those of the file, wherever it is cut.

use std::{
    io::{self, Read},
    sync::Arc,
};

use memchr::{memchr, memchr_iter, memrchr};

use super::{
    Chunk, Columns, Problem, ROW_LIMIT,
    layout::{Layout, Shape},
    pool::Pool,
    rows::{Next, Rows},
    source::{Source, line_ends},
};

/// Bytes in a piece, about; a row more may follow.
pub(super) const BLOCK: usize = 2 << 20;
/// Lines in a piece, where they are short: what is kept of a row can be more than the row.
const LINES: usize = 16 << 10;

/// Some thousand rows of a text file, not looked at yet.
pub(super) struct TextBlock {
    bytes: Vec<u8>,
    layout: Arc<Layout>,
    columns: Arc<Columns>,
    pool: Arc<Pool>,
    /// Physical lines before it.
    lines: u64,
    /// Whether the file ends with it.
    whole: bool,
    /// The line of a row behind it that is too long to be kept.
    too_long: Option<u64>,
}

impl<R: Read> Rows<R> {
    /// The next piece of the file, of about `size` bytes; `None` at its end.
    pub(super) fn cut(&mut self, size: usize, pool: &Arc<Pool>) -> io::Result<Option<TextBlock>> {
        self.source.expect(size);
        while self.source.unread().len() < size && self.source.fill()? {}
        let (end, too_long) = match self.plain_border(size) {
            Some(end) => (end, false),
            None => self.border(size)?,
        };
        let end = self.past_ctrl_z(end)?;
        if end == 0 && !too_long {
            return Ok(None);
        }
        let (lines, bytes) = (self.lines, self.source.take(end, pool.bytes()));
        self.lines += match &self.layout.shape {
            Shape::Fixed(fixed) if !fixed.is_in_lines() => (bytes.len() / fixed.length()) as u64,
            _ => line_ends(&bytes),
        };
        if too_long {
            self.source.skip_line()?;
            self.lines += 1;
        }
        Ok(Some(TextBlock {
            bytes,
            layout: Arc::clone(&self.layout),
            columns: Arc::clone(&self.columns),
            pool: Arc::clone(pool),
            lines,
            whole: self.source.is_ended() && self.source.unread().is_empty(),
            too_long: too_long.then_some(self.lines),
        }))
    }

    /// Where to cut if no quote is near, for then every LF ends a row.
    fn plain_border(&self, size: usize) -> Option<usize> {
        let unread = self.source.unread();
        let window = unread.get(..size).unwrap_or(unread);
        match &self.layout.shape {
            Shape::Fixed(fixed) if !fixed.is_in_lines() => return None,
            Shape::Separated(_) if memchr(b'"', window).is_some() => return None,
            _ => {}
        }
        match memchr_iter(b'\n', window).nth(LINES) {
            Some(last) => Some(last + 1),
            None if self.source.is_ended() && !window.is_empty() && unread.len() <= ROW_LIMIT.min(size) => {
                Some(unread.len())
            }
            None => memrchr(b'\n', window).map(|last| last + 1),
        }
    }

    /// Where to cut, found row by row; and whether a row follows that is too long.
    fn border(&mut self, size: usize) -> io::Result<(usize, bool)> {
        let (mut end, mut rows) = (0, 0);
        loop {
            let next = match self.find(end)? {
                Next::End => return Ok((end, false)),
                Next::TooLong => return Ok((end, true)),
                Next::Blank { next }
                | Next::Plain { next, .. }
                | Next::Quoted { next, .. }
                | Next::Broken { next, .. } => next,
            };
            if end > 0 && next > size {
                return Ok((end, false));
            }
            (end, rows) = (next, rows + 1);
            if end >= size || rows >= LINES {
                return Ok((end, false));
            }
        }
    }

    /// A Ctrl-Z with which the file ends must not be cut from the blank lines that show it to be the end.
    fn past_ctrl_z(&mut self, end: usize) -> io::Result<usize> {
        let bytes = self.source.unread().get(..end).unwrap_or_default();
        let last = bytes.iter().rev().find(|byte| !matches!(byte, b'\n' | b'\r'));
        let blank = last == Some(&0x1A) && self.source.is_blank_from(end, ROW_LIMIT)?;
        Ok(if blank { self.source.unread().len() } else { end })
    }
}

impl TextBlock {
    /// Reads the rows.
    pub(super) fn parse(self) -> Chunk {
        let Self { bytes, layout, columns, pool, lines, whole, too_long } = self;
        let mut chunk = Chunk::empty(Arc::clone(&columns), Arc::clone(&pool));
        let bytes = if at_once(&bytes, &layout, &columns, &pool, lines, &mut chunk) {
            bytes
        } else {
            let mut rows =
                Rows { source: Source::over(bytes, whole), layout, columns, lines, spans: Vec::new() };
            // Nothing is read: what is in memory has no errors of reading.
            while rows.read_row(&mut chunk).unwrap_or(false) {}
            rows.source.into_bytes()
        };
        pool.give_bytes(bytes);
        if let Some(line) = too_long {
            chunk.reject(line, None, Problem::RowTooLong);
        }
        chunk
    }
}

/// Reads all rows in one pass into an empty chunk; `false` if only row by row will do, and the chunk is still empty.
fn at_once(
    bytes: &[u8],
    layout: &Layout,
    columns: &Columns,
    pool: &Pool,
    lines: u64,
    chunk: &mut Chunk,
) -> bool {
    let Shape::Separated(separator) = layout.shape else { return false };
    if !columns.joins().is_empty() || memchr(b'"', bytes).is_some() {
        return false;
    }
    let text = layout.encoding.decode(bytes, pool);
    text.is_some_and(|text| match chunk.fill(text, separator, lines + 1) {
        Ok(()) => true,
        Err(text) => {
            pool.give_bytes(text.into_bytes());
            false
        }
    })
}
