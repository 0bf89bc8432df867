//! The towns of one municipality, by the beginnings of their names: what the longest of them is at the start of an address. Knows
//! names in key form, and no municipality.

use std::cmp::Reverse;
use std::sync::LazyLock;

use super::fold::fold;
use super::numbers::starts_with_label;
use super::numeral::{is_kanji_numeral, is_numeral};
use super::text::from;
use super::town::{self, Key, Keyed};
use crate::normalize::text::clean;
use crate::normalize::{FoldSet, Grade, kanji};

/// Kanji numerals in their widest fold.
static NUMERALS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut numerals: Vec<char> =
        ('〇'..='\u{9FFF}').filter(|c| is_kanji_numeral(*c)).map(kanji::fold).collect();
    numerals.sort_unstable();
    numerals.dedup();
    numerals
});

/// How many characters of a written town its key may leave out (大字, 小字).
const MAX_DROPPED: usize = 4;

/// A town found at the start of what follows the municipality.
#[derive(Clone, Copy)]
pub(super) struct TownMatch {
    pub town: Town,
    /// How many characters of streets come before it (Kyoto).
    pub streets: usize,
    /// How many characters it takes.
    pub len: usize,
    pub grade: Grade,
}

impl TownMatch {
    /// How many characters it takes with its streets.
    pub const fn end(self) -> usize {
        self.streets + self.len
    }
}

/// The towns of a municipality. The memory is waited for here more than anywhere else in an address, so that a search reads
/// few places of it.
pub(super) struct Towns {
    /// Names in key form, those of one beginning together and in order; before each its [`header`] and [`class`].
    names: Box<str>,
    /// Where the names of each bucket of beginnings start, and where the last ones end.
    starts: Box<[u16]>,
    /// In which classes of first characters a name of one character is; few are.
    singles: u64,
    longest: usize,
}

/// A town (町字).
#[derive(Clone, Copy)]
pub(super) struct Town {
    /// In key form.
    pub name: &'static str,
    /// Whether the name means more than one place of the municipality, so that an address needs its streets.
    pub ambiguous: bool,
}

/// The first two characters of a town's name in their widest fold, 0 for none.
#[derive(Clone, Copy, Eq, PartialEq)]
struct Beginning([char; 2]);

impl Beginning {
    fn of(name: &str) -> Self {
        let mut chars = name.chars().map(kanji::fold);
        Self([(); 2].map(|()| chars.next().unwrap_or_default()))
    }

    /// The bucket of names that begin so, of so many.
    const fn bucket(self, buckets: usize) -> usize {
        let Self([first, second]) = self;
        let mixed = (first as u32).rotate_left(11).wrapping_add(second as u32).wrapping_mul(0x9E37_79B1);
        ((mixed as u64 * buckets as u64) >> u32::BITS) as usize
    }

    /// The class of the first character, as a bit.
    const fn class(self) -> u64 {
        let Self([first, _]) = self;
        1 << ((first as u32).wrapping_mul(0x9E37_79B1) >> 26)
    }
}

impl Towns {
    pub fn parse(source: &str) -> Self {
        let towns = source.split(' ').filter(|item| !item.is_empty()).map(|item| {
            let (name, places) = item.split_once('=').unwrap_or((item, ""));
            let mut key = String::with_capacity(name.len());
            town::write(&fold(&clean(name).text, FoldSet::EMPTY).chars, &mut key);
            let beginning = Beginning::of(&key);
            (key, !places.is_empty(), beginning)
        });
        let mut towns: Vec<(String, bool, Beginning)> = towns.collect();
        let buckets = towns.len();
        let bucket = |(_, _, beginning): &(String, bool, Beginning)| beginning.bucket(buckets);
        towns.sort_unstable_by(|a, b| (bucket(a), &a.0).cmp(&(bucket(b), &b.0)));
        // 横まくり and 横マクリ of one municipality are two places, and read alike.
        towns.dedup_by(|again, town| {
            let twice = again.0 == town.0;
            town.1 |= twice;
            twice
        });
        let longest = towns.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0);
        let single = |(name, ..): &&(String, bool, Beginning)| name.chars().nth(1).is_none();
        let singles = towns.iter().filter(single);
        let singles = singles.fold(0, |classes, (_, _, beginning)| classes | beginning.class());
        let (mut names, mut starts) = (String::new(), Vec::new());
        for town in &towns {
            // No municipality has so many towns; a test finds every one.
            starts.resize(bucket(town) + 1, u16::try_from(names.len()).unwrap_or(u16::MAX));
            // No name is too long for its header; the same test would miss it.
            let Some(header) = header(&town.0, town.1) else { continue };
            names.extend([header, char::from(class(&town.0))]);
            names.push_str(&town.0);
        }
        starts.resize(buckets + 1, u16::try_from(names.len()).unwrap_or(u16::MAX));
        Self { names: names.into(), starts: starts.into(), singles, longest }
    }

    pub fn all(&'static self) -> impl Iterator<Item = Town> {
        towns(&self.names, Classes::ALL)
    }

    /// The town of that name in key form.
    pub fn named(&'static self, name: &str) -> Option<Town> {
        self.beginning(Beginning::of(name), Classes::ALL).find(|town| town.name == name)
    }

    /// Whether a numeral after these characters could make another town of them.
    pub fn may_go_on(&'static self, chars: &[char]) -> bool {
        let mut key = Key::new(self.name_at(chars));
        let written: Vec<char> = (0..).map_while(|at| Some(kanji::fold(key.get(at)?.c))).collect();
        let goes_on = |town: Town| {
            let mut name = town.name.chars().map(kanji::fold);
            written.iter().all(|c| name.next() == Some(*c))
                && name.next().is_some_and(|c| NUMERALS.contains(&c))
        };
        match *written {
            [] => true,
            [_] => self.all().any(goes_on),
            [first, second, ..] => self.beginning(Beginning([first, second]), Classes::ALL).any(goes_on),
        }
    }

    /// The towns whose names begin so, and few others.
    fn beginning(&'static self, beginning: Beginning, classes: Classes) -> impl Iterator<Item = Town> {
        let bucket = beginning.bucket(self.starts.len() - 1);
        let at = |bucket: usize| self.starts.get(bucket).copied().map_or(0, usize::from);
        towns(self.names.get(at(bucket)..at(bucket + 1)).unwrap_or_default(), classes)
    }

    /// The characters in which a town's name can lie: a space is left only between two digits.
    pub fn name_at<'a>(&self, chars: &'a [char]) -> &'a [char] {
        let name = chars.get(..self.longest + MAX_DROPPED).unwrap_or(chars);
        name.split(|&c| c == ' ').next().unwrap_or(name)
    }

    /// The longest town whose name the key begins with and may end with.
    pub fn at_start(&'static self, mut key: Key, chars: &[char]) -> Option<TownMatch> {
        let plain = key.plain();
        let mut folded = |at: usize| {
            let c = plain.get(at).copied().or_else(|| Some(key.get(at)?.c));
            c.map(kanji::fold)
        };
        let first = folded(0)?;
        let longer = folded(1).map(|second| Beginning([first, second]));
        let single = Beginning([first, '\0']);
        let single = (self.singles & single.class() != 0).then_some(single);
        let classes = Classes::of(plain, || key.begins_numeral(plain.len()));
        let mut best: Option<(Town, (usize, usize, Grade))> = None;
        for beginning in [longer, single].into_iter().flatten() {
            for town in self.beginning(beginning, classes) {
                let Some(end) = town.ends_at(plain, &mut key, chars) else { continue };
                let rank = |(chars, _, grade): (usize, usize, Grade)| (Reverse(chars), grade);
                if best.is_none_or(|(_, best)| rank(end) < rank(best)) {
                    best = Some((town, end));
                }
            }
        }
        best.map(|(town, (_, len, grade))| TownMatch { town, streets: 0, len, grade })
    }
}

/// What stands before a town's name, of one byte: how many bytes the name takes, and in the lowest bit whether it means several
/// places. `None` for a name that is too long.
fn header(name: &str, ambiguous: bool) -> Option<char> {
    let header = u8::try_from(name.len() * 2 + usize::from(ambiguous)).ok()?;
    header.is_ascii().then_some(char::from(header))
}

/// What stands before a town's name after its header, of one byte: the class of the last of its first four characters, by which most
/// names that begin alike differ; or that the third is a numeral, whatever comes then.
fn class(name: &str) -> u8 {
    let third = name.chars().nth(2).is_some_and(may_be_numeral);
    if third { 0 } else { name.chars().take(4).last().map_or(0, class_of) }
}

/// One of 63 classes of characters under the widest fold, from 1.
fn class_of(c: char) -> u8 {
    let mixed = (kanji::fold(c) as u32).wrapping_mul(0x9E37_79B1) >> 16;
    ((mixed * 63) >> 16) as u8 + 1
}

/// Which classes a name may have, as bits.
#[derive(Clone, Copy)]
struct Classes(u64);

impl Classes {
    const ALL: Self = Self(u64::MAX);
    const THIRD_NUMERAL: Self = Self(1);

    /// Of all names that a key may begin with, by its plain characters and whether a numeral follows them.
    fn of(plain: &[char], goes_on: impl FnOnce() -> bool) -> Self {
        let of = |chars: &[char]| chars.iter().fold(Self::THIRD_NUMERAL, |all, c| all.with(*c));
        match plain {
            [] | [_] => Self::ALL,
            [_, _, _] if goes_on() => Self(of(plain).0 | NUMERAL_CLASSES.0),
            [first, second, third, fourth, ..] => of(&[*first, *second, *third, *fourth]),
            _ => of(plain),
        }
    }

    fn with(self, c: char) -> Self {
        Self(self.0 | 1 << class_of(c))
    }

    const fn has(self, class: u8) -> bool {
        self.0 >> (class % 64) & 1 != 0
    }
}

/// Of a numeral that is the last of the four.
static NUMERAL_CLASSES: LazyLock<Classes> =
    LazyLock::new(|| NUMERALS.iter().fold(Classes(0), |all, c| all.with(*c)));

/// The towns of names as [`Towns`] has them, of some classes.
fn towns(mut names: &'static str, classes: Classes) -> impl Iterator<Item = Town> {
    std::iter::from_fn(move || {
        loop {
            let [header, class, ..] = *names.as_bytes() else { return None };
            let (name, rest) = names.get(2..)?.split_at_checked(usize::from(header / 2))?;
            names = rest;
            if classes.has(class) {
                return Some(Town { name, ambiguous: header % 2 == 1 });
            }
        }
    })
}

impl Town {
    /// If the key, which begins with these plain characters, begins with the name and may end there: characters of the key, as
    /// written, and their grade.
    fn ends_at(self, plain: &[char], key: &mut Key, chars: &[char]) -> Option<(usize, usize, Grade)> {
        let (mut at, mut worst) = (0, Grade::Identical);
        let mut name = self.name.chars();
        // Most names of a bucket go on in another way here.
        for &written in plain {
            let Some(c) = name.next() else { break };
            if written != c {
                worst = worst.max(kanji::grade(written, c)?);
            }
            at += 1;
        }
        for c in name {
            // A numeral is not put in key form for a name that goes on with none.
            if key.begins_numeral(at) && !may_be_numeral(c) {
                return None;
            }
            worst = worst.max(kanji::grade(key.get(at)?.c, c)?);
            at += 1;
        }
        let last = key.get(at.checked_sub(1)?)?;
        let before = at.checked_sub(2).and_then(|at| key.get(at)).map(|keyed| keyed.c);
        let ends = worst <= Grade::Register && ends_name(before, last, || key.get(at), chars);
        ends.then_some((at, last.end, worst))
    }
}

/// Whether a character may agree with a kanji numeral.
fn may_be_numeral(c: char) -> bool {
    NUMERALS.contains(&kanji::fold(c))
}

/// Whether a town's name can end here: not inside a numeral, and not with the number of a lot (栄1-2, 栄一丁目).
fn ends_name(
    before: Option<char>,
    here: Keyed,
    next: impl FnOnce() -> Option<Keyed>,
    chars: &[char],
) -> bool {
    // Only what is made of numerals or stands in a prefix ends with another; the numbers behind a name need not be read.
    let shared = here.end == 0 || is_numeral(here.c);
    let inside = shared && next().is_some_and(|next| next.end == here.end);
    let lot = here.digit && before != Some('第');
    let labelled = is_numeral(here.c) && starts_with_label(from(chars, here.end));
    !inside && !lot && !labelled
}
