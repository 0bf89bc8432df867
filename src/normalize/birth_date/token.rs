//! The signs that dates are written with: numbers in digits and in kanji, eras, units, words, whatever stands between them. Knows
//! one sign at a time, not what they say together.

use super::Era;
use crate::normalize::kanji_numeral::{digit, unit};

#[derive(Clone, Copy)]
pub(super) enum Token {
    Era(Era),
    Number(Number),
    /// A placeholder where a number should be.
    Hidden,
    Unit(Unit),
    Separator,
    Slash,
    Space,
    /// 不詳: whatever is not given is unknown.
    Unknown,
    About,
    /// First and last month.
    Season(u8, u8),
    /// First and last day of a third of a month; 31 stands for its end.
    Third(u8, u8),
    Until,
    /// まで: only at the end of a range.
    RangeEnd,
    Born,
}

/// A number and how many digits it was written with (0 when it was spelt out: 千九百).
#[derive(Clone, Copy)]
pub(super) struct Number {
    pub value: u32,
    pub digits: u8,
}

#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Unit {
    Year = 0,
    Month = 1,
    Day = 2,
}

/// Words of more than one character, and rare ones.
const WORDS: [(&str, Token); 22] = [
    ("不詳", Token::Unknown),
    ("不明", Token::Unknown),
    ("未詳", Token::Unknown),
    ("上旬", Token::Third(1, 10)),
    ("初旬", Token::Third(1, 10)),
    ("中旬", Token::Third(11, 20)),
    ("下旬", Token::Third(21, 31)),
    ("末", Token::Third(21, 31)),
    ("春", Token::Season(3, 5)),
    ("夏", Token::Season(6, 8)),
    ("秋", Token::Season(9, 11)),
    ("冬", Token::Season(1, 12)),
    ("頃", Token::About),
    ("ころ", Token::About),
    ("ごろ", Token::About),
    ("推定", Token::About),
    ("約", Token::About),
    ("から", Token::Until),
    ("より", Token::Until),
    ("までの間", Token::RangeEnd),
    ("まで", Token::RangeEnd),
    ("の間", Token::RangeEnd),
];

/// The first token of a text and what follows it.
pub(super) fn token(text: &str) -> Option<(Token, &str)> {
    let mut chars = text.chars();
    let c = chars.next()?;
    let tail = chars.as_str();
    let era = |era, second| {
        Some((Token::Era(era), tail.trim_start_matches(' ').strip_prefix(second).unwrap_or(tail)))
    };
    let token = match c {
        '0'..='9' => return Some(ascii_number(text)),
        '-' | '.' | '・' | '\u{2010}'..='\u{2015}' | '−' | 'ー' => Token::Separator,
        '/' => Token::Slash,
        ' ' => Token::Space,
        '年' => Token::Unit(Unit::Year),
        '月' => Token::Unit(Unit::Month),
        '日' => Token::Unit(Unit::Day),
        'M' | 'm' => Token::Era(Era::Meiji),
        'T' | 't' => Token::Era(Era::Taisho),
        'S' | 's' => Token::Era(Era::Showa),
        'H' | 'h' => Token::Era(Era::Heisei),
        'R' | 'r' => Token::Era(Era::Reiwa),
        '明' => return era(Era::Meiji, '治'),
        '大' => return era(Era::Taisho, '正'),
        '昭' => return era(Era::Showa, '和'),
        '平' => return era(Era::Heisei, '成'),
        '令' => return era(Era::Reiwa, '和'),
        '元' => Token::Number(Number { value: 1, digits: 1 }),
        '~' | '〜' => Token::Until,
        '生' if matches!(tail, "" | "まれ" | "れ") => return Some((Token::Born, "")),
        '生' if tail.starts_with("年月日不") => Token::Space,
        _ if is_placeholder(c) => return Some((Token::Hidden, tail.trim_start_matches(is_placeholder))),
        _ if numeral(c).is_some() => return Some(kanji_number(text)),
        _ => return WORDS.iter().find_map(|(word, token)| Some((*token, text.strip_prefix(word)?))),
    };
    Some((token, tail))
}

const fn is_placeholder(c: char) -> bool {
    matches!(c, '●' | '〓' | '?' | '*' | '×' | 'X' | 'x')
}

pub(super) fn ascii_number(text: &str) -> (Token, &str) {
    let mut number = Number { value: 0, digits: 0 };
    let mut rest = text;
    while let Some(digit @ b'0'..=b'9') = rest.bytes().next() {
        number.push(u32::from(digit - b'0'));
        rest = rest.get(1..).unwrap_or_default();
    }
    (Token::Number(number), rest)
}

impl Number {
    fn push(&mut self, digit: u32) {
        self.value = self.value.saturating_mul(10).saturating_add(digit);
        self.digits = self.digits.saturating_add(1);
    }
}

/// A kanji numeral: a digit, or a multiplier (10 or more). ○ is a zero in 一九八○.
fn numeral(c: char) -> Option<u32> {
    match c {
        '○' | '◯' => Some(0),
        '廿' => Some(20),
        '卅' => Some(30),
        _ => digit(c).or_else(|| unit(c)),
    }
}

/// Reads both 六十 and 六〇; 廿 and 卅 are twenty and thirty.
fn kanji_number(text: &str) -> (Token, &str) {
    let mut total = 0_u32;
    let mut digits = Number { value: 0, digits: 0 };
    let mut spelt = false;
    let mut chars = text.chars();
    let mut rest = text;
    while let Some(value) = chars.next().and_then(numeral) {
        rest = chars.as_str();
        if value < 10 {
            digits.push(value);
            continue;
        }
        spelt = true;
        let count = if matches!(value, 20 | 30) || digits.digits == 0 { 1 } else { digits.value };
        total = total.saturating_add(value.saturating_mul(count));
        digits = Number { value: 0, digits: 0 };
    }
    let number = if spelt { Number { value: total.saturating_add(digits.value), digits: 0 } } else { digits };
    (Token::Number(number), rest)
}
