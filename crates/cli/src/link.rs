//! `himozuke link`: two files in, every record in exactly one file out. Decisions are the library's; here they are read
//! for, counted and written.

use std::io::Write;

use himozuke::{Batch, Candidate, Decision, Linker, Outcome, Record, Registry};
use serde::Serialize;

use crate::{
    args::{self, Estimating},
    bulk::{self, Answers, Counts, Done, Intake, Rejects, Setup, count},
    columns::{Column, Role},
    estimates::{self, Estimated, Estimates},
    failure::Failure,
    figures::{bits, posterior},
    output::{CsvFile, Finished, OutDir, OutputError},
    residents::Numbers,
};

/// The files of a run; the last one says that all of them are whole.
const FILES: [&str; 10] = [
    "links.csv",
    "review.csv",
    "no_match.csv",
    "rejected.csv",
    "registry_problems.csv",
    "clerical_1.csv",
    "clerical_2.csv",
    "clerical_design.csv",
    "summary.json",
    "run.json",
];

/// Links the records and tells what became of them.
///
/// # Errors
/// Where an input or the policy is wrong, where the files cannot be written, and, with `--strict`, where anything of
/// the inputs could not be read.
pub fn link(arguments: &args::Link, out: &mut impl Write, err: &mut impl Write) -> Result<(), Failure> {
    bulk::run(&arguments.bulk, out, err, || job(arguments))
}

fn job(arguments: &args::Link) -> Result<Done, Failure> {
    let setup = Setup::new(&arguments.bulk)?;
    let numbers = numbers(&setup, &arguments.estimating)?;
    let mut job = setup.open(&FILES)?;
    let (residents, problems) = job.load(numbers)?;
    let linker = job.linker(&residents.registry)?;
    let decoys = estimates::decoys(&arguments.estimating, &residents.registry)?;
    let shadow = decoys.as_ref().map(|decoys| decoys.linker(&linker));
    let mut shadow = shadow.as_ref().map(Linker::batch);
    let mut estimates =
        Estimates::new(&arguments.estimating, &linker, decoys.as_ref(), residents.numbers.as_ref());
    let mut batch = linker.batch();
    let intake = job.read(|chunk| {
        let records: Vec<Record<'_>> = chunk.rows().iter().map(|row| chunk.record(row)).collect();
        batch.push(&records);
        shadow.iter_mut().for_each(|shadow| shadow.push(&records));
        estimates.read(chunk);
    })?;
    let (mut answers, mut files) =
        write(batch, &intake, job.directory(), &residents.registry, &mut estimates)?;
    let (estimated, sheets) = estimates.finish(shadow, job.directory(), &residents.registry)?;
    answers.estimates = estimated;
    files.extend(sheets);
    files.push(problems);
    job.finish(&residents, &intake, answers, files)
}

/// Numbers are read only to be held against decisions made without them.
fn numbers(setup: &Setup<'_>, estimating: &Estimating) -> Result<Numbers, Failure> {
    let has = |role| Ok::<bool, Failure>(setup.columns(role)?.has(Column::MyNumber));
    let both = estimating.estimate_errors && has(Role::Records)? && has(Role::Registry)?;
    Ok(if both { Numbers::Taken } else { Numbers::Left })
}

/// Decides what only the whole batch can tell, and writes every record into one file.
fn write(
    batch: Batch<'_, '_>,
    intake: &Intake,
    directory: &OutDir,
    registry: &Registry,
    estimates: &mut Estimates<'_>,
) -> Result<(Decided, Vec<Finished>), Failure> {
    let mut sinks = Sinks::create(directory, registry)?;
    let mut rejects = Rejects::create(directory, intake)?;
    let report = batch.finish(|outcome| {
        rejects.pass(outcome.row, outcome.id, outcome.answer.err())?;
        estimates.take(&outcome);
        sinks.take(&outcome)
    })?;
    let (rejected, problems, file) = rejects.finish()?;
    let Sinks { links, review, no_match, written, mut reasons, .. } = sinks;
    reasons.rejected = problems;
    let files = [links, review, no_match].map(CsvFile::finish);
    let mut files = files.into_iter().collect::<Result<Vec<_>, _>>()?;
    files.push(file);
    let [links, review, no_match] = written;
    intake.check([links, review, no_match, rejected])?;
    let records = Records {
        encoding: intake.encoding.to_string(),
        read: intake.rows(),
        links,
        review,
        no_match,
        rejected,
        pairs_compared: report.pairs,
        expected_wrong_links: report.expected_wrong_links,
        held_by_budget: report.held,
    };
    Ok((Decided { records, reasons, estimates: None }, files))
}

/// The three files of which each record that could be read is in exactly one.
struct Sinks<'r> {
    registry: &'r Registry,
    links: CsvFile,
    review: CsvFile,
    no_match: CsvFile,
    /// Records in each of the three.
    written: [u64; 3],
    reasons: Reasons,
}

impl<'r> Sinks<'r> {
    fn create(directory: &OutDir, registry: &'r Registry) -> Result<Self, OutputError> {
        let review = [
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
        Ok(Self {
            registry,
            links: directory
                .create_csv("links.csv", ["record_id", "person_id", "posterior", "weight_bits", "reasons"])?,
            review: directory.create_csv("review.csv", review)?,
            no_match: directory.create_csv("no_match.csv", ["record_id", "reasons"])?,
            written: [0; 3],
            reasons: Reasons::default(),
        })
    }

    fn take(&mut self, outcome: &Outcome<'_>) -> Result<(), OutputError> {
        let id = outcome.id;
        let [links, review, no_match] = &mut self.written;
        match outcome.answer {
            Ok(decision @ Decision::Link(link)) => {
                *links += 1;
                count(&mut self.reasons.links, decision.reasons());
                let candidate = &link.candidate;
                let (probability, weight) = Self::figures(candidate);
                let reasons = candidate.evidence.reasons.to_string();
                self.links.row([id, self.registry.id(candidate.resident), &probability, &weight, &reasons])
            }
            Ok(decision @ Decision::Review(held)) => {
                *review += 1;
                count(&mut self.reasons.review, decision.reasons());
                let total = held.total.to_string();
                for (rank, candidate) in (1u32..).zip(&held.candidates) {
                    let (probability, weight) = Self::figures(candidate);
                    self.review.row([
                        id,
                        self.registry.id(candidate.resident),
                        &rank.to_string(),
                        &probability,
                        &weight,
                        &candidate.evidence.reasons.to_string(),
                        if candidate.protected { "1" } else { "0" },
                        candidate.status.code(),
                        &total,
                    ])?;
                }
                if held.candidates.is_empty() {
                    let reasons = held.reasons.to_string();
                    self.review.row([id, "", "", "", "", &reasons, "", "", &total])?;
                }
                Ok(())
            }
            Ok(decision @ Decision::NoMatch(_)) => {
                *no_match += 1;
                count(&mut self.reasons.no_match, decision.reasons());
                self.no_match.row([id, &decision.reasons().to_string()])
            }
            Err(_) => Ok(()),
        }
    }

    fn figures(candidate: &Candidate) -> (String, String) {
        (posterior(candidate.evidence.posterior), bits(candidate.evidence.weights.total))
    }
}

/// What became of the records.
#[derive(Debug, Serialize)]
struct Decided {
    records: Records,
    reasons: Reasons,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimates: Option<Estimated>,
}

#[derive(Debug, Serialize)]
struct Records {
    encoding: String,
    read: u64,
    links: u64,
    review: u64,
    no_match: u64,
    rejected: u64,
    pairs_compared: u64,
    expected_wrong_links: f64,
    held_by_budget: bool,
}

/// How many records have each reason, by what became of them; for the rejected, each problem.
#[derive(Debug, Default, Serialize)]
struct Reasons {
    links: Counts,
    review: Counts,
    no_match: Counts,
    rejected: Counts,
}

impl Answers for Decided {
    fn conservation(&self) -> String {
        let Records { read, links, review, no_match, rejected, .. } = &self.records;
        format!("{read} read = {links} links + {review} review + {no_match} no_match + {rejected} rejected")
    }

    fn pairs(&self) -> u64 {
        self.records.pairs_compared
    }

    fn rejected(&self) -> u64 {
        self.records.rejected
    }

    fn notes(&self) -> Vec<String> {
        self.estimates.as_ref().map(Estimated::notes).unwrap_or_default()
    }

    fn warnings(&self) -> Vec<String> {
        let Records { held_by_budget, expected_wrong_links: wrong, .. } = &self.records;
        let held = format!(
            "warning: NO LINK WAS MADE: {wrong:.4} wrong links expected, above the budget of the policy; all are in review.csv"
        );
        held_by_budget.then_some(held).into_iter().collect()
    }
}
