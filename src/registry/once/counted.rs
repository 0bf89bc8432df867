//! How often what some records ask for occurs in a registry of which only a few residents are kept. Knows keys and days.

use std::sync::atomic::{AtomicU32, Ordering};

use super::keys::{Lists, Numbered, Occurrences, zeros};
use crate::normalize::birth_date::Day;
use crate::registry::counts::Wholes;

/// As the model asks.
const WINDOW: u32 = Wholes::WINDOW;

/// Stands for no day, and is after every one.
pub(super) const NO_DAY: u32 = u32::MAX;

/// Bearers of the whole names that records state: how many there are, and how many were born around the days that the
/// records state with them.
#[derive(Default)]
pub(crate) struct Bearers {
    all: Occurrences,
    /// The days asked for with each name, in order.
    days: Lists,
    /// Where the count of those born around a day rises and falls from one day of its name to the next: one more place
    /// for each name than it has days.
    rises: Vec<AtomicU32>,
    /// Those born on each day itself.
    on_day: Vec<AtomicU32>,
}

impl Bearers {
    /// Of names, each beside a day or [`NO_DAY`].
    pub(super) fn of(asked: Vec<Numbered>) -> Self {
        let days = Lists::of(asked);
        let all = Occurrences::of(days.keys.iter().collect());
        let (rises, on_day) = (zeros(days.len() + days.keys.len()), zeros(days.len()));
        Self { all, days, rises, on_day }
    }

    /// Counts a bearer, born on a day of the calendar or on none that is known.
    pub(super) fn add(&self, key: u64, born: Option<Day>) {
        self.all.add(key);
        let (Some(place), Some(born)) = (self.days.keys.find(key), born.map(Day::number)) else { return };
        let (start, days) = self.days.at(place);
        let from = days.partition_point(|day| day.saturating_add(WINDOW) < born);
        let to = days.partition_point(|day| *day <= born.saturating_add(WINDOW));
        if from < to {
            let rise = |at: usize, by: u32| {
                let rise = self.rises.get(start + place + at);
                if let Some(rise) = rise {
                    rise.fetch_add(by, Ordering::Relaxed);
                }
            };
            rise(from, 1);
            rise(to, 1u32.wrapping_neg());
        }
        if let Some(count) = days.binary_search(&born).ok().and_then(|at| self.on_day.get(start + at)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Bearers of a name that was asked for.
    pub(crate) fn count(&self, key: u64) -> u32 {
        self.all.count(key)
    }

    /// Bearers born within the window around a day that was asked for with their name, but on another day.
    pub(crate) fn born_around(&self, key: u64, day: Day) -> u64 {
        let Some(place) = self.days.keys.find(key) else { return 0 };
        let (start, days) = self.days.at(place);
        let Ok(at) = days.binary_search(&day.number()) else { return 0 };
        let rises = self.rises.get(start + place..=start + place + at).unwrap_or_default();
        let around = rises.iter().fold(0u32, |sum, rise| sum.wrapping_add(rise.load(Ordering::Relaxed)));
        let own = self.on_day.get(start + at).map_or(0, |count| count.load(Ordering::Relaxed));
        u64::from(around.wrapping_sub(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::once::keys::numbered;
    use proptest::prelude::*;

    proptest! {
        /// The same as looking at every bearer.
        #[test]
        fn those_born_around_a_day_are_those_of_the_window(
            asked in prop::collection::vec((1..4u64, prop_oneof![0..4_000u32, Just(NO_DAY)]), 1..30),
            born in prop::collection::vec((1..5u64, prop::option::of(prop_oneof![0..4_000u32, 0..9u32])), 0..60),
        ) {
            let bearers = Bearers::of(asked.iter().map(|(key, day)| numbered(*key, *day)).collect());
            born.iter().for_each(|(key, day)| bearers.add(*key, day.and_then(Day::from_number)));
            for (key, day) in asked {
                let of = || born.iter().filter(|own| own.0 == key);
                prop_assert_eq!(bearers.count(key) as usize, of().count());
                let Some(day) = Day::from_number(day) else { continue };
                let within = day.earlier(WINDOW).number()..=day.later(WINDOW).number();
                let around = of().filter(|own| own.1.is_some_and(|own| within.contains(&own) && own != day.number()));
                prop_assert_eq!(bearers.born_around(key, day), around.count() as u64);
            }
        }
    }
}
