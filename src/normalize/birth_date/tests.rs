//! The laws that hold for every form of a date; the forms themselves are in tests/data/birth_dates.tsv.

use proptest::prelude::*;

use super::BirthDateError::*;
use super::*;

fn parse(text: &str) -> Result<Option<String>, BirthDateError> {
    BirthDate::parse(text, &DateOptions::default()).map(|date| date.map(BirthDate::to_string_iso))
}

#[test]
fn days_that_no_calendar_has_stay_as_stated() {
    let date = BirthDate::from_ymd(1896, 2, 31).unwrap();
    assert!(date.is_non_calendar() && !date.is_exact() && date.exact_day().is_none());
    assert_eq!(date.ymd(), Some((1896, 2, 31)));
    assert_ne!(date, BirthDate::from_ymd(1896, 2, 30).unwrap());
    assert_eq!((date.earliest().ymd(), date.latest().ymd()), ((1896, 2, 1), (1896, 3, 2)));
    assert!(BirthDate::from_ymd(1985, 2, 32).is_none() && BirthDate::from_ymd(1985, 2, 0).is_none());
}

#[test]
fn what_is_approximate_is_told_from_what_is_written_in_part() {
    let approximate =
        |text| BirthDate::parse(text, &DateOptions::default()).unwrap().unwrap().is_approximate();
    assert!(approximate("令和5年春") && approximate("昭和10年頃") && approximate("1935〜1937"));
    assert!(!approximate("昭和60年1月 日不詳") && !approximate("1985"));
}

#[test]
fn nothing_written_is_blank() {
    for text in ["", "  ", "　", "\u{FEFF}"] {
        assert_eq!(parse(text), Ok(None));
    }
}

#[test]
fn notes_tell_how_a_date_was_written_and_never_part_equal_days() {
    let options = DateOptions { era_codes: EraCodes::Sequential, ..DateOptions::default() };
    let date = |text| BirthDate::parse(text, &options).unwrap().unwrap();
    let (meiji, taisho, code, western) =
        (date("M45.7.30"), date("大正元年7月30日"), date("2010730"), date("19120730"));
    assert_eq!(meiji, taisho);
    assert_eq!(taisho, code);
    assert_eq!(code, western);
    let eras = [meiji, taisho, code, western].map(BirthDate::stated_era);
    assert_eq!(eras, [Some(Era::Meiji), Some(Era::Taisho), Some(Era::Taisho), None]);
    assert!(code.by_era_code() && !taisho.by_era_code());
    assert_eq!(std::mem::size_of::<BirthDate>(), 12);
}

#[test]
fn every_day_reads_the_same_in_every_form() {
    let mut text = String::new();
    let mut check = |expected: BirthDate, written: std::fmt::Arguments<'_>| {
        text.clear();
        std::fmt::Write::write_fmt(&mut text, written).unwrap();
        let date = BirthDate::parse(&text, &DateOptions::default());
        assert!(date == Ok(Some(expected)), "{text}");
        date.unwrap().unwrap()
    };
    for number in 0..=Day::from_ymd(2100, 12, 31).unwrap().number() {
        let day = Day::from_number(number).unwrap();
        let expected = BirthDate::from_day(day);
        let (y, m, d) = day.ymd();
        check(expected, format_args!("{y:04}-{m:02}-{d:02}"));
        check(expected, format_args!("{y}/{m}/{d}"));
        check(expected, format_args!("{y:04}{m:02}{d:02}"));
        check(expected, format_args!("{y}年{m}月{d}日"));
        for (era, year) in Era::readings((y, m, d)) {
            let written = check(expected, format_args!("{}{year}年{m}月{d}日", era.name()));
            assert_eq!(written.stated_era(), Some(era));
            let letter = ["M", "T", "S", "H", "R"][era as usize - 1];
            check(expected, format_args!("{letter}{year}.{m}.{d}"));
            check(expected, format_args!("{letter}{year:02}{m:02}{d:02}"));
        }
    }
}

#[test]
fn messages_name_the_cause_and_never_the_date() {
    let errors = [
        Unreadable,
        ShortYear,
        EraCodeUndeclared,
        EraCodeUnknown,
        NoSuchMonth,
        NoSuchDay,
        BeforeEraStart(Era::Reiwa),
        PastEraEnd(Era::Heisei),
        BeforeSolarCalendar,
        AfterSupported,
        InFuture,
        TooOld,
    ];
    let codes: std::collections::HashSet<_> = errors.iter().map(|error| error.code()).collect();
    assert_eq!(codes.len(), errors.len());
    assert_eq!(PastEraEnd(Era::Heisei).to_string(), "the day is past the end of 平成 (2019-04-30)");
    assert_eq!(BeforeEraStart(Era::Reiwa).to_string(), "the day is before the start of 令和 (2019-05-01)");
    assert_eq!(PastEraEnd(Era::Heisei).ja(), "平成の終わり(2019-04-30)より後の日です");
    for error in errors {
        assert!(!error.ja().is_empty() && error.code().starts_with("birth_date_"));
    }
    let date = BirthDate::from_ymd(1985, 7, 4).unwrap();
    assert_eq!(format!("{date:?}"), "BirthDate(exact)");
}

/// Text from the alphabet of dates: most of it nearly a date.
fn date_like() -> impl Strategy<Value = String> {
    "([0-9]{1,8}|[MTSHR]|昭和|平成|令和|明治|大正|元|年|月|日|不詳|頃|推定|春|上旬|〜|から|まで|[-/. 　]|[一二三十廿〇○]{1,4}|[●?X]){0,9}"
}

proptest! {
    #[test]
    fn is_total(text in "\\PC*") {
        let _ = parse(&text);
    }

    #[test]
    fn canonical_output_reads_back_to_itself(text in date_like(), warn: bool) {
        let impossible_era = if warn { ImpossibleEra::AcceptWithWarning } else { ImpossibleEra::Reject };
        let options = DateOptions { impossible_era, era_codes: EraCodes::Pension, as_of: None };
        if let Ok(Some(date)) = BirthDate::parse(&text, &options) {
            let iso = date.to_string_iso();
            prop_assert_eq!(BirthDate::parse(&iso, &DateOptions::default()), Ok(Some(date)), "{} -> {}", text, iso);
            prop_assert!(date.earliest() <= date.latest());
        }
    }

    #[test]
    fn width_and_outer_spaces_do_not_matter(text in date_like()) {
        let wide: String = text
            .chars()
            .map(|c| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c })
            .collect();
        prop_assert_eq!(parse(&format!("　{wide} ")), parse(&text));
    }

    #[test]
    fn packing_round_trips(text in date_like()) {
        let options = DateOptions { era_codes: EraCodes::Sequential, ..DateOptions::default() };
        if let Ok(Some(date)) = BirthDate::parse(&text, &options) {
            let packed = date.to_packed();
            let back = BirthDate::from_packed(packed).unwrap();
            prop_assert_eq!((back, back.to_packed(), back.stated_era()), (date, packed, date.stated_era()));
            prop_assert!(!date.is_exact() || packed < 1 << 23);
        }
    }

    #[test]
    fn unpacking_is_total_and_exact(packed: u64, kind in 0..4_u64, first in 0..120_000_u64, span in 0..40_u64) {
        for packed in [packed, first | span << 32 | kind << 49] {
            if let Some(date) = BirthDate::from_packed(packed) {
                prop_assert_eq!(date.to_packed(), packed);
                prop_assert!(date.latest() <= Day::MAX);
            }
        }
    }
}
