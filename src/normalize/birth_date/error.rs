//! Why a birth date was refused: what is wrong and what to do, never the date itself.

use super::Era;

/// Why a birth date was refused. No message holds the date.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BirthDateError {
    /// No known form of a date.
    #[error("the birth date is in no known form; write it as YYYY-MM-DD or with its era")]
    Unreadable,
    /// A year without its century or era.
    #[error("the year has neither an era nor four digits; write all four digits or the era")]
    ShortYear,
    /// A date stated twice, as two dates.
    #[error("the date is stated twice, and the two are not one; find out which is right")]
    StatedTwice,
    /// A numeric era code in a file whose family of codes was not declared (R14).
    #[error("the date begins with a numeric era code; declare which family of era codes the file uses")]
    EraCodeUndeclared,
    /// A numeric era code that the declared family lacks.
    #[error("the declared family of era codes has no such code; check the declared family")]
    EraCodeUnknown,
    /// A month over 12.
    #[error("the month is over 12; check the order of year, month and day")]
    NoSuchMonth,
    /// A day over 31.
    #[error("the day is over 31; check the order of year, month and day")]
    NoSuchDay,
    /// A day before the first of its era (R13).
    #[error("the day is before the start of {} ({})", .0.name(), iso(.0.bounds()[0]))]
    BeforeEraStart(Era),
    /// A day after the last of its era (R13).
    #[error("the day is past the end of {} ({})", .0.name(), iso(.0.bounds()[1]))]
    PastEraEnd(Era),
    /// A date before 1873-01-01, when Japan's calendar was lunisolar.
    #[error("dates before 1873-01-01 (明治6年) are of the lunisolar calendar and not supported")]
    BeforeSolarCalendar,
    /// A year after 2199.
    #[error("the year is after 2199")]
    AfterSupported,
    /// A birth after the day of the data. An era code of the other family often reads so (scenario 20).
    #[error(
        "the birth date is after the date of the data; check the era, and the declared family of era codes"
    )]
    InFuture,
    /// A birth more than 130 years before the day of the data.
    #[error("the person would be over 130 years old on the date of the data; check the era")]
    TooOld,
}

impl BirthDateError {
    /// The stable name of the problem, for files and programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "birth_date_unreadable",
            Self::ShortYear => "birth_date_short_year",
            Self::StatedTwice => "birth_date_stated_twice",
            Self::EraCodeUndeclared => "birth_date_era_code_undeclared",
            Self::EraCodeUnknown => "birth_date_era_code_unknown",
            Self::NoSuchMonth => "birth_date_no_such_month",
            Self::NoSuchDay => "birth_date_no_such_day",
            Self::BeforeEraStart(_) => "birth_date_before_era_start",
            Self::PastEraEnd(_) => "birth_date_past_era_end",
            Self::BeforeSolarCalendar => "birth_date_before_solar_calendar",
            Self::AfterSupported => "birth_date_after_supported",
            Self::InFuture => "birth_date_in_future",
            Self::TooOld => "birth_date_too_old",
        }
    }

    /// The problem and its mend in Japanese.
    #[must_use]
    pub fn ja(self) -> String {
        match self {
            Self::Unreadable => "生年月日の書式が読み取れません。YYYY-MM-DD か元号で書いてください".into(),
            Self::ShortYear => "年に元号も4桁の西暦もありません。西暦4桁か元号を付けてください".into(),
            Self::StatedTwice => {
                "西暦と元号など、二通りに書かれた生年月日が食い違っています。正しい方を確かめてください"
                    .into()
            }
            Self::EraCodeUndeclared => "元号コードの体系が指定されていません。体系を指定してください".into(),
            Self::EraCodeUnknown => "指定された体系にない元号コードです。体系の指定を確かめてください".into(),
            Self::NoSuchMonth => "月が12を超えています。年月日の順を確かめてください".into(),
            Self::NoSuchDay => "日が31を超えています。年月日の順を確かめてください".into(),
            Self::BeforeEraStart(era) => {
                format!("{}の始まり({})より前の日です", era.name(), iso(era.bounds()[0]))
            }
            Self::PastEraEnd(era) => {
                format!("{}の終わり({})より後の日です", era.name(), iso(era.bounds()[1]))
            }
            Self::BeforeSolarCalendar => "1873-01-01(明治6年)より前の旧暦の日付には対応していません".into(),
            Self::AfterSupported => "2199年より後の年です".into(),
            Self::InFuture => "基準日より後の生年月日です。元号と元号コードの体系を確かめてください".into(),
            Self::TooOld => "基準日に130歳を超えます。元号を確かめてください".into(),
        }
    }
}

fn iso((year, month, day): (u16, u8, u8)) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}
