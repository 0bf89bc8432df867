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

    /// The stream of a text (FNV-1a), for what is made up about it once and for all.
    pub(super) fn of_text(bytes: impl Iterator<Item = u8>) -> Self {
        let fold = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        Random(mix(bytes.fold(0xCBF2_9CE4_8422_2325, fold)))
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

/// A bijection of the numbers below a bound, so that nobody is drawn twice: numbers of as many bits as the bound has are
/// mixed until one is below it (cycle walking, Black & Rogaway 2002). A number beyond the bound is taken modulo it, in
/// another order for each time that the bound fits into it.
pub(super) fn shuffled(seed: u64, index: u32, bound: u32) -> u32 {
    let Some(last) = bound.checked_sub(1) else { return 0 };
    let lap = u64::from(index / bound);
    let bits = (32 - last.leading_zeros()).max(1);
    let (mask, half) = (u32::MAX >> (32 - bits), bits.div_ceil(2));
    let mut x = index % bound;
    loop {
        for round in 0..4 {
            let key = mix(seed ^ mix(lap << 2 | round)) as u32;
            // Adding, multiplying by an odd number and folding the upper half down each have an inverse.
            x = x.wrapping_add(key).wrapping_mul(0x846C_A68B) & mask;
            x ^= x >> half;
        }
        if x < bound {
            return x;
        }
    }
}

/// Weighted choice in one draw, exact to 2^-32: a search in cumulated weights that begins where a guide says (Chen & Asau
/// 1974). What is drawn often lies together where entries are in the order of their weights.
pub(super) struct Weighted {
    /// Where the share of each entry ends, in parts of 2^32.
    ends: Box<[u32]>,
    /// For each value of the first bits of a draw, the first entry that it can mean; the bits that are left over.
    guide: Box<[u32]>,
    shift: u32,
}

impl Weighted {
    /// Entries are numbered as they come; no weights at all make a table that always draws 0. Weights are below 2^40.
    pub(super) fn new(weights: impl IntoIterator<Item = u64>) -> Self {
        let weights: Vec<u64> = weights.into_iter().collect();
        let whole = weights.iter().map(|&weight| u128::from(weight)).sum::<u128>().max(1);
        let mut reached = 0;
        let end = |&weight: &u64| {
            reached += u128::from(weight);
            ((reached << 32) / whole).min(u128::from(u32::MAX)) as u32
        };
        let ends: Box<[u32]> = weights.iter().map(end).collect();
        let cells = ends.len().clamp(2, 8192).next_power_of_two() as u64;
        let shift = 32 - cells.trailing_zeros();
        let first = |cell: u64| ends.partition_point(|&end| u64::from(end) <= cell << shift) as u32;
        Weighted { guide: (0..=cells).map(first).collect(), ends, shift }
    }

    /// The number of an entry.
    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let draw = (random.next() >> 32) as u32;
        let cell = (draw >> self.shift) as usize;
        let [from, to] = [cell, cell + 1].map(|cell| self.guide.get(cell).map_or(0, |&entry| entry as usize));
        let before = self.ends.get(from..to).map_or(0, |ends| ends.partition_point(|&end| end <= draw));
        (from + before).min(self.ends.len().saturating_sub(1))
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
    fn nobody_is_drawn_twice_before_everybody_is_drawn_once() {
        for bound in [1, 2, 3, 17, 64, 1_000, 4_097] {
            for lap in 0..3 {
                let mut drawn: Vec<u32> = (0..bound).map(|n| shuffled(7, lap * bound + n, bound)).collect();
                drawn.sort_unstable();
                assert!(drawn.into_iter().eq(0..bound), "{bound}, {lap}");
            }
        }
        assert_eq!(shuffled(7, 5, 0), 0);
        // Nor does it favour anybody: of the first tenth drawn, a tenth is in each tenth of the numbers.
        let mut tenths = [0i32; 10];
        (0..10_000).for_each(|n| tenths[(shuffled(3, n, 100_000) / 10_000) as usize] += 1);
        assert!(tenths.iter().all(|count| (count - 1_000).abs() < 120), "{tenths:?}");
    }

    #[test]
    fn weighted_draws_keep_proportions() {
        let weights = [10, 0, 30, 1, 959];
        let table = Weighted::new(weights);
        let mut random = Random::keyed(1, 2, 3);
        let mut counts = [0u64; 5];
        (0..1_000_000).for_each(|_| counts[table.draw(&mut random)] += 1);
        for (count, weight) in counts.into_iter().zip(weights) {
            let expected = 1_000 * weight;
            assert!(count.abs_diff(expected) <= 4 * expected.isqrt(), "{counts:?}");
        }
    }

    #[test]
    fn choices_are_total() {
        let mut random = Random::keyed(0, 0, 0);
        assert_eq!(random.below(0), 0);
        assert_eq!(random.between(5, 3), 5);
        assert_eq!(random.pick::<u8>(&[]), None);
        assert_eq!(Weighted::new([]).draw(&mut random), 0);
    }
}
