//! A batch of records in parts, of which one or some next to each other are decided at a time. Knows numbers of records only.

use std::ops::Range;

/// Parts at most.
const PARTS: u32 = 16;

/// Where some records end: among all of the batch, and among those that ask.
#[derive(Clone, Copy, Default)]
pub(super) struct End {
    pub(super) records: u64,
    pub(super) askers: u32,
}

/// Some parts, a bit for each.
#[derive(Clone, Copy, Default)]
pub(super) struct PartSet(u32);

impl PartSet {
    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        (0..u32::BITS as usize).filter(move |part| self.0 >> part & 1 != 0)
    }

    const fn has(self, part: usize) -> bool {
        self.0 >> part & 1 != 0
    }
}

/// The parts of a batch, by where they end: about as many of those who ask in each, as far as records that came together stay so.
pub(super) struct Parts(Vec<End>);

impl Parts {
    /// Of records that came together up to each of these ends.
    pub(super) fn of(pushes: &[End]) -> Self {
        let askers = u64::from(pushes.last().map_or(0, |end| end.askers)).max(1);
        let (mut parts, mut last, mut before) = (Vec::new(), None, 0);
        for end in pushes {
            let part = (before * u64::from(PARTS) / askers).min(u64::from(PARTS) - 1);
            if last == Some(part) {
                parts.pop();
            }
            parts.push(*end);
            (last, before) = (Some(part), end.askers.into());
        }
        Self(parts)
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The records of some parts next to each other, counted from the first of the batch.
    pub(super) fn records(&self, parts: &Range<usize>) -> Range<u64> {
        let end = |part: Option<usize>| part.and_then(|part| self.0.get(part)).map_or(0, |end| end.records);
        end(parts.start.checked_sub(1))..end(parts.end.checked_sub(1))
    }

    /// Adds to a set the parts of those of some askers, in order, who `want`; of a part that is in the set nobody is asked.
    pub(super) fn extend(&self, set: &mut PartSet, mut askers: &[u32], wants: impl Fn(usize) -> bool) {
        while let Some((asker, further)) = askers.split_first() {
            let part = self.0.partition_point(|end| end.askers <= *asker);
            if set.has(part) || wants(*asker as usize) {
                set.0 |= 1 << part;
                let end = self.0.get(part).map_or(u32::MAX, |end| end.askers);
                askers = askers.split_at(askers.partition_point(|asker| *asker < end)).1;
            } else {
                askers = further;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_record_is_in_one_part_and_every_asker_in_its_own(
            pushes in prop::collection::vec((0..9u64, 0..9u32), 0..60),
            wanted in prop::collection::btree_set(0..300u32, 0..20),
        ) {
            let mut end = End::default();
            let ends: Vec<End> = pushes.iter().map(|(rejected, askers)| {
                end.records += rejected + u64::from(*askers);
                end.askers += askers;
                end
            }).collect();
            let parts = Parts::of(&ends);
            prop_assert!(parts.len() <= PARTS as usize && parts.len() <= pushes.len());
            let mut next = 0;
            for part in 0..parts.len() {
                let records = parts.records(&(part..part + 1));
                prop_assert_eq!(records.start, next);
                next = records.end;
            }
            prop_assert_eq!(next, end.records);
            // Whatever an asker's part is, it holds the asker's record.
            let asked: Vec<u32> = (0..end.askers).collect();
            let mut set = PartSet::default();
            parts.extend(&mut set, &asked, |asker| wanted.contains(&(asker as u32)));
            let place = |asker: u32| ends.iter().find(|end| asker < end.askers).map(|end| end.records);
            let meant = |part: usize| {
                let records = parts.records(&(part..part + 1));
                let mut own = wanted.iter().filter_map(|asker| place(*asker));
                own.any(|end| records.start < end && end <= records.end)
            };
            for part in 0..parts.len() {
                prop_assert_eq!(set.has(part), meant(part), "{}", part);
            }
            prop_assert_eq!(set.is_empty(), !set.iter().any(|_| true));
        }
    }
}
