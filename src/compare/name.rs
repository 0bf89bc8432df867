//! Names: kanji and reading compared part by part, then read together as one level per part (METHOD 1).
//!
//! Kanji and reading depend on one another, so that counting them apart would count the same evidence twice: kanji
//! equal and reading different is a reading variant; reading equal and kanji different is a homophone, often another
//! person. Knows nothing of weights or of how common a name is.

mod spelling;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::normalize::name::{NameKind, NameRef, PartRef, Script, SpellingRef, widest_register};
use crate::normalize::reading::{self, Plausibility};
use crate::normalize::{FoldSet, Grade, kana, kanji, romaji};
use crate::person::{Person, PersonView};
use spelling::{Reading, RegisterForm, compare_script, keys_meet, script};

pub use spelling::one_slip;

/// How one part agrees in one script, best first; [`ScriptLevel::Unknown`] is no comparison at all.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScriptLevel {
    /// Equal at this grade; [`Grade::Confusable`] is not an agreement.
    Same(Grade),
    /// One slip apart after the widest fold: a character replaced, left out, added, or two exchanged. Never between
    /// kanji: 太郎 and 次郎 are brothers, and kanji that are mistaken for one another have a grade.
    Slip,
    /// Further apart.
    Different,
    /// Missing on a side, in another script, or equal but for unknown characters (R4, R7, R11).
    Unknown,
}

impl ScriptLevel {
    /// Whether it is an agreement.
    #[must_use]
    pub fn agrees(self) -> bool {
        matches!(self, Self::Same(grade) if grade <= Grade::Register)
    }

    /// Whether it is an agreement of the accepted grade or better.
    fn agrees_within(self, accepted: Grade) -> bool {
        matches!(self, Self::Same(grade) if grade <= accepted.min(Grade::Register))
    }

    /// An agreement is no better than the folds that only one side took (METHOD 5).
    fn after(self, a: FoldSet, b: FoldSet) -> Self {
        match self {
            Self::Same(grade) => Self::Same(grade.max(a.difference(b).grade())),
            other => other,
        }
    }

    /// The worse of two levels of parts of one name.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Different, _) | (_, Self::Different) => Self::Different,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Slip, Self::Slip) => Self::Different,
            _ => self.max(other),
        }
    }

    /// Best first: how much a level explains. Equal but for unknown characters explains more than a difference (R7).
    fn explains(self) -> (bool, Self) {
        (self == Self::Different, self)
    }
}

/// The joint comparison level of one part of a name (kanji x reading), best first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[repr(u8)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PartLevel {
    /// Register form and reading agree.
    Full = 0,
    /// The register form agrees; no reading to compare.
    RegisterOnly = 1,
    /// The register form agrees; the reading is a slip or a voicing away.
    ReadingNear = 2,
    /// The reading agrees; no register form to compare.
    ReadingOnly = 3,
    /// The register form agrees and the reading is another one (幸子 サチコ/ユキコ).
    ReadingDiffers = 4,
    /// The register form differs by characters that are often confused (斉/斎), the reading does not contradict.
    LookAlike = 5,
    /// The reading agrees and the register form is another one.
    Homophone = 6,
    /// A slip away, and nothing to set it right.
    Near = 7,
    /// Another name.
    Different = 8,
    /// Not compared.
    Unknown = 9,
}

impl PartLevel {
    /// Every level that is a comparison, best first.
    pub const COMPARED: [Self; 9] = [
        Self::Full,
        Self::RegisterOnly,
        Self::ReadingNear,
        Self::ReadingOnly,
        Self::ReadingDiffers,
        Self::LookAlike,
        Self::Homophone,
        Self::Near,
        Self::Different,
    ];

    /// Reads one part's two script levels together.
    #[must_use]
    pub fn joint(register: ScriptLevel, reading: ScriptLevel) -> Self {
        use ScriptLevel::{Different, Same, Slip, Unknown};
        let near = matches!(reading, Slip | Same(Grade::Confusable));
        match register {
            Same(grade) if grade <= Grade::Register => match reading {
                Unknown => Self::RegisterOnly,
                Different => Self::ReadingDiffers,
                _ if near => Self::ReadingNear,
                _ => Self::Full,
            },
            Same(_) => match reading {
                Different => Self::Different,
                _ => Self::LookAlike,
            },
            Slip | Different => match reading {
                Unknown if register == Slip => Self::Near,
                _ if reading.agrees() => Self::Homophone,
                _ if near && register == Slip => Self::Near,
                _ => Self::Different,
            },
            Unknown => match reading {
                Unknown => Self::Unknown,
                Different => Self::Different,
                _ if near => Self::Near,
                _ => Self::ReadingOnly,
            },
        }
    }

    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::RegisterOnly => "register_only",
            Self::ReadingNear => "reading_near",
            Self::ReadingOnly => "reading_only",
            Self::ReadingDiffers => "reading_differs",
            Self::LookAlike => "look_alike",
            Self::Homophone => "homophone",
            Self::Near => "near",
            Self::Different => "different",
            Self::Unknown => "unknown",
        }
    }
}

/// One script of two names.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct ScriptComparison {
    /// Family names; the whole name's level where no border is written on either side.
    pub family: ScriptLevel,
    /// Given names.
    pub given: ScriptLevel,
    /// The whole names: two parts one slip apart each are two slips.
    pub whole: ScriptLevel,
    /// Both sides wrote a border, not the same one (佐々 木子 / 佐々木 子, R10).
    pub border_differs: bool,
    /// The parts agree in the other order (LAST FIRST / FIRST LAST).
    pub reordered: bool,
}

impl ScriptComparison {
    const UNKNOWN: Self = Self {
        family: ScriptLevel::Unknown,
        given: ScriptLevel::Unknown,
        whole: ScriptLevel::Unknown,
        border_differs: false,
        reordered: false,
    };
}

/// What two persons' names say together.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct NameComparison {
    /// Register forms.
    pub register: ScriptComparison,
    /// Readings.
    pub reading: ScriptComparison,
    /// Which name of either person was compared: the less current of the two kinds.
    pub through: NameKind,
    /// The whole name is equal under the widest fold, in kanji or in reading: a possible namesake.
    pub widest_equal: bool,
    /// A character of either register form is unknown (R7).
    pub unknown_characters: bool,
    /// Both sides have a name, in different scripts (R11).
    pub not_comparable: bool,
    /// Where they are not comparable because one is written and the other read: how well the two fit. Never agreement.
    pub plausibility: Option<Plausibility>,
    /// Beside register forms that agree both sides state the name in Roman letters, and not the same one; or one side has
    /// them for a reading, and they are not the other's. Who is registered with both is not whom a record calls otherwise.
    pub roman_differs: bool,
}

/// Whether a name agrees, in the sense of METHOD section 5.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NameAgreement {
    /// The register form agrees and the reading does not contradict.
    Agrees,
    /// It would, but by a former name or an alias.
    ByOtherName,
    /// It would, but by one of several names that a row states as its own.
    Contested,
    /// Only the reading could be compared, and agrees: never agreement.
    ReadingOnly,
    /// The register form agrees, the reading contradicts.
    ReadingDiffers,
    /// Equal but for characters that are often confused, or at a grade that the policy does not accept.
    LookAlike,
    /// Equal characters, another border.
    BorderDiffers,
    /// The same parts in another order.
    Reordered,
    /// The reading agrees, the register form does not.
    Homophone,
    /// The given name agrees, the family name does not.
    FamilyDiffers,
    /// The given name does not agree.
    GivenDiffers,
    /// A slip apart.
    Near,
    /// Equal as far as unknown characters let one see.
    PartlyUnknown,
    /// Nothing to compare.
    Unknown,
}

impl NameComparison {
    /// The joint level of the family name: evidence of the household.
    #[must_use]
    pub fn family(&self) -> PartLevel {
        PartLevel::joint(self.register.family, self.reading.family)
    }

    /// The joint level of the given name: evidence of the person.
    #[must_use]
    pub fn given(&self) -> PartLevel {
        PartLevel::joint(self.register.given, self.reading.given)
    }

    /// The weakest grade that the agreement of the register form needed, where it agrees.
    #[must_use]
    pub const fn grade(&self) -> Option<Grade> {
        match self.register.whole {
            ScriptLevel::Same(grade) => Some(grade),
            _ => None,
        }
    }

    /// Whether the names agree when register forms may agree up to the `accepted` grade.
    #[must_use]
    pub fn agreement(&self, accepted: Grade) -> NameAgreement {
        use NameAgreement as A;
        let (register, reading) = (self.register.whole, self.reading.whole);
        if self.register.border_differs || self.reading.border_differs {
            return A::BorderDiffers;
        }
        if self.register.reordered || self.reading.reordered {
            return A::Reordered;
        }
        match register {
            ScriptLevel::Same(_) if register.agrees_within(accepted) => match reading {
                ScriptLevel::Different => A::ReadingDiffers,
                _ if self.through == NameKind::Contested => A::Contested,
                _ if self.through != NameKind::Registered => A::ByOtherName,
                _ => A::Agrees,
            },
            ScriptLevel::Same(_) if reading == ScriptLevel::Different => A::GivenDiffers,
            ScriptLevel::Same(_) => A::LookAlike,
            ScriptLevel::Unknown => match reading {
                ScriptLevel::Unknown if self.unknown_characters => A::PartlyUnknown,
                ScriptLevel::Unknown => A::Unknown,
                _ if reading.agrees() => A::ReadingOnly,
                ScriptLevel::Same(_) | ScriptLevel::Slip => A::Near,
                ScriptLevel::Different => self.parts_differ(),
            },
            _ if reading.agrees() => A::Homophone,
            _ => self.parts_differ(),
        }
    }

    fn parts_differ(&self) -> NameAgreement {
        match (self.family(), self.given()) {
            (_, PartLevel::Near | PartLevel::LookAlike) => NameAgreement::Near,
            (_, given) if given >= PartLevel::Homophone => NameAgreement::GivenDiffers,
            (_, PartLevel::ReadingDiffers) => NameAgreement::GivenDiffers,
            (PartLevel::Near | PartLevel::LookAlike, _) => NameAgreement::Near,
            _ => NameAgreement::FamilyDiffers,
        }
    }

    /// Whether the given name speaks against one person being meant (METHOD 5, gate 2): the readings are more than a
    /// slip apart, or the register forms differ while no reading says otherwise.
    #[must_use]
    pub fn contradicts(&self) -> bool {
        matches!(self.given(), PartLevel::Different | PartLevel::ReadingDiffers | PartLevel::Homophone)
            || (self.register.whole.agrees() && self.reading.whole == ScriptLevel::Different)
    }

    /// Whether the given name is another one in every script compared: what tells a twin from a twin.
    #[must_use]
    pub fn given_is_another(&self) -> bool {
        let levels = [self.register.given, self.reading.given];
        levels.contains(&ScriptLevel::Different)
            && levels.iter().all(|level| matches!(level, ScriptLevel::Different | ScriptLevel::Unknown))
    }

    /// Best first: which of two comparisons explains more. Among those whose given names agree, the worse part counts
    /// first: a former family name that agrees explains more than today's that does not.
    fn rank(&self) -> impl Ord + use<> {
        let kind = match self.through {
            NameKind::Registered => 0,
            NameKind::Former => 1,
            NameKind::Alias => 2,
            NameKind::Contested => 3,
        };
        // Equal but for unknown characters explains more than a difference (R7), less than any agreement.
        let around_unknown = |level, other| match level {
            PartLevel::Unknown
                if self.unknown_characters
                    && (other <= PartLevel::LookAlike || other == PartLevel::Unknown) =>
            {
                PartLevel::Near
            }
            _ => level,
        };
        let (family, given) = (self.family(), self.given());
        let (family, given) = (around_unknown(family, given), around_unknown(given, family));
        let given_differs = given > PartLevel::ReadingOnly;
        let part = if given_differs { given } else { given.max(family) };
        let plausibility = (self.plausibility.is_none(), self.plausibility);
        let flags = [!self.widest_equal, self.register.border_differs];
        (given_differs, [part, given, family], flags, plausibility, kind)
    }
}

/// The characters in which two register forms differ although they stand for one another, in order, each pair with its
/// grade; nothing where the forms are not the same length or are not variants of one another throughout.
///
/// Personal data: for outputs that were asked for by name only.
///
/// ```
/// use himozuke::normalize::Grade;
/// use himozuke::{Person, ReadOptions, Record, compare::name::character_variants};
/// let read = |kanji_name| Person::read(&Record { kanji_name, ..Record::default() }, &ReadOptions::default());
/// let variants = character_variants(&read("髙橋 斉")?, &read("高橋　斎")?);
/// assert_eq!(variants, [('髙', '高', Grade::Official), ('斉', '斎', Grade::Confusable)]);
/// # Ok::<(), himozuke::Unreadable>(())
/// ```
#[must_use]
pub fn character_variants(a: &Person, b: &Person) -> Vec<(char, char, Grade)> {
    let chars = |person: &Person| {
        let register = person.main.register.as_ref();
        register.map_or_else(Vec::new, |spelling| spelling.view().chars().collect())
    };
    let (a, b): (Vec<char>, Vec<char>) = (chars(a), chars(b));
    let grade = |p, q| kana::char_grade(p, q).or_else(|| kanji::grade(p, q));
    let pairs = a.iter().zip(&b).filter(|(p, q)| p != q).map(|(p, q)| Some((*p, *q, grade(*p, *q)?)));
    if a.len() == b.len() { pairs.collect::<Option<_>>().unwrap_or_default() } else { Vec::new() }
}

/// Compares two persons' names: the registered ones, and every former name and alias where there are any.
pub(crate) fn compare(a: &PersonView<'_>, b: &PersonView<'_>) -> NameComparison {
    let mut best = compare_names(&a.main, &b.main);
    let mut widest_equal = best.widest_equal;
    let mut romans = romans_agree(&a.main, &b.main, &best); // whether any two in Roman letters are one
    if !a.has_one_name() || !b.has_one_name() {
        for (left, right) in a.names().flat_map(|left| b.names().map(move |right| (left, right))).skip(1) {
            let pair = compare_names(&left, &right);
            widest_equal |= pair.widest_equal;
            if let Some(same) = romans_agree(&left, &right, &pair) {
                romans = Some(same || romans == Some(true));
            }
            if pair.rank() < best.rank() {
                best = pair;
            }
        }
        widest_equal = widest_equal || meets_a_former_family(a, b) || meets_a_former_family(b, a);
    }
    best.widest_equal = widest_equal;
    best.roman_differs |= romans == Some(false);
    best.roman_differs &= best.register.whole.agrees();
    best
}

/// Whether a former family name, put before any part of today's name that shows no border, is a name of the other: whoever is called
/// 齊藤幸子 and was a 林 was perhaps 林 幸子. A space must not hide a namesake (R10).
fn meets_a_former_family(a: &PersonView<'_>, b: &PersonView<'_>) -> bool {
    let legible = |name: &SpellingRef<'_>| !name.has_unknown();
    let Some(today) = a.main.register.filter(|today| !today.has_border() && legible(today)) else {
        return false;
    };
    let former = |name: NameRef<'_>| {
        name.kind == NameKind::Former && name.register.is_some_and(|name| !name.has_border())
    };
    let mut families =
        a.names().filter(|name| former(*name)).filter_map(|name| name.register).filter(legible);
    families.any(|family| {
        b.names().filter_map(|name| name.register).filter(legible).any(|other| {
            (1..today.chars().count()).any(|border| {
                let whole = family.chars().chain(today.chars().skip(border));
                widest_register(whole).eq(widest_register(other.chars()))
            })
        })
    })
}

/// Whether two of today's names in Roman letters are one, of which one stands beside the registered form: in any order, and however
/// their kana are spelled (SATO TARO, TAROU SATOU). `None` where there is nothing of this kind to compare.
fn romans_agree(a: &NameRef<'_>, b: &NameRef<'_>, pair: &NameComparison) -> Option<bool> {
    let (x, y) = (roman(a)?, roman(b)?);
    if pair.register.whole.agrees() || pair.register.reordered {
        return Some(true);
    }
    if a.kind == NameKind::Registered && b.kind == NameKind::Registered {
        return None;
    }
    let spelled = |roman: &str, other: &str| {
        roman == other || romaji::key(roman).is_some_and(|key| romaji::key(other) == Some(key))
    };
    let (x, y) = (words(x), words(y));
    Some(x.len() == y.len() && all_find(&x, &y, spelled) || spelled(&x.concat(), &y.concat()))
}

/// One of today's names, if it is in Roman letters.
fn roman<'a>(name: &NameRef<'a>) -> Option<SpellingRef<'a>> {
    name.register.filter(|form| name.kind != NameKind::Former && is_roman(*form) && !form.has_unknown())
}

/// Whether a name is in Roman letters throughout.
fn is_roman(name: SpellingRef<'_>) -> bool {
    let all = |part: PartRef<'_>| part.script() == Script::Latin;
    all(name.given) && all(name.family)
}

fn compare_names(a: &NameRef<'_>, b: &NameRef<'_>) -> NameComparison {
    let register = compare_script::<RegisterForm>(a.register.as_ref(), b.register.as_ref());
    let reading = compare_script::<Reading>(a.reading.as_ref(), b.reading.as_ref());
    let through = match (a.kind, b.kind) {
        (NameKind::Contested, _) | (_, NameKind::Contested) => NameKind::Contested,
        (NameKind::Registered, kind) | (kind, NameKind::Registered) => kind,
        (NameKind::Former, kind) | (kind, NameKind::Former) => kind,
        (NameKind::Alias, NameKind::Alias) => NameKind::Alias,
    };
    let widest_equal = keys_meet::<RegisterForm>(a.register.as_ref(), b.register.as_ref(), &register)
        || keys_meet::<Reading>(a.reading.as_ref(), b.reading.as_ref(), &reading);
    let unknown = |name: &NameRef<'_>| name.register.as_ref().is_some_and(|form| form.has_unknown());
    let named = |name: &NameRef<'_>| name.register.is_some() || name.reading.is_some();
    let unknown_characters = unknown(a) || unknown(b);
    let compared = register.given != ScriptLevel::Unknown || reading.given != ScriptLevel::Unknown;
    let not_comparable = !compared && !unknown_characters && named(a) && named(b);
    let plausibility = if not_comparable { plausibility(a, b) } else { None };
    NameComparison {
        register,
        reading,
        through,
        widest_equal,
        unknown_characters,
        not_comparable,
        plausibility,
        roman_differs: reading.given == ScriptLevel::Unknown && reads_otherwise(a, b),
    }
}

/// Whether one of two readings is in Roman letters that do not sound like the other.
fn reads_otherwise(a: &NameRef<'_>, b: &NameRef<'_>) -> bool {
    let (Some(a), Some(b)) = (a.reading, b.reading) else { return false };
    let otherwise = |roman, read| {
        is_roman(roman) && script(&read) == Script::Kana && roman_fit(roman, read) == Plausibility::Unlisted
    };
    !a.has_unknown() && !b.has_unknown() && (otherwise(a, b) || otherwise(b, a))
}

/// How well the written form of either name fits the reading of the other; the better way round.
fn plausibility(a: &NameRef<'_>, b: &NameRef<'_>) -> Option<Plausibility> {
    let ways = [(a, b), (b, a)].into_iter().filter_map(|(written, read)| {
        let written = written.register?;
        let in_kana = |register: &SpellingRef<'_>| script(register) == Script::Kana;
        let read = read.reading.or(read.register.filter(in_kana)).filter(|read| !read.has_unknown())?;
        Some(if script(&written) == Script::Latin {
            roman_fit(written, read)
        } else {
            kanji_fit(written, read)
        })
    });
    ways.min()
}

fn kanji_fit(written: SpellingRef<'_>, read: SpellingRef<'_>) -> Plausibility {
    let border = |s: SpellingRef<'_>| s.has_border().then(|| s.family.chars().count());
    reading::whole(written.chars(), border(written), read.chars(), border(read))
}

/// A name in Roman letters against kana, in any order of words, middle names on one side only (scenario 18).
fn roman_fit(roman: SpellingRef<'_>, read: SpellingRef<'_>) -> Plausibility {
    let (roman, read) = (words(roman), words(read));
    let word_by_word = || {
        if roman.len() <= read.len() {
            all_find(&roman, &read, romaji::sounds_like)
        } else {
            all_find(&read, &roman, |kana, roman| romaji::sounds_like(roman, kana))
        }
    };
    // Words written together (ビリージョエル, メアリーケイト オルセン).
    let together = || {
        let turned = roman.iter().rev().copied().collect::<String>();
        [roman.concat(), turned].iter().any(|roman| romaji::sounds_like(roman, &read.concat()))
    };
    let several = roman.len() > 1 && read.len() > 1;
    let fits = several && word_by_word() || (!several || roman.len() != read.len()) && together();
    if fits { Plausibility::Composable } else { Plausibility::Unlisted }
}

fn words(name: SpellingRef<'_>) -> Vec<&str> {
    let parts = [name.family, name.given].into_iter();
    parts.flat_map(|part| part.text().split(' ')).filter(|word| !word.is_empty()).collect()
}

/// Whether each word finds one of its own among the others.
fn all_find(words: &[&str], others: &[&str], fits: impl Fn(&str, &str) -> bool) -> bool {
    let mut free = others.to_vec();
    words.iter().all(|word| {
        let found = free.iter().position(|other| fits(word, other));
        found.map(|at| free.swap_remove(at)).is_some()
    })
}
