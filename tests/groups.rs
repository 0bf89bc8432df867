//! Records of a batch are sought side by side: whoever stands beside a record has no part in its answer, under any rules.
//!
//! `HIMOZUKE_CASES=10000 cargo test --test groups` looks harder.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test: a panic is how it fails")]

mod common;
#[path = "laws/people.rs"]
#[expect(dead_code, reason = "the worlds of the laws, of which this takes how many cases there are")]
mod people;
#[path = "laws/rules.rs"]
mod rules;

use std::sync::LazyLock;

use common::Row;
use himozuke::synth::{self, Population, SynthConfig};
use himozuke::{Decided, Decision, Linker, Policy, Reason, Record, Registry, ResidentIndex};
use people::cases;
use proptest::prelude::*;
use proptest::sample::Index;
use rules::rules;

/// A town over which a day's changes lie, and records about its people and others.
struct Town {
    registry: Registry,
    records: Vec<Row>,
}

static TOWN: LazyLock<Town> = LazyLock::new(|| {
    let population = |seed, residents, records| {
        Population::new(&SynthConfig { seed, residents, records, ..SynthConfig::default() })
    };
    let (population, others) = (population(1, 1_500, 300), population(91, 150, 60));
    let mut builder = Registry::builder();
    population.try_for_each_resident(|row| builder.push(&[row])).unwrap();
    // More of one name than are ever compared, most of them with a birth date.
    for number in 0..5_100 {
        let (id, birth_date) = (format!("c{number}"), if number % 9 == 0 { "" } else { CROWD.birth_date });
        builder.push(&[Record { id: &id, birth_date, ..CROWD }]).unwrap();
    }
    let base = builder.build().unwrap();
    let came = others.residents().map(|resident| {
        let mut row = synth::Row::default();
        resident.write(&mut row);
        row
    });
    let came: Vec<synth::Row> = came.collect();
    let changed = Registry::builder().persons(came.iter().map(synth::Row::record)).unwrap();
    let gone = (0..1_500).step_by(9).map(|row| base.id(ResidentIndex::from_number(row)).to_owned());
    let gone: Vec<String> = gone.collect();
    let registry = base.with_changes(changed, gone.iter().map(String::as_str)).unwrap();
    let mut records = Vec::new();
    for (number, written) in population.records().chain(others.records()).enumerate() {
        let record = written.record();
        records.push(Row::from(record));
        records.extend(match number % 20 {
            3 => Some(Row::from(Record { birth_date: "", ..record })),
            7 => Some(Row::from(Record { birth_date: "1970", ..record })),
            11 => Some(Row::from(Record { birth_date: "平成31年5月1日", ..record })),
            13 => Some(Row::default()),
            17 => Some(Row::from(Record { birth_date: "", ..CROWD })),
            19 => Some(Row::from(CROWD)),
            _ => None,
        });
    }
    Town { registry, records }
});

const CROWD: Record<'_> = Record {
    id: "crowd",
    kanji_name: "山田 太郎",
    kana_name: "",
    birth_date: "1985-01-01",
    sex: "",
    address: "",
    former_names: "",
    aliases: "",
    former_addresses: "",
    household_id: "",
    status: "",
    protected: "",
};

/// Everything that is answered, with weights and posteriors, where so many are asked about together, in turn.
fn answers(linker: &Linker<'_>, mut records: &[Record<'_>], sizes: &[usize]) -> Vec<String> {
    let mut told = Vec::new();
    for size in sizes.iter().cycle() {
        let (some, rest) = records.split_at((*size).min(records.len()));
        let answer = |Decided { answer, pairs, .. }| format!("{answer:?} {pairs}");
        told.extend(linker.decide_chunk(some).into_iter().map(answer));
        if rest.is_empty() {
            return told;
        }
        records = rest;
    }
    told
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_record_is_decided_as_by_itself(
        drawn in prop::collection::vec(any::<Index>(), 1..100),
        sizes in prop::collection::vec(1..50usize, 1..8),
        rules in rules(),
    ) {
        let linker = rules.linker(&TOWN.registry);
        let mut records: Vec<Record<'_>> = drawn.iter().map(|at| at.get(&TOWN.records).record()).collect();
        let alone = answers(&linker, &records, &[1]);
        prop_assert_eq!(&answers(&linker, &records, &sizes), &alone);
        // What a service asks is the same, but for what it cannot know.
        for (record, decided) in records.iter().zip(linker.decide_chunk(&records)) {
            match (linker.decide(record), decided.answer) {
                (single, Ok(Decision::Link(_))) => prop_assert!(single.is_ok()),
                (single, answer) => prop_assert_eq!(single, answer),
            }
        }
        records.reverse();
        let mut reversed = answers(&linker, &records, &sizes);
        reversed.reverse();
        prop_assert_eq!(reversed, alone);
    }
}

/// The town is worth nothing if all of its records are answered alike.
#[test]
fn the_town_of_this_test_has_every_answer() {
    let linker = Linker::new(&TOWN.registry, Policy::guideline()).unwrap();
    let records: Vec<Record<'_>> = TOWN.records.iter().map(Row::record).collect();
    let mut counts = [0; 5];
    for decided in linker.decide_chunk(&records) {
        let place = match &decided.answer {
            Ok(own) if own.reasons().contains(Reason::BlockTooLarge) => 0,
            Ok(Decision::Link(_)) => 1,
            Ok(Decision::Review(_)) => 2,
            Ok(Decision::NoMatch(_)) => 3,
            Err(_) => 4,
        };
        counts[place] += 1;
    }
    assert!(counts.iter().all(|count| *count > 10), "{counts:?}");
}
