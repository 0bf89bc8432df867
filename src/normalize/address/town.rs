//! The town of an address as a key, and the streets that lead to it in Kyoto. Knows nothing of municipalities.

use super::fold::{is_kanji, is_katakana, settle};
use super::numeral::{is_kanji_numeral, is_numeral, kanji_digit, read, read_digits, read_kanji, write_kanji};
use super::text::{from, starts, trim_dashes};
use crate::normalize::FoldSet;

/// Town names that end like the numbers of an address.
const NAMES_LIKE_NUMBERS: [&str; 1] = ["麻布十番"];

/// How many characters the town takes: up to where the numbers begin.
pub(super) fn extent(chars: &[char]) -> usize {
    if let Some(len) = NAMES_LIKE_NUMBERS.iter().find_map(|name| starts(chars, name)) {
        return len;
    }
    let (mut at, mut ordinal) = (0, false);
    while let Some(&c) = chars.get(at) {
        let here = from(chars, at);
        if !ordinal && (is_numeral(c) || matches!(c, '第' | '無' | '番')) && super::numbers::begin(here) {
            break;
        }
        ordinal = c == '第';
        // A run of digits is one numeral: 北12条 must not be looked at again as 2条.
        at += here.iter().take_while(|c| c.is_ascii_digit()).count().max(1);
    }
    at
}

/// Writes a town in key form: 大字, 字 and 小字 left out, numerals of the name in kanji. Idempotent.
pub(super) fn write(chars: &[char], out: &mut String) {
    let mut name: Vec<char> = Vec::with_capacity(chars.len());
    for &c in trim_dashes(chars) {
        match c {
            '字' if name.last() != Some(&'文') => {
                if matches!(name.last(), Some('大' | '小')) {
                    name.pop();
                }
            }
            ' ' => {}
            _ => name.push(c),
        }
    }
    settle(&mut name, &mut FoldSet::default());
    let mut rest = without_joining_no(trim_dashes(&name));
    while let Some(&c) = rest.first() {
        let run = rest.iter().take_while(|&&c| is_numeral(c)).count();
        if run == 0 {
            out.push(c);
            rest = from(rest, 1);
        } else {
            write_numeral(rest.get(..run).unwrap_or_default(), rest.get(run), out);
            rest = from(rest, run);
        }
    }
}

/// The name without the ノ that joins the sign of a lot to its number (ラの34番地, 甲ノ5).
fn without_joining_no(name: &[char]) -> &[char] {
    let Some(('ノ', joined)) = name.split_last() else { return name };
    let Some((sign, town)) = joined.split_last() else { return name };
    if is_lot_sign(*sign) && !town.last().is_some_and(|&c| is_katakana(c)) { joined } else { name }
}

/// 甲乙, 子丑 and いろは number the lots of a town in some places (DOMAIN 8.1).
fn is_lot_sign(c: char) -> bool {
    is_katakana(c) && c != 'ノ' || "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥".contains(c)
}

/// Writes one run of numerals inside a name: 北1条, 北一条; 北10条, 北一〇条, 北十条.
fn write_numeral(run: &[char], next: Option<&char>, out: &mut String) {
    if run.iter().all(char::is_ascii_digit)
        && let Some((value, _)) = read_digits(run)
    {
        return write_kanji(value, out);
    }
    let kanji: Vec<char> = run.iter().map(|&c| c.to_digit(10).and_then(kanji_digit).unwrap_or(c)).collect();
    let by_place = kanji.contains(&'〇') || matches!(next, Some('条' | '線'));
    match read_kanji(&kanji) {
        Some((value, _)) if by_place => write_kanji(value, out),
        _ => out.extend(kanji),
    }
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

/// Whether addresses of the municipality (folded) name streets before the town.
pub(super) fn names_streets(municipality: &[char]) -> bool {
    const CENTRAL_WARDS: [&str; 4] = ["上京区", "中京区", "下京区", "東山区"];
    starts(municipality, "京都市").is_some()
        || CENTRAL_WARDS.iter().any(|ward| starts(municipality, ward).is_some())
}
