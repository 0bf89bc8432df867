//! The incomplete beta and gamma functions: tails of binomial and Poisson counts, with the same bits on every platform.

use crate::model::math::{exp, ln};

/// P(at least a of a + b - 1 trials) at the rate p: the regularized incomplete beta function I_p(a, b), for a and b of at
/// least 1.
pub(super) fn trials_at_least(a: f64, b: f64, p: f64) -> f64 {
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

/// P(a gamma variable of this shape, at least 1, is below x): the regularized incomplete gamma function P(a, x), which is
/// also P(a Poisson count of mean x is at least a) for a whole a.
pub(super) fn gamma_below(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    const TERMS: u32 = 1_000_000;
    // Below 1: as a Poisson count's probability.
    let front = exp((shape * ln(x) - x - ln_gamma(shape + 1.0)).min(0.0));
    if x < shape + 1.0 {
        // DLMF 8.7.1
        let (mut term, mut sum) = (1.0, 1.0);
        for n in 1..TERMS {
            term *= x / (shape + f64::from(n));
            sum += term;
            if term < sum * 1e-16 {
                break;
            }
        }
        return (front * sum).min(1.0);
    }
    // DLMF 8.9.2, evaluated as the fraction above.
    let mut b = x + 1.0 - shape;
    let (mut upper, mut lower) = (1e300, 1.0 / b);
    let mut fraction = lower;
    for n in 1..TERMS {
        let n = f64::from(n);
        let a = -n * (n - shape);
        b += 2.0;
        lower = 1.0 / (a * lower + b);
        upper = b + a / upper;
        fraction *= upper * lower;
        if (upper * lower - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (1.0 - front * shape * fraction).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values_of_the_gamma_function() {
        // Abramowitz and Stegun, table 26.7: P(chi squared <= x | nu) is P(nu / 2, x / 2).
        let cases =
            [(2.0, 2.0, 0.632_12), (4.0, 10.0, 0.959_57), (10.0, 5.0, 0.108_82), (30.0, 40.256_02, 0.9)];
        for (degrees, x, expected) in cases {
            let found = gamma_below(degrees / 2.0, x / 2.0);
            assert!((found - expected).abs() < 1e-5, "{degrees} {x}: {found}");
        }
    }

    #[test]
    fn a_poisson_count_adds_up() {
        for mean in [0.3f64, 4.0, 37.0] {
            let (mut term, mut sum) = ((-mean).exp(), 0.0);
            for count in 0..80 {
                sum += term;
                term *= mean / (f64::from(count) + 1.0);
                let found = 1.0 - gamma_below(f64::from(count) + 1.0, mean);
                assert!((found - sum).abs() < 1e-12, "{mean} {count}: {found} {sum}");
            }
        }
    }
}
