//! Arguments of what is done with a finished run.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Keys, Language};

/// `himozuke audit`
#[derive(Args, Debug)]
pub struct Audit {
    /// What to check.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What can be checked of a run.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check the chain of the decision log, and say where it breaks
    Verify {
        /// The directory that the run wrote to
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

/// `himozuke purge`
#[derive(Args, Debug)]
pub struct Purge {
    /// The directory that a run wrote to, or was stopped in
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// Remove the tables of results too; run.json, summary.json and the decision log stay
    #[arg(long)]
    pub results: bool,
}

/// `himozuke report`
#[derive(Args, Debug)]
pub struct Report {
    /// The directory that link or verify wrote to
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// The page to write; report.html in the directory if not given
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// What opens the tables, where they are encrypted.
    #[command(flatten)]
    pub keys: Keys,
    /// Name so many of the records that a person is to look at, by their ids; such a page goes where --out says
    #[arg(long, value_name = "N", default_value_t = 0, requires = "out", value_parser = clap::value_parser!(u16).range(..=1000))]
    pub ids: u16,
    /// Replace a page of before
    #[arg(long)]
    pub force: bool,
    /// Language of the page
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub lang: Language,
}
