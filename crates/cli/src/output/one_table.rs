//! All decisions in one table, in the order of the records, for who reads a stream: a row says which table it would be in.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Finished, OutFile, OutputError,
    table::{Table, lacks_cells},
};

/// What the table is called as long as it is a file.
pub const ONE_TABLE: &str = "decisions.csv";

/// The tables that become one, and what their rows are called in it.
const DECISIONS: [(&str, &str); 6] = [
    ("links.csv", "link"),
    ("review.csv", "review"),
    ("no_match.csv", "no_match"),
    ("confirmed.csv", "confirmed"),
    ("suspect.csv", "suspect"),
    ("rejected.csv", "rejected"),
];

/// Its columns, of a run that links.
pub const OF_LINK: &[&str] = &[
    "record_id",
    DECISION,
    "person_id",
    "rank",
    "posterior",
    "weight_bits",
    "reasons",
    "protected",
    "status",
    "candidates_total",
    "confidence_bits",
    "address_withheld",
    "line",
    "column",
    "problem",
];

/// Its columns, of a run that verifies.
pub const OF_VERIFY: &[&str] =
    &["record_id", DECISION, "person_id", "better_person_id", "reasons", "line", "column", "problem"];

/// The column that says which table a row would be in.
const DECISION: &str = "decision";

/// The table, shared by those that it is made of.
#[derive(Debug)]
pub(super) struct OneTable {
    columns: &'static [&'static str],
    table: Mutex<Table>,
}

impl OneTable {
    pub(super) fn create(file: OutFile, columns: &'static [&'static str]) -> Result<Arc<Self>, OutputError> {
        Ok(Arc::new(Self { columns, table: Mutex::new(Table::begin(file, columns)?) }))
    }

    /// The part that a table of this name is; `None` for one that holds no decisions.
    pub(super) fn part(self: &Arc<Self>, name: &str, header: &[impl AsRef<[u8]>]) -> Option<Part> {
        let (_, decision) = DECISIONS.iter().find(|(table, _)| *table == name)?;
        let place = |column: &&str| match *column {
            DECISION => Place::Decision,
            column => Place::Cell(header.iter().position(|own| own.as_ref() == column.as_bytes())),
        };
        let places = self.columns.iter().map(place).collect();
        Some(Part { all: Arc::clone(self), decision, places, cells: header.len() })
    }

    /// Ends the table, when nobody writes to it any more.
    pub(super) fn finish(self: Arc<Self>) -> Result<Finished, OutputError> {
        let unfinished =
            |_| OutputError::io(Path::new(ONE_TABLE))(std::io::Error::other("it is still in use"));
        let own = Arc::try_unwrap(self).map_err(unfinished)?;
        own.table.into_inner().unwrap_or_else(PoisonError::into_inner).finish()
    }
}

/// Where a cell of the table comes from.
#[derive(Debug)]
enum Place {
    Decision,
    /// A cell of the row; nothing where its table has no such column.
    Cell(Option<usize>),
}

/// One of the tables that become one.
#[derive(Debug)]
pub(super) struct Part {
    all: Arc<OneTable>,
    decision: &'static str,
    places: Vec<Place>,
    /// How many a row has.
    cells: usize,
}

impl Part {
    pub(super) fn row<I>(&self, cells: I) -> Result<(), OutputError>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let cells: Vec<I::Item> = cells.into_iter().collect();
        if cells.len() != self.cells {
            return Err(lacks_cells(ONE_TABLE));
        }
        let cell = |place: &Option<usize>| place.and_then(|place| cells.get(place));
        let row = self.places.iter().map(|place| match place {
            Place::Decision => self.decision.as_bytes(),
            Place::Cell(place) => cell(place).map_or(&b""[..], AsRef::as_ref),
        });
        self.all.table.lock().unwrap_or_else(PoisonError::into_inner).row(row)
    }
}
