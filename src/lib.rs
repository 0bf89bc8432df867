//! Decides which resident a record belongs to, and refuses when it cannot know.

mod record;

pub mod compare;
pub mod normalize;
pub mod synth;

pub use record::Record;
