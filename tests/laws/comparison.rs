//! Laws 9, 10 and 11: any text is read, comparing is symmetric, and better agreement never weighs less.

use himozuke::compare::address::AddressLevel;
use himozuke::compare::birth_date::BirthDateLevel;
use himozuke::compare::name::PartLevel;
use himozuke::compare::sex::SexLevel;
use himozuke::compare::{Comparison, compare};
use himozuke::{Evidence, Person, ReadOptions};
use proptest::prelude::*;

use crate::common::Row;
use crate::losses::{LOSSES, lose};
use crate::people::{Facts, facts, style};
use crate::rules::rules;
use crate::{cases, evidence, official, registry, world};

/// Text that breaks parsers: anything, or pieces of real notation in any order.
fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(
        prop::sample::select(vec![
            "山田",
            "太郎",
            "　",
            " ",
            "［",
            "］",
            "（",
            ")",
            "｜",
            "|",
            "●",
            "ﾞ",
            "゛",
            "ー",
            "\u{E0100}",
            "\u{0}",
            "昭和",
            "S",
            "60",
            "年",
            "1",
            "月",
            "不詳",
            "頃",
            "丁目",
            "番",
            "号",
            "-",
            "の",
            "県",
            "市",
            "町",
            "〇",
            "十",
            "\u{202E}",
            "\u{FEFF}",
            "𠮷",
            "é",
            "ｱ",
            "・",
            "〜",
            "/",
            ".",
            "99",
            "00",
            "一",
        ]),
        0..24,
    );
    prop_oneof![".*", "\\PC{0,40}", pieces.prop_map(|pieces| pieces.concat())]
}

fn any_row() -> impl Strategy<Value = Row> {
    prop::collection::vec(any_text(), 11).prop_map(|mut texts| {
        let mut next = || texts.pop().unwrap_or_default();
        Row {
            id: "r".into(),
            kanji_name: next(),
            kana_name: next(),
            birth_date: next(),
            sex: next(),
            address: next(),
            former_names: next(),
            aliases: next(),
            former_addresses: next(),
            household_id: next(),
            status: next(),
            protected: next(),
        }
    })
}

// Law 9. That each normalization is idempotent is tested beside it, where its canonical form can be seen.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_9_any_text_is_read_and_decided_without_panic(
        rows in prop::collection::vec(any_row(), 1..6),
        record in any_row(),
        rules in rules(),
    ) {
        let rows: Vec<Row> =
            rows.into_iter().enumerate().map(|(number, row)| Row { id: number.to_string(), ..row }).collect();
        let registry = registry(&rows);
        prop_assert_eq!(registry.len(), rows.len());
        let linker = rules.linker(&registry);
        let read = Person::read(&record.record(), &ReadOptions::default());
        prop_assert_eq!(read.is_err(), linker.decide(&record.record()).is_err());
        let rows: Vec<_> = rows.iter().map(Row::record).collect();
        prop_assert_eq!(read.is_err(), linker.decide_among(&record.record(), &rows).is_err());
    }
}

pub fn person(row: &Row) -> Option<Person> {
    Person::read(&row.record(), &ReadOptions::default()).ok()
}

// Law 10.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_10_comparing_is_symmetric(
        a in facts(), b in facts(), same in any::<[bool; 6]>(), style_a in style(), style_b in style(),
        wild_a in any_row(), wild_b in any_row(),
    ) {
        // Two people of small tables agree too seldom by chance alone.
        let b = Facts {
            family: if same[0] { a.family } else { b.family },
            given: if same[1] { a.given } else { b.given },
            date: if same[2] { a.date } else { b.date },
            place: if same[3] { a.place } else { b.place },
            numbers: if same[4] { a.numbers } else { b.numbers },
            home: if same[5] { a.home } else { b.home },
        };
        let pairs = [
            (a.written("a", style_a), b.written("b", style_b)),
            (a.written("a", style_a), wild_a.clone()),
            (wild_a, wild_b),
        ];
        for (a, b) in pairs {
            // Lists are searched for their best pair, of which there may be several.
            let single = |row: Row| Row {
                former_names: String::new(),
                aliases: String::new(),
                former_addresses: String::new(),
                ..row
            };
            if let Some((a, b)) = person(&single(a)).zip(person(&single(b))) {
                prop_assert_eq!(compare(&a, &b), compare(&b, &a));
                prop_assert_eq!(compare(&a, &a).birth_date == BirthDateLevel::Different, false);
            }
        }
    }
}

/// Whether one comparison is at least as good as another in every attribute, none of which is unknown in one alone.
fn at_least_as_good(better: &Comparison, worse: &Comparison) -> bool {
    let part = |better: PartLevel, worse: PartLevel| {
        better <= worse && (better == PartLevel::Unknown) == (worse == PartLevel::Unknown)
    };
    let known = |a: bool, b: bool| a == b;
    part(better.name.family(), worse.name.family())
        && part(better.name.given(), worse.name.given())
        && better.birth_date <= worse.birth_date
        && known(better.birth_date == BirthDateLevel::Unknown, worse.birth_date == BirthDateLevel::Unknown)
        && better.sex <= worse.sex
        && known(better.sex == SexLevel::Unknown, worse.sex == SexLevel::Unknown)
        && better.address.level <= worse.address.level
        && known(better.address.level == AddressLevel::Unknown, worse.address.level == AddressLevel::Unknown)
}

// Law 11.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_11_better_agreement_never_weighs_less(
        (people, subjects) in world(),
        record_style in style(),
        styles in prop::collection::vec(style(), 12),
        losses in prop::collection::vec(prop::sample::select(LOSSES.to_vec()), 12),
        record_is_poorer in prop::option::of(prop::sample::select(LOSSES.to_vec())),
        rules in rules(),
    ) {
        let rows = official(&people);
        let registry = registry(&rows);
        let about = people[0];
        let record = match record_is_poorer {
            Some(loss) => lose(&about.official("r"), loss),
            // With its border: without one the candidate's decides which frequencies are used.
            None => about.written("r", record_style.with_borders()),
        };
        // Candidates around the person meant: as registered, changed, rewritten, poorer.
        let mut around = vec![about.official("c")];
        for ((subject, style), loss) in subjects.iter().zip(styles).zip(losses) {
            let changed = subject.of(&people[..1]);
            around.push(changed.written("c", style));
            around.push(lose(&changed.official("c"), loss));
        }
        let evidence: Vec<Evidence> = around.iter().map(|row| evidence(&rules, &registry, &record, row)).collect();
        for (x, better) in evidence.iter().enumerate() {
            for (y, worse) in evidence.iter().enumerate() {
                if at_least_as_good(&better.comparison, &worse.comparison) {
                    prop_assert!(
                        better.weights.total >= worse.weights.total,
                        "{:?} < {:?}\nrecord {:?}\nbetter {:?}\nworse {:?}\n{:?}\n{:?}",
                        better.weights, worse.weights, record, around[x], around[y], better.comparison, worse.comparison
                    );
                }
            }
        }
    }
}
