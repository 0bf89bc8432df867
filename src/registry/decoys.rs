//! A registry with people added to it who do not exist (METHOD 6): drawn from its own names, births and dwellings, so that
//! whoever is linked to one of them is linked wrongly, as often as to a real resident who is not meant.
//!
//! Knows columns; nothing of records or decisions.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::intern::NONE;
use super::{CHUNK, Index, Registry, RegistryError, Row};
use crate::hash::KeyHasher;
use crate::normalize::birth_date::{BirthDate, Day};
use crate::normalize::name::Script;

/// How far from a bearer's birth the birth of a decoy with its given name may be, in days: as for namesakes that nobody
/// sees (METHOD 4), about two years.
const WINDOW: u32 = 730;

/// In which scripts a family name is written, register form and reading: names of different traditions are not joined.
type Shape = [Option<Script>; 2];

impl Registry {
    /// This registry and, after its own residents, so many decoys. Counts stay those of the real residents, and so does
    /// what an id finds. Costs as much room as the registry itself, and as much again for as many decoys as residents.
    ///
    /// A decoy has the given name, sex and state of one resident, the family name and the dwelling of another whose name is
    /// written in the same scripts, and the birth date of somebody born within two years of the first. A name without a
    /// border between its parts stays whole, and is given the birth date of anybody.
    pub(crate) fn with_decoys(&self, seed: u64, count: u32) -> Result<Self, RegistryError> {
        let mut rows = self.rows.clone();
        if !rows.is_empty() {
            let (births, families) = (self.births(), self.families());
            rows.par_extend((0..count).into_par_iter().filter_map(|decoy| {
                let hasher = KeyHasher::new(seed).add(u64::from(decoy));
                self.decoy(&births, &families, |draw| hasher.add(draw).finish())
            }));
        }
        if u32::try_from(rows.len()).is_ok_and(|length| length < NONE) {
            let mut registry = Self {
                rows,
                parts: self.parts.clone(),
                addresses: self.addresses.clone(),
                extras: self.extras.clone(),
                ids: self.ids.clone(),
                by_id: self.by_id.clone(),
                index: Index::build(Vec::new()).ok_or(RegistryError::TooLarge)?,
                counts: Arc::clone(&self.counts),
                nobody: self.nobody.clone(),
            };
            registry.index = registry.indexed()?;
            return Ok(registry);
        }
        Err(RegistryError::TooLarge)
    }

    /// One decoy, from draws of chance by number.
    fn decoy(
        &self,
        births: &[(Day, BirthDate)],
        families: &FxHashMap<Shape, Vec<u32>>,
        draw: impl Fn(u64) -> u64,
    ) -> Option<Row> {
        let place = pick(draw(0), self.rows.len());
        let given = self.rows.get(place)?;
        let alike = self.shape(given).and_then(|shape| families.get(&shape)).map_or(&[][..], Vec::as_slice);
        let family = alike.get(pick(draw(1), alike.len())).map(|row| *row as usize);
        let family = family.filter(|other| *other != place).and_then(|other| self.rows.get(other));
        let joined = |[family, _]: [u32; 2], [_, given]: [u32; 2]| [family, given];
        let [register, reading] = match family {
            Some(family) => [joined(family.register, given.register), joined(family.reading, given.reading)],
            None => [given.register, given.reading],
        };
        let birth_date = match given.birth_date.and_then(BirthDate::exact_day) {
            Some(day) => {
                // Whoever keeps a whole name must not be its bearer once more.
                let window = if family.is_some() { WINDOW } else { u32::MAX };
                let from = births.partition_point(|(other, _)| *other < day.earlier(window));
                let until = births.partition_point(|(other, _)| *other <= day.later(window));
                births.get(from + pick(draw(2), until - from)).map(|(_, date)| *date)
            }
            None => given.birth_date,
        };
        let dwelling = family.or_else(|| self.rows.get(pick(draw(3), self.rows.len())))?;
        let address = dwelling.address;
        Some(Row { register, reading, address, extra: NONE, birth_date, protected: false, ..*given })
    }

    /// The shape of a resident's family name; `None` where a name has no border, so that it cannot be taken apart.
    fn shape(&self, row: &Row) -> Option<Shape> {
        let script = |[family, given]: [u32; 2]| match (self.parts.get(family as usize), given) {
            (Some(family), _) => Some(Some(family.script())),
            (None, NONE) => Some(None),
            (None, _) => None,
        };
        Some([script(row.register)?, script(row.reading)?])
    }

    /// The residents whose family name has a shape.
    fn families(&self) -> FxHashMap<Shape, Vec<u32>> {
        let mut families = FxHashMap::<Shape, Vec<u32>>::default();
        for (row, place) in self.rows.iter().zip(0..) {
            self.shape(row).into_iter().for_each(|shape| families.entry(shape).or_default().push(place));
        }
        families
    }

    /// Every birth date that is exact to the day, in order.
    fn births(&self) -> Vec<(Day, BirthDate)> {
        let dates = self.rows.iter().filter_map(|row| row.birth_date);
        let mut births: Vec<_> = dates.filter_map(|date| Some((date.exact_day()?, date))).collect();
        births.par_sort_unstable_by_key(|(day, _)| *day);
        births
    }

    /// The blocking index of all rows.
    pub(super) fn indexed(&self) -> Result<Index, RegistryError> {
        let chunks = self.rows.par_chunks(CHUNK).enumerate();
        // The builder numbered every row in 32 bits.
        let entries = chunks.map(|(chunk, rows)| self.entries(rows, (chunk * CHUNK) as u32)).collect();
        Index::build(entries).ok_or(RegistryError::TooLarge)
    }
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
        let mut births: Vec<_> = (0..registry.rows.len()).filter_map(one).collect();
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
        assert_eq!(shadow.rows.len(), 2 * RESIDENTS as usize);
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
    fn the_same_seed_makes_the_same_decoys_and_they_move_nobody() {
        let [town, _] = town();
        let shadows = [1, 1, 2].map(|seed| births(&town.with_decoys(seed, 500).unwrap(), false));
        let decoys = shadows.map(|births| births.into_iter().filter(|(.., real)| !real).collect::<Vec<_>>());
        assert!(decoys[0] == decoys[1] && decoys[0] != decoys[2]);
        let shadow = town.with_decoys(1, 500).unwrap();
        assert_eq!(
            (shadow.counts().persons, shadow.id(ResidentIndex(7))),
            (u64::from(RESIDENTS), town.id(ResidentIndex(7)))
        );
        assert_eq!(shadow.find(town.id(ResidentIndex(7))), Some(ResidentIndex(7)));
        assert_eq!(
            Registry::builder().build().unwrap().with_decoys(1, 500).unwrap().len(),
            0,
            "of nobody none are drawn"
        );
    }
}
