//! Splink's settings, as far as both can say the same: ordered levels with m and u, and the frequencies of values that
//! agree. A cross-check, for a model that two programs weigh alike is less likely to be mistaken.
//!
//! Splink compares columns with SQL, so that the settings expect these (of names, the parts without spaces and in one notation):
//! `family_kanji`, `family_kanji_fold` (look-alikes made one), `family_kana`, `family_kana_code` (one ASCII character for each
//! kana, for DuckDB counts edits in bytes), the same for `given`, `birth_date` (`1985-01-31`, or
//! as much of it as is known), `sex`, `block` (town and numbers, joined by `-`), `building`, `town`, `municipality`,
//! `prefecture`. What is missing is null.
//!
//! Not shared: slips between eras, which columns of Western years do not show; frequencies within a cohort and those of the
//! rarer of two scripts, for which Splink has no column; blocks under their towns; former addresses; the household mixture.
//! u of such levels is written at its mean.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::attributes::Attribute;
use super::strangers::{self, Strangers};
use crate::Registry;
use crate::compare::Comparison;
use crate::model::{Model, Parameters, ParametersError, U};

/// A file of settings. Fields that himozuke has no use for are read over.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SplinkSettings {
    /// `link_only`.
    pub link_type: String,
    /// The share of all pairs that are of one person.
    pub probability_two_random_records_match: f64,
    /// The name of the column of ids.
    #[serde(default = "unique_id")]
    pub unique_id_column_name: String,
    /// One for each attribute.
    pub comparisons: Vec<SplinkComparison>,
    /// Rules that find pairs.
    #[serde(default)]
    pub blocking_rules_to_generate_predictions: Vec<SplinkRule>,
}

/// A rule of blocking: whom to compare.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SplinkRule {
    /// In SQL.
    pub blocking_rule: String,
}

/// The levels of one attribute, best first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SplinkComparison {
    /// The attribute.
    pub output_column_name: String,
    /// Its levels.
    pub comparison_levels: Vec<SplinkLevel>,
}

/// One level.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SplinkLevel {
    /// When a pair is of this level and of none before.
    pub sql_condition: String,
    /// Its name.
    #[serde(default)]
    pub label_for_charts: String,
    /// No comparison.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_null_level: bool,
    /// P(level | the same person).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m_probability: Option<f64>,
    /// P(level | others).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub u_probability: Option<f64>,
    /// Whose frequency takes the place of u.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tf_adjustment_column: Option<String>,
    /// How far it does, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tf_adjustment_weight: Option<f64>,
    /// The frequency takes the place of this level's own u; else of that of the level that asks for this column alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disable_tf_exact_match_detection: bool,
    /// The least frequency that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tf_minimum_u_value: Option<f64>,
}

/// Why settings cannot be taken over.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum SplinkError {
    /// None of the comparisons is one of himozuke's.
    #[error(
        "no comparison has one of the names family_name, given_name, birth_date, sex, address and levels labelled as himozuke's; \
         begin with settings that himozuke wrote"
    )]
    NothingShared,
    /// A figure is out of its range.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
}

impl SplinkError {
    /// The problem and its mend in Japanese.
    #[must_use]
    pub fn ja(&self) -> String {
        match self {
            Self::NothingShared => "family_name、given_name、birth_date、sex、address のどれかの名で、himozuke と同じ段階の名を持つ比較がありません。\
                                    himozuke が書いた設定から始めてください"
                .to_owned(),
            Self::Parameters(error) => error.ja(),
        }
    }
}

fn unique_id() -> String {
    "unique_id".to_owned()
}

impl SplinkLevel {
    /// Whether it is the plain equality of a column.
    fn asks_only_for(&self, column: &str) -> bool {
        let plain: String = self
            .sql_condition
            .chars()
            .filter(|c| !matches!(c, '"' | '`' | ' '))
            .collect::<String>()
            .to_lowercase();
        let column = column.to_lowercase();
        plain == format!("{column}_l={column}_r")
    }
}

impl SplinkComparison {
    /// The level that Splink's vector names: -1 is the null level, else levels are counted from the worst, 0.
    #[must_use]
    pub fn level(&self, value: i32) -> Option<&SplinkLevel> {
        let (nulls, levels): (Vec<_>, Vec<_>) =
            self.comparison_levels.iter().partition(|level| level.is_null_level);
        match usize::try_from(value) {
            Ok(value) => levels.iter().rev().nth(value).copied(),
            Err(_) => nulls.first().copied(),
        }
    }

    /// The weight of a level in bits, by Splink's formula: log2(m/u), and where frequencies are told, the greater one in the
    /// place of u. `frequencies` are those of the values of both sides in the level's column. `None` without m and u, and
    /// where Splink would refuse.
    #[must_use]
    pub fn weight(&self, value: i32, frequencies: Option<(f64, f64)>) -> Option<f64> {
        let level = self.level(value)?;
        if level.is_null_level {
            return Some(0.0);
        }
        let weight = (level.m_probability? / level.u_probability?).log2();
        let (Some(column), Some((left, right))) = (&level.tf_adjustment_column, frequencies) else {
            return Some(weight);
        };
        let u = if level.disable_tf_exact_match_detection {
            level.u_probability?
        } else {
            self.comparison_levels.iter().find(|level| level.asks_only_for(column))?.u_probability?
        };
        let frequency = left.max(right).max(level.tf_minimum_u_value.unwrap_or(0.0));
        Some(weight + level.tf_adjustment_weight.unwrap_or(1.0) * (u / frequency).log2())
    }
}

impl SplinkSettings {
    /// The settings that weigh as a model with these parameters does, for this registry.
    #[must_use]
    pub fn write(parameters: &Parameters, registry: &Registry) -> Self {
        let model = Model::made_of(registry, parameters.clone());
        let strangers = strangers::count(registry, &model, 200_000);
        let comparisons =
            Attribute::ALL.into_iter().map(|attribute| comparison(attribute, parameters, &strangers));
        let rules = ["family_kanji given_kanji", "family_kana given_kana", "block"];
        let rule = |columns: &str| {
            let equal = columns.split(' ').chain(["birth_date"]);
            let equal = equal.map(|column| format!("l.\"{column}\" = r.\"{column}\""));
            SplinkRule { blocking_rule: equal.collect::<Vec<_>>().join(" AND ") }
        };
        Self {
            link_type: "link_only".to_owned(),
            probability_two_random_records_match: 1.0 / registry.len().max(2) as f64,
            unique_id_column_name: unique_id(),
            comparisons: comparisons.collect(),
            blocking_rules_to_generate_predictions: rules.into_iter().map(rule).collect(),
        }
    }

    /// The parameters that Splink learnt, in place of those of `base`: m and u of every level that both have. A level with
    /// frequencies takes its u from them.
    ///
    /// # Errors
    ///
    /// [`SplinkError`] if nothing is shared or a figure is out of its range.
    pub fn read(&self, base: &Parameters) -> Result<Parameters, SplinkError> {
        let mut parameters = base.clone();
        let mut shared = 0;
        for attribute in Attribute::ALL {
            let named = |comparison: &&SplinkComparison| comparison.output_column_name == attribute.code();
            let Some(comparison) = self.comparisons.iter().find(named) else { continue };
            let levels = attribute.levels_mut(&mut parameters).iter_mut();
            for (level, Shared { label, .. }) in levels.zip(shared_levels(attribute)) {
                let labelled = |level: &&SplinkLevel| level.label_for_charts == *label;
                let Some(theirs) = comparison.comparison_levels.iter().find(labelled) else { continue };
                let (Some(m), Some(u)) = (theirs.m_probability, theirs.u_probability) else { continue };
                shared += 1;
                level.m = m;
                if attribute.is_of_household() {
                    level.household = m;
                }
                level.u = match theirs.tf_adjustment_column {
                    Some(_) => level.u.with(1.0),
                    None => U::Fixed(u),
                };
            }
        }
        if shared == 0 {
            return Err(SplinkError::NothingShared);
        }
        parameters.validate()?;
        Ok(parameters)
    }

    /// The vector that Splink should come to for what himozuke compared: by attribute, the value of its level; `None` where
    /// the level is not shared.
    #[must_use]
    pub fn vector(comparison: &Comparison) -> [Option<i32>; 5] {
        let name = &comparison.name;
        let levels = [
            name.family() as usize,
            name.given() as usize,
            comparison.birth_date as usize,
            comparison.sex as usize,
            comparison.address.level as usize,
        ];
        let mut vector = [None; 5];
        for ((slot, attribute), level) in vector.iter_mut().zip(Attribute::ALL).zip(levels) {
            let shared = shared_levels(attribute);
            *slot = match shared.get(level) {
                None => Some(-1),
                Some(Shared { sql: "", .. }) => None,
                Some(_) => {
                    let worse = shared.iter().skip(level + 1).filter(|level| !level.sql.is_empty());
                    i32::try_from(worse.count()).ok()
                }
            };
        }
        vector
    }
}

fn comparison(attribute: Attribute, parameters: &Parameters, strangers: &Strangers) -> SplinkComparison {
    let part = match attribute {
        Attribute::GivenName => "given",
        _ => "family",
    };
    let sql = |condition: &str| condition.replace("NAME", part);
    let null = SplinkLevel {
        sql_condition: sql(null_condition(attribute)),
        label_for_charts: "unknown".to_owned(),
        is_null_level: true,
        ..SplinkLevel::default()
    };
    let levels = attribute.levels(parameters).iter().zip(shared_levels(attribute)).enumerate();
    let levels = levels.filter(|(_, (_, shared))| !shared.sql.is_empty()).map(|(at, (level, shared))| {
        // A frequency that is u by itself is one that both have.
        let column = shared.frequency.filter(|_| level.u.figure() == 1.0).map(sql);
        SplinkLevel {
            sql_condition: sql(shared.sql),
            label_for_charts: shared.label.to_owned(),
            m_probability: Some(level.m),
            u_probability: Some(strangers.mean(attribute, at, level.u)),
            tf_adjustment_weight: column.as_ref().map(|_| 1.0),
            disable_tf_exact_match_detection: column.is_some(),
            tf_adjustment_column: column,
            ..SplinkLevel::default()
        }
    });
    SplinkComparison {
        output_column_name: attribute.code().to_owned(),
        comparison_levels: std::iter::once(null).chain(levels).collect(),
    }
}

/// A level in Splink's words; without SQL where it has none.
struct Shared {
    label: &'static str,
    sql: &'static str,
    frequency: Option<&'static str>,
}

const fn shared(label: &'static str, sql: &'static str) -> Shared {
    Shared { label, sql, frequency: None }
}

const fn null_condition(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::FamilyName | Attribute::GivenName => {
            "(NAME_kanji_l IS NULL OR NAME_kanji_r IS NULL) AND (NAME_kana_l IS NULL OR NAME_kana_r IS NULL)"
        }
        Attribute::BirthDate => "birth_date_l IS NULL OR birth_date_r IS NULL",
        Attribute::Sex => "sex_l IS NULL OR sex_r IS NULL",
        Attribute::Address => "prefecture_l IS NULL OR prefecture_r IS NULL",
    }
}

/// The levels of an attribute in order, in DuckDB's SQL.
const fn shared_levels(attribute: Attribute) -> &'static [Shared] {
    match attribute {
        Attribute::FamilyName | Attribute::GivenName => &NAME,
        Attribute::BirthDate => &BIRTH_DATE,
        Attribute::Sex => &SEX,
        Attribute::Address => &ADDRESS,
    }
}

const NAME: [Shared; 9] = [
    shared("full", "NAME_kanji_l = NAME_kanji_r AND NAME_kana_l = NAME_kana_r"),
    Shared {
        frequency: Some("NAME_kanji"),
        ..shared(
            "register_only",
            "NAME_kanji_l = NAME_kanji_r AND (NAME_kana_l IS NULL OR NAME_kana_r IS NULL)",
        )
    },
    shared(
        "reading_near",
        "NAME_kanji_l = NAME_kanji_r AND damerau_levenshtein(NAME_kana_code_l, NAME_kana_code_r) = 1",
    ),
    Shared {
        frequency: Some("NAME_kana"),
        ..shared(
            "reading_only",
            "(NAME_kanji_l IS NULL OR NAME_kanji_r IS NULL) AND NAME_kana_l = NAME_kana_r",
        )
    },
    shared("reading_differs", "NAME_kanji_l = NAME_kanji_r"),
    shared(
        "look_alike",
        "NAME_kanji_fold_l = NAME_kanji_fold_r \
         AND coalesce(damerau_levenshtein(NAME_kana_code_l, NAME_kana_code_r), 0) <= 1",
    ),
    shared("homophone", "NAME_kanji_fold_l <> NAME_kanji_fold_r AND NAME_kana_l = NAME_kana_r"),
    shared(
        "near",
        "(NAME_kanji_l IS NULL OR NAME_kanji_r IS NULL) AND damerau_levenshtein(NAME_kana_code_l, NAME_kana_code_r) = 1",
    ),
    shared("different", "ELSE"),
];

const BIRTH_DATE: [Shared; 8] = [
    shared("equal", "length(birth_date_l) = 10 AND birth_date_l = birth_date_r"),
    shared(
        "compatible",
        "starts_with(birth_date_l, birth_date_r) OR starts_with(birth_date_r, birth_date_l)",
    ),
    shared(
        "one_digit",
        "length(birth_date_l) = 10 AND length(birth_date_r) = 10 AND hamming(birth_date_l, birth_date_r) = 1 \
         AND NOT (birth_date_l[1:8] = birth_date_r[1:8] AND (birth_date_l[9:10] = CASE WHEN birth_date_r[9] = '0' \
         THEN '01' ELSE birth_date_r[9] || '0' END OR birth_date_r[9:10] = CASE WHEN birth_date_l[9] = '0' THEN '01' \
         ELSE birth_date_l[9] || '0' END))",
    ),
    shared(
        "swapped",
        "birth_date_l[1:4] = birth_date_r[1:4] AND birth_date_l[6:7] = birth_date_r[9:10] \
         AND birth_date_l[9:10] = birth_date_r[6:7]",
    ),
    shared("era_slip", ""),
    shared(
        "rounded_day",
        "birth_date_l[1:8] = birth_date_r[1:8] AND (birth_date_l[9:10] = CASE WHEN birth_date_r[9] = '0' THEN '01' \
         ELSE birth_date_r[9] || '0' END OR birth_date_r[9:10] = CASE WHEN birth_date_l[9] = '0' THEN '01' \
         ELSE birth_date_l[9] || '0' END)",
    ),
    shared(
        "adjacent_day",
        "abs(date_diff('day', TRY_CAST(birth_date_l AS DATE), TRY_CAST(birth_date_r AS DATE))) = 1",
    ),
    shared("different", "ELSE"),
];

const SEX: [Shared; 2] = [shared("equal", "sex_l = sex_r"), shared("different", "ELSE")];

const ADDRESS: [Shared; 8] = [
    shared("dwelling", "block_l = block_r AND building_l IS NOT DISTINCT FROM building_r"),
    shared("building", "block_l = block_r AND (building_l IS NULL OR building_r IS NULL)"),
    shared("rooms_differ", "block_l = block_r"),
    shared("partial", "starts_with(block_l, block_r || '-') OR starts_with(block_r, block_l || '-')"),
    Shared { frequency: Some("town"), ..shared("town", "town_l = town_r") },
    Shared { frequency: Some("municipality"), ..shared("municipality", "municipality_l = municipality_r") },
    Shared { frequency: Some("prefecture"), ..shared("prefecture", "prefecture_l = prefecture_r") },
    shared("different", "ELSE"),
];
