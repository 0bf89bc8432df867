//! How figures are written: the same digits on every machine.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::deciding::{day_after_epoch, iso};

/// A probability with six decimals, or as many as show that it is not 1: `0.999998`, `0.99999998`. Nothing is certain:
/// what a double cannot tell from 1 is `0.9999999999999999`.
#[must_use]
pub fn posterior(probability: f64) -> String {
    // With fewer digits than these it would be rounded to 1.
    let least = (0.49 / (1.0 - probability)).log10().ceil().clamp(6.0, 16.0) as usize;
    let mut written = (least..=16).map(|digits| format!("{probability:.digits$}"));
    written.find(|text| text.starts_with("0.")).unwrap_or_else(|| "0.9999999999999999".to_owned())
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
    let sign = if millibits < 0 { "-" } else { "" };
    let size = millibits.unsigned_abs();
    format!("{sign}{}.{:03}", size / 1000, size % 1000)
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
    use std::time::Duration;

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
