//! Arguments of what prepares a run or looks at one value, record or file of it.

use std::path::PathBuf;

use clap::Args;

use super::{Day, Deciding, EraCodes, Forms, Inputs, Language, MjTables, Reading, Showing};

/// `himozuke index`
#[derive(Args, Debug)]
pub struct Index {
    /// The residents (CSV or TSV; UTF-8 or CP932)
    #[arg(long, value_name = "FILE", required_unless_present = "check", requires = "out")]
    pub registry: Option<PathBuf>,
    /// Residents who came or changed since, and, with status deleted, who went: merged into the new file
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub changes: Option<PathBuf>,
    /// The index file to write (.hmz); one that is there is replaced when the new one is whole
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Hold every byte of an index file against its checksum
    #[arg(long, value_name = "FILE", conflicts_with_all = ["registry", "out"])]
    pub check: Option<PathBuf>,
    /// How the registry is read.
    #[command(flatten)]
    pub reading: Reading,
    /// The day for which possible birth dates are judged; today if not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Day>,
    /// Meaning of era codes in birth dates such as 3600101
    #[arg(long, value_name = "FAMILY", default_value = "none")]
    pub era_codes: EraCodes,
    /// Variants of kanji of one's own.
    #[command(flatten)]
    pub mj: MjTables,
    /// Threads to use; all processors if not given. The file does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Exit with status 3 if anything of the registry could not be read
    #[arg(long)]
    pub strict: bool,
}

/// `himozuke lookup`
#[derive(Args, Debug)]
pub struct Lookup {
    /// The residents to choose from: an index file, or a table, which is read first
    #[arg(long, value_name = "FILE")]
    pub registry: PathBuf,
    /// Residents who came or changed since, and, with status deleted, who went
    #[arg(long, value_name = "FILE")]
    pub changes: Option<PathBuf>,
    /// How a table is read.
    #[command(flatten)]
    pub reading: Reading,
    /// How decisions are made.
    #[command(flatten)]
    pub deciding: Deciding,
    /// Language of the sentences
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub lang: Language,
}

/// `himozuke explain`
#[derive(Args, Debug)]
pub struct Explain {
    /// What is read.
    #[command(flatten)]
    pub inputs: Inputs,
    /// How decisions are made.
    #[command(flatten)]
    pub deciding: Deciding,
    /// The directory of a run: a warning tells where the changes that it took are not those given here
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// The record to explain
    #[arg(long, value_name = "ID")]
    pub id: String,
    /// How it is shown.
    #[command(flatten)]
    pub showing: Showing,
    /// Show names, dates and addresses, which are personal data
    #[arg(long)]
    pub show_values: bool,
}

/// `himozuke normalize`
#[derive(Args, Debug)]
#[group(required = true, multiple = true, id = "values", args = ["kanji_name", "kana_name", "birth_date", "sex", "address"])]
pub struct Normalize {
    /// A name in kanji
    #[arg(long, value_name = "NAME")]
    pub kanji_name: Option<String>,
    /// A name in kana
    #[arg(long, value_name = "NAME")]
    pub kana_name: Option<String>,
    /// A birth date in any writing
    #[arg(long, value_name = "DATE")]
    pub birth_date: Option<String>,
    /// A sex in any writing
    #[arg(long, value_name = "SEX")]
    pub sex: Option<String>,
    /// An address
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<String>,
    /// Meaning of era codes in the birth date
    #[arg(long, value_name = "FAMILY", default_value = "none")]
    pub era_codes: EraCodes,
    /// Variants of kanji of one's own.
    #[command(flatten)]
    pub mj: MjTables,
    /// How it is shown.
    #[command(flatten)]
    pub showing: Showing,
}

/// `himozuke check`
#[derive(Args, Debug)]
#[group(required = true, multiple = true, id = "files", args = ["registry", "records"])]
pub struct Check {
    /// The residents to choose from (CSV, TSV, fixed width, Parquet, Arrow; - for standard input)
    #[arg(long, value_name = "FILE")]
    pub registry: Option<PathBuf>,
    /// The records to decide
    #[arg(long, value_name = "FILE")]
    pub records: Option<PathBuf>,
    /// How they are read.
    #[command(flatten)]
    pub reading: Reading,
    /// How a run would decide.
    #[command(flatten)]
    pub deciding: Deciding,
    /// The form of what a run would write.
    #[command(flatten)]
    pub forms: Forms,
    /// Exit with status 3 if a row was rejected
    #[arg(long)]
    pub strict: bool,
}
