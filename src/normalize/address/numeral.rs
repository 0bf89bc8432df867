//! Numerals: read in digits or kanji, written in kanji. Knows nothing of what they number.

use crate::normalize::kanji_numeral::{digit, unit};
use crate::normalize::sieve::{Sieve, sieve};

/// The longest numeral that is read as a number; longer runs of digits are text.
const MAX_DIGITS: usize = 8;

/// Reads a numeral at the start: its value, and how many characters it takes.
pub(super) fn read(chars: &[char]) -> Option<(u32, usize)> {
    read_digits(chars).or_else(|| read_kanji(chars))
}

/// Reads a run of ASCII digits at the start.
pub(super) fn read_digits(chars: &[char]) -> Option<(u32, usize)> {
    let (mut value, mut len) = (0_u32, 0);
    for c in chars {
        let digit = (*c as u32).wrapping_sub('0' as u32);
        if digit > 9 {
            break;
        }
        (value, len) = (value.wrapping_mul(10).wrapping_add(digit), len + 1);
    }
    (1..=MAX_DIGITS).contains(&len).then_some((value, len))
}

/// Writes a value in ASCII digits.
pub(super) fn write_digits(value: u32, out: &mut String) {
    if value >= 10 {
        write_digits(value / 10, out);
    }
    out.push(char::from(b'0' + (value % 10) as u8));
}

/// Reads a run of kanji numerals at the start: by place (一〇二) or with units (百二); the whole run or nothing.
pub(super) fn read_kanji(chars: &[char]) -> Option<(u32, usize)> {
    let len = chars.iter().take_while(|&&c| is_kanji_numeral(c)).count();
    if len == 0 || len > MAX_DIGITS {
        return None;
    }
    let run = || chars.iter().take(len);
    if run().all(|&c| digit(c).is_some()) {
        return Some((run().fold(0, |value, &c| value * 10 + digit(c).unwrap_or(0)), len));
    }
    let (mut value, mut pending, mut last_unit) = (0, None, u32::MAX);
    for &c in run() {
        match (digit(c), unit(c)) {
            (Some(d), _) if pending.is_none() && d > 0 => pending = Some(d),
            (None, Some(unit)) if unit < last_unit => {
                value += pending.take().unwrap_or(1) * unit;
                last_unit = unit;
            }
            _ => return None,
        }
    }
    Some((value + pending.unwrap_or(0), len))
}

/// Writes a value the way official notation does: 千二百三 up to 9999, by place beyond.
pub(super) fn write_kanji(value: u32, out: &mut String) {
    if value == 0 || value > 9999 {
        out.extend(value.to_string().bytes().filter_map(|b| kanji_digit(u32::from(b - b'0'))));
        return;
    }
    let mut rest = value;
    for (unit, name) in [(1000, '千'), (100, '百'), (10, '十')] {
        let count = rest / unit;
        rest %= unit;
        if count > 1 {
            out.extend(kanji_digit(count));
        }
        if count > 0 {
            out.push(name);
        }
    }
    if rest > 0 {
        out.extend(kanji_digit(rest));
    }
}

/// The kanji for a digit 0-9.
pub(super) const fn kanji_digit(digit: u32) -> Option<char> {
    Some(match digit {
        0 => '〇',
        1 => '一',
        2 => '二',
        3 => '三',
        4 => '四',
        5 => '五',
        6 => '六',
        7 => '七',
        8 => '八',
        9 => '九',
        _ => return None,
    })
}

pub(super) const fn is_kanji_numeral(c: char) -> bool {
    !c.is_ascii() && NUMERALS.may_hold(c) && is_digit_or_unit(c)
}

/// As [`is_kanji_numeral`], which stands in every loop over an address, and should be short there.
#[inline(never)]
const fn is_digit_or_unit(c: char) -> bool {
    digit(c).is_some() || unit(c).is_some()
}

const NUMERALS: Sieve = sieve!(|c| is_digit_or_unit(c), '〇');

pub(super) const fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || is_kanji_numeral(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn every_numeral_is_one() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_kanji_numeral(c), digit(c).or(unit(c)).is_some(), "{c}");
        }
    }

    #[test]
    fn digits_are_those_of_the_number() {
        for value in (0..=1_234).chain((1..=99_999_999).step_by(7_654_321)).chain([99_999_999]) {
            let mut text = String::new();
            write_digits(value, &mut text);
            assert_eq!(text, value.to_string());
            let chars = chars(&(text.clone() + "番"));
            assert_eq!(read_digits(&chars), Some((value, text.len())), "{text}");
        }
        for text in ["", "番1", "123456789", "12345678901234567890"] {
            assert_eq!(read_digits(&chars(text)), None, "{text}");
        }
    }

    #[test]
    fn reads_back_what_it_writes() {
        for value in 0..=12_345 {
            let mut text = String::new();
            write_kanji(value, &mut text);
            let chars = chars(&text);
            assert_eq!(read_kanji(&chars), Some((value, chars.len())), "{text}");
        }
    }

    #[test]
    fn reads_both_ways_of_writing_and_refuses_what_is_neither() {
        for (text, value) in [
            ("二十三", Some(23)),
            ("二三", Some(23)),
            ("一〇二", Some(102)),
            ("百十二", Some(112)),
            ("壱弐", Some(12)),
            ("拾五", Some(15)),
            ("九十九三", None),
            ("十百", None),
            ("二〇十", None),
            ("一二三四五六七八九", None),
        ] {
            assert_eq!(read_kanji(&chars(text)).map(|(value, _)| value), value, "{text}");
        }
    }
}
