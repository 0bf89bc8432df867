//! The generator held to public figures, each with its source: surnames, ages, households, places, foreign residents, twins,
//! and people of equal name and birth date, which are compared and not tuned. What differs by design is said where it is
//! checked.
//!
//! `HIMOZUKE_RESIDENTS=4000000 cargo test --release --test realism -- --nocapture` takes a larger country; allowances for chance
//! shrink with it.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use std::collections::HashMap;
use std::sync::LazyLock;

use himozuke::synth::{Chunk, Population, PopulationRates, SynthConfig};

const USUAL: u32 = 150_000;

/// What is counted of all residents.
#[derive(Default)]
struct Country {
    residents: u32,
    households: u32,
    /// Households of one to five people, and of more.
    sizes: [u32; 6],
    flats: u32,
    women: u32,
    /// Women of 65 and over.
    old_women: u32,
    /// Residents by birth year.
    born: HashMap<u32, u32>,
    prefectures: HashMap<String, u32>,
    family_names: HashMap<String, u32>,
    /// Of people born from 2006 to 2015, as they were named about 2011.
    given_names: HashMap<String, u32>,
    /// Pairs of equal kanji name, and of equal kana, of one sex and birth date.
    namesakes: [u64; 2],
    /// Of people born since 2005, those who share birth date and household with another one; and all of them.
    twins: u32,
    young: u32,
}

/// Without foreign residents, whose names are no part of the surname figures.
static JAPANESE: LazyLock<Country> = LazyLock::new(|| Country::new(0));

fn config(foreign: u32) -> SynthConfig {
    let residents = std::env::var("HIMOZUKE_RESIDENTS").map_or(USUAL, |residents| residents.parse().unwrap());
    let population = PopulationRates { foreign, ..PopulationRates::natural() };
    SynthConfig { seed: 11, residents, population, ..SynthConfig::natural() }
}

impl Country {
    fn new(foreign: u32) -> Self {
        let config = config(foreign);
        let population = Population::new(&config);
        let mut country = Self { residents: config.residents, ..Self::default() };
        let mut namesakes = [(); 2].map(|()| HashMap::<u64, u64>::new());
        let mut home = (String::new(), 0, Vec::<String>::new());
        let taken = population.try_for_each_chunk(Chunk::rows, |rows| {
            for record in rows.records() {
                let year: u32 = record.birth_date.get(..4).unwrap().parse().unwrap();
                *country.born.entry(year).or_default() += 1;
                let (family, given) = record.kanji_name.split_once('\u{3000}').unwrap();
                *country.family_names.entry(family.to_owned()).or_default() += 1;
                if (2006..=2015).contains(&year) {
                    *country.given_names.entry(given.to_owned()).or_default() += 1;
                }
                country.women += u32::from(record.sex == "2");
                country.old_women += u32::from(record.sex == "2" && year < 1959);
                country.young += u32::from(year >= 2005);
                let prefecture: String = record.address.chars().take(3).collect();
                *country.prefectures.entry(prefecture).or_default() += 1;
                for (pairs, name) in namesakes.iter_mut().zip([record.kanji_name, record.kana_name]) {
                    *pairs.entry(key(&[name, record.birth_date, record.sex])).or_default() += 1;
                }
                if home.0 != record.household_id {
                    country.close(home.1);
                    home = (record.household_id.to_owned(), 0, Vec::new());
                    country.flats += u32::from(record.address.ends_with("号室"));
                }
                let of_one_day = home.2.iter().any(|date| date == record.birth_date);
                country.twins += 2 * u32::from(year >= 2005 && of_one_day);
                home.1 += 1;
                home.2.push(record.birth_date.to_owned());
            }
            Ok::<(), std::convert::Infallible>(())
        });
        taken.unwrap();
        country.close(home.1);
        country.namesakes = namesakes.map(|groups| groups.into_values().map(|n| n * (n - 1) / 2).sum());
        country
    }

    fn close(&mut self, size: usize) {
        if let Some(at) = size.checked_sub(1) {
            self.households += 1;
            *self.sizes.get_mut(at.min(5)).unwrap() += 1;
        }
    }

    fn born_in(&self, years: impl IntoIterator<Item = u32>) -> f64 {
        years.into_iter().filter_map(|year| self.born.get(&year)).map(|&n| f64::from(n)).sum()
    }

    fn share(&self, of: f64) -> f64 {
        of / f64::from(self.residents)
    }
}

/// FNV-1a, enough to count equals.
fn key(texts: &[&str]) -> u64 {
    let fold = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    texts.iter().flat_map(|text| text.bytes().chain([0])).fold(0xCBF2_9CE4_8422_2325, fold)
}

/// Shows a figure and holds it to a published one: within `granted` of it, and four standard deviations of a share among so
/// many independent ones.
fn hold(what: &str, found: f64, published: f64, granted: f64, independent: f64) {
    let chance = 4.0 * (published * (1.0 - published) / independent).sqrt();
    eprintln!("{what}: {found:.4}, published {published:.4}, allowed {:.4}", granted + chance);
    assert!((found - published).abs() <= granted + chance, "{what}: {found}, published {published}");
}

/// DOMAIN 10.2: 明治安田生命, 2018, 6.55 million policies.
#[test]
fn surnames_have_their_published_shares() {
    let country = &*JAPANESE;
    // A household shares its name, so that residents are not independent: 3.4 to the household, counted by residents.
    let independent = f64::from(country.residents) / 3.4;
    let known = [
        ("佐藤", 0.0153),
        ("鈴木", 0.0144),
        ("高橋", 0.0114),
        ("田中", 0.0106),
        ("渡辺", 0.0094),
        ("伊藤", 0.0090),
        ("中村", 0.0085),
        ("小林", 0.0083),
        ("山本", 0.0082),
        ("加藤", 0.0071),
    ];
    for (name, published) in known {
        let found = country.share(country.family_names.get(name).copied().unwrap_or(0).into());
        hold(name, found, published, 0.0002, independent);
    }
    let mut shares: Vec<f64> = country.family_names.values().map(|&n| country.share(n.into())).collect();
    shares.sort_by(|a, b| b.total_cmp(a));
    let top = |names: usize| shares.iter().take(names).sum::<f64>();
    hold("the ten commonest surnames", top(10), 0.1022, 0.002, independent);
    // Old forms (髙橋, 渡邊) are names of their own here and there.
    hold("the hundred commonest surnames", top(100), 0.3338, 0.01, independent);
    // 10.6: 0.0020 by the same list. There are over 100,000 surnames; here are some 70,000 pairs of kanji and kana.
    let concentration: f64 = shares.iter().map(|share| share * share).sum();
    eprintln!("surnames: {} different, sum of squared shares {concentration:.5}", shares.len());
    assert!((0.0015..0.0025).contains(&concentration), "{concentration}");
}

/// DOMAIN 10.3: of the names given in 2011 the hundred commonest made a little over 20 %. The list counts boys and girls
/// apart, so two hundred names here.
#[test]
fn fashion_of_given_names_is_as_narrow_as_published() {
    let mut counts: Vec<u32> = JAPANESE.given_names.values().copied().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let all: u32 = counts.iter().sum();
    let top = f64::from(counts.iter().take(200).sum::<u32>()) / f64::from(all);
    eprintln!(
        "{} given names of {all} people born 2006 to 2015; the commonest 200 make {top:.3}",
        counts.len()
    );
    assert!((0.20..0.36).contains(&top), "{top}");
}

/// 総務省統計局, 人口推計 1 October 2023: under 15 11.4 %, 65 and over 29.1 %, 75 and over 16.1 %; women 51.4 %, and 56.5 % of
/// those of 65 and over. Births by DOMAIN 10.4 where few of the born have died since.
#[test]
fn ages_are_those_of_the_country() {
    let country = &*JAPANESE;
    let independent = f64::from(country.residents) / 2.0;
    let hold_share = |what, years, published, granted| {
        hold(what, country.share(country.born_in(years)), published, granted, independent);
    };
    hold_share("under 15", 2009..=2024, 0.114, 0.012);
    hold_share("65 and over", 1900..=1958, 0.291, 0.012);
    hold_share("75 and over", 1900..=1948, 0.161, 0.012);
    hold("women", country.share(country.women.into()), 0.514, 0.008, independent);
    let old_women = f64::from(country.old_women) / country.born_in(1900..=1958);
    hold("women of 65 and over", old_women, 0.565, 0.02, country.born_in(1900..=1958));

    let ratios = [
        ("1947 to 1945", 1947, 1945, 2_678_792.0 / 1_685_583.0),
        ("1966, the year of the fire horse, to 1967", 1966, 1967, 1_360_974.0 / 1_935_647.0),
        ("2015 to 1995", 2015, 1995, 1_005_677.0 / 1_187_064.0),
        ("2023 to 1973", 2023, 1973, 0.73 / 2.09),
    ];
    for (what, year, other, births) in ratios {
        let [these, those] = [year, other].map(|year| country.born_in([year]));
        let found = these / those;
        // A fifth for deaths, for people from abroad, and for children placed by their parents' ages.
        let allowed = births * (0.2 + 4.0 * (1.0 / these + 1.0 / those).sqrt());
        eprintln!("born in {what}: {found:.3}, births {births:.3}, allowed {allowed:.3}");
        assert!((found - births).abs() < allowed, "{what}: {found}, births {births}");
    }
    // DOMAIN 10.6: 3,385 residents to a birth date of 124.9 million, that is, 36,900 birth dates in use.
    let years = country.born.values().map(|&n| f64::from(n)).filter(|&n| country.share(n) > 0.0005).count();
    assert!((90..=101).contains(&years), "{years} birth years in use");
}

/// 国勢調査 2020, 一般世帯: 2.21 people; 38.0 % alone, then 28.1, 16.6, 11.9, 3.8, and 1.6 % of six and more.
#[test]
fn households_are_those_of_the_census() {
    let country = &*JAPANESE;
    let households = f64::from(country.households);
    let mean = f64::from(country.residents) / households;
    eprintln!("residents to the household: {mean:.3}, census 2.21");
    assert!((mean - 2.21).abs() < 0.05, "{mean}");
    for (size, (&found, census)) in
        (1..).zip(country.sizes.iter().zip([0.380, 0.281, 0.166, 0.119, 0.038, 0.016]))
    {
        hold(&format!("households of {size}"), f64::from(found) / households, census, 0.015, households);
    }
    // 国勢調査 2020: 44.9 % of the households in dwellings live in flats.
    hold("households in flats", f64::from(country.flats) / households, 0.449, 0.02, households);
}

/// 国勢調査 2020, residents by prefecture.
#[test]
fn people_live_where_the_census_counted_them() {
    let country = &*JAPANESE;
    // A third of the households of a block live in one area.
    let independent = f64::from(country.residents) / 20.0;
    let census = [
        ("東京都", 14_048),
        ("神奈川", 9_237),
        ("大阪府", 8_838),
        ("愛知県", 7_542),
        ("北海道", 5_225),
        ("秋田県", 960),
        ("鳥取県", 553),
    ];
    for (prefecture, thousands) in census {
        let found = country.share(country.prefectures.get(prefecture).copied().unwrap_or(0).into());
        hold(prefecture, found, f64::from(thousands) / 126_146.0, 0.001, independent);
    }
    assert_eq!(country.prefectures.len(), 47);
}

/// DOMAIN 10.1: 3,323,374 foreign residents of 124,885,175 on 1 January 2024. The share is found by the
/// names in Roman letters, 57 % of them here.
#[test]
fn foreign_residents_have_their_share() {
    let country = Country::new(PopulationRates::natural().foreign);
    let roman = |(name, count): (&String, &u32)| if name.is_ascii() { *count } else { 0 };
    let found = country.share(country.family_names.iter().map(roman).sum::<u32>().into());
    let roman = 0.62 * 11.0 / 12.0;
    hold(
        "foreign residents in Roman letters",
        found,
        roman * 3_323_374.0 / 124_885_175.0,
        0.002,
        f64::from(country.residents) / 3.4,
    );
}

/// 人口動態統計: about 1 birth in 100 is of twins, so 2 newborn in 100 are one.
#[test]
fn one_child_in_fifty_is_a_twin() {
    let country = &*JAPANESE;
    hold(
        "twins",
        f64::from(country.twins) / f64::from(country.young),
        0.02,
        0.008,
        f64::from(country.young) / 2.0,
    );
}

/// DOMAIN 10.6 models pairs of equal name, birth date and sex as 1.54e-5 · n²/2 pairs of one sex and birth date, times Σs² = 0.0020
/// of surnames, times Σg² of given names, which nobody has measured: from 0.0008 to 0.003 in kanji, 0.006 in kana. The
/// generator's own concentrations are its names'; what follows from those is checked by `tests/collisions.rs`. Here they must
/// fall between the lowest and the highest row of the table.
#[test]
fn namesakes_are_compared_with_the_published_model() {
    let country = &*JAPANESE;
    let residents = f64::from(country.residents);
    let modelled = |given: f64| 1.54e-5 * residents * residents / 2.0 * 0.0020 * given;
    let [kanji, kana] = country.namesakes.map(|pairs| pairs as f64);
    eprintln!(
        "{residents} residents: {kanji} pairs of one kanji name, birth date and sex, {kana} of one kana name; \
         DOMAIN 10.6: {:.1} (0.0008), {:.1} (0.0015), {:.1} (0.003), {:.1} (0.006)",
        modelled(0.0008),
        modelled(0.0015),
        modelled(0.003),
        modelled(0.006)
    );
    let [low, high] = [modelled(0.0008), modelled(0.006)];
    for pairs in [kanji, kana] {
        assert!(pairs >= low - 4.0 * low.sqrt() - 1.0 && pairs <= high + 4.0 * high.sqrt() + 1.0, "{pairs}");
    }
    assert!(kana >= kanji, "kana tell fewer people apart");
}
