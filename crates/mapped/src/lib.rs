//! Columns of plain numbers that are owned or lie in a memory-mapped file, and a hint to the processor's cache. All unsafe
//! code of himozuke is here; what the numbers mean is not known here.
//!
//! A file is mapped privately and read-only. Nothing that its bytes hold can be unsound: a [`Column`] is made only of
//! numbers of which every bit pattern is one, from bytes that were checked to be aligned and long enough. What stays with
//! the caller is not to change a file in place while it is mapped: a file cut short ends the process with a bus error, as
//! the operating system has it. himozuke replaces index files by renaming, which leaves a mapped one as it is.

mod column;
mod map;

pub use column::{Column, Plain, bytes, prefetch};
pub use map::Map;
