//! Laws 2 and 3: whoever else fits stops a link, and nobody takes the place of who was refused.

use proptest::prelude::*;

use crate::common::Row;
use crate::people::{residents, subject};
use crate::rules::rules;
use crate::{Answer, answer, cases, evidence, official, registry, world};

// Law 2.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_2_a_copy_of_the_linked_person_is_a_rival((people, subjects) in world(), rules in rules()) {
        let rows = official(&people);
        let registry_before = registry(&rows);
        let linker = rules.linker(&registry_before);
        for subject in subjects {
            let record = subject.of(&people).official("r");
            let Answer::Link(id) = answer(&linker, &record) else { continue };
            let original = rows.iter().find(|row| row.id == id).unwrap();
            let copy = Row { id: "copy".into(), ..original.clone() };
            let registry_after = registry(rows.iter().chain([&copy]));
            let linker = rules.linker_with(&registry_after, rules.model(&registry_before));
            prop_assert_eq!(answer(&linker, &record), Answer::Review);
        }
    }

    #[test]
    fn law_2_adding_people_never_makes_a_link_to_who_was_there(
        (people, subjects) in world(),
        added in residents(1..6),
        rules in rules(),
        akin in prop::collection::vec(subject(), 0..6),
    ) {
        let rows = official(&people);
        let added: Vec<Row> = added
            .iter()
            .copied()
            .chain(akin.iter().map(|subject| subject.of(&people)))
            .enumerate()
            .map(|(number, person)| person.official(&format!("new{number}")))
            .collect();
        let before = registry(&rows);
        let after = registry(rows.iter().chain(&added));
        let linker_before = rules.linker(&before);
        let linker_after = rules.linker_with(&after, rules.model(&before));
        for subject in subjects {
            let record = subject.of(&people).official("r");
            if let Answer::Link(id) = answer(&linker_after, &record) && !id.starts_with("new") {
                prop_assert_eq!(answer(&linker_before, &record), Answer::Link(id));
            }
        }
    }
}

// Law 3.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_3_only_the_best_of_all_residents_is_ever_linked((people, subjects) in world(), rules in rules()) {
        let rows = official(&people);
        let registry = registry(&rows);
        let linker = rules.linker(&registry);
        for subject in subjects {
            let record = subject.of(&people).official("r");
            let Answer::Link(id) = answer(&linker, &record) else { continue };
            let weight = |row: &Row| evidence(&rules, &registry, &record, row).weights.total;
            let linked = weight(rows.iter().find(|row| row.id == id).unwrap());
            prop_assert!(rows.iter().filter(|row| row.id != id).all(|row| weight(row) < linked));
        }
    }

    #[test]
    fn law_3_a_refused_candidate_gives_way_to_nobody((people, subjects) in world(), rules in rules()) {
        let rows = official(&people);
        let before = registry(&rows);
        let linker_before = rules.linker(&before);
        for subject in subjects {
            let record = subject.of(&people).official("r");
            let Answer::Link(id) = answer(&linker_before, &record) else { continue };
            // The same people, but the best one has died: that shuts a gate and changes no weight.
            let dead: Vec<Row> = rows
                .iter()
                .map(|row| if row.id == id { Row { status: "dead".into(), ..row.clone() } } else { row.clone() })
                .collect();
            let registry_after = registry(&dead);
            let linker = rules.linker(&registry_after);
            prop_assert_eq!(answer(&linker, &record), Answer::Review);
        }
    }
}
