//! The index file: what is opened decides like what was built, and a file that is not whole is refused.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::PathBuf;
use std::{fs, process};

use himozuke::synth::{Population, SynthConfig};
use himozuke::{IndexFileError, Linker, Policy, Record, Registry, RegistryBuilder};
use proptest::prelude::*;

/// A file that is removed with its owner.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("himozuke-test-{}-{name}.hmz", process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

fn town(seed: u64) -> (Population, Registry) {
    let (population, builder) = taken_in(seed);
    (population, builder.build().unwrap())
}

fn taken_in(seed: u64) -> (Population, RegistryBuilder) {
    let population =
        Population::new(&SynthConfig { seed, residents: 2_000, records: 400, ..SynthConfig::default() });
    let mut builder = Registry::builder();
    population.try_for_each_resident(|row| builder.push(&[row])).unwrap();
    (population, builder)
}

/// Every answer in words, weights and posteriors included.
fn answers(population: &Population, registry: &Registry) -> Vec<String> {
    let linker = Linker::new(registry, Policy::guideline()).unwrap();
    population.records().map(|record| format!("{:?}", linker.decide(&record.record()))).collect()
}

#[test]
fn what_is_opened_decides_like_what_was_built() {
    let file = Scratch::new("same");
    for seed in 1..=3 {
        let (population, built) = town(seed);
        built.save(&file.0).unwrap();
        for opened in [Registry::open(&file.0).unwrap(), Registry::open_checked(&file.0).unwrap()] {
            assert_eq!(answers(&population, &opened), answers(&population, &built));
            assert_eq!((opened.len(), opened.bytes()), (built.len(), built.bytes()));
            assert!((0..5).all(|n| opened.find(&format!("nobody{n}")).is_none()));
        }
    }
}

#[test]
fn what_is_built_in_its_file_is_what_is_built_in_memory() {
    let (file, other) = (Scratch::new("in-file"), Scratch::new("in-memory"));
    let (population, builder) = taken_in(9);
    let built = builder.save(&file.0).unwrap();
    let in_memory = town(9).1;
    in_memory.save(&other.0).unwrap();
    assert_eq!(fs::read(&file.0).unwrap(), fs::read(&other.0).unwrap());
    assert_eq!(answers(&population, &built), answers(&population, &in_memory));
    // Two residents of one id: nothing is left, and what was there stays.
    let twice = Registry::builder().persons(["a", "b", "a"].map(|id| Record { id, ..Record::default() }));
    let error = twice.unwrap().save(&file.0).unwrap_err();
    assert!(matches!(error, IndexFileError::Registry(_)), "{error}");
    assert!(Registry::open_checked(&file.0).is_ok());
    assert!(!fs::exists(format!("{}.tmp", file.0.display())).unwrap());
}

#[test]
fn a_registry_of_nobody_is_a_file_too() {
    let file = Scratch::new("nobody");
    Registry::builder().build().unwrap().save(&file.0).unwrap();
    let saved = fs::read(&file.0).unwrap();
    Registry::builder().save(&file.0).unwrap();
    assert_eq!(fs::read(&file.0).unwrap(), saved);
    let registry = Registry::open_checked(&file.0).unwrap();
    let linker = Linker::new(&registry, Policy::guideline()).unwrap();
    let record =
        Record { id: "r", kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() };
    assert!(registry.is_empty() && matches!(linker.decide(&record), Ok(himozuke::Decision::NoMatch(_))));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it_and_nothing_is_left_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let file = Scratch::new("mode");
    town(4).1.save(&file.0).unwrap();
    assert_eq!(fs::metadata(&file.0).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!fs::exists(format!("{}.tmp", file.0.display())).unwrap());
}

#[test]
fn what_is_no_index_of_this_version_is_told_apart() {
    let file = Scratch::new("foreign");
    let open = || Registry::open(&file.0).err();
    assert!(matches!(open(), Some(IndexFileError::Read { .. })), "no file");
    for bytes in [&b""[..], b"himo", b"id,kanji_name\n1,\xE5"] {
        fs::write(&file.0, bytes).unwrap();
        assert!(matches!(open(), Some(IndexFileError::Foreign { .. })), "{} bytes", bytes.len());
    }
    town(5).1.save(&file.0).unwrap();
    let whole = fs::read(&file.0).unwrap();
    for cut in [9, 63, 64, 1_000, whole.len() / 2, whole.len() - 1] {
        fs::write(&file.0, &whole[..cut]).unwrap();
        assert!(matches!(open(), Some(IndexFileError::Damaged { .. })), "{cut} bytes");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let registry = town(6).1;
    let nowhere = std::env::temp_dir().join("himozuke-no-such-directory").join("x.hmz");
    let error = registry.save(&nowhere).unwrap_err();
    assert!(matches!(error, IndexFileError::Write { .. }) && !nowhere.exists());
}

#[test]
fn two_who_write_one_index_do_not_write_into_one_file() {
    let file = Scratch::new("busy");
    let registry = town(8).1;
    let unfinished = format!("{}.tmp", file.0.display());
    let other = fs::File::create(&unfinished).unwrap();
    other.lock().unwrap();
    let error = registry.save(&file.0).unwrap_err();
    assert!(matches!(&error, IndexFileError::Write { .. }), "{error}");
    assert!(error.to_string().ends_with("another process is writing it") && !file.0.exists());
    assert!(fs::exists(&unfinished).unwrap(), "the other's work is left to it");
    // What a dead one left is written over.
    drop(other);
    fs::write(&unfinished, vec![7; 10_000_000]).unwrap();
    registry.save(&file.0).unwrap();
    assert!(Registry::open_checked(&file.0).is_ok() && !fs::exists(&unfinished).unwrap());
}

/// Bytes changed anywhere: the checked opening refuses the file, the quick one refuses it or answers something, and nobody
/// panics.
#[test]
fn damage_is_found_or_harmless() {
    let file = Scratch::new("damage");
    let (population, built) = town(7);
    built.save(&file.0).unwrap();
    let whole = fs::read(&file.0).unwrap();
    let record = population.records().next().unwrap();
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(places in prop::collection::vec((0..whole.len(), 1..=255u8), 1..40), in_frame: bool)| {
        let mut bytes = whole.clone();
        for (at, change) in &places {
            let at = if in_frame { at % 2_048 } else { *at };
            bytes[at] ^= change;
        }
        prop_assume!(bytes != whole);
        fs::write(&file.0, &bytes).unwrap();
        let padding_only = Registry::open_checked(&file.0).is_ok();
        if let Ok(registry) = Registry::open(&file.0) {
            let linker = Linker::new(&registry, Policy::guideline()).unwrap();
            let answer = format!("{:?}", linker.decide(&record.record()));
            let right = format!("{:?}", Linker::new(&built, Policy::guideline()).unwrap().decide(&record.record()));
            prop_assert!(!padding_only || answer == right);
        } else {
            prop_assert!(!padding_only);
        }
    });
}
