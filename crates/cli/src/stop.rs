//! What becomes of a run that is told to stop (Ctrl-C, SIGTERM). It may be killed at any moment and go on later, so there is
//! nothing to do but to say so.
#![expect(clippy::print_stderr, reason = "the last words of a run")]

use std::{
    fs,
    path::PathBuf,
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::failure::Status;

/// How far a run is, for whoever stops it.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    decided: Arc<AtomicU64>,
    /// The working directory, as long as there is one.
    work: Arc<Mutex<Option<PathBuf>>>,
}

impl Stop {
    /// Makes signals end the process with last words. In a process that has other plans for them they are left alone.
    #[must_use]
    pub fn on_signals() -> Self {
        let stop = Self::default();
        let own = stop.clone();
        let _ = ctrlc::set_handler(move || own.end());
        stop
    }

    /// The run keeps its working files here; nowhere when it is over.
    pub fn works_in(&self, work: Option<PathBuf>) {
        *self.work.lock().unwrap_or_else(PoisonError::into_inner) = work;
    }

    /// So many rows are decided and on the disk.
    pub fn decided(&self, rows: u64) {
        self.decided.store(rows, Ordering::Relaxed);
    }

    /// Ends the process. The lock is held to the end: nobody moves the working files meanwhile.
    fn end(&self) {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*work, self.decided.load(Ordering::Relaxed)) {
            (None, _) => eprintln!("error: stopped by a signal"),
            (Some(work), 0) => {
                let _ = fs::remove_dir_all(work);
                eprintln!("error: stopped by a signal; nothing was decided yet, and nothing is left behind");
            }
            (Some(_), rows) => {
                eprintln!("error: stopped by a signal; {rows} rows are decided and kept");
                eprintln!("hint: go on with the same command and --resume, or start again with --force");
            }
        }
        process::exit(Status::Stopped as i32);
    }
}
