//! A person: the normalized form of a record, ready to be compared. Knows nothing of registries.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::Record;
use crate::my_number::MyNumberError;
use crate::normalize::address::{Address, AddressRef, Heads};
use crate::normalize::birth_date::{BirthDate, BirthDateError, DateOptions};
use crate::normalize::name::{self, Name, NameError, NameKind, NameRef, Read, SpellingRef};
use crate::normalize::sex::{Sex, SexError};
use crate::normalize::text;

/// How the attributes of one input are to be read.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "callers build it from literals with ..Default::default()")]
pub struct ReadOptions {
    /// How birth dates are written.
    pub dates: DateOptions,
}

/// Whether a resident is in the register today (異動事由).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// A resident.
    #[default]
    Active,
    /// Dead.
    Dead,
    /// Moved out.
    Moved,
    /// Removed, or a state that this version has no word for: never linked to.
    Removed,
}

impl Status {
    fn parse(input: &str) -> Self {
        let known = |text: &str| match text {
            "" | "active" | "1" | "現存" | "在住" | "住民" => Some(Self::Active),
            "dead" | "死亡" => Some(Self::Dead),
            "moved" | "転出" | "国外転出" => Some(Self::Moved),
            _ => None,
        };
        // The words are clean.
        known(input).or_else(|| known(&text::clean(input).text)).unwrap_or(Self::Removed)
    }

    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Dead => "dead",
            Self::Moved => "moved",
            Self::Removed => "removed",
        }
    }
}

/// An attribute that cannot be read, and why. Holds no value.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum Unreadable {
    /// The name cells.
    #[error("{0}")]
    Name(#[from] NameError),
    /// The birth date.
    #[error("{0}")]
    BirthDate(#[from] BirthDateError),
    /// The sex.
    #[error("{0}")]
    Sex(#[from] SexError),
    /// The address.
    #[error("the address is longer than {} bytes; check whether columns were shifted", Address::MAX_LEN)]
    Address,
    /// The individual number (R17).
    #[error("{0}")]
    MyNumber(#[from] MyNumberError),
}

impl Unreadable {
    /// The canonical column.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::Name(_) => "kanji_name",
            Self::BirthDate(_) => "birth_date",
            Self::Sex(_) => "sex",
            Self::Address => "address",
            Self::MyNumber(_) => "my_number",
        }
    }

    /// The documented snake_case name of the problem.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name(error) => error.code(),
            Self::BirthDate(error) => error.code(),
            Self::Sex(error) => error.code(),
            Self::Address => "address_too_long",
            Self::MyNumber(error) => error.code(),
        }
    }

    /// The problem and its mend in Japanese.
    ///
    /// ```
    /// use himozuke::{Person, ReadOptions, Record};
    /// let record = Record { kanji_name: "山田太郎、山田花子", ..Record::default() };
    /// let error = Person::read(&record, &ReadOptions::default()).unwrap_err();
    /// assert_eq!(error.ja(), "一つの欄に複数の人の氏名があります。一人一行に分けてください");
    /// ```
    #[must_use]
    pub fn ja(self) -> String {
        match self {
            Self::Name(error) => error.ja(),
            Self::BirthDate(error) => error.ja(),
            Self::Sex(error) => error.ja().to_owned(),
            Self::MyNumber(error) => error.ja().to_owned(),
            Self::Address => {
                format!("住所が{}バイトを超えています。列がずれていないか確かめてください", Address::MAX_LEN)
            }
        }
    }
}

/// A record normalized: names parsed, date as an interval, address in parts.
///
/// `Debug` shows what is known, never a value.
#[derive(Clone)]
pub struct Person {
    pub(crate) main: Name,
    pub(crate) others: Vec<Name>,
    pub(crate) birth_date: Option<BirthDate>,
    pub(crate) sex: Option<Sex>,
    pub(crate) address: Option<Address>,
    pub(crate) former_addresses: Vec<Address>,
    pub(crate) status: Status,
    pub(crate) protected: bool,
}

impl Person {
    /// Normalizes a record.
    ///
    /// # Errors
    ///
    /// The first attribute that cannot be read. A missing attribute is no error (R4).
    ///
    /// ```
    /// use himozuke::{Person, ReadOptions, Record};
    /// let record = Record { kanji_name: "山田　太郎", birth_date: "平成31年5月1日", ..Record::default() };
    /// let error = Person::read(&record, &ReadOptions::default()).unwrap_err();
    /// assert_eq!(error.to_string(), "the day is past the end of 平成 (2019-04-30)");
    /// ```
    pub fn read(record: &Record<'_>, options: &ReadOptions) -> Result<Self, Unreadable> {
        let mut problem = None;
        let person =
            Self::read_what_can_be(record, options, |unreadable| problem = problem.or(Some(unreadable)));
        problem.map_or(Ok(person), Err)
    }

    /// Normalizes a record; an attribute that cannot be read becomes unknown and is reported.
    pub(crate) fn read_what_can_be(
        record: &Record<'_>,
        options: &ReadOptions,
        report: impl FnMut(Unreadable),
    ) -> Self {
        Self::read_with(None, record, options, report)
    }

    /// Normalizes records as [`Self::read`] does one, the names of all before anything else of the first: two halves of this
    /// code stay in a processor's cache, the whole does not.
    pub(crate) fn read_all<'r>(
        records: impl Iterator<Item = &'r Record<'r>> + Clone,
        options: &ReadOptions,
    ) -> Vec<Result<Self, Unreadable>> {
        let named = |record| {
            let mut problem = None;
            let names = Self::read_names(None, record, |unreadable| problem = problem.or(Some(unreadable)));
            problem.map_or_else(|| Ok(Self::named(names)), Err)
        };
        // Each person stays where the names were written.
        let mut persons: Vec<_> = records.clone().map(named).collect();
        for (read, record) in persons.iter_mut().zip(records) {
            let Ok(person) = read else { continue };
            let mut problem = None;
            person.state(None, record, options, |unreadable| problem = problem.or(Some(unreadable)));
            if let Some(problem) = problem {
                *read = Err(problem);
            }
        }
        persons
    }

    /// As [`Self::read_what_can_be`], with what is remembered of persons before.
    pub(crate) fn read_with(
        mut memory: Option<&mut Memory>,
        record: &Record<'_>,
        options: &ReadOptions,
        mut report: impl FnMut(Unreadable),
    ) -> Self {
        let mut person = Self::named(Self::read_names(memory.as_deref_mut(), record, &mut report));
        person.state(memory, record, options, report);
        person
    }

    /// The registered name and the others.
    pub(crate) fn read_names(
        memory: Option<&mut Memory>,
        record: &Record<'_>,
        mut report: impl FnMut(Unreadable),
    ) -> (Name, Vec<Name>) {
        let (register, reading) = (record.kanji_name, record.kana_name);
        let names = match memory {
            // Nothing is stated, and nothing need be read.
            _ if register.is_empty() && reading.is_empty() => Ok(Read::Listed(Vec::new())),
            Some(memory) => name::parse_with(&mut memory.words, register, reading),
            None => name::read(register, reading),
        };
        let names = names.unwrap_or_else(|error| {
            report(error.into());
            Read::Listed(Vec::new())
        });
        let (main, mut others) = match names {
            Read::One(name) => (name, Vec::new()),
            Read::Listed(mut names) if !names.is_empty() => (names.swap_remove(0), names),
            Read::Listed(none) => (Name { kind: NameKind::Registered, register: None, reading: None }, none),
        };
        let lists = [(NameKind::Former, record.former_names), (NameKind::Alias, record.aliases)];
        for (kind, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            for item in items(list) {
                match name::parse_other(kind, item, &main) {
                    Ok(name) => others.extend(name),
                    Err(error) => report(error.into()),
                }
            }
        }
        (main, others)
    }

    /// Somebody of these names, of whom nothing else is stated.
    fn named((main, others): (Name, Vec<Name>)) -> Self {
        Self {
            main,
            others,
            birth_date: None,
            sex: None,
            address: None,
            former_addresses: Vec::new(),
            status: Status::Active,
            protected: false,
        }
    }

    /// Reads what is stated besides the names.
    fn state(
        &mut self,
        mut memory: Option<&mut Memory>,
        record: &Record<'_>,
        options: &ReadOptions,
        mut report: impl FnMut(Unreadable),
    ) {
        let Stated { birth_date, sex, status, protected } = Stated::read(record, options, &mut report);
        (self.birth_date, self.sex, self.status, self.protected) = (birth_date, sex, status, protected);
        let mut address = |input| Self::read_address(memory.as_deref_mut(), input, &mut report);
        let [current, former] = [record.address, record.former_addresses];
        self.address = address(current);
        if !former.is_empty() {
            self.former_addresses = items(former).filter_map(&mut address).collect();
        }
    }

    fn read_address(
        memory: Option<&mut Memory>,
        input: &str,
        mut report: impl FnMut(Unreadable),
    ) -> Option<Address> {
        if input.len() > Address::MAX_LEN {
            report(Unreadable::Address);
        }
        match memory {
            Some(memory) => Address::parse_with(&mut memory.heads, input),
            None => Address::parse(input),
        }
    }

    /// Whether the address is protected (支援措置): anything but a plain no in [`Record::protected`].
    ///
    /// ```
    /// use himozuke::{Person, ReadOptions, Record};
    /// let person = Person::read(&Record { protected: "有", ..Record::default() }, &ReadOptions::default())?;
    /// assert!(person.is_protected());
    /// # Ok::<(), himozuke::Unreadable>(())
    /// ```
    #[must_use]
    pub const fn is_protected(&self) -> bool {
        self.protected
    }

    pub(crate) fn view(&self) -> PersonView<'_> {
        PersonView {
            main: self.main.view(),
            birth_date: self.birth_date,
            sex: self.sex,
            address: self.address.as_ref().map(Address::view),
            status: self.status,
            protected: self.protected,
            extras: (!self.others.is_empty() || !self.former_addresses.is_empty()).then_some((self as _, 0)),
        }
    }
}

/// What a record states besides names and addresses.
#[derive(Clone, Copy)]
pub(crate) struct Stated {
    pub(crate) birth_date: Option<BirthDate>,
    pub(crate) sex: Option<Sex>,
    pub(crate) status: Status,
    pub(crate) protected: bool,
}

impl Stated {
    /// Reads what can be read; the rest is unknown and reported.
    pub(crate) fn read(
        record: &Record<'_>,
        options: &ReadOptions,
        mut report: impl FnMut(Unreadable),
    ) -> Self {
        let birth_date = BirthDate::parse(record.birth_date, &options.dates).unwrap_or_else(|error| {
            report(error.into());
            None
        });
        let sex = Sex::parse(record.sex).unwrap_or_else(|error| {
            report(error.into());
            None
        });
        Self {
            birth_date: birth_date.filter(|date| !date.is_unknown()),
            sex,
            status: Status::parse(record.status),
            protected: is_protected(record.protected),
        }
    }
}

/// What is remembered from one person to the next: whoever reads many reads each town once. It changes no reading, holds
/// values, shows none, and is to go with the reading.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    words: name::Words,
    pub(crate) heads: Heads,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("names", &(1 + self.others.len()))
            .field("birth_date", &self.birth_date.is_some())
            .field("sex", &self.sex.is_some())
            .field("address", &self.address.is_some())
            .field("former_addresses", &self.former_addresses.len())
            .field("status", &self.status)
            .field("protected", &self.protected)
            .finish()
    }
}

/// The items of a list cell.
pub(crate) fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(['|', '｜']).filter(|item| !item.trim().is_empty())
}

/// Anything but a plain no protects: the harm of the other mistake is greater.
fn is_protected(input: &str) -> bool {
    let is_no = |text: &str| matches!(text, "" | "0" | "no" | "false" | "無" | "なし" | "無し");
    // The words are clean.
    !is_no(input) && !is_no(&text::clean(input).text)
}

/// A person whose parts live elsewhere: in a [`Person`], or spread over a registry's columns.
#[derive(Clone, Copy)]
pub(crate) struct PersonView<'a> {
    pub(crate) main: NameRef<'a>,
    pub(crate) birth_date: Option<BirthDate>,
    pub(crate) sex: Option<Sex>,
    pub(crate) address: Option<AddressRef<'a>>,
    pub(crate) status: Status,
    pub(crate) protected: bool,
    /// Where the other names and the former addresses are, and which of those there are this person's.
    pub(crate) extras: Option<(&'a (dyn Extras + Sync), u32)>,
}

/// What few people have: other names than the registered one, and former addresses.
pub(crate) trait Extras {
    /// Whether a person has other names, and former addresses.
    fn has(&self, of: u32) -> [bool; 2];
    /// The other name in this place of a person's; `None` past the last.
    fn other_name(&self, of: u32, at: usize) -> Option<NameRef<'_>>;
    /// The former address in this place of a person's; `None` past the last.
    fn former_address(&self, of: u32, at: usize) -> Option<AddressRef<'_>>;
}

impl Extras for Person {
    fn has(&self, _: u32) -> [bool; 2] {
        [!self.others.is_empty(), !self.former_addresses.is_empty()]
    }

    fn other_name(&self, _: u32, at: usize) -> Option<NameRef<'_>> {
        self.others.get(at).map(Name::view)
    }

    fn former_address(&self, _: u32, at: usize) -> Option<AddressRef<'_>> {
        self.former_addresses.get(at).map(Address::view)
    }
}

impl<'a> PersonView<'a> {
    /// What is stated besides names and addresses.
    pub(crate) const fn stated(&self) -> Stated {
        let Self { birth_date, sex, status, protected, .. } = *self;
        Stated { birth_date, sex, status, protected }
    }

    /// Every name, the registered one first.
    pub(crate) fn names(&self) -> impl Iterator<Item = NameRef<'a>> + Clone + use<'a> {
        let extras = self.extras;
        let other = move |at| extras.and_then(|(extras, of)| extras.other_name(of, at));
        std::iter::once(self.main).chain((0..).map_while(other))
    }

    /// Every address, the current one first.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = AddressRef<'a>> + Clone + use<'a> {
        let extras = self.extras;
        let former = move |at| extras.and_then(|(extras, of)| extras.former_address(of, at));
        self.address.into_iter().chain((0..).map_while(former))
    }

    /// Whether the registered name is the only one.
    pub(crate) fn has_one_name(&self) -> bool {
        let [other_names, _] = self.has();
        !other_names
    }

    /// With the keys of the registered name, worked out once for all who will ask for them.
    pub(crate) fn with_keys(self) -> Self {
        Self { main: self.main.with_keys(), ..self }
    }

    /// Whether both have one name, the same and written alike, and one birth date: whoever is compared with either then compares
    /// with the other in the same way, addresses and sexes aside.
    pub(crate) fn is_written_as(&self, other: &Self) -> bool {
        let alike = |a: Option<SpellingRef<'_>>, b: Option<SpellingRef<'_>>| match (a, b) {
            (Some(a), Some(b)) => a.family.bytes() == b.family.bytes() && a.given.bytes() == b.given.bytes(),
            (a, b) => a.is_none() && b.is_none(),
        };
        self.birth_date == other.birth_date
            && alike(self.main.register, other.main.register)
            && alike(self.main.reading, other.main.reading)
            && self.has_one_name()
            && other.has_one_name()
    }

    /// Whether a former address is known.
    pub(crate) fn has_moved(&self) -> bool {
        let [_, former_addresses] = self.has();
        former_addresses
    }

    fn has(&self) -> [bool; 2] {
        self.extras.map_or([false; 2], |(extras, of)| extras.has(of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::birth_date::Era;

    #[test]
    fn records_read_together_read_as_one_by_one() {
        let records = [
            Record {
                kanji_name: "山田　太郎",
                kana_name: "ヤマダ　タロウ",
                birth_date: "S401231",
                ..Record::default()
            },
            Record {
                kanji_name: "山田太郎、山田花子", birth_date: "平成31年5月1日", ..Record::default()
            },
            Record { former_names: "鈴木", aliases: "鈴木、佐藤", sex: "?", ..Record::default() },
            Record { sex: "?", address: "東京都千代田区霞が関2-1-6", ..Record::default() },
        ];
        let options = ReadOptions::default();
        let together = Person::read_all(records.iter(), &options);
        assert_eq!(together.len(), records.len());
        for (together, record) in together.iter().zip(&records) {
            match (together, Person::read(record, &options)) {
                (Ok(together), Ok(alone)) => {
                    assert_eq!((&together.main, &together.others), (&alone.main, &alone.others));
                    assert_eq!(together.address, alone.address);
                    assert_eq!((together.birth_date, together.sex), (alone.birth_date, alone.sex));
                }
                (together, alone) => assert_eq!(together.as_ref().err().copied(), alone.err()),
            }
        }
    }

    #[test]
    fn every_problem_is_told_in_both_languages() {
        use BirthDateError as Date;
        let dates = [
            Date::Unreadable,
            Date::ShortYear,
            Date::StatedTwice,
            Date::EraCodeUndeclared,
            Date::EraCodeUnknown,
            Date::NoSuchMonth,
            Date::NoSuchDay,
            Date::BeforeEraStart(Era::Heisei),
            Date::PastEraEnd(Era::Heisei),
            Date::BeforeSolarCalendar,
            Date::AfterSupported,
            Date::InFuture,
            Date::TooOld,
        ];
        let names = [NameError::Several, NameError::TooLong].map(Unreadable::from);
        let numbers = [MyNumberError::Length, MyNumberError::NotADigit, MyNumberError::CheckDigit];
        let others = [SexError::Unreadable.into(), Unreadable::Address];
        let all = dates.map(Unreadable::from).into_iter().chain(names).chain(others);
        let all: Vec<Unreadable> = all.chain(numbers.map(Unreadable::from)).collect();
        let kana = |text: &str| text.chars().any(|c| ('ぁ'..='ん').contains(&c));
        for problem in &all {
            let (en, ja) = (problem.to_string(), problem.ja());
            assert!(!en.is_empty() && !kana(&en), "{}: {en}", problem.code());
            assert!(kana(&ja) && !ja.contains("the "), "{}: {ja}", problem.code());
        }
        let sentences: std::collections::BTreeSet<String> = all.iter().map(|problem| problem.ja()).collect();
        assert_eq!(sentences.len(), all.len(), "no two say the same");
    }
}
