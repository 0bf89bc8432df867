//! Many callers at once over kept connections: every answer is that of [`Linker::decide`], and how long they wait is told.
//!
//! `HIMOZUKE_LOAD_CLIENTS`, `_REQUESTS` (of each client), `_RECORDS` (different ones) and `_RESIDENTS` set the sizes;
//! `_INDEX` takes the residents from an index that `cargo run --release --example engine -- build RESIDENTS FILE` made.
#![expect(clippy::print_stdout, reason = "it measures, too")]

use std::env;
use std::time::{Duration, Instant};

use himozuke::synth::{Chunk, Population, SynthConfig, SynthRecord};
use himozuke::{Decision, Linker, Policy, Record, Registry};
use himozuke_cli::args::Language;
use himozuke_cli::explain::Explanation;
use himozuke_service::share;
use serde_json::json;
use tokio::task::JoinSet;

use crate::talk::{Client, Response, Server, call, decide};

fn size(name: &str, small: usize) -> usize {
    let told = env::var(format!("HIMOZUKE_LOAD_{name}"));
    told.map_or(small, |told| told.parse().unwrap_or_else(|_| panic!("HIMOZUKE_LOAD_{name} is a number")))
}

fn population(residents: u32, records: usize) -> Population {
    let records = u32::try_from(records).unwrap();
    Population::new(&SynthConfig { residents, records, ..SynthConfig::natural() })
}

fn registry(residents: u32) -> Registry {
    if let Some(index) = env::var_os("HIMOZUKE_LOAD_INDEX") {
        return Registry::open(index.as_ref()).unwrap();
    }
    let mut builder = Registry::builder();
    let taken = population(residents, 0)
        .try_for_each_chunk(Chunk::rows, |rows| builder.push(&rows.records().collect::<Vec<_>>()));
    taken.unwrap();
    builder.build().unwrap()
}

fn asked(record: &Record<'_>) -> Vec<u8> {
    let Record { id, kanji_name, kana_name, birth_date, sex, address, .. } = record;
    let Record { former_names, aliases, former_addresses, .. } = record;
    let record = json!({
        "id": id, "kanji_name": kanji_name, "kana_name": kana_name, "birth_date": birth_date, "sex": sex,
        "address": address, "former_names": former_names, "aliases": aliases, "former_addresses": former_addresses,
    });
    decide(record.to_string().as_bytes())
}

/// What the command would say of a decision that the library made in process; the service has no part in it.
fn told(linker: &Linker<'_>, record: &Record<'_>, decision: &Decision) -> Response {
    let registry = linker.registry();
    let id = |resident| registry.id(resident).to_owned();
    let (policy, language) = (linker.policy(), Language::En);
    let told = Explanation::of(record.id, None, decision, policy, registry.len(), id, language);
    Response { status: 200, body: serde_json::to_vec(&told).unwrap() }
}

#[test]
fn every_answer_under_load_is_that_of_the_library() {
    let residents = u32::try_from(size("RESIDENTS", 5_000)).unwrap();
    let (clients, requests) = (size("CLIENTS", 8), size("REQUESTS", 250));
    let linker = share(registry(residents), Policy::guideline()).unwrap();
    let records: Vec<SynthRecord> = population(residents, size("RECORDS", 500)).records().collect();
    let mut alone = Vec::with_capacity(records.len());
    let pairs = records.iter().filter_map(|record| {
        let record = record.record();
        let start = Instant::now();
        let decision = linker.decide(&record).ok()?;
        alone.push(start.elapsed());
        Some((asked(&record), told(linker, &record, &decision)))
    });
    let pairs: &'static [(Vec<u8>, Response)] = pairs.collect::<Vec<_>>().leak();

    let server = Server::start(linker);
    let address = server.address;
    let start = Instant::now();
    let mut waited: Vec<Duration> = call(async {
        let mut callers = JoinSet::new();
        for client in 0..clients {
            // Each begins elsewhere, so that different records are decided side by side.
            let own = pairs.iter().cycle().skip(client * pairs.len() / clients).take(requests);
            callers.spawn(async move {
                let mut connection = Client::to(address).await.unwrap();
                let mut waited = Vec::with_capacity(requests);
                for (request, expected) in own {
                    let start = Instant::now();
                    let answer = connection.ask(request).await.unwrap();
                    waited.push(start.elapsed());
                    let text = String::from_utf8_lossy;
                    assert!(answer == *expected, "{}\n{}", text(&answer.body), text(&expected.body));
                }
                waited
            });
        }
        callers.join_all().await.concat()
    });
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(waited.len(), clients * requests);
    println!(
        "{} residents, {clients} clients: {} requests in {seconds:.2} s, {:.0}/s; {}; decided in process: {}",
        linker.registry().len(),
        waited.len(),
        waited.len() as f64 / seconds,
        spread(&mut waited),
        spread(&mut alone)
    );
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1e6;
    format!("p50 {:.0} µs, p99 {:.0} µs", at(50), at(99))
}
