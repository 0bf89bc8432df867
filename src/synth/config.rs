//! What to make, how much of it, and how often each thing happens.
//!
//! All rates are parts of 100,000, so that no floating point decides anything.

use serde::{Deserialize, Serialize};

/// Size and rates of a synthetic population and of the records about it. Fields left out of a file keep their defaults.
///
/// The default is a small town with more namesakes and twins than there really are, and with records about absent people
/// who resemble a resident, so that a test of modest size meets them. [`SynthConfig::natural`] has them as often as they
/// arise by themselves.
///
/// ```
/// use himozuke::synth::SynthConfig;
/// let config: SynthConfig = serde_json::from_str(r#"{ "seed": 7, "residents": 500 }"#)?;
/// assert_eq!((config.residents, config.records), (500, SynthConfig::default().records));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SynthConfig {
    /// Chance begins here: the same seed and rates give the same people and records everywhere.
    pub seed: u64,
    /// Residents in the registry.
    pub residents: u32,
    /// Records to link.
    pub records: u32,
    /// Who the residents are.
    pub population: PopulationRates,
    /// Whom the records are about.
    pub subjects: SubjectRates,
    /// How the records go wrong, or only differ in notation.
    pub errors: ErrorRates,
    /// Sources of the records, in turn; if there are any, `errors` is not asked.
    pub profiles: Vec<Profile>,
}

/// A source of records and how they go wrong there.
///
/// Profiles as users write them are TOML, which the library does not read but serde does; [`PROFILES`] has seven.
///
/// ```
/// use himozuke::synth::{ErrorRates, Profile};
/// let profile: Profile = toml::from_str(
///     r#"
///     name = "telephone"
///     [errors]
///     given_typo = 4000
///     "#,
/// )?;
/// assert_eq!(profile.errors, ErrorRates { given_typo: 4_000, ..ErrorRates::NONE });
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "callers write it")]
pub struct Profile {
    /// What files and figures call it.
    pub name: String,
    /// What happens to its records.
    pub errors: ErrorRates,
}

impl Profile {
    /// The name of what [`SynthConfig::errors`] says, where no profile is given.
    pub const MIXED: &'static str = "mixed";
}

/// The shipped profiles: their names, and the TOML of each ([`Profile`]). What they hold is judged by hand from the causes
/// in DOMAIN 2 and 3, for no source publishes its rates: change them to those of your own files.
pub const PROFILES: [(&str, &str); 7] = [
    ("municipal_office", include_str!("../../data/profiles/municipal_office.toml")),
    ("insurer", include_str!("../../data/profiles/insurer.toml")),
    ("insurer_enrolled", include_str!("../../data/profiles/insurer_enrolled.toml")),
    ("insurer_no_address", include_str!("../../data/profiles/insurer_no_address.toml")),
    ("bank_kana", include_str!("../../data/profiles/bank_kana.toml")),
    ("paper_ocr", include_str!("../../data/profiles/paper_ocr.toml")),
    ("web_form", include_str!("../../data/profiles/web_form.toml")),
];

impl Default for SynthConfig {
    fn default() -> Self {
        SynthConfig {
            seed: 1,
            residents: 10_000,
            records: 2_000,
            population: PopulationRates::default(),
            subjects: SubjectRates::default(),
            errors: ErrorRates::default(),
            profiles: Vec::new(),
        }
    }
}

impl SynthConfig {
    /// Namesakes, twins and look-alikes of absent people as often as they really are: 10,000 residents, 2,000 records.
    ///
    /// ```
    /// use himozuke::synth::SynthConfig;
    /// let config = SynthConfig { residents: 1_000_000, ..SynthConfig::natural() };
    /// assert_eq!(config.population.namesakes, 0);
    /// ```
    #[must_use]
    pub fn natural() -> Self {
        SynthConfig {
            population: PopulationRates::natural(),
            subjects: SubjectRates::NATURAL,
            ..SynthConfig::default()
        }
    }
}

/// Rates of what makes residents hard to tell apart or to find, in parts of 100,000.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PopulationRates {
    /// Households of foreign residents (2.7 % of residents, DOMAIN 10.1).
    pub foreign: u32,
    /// Families with children that have twins; about 2,000 in reality, since 1 birth in 100 is of twins.
    pub twin_births: u32,
    /// People living alone, in one half of the registry, who have the name and birth date of somebody in the other
    /// half; four in ten only in kana.
    pub namesakes: u32,
    /// Residents whose address is protected (支援措置), by household.
    pub protected: u32,
    /// Residents who have died.
    pub dead: u32,
    /// Residents who have moved out.
    pub moved_out: u32,
}

impl PopulationRates {
    /// Twins as often as they are born, and no namesake made.
    #[must_use]
    pub fn natural() -> Self {
        PopulationRates { twin_births: 2_000, namesakes: 0, ..PopulationRates::default() }
    }
}

impl Default for PopulationRates {
    fn default() -> Self {
        PopulationRates {
            foreign: 2_700,
            twin_births: 4_000,
            namesakes: 4_000,
            protected: 100,
            dead: 2_500,
            moved_out: 3_500,
        }
    }
}

/// Shares of the records by whom they are about, in parts of 100,000; the rest are about residents, each drawn once before
/// anybody is drawn again, as the members of an insurer or the pupils of a school are in its file once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubjectRates {
    /// Residents who have a twin or a namesake in the registry.
    pub lookalike: u32,
    /// Residents drawn evenly whether or not another record is about them, as accounts and handbooks hold one person several
    /// times; of the records about residents.
    pub repeated: u32,
    /// People whom nothing connects with the registry.
    pub stranger: u32,
    /// Unregistered people of a resident's family name and address.
    pub relative: u32,
    /// Unregistered people with a resident's name and birth date at another address.
    pub unregistered_namesake: u32,
    /// The same with the same kana in other kanji.
    pub unregistered_homophone: u32,
    /// Unregistered twins of residents.
    pub unregistered_twin: u32,
}

impl Default for SubjectRates {
    fn default() -> Self {
        SubjectRates {
            lookalike: 3_000,
            repeated: 2_000,
            stranger: 6_000,
            relative: 1_500,
            unregistered_namesake: 1_000,
            unregistered_homophone: 1_000,
            unregistered_twin: 500,
        }
    }
}

impl SubjectRates {
    /// Seven records of 100 about absent people, whose look-alikes are registered as often as chance will have it: no
    /// namesake is made. Half a percent are of a resident's family name and address, having left the household; one person
    /// in 50 is a twin (1 birth in 100), and for half of the absent twins the other one is registered where they say they
    /// live.
    pub const NATURAL: SubjectRates = SubjectRates {
        lookalike: 0,
        repeated: 0,
        stranger: 6_430,
        relative: 500,
        unregistered_namesake: 0,
        unregistered_homophone: 0,
        unregistered_twin: 70,
    };

    /// Only residents.
    pub const RESIDENTS: SubjectRates = SubjectRates {
        lookalike: 0,
        repeated: 0,
        stranger: 0,
        relative: 0,
        unregistered_namesake: 0,
        unregistered_homophone: 0,
        unregistered_twin: 0,
    };
}

/// Rates of what happens to a record on its way, in parts of 100,000 of the records to which it can happen. Each has the
/// [`Tag`](super::Tag) of the same name. What a file leaves out never happens.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default = "ErrorRates::none", deny_unknown_fields)]
pub struct ErrorRates {
    /// Kana in half width.
    pub half_width_kana: u32,
    /// Kana in hiragana.
    pub hiragana: u32,
    /// Kana as banks write them: half width, large, without long vowel marks (DOMAIN 4.1).
    pub bank_kana: u32,
    /// Small kana written large: キヨウコ for キョウコ.
    pub large_kana: u32,
    /// ヅ for ズ, ヂ for ジ, or the reverse.
    pub du_zu: u32,
    /// A long vowel as ー: ユーコ for ユウコ.
    pub long_vowel: u32,
    /// No space between 氏 and 名.
    pub space_removed: u32,
    /// Another or a further space between 氏 and 名.
    pub space_changed: u32,
    /// Old and new forms of kanji exchanged: 高 for 髙, or the reverse.
    pub kanji_form: u32,
    /// A character lost to ● (only where the kana are there).
    pub gaiji: u32,
    /// Birth date in a Japanese year: 昭和60年1月1日, S60.1.1.
    pub date_era: u32,
    /// Birth date in another western form: 19600101, 1960/1/1.
    pub date_western: u32,
    /// Birth date in full width.
    pub date_wide: u32,
    /// One digit of the birth date wrong.
    pub date_digit: u32,
    /// Day and month exchanged.
    pub date_swapped: u32,
    /// The day before or after.
    pub date_off_by_one: u32,
    /// The era year under a neighbouring era.
    pub era_slip: u32,
    /// The day rounded to 1, 10, 20 or 30 (DOMAIN 6.6).
    pub date_rounded: u32,
    /// Sex as 男 / 女 or M / F.
    pub sex_notation: u32,
    /// No sex.
    pub sex_missing: u32,
    /// 3丁目2番9号.
    pub address_labelled: u32,
    /// 三丁目二番九号.
    pub address_kanji: u32,
    /// 3-2-9.
    pub address_bare: u32,
    /// Digits and hyphens of the address in full width.
    pub address_wide: u32,
    /// No prefecture.
    pub prefecture_omitted: u32,
    /// No street names in a Kyoto address (DOMAIN 8.5).
    pub streets_omitted: u32,
    /// The building's name left out.
    pub building_dropped: u32,
    /// The room as one more number, without the building: 3-2-9-302.
    pub room_joined: u32,
    /// The building and the room left out.
    pub room_dropped: u32,
    /// The last number left out: 3-2 for 3-2-9.
    pub number_dropped: u32,
    /// No address.
    pub address_missing: u32,
    /// The address before the last move.
    pub old_address: u32,
    /// The family name before marriage.
    pub former_surname: u32,
    /// No kana.
    pub kana_missing: u32,
    /// No kanji.
    pub kana_only: u32,
    /// A wrong character in the given name.
    pub given_typo: u32,
    /// A look-alike kana: シ for ツ.
    pub kana_typo: u32,
    /// The family name in other kanji of the same sound: 菊池 for 菊地.
    pub family_typo: u32,
    /// Kana filled in for the kanji, wrongly: コウダ for ユキタ (幸田).
    pub other_reading: u32,
    /// A kanji misread for one of the same shape: 大 for 太.
    pub ocr_kanji: u32,
    /// A digit of the address misread: 7 for 1.
    pub ocr_digit: u32,
    /// A title after the name: 様.
    pub title: u32,
    /// The other sex.
    pub sex_wrong: u32,
    /// A Roman name with the given name first.
    pub foreign_order: u32,
    /// A Roman name without its middle name.
    pub middle_dropped: u32,
    /// The name in use (通称) in place of the registered one.
    pub alias: u32,
}

impl ErrorRates {
    /// Records that say what the register says, in its own notation.
    pub const NONE: ErrorRates = ErrorRates {
        half_width_kana: 0,
        hiragana: 0,
        bank_kana: 0,
        large_kana: 0,
        du_zu: 0,
        long_vowel: 0,
        space_removed: 0,
        space_changed: 0,
        kanji_form: 0,
        gaiji: 0,
        date_era: 0,
        date_western: 0,
        date_wide: 0,
        date_digit: 0,
        date_swapped: 0,
        date_off_by_one: 0,
        era_slip: 0,
        date_rounded: 0,
        sex_notation: 0,
        sex_missing: 0,
        address_labelled: 0,
        address_kanji: 0,
        address_bare: 0,
        address_wide: 0,
        prefecture_omitted: 0,
        streets_omitted: 0,
        building_dropped: 0,
        room_joined: 0,
        room_dropped: 0,
        number_dropped: 0,
        address_missing: 0,
        old_address: 0,
        former_surname: 0,
        kana_missing: 0,
        kana_only: 0,
        given_typo: 0,
        kana_typo: 0,
        family_typo: 0,
        other_reading: 0,
        ocr_kanji: 0,
        ocr_digit: 0,
        title: 0,
        sex_wrong: 0,
        foreign_order: 0,
        middle_dropped: 0,
        alias: 0,
    };
}

impl ErrorRates {
    fn none() -> Self {
        Self::NONE
    }

    /// Records that say what the register says, all of it, in the notations of a mixed file.
    pub const NOTATION: ErrorRates = ErrorRates {
        half_width_kana: 8_000,
        hiragana: 4_000,
        bank_kana: 6_000,
        large_kana: 4_000,
        du_zu: 4_000,
        space_removed: 15_000,
        space_changed: 10_000,
        kanji_form: 30_000,
        date_era: 35_000,
        date_western: 25_000,
        date_wide: 5_000,
        sex_notation: 40_000,
        address_labelled: 25_000,
        address_kanji: 8_000,
        address_bare: 35_000,
        address_wide: 20_000,
        prefecture_omitted: 25_000,
        ..ErrorRates::NONE
    };
}

/// A mixed file: notation differs nearly everywhere, facts in a few records of a hundred.
impl Default for ErrorRates {
    fn default() -> Self {
        ErrorRates {
            half_width_kana: 8_000,
            hiragana: 4_000,
            bank_kana: 6_000,
            large_kana: 4_000,
            du_zu: 4_000,
            long_vowel: 3_000,
            space_removed: 15_000,
            space_changed: 10_000,
            kanji_form: 30_000,
            gaiji: 1_000,
            date_era: 35_000,
            date_western: 25_000,
            date_wide: 5_000,
            date_digit: 600,
            date_swapped: 300,
            date_off_by_one: 400,
            era_slip: 300,
            date_rounded: 300,
            sex_notation: 40_000,
            sex_missing: 3_000,
            address_labelled: 25_000,
            address_kanji: 8_000,
            address_bare: 35_000,
            address_wide: 20_000,
            prefecture_omitted: 25_000,
            streets_omitted: 30_000,
            building_dropped: 20_000,
            room_joined: 20_000,
            room_dropped: 8_000,
            number_dropped: 2_000,
            address_missing: 4_000,
            old_address: 15_000,
            former_surname: 6_000,
            kana_missing: 10_000,
            kana_only: 8_000,
            given_typo: 1_000,
            kana_typo: 1_000,
            family_typo: 300,
            other_reading: 600,
            ocr_kanji: 300,
            ocr_digit: 300,
            title: 300,
            sex_wrong: 100,
            foreign_order: 30_000,
            middle_dropped: 30_000,
            alias: 30_000,
        }
    }
}
