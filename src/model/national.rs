//! How common names are in Japan, from the shipped tables: what a registry's own frequencies are smoothed with. Knows names
//! by their keys only.

use std::sync::LazyLock;

use himozuke_mapped::prefetch;

use super::frequency::Script;
use crate::hash::KeyHasher;
use crate::normalize::reading::{Bearers, Role, bearers_by_form, bearers_by_reading};
use crate::normalize::sex::Sex;

static FAMILY: LazyLock<Shares> = LazyLock::new(|| Shares::of(bearers_by_form(Role::Family)));
static FAMILY_READ: LazyLock<Shares> = LazyLock::new(|| Shares::of(bearers_by_reading(Role::Family)));
static GIVEN: LazyLock<Shares> = LazyLock::new(|| Shares::of(bearers_by_form(Role::Given)));
static GIVEN_READ: LazyLock<Shares> = LazyLock::new(|| Shares::of(bearers_by_reading(Role::Given)));

/// Reads the tables side by side, so that no first record waits for them.
pub(super) fn load() {
    let force = |family: &'static LazyLock<Shares>, given: &'static LazyLock<Shares>| {
        LazyLock::force(family);
        LazyLock::force(given);
    };
    rayon::join(|| force(&FAMILY, &GIVEN), || force(&FAMILY_READ, &GIVEN_READ));
}

/// A checksum of the tables: a model trained beside others is told from one trained beside these.
pub(super) fn checksum() -> u64 {
    load();
    let entries = [&FAMILY, &FAMILY_READ, &GIVEN, &GIVEN_READ].into_iter().flat_map(|shares| &shares.entries);
    let bits = |share: &Share| u64::from(share.men.to_bits()) << 32 | u64::from(share.women.to_bits());
    entries
        .fold(KeyHasher::new(0), |hasher, (key, share)| hasher.add(u64::from(*key)).add(bits(share)))
        .finish()
}

/// Shares by the upper half of a key, found by the first bits of it, which few of them have in common.
struct Shares {
    /// In the order of their keys.
    entries: Vec<(u32, Share)>,
    /// Where the entries of each value of the first bits begin, and where the last ones end.
    starts: Vec<u32>,
}

impl Shares {
    fn of(bearers: impl Iterator<Item = (u32, Bearers)>) -> Self {
        let mut entries: Vec<(u32, Share)> = Vec::new();
        let mut all: Vec<(u32, Bearers)> = bearers.collect();
        all.sort_by_key(|(key, _)| *key);
        for (key, bearers) in all {
            match entries.last_mut().filter(|(last, _)| *last == key) {
                Some((_, share)) => share.add(&bearers),
                None => entries.push((key, Share::default().with(&bearers))),
            }
        }
        let bits = entries.len().next_power_of_two().trailing_zeros().max(1);
        let mut starts = vec![0; (1 << bits) + 1];
        for (key, _) in &entries {
            let after = (key >> (u32::BITS - bits)) as usize + 1;
            starts.get_mut(after).into_iter().for_each(|count| *count += 1);
        }
        let mut before = 0;
        starts.iter_mut().for_each(|start| {
            before += *start;
            *start = before;
        });
        Self { starts, entries }
    }

    fn of_names(role: Role, script: Script) -> &'static Self {
        match (role, script) {
            (Role::Family, Script::Register) => &FAMILY,
            (Role::Family, Script::Reading) => &FAMILY_READ,
            (Role::Given, Script::Register) => &GIVEN,
            (Role::Given, Script::Reading) => &GIVEN_READ,
        }
    }

    fn bits(&self) -> u32 {
        self.starts.len().saturating_sub(1).max(2).trailing_zeros()
    }

    /// The first bits of a key.
    fn first(&self, key: u64) -> usize {
        (key >> (u64::BITS - self.bits())) as usize
    }

    fn get(&self, key: u64) -> Option<Share> {
        let first = self.first(key);
        let key = (key >> 32) as u32;
        let [from, to] = [first, first + 1].map(|at| self.starts.get(at).copied().unwrap_or(0) as usize);
        let found = self.entries.get(from..to)?.iter().find(|(other, _)| *other == key);
        found.map(|(_, share)| *share)
    }
}

/// The shares of men and of women among all people who bear a name.
#[derive(Clone, Copy, Default)]
pub(super) struct Share {
    men: f32,
    women: f32,
}

/// What is left of a name that is known of one sex only for the other: tables are never complete.
const OTHER_SEX: f64 = 0.05;

impl Share {
    /// The share of the names of a key; `None` if the tables have none.
    pub(super) fn of(role: Role, script: Script, key: u64) -> Option<Self> {
        Shares::of_names(role, script).get(key)
    }

    /// Asks the memory for where a key lies, ahead of [`Self::of`].
    pub(super) fn prefetch(role: Role, script: Script, key: u64) {
        let shares = Shares::of_names(role, script);
        prefetch(&shares.starts, shares.first(key));
    }

    /// P(name).
    pub(super) fn of_all(self) -> f64 {
        f64::from(self.men) + f64::from(self.women)
    }

    /// P(name | sex) / P(name).
    pub(super) fn lift(self, sex: Sex) -> f64 {
        let own = if sex == Sex::Male { self.men } else { self.women };
        2.0 * f64::from(own) / self.of_all()
    }

    fn add(&mut self, bearers: &Bearers) {
        let share = power(bearers.weight);
        let men = match bearers.only {
            Some(Sex::Male) => 1.0 - OTHER_SEX,
            Some(Sex::Female) => OTHER_SEX,
            None => 0.5,
        };
        self.men += (share * men) as f32;
        self.women += (share * (1.0 - men)) as f32;
    }

    fn with(mut self, bearers: &Bearers) -> Self {
        self.add(bearers);
        self
    }
}

/// 2^(-quarters / 4), down to 2^-255.
fn power(quarters: u16) -> f64 {
    const QUARTERS: [f64; 4] =
        [1.0, 0.840_896_415_253_714_5, std::f64::consts::FRAC_1_SQRT_2, 0.594_603_557_501_360_5];
    let [whole, rest] = [quarters / 4, quarters % 4];
    let rest = QUARTERS.get(usize::from(rest)).copied().unwrap_or(1.0);
    f64::from_bits((1023 - u64::from(whole).min(255)) << 52) * rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::name::{reading_key, register_key};

    #[test]
    fn common_names_have_about_their_share() {
        // DOMAIN 10.2: 佐藤 1.53 %, 鈴木 1.44 %, 田中 1.06 % of all people (2018); the table is from texts, not a census.
        for (name, read, share) in
            [("佐藤", "サトウ", 0.0153), ("鈴木", "スズキ", 0.0144), ("田中", "タナカ", 0.0106)]
        {
            for found in [
                Share::of(Role::Family, Script::Register, register_key(name.chars())),
                Share::of(Role::Family, Script::Reading, reading_key(read.chars())),
            ] {
                let found = found.unwrap().of_all();
                assert!(found > share / 2.5 && found < share * 2.5, "{found}");
            }
        }
        for shares in [&FAMILY, &FAMILY_READ, &GIVEN, &GIVEN_READ] {
            let together: f64 = shares.entries.iter().map(|(_, share)| share.of_all()).sum();
            assert!(together > 0.8 && together < 1.2, "{together}");
            assert!(shares.entries.iter().all(|(key, _)| shares.get(u64::from(*key) << 32).is_some()));
        }
        assert!(Share::of(Role::Family, Script::Register, register_key("鼠算".chars())).is_none());
    }

    #[test]
    fn powers_are_those_of_the_platform() {
        for quarters in 0..400 {
            assert!((power(quarters) / (-f64::from(quarters) / 4.0).exp2() - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn names_of_one_sex_are_rare_in_the_other() {
        let share = Share::of(Role::Given, Script::Register, register_key("翔太".chars())).unwrap();
        assert!(share.lift(Sex::Male) > 1.5 && share.lift(Sex::Female) < 0.2);
    }
}
