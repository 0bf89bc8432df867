//! From strings as received to structured, folded values. Knows nothing of registries, comparison or decisions.
//!
//! Every step is total (any UTF-8 string, no panic, linear time) and idempotent, and says what it changed:
//! a [`FoldSet`] travels with each value, so that agreement reached only through folding can be reported.

pub mod address;
pub mod birth_date;
mod fold;
pub mod kana;
pub mod kanji;
mod kanji_numeral;
pub(crate) mod memo;
pub mod name;
pub mod reading;
pub mod romaji;
pub mod sex;
mod sieve;
pub mod text;

pub use fold::{Fold, FoldSet, Grade};

/// A number for what keys are made with: the widest fold of kanji, shipped and added pairs alike, and the gazetteer.
/// It changes when a table does.
pub(crate) fn fingerprint() -> u64 {
    kanji::fingerprint() ^ address::fingerprint().rotate_left(32)
}
