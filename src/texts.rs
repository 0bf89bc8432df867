//! Texts one after the other in one string, found by their places: ids of a batch. Knows nothing of what they say.

/// As many texts as fit the memory, at 8 bytes each besides themselves.
#[derive(Default)]
pub(crate) struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// Puts a text at a place behind all others; the places between are empty, and an empty one takes no memory.
    pub(crate) fn set(&mut self, place: usize, text: &str) {
        if !text.is_empty() {
            self.ends.resize(place, self.text.len());
            self.push(text);
        }
    }

    /// The text at a place; empty where there is none.
    pub(crate) fn get(&self, place: usize) -> &str {
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(place).and_then(|end| self.text.get(start..*end)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_without_a_text_are_empty() {
        let mut texts = Texts::default();
        texts.push("r1");
        texts.push("");
        texts.set(4, "r5");
        texts.set(9, "");
        assert_eq!([0, 1, 2, 3, 4, 5, 9].map(|place| texts.get(place)), ["r1", "", "", "", "r5", "", ""]);
    }
}
