//! A name that a row states several times: whole and in halves, or in kanji where its reading belongs. Knows when two
//! statements are one name in this row; whether it is somebody's is [`crate::compare::name`]'s business.

use super::{Name, NameError, NameKind, PartRef, Script, Spelling, SpellingRef};
use super::{Read, is_han, read_once, widest_register};
use crate::normalize::kanji::is_unknown;
use crate::normalize::{Grade, kana};

/// What stands between two statements in one cell, as between the items of a list.
const BETWEEN: [char; 2] = ['|', '｜'];

/// Whether the cells may state a name more than once.
pub(super) fn may_be(register: &str, reading: &str) -> bool {
    has_between(register) || has_between(reading) || is_written(reading)
}

fn has_between(cell: &str) -> bool {
    // Of kanji and kana, those of half a width alone begin with this byte.
    cell.bytes().any(|byte| matches!(byte, b'|' | 0xEF)) && cell.contains(BETWEEN)
}

/// Whether what stands in the cell of a reading is no reading, but the name as it is written (its reading may be in brackets). Of
/// 山田 タロウ a half is read.
fn is_written(reading: &str) -> bool {
    let reading = reading.split(['(', '（']).next().unwrap_or_default();
    let is_kana = |c| kana::is_kana(kana::katakana(c)) || matches!(c, 'ｦ'..='ﾟ');
    reading.contains(is_han) && !reading.contains(is_kana)
}

/// The names of cells that state them several times.
///
/// A clerk who finds two names in one row does not know whose row it is. So neither is the registered one then: candidates and
/// rivals are found by both, and nobody is linked by either.
pub(super) fn parse(register: &str, reading: &str) -> Result<Vec<Name>, NameError> {
    let (mut registers, mut readings, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let cells = register.split(BETWEEN).map(|cell| (cell, true));
    for (cell, written) in cells.chain(reading.split(BETWEEN).map(|cell| (cell, is_written(cell)))) {
        let (first, beside) = match if written { read_once(cell, "") } else { read_once("", cell) }? {
            Read::One(name) => (Some(name), Vec::new().into_iter()),
            Read::Listed(names) => {
                let mut names = names.into_iter();
                (names.next(), names)
            }
        };
        if let Some(Name { register, reading, .. }) = first {
            register.into_iter().for_each(|again| state(&mut registers, again, as_written));
            reading.into_iter().for_each(|again| state(&mut readings, again, as_read));
        }
        others.extend(beside);
    }
    // Kana beside kanji are the reading, Roman letters another name; both may stand for a person who has no kanji.
    let scripts = [Script::Han, Script::Latin, Script::Kana];
    let own = scripts.into_iter().find(|own| registers.iter().any(|stated| script(stated) == *own));
    let (registers, beside): (Vec<_>, Vec<_>) =
        registers.into_iter().partition(|stated| Some(script(stated)) == own);
    let beside = beside.into_iter().filter(|stated| script(stated) == Script::Latin);
    let contested = registers.len() > 1 || readings.len() > 1;
    let kind = if contested { NameKind::Contested } else { NameKind::Registered };
    let mut names = Vec::from_iter(contested.then(nobody));
    let stated = registers.len().max(readings.len()).max(1);
    let (mut registers, mut readings) = (registers.into_iter(), readings.into_iter());
    let stated = (0..stated).map(|_| Name { kind, register: registers.next(), reading: readings.next() });
    let beside = beside.map(|roman| Name { kind: NameKind::Alias, register: Some(roman), reading: None });
    for name in stated.chain(beside).chain(others) {
        if !names.iter().any(|known| texts(known) == texts(&name)) {
            names.push(name);
        }
    }
    Ok(names)
}

/// No name that is the registered one.
const fn nobody() -> Name {
    Name { kind: NameKind::Registered, register: None, reading: None }
}

/// Adds a statement to those of other names.
fn state(stated: &mut Vec<Spelling>, again: Spelling, folded: Folded) {
    match stated.iter_mut().find(|name| is_one(name.view(), again.view(), folded)) {
        // Halves show where the border is.
        Some(name) if !name.has_border() && again.has_border() => *name = again,
        Some(_) => {}
        None => stated.push(again),
    }
}

/// The characters of parts in one notation: within a row it is systems that write one name differently.
type Folded = fn([PartRef<'_>; 2]) -> Vec<char>;

fn as_written([first, second]: [PartRef<'_>; 2]) -> Vec<char> {
    widest_register(first.chars().chain(second.chars())).collect()
}

fn as_read([first, second]: [PartRef<'_>; 2]) -> Vec<char> {
    kana::folded(first.chars().chain(second.chars()), Grade::Register).collect()
}

/// Whether two statements are one name: the same characters, one of them perhaps lost (R7), with the same border where both have
/// one (R10); in any order where no kanji are; or one of them is only a half of it.
fn is_one(name: SpellingRef<'_>, again: SpellingRef<'_>, folded: Folded) -> bool {
    let alike = |name: [PartRef<'_>; 2], again: [PartRef<'_>; 2]| {
        let (name, again) = (folded(name), folded(again));
        let known = |(x, y): (&char, &char)| x == y || is_unknown(*x) || is_unknown(*y);
        name.len() == again.len() && name.iter().zip(&again).all(known)
    };
    let part = |name, again| alike([name, PartRef::EMPTY], [again, PartRef::EMPTY]);
    let (SpellingRef { family, given, .. }, whole) = (name, [again.family, again.given]);
    match (name.has_border(), again.has_border()) {
        (true, true) if given.script() == Script::Han => {
            part(family, again.family) && part(given, again.given)
        }
        (true, false) if part(family, again.given) || part(given, again.given) => true,
        _ => alike([family, given], whole) || given.script() != Script::Han && alike([given, family], whole),
    }
}

/// The parts of a name, however they were folded.
fn texts(name: &Name) -> [Option<[&str; 2]>; 2] {
    let Name { register, reading, .. } = name;
    [register, reading].map(|form| form.as_ref().map(|form| [form.family.text(), form.given.text()]))
}

/// What a whole name is written in.
fn script(name: &Spelling) -> Script {
    if name.family.script() == Script::Han { Script::Han } else { name.given.script() }
}
