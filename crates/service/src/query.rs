//! One record from a body. Knows the names of the fields; nothing of what stands in them, which no error repeats.

use himozuke::Record;
use serde::Deserialize;
use serde_json::Value;

use crate::language::Language;
use crate::problem::Problem;

/// One record, under the names of the columns; what is left out is missing.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    id: String,
    kanji_name: String,
    kana_name: String,
    birth_date: String,
    sex: String,
    address: String,
    former_names: String,
    aliases: String,
    former_addresses: String,
}

/// The fields of a [`Query`].
pub(crate) const FIELDS: [&str; 9] = [
    "id",
    "kanji_name",
    "kana_name",
    "birth_date",
    "sex",
    "address",
    "former_names",
    "aliases",
    "former_addresses",
];

impl Query {
    pub(crate) fn read(body: &[u8], language: Language) -> Result<Self, Problem> {
        // A list would pass for the fields in their order.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(what_is_wrong(body, language));
        }
        serde_json::from_slice(body).map_err(|_| what_is_wrong(body, language))
    }

    pub(crate) fn record(&self) -> Record<'_> {
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
            ..Record::default()
        }
    }
}

/// The parser's own words can hold a value, so a body that is no record is looked at again.
fn what_is_wrong(body: &[u8], language: Language) -> Problem {
    let fields = match serde_json::from_slice(body) {
        Err(error) => return Problem::not_json(&error, language),
        Ok(Value::Object(fields)) => fields,
        Ok(_) => return Problem::not_an_object(language),
    };
    let is_no_text = |name: &&str| fields.get(*name).is_some_and(|value| !value.is_string());
    if let Some(field) = FIELDS.into_iter().find(is_no_text) {
        return Problem::not_a_text(field, language);
    }
    if fields.keys().all(|name| FIELDS.contains(&name.as_str())) {
        return Problem::field_twice(language);
    }
    Problem::unknown_field(language)
}
