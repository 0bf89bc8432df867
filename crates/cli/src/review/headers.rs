//! The columns of a sheet and their headers in both languages: what is written in one of them is found in either.

use crate::args::Language;

/// A column of a sheet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Field {
    RecordId,
    PersonId,
    Rank,
    Posterior,
    WeightBits,
    Reasons,
    Protected,
    Status,
    CandidatesTotal,
    Decision,
    Reviewer,
}

/// What comes from the run, in the order of the sheet.
pub(super) const MACHINE: [Field; 9] = [
    Field::RecordId,
    Field::PersonId,
    Field::Rank,
    Field::Posterior,
    Field::WeightBits,
    Field::Reasons,
    Field::Protected,
    Field::Status,
    Field::CandidatesTotal,
];
/// What a reviewer fills in.
pub(super) const OWN: [Field; 2] = [Field::Decision, Field::Reviewer];

impl Field {
    const fn both(self) -> [&'static str; 2] {
        match self {
            Self::RecordId => ["record_id", "記録ID"],
            Self::PersonId => ["person_id", "住民ID"],
            Self::Rank => ["rank", "順位"],
            Self::Posterior => ["posterior", "事後確率"],
            Self::WeightBits => ["weight_bits", "重み（ビット）"],
            Self::Reasons => ["reasons", "理由"],
            Self::Protected => ["protected", "支援措置"],
            Self::Status => ["status", "住民の状態"],
            Self::CandidatesTotal => ["candidates_total", "候補の総数"],
            Self::Decision => ["decision", "判定"],
            Self::Reviewer => ["reviewer", "確認者"],
        }
    }

    pub(super) const fn header(self, lang: Language) -> &'static str {
        let [en, ja] = self.both();
        lang.pick(en, ja)
    }

    /// Whether a header is this column's.
    pub(super) fn is(self, header: &str) -> bool {
        let header = header.trim_start_matches('\u{FEFF}').trim();
        self.both().iter().any(|own| own.eq_ignore_ascii_case(header))
    }
}

/// The attributes of record and resident that stand side by side, by their names in both languages.
pub(super) const ATTRIBUTES: [(&str, &str); 7] = [
    ("kanji_name", "漢字氏名"),
    ("kana_name", "カナ氏名"),
    ("birth_date", "生年月日"),
    ("sex", "性別"),
    ("address", "住所"),
    ("former_names", "旧氏名"),
    ("aliases", "通称"),
];

/// The headers of an attribute: the record's, then the resident's.
pub(super) fn side_by_side((en, ja): (&str, &str), lang: Language) -> [String; 2] {
    match lang {
        Language::En => [format!("record {en}"), format!("resident {en}")],
        Language::Ja => [format!("記録の{ja}"), format!("住民の{ja}")],
    }
}
