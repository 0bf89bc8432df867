//! The attributes that columns hold, and the names that these have.

use himozuke::normalize::text::clean;
use rustc_hash::FxHashMap;

/// An attribute that a column can hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "TABLE names each of them")]
pub enum Column {
    Id,
    KanjiName,
    KanaName,
    BirthDate,
    Sex,
    Address,
    MyNumber,
    FormerNames,
    Aliases,
    FormerAddresses,
    HouseholdId,
    Status,
    Protected,
    PersonId,
    AccountId,
    SchemeId,
    ApplicationId,
    FamilyName,
    GivenName,
    FamilyKana,
    GivenKana,
}

/// Canonical names, and other names in use. Compared after [`key`], so width, case, spaces and brackets do not matter.
pub(super) const TABLE: [(Column, &str, &[&str]); 21] = [
    (
        Column::Id,
        "id",
        &[
            "record_id",
            "整理番号",
            "宛名番号",
            "宛名コード",
            "住民番号",
            "住民コード",
            "識別番号",
            "管理番号",
            "受付番号",
        ],
    ),
    (
        Column::KanjiName,
        "kanji_name",
        &["name", "氏名", "漢字氏名", "氏名漢字", "名前", "お名前", "姓名", "本人氏名", "対象者氏名"],
    ),
    (
        Column::KanaName,
        "kana_name",
        &[
            "kana",
            "氏名カナ",
            "カナ氏名",
            "カナ",
            "フリガナ",
            "ふりがな",
            "氏名フリガナ",
            "氏名ふりがな",
            "氏名かな",
            "かな氏名",
            "振り仮名",
            "振仮名",
            "氏名の振り仮名",
        ],
    ),
    (Column::BirthDate, "birth_date", &["date_of_birth", "birthday", "dob", "生年月日", "誕生日"]),
    (Column::Sex, "sex", &["gender", "性別", "性別コード"]),
    (Column::Address, "address", &["住所", "現住所", "現在住所", "住民票住所", "本人住所"]),
    (Column::MyNumber, "my_number", &["個人番号", "マイナンバー"]),
    (Column::FormerNames, "former_names", &["former_name", "旧氏", "旧姓", "旧氏名", "旧姓名", "変更前氏名"]),
    (Column::Aliases, "aliases", &["alias", "通称", "通称名"]),
    (
        Column::FormerAddresses,
        "former_addresses",
        &["former_address", "前住所", "旧住所", "転入前住所", "変更前住所"],
    ),
    (Column::HouseholdId, "household_id", &["世帯番号", "世帯コード"]),
    (Column::Status, "status", &["異動事由", "住民状態", "住民区分"]),
    (Column::Protected, "protected", &["支援措置", "支援措置区分", "支援措置対象", "DV支援措置"]),
    (Column::PersonId, "person_id", &[]),
    (Column::AccountId, "account_id", &["口座ID", "口座識別番号", "口座管理番号"]),
    // Not 記号番号, which a family shares.
    (Column::SchemeId, "scheme_id", &["手帳番号", "受給者番号", "制度内番号"]),
    (Column::ApplicationId, "application_id", &["申請番号", "申請書番号", "申込番号"]),
    (
        Column::FamilyName,
        "family_name",
        &["last_name", "氏", "姓", "漢字氏", "漢字姓", "氏漢字", "姓漢字", "苗字", "名字"],
    ),
    (Column::GivenName, "given_name", &["first_name", "名", "漢字名", "名漢字"]),
    (
        Column::FamilyKana,
        "family_kana",
        &[
            "セイ",
            "せい",
            "氏カナ",
            "姓カナ",
            "カナ氏",
            "カナ姓",
            "氏フリガナ",
            "姓フリガナ",
            "氏ふりがな",
            "姓ふりがな",
        ],
    ),
    (Column::GivenKana, "given_kana", &["メイ", "めい", "名カナ", "カナ名", "名フリガナ", "名ふりがな"]),
];

/// Names of an id that are those of a resident: beside a record's own id they say who the record's person is.
pub(super) const RESIDENT_IDS: [&str; 4] = ["宛名番号", "宛名コード", "住民番号", "住民コード"];

/// Attributes that may come as two columns: whole, family, given.
pub(super) const HALVES: [(Column, Column, Column); 2] = [
    (Column::KanjiName, Column::FamilyName, Column::GivenName),
    (Column::KanaName, Column::FamilyKana, Column::GivenKana),
];

impl Column {
    /// The canonical name, as in a header and in `--map`.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|(column, ..)| *column == self).map_or("", |(_, name, _)| name)
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|(_, canonical, _)| *canonical == name).map(|(column, ..)| *column)
    }
}

/// Every name of every column, as [`key`] sees it.
pub(super) fn names() -> FxHashMap<String, Column> {
    let names = TABLE.iter().flat_map(|(column, name, others)| {
        std::iter::once(name).chain(*others).map(|name| (key(name), *column))
    });
    names.collect()
}

/// What of a header is compared.
pub(super) fn key(header: &str) -> String {
    let kept =
        |c: &char| !matches!(c, ' ' | '_' | '-' | '(' | ')' | '[' | ']' | '【' | '】' | '・' | '*' | '※');
    clean(header).text.chars().filter(kept).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_own_column() {
        for (index, (column, name, others)) in TABLE.iter().enumerate() {
            assert_eq!(*column as usize, index, "by_column is indexed by the order of the table");
            for header in std::iter::once(name).chain(*others) {
                assert_eq!(names().get(&key(header)), Some(column), "{header}");
            }
        }
    }
}
