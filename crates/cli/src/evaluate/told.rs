//! Figures for a terminal.

use himozuke::{
    Reason,
    evaluate::{ClaimReport, Figures, Refused, Report},
};

use crate::args::Language;

/// The figures in sentences and tables.
pub(super) fn told(report: &Report, lang: Language) -> Vec<String> {
    let figures = &report.overall;
    let c = &figures.counts;
    let range = figures.wrong_per_million_interval;
    let (rate, recall) = (per_million(figures.wrong_per_million), percent(figures.recall));
    let rows = figures.rows_per_review.map_or_else(|| "-".to_owned(), |rows| format!("{rows:.2}"));
    let (links, reviews, no_matches) = (c.links(), c.reviews(), c.no_matches());
    let (low, high) = (per_million(Some(range.low)), per_million(Some(range.high)));
    let mut lines = match lang {
        Language::En => vec![
            format!("{} records, {} of them about a registered person", c.records, c.registered),
            format!(
                "links      {links}: {} right, {} wrong, {} wrong where nobody could tell",
                c.linked_right, c.linked_wrong, c.linked_undecidable
            ),
            format!("           {rate} wrong per million links (exact 95 % interval: {low} to {high})"),
            format!("           {recall} of the registered people's records are linked right"),
            format!(
                "review     {reviews}: {} list the person, {} do not, {} are about nobody registered; {rows} candidates each",
                c.review_listed, c.review_unlisted, c.review_absent
            ),
            format!("no_match   {no_matches}: {} right, {} missed", c.no_match_right, c.no_match_missed),
            format!("rejected   {}", c.rejected),
        ],
        Language::Ja => vec![
            format!("記録 {}件、うち登録された人のもの {}件", c.records, c.registered),
            format!(
                "links      {links}件: 正 {}件、誤 {}件、誰にも判別できない誤 {}件",
                c.linked_right, c.linked_wrong, c.linked_undecidable
            ),
            format!("           誤りは100万件当たり {rate}件(正確な95%区間: {low}〜{high})"),
            format!("           登録された人の記録のうち正しく紐付いたもの {recall}"),
            format!(
                "review     {reviews}件: 本人を含む {}件、含まない {}件、登録のない人 {}件。候補は平均{rows}人",
                c.review_listed, c.review_unlisted, c.review_absent
            ),
            format!("no_match   {no_matches}件: 正 {}件、見落とし {}件", c.no_match_right, c.no_match_missed),
            format!("rejected   {}件", c.rejected),
        ],
    };
    if let Some(lost) = lost(report, lang) {
        lines.push(lost);
    }
    lines.extend(weighted(figures, lang));
    lines.extend(causes(figures, lang));
    let tables = [
        (lang.pick("profile", "提供元"), &report.profiles),
        (lang.pick("group", "属性"), &report.groups),
        (lang.pick("kind", "種類"), &report.kinds),
    ];
    for (title, slices) in tables {
        if !slices.is_empty() {
            lines.push(String::new());
            lines.push(line(title, &heads(lang)));
            lines.extend(slices.iter().map(|(name, figures)| line(name, &cells(figures))));
        }
    }
    lines
}

/// Of registered people, how many are shown to nobody, and how they were lost.
fn lost(report: &Report, lang: Language) -> Option<String> {
    let figures = &report.overall;
    let found = percent(Some(figures.found_share?));
    let low = percent(Some(figures.found_share_interval.low));
    let lost = figures.lost;
    let [blocking, unfit, unlisted, another] =
        [lost.no_candidate, lost.nobody_fits, lost.review_unlisted, lost.linked_to_another];
    Some(match lang {
        Language::En => format!(
            "shown      {found} of the registered people's records, at least {low}; lost: {blocking} found nobody, {unfit} nobody \
             plausible, {unlisted} list others, {another} are linked to others"
        ),
        Language::Ja => format!(
            "本人を提示 登録された人の記録の {found}(下限 {low})。漏れ: 候補なし {blocking}件、該当者なし {unfit}件、他人のみ提示 \
             {unlisted}件、他人に紐付け {another}件"
        ),
    })
}

/// The rates at natural prevalence.
fn weighted(figures: &Figures, lang: Language) -> Option<String> {
    let weighted = figures.weighted?;
    let range = weighted.wrong_per_million_interval;
    let rate = per_million(weighted.wrong_per_million);
    let (low, high) = (per_million(Some(range.low)), per_million(Some(range.high)));
    let (recall, review) = (percent(weighted.recall), percent(weighted.review_share));
    Some(match lang {
        Language::En => format!(
            "weighted   {rate} wrong per million links ({low} to {high}), {recall} linked right, {review} under review"
        ),
        Language::Ja => format!(
            "加重後     誤り100万件当たり {rate}件({low}〜{high})、正しい紐付け {recall}、確認 {review}"
        ),
    })
}

/// The three commonest reasons of reviews.
fn causes(figures: &Figures, lang: Language) -> Option<String> {
    let reviews = figures.counts.reviews();
    let mut reasons: Vec<(&Reason, &Refused)> = figures.review_reasons.iter().collect();
    reasons.sort_by_key(|(reason, refused)| (std::cmp::Reverse(refused.records), **reason));
    let share = |count: u64| percent(Some(count as f64 / reviews as f64));
    let told: Vec<String> = reasons
        .into_iter()
        .take(3)
        .map(|(reason, refused)| {
            format!("{} {} ({})", reason.code(), share(refused.records), share(refused.alone))
        })
        .collect();
    (!told.is_empty()).then(|| match lang {
        Language::En => format!("causes     of reviews, and as the only cause: {}", told.join(", ")),
        Language::Ja => format!("理由       確認の主な理由(それだけの割合): {}", told.join("、")),
    })
}

/// Verdicts in sentences.
pub(super) fn claims(report: &ClaimReport, lang: Language) -> Vec<String> {
    let figures = &report.overall;
    let c = &figures.counts;
    let caught = percent(figures.caught);
    let low = percent(Some(figures.caught_interval.low));
    let rate = per_million(figures.wrong_per_million);
    let range = figures.wrong_per_million_interval;
    let (least, most) = (per_million(Some(range.low)), per_million(Some(range.high)));
    let reviews = figures.reviews_per_error.map_or_else(|| "-".to_owned(), |reviews| format!("{reviews:.1}"));
    let mut lines = match lang {
        Language::En => vec![
            format!("{} records with a number, {} of them another person's", c.records, c.wrong),
            format!("confirmed  {} right, {} wrong", c.confirmed_right, c.confirmed_wrong),
            format!("           {rate} wrong per million confirmed (exact 95 % interval: {least} to {most})"),
            format!("review     {} right, {} wrong", c.review_right, c.review_wrong),
            format!(
                "suspect    {} right, {} wrong, {} of these with the person meant named",
                c.suspect_right, c.suspect_wrong, c.better_right
            ),
            format!("rejected   {}", c.rejected),
            format!(
                "caught     {caught} of the wrong numbers, at least {low}; {reviews} records to look at for each"
            ),
        ],
        Language::Ja => vec![
            format!("番号のある記録 {}件、うち他人の番号 {}件", c.records, c.wrong),
            format!("confirmed  正 {}件、誤 {}件", c.confirmed_right, c.confirmed_wrong),
            format!("           誤りは確認済み100万件当たり {rate}件(正確な95%区間: {least}〜{most})"),
            format!("review     正 {}件、誤 {}件", c.review_right, c.review_wrong),
            format!(
                "suspect    正 {}件、誤 {}件(うち本人を提示 {}件)",
                c.suspect_right, c.suspect_wrong, c.better_right
            ),
            format!("rejected   {}件", c.rejected),
            format!("検出       誤った番号の {caught}(下限 {low})。1件見つけるのに {reviews}件の確認"),
        ],
    };
    let heads = ["wrong", "confirmed", "review", "suspect", "named"];
    if !report.causes.is_empty() {
        lines.push(String::new());
        lines.push(line(lang.pick("cause", "原因"), &heads));
    }
    for (cause, figures) in &report.causes {
        let c = &figures.counts;
        let cells = [c.wrong, c.confirmed_wrong, c.review_wrong, c.suspect_wrong, c.better_right];
        lines.push(line(cause, &cells.map(|count| count.to_string())));
    }
    lines
}

/// The heads of the tables by kind.
pub(super) fn heads(lang: Language) -> [&'static str; 11] {
    match lang {
        Language::En => [
            "records",
            "links",
            "wrong",
            "no telling",
            "<=/million",
            "review",
            "unlisted",
            "no_match",
            "missed",
            "% linked",
            "% review",
        ],
        Language::Ja => [
            "記録",
            "links",
            "誤",
            "判別不能",
            "上限/百万",
            "review",
            "本人なし",
            "no_match",
            "見落とし",
            "紐付%",
            "確認%",
        ],
    }
}

/// What the table says of one kind of record, under its heads.
pub(super) fn cells(figures: &Figures) -> [String; 11] {
    let c = &figures.counts;
    let share =
        |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}", 100.0 * share));
    let most = (c.links() > 0).then_some(figures.wrong_per_million_interval.high);
    [
        c.records.to_string(),
        c.links().to_string(),
        c.linked_wrong.to_string(),
        c.linked_undecidable.to_string(),
        per_million(most),
        c.reviews().to_string(),
        c.review_unlisted.to_string(),
        c.no_matches().to_string(),
        c.no_match_missed.to_string(),
        share(figures.link_share),
        share(figures.review_share),
    ]
}

pub(super) fn per_million(rate: Option<f64>) -> String {
    rate.map_or_else(
        || "-".to_owned(),
        |rate| if rate < 100.0 { format!("{rate:.2}") } else { format!("{rate:.0}") },
    )
}

pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", 100.0 * share))
}

/// A line of the table, in a terminal, where kanji are two columns wide.
fn line<S: AsRef<str>>(kind: &str, cells: &[S]) -> String {
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let mut line = format!("{kind}{}", " ".repeat(24_usize.saturating_sub(width(kind))));
    for cell in cells {
        let cell = cell.as_ref();
        line.push_str(&" ".repeat(11_usize.saturating_sub(width(cell))));
        line.push_str(cell);
    }
    line
}
