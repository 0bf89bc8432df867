//! The parts of the `himozuke` command: tables in and out, progress. Decisions are the library's.

pub mod columns;
pub mod input;
pub mod output;
pub mod progress;
