//! `himozuke link`: two files in, every record in exactly one file out. Decisions are the library's; here they are read
//! for, counted and written.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::Path,
    time::{Instant, SystemTime},
};

use himozuke::{Batch, Candidate, Decision, Linker, Outcome, Policy, ReasonSet, Record, Registry};
use rayon::ThreadPoolBuilder;
use serde::Serialize;

use crate::{
    args::Link,
    columns::{Columns, Role},
    deciding,
    failure::{Failure, Status},
    figures::{bits, instant, posterior},
    input::{Encoding, InputError, Options, Rejected, Table, scan_ids},
    mj::{self, MjMap},
    output::{CsvFile, Finished, OutDir, OutputError, say},
    progress::Progress,
    residents::{self, Residents},
};

/// The files of a run; the last one says that all of them are whole.
const FILES: [&str; 7] = [
    "links.csv",
    "review.csv",
    "no_match.csv",
    "rejected.csv",
    "registry_problems.csv",
    "summary.json",
    "run.json",
];

/// Links the records and tells what became of them.
///
/// # Errors
/// Where an input or the policy is wrong, where the files cannot be written, and, with `--strict`, where anything of
/// the inputs could not be read.
pub fn link(arguments: &Link, out: &mut impl Write, err: &mut impl Write) -> Result<(), Failure> {
    let mut threads = ThreadPoolBuilder::new();
    if let Some(count) = arguments.threads {
        threads = threads.num_threads(usize::from(count));
    }
    let pool = threads.build().map_err(|error| Failure::failed(format!("cannot start threads: {error}")))?;
    // What is told is told from here: a lock on standard output does not move between threads.
    let (notes, summary) = pool.install(|| run(arguments))?;
    say(err, warnings(&summary))?;
    say(out, notes)?;
    let problems = summary.registry.rows_left_out + summary.registry.attributes_unknown;
    if arguments.strict && summary.records.rejected + problems > 0 {
        let rejected = summary.records.rejected;
        let message = format!("{rejected} records were rejected, and the registry has {problems} problems");
        return Err(Failure { status: Status::Rejected, message, hint: None });
    }
    Ok(())
}

fn run(arguments: &Link) -> Result<(Vec<String>, Summary), Failure> {
    let (started, clock) = (SystemTime::now(), Instant::now());
    let (inputs, deciding) = (&arguments.inputs, &arguments.deciding);
    let policy = deciding::policy(&deciding.policy)?;
    let mj_map = mj::install(&deciding.mj)?;
    let as_of = deciding::as_of(deciding.as_of)?;
    let read = |role| deciding::reading(deciding, &policy, role);
    let (read_registry, read_records) = (read(Role::Registry)?, read(Role::Records)?);
    let options =
        |role| Options { encoding: inputs.reading.encoding.chosen(), role, mappings: &inputs.reading.maps };
    // What the second pass would refuse is refused before the registry is read.
    let repeated = scan_ids(&inputs.records, options(Role::Records))?;
    let directory = OutDir::open(&arguments.out, &FILES, arguments.force)?;

    let (residents, problems) = load(&inputs.registry, options(Role::Registry), read_registry, &directory)?;
    let registry_seconds = clock.elapsed().as_secs_f64();
    let linker = Linker::new(&residents.registry, policy.clone())
        .map_err(|error| Failure::usage(error.to_string(), None))?
        .reading(read_records);

    let table = Table::open(&inputs.records, options(Role::Records))?;
    let (encoding, columns) = (table.encoding(), table.columns().clone());
    let length = fs::metadata(&inputs.records).map_or(0, |metadata| metadata.len());
    let progress = Progress::over_bytes("records", length);
    let mut intake = Intake { batch: linker.batch(), lines: Vec::new(), rejected: Vec::new() };
    for chunk in table.stream() {
        let file = || inputs.records.display().to_string();
        let mut chunk = chunk.map_err(|source| InputError::Io { file: file(), source })?;
        chunk.reject_repeated(&repeated);
        let records: Vec<Record<'_>> = chunk.rows().iter().map(|row| chunk.record(row)).collect();
        intake.batch.push(&records);
        intake.lines.extend(chunk.rows().iter().map(|row| row.line()));
        intake.rejected.extend_from_slice(chunk.rejected());
        progress.set(chunk.bytes_read());
    }
    drop(progress);
    let decided_seconds = clock.elapsed().as_secs_f64();

    let (records, reasons, mut files) = intake.write(&directory, &columns, &residents.registry, encoding)?;
    let summary = Summary {
        himozuke: env!("CARGO_PKG_VERSION"),
        not_guideline: !policy.is_guideline(),
        mj_map,
        era_codes: EraCodes {
            registry: deciding::family(&read_registry),
            records: deciding::family(&read_records),
        },
        registry: RegistrySummary {
            encoding: residents.encoding.to_string(),
            residents: residents.registry.len(),
            rows_left_out: residents.left_out,
            attributes_unknown: residents.unknown,
        },
        records,
        reasons,
        policy,
    };
    let mut file = directory.create("summary.json")?;
    file.json(&summary)?;
    files.extend([problems, file.finish()?]);
    let seconds = clock.elapsed().as_secs_f64();
    let mut file = directory.create("run.json")?;
    file.json(&Run {
        himozuke: env!("CARGO_PKG_VERSION"),
        started: instant(started),
        ended: instant(SystemTime::now()),
        as_of: deciding::iso(as_of),
        threads: rayon::current_num_threads(),
        seconds: Seconds {
            registry: registry_seconds,
            records: decided_seconds - registry_seconds,
            files: seconds - decided_seconds,
        },
    })?;
    files.push(file.finish()?);
    directory.commit(files)?;
    Ok((told(&summary, seconds, &arguments.out), summary))
}

/// What is printed at the end; the first line is the law of conservation with its figures.
fn told(summary: &Summary, seconds: f64, out: &Path) -> Vec<String> {
    let Summary { records, registry, .. } = summary;
    let RecordsSummary { read, links, review, no_match, rejected, pairs_compared, .. } = records;
    let mut lines = vec![
        format!("{read} read = {links} links + {review} review + {no_match} no_match + {rejected} rejected"),
        format!("{pairs_compared} pairs compared with {} residents in {seconds:.1} s", registry.residents),
        format!("registry {}, records {}", registry.encoding, records.encoding),
    ];
    if summary.not_guideline {
        lines.push("NOT THE GUIDELINE: decided under a policy of its own".to_owned());
    }
    lines.push(format!("written to {}", out.display()));
    lines
}

/// What must not be overlooked.
fn warnings(summary: &Summary) -> Vec<String> {
    let Summary { records, registry, .. } = summary;
    let mut lines = Vec::new();
    if records.held_by_budget {
        let wrong = records.expected_wrong_links;
        lines.push(format!(
            "warning: NO LINK WAS MADE: {wrong:.4} wrong links expected, above the budget of the policy; all are in review.csv"
        ));
    }
    if registry.rows_left_out + registry.attributes_unknown > 0 {
        let RegistrySummary { rows_left_out, attributes_unknown, .. } = registry;
        lines.push(format!(
            "warning: registry: {rows_left_out} rows left out and {attributes_unknown} attributes unknown; \
             a namesake may be missing, see registry_problems.csv"
        ));
    }
    lines
}

/// The registry, and the file of what could not be read of it.
fn load(
    path: &Path,
    options: Options<'_>,
    reading: himozuke::ReadOptions,
    directory: &OutDir,
) -> Result<(Residents, Finished), Failure> {
    let header = ["line", "person_id", "column", "problem", "effect"];
    let mut file = directory.create_csv("registry_problems.csv", header)?;
    let residents = residents::load(path, options, reading, |fault| {
        let line = fault.line.to_string();
        Ok(file.row([&line, fault.person_id, fault.column, &fault.problem, fault.effect.code()])?)
    })?;
    Ok((residents, file.finish()?))
}

/// The records: those being decided, and those that could not even be read.
struct Intake<'l, 'r> {
    batch: Batch<'l, 'r>,
    /// The line of each record of the batch.
    lines: Vec<u64>,
    rejected: Vec<Rejected>,
}

impl Intake<'_, '_> {
    /// Decides what only the whole batch can tell, and writes every record into one file.
    fn write(
        self,
        directory: &OutDir,
        columns: &Columns,
        registry: &Registry,
        encoding: Encoding,
    ) -> Result<(RecordsSummary, Reasons, Vec<Finished>), Failure> {
        let read = (self.lines.len() + self.rejected.len()) as u64;
        let mut sinks = Sinks::create(directory, registry)?;
        let mut unread = self.rejected.iter().peekable();
        let report = self.batch.finish(|outcome| {
            let line = usize::try_from(outcome.row).ok().and_then(|row| self.lines.get(row)).copied();
            let line = line.unwrap_or_default();
            // The rejected keep the order of the file, whether the reader or the library rejected them.
            while let Some(before) = unread.next_if(|rejected| rejected.line < line) {
                sinks.unreadable(before, columns)?;
            }
            sinks.take(line, &outcome, columns)
        })?;
        unread.try_for_each(|rejected| sinks.unreadable(rejected, columns))?;
        let [links, review, no_match, rejected] = sinks.written;
        if read != links + review + no_match + rejected || read != report.read + self.rejected.len() as u64 {
            return Err(Failure::failed(
                "rows were lost: the files do not add up to the rows read".to_owned(),
            ));
        }
        let records = RecordsSummary {
            encoding: encoding.to_string(),
            read,
            links,
            review,
            no_match,
            rejected,
            pairs_compared: report.pairs,
            expected_wrong_links: report.expected_wrong_links,
            held_by_budget: report.held,
        };
        let Sinks { links, review, no_match, rejected, reasons, .. } = sinks;
        let files = [links, review, no_match, rejected].map(CsvFile::finish);
        Ok((records, reasons, files.into_iter().collect::<Result<_, _>>()?))
    }
}

/// The four files of which each record is in exactly one.
struct Sinks<'r> {
    registry: &'r Registry,
    links: CsvFile,
    review: CsvFile,
    no_match: CsvFile,
    rejected: CsvFile,
    /// Records in each of the four.
    written: [u64; 4],
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
            rejected: directory.create_csv("rejected.csv", ["line", "record_id", "column", "problem"])?,
            written: [0; 4],
            reasons: Reasons::default(),
        })
    }

    fn take(&mut self, line: u64, outcome: &Outcome<'_>, columns: &Columns) -> Result<(), OutputError> {
        let id = outcome.id;
        let [links, review, no_match, _] = &mut self.written;
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
            Err(problem) => {
                let column = columns.header_of(problem.column());
                self.reject(line, id, column, problem.code(), &problem.to_string())
            }
        }
    }

    fn unreadable(&mut self, row: &Rejected, columns: &Columns) -> Result<(), OutputError> {
        let id = row.record_id.as_deref().unwrap_or_default();
        let column = row.column.map_or("", |column| columns.header(column));
        self.reject(row.line, id, column, row.problem.code(), &row.problem.to_string())
    }

    fn reject(
        &mut self,
        line: u64,
        id: &str,
        column: &str,
        code: &'static str,
        sentence: &str,
    ) -> Result<(), OutputError> {
        let [.., rejected] = &mut self.written;
        *rejected += 1;
        *self.reasons.rejected.entry(code).or_default() += 1;
        self.rejected.row([&line.to_string(), id, column, &format!("{code}: {sentence}")])
    }

    fn figures(candidate: &Candidate) -> (String, String) {
        (posterior(candidate.evidence.posterior), bits(candidate.evidence.weights.total))
    }
}

fn count(counts: &mut BTreeMap<&'static str, u64>, reasons: ReasonSet) {
    for reason in reasons.iter() {
        *counts.entry(reason.code()).or_default() += 1;
    }
}

/// What `summary.json` holds: the same for the same inputs and policy, on every machine.
#[derive(Debug, Serialize)]
struct Summary {
    himozuke: &'static str,
    /// Decided under another policy than the guideline's.
    not_guideline: bool,
    /// The pairs of the user's own table of variants.
    #[serde(skip_serializing_if = "Option::is_none")]
    mj_map: Option<MjMap>,
    era_codes: EraCodes,
    registry: RegistrySummary,
    records: RecordsSummary,
    reasons: Reasons,
    policy: Policy,
}

/// The families by which birth dates were read, wherever they were told.
#[derive(Debug, Serialize)]
struct EraCodes {
    registry: &'static str,
    records: &'static str,
}

#[derive(Debug, Serialize)]
struct RegistrySummary {
    encoding: String,
    residents: usize,
    rows_left_out: u64,
    attributes_unknown: u64,
}

#[derive(Debug, Serialize)]
struct RecordsSummary {
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
    links: BTreeMap<&'static str, u64>,
    review: BTreeMap<&'static str, u64>,
    no_match: BTreeMap<&'static str, u64>,
    rejected: BTreeMap<&'static str, u64>,
}

/// What `run.json` holds: when and how, which is never the same twice.
#[derive(Debug, Serialize)]
struct Run {
    himozuke: &'static str,
    started: String,
    ended: String,
    as_of: String,
    threads: usize,
    seconds: Seconds,
}

#[derive(Debug, Serialize)]
struct Seconds {
    registry: f64,
    records: f64,
    files: f64,
}
