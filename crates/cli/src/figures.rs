//! How figures and codes are written: the same digits on every machine.

use std::time::{SystemTime, UNIX_EPOCH};

use himozuke::ReasonSet;

use crate::deciding::{day_after_epoch, iso};

/// A probability with six decimals, or as many as show that it is not 1: `0.999998`, `0.99999998`. Nothing is certain:
/// what a double cannot tell from 1 is `0.9999999999999999`.
#[must_use]
pub fn posterior(probability: f64) -> String {
    text(|to| write_posterior(probability, to))
}

/// Appends [`posterior`]: of a batch a million are written.
pub fn write_posterior(probability: f64, to: &mut Vec<u8>) {
    // With fewer digits it would be rounded to 1.
    let written = (6..=16).find_map(|digits| {
        let parts = parts_of_1(probability, digits)?;
        (parts < 10u64.pow(digits)).then_some((parts, digits))
    });
    let (parts, digits) = written.unwrap_or((9_999_999_999_999_999, 16));
    to.extend_from_slice(b"0.");
    write_digits(parts, digits as usize, to);
}

/// How many parts a probability has of 1 cut into 10 to the power of `digits`, at most 16: rounded exactly, half to even, as
/// the standard library writes it. `None` for what is no probability.
fn parts_of_1(probability: f64, digits: u32) -> Option<u64> {
    const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
    let bits = probability.to_bits();
    let (exponent, fraction) = ((bits >> FRACTION) as u32, bits & ((1 << FRACTION) - 1));
    // It is `whole` over 2 to the power of `shift`.
    let (whole, shift) = match exponent {
        0 => (fraction, 1022 + FRACTION),
        _ => (fraction | 1 << FRACTION, (1023 + FRACTION).checked_sub(exponent)?),
    };
    if shift < FRACTION {
        return None;
    }
    let parts = u128::from(whole) * u128::from(10u64.pow(digits));
    // Below 2 to the power of 107.
    if shift >= u128::BITS {
        return Some(0);
    }
    let (down, rest, half) = ((parts >> shift) as u64, parts & ((1 << shift) - 1), 1 << (shift - 1));
    Some(down + u64::from(rest > half || (rest == half && down % 2 == 1)))
}

/// Appends the last so many digits of a number.
fn write_digits(mut number: u64, digits: usize, to: &mut Vec<u8>) {
    let start = to.len();
    to.resize(start + digits, b'0');
    for place in to.iter_mut().skip(start).rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Appends a count.
pub fn write_count(count: u64, to: &mut Vec<u8>) {
    write_digits(count, count.checked_ilog10().unwrap_or_default() as usize + 1, to);
}

/// Appends the codes of reasons, joined by `|`.
pub fn write_codes(reasons: ReasonSet, to: &mut Vec<u8>) {
    for (place, reason) in reasons.iter().enumerate() {
        if place > 0 {
            to.push(b'|');
        }
        to.extend_from_slice(reason.code().as_bytes());
    }
}

/// What `write` appends: ASCII.
fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes);
    bytes.into_iter().map(char::from).collect()
}

/// A probability that may be tiny: below a thousandth with three digits and its power of ten, `1.06e-7`.
#[must_use]
pub fn probability(figure: f64) -> String {
    if figure > 0.0 && figure < 1e-3 { format!("{figure:.2e}") } else { posterior(figure) }
}

/// An expected number, which may be tiny or above 1: `3.20e-5`, `1.250`.
#[must_use]
pub fn number(figure: f64) -> String {
    if figure > 0.0 && figure < 1e-3 { format!("{figure:.2e}") } else { format!("{figure:.3}") }
}

/// A count with its thousands apart: 1,234,567.
#[must_use]
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Thousandths of a bit as bits with three decimals: `-1234` is `-1.234`.
#[must_use]
pub fn bits(millibits: i32) -> String {
    text(|to| write_bits(millibits, to))
}

/// Appends [`bits`].
pub fn write_bits(millibits: i32, to: &mut Vec<u8>) {
    if millibits < 0 {
        to.push(b'-');
    }
    let size = u64::from(millibits.unsigned_abs());
    write_count(size / 1000, to);
    to.push(b'.');
    write_digits(size % 1000, 3, to);
}

/// A time as 2026-04-01T09:30:00Z.
#[must_use]
pub fn instant(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let day = day_after_epoch(seconds / 86_400).map(iso).unwrap_or_default();
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    format!("{day}T{hours:02}:{minutes:02}:{:02}Z", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use himozuke::Reason;
    use proptest::prelude::*;
    use std::time::Duration;

    /// [`posterior`] as the standard library writes it, with more and more digits until it is not 1.
    fn plainly(probability: f64) -> String {
        let mut written = (6..=16).map(|digits| format!("{probability:.digits$}"));
        written.find(|text| text.starts_with("0.")).unwrap_or_else(|| "0.9999999999999999".to_owned())
    }

    #[test]
    fn figures_that_lie_between_two_are_rounded_as_the_standard_library_does() {
        // Half of a millionth and the doubles beside it, powers of two, whose decimals end in 5, and the ends.
        let halves = (0..2_000u32).map(|part| f64::from(part) / 1e6 + 5e-7);
        let powers = (1..1080).map(|power| 0.5f64.powi(power));
        let eighths = (0..=256u32).map(|part| f64::from(part) / 256.0);
        for figure in halves.chain(powers).chain(eighths) {
            let beside = [figure, figure.next_up(), figure.next_down(), 1.0 - figure];
            beside
                .into_iter()
                .for_each(|figure| assert_eq!(posterior(figure), plainly(figure), "{figure:e}"));
        }
        for figure in [-0.0, -1.0, 1.5, 2.0, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(posterior(figure), "0.9999999999999999", "{figure:e} is no probability");
        }
    }

    #[test]
    fn codes_need_no_quotes_and_are_those_of_the_library() {
        for reason in Reason::ALL {
            assert!(
                reason.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{}",
                reason.code()
            );
        }
        let sets = [
            ReasonSet::EMPTY,
            Reason::ALL.iter().copied().take(1).collect(),
            Reason::ALL.iter().copied().collect(),
        ];
        for set in sets {
            assert_eq!(text(|to| write_codes(set, to)), set.to_string());
        }
    }

    proptest! {
        #[test]
        fn a_posterior_has_the_digits_of_the_standard_library(
            figure in prop_oneof![0f64..=1.0, (0f64..30.0).prop_map(|power| 1.0 - 10f64.powf(-power)), (0f64..30.0).prop_map(|power| 10f64.powf(-power))],
        ) {
            prop_assert_eq!(posterior(figure), plainly(figure));
        }

        #[test]
        fn bits_and_counts_are_those_of_the_standard_library(millibits: i32, count: u64) {
            let sign = if millibits < 0 { "-" } else { "" };
            let size = millibits.unsigned_abs();
            prop_assert_eq!(bits(millibits), format!("{sign}{}.{:03}", size / 1000, size % 1000));
            prop_assert_eq!(text(|to| write_count(count, to)), count.to_string());
        }
    }

    #[test]
    fn a_probability_below_1_never_reads_as_1() {
        let cases = [
            (0.0, "0.000000"),
            (0.25, "0.250000"),
            (0.999_999, "0.999999"),
            (0.999_999_4, "0.999999"),
            (0.999_999_8, "0.9999998"),
            (0.999_999_999_99, "0.99999999999"),
            (1.0 - f64::EPSILON / 2.0, "0.9999999999999999"),
            (1.0, "0.9999999999999999"),
        ];
        for (probability, text) in cases {
            assert_eq!(posterior(probability), text);
        }
    }

    #[test]
    fn a_tiny_probability_keeps_three_digits() {
        let cases = [(0.0, "0.000000"), (1.058e-7, "1.06e-7"), (0.25, "0.250000"), (0.001, "0.001000")];
        for (figure, text) in cases {
            assert_eq!(probability(figure), text);
        }
        assert_eq!(
            (number(1.25), number(3.2e-5), number(0.0)),
            ("1.250".into(), "3.20e-5".into(), "0.000".into())
        );
    }

    #[test]
    fn bits_are_exact() {
        let cases = [(0, "0.000"), (1, "0.001"), (-1, "-0.001"), (-1234, "-1.234"), (40_050, "40.050")];
        for (millibits, text) in cases {
            assert_eq!(bits(millibits), text);
        }
    }

    #[test]
    fn times_are_in_utc() {
        assert_eq!(instant(UNIX_EPOCH + Duration::from_secs(1_775_035_800)), "2026-04-01T09:30:00Z");
    }

    #[test]
    fn thousands_are_apart() {
        let cases =
            [(0, "0"), (999, "999"), (1_000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")];
        for (count, text) in cases {
            assert_eq!(thousands(count), text);
        }
    }
}
