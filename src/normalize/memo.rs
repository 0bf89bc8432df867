//! What was read from texts that come again: a table of fixed size, in which each text has one place and whoever comes later
//! takes it. Knows nothing of what is read. Holds values of persons, so it shows none, and is to go with the reading.

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

/// Readings by their texts. The table grows as texts come, up to its limit.
pub(crate) struct Memo<T> {
    /// As many as a power of two.
    places: Vec<Place<T>>,
    limit: usize,
    /// How often something was read since the table grew.
    read: usize,
}

/// A text and what was read from it.
type Place<T> = Option<(Box<str>, T)>;

impl<T> Memo<T> {
    const FIRST: usize = 64;

    /// A table for at most so many texts, a power of two.
    pub(crate) fn of(limit: usize) -> Self {
        Self { places: empty(Self::FIRST.min(limit)), limit, read: 0 }
    }

    /// What `read` makes of a text, or made of it before; `None` from a table without places.
    pub(crate) fn get(&mut self, text: &str, read: impl FnOnce(&str) -> T) -> Option<&T> {
        if self.read > self.places.len() && self.places.len() < self.limit {
            self.grow();
        }
        let place = place(&mut self.places, text)?;
        if place.as_ref().is_none_or(|(known, _)| **known != *text) {
            *place = Some((text.into(), read(text)));
            self.read += 1;
        }
        place.as_ref().map(|(_, read)| read)
    }

    fn grow(&mut self) {
        let mut places = empty(self.places.len() * 2);
        for known in self.places.drain(..).flatten() {
            if let Some(place) = place(&mut places, &known.0) {
                *place = Some(known);
            }
        }
        (self.places, self.read) = (places, 0);
    }
}

fn empty<T>(places: usize) -> Vec<Place<T>> {
    std::iter::repeat_with(|| None).take(places).collect()
}

/// The place of a text.
fn place<'p, T>(places: &'p mut [Place<T>], text: &str) -> Option<&'p mut Place<T>> {
    let mask = places.len().checked_sub(1)?;
    places.get_mut(xxh3_64(text.as_bytes()) as usize & mask)
}

impl<T> fmt::Debug for Memo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo").field("places", &self.places.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_remembered_is_what_was_read(texts in proptest::collection::vec("[a-d]{0,3}", 0..50)) {
            let mut memo = Memo::of(8);
            for text in texts {
                proptest::prop_assert_eq!(memo.get(&text, str::to_owned), Some(&text));
            }
            proptest::prop_assert_eq!(format!("{memo:?}"), "Memo { places: 8, .. }");
        }
    }
}
