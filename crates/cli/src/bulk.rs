//! What `link` and `verify` have in common: two files in, every record in exactly one file out, counted and told. What
//! becomes of a record is theirs; here it is not known.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    iter::Peekable,
    path::Path,
    slice::Iter,
    time::{Instant, SystemTime},
};

use himozuke::{Linker, Policy, ReadOptions, ReasonSet, Registry, Unreadable, normalize::birth_date::Day};
use rayon::ThreadPoolBuilder;
use serde::Serialize;

use crate::{
    args::Bulk,
    columns::{Columns, Role},
    deciding,
    failure::{Failure, Status},
    figures::instant,
    input::{Chunk, DuplicateIds, Encoding, InputError, Options, Rejected, Table, scan_ids},
    mj::{self, MjMap},
    output::{CsvFile, Finished, OutDir, OutputError, say},
    progress::Progress,
    residents::{self, Numbers, Residents},
};

/// What a job found out about its records, for `summary.json` and for the user.
pub trait Answers: Serialize + Send {
    /// The law of conservation with its figures.
    fn conservation(&self) -> String;
    /// Pairs of record and resident that were compared.
    fn pairs(&self) -> u64;
    /// Records that could not be read.
    fn rejected(&self) -> u64;
    /// What else is told of a run.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
    /// What must not be overlooked.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A finished job, and what is to be said of it.
#[derive(Debug)]
pub struct Done {
    notes: Vec<String>,
    warnings: Vec<String>,
    rejected: u64,
    registry_problems: u64,
}

/// Does a job on the threads that it was given, and tells what became of it.
///
/// # Errors
/// Those of the job, and, with `--strict`, where anything of the inputs could not be read.
pub fn run(
    arguments: &Bulk,
    out: &mut impl Write,
    err: &mut impl Write,
    job: impl FnOnce() -> Result<Done, Failure> + Send,
) -> Result<(), Failure> {
    let mut threads = ThreadPoolBuilder::new();
    if let Some(count) = arguments.threads {
        threads = threads.num_threads(usize::from(count));
    }
    let pool = threads.build().map_err(|error| Failure::failed(format!("cannot start threads: {error}")))?;
    // What is told is told from here: a lock on standard output does not move between threads.
    let Done { notes, warnings, rejected, registry_problems } = pool.install(job)?;
    say(err, warnings)?;
    say(out, notes)?;
    if arguments.strict && rejected + registry_problems > 0 {
        let message =
            format!("{rejected} records were rejected, and the registry has {registry_problems} problems");
        return Err(Failure { status: Status::Rejected, message, hint: None });
    }
    Ok(())
}

/// A job as its arguments have it, before any input is read.
#[derive(Debug)]
pub struct Setup<'a> {
    arguments: &'a Bulk,
    started: SystemTime,
    clock: Instant,
    policy: Policy,
    mj_map: Option<MjMap>,
    as_of: Day,
    read_registry: ReadOptions,
    read_records: ReadOptions,
}

impl<'a> Setup<'a> {
    /// Takes the arguments.
    ///
    /// # Errors
    /// Where the policy, a table of variants or the day is wrong.
    pub fn new(arguments: &'a Bulk) -> Result<Self, Failure> {
        let (started, clock) = (SystemTime::now(), Instant::now());
        let deciding = &arguments.deciding;
        let policy = deciding::policy(&deciding.policy)?;
        let mj_map = mj::install(&deciding.mj)?;
        let as_of = deciding::as_of(deciding.as_of)?;
        let read = |role| deciding::reading(deciding, &policy, role);
        let (read_registry, read_records) = (read(Role::Registry)?, read(Role::Records)?);
        Ok(Self { arguments, started, clock, policy, mj_map, as_of, read_registry, read_records })
    }

    fn options(&self, role: Role) -> Options<'a> {
        self.arguments.inputs.reading.options(role)
    }

    /// The columns of an input.
    ///
    /// # Errors
    /// Where its header cannot be read.
    pub fn columns(&self, role: Role) -> Result<Columns, Failure> {
        let path = match role {
            Role::Registry => &self.arguments.inputs.registry,
            Role::Records => &self.arguments.inputs.records,
        };
        Ok(Table::open(path, self.options(role))?.columns().clone())
    }

    /// Looks at the ids of the records, and takes the directory for files of these names. What the second pass over the
    /// records would refuse is refused before the registry is read.
    ///
    /// # Errors
    /// Where the records cannot be read, or the directory holds another run, or an input under the name of a result.
    pub fn open(self, files: &[&'static str]) -> Result<Job<'a>, Failure> {
        self.spare_inputs(files)?;
        let repeated = scan_ids(&self.arguments.inputs.records, self.options(Role::Records))?;
        let directory = OutDir::open(&self.arguments.out, files, self.arguments.force)?;
        Ok(Job { setup: self, repeated, directory, registry_seconds: 0.0, records_seconds: 0.0 })
    }
}

impl Setup<'_> {
    /// `--force` replaces results, never an input that has the name of one.
    fn spare_inputs(&self, files: &[&str]) -> Result<(), Failure> {
        let inputs = &self.arguments.inputs;
        for input in [&inputs.registry, &inputs.records] {
            let place = |path: &Path| fs::canonicalize(path).ok();
            let Some(own) = place(input) else { continue };
            if files.iter().any(|name| place(&self.arguments.out.join(name)).as_ref() == Some(&own)) {
                let message = format!("{} is an input and would be replaced by a result", input.display());
                let hint = "give another directory with --out".to_owned();
                return Err(Failure::usage(message, Some(hint)));
            }
        }
        Ok(())
    }
}

/// A job under way.
#[derive(Debug)]
pub struct Job<'a> {
    setup: Setup<'a>,
    repeated: DuplicateIds,
    directory: OutDir,
    registry_seconds: f64,
    records_seconds: f64,
}

impl Job<'_> {
    /// Where the files go.
    #[must_use]
    pub const fn directory(&self) -> &OutDir {
        &self.directory
    }

    /// The registry, and the file of what could not be read of it.
    ///
    /// # Errors
    /// As [`residents::load`], and where the file cannot be written.
    pub fn load(&mut self, numbers: Numbers) -> Result<(Residents, Finished), Failure> {
        let header = ["line", "person_id", "column", "problem", "effect"];
        let mut file = self.directory.create_csv("registry_problems.csv", header)?;
        let Setup { arguments, clock, read_registry: reading, .. } = &self.setup;
        let options = self.setup.options(Role::Registry);
        let residents = residents::load(&arguments.inputs.registry, options, *reading, numbers, |fault| {
            let line = fault.line.to_string();
            Ok(file.row([&line, fault.person_id, fault.column, &fault.problem, fault.effect.code()])?)
        })?;
        self.registry_seconds = clock.elapsed().as_secs_f64();
        Ok((residents, file.finish()?))
    }

    /// A linker for the records.
    ///
    /// # Errors
    /// Where the policy is wrong.
    pub fn linker<'r>(&self, registry: &'r Registry) -> Result<Linker<'r>, Failure> {
        let linker = Linker::new(registry, self.setup.policy.clone())
            .map_err(|error| Failure::usage(error.to_string(), None))?;
        Ok(linker.reading(self.setup.read_records))
    }

    /// Hands the records to `take`, chunk by chunk.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(&mut self, mut take: impl FnMut(&Chunk)) -> Result<Intake, Failure> {
        let path = &self.setup.arguments.inputs.records;
        let table = Table::open(path, self.setup.options(Role::Records))?;
        let (encoding, columns) = (table.encoding(), table.columns().clone());
        let progress =
            Progress::over_bytes("records", fs::metadata(path).map_or(0, |metadata| metadata.len()));
        let mut intake = Intake { encoding, columns, lines: Vec::new(), rejected: Vec::new(), gaiji: 0 };
        for chunk in table.stream() {
            let file = || path.display().to_string();
            let mut chunk = chunk.map_err(|source| InputError::Io { file: file(), source })?;
            chunk.reject_repeated(&self.repeated);
            take(&chunk);
            intake.lines.extend(chunk.rows().iter().map(|row| row.line()));
            intake.rejected.extend_from_slice(chunk.rejected());
            intake.gaiji += chunk.gaiji();
            progress.set(chunk.bytes_read());
        }
        self.records_seconds = self.setup.clock.elapsed().as_secs_f64() - self.registry_seconds;
        Ok(intake)
    }

    /// Writes what is known of the run beside the `files` of its records, and gives all of them their names.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn finish<A: Answers>(
        self,
        residents: &Residents,
        intake: &Intake,
        answers: A,
        mut files: Vec<Finished>,
    ) -> Result<Done, Failure> {
        let Self { setup, directory, registry_seconds, records_seconds, .. } = self;
        let registry = RegistrySummary {
            encoding: residents.encoding.to_string(),
            residents: residents.registry.len(),
            numbers: residents.numbers.as_ref().map(himozuke::NumberTable::len),
            rows_left_out: residents.left_out,
            attributes_unknown: residents.unknown,
        };
        let gaiji = PrivateUse { registry: residents.gaiji, records: intake.gaiji };
        let summary = Summary {
            private_use_characters: Some(gaiji).filter(PrivateUse::any),
            himozuke: env!("CARGO_PKG_VERSION"),
            not_guideline: !setup.policy.is_guideline(),
            mj_map: setup.mj_map,
            era_codes: EraCodes {
                registry: deciding::family(&setup.read_registry),
                records: deciding::family(&setup.read_records),
            },
            registry,
            answers,
            policy: setup.policy,
        };
        let mut file = directory.create("summary.json")?;
        file.json(&summary)?;
        files.push(file.finish()?);
        let seconds = setup.clock.elapsed().as_secs_f64();
        let mut file = directory.create("run.json")?;
        file.json(&Run {
            himozuke: env!("CARGO_PKG_VERSION"),
            started: instant(setup.started),
            ended: instant(SystemTime::now()),
            as_of: deciding::iso(setup.as_of),
            threads: rayon::current_num_threads(),
            seconds: Seconds {
                registry: registry_seconds,
                records: records_seconds,
                files: seconds - registry_seconds - records_seconds,
            },
        })?;
        files.push(file.finish()?);
        directory.commit(files)?;

        let Summary { registry, answers, not_guideline, .. } = summary;
        let mut notes = vec![
            answers.conservation(),
            format!(
                "{} pairs compared with {} residents in {seconds:.1} s",
                answers.pairs(),
                registry.residents
            ),
            format!("registry {}, records {}", registry.encoding, intake.encoding),
        ];
        notes.extend(gaiji.any().then(|| {
            let PrivateUse { registry, records } = gaiji;
            format!("private use characters (外字), which match nothing: {registry} in the registry, {records} in the records")
        }));
        notes.extend(answers.notes());
        if not_guideline {
            notes.push("NOT THE GUIDELINE: decided under a policy of its own".to_owned());
        }
        notes.push(format!("written to {}", setup.arguments.out.display()));
        let mut warnings = answers.warnings();
        warnings.extend(registry.warning());
        let registry_problems = registry.rows_left_out + registry.attributes_unknown;
        Ok(Done { notes, warnings, rejected: answers.rejected(), registry_problems })
    }
}

/// What of the records is kept besides the answers.
#[derive(Debug)]
pub struct Intake {
    /// How the file is written.
    pub encoding: Encoding,
    columns: Columns,
    /// The line of each record that was handed on.
    lines: Vec<u64>,
    rejected: Vec<Rejected>,
    /// Private use characters (外字) in the records that were handed on.
    gaiji: u64,
}

impl Intake {
    /// Rows of the file, of either kind.
    #[must_use]
    pub fn rows(&self) -> u64 {
        (self.lines.len() + self.rejected.len()) as u64
    }

    /// Checks that every row is in exactly one file (law 1).
    ///
    /// # Errors
    /// Where one was lost or is in two.
    pub fn check(&self, written: impl IntoIterator<Item = u64>) -> Result<(), Failure> {
        if self.rows() == written.into_iter().sum::<u64>() {
            return Ok(());
        }
        Err(Failure::failed("rows were lost: the files do not add up to the rows read".to_owned()))
    }
}

/// `rejected.csv`: the rows that the reader rejected and those that the library did, in the order of the file.
#[derive(Debug)]
pub struct Rejects<'i> {
    intake: &'i Intake,
    unread: Peekable<Iter<'i, Rejected>>,
    file: CsvFile,
    written: u64,
    problems: Counts,
}

impl<'i> Rejects<'i> {
    /// Begins the file.
    ///
    /// # Errors
    /// As [`OutDir::create`].
    pub fn create(directory: &OutDir, intake: &'i Intake) -> Result<Self, OutputError> {
        let file = directory.create_csv("rejected.csv", ["line", "record_id", "column", "problem"])?;
        let unread = intake.rejected.iter().peekable();
        Ok(Self { intake, unread, file, written: 0, problems: Counts::new() })
    }

    /// Comes to a record that was handed on, by its place among them; `problem` if the library rejected it.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn pass(&mut self, row: u64, id: &str, problem: Option<Unreadable>) -> Result<(), OutputError> {
        let line = usize::try_from(row).ok().and_then(|row| self.intake.lines.get(row)).copied();
        let line = line.unwrap_or_default();
        while let Some(before) = self.unread.next_if(|rejected| rejected.line < line) {
            self.unreadable(before)?;
        }
        let Some(problem) = problem else { return Ok(()) };
        let column = self.intake.columns.header_of(problem.column());
        self.reject(line, id, column, problem.code(), &problem.to_string())
    }

    /// Ends the file: how many rows are in it, with which problems.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn finish(mut self) -> Result<(u64, Counts, Finished), OutputError> {
        while let Some(row) = self.unread.next() {
            self.unreadable(row)?;
        }
        Ok((self.written, self.problems, self.file.finish()?))
    }

    fn unreadable(&mut self, row: &'i Rejected) -> Result<(), OutputError> {
        let id = row.record_id.as_deref().unwrap_or_default();
        let column = row.column.map_or("", |column| self.intake.columns.header(column));
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
        self.written += 1;
        *self.problems.entry(code).or_default() += 1;
        self.file.row([&line.to_string(), id, column, &format!("{code}: {sentence}")])
    }
}

/// How many records have each reason or problem, by its code.
pub type Counts = BTreeMap<&'static str, u64>;

/// Counts the reasons of one record.
pub fn count(counts: &mut Counts, reasons: ReasonSet) {
    for reason in reasons.iter() {
        *counts.entry(reason.code()).or_default() += 1;
    }
}

/// What `summary.json` holds: the same for the same inputs and policy, on every machine.
#[derive(Debug, Serialize)]
struct Summary<A> {
    himozuke: &'static str,
    /// Decided under another policy than the guideline's.
    not_guideline: bool,
    /// The pairs of the user's own table of variants.
    #[serde(skip_serializing_if = "Option::is_none")]
    mj_map: Option<MjMap>,
    era_codes: EraCodes,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_use_characters: Option<PrivateUse>,
    registry: RegistrySummary,
    #[serde(flatten)]
    answers: A,
    policy: Policy,
}

/// The families by which birth dates were read, wherever they were told.
#[derive(Debug, Serialize)]
struct EraCodes {
    registry: &'static str,
    records: &'static str,
}

/// Characters (外字) that mean what the system says which wrote them: unknown ones, here.
#[derive(Clone, Copy, Debug, Serialize)]
struct PrivateUse {
    registry: u64,
    records: u64,
}

impl PrivateUse {
    const fn any(&self) -> bool {
        self.registry + self.records > 0
    }
}

#[derive(Debug, Serialize)]
struct RegistrySummary {
    encoding: String,
    residents: usize,
    /// Individual numbers taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    numbers: Option<usize>,
    rows_left_out: u64,
    attributes_unknown: u64,
}

impl RegistrySummary {
    fn warning(&self) -> Option<String> {
        let Self { rows_left_out, attributes_unknown, .. } = self;
        (rows_left_out + attributes_unknown > 0).then(|| {
            format!(
                "warning: registry: {rows_left_out} rows left out and {attributes_unknown} attributes unknown; \
                 a namesake may be missing, see registry_problems.csv"
            )
        })
    }
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
