//! `himozuke explain`: why one record was decided as it was, as sums that a person can follow. Values only on demand.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::Path,
};

use himozuke::{
    Candidate, Decision, Evidence, Person, Policy, ReadOptions, Reason, ReasonSet, Record, ResidentIndex,
    Unreadable, Weights,
    compare::name::{NameComparison, character_variants},
    model::{
        math::{Millibits, log2},
        unique,
    },
    normalize::{Grade, name::NameKind},
};
use serde::Serialize;

use crate::{
    args::{Explain, Language},
    columns::{Column, Role},
    deciding,
    failure::Failure,
    figures::{bits, number, posterior, probability},
    input::{Chunk, InputError, Options, Rejected, Row, Table},
    mj,
    output::{say, say_json},
    residents::{self, Form, Numbers},
};

/// Explains one record.
///
/// # Errors
/// Where an input or the policy is wrong, or no row has the id.
pub fn explain(arguments: &Explain, out: &mut impl Write) -> Result<(), Failure> {
    let (inputs, deciding, lang) = (&arguments.inputs, &arguments.deciding, arguments.showing.lang);
    let policy = deciding::policy(&deciding.policy)?;
    let parameters = deciding::model(deciding)?;
    mj::install(&deciding.mj)?;
    let options = |role| inputs.reading.options(role);
    let found = find(&inputs.records, options(Role::Records), &arguments.id)?;
    let (chunk, row) = match &found {
        Found::Row(chunk, row) => (chunk, row),
        Found::Rejected(rejected, column) => {
            return Problem::of(rejected, column, lang).show(arguments, out);
        }
    };
    let as_of = deciding::as_of(deciding.as_of)?;
    let read = |role| deciding::reading(deciding, &policy, role, as_of);
    let (read_registry, read_records) = (read(Role::Registry), read(Role::Records));
    let residents =
        residents::load(inputs.residents(), options(Role::Registry), read_registry, Numbers::Left, |_| {
            Ok(())
        })?;
    let linker = deciding::linker(&residents.registry, policy, parameters)?.reading(read_records);
    let record = chunk.record(row);
    let decision = match linker.decide(&record) {
        Ok(decision) => decision,
        Err(unreadable) => return Problem::unread(row.line(), unreadable, lang).show(arguments, out),
    };
    let id = |resident: ResidentIndex| residents.registry.id(resident).to_owned();
    let mut explanation = Explanation::of(
        record.id,
        Some(row.line()),
        &decision,
        linker.policy(),
        residents.registry.len(),
        id,
        lang,
    );
    if arguments.show_values {
        // A record that may be about a protected resident may have their address.
        let protected = explanation.candidates.iter().any(|candidate| candidate.protected);
        explanation.values = Some(Values::of(chunk, row, protected));
    }
    // The registry keeps no rows: they are read again where something of them is to be told, and an index file has none.
    let wanted = arguments.show_values || explanation.candidates.iter().any(Explained::may_have_variants);
    if wanted && residents.form != Form::Index {
        let mut table = Table::open(&inputs.registry, options(Role::Registry))?.stream();
        add_rows(&mut explanation, &record, &mut table, arguments.show_values)
            .map_err(|source| InputError::Io { file: inputs.registry.display().to_string(), source })?;
    }
    if arguments.showing.json {
        return Ok(say_json(out, &explanation)?);
    }
    Ok(say(out, explanation.lines(lang))?)
}

/// The one row of an id.
enum Found {
    Row(Box<Chunk>, Row),
    /// Why, and the header of the cell at fault.
    Rejected(Rejected, String),
}

/// Reads the records up to the end, for the id may come again.
fn find(path: &Path, options: Options<'_>, id: &str) -> Result<Found, Failure> {
    let file = || path.display().to_string();
    let table = Table::open(path, options)?;
    let columns = table.columns().clone();
    let mut found: Option<Found> = None;
    for chunk in table.stream() {
        let chunk = chunk.map_err(|source| InputError::Io { file: file(), source })?;
        let rejected = chunk.rejected().iter().find(|row| row.record_id.as_deref() == Some(id)).cloned();
        let mut rows = chunk.rows().iter().filter(|row| chunk.value(row, Column::Id) == id).copied();
        let (row, again) = (rows.next(), rows.next());
        let here =
            usize::from(rejected.is_some()) + usize::from(row.is_some()) + usize::from(again.is_some());
        if here + usize::from(found.is_some()) > 1 {
            let message = format!("{} has the id on several rows: all of them are rejected", file());
            return Err(Failure::usage(message, Some("leave one row for each id".to_owned())));
        }
        found = match (rejected, row) {
            (Some(rejected), _) => {
                let column = rejected.column.map_or("", |column| columns.header(column)).to_owned();
                Some(Found::Rejected(rejected, column))
            }
            (None, Some(row)) => Some(Found::Row(Box::new(chunk), row)),
            (None, None) => found,
        };
    }
    found.ok_or_else(|| {
        Failure::usage(
            format!("{} has no row with that id", file()),
            Some("ids are compared as written".to_owned()),
        )
    })
}

/// Why a record was not decided at all.
#[derive(Debug, Serialize)]
struct Problem<'a> {
    line: u64,
    decision: &'static str,
    column: &'a str,
    problem: &'static str,
    sentence: String,
}

impl<'a> Problem<'a> {
    fn of(rejected: &Rejected, column: &'a str, lang: Language) -> Self {
        let Rejected { line, problem, .. } = rejected;
        Self {
            line: *line,
            decision: "rejected",
            column,
            problem: problem.code(),
            sentence: if lang == Language::Ja { problem.ja() } else { problem.to_string() },
        }
    }

    fn unread(line: u64, unreadable: Unreadable, lang: Language) -> Problem<'static> {
        let column = unreadable.column();
        Problem {
            line,
            decision: "rejected",
            column,
            problem: unreadable.code(),
            sentence: sentence(unreadable, lang),
        }
    }

    fn show(&self, arguments: &Explain, out: &mut impl Write) -> Result<(), Failure> {
        if arguments.showing.json {
            return Ok(say_json(out, self)?);
        }
        let Self { line, column, problem, sentence, .. } = self;
        let told = match arguments.showing.lang {
            Language::En => format!("rejected: line {line}, {column}, {problem}: {sentence}"),
            Language::Ja => format!("読み取り不能: {line}行目、{column}、{problem}: {sentence}"),
        };
        Ok(say(out, [told])?)
    }
}

/// Why an attribute cannot be read, in words.
#[must_use]
pub fn sentence(unreadable: Unreadable, lang: Language) -> String {
    if lang == Language::Ja { unreadable.ja() } else { unreadable.to_string() }
}

/// All that is shown; without values unless they were asked for.
#[derive(Debug, Serialize)]
pub struct Explanation {
    record_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    decision: &'static str,
    /// P(nobody registered is meant).
    none: f64,
    reasons: Vec<Told>,
    /// How many candidates are plausible, listed or not.
    candidates_total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_namesakes: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    margin_millibits: Option<Millibits>,
    /// How sure it is that the best candidate is meant ([`Decision::confidence`]), where one was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence_millibits: Option<Millibits>,
    /// P(nobody outside the registry shares name and birth date), from their expected number.
    #[serde(skip_serializing_if = "Option::is_none")]
    p_unique: Option<f64>,
    /// Who comes second to a link, and so sets its margin.
    #[serde(skip_serializing_if = "Option::is_none")]
    rival: Option<String>,
    /// log2 of P(registered and found) / residents: what each candidate starts from.
    prior_millibits: Millibits,
    /// log2 of P(not registered, or registered and not found): what "none of them" starts from.
    none_millibits: Millibits,
    /// The probability left for candidates that are not listed.
    unlisted: f64,
    candidates: Vec<Explained>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Values>,
}

/// A reason, in words.
#[derive(Debug, Serialize)]
struct Told {
    code: &'static str,
    sentence: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    ask: &'static str,
}

/// A candidate, in figures and words.
#[derive(Debug, Serialize)]
struct Explained {
    person_id: String,
    protected: bool,
    status: &'static str,
    evidence: Evidence,
    /// What made the register forms equal, where they are not the same characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_form: Option<NameForm>,
    reasons: Vec<Told>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Values>,
}

/// How far the register forms of two names had to be folded to be equal.
#[derive(Debug, Serialize)]
struct NameForm {
    grade: Grade,
    /// Best grade first; none where notation alone differs, or where a former name or an alias was compared.
    variants: Vec<Variants>,
}

/// Characters that stand for one another at a grade.
#[derive(Serialize)]
struct Variants {
    grade: Grade,
    count: usize,
    /// Each pair as 髙=高, the record's character first; `None` where values were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    characters: Option<Vec<String>>,
}

impl std::fmt::Debug for Variants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Variants({}, {:?})", self.count, self.grade)
    }
}

/// The attributes of a row as they stand in its file.
#[derive(Serialize)]
struct Values {
    kanji_name: String,
    kana_name: String,
    birth_date: String,
    sex: String,
    /// `None` for a protected resident, and for a record that may be about one.
    address: Option<String>,
    former_names: String,
    aliases: String,
    former_addresses: Option<String>,
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Values(…)")
    }
}

impl Values {
    fn of(chunk: &Chunk, row: &Row, protected: bool) -> Self {
        // Values go to a terminal: nothing that it would obey.
        let value = |column| chunk.value(row, column).replace(char::is_control, " ");
        let address = |column| (!protected).then(|| value(column));
        Self {
            kanji_name: value(Column::KanjiName),
            kana_name: value(Column::KanaName),
            birth_date: value(Column::BirthDate),
            sex: value(Column::Sex),
            address: address(Column::Address),
            former_names: value(Column::FormerNames),
            aliases: value(Column::Aliases),
            former_addresses: address(Column::FormerAddresses),
        }
    }

    fn lines(&self, lang: Language) -> Vec<String> {
        let hidden = lang.pick("(protected, not shown)", "（支援措置のため非表示）").to_owned();
        let cells = [
            ("kanji_name", Some(&self.kanji_name)),
            ("kana_name", Some(&self.kana_name)),
            ("birth_date", Some(&self.birth_date)),
            ("sex", Some(&self.sex)),
            ("address", self.address.as_ref()),
            ("former_names", Some(&self.former_names)),
            ("aliases", Some(&self.aliases)),
            ("former_addresses", self.former_addresses.as_ref()),
        ];
        let stated = cells.into_iter().filter(|(_, value)| value.is_none_or(|value| !value.is_empty()));
        stated.map(|(name, value)| format!("     {name:<17}{}", value.unwrap_or(&hidden))).collect()
    }
}

/// Adds what only the candidates' rows tell. The address of a protected resident stays where it is.
fn add_rows(
    explanation: &mut Explanation,
    record: &Record<'_>,
    registry: &mut impl Iterator<Item = io::Result<Chunk>>,
    show_values: bool,
) -> io::Result<()> {
    for chunk in registry {
        let chunk = chunk?;
        for row in chunk.rows() {
            let id = chunk.value(row, Column::Id);
            for candidate in explanation.candidates.iter_mut().filter(|own| own.person_id == id) {
                if candidate.may_have_variants()
                    && let Some(form) = &mut candidate.name_form
                {
                    let resident = chunk.value(row, Column::KanjiName);
                    form.variants = Variants::between(record.kanji_name, resident, show_values);
                }
                if show_values {
                    candidate.values = Some(Values::of(&chunk, row, candidate.protected));
                }
            }
        }
    }
    Ok(())
}

impl NameForm {
    fn of(name: &NameComparison) -> Option<Self> {
        let grade = name.grade().filter(|grade| *grade > Grade::Identical)?;
        Some(Self { grade, variants: Vec::new() })
    }

    fn line(&self, lang: Language) -> String {
        let (title, grade) = (lang.pick("name form", "氏名の表記"), self.grade as u8);
        let equal = match (self.grade, lang) {
            (Grade::Confusable, Language::En) => format!("alike at grade {grade}, which never agrees"),
            (Grade::Confusable, Language::Ja) => format!("等級{grade}で類似（一致とはしない）"),
            (_, Language::En) => format!("equal at grade {grade}"),
            (_, Language::Ja) => format!("等級{grade}で同じ"),
        };
        let told = std::iter::once(equal).chain(self.variants.iter().map(|variants| variants.told(lang)));
        format!("   {title}{}{}", padding(title), told.collect::<Vec<_>>().join(lang.pick("; ", "、")))
    }
}

impl Variants {
    /// The pairs of characters by grade, for the kanji cells of two rows.
    fn between(record: &str, resident: &str, show_values: bool) -> Vec<Self> {
        let read =
            |kanji_name| Person::read(&Record { kanji_name, ..Record::default() }, &ReadOptions::default());
        let (Ok(record), Ok(resident)) = (read(record), read(resident)) else { return Vec::new() };
        let mut by_grade: BTreeMap<Grade, Vec<String>> = BTreeMap::new();
        for (own, other, grade) in character_variants(&record, &resident) {
            by_grade.entry(grade).or_default().push(format!("{own}={other}"));
        }
        let told = |(grade, pairs): (Grade, Vec<String>)| Self {
            grade,
            count: pairs.len(),
            characters: show_values.then_some(pairs),
        };
        by_grade.into_iter().map(told).collect()
    }

    fn told(&self, lang: Language) -> String {
        let Self { grade, count, characters } = self;
        let grade = *grade as u8;
        let counted = match (lang, count) {
            (Language::En, 1) => format!("1 character as a variant, grade {grade}"),
            (Language::En, _) => format!("{count} characters as variants, grade {grade}"),
            (Language::Ja, _) => format!("異体字{count}字（等級{grade}）"),
        };
        match characters {
            Some(pairs) => format!("{counted}: {}", pairs.join(" ")),
            None => counted,
        }
    }
}

impl Explanation {
    /// What is told of a decision.
    pub fn of(
        record_id: &str,
        line: Option<u64>,
        decision: &Decision,
        policy: &Policy,
        residents: usize,
        id: impl Fn(ResidentIndex) -> String,
        lang: Language,
    ) -> Self {
        let explained = |candidate: &Candidate| Explained {
            person_id: id(candidate.resident),
            protected: candidate.protected,
            status: candidate.status.code(),
            evidence: candidate.evidence,
            name_form: NameForm::of(&candidate.evidence.comparison.name),
            reasons: told(candidate.evidence.reasons, lang),
            values: None,
        };
        let mut explanation = Self {
            record_id: record_id.to_owned(),
            line,
            decision: "",
            none: 1.0,
            reasons: told(decision.reasons(), lang),
            candidates_total: 0,
            expected_namesakes: None,
            p_unique: None,
            margin_millibits: None,
            confidence_millibits: None,
            rival: None,
            none_millibits: log2(1.0 - policy.coverage * policy.blocking_recall),
            unlisted: 0.0,
            prior_millibits: log2(policy.coverage * policy.blocking_recall / residents.max(1) as f64),
            candidates: Vec::new(),
            values: None,
        };
        match decision {
            Decision::Link(link) => {
                explanation.decision = "link";
                explanation.none = link.none;
                explanation.candidates_total = 1;
                explanation.expected_namesakes = Some(link.expected_namesakes);
                explanation.margin_millibits = link.margin;
                explanation.confidence_millibits = Some(link.confidence);
                explanation.rival = link.rival.map(&id);
                explanation.candidates.push(explained(&link.candidate));
            }
            Decision::Review(review) => {
                explanation.decision = "review";
                explanation.none = review.none;
                explanation.candidates_total = review.total;
                explanation.expected_namesakes = Some(review.expected_namesakes);
                explanation.margin_millibits = review.margin;
                explanation.confidence_millibits = review.candidates.first().map(|_| review.confidence);
                explanation.candidates.extend(review.candidates.iter().map(explained));
            }
            Decision::NoMatch(no_match) => {
                explanation.decision = "no_match";
                explanation.none = no_match.none;
            }
        }
        explanation.p_unique = explanation.expected_namesakes.map(unique);
        let listed: f64 = explanation.candidates.iter().map(|own| own.evidence.posterior).sum();
        explanation.unlisted = (1.0 - explanation.none - listed).max(0.0);
        explanation
    }

    fn lines(&self, lang: Language) -> Vec<String> {
        let decided = match self.decision {
            "link" => lang.pick("link", "紐付け"),
            "review" => lang.pick("review", "要確認"),
            "no_match" => lang.pick("no match", "該当なし"),
            other => other,
        };
        let mut lines = vec![match self.line {
            Some(line) => format!("{} (line {line}): {decided}", self.record_id),
            None => format!("{}: {decided}", self.record_id),
        }];
        lines.extend(self.values.iter().flat_map(|values| values.lines(lang)));
        lines.extend(self.figures(lang));
        lines.extend(self.reasons.iter().flat_map(|reason| reason.lines(lang)));
        for (rank, candidate) in (1..).zip(&self.candidates) {
            lines.push(String::new());
            lines.extend(candidate.lines(rank, self.prior_millibits, lang));
        }
        if self.candidates_total > self.candidates.len() {
            let more = self.candidates_total - self.candidates.len();
            lines.push(format!("{} {more}", lang.pick("not listed:", "ほかの候補:")));
        }
        lines
    }
}

impl Explanation {
    /// What holds for the record as a whole.
    fn figures(&self, lang: Language) -> Vec<String> {
        let mut figures = vec![(
            lang.pick("P(none of them)", "該当者なしの確率"),
            format!(
                "{}  ({} {})",
                probability(self.none),
                lang.pick("from a prior of", "事前"),
                bits(self.none_millibits)
            ),
        )];
        if self.unlisted > 1e-12 {
            figures.push((lang.pick("P(unlisted)", "表示外の候補の確率"), probability(self.unlisted)));
        }
        if let (Some(expected), Some(unique)) = (self.expected_namesakes, self.p_unique) {
            let title = lang.pick("P(unique)", "登録外に同名なし");
            let expected = format!(
                "{}  ({} {})",
                posterior(unique),
                lang.pick("expected namesakes outside", "登録外の見込み人数"),
                number(expected)
            );
            figures.push((title, expected));
        }
        if let Some(margin) = self.margin_millibits {
            let rival = self.rival.as_ref().map_or(String::new(), |rival| format!("  ({rival})"));
            figures.push((lang.pick("margin", "次の候補との差"), format!("{}{rival}", bits(margin))));
        }
        if let Some(confidence) = self.confidence_millibits {
            let (bits, title) = (bits(confidence), lang.pick("confidence", "確信度"));
            let told = match lang {
                Language::En => format!("{bits} bits  (against everybody else, registered or not)"),
                Language::Ja => format!("{bits} ビット  (登録外も含むほかの人すべてに対して)"),
            };
            figures.push((title, told));
        }
        figures.into_iter().map(|(title, figure)| format!("{title}{} {figure}", padding(title))).collect()
    }
}

fn told(reasons: ReasonSet, lang: Language) -> Vec<Told> {
    let tell = |reason: Reason| Told {
        code: reason.code(),
        sentence: lang.pick(reason.en(), reason.ja()),
        ask: lang.pick(reason.ask_en(), reason.ask_ja()),
    };
    reasons.iter().map(tell).collect()
}

impl Told {
    fn lines(&self, lang: Language) -> Vec<String> {
        let mut lines = vec![format!("  {}: {}", self.code, self.sentence)];
        if !self.ask.is_empty() {
            lines.push(format!("    {} {}", lang.pick("->", "→"), self.ask));
        }
        lines
    }
}

impl Explained {
    /// Whether the names as registered today are equal by folding, so that their characters can be held side by side.
    fn may_have_variants(&self) -> bool {
        self.name_form.is_some() && self.evidence.comparison.name.through == NameKind::Registered
    }

    /// The waterfall: what the candidate starts from, what each attribute adds, and where that ends.
    fn lines(&self, rank: u32, prior: Millibits, lang: Language) -> Vec<String> {
        let Evidence { comparison, weights, .. } = &self.evidence;
        let Weights { family_name, given_name, birth_date, sex, address, household, total } = *weights;
        let former =
            if comparison.former_address.is_some() { lang.pick(" (former)", "（旧住所）") } else { "" };
        let names = [
            (lang.pick("prior", "事前"), String::new(), prior),
            (lang.pick("family name", "氏"), comparison.name.family().code().to_owned(), family_name),
            (lang.pick("given name", "名"), comparison.name.given().code().to_owned(), given_name),
        ];
        let others = [
            (lang.pick("birth date", "生年月日"), comparison.birth_date.code().to_owned(), birth_date),
            (lang.pick("sex", "性別"), comparison.sex.code().to_owned(), sex),
            (lang.pick("address", "住所"), format!("{}{former}", comparison.address.level.code()), address),
            (lang.pick("household", "同一世帯の可能性"), String::new(), household),
        ];
        let protected = if self.protected { lang.pick(", protected", "、支援措置") } else { "" };
        let mut lines = vec![format!(
            "{rank}. {}  {} {}  ({}{protected})",
            self.person_id,
            lang.pick("posterior", "事後確率"),
            posterior(self.evidence.posterior),
            self.status,
        )];
        lines.extend(self.values.iter().flat_map(|values| values.lines(lang)));
        let told =
            |(name, level, weight): (&str, String, Millibits)| step(name, &level, weight, &bar(weight));
        lines.extend(names.map(told));
        lines.extend(self.name_form.iter().map(|form| form.line(lang)));
        lines.extend(others.map(told));
        lines.push(step(lang.pick("total", "計"), "", prior.saturating_add(total), ""));
        if !self.reasons.is_empty() {
            let codes: Vec<&str> = self.reasons.iter().map(|reason| reason.code).collect();
            lines.push(format!("   {}", codes.join(" | ")));
        }
        lines
    }
}

/// The space after a title, in a terminal, where kanji are two columns wide.
fn padding(title: &str) -> String {
    let width: usize = title.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    " ".repeat(18usize.saturating_sub(width))
}

/// One line of the waterfall.
fn step(name: &str, level: &str, weight: Millibits, bar: &str) -> String {
    let space = padding(name);
    let sign = if weight > 0 { "+" } else { "" };
    let line = format!("   {name}{space}{level:<22}{:>9}  {bar}", format!("{sign}{}", bits(weight)));
    line.trim_end().to_owned()
}

/// A block for each bit, up to 40.
fn bar(weight: Millibits) -> String {
    let blocks = (weight.unsigned_abs() as usize).div_ceil(1000).min(40);
    if weight < 0 { "░" } else { "█" }.repeat(blocks)
}
