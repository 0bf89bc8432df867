//! A decision in figures and words, without a value of an attribute unless one is put in.

use himozuke::{
    Candidate, Decision, Policy, Reason, ReasonSet, ResidentIndex,
    model::{
        math::{Millibits, log2},
        unique,
    },
};
use serde::Serialize;

use super::{
    candidate::Explained,
    shown::{NameForm, Values},
};
use crate::{
    args::Language,
    figures::{bits, number, posterior, probability},
};

/// All that is shown; without values unless they were asked for.
#[derive(Debug, Serialize)]
pub struct Explanation {
    record_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
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
    /// How sure it is that the best candidate is meant ([`Decision::confidence`]), where one was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence_millibits: Option<Millibits>,
    /// P(nobody outside the registry shares name and birth date), from their expected number.
    #[serde(skip_serializing_if = "Option::is_none")]
    p_unique: Option<f64>,
    /// Who comes second to a link, and so sets its margin.
    #[serde(skip_serializing_if = "Option::is_none")]
    rival: Option<String>,
    /// log2 of P(registered and found) / residents: what each candidate starts from.
    prior_millibits: Millibits,
    /// log2 of P(not registered, or registered and not found): what "none of them" starts from.
    none_millibits: Millibits,
    /// The probability left for candidates that are not listed.
    unlisted: f64,
    pub(super) candidates: Vec<Explained>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<Values>,
}

/// A reason, in words.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pub(super) code: &'static str,
    pub(super) sentence: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) ask: &'static str,
}

impl Explanation {
    /// What is told of a decision.
    pub fn of(
        record_id: &str,
        line: Option<u64>,
        decision: &Decision,
        policy: &Policy,
        residents: usize,
        id: impl Fn(ResidentIndex) -> String,
        lang: Language,
    ) -> Self {
        let explained = |candidate: &Candidate| Explained {
            person_id: id(candidate.resident),
            protected: candidate.protected,
            status: candidate.status.code(),
            evidence: candidate.evidence,
            name_form: NameForm::of(&candidate.evidence.comparison.name),
            reasons: told(candidate.evidence.reasons, lang),
            values: None,
        };
        let mut explanation = Self {
            record_id: record_id.to_owned(),
            line,
            decision: "",
            none: 1.0,
            reasons: told(decision.reasons(), lang),
            candidates_total: 0,
            address_withheld: decision.address_withheld(),
            expected_namesakes: None,
            p_unique: None,
            margin_millibits: None,
            confidence_millibits: None,
            rival: None,
            none_millibits: log2(1.0 - policy.coverage * policy.blocking_recall),
            unlisted: 0.0,
            prior_millibits: log2(policy.coverage * policy.blocking_recall / residents.max(1) as f64),
            candidates: Vec::new(),
            values: None,
        };
        match decision {
            Decision::Link(link) => {
                explanation.decision = "link";
                explanation.none = link.none;
                explanation.candidates_total = 1;
                explanation.expected_namesakes = Some(link.expected_namesakes);
                explanation.margin_millibits = link.margin;
                explanation.confidence_millibits = Some(link.confidence);
                explanation.rival = link.rival.map(&id);
                explanation.candidates.push(explained(&link.candidate));
            }
            Decision::Review(review) => {
                explanation.decision = "review";
                explanation.none = review.none;
                explanation.candidates_total = review.total;
                explanation.expected_namesakes = Some(review.expected_namesakes);
                explanation.margin_millibits = review.margin;
                explanation.confidence_millibits = review.candidates.first().map(|_| review.confidence);
                explanation.candidates.extend(review.candidates.iter().map(explained));
            }
            Decision::NoMatch(no_match) => {
                explanation.decision = "no_match";
                explanation.none = no_match.none;
            }
        }
        explanation.p_unique = explanation.expected_namesakes.map(unique);
        let listed: f64 = explanation.candidates.iter().map(|own| own.evidence.posterior).sum();
        explanation.unlisted = (1.0 - explanation.none - listed).max(0.0);
        explanation
    }

    pub(super) fn lines(&self, lang: Language) -> Vec<String> {
        let decided = match self.decision {
            "link" => lang.pick("link", "紐付け"),
            "review" => lang.pick("review", "要確認"),
            "no_match" => lang.pick("no match", "該当なし"),
            other => other,
        };
        let mut lines = vec![match self.line {
            Some(line) if lang == Language::Ja => format!("{} ({line}行目): {decided}", self.record_id),
            Some(line) => format!("{} (line {line}): {decided}", self.record_id),
            None => format!("{}: {decided}", self.record_id),
        }];
        lines.extend(self.values.iter().flat_map(|values| values.lines(lang)));
        lines.extend(self.figures(lang));
        lines.extend(self.reasons.iter().flat_map(|reason| reason.lines(lang)));
        for (rank, candidate) in (1..).zip(&self.candidates) {
            lines.push(String::new());
            lines.extend(candidate.lines(rank, self.prior_millibits, lang));
        }
        if self.candidates_total > self.candidates.len() {
            let more = self.candidates_total - self.candidates.len();
            lines.push(format!("{} {more}", lang.pick("not listed:", "ほかの候補:")));
        }
        lines
    }

    /// What holds for the record as a whole.
    fn figures(&self, lang: Language) -> Vec<String> {
        let mut figures = vec![(
            lang.pick("P(none of them)", "該当者なしの確率"),
            format!(
                "{}  ({} {})",
                probability(self.none),
                lang.pick("from a prior of", "事前"),
                bits(self.none_millibits)
            ),
        )];
        if self.unlisted > 1e-12 {
            figures.push((lang.pick("P(unlisted)", "表示外の候補の確率"), probability(self.unlisted)));
        }
        if let (Some(expected), Some(unique)) = (self.expected_namesakes, self.p_unique) {
            let title = lang.pick("P(unique)", "登録外に同名なし");
            let expected = format!(
                "{}  ({} {})",
                posterior(unique),
                lang.pick("expected namesakes outside", "登録外の見込み人数"),
                number(expected)
            );
            figures.push((title, expected));
        }
        if let Some(margin) = self.margin_millibits {
            let rival = self.rival.as_ref().map_or(String::new(), |rival| format!("  ({rival})"));
            figures.push((lang.pick("margin", "次の候補との差"), format!("{}{rival}", bits(margin))));
        }
        if let Some(confidence) = self.confidence_millibits {
            let (bits, title) = (bits(confidence), lang.pick("confidence", "確信度"));
            let told = match lang {
                Language::En => format!("{bits} bits  (against everybody else, registered or not)"),
                Language::Ja => format!("{bits} ビット  (登録外も含むほかの人すべてに対して)"),
            };
            figures.push((title, told));
        }
        figures.into_iter().map(|(title, figure)| format!("{title}{} {figure}", padding(title))).collect()
    }
}

fn told(reasons: ReasonSet, lang: Language) -> Vec<Told> {
    let tell = |reason: Reason| Told {
        code: reason.code(),
        sentence: lang.pick(reason.en(), reason.ja()),
        ask: lang.pick(reason.ask_en(), reason.ask_ja()),
    };
    reasons.iter().map(tell).collect()
}

impl Told {
    fn lines(&self, lang: Language) -> Vec<String> {
        let mut lines = vec![format!("  {}: {}", self.code, self.sentence)];
        if !self.ask.is_empty() {
            lines.push(format!("    {} {}", lang.pick("->", "→"), self.ask));
        }
        lines
    }
}

/// The space after a title, in a terminal, where kanji are two columns wide.
pub(super) fn padding(title: &str) -> String {
    let width: usize = title.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    " ".repeat(18usize.saturating_sub(width))
}
