//! The lines of a log before they are written: made on any thread, each under a handle of its own.

use std::{io, ops::Range, path::Path};

use himozuke::ReasonSet;

use super::LOG;
use crate::{
    figures::write_codes,
    output::{OutputError, Sheet},
    work::hex_digits,
};

/// What became of a record.
#[derive(Debug)]
pub struct Logged<'a> {
    /// The record's id, which the log does not have.
    pub id: &'a str,
    /// The fixed name of what became of it.
    pub decision: &'a str,
    /// Why.
    pub reasons: Why<'a>,
}

/// Why something became of a record.
#[derive(Clone, Copy, Debug)]
pub enum Why<'a> {
    /// For these reasons of a decision: their codes, joined by `|`.
    Decided(ReasonSet),
    /// For the problem of this code.
    Unreadable(&'a str),
}

/// Lines of a log, one a record; with the handles that they stand under, if these are kept.
#[derive(Debug)]
pub struct Lines {
    bytes: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
    handles: Sheet,
}

/// Bytes of a line, about: few are longer.
const LINE: usize = 160;

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
        let bytes = Vec::with_capacity(records.len() * LINE);
        let mut lines = Self { bytes, ends: Vec::with_capacity(records.len()), handles: Sheet::default() };
        for (Logged { id, decision, reasons }, random) in records.zip(random.chunks_exact(HANDLE)) {
            let mut handle = [0; 2 * HANDLE];
            for (place, byte) in handle.chunks_exact_mut(2).zip(random) {
                place.copy_from_slice(&hex_digits(*byte));
            }
            lines.push(&handle, decision, reasons).map_err(failed)?;
            if keeps_handles {
                lines.handles.row(|row| {
                    row.plain(|to| to.extend_from_slice(&handle));
                    row.cell(id);
                });
            }
        }
        Ok(lines)
    }

    /// One decision, as a JSON object. The handle is random, and says something only to who has [`super::HANDLES`].
    fn push(&mut self, handle: &[u8], decision: &str, reasons: Why<'_>) -> io::Result<()> {
        let to = &mut self.bytes;
        to.extend_from_slice(b"{\"handle\":\"");
        to.extend_from_slice(handle);
        to.extend_from_slice(b"\",\"decision\":");
        write_json(decision, to)?;
        to.extend_from_slice(b",\"reasons\":");
        match reasons {
            Why::Decided(reasons) => {
                to.push(b'"');
                write_codes(reasons, to);
                to.push(b'"');
            }
            Why::Unreadable(code) => write_json(code, to)?,
        }
        to.extend_from_slice(b"}\n");
        self.ends.push(to.len());
        Ok(())
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

/// Appends a text as JSON: as it stands in quotes, as nearly every one can.
fn write_json(text: &str, to: &mut Vec<u8>) -> io::Result<()> {
    if text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        return Ok(serde_json::to_writer(to, text)?);
    }
    to.push(b'"');
    to.extend_from_slice(text.as_bytes());
    to.push(b'"');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use himozuke::Reason;
    use proptest::prelude::*;
    use serde::Serialize;

    /// A line as the library of JSON writes it.
    #[derive(Serialize)]
    struct Decision<'a> {
        handle: &'a str,
        decision: &'a str,
        reasons: &'a str,
    }

    proptest! {
        #[test]
        fn lines_are_json(decision in "[a-z_]{0,8}|.{0,4}|[髙\"\\\\\\x00-\\x7F]{0,4}", code: String, bits: u128) {
            let set = ReasonSet::from_bits(bits);
            for (reasons, text) in [(Why::Decided(set), set.to_string()), (Why::Unreadable(&code), code.clone())] {
                let lines = Lines::of([Logged { id: "1", decision: &decision, reasons }].into_iter(), true).unwrap();
                let handle = std::str::from_utf8(&lines.bytes[11..43]).unwrap();
                let line = Decision { handle, decision: &decision, reasons: &text };
                prop_assert_eq!(&lines.bytes, &[serde_json::to_vec(&line).unwrap(), b"\n".to_vec()].concat());
            }
        }
    }

    #[test]
    fn lines_stand_under_handles_of_their_own_wherever_they_are_cut() {
        use crate::audit::{SEALED, chain::Chain};
        let ids: Vec<String> = (0..3 * SEALED + 5).map(|number| number.to_string()).collect();
        let reasons = Why::Decided([Reason::Twin].into_iter().collect());
        let records = || ids.iter().map(|id| Logged { id, decision: "link", reasons });
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
