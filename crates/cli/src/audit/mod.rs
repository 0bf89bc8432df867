//! The decision log: what a run decided and under which rules, without a value, an id or a hash of one. Lines of JSON, sealed
//! in blocks: each seal is the SHA-256 of the seal before it and of every byte since. Knows nothing of how decisions are made.

mod append;
mod chain;
mod lines;
mod purge;

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
    time::SystemTime,
};

use himozuke::Policy;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use self::chain::Chain;
pub use self::{
    append::append,
    chain::{Broken, Checked, check, verify},
    lines::{Lines, Logged, Why},
    purge::purge,
};
use crate::{
    failure::Failure,
    figures::instant,
    output::{CsvFile, Finished, OutDir, OutFile, OutputError},
    said,
    words::Said,
    work::{hex, not_json},
};

/// The log.
pub const LOG: &str = "decisions.log";
/// Which record each handle of the log stands for, where the office keeps that.
pub const HANDLES: &str = "handles.csv";

/// Decisions between two seals: a break is found within so many.
const SEALED: u64 = 1_024;

/// Who ran a command, as far as the system knows.
#[derive(Clone, Debug, Serialize)]
pub struct Operator {
    user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<u32>,
}

impl Operator {
    /// Whoever runs this process.
    #[must_use]
    pub fn now() -> Self {
        let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
        // A process owns its own entry; the variable above is only what it was told.
        #[cfg(unix)]
        let uid = fs::metadata("/proc/self").ok().map(|own| std::os::unix::fs::MetadataExt::uid(&own));
        #[cfg(not(unix))]
        let uid = None;
        Self { user: user.unwrap_or_default(), uid }
    }
}

/// The last seal of a log; `None` where there is none.
#[must_use]
pub fn last_seal(log: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Seal {
        seal: String,
    }
    let mut file = File::open(log).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(1 << 10))).ok()?;
    let mut end = Vec::new();
    file.read_to_end(&mut end).ok()?;
    let line = end.strip_suffix(b"\n")?.rsplit(|byte| *byte == b'\n').next()?;
    serde_json::from_slice::<Seal>(line).ok().map(|line| line.seal)
}

/// The first line: what the run was.
#[derive(Debug, Serialize)]
pub struct Opening<'a> {
    /// `run`.
    pub entry: &'static str,
    /// The version of the rules, of the list of reasons and of every table that is shipped with them.
    pub himozuke: &'static str,
    /// `link` or `verify`.
    pub command: &'a str,
    /// When it was begun.
    pub started: String,
    /// The day for which dates were judged.
    pub as_of: String,
    /// By whom.
    pub by: Operator,
    /// What the policy is known by: the SHA-256 of its settings, which `summary.json` has in full.
    pub policy_sha256: String,
    /// The SHA-256 of a table of variants of the office's own.
    pub mj_map_sha256: Option<String>,
    /// Whether individual numbers were read.
    pub numbers_accessed: bool,
    /// The last seal of the log that this run has replaced.
    pub replaces: Option<String>,
}

/// What a policy is known by.
///
/// # Errors
/// Where it cannot be written as JSON.
pub fn policy_fingerprint(policy: &Policy) -> Result<String, Failure> {
    let json = serde_json::to_vec(policy).map_err(not_json)?;
    Ok(hex(&Sha256::digest(json)))
}

/// What a table of variants is known by: it holds no personal data.
///
/// # Errors
/// Where it cannot be read.
pub fn file_fingerprint(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::unreadable(path, &error))?;
    Ok(hex(&Sha256::digest(bytes)))
}

/// What a run ends with.
#[derive(Serialize)]
struct Ending<'a, C> {
    entry: &'static str,
    time: String,
    rows: u64,
    answers: &'a C,
    /// Files of the run that are removed as its last act.
    removed: &'a [&'a str],
}

/// The log of a run, being written.
pub struct DecisionLog {
    chain: Chain<OutFile>,
    handles: Option<CsvFile>,
    decisions: u64,
}

impl std::fmt::Debug for DecisionLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DecisionLog").field("decisions", &self.decisions).finish_non_exhaustive()
    }
}

impl DecisionLog {
    /// Begins the log; with the file of handles, if they are kept.
    ///
    /// # Errors
    /// Where a file cannot be made or written.
    pub fn create(
        directory: &OutDir,
        opening: &Opening<'_>,
        keep_handles: bool,
    ) -> Result<Self, OutputError> {
        let handles = keep_handles.then(|| directory.create_csv(HANDLES, ["handle", "record_id"]));
        let mut chain = Chain::begin(directory.create(LOG)?);
        chain.line(opening)?;
        Ok(Self { chain, handles: handles.transpose()?, decisions: 0 })
    }

    /// Whether it is kept which record each handle stands for.
    #[must_use]
    pub const fn keeps_handles(&self) -> bool {
        self.handles.is_some()
    }

    /// Writes lines, each block of them under its seal.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn append(&mut self, lines: &Lines) -> Result<(), OutputError> {
        let mut from = 0;
        while from < lines.count() {
            let room = SEALED - self.decisions % SEALED;
            let to = lines.count().min(from + room as usize);
            self.chain.lines(lines.bytes(from..to))?;
            self.decisions += (to - from) as u64;
            if self.decisions.is_multiple_of(SEALED) {
                self.chain.seal()?;
            }
            from = to;
        }
        lines.handles().write(self.handles.as_mut_slice(), &mut [0])
    }

    /// Ends the log with what became of all records: its files, and the last seal.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn finish(
        self,
        answers: &impl Serialize,
        removed: &[&str],
    ) -> Result<(Vec<Finished>, String), OutputError> {
        let Self { mut chain, handles, decisions, .. } = self;
        let time = instant(SystemTime::now());
        chain.line(&Ending { entry: "end", time, rows: decisions, answers, removed })?;
        chain.seal()?;
        let (file, seal) = chain.end();
        let mut files = vec![file.finish()?];
        files.extend(handles.map(CsvFile::finish).transpose()?);
        Ok((files, seal))
    }
}

/// Where something is recorded.
#[must_use]
pub fn recorded(directory: &Path) -> Said {
    let log = directory.join(LOG);
    said!("recorded in {}", log.display(); "{} に記録しました", log.display())
}

/// What is told of a log by [`verify`].
fn say_checked(checked: &Checked, out: &mut impl Write) -> Result<(), Failure> {
    let Checked { decisions, seals, last, .. } = checked;
    let all = decisions.values().sum::<u64>();
    let mut lines = vec![said!(
        "{all} decisions under {seals} seals: the chain is unbroken";
        "判定{all}件、封印{seals}個: 鎖は切れていません"
    )];
    lines.extend(decisions.iter().map(|(decision, count)| Said::name(format!("  {decision}: {count}"))));
    lines.push(said!("last seal {last}"; "最後の封印 {last}"));
    Ok(crate::output::say(out, lines)?)
}
