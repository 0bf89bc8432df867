//! People of equal name and birth date in whole synthetic cities, counted, against two expectations: what the city's own
//! concentration of names implies, and what the library's estimator of unseen namesakes says (METHOD 4).
//!
//! `HIMOZUKE_RESIDENTS=4000000 cargo test --release --test collisions -- --nocapture` takes one city of that size in place of
//! several small ones.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr, reason = "a test")]

use std::collections::{BTreeMap, HashMap};

use himozuke::normalize::kanji;
use himozuke::synth::{Population, PopulationRates, Row, SynthConfig};
use himozuke::{Decision, Linker, Policy, Registry};
use rayon::prelude::*;

/// Residents of each city, and how many cities.
const USUAL: (u32, u64) = (50_000, 4);
/// Residents whom the estimator is asked about, spread evenly.
const ASKED: u32 = 200_000;
/// Days between two births that count as a collision. Small cities have next to no namesakes of the same day, so those born
/// within a fortnight are counted, too.
const DAYS: [u32; 2] = [0, 15];

/// Namesakes as they arise. People of other name traditions are left out: for them family and given names hang together,
/// and the concentration could not be computed from the two apart.
fn config(residents: u32, seed: u64) -> SynthConfig {
    let natural = SynthConfig::natural();
    let population = PopulationRates { foreign: 0, ..natural.population };
    SynthConfig { seed, residents, records: 0, population, ..natural }
}

/// What is counted of a resident: names as numbers, the birth date as a day.
struct Resident {
    family: u32,
    given: u32,
    year: u32,
    day: u32,
}

struct City {
    residents: Vec<Resident>,
    registry: Registry,
    asked: Vec<Row>,
}

impl City {
    fn new(config: &SynthConfig) -> Self {
        let population = Population::new(config);
        let mut numbers = HashMap::<String, u32>::new();
        let mut number = |name: &str| {
            let next = numbers.len() as u32;
            *numbers.entry(name.chars().map(kanji::fold).collect()).or_insert(next)
        };
        let (mut builder, mut residents) = (Registry::builder(), Vec::new());
        population
            .try_for_each_resident(|record| {
                let (family, given) = record.kanji_name.split_once('\u{3000}').unwrap();
                let date: Vec<u32> = record.birth_date.split('-').map(|part| part.parse().unwrap()).collect();
                let [year, month, day] = date[..] else { unreachable!("made as YYYY-MM-DD") };
                residents.push(Resident {
                    family: number(family),
                    given: number(given),
                    year,
                    day: day_number(year, month, day),
                });
                builder.push(&[record])
            })
            .unwrap();
        let step = config.residents.div_ceil(ASKED);
        let asked = population.residents().step_by(step as usize).map(|resident| {
            let mut row = Row::default();
            resident.write(&mut row);
            row
        });
        Self { residents, asked: asked.collect(), registry: builder.build().unwrap() }
    }

    /// Pairs of equal name, born at most so many days apart.
    fn namesakes(&self, days: u32) -> u64 {
        let mut births: Vec<_> = self.residents.iter().map(|r| ((r.family, r.given), r.day)).collect();
        births.sort_unstable();
        let bearers = births.chunk_by(|a, b| a.0 == b.0);
        let pairs = |births: &[((u32, u32), u32)]| -> u64 {
            let later = |(at, first): (usize, &((u32, u32), u32))| {
                births[at + 1..].iter().take_while(|other| other.1 - first.1 <= days).count() as u64
            };
            births.iter().enumerate().map(later).sum()
        };
        bearers.map(pairs).sum()
    }

    /// The same, expected from how concentrated family names are in the city, and given names among those born in a year,
    /// and from the births of each day.
    fn implied(&self, days: u32) -> f64 {
        let family = concentration(self.residents.iter().map(|r| r.family));
        let mut years = BTreeMap::<u32, Vec<&Resident>>::new();
        self.residents.iter().for_each(|r| years.entry(r.year).or_default().push(r));
        let mut per_day = HashMap::<u32, u64>::new();
        self.residents.iter().for_each(|r| *per_day.entry(r.day).or_default() += 1);
        let of_year = |born: &Vec<&Resident>| {
            let mut first: Vec<u32> = born.iter().map(|r| r.day).collect();
            first.sort_unstable();
            first.dedup();
            let on = |day: u32| per_day.get(&day).copied().unwrap_or(0);
            let pairs = |&day: &u32| {
                let later: u64 = (1..=days).map(|after| on(day + after)).sum();
                on(day) * (on(day) - 1) / 2 + on(day) * later
            };
            first.iter().map(pairs).sum::<u64>() as f64 * concentration(born.iter().map(|r| r.given))
        };
        family * years.values().map(of_year).sum::<f64>()
    }

    /// The same by the library: for each resident, the namesakes of the same birth date among as many people again as the
    /// registry has. Every pair is met from both sides.
    fn estimated(&self, days: u32) -> f64 {
        let residents = self.residents.len() as f64;
        let policy = Policy { population: 2.0 * residents, ..Policy::guideline() };
        let linker = Linker::new(&self.registry, policy).unwrap();
        let expected = |row: &Row| match linker.decide(&row.record()).unwrap() {
            Decision::Link(link) => link.expected_namesakes,
            Decision::Review(review) => review.expected_namesakes,
            Decision::NoMatch(_) => unreachable!("every resident is found by their own entry"),
        };
        let sum: f64 = self.asked.par_iter().map(expected).sum();
        sum * residents / self.asked.len() as f64 / 2.0 * f64::from(2 * days + 1)
    }
}

/// P(two people bear the same name), from the pairs that do.
fn concentration(names: impl Iterator<Item = u32>) -> f64 {
    let mut bearers = HashMap::<u32, u64>::new();
    names.for_each(|name| *bearers.entry(name).or_default() += 1);
    let pairs = |n: u64| (n * n.saturating_sub(1)) as f64;
    let all: u64 = bearers.values().sum();
    bearers.into_values().map(pairs).sum::<f64>() / pairs(all).max(1.0)
}

/// Days since 1 March of the year 0 (proleptic Gregorian).
fn day_number(year: u32, month: u32, day: u32) -> u32 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1
}

#[test]
fn namesakes_of_one_birth_date_are_as_many_as_their_names_and_the_estimator_say() {
    let (residents, cities) = std::env::var("HIMOZUKE_RESIDENTS")
        .map_or(USUAL, |residents| (residents.parse().expect("a number of residents"), 1));
    let mut all = DAYS.map(|days| (days, 0u64, 0.0, 0.0));
    for seed in 1..=cities {
        let city = City::new(&config(residents, seed));
        for (days, found, implied, estimated) in &mut all {
            *found += city.namesakes(*days);
            *implied += city.implied(*days);
            *estimated += city.estimated(*days);
        }
    }
    for (days, found, implied, estimated) in all {
        eprintln!(
            "{cities} cities of {residents}: {found} pairs of one name born within {days} days; \
             {implied:.1} implied by the names, {estimated:.1} by the estimator"
        );
        // Pairs are rare and nearly independent, so Poisson: four standard deviations, and one pair for a mean near 0. Two
        // parts in a hundred for fashions that change within a year and over its end; five for the estimator, which shrinks
        // the rates of names of which it has seen little.
        for (expected, granted) in [(implied, 0.02), (estimated, 0.05)] {
            let allowed = 4.0 * expected.sqrt() + 1.0 + granted * expected;
            assert!((found as f64 - expected).abs() <= allowed, "{found} found, {expected} expected");
        }
    }
}
