//! The 27 named scenarios of the field as data: each file of `tests/scenarios` is a registry, records, and the answers.
//!
//! A scenario that needs the verification job says so (`waits_for`); what of it can be asked without a number is asked.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a panic is how it fails, and it says what waits"
)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::Row;
use himozuke::normalize::Grade;
use himozuke::normalize::birth_date::{BirthDate, DateOptions, Day, EraCodes};
use himozuke::synth::{Population, SynthConfig};
use himozuke::{
    Decision, Linker, MyNumber, NamesakeRule, Policy, Profile, ReadOptions, Reason, Record, Registry,
    RegistryError,
};
use serde::Deserialize;
use toml::Table;

/// Synthetic residents around those of a scenario, so that no registry is absurdly small.
const FILLERS: u32 = 2_000;

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    number: u32,
    name: String,
    source: String,
    waits_for: Option<String>,
    because: Option<String>,
    /// What every resident has unless the row says otherwise.
    #[serde(default)]
    resident: Table,
    /// What every record states unless the case says otherwise.
    #[serde(default)]
    record: Table,
    registry: Vec<Table>,
    case: Vec<Case>,
}

/// One record and its answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    preset: Preset,
    profile: Option<Profile>,
    accepted_grade: Option<Grade>,
    #[serde(default)]
    era_codes: Codes,
    as_of: Option<String>,
    answer: Answer,
    /// Who must be listed, and nobody else.
    #[serde(default)]
    candidates: BTreeSet<String>,
    /// Who of them must be marked as protected, and nobody else.
    #[serde(default)]
    protected: BTreeSet<String>,
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    record: Table,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Preset {
    #[default]
    Guideline,
    Statistical,
    ResolveByAddress,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Codes {
    #[default]
    None,
    Sequential,
    Pension,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Link,
    Review,
    NoMatch,
    Rejected,
}

fn scenarios() -> Vec<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut scenarios: Vec<Scenario> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
        .collect();
    scenarios.sort_by_key(|scenario| scenario.number);
    scenarios
}

/// A row of a table over the row of defaults.
fn row(defaults: &Table, own: &Table) -> Row {
    let mut merged = defaults.clone();
    merged.extend(own.clone());
    merged.try_into().unwrap()
}

/// A filler, kept.
fn owned(record: Record<'_>) -> Row {
    Row {
        id: record.id.into(),
        kanji_name: record.kanji_name.into(),
        kana_name: record.kana_name.into(),
        birth_date: record.birth_date.into(),
        sex: record.sex.into(),
        address: record.address.into(),
        former_names: record.former_names.into(),
        aliases: record.aliases.into(),
        former_addresses: record.former_addresses.into(),
        household_id: record.household_id.into(),
        status: record.status.into(),
        protected: record.protected.into(),
    }
}

fn fillers() -> Vec<Row> {
    let population = Population::new(&SynthConfig { seed: 27, residents: FILLERS, ..SynthConfig::default() });
    let mut rows = Vec::new();
    population
        .try_for_each_resident(|record| {
            rows.push(owned(record));
            Ok::<(), std::convert::Infallible>(())
        })
        .unwrap();
    rows
}

fn read_options(case: &Case) -> ReadOptions {
    let era_codes = match case.era_codes {
        Codes::None => EraCodes::None,
        Codes::Sequential => EraCodes::Sequential,
        Codes::Pension => EraCodes::Pension,
    };
    let day = |text: &String| -> Day {
        let date = BirthDate::parse(text, &DateOptions::default()).unwrap().unwrap();
        let (year, month, day) = date.ymd().unwrap();
        Day::from_ymd(year, month, day).unwrap()
    };
    let as_of = case.as_of.as_ref().map(day);
    ReadOptions { dates: DateOptions { era_codes, as_of, ..DateOptions::default() } }
}

fn policy(case: &Case) -> Policy {
    let preset = match case.preset {
        Preset::Guideline => Policy::guideline(),
        Preset::Statistical => Policy::statistical(),
        Preset::ResolveByAddress => {
            Policy { namesake: NamesakeRule::ResolveByAddress, ..Policy::guideline() }
        }
    };
    Policy {
        profile: case.profile.unwrap_or(preset.profile),
        accepted_grade: case.accepted_grade.unwrap_or(preset.accepted_grade),
        ..preset
    }
}

/// Why the answer is not the expected one.
fn faults(scenario: &Scenario, case: &Case, registry: &Registry) -> Vec<String> {
    let record = row(&scenario.record, &case.record);
    let linker = Linker::new(registry, policy(case)).unwrap().reading(read_options(case));
    let decision = linker.decide(&record.record());
    let (answer, listed) = match &decision {
        Ok(Decision::Link(link)) => (Answer::Link, vec![link.candidate]),
        Ok(Decision::Review(review)) => (Answer::Review, review.candidates.clone()),
        Ok(_) => (Answer::NoMatch, Vec::new()),
        Err(_) => (Answer::Rejected, Vec::new()),
    };
    let ids = |protected_only: bool| -> BTreeSet<String> {
        let wanted = listed.iter().filter(|candidate| candidate.protected || !protected_only);
        wanted.map(|candidate| registry.id(candidate.resident).to_owned()).collect()
    };
    let given: Vec<&str> =
        decision.iter().flat_map(|decision| decision.reasons().iter()).map(Reason::code).collect();
    let mut faults = Vec::new();
    if answer != case.answer {
        faults.push(format!("is {answer:?}, not {:?}", case.answer));
    }
    if ids(false) != case.candidates {
        faults.push(format!("lists {:?}, not {:?}", ids(false), case.candidates));
    }
    if ids(true) != case.protected {
        faults.push(format!("marks {:?} as protected, not {:?}", ids(true), case.protected));
    }
    faults.extend(case.reasons.iter().filter(|r| !given.contains(&r.as_str())).map(|r| format!("lacks {r}")));
    faults.extend(case.absent.iter().filter(|r| given.contains(&r.as_str())).map(|r| format!("says {r}")));
    if !faults.is_empty() {
        faults.push(format!("reasons given: {}", given.join("|")));
        faults.extend(decision.err().map(|error| format!("rejected: {error}")));
    }
    faults
}

#[test]
fn every_scenario_has_its_answer() {
    let fillers = fillers();
    let mut failures = Vec::new();
    let (mut cases, mut waiting) = (0, 0);
    for scenario in scenarios() {
        let residents: Vec<Row> = scenario.registry.iter().map(|own| row(&scenario.resident, own)).collect();
        let rows: Vec<Record<'_>> = residents.iter().chain(&fillers).map(Row::record).collect();
        let builder = Registry::builder().persons(rows).unwrap();
        assert_eq!(builder.problems(), [], "scenario {}", scenario.number);
        let registry = builder.build().unwrap();
        for case in &scenario.case {
            cases += 1;
            for fault in faults(&scenario, case, &registry) {
                failures.push(format!("{:2} {} / {}: {fault}", scenario.number, scenario.name, case.name));
            }
        }
        if let Some(what) = &scenario.waits_for {
            waiting += 1;
            let because = scenario.because.as_deref().unwrap_or_default();
            println!("scenario {:2} waits for {what}: {because}", scenario.number);
        }
    }
    println!("{cases} cases; {waiting} of 27 scenarios wait in part");
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn no_scenario_is_missing_and_those_that_wait_are_known() {
    let scenarios = scenarios();
    let numbers: Vec<u32> = scenarios.iter().map(|scenario| scenario.number).collect();
    assert_eq!(numbers, (1..=27).collect::<Vec<_>>());
    let waiting: Vec<u32> =
        scenarios.iter().filter(|scenario| scenario.waits_for.is_some()).map(|s| s.number).collect();
    assert_eq!(waiting, [3, 5, 6, 7, 8, 9, 10, 25, 27]);
    for scenario in &scenarios {
        assert!(!scenario.name.is_empty() && !scenario.source.is_empty() && !scenario.case.is_empty());
        assert_eq!(scenario.waits_for.is_some(), scenario.because.is_some(), "scenario {}", scenario.number);
        for code in scenario.case.iter().flat_map(|case| case.reasons.iter().chain(&case.absent)) {
            assert!(Reason::ALL.iter().any(|reason| reason.code() == code), "{code} is no reason");
        }
    }
}

/// Scenario 8: a link to an id that two rows have would say nothing.
#[test]
fn scenario_8_two_rows_with_one_id_are_refused() {
    let row = |id, address| Record { id, kanji_name: "山本 静子", address, ..Record::default() };
    let rows = [row("1", "浦安市舞浜2-1-1"), row("2", ""), row("1", "浦安市舞浜2-11")];
    let built = Registry::builder().persons(rows).unwrap().build();
    assert_eq!(built.err(), Some(RegistryError::DuplicateId { first: 0, second: 2 }));
}

/// Scenario 4: the profile that did the harm is no policy.
#[test]
fn scenario_4_a_profile_of_kana_and_birth_date_is_refused() {
    let registry = Registry::builder().build().unwrap();
    let policy = Policy { profile: Profile::KanaBirthdate, ..Policy::guideline() };
    assert!(Linker::new(&registry, policy).is_err());
}

/// Scenario 25: digits n and n+6 have one weight, so that exchanging them always passes (DOMAIN 9.2).
#[test]
fn scenario_25_a_slip_can_pass_the_check_digit() {
    let number = "123456789018";
    assert!(number.parse::<MyNumber>().is_ok());
    let mut slips = 0;
    for left in 0..5 {
        let mut digits: Vec<char> = number.chars().collect();
        digits.swap(left, left + 6);
        let slip: String = digits.into_iter().collect();
        if slip != number {
            slips += 1;
            assert!(slip.parse::<MyNumber>().is_ok(), "{left}");
        }
    }
    assert!(slips > 0, "an exchange of unlike digits");
    assert!("123456789010".parse::<MyNumber>().is_err());
}
