//! Ids: the caller's names for the residents, one after the other, and the way back from an id to its resident.

use himozuke_mapped::{Column, prefetch};

use super::RegistryError;
use super::dictionary::column;
use super::index::{Filer, Push, Table};
use super::keep::{InMemory, Keep, section};
use crate::hash::KeyHasher;
use crate::nearby::{self, Search, Seen};

/// Ids as they come in.
#[derive(Default)]
pub(super) struct Incoming {
    text: Vec<u8>,
    ends: Vec<u32>,
    unordered: bool,
}

impl Incoming {
    /// Makes room for so many ids more, as long as those that came.
    pub(super) fn reserve(&mut self, ids: usize) {
        let length = self.text.len().div_ceil(self.ends.len().max(1));
        drop(self.ends.try_reserve(ids));
        drop(self.text.try_reserve(length.saturating_mul(ids)));
    }

    pub(super) fn push(&mut self, id: &str) -> Option<()> {
        let before = || {
            let start = self.ends.iter().rev().nth(1).map_or(0, |end| *end as usize);
            self.text.get(start..).unwrap_or_default()
        };
        // Once is enough.
        self.unordered = self.unordered || !self.ends.is_empty() && before() >= id.as_bytes();
        self.text.extend_from_slice(id.as_bytes());
        self.ends.push(u32::try_from(self.text.len()).ok()?);
        Some(())
    }

    /// The ids so far.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ids = starts.zip(&self.ends).map(|(start, end)| self.text.get(start as usize..*end as usize));
        ids.map(|id| id.and_then(|id| std::str::from_utf8(id).ok()).unwrap_or_default())
    }

    /// # Errors
    ///
    /// [`RegistryError::DuplicateId`], for the second row that repeats an id.
    pub(super) fn build(self) -> Result<Ids, RegistryError> {
        let Self { text, ends, unordered } = self;
        // Most registers give ids of one width, whose ends need not be kept.
        let width = ends.first().copied().unwrap_or(0);
        let even = width > 0
            && ends.iter().zip(1u64..).all(|(end, count)| u64::from(*end) == count * u64::from(width));
        let ids = Ids {
            count: ends.len() as u32,
            width: if even { width } else { 0 },
            text: column(text),
            ends: column(if even { Vec::new() } else { ends }),
            by_hash: Column::default(),
        };
        if unordered { ids.hashed() } else { Ok(ids) }
    }
}

/// Ids in the order of the residents.
#[derive(Default)]
pub(super) struct Ids {
    pub(super) text: Column<u8>,
    /// Where each id ends, unless all have one width.
    pub(super) ends: Column<u32>,
    /// The width of all ids in bytes; 0 if they differ.
    pub(super) width: u32,
    pub(super) count: u32,
    /// Half a hash and the row, in order; few rows share a half. Empty if the ids themselves are in order.
    pub(super) by_hash: Column<[u32; 2]>,
}

impl Ids {
    /// As [`Columns::sections`](super::columns::Columns::sections).
    pub(super) fn sections<E>(&self, write: &mut impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        section(&self.text, write)?;
        section(&self.ends, write)?;
        section(&self.by_hash, write)
    }

    /// The same ids where they are to stay.
    pub(super) fn kept(self, keep: &mut impl Keep) -> Option<Self> {
        let Self { text, ends, width, count, by_hash } = self;
        Some(Self {
            text: keep.keep(text)?,
            ends: keep.keep(ends)?,
            width,
            count,
            by_hash: keep.keep(by_hash)?,
        })
    }

    fn hashed(mut self) -> Result<Self, RegistryError> {
        let table = Table::build(self.count, &Halves(&self), &mut InMemory);
        let rows = table.ok_or(RegistryError::TooLarge)?.entries;
        let mut duplicates = Vec::new();
        for group in rows.chunk_by(|[a, _], [b, _]| a == b).filter(|group| group.len() > 1) {
            for (at, [_, second]) in group.iter().enumerate() {
                let earlier = group.iter().take(at).find(|[_, first]| self.get(*first) == self.get(*second));
                duplicates.extend(earlier.map(|[_, first]| (u64::from(*first), u64::from(*second))));
            }
        }
        match duplicates.into_iter().min_by_key(|(first, second)| (*second, *first)) {
            Some((first, second)) => Err(RegistryError::DuplicateId { first, second }),
            None => {
                self.by_hash = rows;
                Ok(self)
            }
        }
    }

    pub(super) fn get(&self, row: u32) -> &str {
        std::str::from_utf8(self.bytes(row)).unwrap_or_default()
    }

    fn bytes(&self, row: u32) -> &[u8] {
        let at = row as usize;
        let (start, end) = if self.width > 0 {
            let width = self.width as usize;
            (at.saturating_mul(width), at.saturating_mul(width).saturating_add(width))
        } else {
            let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
            (start as usize, self.ends.get(at).copied().unwrap_or(start) as usize)
        };
        self.text.get(start..end).unwrap_or_default()
    }

    /// Whether there is an id for each of so many residents, as far as that can be seen at once.
    pub(super) fn is_sound(&self, residents: usize) -> bool {
        let count = self.count as usize;
        let text = match self.width {
            0 => {
                self.ends.len() == count && self.ends.last().map_or(0, |end| *end as usize) == self.text.len()
            }
            width => self.text.len() == count.saturating_mul(width as usize),
        };
        count == residents && text && (self.by_hash.is_empty() || self.by_hash.len() == count)
    }

    pub(super) fn find(&self, id: &str) -> Option<u32> {
        let (wanted, search) = self.seek(id);
        self.row(&wanted, search.finish(|at| self.look(&wanted, at)))
    }

    /// As [`Self::find`], for many ids: the memory is asked for a step of every search before the first of them goes on.
    pub(super) fn find_all<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> impl Iterator<Item = Option<u32>> {
        let mut sought: Vec<_> = ids.into_iter().map(|id| self.seek(id)).collect();
        for _ in 0..nearby::GUESSES {
            sought.iter().for_each(|(_, search)| self.prefetch(search.next()));
            sought.iter_mut().for_each(|(wanted, search)| search.guess(|at| self.look(wanted, at)));
        }
        for (_, search) in &sought {
            let at = search.next();
            for at in [at.saturating_sub(nearby::REACH), at, at + nearby::REACH] {
                self.prefetch(at);
            }
        }
        let ended = sought.into_iter().map(|(wanted, search)| {
            let at = search.end(|at| self.look(&wanted, at));
            if let Some([_, row]) = self.by_hash.get(at) {
                self.prefetch_text(*row);
            }
            (wanted, at)
        });
        ended.collect::<Vec<_>>().into_iter().map(|(wanted, at)| self.row(&wanted, at))
    }

    /// Asks the memory for what is looked at first of a place of a search.
    fn prefetch(&self, at: usize) {
        if self.by_hash.is_empty() {
            self.prefetch_text(at as u32);
        } else {
            prefetch(&self.by_hash, at);
        }
    }

    /// Asks the memory for an id, where ids have one width, as most registers give them.
    pub(super) fn prefetch_text(&self, row: u32) {
        if self.width > 0 {
            prefetch(&self.text, (row as usize).saturating_mul(self.width as usize));
        }
    }

    /// Begins to search for an id.
    fn seek<'a>(&self, id: &'a str) -> (Wanted<'a>, Search) {
        if !self.by_hash.is_empty() {
            let half = half(id);
            let density = self.by_hash.len() as f64 / (1u64 << u32::BITS) as f64;
            let start = (f64::from(half) * density) as usize;
            return (
                Wanted { id, key: half.into(), common: 0 },
                Search::new(self.by_hash.len(), start, density),
            );
        }
        let [first, last] = [self.bytes(0), self.bytes(self.count.saturating_sub(1))];
        let common = first.iter().zip(last).take_while(|(a, b)| a == b).count();
        let [key, first, last] = [id.as_bytes(), first, last].map(|id| number(id, common));
        let density = f64::from(self.count) / last.saturating_sub(first).max(1) as f64;
        let start = (key.saturating_sub(first) as f64 * density) as usize;
        (Wanted { id, key, common }, Search::new(self.count as usize, start, density))
    }

    fn look(&self, wanted: &Wanted<'_>, at: usize) -> Seen {
        let &Wanted { id, key, common } = wanted;
        if self.by_hash.is_empty() {
            let other = self.bytes(at as u32);
            return Seen { before: other < id.as_bytes(), distance: number(other, common).abs_diff(key) };
        }
        let other = self.by_hash.get(at).map_or(0, |[other, _]| u64::from(*other));
        Seen { before: other < key, distance: other.abs_diff(key) }
    }

    /// The row of an id, from the first place that is not before it.
    fn row(&self, wanted: &Wanted<'_>, at: usize) -> Option<u32> {
        let is_it = |row: &u32| *row < self.count && self.bytes(*row) == wanted.id.as_bytes();
        if self.by_hash.is_empty() {
            return Some(at as u32).filter(is_it);
        }
        let same = self.by_hash.iter().skip(at).take_while(|[other, _]| u64::from(*other) == wanted.key);
        same.map(|[_, row]| *row).find(is_it)
    }
}

/// Half a hash of each id, and the row: in the order of their buckets, and of the entries in them, all are in order.
struct Halves<'i>(&'i Ids);

impl Filer<[u32; 2]> for Halves<'_> {
    fn file(&self, row: u32, push: &mut impl Push<[u32; 2]>) {
        let half = half(self.0.get(row));
        push.push(u64::from(half) << u32::BITS, |_| [half, row]);
    }
}

/// An id to be found.
struct Wanted<'a> {
    id: &'a str,
    /// Half of its hash; of ids in order, [`number`] of it.
    key: u64,
    /// Bytes that all ids in order have in common at their beginning.
    common: usize,
}

/// The digits that an id has behind its first bytes, as a number filled up with zeros: ids in order mostly have numbers in order.
fn number(id: &[u8], common: usize) -> u64 {
    const DIGITS: usize = 18;
    let digits = id.iter().skip(common).map_while(|byte| byte.checked_sub(b'0').filter(|digit| *digit < 10));
    let zeros = std::iter::repeat(0);
    digits.chain(zeros).take(DIGITS).fold(0, |number, digit| number * 10 + u64::from(digit))
}

fn half(id: &str) -> u32 {
    KeyHasher::new(0).text(id.chars()).finish() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn build(ids: &[String]) -> Result<Ids, RegistryError> {
        let mut incoming = Incoming::default();
        ids.iter().for_each(|id| incoming.push(id).unwrap());
        incoming.build()
    }

    proptest::proptest! {
        #[test]
        fn every_id_finds_its_row_in_any_order(
            mut ids in proptest::collection::vec("[ab]{1,3}|[0-9]{3}", 0..12),
            sorted in proptest::bool::ANY,
            other in "[ab]{1,3}",
        ) {
            if sorted {
                ids.sort_unstable();
            }
            let distinct = ids.iter().collect::<BTreeSet<_>>().len();
            let built = build(&ids);
            proptest::prop_assert_eq!(built.is_ok(), distinct == ids.len());
            let Ok(built) = built else { return Ok(()) };
            for (row, id) in (0..).zip(&ids) {
                proptest::prop_assert_eq!(built.get(row), id);
                proptest::prop_assert_eq!(built.find(id), Some(row));
            }
            proptest::prop_assert_eq!(built.find(&other).is_some(), ids.contains(&other));
            let asked = || ids.iter().chain([&other]).map(String::as_str);
            let together: Vec<_> = built.find_all(asked()).collect();
            proptest::prop_assert_eq!(together, asked().map(|id| built.find(id)).collect::<Vec<_>>());
        }
    }
}
