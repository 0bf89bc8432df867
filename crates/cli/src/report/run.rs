//! What a run says of itself: `summary.json` and `run.json`.

use std::{collections::BTreeMap, fs, path::Path};

use himozuke::Policy;
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use crate::{args::Language, failure::Failure, figures::thousands, said};

/// A finished run.
pub(super) struct Finished {
    pub(super) summary: Summary,
    pub(super) run: Run,
}

impl Finished {
    pub(super) fn read(directory: &Path) -> Result<Self, Failure> {
        Ok(Self { summary: json(&directory.join("summary.json"))?, run: json(&directory.join("run.json"))? })
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        let (path, line) = (path.display(), error.line());
        let message = said!(
            "{path}, line {line}: not what this version writes of a run";
            "{path} の{line}行目: この版が実行について書くものと違います"
        );
        let hint = said!(
            "use the version of himozuke that made the run";
            "実行したときの版の himozuke を使ってください"
        );
        Failure::usage(message, Some(hint))
    })
}

/// `summary.json`.
#[derive(Deserialize)]
pub(super) struct Summary {
    pub(super) himozuke: String,
    pub(super) not_guideline: bool,
    pub(super) era_codes: EraCodes,
    pub(super) private_use_characters: Option<PrivateUse>,
    pub(super) registry: Registry,
    pub(super) records: Records,
    /// How many records have each reason, by what became of them.
    pub(super) reasons: BTreeMap<String, Counts>,
    #[serde(default)]
    pub(super) alerts: BTreeMap<String, Raised>,
    pub(super) estimates: Option<Estimates>,
    pub(super) policy: Policy,
    pub(super) model: Option<IgnoredAny>,
    pub(super) mj_map: Option<IgnoredAny>,
}

pub(super) type Counts = BTreeMap<String, u64>;

#[derive(Deserialize)]
pub(super) struct EraCodes {
    pub(super) registry: String,
    pub(super) records: String,
}

#[derive(Deserialize)]
pub(super) struct PrivateUse {
    pub(super) registry: u64,
    pub(super) records: u64,
}

#[derive(Deserialize)]
pub(super) struct Registry {
    pub(super) encoding: String,
    pub(super) residents: u64,
    pub(super) rows_left_out: u64,
    pub(super) attributes_unknown: u64,
}

#[derive(Deserialize)]
pub(super) struct Records {
    pub(super) encoding: String,
    pub(super) read: u64,
    pub(super) pairs_compared: u64,
    review: u64,
    rejected: u64,
    links: Option<u64>,
    no_match: Option<u64>,
    confirmed: Option<u64>,
    suspect: Option<u64>,
    pub(super) expected_wrong_links: Option<f64>,
    #[serde(default)]
    pub(super) held_by_budget: bool,
}

#[derive(Deserialize)]
pub(super) struct Raised {
    pub(super) alerts: u64,
    pub(super) rows: u64,
}

#[derive(Deserialize)]
pub(super) struct Estimates {
    pub(super) links: u64,
    pub(super) posteriors: Rate,
    pub(super) registered_and_found: Option<f64>,
    pub(super) decoys: Rate,
    pub(super) numbers: Option<Numbers>,
}

/// Wrong links per million, with the 95 % interval.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct Rate {
    pub(super) wrong_per_million: Option<f64>,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// What individual numbers say; shares from 0 to 1.
#[derive(Deserialize)]
pub(super) struct Numbers {
    pub(super) links: u64,
    share: Option<f64>,
    interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    low: f64,
    high: f64,
}

impl Numbers {
    pub(super) fn rate(&self) -> Rate {
        let Interval { low, high } = self.interval;
        Rate { wrong_per_million: self.share.map(|share| share * 1e6), low: low * 1e6, high: high * 1e6 }
    }
}

/// `run.json`.
#[derive(Deserialize)]
pub(super) struct Run {
    pub(super) started: String,
    pub(super) ended: String,
    pub(super) as_of: String,
    pub(super) threads: u64,
    #[serde(default)]
    pub(super) resumed_after: u64,
    #[serde(default)]
    pub(super) log_seal: String,
    pub(super) seconds: Seconds,
}

#[derive(Deserialize)]
pub(super) struct Seconds {
    pub(super) registry: f64,
    pub(super) records: f64,
    pub(super) files: f64,
}

impl Seconds {
    pub(super) fn all(&self) -> f64 {
        self.registry + self.records + self.files
    }
}

/// What can become of a record.
pub(super) struct Outcome {
    /// As `summary.json` calls it.
    pub(super) code: &'static str,
    pub(super) file: &'static str,
    pub(super) en: &'static str,
    pub(super) ja: &'static str,
    /// A colour of the page's.
    pub(super) color: &'static str,
    pub(super) records: u64,
}

impl Outcome {
    pub(super) const fn name(&self, lang: Language) -> &'static str {
        lang.pick(self.en, self.ja)
    }
}

const LINK: [[&str; 5]; 4] = [
    ["links", "links.csv", "linked", "紐付け", "#1f5fa8"],
    ["review", "review.csv", "to be reviewed", "要確認", "#d98a3d"],
    ["no_match", "no_match.csv", "no match", "該当なし", "#9aa4b2"],
    ["rejected", "rejected.csv", "rejected", "読取不能", "#a3293d"],
];

const VERIFY: [[&str; 5]; 4] = [
    ["confirmed", "confirmed.csv", "confirmed", "一致", "#1f5fa8"],
    ["review", "review.csv", "to be reviewed", "要確認", "#d98a3d"],
    ["suspect", "suspect.csv", "suspect", "別人の疑い", "#7a3fa0"],
    ["rejected", "rejected.csv", "rejected", "読取不能", "#a3293d"],
];

impl Summary {
    /// Whether the run verified numbers, and did not look for them.
    pub(super) const fn verified(&self) -> bool {
        self.records.confirmed.is_some()
    }

    /// What became of the records, in the order in which it is told.
    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        let Records { links, review, no_match, confirmed, suspect, rejected, .. } = self.records;
        let (names, counts) = if self.verified() {
            (VERIFY, [confirmed, Some(review), suspect, Some(rejected)])
        } else {
            (LINK, [links, Some(review), no_match, Some(rejected)])
        };
        let outcomes = names.into_iter().zip(counts).map(|([code, file, en, ja, color], records)| Outcome {
            code,
            file,
            en,
            ja,
            color,
            records: records.unwrap_or_default(),
        });
        outcomes.collect()
    }

    /// The law of conservation, from the figures themselves.
    pub(super) fn adds_up(&self) -> bool {
        self.outcomes().iter().map(|outcome| outcome.records).sum::<u64>() == self.records.read
    }

    /// The law with its figures.
    pub(super) fn conservation(&self, lang: Language) -> String {
        let outcomes = self.outcomes();
        let parts = outcomes.iter().map(|own| format!("{} {}", thousands(own.records), own.name(lang)));
        let sign = if self.adds_up() { "=" } else { "≠" };
        let read = lang.pick("read", "読込");
        format!("{} {read} {sign} {}", thousands(self.records.read), parts.collect::<Vec<_>>().join(" + "))
    }
}
