//! Laws 1, 6 and 8: of a whole batch, whose records are neither lost nor let claim one person, in whatever order.

use std::collections::BTreeMap;

use himozuke::{Candidate, ClaimsRule, Decision, Policy};
use proptest::prelude::*;

use crate::common::Row;
use crate::people::style;
use crate::rules::{Rules, rules};
use crate::{Answer, answer, candidates, cases, official, registry, world};

// Law 1.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_1_every_row_is_in_exactly_one_output(
        (people, subjects) in world(),
        damage in prop::collection::vec(0..6u8, 12),
        rules in rules(),
    ) {
        let rows = official(&people);
        let registry = registry(&rows);
        let linker = rules.linker(&registry);
        let records: Vec<Row> = subjects
            .iter()
            .enumerate()
            .map(|(number, subject)| {
                let row = subject.of(&people).official(&format!("r{number}"));
                match damage[number] {
                    0 => Row { birth_date: "平成31年5月1日".into(), ..row },
                    1 => Row { sex: "x".into(), ..row },
                    2 => Row { id: row.id, ..Row::default() },
                    _ => row,
                }
            })
            .collect();
        let mut seen = Vec::new();
        let mut counts = [0u64; 4];
        let report = linker
            .link_all(records.iter().map(Row::record), |outcome| {
                seen.push((outcome.row, outcome.id.to_owned()));
                counts[match outcome.answer {
                    Ok(Decision::Link(_)) => 0,
                    Ok(Decision::Review(_)) => 1,
                    Ok(_) => 2,
                    Err(_) => 3,
                }] += 1;
                Ok::<(), std::convert::Infallible>(())
            })
            .unwrap();
        let expected: Vec<_> = (0u64..).zip(&records).map(|(row, record)| (row, record.id.clone())).collect();
        prop_assert_eq!(seen, expected);
        prop_assert_eq!(counts, [report.links, report.review, report.no_match, report.rejected]);
        prop_assert_eq!(report.read, counts.iter().sum::<u64>());
        prop_assert_eq!(report.read, records.len() as u64);
        let unreadable = damage.iter().take(records.len()).filter(|damage| **damage < 2).count();
        prop_assert_eq!(report.rejected, unreadable as u64);
    }
}

// Law 6.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_6_one_person_one_claim(
        (people, subjects) in world(),
        styles in prop::collection::vec(style(), 24),
        rules in rules(),
    ) {
        let rows = official(&people);
        let registry = registry(&rows);
        // Every subject twice, in different notations.
        let records: Vec<Row> = subjects
            .iter()
            .chain(&subjects)
            .zip(&styles)
            .enumerate()
            .map(|(number, (subject, style))| subject.of(&people).written(&format!("r{number}"), *style))
            .collect();
        let of = |claims| {
            let policy = Policy { budget_per_million: 1e6, claims, ..rules.policy.clone() };
            Rules { policy, ..rules.clone() }.linker(&registry)
        };
        let linker = of(ClaimsRule::OneToOne);
        let mut alone = BTreeMap::<String, u32>::new();
        for record in &records {
            if let Answer::Link(id) = answer(&linker, record) {
                *alone.entry(id).or_default() += 1;
            }
        }
        for (claims, limit) in [(ClaimsRule::OneToOne, 1), (ClaimsRule::ManyToOne, u32::MAX)] {
            let linker = of(claims);
            let mut linked = BTreeMap::<String, u32>::new();
            linker
                .link_all(records.iter().map(Row::record), |outcome| {
                    if let Ok(Decision::Link(link)) = outcome.answer {
                        *linked.entry(registry.id(link.candidate.resident).to_owned()).or_default() += 1;
                    }
                    Ok::<(), std::convert::Infallible>(())
                })
                .unwrap();
            // All claimants are refused, and nobody else.
            let expected: BTreeMap<_, _> =
                alone.iter().filter(|(_, count)| **count <= limit).map(|(id, count)| (id.clone(), *count)).collect();
            prop_assert_eq!(linked, expected);
        }
    }
}

/// All outcomes of a batch, with weights and posteriors to the last bit, by record id.
fn transcript(rows: &[Row], records: &[Row], rules: &Rules) -> (BTreeMap<String, String>, String) {
    let registry = registry(rows);
    let linker = rules.linker(&registry);
    let mut outcomes = BTreeMap::new();
    let report = linker
        .link_all(records.iter().map(Row::record), |outcome| {
            let line = match outcome.answer {
                Err(unreadable) => unreadable.code().to_owned(),
                Ok(decision) => {
                    let none = match decision {
                        Decision::Link(link) => (link.none, link.margin, link.expected_namesakes),
                        Decision::Review(review) => (review.none, None, review.total as f64),
                        Decision::NoMatch(nobody) => (nobody.none, None, 0.0),
                    };
                    let of = |candidate: &Candidate| {
                        let evidence = candidate.evidence;
                        let posterior = evidence.posterior.to_bits();
                        format!("{} {posterior:x} {evidence:?}", registry.id(candidate.resident))
                    };
                    let listed: Vec<_> = candidates(decision).iter().map(of).collect();
                    let kind = std::mem::discriminant(decision);
                    format!("{kind:?} {:x} {:?} {} {listed:?}", none.0.to_bits(), none, decision.reasons())
                }
            };
            outcomes.insert(outcome.id.to_owned(), line);
            Ok::<(), std::convert::Infallible>(())
        })
        .unwrap();
    (outcomes, format!("{report:?} {:x}", report.expected_wrong_links.to_bits()))
}

// Law 8.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_8_order_and_threads_do_not_matter(
        (rows, shuffled_rows, records, shuffled_records) in world().prop_flat_map(|(people, subjects)| {
            let rows = official(&people);
            let records: Vec<Row> = subjects
                .iter()
                .enumerate()
                .map(|(number, subject)| subject.of(&people).official(&format!("r{number}")))
                .collect();
            let shuffled = |rows: &Vec<Row>| Just(rows.clone()).prop_shuffle();
            (Just(rows.clone()), shuffled(&rows), Just(records.clone()), shuffled(&records))
        }),
        rules in rules(),
    ) {
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let expected = pool(1).install(|| transcript(&rows, &records, &rules));
        prop_assert_eq!(&pool(2).install(|| transcript(&rows, &records, &rules)), &expected);
        prop_assert_eq!(&pool(2).install(|| transcript(&shuffled_rows, &shuffled_records, &rules)), &expected);
    }
}
