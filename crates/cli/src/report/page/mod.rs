//! The page itself, from the top: what became of the records, how certain that is, what is left to people, by which rules.

mod certain;
mod origin;
mod reasons;

use super::{
    policy,
    run::{Finished, Summary},
    tally::Tally,
};
use crate::{
    args::Language,
    failure::Failure,
    figures::thousands,
    page::{Escaped, document, plot::stack},
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
    body += &certain::certainty(summary, lang);
    body += &certain::histogram(tally, lang);
    body += &certain::load(summary, tally, lang);
    body += &reasons::reasons(summary, lang);
    body += &reasons::alerts(summary, lang);
    body += &reasons::unread(summary, tally, lang);
    body += &reasons::first(tally, lang);
    body += &origin::timing(summary, times, lang);
    let sentences = policy::words(&summary.policy, lang);
    let sentences: String = sentences.iter().map(|said| format!("<li>{}</li>", Escaped(said))).collect();
    body += &part(lang.pick("The policy in words", "判定の方針"), &format!("<ul>{sentences}</ul>"));
    body += &origin::origin(run, lang)?;
    body += &origin::closing(tally, lang);
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

fn percent(of: u64, all: u64) -> String {
    if all == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * of as f64 / all as f64) }
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
