//! `himozuke evaluate`: what `link` wrote, held against a file of truth. The truth of one run is held in memory, some 190
//! bytes to the record; the decisions stream past it, in any order.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use csv::{Reader, StringRecord};
use himozuke::evaluate::{Answer, Evaluation, Figures, Report};
use rustc_hash::FxHashMap;

use crate::{
    args::{Evaluate, Language},
    failure::{Failure, Status},
    input::ROW_LIMIT,
    output::{say, say_json},
};

/// The most kinds of records that a file may tell apart.
const MAX_KINDS: usize = u64::BITS as usize;

/// Holds the decisions against the truth, and shows the figures.
///
/// # Errors
/// Where a file cannot be read, where the truth and the decisions are not of the same records, and, with
/// `--fail-on-wrong`, where a link is wrong.
pub fn evaluate(arguments: &Evaluate, out: &mut impl Write) -> Result<(), Failure> {
    let Evaluate { truth, decisions, .. } = arguments;
    if truth.len() != decisions.len() {
        let message =
            format!("{} --truth and {} --decisions: each run needs both", truth.len(), decisions.len());
        return Err(Failure::usage(message, None));
    }
    let mut evaluation = Evaluation::default();
    for (truth, decisions) in truth.iter().zip(decisions) {
        judge(truth, decisions, &mut evaluation)?;
    }
    let report = evaluation.report();
    if arguments.showing.json {
        say_json(out, &report)?;
    } else {
        say(out, told(&report, arguments.showing.lang))?;
    }
    let wrong = report.overall.counts.linked_wrong;
    if arguments.fail_on_wrong && wrong > 0 {
        let message = format!("{wrong} links are wrong, the undecidable ones aside");
        return Err(Failure { status: Status::Rejected, message, hint: None });
    }
    Ok(())
}

/// Holds one run against its truth.
fn judge(truth: &Path, decisions: &Path, evaluation: &mut Evaluation) -> Result<(), Failure> {
    // It is written last, so that it says that the others are whole.
    if !decisions.join("run.json").exists() {
        let message = format!("{} holds no finished run: run.json is missing", decisions.display());
        return Err(Failure::usage(message, Some("give the --out of himozuke link".to_owned())));
    }
    let mut judge = Judge::new(truth, evaluation)?;
    let open = |name: &str| decisions.join(name);

    let mut links = Rows::open(&open("links.csv"), ["record_id", "person_id"])?;
    while let Some(([record, person], line)) = links.next()? {
        judge.take(record, Answer::Link(person)).map_err(|fault| fault.at(&links.file, line))?;
    }

    // The candidates of a record stand together.
    let mut review = Rows::open(&open("review.csv"), ["record_id", "person_id"])?;
    let (mut current, mut first, mut candidates) = (String::new(), 0, Vec::new());
    loop {
        let row = review.next()?;
        let more = first > 0 && matches!(row, Some(([record, _], _)) if record == current);
        if !more && first > 0 {
            let listed: Vec<&str> = candidates.iter().map(String::as_str).collect();
            let taken = judge.take(&current, Answer::Review(&listed));
            candidates.clear();
            taken.map_err(|fault| fault.at("review.csv", first))?;
        }
        let Some(([record, person], line)) = row else { break };
        if !more {
            (current, first) = (record.to_owned(), line);
        }
        candidates.extend((!person.is_empty()).then(|| person.to_owned()));
    }

    let mut no_match = Rows::open(&open("no_match.csv"), ["record_id"])?;
    while let Some(([record], line)) = no_match.next()? {
        judge.take(record, Answer::NoMatch).map_err(|fault| fault.at(&no_match.file, line))?;
    }

    let mut nameless = 0;
    let mut rejected = Rows::open(&open("rejected.csv"), ["record_id"])?;
    while let Some(([record], line)) = rejected.next()? {
        if record.is_empty() {
            nameless += 1;
        } else {
            judge.take(record, Answer::Rejected).map_err(|fault| fault.at(&rejected.file, line))?;
        }
    }
    judge.finish(nameless)
}

/// What is known of a record.
struct Known {
    /// The person meant; empty for nobody registered.
    person: Box<str>,
    /// The kinds of record it is, a bit for each.
    kinds: u64,
    line: u64,
    decided: bool,
}

/// The truth, and what has been held against it.
struct Judge<'e> {
    file: String,
    records: FxHashMap<Box<str>, Known>,
    kinds: Vec<Box<str>>,
    evaluation: &'e mut Evaluation,
}

/// Why a decision cannot be judged.
enum Fault {
    Unknown,
    Twice,
}

impl Fault {
    fn at(&self, file: &str, line: u64) -> Failure {
        let problem = match self {
            Self::Unknown => "decides a record that the truth does not have",
            Self::Twice => "decides a record that was decided before",
        };
        let hint = "give the decisions and the truth of the same records".to_owned();
        Failure::usage(format!("{file}, line {line}: {problem}"), Some(hint))
    }
}

impl<'e> Judge<'e> {
    fn new(path: &Path, evaluation: &'e mut Evaluation) -> Result<Self, Failure> {
        let mut rows = Rows::open(path, ["record_id", "person_id", "tags"])?;
        let file = rows.file.clone();
        let mut records = FxHashMap::default();
        let mut names: Vec<Box<str>> = Vec::new();
        while let Some(([record, person, tags], line)) = rows.next()? {
            let mut kinds = 0;
            for tag in tags.split('|').filter(|tag| !tag.is_empty()) {
                let kind = names.iter().position(|name| **name == *tag).unwrap_or_else(|| {
                    names.push(Box::from(tag));
                    names.len() - 1
                });
                if kind >= MAX_KINDS {
                    let message = format!("{file}, line {line}: more than {MAX_KINDS} kinds of records");
                    return Err(Failure::usage(message, None));
                }
                kinds |= 1 << kind;
            }
            let known = Known { person: Box::from(person), kinds, line, decided: false };
            if record.is_empty() || records.insert(Box::from(record), known).is_some() {
                let problem = if record.is_empty() { "no record_id" } else { "a record_id given before" };
                return Err(Failure::usage(format!("{file}, line {line}: {problem}"), None));
            }
        }
        Ok(Self { file, records, kinds: names, evaluation })
    }

    fn take(&mut self, record: &str, answer: Answer<'_>) -> Result<(), Fault> {
        let known = self.records.get_mut(record).ok_or(Fault::Unknown)?;
        if known.decided {
            return Err(Fault::Twice);
        }
        known.decided = true;
        add(self.evaluation, &self.kinds, known, answer);
        Ok(())
    }

    /// Makes sure that every record is accounted for. Rejected rows in which no id could be read are the records that are
    /// left over, if there are as many.
    fn finish(self, nameless: usize) -> Result<(), Failure> {
        let Self { file, records, kinds, evaluation } = self;
        let left: Vec<&Known> = records.values().filter(|known| !known.decided).collect();
        if left.len() != nameless {
            let first = left.iter().map(|known| known.line).min();
            let first =
                first.map(|line| format!("; the first is at line {line} of {file}")).unwrap_or_default();
            let message = format!(
                "{} records of the truth were not decided, and {nameless} rejected rows have no id{first}",
                left.len()
            );
            let hint = "give the decisions and the truth of the same records".to_owned();
            return Err(Failure::usage(message, Some(hint)));
        }
        left.into_iter().for_each(|known| add(evaluation, &kinds, known, Answer::Rejected));
        Ok(())
    }
}

fn add(evaluation: &mut Evaluation, names: &[Box<str>], known: &Known, answer: Answer<'_>) {
    let of_record = names.iter().zip(0..).filter(|(_, kind)| known.kinds >> kind & 1 == 1);
    let kinds: Vec<&str> = of_record.map(|(name, _)| &**name).collect();
    evaluation.add(Some(&*known.person).filter(|person| !person.is_empty()), &kinds, answer);
}

/// How much of a file is read ahead, in bytes.
const AHEAD: usize = 1 << 18;

/// A file of which no row can take all memory: whoever reads it sets anew, row by row, how much may be read.
struct Bounded {
    file: File,
    left: usize,
}

impl Bounded {
    const MOST: usize = ROW_LIMIT + AHEAD;
}

impl Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.left = self.left.checked_sub(read).ok_or_else(|| io::Error::other("the row is too long"))?;
        Ok(read)
    }
}

/// Some columns of a table of ids, row by row.
pub(crate) struct Rows<const N: usize> {
    file: String,
    reader: Reader<Bounded>,
    columns: [usize; N],
    row: StringRecord,
}

impl<const N: usize> Rows<N> {
    pub(crate) fn open(path: &Path, headers: [&str; N]) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let file = File::open(path)
            .map_err(|source| Failure::usage(format!("cannot read {name}: {source}"), None))?;
        let mut reader = csv::ReaderBuilder::new()
            .buffer_capacity(AHEAD)
            .from_reader(Bounded { file, left: Bounded::MOST });
        let found = reader.headers().map_err(|_| malformed(&name, 1))?;
        let mut columns = [0; N];
        for (column, header) in columns.iter_mut().zip(headers) {
            let found = found.iter().position(|name| name.trim_start_matches('\u{FEFF}') == header);
            *column = found.ok_or_else(|| Failure::usage(format!("{name} has no column {header}"), None))?;
        }
        let file = path.file_name().map_or(name, |file| file.to_string_lossy().into_owned());
        Ok(Self { file, reader, columns, row: StringRecord::new() })
    }

    /// The cells of the next row, and its line.
    pub(crate) fn next(&mut self) -> Result<Option<([&str; N], u64)>, Failure> {
        let line = self.reader.position().line();
        self.reader.get_mut().left = Bounded::MOST;
        if !self.reader.read_record(&mut self.row).map_err(|_| malformed(&self.file, line))? {
            return Ok(None);
        }
        let line = self.row.position().map_or(line, csv::Position::line);
        Ok(Some((self.columns.map(|column| self.row.get(column).unwrap_or_default()), line)))
    }
}

fn malformed(file: &str, line: u64) -> Failure {
    Failure::usage(format!("{file}, line {line}: not a row of this table"), None)
}

fn told(report: &Report, lang: Language) -> Vec<String> {
    let figures = &report.overall;
    let c = &figures.counts;
    let range = figures.wrong_per_million_interval;
    let (rate, recall) = (per_million(figures.wrong_per_million), percent(figures.recall));
    let rows = figures.rows_per_review.map_or_else(|| "-".to_owned(), |rows| format!("{rows:.2}"));
    let (links, reviews, no_matches) = (c.links(), c.reviews(), c.no_matches());
    let (low, high) = (per_million(Some(range.low)), per_million(Some(range.high)));
    let mut lines = match lang {
        Language::En => vec![
            format!("{} records, {} of them about a registered person", c.records, c.registered),
            format!(
                "links      {links}: {} right, {} wrong, {} wrong where nobody could tell",
                c.linked_right, c.linked_wrong, c.linked_undecidable
            ),
            format!("           {rate} wrong per million links (exact 95 % interval: {low} to {high})"),
            format!("           {recall} of the registered people's records are linked right"),
            format!(
                "review     {reviews}: {} list the person, {} do not, {} are about nobody registered; {rows} candidates each",
                c.review_listed, c.review_unlisted, c.review_absent
            ),
            format!("no_match   {no_matches}: {} right, {} missed", c.no_match_right, c.no_match_missed),
            format!("rejected   {}", c.rejected),
        ],
        Language::Ja => vec![
            format!("記録 {}件、うち登録された人のもの {}件", c.records, c.registered),
            format!(
                "links      {links}件: 正 {}件、誤 {}件、誰にも判別できない誤 {}件",
                c.linked_right, c.linked_wrong, c.linked_undecidable
            ),
            format!("           誤りは100万件当たり {rate}件(正確な95%区間: {low}〜{high})"),
            format!("           登録された人の記録のうち正しく紐付いたもの {recall}"),
            format!(
                "review     {reviews}件: 本人を含む {}件、含まない {}件、登録のない人 {}件。候補は平均{rows}人",
                c.review_listed, c.review_unlisted, c.review_absent
            ),
            format!("no_match   {no_matches}件: 正 {}件、見落とし {}件", c.no_match_right, c.no_match_missed),
            format!("rejected   {}件", c.rejected),
        ],
    };
    if !report.kinds.is_empty() {
        let heads: [&str; 11] = match lang {
            Language::En => [
                "records",
                "links",
                "wrong",
                "no telling",
                "<=/million",
                "review",
                "unlisted",
                "no_match",
                "missed",
                "% linked",
                "% review",
            ],
            Language::Ja => [
                "記録",
                "links",
                "誤",
                "判別不能",
                "上限/百万",
                "review",
                "本人なし",
                "no_match",
                "見落とし",
                "紐付%",
                "確認%",
            ],
        };
        lines.push(String::new());
        lines.push(line(lang.pick("kind", "種類"), &heads));
        lines.extend(report.kinds.iter().map(|(kind, figures)| line(kind, &cells(figures))));
    }
    lines
}

/// What the table says of one kind of record, under its heads.
fn cells(figures: &Figures) -> [String; 11] {
    let c = &figures.counts;
    let share =
        |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}", 100.0 * share));
    let most = (c.links() > 0).then_some(figures.wrong_per_million_interval.high);
    [
        c.records.to_string(),
        c.links().to_string(),
        c.linked_wrong.to_string(),
        c.linked_undecidable.to_string(),
        per_million(most),
        c.reviews().to_string(),
        c.review_unlisted.to_string(),
        c.no_matches().to_string(),
        c.no_match_missed.to_string(),
        share(figures.link_share),
        share(figures.review_share),
    ]
}

fn per_million(rate: Option<f64>) -> String {
    rate.map_or_else(
        || "-".to_owned(),
        |rate| if rate < 100.0 { format!("{rate:.2}") } else { format!("{rate:.0}") },
    )
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", 100.0 * share))
}

/// A line of the table, in a terminal, where kanji are two columns wide.
fn line<S: AsRef<str>>(kind: &str, cells: &[S]) -> String {
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let mut line = format!("{kind}{}", " ".repeat(24_usize.saturating_sub(width(kind))));
    for cell in cells {
        let cell = cell.as_ref();
        line.push_str(&" ".repeat(11_usize.saturating_sub(width(cell))));
        line.push_str(cell);
    }
    line
}
