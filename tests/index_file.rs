//! The index file: what is opened decides like what was built, and a file that is not whole is refused.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::path::PathBuf;
use std::{fs, process};

use himozuke::synth::{Population, SynthConfig};
use himozuke::{IndexFileError, Linker, Policy, Record, Registry, RegistryBuilder, ResidentIndex};
use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

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

/// Sections as they are listed behind the header: element, offset and bytes.
const HEADER: usize = 64;
const ENTRY: usize = 32;

fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn set(bytes: &mut [u8], at: usize, word: u64) {
    bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
}

fn sections(bytes: &[u8]) -> usize {
    (word(bytes, 8) >> 32) as usize
}

/// Makes the checksums of the frame hold again, so that what stands in it is looked at for what it says.
fn seal(bytes: &mut [u8]) {
    let listed = xxh3_64(&bytes[HEADER..HEADER + ENTRY * sections(bytes)]);
    set(bytes, 32, listed);
    let header = xxh3_64(&bytes[..40]);
    set(bytes, 40, header);
}

/// Asks a registry all there is to ask, of records and of residents that there may not be.
fn ask(registry: &Registry, records: &[Record<'_>]) -> String {
    let residents = [0, 1, 7, 100, 299, 300, u32::MAX].map(ResidentIndex::from_number);
    let mut told = format!("{} {} {}", registry.len(), registry.index_entries(), registry.bytes());
    for resident in residents {
        let of_resident = (registry.status(resident), registry.is_protected(resident), registry.id(resident));
        told += &format!("{of_resident:?} {:?}", registry.find(registry.id(resident)));
    }
    let linker = Linker::new(registry, Policy::guideline()).unwrap();
    for decided in linker.decide_chunk(records) {
        told += &format!("{:?} {}", decided.answer, decided.pairs);
    }
    for (record, claimed) in records.iter().zip(residents) {
        told += &format!("{:?}", linker.verify(record, claimed));
    }
    let merged = registry.merged();
    told + &format!("{:?} {:?}", linker.registered_twice(), merged.map(|merged| merged.len()))
}

/// Asks something of the file of a village's registry, its bytes and its records.
fn of_village(name: &str, ask: impl FnOnce(&Scratch, &[u8], &[Record<'_>])) {
    let file = Scratch::new(name);
    let config = SynthConfig { seed: 11, residents: 300, records: 40, ..SynthConfig::default() };
    let population = Population::new(&config);
    let mut builder = Registry::builder();
    population.try_for_each_resident(|row| builder.push(&[row])).unwrap();
    builder.save(&file.0).unwrap();
    let whole = fs::read(&file.0).unwrap();
    let records: Vec<_> = population.records().collect();
    let records: Vec<Record<'_>> = records.iter().map(|record| record.record()).collect();
    ask(&file, &whole, &records);
}

/// A frame that is sealed but says something else: each section a byte or an element shorter or longer, moved, out of the file, of
/// other elements, or in the place of another. The checked opening refuses it, the quick one refuses it or answers something.
#[test]
fn a_frame_that_lies_is_found_or_harmless() {
    of_village("frame", frame);
}

fn frame(file: &Scratch, whole: &[u8], records: &[Record<'_>]) {
    let right = ask(&Registry::open_checked(&file.0).unwrap(), records);
    assert_eq!(ask(&Registry::open(&file.0).unwrap(), records), right);
    let (mut refused, mut answered, count) = (0, 0, sections(whole));
    let mut check = |mut bytes: Vec<u8>, lie: &str, same_bytes: bool| {
        seal(&mut bytes);
        fs::write(&file.0, &bytes).unwrap();
        match Registry::open(&file.0) {
            Ok(registry) => {
                answered += 1;
                ask(&registry, records);
            }
            Err(error) => {
                refused += 1;
                assert!(matches!(error, IndexFileError::Damaged { .. }), "{lie}: {error}");
            }
        }
        match Registry::open_checked(&file.0) {
            Err(error) => assert!(matches!(error, IndexFileError::Damaged { .. }), "{lie}: {error}"),
            // Each section is what its checksum says.
            Ok(registry) => {
                assert!(same_bytes, "{lie}");
                ask(&registry, records);
            }
        }
    };
    for section in 0..count {
        let entry = HEADER + ENTRY * section;
        let [element, offset, bytes] = [0, 8, 16].map(|at| word(whole, entry + at));
        let size = element >> 32;
        let mut lie = |at: usize, value: u64, same_bytes: bool| {
            let mut forged = whole.to_vec();
            set(&mut forged, entry + at, value);
            check(forged, &format!("section {section}, {value} at {at}"), same_bytes);
        };
        for longer in [bytes + 1, bytes + size, bytes + (1 << 40), u64::MAX] {
            lie(16, longer, false);
        }
        for shorter in [bytes.wrapping_sub(1), bytes.wrapping_sub(size), bytes / 2, 0] {
            lie(16, shorter, shorter == bytes);
        }
        for moved in [offset + 1, offset + 64, offset.wrapping_sub(64), 0, whole.len() as u64, u64::MAX] {
            lie(8, moved, bytes == 0 || moved == offset);
        }
        for other in [0, size - 1, size + 1, size * 2, u64::from(u32::MAX)] {
            lie(0, element & 0xFFFF_FFFF | other << 32, false);
        }
        for other in section + 1..count {
            let other = HEADER + ENTRY * other;
            let mut forged = whole.to_vec();
            for at in 0..ENTRY {
                forged.swap(entry + at, other + at);
            }
            check(forged, &format!("section {section} at {other}"), true);
        }
    }
    assert!(refused > 300 && answered > 100, "{refused} refused, {answered} answered");
}

/// Sections that are other bytes than were written: the checked opening names the section, the quick one refuses the file or answers
/// something.
#[test]
fn a_section_of_nonsense_is_found_or_harmless() {
    of_village("nonsense", nonsense);
}

fn nonsense(file: &Scratch, whole: &[u8], records: &[Record<'_>]) {
    let mut answered = 0;
    for section in 0..sections(whole) {
        let entry = HEADER + ENTRY * section;
        let [offset, bytes] = [8, 16].map(|at| word(whole, entry + at) as usize);
        let mut noise = 0x9E37_79B9_7F4A_7C15_u64 ^ section as u64;
        let mut noise = || {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            noise
        };
        for kind in 0..8 {
            let mut damaged = whole.to_vec();
            let place = &mut damaged[offset..offset + bytes];
            match kind {
                0 => place.fill(0),
                1 => place.fill(0xFF),
                2 => place.reverse(),
                3 => place.rotate_left(8.min(bytes)),
                4 => place.as_chunks_mut::<8>().0.reverse(),
                5 => place.iter_mut().for_each(|byte| *byte = noise() as u8),
                6 => place.iter_mut().for_each(|byte| *byte = byte.wrapping_add(1)),
                _ => place.iter_mut().for_each(|byte| *byte ^= u8::from(noise() % 64 == 0) << (noise() % 8)),
            }
            if damaged == whole {
                continue;
            }
            fs::write(&file.0, &damaged).unwrap();
            let error = Registry::open_checked(&file.0).err();
            assert!(
                matches!(error, Some(IndexFileError::Damaged { .. })),
                "section {section}, damage {kind}"
            );
            if let Ok(registry) = Registry::open(&file.0) {
                answered += 1;
                ask(&registry, records);
            }
        }
    }
    assert!(answered > 100, "{answered} answered");
}
