//! The five eras since the solar calendar, and the code families that number them. Knows nothing of parsing.

use super::civil::{Day, MAX_YEAR};

/// A Japanese era (元号). 1912-07-30 and 1926-12-25 belong to two eras each, and either is right (R13).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new era is an act of state, and changes what every reader must do"
)]
pub enum Era {
    /// 明治: 1868 to 1912-07-30; its days count here from 1873-01-01 (明治6年), the first of the solar calendar.
    Meiji = 1,
    /// 大正: 1912-07-30 to 1926-12-25.
    Taisho = 2,
    /// 昭和: 1926-12-25 to 1989-01-07.
    Showa = 3,
    /// 平成: 1989-01-08 to 2019-04-30.
    Heisei = 4,
    /// 令和: from 2019-05-01.
    Reiwa = 5,
}

impl Era {
    /// Every era, oldest first.
    pub const ALL: [Self; 5] = [Self::Meiji, Self::Taisho, Self::Showa, Self::Heisei, Self::Reiwa];

    /// The name in Japanese (昭和).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meiji => "明治",
            Self::Taisho => "大正",
            Self::Showa => "昭和",
            Self::Heisei => "平成",
            Self::Reiwa => "令和",
        }
    }

    /// The western year before the first of the era: 昭和60年 is this plus 60.
    #[must_use]
    pub const fn base_year(self) -> u16 {
        match self {
            Self::Meiji => 1867,
            Self::Taisho => 1911,
            Self::Showa => 1925,
            Self::Heisei => 1988,
            Self::Reiwa => 2018,
        }
    }

    /// Year, month and day of the first and the last day, both in the era. 令和 has no end yet: 2199-12-31 stands for it.
    #[must_use]
    pub const fn bounds(self) -> [(u16, u8, u8); 2] {
        match self {
            Self::Meiji => [(1873, 1, 1), (1912, 7, 30)],
            Self::Taisho => [(1912, 7, 30), (1926, 12, 25)],
            Self::Showa => [(1926, 12, 25), (1989, 1, 7)],
            Self::Heisei => [(1989, 1, 8), (2019, 4, 30)],
            Self::Reiwa => [(2019, 5, 1), (MAX_YEAR, 12, 31)],
        }
    }

    /// First and last day of the era.
    pub(crate) const fn days(self) -> (Day, Day) {
        match self {
            Self::Meiji => const { Self::Meiji.bounds_as_days() },
            Self::Taisho => const { Self::Taisho.bounds_as_days() },
            Self::Showa => const { Self::Showa.bounds_as_days() },
            Self::Heisei => const { Self::Heisei.bounds_as_days() },
            Self::Reiwa => const { Self::Reiwa.bounds_as_days() },
        }
    }

    const fn bounds_as_days(self) -> (Day, Day) {
        let [first, last] = self.bounds();
        match (Day::from_ymd(first.0, first.1, first.2), Day::from_ymd(last.0, last.1, last.2)) {
            (Some(first), Some(last)) => (first, last),
            _ => (Day::MIN, Day::MAX),
        }
    }

    /// The eras that hold a date, with its year in each: one, or two on a day of change.
    pub(crate) fn readings(date: (u16, u8, u8)) -> impl Iterator<Item = (Self, u16)> {
        Self::ALL
            .into_iter()
            .filter(move |era| era.holds(date))
            .map(move |era| (era, date.0 - era.base_year()))
    }

    /// Whether a date lies in the era. A day that its month lacks lies where its number puts it.
    #[inline]
    pub(crate) fn holds(self, date: (u16, u8, u8)) -> bool {
        let [first, last] = self.bounds();
        first <= date && date <= last
    }

    pub(super) const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Meiji),
            2 => Some(Self::Taisho),
            3 => Some(Self::Showa),
            4 => Some(Self::Heisei),
            5 => Some(Self::Reiwa),
            _ => None,
        }
    }
}

/// The family of numeric era codes that a file uses. It is declared, never guessed (R14): 5 is 令和 in one family and
/// 昭和 in the other.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum EraCodes {
    /// The file has none: dates with a numeric code are refused.
    #[default]
    None,
    /// 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和.
    Sequential,
    /// 1 明治, 3 大正, 5 昭和, 7 平成, 9 令和: pension and social insurance filings.
    Pension,
}

impl EraCodes {
    /// The era of a code; `None` where the family has no such code.
    pub(super) const fn era(self, code: u32) -> Option<Era> {
        match (self, code) {
            (Self::Sequential | Self::Pension, 1) => Some(Era::Meiji),
            (Self::Sequential, 2) | (Self::Pension, 3) => Some(Era::Taisho),
            (Self::Sequential, 3) | (Self::Pension, 5) => Some(Era::Showa),
            (Self::Sequential, 4) | (Self::Pension, 7) => Some(Era::Heisei),
            (Self::Sequential, 5) | (Self::Pension, 9) => Some(Era::Reiwa),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eras_follow_each_other() {
        // Two changes left the day to both eras, two did not (CRATES 1.7).
        let shared = [1, 1, 0, 0];
        for (pair, shared) in Era::ALL.windows(2).zip(shared) {
            let (_, last) = pair[0].days();
            let (first, _) = pair[1].days();
            assert_eq!(last.number() + 1, first.number() + shared, "{}", pair[1].name());
            assert_eq!(pair[1].base_year() + 1, pair[1].bounds()[0].0);
        }
        assert_eq!((Era::Meiji.days().0, Era::Reiwa.days().1), (Day::MIN, Day::MAX));
    }

    #[test]
    fn every_day_has_a_reading_and_two_days_have_two() {
        let mut two = Vec::new();
        for day in (0..=Day::MAX.number()).filter_map(Day::from_number) {
            let readings: Vec<_> = Era::readings(day.ymd()).collect();
            assert!(!readings.is_empty());
            if readings.len() > 1 {
                two.push((day.ymd(), readings));
            }
        }
        assert_eq!(
            two,
            [
                ((1912, 7, 30), vec![(Era::Meiji, 45), (Era::Taisho, 1)]),
                ((1926, 12, 25), vec![(Era::Taisho, 15), (Era::Showa, 1)]),
            ]
        );
    }
}
