//! Searches of several records side by side: each step is taken for all of them before the next one, for each asks the memory
//! for what the next will read. One record after the other, they would wait at every step; all together they wait once.
//!
//! Knows layers and what is asked of them; nothing of why.

use super::Registry;
use super::keys::Asked;
use super::layer::{Layer, is_among_last};
use crate::person::PersonView;

/// What is asked for, and whoever was found. Kept from one record to the next, for its room.
#[derive(Default)]
pub(crate) struct Search {
    asked: Asked,
    /// Residents of the base of whom all that is compared was asked of the memory.
    expected: Vec<u32>,
    /// Rows in ascending order, each once.
    pub(crate) found: Vec<u32>,
    /// Whether no block was too large to list.
    pub(crate) complete: bool,
}

impl Search {
    fn unexpected(&self) -> impl Iterator<Item = u32> + Clone {
        self.found.iter().copied().filter(|row| !is_among_last(&self.expected, *row))
    }
}

impl Registry {
    /// Finds everybody whom some pass of blocking finds for each of the records; as many searches as records.
    pub(crate) fn candidates<'q>(
        &self,
        records: impl Iterator<Item = PersonView<'q>>,
        searches: &mut [Search],
    ) {
        searches.iter_mut().zip(records).for_each(|(search, record)| search.asked.ask(record));
        self.search(searches, Layer::candidates);
    }

    /// As [`Self::candidates`], for those who share a resident's whole name, as far as dates allow, or block and birth date; the
    /// resident is among them. Finds nobody for nobody, nor if all of them were found already by what the record `asked`.
    pub(crate) fn rivals<'q>(
        &self,
        residents: impl Iterator<Item = Option<PersonView<'q>>>,
        asked: &[Search],
        searches: &mut [Search],
    ) {
        for ((search, record), resident) in searches.iter_mut().zip(asked).zip(residents) {
            search.asked.clear();
            resident.into_iter().for_each(|resident| search.asked.ask_as_filed(resident));
            if record.asked.includes(&search.asked) {
                search.asked.clear();
            }
        }
        self.search(searches, Layer::rivals);
    }

    fn search(&self, searches: &mut [Search], find: impl Fn(&Layer, &Asked, &mut Vec<u32>) -> bool) {
        // The base last, for those who are expected are its rows.
        self.layers().rev().for_each(|layer| prefetch(layer, searches));
        for Search { asked, found, complete, .. } in searches {
            found.clear();
            *complete = find(&self.base, asked, found);
            if let Some(changes) = &self.changes {
                *complete &= changes.find(self.base.rows(), found, |layer, out| find(layer, asked, out));
            }
            found.sort_unstable();
            found.dedup();
        }
    }

    /// Asks the memory for whoever was found and not expected, to be compared soon.
    pub(crate) fn prefetch(&self, searches: &[Search]) {
        let residents = searches.iter().flat_map(Search::unexpected);
        self.base.columns.prefetch(residents.filter(|row| *row < self.base.rows()));
    }
}

/// Asks the memory for what is read to find candidates or rivals: where all keys lie, before any entry is read, for it
/// answers many such questions at once; then the entries; then the rows that these must be held to, and all that is compared of
/// those born on the day, who are expected to be found.
fn prefetch(layer: &Layer, searches: &mut [Search]) {
    searches.iter().for_each(|search| layer.prefetch_keys(&search.asked));
    searches.iter().for_each(|search| layer.prefetch_entries(&search.asked));
    for Search { asked, expected, .. } in &mut *searches {
        expected.clear();
        layer.prefetch_rows(asked, expected);
    }
    for Search { asked, expected, .. } in &mut *searches {
        expected.retain(|row| layer.is_born(asked, *row));
    }
    layer.columns.prefetch(searches.iter().flat_map(|search| &search.expected).copied());
}
