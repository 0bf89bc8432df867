//! Addresses as written, from free text to a place, its numbers, building and room. Knows nothing of comparison.
//!
//! An address is read from left to right: prefecture, county, municipality, streets (in Kyoto), town, the area in it (小字),
//! numbers, building, room. Municipality and town are those of the gazetteer where it knows them, the successor's for
//! a municipality that is no more. Each part is kept in one notation, so that 霞が関二丁目１番６号 and 霞ヶ関2丁目1番6号 are the same value, while
//! what notation cannot decide stays open: the numbers of 紀尾井町1-2 are [`Label::Unlabelled`] (DOMAIN 8.2).

mod building;
mod fold;
mod gazetteer;
mod head;
mod numbers;
mod numeral;
mod place;
mod text;
mod town;
mod town_id;
mod towns;
mod view;
pub(crate) mod wing;

use std::fmt;
use std::hash::Hasher;

pub use numbers::{Label, Number};
pub use town_id::TownId;

pub(crate) use gazetteer::fingerprint;
pub(crate) use head::{Desk, HeadNotes, Heads, Site};
pub(crate) use numbers::{Lot, Numbers};
pub(crate) use view::{AddressRef, FiledAddress, FiledPlace, PlaceRef, Text};

use super::text::clean;
use super::{Fold, FoldSet, Grade, kanji};
use fold::{Folded, clean_and_fold_into, fold, fold_into, is_illegible};
use gazetteer::Municipality;
use head::Head;
use text::from;
use towns::Town;

/// An address in one notation. Holds no part of the original but what is listed; `Debug` never prints a value.
///
/// ```
/// use himozuke::normalize::address::{Address, Label};
/// let address = Address::parse("東京都千代田区大字霞が関二丁目１番６号 パレス302号室").unwrap();
/// assert_eq!(address.canonical(), "東京都//千代田区//霞ケ関//2丁目1番6号/パレス/302");
/// assert_eq!(address.numbers().first().map(|n| (n.value(), n.label())), Some((2, Label::Chome)));
/// assert_eq!(Address::parse(&address.canonical()).unwrap().canonical(), address.canonical());
/// assert!(Address::parse(" 　").is_none());
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Address {
    /// The text parts, one after the other.
    text: Box<str>,
    /// Where each of them ends.
    ends: [u16; Part::COUNT],
    place: PlaceFacts,
    numbers: Numbers,
    folds: FoldSet,
    grade: Grade,
}

/// What is known of the place of an address besides its text.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
struct PlaceFacts {
    /// 0 for none.
    prefecture: u8,
    /// JIS X 0402, five digits; 0 where the gazetteer does not know the municipality.
    code: u32,
    facts: Facts,
    /// Over municipality and town; `None` if a character of them cannot be read.
    hash: Option<KeyHasher>,
}

/// What reading found out about an address beyond its parts.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
struct Facts {
    /// A character could not be read (R7).
    illegible: bool,
    /// The municipality that is written is no more, and is given as its successor.
    former: bool,
    /// The gazetteer knows the town.
    known_town: bool,
    /// The town's name means more than one place (中京区油屋町), or that of the municipality does and no town tells which.
    ambiguous: bool,
}

/// The parts of an address that are text, in the order in which they are written.
#[derive(Clone, Copy)]
enum Part {
    County,
    Municipality,
    Street,
    Town,
    Area,
    Building,
    Room,
}

impl Part {
    const COUNT: usize = 7;
}

impl Address {
    /// The longest input that is read, in bytes: ten times the longest address that registers hold (DOMAIN 8.6).
    pub const MAX_LEN: usize = 8192;

    /// Fields of [`Address::canonical`].
    const FIELDS: usize = 9;

    /// Reads an address in any notation; `None` if nothing is stated (an empty cell, 不明, marks for characters that cannot be
    /// read, a postal code alone: R4, R7), or it is longer than [`Address::MAX_LEN`].
    ///
    /// Total, linear in the length of the input, and idempotent: what [`Address::canonical`] writes reads as the same
    /// address.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        if input.len() > Self::MAX_LEN {
            return None;
        }
        Desk::lent(|desk| Self::parse_at(desk, input))
    }

    fn parse_at(desk: &mut Desk, input: &str) -> Option<Self> {
        let folded = match clean_and_fold_into(desk.chars(), input) {
            Ok(folded) => folded,
            Err(room) => {
                let clean = clean(input);
                if clean.text.bytes().filter(|byte| *byte == b'/').count() + 1 == Self::FIELDS
                    && let Some(address) = Self::read_canonical(&clean.text, clean.folds)
                {
                    return Some(address);
                }
                fold_into(room, &clean.text, clean.folds)
            }
        };
        let Folded { chars, folds, grade } = folded;
        let head = Head::read(&chars, desk.text());
        let address = head.and_then(|Head { mut parts, rest, folds: found, grade: found_grade, .. }| {
            let (numbers, folds) = parts.read_numbers(rest, folds.union(found));
            let address = parts.finish(numbers, folds, grade.max(found_grade));
            desk.text = parts.text;
            address
        });
        desk.chars = chars;
        address
    }

    /// Reads what [`Address::canonical`] wrote: its borders are written out, and need not be found again.
    fn read_canonical(text: &str, folds: FoldSet) -> Option<Self> {
        let mut folded = Folded { chars: Vec::new(), folds, grade: Grade::Identical };
        let mut fields = text.split('/').map(|field| {
            let field = fold(field, FoldSet::EMPTY);
            folded.folds = folded.folds.union(field.folds);
            folded.grade = folded.grade.max(field.grade);
            field.chars
        });
        let prefecture = match fields.next()?.as_slice() {
            [] => 0,
            name => place::prefecture(name).filter(|(_, len)| *len == name.len())?.0,
        };
        let mut parts = Parts::new(String::with_capacity(text.len()));
        parts.prefecture = prefecture;
        let mut text = || fields.next().map(String::from_iter);
        let (county, municipality) = (text()?, text()?);
        let known = gazetteer::exactly(prefecture, &county, &municipality);
        match known {
            Some(known) => parts.set_municipality(known),
            None => {
                let written: Vec<char> = county.chars().chain(municipality.chars()).collect();
                parts.facts.ambiguous = gazetteer::means_several(prefecture, &written);
                parts.push(Part::County, |out| out.push_str(&county));
                parts.push(Part::Municipality, |out| out.push_str(&municipality));
            }
        }
        parts.push(Part::Street, |out| town::write_street(&fields.next().unwrap_or_default(), out));
        parts.push(Part::Town, |out| town::write(&fields.next().unwrap_or_default(), out));
        if let Some(town) = known.and_then(|known| known.town(parts.last())) {
            parts.note_town(town);
        }
        parts.push(Part::Area, |out| town::write(&fields.next().unwrap_or_default(), out));
        let numbers = Numbers::read_canonical(&fields.next()?)?;
        for part in [Part::Building, Part::Room] {
            let field = fields.next()?;
            parts.push(part, |out| out.extend(text::trim_dashes(&field).iter().filter(|c| **c != ' ')));
        }
        drop(fields);
        parts.finish(numbers, folded.folds, folded.grade)
    }

    /// The address with the borders of its parts written out:
    /// `prefecture/county/municipality/streets/town/area/numbers/building/room`, empty where unknown.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = String::with_capacity(self.text.len() + 48);
        out.push_str(self.prefecture().and_then(place::prefecture_name).unwrap_or_default());
        for text in [self.county(), self.municipality(), self.street(), self.town(), self.area()] {
            out.push('/');
            out.push_str(text);
        }
        out.push('/');
        self.numbers.write(&mut out);
        for text in [self.building(), self.room()] {
            out.push('/');
            out.push_str(text);
        }
        out
    }

    /// Code of the prefecture, 1 to 47 (JIS X 0401), where it is stated or follows from the municipality.
    #[must_use]
    pub fn prefecture(&self) -> Option<u8> {
        self.view().prefecture()
    }

    /// County (郡), empty where none is stated.
    #[must_use]
    pub fn county(&self) -> &str {
        self.view().county().as_str()
    }

    /// City, ward, town or village (市区町村), a designated city with its ward; empty where unknown.
    #[must_use]
    pub fn municipality(&self) -> &str {
        self.view().municipality().as_str()
    }

    /// Streets that lead to the town (Kyoto), empty where none are stated.
    #[must_use]
    pub fn street(&self) -> &str {
        self.view().street().as_str()
    }

    /// Town (町字) in key form, 丁目 excluded; empty where none is stated.
    #[must_use]
    pub fn town(&self) -> &str {
        self.view().town().as_str()
    }

    /// What is written below a town that the gazetteer knows: its 小字, or the sign of a lot (甲, イ); empty where nothing is.
    #[must_use]
    pub fn area(&self) -> &str {
        self.view().area().as_str()
    }

    /// Code of the municipality (全国地方公共団体コード), six digits with the check digit of DOMAIN 8.7; `None` where the
    /// gazetteer does not know it.
    #[must_use]
    pub fn municipality_code(&self) -> Option<u32> {
        (self.place.code > 0).then(|| with_check_digit(self.place.code))
    }

    /// The town as a number that no spelling changes; `None` where the gazetteer does not know the town, or its name
    /// means more than one place.
    #[must_use]
    pub fn town_id(&self) -> Option<TownId> {
        let view = self.view();
        (view.knows_town() && !view.is_ambiguous())
            .then(|| TownId::new(self.place.code, view.town().as_str()))
    }

    /// Name of the building, empty where none is stated.
    #[must_use]
    pub fn building(&self) -> &str {
        self.view().building().as_str()
    }

    /// Room (302, A302, 5-302) or floor (3F), empty where none is stated.
    #[must_use]
    pub fn room(&self) -> &str {
        self.view().room().as_str()
    }

    /// The numbers after the town in order, rooms excluded.
    #[must_use]
    pub fn numbers(&self) -> &[Number] {
        self.numbers.as_slice()
    }

    /// What was folded to reach this notation.
    #[must_use]
    pub fn folds(&self) -> FoldSet {
        self.folds
    }

    /// A key of municipality and town, the same for every notation of them and whether or not prefecture, county and
    /// streets are stated; `None` if no town is known or it cannot be read.
    ///
    /// It finds candidates: kanji that are often confused (萩/荻) have one key, and [`crate::compare::address`] tells them
    /// apart.
    #[must_use]
    pub fn town_key(&self) -> Option<u64> {
        self.view().town_key()
    }

    /// A key of municipality, town and numbers, labels and rooms excluded; `None` if no number is stated.
    #[must_use]
    pub fn block_key(&self) -> Option<u64> {
        self.view().block_key()
    }

    pub(crate) fn view(&self) -> AddressRef<'_> {
        let Self { text, ends, place, numbers, folds, grade } = self;
        let [county, municipality, street, town, area, building, room] = ends.map(usize::from);
        let (place_text, rest) = text.split_at_checked(area).unwrap_or((text, ""));
        let (building, room) = match rest.get(..room.saturating_sub(area)) {
            Some(rest) => rest.split_at_checked(building.saturating_sub(area)).unwrap_or((rest, "")),
            None => ("", ""),
        };
        let ends = [county, municipality, street, town, area].map(|end| end as u16);
        let place = PlaceRef { text: place_text.as_bytes(), ends, facts: *place };
        AddressRef {
            place,
            building: building.as_bytes(),
            room: room.as_bytes(),
            numbers: *numbers,
            folds: *folds,
            grade: *grade,
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("prefecture", self.prefecture().is_some()),
            ("county", !self.county().is_empty()),
            ("municipality", !self.municipality().is_empty()),
            ("street", !self.street().is_empty()),
            ("town", !self.town().is_empty()),
            ("area", !self.area().is_empty()),
            ("building", !self.building().is_empty()),
            ("room", !self.room().is_empty()),
        ];
        f.write_str("Address(")?;
        for (name, _) in parts.iter().filter(|(_, present)| *present) {
            write!(f, "{name} ")?;
        }
        write!(f, "numbers={})", self.numbers().len())
    }
}

/// An address in the making: its text parts are written one after the other.
struct Parts {
    text: String,
    ends: [u16; Part::COUNT],
    /// Where the last part starts.
    last: usize,
    prefecture: u8,
    code: u32,
    facts: Facts,
    /// The hash of the place as far as a municipality that the gazetteer knows.
    hash: Option<KeyHasher>,
}

impl Parts {
    /// None so far, to be written into empty room.
    fn new(text: String) -> Self {
        let (ends, facts) = ([0; Part::COUNT], Facts::default());
        Self { text, ends, last: 0, prefecture: 0, code: 0, facts, hash: None }
    }

    /// The parts of an address whose numbers are still to come.
    fn of(head: &Address) -> Self {
        let Address { text, ends, place: PlaceFacts { prefecture, code, facts, .. }, .. } = head;
        Self {
            text: text.to_string(),
            ends: *ends,
            last: 0,
            prefecture: *prefecture,
            code: *code,
            facts: *facts,
            hash: None,
        }
    }

    fn push(&mut self, part: Part, write: impl FnOnce(&mut String)) {
        self.last = self.text.len();
        write(&mut self.text);
        if let Some(end) = self.ends.get_mut(part as usize) {
            *end = u16::try_from(self.text.len()).unwrap_or(u16::MAX);
        }
    }

    /// The part written last.
    fn last(&self) -> &str {
        self.text.get(self.last..).unwrap_or_default()
    }

    fn set_municipality(&mut self, municipality: &Municipality) {
        self.prefecture = municipality.prefecture();
        self.code = municipality.code;
        self.hash = Some(municipality.hash);
        self.push(Part::County, |out| out.push_str(&municipality.county));
        self.push(Part::Municipality, |out| out.push_str(&municipality.name));
    }

    fn set_town(&mut self, town: Town) {
        self.push(Part::Town, |out| out.push_str(town.name));
        self.note_town(town);
    }

    const fn note_town(&mut self, town: Town) {
        self.facts.known_town = true;
        self.facts.ambiguous = town.ambiguous;
    }

    /// Reads the numbers, and building and room behind them.
    fn read_numbers(&mut self, chars: &[char], mut folds: FoldSet) -> (Numbers, FoldSet) {
        let (numbers, len, kanji) = Numbers::read(chars);
        if kanji {
            folds.insert(Fold::Numeral);
        }
        let building = building::read(from(chars, len));
        if building.lodger {
            folds.insert(Fold::Noise);
        }
        self.push(Part::Building, |out| out.extend(building.name.iter().filter(|c| **c != ' ')));
        self.push(Part::Room, |out| building.room.iter().for_each(|room| room.write(out)));
        (numbers, folds)
    }

    fn finish(&mut self, numbers: Numbers, folds: FoldSet, grade: Grade) -> Option<Address> {
        if self.text.is_empty() && self.prefecture == 0 && numbers.state_nothing() {
            return None;
        }
        self.facts.illegible = is_illegible(&self.text);
        let hash = self.hash();
        Some(self.hashed(hash, numbers, folds, grade))
    }

    /// Of municipality and town, however they are written; `None` if a character of them cannot be read.
    fn hash(&self) -> Option<KeyHasher> {
        let [county, municipality, street, town, ..] = self.ends.map(usize::from);
        let part = |start, end| self.text.get(start..end).unwrap_or_default();
        let (municipality, town) = (part(county, municipality), part(street, town));
        if self.facts.illegible && (is_illegible(municipality) || is_illegible(town)) {
            return None;
        }
        let mut hash = self.hash.unwrap_or_else(|| {
            let mut hash = KeyHasher::default();
            hash.write_text(municipality);
            hash
        });
        hash.write_text(town);
        Some(hash)
    }

    /// The address whose municipality and town have this hash.
    fn hashed(&self, hash: Option<KeyHasher>, numbers: Numbers, folds: FoldSet, grade: Grade) -> Address {
        let Self { ref text, ends, prefecture, code, facts, .. } = *self;
        Address {
            text: text.as_str().into(),
            ends,
            place: PlaceFacts { prefecture, code, facts, hash },
            numbers,
            folds,
            grade,
        }
    }
}

/// A code of JIS X 0401 and 0402, five digits, with its check digit (R18): 11 - r, of which the last digit counts, so that r = 0
/// gives 1 and r = 1 gives 0.
fn with_check_digit(code: u32) -> u32 {
    let weighted = (1..6).map(|place| code / 10u32.pow(place - 1) % 10 * (place + 1));
    code * 10 + (11 - weighted.sum::<u32>() % 11) % 10
}

/// FNV-1a over bytes with a final mix: the same on every platform and in every version, as keys are stored.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
struct KeyHasher(u64);

impl Default for KeyHasher {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl KeyHasher {
    const PRIME: u64 = 0x0100_0000_01B3;

    /// Adds a text whatever forms its kanji have, and its end.
    fn write_text(&mut self, text: &str) {
        text.chars().for_each(|c| self.write_u32(kanji::fold(c) as u32));
        self.write_u32(u32::MAX); // no character: two texts cannot run into each other
    }
}

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(Self::PRIME);
        }
    }

    fn write_u32(&mut self, value: u32) {
        let [first, second, rest @ ..] = value.to_le_bytes();
        self.write(&[first, second]);
        if rest == [0, 0] {
            // As nearly always: two bytes of nothing are one product.
            self.0 = self.0.wrapping_mul(const { Self::PRIME.wrapping_mul(Self::PRIME) });
        } else {
            self.write(&rest);
        }
    }

    fn finish(&self) -> u64 {
        let mut hash = self.0;
        hash = (hash ^ hash >> 33).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        hash = (hash ^ hash >> 33).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        hash ^ hash >> 33
    }
}

#[cfg(test)]
mod tests;
