//! What `link` says of the errors of a batch whose truth nobody knows: figures for `summary.json`, and sheets for reviewers.

use himozuke::{
    Batch, Linker, MyNumber, NumberTable, Outcome, Registry, ResidentIndex,
    estimate::{ClericalSample, DecoyCount, Decoys, Estimate, PosteriorSum, Redacted, Redaction},
};
use serde::Serialize;

use crate::{
    args::Estimating,
    columns::Column,
    failure::Failure,
    figures::number,
    input::Chunk,
    output::{Finished, OutDir, OutputError},
};

/// The seed of decoys and samples: a run is repeated to the byte.
const SEED: u64 = 6;

/// The files of a clerical sample.
pub const FILES: [&str; 3] = ["clerical_1.csv", "clerical_2.csv", "clerical_design.csv"];

/// People who do not exist, beside the residents, where they were asked for.
///
/// # Errors
/// Where they are too many for a registry.
pub fn decoys(arguments: &Estimating, registry: &Registry) -> Result<Option<Decoys>, Failure> {
    if !arguments.estimate_errors {
        return Ok(None);
    }
    // A registry numbers its residents in 32 bits.
    let count = arguments.decoys.unwrap_or(registry.len() as u32);
    let decoys = Decoys::of(registry, SEED, count);
    let hint = || Some("ask for fewer with --decoys".to_owned());
    decoys.map(Some).map_err(|error| Failure::usage(format!("with its decoys {error}"), hint()))
}

/// The estimates of a batch under way.
#[derive(Debug)]
pub struct Estimates<'n> {
    summed: Option<(PosteriorSum, DecoyCount)>,
    redaction: Option<(Redaction, &'n NumberTable)>,
    /// For each record: nothing, or whose number it has, where that is a resident's.
    known: Vec<Option<Option<ResidentIndex>>>,
    sample: Option<ClericalSample>,
}

/// What is known of a batch's errors.
#[derive(Debug, Serialize)]
pub struct Estimated {
    /// Links of which the estimates speak: those made, or those held by the budget.
    links: u64,
    posteriors: Rate,
    /// The share of the records whose person is registered and was found.
    registered_and_found: f64,
    decoys: Rate,
    #[serde(skip_serializing_if = "Option::is_none")]
    numbers: Option<Redacted>,
}

/// Wrong links per million, with the 95 % interval.
#[derive(Debug, Serialize)]
struct Rate {
    wrong_per_million: Option<f64>,
    low: f64,
    high: f64,
}

impl Rate {
    fn of(estimate: &Estimate) -> Self {
        let (wrong_per_million, interval) = estimate.per_million();
        Self { wrong_per_million, low: interval.low, high: interval.high }
    }
}

impl<'n> Estimates<'n> {
    /// Before the first record. Numbers are those of the residents, where the records have numbers to be hidden, too.
    #[must_use]
    pub fn new(
        arguments: &Estimating,
        linker: &Linker<'_>,
        decoys: Option<&Decoys>,
        numbers: Option<&'n NumberTable>,
    ) -> Self {
        let size = arguments.clerical_sample.map(|size| size as usize);
        Self {
            summed: decoys.map(|decoys| (PosteriorSum::new(linker), DecoyCount::new(linker, decoys))),
            redaction: numbers.map(|numbers| (Redaction::default(), numbers)),
            known: Vec::new(),
            sample: size.map(|size| ClericalSample::new(size, SEED)),
        }
    }

    /// Comes to a chunk of records: whose numbers theirs are is looked up here, and hidden from what decides.
    pub fn read(&mut self, chunk: &Chunk) {
        let Some((_, numbers)) = &self.redaction else { return };
        self.known.extend(chunk.rows().iter().map(|row| {
            let number: MyNumber = chunk.value(row, Column::MyNumber).trim().parse().ok()?;
            Some(numbers.find(&number))
        }));
    }

    /// Adds what became of a record.
    pub fn take(&mut self, outcome: &Outcome<'_>) {
        let decision = outcome.answer.ok();
        if let Some((posteriors, count)) = &mut self.summed {
            posteriors.add(decision);
            count.add_real(decision);
        }
        let row = usize::try_from(outcome.row).ok();
        let known = row.and_then(|row| self.known.get(row)).copied().flatten();
        if let (Some((redaction, _)), Some(known)) = (&mut self.redaction, known) {
            redaction.add(known, decision);
        }
        if let Some(sample) = &mut self.sample {
            sample.add(outcome.id, decision);
        }
    }

    /// The estimates, and the sheets of the sample.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn finish(
        self,
        shadow: Option<Batch<'_, '_>>,
        directory: &OutDir,
        registry: &Registry,
    ) -> Result<(Option<Estimated>, Vec<Finished>), Failure> {
        let Self { summed, redaction, sample, .. } = self;
        let estimated = match summed.zip(shadow) {
            None => None,
            Some(((posteriors, mut count), shadow)) => {
                shadow.finish(|outcome| {
                    count.add_shadow(outcome.answer.ok());
                    Ok::<(), OutputError>(())
                })?;
                Some(Estimated {
                    links: count.estimate().links,
                    posteriors: Rate::of(&posteriors.estimate()),
                    registered_and_found: posteriors.found(),
                    decoys: Rate::of(&count.estimate()),
                    numbers: redaction.map(|(redaction, _)| redaction.found()),
                })
            }
        };
        let sheets = sample.map(|sample| write_sample(sample, directory, registry)).transpose()?;
        Ok((estimated, sheets.unwrap_or_default()))
    }
}

impl Estimated {
    /// What is told of the estimates.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let told = |what: &str, Rate { wrong_per_million, low, high }: &Rate| {
            let rate = wrong_per_million.map_or_else(|| "-".to_owned(), number);
            format!("  {what:11} {rate} ({} to {})", number(*low), number(*high))
        };
        let mut lines = vec![
            format!("wrong links per million of {} links, estimated (95 % interval):", self.links),
            told("posteriors", &self.posteriors),
            told("decoys", &self.decoys),
        ];
        if let Some(numbers) = &self.numbers {
            let of = format!("  (of {} links with a number)", numbers.estimate.links);
            lines.push(told("numbers", &Rate::of(&numbers.estimate)) + &of);
        }
        lines
    }
}

/// One sheet for each reviewer, who sees neither the other's nor how certain a link is, and the design for who reads them.
fn write_sample(
    sample: ClericalSample,
    directory: &OutDir,
    registry: &Registry,
) -> Result<Vec<Finished>, OutputError> {
    let (links, design) = sample.finish();
    let sheet = ["sample", "record_id", "person_id", "verdict", "remark"];
    let [first, second, key] = FILES;
    let mut sheets = [directory.create_csv(first, sheet)?, directory.create_csv(second, sheet)?];
    let header = ["sample", "record_id", "person_id", "stratum", "stratum_links", "stratum_sampled"];
    let mut file = directory.create_csv(key, header)?;
    for (number, link) in (1u32..).zip(&links) {
        let (number, person) = (number.to_string(), registry.id(link.resident));
        for sheet in &mut sheets {
            sheet.row([&number, &harmless(&link.record_id), &harmless(person), "", ""])?;
        }
        let stratum = design.get(&link.stratum).copied().unwrap_or_default();
        let [all, sampled] = [stratum.links, stratum.sampled].map(|count| count.to_string());
        file.row([&number, &link.record_id, person, link.stratum.code(), &all, &sampled])?;
    }
    sheets.into_iter().chain([file]).map(crate::output::CsvFile::finish).collect()
}

/// A cell that no spreadsheet runs as a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}
