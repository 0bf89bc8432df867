//! Namesakes nobody can see: how many people outside the registry share what a record shows (METHOD 4).

use std::cell::OnceCell;

use super::frequency::{Known, Script};
use super::{Model, Parameters};
use crate::compare::Comparison;
use crate::compare::address::{AddressComparison, AddressLevel, AddressNote};
use crate::normalize::birth_date::{BirthDate, Day};
use crate::normalize::name::{NameRef, SpellingRef};
use crate::person::PersonView;
use crate::registry::Wholes;

/// The most people who live in any one place of a kind, for a registry says nothing of places that it does not cover.
/// Names gather in places, most of all in small ones; that no place is as large as these bounds allows for it. Residents by
/// the resident register of 2024-01-01 (Ministry of Internal Affairs and Communications), rounded up: Tokyo, 13,911,902;
/// Yokohama, 3,752,969, its wards together, and 3,777,491 by the census of 2020.
const MOST_IN_PREFECTURE: f64 = 14_200_000.0;
/// As [`MOST_IN_PREFECTURE`].
const MOST_IN_MUNICIPALITY: f64 = 3_800_000.0;
/// A whole city: 247 of some 1,900 municipalities and wards have as many residents (data/gazetteer/populations_hand.tsv, census
/// of 2020), and the largest ward, 世田谷区, has 943,664 in some 60 towns. No table of towns by residents was at hand.
const MOST_IN_TOWN: f64 = 150_000.0;
/// Twice the residents of 芝園町 in Kawaguchi (5,165 in 2005, city statistics), a town that is hardly more than one estate of 2,400
/// flats and has several numbers.
const MOST_AT_ONE_NUMBER: f64 = 10_000.0;
/// Those who lived at an address before, to each who lives there: people move 3.04 times in their lives (8th survey of
/// migration, National Institute of Population and Social Security Research, 2016).
const MOVES: f64 = 3.04;
/// How often a record that fits a resident by name and birth date is about somebody else, who is in the file not by chance but
/// because they resemble the resident: as often as numbers were linked to somebody else, 8,351 of 82.08 million, when Japan had
/// them checked (METHOD 6). No count of names tells it.
const RESEMBLING: f64 = 1e-4;

/// The people whom a record may mean though the registry lacks them (METHOD 4). They are counted when they are first asked for:
/// a link always does, a verification hardly ever.
pub(crate) struct Outside<'a> {
    model: &'a Model,
    record: &'a PersonView<'a>,
    known: &'a Known,
    best: Option<Beside<'a>>,
    population: f64,
    expected: OnceCell<Expected>,
}

/// A candidate beside whom people outside the registry may be meant.
#[derive(Clone, Copy)]
pub(crate) struct Beside<'a> {
    pub(crate) comparison: &'a Comparison,
    /// The name as it is filed; none is needed where the record shows where its own ends.
    pub(crate) name: Option<NameRef<'a>>,
}

impl Outside<'_> {
    /// How many of them are expected.
    pub(crate) fn expected(&self) -> Expected {
        *self.expected.get_or_init(|| {
            let outside = (self.population - self.model.residents().max(1) as f64).max(0.0);
            self.model.expected((self.record, self.known), self.best, outside)
        })
    }
}

/// Expected people who are in the population and not in the registry (E of METHOD 4). P(there is none) is [`unique`] of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// Those who share the name, in the first script that can be read, and the birth date that a record states.
    pub(crate) namesakes: f64,
    /// Those who would show what the record shows, for each time that the best candidate would: of the namesakes the ones
    /// whom the reading fits too, times how much likelier they tell of the address.
    pub(crate) alike: f64,
    /// The odds that the record is about somebody who is in the file because they resemble the best candidate, against that
    /// candidate.
    pub(crate) resembling: f64,
}

impl Model {
    /// The people whom a record may mean though the registry lacks them, beside its best candidate, if there is one.
    pub(crate) const fn outside<'a>(
        &'a self,
        record: &'a PersonView<'a>,
        known: &'a Known,
        best: Option<Beside<'a>>,
        population: f64,
    ) -> Outside<'a> {
        Outside { model: self, record, known, best, population, expected: OnceCell::new() }
    }

    /// Where the best candidate agrees in both scripts, whoever is alike must share both, and the rarer one bounds them.
    fn expected(
        &self,
        record: (&PersonView<'_>, &Known),
        best: Option<Beside<'_>>,
        outside: f64,
    ) -> Expected {
        let main = record.0.main;
        let name = best.and_then(|best| best.name);
        let namesakes = self.namesakes(record, Script::legible(main), name, outside);
        let Some(Beside { comparison, .. }) = best else {
            return Expected { namesakes, alike: namesakes, resembling: RESEMBLING };
        };
        let both = comparison.name.register.whole.agrees() && comparison.name.reading.whole.agrees();
        let reading = main.reading.filter(|_| both).map(|reading| (Script::Reading, reading));
        let read = reading.map(|reading| self.namesakes(record, Some(reading), name, outside));
        let in_both = read.map_or(namesakes, |read| read.min(namesakes));
        let told = self.told_by_others(comparison, outside);
        Expected { namesakes, alike: in_both * told, resembling: RESEMBLING * told }
    }

    /// How much likelier somebody outside tells of an address as a record does than the candidate: the share of those
    /// outside who can fit it as well, at most, over the candidate's own chance (m). An address that differs fits all of
    /// them; one that is not known, or cannot be placed, says nothing.
    fn told_by_others(&self, comparison: &Comparison, outside: f64) -> f64 {
        use AddressLevel as A;
        let AddressComparison { level, notes, .. } = comparison.address;
        let Parameters { address, former_address, .. } = &*self.parameters;
        let unplaced = [AddressNote::AddressIllegible, AddressNote::AddressMunicipalityIncomplete];
        let (people, m) = if comparison.former_address.is_some() {
            (MOST_AT_ONE_NUMBER * (1.0 + MOVES), former_address.m)
        } else if unplaced.into_iter().any(|note| notes.contains(note)) {
            return 1.0;
        } else {
            let Some(own) = address.get(level as usize) else { return 1.0 };
            let people = match level {
                A::Dwelling | A::Building | A::RoomsDiffer => MOST_AT_ONE_NUMBER,
                A::Partial | A::Town => MOST_IN_TOWN,
                A::Municipality => MOST_IN_MUNICIPALITY,
                A::Prefecture => MOST_IN_PREFECTURE,
                A::Different | A::Unknown => outside,
            };
            (people, own.m)
        };
        people.min(outside) / outside.max(1.0) / m
    }

    /// Those outside who share the name in one script and the birth date.
    ///
    /// The residents of the name who were born within two years, the day itself aside, give the rate; nothing is assumed
    /// of how names and years hang together. A name of which the registry says little is held to the product of its
    /// parts' frequencies, as a gamma prior. Where the record's parts have no border, the best candidate's shows it.
    fn namesakes(
        &self,
        (record, known): (&PersonView<'_>, &Known),
        stated: Option<(Script, SpellingRef<'_>)>,
        best: Option<NameRef<'_>>,
        outside: f64,
    ) -> f64 {
        let residents = self.residents().max(1) as f64;
        let Some((script, name)) = stated else { return outside };
        let Some(per_day) = self.born_per_day(record, script, name, best, known) else { return outside };
        let Some(day) = record.birth_date.and_then(BirthDate::exact_day) else {
            // Nothing is linked without a day of birth; what is said of it is the expectation, without a count.
            let (first, last) = record.birth_date.map_or((Day::MIN, self.counts.last_birth), |born| {
                (born.earliest(), born.latest().min(self.counts.last_birth))
            });
            let days = last.number().saturating_sub(first.number()) + 1;
            return per_day * f64::from(days) * outside / residents;
        };
        // Nobody is born yet after the registry's last birth.
        let (first, last) =
            (day.earlier(Wholes::WINDOW), day.later(Wholes::WINDOW).min(self.counts.last_birth).max(day));
        let born_around = |key| self.wholes(script).born_around(key, day);
        let around = script.key(name).map_or(0, born_around);
        rate(around as f64, f64::from(last.number() - first.number()), per_day) * outside / residents
    }
}

/// Bearers born per day, from those found in a number of days and the rate that is assumed beforehand: the mean of a gamma
/// distribution of shape 1/2 (Jeffreys' for a rate) around the assumed one, after one Poisson count.
fn rate(found: f64, days: f64, assumed: f64) -> f64 {
    const SHAPE: f64 = 0.5;
    (found + SHAPE) / (SHAPE / assumed + days)
}

/// P(nobody outside the registry shares name and birth date), for an expected number of such people.
///
/// ```
/// use himozuke::model::unique;
/// assert_eq!(unique(0.0), 1.0);
/// assert!((unique(0.1) - 0.904_837).abs() < 1e-6);
/// ```
#[must_use]
pub fn unique(expected: f64) -> f64 {
    super::math::exp(-expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Person;
    use crate::{Record, Registry};

    /// E of a 田中実 in a thousandth of Japan, where 1.06 % are 田中 (DOMAIN 10.2), half are men, every so manieth man is
    /// called 実, and births are spread over 75 years. The mean over 60 dates.
    fn expected(bearers: u32) -> f64 {
        const RESIDENTS: u32 = 124_885;
        const TANAKA: u32 = RESIDENTS / 94;
        let first = Day::from_ymd(1925, 1, 1).unwrap();
        let chance = |n: u32, salt: u32, of: u32| ((n ^ salt).wrapping_mul(0x9E37_79B1) >> 8) % of;
        let rows: Vec<[String; 3]> = (0..RESIDENTS)
            .map(|n| {
                let (year, month, day) = first.later(chance(n, 0, 75 * 365)).ymd();
                let family = if chance(n, 0x5A5A, RESIDENTS) < TANAKA { "田中" } else { "鈴木" };
                let minoru = n % 2 == 0 && chance(n, 0xA5_0000, TANAKA * 500) < bearers;
                let given = if minoru { "実" } else { "一郎" };
                [n.to_string(), format!("{family} {given}"), format!("{year}-{month:02}-{day:02}")]
            })
            .collect();
        let rows = rows.iter().zip(["1", "2"].iter().cycle()).map(|([id, kanji_name, birth_date], sex)| {
            Record { id, kanji_name, birth_date, sex, ..Record::default() }
        });
        let model = Model::of(&Registry::builder().persons(rows).unwrap().build().unwrap());
        let expected = |year: u32| {
            let birth_date = format!("{year}-07-03");
            let record =
                Record {
                    kanji_name: "田中　実", birth_date: &birth_date, sex: "男", ..Record::default()
                };
            let record = Person::read(&record, &Default::default()).unwrap();
            model.outside(&record.view(), &Known::default(), None, 124_885_175.0).expected().namesakes
        };
        (1930..1990).map(expected).sum::<f64>() / 60.0
    }

    #[test]
    fn worked_figures_of_method_4() {
        // 田中実 has 2,600 to 5,700 bearers: E about 0.09 to 0.23, P(unique) 0.80 to 0.92. A thousandth of Japan holds
        // three to six of them, and so is near that, not on it.
        for (bearers, about) in [(2_600, 0.095), (5_700, 0.208)] {
            let expected = expected(bearers);
            assert!((expected - about).abs() < 0.035, "{bearers}: {expected}");
            assert!((0.79..0.935).contains(&unique(expected)), "{bearers}: {}", unique(expected));
        }
        assert!((unique(0.09) - 0.914).abs() < 5e-4 && (unique(0.23) - 0.795).abs() < 5e-4);
    }

    #[test]
    fn a_rate_is_counted_where_there_is_much_and_assumed_where_there_is_little() {
        let close = |a: f64, b: f64| (a / b - 1.0).abs() < 0.01;
        assert!(close(rate(0.0, 1_460.0, 1e-8), 1e-8));
        assert!(close(rate(2_000.0, 1_460.0, 1.0), 2_000.0 / 1_460.0));
        assert!(close(rate(1.0, 1_460.0, 1e-6), 3e-6));
    }

    #[test]
    fn nobody_is_outside_a_registry_of_everybody() {
        let registry = Registry::builder().build().unwrap();
        let record = Record { kanji_name: "田中　実", birth_date: "1961-07-03", ..Record::default() };
        let record = Person::read(&record, &Default::default()).unwrap();
        let (model, known) = (Model::of(&registry), Known::default());
        assert_eq!(model.outside(&record.view(), &known, None, 1.0).expected().namesakes, 0.0);
    }
}
