//! Files of a run, all or none: written in a working directory beside the results, synced, and moved to their names only
//! when the last one is whole. One run at a time writes to a directory.

mod error;
mod file;
mod one_table;
mod sheet;
mod table;
mod told;

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

pub use self::{
    error::{OutputError, there_already},
    file::{Finished, OutFile},
    one_table::{OF_LINK, OF_VERIFY, ONE_TABLE},
    sheet::Sheet,
    table::{CsvFile, Row},
    told::{say, say_json, say_json_line, written_to},
};
use self::{file::Temporary, one_table::OneTable};
use crate::{
    at_rest::{Encryption, Form, RESULTS_KEY, names},
    failure::Failure,
    said,
    twins::{Twin, TwinFile, twins},
};

/// What a run does about another one that was in the directory before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Start {
    /// It must have been none.
    Fresh,
    /// It is replaced.
    Replace,
    /// If it was stopped, this run goes on with it; a finished one it must not be.
    Resume,
}

/// The directory that a run writes to, locked until it goes out of use. A process that dies, however it dies, loses its
/// lock: nobody has to remove one by hand.
#[derive(Debug)]
pub struct OutDir {
    path: PathBuf,
    /// Files without their final names, and what a stopped run goes on with.
    work: PathBuf,
    /// Every file that such a run may leave, in every form, the one that says it is finished last.
    names: Vec<String>,
    start: Start,
    form: Form,
    /// The table that all decisions go to.
    one_table: Option<Arc<OneTable>>,
    twin: Option<Twin>,
    /// Whether the working directory stays when the run ends early.
    kept: bool,
    _lock: File,
}

/// The working directory of a run. What is in it is of no use to anybody but `--resume`.
const WORK: &str = ".himozuke-work";
/// The files of a run that can go on; the first says that it can, and the last is there where they are encrypted.
pub const RESUMABLE: [&str; 3] = ["state.json", "decided", "working-key.age"];

impl OutDir {
    /// Takes a directory, made where there is none, for a run that leaves files of these names. The last name is the
    /// one whose presence says that the run is whole. What a run that was killed has left of files is removed.
    ///
    /// # Errors
    /// Where another run is at work; where one of the files or a stopped run is there already and `start` does not say
    /// what to do about it; where the directory cannot be made.
    pub fn open(path: &Path, files: &[impl AsRef<str>], start: Start) -> Result<Self, OutputError> {
        let made = match fs::create_dir_all(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(io::Error::new(error.kind(), "it is a file, and results are written to a directory"))
            }
            made => made,
        };
        made.map_err(OutputError::io(path))?;
        let lock = lock(path)?;
        let work = path.join(WORK);
        let twins: Vec<String> = twins(files).collect();
        let in_all_forms =
            twins.iter().map(String::as_str).chain(files.iter().map(AsRef::as_ref)).flat_map(names);
        let mut directory = Self {
            path: path.to_owned(),
            work,
            names: [RESULTS_KEY.to_owned()].into_iter().chain(in_all_forms).collect(),
            start,
            form: Form::default(),
            one_table: None,
            twin: None,
            kept: true,
            _lock: lock,
        };
        let unfinished = directory.work.join(RESUMABLE[0]).exists();
        match start {
            Start::Fresh if unfinished => {
                return Err(OutputError::Unfinished { directory: path.display().to_string() });
            }
            Start::Resume if unfinished => {}
            Start::Fresh | Start::Resume => directory.check_free()?,
            Start::Replace => {}
        }
        directory.kept = false;
        directory.clean(if start == Start::Resume { &RESUMABLE } else { &[] })?;
        Ok(directory)
    }

    /// Gives files this form from here on.
    pub fn take_form(&mut self, form: Form) {
        self.form = form;
    }

    /// Writes tables in this form, too, from here on.
    pub const fn take_twin(&mut self, twin: Option<Twin>) {
        self.twin = twin;
    }

    /// Puts the decisions of all tables into one from here on, with these columns.
    ///
    /// # Errors
    /// As [`OutDir::create`].
    pub fn take_one_table(&mut self, columns: &'static [&'static str]) -> Result<(), OutputError> {
        self.one_table = Some(OneTable::create(self.create(ONE_TABLE)?, columns)?);
        Ok(())
    }

    /// The working directory, empty but for the files of these names.
    fn clean(&self, spared: &[&str]) -> Result<(), OutputError> {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&self.work) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(OutputError::io(&self.work)(error));
            }
            _ => {}
        }
        for entry in fs::read_dir(&self.work).map_err(OutputError::io(&self.work))? {
            let entry = entry.map_err(OutputError::io(&self.work))?;
            if !spared.iter().any(|name| entry.file_name() == *name) {
                fs::remove_file(entry.path()).map_err(OutputError::io(&entry.path()))?;
            }
        }
        Ok(())
    }

    /// Where a working file of this name is.
    #[must_use]
    pub fn working(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    /// The working files that there are.
    #[must_use]
    pub fn working_files(&self) -> Vec<&'static str> {
        RESUMABLE.into_iter().filter(|name| self.working(name).exists()).collect()
    }

    /// Writes a working file, whole or not at all.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write_working(&self, name: &str, bytes: &[u8]) -> Result<(), OutputError> {
        let (path, temporary) = (self.working(name), self.working("working.tmp"));
        let written = private().create(true).truncate(true).open(&temporary).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)
        });
        written.map_err(OutputError::io(&path))
    }

    /// Where a result of this name is, or will be.
    #[must_use]
    pub fn result(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Where a run that was stopped in a directory has a working file of this name.
    #[must_use]
    pub fn working_file(directory: &Path, name: &str) -> PathBuf {
        directory.join(WORK).join(name)
    }

    /// Says whether the working directory stays for another run to go on with, should this one end early.
    pub const fn keep(&mut self, kept: bool) {
        self.kept = kept;
    }

    fn check_free(&self) -> Result<(), OutputError> {
        match self.names.iter().find(|name| self.path.join(name).exists()) {
            Some(name) => {
                let directory = self.path.display().to_string();
                Err(OutputError::Finished { directory, file: name.clone() })
            }
            None => Ok(()),
        }
    }

    /// Begins a file, which is seen under its name only after [`OutDir::commit`].
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn create(&self, name: &str) -> Result<OutFile, OutputError> {
        OutFile::create(&self.work, name, &self.form)
    }

    /// Begins a table with its header.
    ///
    /// # Errors
    /// As [`OutDir::create`].
    pub fn create_csv<I>(&self, name: &str, header: I) -> Result<CsvFile, OutputError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let header: Vec<I::Item> = header.into_iter().collect();
        if let Some(part) = self.one_table.as_ref().and_then(|table| table.part(name, &header)) {
            return Ok(CsvFile::part(part));
        }
        CsvFile::begin(self.create(name)?, self.twin_of(name, &header)?, &header)
    }

    /// The twin of a table, where one is asked for.
    fn twin_of(&self, name: &str, header: &[impl AsRef<[u8]>]) -> Result<Option<TwinFile>, OutputError> {
        let Some((twin, name)) = self.twin.and_then(|twin| Some((twin, twin.of(name)?))) else {
            return Ok(None);
        };
        TwinFile::create(self.create(&name)?, name, twin, header).map(Some)
    }

    /// Gives the files their names, in the order of the names of the run, and removes the working directory. Leftovers of
    /// a run that is replaced go first, so that no moment shows a mixture of the two as finished; until the last file
    /// has its name, a run that was kept can still go on.
    ///
    /// # Errors
    /// Where a file has come meanwhile, or one cannot be renamed or removed; what has no name yet is removed.
    pub fn commit(mut self, mut files: Vec<Finished>) -> Result<(), OutputError> {
        if self.start == Start::Fresh {
            self.check_free()?;
        }
        files.extend(self.one_table.take().map(OneTable::finish).transpose()?);
        files.extend(self.results_key()?);
        let order = |name: &str| self.names.iter().position(|own| *own == name);
        for name in self.names.iter().rev() {
            let path = self.path.join(name);
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(OutputError::io(&path)(source));
                }
                _ => {}
            }
        }
        self.sync()?;
        let mut files: Vec<Temporary> = files.into_iter().flat_map(|Finished(files)| files).collect();
        files.sort_by_key(|file| order(&file.name));
        for temporary in files {
            let path = self.path.join(&temporary.name);
            fs::rename(&temporary.path, &path).map_err(OutputError::io(&path))?;
        }
        self.sync()?;
        self.kept = false;
        Ok(())
    }

    /// The key to results that a passphrase opens.
    fn results_key(&self) -> Result<Option<Finished>, OutputError> {
        let encryption = self.form.encryption.as_deref();
        let Some(key) = encryption.and_then(Encryption::results_key) else { return Ok(None) };
        let mut file = self.create(RESULTS_KEY)?;
        file.bytes(key)?;
        file.finish().map(Some)
    }

    /// Makes renames last through a power cut, where directories can be synced.
    fn sync(&self) -> Result<(), OutputError> {
        if cfg!(unix) {
            File::open(&self.path)
                .and_then(|directory| directory.sync_all())
                .map_err(OutputError::io(&self.path))?;
        }
        Ok(())
    }
}

impl Drop for OutDir {
    fn drop(&mut self) {
        if !self.kept {
            // Nobody is left to tell; the next run cleans up what stays.
            let _ = fs::remove_dir_all(&self.work);
        }
    }
}

/// Takes a directory for this process alone, until the file goes out of use.
pub(crate) fn lock(path: &Path) -> Result<File, OutputError> {
    // A directory can be locked itself where it can be opened: nothing is left behind then.
    let file =
        if cfg!(unix) { File::open(path) } else { private().create(true).open(path.join(".himozuke-lock")) };
    let file = file.map_err(OutputError::io(path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OutputError::Busy { directory: path.display().to_string() }),
        Err(TryLockError::Error(error)) => Err(OutputError::io(path)(error)),
    }
}

/// Whether another process has a directory for itself now.
pub(crate) fn is_held(path: &Path) -> bool {
    matches!(lock(path), Err(OutputError::Busy { .. }))
}

/// How files are made that only their owner may read.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Refuses to write a file in the place of what it is made from, by whatever name: `--force` replaces results, never an input.
///
/// # Errors
/// Where the file is one of these.
pub(crate) fn spare(file: &Path, inputs: impl IntoIterator<Item = PathBuf>) -> Result<(), Failure> {
    let place = |path: &Path| fs::canonicalize(path).ok();
    let Some(own) = place(file) else { return Ok(()) };
    if !inputs.into_iter().any(|input| place(&input).as_ref() == Some(&own)) {
        return Ok(());
    }
    let file = file.display();
    let message = said!(
        "{file} is an input and would be replaced";
        "{file} は入力ですが、書き出すと置き換えられてしまいます"
    );
    let hint = said!("give another name"; "別の名前を指定してください");
    Err(Failure::usage(message, Some(hint)))
}

/// Writes a file of its own, only for its owner to read, and gives it its name when it is whole; what has the name is
/// replaced.
///
/// # Errors
/// Where it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    replace_by(path, |file| file.write_all(bytes).map_err(OutputError::io(path)))
}

/// As [`replace`], with whatever `write` writes.
///
/// # Errors
/// Where it cannot be written, and those of `write`.
pub fn replace_by<E: From<OutputError>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let temporary = path.with_file_name(format!(".{name}.tmp-{}", std::process::id()));
    let mut file = private().create_new(true).open(&temporary).map_err(OutputError::io(path))?;
    let named = write(&mut file).and_then(|()| {
        let synced = file.sync_all().and_then(|()| fs::rename(&temporary, path));
        Ok(synced.map_err(OutputError::io(path))?)
    });
    if named.is_err() {
        // Nobody is left to tell: what was wrong is said, and the name shows what the file is.
        let _ = fs::remove_file(&temporary);
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 2] = ["links.csv", "run.json"];

    fn listing(path: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_have_their_names_only_after_commit() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new/out");
        let out = OutDir::open(&path, &NAMES, Start::Fresh).unwrap();
        let mut links = out.create_csv("links.csv", &["record_id", "person_id"]).unwrap();
        let mut run = out.create("run.json").unwrap();
        links.row(["a,b", "say \"x\""]).unwrap();
        links.row(["1\n2", "髙"]).unwrap();
        run.write_all(b"{}\n").unwrap();
        let files = vec![run.finish().unwrap(), links.finish().unwrap()];
        assert!(listing(&path).iter().all(|name| name.starts_with('.')));
        out.commit(files).unwrap();
        assert_eq!(listing(&path), NAMES);
        let text = fs::read_to_string(path.join("links.csv")).unwrap();
        assert_eq!(text, "record_id,person_id\n\"a,b\",\"say \"\"x\"\"\"\n\"1\n2\",髙\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(path.join("links.csv")).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_finished_run_is_not_overwritten_unless_told() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("links.csv"), "old").unwrap();
        fs::write(directory.path().join("run.json"), "old").unwrap();
        let error = OutDir::open(directory.path(), &NAMES, Start::Fresh).unwrap_err();
        assert!(error.to_string().ends_with("already holds links.csv of a finished run"));
        assert!(error.hint().unwrap().en.contains("--force"));
        let out = OutDir::open(directory.path(), &NAMES, Start::Replace).unwrap();
        let run = out.create("run.json").unwrap().finish().unwrap();
        out.commit(vec![run]).unwrap();
        assert_eq!(listing(directory.path()), ["run.json"], "the old run leaves nothing beside the new");
    }

    #[test]
    fn a_run_that_ends_early_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let out = OutDir::open(directory.path(), &NAMES, Start::Fresh).unwrap();
        let mut links = out.create_csv("links.csv", &["a"]).unwrap();
        links.row(["1"]).unwrap();
        let finished = out.create("run.json").unwrap().finish().unwrap();
        drop((links, finished, out));
        assert!(listing(directory.path()).is_empty());
    }

    #[test]
    fn one_run_at_a_time_writes_to_a_directory_and_a_stopped_one_is_not_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let open = |start| OutDir::open(directory.path(), &NAMES, start);
        let mut first = open(Start::Fresh).unwrap();
        let busy = open(Start::Replace).unwrap_err();
        assert!(matches!(busy, OutputError::Busy { .. }), "{busy}");
        fs::write(first.working("state.json"), "{}").unwrap();
        fs::write(first.working("links.csv"), "half").unwrap();
        first.keep(true);
        drop(first);
        assert!(matches!(open(Start::Fresh).unwrap_err(), OutputError::Unfinished { .. }));
        let mut resumed = open(Start::Resume).unwrap();
        assert_eq!(listing(&resumed.work), ["state.json"], "half a file is nothing to go on with");
        resumed.keep(true);
        drop(resumed);
        drop(open(Start::Replace).unwrap());
        assert!(listing(directory.path()).is_empty());
        drop(open(Start::Resume).expect("nothing to go on with is no fault"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_and_leaves_no_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(".links.csv.tmp-0");
        fs::write(&path, "").unwrap();
        let full = File::options().write(true).open("/dev/full").unwrap();
        let temporary = Temporary { path, name: "links.csv".to_owned() };
        let layers = Form::default().layers("links.csv", full).unwrap();
        let file = CsvFile::begin(OutFile::through(layers, temporary), None, &["a"]).unwrap();
        let error = file.finish().unwrap_err();
        assert!(error.to_string().starts_with("cannot write links.csv: "), "{error}");
        assert!(error.hint().unwrap().en.contains("space"));
        assert!(listing(directory.path()).is_empty());
    }

    #[test]
    fn a_row_has_as_many_cells_as_the_header() {
        let directory = tempfile::tempdir().unwrap();
        let out = OutDir::open(directory.path(), &NAMES, Start::Fresh).unwrap();
        let mut links = out.create_csv("links.csv", &["a", "b"]).unwrap();
        assert!(links.row(["1"]).is_err());
    }
}
