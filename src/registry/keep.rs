//! Where the columns of a registry stay while it is built: in memory, or in the index file that is being made. Knows nothing
//! of what they hold.

use himozuke_mapped::{Column, Plain};

/// Takes columns as they are made, in the order of the sections of an index file.
pub(super) trait Keep: Send + Sync {
    /// Whether a column need not be made in memory: it is taken piece by piece.
    const TAKES_PIECES: bool;

    /// The column where it stays; `None` if it cannot stay there, and nothing more is to be made.
    fn keep<T: Plain>(&mut self, column: Column<T>) -> Option<Column<T>>;

    /// Takes the bytes of a column, and how many an element has, ahead of [`Self::keep`]; `None` as there.
    fn take(&mut self, element: usize, bytes: &[u8]) -> Option<()>;

    /// Takes a piece of the column after the next one, which has so many bytes, for a place in it; `None` as above. Any
    /// thread may bring any piece.
    fn piece(&self, next: usize, at: usize, bytes: &[u8]) -> Option<()>;

    /// The column of so many elements whose pieces were taken; `None` as above.
    fn pieced<T: Plain>(&mut self, len: usize) -> Option<Column<T>>;
}

/// Hands over the bytes of a column, and how many an element has.
pub(super) fn section<T: Plain, E>(
    column: &Column<T>,
    write: &mut impl FnMut(usize, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    write(size_of::<T>(), column.bytes())
}

/// In memory.
pub(super) struct InMemory;

impl Keep for InMemory {
    const TAKES_PIECES: bool = false;

    fn keep<T: Plain>(&mut self, column: Column<T>) -> Option<Column<T>> {
        Some(column)
    }

    fn take(&mut self, _: usize, _: &[u8]) -> Option<()> {
        Some(())
    }

    fn piece(&self, _: usize, _: usize, _: &[u8]) -> Option<()> {
        None
    }

    fn pieced<T: Plain>(&mut self, _: usize) -> Option<Column<T>> {
        None
    }
}
