//! Blocking keys: under which keys a resident is filed, and which keys a record asks for.
//!
//! Residents are filed under what they state; all tolerance for slips is on the record's side, so that the index does
//! not grow with it. Every key is made of widest folds and so ignores notation.

use crate::compare::birth_date::near_variants;
use crate::hash::KeyHasher;
use crate::normalize::birth_date::{BirthDate, Day};
use crate::normalize::name::{NameRef, Part, Script, SpellingRef};
use crate::person::PersonView;

/// The passes of blocking; a pair is compared if any of them finds it.
#[derive(Clone, Copy)]
#[repr(u64)]
enum Pass {
    /// Whole register form and birth date; on the record's side also the dates one slip away.
    RegisterDate = 1,
    /// Whole reading and birth date, likewise.
    ReadingDate = 2,
    /// One part of a name and birth date: renames, namesakes of the family, names in another order.
    PartDate = 3,
    /// Address to the block and birth date: twins, and whoever is written in a way that no name pass sees.
    BlockDate = 4,
    /// Whole register form and town: any wrong birth date.
    RegisterTown = 5,
    /// Whole reading and town.
    ReadingTown = 6,
    /// Whole name alone, filed only for residents whose birth date is not known to the day.
    Undated = 7,
}

impl Pass {
    const fn key(self, what: u64, on: u64) -> u64 {
        KeyHasher::new(self as u64).add(what).add(on).finish()
    }
}

/// The most days that a vague birth date of a record is spelled out into; a vaguer one is found by town alone.
const MAX_DAYS: u32 = 800;

/// The day or the day-that-no-calendar-has that a date states, as part of a key.
fn stated(date: BirthDate) -> Option<u64> {
    date.ymd().map(|(year, month, day)| u64::from(year) << 16 | u64::from(month) << 8 | u64::from(day))
}

fn stated_day(day: Day) -> u64 {
    let (year, month, day) = day.ymd();
    u64::from(year) << 16 | u64::from(month) << 8 | u64::from(day)
}

/// Calls `file` with every key under which a resident is filed.
pub(super) fn file(person: PersonView<'_>, mut file: impl FnMut(u64)) {
    let date = person.birth_date.and_then(stated);
    for name in person.names() {
        for (passes, key) in whole_keys(name) {
            match date {
                Some(date) => file(passes.date.key(key, date)),
                None => file(Pass::Undated.key(key, 0)),
            }
            for town in person.addresses().filter_map(|address| address.town_key()) {
                file(passes.town.key(key, town));
            }
        }
        if let Some(date) = date {
            part_keys(name).for_each(|key| file(Pass::PartDate.key(key, date)));
        }
    }
    if let Some(date) = date {
        for block in person.addresses().filter_map(|address| address.block_key()) {
            file(Pass::BlockDate.key(block, date));
        }
    }
}

/// Calls `ask` with every key under which the resident behind a record may be filed.
pub(super) fn ask(person: PersonView<'_>, mut ask: impl FnMut(u64)) {
    file(person, &mut ask);
    let names: Vec<(Passes, u64)> = person.names().flat_map(whole_keys).collect();
    names.iter().for_each(|(_, key)| ask(Pass::Undated.key(*key, 0)));
    let Some(date) = person.birth_date else { return };
    let mut ask_on = |day| names.iter().for_each(|(passes, key)| ask(passes.date.key(*key, stated_day(day))));
    if stated(date).is_some() {
        near_variants(date).for_each(&mut ask_on);
    } else {
        possible_days(date).for_each(&mut ask_on);
        for block in person.addresses().filter_map(|address| address.block_key()) {
            possible_days(date).for_each(|day| ask(Pass::BlockDate.key(block, stated_day(day))));
        }
    }
}

/// Calls `ask` with the keys of everybody who shares a resident's whole name, as far as dates allow: the namesakes.
pub(super) fn ask_namesakes(person: PersonView<'_>, mut ask: impl FnMut(u64)) {
    let date = person.birth_date.and_then(stated);
    for (passes, key) in person.names().flat_map(whole_keys) {
        ask(Pass::Undated.key(key, 0));
        if let Some(date) = date {
            ask(passes.date.key(key, date));
        }
    }
}

struct Passes {
    date: Pass,
    town: Pass,
}

fn whole_keys(name: NameRef<'_>) -> impl Iterator<Item = (Passes, u64)> {
    let register = name.register.and_then(SpellingRef::register_key);
    let reading = name.reading.and_then(SpellingRef::reading_key);
    let register = register.map(|key| (Passes { date: Pass::RegisterDate, town: Pass::RegisterTown }, key));
    let reading = reading.map(|key| (Passes { date: Pass::ReadingDate, town: Pass::ReadingTown }, key));
    register.into_iter().chain(reading)
}

/// The keys of parts, wherever they stand: a family name of one file is a given name in another for foreign names. A name
/// whose border is not written has the parts of every border that it can have.
fn part_keys<'a>(name: NameRef<'a>) -> impl Iterator<Item = u64> + use<'a> {
    let parts = |spelling: Option<SpellingRef<'a>>| spelling.into_iter().flat_map(|s| [s.family, s.given]);
    let usable = |part: &&Part| !part.is_empty() && !part.has_unknown();
    let first_words = parts(name.register)
        .filter(|part| part.script() != Script::Han && part.text().contains(' '))
        .filter_map(|part| part.first_word_key());
    let bare = |spelling: &SpellingRef<'a>| !spelling.has_border() && !spelling.has_unknown();
    let register = name.register.filter(bare).into_iter().flat_map(|s| s.given.register_halves());
    let reading = name.reading.filter(bare).into_iter().flat_map(|s| s.given.reading_halves());
    let whole = parts(name.register).chain(parts(name.reading)).filter(usable).map(Part::key);
    whole.chain(first_words).chain(register).chain(reading)
}

fn possible_days(date: BirthDate) -> impl Iterator<Item = Day> {
    let (first, last) = (date.earliest().number(), date.latest().number());
    let few = last.saturating_sub(first) <= MAX_DAYS;
    (first..=last).take_while(move |_| few).filter_map(Day::from_number)
}
