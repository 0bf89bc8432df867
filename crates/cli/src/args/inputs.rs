//! What several commands take alike: inputs and how they are read, how decisions are made and shown.

use std::path::PathBuf;

use clap::Args;

use super::{Day, EncodingChoice, EraCodesOf, Language, PolicyChoice};
use crate::{
    columns::{Mapping, Role},
    input::{LayoutFile, Options},
    residents::Source,
};

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
