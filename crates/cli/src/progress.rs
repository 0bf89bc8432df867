//! How far a run is: a bar on a terminal, or a line of the log now and then; nothing anywhere else.

use std::{
    env,
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::{log::Log, said, words::Said};

/// A bar on standard error, or nothing where that is not a terminal. Without colour, so `NO_COLOR` has nothing to forbid.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// For a file of so many bytes.
    #[must_use]
    pub fn over_bytes(what: Said, length: u64) -> Self {
        Self::bar(what, length, "{prefix} {wide_bar} {percent:>3}% {binary_bytes_per_sec} {eta}")
    }

    fn bar(what: Said, length: u64, template: &str) -> Self {
        let dumb = env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        if dumb || !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr_with_hz(5));
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_prefix(what.as_ref().to_owned());
        bar.enable_steady_tick(Duration::from_secs(1));
        Self(bar)
    }

    /// So many bytes of the file are done.
    pub fn set(&self, bytes: u64) {
        self.0.set_position(bytes);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// How often a log is told how far a run is.
const LOGGED: Duration = Duration::from_secs(10);

/// How far the records are, with how many a second and how long it will take. Rows that a run before this one has decided
/// are passed in no time and say nothing of either.
#[derive(Debug)]
pub struct RecordProgress {
    bar: Progress,
    log: Log,
    length: u64,
    /// Since when, and from which byte and row on, rows are decided.
    begun: Instant,
    from: (u64, u64),
    logged: Instant,
}

/// A line of the log.
#[derive(Serialize)]
struct Now {
    rows: u64,
    percent: u64,
    rows_per_second: u64,
    seconds_left: u64,
}

impl RecordProgress {
    /// For a file of so many bytes.
    #[must_use]
    pub fn new(length: u64, log: Log) -> Self {
        let length = length.max(1);
        let bar = match log {
            Log::Text => {
                let what = said!("records"; "記録");
                Progress::bar(what, length, "{prefix} {wide_bar} {percent:>3}% {msg} {eta}")
            }
            Log::Json => Progress(ProgressBar::hidden()),
        };
        let now = Instant::now();
        Self { bar, log, length, begun: now, from: (0, 0), logged: now }
    }

    /// So many bytes and rows were decided before.
    pub fn recalled(&mut self, bytes: u64, rows: u64) {
        (self.begun, self.from) = (Instant::now(), (bytes, rows));
        self.bar.set(bytes);
        self.bar.0.reset_eta();
    }

    /// So many bytes and rows are done.
    pub fn set(&mut self, bytes: u64, rows: u64) {
        let now = self.now(bytes, rows);
        self.bar.set(bytes);
        let rate = now.rows_per_second;
        self.bar.0.set_message(said!("{rate} records/s"; "{rate}件/秒").as_ref().to_owned());
        if self.logged.elapsed() >= LOGGED {
            self.logged = Instant::now();
            self.log.event("progress", now);
        }
    }

    fn now(&self, bytes: u64, rows: u64) -> Now {
        let seconds = self.begun.elapsed().as_secs_f64().max(1e-3);
        let done = (bytes.saturating_sub(self.from.0) as f64).max(1.0);
        let left = self.length.saturating_sub(bytes) as f64;
        Now {
            rows,
            percent: bytes.min(self.length) * 100 / self.length,
            rows_per_second: (rows.saturating_sub(self.from.1) as f64 / seconds) as u64,
            seconds_left: (left / done * seconds) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decided_before_says_nothing_of_the_rate() {
        let mut progress = RecordProgress::new(1_000, Log::Json);
        progress.recalled(500, 40);
        progress.begun = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
        let Now { rows, percent, rows_per_second, seconds_left } = progress.now(600, 60);
        assert_eq!((rows, percent), (60, 60));
        assert!((1..=2).contains(&rows_per_second) && (39..=41).contains(&seconds_left));
    }
}
