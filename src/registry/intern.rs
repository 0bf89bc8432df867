//! Dictionaries: each distinct part of a name and each distinct address is kept, and worked on, once.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

/// Values by number, each distinct value once.
pub(super) struct Dictionary<T> {
    values: Vec<T>,
    by_hash: FxHashMap<u64, u32>,
}

impl<T: Eq + Hash> Dictionary<T> {
    pub(super) fn new() -> Self {
        Self { values: Vec::new(), by_hash: FxHashMap::default() }
    }

    /// The number of a value; `None` if there are more than numbers.
    ///
    /// Two values of one hash both get a number; the second is then kept again at each sight, which costs room only.
    pub(super) fn intern(&mut self, value: T) -> Option<u32> {
        let mut hasher = FxHasher::default();
        value.hash(&mut hasher);
        let next = u32::try_from(self.values.len()).ok().filter(|id| *id < NONE)?;
        let id = *self.by_hash.entry(hasher.finish()).or_insert(next);
        if id != next && self.values.get(id as usize) == Some(&value) {
            return Some(id);
        }
        self.values.push(value);
        Some(next)
    }

    pub(super) fn into_values(mut self) -> Vec<T> {
        self.values.shrink_to_fit();
        self.values
    }
}

/// The number that stands for no value.
pub(super) const NONE: u32 = u32::MAX;
