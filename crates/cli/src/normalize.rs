//! `himozuke normalize`: how values are read and folded. They are shown because they were asked for by name.

mod address;
mod date_and_sex;
mod name;
mod taken;

use std::{io::Write, iter};

use himozuke::{
    Unreadable,
    normalize::{
        address::Address,
        birth_date::{BirthDate, DateOptions},
        name as names,
        sex::Sex,
        text,
    },
};
use serde::Serialize;

use self::{
    address::ReadAddress,
    date_and_sex::{ReadDate, ReadSex},
    name::ReadName,
    taken::{Taken, Told, unknown_lines},
};
use crate::{
    args::{Language, Normalize},
    failure::Failure,
    mj,
    output::{say, say_json},
};

/// Shows each value in its structured form, or why it would be rejected.
///
/// # Errors
/// Where standard output cannot be written.
pub fn normalize(arguments: &Normalize, out: &mut impl Write) -> Result<(), Failure> {
    mj::install(&arguments.mj)?;
    let lang = arguments.showing.lang;
    let options = DateOptions { era_codes: arguments.era_codes.into(), ..DateOptions::default() };
    let [kanji, kana] = [&arguments.kanji_name, &arguments.kana_name].map(Option::as_deref);
    let names = (kanji.is_some() || kana.is_some()).then(|| {
        let names = names::parse(kanji.unwrap_or_default(), kana.unwrap_or_default());
        names.map_or_else(
            |error| Reading::problem(error, lang),
            |names| Reading::Read(names.iter().map(|name| ReadName::of(name, lang)).collect()),
        )
    });
    let birth_date = arguments.birth_date.as_deref().map(|text| match BirthDate::parse(text, &options) {
        Ok(None) => Reading::nothing(text, lang),
        Ok(Some(date)) => Reading::Read(ReadDate::of(date, text, lang)),
        Err(error) => Reading::problem(error, lang),
    });
    let sex = arguments.sex.as_deref().map(|text| match Sex::parse(text) {
        Ok(None) => Reading::nothing(text, lang),
        Ok(Some(sex)) => Reading::Read(ReadSex::of(sex, text, lang)),
        Err(error) => Reading::problem(error, lang),
    });
    let address = arguments.address.as_deref().map(|text| match Address::parse(text) {
        Some(address) => Reading::Read(ReadAddress::of(&address, lang)),
        None if text.len() > Address::MAX_LEN => Reading::problem(Unreadable::Address, lang),
        None => Reading::nothing(text, lang),
    });
    let read = ReadValues { names, birth_date, sex, address };
    if arguments.showing.json {
        return Ok(say_json(out, &read)?);
    }
    Ok(say(out, read.lines(lang))?)
}

/// What became of a value.
#[derive(Serialize)]
#[serde(untagged)]
enum Reading<T> {
    /// What it says.
    Read(T),
    /// It says nothing: blank, or unknown.
    Nothing { unknown: [Told; 1] },
    /// A row with it is rejected.
    Problem { problem: &'static str, sentence: String },
}

impl<T> Reading<T> {
    fn nothing(text: &str, lang: Language) -> Self {
        let told = if text::clean(text).text.is_empty() {
            Told::new("not_stated", "nothing is stated", "記載なし", lang)
        } else {
            Told::new("stated_unknown", "stated to be unknown", "不明と記載", lang)
        };
        Self::Nothing { unknown: [told] }
    }

    fn problem(unreadable: impl Into<Unreadable>, lang: Language) -> Self {
        let unreadable = unreadable.into();
        let sentence = if lang == Language::Ja { unreadable.ja() } else { unreadable.to_string() };
        Self::Problem { problem: unreadable.code(), sentence }
    }
}

/// The values that were given, each as it is read.
#[derive(Serialize)]
struct ReadValues {
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<Reading<Vec<ReadName>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<Reading<Taken<ReadDate>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sex: Option<Reading<Taken<ReadSex>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Reading<Taken<ReadAddress>>>,
}

impl ReadValues {
    fn lines(&self, lang: Language) -> Vec<String> {
        let Self { names, birth_date, sex, address } = self;
        let parts = [
            names.as_ref().map(|read| {
                section(lang.pick("name", "氏名"), read, lang, |names| {
                    names.iter().flat_map(|name| name.lines(lang)).collect()
                })
            }),
            birth_date.as_ref().map(|read| {
                section(lang.pick("birth date", "生年月日"), read, lang, |date| {
                    [date.says.lines(lang), date.lines(lang)].concat()
                })
            }),
            sex.as_ref().map(|read| {
                section(lang.pick("sex", "性別"), read, lang, |sex| {
                    [vec![sex.says.line(lang)], sex.lines(lang)].concat()
                })
            }),
            address.as_ref().map(|read| {
                section(lang.pick("address", "住所"), read, lang, |address| {
                    [address.says.lines(lang), address.lines(lang)].concat()
                })
            }),
        ];
        parts.into_iter().flatten().flatten().collect()
    }
}

fn section<T>(
    title: &str,
    read: &Reading<T>,
    lang: Language,
    lines: impl Fn(&T) -> Vec<String>,
) -> Vec<String> {
    let inside = match read {
        Reading::Read(value) => lines(value),
        Reading::Nothing { unknown } => unknown_lines(unknown, lang).collect(),
        Reading::Problem { problem, sentence } => {
            vec![format!("{} {problem}: {sentence}", lang.pick("cannot be read:", "読み取り不能:"))]
        }
    };
    iter::once(title.to_owned()).chain(inside.into_iter().map(|line| format!("  {line}"))).collect()
}
