use super::spelling::Form;
use super::*;
use crate::Record;
use crate::normalize::name::{self, Name};
use proptest::prelude::*;

fn names(register: &str, reading: &str) -> Vec<Name> {
    name::parse(register, reading).unwrap()
}

fn compared(a: (&str, &str), b: (&str, &str)) -> NameComparison {
    let read = |(kanji_name, kana_name)| {
        Person::read(&Record { kanji_name, kana_name, ..Record::default() }, &Default::default()).unwrap()
    };
    compare(&read(a).view(), &read(b).view())
}

#[test]
fn a_policy_may_lower_the_accepted_grade() {
    let pair = compared(("髙橋 太郎", ""), ("高橋 太郎", ""));
    let grade = pair.grade().unwrap();
    assert_eq!(pair.agreement(grade), NameAgreement::Agrees);
    assert_eq!(pair.agreement(Grade::Equivalent), NameAgreement::LookAlike);
}

#[test]
fn widest_equality_finds_every_namesake() {
    assert!(compared(("山田 太朗", "ヤマダ タロウ"), ("山田 太郎", "ヤマタ タロー")).widest_equal);
    assert!(compared(("佐々 木子", ""), ("佐々木 子", "")).widest_equal);
    assert!(!compared(("山田 太郎", "ヤマダ タロウ"), ("山田 次郎", "ヤマダ ジロウ")).widest_equal);
    assert!(!compared(("●田 太郎", ""), ("●田 太郎", "")).widest_equal, "R7: matches nothing");
}

#[test]
fn what_cannot_be_compared_is_weighed_by_its_reading() {
    use Plausibility::{Composable, Listed, Unlisted};
    for (a, b, expected, source) in [
        (("山田 太郎", ""), ("", "ヤマダ タロウ"), Some(Listed), "DOMAIN 3.1"),
        (("山田太郎", ""), ("", "ﾔﾏﾀﾞﾀﾛｳ"), Some(Listed), "R10"),
        (("山田 太郎", ""), ("ヤマダ タロウ", ""), Some(Listed), "kana in the cell for kanji"),
        (("山田 剛人", ""), ("", "ヤマダ ツヨヒト"), Some(Composable), "DATA C2"),
        (("山田 太郎", ""), ("", "ヤマダ ジロウ"), Some(Unlisted), "DOMAIN 4.5"),
        (("鈴木 太郎", ""), ("", "ヤマダ タロウ"), Some(Unlisted), "scenario 17"),
        (("山田［鈴木］ 太郎", ""), ("", "スズキ タロウ"), Some(Listed), "scenario 17, R11"),
        (("SMITH JOHN", ""), ("", "スミス ジョン"), Some(Composable), "scenario 18"),
        (("JOHN SMITH", ""), ("", "スミス ジョン"), Some(Composable), "scenario 18: order"),
        (("SMITH JOHN PAUL", ""), ("", "ジョン スミス"), Some(Composable), "scenario 18: middle name"),
        (("JOEL BILLY", ""), ("", "ビリージョエル"), Some(Composable), "DOMAIN 3.6"),
        (("SATO KEIKO", ""), ("", "サトウ ケイコ"), Some(Composable), "passport spelling"),
        (("WILLIAMS MARY", ""), ("", "スミス ジョン"), Some(Unlisted), "another name"),
        (("ZHANG YULIN　張 玉蓮", ""), ("", "チャン ユウリン"), Some(Composable), "DOMAIN 7.2"),
        (("●田 太郎", ""), ("", "ヨシダ タロウ"), None, "R7"),
        (("山田 太郎", "ヤマダ タロウ"), ("", "ヤマダ タロウ"), None, "compared by reading"),
        (("山田 太郎", ""), ("山田 太郎", ""), None, "compared by kanji"),
        (("山田 太郎", ""), ("", ""), None, "R4"),
        (("山田 太郎", ""), ("SATO TARO", ""), None, "nothing is read"),
    ] {
        let pair = compared(a, b);
        assert_eq!(pair.plausibility, expected, "{a:?} {b:?}: {source}");
        assert_eq!(compared(b, a), pair, "{b:?} {a:?}: {source}");
        if expected.is_some() {
            assert_eq!(pair.agreement(Grade::Register), NameAgreement::Unknown, "never agreement: {source}");
        }
    }
}

#[test]
fn twins_have_another_given_name() {
    assert!(compared(("山田 太郎", "ヤマダ タロウ"), ("山田 花子", "ヤマダ ハナコ")).given_is_another());
    assert!(!compared(("山田 太郎", "ヤマダ タロウ"), ("山田 太朗", "ヤマダ タロウ")).given_is_another());
    assert!(!compared(("山田 太郎", ""), ("", "ヤマダ タロウ")).given_is_another());
}

/// R7: a character that cannot be read contradicts nothing, wherever the borders stand and whatever else the person is called.
#[test]
fn what_cannot_be_read_contradicts_nothing() {
    for (a, b, family, given) in [
        ("山崎一郎", "高橋 一●", PartLevel::Different, PartLevel::Unknown),
        ("鈴木花子", "山田 ●●", PartLevel::Different, PartLevel::Unknown),
        ("鈴木花子", "山● 花子", PartLevel::Different, PartLevel::RegisterOnly),
        ("鈴木花子", "山● 花江", PartLevel::Different, PartLevel::Different),
        ("山崎一郎", "山崎 一●", PartLevel::Unknown, PartLevel::Unknown),
    ] {
        let (bare, bordered) = (compared((a, ""), (b, "")), compared((b, ""), (a, "")));
        assert_eq!((bare.family(), bare.given()), (family, given), "{a} {b}");
        assert_eq!(bare, bordered, "{a} {b}");
    }
    // Nor does it make two scripts comparable (R11).
    for (a, b) in
        [("YAMADA HANAKO", "山田 花●"), ("SMITH JOHN", "スミス ジョ●"), ("ヤマダハナ●", "山田 花子")]
    {
        let pair = compared((a, ""), (b, ""));
        assert_eq!((pair.family(), pair.given()), (PartLevel::Unknown, PartLevel::Unknown), "{a} {b}");
    }
}

/// R10: the space in today's name must not hide whom a former family name makes a namesake.
#[test]
fn a_former_family_name_makes_namesakes_with_or_without_a_border() {
    let read = |kanji_name, former_names| {
        let record = Record { kanji_name, former_names, ..Record::default() };
        Person::read(&record, &Default::default()).unwrap()
    };
    for (today, former, other, expected) in [
        ("齊藤 幸子", "林", "林 幸子", true),
        ("齊藤幸子", "林", "林 幸子", true),
        ("齊藤幸子", "林", "林幸子", true),
        ("齊藤幸子", "高橋", "髙橋幸子", true),
        ("齊藤幸子", "林", "林 花子", false),
        ("齊藤幸子", "林", "小林 幸子", false),
        ("齊藤幸●", "林", "林 幸●", false),
        ("齊藤幸子", "", "林 幸子", false),
    ] {
        let (a, b) = (read(today, former), read(other, ""));
        assert_eq!(compare(&a.view(), &b.view()).widest_equal, expected, "{today} {former} {other}");
        assert_eq!(compare(&b.view(), &a.view()).widest_equal, expected, "{other} {today} {former}");
    }
}

/// What one of somebody's names says is no worse for a former one that says otherwise.
#[test]
fn a_former_name_does_not_speak_over_one_that_cannot_be_read() {
    let read = |kanji_name, former_names| {
        let record = Record { kanji_name, former_names, ..Record::default() };
        Person::read(&record, &Default::default()).unwrap()
    };
    for record in ["山崎一郎", "山崎 一郎"] {
        let record = read(record, "");
        for former in ["", "高橋", "高橋 二郎"] {
            let pair = compare(&record.view(), &read("山崎 一●", former).view());
            assert_eq!(pair.agreement(Grade::Register), NameAgreement::PartlyUnknown, "{former}");
            assert!(!pair.contradicts(), "{former}");
        }
    }
}

fn cells() -> impl Strategy<Value = (String, String)> {
    ("[山田髙高斉斎太大郎 子●]{0,5}|[A-C ]{0,6}|[ァ-オガカ ー]{0,5}", "[ア-オカガユウー ]{0,6}")
}

proptest! {
    #[test]
    fn one_slip_is_alignment_distance_one(a in "[アイウ]{0,6}", b in "[アイウ]{0,6}") {
        prop_assert_eq!(one_slip(a.chars(), b.chars()), strsim::osa_distance(&a, &b) <= 1, "{} {}", a, b);
    }

    /// What lets comparison pass over the folds of readings whose keys differ.
    #[test]
    fn readings_that_are_one_at_any_grade_have_one_key(
        a in "[アオウエイカガコゴスズヅシジチヂツハワヲヴャヤッー ]{1,5}",
        b in "[アオウエイカガコゴスズヅシジチヂツハワヲヴャヤッー ]{1,5}",
    ) {
        let read = |text: &str| names("", &format!("ヤマダ　{text}")).remove(0).reading;
        if let (Some(a), Some(b)) = (read(&a), read(&b)) {
            let (a, b) = (a.view().given, b.view().given);
            let same = Reading::grade(&a.chars(), &b.chars()).is_some();
            prop_assert_eq!(same, a.key() == b.key());
        }
    }

    /// What lets comparison pass over the folds of register forms whose keys differ.
    #[test]
    fn register_forms_of_other_keys_are_one_by_direct_edges_alone(
        a in "[斉斎齊崎埼高髙ヶケガが々木太大 ]{1,4}",
        b in "[斉斎齊崎埼高髙ヶケガが々木太大 ]{1,4}",
    ) {
        let read = |text: &str| names(&format!("山田　{text}"), "").remove(0).register;
        if let (Some(a), Some(b)) = (read(&a), read(&b)) {
            let (a, b) = (a.view().given, b.view().given);
            let chars = (&a.chars(), &b.chars());
            if a.key() != b.key() {
                let grade = RegisterForm::grade(chars.0, chars.1);
                prop_assert_eq!(grade, RegisterForm::grade_of_unjoined(chars.0, chars.1));
            }
        }
    }

    /// What lets comparison pass over the characters of a text that stands in both names.
    #[test]
    fn what_is_written_alike_is_identical(text in "[山田髙高斉斎ヶ々木ガガ ]{1,6}|[ァ-オガカヴ ー]{1,6}") {
        let chars = text.chars();
        prop_assert_eq!(RegisterForm::grade(&chars, &chars), Some(Grade::Identical));
        prop_assert_eq!(Reading::grade(&chars, &chars), Some(Grade::Identical));
    }

    #[test]
    fn comparison_is_symmetric(a in cells(), b in cells()) {
        let (a, b) = ((&*a.0, &*a.1), (&*b.0, &*b.1));
        prop_assert_eq!(compared(a, b), compared(b, a));
    }

    #[test]
    fn a_name_agrees_with_itself_unless_unknown(a in cells()) {
        let a = (&*a.0, &*a.1);
        let pair = compared(a, a);
        if names(a.0, "")[0].register.as_ref().is_some_and(|r| !r.view().has_unknown()) {
            prop_assert_eq!(pair.agreement(Grade::Register), NameAgreement::Agrees);
            prop_assert_eq!(pair.given() , if names(a.0, a.1)[0].reading.is_some() { PartLevel::Full } else { PartLevel::RegisterOnly });
        }
    }
}
