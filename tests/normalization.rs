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
use himozuke::normalize::address::Address;
use himozuke::normalize::birth_date::{BirthDate, DateOptions, Day, EraCodes, ImpossibleEra};
use himozuke::normalize::name::{self, Name, NameError, NameKind, Spelling};
use himozuke::normalize::sex::Sex;
use himozuke::normalize::{Grade, kanji};
use himozuke::synth::{Population, SynthConfig};
use himozuke::{Decision, Linker, MyNumber, Person, Policy, ReadOptions, Reason, Registry};
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

/// The grade, or the name of a level that is none.
fn script_level(level: ScriptLevel) -> String {
    grade_of(level).map_or_else(|| code(level), |grade| grade.to_string())
}

#[test]
fn names() {
    let named = |cell: &str| Row { kanji_name: cell.into(), ..Row::default() };
    let mut failures = Vec::new();
    for [a, b, agreement, grade, source] in cases(include_str!("data/names.tsv")) {
        let name = compared(&named(a), &named(b)).name;
        let got_grade = name.grade();
        let shown = got_grade.map_or("-".into(), |grade| (grade as u8).to_string());
        let got = code(name.agreement(Grade::Register));
        if (&*got, &*shown) != (agreement, grade) {
            failures.push(format!("{a} / {b}: {got} {shown}, not {agreement} {grade} ({source})"));
        }
        // R6: a policy may accept less. METHOD 5: what is equal at any grade is found.
        for accepted in [Grade::Identical, Grade::Equivalent, Grade::Official, Grade::Register] {
            let agrees = got_grade.is_some_and(|grade| grade <= accepted);
            if agreement == "agrees" && agrees != (name.agreement(accepted) == NameAgreement::Agrees) {
                failures.push(format!("{a} / {b}: accepted up to {accepted:?} ({source})"));
            }
        }
        if got_grade.is_some() && !name.widest_equal {
            failures.push(format!("{a} / {b}: not found ({source})"));
        }
    }
    expect(&failures);
}

#[test]
fn readings() {
    let read = |cell: &str| Row { kana_name: cell.into(), ..Row::default() };
    let mut failures = Vec::new();
    for [a, b, expected, source] in cases(include_str!("data/kana.tsv")) {
        let name = compared(&read(a), &read(b)).name;
        let got = script_level(name.reading.whole);
        if got != expected {
            failures.push(format!("{a} / {b}: {got}, not {expected} ({source})"));
        }
        // R8, R9: what is equal at any grade is found, and no reading alone is agreement.
        if grade_of(name.reading.whole).is_some() && !name.widest_equal {
            failures.push(format!("{a} / {b}: not found ({source})"));
        }
        if matches!(name.agreement(Grade::Register), NameAgreement::Agrees | NameAgreement::ByOtherName) {
            failures.push(format!("{a} / {b}: agreement ({source})"));
        }
    }
    expect(&failures);
}

/// What a cell is read as: the kind of each name, its register form and its reading, `+` for a border that is written.
fn structure(names: &[Name]) -> String {
    let part = |spelling: Option<&Spelling>| match spelling {
        None => "-".into(),
        Some(spelling) if spelling.has_border() => {
            format!("{}+{}", spelling.family.text(), spelling.given.text())
        }
        Some(spelling) => spelling.given.text().to_string(),
    };
    let name = |name: &Name| {
        format!("{} {} / {}", code(name.kind), part(name.register.as_ref()), part(name.reading.as_ref()))
    };
    names.iter().map(name).collect::<Vec<_>>().join("; ")
}

#[test]
fn cells_of_names() {
    let read = |row: &Row| -> Result<String, NameError> {
        let mut names = name::parse(&row.kanji_name, &row.kana_name)?;
        for (kind, cell) in [(NameKind::Former, &row.former_names), (NameKind::Alias, &row.aliases)] {
            let other = name::parse_other(kind, cell, &names[0])?;
            names.extend(other);
        }
        Ok(structure(&names))
    };
    let mut failures = Vec::new();
    for [cells, expected, source] in cases(include_str!("data/name_cells.tsv")) {
        let got = read(&named(cells)).unwrap_or_else(|error| error.code().into());
        if got != expected {
            failures.push(format!("{cells}: {got}, not {expected} ({source})"));
        }
    }
    expect(&failures);
}

/// A row of which a case gives the name: `kanji|kana|former name|alias`, the last of them left out where they are empty.
fn named(cells: &str) -> Row {
    let mut cells = cells.split('|').map(String::from);
    let mut next = || cells.next().unwrap_or_default();
    Row { kanji_name: next(), kana_name: next(), former_names: next(), aliases: next(), ..Row::default() }
}

#[test]
fn whole_names() {
    let mut failures = Vec::new();
    for [a, b, agreement, family, given, source] in cases(include_str!("data/whole_names.tsv")) {
        let name = compared(&named(a), &named(b)).name;
        let got = [&*code(name.agreement(Grade::Register)), name.family().code(), name.given().code()];
        if got != [agreement, family, given] {
            failures.push(format!("{a} / {b}: {got:?}, not {agreement} {family} {given} ({source})"));
        }
    }
    expect(&failures);
}

/// A written name against a reading: whatever the tables say, it is never agreement (METHOD 5).
#[test]
fn written_and_read() {
    let mut failures = Vec::new();
    for [written, read, expected, source] in cases(include_str!("data/written_and_read.tsv")) {
        let read = Row { kana_name: read.into(), ..Row::default() };
        let name = compared(&named(written), &read).name;
        let got = name.plausibility.map_or("-", |plausibility| plausibility.code());
        let agreement = name.agreement(Grade::Register);
        if got != expected || !matches!(agreement, NameAgreement::Unknown | NameAgreement::PartlyUnknown) {
            failures.push(format!(
                "{written} / {}: {got} {agreement:?}, not {expected} ({source})",
                read.kana_name
            ));
        }
    }
    expect(&failures);
}

#[test]
fn unknown_characters() {
    let mut failures = Vec::new();
    for [points, expected, source] in cases(include_str!("data/unknown_characters.tsv")) {
        for point in points.split(' ') {
            let c = u32::from_str_radix(point, 16).ok().and_then(char::from_u32).unwrap();
            let got = if kanji::is_unknown(c) { "unknown" } else { "known" };
            // As a family name, alone, and within a reading: it matches nothing, not even itself, and contradicts nothing.
            let alone = Row {
                kanji_name: format!("{c} 太郎"),
                kana_name: format!("ヤマ{c} タロウ"),
                ..Row::default()
            };
            let other =
                Row {
                    kanji_name: "田 太郎".into(), kana_name: "ヤマダ タロウ".into(), ..Row::default()
                };
            let partly = [&alone, &other].into_iter().all(|other| {
                let name = compared(&alone, other).name;
                name.agreement(Grade::Register) == NameAgreement::PartlyUnknown && !name.contradicts()
            });
            if got != expected || partly != (expected == "unknown") {
                failures.push(format!("U+{point}: {got}, in a name {partly}, not {expected} ({source})"));
            }
        }
    }
    expect(&failures);
}

/// A row with that name of somebody of whom every other attribute is known.
fn known(cells: &str) -> Row {
    Row {
        birth_date: "1985-01-01".into(),
        sex: "1".into(),
        address: "東京都千代田区霞が関二丁目１番６号".into(),
        ..named(cells)
    }
}

/// What names do to the answer: one resident, among others of other names, and one record of the same birth date, sex and
/// address unless the case says otherwise.
#[test]
fn answers() {
    let fillers: Vec<Row> = residents().into_iter().take(300).collect();
    let mut failures = Vec::new();
    for [profile_name, resident_name, record_name, others, expected, source] in
        cases(include_str!("data/answers.tsv"))
    {
        let resident = Row { id: "a".into(), ..known(resident_name) };
        let mut record = known(record_name);
        for (attribute, value) in others.split(' ').filter_map(|other| other.split_once('=')) {
            *cell(&mut record, attribute) = value.into();
        }
        let numbered = (0..).zip(&fillers).map(|(n, row)| Row { id: format!("f{n}"), ..row.clone() });
        let rows: Vec<Row> = numbered.chain([resident]).collect();
        let registry = Registry::builder().persons(rows.iter().map(Row::record)).unwrap().build().unwrap();
        let profile = serde_json::from_value(profile_name.into()).unwrap();
        let policy = Policy { profile, ..Policy::guideline() };
        let got = match Linker::new(&registry, policy) {
            Err(_) => "refused".into(),
            Ok(linker) => {
                let decision = linker.decide(&record.record()).unwrap();
                let answer = match &decision {
                    Decision::Link(_) => "link",
                    Decision::Review(_) => "review",
                    Decision::NoMatch(_) => "no_match",
                };
                // What the model and the batch say is another test's.
                let of_names = |reason: &Reason| {
                    use Reason::{BatchNotEvaluated, ClaimNotEvaluated, PosteriorLow};
                    !matches!(reason, ClaimNotEvaluated | BatchNotEvaluated | PosteriorLow)
                };
                let reasons = decision.reasons().iter().filter(of_names).map(Reason::code);
                std::iter::once(answer).chain(reasons).collect::<Vec<_>>().join(" ")
            }
        };
        if got != expected {
            let told = [profile_name, resident_name, record_name, others].join("\t");
            failures.push(format!("{told}: {got}, not {expected} ({source})"));
        }
    }
    expect(&failures);
}

fn cell<'r>(row: &'r mut Row, attribute: &str) -> &'r mut String {
    match attribute {
        "kanji_name" => &mut row.kanji_name,
        "kana_name" => &mut row.kana_name,
        "birth_date" => &mut row.birth_date,
        "sex" => &mut row.sex,
        "address" => &mut row.address,
        other => panic!("{other}"),
    }
}

#[test]
fn missing_attributes() {
    let known = known("山田 太郎|ヤマダ タロウ");
    let mut failures = Vec::new();
    for [attribute, form, source] in cases(include_str!("data/missing.tsv")) {
        let mut row = known.clone();
        *cell(&mut row, attribute) = form.into();
        for other in [&known, &row.clone()] {
            let pair = compared(&row, other);
            let level = match attribute {
                "kanji_name" => script_level(pair.name.register.whole),
                "kana_name" => script_level(pair.name.reading.whole),
                "birth_date" => pair.birth_date.code().into(),
                "sex" => code(pair.sex),
                _ => code(pair.address.level),
            };
            if level != "unknown" {
                failures.push(format!("{attribute} {form}: {level} ({source})"));
            }
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
