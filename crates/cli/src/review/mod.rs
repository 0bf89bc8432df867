//! The review by hand, in its first form: a sheet for a spreadsheet goes out, and what people found comes back beside the
//! result of the run. Knows nothing of how the run decided.

mod apply;
mod cells;
mod filled;
mod findings;
mod headers;
mod marks;
mod sample;
mod sheet;
mod values;

pub(crate) use self::cells::literal;
pub use self::{apply::apply, sample::estimate, sheet::sheet};
