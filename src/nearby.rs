//! Search in sorted lists whose keys lie evenly, as hashes, numbers given in order and individual numbers do: from a guess of the
//! place, which is a cache miss or three where halving a long list has a dozen. Knows places and distances, no keys.

/// What a look at one place of a list tells.
#[derive(Clone, Copy)]
pub(crate) struct Seen {
    /// Whether what is wanted comes after it.
    pub(crate) before: bool,
    /// How far its key is from the wanted one, whichever comes first; where it is not true, the search only takes longer.
    pub(crate) distance: u64,
}

/// Guesses before a window around the last one is searched, and twice as wide a window until it is there: each leaves about the square root of the distance that was left.
pub(crate) const GUESSES: usize = 3;
/// How far to both sides of the last guess is looked first; of small entries, a cache line or two.
pub(crate) const REACH: usize = 8;

/// A search under way. Whoever looks for many keys takes its steps one by one, so that the memory can be asked for the next place
/// of each before any is looked at.
pub(crate) struct Search {
    low: usize,
    high: usize,
    at: usize,
    density: f64,
}

impl Search {
    /// A search among `len` places. `start` is the first guess, and `density` how many places one unit of distance takes.
    pub(crate) const fn new(len: usize, start: usize, density: f64) -> Self {
        Self { low: 0, high: len, at: start, density }
    }

    /// The first place that is not before what is wanted, as `partition_point` finds it.
    pub(crate) fn finish(mut self, look: impl Fn(usize) -> Seen) -> usize {
        (0..GUESSES).for_each(|_| self.guess(&look));
        self.end(look)
    }

    /// The place that is looked at next.
    pub(crate) fn next(&self) -> usize {
        self.at.clamp(self.low, self.high)
    }

    /// Looks at one place and guesses the next: to be done [`GUESSES`] times.
    pub(crate) fn guess(&mut self, look: impl Fn(usize) -> Seen) {
        if self.low == self.high {
            return;
        }
        let at = self.at.clamp(self.low, self.high - 1);
        let Seen { before, distance } = look(at);
        let places = (distance as f64 * self.density) as usize;
        if before {
            (self.low, self.at) = (at + 1, at.saturating_add(places));
        } else {
            (self.high, self.at) = (at, at.saturating_sub(places));
        }
    }

    /// Where it ends, after all guesses.
    pub(crate) fn end(self, look: impl Fn(usize) -> Seen) -> usize {
        let Self { mut low, mut high, at, .. } = self;
        if low == high {
            return low;
        }
        let before = |at: usize| look(at).before;
        let mut reach = REACH;
        loop {
            let (start, end) =
                (at.saturating_sub(reach).clamp(low, high), at.saturating_add(reach).min(high));
            if (start == low || before(start)) && (end == high || !before(end)) {
                (low, high) = (start, end);
                break;
            }
            reach = reach.saturating_mul(2);
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if before(middle) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_halving_finds_however_keys_lie_and_wherever_it_starts(
            mut keys in prop::collection::vec(prop_oneof![any::<u64>(), 0..50u64, (0..64u32).prop_map(|bit| 1 << bit)], 0..3_000),
            others in prop::collection::vec(any::<u64>(), 10),
            start in any::<usize>(),
            density in prop_oneof![Just(0.0), Just(f64::NAN), 0.0..1e-15, 0.0..1e3],
            lies in any::<bool>(),
        ) {
            keys.sort_unstable();
            let wanted = keys.iter().copied().chain(others).collect::<Vec<_>>();
            for wanted in wanted {
                let look = |at: usize| Seen {
                    before: keys[at] < wanted,
                    distance: if lies { keys[at] } else { keys[at].abs_diff(wanted) },
                };
                let found = Search::new(keys.len(), start, density).finish(look);
                prop_assert_eq!(found, keys.partition_point(|key| *key < wanted));
            }
        }
    }

    #[test]
    fn even_keys_are_found_in_few_looks() {
        let mut keys: Vec<u64> =
            (0..100_000).map(|n| crate::hash::KeyHasher::new(n).finish() >> 32).collect();
        keys.sort_unstable();
        let looks = std::cell::Cell::new(0usize);
        let density = keys.len() as f64 / 2f64.powi(32);
        for wanted in keys.iter().step_by(10) {
            let look = |at: usize| {
                looks.set(looks.get() + 1);
                Seen { before: keys[at] < *wanted, distance: keys[at].abs_diff(*wanted) }
            };
            Search::new(keys.len(), (*wanted as f64 * density) as usize, density).finish(look);
        }
        let mean = looks.get() as f64 / (keys.len() / 10) as f64;
        assert!(mean < 12.0, "{mean}");
    }
}
