//! Decides which resident a record belongs to, and **refuses when it cannot know**.
//!
//! ```
//! use himozuke::{Decision, Linker, Policy, Record, Registry};
//!
//! let resident = Record {
//!     id: "P-1",
//!     kanji_name: "髙橋　一郎",
//!     kana_name: "タカハシ　イチロウ",
//!     birth_date: "1985-01-01",
//!     sex: "1",
//!     address: "東京都千代田区霞が関二丁目１番６号",
//!     ..Record::default()
//! };
//! let namesake = Record { id: "P-2", address: "北海道札幌市中央区北一条西２丁目", ..resident };
//! let record = Record {
//!     id: "R-1",
//!     kanji_name: "高橋一郎",
//!     kana_name: "ﾀｶﾊｼ ｲﾁﾛｳ",
//!     birth_date: "S60.1.1",
//!     sex: "男",
//!     address: "千代田区霞ヶ関2-1-6",
//!     ..Record::default()
//! };
//!
//! // One person fits, notation aside: linked.
//! let registry = Registry::builder().persons([resident])?.build()?;
//! let linker = Linker::new(&registry, Policy::guideline())?;
//! let Decision::Link(link) = linker.decide(&record)? else { panic!("one person fits") };
//! assert_eq!(registry.id(link.candidate.resident), "P-1");
//!
//! // Somebody else has the same name and birthday: never linked, whatever the address says.
//! let registry = Registry::builder().persons([resident, namesake])?.build()?;
//! let linker = Linker::new(&registry, Policy::guideline())?;
//! let Decision::Review(review) = linker.decide(&record)? else { panic!("two people share name and birthday") };
//! assert_eq!(review.total, 2);
//! assert!(review.reasons.to_string().contains("namesake"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it decides
//!
//! A [`Record`] is normalized into a [`Person`]; blocking finds the residents of the [`Registry`] who can be meant at all;
//! each pair becomes one comparison level per attribute, each level a match weight in thousandths of a bit; the weights
//! become a posterior over *all* candidates and "none of them"; and ten gates, which no score overrides, decide whether
//! that may be a [`Decision::Link`]. Otherwise it is a [`Decision::Review`] with every plausible candidate, or, where
//! nobody is plausible, a [`Decision::NoMatch`]. A record that cannot be read is an [`Unreadable`], never a guess.
//!
//! # Where things are
//!
//! | to | use |
//! |---|---|
//! | decide one record, or a batch | [`Linker::decide`], [`Linker::link_all`], [`Linker::batch`] |
//! | verify records that have a number already | [`Linker::verify`], [`Linker::verify_all`], [`Verdict`], [`Alert`] |
//! | decide among candidates of your own database | [`Linker::decide_among`] |
//! | say what must agree and what errors cost | [`Policy`] |
//! | explain an answer | [`Evidence`], [`Reason`] |
//! | normalize names, readings, dates, addresses alone | [`normalize`] |
//! | compare two persons alone | [`compare`] |
//! | look at weights | [`model`] |
//! | hold decisions against a known truth | [`evaluate`] |
//! | estimate the error rate of a batch without its truth | [`estimate`] |
//! | make synthetic residents and records with known truth | [`synth`] |
//! | hold an individual number safely | [`MyNumber`] |
//!
//! Nothing here prints, keeps global state or panics on any input; every type is `Send + Sync`; no value of an attribute
//! appears in `Debug`, errors or serialized evidence.

mod decide;
mod hash;
mod link;
mod my_number;
mod nearby;
mod person;
mod record;
mod registry;
mod texts;
mod verify;

pub mod compare;
pub mod estimate;
pub mod evaluate;
pub mod model;
pub mod normalize;
pub mod synth;

pub use decide::{
    Candidate, ClaimsRule, Confirmed, Decision, Demands, Evidence, Link, Losses, MAX_LISTED, NamesakeRule,
    NoMatch, Policy, PolicyError, Profile, Reason, ReasonSet, Review, Suspect, Unsettled, Verdict,
};
pub use link::{Batch, BlockingLoss, Claims, Decided, Linker, Outcome, Report, Settled};
pub use model::{Model, Weights};
pub use my_number::{MyNumber, MyNumberError};
pub use person::{Person, ReadOptions, Status, Unreadable};
pub use record::{Claim, Record};
pub use registry::{
    IndexFileError, Pass, Passes, Registry, RegistryBuilder, RegistryError, RegistryProblem, ResidentIndex,
    once,
};
pub use verify::{
    Alert, AlertKind, Alerts, Checked, ClaimRow, Noted, NumberTable, NumberTableBuilder, Raised,
    Verification, Verified, VerifyBatch, VerifyReport,
};
