//! The service as its callers see it: requests over a socket, answers byte by byte.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test: a panic is how it fails"
)]

mod contract;
mod load;
mod page;
#[cfg(unix)]
mod process;
mod talk;
