//! How long a run took, and by what it can be told from any other.

use super::{GREY, paragraph, part, table};
use crate::{
    args::Language,
    audit,
    failure::Failure,
    figures::thousands,
    page::{Escaped, plot::bar},
    report::{
        run::{Finished, Run, Summary},
        tally::Tally,
    },
};

pub(super) fn timing(summary: &Summary, times: &Run, lang: Language) -> String {
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
pub(super) fn origin(run: &Finished, lang: Language) -> Result<String, Failure> {
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

fn facts(rows: &[(&str, String)]) -> String {
    let rows = rows
        .iter()
        .map(|(name, said)| format!("<tr><td>{}</td><td>{}</td></tr>", Escaped(name), Escaped(said)));
    format!("<table class=\"facts\">{}</table>", rows.collect::<String>())
}

/// What the page holds, and what it does not.
pub(super) fn closing(tally: &Tally, lang: Language) -> String {
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
