//! The shipped tables of names and of kanji, found by what is written.

use std::cmp::Ordering;
use std::sync::LazyLock;

use crate::normalize::name::{reading_key, register_key};
use crate::normalize::sex::Sex;
use crate::normalize::{Grade, kana, kanji};

pub(super) static SURNAMES: LazyLock<Table> =
    LazyLock::new(|| Table::names(include_str!("../../../data/names/surnames.tsv")));
pub(super) static GIVEN: LazyLock<Table> =
    LazyLock::new(|| Table::names(include_str!("../../../data/names/given.tsv")));
pub(super) static KANJI: LazyLock<Table> =
    LazyLock::new(|| Table::kanji(include_str!("../../../data/names/kanji_readings.tsv")));
pub(super) static NANORI: LazyLock<Table> =
    LazyLock::new(|| Table::kanji(include_str!("../../../data/names/nanori.tsv")));

/// A table of readings as it is shipped, and where in it each written form stands.
pub(super) struct Table {
    text: &'static str,
    /// Key of the widest fold of a form (upper half) and its place in the text (lower half), sorted.
    places: Vec<u64>,
}

/// A name as the table lists it.
#[derive(Clone, Copy)]
pub(super) struct Listed {
    pub(super) written: &'static str,
    pub(super) reading: &'static str,
    /// Quarter bits: 4 less is twice as common.
    pub(super) weight: u16,
}

/// Who bears a listed name.
pub(crate) struct Bearers {
    /// 4 · -log2 of the share of all people.
    pub(crate) weight: u16,
    /// The one sex that is known to bear it.
    pub(crate) only: Option<Sex>,
}

impl Bearers {
    /// Reads what stands behind a form, up to the next one.
    fn of(word: &[u8]) -> Option<Self> {
        let digits = word.get(word.iter().position(u8::is_ascii_digit)?..)?;
        let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
        let (digits, rest) = digits.split_at_checked(end)?;
        let weight = digits.iter().fold(0, |weight, digit| weight * 10 + u16::from(digit - b'0'));
        let only = match rest {
            [b'm', b'f', ..] => None,
            [b'm', ..] => Some(Sex::Male),
            [b'f', ..] => Some(Sex::Female),
            _ => None,
        };
        Some(Self { weight, only })
    }
}

impl Table {
    /// `reading`, tab, written forms with their weights.
    fn names(text: &'static str) -> Self {
        let forms = rows(text).flat_map(|(at, line)| {
            let forms = line.find('\t').map_or(line.len(), |tab| tab + 1);
            words(line, forms).map(move |(offset, word)| (key(written_out(form(word))), at + offset))
        });
        Self::new(text, forms)
    }

    /// Who bears the names, by the upper half of the key of their register form, in its order.
    pub(super) fn by_form(&self) -> impl Iterator<Item = (u32, Bearers)> {
        self.places.iter().filter_map(|place| {
            let rest = self.text.as_bytes().get((place & u64::from(u32::MAX)) as usize..)?;
            Some(((place >> 32) as u32, Bearers::of(rest)?))
        })
    }

    /// Who bears the names, by the upper half of the key of their reading.
    pub(super) fn by_reading(&self) -> impl Iterator<Item = (u32, Bearers)> {
        let rows = rows(self.text).filter_map(|(_, line)| line.split_once('\t'));
        rows.flat_map(|(reading, forms)| {
            let key = (reading_key(reading.chars()) >> 32) as u32;
            let words = forms.as_bytes().split(|byte| *byte == b' ');
            words.filter_map(move |word| Some((key, Bearers::of(word)?)))
        })
    }

    /// `kanji`, tab, readings.
    fn kanji(text: &'static str) -> Self {
        Self::new(text, rows(text).map(|(at, line)| (key(line.chars().take(1)), at)))
    }

    fn new(text: &'static str, places: impl Iterator<Item = (u32, usize)>) -> Self {
        let mut places: Vec<u64> =
            places.map(|(key, at)| u64::from(key) << 32 | at as u64 & u64::from(u32::MAX)).collect();
        places.sort_unstable();
        places.shrink_to_fit();
        Self { text, places }
    }

    /// Where forms stand that may be this one; a reader looks whether they are.
    fn places(&self, key: u32) -> impl Iterator<Item = usize> {
        let from = self.places.partition_point(|place| place >> 32 < u64::from(key));
        let found = self.places.iter().skip(from).take_while(move |place| *place >> 32 == u64::from(key));
        found.map(|place| (place & u64::from(u32::MAX)) as usize)
    }

    /// The listed names that are written so, up to register-approved variants (grade 4).
    pub(super) fn listed(&self, written: impl Iterator<Item = char> + Clone) -> impl Iterator<Item = Listed> {
        self.places(key(written.clone())).filter_map(|at| self.at(at)).filter(move |listed| {
            let (mut ours, mut theirs) = (written.clone(), written_out(listed.written));
            loop {
                match (ours.next(), theirs.next()) {
                    (None, None) => return true,
                    (Some(a), Some(b)) if same(a, b) => {}
                    _ => return false,
                }
            }
        })
    }

    /// The weight of the commonest name that is read so; `None` unless the text is a listed reading in kana.
    pub(super) fn read_so(&self, kana: &str) -> Option<u16> {
        let wanted = || kana.chars().map(kana::katakana);
        let (mut low, mut high) = (0, self.text.len());
        while low < high {
            let middle = low.midpoint(high);
            let start = self.line_start(middle);
            let line = self.text.get(start..)?.split('\n').next()?;
            let (reading, forms) = line.split_once('\t').unwrap_or((line, ""));
            match reading.chars().cmp(wanted()) {
                Ordering::Less => low = start + line.len() + 1,
                Ordering::Greater => high = start,
                Ordering::Equal => return weight(forms.split(' ').next()?),
            }
        }
        None
    }

    /// Where the line begins that holds a byte.
    fn line_start(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
    }

    fn at(&self, at: usize) -> Option<Listed> {
        let (before, after) = self.text.split_at_checked(at)?;
        let (_, row) = before.rsplit_once('\n')?;
        let (reading, _) = row.split_once('\t')?;
        let word = after.split([' ', '\n']).next()?;
        let written = form(word);
        Some(Listed { written, reading, weight: weight(word)? })
    }

    /// The readings of a kanji, or of its register-approved variants; 訓 in hiragana, as shipped.
    pub(super) fn readings(&self, c: char) -> impl Iterator<Item = &'static str> {
        let rows = self.places(key(std::iter::once(c))).filter_map(move |at| {
            let (kanji, rest) = self.text.get(at..)?.split_once('\t')?;
            kanji.chars().next().is_some_and(|kanji| same(c, kanji)).then_some(rest)
        });
        rows.filter_map(|rest| rest.split('\n').next()).flat_map(|readings| readings.split(' '))
    }
}

/// Whether two characters may stand for one another in a register form.
fn same(a: char, b: char) -> bool {
    kana::char_grade(a, b).or_else(|| kanji::grade(a, b)).is_some_and(|grade| grade <= Grade::Register)
}

/// Equal for forms that the widest fold joins.
fn key(written: impl Iterator<Item = char>) -> u32 {
    (register_key(written) >> 32) as u32
}

/// A name without its weight.
fn form(word: &str) -> &str {
    let end = word.bytes().position(|byte| byte.is_ascii_digit()).unwrap_or(word.len());
    word.get(..end).unwrap_or(word)
}

/// The weight behind a name.
fn weight(word: &str) -> Option<u16> {
    word.get(form(word).len()..)?.trim_end_matches(['m', 'f']).parse().ok()
}

/// The characters of a form, 々 as the character that it repeats.
pub(super) fn written_out(form: &str) -> impl Iterator<Item = char> + Clone {
    let mut previous = '々';
    form.chars().map(move |c| {
        if c != '々' {
            previous = c;
        }
        previous
    })
}

/// The lines that are no comment, with their places.
fn rows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let lines = text.split('\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        (start, line)
    });
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The words of a line from a place on, with their places.
fn words(line: &str, from: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = from;
    line.as_bytes().get(from..).unwrap_or_default().split(|byte| *byte == b' ').map(move |word| {
        let start = at;
        at += word.len() + 1;
        (start, line.get(start..start + word.len()).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_every_table_is_found_again() {
        for table in [&SURNAMES, &GIVEN] {
            let mut names = 0;
            for (_, line) in rows(table.text) {
                let (reading, forms) = line.split_once('\t').unwrap();
                for word in forms.split(' ') {
                    names += 1;
                    let mut found = table.listed(written_out(form(word)));
                    assert!(found.any(|l| l.reading == reading && l.written == form(word)), "{word}");
                }
            }
            assert_eq!(names, table.places.len());
        }
        for table in [&KANJI, &NANORI] {
            for (_, line) in rows(table.text) {
                let (kanji, readings) = line.split_once('\t').unwrap();
                let found: Vec<&str> = table.readings(kanji.chars().next().unwrap()).collect();
                assert!(readings.split(' ').all(|reading| found.contains(&reading)), "{line}");
            }
        }
    }

    #[test]
    fn finds_register_variants_and_no_look_alikes() {
        let readings = |written| -> Vec<_> {
            SURNAMES.listed(written_out(written)).map(|listed| listed.reading).collect()
        };
        assert!(readings("渡邊").contains(&"ワタナベ") && readings("山﨑").contains(&"ヤマザキ"));
        assert!(readings("佐佐木").contains(&"ササキ"));
        assert!(GIVEN.listed("あい子".chars()).any(|listed| listed.reading == "アイコ"));
        // 斉 and 斎 are searched as one, and are two characters by law (DOMAIN 5.8).
        assert!(SURNAMES.listed("斎藤".chars()).all(|listed| listed.written != "斉藤"));
    }
}
