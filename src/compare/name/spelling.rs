//! Two spellings of one script, part by part: the same grade by grade, a slip apart, around unknown characters, in another
//! order, across a border that only one side wrote. Knows nothing of what the two scripts say together.

use super::{ScriptComparison, ScriptLevel};
use crate::normalize::name::{PartRef, Script, SpellingRef, is_han, widest_reading, widest_register};
use crate::normalize::{Grade, kana, kanji};

/// Whether two spellings are one under the widest fold.
pub(super) fn keys_meet<F: Form>(
    a: Option<&SpellingRef<'_>>,
    b: Option<&SpellingRef<'_>>,
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
pub(super) fn may_be_equal(a: &SpellingRef<'_>, b: &SpellingRef<'_>) -> bool {
    PartRef::are_near(a.signature(), b.signature())
}

/// What differs between comparing register forms and comparing readings.
pub(super) trait Form {
    /// The grade at which two runs of characters are one.
    fn grade<A, B>(a: &A, b: &B) -> Option<Grade>
    where
        A: Iterator<Item = char> + Clone,
        B: Iterator<Item = char> + Clone;

    /// As [`Self::grade`], where the widest fold is known not to join the two.
    fn grade_of_unjoined<A, B>(a: &A, b: &B) -> Option<Grade>
    where
        A: Iterator<Item = char> + Clone,
        B: Iterator<Item = char> + Clone;

    /// The characters under the widest fold.
    fn widest(chars: impl Iterator<Item = char> + Clone) -> impl Iterator<Item = char>;

    /// Whether two characters may be one, whatever stands around them.
    fn may_be_one(a: char, b: char) -> bool {
        Self::grade(&std::iter::once(a), &std::iter::once(b)).is_some()
    }
}

pub(super) struct RegisterForm;

impl Form for RegisterForm {
    fn grade<A, B>(a: &A, b: &B) -> Option<Grade>
    where
        A: Iterator<Item = char> + Clone,
        B: Iterator<Item = char> + Clone,
    {
        // Equal by the fold but by no direct edge: variants are never chained into an agreement (R6).
        let folded = || Self::widest(a.clone()).eq(Self::widest(b.clone())).then_some(Grade::Confusable);
        Self::grade_of_unjoined(a, b).or_else(folded)
    }

    /// By direct edges: kanji that are often confused need not fold together.
    fn grade_of_unjoined<A, B>(a: &A, b: &B) -> Option<Grade>
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
                    let same = (p == q).then_some(Grade::Identical);
                    let alone = same.or_else(|| kana::char_grade(p, q)).or_else(|| kanji::grade(p, q));
                    let step = alone.filter(|grade| *grade <= Grade::Register);
                    let step = step.or_else(|| {
                        let between = is_between(before.0, x.clone()) && is_between(before.1, y.clone());
                        repeats(p, q, before)
                            .or((between && may_be_ga(p) && may_be_ga(q)).then_some(Grade::Register))
                    });
                    grade = grade.max(step.or(alone)?);
                    before = (repeatable(p, before.0), repeatable(q, before.1));
                }
                _ => return None,
            }
        }
    }

    fn widest(chars: impl Iterator<Item = char> + Clone) -> impl Iterator<Item = char> {
        widest_register(chars)
    }

    fn may_be_one(a: char, b: char) -> bool {
        let alone = kana::char_grade(a, b).or_else(|| kanji::grade(a, b)).is_some();
        alone || (may_be_ga(a) && may_be_ga(b)) || a == '々' || b == '々' || kanji::fold(a) == kanji::fold(b)
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

pub(super) struct Reading;

impl Form for Reading {
    fn grade<A, B>(a: &A, b: &B) -> Option<Grade>
    where
        A: Iterator<Item = char> + Clone,
        B: Iterator<Item = char> + Clone,
    {
        if a.clone().eq(b.clone()) { Some(Grade::Identical) } else { kana::grade_of(a, b) }
    }

    /// Every step of folding widens the one before.
    fn grade_of_unjoined<A, B>(_: &A, _: &B) -> Option<Grade> {
        None
    }

    fn widest(chars: impl Iterator<Item = char> + Clone) -> impl Iterator<Item = char> {
        widest_reading(chars)
    }
}

pub(super) fn compare_script<F: Form>(
    a: Option<&SpellingRef<'_>>,
    b: Option<&SpellingRef<'_>>,
) -> ScriptComparison {
    let (Some(a), Some(b)) = (a, b) else { return ScriptComparison::UNKNOWN };
    if a.has_border() && b.has_border() {
        return compare_parts::<F>(a, b);
    }
    let (comparable, unknown) = (like_with_like(a, b), a.has_unknown() || b.has_unknown());
    let whole = if comparable && !unknown && written_alike(a, b) {
        ScriptLevel::Same(Grade::Identical)
    } else {
        compare_chars::<F>(&a.chars(), &b.chars(), comparable, unknown)
    };
    let whole = whole.after(a.given.folds(), b.given.folds());
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

/// Whether two names, of which one at least shows no border, have the same text.
fn written_alike(a: &SpellingRef<'_>, b: &SpellingRef<'_>) -> bool {
    let (bordered, bare) = if a.has_border() { (a, b) } else { (b, a) };
    bare.given.bytes().strip_prefix(bordered.family.bytes()) == Some(bordered.given.bytes())
}

fn compare_parts<F: Form>(a: &SpellingRef<'_>, b: &SpellingRef<'_>) -> ScriptComparison {
    let family = compare_part::<F>(&a.family, &b.family);
    let given = compare_part::<F>(&a.given, &b.given);
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
        let crossed = compare_part::<F>(&a.family, &b.given).and(compare_part::<F>(&a.given, &b.family));
        if crossed.agrees() || same_words(a, b) {
            levels.reordered = true;
            levels.family = ScriptLevel::Slip;
            levels.given = ScriptLevel::Slip;
        }
    }
    levels
}

/// Whether two names are the same words in another order (THI SOPHIE ROSSI / ROSSI THI SOPHIE).
fn same_words(a: &SpellingRef<'_>, b: &SpellingRef<'_>) -> bool {
    fn words<'a>(name: &SpellingRef<'a>) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
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
    bordered: &SpellingRef<'_>,
    bare: &SpellingRef<'_>,
    whole: ScriptLevel,
) -> ScriptComparison {
    let comparable = like_with_like(bordered, bare);
    let unknown = bordered.has_unknown() || bare.has_unknown();
    let level = |part: PartRef<'_>, other: &str| {
        // A character that cannot be read leaves open its own part, and says nothing of the other one.
        let unknown = unknown && (part.has_unknown() || other.chars().any(kanji::is_unknown));
        if comparable && !unknown && part.bytes() == other.as_bytes() {
            return ScriptLevel::Same(Grade::Identical);
        }
        compare_chars::<F>(&part.chars(), &letters(other), comparable, unknown)
    };
    let text = bare.given.text();
    let length = letters(text).count();
    let family_length = bordered.family.chars().count();
    let given_length = bordered.given.chars().count();
    let mut levels = ScriptComparison {
        family: ScriptLevel::Different,
        given: ScriptLevel::Different,
        whole,
        border_differs: false,
        reordered: false,
    };
    // The border is as far from the start as the family name is long, or as far from the end as the given name is.
    let from_end = Some(length.saturating_sub(given_length)).filter(|border| *border != family_length);
    for border in [Some(family_length), from_end].into_iter().flatten() {
        let at = text.char_indices().filter(|(_, c)| *c != ' ').nth(border).map_or(text.len(), |(at, _)| at);
        let (family, given) = text.split_at_checked(at).unwrap_or((text, ""));
        let (family, given) = (level(bordered.family, family), level(bordered.given, given));
        let explains = |family: ScriptLevel, given: ScriptLevel| {
            let (family, given) = (family.explains(), given.explains());
            (family.min(given), family.max(given))
        };
        if explains(family, given) < explains(levels.family, levels.given) {
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

/// The characters of a text, spaces aside.
fn letters(text: &str) -> impl Iterator<Item = char> + Clone {
    text.chars().filter(|c| *c != ' ')
}

/// Whether two spellings are in the same script, so that comparing them says something (R11).
fn like_with_like(a: &SpellingRef<'_>, b: &SpellingRef<'_>) -> bool {
    script(a) == script(b)
}

/// What a whole name is written in.
pub(super) fn script(name: &SpellingRef<'_>) -> Script {
    if name.has_border() && name.family.script() == Script::Han { Script::Han } else { name.given.script() }
}

fn compare_part<F: Form>(a: &PartRef<'_>, b: &PartRef<'_>) -> ScriptLevel {
    if a.is_empty() || b.is_empty() {
        return ScriptLevel::Unknown;
    }
    let unknown = a.has_unknown() || b.has_unknown();
    let same = a.exact() == b.exact() && (a.bytes() == b.bytes() || a.chars().eq(b.chars()));
    if same && !unknown {
        return ScriptLevel::Same(a.folds().difference(b.folds()).grade());
    }
    let comparable = a.script() == b.script();
    let legible = comparable && !unknown;
    // More than one edit apart: no need to look at the characters.
    let level = if legible && !PartRef::are_near(a.signature(), b.signature()) {
        ScriptLevel::Different
    } else if legible && a.key() != b.key() {
        match F::grade_of_unjoined(&a.chars(), &b.chars()) {
            Some(grade) => ScriptLevel::Same(grade).after(a.folds(), b.folds()),
            None if a.script() == Script::Han => ScriptLevel::Different,
            None => apart::<F>(&a.chars(), &b.chars()),
        }
    } else {
        compare_chars::<F>(&a.chars(), &b.chars(), comparable, unknown).after(a.folds(), b.folds())
    };
    if level == ScriptLevel::Different && words_dropped::<F>(a, b) { ScriptLevel::Slip } else { level }
}

/// Whether one is the other with middle names left out, in whatever notation each word is (ニコラエヴィツチ / ニコラエヴィッチ).
fn words_dropped<F: Form>(a: &PartRef<'_>, b: &PartRef<'_>) -> bool {
    let has_several = |part: &PartRef<'_>| part.bytes().contains(&b' ');
    if a.script() == Script::Han || !(has_several(a) || has_several(b)) {
        return false;
    }
    let agree = |x: &str, y: &str| {
        x == y || F::grade(&x.chars(), &y.chars()).is_some_and(|grade| grade <= Grade::Register)
    };
    let subset = |short: &str, long: &str| {
        let mut words = long.split(' ');
        short.split(' ').all(|word| words.any(|other| agree(word, other)))
    };
    let (x, y) = (a.text(), b.text());
    let words = |text: &str| text.split(' ').count();
    if words(x) < words(y) { subset(x, y) } else { subset(y, x) }
}

fn compare_chars<F: Form>(
    a: &(impl Iterator<Item = char> + Clone),
    b: &(impl Iterator<Item = char> + Clone),
    like_with_like: bool,
    unknown: bool,
) -> ScriptLevel {
    if !like_with_like {
        return ScriptLevel::Unknown;
    }
    if unknown {
        return compare_around_unknown::<F>(a.clone(), b.clone());
    }
    match F::grade(a, b) {
        Some(grade) => ScriptLevel::Same(grade),
        None => apart::<F>(a, b),
    }
}

/// The level of what is not the same at any grade.
fn apart<F: Form>(
    a: &(impl Iterator<Item = char> + Clone),
    b: &(impl Iterator<Item = char> + Clone),
) -> ScriptLevel {
    if !a.clone().any(is_han) && one_slip(F::widest(a.clone()), F::widest(b.clone())) {
        ScriptLevel::Slip
    } else {
        ScriptLevel::Different
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
            (Some(x), Some(y)) if F::may_be_one(x, y) => {}
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
