//! The twelve laws of the design, each as a property over small worlds whose people collide on purpose.
//!
//! `HIMOZUKE_CASES=10000 cargo test --test laws` looks harder.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test: a panic is how it fails"
)]

mod common;

#[path = "laws/batch.rs"]
mod batch;
#[path = "laws/comparison.rs"]
mod comparison;
#[path = "laws/leaks.rs"]
mod leaks;
#[path = "laws/losses.rs"]
mod losses;
#[path = "laws/notation.rs"]
mod notation;
#[path = "laws/once.rs"]
mod once;
#[path = "laws/people.rs"]
mod people;
#[path = "laws/rivals.rs"]
mod rivals;
#[path = "laws/rules.rs"]
mod rules;
#[path = "laws/unknown.rs"]
mod unknown;

use std::collections::BTreeMap;

use common::Row;
use himozuke::model::Parameters;
use himozuke::{Candidate, Decision, Evidence, Linker, Losses, Policy, Registry};
use people::{Facts, Style, Subject, cases, official, registry, residents, subject};
use proptest::prelude::*;
use rules::{Rules, rules};

/// What is decided, without its evidence.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Answer {
    Link(String),
    Review,
    NoMatch,
    Rejected,
}

fn answer(linker: &Linker<'_>, row: &Row) -> Answer {
    match linker.decide(&row.record()) {
        Ok(Decision::Link(link)) => Answer::Link(linker.registry().id(link.candidate.resident).to_owned()),
        Ok(Decision::Review(_)) => Answer::Review,
        Ok(Decision::NoMatch(_)) => Answer::NoMatch,
        Err(_) => Answer::Rejected,
    }
}

fn candidates(decision: &Decision) -> Vec<Candidate> {
    match decision {
        Decision::Link(link) => vec![link.candidate],
        Decision::Review(review) => review.candidates.clone(),
        _ => Vec::new(),
    }
}

/// The evidence of one pair, by a policy that always shows it; weights do not depend on policies.
fn evidence(rules: &Rules, registry: &Registry, record: &Row, candidate: &Row) -> Evidence {
    let losses = Losses { miss: 1e12, ..Losses::default() };
    let policy = Policy { losses, coverage: 1.0 - 1e-15, blocking_recall: 1.0, ..Policy::guideline() };
    let linker = Linker::with_model(registry, policy, rules.model(registry)).unwrap();
    let decision = linker.decide_among(&record.record(), &[candidate.record()]).unwrap();
    candidates(&decision).first().expect("a candidate under review").evidence
}

/// A small registry, and records about its people.
fn world() -> impl Strategy<Value = (Vec<Facts>, Vec<Subject>)> {
    (residents(3..60), prop::collection::vec(subject(), 1..12))
}

/// The tests are worth nothing if their worlds and rules never link.
#[test]
fn the_worlds_and_rules_of_these_tests_have_every_answer() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut counts = BTreeMap::new();
    for _ in 0..200 {
        let ((people, subjects), rules) = (world(), rules()).new_tree(&mut runner).unwrap().current();
        let registry = registry(&official(&people));
        let linker = rules.linker(&registry);
        let Rules { policy, parameters } = &rules;
        let preset = Policy { profile: policy.profile, namesake: policy.namesake, ..Policy::guideline() };
        let wild = [*policy != preset, *parameters != Parameters::default()];
        for subject in subjects {
            let row = subject.of(&people).written("r", Style::default());
            let kind = match answer(&linker, &row) {
                Answer::Link(_) => "link",
                Answer::Review => "review",
                Answer::NoMatch => "no_match",
                Answer::Rejected => "rejected",
            };
            *counts.entry((wild, kind)).or_insert(0u32) += 1;
        }
    }
    let often = |kind| counts.get(&kind).is_some_and(|count| *count >= 10);
    for policy in [false, true] {
        for parameters in [false, true] {
            for kind in ["link", "review", "no_match"] {
                assert!(often(([policy, parameters], kind)), "{kind}: {counts:?}");
            }
        }
    }
    assert!(counts.keys().all(|(_, kind)| *kind != "rejected"), "{counts:?}");
}
