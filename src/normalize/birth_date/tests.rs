//! Every written form of DOMAIN 6 and R12-R16, as data, and the laws that hold for all of them.

use proptest::prelude::*;

use super::BirthDateError::*;
use super::*;

fn parse_with(text: &str, options: &DateOptions) -> Result<Option<String>, BirthDateError> {
    BirthDate::parse(text, options).map(|date| date.map(BirthDate::to_string_iso))
}

fn parse(text: &str) -> Result<Option<String>, BirthDateError> {
    parse_with(text, &DateOptions::default())
}

#[track_caller]
fn reads(cases: &[(&str, &str)]) {
    for (text, iso) in cases {
        assert_eq!(parse(text), Ok(Some((*iso).to_owned())), "{text}");
    }
}

#[track_caller]
fn refuses(cases: &[(&str, BirthDateError)]) {
    for (text, error) in cases {
        assert_eq!(parse(text), Err(*error), "{text}");
    }
}

#[test]
fn exact_days() {
    reads(&[
        ("1985-01-01", "1985-01-01"),
        ("1985/1/1", "1985-01-01"),
        ("1985.1.1", "1985-01-01"),
        ("1985 1 1", "1985-01-01"),
        ("19850101", "1985-01-01"),
        ("1985年1月1日", "1985-01-01"),
        ("西暦1985年1月1日", "1985-01-01"),
        ("西暦 1985年 1月 1日", "1985-01-01"),
        ("1985年01月01日生", "1985-01-01"),
        ("1985年1月1日生まれ", "1985-01-01"),
        ("１９８５－０１－０１", "1985-01-01"),
        ("１９８５／１／１", "1985-01-01"),
        ("1985・1・1", "1985-01-01"),
        ("1985‐01−01", "1985-01-01"),
        ("1985 - 01 - 01", "1985-01-01"),
        ("1985-01-01T00:00:00", "1985-01-01"),
        ("1985-01-01 00:00:00.000", "1985-01-01"),
        ("1985/1/1 0:00", "1985-01-01"),
        ("S60.1.1", "1985-01-01"),
        ("s60.1.1", "1985-01-01"),
        ("S60/01/01", "1985-01-01"),
        ("S60-1-1", "1985-01-01"),
        ("S.60.1.1", "1985-01-01"),
        ("S 60 1 1", "1985-01-01"),
        ("S600101", "1985-01-01"),
        ("Ｓ６０．１．１", "1985-01-01"),
        ("昭和60年1月1日", "1985-01-01"),
        ("昭和 60年 1月 1日", "1985-01-01"),
        ("昭　和６０年　１月　１日", "1985-01-01"),
        ("昭和６０年１月１日", "1985-01-01"),
        ("昭60.1.1", "1985-01-01"),
        ("昭和600101", "1985-01-01"),
        ("昭和六十年一月一日", "1985-01-01"),
        ("昭和六〇年一月一日", "1985-01-01"),
        ("昭和六拾年壱月壱日", "1985-01-01"),
        ("㍼60年1月1日", "1985-01-01"),
        ("㍼60.1.1", "1985-01-01"),
        ("一九八五年一月一日", "1985-01-01"),
        ("一九八○年十二月三十一日", "1980-12-31"),
        ("千九百八十五年一月一日", "1985-01-01"),
        ("昭和二十年十月廿三日", "1945-10-23"),
        ("昭和三年二月卅日", "1928-02-30"),
        ("M45.7.30", "1912-07-30"),
        ("T1.7.30", "1912-07-30"),
        ("大正元年7月30日", "1912-07-30"),
        ("T元.7.30", "1912-07-30"),
        ("大正15年12月25日", "1926-12-25"),
        ("昭和元年12月25日", "1926-12-25"),
        ("昭和64年1月7日", "1989-01-07"),
        ("平成元年1月8日", "1989-01-08"),
        ("H31.4.30", "2019-04-30"),
        ("㋿元年5月1日", "2019-05-01"),
        ("R1.5.1", "2019-05-01"),
        ("明治6年1月1日", "1873-01-01"),
    ]);
}

#[test]
fn days_that_no_calendar_has_stay_as_stated() {
    // R12, scenario 19, DOMAIN 6.6.
    reads(&[
        ("S29.2.31", "1954-02-31"),
        ("明治29年2月31日", "1896-02-31"),
        ("昭和60年2月29日", "1985-02-29"),
        ("19850431", "1985-04-31"),
    ]);
    let date = BirthDate::from_ymd(1896, 2, 31).unwrap();
    assert!(date.is_non_calendar() && !date.is_exact() && date.exact_day().is_none());
    assert_eq!(date.ymd(), Some((1896, 2, 31)));
    assert_ne!(date, BirthDate::from_ymd(1896, 2, 30).unwrap());
    assert_eq!((date.earliest().ymd(), date.latest().ymd()), ((1896, 2, 1), (1896, 3, 2)));
    assert!(BirthDate::from_ymd(1985, 2, 32).is_none() && BirthDate::from_ymd(1985, 2, 0).is_none());
}

#[test]
fn parts_and_approximations_are_intervals() {
    // DOMAIN 6.1.
    reads(&[
        ("1985", "1985"),
        ("1985年", "1985"),
        ("S60", "1985"),
        ("昭和60年", "1985"),
        ("1985-01", "1985-01"),
        ("昭和60年1月", "1985-01"),
        ("昭和60年1月 日不詳", "1985-01"),
        ("昭和60年1月日不詳", "1985-01"),
        ("昭和60年1月不詳", "1985-01"),
        ("昭和60年 月日不詳", "1985"),
        ("昭和60年月日不明", "1985"),
        ("昭和60年不詳月不詳日", "1985"),
        ("昭和60年●月●日", "1985"),
        ("昭和60年1月??日", "1985-01"),
        ("1985-XX-XX", "1985"),
        ("昭和60年 月 日", "1985"),
        ("昭和 年月日不詳", "1926-12-25/1989-01-07"),
        ("平成不詳", "1989-01-08/2019-04-30"),
        ("明治○○年頃", "1873-01-01/1913-07-31"),
        ("1985-01-00", "1985-01"),
        ("1985-01-99", "1985-01"),
        ("19850000", "1985"),
        ("19859999", "1985"),
        ("S600100", "1985-01"),
        ("S609999", "1985"),
        ("令和5年春", "2023-03-01/2023-05-31"),
        ("令和5年夏", "2023-06-01/2023-08-31"),
        ("令和5年秋", "2023-09-01/2023-11-30"),
        ("令和5年冬", "2023"),
        ("令和5年2月上旬", "2023-02-01/2023-02-10"),
        ("令和5年2月初旬", "2023-02-01/2023-02-10"),
        ("令和5年2月中旬", "2023-02-11/2023-02-20"),
        ("令和5年2月下旬", "2023-02-21/2023-02-28"),
        ("令和5年2月末", "2023-02-21/2023-02-28"),
        ("令和5年3月中旬頃", "2023-03-01/2023-03-30"),
        ("令和5年頃", "2021-12-31/2024-12-31"),
        ("令和5年3月頃", "2023-01-29/2023-05-01"),
        ("令和5年3月15日頃", "2023-03-05/2023-03-25"),
        ("推定昭和10年3月", "1935-01-29/1935-05-01"),
        ("推定 昭和10年3月15日", "1935-03-05/1935-03-25"),
        ("昭和10年3月ごろ", "1935-01-29/1935-05-01"),
        ("昭和10年3月から昭和10年5月まで", "1935-03-01/1935-05-31"),
        ("昭和10年3月〜5月", "1935-03-01/1935-05-31"),
        ("昭和10年から12年までの間", "1935-01-01/1937-12-31"),
        ("昭和10年3月1日～10日", "1935-03-01/1935-03-10"),
        ("1935〜1937", "1935-01-01/1937-12-31"),
        ("S10.3.1~S10.3.5", "1935-03-01/1935-03-05"),
        ("1935-03-01/1935-03-05", "1935-03-01/1935-03-05"),
        // An era cuts the year or the month in which it began or ended.
        ("昭和64年", "1989-01-01/1989-01-07"),
        ("平成31年4月", "2019-04"),
        ("平成31年", "2019-01-01/2019-04-30"),
        ("令和元年", "2019-05-01/2019-12-31"),
        ("大正元年7月", "1912-07-30/1912-07-31"),
    ]);
    let approximate =
        |text| BirthDate::parse(text, &DateOptions::default()).unwrap().unwrap().is_approximate();
    assert!(approximate("令和5年春") && approximate("昭和10年頃") && approximate("1935〜1937"));
    assert!(!approximate("昭和60年1月 日不詳") && !approximate("1985"));
}

#[test]
fn nothing_known_is_unknown_and_nothing_written_is_blank() {
    for text in [
        "不詳",
        "不明",
        "年月日不詳",
        "年不詳",
        "00000000",
        "99999999",
        "0000000",
        "9999999",
        "0000-00-00",
        "9999/99/99",
        "XXXX-XX-XX",
        "●●●",
        "　年　月　日",
        "0000年00月00日",
        "年不詳3月5日",
    ] {
        let date = BirthDate::parse(text, &DateOptions::default()).unwrap().unwrap();
        assert!(date.is_unknown() && date == BirthDate::UNKNOWN && !date.is_exact(), "{text}");
    }
    for text in ["", "  ", "　", "\u{FEFF}"] {
        assert_eq!(parse(text), Ok(None));
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    refuses(&[
        ("85-01-01", ShortYear),
        ("60.1.1", ShortYear),
        ("60年1月1日", ShortYear),
        ("600101", ShortYear),
        ("0085-01-01", ShortYear),
        ("1985-13-01", NoSuchMonth),
        ("1985-01-32", NoSuchDay),
        ("19851301", NoSuchMonth),
        ("昭和64年1月8日", PastEraEnd(Era::Showa)), // R13
        ("昭和64年2月", PastEraEnd(Era::Showa)),
        ("昭和65年", PastEraEnd(Era::Showa)),
        ("平成31年5月1日", PastEraEnd(Era::Heisei)), // R13
        ("平成31年5月", PastEraEnd(Era::Heisei)),
        ("大正15年12月26日", PastEraEnd(Era::Taisho)),
        ("明治45年7月31日", PastEraEnd(Era::Meiji)),
        ("昭和99年1月1日", PastEraEnd(Era::Showa)),
        ("平成元年1月7日", BeforeEraStart(Era::Heisei)),
        ("令和元年4月30日", BeforeEraStart(Era::Reiwa)),
        ("昭和1.12.24", BeforeEraStart(Era::Showa)),
        ("T1.7.29", BeforeEraStart(Era::Taisho)),
        ("明治5年12月2日", BeforeSolarCalendar),
        ("明治元年", BeforeSolarCalendar),
        ("1872-12-31", BeforeSolarCalendar),
        ("2200-01-01", AfterSupported),
        ("3600101", EraCodeUndeclared), // R14
        ("3-60-1-1", EraCodeUndeclared),
        ("3 600101", EraCodeUndeclared),
    ]);
    for text in [
        "-",
        "昭和",
        "M",
        "S",
        "頃",
        "生",
        "春",
        "まで",
        "西暦",
        "昭和春",
        "1985-01-01-01",
        "1985--01",
        "1985-01-01-",
        "-1985",
        "1985年1月1日5",
        "1月1985年1日",
        "1985-001-01",
        "01985-01-01",
        "198501011",
        "31048",
        "S6001",
        "S060.1.1",
        "昭和大正60年",
        "60昭和",
        "1985-01-01 12:30",
        "1985-01-01T00:00:00Z",
        "昭和60年1月1日不詳",
        "1985年1月1日春",
        "1985年春上旬",
        "昭和12年〜昭和10年",
        "昭和10年〜",
        "〜昭和10年",
        "昭和10年〜11年〜12年",
        "昭和10年1月1日まで",
        "不詳〜昭和10年",
        "令和5年3月1日上旬",
        "1985一01",
        "山田",
        "Jan 1 1985",
        "1/1/1985",
        "99999999999999999999",
        "1985年1月1日T00:00生",
    ] {
        assert_eq!(parse(text), Err(Unreadable), "{text}");
    }
}

#[test]
fn era_codes_are_read_only_by_the_declared_family() {
    // R14, scenario 20.
    let of = |era_codes| DateOptions { era_codes, ..DateOptions::default() };
    for (family, text, expected) in [
        (EraCodes::Sequential, "3600101", Ok("1985-01-01")),
        (EraCodes::Sequential, "3-60-1-1", Ok("1985-01-01")),
        (EraCodes::Sequential, "3 600101", Ok("1985-01-01")),
        (EraCodes::Sequential, "3/60/01/01", Ok("1985-01-01")),
        (EraCodes::Sequential, "5010501", Ok("2019-05-01")),
        (EraCodes::Sequential, "7010501", Err(EraCodeUnknown)),
        (EraCodes::Sequential, "0600101", Err(EraCodeUnknown)),
        (EraCodes::Sequential, "4310501", Err(PastEraEnd(Era::Heisei))),
        (EraCodes::Pension, "5600101", Ok("1985-01-01")),
        (EraCodes::Pension, "7010108", Ok("1989-01-08")),
        (EraCodes::Pension, "9010501", Ok("2019-05-01")),
        (EraCodes::Pension, "4010108", Err(EraCodeUnknown)),
        (EraCodes::Pension, "5600199", Ok("1985-01")),
        (EraCodes::Pension, "1985-01-01", Ok("1985-01-01")),
        (EraCodes::Pension, "S60.1.1", Ok("1985-01-01")),
    ] {
        assert_eq!(parse_with(text, &of(family)), expected.map(|iso| Some(iso.to_owned())), "{text}");
    }
    let as_of = Day::from_ymd(2026, 11, 22);
    let wrong_family = DateOptions { era_codes: EraCodes::Sequential, as_of, ..DateOptions::default() };
    assert_eq!(
        parse_with("5600101", &wrong_family),
        Err(InFuture),
        "昭和60 of a pension file, read as 令和60"
    );
}

#[test]
fn births_must_be_possible_on_the_day_of_the_data() {
    let options = DateOptions { as_of: Day::from_ymd(2026, 11, 22), ..DateOptions::default() };
    for (text, expected) in [
        ("2026-11-22", Ok(Some("2026-11-22".to_owned()))),
        ("2026-11-23", Err(InFuture)),
        ("R9", Err(InFuture)),
        ("2026年", Ok(Some("2026".to_owned()))),
        ("1896-11-22", Ok(Some("1896-11-22".to_owned()))),
        ("1896-11-19", Err(TooOld)),
        ("明治 年月日不詳", Ok(Some("1873-01-01/1912-07-30".to_owned()))),
        ("不詳", Ok(Some("XXXX-XX-XX".to_owned()))),
    ] {
        assert_eq!(parse_with(text, &options), expected, "{text}");
    }
}

#[test]
fn impossible_era_dates_are_counted_on_only_when_asked_and_noted() {
    let options = DateOptions { impossible_era: ImpossibleEra::AcceptWithWarning, ..DateOptions::default() };
    for (text, iso) in [("昭和64年1月8日", "1989-01-08"), ("平成31年5月1日", "2019-05-01"), ("S65", "1990")]
    {
        let date = BirthDate::parse(text, &options).unwrap().unwrap();
        assert_eq!((date.to_string_iso().as_str(), date.has_impossible_era()), (iso, true), "{text}");
    }
    let sound = BirthDate::parse("昭和64年1月7日", &options).unwrap().unwrap();
    assert!(!sound.has_impossible_era());
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
