//! Arguments of the `himozuke` command, parsed and checked; nothing here reads a file.

mod at_rest;
mod bulk;
mod finished;
mod inputs;
mod laboratory;
mod review;
mod single;
mod values;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use self::{
    at_rest::{Decrypt, Forms, Keygen, Keys},
    bulk::{Bulk, Estimating, Link},
    finished::{Audit, AuditCommand, Purge, Report},
    inputs::{Deciding, Inputs, MjTables, Reading, Showing},
    laboratory::{ClaimBy, Evaluate, Prevalence, Synth, Train},
    review::{Apply, EstimateSample, Review, ReviewCommand, Sheet},
    single::{Check, Explain, Index, Lookup, Normalize},
    values::{
        Day, EncodingChoice, EraCodes, EraCodesOf, Language, PolicyChoice, ProfileChoice, WrittenEncoding,
    },
};
use crate::log::Log;

/// Decides which resident a record belongs to, and refuses when it cannot know.
#[derive(Debug, Parser)]
#[command(name = "himozuke", version, about, long_about = None, arg_required_else_help = true)]
pub struct Cli {
    /// Settings that stand in for flags not given; himozuke.toml of the working directory if it is there
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Language of the help and of messages; as the system's if not given
    #[arg(long, value_name = "LANGUAGE")]
    pub lang: Option<Language>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the command can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Decide for each record which resident it belongs to
    #[command(
        after_help = "Example:\n  himozuke link --registry residents.csv --records claims.csv --out result \\\n    --map records:kanji_name=お名前"
    )]
    Link(Box<Link>),
    /// Check numbers that are registered already: whether each is that of the person whom the record describes
    #[command(
        after_help = "Example:\n  himozuke verify --registry residents.csv --records registered.csv --out result \\\n    --map records:person_id=宛名番号"
    )]
    Verify(Box<Bulk>),
    /// Read a registry once, into a file that later runs open at once
    #[command(
        after_help = "Example:\n  himozuke index --registry residents.csv --out residents.hmz\n\nlink, verify, explain and lookup then take residents.hmz as their registry."
    )]
    Index(Index),
    /// Decide single records, JSON in and JSON out
    #[command(
        after_help = "Example:\n  echo '{\"id\":\"r1\",\"kanji_name\":\"山田 太郎\",\"birth_date\":\"S60.1.1\"}' |\n    himozuke lookup --registry residents.hmz"
    )]
    Lookup(Lookup),
    /// Show why one record was decided as it was
    #[command(
        after_help = "Example:\n  himozuke explain --registry residents.csv --records claims.csv --id 000123 --lang ja"
    )]
    Explain(Box<Explain>),
    /// Show how values are read and folded
    #[command(after_help = "Example:\n  himozuke normalize --kanji-name '髙橋　花子' --birth-date S60.1.1")]
    Normalize(Normalize),
    /// Read the settings and the inputs and say what is wrong with them, deciding nothing
    #[command(after_help = "Example:\n  himozuke check --records claims.csv --strict")]
    Check(Check),
    /// Take the records that a run could not decide to people, and their findings back
    #[command(after_help = "Example:\n  himozuke review sheet result --out sheet.csv")]
    Review(Review),
    /// Check what a run has left for an audit
    #[command(after_help = "Example:\n  himozuke audit verify result")]
    Audit(Audit),
    /// Remove what a run has left and nobody needs any more, and record that in its decision log
    #[command(after_help = "Example:\n  himozuke purge result --results")]
    Purge(Purge),
    /// Make plain files of what a run has encrypted
    #[command(
        after_help = "Example:\n  himozuke decrypt result --key-file office.key --out plain\n\nThe files are of the age format, which other programs open too."
    )]
    Decrypt(Decrypt),
    /// Make a key file to encrypt results to, and tell its public key
    #[command(
        after_help = "Example:\n  himozuke keygen --out office.key\n\nWhat it prints is the public key, for link --encrypt-to."
    )]
    Keygen(Keygen),
    /// Make synthetic residents and records; none of them exists
    #[command(
        after_help = "Example:\n  himozuke synth --residents 10000 --records 1000 --seed 1 --out synthetic"
    )]
    Synth(Synth),
    /// Hold the decisions of a run against the truth
    #[command(
        after_help = "Example:\n  himozuke evaluate --truth synthetic/truth.csv --decisions result --fail-on-wrong"
    )]
    Evaluate(Evaluate),
    /// Tell a finished run as a page for printing: what became of the records, why, how certainly, and by which rules
    #[command(
        after_help = "Example:\n  himozuke report result --lang ja\n\nThe page is one file and holds no personal data and no ids."
    )]
    Report(Report),
    /// Learn from a registry and records how often attributes of one person differ; not needed, and never by itself
    #[command(
        after_help = "Example:\n  himozuke train --registry residents.csv --records claims.csv --out model\n\nlink --model model/model.json then decides with it."
    )]
    Train(Box<Train>),
    /// Write the completions of a shell
    #[command(after_help = "Example:\n  himozuke completions bash")]
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages
    #[command(after_help = "Example:\n  himozuke man --out man --lang ja")]
    Man {
        /// The directory to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Language of the pages
        #[arg(long, value_name = "LANGUAGE", default_value = "en")]
        lang: Language,
    },
}

impl Command {
    /// How it tells what it does.
    #[must_use]
    pub const fn log(&self) -> Log {
        match self {
            Self::Link(arguments) => arguments.bulk.log,
            Self::Verify(arguments) => arguments.log,
            _ => Log::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_after_help().is_some_and(|help| help.to_string().contains("himozuke ")));
        }
    }

    #[test]
    fn examples_in_the_help_are_accepted() {
        let cli = Cli::command();
        let nested = cli.get_subcommands().flat_map(clap::Command::get_subcommands);
        for command in cli.get_subcommands().chain(nested) {
            let Some(help) = command.get_after_help() else { continue };
            let help = help.to_string().replace("\\\n", "").replace('\'', "");
            // Examples are indented; what is said of them is not.
            let examples = help.lines().filter(|line| line.starts_with("  "));
            for line in examples.filter_map(|line| line.find("himozuke ").and_then(|at| line.get(at..))) {
                Cli::try_parse_from(line.split_ascii_whitespace()).unwrap();
            }
        }
    }
}
