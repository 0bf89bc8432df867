//! Characters of an address in one notation: script, kana size, dashes, the small words between kanji, spaces.
//! Knows nothing of where a town ends or a number begins.

use unicode_normalization::char::is_combining_mark;

use super::numeral::{is_numeral, read};
use super::text::{before, from};
use crate::normalize::sieve::{Sieve, sieve};
use crate::normalize::{Fold, FoldSet, Grade, kanji};

/// An address as characters in one notation.
pub(super) struct Folded {
    /// The characters; a space is left only between two digits, where it is a border.
    pub chars: Vec<char>,
    /// What was changed.
    pub folds: FoldSet,
    /// The weakest grade of a change that no [`Fold`] names: kana size, kana of one sound, old forms of 区 or 条.
    pub grade: Grade,
}

/// Stands for every character that could not be read (R7).
pub(super) const ILLEGIBLE: char = '●';

/// Whether a character of folded text could not be read.
pub(super) fn is_illegible(text: &str) -> bool {
    // Few signs begin with this byte, and no kanji or kana.
    text.as_bytes().contains(&0xE2) && text.contains(ILLEGIBLE)
}

/// What is written where the rest of an address is left out or not known.
const CUT_OFF: [&str; 4] = ["以下不明", "以下不詳", "以下省略", "以下略"];

/// Folds cleaned text. Idempotent.
pub(super) fn fold(text: &str, folds: FoldSet) -> Folded {
    fold_into(Vec::with_capacity(text.len() / 2), text, folds)
}

/// As [`fold`], into empty room.
pub(super) fn fold_into(chars: Vec<char>, text: &str, folds: FoldSet) -> Folded {
    let mut folded = Folded { chars, folds, grade: Grade::Identical };
    for c in text.chars() {
        folded.push(c);
    }
    if folded.chars.last() == Some(&' ') {
        folded.chars.pop();
    }
    settled(folded)
}

/// Cleans and folds at once what most addresses are: kanji, kana, digits, capitals and dashes of any width, a single space
/// between some. The room, which is empty, is given back for any other.
pub(super) fn clean_and_fold_into(chars: Vec<char>, text: &str) -> Result<Folded, Vec<char>> {
    let mut folded = Folded { chars, folds: FoldSet::EMPTY, grade: Grade::Identical };
    // Where the first character stands whose meaning may depend on its neighbours.
    let mut first = usize::MAX;
    let (mut space, mut grid) = (false, false);
    for c in text.chars() {
        let out = match c {
            '一'..='\u{9FFF}' if !MEANING_MORE.may_hold(c) => c,
            '0'..='9' | 'A'..='Z' => c,
            '０'..='９' | 'Ａ'..='Ｚ' => {
                folded.change(char::from_u32(c as u32 - 0xFEE0).unwrap_or(c), Fold::Width)
            }
            ' ' | '　' if !space && !folded.chars.is_empty() => {
                space = true;
                if c != ' ' {
                    folded.folds.insert(Fold::Spacing);
                }
                continue;
            }
            _ => {
                let out = match c {
                    '一'..='\u{9FFF}' => folded.kanji(c),
                    '-' | 'ー' => c,
                    '－' => folded.change('-', Fold::Width),
                    'ァ'..='ヺ' => folded.kana(c),
                    'ぁ'..='ゖ' => folded.hiragana(c),
                    _ => {
                        folded.chars.clear();
                        return Err(folded.chars);
                    }
                };
                grid |= c == '札';
                if settles(out) {
                    first = first.min(folded.chars.len());
                }
                out
            }
        };
        if space {
            if out.is_ascii_digit() && folded.chars.last().is_some_and(char::is_ascii_digit) {
                folded.chars.push(' ');
            } else {
                folded.folds.insert(Fold::Spacing);
            }
            space = false;
        }
        folded.chars.push(out);
    }
    if space {
        folded.chars.clear();
        return Err(folded.chars);
    }
    mark_cut_off(&mut folded);
    settle_from(first, &mut folded.chars, &mut folded.folds);
    if grid {
        write_out_grid(&mut folded.chars);
    }
    Ok(folded)
}

/// What is folded as it is meant together.
fn settled(mut folded: Folded) -> Folded {
    mark_cut_off(&mut folded);
    settle(&mut folded.chars, &mut folded.folds);
    write_out_grid(&mut folded.chars);
    folded
}

/// What is left out is as good as illegible: it may be a room or the number itself.
fn mark_cut_off(folded: &mut Folded) {
    let may_be = matches!(folded.chars.last(), Some('明' | '詳' | '略'));
    let stated = CUT_OFF.iter().filter(|_| may_be).find_map(|words| before(&folded.chars, words));
    if let Some(stated) = stated.map(<[char]>::len) {
        folded.chars.truncate(stated);
        folded.chars.push(ILLEGIBLE);
    }
}

/// Writes out the grid of Sapporo, of which its people leave out the words: 北1西2 is 北1条西2丁目.
fn write_out_grid(chars: &mut Vec<char>) {
    let Some(city) = chars.windows(3).take(8).position(|name| name == ['札', '幌', '市']) else { return };
    let number = |at: usize| {
        let (_, len) = read(from(chars, at))?;
        Some(at + len)
    };
    let is = |at: usize, sides: [char; 2]| chars.get(at).is_some_and(|c| sides.contains(c));
    let crossing = (city + 3..chars.len()).filter(|at| is(*at, ['北', '南'])).find_map(|at| {
        let street = number(at + 1).filter(|street| is(*street, ['東', '西']))?;
        Some((street, number(street + 1)?))
    });
    let Some((street, block)) = crossing else { return };
    match chars.get(block) {
        // 西2丁目 is labelled, and 西2条, 西2線 are no blocks.
        Some('丁') => {}
        Some('-' | ' ') => drop(chars.splice(block..=block, ['丁', '目'])),
        Some(c) if is_kanji(*c) => return,
        _ => drop(chars.splice(block..block, ['丁', '目'])),
    }
    chars.insert(street, '条');
}

impl Folded {
    /// What a character means wherever it stands.
    fn push(&mut self, c: char) {
        let before_space = self.chars.last() == Some(&' ');
        let out = match c {
            '0'..='9' | 'A'..='Z' => c,
            '一'..='\u{9FFF}' => self.kanji(c),
            'a'..='z' => self.change(c.to_ascii_uppercase(), Fold::Case),
            '-' | 'ー' => c,
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '⁃' | '˗' | '−' | '─' | '━' | '╴' | '╶' | '⎯' | '⏤'
            | '➖' | '\u{1173}' => self.change('-', Fold::Dash),
            '\u{1100}'..='\u{11FF}' | '\u{F0000}'..='\u{10FFFF}' => ILLEGIBLE,
            'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => self.hiragana(c),
            'ァ'..='ヺ' => self.kana(c),
            _ if is_space(c) => {
                if self.chars.last().is_some_and(char::is_ascii_digit) {
                    self.chars.push(' ');
                } else if !before_space {
                    self.folds.insert(Fold::Spacing);
                }
                return;
            }
            // Of the signs that comparison takes for any character, each must show that it is none (R7).
            _ if kanji::is_unknown(c) => ILLEGIBLE,
            _ => self.kanji(c),
        };
        if before_space && !out.is_ascii_digit() {
            self.chars.pop();
            self.folds.insert(Fold::Spacing);
        }
        self.chars.push(out);
    }

    fn hiragana(&mut self, c: char) -> char {
        self.folds.insert(Fold::Script);
        self.kana(char::from_u32(c as u32 + 0x60).unwrap_or(c))
    }

    /// One size and one spelling of each katakana (grades 3 and 4; R8).
    fn kana(&mut self, c: char) -> char {
        let (out, grade) = match c {
            'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => {
                (char::from_u32(c as u32 + 1).unwrap_or(c), Grade::Official)
            }
            'ヶ' | 'ヵ' => ('ケ', Grade::Official),
            'ヂ' => ('ジ', Grade::Register),
            'ヅ' => ('ズ', Grade::Register),
            'ヲ' => ('オ', Grade::Register),
            'ヰ' => ('イ', Grade::Register),
            'ヱ' => ('エ', Grade::Register),
            _ => return c,
        };
        self.grade = self.grade.max(grade);
        out
    }

    fn kanji(&mut self, c: char) -> char {
        let out = structural(c);
        if out != c {
            self.grade = self.grade.max(Grade::Official);
        }
        out
    }

    fn change(&mut self, c: char, fold: Fold) -> char {
        self.folds.insert(fold);
        c
    }
}

/// What a character means by its neighbours: long vowel or dash, ガ for ケ, 之 for ノ, 一 for a dash. Idempotent.
pub(super) fn settle(chars: &mut [char], folds: &mut FoldSet) {
    if let Some(first) = chars.iter().position(|c| settles(*c)) {
        settle_from(first, chars, folds);
    }
}

/// Whether what a character means may depend on its neighbours.
const fn settles(c: char) -> bool {
    matches!(c, '-' | 'ー' | '一' | 'ガ' | '之')
}

/// As [`settle`], where nothing before this place can change.
fn settle_from(first: usize, chars: &mut [char], folds: &mut FoldSet) {
    for at in first..chars.len() {
        let Some(c) = chars.get(at).copied().filter(|c| settles(*c)) else { continue };
        let settled = settled_at(at, c, chars);
        if settled != c {
            folds.insert(if matches!(settled, '-' | 'ー') { Fold::Dash } else { Fold::Script });
            chars.get_mut(at).into_iter().for_each(|c| *c = settled);
        }
    }
}

/// What the character at a place means, where those before it have been settled.
fn settled_at(at: usize, c: char, chars: &[char]) -> char {
    let back = |back| at.checked_sub(back).and_then(|at| chars.get(at)).copied();
    let (last, next) = (back(1), chars.get(at + 1).copied());
    match c {
        // センターー1 has one long vowel; イー11 and ハイツ-3 have a dash.
        '-' | 'ー' => {
            let long = last.is_some_and(is_katakana)
                && (c == 'ー' && back(2).is_some_and(is_kana_or_long) || !next.is_some_and(is_numeral));
            if long { 'ー' } else { '-' }
        }
        '一' if [last, next].iter().all(|c| c.is_some_and(|c| c.is_ascii_digit())) => '-',
        'ガ' if last.is_some() && next.is_some_and(is_kanji_or_digit) => 'ケ',
        '之' if last.is_some() => 'ノ',
        other => other,
    }
}

/// The present form of the kanji that give an address its structure; of all others, see [`crate::normalize::kanji`].
const fn structural(c: char) -> char {
    match c {
        '區' => '区',
        '縣' => '県',
        '條' => '条',
        '號' => '号',
        '丿' => 'ノ',
        _ => c,
    }
}

/// Kanji that change, or by which what stands beside them may: 札 begins the grid of Sapporo. All others stay as they are.
const MEANING_MORE: Sieve = sieve!(|c| c == '札' || structural(c) != c || settles(c), '一');

/// Spaces, brackets, points and stray marks: borders where digits stand on both sides, nothing elsewhere.
fn is_space(c: char) -> bool {
    match c {
        ' ' | '(' | ')' | '[' | ']' | '「' | '」' | '『' | '』' | '/' | ',' | '.' | '、' | '。' | '・'
        | '゛' | '゜' => true,
        _ if c < '\u{300}' || is_kanji(c) => false,
        _ => is_combining_mark(c),
    }
}

pub(super) const fn is_kanji(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{3FFFF}' | '々' | '〇')
}

const fn is_kanji_or_digit(c: char) -> bool {
    is_kanji(c) || c.is_ascii_digit()
}

pub(super) const fn is_katakana(c: char) -> bool {
    matches!(c, 'ァ'..='ヺ')
}

const fn is_kana_or_long(c: char) -> bool {
    is_katakana(c) || c == 'ー'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::text::clean;

    #[test]
    fn every_kanji_is_cleaned_and_folded_at_once_as_by_itself() {
        for c in '一'..='\u{9FFF}' {
            for text in [c.to_string(), format!("1{c}2"), format!("ア{c}幌市北1西2")] {
                let Ok(at_once) = clean_and_fold_into(Vec::new(), &text) else { panic!("{text}") };
                let plain = fold(&clean(&text).text, FoldSet::EMPTY);
                assert_eq!(at_once.chars, plain.chars, "{text}");
                assert_eq!((at_once.folds, at_once.grade), (plain.folds, plain.grade), "{text}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_cleaned_and_folded_at_once_is_as_one_after_the_other(
            text in "[町札幌市北西1１9９二一ガヶぁゔのツー－AＺａ區之 　\u{3099}゛●以下不明-]{0,12}|[一-\u{9FFF}ァ-ヺぁ-ゖ０-９0-9 　]{0,12}|\\PC{0,9}",
        ) {
            if let Ok(Folded { chars, folds, grade }) = clean_and_fold_into(Vec::new(), &text) {
                let clean = clean(&text);
                let plain = fold(&clean.text, clean.folds);
                proptest::prop_assert_eq!((chars, folds, grade), (plain.chars, plain.folds, plain.grade));
                proptest::prop_assert!(!clean.text.contains('/'));
            }
        }

        /// Whoever passes over what cannot change finds what all characters with their neighbours say.
        #[test]
        fn what_may_change_is_settled_as_by_all_characters(text in "[町1二一ガ之ーイ-]{0,9}|[町1二ー-]{0,9}") {
            let mut chars: Vec<char> = text.chars().collect();
            let (mut all, mut folds, mut folds_of_all) = (chars.clone(), FoldSet::EMPTY, FoldSet::EMPTY);
            settle(&mut chars, &mut folds);
            let (mut before, mut last) = (None, None);
            for at in 0..all.len() {
                let (c, next) = (all[at], all.get(at + 1).copied());
                let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                let settled = match c {
                    '-' | 'ー' => {
                        let word = c == 'ー' && before.is_some_and(is_kana_or_long);
                        let long = last.is_some_and(is_katakana) && (word || !next.is_some_and(is_numeral));
                        if long { 'ー' } else { '-' }
                    }
                    '一' if digit(last) && digit(next) => '-',
                    'ガ' if last.is_some() && next.is_some_and(is_kanji_or_digit) => 'ケ',
                    '之' if last.is_some() => 'ノ',
                    other => other,
                };
                if settled != c {
                    folds_of_all.insert(if matches!(settled, '-' | 'ー') { Fold::Dash } else { Fold::Script });
                    all[at] = settled;
                }
                (before, last) = (last, Some(settled));
            }
            proptest::prop_assert_eq!((chars, folds), (all, folds_of_all));
        }
    }
}
