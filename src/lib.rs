//! Decides which resident a record belongs to, and refuses when it cannot know.

mod hash;
mod my_number;
mod record;

pub mod compare;
pub mod normalize;

pub use my_number::{MyNumber, MyNumberError};
pub use record::Record;
