//! The page itself, from the top: what became of the records, how certain that is, what is left to people, by which rules.

use std::cmp::Reverse;

use himozuke::Reason;

use super::{
    causes::{cause, effect},
    policy,
    run::{Counts, Finished, Rate, Run, Summary},
    tally::{CLASSES, Load, STEPS, Tally},
};
use crate::{
    args::Language,
    audit,
    failure::Failure,
    figures::{number, thousands},
    page::{
        Escaped, document,
        plot::{Axis, bar, columns, intervals, stack},
    },
};

const STYLE: &str = "
.lead { color: var(--faint); margin: 0 0 1.6rem; font-size: 14px }
.cards { display: grid; grid-template-columns: repeat(5, 1fr); gap: .9rem; margin: 1.4rem 0 1rem }
.cards div { border-top: 3px solid var(--line); padding-top: .45rem; font-size: 13px; color: var(--faint) }
.cards b { display: block; font-size: 1.55rem; line-height: 1.25; font-weight: 600; color: var(--ink);
  font-variant-numeric: tabular-nums }
.equation { font-size: 14px; font-variant-numeric: tabular-nums; margin: .7rem 0 0; max-width: none }
.alarm { border-left: 4px solid var(--d); background: #fbf1f2; padding: .55rem .9rem; margin: .8rem 0; max-width: none }
.note { border-left: 4px solid #d98a3d; background: #fdf6ee; padding: .55rem .9rem; margin: .8rem 0; max-width: none }
.full { width: 100% } svg.bar { width: 100%; min-width: 5rem; height: 8px } table.full td:has(svg.bar) { width: 16% }
table.full th, table.full td { white-space: nowrap } table.full td.text { white-space: normal }
td.text small { display: block; color: var(--faint); font-size: 12px } td code { white-space: nowrap }
table.facts td { text-align: left } table.facts td:first-child { color: var(--faint); white-space: nowrap; padding-right: 1.6rem }
i.key { display: inline-block; width: .75em; height: .75em; border-radius: 2px; margin-right: .45em }
ul { padding-left: 1.2rem; margin: .4rem 0 } li { margin: .25rem 0; max-width: 46rem }
@media print { .cards b { font-size: 15pt } h2 { margin-top: 1.5rem } }
";

const BLUE: &str = "#1f5fa8";
const AMBER: &str = "#d98a3d";
const GREY: &str = "#9aa4b2";

/// The page.
///
/// # Errors
/// Where the policy cannot be written for its fingerprint.
pub(super) fn page(run: &Finished, tally: &Tally, lang: Language) -> Result<String, Failure> {
    let Finished { summary, run: times } = run;
    let mut body = lead(run, lang) + &cautions(summary, tally, lang) + &conservation(summary, tally, lang);
    body += &certainty(summary, lang);
    body += &histogram(tally, lang);
    body += &load(summary, tally, lang);
    body += &reasons(summary, lang);
    body += &alerts(summary, lang);
    body += &unread(summary, tally, lang);
    body += &first(tally, lang);
    body += &timing(summary, times, lang);
    let sentences = policy::words(&summary.policy, lang);
    let sentences: String = sentences.iter().map(|said| format!("<li>{}</li>", Escaped(said))).collect();
    body += &part(lang.pick("The policy in words", "判定の方針"), &format!("<ul>{sentences}</ul>"));
    body += &origin(run, lang)?;
    body += &closing(tally, lang);
    let title = if summary.verified() {
        lang.pick("Registered numbers verified", "登録済み番号の点検 報告書")
    } else {
        lang.pick("Records linked to residents", "住民への紐付け 報告書")
    };
    Ok(document(title, STYLE, &body, lang))
}

fn part(title: &str, inner: &str) -> String {
    format!("<h2>{}</h2>{inner}", Escaped(title))
}

fn paragraph(class: &str, text: &str) -> String {
    format!("<p class=\"{class}\">{}</p>", Escaped(text))
}

/// A table: headings, and rows of cells that are markup already. Columns named in `texts` are set as text.
fn table(heads: &[&str], texts: &[usize], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let class = |at: usize| if texts.contains(&at) { " class=\"text\"" } else { "" };
    let heads: String = heads
        .iter()
        .enumerate()
        .map(|(at, head)| format!("<th{}>{}</th>", class(at), Escaped(head)))
        .collect();
    let row = |cells: Vec<String>| {
        let cell = |(at, cell)| format!("<td{}>{cell}</td>", class(at));
        format!("<tr>{}</tr>", cells.into_iter().enumerate().map(cell).collect::<String>())
    };
    let rows: String = rows.into_iter().map(row).collect();
    format!("<table class=\"full\"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
}

fn facts(rows: &[(&str, String)]) -> String {
    let rows = rows
        .iter()
        .map(|(name, said)| format!("<tr><td>{}</td><td>{}</td></tr>", Escaped(name), Escaped(said)));
    format!("<table class=\"facts\">{}</table>", rows.collect::<String>())
}

fn percent(of: u64, all: u64) -> String {
    if all == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * of as f64 / all as f64) }
}

/// A rate per million, to three digits or the whole.
fn rate(figure: f64) -> String {
    if figure < 100.0 { number(figure) } else { thousands(figure.round() as u64) }
}

/// When, and of what.
fn lead(run: &Finished, lang: Language) -> String {
    let Finished { summary, run: times } = run;
    let residents = thousands(summary.registry.residents);
    let moment = |instant: &str| instant.replace('T', " ").replace('Z', " UTC");
    let (from, to) = (moment(&times.started), moment(&times.ended));
    let text = match lang {
        Language::En => format!("{from} to {to}, against {residents} residents, as of {}", times.as_of),
        Language::Ja => format!("{from} ～ {to}　住民 {residents} 人と照合　基準日 {}", times.as_of),
    };
    paragraph("lead", &text)
}

/// What must not be overlooked, before any figure.
fn cautions(summary: &Summary, tally: &Tally, lang: Language) -> String {
    let mut text = String::new();
    if !summary.adds_up() || summary.outcomes().iter().any(|outcome| tally.differs(outcome)) {
        text += &paragraph("alarm", lang.pick(
            "THE FIGURES DO NOT ADD UP: the files were changed after the run. Use nothing of it before that is explained.",
            "件数が合いません。実行後にファイルが変更されています。原因が分かるまで結果を使用しないでください。",
        ));
    }
    if summary.records.held_by_budget {
        text += &paragraph("alarm", lang.pick(
            "NO LINK WAS MADE: more wrong links were expected than the policy allows. All of them are to be reviewed.",
            "紐付けは行っていません。誤りの見込みが方針の許容を超えたため、すべて要確認です。",
        ));
    }
    if summary.not_guideline {
        text += &paragraph(
            "note",
            lang.pick(
                "NOT THE GUIDELINE: decided under a policy of its own.",
                "ガイドラインと異なる方針による判定です。",
            ),
        );
    }
    let (rows, unknown) = (summary.registry.rows_left_out, summary.registry.attributes_unknown);
    if rows + unknown > 0 {
        let [rows, unknown] = [rows, unknown].map(thousands);
        text += &paragraph(
            "note",
            &match lang {
                Language::En => format!(
                    "The registry is not whole: {rows} rows left out and {unknown} attributes unknown. A namesake may be missing."
                ),
                Language::Ja => format!(
                    "登録簿の{rows}行を読めず、{unknown}項目が不明です。同姓同名の人が照合から漏れている可能性があります。"
                ),
            },
        );
    }
    text
}

/// Every record once: the law of conservation, and the tables counted again.
fn conservation(summary: &Summary, tally: &Tally, lang: Language) -> String {
    let (outcomes, read) = (summary.outcomes(), summary.records.read);
    let mut cards =
        format!("<div><b>{}</b>{}</div>", thousands(read), lang.pick("records read", "読み込んだ記録"));
    for outcome in &outcomes {
        cards += &format!(
            "<div style=\"border-color:{}\"><b>{}</b>{} · {}</div>",
            outcome.color,
            thousands(outcome.records),
            Escaped(outcome.name(lang)),
            percent(outcome.records, read)
        );
    }
    let parts: Vec<_> = outcomes.iter().map(|own| (own.name(lang), own.color, own.records)).collect();
    let drawn = stack(&parts, lang.pick("what became of the records", "記録の行き先"));
    let counted = outcomes.iter().map(|own| {
        let found = tally.records(own.file);
        let agrees = match found {
            None => lang.pick("removed", "削除済み"),
            Some(_) if tally.differs(own) => lang.pick("DIFFERS", "不一致"),
            Some(_) => lang.pick("agrees", "同じ件数"),
        };
        vec![
            format!("<i class=\"key\" style=\"background:{}\"></i>{}", own.color, Escaped(own.name(lang))),
            format!("<code>{}</code>", own.file),
            thousands(own.records),
            percent(own.records, read),
            found.map_or_else(|| "–".to_owned(), thousands),
            agrees.to_owned(),
        ]
    });
    let sum = outcomes.iter().map(|own| own.records).sum::<u64>();
    let last = vec![
        format!("<b>{}</b>", lang.pick("all", "合計")),
        String::new(),
        format!("<b>{}</b>", thousands(sum)),
        percent(sum, read),
        String::new(),
        if summary.adds_up() { lang.pick("= read", "= 読込") } else { lang.pick("≠ READ", "≠ 読込") }
            .to_owned(),
    ];
    let heads = match lang {
        Language::En => ["decision", "file", "records", "share", "counted in the file", ""],
        Language::Ja => ["判定", "ファイル", "件数", "割合", "ファイルを数え直した件数", ""],
    };
    let equation = paragraph("equation", &summary.conservation(lang));
    let counted = table(&heads, &[1], counted.chain([last]));
    let title =
        lang.pick("Every record is in exactly one file", "すべての記録は一つのファイルだけにあります");
    format!("<div class=\"whole\"><div class=\"cards\">{cards}</div>{drawn}{equation}</div>")
        + &part(title, &counted)
}

/// Expected and estimated wrong links.
fn certainty(summary: &Summary, lang: Language) -> String {
    let Some(expected) = summary.records.expected_wrong_links else { return String::new() };
    let links = summary.outcomes().first().map_or(0, |outcome| outcome.records);
    let mut inner = paragraph(
        "",
        &match lang {
            Language::En => format!(
                "{} wrong links are expected among {} by the posteriors of the links themselves.",
                number(expected),
                thousands(links)
            ),
            Language::Ja => format!(
                "紐付け {1} 件のうち誤りの見込みは、紐付け自身の事後確率の合計で {0} 件です。",
                number(expected),
                thousands(links)
            ),
        },
    );
    if let Some(estimates) = &summary.estimates {
        let mut rates = vec![
            (lang.pick("posteriors", "事後確率"), estimates.links, estimates.posteriors),
            (lang.pick("decoys", "おとり"), estimates.links, estimates.decoys),
        ];
        if let Some(numbers) = &estimates.numbers {
            rates.push((lang.pick("individual numbers", "個人番号"), numbers.links, numbers.rate()));
        }
        let highest = rates.iter().map(|(.., rate)| rate.high).fold(1e3, f64::max);
        let axis = Axis { low: 1e-2, high: 10f64.powf(highest.log10().ceil()), decades: true };
        let drawn: Vec<_> = rates
            .iter()
            .map(|(name, _, Rate { wrong_per_million, low, high })| {
                (*name, *wrong_per_million, [*low, *high])
            })
            .collect();
        let heads = match lang {
            Language::En => ["estimated by", "links", "wrong per million", "95 % interval"],
            Language::Ja => ["推定の方法", "紐付け", "100万件当たりの誤り", "95%区間"],
        };
        inner += &table(
            &heads,
            &[],
            rates.iter().map(|(name, links, Rate { wrong_per_million, low, high })| {
                let wrong = wrong_per_million.map_or_else(|| "–".to_owned(), rate);
                let interval = format!("{} – {}", rate(*low), rate(*high));
                vec![Escaped(name).to_string(), thousands(*links), wrong, interval]
            }),
        );
        inner += &format!(
            "<figure class=\"drawn\">{}</figure>",
            intervals(&drawn, &axis, lang.pick("wrong per million links", "100万件当たりの誤り"))
        );
        inner += &paragraph(
            "faint",
            &match lang {
                Language::En => format!(
                    "Wrong links per million, on an axis of powers of ten; what is smaller stands at its left end. Decoys are people who do not exist, added to the registry. About {:.1} % of the records have their person registered and found.",
                    100.0 * estimates.registered_and_found
                ),
                Language::Ja => format!(
                    "100万件当たりの誤り（対数目盛、より小さい値は左端）。おとりは登録簿に加えた実在しない人です。本人の登録があり見つかった記録は約{:.1}%と見込まれます。",
                    100.0 * estimates.registered_and_found
                ),
            },
        );
    } else {
        inner += &paragraph(
            "faint",
            lang.pick(
                "No other estimate was asked for; --estimate-errors makes them.",
                "ほかの推定は行っていません（--estimate-errors で行えます）。",
            ),
        );
    }
    part(lang.pick("Wrong links to be expected", "誤った紐付けの見込み"), &inner)
}

/// Posteriors of links, and of the best candidates of reviews.
fn histogram(tally: &Tally, lang: Language) -> String {
    if tally.links.iter().chain(&tally.best).all(|count| *count == 0) {
        return String::new();
    }
    let names: Vec<String> = STEPS.iter().map(|step| format!("≥ {step}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let title = lang.pick("Posteriors", "事後確率の分布");
    let drawn = columns(&names, &[(BLUE, tally.links.to_vec()), (AMBER, tally.best.to_vec())], title);
    let key = format!(
        "<p class=\"faint\"><i class=\"key\" style=\"background:{BLUE}\"></i>{} &ensp; <i class=\"key\" style=\"background:{AMBER}\"></i>{}</p>",
        lang.pick("links", "紐付け"),
        lang.pick(
            "best candidates of reviews: a gate, and not the posterior, stopped those on the right",
            "要確認の最良候補（右側は、事後確率ではなく規則により止めたもの）"
        ),
    );
    part(title, &format!("<figure>{drawn}{key}</figure>"))
}

/// What the reviews ask of those who do them.
fn load(summary: &Summary, tally: &Tally, lang: Language) -> String {
    let title = lang.pick("What is left to people", "人による確認の量");
    let Load { classes, candidates, listed, protected, not_active, better } = &tally.load;
    let outcomes = summary.outcomes();
    let records = |code: &str| {
        outcomes.iter().filter(|own| own.code == code).filter_map(|own| tally.records(own.file)).sum::<u64>()
    };
    let reviews = records("review") + records("suspect");
    if reviews == 0 {
        return String::new();
    }
    if summary.verified() {
        let [all, better] = [reviews, *better].map(thousands);
        return part(
            title,
            &paragraph(
                "",
                &match lang {
                    Language::En => format!(
                        "{all} records are to be reviewed or suspect; for {better} of them a resident is named who fits better."
                    ),
                    Language::Ja => format!(
                        "要確認と別人の疑いは合わせて {all} 件で、うち {better} 件はよりよく一致する住民を示しています。"
                    ),
                },
            ),
        );
    }
    let mean = *candidates as f64 / reviews as f64;
    let [all, rows, plausible, hidden, away] =
        [reviews, *listed, *candidates, *protected, *not_active].map(thousands);
    let text = match lang {
        Language::En => format!(
            "{all} reviews with {plausible} plausible residents, {mean:.2} each; {rows} of them are listed in review.csv. Among those listed, {hidden} are protected and {away} are not active."
        ),
        Language::Ja => format!(
            "要確認は {all} 件、候補は延べ {plausible} 人（1件当たり {mean:.2} 人）で、うち {rows} 人を review.csv に示しています。示した候補のうち支援措置等の対象は {hidden} 人、現存しない住民は {away} 人です。"
        ),
    };
    let names: Vec<&str> = CLASSES.iter().map(|(_, name)| *name).collect();
    let label = lang.pick("Reviews by their number of candidates", "候補の人数ごとの要確認の件数");
    let drawn = columns(&names, &[(AMBER, classes.to_vec())], label);
    part(title, &format!("{}<figure>{drawn}{}</figure>", paragraph("", &text), paragraph("faint", label)))
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

/// Reasons of what was decided, and the folds by which values agreed.
fn reasons(summary: &Summary, lang: Language) -> String {
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

/// What only the whole file of a verification shows.
fn alerts(summary: &Summary, lang: Language) -> String {
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
fn unread(summary: &Summary, tally: &Tally, lang: Language) -> String {
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
fn first(tally: &Tally, lang: Language) -> String {
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

fn timing(summary: &Summary, times: &Run, lang: Language) -> String {
    let (all, seconds) = (times.seconds.all(), &times.seconds);
    let records = summary.records.read as f64 / seconds.records.max(1e-9);
    let steps = [
        (lang.pick("reading the registry", "登録簿の読込"), seconds.registry),
        (lang.pick("deciding the records", "記録の判定"), seconds.records),
        (lang.pick("writing the files", "ファイルの書出し"), seconds.files),
    ];
    let rows = steps.map(|(name, own)| {
        vec![
            name.to_owned(),
            format!("{own:.2}"),
            format!("{:.0} %", 100.0 * own / all.max(1e-9)),
            bar(own / all.max(1e-9), GREY),
        ]
    });
    let sum = vec![
        format!("<b>{}</b>", lang.pick("all", "合計")),
        format!("<b>{all:.2}</b>"),
        String::new(),
        String::new(),
    ];
    let heads = match lang {
        Language::En => ["step", "seconds", "share", ""],
        Language::Ja => ["段階", "秒", "割合", ""],
    };
    let pairs = summary.records.pairs_compared;
    let possible = summary.records.read as f64 * summary.registry.residents as f64;
    let each = pairs as f64 / summary.records.read.max(1) as f64;
    let ratio = possible / pairs.max(1) as f64;
    let [pairs, rate, ratio] = [pairs, records.round() as u64, ratio.round() as u64].map(thousands);
    let text = match lang {
        Language::En => format!(
            "{rate} records per second on {} threads. The search left {pairs} pairs of record and resident to compare, {each:.2} to the record: one in {ratio} of all.",
            times.threads
        ),
        Language::Ja => format!(
            "毎秒 {rate} 件（{}スレッド）。検索で絞り込んだ組は {pairs} 組、1件当たり {each:.2} 組で、全組合せの {ratio} 分の1です。",
            times.threads
        ),
    };
    part(
        lang.pick("Time and search", "所要時間と検索"),
        &(table(&heads, &[], rows.into_iter().chain([sum])) + &paragraph("", &text)),
    )
}

/// By what the run can be told from any other, and repeated.
fn origin(run: &Finished, lang: Language) -> Result<String, Failure> {
    let Finished { summary, run: times } = run;
    let yes =
        |own: bool| lang.pick(if own { "yes" } else { "no" }, if own { "あり" } else { "なし" }).to_owned();
    let command = if summary.verified() { "himozuke verify" } else { "himozuke link" };
    let mut rows = vec![
        (
            lang.pick("program, rules, reasons and tables", "プログラム・規則・理由・表の版"),
            format!("himozuke {}", summary.himozuke),
        ),
        (lang.pick("command", "コマンド"), command.to_owned()),
        (lang.pick("SHA-256 of the policy", "方針の SHA-256"), audit::policy_fingerprint(&summary.policy)?),
        (
            lang.pick("last seal of the decision log", "判定記録の最後の封印"),
            if times.log_seal.is_empty() { "–".to_owned() } else { times.log_seal.clone() },
        ),
        (lang.pick("model of one's own", "独自の確率モデル"), yes(summary.model.is_some())),
        (lang.pick("variants of kanji of one's own", "独自の異体字表"), yes(summary.mj_map.is_some())),
        (
            lang.pick("encoding: registry, records", "文字コード（登録簿、記録）"),
            format!("{}, {}", summary.registry.encoding, summary.records.encoding),
        ),
        (
            lang.pick("era codes: registry, records", "元号コード（登録簿、記録）"),
            format!("{}, {}", summary.era_codes.registry, summary.era_codes.records),
        ),
    ];
    if let Some(own) = &summary.private_use_characters {
        let [registry, records] = [own.registry, own.records].map(thousands);
        rows.push((
            lang.pick("private use characters (外字): registry, records", "外字の数（登録簿、記録）"),
            format!("{registry}, {records}"),
        ));
    }
    if times.resumed_after > 0 {
        rows.push((
            lang.pick("rows decided before a stop", "中断前に判定した行"),
            thousands(times.resumed_after),
        ));
    }
    Ok(part(lang.pick("Versions", "版と由来"), &facts(&rows)))
}

/// What the page holds, and what it does not.
fn closing(tally: &Tally, lang: Language) -> String {
    let held = if tally.first.is_empty() {
        lang.pick(
            "This page holds counts only: no name, date, address, number or id.",
            "このページには件数だけがあり、氏名・生年月日・住所・番号・ID はありません。",
        )
    } else {
        lang.pick(
            "This page holds counts and the ids that were asked for: no name, date, address or individual number.",
            "このページには件数と、求められた記録の ID があり、氏名・生年月日・住所・個人番号はありません。",
        )
    };
    let checked = lang.pick(
        " The decision log is checked by himozuke audit verify.",
        "判定記録は himozuke audit verify で点検できます。",
    );
    paragraph("faint", &(held.to_owned() + checked))
}
