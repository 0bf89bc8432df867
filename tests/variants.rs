//! Pairs of kanji that a user adds: a process of its own, for the table of a process never changes once used.

use himozuke::normalize::kanji::{Variants, fold, grade};
use himozuke::normalize::{Grade, name};
use himozuke::{Person, ReadOptions, Record, compare};

#[test]
fn a_user_s_pairs_count_at_their_own_grade_and_judge_nothing_anew() {
    let mut variants = Variants::default();
    for (a, b, grade) in [
        ('彁', '襄', Grade::Register),
        ('彁', '駲', Grade::Confusable),
        ('暃', '襄', Grade::Register),
        ('斎', '斉', Grade::Register),
        ('坂', '阪', Grade::Register),
        ('●', '襄', Grade::Register),
        ('襄', '襄', Grade::Register),
    ] {
        variants.add(a, b, grade);
    }
    assert_eq!((variants.count(Grade::Register), variants.count(Grade::Confusable)), (4, 1));
    variants.clone().install().unwrap();

    assert_eq!(grade('襄', '彁'), Some(Grade::Register));
    assert_eq!(grade('彁', '駲'), Some(Grade::Confusable));
    assert_eq!(grade('彁', '暃'), None, "R6: by way of 襄 only");
    assert_eq!((fold('彁'), fold('彁') == fold('駲')), (fold('襄'), false), "DOMAIN 5.4");
    assert_eq!(grade('斎', '斉'), Some(Grade::Confusable), "the shipped table has judged it");
    assert_eq!(grade('坂', '阪'), Some(Grade::Confusable));
    assert_eq!(grade('髙', '高'), Some(Grade::Official));

    let read = |kanji_name| {
        Person::read(&Record { kanji_name, ..Record::default() }, &ReadOptions::default()).unwrap()
    };
    let name = compare::compare(&read("山田　彁"), &read("山田 襄")).name;
    assert_eq!(name.agreement(Grade::Register), compare::name::NameAgreement::Agrees);
    assert_eq!(name.grade(), Some(Grade::Register));
    assert!(!name::parse("山田 彁", "").unwrap().is_empty());

    assert!(variants.install().is_err(), "the table is in use");
}
