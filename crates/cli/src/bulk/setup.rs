//! A job before it begins: its arguments held to be such that it can, its directory taken.

use std::{
    fs,
    path::Path,
    sync::{Arc, OnceLock},
    time::{Instant, SystemTime},
};

use himozuke::{Demands, Policy, ReadOptions, model::Parameters, normalize::birth_date::Day};

use super::{Job, place::Place};
use crate::{
    args::Bulk,
    at_rest::{Encryption, Form, Wanted, names},
    columns::{Column, Columns, Role},
    deciding,
    failure::Failure,
    input::{Encoding, IdScan, InputError, Options, Table},
    mj::{self, MjMap},
    output::{OF_LINK, OF_VERIFY, OutDir, RESUMABLE},
    residents::{self, Residents},
    said,
    stop::Stop,
    twins::twins,
    words::Said,
    work::{Journal, State},
};

/// A job as its arguments have it, before any input is read.
#[derive(Debug)]
pub struct Setup<'a> {
    pub(super) arguments: &'a Bulk,
    pub(super) place: Place,
    encryption: Option<Wanted>,
    pub(super) stop: Stop,
    /// What was settled for the run that this one goes on with.
    stopped: Option<State>,
    pub(super) started: SystemTime,
    pub(super) clock: Instant,
    pub(super) policy: Policy,
    pub(super) parameters: Option<Parameters>,
    pub(super) mj_map: Option<MjMap>,
    pub(super) as_of: Day,
    /// Whether the registry is read past the records and not kept.
    pub(super) once: bool,
    pub(super) read_registry: ReadOptions,
    pub(super) read_records: ReadOptions,
    /// What the beginning of the records says, once it was read.
    records: OnceLock<(Encoding, Columns)>,
}

impl<'a> Setup<'a> {
    /// Takes the arguments.
    ///
    /// # Errors
    /// Where the policy, a table of variants or the day is wrong.
    pub fn new(arguments: &'a Bulk, stop: Stop) -> Result<Self, Failure> {
        let (started, clock) = (SystemTime::now(), Instant::now());
        let deciding = &arguments.deciding;
        let policy = deciding::policy(&deciding.policy)?;
        let parameters = deciding::model(deciding)?;
        let mj_map = mj::install(&deciding.mj)?;
        let encryption = Wanted::of(&arguments.forms)?;
        let place = Place::of(arguments, encryption.as_ref())?;
        let stopped = if arguments.resume { State::of_stopped(place.path())? } else { None };
        // A run that goes on after midnight is of the day on which it was begun.
        let begun = stopped.as_ref().and_then(|stopped| stopped.text(AS_OF)?.parse().ok());
        let told = deciding.as_of.or(begun);
        let as_of = deciding::as_of(told)?;
        let read = |role| deciding::reading(deciding, &policy, role, as_of);
        let (read_registry, read_records) = (read(Role::Registry), read(Role::Records));
        Ok(Self {
            arguments,
            place,
            encryption,
            stop,
            stopped,
            started,
            clock,
            policy,
            parameters,
            mj_map,
            as_of,
            once: false,
            read_registry,
            read_records,
            records: OnceLock::new(),
        })
    }

    /// Whether the registry is read past the records, and only those of it are kept whom they ask for.
    #[must_use]
    pub const fn reading_once(mut self, once: bool) -> Self {
        self.once = once;
        self
    }

    /// How an input is read. The encoding of the records is found once.
    pub(super) fn options(&self, role: Role) -> Options<'a> {
        let options = self.arguments.inputs.reading.options(role);
        let found = self.records.get().filter(|_| role == Role::Records).map(|(encoding, _)| *encoding);
        Options { encoding: found.or(options.encoding), ..options }
    }

    /// Opens the records, and keeps what their beginning says.
    pub(super) fn open_records(&self) -> Result<Table<'static>, InputError> {
        let table = Table::open(&self.arguments.inputs.records, self.options(Role::Records))?;
        self.records.get_or_init(|| (table.encoding(), table.columns().clone()));
        Ok(table)
    }

    /// The columns of an input.
    ///
    /// # Errors
    /// Where its header cannot be read.
    pub fn columns(&self, role: Role) -> Result<Columns, Failure> {
        Ok(match (role, self.records.get()) {
            (Role::Records, Some((_, columns))) => columns.clone(),
            (Role::Records, None) => self.open_records()?.columns().clone(),
            (Role::Registry, _) => {
                Table::open(&self.arguments.inputs.registry, self.options(role))?.columns().clone()
            }
        })
    }

    /// What is said of a registry of nobody, and of each column that an input has not and the policy demands.
    pub(super) fn lacking(&self, residents: &Residents) -> Vec<Said> {
        let Demands { kana_name, sex, address, .. } = self.policy.profile.demands();
        let demanded = [
            (Column::KanjiName, true),
            (Column::KanaName, kana_name),
            (Column::BirthDate, true),
            (Column::Sex, sex),
            (Column::Address, address),
        ];
        let demanded = demanded.into_iter().filter(|(_, demanded)| *demanded).map(|(column, _)| column);
        let inputs = &self.arguments.inputs;
        let tables = [(Role::Registry, &inputs.registry), (Role::Records, &inputs.records)];
        // What comes through a pipe is read once.
        let tables = tables.into_iter().filter(|(_, path)| path.is_file() && !residents::is_index(path));
        let lacking = tables.flat_map(|(role, path)| {
            let columns = self.columns(role).unwrap_or_default();
            demanded.clone().filter(move |column| !columns.has(*column)).map(move |column| {
                let (file, name) = (path.display(), column.name());
                said!(
                    "warning: {file} has no column {name}, which the policy demands: nothing can be linked or confirmed; \
                     if it is there under another header, name it with --map {name}=HEADER";
                    "警告: {file} に、方針の求める {name} 列がないため、紐付けも一致の確認もできません。\
                     別の見出しであれば --map {name}=見出し で指定してください"
                )
            })
        });
        let nobody = (residents.total == 0).then(|| {
            let file = inputs.registry.display();
            said!(
                "warning: {file} has no residents that can be read: see whether it is the whole file";
                "警告: {file} に読める住民が一人もいません。ファイル全体があるか確かめてください"
            )
        });
        nobody.into_iter().chain(lacking).collect()
    }

    /// Whether the registry is an index file, which has no columns.
    #[must_use]
    pub fn is_indexed(&self) -> bool {
        residents::is_index(&self.arguments.inputs.registry)
    }

    /// Looks at the ids of the records, and takes the directory for files of these names. What the second pass over the
    /// records would refuse is refused before a registry is read; an index file is opened while they are looked at. Neither a
    /// fault of the records nor one of an index file takes what a run before this one has kept.
    ///
    /// # Errors
    /// Where the records cannot be read; where the directory holds another run, or an input under the name of a result;
    /// where the run to go on with was begun with something else.
    pub fn open(self, command: &'static str, files: &[&'static str]) -> Result<Job<'a>, Failure> {
        self.spare_inputs(files)?;
        self.refuse_pipes()?;
        let state = self.state(command)?;
        if let Some(stopped) = &self.stopped {
            state.require(stopped)?;
        }
        let encryption = self.encryption()?;
        let records = &self.arguments.inputs.records;
        let table = self.open_records()?;
        // Numbers alone serve the alerts of `verify`.
        if command == "link" {
            residents::require_people(records, table.columns())?;
        }
        let scan = IdScan::begin(records, table, Role::Records)?;
        let is_indexed = !self.once && self.is_indexed();
        let open = || is_indexed.then(|| residents::open_index(&self.arguments.inputs.registry)).transpose();
        let (repeated, index) = rayon::join(|| scan.finish(), open);
        let (repeated, index) = (repeated?, index?);
        let mut directory = OutDir::open(self.place.path(), files, self.arguments.start())?;
        if let Some(encryption) = &encryption {
            directory.write_working(RESUMABLE[2], encryption.wrapped())?;
        }
        state.write(&directory)?;
        let journal = Journal::open(directory.working(RESUMABLE[1]), encryption.clone())?;
        directory.take_form(Form { pack: self.arguments.forms.pack, encryption });
        directory.take_twin(self.arguments.twin());
        if self.place.is_own() {
            directory.take_one_table(if command == "link" { OF_LINK } else { OF_VERIFY })?;
        }
        directory.keep(journal.rows() > 0);
        // Not before it is known what is there: whoever stops a run that decided nothing takes its directory away.
        let own = if self.place.is_own() { self.place.path().to_owned() } else { directory.working("") };
        self.stop.works_in(own, journal.rows());
        let resumed = journal.rows();
        Ok(Job {
            setup: self,
            command,
            state,
            repeated,
            index,
            directory,
            journal,
            resumed,
            registry_seconds: 0.0,
            records_seconds: 0.0,
        })
    }
}

/// Under this name a state holds the day of the run.
const AS_OF: &str = "as_of";

impl Setup<'_> {
    /// What the run is begun with.
    fn state(&self, command: &str) -> Result<State, Failure> {
        let Bulk { inputs, deciding, .. } = self.arguments;
        let mut state = match &self.stopped {
            Some(stopped) => stopped.emptied(),
            None => State::new()?,
        };
        state.set("himozuke", &env!("CARGO_PKG_VERSION"))?;
        state.set("command", &command)?;
        state.set("policy", &self.policy)?;
        // What is not there is not settled: nothing in a state is the same as another nothing.
        if let Some(parameters) = &self.parameters {
            state.set("model", parameters)?;
        }
        if let Some(encryption) = &self.encryption {
            state.set("encryption", &encryption.told())?;
        }
        state.set(AS_OF, &deciding::iso(self.as_of))?;
        state.set("columns", &format!("{:?}", inputs.reading.maps))?;
        state.set("encoding", &format!("{:?}", inputs.reading.encoding))?;
        for layout in &inputs.reading.layouts {
            state.set_input(&format!("{layout:?}"), layout.path())?;
        }
        state.set("era_codes", &format!("{:?}", deciding.era_codes))?;
        // A run goes on as it was begun.
        if self.once {
            state.set("registry_once", &true)?;
        }
        state.set_input("registry", &inputs.registry)?;
        state.set_input("records", &inputs.records)?;
        if let Some(changes) = &inputs.changes {
            state.set_input("changes", changes)?;
        }
        for (name, path) in [("mj_map", &deciding.mj.mj_map), ("mj_list", &deciding.mj.mj_list)] {
            if let Some(path) = path {
                state.set_input(name, path)?;
            }
        }
        Ok(state)
    }

    /// How the run is encrypted; as the one that it goes on with.
    fn encryption(&self) -> Result<Option<Arc<Encryption>>, Failure> {
        let Some(wanted) = &self.encryption else { return Ok(None) };
        let begun = match self.stopped {
            Some(_) => wanted.go_on(self.place.path()),
            None => wanted.begin(),
        };
        begun.map(Arc::new).map(Some)
    }

    /// What comes through a pipe is kept in a plain working file, with everything that stands in it.
    fn refuse_pipes(&self) -> Result<(), Failure> {
        let inputs = &self.arguments.inputs;
        let all = [&inputs.registry, &inputs.records].into_iter().chain(&inputs.changes);
        let mut pipes = all.filter(|path| !path.is_file());
        let (Some(pipe), true) = (pipes.next(), self.encryption.is_some()) else { return Ok(()) };
        let pipe = pipe.display();
        let message = said!(
            "{pipe} is no file, and would be kept on the disk unencrypted";
            "{pipe} はファイルではないため、暗号化されないままディスクに置かれることになります"
        );
        let hint =
            said!("give a file, or do without encryption"; "ファイルを指定するか、暗号化をやめてください");
        Err(Failure::usage(message, Some(hint)))
    }

    /// `--force` replaces results, never an input that has the name of one.
    fn spare_inputs(&self, files: &[&str]) -> Result<(), Failure> {
        let inputs = &self.arguments.inputs;
        for input in [&inputs.registry, &inputs.records].into_iter().chain(&inputs.changes) {
            let place = |path: &Path| fs::canonicalize(path).ok();
            let Some(own) = place(input) else { continue };
            let twins: Vec<String> = twins(files).collect();
            let mut results = twins.iter().map(String::as_str).chain(files.iter().copied()).flat_map(names);
            if results.any(|name| place(&self.place.path().join(name)).as_ref() == Some(&own)) {
                let input = input.display();
                let message = said!(
                    "{input} is an input and would be replaced by a result";
                    "{input} は入力ですが、結果で置き換えられてしまいます"
                );
                let hint = said!(
                    "give another directory with --out";
                    "--out に別のディレクトリを指定してください"
                );
                return Err(Failure::usage(message, Some(hint)));
            }
        }
        Ok(())
    }
}
