//! Files of a run, all or none: written under temporary names, synced, and renamed only when the last one is whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process,
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
    /// A temporary file is in the way.
    #[error("{file} exists: another run is writing here, or one has died")]
    Busy {
        /// The temporary file.
        file: String,
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
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { file: path.display().to_string(), source }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Finished { .. } => {
                Some("choose another --out, or replace that run with --force".to_owned())
            }
            Self::Busy { .. } => Some("if no other run is at work, remove that file".to_owned()),
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Some("nothing was left behind; free some space or choose another --out".to_owned())
            }
            Self::Io { .. } => None,
        }
    }
}

/// The directory that a run writes to.
#[derive(Debug)]
pub struct OutDir {
    path: PathBuf,
    /// Every file that such a run may leave, the one that says it is finished last.
    names: Vec<&'static str>,
    force: bool,
}

impl OutDir {
    /// Takes a directory, made where there is none, for a run that leaves files of these names. The last name is the
    /// one whose presence says that the run is whole.
    ///
    /// # Errors
    /// Where one of the files is there already, unless `force`; where the directory cannot be made.
    pub fn open(path: &Path, names: &[&'static str], force: bool) -> Result<Self, OutputError> {
        fs::create_dir_all(path).map_err(OutputError::io(path))?;
        let directory = Self { path: path.to_owned(), names: names.to_vec(), force };
        directory.check_free()?;
        Ok(directory)
    }

    fn check_free(&self) -> Result<(), OutputError> {
        match self.names.iter().find(|name| !self.force && self.path.join(name).exists()) {
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
    /// Where its temporary file exists or cannot be made.
    pub fn create(&self, name: &'static str) -> Result<OutFile, OutputError> {
        let path = self.path.join(format!(".{name}.tmp-{}", process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|source| {
            let file = path.display().to_string();
            match source.kind() {
                io::ErrorKind::AlreadyExists => OutputError::Busy { file },
                _ => OutputError::Io { file, source },
            }
        })?;
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

    /// Gives the files their names, in the order of the names of the run. Leftovers of a run that is replaced go first,
    /// so that no moment shows a mixture of the two as finished.
    ///
    /// # Errors
    /// Where another run has finished here meanwhile, or a file cannot be renamed or removed; what has no name yet is
    /// removed.
    pub fn commit(self, mut files: Vec<Finished>) -> Result<(), OutputError> {
        self.check_free()?;
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
        self.sync()
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
        self.writer.write_record(cells).map_err(|error| OutputError::io(Path::new(name))(error.into()))
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
    let temporary = path.with_file_name(format!(".{name}.tmp-{}", process::id()));
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
        let out = OutDir::open(&path, &NAMES, false).unwrap();
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
        let error = OutDir::open(directory.path(), &NAMES, false).unwrap_err();
        assert!(error.to_string().ends_with("already holds links.csv of a finished run"));
        assert!(error.hint().unwrap().contains("--force"));
        let out = OutDir::open(directory.path(), &NAMES, true).unwrap();
        let run = out.create("run.json").unwrap().finish().unwrap();
        out.commit(vec![run]).unwrap();
        assert_eq!(listing(directory.path()), ["run.json"], "the old run leaves nothing beside the new");
    }

    #[test]
    fn a_run_that_ends_early_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let out = OutDir::open(directory.path(), &NAMES, false).unwrap();
        let mut links = out.create_csv("links.csv", &["a"]).unwrap();
        links.row(["1"]).unwrap();
        let busy = out.create("links.csv").unwrap_err();
        assert!(matches!(busy, OutputError::Busy { .. }), "and a file in use is left alone");
        let finished = out.create("run.json").unwrap().finish().unwrap();
        drop((links, finished));
        assert!(listing(directory.path()).is_empty());
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
        let out = OutDir::open(directory.path(), &NAMES, false).unwrap();
        let mut links = out.create_csv("links.csv", &["a", "b"]).unwrap();
        assert!(links.row(["1"]).is_err());
    }
}
