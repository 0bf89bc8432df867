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
    said,
    words::Said,
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
        let message = said!(
            "both sheets are one file: each reviewer has their own";
            "二つの表が同じファイルです。確認者ごとに別の表にしてください"
        );
        return Err(Failure::usage(message, None));
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
        let directory = results.directory().display();
        let message = said!("{directory} holds no sample of links"; "{directory} に紐付けの標本がありません");
        let hint = said!(
            "give the --out of himozuke link --clerical-sample";
            "himozuke link --clerical-sample の --out を指定してください"
        );
        return Err(Failure::usage(message, Some(hint)));
    }
    let columns = ["sample", "record_id", "person_id", "stratum", "stratum_links", "stratum_sampled"];
    let mut rows = Rows::of(results, name, columns, columns.len())?;
    let (mut drawn, mut strata) = (BTreeMap::new(), BTreeMap::new());
    while let Some(([sample, record, person, stratum, links, sampled], line)) = rows.next()? {
        let malformed = || {
            let message = said!(
                "{name}, line {line}: no row of a design";
                "{name} の{line}行目は、標本の設計の行ではありません"
            );
            Failure::usage(message, None)
        };
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
    faults: &mut Vec<Said>,
) -> Result<(), Failure> {
    let columns = ["sample", "record_id", "person_id", "verdict"];
    let is = |place: usize, header: &str| {
        columns
            .get(place)
            .is_some_and(|own| header.trim_start_matches('\u{FEFF}').trim().eq_ignore_ascii_case(own))
    };
    let hint = said!(
        "fill in the sheets that link --clerical-sample made, and leave their headers";
        "link --clerical-sample が作った表に、見出しを変えずに記入してください"
    );
    let rows = table(path, columns.map(|own| [own; 2]), is, hint)?;
    let name = path.display();
    for (line, [sample, record, person, verdict]) in rows {
        let mut fault = |Said { en, ja }: Said| {
            faults.push(said!("{name}, line {line}: {en}"; "{name} の{line}行目: {ja}"));
        };
        let link = sample.trim().parse().ok().and_then(|sample: u64| drawn.get_mut(&sample));
        let Some(link) = link.filter(|link| is_id(&link.record, &record) && is_id(&link.person, &person))
        else {
            fault(said!(
                "no link of this sample; numbers and ids must stand as in the sheet";
                "この標本の紐付けではありません。番号と ID は表にあるとおりにしてください"
            ));
            continue;
        };
        let Some(found) = link.found.get_mut(reviewer) else { continue };
        match (Finding::read(&verdict), *found) {
            (_, Some(_)) => fault(said!("a link that another row has"; "別の行と同じ紐付けです")),
            (Some(finding), None) => *found = Some(finding),
            (None, None) => fault(said!(
                "the verdict is not right, wrong or unsure (正, 誤, 不明)";
                "verdict が 正・誤・不明（right・wrong・unsure）のどれでもありません"
            )),
        }
    }
    let missing = drawn.values().filter(|link| link.found.get(reviewer) == Some(&None)).count();
    // A row of which something was said already is missing, too.
    if missing > 0 && faults.is_empty() {
        faults.push(said!(
            "{name}: {missing} links of the sample are missing";
            "{name}: 標本の紐付けのうち{missing}件がありません"
        ));
    }
    Ok(())
}

/// Whether a cell is this id, as it stands or in the form of the sheet.
fn is_id(id: &str, cell: &str) -> bool {
    let cell = cell.trim();
    cell == id || cell == literal(id)
}

fn refuse(mut faults: Vec<Said>) -> Result<(), Failure> {
    if faults.is_empty() {
        return Ok(());
    }
    let count = faults.len();
    faults.truncate(SHOWN);
    let Said { en, ja } = Said::join(&faults, "\n  ");
    let hint = said!(
        "mend these rows and read the sheets again; nothing was estimated";
        "これらの行を直して、もう一度読ませてください。何も推定していません"
    );
    let message = said!("{count} faults of the sheets:\n  {en}"; "表に{count}か所の誤りがあります:\n  {ja}");
    Err(Failure::usage(message, Some(hint)))
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

    fn lines(&self) -> Vec<Said> {
        let Self { links, sampled, disputed, low, high, .. } = self;
        let rate = self.wrong_per_million.map_or_else(|| "-".to_owned(), number);
        let (low, high) = (number(*low), number(*high));
        let mut lines = vec![
            said!(
                "wrong links per million of {links} links, estimated (95 % interval): {rate} ({low} to {high})";
                "紐付け{links}件の誤りの推定（100万件当たり、95%区間）: {rate}件（{low}〜{high}）"
            ),
            said!(
                "{sampled} links looked at by both reviewers, who do not agree on {disputed}";
                "二人が確認した紐付け{sampled}件、うち意見の分かれたもの{disputed}件"
            ),
        ];
        lines.extend(self.strata.iter().map(|Row { stratum, found, wrong_share }| {
            let StratumFound { links, sampled, wrong, disputed } = found;
            let [low, high] = [wrong_share.low, wrong_share.high].map(|share| number(share * 1e6));
            let code = stratum.code();
            said!(
                "  {code:14} {links} links, {sampled} looked at, {wrong} wrong, {disputed} disputed: {low} to {high}";
                "  {code:14} 紐付け{links}件、確認{sampled}件、誤り{wrong}件、意見の相違{disputed}件: {low}〜{high}"
            )
        }));
        lines
    }
}
