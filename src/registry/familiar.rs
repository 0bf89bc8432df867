//! What is written as it was before, by its number: words of names and heads of addresses. Knows bytes and numbers, not what
//! they say. Holds values of persons, so it shows none, and is to go with the reading.

use himozuke_mapped::prefetch;

use crate::Record;
use crate::normalize::address::{Address, HeadNotes};
use crate::normalize::name;
use crate::normalize::{Fold, FoldSet};

/// Numbers of words and of places by how they are written.
///
/// It is changed between readings only, in the order of the rows, so that it is the same for any number of threads; and it
/// changes no reading, for only what reads alike wherever it stands is taken up.
#[derive(Default)]
pub(super) struct Familiar {
    pub(super) words: Words,
    pub(super) heads: Heads,
}

/// Numbers of words.
pub(super) struct Words(Table<6, u32>);

/// Numbers of places, by the heads of addresses.
pub(super) struct Heads(Table<12, Option<(u32, HeadNotes)>>);

/// A word of a name.
pub(super) type Word = Text<6>;

/// The head of an address, and what follows it.
pub(super) struct Headed<'a>(Text<12>, &'a str);

// More than there are common words, and of a country most heads: 16 MiB each.
impl Default for Words {
    fn default() -> Self {
        Self(Table::of(1 << 19))
    }
}

impl Default for Heads {
    fn default() -> Self {
        Self(Table::of(1 << 18))
    }
}

impl Words {
    /// The words of a name, if it is written as plain ones are, which the memory is asked for.
    pub(super) fn of(&self, resident: &Record<'_>) -> Option<[Word; 4]> {
        let words = written(resident)?;
        words.iter().for_each(|word| self.0.prefetch(word));
        Some(words)
    }

    /// The numbers of the four words of a name, if all of them are known.
    pub(super) fn get(&self, words: &[Word; 4]) -> Option<[u32; 4]> {
        let [family, given, family_read, given_read] = words.each_ref().map(|word| self.0.get(word));
        Some([family?, given?, family_read?, given_read?])
    }

    /// A former name, if it may be the family name alone, which the memory is asked for.
    pub(super) fn former(&self, resident: &Record<'_>) -> Option<Word> {
        let word = (!resident.former_names.is_empty()).then(|| Text::of(resident.former_names, FORMER))??;
        self.0.prefetch(&word);
        Some(word)
    }

    /// The number of a family name borne before, if it is known that the cell says no more.
    pub(super) fn former_family(&self, word: &Word) -> Option<u32> {
        self.0.get(word)
    }

    /// Takes up how a name is written whose parts have these numbers.
    pub(super) fn learn_name(&mut self, resident: &Record<'_>, numbers: [u32; 4]) {
        if let Some(words) = written(resident)
            && self.get(&words).is_none()
            && name::is_plain(resident.kanji_name, resident.kana_name)
        {
            words.into_iter().zip(numbers).for_each(|(word, number)| self.0.put(word, number));
        }
    }

    /// Takes up how a family name borne before is written, where that is all a cell says.
    pub(super) fn learn_former(&mut self, cell: &str, number: u32) {
        Text::of(cell, FORMER).into_iter().for_each(|word| self.0.put(word, number));
    }
}

impl Heads {
    /// Head and tail of an address, if it can be cut; the memory is asked for the head.
    pub(super) fn of<'a>(&self, address: &'a str) -> Option<Headed<'a>> {
        let (head, tail) = Address::cut(address)?;
        let head = Text::of(head, 0)?;
        self.0.prefetch(&head);
        Some(Headed(head, tail))
    }

    /// The number of an address's place, the notes of its head, and what follows the head.
    pub(super) fn get<'a>(&self, Headed(head, tail): Headed<'a>) -> Option<(u32, HeadNotes, &'a str)> {
        let (place, notes) = self.0.get(&head)??;
        Some((place, notes, tail))
    }

    /// Takes up how a place is written, where the notes of its head are those of the head alone.
    pub(super) fn learn(&mut self, address: &str, place: u32, notes: HeadNotes) {
        if let Some(Headed(head, _)) = self.of(address) {
            self.0.put(head, Some((place, notes)));
        }
    }
}

/// The words of a name, if it is written as plain ones are.
fn written(resident: &Record<'_>) -> Option<[Word; 4]> {
    let ([family, given], folds) = name::words(resident.kanji_name)?;
    let ([family_read, given_read], folds_read) = name::words(resident.kana_name)?;
    Some([
        register(family, folds)?,
        register(given, folds)?,
        reading(family_read, folds_read)?,
        reading(given_read, folds_read)?,
    ])
}

/// The kind of a cell of former names; those of words in main ones are below it.
const FORMER: u32 = 4;

fn register(word: &str, folds: FoldSet) -> Option<Word> {
    Text::of(word, u32::from(folds.contains(Fold::Spacing)))
}

fn reading(word: &str, folds: FoldSet) -> Option<Word> {
    Text::of(word, 2 | u32::from(folds.contains(Fold::Spacing)))
}

/// A text of at most so many times four bytes as it is written, filled up with zeros; and in what kind of cell, which is never
/// 0, and how long it is.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct Text<const N: usize> {
    text: [u32; N],
    kind: u32,
}

impl<const N: usize> Text<N> {
    const NONE: Self = Self { text: [0; N], kind: 0 };

    /// A text of a kind from 0 to 15; `None` for a long one, of which there are few.
    fn of(text: &str, kind: u32) -> Option<Self> {
        let (fours, rest) = text.as_bytes().as_chunks::<4>();
        let mut words = [0; N];
        let mut places = words.iter_mut();
        for four in fours {
            *places.next()? = u32::from_le_bytes(*four);
        }
        if !rest.is_empty() {
            *places.next()? = rest.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
        // The length tells zeros that are written from those that fill up.
        Some(Self { text: words, kind: 1 | kind << 1 | (text.len() as u32) << 8 })
    }

    /// Well spread in the upper bits.
    fn hash(&self) -> u64 {
        let mix = |hash: u64, [low, high]: &[u32; 2]| {
            let word = u64::from(*low) | u64::from(*high) << 32;
            (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        };
        let hash = self.text.as_chunks().0.iter().fold(self.kind.into(), mix);
        (hash ^ hash >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// A text and what is known of it, in half a line of a cache or in a whole one.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Place<const N: usize, V> {
    text: Text<N>,
    known: V,
}

const _: () = assert!(size_of::<Place<6, u32>>() == 32);
const _: () = assert!(size_of::<Place<12, Option<(u32, HeadNotes)>>>() == 64);

/// What is known by texts: a table in which each text has two places side by side, and whoever comes later takes the first. It
/// grows up to its limit.
struct Table<const N: usize, V> {
    /// As many as a power of two; a place with a text of nothing is free.
    places: Vec<Place<N, V>>,
    limit: usize,
    /// How many were put since it grew.
    put: usize,
}

impl<const N: usize, V: Copy + Default> Table<N, V> {
    const FIRST: usize = 1 << 10;

    const fn of(limit: usize) -> Self {
        Self { places: Vec::new(), limit, put: 0 }
    }

    /// The first place of a text.
    fn place(&self, text: &Text<N>) -> usize {
        (text.hash() >> 40) as usize & self.places.len().saturating_sub(1)
    }

    fn prefetch(&self, text: &Text<N>) {
        prefetch(&self.places, self.place(text));
    }

    fn get(&self, text: &Text<N>) -> Option<V> {
        let place = self.place(text);
        let places = [place, place ^ 1].into_iter().filter_map(|place| self.places.get(place));
        places.into_iter().find(|place| place.text == *text).map(|place| place.known)
    }

    fn put(&mut self, text: Text<N>, known: V) {
        if self.put >= self.places.len() / 2 && self.places.len() < self.limit {
            let free = Place { text: Text::NONE, known: V::default() };
            let larger = vec![free; (self.places.len() * 2).max(Self::FIRST)];
            let before = std::mem::replace(&mut self.places, larger);
            before.into_iter().filter(|place| place.text.kind != 0).for_each(|place| self.set(place));
            self.put = 0;
        }
        self.set(Place { text, known });
        self.put += 1;
    }

    fn set(&mut self, known: Place<N, V>) {
        let place = self.place(&known.text);
        let fits = |at: &usize| {
            let place = self.places.get(*at);
            place.is_some_and(|place| place.text.kind == 0 || place.text == known.text)
        };
        let place = [place, place ^ 1].into_iter().find(fits).unwrap_or(place);
        self.places.get_mut(place).into_iter().for_each(|place| *place = known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_word_has_the_number_that_it_was_put_with(
            words in proptest::collection::vec(("[ア-エ]{1,4}", proptest::bool::ANY, proptest::bool::ANY), 0..3_000),
        ) {
            let word = |(text, wide, of_register): &(String, bool, bool)| {
                let folds = if *wide { FoldSet::EMPTY.with(Fold::Spacing) } else { FoldSet::EMPTY };
                if *of_register { register(text, folds) } else { reading(text, folds) }.unwrap()
            };
            let number = |text: &(String, bool, bool)| words.iter().position(|other| other == text).unwrap() as u32;
            let mut table = Table::of(1 << 11);
            for text in &words {
                table.put(word(text), number(text));
                proptest::prop_assert_eq!(table.get(&word(text)), Some(number(text)));
            }
            for text in &words {
                proptest::prop_assert!(table.get(&word(text)).is_none_or(|found| found == number(text)));
            }
        }
    }

    #[test]
    fn a_long_word_is_not_kept() {
        assert!(reading("アアアアアアアア", FoldSet::EMPTY).is_some());
        assert!(reading("アアアアアアアアア", FoldSet::EMPTY).is_none());
    }
}
