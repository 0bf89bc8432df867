//! Days of the solar calendar as small numbers. Knows nothing of eras or of how dates are written.

use std::fmt;

/// A calendar day from 1873-01-01, the first of Japan's solar calendar, to 2199-12-31.
///
/// Days are consecutive numbers, so that they compare, subtract and index. `Debug` does not print the day: it may be
/// somebody's birth date.
///
/// ```
/// use himozuke::normalize::birth_date::Day;
/// let day = Day::from_ymd(1985, 1, 1).unwrap();
/// assert_eq!(day.number() - Day::from_ymd(1984, 12, 31).unwrap().number(), 1);
/// assert_eq!(day.ymd(), (1985, 1, 1));
/// assert!(Day::from_ymd(1985, 2, 29).is_none());
/// assert!(Day::from_ymd(1872, 12, 31).is_none(), "the lunisolar calendar");
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Day(u32);

/// The last supported year.
pub(crate) const MAX_YEAR: u16 = 2199;
/// The first supported year: 明治6年, when the solar calendar began.
pub(crate) const MIN_YEAR: u16 = 1873;

impl Day {
    /// 1873-01-01, number 0.
    pub const MIN: Self = Self(0);
    /// 2199-12-31.
    pub const MAX: Self = Self(count(MAX_YEAR, 12, 31));

    /// The day of a Gregorian date; `None` for a date that the calendar lacks or outside 1873-2199.
    #[must_use]
    #[inline]
    pub const fn from_ymd(year: u16, month: u8, day: u8) -> Option<Self> {
        if year < MIN_YEAR || year > MAX_YEAR || month < 1 || month > 12 {
            return None;
        }
        if day < 1 || (day > 28 && day > days_in_month(year, month)) {
            return None;
        }
        Some(Self(count(year, month, day)))
    }

    /// Days since 1873-01-01 (0 to 119,433: it fits in 17 bits).
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The day of a number made by [`Day::number`]; `None` past 2199-12-31.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        if number <= Self::MAX.0 { Some(Self(number)) } else { None }
    }

    /// Year, month (1-12) and day of the month (1-31).
    #[must_use]
    pub const fn ymd(self) -> (u16, u8, u8) {
        // Years start in March here, so that the leap day is the last of its year.
        let shifted = self.0 + ORIGIN;
        let era = shifted / 146_097;
        let of_era = shifted % 146_097;
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = era * 400 + year + if month <= 2 { 1 } else { 0 };
        (year as u16, month as u8, day as u8)
    }

    /// The day so many days later, or the last supported one.
    pub(crate) const fn later(self, days: u32) -> Self {
        let sum = self.0.saturating_add(days);
        if sum > Self::MAX.0 { Self::MAX } else { Self(sum) }
    }

    /// The day so many days earlier, or the first supported one.
    pub(crate) const fn earlier(self, days: u32) -> Self {
        Self(self.0.saturating_sub(days))
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Day(…)")
    }
}

/// Days from 0000-03-01 to 1873-01-01.
const ORIGIN: u32 = since_march(MIN_YEAR, 1, 1);

const fn count(year: u16, month: u8, day: u8) -> u32 {
    since_march(year, month, day) - ORIGIN
}

/// Days from 0000-03-01 of the proleptic Gregorian calendar.
const fn since_march(year: u16, month: u8, day: u8) -> u32 {
    let (year, month) =
        if month <= 2 { (year as u32 - 1, month as u32 + 9) } else { (year as u32, month as u32 - 3) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day as u32 - 1
}

/// The length of a month (1-12) of a Gregorian year.
pub(crate) const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_run_through_every_day_without_a_gap() {
        let mut number = 0;
        for year in MIN_YEAR..=MAX_YEAR {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    let found = Day::from_ymd(year, month, day).unwrap();
                    assert_eq!((found.number(), found.ymd()), (number, (year, month, day)));
                    number += 1;
                }
                assert!(Day::from_ymd(year, month, days_in_month(year, month) + 1).is_none());
            }
        }
        assert_eq!(Day::MAX.number(), number - 1);
        assert_eq!(Day::MAX.number(), 119_433);
        assert!(Day::from_number(number).is_none());
        assert_eq!((Day::MIN.earlier(1), Day::MAX.later(1)), (Day::MIN, Day::MAX));
    }

    #[test]
    fn knows_hand_counted_distances() {
        let unix = Day::from_ymd(1970, 1, 1).unwrap();
        // 2024-02-29 is day 19782 of the Unix count; 1900 is no leap year, 2000 is one.
        assert_eq!(Day::from_ymd(2024, 2, 29).unwrap().number() - unix.number(), 19_782);
        assert_eq!((days_in_month(1900, 2), days_in_month(2000, 2)), (28, 29));
    }

    #[test]
    fn debug_shows_no_day() {
        assert_eq!(format!("{:?}", Day::MIN), "Day(…)");
    }
}
