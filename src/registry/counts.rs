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
        let registers = persons.clone().filter_map(|person| person.main.register);
        let readings = persons.clone().filter_map(|person| person.main.reading);
        let addresses = persons.clone().filter_map(|person| person.address);
        let (r1, r2, r3) = (registers.clone(), registers.clone(), registers);
        let (k1, k2, k3) = (readings.clone(), readings.clone(), readings);
        let (a1, a2) = (addresses.clone(), addresses);
        let (((family_register, family_reading), (given_register, given_reading)), rest) = rayon::join(
            || {
                rayon::join(
                    || (tally_parts(r1, |s| s.family), tally_parts(k1, |s| s.family)),
                    || (tally_parts(r2, |s| s.given), tally_parts(k2, |s| s.given)),
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

/// Counts one part of every name. A name without a border counts for every part that a border could cut from it, so that
/// the frequency of a part does not depend on who writes spaces.
fn tally_parts<'a>(
    spellings: impl Iterator<Item = SpellingRef<'a>>,
    part: impl Fn(SpellingRef<'a>) -> &'a Part,
) -> FxHashMap<u64, u32> {
    let mut counts = FxHashMap::default();
    let mut count = |key| *counts.entry(key).or_insert(0) += 1;
    for spelling in spellings {
        if !spelling.has_border() {
            spelling.given.possible_part_keys().for_each(&mut count);
        } else if !part(spelling).has_unknown() {
            count(part(spelling).key());
        }
    }
    counts
}

fn tally(keys: impl Iterator<Item = u64>) -> FxHashMap<u64, u32> {
    let mut counts = FxHashMap::default();
    for key in keys {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}
