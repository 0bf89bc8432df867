//! What becomes of a run that is told to stop (Ctrl-C, SIGTERM, SIGHUP). It may be killed at any moment and go on later, so there is
//! nothing to do but to say so.

use std::{
    fs,
    path::PathBuf,
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    at_rest,
    failure::{Failure, Status},
    log::Log,
};

/// How far a run is, for whoever stops it.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    decided: Arc<AtomicU64>,
    /// The working directory, as long as there is one.
    work: Arc<Mutex<Option<PathBuf>>>,
    /// Whether another run can go on with what is decided.
    resumable: bool,
}

impl Stop {
    /// Makes signals end the process with last words. In a process that has other plans for them they are left alone.
    #[must_use]
    pub fn on_signals(log: Log, resumable: bool) -> Self {
        let stop = Self { resumable, ..Self::default() };
        let own = stop.clone();
        let _ = ctrlc::set_handler(move || own.end(log));
        stop
    }

    /// The run keeps its working files here; nowhere when it is over.
    pub fn works_in(&self, work: Option<PathBuf>) {
        *self.work.lock().unwrap_or_else(PoisonError::into_inner) = work;
    }

    /// So many rows are decided and in the working file.
    pub fn decided(&self, rows: u64) {
        self.decided.store(rows, Ordering::Relaxed);
    }

    fn end(&self, log: Log) {
        at_rest::show_again();
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        let (message, hint) = match (&*work, self.decided.load(Ordering::Relaxed)) {
            (None, _) => ("stopped by a signal".to_owned(), None),
            (Some(work), rows) if rows == 0 || !self.resumable => {
                // What stays is cleaned up by the next run.
                let _ = fs::remove_dir_all(work);
                let decided = if rows == 0 { "nothing was decided yet, and " } else { "" };
                (format!("stopped by a signal; {decided}nothing is left behind"), None)
            }
            (Some(_), rows) => {
                let hint = "go on with the same command and --resume, or start again with --force";
                (format!("stopped by a signal; {rows} rows are decided and kept"), Some(hint.to_owned()))
            }
        };
        log.failure(&Failure { status: Status::Stopped, message, hint });
        process::exit(Status::Stopped as i32);
    }
}
