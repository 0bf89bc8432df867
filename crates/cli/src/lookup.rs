//! `himozuke lookup`: records as JSON on standard input, one answer as JSON on standard output for each, in order.

use std::{
    cell::Cell,
    io::{self, BufWriter, Read, Write},
};

use himozuke::{Linker, Record};
use serde::Deserialize;

use crate::{
    args::Lookup,
    columns::Role,
    deciding,
    explain::Explanation,
    failure::Failure,
    input::{Problem, ROW_LIMIT},
    mj,
    output::{OutputError, say_json_line},
    residents::{self, Source},
    said,
    words::{InJapanese, Said},
};

/// One record, under the names of the columns; what is left out is missing.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Query {
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

impl Query {
    fn record(&self) -> Record<'_> {
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

/// An input of which no record can take all memory: so much of it is read before the next one must begin.
struct Bounded<'a, R> {
    from: R,
    left: &'a Cell<usize>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // The parser takes byte by byte, and so never more than the record that it is at.
        let read = self.from.read(into)?;
        let left = self.left.get().checked_sub(read);
        self.left.set(left.ok_or_else(|| io::Error::other(Problem::RowTooLong))?);
        Ok(read)
    }
}

/// Decides every record of the input by itself, until the input ends.
///
/// # Errors
/// Where the registry cannot be opened, or the input is not JSON or a record of it too long, with its line and column.
pub fn lookup(arguments: &Lookup, input: impl Read, out: &mut impl Write) -> Result<(), Failure> {
    let (deciding, lang) = (&arguments.deciding, arguments.lang);
    let policy = deciding::policy(&deciding.policy)?;
    mj::install(&deciding.mj)?;
    let as_of = deciding::as_of(deciding.as_of)?;
    let read = |role| deciding::reading(deciding, &policy, role, as_of);
    let (read_registry, read_records) = (read(Role::Registry), read(Role::Records));
    let reading = &arguments.reading;
    let options = reading.options(Role::Registry);
    let source = Source { registry: &arguments.registry, changes: arguments.changes.as_deref() };
    let residents = residents::open(source, options, read_registry)?;
    let linker = Linker::new(&residents, policy).map_err(deciding::refused)?.reading(read_records);
    let mut out = BufWriter::new(out);
    let left = Cell::new(ROW_LIMIT);
    let input = Bounded { from: input, left: &left };
    for query in serde_json::Deserializer::from_reader(input).into_iter::<Query>() {
        let query = query.map_err(not_json)?;
        left.set(ROW_LIMIT);
        let record = query.record();
        match linker.decide(&record) {
            Ok(decision) => {
                let id = |resident| residents.id(resident).to_owned();
                let told =
                    Explanation::of(record.id, None, &decision, linker.policy(), residents.len(), id, lang);
                say_json_line(&mut out, &told)?;
            }
            Err(unreadable) => {
                let sentence = crate::explain::sentence(unreadable, lang);
                let (column, problem) = (unreadable.column(), unreadable.code());
                let told = serde_json::json!({
                    "record_id": record.id, "decision": "rejected", "column": column, "problem": problem,
                    "sentence": sentence,
                });
                say_json_line(&mut out, &told)?;
            }
        }
        // Whoever asks one record at a time waits for its answer.
        out.flush().map_err(OutputError::answer)?;
    }
    Ok(())
}

/// Says where, and what was expected, but not what was found: it may be a value.
fn not_json(error: serde_json::Error) -> Failure {
    let (line, column) = (error.line(), error.column());
    let at = |Said { en, ja }: Said| said!("standard input, line {line}, column {column}: {en}"; "標準入力の{line}行{column}桁目: {ja}");
    let what = match error.classify() {
        serde_json::error::Category::Io => {
            let what = match io::Error::from(error).downcast::<Problem>() {
                Ok(problem) => {
                    said!("{}: {problem}", problem.code(); "{}: {}", problem.code(), problem.ja())
                }
                Err(_) => said!("cannot be read"; "読めません"),
            };
            return Failure::usage(at(what), None);
        }
        serde_json::error::Category::Eof => {
            said!("ends in the middle of a record"; "記録の途中で終わっています")
        }
        _ => said!("is not a record in JSON"; "JSON で書かれた記録ではありません"),
    };
    let columns =
        "id, kanji_name, kana_name, birth_date, sex, address, former_names, aliases, former_addresses";
    let hint = said!(
        "a record is an object of texts: {columns}";
        "記録は、値が文字列のオブジェクトです。使える名前: {columns}"
    );
    Failure::usage(at(what), Some(hint))
}
