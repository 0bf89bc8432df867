//! What follows the numbers: building, room or floor, and whose lodging it is. Knows nothing of the place.

use super::numeral::{is_kanji_numeral, read_kanji, write_digits};
use super::text::{before, split_run, trim_dashes};

/// Building and room, as parts of the characters after the numbers.
#[derive(Default)]
pub(super) struct Building<'a> {
    pub name: &'a [char],
    pub room: Option<Room<'a>>,
    /// Whether a householder's name (様方) was set aside.
    pub lodger: bool,
}

/// A room, or a floor where no room is named.
pub(super) struct Room<'a> {
    /// The part of the building it is in (A棟, 5号棟), letters or digits; B of a floor below the ground.
    block: &'a [char],
    number: Option<u32>,
    /// Letters of the room's own: B in 101B, A in A号室.
    letters: &'a [char],
    floor: bool,
}

/// Reads what follows the numbers.
pub(super) fn read(chars: &[char]) -> Building<'_> {
    let chars = trim_dashes(chars);
    if chars.is_empty() {
        return Building::default();
    }
    // 1の5の302号室: a room is joined by ノ as by a dash.
    let chars = match chars.split_first() {
        Some(('ノ', room)) if room.first().is_some_and(char::is_ascii_digit) => room,
        _ => chars,
    };
    let (chars, lodger) = match chars {
        [rest @ .., '方'] if !rest.is_empty() => (up_to_room(rest), true),
        _ => (chars, false),
    };
    let (name, room) = split_room(chars);
    Building { name: trim_dashes(name), room, lodger }
}

impl Room<'_> {
    /// Writes the room in key form: 302, A302, 5-302, 101B, 3F, B1F.
    pub fn write(&self, out: &mut String) {
        out.extend(trim_zeros(self.block));
        if self.block.last().is_some_and(char::is_ascii_digit) {
            out.push('-');
        }
        if let Some(number) = self.number {
            write_digits(number, out);
        }
        out.extend(self.letters);
        if self.floor {
            out.push('F');
        }
    }
}

fn trim_zeros(digits: &[char]) -> &[char] {
    let zeros = digits.iter().take_while(|&&c| c == '0').count();
    digits.get(zeros.min(digits.len().saturating_sub(1))..).unwrap_or_default()
}

/// Everything up to the last number: what follows it is the householder's name.
fn up_to_room(chars: &[char]) -> &[char] {
    let room = |(_, c): &(usize, &char)| c.is_ascii_digit() || matches!(c, '号' | '階');
    let Some((last, _)) = chars.iter().enumerate().rev().find(room) else { return &[] };
    let sign = usize::from(chars.get(last) == Some(&'号') && chars.get(last + 1) == Some(&'室'));
    chars.get(..=last + sign).unwrap_or_default()
}

/// Splits the building's name from the room at the end.
fn split_room(chars: &[char]) -> (&[char], Option<Room<'_>>) {
    let none = (chars, None);
    let labelled = match chars {
        [head @ .., '号', '室'] | [head @ .., '室' | '号'] => Some(head),
        _ => None,
    };
    let floor = before_floor(chars);
    let body = labelled.or(floor).unwrap_or(chars);
    let (head, suffix) = match body.split_last() {
        Some((letter, head))
            if letter.is_ascii_uppercase() && head.last().is_some_and(char::is_ascii_digit) =>
        {
            (head, body.get(head.len()..).unwrap_or_default())
        }
        _ => (body, [].as_slice()),
    };
    let (mut head, digits) = split_run(head, |c| c.is_ascii_digit());
    let mut letters = suffix;
    let number = if digits.is_empty() {
        if labelled.is_none() && floor.is_none() {
            return none;
        }
        let (rest, kanji) = split_run(head, is_kanji_numeral);
        if let Some((number, _)) = read_kanji(kanji) {
            head = rest;
            Some(number)
        } else {
            let (rest, run) = split_run(head, |c| c.is_ascii_uppercase());
            if run.len() != 1 {
                return none;
            }
            (head, letters) = (rest, run);
            None
        }
    } else {
        match super::numeral::read_digits(digits) {
            Some((number, _)) => Some(number),
            None => return none,
        }
    };
    let (name, block, apart) = split_block(head);
    // 地下1階 is B1階.
    let (name, block) = match before(name, "地下") {
        Some(name) if floor.is_some() && block.is_empty() => (name, ['B'].as_slice()),
        _ => (name, block),
    };
    let certain = labelled.is_some() || floor.is_some() || apart || digits.len() >= 3 || name.is_empty();
    if !certain {
        return none;
    }
    let room = Room { block, number, letters, floor: floor.is_some() };
    (if floor.is_some() { name } else { without_floor(name) }, Some(room))
}

/// Splits the part of the building (A, A棟, 5号棟, 5-) off what stands before a room's number, and says whether
/// anything stood between them.
fn split_block(chars: &[char]) -> (&[char], &[char], bool) {
    let trimmed = split_run(chars, |c| matches!(c, '-' | ' ' | '#')).0;
    let apart = trimmed.len() < chars.len();
    let wing = before(trimmed, "号棟").or_else(|| before(trimmed, "棟"));
    let body = wing.unwrap_or(trimmed);
    // The F of 3F-302 is no part of the building.
    if wing.is_none() && before_floor(body).is_some() {
        return (body, &[], apart);
    }
    let (name, letters) = split_run(body, |c| c.is_ascii_uppercase());
    if (1..=2).contains(&letters.len()) {
        let block = if letters == ['N', 'O'] { &[] } else { letters };
        return (name, block, apart || wing.is_some());
    }
    let (name, digits) = split_run(body, |c| c.is_ascii_digit());
    if !digits.is_empty() && (apart || wing.is_some()) {
        return (name, digits, true);
    }
    (trimmed, &[], apart)
}

/// What comes before the sign of a floor, if its number does.
fn before_floor(chars: &[char]) -> Option<&[char]> {
    match chars {
        [head @ .., '階'] => Some(head).filter(|head| ends_in_floor(head) || ends_in_kanji_floor(head)),
        [head @ .., 'F'] => Some(head).filter(|head| ends_in_floor(head)),
        _ => None,
    }
}

fn ends_in_floor(chars: &[char]) -> bool {
    (1..=2).contains(&split_run(chars, |c| c.is_ascii_digit()).1.len())
}

/// Not so in 中二階, which is between two floors.
fn ends_in_kanji_floor(chars: &[char]) -> bool {
    let number = read_kanji(split_run(chars, is_kanji_numeral).1);
    number.is_some_and(|(number, _)| (1..=99).contains(&number)) && before(chars, "中二").is_none()
}

/// The name without the floor that a room on it implies (ビル3階302号室).
fn without_floor(chars: &[char]) -> &[char] {
    let floor = before_floor(chars);
    floor.map_or(chars, |head| match split_run(head, |c| c.is_ascii_digit()) {
        (_, []) => split_run(head, is_kanji_numeral).0,
        (name, _) => name,
    })
}
