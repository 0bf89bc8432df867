//! `himozuke verify`: records with the number registered for them in, every record in exactly one file out, and what only
//! the whole file shows in `alerts.csv`. Verdicts are the library's. No number leaves: rows and people go by their ids.

use std::{collections::BTreeMap, io::Write};

use himozuke::{Alert, Claim, ReasonSet, Registry, Verdict, Verified, VerifyBatch};
use serde::Serialize;

use crate::{
    args::Bulk,
    bulk::{self, Answers, Counts, Done, Intake, Rejects, Setup, count},
    columns::{Column, Columns, Role},
    failure::Failure,
    output::{CsvFile, Finished, OutDir, OutputError},
    residents::Numbers,
};

/// The files of a run; the last one says that all of them are whole.
const FILES: [&str; 8] = [
    "confirmed.csv",
    "review.csv",
    "suspect.csv",
    "alerts.csv",
    "rejected.csv",
    "registry_problems.csv",
    "summary.json",
    "run.json",
];

/// Verifies the records and tells what became of them.
///
/// # Errors
/// Where an input or the policy is wrong, where no column says whose number is registered, where the files cannot be
/// written, and, with `--strict`, where anything of the inputs could not be read.
pub fn verify(arguments: &Bulk, out: &mut impl Write, err: &mut impl Write) -> Result<(), Failure> {
    bulk::run(arguments, out, err, || job(arguments))
}

fn job(arguments: &Bulk) -> Result<Done, Failure> {
    let setup = Setup::new(arguments)?;
    let by = ClaimedBy::find(&setup.columns(Role::Records)?, &setup.columns(Role::Registry)?)?;
    let mut job = setup.open(&FILES)?;
    let (residents, problems) = job.load(by.numbers())?;
    let linker = job.linker(&residents.registry)?;
    let mut batch = linker.verify_batch(residents.numbers.as_ref());
    let intake = job.read(|chunk| {
        let claims: Vec<Claim<'_>> = chunk.rows().iter().map(|row| chunk.claim(row)).collect();
        batch.push(&claims);
    })?;
    let (answers, mut files) = write(batch, by, &intake, job.directory(), &residents.registry)?;
    files.push(problems);
    job.finish(&residents, &intake, answers, files)
}

/// Which columns say whose number is registered for a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum ClaimedBy {
    PersonId,
    MyNumber,
    Both,
    /// Both, and the registry has no numbers: of those of the records only the form is checked.
    PersonIdAndForm,
}

impl ClaimedBy {
    fn find(records: &Columns, registry: &Columns) -> Result<Self, Failure> {
        let numbered = registry.has(Column::MyNumber);
        match (records.has(Column::PersonId), records.has(Column::MyNumber)) {
            (true, false) => Ok(Self::PersonId),
            (true, true) if numbered => Ok(Self::Both),
            (true, true) => Ok(Self::PersonIdAndForm),
            (false, true) if numbered => Ok(Self::MyNumber),
            (false, true) => Err(Failure::usage(
                "the records have my_number and no person_id, and the registry has no my_number to find it by".to_owned(),
                Some("name the registry's column with --map registry:my_number=HEADER, or give each record its person_id".to_owned()),
            )),
            (false, false) => Err(Failure::usage(
                "no column of the records says whose number is registered: neither person_id nor my_number".to_owned(),
                Some(
                    "say which column it is with --map records:person_id=HEADER or --map records:my_number=HEADER; \
                     宛名番号 is the person's beside an id of the record's own"
                        .to_owned(),
                ),
            )),
        }
    }

    const fn numbers(self) -> Numbers {
        match self {
            Self::MyNumber | Self::Both => Numbers::Taken,
            Self::PersonId | Self::PersonIdAndForm => Numbers::Left,
        }
    }
}

/// Raises the alerts, and writes every record into one file.
fn write(
    batch: VerifyBatch<'_, '_>,
    claimed_by: ClaimedBy,
    intake: &Intake,
    directory: &OutDir,
    registry: &Registry,
) -> Result<(Checked, Vec<Finished>), Failure> {
    let mut sinks = Sinks::create(directory, registry)?;
    let mut rejects = Rejects::create(directory, intake)?;
    let report = batch.finish(|verified| {
        rejects.pass(verified.row, verified.id, verified.answer.err())?;
        sinks.take(&verified)
    })?;
    let (rejected, problems, rejects) = rejects.finish()?;
    let Sinks { files, written: [confirmed, review, suspect], mut reasons, rows, .. } = sinks;
    reasons.rejected = problems;
    let (alerts, file) = write_alerts(&report.alerts, &rows, directory)?;
    let mut files = files.map(CsvFile::finish).into_iter().collect::<Result<Vec<_>, _>>()?;
    files.extend([file, rejects]);
    intake.check([confirmed, review, suspect, rejected])?;
    let records = Records {
        encoding: intake.encoding.to_string(),
        claimed_by,
        read: intake.rows(),
        confirmed,
        review,
        suspect,
        rejected,
        pairs_compared: report.pairs,
    };
    Ok((Checked { records, alerts, reasons }, files))
}

/// The three files of which each record that could be read is in exactly one, and what the alerts are written from.
struct Sinks<'r> {
    registry: &'r Registry,
    files: [CsvFile; 3],
    /// Records in each of the three.
    written: [u64; 3],
    reasons: Reasons,
    rows: Rows,
}

impl<'r> Sinks<'r> {
    fn create(directory: &OutDir, registry: &'r Registry) -> Result<Self, OutputError> {
        let create =
            |name| directory.create_csv(name, ["record_id", "person_id", "better_person_id", "reasons"]);
        let files = [create("confirmed.csv")?, create("review.csv")?, create("suspect.csv")?];
        Ok(Self { registry, files, written: [0; 3], reasons: Reasons::default(), rows: Rows::default() })
    }

    fn take(&mut self, verified: &Verified<'_>) -> Result<(), OutputError> {
        let Ok(verdict) = verified.answer else {
            self.rows.push(verified.id, ReasonSet::EMPTY);
            return Ok(());
        };
        let reasons = verdict.reasons();
        self.rows.push(verified.id, reasons);
        let ([confirmed, review, suspect], written) = (&mut self.files, &mut self.written);
        let [confirmations, reviews, suspicions] = written;
        let (file, written, counts) = match verdict {
            Verdict::Confirmed(_) => (confirmed, confirmations, &mut self.reasons.confirmed),
            Verdict::Review(_) => (review, reviews, &mut self.reasons.review),
            Verdict::Suspect(_) => (suspect, suspicions, &mut self.reasons.suspect),
        };
        *written += 1;
        count(counts, reasons);
        // An id that is nobody's is not repeated: only the registry's own ids are known to be none.
        let [claimed, better] = [verdict.claimed(), verdict.better()]
            .map(|person| person.map_or("", |person| self.registry.id(person.resident)));
        file.row([verified.id, claimed, better, &reasons.to_string()])
    }
}

/// What an alert tells of its rows: their ids, one after the other, and their reasons.
#[derive(Default)]
struct Rows {
    ids: String,
    /// Where each id ends.
    ends: Vec<usize>,
    reasons: Vec<ReasonSet>,
}

impl Rows {
    fn push(&mut self, id: &str, reasons: ReasonSet) {
        self.ids.push_str(id);
        self.ends.push(self.ids.len());
        self.reasons.push(reasons);
    }

    fn id(&self, row: usize) -> &str {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(row).and_then(|end| self.ids.get(start..*end)).unwrap_or_default()
    }

    fn reasons(&self, row: usize) -> ReasonSet {
        self.reasons.get(row).copied().unwrap_or_default()
    }
}

/// The alerts, one a line: the ids of its rows joined by `|`, and every reason that one of them has.
fn write_alerts(
    alerts: &[Alert],
    rows: &Rows,
    directory: &OutDir,
) -> Result<(BTreeMap<&'static str, Raised>, Finished), OutputError> {
    let mut file = directory.create_csv("alerts.csv", ["alert", "record_ids", "reasons", "shift"])?;
    let mut raised = BTreeMap::<_, Raised>::new();
    for alert in alerts {
        let places = || alert.rows.iter().filter_map(|row| usize::try_from(*row).ok());
        let ids: Vec<String> = places().map(|row| joinable(rows.id(row))).collect();
        let reasons = places().fold(ReasonSet::EMPTY, |all, row| all.union(rows.reasons(row)));
        let shift = alert.shift.map_or(String::new(), |shift| shift.to_string());
        file.row([alert.kind.code(), &ids.join("|"), &reasons.to_string(), &shift])?;
        let kind = raised.entry(alert.kind.code()).or_default();
        kind.alerts += 1;
        kind.rows += alert.rows.len() as u64;
    }
    Ok((raised, file.finish()?))
}

/// An id that can be told from its neighbours: what joins them is written `\|` in it, and `\` is `\\`.
fn joinable(id: &str) -> String {
    id.replace('\\', "\\\\").replace('|', "\\|")
}

/// What became of the records.
#[derive(Debug, Serialize)]
struct Checked {
    records: Records,
    alerts: BTreeMap<&'static str, Raised>,
    reasons: Reasons,
}

#[derive(Debug, Serialize)]
struct Records {
    encoding: String,
    claimed_by: ClaimedBy,
    read: u64,
    confirmed: u64,
    review: u64,
    suspect: u64,
    rejected: u64,
    pairs_compared: u64,
}

/// How often an alert was raised, and on how many rows.
#[derive(Debug, Default, Serialize)]
struct Raised {
    alerts: u64,
    rows: u64,
}

/// How many records have each reason, by what became of them; for the rejected, each problem.
#[derive(Debug, Default, Serialize)]
struct Reasons {
    confirmed: Counts,
    review: Counts,
    suspect: Counts,
    rejected: Counts,
}

impl Answers for Checked {
    fn conservation(&self) -> String {
        let Records { read, confirmed, review, suspect, rejected, .. } = &self.records;
        format!(
            "{read} read = {confirmed} confirmed + {review} review + {suspect} suspect + {rejected} rejected"
        )
    }

    fn pairs(&self) -> u64 {
        self.records.pairs_compared
    }

    fn rejected(&self) -> u64 {
        self.records.rejected
    }

    fn notes(&self) -> Vec<String> {
        let kinds = self
            .alerts
            .iter()
            .map(|(kind, Raised { alerts, rows })| format!("alert {kind}: {alerts} on {rows} rows"));
        kinds.collect()
    }

    fn warnings(&self) -> Vec<String> {
        let unchecked =
            "warning: the registry has no my_number: only the form of the records' numbers was checked";
        let found = self.records.claimed_by == ClaimedBy::PersonIdAndForm;
        found.then(|| unchecked.to_owned()).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_ids_can_be_told_apart() {
        assert_eq!(["a|b", "c\\"].map(joinable).join("|"), r"a\|b|c\\");
        let mut rows = Rows::default();
        ["r1", "", "r33"].into_iter().for_each(|id| rows.push(id, ReasonSet::EMPTY));
        assert_eq!([0, 1, 2, 3].map(|row| rows.id(row)), ["r1", "", "r33", ""]);
    }
}
