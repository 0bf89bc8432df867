//! `himozuke synth`: a synthetic town, records about its people, and the truth about the records.

use std::io::Write;

use encoding_rs::SHIFT_JIS;
use himozuke::{
    Record,
    synth::{Population, SynthConfig},
};

use crate::{
    args::{Prevalence, Synth, WrittenEncoding},
    failure::Failure,
    output::{OutDir, say},
};

/// What the registry says of a resident: every attribute, under its canonical name.
const REGISTRY_HEADER: [&str; 12] = [
    "id",
    "kanji_name",
    "kana_name",
    "birth_date",
    "sex",
    "address",
    "former_names",
    "aliases",
    "former_addresses",
    "household_id",
    "status",
    "protected",
];
/// What an office's file says of a person.
const RECORDS_HEADER: [&str; 6] = ["整理番号", "氏名", "フリガナ", "生年月日", "性別", "住所"];

/// Makes the files and tells what was made.
///
/// # Errors
/// Where the directory holds another run and `--force` was not given, or a file cannot be written.
pub fn synth(arguments: &Synth, out: &mut impl Write) -> Result<(), Failure> {
    let Synth { residents, records, seed, .. } = *arguments;
    let rates = match arguments.prevalence {
        Prevalence::Oversampled => SynthConfig::default(),
        Prevalence::Natural => SynthConfig::natural(),
    };
    let config = SynthConfig { seed, residents, records, ..rates };
    let names = ["registry.csv", "records.csv", "truth.csv"];
    let directory = OutDir::open(&arguments.out, &names, arguments.force)?;
    let population = Population::new(&config);

    let mut file = directory.create_csv("registry.csv", &REGISTRY_HEADER)?;
    population.try_for_each_resident(|resident| file.row(all_cells(&resident)))?;
    let mut files = vec![file.finish()?];

    let encode = |text: &str| match arguments.encoding {
        WrittenEncoding::Utf8 => text.as_bytes().to_vec(),
        WrittenEncoding::Cp932 => cp932(text),
    };
    let mut file = directory.create_csv("records.csv", RECORDS_HEADER.map(encode))?;
    let mut truth = directory.create_csv("truth.csv", &["record_id", "person_id", "tags"])?;
    let (mut registered, mut made) = (0u32, 0u32);
    for synthetic in population.records() {
        let record = synthetic.record();
        let cells =
            [record.id, record.kanji_name, record.kana_name, record.birth_date, record.sex, record.address];
        file.row(cells.map(encode))?;
        let person = synthetic.truth.as_deref().unwrap_or_default();
        truth.row([record.id, person, &synthetic.tags.to_string()])?;
        made += 1;
        registered += u32::from(synthetic.truth.is_some());
    }
    files.extend([file.finish()?, truth.finish()?]);
    directory.commit(files)?;
    let line = format!(
        "{residents} residents and {made} records, of which {registered} are about one of them; nobody of them exists"
    );
    Ok(say(out, [line, format!("written to {}", arguments.out.display())])?)
}

const fn all_cells<'r>(record: &Record<'r>) -> [&'r str; 12] {
    [
        record.id,
        record.kanji_name,
        record.kana_name,
        record.birth_date,
        record.sex,
        record.address,
        record.former_names,
        record.aliases,
        record.former_addresses,
        record.household_id,
        record.status,
        record.protected,
    ]
}

/// Text in CP932. A character that it lacks becomes ●, as it did on the way through the middle servers of 2023; a
/// variation selector, which is no character of its own, goes.
fn cp932(text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = SHIFT_JIS.encode(text);
    if !lossy {
        return bytes.into_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut utf8 = [0; 4];
    for c in text.chars().filter(|c| !matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')) {
        match SHIFT_JIS.encode(c.encode_utf8(&mut utf8)) {
            (encoded, _, false) => bytes.extend_from_slice(&encoded),
            _ => bytes.extend_from_slice(b"\x81\x9C"), // ●
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cp932_lacks_becomes_a_black_circle() {
        let back = |text: &str| SHIFT_JIS.decode(&cp932(text)).0.into_owned();
        assert_eq!(back("髙橋 ﾊﾅｺ"), "髙橋 ﾊﾅｺ");
        assert_eq!(back("𠮷田 José"), "●田 Jos●");
        assert_eq!(back("葛\u{E0100}城"), "葛城");
        assert_eq!(back("\u{E000}"), "●", "never a numeric reference");
    }
}
