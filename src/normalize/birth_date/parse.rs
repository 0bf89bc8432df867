//! From written forms to birth dates, in three steps: tokens, a form (up to four groups and their units), and what the
//! form states. Nothing here allocates once the text is clean, but for a date that is stated twice. Knows what a date says, not
//! with which signs it is written: that is [`token`](super::token)'s business.

use super::civil::{Day, MAX_YEAR, MIN_YEAR, days_in_month};
use super::token::{Number, Token, Unit, ascii_number, token};
use super::{BirthDate, BirthDateError, DateOptions, Era, EraCodes, ImpossibleEra, Kind, Notes};
use crate::normalize::text;

use BirthDateError as Error;

/// 130 years with the most leap days they can hold: nobody older is known.
const MAX_AGE_DAYS: u32 = 47_483;

pub(super) fn parse(input: &str, options: &DateOptions) -> Result<Option<BirthDate>, Error> {
    if let Some(date) = iso(input) {
        check_age(date, options.as_of)?;
        return Ok(Some(date));
    }
    let clean = text::clean(input);
    if clean.text.is_empty() {
        return Ok(None);
    }
    let text = without_midnight(&clean.text);
    let text = text.strip_prefix("西暦").unwrap_or(text);
    let date = match plain(text) {
        Some(stated) => stated.resolve(options)?,
        None => any_form(text, options).or_else(|error| stated_twice(text, options).unwrap_or(Err(error)))?,
    };
    check_age(date, options.as_of)?;
    Ok(Some(date))
}

/// What most files have, `1985-01-01` or `19850101`, read where it stands; of a day that is in the calendar, the others would say the
/// same.
fn iso(input: &str) -> Option<BirthDate> {
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u16, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u16::from(digit - b'0'))
        })
    };
    let (year, month, day) = match input.as_bytes() {
        [year @ .., b'-', m, n, b'-', d, e] if year.len() == 4 => (year, [*m, *n], [*d, *e]),
        [year @ .., m, n, d, e] if year.len() == 4 => (year, [*m, *n], [*d, *e]),
        _ => return None,
    };
    let year = number(year).filter(|year| (MIN_YEAR..=MAX_YEAR).contains(year))?;
    let month = number(&month).filter(|month| (1..=12).contains(month))?;
    let day = number(&day).filter(|day| (1..=31).contains(day))?;
    BirthDate::from_ymd(year, month as u8, day as u8)
}

/// The commonest forms read at once: a whole date such as `1985-01-01`, `S60.1.1` or `昭和60年1月1日`. Whatever else it is,
/// and whatever is wrong with it, [`any_form`] finds out; of these it would say the same.
fn plain(text: &str) -> Option<Stated> {
    let number = |text| match ascii_number(text) {
        (Token::Number(number), rest) if (1..=4).contains(&number.digits) => Some((number, rest)),
        _ => None,
    };
    let (era, rest) = match token(text)? {
        (Token::Era(era), rest) => (Some(era), rest),
        _ => (None, text),
    };
    let (year, rest) = number(rest)?;
    let (month, rest) = number(rest.strip_prefix(['-', '/', '.', '年'])?)?;
    let (day, rest) = number(rest.strip_prefix(['-', '/', '.', '月'])?)?;
    if !matches!(rest, "" | "日") {
        return None;
    }
    let mut stated = Stated { era, ..Stated::NOTHING };
    stated.month = Some(month_or_day(Some(month), 12, Error::NoSuchMonth).ok()??);
    stated.day = Some(month_or_day(Some(day), 31, Error::NoSuchDay).ok()??);
    stated.year = Some(stated.western(year).ok()??);
    Some(stated)
}

/// A date that is stated again in brackets, as far as to its year: 1980年1月2日(昭和55年), 昭和55年(1980年)1月2日. A clerk takes it
/// where both are one, and asks where they are not. `None` where a statement is no date.
fn stated_twice(text: &str, options: &DateOptions) -> Option<Result<BirthDate, Error>> {
    let (before, rest) = text.split_once('(')?;
    let (again, after) = rest.split_once(')')?;
    let date = any_form(&[before.trim_end(), after.trim_start()].concat(), options).ok()?;
    let again = any_form(again, options).or_else(|_| any_form(&[again, "年"].concat(), options)).ok()?;
    let known = !date.is_unknown() && !again.is_unknown();
    let within = |inner: BirthDate, outer: BirthDate| outer.first <= inner.first && inner.last <= outer.last;
    known.then(|| match (within(date, again), within(again, date)) {
        (true, _) => Ok(date),
        (_, true) => Ok(again),
        _ => Err(Error::StatedTwice),
    })
}

fn any_form(text: &str, options: &DateOptions) -> Result<BirthDate, Error> {
    let mut form = Form::EMPTY;
    let until = form.read(text)?;
    if form.range_end {
        return Err(Error::Unreadable);
    }
    let start = form.stated(options.era_codes, None)?;
    let mut date = start.resolve(options)?;
    if let Some(until) = until {
        let mut form = Form::EMPTY;
        if form.read(without_same(until))?.is_some() {
            return Err(Error::Unreadable);
        }
        let end = form.stated(options.era_codes, Some(&start))?.resolve(options)?;
        date = range(date, end)?;
    }
    Ok(date)
}

/// The end of a range without the word for what it shares with its start (同年5月, 同月10日).
fn without_same(until: &str) -> &str {
    let until = until.trim_start_matches(' ');
    ["同年", "同月"].into_iter().find_map(|same| until.strip_prefix(same)).unwrap_or(until)
}

/// Databases and spreadsheets write a day as its midnight (`1985-01-01 00:00:00`). No other time, and no zone, is dropped.
fn without_midnight(text: &str) -> &str {
    let midnight =
        |time: &str| time.starts_with('0') && time.bytes().all(|b| matches!(b, b'0' | b':' | b'.'));
    match text.contains(':').then(|| text.rsplit_once([' ', 'T'])).flatten() {
        Some((date, time)) if midnight(time) => date,
        _ => text,
    }
}

fn range(start: BirthDate, end: BirthDate) -> Result<BirthDate, Error> {
    if start.is_unknown() || end.is_unknown() || start.first > end.last {
        return Err(Error::Unreadable);
    }
    let notes = Notes(start.notes.0 | Notes::APPROXIMATE);
    Ok(BirthDate { first: start.first, last: end.last, kind: Kind::Between, notes })
}

fn check_age(date: BirthDate, as_of: Option<Day>) -> Result<(), Error> {
    match as_of {
        Some(today) if date.first > today => Err(Error::InFuture),
        Some(today) if date.last < today.earlier(MAX_AGE_DAYS) => Err(Error::TooOld),
        _ => Ok(()),
    }
}

/// A number, or `None` for a gap, and the unit written after it.
#[derive(Clone, Copy)]
struct Group {
    value: Option<Number>,
    unit: Option<Unit>,
}

/// What was written, not yet understood.
#[derive(Clone, Copy)]
struct Form {
    era: Option<Era>,
    groups: [Group; 4],
    count: usize,
    season: Option<(u8, u8)>,
    third: Option<(u8, u8)>,
    about: bool,
    unknown: bool,
    range_end: bool,
}

impl Form {
    const EMPTY: Self = Self {
        era: None,
        groups: [Group { value: None, unit: None }; 4],
        count: 0,
        season: None,
        third: None,
        about: false,
        unknown: false,
        range_end: false,
    };

    /// Reads up to the end or a range sign, and returns what follows that sign.
    fn read<'a>(&mut self, text: &'a str) -> Result<Option<&'a str>, Error> {
        let mut rest = text;
        let mut last = Token::Space;
        let mut until = None;
        while !rest.is_empty() {
            let (token, tail) = token(rest).ok_or(Error::Unreadable)?;
            rest = tail;
            if matches!(token, Token::Until) || self.ends_before(token) {
                until = Some(rest);
                break;
            }
            self.take(token, last).ok_or(Error::Unreadable)?;
            // Spaces stand for nothing beside a sign, but keep two numbers apart.
            if !matches!((token, last), (Token::Space, Token::Separator | Token::Slash)) {
                last = token;
            }
        }
        // Words alone state nothing, nor does an era: an M may be somebody's sex.
        let open = matches!(last, Token::Separator | Token::Slash);
        if open || (self.count == 0 && !self.unknown) { Err(Error::Unreadable) } else { Ok(until) }
    }

    /// Whether a slash cannot be part of this form: it stands between the two days of an ISO 8601 interval.
    fn ends_before(&self, token: Token) -> bool {
        let whole =
            self.count == 3 && self.groups.first().and_then(|g| g.value).is_some_and(|year| year.digits == 4);
        whole && matches!(token, Token::Slash)
    }

    fn is_empty(&self) -> bool {
        self.era.is_none() && self.count == 0
    }

    /// Adds one token; `None` where it cannot stand.
    fn take(&mut self, token: Token, last: Token) -> Option<()> {
        match token {
            Token::Era(era) if self.is_empty() => self.era = Some(era),
            Token::Number(number) if !matches!(last, Token::Number(_) | Token::Hidden) => {
                self.push(Group { value: Some(number), unit: None })?;
            }
            Token::Hidden if !matches!(last, Token::Number(_) | Token::Hidden) => {
                self.push(Group { value: None, unit: None })?;
            }
            Token::Unit(unit) => match self.groups.get_mut(..self.count)?.last_mut() {
                Some(group) if group.unit.is_none() && !matches!(last, Token::Separator | Token::Slash) => {
                    group.unit = Some(unit);
                }
                _ => self.push(Group { value: None, unit: Some(unit) })?,
            },
            Token::Separator | Token::Slash
                if !self.is_empty() && !matches!(last, Token::Separator | Token::Slash) => {}
            Token::Space | Token::Born => {}
            Token::RangeEnd => self.range_end = true,
            Token::Unknown => self.unknown = true,
            Token::About => self.about = true,
            Token::Season(first, last) if self.season.is_none() => self.season = Some((first, last)),
            Token::Third(first, last) if self.third.is_none() => self.third = Some((first, last)),
            _ => return None,
        }
        Some(())
    }

    fn push(&mut self, group: Group) -> Option<()> {
        *self.groups.get_mut(self.count)? = group;
        self.count += 1;
        Some(())
    }

    /// What the form states. The end of a range leaves out what it shares with its start.
    fn stated(&self, codes: EraCodes, start: Option<&Stated>) -> Result<Stated, Error> {
        let mut groups = self.groups.get(..self.count).unwrap_or_default();
        let mut era = self.era;
        let mut code = None;
        if let ([Group { value: Some(number), unit: None }, rest @ ..], None) = (groups, era)
            && number.digits == 1
            && (rest.len() == 3 || matches!(rest, [Group { value: Some(solid), .. }] if solid.digits == 6))
        {
            code = Some(number.value);
            groups = rest;
        }
        let mut parts = [None; 3];
        let mut next = 0;
        if let [Group { value: Some(solid), unit: None }] = groups
            && solid.digits >= 6
        {
            if solid.is_all_zeros_or_nines() {
                code = None;
            } else {
                let year_digits = match (solid.digits, era.is_some() || code.is_some()) {
                    (6, true) => 2,
                    (7, false) => {
                        code = Some(solid.value / 1_000_000);
                        2
                    }
                    (8, false) => 4,
                    (6, false) => return Err(Error::ShortYear),
                    _ => return Err(Error::Unreadable),
                };
                let two = |value| Number { value: value % 100, digits: 2 };
                let year = solid.value / 10_000;
                let year = if year_digits == 2 { two(year) } else { Number { value: year, digits: 4 } };
                parts = [Some(year), Some(two(solid.value / 100)), Some(two(solid.value))];
            }
        } else {
            for group in groups {
                let slot = group.unit.map_or(next, |unit| unit as usize);
                if slot < next {
                    return Err(Error::Unreadable);
                }
                *parts.get_mut(slot).ok_or(Error::Unreadable)? = group.value;
                next = slot + 1;
            }
        }
        if let Some(code) = code {
            if codes == EraCodes::None {
                return Err(Error::EraCodeUndeclared);
            }
            era = Some(codes.era(code).ok_or(Error::EraCodeUnknown)?);
        }
        let [year, month, day] = parts;
        let skipped = groups.first().and_then(|group| group.unit).map_or(0, |unit| unit as usize);
        if era.is_none() && skipped == 0 && year.is_some_and(|year| year.value < 1000) {
            era = start.and_then(|start| start.era); // 昭和10年から12年まで
        }
        let mut stated = Stated {
            era,
            by_code: code.is_some(),
            month: month_or_day(month, 12, Error::NoSuchMonth)?,
            day: month_or_day(day, 31, Error::NoSuchDay)?,
            season: self.season,
            third: self.third,
            about: self.about,
            ..Stated::NOTHING
        };
        stated.year = year.map_or(Ok(None), |year| stated.western(year))?;
        if let Some(start) = start
            && skipped > 0
        {
            (stated.era, stated.year) = (start.era, start.year);
            if skipped > 1 {
                stated.month = start.month;
            }
        }
        if self.unknown && stated.year.is_some() && stated.day.is_some() {
            return Err(Error::Unreadable);
        }
        Ok(stated)
    }
}

impl Number {
    fn is_all_zeros_or_nines(self) -> bool {
        self.value == 0 || Some(self.value) == 10_u32.checked_pow(self.digits.into()).map(|power| power - 1)
    }
}

/// A month or a day: 0 and 99 stand for an unknown one.
fn month_or_day(number: Option<Number>, max: u8, error: Error) -> Result<Option<u8>, Error> {
    match number {
        None | Some(Number { value: 0 | 99, .. }) => Ok(None),
        Some(Number { digits: 3.., .. }) => Err(Error::Unreadable),
        Some(number) => u8::try_from(number.value).ok().filter(|value| *value <= max).map(Some).ok_or(error),
    }
}

/// What a form states: a western year, and what is known of the rest.
struct Stated {
    era: Option<Era>,
    by_code: bool,
    year: Option<u16>,
    month: Option<u8>,
    day: Option<u8>,
    season: Option<(u8, u8)>,
    third: Option<(u8, u8)>,
    about: bool,
}

impl Stated {
    const NOTHING: Self = Self {
        era: None,
        by_code: false,
        year: None,
        month: None,
        day: None,
        season: None,
        third: None,
        about: false,
    };

    /// The western year of a written one; `None` where it stands for an unknown one.
    fn western(&self, year: Number) -> Result<Option<u16>, Error> {
        let Some(era) = self.era else {
            let value =
                u16::try_from(year.value).ok().filter(|_| year.digits <= 4).ok_or(Error::Unreadable)?;
            return match value {
                0 | 9999 => Ok(None),
                1..1000 => Err(Error::ShortYear),
                1000..MIN_YEAR => Err(Error::BeforeSolarCalendar),
                MIN_YEAR..=MAX_YEAR => Ok(Some(value)),
                _ => Err(Error::AfterSupported),
            };
        };
        match year {
            Number { value: 0, .. } => Ok(None),
            Number { value: 99, .. } if self.month.is_none() => Ok(None),
            Number { value: value @ 1..=99, digits: ..=2 } => Ok(Some(era.base_year() + value as u16)),
            _ => Err(Error::Unreadable),
        }
    }

    fn resolve(&self, options: &DateOptions) -> Result<BirthDate, Error> {
        let mut date = self.span().ok_or(match self.year {
            Some(year) if year < MIN_YEAR => Error::BeforeSolarCalendar,
            _ => Error::Unreadable,
        })?;
        date.notes.0 |= self.era.map_or(0, |era| era as u8);
        if self.by_code {
            date.notes.0 |= Notes::ERA_CODE;
        }
        if let Some(era) = self.era {
            date = within(date, era, options.impossible_era)?;
        }
        if (self.season, self.third, self.about) != (None, None, false) {
            date.notes.0 |= Notes::APPROXIMATE;
        }
        if self.about && !date.is_unknown() {
            let slack = match (
                self.month.is_some() || self.season.is_some(),
                self.day.is_some() || self.third.is_some(),
            ) {
                (_, true) => 10,
                (true, false) => 31,
                (false, false) => 366,
            };
            date.kind = Kind::Between;
            (date.first, date.last) = (date.first.earlier(slack), date.last.later(slack));
        }
        Ok(date)
    }

    /// The days that the parts leave open, the era aside.
    fn span(&self) -> Option<BirthDate> {
        let between = |from: (u16, u8, u8), to: (u16, u8, u8)| {
            BirthDate::between(Day::from_ymd(from.0, from.1, from.2)?, Day::from_ymd(to.0, to.1, to.2)?)
        };
        let stated = [self.day.is_some(), self.season.is_some(), self.third.is_some()];
        if stated.into_iter().filter(|stated| *stated).count() > 1 {
            return None;
        }
        let Some(year) = self.year else {
            // A month, a day or a season without its year says nothing that an interval could hold.
            return match self.era {
                Some(era) => {
                    let (first, last) = era.days();
                    BirthDate::between(first, last)
                }
                None => Some(BirthDate::UNKNOWN),
            };
        };
        match (self.month, self.day, self.season, self.third) {
            (Some(month), Some(day), None, None) => BirthDate::from_ymd(year, month, day),
            (Some(month), None, None, None) => {
                between((year, month, 1), (year, month, days_in_month(year, month)))
            }
            (Some(month), None, None, Some((first, last))) => {
                between((year, month, first), (year, month, last.min(days_in_month(year, month))))
            }
            (None, _, None, _) => between((year, 1, 1), (year, 12, 31)),
            (None, None, Some((first, last)), None) => {
                between((year, first, 1), (year, last, days_in_month(year, last)))
            }
            _ => None,
        }
    }
}

/// Holds a date to its era: an interval is cut to it, a day outside it is refused or noted (R13).
fn within(mut date: BirthDate, era: Era, policy: ImpossibleEra) -> Result<BirthDate, Error> {
    let (first, last) = era.days();
    if first <= date.first && date.last <= last {
        return Ok(date);
    }
    let outside = if date.first > last {
        Some(Error::PastEraEnd(era))
    } else if date.last < first {
        Some(Error::BeforeEraStart(era))
    } else {
        None
    };
    match (outside, policy) {
        (Some(error), ImpossibleEra::Reject) => return Err(error),
        (Some(_), ImpossibleEra::AcceptWithWarning) => date.notes.0 |= Notes::IMPOSSIBLE_ERA,
        (None, _) if date.kind == Kind::Between => {
            (date.first, date.last) = (date.first.max(first), date.last.min(last));
        }
        (None, _) => {}
    }
    Ok(date)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_read_where_it_stands_is_what_any_form_says(
            text in "[0-9]{8}|(18|19|20|21)[0-9]{2}-?[0-3][0-9]-?[0-3][0-9]|[0-9]{4}-[0-9-]{2}-[0-9]{2}",
        ) {
            let options = DateOptions::default();
            if let Some(date) = iso(&text) {
                let said = any_form(&text, &options).map(|date| (date, date.to_packed()));
                prop_assert_eq!(said, Ok((date, date.to_packed())), "{}", text);
            }
        }

        #[test]
        fn every_day_of_the_calendar_is_read_where_it_stands(
            year in MIN_YEAR..=MAX_YEAR, month in 1..=12u8, day in 1..=28u8,
        ) {
            let date = BirthDate::from_ymd(year, month, day);
            for text in [format!("{year:04}-{month:02}-{day:02}"), format!("{year:04}{month:02}{day:02}")] {
                prop_assert_eq!(iso(&text), date);
                prop_assert_eq!(parse(&text, &DateOptions::default()), Ok(date));
            }
        }

        #[test]
        fn the_short_way_says_what_the_long_way_says(
            text in "(昭和|S|H|令|明治|T)?[0-9]{1,4}[-/.年][0-9]{1,3}[-/.月][0-9]{1,3}日?",
            warn: bool,
        ) {
            let impossible_era = if warn { ImpossibleEra::AcceptWithWarning } else { ImpossibleEra::Reject };
            let options = DateOptions { impossible_era, ..DateOptions::default() };
            if let Some(stated) = plain(&text) {
                let short = stated.resolve(&options).map(|date| (date, date.to_packed()));
                let long = any_form(&text, &options).map(|date| (date, date.to_packed()));
                prop_assert_eq!(short, long, "{}", text);
            }
        }
    }
}
