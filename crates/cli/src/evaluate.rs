//! `himozuke evaluate`: what `link` or `verify` wrote, held against a file of truth. The truth of one run is held in memory;
//! the decisions stream past it, in any order.

mod page;
mod plot;
mod told;
mod truth;

use std::{io::Write, path::Path};

use himozuke::{
    ReasonSet,
    evaluate::{Answer, Case, ClaimAnswer, ClaimEvaluation, Evaluation, reasons},
};
use rustc_hash::FxHashMap;
use serde::Serialize;

use self::truth::{Entered, Fault, Truth};
use crate::{
    args::Evaluate,
    at_rest::{Keys, Results, Typed, names},
    failure::{Failure, Status},
    output::{OutputError, replace, say, say_json},
    rows::Rows,
    said,
};

/// The files of a run that no report may take the place of.
pub(crate) const RUN_FILES: [&str; 13] = [
    "links.csv",
    "review.csv",
    "no_match.csv",
    "rejected.csv",
    "confirmed.csv",
    "suspect.csv",
    "alerts.csv",
    "registry_problems.csv",
    "summary.json",
    "run.json",
    "decisions.log",
    "handles.csv",
    "truth.csv",
];

/// Holds the decisions against the truth, and shows the figures.
///
/// # Errors
/// Where a file cannot be read or written, where the truth and the decisions are not of the same records, and, with
/// `--fail-on-wrong`, where a link is wrong.
pub fn evaluate(arguments: &Evaluate, out: &mut impl Write) -> Result<(), Failure> {
    let Evaluate { truth, decisions, .. } = arguments;
    if truth.len() != decisions.len() {
        let [truths, runs] = [truth.len(), decisions.len()];
        let message = said!(
            "{truths} --truth and {runs} --decisions: each run needs both";
            "--truth が{truths}個、--decisions が{runs}個です。実行ごとに両方を指定してください"
        );
        return Err(Failure::usage(message, None));
    }
    for path in arguments.json.iter().flatten().chain(&arguments.html) {
        let files = || RUN_FILES.into_iter().flat_map(names);
        let runs = decisions.iter().flat_map(|run| files().map(|name| run.join(name)));
        crate::page::check_free(path, truth.iter().cloned().chain(runs), arguments.force)?;
    }
    // What verify writes is another question, with another truth.
    let keys = Keys::read(&arguments.keys, Typed::Once)?;
    let results = decisions.iter().map(|directory| Results::with(directory, keys.clone()));
    let results = results.collect::<Result<Vec<_>, _>>()?;
    let verified = results.iter().filter(|results| results.has("confirmed.csv")).count();
    if verified > 0 && verified < decisions.len() {
        let message = said!(
            "some --decisions are those of link and some those of verify";
            "--decisions に link の結果と verify の結果が混じっています"
        );
        let hint = said!("evaluate them one after the other"; "別々に評価してください");
        return Err(Failure::usage(message, Some(hint)));
    }
    let runs = truth.iter().zip(&results);
    let (wrong, message) = if verified > 0 {
        let mut evaluation = ClaimEvaluation::default();
        runs.into_iter().try_for_each(|(truth, run)| judge_claims(truth, run, &mut evaluation))?;
        let report = evaluation.report();
        show(arguments, out, &report, told::claims, page::claims)?;
        let wrong = report.overall.counts.confirmed_wrong;
        (wrong, said!("{wrong} confirmed numbers are wrong"; "一致とした番号のうち{wrong}件が誤りです"))
    } else {
        let mut evaluation = Evaluation::default();
        runs.into_iter().try_for_each(|(truth, run)| judge(truth, run, &mut evaluation))?;
        let report = evaluation.report();
        show(arguments, out, &report, told::told, page::page)?;
        let wrong = report.overall.counts.linked_wrong;
        let message = said!(
            "{wrong} links are wrong, the undecidable ones aside";
            "紐付けのうち{wrong}件が誤りです（判定不能なものを除く）"
        );
        (wrong, message)
    };
    if arguments.fail_on_wrong && wrong > 0 {
        return Err(Failure { status: Status::Rejected, message, hint: None });
    }
    Ok(())
}

/// Shows a report in the forms that were asked for.
fn show<R: Serialize>(
    arguments: &Evaluate,
    out: &mut impl Write,
    report: &R,
    told: fn(&R, crate::args::Language) -> Vec<String>,
    page: fn(&R, crate::args::Language) -> String,
) -> Result<(), Failure> {
    match &arguments.json {
        Some(Some(path)) => {
            let mut text =
                serde_json::to_vec_pretty(report).map_err(|error| OutputError::io(path)(error.into()))?;
            text.push(b'\n');
            replace(path, &text)?;
        }
        Some(None) => say_json(out, report)?,
        None => {}
    }
    if let Some(path) = &arguments.html {
        replace(path, page(report, arguments.lang).as_bytes())?;
    }
    if arguments.json != Some(None) {
        say(out, told(report, arguments.lang))?;
    }
    Ok(())
}

/// It is written last, so that it says that the others are whole.
pub(crate) fn check_finished(decisions: &Path) -> Result<(), Failure> {
    if decisions.join("run.json").exists() {
        return Ok(());
    }
    let decisions = decisions.display();
    let message = said!(
        "{decisions} holds no finished run: run.json is missing";
        "{decisions} に終わった実行がありません（run.json がありません）"
    );
    let hint = said!(
        "give the --out of himozuke link or verify";
        "himozuke link か verify の --out を指定してください"
    );
    Err(Failure::usage(message, Some(hint)))
}

/// Holds one run of `link` against its truth.
fn judge(truth: &Path, decisions: &Results<'_>, evaluation: &mut Evaluation) -> Result<(), Failure> {
    check_finished(decisions.directory())?;
    let truth = Truth::read(truth, "tags")?;
    let mut judge = Judge { truth, evaluation, codes: FxHashMap::default() };

    let columns = ["record_id", "person_id", "posterior", "confidence_bits", "reasons"];
    let mut links = Rows::of(decisions, "links.csv", columns, 2)?;
    while let Some(([record, person, posterior, confidence, codes], line)) = links.next()? {
        let taken = judge.take(record, Answer::Link(person), [posterior, confidence], codes);
        taken.map_err(|fault| fault.at(&links.file, line))?;
    }

    // The candidates of a record stand together; the first one's figures and reasons are the review's.
    let mut review = Rows::of(decisions, "review.csv", columns, 2)?;
    let (mut current, mut first, mut candidates) = ([const { String::new() }; 4], 0, Vec::new());
    loop {
        let row = review.next()?;
        let [record, posterior, confidence, codes] = &current;
        let more = first > 0 && matches!(row, Some(([next, ..], _)) if next == record);
        if !more && first > 0 {
            let listed: Vec<&str> = candidates.iter().map(String::as_str).collect();
            let taken = judge.take(record, Answer::Review(&listed), [posterior, confidence], codes);
            candidates.clear();
            taken.map_err(|fault| fault.at("review.csv", first))?;
        }
        let Some(([record, person, posterior, confidence, codes], line)) = row else { break };
        if !more {
            (current, first) = ([record, posterior, confidence, codes].map(str::to_owned), line);
        }
        candidates.extend((!person.is_empty()).then(|| person.to_owned()));
    }

    let mut no_match = Rows::of(decisions, "no_match.csv", ["record_id", "reasons"], 1)?;
    while let Some(([record, codes], line)) = no_match.next()? {
        let taken = judge.take(record, Answer::NoMatch, [""; 2], codes);
        taken.map_err(|fault| fault.at(&no_match.file, line))?;
    }

    let nameless = rejected(decisions, |record| judge.take(record, Answer::Rejected, [""; 2], ""))?;
    let Judge { truth, evaluation, .. } = judge;
    for entered in truth.left(nameless)? {
        add(evaluation, &entered, Answer::Rejected, [""; 2], ReasonSet::EMPTY);
    }
    Ok(())
}

/// Hands on the ids of the rejected rows; how many rows have none.
fn rejected(
    decisions: &Results<'_>,
    mut take: impl FnMut(&str) -> Result<(), Fault>,
) -> Result<usize, Failure> {
    let mut nameless = 0;
    let mut rejected = Rows::of(decisions, "rejected.csv", ["record_id"], 1)?;
    while let Some(([record], line)) = rejected.next()? {
        if record.is_empty() {
            nameless += 1;
        } else {
            take(record).map_err(|fault| fault.at(&rejected.file, line))?;
        }
    }
    Ok(nameless)
}

/// Holds one run of `verify` against its truth.
fn judge_claims(
    truth: &Path,
    decisions: &Results<'_>,
    evaluation: &mut ClaimEvaluation,
) -> Result<(), Failure> {
    check_finished(decisions.directory())?;
    let mut truth = Truth::read(truth, "cause")?;
    let mut take = |record: &str, answer: ClaimAnswer<'_>| {
        let entered = truth.take(record)?;
        evaluation.add(entered.person.unwrap_or_default(), &entered.kinds.join("|"), answer);
        Ok(())
    };
    for (name, answer) in [
        ("confirmed.csv", Some(ClaimAnswer::Confirmed)),
        ("review.csv", Some(ClaimAnswer::Review)),
        ("suspect.csv", None),
    ] {
        let mut rows = Rows::of(decisions, name, ["record_id", "better_person_id"], 2)?;
        while let Some(([record, better], line)) = rows.next()? {
            let suspect = ClaimAnswer::Suspect(Some(better).filter(|better| !better.is_empty()));
            let taken = take(record, answer.unwrap_or(suspect));
            taken.map_err(|fault: Fault| fault.at(&rows.file, line))?;
        }
    }
    let nameless = rejected(decisions, |record| take(record, ClaimAnswer::Rejected))?;
    for entered in truth.left(nameless)? {
        let cause = entered.kinds.join("|");
        evaluation.add(entered.person.unwrap_or_default(), &cause, ClaimAnswer::Rejected);
    }
    Ok(())
}

/// The truth of one run, and where what is held against it is added up.
struct Judge<'e> {
    truth: Truth,
    evaluation: &'e mut Evaluation,
    /// Reasons by their codes as written: few different ones are met.
    codes: FxHashMap<Box<str>, ReasonSet>,
}

impl Judge<'_> {
    fn take(
        &mut self,
        record: &str,
        answer: Answer<'_>,
        figures: [&str; 2],
        codes: &str,
    ) -> Result<(), Fault> {
        let entered = self.truth.take(record)?;
        let reasons = match self.codes.get(codes) {
            Some(known) => *known,
            None => *self.codes.entry(Box::from(codes)).or_insert_with(|| reasons(codes)),
        };
        add(self.evaluation, &entered, answer, figures, reasons);
        Ok(())
    }
}

/// Adds a record with the posterior and the confidence of its best candidate, as they are written.
fn add(
    evaluation: &mut Evaluation,
    entered: &Entered<'_>,
    answer: Answer<'_>,
    [posterior, confidence]: [&str; 2],
    reasons: ReasonSet,
) {
    let posterior = posterior.parse().ok();
    let confidence = confidence.parse().ok().map(|bits: f64| (bits * 1000.0).round() as i32);
    let Entered { person: truth, kinds, groups, profile, weight } = entered;
    let (truth, weight) = (*truth, *weight);
    evaluation.add(&Case {
        truth,
        tags: kinds,
        profile,
        groups,
        weight,
        answer,
        posterior,
        confidence,
        reasons,
    });
}
