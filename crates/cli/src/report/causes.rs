//! Why a row could not be read, in words. The codes are those of `rejected.csv` and `registry_problems.csv`.

use crate::args::Language;

const CAUSES: [(&str, &str, &str); 30] = [
    ("column_count", "The row has more or fewer cells than the header.", "列の数が見出しと異なります。"),
    ("record_length", "The record has not the length of the layout.", "1件の長さが定義と異なります。"),
    ("encoding", "Bytes that the encoding does not know.", "文字コードにないバイトがあります。"),
    (
        "replacement_character",
        "A character was lost before the file was written.",
        "ファイルができる前に失われた文字があります。",
    ),
    ("nul_character", "A NUL character stands in a cell.", "欄に NUL 文字があります。"),
    ("cell_too_long", "A cell is too long.", "欄が長すぎます。"),
    ("row_too_long", "The row is too long.", "行が長すぎます。"),
    ("unclosed_quote", "A quote is not closed.", "引用符が閉じていません。"),
    ("text_after_quote", "Text follows a closing quote.", "閉じた引用符の後に文字があります。"),
    ("empty_id", "The id is empty.", "ID が空です。"),
    ("duplicate_id", "The id stands on several rows.", "同じ ID の行が複数あります。"),
    ("name_several_people", "The cell names several people.", "一つの欄に複数の人の氏名があります。"),
    (
        "name_too_long",
        "The name is too long; columns may be shifted.",
        "氏名が長すぎます。列がずれている可能性があります。",
    ),
    ("birth_date_unreadable", "The birth date is in no known form.", "生年月日の書式が読み取れません。"),
    (
        "birth_date_short_year",
        "The year of birth has neither an era nor four digits.",
        "年に元号も4桁の西暦もありません。",
    ),
    (
        "birth_date_era_code_undeclared",
        "An era code, and no family of codes was declared.",
        "元号コードの体系が指定されていません。",
    ),
    (
        "birth_date_era_code_unknown",
        "An era code that the declared family does not have.",
        "指定された体系にない元号コードです。",
    ),
    ("birth_date_no_such_month", "There is no such month.", "月が12を超えています。"),
    ("birth_date_no_such_day", "There is no such day.", "存在しない日です。"),
    (
        "birth_date_before_era_start",
        "The day is before the start of its era.",
        "元号の始まりより前の日です。",
    ),
    ("birth_date_past_era_end", "The day is past the end of its era.", "元号の終わりより後の日です。"),
    (
        "birth_date_before_solar_calendar",
        "Dates before 1873 are of another calendar.",
        "1873年より前の旧暦の日付です。",
    ),
    ("birth_date_after_supported", "The year is after 2199.", "2199年より後の年です。"),
    ("birth_date_in_future", "The birth date is after the day of the data.", "基準日より後の生年月日です。"),
    ("birth_date_too_old", "The person would be over 130 years old.", "基準日に130歳を超えます。"),
    ("sex_unreadable", "The sex is in no known form.", "性別が読み取れません。"),
    (
        "address_too_long",
        "The address is too long; columns may be shifted.",
        "住所が長すぎます。列がずれている可能性があります。",
    ),
    ("my_number_length", "The individual number has not twelve digits.", "個人番号が12桁ではありません。"),
    (
        "my_number_not_a_digit",
        "The individual number has other characters than digits.",
        "個人番号に数字以外の文字があります。",
    ),
    (
        "my_number_check_digit",
        "The check digit of the individual number is wrong.",
        "個人番号の検査用数字が合いません。",
    ),
];

/// What a code means; empty for one of another version.
pub(super) fn cause(code: &str, lang: Language) -> &'static str {
    let known = CAUSES.iter().find(|(known, ..)| *known == code);
    known.map_or("", |(_, en, ja)| lang.pick(en, ja))
}

/// What an unreadable cell of the registry does.
pub(super) fn effect(code: &str, lang: Language) -> &str {
    match code {
        "row_left_out" => lang.pick("the resident is missing", "住民が照合対象から外れています"),
        "attribute_unknown" => lang.pick("the attribute is unknown", "その項目は不明として扱います"),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use himozuke::{
        MyNumberError,
        normalize::{
            birth_date::{BirthDateError, Era},
            name::NameError,
            sex::SexError,
        },
    };

    use super::*;
    use crate::input::{Encoding, Problem};

    #[test]
    fn every_cause_has_its_words() {
        use BirthDateError::*;
        let of_rows = [
            Problem::ColumnCount { expected: 1, found: 2 },
            Problem::RecordLength { expected: 1, found: 2 },
            Problem::Encoding(Encoding::Utf8),
            Problem::ReplacementCharacter,
            Problem::NulCharacter,
            Problem::CellTooLong,
            Problem::RowTooLong,
            Problem::UnclosedQuote,
            Problem::TextAfterQuote,
            Problem::EmptyId,
            Problem::DuplicateId { first_line: 1 },
        ];
        let dates = [
            Unreadable,
            ShortYear,
            EraCodeUndeclared,
            EraCodeUnknown,
            NoSuchMonth,
            NoSuchDay,
            BeforeEraStart(Era::Reiwa),
            PastEraEnd(Era::Reiwa),
            BeforeSolarCalendar,
            AfterSupported,
            InFuture,
            TooOld,
        ];
        let numbers = [MyNumberError::Length, MyNumberError::NotADigit, MyNumberError::CheckDigit];
        let mut codes: Vec<&str> = of_rows.map(Problem::code).to_vec();
        codes.extend(dates.map(BirthDateError::code));
        codes.extend(numbers.map(MyNumberError::code));
        codes.extend([NameError::Several.code(), NameError::TooLong.code(), SexError::Unreadable.code()]);
        codes.push(himozuke::Unreadable::Address.code());
        for code in &codes {
            assert!(!cause(code, Language::En).is_empty() && !cause(code, Language::Ja).is_empty(), "{code}");
        }
        assert_eq!(codes.len(), CAUSES.len(), "and no cause is of no code");
    }
}
