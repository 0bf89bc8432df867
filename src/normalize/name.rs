//! Names as a register writes them: parts, the border between 氏 and 名, and the other names that a cell carries.
//!
//! Knows how a name is written, not whether two names agree: that is [`crate::compare::name`]'s business.

mod part;
mod plain;
mod restated;
mod unstated;
mod view;

use std::borrow::Cow;

use serde::Serialize;
use thiserror::Error;

use super::text::{self, Clean};
use super::{Fold, FoldSet, kana};

pub(crate) use part::{
    Filed, PartRef, is_han, reading_key, register_key, whole_key, widest_reading, widest_register,
};
pub use part::{Part, Script};
use plain::Cell;
use unstated::{says_less, stated};

pub(crate) use plain::{Words, former_family, is_plain, parse_with, words};
pub(crate) use view::{NameRef, SpellingRef};

/// Names longer than this are refused: the national record layout holds 100 characters, 200 for preferred names.
pub const MAX_CHARS: usize = 200;

/// A name in one script.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Spelling {
    /// The family name; empty if the border is not written.
    pub family: Part,
    /// The given name (with middle names), or the whole name if the border is not written.
    pub given: Part,
}

impl Spelling {
    fn split(text: &str, part: impl Fn(&str) -> Part) -> Option<Self> {
        let spread = spread_out(text);
        let text = spread.as_deref().unwrap_or(text);
        let (family, given) = text.split_once(' ').unwrap_or(("", text));
        (!given.is_empty()).then(|| Self { family: part(family), given: part(given) })
    }

    /// Whether somebody wrote where the family name ends. It is never guessed (R10).
    #[must_use]
    pub fn has_border(&self) -> bool {
        !self.family.is_empty()
    }

    fn is_kana(&self) -> bool {
        self.given.script() == Script::Kana
            && (self.family.is_empty() || self.family.script() == Script::Kana)
    }
}

/// The characters of a name spread over a field of a form (均等割付, 雨　宮　鉄　男), together again: spaces between all of three or
/// more kanji or kana show no border (R10). `None` for any other name; Roman initials are words.
fn spread_out(text: &str) -> Option<String> {
    let mut places = text.chars().enumerate();
    let spread = places.all(|(at, c)| if at % 2 == 0 { !c.is_ascii() } else { c == ' ' });
    let joined = || text.chars().filter(|c| *c != ' ').collect::<String>();
    (spread && text.chars().nth(4).is_some()).then(joined)
}

/// Which of a person's names a [`Name`] is (R11).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// The name in the register today.
    Registered,
    /// A former name (旧氏, the name before marriage or naturalisation).
    Former,
    /// Another name in use (通称), or the Roman spelling beside the kanji.
    Alias,
    /// One of several that a row states as its own: nothing says which of them is.
    Contested,
}

/// One name of a person, in the scripts in which it is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Name {
    /// Which name it is.
    pub kind: NameKind,
    /// The register form: kanji, or Roman letters or kana where the person has no kanji.
    pub register: Option<Spelling>,
    /// The reading.
    pub reading: Option<Spelling>,
}

/// Why a name cannot be read.
#[derive(Clone, Copy, Debug, Eq, Error, Hash, PartialEq)]
#[non_exhaustive]
pub enum NameError {
    /// Two people in one cell (連名).
    #[error("the cell names several people; give each a row of their own")]
    Several,
    /// Longer than any register allows.
    #[error("the name is longer than {MAX_CHARS} characters; check whether columns were shifted")]
    TooLong,
}

impl NameError {
    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Several => "name_several_people",
            Self::TooLong => "name_too_long",
        }
    }

    /// The problem and its mend in Japanese.
    #[must_use]
    pub fn ja(self) -> String {
        match self {
            Self::Several => "一つの欄に複数の人の氏名があります。一人一行に分けてください".into(),
            Self::TooLong => {
                format!("氏名が{MAX_CHARS}文字を超えています。列がずれていないか確かめてください")
            }
        }
    }
}

/// All names that the two name cells of a row carry, the registered one first.
///
/// Reads the grammar of the resident record: `氏［旧氏］　名`, `氏　名　旧氏 …（カナ）`, `ROMAN　漢字（カナ）`,
/// `ROMAN＿漢字（通称）`, a title at the end (DOMAIN 3.5, 7.2). Empty cells and 不明 give a name without spellings.
///
/// A cell may state the name several times, as files do that have it whole and in halves, with `|` between. A name in kanji in
/// the cell of the reading is a statement of the written name, too. Where two statements are different names, the row has no
/// registered name and all of them are [`NameKind::Contested`].
///
/// # Errors
///
/// [`NameError`] if a cell holds several people or is longer than [`MAX_CHARS`].
///
/// ```
/// use himozuke::normalize::name::{self, NameKind};
/// let names = name::parse("山田［鈴木］　花子", "ヤマダ　ハナコ")?;
/// assert_eq!(names.len(), 2);
/// assert_eq!(names[1].kind, NameKind::Former);
/// assert!(name::parse("山田太郎、山田花子", "").is_err());
/// # Ok::<(), name::NameError>(())
/// ```
pub fn parse(register: &str, reading: &str) -> Result<Vec<Name>, NameError> {
    read(register, reading).map(Read::listed)
}

/// The names of two cells; most cells have one, which needs no list.
#[expect(clippy::large_enum_variant, reason = "made and taken apart once a record, mostly with a name")]
pub(crate) enum Read {
    One(Name),
    Listed(Vec<Name>),
}

impl Read {
    fn listed(self) -> Vec<Name> {
        match self {
            Self::One(name) => vec![name],
            Self::Listed(names) => names,
        }
    }
}

/// As [`parse`].
pub(crate) fn read(register: &str, reading: &str) -> Result<Read, NameError> {
    let cells = (Cell::register(register), Cell::reading(reading));
    // A plain cell states nothing twice.
    if !matches!(cells, (Some(_), Some(_))) && restated::may_be(register, reading) {
        return restated::parse(register, reading).map(Read::Listed);
    }
    read_cells(register, reading, cells)
}

/// As [`read`], for cells that state a name once.
fn read_once(register: &str, reading: &str) -> Result<Read, NameError> {
    read_cells(register, reading, (Cell::register(register), Cell::reading(reading)))
}

/// As [`read_once`], with what is plain of the cells.
fn read_cells(
    register: &str,
    reading: &str,
    (plain_register, plain_reading): (Option<Cell<'_>>, Option<Cell<'_>>),
) -> Result<Read, NameError> {
    let reading = match plain_reading {
        Some(reading) => Some(reading.spelling(Part::reading)),
        None => parse_reading(reading)?,
    };
    let registered = |register| Name { kind: NameKind::Registered, register, reading };
    if let Some(register) = plain_register {
        return Ok(Read::One(registered(Some(register.spelling(Part::register)))));
    }
    let (names, clean) = (vec![registered(None)], text::clean(register));
    let names =
        if plain::is_bare(&clean.text) { as_it_stands(names, &clean) } else { by_grammar(names, clean) };
    names.map(Read::Listed)
}

/// A cell of which no rule of the grammar says more than a name.
fn as_it_stands(mut names: Vec<Name>, clean: &Clean<'_>) -> Result<Vec<Name>, NameError> {
    state(&mut names, spelling(&clean.text, clean.folds), &clean.text)?;
    Ok(names)
}

/// Whatever a cell may carry besides the name.
fn by_grammar(mut names: Vec<Name>, clean: Clean<'_>) -> Result<Vec<Name>, NameError> {
    let clean = one_person(clean)?;
    let printed = if clean.text.contains('旧') { clean.text.split_once(" 旧氏") } else { None };
    let (main, brackets) = without_brackets(printed.map_or(&*clean.text, |(today, _)| today));
    let cell = canonical(&main, clean.folds);
    let (main, folds) = strip_trade_name(&cell.text, cell.folds);
    // A title first: 様 after Roman letters is no kanji name.
    let (main, folds) = strip_titles(main, folds);
    let (roman, main) = split_roman(main);
    let first = spelling(main, folds);
    for (open, inside) in brackets {
        let (inside, _) = without_brackets(inside);
        let inside = canonical(&inside, folds);
        let (inside, folds) = strip_titles(&inside.text, inside.folds);
        add_bracketed(&mut names, first.as_ref(), open, inside, folds);
    }
    if let Some(roman) = roman {
        names.push(Name { kind: NameKind::Alias, register: spelling(roman, folds), reading: None });
    }
    state(&mut names, first, main)?;
    if let (Some((_, former)), Some(today)) = (printed, names.first()) {
        let former = parse_other(NameKind::Former, former, today)?;
        names.extend(former);
    }
    Ok(names)
}

/// Puts the register form where it belongs, read from this text.
fn state(names: &mut [Name], register: Option<Spelling>, text: &str) -> Result<(), NameError> {
    if let Some(name) = names.first_mut() {
        // A reading in the cell of the name is still a reading, to be found by and compared as one (R1, R11).
        if name.reading.is_none() && register.as_ref().is_some_and(Spelling::is_kana) {
            name.reading = parse_reading(text)?;
        }
        name.register = register;
    }
    Ok(())
}

/// A spelling in register form; `None` for no name.
fn spelling(text: &str, folds: FoldSet) -> Option<Spelling> {
    let text = stated(text)?;
    Spelling::split(&text, |text| Part::register(text, folds))
}

/// A name from a list cell (`former_names`, `aliases`), with its reading in brackets where it is stated; a former family
/// name alone takes today's given name.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_other(kind: NameKind, input: &str, today: &Name) -> Result<Option<Name>, NameError> {
    let clean = one_person(text::clean(input))?;
    let (main, brackets) = without_brackets(&clean.text);
    let (_, main) = unlabelled(main.trim_start());
    let cell = canonical(main, clean.folds);
    let (text, folds) = strip_titles(&cell.text, cell.folds);
    let Some(spelling) = spelling(text, folds) else { return Ok(None) };
    let of_today = |reading| with_family(kind, reading, today.reading.as_ref());
    let all_kana = spelling.given.script() == Script::Kana && spelling.family.script() != Script::Han;
    let today_kana = today.register.as_ref().is_some_and(|register| register.given.script() == Script::Kana);
    if all_kana && !today_kana {
        return Ok(Some(Name { kind, register: None, reading: parse_reading(main)?.map(of_today) }));
    }
    let bracketed = brackets.first().map_or(Ok(None), |(_, inside)| parse_reading(inside))?;
    Ok(Some(Name {
        kind,
        register: Some(with_family(kind, spelling, today.register.as_ref())),
        reading: bracketed.filter(Spelling::is_kana).map(of_today),
    }))
}

/// What a label says of the name behind it, as certificates print it (`旧氏 住基（ジュウキ）`, DOMAIN 7.2), and the name.
fn unlabelled(text: &str) -> (Option<NameKind>, &str) {
    const LABELS: [(&str, NameKind); 3] =
        [("旧氏", NameKind::Former), ("旧姓", NameKind::Former), ("通称", NameKind::Alias)];
    let labelled = LABELS.into_iter().find_map(|(label, kind)| Some((kind, text.strip_prefix(label)?)));
    match labelled {
        Some((kind, name)) => (Some(kind), name.trim_start_matches([' ', ':'])),
        None => (None, text),
    }
}

/// Reads a former name written as a family name alone.
fn with_family(kind: NameKind, spelling: Spelling, today: Option<&Spelling>) -> Spelling {
    match today {
        Some(today) if kind == NameKind::Former && !spelling.has_border() && today.has_border() => {
            Spelling { family: spelling.given, given: today.given.clone() }
        }
        _ => spelling,
    }
}

/// Refuses a register-form cell that is not one person's.
fn one_person(clean: Clean<'_>) -> Result<Clean<'_>, NameError> {
    if clean.text.len() > MAX_CHARS && clean.text.chars().count() > MAX_CHARS {
        return Err(NameError::TooLong);
    }
    if names_several(&clean.text) { Err(NameError::Several) } else { without_office(clean) }
}

/// Words of guardianship set aside (DOMAIN 3.5); between two names they say that two people are meant.
fn without_office(mut clean: Clean<'_>) -> Result<Clean<'_>, NameError> {
    if !clean.text.contains('後') {
        return Ok(clean);
    }
    let is_name = |text: &str| text.contains(char::is_alphabetic);
    for word in ["成年被後見人", "成年後見人"] {
        let Some((before, after)) = clean.text.split_once(word) else { continue };
        if is_name(before) && is_name(after) {
            return Err(NameError::Several);
        }
        clean = Clean { text: Cow::Owned([before, after].concat()), folds: clean.folds.with(Fold::Noise) };
    }
    Ok(clean)
}

/// The text outside of brackets, and each bracket with what is in it. The sign of a firm, (株), stays in the text.
fn without_brackets(text: &str) -> (Cow<'_, str>, Vec<(char, &str)>) {
    let mut brackets = Vec::new();
    let mut rest = text;
    let mut main = String::new();
    while let Some((before, open, inside, after)) = next_bracket(rest) {
        main.push_str(before);
        if open == '(' && matches!(inside, "株" | "有" | "同") {
            main.extend(["(", inside, ")"]);
        } else {
            brackets.push((open, inside));
        }
        rest = after;
    }
    if brackets.is_empty() {
        return (Cow::Borrowed(text), brackets);
    }
    main.push_str(rest);
    (Cow::Owned(main), brackets)
}

/// Capitals, one kind of border, no punctuation: a register form as it is compared. The comma of "SMITH, JOHN" is a border.
fn canonical<'t>(text: &'t str, mut folds: FoldSet) -> Clean<'t> {
    let untouched =
        |c| (is_han(c) && !matches!(c, '〆' | '乄')) || matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'A'..='Z');
    let mut before = ' ';
    let clean = text.chars().all(|c| {
        let fine = untouched(c) || (c == ' ' && before != ' ');
        before = c;
        fine
    });
    if clean && before != ' ' {
        return Clean { text: Cow::Borrowed(text), folds };
    }
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for c in text.chars() {
        let (canonical, fold) = match c {
            '・' | '=' | ',' | '、' => (' ', Fold::Spacing),
            '\'' | '’' | '.' | '`' => {
                folds.insert(Fold::Spacing);
                continue;
            }
            '-' if previous.is_ascii_alphabetic() => (' ', Fold::Spacing),
            '〆' | '乄' => {
                out.push('シ');
                ('メ', Fold::Kana)
            }
            kana::FIRST_HENTAIGANA..=kana::LAST_HENTAIGANA => (kana::hentaigana(c), Fold::Kana),
            '゛' | '゜' if text::join(previous, c).is_some() => {
                out.pop(); // only a hentaigana still has its mark apart
                (text::join(previous, c).unwrap_or(c), Fold::SoundMark)
            }
            'ゝ' | 'ゞ' | 'ヽ' | 'ヾ' => (kana::repeated(previous, c).unwrap_or(c), Fold::Iteration),
            '〻' => ('々', Fold::Iteration),
            _ if kana::is_dash(c) && kana::is_kana(kana::katakana(previous)) => ('ー', Fold::Dash),
            _ => (upper(c), Fold::Case),
        };
        if canonical != c {
            folds.insert(fold);
        }
        if canonical != ' ' || previous != ' ' {
            out.push(canonical);
            previous = canonical;
        }
    }
    out.truncate(out.trim_end_matches(' ').len());
    // Marks of other scripts may have come together where punctuation was left out.
    if !out.chars().all(|c| c.is_ascii() || is_han(c) || kana::is_kana(kana::katakana(c))) {
        out = text::clean(&out).text.into_owned();
    }
    Clean { text: Cow::Owned(out), folds }
}

/// A trade name before a person's name set aside (屋号, DOMAIN 7.6): a first word that ends or begins as firms do.
fn strip_trade_name(name: &str, folds: FoldSet) -> (&str, FoldSet) {
    match name.split_once(' ') {
        Some((firm, person)) if person.chars().count() >= 2 && is_firm(firm) => {
            (person, folds.with(Fold::Noise))
        }
        _ => (name, folds),
    }
}

/// Whether a word ends or begins as the names of firms do.
fn is_firm(word: &str) -> bool {
    const ENDS: [&str; 17] = [
        "(株)",
        "(有)",
        "(同)",
        "商店",
        "商会",
        "商事",
        "工務店",
        "工業所",
        "製作所",
        "株式会社",
        "有限会社",
        "合同会社",
        "医院",
        "薬局",
        "事務所",
        "食堂",
        "旅館",
    ];
    const BEGINS: [&str; 6] = ["株式会社", "有限会社", "合同会社", "(株)", "(有)", "(同)"];
    ENDS.iter().any(|end| word.ends_with(end)) || BEGINS.iter().any(|begin| word.starts_with(begin))
}

/// Titles at the end set aside; what would leave less than two characters is no title.
fn strip_titles(name: &str, folds: FoldSet) -> (&str, FoldSet) {
    let mut rest = name;
    while let Some(stripped) = without_title(rest) {
        if stripped.chars().filter(|c| *c != ' ').count() < 2 {
            break;
        }
        rest = stripped.trim_end();
    }
    (rest, if rest.len() < name.len() { folds.with(Fold::Noise) } else { folds })
}

/// What stands before a title at the end.
fn without_title(name: &str) -> Option<&str> {
    ["様", "殿", "さま", "サマ"].into_iter().find_map(|title| name.strip_suffix(title))
}

/// The capital of a letter that has a single one; others stay, for expanding them could undo Unicode composition.
fn upper(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    let mut capital = c.to_uppercase();
    match (capital.next(), capital.next()) {
        (Some(single), None) => single,
        _ => c,
    }
}

/// Whether a cell lists several people (連名): a list separator with kanji on both sides.
fn names_several(text: &str) -> bool {
    if !text.contains(['、', ',', '及', '&', '/', ';']) {
        return false;
    }
    ["、", ",", "及び", "&", "/", ";"].iter().any(|separator| {
        text.split_once(separator).is_some_and(|(before, after)| {
            before.chars().any(is_name_char) && after.chars().any(is_name_char)
        })
    })
}

fn is_name_char(c: char) -> bool {
    is_han(c) || kana::is_kana(kana::katakana(c))
}

/// The text before, the opening bracket, the text inside and the text after; an unclosed bracket is no bracket.
fn next_bracket(text: &str) -> Option<(&str, char, &str, &str)> {
    const PAIRS: [(char, char); 4] = [('(', ')'), ('[', ']'), ('〔', '〕'), ('【', '】')];
    let (start, open) = text.char_indices().find(|(_, c)| PAIRS.iter().any(|(open, _)| open == c))?;
    let (_, close) = PAIRS.into_iter().find(|(candidate, _)| *candidate == open)?;
    let (before, after) = text.split_at_checked(start)?;
    let (inside, after) = after.get(open.len_utf8()..)?.split_once(close)?;
    Some((before, open, inside, after))
}

/// What stands in a bracket: a former family name in ［］, a reading or an alias in （）.
fn add_bracketed(names: &mut Vec<Name>, first: Option<&Spelling>, open: char, inside: &str, folds: FoldSet) {
    let (stated, inside) = unlabelled(inside);
    let Some(spelling) = spelling(inside, folds) else { return };
    let first_is_kana = first.is_some_and(|first| first.given.script() == Script::Kana);
    if stated == Some(NameKind::Former) || stated.is_none() && matches!(open, '[' | '〔') {
        let register = Some(with_family(NameKind::Former, spelling, first));
        names.push(Name { kind: NameKind::Former, register, reading: None });
    } else if spelling.given.script() == Script::Kana
        && spelling.family.script() != Script::Han
        && !first_is_kana
    {
        let reading = Spelling::split(&kana::canonical(inside).text, |text| Part::reading(text, folds));
        match names.first_mut() {
            Some(name) if stated.is_none() && name.reading.is_none() => name.reading = reading,
            _ => names.push(Name { kind: NameKind::Alias, register: None, reading }),
        }
    } else {
        names.push(Name { kind: NameKind::Alias, register: Some(spelling), reading: None });
    }
}

/// `ROMAN 漢字` or `ROMAN_漢字`: the Roman spelling and the rest. A name in one script only is not split.
fn split_roman(text: &str) -> (Option<&str>, &str) {
    let Some(start) = text.find(|c: char| !(c.is_ascii_uppercase() || matches!(c, ' ' | '_'))) else {
        return (None, text.trim());
    };
    match text.split_at_checked(start) {
        Some((roman, rest))
            if roman.chars().any(|c| c.is_ascii_uppercase()) && roman.ends_with([' ', '_']) =>
        {
            (Some(roman.trim_matches([' ', '_'])), rest.trim())
        }
        _ => (None, text.trim()),
    }
}

/// A reading; what stands in brackets is left out.
fn parse_reading(input: &str) -> Result<Option<Spelling>, NameError> {
    if input.is_empty() {
        return Ok(None);
    }
    let clean = kana::canonical(input);
    match Cell::reading(&clean.text) {
        Some(reading) => Ok(Some(reading.with_folds(clean.folds).spelling(Part::reading))),
        None => reading_by_grammar(&clean),
    }
}

/// Whatever a reading may carry besides the name.
fn reading_by_grammar(clean: &Clean<'_>) -> Result<Option<Spelling>, NameError> {
    if clean.text.len() > MAX_CHARS && clean.text.chars().count() > MAX_CHARS {
        return Err(NameError::TooLong);
    }
    let (main, _) = without_brackets(&clean.text);
    let name = main.trim();
    let name = name.strip_suffix(" サマ").unwrap_or(name);
    Ok(stated(name).and_then(|name| Spelling::split(&name, |text| Part::reading(text, clean.folds))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Readings of any width with long vowels, small kana, ヴ and words that say less, most with one space at most.
    fn kana_cells() -> impl Strategy<Value = String> {
        let wide = "(ヤマダ|ハナコ|ユーコ|ジョン|シャルル|ヴィ|ウ゛|ヴ|ッ|ヮ|ヶ|ヲ|ヱ|ヷ|ー|サマ|フメイ|テスト|ナシ)";
        let half = "(ﾔﾏﾀﾞ|ﾊﾅｺ|ﾕｰｺ|ｼﾞｮﾝ|ﾊﾟｯ|ｳﾞｨ|ｳﾞ|ｯ|ｬ|ｦ|ﾞ|ｰ|ｻﾏ|ﾌﾒｲ|ﾅｼ)";
        let cell =
            |word: &str| prop::string::string_regex(&format!("{word}{{1,3}}([ 　]{word}{{1,3}})?")).unwrap();
        prop_oneof![
            4 => cell(wide),
            4 => cell(half),
            1 => "[ァ-ヺー]{0,6}[ 　]?[ァ-ヺー]{1,6}",
            1 => "[ァ-ヺー]{30,36}",
            1 => "([ァ-ヺーｦ-ﾟ・ 　(]|サマ){0,8}",
        ]
    }

    #[test]
    fn every_problem_is_told_in_both_languages() {
        for error in [NameError::Several, NameError::TooLong] {
            assert!(error.to_string().is_ascii() && error.code().starts_with("name_"), "{error}");
            assert!(error.ja().ends_with("ください") && !error.ja().contains("error"), "{}", error.ja());
        }
        assert!(NameError::TooLong.ja().contains("200文字"));
    }

    #[test]
    fn marks_that_come_together_are_put_in_order() {
        let key = |cell: &str| parse(cell, "").unwrap()[0].register.as_ref().unwrap().view().register_key();
        assert_eq!(key("\u{816}'\u{113ce}"), key("\u{816}\u{113ce}"));
    }

    #[test]
    fn debug_shows_no_text() {
        let debug = format!("{:?}", parse("山田 太郎", "ヤマダ タロウ").unwrap());
        assert!(!debug.contains(['山', '太', 'ヤ', 'タ']), "{debug}");
    }

    proptest! {
        /// The short ways read what the grammar does.
        #[test]
        fn bare_cells_read_by_the_grammar_as_they_stand(
            cell in "((山田|太郎|佐々木|さくら|ヤマダ|ー|後藤|及び|旧氏|様|さま|サマ|商店|医院|不明|テスト|々|乄|A|（|●)[ 　]?){1,6}|\\PC{0,12}",
        ) {
            let name = || vec![Name { kind: NameKind::Registered, register: None, reading: None }];
            let clean = text::clean(&cell);
            if plain::is_bare(&clean.text) {
                prop_assert_eq!(as_it_stands(name(), &clean), by_grammar(name(), clean));
            }
            if let Some(words) = Cell::register(&cell) {
                let mut names = name();
                names[0].register = Some(words.spelling(Part::register));
                prop_assert_eq!(by_grammar(name(), text::clean(&cell)), Ok(names));
            }
            if let Some(words) = Cell::reading(&cell) {
                let reading = words.spelling(Part::reading);
                prop_assert_eq!(reading_by_grammar(&kana::canonical(&cell)), Ok(Some(reading)));
                prop_assert!(Cell::register(&cell).is_none() && !restated::may_be("", &cell));
            }
            prop_assert!(Cell::register(&cell).is_none() || !restated::may_be(&cell, ""));
            let clean = kana::canonical(&cell);
            if let Some(words) = Cell::reading(&clean.text) {
                let reading = words.with_folds(clean.folds).spelling(Part::reading);
                prop_assert_eq!(reading_by_grammar(&clean), Ok(Some(reading)));
            }
        }

        /// A cell of bare katakana, as it is received or once its width is one, reads as the grammar reads it.
        #[test]
        fn bare_katakana_reads_by_the_grammar(cell in kana_cells()) {
            let by_grammar = reading_by_grammar(&kana::canonical(&cell));
            let reading = parse("", &cell).map(|mut names| names.swap_remove(0).reading);
            prop_assert_eq!(reading, by_grammar);
        }

        #[test]
        fn parsing_is_total_and_idempotent(cell in "[山田太郎々高髙 　ァ-ヶa-zA-Z'・（）［］＿、様●-]{0,12}|\\PC{0,30}") {
            if let Ok(names) = parse(&cell, &cell) {
                let spellings = names.iter().filter_map(|n| n.register.as_ref());
                for spelling in spellings {
                    let text = format!("{} {}", spelling.family.text(), spelling.given.text());
                    if let Ok(again) = parse(&text, "")
                        && let Some(register) = &again[0].register
                        && again.len() == 1
                    {
                        prop_assert_eq!(register.view().register_key(), spelling.view().register_key());
                    }
                }
            }
        }
    }
}
