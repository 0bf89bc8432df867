//! Birth dates: a day, or what is known of it. Knows nothing of how dates are compared.
//!
//! A register may hold a calendar day, a day that no calendar has (明治29年2月31日), a part of a date, an approximate one, or
//! nothing but 不詳 (R12, DOMAIN 6.1). [`BirthDate`] keeps what is stated: as a day where it is one, else as the earliest
//! and the latest day it can mean. It never fills a gap with an assumed date (R15).

mod civil;
mod era;
mod error;
mod parse;
#[cfg(test)]
mod tests;
mod token;

use std::fmt;
use std::hash::{Hash, Hasher};

pub(crate) use civil::{MAX_YEAR, MIN_YEAR, days_in_month};

pub use civil::Day;
pub use era::{Era, EraCodes};
pub use error::BirthDateError;

/// How to read the dates of one input. The default refuses what it would have to guess.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "callers build it from literals with ..Default::default()")]
pub struct DateOptions {
    /// The numeric era codes that the input uses (R14). The letters M T S H R are always known.
    pub era_codes: EraCodes,
    /// What to do with an era date outside its era (R13).
    pub impossible_era: ImpossibleEra,
    /// The day on which the input was true. Births after it, or more than 130 years before it, are refused; `None`
    /// checks neither.
    pub as_of: Option<Day>,
}

/// What to do with a date outside its era, such as 昭和64年1月8日 (R13).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ImpossibleEra {
    /// Refuse it.
    #[default]
    Reject,
    /// Count on past the end of the era, and say so: [`BirthDate::has_impossible_era`].
    AcceptWithWarning,
}

/// A birth date as stated: an exact day, a day no calendar has, an interval, or unknown.
///
/// Two birth dates are equal when they mean the same, however they were written. `Debug` shows the kind, never the
/// date. 12 bytes.
///
/// ```
/// use himozuke::normalize::birth_date::{BirthDate, BirthDateError, DateOptions};
/// let parse = |text| BirthDate::parse(text, &DateOptions::default());
/// assert_eq!(parse("昭和60年1月1日"), parse("1985-01-01"));
/// assert_eq!(parse("明治45.7.30"), parse("大正1.7.30"), "one day, two eras");
/// let month = parse("昭和60年1月 日不詳")?.unwrap();
/// assert!(!month.is_exact() && month.compatible(parse("S60.1.9")?.unwrap()));
/// assert_eq!(parse("  "), Ok(None));
/// assert_eq!(parse("昭和64年1月8日").unwrap_err().to_string(), "the day is past the end of 昭和 (1989-01-07)");
/// # Ok::<(), BirthDateError>(())
/// ```
#[derive(Clone, Copy)]
pub struct BirthDate {
    first: Day,
    last: Day,
    kind: Kind,
    notes: Notes,
}

#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[repr(u8)]
enum Kind {
    /// A calendar day: `first == last`.
    Exact = 0,
    /// A day that its month lacks: `first` is the first of the month, and `last` the day that counting on would reach,
    /// which makes the stated day `last - first + 1`.
    AsStated = 1,
    /// Some day of the interval.
    Between = 2,
    /// Nothing is known.
    Unknown = 3,
}

/// How the date was written: bits 0-2 the era (0 for none), 3 by a numeric code, 4 outside its era, 5 approximate.
#[derive(Clone, Copy, Default)]
struct Notes(u8);

impl Notes {
    const ERA: u8 = 0b111;
    const ERA_CODE: u8 = 1 << 3;
    const IMPOSSIBLE_ERA: u8 = 1 << 4;
    const APPROXIMATE: u8 = 1 << 5;

    const fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }
}

/// Bits of a day number, and of the span between two.
const DAY_BITS: u32 = 17;
const NOTE_BITS: u32 = 6;
const SPAN_SHIFT: u32 = 32;
const KIND_SHIFT: u32 = SPAN_SHIFT + DAY_BITS;

impl BirthDate {
    /// A date of which nothing is known (不詳).
    pub const UNKNOWN: Self = Self { first: Day::MIN, last: Day::MAX, kind: Kind::Unknown, notes: Notes(0) };

    /// Reads a birth date in any form that registers and files use (DOMAIN 6): western and era dates, separated or in
    /// solid digits, kanji numerals, half-written, approximate and unknown ones. `Ok(None)` for a blank.
    ///
    /// 頃 and 推定 widen what is stated by 10 days, or 31 where no day is stated, or 366 where no month is; 春 夏 秋 冬 are
    /// March-May and so on (冬 within one calendar year is anywhere in it); 上旬 中旬 下旬 are thirds of a month; 00 and 99
    /// stand for an unknown month or day, 0000 and 9999 for an unknown year.
    ///
    /// # Errors
    /// [`BirthDateError`] says what is wrong and what to do; it never holds the date.
    pub fn parse(input: &str, options: &DateOptions) -> Result<Option<Self>, BirthDateError> {
        parse::parse(input, options)
    }

    /// An exact day.
    #[must_use]
    pub const fn from_day(day: Day) -> Self {
        Self { first: day, last: day, kind: Kind::Exact, notes: Notes(0) }
    }

    /// The day as stated, kept even where the month lacks it (up to 31); `None` for a month over 12, a day over 31, or a
    /// year outside 1873-2199.
    #[must_use]
    pub fn from_ymd(year: u16, month: u8, day: u8) -> Option<Self> {
        if let Some(exact) = Day::from_ymd(year, month, day) {
            return Some(Self::from_day(exact));
        }
        let first = Day::from_ymd(year, month, 1)?;
        let last = first.later(u32::from(day).checked_sub(1)?);
        (day <= 31).then_some(Self { first, last, kind: Kind::AsStated, notes: Notes(0) })
    }

    /// Some day from `earliest` to `latest`, both included; `None` when they are the wrong way round.
    #[must_use]
    pub fn between(earliest: Day, latest: Day) -> Option<Self> {
        let interval = Self { first: earliest, last: latest, kind: Kind::Between, notes: Notes(0) };
        (earliest <= latest).then_some(interval)
    }

    /// Whether the date is a day of the calendar: the only kind that can agree (METHOD 5).
    #[must_use]
    pub const fn is_exact(self) -> bool {
        matches!(self.kind, Kind::Exact)
    }

    /// Whether the date is a stated day that its month lacks (29 February of a common year).
    #[must_use]
    pub const fn is_non_calendar(self) -> bool {
        matches!(self.kind, Kind::AsStated)
    }

    /// Whether nothing is known of the date.
    #[must_use]
    pub const fn is_unknown(self) -> bool {
        matches!(self.kind, Kind::Unknown)
    }

    /// The day, where the date is exact.
    #[must_use]
    pub const fn exact_day(self) -> Option<Day> {
        if self.is_exact() { Some(self.first) } else { None }
    }

    /// The earliest day that the date can mean. For a day that its month lacks, the first of that month.
    #[must_use]
    pub const fn earliest(self) -> Day {
        self.first
    }

    /// The latest day that the date can mean. For a day that its month lacks, the day that counting on would reach.
    #[must_use]
    pub const fn latest(self) -> Day {
        self.last
    }

    /// Year, month and day as stated, where all three are.
    #[must_use]
    pub const fn ymd(self) -> Option<(u16, u8, u8)> {
        match self.kind {
            Kind::Exact => Some(self.first.ymd()),
            Kind::AsStated => {
                let (year, month, _) = self.first.ymd();
                Some((year, month, (self.last.number() - self.first.number() + 1) as u8))
            }
            Kind::Between | Kind::Unknown => None,
        }
    }

    /// Whether both can be the birth date of one person. Unknown is compatible with everything; two stated days only when
    /// they are the same.
    #[must_use]
    pub fn compatible(self, other: Self) -> bool {
        if self.kind == other.kind && self.ymd().is_some() {
            return self == other;
        }
        self.first <= other.last && other.first <= self.last
    }

    /// The era that the date was written in, if it was.
    #[must_use]
    pub const fn stated_era(self) -> Option<Era> {
        Era::from_number(self.notes.0 & Notes::ERA)
    }

    /// Whether the era was given by a numeric code.
    #[must_use]
    pub const fn by_era_code(self) -> bool {
        self.notes.has(Notes::ERA_CODE)
    }

    /// Whether the date lies outside the era that it was written in, and was accepted all the same.
    #[must_use]
    pub const fn has_impossible_era(self) -> bool {
        self.notes.has(Notes::IMPOSSIBLE_ERA)
    }

    /// Whether the date was given as approximate (頃, 推定, 春, 上旬, a range) and not merely in part.
    #[must_use]
    pub const fn is_approximate(self) -> bool {
        self.notes.has(Notes::APPROXIMATE)
    }

    /// The date and the notes on its writing as an integer, for compact rows. Exact dates fit in 23 bits; the others use
    /// up to 51.
    ///
    /// From the lowest bit: 17 the earliest day, 6 notes, 9 zero, 17 the span to the latest day, 2 the kind.
    #[must_use]
    pub const fn to_packed(self) -> u64 {
        self.first.number() as u64
            | (self.notes.0 as u64) << DAY_BITS
            | ((self.last.number() - self.first.number()) as u64) << SPAN_SHIFT
            | (self.kind as u64) << KIND_SHIFT
    }

    /// The date that [`BirthDate::to_packed`] made this integer from; `None` for an integer that it never makes.
    ///
    /// ```
    /// use himozuke::normalize::birth_date::BirthDate;
    /// let date = BirthDate::from_ymd(1985, 1, 1).unwrap();
    /// assert!(u32::try_from(date.to_packed()).is_ok());
    /// assert_eq!(BirthDate::from_packed(date.to_packed()), Some(date));
    /// assert_eq!(BirthDate::from_packed(u64::MAX), None);
    /// ```
    #[must_use]
    pub fn from_packed(packed: u64) -> Option<Self> {
        let bits = |shift: u32, count: u32| (packed >> shift) as u32 & ((1 << count) - 1);
        let number = bits(0, DAY_BITS);
        let first = Day::from_number(number)?;
        if packed == u64::from(number) {
            // As nearly always: a day, without notes.
            return Some(Self::from_day(first));
        }
        let last = Day::from_number(number + bits(SPAN_SHIFT, DAY_BITS))?;
        let kind = match packed >> KIND_SHIFT {
            0 => Kind::Exact,
            1 => Kind::AsStated,
            2 => Kind::Between,
            3 => Kind::Unknown,
            _ => return None,
        };
        let notes = Notes(bits(DAY_BITS, NOTE_BITS) as u8);
        let date = Self { first, last, kind, notes };
        let sound = match kind {
            Kind::Exact => first == last,
            Kind::AsStated => {
                date.ymd().and_then(|(year, month, day)| Self::from_ymd(year, month, day)) == Some(date)
            }
            Kind::Between => true,
            Kind::Unknown => date == Self::UNKNOWN,
        };
        let era = notes.0 & Notes::ERA;
        (sound && (era == 0 || Era::from_number(era).is_some()) && date.to_packed() == packed).then_some(date)
    }

    /// The date itself, in the manner of ISO 8601: `1985-01-01`, `1985-01`, `1985`, `1985-01-01/1985-01-10`, or
    /// `XXXX-XX-XX`. [`BirthDate::parse`] reads it back to an equal date.
    ///
    /// This is personal data: for outputs that ask for values by name, never for logs.
    #[must_use]
    pub fn to_string_iso(self) -> String {
        let iso = |(year, month, day)| format!("{year:04}-{month:02}-{day:02}");
        if let Some(stated) = self.ymd() {
            return iso(stated);
        }
        let (first, last) = (self.first.ymd(), self.last.ymd());
        match (first, last) {
            _ if self.is_unknown() => "XXXX-XX-XX".into(),
            ((year, 1, 1), (same, 12, 31)) if year == same => format!("{year:04}"),
            ((year, month, 1), (same, same_month, end))
                if (year, month) == (same, same_month) && end == days_in_month(year, month) =>
            {
                format!("{year:04}-{month:02}")
            }
            _ => format!("{}/{}", iso(first), iso(last)),
        }
    }
}

impl PartialEq for BirthDate {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, self.first, self.last) == (other.kind, other.first, other.last)
    }
}

impl Eq for BirthDate {}

impl Hash for BirthDate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.kind, self.first, self.last).hash(state);
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Exact => "BirthDate(exact)",
            Kind::AsStated => "BirthDate(non-calendar)",
            Kind::Between => "BirthDate(interval)",
            Kind::Unknown => "BirthDate(unknown)",
        })
    }
}
