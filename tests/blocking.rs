//! What the passes of blocking find: each pass alone, and all together, with the truth known.

#![expect(clippy::print_stderr, reason = "a test, and its figures are read with --nocapture")]

use std::collections::BTreeMap;

use himozuke::synth::{Population, SynthConfig, SynthRecord};
use himozuke::{Linker, Pass, Person, Policy, ReadOptions, Registry};

#[derive(Default)]
struct Figures {
    pairs: u64,
    unique: u64,
    /// True pairs that no other pass finds.
    true_alone: u64,
}

/// `HIMOZUKE_TOWN=1000000` for a town of that size, with a tenth as many records.
#[test]
fn the_passes_together_find_whoever_is_registered() {
    let town = std::env::var("HIMOZUKE_TOWN").ok().and_then(|size| size.parse().ok());
    let residents = town.unwrap_or(20_000);
    let config = SynthConfig { seed: 11, residents, records: residents / 10, ..SynthConfig::natural() };
    let population = Population::new(&config);
    let mut builder = Registry::builder();
    population.try_for_each_resident(|row| builder.push(&[row])).unwrap();
    let registry = builder.build().unwrap();
    let linker = Linker::new(&registry, Policy::guideline()).unwrap();
    let mut figures = BTreeMap::<Pass, Figures>::new();
    let (mut registered, mut found_true, mut pairs) = (0u64, 0u64, 0u64);
    let records: Vec<SynthRecord> = population.records().collect();
    for record in &records {
        let Ok(person) = Person::read(&record.record(), &ReadOptions::default()) else { continue };
        let truth = record.truth.as_deref().and_then(|id| registry.find(id));
        registered += u64::from(truth.is_some());
        for found in linker.candidates(&person) {
            let passes = linker.passes(&person, found);
            assert!(!passes.is_empty(), "{}: found, and no pass says why", record.record().id);
            pairs += 1;
            found_true += u64::from(truth == Some(found));
            for pass in passes.iter() {
                figures.entry(pass).or_default().pairs += 1;
            }
            if let Some(only) = passes.only() {
                let figures = figures.entry(only).or_default();
                figures.unique += 1;
                figures.true_alone += u64::from(truth == Some(found));
            }
        }
        // And the other way round: whom a pass finds is a candidate.
        if let Some(truth) = truth {
            let candidate = linker.candidates(&person).contains(&truth);
            assert_eq!(candidate, !linker.passes(&person, truth).is_empty());
        }
    }
    eprintln!("{} records, {pairs} pairs; {found_true} of {registered} true pairs found", records.len());
    for (pass, Figures { pairs, unique, true_alone }) in &figures {
        eprintln!("{:<15} {pairs:>9} pairs, {unique:>9} alone, {true_alone:>7} true alone", pass.code());
    }
    assert!(registered > 0 && found_true * 1_000 >= registered * 995, "{found_true} of {registered}");
    assert!(figures.len() == Pass::ALL.len(), "a pass that finds nobody is no pass");
    // Without knowing the truth: everybody held against everybody, for a few.
    let sample: Vec<_> = records.iter().take(40).map(SynthRecord::record).collect();
    let loss = linker.blocking_loss(&sample);
    eprintln!(
        "of {} records held against everybody, {} had somebody whom no pass finds",
        loss.sampled, loss.records
    );
    assert!(loss.sampled >= 35 && loss.records * 10 <= loss.sampled, "{loss:?}");
}
