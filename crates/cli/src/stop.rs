//! What becomes of a run that is told to stop (Ctrl-C, SIGTERM, SIGHUP). It may be killed at any moment and go on later, so there is
//! nothing to do but to say so.

use std::{
    fs,
    path::PathBuf,
    process,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    at_rest,
    failure::{Failure, Status},
    log::Log,
    said,
};

/// How far a run is, for whoever stops it.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    work: Arc<Mutex<Work>>,
    /// Whether another run can go on with what is decided.
    resumable: bool,
}

#[derive(Debug, Default)]
struct Work {
    /// The working directory, as long as there is one.
    directory: Option<PathBuf>,
    /// Rows that are decided and in the working file.
    decided: u64,
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

    /// The run keeps its working files here, and so many rows are decided in them.
    pub fn works_in(&self, directory: PathBuf, decided: u64) {
        *self.work() = Work { directory: Some(directory), decided };
    }

    /// The run is over, and has no working files.
    pub fn works_no_more(&self) {
        *self.work() = Work::default();
    }

    /// Writes to the working file. Whoever stops the run meanwhile waits, so that what is said of it is what is there.
    ///
    /// # Errors
    /// As `write`, which tells how many rows are decided and in the file then.
    pub fn decide<E>(&self, write: impl FnOnce() -> Result<u64, E>) -> Result<(), E> {
        let mut work = self.work();
        work.decided = write()?;
        Ok(())
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, log: Log) {
        at_rest::show_again();
        let work = self.work();
        let (message, hint) = match (&work.directory, work.decided) {
            (None, _) => (said!("stopped by a signal"; "シグナルで止まりました"), None),
            (Some(work), rows) if rows == 0 || !self.resumable => {
                // What stays is cleaned up by the next run.
                let _ = fs::remove_dir_all(work);
                let message = match rows {
                    0 => said!(
                        "stopped by a signal; nothing was decided yet, and nothing is left behind";
                        "シグナルで止まりました。まだ何も判定しておらず、何も残っていません"
                    ),
                    _ => said!(
                        "stopped by a signal; nothing is left behind";
                        "シグナルで止まりました。何も残っていません"
                    ),
                };
                (message, None)
            }
            (Some(_), rows) => {
                let hint = said!(
                    "go on with the same command and --resume, or start again with --force";
                    "同じコマンドに --resume を付けて続けるか、--force で初めからやり直してください"
                );
                let message = said!(
                    "stopped by a signal; {rows} rows are decided and kept";
                    "シグナルで止まりました。判定済みの{rows}行は残っています"
                );
                (message, Some(hint))
            }
        };
        log.failure(&Failure { status: Status::Stopped, message, hint });
        process::exit(Status::Stopped as i32);
    }
}
