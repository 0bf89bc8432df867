//! Exact binomial intervals (Clopper and Pearson 1934): what a count of errors says of the rate behind it. Knows nothing of
//! records.

use serde::Serialize;

use crate::model::math::{exp, ln};

/// The interval in which a rate lies; both ends in 0 to 1.
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
        let low = if found == 0 { 0.0 } else { root(|p| at_least(k, rest + 1.0, p) < TAIL) };
        let high = if found == trials { 1.0 } else { root(|p| at_least(k + 1.0, rest, p) < 1.0 - TAIL) };
        Self { low, high }
    }
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

/// P(at least a of a + b - 1 trials) at the rate p: the regularized incomplete beta function I_p(a, b), for a and b of at
/// least 1.
fn at_least(a: f64, b: f64, p: f64) -> f64 {
    let q = 1.0 - p;
    if p <= 0.0 || q <= 0.0 {
        return p.clamp(0.0, 1.0);
    }
    // The fraction converges fast below the mean; above it the other tail is taken.
    if p < (a + 1.0) / (a + b + 2.0) { tail(a, b, p, q) } else { 1.0 - tail(b, a, q, p) }
}

/// I_p(a, b) by its continued fraction 1 + d1/(1 + d2/(1 + …)) (DLMF 8.17.22), evaluated forward (Lentz 1976).
fn tail(a: f64, b: f64, p: f64, q: f64) -> f64 {
    // About the square root of the greater of a and b are needed: this is enough for 10^9 trials.
    const TERMS: u32 = 200_000;
    let (mut upper, mut lower, mut fraction) = (1.0_f64, 0.0, 1.0);
    for term in 1..TERMS {
        let m = f64::from(term / 2);
        let at = a + 2.0 * m;
        let d = if term % 2 == 1 {
            -(a + m) * (a + b + m) * p / (at * (at + 1.0))
        } else {
            m * (b - m) * p / ((at - 1.0) * at)
        };
        lower = 1.0 / (1.0 + d * lower);
        upper = 1.0 + d / upper;
        fraction *= upper * lower;
        if (upper * lower - 1.0).abs() < 1e-15 {
            break;
        }
    }
    let first = a * ln(p) + b * ln(q) - ln(a) - ln_beta(a, b);
    exp(first.min(0.0)) / fraction
}

/// The logarithm of B(a, b).
fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// The logarithm of Γ(x), x at least 1: Stirling's series, from 16 upwards exact to the last digits.
fn ln_gamma(x: f64) -> f64 {
    const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;
    let (mut x, mut product) = (x, 1.0);
    while x < 16.0 {
        product *= x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0))) / x;
    (x - 0.5) * ln(x) - x + HALF_LN_TAU + series - ln(product)
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
