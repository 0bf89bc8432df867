//! Blocking keys: under which keys a resident is filed, and which keys a record asks for.
//!
//! Residents are filed under what they state; all tolerance for slips is on the record's side, so that the index does
//! not grow with it. Every key is made of widest folds and so ignores notation.

use crate::compare::birth_date::near_variants;
use crate::hash::KeyHasher;
use crate::normalize::address::Address;
use crate::normalize::birth_date::{BirthDate, Day};
use crate::normalize::name::{NameRef, Script, SpellingRef};
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
    /// Whole name alone; asked for only by records whose birth date is not known to the day.
    Name = 8,
    /// Address to the block alone, likewise.
    Block = 9,
}

impl Pass {
    const fn key(self, what: u64, on: u64) -> u64 {
        KeyHasher::new(self as u64).add(what).add(on).finish()
    }
}

/// The most days that a vague birth date of a record is spelled out into; a vaguer one is found by name or block alone.
const MAX_DAYS: u32 = 800;

/// The day or the day-that-no-calendar-has that a date states, as part of a key.
fn stated(date: BirthDate) -> Option<u64> {
    date.ymd().map(|(year, month, day)| u64::from(year) << 16 | u64::from(month) << 8 | u64::from(day))
}

fn stated_day(day: Day) -> u64 {
    let (year, month, day) = day.ymd();
    u64::from(year) << 16 | u64::from(month) << 8 | u64::from(day)
}

/// The keys of a person that passes are made of, each worked out once.
struct Whole {
    names: Vec<(Passes, u64)>,
    towns: Vec<u64>,
    blocks: Vec<u64>,
}

impl Whole {
    fn of(person: PersonView<'_>) -> Self {
        let (mut towns, mut blocks) = (Vec::new(), Vec::new());
        for (town, block) in person.addresses().map(Address::place_keys) {
            towns.extend(town);
            blocks.extend(block);
        }
        Self { names: person.names().flat_map(whole_keys).collect(), towns, blocks }
    }
}

/// Calls `file` with every key under which a resident is filed.
pub(super) fn file(person: PersonView<'_>, mut file: impl FnMut(u64)) {
    let whole = Whole::of(person);
    stated_keys(person, &whole, &mut file);
    for (_, key) in &whole.names {
        file(Pass::Name.key(*key, 0));
        if person.birth_date.and_then(stated).is_none() {
            file(Pass::Undated.key(*key, 0));
        }
    }
    whole.blocks.iter().for_each(|block| file(Pass::Block.key(*block, 0)));
}

/// Calls `ask` with every key under which the resident behind a record may be filed.
pub(super) fn ask(person: PersonView<'_>, mut ask: impl FnMut(u64)) {
    let whole = Whole::of(person);
    stated_keys(person, &whole, &mut ask);
    let Whole { names, blocks, .. } = whole;
    if person.birth_date.and_then(stated).is_some() {
        names.iter().for_each(|(_, key)| ask(Pass::Undated.key(*key, 0)));
        let slips = person.birth_date.into_iter().flat_map(near_variants);
        slips.for_each(|day| {
            names.iter().for_each(|(passes, key)| ask(passes.date.key(*key, stated_day(day))))
        });
        return;
    }
    // Without a day of birth, whoever has the name or lives at the place may be meant.
    names.iter().for_each(|(_, key)| ask(Pass::Name.key(*key, 0)));
    blocks.iter().for_each(|block| ask(Pass::Block.key(*block, 0)));
    let mut parts = Vec::new();
    person.names().for_each(|name| part_keys(name, |key| parts.push(key)));
    for day in person.birth_date.into_iter().flat_map(possible_days).map(stated_day) {
        parts.iter().for_each(|key| ask(Pass::PartDate.key(*key, day)));
    }
}

/// The keys that a resident is filed under and a record asks for alike.
fn stated_keys(person: PersonView<'_>, whole: &Whole, mut push: impl FnMut(u64)) {
    for (passes, key) in &whole.names {
        whole.towns.iter().for_each(|town| push(passes.town.key(*key, *town)));
    }
    let Some(date) = person.birth_date.and_then(stated) else { return };
    whole.names.iter().for_each(|(passes, key)| push(passes.date.key(*key, date)));
    person.names().for_each(|name| part_keys(name, |key| push(Pass::PartDate.key(key, date))));
    whole.blocks.iter().for_each(|block| push(Pass::BlockDate.key(*block, date)));
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

/// The keys of parts, wherever they stand: a family name of one file is a given name in another for foreign names.
///
/// A name without a border has every part that a border could make, so that a space more or less hides nobody.
fn part_keys(name: NameRef<'_>, mut push: impl FnMut(u64)) {
    for spelling in [name.register, name.reading].into_iter().flatten() {
        if !spelling.has_border() {
            spelling.given.possible_part_keys().for_each(&mut push);
            continue;
        }
        for part in [spelling.family, spelling.given].into_iter().filter(|part| !part.has_unknown()) {
            push(part.key());
        }
        if spelling.given.script() != Script::Han {
            spelling.given.first_word_key().into_iter().for_each(&mut push);
        }
    }
}

fn possible_days(date: BirthDate) -> impl Iterator<Item = Day> {
    let (first, last) = (date.earliest().number(), date.latest().number());
    let few = last.saturating_sub(first) <= MAX_DAYS;
    (first..=last).take_while(move |_| few).filter_map(Day::from_number)
}
