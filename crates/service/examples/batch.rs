//! Many records decided in one go, for a made-up town: `cargo run -p himozuke-service --example batch`.
#![expect(clippy::print_stdout, reason = "it reports to whoever runs it")]

use std::error::Error;
use std::io::Write;

use himozuke::synth::{Chunk, Population, SynthConfig, SynthRecord};
use himozuke::{Decision, Linker, Policy, Record, Registry, Report};

/// Writes one line for each record, in their order: ids and codes, no value.
pub fn link<'q>(
    registry: &Registry,
    records: impl IntoIterator<Item = Record<'q>>,
    out: &mut impl Write,
) -> Result<Report, Box<dyn Error>> {
    let linker = Linker::new(registry, Policy::guideline())?;
    let report = linker.link_all(records, |outcome| match outcome.answer {
        Ok(Decision::Link(link)) => {
            writeln!(out, "{},link,{}", outcome.id, registry.id(link.candidate.resident))
        }
        Ok(Decision::Review(review)) => writeln!(out, "{},review,{}", outcome.id, review.reasons),
        Ok(Decision::NoMatch(nobody)) => writeln!(out, "{},no_match,{}", outcome.id, nobody.reasons),
        Err(unreadable) => writeln!(out, "{},rejected,{}", outcome.id, unreadable.code()),
    })?;
    Ok(report)
}

/// Links 300 records to 5,000 residents, all of them made up.
pub fn main() -> Result<(), Box<dyn Error>> {
    let town = Population::new(&SynthConfig { residents: 5_000, records: 300, ..SynthConfig::natural() });
    let mut builder = Registry::builder();
    town.try_for_each_chunk(Chunk::rows, |rows| builder.push(&rows.records().collect::<Vec<_>>()))?;
    let registry = builder.build()?;
    let mut out = Vec::new();
    let records: Vec<_> = town.records().collect();
    let report = link(&registry, records.iter().map(SynthRecord::record), &mut out)?;
    print!("{}", String::from_utf8(out)?);
    println!(
        "{} links of {} records, {:.6} wrong ones expected",
        report.links, report.read, report.expected_wrong_links
    );
    Ok(())
}
