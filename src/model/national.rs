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
    let entries =
        [&FAMILY, &FAMILY_READ, &GIVEN, &GIVEN_READ].into_iter().flat_map(|shares| shares.entries());
    let bits = |share: Share| u64::from(share.men.to_bits()) << 32 | u64::from(share.women.to_bits());
    entries.fold(KeyHasher::new(0), |hasher, (key, share)| hasher.add(key.into()).add(bits(share))).finish()
}

/// Shares by the upper half of a key, in lines of the cache: whoever asks for one waits for the memory once, and can ask for it
/// ahead.
struct Shares {
    /// A power of two of them. A name lies in that of the first bits of its key, or where that is full in the next one with room.
    lines: Vec<Line>,
}

/// Names, from the first place on.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Line {
    taken: u32,
    keys: [u32; 5],
    shares: [Share; 5],
}

const _: () = assert!(size_of::<Line>() == 64, "a line is one of the cache");

impl Line {
    fn names(&self) -> impl Iterator<Item = (u32, Share)> {
        self.keys.iter().copied().zip(self.shares.iter().copied()).take(self.taken as usize)
    }

    fn is_full(&self) -> bool {
        self.taken as usize == self.keys.len()
    }
}

impl Shares {
    fn of(bearers: impl Iterator<Item = (u32, Bearers)>) -> Self {
        let mut all: Vec<(u32, Bearers)> = bearers.collect();
        all.sort_by_key(|(key, _)| *key);
        let of_one_key = || all.chunk_by(|(one, _), (next, _)| one == next);
        // Few lines are full: there is room for half as many again, and more.
        let mut shares =
            Self { lines: vec![Line::default(); (of_one_key().count() / 3).next_power_of_two()] };
        for names in of_one_key() {
            let mut share = Share::default();
            names.iter().for_each(|(_, bearers)| share.add(bearers));
            names.first().into_iter().for_each(|(key, _)| shares.insert(*key, share));
        }
        shares
    }

    fn insert(&mut self, key: u32, share: Share) {
        let home = self.home(u64::from(key) << 32);
        let (before, after) = self.lines.split_at_mut_checked(home).unwrap_or_default();
        let Some(line) = after.iter_mut().chain(before).find(|line| !line.is_full()) else { return };
        let room = line.keys.iter_mut().zip(&mut line.shares).nth(line.taken as usize);
        room.into_iter().for_each(|room| (*room.0, *room.1) = (key, share));
        line.taken += 1;
    }

    /// All keys in order, with their shares.
    fn entries(&self) -> Vec<(u32, Share)> {
        let mut entries: Vec<(u32, Share)> = self.lines.iter().flat_map(Line::names).collect();
        entries.sort_by_key(|(key, _)| *key);
        entries
    }

    fn of_names(role: Role, script: Script) -> &'static Self {
        match (role, script) {
            (Role::Family, Script::Register) => &FAMILY,
            (Role::Family, Script::Reading) => &FAMILY_READ,
            (Role::Given, Script::Register) => &GIVEN,
            (Role::Given, Script::Reading) => &GIVEN_READ,
        }
    }

    /// The line in which a key is sought first.
    fn home(&self, key: u64) -> usize {
        key.checked_shr(u64::BITS - self.lines.len().trailing_zeros()).unwrap_or(0) as usize
    }

    fn get(&self, key: u64) -> Option<Share> {
        let (before, after) = self.lines.split_at_checked(self.home(key))?;
        let key = (key >> 32) as u32;
        for line in after.iter().chain(before) {
            if let Some((_, share)) = line.names().find(|(other, _)| *other == key) {
                return Some(share);
            }
            if !line.is_full() {
                return None;
            }
        }
        None
    }
}

/// The shares of men and of women among all people who bear a name.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
        prefetch(&shares.lines, shares.home(key));
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
    use proptest::prelude::*;
    use std::collections::BTreeMap;

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
            let together: f64 = shares.entries().iter().map(|(_, share)| share.of_all()).sum();
            assert!(together > 0.8 && together < 1.2, "{together}");
        }
        assert!(Share::of(Role::Family, Script::Register, register_key("鼠算".chars())).is_none());
    }

    #[test]
    fn every_name_has_the_share_that_the_table_tells() {
        for (shares, bearers) in [
            (&FAMILY, bearers_by_form(Role::Family).collect::<Vec<_>>()),
            (&FAMILY_READ, bearers_by_reading(Role::Family).collect()),
            (&GIVEN, bearers_by_form(Role::Given).collect()),
            (&GIVEN_READ, bearers_by_reading(Role::Given).collect()),
        ] {
            let shares: &Shares = shares;
            let told = plainly(bearers.into_iter());
            assert_eq!(shares.entries().len(), told.len());
            for (key, share) in &told {
                let found = [0, u64::from(u32::MAX)].map(|rest| shares.get(u64::from(*key) << 32 | rest));
                assert_eq!(found, [Some(*share); 2]);
            }
            let others = (0..1 << 20).map(|n: u32| n.wrapping_mul(0x9E37_79B1));
            for key in others.filter(|key| !told.contains_key(key)) {
                assert_eq!(shares.get(u64::from(key) << 32), None);
            }
            assert!(told.keys().is_sorted() && shares.entries().is_sorted_by_key(|(key, _)| *key));
        }
    }

    /// The shares of names one after the other.
    fn plainly(bearers: impl Iterator<Item = (u32, Bearers)>) -> BTreeMap<u32, Share> {
        let mut shares = BTreeMap::<u32, Share>::new();
        bearers.for_each(|(key, bearers)| shares.entry(key).or_default().add(&bearers));
        shares
    }

    proptest! {
        /// Lines that are full, the last one too, and keys of nothing but zeros.
        #[test]
        fn names_are_found_wherever_they_lie(
            keys in prop::collection::vec(prop_oneof![0u32..40, any::<u32>(), u32::MAX - 40..=u32::MAX], 0..200),
            sought in prop::collection::vec(prop_oneof![0u32..40, u32::MAX - 40..=u32::MAX], 0..20),
        ) {
            let bearers = |(at, key): (usize, &u32)| (*key, Bearers { weight: (at % 50) as u16, only: None });
            let bearers = || keys.iter().enumerate().map(bearers);
            let (shares, told) = (Shares::of(bearers()), plainly(bearers()));
            for key in keys.iter().copied().chain(sought) {
                prop_assert_eq!(shares.get(u64::from(key) << 32 | 7), told.get(&key).copied());
            }
        }
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
