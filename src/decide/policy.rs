//! What an office has decided beforehand: which attributes must agree, what errors cost, how strict the gates are.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::normalize::Grade;
use crate::normalize::birth_date::{DateOptions, EraCodes};
use crate::person::ReadOptions;

/// Which attributes must be present and agree before a link (METHOD 5, DOMAIN 1).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Profile {
    /// Kanji and kana name, birth date, sex and address: health insurers (DOMAIN 1.5).
    Five,
    /// Name, birth date, sex and address: the guideline's rule.
    Four,
    /// Name, birth date and address, for schemes that hold no sex (DOMAIN 1.2).
    ThreeWithoutSex,
    /// Name and birth date, if nobody else can share them. Not the guideline's.
    NameBirthdateUnique,
    /// Kana name and birth date: how people were linked to strangers in 2023. Always refused.
    KanaBirthdate,
}

impl Profile {
    /// What must be there on both sides and agree.
    ///
    /// ```
    /// use himozuke::Profile;
    /// assert!(Profile::Four.demands().sex && !Profile::ThreeWithoutSex.demands().sex);
    /// assert!(!Profile::NameBirthdateUnique.demands().address);
    /// ```
    #[must_use]
    pub const fn demands(self) -> Demands {
        Demands {
            kana_name: matches!(self, Self::Five),
            sex: matches!(self, Self::Five | Self::Four),
            address: !matches!(self, Self::NameBirthdateUnique),
        }
    }
}

/// What a [`Profile`] demands beside a name and a birth date, which all of them do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Demands {
    /// The reading beside the kanji.
    pub kana_name: bool,
    /// The sex.
    pub sex: bool,
    /// The address.
    pub address: bool,
}

/// What to do when somebody else shares name and birth date.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NamesakeRule {
    /// A person reviews it; the only rule under the guideline (R1, R2).
    #[default]
    Review,
    /// Link if exactly one of them agrees at the dwelling and all others contradict there.
    ResolveByAddress,
}

/// How often a person may be linked to within a batch.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClaimsRule {
    /// Once; otherwise every claimant is reviewed.
    #[default]
    OneToOne,
    /// As often as need be: files that hold a person several times (accounts, handbooks).
    ManyToOne,
}

/// What errors cost, in units of one review by hand (METHOD 5).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "part of a configuration that callers write")]
pub struct Losses {
    /// Linking to a person when another registered person is meant. At least `none`.
    pub wrong: f64,
    /// Linking to a person when nobody registered is meant. At least 2.
    pub none: f64,
    /// Answering that nobody is meant when somebody is. At least 2.
    pub miss: f64,
}

impl Default for Losses {
    fn default() -> Self {
        Self { wrong: 10_000.0, none: 10_000.0, miss: 20.0 }
    }
}

/// The decision rule, as data.
///
/// [`Policy::guideline`] is the default. A policy must pass [`Policy::validate`] before anything is decided by it.
///
/// ```
/// use himozuke::{Policy, Profile};
/// let policy = Policy { profile: Profile::ThreeWithoutSex, ..Policy::guideline() };
/// assert!(policy.validate().is_ok() && policy.is_guideline());
/// let refused = Policy { profile: Profile::KanaBirthdate, ..Policy::guideline() };
/// assert!(refused.validate().is_err());
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a configuration that callers write with ..Policy::guideline()"
)]
pub struct Policy {
    /// Which attributes must agree.
    pub profile: Profile,
    /// What errors cost.
    pub losses: Losses,
    /// P(the person is in the registry), before anything is known of the record; in (0, 1).
    pub coverage: f64,
    /// Share of true pairs that blocking finds; in (0, 1].
    pub blocking_recall: f64,
    /// People who could be meant, registered or not. Residents of Japan on 2024-01-01 by default (DOMAIN 10.1).
    pub population: f64,
    /// Gate 6: the most unregistered people that may be expected to show what the record shows: name, birth date, and the
    /// place as far as it agrees; more of them if it differs. A hundredth of that where the record names another municipality
    /// and the register does not know why.
    pub max_expected_namesakes: f64,
    /// Gate 7: the least lead over the second candidate, in bits.
    pub min_margin_bits: f64,
    /// Gate 10: expected wrong links per million links.
    pub budget_per_million: f64,
    /// The weakest grade at which kanji agree; 1 to 4.
    pub accepted_grade: Grade,
    /// Gate 4.
    pub namesake: NamesakeRule,
    /// Gate 8.
    pub claims: ClaimsRule,
    /// What numeric era codes in birth dates mean (R14): none, sequential (5 is 令和) or pension (5 is 昭和). Told, never
    /// guessed.
    #[serde(with = "EraCodesName")]
    pub era_codes: EraCodes,
}

/// How a policy file calls the families of era codes.
#[derive(Deserialize, Serialize)]
#[serde(remote = "EraCodes", rename_all = "snake_case")]
enum EraCodesName {
    None,
    Sequential,
    Pension,
}

impl Default for Policy {
    fn default() -> Self {
        Self::guideline()
    }
}

/// Why a policy is refused: which setting, and what it may be.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PolicyError {
    /// The profile that caused the errors of 2023.
    #[error(
        "profile: kana_birthdate never links: namesakes share reading and birth date (R1); use four, five or three_without_sex"
    )]
    KanaBirthdate,
    /// A number out of its range.
    #[error("{setting}: must be {range}")]
    OutOfRange {
        /// The setting.
        setting: &'static str,
        /// What it may be.
        range: &'static str,
        /// The same in Japanese.
        range_ja: &'static str,
    },
}

impl PolicyError {
    /// The problem and its mend in Japanese.
    #[must_use]
    pub fn ja(self) -> String {
        match self {
            Self::KanaBirthdate => "profile: kana_birthdate では紐付けません。同じ読みと生年月日の別人がいます（R1）。four、five、\
                                    three_without_sex のどれかにしてください"
                .to_owned(),
            Self::OutOfRange { setting, range_ja, .. } => format!("{setting}: {range_ja}にしてください"),
        }
    }
}

impl Policy {
    /// The rule of the Digital Agency's guideline: all four attributes, one claim a person, a namesake is always reviewed.
    #[must_use]
    pub fn guideline() -> Self {
        Self {
            profile: Profile::Four,
            losses: Losses::default(),
            coverage: 0.95,
            blocking_recall: 0.995,
            population: 124_885_175.0,
            max_expected_namesakes: 1e-3,
            min_margin_bits: 10.0,
            budget_per_million: 10.0,
            accepted_grade: Grade::Register,
            namesake: NamesakeRule::Review,
            claims: ClaimsRule::OneToOne,
            era_codes: EraCodes::None,
        }
    }

    /// For uses where no rule demands the address: name and birth date link if nobody else can share them. Opt-in; its
    /// outputs are stamped `not_guideline`.
    #[must_use]
    pub fn statistical() -> Self {
        Self { profile: Profile::NameBirthdateUnique, ..Self::guideline() }
    }

    /// How records are read under this policy: birth dates with its era codes, all else by default. A registry written by
    /// the same office is read so too.
    ///
    /// ```
    /// use himozuke::{Policy, RegistryBuilder, normalize::birth_date::EraCodes};
    /// let policy = Policy { era_codes: EraCodes::Pension, ..Policy::guideline() };
    /// let builder = RegistryBuilder::new(policy.read_options());
    /// ```
    #[must_use]
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions { dates: DateOptions { era_codes: self.era_codes, ..DateOptions::default() } }
    }

    /// Whether decisions by this policy follow the guideline.
    #[must_use]
    pub fn is_guideline(&self) -> bool {
        matches!(self.profile, Profile::Five | Profile::Four | Profile::ThreeWithoutSex)
            && self.namesake == NamesakeRule::Review
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] names the first setting that is out of its range.
    pub fn validate(&self) -> Result<(), PolicyError> {
        if self.profile == Profile::KanaBirthdate {
            return Err(PolicyError::KanaBirthdate);
        }
        let Losses { wrong, none, miss } = self.losses;
        let checks = [
            (
                "losses.none",
                (2.0..=1e12).contains(&none),
                ["from 2 to 1e12 reviews", "確認2件分から1e12件分まで"],
            ),
            (
                "losses.wrong",
                (none..=1e12).contains(&wrong),
                ["at least losses.none and at most 1e12 reviews", "losses.none 以上、確認1e12件分以下"],
            ),
            (
                "losses.miss",
                (2.0..=1e12).contains(&miss),
                ["from 2 to 1e12 reviews", "確認2件分から1e12件分まで"],
            ),
            (
                "coverage",
                self.coverage > 0.0 && self.coverage < 1.0,
                ["above 0 and below 1", "0より大きく1より小さい値"],
            ),
            (
                "blocking_recall",
                self.blocking_recall > 0.0 && self.blocking_recall <= 1.0,
                ["above 0 and at most 1", "0より大きく1以下の値"],
            ),
            (
                "population",
                (1.0..=1e11).contains(&self.population),
                ["from 1 to 1e11 people", "1人から1e11人まで"],
            ),
            (
                "max_expected_namesakes",
                (0.0..=1.0).contains(&self.max_expected_namesakes),
                ["from 0 to 1", "0から1まで"],
            ),
            (
                "min_margin_bits",
                (1.0..=100.0).contains(&self.min_margin_bits),
                ["from 1 to 100 bits", "1ビットから100ビットまで"],
            ),
            (
                "budget_per_million",
                (0.0..=1e6).contains(&self.budget_per_million),
                ["from 0 to 1e6", "0から1e6まで"],
            ),
            (
                "accepted_grade",
                self.accepted_grade <= Grade::Register,
                [
                    "identical, equivalent, official or register",
                    "identical、equivalent、official、register のどれか",
                ],
            ),
        ];
        match checks.into_iter().find(|(_, holds, _)| !holds) {
            Some((setting, _, [range, range_ja])) => {
                Err(PolicyError::OutOfRange { setting, range, range_ja })
            }
            None => Ok(()),
        }
    }
}
