//! One candidate of a decision, as a waterfall of weights.

use himozuke::{Evidence, Weights, model::math::Millibits, normalize::name::NameKind};
use serde::Serialize;

use super::{
    explanation::{Told, padding},
    shown::{NameForm, Values},
};
use crate::{
    args::Language,
    figures::{bits, posterior},
};

/// A candidate, in figures and words.
#[derive(Debug, Serialize)]
pub(super) struct Explained {
    pub(super) person_id: String,
    pub(super) protected: bool,
    pub(super) status: &'static str,
    pub(super) evidence: Evidence,
    /// What made the register forms equal, where they are not the same characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name_form: Option<NameForm>,
    pub(super) reasons: Vec<Told>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<Values>,
}

impl Explained {
    /// Whether the names as registered today are equal by folding, so that their characters can be held side by side.
    pub(super) fn may_have_variants(&self) -> bool {
        self.name_form.is_some() && self.evidence.comparison.name.through == NameKind::Registered
    }

    /// The waterfall: what the candidate starts from, what each attribute adds, and where that ends.
    pub(super) fn lines(&self, rank: u32, prior: Millibits, lang: Language) -> Vec<String> {
        let Evidence { comparison, weights, .. } = &self.evidence;
        let Weights { family_name, given_name, birth_date, sex, address, household, total } = *weights;
        let former =
            if comparison.former_address.is_some() { lang.pick(" (former)", "（旧住所）") } else { "" };
        let names = [
            (lang.pick("prior", "事前"), String::new(), prior),
            (lang.pick("family name", "氏"), comparison.name.family().code().to_owned(), family_name),
            (lang.pick("given name", "名"), comparison.name.given().code().to_owned(), given_name),
        ];
        let others = [
            (lang.pick("birth date", "生年月日"), comparison.birth_date.code().to_owned(), birth_date),
            (lang.pick("sex", "性別"), comparison.sex.code().to_owned(), sex),
            (lang.pick("address", "住所"), format!("{}{former}", comparison.address.level.code()), address),
            (lang.pick("household", "同一世帯の可能性"), String::new(), household),
        ];
        let protected = if self.protected { lang.pick(", protected", "、支援措置") } else { "" };
        let mut lines = vec![format!(
            "{rank}. {}  {} {}  ({}{protected})",
            self.person_id,
            lang.pick("posterior", "事後確率"),
            posterior(self.evidence.posterior),
            self.status,
        )];
        lines.extend(self.values.iter().flat_map(|values| values.lines(lang)));
        let told =
            |(name, level, weight): (&str, String, Millibits)| step(name, &level, weight, &bar(weight));
        lines.extend(names.map(told));
        lines.extend(self.name_form.iter().map(|form| form.line(lang)));
        lines.extend(others.map(told));
        lines.push(step(lang.pick("total", "計"), "", prior.saturating_add(total), ""));
        if !self.reasons.is_empty() {
            let codes: Vec<&str> = self.reasons.iter().map(|reason| reason.code).collect();
            lines.push(format!("   {}", codes.join(" | ")));
        }
        lines
    }
}

/// One line of the waterfall.
fn step(name: &str, level: &str, weight: Millibits, bar: &str) -> String {
    let space = padding(name);
    let sign = if weight > 0 { "+" } else { "" };
    let line = format!("   {name}{space}{level:<22}{:>9}  {bar}", format!("{sign}{}", bits(weight)));
    line.trim_end().to_owned()
}

/// A block for each bit, up to 40.
fn bar(weight: Millibits) -> String {
    let blocks = (weight.unsigned_abs() as usize).div_ceil(1000).min(40);
    if weight < 0 { "░" } else { "█" }.repeat(blocks)
}
