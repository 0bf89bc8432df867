//! Arguments of the `himozuke` command, parsed and checked; nothing here reads a file.

mod at_rest;
mod bulk;
mod review;

use std::{path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::{
    at_rest::{Decrypt, Forms, Keygen, Keys},
    bulk::{Bulk, Estimating, Link},
    review::{Apply, EstimateSample, Review, ReviewCommand, Sheet},
};
use crate::{
    columns::{Mapping, Role},
    input::{Encoding, LayoutFile, Options},
    log::Log,
    residents::Source,
};

/// Decides which resident a record belongs to, and refuses when it cannot know.
#[derive(Debug, Parser)]
#[command(name = "himozuke", version, about, long_about = None, arg_required_else_help = true)]
pub struct Cli {
    /// Settings that stand in for flags not given; himozuke.toml of the working directory if it is there
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Language of the help; as the system's if not given
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

/// How both inputs are read.
#[derive(Args, Debug)]
pub struct Reading {
    /// Take a column for an attribute: COLUMN=HEADER, for one input with registry: or records: before it
    #[arg(long = "map", value_name = "COLUMN=HEADER")]
    pub maps: Vec<Mapping>,
    /// Encoding of the inputs
    #[arg(long, value_name = "ENCODING", default_value = "auto")]
    pub encoding: EncodingChoice,
    /// Where the cells of a file without separators stand, as a TOML file says; for one input with registry: or records:
    /// before it
    #[arg(long = "layout", value_name = "FILE")]
    pub layouts: Vec<LayoutFile>,
}

impl Reading {
    /// How one of the inputs is read.
    #[must_use]
    pub fn options(&self, role: Role) -> Options<'_> {
        let Self { maps, encoding, layouts } = self;
        Options { encoding: encoding.chosen(), role, mappings: maps, layouts }
    }
}

/// The two inputs of a decision.
#[derive(Args, Debug)]
pub struct Inputs {
    /// The residents to choose from (CSV, TSV, fixed width, Parquet, Arrow, an index file; - for standard input)
    #[arg(long, value_name = "FILE")]
    pub registry: PathBuf,
    /// Residents who came or changed since the registry was written, and, with status deleted, who went
    #[arg(long, value_name = "FILE")]
    pub changes: Option<PathBuf>,
    /// The records to decide
    #[arg(long, value_name = "FILE")]
    pub records: PathBuf,
    /// How they are read.
    #[command(flatten)]
    pub reading: Reading,
}

impl Inputs {
    /// Where residents are read from.
    #[must_use]
    pub fn residents(&self) -> Source<'_> {
        Source { registry: &self.registry, changes: self.changes.as_deref() }
    }
}

/// How decisions are made.
#[derive(Args, Debug)]
pub struct Deciding {
    /// guideline, statistical, or a policy file
    #[arg(long, value_name = "POLICY", default_value = "guideline")]
    pub policy: PolicyChoice,
    /// A model that himozuke train wrote; the shipped probabilities if not given
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// The day for which ages and possible dates are judged; today if not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Day>,
    /// Meaning of era codes in birth dates such as 3600101: none, sequential (5 is 令和) or pension (5 is 昭和); for
    /// one input with registry: or records: before it
    #[arg(long, value_name = "FAMILY")]
    pub era_codes: Vec<EraCodesOf>,
    /// Variants of kanji of one's own.
    #[command(flatten)]
    pub mj: MjTables,
}

/// Tables of variant kanji that may not be shipped.
#[derive(Args, Debug)]
pub struct MjTables {
    /// Variant kanji to add: IPA's MJShrinkMap JSON, or lines of two characters and 4 (they agree) or 5 (they do not),
    /// separated by tabs
    #[arg(long, value_name = "FILE")]
    pub mj_map: Option<PathBuf>,
    /// The MJ文字情報一覧表 as CSV or TSV in UTF-8, which the JSON needs to name its characters
    #[arg(long, value_name = "FILE", requires = "mj_map")]
    pub mj_list: Option<PathBuf>,
}

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
    /// Exit with status 3 if a row was rejected
    #[arg(long)]
    pub strict: bool,
}

/// `himozuke train`
#[derive(Args, Debug)]
pub struct Train {
    /// The residents (CSV or TSV; UTF-8 or CP932)
    #[arg(long, value_name = "FILE", required_unless_present = "from_splink", requires = "records")]
    pub registry: Option<PathBuf>,
    /// Records about them, whose persons need not be known
    #[arg(long, value_name = "FILE", required_unless_present = "from_splink", requires = "registry")]
    pub records: Option<PathBuf>,
    /// What reviewers said: record_id, person_id, same (yes or no)
    #[arg(long, value_name = "FILE", requires = "records")]
    pub labels: Option<PathBuf>,
    /// Learn from the labels alone; right only where the labelled records were drawn at random
    #[arg(long, requires = "labels")]
    pub labels_only: bool,
    /// Take over what Splink learnt, beginning with settings that himozuke wrote, instead of learning
    #[arg(long, value_name = "FILE", conflicts_with_all = ["registry", "records"])]
    pub from_splink: Option<PathBuf>,
    /// The directory to write model.json and splink_settings.json to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How the inputs are read.
    #[command(flatten)]
    pub reading: Reading,
    /// How records are read, and the model to begin with.
    #[command(flatten)]
    pub deciding: Deciding,
    /// Replace the result of an earlier run in the directory
    #[arg(long)]
    pub force: bool,
}

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

/// `himozuke synth`
#[derive(Args, Debug)]
pub struct Synth {
    /// How many residents
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub residents: u32,
    /// How many records about them
    #[arg(long, value_name = "N")]
    pub records: u32,
    /// How many records with a registered number, right or wrong: claims.csv, and the truth in claims_truth.csv
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub claims: u32,
    /// What the claims state; with numbers, registry.csv has them too
    #[arg(long, value_name = "WHAT", default_value = "person-id")]
    pub claim_by: ClaimBy,
    /// Of 100,000 claims, how many are wrong in each of five ways; ten times what the checks of 2023 found if not given
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub wrong_claims: u32,
    /// The same seed makes the same files
    #[arg(long, value_name = "S")]
    pub seed: u64,
    /// How often namesakes, twins and the look-alikes of absent people are met
    #[arg(long, value_name = "PREVALENCE", default_value = "oversampled")]
    pub prevalence: Prevalence,
    /// How records go wrong: municipal_office, insurer, insurer_enrolled, insurer_no_address, bank_kana, paper_ocr,
    /// web_form, or a profile file. Given several times,
    /// the records come from these sources in turn; not given, all is mixed
    #[arg(long = "profile", value_name = "PROFILE")]
    pub profiles: Vec<ProfileChoice>,
    /// The directory to write to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Encoding of the records
    #[arg(long, value_name = "ENCODING", default_value = "utf-8")]
    pub encoding: WrittenEncoding,
    /// Replace the result of an earlier run in the directory
    #[arg(long)]
    pub force: bool,
}

/// By what a synthetic claim names its person.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ClaimBy {
    /// The person's id in the registry (宛名番号)
    PersonId,
    /// A synthetic individual number (個人番号)
    MyNumber,
    /// Both
    Both,
}

/// `himozuke evaluate`
#[derive(Args, Debug)]
pub struct Evaluate {
    /// The truth: record_id, person_id (empty for nobody registered), tags (kinds of record, separated by |), and, where
    /// there are, profile, weight and groups; for verify record_id, person_id, cause
    #[arg(long, value_name = "FILE", required = true)]
    pub truth: Vec<PathBuf>,
    /// The directory that link or verify wrote to; with another --truth and --decisions for each further run, they are added up
    #[arg(long, value_name = "DIR", required = true)]
    pub decisions: Vec<PathBuf>,
    /// Exit with status 3 if a link is wrong, those that nobody could decide (undecidable) aside; or a confirmed number
    #[arg(long)]
    pub fail_on_wrong: bool,
    /// Write all figures as JSON, to a file or instead of the table
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub json: Option<Option<PathBuf>>,
    /// Write a page with tables and plots, which needs nothing but a browser
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// What opens the decisions, where they are encrypted.
    #[command(flatten)]
    pub keys: Keys,
    /// Replace a report of an earlier run
    #[arg(long)]
    pub force: bool,
    /// Language of the sentences
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub lang: Language,
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

/// How often people are met who are hard to tell apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Prevalence {
    /// More often than they are, so that a small town has them
    Oversampled,
    /// As often as they really are
    Natural,
}

/// How an answer is shown.
#[derive(Args, Debug)]
pub struct Showing {
    /// Show JSON
    #[arg(long)]
    pub json: bool,
    /// Language of the sentences
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub lang: Language,
}

/// Encoding of an input.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum EncodingChoice {
    /// Find out, and say
    Auto,
    /// UTF-8
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    /// Windows code page 932 (Shift_JIS)
    #[value(alias = "shift_jis", alias = "sjis")]
    Cp932,
    /// UTF-16, the low byte first ("Unicode" in Windows)
    #[value(name = "utf-16le", alias = "utf-16", alias = "utf16", alias = "utf16le")]
    Utf16Le,
    /// UTF-16, the high byte first
    #[value(name = "utf-16be", alias = "utf16be")]
    Utf16Be,
}

impl EncodingChoice {
    /// The encoding, where one was chosen.
    #[must_use]
    pub const fn chosen(self) -> Option<Encoding> {
        match self {
            Self::Auto => None,
            Self::Utf8 => Some(Encoding::Utf8),
            Self::Cp932 => Some(Encoding::Cp932),
            Self::Utf16Le => Some(Encoding::Utf16Le),
            Self::Utf16Be => Some(Encoding::Utf16Be),
        }
    }
}

/// Encoding of an output.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum WrittenEncoding {
    /// UTF-8
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    /// Windows code page 932 (Shift_JIS)
    #[value(alias = "shift_jis", alias = "sjis")]
    Cp932,
}

/// Families of era codes (R14, DOMAIN 6.5): one digit means different eras, so the family is told and never guessed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum EraCodes {
    /// A date with an era code is not read
    None,
    /// 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和
    Sequential,
    /// 1 明治, 3 大正, 5 昭和, 7 平成, 9 令和
    Pension,
}

/// One `--era-codes`: `pension`, for one of the inputs if it begins with `registry:` or `records:`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EraCodesOf {
    /// The input; both where `None`.
    pub role: Option<Role>,
    /// The family.
    pub family: EraCodes,
}

impl FromStr for EraCodesOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (role, family) = match text.split_once(':') {
            Some(("registry", family)) => (Some(Role::Registry), family),
            Some(("records", family)) => (Some(Role::Records), family),
            _ => (None, text),
        };
        let family = EraCodes::from_str(family, false)
            .map_err(|_| "expected none, sequential or pension, for example records:pension".to_owned())?;
        Ok(Self { role, family })
    }
}

/// Language of sentences.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Language {
    /// English
    En,
    /// 日本語
    Ja,
}

impl Language {
    /// The text in this language.
    #[must_use]
    pub const fn pick<'t>(self, en: &'t str, ja: &'t str) -> &'t str {
        match self {
            Self::En => en,
            Self::Ja => ja,
        }
    }
}

/// Which rules decide.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PolicyChoice {
    /// The four attributes of the guideline, all of them.
    Guideline,
    /// Weights and posteriors.
    Statistical,
    /// As a file says.
    File(PathBuf),
}

impl FromStr for PolicyChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "guideline" => Ok(Self::Guideline),
            "statistical" => Ok(Self::Statistical),
            // A misspelt name must not become a file that happens not to exist.
            file if file.contains(['.', '/', '\\']) => Ok(Self::File(PathBuf::from(file))),
            _ => Err("expected guideline, statistical, or a file such as ./policy.toml".to_owned()),
        }
    }
}

/// Where records come from and how they go wrong on the way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ProfileChoice {
    /// A shipped profile: the TOML of it.
    Shipped(&'static str),
    /// As a file says.
    File(PathBuf),
}

impl FromStr for ProfileChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match himozuke::synth::PROFILES.iter().find(|(name, _)| *name == text) {
            Some((_, toml)) => Ok(Self::Shipped(toml)),
            // As for a policy.
            None if text.contains(['.', '/', '\\']) => Ok(Self::File(PathBuf::from(text))),
            None => {
                let names = himozuke::synth::PROFILES.map(|(name, _)| name).join(", ");
                Err(format!("expected {names}, or a file such as ./profile.toml"))
            }
        }
    }
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Day {
    /// 1868 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the last day of the month.
    pub day: u8,
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = || "expected a day as YYYY-MM-DD, for example 2026-04-01".to_owned();
        let parts: Vec<&str> = text.split('-').collect();
        let ([year, month, day], true) = (parts.as_slice(), text.is_ascii()) else { return Err(malformed()) };
        let digits =
            |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return Err(malformed());
        }
        let year: u16 = year.parse().map_err(|_| malformed())?;
        let month: u8 = month.parse().map_err(|_| malformed())?;
        let day: u8 = day.parse().map_err(|_| malformed())?;
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u8::from(leap),
            1..=12 => 31,
            _ => 0,
        };
        if year < 1868 || !(1..=last).contains(&day) {
            return Err("no such day since 1868".to_owned());
        }
        Ok(Self { year, month, day })
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

    #[test]
    fn days_are_checked() {
        assert_eq!("2024-02-29".parse(), Ok(Day { year: 2024, month: 2, day: 29 }));
        for wrong in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-04-31",
            "1867-12-31",
            "2024-4-1",
            "+024-04-01",
            "２０２４-04-01",
            "",
        ] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_misspelt_policy_is_no_file() {
        assert!("guidline".parse::<PolicyChoice>().is_err());
        assert_eq!("p.toml".parse(), Ok(PolicyChoice::File("p.toml".into())));
        assert!("ensurer".parse::<ProfileChoice>().is_err());
        assert_eq!("p.toml".parse(), Ok(ProfileChoice::File("p.toml".into())));
    }
}
