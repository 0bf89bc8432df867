//! A record, and a record with its registered number: as received, borrowed from the caller. Nothing is parsed here.

use std::fmt;

/// One row of a registry or of a file to link, every attribute as it was written; an empty string is a missing one.
///
/// Lists (`former_names`, `aliases`, `former_addresses`) are separated by `|`. `Debug` names the attributes that are
/// present and never prints a value.
///
/// ```
/// use himozuke::Record;
/// let record = Record { id: "r1", kanji_name: "山田 太郎", birth_date: "S60.1.1", ..Record::default() };
/// assert_eq!(format!("{record:?}"), "Record(kanji_name birth_date)");
/// ```
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Record<'a> {
    /// The caller's name for the row; opaque, printed in outputs, never compared.
    pub id: &'a str,
    /// Name as registered: kanji, or Roman letters or kana where the person has no kanji (氏名).
    pub kanji_name: &'a str,
    /// Reading of the name (氏名カナ).
    pub kana_name: &'a str,
    /// Birth date in any written form (生年月日).
    pub birth_date: &'a str,
    /// Sex in any written form or code (性別).
    pub sex: &'a str,
    /// Current address (住所).
    pub address: &'a str,
    /// Former family or full names (旧氏), separated by `|`.
    pub former_names: &'a str,
    /// Other names in use (通称), separated by `|`.
    pub aliases: &'a str,
    /// Former addresses, separated by `|`.
    pub former_addresses: &'a str,
    /// The caller's name for the household; compared only for equality, in alerts.
    pub household_id: &'a str,
    /// Whether the resident is registered today: empty or `active`, else `dead`, `moved`, `removed` (異動事由).
    pub status: &'a str,
    /// Whether the resident's address is protected (支援措置): empty or `0` for no.
    pub protected: &'a str,
}

/// How many attributes a record has.
pub(crate) const TEXTS: usize = 12;

impl<'a> Record<'a> {
    /// All attributes, in their order.
    pub(crate) const fn texts(&self) -> [&'a str; TEXTS] {
        let Self { id, kanji_name, kana_name, birth_date, sex, address, .. } = *self;
        let Self { former_names, aliases, former_addresses, household_id, status, protected, .. } = *self;
        [
            id,
            kanji_name,
            kana_name,
            birth_date,
            sex,
            address,
            former_names,
            aliases,
            former_addresses,
            household_id,
            status,
            protected,
        ]
    }

    /// The record that has these attributes.
    pub(crate) const fn of_texts(texts: [&'a str; TEXTS]) -> Self {
        let [id, kanji_name, kana_name, birth_date, sex, address, ..] = texts;
        let [.., former_names, aliases, former_addresses, household_id, status, protected] = texts;
        Self {
            id,
            kanji_name,
            kana_name,
            birth_date,
            sex,
            address,
            former_names,
            aliases,
            former_addresses,
            household_id,
            status,
            protected,
        }
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes = [
            ("kanji_name", self.kanji_name),
            ("kana_name", self.kana_name),
            ("birth_date", self.birth_date),
            ("sex", self.sex),
            ("address", self.address),
            ("former_names", self.former_names),
            ("aliases", self.aliases),
            ("former_addresses", self.former_addresses),
            ("household_id", self.household_id),
            ("status", self.status),
            ("protected", self.protected),
        ];
        f.write_str("Record(")?;
        let present = attributes.iter().filter(|(_, value)| !value.is_empty());
        for (index, (name, _)) in present.enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(name)?;
        }
        f.write_str(")")
    }
}

/// A record with the number that is registered for it, and what its scheme knows it by; an empty string is a missing one.
///
/// Number and person id may both be given; they must then mean the same person. Account, scheme and application ids are
/// compared for equality only, and only with those of other rows, for alerts. `Debug` names what is present, no value.
///
/// ```
/// use himozuke::{Claim, Record};
/// let claim = Claim { record: Record { id: "r1", ..Record::default() }, person_id: "p1", ..Claim::default() };
/// assert_eq!(format!("{claim:?}"), "Claim(Record() person_id)");
/// ```
#[derive(Clone, Copy, Default)]
pub struct Claim<'a> {
    /// The attributes.
    pub record: Record<'a>,
    /// The id, in the registry, of the person whose number is registered (宛名番号).
    pub person_id: &'a str,
    /// The individual number itself (個人番号).
    pub my_number: &'a str,
    /// The account registered for the person (公金受取口座).
    pub account_id: &'a str,
    /// The row's own number in its scheme (手帳番号, 記号番号 with its 枝番): one row each.
    pub scheme_id: &'a str,
    /// The application that the row was entered from; several people may be on one.
    pub application_id: &'a str,
}

impl fmt::Debug for Claim<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim({:?}", self.record)?;
        let attributes = [
            ("person_id", self.person_id),
            ("my_number", self.my_number),
            ("account_id", self.account_id),
            ("scheme_id", self.scheme_id),
            ("application_id", self.application_id),
        ];
        for (name, _) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            write!(f, " {name}")?;
        }
        f.write_str(")")
    }
}
