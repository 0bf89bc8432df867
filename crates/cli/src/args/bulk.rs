//! Arguments of `himozuke link` and `himozuke verify`.

use std::path::PathBuf;

use clap::Args;

use super::{Deciding, Forms, Inputs};
use crate::{input::STDIN, log::Log, output::Start, twins::Twin};

/// `himozuke link` and `himozuke verify`: whole files in, whole files out.
#[derive(Args, Debug)]
pub struct Bulk {
    /// What is read.
    #[command(flatten)]
    pub inputs: Inputs,
    /// The directory to write to; - for one table of all decisions on standard output, and nothing else kept
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How decisions are made.
    #[command(flatten)]
    pub deciding: Deciding,
    /// Threads to use; all processors if not given. The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Exit with status 3 if a row was rejected, or anything of the registry could not be read
    #[arg(long)]
    pub strict: bool,
    /// Write each table in this form, too
    #[cfg(feature = "arrow")]
    #[arg(long, value_name = "FORM")]
    pub also: Option<Twin>,
    /// The form of what is written.
    #[command(flatten)]
    pub forms: Forms,
    /// Replace the result of an earlier run in the directory
    #[arg(long)]
    pub force: bool,
    /// Go on with a run that was stopped or killed in the directory; begin where there is none
    #[arg(long, conflicts_with = "force")]
    pub resume: bool,
    /// How the run tells on standard error what it does
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub log: Log,
    /// Do not keep which record each handle of the decision log stands for
    #[arg(long)]
    pub no_handles: bool,
}

impl Bulk {
    /// Whether it can be told later which record a handle of the decision log stands for.
    #[must_use]
    pub const fn keep_handles(&self) -> bool {
        !self.no_handles
    }

    /// The form that each table is written in, too.
    #[must_use]
    pub const fn twin(&self) -> Option<Twin> {
        #[cfg(feature = "arrow")]
        return self.also;
        #[cfg(not(feature = "arrow"))]
        return None;
    }

    /// Whether the decisions go to standard output.
    #[must_use]
    pub fn to_stdout(&self) -> bool {
        self.out.as_os_str() == STDIN
    }

    /// What is done about an earlier run in the directory.
    #[must_use]
    pub const fn start(&self) -> Start {
        match (self.force, self.resume) {
            (true, _) => Start::Replace,
            (false, true) => Start::Resume,
            (false, false) => Start::Fresh,
        }
    }
}

/// `himozuke link`
#[derive(Args, Debug)]
pub struct Link {
    /// What is read and written.
    #[command(flatten)]
    pub bulk: Bulk,
    /// What is said of errors.
    #[command(flatten)]
    pub estimating: Estimating,
}

/// Error rates of a batch whose truth nobody knows (METHOD 6).
#[derive(Args, Debug)]
pub struct Estimating {
    /// Estimate how many of the links are wrong: by their posteriors, by decoys (which takes the records through a second
    /// time), and by the individual numbers of the records, where these and the residents have them
    #[arg(long)]
    pub estimate_errors: bool,
    /// How many people who do not exist to add for the estimate by decoys; as many as residents if not given
    #[arg(long, value_name = "N", requires = "estimate_errors")]
    pub decoys: Option<u32>,
    /// Draw so many links for two reviewers to look at: clerical_1.csv and clerical_2.csv, and the design by which their
    /// findings are to be read, clerical_design.csv
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    pub clerical_sample: Option<u32>,
}
