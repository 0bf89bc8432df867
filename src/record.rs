//! A record: its attributes as received, borrowed from the caller. Nothing is parsed here.

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
