//! Residents who stay, as they were written, in the working file. Knows texts and rows.

use std::io;

use super::spill::{List, Run, Spill};
use crate::Record;
use crate::record::TEXTS;

/// Residents being written, rows ascending.
#[derive(Default)]
pub(super) struct Writing(List);

impl Writing {
    pub(super) fn push(&mut self, row: u32, resident: &Record<'_>, spill: &Spill) -> io::Result<()> {
        let texts = resident.texts();
        let size = texts.iter().map(|text| size_of::<u32>() + text.len()).sum::<usize>();
        let write = |to: &mut Vec<u8>| {
            to.extend(row.to_le_bytes());
            to.extend((size as u32).to_le_bytes());
            texts.iter().for_each(|text| to.extend((text.len() as u32).to_le_bytes()));
            texts.iter().for_each(|text| to.extend(text.as_bytes()));
        };
        if u32::try_from(size).is_err() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.add(write, spill)
    }

    pub(super) fn finish(self, spill: &Spill) -> io::Result<Written> {
        Ok(Written(self.0.finish(spill)?))
    }
}

/// Residents who were written.
pub(super) struct Written(Vec<Run>);

/// Residents of a list, one after the other.
struct Cursor<'w> {
    runs: std::slice::Iter<'w, Run>,
    bytes: Vec<u8>,
    at: usize,
}

impl Cursor<'_> {
    /// The row of the next resident, read into memory if it is not there yet.
    fn row(&mut self, spill: &Spill) -> io::Result<Option<u32>> {
        while self.at >= self.bytes.len() {
            let Some(run) = self.runs.next() else { return Ok(None) };
            (self.bytes, self.at) = (spill.read(&[*run])?, 0);
        }
        let row = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk());
        row.map(|row| Some(u32::from_le_bytes(*row))).ok_or_else(damaged)
    }

    /// Goes past the next resident, whose texts these are.
    fn pass(&mut self) -> io::Result<&[u8]> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ([_, size], _) = rest.as_chunks::<4>().0.split_first_chunk().ok_or_else(damaged)?;
        let texts = rest.get(8..8 + u32::from_le_bytes(*size) as usize).ok_or_else(damaged)?;
        self.at += 8 + texts.len();
        Ok(texts)
    }
}

/// Residents beside each other in memory.
const CHUNK: usize = 16_384;

/// Gives `take` the residents of some lists in the order of their rows, each once, some thousand at a time with their rows;
/// only those `wanted`, which is asked of every row.
pub(super) fn for_each<E: From<io::Error>>(
    lists: &[&Written],
    spill: &Spill,
    mut wanted: impl FnMut(u32) -> bool,
    mut take: impl FnMut(&[u32], &[Record<'_>]) -> Result<(), E>,
) -> Result<(), E> {
    let begin = lists.iter().map(|Written(runs)| Cursor { runs: runs.iter(), bytes: Vec::new(), at: 0 });
    let mut cursors: Vec<Cursor<'_>> = begin.collect();
    let mut heads = Vec::new();
    for cursor in &mut cursors {
        heads.push(cursor.row(spill)?);
    }
    let (mut rows, mut texts, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let next = heads.iter().flatten().min().copied();
        if rows.len() == CHUNK || next.is_none() {
            let mut start = 0;
            let residents = ends.iter().map(|end| {
                let own = texts.get(std::mem::replace(&mut start, *end)..*end).unwrap_or_default();
                read(own).ok_or_else(damaged)
            });
            take(&rows, &residents.collect::<io::Result<Vec<_>>>()?)?;
            rows.clear();
            texts.clear();
            ends.clear();
        }
        let Some(row) = next else { return Ok(()) };
        let mut wanted = wanted(row);
        for (cursor, head) in cursors.iter_mut().zip(&mut heads).filter(|(_, head)| **head == Some(row)) {
            let own = cursor.pass()?;
            // In each list it is the same.
            if std::mem::take(&mut wanted) {
                texts.extend(own);
                rows.push(row);
                ends.push(texts.len());
            }
            *head = cursor.row(spill)?;
        }
    }
}

/// The resident whose texts these are.
fn read(bytes: &[u8]) -> Option<Record<'_>> {
    let (sizes, mut rest) = bytes.split_at_checked(TEXTS * size_of::<u32>())?;
    let mut texts = [""; TEXTS];
    for (text, size) in texts.iter_mut().zip(sizes.as_chunks().0) {
        let own = rest.split_off(..u32::from_le_bytes(*size) as usize)?;
        *text = std::str::from_utf8(own).ok()?;
    }
    Some(Record::of_texts(texts))
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
