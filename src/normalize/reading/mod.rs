//! Whether a written name can be read as a reading says, and where an unspaced name may divide.
//!
//! Knows names and the readings of kanji; knows nothing of persons. No reading can be ruled out (DOMAIN 4.5: a name may
//! be read as its bearer says, within wide limits), so that the worst answer is doubt, never a contradiction.

mod align;
mod table;

use serde::Serialize;

use super::kanji;
use align::Reading;
use table::{GIVEN, SURNAMES, Table, written_out};

pub(crate) use table::Bearers;

/// How well a reading fits a written name, best first.
///
/// None of them is agreement (METHOD 5: kana alone never agrees): they order what a person reviews.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Plausibility {
    /// A table of names lists this form, or a register-approved variant of it, with this reading.
    Listed,
    /// The reading can be put together from readings of the single kanji.
    Composable,
    /// Neither: doubt, and no contradiction.
    Unlisted,
}

impl Plausibility {
    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Composable => "composable",
            Self::Unlisted => "unlisted",
        }
    }
}

/// Which part of a name is read: the two have tables and habits of their own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Role {
    /// 氏.
    Family,
    /// 名.
    Given,
}

/// Who bears the listed names, by the upper half of the key of the register form.
pub(crate) fn bearers_by_form(role: Role) -> impl Iterator<Item = (u32, Bearers)> {
    names(role).by_form()
}

/// As [`bearers_by_form`], by the key of the reading.
pub(crate) fn bearers_by_reading(role: Role) -> impl Iterator<Item = (u32, Bearers)> {
    names(role).by_reading()
}

fn names(role: Role) -> &'static Table {
    match role {
        Role::Family => &SURNAMES,
        Role::Given => &GIVEN,
    }
}

/// Longer parts are not read: no name of that length has a reading that could be told by its kanji.
const MAX_WRITTEN: usize = 30;

/// Whether a family or a given name can be read so.
///
/// `register` is the written form, kanji or kana; `reading` is katakana in the canonical form of
/// [`kana::canonical`](super::kana::canonical). Readings count as equal up to grade 4, kanji likewise. A part with an
/// unknown character (R7), without text, or longer than 30 characters (reading: 63) is `Unlisted`.
///
/// What composes, with the source: sounds and 訓 of dictionaries; readings that names alone show (nanori.tsv); voicing
/// (連濁) and ッ at the seams; 々; okurigana left out (優 やさしい as ヤサ); kana read as themselves; ノ within a
/// family name (井上); in given names one silent kanji (美空 ソラ) or shortened readings (心愛 ココア), not both at once
/// (DOMAIN 3.5, 4.5); a listed name within a name (百合+香).
///
/// ```
/// use himozuke::normalize::reading::{Plausibility, Role, plausibility};
/// assert_eq!(plausibility("渡邊", "ワタナベ", Role::Family), Plausibility::Listed);
/// assert_eq!(plausibility("心愛", "ココア", Role::Given), Plausibility::Listed);
/// assert_eq!(plausibility("美桜空", "ミオソラ", Role::Given), Plausibility::Composable);
/// assert_eq!(plausibility("太郎", "ジロウ", Role::Given), Plausibility::Unlisted);
/// ```
#[must_use]
pub fn plausibility(register: &str, reading: &str, role: Role) -> Plausibility {
    let (Some(written), Some(reading)) = (Written::new(register.chars()), Reading::new(reading.chars()))
    else {
        return Plausibility::Unlisted;
    };
    let written = written.chars();
    if reading.ends(reading.listed(written, role, Reading::START)) {
        Plausibility::Listed
    } else if reading.ends(reading.composed(written, role, Reading::START)) {
        Plausibility::Composable
    } else {
        Plausibility::Unlisted
    }
}

/// Whether a whole name can be read so, wherever 氏 and 名 divide.
///
/// A space in either text is a border that somebody wrote, and is kept; without it every division is tried, and the best
/// one counts. Otherwise as [`plausibility`], with the worse of the two parts.
///
/// ```
/// use himozuke::normalize::reading::{Plausibility, plausible_whole};
/// assert_eq!(plausible_whole("山田太郎", "ヤマダ タロウ"), Plausibility::Listed);
/// assert_eq!(plausible_whole("山田太郎", "スズキタロウ"), Plausibility::Unlisted);
/// ```
#[must_use]
pub fn plausible_whole(register: &str, reading: &str) -> Plausibility {
    whole(register.chars(), border(register), reading.chars(), border(reading))
}

/// The characters before the first space, if there is one.
fn border(text: &str) -> Option<usize> {
    text.split_once(' ').map(|(family, _)| family.chars().count())
}

/// As [`plausible_whole`], over characters; borders count characters, spaces aside.
pub(crate) fn whole(
    register: impl Iterator<Item = char>,
    register_border: Option<usize>,
    reading: impl Iterator<Item = char> + Clone,
    reading_border: Option<usize>,
) -> Plausibility {
    let (Some(written), Some(sounds)) = (Written::new(register), Reading::new(reading.clone())) else {
        return Plausibility::Unlisted;
    };
    let written = written.chars();
    let at_border = reading_border.map_or(u64::MAX, |border| sounds.after(reading, border));
    let mut best = Plausibility::Unlisted;
    for split in 1..written.len() {
        let Some((family, given)) = written.split_at_checked(split) else { continue };
        if register_border.is_some_and(|border| border != split) {
            continue;
        }
        let listed = sounds.listed(family, Role::Family, Reading::START) & at_border;
        if sounds.ends(sounds.listed(given, Role::Given, listed)) {
            return Plausibility::Listed;
        }
        if best == Plausibility::Unlisted {
            let composed = listed | sounds.composed(family, Role::Family, Reading::START) & at_border;
            let ends =
                sounds.listed(given, Role::Given, composed) | sounds.composed(given, Role::Given, composed);
            if sounds.ends(ends) {
                best = Plausibility::Composable;
            }
        }
    }
    best
}

/// A place where an unspaced name may divide.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Border {
    /// Where the given name begins, in bytes.
    pub at: usize,
    /// How rare the two parts are together, in quarter bits: 4 less is twice as likely. For ranking only.
    pub weight: u16,
}

/// Every place where an unspaced name in kanji divides into a listed family name and a listed given name, likeliest first.
///
/// Empty where nothing listed fits: that says nothing. One border may be assumed where it is stated as assumed; several
/// are ambiguous, and the caller must not choose in silence (R10). A given name in kana is listed where a listed name is
/// read so. Names with a space or longer than 30 characters have none.
///
/// ```
/// use himozuke::normalize::reading::borders;
/// let divided = borders("山田太郎");
/// assert_eq!(divided.len(), 1);
/// assert_eq!("山田太郎".split_at(divided[0].at), ("山田", "太郎"));
/// assert!(borders("●田太郎").is_empty());
/// ```
#[must_use]
pub fn borders(whole: &str) -> Vec<Border> {
    if whole.contains(' ') || whole.chars().nth(MAX_WRITTEN).is_some() {
        return Vec::new();
    }
    let places = whole.char_indices().skip(1).filter(|(_, c)| *c != '々');
    let mut borders: Vec<Border> = places
        .filter_map(|(at, _)| {
            let (family, given) = whole.split_at_checked(at)?;
            let lightest = |table: &table::Table, part| {
                table.listed(written_out(part)).map(|listed| listed.weight).min()
            };
            let family = lightest(&SURNAMES, family)?;
            let given = lightest(&GIVEN, given).or_else(|| GIVEN.read_so(given))?;
            Some(Border { at, weight: family + given })
        })
        .collect();
    borders.sort_by_key(|border| (border.weight, border.at));
    borders
}

/// A written form, spaces left out and 々 written out, on the stack.
struct Written {
    chars: [char; MAX_WRITTEN],
    len: usize,
}

impl Written {
    /// `None` if it is empty, too long, or holds an unknown character.
    fn new(chars: impl Iterator<Item = char>) -> Option<Self> {
        let mut written = Self { chars: [' '; MAX_WRITTEN], len: 0 };
        let mut previous = '々';
        for c in chars.filter(|c| *c != ' ') {
            if kanji::is_unknown(c) {
                return None;
            }
            if c != '々' {
                previous = c;
            }
            *written.chars.get_mut(written.len)? = previous;
            written.len += 1;
        }
        (written.len > 0).then_some(written)
    }

    fn chars(&self) -> &[char] {
        self.chars.get(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
