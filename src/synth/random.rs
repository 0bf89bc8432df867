//! Chance that is the same on every machine: a counter-based generator and integer choices.
//!
//! Knows nothing of names or people. No floating point, no global state; every choice is total.

/// SplitMix64 (Steele, Lea & Flood 2014): one addition and one mixing per draw, and any starting point is as good as
/// another, so each household and each record can have its own stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Random(u64);

/// The step of SplitMix64, 2^64 divided by the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Rates are parts of this.
const WHOLE: u32 = 100_000;

impl Random {
    /// The stream of item `index` of kind `stream`.
    pub(super) fn keyed(seed: u64, stream: u64, index: u64) -> Self {
        Random(mix(mix(seed ^ mix(stream)).wrapping_add(index.wrapping_mul(STEP))))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number in `0..bound`, 0 when the bound is 0. Bounds here are small, so the bias (bound / 2^32) is too.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// A number in `low..=high`, `low` when the range is empty.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True `rate` times in 100,000.
    pub(super) fn chance(&mut self, rate: u32) -> bool {
        self.below(WHOLE) < rate
    }

    /// True `percent` times in 100.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of the items, each as likely; none of none.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len() as u32) as usize)
    }
}

/// The finalizer of SplitMix64: a bijection whose every output bit depends on every input bit.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A bijection of 32-bit numbers, so that ids look random and never collide.
pub(super) fn scramble(seed: u64, index: u32) -> u32 {
    let key = mix(seed);
    let mut x = index ^ (key as u32);
    x = (x ^ (x >> 16)).wrapping_mul(0x7FEB_352D);
    x = (x ^ (x >> 15)).wrapping_mul(0x846C_A68B);
    (x ^ (x >> 16)) ^ ((key >> 32) as u32)
}

/// Weighted choice in one draw: entry *i* holds a share of the slots in proportion to its weight.
pub(super) struct Tickets(Box<[u16]>);

impl Tickets {
    /// Finer than any weight that matters here: one slot is 0.012 %.
    const SLOTS: u64 = 8192;

    /// Entries are numbered as they come; no weights at all make a table that always draws 0.
    pub(super) fn new(weights: impl Iterator<Item = u32> + Clone) -> Self {
        let total: u64 = weights.clone().map(u64::from).sum();
        let mut slots = Vec::with_capacity(Self::SLOTS as usize);
        let mut reached = 0;
        for (entry, weight) in weights.enumerate() {
            reached += u64::from(weight);
            let end = (reached * Self::SLOTS).checked_div(total).unwrap_or(0);
            slots.resize(end as usize, entry as u16);
        }
        Tickets(slots.into_boxed_slice())
    }

    /// The number of an entry.
    pub(super) fn draw(&self, random: &mut Random) -> usize {
        random.pick(&self.0).map_or(0, |&entry| usize::from(entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // First outputs for seed 1234567, as published with the reference implementation.
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn scrambled_ids_do_not_collide() {
        let mut seen: Vec<u32> = (0..100_000).map(|index| scramble(7, index)).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 100_000);
    }

    #[test]
    fn tickets_keep_proportions() {
        let tickets = Tickets::new([1, 0, 3].into_iter());
        let mut random = Random::keyed(1, 2, 3);
        let mut counts = [0; 3];
        (0..40_000).for_each(|_| counts[tickets.draw(&mut random)] += 1);
        assert!((9_500..10_500).contains(&counts[0]), "{counts:?}");
        assert_eq!(counts[1], 0);
    }

    #[test]
    fn choices_are_total() {
        let mut random = Random::keyed(0, 0, 0);
        assert_eq!(random.below(0), 0);
        assert_eq!(random.between(5, 3), 5);
        assert_eq!(random.pick::<u8>(&[]), None);
        assert_eq!(Tickets::new(std::iter::empty()).draw(&mut random), 0);
    }
}
