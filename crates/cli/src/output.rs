//! Files of a run, all or none: written in a working directory beside the results, synced, and moved to their names only
//! when the last one is whole. One run at a time writes to a directory.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

/// Why the outputs cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The directory holds the result of another run.
    #[error("{directory} already holds {file} of a finished run")]
    Finished {
        /// The directory.
        directory: String,
        /// The file found.
        file: String,
    },
    /// Another process holds the directory.
    #[error("another run is writing to {directory}")]
    Busy {
        /// The directory.
        directory: String,
    },
    /// A run was stopped here that can go on.
    #[error("{directory} holds a run that was stopped before its end")]
    Unfinished {
        /// The directory.
        directory: String,
    },
    /// The operating system says no.
    #[error("cannot write {file}: {source}")]
    Io {
        /// The file or directory.
        file: String,
        /// Why.
        source: io::Error,
    },
}

impl OutputError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { file: path.display().to_string(), source }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Finished { .. } => {
                Some("choose another --out, or replace that run with --force".to_owned())
            }
            Self::Busy { .. } => Some("wait for its end, or choose another --out".to_owned()),
            Self::Unfinished { .. } => {
                Some("go on with it by --resume, or start again with --force".to_owned())
            }
            Self::Io { source, .. } if is_full(source) => {
                Some("no result was left half-written; free some space or choose another --out".to_owned())
            }
            Self::Io { .. } => None,
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

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
    /// Every file that such a run may leave, the one that says it is finished last.
    names: Vec<&'static str>,
    start: Start,
    /// Whether the working directory stays when the run ends early.
    kept: bool,
    _lock: File,
}

/// The working directory of a run. What is in it is of no use to anybody but `--resume`.
const WORK: &str = ".himozuke-work";
/// The files of a run that can go on; the first says that it can.
pub const RESUMABLE: [&str; 2] = ["state.json", "decided"];

impl OutDir {
    /// Takes a directory, made where there is none, for a run that leaves files of these names. The last name is the
    /// one whose presence says that the run is whole. What a run that was killed has left of files is removed.
    ///
    /// # Errors
    /// Where another run is at work; where one of the files or a stopped run is there already and `start` does not say
    /// what to do about it; where the directory cannot be made.
    pub fn open(path: &Path, names: &[&'static str], start: Start) -> Result<Self, OutputError> {
        fs::create_dir_all(path).map_err(OutputError::io(path))?;
        let lock = lock(path)?;
        let work = path.join(WORK);
        let mut directory =
            Self { path: path.to_owned(), work, names: names.to_vec(), start, kept: true, _lock: lock };
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
                Err(OutputError::Finished { directory, file: (*name).to_owned() })
            }
            None => Ok(()),
        }
    }

    /// Begins a file, which is seen under its name only after [`OutDir::commit`].
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn create(&self, name: &'static str) -> Result<OutFile, OutputError> {
        let path = self.work.join(name);
        let file = private().create_new(true).open(&path).map_err(OutputError::io(&path))?;
        Ok(OutFile { writer: BufWriter::with_capacity(1 << 18, file), temporary: Temporary { path, name } })
    }

    /// Begins a table with its header.
    ///
    /// # Errors
    /// As [`OutDir::create`].
    pub fn create_csv<I>(&self, name: &'static str, header: I) -> Result<CsvFile, OutputError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let mut file = CsvFile { writer: csv::Writer::from_writer(self.create(name)?) };
        file.row(header)?;
        Ok(file)
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
        files.sort_by_key(|file| order(file.0.name));
        for Finished(temporary) in files {
            let path = self.path.join(temporary.name);
            fs::rename(&temporary.path, &path).map_err(OutputError::io(&path))?;
        }
        self.sync()?;
        self.kept = false;
        Ok(())
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

/// How files are made that only their owner may read.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A temporary file, removed when it goes out of use; once renamed there is nothing to remove.
#[derive(Debug)]
struct Temporary {
    path: PathBuf,
    name: &'static str,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nobody is left to tell: what was wrong with the run has been said, and the name shows what the file is.
        let _ = fs::remove_file(&self.path);
    }
}

/// A file being written, only for its owner to read (mode 0600).
#[derive(Debug)]
pub struct OutFile {
    writer: BufWriter<File>,
    temporary: Temporary,
}

impl OutFile {
    /// Writes what was put together elsewhere.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        self.writer.write_all(bytes).map_err(OutputError::io(Path::new(self.temporary.name)))
    }

    /// Writes a value as JSON, indented, and a line end.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), OutputError> {
        let written = serde_json::to_writer_pretty(&mut self.writer, value).map_err(io::Error::from);
        written
            .and_then(|()| self.writer.write_all(b"\n"))
            .map_err(OutputError::io(Path::new(self.temporary.name)))
    }

    /// Brings everything to the disk.
    ///
    /// # Errors
    /// Where the disk is full or fails; the file is removed.
    pub fn finish(self) -> Result<Finished, OutputError> {
        let Self { writer, temporary } = self;
        let synced =
            writer.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        synced.map_err(OutputError::io(Path::new(temporary.name)))?;
        Ok(Finished(temporary))
    }
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A file that is whole and on the disk, and waits for its name.
#[derive(Debug)]
#[must_use = "without OutDir::commit the file is removed"]
pub struct Finished(Temporary);

impl Finished {
    /// The name that it waits for.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.0.name
    }

    /// Where it is until then.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }
}

/// A table being written: quoted where it must be, lines ended by LF.
#[derive(Debug)]
pub struct CsvFile {
    writer: csv::Writer<OutFile>,
}

impl CsvFile {
    /// Writes a row.
    ///
    /// # Errors
    /// Where the disk is full or fails, and where the row has not as many cells as the header.
    pub fn row<I>(&mut self, cells: I) -> Result<(), OutputError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let name = self.writer.get_ref().temporary.name;
        self.writer.write_record(cells).map_err(|error| {
            // What the system said must not be hidden in an error of the table's.
            let source = match error.into_kind() {
                csv::ErrorKind::Io(source) => source,
                _ => io::Error::other("the row has not as many cells as the header"),
            };
            OutputError::io(Path::new(name))(source)
        })
    }

    /// Brings everything to the disk.
    ///
    /// # Errors
    /// As [`OutFile::finish`].
    pub fn finish(self) -> Result<Finished, OutputError> {
        let name = self.writer.get_ref().temporary.name;
        let inner =
            self.writer.into_inner().map_err(|error| OutputError::io(Path::new(name))(error.into_error()))?;
        inner.finish()
    }
}

/// Writes a file of its own, only for its owner to read, and gives it its name when it is whole; what has the name is
/// replaced.
///
/// # Errors
/// Where it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let temporary = path.with_file_name(format!(".{name}.tmp-{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary).map_err(OutputError::io(path))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let named = written.and_then(|()| fs::rename(&temporary, path));
    if named.is_err() {
        // Nobody is left to tell: what was wrong is said, and the name shows what the file is.
        let _ = fs::remove_file(&temporary);
    }
    named.map_err(OutputError::io(path))
}

/// Writes lines to standard output, or to what stands for it.
///
/// # Errors
/// Where nobody reads them any more.
pub fn say<I>(out: &mut impl Write, lines: I) -> Result<(), OutputError>
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let mut lines = lines.into_iter();
    let written = lines.try_for_each(|line| writeln!(out, "{}", line.as_ref()));
    written.map_err(OutputError::io(Path::new("the answer")))
}

/// Writes a value as JSON, indented, where [`say`] writes.
///
/// # Errors
/// As [`say`].
pub fn say_json(out: &mut impl Write, value: &impl Serialize) -> Result<(), OutputError> {
    let text = serde_json::to_string_pretty(value).map_err(io::Error::from);
    say(out, [text.map_err(OutputError::io(Path::new("the answer")))?])
}

/// Writes an answer as one line of JSON.
///
/// # Errors
/// Where it cannot be written.
pub fn say_json_line(out: &mut impl Write, value: &impl Serialize) -> Result<(), OutputError> {
    let text = serde_json::to_string(value).map_err(io::Error::from);
    say(out, [text.map_err(OutputError::io(Path::new("the answer")))?])
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
        assert!(error.hint().unwrap().contains("--force"));
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
        let temporary = Temporary { path, name: "links.csv" };
        let mut file =
            CsvFile { writer: csv::Writer::from_writer(OutFile { writer: BufWriter::new(full), temporary }) };
        file.row(["a"]).unwrap();
        let error = file.finish().unwrap_err();
        assert!(error.to_string().starts_with("cannot write links.csv: "), "{error}");
        assert!(error.hint().unwrap().contains("space"));
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
