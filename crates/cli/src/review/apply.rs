//! `himozuke review apply`: what people found, into files of its own. The result of the run is read and never written.

use std::{collections::BTreeSet, fs, io::Write, path::Path, time::SystemTime};

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{
    filled,
    findings::{Cases, Choice, Outcome},
    sheet::review_of,
};
use crate::{
    args::Apply,
    at_rest::Results,
    audit::{HANDLES, LOG, Operator, append, recorded},
    failure::Failure,
    figures::instant,
    output::{CsvFile, Finished, OutDir, Start, lock, say},
    rows::Rows,
    said,
    words::Said,
};

/// The files of an application, the one that says it is whole last.
const FILES: [&str; 4] = ["reviewed.csv", "disagreements.csv", "open.csv", "review.json"];
/// Faults of the sheets that are shown; all of them are counted.
const SHOWN: usize = 20;

/// How many records came to what.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    under_review: u64,
    link: u64,
    no_match: u64,
    disagreement: u64,
    open: u64,
}

/// What an application was.
#[derive(Clone, Debug, Serialize)]
struct Application<'a> {
    entry: &'static str,
    himozuke: &'static str,
    time: String,
    by: Operator,
    reviewers: &'a BTreeSet<&'a str>,
    reviewers_required: u8,
    records: Counts,
}

/// A line of the log.
#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Application(&'a Application<'a>),
    /// What people found of a record, under the handle that the run gave it.
    Found {
        handle: &'a str,
        review: &'a str,
    },
}

/// What is left beside the tables.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    application: &'a Application<'a>,
    sheets: Vec<String>,
    log_seal: &'a str,
}

/// Reads filled sheets, writes what they come to, and records it in the log of the run.
///
/// # Errors
/// Where the directory holds no finished run of `link`, a sheet names what it must not or is no sheet, the log is broken, or
/// the files cannot be written. Then nothing is applied.
pub fn apply(arguments: &Apply, out: &mut impl Write) -> Result<(), Failure> {
    let Apply { directory, sheets, .. } = arguments;
    refuse_unfinished(arguments)?;
    let _lock = lock(directory)?;
    let mut cases = Cases::default();
    let (results, form) = Results::and_form(directory, &arguments.forms)?;
    let mut rows = review_of(&results)?;
    while let Some(([record, person, ..], _)) = rows.next()? {
        cases.list(record, person);
    }
    take(sheets, &mut cases)?;

    let start = if arguments.force { Start::Replace } else { Start::Fresh };
    let mut to = OutDir::open(&arguments.out, &FILES, start)?;
    to.take_form(form);
    let (mut files, counts) = write(&cases, &to, usize::from(arguments.reviewers))?;
    let reviewers = cases.iter().flat_map(|case| case.findings.iter().map(|own| own.reviewer.as_str()));
    let application = Application {
        entry: "review",
        himozuke: env!("CARGO_PKG_VERSION"),
        time: instant(SystemTime::now()),
        by: Operator::now(),
        reviewers: &reviewers.collect(),
        reviewers_required: arguments.reviewers,
        records: counts,
    };
    let found = found(&results, &cases, usize::from(arguments.reviewers))?;
    let lines = found.iter().map(|(handle, review)| Line::Found { handle, review });
    // First the record: findings that were applied, of which nothing is known, are worse than the other way round.
    let lines = [Line::Application(&application)].into_iter().chain(lines);
    let seal = append(directory, lines, &said!("nothing was applied"; "何も反映していません"))?;
    let mut told = to.create("review.json")?;
    let names = sheets.iter().filter_map(|path| path.file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned()).collect();
    told.json(&Told { application: &application, sheets: names, log_seal: &seal })?;
    files.push(told.finish()?);
    to.commit(files)?;

    let Counts { under_review, link, no_match, disagreement, open } = counts;
    Ok(say(
        out,
        [
            said!(
                "{under_review} under review = {link} links + {no_match} no_match + {disagreement} disagreements + {open} open";
                "{under_review} 要確認 = {link} 紐付け + {no_match} 該当なし + {disagreement} 意見の相違 + {open} 未決"
            ),
            recorded(directory),
        ],
    )?)
}

fn refuse_unfinished(arguments: &Apply) -> Result<(), Failure> {
    let Apply { directory, out, .. } = arguments;
    if ["run.json", LOG].iter().any(|name| !directory.join(name).is_file()) {
        let directory = directory.display();
        let message = said!("{directory} holds no finished run"; "{directory} に終わった実行がありません");
        let hint = said!(
            "give the directory that himozuke link wrote to";
            "himozuke link の出力先ディレクトリを指定してください"
        );
        return Err(Failure::usage(message, Some(hint)));
    }
    let real = |path: &Path| fs::canonicalize(path).ok();
    if real(out).is_some() && real(out) == real(directory) {
        let message = said!(
            "--out is the directory of the run, whose result stays as it is";
            "--out が実行のディレクトリです。その結果は書き換えません"
        );
        let hint = said!("choose another --out"; "別の --out を指定してください");
        return Err(Failure::usage(message, Some(hint)));
    }
    Ok(())
}

/// Takes in all sheets, or none.
fn take(sheets: &[impl AsRef<Path>], cases: &mut Cases) -> Result<(), Failure> {
    let places = cases.in_sheets();
    let mut faults = Vec::new();
    for path in sheets {
        let path = path.as_ref();
        for row in filled::read(path)? {
            let place = places.get(row.record.as_str()).or_else(|| places.get(row.record.trim())).copied();
            if let Err(refused) = cases.find(place, &row.decision, &row.reviewer) {
                let (path, line, Said { en, ja }) = (path.display(), row.line, refused.sentence());
                faults.push(said!("{path}, line {line}: {en}"; "{path} の{line}行目: {ja}"));
            }
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    let count = faults.len();
    faults.truncate(SHOWN);
    let Said { en, ja } = Said::join(&faults, "\n  ");
    let hint = said!(
        "mend these rows and apply the sheets again; nothing was applied";
        "これらの行を直して、もう一度読ませてください。何も反映していません"
    );
    let message = said!(
        "{count} rows of the sheets cannot be taken:\n  {en}";
        "表の{count}行を読み取れません:\n  {ja}"
    );
    Err(Failure::usage(message, Some(hint)))
}

/// Writes each record into one of three tables.
fn write(cases: &Cases, to: &OutDir, reviewers: usize) -> Result<(Vec<Finished>, Counts), Failure> {
    let mut reviewed = to.create_csv("reviewed.csv", ["record_id", "decision", "person_id", "reviewers"])?;
    let mut disagreements =
        to.create_csv("disagreements.csv", ["record_id", "reviewer", "decision", "person_id"])?;
    let mut open = to.create_csv("open.csv", ["record_id", "reviewers"])?;
    let mut counts = Counts::default();
    for case in cases.iter() {
        counts.under_review += 1;
        let names: Vec<&str> = case.findings.iter().map(|own| own.reviewer.as_str()).collect();
        let names = names.join("|");
        match case.outcome(reviewers) {
            Outcome::Decided(choice) => {
                match choice {
                    Choice::Person(_) => counts.link += 1,
                    Choice::Nobody => counts.no_match += 1,
                }
                reviewed.row([case.record.as_str(), choice.code(), case.person(choice), &names])?;
            }
            Outcome::Disagreement => {
                counts.disagreement += 1;
                for own in &case.findings {
                    let person = case.person(&own.choice);
                    disagreements.row([&case.record, &own.reviewer, own.choice.code(), person])?;
                }
            }
            Outcome::Open => {
                counts.open += 1;
                open.row([&case.record, &names])?;
            }
        }
    }
    let files = [reviewed, disagreements, open].map(CsvFile::finish);
    Ok((files.into_iter().collect::<Result<_, _>>()?, counts))
}

/// What was found of each record that somebody looked at, by its handle, where the office keeps these; in the order of the
/// run.
fn found(
    results: &Results<'_>,
    cases: &Cases,
    reviewers: usize,
) -> Result<Vec<(String, &'static str)>, Failure> {
    if !results.has(HANDLES) {
        return Ok(Vec::new());
    }
    let looked_at = cases.iter().filter(|case| !case.findings.is_empty());
    let code = |outcome| match outcome {
        Outcome::Decided(choice) => choice.code(),
        Outcome::Disagreement => "disagreement",
        Outcome::Open => "open",
    };
    let codes: FxHashMap<&str, &'static str> =
        looked_at.map(|case| (case.record.as_str(), code(case.outcome(reviewers)))).collect();
    let mut rows = Rows::of(results, HANDLES, ["handle", "record_id"], 2)?;
    let mut found = Vec::new();
    while let Some(([handle, record], _)) = rows.next()? {
        if let Some(code) = codes.get(record) {
            found.push((handle.to_owned(), *code));
        }
    }
    Ok(found)
}
