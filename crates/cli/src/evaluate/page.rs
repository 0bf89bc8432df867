//! The figures as one page of HTML: tables and plots, no script, nothing from elsewhere.

use himozuke::evaluate::{ClaimReport, Figures, Report};

use super::{
    plot,
    told::{self, cells, heads, per_million, percent},
};
use crate::{
    args::Language,
    page::{self, Escaped, row, section},
};

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

fn document(body: &str, lang: Language) -> String {
    page::document(lang.pick("Decisions and truth", "判定と正解の照合"), "", body, lang)
}
