//! Measures the engine at the size of the country: builds an index of synthetic residents, opens it, looks single records up,
//! and decides many. Figures go to standard output; all persons are made up.
//!
//!     cargo run --release --example engine -- build 10000000 residents.hmz
//!     cargo run --release --example engine -- look-up residents.hmz 10000000 20000
//!     cargo run --release --example engine -- decide residents.hmz 10000000 1000000

#![expect(clippy::print_stdout, reason = "it reports to whoever runs it")]

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use himozuke::synth::{Chunk, Population, SynthConfig, SynthRecord};
use himozuke::{Decision, Linker, Policy, Record, Registry};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        ["build", residents, path] => build(residents.parse()?, Path::new(path)),
        ["look-up", path, residents, records] => {
            look_up(Path::new(path), residents.parse()?, records.parse()?)
        }
        ["decide", path, residents, records] => decide(Path::new(path), residents.parse()?, records.parse()?),
        _ => Err("give build N FILE, look-up FILE N RECORDS, or decide FILE N RECORDS".into()),
    }
}

fn population(residents: u32, records: u32) -> Population {
    Population::new(&SynthConfig { residents, records, ..SynthConfig::natural() })
}

/// Residents come from the generator, chunk by chunk; its own time is taken off.
fn build(residents: u32, path: &Path) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let population = population(residents, 0);
    let mut builder = Registry::builder();
    let mut taking = Duration::ZERO;
    population.try_for_each_chunk(Chunk::rows, |rows| {
        let start = Instant::now();
        let taken = builder.push(&rows.records().collect::<Vec<_>>());
        taking += start.elapsed();
        taken
    })?;
    let made = start.elapsed() - taking;
    let start = Instant::now();
    let registry = builder.save(path)?;
    let indexed = start.elapsed();
    println!("{residents} residents made in {:.1} s (not counted)", made.as_secs_f64());
    println!(
        "taken in {:.1} s + indexed and written in {:.1} s = {:.1} s",
        taking.as_secs_f64(),
        indexed.as_secs_f64(),
        (taking + indexed).as_secs_f64()
    );
    let bytes = registry.bytes() as f64;
    println!(
        "{:.2} GB, {:.1} bytes a resident, {} entries",
        bytes / 1e9,
        bytes / f64::from(residents),
        registry.index_entries()
    );
    peak()
}

fn open(path: &Path) -> Result<Registry, Box<dyn Error>> {
    let start = Instant::now();
    let registry = Registry::open(path)?;
    println!("opened {} residents in {:.1} ms", registry.len(), start.elapsed().as_secs_f64() * 1e3);
    Ok(registry)
}

/// One record after the other, on one thread, as a service would.
fn look_up(path: &Path, residents: u32, records: u32) -> Result<(), Box<dyn Error>> {
    let registry = open(path)?;
    let linker = Linker::new(&registry, Policy::guideline())?;
    let records: Vec<SynthRecord> = population(residents, records).records().collect();
    for round in ["first", "again"] {
        let mut times = Vec::with_capacity(records.len());
        let mut links = 0;
        for record in &records {
            let record = record.record();
            let start = Instant::now();
            let decision = linker.decide(&record);
            times.push(start.elapsed());
            links += u32::from(matches!(decision, Ok(Decision::Link(_))));
        }
        times.sort_unstable();
        let at = |share: f64| {
            times.get((times.len() as f64 * share) as usize).map_or(0.0, |t| t.as_secs_f64() * 1e6)
        };
        println!(
            "{round}: {} look-ups, {links} links; p50 {:.1} µs, p90 {:.1}, p99 {:.1}, p99.9 {:.1}",
            times.len(),
            at(0.5),
            at(0.9),
            at(0.99),
            at(0.999)
        );
    }
    peak()
}

/// Many records on all threads, decisions dropped; the time of reading the records' text is part of it.
fn decide(path: &Path, residents: u32, records: u32) -> Result<(), Box<dyn Error>> {
    let registry = open(path)?;
    let linker = Linker::new(&registry, Policy::guideline())?;
    let records: Vec<SynthRecord> = population(residents, records).records().collect();
    for round in ["first", "again"] {
        let start = Instant::now();
        let links: usize = records
            .chunks(1 << 14)
            .map(|chunk| {
                let chunk: Vec<Record<'_>> = chunk.iter().map(SynthRecord::record).collect();
                let decided = linker.decide_chunk(&chunk);
                decided.iter().filter(|decided| matches!(decided.answer, Ok(Decision::Link(_)))).count()
            })
            .sum();
        println!(
            "{round}: {} records, {links} links in {:.2} s",
            records.len(),
            start.elapsed().as_secs_f64()
        );
    }
    peak()
}

/// The most memory that the process had, where the system tells.
fn peak() -> Result<(), Box<dyn Error>> {
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        println!("peak memory: {}", peak.unwrap_or("unknown").trim());
    }
    Ok(())
}
