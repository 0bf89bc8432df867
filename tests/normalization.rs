//! Normalization seen from outside: every form that the rules and the sources name, as data with its source, and what rewriting
//! may and may not change.
//!
//! tests/data/ holds the cases: one line each, fields separated by tabs, the last of which says where the case comes from.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: a panic is how it fails")]

mod common;
#[path = "normalization/rewriting.rs"]
mod rewriting;

use common::Row;
use himozuke::compare::address::{AddressLevel, AddressNote};
use himozuke::compare::birth_date::BirthDateLevel;
use himozuke::compare::name::{NameAgreement, ScriptLevel};
use himozuke::compare::sex::SexLevel;
use himozuke::compare::{Comparison, compare};
use himozuke::normalize::Grade;
use himozuke::normalize::address::Address;
use himozuke::normalize::birth_date::{BirthDate, DateOptions, Day, EraCodes, ImpossibleEra};
use himozuke::normalize::sex::Sex;
use himozuke::synth::{Population, SynthConfig};
use himozuke::{MyNumber, Person, ReadOptions};
use proptest::prelude::*;
use rewriting::{LOSSES, REWRITINGS};
use serde::Serialize;

/// The fields of every case of a table, with its line.
fn cases<const N: usize>(table: &'static str) -> Vec<[&'static str; N]> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let fields = |line: &'static str| {
        let fields: Vec<_> = line.split('\t').collect();
        fields.try_into().unwrap_or_else(|_| panic!("not {N} fields: {line}"))
    };
    lines.map(fields).collect()
}

/// The documented name of a level.
fn code(level: impl Serialize) -> String {
    match serde_json::to_value(level).unwrap() {
        serde_json::Value::String(code) => code,
        other => panic!("{other} has no name"),
    }
}

fn person(row: &Row) -> Person {
    Person::read(&row.record(), &ReadOptions::default()).unwrap_or_else(|error| panic!("{error}: {row:?}"))
}

/// Compares two rows, both ways round.
fn compared(a: &Row, b: &Row) -> Comparison {
    let (a, b) = (person(a), person(b));
    let comparison = compare(&a, &b);
    assert_eq!(comparison, compare(&b, &a));
    comparison
}

/// Tells every case that does not hold, not only the first.
fn expect(failures: &[String]) {
    assert!(failures.is_empty(), "{} cases:\n{}", failures.len(), failures.join("\n"));
}

fn grade_of(level: ScriptLevel) -> Option<u8> {
    match level {
        ScriptLevel::Same(grade) => Some(grade as u8),
        _ => None,
    }
}

#[test]
fn names() {
    let named = |cell: &str| Row { kanji_name: cell.into(), ..Row::default() };
    let mut failures = Vec::new();
    for [a, b, agreement, grade, source] in cases(include_str!("data/names.tsv")) {
        let name = compared(&named(a), &named(b)).name;
        let got_grade = grade_of(name.register.whole).map_or("-".into(), |grade| grade.to_string());
        let got = code(name.agreement(Grade::Register));
        if (&*got, &*got_grade) != (agreement, grade) {
            failures.push(format!("{a} / {b}: {got} {got_grade}, not {agreement} {grade} ({source})"));
        }
    }
    expect(&failures);
}

#[test]
fn readings() {
    let read = |cell: &str| Row { kana_name: cell.into(), ..Row::default() };
    let mut failures = Vec::new();
    for [a, b, expected, source] in cases(include_str!("data/kana.tsv")) {
        let whole = compared(&read(a), &read(b)).name.reading.whole;
        let got = grade_of(whole).map_or_else(|| code(whole), |grade| grade.to_string());
        if got != expected {
            failures.push(format!("{a} / {b}: {got}, not {expected} ({source})"));
        }
    }
    expect(&failures);
}

#[test]
fn near_misses_never_agree() {
    let mut failures = Vec::new();
    for [pairs, why] in cases(include_str!("data/near_misses.tsv")) {
        for pair in pairs.split(' ') {
            let [a, b] = pair.chars().collect::<Vec<_>>()[..] else { panic!("{pair}") };
            // As a family name, within one, as a given name and within one, with a border and without.
            for form in ["X 太郎", "X田 太郎", "山田 X", "山田 X子", "山田X美"] {
                let row = |c| Row { kanji_name: form.replace('X', &String::from(c)), ..Row::default() };
                let agreement = compared(&row(a), &row(b)).name.agreement(Grade::Register);
                if matches!(agreement, NameAgreement::Agrees | NameAgreement::ByOtherName) {
                    failures.push(format!("{a} {b} in {form}: {why}"));
                }
            }
        }
    }
    expect(&failures);
}

#[test]
fn birth_dates() {
    let mut failures = Vec::new();
    for [text, setting, expected, source] in cases(include_str!("data/birth_dates.tsv")) {
        let mut options = DateOptions { as_of: Day::from_ymd(2026, 11, 22), ..DateOptions::default() };
        match setting {
            "sequential" => options.era_codes = EraCodes::Sequential,
            "pension" => options.era_codes = EraCodes::Pension,
            "undated" => options.as_of = None,
            "warn" => options.impossible_era = ImpossibleEra::AcceptWithWarning,
            other => assert_eq!(other, "-", "{text}"),
        }
        let got = match BirthDate::parse(text, &options) {
            Ok(Some(date)) => date.to_string_iso() + if date.has_impossible_era() { "!" } else { "" },
            Ok(None) => "nothing".into(),
            Err(error) => error.code().into(),
        };
        if got != expected {
            failures.push(format!("{text} ({setting}): {got}, not {expected} ({source})"));
        }
    }
    expect(&failures);
}

#[test]
fn pairs_of_birth_dates() {
    let born = |cell: &str| Row { birth_date: cell.into(), ..Row::default() };
    let mut failures = Vec::new();
    for [a, b, expected, source] in cases(include_str!("data/birth_date_pairs.tsv")) {
        let got = compared(&born(a), &born(b)).birth_date.code();
        if got != expected {
            failures.push(format!("{a} / {b}: {got}, not {expected} ({source})"));
        }
    }
    expect(&failures);
}

#[test]
fn sexes() {
    for [text, expected, source] in cases(include_str!("data/sexes.tsv")) {
        let got = match Sex::parse(text) {
            Ok(Some(sex)) => sex.iso_5218().to_string(),
            Ok(None) => "-".into(),
            Err(error) => error.code().into(),
        };
        assert_eq!(got, expected, "{text}: {source}");
    }
}

#[test]
fn individual_numbers() {
    for [text, expected, source] in cases(include_str!("data/my_numbers.tsv")) {
        let got = text.parse::<MyNumber>().map_or_else(|error| error.code(), |_| "ok");
        assert_eq!(got, expected, "{text}: {source}");
    }
}

#[test]
fn addresses() {
    let at = |cell: &str| Row { address: cell.into(), ..Row::default() };
    let mut failures = Vec::new();
    for [a, b, level, notes, source] in cases(include_str!("data/addresses.tsv")) {
        let address = compared(&at(a), &at(b)).address;
        let got_notes = address.notes.iter().map(AddressNote::code).collect::<Vec<_>>().join(" ");
        let got = code(address.level);
        if (&*got, &*got_notes) != (level, notes) {
            failures.push(format!("{a} / {b}: {got} {got_notes}, not {level} {notes} ({source})"));
        }
    }
    expect(&failures);
}

#[test]
fn addresses_as_read() {
    let mut failures = Vec::new();
    for [written, expected, source] in cases(include_str!("data/address_forms.tsv")) {
        let address = Address::parse(written).unwrap();
        let got = address.canonical();
        if got != expected {
            failures.push(format!("{written}: {got}, not {expected} ({source})"));
        }
        let again = Address::parse(&got).unwrap();
        let keys = |address: &Address| (address.town_key(), address.block_key(), address.canonical());
        if keys(&again) != keys(&address) || !again.folds().is_empty() {
            failures.push(format!("{written}: not the same when read back ({source})"));
        }
    }
    expect(&failures);
}

#[test]
fn municipal_codes() {
    for [place, expected, source] in cases(include_str!("data/municipal_codes.tsv")) {
        let code = Address::parse(place).and_then(|address| address.municipality_code());
        let got = code.map_or("-".into(), |code| format!("{code:06}"));
        assert_eq!(got, expected, "{place}: {source}");
    }
}

/// Names in forms that synthetic residents seldom have.
const NAMES: [(&str, &str); 8] = [
    ("竜ヶ崎　ショウ子", "リュウガサキ　ショウコ"),
    ("佐々木　みすず", "ササキ　ミスズ"),
    ("野々村　菜々子", "ノノムラ　ナナコ"),
    ("SMITH　JOHN PAUL", "スミス　ジョン　ポール"),
    ("ジョンソン　キャシー", "ジョンソン　キャシー"),
    ("吉﨑　福之助", "ヨシザキ　フクノスケ"),
    ("橋本　カヲル", "ハシモト　カヲル"),
    ("ZHANG　WEI", "チャン　ウェイ"),
];

/// Synthetic residents as the register writes them.
fn residents() -> Vec<Row> {
    let config = SynthConfig { seed: 9, residents: 2_000, records: 1, ..SynthConfig::default() };
    let population = Population::new(&config);
    let rows: Vec<Row> = population
        .residents()
        .map(|resident| {
            let mut row = himozuke::synth::Row::default();
            resident.write(&mut row);
            let record = row.record();
            Row {
                kanji_name: record.kanji_name.into(),
                kana_name: record.kana_name.into(),
                birth_date: record.birth_date.into(),
                sex: record.sex.into(),
                address: record.address.into(),
                ..Row::default()
            }
        })
        .collect();
    let named = NAMES.iter().cycle().zip(rows.iter().take(10 * NAMES.len()));
    let named = named.map(|((kanji, kana), row)| Row {
        kanji_name: (*kanji).into(),
        kana_name: (*kana).into(),
        ..row.clone()
    });
    let all = named.chain(rows.iter().cloned());
    all.filter(agrees_with_itself).collect()
}

/// Whether a rewriting of the row may be expected to agree: placeholders, dates known in part and addresses without numbers
/// agree with nothing (R7, R12).
fn agrees_with_itself(row: &Row) -> bool {
    let same = compared(row, row);
    row.birth_date.len() == 10
        && same.name.agreement(Grade::Register) == NameAgreement::Agrees
        && same.birth_date == BirthDateLevel::Equal
        && same.address.agrees()
}

#[test]
fn every_rewriting_changes_somebody() {
    let people = residents();
    assert!(people.len() > 1_000 && REWRITINGS.len() >= 25, "{} {}", people.len(), REWRITINGS.len());
    for rewriting in REWRITINGS {
        let changed = people.iter().any(|row| rewriting.apply(row) != *row);
        assert!(changed, "{} changes nobody", rewriting.name);
    }
}

fn config() -> ProptestConfig {
    let cases = std::env::var("HIMOZUKE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000);
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn rewriting_keeps_agreement_at_the_declared_grade(
        who in any::<prop::sample::Index>(),
        chosen in prop::collection::vec(prop::sample::select(REWRITINGS), 1..=4),
        other in prop::collection::vec(prop::sample::select(REWRITINGS), 0..=2),
    ) {
        static PEOPLE: std::sync::LazyLock<Vec<Row>> = std::sync::LazyLock::new(residents);
        let row = who.get(&PEOPLE);
        let rewritten = |chosen: &[rewriting::Rewriting]| {
            chosen.iter().fold(row.clone(), |row, rewriting| rewriting.apply(&row))
        };
        let (a, b) = (rewritten(&chosen), rewritten(&other));
        // The register's row, and a row of another office, which writes in ways of its own.
        for b in if other.iter().any(|other| other.chains(&chosen)) { vec![row.clone()] } else { vec![row.clone(), b] } {
            let declared = chosen.iter().chain(&other).map(|rewriting| rewriting.grade).max().unwrap();
            let pair = compared(&a, &b);
            let names: Vec<_> = chosen.iter().map(|rewriting| rewriting.name).collect();
            let told = format!("{names:?}\n{a:?}\n{b:?}\n{pair:?}");
            prop_assert_eq!(pair.name.agreement(Grade::Register), NameAgreement::Agrees, "{}", told);
            prop_assert!(pair.name.grade().unwrap() <= declared, "declared {:?}: {}", declared, told);
            if let ScriptLevel::Same(grade) = pair.name.reading.whole {
                prop_assert!(grade <= declared, "declared {:?}: {}", declared, told);
            } else {
                prop_assert!(row.kana_name.is_empty(), "{}", told);
            }
            prop_assert_eq!(pair.birth_date, BirthDateLevel::Equal, "{}", told);
            prop_assert!(matches!(pair.sex, SexLevel::Equal | SexLevel::Unknown), "{}", told);
            prop_assert!(pair.address.agrees(), "{}", told);
        }
    }

    #[test]
    fn losing_information_leads_to_nobody_else(
        who in any::<prop::sample::Index>(),
        loss in prop::sample::select(LOSSES),
        chosen in prop::collection::vec(prop::sample::select(REWRITINGS), 0..=2),
    ) {
        static PEOPLE: std::sync::LazyLock<Vec<Row>> = std::sync::LazyLock::new(residents);
        let row = who.get(&PEOPLE);
        let poorer = loss.apply(row);
        prop_assume!(poorer != *row);
        let poorer = chosen.iter().fold(poorer, |row, rewriting| rewriting.apply(&row));
        let pair = compared(&poorer, row);
        let agreement = pair.name.agreement(Grade::Register);
        let told = format!("{}\n{poorer:?}\n{row:?}\n{pair:?}", loss.name);
        prop_assert!(!matches!(
            agreement,
            NameAgreement::GivenDiffers | NameAgreement::FamilyDiffers | NameAgreement::Homophone | NameAgreement::ReadingDiffers
        ), "{}", told);
        prop_assert!(matches!(
            pair.birth_date,
            BirthDateLevel::Equal | BirthDateLevel::Compatible | BirthDateLevel::Unknown
        ), "{}", told);
        prop_assert!(pair.sex != SexLevel::Different, "{}", told);
        prop_assert!(pair.address.level <= AddressLevel::Town || pair.address.level == AddressLevel::Unknown, "{}", told);
        let lost = match loss.attribute {
            rewriting::Attribute::Name => agreement != NameAgreement::Agrees,
            rewriting::Attribute::BirthDate => pair.birth_date != BirthDateLevel::Equal,
            rewriting::Attribute::Sex => pair.sex == SexLevel::Unknown,
            rewriting::Attribute::Address => !pair.address.agrees(),
            // A name in kana is its own reading (R1).
            rewriting::Attribute::Reading => {
                grade_of(pair.name.reading.whole).is_none() || !row.kanji_name.contains(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
            }
        };
        prop_assert!(lost, "it still agrees: {}", told);
    }
}
