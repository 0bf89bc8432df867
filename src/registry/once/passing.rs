//! The names and blocks of everybody who went by, on their birth dates, in the working file: whoever has a rival is told by them
//! without being read again. Knows keys and rows.

use std::io;

use rayon::prelude::*;

use super::keys::Keys;
use super::spill::{List, Run, Spill};
use crate::person::PersonView;
use crate::registry::dated::{UNDATED, filed_day};
use crate::registry::keys::{Whole, on_day};

/// Whole names on a birth date, and blocks on it and on none: who has one of the [`offers`] of somebody is a rival of theirs.
fn questions(resident: PersonView<'_>, keys: &mut Vec<u64>) {
    let day = filed_day(resident.birth_date);
    let names =
        resident.names().flat_map(|name| [Whole::Register, Whole::Reading].map(|whole| whole.key(name)));
    keys.extend(names.flatten().map(|key| on_day(key, day)));
    for block in resident.addresses().filter_map(|address| address.block_key()) {
        keys.extend([on_day(block, day), on_day(block, UNDATED)]);
    }
}

/// What finds the rivals of a resident, as [`questions`] has it: those of a name on the same birth date or on none, and those
/// of the block on the same birth date, or on any if there is none.
pub(super) fn offers(resident: PersonView<'_>) -> impl Iterator<Item = u64> {
    let day = filed_day(resident.birth_date);
    let names =
        resident.names().flat_map(|name| [Whole::Register, Whole::Reading].map(|whole| whole.key(name)));
    let names = names.flatten().flat_map(move |key| [on_day(key, day), on_day(key, UNDATED)]);
    let block = resident.address.and_then(|address| address.block_key());
    names.chain(block.map(move |key| on_day(key, day)))
}

/// Writes what a resident asks, for [`Passing::push`].
pub(super) fn write(resident: PersonView<'_>, keys: &mut Vec<u64>, to: &mut Vec<u8>) {
    keys.clear();
    questions(resident, keys);
    to.extend((keys.len() as u32).to_le_bytes());
    keys.iter().for_each(|key| to.extend(key.to_le_bytes()));
}

/// Everybody who goes by, in order.
#[derive(Default)]
pub(super) struct Passing(List);

impl Passing {
    /// Takes in residents who were written, the first of whom has this row.
    pub(super) fn push(&mut self, first: u32, written: &[u8], spill: &Spill) -> io::Result<()> {
        let piece = |to: &mut Vec<u8>| {
            to.extend(first.to_le_bytes());
            to.extend((written.len() as u32).to_le_bytes());
            to.extend(written);
        };
        self.0.add(piece, spill)
    }

    /// Everybody went by.
    pub(super) fn finish(self, spill: &Spill) -> io::Result<Passed> {
        Ok(Passed(self.0.finish(spill)?))
    }
}

/// All who went by.
pub(super) struct Passed(Vec<Run>);

impl Passed {
    /// The rows of all who ask for one of the keys, in order.
    pub(super) fn asking(&self, keys: &Keys, spill: &Spill) -> io::Result<Vec<u32>> {
        let of_run = |run: &Run| {
            let bytes = spill.read(&[*run])?;
            let (mut rest, mut rows) = (bytes.as_slice(), Vec::new());
            while let Some(first) = number(&mut rest) {
                let mut piece = number(&mut rest)
                    .and_then(|size| rest.split_off(..size as usize))
                    .ok_or(io::ErrorKind::InvalidData)?;
                for row in first.. {
                    let Some(count) = number(&mut piece) else { break };
                    let own = piece.split_off(..count as usize * size_of::<u64>());
                    let own = own.ok_or(io::ErrorKind::InvalidData)?.as_chunks().0;
                    if own.iter().any(|key| keys.find(u64::from_le_bytes(*key)).is_some()) {
                        rows.push(row);
                    }
                }
            }
            Ok(rows)
        };
        let rows: Vec<Vec<u32>> = self.0.par_iter().map(of_run).collect::<io::Result<_>>()?;
        Ok(rows.concat())
    }
}

/// The number that comes next.
fn number(bytes: &mut &[u8]) -> Option<u32> {
    let number = bytes.split_off(..size_of::<u32>())?;
    number.first_chunk().map(|number| u32::from_le_bytes(*number))
}
