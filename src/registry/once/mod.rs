//! A registry that is used once and not kept: its residents go by twice, and only those whom some record asks for stay, with
//! the counts of all. What is decided by them is what the whole registry would have decided.
//!
//! The first time, residents are written down whom blocking finds for a record, and everybody is counted as far as a record asks.
//! The second time, those are written down who share a whole name, or the block, and a birth date with one of these: its rivals, by
//! whom a decision may be refused. They are known by keys that everybody left the first time. Then come slices of the batch: some
//! records next to each other, and a registry of those written down for them, no larger than is allowed.
//!
//! Whoever is written down waits in a working file; keys of name parts are counted within a fixed room, the rest there, and ids are
//! held against one another there. So the room grows with the records, not with the registry.

mod counted;
mod everybody;
mod first;
mod keys;
mod parts;
mod passing;
mod questions;
mod repeats;
mod second;
mod slices;
mod spill;
mod tallies;
mod written;

use std::io;

use thiserror::Error;

use super::RegistryError;
pub(crate) use counted::Bearers;
pub use first::FirstReading;
pub(crate) use keys::Occurrences;
pub use questions::Questions;
pub use second::SecondReading;
pub use slices::{Named, Places, Slice, Slices};

/// Why a registry could not be read past its records. Holds no value.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OnceError {
    /// As for a registry that is kept.
    #[error("{0}")]
    Registry(#[from] RegistryError),
    /// The working file cannot be written or read.
    #[error("cannot use a working file: {0}; is there room for 100 bytes a resident?")]
    WorkingFile(#[from] io::Error),
    /// The second time, other residents went by than the first time.
    #[error("the registry was changed while it was being read")]
    Changed,
}

impl OnceError {
    /// The problem in Japanese; what the system says is as it says it.
    #[must_use]
    pub fn ja(&self) -> String {
        match self {
            Self::Registry(error) => error.ja(),
            Self::WorkingFile(source) => {
                format!("作業ファイルを使えません: {source}。住民1人につき100バイトの空きが要ります")
            }
            Self::Changed => "読んでいる間に住民データが変わりました".to_owned(),
        }
    }
}
