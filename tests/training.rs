//! Training against a truth that is known: m recovered, each guard alone, labels, and nothing learnt from nothing.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod common;

use common::Row;
use himozuke::model::train::{Label, ModelFile, ModelFileError, Options, Pass, Trained, Trainer, Warning};
use himozuke::model::{Level, Parameters};
use himozuke::synth::{Population, SynthConfig};
use himozuke::{Linker, Person, Policy, ReadOptions, Registry};

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn chance(&mut self, share: f64) -> bool {
        (self.below(1_000_000) as f64) < share * 1e6
    }
}

/// Residents with kanji, readings and full dates.
fn residents(seed: u64, count: u32) -> Vec<Row> {
    let population =
        Population::new(&SynthConfig { seed, residents: count, records: 0, ..SynthConfig::natural() });
    let mut rows = Vec::new();
    population
        .try_for_each_resident(|row| {
            let row = Row {
                id: format!("{seed}-{}", row.id),
                kanji_name: row.kanji_name.to_owned(),
                kana_name: row.kana_name.to_owned(),
                birth_date: row.birth_date.to_owned(),
                sex: row.sex.to_owned(),
                address: row.address.to_owned(),
                ..Row::default()
            };
            if !row.kanji_name.is_empty() && !row.kana_name.is_empty() {
                rows.push(row);
            }
            Ok::<(), ()>(())
        })
        .unwrap();
    rows
}

fn registry(rows: &[Row]) -> Registry {
    Registry::builder().persons(rows.iter().map(Row::record)).unwrap().build().unwrap()
}

fn person(row: &Row) -> Person {
    Person::read(&row.record(), &ReadOptions::default()).unwrap()
}

/// Few random pairs, where u is not what is asked.
fn quick() -> Options {
    Options { random_pairs: 50_000, ..Options::default() }
}

fn train<'a>(registry: &Registry, options: Options, records: impl IntoIterator<Item = &'a Row>) -> Trained {
    let mut trainer = Trainer::new(registry, options).unwrap();
    records.into_iter().for_each(|row| trainer.push(person(row), &[]));
    trainer.train()
}

fn parts(name: &str) -> (&str, &str) {
    name.split_once('　').unwrap_or(("", name))
}

/// How often each attribute of a record goes wrong, apart from all others.
#[derive(Clone, Copy)]
struct Errors {
    family: f64,
    given: f64,
    date: f64,
    sex: f64,
    moved: f64,
}

const SOME: Errors = Errors { family: 0.05, given: 0.03, date: 0.04, sex: 0.02, moved: 0.10 };

/// A record about a resident; `other` gives what is wrong in it.
fn record(resident: &Row, other: &Row, errors: Errors, dice: &mut Dice) -> Row {
    let mut row = resident.clone();
    let ((family, given), (read_family, read_given)) = (parts(&row.kanji_name), parts(&row.kana_name));
    let ((their_family, their_given), (their_read, their_read_given)) =
        (parts(&other.kanji_name), parts(&other.kana_name));
    let (family, read_family) =
        if dice.chance(errors.family) { (their_family, their_read) } else { (family, read_family) };
    let (given, read_given) =
        if dice.chance(errors.given) { (their_given, their_read_given) } else { (given, read_given) };
    (row.kanji_name, row.kana_name) = (format!("{family}　{given}"), format!("{read_family}　{read_given}"));
    if dice.chance(errors.date) {
        // Another digit in the units of the day; few months have more than 30.
        let (front, day) = row.birth_date.split_at(9);
        let day = if front.ends_with('3') { 0 } else { day.parse::<u8>().unwrap() % 8 + 1 };
        row.birth_date = format!("{front}{day}");
    }
    if dice.chance(errors.sex) {
        row.sex = if row.sex == "1" { "2" } else { "1" }.to_owned();
    }
    if dice.chance(errors.moved) {
        row.address.clone_from(&other.address);
    }
    row
}

/// Records about every fourth resident, with the places of whom they are about, and one in ten about nobody.
fn records(rows: &[Row], errors: Errors) -> Vec<(Row, Option<usize>)> {
    let mut dice = Dice(7);
    let strangers = residents(99, rows.len() as u32 / 40);
    let about = (0..rows.len()).step_by(4).map(|at| {
        let other = dice.below(rows.len());
        (record(&rows[at], &rows[other], errors, &mut dice), Some(at))
    });
    about.chain(strangers.into_iter().map(|row| (row, None))).collect()
}

/// m as it is, by comparing every record with whom it is about.
fn true_m(registry: &Registry, rows: &[Row], records: &[(Row, Option<usize>)]) -> [Vec<f64>; 5] {
    let linker = Linker::new(registry, Policy::guideline()).unwrap();
    let mut counts = [9, 9, 8, 2, 8].map(|levels| vec![0.0; levels]);
    let mut pairs = 0.0;
    for (row, about) in records.iter().filter_map(|(row, about)| Some((row, (*about)?))) {
        let resident = registry.find(&rows[about].id).unwrap();
        let found = linker.compare(&person(row), resident).unwrap();
        let levels = [
            found.name.family() as usize,
            found.name.given() as usize,
            found.birth_date as usize,
            found.sex as usize,
            found.address.level as usize,
        ];
        levels.into_iter().enumerate().for_each(|(at, level)| counts[at][level] += 1.0);
        pairs += 1.0;
    }
    counts.map(|levels| levels.into_iter().map(|count| count / pairs).collect())
}

fn levels(parameters: &Parameters) -> [(&'static str, &[Level]); 5] {
    [
        ("family_name", &parameters.family_name),
        ("given_name", &parameters.given_name),
        ("birth_date", &parameters.birth_date),
        ("sex", &parameters.sex),
        ("address", &parameters.address),
    ]
}

#[test]
fn em_recovers_m() {
    let rows = residents(1, 20_000);
    let registry = registry(&rows);
    let records = records(&rows, SOME);
    let truth = true_m(&registry, &rows, &records);
    let trained = train(&registry, Options::default(), records.iter().map(|(row, _)| row));
    // A pass sees the records in which what it asks for is right: at least two in three.
    let seen = records.len() as f64 * 2.0 / 3.0;
    let mut told = Vec::new();
    for ((attribute, levels), truth) in levels(&trained.parameters).into_iter().zip(&truth) {
        for (at, level) in levels.iter().enumerate().filter(|(at, _)| truth[*at] * seen >= 20.0) {
            let allowed = 0.05 * truth[at] + 3.5 * (truth[at] * (1.0 - truth[at]) / seen).sqrt();
            let off = (level.m - truth[at]).abs();
            if off > allowed {
                told.push(format!(
                    "{attribute}, level {}: {:.4}, in truth {:.4}",
                    at + 1,
                    level.m,
                    truth[at]
                ));
            }
        }
    }
    assert!(told.is_empty(), "{told:?} {:?}", trained.warnings);
    assert!((trained.fingerprint.coverage - 10.0 / 11.0).abs() < 0.02, "{}", trained.fingerprint.coverage);
    assert!(!trained.warnings.iter().any(|warning| !matches!(warning, Warning::NotMonotonic { .. })));
}

#[test]
fn u_is_that_of_strangers() {
    let rows = residents(1, 20_000);
    let trained = train(&registry(&rows), Options::default(), []);
    let share = |same: &dyn Fn(&Row, &Row) -> bool| {
        let mut dice = Dice(3);
        let pairs = 400_000;
        let drawn = (0..pairs).filter(|_| {
            let (a, b) = (dice.below(rows.len()), dice.below(rows.len()));
            a != b && same(&rows[a], &rows[b])
        });
        drawn.count() as f64 / pairs as f64
    };
    let sex = share(&|a, b| a.sex == b.sex);
    let himozuke::model::U::Fixed(u) = trained.parameters.sex[0].u else { unreachable!() };
    assert!((u - sex).abs() < 0.005, "{u} {sex}");
    let date = share(&|a, b| a.birth_date == b.birth_date);
    let himozuke::model::U::Fixed(u) = trained.parameters.birth_date[0].u else { unreachable!() };
    assert!((u / date).log2().abs() < 0.8, "{u} {date}");
}

#[test]
fn nothing_is_learnt_from_nothing() {
    let prior = Parameters { household_size: 3.0, ..Parameters::default() };
    let options = || Options { prior: prior.clone(), ..quick() };
    let trained = train(&registry(&[]), options(), []);
    assert_eq!(trained.parameters, prior);
    // Records of strangers alone.
    let rows = residents(1, 2_000);
    let strangers = residents(2, 500);
    let trained = train(&registry(&rows), options(), &strangers);
    for ((attribute, levels), (_, prior)) in levels(&trained.parameters).into_iter().zip(levels(&prior)) {
        assert!(levels.iter().zip(prior).all(|(level, prior)| level.m == prior.m), "{attribute}");
    }
    let passes = [Pass::NameAndBirthDate, Pass::NameAndTown, Pass::BirthDateAndBlock];
    assert_eq!(trained.warnings, passes.map(|pass| Warning::TooFew { pass }));
}

/// One pass finds everything, for no record has an address: what it blocks on must not be learnt from it.
#[test]
fn a_dominating_pass_does_not_teach_what_it_asks_for() {
    let rows = residents(1, 8_000);
    let records: Vec<Row> =
        records(&rows, SOME).into_iter().map(|(row, _)| Row { address: String::new(), ..row }).collect();
    let trained = train(&registry(&rows), quick(), &records);
    let prior = Parameters::default();
    let ms = |levels: &[Level]| levels.iter().map(|level| level.m).collect::<Vec<_>>();
    assert_eq!(ms(&trained.parameters.birth_date), ms(&prior.birth_date));
    assert_eq!(ms(&trained.parameters.given_name), ms(&prior.given_name));
    assert!((trained.parameters.sex[1].m - SOME.sex).abs() < 0.015);
    assert!(trained.warnings.contains(&Warning::TooFew { pass: Pass::NameAndTown }));
    assert!(trained.warnings.contains(&Warning::TooFew { pass: Pass::BirthDateAndBlock }));
    let matches = &trained.fingerprint.matches;
    assert!(matches[&Pass::NameAndBirthDate] > 1_000 && matches[&Pass::NameAndTown] == 0);
}

/// A file about twins of residents, who are not registered themselves: all but the given name agrees.
#[test]
fn households_are_not_taken_for_persons() {
    let rows = residents(1, 8_000);
    let mut dice = Dice(5);
    let twin = |(at, row): (usize, &Row)| {
        if at % 3 == 0 {
            return row.clone();
        }
        let other = &rows[dice.below(rows.len())];
        let wrong = Errors { given: 1.0, family: 0.0, date: 0.0, sex: 0.0, moved: 0.0 };
        record(row, other, wrong, &mut dice)
    };
    let records: Vec<Row> = rows.iter().enumerate().take(3_000).map(twin).collect();
    let trained = train(&registry(&rows), quick(), &records);
    let told = Warning::Households { pass: Pass::BirthDateAndBlock, attribute: "given_name".to_owned() };
    assert!(trained.warnings.contains(&told), "{:?}", trained.warnings);
    let prior = Parameters::default();
    assert_eq!(trained.parameters.given_name[8].m, prior.given_name[8].m);
    assert_eq!(trained.parameters.given_name[0].m, prior.given_name[0].m);
}

/// One name in one town: nearly all pairs of the pass are of two people.
#[test]
fn a_pass_of_strangers_teaches_nothing() {
    let rows: Vec<Row> = (0..300)
        .map(|n| Row {
            id: format!("p{n}"),
            kanji_name: "佐藤　健".to_owned(),
            kana_name: "サトウ　タケシ".to_owned(),
            birth_date: format!("{}-{:02}-{:02}", 1940 + n % 60, 1 + n % 12, 1 + n % 28),
            sex: "1".to_owned(),
            address: format!("東京都千代田区霞が関二丁目{}番{}号", 1 + n / 20, 1 + n % 20),
            ..Row::default()
        })
        .collect();
    let trained = train(&registry(&rows), quick(), &rows);
    assert!(
        trained.warnings.contains(&Warning::Drowned { pass: Pass::NameAndTown }),
        "{:?}",
        trained.warnings
    );
    assert_eq!(trained.parameters.birth_date[0].m, Parameters::default().birth_date[0].m);
    assert!(trained.fingerprint.pairs > 80_000 && trained.fingerprint.matches[&Pass::NameAndTown] > 250);
}

/// What is compared the other way round than the prior thinks: the worse level is met far more often.
#[test]
fn levels_in_the_wrong_order_are_told_and_pooled() {
    let rows = residents(1, 12_000);
    let records: Vec<Row> = rows
        .iter()
        .step_by(3)
        .enumerate()
        .map(|(at, row)| {
            let day: u8 = row.birth_date[8..].parse().unwrap();
            // The next day, in every fourth record; a digit more than one where the tens change.
            let next = format!("{}{:02}", &row.birth_date[..8], day + 1);
            let tens = day % 10 == 9 && day < 28;
            Row { birth_date: if at % 4 == 0 || tens { next } else { row.birth_date.clone() }, ..row.clone() }
        })
        .filter(|row| Person::read(&row.record(), &ReadOptions::default()).is_ok())
        .collect();
    let trained = train(&registry(&rows), quick(), &records);
    let told = |warning: &Warning| matches!(warning, Warning::NotMonotonic { attribute, .. } if attribute == "birth_date");
    assert!(trained.warnings.iter().any(told), "{:?}", trained.warnings);
    assert_eq!(trained.parameters.validate(), Ok(()));
}

#[test]
fn labels_settle_what_em_would_guess() {
    let rows = residents(1, 8_000);
    let registry = registry(&rows);
    let records = records(&rows, SOME);
    let train = |labels_only, labelled: &dyn Fn(usize) -> bool| {
        let options = Options { labels_only, ..quick() };
        let mut trainer = Trainer::new(&registry, options).unwrap();
        for (at, (row, about)) in records.iter().enumerate() {
            let label =
                about.map(|about| Label { resident: registry.find(&rows[about].id).unwrap(), same: true });
            let label: Vec<Label> = label.filter(|_| labelled(at)).into_iter().collect();
            trainer.push(person(row), &label);
        }
        trainer.train()
    };
    let truth = true_m(&registry, &rows, &records);
    let all = train(true, &|_| true);
    for ((attribute, levels), truth) in levels(&all.parameters).into_iter().zip(&truth) {
        let pooled =
            |w: &Warning| matches!(w, Warning::NotMonotonic { attribute: at, .. } if at == attribute);
        if all.warnings.iter().any(pooled) {
            continue;
        }
        for (level, truth) in levels.iter().zip(truth).filter(|(_, truth)| **truth > 0.01) {
            // Counted, but for the five observations that the prior is worth.
            assert!((level.m / truth - 1.0).abs() < 0.2, "{attribute} {} {truth}", level.m);
        }
    }
    assert_eq!(all.fingerprint.labels, [2_000.min(all.fingerprint.labels[0]), 0]);
    // A label says no: whoever would have been taken is not.
    let same = train(false, &|_| false);
    let mut trainer = Trainer::new(&registry, quick()).unwrap();
    for (row, about) in &records {
        let label =
            about.map(|about| Label { resident: registry.find(&rows[about].id).unwrap(), same: false });
        trainer.push(person(row), &label.into_iter().collect::<Vec<_>>());
    }
    let none = trainer.train();
    assert!(same.fingerprint.matches[&Pass::NameAndBirthDate] > 1_000);
    assert!(none.fingerprint.matches[&Pass::NameAndBirthDate] < 20, "{:?}", none.fingerprint.matches);
}

#[test]
fn any_number_of_threads_learns_the_same() {
    let rows = residents(1, 4_000);
    let registry = registry(&rows);
    let records = records(&rows, SOME);
    let [one, three] = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| train(&registry, quick(), records.iter().map(|(row, _)| row)))
    });
    assert_eq!(one, three);
}

#[test]
fn a_model_file_holds_what_it_was_given_and_refuses_another_layout() {
    let rows = residents(1, 2_000);
    let trained = train(&registry(&rows), quick(), &rows);
    let file = ModelFile::of(trained.clone());
    let text = serde_json::to_string(&file).unwrap();
    let mut read: ModelFile = serde_json::from_str(&text).unwrap();
    assert_eq!((read.parameters(), &read.data), (Ok(trained.parameters), &trained.fingerprint));
    assert!(read.is_of_these_tables());
    read.himozuke_model = 2;
    assert_eq!(read.parameters(), Err(ModelFileError::Format(2)));
    read.himozuke_model = 1;
    read.parameters.sex[0].m = 0.0;
    assert!(matches!(read.parameters(), Err(ModelFileError::Parameters(_))));
    assert!(serde_json::from_str::<ModelFile>(&text.replace("\"data\"", "\"names\"")).is_err());
}

/// Law 12: figures and counts, and nothing that was read.
#[test]
fn a_model_file_holds_no_value() {
    let rows = residents(1, 1_000);
    let text = serde_json::to_string(&ModelFile::of(train(&registry(&rows), quick(), &rows))).unwrap();
    for row in &rows {
        for value in [&row.id, &row.kanji_name, &row.kana_name, &row.birth_date, &row.address] {
            assert!(!text.contains(value.as_str()));
        }
    }
    assert!(text.is_ascii());
}
