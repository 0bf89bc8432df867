//! What is looked at in the ids of a file: whether rows share one, and whether they are individual numbers.

use std::hash::{DefaultHasher, Hash, Hasher};

use himozuke::MyNumber;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use zeroize::Zeroizing;

/// The ids of rows, each by a 64-bit hash and its line, until all of them are there: 16 bytes a row, in pieces, for a list that
/// grows is copied to more room again and again. Telling them apart takes 4 to 8 more.
#[derive(Debug, Default)]
pub struct NotedIds(Vec<Vec<(u64, u64)>>);

/// Ids in a piece.
const PIECE: usize = 1 << 16;

impl NotedIds {
    /// Takes note of a row, in any order.
    pub fn note(&mut self, id: &str, line: u64) {
        let noted = (hash(id), line);
        match self.0.last_mut().filter(|piece| piece.len() < PIECE) {
            Some(piece) => piece.push(noted),
            None => {
                // The ids of a small file are few.
                let mut piece = Vec::with_capacity(if self.0.is_empty() { 0 } else { PIECE });
                piece.push(noted);
                self.0.push(piece);
            }
        }
    }

    /// Those that stand on more than one line, and which of them is the first to come again. Nearly every id is its row's own: a
    /// bit for each tells most of these apart, and only what is left is sorted.
    #[must_use]
    pub fn repeated(self) -> (DuplicateIds, Option<Repeat>) {
        let pieces = self.0;
        let rows: usize = pieces.iter().map(Vec::len).sum();
        // Sixteen bits a row; beside each, whether another row came to it.
        let mut bits = vec![[0u64; 2]; (rows / 4).next_power_of_two()];
        let last = bits.len() - 1;
        let place = |hash: u64| ((hash >> 6) as usize & last, 1 << (hash & 63));
        for (hash, _) in pieces.iter().flatten() {
            let (word, bit) = place(*hash);
            if let Some([seen, again]) = bits.get_mut(word) {
                *again |= *seen & bit;
                *seen |= bit;
            }
        }
        let may_be_again = |(hash, _): &(u64, u64)| {
            let (word, bit) = place(*hash);
            bits.get(word).is_some_and(|[_, again]| again & bit != 0)
        };
        let mut rows: Vec<(u64, u64)> = pieces.into_iter().flatten().filter(may_be_again).collect();
        rows.par_sort_unstable();
        let of_one_id = rows.chunk_by(|one, next| one.0 == next.0);
        let repeated = of_one_id.filter_map(|rows| match rows {
            [(hash, first_line), (_, line), ..] => {
                Some((*hash, Repeat { first_line: *first_line, line: *line }))
            }
            _ => None,
        });
        let repeated: Vec<(u64, Repeat)> = repeated.collect();
        let first = repeated.iter().map(|(_, repeat)| *repeat).min_by_key(|repeat| repeat.line);
        (DuplicateIds(repeated.into_iter().map(|(hash, repeat)| (hash, repeat.first_line)).collect()), first)
    }
}

/// The ids that stand on more than one line, each with the first of them.
///
/// Two different ids may share a hash: about once in 3,000 files of a hundred million rows. Then they count as
/// repeated, which refuses and never links.
#[derive(Debug, Default)]
pub struct DuplicateIds(FxHashMap<u64, u64>);

/// An id that stands on two lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Repeat {
    /// Where it stands first.
    pub first_line: u64,
    /// Where it stands again.
    pub line: u64,
}

impl DuplicateIds {
    /// The first line of an id that stands on several; `None` for an id that stands on one.
    #[must_use]
    pub fn first_line_of_repeated(&self, id: &str) -> Option<u64> {
        if self.0.is_empty() { None } else { self.0.get(&hash(id)).copied() }
    }

    /// How many ids stand on several lines.
    #[must_use]
    pub fn repeated(&self) -> usize {
        self.0.len()
    }
}

/// SipHash with fixed keys: the same everywhere, and good in all 64 bits, which a faster hash of short text is not.
fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// How many ids are looked at, and how many must be individual numbers for the column to be taken as one of them.
const SAMPLE: usize = 1000;
const FEWEST: usize = 20;
/// As [`FEWEST`], where every id is one: by chance that is one file of 12-digit ids in a thousand.
const FEWEST_OF_ALL: usize = 3;

/// Whether a column of ids is one of individual numbers (個人番号), which must not be used as names for rows.
///
/// Looks at the first 1000. At least 20 and at least half must be 12 digits with a right check digit, or all of at least 3;
/// of other 12-digit ids one in ten is.
pub fn looks_like_my_number<'i>(ids: impl IntoIterator<Item = &'i str>) -> bool {
    let (mut seen, mut valid) = (0, 0);
    for id in ids.into_iter().take(SAMPLE) {
        seen += 1;
        valid += usize::from(is_individual_number(id));
    }
    (valid >= FEWEST && valid * 2 >= seen) || (valid >= FEWEST_OF_ALL && valid == seen)
}

/// Whether an id is the individual number that stands beside it, in whatever groups of digits.
pub fn is_same_number(id: &str, number: &str) -> bool {
    !number.is_empty() && ungrouped(id).eq(ungrouped(number))
}

/// An id without what groups digits or makes text of them in a spreadsheet, digits of full width as others (as individual numbers
/// are read).
fn ungrouped(id: &str) -> impl Iterator<Item = char> {
    let grouping =
        |c: &char| c.is_whitespace() || matches!(c, '-' | '－' | '‐'..='―' | '−' | 'ー' | 'ｰ' | '\'');
    let half_width = |c| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        other => other,
    };
    id.chars().filter(move |c| !grouping(c)).map(half_width)
}

/// An individual number, grouped in whatever way.
fn is_individual_number(id: &str) -> bool {
    // One character too many is wrong already; with room for all of them nothing is left behind where the text was.
    let mut digits = Zeroizing::new(String::with_capacity(4 * 13));
    digits.extend(ungrouped(id).take(13));
    digits.parse::<MyNumber>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn repeated_ids_are_those_of_a_map(rows in proptest::collection::vec((0u8..6, 0u64..9), 0..8)) {
            let (mut ids, mut lines) = (NotedIds::default(), BTreeMap::<u8, Vec<u64>>::new());
            for (id, place) in rows {
                // No line holds two rows.
                let line = place * 10 + u64::from(id);
                if lines.get(&id).is_none_or(|lines| !lines.contains(&line)) {
                    ids.note(&id.to_string(), line);
                    lines.entry(id).or_default().push(line);
                }
            }
            lines.values_mut().for_each(|lines| lines.sort_unstable());
            let (ids, first) = ids.repeated();
            for id in 0..6 {
                let expected = lines.get(&id).filter(|lines| lines.len() > 1).map(|lines| lines[0]);
                prop_assert_eq!(ids.first_line_of_repeated(&id.to_string()), expected);
            }
            let again = lines.values().filter_map(|lines| Some((*lines.get(1)?, lines[0]))).min();
            prop_assert_eq!(first.map(|repeat| (repeat.line, repeat.first_line)), again);
        }
    }

    #[test]
    fn ids_are_repeated_in_whatever_piece_they_stand() {
        let mut ids = NotedIds::default();
        let rows = 2 * PIECE as u64 + 5;
        (0..rows).for_each(|row| ids.note(&(row % (rows - 2)).to_string(), row + 1));
        let (ids, first) = ids.repeated();
        assert_eq!(ids.repeated(), 2);
        assert_eq!(["0", "1", "2"].map(|id| ids.first_line_of_repeated(id)), [Some(1), Some(2), None]);
        assert_eq!(first, Some(Repeat { first_line: 1, line: rows - 1 }));
    }

    #[test]
    fn repeated_ids_are_told_from_the_first_line_on() {
        let mut ids = NotedIds::default();
        for (id, line) in [("c", 8), ("a", 9), ("b", 3), ("a", 2), ("c", 7), ("a", 4)] {
            ids.note(id, line);
        }
        let (ids, first) = ids.repeated();
        assert_eq!(first, Some(Repeat { first_line: 2, line: 4 }));
        assert_eq!(
            ["a", "b", "c", "d"].map(|id| ids.first_line_of_repeated(id)),
            [Some(2), None, Some(7), None]
        );
        assert_eq!(ids.repeated(), 2);
        let (none, first) = NotedIds::default().repeated();
        assert_eq!((none.repeated(), none.first_line_of_repeated("a"), first), (0, None, None));
    }

    #[test]
    fn individual_numbers_are_known_by_their_check_digit() {
        // The example that public guides print.
        for number in [
            "123456789018",
            "1234 5678 9018",
            "'123456789018",
            "１２３４－５６７８－９０１８",
            "1234−5678−9018",
        ] {
            assert!(is_individual_number(number) && is_same_number(number, "123456789018"));
        }
        for wrong in ["123456789010", "12345678901", "1234567890180", "12345678901x", ""] {
            assert!(!is_individual_number(wrong));
        }
        let run = |step: u64| {
            (0..1000).map(move |n| format!("{:012}", 200_000_000_000 + n * step)).collect::<Vec<_>>()
        };
        let consecutive = run(1);
        assert!(
            !looks_like_my_number(consecutive.iter().map(String::as_str)),
            "one in ten is right by chance"
        );
        let valid: Vec<String> = run(7).into_iter().filter(|id| is_individual_number(id)).collect();
        assert!(valid.len() > FEWEST && looks_like_my_number(valid.iter().map(String::as_str)));
        let few = || valid.iter().take(FEWEST - 1).map(String::as_str);
        assert!(!looks_like_my_number(few().chain(["another"])));
        assert!(looks_like_my_number(few()) && !looks_like_my_number(few().take(2)));
        assert!(is_same_number("123456789018", "1234-5678-9018") && !is_same_number("", ""));
    }
}
