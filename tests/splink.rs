//! Weights beside those of the real Splink: a fixture holds what it said of settings that himozuke wrote, for the same people
//! (benches/peers/splink/fixture.py makes it).

#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::BTreeMap;

use common::Row;
use himozuke::compare::compare;
use himozuke::model::train::{SplinkError, SplinkSettings};
use himozuke::model::{Parameters, U};
use himozuke::{Person, ReadOptions};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    settings: SplinkSettings,
    trained: SplinkSettings,
    people: Vec<Row>,
    records: Vec<Row>,
    pairs: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    person: String,
    record: String,
    vector: [i32; 5],
    frequencies: BTreeMap<String, (f64, f64)>,
    weights: [f64; 5],
    match_weight: f64,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("data/splink.json")).unwrap()
}

#[test]
fn weights_agree_with_splink_to_a_millionth_of_a_bit() {
    let Fixture { settings, pairs, .. } = fixture();
    let prior = settings.probability_two_random_records_match;
    let (mut worst, mut adjusted) = (0.0f64, 0);
    for pair in &pairs {
        let mut total = (prior / (1.0 - prior)).log2();
        for ((comparison, value), theirs) in settings.comparisons.iter().zip(pair.vector).zip(pair.weights) {
            let column = comparison.level(value).unwrap().tf_adjustment_column.as_ref();
            let frequencies = column.and_then(|column| pair.frequencies.get(column)).copied();
            adjusted += usize::from(frequencies.is_some());
            let own = comparison.weight(value, frequencies).unwrap();
            worst = worst.max((own - theirs).abs());
            total += own;
        }
        worst = worst.max((total - pair.match_weight).abs());
    }
    assert!(worst < 1e-6, "{worst}");
    assert!(pairs.len() >= 250 && adjusted >= 100, "{} {adjusted}", pairs.len());
}

/// The same people compared by both: SQL over clean columns comes to the levels that himozuke reads from raw cells.
#[test]
fn levels_agree_with_splink() {
    let Fixture { settings, people, records, pairs, .. } = fixture();
    let read = |rows: &[Row]| -> BTreeMap<String, Person> {
        rows.iter()
            .map(|row| (row.id.clone(), Person::read(&row.record(), &ReadOptions::default()).unwrap()))
            .collect()
    };
    let (people, records) = (read(&people), read(&records));
    let mut met = [0, 0, 0, 0, 0].map(|_: i32| std::collections::BTreeSet::new());
    for pair in &pairs {
        let vector = SplinkSettings::vector(&compare(&records[&pair.record], &people[&pair.person]));
        for (at, (own, theirs)) in vector.into_iter().zip(pair.vector).enumerate() {
            let attribute = &settings.comparisons[at].output_column_name;
            // A level that Splink has no words for is another one there.
            assert!(
                own.is_none_or(|own| own == theirs),
                "{attribute} {} {}: {own:?} {theirs}",
                pair.record,
                pair.person
            );
            met[at].insert(theirs);
        }
    }
    // Every level of every attribute was met, but the ones that clean columns of both sides cannot show.
    let levels = met.map(|values| values.len());
    assert!(levels[0] >= 7 && levels[2] >= 6 && levels[3] == 3 && levels[4] >= 7, "{levels:?}");
}

#[test]
fn what_was_written_is_read_again() {
    let Fixture { settings, .. } = fixture();
    let base = Parameters::default();
    let read = settings.read(&base).unwrap();
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<SplinkSettings>(&text).unwrap(), settings);
    let of = |name: &str| settings.comparisons.iter().find(|own| own.output_column_name == name).unwrap();
    for (level, theirs) in read.sex.iter().zip(&of("sex").comparison_levels[1..]) {
        assert_eq!((Some(level.m), level.u), (theirs.m_probability, U::Fixed(theirs.u_probability.unwrap())));
    }
    // Frequencies stay frequencies; what Splink has no words for stays as it was.
    assert_eq!(read.family_name[1].u, U::Register(1.0));
    assert_eq!(read.address[4].u, U::Town(1.0));
    assert_eq!(read.birth_date[4], base.birth_date[4]);
    assert_eq!(read.former_address, base.former_address);
}

#[test]
fn what_splink_learnt_is_taken_over() {
    let Fixture { trained, .. } = fixture();
    let base = Parameters::default();
    let read = trained.read(&base).unwrap();
    assert_ne!(read.birth_date[0].m, base.birth_date[0].m);
    assert_eq!(read.family_name[0].household, read.family_name[0].m);
    assert_eq!(read.validate(), Ok(()));
}

#[test]
fn other_settings_are_refused() {
    let other = r#"{"link_type": "link_only", "probability_two_random_records_match": 0.1, "comparisons": [
        {"output_column_name": "first_name", "comparison_levels": [{"sql_condition": "ELSE"}]}]}"#;
    let other: SplinkSettings = serde_json::from_str(other).unwrap();
    assert_eq!(other.read(&Parameters::default()), Err(SplinkError::NothingShared));
}

/// Splink's own search for the u that a frequency takes the place of.
#[test]
fn without_word_the_plain_equality_of_the_column_gives_its_u() {
    let settings = r#"{"link_type": "link_only", "probability_two_random_records_match": 0.1, "comparisons": [
        {"output_column_name": "name", "comparison_levels": [
            {"sql_condition": "name_l IS NULL", "is_null_level": true},
            {"sql_condition": "\"name_l\" = \"name_r\"", "m_probability": 0.8, "u_probability": 0.25,
             "tf_adjustment_column": "name"},
            {"sql_condition": "levenshtein(name_l, name_r) = 1", "m_probability": 0.1, "u_probability": 0.05,
             "tf_adjustment_column": "name", "tf_adjustment_weight": 0.5, "tf_minimum_u_value": 0.0625},
            {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.7}]}]}"#;
    let settings: SplinkSettings = serde_json::from_str(settings).unwrap();
    let name = &settings.comparisons[0];
    let close = |value, frequencies, expected: f64| {
        assert!((name.weight(value, frequencies).unwrap() - expected).abs() < 1e-12, "{value}");
    };
    close(-1, None, 0.0);
    close(2, None, 3.2f64.log2());
    close(2, Some((0.125, 0.0625)), 3.2f64.log2() + 1.0);
    close(1, Some((0.001, 0.002)), 1.0 + 0.5 * 2.0);
    close(0, Some((0.5, 0.5)), (1.0f64 / 7.0).log2());
}
