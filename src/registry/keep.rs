//! Where the columns of a registry stay while it is built: in memory, or in the index file that is being made. Knows nothing
//! of what they hold.

use himozuke_mapped::{Column, Plain};
use rayon::prelude::*;

use super::dictionary::column;

/// Takes columns as they are made, in the order of the sections of an index file.
pub(super) trait Keep: Send + Sync {
    /// A column that grows where it is to stay.
    type Growing<T: Plain + Default>: Send;

    /// The column where it stays; `None` if it cannot stay there, and nothing more is to be made.
    fn keep<T: Plain>(&mut self, column: Column<T>) -> Option<Column<T>>;

    /// Takes the bytes of a column, and how many an element has, ahead of [`Self::keep`]; `None` as there.
    fn take(&mut self, element: usize, bytes: &[u8]) -> Option<()>;

    /// Begins a column of about so many elements, which will stand after one that is to be kept first, of so many bytes.
    fn begin<T: Plain + Default>(&self, before: usize, expected: usize) -> Self::Growing<T>;

    /// Adds pieces to it, each of so many elements, which `fill` makes of what comes with it, on any thread; `None` as above.
    fn add<T: Plain + Default, P: Send>(
        &self,
        column: &mut Self::Growing<T>,
        pieces: Vec<(usize, P)>,
        fill: impl Fn(P, &mut [T]) + Send + Sync,
    ) -> Option<()>;

    /// The whole column where it stays; `None` as above.
    fn end<T: Plain + Default>(&mut self, column: Self::Growing<T>) -> Option<Column<T>>;
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
    /// Elements, with room for those to come, and how many there are.
    type Growing<T: Plain + Default> = (Vec<T>, usize);

    fn keep<T: Plain>(&mut self, column: Column<T>) -> Option<Column<T>> {
        Some(column)
    }

    fn take(&mut self, _: usize, _: &[u8]) -> Option<()> {
        Some(())
    }

    fn begin<T: Plain + Default>(&self, _: usize, expected: usize) -> (Vec<T>, usize) {
        // Memory that nothing is put into is not taken.
        (vec![T::default(); expected + expected / 64], 0)
    }

    fn add<T: Plain + Default, P: Send>(
        &self,
        (elements, len): &mut (Vec<T>, usize),
        pieces: Vec<(usize, P)>,
        fill: impl Fn(P, &mut [T]) + Send + Sync,
    ) -> Option<()> {
        let end = *len + pieces.iter().map(|(size, _)| size).sum::<usize>();
        if elements.len() < end {
            elements.resize(end, T::default());
        }
        let mut rest = elements.get_mut(*len..end)?;
        let mut places = Vec::with_capacity(pieces.len());
        for (size, of) in pieces {
            let (place, after) = rest.split_at_mut_checked(size)?;
            places.push((of, place));
            rest = after;
        }
        places.into_par_iter().for_each(|(of, place)| fill(of, place));
        *len = end;
        Some(())
    }

    fn end<T: Plain + Default>(&mut self, (mut elements, len): (Vec<T>, usize)) -> Option<Column<T>> {
        elements.truncate(len);
        Some(column(elements))
    }
}
