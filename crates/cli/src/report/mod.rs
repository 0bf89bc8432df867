//! `himozuke report`: what a finished run has left, as one page for whoever answers for it. It reads what the run says of itself
//! (`summary.json`, `run.json`) and counts every table again. It knows no value of a record, and ids only where asked.

mod causes;
mod page;
mod policy;
mod run;
mod tally;

use std::io::Write;

use crate::{
    args::Report,
    at_rest::{Results, names},
    evaluate::{RUN_FILES, check_finished},
    failure::Failure,
    output::{replace, say, written_to},
    page::check_free,
    said,
};

use self::{run::Finished, tally::Tally};

/// The page, where it is not written elsewhere.
pub const PAGE: &str = "report.html";

/// Writes the page.
///
/// # Errors
/// Where the directory holds no finished run, the page would take the place of another file, and, after it is written, where the
/// tables do not hold what the run says of them.
pub fn report(arguments: &Report, out: &mut impl Write) -> Result<(), Failure> {
    let Report { directory, force, lang, ids, keys, .. } = arguments;
    check_finished(directory)?;
    let path = arguments.out.clone().unwrap_or_else(|| directory.join(PAGE));
    check_free(&path, RUN_FILES.into_iter().flat_map(names).map(|name| directory.join(name)), *force)?;
    let run = Finished::read(directory)?;
    let tally = Tally::count(&Results::new(directory, keys)?, &run, usize::from(*ids))?;
    replace(&path, page::page(&run, &tally, *lang)?.as_bytes())?;
    say(out, [run.summary.conservation(*lang).as_str(), written_to(&path).pick(*lang)])?;
    let differing: Vec<&str> =
        run.summary.outcomes().iter().filter(|outcome| tally.differs(outcome)).map(|own| own.file).collect();
    if differing.is_empty() && run.summary.adds_up() {
        return Ok(());
    }
    let files = if differing.is_empty() { "summary.json".to_owned() } else { differing.join(", ") };
    let message = said!(
        "the figures of this run do not add up: {files}; the files were changed after the run";
        "この実行の数値が合いません: {files}。実行の後に変更されています"
    );
    Err(Failure::failed(message))
}
