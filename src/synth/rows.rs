//! Register entries as text: all columns of all rows one after the other, so that a row costs no allocation.

use std::fmt;

use super::residents::Resident;
use crate::Record;
use crate::record::TEXTS;

/// Where each column of a row ends.
type Ends = [usize; TEXTS];

/// One register entry; reuse it to stream without allocating. `Debug` names the columns present, no value.
///
/// ```
/// use himozuke::synth::{Population, Row, SynthConfig};
/// let config = SynthConfig { residents: 10, ..SynthConfig::default() };
/// let population = Population::new(&config);
/// let mut row = Row::default();
/// for resident in population.residents() {
///     resident.write(&mut row);
///     assert!(row.record().id.starts_with('P'));
/// }
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Row {
    text: String,
    ends: Ends,
}

impl Row {
    /// The row as the library reads it.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        record(&self.text, 0, &self.ends)
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record().fmt(f)
    }
}

/// Register entries of many residents, about 200 bytes to the row. `Debug` shows how many.
///
/// ```
/// use himozuke::synth::{Population, Rows, SynthConfig};
/// let population = Population::new(&SynthConfig { residents: 100, ..SynthConfig::default() });
/// let rows: Rows = population.residents_in(20..30).collect();
/// assert_eq!((rows.len(), rows.records().count()), (10, 10));
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Rows {
    text: String,
    ends: Vec<Ends>,
}

impl Rows {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The rows as the library reads them, in order.
    pub fn records(&self) -> impl ExactSizeIterator<Item = Record<'_>> {
        let mut start = 0;
        self.ends.iter().map(move |ends| {
            let record = record(&self.text, start, ends);
            start = ends.last().copied().unwrap_or(start);
            record
        })
    }
}

impl Rows {
    pub(super) fn push(&mut self, resident: &Resident) {
        self.ends.push(written(resident, &mut self.text));
    }
}

impl FromIterator<Resident> for Rows {
    fn from_iter<I: IntoIterator<Item = Resident>>(residents: I) -> Self {
        let mut rows = Self::default();
        residents.into_iter().for_each(|resident| rows.push(&resident));
        rows
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Resident {
    /// Replaces what the row holds with this resident's register entry, in official notation.
    pub fn write(&self, row: &mut Row) {
        row.text.clear();
        row.ends = written(self, &mut row.text);
    }
}

/// Appends a register entry.
fn written(resident: &Resident, text: &mut String) -> Ends {
    let columns: [fn(&Resident, &mut String); TEXTS] = [
        Resident::write_id,
        Resident::write_kanji_name,
        Resident::write_kana_name,
        Resident::write_birth_date,
        Resident::write_sex,
        Resident::write_address,
        Resident::write_former_names,
        Resident::write_aliases,
        Resident::write_former_addresses,
        Resident::write_household_id,
        Resident::write_status,
        Resident::write_protected,
    ];
    columns.map(|write| {
        write(resident, text);
        text.len()
    })
}

fn record<'r>(text: &'r str, start: usize, ends: &Ends) -> Record<'r> {
    let mut start = start;
    Record::of_texts(ends.map(|end| {
        let column = text.get(start..end).unwrap_or_default();
        start = end;
        column
    }))
}
