//! Two birth dates to one level (METHOD 1), and the days from which a slip could have made a date.
//!
//! A near level is a slip known from real registers (R16, DOMAIN 6.6). It finds candidates and gives a reason for
//! review; it is never agreement. One day written in two eras is simply equal (METHOD 5);
//! [`BirthDate::stated_era`] still tells how it was written.

use serde::{Deserialize, Serialize};

use crate::normalize::birth_date::{BirthDate, Day, Era, MAX_YEAR, MIN_YEAR, days_in_month};

/// How two birth dates compare, best first; `Unknown` stands apart, after the others.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[repr(u8)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a model has a weight for every level")]
pub enum BirthDateLevel {
    /// The same day, or the same day that no calendar has.
    Equal,
    /// One is known only in part or approximately, and the other fits.
    Compatible,
    /// One digit differs: of the year (western or of the era), the month or the day.
    OneDigit,
    /// Month and day exchanged.
    Swapped,
    /// The same year of another era: 昭和3年 for 平成3年.
    EraSlip,
    /// The same month, and one day is the other rounded down to 1, 10, 20 or 30.
    RoundedDay,
    /// Next to each other.
    AdjacentDay,
    /// None of these.
    Different,
    /// Nothing is known of one of them.
    Unknown,
}

impl BirthDateLevel {
    /// Every level, in order.
    pub const ALL: [Self; 9] = [
        Self::Equal,
        Self::Compatible,
        Self::OneDigit,
        Self::Swapped,
        Self::EraSlip,
        Self::RoundedDay,
        Self::AdjacentDay,
        Self::Different,
        Self::Unknown,
    ];

    /// The stable name, for model files and reasons.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Compatible => "compatible",
            Self::OneDigit => "one_digit",
            Self::Swapped => "swapped",
            Self::EraSlip => "era_slip",
            Self::RoundedDay => "rounded_day",
            Self::AdjacentDay => "adjacent_day",
            Self::Different => "different",
            Self::Unknown => "unknown",
        }
    }

    /// Whether one slip explains the difference (R16).
    #[must_use]
    pub const fn is_near(self) -> bool {
        matches!(self, Self::OneDigit | Self::Swapped | Self::EraSlip | Self::RoundedDay | Self::AdjacentDay)
    }
}

/// Compares two birth dates; symmetric.
///
/// Where several slips fit, the best level counts, except that a rounded day, always one digit off as well, is told by
/// its own name.
///
/// ```
/// use himozuke::compare::birth_date::{BirthDateLevel, compare};
/// use himozuke::normalize::birth_date::BirthDate;
/// let date = |y, m, d| BirthDate::from_ymd(y, m, d).unwrap();
/// assert_eq!(compare(date(1928, 3, 5), date(1991, 3, 5)), BirthDateLevel::EraSlip);
/// assert_eq!(compare(date(1985, 1, 31), date(1985, 2, 1)), BirthDateLevel::AdjacentDay);
/// assert_eq!(compare(date(1985, 1, 1), BirthDate::UNKNOWN), BirthDateLevel::Unknown);
/// ```
#[must_use]
pub fn compare(a: BirthDate, b: BirthDate) -> BirthDateLevel {
    if a.is_unknown() || b.is_unknown() {
        return BirthDateLevel::Unknown;
    }
    if a == b && (a.is_exact() || a.is_non_calendar()) {
        return BirthDateLevel::Equal;
    }
    if a.exact_day().zip(b.exact_day()).is_some_and(|(a, b)| !may_be_near(a, b)) {
        return BirthDateLevel::Different;
    }
    match (a.ymd(), b.ymd()) {
        _ if a.compatible(b) => BirthDateLevel::Compatible,
        (Some(a_ymd), Some(b_ymd)) => {
            let adjacent =
                a.exact_day().zip(b.exact_day()).is_some_and(|(a, b)| a.number().abs_diff(b.number()) == 1);
            slip(a_ymd, b_ymd).unwrap_or(if adjacent {
                BirthDateLevel::AdjacentDay
            } else {
                BirthDateLevel::Different
            })
        }
        _ => BirthDateLevel::Different,
    }
}

/// Whether two days are few enough days apart, or about so many as there are from a day to the same day of another year: no
/// slip is between others. It costs less than to know their months.
pub(crate) const fn may_be_near(a: Day, b: Day) -> bool {
    let apart = a.number().abs_diff(b.number());
    apart <= 366 || are_years(apart)
}

/// Whether so many days may be whole years. Years are a quarter of a day longer than 365 days, three quarters either way aside and
/// two days that 1900 and 2100 lack: of a year in quarters, from 11 before its end to 3 behind it. It is asked of each bearer of a
/// name, and so the remainder is told without a division: the lower half of a product is the remainder's share of 2^32, for
/// numbers as small as those of days (Lemire, Kaser and Kurz 2019).
const fn are_years(days: u32) -> bool {
    const YEAR: u32 = 4 * 365 + 1;
    const SHARE: u32 = u32::MAX / YEAR + 1;
    (days * 4 + 11).wrapping_mul(SHARE) < (11 + 3 + 1) * SHARE
}

type Ymd = (u16, u8, u8);

/// The slip of the pen that explains two different dates; being next to each other aside.
fn slip(a: Ymd, b: Ymd) -> Option<BirthDateLevel> {
    let ((a_year, a_month, a_day), (b_year, b_month, b_day)) = (a, b);
    match (a_year == b_year, a_month == b_month, a_day == b_day) {
        (true, true, false) if rounded(a_day) == b_day || rounded(b_day) == a_day => {
            Some(BirthDateLevel::RoundedDay)
        }
        (true, true, false) => one_digit(a_day.into(), b_day.into()).then_some(BirthDateLevel::OneDigit),
        (true, false, true) => one_digit(a_month.into(), b_month.into()).then_some(BirthDateLevel::OneDigit),
        (true, false, false) => (a_month == b_day && a_day == b_month).then_some(BirthDateLevel::Swapped),
        (false, true, true) => year_slip(a, b),
        _ => None,
    }
}

/// The slip between two years, month and day being the same.
fn year_slip(a: Ymd, b: Ymd) -> Option<BirthDateLevel> {
    if one_digit(a.0, b.0) {
        return Some(BirthDateLevel::OneDigit);
    }
    Era::readings(a)
        .flat_map(|a| Era::readings(b).map(move |b| (a, b)))
        .filter_map(|((a_era, a_year), (b_era, b_year))| match a_era == b_era {
            true => one_digit(a_year, b_year).then_some(BirthDateLevel::OneDigit),
            false => (a_year == b_year).then_some(BirthDateLevel::EraSlip),
        })
        .min()
}

/// Whether exactly one decimal digit differs, leading zeros counted as digits.
const fn one_digit(a: u16, b: u16) -> bool {
    let (mut a, mut b, mut different) = (a, b, 0);
    while a != b {
        if a % 10 != b % 10 {
            different += 1;
        }
        (a, b) = (a / 10, b / 10);
    }
    different == 1
}

/// The day as offices once rounded it down (DOMAIN 6.6).
const fn rounded(day: u8) -> u8 {
    if day < 10 { 1 } else { day / 10 * 10 }
}

/// The most near variants that any date has.
pub const MAX_NEAR_VARIANTS: usize = 64;

/// All exact days that one slip separates from a stated day: for two exact dates, [`compare`] gives a near level if and
/// only if each is among the other's variants. Without repeats and without the day itself; empty for a date that is not
/// stated to the day.
///
/// Blocking probes these. Nothing is allocated.
///
/// ```
/// use himozuke::compare::birth_date::near_variants;
/// use himozuke::normalize::birth_date::{BirthDate, Day};
/// let date = BirthDate::from_ymd(1985, 1, 2).unwrap();
/// assert!(near_variants(date).any(|day| day == Day::from_ymd(1985, 2, 1).unwrap()));
/// assert_eq!(near_variants(BirthDate::UNKNOWN).count(), 0);
/// ```
pub fn near_variants(date: BirthDate) -> impl Iterator<Item = Day> {
    let mut near = Near { days: [Day::MIN; MAX_NEAR_VARIANTS], count: 0 };
    if let Some((year, month, day)) = date.ymd() {
        // A change of the year, of the month, of the day, and of two of them never make the same date.
        near_years((year, month, day)).for_each(|year| near.push(Day::from_ymd(year, month, day)));
        bits(one_digit_off(month) & below(13)).for_each(|month| near.push(Day::from_ymd(year, month, day)));
        let mut days = one_digit_off(day);
        if date.is_exact() {
            days |= 1 << (day - 1) | 1_u32.checked_shl(u32::from(day) + 1).unwrap_or(0);
        }
        let in_month = below(days_in_month(year, month) + 1);
        bits(days & in_month).for_each(|day| near.push(Day::from_ymd(year, month, day)));
        if month != day {
            near.push(Day::from_ymd(year, day, month));
        }
        if let Some(exact) = date.exact_day() {
            near.push(Some(exact.earlier(1)).filter(|_| day == 1 && exact != Day::MIN));
            near.push(
                Some(exact.later(1)).filter(|_| day == days_in_month(year, month) && exact != Day::MAX),
            );
        }
    }
    near.days.into_iter().take(near.count)
}

/// The numbers below 32 that are one digit off a month or a day, as bits: all with its tens and all with its units,
/// without those that have both, which is the number itself.
const fn one_digit_off(number: u8) -> u32 {
    const SAME_TENS: u64 = 0b11_1111_1111;
    const SAME_UNITS: u64 = 1 | 1 << 10 | 1 << 20 | 1 << 30;
    (SAME_TENS << (number / 10 * 10) ^ SAME_UNITS << (number % 10)) as u32
}

/// The bits of 1 up to, and without, this number of at most 32.
const fn below(number: u8) -> u32 {
    (u32::MAX >> (32 - number)) & !1
}

/// The positions of the bits that are set.
fn bits(mut word: u32) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros())?;
        word &= word - 1;
        Some(bit as u8)
    })
}

struct Near {
    days: [Day; MAX_NEAR_VARIANTS],
    count: usize,
}

impl Near {
    fn push(&mut self, day: Option<Day>) {
        if let Some((day, slot)) = day.zip(self.days.get_mut(self.count)) {
            *slot = day;
            self.count += 1;
        }
    }
}

/// The years that a slip of the year could have come from, as bits, so that each comes once.
fn near_years(date: Ymd) -> impl Iterator<Item = u16> {
    let (year, month, day) = date;
    let mut years = [0_u32; 11];
    let mut add = |year: u16| {
        if let Some(index) = year.checked_sub(MIN_YEAR).filter(|_| year <= MAX_YEAR)
            && let Some(word) = years.get_mut(usize::from(index / 32))
        {
            *word |= 1 << (index % 32);
        }
    };
    // No change of the thousands stays within the supported years; of the hundreds, only one to the next century does.
    add(if year / 100 % 2 == 0 { year + 100 } else { year - 100 });
    last_digits_off(year).for_each(&mut add);
    for (era, era_year) in Era::readings(date) {
        last_digits_off(era_year)
            .map(|other| era.base_year() + other)
            .filter(|other| era.holds((*other, month, day)))
            .for_each(&mut add);
        Era::ALL
            .into_iter()
            .map(|other| (other, other.base_year() + era_year))
            .filter(|(other, year)| *other != era && other.holds((*year, month, day)))
            .for_each(|(_, year)| add(year));
    }
    (MIN_YEAR..)
        .step_by(32)
        .zip(years)
        .flat_map(|(first, word)| bits(word).map(move |bit| first + u16::from(bit)))
}
/// The numbers that have another last digit, or another one before it.
fn last_digits_off(number: u16) -> impl Iterator<Item = u16> {
    let (decade, hundred) = (number - number % 10, number - number % 100);
    let same_decade = (0..10).map(move |digit| decade + digit);
    let same_digit = (0..10).map(move |digit| hundred + 10 * digit + number % 10);
    same_decade.chain(same_digit).filter(move |other| *other != number)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::BirthDateLevel::*;
    use super::*;
    use crate::normalize::birth_date::{DateOptions, ImpossibleEra};

    fn parse(text: &str) -> BirthDate {
        BirthDate::parse(text, &DateOptions::default()).unwrap().unwrap()
    }

    #[test]
    fn a_date_counted_past_its_era_is_the_day_it_means() {
        let options =
            DateOptions { impossible_era: ImpossibleEra::AcceptWithWarning, ..DateOptions::default() };
        let counted = BirthDate::parse("平成31年5月1日", &options).unwrap().unwrap();
        assert_eq!(compare(counted, parse("令和元年5月1日")), Equal);
    }

    fn days() -> impl Iterator<Item = Day> {
        (0..=Day::MAX.number()).filter_map(Day::from_number)
    }

    /// Sample days: around every change of era, leap days, month ends, and a stride that meets every day of the year.
    fn sample() -> impl Iterator<Item = Day> {
        let edges = Era::ALL.into_iter().flat_map(|era| era.bounds()).flat_map(|(year, month, day)| {
            let day = Day::from_ymd(year, month, day).unwrap().number();
            (day.saturating_sub(2)..=day + 2).filter_map(Day::from_number)
        });
        let leap = [1904, 1988, 2000].map(|year| Day::from_ymd(year, 2, 29).unwrap());
        edges.chain(leap).chain(days().step_by(2_503))
    }

    #[test]
    fn masks_of_digits_are_what_counting_finds() {
        for a in 0..32_u8 {
            let found = bits(one_digit_off(a)).collect::<Vec<_>>();
            let counted = (0..32_u8).filter(|b| one_digit(a.into(), (*b).into())).collect::<Vec<_>>();
            assert_eq!(found, counted);
        }
    }

    #[test]
    fn near_levels_and_near_variants_are_the_same_relation() {
        for day in sample() {
            let date = BirthDate::from_day(day);
            let variants: HashSet<Day> = near_variants(date).collect();
            for other in days() {
                let level = compare(date, BirthDate::from_day(other));
                assert!(may_be_near(day, other) || !variants.contains(&other));
                assert_eq!(
                    level.is_near(),
                    variants.contains(&other),
                    "{:?} {:?} {level:?}",
                    day.ymd(),
                    other.ymd()
                );
            }
        }
    }

    #[test]
    fn whole_years_are_those_of_a_division() {
        for days in 0..=Day::MAX.number() {
            let over = days * 4 % (4 * 365 + 1);
            assert_eq!(are_years(days), over <= 3 || over >= 4 * 365 + 1 - 3 - 8, "{days}");
        }
    }

    #[test]
    fn near_variants_repeat_nothing_and_fit() {
        let mut most = 0;
        for day in days() {
            let date = BirthDate::from_day(day);
            let list: Vec<Day> = near_variants(date).collect();
            most = most.max(list.len());
            assert!(!list.contains(&day));
            assert_eq!(list.iter().collect::<HashSet<_>>().len(), list.len(), "{:?}", day.ymd());
        }
        assert!(most < MAX_NEAR_VARIANTS, "{most}: a full list may have lost some");
    }

    #[test]
    fn a_day_that_no_calendar_has_reaches_the_days_it_may_stand_for() {
        let date = parse("1985-02-30");
        let near: Vec<Day> = near_variants(date).collect();
        for (year, month, day) in [(1985, 12, 30), (1985, 3, 30), (1985, 2, 10), (1985, 2, 20)] {
            assert!(near.contains(&Day::from_ymd(year, month, day).unwrap()));
        }
        for other in days().filter(|other| compare(date, BirthDate::from_day(*other)).is_near()) {
            assert!(near.contains(&other));
        }
    }

    #[test]
    fn codes_are_the_serialised_names() {
        for level in BirthDateLevel::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.code());
        }
    }

    fn any_date() -> impl Strategy<Value = BirthDate> {
        let year = 1873..=2199_u16;
        let number = 0..=Day::MAX.number();
        prop_oneof![
            (year, 1..=12_u8, 1..=31_u8).prop_filter_map("a date", |(y, m, d)| BirthDate::from_ymd(y, m, d)),
            (number.clone(), 0..1000_u32).prop_filter_map("an interval", |(first, span)| {
                BirthDate::between(Day::from_number(first)?, Day::from_number(first + span)?)
            }),
            Just(BirthDate::UNKNOWN),
        ]
    }

    proptest! {
        #[test]
        fn is_symmetric(a in any_date(), b in any_date()) {
            prop_assert_eq!(compare(a, b), compare(b, a));
            prop_assert_eq!(a.compatible(b), b.compatible(a));
        }

        #[test]
        fn only_equal_stated_days_are_equal(a in any_date(), b in any_date()) {
            prop_assert_eq!(compare(a, b) == Equal, a == b && a.ymd().is_some());
            prop_assert_eq!(compare(a, a) == Equal, a.ymd().is_some());
            prop_assert!(a.compatible(a) && a.compatible(BirthDate::UNKNOWN));
        }

        #[test]
        fn an_interval_fits_exactly_the_days_it_holds(a in any_date(), number in 0..=Day::MAX.number()) {
            let day = Day::from_number(number).unwrap();
            let holds = a.earliest() <= day && day <= a.latest();
            prop_assert_eq!(a.compatible(BirthDate::from_day(day)), holds);
        }
    }
}
