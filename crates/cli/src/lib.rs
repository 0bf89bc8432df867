//! The parts of the `himozuke` command: tables in. Decisions are the library's.

pub mod columns;
pub mod input;
