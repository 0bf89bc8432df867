//! Ids that come again in a registry of which they are not kept: their hashes wait in the working file, and two that are the
//! same are held against each other when the registry goes by a second time. Knows ids and rows.

use std::io;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::spill::{Run, Spill};
use crate::Record;
use crate::hash::KeyHasher;
use crate::registry::RegistryError;

/// Parts by the first bits of a hash, sorted one by one.
const SHARDS: usize = 64;
/// Hashes of one part that are held in memory.
const ROOM: usize = 1 << 14;
/// Pairs that are held against each other, the first ones of the file. Hashes of 64 bits of different ids are hardly ever the
/// same: one pair is enough.
const MOST: usize = 1_024;

pub(super) fn hash(id: &str) -> u64 {
    KeyHasher::new(7).text(id.chars()).finish()
}

/// Ids going by. As long as they ascend, none comes again.
#[derive(Default)]
pub(super) struct Ids {
    last: String,
    rows: u32,
    unordered: bool,
    shards: Vec<Shard>,
}

#[derive(Default)]
struct Shard {
    /// Hashes and rows.
    hashes: Vec<(u64, u32)>,
    runs: Vec<Run>,
}

impl Ids {
    /// Takes in ids, with their hashes.
    pub(super) fn push<'r>(
        &mut self,
        ids: impl Iterator<Item = (&'r str, u64)>,
        spill: &Spill,
    ) -> io::Result<()> {
        self.shards.resize_with(SHARDS, Default::default);
        let before = std::mem::take(&mut self.last);
        let mut last = before.as_str();
        for (id, hash) in ids {
            self.unordered |= self.rows > 0 && last >= id;
            last = id;
            let row = self.rows;
            self.rows += 1;
            let shard = self.shards.get_mut((hash >> (u64::BITS - SHARDS.trailing_zeros())) as usize);
            let Some(Shard { hashes, runs }) = shard else { continue };
            hashes.push((hash, row));
            if hashes.len() == ROOM {
                let bytes: Vec<u8> = hashes.drain(..).flat_map(|(hash, row)| to_bytes(hash, row)).collect();
                runs.push(spill.write(&bytes)?);
            }
        }
        self.last = last.to_owned();
        Ok(())
    }

    /// The first two rows of each id that seems to come again.
    pub(super) fn suspects(self, spill: &Spill) -> io::Result<Suspects> {
        if !self.unordered {
            return Ok(Suspects::default());
        }
        let of_shard = |Shard { mut hashes, runs }: Shard| {
            hashes.extend(spill.read(&runs)?.as_chunks::<12>().0.iter().map(from_bytes));
            hashes.sort_unstable();
            let same = hashes.chunk_by(|a, b| a.0 == b.0);
            let pair = |same: &[(u64, u32)]| match same {
                [(_, first), (_, second), ..] => Some((*second, *first)),
                _ => None,
            };
            let mut pairs: Vec<(u32, u32)> = same.filter_map(pair).collect();
            pairs.sort_unstable();
            pairs.truncate(MOST);
            Ok(pairs)
        };
        let shards: Vec<_> = self.shards.into_par_iter().map(of_shard).collect::<io::Result<_>>()?;
        let mut pairs = shards.concat();
        pairs.sort_unstable();
        pairs.truncate(MOST);
        let mut rows: Vec<u32> = pairs.iter().flat_map(|(second, first)| [*first, *second]).collect();
        rows.sort_unstable();
        Ok(Suspects { pairs, rows, ids: FxHashMap::default() })
    }
}

fn to_bytes(hash: u64, row: u32) -> [u8; 12] {
    let [a, b, c, d, e, f, g, h] = hash.to_le_bytes();
    let [i, j, k, l] = row.to_le_bytes();
    [a, b, c, d, e, f, g, h, i, j, k, l]
}

fn from_bytes([a, b, c, d, e, f, g, h, i, j, k, l]: &[u8; 12]) -> (u64, u32) {
    (u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), u32::from_le_bytes([*i, *j, *k, *l]))
}

/// Rows that may have one id: the second, and the first.
#[derive(Default)]
pub(super) struct Suspects {
    pairs: Vec<(u32, u32)>,
    /// All rows of the pairs, in order.
    rows: Vec<u32>,
    ids: FxHashMap<u32, String>,
}

impl Suspects {
    /// Takes note of the ids of rows that are suspected; the first resident is the row `first`.
    pub(super) fn push(&mut self, first: u64, residents: &[Record<'_>]) {
        let from = self.rows.partition_point(|row| u64::from(*row) < first);
        for row in self.rows.iter().skip(from) {
            let Some(resident) = residents.get((u64::from(*row) - first) as usize) else { break };
            self.ids.insert(*row, resident.id.to_owned());
        }
    }

    /// # Errors
    ///
    /// [`RegistryError::DuplicateId`], for the second row that repeats an id.
    pub(super) fn refuse(self) -> Result<(), RegistryError> {
        let repeated = self.pairs.iter().find(|(second, first)| self.ids.get(second) == self.ids.get(first));
        repeated.map_or(Ok(()), |(second, first)| {
            Err(RegistryError::DuplicateId { first: (*first).into(), second: (*second).into() })
        })
    }
}
