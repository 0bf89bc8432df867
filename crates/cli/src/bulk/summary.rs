//! What a run says of itself: `summary.json`, the same whenever and wherever it is made, and `run.json`, which never is.

use himozuke::{Policy, model::Parameters};
use serde::Serialize;

use crate::{changes::ChangesFile, mj::MjMap, said, words::Said};

/// What `summary.json` holds: the same for the same inputs and policy, on every machine.
#[derive(Debug, Serialize)]
pub(super) struct Summary<A> {
    pub(super) himozuke: &'static str,
    /// Decided under another policy than the guideline's.
    pub(super) not_guideline: bool,
    /// The pairs of the user's own table of variants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mj_map: Option<MjMap>,
    pub(super) era_codes: EraCodes,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) private_use_characters: Option<PrivateUse>,
    pub(super) registry: RegistrySummary,
    #[serde(flatten)]
    pub(super) answers: A,
    pub(super) policy: Policy,
    /// The probabilities of a model of one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<Parameters>,
}

/// The families by which birth dates were read, wherever they were told.
#[derive(Debug, Serialize)]
pub(super) struct EraCodes {
    pub(super) registry: &'static str,
    pub(super) records: &'static str,
}

/// Characters (外字) that mean what the system says which wrote them: unknown ones, here.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct PrivateUse {
    pub(super) registry: u64,
    pub(super) records: u64,
}

impl PrivateUse {
    pub(super) const fn any(&self) -> bool {
        self.registry + self.records > 0
    }
}

#[derive(Debug, Serialize)]
pub(super) struct RegistrySummary {
    pub(super) encoding: String,
    pub(super) residents: usize,
    /// Individual numbers taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) numbers: Option<usize>,
    pub(super) rows_left_out: u64,
    pub(super) attributes_unknown: u64,
    /// Deleted rows of the changes whose id nobody had.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) nobody_removed: u64,
    /// Columns that the changes lack.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) blanked_by_changes: Vec<&'static str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl RegistrySummary {
    pub(super) fn warnings(&self) -> impl Iterator<Item = Said> + use<> {
        let Self { rows_left_out, attributes_unknown, nobody_removed, .. } = *self;
        let blanked = columns_were_blanked(&self.blanked_by_changes);
        let problems = (rows_left_out + attributes_unknown > 0).then(|| {
            said!(
                "warning: registry: {rows_left_out} rows left out and {attributes_unknown} attributes unknown; \
                 a namesake may be missing, see registry_problems.csv";
                "警告: 住民データの{rows_left_out}行を除き、{attributes_unknown}項目を不明としました。\
                 同姓同名の人が抜けているかもしれません。registry_problems.csv を確かめてください"
            )
        });
        let removed = (nobody_removed > 0).then(|| nobody_was_removed(nobody_removed));
        problems.into_iter().chain(removed).chain(blanked)
    }
}

/// What is said of deleted rows that took out nobody: who was meant may still be linked to.
pub fn nobody_was_removed(rows: u64) -> Said {
    said!(
        "warning: changes: {rows} deleted rows are of ids that nobody has; \
         see whether these are the changes of this registry, and whether ids are written as there";
        "警告: 異動のファイルの消除の行のうち{rows}行は、誰も持たない ID です。\
         この住民データの異動か、ID の書き方が住民データと同じかを確かめてください"
    )
}

/// What is said of columns that the changes lack; nothing of none.
pub fn columns_were_blanked(columns: &[&str]) -> Option<Said> {
    let (names, names_ja) = (columns.join(", "), columns.join("、"));
    (!columns.is_empty()).then(|| {
        said!(
            "warning: changes: there is no column {names}: whoever is changed is left without it, for a change replaces all that \
             is known of a resident; write whole rows as they stand in the register, or name another header with --map";
            "警告: 異動のファイルに {names_ja} 列がありません。異動の行は、その住民についてわかっていることすべてを置き換えるため、\
             この項目は不明になります。現在の登録どおりに行の全体を書くか、別の見出しであれば --map で指定してください"
        )
    })
}

/// What `run.json` holds: when and how, which is never the same twice.
#[derive(Debug, Serialize)]
pub(super) struct Run {
    pub(super) himozuke: &'static str,
    pub(super) started: String,
    pub(super) ended: String,
    pub(super) as_of: String,
    pub(super) threads: usize,
    /// What was laid over the registry; `null` for nothing.
    pub(super) changes: Option<ChangesFile>,
    /// Rows that were decided by a run that was stopped.
    pub(super) resumed_after: u64,
    /// The last seal of the decision log, which also says by whom and under what the run was: whoever writes it down elsewhere
    /// can tell later whether the log is still this one.
    pub(super) log_seal: String,
    pub(super) seconds: Seconds,
}

#[derive(Debug, Serialize)]
pub(super) struct Seconds {
    pub(super) registry: f64,
    pub(super) records: f64,
    pub(super) files: f64,
}
