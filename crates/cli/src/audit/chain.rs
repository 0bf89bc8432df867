//! Lines, and the seals that chain them: written, gone on with, and checked.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File},
    io::{self, BufRead, BufReader, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{LOG, say_checked};
use crate::{failure::Failure, output::OutputError, said, words::InJapanese, work::hex};

/// A line that seals those before it.
#[derive(Serialize)]
struct Seal<'a> {
    seal: &'a str,
}

/// A chain being written.
pub(super) struct Chain<W> {
    to: W,
    /// Of the last seal and what came since.
    hasher: Sha256,
    last: String,
    /// Room for a line.
    bytes: Vec<u8>,
}

impl<W: Write> Chain<W> {
    pub(super) fn begin(to: W) -> Self {
        Self { to, hasher: Sha256::new(), last: String::new(), bytes: Vec::new() }
    }

    /// Goes on behind the last seal of a chain.
    pub(super) fn behind(to: W, last: &str) -> Self {
        Self { to, hasher: Sha256::new_with_prefix(last), last: last.to_owned(), bytes: Vec::new() }
    }

    pub(super) fn line(&mut self, line: &impl Serialize) -> Result<(), OutputError> {
        self.write(line, true)
    }

    /// Lines that are written already, with their ends.
    pub(super) fn lines(&mut self, lines: &[u8]) -> Result<(), OutputError> {
        self.hasher.update(lines);
        self.to.write_all(lines).map_err(OutputError::io(Path::new(LOG)))
    }

    fn write(&mut self, line: &impl Serialize, hashed: bool) -> Result<(), OutputError> {
        let Self { to, hasher, bytes, .. } = self;
        bytes.clear();
        let written = serde_json::to_writer(&mut *bytes, line).map_err(io::Error::from).and_then(|()| {
            bytes.push(b'\n');
            if hashed {
                hasher.update(&*bytes);
            }
            to.write_all(bytes)
        });
        written.map_err(OutputError::io(Path::new(LOG)))
    }

    pub(super) fn seal(&mut self) -> Result<(), OutputError> {
        let seal = hex(&self.hasher.clone().finalize());
        self.write(&Seal { seal: &seal }, false)?;
        self.hasher = Sha256::new_with_prefix(&seal);
        self.last = seal;
        Ok(())
    }

    /// What was written to, and the last seal.
    pub(super) fn end(self) -> (W, String) {
        (self.to, self.last)
    }
}

/// What is in a log whose chain holds.
#[derive(Debug, Default)]
pub struct Checked {
    /// Decisions of each kind.
    pub decisions: BTreeMap<String, u64>,
    /// Seals.
    pub seals: u64,
    /// The last of them.
    pub last: String,
    /// Every seal, to find one that was written down elsewhere.
    sealed: Vec<String>,
}

/// Where a log is not what was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Broken {
    /// A seal does not go with the lines above it, or there is none below the last of them: something in these lines was
    /// changed, added, removed or put elsewhere.
    Between {
        /// The first line that may be at fault, from 1.
        first: u64,
        /// The line of the seal, or the last line.
        last: u64,
    },
    /// A line is not what a log holds.
    Line(u64),
    /// The log is whole in itself and ends before the seal that `run.json` has of it.
    CutOff,
    /// The answers do not add up to what the run said at its end.
    Count,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Between { first, last } => {
                write!(f, "the chain is broken between lines {first} and {last}")
            }
            Self::Line(line) => write!(f, "line {line} is none that a run writes"),
            Self::CutOff => f.write_str(
                "the seal that run.json has of the log is not in it: lines are missing, or it is another log",
            ),
            Self::Count => f.write_str("there are not as many decisions as the run said at its end"),
        }
    }
}

impl InJapanese for Broken {
    fn ja(&self) -> String {
        match self {
            Self::Between { first, last } => format!("{first}行目から{last}行目の間で鎖が切れています"),
            Self::Line(line) => format!("{line}行目は、実行が書く行ではありません"),
            Self::CutOff => {
                "run.json にある封印が判定記録にありません。行が失われたか、別の判定記録です".to_owned()
            }
            Self::Count => "判定の数が、実行が終わりに記した数と違います".to_owned(),
        }
    }
}

/// What matters of any line.
#[derive(Deserialize)]
struct Any {
    seal: Option<String>,
    decision: Option<String>,
    rows: Option<u64>,
}

/// Checks a chain from its first line to its last.
///
/// # Errors
/// Where it cannot be read; inside, where it is broken.
pub fn check(mut log: impl BufRead) -> io::Result<Result<Checked, Broken>> {
    let mut checked = Checked::default();
    let mut hasher = Sha256::new();
    let (mut line, mut first, mut told) = (0, 1, None);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if log.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        line += 1;
        let Ok(Any { seal, decision, rows }) = serde_json::from_slice(&bytes) else {
            return Ok(Err(Broken::Line(line)));
        };
        let Some(seal) = seal else {
            hasher.update(&bytes);
            told = told.or(rows);
            if let Some(decision) = decision {
                *checked.decisions.entry(decision).or_default() += 1;
            }
            continue;
        };
        // Nothing but the seal may stand on its line: it is not sealed itself.
        let mut own = Chain::begin(Vec::new());
        let same = own.write(&Seal { seal: &seal }, false).is_ok() && own.to == bytes;
        if !same || hex(&hasher.finalize()) != seal {
            return Ok(Err(Broken::Between { first, last: line }));
        }
        hasher = Sha256::new_with_prefix(&seal);
        first = line + 1;
        checked.seals += 1;
        checked.sealed.push(seal);
    }
    if first <= line || line == 0 {
        return Ok(Err(Broken::Between { first, last: line.max(first) }));
    }
    checked.last = checked.sealed.last().cloned().unwrap_or_default();
    let decisions: u64 = checked.decisions.values().sum();
    Ok(if told.is_none_or(|told| told == decisions) { Ok(checked) } else { Err(Broken::Count) })
}

/// `himozuke audit verify`: checks the log of a run, also against the seal that its `run.json` has.
///
/// # Errors
/// Where the log cannot be read or is not what was written, with the place.
pub fn verify(directory: &Path, out: &mut impl Write) -> Result<(), Failure> {
    let path = directory.join(LOG);
    if directory.is_dir() && !path.exists() {
        let directory = directory.display();
        let message = said!("{directory} holds no decision log"; "{directory} に判定記録がありません");
        let hint = said!(
            "give the --out of himozuke link or verify; a run with --out - keeps none";
            "himozuke link か verify の --out を指定してください。--out - の実行は判定記録を残しません"
        );
        return Err(Failure::usage(message, Some(hint)));
    }
    let unreadable = |error| Failure::unreadable(&path, &error);
    let log = File::open(&path).map_err(unreadable)?;
    let checked = check(BufReader::new(log)).map_err(unreadable)?;
    let stated = seal_of(&directory.join("run.json"));
    let checked = checked.and_then(|checked| match stated {
        Some(stated) if !checked.sealed.contains(&stated) => Err(Broken::CutOff),
        _ => Ok(checked),
    });
    match checked {
        Ok(checked) => say_checked(&checked, out),
        Err(broken) => {
            let path = path.display();
            Err(Failure::failed(said!("{path}: {broken}"; "{path}: {}", broken.ja())))
        }
    }
}

/// The seal that a run has stated of its log.
fn seal_of(run: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Run {
        log_seal: Option<String>,
    }
    serde_json::from_slice::<Run>(&fs::read(run).ok()?).ok()?.log_seal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Line {
        decision: &'static str,
        number: usize,
    }

    /// Five blocks of three decisions.
    fn log() -> String {
        let mut chain = Chain::begin(Vec::new());
        for number in 0..15 {
            chain.line(&Line { decision: "link", number }).unwrap();
            if number % 3 == 2 {
                chain.seal().unwrap();
            }
        }
        String::from_utf8(chain.end().0).unwrap()
    }

    fn broken(log: &str) -> Broken {
        check(log.as_bytes()).unwrap().unwrap_err()
    }

    #[test]
    fn an_unbroken_chain_is_counted_and_gone_on_with() {
        let log = log();
        let checked = check(log.as_bytes()).unwrap().unwrap();
        assert_eq!((checked.decisions["link"], checked.seals), (15, 5));
        let mut chain = Chain::behind(log.clone().into_bytes(), &checked.last);
        chain.line(&Line { decision: "link", number: 15 }).unwrap();
        chain.seal().unwrap();
        let longer = check(chain.end().0.as_slice()).unwrap().unwrap();
        assert_eq!((longer.seals, &longer.sealed[..5]), (6, &checked.sealed[..]));
    }

    #[test]
    fn whatever_is_done_to_a_line_breaks_its_block() {
        let log = log();
        let lines: Vec<&str> = log.split_inclusive('\n').collect();
        assert_eq!(lines.len(), 20);
        for at in 0..lines.len() {
            let block = Broken::Between { first: at as u64 / 4 * 4 + 1, last: at as u64 / 4 * 4 + 4 };
            let without: String = [&lines[..at], &lines[at + 1..]].concat().concat();
            assert!(matches!(broken(&without), Broken::Between { .. }), "line {at} removed");
            let doubled: String = [&lines[..=at], &lines[at..]].concat().concat();
            assert!(matches!(broken(&doubled), Broken::Between { .. }), "line {at} doubled");
            if at % 4 == 3 {
                continue;
            }
            let changed = lines[at].replace("link", "review");
            let changed: String = [&lines[..at], &[changed.as_str()], &lines[at + 1..]].concat().concat();
            assert_eq!(broken(&changed), block, "line {at} changed");
            let spaced = lines[at].replacen(':', ": ", 1);
            let spaced: String = [&lines[..at], &[spaced.as_str()], &lines[at + 1..]].concat().concat();
            assert_eq!(broken(&spaced), block, "line {at} written in another way");
        }
        let (first, second) = (lines[0..4].concat(), lines[4..8].concat());
        let exchanged = second + &first + &lines[8..].concat();
        assert_eq!(broken(&exchanged), Broken::Between { first: 1, last: 4 }, "blocks exchanged");
        assert_eq!(broken(""), Broken::Between { first: 1, last: 1 });
        assert_eq!(broken("link\n"), Broken::Line(1));
    }
}
