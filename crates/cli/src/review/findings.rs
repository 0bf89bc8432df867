//! What reviewers found of each record, and what follows from it. Knows nothing of files.

use rustc_hash::FxHashMap;

use himozuke::normalize::{Grade, kana, kanji, text::clean};

use super::cells::literal;
use crate::{said, words::Said};

/// What a reviewer chose of a record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Choice {
    /// A candidate, by their place among those of the record.
    Person(usize),
    /// Nobody of them.
    Nobody,
}

/// One reviewer's choice.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) reviewer: String,
    pub(super) choice: Choice,
}

/// A record that a run left to people.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) record: String,
    pub(super) candidates: Vec<String>,
    pub(super) findings: Vec<Finding>,
}

/// What the findings of a record come to.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Outcome<'c> {
    /// As many reviewers as are asked for agree, and nobody differs.
    Decided(&'c Choice),
    /// Two reviewers differ.
    Disagreement,
    /// Too few have looked.
    Open,
}

/// Why what a reviewer wrote is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Refused {
    NoSuchRecord,
    NoCandidate,
    NoReviewer,
    Reviewer,
    TwoChoices,
}

impl Refused {
    pub(super) fn sentence(self) -> Said {
        match self {
            Self::NoSuchRecord => said!(
                "the run left no such record to people; ids must stand as in the sheet";
                "この実行で人の確認に回った記録ではありません。ID は表にあるとおりにしてください"
            ),
            Self::NoCandidate => said!(
                "the decision is neither a listed candidate of the record nor none";
                "判定が、その記録の候補でも「該当なし」でもありません"
            ),
            Self::NoReviewer => said!("a decision without a reviewer"; "判定に確認者の名前がありません"),
            Self::Reviewer => said!(
                "a reviewer is named in up to 64 characters without |";
                "確認者の名前は64文字以内で、| を使わないでください"
            ),
            Self::TwoChoices => said!(
                "the reviewer has decided otherwise on another row of the record";
                "同じ確認者が、同じ記録の別の行で違う判定をしています"
            ),
        }
    }
}

/// All records of a review, in the order of the run.
#[derive(Debug, Default)]
pub(super) struct Cases {
    cases: Vec<Case>,
    by_id: FxHashMap<String, usize>,
}

impl Cases {
    /// Takes in a candidate of a record; an empty one for a record that has none.
    pub(super) fn list(&mut self, record: &str, person: &str) {
        let next = self.cases.len();
        let place = *self.by_id.entry(record.to_owned()).or_insert(next);
        if place == next {
            self.cases.push(Case { record: record.to_owned(), candidates: Vec::new(), findings: Vec::new() });
        }
        if let Some(case) = self.cases.get_mut(place).filter(|_| !person.is_empty()) {
            case.candidates.push(person.to_owned());
        }
    }

    /// Ids in the form of the sheet, which records of other ids may have as their own: the sheet's goes before.
    pub(super) fn in_sheets(&self) -> FxHashMap<String, usize> {
        let mut places = self.by_id.clone();
        places.extend(self.by_id.iter().map(|(id, place)| (literal(id).into_owned(), *place)));
        places
    }

    /// Takes in what a reviewer wrote of a record.
    pub(super) fn find(
        &mut self,
        place: Option<usize>,
        decision: &str,
        reviewer: &str,
    ) -> Result<(), Refused> {
        let case = place.and_then(|place| self.cases.get_mut(place)).ok_or(Refused::NoSuchRecord)?;
        let choice = case.choice(decision)?;
        let reviewer = clean(reviewer).text.into_owned();
        if reviewer.is_empty() {
            return Err(Refused::NoReviewer);
        }
        if reviewer.chars().count() > 64
            || reviewer.contains(['|', '｜'])
            || reviewer.contains(char::is_control)
        {
            return Err(Refused::Reviewer);
        }
        match case.findings.iter().find(|own| same_reviewer(&own.reviewer, &reviewer)) {
            Some(own) if own.choice == choice => {}
            Some(_) => return Err(Refused::TwoChoices),
            None => case.findings.push(Finding { reviewer, choice }),
        }
        Ok(())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter()
    }
}

/// One person is no second reviewer by writing their name with a space or a point, in capitals, in the other kana, or with
/// an old form of a kanji (R21).
fn same_reviewer(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|name| -> Vec<char> {
        let letters = name.chars().filter(|character| !character.is_whitespace() && !is_mark(*character));
        letters.flat_map(char::to_lowercase).map(kana::katakana).collect()
    });
    let same =
        |(a, b): (&char, &char)| a == b || kanji::grade(*a, *b).is_some_and(|grade| grade <= Grade::Register);
    one.len() == other.len() && one.iter().zip(&other).all(same)
}

const fn is_mark(character: char) -> bool {
    matches!(character, '.' | ',' | '・' | '-' | '\'' | '’')
}

impl Case {
    /// The candidate that a cell names, in the form of the sheet or as the id stands, or nobody.
    fn choice(&self, cell: &str) -> Result<Choice, Refused> {
        let nobody = ["none", "なし", "該当なし"].contains(&&*clean(cell).text.to_lowercase());
        let cell = cell.trim();
        let place = |same: &dyn Fn(&str) -> bool| self.candidates.iter().position(|id| same(id));
        let person = place(&|id| literal(id).trim() == cell).or_else(|| place(&|id| id.trim() == cell));
        match (person, nobody) {
            (Some(person), false) => Ok(Choice::Person(person)),
            (None, true) => Ok(Choice::Nobody),
            // Also where a candidate is called none: nobody knows which is meant.
            _ => Err(Refused::NoCandidate),
        }
    }

    /// What the findings come to where so many reviewers must agree.
    pub(super) fn outcome(&self, reviewers: usize) -> Outcome<'_> {
        match self.findings.split_first() {
            Some((first, others)) if others.iter().any(|other| other.choice != first.choice) => {
                Outcome::Disagreement
            }
            Some((first, _)) if self.findings.len() >= reviewers => Outcome::Decided(&first.choice),
            _ => Outcome::Open,
        }
    }

    /// The person of a choice; empty for nobody.
    pub(super) fn person(&self, choice: &Choice) -> &str {
        match choice {
            Choice::Person(place) => self.candidates.get(*place).map_or("", String::as_str),
            Choice::Nobody => "",
        }
    }
}

impl Choice {
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Person(_) => "link",
            Self::Nobody => "no_match",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases() -> Cases {
        let mut cases = Cases::default();
        for (record, person) in [("001", "P1"), ("001", "007"), ("x", ""), ("'001", "none")] {
            cases.list(record, person);
        }
        cases
    }

    fn find(cases: &mut Cases, record: &str, decision: &str, reviewer: &str) -> Result<(), Refused> {
        let place = cases.in_sheets().get(record).copied();
        cases.find(place, decision, reviewer)
    }

    #[test]
    fn a_choice_is_a_listed_candidate_or_nobody() {
        let mut cases = cases();
        assert_eq!(find(&mut cases, "'001", "'007", "佐藤"), Ok(()));
        assert_eq!(find(&mut cases, "001", " 007 ", "佐　藤"), Ok(()), "the same once more");
        assert_eq!(find(&mut cases, "001", "P1", "佐藤"), Err(Refused::TwoChoices));
        assert_eq!(find(&mut cases, "001", "P2", "鈴木"), Err(Refused::NoCandidate));
        assert_eq!(find(&mut cases, "x", "P1", "鈴木"), Err(Refused::NoCandidate));
        assert_eq!(find(&mut cases, "x", "Ｎｏｎｅ", "鈴木"), Ok(()));
        assert_eq!(
            find(&mut cases, "''001", "none", "鈴木"),
            Err(Refused::NoCandidate),
            "a person of that id"
        );
        assert_eq!(find(&mut cases, "1", "007", "鈴木"), Err(Refused::NoSuchRecord));
        assert_eq!(find(&mut cases, "001", "007", " "), Err(Refused::NoReviewer));
        assert_eq!(find(&mut cases, "001", "007", "a|b"), Err(Refused::Reviewer));
    }

    #[test]
    fn as_many_reviewers_as_are_asked_for_must_agree() {
        let mut cases = cases();
        let outcome = |cases: &Cases, reviewers| match cases.iter().next().unwrap().outcome(reviewers) {
            Outcome::Decided(choice) => choice.code(),
            Outcome::Disagreement => "disagreement",
            Outcome::Open => "open",
        };
        assert_eq!(outcome(&cases, 1), "open");
        find(&mut cases, "001", "P1", "Sato").unwrap();
        find(&mut cases, "001", "P1", "ＳＡＴＯ").unwrap();
        find(&mut cases, "001", "P1", "S.ato").unwrap();
        assert_eq!([1, 2].map(|reviewers| outcome(&cases, reviewers)), ["link", "open"]);
        find(&mut cases, "001", "P1", "鈴木").unwrap();
        assert_eq!(outcome(&cases, 2), "link");
        find(&mut cases, "001", "none", "高橋").unwrap();
        assert_eq!([1, 2].map(|reviewers| outcome(&cases, reviewers)), ["disagreement"; 2]);
    }

    #[test]
    fn one_reviewer_is_not_two_by_another_writing_of_the_name() {
        for (one, other) in [
            ("髙橋", "高橋"),
            ("渡邊 一", "渡辺　一"),
            ("さとう", "ｻﾄｳ"),
            ("A. Sato", "a sato"),
            ("O’Neill", "O'NEILL"),
        ] {
            let [one, other] = [one, other].map(|name| clean(name).text.into_owned());
            assert!(same_reviewer(&one, &other) && same_reviewer(&other, &one), "{one} {other}");
        }
        for (one, other) in
            [("斉藤", "斎藤"), ("佐藤1", "佐藤2"), ("佐藤", "佐藤 二"), ("原", "腹"), ("さとう", "さどう")]
        {
            assert!(!same_reviewer(one, other), "{one} {other}");
        }
    }
}
