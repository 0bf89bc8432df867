//! From the working file to the results: every row into the decision log and into the file that it belongs to. Which file that
//! is, the job knows.

use himozuke::ReasonSet;

use super::Job;
use crate::{
    audit::DecisionLog,
    output::OutputError,
    work::{Coded, Entry},
};

/// What the files of a job say of a record.
pub trait Answer: Coded + Send + Sync {
    /// The fixed name of the answer.
    fn code(&self) -> &'static str;

    /// Why.
    fn reasons(&self) -> ReasonSet;
}

impl Job<'_> {
    /// Every row in the order of the file: `settle` makes of its answer what stands, knowing the row's place, counted from 0;
    /// then it is logged and handed to `take`, side by side.
    ///
    /// # Errors
    /// Where the working file cannot be read or the log not be written, and whatever `take` returns.
    pub fn write<A: Answer>(
        &self,
        log: &mut DecisionLog,
        settle: impl Fn(u64, &mut A),
        mut take: impl FnMut(&Entry<'_, A>) -> Result<(), OutputError> + Send,
    ) -> Result<(), OutputError> {
        let mut rows = 0..;
        for frame in self.journal.frames()? {
            let frame = frame?;
            let mut entries = frame.entries::<A>().ok_or_else(|| self.journal.damaged())?;
            for (entry, row) in entries.iter_mut().zip(&mut rows) {
                if let Entry::Answered { answer, .. } = entry {
                    settle(row, answer);
                }
            }
            let logged = || entries.iter().try_for_each(|entry| log_entry(log, entry));
            let (logged, taken) = rayon::join(logged, || entries.iter().try_for_each(&mut take));
            logged.and(taken)?;
        }
        Ok(())
    }
}

fn log_entry(log: &mut DecisionLog, entry: &Entry<'_, impl Answer>) -> Result<(), OutputError> {
    match entry {
        Entry::Answered { id, answer } => log.decision(id, answer.code(), answer.reasons()),
        Entry::Rejected(rejection) => log.rejection(rejection.id, rejection.code),
    }
}
