//! Laws 4 and 5: what is unknown does not agree, and what contradicts vetoes.

use himozuke::compare::Comparison;
use himozuke::compare::address::{AddressComparison, AddressLevel};
use himozuke::compare::birth_date::BirthDateLevel;
use himozuke::compare::name::PartLevel;
use himozuke::compare::sex::SexLevel;
use himozuke::{Decision, Losses, Policy, Profile};
use proptest::prelude::*;

use crate::common::Row;
use crate::people::style;
use crate::rules::{Rules, rules};
use crate::{Answer, answer, cases, evidence, official, registry, world};

type Blank = fn(&mut Row);

/// The attributes that a policy can demand, and how to blank each.
const BLANKS: [(&str, Blank); 5] = [
    ("kanji_name", |row| row.kanji_name.clear()),
    ("kana_name", |row| row.kana_name.clear()),
    ("birth_date", |row| row.birth_date.clear()),
    ("sex", |row| row.sex.clear()),
    ("address", |row| row.address.clear()),
];

fn required(profile: Profile) -> &'static [&'static str] {
    match profile {
        Profile::Five => &["kanji_name", "kana_name", "birth_date", "sex", "address"],
        Profile::Four => &["kanji_name", "birth_date", "sex", "address"],
        Profile::ThreeWithoutSex => &["kanji_name", "birth_date", "address"],
        _ => &["kanji_name", "birth_date"],
    }
}

/// Whether a pair agrees in an attribute.
fn agreed(attribute: &str, pair: &Comparison) -> bool {
    match attribute {
        "kanji_name" => pair.name.register.whole.agrees(),
        "kana_name" => pair.name.reading.whole.agrees(),
        "birth_date" => pair.birth_date == BirthDateLevel::Equal,
        "sex" => pair.sex == SexLevel::Equal,
        _ => pair.address.agrees(),
    }
}

// Law 4.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_4_a_blank_required_attribute_never_links(
        (people, subjects) in world(),
        rules in rules(),
        in_registry in any::<bool>(),
    ) {
        let rows = official(&people);
        for (attribute, blank) in BLANKS {
            if !required(rules.policy.profile).contains(&attribute) {
                continue;
            }
            let mut rows = rows.clone();
            if in_registry {
                rows.iter_mut().for_each(blank);
            }
            let registry = registry(&rows);
            let linker = rules.linker(&registry);
            for subject in &subjects {
                let mut record = subject.of(&people).official("r");
                if !in_registry {
                    blank(&mut record);
                }
                let answer = answer(&linker, &record);
                prop_assert!(!matches!(answer, Answer::Link(_)), "{} blank: {:?}", attribute, answer);
            }
        }
    }

    #[test]
    fn law_4_blanking_what_agreed_never_raises_a_weight(
        (people, subjects) in world(),
        style in style(),
        rules in rules(),
    ) {
        let rows = official(&people);
        let registry = registry(&rows);
        for subject in subjects {
            let record = subject.of(&people).written("r", style);
            let candidate = &rows[0];
            let whole = evidence(&rules, &registry, &record, candidate);
            for (attribute, blank) in BLANKS {
                if !agreed(attribute, &whole.comparison) {
                    continue;
                }
                for side in [0, 1] {
                    let mut pair = [record.clone(), candidate.clone()];
                    blank(&mut pair[side]);
                    let blanked = evidence(&rules, &registry, &pair[0], &pair[1]);
                    prop_assert!(
                        blanked.weights.total <= whole.weights.total,
                        "{attribute} blank on side {side}: {:?} -> {:?}\n{:?}\n{:?}\n{:?}\n{:?}",
                        whole.weights, blanked.weights, whole.comparison.name, blanked.comparison.name, pair[0], pair[1]
                    );
                }
            }
        }
    }
}

/// Whether a pair speaks against one person being meant (METHOD 5, gate 2).
fn contradicts(pair: &Comparison) -> bool {
    let date = !matches!(
        pair.birth_date,
        BirthDateLevel::Equal | BirthDateLevel::Compatible | BirthDateLevel::Unknown
    );
    let given = matches!(
        pair.name.given(),
        PartLevel::Different | PartLevel::Homophone | PartLevel::ReadingDiffers | PartLevel::Near
    );
    date || given || pair.sex == SexLevel::Different || pair.address.level == AddressLevel::RoomsDiffer
}

// Law 5.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_5_a_contradiction_vetoes(
        (people, subjects) in world(),
        style in style(),
        rules in rules(),
    ) {
        let rows = official(&people);
        let registry = registry(&rows);
        // As much as evidence can be worth: any number of reviews is better than a missed link.
        let losses = Losses { wrong: 2.0, none: 2.0, miss: 1e12 };
        let policy = Policy { losses, coverage: 0.999_999, min_margin_bits: 1.0, ..rules.policy };
        let rules = Rules { policy, ..rules };
        let linker = rules.linker(&registry);
        for subject in subjects {
            let record = subject.of(&people).written("r", style);
            if let Ok(Decision::Link(link)) = linker.decide(&record.record()) {
                let pair = link.candidate.evidence.comparison;
                // Without an address in the profile, the room says nothing either way.
                let address_counts = linker.policy().profile != Profile::NameBirthdateUnique;
                let pair = if address_counts {
                    pair
                } else {
                    Comparison { address: AddressComparison::UNKNOWN, ..pair }
                };
                prop_assert!(!contradicts(&pair), "{:?}", pair);
            }
        }
    }
}
