//! Ids: the caller's names for the residents, one after the other, and the way back from an id to its resident.

use rayon::prelude::*;

use super::{RegistryError, ResidentIndex};
use crate::hash::KeyHasher;

/// Ids in the order of the residents.
#[derive(Clone, Default)]
pub(super) struct Ids {
    text: String,
    ends: Vec<u32>,
}

impl Ids {
    pub(super) fn push(&mut self, id: &str) -> Option<()> {
        self.text.push_str(id);
        self.ends.push(u32::try_from(self.text.len()).ok()?);
        Some(())
    }

    pub(super) fn get(&self, row: u32) -> &str {
        let row = row as usize;
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(row).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<u32>()
    }
}

/// From an id to its resident: 8 bytes a resident, and a binary search.
#[derive(Clone, Default)]
pub(super) struct ById {
    /// Half a hash and the row, in order; few rows share a half.
    rows: Vec<(u32, u32)>,
}

impl ById {
    /// # Errors
    ///
    /// [`RegistryError::DuplicateId`], for the second row that repeats an id.
    pub(super) fn build(ids: &Ids) -> Result<Self, RegistryError> {
        // Row numbers were checked to fit 32 bits as they were given.
        let all = (0..ids.ends.len() as u32).into_par_iter();
        let mut rows: Vec<_> = all.map(|row| (half(ids.get(row)), row)).collect();
        rows.par_sort_unstable();
        let mut duplicates = Vec::new();
        for group in rows.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            for (at, (_, second)) in group.iter().enumerate() {
                let earlier = group.iter().take(at).find(|(_, first)| ids.get(*first) == ids.get(*second));
                duplicates.extend(earlier.map(|(_, first)| (u64::from(*first), u64::from(*second))));
            }
        }
        match duplicates.into_iter().min_by_key(|(first, second)| (*second, *first)) {
            Some((first, second)) => Err(RegistryError::DuplicateId { first, second }),
            None => Ok(Self { rows }),
        }
    }

    pub(super) fn find(&self, ids: &Ids, id: &str) -> Option<ResidentIndex> {
        let half = half(id);
        let start = self.rows.partition_point(|(other, _)| *other < half);
        let same = self.rows.iter().skip(start).take_while(|(other, _)| *other == half);
        same.map(|(_, row)| *row).find(|row| ids.get(*row) == id).map(ResidentIndex)
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.len() * size_of::<(u32, u32)>()
    }
}

fn half(id: &str) -> u32 {
    KeyHasher::new(0).text(id.chars()).finish() as u32
}
