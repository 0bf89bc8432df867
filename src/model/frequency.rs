//! How common a value is: a registry's own counts, smoothed with the shipped national weights and, for names that neither
//! has, with the Good-Turing share of the unseen (Good 1953). Knows keys and counts; nothing of levels.

use std::cell::{Cell, OnceCell};

use super::national::Share;
use super::{Model, U};
use crate::normalize::address::AddressRef;
use crate::normalize::name::{NameRef, PartRef, SpellingRef};
use crate::normalize::reading::Role;
use crate::person::PersonView;
use crate::registry::{Cohort, Tally, Wholes};

/// The most that a value which neither table nor registry has may be assumed to be shared, from the concentration of names
/// (DOMAIN 10.6: the sums of squares are 0.002 and 0.0015), which is what a random match meets.
const UNSEEN_FAMILY: f64 = 0.002;
/// As [`UNSEEN_FAMILY`].
const UNSEEN_GIVEN: f64 = 0.001_5;
/// As [`UNSEEN_FAMILY`]; the product of both.
const UNSEEN_WHOLE: f64 = 0.000_003;
/// Residents of one block, of 124.9 million in about 20 million blocks, and of one town, of about 120,000.
const UNSEEN_BLOCK: f64 = 0.000_000_05;
/// As [`UNSEEN_BLOCK`].
const UNSEEN_TOWN: f64 = 0.000_008;
/// One of about 1,900 municipalities and wards.
const UNSEEN_MUNICIPALITY: f64 = 0.000_5;
/// One of 47.
const UNSEEN_PREFECTURE: f64 = 0.02;

/// P(a given birth date), of an average one: 3,385 of the 124,885,175 residents of 2024-01-01 (METHOD 4).
pub(super) const ONE_DAY: f64 = 3_385.0 / 124_885_175.0;

/// The two scripts of a name.
#[derive(Clone, Copy)]
pub(super) enum Script {
    Register,
    Reading,
}

impl Script {
    /// What a name states first: its register form, or its reading where there is none that can be read.
    pub(super) fn legible(name: NameRef<'_>) -> Option<(Self, SpellingRef<'_>)> {
        let register = name.register.map(|register| (Self::Register, register));
        let reading = name.reading.map(|reading| (Self::Reading, reading));
        register.filter(|(_, name)| !name.has_unknown()).or(reading).or(register)
    }

    fn of(self, name: NameRef<'_>) -> Option<SpellingRef<'_>> {
        match self {
            Self::Register => name.register,
            Self::Reading => name.reading,
        }
    }

    /// The key under which a whole name is counted.
    pub(super) fn key(self, name: SpellingRef<'_>) -> Option<u64> {
        match self {
            Self::Register => name.register_key(),
            Self::Reading => name.reading_key(),
        }
    }
}

/// What a model knows of the values of one record, kept from when it is first asked for: weights ask, and the count of those
/// outside the registry asks the same again.
#[derive(Clone, Default)]
pub(crate) struct Known {
    /// The one cohort that the record's person belongs to, if there is one.
    cohort: OnceCell<Option<Cohort>>,
    /// The part of a name that was asked for last, by script and role.
    parts: [[Cell<Option<Frequency>>; 2]; 2],
}

/// How common a part of a name is.
#[derive(Clone, Copy)]
struct Frequency {
    key: u64,
    /// Among all people, by the registry and what it is smoothed with.
    overall: f64,
    share: Option<Share>,
}

impl Known {
    fn cohort(&self, record: &PersonView<'_>) -> Option<Cohort> {
        *self.cohort.get_or_init(|| Cohort::of(record.sex, record.birth_date))
    }

    fn part(&self, script: Script, role: Role, key: u64, look_up: impl FnOnce() -> Frequency) -> Frequency {
        let [family, given] = match script {
            Script::Register => &self.parts[0],
            Script::Reading => &self.parts[1],
        };
        let kept = if role == Role::Family { family } else { given };
        kept.get().filter(|kept| kept.key == key).unwrap_or_else(|| {
            let frequency = look_up();
            kept.set(Some(frequency));
            frequency
        })
    }
}

impl Model {
    /// Asks the memory for how common a record's name and town are, ahead of [`Self::weigh`].
    pub(crate) fn prefetch(&self, record: &PersonView<'_>, known: &Known) {
        let first = || Cohort::possible(record.sex, record.birth_date).next();
        let cohort = known.cohort(record).or_else(first);
        let names = [(Script::Register, record.main.register), (Script::Reading, record.main.reading)];
        for (script, name) in names {
            let Some(name) = name.filter(|name| name.has_border()) else { continue };
            let (family, given) = (name.family.key(), name.given.key());
            let [families, givens, in_cohorts] = self.tallies(script);
            families.prefetch(family);
            givens.prefetch(given);
            cohort.iter().for_each(|cohort| in_cohorts.prefetch(cohort.key(given)));
            Share::prefetch(Role::Family, script, family);
            Share::prefetch(Role::Given, script, given);
        }
        let town = record.address.and_then(|address| address.town_key());
        town.into_iter().for_each(|town| self.counts.towns.prefetch(town));
    }

    /// Counts of family names, given names, and given names within cohorts.
    fn tallies(&self, script: Script) -> [&Tally; 3] {
        let counts = &self.counts;
        match script {
            Script::Register => [&counts.family_register, &counts.given_register, &counts.cohort_register],
            Script::Reading => [&counts.family_reading, &counts.given_reading, &counts.cohort_reading],
        }
    }

    /// P(family name), among all people.
    pub(super) fn family(&self, script: Script, part: PartRef<'_>, known: &Known) -> Option<f64> {
        let key = counted(part)?;
        let look_up = || {
            let [tally, ..] = self.tallies(script);
            let share = Share::of(Role::Family, script, key);
            let overall = self.smoothed(tally.get(key), self.base(share, tally, UNSEEN_FAMILY));
            Frequency { key, overall, share }
        };
        Some(known.part(script, Role::Family, key, look_up).overall)
    }

    /// P(given name), among the people of the record's sex and birth decade; of all cohorts that it may belong to, the one
    /// in which the name is commonest, so that knowing less of a record never makes its name rarer.
    pub(super) fn given(
        &self,
        script: Script,
        part: PartRef<'_>,
        record: &PersonView<'_>,
        known: &Known,
    ) -> Option<f64> {
        let within = self.given_within(script, part, known)?;
        match known.cohort(record) {
            Some(cohort) => Some(within(cohort)),
            None => Cohort::possible(record.sex, record.birth_date).map(within).reduce(f64::max),
        }
    }

    /// P(given name | cohort).
    fn given_within(
        &self,
        script: Script,
        part: PartRef<'_>,
        known: &Known,
    ) -> Option<impl Fn(Cohort) -> f64> {
        let key = counted(part)?;
        let [_, tally, in_cohorts] = self.tallies(script);
        let look_up = || {
            let share = Share::of(Role::Given, script, key);
            let overall = self.smoothed(tally.get(key), self.base(share, tally, UNSEEN_GIVEN));
            Frequency { key, overall, share }
        };
        let Frequency { overall, share, .. } = known.part(script, Role::Given, key, look_up);
        let observations = self.parameters.prior_observations;
        Some(move |cohort: Cohort| {
            let found = f64::from(in_cohorts.get(cohort.key(key)));
            let members = f64::from(self.counts.cohorts.get(cohort.key(0)));
            let lift = share.map_or(1.0, |share| share.lift(cohort.sex));
            (found + observations * overall * lift) / (members + observations)
        })
    }

    /// P(whole name), among all people.
    pub(super) fn whole(&self, script: Script, name: SpellingRef<'_>) -> Option<f64> {
        let wholes = self.wholes(script);
        Some(self.smoothed(wholes.count(script.key(name)?), self.unseen(wholes.rare, UNSEEN_WHOLE)))
    }

    /// Whole names of one script.
    pub(super) fn wholes(&self, script: Script) -> &Wholes {
        match script {
            Script::Register => &self.counts.registers,
            Script::Reading => &self.counts.readings,
        }
    }

    /// P(the place of a record's address that a level's u is a share of), among all people.
    pub(super) fn place(&self, u: U, record: &PersonView<'_>) -> Option<f64> {
        let address = record.address.as_ref()?;
        match u {
            U::Block(_) => {
                address.block_key().map(|key| self.smoothed(self.counts.in_block(key), UNSEEN_BLOCK))
            }
            U::Town(_) => {
                address.town_key().map(|key| self.smoothed(self.counts.towns.get(key), UNSEEN_TOWN))
            }
            U::Municipality(_) => Some(self.municipality(address)),
            U::Prefecture(_) => Some(self.prefecture(address)),
            _ => None,
        }
    }

    /// P(municipality) of an address, among all people: of all that it may mean, so that to state less never makes a place
    /// rarer.
    fn municipality(&self, address: &AddressRef<'_>) -> f64 {
        let Some(key) = address.place.municipality_key() else { return self.prefecture(address) };
        self.smoothed(self.counts.municipalities.get(key), UNSEEN_MUNICIPALITY)
    }

    /// As [`Self::municipality`]. What cannot be read may be any place.
    fn prefecture(&self, address: &AddressRef<'_>) -> f64 {
        let stated = address.prefecture().filter(|_| !address.is_illegible());
        stated.map_or(1.0, |code| self.smoothed(self.counts.prefectures.get(code.into()), UNSEEN_PREFECTURE))
    }

    /// Residents of a name that a record states who are born on an average day of the decades that it may mean, as if
    /// family name, given name and cohort made one another no likelier; a name of which neither the record nor `other`,
    /// where it is the same name, shows the border is counted whole. `None` if the name cannot be read.
    pub(super) fn born_per_day(
        &self,
        record: &PersonView<'_>,
        script: Script,
        name: SpellingRef<'_>,
        other: Option<NameRef<'_>>,
        known: &Known,
    ) -> Option<f64> {
        let same = |other: &SpellingRef<'_>| other.has_border() && script.key(*other) == script.key(name);
        let bordered = || other.and_then(|other| script.of(other)).filter(same);
        let name = if name.has_border() { name } else { bordered().unwrap_or(name) };
        if !name.has_border() {
            return Some(self.whole(script, name)? * self.residents() as f64 * ONE_DAY);
        }
        let family = self.family(script, name.family, known)?;
        let given = self.given_within(script, name.given, known)?;
        if let Some(cohort) = known.cohort(record) {
            return Some(family * (given(cohort) * self.born_in(cohort)));
        }
        let (mut born, mut cohorts) = (0.0, 0);
        for cohort in Cohort::possible(record.sex, record.birth_date) {
            born += given(cohort) * self.born_in(cohort);
            cohorts += 1;
        }
        let decades = if record.sex.is_some() { cohorts } else { cohorts / 2 };
        Some(family * born / f64::from(decades.max(1)))
    }

    /// Residents of a cohort who are born on an average day of its decade.
    fn born_in(&self, cohort: Cohort) -> f64 {
        const DAYS: f64 = 3_652.5;
        let residents = self.residents() as f64;
        let observations = self.parameters.prior_observations;
        let members = f64::from(self.counts.cohorts.get(cohort.key(0)));
        let share = (members / DAYS + observations * ONE_DAY / 2.0) / (residents + observations);
        share * residents
    }

    /// What a name's frequency is smoothed with: its national share, or without one that of the unseen.
    fn base(&self, share: Option<Share>, tally: &Tally, most: f64) -> f64 {
        share.map_or_else(|| self.unseen(tally.rare(), most), Share::of_all)
    }

    /// A registry's frequency, smoothed with another one.
    fn smoothed(&self, found: u32, base: f64) -> f64 {
        let observations = self.parameters.prior_observations;
        (f64::from(found) + observations * base) / (self.residents() as f64 + observations)
    }

    /// The frequency of a value that was never seen: the Good-Turing share of all the unseen, n1 / N, over the number of
    /// unseen values that the same counts suggest, n1² / 2 n2 (Chao 1984); one is added to both counts for the sake of
    /// small registries.
    fn unseen(&self, (once, twice): (u64, u64), most: f64) -> f64 {
        let [once, twice] = [once, twice].map(|count| count as f64 + 1.0);
        let estimate = 2.0 * twice / (once * self.residents().max(1) as f64);
        estimate.min(most)
    }
}

/// The key under which a part is counted.
fn counted(part: PartRef<'_>) -> Option<u64> {
    (!part.is_empty() && !part.has_unknown()).then(|| part.key())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Person;
    use crate::{Record, Registry};

    /// Names asked for in turns, of records that tell much and little.
    #[test]
    fn what_is_kept_of_a_record_is_what_is_looked_up() {
        let names = ["高橋 一郎", "山田 花子", "高橋 花子", "佐藤 一郎"];
        let rows: Vec<String> = (0..40).map(|n: u32| n.to_string()).collect();
        let rows = rows.iter().zip(names.iter().cycle()).map(|(id, kanji_name)| Record {
            id,
            kanji_name,
            birth_date: if id.len() == 1 { "1985-01-01" } else { "1991-07-03" },
            sex: if id.ends_with('3') { "2" } else { "1" },
            ..Record::default()
        });
        let model = Model::of(&Registry::builder().persons(rows).unwrap().build().unwrap());
        let read = |record: Record<'_>| Person::read(&record, &Default::default()).unwrap();
        let bearers = names.map(|kanji_name| read(Record { kanji_name, ..Record::default() }));
        let script = Script::Register;
        for (birth_date, sex) in [("1985-01-01", "1"), ("1985-01-01", ""), ("1985", "2"), ("", "2"), ("", "")]
        {
            let record = read(Record { birth_date, sex, ..Record::default() });
            let (record, known) = (record.view(), Known::default());
            for name in bearers.iter().chain(&bearers).filter_map(|bearer| bearer.view().main.register) {
                let cohorts = || Cohort::possible(record.sex, record.birth_date);
                let fresh = || Known::default();
                let within = |cohort| model.given_within(script, name.given, &fresh()).unwrap()(cohort);
                assert_eq!(
                    model.family(script, name.family, &known),
                    model.family(script, name.family, &fresh())
                );
                assert_eq!(
                    model.given(script, name.given, &record, &known),
                    cohorts().map(within).reduce(f64::max)
                );
                let born: f64 = cohorts().map(|cohort| within(cohort) * model.born_in(cohort)).sum();
                let decades = cohorts().count() / if sex.is_empty() { 2 } else { 1 };
                let plainly = model.family(script, name.family, &fresh()).unwrap() * born / decades as f64;
                assert_eq!(model.born_per_day(&record, script, name, None, &known), Some(plainly));
            }
        }
    }
}
