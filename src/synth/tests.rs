//! What a population and its records promise, checked on whole towns.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;

fn town(residents: u32, records: u32) -> SynthConfig {
    SynthConfig { residents, records, ..SynthConfig::default() }
}

fn rows(population: &Population) -> Vec<Row> {
    let mut row = Row::default();
    let write = |resident: Resident| {
        resident.write(&mut row);
        row.clone()
    };
    population.residents().map(write).collect()
}

/// FNV-1a over every column: changes when anything that is made changes.
fn fingerprint<'a>(records: impl Iterator<Item = crate::Record<'a>>) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for record in records {
        let columns = [
            record.id,
            record.kanji_name,
            record.kana_name,
            record.birth_date,
            record.sex,
            record.address,
            record.former_names,
            record.aliases,
            record.former_addresses,
            record.household_id,
            record.status,
            record.protected,
        ];
        for byte in columns.join("\n").bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
    hash
}

#[test]
fn a_seed_gives_the_same_town_everywhere() {
    let population = Population::new(&town(1_000, 300));
    let residents = rows(&population);
    let records: Vec<SynthRecord> = population.records().collect();
    // A change here is a change of every synthetic data set: make it knowingly.
    assert_eq!(fingerprint(residents.iter().map(Row::record)), 14_192_379_765_468_330_326, "residents");
    assert_eq!(fingerprint(records.iter().map(SynthRecord::record)), 14_258_458_507_559_939_616, "records");
}

#[test]
fn nobody_is_in_a_file_twice_unless_the_file_is_such_a_one() {
    let several = |repeated: u32| {
        let subjects = SubjectRates { repeated, ..SubjectRates::NATURAL };
        let population = Population::new(&SynthConfig { subjects, ..town(1_000, 900) });
        let mut truths: Vec<String> = population.records().filter_map(|record| record.truth).collect();
        let records = truths.len();
        truths.sort_unstable();
        truths.dedup();
        records - truths.len()
    };
    assert_eq!(several(0), 0);
    // As in a draw of so many with replacement, and half of it.
    assert!((200..400).contains(&several(100_000)) && (50..300).contains(&several(50_000)));
}

#[test]
fn another_seed_gives_another_town() {
    let of = |seed| {
        fingerprint(rows(&Population::new(&SynthConfig { seed, ..town(50, 0) })).iter().map(Row::record))
    };
    assert_ne!(of(1), of(2));
}

#[test]
fn ids_are_unique_and_no_individual_numbers() {
    let rows = rows(&Population::new(&town(20_000, 0)));
    let ids: HashSet<&str> = rows.iter().map(|row| row.record().id).collect();
    assert_eq!(ids.len(), 20_000);
    assert!(ids.iter().all(|id| id.starts_with('P') && id.len() == 11));
}

#[test]
fn any_range_and_any_resident_can_be_made_alone() {
    let population = Population::new(&town(1_000, 0));
    let all = rows(&population);
    for (number, expected) in all.iter().enumerate() {
        let number = number as u32;
        let mut row = Row::default();
        population.resident(number).unwrap().write(&mut row);
        assert!(row == *expected, "resident {number} alone");
        population.residents_in(number..number + 1).for_each(|resident| resident.write(&mut row));
        assert!(row == *expected, "resident {number} as a range");
    }
    assert!(population.resident(1_000).is_none());
}

#[test]
fn chunks_are_the_same_registry_for_any_number_of_threads() {
    let population = Population::new(&town(3 * Population::CHUNK + 100, 0));
    let all: Rows = population.residents().collect();
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut rest = all.records();
        let compare = |rows: Rows| {
            let alike = rows.records().all(|record| rest.next() == Some(record));
            if alike { Ok(()) } else { Err(threads) }
        };
        assert_eq!(pool.install(|| population.try_for_each_chunk(Chunk::rows, compare)), Ok(()));
        assert_eq!(rest.len(), 0);
    }
    let backwards: Vec<u32> =
        population.chunks().rev().map(|chunk| chunk.residents().count() as u32).collect();
    assert_eq!(backwards, [100, Population::CHUNK, Population::CHUNK, Population::CHUNK]);
}

#[test]
fn households_share_family_name_and_address() {
    let rows = rows(&Population::new(&town(20_000, 0)));
    let mut homes: HashMap<&str, (&str, &str)> = HashMap::new();
    for row in &rows {
        let record = row.record();
        let family = record.kanji_name.split_once('\u{3000}').unwrap().0;
        let home = homes.entry(record.household_id).or_insert((family, record.address));
        assert_eq!(*home, (family, record.address));
    }
    let per_home = 100 * rows.len() / homes.len();
    assert!((190..260).contains(&per_home), "{per_home} residents to 100 households");
}

#[test]
fn twins_share_birth_date_and_home() {
    let config = SynthConfig {
        population: PopulationRates { twin_births: 50_000, ..Default::default() },
        ..town(10_000, 0)
    };
    let population = Population::new(&config);
    let twins: Vec<Resident> = population.residents().filter(|resident| resident.twin).collect();
    assert!(twins.len() > 500, "{}", twins.len());
    let mut alike = 0;
    for twin in &twins {
        let other = population.resident(population.twin_of(twin.number).unwrap()).unwrap();
        assert!(other.number != twin.number && other.twin);
        assert!(other.birth == twin.birth && other.dwelling == twin.dwelling && other.family == twin.family);
        let foreign = twin.origin.is_foreign();
        assert!(
            other.given.word.kana.concat() != twin.given.word.kana.concat()
                || twin.sex != other.sex
                || foreign
        );
        let shared = |at: usize| other.given.word.written[at] == twin.given.word.written[at];
        alike += usize::from(shared(0) || shared(1));
    }
    assert!(alike * 2 > twins.len(), "most names differ in one part: {alike} of {}", twins.len());
}

#[test]
fn namesakes_find_each_other() {
    let population = Population::new(&town(20_000, 0));
    let mut pairs = [0, 0];
    for number in 0..20_000 {
        let Some((other, kind)) = population.namesake_of(number) else { continue };
        assert_eq!(population.namesake_of(other).map(|(back, _)| back), Some(number));
        let (a, b) = (population.resident(number).unwrap(), population.resident(other).unwrap());
        let (mut row_a, mut row_b) = (Row::default(), Row::default());
        a.write(&mut row_a);
        b.write(&mut row_b);
        let (a, b) = (row_a.record(), row_b.record());
        assert!(a.birth_date == b.birth_date && a.kana_name == b.kana_name && a.sex == b.sex);
        let same_kanji = a.kanji_name == b.kanji_name;
        assert_eq!(same_kanji, kind == super::population::Namesake::Same);
        pairs[usize::from(same_kanji)] += 1;
    }
    assert!(pairs[0] > 10 && pairs[1] > 20, "{pairs:?}");
}

#[test]
fn dates_are_days_and_ages_are_those_of_the_country() {
    let population = Population::new(&town(200_000, 0));
    let (mut children, mut old, mut per_day) = (0, 0, HashMap::<(u32, u32, u32), u32>::new());
    for resident in population.residents() {
        let birth = resident.birth;
        assert!(super::calendar::Day::new(birth.year, birth.month, birth.day).is_some());
        assert!((1920..=2024).contains(&birth.year));
        children += u32::from(birth.year > 2009);
        old += u32::from(birth.year < 1960);
        *per_day.entry((birth.year, birth.month, birth.day)).or_default() += 1;
    }
    // 2024: 11 % under 15, 29 % of 65 and over.
    assert!((16_000..30_000).contains(&children), "{children} children of 200,000");
    assert!((48_000..72_000).contains(&old), "{old} old people of 200,000");
    // DOMAIN 10.6: 3,385 residents to a birth date among 124.9 million, so 5.4 here.
    let mean = 200_000 * 10 / per_day.len() as u32;
    let most = per_day.values().max().copied().unwrap_or(0);
    assert!((48..70).contains(&mean) && most < 40, "mean {mean} tenths, most {most}");
}

#[test]
fn one_resident_in_thirty_seven_is_foreign() {
    let population = Population::new(&town(100_000, 0));
    let foreign = population.residents().filter(|resident| resident.origin.is_foreign()).count();
    assert!((2_300..3_100).contains(&foreign), "{foreign} of 100,000, 2,700 expected (DOMAIN 10.1)");
}

#[test]
fn every_tag_occurs_and_truth_is_registered() {
    let population = Population::new(&town(20_000, 20_000));
    let rows = rows(&population);
    let ids: HashSet<&str> = rows.iter().map(|row| row.record().id).collect();
    let mut seen: HashMap<Tag, u32> = HashMap::new();
    for synthetic in population.records() {
        synthetic.tags.iter().for_each(|tag| *seen.entry(tag).or_default() += 1);
        assert!(synthetic.truth.as_deref().is_none_or(|truth| ids.contains(truth)));
        assert_eq!(synthetic.truth.is_none(), synthetic.tags.iter().any(Tag::is_outsider));
        assert!(!synthetic.record().birth_date.is_empty());
    }
    let missing: Vec<&str> =
        Tag::ALL.iter().filter(|tag| !seen.contains_key(tag)).map(|tag| tag.name()).collect();
    assert!(missing.is_empty(), "never seen: {missing:?}");
}

#[test]
fn without_errors_a_record_is_its_register_entry() {
    let config = SynthConfig { errors: ErrorRates::NONE, ..town(2_000, 2_000) };
    let population = Population::new(&config);
    let rows = rows(&population);
    let by_id: HashMap<&str, &Row> = rows.iter().map(|row| (row.record().id, row)).collect();
    let what = |record: crate::Record<'_>| {
        [record.kanji_name, record.kana_name, record.birth_date, record.sex, record.address]
            .map(str::to_owned)
    };
    let entries: HashSet<[String; 5]> = rows.iter().map(|row| what(row.record())).collect();
    for synthetic in population.records() {
        let stated = what(synthetic.record());
        match &synthetic.truth {
            Some(truth) => assert_eq!(stated, what(by_id[truth.as_str()].record())),
            None => assert!(!entries.contains(&stated), "an outsider is nobody's entry"),
        }
        assert!(!synthetic.tags.contains(Tag::Undecidable));
    }
}

/// Holds the mark of every record against a comparison of the record with every row of the registry, as text. The errors may
/// leave values out; they may not rewrite any.
fn undecidable_records(subjects: SubjectRates, errors: ErrorRates) -> Vec<SynthRecord> {
    let population = Population::new(&SynthConfig { errors, subjects, ..town(4_000, 2_000) });
    let rows = rows(&population);
    let plain = |text: &str| text.chars().map(super::names::plain_form).collect::<String>();
    let key = |text: &str| super::notation::kana_key([text].into_iter()).collect::<String>();
    let mut by_birth: HashMap<&str, Vec<crate::Record<'_>>> = HashMap::new();
    rows.iter().map(Row::record).for_each(|row| by_birth.entry(row.birth_date).or_default().push(row));
    let is_undecidable = |synthetic: &SynthRecord| {
        let stated = synthetic.record();
        let says = |stated: &str, registered: String, fold: &dyn Fn(&str) -> String| {
            stated.is_empty() || fold(stated) == registered
        };
        // The building and the room follow a space, and are left out together.
        let without_room = |row: &crate::Record<'_>| {
            let numbers = row.address.split_once('\u{3000}').map_or(row.address, |(numbers, _)| numbers);
            synthetic.tags.contains(Tag::RoomDropped) && stated.address == numbers
        };
        let rivals = by_birth.get(stated.birth_date).into_iter().flatten().filter(|row| {
            synthetic.truth.as_deref() != Some(row.id)
                && says(stated.kanji_name, plain(row.kanji_name), &plain)
                && says(stated.kana_name, key(row.kana_name), &key)
                && (stated.sex.is_empty() || stated.sex == row.sex)
                && (stated.address.is_empty() || stated.address == row.address || without_room(row))
        });
        let undecidable = synthetic.tags.contains(Tag::Undecidable);
        assert_eq!(undecidable, rivals.count() > 0, "{}", synthetic.tags);
        undecidable
    };
    population.records().filter(is_undecidable).collect()
}

#[test]
fn undecidable_is_what_a_plain_comparison_finds() {
    let errors =
        ErrorRates { kana_only: 50_000, kana_missing: 50_000, address_missing: 70_000, ..ErrorRates::NONE };
    let subjects =
        SubjectRates { lookalike: 40_000, unregistered_namesake: 10_000, ..SubjectRates::default() };
    let found = undecidable_records(subjects, errors).len();
    assert!(found > 100, "{found}");
}

#[test]
fn undecidable_records_of_absent_people_are_what_a_plain_comparison_finds() {
    let errors = ErrorRates {
        kana_only: 30_000,
        kana_missing: 30_000,
        sex_missing: 30_000,
        address_missing: 50_000,
        room_dropped: 50_000,
        ..ErrorRates::NONE
    };
    let subjects = SubjectRates {
        stranger: 10_000,
        relative: 20_000,
        unregistered_namesake: 20_000,
        unregistered_homophone: 20_000,
        unregistered_twin: 20_000,
        repeated: 0,
        lookalike: 0,
    };
    let found = undecidable_records(subjects, errors);
    let of = |kind: Tag| found.iter().filter(|record| record.tags.contains(kind)).count();
    assert!(
        of(Tag::UnregisteredNamesake) > 100,
        "no address tells them apart: {}",
        of(Tag::UnregisteredNamesake)
    );
    assert!(of(Tag::UnregisteredHomophone) > 20, "nor kanji: {}", of(Tag::UnregisteredHomophone));
    assert_eq!([of(Tag::Relative), of(Tag::Stranger)], [0, 0], "they share no name and birth date");
}

#[test]
fn debug_shows_no_value() {
    let population = Population::new(&town(100, 20));
    let mut row = Row::default();
    for resident in population.residents() {
        resident.write(&mut row);
        let printed = format!("{resident:?} {row:?}");
        assert!(!printed.contains(row.record().kanji_name) && !printed.contains(row.record().birth_date));
    }
    for synthetic in population.records() {
        let printed = format!("{synthetic:?}");
        let name = synthetic.record().kana_name;
        assert!(name.is_empty() || !printed.contains(name));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_configuration_panics(
        seed: u64,
        residents in 0u32..400,
        records in 0u32..60,
        rates in proptest::array::uniform8(prop_oneof![Just(0), Just(100_000), Just(u32::MAX), 0u32..100_000]),
    ) {
        let [foreign, twin_births, namesakes, dead, lookalike, stranger, rate, other] = rates;
        let population = PopulationRates { foreign, twin_births, namesakes, dead, protected: rate, moved_out: other };
        let subjects = SubjectRates { lookalike, stranger, relative: rate, ..SubjectRates::default() };
        let errors = ErrorRates { era_slip: rate, given_typo: rate, gaiji: other, alias: rate, ..ErrorRates::default() };
        let config =
            SynthConfig { seed, residents, records, population, subjects, errors, ..SynthConfig::default() };
        let population = Population::new(&config);
        prop_assert_eq!(population.residents().count(), residents as usize);
        prop_assert_eq!(population.records().count(), records as usize);
    }
}

/// Which tags a batch has, and how many records have them.
fn tags_of(records: &[SynthRecord]) -> HashMap<&'static str, usize> {
    let mut seen = HashMap::new();
    let tags = records.iter().flat_map(|record| record.tags.iter());
    tags.for_each(|tag| *seen.entry(tag.name()).or_default() += 1);
    seen
}

#[test]
fn shipped_profiles_do_what_they_say_and_nothing_else() {
    for (name, text) in PROFILES {
        let profile: Profile = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(profile.name, name);
        let rates = serde_json::to_value(&profile.errors).unwrap();
        let population = Population::new(&SynthConfig { profiles: vec![profile], ..town(3_000, 3_000) });
        let records: Vec<SynthRecord> = population.records().collect();
        assert!(records.iter().all(|record| record.profile == name));
        let seen = tags_of(&records);
        for (tag, rate) in rates.as_object().unwrap() {
            let rate = rate.as_u64().unwrap();
            assert!(text.contains(&format!("\n{tag} = {rate} # ")), "{name} lists {tag}");
            let times = seen.get(tag.as_str()).copied().unwrap_or(0);
            assert!(rate > 0 || times == 0, "{name}: {tag} happened {times} times");
            // Rates are of the records to which it can happen; these are always possible.
            if ["kana_only", "date_era", "sex_missing", "address_missing"].contains(&tag.as_str()) {
                let expected = rate * 3 / 100;
                let error = 4 * (expected.isqrt() + 1);
                assert!(
                    (times as u64).abs_diff(expected) <= error,
                    "{name}: {tag} {times}, {expected} expected"
                );
            }
        }
    }
}

#[test]
fn profiles_take_turns_and_what_they_leave_out_never_happens() {
    let profile =
        |name: &str| toml::from_str(&format!("name = '{name}'\n[errors]\ntitle = 100_000")).unwrap();
    let config = SynthConfig { profiles: vec![profile("one"), profile("two")], ..town(500, 100) };
    let records: Vec<SynthRecord> = Population::new(&config).records().collect();
    let ones = records.iter().filter(|record| record.profile == "one").count();
    assert_eq!((ones, records.len()), (50, 100));
    let happened = tags_of(&records);
    assert_eq!(happened.get("title"), Some(&100));
    let errors = serde_json::to_value(ErrorRates::NONE).unwrap();
    assert!(happened.keys().all(|tag| *tag == "title" || errors.get(tag).is_none()), "{happened:?}");
    let unknown = toml::from_str::<Profile>("name = 'x'\n[errors]\ntitel = 1");
    assert!(unknown.is_err_and(|error| error.message().contains("titel")));
}

#[test]
fn weights_give_back_natural_shares() {
    let population = Population::new(&town(40_000, 8_000));
    let records: Vec<SynthRecord> = population.records().collect();
    let weigh = |kind: &dyn Fn(&SynthRecord) -> bool| -> f64 {
        records.iter().filter(|record| kind(record)).map(|record| record.weight).sum()
    };
    let close = |found: f64, expected: f64| (found - expected).abs() < 1e-6 * expected;
    assert!(close(weigh(&|_| true), 8_000.0));
    assert!(close(weigh(&|record| record.tags.contains(Tag::Stranger)), 0.0643 * 8_000.0));
    assert!(close(weigh(&|record| record.tags.contains(Tag::Relative)), 0.005 * 8_000.0));
    assert_eq!(weigh(&|record| record.tags.contains(Tag::RegisteredNamesake)), 0.0);
    assert_eq!(weigh(&|record| record.tags.contains(Tag::UnregisteredHomophone)), 0.0);
    // Twins are as frequent as in a registry that has them as often as they are born.
    let natural = Population::new(&SynthConfig { residents: 40_000, ..SynthConfig::natural() });
    let twins = natural.residents().filter(|resident| resident.twin).count() as f64 / 40_000.0;
    let weighed = weigh(&|record| record.tags.contains(Tag::RegisteredTwin)) / (0.93 * 8_000.0);
    assert!((weighed / twins - 1.0).abs() < 0.2, "{weighed} of the weights, {twins} of the residents");

    let natural = Population::new(&SynthConfig { residents: 2_000, records: 500, ..SynthConfig::natural() });
    assert!(natural.records().all(|record| record.weight == 1.0));
}

#[test]
fn subgroups_are_told_of_whomever_the_record_is_about() {
    let population = Population::new(&town(20_000, 5_000));
    let mut seen = HashMap::<Subgroup, (u32, u32)>::new();
    for record in population.records() {
        for &group in &record.subgroups {
            let (registered, absent) = seen.entry(group).or_default();
            *if record.truth.is_some() { registered } else { absent } += 1;
        }
        let foreign = record.tags.contains(Tag::Foreign);
        assert!(!foreign || record.subgroups.contains(&Subgroup::Foreign));
    }
    for group in Subgroup::ALL {
        let (registered, absent) = seen.get(&group).copied().unwrap_or_default();
        assert!(registered > 0 && (absent > 0 || group == Subgroup::Twin), "{}", group.name());
    }
}
