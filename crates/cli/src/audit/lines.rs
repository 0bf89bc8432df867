//! The lines of a log before they are written: made on any thread, each under a handle of its own.

use std::{io, ops::Range, path::Path};

use serde::Serialize;

use super::LOG;
use crate::{
    output::{OutputError, Sheet},
    work::hex,
};

/// What became of a record.
#[derive(Debug)]
pub struct Logged<'a> {
    /// The record's id, which the log does not have.
    pub id: &'a str,
    /// The fixed name of what became of it.
    pub decision: &'a str,
    /// Why, in codes joined by `|`.
    pub reasons: String,
}

/// One decision. The handle is random, and says something only to who has [`super::HANDLES`].
#[derive(Serialize)]
struct Decision<'a> {
    handle: &'a str,
    decision: &'a str,
    reasons: &'a str,
}

/// Lines of a log, one a record; with the handles that they stand under, if these are kept.
#[derive(Debug)]
pub struct Lines {
    bytes: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
    handles: Sheet,
}

/// Bytes of a handle: so many that no two records of any log will ever share one.
const HANDLE: usize = 16;

impl Lines {
    /// The lines of these records, in their order.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn of<'a>(
        records: impl ExactSizeIterator<Item = Logged<'a>>,
        keeps_handles: bool,
    ) -> Result<Self, OutputError> {
        let failed = |source| OutputError::io(Path::new(LOG))(source);
        let mut random = vec![0; records.len() * HANDLE];
        getrandom::fill(&mut random).map_err(|error| failed(io::Error::other(error.to_string())))?;
        let mut lines =
            Self { bytes: Vec::new(), ends: Vec::with_capacity(records.len()), handles: Sheet::default() };
        for (Logged { id, decision, reasons }, handle) in records.zip(random.chunks_exact(HANDLE)) {
            let handle = hex(handle);
            let line = Decision { handle: &handle, decision, reasons: &reasons };
            serde_json::to_writer(&mut lines.bytes, &line).map_err(|error| failed(error.into()))?;
            lines.bytes.push(b'\n');
            lines.ends.push(lines.bytes.len());
            if keeps_handles {
                lines.handles.row([&handle, id]);
            }
        }
        Ok(lines)
    }

    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of some of them, counted from 0.
    pub(super) fn bytes(&self, lines: Range<usize>) -> &[u8] {
        let end = |count: usize| count.checked_sub(1).and_then(|last| self.ends.get(last)).copied();
        self.bytes.get(end(lines.start).unwrap_or(0)..end(lines.end).unwrap_or(0)).unwrap_or_default()
    }

    /// Rows of the table of handles.
    pub(super) const fn handles(&self) -> &Sheet {
        &self.handles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_under_handles_of_their_own_wherever_they_are_cut() {
        use crate::audit::{SEALED, chain::Chain};
        let ids: Vec<String> = (0..3 * SEALED + 5).map(|number| number.to_string()).collect();
        let records = || ids.iter().map(|id| Logged { id, decision: "link", reasons: "twin".to_owned() });
        let lines = Lines::of(records(), true).unwrap();
        assert_eq!(lines.count(), ids.len());
        let all = lines.bytes(0..ids.len());
        assert!(lines.bytes(0..0).is_empty() && lines.bytes(7..7).is_empty());
        for cut in [0, 1, 1023, 1024, ids.len()] {
            assert_eq!([lines.bytes(0..cut), lines.bytes(cut..ids.len())].concat(), all, "cut at {cut}");
        }
        let handles: std::collections::BTreeSet<&[u8]> =
            all.split(|byte| *byte == b'\n').filter_map(|line| line.get(11..43)).collect();
        assert_eq!(handles.len(), ids.len(), "each line has a handle of its own");
        let mut chain = Chain::begin(Vec::new());
        chain.lines(all).unwrap();
        chain.seal().unwrap();
        let (log, last) = chain.end();
        let checked = crate::audit::check(log.as_slice()).unwrap().unwrap();
        assert_eq!((checked.decisions["link"], checked.last), (ids.len() as u64, last));
    }
}
