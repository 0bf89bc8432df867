//! The review by hand, in its first form: a sheet for a spreadsheet goes out, and what people found comes back beside the
//! result of the run. Knows nothing of how the run decided.

mod apply;
mod cells;
mod filled;
mod findings;
mod headers;
mod marks;
mod sheet;
mod values;

pub use self::{apply::apply, sheet::sheet};
