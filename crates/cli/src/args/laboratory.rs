//! Arguments of the laboratory: synthetic people, the truth, training.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Deciding, Keys, Language, ProfileChoice, Reading, WrittenEncoding};

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

/// How often people are met who are hard to tell apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Prevalence {
    /// More often than they are, so that a small town has them
    Oversampled,
    /// As often as they really are
    Natural,
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
