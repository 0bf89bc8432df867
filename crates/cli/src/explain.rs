//! `himozuke explain`: why one record was decided as it was, as sums that a person can follow. Values only on demand.

mod candidate;
mod explanation;
mod shown;

use std::{
    io::{self, Write},
    path::Path,
};

use himozuke::{Record, ResidentIndex, Unreadable};
use serde::Serialize;

pub use self::explanation::Explanation;
use self::{
    candidate::Explained,
    shown::{Values, Variants},
};
use crate::{
    args::{Explain, Language},
    changes,
    columns::{Column, Role},
    deciding,
    failure::Failure,
    input::{Chunk, InputError, Options, Rejected, Row, Table},
    mj,
    output::{say, say_json},
    residents::{self, Form, Numbers, one_row_for_each},
    said,
    words::{InJapanese, Said},
};

/// Explains one record, as it is decided now.
///
/// # Errors
/// Where an input or the policy is wrong, or no row has the id.
pub fn explain(arguments: &Explain, out: &mut impl Write, err: &mut impl Write) -> Result<(), Failure> {
    if let Some(run) = &arguments.run
        && let Some(Failure { message, hint, .. }) =
            changes::differ(run, arguments.inputs.changes.as_deref())?
    {
        let warning = said!(
            "warning: {}: it may have decided otherwise", message.en;
            "警告: {}。その実行の判定とは違うかもしれません", message.ja
        );
        let hint = hint.map(|Said { en, ja }| said!("hint: {en}"; "ヒント: {ja}"));
        say(err, [warning].into_iter().chain(hint))?;
    }
    let (inputs, deciding, lang) = (&arguments.inputs, &arguments.deciding, arguments.showing.lang);
    let policy = deciding::policy(&deciding.policy)?;
    let parameters = deciding::model(deciding)?;
    mj::install(&deciding.mj)?;
    let options = |role| inputs.reading.options(role);
    let found = find(&inputs.records, options(Role::Records), &arguments.id)?;
    let (chunk, row) = match &found {
        Found::Row(chunk, row) => (chunk, row),
        Found::Rejected(rejected, column) => {
            return Problem::of(rejected, column, lang).show(arguments, out);
        }
    };
    let as_of = deciding::as_of(deciding.as_of)?;
    let read = |role| deciding::reading(deciding, &policy, role, as_of);
    let (read_registry, read_records) = (read(Role::Registry), read(Role::Records));
    let residents =
        residents::load(inputs.residents(), options(Role::Registry), read_registry, Numbers::Left, |_| {
            Ok(())
        })?;
    let linker = deciding::linker(&residents.registry, policy, parameters)?.reading(read_records);
    let record = chunk.record(row);
    let decision = match linker.decide(&record) {
        Ok(decision) => decision,
        Err(unreadable) => return Problem::unread(row.line(), unreadable, lang).show(arguments, out),
    };
    let id = |resident: ResidentIndex| residents.registry.id(resident).to_owned();
    let mut explanation = Explanation::of(
        record.id,
        Some(row.line()),
        &decision,
        linker.policy(),
        residents.registry.len(),
        id,
        lang,
    );
    if arguments.show_values {
        explanation.values = Some(Values::of(chunk, row, decision.address_withheld()));
    }
    // The registry keeps no rows: they are read again where something of them is to be told, and an index file has none.
    let wanted = arguments.show_values || explanation.candidates.iter().any(Explained::may_have_variants);
    if wanted && residents.form != Form::Index {
        let mut table = Table::open(&inputs.registry, options(Role::Registry))?.stream();
        add_rows(&mut explanation, &record, &mut table, arguments.show_values)
            .map_err(|source| InputError::Io { file: inputs.registry.display().to_string(), source })?;
    }
    if arguments.showing.json {
        return Ok(say_json(out, &explanation)?);
    }
    Ok(say(out, explanation.lines(lang))?)
}

/// The one row of an id.
enum Found {
    Row(Box<Chunk>, Row),
    /// Why, and the header of the cell at fault.
    Rejected(Rejected, String),
}

/// Reads the records up to the end, for the id may come again.
fn find(path: &Path, options: Options<'_>, id: &str) -> Result<Found, Failure> {
    let file = || path.display().to_string();
    let table = Table::open(path, options)?;
    let columns = table.columns().clone();
    let mut found: Option<Found> = None;
    for chunk in table.stream() {
        let chunk = chunk.map_err(|source| InputError::Io { file: file(), source })?;
        let rejected = chunk.rejected().iter().find(|row| row.record_id.as_deref() == Some(id)).cloned();
        let mut rows = chunk.rows().iter().filter(|row| chunk.value(row, Column::Id) == id).copied();
        let (row, again) = (rows.next(), rows.next());
        let here =
            usize::from(rejected.is_some()) + usize::from(row.is_some()) + usize::from(again.is_some());
        if here + usize::from(found.is_some()) > 1 {
            let message = said!(
                "{} has the id on several rows: all of them are rejected", file();
                "{} にその ID の行が複数あり、すべて拒否されます", file()
            );
            return Err(Failure::usage(message, Some(one_row_for_each())));
        }
        found = match (rejected, row) {
            (Some(rejected), _) => {
                let column = rejected.column.map_or("", |column| columns.header(column)).to_owned();
                Some(Found::Rejected(rejected, column))
            }
            (None, Some(row)) => Some(Found::Row(Box::new(chunk), row)),
            (None, None) => found,
        };
    }
    found.ok_or_else(|| {
        Failure::usage(
            said!("{} has no row with that id", file(); "{} にその ID の行がありません", file()),
            Some(said!("ids are compared as written"; "ID は書かれているとおりに比べます")),
        )
    })
}

/// Why a record was not decided at all.
#[derive(Debug, Serialize)]
struct Problem<'a> {
    line: u64,
    decision: &'static str,
    column: &'a str,
    problem: &'static str,
    sentence: String,
}

impl<'a> Problem<'a> {
    fn of(rejected: &Rejected, column: &'a str, lang: Language) -> Self {
        let Rejected { line, problem, .. } = rejected;
        Self {
            line: *line,
            decision: "rejected",
            column,
            problem: problem.code(),
            sentence: if lang == Language::Ja { problem.ja() } else { problem.to_string() },
        }
    }

    fn unread(line: u64, unreadable: Unreadable, lang: Language) -> Problem<'static> {
        let column = unreadable.column();
        Problem {
            line,
            decision: "rejected",
            column,
            problem: unreadable.code(),
            sentence: sentence(unreadable, lang),
        }
    }

    fn show(&self, arguments: &Explain, out: &mut impl Write) -> Result<(), Failure> {
        if arguments.showing.json {
            return Ok(say_json(out, self)?);
        }
        let Self { line, column, problem, sentence, .. } = self;
        let between = arguments.showing.lang.pick(", ", "、");
        // Of a whole row no column is at fault.
        let column = if column.is_empty() { String::new() } else { format!("{column}{between}") };
        let told = match arguments.showing.lang {
            Language::En => format!("rejected: line {line}, {column}{problem}: {sentence}"),
            Language::Ja => format!("読み取り不能: {line}行目、{column}{problem}: {sentence}"),
        };
        Ok(say(out, [told])?)
    }
}

/// Why an attribute cannot be read, in words.
#[must_use]
pub fn sentence(unreadable: Unreadable, lang: Language) -> String {
    if lang == Language::Ja { unreadable.ja() } else { unreadable.to_string() }
}

/// Adds what only the candidates' rows tell. The address of a protected resident stays where it is.
fn add_rows(
    explanation: &mut Explanation,
    record: &Record<'_>,
    registry: &mut impl Iterator<Item = io::Result<Chunk>>,
    show_values: bool,
) -> io::Result<()> {
    for chunk in registry {
        let chunk = chunk?;
        for row in chunk.rows() {
            let id = chunk.value(row, Column::Id);
            for candidate in explanation.candidates.iter_mut().filter(|own| own.person_id == id) {
                if candidate.may_have_variants()
                    && let Some(form) = &mut candidate.name_form
                {
                    let resident = chunk.value(row, Column::KanjiName);
                    form.variants = Variants::between(record.kanji_name, resident, show_values);
                }
                if show_values {
                    candidate.values = Some(Values::of(&chunk, row, candidate.protected));
                }
            }
        }
    }
    Ok(())
}
