//! Readings: one canonical katakana form, and the graded steps by which two readings may be folded together (R8, R9).
//!
//! Knows nothing of names: family and given, order and titles are [`super::name`]'s business.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::text::{self, Clean};
use super::{Fold, Grade};

/// The canonical form of a reading: full-width katakana, `ー` for every dash after a kana, one `' '` between words.
///
/// Sizes of kana, ヂ/ジ and voicing are kept: [`folded`] folds them, step by step and with a grade.
///
/// ```
/// use himozuke::normalize::kana;
/// assert_eq!(kana::canonical("やまだ　ﾕ-ｺ").text, "ヤマダ ユーコ");
/// ```
#[must_use]
pub fn canonical(input: &str) -> Clean<'_> {
    let Clean { text, mut folds } = text::clean(input);
    let mut previous = ' ';
    let dirty = text.chars().any(|c| {
        let dirty = !is_plain(c) && (canonical_char(previous, c) != c || text::join(previous, c).is_some());
        previous = c;
        dirty
    });
    if !dirty {
        return Clean { text, folds };
    }
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for c in text.chars() {
        // Marks that join a hiragana are joined already; ゐ and ヱ take one only as katakana, a hentaigana once it is read.
        if let Some(joined) = text::join(previous, c) {
            folds.insert(Fold::SoundMark);
            out.pop();
            out.push(joined);
            previous = joined;
            continue;
        }
        let canonical = canonical_char(previous, c);
        if canonical != c {
            folds.insert(match c {
                'ゝ' | 'ゞ' | 'ヽ' | 'ヾ' => Fold::Iteration,
                'ぁ'..='ゟ' => Fold::Script,
                FIRST_HENTAIGANA..=LAST_HENTAIGANA => Fold::Kana,
                'a'..='z' => Fold::Case,
                '・' | ',' | '、' | '.' => Fold::Spacing,
                _ => Fold::Dash,
            });
        }
        if canonical == ' ' && matches!(previous, ' ') {
            continue;
        }
        out.push(canonical);
        previous = canonical;
    }
    out.truncate(out.trim_end_matches(' ').len());
    Clean { text: Cow::Owned(out), folds }
}

/// Characters that are canonical whatever stands before them: nearly all of a reading.
const fn is_plain(c: char) -> bool {
    is_kana(c) || c == ' '
}

/// One character in canonical form, given the canonical one before it.
fn canonical_char(previous: char, c: char) -> char {
    match c {
        'ゝ' | 'ゞ' | 'ヽ' | 'ヾ' => repeated(previous, c).unwrap_or(katakana(c)),
        'ぁ'..='ゖ' => katakana(c),
        FIRST_HENTAIGANA..=LAST_HENTAIGANA => katakana(hentaigana(c)),
        'a'..='z' => c.to_ascii_uppercase(),
        '・' | ',' | '、' | '，' | '.' => ' ',
        _ if is_dash(c) && is_kana(previous) => 'ー',
        _ => c,
    }
}

/// The kana that an iteration mark stands for: the one before it, clear for ゝ and voiced for ゞ where it can be. `None`
/// where no kana stands before it.
pub(super) fn repeated(before: char, mark: char) -> Option<char> {
    let kana = katakana(before);
    if !is_kana(kana) {
        return None;
    }
    let base = clear(kana);
    let meant = if matches!(mark, 'ゞ' | 'ヾ') { text::join(base, '゛').unwrap_or(kana) } else { base };
    match before {
        'ぁ'..='ゖ' if meant <= 'ヶ' => char::from_u32(meant as u32 - 0x60),
        'ぁ'..='ゖ' => Some(before), // わ, voiced, has a katakana alone
        _ => Some(meant),
    }
}

/// The first hentaigana, which Unicode also calls the archaic YE.
pub(super) const FIRST_HENTAIGANA: char = '\u{1B001}';
/// The last hentaigana.
pub(super) const LAST_HENTAIGANA: char = '\u{1B11E}';

/// The hiragana that a hentaigana is named for. Ten have names with several values (KA-KE): which of them a register
/// meant cannot be seen, and they become 〓, a character nobody knows (R7). Any other character is itself.
pub(super) fn hentaigana(c: char) -> char {
    static VALUES: LazyLock<Vec<char>> = LazyLock::new(|| {
        let rows =
            include_str!("../../data/hentaigana_hand.tsv").lines().filter(|line| !line.starts_with('#'));
        let runs = rows.filter_map(|row| {
            let mut fields = row.split('\t');
            let mut code = || u32::from_str_radix(fields.next()?, 16).ok();
            let (first, last) = (code()?, code()?);
            let mut values = fields.next()?.chars();
            let value = values.next()?;
            let value = if values.next().is_none() { value } else { '〓' };
            Some(std::iter::repeat_n(value, (last + 1 - first) as usize))
        });
        runs.flatten().collect()
    });
    let index = (c as u32).checked_sub(FIRST_HENTAIGANA as u32);
    index.and_then(|index| VALUES.get(index as usize)).copied().unwrap_or(c)
}

/// Katakana for hiragana; every other character is itself.
#[must_use]
pub const fn katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => match char::from_u32(c as u32 + 0x60) {
            Some(katakana) => katakana,
            None => c,
        },
        _ => c,
    }
}

/// Whether the character is a katakana syllable, small ones of Ainu included, or the long vowel mark.
#[must_use]
pub const fn is_kana(c: char) -> bool {
    matches!(c, 'ァ'..='ヺ' | 'ー' | 'ㇰ'..='ㇿ')
}

/// The characters that are written where a long vowel mark is meant (DOMAIN 4.2, 8.4).
#[must_use]
pub const fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | 'ー'
            | '‐'
            | '‑'
            | '‒'
            | '–'
            | '—'
            | '―'
            | '−'
            | '─'
            | '━'
            | '╴'
            | '╶'
            | '﹣'
            | '˗'
            | '⁃'
            | '~'
            | '〜'
            | '∼'
    )
}

/// The reading folded as far as `grade` allows, without spaces.
///
/// | grade | what becomes equal | rule |
/// |---|---|---|
/// | up to 2 | the canonical form | R8 |
/// | 3 | small and large kana; `ー` and the vowel it lengthens (ユーコ = ユウコ) | R8 |
/// | 4 | ヂジ, ヅズ, ヲオ, ヰイ, ヱエ | R8 |
/// | 5 | clear, voiced and half-voiced (through ヅ and ヂ: ツ/ス, チ/シ); ワ/ハ; long vowels dropped (コウ = コオ = コ) | R9, DOMAIN 4.2 |
///
/// Grade 5 is for finding candidates and rivals; it never makes two readings agree. Allocates nothing.
///
/// ```
/// use himozuke::normalize::{Grade, kana::folded};
/// let same = |a: &str, b, grade| folded(a.chars(), grade).eq(folded(str::chars(b), grade));
/// assert!(same("キヨウコ", "キョウコ", Grade::Official));
/// assert!(!same("シヅオ", "シズオ", Grade::Official) && same("シヅオ", "シズオ", Grade::Register));
/// assert!(!same("ハナ", "バナ", Grade::Register) && same("ハナ", "バナ", Grade::Confusable));
/// ```
pub fn folded(chars: impl Iterator<Item = char>, grade: Grade) -> impl Iterator<Item = char> {
    let mut row = None; // the vowel of the kana before, where there is one
    let mut chars = chars.filter(|c| *c != ' ').peekable();
    std::iter::from_fn(move || {
        loop {
            let mut c = chars.next()?;
            if grade < Grade::Official {
                return Some(c);
            }
            c = large(c);
            if c == 'ー' {
                match row {
                    Some('ア') => c = 'ア',
                    Some('イ') => c = 'イ',
                    Some('ウ' | 'オ') => c = 'ウ',
                    Some('エ') => c = 'エ',
                    _ => {}
                }
            }
            if grade >= Grade::Register {
                c = modern(c);
            }
            if grade >= Grade::Confusable {
                if c == 'ヴ' {
                    c = match chars.peek().copied().map(large) {
                        Some('ア') => 'ハ',
                        Some('イ') => 'ヒ',
                        Some('エ') => 'ヘ',
                        Some('オ') => 'ホ',
                        _ => 'フ',
                    };
                    if c != 'フ' {
                        chars.next();
                    }
                } else {
                    c = widest_in_word(clear(c));
                    let lengthens = matches!(
                        (row, c),
                        (Some('ア'), 'ア')
                            | (Some('イ'), 'イ')
                            | (Some('ウ' | 'オ'), 'ウ')
                            | (Some('エ'), 'エ')
                            | (Some('オ'), 'オ')
                    );
                    if lengthens || c == 'ー' {
                        continue;
                    }
                }
            }
            row = vowel(c).or(if c == 'ー' { row } else { None });
            return Some(c);
        }
    })
}

/// The widest fold of [`folded`] while katakana pass one by one: on which vowel the last ended.
#[derive(Default)]
pub(crate) struct Row(u8);

impl Row {
    /// The next kana in its widest fold, `Some(None)` where it only lengthens the one before; `None` for ヴ, which goes with the
    /// kana behind it, and for whatever is not from ァ to ー.
    pub(crate) fn widest(&mut self, c: char) -> Option<Option<char>> {
        let index = (c as usize).checked_sub('ァ' as usize)?;
        let Widest { folded, row, lengthens } = *WIDEST.get(index).filter(|widest| widest.folded != '\0')?;
        if lengthens >> self.0 & 1 != 0 {
            return Some(None);
        }
        self.0 = row;
        Some(Some(folded))
    }
}

/// What the widest fold makes of a kana.
#[derive(Clone, Copy)]
struct Widest {
    /// `'\0'` where its neighbours tell.
    folded: char,
    /// The row on which it ends: 1 to 5 for アイウエオ, 0 for none.
    row: u8,
    /// After which rows it only lengthens, as bits.
    lengthens: u8,
}

/// Of the katakana from ァ to ー.
static WIDEST: [Widest; 'ー' as usize - 'ァ' as usize + 1] = {
    let mut all = [Widest { folded: '\0', row: 0, lengthens: 0 }; 'ー' as usize - 'ァ' as usize + 1];
    let mut rest = all.as_mut_slice();
    let mut c = 'ァ';
    while let Some((widest, others)) = rest.split_first_mut() {
        *widest = Widest::of(c);
        rest = others;
        c = match char::from_u32(c as u32 + 1) {
            Some(next) => next,
            None => break,
        };
    }
    all
};

impl Widest {
    const fn of(c: char) -> Self {
        let folded = match c {
            'ヴ' | '・' => '\0',
            _ => widest_in_word(widest_char(c)),
        };
        let row = match vowel(folded) {
            Some('ア') => 1,
            Some('イ') => 2,
            Some('ウ') => 3,
            Some('エ') => 4,
            Some(_) => 5,
            None => 0,
        };
        let lengthens = match folded {
            'ー' => 0b11_1111,
            'ア' => 1 << 1,
            'イ' => 1 << 2,
            'ウ' => 1 << 3 | 1 << 5,
            'エ' => 1 << 4,
            'オ' => 1 << 5,
            _ => 0,
        };
        Self { folded, row, lengthens }
    }
}

/// A clear kana as the widest fold of a reading has it: ヅ is ズ spelled another way and also the voiced ツ, so all of them
/// meet; so do ジ, ヂ, チ.
const fn widest_in_word(c: char) -> char {
    match c {
        'ワ' => 'ハ',
        'ツ' => 'ス',
        'チ' => 'シ',
        other => other,
    }
}

/// The large form of a small kana, Ainu extensions included.
#[must_use]
pub const fn large(c: char) -> char {
    match c {
        'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => {
            match char::from_u32(c as u32 + 1) {
                Some(large) => large,
                None => c,
            }
        }
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        'ㇰ' => 'ク',
        'ㇱ' => 'シ',
        'ㇲ' => 'ス',
        'ㇳ' => 'ト',
        'ㇴ' => 'ヌ',
        'ㇵ' => 'ハ',
        'ㇶ' => 'ヒ',
        'ㇷ' => 'フ',
        'ㇸ' => 'ヘ',
        'ㇹ' => 'ホ',
        'ㇺ' => 'ム',
        'ㇻ' => 'ラ',
        'ㇼ' => 'リ',
        'ㇽ' => 'ル',
        'ㇾ' => 'レ',
        'ㇿ' => 'ロ',
        _ => c,
    }
}

/// Kana that sound alike today and that offices write for one another (R8).
const fn modern(c: char) -> char {
    match c {
        'ヂ' => 'ジ',
        'ヅ' => 'ズ',
        'ヲ' => 'オ',
        'ヰ' => 'イ',
        'ヱ' => 'エ',
        'ヷ' => 'ワ',
        _ => c,
    }
}

/// The kana without its sound mark.
const fn clear(c: char) -> char {
    let code = c as u32;
    let base = match c {
        'ガ' | 'ギ' | 'グ' | 'ゲ' | 'ゴ' | 'ザ' | 'ジ' | 'ズ' | 'ゼ' | 'ゾ' | 'ダ' | 'ヂ' | 'ヅ' | 'デ'
        | 'ド' | 'バ' | 'ビ' | 'ブ' | 'ベ' | 'ボ' => code - 1,
        'パ' | 'ピ' | 'プ' | 'ペ' | 'ポ' => code - 2,
        _ => code,
    };
    match char::from_u32(base) {
        Some(base) => base,
        None => c,
    }
}

/// One kana as far as the widest fold goes without looking at its neighbours: large and clear.
pub(crate) const fn widest_char(c: char) -> char {
    clear(modern(large(c)))
}

/// Whether a kana may lengthen the one before: a vowel under the widest fold, or the mark itself.
pub(crate) const fn may_lengthen(c: char) -> bool {
    matches!(widest_char(c), 'ア' | 'イ' | 'ウ' | 'エ' | 'オ' | 'ー')
}

/// The vowel on which a large kana ends.
pub(crate) const fn vowel(c: char) -> Option<char> {
    Some(match c {
        'ア' | 'カ' | 'ガ' | 'サ' | 'ザ' | 'タ' | 'ダ' | 'ナ' | 'ハ' | 'バ' | 'パ' | 'マ' | 'ヤ' | 'ラ'
        | 'ワ' => 'ア',
        'イ' | 'キ' | 'ギ' | 'シ' | 'ジ' | 'チ' | 'ヂ' | 'ニ' | 'ヒ' | 'ビ' | 'ピ' | 'ミ' | 'リ' | 'ヰ' => {
            'イ'
        }
        'ウ' | 'ク' | 'グ' | 'ス' | 'ズ' | 'ツ' | 'ヅ' | 'ヌ' | 'フ' | 'ブ' | 'プ' | 'ム' | 'ユ' | 'ル'
        | 'ヴ' => 'ウ',
        'エ' | 'ケ' | 'ゲ' | 'セ' | 'ゼ' | 'テ' | 'デ' | 'ネ' | 'ヘ' | 'ベ' | 'ペ' | 'メ' | 'レ' | 'ヱ' => {
            'エ'
        }
        'オ' | 'コ' | 'ゴ' | 'ソ' | 'ゾ' | 'ト' | 'ド' | 'ノ' | 'ホ' | 'ボ' | 'ポ' | 'モ' | 'ヨ' | 'ロ'
        | 'ヲ' => 'オ',
        _ => return None,
    })
}

/// The best grade at which two canonical readings are equal, spaces aside; `None` if not even the widest fold joins them.
///
/// ```
/// use himozuke::normalize::{Grade, kana::grade};
/// assert_eq!(grade("ユーコ", "ユウコ"), Some(Grade::Official));
/// assert_eq!(grade("サチコ", "ユキコ"), None);
/// ```
#[must_use]
pub fn grade(a: &str, b: &str) -> Option<Grade> {
    if a == b { Some(Grade::Identical) } else { grade_of(&a.chars(), &b.chars()) }
}

/// As [`grade`], over characters; equal ones are at least [`Grade::Equivalent`], for spaces are not seen.
pub(crate) fn grade_of<A, B>(a: &A, b: &B) -> Option<Grade>
where
    A: Iterator<Item = char> + Clone,
    B: Iterator<Item = char> + Clone,
{
    let equal = |grade: &Grade| folded(a.clone(), *grade).eq(folded(b.clone(), *grade));
    // Every step of folding widens the one before: what the last does not join, none does.
    let widest = Some(Grade::Confusable).filter(equal)?;
    Some([Grade::Equivalent, Grade::Official, Grade::Register].into_iter().find(equal).unwrap_or(widest))
}

/// The grade at which two kana stand for one another in a register form; `None` if they do not.
pub(crate) fn char_grade(a: char, b: char) -> Option<Grade> {
    let (x, y) = (katakana(a), katakana(b));
    if a == b {
        Some(Grade::Identical)
    } else if !is_kana(x) || !is_kana(y) {
        None
    } else if x == y {
        Some(Grade::Equivalent)
    } else if large(x) == large(y) {
        Some(Grade::Official)
    } else if modern(large(x)) == modern(large(y)) {
        Some(Grade::Register)
    } else {
        (widest_char(x) == widest_char(y)).then_some(Grade::Confusable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn grades_follow_the_rules() {
        use Grade::{Confusable, Equivalent, Identical, Official, Register};
        for (a, b, expected, source) in [
            ("ヤマダ", "ﾔﾏﾀﾞ", Some(Identical), "R8 width: canonical form"),
            ("ヤマダ", "やまだ", Some(Identical), "R8 hiragana: canonical form"),
            ("ヤマダ タロウ", "ヤマダタロウ", Some(Equivalent), "R10"),
            ("キヨウコ", "キョウコ", Some(Official), "scenario 14"),
            ("ユウコ", "ユーコ", Some(Official), "scenario 14"),
            ("コウイチ", "コーイチ", Some(Official), "DOMAIN 4.2"),
            ("シズオ", "シヅオ", Some(Register), "scenario 14"),
            ("シズオ", "シツオ", Some(Confusable), "scenario 14, R8"),
            ("カヲル", "カオル", Some(Register), "scenario 14"),
            ("ユウコ", "ユウコオ", Some(Confusable), "scenario 14"),
            ("コウ", "コオ", Some(Confusable), "R9"),
            ("バ", "パ", Some(Confusable), "R9"),
            ("ヴァイオレット", "バイオレット", Some(Confusable), "DOMAIN 4.2"),
            ("ヴィ", "ビ", Some(Confusable), "DOMAIN 4.2"),
            ("ヒ", "ピ", Some(Confusable), "DOMAIN 4.2"),
            ("ド", "ト゛", Some(Identical), "scenario 14"),
            ("ヤマサキ", "ヤマザキ", Some(Confusable), "METHOD 5"),
            ("サチコ", "ユキコ", None, "scenario 15"),
            ("フルヤ", "フルタニ", None, "scenario 15"),
            ("ソノ", "ンノ", None, "not a voicing"),
            ("マリ−", "マリー", Some(Identical), "dash family: canonical form"),
        ] {
            let (a, b) = (canonical(a).text, canonical(b).text);
            assert_eq!(grade(&a, &b), expected, "{a} {b}: {source}");
            assert_eq!(grade(&b, &a), expected, "{b} {a}: {source}");
        }
    }

    #[test]
    fn canonical_reports_its_folds() {
        for (input, output, fold) in [
            ("やまだ", "ヤマダ", Fold::Script),
            ("マリ-", "マリー", Fold::Dash),
            ("ミスヾ", "ミスズ", Fold::Iteration),
            ("john", "JOHN", Fold::Case),
            ("ジョン・スミス", "ジョン スミス", Fold::Spacing),
        ] {
            let clean = canonical(input);
            assert_eq!(clean.text, output);
            assert!(clean.folds.contains(fold));
        }
    }

    fn readings() -> impl Strategy<Value = String> {
        "[ァ-ヶー ぁ-ゖゝゞヽヾ・-]{0,12}|\\PC{0,12}"
    }

    proptest! {
        /// What the widest fold does not join, no narrower one does.
        #[test]
        fn a_grade_is_the_first_fold_that_joins(
            a in "[アィイウオエカガコゴスズヅシジチヂツハバワヲヰヱヴャヤッンー ]{0,5}",
            b in "[アィイウオエカガコゴスズヅシジチヂツハバワヲヰヱヴャヤッンー ]{0,5}",
        ) {
            let joins = |grade: &Grade| folded(a.chars(), *grade).eq(folded(b.chars(), *grade));
            let all = [Grade::Equivalent, Grade::Official, Grade::Register, Grade::Confusable];
            prop_assert_eq!(grade_of(&a.chars(), &b.chars()), all.into_iter().find(joins));
        }

        #[test]
        fn canonical_is_idempotent(input in readings()) {
            let once = canonical(&input).text.into_owned();
            let twice = canonical(&once);
            prop_assert_eq!(&twice.text, &once);
        }

        #[test]
        fn every_step_is_idempotent_and_widens_the_one_before(input in readings(), other in readings()) {
            let (a, b) = (canonical(&input).text, canonical(&other).text);
            let mut equal = false;
            for grade in [Grade::Equivalent, Grade::Official, Grade::Register, Grade::Confusable] {
                let once: String = folded(a.chars(), grade).collect();
                let twice: String = folded(once.chars(), grade).collect();
                prop_assert_eq!(&twice, &once);
                let now = folded(a.chars(), grade).eq(folded(b.chars(), grade));
                prop_assert!(now || !equal, "a later step undid an earlier one");
                equal = now;
            }
        }
    }
}
