//! Slices of plain numbers with an owner.

use std::{fmt, marker::PhantomData, ops::Deref, ops::Range, ptr::NonNull};

use crate::Map;

mod sealed {
    /// # Safety
    ///
    /// Only for types without padding of which every bit pattern is a value, and which hold no reference.
    pub unsafe trait Plain {}
    // SAFETY: integers have no padding, and every bit pattern is one.
    unsafe impl Plain for u8 {}
    // SAFETY: as above.
    unsafe impl Plain for u16 {}
    // SAFETY: as above.
    unsafe impl Plain for u32 {}
    // SAFETY: as above.
    unsafe impl Plain for u64 {}
    // SAFETY: an array is its elements, one after the other.
    unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}
}

/// Numbers, and arrays of them, that any bytes of their size are: `u8`, `u16`, `u32`, `u64`.
pub trait Plain: sealed::Plain + Copy + Send + Sync + 'static {}

impl<T: sealed::Plain + Copy + Send + Sync + 'static> Plain for T {}

/// A slice that owns its numbers, or shares the file that they lie in.
///
/// ```
/// use himozuke_mapped::Column;
/// let column = Column::from(vec![[1u32, 2], [3, 4]]);
/// assert_eq!(column.get(1), Some(&[3, 4]));
/// assert_eq!(column.bytes().len(), 16);
/// ```
pub struct Column<T: Plain>(Store<T>);

enum Store<T> {
    Owned(Vec<T>),
    Mapped {
        start: NonNull<T>,
        len: usize,
        /// Keeps the bytes where they are.
        _map: Map,
        _numbers: PhantomData<T>,
    },
}

// SAFETY: what is shared is read-only, and plain numbers may go anywhere.
unsafe impl<T: Plain> Send for Column<T> {}
// SAFETY: as above.
unsafe impl<T: Plain> Sync for Column<T> {}

impl<T: Plain> Column<T> {
    /// The numbers in a range of a mapped file's bytes; `None` if it is not within the file, not aligned for them, or does
    /// not hold a whole number of them.
    #[must_use]
    pub fn mapped(map: &Map, range: Range<usize>) -> Option<Self> {
        let bytes = map.get(range)?;
        let start = NonNull::from(bytes).cast::<T>();
        if !start.is_aligned() || !bytes.len().is_multiple_of(size_of::<T>().max(1)) {
            return None;
        }
        let len = bytes.len().checked_div(size_of::<T>())?;
        Some(Self(Store::Mapped { start, len, _map: map.clone(), _numbers: PhantomData }))
    }

    /// The numbers as they lie in memory, for writing.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        bytes(self)
    }
}

/// Numbers as they lie in memory, for writing.
///
/// ```
/// assert_eq!(himozuke_mapped::bytes(&[[1u8, 2], [3, 4]]), [1, 2, 3, 4]);
/// ```
#[must_use]
pub const fn bytes<T: Plain>(numbers: &[T]) -> &[u8] {
    // SAFETY: plain numbers have no padding, so that each of their bytes is initialized; bytes need no alignment.
    unsafe { std::slice::from_raw_parts(numbers.as_ptr().cast(), size_of_val(numbers)) }
}

impl<T: Plain> Deref for Column<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.0 {
            Store::Owned(numbers) => numbers,
            // SAFETY: `mapped` checked alignment and length against the map, which lives as long as `self`; every bit
            // pattern is a number, and nobody has the bytes for writing.
            Store::Mapped { start, len, .. } => unsafe {
                std::slice::from_raw_parts(start.as_ptr().cast_const(), *len)
            },
        }
    }
}

impl<T: Plain> From<Vec<T>> for Column<T> {
    fn from(numbers: Vec<T>) -> Self {
        Self(Store::Owned(numbers))
    }
}

impl<T: Plain> Default for Column<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

/// Shows how many, never which: they may be personal data.
impl<T: Plain> fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Column").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// Tells the processor that an element will be read soon; nothing for one that is not there. Only a hint: it changes
/// no result.
#[inline]
pub fn prefetch<T>(slice: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(element) = slice.get(at) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: SSE is part of x86-64, and a prefetch reads nothing that a program can see.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, at);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn mapped(bytes: &[u8]) -> Map {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        Map::open(file.path()).unwrap()
    }

    #[test]
    fn a_range_that_does_not_fit_is_refused() {
        let map = mapped(&[0; 24]);
        assert!(Column::<u64>::mapped(&map, 0..24).is_some_and(|column| column.len() == 3));
        assert!(Column::<u64>::mapped(&map, 4..12).is_none(), "not aligned");
        assert!(Column::<u64>::mapped(&map, 0..20).is_none(), "two and a half");
        assert!(Column::<u64>::mapped(&map, 16..32).is_none(), "past the end");
        #[expect(clippy::reversed_empty_ranges, reason = "what a damaged file may say")]
        let backwards = 16..8;
        assert!(Column::<u64>::mapped(&map, backwards).is_none());
        assert!(Column::<u32>::mapped(&map, 24..24).is_some_and(|column| column.is_empty()));
    }

    #[test]
    fn a_column_outlives_the_name_of_its_file() {
        let column = Column::<u8>::mapped(&mapped(b"abc"), 1..3).unwrap();
        assert_eq!(&*column, b"bc");
    }

    #[test]
    fn an_empty_file_is_an_empty_map() {
        assert!(mapped(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(numbers in prop::collection::vec(any::<[u32; 3]>(), 0..50)) {
            let column = Column::from(numbers.clone());
            let map = mapped(column.bytes());
            let again = Column::<[u32; 3]>::mapped(&map, 0..map.len()).unwrap();
            prop_assert_eq!(&*again, &*numbers);
            prefetch(&again, 7);
        }

        #[test]
        fn no_range_of_no_file_panics(bytes in prop::collection::vec(any::<u8>(), 0..64), start in 0..80usize, end in 0..80usize) {
            let map = mapped(&bytes);
            if let Some(column) = Column::<u16>::mapped(&map, start..end) {
                prop_assert!(column.len() * 2 == end - start && end <= bytes.len());
            }
        }
    }
}
