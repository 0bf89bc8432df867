//! Names: kanji and reading compared part by part, then read together as one level per part (METHOD 1).
//!
//! Kanji and reading depend on one another, so that counting them apart would count the same evidence twice: kanji
//! equal and reading different is a reading variant; reading equal and kanji different is a homophone, often another
//! person. Knows nothing of weights or of how common a name is.

use serde::Serialize;

use crate::normalize::name::{
    NameKind, NameRef, Part, Script, SpellingRef, is_han, widest_reading, widest_register,
};
use crate::normalize::reading::{self, Plausibility};
use crate::normalize::{FoldSet, Grade, kana, kanji, romaji};
use crate::person::Person;

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
    const UNKNOWN: Self = Self {
        register: ScriptComparison::UNKNOWN,
        reading: ScriptComparison::UNKNOWN,
        through: NameKind::Registered,
        widest_equal: false,
        unknown_characters: false,
        not_comparable: false,
        plausibility: None,
    };

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
        };
        // Equal but for unknown characters explains more than a difference (R7), less than any agreement.
        let around_unknown = |level, other| match level {
            PartLevel::Unknown if self.unknown_characters && other <= PartLevel::LookAlike => PartLevel::Near,
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

/// Compares two persons' names: the registered ones, and every former name and alias where those do not settle it.
pub(crate) fn compare<'a, A, B>(a: A, b: B) -> NameComparison
where
    A: Iterator<Item = NameRef<'a>> + Clone,
    B: Iterator<Item = NameRef<'a>> + Clone,
{
    let mut best: Option<NameComparison> = None;
    let mut widest_equal = false;
    for left in a {
        for right in b.clone() {
            let pair = compare_names(left, right);
            widest_equal |= pair.widest_equal;
            if best.is_none_or(|best| pair.rank() < best.rank()) {
                best = Some(pair);
            }
        }
    }
    let mut best = best.unwrap_or(NameComparison::UNKNOWN);
    best.widest_equal = widest_equal;
    best
}

fn compare_names(a: NameRef<'_>, b: NameRef<'_>) -> NameComparison {
    let register = compare_script::<RegisterForm>(a.register, b.register);
    let reading = compare_script::<Reading>(a.reading, b.reading);
    let through = match (a.kind, b.kind) {
        (NameKind::Registered, kind) | (kind, NameKind::Registered) => kind,
        (NameKind::Former, kind) | (kind, NameKind::Former) => kind,
        (NameKind::Alias, NameKind::Alias) => NameKind::Alias,
    };
    let widest_equal = keys_meet::<RegisterForm>(a.register, b.register, &register)
        || keys_meet::<Reading>(a.reading, b.reading, &reading);
    let unknown = |name: NameRef<'_>| name.register.is_some_and(SpellingRef::has_unknown);
    let named = |name: NameRef<'_>| name.register.is_some() || name.reading.is_some();
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
    }
}

/// How well the written form of either name fits the reading of the other; the better way round.
fn plausibility(a: NameRef<'_>, b: NameRef<'_>) -> Option<Plausibility> {
    let ways = [(a, b), (b, a)].into_iter().filter_map(|(written, read)| {
        let written = written.register?;
        let in_kana = |register: &SpellingRef<'_>| script(*register) == Script::Kana;
        let read = read.reading.or(read.register.filter(in_kana)).filter(|read| !read.has_unknown())?;
        Some(if script(written) == Script::Latin {
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

/// Whether two spellings are one under the widest fold.
fn keys_meet<F: Form>(
    a: Option<SpellingRef<'_>>,
    b: Option<SpellingRef<'_>>,
    levels: &ScriptComparison,
) -> bool {
    match (levels.whole, a, b) {
        (ScriptLevel::Same(_), _, _) => true,
        _ if levels.reordered => true,
        (ScriptLevel::Unknown, _, _) | (_, None, _) | (_, _, None) => false,
        (_, Some(a), Some(b)) => may_be_equal(a, b) && F::widest(a.chars()).eq(F::widest(b.chars())),
    }
}

/// Whether two whole names have the same characters under the widest fold, as far as signatures show. A long vowel can
/// cross the border of a reading and be dropped, which leaves out at most one character.
fn may_be_equal(a: SpellingRef<'_>, b: SpellingRef<'_>) -> bool {
    let signature = |s: SpellingRef<'_>| s.family.signature() | s.given.signature();
    (signature(a) ^ signature(b)).count_ones() <= 2
}

/// What differs between comparing register forms and comparing readings.
trait Form {
    /// The grade at which two runs of characters are one.
    fn grade<A, B>(a: &A, b: &B) -> Option<Grade>
    where
        A: Iterator<Item = char> + Clone,
        B: Iterator<Item = char> + Clone;

    /// The characters under the widest fold.
    fn widest(chars: impl Iterator<Item = char> + Clone) -> impl Iterator<Item = char>;
}

struct RegisterForm;

impl Form for RegisterForm {
    fn grade<A, B>(a: &A, b: &B) -> Option<Grade>
    where
        A: Iterator<Item = char> + Clone,
        B: Iterator<Item = char> + Clone,
    {
        let mut grade = Grade::Identical;
        let (mut x, mut y) = (a.clone(), b.clone());
        let mut before = (None, None);
        loop {
            match (x.next(), y.next()) {
                (None, None) => return Some(grade),
                (Some(p), Some(q)) => {
                    let alone = kana::char_grade(p, q).or_else(|| kanji::grade(p, q));
                    let step = alone.filter(|grade| *grade <= Grade::Register);
                    let step = step.or_else(|| {
                        let between = is_between(before.0, x.clone()) && is_between(before.1, y.clone());
                        repeats(p, q, before)
                            .or((between && may_be_ga(p) && may_be_ga(q)).then_some(Grade::Register))
                    });
                    match step.or(alone) {
                        Some(step) => grade = grade.max(step),
                        None => break,
                    }
                    before = (repeatable(p, before.0), repeatable(q, before.1));
                }
                _ => break,
            }
        }
        // Equal by the fold but by no direct edge: variants are never chained into an agreement (R6).
        Self::widest(a.clone()).eq(Self::widest(b.clone())).then_some(Grade::Confusable)
    }

    fn widest(chars: impl Iterator<Item = char> + Clone) -> impl Iterator<Item = char> {
        widest_register(chars)
    }
}

/// The kanji that a 々 next to come would repeat.
fn repeatable(c: char, before: Option<char>) -> Option<char> {
    if c == '々' { before } else { is_han(c).then_some(c) }
}

/// The grade at which a kanji and 々 are one, when 々 repeats that kanji or one with a direct edge to it (佐々木 / 佐佐木).
/// Official at best: the spelling with 々 is that of くりかへし符号の使ひ方 (Ministry of Education, 1946).
fn repeats(p: char, q: char, before: (Option<char>, Option<char>)) -> Option<Grade> {
    let grade = match (p, q) {
        ('々', q) => kanji::grade(before.0?, q),
        (p, '々') => kanji::grade(p, before.1?),
        _ => None,
    };
    grade.map(|grade| grade.max(Grade::Official))
}

/// Whether a kanji stands before and a kanji follows.
fn is_between(before: Option<char>, mut after: impl Iterator<Item = char>) -> bool {
    before.is_some() && after.next().is_some_and(is_han)
}

/// The kana that are written for one another between the kanji of a name (竜ヶ崎 / 竜が崎), where small ones are written large.
const fn may_be_ga(c: char) -> bool {
    matches!(c, 'ヶ' | 'ケ' | 'ヵ' | 'カ' | 'ガ' | 'が' | 'ゖ' | 'け' | 'ゕ' | 'か')
}

struct Reading;

impl Form for Reading {
    fn grade<A, B>(a: &A, b: &B) -> Option<Grade>
    where
        A: Iterator<Item = char> + Clone,
        B: Iterator<Item = char> + Clone,
    {
        if a.clone().eq(b.clone()) { Some(Grade::Identical) } else { kana::grade_of(a, b) }
    }

    fn widest(chars: impl Iterator<Item = char> + Clone) -> impl Iterator<Item = char> {
        widest_reading(chars)
    }
}

fn compare_script<F: Form>(a: Option<SpellingRef<'_>>, b: Option<SpellingRef<'_>>) -> ScriptComparison {
    let (Some(a), Some(b)) = (a, b) else { return ScriptComparison::UNKNOWN };
    if a.has_border() && b.has_border() {
        return compare_parts::<F>(a, b);
    }
    let whole =
        compare_chars::<F>(&a.chars(), &b.chars(), like_with_like(a, b), a.has_unknown() || b.has_unknown())
            .after(a.given.folds(), b.given.folds());
    let even =
        ScriptComparison { family: whole, given: whole, whole, border_differs: false, reordered: false };
    if whole.agrees() || whole == ScriptLevel::Unknown {
        return even;
    }
    let (bordered, bare) = if b.has_border() { (b, a) } else { (a, b) };
    if !bordered.has_border() {
        let confusable = matches!(whole, ScriptLevel::Same(_));
        return if confusable { even } else { ScriptComparison { family: ScriptLevel::Unknown, ..even } };
    }
    split_by::<F>(bordered, bare, whole)
}

fn compare_parts<F: Form>(a: SpellingRef<'_>, b: SpellingRef<'_>) -> ScriptComparison {
    let family = compare_part::<F>(a.family, b.family);
    let given = compare_part::<F>(a.given, b.given);
    let whole = family.and(given);
    let mut levels = ScriptComparison { family, given, whole, border_differs: false, reordered: false };
    let same = |level| matches!(level, ScriptLevel::Same(_));
    if !same(family) && !same(given) && !a.has_unknown() && !b.has_unknown() && may_be_equal(a, b) {
        if let Some(grade) = F::grade(&a.chars(), &b.chars()) {
            let level = ScriptLevel::Same(grade).after(a.given.folds(), b.given.folds());
            return ScriptComparison {
                family: level,
                given: level,
                whole: level,
                border_differs: true,
                reordered: false,
            };
        }
        let crossed = compare_part::<F>(a.family, b.given).and(compare_part::<F>(a.given, b.family));
        if crossed.agrees() || same_words(a, b) {
            levels.reordered = true;
            levels.family = ScriptLevel::Slip;
            levels.given = ScriptLevel::Slip;
        }
    }
    levels
}

/// Whether two names are the same words in another order (THI SOPHIE ROSSI / ROSSI THI SOPHIE).
fn same_words(a: SpellingRef<'_>, b: SpellingRef<'_>) -> bool {
    fn words<'a>(name: SpellingRef<'a>) -> impl Iterator<Item = &'a str> + Clone {
        name.family.text().split(' ').chain(name.given.text().split(' '))
    }
    let (a, b) = (words(a), words(b));
    a.clone().count() == b.clone().count()
        && a.clone().all(|word| b.clone().any(|other| other == word))
        && b.clone().all(|word| a.clone().any(|other| other == word))
}

/// One side wrote a border and the other did not, and the whole names do not agree: reads the border into the other
/// side where the parts agree best.
fn split_by<F: Form>(
    bordered: SpellingRef<'_>,
    bare: SpellingRef<'_>,
    whole: ScriptLevel,
) -> ScriptComparison {
    let comparable = like_with_like(bordered, bare);
    let length = bare.chars().count();
    let family_length = bordered.family.chars().count();
    let given_length = bordered.given.chars().count();
    let unknown = bordered.has_unknown() || bare.has_unknown();
    let level = |part: &Part, skip: usize, take: usize| {
        compare_chars::<F>(&part.chars(), &bare.chars().skip(skip).take(take), comparable, unknown)
    };
    let mut levels = ScriptComparison {
        family: ScriptLevel::Different,
        given: ScriptLevel::Different,
        whole,
        border_differs: false,
        reordered: false,
    };
    // The border is as far from the start as the family name is long, or as far from the end as the given name is.
    for border in [family_length, length.saturating_sub(given_length)] {
        let (family, given) = (level(bordered.family, 0, border), level(bordered.given, border, length));
        if (family.min(given), family.max(given))
            < (levels.family.min(levels.given), levels.family.max(levels.given))
        {
            (levels.family, levels.given) = (family, given);
        }
    }
    // Look-alikes of the whole may be of other lengths in their parts, as long vowels are.
    let same = |level| matches!(level, ScriptLevel::Same(_));
    if same(whole) && !(same(levels.family) && same(levels.given)) {
        (levels.family, levels.given) = (whole, whole);
    }
    if whole == ScriptLevel::Slip
        && levels.given == ScriptLevel::Different
        && levels.family == ScriptLevel::Different
    {
        levels.family = ScriptLevel::Slip;
        levels.given = ScriptLevel::Slip;
    }
    levels
}

/// Whether two spellings are in the same script, so that comparing them says something (R11).
fn like_with_like(a: SpellingRef<'_>, b: SpellingRef<'_>) -> bool {
    script(a) == script(b)
}

/// What a whole name is written in.
fn script(name: SpellingRef<'_>) -> Script {
    if name.has_border() && name.family.script() == Script::Han { Script::Han } else { name.given.script() }
}

fn compare_part<F: Form>(a: &Part, b: &Part) -> ScriptLevel {
    if a.is_empty() || b.is_empty() {
        return ScriptLevel::Unknown;
    }
    let unknown = a.has_unknown() || b.has_unknown();
    if !unknown && a.exact() == b.exact() && a.chars().eq(b.chars()) {
        return ScriptLevel::Same(a.folds().difference(b.folds()).grade());
    }
    // More than one edit apart: no need to look at the characters.
    let far = (a.signature() ^ b.signature()).count_ones() > 2 && !unknown && a.script() == b.script();
    let level = if far {
        ScriptLevel::Different
    } else {
        compare_chars::<F>(&a.chars(), &b.chars(), a.script() == b.script(), unknown)
            .after(a.folds(), b.folds())
    };
    if level == ScriptLevel::Different && words_dropped::<F>(a, b) { ScriptLevel::Slip } else { level }
}

/// Whether one is the other with middle names left out, in whatever notation each word is (ニコラエヴィツチ / ニコラエヴィッチ).
fn words_dropped<F: Form>(a: &Part, b: &Part) -> bool {
    let agree = |x: &str, y: &str| {
        x == y || F::grade(&x.chars(), &y.chars()).is_some_and(|grade| grade <= Grade::Register)
    };
    let subset = |short: &str, long: &str| {
        let mut words = long.split(' ');
        short.split(' ').all(|word| words.any(|other| agree(word, other)))
    };
    let (x, y) = (a.text(), b.text());
    let words = |text: &str| text.split(' ').count();
    a.script() != Script::Han
        && (x.contains(' ') || y.contains(' '))
        && if words(x) < words(y) { subset(x, y) } else { subset(y, x) }
}

fn compare_chars<F: Form>(
    a: &(impl Iterator<Item = char> + Clone),
    b: &(impl Iterator<Item = char> + Clone),
    like_with_like: bool,
    unknown: bool,
) -> ScriptLevel {
    if unknown {
        return compare_around_unknown::<F>(a.clone(), b.clone());
    }
    if !like_with_like {
        return ScriptLevel::Unknown;
    }
    match F::grade(a, b) {
        Some(grade) => ScriptLevel::Same(grade),
        None if !a.clone().any(is_han) && one_slip(F::widest(a.clone()), F::widest(b.clone())) => {
            ScriptLevel::Slip
        }
        None => ScriptLevel::Different,
    }
}

/// An unknown character stands for any one character: what is left may contradict, but never agrees. Nothing but unknown
/// characters says nothing, however many there are (R7).
fn compare_around_unknown<F: Form>(
    mut a: impl Iterator<Item = char> + Clone,
    mut b: impl Iterator<Item = char> + Clone,
) -> ScriptLevel {
    fn says_nothing(mut chars: impl Iterator<Item = char>) -> bool {
        chars.next().is_some_and(kanji::is_unknown) && chars.all(kanji::is_unknown)
    }
    if says_nothing(a.clone()) || says_nothing(b.clone()) {
        return ScriptLevel::Unknown;
    }
    loop {
        match (a.next(), b.next()) {
            (None, None) => return ScriptLevel::Unknown,
            (Some(x), Some(y)) if kanji::is_unknown(x) || kanji::is_unknown(y) => {}
            (Some(x), Some(y)) if F::grade(&std::iter::once(x), &std::iter::once(y)).is_some() => {}
            _ => return ScriptLevel::Different,
        }
    }
}

/// Whether two strings are at most one edit apart: a character replaced, added, left out, or two neighbours exchanged
/// (optimal string alignment distance <= 1). Linear.
///
/// ```
/// use himozuke::compare::name::one_slip;
/// assert!(one_slip("ヤマダ".chars(), "ヤマタダ".chars()));
/// assert!(!one_slip("サチコ".chars(), "ユキコ".chars()));
/// ```
pub fn one_slip(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> bool {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    while let (Some(x), Some(y)) = (a.peek().copied(), b.peek().copied()) {
        if x == y {
            a.next();
            b.next();
            continue;
        }
        a.next();
        b.next();
        return after_mismatch(x, y, a, b);
    }
    a.count() + b.count() <= 1
}

/// The four ways on from the first difference `x` / `y`, followed side by side.
fn after_mismatch(x: char, y: char, a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> bool {
    let (mut replaced, mut left_out, mut added, mut exchanged) = (true, true, true, true);
    let (mut last_a, mut last_b) = (x, y);
    let (mut a, mut b) = (a, b);
    let mut first = true;
    loop {
        let (next_a, next_b) = (a.next(), b.next());
        replaced &= next_a == next_b;
        // `a` holds an extra character: its rest, shifted, is the rest of `b` with `y`.
        left_out &= next_a == Some(last_b);
        added &= next_b == Some(last_a);
        if first {
            exchanged &= next_a == Some(y) && next_b == Some(x);
            first = false;
        } else {
            exchanged &= next_a == next_b;
        }
        match (next_a, next_b) {
            (None, None) => return replaced || exchanged,
            (Some(_), None) => return left_out && a.next().is_none(),
            (None, Some(_)) => return added && b.next().is_none(),
            (Some(next_a), Some(next_b)) => (last_a, last_b) = (next_a, next_b),
        }
        if !(replaced || left_out || added || exchanged) {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::name::{self, Name};
    use proptest::prelude::*;

    fn names(register: &str, reading: &str) -> Vec<Name> {
        name::parse(register, reading).unwrap()
    }

    fn compared(a: (&str, &str), b: (&str, &str)) -> NameComparison {
        let (a, b) = (names(a.0, a.1), names(b.0, b.1));
        compare(a.iter().map(Name::view), b.iter().map(Name::view))
    }

    #[test]
    fn a_policy_may_lower_the_accepted_grade() {
        let pair = compared(("髙橋 太郎", ""), ("高橋 太郎", ""));
        let grade = pair.grade().unwrap();
        assert_eq!(pair.agreement(grade), NameAgreement::Agrees);
        assert_eq!(pair.agreement(Grade::Equivalent), NameAgreement::LookAlike);
    }

    #[test]
    fn widest_equality_finds_every_namesake() {
        assert!(compared(("山田 太朗", "ヤマダ タロウ"), ("山田 太郎", "ヤマタ タロー")).widest_equal);
        assert!(compared(("佐々 木子", ""), ("佐々木 子", "")).widest_equal);
        assert!(!compared(("山田 太郎", "ヤマダ タロウ"), ("山田 次郎", "ヤマダ ジロウ")).widest_equal);
        assert!(!compared(("●田 太郎", ""), ("●田 太郎", "")).widest_equal, "R7: matches nothing");
    }

    #[test]
    fn what_cannot_be_compared_is_weighed_by_its_reading() {
        use Plausibility::{Composable, Listed, Unlisted};
        for (a, b, expected, source) in [
            (("山田 太郎", ""), ("", "ヤマダ タロウ"), Some(Listed), "DOMAIN 3.1"),
            (("山田太郎", ""), ("", "ﾔﾏﾀﾞﾀﾛｳ"), Some(Listed), "R10"),
            (("山田 太郎", ""), ("ヤマダ タロウ", ""), Some(Listed), "kana in the cell for kanji"),
            (("山田 剛人", ""), ("", "ヤマダ ツヨヒト"), Some(Composable), "DATA C2"),
            (("山田 太郎", ""), ("", "ヤマダ ジロウ"), Some(Unlisted), "DOMAIN 4.5"),
            (("鈴木 太郎", ""), ("", "ヤマダ タロウ"), Some(Unlisted), "scenario 17"),
            (("山田［鈴木］ 太郎", ""), ("", "スズキ タロウ"), Some(Listed), "scenario 17, R11"),
            (("SMITH JOHN", ""), ("", "スミス ジョン"), Some(Composable), "scenario 18"),
            (("JOHN SMITH", ""), ("", "スミス ジョン"), Some(Composable), "scenario 18: order"),
            (("SMITH JOHN PAUL", ""), ("", "ジョン スミス"), Some(Composable), "scenario 18: middle name"),
            (("JOEL BILLY", ""), ("", "ビリージョエル"), Some(Composable), "DOMAIN 3.6"),
            (("SATO KEIKO", ""), ("", "サトウ ケイコ"), Some(Composable), "passport spelling"),
            (("WILLIAMS MARY", ""), ("", "スミス ジョン"), Some(Unlisted), "another name"),
            (("ZHANG YULIN　張 玉蓮", ""), ("", "チャン ユウリン"), Some(Composable), "DOMAIN 7.2"),
            (("●田 太郎", ""), ("", "ヨシダ タロウ"), None, "R7"),
            (("山田 太郎", "ヤマダ タロウ"), ("", "ヤマダ タロウ"), None, "compared by reading"),
            (("山田 太郎", ""), ("山田 太郎", ""), None, "compared by kanji"),
            (("山田 太郎", ""), ("", ""), None, "R4"),
            (("山田 太郎", ""), ("SATO TARO", ""), None, "nothing is read"),
        ] {
            let pair = compared(a, b);
            assert_eq!(pair.plausibility, expected, "{a:?} {b:?}: {source}");
            assert_eq!(compared(b, a), pair, "{b:?} {a:?}: {source}");
            if expected.is_some() {
                assert_eq!(
                    pair.agreement(Grade::Register),
                    NameAgreement::Unknown,
                    "never agreement: {source}"
                );
            }
        }
    }

    #[test]
    fn twins_have_another_given_name() {
        assert!(compared(("山田 太郎", "ヤマダ タロウ"), ("山田 花子", "ヤマダ ハナコ")).given_is_another());
        assert!(!compared(("山田 太郎", "ヤマダ タロウ"), ("山田 太朗", "ヤマダ タロウ")).given_is_another());
        assert!(!compared(("山田 太郎", ""), ("", "ヤマダ タロウ")).given_is_another());
    }

    fn cells() -> impl Strategy<Value = (String, String)> {
        ("[山田髙高斉斎太大郎 子●]{0,5}|[A-C ]{0,6}|[ァ-オガカ ー]{0,5}", "[ア-オカガユウー ]{0,6}")
    }

    proptest! {
        #[test]
        fn one_slip_is_alignment_distance_one(a in "[アイウ]{0,6}", b in "[アイウ]{0,6}") {
            prop_assert_eq!(one_slip(a.chars(), b.chars()), strsim::osa_distance(&a, &b) <= 1, "{} {}", a, b);
        }

        #[test]
        fn comparison_is_symmetric(a in cells(), b in cells()) {
            let (a, b) = ((&*a.0, &*a.1), (&*b.0, &*b.1));
            prop_assert_eq!(compared(a, b), compared(b, a));
        }

        #[test]
        fn a_name_agrees_with_itself_unless_unknown(a in cells()) {
            let a = (&*a.0, &*a.1);
            let pair = compared(a, a);
            if names(a.0, "")[0].register.as_ref().is_some_and(|r| !r.view().has_unknown()) {
                prop_assert_eq!(pair.agreement(Grade::Register), NameAgreement::Agrees);
                prop_assert_eq!(pair.given() , if names(a.0, a.1)[0].reading.is_some() { PartLevel::Full } else { PartLevel::RegisterOnly });
            }
        }
    }
}
