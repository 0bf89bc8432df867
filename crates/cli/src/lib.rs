//! The parts of the `himozuke` command: arguments, tables in and out, progress. Decisions are the library's.

pub mod args;
pub mod at_rest;
pub mod audit;
pub mod bulk;
pub mod check;
pub mod columns;
pub mod deciding;
pub mod estimates;
pub mod evaluate;
pub mod explain;
pub mod failure;
pub mod figures;
pub mod help_ja;
pub mod index;
pub mod input;
pub mod invocation;
pub mod link;
pub mod log;
pub mod lookup;
pub mod manual;
pub mod mj;
pub mod normalize;
pub mod output;
mod page;
pub mod progress;
pub mod report;
pub mod residents;
pub mod review;
mod rows;
pub mod settings;
pub mod stop;
pub mod synth;
pub mod train;
#[cfg_attr(not(feature = "arrow"), path = "no_twins.rs")]
pub mod twins;
pub mod verify;
pub mod work;
