//! From an individual number to its resident, in memory only: sorted digits, wiped when dropped, never shown or hashed.

use std::fmt;

use himozuke_mapped::prefetch;
use rayon::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use crate::my_number::{Digits, MyNumber};
use crate::registry::ResidentIndex;

/// Whose number is whose. It is beside the registry and not in it, for an index file must hold no number.
///
/// 8 bytes a number and one or two for finding it; a look-up is two cache misses, whatever their count. `Debug` tells how
/// many numbers there are, and everything is overwritten when the table is dropped.
///
/// ```
/// use himozuke::{MyNumber, NumberTable, Record, Registry};
/// let registry = Registry::builder().persons([Record { id: "p1", ..Record::default() }])?.build()?;
/// let mut numbers = NumberTable::builder();
/// if let Some(resident) = registry.find("p1") {
///     numbers.push(&"123456789018".parse()?, resident);
/// }
/// let numbers = numbers.build();
/// assert_eq!(numbers.find(&"123456789018".parse()?), registry.find("p1"));
/// assert_eq!(format!("{numbers:?}"), "NumberTable { numbers: 1 }");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct NumberTable {
    /// By the first bits of a number.
    parts: Vec<Part>,
}

/// Takes numbers in and makes a [`NumberTable`] of them.
#[derive(Default)]
pub struct NumberTableBuilder {
    /// By the first bits of a number, in the order in which they came. Blocks never grow: what is moved would have to be wiped.
    parts: Vec<Vec<Zeroizing<Vec<Entry>>>>,
}

/// The last bits of a number, and its resident.
type Entry = u64;

/// Bits of a number in an entry; of the largest, which has 40, eight are before them.
const REST: u32 = 32;
/// Entries of a block.
const BLOCK: usize = 256;

/// The part in which a number is, and what is left of it.
fn split(digits: &Digits) -> (usize, u32) {
    let value = digits.iter().fold(0, |value, digit| value * 10 + u64::from(digit & 0x0f));
    ((value >> REST) as usize, value as u32)
}

fn rest(entry: Entry) -> u32 {
    (entry >> REST) as u32
}

fn resident(entry: Entry) -> ResidentIndex {
    ResidentIndex(entry as u32)
}

impl NumberTableBuilder {
    /// Takes in one number. A resident may have several, as after a change of number.
    pub fn push(&mut self, number: &MyNumber, ResidentIndex(resident): ResidentIndex) {
        let (part, rest) = split(number.digits());
        if self.parts.len() <= part {
            self.parts.resize_with(part + 1, Vec::new);
        }
        let Some(blocks) = self.parts.get_mut(part) else { return };
        let entry = Entry::from(rest) << REST | Entry::from(resident);
        match blocks.last_mut().filter(|block| block.len() < BLOCK) {
            Some(block) => block.push(entry),
            None => {
                let mut block = Zeroizing::new(Vec::with_capacity(BLOCK));
                block.push(entry);
                blocks.push(block);
            }
        }
    }

    /// Sorts what was taken in.
    #[must_use]
    pub fn build(self) -> NumberTable {
        let mut parts: Vec<Part> = self.parts.into_par_iter().map(Part::of).collect();
        let mut before = 0;
        for part in &mut parts {
            part.before = before;
            // There are as many numbers as residents can be numbered in 32 bits, a few times over at most.
            before += part.entries.len() as u32;
        }
        NumberTable { parts }
    }
}

/// Whom a number finds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Found {
    /// No resident.
    Nobody,
    /// One, with the number's place in the table: two numbers of one resident have two places.
    One { place: u32, resident: ResidentIndex },
    /// Several residents: the register itself is at fault, and the number says nothing.
    Several { place: u32 },
}

impl Found {
    /// The one resident.
    pub(super) const fn resident(self) -> Option<ResidentIndex> {
        match self {
            Self::One { resident, .. } => Some(resident),
            Self::Nobody | Self::Several { .. } => None,
        }
    }
}

impl NumberTable {
    /// Starts a table.
    #[must_use]
    pub fn builder() -> NumberTableBuilder {
        NumberTableBuilder::default()
    }

    /// Numbers held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.entries.len()).sum()
    }

    /// Whether there is no number.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The resident whose number it is; `None` if nobody's, or if several residents were given it.
    #[must_use]
    pub fn find(&self, number: &MyNumber) -> Option<ResidentIndex> {
        self.look_up(number).resident()
    }

    pub(super) fn look_up(&self, number: &MyNumber) -> Found {
        let (part, rest) = split(number.digits());
        self.parts.get(part).map_or(Found::Nobody, |part| part.look_up(rest))
    }

    /// Asks the memory for where a number lies, ahead of [`Self::prefetch_run`].
    pub(super) fn prefetch(&self, number: &MyNumber) {
        let (part, rest) = split(number.digits());
        self.parts.get(part).into_iter().for_each(|part| prefetch(&part.starts, part.beginning(rest)));
    }

    /// Asks the memory for the numbers that begin like this one.
    pub(super) fn prefetch_run(&self, number: &MyNumber) {
        let (part, rest) = split(number.digits());
        let start = |part: &Part| part.place(part.beginning(rest));
        self.parts.get(part).into_iter().for_each(|part| prefetch(&part.entries, start(part)));
    }

    /// Whether a slip of the pen makes a number of this resident's into the given one (scenario 25).
    pub(super) fn is_slip_of(&self, number: &MyNumber, resident: ResidentIndex) -> bool {
        number.slips().any(|slip| self.find(&slip) == Some(resident))
    }
}

/// The numbers that share their first bits, in order.
struct Part {
    /// Numbers in the parts before it.
    before: u32,
    entries: Zeroizing<Vec<Entry>>,
    /// Where in the list numbers of each beginning start, and the end: halving a long list is a cache miss a step. It tells how
    /// numbers begin, and is wiped as they are.
    starts: Zeroizing<Vec<u32>>,
    /// Bits of a beginning.
    bits: u32,
}

impl Part {
    /// Numbers to a beginning, at most, where they are spread evenly.
    const LOAD: usize = 4;

    fn of(blocks: Vec<Zeroizing<Vec<Entry>>>) -> Self {
        let count = blocks.iter().map(|block| block.len()).sum();
        let mut entries = Zeroizing::new(Vec::with_capacity(count));
        blocks.iter().for_each(|block| entries.extend_from_slice(block));
        entries.sort_unstable();
        entries.dedup();
        let beginnings = (entries.len() / Self::LOAD).next_power_of_two().min(1 << 30);
        let bits = beginnings.trailing_zeros();
        let mut starts = Zeroizing::new(Vec::with_capacity(beginnings + 1));
        for (place, entry) in (0..).zip(&*entries) {
            let begun = starts.len();
            starts.resize(begun.max(beginning(rest(*entry), bits) + 1), place);
        }
        starts.resize(beginnings + 1, entries.len() as u32);
        Self { before: 0, entries, starts, bits }
    }

    fn beginning(&self, rest: u32) -> usize {
        beginning(rest, self.bits)
    }

    /// Where numbers of a beginning start.
    fn place(&self, beginning: usize) -> usize {
        self.starts.get(beginning).map_or(self.entries.len(), |place| *place as usize)
    }

    fn look_up(&self, wanted: u32) -> Found {
        let beginning = self.beginning(wanted);
        let (start, end) = (self.place(beginning), self.place(beginning + 1));
        let run = self.entries.get(start..end).unwrap_or_default();
        let first = run.partition_point(|entry| rest(*entry) < wanted);
        let mut same = run.iter().skip(first).take_while(|entry| rest(**entry) == wanted);
        let place = self.before + (start + first) as u32;
        match (same.next(), same.next()) {
            (None, _) => Found::Nobody,
            (Some(entry), None) => Found::One { place, resident: resident(*entry) },
            _ => Found::Several { place },
        }
    }
}

fn beginning(rest: u32, bits: u32) -> usize {
    rest.unbounded_shr(REST - bits) as usize
}

impl fmt::Debug for NumberTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberTable").field("numbers", &self.len()).finish()
    }
}

impl fmt::Debug for NumberTableBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: usize = self.parts.iter().flatten().map(|block| block.len()).sum();
        f.debug_struct("NumberTableBuilder").field("numbers", &numbers).finish()
    }
}

/// Numbers of a batch that are nobody's, to see which of them are the same.
#[derive(Default)]
pub(super) struct Strays(Zeroizing<Vec<Digits>>);

impl Strays {
    /// Keeps a number; its place.
    pub(super) fn push(&mut self, number: &MyNumber) -> u32 {
        push(&mut self.0, *number.digits());
        (self.0.len() - 1) as u32 // one a row, and rows are numbered in 32 bits
    }

    /// For each place, the first place of the same number.
    pub(super) fn first_places(&self) -> Vec<u32> {
        let digits = |place: &u32| self.0.get(*place as usize);
        let mut order: Vec<u32> = (0..self.0.len() as u32).collect();
        order.sort_unstable_by(|a, b| digits(a).cmp(&digits(b)).then(a.cmp(b)));
        let mut first = vec![0; order.len()];
        for group in order.chunk_by(|a, b| digits(a) == digits(b)) {
            for place in group {
                if let (Some(slot), Some(earliest)) = (first.get_mut(*place as usize), group.first()) {
                    *slot = *earliest;
                }
            }
        }
        first
    }
}

/// As `Vec::push`, but what is left behind when the vector grows is wiped.
fn push<T: Copy + Zeroize>(items: &mut Zeroizing<Vec<T>>, item: T) {
    if items.len() == items.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity((items.len() * 2).max(64)));
        larger.extend_from_slice(items);
        *items = larger;
    }
    items.push(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> MyNumber {
        text.parse().unwrap()
    }

    #[test]
    fn finds_each_number_once_and_refuses_a_shared_one() {
        let mut builder = NumberTable::builder();
        for (text, resident) in [
            ("123456789018", 1),
            ("023456789013", 2),
            ("983205673214", 3),
            ("983205673214", 4),
            ("123456789018", 1),
        ] {
            builder.push(&number(text), ResidentIndex(resident));
        }
        let table = builder.build();
        assert_eq!(table.len(), 4, "one pair came twice");
        assert_eq!(table.find(&number("123456789018")), Some(ResidentIndex(1)));
        assert_eq!(table.find(&number("023456789013")), Some(ResidentIndex(2)), "a leading zero");
        assert_eq!(table.look_up(&number("983205673214")), Found::Several { place: 2 });
        assert_eq!(table.look_up(&number("000000000000")), Found::Nobody);
        assert!(table.is_slip_of(&number("723456189018"), ResidentIndex(1)));
        assert!(!table.is_slip_of(&number("723456189018"), ResidentIndex(2)));
    }

    proptest::proptest! {
        #[test]
        fn finds_every_number_and_no_other(
            bodies in proptest::collection::vec(proptest::prop_oneof![0..100_000_000_000u64, 0..300u64, 90_000_000_000..90_000_000_300u64], 0..300),
        ) {
            let numbers: Vec<MyNumber> = bodies.iter().filter_map(|body| {
                (0..10).find_map(|check| format!("{body:011}{check}").parse().ok())
            }).collect();
            let mut sorted: Vec<_> = numbers.iter().map(|number| *number.digits()).collect();
            sorted.sort_unstable();
            sorted.dedup();
            let (held, others) = sorted.split_at(sorted.len() / 2);
            for (held, others) in [(held, others), (others, held)] {
                let mut builder = NumberTable::builder();
                for (resident, digits) in (0..).zip(held) {
                    builder.push(&number(std::str::from_utf8(digits).unwrap()), ResidentIndex(resident));
                }
                let table = builder.build();
                for (place, digits) in (0..).zip(held) {
                    let found = table.look_up(&number(std::str::from_utf8(digits).unwrap()));
                    proptest::prop_assert_eq!(found, Found::One { place, resident: ResidentIndex(place) });
                }
                for digits in others {
                    let found = table.look_up(&number(std::str::from_utf8(digits).unwrap()));
                    proptest::prop_assert_eq!(found, Found::Nobody);
                }
            }
        }
    }

    #[test]
    fn strays_of_one_number_share_a_place() {
        let mut strays = Strays::default();
        for text in ["983205673214", "123456789018", "983205673214"] {
            strays.push(&number(text));
        }
        assert_eq!(strays.first_places(), [0, 1, 0]);
    }
}
