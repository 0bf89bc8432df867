//! Decides which resident a record belongs to, and refuses when it cannot know.

mod hash;
mod record;

pub mod compare;
pub mod normalize;

pub use record::Record;
