//! Days, eras and the age pyramid of synthetic people.
//!
//! The generator's own small calendar, so that what it writes can test the one that reads.

/// The year in which the synthetic population stands; nobody is born after it.
pub(super) const THIS_YEAR: u32 = 2024;

/// A day of the calendar.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Day {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
}

impl Day {
    /// The day, if the calendar has it.
    pub(super) fn new(year: u32, month: u32, day: u32) -> Option<Day> {
        let exists = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Day { year, month, day })
    }

    /// The day `ordinal` (0 = 1 January) of a year, the last one when the year is shorter.
    pub(super) fn in_year(year: u32, mut ordinal: u32) -> Day {
        for month in 1..=12 {
            let days = days_in(year, month);
            if ordinal < days {
                return Day { year, month, day: ordinal + 1 };
            }
            ordinal -= days;
        }
        Day { year, month: 12, day: 31 }
    }

    pub(super) fn next(self) -> Day {
        Day::new(self.year, self.month, self.day + 1)
            .or(Day::new(self.year, self.month + 1, 1))
            .unwrap_or(Day { year: self.year + 1, month: 1, day: 1 })
    }

    pub(super) fn previous(self) -> Day {
        let last = |month| Day { year: self.year, month, day: days_in(self.year, month) };
        match (self.month, self.day) {
            (1, 1) => Day { year: self.year - 1, month: 12, day: 31 },
            (month, 1) => last(month - 1),
            (_, day) => Day { day: day - 1, ..self },
        }
    }

    /// The era of the day and the year in it. A day before 大正 counts as 明治.
    pub(super) fn era(self) -> (&'static Era, u32) {
        let era = ERAS.iter().find(|era| self >= era.first).unwrap_or(&MEIJI);
        (era, self.year + 1 - era.first.year)
    }

    /// The same month and day of the same era year under the neighbouring era: 昭和5 for 平成5 (DOMAIN R16).
    pub(super) fn in_neighbouring_era(self) -> Option<Day> {
        let (era, year) = self.era();
        let at = ERAS.iter().position(|other| other.letter == era.letter)?;
        let under = |other: &Era| Day::new(other.first.year - 1 + year, self.month, self.day);
        let earlier = ERAS.get(at + 1).and_then(under);
        let later = at.checked_sub(1).and_then(|at| ERAS.get(at)).and_then(under);
        let plausible = |day: &Day| day.year <= THIS_YEAR && day.year >= PYRAMID_FIRST;
        earlier.filter(plausible).or(later.filter(plausible))
    }
}

/// A span of Japanese years.
pub(super) struct Era {
    pub(super) kanji: &'static str,
    pub(super) letter: char,
    first: Day,
}

/// Latest first (DOMAIN 6.4).
static ERAS: [Era; 4] = [
    Era { kanji: "令和", letter: 'R', first: Day { year: 2019, month: 5, day: 1 } },
    Era { kanji: "平成", letter: 'H', first: Day { year: 1989, month: 1, day: 8 } },
    Era { kanji: "昭和", letter: 'S', first: Day { year: 1926, month: 12, day: 25 } },
    Era { kanji: "大正", letter: 'T', first: Day { year: 1912, month: 7, day: 30 } },
];
static MEIJI: Era = Era { kanji: "明治", letter: 'M', first: Day { year: 1868, month: 1, day: 25 } };

pub(super) fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// First birth year of [`PYRAMID`].
pub(super) const PYRAMID_FIRST: u32 = 1920;

/// Living residents by birth year, in thousands, from 1920: rounded from the shape of the 2024 population, with the
/// peaks and troughs of births in DOMAIN 10.4 (1947, 1973; the fall of 1966).
#[rustfmt::skip]
pub(super) static PYRAMID: [u32; 105] = [
       5,    8,   12,   18,   28,   45,   65,   95,  130,  170, // 1920
     230,  310,  400,  490,  560,  650,  700,  790,  830,  880, // 1930
    1080, 1200, 1250, 1290, 1300, 1080, 1010, 1730, 1860, 1920, // 1940
    1700, 1600, 1540, 1480, 1450, 1450, 1430, 1370, 1430, 1430, // 1950
    1420, 1430, 1470, 1520, 1580, 1690, 1290, 1800, 1760, 1790, // 1960
    1840, 1910, 1950, 2010, 1970, 1860, 1790, 1720, 1680, 1620, // 1970
    1570, 1530, 1520, 1520, 1510, 1470, 1430, 1400, 1370, 1310, // 1980
    1280, 1290, 1280, 1260, 1310, 1260, 1280, 1270, 1280, 1260, // 1990
    1260, 1240, 1230, 1200, 1180, 1120, 1140, 1130, 1120, 1100, // 2000
    1100, 1080, 1070, 1060, 1030, 1030, 1000,  960,  930,  880, // 2010
     850,  820,  780,  740,  700, // 2020
];

/// Residents born in a year, in thousands.
pub(super) fn births_of(year: u32) -> u32 {
    year.checked_sub(PYRAMID_FIRST).and_then(|at| PYRAMID.get(at as usize)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_step_over_months_years_and_leap_days() {
        for (a, b) in [
            ((2023, 2, 28), (2023, 3, 1)),
            ((2024, 2, 28), (2024, 2, 29)),
            ((1999, 12, 31), (2000, 1, 1)),
            ((1985, 4, 30), (1985, 5, 1)),
        ] {
            let (a, b) = (Day::new(a.0, a.1, a.2).unwrap(), Day::new(b.0, b.1, b.2).unwrap());
            assert!(a.next() == b && b.previous() == a);
        }
        assert!(Day::new(2023, 2, 29).is_none() && Day::new(2023, 13, 1).is_none());
        assert!(Day::in_year(2023, 59) == Day { year: 2023, month: 3, day: 1 });
    }

    #[test]
    fn eras_begin_on_their_days() {
        for (day, letter, year) in [
            ((1989, 1, 7), 'S', 64),
            ((1989, 1, 8), 'H', 1),
            ((2019, 4, 30), 'H', 31),
            ((2019, 5, 1), 'R', 1),
            ((1926, 12, 24), 'T', 15),
            ((1926, 12, 25), 'S', 1),
            ((1912, 7, 29), 'M', 45),
        ] {
            let (era, written) = Day::new(day.0, day.1, day.2).unwrap().era();
            assert_eq!((era.letter, written), (letter, year));
        }
        let slipped = Day::new(1993, 6, 3).unwrap().in_neighbouring_era().unwrap();
        assert!(slipped == Day { year: 1930, month: 6, day: 3 }, "平成5 is read as 昭和5");
    }
}
