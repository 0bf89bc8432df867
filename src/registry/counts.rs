//! How often each name part, name and place occurs in a registry. Counts only; what they are worth is the model's business.

use rustc_hash::FxHashMap;

use crate::normalize::name::{Part, SpellingRef};
use crate::person::PersonView;

/// Occurrences by widest-fold key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) persons: u64,
    pub(crate) family_register: FxHashMap<u64, u32>,
    pub(crate) family_reading: FxHashMap<u64, u32>,
    pub(crate) given_register: FxHashMap<u64, u32>,
    pub(crate) given_reading: FxHashMap<u64, u32>,
    pub(crate) whole_register: FxHashMap<u64, u32>,
    pub(crate) whole_reading: FxHashMap<u64, u32>,
    pub(crate) towns: FxHashMap<u64, u32>,
    pub(crate) blocks: FxHashMap<u64, u32>,
}

impl Counts {
    /// Counts residents, each by the registered name and the current address.
    pub(crate) fn of<'a>(persons: impl Iterator<Item = PersonView<'a>> + Clone + Send) -> Self {
        let main = |person: PersonView<'a>| (person.main.register, person.main.reading);
        let part = |part: &'a Part| (!part.is_empty() && !part.has_unknown()).then(|| part.key());
        let register = persons.clone().map(move |person| main(person).0);
        let reading = persons.clone().map(move |person| main(person).1);
        let addresses = persons.clone().map(|person| person.address);
        let mut counts = Self::default();
        rayon::scope(|scope| {
            let Self { persons: total, family_register, family_reading, given_register, given_reading, .. } = &mut counts;
            let (r1, r2) = (register.clone(), reading.clone());
            scope.spawn(|_| *total = persons.count() as u64);
            scope.spawn(move |_| tally(family_register, r1.filter_map(move |s| part(s?.family))));
            scope.spawn(move |_| tally(family_reading, r2.filter_map(move |s| part(s?.family))));
            let (r1, r2) = (register.clone(), reading.clone());
            scope.spawn(move |_| tally(given_register, r1.filter_map(move |s| part(s?.given))));
            scope.spawn(move |_| tally(given_reading, r2.filter_map(move |s| part(s?.given))));
        });
        rayon::scope(|scope| {
            let Self { whole_register, whole_reading, towns, blocks, .. } = &mut counts;
            let (a1, a2) = (addresses.clone(), addresses);
            scope.spawn(|_| tally(whole_register, register.filter_map(|s| s.and_then(SpellingRef::register_key))));
            scope.spawn(|_| tally(whole_reading, reading.filter_map(|s| s.and_then(SpellingRef::reading_key))));
            scope.spawn(|_| tally(towns, a1.filter_map(|address| address?.town_key())));
            scope.spawn(|_| tally(blocks, a2.filter_map(|address| address?.block_key())));
        });
        counts
    }
}

fn tally(counts: &mut FxHashMap<u64, u32>, keys: impl Iterator<Item = u64>) {
    for key in keys {
        *counts.entry(key).or_insert(0) += 1;
    }
}
