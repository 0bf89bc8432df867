//! Law 7: notation does not matter, and lost information may only move an answer towards review.

use himozuke::compare::Comparison;
use himozuke::compare::address::AddressLevel;
use himozuke::compare::birth_date::BirthDateLevel;
use himozuke::compare::name::ScriptLevel;
use himozuke::compare::sex::SexLevel;
use himozuke::normalize::Grade;
use himozuke::{Decision, Linker, Reason};
use proptest::prelude::*;

use crate::common::Row;
use crate::losses::{LOSSES, Loss, lose};
use crate::people::{COMPATIBILITY, Style, style};
use crate::rules::rules;
use crate::{Answer, answer, cases, evidence, official, registry, world};

/// Whether what is lost spoke against the candidate: then the loss removes a contradiction, which R4 makes unknown.
fn spoke_against(loss: Loss, pair: &Comparison) -> bool {
    match loss {
        Loss::Room => pair.address.level == AddressLevel::RoomsDiffer,
        Loss::Number | Loss::Prefecture | Loss::Address => !pair.address.agrees(),
        Loss::Character | Loss::Kanji => !pair.name.register.whole.agrees(),
        Loss::DateToYear | Loss::Date => pair.birth_date != BirthDateLevel::Equal,
        Loss::Sex => pair.sex == SexLevel::Different,
        Loss::Kana => matches!(pair.name.reading.whole, ScriptLevel::Different | ScriptLevel::Slip),
    }
}

/// Whether a record was refused for nothing but what others weighed: a loss can take away what spoke for a rival.
fn only_outweighed(linker: &Linker<'_>, record: &Row, id: &str) -> bool {
    let Ok(Decision::Review(review)) = linker.decide(&record.record()) else { return false };
    // A twin is told apart by the scripts that both have (METHOD 5, gate 5): fewer of them may tell more.
    let own = [Reason::PosteriorLow, Reason::Margin, Reason::Twin, Reason::NotGuideline, Reason::RoomMissing];
    let best = review.candidates.first().is_some_and(|best| linker.registry().id(best.resident) == id);
    best && review.reasons.iter().all(|reason| own.contains(&reason))
}

/// A style that rewrites register forms no further than a grade: what a policy does not accept does matter.
fn within(accepted: Grade, mut style: Style) -> Style {
    if accepted <= Grade::Official && style.kanji != COMPATIBILITY {
        style.kanji = 0;
    }
    if accepted <= Grade::Equivalent {
        (style.kanji, style.selector) = (0, false);
    }
    if accepted == Grade::Identical {
        (style.kanji_space, style.margin) = (0, 0);
    }
    style
}

// Law 7.
proptest! {
    #![proptest_config(cases())]
    #[test]
    fn law_7_notation_does_not_matter(
        (people, subjects) in world(),
        styles in prop::collection::vec(style(), 12),
        rules in rules(),
    ) {
        let rows = official(&people);
        let registry = registry(&rows);
        let linker = rules.linker(&registry);
        for (subject, style) in subjects.iter().zip(styles) {
            let plain = subject.of(&people).official("r");
            let rewritten = subject.of(&people).written("r", within(rules.policy.accepted_grade, style));
            prop_assert_eq!(
                answer(&linker, &plain), answer(&linker, &rewritten), "\n{:?}\n{:?}\nplain {:?}\nrewritten {:?}",
                plain, rewritten, linker.decide(&plain.record()), linker.decide(&rewritten.record())
            );
        }
    }

    #[test]
    fn law_7_the_registry_s_notation_does_not_matter_either(
        (people, subjects) in world(),
        styles in prop::collection::vec(style(), 60),
        rules in rules(),
    ) {
        let plain = registry(&official(&people));
        let rewritten: Vec<Row> = people
            .iter()
            .zip(&styles)
            .enumerate()
            .map(|(number, (person, style))| {
                let style = within(rules.policy.accepted_grade, *style).with_borders();
                person.written(&format!("p{number}"), style)
            })
            .collect();
        let rewritten = registry(&rewritten);
        let plain = rules.linker(&plain);
        let rewritten = rules.linker(&rewritten);
        for subject in subjects {
            let record = subject.of(&people).official("r");
            prop_assert_eq!(
                answer(&plain, &record), answer(&rewritten, &record), "\n{:?}\nplain {:?}\nrewritten {:?}",
                record, plain.decide(&record.record()), rewritten.decide(&record.record())
            );
        }
    }

    #[test]
    fn law_7_lost_information_never_makes_a_link_nor_hides_one(
        (people, subjects) in world(),
        losses in prop::sample::subsequence(LOSSES.to_vec(), 1..3),
        rules in rules(),
    ) {
        let rows = official(&people);
        let registry = registry(&rows);
        let linker = rules.linker(&registry);
        for subject in subjects {
            let whole = subject.of(&people).official("r");
            let poorer = losses.iter().fold(whole.clone(), |row, loss| lose(&row, *loss));
            let (before, after) = (answer(&linker, &whole), answer(&linker, &poorer));
            let excused = if let Answer::Link(id) = &after {
                let pair = evidence(&rules, &registry, &whole, rows.iter().find(|row| row.id == *id).unwrap()).comparison;
                losses.iter().any(|loss| spoke_against(*loss, &pair)) || only_outweighed(&linker, &whole, id)
            } else {
                false
            };
            // A poorer record may leave nobody plausible, but whoever was linked stays in sight.
            let hidden = before == Answer::Review && after == Answer::NoMatch;
            // Without a name, or a birth date, little is left to look for a person by, and the answer says so.
            let unasked = linker.decide(&poorer.record()).is_ok_and(|decision| {
                let says = |reason| decision.reasons().contains(reason);
                let missing = [Reason::NameMissing, Reason::BirthDateMissing, Reason::BirthDatePartial];
                says(Reason::NoCandidate) && missing.into_iter().any(says)
            });
            let towards_review = after == before || after == Answer::Review || hidden || unasked || excused;
            prop_assert!(
                towards_review, "{losses:?}: {before:?} -> {after:?}\n{whole:?}\n{poorer:?}\nbefore {:?}\nafter {:?}",
                linker.decide(&whole.record()), linker.decide(&poorer.record())
            );
        }
    }
}
