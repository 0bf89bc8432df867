//! Synthetic residents and records with known truth: households, twins, namesakes, and the ways in which records go wrong.
//!
//! Made to find out what a linker does when the answer is known. Everything follows from a seed, by integer arithmetic
//! alone, and is the same on every machine. Nobody in it exists: names, dates and dwellings are drawn from tables of
//! facts about names and places, never from people.
//!
//! It must not know how the library normalizes, compares or decides: it has its own calendar, its own kana and its own
//! short list of kanji forms, so that a mistake there is not repeated here.
//!
//! ```
//! use himozuke::synth::{Population, SynthConfig, Tag};
//! let population = Population::new(&SynthConfig { residents: 1_000, records: 200, ..SynthConfig::default() });
//! let answerable = population.records().filter(|record| !record.tags.contains(Tag::Undecidable)).count();
//! assert!(answerable > 190);
//! ```
//!
//! What it does not model: names and places are drawn independently (real surnames are regional), births are even over
//! the year and small children a tenth too few, the size of towns and which of them have 丁目 are made up, and at tens of
//! millions of residents unrelated households come to share a house number. `tests/realism.rs` holds the rest to public
//! figures.

mod calendar;
mod chunks;
mod claims;
mod config;
mod facts;
mod families;
mod households;
mod name_tables;
mod names;
mod notation;
mod place_tables;
mod places;
mod population;
mod random;
mod records;
mod residents;
mod rows;
mod subjects;
mod tags;
#[cfg(test)]
mod tests;
mod weights;
mod written;

pub use chunks::Chunk;
pub use claims::{Cause, ClaimRates, SynthClaim};
pub use config::{ErrorRates, PROFILES, PopulationRates, Profile, SubjectRates, SynthConfig};
pub use population::Population;
pub use records::{Records, SynthRecord};
pub use residents::Resident;
pub use rows::{Row, Rows};
pub use tags::{Subgroup, Tag, Tags};
