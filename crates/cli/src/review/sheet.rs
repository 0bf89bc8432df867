//! `himozuke review sheet`: what a run left to people, as a table that opens well in a spreadsheet.

use std::io::Write;

use himozuke::Reason;

use super::{
    cells::{inert, literal},
    headers::{ATTRIBUTES, Field, MACHINE, OWN, side_by_side},
    values::{self, ById, Values, Wanted},
};
use crate::{
    args::{Language, Sheet},
    at_rest::{Results, names},
    changes,
    columns::Role,
    evaluate::{RUN_FILES, check_finished},
    failure::Failure,
    output::{replace, say, spare, there_already},
    residents,
    rows::Rows,
    said,
};

/// What the table of a run has, in the order of [`MACHINE`].
const COLUMNS: [&str; MACHINE.len()] = [
    "record_id",
    "person_id",
    "rank",
    "posterior",
    "weight_bits",
    "reasons",
    "protected",
    "status",
    "candidates_total",
];

/// The rows that a run of `link` left to people.
pub(super) fn review_of(results: &Results<'_>) -> Result<Rows<{ MACHINE.len() }>, Failure> {
    Rows::of(results, "review.csv", COLUMNS, COLUMNS.len())
}

/// Writes the sheet.
///
/// # Errors
/// Where the directory holds no review of `link`, the sheet is there already, or an input cannot be read.
pub fn sheet(arguments: &Sheet, out: &mut impl Write) -> Result<(), Failure> {
    let path = &arguments.out;
    if path.exists() && !arguments.force {
        let hint = said!(
            "what reviewers wrote is lost with --force";
            "--force で置き換えると、確認者の記入は失われます"
        );
        return Err(Failure::usage(there_already(path), Some(hint)));
    }
    let Sheet { directory, registry, changes, records, .. } = arguments;
    let of_the_run = RUN_FILES.into_iter().flat_map(names).map(|name| directory.join(name));
    spare(path, [registry, changes, records].into_iter().flatten().cloned().chain(of_the_run))?;
    let lang = arguments.headers;
    check_finished(&arguments.directory)?;
    let results = Results::new(&arguments.directory, &arguments.keys)?;
    let beside = Beside::read(arguments, &results)?;
    // A spreadsheet knows UTF-8 by this mark only.
    let marked = "\u{FEFF}".as_bytes().to_vec();
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(marked);
    let mut header = MACHINE.map(|field| field.header(lang).to_owned()).to_vec();
    if beside.is_some() {
        header.extend(ATTRIBUTES.iter().flat_map(|attribute| side_by_side(*attribute, lang)));
    }
    header.extend(OWN.map(|field| field.header(lang).to_owned()));
    let unwritten =
        |error: csv::Error| Failure::failed(said!("cannot make the sheet: {error}"; "表を作れません"));
    table.write_record(&header).map_err(unwritten)?;
    let mut rows = review_of(&results)?;
    let (mut written, mut records, mut last) = (0u64, 0u64, String::new());
    while let Some((cells, _)) = rows.next()? {
        let [record, person, ..] = cells;
        if written == 0 || *record != *last {
            records += 1;
            record.clone_into(&mut last);
        }
        let mut row: Vec<String> =
            MACHINE.iter().zip(cells).map(|(field, cell)| shown(*field, cell, lang)).collect();
        if let Some(beside) = &beside {
            row.extend(beside.of(record, person, lang));
        }
        row.extend(OWN.map(|_| String::new()));
        table.write_record(&row).map_err(unwritten)?;
        written += 1;
    }
    let bytes = table.into_inner().map_err(|error| Failure::failed(said!("{error}"; "表を作れません")))?;
    replace(path, &bytes)?;
    let told = said!(
        "{records} records on {written} rows written to {}", path.display();
        "記録{records}件（{written}行）を {} に書き出しました", path.display()
    );
    Ok(say(out, [told])?)
}

/// A cell of the run as a reviewer reads it.
fn shown(field: Field, cell: &str, lang: Language) -> String {
    match field {
        Field::RecordId | Field::PersonId => literal(cell).into_owned(),
        Field::Reasons if lang == Language::Ja => {
            let sentence = |code: &str| {
                let known = Reason::ALL.iter().find(|reason| reason.code() == code);
                known.map_or(code, |reason| reason.ja()).to_owned()
            };
            cell.split('|').map(sentence).collect::<Vec<_>>().join("／")
        }
        // Figures are written by the run and begin with a minus at most, which a number may.
        Field::Posterior | Field::WeightBits | Field::Rank | Field::CandidatesTotal => cell.to_owned(),
        _ => inert(cell).into_owned(),
    }
}

/// The values of records and candidates.
struct Beside {
    records: ById,
    persons: ById,
    nobody: Values,
}

impl Beside {
    /// Reads them where they were asked for.
    fn read(arguments: &Sheet, results: &Results<'_>) -> Result<Option<Self>, Failure> {
        let (true, Some(registry), Some(records)) =
            (arguments.show_values, &arguments.registry, &arguments.records)
        else {
            return Ok(None);
        };
        if let Some(failure) = changes::differ(results.directory(), arguments.changes.as_deref())? {
            return Err(failure);
        }
        if residents::is_index(registry) {
            let registry = registry.display();
            let message = said!(
                "{registry} is an index file, which has no values to show";
                "{registry} は索引ファイルで、表示する値を持ちません"
            );
            let hint = said!(
                "give the table that it was made from";
                "索引のもとになった表を指定してください"
            );
            return Err(Failure::usage(message, Some(hint)));
        }
        let mut wanted = Wanted::default();
        for_each_row(results, |row| {
            *wanted.entry(row.person.to_owned()).or_default() |= row.protected;
        })?;
        let options = || arguments.reading.options(Role::Registry);
        let mut persons = values::read(registry, options(), &mut wanted)?;
        if let Some(changes) = &arguments.changes {
            // As the run saw them, not as they were before.
            persons.extend(values::read(changes, options(), &mut wanted)?);
        }
        // A record that may be about a protected resident may have their address.
        let mut wanted_records = Wanted::default();
        for_each_row(results, |row| {
            let protected = wanted.get(row.person).is_some_and(|protected| *protected);
            *wanted_records.entry(row.record.to_owned()).or_default() |= row.withheld || protected;
        })?;
        let options = arguments.reading.options(Role::Records);
        let records = values::read(records, options, &mut wanted_records)?;
        Ok(Some(Self { records, persons, nobody: Values::default() }))
    }

    fn of(&self, record: &str, person: &str, lang: Language) -> Vec<String> {
        let [own, theirs] =
            [self.records.get(record), self.persons.get(person)].map(|found| found.unwrap_or(&self.nobody));
        own.beside(theirs, lang).map(|value| inert(&value).into_owned()).collect()
    }
}

/// A row of a review, as far as it says whose addresses are shown.
struct Listed<'a> {
    record: &'a str,
    person: &'a str,
    protected: bool,
    /// Whether the record's own address may be that of somebody protected, listed or not.
    withheld: bool,
}

fn for_each_row(results: &Results<'_>, mut take: impl FnMut(Listed<'_>)) -> Result<(), Failure> {
    let columns = ["record_id", "person_id", "protected", "address_withheld"];
    let mut rows = Rows::of(results, "review.csv", columns, 3)?;
    while let Some(([record, person, protected, withheld], _)) = rows.next()? {
        // A run that does not say so may have compared anybody.
        take(Listed {
            record,
            person,
            protected: !["", "0"].contains(&protected),
            withheld: withheld != "0",
        });
    }
    Ok(())
}
