//! A table being read: its header and columns, and the pieces that its rows come in.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use memchr::memchr;

use super::{
    Chunk, Columns, Encoding, Mapping, Problem, Role,
    block::BLOCK,
    bytes::Input,
    encoding::BOM,
    fixed::Fixed,
    layout::{Layout, Shape},
    pool::Pool,
    rows::{Next, Rows},
    source::Source,
    stream::{Block, Blocks, Chunks, Piece},
};
use crate::{said, words::Said};

/// A table being read: where its columns are, and the rows still to come.
///
/// A row is what stands between line ends (LF, CR LF or CR) outside quotes. Empty lines are no rows and are not
/// counted, nor is a lone Ctrl-Z with which the file ends, empty lines aside; every other line is in a chunk as a row or
/// as rejected.
pub struct Table<'a> {
    body: Body<'a>,
    columns: Arc<Columns>,
    pool: Arc<Pool>,
    /// Bytes of the file that were read, where they are not those of the text.
    read: Option<Arc<AtomicU64>>,
    /// Bytes in a piece.
    block: usize,
}

/// What the rows come from.
pub(super) enum Body<'a> {
    Text(Rows<Input<'a>>),
    #[cfg(feature = "arrow")]
    Batches(super::columnar::Batches),
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({}, {} columns)", self.form().en, self.columns.cells())
    }
}

/// Why a table cannot be begun.
pub(super) enum HeaderError {
    Io(io::Error),
    Empty,
    Unreadable(Problem),
    Columns(crate::columns::ColumnError),
}

impl<'a> Table<'a> {
    /// From what has a header already.
    pub(super) fn over(body: Body<'a>, columns: Arc<Columns>) -> Self {
        Self { body, columns, pool: Arc::default(), read: None, block: BLOCK }
    }

    /// Takes progress from a counter of the file's own bytes.
    pub(super) fn counting(self, read: Arc<AtomicU64>) -> Self {
        Self { read: Some(read), ..self }
    }

    /// How the file's characters are written.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        match &self.body {
            Body::Text(rows) => rows.layout.encoding,
            #[cfg(feature = "arrow")]
            Body::Batches(_) => Encoding::Utf8,
        }
    }

    /// What kind of file it is, for the user: `cp932, comma`.
    #[must_use]
    pub fn form(&self) -> Said {
        match &self.body {
            Body::Text(rows) => {
                let shape = match rows.layout.shape {
                    Shape::Separated(b'\t') => said!("tab"; "タブ区切り"),
                    Shape::Separated(_) => said!("comma"; "コンマ区切り"),
                    Shape::Fixed(_) => said!("fixed width"; "固定長"),
                };
                let encoding = rows.layout.encoding;
                said!("{encoding}, {}", shape.en; "{encoding}、{}", shape.ja)
            }
            #[cfg(feature = "arrow")]
            Body::Batches(batches) => Said::name(batches.format().to_string()),
        }
    }

    /// Where the attributes stand.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }
    /// Reads the header. The separator is a comma unless given, or unless the header has tabs and no commas.
    pub(super) fn begin<'m>(
        source: Source<Input<'a>>,
        encoding: Encoding,
        separator: Option<u8>,
        role: Role,
        mappings: impl IntoIterator<Item = &'m Mapping>,
    ) -> Result<Self, HeaderError> {
        let layout = |separator| Arc::new(Layout { encoding, shape: Shape::Separated(separator) });
        let mut rows = Rows {
            source,
            layout: layout(separator.unwrap_or(b',')),
            columns: Arc::default(),
            lines: 0,
            spans: Vec::new(),
        };
        skip_mark(&mut rows.source).map_err(HeaderError::Io)?;
        if separator.is_none() {
            rows.layout = layout(sniff(&mut rows).map_err(HeaderError::Io)?);
        }
        let headers = header(&mut rows)?;
        rows.columns = Arc::new(Columns::resolve(&headers, role, mappings).map_err(HeaderError::Columns)?);
        let columns = Arc::clone(&rows.columns);
        Ok(Self::over(Body::Text(rows), columns))
    }

    /// Begins a file whose cells stand where a layout says.
    pub(super) fn begin_fixed<'m>(
        mut source: Source<Input<'a>>,
        encoding: Encoding,
        fixed: Fixed,
        role: Role,
        mappings: impl IntoIterator<Item = &'m Mapping>,
    ) -> Result<Self, HeaderError> {
        skip_mark(&mut source).map_err(HeaderError::Io)?;
        let columns =
            Arc::new(Columns::resolve(fixed.names(), role, mappings).map_err(HeaderError::Columns)?);
        let skip = fixed.skip();
        let layout = Arc::new(Layout { encoding, shape: Shape::Fixed(Arc::new(fixed)) });
        let mut rows = Rows { source, layout, columns: Arc::clone(&columns), lines: 0, spans: Vec::new() };
        let mut skipped = 0;
        while skipped < skip {
            let next = match rows.find(0).map_err(HeaderError::Io)? {
                Next::End => break,
                Next::TooLong => return Err(HeaderError::Unreadable(Problem::RowTooLong)),
                Next::Blank { next } => next,
                Next::Plain { next, .. } | Next::Quoted { next, .. } | Next::Broken { next, .. } => {
                    skipped += 1;
                    next
                }
            };
            rows.source.consume(next);
            rows.lines += 1;
        }
        Ok(Self::over(Body::Text(rows), columns))
    }

    /// Cuts off the next rows unread; `None` when none was left.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read_block(&mut self) -> io::Result<Option<Block>> {
        let (piece, consumed) = match &mut self.body {
            Body::Text(rows) => {
                let piece = rows.cut(self.block, &self.pool)?.map(Piece::Text);
                (piece, rows.source.consumed())
            }
            #[cfg(feature = "arrow")]
            Body::Batches(batches) => (batches.next(&self.columns, &self.pool)?.map(Piece::Batch), 0),
        };
        let bytes_read = self.read.as_ref().map_or(consumed, |read| read.load(Ordering::Relaxed));
        Ok(piece.map(|piece| Block { piece, bytes_read }))
    }

    /// Reads the next rows into `chunk`, in place of those in it; `false` when none was left.
    ///
    /// # Errors
    /// Where the file cannot be read; a row that cannot be read is in [`Chunk::rejected`] instead.
    pub fn read_chunk(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        *chunk = Chunk::default();
        while let Some(block) = self.read_block()? {
            *chunk = block.parse();
            if !chunk.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Table<'static> {
    /// The rest of the table in pieces, cut ahead on a thread of its own: whoever takes a piece reads it, on as many threads
    /// as it likes.
    ///
    /// Dropping them ends the thread after the piece it is at.
    #[must_use]
    pub fn blocks(self) -> Blocks {
        Blocks::of(self)
    }

    /// The rest of the table, in the order of the file: cut ahead on a thread of its own and read on those of the pool.
    #[must_use]
    pub fn stream(self) -> Chunks {
        Chunks::of(self.blocks())
    }
}

/// Passes a byte order mark.
fn skip_mark<R: Read>(source: &mut Source<R>) -> io::Result<()> {
    while source.unread().len() < BOM.len() && source.fill()? {}
    if source.unread().starts_with(BOM) {
        source.consume(BOM.len());
    }
    Ok(())
}

/// Passes empty lines and finds the first row.
fn first_row<R: Read>(rows: &mut Rows<R>) -> io::Result<Next> {
    loop {
        match rows.find(0)? {
            Next::Blank { next } => {
                rows.source.consume(next);
                rows.lines += 1;
            }
            found => return Ok(found),
        }
    }
}

/// The separator that the header shows.
fn sniff<R: Read>(rows: &mut Rows<R>) -> io::Result<u8> {
    let end = match first_row(rows)? {
        Next::Plain { end, .. } => end,
        // A tab behind a closing quote looks broken as long as commas are expected.
        Next::Quoted { next, .. } | Next::Broken { next, .. } => next,
        Next::TooLong | Next::Blank { .. } | Next::End => return Ok(b','),
    };
    let header = rows.source.unread().get(..end).unwrap_or_default();
    let tabs = memchr(b'\t', header).is_some() && memchr(b',', header).is_none();
    Ok(if tabs { b'\t' } else { b',' })
}

/// The cells of the first row.
fn header<R: Read>(rows: &mut Rows<R>) -> Result<Vec<String>, HeaderError> {
    let found = first_row(rows).map_err(HeaderError::Io)?;
    let (layout, columns) = (&rows.layout, &rows.columns);
    let bytes = |end: usize| rows.source.unread().get(..end).unwrap_or_default();
    let (mut text, mut bounds) = (String::new(), vec![0]);
    let (result, next, lines) = match found {
        Next::Blank { .. } | Next::End => return Err(HeaderError::Empty),
        Next::TooLong => return Err(HeaderError::Unreadable(Problem::RowTooLong)),
        Next::Broken { problem, .. } => return Err(HeaderError::Unreadable(problem)),
        Next::Plain { end, next } => (layout.plain(bytes(end), columns, &mut text, &mut bounds), next, 1),
        Next::Quoted { next, lines } => {
            (layout.quoted(bytes(next), &rows.spans, columns, &mut text, &mut bounds), next, lines)
        }
    };
    result.map_err(|fault| HeaderError::Unreadable(fault.problem))?;
    rows.source.consume(next);
    rows.lines += lines;
    // Headers are shown to the user: no line breaks, nor anything else that a terminal obeys.
    let cell = |pair: &[u32]| match pair {
        [start, next] => {
            text.get(*start as usize..*next as usize - 1).unwrap_or_default().replace(char::is_control, "")
        }
        _ => String::new(),
    };
    Ok(bounds.windows(2).map(cell).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Options;
    use proptest::prelude::*;

    /// Rows and rejected rows with their lines, the pieces being of about `block` bytes.
    fn rows(bytes: &[u8], encoding: Encoding, block: usize) -> Option<(Vec<(u64, String)>, u64)> {
        let options = Options { encoding: Some(encoding), role: Role::Records, mappings: &[], layouts: &[] };
        let mut table = Table::from_reader(bytes, "test", None, options).ok()?;
        table.block = block;
        let (mut seen, mut gaiji) = (Vec::new(), 0);
        let mut chunk = Chunk::default();
        while table.read_chunk(&mut chunk).unwrap() {
            let cells = 0..table.columns.cells();
            seen.extend(chunk.rows().iter().map(|row| {
                let cells: Vec<&str> = cells.clone().map(|place| chunk.field(row, place)).collect();
                (row.line(), cells.join("|"))
            }));
            seen.extend(
                chunk.rejected().iter().map(|row| (row.line, format!("{row:?} {:?}", row.record_id))),
            );
            gaiji += chunk.gaiji();
        }
        seen.sort();
        Some((seen, gaiji))
    }

    proptest! {
        #[test]
        fn where_a_file_is_cut_does_not_matter(
            pieces in proptest::collection::vec(proptest::sample::select(vec![
                &b","[..], b",", b"\n", b"\n", b"\r\n", b"\r", b"\"", b"\",\"", b"1", b"ab", "山".as_bytes(), b"\x8E\x52",
                b"\xF0\x40", b"\x8E", b"\0", b"\xEF\xBF\xBD", b"\xEE\x80\x80", b"\x1A\n", b"2,b\n", b"2,b\n", b"\xB1", b"\n\n\n\n",
            ]), 0..80),
            block in 1usize..40,
            cp932: bool,
            halves: bool,
        ) {
            let header = if halves { &b"id,family_name,given_name\n"[..] } else { b"id,a\n" };
            let bytes = [header, &pieces.concat()].concat();
            let encoding = if cp932 { Encoding::Cp932 } else { Encoding::Utf8 };
            prop_assert_eq!(rows(&bytes, encoding, block), rows(&bytes, encoding, BLOCK));
        }
    }
}
