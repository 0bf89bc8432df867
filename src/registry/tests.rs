//! The plain engine: keys in hash maps, residents looked at one by one. The tables must find whom it finds, and count what
//! it counts, so that every decision is the same.

use std::collections::{BTreeSet, HashMap};

use proptest::prelude::*;

use super::dated::{UNDATED, filed_day};
use super::keys::{Asked, Whole, file_blocks, parts_on_day};
use super::*;
use crate::Record;
use crate::compare::birth_date::near_variants;
use crate::normalize::birth_date::Day;
use crate::normalize::name::{PartRef, Script, SpellingRef};
use crate::person::Person;
use crate::synth::{Population, SynthConfig, SynthRecord};

/// Every resident under every key, with the birth date beside it.
struct Plain<'r> {
    registry: &'r Registry,
    wholes: HashMap<u64, BTreeSet<u32>>,
    blocks: HashMap<u64, BTreeSet<u32>>,
    parts: HashMap<u64, BTreeSet<(u32, bool)>>,
    /// Residents by the key of their own name and their exact birth date.
    births: HashMap<u64, Vec<(u32, u32)>>,
    own_blocks: HashMap<u64, u32>,
    /// How often each part of a name occurs: family and given names in register form, and of the reading.
    parts_of_names: [HashMap<u64, u32>; 4],
}

impl<'r> Plain<'r> {
    fn new(registry: &'r Registry) -> Self {
        let mut plain = Self {
            registry,
            wholes: HashMap::new(),
            blocks: HashMap::new(),
            parts: HashMap::new(),
            births: HashMap::new(),
            own_blocks: HashMap::new(),
            parts_of_names: Default::default(),
        };
        for row in 0..registry.len() as u32 {
            let person = registry.base.columns.person(row).unwrap();
            for whole in [Whole::Register, Whole::Reading] {
                whole.file(row, person, |key, _| {
                    plain.wholes.entry(key).or_default().insert(row);
                });
            }
            file_blocks(row, person, |key, _| {
                plain.blocks.entry(key).or_default().insert(row);
            });
            parts_on_day(person, |part| {
                plain.parts.entry(part.key).or_default().insert((row, part.free));
            });
            for key in own_keys(person) {
                plain.births.entry(key).or_default().push((filed_day(person.birth_date), row));
            }
            let [family, given, family_read, given_read] = &mut plain.parts_of_names;
            for (name, family, given) in
                [(person.main.register, family, given), (person.main.reading, family_read, given_read)]
            {
                let Some(name) = name else { continue };
                if !name.has_border() {
                    name.given.possible_part_keys().for_each(|(key, _)| {
                        *family.entry(key).or_default() += 1;
                        *given.entry(key).or_default() += 1;
                    });
                    continue;
                }
                for (part, tally) in [(name.family, family), (name.given, given)] {
                    if !part.has_unknown() {
                        *tally.entry(part.key()).or_default() += 1;
                    }
                }
            }
            let block = person.address.and_then(|address| address.block_key());
            block.into_iter().for_each(|key| *plain.own_blocks.entry(key).or_default() += 1);
        }
        plain
    }

    fn person(&self, row: u32) -> PersonView<'r> {
        self.registry.base.columns.person(row).unwrap()
    }

    fn day(&self, row: u32) -> u32 {
        filed_day(self.person(row).birth_date)
    }

    fn candidates(&self, record: PersonView<'_>) -> Vec<u32> {
        let mut asked = Asked::default();
        asked.ask(record);
        let day = filed_day(record.birth_date);
        let near: BTreeSet<u32> =
            record.birth_date.into_iter().flat_map(near_variants).map(Day::number).collect();
        let towns: BTreeSet<u64> = towns_of(record).collect();
        let mut found = BTreeSet::new();
        let under =
            |keys: &HashMap<u64, BTreeSet<u32>>, key: &u64| keys.get(key).cloned().unwrap_or_default();
        for key in asked.registers.iter().chain(&asked.readings) {
            found.extend(under(&self.wholes, key).into_iter().filter(|row| {
                let other = self.day(*row);
                let neighbour = || towns_of(self.person(*row)).any(|town| towns.contains(&town));
                day == UNDATED || other == day || other == UNDATED || near.contains(&other) || neighbour()
            }));
        }
        for key in &asked.blocks {
            let same = |row: &u32| day == UNDATED || self.day(*row) == day;
            found.extend(under(&self.blocks, key).into_iter().filter(same));
        }
        for part in &asked.parts {
            let of_part = self.parts.get(&part.key).into_iter().flatten();
            let meant = |row: u32, free: bool| {
                let resident = self.person(row);
                let free = free || part.free;
                free && (part.given || may_be_named(record, resident))
                    || towns_of(resident).any(|town| towns.contains(&town))
            };
            found.extend(of_part.filter(|(row, free)| meant(*row, *free)).map(|(row, _)| row));
        }
        found.into_iter().collect()
    }
}

impl Plain<'_> {
    /// Everybody who shares a whole name with a resident and was born on the same day, or on none that is known.
    fn rivals(&self, resident: PersonView<'_>) -> Vec<u32> {
        let day = filed_day(resident.birth_date);
        let named = |whole: Whole| resident.names().filter_map(move |name| whole.key(name));
        let keys = named(Whole::Register).chain(named(Whole::Reading));
        let found: BTreeSet<u32> = keys.filter_map(|key| self.wholes.get(&key)).flatten().copied().collect();
        let born = |row: &u32| self.day(*row) == day || self.day(*row) == UNDATED;
        let mut found: BTreeSet<u32> = found.into_iter().filter(born).collect();
        let block = resident.address.and_then(|address| address.block_key());
        let neighbours = block.and_then(|key| self.blocks.get(&key)).into_iter().flatten();
        found.extend(neighbours.filter(|row| day == UNDATED || self.day(**row) == day));
        found.into_iter().collect()
    }

    /// That the frequencies of names are those of looking at everybody.
    fn check_frequencies(&self) {
        let counts = self.registry.counts();
        let tallies =
            [&counts.family_register, &counts.given_register, &counts.family_reading, &counts.given_reading];
        let often = |counts: &mut dyn Iterator<Item = usize>| {
            counts.fold((0, 0), |(once, twice), count| {
                (once + u64::from(count == 1), twice + u64::from(count == 2))
            })
        };
        for (plain, tally) in self.parts_of_names.iter().zip(tallies) {
            assert!(plain.iter().all(|(key, count)| tally.get(*key) == *count));
            assert_eq!(tally.rare(), often(&mut plain.values().map(|count| *count as usize)));
        }
        let (once, twice) = often(&mut self.births.values().map(Vec::len));
        let [registers, readings] = [counts.registers.rare, counts.readings.rare];
        assert_eq!((registers.0 + readings.0, registers.1 + readings.1), (once, twice));
    }
}

/// Whether both parts of a name of one may be a slip from those of a name of the other, in one script or the other.
fn may_be_named(a: PersonView<'_>, b: PersonView<'_>) -> bool {
    let near = |a: u64, b: u64| (a ^ b).count_ones() <= 2;
    let may_be = |a: PartRef<'_>, b: PartRef<'_>| {
        let silent =
            |part: PartRef<'_>| part.is_empty() || part.has_unknown() || part.script() == Script::Latin;
        let (a_has, b_has) = (a.signature(), b.signature());
        let left_out = a.script() == Script::Kana && (a_has & b_has == a_has || a_has & b_has == b_has);
        silent(a) || silent(b) || a.script() != b.script() || near(a_has, b_has) || left_out
    };
    let pairs =
        a.names().flat_map(|a| b.names().map(move |b| [(a.register, b.register), (a.reading, b.reading)]));
    let mut pairs =
        pairs.map(|scripts| scripts.into_iter().filter_map(|(a, b)| a.zip(b)).collect::<Vec<_>>());
    pairs.any(|scripts| {
        let all = |name: &SpellingRef<'_>| name.family.signature() | name.given.signature();
        let [mut families, mut givens, mut first, mut last] = [false; 4];
        for (a, b) in &scripts {
            families |= may_be(a.family, b.family);
            givens |= may_be(a.given, b.given);
            first |= may_be(a.family, b.given);
            last |= may_be(a.given, b.family);
        }
        let whole = scripts.iter().any(|(a, b)| !a.has_border() || !b.has_border() || near(all(a), all(b)));
        whole || families && givens || first && last
    })
}

/// The towns where somebody lives or lived.
fn towns_of<'p>(person: PersonView<'p>) -> impl Iterator<Item = u64> + 'p {
    person.addresses().filter_map(|address| address.town_key())
}

fn own_keys(person: PersonView<'_>) -> impl Iterator<Item = u64> {
    let register = person.main.register.and_then(|name| name.register_key());
    register.into_iter().chain(person.main.reading.and_then(|name| name.reading_key()))
}

fn differ(config: &SynthConfig) {
    let population = Population::new(config);
    let mut builder = Registry::builder();
    population.try_for_each_resident(|row| builder.push(&[row])).unwrap();
    let registry = builder.build().unwrap();
    let plain = Plain::new(&registry);
    plain.check_frequencies();
    let (nothing, mut search, mut rivals) = <([Search; 1], [Search; 1], [Search; 1])>::default();
    let mut pairs = 0;
    for record in population.records() {
        let Ok(person) = Person::read(&SynthRecord::record(&record), &ReadOptions::default()) else {
            continue;
        };
        // The engine is asked as a linker asks it; the plain one works out every key.
        let record_view = person.view().with_keys();
        registry.candidates([record_view].into_iter(), &mut search);
        let [Search { found, complete, .. }] = &search;
        assert!(complete);
        assert_eq!(*found, plain.candidates(person.view()), "seed {}: {}", config.seed, record.record().id);
        pairs += found.len();
        for row in found.iter().take(3) {
            let resident = registry.person(ResidentIndex(*row)).unwrap();
            assert_eq!(resident.has_one_name(), resident.names().count() == 1);
            let former = resident.addresses().count() - usize::from(resident.address.is_some());
            assert_eq!(resident.has_moved(), former > 0);
            let filed = PersonView { main: resident.main.with_keys_of(record_view.main), ..resident };
            registry.rivals([Some(filed)].into_iter(), &nothing, &mut rivals);
            let [Search { found, complete, .. }] = &rivals;
            assert!(complete);
            assert_eq!(*found, plain.rivals(resident), "seed {}: resident {row}", config.seed);
        }
        // What METHOD 4 and the frequencies ask of the same tables.
        let counts = registry.counts();
        for key in own_keys(person.view()) {
            let bearers = plain.births.get(&key).map_or(&[][..], Vec::as_slice);
            let tables = [&counts.registers.bearers, &counts.readings.bearers];
            assert_eq!(tables.map(|table| table.count(key) as usize).iter().sum::<usize>(), bearers.len());
            if let Some(day) = person.view().birth_date.and_then(|date| date.exact_day()) {
                let (first, last) = (day.earlier(730), day.later(730));
                let around = tables.map(|table| table.born_around(key, first, last, day));
                let within = |(born, _): &&(u32, u32)| {
                    (first.number()..=last.number()).contains(born) && *born != day.number()
                };
                assert_eq!(around.iter().sum::<u64>(), bearers.iter().filter(within).count() as u64);
            }
        }
        let block = person.view().address.and_then(|address| address.block_key());
        if let Some(key) = block {
            assert_eq!(counts.blocks.count(key), plain.own_blocks.get(&key).copied().unwrap_or(0));
        }
    }
    assert!(pairs > config.records as usize / 2, "most records find somebody: {pairs}");
}

/// `HIMOZUKE_TOWN=200000` for towns of that size, with a quarter as many records.
#[test]
fn tables_find_and_count_what_the_plain_engine_does() {
    let town = std::env::var("HIMOZUKE_TOWN").ok().and_then(|size| size.parse().ok());
    let residents = town.unwrap_or(4_000);
    for seed in 1..=5 {
        differ(&SynthConfig { seed, residents, records: residents / 4, ..SynthConfig::default() });
        // Everybody in one small town, with few names: blocks are long, and dates collide.
        if seed == 1 {
            differ(&SynthConfig {
                seed: 77,
                residents: residents / 8,
                records: residents / 8,
                ..SynthConfig::natural()
            });
        }
    }
}

/// Dates among which slips are common, some that no calendar has, and some that are not known to the day.
fn date() -> impl Strategy<Value = String> {
    let (year, month) = (prop::sample::select(&[1928u16, 1950, 1951, 1991]), 1..=12u8);
    let known = (year, month, 1..=31u8).prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"));
    prop_oneof![12 => known, 1 => Just(String::new()), 1 => Just("1950-01".to_owned())]
}

/// Up to two towns, the second of before.
fn towns() -> impl Strategy<Value = [&'static str; 2]> {
    const TOWNS: &[&str] = &[
        "",
        "東京都千代田区霞が関二丁目１番６号",
        "北海道札幌市北区麻生町三丁目３番３号",
        "静岡県静岡市葵区追手町９番６号",
    ];
    [prop::sample::select(TOWNS), prop::sample::select(TOWNS)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Where hundreds have one name, dates and towns say who may be meant.
    #[test]
    fn in_a_crowd_of_one_name_the_same_people_are_found(
        crowd in prop::collection::vec((date(), towns()), 200..600),
        records in prop::collection::vec((date(), towns()), 20),
    ) {
        let named = Record { kanji_name: "田中　実", kana_name: "タナカ　ミノル", ..Record::default() };
        let ids: Vec<String> = (0..crowd.len()).map(|number| number.to_string()).collect();
        let rows = crowd.iter().zip(&ids).map(|((birth_date, [address, former_addresses]), id)| {
            Record { id, birth_date, address, former_addresses, ..named }
        });
        let registry = Registry::builder().persons(rows).unwrap().build().unwrap();
        let plain = Plain::new(&registry);
        let mut search = <[Search; 1]>::default();
        for (birth_date, [address, former_addresses]) in &records {
            let record = Record { birth_date, address, former_addresses, ..named };
            let person = Person::read(&record, &ReadOptions::default()).unwrap();
            registry.candidates([person.view()].into_iter(), &mut search);
            let [Search { found, complete, .. }] = &search;
            prop_assert!(complete);
            prop_assert_eq!(found, &plain.candidates(person.view()));
        }
    }
}

/// Whom a part of a name and the birth date find, where nothing else does.
#[test]
fn a_part_of_a_name_finds_somebody_only_where_it_is_all_there_is_to_go_by() {
    let resident = Record {
        id: "p",
        kanji_name: "佐藤　花子",
        kana_name: "サトウ　ハナコ",
        birth_date: "1985-01-01",
        address: "東京都千代田区霞が関二丁目１番６号",
        ..Record::default()
    };
    let elsewhere = Record { address: "北海道札幌市北区麻生町三丁目３番３号", ..resident };
    let sister = Record { kanji_name: "佐藤　桜", kana_name: "サトウ　サクラ", ..elsewhere };
    let written = |kanji_name| Record { kanji_name, ..elsewhere };
    let cases = [
        (
            "another family name",
            resident,
            Record { kana_name: "タナカ　ハナコ", ..written("田中　花子") },
            true,
        ),
        (
            "the sound of a given name",
            resident,
            Record { kana_name: "タナカ　ハナコ", ..written("田中　華子") },
            false,
        ),
        ("the family name, elsewhere", resident, sister, false),
        ("in the town", resident, Record { address: "東京都千代田区霞が関一丁目３番１号", ..sister }, true),
        (
            "in a town of before",
            resident,
            Record { former_addresses: "東京都千代田区霞が関", ..sister },
            true,
        ),
        // Where a part is all there is to go by, the rest must not speak against it.
        ("without an address", resident, Record { address: "", ..sister }, false),
        ("kanji alone", resident, Record { kana_name: "", ..sister }, false),
        ("kana alone", resident, Record { kanji_name: "", ..sister }, false),
        (
            "a slip in kana alone",
            resident,
            Record { kanji_name: "", kana_name: "サトウ　ハナヨ", ..elsewhere },
            true,
        ),
        ("unread kanji", resident, Record { kanji_name: "佐藤　●", ..sister }, true),
        ("a resident without kana", Record { kana_name: "", ..resident }, sister, false),
        ("a resident without an address", Record { address: "", ..resident }, sister, false),
        (
            "other kanji of the given name, and a slip in its sound",
            Record { address: "", ..resident },
            Record { kanji_name: "佐藤　華子", kana_name: "サトウ　ハナヨ", ..elsewhere },
            true,
        ),
        (
            "Roman letters",
            Record { kanji_name: "SATO HANAKO", ..resident },
            Record { kanji_name: "SATO SAKURA", ..sister },
            true,
        ),
        ("the other order", resident, Record { kana_name: "ハナコ　サトウ", ..written("花子　佐藤") }, true),
        ("another day", resident, Record { birth_date: "1985-07-09", ..written("田中　花子") }, false),
    ];
    for (name, resident, record, found) in cases {
        let registry = Registry::builder().persons([resident]).unwrap().build().unwrap();
        let record = Person::read(&record, &ReadOptions::default()).unwrap();
        let mut search = <[Search; 1]>::default();
        registry.candidates([record.view()].into_iter(), &mut search);
        let [Search { found: candidates, .. }] = &search;
        assert_eq!(!candidates.is_empty(), found, "{name}");
        assert_eq!(
            registry.passes(record.view(), ResidentIndex(0)).only(),
            found.then_some(Pass::PartDate),
            "{name}"
        );
    }
}
