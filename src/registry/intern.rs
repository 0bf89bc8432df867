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

    /// Looks a value up, which any number of threads may do at once. Of a value that is known the number is kept only, so
    /// that it is dropped where it was made.
    pub(super) fn seek(&self, value: T) -> Sought<T> {
        let mut hasher = FxHasher::default();
        value.hash(&mut hasher);
        let hash = hasher.finish();
        match self.known(hash, &value) {
            Some(id) => Sought::Known(id),
            None => Sought::New { hash, value },
        }
    }

    /// The number of a value that was looked up; `None` if there are more than numbers.
    ///
    /// Two values of one hash both get a number; the second is then kept again at each sight, which costs room only.
    pub(super) fn intern(&mut self, sought: Sought<T>) -> Option<u32> {
        let (hash, value) = match sought {
            Sought::Known(id) => return Some(id),
            Sought::New { hash, value } => (hash, value),
        };
        // It may have come in since.
        if let Some(id) = self.known(hash, &value) {
            return Some(id);
        }
        let next = u32::try_from(self.values.len()).ok().filter(|id| *id < NONE)?;
        self.by_hash.entry(hash).or_insert(next);
        self.values.push(value);
        Some(next)
    }

    fn known(&self, hash: u64, value: &T) -> Option<u32> {
        self.by_hash.get(&hash).copied().filter(|id| self.values.get(*id as usize) == Some(value))
    }

    pub(super) fn into_values(mut self) -> Vec<T> {
        self.values.shrink_to_fit();
        self.values
    }
}

/// A value on its way into a dictionary.
pub(super) enum Sought<T> {
    /// The dictionary has it, under this number.
    Known(u32),
    /// It did not have it when it was looked up.
    New { hash: u64, value: T },
}

impl<T> Sought<T> {
    /// No value.
    pub(super) const NONE: Self = Self::Known(NONE);
}

/// The number that stands for no value.
pub(super) const NONE: u32 = u32::MAX;
