//! The command as a process, and the files that it leaves.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// What a process leaves: status, standard output, standard error.
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// The command, which speaks English wherever the tests are run.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_himozuke"));
    command.env("LC_ALL", "C");
    command
}

pub fn run<S: AsRef<std::ffi::OsStr>>(directory: &Path, arguments: &[S]) -> Ran {
    let Output { status, stdout, stderr } =
        command().args(arguments).current_dir(directory).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { status: status.code().unwrap(), out: text(stdout), err: text(stderr) }
}

/// A directory with `registry.csv` and `records.csv`, linked into `out`.
pub struct Linked {
    pub directory: tempfile::TempDir,
    pub ran: Ran,
}

impl Linked {
    pub fn new(registry: impl AsRef<[u8]>, records: impl AsRef<[u8]>, more: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("registry.csv"), registry).unwrap();
        fs::write(directory.path().join("records.csv"), records).unwrap();
        let ran = link(directory.path(), "out", more);
        Self { directory, ran }
    }

    pub fn file(&self, name: &str) -> String {
        fs::read_to_string(self.directory.path().join("out").join(name)).unwrap()
    }

    /// The rows of a file below its header.
    pub fn rows(&self, name: &str) -> Vec<String> {
        self.file(name).lines().skip(1).map(str::to_owned).collect()
    }

    /// The line of conservation.
    pub fn told(&self) -> &str {
        self.ran.out.lines().next().unwrap_or_default()
    }
}

pub fn link(directory: &Path, out: &str, more: &[&str]) -> Ran {
    let files = ["link", "--registry", "registry.csv", "--records", "records.csv", "--out", out];
    run(directory, &[&files, more].concat())
}

pub fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sample")
}
