//! A registry with people added to it who do not exist (METHOD 6): drawn from its own names, births and dwellings, so that
//! whoever is linked to one of them is linked wrongly, as often as to a real resident who is not meant.
//!
//! Knows columns; nothing of records or decisions.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::columns::{Columns, Facts, Marks, Row};
use super::dictionary::{NONE, Parts, Places, Texts, column};
use super::ids::Ids;
use super::keep::InMemory;
use super::layer::Layer;
use super::{Registry, RegistryError};
use crate::hash::KeyHasher;
use crate::normalize::birth_date::{BirthDate, Day};
use crate::normalize::name::Script;

/// How far from a bearer's birth the birth of a decoy with its given name may be, in days: as for namesakes that nobody
/// sees (METHOD 4), about two years.
const WINDOW: u32 = 730;

/// In which scripts a family name is written, register form and reading: names of different traditions are not joined.
type Shape = [Option<Script>; 2];

impl Registry {
    /// This registry and, after its own residents, so many decoys; none of them has an id. Its counts are of decoys, too:
    /// whoever decides by it has a model of the residents alone. Costs as much room as the registry itself, and as much
    /// again for as many decoys as residents.
    ///
    /// A decoy has the given name, sex and state of one resident, the family name and the dwelling of another whose name is
    /// written in the same scripts, and the birth date of somebody born within two years of the first. A name without a
    /// border between its parts stays whole, and is given the birth date of anybody.
    pub(crate) fn with_decoys(&self, seed: u64, count: u32) -> Result<Self, RegistryError> {
        let merged = self.changes.is_some().then(|| self.merged()).transpose()?;
        let columns = &merged.as_ref().unwrap_or(self).base.columns;
        let mut rows = columns.rows.to_vec();
        if !rows.is_empty() {
            let urn = Urn::of(columns);
            rows.par_extend((0..count).into_par_iter().filter_map(|decoy| {
                let hasher = KeyHasher::new(seed).add(u64::from(decoy));
                urn.draw(|draw| hasher.add(draw).finish())
            }));
        }
        if !u32::try_from(rows.len()).is_ok_and(|length| length < NONE) {
            return Err(RegistryError::TooLarge);
        }
        let shadow = Columns {
            rows: column(rows),
            parts: Parts {
                numbers: column(columns.parts.numbers.to_vec()),
                text: column(columns.parts.text.to_vec()),
            },
            places: Places {
                numbers: column(columns.places.numbers.to_vec()),
                text: column(columns.places.text.to_vec()),
            },
            texts: Texts {
                ends: column(columns.texts.ends.to_vec()),
                text: column(columns.texts.text.to_vec()),
            },
            addresses: column(columns.addresses.to_vec()),
            numbers: column(columns.numbers.to_vec()),
            dates: column(columns.dates.to_vec()),
            extra_rows: Marks(column(columns.extra_rows.0.to_vec())),
            extra_ends: column(columns.extra_ends.to_vec()),
            extras: column(columns.extras.to_vec()),
        };
        let base = Layer::index(shadow, Ids::default(), &mut InMemory).ok_or(RegistryError::TooLarge)?;
        Ok(Self { base, changes: None })
    }
}

/// What decoys are drawn from.
struct Urn<'r> {
    columns: &'r Columns,
    /// Every resident with a birth date that is exact to the day, by that day.
    births: Vec<(Day, Facts)>,
    /// The residents whose family name has a shape.
    families: FxHashMap<Shape, Vec<u32>>,
}

impl<'r> Urn<'r> {
    fn of(columns: &'r Columns) -> Self {
        let facts = columns.rows.iter().map(|[.., facts]| Facts(*facts));
        let day = |facts: Facts| columns.birth_date(facts).and_then(BirthDate::exact_day);
        let mut births: Vec<_> = facts.filter_map(|facts| Some((day(facts)?, facts))).collect();
        births.par_sort_by_key(|(day, _)| *day);
        let mut families = FxHashMap::<Shape, Vec<u32>>::default();
        for (row, place) in columns.rows.iter().zip(0..) {
            shape(columns, row).into_iter().for_each(|shape| families.entry(shape).or_default().push(place));
        }
        Self { columns, births, families }
    }

    /// One decoy, from draws of chance by number.
    fn draw(&self, draw: impl Fn(u64) -> u64) -> Option<Row> {
        let Self { columns, births, families } = self;
        let place = pick(draw(0), columns.rows.len());
        let given = columns.rows.get(place)?;
        let alike =
            shape(columns, given).and_then(|shape| families.get(&shape)).map_or(&[][..], Vec::as_slice);
        let family = alike.get(pick(draw(1), alike.len())).map(|row| *row as usize);
        let family = family.filter(|other| *other != place).and_then(|other| columns.rows.get(other));
        let [written, named, written_read, named_read, _, facts] = *given;
        let [written, written_read] =
            family.map_or([written, written_read], |[register, _, reading, ..]| [*register, *reading]);
        let facts = Facts(facts);
        let born = match columns.birth_date(facts).and_then(BirthDate::exact_day) {
            Some(day) => {
                // Whoever keeps a whole name must not be its bearer once more.
                let window = if family.is_some() { WINDOW } else { u32::MAX };
                let from = births.partition_point(|(other, _)| *other < day.earlier(window));
                let until = births.partition_point(|(other, _)| *other <= day.later(window));
                births.get(from + pick(draw(2), until - from)).map(|(_, facts)| *facts)?
            }
            None => facts,
        };
        let [.., address, _] = *family.or_else(|| columns.rows.get(pick(draw(3), columns.rows.len())))?;
        Some([written, named, written_read, named_read, address, facts.born_as(born).0])
    }
}

/// The shape of a resident's family name; `None` where a name has no border, so that it cannot be taken apart.
fn shape(columns: &Columns, [family, given, family_read, given_read, ..]: &Row) -> Option<Shape> {
    let script = |family: u32, given: u32| match (columns.parts.get(family), given) {
        (Some(family), _) => Some(Some(family.script())),
        (None, NONE) => Some(None),
        (None, _) => None,
    };
    Some([script(*family, *given)?, script(*family_read, *given_read)?])
}

/// A place among so many, by a draw of 64 bits.
fn pick(draw: u64, length: usize) -> usize {
    ((u128::from(draw) * length as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::ResidentIndex;
    use crate::synth::{Population, SynthConfig};

    const RESIDENTS: u32 = 50_000;

    /// Two registries of one town: every other resident is in either.
    fn town() -> [Registry; 2] {
        let population = Population::new(&SynthConfig { residents: 2 * RESIDENTS, ..SynthConfig::natural() });
        let mut builders = [Registry::builder(), Registry::builder()];
        let mut number = 0;
        let pushed = population.try_for_each_resident(|row| {
            number += 1;
            builders[number % 2].push(&[row])
        });
        pushed.unwrap();
        builders.map(|builder| builder.build().unwrap())
    }

    /// Names by their widest fold, with the day of birth and whether the person exists, in order.
    fn births(registry: &Registry, reading: bool) -> Vec<(u64, u32, bool)> {
        let one = |row: usize| {
            let person = registry.person(ResidentIndex(row as u32)).unwrap();
            let key = if reading {
                person.main.reading?.reading_key()
            } else {
                person.main.register?.register_key()
            };
            Some((key?, person.birth_date?.exact_day()?.number(), row < RESIDENTS as usize))
        };
        let mut births: Vec<_> = (0..registry.len()).filter_map(one).collect();
        births.sort_unstable();
        births
    }

    /// As good as real namesakes: those who are not in a registry share a name, and a birth within so many days, with its
    /// decoys as often as with its residents. (The residents themselves do so more often, for some decoy has the given name
    /// and nearly the age of each.)
    #[test]
    fn decoys_collide_with_strangers_as_often_as_residents_do() {
        let [registered, others] = town();
        let shadow = registered.with_decoys(1, RESIDENTS).unwrap();
        assert_eq!(shadow.len(), 2 * RESIDENTS as usize);
        for (reading, days) in [(false, 365), (true, 180)] {
            let births = births(&shadow, reading);
            let mut pairs = [0u32; 2];
            for (name, day, _) in self::births(&others, reading) {
                let from = births.partition_point(|(other, born, _)| (*other, born + days) < (name, day));
                let near = births
                    .iter()
                    .skip(from)
                    .take_while(|(other, born, _)| (*other, *born) <= (name, day + days));
                near.for_each(|(.., real)| pairs[usize::from(!real)] += 1);
            }
            let [real, decoys] = pairs.map(f64::from);
            let close = (real - decoys).abs() < 3.0 * (real + decoys).sqrt();
            assert!(real > 100.0 && close, "{real} {decoys} (reading {reading})");
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_decoys() {
        let [town, _] = town();
        let shadows = [1, 1, 2].map(|seed| births(&town.with_decoys(seed, 500).unwrap(), false));
        let decoys = shadows.map(|births| births.into_iter().filter(|(.., real)| !real).collect::<Vec<_>>());
        assert!(decoys[0] == decoys[1] && decoys[0] != decoys[2]);
        assert_eq!(
            Registry::builder().build().unwrap().with_decoys(1, 500).unwrap().len(),
            0,
            "of nobody none are drawn"
        );
    }
}
