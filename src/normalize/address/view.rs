//! An address whose texts lie elsewhere: in an [`Address`](super::Address), or spread over a registry's columns. Knows nothing
//! of how it was read.

use std::hash::Hasher;

use super::{Facts, KeyHasher, Lot, Number, Numbers, PlaceFacts};
use crate::normalize::{FoldSet, Grade};

/// A text as it was filed. It is equal to another by its bytes; its characters are read only where they are asked for, as
/// few comparisons do.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    pub(crate) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_str(self) -> &'a str {
        text(self.0)
    }
}

/// Prefecture to area: what all addresses of a neighbourhood share.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(crate) struct PlaceRef<'a> {
    /// County, municipality, streets, town and area, one after the other.
    pub(super) text: &'a [u8],
    /// Where each of them ends.
    pub(super) ends: [u16; 5],
    pub(super) facts: PlaceFacts,
}

/// A place as a registry files it, its text aside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct FiledPlace {
    /// Where the texts end.
    pub(crate) ends: [u16; 5],
    /// The lower 20 bits hold the code of the municipality, the next 6 the prefecture, the next 5 what is known.
    pub(crate) facts: u32,
    /// The hash of municipality and town.
    pub(crate) hash: u64,
}

const CODE_BITS: u32 = 20;
const PREFECTURE_BITS: u32 = 6;

impl FiledPlace {
    /// As [`PlaceRef::town_key`], without the text.
    pub(crate) fn town_key(self) -> Option<u64> {
        let [_, _, street, town, _] = self.ends;
        self.known_hash().filter(|_| street < town).map(|hash| hash.finish())
    }

    /// As [`AddressRef::block_key`], of an address at this place.
    pub(crate) fn block_key(self, address: FiledAddress) -> Option<u64> {
        block_key(self.known_hash(), &address.numbers())
    }

    const fn known_hash(self) -> Option<KeyHasher> {
        if self.facts >> (CODE_BITS + PREFECTURE_BITS) & 1 != 0 { Some(KeyHasher(self.hash)) } else { None }
    }
}

impl<'a> PlaceRef<'a> {
    pub(crate) const fn bytes(self) -> &'a [u8] {
        self.text
    }

    /// Whether two places have the same texts.
    pub(crate) fn is_written_as(self, other: Self) -> bool {
        self.ends == other.ends && self.text == other.text
    }

    fn bytes_between(self, first: usize, last: usize) -> &'a [u8] {
        let end = |index: usize| self.ends.get(index).copied().map_or(0, usize::from);
        let start = first.checked_sub(1).map_or(0, end);
        self.text.get(start..end(last)).unwrap_or_default()
    }

    fn between(self, first: usize, last: usize) -> Text<'a> {
        Text(self.bytes_between(first, last))
    }

    pub(crate) const fn filed(self) -> FiledPlace {
        let PlaceFacts { prefecture, code, facts, hash } = self.facts;
        let Facts { illegible, former, known_town, ambiguous } = facts;
        let (known, hash) = match hash {
            Some(KeyHasher(hash)) => (1, hash),
            None => (0, 0),
        };
        let flags = known
            | (illegible as u32) << 1
            | (former as u32) << 2
            | (known_town as u32) << 3
            | (ambiguous as u32) << 4;
        let facts = code | (prefecture as u32) << CODE_BITS | flags << (CODE_BITS + PREFECTURE_BITS);
        FiledPlace { ends: self.ends, facts, hash }
    }

    /// The place that was filed with this text.
    pub(crate) const fn from_filed(filed: FiledPlace, text: &'a [u8]) -> Self {
        let FiledPlace { ends, facts, .. } = filed;
        let flags = facts >> (CODE_BITS + PREFECTURE_BITS);
        let facts = PlaceFacts {
            prefecture: (facts >> CODE_BITS & ((1 << PREFECTURE_BITS) - 1)) as u8,
            code: facts & ((1 << CODE_BITS) - 1),
            facts: Facts {
                illegible: flags & 0b10 != 0,
                former: flags & 0b100 != 0,
                known_town: flags & 0b1000 != 0,
                ambiguous: flags & 0b1_0000 != 0,
            },
            hash: filed.known_hash(),
        };
        Self { text, ends, facts }
    }

    /// As [`Address::town_key`](super::Address::town_key).
    pub(crate) fn town_key(self) -> Option<u64> {
        let hash = self.facts.hash?;
        (!self.bytes_between(3, 3).is_empty()).then(|| hash.finish())
    }

    /// The prefecture's code, where it is stated or follows from the municipality.
    pub(crate) fn prefecture(self) -> Option<u8> {
        Some(self.facts.prefecture).filter(|prefecture| *prefecture > 0)
    }

    /// A key of the municipality as it is stated; `None` without one, or if a character of the place cannot be read.
    pub(crate) fn municipality_key(self) -> Option<u64> {
        self.facts.hash.and_then(|_| part_key(self.between(1, 1).as_str()))
    }

    /// The keys of the city without its ward and of the ward without its city, as addresses often state them: comparing
    /// takes either for the same place, as far as it is stated.
    pub(crate) fn part_keys(self) -> impl Iterator<Item = u64> {
        let municipality = self.between(1, 1).as_str();
        let end = municipality.find('市').map_or(0, |at| at + '市'.len_utf8());
        let parts = municipality.split_at_checked(end).filter(|(_, ward)| ward.ends_with('区'));
        let keys = parts.filter(|_| end > 0).map(|(city, ward)| [part_key(city), part_key(ward)]);
        keys.into_iter().flatten().flatten()
    }
}

/// What was filed as text; only a damaged file has other bytes.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn part_key(text: &str) -> Option<u64> {
    let mut hash = KeyHasher::default();
    hash.write_text(text);
    (!text.is_empty()).then(|| hash.finish())
}

/// An [`Address`](super::Address) whose texts lie elsewhere.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(crate) struct AddressRef<'a> {
    pub(crate) place: PlaceRef<'a>,
    pub(crate) building: &'a [u8],
    pub(crate) room: &'a [u8],
    pub(super) numbers: Numbers,
    pub(super) folds: FoldSet,
    pub(super) grade: Grade,
}

/// What of an address is neither place nor text, as a registry files it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct FiledAddress {
    pub(crate) numbers: [u32; Numbers::MAX],
    /// Folds in the lower 16 bits, then 3 each for the grade, the lot and how many numbers there are.
    pub(crate) notes: u32,
}

impl FiledAddress {
    pub(super) const fn of(numbers: Numbers, folds: FoldSet, grade: Grade) -> Self {
        let (numbers, len, lot) = numbers.to_words();
        let notes = folds.bits() as u32 | (grade as u32) << 16 | lot << 19 | len << 22;
        Self { numbers, notes }
    }

    /// How many numbers there are, by the notes.
    pub(crate) const fn count(notes: u32) -> u32 {
        notes >> 22 & 0b111
    }

    fn numbers(self) -> Numbers {
        let Self { numbers, notes } = self;
        Numbers::from_words(numbers, Self::count(notes), notes >> 19 & 0b111)
    }
}

impl<'a> AddressRef<'a> {
    pub(crate) const fn filed(self) -> FiledAddress {
        FiledAddress::of(self.numbers, self.folds, self.grade)
    }

    /// The address that was filed with this place and these texts.
    pub(crate) fn from_filed(
        filed: FiledAddress,
        place: PlaceRef<'a>,
        building: &'a [u8],
        room: &'a [u8],
    ) -> Self {
        let FiledAddress { notes, .. } = filed;
        let grade = match notes >> 16 & 0b111 {
            1 => Grade::Identical,
            2 => Grade::Equivalent,
            3 => Grade::Official,
            4 => Grade::Register,
            _ => Grade::Confusable,
        };
        let (numbers, folds) = (filed.numbers(), FoldSet::from_bits(notes as u16));
        Self { place, building, room, numbers, folds, grade }
    }

    pub(crate) fn prefecture(self) -> Option<u8> {
        self.place.prefecture()
    }

    pub(crate) fn county(self) -> Text<'a> {
        self.place.between(0, 0)
    }

    pub(crate) fn municipality(self) -> Text<'a> {
        self.place.between(1, 1)
    }

    pub(crate) fn street(self) -> Text<'a> {
        self.place.between(2, 2)
    }

    pub(crate) fn town(self) -> Text<'a> {
        self.place.between(3, 3)
    }

    pub(crate) fn area(self) -> Text<'a> {
        self.place.between(4, 4)
    }

    /// Town and area together, as they are where the gazetteer does not know the town.
    pub(crate) fn locality(self) -> Text<'a> {
        self.place.between(3, 4)
    }

    pub(crate) const fn building(self) -> Text<'a> {
        Text(self.building)
    }

    pub(crate) const fn room(self) -> Text<'a> {
        Text(self.room)
    }

    pub(crate) fn numbers(&self) -> &[Number] {
        self.numbers.as_slice()
    }

    pub(crate) const fn folds(self) -> FoldSet {
        self.folds
    }

    /// The weakest grade of folds that [`FoldSet`] does not name: kana size, old forms.
    pub(crate) const fn grade(self) -> Grade {
        self.grade
    }

    pub(crate) const fn lot(self) -> Lot {
        self.numbers.lot
    }

    /// Whether a character of the address could not be read (R7).
    pub(crate) const fn is_illegible(self) -> bool {
        self.place.facts.facts.illegible
    }

    /// Whether the municipality that is written is no more.
    pub(crate) const fn is_former(self) -> bool {
        self.place.facts.facts.former
    }

    /// Whether the gazetteer knows the town.
    pub(crate) const fn knows_town(self) -> bool {
        self.place.facts.facts.known_town
    }

    /// Whether the town's name means more than one place, so that only its streets tell which, or that of the municipality does.
    pub(crate) const fn is_ambiguous(self) -> bool {
        self.place.facts.facts.ambiguous
    }

    /// As [`Address::town_key`](super::Address::town_key).
    pub(crate) fn town_key(self) -> Option<u64> {
        self.place.town_key()
    }

    /// As [`Address::block_key`](super::Address::block_key).
    pub(crate) fn block_key(&self) -> Option<u64> {
        block_key(self.place.facts.hash, &self.numbers)
    }
}

/// The key of numbers at a place with this hash.
fn block_key(place: Option<KeyHasher>, numbers: &Numbers) -> Option<u64> {
    let mut hash = place?;
    numbers.as_slice().iter().for_each(|number| hash.write_u32(number.value()));
    (!numbers.as_slice().is_empty() && numbers.lot != Lot::Unstated).then(|| hash.finish())
}
