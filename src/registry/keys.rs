//! Blocking keys: under which keys a resident is filed, and which keys a record asks for.
//!
//! Residents are filed under what they state; all tolerance for slips is on the record's side, so that the tables do
//! not grow with it. Every key is made of widest folds and so ignores notation. A pair is compared if any pass finds it:
//!
//! - whole name, in register form or reading, and a birth date that is the same, a slip away, or unknown to the day;
//! - whole name and town, whatever the birth date;
//! - one part of a name and the birth date, where it is all there is to go by: another family name since a marriage; a slip in a name
//!   that is known in one script only, names in another order, if the rest may be near ([`Alone`]); any part with the town besides;
//! - address to the block and the birth date: twins, and whoever is written in a way that no name pass sees;
//! - for a record whose birth date is not known to the day: whole name alone, block alone, and parts of the name with
//!   every day that can be meant.

use std::cell::LazyCell;
use std::ops::RangeInclusive;

use super::alone::Alone;
use super::columns::Row;
use super::dated::{Filing, UNDATED, filed_day};
use crate::compare::birth_date::{compare, near_variants, next_near};
use crate::hash::KeyHasher;
use crate::normalize::birth_date::{BirthDate, Day};
use crate::normalize::name::{NameRef, Script, SpellingRef};
use crate::person::PersonView;

/// The most days that a vague birth date of a record is spelled out into; a vaguer one is found by name or block alone.
const MAX_DAYS: u32 = 800;

/// The two scripts in which whole names are filed.
#[derive(Clone, Copy)]
pub(super) enum Whole {
    Register,
    Reading,
}

impl Whole {
    pub(super) fn key(self, name: NameRef<'_>) -> Option<u64> {
        self.spelt(match self {
            Self::Register => name.register,
            Self::Reading => name.reading,
        })
    }

    /// As [`Self::key`], of a name as it is spelt in the script.
    pub(super) fn spelt(self, name: Option<SpellingRef<'_>>) -> Option<u64> {
        match self {
            Self::Register => name.and_then(SpellingRef::register_key),
            Self::Reading => name.and_then(SpellingRef::reading_key),
        }
    }

    /// The parts of a resident's main name in the script.
    pub(super) const fn parts(self, row: &Row) -> [u32; 2] {
        let [family, given, family_read, given_read, ..] = *row;
        match self {
            Self::Register => [family, given],
            Self::Reading => [family_read, given_read],
        }
    }

    /// Calls `file` with every whole name of a resident, once for each town.
    pub(super) fn file(self, row: u32, person: PersonView<'_>, mut file: impl FnMut(u64, Filing)) {
        let day = filed_day(person.birth_date);
        let keys = || person.names().map(|name| self.key(name));
        for (at, key) in keys().enumerate() {
            let Some(key) = key else { continue };
            if keys().take(at).any(|earlier| earlier == Some(key)) {
                continue;
            }
            let marks = towns(&person).map(town_mark);
            let mut filed = false;
            for mark in marks {
                file(key, Filing { row, day, other: at > 0 || filed, mark });
                filed = true;
            }
            if !filed {
                file(key, Filing { row, day, other: at > 0, mark: 0 });
            }
        }
    }
}

/// 16 bits of a town's key, never 0.
pub(super) fn town_mark(key: u64) -> u16 {
    ((key >> 48) as u16).max(1)
}

/// One of 64 bits for a mark.
const fn bit(mark: u16) -> u64 {
    1 << (mark % u64::BITS as u16)
}

/// Calls `file` with every block of a resident.
pub(super) fn file_blocks(row: u32, person: PersonView<'_>, mut file: impl FnMut(u64, Filing)) {
    let day = filed_day(person.birth_date);
    for (at, address) in person.addresses().enumerate() {
        let Some(key) = address.block_key() else { continue };
        let own = person.address.and_then(|address| address.block_key()) == Some(key);
        if person.addresses().take(at).all(|earlier| earlier.block_key() != Some(key)) {
            file(key, Filing { row, day, other: !own, mark: 0 });
        }
    }
}

/// A part of somebody's name.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) key: u64,
    /// Whether it finds whoever has it. One that is not free finds those of whom it is a free part, and those of a town of its
    /// bearer. See [`parts`].
    pub(super) free: bool,
    /// Whether it is, or may be, a given name.
    pub(super) given: bool,
}

/// Calls `file` with the key of every part of a resident's names on the birth date, some of them twice; with each town where it is
/// not free.
pub(super) fn file_parts(person: PersonView<'_>, mut file: impl FnMut(u64, Option<u64>)) {
    parts_on_day(person, |part| {
        if part.free {
            file(part.key, None);
        } else {
            towns(&person).for_each(|town| file(part.key, Some(town)));
        }
    });
}

/// As [`parts`], on the birth date; none without one.
pub(super) fn parts_on_day(person: PersonView<'_>, mut push: impl FnMut(Part)) {
    let day = filed_day(person.birth_date);
    if day != UNDATED {
        parts(&person, |part| push(Part { key: on_day(part.key, day), ..part }));
    }
}

/// The keys of the towns where somebody lives or lived, each once.
fn towns<'a>(person: &PersonView<'a>) -> impl Iterator<Item = u64> + use<'a> {
    let towns = person.addresses().filter_map(|address| address.town_key());
    let earlier = towns.clone();
    let again = move |place: usize, town: u64| earlier.clone().take(place).any(|earlier| earlier == town);
    towns.enumerate().filter(move |(place, town)| !again(*place, *town)).map(|(_, town)| town)
}

/// What sixteen bits of an entry say of a part: that it is free, and fifteen bits of its key; or that it is not, eight bits of its
/// key and seven of a town.
pub(super) const fn part_mark(tag: u32, town: Option<u64>) -> u16 {
    match town {
        None => (tag >> 16) as u16 | FREE,
        Some(town) => (tag >> 24 << 8) as u16 | (town >> 57 << 1) as u16,
    }
}

/// All marks of a key begin with the same eight bits of it.
pub(super) const fn part_marks(tag: u32) -> RangeInclusive<u16> {
    let first = (tag >> 24 << 8) as u16;
    first..=first | 0xFF
}

/// Whether a mark is that of a free part.
const fn is_free(mark: u16) -> bool {
    mark & FREE != 0
}

const FREE: u16 = 1;

/// The key of a part of a name, or of a whole one, on a day.
pub(super) fn on_day(part: u64, day: u32) -> u64 {
    KeyHasher::new(3).add(part).add(day.into()).finish()
}

/// What a record asks for. Kept from one record to the next, for its room.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) registers: Vec<u64>,
    pub(super) readings: Vec<u64>,
    pub(super) blocks: Vec<u64>,
    /// Parts of the name on a day, in order of their keys.
    pub(super) parts: Vec<Part>,
    towns: Vec<u64>,
    /// Their marks, each a bit.
    town_bits: u64,
    /// The birth date; [`UNDATED`] if it is not known to the day.
    day: u32,
    /// The days on which parts of the name are asked for.
    days: Vec<u32>,
    near: Near,
    alone: Alone,
}

impl Asked {
    /// Works out what to ask for.
    pub(super) fn ask(&mut self, record: PersonView<'_>) {
        self.ask_names(&record);
        self.towns.extend(towns(&record));
        self.town_bits = self.towns.iter().fold(0, |bits, town| bits | bit(town_mark(*town)));
        self.blocks.extend(record.addresses().filter_map(|address| address.block_key()));
        self.days.clear();
        if self.day == UNDATED {
            self.days.extend(record.birth_date.into_iter().flat_map(possible_days).map(Day::number));
        } else {
            self.days.push(self.day);
        }
        self.near = Near::to(record.birth_date);
        let Self { parts: asked, days, .. } = self;
        parts(&record, |part| {
            asked.extend(days.iter().map(|day| Part { key: on_day(part.key, *day), ..part }));
        });
        asked.sort_unstable_by_key(|part| part.key);
        asked.dedup_by(|again, part| {
            let same = again.key == part.key;
            if same {
                (part.free, part.given) = (part.free || again.free, part.given || again.given);
            }
            same
        });
        self.alone.ask(&record);
        for keys in [&mut self.registers, &mut self.readings, &mut self.blocks] {
            keys.sort_unstable();
            keys.dedup();
        }
    }

    /// Works out what to ask for to find a resident's rivals as they are filed: everybody who shares a whole name, as far as dates
    /// allow, and whoever lives in the block and was born on the day.
    pub(super) fn ask_as_filed(&mut self, resident: PersonView<'_>) {
        self.ask_names(&resident);
        self.blocks.extend(resident.address.and_then(|address| address.block_key()));
    }

    fn ask_names(&mut self, person: &PersonView<'_>) {
        self.clear();
        self.day = filed_day(person.birth_date);
        self.registers.extend(person.names().filter_map(|name| Whole::Register.key(name)));
        self.readings.extend(person.names().filter_map(|name| Whole::Reading.key(name)));
    }

    /// Asks for nothing.
    pub(super) fn clear(&mut self) {
        let Self { registers, readings, blocks, towns, .. } = self;
        [registers, readings, blocks, towns].into_iter().for_each(Vec::clear);
        self.parts.clear();
    }

    /// Whether everybody whom `filed`, asked with [`Self::ask_as_filed`], would find was found.
    pub(super) fn includes(&self, filed: &Self) -> bool {
        let all = |own: &[u64], other: &[u64]| other.iter().all(|key| own.contains(key));
        let names = all(&self.registers, &filed.registers) && all(&self.readings, &filed.readings);
        let day = self.day == filed.day || self.day == UNDATED;
        self.fits(filed.day) && names && (filed.blocks.is_empty() || day && all(&self.blocks, &filed.blocks))
    }

    pub(super) const fn day(&self) -> u32 {
        self.day
    }

    /// Whether the parts of a name are asked for on a day.
    pub(super) fn asks_day(&self, day: u32) -> bool {
        self.days.binary_search(&day).is_ok()
    }

    /// Whether a part of a resident's names and the birth date find the resident.
    pub(super) fn asks_part_of(&self, resident: PersonView<'_>) -> bool {
        let named = LazyCell::new(|| self.alone.may_be_named(&resident));
        let asked = |filed: Part| {
            let at = self.parts.binary_search_by_key(&filed.key, |part| part.key).ok();
            let asked = at.and_then(|at| self.parts.get(at));
            asked.is_some_and(|part| {
                (part.free || filed.free) && (part.given || *named) || self.shares_town(resident)
            })
        };
        let mut found = false;
        parts_on_day(resident, |part| found = found || asked(part));
        found
    }

    /// Tells of the entries of a name, in order of their days, whether each may be meant by the birth date or a town, as far as can be
    /// told at little cost: a common name has thousands. Most days lie between those that may fit.
    pub(super) fn may_mean(&self) -> impl FnMut(u32, u16) -> bool {
        let mut next = 0;
        move |day, mark| {
            if day >= next {
                next = self.near.next(day);
            }
            day >= next || self.town_bits & bit(mark) != 0
        }
    }

    /// Whether somebody of the name may be meant by the birth date alone: there is none to go by on a side, it is the same, or a
    /// slip away.
    pub(super) fn fits(&self, day: u32) -> bool {
        self.day == UNDATED || day == self.day || day == UNDATED || self.near.has(day)
    }

    /// Whether an entry may be one that a part finds.
    pub(super) fn may_find(&self, part: Part, tag: u32, mark: u16) -> bool {
        if is_free(mark) {
            mark == part_mark(tag, None)
        } else if part.free {
            mark >> 8 == part_mark(tag, Some(0)) >> 8
        } else {
            self.towns.iter().any(|town| mark == part_mark(tag, Some(*town)))
        }
    }

    /// Whether such an entry needs no more than the birth date: the part is a given name, and free where it is filed.
    pub(super) const fn is_settled(&self, part: Part, mark: u16) -> bool {
        is_free(mark) && part.given && self.day != UNDATED
    }

    /// Whether a mark may be that of a town of the record.
    pub(super) fn may_share_town(&self, mark: u16) -> bool {
        self.towns.iter().any(|town| town_mark(*town) == mark)
    }

    /// Whether a resident has a town of the record.
    pub(super) fn shares_town(&self, resident: PersonView<'_>) -> bool {
        towns(&resident).any(|town| self.towns.contains(&town))
    }
}

/// The days that are a slip away from a birth date.
#[derive(Default)]
enum Near {
    #[default]
    None,
    To(Day),
    /// A day that no calendar has is near to more than comparison calls near: those are listed, in order.
    Listed(Vec<u32>),
}

impl Near {
    fn to(date: Option<BirthDate>) -> Self {
        match date.map(|date| (date.exact_day(), date)) {
            None => Self::None,
            Some((Some(day), _)) => Self::To(day),
            Some((None, date)) => {
                let mut days: Vec<u32> = near_variants(date).map(Day::number).collect();
                days.sort_unstable();
                Self::Listed(days)
            }
        }
    }

    /// The first day from one on that may be near. A date that no calendar has comes after all days, and may be near to any.
    fn next(&self, day: u32) -> u32 {
        match self {
            Self::To(own) if day <= Day::MAX.number() => {
                next_near(own.number(), day).min(Day::MAX.number() + 1)
            }
            _ => day,
        }
    }

    fn has(&self, day: u32) -> bool {
        match self {
            Self::None => false,
            Self::To(own) => Day::from_number(day)
                .is_some_and(|day| compare(BirthDate::from_day(*own), BirthDate::from_day(day)).is_near()),
            Self::Listed(days) => days.binary_search(&day).is_ok(),
        }
    }
}

/// Calls `push` with the parts of somebody's names, wherever they stand: a family name of one file is a given name in another
/// for foreign names. A name without a border has every part that a border could make, so that a space more or less hides nobody.
///
/// Of whoever has a town and is known in kanji and in kana, the given name as it is written is free: after a marriage it is what
/// is left. The others are not, for with a slip in one script the whole name finds them in the other. They would find everybody of
/// a family name, or of a sound, who was born on a day: some twenty people in the country who have nothing else in common. For
/// the same reason a free part that is no given name asks for a name whose rest may be near ([`Alone`]).
pub(super) fn parts(person: &PersonView<'_>, mut push: impl FnMut(Part)) {
    let has_town = || person.addresses().any(|address| address.town_key().is_some());
    let known_twice = is_known_twice(person.main) && has_town();
    for name in person.names() {
        for (spelling, written) in [(name.register, true), (name.reading, false)] {
            let Some(spelling) = spelling else { continue };
            let mut push = |key, given| push(Part { key, free: written && given || !known_twice, given });
            if !spelling.has_border() {
                spelling.given.possible_part_keys().for_each(|(key, given)| push(key, given));
                continue;
            }
            for (part, given) in [(spelling.family, false), (spelling.given, true)] {
                if !part.has_unknown() {
                    push(part.key(), given);
                }
            }
            if spelling.given.script() != Script::Han {
                spelling.given.first_word_key().into_iter().for_each(|key| push(key, true));
            }
        }
    }
}

/// Whether a name is known in kanji and in kana, both to be read throughout.
fn is_known_twice(name: NameRef<'_>) -> bool {
    let is_in = |spelling: Option<SpellingRef<'_>>, script| {
        spelling.is_some_and(|spelling| {
            let mut parts = [spelling.family, spelling.given].into_iter();
            !spelling.has_unknown() && parts.any(|part| !part.is_empty() && part.script() == script)
        })
    };
    is_in(name.register, Script::Han) && is_in(name.reading, Script::Kana)
}

fn possible_days(date: BirthDate) -> impl Iterator<Item = Day> {
    day_range(date).into_iter().flatten().filter_map(Day::from_number)
}

/// The days that a vague birth date of a record is spelled out into, if they are not too many.
pub(super) fn day_range(date: BirthDate) -> Option<RangeInclusive<u32>> {
    let (first, last) = (date.earliest().number(), date.latest().number());
    (last.saturating_sub(first) <= MAX_DAYS).then_some(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whoever looks among the marks of a key only passes over nobody.
        #[test]
        fn what_a_part_may_find_is_among_the_marks_of_its_key(
            tag in any::<u32>(), other in any::<u32>(), bits in 0..=16u32, [own, town] in any::<[u64; 2]>(), free: bool, filed_free: bool,
        ) {
            let asked = Asked { towns: vec![own], ..Asked::default() };
            let part = Part { key: 0, free, given: false };
            // A tag that begins as the other does, so that some are met.
            let filed = tag ^ other.checked_shr(bits).unwrap_or(0);
            let mark = part_mark(filed, (!filed_free).then_some(town));
            prop_assert!(!asked.may_find(part, tag, mark) || part_marks(tag).contains(&mark));
            prop_assert!(part_marks(filed).contains(&mark));
        }
    }
}
