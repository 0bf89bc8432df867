//! From record batch to record batch: what an engine calls for each batch that it hands out.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use himozuke::{
    Decision, Linker, ReadOptions, Record,
    normalize::{
        address::Address,
        birth_date::BirthDate,
        name::{self, Spelling},
        sex::Sex,
    },
};

use crate::{Error, Text, texts};

/// The columns of a batch that the library knows, by their canonical names.
struct Records {
    columns: Vec<(String, Text)>,
}

/// The canonical names; the first must be there.
const NAMES: [&str; 12] = [
    "id",
    "kanji_name",
    "kana_name",
    "birth_date",
    "sex",
    "address",
    "former_names",
    "aliases",
    "former_addresses",
    "household_id",
    "status",
    "protected",
];

impl Records {
    fn of(batch: &RecordBatch) -> Result<Self, Error> {
        let schema = batch.schema();
        let named = |place: usize| schema.fields().get(place).map_or("", |field| field.name());
        let columns = texts(batch, |place| NAMES.contains(&named(place)))?;
        let columns = columns.into_iter().enumerate();
        let columns: Vec<(String, Text)> =
            columns.filter_map(|(place, text)| Some((named(place).to_owned(), text?))).collect();
        if columns.iter().any(|(name, _)| name == "id") {
            Ok(Self { columns })
        } else {
            Err(Error::Missing("id"))
        }
    }

    fn get(&self, row: usize) -> Record<'_> {
        let value = |name: &str| {
            self.columns.iter().find(|(own, _)| own == name).map_or("", |(_, column)| column.get(row))
        };
        Record {
            id: value("id"),
            kanji_name: value("kanji_name"),
            kana_name: value("kana_name"),
            birth_date: value("birth_date"),
            sex: value("sex"),
            address: value("address"),
            former_names: value("former_names"),
            aliases: value("aliases"),
            former_addresses: value("former_addresses"),
            household_id: value("household_id"),
            status: value("status"),
            protected: value("protected"),
        }
    }
}

/// A batch of columns of texts.
fn batch<const N: usize>(names: [&str; N], rows: &[[String; N]]) -> Result<RecordBatch, Error> {
    let columns = names.into_iter().enumerate().map(|(place, name)| {
        let cells = rows.iter().map(|row| row.get(place).map_or("", String::as_str));
        (name, Arc::new(StringArray::from_iter_values(cells)) as ArrayRef)
    });
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// Decides each row of a batch by itself: columns `record_id`, `decision` (`link`, `review`, `no_match`, `rejected`),
/// `person_id` (of a link), `posterior`, `weight_bits`, `reasons` (codes joined by `|`; for `rejected` the code of the
/// problem), `confidence_bits` (of links and of reviews that have a candidate: see [`Decision::confidence`], by which
/// links and reviews alike can be put in order) and `address_withheld` (`1` where the record's own address must not be shown:
/// see [`Decision::address_withheld`]; of a `rejected` one nobody can tell, so it is `1`), all of them texts, a row for each
/// row.
///
/// What only a whole batch can know is not evaluated, and the reasons say so (`claim_not_evaluated`,
/// `batch_not_evaluated`): two records that link to one person must still go to review, which is one grouping by
/// `person_id` over all results. Ids are not looked at either: none may be an individual number, nor stand on two rows.
///
/// # Errors
/// [`Error::Missing`] without an `id`, and [`Error::Column`] for a column that is no text, whole number or date.
///
/// See the example of the [crate].
pub fn link(linker: &Linker<'_>, records: &RecordBatch) -> Result<RecordBatch, Error> {
    let readable = Records::of(records)?;
    let rows: Vec<[String; 8]> = (0..records.num_rows())
        .map(|row| {
            let record = readable.get(row);
            let id = record.id.to_owned();
            let decided = linker.decide(&record);
            let withheld = decided.as_ref().map_or(true, Decision::address_withheld);
            let (name, linked, confidence, reasons) = match decided {
                Ok(Decision::Link(link)) => {
                    let reasons = link.candidate.evidence.reasons;
                    ("link", Some(link.candidate), Some(link.confidence), reasons.to_string())
                }
                Ok(Decision::Review(review)) => {
                    let confidence = review.candidates.first().map(|_| review.confidence);
                    ("review", None, confidence, review.reasons.to_string())
                }
                Ok(Decision::NoMatch(nobody)) => ("no_match", None, None, nobody.reasons.to_string()),
                Err(problem) => ("rejected", None, None, problem.code().to_owned()),
            };
            let [person, posterior, weight] = linked.map_or_else(Default::default, |candidate| {
                [
                    linker.registry().id(candidate.resident).to_owned(),
                    candidate.evidence.posterior.to_string(),
                    bits(candidate.evidence.weights.total),
                ]
            });
            let confidence = confidence.map_or_else(String::new, bits);
            let withheld = if withheld { "1" } else { "0" };
            [id, name.to_owned(), person, posterior, weight, reasons, confidence, withheld.to_owned()]
        })
        .collect();
    let names = [
        "record_id",
        "decision",
        "person_id",
        "posterior",
        "weight_bits",
        "reasons",
        "confidence_bits",
        "address_withheld",
    ];
    batch(names, &rows)
}

/// Thousandths of a bit as bits.
fn bits(millibits: i32) -> String {
    let sign = if millibits < 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", millibits.unsigned_abs() / 1000, millibits.unsigned_abs() % 1000)
}

/// Reads and folds each row of a batch: columns `id`, `register_name`, `reading`, `birth_date` (a day, or the interval that
/// is stated), `sex` (ISO 5218), `address` (its parts between `/`) and `problem` (codes of what cannot be read, joined by
/// `|`), all of them texts, a row for each row. The values are personal data, as those of the batch are.
///
/// # Errors
/// As [`link`].
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray, cast::AsArray};
/// use himozuke::ReadOptions;
///
/// let column = |text: &str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
/// let batch = RecordBatch::try_from_iter([
///     ("id", column("r1")),
///     ("kana_name", column("ﾀｶﾊｼ ﾊﾅｺ")),
///     ("birth_date", column("昭和60年1月1日")),
/// ])?;
/// let read = himozuke_arrow::normalize(&batch, &ReadOptions::default())?;
/// let cell = |name: &str| read.column_by_name(name).map(|own| own.as_string::<i32>().value(0).to_owned());
/// assert_eq!(cell("reading").as_deref(), Some("タカハシ ハナコ"));
/// assert_eq!(cell("birth_date").as_deref(), Some("1985-01-01"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn normalize(records: &RecordBatch, options: &ReadOptions) -> Result<RecordBatch, Error> {
    let readable = Records::of(records)?;
    let rows: Vec<[String; 7]> =
        (0..records.num_rows()).map(|row| read(&readable.get(row), options)).collect();
    batch(["id", "register_name", "reading", "birth_date", "sex", "address", "problem"], &rows)
}

fn read(record: &Record<'_>, options: &ReadOptions) -> [String; 7] {
    let mut problems: Vec<&str> = Vec::new();
    let names = name::parse(record.kanji_name, record.kana_name).unwrap_or_else(|problem| {
        problems.push(problem.code());
        Vec::new()
    });
    let birth_date = BirthDate::parse(record.birth_date, &options.dates).unwrap_or_else(|problem| {
        problems.push(problem.code());
        None
    });
    let sex = Sex::parse(record.sex).unwrap_or_else(|problem| {
        problems.push(problem.code());
        None
    });
    let address = Address::parse(record.address);
    if address.is_none() && record.address.len() > Address::MAX_LEN {
        problems.push(himozuke::Unreadable::Address.code());
    }
    let today = names.first();
    let whole = |spelling: Option<&Spelling>| {
        spelling
            .map_or_else(String::new, |own| [own.family.text(), own.given.text()].join(" ").trim().to_owned())
    };
    [
        record.id.to_owned(),
        whole(today.and_then(|name| name.register.as_ref())),
        whole(today.and_then(|name| name.reading.as_ref())),
        birth_date.map_or_else(String::new, BirthDate::to_string_iso),
        sex.map_or_else(String::new, |sex| sex.iso_5218().to_string()),
        address.map_or_else(String::new, |address| address.canonical()),
        problems.join("|"),
    ]
}

#[cfg(test)]
mod tests {
    use himozuke::{Policy, Registry};

    use super::*;

    const RESIDENT: Record<'static> = Record {
        id: "p1",
        kanji_name: "髙橋 花子",
        kana_name: "",
        birth_date: "1985-01-01",
        sex: "2",
        address: "東京都杉並区永福二丁目1番1号",
        former_names: "",
        aliases: "",
        former_addresses: "",
        household_id: "",
        status: "",
        protected: "",
    };

    /// A link, a review, nobody, and what cannot be read.
    const ASKED: [Record<'static>; 4] = [
        Record { id: "r1", ..RESIDENT },
        Record { id: "r2", address: "", ..RESIDENT },
        Record {
            id: "r3",
            kanji_name: "伊能 忠敬",
            birth_date: "1950-02-11",
            sex: "",
            address: "",
            ..RESIDENT
        },
        Record { id: "r4", birth_date: "1985-13-01", ..RESIDENT },
    ];

    /// What becomes of those asked among these residents: the cells of some columns.
    fn decided(linker: &Linker<'_>, names: [&str; 2]) -> [Vec<String>; 2] {
        let column = |cell: fn(&Record<'static>) -> &'static str| {
            Arc::new(StringArray::from_iter_values(ASKED.iter().map(cell))) as ArrayRef
        };
        let records = RecordBatch::try_from_iter([
            ("id", column(|own| own.id)),
            ("kanji_name", column(|own| own.kanji_name)),
            ("birth_date", column(|own| own.birth_date)),
            ("sex", column(|own| own.sex)),
            ("address", column(|own| own.address)),
        ]);
        let decided = link(linker, &records.unwrap()).unwrap();
        let columns = texts(&decided, |_| true).unwrap();
        names.map(|name| {
            let cells = columns[decided.schema().index_of(name).unwrap()].as_ref().unwrap();
            (0..ASKED.len()).map(|row| cells.get(row).to_owned()).collect()
        })
    }

    /// Links and reviews have the confidence of the library, in bits; nobody, and what cannot be read, has none.
    #[test]
    fn decisions_are_told_with_their_confidence() {
        let registry = Registry::builder().persons([RESIDENT]).unwrap().build().unwrap();
        let linker = Linker::new(&registry, Policy::guideline()).unwrap();
        let [kinds, confidences] = decided(&linker, ["decision", "confidence_bits"]);
        assert_eq!(kinds, ["link", "review", "no_match", "rejected"]);
        for (row, record) in ASKED.iter().enumerate() {
            let confidence = linker.decide(record).ok().and_then(|decision| decision.confidence());
            assert_eq!(confidences[row], confidence.map_or_else(String::new, bits));
            assert_eq!(confidence.is_some(), row < 2);
        }
    }

    /// A record that was compared with a protected resident has an address that must not be shown, linked or not; so has one of
    /// which nobody can tell with whom it would have been compared.
    #[test]
    fn addresses_that_must_not_be_shown_are_told() {
        for (protected, withheld) in [("", ["0", "0", "0", "1"]), ("1", ["1", "1", "0", "1"])] {
            let resident = Record { protected, ..RESIDENT };
            let registry = Registry::builder().persons([resident]).unwrap().build().unwrap();
            let linker = Linker::new(&registry, Policy::guideline()).unwrap();
            assert_eq!(decided(&linker, ["address_withheld", "record_id"])[0], withheld);
        }
    }
}
