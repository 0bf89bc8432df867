//! Exact intervals: what a count of errors says of the rate behind it (Clopper and Pearson 1934), what a weighted count says
//! (Fay and Feuer 1997), and what count is to be expected. Knows nothing of records.

mod special;

use serde::Serialize;

use self::special::{gamma_below, trials_at_least};

/// The two-sided 95 % interval in which a figure lies: a rate from 0 to 1, or a count of at least 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "two ends are what an interval has")]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Half of what a two-sided 95 % interval leaves out.
const TAIL: f64 = 0.025;

/// Halvings until nothing is left to halve: 24 to reach one in ten million, 53 for the digits.
const HALVINGS: u32 = 90;

impl Interval {
    /// The exact two-sided 95 % interval of a rate of which so many of so many trials are known (METHOD 6). Nothing is
    /// known after no trial. Gives the same bits on every platform.
    ///
    /// ```
    /// use himozuke::evaluate::Interval;
    /// // Showing at most one error in 10,000 takes about 37,000 trials without one.
    /// assert!(Interval::exact(0, 37_000).high < 1e-4);
    /// assert!(Interval::exact(0, 36_000).high > 1e-4);
    /// assert_eq!(Interval::exact(0, 0), Interval { low: 0.0, high: 1.0 });
    /// ```
    #[must_use]
    pub fn exact(found: u64, trials: u64) -> Self {
        let found = found.min(trials);
        let (k, rest) = (found as f64, (trials - found) as f64);
        // P(at least k) grows with the rate and is the one tail at its lower end; P(at most k) falls, and is the other.
        let low = if found == 0 { 0.0 } else { root(|p| trials_at_least(k, rest + 1.0, p) < TAIL) };
        let high =
            if found == trials { 1.0 } else { root(|p| trials_at_least(k + 1.0, rest, p) < 1.0 - TAIL) };
        Self { low, high }
    }

    /// The interval of the mean of a sum of weights, each of an event that comes by chance, from the sum found, the sum of
    /// the squares of its weights, and the largest weight that an event could have had: Fay and Feuer's gamma interval, which
    /// is Garwood's exact one of a Poisson count where all weights are 1, and else keeps at least its level in all cases
    /// known. The largest weight is at least any of those found.
    ///
    /// ```
    /// use himozuke::evaluate::Interval;
    /// // Five events of weight 1: 1.62 to 11.67 (Garwood 1936).
    /// let Interval { low, high } = Interval::weighted(5.0, 5.0, 1.0);
    /// assert!((low - 1.623).abs() < 1e-3 && (high - 11.668).abs() < 1e-3);
    /// assert_eq!(Interval::weighted(0.0, 0.0, 1.0).low, 0.0);
    /// ```
    #[must_use]
    pub fn weighted(sum: f64, squares: f64, largest: f64) -> Self {
        let end = |sum: f64, squares: f64, share: f64| {
            if sum <= 0.0 {
                return 0.0;
            }
            let shape = (sum * sum / squares).max(1.0);
            let far = shape + 12.0 * shape.sqrt() + 40.0;
            squares / sum * far * root(|x| gamma_below(shape, x * far) < share)
        };
        let low = end(sum, squares, TAIL);
        Self { low, high: end(sum + largest, squares + largest * largest, 1.0 - TAIL) }
    }

    /// The interval of a count that comes by chance around a known mean: a Poisson count, as the sum of many events none of
    /// which is likely. Each tail beyond it is at most 2.5 %.
    ///
    /// ```
    /// use himozuke::evaluate::Interval;
    /// assert_eq!(Interval::expected(0.01), Interval { low: 0.0, high: 0.0 });
    /// assert_eq!(Interval::expected(4.0), Interval { low: 1.0, high: 8.0 });
    /// ```
    #[must_use]
    pub fn expected(mean: f64) -> Self {
        let at_most = |count: u64| 1.0 - gamma_below(count as f64 + 1.0, mean);
        Self {
            low: first(|count| at_most(count) > TAIL) as f64,
            high: first(|count| at_most(count) >= 1.0 - TAIL) as f64,
        }
    }

    /// The interval of a count of which another is known that comes by chance at the same rate, with `scale` times as many
    /// chances for the unknown one. Of both together the known one is a binomial part (Przyborowski and Wilenski 1940):
    /// every count is in the interval under which what was found is in no tail of 2.5 %.
    ///
    /// ```
    /// use himozuke::evaluate::Interval;
    /// // Nothing found in as many chances: five may still be met, six are not believed.
    /// assert_eq!(Interval::of_next(0, 1.0), Interval { low: 0.0, high: 5.0 });
    /// ```
    #[must_use]
    pub fn of_next(found: u64, scale: f64) -> Self {
        let (k, share) = (found as f64, 1.0 / (1.0 + scale.max(0.0)));
        let at_most = |next: u64| match next {
            0 => 1.0,
            next => 1.0 - trials_at_least(k + 1.0, next as f64, share),
        };
        let at_least = |next: u64| match found {
            0 => 1.0,
            _ => trials_at_least(k, next as f64 + 1.0, share),
        };
        let past = first(|next| at_most(next) <= TAIL);
        Self { low: first(|next| at_least(next) > TAIL) as f64, high: past.saturating_sub(1) as f64 }
    }
}

/// The first count from which `holds` holds.
fn first(holds: impl Fn(u64) -> bool) -> u64 {
    if holds(0) {
        return 0;
    }
    let mut past = 1;
    while past < 1 << 50 && !holds(past) {
        past *= 2;
    }
    let mut before = past / 2;
    while past - before > 1 {
        let middle = before.midpoint(past);
        if holds(middle) { past = middle } else { before = middle }
    }
    past
}

/// The rate up to which `below` holds.
fn root(below: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if below(middle) { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_intervals() {
        // Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 5; METHOD 6; the rule of three's exact form.
        let cases = [
            (81, 263, 0.2527, 0.3676, 5e-5),
            (15, 148, 0.0578, 0.1617, 5e-5),
            (0, 20, 0.0, 0.1684, 5e-5),
            (1, 29, 0.0009, 0.1776, 5e-5),
            (5, 10, 0.1871, 0.8129, 5e-5),
            (10, 100, 0.0490, 0.1762, 5e-5),
            (20, 20, 0.8316, 1.0, 5e-5),
            (0, 37_000, 0.0, 0.997e-4, 5e-8),
            (0, 3_700, 0.0, 0.9965e-3, 5e-8),
            (0, 3_000_000, 0.0, 1.2296e-6, 5e-11),
        ];
        for (found, trials, low, high, digits) in cases {
            let interval = Interval::exact(found, trials);
            let close = (interval.low - low).abs() < digits && (interval.high - high).abs() < digits;
            assert!(close, "{found} of {trials}: {interval:?}");
        }
    }

    #[test]
    fn many_trials_are_nearly_normal() {
        // Japan's own check: 8,351 of 82.08 million (METHOD 6).
        let (found, trials) = (8_351.0_f64, 82_080_000.0);
        let Interval { low, high } = Interval::exact(8_351, 82_080_000);
        let (mean, half) = (found / trials, 1.96 * found.sqrt() / trials);
        assert!((low - (mean - half)).abs() < half / 50.0 && (high - (mean + half)).abs() < half / 50.0);
    }

    /// P(at most k of n), added up term by term.
    fn at_most(k: u64, n: u64, p: f64) -> f64 {
        let mut term = (1.0 - p).powi(n as i32);
        let mut sum = term;
        for i in 1..=k {
            term *= (n - i + 1) as f64 / i as f64 * p / (1.0 - p);
            sum += term;
        }
        sum
    }

    proptest! {
        #[test]
        fn the_ends_leave_out_what_they_should(trials in 1u64..900, share in 0.0f64..=1.0) {
            let found = (share * trials as f64) as u64;
            let Interval { low, high } = Interval::exact(found, trials);
            prop_assert!(low <= found as f64 / trials as f64 && found as f64 / trials as f64 <= high);
            if found > 0 && low < 0.5 {
                prop_assert!((1.0 - at_most(found - 1, trials, low) - TAIL).abs() < 1e-8);
            }
            if found < trials && high < 0.5 {
                prop_assert!((at_most(found, trials, high) - TAIL).abs() < 1e-8);
            }
        }

        #[test]
        fn errors_and_their_absence_mirror_each_other(trials in 0u64..5_000_000, share in 0.0f64..=1.0) {
            let found = (share * trials as f64) as u64;
            let (one, other) = (Interval::exact(found, trials), Interval::exact(trials - found, trials));
            prop_assert!((one.low + other.high - 1.0).abs() < 1e-9 && (one.high + other.low - 1.0).abs() < 1e-9);
        }
    }
}
