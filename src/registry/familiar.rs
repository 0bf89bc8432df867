//! What is written as it was before, by its number: words of names and heads of addresses. Knows bytes and numbers, not what
//! they say. Holds values of persons, so it shows none, and is to go with the reading.

use rustc_hash::FxHashMap;

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
    words: Words,
    heads: FxHashMap<Box<str>, (u32, HeadNotes)>,
}

impl Familiar {
    /// Heads that are kept: of a country most.
    const HEADS: usize = 1 << 18;

    /// The numbers of the four words of a name, if all of them are known.
    pub(super) fn name(&self, resident: &Record<'_>) -> Option<[u32; 4]> {
        let [family, given, family_read, given_read] = written(resident)?;
        Some([
            self.words.get(family)?,
            self.words.get(given)?,
            self.words.get(family_read)?,
            self.words.get(given_read)?,
        ])
    }

    /// The number of an address's place, the notes of its head, and what follows the head.
    pub(super) fn place<'a>(&self, address: &'a str) -> Option<(u32, HeadNotes, &'a str)> {
        let (head, tail) = Address::cut(address)?;
        let (place, notes) = *self.heads.get(head)?;
        Some((place, notes, tail))
    }

    /// Takes up how a name is written whose parts have these numbers.
    pub(super) fn learn_name(&mut self, resident: &Record<'_>, numbers: [u32; 4]) {
        if let Some(words) = written(resident)
            && words.iter().any(|word| self.words.get(*word).is_none())
            && name::is_plain(resident.kanji_name, resident.kana_name)
        {
            words.into_iter().zip(numbers).for_each(|(word, number)| self.words.put(word, number));
        }
    }

    /// Takes up how a place is written, where the notes of its head are those of the head alone.
    pub(super) fn learn_place(&mut self, address: &str, place: u32, notes: HeadNotes) {
        let Some((head, _)) = Address::cut(address) else { return };
        if self.heads.len() >= Self::HEADS {
            self.heads.clear();
        }
        self.heads.insert(head.into(), (place, notes));
    }
}

/// The words of a name, if it is written as plain ones are.
fn written(resident: &Record<'_>) -> Option<[Word; 4]> {
    let ([family, given], folds) = name::words(resident.kanji_name)?;
    let ([family_read, given_read], folds_read) = name::words(resident.kana_name)?;
    Some([
        Word::register(family, folds)?,
        Word::register(given, folds)?,
        Word::reading(family_read, folds_read)?,
        Word::reading(given_read, folds_read)?,
    ])
}

/// A word as it is written, filled up with zeros; in what kind of cell, which is never 0, and how long it is.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
struct Word {
    text: [u32; Word::LENGTH / 4],
    kind: u32,
}

impl Word {
    /// The longest word that is kept, in bytes: few are longer than eight characters.
    const LENGTH: usize = 24;

    fn register(text: &str, folds: FoldSet) -> Option<Self> {
        Self::of(text, folds, 1)
    }

    fn reading(text: &str, folds: FoldSet) -> Option<Self> {
        Self::of(text, folds, 2)
    }

    fn of(text: &str, folds: FoldSet, form: u32) -> Option<Self> {
        let mut bytes = [0; Self::LENGTH];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        let mut words = [0; Self::LENGTH / 4];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        let kind = form | u32::from(folds.contains(Fold::Spacing)) << 2;
        // The length tells zeros that are written from those that fill up.
        Some(Self { text: words, kind: kind | (text.len() as u32) << 8 })
    }

    /// Well spread in the upper bits.
    fn hash(self) -> u64 {
        let mix = |hash: u64, [low, high]: &[u32; 2]| {
            let word = u64::from(*low) | u64::from(*high) << 32;
            (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        };
        let hash = self.text.as_chunks().0.iter().fold(self.kind.into(), mix);
        (hash ^ hash >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// A word and its number, in half a line of a cache.
#[derive(Clone, Copy, Default)]
#[repr(align(32))]
struct Place {
    word: Word,
    number: u32,
}

const _: () = assert!(size_of::<Place>() == 32);

/// Numbers by words: a table in which each word has one place, and whoever comes later takes it. It grows up to its limit.
#[derive(Default)]
struct Words {
    /// As many as a power of two; a place with a word of nothing is free.
    places: Vec<Place>,
    /// How many were put since it grew.
    put: usize,
}

impl Words {
    const FIRST: usize = 1 << 10;
    /// More than there are common words: 16 MiB.
    const LIMIT: usize = 1 << 19;

    fn place(&self, word: Word) -> usize {
        (word.hash() >> 40) as usize & self.places.len().saturating_sub(1)
    }

    fn get(&self, word: Word) -> Option<u32> {
        let known = self.places.get(self.place(word))?;
        (known.word == word).then_some(known.number)
    }

    fn put(&mut self, word: Word, number: u32) {
        if self.put >= self.places.len() / 2 && self.places.len() < Self::LIMIT {
            let larger = vec![Place::default(); (self.places.len() * 2).max(Self::FIRST)];
            let known = std::mem::replace(&mut self.places, larger);
            known.into_iter().filter(|place| place.word.kind != 0).for_each(|known| self.set(known));
            self.put = 0;
        }
        self.set(Place { word, number });
        self.put += 1;
    }

    fn set(&mut self, known: Place) {
        let place = self.place(known.word);
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
            let word = |(text, wide, register): &(String, bool, bool)| {
                let folds = if *wide { FoldSet::EMPTY.with(Fold::Spacing) } else { FoldSet::EMPTY };
                if *register { Word::register(text, folds) } else { Word::reading(text, folds) }.unwrap()
            };
            let number = |text: &(String, bool, bool)| words.iter().position(|other| other == text).unwrap() as u32;
            let mut table = Words::default();
            for text in &words {
                table.put(word(text), number(text));
                proptest::prop_assert_eq!(table.get(word(text)), Some(number(text)));
            }
            for text in &words {
                proptest::prop_assert!(table.get(word(text)).is_none_or(|found| found == number(text)));
            }
        }
    }

    #[test]
    fn a_long_word_is_not_kept() {
        assert!(Word::reading("アアアアアアアア", FoldSet::EMPTY).is_some());
        assert!(Word::reading("アアアアアアアアア", FoldSet::EMPTY).is_none());
    }
}
