//! A decision as JSON, in the form of `himozuke lookup`: ids, codes, figures and sentences, no value of an attribute.
//! Knows what was decided; nothing of requests.

use himozuke::model::math::{Millibits, log2};
use himozuke::model::unique;
use himozuke::normalize::Grade;
use himozuke::{Candidate, Decision, Evidence, Linker, Reason, ReasonSet, Registry};
use serde::Serialize;

use crate::language::Language;

/// All that is told of a decision.
#[derive(Serialize)]
pub(crate) struct Answer<'a> {
    record_id: &'a str,
    decision: &'static str,
    /// P(nobody registered is meant).
    none: f64,
    reasons: Vec<Told>,
    /// How many candidates are plausible, listed or not.
    candidates_total: usize,
    /// Whether the record's own address must not be shown ([`Decision::address_withheld`]).
    address_withheld: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_namesakes: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    margin_millibits: Option<Millibits>,
    /// How sure it is that the best candidate is meant, where one was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence_millibits: Option<Millibits>,
    /// P(nobody outside the registry shares name and birth date).
    #[serde(skip_serializing_if = "Option::is_none")]
    p_unique: Option<f64>,
    /// Who comes second to a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    rival: Option<&'a str>,
    /// What each candidate starts from.
    prior_millibits: Millibits,
    /// What "none of them" starts from.
    none_millibits: Millibits,
    /// The probability left for candidates that are not listed.
    unlisted: f64,
    candidates: Vec<Explained<'a>>,
}

/// A reason, in words.
#[derive(Serialize)]
struct Told {
    code: &'static str,
    sentence: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    ask: &'static str,
}

/// A candidate, in figures and words.
#[derive(Serialize)]
struct Explained<'a> {
    person_id: &'a str,
    protected: bool,
    status: &'static str,
    evidence: Evidence,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_form: Option<NameForm>,
    reasons: Vec<Told>,
}

/// How far the register forms of two names had to be folded to be equal.
#[derive(Serialize)]
struct NameForm {
    grade: Grade,
    /// Which characters is told by `himozuke explain`, from the registry's own rows: an index has none.
    variants: [&'static str; 0],
}

impl<'a> Answer<'a> {
    pub(crate) fn of(
        record_id: &'a str,
        decision: &Decision,
        linker: &Linker<'a>,
        language: Language,
    ) -> Self {
        let (registry, policy) = (linker.registry(), linker.policy());
        let found = policy.coverage * policy.blocking_recall;
        let mut answer = Self {
            record_id,
            decision: "",
            none: 1.0,
            reasons: told(decision.reasons(), language),
            candidates_total: 0,
            address_withheld: decision.address_withheld(),
            expected_namesakes: None,
            margin_millibits: None,
            confidence_millibits: None,
            p_unique: None,
            rival: None,
            prior_millibits: log2(found / registry.len().max(1) as f64),
            none_millibits: log2(1.0 - found),
            unlisted: 0.0,
            candidates: Vec::new(),
        };
        let explained = |candidate: &Candidate| Explained::of(candidate, registry, language);
        match decision {
            Decision::Link(link) => {
                answer.decision = "link";
                answer.none = link.none;
                answer.candidates_total = 1;
                answer.expected_namesakes = Some(link.expected_namesakes);
                answer.margin_millibits = link.margin;
                answer.confidence_millibits = Some(link.confidence);
                answer.rival = link.rival.map(|rival| registry.id(rival));
                answer.candidates.push(explained(&link.candidate));
            }
            Decision::Review(review) => {
                answer.decision = "review";
                answer.none = review.none;
                answer.candidates_total = review.total;
                answer.expected_namesakes = Some(review.expected_namesakes);
                answer.margin_millibits = review.margin;
                answer.confidence_millibits = review.candidates.first().map(|_| review.confidence);
                answer.candidates.extend(review.candidates.iter().map(explained));
            }
            Decision::NoMatch(nobody) => {
                answer.decision = "no_match";
                answer.none = nobody.none;
            }
        }
        answer.p_unique = answer.expected_namesakes.map(unique);
        let listed: f64 = answer.candidates.iter().map(|own| own.evidence.posterior).sum();
        answer.unlisted = (1.0 - answer.none - listed).max(0.0);
        answer
    }
}

impl<'a> Explained<'a> {
    fn of(candidate: &Candidate, registry: &'a Registry, language: Language) -> Self {
        let evidence = candidate.evidence;
        let grade = evidence.comparison.name.grade().filter(|grade| *grade > Grade::Identical);
        Self {
            person_id: registry.id(candidate.resident),
            protected: candidate.protected,
            status: candidate.status.code(),
            evidence,
            name_form: grade.map(|grade| NameForm { grade, variants: [] }),
            reasons: told(evidence.reasons, language),
        }
    }
}

fn told(reasons: ReasonSet, language: Language) -> Vec<Told> {
    let tell = |reason: Reason| Told {
        code: reason.code(),
        sentence: language.pick(reason.en(), reason.ja()),
        ask: language.pick(reason.ask_en(), reason.ask_ja()),
    };
    reasons.iter().map(tell).collect()
}
