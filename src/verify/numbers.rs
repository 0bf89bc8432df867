//! From an individual number to its resident, in memory only: sorted digits, wiped when dropped, never shown or hashed.

use std::fmt;

use rayon::slice::ParallelSliceMut;
use zeroize::{Zeroize, Zeroizing};

use crate::my_number::{Digits, MyNumber};
use crate::registry::ResidentIndex;

/// Whose number is whose. It is beside the registry and not in it, for an index file must hold no number.
///
/// 16 bytes a number; a look-up is a binary search. `Debug` tells how many numbers there are, and everything is
/// overwritten when the table is dropped or moves to a larger place.
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
    entries: Zeroizing<Vec<Entry>>,
}

/// Takes numbers in and makes a [`NumberTable`] of them.
#[derive(Default)]
pub struct NumberTableBuilder {
    entries: Zeroizing<Vec<Entry>>,
}

#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
struct Entry {
    digits: Digits,
    resident: u32,
}

impl Zeroize for Entry {
    fn zeroize(&mut self) {
        self.digits.zeroize();
        self.resident.zeroize();
    }
}

impl NumberTableBuilder {
    /// Takes in one number. A resident may have several, as after a change of number.
    pub fn push(&mut self, number: &MyNumber, ResidentIndex(resident): ResidentIndex) {
        push(&mut self.entries, Entry { digits: *number.digits(), resident });
    }

    /// Sorts what was taken in.
    #[must_use]
    pub fn build(self) -> NumberTable {
        let mut entries = self.entries;
        entries.par_sort_unstable();
        entries.dedup();
        NumberTable { entries }
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

impl NumberTable {
    /// Starts a table.
    #[must_use]
    pub fn builder() -> NumberTableBuilder {
        NumberTableBuilder::default()
    }

    /// Numbers held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no number.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The resident whose number it is; `None` if nobody's, or if several residents were given it.
    #[must_use]
    pub fn find(&self, number: &MyNumber) -> Option<ResidentIndex> {
        match self.look_up(number) {
            Found::One { resident, .. } => Some(resident),
            Found::Nobody | Found::Several { .. } => None,
        }
    }

    pub(super) fn look_up(&self, number: &MyNumber) -> Found {
        let digits = number.digits();
        let place = self.entries.partition_point(|entry| entry.digits < *digits);
        let mut same = self.entries.iter().skip(place).take_while(|entry| entry.digits == *digits);
        // There are as many numbers as residents can be numbered in 32 bits, a few times over at most.
        let place = place as u32;
        match (same.next(), same.next()) {
            (None, _) => Found::Nobody,
            (Some(entry), None) => Found::One { place, resident: ResidentIndex(entry.resident) },
            _ => Found::Several { place },
        }
    }

    /// Whether a slip of the pen makes a number of this resident's into the given one (scenario 25).
    pub(super) fn is_slip_of(&self, number: &MyNumber, resident: ResidentIndex) -> bool {
        number.slips().any(|slip| self.find(&slip) == Some(resident))
    }
}

impl fmt::Debug for NumberTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberTable").field("numbers", &self.entries.len()).finish()
    }
}

impl fmt::Debug for NumberTableBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberTableBuilder").field("numbers", &self.entries.len()).finish()
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

    #[test]
    fn strays_of_one_number_share_a_place() {
        let mut strays = Strays::default();
        for text in ["983205673214", "123456789018", "983205673214"] {
            strays.push(&number(text));
        }
        assert_eq!(strays.first_places(), [0, 1, 0]);
    }
}
