//! Kanji variants: whether two kanji may stand for each other, how good that agreement is, and which characters say
//! that the kanji is not known.
//!
//! The table (data/kanji_variants.tsv, built from official and register sources) holds direct pairs, and [`grade`]
//! answers for those alone: 辺 agrees with 邊 because a source says so, never because both agree with a third (R6).
//! [`fold`] is the one place where pairs are chained, and serves only to find candidates and rivals. This module
//! expects text that [`super::text::clean`] has been over: no variation selectors, no compatibility ideographs.

use std::collections::HashSet;
use std::fmt;
use std::sync::OnceLock;

use thiserror::Error;

use super::Grade;
use crate::hash::KeyHasher;

/// How well two characters agree as kanji: [`Grade::Identical`] when equal, else what the table says of the pair.
///
/// `None` says that nothing links the two. Symmetric, and not transitive (R6, METHOD 5).
///
/// ```
/// use himozuke::normalize::{Grade, kanji::grade};
/// assert_eq!(grade('高', '髙'), Some(Grade::Official));
/// assert_eq!(grade('吉', '𠮷'), Some(Grade::Register));
/// assert_eq!(grade('斉', '斎'), Some(Grade::Confusable)); // often confused, two characters by law
/// assert_eq!(grade('山', '川'), None);
/// ```
#[must_use]
pub fn grade(a: char, b: char) -> Option<Grade> {
    if a == b {
        return Some(Grade::Identical);
    }
    table().grade(a.min(b), a.max(b))
}

/// The character that stands for all that this one may be a form of, or be taken for: the widest fold.
///
/// Only for finding candidates and rivals: two characters that fold together need not agree, and [`grade`] says whether
/// they do. Pairs of grades 3 and 4 always fold together, look-alikes (未/末) do where a pair was judged by hand.
/// Idempotent; characters outside the table are returned as they are.
///
/// ```
/// use himozuke::normalize::kanji::fold;
/// assert_eq!(fold('邊'), fold('邉'));
/// assert_eq!(fold('斉'), fold('斎'));
/// assert_ne!(fold('坂'), fold('阪')); // two surnames
/// assert_eq!(fold('ア'), 'ア');
/// ```
#[must_use]
pub fn fold(c: char) -> char {
    let table = table();
    table.folded.rank(c).and_then(|rank| table.folds.get(rank)).copied().unwrap_or(c)
}

/// A number for the widest fold of all kanji.
pub(crate) fn fingerprint() -> u64 {
    let kanji = ('\u{3400}'..='\u{9FFF}').chain('\u{20000}'..='\u{3FFFF}');
    let folded = kanji.map(|c| (c, fold(c))).filter(|(c, folded)| c != folded);
    KeyHasher::new(0).text(folded.flat_map(|(c, folded)| [c, folded])).finish()
}

/// Whether a character only marks that the true one could not be written (gaiji): it matches nothing and contradicts
/// nothing (R7).
///
/// True for the marks that systems print in place of a missing kanji (●, 〓, ＿, ?, �, squares, circles, asterisks) and for
/// private-use code points, whose meaning ends at the system that assigned them. 〇 (U+3007) is a numeral.
///
/// ```
/// use himozuke::normalize::kanji::is_unknown;
/// assert!(is_unknown('●') && is_unknown('〓') && is_unknown('\u{E000}'));
/// assert!(!is_unknown('〇') && !is_unknown('々') && !is_unknown('・'));
/// ```
#[must_use]
pub const fn is_unknown(c: char) -> bool {
    match c {
        '?' | '？' | '_' | '＿' | '*' | '＊' | '\u{FFFD}' | '\u{FFFC}' | '〓' => true,
        // The geometric shapes that people and systems put in for a letter; ◌ carries combining marks.
        '■' | '□' | '▲' | '△' | '▼' | '▽' | '◆' | '◇' | '○' | '●' | '◎' | '◯' | '★' | '☆' | '※' | '×'
        | '█' => true,
        // Private use: the basic plane, planes 15 and 16.
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}' => true,
        _ => false,
    }
}

/// Pairs of kanji that a user adds to those shipped, from a table that may not be shipped itself (the MJ shrink map).
///
/// They are direct pairs like all others: two characters that both pair with a third do not agree by that (R6).
///
/// ```standalone_crate
/// use himozuke::normalize::{Grade, kanji::{self, Variants}};
/// let mut variants = Variants::default();
/// variants.add('\u{2A708}', '厩', Grade::Register);
/// variants.install()?;
/// assert_eq!(kanji::grade('厩', '\u{2A708}'), Some(Grade::Register));
/// # Ok::<(), kanji::VariantsInUse>(())
/// ```
#[derive(Clone, Default)]
pub struct Variants(Vec<Row>);

/// The table of variants was already in use when pairs were to be added: what was read before would be folded otherwise.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("kanji were compared before the variants were installed; install them first")]
#[non_exhaustive]
pub struct VariantsInUse;

impl VariantsInUse {
    /// The problem in Japanese.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        "異体字の表を加える前に漢字が比べられました。先に表を加えてください"
    }
}

impl Variants {
    /// Adds a pair. Better grades than [`Grade::Official`] are taken for that, for two characters are not one.
    ///
    /// A pair of [`Grade::Register`] or better also folds together; a [`Grade::Confusable`] one does not, for dictionaries
    /// and analogies chain half of all kanji into one (DOMAIN 5.4). A character paired with itself says nothing.
    pub fn add(&mut self, a: char, b: char, grade: Grade) {
        if a != b && !is_unknown(a) && !is_unknown(b) {
            let grade = grade.max(Grade::Official);
            self.0.push(Row { a: a.min(b), b: a.max(b), grade, folds: grade < Grade::Confusable });
        }
    }

    /// How many pairs there are of a grade.
    #[must_use]
    pub fn count(&self, grade: Grade) -> usize {
        self.0.iter().filter(|row| row.grade == grade).count()
    }

    /// Adds the pairs to the table that this process compares kanji by, once and for all. A pair that the shipped table
    /// judges stays as judged there: 斉/斎 cannot be made to agree.
    ///
    /// The table belongs to the process, not to a reader: names, addresses and the gazetteer must fold alike on both sides
    /// of a comparison, or a registry could not be searched. Hence it never changes once used.
    ///
    /// # Errors
    ///
    /// [`VariantsInUse`] if anything was folded or compared before, or variants were installed before.
    pub fn install(self) -> Result<(), VariantsInUse> {
        if TABLE.get().is_some() {
            return Err(VariantsInUse); // before a table is built in vain
        }
        TABLE.set(Table::new(&self.0)).map_err(|_| VariantsInUse)
    }
}

impl fmt::Debug for Variants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variants").field("pairs", &self.0.len()).finish()
    }
}

static TABLE: OnceLock<Table> = OnceLock::new();

fn table() -> &'static Table {
    TABLE.get_or_init(|| Table::new(&[]))
}

/// The variant pairs, laid out for look-up.
struct Table {
    /// Of every pair the higher character and the grade, in the order of the lower ones.
    edges: Vec<(char, Grade)>,
    /// The characters that are in any pair.
    members: Members,
    /// The characters that the widest fold changes: fewer than are in a pair, and most characters are not to be counted before.
    folded: Members,
    /// The widest fold of each of them, in the order of their ranks.
    folds: Vec<char>,
    /// Where the edges of each member start, and where those of the last end.
    starts: Vec<u32>,
}

impl Table {
    /// Reads the generated table and adds pairs that it does not judge; a line that is not a pair is passed over (a test
    /// reads every line).
    fn new(added: &[Row]) -> Self {
        let shipped = include_str!("../../data/kanji_variants.tsv").lines().filter_map(Row::parse);
        let mut rows: Vec<Row> = shipped.collect();
        let judged: HashSet<_> =
            if added.is_empty() { HashSet::new() } else { rows.iter().map(Row::pair).collect() };
        rows.extend(added.iter().filter(|row| !judged.contains(&row.pair())));
        // As generated already; look-up must not rest on it, and of a pair added twice the better grade comes first.
        rows.sort_unstable_by_key(|row| (row.pair(), row.grade));
        let members = Members::new(rows.iter().flat_map(|row| [row.a, row.b]));
        let classes = classes(&members, rows.iter().filter(|row| row.folds).map(Row::pair));
        let changed = || members.iter().zip(&classes).filter(|(c, fold)| c != *fold);
        let folded = Members::new(changed().map(|(c, _)| c));
        let folds = changed().map(|(_, fold)| *fold).collect();
        let start = |c: char| rows.partition_point(|row| row.a < c) as u32;
        let starts = members.iter().map(start).chain([rows.len() as u32]).collect();
        let edges = rows.iter().map(|row| (row.b, row.grade)).collect();
        Self { edges, members, folded, folds, starts }
    }

    fn grade(&self, a: char, b: char) -> Option<Grade> {
        let rank = self.members.rank(a)?;
        let start = |rank| self.starts.get(rank).map(|start| *start as usize);
        let edges = self.edges.get(start(rank)?..start(rank + 1)?)?;
        edges.iter().find(|(higher, _)| *higher == b).map(|(_, grade)| *grade)
    }
}

/// The grades that a pair of different characters can have.
const fn grade_of(number: u8) -> Option<Grade> {
    match number {
        3 => Some(Grade::Official),
        4 => Some(Grade::Register),
        5 => Some(Grade::Confusable),
        _ => None,
    }
}

/// One line of the table.
#[derive(Clone, Copy)]
struct Row {
    a: char,
    b: char,
    grade: Grade,
    /// Whether the pair joins the two for search.
    folds: bool,
}

impl Row {
    const fn pair(&self) -> (char, char) {
        (self.a, self.b)
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let a = fields.next()?.parse().ok()?;
        let b = fields.next()?.parse().ok()?;
        let grade = grade_of(fields.next()?.parse().ok()?)?;
        let folds = grade < Grade::Confusable || fields.next()? == "hand";
        Some(Self { a, b, grade, folds })
    }
}

/// A set of characters, numbered in code point order: a bitmap, and how many bits precede each of its words.
struct Members {
    words: Vec<(u64, u32)>,
}

impl Members {
    fn new(chars: impl Iterator<Item = char>) -> Self {
        let mut words: Vec<(u64, u32)> = Vec::new();
        for c in chars {
            let (word, bit) = place(c);
            if words.len() <= word {
                words.resize(word + 1, (0, 0));
            }
            if let Some((bits, _)) = words.get_mut(word) {
                *bits |= bit;
            }
        }
        let mut before = 0;
        for (bits, rank) in &mut words {
            *rank = before;
            before += bits.count_ones();
        }
        Self { words }
    }

    /// The number of a member.
    fn rank(&self, c: char) -> Option<usize> {
        let (word, bit) = place(c);
        let (bits, before) = self.words.get(word)?;
        (bits & bit != 0).then(|| (before + (bits & (bit - 1)).count_ones()) as usize)
    }

    /// The members in code point order.
    fn iter(&self) -> impl Iterator<Item = char> {
        (0_u32..).zip(&self.words).flat_map(|(word, (bits, _))| {
            (0..64)
                .filter(move |bit| bits >> bit & 1 != 0)
                .filter_map(move |bit| char::from_u32(word * 64 + bit))
        })
    }
}

/// The word of a bitmap and the bit in it.
const fn place(c: char) -> (usize, u64) {
    let code = c as u32;
    ((code / 64) as usize, 1 << (code % 64))
}

/// The lowest character of each member's class, where the pairs join classes (union-find).
fn classes(members: &Members, pairs: impl Iterator<Item = (char, char)>) -> Vec<char> {
    let chars: Vec<char> = members.iter().collect();
    let mut parents: Vec<usize> = (0..chars.len()).collect();
    for (a, b) in pairs {
        let (Some(a), Some(b)) = (members.rank(a), members.rank(b)) else { continue };
        let (a, b) = (root(&mut parents, a), root(&mut parents, b));
        // The lower root stays, so that a root is the lowest of its class.
        if let Some(parent) = parents.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
    }
    let roots = (0..chars.len()).map(|node| root(&mut parents, node));
    roots.filter_map(|root| chars.get(root).copied()).collect()
}

/// The root of a node, halving the path to it.
fn root(parents: &mut [usize], mut node: usize) -> usize {
    while let Some(&parent) = parents.get(node) {
        if parent == node {
            break;
        }
        let above = parents.get(parent).copied().unwrap_or(parent);
        if let Some(parent) = parents.get_mut(node) {
            *parent = above;
        }
        node = above;
    }
    node
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::text::clean;
    use super::*;

    const TEXT: &str = include_str!("../../data/kanji_variants.tsv");
    const CASES: &str = include_str!("../../tests/data/kanji_pairs.tsv");

    fn rows() -> impl Iterator<Item = Row> {
        TEXT.lines().filter(|line| !line.starts_with('#')).map(|line| Row::parse(line).expect(line))
    }

    #[test]
    fn reads_every_line_of_the_table() {
        let stated = TEXT.lines().find_map(|line| line.strip_prefix("# rows: ")).expect("a row count");
        assert_eq!(rows().count().to_string(), stated);
        assert!(rows().all(|row| row.a < row.b), "one line a pair, lower code point first");
        assert!(rows().is_sorted_by(|x, y| (x.a, x.b) < (y.a, y.b)), "sorted, no pair twice");
    }

    #[test]
    fn every_character_folds_to_the_lowest_of_its_class() {
        let table = Table::new(&[]);
        let classes = classes(&table.members, rows().filter(|row| row.folds).map(|row| row.pair()));
        let classes: HashMap<char, char> = table.members.iter().zip(classes).collect();
        for c in '\0'..=char::MAX {
            assert_eq!(fold(c), classes.get(&c).copied().unwrap_or(c), "U+{:04X}", c as u32);
        }
    }

    #[test]
    fn judges_named_pairs() {
        let (mut agree, mut differ) = (0, 0);
        for line in CASES.lines().filter(|line| !line.starts_with('#')) {
            let [pairs, expected, why] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
            for pair in pairs.split(' ') {
                let [a, b] = pair.chars().collect::<Vec<_>>()[..] else { panic!("{pair}") };
                let grade = grade(a, b);
                assert_eq!(
                    grade.map_or("none".into(), |grade| (grade as u8).to_string()),
                    expected,
                    "{pair}: {why}"
                );
                if grade.is_some_and(|grade| grade <= Grade::Register) { agree += 1 } else { differ += 1 }
            }
        }
        assert!(agree >= 60 && differ >= 60, "{agree} agree, {differ} differ");
    }

    /// Scenario 11: what an insurer's file and the resident register write for one surname.
    #[test]
    fn scenario_11_insurer_and_register() {
        let grades =
            |a: &str, b: &str| a.chars().zip(b.chars()).map(|(a, b)| grade(a, b)).max().expect("a name");
        for (insurer, register) in [
            ("高橋", "髙橋"),
            ("山崎", "山﨑"),
            ("渡辺", "渡邉"),
            ("渡辺", "渡邊"),
            ("渡邊", "渡邉"),
            ("斎藤", "齋藤"),
            ("斉藤", "齊藤"),
        ] {
            assert!(grades(insurer, register) <= Some(Grade::Register), "{insurer} {register}");
        }
        for (one, other) in [("斉藤", "斎藤"), ("斉藤", "齋藤"), ("齊藤", "斎藤"), ("齊藤", "齋藤")]
        {
            assert_eq!(grades(one, other), Some(Grade::Confusable), "{one} {other}");
        }
    }

    /// Scenario 12: 𠮷 printed as ● by the other system.
    #[test]
    fn scenario_12_unwritable_kanji() {
        let names = "●田太郎".chars().zip("𠮷田太郎".chars());
        assert!(names.into_iter().all(|(a, b)| is_unknown(a) || a == b));
        assert_eq!(grade('●', '𠮷'), None);
    }

    /// Scenario 13: one kanji in the forms of several standards.
    #[test]
    fn scenario_13_forms_of_several_standards() {
        assert_eq!(clean("葛\u{E0100}城").text, clean("葛\u{E0101}城").text);
        assert_eq!(clean("\u{FA19}谷").text, "神谷");
        assert_eq!(grade('﨑', '崎'), Some(Grade::Register)); // in the compatibility block, yet no compatibility ideograph
        assert_eq!(grade('⻑', '長'), Some(Grade::Official)); // a radical from a printed form
        assert!(is_unknown('\u{F0000}'), "a character of a municipality's own");
    }

    #[test]
    fn grades_are_symmetric_and_every_row_is_found() {
        for row in rows() {
            assert_eq!(grade(row.a, row.b), Some(row.grade));
            assert_eq!(grade(row.b, row.a), Some(row.grade));
        }
    }

    /// R6: both ends agree with the middle, and not with each other.
    #[test]
    fn grades_are_not_transitive() {
        for (a, middle, b) in [('堽', '岡', '崗'), ('炉', '爐', '鑪'), ('乞', '气', '気'), ('囘', '回', '迴')]
        {
            let agree = |a, b| grade(a, b).is_some_and(|grade| grade <= Grade::Register);
            assert!(agree(a, middle) && agree(middle, b) && !agree(a, b), "{a}{middle}{b}");
        }
    }

    #[test]
    fn folding_is_idempotent_and_joins_what_agrees() {
        let mut classes: HashMap<char, Vec<char>> = HashMap::new();
        for c in table().members.iter() {
            assert_eq!(fold(fold(c)), fold(c), "{c}");
            classes.entry(fold(c)).or_default().push(c);
        }
        for row in rows().filter(|row| row.folds) {
            assert_eq!(fold(row.a), fold(row.b), "{}{}", row.a, row.b);
        }
        let largest = classes.values().max_by_key(|class| class.len()).expect("a class");
        assert!(largest.len() <= 40, "{} characters search as one: {largest:?}", largest.len());
    }

    #[test]
    fn placeholders_are_in_no_pair() {
        assert!(rows().all(|row| !is_unknown(row.a) && !is_unknown(row.b)));
    }

    #[test]
    fn cleaned_text_keeps_what_the_table_knows() {
        for c in table().members.iter() {
            assert_eq!(clean(c.encode_utf8(&mut [0; 4])).text.chars().next(), Some(c), "U+{:04X}", c as u32);
        }
    }

    #[test]
    fn surnames_that_differ_are_not_searched_as_one() {
        for (a, b) in
            [('坂', '阪'), ('堺', '界'), ('脇', '脅'), ('机', '機'), ('曾', '会'), ('山', '川'), ('田', '由')]
        {
            assert_ne!(fold(a), fold(b), "{a}{b}");
        }
    }

    proptest! {
        #[test]
        fn total_on_any_characters(a: char, b: char) {
            prop_assert_eq!(grade(a, b), grade(b, a));
            prop_assert_eq!(fold(fold(a)), fold(a));
            prop_assert_eq!(grade(a, a), Some(Grade::Identical));
        }
    }
}
