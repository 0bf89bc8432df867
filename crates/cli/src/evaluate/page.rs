//! The figures as one page of HTML: tables and plots, no script, nothing from elsewhere.

use std::fmt::{self, Display, Formatter};

use himozuke::evaluate::{ClaimReport, Figures, Report};

use super::{
    plot,
    told::{self, cells, heads, per_million, percent},
};
use crate::args::Language;

const STYLE: &str = "
:root { color-scheme: light; --ink: #1d2430; --faint: #667085; --line: #d5dae1; --a: #1f5fa8; --b: #c2571a }
body { font: 15px/1.55 system-ui, 'Hiragino Sans', 'Noto Sans JP', sans-serif; color: var(--ink); margin: 2rem auto;
  max-width: 72rem; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line) }
pre { font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; background: #f6f7f9; padding: .8rem 1rem }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px }
th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--line) }
th:first-child, td:first-child { text-align: left } p { color: var(--faint); max-width: 48rem }
.plots { display: flex; flex-wrap: wrap; gap: 1.5rem } figure { margin: 0; flex: 1 1 30rem }
svg { width: 100%; height: auto } svg text { font-size: 11px; fill: var(--faint) }
@media print { body { margin: 0; max-width: none } h2, figure, tr { break-inside: avoid } .wide { overflow: visible } }
";

/// Text in which nothing is taken for markup.
pub(super) struct Escaped<'t>(pub(super) &'t str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c => write!(f, "{c}"),
        })
    }
}

/// The page of links held against the truth.
pub(super) fn page(report: &Report, lang: Language) -> String {
    let mut body = summary(&told::told(report, lang));
    body += "<div class=\"plots\">";
    body += &plot::risk_coverage(&report.curves, lang);
    body += &plot::calibration(&report.curves, lang);
    body += "</div>";
    let tables = [
        (lang.pick("By source", "提供元別"), lang.pick("profile", "提供元"), &report.profiles),
        (lang.pick("By group of people", "属性別"), lang.pick("group", "属性"), &report.groups),
        (lang.pick("By kind of record", "記録の種類別"), lang.pick("kind", "種類"), &report.kinds),
    ];
    for (title, head, slices) in tables {
        if slices.is_empty() {
            continue;
        }
        let rows = slices.iter().map(|(name, figures)| row(name, &cells(figures)));
        body += &section(title, head, &heads(lang), rows.collect());
    }
    let heads = [
        lang.pick("records", "記録"),
        lang.pick("only reason", "それだけ"),
        lang.pick("registered", "登録あり"),
        "%",
    ];
    let reasons = [
        (
            lang.pick("Reasons of reviews", "確認の理由"),
            &report.overall.review_reasons,
            report.overall.counts.reviews(),
        ),
        (
            lang.pick("Reasons of no match", "該当なしの理由"),
            &report.overall.no_match_reasons,
            report.overall.counts.no_matches(),
        ),
    ];
    for (title, refusals, all) in reasons {
        let rows = refusals.iter().map(|(reason, refused)| {
            let share = percent(Some(refused.records as f64 / all.max(1) as f64));
            let counts = [refused.records, refused.alone, refused.registered].map(|count| count.to_string());
            let [records, alone, registered] = counts;
            row(reason.code(), &[records, alone, registered, share])
        });
        body += &section(title, lang.pick("reason", "理由"), &heads, rows.collect());
    }
    body += &by_profile(report, lang);
    document(&body, lang)
}

/// For each source the three commonest reasons of its reviews.
fn by_profile(report: &Report, lang: Language) -> String {
    if report.profiles.is_empty() {
        return String::new();
    }
    let causes = |figures: &Figures| {
        let mut reasons: Vec<_> =
            figures.review_reasons.iter().map(|(r, refused)| (refused.records, r)).collect();
        reasons.sort_by_key(|(records, reason)| (std::cmp::Reverse(*records), **reason));
        let all = figures.counts.reviews().max(1) as f64;
        let told = reasons.into_iter().take(3);
        let told = told
            .map(|(records, reason)| format!("{} {}", reason.code(), percent(Some(records as f64 / all))));
        told.collect::<Vec<_>>().join(", ")
    };
    let rows = report
        .profiles
        .iter()
        .map(|(name, figures)| row(name, &[percent(figures.review_share), causes(figures)]));
    let heads = [lang.pick("review", "確認"), lang.pick("largest causes", "主な理由")];
    section(
        lang.pick("Why each source is reviewed", "提供元ごとの確認の理由"),
        lang.pick("profile", "提供元"),
        &heads,
        rows.collect(),
    )
}

/// The page of verdicts held against the truth.
pub(super) fn claims(report: &ClaimReport, lang: Language) -> String {
    let mut body = summary(&told::claims(report, lang));
    let rows = report.causes.iter().map(|(cause, figures)| {
        let c = &figures.counts;
        let counts = [c.wrong, c.confirmed_wrong, c.review_wrong, c.suspect_wrong, c.better_right];
        let [a, b, d, e, f] = counts.map(|count| count.to_string());
        row(cause, &[a, b, d, e, f, percent(figures.caught), per_million(figures.wrong_per_million)])
    });
    let heads = ["wrong", "confirmed", "review", "suspect", "named", "% caught", "/million"];
    body += &section(lang.pick("By cause", "原因別"), lang.pick("cause", "原因"), &heads, rows.collect());
    document(&body, lang)
}

/// The sentences, up to the first table.
fn summary(lines: &[String]) -> String {
    let lines: Vec<&str> = lines.iter().map(String::as_str).take_while(|line| !line.is_empty()).collect();
    format!("<pre>{}</pre>", Escaped(&lines.join("\n")))
}

fn row<S: AsRef<str>>(name: &str, cells: &[S]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", Escaped(cell.as_ref()))).collect();
    format!("<tr><td>{}</td>{cells}</tr>", Escaped(name))
}

fn section(title: &str, head: &str, heads: &[&str], rows: String) -> String {
    let heads: String = heads.iter().map(|head| format!("<th>{}</th>", Escaped(head))).collect();
    let (title, head) = (Escaped(title), Escaped(head));
    format!("<h2>{title}</h2><div class=\"wide\"><table><tr><th>{head}</th>{heads}</tr>{rows}</table></div>")
}

fn document(body: &str, lang: Language) -> String {
    let (code, title) = (lang.pick("en", "ja"), lang.pick("Decisions and truth", "判定と正解の照合"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>himozuke: {title}</title><style>{STYLE}</style></head>\
         <body><h1>{title}</h1>{body}</body></html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_for_markup() {
        let row = row("<script>", &["a&b", "\"'"]);
        assert_eq!(row, "<tr><td>&lt;script&gt;</td><td>a&amp;b</td><td>&quot;&#39;</td></tr>");
    }
}
