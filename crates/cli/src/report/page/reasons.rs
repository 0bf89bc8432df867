//! Why records were decided as they were, by which folds values agreed, and what could not be read.

use std::cmp::Reverse;

use himozuke::Reason;

use super::{paragraph, part, percent, table};
use crate::{
    args::Language,
    figures::thousands,
    page::{Escaped, plot::bar},
    report::{
        causes::{cause, effect},
        run::{Counts, Summary},
        tally::Tally,
    },
};

/// Reasons of what was decided, and the folds by which values agreed.
pub(super) fn reasons(summary: &Summary, lang: Language) -> String {
    let mut text = String::new();
    let outcomes = summary.outcomes();
    for outcome in outcomes.iter().filter(|own| own.code != "rejected") {
        let Some(counts) = summary.reasons.get(outcome.code) else { continue };
        let ranked = ranked(counts, false);
        if ranked.is_empty() {
            continue;
        }
        let most = ranked.first().map_or(1, |(_, count)| *count).max(1) as f64;
        let rows = ranked.into_iter().map(|(code, count)| {
            let share = count as f64 / most;
            let [said, code] = told(code, lang);
            vec![said, code, thousands(count), percent(count, outcome.records), bar(share, outcome.color)]
        });
        let heads = match lang {
            Language::En => ["reason, and what would settle it", "code", "records", "share", ""],
            Language::Ja => ["理由と、確認の方法", "コード", "件数", "割合", ""],
        };
        let title = match lang {
            Language::En => format!("Reasons: {}", outcome.en),
            Language::Ja => format!("「{}」の理由", outcome.ja),
        };
        text += &part(&title, &table(&heads, &[0, 1], rows));
    }
    if !text.is_empty() {
        text += &paragraph(
            "faint",
            lang.pick(
                "A record may have several reasons, so that shares add up to more than 100 %.",
                "一つの記録に複数の理由があるため、割合の合計は100%を超えます。",
            ),
        );
    }
    text + &folds(summary, lang)
}

/// How values that were written differently agreed.
fn folds(summary: &Summary, lang: Language) -> String {
    let outcomes = summary.outcomes();
    let own: Vec<_> = outcomes
        .iter()
        .filter(|own| summary.reasons.contains_key(own.code) && own.code != "rejected")
        .collect();
    let mut all = Counts::new();
    for counts in own.iter().filter_map(|own| summary.reasons.get(own.code)) {
        counts.iter().for_each(|(code, count)| *all.entry(code.clone()).or_default() += count);
    }
    let rows: Vec<_> = ranked(&all, true)
        .into_iter()
        .map(|(code, _)| {
            let counts = own.iter().map(|own| {
                let count = summary.reasons.get(own.code).and_then(|counts| counts.get(code));
                thousands(count.copied().unwrap_or_default())
            });
            told(code, lang).into_iter().chain(counts).collect()
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let names = own.iter().map(|own| own.name(lang));
    let heads: Vec<_> =
        [lang.pick("fold", "そろえた表記"), lang.pick("code", "コード")].into_iter().chain(names).collect();
    part(
        lang.pick("Folds used: values written differently that agree", "表記のゆれをそろえて一致とした件数"),
        &table(&heads, &[0, 1], rows),
    )
}

/// Reasons, the commonest first.
fn ranked(counts: &Counts, folds: bool) -> Vec<(&str, u64)> {
    let own = counts.iter().filter(|(code, _)| is_fold(code) == folds);
    let mut ranked: Vec<_> = own.map(|(code, count)| (code.as_str(), *count)).collect();
    ranked.sort_by_key(|(code, count)| (Reverse(*count), *code));
    ranked
}

/// A sentence of a code above what would settle it, and the code beside.
fn told(code: &str, lang: Language) -> [String; 2] {
    let (said, ask) = reason(code)
        .map_or(("", ""), |own| (lang.pick(own.en(), own.ja()), lang.pick(own.ask_en(), own.ask_ja())));
    let ask = if ask.is_empty() { String::new() } else { format!("<small>→ {}</small>", Escaped(ask)) };
    [format!("{}{ask}", Escaped(said)), format!("<code>{}</code>", Escaped(code))]
}

/// What a code means: its sentence, and what would settle it.
fn reason(code: &str) -> Option<Reason> {
    Reason::ALL.iter().copied().find(|reason| reason.code() == code)
}

/// Whether a code only tells by what notation values agreed.
fn is_fold(code: &str) -> bool {
    use Reason::{BatchNotEvaluated, ClaimNotEvaluated, NotGuideline};
    let stamp = |reason| matches!(reason, NotGuideline | ClaimNotEvaluated | BatchNotEvaluated);
    reason(code).is_some_and(|reason| reason.ask_en().is_empty() && !stamp(reason))
}

/// What only the whole file of a verification shows.
pub(super) fn alerts(summary: &Summary, lang: Language) -> String {
    if summary.alerts.is_empty() {
        return String::new();
    }
    let heads = match lang {
        Language::En => ["what the file as a whole shows", "code", "alerts", "rows"],
        Language::Ja => ["ファイル全体から分かること", "コード", "警告", "行"],
    };
    let rows = summary.alerts.iter().map(|(code, raised)| {
        let [said, code] = told(code, lang);
        vec![said, code, thousands(raised.alerts), thousands(raised.rows)]
    });
    part(lang.pick("Alerts", "警告"), &table(&heads, &[0, 1], rows))
}

/// Rows that could not be read, of either file.
pub(super) fn unread(summary: &Summary, tally: &Tally, lang: Language) -> String {
    let told =
        |code: &str| vec![Escaped(cause(code, lang)).to_string(), format!("<code>{}</code>", Escaped(code))];
    let rejected = summary.reasons.get("rejected");
    let rows: Vec<Vec<String>> = rejected
        .into_iter()
        .flat_map(|counts| ranked(counts, false))
        .map(|(code, count)| [told(code), vec![thousands(count)]].concat())
        .collect();
    let inner = if rows.is_empty() {
        paragraph("", lang.pick("No row of the records was rejected.", "読み取れなかった記録はありません。"))
    } else {
        table(
            &[lang.pick("cause", "原因"), lang.pick("code", "コード"), lang.pick("rows", "行")],
            &[0, 1],
            rows,
        )
    };
    let mut text = part(lang.pick("Rejected rows by cause", "読み取れなかった記録の原因"), &inner);
    if !tally.registry.is_empty() {
        let rows = tally.registry.iter().map(|((code, what), count)| {
            [told(code), vec![Escaped(effect(what, lang)).to_string(), thousands(*count)]].concat()
        });
        let heads = match lang {
            Language::En => ["cause", "code", "effect", "cells"],
            Language::Ja => ["原因", "コード", "影響", "箇所"],
        };
        text += &part(
            lang.pick("What could not be read of the registry", "登録簿の読み取れなかった箇所"),
            &table(&heads, &[0, 1, 2], rows),
        );
    }
    text
}

/// The ids that were asked for.
pub(super) fn first(tally: &Tally, lang: Language) -> String {
    if tally.first.is_empty() {
        return String::new();
    }
    let rows = tally.first.iter().map(|own| {
        let codes = own.reasons.replace('|', ", ");
        vec![Escaped(&own.id).to_string(), format!("<code>{}</code>", Escaped(&codes))]
    });
    let heads = [lang.pick("record", "記録"), lang.pick("reasons", "理由")];
    part(
        lang.pick("The first records to be looked at", "確認する記録（先頭から）"),
        &table(&heads, &[1], rows),
    )
}
