//! Text every attribute starts from: one width, one kind of space, no invisible characters.
//!
//! What [`clean`] does is safe for any attribute: it never merges two characters that a register keeps apart, except
//! CJK compatibility ideographs (神 U+FA19 for 神) and variation selectors, and those it reports. Dashes, letter case,
//! hiragana and kanji variants are left alone: what they mean depends on the attribute.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::{Fold, FoldSet};

/// Cleaned text and the folds that it took.
#[derive(Clone)]
pub struct Clean<'a> {
    /// The text: borrowed from the input where nothing had to change.
    pub text: Cow<'a, str>,
    /// What was changed.
    pub folds: FoldSet,
}

impl std::fmt::Debug for Clean<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clean")
            .field("chars", &self.text.chars().count())
            .field("folds", &self.folds)
            .finish()
    }
}

/// Two passes settle every text known; the bound keeps the work linear whatever the input.
const MAX_PASSES: usize = 4;

/// Unifies width, spaces, sound marks and Unicode-equivalent spellings, and removes what cannot be seen.
///
/// Spaces of every kind become one `' '`; leading and trailing ones go. Half-width kana become full-width, with their
/// sound marks joined; so do separate marks (`ト゛`, combining U+3099). A mark that fits no base stays, as `゛` or `゜`.
/// Total and idempotent; borrows when nothing changes.
///
/// ```
/// use himozuke::normalize::{Fold, text::clean};
/// let name = clean("ﾔﾏﾀﾞ　タロウ ");
/// assert_eq!(name.text, "ヤマダ タロウ");
/// assert!(name.folds.contains(Fold::Width) && name.folds.contains(Fold::Spacing));
/// assert!(clean("山田 太郎").folds.is_empty());
/// ```
#[must_use]
pub fn clean(input: &str) -> Clean<'_> {
    // Dates and numbers are seldom more.
    if input.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Clean { text: Cow::Borrowed(input), folds: FoldSet::EMPTY };
    }
    let (clean, rest) = clean_start(input);
    if rest.is_empty() {
        return Clean { text: Cow::Borrowed(input), folds: FoldSet::EMPTY };
    }
    let mut folds = FoldSet::EMPTY;
    // Only a compatibility ideograph can be longer once clean: the text seldom grows out of this.
    let mut text = String::with_capacity(input.len());
    text.push_str(clean);
    let mut sure = pass(rest, &mut text, &mut folds);
    // What this module has no rule for is left to NFKC, whose output may hold new spaces, marks and letters to clean.
    for _ in 0..MAX_PASSES {
        if sure {
            break;
        }
        let normal = nfkc_between_marks(&text);
        if normal == text {
            break;
        }
        folds.insert(Fold::Unicode);
        text.clear();
        sure = pass(&normal, &mut text, &mut folds);
    }
    Clean { text: Cow::Owned(text), folds }
}

/// NFKC, except that a spacing sound mark stays itself (Unicode would turn it into a space and a combining mark).
fn nfkc_between_marks(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for segment in text.split_inclusive(['゛', '゜']) {
        let body = segment.trim_end_matches(['゛', '゜']);
        normal.extend(body.nfkc());
        normal.extend(segment.chars().skip(body.chars().count()));
    }
    normal
}

/// The part at the start that [`clean`] leaves as it is, up to its last character that is no space, and the rest; all of a
/// clean input, decided without allocating.
fn clean_start(input: &str) -> (&str, &str) {
    let mut end = 0;
    let mut space = true; // a space is unwelcome at the start and after another space
    for (at, c) in input.char_indices() {
        if is_inert(c) {
            end = at + c.len_utf8();
            space = false;
        } else if c == ' ' && !space {
            space = true;
        } else {
            break;
        }
    }
    input.split_at_checked(end).unwrap_or(("", input))
}

/// Characters that no rule here and no Unicode normal form touches, whatever stands beside them.
const fn is_inert(c: char) -> bool {
    matches!(c, '!'..='~' | '\u{4E00}'..='\u{9FFF}' | 'ぁ'..='\u{3096}' | 'ァ'..='ヾ' | '々' | '〆' | '〇' | '●' | '〓')
}

/// One pass of the rules, onto what is clean already; whether every character was one that they know.
fn pass(input: &str, text: &mut String, folds: &mut FoldSet) -> bool {
    let mut sure = true;
    let mut pending = false; // a space, held back until something follows it
    for c in input.chars() {
        if is_inert(c) {
            flush(text, &mut pending);
            text.push(c);
            continue;
        }
        if let Some(wide) = full_width(c) {
            folds.insert(Fold::Width);
            flush(text, &mut pending);
            text.push(wide);
            continue;
        }
        let space = c == ' ' || c.is_whitespace() || matches!(c, '\u{3164}' | '\u{FFA0}');
        if space {
            if c != ' ' || pending || text.is_empty() {
                folds.insert(Fold::Spacing);
            }
            pending = true;
            continue;
        }
        if is_invisible(c) {
            folds.insert(Fold::Control);
            continue;
        }
        if is_selector(c) {
            folds.insert(Fold::Selector);
            continue;
        }
        if let Some(mark) = sound_mark(c) {
            let fold = if matches!(c, 'ﾞ' | 'ﾟ') { Fold::Width } else { Fold::SoundMark };
            if !pending && let Some(joined) = text.chars().next_back().and_then(|base| join(base, mark)) {
                folds.insert(fold);
                text.pop();
                text.push(joined);
                continue;
            }
            if c != mark {
                folds.insert(fold);
            }
            flush(text, &mut pending);
            text.push(mark);
            continue;
        }
        flush(text, &mut pending);
        if is_compatibility_ideograph(c) {
            let before = text.len();
            text.extend(std::iter::once(c).nfkc());
            if !text.get(before..).is_some_and(|added| added.chars().eq([c])) {
                folds.insert(Fold::Compatibility);
            }
        } else {
            sure = false;
            text.push(c);
        }
    }
    if pending && !text.is_empty() {
        folds.insert(Fold::Spacing);
    }
    sure
}

fn flush(text: &mut String, pending: &mut bool) {
    if *pending && !text.is_empty() {
        text.push(' ');
    }
    *pending = false;
}

/// Controls and characters that take no room: joiners, direction marks, soft hyphens, byte order marks.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// Variation selectors: they choose a shape of the character before them.
const fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Code points that Unicode calls compatibility ideographs; a dozen of them (﨑 U+FA11) are in truth unified, and stay.
const fn is_compatibility_ideograph(c: char) -> bool {
    matches!(c, '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}')
}

/// The sound mark a character stands for, in its spacing form.
const fn sound_mark(c: char) -> Option<char> {
    match c {
        '\u{3099}' | '゛' | 'ﾞ' => Some('゛'),
        '\u{309A}' | '゜' | 'ﾟ' => Some('゜'),
        _ => None,
    }
}

/// The kana that a base and a sound mark make together.
pub(super) const fn join(base: char, mark: char) -> Option<char> {
    let code = base as u32;
    let joined = match (base, mark) {
        ('う', '゛') => 'ゔ' as u32,
        ('ウ', '゛') => 'ヴ' as u32,
        ('ワ'..='ヲ', '゛') => code + 8,
        ('ㇷ', '゜') => 'プ' as u32, // Ainu; no small letter is encoded (DOMAIN 3.5)
        ('ゝ' | 'ヽ', '゛') => code + 1,
        // カ..ド alternate clear, voiced; ッ stands between チ and ツ.
        (
            'か' | 'き' | 'く' | 'け' | 'こ' | 'さ' | 'し' | 'す' | 'せ' | 'そ' | 'た' | 'ち' | 'つ' | 'て'
            | 'と',
            '゛',
        )
        | (
            'カ' | 'キ' | 'ク' | 'ケ' | 'コ' | 'サ' | 'シ' | 'ス' | 'セ' | 'ソ' | 'タ' | 'チ' | 'ツ' | 'テ'
            | 'ト',
            '゛',
        )
        | ('は' | 'ひ' | 'ふ' | 'へ' | 'ほ' | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ', '゛') => code + 1,
        ('は' | 'ひ' | 'ふ' | 'へ' | 'ほ' | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ', '゜') => code + 2,
        _ => return None,
    };
    char::from_u32(joined)
}

/// The ordinary form of a full-width letter or a half-width kana.
const fn full_width(c: char) -> Option<char> {
    const KANA: [char; 61] = [
        '。', '「', '」', '、', '・', 'ヲ', 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ャ', 'ュ', 'ョ', 'ッ', 'ー', 'ア',
        'イ', 'ウ', 'エ', 'オ', 'カ', 'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ', 'タ', 'チ', 'ツ',
        'テ', 'ト', 'ナ', 'ニ', 'ヌ', 'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'マ', 'ミ', 'ム', 'メ', 'モ',
        'ヤ', 'ユ', 'ヨ', 'ラ', 'リ', 'ル', 'レ', 'ロ', 'ワ', 'ン',
    ];
    let code = c as u32;
    match c {
        '！'..='～' => char::from_u32(code - 0xFEE0),
        '｡'..='ﾝ' => {
            let index = (code - 0xFF61) as usize;
            if index < KANA.len() {
                #[expect(clippy::indexing_slicing, reason = "the bound was checked; const fn has no get()")]
                Some(KANA[index])
            } else {
                None
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Characters whose treatment differs from NFKC on purpose, each class with its reason.
    fn differs_on_purpose(c: char) -> bool {
        is_invisible(c) // removed
            || is_selector(c) // removed, remembered
            || c.is_whitespace() // trimmed at the ends
            || sound_mark(c).is_some() // a spacing mark, never space + combining mark
            || matches!(c, '\u{3164}' | '\u{FFA0}' | '\u{1160}' | '\u{115F}') // Hangul fillers are spaces
            || c.nfkc().any(|n| n.is_whitespace() || sound_mark(n).is_some() || is_invisible(n))
    }

    #[test]
    fn agrees_with_nfkc_on_every_other_character() {
        for c in '\0'..=char::MAX {
            if differs_on_purpose(c) {
                continue;
            }
            let expected: String = c.nfkc().collect();
            assert_eq!(clean(c.encode_utf8(&mut [0; 4])).text, expected, "U+{:04X}", c as u32);
        }
    }

    #[test]
    fn joins_every_pair_that_unicode_composes() {
        for base in '\u{3040}'..='\u{30FF}' {
            for (mark, combining) in [('゛', '\u{3099}'), ('゜', '\u{309A}')] {
                assert_eq!(
                    join(base, mark),
                    unicode_normalization::char::compose(base, combining),
                    "{base}{mark}"
                );
            }
        }
    }

    #[test]
    fn reports_what_it_folded() {
        for (input, text, fold) in [
            ("ト゛", "ド", Fold::SoundMark),
            ("ハ\u{309A}", "パ", Fold::SoundMark),
            ("ｱﾞ", "ア゛", Fold::Width),
            ("\u{FA19}田", "神田", Fold::Compatibility),
            ("葛\u{E0100}", "葛", Fold::Selector),
            ("山\u{200B}田", "山田", Fold::Control),
            ("㈱", "(株)", Fold::Unicode),
            ("１２３", "123", Fold::Width),
        ] {
            let clean = clean(input);
            assert_eq!(clean.text, text);
            assert!(clean.folds.contains(fold), "{input}");
        }
        assert_eq!(clean("髙﨑濵").text, "髙﨑濵");
    }

    proptest! {
        #[test]
        fn is_total_and_idempotent(input in "\\PC*|[ぁ-ヿ゛゜ﾞﾟ\u{3099}\u{309A} 　\u{FE00}e\u{301}\u{200B}]*") {
            let once = clean(&input).text.into_owned();
            let again = clean(&once);
            prop_assert_eq!(&again.text, &once);
        }
    }
}
