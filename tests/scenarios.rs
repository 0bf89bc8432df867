//! The 27 named scenarios of the field as data: each file of `tests/scenarios` is a registry, records, and the answers.
//!
//! A `case` is a record without a number, to be linked; a `batch` is rows with numbers, to be verified together.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: a panic is how it fails")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::Row;
use himozuke::normalize::Grade;
use himozuke::normalize::birth_date::{BirthDate, DateOptions, Day, EraCodes};
use himozuke::synth::{Population, SynthConfig};
use himozuke::{
    AlertKind, Claim, ClaimsRule, Decision, Linker, MyNumber, NamesakeRule, NumberTable, Policy, Profile,
    ReadOptions, Reason, Record, Registry, RegistryError, Verdict,
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
    /// What every resident has unless the row says otherwise.
    #[serde(default)]
    resident: Table,
    /// What every record states unless the case says otherwise.
    #[serde(default)]
    record: Table,
    registry: Vec<Table>,
    #[serde(default)]
    case: Vec<Case>,
    #[serde(default)]
    batch: Vec<Batch>,
}

/// Rows verified together, and what the batch gives the alarm for: all of it, and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    name: String,
    #[serde(default)]
    claims: ClaimsRule,
    row: Vec<BatchRow>,
    #[serde(default)]
    alert: Vec<ExpectedAlert>,
}

/// One row with its number, and its verdict. The row's id is its place: r0, r1, ...
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchRow {
    #[serde(default)]
    person_id: String,
    #[serde(default)]
    my_number: String,
    #[serde(default)]
    account_id: String,
    #[serde(default)]
    scheme_id: String,
    #[serde(default)]
    application_id: String,
    /// The resident whose attributes the record states.
    of: Option<String>,
    /// What it states otherwise.
    #[serde(default)]
    record: Table,
    answer: VerdictKind,
    /// Who must be named as fitting better; nobody if left out.
    better: Option<String>,
    /// Whether the better candidate must be marked as protected.
    #[serde(default)]
    better_protected: bool,
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
}

#[derive(Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(deny_unknown_fields)]
struct ExpectedAlert {
    kind: String,
    rows: Vec<u64>,
    shift: Option<i64>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum VerdictKind {
    Confirmed,
    Review,
    Suspect,
    Rejected,
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

fn fillers() -> Vec<Row> {
    let population = Population::new(&SynthConfig { seed: 27, residents: FILLERS, ..SynthConfig::default() });
    let mut rows = Vec::new();
    population
        .try_for_each_resident(|record| {
            rows.push(record.into()); // a filler, kept
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

/// The residents of a scenario, and the numbers of those who have one.
struct Town {
    residents: BTreeMap<String, Row>,
    numbers: BTreeMap<String, String>,
}

impl Town {
    fn of(scenario: &Scenario) -> Self {
        let (mut residents, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for own in &scenario.registry {
            let mut own = own.clone();
            let number = own.remove("my_number");
            let resident = row(&scenario.resident, &own);
            numbers.extend(number.map(|number| (resident.id.clone(), number.as_str().unwrap().to_owned())));
            residents.insert(resident.id.clone(), resident);
        }
        Self { residents, numbers }
    }

    fn table(&self, registry: &Registry) -> NumberTable {
        let mut table = NumberTable::builder();
        for (id, number) in &self.numbers {
            table.push(&number.parse().unwrap(), registry.find(id).unwrap());
        }
        table.build()
    }

    /// What a row of a batch states: a resident's attributes or the scenario's, and its own over them.
    fn states(&self, scenario: &Scenario, place: usize, own: &BatchRow) -> Row {
        let stated = own.of.as_ref().map_or_else(
            || row(&scenario.record, &Table::new()),
            |id| self.residents.get(id).unwrap().clone(),
        );
        let stated =
            Row { id: format!("r{place}"), status: String::new(), protected: String::new(), ..stated };
        row(&Table::try_from(&stated).unwrap(), &own.record)
    }
}

/// Why the verdicts and alerts of a batch are not the expected ones.
fn batch_faults(scenario: &Scenario, batch: &Batch, town: &Town, registry: &Registry) -> Vec<String> {
    let policy = Policy { claims: batch.claims, ..Policy::guideline() };
    let linker = Linker::new(registry, policy).unwrap();
    let table = town.table(registry);
    let rows: Vec<Row> =
        batch.row.iter().enumerate().map(|(place, own)| town.states(scenario, place, own)).collect();
    let claims = rows.iter().zip(&batch.row).map(|(row, own)| Claim {
        record: row.record(),
        person_id: &own.person_id,
        my_number: &own.my_number,
        account_id: &own.account_id,
        scheme_id: &own.scheme_id,
        application_id: &own.application_id,
    });
    let mut faults = Vec::new();
    let mut expected = batch.row.iter();
    let report = linker
        .verify_all(claims, Some(&table), |verified| {
            let expected = expected.next().unwrap();
            let kind = match verified.answer {
                Ok(Verdict::Confirmed(_)) => VerdictKind::Confirmed,
                Ok(Verdict::Review(_)) => VerdictKind::Review,
                Ok(Verdict::Suspect(_)) => VerdictKind::Suspect,
                Err(_) => VerdictKind::Rejected,
            };
            let verdict = verified.answer.ok();
            let better = verdict.and_then(Verdict::better).map(|better| registry.id(better.resident));
            let given: Vec<&str> =
                verdict.iter().flat_map(|verdict| verdict.reasons().iter()).map(Reason::code).collect();
            let mut row_faults = Vec::new();
            if kind != expected.answer {
                row_faults.push(format!("is {kind:?}, not {:?}", expected.answer));
            }
            if better != expected.better.as_deref() {
                row_faults.push(format!("fits {better:?} better, not {:?}", expected.better));
            }
            let marked = verdict.and_then(Verdict::better).is_some_and(|better| better.protected);
            if marked != expected.better_protected {
                row_faults.push(format!("marks the better one as protected: {marked}"));
            }
            let has = |reason: &&String| given.contains(&reason.as_str());
            row_faults.extend(expected.reasons.iter().filter(|r| !has(r)).map(|r| format!("lacks {r}")));
            row_faults.extend(expected.absent.iter().filter(has).map(|r| format!("says {r}")));
            if !row_faults.is_empty() {
                faults.push(format!("{}: {} [{}]", verified.id, row_faults.join(", "), given.join("|")));
            }
            Ok::<(), std::convert::Infallible>(())
        })
        .unwrap();
    assert_eq!(report.read, report.confirmed + report.review + report.suspect + report.rejected);
    let raised: BTreeSet<_> = report
        .alerts
        .iter()
        .map(|alert| (alert.kind.code().to_owned(), alert.rows.clone(), alert.shift))
        .collect();
    let wanted: BTreeSet<_> =
        batch.alert.iter().map(|alert| (alert.kind.clone(), alert.rows.clone(), alert.shift)).collect();
    if raised != wanted {
        faults.push(format!("alerts {raised:?}, not {wanted:?}"));
    }
    faults
}

#[test]
fn every_scenario_has_its_answer() {
    let fillers = fillers();
    let mut failures = Vec::new();
    for scenario in scenarios() {
        let town = Town::of(&scenario);
        let rows: Vec<Record<'_>> = town.residents.values().chain(&fillers).map(Row::record).collect();
        let builder = Registry::builder().persons(rows).unwrap();
        assert_eq!(builder.problems(), [], "scenario {}", scenario.number);
        let registry = builder.build().unwrap();
        let of_cases = scenario.case.iter().map(|case| (&case.name, faults(&scenario, case, &registry)));
        let of_batches = scenario
            .batch
            .iter()
            .map(|batch| (&batch.name, batch_faults(&scenario, batch, &town, &registry)));
        for (name, faults) in of_cases.chain(of_batches) {
            let say = |fault| format!("{:2} {} / {name}: {fault}", scenario.number, scenario.name);
            failures.extend(faults.into_iter().map(say));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// The scenarios whose harm is in a number that is registered already: they must be verified, not only linked.
const OF_NUMBERS: [u32; 9] = [3, 5, 6, 7, 8, 9, 10, 25, 27];

#[test]
fn no_scenario_is_missing_and_every_reason_is_one() {
    let scenarios = scenarios();
    let numbers: Vec<u32> = scenarios.iter().map(|scenario| scenario.number).collect();
    assert_eq!(numbers, (1..=27).collect::<Vec<_>>());
    for scenario in &scenarios {
        assert!(!scenario.name.is_empty() && !scenario.source.is_empty());
        assert!(!scenario.case.is_empty() || !scenario.batch.is_empty());
        assert!(
            !OF_NUMBERS.contains(&scenario.number) || !scenario.batch.is_empty(),
            "scenario {}",
            scenario.number
        );
        let of_cases = scenario.case.iter().flat_map(|case| case.reasons.iter().chain(&case.absent));
        let rows = scenario.batch.iter().flat_map(|batch| &batch.row);
        for code in of_cases.chain(rows.flat_map(|row| row.reasons.iter().chain(&row.absent))) {
            assert!(Reason::ALL.iter().any(|reason| reason.code() == code), "{code} is no reason");
        }
        for alert in scenario.batch.iter().flat_map(|batch| &batch.alert) {
            assert!(
                AlertKind::ALL.iter().any(|kind| kind.code() == alert.kind),
                "{} is no alert",
                alert.kind
            );
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
