//! How far a run is, on a terminal; nothing anywhere else.

use std::{env, io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on standard error, or nothing where that is not a terminal. Without colour, so `NO_COLOR` has nothing to forbid.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// For a file of so many bytes.
    #[must_use]
    pub fn over_bytes(what: &'static str, length: u64) -> Self {
        let dumb = env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        if dumb || !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr_with_hz(5));
        let template = "{prefix} {wide_bar} {percent:>3}% {binary_bytes_per_sec} {eta}";
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_prefix(what);
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
