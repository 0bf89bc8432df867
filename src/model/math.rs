//! Logarithms that give the same bits on every platform: weights are whole thousandths of a bit, and both directions are
//! computed with additions, multiplications and divisions alone, which IEEE 754 fixes to the last bit.

/// Thousandths of a bit.
pub type Millibits = i32;

/// The weight of a probability ratio, rounded to the nearest thousandth of a bit and kept within ±1,000 bits.
///
/// ```
/// use himozuke::model::math::log2;
/// assert_eq!(log2(8.0), 3_000);
/// assert_eq!(log2(0.5), -1_000);
/// assert_eq!(log2(0.0), -1_000_000);
/// ```
#[must_use]
pub fn log2(ratio: f64) -> Millibits {
    const LIMIT: Millibits = 1_000_000;
    if ratio.is_nan() || ratio <= f64::MIN_POSITIVE {
        return -LIMIT;
    }
    if ratio.is_infinite() {
        return LIMIT;
    }
    let (exponent, mantissa) = split(ratio);
    // The terms left out are below 1e-12.
    let bits = f64::from(exponent) + artanh(mantissa, 7) * (2.0 * std::f64::consts::LOG2_E);
    // To the nearest: a cast drops the fraction.
    (bits * 1000.0 + 0.5_f64.copysign(bits)) as Millibits
}

/// The natural logarithm of a normal number above 0.
pub(crate) fn ln(x: f64) -> f64 {
    let (exponent, mantissa) = split(x);
    f64::from(exponent) * std::f64::consts::LN_2 + 2.0 * artanh(mantissa, 12)
}

/// The exponent of 2 and the factor, from √½ to √2, of a normal number above 0.
fn split(x: f64) -> (i32, f64) {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32 - 1023;
    let mantissa = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
    if mantissa > std::f64::consts::SQRT_2 { (exponent + 1, mantissa / 2.0) } else { (exponent, mantissa) }
}

/// The first terms of artanh((m - 1) / (m + 1)), half the natural logarithm of m; the argument is at most 0.172.
fn artanh(m: f64, terms: i32) -> f64 {
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let mut term = s;
    let mut sum = 0.0;
    for odd in 0..terms {
        sum += term / f64::from(2 * odd + 1);
        term *= square;
    }
    sum
}

/// The ratio that a weight stands for.
///
/// ```
/// use himozuke::model::math::exp2;
/// assert_eq!(exp2(3_000), 8.0);
/// ```
#[must_use]
pub fn exp2(weight: Millibits) -> f64 {
    let whole = weight.div_euclid(1000).clamp(-1022, 1023);
    let fraction = FRACTIONS.get(weight.rem_euclid(1000) as usize).copied().unwrap_or(1.0);
    // In range by the clamp above.
    f64::from_bits(((whole + 1023) as u64) << 52) * fraction
}

/// 2 to the power of each number of thousandths below one.
static FRACTIONS: [f64; 1000] = {
    let mut powers = [1.0; 1000];
    let mut rest: &mut [f64] = &mut powers;
    let mut thousandths = 0;
    while let Some((power, others)) = rest.split_first_mut() {
        *power = series(thousandths as f64 / 1000.0 * std::f64::consts::LN_2);
        thousandths += 1;
        rest = others;
    }
    powers
};

/// e to the power of a number that is not above 0.
pub(crate) fn exp(exponent: f64) -> f64 {
    let bits = exponent * std::f64::consts::LOG2_E;
    // Below 2^-1000 nothing is left; NaN counts as nothing, too.
    if bits.is_nan() || bits <= -1000.0 {
        return 0.0;
    }
    let whole = bits.floor();
    let fraction = (bits - whole) * std::f64::consts::LN_2;
    f64::from_bits(((whole as i64 + 1023) as u64) << 52) * series(fraction)
}

/// The exponential series, exact to the last bits for 0 to 0.7.
const fn series(x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0, 1.0, 1);
    while n <= 17 {
        term *= x / n as f64;
        sum += term;
        n += 1;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn log2_matches_the_platform(ratio in 1e-290f64..1e290) {
            prop_assert!((f64::from(log2(ratio)) / 1000.0 - ratio.log2()).abs() <= 0.000_501);
        }

        #[test]
        fn exp2_inverts_log2(weight in -900_000..900_000i32) {
            prop_assert_eq!(log2(exp2(weight)), weight);
            prop_assert!((exp2(weight) / (f64::from(weight) / 1000.0).exp2() - 1.0).abs() < 1e-12);
        }

        #[test]
        fn exp_matches_the_platform(exponent in -600.0f64..=0.0) {
            prop_assert!((exp(exponent) / exponent.exp() - 1.0).abs() < 1e-12);
        }

        #[test]
        fn ln_matches_the_platform(exponent in -600.0f64..=600.0) {
            let x = exponent.exp();
            prop_assert!((ln(x) - x.ln()).abs() <= 1e-13 * x.ln().abs().max(1.0));
        }

        #[test]
        fn both_are_monotone(a in -900_000..900_000i32, b in -900_000..900_000i32) {
            prop_assert_eq!(a < b, exp2(a) < exp2(b));
        }
    }
}
