//! `himozuke link`: two files in, every record in exactly one file out. Decisions are the library's; here they are read
//! for, counted and written.

mod sliced;

use std::{io::Write, slice};

use himozuke::{
    Candidate, Claims, Decision, Linker, ReasonSet, Record, Registry, ResidentIndex, Settled, Unreadable,
    model::math::Millibits,
};
use rayon::prelude::*;
use serde::Serialize;

use crate::{
    args::{self, Estimating},
    audit::{self, DecisionLog},
    bulk::{self, Answers, AnswersOfRows, Counts, Decides, Done, Intake, Job, Rejects, Setup, Written},
    columns::{Column, Role},
    estimates::{self, Estimated, Estimates},
    failure::Failure,
    figures::{write_bits, write_codes, write_count, write_posterior},
    input::{Chunk, Row},
    output::{CsvFile, Finished, OutDir, OutputError, Sheet},
    report,
    residents::{Numbers, Residents},
    said,
    stop::Stop,
    words::Said,
    work::{Coded, Entry, read_number, write_number},
};

/// The files of a run; the last one says that all of them are whole.
const FILES: [&str; 13] = [
    "links.csv",
    "review.csv",
    "no_match.csv",
    "rejected.csv",
    "registry_problems.csv",
    "clerical_1.csv",
    "clerical_2.csv",
    "clerical_design.csv",
    "summary.json",
    audit::LOG,
    audit::HANDLES,
    report::PAGE,
    "run.json",
];

/// Links the records and tells what became of them.
///
/// # Errors
/// Where an input or the policy is wrong, where the files cannot be written, and, with `--strict`, where anything of
/// the inputs could not be read.
pub fn link(arguments: &args::Link, out: &mut impl Write, err: &mut impl Write) -> Result<(), Failure> {
    bulk::run(&arguments.bulk, out, err, |stop| job(arguments, stop))
}

fn job(arguments: &args::Link, stop: Stop) -> Result<Done, Failure> {
    if arguments.bulk.to_stdout() && arguments.estimating.clerical_sample.is_some() {
        return Err(bulk::one_table_only(said!(
            "--clerical-sample writes sheets to a directory";
            "--clerical-sample はディレクトリに表を書きます"
        )));
    }
    let setup = Setup::new(&arguments.bulk, stop)?.reading_once(arguments.registry_once);
    if arguments.registry_once {
        return sliced::job(setup, &arguments.estimating);
    }
    let numbers = numbers(&setup, &arguments.estimating)?;
    let mut job = setup.open("link", &FILES)?;
    let (residents, problems) = job.load(numbers)?;
    let linker = job.rules().linker(&residents.registry)?;
    let decoys = estimates::decoys(&arguments.estimating, &residents.registry)?;
    let estimates =
        Estimates::new(&arguments.estimating, &linker, decoys.as_ref(), residents.numbers.as_ref());
    let mut links = Links { claims: linker.claims(), linker: &linker, estimates };
    let intake = job.decide(&mut links)?;
    let Links { claims, estimates, .. } = links;
    let decided = Decided { intake, claims, estimates, problems };
    finish(job, decided, &residents, numbers, |resident| resident)
}

/// A batch whose records are decided, one by one.
struct Decided<'e> {
    intake: Intake,
    claims: Claims,
    estimates: Estimates<'e>,
    problems: Finished,
}

/// Writes the files of a job; `named` tells who of the residents is meant by whom an answer names.
fn finish(
    job: Job<'_>,
    decided: Decided<'_>,
    residents: &Residents,
    numbers: Numbers,
    named: impl Fn(ResidentIndex) -> ResidentIndex + Sync,
) -> Result<Done, Failure> {
    let Decided { intake, claims, mut estimates, problems } = decided;
    let (registry, mut log) = (&residents.registry, job.log(numbers)?);
    let (mut answers, mut files) =
        write(claims.settle(), &intake, &job, registry, &mut estimates, named, &mut log)?;
    answers.estimates = estimates.estimated();
    files.extend(estimates.sheets(job.directory(), registry)?);
    files.push(problems);
    job.finish(residents, &intake, answers, log, files)
}

/// Numbers are read only to be held against decisions made without them.
fn numbers(setup: &Setup<'_>, estimating: &Estimating) -> Result<Numbers, Failure> {
    let has = |role| Ok::<bool, Failure>(setup.columns(role)?.has(Column::MyNumber));
    // An index file holds no individual number.
    let wanted = estimating.estimate_errors && !setup.is_indexed();
    let both = wanted && has(Role::Records)? && has(Role::Registry)?;
    Ok(if both { Numbers::Taken } else { Numbers::Left })
}

/// Rows of a chunk that are made records at once: few enough that they are still near when they are decided.
const PART: usize = 1 << 10;

/// Decides records, and takes note of the links.
struct Links<'l, 'r> {
    linker: &'l Linker<'r>,
    claims: Claims,
    estimates: Estimates<'l>,
}

impl Decides for Links<'_, '_> {
    type Answer = Answer;

    fn decide(&mut self, chunk: &Chunk) -> Result<AnswersOfRows<Answer>, Failure> {
        let decided = if self.estimates.are_wanted() {
            let records: Vec<Record<'_>> = chunk.rows().iter().map(|row| chunk.record(row)).collect();
            let decided = self.linker.decide_chunk(&records);
            self.estimates.note(chunk, &records, &decided);
            vec![decided.iter().map(said).collect()]
        } else {
            decide(self.linker, chunk, chunk.rows())
        };
        let mut pairs = 0;
        let mut answers = Vec::with_capacity(chunk.rows().len());
        answers.extend(decided.into_iter().flatten().map(|(compared, answer)| {
            pairs += compared;
            answer.iter().for_each(|answer| answer.note(&mut self.claims));
            answer
        }));
        Ok((answers, pairs))
    }

    fn recall(&mut self, chunk: &Chunk, answers: &[Option<Answer>]) {
        // What estimates are made of is not kept: it is found once more.
        if self.estimates.are_wanted() {
            let records: Vec<Record<'_>> = chunk.rows().iter().map(|row| chunk.record(row)).collect();
            self.estimates.note(chunk, &records, &self.linker.decide_chunk(&records));
        }
        answers.iter().flatten().for_each(|answer| answer.note(&mut self.claims));
    }
}

/// What the files will say of a record, and the pairs that were compared for it.
type Answered = (u64, Result<Answer, Unreadable>);

fn said(decided: &himozuke::Decided) -> Answered {
    (decided.pairs, decided.answer.as_ref().map(Answer::from).map_err(|unreadable| *unreadable))
}

/// Decides some rows of a chunk on all threads.
fn decide(linker: &Linker<'_>, chunk: &Chunk, rows: &[Row]) -> Vec<Vec<Answered>> {
    let parts = rows.par_chunks(PART).map(|rows| {
        let records: Vec<Record<'_>> = rows.iter().map(|row| chunk.record(row)).collect();
        linker.decide_chunk_as(&records, |decided| said(&decided))
    });
    parts.collect()
}

/// What the files say of a decision; with how sure its best candidate is, and whether the record's address must stay hidden.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Link {
        link: Listed,
        confidence: Millibits,
        address_withheld: bool,
    },
    Review {
        listed: Vec<Listed>,
        confidence: Millibits,
        total: u64,
        reasons: ReasonSet,
        address_withheld: bool,
    },
    NoMatch(ReasonSet),
}

/// A candidate as the files list it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Listed {
    resident: ResidentIndex,
    posterior: f64,
    /// In thousandths of a bit.
    weight: i32,
    reasons: ReasonSet,
}

impl From<&Candidate> for Listed {
    fn from(candidate: &Candidate) -> Self {
        let evidence = &candidate.evidence;
        Self {
            resident: candidate.resident,
            posterior: evidence.posterior,
            weight: evidence.weights.total,
            reasons: evidence.reasons,
        }
    }
}

impl From<&Decision> for Answer {
    fn from(decision: &Decision) -> Self {
        match decision {
            Decision::Link(link) => Self::Link {
                link: Listed::from(&link.candidate),
                confidence: link.confidence,
                address_withheld: link.address_withheld,
            },
            Decision::Review(review) => Self::Review {
                listed: review.candidates.iter().map(Listed::from).collect(),
                confidence: review.confidence,
                total: review.total as u64,
                reasons: review.reasons,
                address_withheld: review.address_withheld,
            },
            Decision::NoMatch(none) => Self::NoMatch(none.reasons),
        }
    }
}

impl bulk::Answer for Answer {
    fn code(&self) -> &'static str {
        match self {
            Self::Link { .. } => "link",
            Self::Review { .. } => "review",
            Self::NoMatch(_) => "no_match",
        }
    }

    fn reasons(&self) -> ReasonSet {
        match self {
            Self::Link { link, .. } => link.reasons,
            Self::Review { reasons, .. } | Self::NoMatch(reasons) => *reasons,
        }
    }

    fn residents(&self) -> impl Iterator<Item = ResidentIndex> {
        let listed = match self {
            Self::Link { link, .. } => slice::from_ref(link),
            Self::Review { listed, .. } => listed,
            Self::NoMatch(_) => &[],
        };
        listed.iter().map(|candidate| candidate.resident)
    }

    fn say(&self, id: &str, registry: &Registry, sheet: &mut Sheet) {
        match self {
            Self::Link { link, confidence, .. } => {
                sheet.begin(Table::Links as usize);
                sheet.row(|row| {
                    row.cell(id);
                    row.cell(registry.id(link.resident));
                    row.plain(|to| write_posterior(link.posterior, to));
                    row.plain(|to| write_bits(link.weight, to));
                    row.plain(|to| write_codes(link.reasons, to));
                    row.plain(|to| write_bits(*confidence, to));
                });
            }
            Self::Review { listed, confidence, total, reasons, address_withheld } => {
                let flag = |holds: bool| move |to: &mut Vec<u8>| to.push(if holds { b'1' } else { b'0' });
                sheet.begin(Table::Review as usize);
                for (rank, candidate) in (1u64..).zip(listed) {
                    let resident = candidate.resident;
                    sheet.row(|row| {
                        row.cell(id);
                        row.cell(registry.id(resident));
                        row.plain(|to| write_count(rank, to));
                        row.plain(|to| write_posterior(candidate.posterior, to));
                        row.plain(|to| write_bits(candidate.weight, to));
                        row.plain(|to| write_codes(candidate.reasons, to));
                        row.plain(flag(registry.is_protected(resident)));
                        row.cell(registry.status(resident).code());
                        row.plain(|to| write_count(*total, to));
                        // It is the best candidate's.
                        row.plain(|to| {
                            if rank == 1 {
                                write_bits(*confidence, to);
                            }
                        });
                        row.plain(flag(*address_withheld));
                    });
                }
                if listed.is_empty() {
                    sheet.row(|row| {
                        row.cell(id);
                        ["", "", "", ""].into_iter().for_each(|nobody| row.cell(nobody));
                        row.plain(|to| write_codes(*reasons, to));
                        ["", ""].into_iter().for_each(|nobody| row.cell(nobody));
                        row.plain(|to| write_count(*total, to));
                        row.cell("");
                        row.plain(flag(*address_withheld));
                    });
                }
            }
            Self::NoMatch(reasons) => {
                sheet.begin(Table::NoMatch as usize);
                sheet.row(|row| {
                    row.cell(id);
                    row.plain(|to| write_codes(*reasons, to));
                });
            }
        }
    }
}

impl Answer {
    /// What gates 8 and 10 must know of it.
    fn note(&self, claims: &mut Claims) {
        if let Self::Link { link: Listed { resident, posterior, .. }, .. } = self {
            claims.note_link(*resident, *posterior);
        }
    }

    /// Has whoever it lists be called otherwise.
    fn rename(&mut self, name: impl Fn(ResidentIndex) -> ResidentIndex) {
        let listed = match self {
            Self::Link { link, .. } => slice::from_mut(link),
            Self::Review { listed, .. } => listed,
            Self::NoMatch(_) => &mut [],
        };
        listed.iter_mut().for_each(|candidate| candidate.resident = name(candidate.resident));
    }

    /// Holds gates 8 and 10 to it.
    fn settle(&mut self, settled: &Settled) {
        if let Self::Link { mut link, confidence, address_withheld } = *self
            && let Some(reason) = settled.refusal(link.resident)
        {
            link.reasons.insert(reason);
            let (reasons, listed) = (link.reasons, vec![link]);
            *self = Self::Review { listed, confidence, total: 1, reasons, address_withheld };
        }
    }
}

impl Coded for Listed {
    fn write(&self, to: &mut Vec<u8>) {
        write_number(self.resident.number().into(), to);
        write_number(self.posterior.to_bits().into(), to);
        write_number((self.weight as u32).into(), to);
        write_number(self.reasons.bits(), to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Some(Self {
            resident: ResidentIndex::from_number(read_number(from)?.try_into().ok()?),
            posterior: f64::from_bits(read_number(from)?.try_into().ok()?),
            weight: u32::try_from(read_number(from)?).ok()? as i32,
            reasons: ReasonSet::from_bits(read_number(from)?),
        })
    }
}

impl Coded for Answer {
    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::NoMatch(reasons) => {
                to.push(0);
                write_number(reasons.bits(), to);
            }
            Self::Link { link, confidence, address_withheld } => {
                to.push(1);
                to.push((*address_withheld).into());
                write_number((*confidence as u32).into(), to);
                link.write(to);
            }
            Self::Review { listed, confidence, total, reasons, address_withheld } => {
                to.push(2);
                to.push((*address_withheld).into());
                write_number((*confidence as u32).into(), to);
                write_number((*total).into(), to);
                write_number(reasons.bits(), to);
                write_number(listed.len() as u128, to);
                listed.iter().for_each(|candidate| candidate.write(to));
            }
        }
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Some(match from.split_off_first()? {
            0 => Self::NoMatch(ReasonSet::from_bits(read_number(from)?)),
            1 => Self::Link {
                address_withheld: *from.split_off_first()? != 0,
                confidence: u32::try_from(read_number(from)?).ok()? as i32,
                link: Listed::read(from)?,
            },
            2 => Self::Review {
                address_withheld: *from.split_off_first()? != 0,
                confidence: u32::try_from(read_number(from)?).ok()? as i32,
                total: read_number(from)?.try_into().ok()?,
                reasons: ReasonSet::from_bits(read_number(from)?),
                listed: (0..read_number(from)?).map(|_| Listed::read(from)).collect::<Option<_>>()?,
            },
            _ => return None,
        })
    }
}

/// Holds to every record what only the whole batch can tell, and writes it into one table.
fn write(
    settled: Settled,
    intake: &Intake,
    job: &Job<'_>,
    registry: &Registry,
    estimates: &mut Estimates<'_>,
    named: impl Fn(ResidentIndex) -> ResidentIndex + Sync,
    log: &mut DecisionLog,
) -> Result<(Linked, Vec<Finished>), Failure> {
    estimates.settle(&settled);
    let tables = tables(job.directory())?;
    let mut reasons = Reasons::default();
    let settle = |_, entry: &mut Entry<'_, Answer>| match entry {
        Entry::Answered { id, answer } => {
            answer.settle(&settled);
            answer.rename(&named);
            if let Answer::Link { link: Listed { resident, posterior, .. }, .. } = answer {
                estimates.sample(id, *resident, *posterior);
            }
            reasons.add(answer);
        }
        Entry::Rejected(rejection) => reasons.rejected.add(rejection),
    };
    let Written { records: [links, review, no_match, rejected], files } =
        job.write(registry, log, tables, settle)?;
    intake.check([links, review, no_match, rejected])?;
    let records = Records {
        encoding: intake.encoding.to_string(),
        read: intake.rows,
        links,
        review,
        no_match,
        rejected,
        pairs_compared: intake.pairs,
        expected_wrong_links: settled.expected_wrong_links(),
        held_by_budget: settled.is_held(),
    };
    Ok((Linked { records, reasons, estimates: None }, files))
}

/// The tables of decisions, by their place.
enum Table {
    Links,
    Review,
    NoMatch,
}

/// Begins the tables of which each record is in exactly one: those of [`Table`], then that of the rejected.
fn tables(directory: &OutDir) -> Result<[CsvFile; 4], OutputError> {
    let review = [
        "record_id",
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
    ];
    let links = ["record_id", "person_id", "posterior", "weight_bits", "reasons", "confidence_bits"];
    Ok([
        directory.create_csv("links.csv", links)?,
        directory.create_csv("review.csv", review)?,
        directory.create_csv("no_match.csv", ["record_id", "reasons"])?,
        Rejects::table(directory)?,
    ])
}

/// What became of the records.
#[derive(Debug, Serialize)]
struct Linked {
    records: Records,
    reasons: Reasons,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimates: Option<Estimated>,
}

#[derive(Debug, Serialize)]
struct Records {
    encoding: String,
    read: u64,
    links: u64,
    review: u64,
    no_match: u64,
    rejected: u64,
    pairs_compared: u64,
    expected_wrong_links: f64,
    held_by_budget: bool,
}

/// How many records have each reason, by what became of them; for the rejected, each problem.
#[derive(Debug, Default, Serialize)]
struct Reasons {
    links: Counts,
    review: Counts,
    no_match: Counts,
    rejected: Rejects,
}

impl Reasons {
    fn add(&mut self, answer: &Answer) {
        let counts = match answer {
            Answer::Link { .. } => &mut self.links,
            Answer::Review { .. } => &mut self.review,
            Answer::NoMatch(_) => &mut self.no_match,
        };
        counts.add(bulk::Answer::reasons(answer));
    }
}

impl Answers for Linked {
    fn conservation(&self) -> Said {
        let Records { read, links, review, no_match, rejected, .. } = &self.records;
        said!(
            "{read} read = {links} links + {review} review + {no_match} no_match + {rejected} rejected";
            "{read} 読込 = {links} 紐付け + {review} 要確認 + {no_match} 該当なし + {rejected} 読取不能"
        )
    }

    fn pairs(&self) -> u64 {
        self.records.pairs_compared
    }

    fn rejected(&self) -> u64 {
        self.records.rejected
    }

    fn notes(&self) -> Vec<Said> {
        self.estimates.as_ref().map(Estimated::notes).unwrap_or_default()
    }

    fn warnings(&self) -> Vec<Said> {
        let Records { held_by_budget, expected_wrong_links: wrong, .. } = &self.records;
        let held = said!(
            "warning: NO LINK WAS MADE: {wrong:.4} wrong links expected, above the budget of the policy; all are in review.csv";
            "警告: 紐付けをすべて止めました: 誤った紐付けの見込みが{wrong:.4}件で、方針の上限を超えます。すべて review.csv にあります"
        );
        held_by_budget.then_some(held).into_iter().collect()
    }
}
