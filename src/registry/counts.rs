//! How often each name part, name and place occurs in a registry. Counts only; what they are worth is the model's business.

use rustc_hash::FxHashMap;

use crate::normalize::address::Address;
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
        let part = |part: &'a Part| (!part.is_empty() && !part.has_unknown()).then(|| part.key());
        let registers = persons.clone().filter_map(|person| person.main.register);
        let readings = persons.clone().filter_map(|person| person.main.reading);
        let addresses = persons.clone().filter_map(|person| person.address);
        let (r1, r2, r3) = (registers.clone(), registers.clone(), registers);
        let (k1, k2, k3) = (readings.clone(), readings.clone(), readings);
        let (a1, a2) = (addresses.clone(), addresses);
        let (((family_register, family_reading), (given_register, given_reading)), rest) = rayon::join(
            || {
                rayon::join(
                    || (tally(r1.filter_map(|s| part(s.family))), tally(k1.filter_map(|s| part(s.family)))),
                    || (tally(r2.filter_map(|s| part(s.given))), tally(k2.filter_map(|s| part(s.given)))),
                )
            },
            || {
                rayon::join(
                    || {
                        (
                            tally(r3.filter_map(SpellingRef::register_key)),
                            tally(k3.filter_map(SpellingRef::reading_key)),
                        )
                    },
                    || (tally(a1.filter_map(Address::town_key)), tally(a2.filter_map(Address::block_key))),
                )
            },
        );
        let ((whole_register, whole_reading), (towns, blocks)) = rest;
        Self {
            persons: persons.count() as u64,
            family_register,
            family_reading,
            given_register,
            given_reading,
            whole_register,
            whole_reading,
            towns,
            blocks,
        }
    }
}

fn tally(keys: impl Iterator<Item = u64>) -> FxHashMap<u64, u32> {
    let mut counts = FxHashMap::default();
    for key in keys {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}
