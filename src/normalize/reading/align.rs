//! Alignment of a written form with a reading: which places of the reading can be reached by reading the form.
//!
//! A set of places is one number, a bit each, so that all alignments are followed at once and no step allocates: the work
//! is bounded by the readings of each kanji times the length of the reading.

use super::Role;
use super::table::{GIVEN, KANJI, NANORI, SURNAMES, Table};
use crate::normalize::name::is_han;
use crate::normalize::{Grade, kana};

/// A set of places in a reading: bit n is the place after n kana.
pub(super) type Places = u64;

/// How many kana a set of places can tell apart.
const MAX_KANA: usize = 63;

/// The longest listed name that is looked for within a longer one.
const LONGEST_WORD: usize = 3;

/// A reading folded to grade 4.
pub(super) struct Reading {
    kana: [char; MAX_KANA],
    len: usize,
}

impl Reading {
    /// The place before the first kana.
    pub(super) const START: Places = 1;

    /// `None` if it is empty or too long.
    pub(super) fn new(reading: impl Iterator<Item = char>) -> Option<Self> {
        let mut folded = Self { kana: [' '; MAX_KANA], len: 0 };
        for c in fold(reading) {
            *folded.kana.get_mut(folded.len)? = c;
            folded.len += 1;
        }
        (folded.len > 0).then_some(folded)
    }

    /// Whether the end has been reached.
    pub(super) const fn ends(&self, places: Places) -> bool {
        places >> self.len & 1 == 1
    }

    /// The place after so many characters of the reading as it was before folding.
    pub(super) fn after(&self, reading: impl Iterator<Item = char>, chars: usize) -> Places {
        1 << fold(reading.filter(|c| *c != ' ').take(chars)).count().min(self.len)
    }

    /// Where one kana leads.
    fn step(&self, from: Places, kana: char) -> Places {
        if from == 0 {
            return 0;
        }
        let kana = self.kana.iter().take(self.len).enumerate().filter(|(_, c)| **c == kana);
        kana.fold(0, |to, (at, _)| to | (from & 1 << at) << 1)
    }

    /// Where a run of kana leads.
    fn steps(&self, from: Places, kana: impl Iterator<Item = char>) -> Places {
        kana.fold(from, |from, kana| self.step(from, kana))
    }

    /// Where the readings that a table of names has for the form lead.
    pub(super) fn listed(&self, written: &[char], role: Role, from: Places) -> Places {
        if from == 0 {
            return 0;
        }
        let listed = names(role).listed(written.iter().copied());
        listed.fold(0, |to, listed| to | self.steps(from, fold(listed.reading.chars())))
    }

    /// Where readings put together kanji by kanji lead.
    pub(super) fn composed(&self, written: &[char], role: Role, from: Places) -> Places {
        if from == 0 {
            return 0;
        }
        // One set for each place in the form; index n is after n characters.
        let mut reached = [Ways::default(); super::MAX_WRITTEN + 1];
        if let Some(start) = reached.first_mut() {
            *start = Ways { full: from, silent: 0, short: from };
        }
        for at in 0..written.len() {
            let Some(&here) = reached.get(at) else { break };
            let rest = written.get(at..).unwrap_or_default();
            let Some(&c) = rest.first() else { break };
            let seams = Seams { start: at == 0, end: rest.len() == 1, role };
            let read = self.read(c, here, seams);
            if let Some(next) = reached.get_mut(at + 1) {
                next.join(read);
                if role == Role::Given && written.len() > 1 && is_han(c) {
                    next.silent |= here.full;
                }
            }
            for length in 2..=LONGEST_WORD.min(rest.len()).min(written.len() - 1) {
                let word = rest.get(..length).unwrap_or_default();
                if let Some(next) = reached.get_mut(at + length) {
                    next.full |= self.listed(word, role, here.full);
                }
            }
        }
        reached.get(written.len()).map_or(0, |ways| ways.full | ways.silent | ways.short)
    }

    /// Where one character of the form leads.
    fn read(&self, c: char, from: Ways, seams: Seams) -> Ways {
        let mut to = Ways::default();
        if !is_han(c) {
            let own = kana::folded(std::iter::once(kana::katakana(c)), Grade::Register);
            own.for_each(|kana| to.join(from.map(|places| self.step(places, kana))));
            if c == 'ケ' || c == 'ヶ' {
                // 関ヶ原, 三ケ日: the counter, read カ or ガ.
                to.join(from.map(|places| self.step(places, 'ガ') | self.step(places, 'カ')));
            }
            return to;
        }
        for reading in KANJI.readings(c) {
            to.join(from.map(|places| self.reading(places, reading, seams)));
            if seams.role == Role::Given && can_shorten(reading) {
                to.short |= self.shortened(from.short, reading, seams);
            }
        }
        // As names show them: voiced already where they are.
        for reading in NANORI.readings(c) {
            to.join(from.map(|places| self.steps(places, fold(reading.chars()))));
        }
        if seams.role == Role::Family && !seams.end {
            to.full |= self.step(to.full, 'ノ');
        }
        to
    }

    /// Where one reading of a kanji leads, with what the seams to its neighbours may do to it.
    fn reading(&self, from: Places, reading: &str, seams: Seams) -> Places {
        let mut kana = fold(reading.chars());
        let Some(first) = kana.next() else { return 0 };
        let mut before = from;
        let mut to = self.first(from, first, seams);
        let (mut last, mut several) = (first, false);
        for next in kana {
            if to == 0 {
                return 0;
            }
            (before, last, several) = (to, next, true);
            to = self.step(to, next);
        }
        let mut ends = to;
        // 合作 ガッサク, 一平 イッペイ: ツ is ッ as it is folded.
        if !seams.end && several && matches!(last, 'ク' | 'キ' | 'チ' | 'フ') {
            ends |= self.step(before, 'ツ');
        }
        // A 訓 loses its okurigana (たけし, たける: タケ), or takes the form that nouns have (ひかる: ヒカリ).
        if several && is_kun(reading) {
            if is_okurigana(last) {
                ends |= before;
            }
            ends |= noun_ending(last).map_or(0, |ending| self.step(before, ending));
            if !seams.end {
                ends |= compound_ending(last).map_or(0, |ending| self.step(before, ending));
            }
        }
        ends
    }

    /// Where the first kana of a reading leads: within a name it may be voiced.
    fn first(&self, from: Places, kana: char, seams: Seams) -> Places {
        let clear = self.step(from, kana);
        if seams.start {
            return clear;
        }
        let (voiced, half_voiced) = voiced(kana);
        [voiced, half_voiced].into_iter().flatten().fold(clear, |to, kana| to | self.step(from, kana))
    }

    /// Where the beginnings of a reading lead (心 ココロ as ココ).
    fn shortened(&self, from: Places, reading: &str, seams: Seams) -> Places {
        let mut kana = fold(reading.chars());
        let mut to = kana.next().map_or(0, |first| self.first(from, first, seams));
        let mut ends = to;
        for kana in kana {
            if to == 0 {
                break;
            }
            to = self.step(to, kana);
            ends |= to;
        }
        ends
    }
}

/// Where a character stands in its part.
#[derive(Clone, Copy)]
struct Seams {
    start: bool,
    end: bool,
    role: Role,
}

/// Places reached, by the liberty taken on the way: one liberty only (DOMAIN 3.5).
#[derive(Clone, Copy, Default)]
struct Ways {
    /// Every kanji read in full.
    full: Places,
    /// One kanji silent.
    silent: Places,
    /// Readings cut short.
    short: Places,
}

impl Ways {
    fn map(self, step: impl Fn(Places) -> Places) -> Self {
        let full = step(self.full);
        let silent = if self.silent == 0 { 0 } else { step(self.silent) };
        let short = if self.short == self.full { full } else { step(self.short) };
        Self { full, silent, short }
    }

    fn join(&mut self, other: Self) {
        self.full |= other.full;
        self.silent |= other.silent;
        self.short |= other.short;
    }
}

fn names(role: Role) -> &'static Table {
    match role {
        Role::Family => &SURNAMES,
        Role::Given => &GIVEN,
    }
}

/// A reading in katakana, folded to grade 4.
fn fold(reading: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    kana::folded(reading.map(kana::katakana), Grade::Register)
}

/// 訓 are shipped in hiragana, 音 in katakana.
fn is_kun(reading: &str) -> bool {
    reading.starts_with(|c| matches!(c, 'ぁ'..='ゖ'))
}

/// Names keep the beginning of a 訓 (心 ココ), and of a 音 all but its second vowel (愛 ア, 優 ユ).
fn can_shorten(reading: &str) -> bool {
    is_kun(reading) || reading.ends_with(['イ', 'ウ'])
}

/// The voiced and the half-voiced form of a kana.
const fn voiced(c: char) -> (Option<char>, Option<char>) {
    let voiced = match c {
        'カ' => 'ガ',
        'キ' => 'ギ',
        'ク' => 'グ',
        'ケ' => 'ゲ',
        'コ' => 'ゴ',
        'サ' => 'ザ',
        'シ' | 'チ' => 'ジ', // ヂ is ジ at grade 4
        'ス' | 'ツ' => 'ズ',
        'セ' => 'ゼ',
        'ソ' => 'ゾ',
        'タ' => 'ダ',
        'テ' => 'デ',
        'ト' => 'ド',
        'ハ' => return (Some('バ'), Some('パ')),
        'ヒ' => return (Some('ビ'), Some('ピ')),
        'フ' => return (Some('ブ'), Some('プ')),
        'ヘ' => return (Some('ベ'), Some('ペ')),
        'ホ' => return (Some('ボ'), Some('ポ')),
        _ => return (None, None),
    };
    (Some(voiced), None)
}

/// Kana that end verbs and adjectives in dictionaries.
const fn is_okurigana(c: char) -> bool {
    noun_ending(c).is_some() || matches!(c, 'イ' | 'シ')
}

/// The ending of the noun for that of the verb: 光る ヒカル, 光 ヒカリ.
const fn noun_ending(c: char) -> Option<char> {
    Some(match c {
        'ウ' => 'イ',
        'ク' => 'キ',
        'グ' => 'ギ',
        'ス' => 'シ',
        'ツ' => 'チ',
        'ヌ' => 'ニ',
        'ブ' => 'ビ',
        'ム' => 'ミ',
        'ル' => 'リ',
        _ => return None,
    })
}

/// The ending within a compound: 雨 アメ, 雨宮 アマミヤ; 船 フネ, 船木 フナキ.
const fn compound_ending(c: char) -> Option<char> {
    Some(match c {
        'エ' => 'ア',
        'ケ' => 'カ',
        'ゲ' => 'ガ',
        'セ' => 'サ',
        'ゼ' => 'ザ',
        'テ' => 'タ',
        'ネ' => 'ナ',
        'ヘ' => 'ハ',
        'ベ' => 'バ',
        'メ' => 'マ',
        'レ' => 'ラ',
        _ => return None,
    })
}
