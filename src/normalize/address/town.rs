//! The town of an address as a key, and the streets that lead to it in Kyoto. Knows nothing of municipalities.

use super::fold::{ILLEGIBLE, is_kanji, is_katakana, settle};
use super::numeral::{is_kanji_numeral, is_numeral, kanji_digit, read, read_kanji, write_kanji};
use super::text::{from, is_dash, split_run, starts};
use crate::normalize::FoldSet;

/// How many characters come before the numbers.
pub(super) fn extent(chars: &[char]) -> usize {
    let (mut at, mut ordinal) = (0, false);
    while let Some(&c) = chars.get(at) {
        let here = from(chars, at);
        if !ordinal && (is_numeral(c) || matches!(c, '第' | '無' | '番')) && super::numbers::begin(here) {
            break;
        }
        if hides_number(here) {
            break;
        }
        ordinal = c == '第';
        // A run of digits is one numeral: 北12条 must not be looked at again as 2条.
        at += here.iter().take_while(|c| c.is_ascii_digit()).count().max(1);
    }
    at
}

/// Whether a character that cannot be read stands for the first number (●-2-3, ●丁目2番), and not for a part of the name (R7).
fn hides_number(chars: &[char]) -> bool {
    match chars {
        [ILLEGIBLE, '-', number, ..] => is_numeral(*number),
        [ILLEGIBLE, label @ ..] => super::numbers::starts_with_label(label),
        _ => false,
    }
}

/// One character of a name in key form, and where in the written form it ends.
#[derive(Clone, Copy)]
pub(super) struct Keyed {
    pub c: char,
    /// How many written characters have been read with it; more than one may end together (12 is 十二).
    pub end: usize,
    /// Whether it was written in ASCII digits.
    pub digit: bool,
}

/// A name in key form: 大字, 字 and 小字 left out, numerals in kanji.
///
/// Up to the first numeral it is what is written. The rest is made as far as it is read, for few searches go on to the
/// numbers behind a name.
pub(super) struct Key<'a> {
    written: Written<'a>,
    /// How many characters at the start are in key form as they are written, and how many of all have been read.
    plain: usize,
    read: usize,
    /// What follows the plain ones, or a prefix and what is written.
    key: Vec<Keyed>,
}

impl<'a> Key<'a> {
    pub fn new(chars: &'a [char]) -> Self {
        let (written, plain) = Written::of(chars);
        Self { written, plain, read: plain, key: Vec::new() }
    }

    /// As [`Self::new`], with nothing read where it stands.
    #[cfg(test)]
    pub fn written_out(chars: &'a [char]) -> Self {
        let (chars, _) = split_run(chars, is_dash);
        Self { written: Written::Without(without_division_words(chars)), plain: 0, read: 0, key: Vec::new() }
    }

    /// The first characters as far as they are written as in the key; none where something between them is left out.
    pub fn plain(&self) -> &'a [char] {
        match self.written {
            Written::Plain(chars, dashes) => from(chars, dashes).get(..self.plain).unwrap_or_default(),
            Written::Without(_) => &[],
        }
    }

    /// The key of a prefix, in key form itself, and what is written.
    pub fn after(prefix: impl Iterator<Item = char>, chars: &'a [char]) -> Self {
        let key = prefix.map(|c| Keyed { c, end: 0, digit: false }).collect();
        Self { written: Written::of(chars).0, plain: 0, read: 0, key }
    }

    /// Whether a numeral begins at a place that nobody has asked for yet.
    pub fn begins_numeral(&self, at: usize) -> bool {
        let next = || self.written.get(at).is_some_and(|keyed| is_numeral(keyed.c));
        at == self.plain && self.key.is_empty() && next()
    }

    /// The character at a place.
    pub fn get(&mut self, at: usize) -> Option<Keyed> {
        match at.checked_sub(self.plain) {
            None => self.written.get(at),
            Some(made) => self.made(made),
        }
    }

    /// The character at a place behind the plain ones.
    fn made(&mut self, at: usize) -> Option<Keyed> {
        while self.key.len() <= at {
            let rest = || (self.read..).map_while(|at| self.written.get(at));
            let numeral: Vec<Keyed> = rest().take_while(|keyed| is_numeral(keyed.c)).collect();
            match rest().nth(numeral.len()) {
                next if !numeral.is_empty() => {
                    push_numeral(&numeral, next.map(|next| next.c), &mut self.key);
                }
                next => self.key.push(next?),
            }
            self.read += numeral.len().max(1);
        }
        self.key.get(at).copied()
    }
}

/// A name as written, division words left out.
enum Written<'a> {
    /// It has none, and stands behind so many dashes.
    Plain(&'a [char], usize),
    Without(Vec<Keyed>),
}

impl<'a> Written<'a> {
    /// The name, and how many of its characters come before the first numeral.
    fn of(chars: &'a [char]) -> (Self, usize) {
        let (chars, _) = split_run(chars, is_dash);
        let dashes = chars.iter().take_while(|c| is_leading_dash(**c)).count();
        let name = from(chars, dashes);
        let left_out = |c: &char| matches!(c, '字' | ' ');
        let plain = name.iter().position(|c| left_out(c) || is_numeral(*c)).unwrap_or(name.len());
        if from(name, plain).iter().any(left_out) {
            let name = without_division_words(chars);
            let plain = name.iter().take_while(|keyed| !is_numeral(keyed.c)).count();
            return (Self::Without(name), plain);
        }
        (Self::Plain(chars, dashes), plain)
    }

    fn get(&self, at: usize) -> Option<Keyed> {
        match self {
            Self::Plain(chars, dashes) => {
                let at = at + dashes;
                chars.get(at).map(|&c| Keyed { c, end: at + 1, digit: c.is_ascii_digit() })
            }
            Self::Without(name) => name.get(at).copied(),
        }
    }
}

/// Whether a character before a name is none of it.
const fn is_leading_dash(c: char) -> bool {
    is_dash(c) || c == 'ー'
}

/// The characters of a name without 大字, 字 and 小字 and the dashes before it.
fn without_division_words(chars: &[char]) -> Vec<Keyed> {
    let mut name: Vec<Keyed> = Vec::with_capacity(chars.len());
    let mut dropped = false;
    for (at, &c) in chars.iter().enumerate() {
        if c == '字' && name.last().is_none_or(|last| last.c != '文') {
            if name.last().is_some_and(|last| matches!(last.c, '大' | '小')) {
                name.pop();
            }
            if let Some(last) = name.last_mut() {
                last.end = at + 1;
            }
            dropped = true;
        } else if c != ' ' && !(name.is_empty() && is_leading_dash(c)) {
            name.push(Keyed { c, end: at + 1, digit: c.is_ascii_digit() });
        }
    }
    if dropped { settled(name) } else { name }
}

/// The name with what new neighbours mean: オ字ー is オ and a long vowel no more.
fn settled(mut name: Vec<Keyed>) -> Vec<Keyed> {
    let mut chars: Vec<char> = name.iter().map(|keyed| keyed.c).collect();
    settle(&mut chars, &mut FoldSet::default());
    for (keyed, c) in name.iter_mut().zip(chars) {
        keyed.c = c;
    }
    name
}

/// Puts one run of numerals inside a name in key form: 北1条, 北一条; 北10条, 北一〇条, 北十条.
fn push_numeral(run: &[Keyed], next: Option<char>, out: &mut Vec<Keyed>) {
    let start = out.len();
    out.extend(run.iter().map(|keyed| {
        let kanji = keyed.c.to_digit(10).and_then(kanji_digit);
        Keyed { c: kanji.unwrap_or(keyed.c), ..*keyed }
    }));
    let digits = run.iter().all(|keyed| keyed.digit);
    let by_place =
        digits || matches!(next, Some('条' | '線')) || out.iter().skip(start).any(|keyed| keyed.c == '〇');
    let Some(last) = run.last().filter(|_| by_place && run.len() > 1) else { return };
    let kanji: Vec<char> = out.iter().skip(start).map(|keyed| keyed.c).collect();
    if let Some((value, _)) = read_kanji(&kanji) {
        let mut text = String::new();
        write_kanji(value, &mut text);
        out.truncate(start);
        out.extend(text.chars().map(|c| Keyed { c, end: last.end, digit: digits }));
    }
}

/// Writes a name in key form. Idempotent.
pub(super) fn write(chars: &[char], out: &mut String) {
    if chars.is_empty() {
        return;
    }
    let mut key = Key::new(chars);
    let plain = key.plain();
    let rest = (plain.len()..).map_while(|at| Some(key.get(at)?.c));
    let start = out.len();
    out.extend(plain.iter().copied().chain(rest).skip_while(|c| is_dash(*c)));
    let name = out.get(start..).unwrap_or_default().trim_end_matches(is_dash);
    out.truncate(start + name.len());
}

/// The characters before the numbers without the ノ that joins the sign of a lot to them (ラの34番地, 甲ノ5).
pub(super) fn without_joining_no(chars: &[char]) -> &[char] {
    let Some(('ノ', joined)) = chars.split_last() else { return chars };
    let Some((&sign, before)) = joined.split_last() else { return chars };
    let joins = sign != 'ノ' && is_lot_sign(sign) && !before.last().is_some_and(|&c| is_katakana(c));
    if joins { joined } else { chars }
}

/// Whether an area is but the ノ that joins a town named by one sign to its numbers (旭市ロの1234). After any other name it is the sign of
/// a lot.
pub(super) fn joins_lot(town: &str, area: &[char]) -> bool {
    let mut name = town.chars();
    area == ['ノ'] && name.next().is_some_and(is_lot_sign) && name.next().is_none()
}

/// 甲乙, 子丑 and いろは number the lots of a town in some places (DOMAIN 8.1).
fn is_lot_sign(c: char) -> bool {
    is_katakana(c) || "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥".contains(c)
}

/// How many characters at the start name streets and a direction (烏丸通五条下る), for an address in Kyoto.
pub(super) fn street_extent(chars: &[char]) -> usize {
    let mut end = 0;
    for at in 1..chars.len() {
        if let Some(len) = direction(from(chars, at)) {
            end = at + len;
        }
    }
    // 北小路通新町西入2丁目下石橋南半町: the 丁目 of the street, not of the town.
    if end > 0
        && let Some((_, len)) = read(from(chars, end))
        && starts(from(chars, end + len), "丁目").is_some()
        && chars.get(end + len + 2).is_some_and(|&c| is_kanji(c) && !is_kanji_numeral(c))
    {
        end += len + 2;
    }
    end
}

/// Writes streets in key form: 通 and okurigana left out. Idempotent.
pub(super) fn write_street(chars: &[char], out: &mut String) {
    if chars.is_empty() {
        return;
    }
    let mut name: Vec<char> = Vec::with_capacity(chars.len());
    for &c in chars {
        match c {
            '通' | '字' | 'ガ' | 'リ' | ' ' | '-' | 'ー' => {}
            'ル' if matches!(name.last(), Some('入' | '上' | '下')) => {}
            _ => name.push(c),
        }
    }
    settle(&mut name, &mut FoldSet::default());
    name.retain(|&c| c != '-');
    write(&name, out);
}

/// 上る, 下る, 東入, 西入 in their spellings, as folded.
fn direction(chars: &[char]) -> Option<usize> {
    ["上ル", "下ル", "上ガル", "下ガル", "東入ル", "西入ル", "東入", "西入"]
        .iter()
        .find_map(|word| starts(chars, word))
}

/// Whether addresses of the municipality name streets before the town.
pub(super) fn names_streets(municipality: &str) -> bool {
    municipality.starts_with("京都市")
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// A name that is read where it stands has the key of one that is written out.
        #[test]
        fn keys_are_those_of_what_is_written(name in "[-ー#大小字文 一二十〇1０霞関町ノ条]{0,12}") {
            let chars: Vec<char> = name.chars().collect();
            let mut out = Key::written_out(&chars);
            let mut key = Key::new(&chars);
            for at in 0..14 {
                let [key, out] = [key.get(at), out.get(at)].map(|it| it.map(|it| (it.c, it.end, it.digit)));
                proptest::prop_assert_eq!(key, out);
            }
        }
    }
}
