//! What the tests of the whole library share: rows that own their text.

use himozuke::Record;
use serde::{Deserialize, Serialize};

/// A record that owns its values; attributes left out of a file are missing ones.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Row {
    pub id: String,
    pub kanji_name: String,
    pub kana_name: String,
    pub birth_date: String,
    pub sex: String,
    pub address: String,
    pub former_names: String,
    pub aliases: String,
    pub former_addresses: String,
    pub household_id: String,
    pub status: String,
    pub protected: String,
}

impl Row {
    pub fn record(&self) -> Record<'_> {
        Record {
            id: &self.id,
            kanji_name: &self.kanji_name,
            kana_name: &self.kana_name,
            birth_date: &self.birth_date,
            sex: &self.sex,
            address: &self.address,
            former_names: &self.former_names,
            aliases: &self.aliases,
            former_addresses: &self.former_addresses,
            household_id: &self.household_id,
            status: &self.status,
            protected: &self.protected,
        }
    }
}

impl From<Record<'_>> for Row {
    fn from(record: Record<'_>) -> Self {
        Self {
            id: record.id.into(),
            kanji_name: record.kanji_name.into(),
            kana_name: record.kana_name.into(),
            birth_date: record.birth_date.into(),
            sex: record.sex.into(),
            address: record.address.into(),
            former_names: record.former_names.into(),
            aliases: record.aliases.into(),
            former_addresses: record.former_addresses.into(),
            household_id: record.household_id.into(),
            status: record.status.into(),
            protected: record.protected.into(),
        }
    }
}
