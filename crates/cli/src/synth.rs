//! `himozuke synth`: a synthetic town, records about its people, and the truth about the records.

use std::{
    borrow::Cow,
    fs,
    io::{self, Write},
    path::Path,
};

use encoding_rs::SHIFT_JIS;
use himozuke::{
    Record,
    synth::{Cause, ClaimRates, Population, Profile, SynthConfig},
};

use crate::{
    args::{ClaimBy, Prevalence, ProfileChoice, Synth, WrittenEncoding},
    failure::Failure,
    output::{Finished, OutDir, OutputError, Start, say, written_to},
    said,
    toml_fault::Fault,
    words::Said,
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
/// The files that a run may leave.
const FILES: [&str; 5] = ["registry.csv", "records.csv", "truth.csv", "claims.csv", "claims_truth.csv"];
/// What an office's file says of a person.
const RECORDS_HEADER: [&str; 6] = ["整理番号", "氏名", "フリガナ", "生年月日", "性別", "住所"];

/// What is known of a record: whom it is about and what happened to it, where it comes from, which groups its person
/// belongs to, and how many records it stands for at natural prevalence.
const TRUTH_HEADER: [&str; 6] = ["record_id", "person_id", "tags", "profile", "subgroups", "weight"];

/// Makes the files and tells what was made.
///
/// # Errors
/// Where the directory holds another run and `--force` was not given, or a file cannot be written.
pub fn synth(arguments: &Synth, out: &mut impl Write) -> Result<(), Failure> {
    let Synth { residents, records, seed, .. } = *arguments;
    let profiles = arguments.profiles.iter().map(profile).collect::<Result<Vec<_>, _>>()?;
    let config = SynthConfig { seed, residents, records, profiles, ..rates(arguments.prevalence) };
    let start = if arguments.force { Start::Replace } else { Start::Fresh };
    let directory = OutDir::open(&arguments.out, &FILES, start)?;
    let population = Population::new(&config);
    let mut files = vec![write_registry(&population, arguments, &directory)?];

    let encode = |text: &str| encoded(text, arguments.encoding);
    let mut file = directory.create_csv("records.csv", RECORDS_HEADER.map(encode))?;
    let mut truth = directory.create_csv("truth.csv", TRUTH_HEADER)?;
    let (mut registered, mut made) = (0u32, 0u32);
    for synthetic in population.records() {
        let record = synthetic.record();
        let cells =
            [record.id, record.kanji_name, record.kana_name, record.birth_date, record.sex, record.address];
        file.row(cells.map(encode))?;
        let person = synthetic.truth.as_deref().unwrap_or_default();
        let (tags, weight) = (synthetic.tags.to_string(), format!("{:.6}", synthetic.weight));
        let subgroups = synthetic.subgroups.iter().map(|group| group.name()).collect::<Vec<_>>().join("|");
        truth.row([record.id, person, &tags, &synthetic.profile, &subgroups, &weight])?;
        made += 1;
        registered += u32::from(synthetic.truth.is_some());
    }
    files.extend([file.finish()?, truth.finish()?]);
    let mut lines = vec![said!(
        "{residents} residents and {made} records, of which {registered} are about one of them; nobody of them exists";
        "住民{residents}人と記録{made}件（うち住民についてのもの{registered}件）。いずれも実在しません"
    )];
    if arguments.claims > 0 {
        let config = SynthConfig { records: arguments.claims, ..config };
        let ([claims, wrong], written) = write_claims(arguments, &config, &directory)?;
        files.extend(written);
        lines.push(said!(
            "{claims} records with a registered number, {wrong} of them another person's";
            "番号付き記録{claims}件（うち別人の番号のもの{wrong}件）"
        ));
    }
    directory.commit(files)?;
    lines.push(written_to(&arguments.out));
    Ok(say(out, lines)?)
}

/// A shipped profile, or that of a file.
fn profile(choice: &ProfileChoice) -> Result<Profile, Failure> {
    let (place, text) = match choice {
        ProfileChoice::Shipped(text) => (said!("a shipped profile"; "同梱の profile"), Cow::Borrowed(*text)),
        ProfileChoice::File(path) => {
            let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
            (Said::name(path.display().to_string()), Cow::Owned(text))
        }
    };
    toml::from_str(&text).map_err(|error| {
        let (fault, Said { en, ja }) = (Fault::of(&error, &text), &place);
        let at = fault.place();
        let message = said!("{en}, {}: {}", at.en, fault.message; "{ja} の{}: {}", at.ja, fault.ja());
        let hint = said!(
            "a profile has a name and a table [errors]; data/profiles holds five to begin with";
            "profile には name と表 [errors] があります。data/profiles の5個を手本にできます"
        );
        Failure::usage(message, Some(hint))
    })
}

fn rates(prevalence: Prevalence) -> SynthConfig {
    match prevalence {
        Prevalence::Oversampled => SynthConfig::default(),
        Prevalence::Natural => SynthConfig::natural(),
    }
}

/// Every resident, a chunk at a time; with individual numbers only where claims by number ask for them.
fn write_registry(
    population: &Population,
    arguments: &Synth,
    directory: &OutDir,
) -> Result<Finished, Failure> {
    let numbered = arguments.claims > 0 && arguments.claim_by != ClaimBy::PersonId;
    let mut file = directory.create("registry.csv")?;
    let header = REGISTRY_HEADER.into_iter().chain(numbered.then_some("my_number"));
    file.bytes(&lines(|table| table.write_record(header))?)?;
    population.try_for_each_chunk(
        |chunk| {
            lines(|table| {
                let rows = chunk.rows();
                if !numbered {
                    return rows.records().try_for_each(|row| table.write_record(all_cells(&row)));
                }
                rows.records().zip(chunk.residents()).try_for_each(|(row, resident)| {
                    table.write_record(all_cells(&row).into_iter().chain([resident.my_number().as_str()]))
                })
            })
        },
        |chunk| Ok::<(), Failure>(file.bytes(&chunk?)?),
    )?;
    Ok(file.finish()?)
}

/// The bytes of some rows.
fn lines(write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Vec<u8>, OutputError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let written = write(&mut table).map_err(io::Error::from);
    let bytes = written.and_then(|()| table.into_inner().map_err(|error| error.into_error()));
    bytes.map_err(OutputError::io(Path::new("registry.csv")))
}

/// Records with a registered number, and the truth about them; how many there are, and how many have another
/// person's number.
fn write_claims(
    arguments: &Synth,
    config: &SynthConfig,
    directory: &OutDir,
) -> Result<([u32; 2], [Finished; 2]), Failure> {
    let wrong = arguments.wrong_claims;
    let causes =
        ClaimRates { namesake: wrong, family: wrong, row_shift: wrong, crossed: wrong, typing_slip: wrong };
    let [own, attributes @ ..] = RECORDS_HEADER;
    let mut file = directory
        .create_csv("claims.csv", claim_cells(arguments, [own, "宛名番号", "個人番号"], attributes))?;
    let mut truth = directory.create_csv("claims_truth.csv", ["record_id", "person_id", "cause"])?;
    let (mut made, mut wrong) = (0, 0);
    for synthetic in Population::new(config).claims(causes) {
        let (claim, person) = (synthetic.claim(), synthetic.claim_by_id().person_id);
        let record = claim.record;
        let attributes = [record.kanji_name, record.kana_name, record.birth_date, record.sex, record.address];
        file.row(claim_cells(arguments, [record.id, person, claim.my_number], attributes))?;
        let cause = synthetic.cause.map_or("", Cause::name);
        truth.row([record.id, &synthetic.truth, cause])?;
        made += 1;
        wrong += u32::from(synthetic.cause.is_some());
    }
    Ok(([made, wrong], [file.finish()?, truth.finish()?]))
}

/// The cells of a claim: of its id, the person's and the number, those that were asked for.
fn claim_cells(arguments: &Synth, [own, person, number]: [&str; 3], attributes: [&str; 5]) -> Vec<Vec<u8>> {
    let by = arguments.claim_by;
    let keys = [(true, own), (by != ClaimBy::MyNumber, person), (by != ClaimBy::PersonId, number)];
    let keys = keys.into_iter().filter(|(wanted, _)| *wanted).map(|(_, cell)| cell);
    keys.chain(attributes).map(|cell| encoded(cell, arguments.encoding)).collect()
}

fn encoded(text: &str, encoding: WrittenEncoding) -> Vec<u8> {
    match encoding {
        WrittenEncoding::Utf8 => text.as_bytes().to_vec(),
        WrittenEncoding::Cp932 => cp932(text),
    }
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
