//! A synthetic resident: facts, and how a register writes each of them.

use std::fmt;

use super::calendar::Day;
use super::names::{Given, Origin, Sex, Word};
use super::places::{Dwelling, Shown, Style, write_address};
use super::random::scramble;

/// Separates the names in a written name.
const NAME_SPACE: char = '\u{3000}';

/// One synthetic resident: facts without an owner, to be written with [`Resident::write`] or collected as [`Rows`](super::Rows). `Debug` shows no attribute.
#[derive(Clone, Copy)]
pub struct Resident {
    pub(super) number: u32,
    pub(super) household: u32,
    pub(super) origin: Origin,
    pub(super) family: Word,
    pub(super) given: Given,
    pub(super) middle: Option<Word>,
    pub(super) alias: Option<[Word; 2]>,
    pub(super) birth: Day,
    pub(super) sex: Sex,
    pub(super) dwelling: Dwelling,
    /// Family name before marriage, whether or not the register knows it.
    pub(super) maiden: Option<Word>,
    pub(super) maiden_registered: bool,
    pub(super) former_dwelling: Option<Dwelling>,
    pub(super) former_dwelling_registered: bool,
    pub(super) status: &'static str,
    pub(super) protected: bool,
    pub(super) twin: bool,
    pub(super) seed: u64,
}

impl fmt::Debug for Resident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resident").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Resident {
    pub(super) fn write_id(&self, out: &mut String) {
        push_id(out, self.seed, self.number);
    }

    pub(super) fn write_kanji_name(&self, out: &mut String) {
        let middle = self.middle.map(|word| word.written);
        write_name(out, self.family.written, self.given.word.written, middle);
    }

    pub(super) fn write_kana_name(&self, out: &mut String) {
        write_name(out, self.family.kana, self.given.word.kana, self.middle.map(|word| word.kana));
    }

    pub(super) fn write_birth_date(&self, out: &mut String) {
        push_padded(out, self.birth.year, 4);
        out.push('-');
        push_padded(out, self.birth.month, 2);
        out.push('-');
        push_padded(out, self.birth.day, 2);
    }

    pub(super) fn write_sex(&self, out: &mut String) {
        out.push(if self.sex == Sex::Man { '1' } else { '2' });
    }

    pub(super) fn write_address(&self, out: &mut String) {
        write_address(out, self.dwelling, Shown::ALL, Style::Official);
    }

    pub(super) fn write_former_names(&self, out: &mut String) {
        if let Some(maiden) = self.maiden.filter(|_| self.maiden_registered) {
            out.extend(maiden.written);
        }
    }

    pub(super) fn write_aliases(&self, out: &mut String) {
        if let Some([family, given]) = self.alias {
            write_name(out, family.written, given.written, None);
        }
    }

    pub(super) fn write_former_addresses(&self, out: &mut String) {
        if let Some(former) = self.former_dwelling.filter(|_| self.former_dwelling_registered) {
            write_address(out, former, Shown::ALL, Style::Official);
        }
    }

    pub(super) fn write_household_id(&self, out: &mut String) {
        out.push('H');
        push_padded(out, scramble(self.seed ^ u64::from(b'H'), self.household), 10);
    }

    pub(super) fn write_status(&self, out: &mut String) {
        out.push_str(self.status);
    }

    pub(super) fn write_protected(&self, out: &mut String) {
        out.push(if self.protected { '1' } else { '0' });
    }
}

/// Appends the id of a resident: `P` and ten digits, never the twelve of an individual number.
pub(super) fn push_id(out: &mut String, seed: u64, number: u32) {
    out.push('P');
    push_padded(out, scramble(seed, number), 10);
}

/// Family name, then given and middle name.
pub(super) fn write_name(out: &mut String, family: [&str; 2], given: [&str; 2], middle: Option<[&str; 2]>) {
    out.extend(family);
    out.push(NAME_SPACE);
    out.extend(given);
    if let Some(middle) = middle {
        out.push(NAME_SPACE);
        out.extend(middle);
    }
}

/// Appends a number with leading zeros, of at most ten digits.
pub(super) fn push_padded(out: &mut String, number: u32, width: usize) {
    let mut digits = [b'0'; 10];
    let mut left = number;
    for digit in digits.iter_mut().rev() {
        *digit += (left % 10) as u8;
        left /= 10;
    }
    out.extend(digits.iter().skip(10_usize.saturating_sub(width)).map(|&digit| char::from(digit)));
}
