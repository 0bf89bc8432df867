//! Parquet and Arrow as tables: a batch is a piece, a row of a batch is a row, and what is wrong with its cells is what would
//! be wrong with them in a text file. Lines are counted from 1 for the first row, as these files have no header line.

use std::{fs::File, io, sync::Arc};

use himozuke_arrow::{Batches as Files, Format, Text, texts};

use crate::panics::quietly;

use super::{
    Chunk, Columns, InputError, Options, Problem, ROW_LIMIT, Table, pool::Pool, row::Fault, table::Body,
};

/// The batches of a file.
pub(super) struct Batches {
    files: Files,
    /// Rows before the next batch.
    rows: u64,
}

/// One batch, its columns as text.
pub(super) struct Batch {
    cells: Vec<Option<Text>>,
    count: usize,
    /// Rows before it.
    rows: u64,
    columns: Arc<Columns>,
    pool: Arc<Pool>,
}

/// Opens a file whose first bytes are those of a format.
pub(super) fn open(
    file: File,
    format: Format,
    name: &str,
    options: Options<'_>,
) -> Result<Table<'static>, InputError> {
    let file_name = || name.to_owned();
    let files = quietly(|| Files::open(file, format))
        .map_err(|error| InputError::Damaged { file: file_name(), error })?;
    let mappings = options.mappings.iter().filter(|mapping| mapping.applies_to(options.role));
    // Names of columns are shown to the user, as headers are.
    let names: Vec<String> = files.names().iter().map(|name| name.replace(char::is_control, "")).collect();
    let columns = Columns::resolve(&names, options.role, mappings);
    let columns = columns.map_err(|error| InputError::Columns { file: file_name(), error })?;
    Ok(Table::over(Body::Batches(Batches { files, rows: 0 }), Arc::new(columns)))
}

impl Batches {
    /// What kind of file it is.
    pub(super) fn format(&self) -> Format {
        self.files.format()
    }

    /// The next batch; `None` at the end of the file.
    pub(super) fn next(&mut self, columns: &Arc<Columns>, pool: &Arc<Pool>) -> io::Result<Option<Batch>> {
        let batch = quietly(|| self.files.next()).transpose().map_err(io::Error::other)?;
        let Some(batch) = batch else { return Ok(None) };
        let cells = texts(&batch, |place| columns.uses(place)).map_err(io::Error::other)?;
        let (rows, count) = (self.rows, batch.num_rows());
        self.rows += count as u64;
        Ok(Some(Batch { cells, count, rows, columns: Arc::clone(columns), pool: Arc::clone(pool) }))
    }
}

impl Batch {
    /// Checks the rows as those of a text file.
    pub(super) fn parse(self) -> Chunk {
        let Self { cells, count, rows, columns, pool } = self;
        let mut chunk = Chunk::empty(columns, pool);
        for row in 0..count {
            let cell = |place: usize| {
                cells.get(place).and_then(Option::as_ref).map_or("", |column: &Text| column.get(row))
            };
            chunk.push(rows + row as u64 + 1, |text, bounds| {
                let lengths = || (0..cells.len()).map(|place| cell(place).len());
                if lengths().sum::<usize>() > ROW_LIMIT {
                    return Err(Fault::row(Problem::RowTooLong));
                }
                for place in 0..cells.len() {
                    if place > 0 {
                        text.push('\n');
                    }
                    text.push_str(cell(place));
                    bounds.push(text.len() as u32 + 1);
                }
                Ok(())
            });
        }
        chunk
    }
}
