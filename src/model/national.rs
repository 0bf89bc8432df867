//! How common names are in Japan, from the shipped tables: what a registry's own frequencies are smoothed with. Knows names
//! by their keys only.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::math::exp2;
use crate::normalize::name::{reading_key, register_key};
use crate::normalize::reading::{Role, bearers};
use crate::normalize::sex::Sex;

/// Shares of family and of given names.
pub(super) static FAMILY: LazyLock<Names> = LazyLock::new(|| Names::of(Role::Family));
/// As [`FAMILY`].
pub(super) static GIVEN: LazyLock<Names> = LazyLock::new(|| Names::of(Role::Given));

/// Shares by the key of the register form and by that of the reading.
pub(super) struct Names {
    pub(super) register: Shares,
    pub(super) reading: Shares,
}

/// Shares by key.
pub(super) type Shares = FxHashMap<u64, Share>;

/// The shares of men and of women among all people who bear a name.
#[derive(Clone, Copy, Default)]
pub(super) struct Share {
    men: f64,
    women: f64,
}

/// What is left of a name that is known of one sex only for the other: tables are never complete.
const OTHER_SEX: f64 = 0.05;

impl Share {
    /// P(name).
    pub(super) fn of_all(self) -> f64 {
        self.men + self.women
    }

    /// P(name | sex) / P(name).
    pub(super) fn lift(self, sex: Sex) -> f64 {
        let own = if sex == Sex::Male { self.men } else { self.women };
        2.0 * own / self.of_all()
    }

    fn add(&mut self, share: f64, only: Option<Sex>) {
        let men = match only {
            Some(Sex::Male) => 1.0 - OTHER_SEX,
            Some(Sex::Female) => OTHER_SEX,
            None => 0.5,
        };
        self.men += share * men;
        self.women += share * (1.0 - men);
    }
}

impl Names {
    fn of(role: Role) -> Self {
        let mut names = Self { register: Shares::default(), reading: Shares::default() };
        for name in bearers(role) {
            // Quarter bits to thousandths of a bit.
            let share = exp2(-250 * i32::from(name.weight));
            names.register.entry(register_key(name.written.chars())).or_default().add(share, name.only);
            names.reading.entry(reading_key(name.reading.chars())).or_default().add(share, name.only);
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_have_about_their_share() {
        // DOMAIN 10.2: 佐藤 1.53 %, 鈴木 1.44 %, 田中 1.06 % of all people (2018); the table is from texts, not a census.
        for (name, share) in [("佐藤", 0.0153), ("鈴木", 0.0144), ("田中", 0.0106)] {
            let found = FAMILY.register[&register_key(name.chars())].of_all();
            assert!(found > share / 2.5 && found < share * 2.5, "{found}");
        }
        let together: f64 = FAMILY.register.values().map(|share| share.of_all()).sum();
        assert!(together > 0.8 && together < 1.2, "{together}");
        let together: f64 = GIVEN.reading.values().map(|share| share.of_all()).sum();
        assert!(together > 0.8 && together < 1.2, "{together}");
    }

    #[test]
    fn names_of_one_sex_are_rare_in_the_other() {
        let share = GIVEN.register[&register_key("翔太".chars())];
        assert!(share.lift(Sex::Male) > 1.5 && share.lift(Sex::Female) < 0.2);
    }
}
