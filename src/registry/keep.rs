//! Where the columns of a registry stay while it is built: in memory, or in the index file that is being made. Knows nothing
//! of what they hold.

use himozuke_mapped::{Column, Plain};

use super::index::Table;

/// Takes columns as they are made, in the order of the sections of an index file.
pub(super) trait Keep {
    /// The column where it stays; `None` if it cannot stay there, and nothing more is to be made.
    fn keep<T: Plain>(&mut self, column: Column<T>) -> Option<Column<T>>;

    /// Both columns of a table.
    fn table<E: Plain>(&mut self, table: Table<E>) -> Option<Table<E>> {
        Some(Table { offsets: self.keep(table.offsets)?, entries: self.keep(table.entries)? })
    }
}

/// In memory.
pub(super) struct InMemory;

impl Keep for InMemory {
    fn keep<T: Plain>(&mut self, column: Column<T>) -> Option<Column<T>> {
        Some(column)
    }
}
