//! What the fuzz target of index files holds to be true: whatever bytes a file has, it is refused or answers something, without
//! a panic, an endless loop or a read outside of it. Shared with `tests/fuzz_regressions.rs`.
//!
//! Bytes by chance would never get past the checksums. So an input is a list of changes to a sound file, and says how many of
//! its checksums are made right again afterwards; only where its first byte is 0 the rest of it is the file.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a finding is told")]

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, process};

use himozuke::{Linker, Policy, Record, Registry, ResidentIndex};
use xxhash_rust::xxh3::xxh3_64;

/// The frame of an index file, as `src/registry/file.rs` has it.
const HEADER: usize = 64;
const ENTRY: usize = 32;
/// Bytes of one change.
const CHANGE: usize = 8;

pub fn index(input: &[u8]) {
    let Some((seal, rest)) = input.split_first() else { return };
    let bytes = match seal {
        0 => rest.to_vec(),
        _ => {
            let mut bytes = sound().to_vec();
            rest.chunks_exact(CHANGE).take(64).for_each(|change| apply(change, &mut bytes));
            if seal % 3 == 0 {
                seal_sections(&mut bytes);
            }
            if seal % 3 != 1 {
                seal_frame(&mut bytes);
            }
            bytes
        }
    };
    let file = Scratch::of(&bytes);
    for registry in [Registry::open(&file.0), Registry::open_checked(&file.0)].into_iter().flatten() {
        ask(&registry);
    }
    let _ = Registry::is_index_file(&file.0);
}

/// Everything that is ever asked of an opened registry.
fn ask(registry: &Registry) {
    let places = [0, 1, registry.len() as u32, u32::MAX / 2, u32::MAX];
    for resident in (0..8).chain(places).map(ResidentIndex::from_number) {
        let id = registry.id(resident).to_owned();
        let _ = (registry.find(&id), registry.is_protected(resident), registry.status(resident).code());
    }
    let _ = (registry.bytes(), registry.index_entries(), registry.is_empty());
    for policy in [Policy::guideline(), Policy::statistical()] {
        let linker = Linker::new(registry, policy).unwrap();
        for record in records() {
            let _ = linker.decide(&record);
            let _ = linker.verify(&record, ResidentIndex::from_number(1));
        }
        if registry.len() < 1_000 {
            let _ = linker.registered_twice();
        }
    }
    if registry.len() < 1_000 {
        let _ = registry.merged();
    }
}

/// A small registry with everything that a file can hold.
fn residents() -> [Record<'static>; 7] {
    let one = Record {
        id: "p1",
        kanji_name: "髙橋　一郎",
        kana_name: "タカハシ　イチロウ",
        birth_date: "1985-01-02",
        sex: "1",
        address: "東京都千代田区霞が関二丁目１番６号",
        ..Record::default()
    };
    [
        one,
        Record { id: "p20", kana_name: "", former_names: "山田　一郎|佐藤　一郎", ..one },
        Record { id: "p3", birth_date: "1985", aliases: "スミス　ジョン", status: "dead", ..one },
        Record {
            id: "p01",
            birth_date: "1985-02-30",
            address: "札幌市北区麻生町1-2-3-4-5 コーポ桜 101号室",
            ..one
        },
        Record {
            id: "p4",
            kanji_name: "高橋一郎",
            former_addresses: "大阪市北区中之島1-3-20|名古屋市中区三の丸3-1-2",
            ..one
        },
        Record {
            id: "p5", kanji_name: "SMITH JOHN", kana_name: "スミス ジョン", protected: "1", ..one
        },
        Record { id: "p6", ..Record::default() },
    ]
}

fn records() -> impl Iterator<Item = Record<'static>> {
    let vague = |record: Record<'static>| {
        [record, Record { birth_date: "1985-01", ..record }, Record { birth_date: "", ..record }]
    };
    residents().into_iter().flat_map(vague)
}

/// The bytes of the file of that registry.
fn sound() -> &'static [u8] {
    static SOUND: OnceLock<Vec<u8>> = OnceLock::new();
    SOUND.get_or_init(|| {
        let registry = Registry::builder().persons(residents()).unwrap().build().unwrap();
        let file = Scratch::of(&[]);
        registry.save(&file.0).unwrap();
        let bytes = fs::read(&file.0).unwrap();
        let mut sealed = bytes.clone();
        seal_sections(&mut sealed);
        seal_frame(&mut sealed);
        assert!(sealed == bytes, "checksums are made as the library makes them");
        bytes
    })
}

/// One change: what is done, to which section, where, and with what.
fn apply(change: &[u8], bytes: &mut Vec<u8>) {
    let &[what, section, a, b, c, d, low, high] = change else { return };
    let number = u32::from_le_bytes([a, b, c, d]);
    let Some(sections) = word(bytes, 8).map(|word| (word >> 32) as usize).filter(|count| *count > 0) else {
        return;
    };
    let entry = HEADER + ENTRY * (usize::from(section) % sections);
    let [Some(offset), Some(length)] = [8, 16].map(|at| word(bytes, entry + at)) else { return };
    let place = |length: u64| (offset + u64::from(number) % length.max(1)) as usize;
    match what % 5 {
        // A byte of a section, or of the frame.
        0 => set(bytes, place(length), &[low]),
        1 => set(bytes, number as usize % (HEADER + ENTRY * sections), &[low]),
        // A whole number of a section: large, small, or near what is there.
        2 => {
            let at = place(length) / 4 * 4;
            let here = word(bytes, at).unwrap_or(0) as u32;
            let to = match high % 4 {
                0 => u32::MAX - u32::from(low),
                1 => low.into(),
                2 => here.wrapping_add(low.into()),
                _ => here.wrapping_sub(low.into()),
            };
            set(bytes, at, &to.to_le_bytes());
        }
        // What the list says of a section: its size of an element, offset or length.
        3 => {
            let at = entry + [4, 8, 16][usize::from(low) % 3];
            let to = match high % 3 {
                0 => number.into(),
                1 => word(bytes, at).unwrap_or(0).wrapping_sub(number.into()),
                _ => u64::MAX - u64::from(number),
            };
            set(bytes, at, &to.to_le_bytes());
        }
        // The file cut short, or longer than it was.
        _ => bytes.resize(number as usize % (2 * bytes.len().max(1)), low),
    }
}

fn seal_sections(bytes: &mut [u8]) {
    let sections = word(bytes, 8).map_or(0, |word| (word >> 32) as usize);
    for entry in (0..sections.min(256)).map(|section| HEADER + ENTRY * section) {
        let [Some(offset), Some(length)] = [8, 16].map(|at| word(bytes, entry + at)) else { return };
        let Some(section) = (offset as usize..)
            .start
            .checked_add(length as usize)
            .and_then(|end| bytes.get(offset as usize..end))
        else {
            continue;
        };
        // Sections of this file are of one piece.
        let pieces = section.chunks(1 << 24).map(xxh3_64);
        let sum = pieces.fold(section.len() as u64, |whole, sum| {
            xxh3_64(&[whole.to_le_bytes(), sum.to_le_bytes()].concat())
        });
        set(bytes, entry + 24, &sum.to_le_bytes());
    }
}

fn seal_frame(bytes: &mut [u8]) {
    let sections = word(bytes, 8).map_or(0, |word| (word >> 32) as usize);
    let length = bytes.len() as u64;
    set(bytes, 24, &length.to_le_bytes());
    let list = sections
        .checked_mul(ENTRY)
        .and_then(|list| bytes.get(HEADER..HEADER.checked_add(list)?))
        .map(xxh3_64);
    set(bytes, 32, &list.unwrap_or(0).to_le_bytes());
    let own = bytes.get(..40).map(xxh3_64);
    set(bytes, 40, &own.unwrap_or(0).to_le_bytes());
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..at.checked_add(8)?)?;
    word.try_into().ok().map(u64::from_le_bytes)
}

fn set(bytes: &mut [u8], at: usize, to: &[u8]) {
    let place = at.checked_add(to.len()).and_then(|end| bytes.get_mut(at..end));
    place.into_iter().for_each(|place| place.copy_from_slice(to));
}

/// A file that is removed with its owner.
struct Scratch(PathBuf);

impl Scratch {
    fn of(bytes: &[u8]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("himozuke-fuzz-{}-{}.hmz", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}
