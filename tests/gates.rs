//! Each of the ten gates of METHOD 5 alone stops a link that nothing else stops, whatever the score; opened again, the same
//! record links. And every reason can be said, and says what would settle it.

#![expect(clippy::unwrap_used, reason = "a test: a panic is how it fails")]

mod common;

use std::collections::BTreeSet;

use common::Row;
use himozuke::normalize::Grade;
use himozuke::synth::{Population, SynthConfig};
use himozuke::{
    ClaimsRule, Decision, Linker, Losses, NamesakeRule, Policy, Profile, Reason, ReasonSet, Registry,
};

/// A registry, a record that is somebody's, and the rules: whatever a gate can depend on.
#[derive(Clone)]
struct World {
    residents: Vec<Row>,
    record: Row,
    policy: Policy,
}

impl World {
    /// Everything agrees, the registry holds everybody, and others live around.
    fn that_links() -> Self {
        let resident = Row {
            id: "p1".into(),
            kanji_name: "髙橋　静夫".into(),
            kana_name: "タカハシ　シズオ".into(),
            birth_date: "1985-03-21".into(),
            sex: "1".into(),
            address: "東京都千代田区霞が関二丁目１番６号".into(),
            ..Row::default()
        };
        let record = Row { id: "r".into(), ..resident.clone() };
        let policy = Policy { population: 1.0, ..Policy::guideline() };
        Self { residents: vec![resident], record, policy }
    }

    /// Somebody else is registered: the resident, but for some attributes.
    fn add(&mut self, change: impl FnOnce(&mut Row)) {
        let mut other = Row { id: "p2".into(), ..self.residents.first().unwrap().clone() };
        change(&mut other);
        self.residents.push(other);
    }

    /// What becomes of the record, and of a second one like it in a batch if two are read.
    fn decide(&self, others: &[Row], records: usize) -> Vec<Decision> {
        let rows: Vec<_> = self.residents.iter().chain(others).map(Row::record).collect();
        let registry = Registry::builder().persons(rows).unwrap().build().unwrap();
        let linker = Linker::new(&registry, self.policy.clone()).unwrap();
        let mut decisions = Vec::new();
        linker
            .link_all(vec![self.record.record(); records], |outcome| {
                decisions.push(outcome.answer.unwrap().clone());
                Ok::<(), std::convert::Infallible>(())
            })
            .unwrap();
        decisions
    }
}

/// People around: enough that no frequency is absurd.
fn others() -> Vec<Row> {
    let population = Population::new(&SynthConfig { seed: 5, residents: 2_000, ..SynthConfig::default() });
    let mut rows = Vec::new();
    population
        .try_for_each_resident(|record| {
            rows.push(Row {
                id: format!("other {}", record.id),
                kanji_name: record.kanji_name.into(),
                kana_name: record.kana_name.into(),
                birth_date: record.birth_date.into(),
                sex: record.sex.into(),
                address: record.address.into(),
                ..Row::default()
            });
            Ok::<(), std::convert::Infallible>(())
        })
        .unwrap();
    rows
}

type Change = fn(&mut World);

/// A gate, the one change that shuts it, the reasons that are then given, and a change that opens it again.
struct Case {
    gate: u8,
    /// What must be so beforehand; it links still.
    given: Change,
    shut: Change,
    reasons: &'static [Reason],
    open: Change,
}

const fn case(gate: u8, shut: Change, reasons: &'static [Reason], open: Change) -> Case {
    Case { gate, given: |_| (), shut, reasons, open }
}

impl Case {
    const fn given(self, given: Change) -> Self {
        Self { given, ..self }
    }
}

/// No link is too dear, and no lead too small: only gates are left.
const RECKLESS: Losses = Losses { wrong: 2.0, none: 2.0, miss: 1e12 };

fn reckless(world: &mut World) {
    world.policy.losses = RECKLESS;
    world.policy.min_margin_bits = 1.0;
    world.policy.budget_per_million = 1e6;
}

/// As [`reckless`], and neither the record nor the residents show where the name's border is.
fn reckless_without_borders(world: &mut World) {
    reckless(world);
    world.residents.iter_mut().for_each(|resident| resident.kanji_name = "髙橋静夫".into());
    world.record.kanji_name = "高橋静夫".into();
}

const CASES: &[Case] = &[
    // Required: present and readable on both sides.
    case(1, |w| w.record.sex.clear(), &[Reason::SexMissing], |w| w.policy.profile = Profile::ThreeWithoutSex),
    case(
        1,
        |w| w.residents.iter_mut().for_each(|resident| resident.sex.clear()),
        &[Reason::SexMissing],
        |w| w.policy.profile = Profile::ThreeWithoutSex,
    ),
    case(
        1,
        |w| w.record.address.clear(),
        &[Reason::AddressMissing],
        |w| w.policy.profile = Profile::NameBirthdateUnique,
    ),
    case(
        1,
        |w| w.record.birth_date = "1985-03".into(),
        &[Reason::BirthDatePartial],
        |w| w.record.birth_date = "昭和60年3月21日".into(),
    ),
    case(
        1,
        |w| w.record.birth_date.clear(),
        &[Reason::BirthDateMissing],
        |w| w.record.birth_date = "S60.3.21".into(),
    ),
    case(
        1,
        |w| w.policy.profile = Profile::Five,
        &[Reason::KanaMissing],
        |w| w.policy.profile = Profile::Four,
    )
    .given(|w| w.record.kana_name.clear()),
    case(
        1,
        |w| w.record.kanji_name = "髙橋　静●".into(),
        &[Reason::NameUnknownCharacter],
        |w| w.record.kanji_name = "髙橋　静夫".into(),
    ),
    // Contradiction.
    case(2, |w| w.record.sex = "女".into(), &[Reason::SexDiffers], |w| w.record.sex = "男".into()),
    case(
        2,
        |w| w.record.birth_date = "1985-03-22".into(),
        &[Reason::BirthDateOneDigit],
        |w| w.record.birth_date = "1985-03-21".into(),
    ),
    case(
        2,
        |w| w.record.kana_name = "タカハシ　ヤスアキ".into(),
        &[Reason::ReadingDiffers],
        |w| w.record.kana_name.clear(),
    ),
    case(
        2,
        |w| {
            w.residents.iter_mut().for_each(|resident| resident.address += "　コーポ桜　101号室");
            w.record.address += "　コーポ桜　102号室";
        },
        &[Reason::AddressRoomsDiffer],
        |w| w.record.address = "東京都千代田区霞が関2-1-6-101".into(),
    ),
    // Profile: what agrees is what it demands.
    case(
        3,
        |w| w.record.kanji_name.clear(),
        &[Reason::NameKanaOnly],
        |w| w.record.kanji_name = "高橋静夫".into(),
    ),
    case(
        3,
        |w| w.record.address = "北海道札幌市北区麻生町三丁目３番３号".into(),
        &[Reason::AddressDiffers, Reason::Moved],
        |w| w.policy.profile = Profile::NameBirthdateUnique,
    ),
    case(
        3,
        |w| w.record.address = "東京都千代田区霞が関二丁目".into(),
        &[Reason::AddressPartial],
        |w| w.record.address = "千代田区霞ヶ関2-1-6".into(),
    ),
    case(
        3,
        |w| w.policy.accepted_grade = Grade::Equivalent,
        &[Reason::NameLookAlike],
        |w| w.policy.accepted_grade = Grade::Register,
    )
    .given(|w| w.record.kanji_name = "高橋　静夫".into()),
    // Namesake. Somebody who fits so well is a near second besides, unless that is allowed.
    case(
        4,
        |w| w.add(|other| other.address = "北海道札幌市北区麻生町三丁目３番３号".into()),
        &[Reason::Namesake],
        |w| w.policy.namesake = NamesakeRule::ResolveByAddress,
    )
    .given(reckless),
    case(
        4,
        |w| {
            w.add(|other| {
                other.address = "北海道札幌市北区麻生町三丁目３番３号".into();
                other.status = "dead".into();
            });
        },
        &[Reason::Namesake],
        |w| w.residents.truncate(1),
    )
    .given(reckless),
    // Somebody was called so, whose name of today shows no border.
    case(
        4,
        |w| {
            w.add(|other| {
                other.kanji_name = "鈴木静夫".into();
                other.kana_name.clear();
                other.former_names = "高橋".into();
                other.address = "北海道札幌市北区麻生町三丁目３番３号".into();
            });
        },
        &[Reason::Namesake],
        |w| w.residents.last_mut().unwrap().former_names = "佐藤".into(),
    )
    .given(reckless),
    // Twin: the readings are a slip apart, so that a slip could have made one of the other.
    case(
        5,
        |w| {
            w.add(|other| {
                other.kanji_name = "髙橋　静子".into();
                other.kana_name = "タカハシ　シズコ".into();
            });
        },
        &[Reason::Twin],
        |w| {
            let twin = w.residents.last_mut().unwrap();
            twin.kanji_name = "髙橋　翔太".into();
            twin.kana_name = "タカハシ　ショウタ".into();
        },
    ),
    // A twin whose given name cannot be read, though all else that is known of the name is another's (R7).
    case(
        5,
        |w| {
            w.add(|other| {
                other.kanji_name = "髙橋　静●".into();
                other.kana_name.clear();
                other.former_names = "鈴木".into();
            });
        },
        &[Reason::Twin],
        |w| w.residents.last_mut().unwrap().kanji_name = "髙橋　翔太".into(),
    )
    .given(reckless_without_borders),
    case(
        5,
        |w| {
            w.add(|other| {
                other.kanji_name = "鈴木　静●".into();
                other.kana_name.clear();
            });
        },
        &[Reason::Twin],
        |w| w.residents.last_mut().unwrap().kanji_name = "鈴木　翔太".into(),
    )
    .given(reckless_without_borders),
    // Population: only where no rule demands the address can it stop what nothing else does.
    case(
        6,
        |w| w.policy.population = 124_885_175.0,
        &[Reason::Population, Reason::NotGuideline],
        |w| w.record.address = "東京都千代田区霞が関2-1-6".into(),
    )
    .given(without_address),
    case(
        6,
        |w| w.policy.population = 124_885_175.0,
        &[Reason::Population, Reason::NotGuideline],
        |w| w.policy.max_expected_namesakes = 1.0,
    )
    .given(without_address),
    // Margin: somebody of the given name was born on the day, and lives elsewhere.
    case(7, |w| w.policy.min_margin_bits = 60.0, &[Reason::Margin], |w| w.policy.min_margin_bits = 10.0)
        .given(|w| {
            w.add(|other| {
                other.kanji_name = "鈴木　静夫".into();
                other.kana_name = "スズキ　シズオ".into();
                other.sex = "2".into();
                other.address = "北海道札幌市北区麻生町三丁目３番３号".into();
            });
        }),
    // Alive.
    case(
        9,
        |w| w.residents.iter_mut().for_each(|resident| resident.status = "dead".into()),
        &[Reason::NotActive],
        |w| w.residents.iter_mut().for_each(|resident| resident.status = "active".into()),
    ),
    case(
        9,
        |w| w.residents.iter_mut().for_each(|resident| resident.status = "転出".into()),
        &[Reason::NotActive],
        |w| w.residents.iter_mut().for_each(|resident| resident.status.clear()),
    ),
    // Batch.
    case(
        10,
        |w| w.policy.budget_per_million = 0.0,
        &[Reason::BatchOverBudget],
        |w| w.policy.budget_per_million = 10.0,
    ),
];

/// Name and birth date must do.
fn without_address(world: &mut World) {
    world.policy.profile = Profile::NameBirthdateUnique;
    world.record.address.clear();
}

/// How a world fails to be linked, to the last reason.
fn refusal(decision: &Decision) -> Option<ReasonSet> {
    match decision {
        Decision::Review(review) => Some(review.reasons),
        _ => None,
    }
}

fn linked(decisions: &[Decision]) -> bool {
    decisions.iter().all(|decision| matches!(decision, Decision::Link(_)))
}

#[test]
fn each_gate_alone_stops_a_link_and_opened_lets_it_through() {
    let others = others();
    let mut gates = BTreeSet::from([8]); // which needs two records: below
    let mut faults = Vec::new();
    for (number, case) in CASES.iter().enumerate() {
        gates.insert(case.gate);
        // No score overrides a gate: nor does a policy to which no link is too dear.
        for losses in [Losses::default(), RECKLESS] {
            let mut world = World::that_links();
            world.policy.losses = losses;
            (case.given)(&mut world);
            let mut note = |what: &str, decisions: &[Decision]| {
                let reasons: Vec<_> = decisions.iter().map(|d| d.reasons().to_string()).collect();
                faults.push(format!("case {number}, gate {}: {what}: {reasons:?}", case.gate));
            };
            let decisions = world.decide(&others, 1);
            if !linked(&decisions) {
                note("does not link beforehand", &decisions);
            }
            (case.shut)(&mut world);
            let decisions = world.decide(&others, 1);
            let expected: ReasonSet = case.reasons.iter().copied().collect();
            if decisions.iter().any(|decision| refusal(decision) != Some(expected)) {
                note("is not refused for this alone", &decisions);
            }
            (case.open)(&mut world);
            let decisions = world.decide(&others, 1);
            if !linked(&decisions) {
                note("does not link afterwards", &decisions);
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert_eq!(gates, (1..=10).collect());
}

#[test]
fn gate_8_alone_stops_all_who_claim_one_person() {
    let others = others();
    let mut world = World::that_links();
    assert!(linked(&world.decide(&others, 1)));
    let claimed: ReasonSet = [Reason::ClaimedTwice].into_iter().collect();
    let decisions = world.decide(&others, 3);
    assert!(decisions.iter().all(|decision| refusal(decision) == Some(claimed)), "{decisions:?}");
    world.policy.claims = ClaimsRule::ManyToOne;
    assert!(linked(&world.decide(&others, 3)));
}

/// One record alone: what only a batch can know is said to be unknown.
#[test]
fn a_single_decision_says_which_gates_it_cannot_know() {
    let world = World::that_links();
    let rows: Vec<_> = world.residents.iter().map(Row::record).collect();
    let registry = Registry::builder().persons(rows).unwrap().build().unwrap();
    let decision = Linker::new(&registry, world.policy).unwrap().decide(&world.record.record()).unwrap();
    assert_eq!(decision.reasons().to_string(), "claim_not_evaluated|batch_not_evaluated");
}

#[test]
fn whatever_stops_a_link_is_said_in_two_languages_and_asks_for_something() {
    let of_gates = CASES.iter().flat_map(|case| case.reasons).chain(&[
        Reason::ClaimedTwice,
        Reason::BlockTooLarge,
        Reason::PosteriorLow,
    ]);
    for reason in of_gates.filter(|reason| **reason != Reason::NotGuideline) {
        assert!(!reason.ask_en().is_empty() && !reason.ask_ja().is_empty(), "{reason:?} asks nothing");
    }
    let sentences: [fn(Reason) -> &'static str; 3] = [Reason::code, Reason::en, Reason::ja];
    for say in sentences {
        let said: BTreeSet<&str> = Reason::ALL.iter().map(|reason| say(*reason)).collect();
        assert_eq!(said.len(), Reason::ALL.len(), "two reasons say the same");
    }
    for reason in Reason::ALL {
        let (code, en, ja) = (reason.code(), reason.en(), reason.ja());
        assert!(!code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code}");
        assert!(en.len() > 1 && en.ends_with('.') && ja.len() > 1 && ja.ends_with('。'), "{code}");
        assert!(ja.chars().any(|c| matches!(c, 'ぁ'..='ん')), "{code} is not said in Japanese");
        assert_eq!(reason.ask_en().is_empty(), reason.ask_ja().is_empty(), "{code} asks in one language");
    }
}

/// R23: the address of a record is withheld for whoever it was compared with, linked, listed, or neither.
#[test]
fn anybody_protected_withholds_the_address_of_the_record() {
    let world = World::that_links();
    let protected = |own: &mut Row| own.protected = "1".into();
    let decide = |world: &World| world.decide(&[], 1).remove(0);
    assert!(!decide(&world).address_withheld());

    let mut linked = world.clone();
    linked.residents.iter_mut().for_each(protected);
    assert!(
        matches!(decide(&linked), Decision::Link(own) if own.candidate.protected && own.address_withheld)
    );
    // Two records claim one person: what is refused for it says the same.
    assert!(linked.decide(&[], 2).iter().all(Decision::address_withheld));

    let mut crowd = world.clone();
    for number in 2..60 {
        crowd.add(|own| own.id = format!("p{number}"));
    }
    assert!(!decide(&crowd).address_withheld());
    crowd.add(|own| (own.id, own.sex, own.protected) = ("last".into(), "2".into(), "1".into()));
    let Decision::Review(review) = decide(&crowd) else { panic!("namesakes are reviewed") };
    assert!(review.total > review.candidates.len() && review.candidates.iter().all(|own| !own.protected));
    assert!(review.address_withheld);

    // Somebody compared whom nobody would take for the record's: the given name finds him.
    let (mut nobody, others) = (world, others());
    nobody.policy.coverage = 0.01;
    (nobody.record.kanji_name, nobody.record.kana_name) = ("林　静夫".into(), "ハヤシ　シズオ".into());
    (nobody.record.sex, nobody.record.address) = ("2".into(), "北海道札幌市北区麻生町三丁目３番３号".into());
    let answer = |nobody: &World| match nobody.decide(&others, 1).remove(0) {
        Decision::NoMatch(own) => own.address_withheld,
        decided => panic!("{decided:?}"),
    };
    assert!(!answer(&nobody));
    nobody.residents.iter_mut().for_each(protected);
    assert!(answer(&nobody));
}
