//! From strings as received to structured, folded values. Knows nothing of registries, comparison or decisions.
//!
//! Every step is total (any UTF-8 string, no panic, linear time) and idempotent, and says what it changed:
//! a [`FoldSet`] travels with each value, so that agreement reached only through folding can be reported.

pub mod address;
mod fold;
pub mod kanji;
pub mod text;

pub use fold::{Fold, FoldSet, Grade};
