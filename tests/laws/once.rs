//! A registry that is read past its records and not kept decides as the one that is: the same answers with the same evidence,
//! and as many pairs compared.

use himozuke::once::{OnceError, Questions, Slices};
use himozuke::{
    Decision, Linker, Person, Policy, ReadOptions, Record, Registry, RegistryError, ResidentIndex,
};
use proptest::prelude::*;

use crate::common::Row;
use crate::people::{Style, style};
use crate::rules::rules;
use crate::{cases, official, registry, world};

/// A working file without a name.
fn working_file() -> std::fs::File {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("himozuke-once-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    let file = std::fs::File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    file
}

/// The registry read past the records, in chunks of so many rows, for slices of so many residents.
fn once(
    records: &[Record<'_>],
    residents: &[Record<'_>],
    chunk: usize,
    at_most: usize,
) -> Result<Slices, OnceError> {
    let mut questions = Questions::default().at_most(at_most);
    records.chunks(chunk).for_each(|records| questions.push(records, &ReadOptions::default()));
    let mut first = questions.ask(ReadOptions::default(), working_file());
    for residents in residents.chunks(chunk) {
        first.push(residents)?;
    }
    let mut second = first.again()?;
    for residents in residents.chunks(chunk) {
        second.push(residents)?;
    }
    assert_eq!(second.residents(), residents.len() as u64);
    second.slices()
}

/// Holds what is decided by slice after slice against what the whole registry decides, and names whom they find; how many slices
/// there are.
fn assert_sliced(
    slices: &Slices,
    kept: &Registry,
    records: &[Record<'_>],
    linker: impl for<'r> Fn(&'r Registry) -> Linker<'r>,
) -> usize {
    let (mut next, mut count) = (0, 0);
    while let Some(slice) = slices.around(next).unwrap() {
        let own = slice.records();
        assert_eq!(own.start, next, "slices follow one another");
        assert_eq!(slices.around(own.end - 1).unwrap().map(|same| same.records()), Some(own.clone()));
        let own = &records[own.start as usize..own.end as usize];
        let past = slice.registry();
        assert_same(&linker(past), &linker(kept), own);
        let of_slice = || (0..past.len() as u32).map(ResidentIndex::from_number);
        let everybody: Vec<_> = of_slice().map(|resident| slice.place(resident)).collect();
        assert!(everybody.is_sorted(), "in the order of the registry");
        let named = slices.named(everybody.iter().rev().copied().collect()).unwrap();
        for (place, resident) in everybody.iter().zip(of_slice()) {
            let found = named.places.find(*place);
            assert_eq!(named.registry.id(found), past.id(resident));
            assert_eq!(named.registry.id(found), kept.id(*place));
            assert_eq!(named.registry.status(found), kept.status(*place));
            assert_eq!(named.registry.is_protected(found), kept.is_protected(*place));
        }
        (next, count) = (slice.records().end, count + 1);
    }
    assert_eq!(next, records.len() as u64, "every record is in a slice");
    count
}

/// Everything that is decided of each record, with everybody by id.
fn told(linker: &Linker<'_>, records: &[Record<'_>]) -> Vec<String> {
    let id = |resident: ResidentIndex| linker.registry().id(resident);
    let one = |decided: himozuke::Decided| {
        let decision = match decided.answer {
            Err(unreadable) => unreadable.code().to_owned(),
            Ok(Decision::NoMatch(none)) => format!("{none:?} {}", none.reasons),
            Ok(Decision::Link(link)) => {
                let (best, rival) = (link.candidate, link.rival.map(id));
                let rest = (link.margin, link.expected_namesakes, link.none);
                format!("{} {:?} {:?} {rival:?}", id(best.resident), best.evidence, rest)
            }
            Ok(Decision::Review(review)) => {
                let listed = review.candidates.iter().map(|c| format!("{} {:?}", id(c.resident), c.evidence));
                let rest = (review.total, review.margin, review.expected_namesakes, review.none);
                format!("{} {rest:?} {:?}", review.reasons, listed.collect::<Vec<_>>())
            }
        };
        format!("{} pairs: {decision}", decided.pairs)
    };
    linker.decide_chunk(records).into_iter().map(one).collect()
}

/// Holds the answers of two linkers against each other, but for records to whom either gives a stranger: an index has 16 bits of
/// a name beside the birth date, so one in some million records meets somebody whom no pass finds.
fn assert_same(past: &Linker<'_>, kept: &Linker<'_>, records: &[Record<'_>]) {
    let meets_strangers = |linker: &Linker<'_>, record: &Record<'_>| {
        let person = Person::read(record, &ReadOptions::default());
        person.is_ok_and(|person| {
            let found = linker.candidates(&person);
            found.into_iter().any(|resident| linker.passes(&person, resident).is_empty())
        })
    };
    for ((past_told, kept_told), record) in told(past, records).iter().zip(told(kept, records)).zip(records) {
        if *past_told == kept_told || meets_strangers(kept, record) || meets_strangers(past, record) {
            continue;
        }
        let same = past_told.bytes().zip(kept_told.bytes()).take_while(|(a, b)| a == b).count();
        let around = |told: &str| {
            let bytes = told.as_bytes();
            String::from_utf8_lossy(&bytes[same.saturating_sub(300)..bytes.len().min(same + 100)])
                .into_owned()
        };
        assert_eq!(around(past_told), around(&kept_told), "{}", record.id);
    }
}

/// Takes something away from a row, or gives it a past.
fn roughened(mut row: Row, how: u8, other: &Row) -> Row {
    match how {
        0 => row.kanji_name = row.kanji_name.replace([' ', '\u{3000}'], ""),
        1 => row.kana_name = row.kana_name.replace([' ', '\u{3000}'], ""),
        2 => (row.kanji_name, row.kana_name) = (row.kanji_name.replace([' ', '\u{3000}'], ""), String::new()),
        3 => row.kanji_name.clear(),
        4 => row.birth_date.clear(),
        5 => "1985".clone_into(&mut row.birth_date),
        6 => "1985-01".clone_into(&mut row.birth_date),
        7 => "1985-02-30".clone_into(&mut row.birth_date),
        8 => row.former_names.clone_from(&other.kanji_name),
        9 => row.former_addresses.clone_from(&other.address),
        10 => (row.sex, row.address) = (String::new(), String::new()),
        11 => row.aliases = format!("{}|{}", other.kana_name, other.kanji_name),
        12 => row.kanji_name = row.kanji_name.replace('藤', "●"),
        13 => row.address = row.address.split(['１', '1', '一', '-']).next().unwrap_or_default().to_owned(),
        14 => "平成31年5月1日".clone_into(&mut row.birth_date),
        15 => "dead".clone_into(&mut row.status),
        _ => {}
    }
    row
}

fn roughening() -> impl Strategy<Value = Vec<(u8, prop::sample::Index)>> {
    prop::collection::vec((0..30u8, any::<prop::sample::Index>()), 60)
}

proptest! {
    #![proptest_config(cases())]
    #[test]
    fn a_registry_read_once_decides_as_one_that_is_kept(
        (people, subjects) in world(),
        rules in rules(),
        of_residents in roughening(),
        of_records in roughening(),
        styles in prop::collection::vec(prop_oneof![Just(Style::default()), style()], 12),
        chunk in 1..70usize,
        at_most in prop_oneof![0..9usize, 9..60usize, Just(usize::MAX)],
    ) {
        let rows = official(&people);
        let rough = |row: Row, (how, other): &(u8, prop::sample::Index)| {
            roughened(row, *how, &rows[other.index(rows.len())])
        };
        let residents: Vec<Row> = rows.iter().cloned().zip(&of_residents).map(|(row, how)| rough(row, how)).collect();
        let records: Vec<Row> = subjects
            .iter()
            .zip(&styles)
            .zip(&of_records)
            .enumerate()
            .map(|(number, ((subject, style), how))| {
                rough(subject.of(&people).written(&format!("r{number}"), *style), how)
            })
            .collect();
        let kept = registry(&residents);
        let records: Vec<Record<'_>> = records.iter().map(Row::record).collect();
        let residents: Vec<Record<'_>> = residents.iter().map(Row::record).collect();
        let past = once(&records, &residents, chunk, at_most).unwrap();
        let slices = assert_sliced(&past, &kept, &records, |registry| rules.linker(registry));
        prop_assert!(slices == 1 || at_most < usize::MAX);
    }

    #[test]
    fn ids_that_come_again_are_refused_alike(
        ids in prop::collection::vec("[ab]{1,4}|[0-9]{3}", 0..30),
        sorted in any::<bool>(),
        chunk in 1..40usize,
    ) {
        let mut ids = ids;
        if sorted {
            ids.sort_unstable();
        }
        let residents: Vec<Record<'_>> = ids.iter().map(|id| Record { id, ..Record::default() }).collect();
        let kept = Registry::builder().persons(residents.iter().copied()).unwrap().build();
        match (kept, once(&[], &residents, chunk, 9)) {
            (Err(kept), Err(OnceError::Registry(past))) => prop_assert_eq!(kept, past),
            (Ok(_), Ok(past)) => prop_assert!(past.around(0).unwrap().is_none()),
            (kept, past) => prop_assert!(false, "{kept:?} {past:?}"),
        }
    }
}

/// Blocks that are too large to compare, by name, part, block and namesakes, stop a record here as there.
#[test]
fn giant_blocks_are_left_out_alike() {
    let resident = |number: u32| {
        let dwelling =
            if number.is_multiple_of(2) { "1番1号".to_owned() } else { format!("{number}番1号") };
        Row {
            id: format!("p{number:05}"),
            kanji_name: if number.is_multiple_of(3) { "山田　太郎" } else { "山田　花子" }.to_owned(),
            birth_date: if number.is_multiple_of(50) { "" } else { "1985-01-02" }.to_owned(),
            address: format!("東京都千代田区霞が関1丁目{dwelling}"),
            ..Row::default()
        }
    };
    for residents in [4_000, 12_000, 24_000] {
        let residents: Vec<Row> = (0..residents).map(resident).collect();
        let records: Vec<Row> = (0..16u32)
            .map(|number| {
                let mut row = Row { id: format!("r{number}"), ..residents[number as usize].clone() };
                let part = |bit: u32| number >> bit & 1 == 0;
                if part(0) {
                    row.address.clear();
                }
                if part(1) {
                    row.birth_date = if part(3) { String::new() } else { "1985-01".to_owned() };
                }
                if part(2) {
                    row.kanji_name = "山田　次郎".to_owned();
                }
                row
            })
            .collect();
        let kept = registry(&residents);
        let records: Vec<Record<'_>> = records.iter().map(Row::record).collect();
        let residents: Vec<Record<'_>> = residents.iter().map(Row::record).collect();
        let past = once(&records, &residents, 4_096, usize::MAX).unwrap();
        fn linker(registry: &Registry) -> Linker<'_> {
            Linker::new(registry, Policy::statistical()).unwrap()
        }
        assert_eq!(assert_sliced(&past, &kept, &records, linker), 1);
        let parted = once(&records, &residents, 3, 0).unwrap();
        assert_eq!(assert_sliced(&parted, &kept, &records, linker), 6);
        let told_by = told(&linker(&kept), &records);
        let large = told_by.iter().filter(|told| told.contains("block_too_large")).count();
        assert_eq!(large > 4, residents.len() > 10_000, "{large} of {} residents", residents.len());
        for (told, record) in told_by.iter().zip(&records).filter(|(_, record)| record.birth_date.len() == 10)
        {
            assert!(!told.contains("NoMatch"), "{}: nobody is left out in silence", record.id);
        }
    }
}

#[test]
fn what_is_not_all_there_is_not_saved() {
    let resident =
        Record { id: "p1", kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() };
    let slices = once(&[resident], &[resident], 1, 1).unwrap();
    let slice = slices.around(0).unwrap().unwrap();
    let registry = slice.registry();
    let path = std::env::temp_dir().join(format!("himozuke-once-{}.hmz", std::process::id()));
    assert!(registry.save(&path).unwrap_err().to_string().contains("read once"));
    assert!(!path.exists());
}

#[test]
fn other_residents_the_second_time_are_an_error() {
    let resident = Record { id: "p1", kanji_name: "山田 太郎", ..Record::default() };
    let mut first = Questions::default().ask(ReadOptions::default(), working_file());
    first.push(&[resident]).unwrap();
    assert!(matches!(first.again().unwrap().slices(), Err(OnceError::Changed)));
    let repeated = once(&[], &[resident, resident], 1, 1);
    let expected = RegistryError::DuplicateId { first: 0, second: 1 };
    assert!(matches!(repeated, Err(OnceError::Registry(error)) if error == expected));
}
