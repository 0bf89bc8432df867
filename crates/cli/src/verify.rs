//! `himozuke verify`: records with the number registered for them in, every record in exactly one file out, and what only
//! the whole file shows in `alerts.csv`. Verdicts are the library's. No number leaves: rows and people go by their ids.

use std::{collections::BTreeMap, io::Write};

use himozuke::{Alerts, ClaimRow, Noted, ReasonSet, Registry, ResidentIndex, Verdict, Verification};
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::{
    args::Bulk,
    audit::{self, DecisionLog},
    bulk::{self, Answers, AnswersOfRows, Counts, Decides, Done, Intake, Job, Rejects, Setup, Written},
    columns::{Column, Columns, Role},
    failure::Failure,
    figures::write_codes,
    input::{Chunk, Rejected, Row},
    output::{CsvFile, Finished, OutDir, OutputError, Sheet},
    report,
    residents::Numbers,
    said,
    stop::Stop,
    words::Said,
    work::{Coded, Entry, read_number, write_number},
};

/// The files of a run; the last one says that all of them are whole.
const FILES: [&str; 11] = [
    "confirmed.csv",
    "review.csv",
    "suspect.csv",
    "alerts.csv",
    "rejected.csv",
    "registry_problems.csv",
    "summary.json",
    audit::LOG,
    audit::HANDLES,
    report::PAGE,
    "run.json",
];

/// Verifies the records and tells what became of them.
///
/// # Errors
/// Where an input or the policy is wrong, where no column says whose number is registered, where the files cannot be
/// written, and, with `--strict`, where anything of the inputs could not be read.
pub fn verify(arguments: &Bulk, out: &mut impl Write, err: &mut impl Write) -> Result<(), Failure> {
    bulk::run(arguments, out, err, |stop| job(arguments, stop))
}

fn job(arguments: &Bulk, stop: Stop) -> Result<Done, Failure> {
    let setup = Setup::new(arguments, stop)?;
    let numbered = !setup.is_indexed() && setup.columns(Role::Registry)?.has(Column::MyNumber);
    let by = ClaimedBy::find(&setup.columns(Role::Records)?, numbered)?;
    let mut job = setup.open("verify", &FILES)?;
    let (residents, problems) = job.load(by.numbers())?;
    let linker = job.rules().linker(&residents.registry)?;
    let mut rows = Rows { verification: linker.verification(residents.numbers.as_ref()) };
    let intake = job.decide(&mut rows)?;
    let alerts = rows.verification.raise();
    let mut log = job.log(by.numbers())?;
    let (answers, mut files) = write(&alerts, by, &intake, &job, &residents.registry, &mut log)?;
    files.push(problems);
    job.finish(&residents, &intake, answers, log, files)
}

/// Verifies rows, and takes note of what their alerts need.
struct Rows<'l, 'r> {
    verification: Verification<'l, 'r>,
}

impl Decides for Rows<'_, '_> {
    type Answer = Answer;

    fn decide(&mut self, chunk: &Chunk) -> Result<AnswersOfRows<Answer>, Failure> {
        let checked = self.verification.check_rows_as(&rows(chunk), |checked| {
            (checked.pairs, checked.answer.as_ref().map(Answer::from).map_err(|unreadable| *unreadable))
        });
        let pairs = checked.iter().map(|(pairs, _)| pairs).sum();
        Ok((checked.into_iter().map(|(_, answer)| answer).collect(), pairs))
    }

    fn recall(&mut self, chunk: &Chunk, answers: &[Option<Answer>]) {
        let mut answers = answers.iter().map(|answer| {
            answer.map(|Answer { verdict, better, reasons, .. }| Noted {
                suspect: verdict == Kind::Suspect,
                better,
                reasons,
            })
        });
        let recalled = rows(chunk).into_iter().map(|row| match row {
            ClaimRow::Read(claim) => (claim, answers.next().flatten()),
            ClaimRow::Rejected(claim) => (claim, None),
        });
        let (claims, noted): (Vec<_>, Vec<_>) = recalled.unzip();
        self.verification.recall_chunk(&claims, &noted);
    }
}

/// Every row of a chunk: those that could not be read take part in the alerts.
fn rows(chunk: &Chunk) -> Vec<ClaimRow<'_>> {
    let row = |row: Result<&Row, &Rejected>| match row {
        Ok(row) => ClaimRow::Read(chunk.claim(row)),
        Err(rejected) => ClaimRow::Rejected(chunk.rejected_claim(rejected)),
    };
    chunk.in_order().map(row).collect()
}

/// What the files say of a verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Answer {
    verdict: Kind,
    claimed: Option<ResidentIndex>,
    better: Option<ResidentIndex>,
    reasons: ReasonSet,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Confirmed,
    Review,
    Suspect,
}

impl Kind {
    const fn code(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Review => "review",
            Self::Suspect => "suspect",
        }
    }
}

impl From<&Verdict> for Answer {
    fn from(verdict: &Verdict) -> Self {
        let kind = match verdict {
            Verdict::Confirmed(_) => Kind::Confirmed,
            Verdict::Review(_) => Kind::Review,
            Verdict::Suspect(_) => Kind::Suspect,
        };
        Self {
            verdict: kind,
            claimed: verdict.claimed().map(|claimed| claimed.resident),
            better: verdict.better().map(|better| better.resident),
            reasons: verdict.reasons(),
        }
    }
}

impl bulk::Answer for Answer {
    fn code(&self) -> &'static str {
        self.verdict.code()
    }

    fn reasons(&self) -> ReasonSet {
        self.reasons
    }

    fn residents(&self) -> impl Iterator<Item = ResidentIndex> {
        self.claimed.into_iter().chain(self.better)
    }

    fn say(&self, id: &str, registry: &Registry, sheet: &mut Sheet) {
        let Self { verdict, claimed, better, reasons } = *self;
        // An id that is nobody's is not repeated: only the registry's own ids are known to be none.
        let [claimed, better] =
            [claimed, better].map(|person| person.map_or("", |person| registry.id(person)));
        sheet.begin(verdict as usize);
        sheet.row(|row| {
            [id, claimed, better].into_iter().for_each(|id| row.cell(id));
            row.plain(|to| write_codes(reasons, to));
        });
    }
}

impl Answer {
    /// Holds the alerts on its row to it.
    fn alert(&mut self, alerts: &Alerts, row: u64) {
        let raised = alerts.on(row);
        self.reasons = self.reasons.union(raised.holding);
        match self.verdict {
            Kind::Suspect => self.reasons = self.reasons.union(raised.explaining),
            Kind::Confirmed if !raised.holding.is_empty() => self.verdict = Kind::Review,
            Kind::Confirmed | Kind::Review => {}
        }
    }
}

impl Coded for Answer {
    fn write(&self, to: &mut Vec<u8>) {
        to.push(self.verdict as u8);
        // One higher than its number; nobody is 0.
        let person = |person: Option<ResidentIndex>| person.map_or(0, |own| u128::from(own.number()) + 1);
        write_number(person(self.claimed), to);
        write_number(person(self.better), to);
        write_number(self.reasons.bits(), to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let kinds = [Kind::Confirmed, Kind::Review, Kind::Suspect];
        let verdict = *kinds.get(usize::from(*from.split_off_first()?))?;
        let person = |from: &mut &[u8]| {
            let number = read_number(from)?.checked_sub(1);
            Some(match number {
                Some(number) => Some(ResidentIndex::from_number(number.try_into().ok()?)),
                None => None,
            })
        };
        let (claimed, better) = (person(from)?, person(from)?);
        Some(Self { verdict, claimed, better, reasons: ReasonSet::from_bits(read_number(from)?) })
    }
}

/// Which columns say whose number is registered for a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum ClaimedBy {
    PersonId,
    MyNumber,
    Both,
    /// Both, and the registry has no numbers: of those of the records only the form is checked, and which rows share one.
    PersonIdAndForm,
}

impl ClaimedBy {
    fn find(records: &Columns, numbered: bool) -> Result<Self, Failure> {
        match (records.has(Column::PersonId), records.has(Column::MyNumber)) {
            (true, false) => Ok(Self::PersonId),
            (true, true) if numbered => Ok(Self::Both),
            (true, true) => Ok(Self::PersonIdAndForm),
            (false, true) if numbered => Ok(Self::MyNumber),
            (false, true) => Err(Failure::usage(
                said!(
                    "the records have my_number and no person_id, and the registry has no my_number to find it by";
                    "記録には my_number だけがあって person_id がなく、住民データには照らし合わせる my_number がありません"
                ),
                Some(said!(
                    "name the registry's column with --map registry:my_number=HEADER, or give each record its person_id";
                    "住民データの列を --map registry:my_number=見出し で指定するか、記録ごとに person_id を付けてください"
                )),
            )),
            (false, false) => Err(Failure::usage(
                said!(
                    "no column of the records says whose number is registered: neither person_id nor my_number";
                    "記録に、誰の番号が登録されているかを示す列（person_id か my_number）がありません"
                ),
                Some(said!(
                    "say which column it is with --map records:person_id=HEADER or --map records:my_number=HEADER; \
                     宛名番号 is the person's beside an id of the record's own";
                    "--map records:person_id=見出し か --map records:my_number=見出し で指定してください。\
                     記録自身の ID がほかにあれば、宛名番号は住民の ID とみなします"
                )),
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

/// Holds the alerts to every record, and writes it into one table.
fn write(
    alerts: &Alerts,
    claimed_by: ClaimedBy,
    intake: &Intake,
    job: &Job<'_>,
    registry: &Registry,
    log: &mut DecisionLog,
) -> Result<(Checked, Vec<Finished>), Failure> {
    let tables = tables(job.directory())?;
    let (mut reasons, mut told) = (Reasons::default(), Told::default());
    let settle = |row, entry: &mut Entry<'_, Answer>| {
        let (id, why) = match entry {
            Entry::Answered { id, answer } => {
                answer.alert(alerts, row);
                reasons.add(answer);
                (*id, answer.reasons)
            }
            Entry::Rejected(rejection) => {
                reasons.rejected.add(rejection);
                (rejection.id, ReasonSet::EMPTY)
            }
        };
        if !alerts.on(row).is_empty() {
            told.insert(row, (id.to_owned(), why));
        }
    };
    let Written { records: [confirmed, review, suspect, rejected], mut files } =
        job.write(registry, log, tables, settle)?;
    let (alerts, file) = write_alerts(alerts, &told, job.directory())?;
    files.push(file);
    intake.check([confirmed, review, suspect, rejected])?;
    let records = Records {
        encoding: intake.encoding.to_string(),
        claimed_by,
        read: intake.rows,
        confirmed,
        review,
        suspect,
        rejected,
        pairs_compared: intake.pairs,
    };
    Ok((Checked { records, alerts, reasons }, files))
}

/// The id and the reasons of each row that an alert is about.
type Told = FxHashMap<u64, (String, ReasonSet)>;

/// Begins the tables of which each record is in exactly one: those of [`Kind`] in its order, then the rejected.
fn tables(directory: &OutDir) -> Result<[CsvFile; 4], OutputError> {
    let create = |name| directory.create_csv(name, ["record_id", "person_id", "better_person_id", "reasons"]);
    Ok([create("confirmed.csv")?, create("review.csv")?, create("suspect.csv")?, Rejects::table(directory)?])
}

/// The alerts, one a line: the ids of its rows joined by `|`, and every reason that one of them has.
fn write_alerts(
    alerts: &Alerts,
    told: &Told,
    directory: &OutDir,
) -> Result<(BTreeMap<&'static str, Raised>, Finished), OutputError> {
    let mut file = directory.create_csv("alerts.csv", ["alert", "record_ids", "reasons", "shift"])?;
    let mut raised = BTreeMap::<_, Raised>::new();
    for alert in alerts.list() {
        let rows = || alert.rows.iter().filter_map(|row| told.get(row));
        let ids: Vec<String> = rows().map(|(id, _)| joinable(id)).collect();
        let reasons = rows().fold(ReasonSet::EMPTY, |all, (_, reasons)| all.union(*reasons));
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
    rejected: Rejects,
}

impl Reasons {
    fn add(&mut self, answer: &Answer) {
        let counts = match answer.verdict {
            Kind::Confirmed => &mut self.confirmed,
            Kind::Review => &mut self.review,
            Kind::Suspect => &mut self.suspect,
        };
        counts.add(answer.reasons);
    }
}

impl Answers for Checked {
    fn conservation(&self) -> Said {
        let Records { read, confirmed, review, suspect, rejected, .. } = &self.records;
        said!(
            "{read} read = {confirmed} confirmed + {review} review + {suspect} suspect + {rejected} rejected";
            "{read} 読込 = {confirmed} 一致 + {review} 要確認 + {suspect} 別人の疑い + {rejected} 読取不能"
        )
    }

    fn pairs(&self) -> u64 {
        self.records.pairs_compared
    }

    fn rejected(&self) -> u64 {
        self.records.rejected
    }

    fn notes(&self) -> Vec<Said> {
        let kinds = self.alerts.iter().map(|(kind, Raised { alerts, rows })| {
            said!("alert {kind}: {alerts} on {rows} rows"; "警報 {kind}: {alerts}件（{rows}行）")
        });
        kinds.collect()
    }

    fn warnings(&self) -> Vec<Said> {
        let unchecked = || {
            said!(
                "warning: the registry has no my_number: only the form of the records' numbers was checked, and whether rows share one";
                "警告: 住民データに my_number がないため、記録の番号は形式と行どうしの重複だけを調べました"
            )
        };
        let found = self.records.claimed_by == ClaimedBy::PersonIdAndForm;
        found.then(unchecked).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_ids_can_be_told_apart() {
        assert_eq!(["a|b", "c\\"].map(joinable).join("|"), r"a\|b|c\\");
    }
}
