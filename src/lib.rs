//! Decides which resident a record belongs to, and refuses when it cannot know.

mod hash;
mod link;
mod my_number;
mod person;
mod record;
mod registry;

pub mod compare;
mod decide;
pub mod model;
pub mod normalize;
pub mod synth;

pub use decide::{
    Candidate, ClaimsRule, Decision, Evidence, Link, Losses, MAX_LISTED, NamesakeRule, NoMatch, Policy,
    PolicyError, Profile, Reason, ReasonSet, Review,
};
pub use link::{Batch, Linker, Outcome, Report};
pub use model::{Model, Weights};
pub use my_number::{MyNumber, MyNumberError};
pub use person::{Person, ReadOptions, Status, Unreadable};
pub use record::Record;
pub use registry::{Registry, RegistryBuilder, RegistryError, RegistryProblem, ResidentIndex};
