//! How certain the links are, and what is left to people.

use super::{AMBER, BLUE, paragraph, part, table};
use crate::{
    args::Language,
    figures::{number, thousands},
    page::{
        Escaped,
        plot::{Axis, columns, intervals},
    },
    report::{
        run::{Rate, Summary},
        tally::{CLASSES, Load, STEPS, Tally},
    },
};

/// Expected and estimated wrong links.
pub(super) fn certainty(summary: &Summary, lang: Language) -> String {
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
        let mut said = lang
            .pick(
                "Wrong links per million, on an axis of powers of ten; what is smaller stands at its left end. Decoys are people who do not exist, added to the registry.",
                "100万件当たりの誤り（対数目盛、より小さい値は左端）。おとりは登録簿に加えた実在しない人です。",
            )
            .to_owned();
        if let Some(found) = estimates.registered_and_found {
            let found = 100.0 * found;
            said += &match lang {
                Language::En => {
                    format!(" About {found:.1} % of the records have their person registered and found.")
                }
                Language::Ja => format!("本人の登録があり見つかった記録は約{found:.1}%と見込まれます。"),
            };
        }
        inner += &paragraph("faint", &said);
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

/// A rate per million, to three digits or the whole.
fn rate(figure: f64) -> String {
    if figure < 100.0 { number(figure) } else { thousands(figure.round() as u64) }
}

/// Posteriors of links, and of the best candidates of reviews.
pub(super) fn histogram(tally: &Tally, lang: Language) -> String {
    if tally.links.iter().chain(&tally.best).all(|count| *count == 0) {
        return String::new();
    }
    let names: Vec<String> = STEPS.iter().map(|step| format!("{step} –")).collect();
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
pub(super) fn load(summary: &Summary, tally: &Tally, lang: Language) -> String {
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
