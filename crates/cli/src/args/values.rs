//! What the values of arguments can be.

use std::{path::PathBuf, str::FromStr};

use clap::ValueEnum;

use crate::{columns::Role, input::Encoding};

/// Encoding of an input.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum EncodingChoice {
    /// Find out, and say
    Auto,
    /// UTF-8
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    /// Windows code page 932 (Shift_JIS)
    #[value(alias = "shift_jis", alias = "sjis")]
    Cp932,
    /// UTF-16, the low byte first ("Unicode" in Windows)
    #[value(name = "utf-16le", alias = "utf-16", alias = "utf16", alias = "utf16le")]
    Utf16Le,
    /// UTF-16, the high byte first
    #[value(name = "utf-16be", alias = "utf16be")]
    Utf16Be,
}

impl EncodingChoice {
    /// The encoding, where one was chosen.
    #[must_use]
    pub const fn chosen(self) -> Option<Encoding> {
        match self {
            Self::Auto => None,
            Self::Utf8 => Some(Encoding::Utf8),
            Self::Cp932 => Some(Encoding::Cp932),
            Self::Utf16Le => Some(Encoding::Utf16Le),
            Self::Utf16Be => Some(Encoding::Utf16Be),
        }
    }
}

/// Encoding of an output.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum WrittenEncoding {
    /// UTF-8
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    /// Windows code page 932 (Shift_JIS)
    #[value(alias = "shift_jis", alias = "sjis")]
    Cp932,
}

/// Families of era codes (R14, DOMAIN 6.5): one digit means different eras, so the family is told and never guessed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum EraCodes {
    /// A date with an era code is not read
    None,
    /// 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和
    Sequential,
    /// 1 明治, 3 大正, 5 昭和, 7 平成, 9 令和
    Pension,
}

/// One `--era-codes`: `pension`, for one of the inputs if it begins with `registry:` or `records:`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EraCodesOf {
    /// The input; both where `None`.
    pub role: Option<Role>,
    /// The family.
    pub family: EraCodes,
}

impl FromStr for EraCodesOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (role, family) = match text.split_once(':') {
            Some(("registry", family)) => (Some(Role::Registry), family),
            Some(("records", family)) => (Some(Role::Records), family),
            _ => (None, text),
        };
        let family = EraCodes::from_str(family, false)
            .map_err(|_| "expected none, sequential or pension, for example records:pension".to_owned())?;
        Ok(Self { role, family })
    }
}

/// Language of sentences.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Language {
    /// English
    En,
    /// 日本語
    Ja,
}

impl Language {
    /// The text in this language.
    #[must_use]
    pub const fn pick<'t>(self, en: &'t str, ja: &'t str) -> &'t str {
        match self {
            Self::En => en,
            Self::Ja => ja,
        }
    }
}

/// Which rules decide.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PolicyChoice {
    /// The four attributes of the guideline, all of them.
    Guideline,
    /// Weights and posteriors.
    Statistical,
    /// As a file says.
    File(PathBuf),
}

impl FromStr for PolicyChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "guideline" => Ok(Self::Guideline),
            "statistical" => Ok(Self::Statistical),
            // A misspelt name must not become a file that happens not to exist.
            file if file.contains(['.', '/', '\\']) => Ok(Self::File(PathBuf::from(file))),
            _ => Err("expected guideline, statistical, or a file such as ./policy.toml".to_owned()),
        }
    }
}

/// Where records come from and how they go wrong on the way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ProfileChoice {
    /// A shipped profile: the TOML of it.
    Shipped(&'static str),
    /// As a file says.
    File(PathBuf),
}

impl FromStr for ProfileChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match himozuke::synth::PROFILES.iter().find(|(name, _)| *name == text) {
            Some((_, toml)) => Ok(Self::Shipped(toml)),
            // As for a policy.
            None if text.contains(['.', '/', '\\']) => Ok(Self::File(PathBuf::from(text))),
            None => {
                let names = himozuke::synth::PROFILES.map(|(name, _)| name).join(", ");
                Err(format!("expected {names}, or a file such as ./profile.toml"))
            }
        }
    }
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Day {
    /// 1868 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the last day of the month.
    pub day: u8,
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = || "expected a day as YYYY-MM-DD, for example 2026-04-01".to_owned();
        let parts: Vec<&str> = text.split('-').collect();
        let ([year, month, day], true) = (parts.as_slice(), text.is_ascii()) else { return Err(malformed()) };
        let digits =
            |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return Err(malformed());
        }
        let year: u16 = year.parse().map_err(|_| malformed())?;
        let month: u8 = month.parse().map_err(|_| malformed())?;
        let day: u8 = day.parse().map_err(|_| malformed())?;
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u8::from(leap),
            1..=12 => 31,
            _ => 0,
        };
        if year < 1868 || !(1..=last).contains(&day) {
            return Err("no such day since 1868".to_owned());
        }
        Ok(Self { year, month, day })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_checked() {
        assert_eq!("2024-02-29".parse(), Ok(Day { year: 2024, month: 2, day: 29 }));
        for wrong in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-04-31",
            "1867-12-31",
            "2024-4-1",
            "+024-04-01",
            "２０２４-04-01",
            "",
        ] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_misspelt_policy_is_no_file() {
        assert!("guidline".parse::<PolicyChoice>().is_err());
        assert_eq!("p.toml".parse(), Ok(PolicyChoice::File("p.toml".into())));
        assert!("ensurer".parse::<ProfileChoice>().is_err());
        assert_eq!("p.toml".parse(), Ok(ProfileChoice::File("p.toml".into())));
    }
}
