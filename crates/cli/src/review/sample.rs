//! `himozuke review estimate`: what two reviewers found of the links of a sample, as an estimate for all links of the run
//! (METHOD 6). Neither sees the other's sheet, and what they do not agree on is kept.

use std::{collections::BTreeMap, fs, io::Write, path::Path};

use himozuke::{
    estimate::{ClericalSample, Stratum, StratumFound},
    evaluate::Interval,
    normalize::text::clean,
};
use serde::Serialize;

use super::{cells::literal, filled::table};
use crate::{
    args::EstimateSample,
    at_rest::Results,
    estimates,
    failure::Failure,
    figures::number,
    output::{OutDir, Start, say},
    rows::Rows,
};

/// The files of an estimate, the one that says it is whole last.
const FILES: [&str; 2] = ["clerical_disagreements.csv", "clerical.json"];
/// Faults of the sheets that are shown; all of them are counted.
const SHOWN: usize = 20;

/// What a reviewer found of a link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Finding {
    Right,
    Wrong,
    Unsure,
}

impl Finding {
    /// As written in a sheet, in English or Japanese.
    fn read(verdict: &str) -> Option<Self> {
        Some(match clean(verdict).text.to_lowercase().trim() {
            "right" | "正" | "本人" | "同一人" => Self::Right,
            "wrong" | "誤" | "別人" => Self::Wrong,
            "unsure" | "不明" => Self::Unsure,
            _ => return None,
        })
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Unsure => "unsure",
        }
    }
}

/// A link of the sample.
struct Drawn {
    record: String,
    person: String,
    stratum: Stratum,
    /// By the first and by the second reviewer.
    found: [Option<Finding>; 2],
}

/// The sample by the number of each link, and its strata.
type Design = (BTreeMap<u64, Drawn>, BTreeMap<Stratum, StratumFound>);

/// What is left of an estimate.
#[derive(Serialize)]
struct Told {
    himozuke: &'static str,
    links: u64,
    sampled: u64,
    /// Links on which the reviewers do not agree, or of which one is not sure.
    disputed: u64,
    wrong_per_million: Option<f64>,
    low: f64,
    high: f64,
    strata: Vec<Row>,
}

/// A stratum, with the exact interval of the share of its links that is wrong.
#[derive(Serialize)]
struct Row {
    stratum: Stratum,
    #[serde(flatten)]
    found: StratumFound,
    wrong_share: Interval,
}

/// Reads both sheets against the design of their sample.
///
/// # Errors
/// Where the directory has no sample, a sheet is not of it or not filled in, or the files cannot be written. Then nothing is
/// estimated.
pub fn estimate(arguments: &EstimateSample, out: &mut impl Write) -> Result<(), Failure> {
    let EstimateSample { directory, first, second, .. } = arguments;
    let real = |path: &Path| fs::canonicalize(path).ok();
    if real(first).is_some() && real(first) == real(second) {
        return Err(Failure::usage("both sheets are one file: each reviewer has their own".to_owned(), None));
    }
    let (results, form) = Results::and_form(directory, &arguments.forms)?;
    let (mut drawn, mut strata) = design(&results)?;
    let mut faults = Vec::new();
    for (reviewer, path) in [first, second].into_iter().enumerate() {
        take(path, reviewer, &mut drawn, &mut faults)?;
    }
    refuse(faults)?;

    let start = if arguments.force { Start::Replace } else { Start::Fresh };
    let mut to = OutDir::open(&arguments.out, &FILES, start)?;
    to.take_form(form);
    let header = ["sample", "record_id", "person_id", "stratum", "first", "second"];
    let mut disagreements = to.create_csv(FILES[0], header)?;
    for (sample, link) in &drawn {
        let [Some(one), Some(other)] = link.found else { continue };
        let Some(found) = strata.get_mut(&link.stratum) else { continue };
        match (one, other) {
            (Finding::Right, Finding::Right) => {}
            (Finding::Wrong, Finding::Wrong) => found.wrong += 1,
            _ => {
                found.disputed += 1;
                let stratum = link.stratum.code();
                let sample = sample.to_string();
                disagreements.row([
                    &sample,
                    &link.record,
                    &link.person,
                    stratum,
                    one.code(),
                    other.code(),
                ])?;
            }
        }
    }
    let told = Told::of(&strata);
    let mut file = to.create(FILES[1])?;
    file.json(&told)?;
    to.commit(vec![disagreements.finish()?, file.finish()?])?;
    Ok(say(out, told.lines())?)
}

/// The sample that the run drew.
fn design(results: &Results<'_>) -> Result<Design, Failure> {
    let name = estimates::FILES[2];
    if !results.has(name) {
        let message = format!("{} holds no sample of links", results.directory().display());
        let hint = "give the --out of himozuke link --clerical-sample".to_owned();
        return Err(Failure::usage(message, Some(hint)));
    }
    let columns = ["sample", "record_id", "person_id", "stratum", "stratum_links", "stratum_sampled"];
    let mut rows = Rows::of(results, name, columns, columns.len())?;
    let (mut drawn, mut strata) = (BTreeMap::new(), BTreeMap::new());
    while let Some(([sample, record, person, stratum, links, sampled], line)) = rows.next()? {
        let malformed = || Failure::usage(format!("{name}, line {line}: no row of a design"), None);
        let stratum = Stratum::ALL.into_iter().find(|own| own.code() == stratum).ok_or_else(malformed)?;
        let [sample, links, sampled] = [sample, links, sampled].map(str::parse);
        let (Ok(sample), Ok(links), Ok(sampled)) = (sample, links, sampled) else { return Err(malformed()) };
        let (record, person) = (record.to_owned(), person.to_owned());
        strata.insert(stratum, StratumFound { links, sampled, ..StratumFound::default() });
        drawn.insert(sample, Drawn { record, person, stratum, found: [None; 2] });
    }
    Ok((drawn, strata))
}

/// Takes in the sheet of one reviewer.
fn take(
    path: &Path,
    reviewer: usize,
    drawn: &mut BTreeMap<u64, Drawn>,
    faults: &mut Vec<String>,
) -> Result<(), Failure> {
    let columns = ["sample", "record_id", "person_id", "verdict"];
    let is = |place: usize, header: &str| {
        columns
            .get(place)
            .is_some_and(|own| header.trim_start_matches('\u{FEFF}').trim().eq_ignore_ascii_case(own))
    };
    let rows = table(
        path,
        columns,
        is,
        "fill in the sheets that link --clerical-sample made, and leave their headers",
    )?;
    let name = path.display();
    for (line, [sample, record, person, verdict]) in rows {
        let mut fault = |sentence: &str| faults.push(format!("{name}, line {line}: {sentence}"));
        let link = sample.trim().parse().ok().and_then(|sample: u64| drawn.get_mut(&sample));
        let Some(link) = link.filter(|link| is_id(&link.record, &record) && is_id(&link.person, &person))
        else {
            fault("no link of this sample; numbers and ids must stand as in the sheet");
            continue;
        };
        let Some(found) = link.found.get_mut(reviewer) else { continue };
        match (Finding::read(&verdict), *found) {
            (_, Some(_)) => fault("a link that another row has"),
            (Some(finding), None) => *found = Some(finding),
            (None, None) => fault("the verdict is not right, wrong or unsure (正, 誤, 不明)"),
        }
    }
    let missing = drawn.values().filter(|link| link.found.get(reviewer) == Some(&None)).count();
    // A row of which something was said already is missing, too.
    if missing > 0 && faults.is_empty() {
        faults.push(format!("{name}: {missing} links of the sample are missing"));
    }
    Ok(())
}

/// Whether a cell is this id, as it stands or in the form of the sheet.
fn is_id(id: &str, cell: &str) -> bool {
    let cell = cell.trim();
    cell == id || cell == literal(id)
}

fn refuse(faults: Vec<String>) -> Result<(), Failure> {
    if faults.is_empty() {
        return Ok(());
    }
    let (count, shown) = (faults.len(), faults.into_iter().take(SHOWN).collect::<Vec<_>>().join("\n  "));
    let hint = "mend these rows and read the sheets again; nothing was estimated".to_owned();
    Err(Failure::usage(format!("{count} faults of the sheets:\n  {shown}"), Some(hint)))
}

impl Told {
    fn of(strata: &BTreeMap<Stratum, StratumFound>) -> Self {
        let found: Vec<StratumFound> = strata.values().copied().collect();
        let estimate = ClericalSample::estimate(&found);
        let (wrong_per_million, interval) = estimate.per_million();
        let row = |(stratum, found): (&Stratum, &StratumFound)| {
            let StratumFound { sampled, wrong, disputed, .. } = *found;
            let [least, most] = [wrong, wrong + disputed].map(|count| Interval::exact(count, sampled));
            let wrong_share = Interval { low: least.low, high: most.high };
            Row { stratum: *stratum, found: *found, wrong_share }
        };
        Self {
            himozuke: env!("CARGO_PKG_VERSION"),
            links: estimate.links,
            sampled: found.iter().map(|stratum| stratum.sampled).sum(),
            disputed: found.iter().map(|stratum| stratum.disputed).sum(),
            wrong_per_million,
            low: interval.low,
            high: interval.high,
            strata: strata.iter().map(row).collect(),
        }
    }

    fn lines(&self) -> Vec<String> {
        let Self { links, sampled, disputed, low, high, .. } = self;
        let rate = self.wrong_per_million.map_or_else(|| "-".to_owned(), number);
        let (low, high) = (number(*low), number(*high));
        let mut lines = vec![
            format!(
                "wrong links per million of {links} links, estimated (95 % interval): {rate} ({low} to {high})"
            ),
            format!("{sampled} links looked at by both reviewers, who do not agree on {disputed}"),
        ];
        lines.extend(self.strata.iter().map(|Row { stratum, found, wrong_share }| {
            let StratumFound { links, sampled, wrong, disputed } = found;
            let [low, high] = [wrong_share.low, wrong_share.high].map(|share| number(share * 1e6));
            let code = stratum.code();
            format!("  {code:14} {links} links, {sampled} looked at, {wrong} wrong, {disputed} disputed: {low} to {high}")
        }));
        lines
    }
}
