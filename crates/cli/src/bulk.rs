//! What `link` and `verify` have in common: two files in, every record in exactly one file out, counted and told. Records are
//! decided chunk by chunk into a working file, which a later run can go on with, and the results are written from it.
//! What becomes of a record is theirs; here it is not known.

mod place;
mod rejects;
mod setup;
mod summary;
mod writing;

use std::{collections::BTreeMap, fs, io::Write, path::Path, time::SystemTime};

use himozuke::{Linker, Policy, ReadOptions, ReasonSet, Registry, Unreadable, model::Parameters};
use rayon::{ThreadPoolBuildError, ThreadPoolBuilder};
use rustc_hash::FxHashMap;
use serde::{Serialize, Serializer};

use crate::{
    args::Bulk,
    audit::{self, DecisionLog, Opening, Operator},
    changes::ChangesFile,
    columns::{Columns, Role},
    deciding,
    failure::{Failure, Status},
    figures::instant,
    input::{Chunk, DuplicateIds, Encoding, InputError},
    log::Log,
    once::{self, Batch, Passed},
    output::{CsvFile, Finished, OutDir, OutputError, is_held, say, written_to},
    progress::RecordProgress,
    residents::{self, Numbers, RegistryFault, Residents},
    said,
    stop::Stop,
    words::{InJapanese, Said},
    work::{Frame, Journal, State, answers_of_rows, write_entries},
};

pub(crate) use self::place::one_table_only;
use self::{
    place::Stream,
    summary::{EraCodes, PrivateUse, RegistrySummary, Run, Seconds, Summary},
};
pub use self::{
    rejects::Rejects,
    setup::Setup,
    summary::{columns_were_blanked, nobody_was_removed},
    writing::{Answer, Written},
};

/// How a job decides.
pub trait Decides {
    /// What its files will say of a record.
    type Answer: Answer;

    /// Decides the rows of a chunk, in their order; also the pairs that were compared for them.
    ///
    /// # Errors
    /// Where what they are held against cannot be read.
    fn decide(&mut self, chunk: &Chunk) -> Result<AnswersOfRows<Self::Answer>, Failure>;

    /// Takes note of rows that a run before this one has decided; `None` for one that it rejected.
    fn recall(&mut self, chunk: &Chunk, answers: &[Option<Self::Answer>]);
}

/// What a job found out about its records, for `summary.json` and for the user.
pub trait Answers: Serialize + Send + Sync {
    /// The law of conservation with its figures.
    fn conservation(&self) -> Said;
    /// Pairs of record and resident that were compared.
    fn pairs(&self) -> u64;
    /// Records that could not be read.
    fn rejected(&self) -> u64;
    /// What else is told of a run.
    fn notes(&self) -> Vec<Said> {
        Vec::new()
    }
    /// What must not be overlooked.
    fn warnings(&self) -> Vec<Said> {
        Vec::new()
    }
}

/// What was answered to rows, and the pairs that were compared for them.
pub type AnswersOfRows<A> = (Vec<Result<A, Unreadable>>, u64);

/// Rows of either kind, what was answered to those that could be read, and the pairs that were compared for them.
type DecidedChunk<A> = (Chunk, Vec<Result<A, Unreadable>>, u64);

/// A finished job, and what is to be said of it.
#[derive(Debug)]
pub struct Done {
    notes: Vec<Said>,
    warnings: Vec<Said>,
    rejected: u64,
    registry_problems: u64,
    stream: Option<Stream>,
}

/// Does a job on the threads that it was given, and tells what became of it.
///
/// # Errors
/// Those of the job, and, with `--strict`, where anything of the inputs could not be read.
pub fn run(
    arguments: &Bulk,
    out: &mut impl Write,
    err: &mut impl Write,
    job: impl FnOnce(Stop) -> Result<Done, Failure> + Send,
) -> Result<(), Failure> {
    let log = arguments.log;
    let stop = Stop::on_signals(log, !arguments.to_stdout());
    let mut threads = ThreadPoolBuilder::new();
    if let Some(count) = arguments.threads {
        threads = threads.num_threads(usize::from(count));
    }
    let pool = threads.build().map_err(no_threads)?;
    // What is told is told from here: a lock on standard output does not move between threads.
    let done = pool.install(|| job(stop)).map_err(|failure| offer_to_resume(failure, arguments));
    let Done { notes, warnings, rejected, registry_problems, stream } = done?;
    match log {
        Log::Text => say(err, warnings)?,
        Log::Json => warnings.iter().for_each(|said| log.event("warning", Told { message: said.as_ref() })),
    }
    match stream {
        // What stands there is for programs.
        Some(stream) => {
            match log {
                Log::Text => say(err, notes)?,
                Log::Json => notes.iter().for_each(|said| log.event("note", Told { message: said.as_ref() })),
            }
            stream.send(out)?;
        }
        None => say(out, notes)?,
    }
    if arguments.strict && rejected + registry_problems > 0 {
        let message = said!(
            "{rejected} records were rejected, and the registry has {registry_problems} problems";
            "拒否した記録が{rejected}件、住民データの読めない箇所が{registry_problems}か所あります"
        );
        return Err(Failure { status: Status::Rejected, message, hint: None });
    }
    Ok(())
}

/// The system has no threads to give.
pub(crate) fn no_threads(error: ThreadPoolBuildError) -> Failure {
    Failure::failed(
        said!("cannot start threads: {error}"; "スレッドを開始できません。--threads を減らしてください"),
    )
}

/// A sentence in the log.
#[derive(Serialize)]
struct Told<'a> {
    message: &'a str,
}

/// A run that failed through no fault of its inputs need not begin again.
fn offer_to_resume(mut failure: Failure, arguments: &Bulk) -> Failure {
    if failure.status == Status::Failed
        && !arguments.to_stdout()
        // What lies there is another run's, and that one lives.
        && !is_held(&arguments.out)
        && matches!(State::of_stopped(&arguments.out), Ok(Some(_)))
    {
        let kept = said!(
            "what was decided is kept: go on with the same command and --resume";
            "判定済みの分は残っています。同じコマンドに --resume を付ければ続けられます"
        );
        failure.hint = Some(match failure.hint {
            Some(Said { en, ja }) => said!("{en}; {}", kept.en; "{ja}。{}", kept.ja),
            None => kept,
        });
    }
    failure
}

/// How records are decided, whoever they are held against.
#[derive(Debug)]
pub struct Rules {
    /// The policy.
    pub policy: Policy,
    /// The model's probabilities, if they are not the shipped ones.
    pub parameters: Option<Parameters>,
    /// How records are read.
    pub reading: ReadOptions,
}

impl Rules {
    /// A linker for the records.
    ///
    /// # Errors
    /// Where the policy is wrong.
    pub fn linker<'r>(&self, registry: &'r Registry) -> Result<Linker<'r>, Failure> {
        let linker = deciding::linker(registry, self.policy.clone(), self.parameters.clone())?;
        Ok(linker.reading(self.reading))
    }
}

/// Tells of what could not be read of the registry.
fn tell(file: &mut CsvFile, fault: &RegistryFault<'_>) -> Result<(), Failure> {
    let line = fault.line.to_string();
    Ok(file.row([&line, fault.person_id, fault.column, &fault.problem.en, fault.effect.code()])?)
}

/// A job under way.
#[derive(Debug)]
pub struct Job<'a> {
    setup: Setup<'a>,
    command: &'static str,
    state: State,
    repeated: DuplicateIds,
    /// The registry, where its index file is open already.
    index: Option<Registry>,
    directory: OutDir,
    journal: Journal,
    /// Rows that a run before this one has decided.
    resumed: u64,
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
        let mut file = self.problems()?;
        let (inputs, options) = (&self.setup.arguments.inputs, self.setup.options(Role::Registry));
        let (index, reading) = (self.index.take(), self.setup.read_registry);
        let report = |fault: RegistryFault<'_>| tell(&mut file, &fault);
        let residents = residents::load_over(index, inputs.residents(), options, reading, numbers, report)?;
        self.registry_was_read(residents.total);
        Ok((residents, file.finish()?))
    }

    /// The registry read past the records, and the file of what could not be read of it.
    ///
    /// # Errors
    /// As [`once::load`], and where the file cannot be written.
    pub fn load_once(&mut self) -> Result<(Passed, Finished), Failure> {
        let mut file = self.problems()?;
        let (inputs, options) = (&self.setup.arguments.inputs, self.setup.options(Role::Registry));
        let report = |fault: RegistryFault<'_>| tell(&mut file, &fault);
        let batch = self.batch()?;
        let passed = once::load(&inputs.registry, options, self.setup.read_registry, batch, report)?;
        self.registry_was_read(passed.total());
        Ok((passed, file.finish()?))
    }

    fn problems(&self) -> Result<CsvFile, OutputError> {
        let header = ["line", "person_id", "column", "problem", "effect"];
        self.directory.create_csv("registry_problems.csv", header)
    }

    fn registry_was_read(&mut self, residents: usize) {
        self.registry_seconds = self.setup.clock.elapsed().as_secs_f64();
        let seconds = self.registry_seconds;
        self.setup.arguments.log.event("registry_read", RegistryRead { residents, seconds });
    }

    /// What the records ask of a registry.
    fn batch(&self) -> Result<Batch, Failure> {
        let path = &self.setup.arguments.inputs.records;
        let mut batch = Batch::default();
        for chunk in self.setup.open_records()?.stream() {
            let file = || path.display().to_string();
            let chunk = chunk.map_err(|source| InputError::Io { file: file(), source })?;
            batch.push(&chunk, &self.setup.read_records);
        }
        Ok(batch)
    }

    /// How the records are decided.
    #[must_use]
    pub fn rules(&self) -> Rules {
        let Setup { policy, parameters, read_records: reading, .. } = &self.setup;
        Rules { policy: policy.clone(), parameters: parameters.clone(), reading: *reading }
    }

    /// Decides the records, chunk by chunk, into the working file; what it holds already is only taken note of.
    ///
    /// # Errors
    /// Where the file cannot be read, or the working file cannot be written.
    pub fn decide<D: Decides + Send>(&mut self, decider: &mut D) -> Result<Intake, Failure> {
        let arguments = self.setup.arguments;
        let path = &arguments.inputs.records;
        let table = self.setup.open_records()?;
        let (encoding, columns) = (table.encoding(), table.columns().clone());
        let length = fs::metadata(path).map_or(0, |metadata| metadata.len());
        let mut progress = RecordProgress::new(length, arguments.log);
        let mut decided = self.journal.frames()?;
        let (mut rows, mut gaiji) = (0, 0);
        // A chunk is written and one is read while that between them is decided: writing takes one thread, deciding all of them.
        let mut unwritten: Option<DecidedChunk<D::Answer>> = None;
        let mut chunks = table.stream();
        let mut next = chunks.next();
        while let Some(chunk) = next {
            let file = || path.display().to_string();
            let mut chunk = chunk.map_err(|source| InputError::Io { file: file(), source })?;
            chunk.reject_repeated(&self.repeated);
            let bytes_read = chunk.bytes_read();
            rows += rows_of(&chunk);
            gaiji += chunk.gaiji();
            match decided.next() {
                Some(frame) => {
                    recall(decider, &chunk, &frame?).map_err(|()| self.changed(path))?;
                    progress.recalled(bytes_read, rows);
                    next = chunks.next();
                }
                None => {
                    let last = unwritten.take();
                    let decide = || rayon::join(|| decider.decide(&chunk), || chunks.next());
                    let (written, (decided, following)) = rayon::join(|| self.keep(last, &columns), decide);
                    written?;
                    let (answers, pairs) = decided?;
                    next = following;
                    unwritten = Some((chunk, answers, pairs));
                }
            }
            progress.set(bytes_read, rows);
        }
        self.keep(unwritten, &columns)?;
        if decided.next().is_some() {
            return Err(self.changed(path));
        }
        // Nobody asks for them any more, and what comes now wants room.
        self.repeated = DuplicateIds::default();
        arguments.log.event("records_decided", RecordsDecided { rows, recalled: self.resumed });
        self.records_seconds = self.setup.clock.elapsed().as_secs_f64() - self.registry_seconds;
        Ok(Intake { encoding, rows, pairs: self.journal.pairs(), gaiji })
    }

    /// Appends a decided chunk to the working file.
    fn keep<A: Answer>(
        &mut self,
        decided: Option<DecidedChunk<A>>,
        columns: &Columns,
    ) -> Result<(), OutputError> {
        let Some((chunk, answers, pairs)) = decided else { return Ok(()) };
        let entries = write_entries(&chunk, columns, answers);
        self.setup.stop.decide(|| {
            self.journal.append(&Frame::new(rows_of(&chunk), pairs, entries))?;
            self.directory.keep(true);
            Ok(self.journal.rows())
        })
    }

    /// Begins the decision log; `numbers` tells whether individual numbers were read.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn log(&self, numbers: Numbers) -> Result<DecisionLog, Failure> {
        let Self { setup, directory, .. } = self;
        let mj_map = setup.arguments.deciding.mj.mj_map.as_deref();
        let opening = Opening {
            entry: "run",
            himozuke: env!("CARGO_PKG_VERSION"),
            command: self.command,
            started: instant(setup.started),
            as_of: deciding::iso(setup.as_of),
            by: Operator::now(),
            policy_sha256: audit::policy_fingerprint(&setup.policy)?,
            mj_map_sha256: mj_map.map(audit::file_fingerprint).transpose()?,
            numbers_accessed: numbers == Numbers::Taken,
            replaces: audit::last_seal(&directory.result(audit::LOG)),
        };
        Ok(DecisionLog::create(directory, &opening, setup.arguments.keep_handles())?)
    }

    /// The run is of no more use: an input is not what it was.
    fn changed(&mut self, path: &Path) -> Failure {
        self.directory.keep(false);
        let path = path.display();
        Failure::failed(
            said!("{path} was changed while it was being read"; "読んでいる間に {path} が変わりました"),
        )
    }

    /// An input that is not what it was at the beginning.
    fn changed_input(&self) -> Result<Option<&Path>, Failure> {
        let inputs = &self.setup.arguments.inputs;
        let mut now = self.state.clone();
        let changes = inputs.changes.iter().map(|changes| ("changes", changes));
        let both = [("registry", &inputs.registry), ("records", &inputs.records)];
        for (name, path) in both.into_iter().chain(changes) {
            now.set_input(name, path)?;
            if now != self.state {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// Writes what is known of the run beside the `files` of its records, and gives all of them their names.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn finish<A: Answers>(
        mut self,
        residents: &Residents,
        intake: &Intake,
        answers: A,
        log: DecisionLog,
        mut files: Vec<Finished>,
    ) -> Result<Done, Failure> {
        // Of no records nothing could be linked anyhow.
        let lacking = || if intake.rows > 0 { self.setup.lacking(residents) } else { Vec::new() };
        let end_log = || log.finish(&answers, &self.directory.working_files());
        let ((changed, lacking), logged) = rayon::join(|| (self.changed_input(), lacking()), end_log);
        if let Some(path) = changed?.map(Path::to_owned) {
            return Err(self.changed(&path));
        }
        let (logged, log_seal) = logged?;
        files.extend(logged);
        let Self { setup, directory, resumed, registry_seconds, records_seconds, .. } = self;
        let registry = RegistrySummary {
            encoding: residents.form.to_string(),
            residents: residents.total,
            numbers: residents.numbers.as_ref().map(himozuke::NumberTable::len),
            rows_left_out: residents.left_out,
            attributes_unknown: residents.unknown,
            nobody_removed: residents.nobody_removed,
            blanked_by_changes: residents.blanked.clone(),
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
            model: setup.parameters,
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
            changes: setup.arguments.inputs.changes.as_deref().map(ChangesFile::of),
            resumed_after: resumed,
            log_seal,
            seconds: Seconds {
                registry: to_thousandths(registry_seconds),
                records: to_thousandths(records_seconds),
                files: to_thousandths(seconds - registry_seconds - records_seconds),
            },
        })?;
        files.push(file.finish()?);
        directory.commit(files)?;
        setup.stop.works_no_more();
        setup.arguments.log.event("finished", &summary);

        let Summary { registry, answers, not_guideline, .. } = summary;
        let mut notes = vec![
            answers.conservation(),
            said!(
                "{} pairs compared with {} residents in {seconds:.1} s", answers.pairs(), registry.residents;
                "住民{}人に対し{}組を比較、{seconds:.1}秒", registry.residents, answers.pairs()
            ),
            said!(
                "registry {}, records {}", registry.encoding, intake.encoding;
                "住民データ {}、記録 {}", residents.form.ja(), intake.encoding
            ),
        ];
        notes.extend(gaiji.any().then(|| {
            let PrivateUse { registry, records } = gaiji;
            said!(
                "private use characters (外字), which match nothing: {registry} in the registry, {records} in the records";
                "外字（何とも一致としません）: 住民データに{registry}字、記録に{records}字"
            )
        }));
        notes.extend(answers.notes());
        if resumed > 0 {
            notes.push(said!(
                "gone on after {resumed} rows of a run that was stopped";
                "止まった実行の{resumed}行の後から続けました"
            ));
        }
        if not_guideline {
            notes.push(said!(
                "NOT THE GUIDELINE: decided under a policy of its own";
                "ガイドラインの方針ではありません: 独自の方針で判定しました"
            ));
        }
        let stream = setup.place.stream();
        notes.push(match &stream {
            Some(_) => said!(
                "all decisions go to standard output; nothing else is kept, no log for an audit either";
                "すべての判定を標準出力に書きます。ほかには、監査のための判定記録も残しません"
            ),
            None => written_to(&setup.arguments.out),
        });
        let mut warnings = lacking;
        warnings.extend(answers.warnings());
        warnings.extend(registry.warnings());
        let registry_problems = registry.rows_left_out + registry.attributes_unknown;
        Ok(Done { notes, warnings, rejected: answers.rejected(), registry_problems, stream })
    }
}

/// The registry is in memory.
#[derive(Serialize)]
struct RegistryRead {
    residents: usize,
    seconds: f64,
}

/// All records are decided; the files are still to be written.
#[derive(Serialize)]
struct RecordsDecided {
    rows: u64,
    recalled: u64,
}

/// Rows of either kind.
fn rows_of(chunk: &Chunk) -> u64 {
    (chunk.rows().len() + chunk.rejected().len()) as u64
}

/// Takes note of a chunk that was decided before, if it is that chunk.
fn recall<D: Decides>(decider: &mut D, chunk: &Chunk, frame: &Frame) -> Result<(), ()> {
    let entries = frame.entries().ok_or(())?;
    let (same, answers) = (entries.len() as u64, answers_of_rows(entries));
    if same != rows_of(chunk) || answers.len() != chunk.rows().len() {
        return Err(());
    }
    decider.recall(chunk, &answers);
    Ok(())
}

/// What the records were like.
#[derive(Debug)]
pub struct Intake {
    /// How the file is written.
    pub encoding: Encoding,
    /// Rows of the file, of either kind.
    pub rows: u64,
    /// Pairs of record and resident that were compared.
    pub pairs: u64,
    /// Private use characters (外字) in the rows.
    pub gaiji: u64,
}

impl Intake {
    /// Checks that every row is in exactly one file (law 1).
    ///
    /// # Errors
    /// Where one was lost or is in two.
    pub fn check(&self, written: impl IntoIterator<Item = u64>) -> Result<(), Failure> {
        if self.rows == written.into_iter().sum::<u64>() {
            return Ok(());
        }
        let message = said!(
            "rows were lost: the files do not add up to the rows read";
            "行が失われました: 書いた行の合計が読んだ行数と合いません"
        );
        Err(Failure::failed(message))
    }
}

/// How many records have each reason. Few sets of reasons are ever seen: they are counted, and what is in them only at the end.
#[derive(Debug, Default)]
pub struct Counts(FxHashMap<ReasonSet, u64>);

impl Counts {
    /// Counts the reasons of one record.
    pub fn add(&mut self, reasons: ReasonSet) {
        *self.0.entry(reasons).or_default() += 1;
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut counts = BTreeMap::<&str, u64>::new();
        for (reasons, count) in &self.0 {
            reasons.iter().for_each(|reason| *counts.entry(reason.code()).or_default() += count);
        }
        counts.serialize(serializer)
    }
}

/// A time as it is told: more digits would say nothing.
fn to_thousandths(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}
