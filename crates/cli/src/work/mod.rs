//! What a run keeps while it is at work, so that neither memory nor a kill limits it: every decided chunk of records goes
//! to a file in the working directory, the results are written from there at the end, and `--resume` goes on behind the
//! last whole chunk. Ids and codes only, no value of an attribute, and removed when the results have their names.

mod codec;
mod entry;
mod journal;
mod state;

pub(crate) use self::state::{hex, hex_digits, not_json};
pub use self::{
    codec::{Coded, read_number, read_text, write_number, write_text},
    entry::{Entry, Rejection, answers_of_rows, write_entries},
    journal::{Frame, Frames, Journal},
    state::{State, fingerprint},
};
