//! The m and u probabilities of every comparison level, each with its reason. Training may replace them; nothing needs it to.
//!
//! m is P(level | the same person), u is P(level | another person), among pairs in which the attribute can be compared.
//! u comes twice: for a stranger, and for a member of the same household (METHOD 2).

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One comparison level's probabilities, each above 0 and at most 1.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "part of a table that callers write")]
pub struct Level {
    /// P(level | the same person).
    pub m: f64,
    /// P(level | a stranger).
    pub u: U,
    /// P(level | a member of the same household).
    pub household: f64,
}

/// How likely a stranger reaches a level. A share multiplies the frequency of the value at hand (term-frequency
/// adjustment) instead of being a probability.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "part of a table that callers write")]
pub enum U {
    /// A probability.
    Fixed(f64),
    /// This share of the frequency of the value's register form.
    Register(f64),
    /// This share of the frequency of the value's reading.
    Reading(f64),
    /// This share of the rarer of both.
    Both(f64),
    /// This share of the frequency of the address's block.
    Block(f64),
    /// This share of the frequency of the address's town.
    Town(f64),
    /// This share of the frequency of the address's municipality.
    Municipality(f64),
    /// This share of the frequency of the address's prefecture.
    Prefecture(f64),
}

impl U {
    pub(super) const fn figure(self) -> f64 {
        match self {
            Self::Fixed(u) => u,
            Self::Register(share)
            | Self::Reading(share)
            | Self::Both(share)
            | Self::Block(share)
            | Self::Town(share)
            | Self::Municipality(share)
            | Self::Prefecture(share) => share,
        }
    }

    /// Of the same kind, with another figure.
    pub(super) const fn with(self, figure: f64) -> Self {
        match self {
            Self::Fixed(_) => Self::Fixed(figure),
            Self::Register(_) => Self::Register(figure),
            Self::Reading(_) => Self::Reading(figure),
            Self::Both(_) => Self::Both(figure),
            Self::Block(_) => Self::Block(figure),
            Self::Town(_) => Self::Town(figure),
            Self::Municipality(_) => Self::Municipality(figure),
            Self::Prefecture(_) => Self::Prefecture(figure),
        }
    }
}

/// What a model is made of, besides the frequencies of a registry.
///
/// The default is what himozuke ships; the reasons stand beside the figures in the source. Levels come best first, in the
/// order of [`PartLevel`](crate::compare::name::PartLevel), [`BirthDateLevel`](crate::compare::birth_date::BirthDateLevel),
/// [`SexLevel`](crate::compare::sex::SexLevel) and [`AddressLevel`](crate::compare::address::AddressLevel), without
/// `Unknown`, which weighs nothing.
///
/// ```
/// use himozuke::model::Parameters;
/// let mut parameters = Parameters::default();
/// assert!(parameters.validate().is_ok());
/// parameters.sex[0].m = 1.5;
/// let error = parameters.validate().unwrap_err();
/// assert_eq!(error.to_string(), "sex, level 1: m must be above 0 and at most 1");
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a table that callers write with ..Parameters::default()")]
pub struct Parameters {
    /// Levels of the family name.
    pub family_name: [Level; 9],
    /// Levels of the given name, or of a whole name without a border.
    pub given_name: [Level; 9],
    /// Levels of the birth date.
    pub birth_date: [Level; 8],
    /// Levels of the sex.
    pub sex: [Level; 2],
    /// Levels of the address.
    pub address: [Level; 8],
    /// An agreement with a former address.
    pub former_address: Level,
    /// Mean size of a household, from 1 to 100.
    pub household_size: f64,
    /// How many observations the national frequencies count for beside a registry's own, from 1 to 1e6.
    pub prior_observations: f64,
}

/// Which probability of a model is out of its range.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ParametersError {
    /// A level's.
    #[error("{attribute}, level {level}: {figure} must be {range}")]
    Level {
        /// The attribute.
        attribute: &'static str,
        /// The level, the best one 1.
        level: usize,
        /// m, u or household.
        figure: &'static str,
        /// What it may be.
        range: &'static str,
        /// The same in Japanese.
        range_ja: &'static str,
    },
    /// Another figure.
    #[error("{setting} must be {range}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// What it may be.
        range: &'static str,
        /// The same in Japanese.
        range_ja: &'static str,
    },
}

impl ParametersError {
    /// The problem and its mend in Japanese.
    #[must_use]
    pub fn ja(self) -> String {
        match self {
            Self::Level { attribute, level, figure, range_ja, .. } => {
                format!("{attribute} の段階{level}: {figure} は{range_ja}にしてください")
            }
            Self::Setting { setting, range_ja, .. } => format!("{setting} は{range_ja}にしてください"),
        }
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            family_name: FAMILY,
            given_name: GIVEN,
            birth_date: BIRTH_DATE,
            sex: SEX,
            address: ADDRESS,
            former_address: FORMER_ADDRESS,
            // Census of 2020.
            household_size: 2.21,
            prior_observations: 500.0,
        }
    }
}

impl Parameters {
    /// Checks every figure.
    ///
    /// # Errors
    ///
    /// [`ParametersError`] names the first one that is out of its range.
    pub fn validate(&self) -> Result<(), ParametersError> {
        let levels: [(&str, &[Level]); 6] = [
            ("family_name", &self.family_name),
            ("given_name", &self.given_name),
            ("birth_date", &self.birth_date),
            ("sex", &self.sex),
            ("address", &self.address),
            ("former_address", std::slice::from_ref(&self.former_address)),
        ];
        for (attribute, levels) in levels {
            for (level, Level { m, u, household }) in (1..).zip(levels) {
                // A neighbourhood may meet a former address more often than a block's residents are.
                let most = if matches!(u, U::Fixed(_)) { 1.0 } else { 10.0 };
                let checks = [
                    ("m", *m, 1.0, ["above 0 and at most 1", "0より大きく1以下の値"]),
                    (
                        "u",
                        u.figure(),
                        most,
                        ["above 0 and at most 1 (10 for a share)", "0より大きく1以下（割合なら10以下）の値"],
                    ),
                    ("household", *household, 1.0, ["above 0 and at most 1", "0より大きく1以下の値"]),
                ];
                for (figure, value, most, [range, range_ja]) in checks {
                    if !(value > 0.0 && value <= most) {
                        return Err(ParametersError::Level { attribute, level, figure, range, range_ja });
                    }
                }
            }
        }
        if !(1.0..=100.0).contains(&self.household_size) {
            return Err(ParametersError::Setting {
                setting: "household_size",
                range: "from 1 to 100",
                range_ja: "1から100まで",
            });
        }
        if !(1.0..=1e6).contains(&self.prior_observations) {
            return Err(ParametersError::Setting {
                setting: "prior_observations",
                range: "from 1 to 1e6",
                range_ja: "1から1e6まで",
            });
        }
        Ok(())
    }
}

const fn level(m: f64, u: U, household: f64) -> Level {
    Level { m, u, household }
}

/// In the order of `PartLevel::COMPARED`. A family name says nothing within a household, so that its household u is its m.
///
/// m: 5 % of people are met under another family name (marriage: about 0.5 million couples a year on 125 million
/// residents, and files are old); 1-2 % of kanji cells hold another form; readings that files carry were often filled in
/// by machine or by ear (DOMAIN 4.4, 10.8), hence 3 % near and 1 % other readings.
const FAMILY: [Level; 9] = [
    level(0.90, U::Both(0.95), 0.90),
    level(0.94, U::Register(1.0), 0.94),
    level(0.03, U::Register(0.05), 0.03),
    level(0.94, U::Reading(1.0), 0.94),
    level(0.01, U::Register(0.05), 0.01),
    level(0.01, U::Fixed(0.001), 0.01),
    level(0.01, U::Reading(0.6), 0.01),
    level(0.01, U::Fixed(0.004), 0.01),
    level(0.05, U::Fixed(0.98), 0.05),
];

/// As [`FAMILY`]. Within a household nobody has the same given name but by design or by mistake: parents and children
/// who share a reading, a form filled in with the wrong person's name. Given names almost never change.
const GIVEN: [Level; 9] = [
    level(0.93, U::Both(0.95), 0.000_5),
    level(0.96, U::Register(1.0), 0.000_5),
    level(0.03, U::Register(0.05), 0.000_5),
    level(0.96, U::Reading(1.0), 0.002),
    level(0.01, U::Register(0.10), 0.000_5),
    level(0.005, U::Fixed(0.000_5), 0.000_5),
    level(0.01, U::Reading(0.8), 0.002),
    level(0.01, U::Fixed(0.003), 0.01),
    level(0.01, U::Fixed(0.99), 0.98),
];

/// In the order of `BirthDateLevel` up to `Different`. A day of birth is shared by one in about 28,000 residents (3,385 of
/// 124.9 million per day and the age pyramid, METHOD 4); one birth in a hundred is a twin's, and a household has other
/// members besides, hence 0.006. Registers disagree about the birth date in about 1 to 3 % of old records.
const BIRTH_DATE: [Level; 8] = [
    level(0.965, U::Fixed(0.000_036), 0.006),
    level(0.90, U::Fixed(0.03), 0.05),
    level(0.012, U::Fixed(0.001), 0.005),
    level(0.002, U::Fixed(0.000_02), 0.000_5),
    level(0.002, U::Fixed(0.000_05), 0.000_5),
    level(0.003, U::Fixed(0.000_3), 0.002),
    level(0.004, U::Fixed(0.000_08), 0.000_5),
    level(0.012, U::Fixed(0.998), 0.98),
];

/// Equal, different. Wrong sex codes are rare (insurers' check of 2023: 2,779 wrong birth dates or sexes in 160 million,
/// DOMAIN 2.2; other files are worse). Couples make a household's other member a little more likely of the other sex.
const SEX: [Level; 2] = [level(0.995, U::Fixed(0.5), 0.45), level(0.005, U::Fixed(0.5), 0.55)];

/// In the order of `AddressLevel` up to `Different`. About 4 % of residents move in a year and files are some years old.
/// A dwelling is shared with the household; a block with its neighbours; the municipality, in the registry of one city, with
/// everybody: there it speaks against a person that nothing smaller agrees.
const ADDRESS: [Level; 8] = [
    level(0.62, U::Block(0.5), 0.62),
    level(0.12, U::Block(0.8), 0.12),
    level(0.005, U::Block(1.0), 0.005),
    level(0.04, U::Town(0.3), 0.04),
    level(0.04, U::Town(1.0), 0.04),
    level(0.05, U::Municipality(1.0), 0.05),
    level(0.05, U::Prefecture(1.0), 0.05),
    level(0.06, U::Fixed(0.90), 0.06),
];

/// A former address that agrees.
const FORMER_ADDRESS: Level = level(0.05, U::Block(1.5), 0.05);
