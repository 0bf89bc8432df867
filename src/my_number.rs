//! The individual number (個人番号, マイナンバー): checked, never shown, wiped from memory. Knows nothing of records.

use std::fmt;
use std::str::FromStr;

use zeroize::{Zeroize, Zeroizing};

/// A 12-digit individual number whose check digit is right.
///
/// A right check digit proves nothing about a person: a relative's number always passes, and so does a swap of the digits
/// n and n+6 (R17, scenario 25). The number is kept as digits, leading zeros and all; `Debug` and `Display` hide it, it
/// is not `Copy`, `Hash` or serialisable, and it is wiped when dropped. Its text is the caller's to wipe.
///
/// ```
/// use himozuke::{MyNumber, MyNumberError};
/// let number: MyNumber = "1234 5678 9018".parse()?;
/// assert_eq!(format!("{number} {number:?}"), "************ MyNumber(************)");
/// assert_eq!(number.masked(), "********9018");
/// assert_eq!("123456789010".parse::<MyNumber>(), Err(MyNumberError::CheckDigit));
/// # Ok::<(), MyNumberError>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct MyNumber(Digits);

const LENGTH: usize = 12;

/// The digits of a number, in ASCII.
pub(crate) type Digits = [u8; LENGTH];

/// Why a text is no individual number. No message holds the number or a part of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MyNumberError {
    /// Not 12 digits. A leading zero is often lost in a spreadsheet.
    #[error("the individual number does not have 12 digits; check for leading zeros that were dropped")]
    Length,
    /// A character that is neither a digit nor a separator of groups of four.
    #[error("the individual number holds a character other than its 12 digits in groups of four")]
    NotADigit,
    /// The check digit is wrong: some digit was mistyped.
    #[error("the check digit of the individual number is wrong; compare the number with its source")]
    CheckDigit,
}

impl MyNumberError {
    /// The stable name of the problem, for files and programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "my_number_length",
            Self::NotADigit => "my_number_not_a_digit",
            Self::CheckDigit => "my_number_check_digit",
        }
    }

    /// The problem and its mend in Japanese.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Length => "個人番号が12桁ではありません。先頭の0が落ちていないか確かめてください",
            Self::NotADigit => "個人番号に数字と4桁ごとの区切り以外の文字があります",
            Self::CheckDigit => "個人番号の検査用数字が合いません。元の書類と照らし合わせてください",
        }
    }
}

impl MyNumber {
    /// The twelve digits themselves. Whoever calls this answers for where they go.
    #[must_use]
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default() // ASCII digits always are UTF-8
    }

    /// The number with all but the last four digits hidden, the most that may be shown (R24).
    #[must_use]
    pub fn masked(&self) -> String {
        let last = self.expose().get(LENGTH - 4..).unwrap_or_default();
        format!("********{last}")
    }

    pub(crate) const fn digits(&self) -> &Digits {
        &self.0
    }

    /// The numbers that a slip makes of this one without the check digit's noticing: one digit wrong, two neighbours
    /// exchanged, or the digits n and n+6, which weigh the same (DOMAIN 9.2).
    pub(crate) fn slips(&self) -> impl Iterator<Item = Self> + '_ {
        let replaced = (0..LENGTH).flat_map(|at| (b'0'..=b'9').map(move |digit| (at, at, Some(digit))));
        let exchanged = (1..LENGTH).map(|at| (at - 1, at, None));
        let same_weight = (0..LENGTH - 7).map(|at| (at, at + 6, None));
        replaced.chain(exchanged).chain(same_weight).filter_map(|(a, b, digit)| {
            let mut slip = Zeroizing::new(self.0);
            match digit {
                Some(digit) => *slip.get_mut(a)? = digit,
                None => slip.swap(a, b),
            }
            (*slip != self.0 && check_digit(&slip) == slip.last().copied()).then(|| Self(*slip))
        })
    }
}

impl FromStr for MyNumber {
    type Err = MyNumberError;

    /// Reads 12 digits, full-width ones too, solid or in groups of four with a space or a hyphen between them.
    ///
    /// # Errors
    /// [`MyNumberError`] where the form or the check digit is wrong.
    fn from_str(text: &str) -> Result<Self, MyNumberError> {
        let number = match <&Digits>::try_from(text.as_bytes()) {
            // As nearly all are written.
            Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Self(*digits),
            _ => Self::grouped(text)?,
        };
        if check_digit(&number.0) != number.0.last().copied() {
            return Err(MyNumberError::CheckDigit);
        }
        Ok(number)
    }
}

impl MyNumber {
    /// Twelve digits in any notation, unchecked.
    // The text is read character by character: cleaned copies of it would stay behind in freed memory.
    fn grouped(text: &str) -> Result<Self, MyNumberError> {
        let mut number = Self([0; LENGTH]);
        let mut count = 0;
        let mut separated = [false; 2];
        for c in text.trim().chars() {
            if let Some(digit) = digit(c) {
                *number.0.get_mut(count).ok_or(MyNumberError::Length)? = digit;
                count += 1;
                continue;
            }
            let seen = match (is_separator(c), count) {
                (true, 4) => &mut separated[0],
                (true, 8) => &mut separated[1],
                _ => return Err(MyNumberError::NotADigit),
            };
            if std::mem::replace(seen, true) {
                return Err(MyNumberError::NotADigit);
            }
        }
        if count != LENGTH {
            return Err(MyNumberError::Length);
        }
        if separated[0] != separated[1] {
            return Err(MyNumberError::NotADigit);
        }
        Ok(number)
    }
}

/// The ASCII digit of a half-width or full-width one.
fn digit(c: char) -> Option<u8> {
    let value = match c {
        '０'..='９' => u32::from(c) - u32::from('０'),
        _ => c.to_digit(10)?,
    };
    Some(b'0' + value as u8)
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '－' | '\u{2010}'..='\u{2015}' | '−' | 'ー' | 'ｰ')
}

/// The check digit that the eleven digits before it demand (省令85号5条): their sum, weighted from the right by 2 to 7 and
/// again 2 to 6, modulo 11; 0 for a remainder of 0 or 1, else what is missing to 11.
fn check_digit(number: &Digits) -> Option<u8> {
    let (_, body) = number.split_last()?;
    let weights = (2..=7).chain(2..=6);
    let sum: u32 =
        body.iter().rev().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let remainder = (sum % 11) as u8;
    Some(b'0' + if remainder <= 1 { 0 } else { 11 - remainder })
}

impl Drop for MyNumber {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for MyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MyNumber({self})")
    }
}

impl fmt::Display for MyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("************")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<MyNumber, MyNumberError> {
        text.parse()
    }

    #[test]
    fn reads_what_the_ordinance_allows() {
        use MyNumberError::{CheckDigit, Length, NotADigit};
        // The first four are the published vectors of DOMAIN 9.1.
        for (text, expected) in [
            ("123456789018", Ok("123456789018")),
            ("023456789013", Ok("023456789013")),
            ("983205673214", Ok("983205673214")),
            ("123456789010", Err(CheckDigit)),
            (" 1234 5678 9018\n", Ok("123456789018")),
            ("1234-5678-9018", Ok("123456789018")),
            ("１２３４－５６７８－９０１８", Ok("123456789018")),
            ("0000 0000 0000", Ok("000000000000")),
            ("23456789013", Err(Length)),
            ("", Err(Length)),
            ("1234567890188", Err(Length)),
            ("1234 56789018", Err(NotADigit)),
            ("123 456 789 018", Err(NotADigit)),
            ("1234--5678-9018", Err(NotADigit)),
            ("1234-5678-9018-", Err(NotADigit)),
            ("12345678901X", Err(NotADigit)),
            ("٣23456789018", Err(NotADigit)),
        ] {
            assert_eq!(parse(text).as_ref().map(MyNumber::expose).map_err(|e| *e), expected, "{text}");
        }
    }

    #[test]
    fn remainders_of_zero_and_one_both_check_as_zero() {
        // 6 x 2 = 12, remainder 1; 11 zeros, remainder 0. One public implementation forgets the first (DOMAIN 9.2).
        assert!(parse("000000000060").is_ok());
        assert!(parse("000000000000").is_ok());
    }

    #[test]
    fn a_swap_of_equal_weights_passes_as_the_rule_says() {
        // Scenario 25: digits n and n+6 from the right of the body weigh the same.
        assert!(parse("123456789018").is_ok());
        assert!(parse("173456289018").is_err());
        let swapped = "523416789018"; // digits 11 and 7 from the right: not of one weight
        assert!(parse(swapped).is_err());
        for n in 1..=5_usize {
            let mut digits = *b"123456789018";
            digits.swap(11 - n, 11 - (n + 6));
            assert!(parse(std::str::from_utf8(&digits).unwrap()).is_ok(), "{n}");
        }
    }

    #[test]
    fn slips_pass_the_check_digit_and_go_both_ways() {
        let number = parse("123456789018").unwrap();
        let slips: Vec<MyNumber> = number.slips().collect();
        assert!(slips.contains(&parse("723456189018").unwrap()), "digits 1 and 7 exchanged");
        for slip in &slips {
            assert!(parse(slip.expose()).is_ok() && *slip != number);
            assert!(slip.slips().any(|back| back == number));
        }
    }

    #[test]
    fn shows_at_most_four_digits() {
        let number = parse("123456789018").unwrap();
        assert_eq!(number.masked(), "********9018");
        assert!(!format!("{number}{number:?}{number:#?}").contains(|c: char| c.is_ascii_digit()));
    }

    proptest! {
        #[test]
        fn is_total(text in "\\PC*|[0-9 -]{10,16}") {
            let _ = parse(&text);
        }

        #[test]
        fn a_mistyped_check_digit_is_always_caught(body in "[0-9]{11}") {
            let passing = ('0'..='9').filter(|check| parse(&format!("{body}{check}")).is_ok()).count();
            prop_assert_eq!(passing, 1);
        }
    }
}
