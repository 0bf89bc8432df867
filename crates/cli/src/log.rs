//! What a run tells while it is at work: sentences for people, or on request one JSON object a line for machines. Counts,
//! times and names of files; never a value of a record.

use std::{
    io::{self, Write},
    path::Path,
    time::SystemTime,
};

use clap::ValueEnum;
use serde::Serialize;

use crate::{failure::Failure, figures::instant, said};

/// How a run tells what it does.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Log {
    /// Sentences, and a bar on a terminal
    #[default]
    Text,
    /// One JSON object a line, on standard error
    Json,
}

/// Standard error, to which somebody may listen no more: a run does not fail for want of listeners.
#[derive(Clone, Copy, Debug)]
pub struct Listeners;

impl Write for Listeners {
    fn write(&mut self, told: &[u8]) -> io::Result<usize> {
        let _ = io::stderr().write_all(told);
        Ok(told.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn tell(line: &str) {
    let _ = Listeners.write_all(format!("{line}\n").as_bytes());
}

/// A line of the log.
#[derive(Serialize)]
struct Line<'a, D> {
    time: String,
    event: &'a str,
    #[serde(flatten)]
    details: D,
}

/// What went wrong.
#[derive(Serialize)]
struct Failed<'a> {
    status: u8,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

/// A file of settings.
#[derive(Serialize)]
struct Settings<'a> {
    file: &'a str,
}

impl Log {
    /// Tells machines of an event; people see a bar instead.
    pub fn event(self, event: &str, details: impl Serialize) {
        let time = instant(SystemTime::now());
        if self == Self::Json
            && let Ok(line) = serde_json::to_string(&Line { time, event, details })
        {
            tell(&line);
        }
    }

    /// Tells where settings come from: a file in the working directory must not go unnoticed.
    pub fn configuration(self, path: &Path) {
        let file = path.display().to_string();
        match self {
            Self::Json => self.event("configuration", Settings { file: &file }),
            Self::Text => tell(said!("settings: {file}"; "設定: {file}").as_ref()),
        }
    }

    /// Tells why a run ended.
    pub fn failure(self, failure: &Failure) {
        let Failure { status, message, hint } = failure;
        match self {
            Self::Json => {
                let (message, hint) = (message.as_ref(), hint.as_ref().map(AsRef::as_ref));
                self.event("failed", Failed { status: *status as u8, message, hint });
            }
            Self::Text => {
                tell(said!("error: {}", message.en; "エラー: {}", message.ja).as_ref());
                if let Some(hint) = hint {
                    tell(said!("hint: {}", hint.en; "ヒント: {}", hint.ja).as_ref());
                }
            }
        }
    }
}
