//! Arguments of `himozuke review`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Forms, Keys, Language, Reading};

/// `himozuke review`
#[derive(Args, Debug)]
pub struct Review {
    /// Which way.
    #[command(subcommand)]
    pub command: ReviewCommand,
}

/// The ways of a review: out to people, and back from them.
#[derive(Debug, Subcommand)]
pub enum ReviewCommand {
    /// Make a sheet for a spreadsheet from the records that a run left to people
    #[command(after_help = "Example:\n  himozuke review sheet result --headers ja --out sheet.csv")]
    Sheet(Box<Sheet>),
    /// Read filled sheets back, beside the result of the run, which stays as it is
    #[command(
        after_help = "Example:\n  himozuke review apply result sheet_1.csv sheet_2.csv --reviewers 2 --out reviewed"
    )]
    Apply(Apply),
    /// Estimate the wrong links of a run from the two filled sheets of its clerical sample
    #[command(
        after_help = "Example:\n  himozuke review estimate result clerical_1.csv clerical_2.csv --out estimated"
    )]
    Estimate(EstimateSample),
}

/// `himozuke review sheet`
#[derive(Args, Debug)]
pub struct Sheet {
    /// The directory that link wrote to
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// The sheet to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Language of the headers and of the reasons
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub headers: Language,
    /// Put the values of record and candidate side by side, which are personal data; addresses of protected residents stay
    /// hidden
    #[arg(long, requires_all = ["registry", "records"])]
    pub show_values: bool,
    /// The residents that the run chose from, as a table
    #[arg(long, value_name = "FILE", requires = "show_values")]
    pub registry: Option<PathBuf>,
    /// The changes that the run took with them
    #[arg(long, value_name = "FILE", requires = "show_values")]
    pub changes: Option<PathBuf>,
    /// The records that the run decided
    #[arg(long, value_name = "FILE", requires = "show_values")]
    pub records: Option<PathBuf>,
    /// How both are read.
    #[command(flatten)]
    pub reading: Reading,
    /// What opens the result of the run, where it is encrypted.
    #[command(flatten)]
    pub keys: Keys,
    /// Replace a sheet that is there
    #[arg(long)]
    pub force: bool,
}

/// `himozuke review apply`
#[derive(Args, Debug)]
pub struct Apply {
    /// The directory that link wrote to
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// The filled sheets: CSV or text with tabs, in UTF-8, UTF-16 or CP932
    #[arg(value_name = "SHEET", required = true)]
    pub sheets: Vec<PathBuf>,
    /// The directory to write to; not that of the run
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How many different reviewers must agree on a record
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=9))]
    pub reviewers: u8,
    /// The form of what is written, and what opens the result of the run.
    #[command(flatten)]
    pub forms: Forms,
    /// Replace the result of an earlier application in the directory
    #[arg(long)]
    pub force: bool,
}

/// `himozuke review estimate`
#[derive(Args, Debug)]
pub struct EstimateSample {
    /// The directory that link --clerical-sample wrote to
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// The first reviewer's sheet, each verdict right, wrong or unsure: CSV or text with tabs, in UTF-8, UTF-16 or CP932
    #[arg(value_name = "SHEET")]
    pub first: PathBuf,
    /// The second reviewer's
    #[arg(value_name = "SHEET")]
    pub second: PathBuf,
    /// The directory to write to: clerical.json, and what the reviewers do not agree on
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The form of what is written, and what opens the result of the run.
    #[command(flatten)]
    pub forms: Forms,
    /// Replace an earlier estimate in the directory
    #[arg(long)]
    pub force: bool,
}
