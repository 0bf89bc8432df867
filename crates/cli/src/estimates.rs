//! What `link` says of the errors of a batch whose truth nobody knows: figures for `summary.json`, and sheets for reviewers.

use himozuke::{
    Decided, Linker, MyNumber, NumberTable, Record, Registry, ResidentIndex, Settled,
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
    review::literal,
    said,
    words::Said,
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
    decoys.map(Some).map_err(|error| {
        let message = said!("with its decoys {error}"; "架空の人を加えると、{}", error.ja());
        let hint = said!("ask for fewer with --decoys"; "--decoys を減らしてください");
        Failure::usage(message, Some(hint))
    })
}

/// The estimates of a batch under way.
#[derive(Debug)]
pub struct Estimates<'l> {
    summed: Option<Summed<'l>>,
    redaction: Option<(Redaction, &'l NumberTable)>,
    sample: Option<ClericalSample>,
}

/// Estimates that every record adds to.
#[derive(Debug)]
struct Summed<'l> {
    posteriors: PosteriorSum,
    /// Decides the records once more, with decoys among the residents.
    shadow: Linker<'l>,
    count: DecoyCount,
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

impl<'l> Estimates<'l> {
    /// Of a batch of which nothing but a sample may be asked for.
    #[must_use]
    pub fn sample_only(arguments: &Estimating) -> Self {
        let size = arguments.clerical_sample.map(|size| size as usize);
        Self { summed: None, redaction: None, sample: size.map(|size| ClericalSample::new(size, SEED)) }
    }

    /// Before the first record. Numbers are those of the residents, where the records have numbers to be hidden, too.
    #[must_use]
    pub fn new(
        arguments: &Estimating,
        linker: &Linker<'_>,
        decoys: Option<&'l Decoys>,
        numbers: Option<&'l NumberTable>,
    ) -> Self {
        let summed = |decoys: &'l Decoys| Summed {
            posteriors: PosteriorSum::new(linker),
            shadow: decoys.linker(linker),
            count: DecoyCount::new(linker, decoys),
        };
        Self {
            summed: decoys.map(summed),
            redaction: numbers.map(|numbers| (Redaction::default(), numbers)),
            ..Self::sample_only(arguments)
        }
    }

    /// Whether decisions are to be noted.
    #[must_use]
    pub const fn are_wanted(&self) -> bool {
        self.summed.is_some()
    }

    /// Takes note of a chunk of records and of what was decided of each. Whose numbers theirs are is looked up here, and was
    /// hidden from what decided.
    pub fn note(&mut self, chunk: &Chunk, records: &[Record<'_>], decided: &[Decided]) {
        let Some(Summed { posteriors, shadow, count }) = &mut self.summed else { return };
        let decisions = || decided.iter().map(|decided| decided.answer.as_ref().ok());
        decisions().for_each(|decision| posteriors.add(decision));
        shadow.decide_chunk(records).iter().for_each(|decided| count.add(decided.answer.as_ref().ok()));
        let Some((redaction, numbers)) = &mut self.redaction else { return };
        for (row, decision) in chunk.rows().iter().zip(decisions()) {
            if let Ok(number) = chunk.value(row, Column::MyNumber).trim().parse::<MyNumber>() {
                redaction.add(numbers.find(&number), decision);
            }
        }
    }

    /// Holds to the links what only the whole batch can tell.
    pub fn settle(&mut self, settled: &Settled) {
        if let Some(Summed { posteriors, .. }) = &mut self.summed {
            posteriors.settle(settled);
        }
        if let Some((redaction, _)) = &mut self.redaction {
            redaction.settle(settled);
        }
    }

    /// Comes to a link that was made.
    pub fn sample(&mut self, record_id: &str, resident: ResidentIndex, posterior: f64) {
        if let Some(sample) = &mut self.sample {
            sample.add_link(record_id, resident, posterior);
        }
    }

    /// The estimates, where they were asked for.
    #[must_use]
    pub fn estimated(&self) -> Option<Estimated> {
        let Summed { posteriors, count, .. } = self.summed.as_ref()?;
        Some(Estimated {
            links: posteriors.links(),
            posteriors: Rate::of(&posteriors.estimate()),
            registered_and_found: posteriors.found(),
            decoys: Rate::of(&count.estimate(posteriors.links(), posteriors.claims())),
            numbers: self.redaction.as_ref().map(|(redaction, _)| redaction.found()),
        })
    }

    /// The sheets of the sample, where one was asked for.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn sheets(self, directory: &OutDir, registry: &Registry) -> Result<Vec<Finished>, Failure> {
        let sheets = self.sample.map(|sample| write_sample(sample, directory, registry)).transpose()?;
        Ok(sheets.unwrap_or_default())
    }
}

impl Estimated {
    /// What is told of the estimates.
    #[must_use]
    pub fn notes(&self) -> Vec<Said> {
        let told = |[en, ja]: [&str; 2], Rate { wrong_per_million, low, high }: &Rate| {
            let rate = wrong_per_million.map_or_else(|| "-".to_owned(), number);
            let [low, high] = [low, high].map(|bound| number(*bound));
            said!("  {en:11} {rate} ({low} to {high})"; "  {ja}: {rate}件（{low}〜{high}）")
        };
        let mut lines = vec![
            said!(
                "wrong links per million of {} links, estimated (95 % interval):", self.links;
                "紐付け{}件の誤りの推定（100万件当たり、95%区間）:", self.links
            ),
            told(["posteriors", "事後確率から"], &self.posteriors),
            told(["decoys", "架空の人から"], &self.decoys),
        ];
        if let Some(numbers) = &self.numbers {
            let links = numbers.estimate.links;
            let Said { en, ja } = told(["numbers", "個人番号から"], &Rate::of(&numbers.estimate));
            lines.push(said!("{en}  (of {links} links with a number)"; "{ja}（番号のある紐付け{links}件）"));
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
            sheet.row([number.as_str(), &literal(&link.record_id), &literal(person), "", ""])?;
        }
        let stratum = design.get(&link.stratum).copied().unwrap_or_default();
        let [all, sampled] = [stratum.links, stratum.sampled].map(|count| count.to_string());
        file.row([&number, &link.record_id, person, link.stratum.code(), &all, &sampled])?;
    }
    sheets.into_iter().chain([file]).map(crate::output::CsvFile::finish).collect()
}
