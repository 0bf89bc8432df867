//! Dictionaries: each distinct part of a name, place and text is kept once, and has a number. Knows how values lie in
//! columns, not what they mean.

use std::hash::{Hash, Hasher};

use himozuke_mapped::{Column, Plain, prefetch};
use rustc_hash::{FxHashMap, FxHasher};

use crate::normalize::address::{FiledPlace, PlaceRef};
use crate::normalize::name::{Filed, PartRef};

/// The number that stands for no value.
pub(super) const NONE: u32 = u32::MAX;

/// Values in columns, by number, that are being filled.
pub(super) trait Shelf {
    type Value<'a>: Copy + Hash;

    /// Whether the value of a number is this one.
    fn holds(&self, id: u32, value: Self::Value<'_>) -> bool;
    /// Adds a value under the next number; `None` if there is no room for it.
    fn push(&mut self, value: Self::Value<'_>) -> Option<u32>;
}

/// Numbers by value, while a registry is built.
#[derive(Default)]
pub(super) struct Dictionary<S> {
    pub(super) shelf: S,
    by_hash: FxHashMap<u64, u32>,
}

impl<S: Shelf> Dictionary<S> {
    /// The number of a value that is known already, which any number of threads may ask for at once.
    pub(super) fn seek(&self, value: S::Value<'_>) -> Option<u32> {
        self.known(value).ok()
    }

    /// The number of a value, known or not; `None` if there are more than numbers.
    pub(super) fn intern(&mut self, value: S::Value<'_>) -> Option<u32> {
        let free = match self.known(value) {
            Ok(id) => return Some(id),
            Err(free) => free,
        };
        let id = self.shelf.push(value).filter(|id| *id < NONE)?;
        self.by_hash.insert(free, id);
        Some(id)
    }

    /// The number of a value, or a hash for it that is free: of two values of one hash, the second has the next one.
    fn known(&self, value: S::Value<'_>) -> Result<u32, u64> {
        let mut hash = hash(&value);
        while let Some(id) = self.by_hash.get(&hash) {
            if self.shelf.holds(*id, value) {
                return Ok(*id);
            }
            hash = hash.wrapping_add(1);
        }
        Err(hash)
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Where numbers and bytes lie: a vector while they grow, a column afterwards.
pub(super) trait Store<T>: std::ops::Deref<Target = [T]> {}
impl<T, S: std::ops::Deref<Target = [T]>> Store<T> for S {}

/// Parts of names: key, exact key and signature; and in one number where the text is (32 bits), how long it is (12) and
/// the notes (20).
#[derive(Default)]
pub(super) struct Parts<N, B> {
    pub(super) numbers: N,
    pub(super) text: B,
}

const OFFSET_BITS: u32 = 32;
const LENGTH_BITS: u32 = 12;

impl<N: Store<[u64; 4]>, B: Store<u8>> Parts<N, B> {
    pub(super) fn get(&self, id: u32) -> Option<PartRef<'_>> {
        let [key, exact, signature, place] = *self.numbers.get(id as usize)?;
        let offset = place & ((1 << OFFSET_BITS) - 1);
        let length = place >> OFFSET_BITS & ((1 << LENGTH_BITS) - 1);
        let text = bytes(&self.text, offset, length);
        let notes = (place >> (OFFSET_BITS + LENGTH_BITS)) as u32;
        Some(PartRef::from_filed(Filed { numbers: [key, exact, signature], notes }, text))
    }
}

impl Parts<Column<[u64; 4]>, Column<u8>> {
    /// Asks the memory for a part's text.
    pub(super) fn prefetch_text(&self, id: u32) {
        let place = self.numbers.get(id as usize).map(|[.., place]| *place);
        let offset = place.map(|place| place & ((1 << OFFSET_BITS) - 1));
        offset.into_iter().for_each(|offset| prefetch(&self.text, offset as usize));
    }
}

impl Shelf for Parts<Vec<[u64; 4]>, Vec<u8>> {
    type Value<'a> = PartRef<'a>;

    fn holds(&self, id: u32, part: PartRef<'_>) -> bool {
        self.get(id) == Some(part)
    }

    fn push(&mut self, part: PartRef<'_>) -> Option<u32> {
        let Filed { numbers: [key, exact, signature], notes } = part.filed();
        let (offset, length) = (self.text.len() as u64, part.bytes().len() as u64);
        if offset >> OFFSET_BITS != 0 || length >> LENGTH_BITS != 0 {
            return None;
        }
        self.text.extend_from_slice(part.bytes());
        let place = offset | length << OFFSET_BITS | u64::from(notes) << (OFFSET_BITS + LENGTH_BITS);
        push(&mut self.numbers, [key, exact, signature, place])
    }
}

/// Places: where the text is, where its five texts end, and what is known.
#[derive(Default)]
pub(super) struct Places<N, B> {
    pub(super) numbers: N,
    pub(super) text: B,
}

impl<N: Store<[u32; 7]>, B: Store<u8>> Places<N, B> {
    pub(super) fn get(&self, id: u32) -> Option<PlaceRef<'_>> {
        let [offset, _, _, last, ..] = *self.numbers.get(id as usize)?;
        let text = bytes(&self.text, offset.into(), (last as u16).into());
        Some(PlaceRef::from_filed(self.filed(id)?, text))
    }

    /// A place without its text.
    pub(super) fn filed(&self, id: u32) -> Option<FiledPlace> {
        let [_, first, second, last, facts, low, high] = *self.numbers.get(id as usize)?;
        let ends = [first as u16, (first >> 16) as u16, second as u16, (second >> 16) as u16, last as u16];
        let hash = u64::from(low) | u64::from(high) << 32;
        Some(FiledPlace { ends, facts, hash })
    }
}

impl Places<Column<[u32; 7]>, Column<u8>> {
    /// Asks the memory for a place's text.
    pub(super) fn prefetch_text(&self, id: u32) {
        let offset = self.numbers.get(id as usize).map(|[offset, ..]| *offset);
        offset.into_iter().for_each(|offset| prefetch(&self.text, offset as usize));
    }
}

impl Shelf for Places<Vec<[u32; 7]>, Vec<u8>> {
    type Value<'a> = PlaceRef<'a>;

    fn holds(&self, id: u32, place: PlaceRef<'_>) -> bool {
        self.get(id) == Some(place)
    }

    fn push(&mut self, place: PlaceRef<'_>) -> Option<u32> {
        let offset = u32::try_from(self.text.len()).ok()?;
        let FiledPlace { ends: [a, b, c, d, e], facts, hash } = place.filed();
        let pair = |low: u16, high: u16| u32::from(low) | u32::from(high) << 16;
        self.text.extend_from_slice(place.bytes());
        push(
            &mut self.numbers,
            [offset, pair(a, b), pair(c, d), e.into(), facts, hash as u32, (hash >> 32) as u32],
        )
    }
}

/// Short texts: buildings and rooms.
#[derive(Default)]
pub(super) struct Texts<N, B> {
    pub(super) ends: N,
    pub(super) text: B,
}

impl<N: Store<u32>, B: Store<u8>> Texts<N, B> {
    pub(super) fn get(&self, id: u32) -> Option<&[u8]> {
        let end = *self.ends.get(id as usize)?;
        let start = id.checked_sub(1).and_then(|before| self.ends.get(before as usize)).copied().unwrap_or(0);
        Some(bytes(&self.text, start.into(), end.checked_sub(start)?.into()))
    }
}

impl Texts<Column<u32>, Column<u8>> {
    /// Asks the memory for a text, by its end: it is short.
    pub(super) fn prefetch_text(&self, id: u32) {
        let end = self.ends.get(id as usize).and_then(|end| end.checked_sub(1));
        end.into_iter().for_each(|last| prefetch(&self.text, last as usize));
    }
}

impl Shelf for Texts<Vec<u32>, Vec<u8>> {
    type Value<'a> = &'a [u8];

    fn holds(&self, id: u32, text: &[u8]) -> bool {
        self.get(id) == Some(text)
    }

    fn push(&mut self, text: &[u8]) -> Option<u32> {
        self.text.extend_from_slice(text);
        let end = u32::try_from(self.text.len()).ok()?;
        push(&mut self.ends, end)
    }
}

/// Bytes by place and length; none where a damaged file has none.
fn bytes(all: &[u8], offset: u64, length: u64) -> &[u8] {
    all.get(offset as usize..(offset + length) as usize).unwrap_or_default()
}

fn push<T>(values: &mut Vec<T>, value: T) -> Option<u32> {
    let id = u32::try_from(values.len()).ok()?;
    values.push(value);
    Some(id)
}

/// A vector as a column, without room to spare.
pub(super) fn column<T: Plain>(mut values: Vec<T>) -> Column<T> {
    values.shrink_to_fit();
    values.into()
}
