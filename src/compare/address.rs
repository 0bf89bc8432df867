//! Two addresses to one ordered level (R5, METHOD 1 and 5). Knows nothing of what a level weighs.
//!
//! The parts are compared from the largest to the smallest, and the level is where they part. What one side leaves out
//! is never taken for agreement nor for contradiction; it is noted.

use serde::{Deserialize, Serialize};

use crate::normalize::address::wing::{self, Named};
use crate::normalize::address::{Address, AddressRef, Label, Lot, Number, Text};
use crate::normalize::kanji::{self, is_unknown};
use crate::normalize::{FoldSet, Grade};

/// How far two addresses agree, best first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[repr(u8)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AddressLevel {
    /// The same numbers, all accounted for, and the same room, or no room on either side.
    Dwelling = 0,
    /// The same numbers, all accounted for; a room or a building is stated on one side only, or the buildings' names differ.
    Building = 1,
    /// The same numbers and two different rooms, or two buildings of one name (ハイツⅠ / ハイツⅡ): two dwellings.
    RoomsDiffer = 2,
    /// The same numbers as far as both sides go, but some are missing, or are labelled otherwise (1丁目2番 / 1番2号).
    Partial = 3,
    /// The same town, other numbers, or none to compare.
    Town = 4,
    /// The same municipality, another town.
    Municipality = 5,
    /// The same prefecture, another municipality.
    Prefecture = 6,
    /// Nothing in common.
    Different = 7,
    /// A side has no readable address.
    Unknown = 8,
}

impl AddressLevel {
    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dwelling => "dwelling",
            Self::Building => "building",
            Self::RoomsDiffer => "rooms_differ",
            Self::Partial => "partial",
            Self::Town => "town",
            Self::Municipality => "municipality",
            Self::Prefecture => "prefecture",
            Self::Different => "different",
            Self::Unknown => "unknown",
        }
    }
}

/// What an address comparison noticed on its way to the level.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[repr(u8)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AddressNote {
    /// Bare numbers (3-2-9) stand against labelled ones (3丁目2番9号).
    AddressUnlabelled = 0,
    /// Both sides are labelled, and the labels differ (番 / 番地).
    AddressLabelsDiffer = 1,
    /// What both sides state does not contradict, and a side ends there: it has fewer numbers or none, no more than a 丁目, or no town.
    AddressNumbersMissing = 2,
    /// Only one side states a room, or a part of the building.
    AddressRoomMissing = 3,
    /// Only one side names a building.
    AddressBuildingMissing = 4,
    /// The buildings' names have nothing in common.
    AddressBuildingDiffers = 5,
    /// Only one side states the prefecture.
    AddressPrefectureOmitted = 6,
    /// Only one side states the county (郡).
    AddressCountyOmitted = 7,
    /// One side states only a part of the municipality: the city without its ward, or the ward without its city.
    AddressMunicipalityIncomplete = 8,
    /// Only one side states the streets (Kyoto), without which the town may be one of two.
    AddressStreetOmitted = 9,
    /// The streets differ (Kyoto).
    AddressStreetDiffers = 10,
    /// One lot is 番外地, 無番地 or 地先 and the other is not.
    AddressLotDiffers = 11,
    /// A character cannot be read (R7).
    AddressIllegible = 12,
    /// Only one side states the area within the town (小字, or the sign of a lot).
    AddressAreaOmitted = 13,
    /// The town's name means more than one place, and nothing says which (中京区油屋町 without its streets); so does that of the
    /// municipality, which one side names without its prefecture (府中市府中町); or numbers stand without town and municipality on
    /// both sides.
    AddressPlaceAmbiguous = 14,
    /// Only one side names a municipality that is no more (合併前).
    AddressMergedMunicipality = 15,
}

impl AddressNote {
    /// Every note, in the order in which sets list them.
    pub const ALL: [Self; 16] = [
        Self::AddressUnlabelled,
        Self::AddressLabelsDiffer,
        Self::AddressNumbersMissing,
        Self::AddressRoomMissing,
        Self::AddressBuildingMissing,
        Self::AddressBuildingDiffers,
        Self::AddressPrefectureOmitted,
        Self::AddressCountyOmitted,
        Self::AddressMunicipalityIncomplete,
        Self::AddressStreetOmitted,
        Self::AddressStreetDiffers,
        Self::AddressLotDiffers,
        Self::AddressIllegible,
        Self::AddressAreaOmitted,
        Self::AddressPlaceAmbiguous,
        Self::AddressMergedMunicipality,
    ];

    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AddressUnlabelled => "address_unlabelled",
            Self::AddressLabelsDiffer => "address_labels_differ",
            Self::AddressNumbersMissing => "address_numbers_missing",
            Self::AddressRoomMissing => "address_room_missing",
            Self::AddressBuildingMissing => "address_building_missing",
            Self::AddressBuildingDiffers => "address_building_differs",
            Self::AddressPrefectureOmitted => "address_prefecture_omitted",
            Self::AddressCountyOmitted => "address_county_omitted",
            Self::AddressMunicipalityIncomplete => "address_municipality_incomplete",
            Self::AddressStreetOmitted => "address_street_omitted",
            Self::AddressStreetDiffers => "address_street_differs",
            Self::AddressLotDiffers => "address_lot_differs",
            Self::AddressIllegible => "address_illegible",
            Self::AddressAreaOmitted => "address_area_omitted",
            Self::AddressPlaceAmbiguous => "address_place_ambiguous",
            Self::AddressMergedMunicipality => "address_merged_municipality",
        }
    }
}

/// A set of [`AddressNote`]s, as small as a number.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct AddressNotes(u16);

impl AddressNotes {
    /// Whether the note is in the set.
    #[must_use]
    pub const fn contains(self, note: AddressNote) -> bool {
        self.0 & 1 << note as u8 != 0
    }

    /// The notes, in the order of [`AddressNote::ALL`].
    pub fn iter(self) -> impl Iterator<Item = AddressNote> {
        AddressNote::ALL.into_iter().filter(move |note| self.contains(*note))
    }

    const fn insert(&mut self, note: AddressNote) {
        self.0 |= 1 << note as u8;
    }

    const fn insert_if(&mut self, condition: bool, note: AddressNote) {
        if condition {
            self.insert(note);
        }
    }
}

impl Serialize for AddressNotes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// The outcome of comparing two addresses.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct AddressComparison {
    /// How far they agree.
    pub level: AddressLevel,
    /// What was noticed.
    pub notes: AddressNotes,
    /// What was folded on one side only (R5).
    pub folds: FoldSet,
    /// The weakest grade of what was folded on one side only.
    pub grade: Grade,
}

impl AddressComparison {
    /// The outcome when a side has no readable address.
    pub const UNKNOWN: Self = Self {
        level: AddressLevel::Unknown,
        notes: AddressNotes(0),
        folds: FoldSet::EMPTY,
        grade: Grade::Identical,
    };

    /// Whether the addresses agree: the same block or better, rooms not contradicting (METHOD 5).
    #[must_use]
    pub const fn agrees(&self) -> bool {
        matches!(self.level, AddressLevel::Dwelling | AddressLevel::Building)
    }
}

/// Compares two addresses; symmetric, and allocates nothing.
///
/// ```
/// use himozuke::compare::address::{AddressLevel, AddressNote, compare};
/// use himozuke::normalize::address::Address;
/// let parse = |text| Address::parse(text).unwrap();
/// let (bare, labelled) = (parse("千葉県浦安市舞浜2-1-1"), parse("浦安市舞浜二丁目１番１号"));
/// let comparison = compare(&bare, &labelled);
/// assert_eq!(comparison.level, AddressLevel::Dwelling);
/// assert!(comparison.notes.contains(AddressNote::AddressUnlabelled));
/// assert!(!compare(&bare, &parse("千葉県浦安市舞浜2-11")).agrees());
/// ```
#[must_use]
pub fn compare(a: &Address, b: &Address) -> AddressComparison {
    compare_views(&a.view(), &b.view())
}

/// As [`compare`].
pub(crate) fn compare_views<'a>(a: &'a AddressRef<'a>, b: &'a AddressRef<'a>) -> AddressComparison {
    compare_places(a, b, a.place.is_written_as(b.place))
}

/// As [`compare_views`]; that the places are written alike may be left unsaid.
fn compare_places<'a>(a: &'a AddressRef<'a>, b: &'a AddressRef<'a>, place_alike: bool) -> AddressComparison {
    let mut pair = Pair { a, b, place_alike, notes: AddressNotes::default(), grade: Grade::Identical };
    let level = pair.place().unwrap_or_else(|| pair.dwelling());
    let level = if CAPPING.into_iter().any(|note| pair.notes.contains(note)) {
        level.max(AddressLevel::Partial)
    } else {
        level
    };
    let folds = a.folds().difference(b.folds());
    let other = if a.grade() == b.grade() { Grade::Identical } else { a.grade().max(b.grade()) };
    AddressComparison { level, notes: pair.notes, folds, grade: pair.grade.max(folds.grade()).max(other) }
}

/// With one of these, two addresses may be two places, and agree in part at most.
const CAPPING: [AddressNote; 4] = [
    AddressNote::AddressMunicipalityIncomplete,
    AddressNote::AddressIllegible,
    AddressNote::AddressAreaOmitted,
    AddressNote::AddressPlaceAmbiguous,
];

/// Two addresses on their way to a level.
struct Pair<'a> {
    a: &'a AddressRef<'a>,
    b: &'a AddressRef<'a>,
    /// Whether county to area are written alike, as they are of most who are one; the prefecture, and what the gazetteer knows, may
    /// differ. `false` is always safe.
    place_alike: bool,
    notes: AddressNotes,
    grade: Grade,
}

/// What two sides state of a part.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Stated {
    Neither,
    Alike,
    OneSide,
    Apart,
}

impl<'a> Pair<'a> {
    /// The level at which prefecture, municipality and town part; `None` if they do not.
    fn place(&mut self) -> Option<AddressLevel> {
        use AddressLevel::{Different, Municipality, Prefecture};
        let (a, b) = (self.a, self.b);
        let apart = match (a.prefecture(), b.prefecture()) {
            (Some(x), Some(y)) if x != y => return Some(Different),
            (Some(_), Some(_)) => Prefecture,
            (None, None) => Different,
            _ => {
                self.notes.insert(AddressNote::AddressPrefectureOmitted);
                Different
            }
        };
        match self.stated(AddressRef::county) {
            Stated::Apart => return Some(apart),
            Stated::OneSide => self.notes.insert(AddressNote::AddressCountyOmitted),
            Stated::Neither | Stated::Alike => {}
        }
        self.notes.insert_if(a.is_illegible() || b.is_illegible(), AddressNote::AddressIllegible);
        let municipality = self.stated(AddressRef::municipality);
        if matches!(municipality, Stated::Apart | Stated::OneSide) {
            let (x, y) = (a.municipality().as_str(), b.municipality().as_str());
            if !is_part_of(x, y) && !is_part_of(y, x) {
                return Some(apart);
            }
            self.notes.insert(AddressNote::AddressMunicipalityIncomplete);
        }
        self.notes.insert_if(a.is_former() != b.is_former(), AddressNote::AddressMergedMunicipality);
        let streets = self.stated(AddressRef::street);
        match streets {
            Stated::Apart => {
                self.notes.insert(AddressNote::AddressStreetDiffers);
                return Some(Municipality);
            }
            Stated::OneSide => self.notes.insert(AddressNote::AddressStreetOmitted),
            Stated::Neither | Stated::Alike => {}
        }
        // Where one side's municipality could not be resolved, its town is not parted from the area.
        let town = if a.knows_town() == b.knows_town() { AddressRef::town } else { AddressRef::locality };
        let ends_here = [a, b].iter().any(|side| side.locality().is_empty() && side.numbers().is_empty());
        let town = self.stated(town);
        let nowhere = town == Stated::Neither && municipality == Stated::Neither;
        self.notes.insert_if(town != Stated::Apart && ends_here, AddressNote::AddressNumbersMissing);
        match town {
            Stated::Alike => {}
            Stated::Neither if !a.numbers().is_empty() || !b.numbers().is_empty() => {}
            Stated::Neither if nowhere => return Some(apart),
            _ => return Some(Municipality),
        }
        let ambiguous = nowhere || (a.is_ambiguous() || b.is_ambiguous()) && streets != Stated::Alike;
        self.notes.insert_if(ambiguous, AddressNote::AddressPlaceAmbiguous);
        if a.knows_town() == b.knows_town() {
            match self.stated(AddressRef::area) {
                Stated::Apart => return Some(AddressLevel::Town),
                Stated::OneSide => self.notes.insert(AddressNote::AddressAreaOmitted),
                Stated::Neither | Stated::Alike => {}
            }
        }
        None
    }

    fn stated(&mut self, part: impl Fn(AddressRef<'a>) -> Text<'a>) -> Stated {
        let a = part(*self.a);
        if self.place_alike {
            return if a.is_empty() { Stated::Neither } else { Stated::Alike };
        }
        let b = part(*self.b);
        match (a.is_empty(), b.is_empty()) {
            (true, true) => Stated::Neither,
            (false, false) => match text_grade(a, b) {
                Some(grade) => {
                    self.grade = self.grade.max(grade);
                    Stated::Alike
                }
                None => Stated::Apart,
            },
            _ => Stated::OneSide,
        }
    }

    /// The level within one town.
    fn dwelling(&mut self) -> AddressLevel {
        let (a, b) = (self.a, self.b);
        let (shorter, longer) = if a.numbers().len() <= b.numbers().len() { (a, b) } else { (b, a) };
        let pairs = || shorter.numbers().iter().zip(longer.numbers());
        if pairs().any(|(x, y)| x.value() != y.value()) {
            return AddressLevel::Town;
        }
        let conflict = |(x, y): (&Number, &Number)| labelled(x) && labelled(y) && x.label() != y.label();
        let relabelled = pairs().any(conflict);
        self.notes.insert_if(relabelled, AddressNote::AddressLabelsDiffer);
        self.notes
            .insert_if(pairs().any(|(x, y)| labelled(x) != labelled(y)), AddressNote::AddressUnlabelled);
        let unstated = [a, b].iter().any(|side| side.lot() == Lot::Unstated);
        self.notes.insert_if(a.lot() != b.lot() && !unstated, AddressNote::AddressLotDiffers);
        let nothing = shorter.numbers().is_empty();
        let rooms = match longer.numbers().get(shorter.numbers().len()..).unwrap_or_default() {
            [] => rooms(a.room(), b.room()),
            // 2-11-302 and 2番地11 302号室: the same numbers, all accounted for.
            [room]
                if is_room(*room, shorter.room().as_str())
                    && longer.room().is_empty()
                    && pairs().next_back().is_some_and(|(_, block)| !is_of_the_lot(*block, *room)) =>
            {
                self.notes.insert(AddressNote::AddressUnlabelled);
                Rooms::Same
            }
            _ => {
                self.notes.insert(AddressNote::AddressNumbersMissing);
                return if nothing { AddressLevel::Town } else { AddressLevel::Partial };
            }
        };
        if nothing {
            self.notes.insert(AddressNote::AddressNumbersMissing);
            AddressLevel::Town
        } else if unstated || stops_at_chome(*a) || stops_at_chome(*b) {
            self.notes.insert(AddressNote::AddressNumbersMissing);
            AddressLevel::Partial
        } else if relabelled || a.lot() != b.lot() {
            AddressLevel::Partial
        } else {
            self.within_house(rooms)
        }
    }

    /// The level of two dwellings with the same numbers.
    fn within_house(&mut self, rooms: Rooms) -> AddressLevel {
        let buildings = buildings(*self.a, *self.b);
        match buildings {
            Buildings::OneSide => self.notes.insert(AddressNote::AddressBuildingMissing),
            Buildings::Apart | Buildings::Beside => self.notes.insert(AddressNote::AddressBuildingDiffers),
            Buildings::Alike => {}
        }
        match (rooms, buildings) {
            (Rooms::Apart, _) | (_, Buildings::Beside) => AddressLevel::RoomsDiffer,
            (Rooms::OneSide, _) => {
                self.notes.insert(AddressNote::AddressRoomMissing);
                AddressLevel::Building
            }
            (_, Buildings::Apart) | (Rooms::None, Buildings::OneSide) => AddressLevel::Building,
            (Rooms::Same | Rooms::None, _) => AddressLevel::Dwelling,
        }
    }
}

/// How two texts agree: by their kanji, pair by pair, at an accepted grade (R6), a character that cannot be read matching
/// any (it is noted, and caps the level). `None` if they do not.
fn text_grade(a: Text<'_>, b: Text<'_>) -> Option<Grade> {
    let mut grade = Grade::Identical;
    if a == b {
        return Some(grade);
    }
    let (mut a, mut b) = (a.as_str().chars(), b.as_str().chars());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Some(grade),
            (Some(x), Some(y)) if is_unknown(x) || is_unknown(y) => {}
            (Some(x), Some(y)) => {
                grade = grade.max(kanji::grade(x, y).filter(|grade| *grade <= Grade::Register)?)
            }
            _ => return None,
        }
    }
}

/// Whether one municipality is the other with its city, its ward or all of it left out.
fn is_part_of(part: &str, whole: &str) -> bool {
    let ward = whole.strip_prefix(part).is_some_and(|ward| part.ends_with('市') && ward.ends_with('区'));
    let city = whole.strip_suffix(part).is_some_and(|city| city.ends_with('市'));
    part.is_empty() || ward || city
}

fn labelled(number: &Number) -> bool {
    number.label() != Label::Unlabelled
}

/// Whether no block is stated (METHOD 5: 番地, 号): a 丁目 or a 地割 is an area, and hundreds live there.
fn stops_at_chome(address: AddressRef<'_>) -> bool {
    let area = |last: &Number| matches!(last.label(), Label::Chome | Label::Chiwari);
    address.lot() == Lot::Numbered && address.numbers().last().is_some_and(area)
}

fn is_room(number: Number, room: &str) -> bool {
    matches!(number.label(), Label::Unlabelled | Label::Go) && room.parse() == Ok(number.value())
}

/// Whether a number after this one is that of a house (10番2号) or of a part of the lot (10番地2), which is not room 2 of number 10.
/// A part of a lot has a small number; 10番地302 may well be a room.
fn is_of_the_lot(block: Number, number: Number) -> bool {
    match (block.label(), number.label()) {
        (Label::Ban, Label::Go) => true,
        (Label::Banchi, Label::Unlabelled) => number.value() < 100,
        _ => false,
    }
}

/// What two sides state of the room.
#[derive(Clone, Copy)]
enum Rooms {
    None,
    Same,
    /// One side leaves out the room, its part of the building (A302 / 302), or all but the floor.
    OneSide,
    Apart,
}

fn rooms(a: Text<'_>, b: Text<'_>) -> Rooms {
    if a == b {
        return if a.is_empty() { Rooms::None } else { Rooms::Same };
    }
    let (a, b) = (a.as_str(), b.as_str());
    let ((block_a, room_a), (block_b, room_b)) = (split_block(a), split_block(b));
    let floor_of_room = room_a.ends_with('F') != room_b.ends_with('F');
    let vague = a.is_empty() || b.is_empty() || floor_of_room;
    if vague || room_a == room_b && (block_a.is_empty() || block_b.is_empty()) {
        Rooms::OneSide
    } else {
        Rooms::Apart
    }
}

/// A302 and 5-302 as the part of the building and the room in it; a floor (B1F) stays whole.
fn split_block(room: &str) -> (&str, &str) {
    if room.ends_with('F') {
        return ("", room);
    }
    let room_start = room.rfind('-').map(|dash| dash + 1).or_else(|| room.find(|c: char| c.is_ascii_digit()));
    room.split_at_checked(room_start.unwrap_or(0)).unwrap_or((room, ""))
}

/// What two sides state of the building.
#[derive(Clone, Copy)]
enum Buildings {
    Alike,
    OneSide,
    Apart,
    /// Two buildings of one name.
    Beside,
}

/// Names of buildings are abbreviated freely: one inside the other is alike, and another name alone contradicts nothing. But whoever
/// writes ハイツⅠ does not mean ハイツⅡ, nor 東館 by 西館, nor the left side of a floor by the right: there is a room 302 in each.
fn buildings(a: AddressRef<'_>, b: AddressRef<'_>) -> Buildings {
    let (name_a, name_b) = (a.building(), b.building());
    if name_a == name_b {
        return Buildings::Alike;
    }
    let (named_a, named_b) = (named(a), named(b));
    if named_a.base == named_b.base || named_a.base.is_empty() || named_b.base.is_empty() {
        let mut stated = named_a.wings.into_iter().zip(named_b.wings).filter_map(|(a, b)| Some(a? == b?));
        if stated.clone().any(|same| !same) {
            return Buildings::Beside;
        }
        if stated.next().is_some() {
            return Buildings::Alike;
        }
    }
    let (a, b) = (name_a.as_str(), name_b.as_str());
    match wing::same_signs(a, b) {
        Some(true) => return Buildings::Alike,
        Some(false) => return Buildings::Beside,
        None => {}
    }
    match (a.is_empty(), b.is_empty()) {
        (false, false) if a.contains(b) || b.contains(a) => Buildings::Alike,
        (false, false) => Buildings::Apart,
        _ => Buildings::OneSide,
    }
}

/// The name of a building and what tells it from those beside it, which may stand before the room.
fn named(address: AddressRef<'_>) -> Named<'_> {
    let name = address.building().as_str();
    match wing::of_room(split_block(address.room().as_str()).0) {
        None => wing::split(name),
        of_room => Named { base: name, wings: [None, of_room] },
    }
}

#[cfg(test)]
mod tests;
