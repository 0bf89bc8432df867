//! Plots of an evaluation: risk against coverage, and posteriors against what they came to.

use himozuke::evaluate::{Calibration, Curves, Point};

use crate::{
    args::Language,
    page::plot::{Axis, Plot},
};

const LINKS: &str = "#1f5fa8";
const WHAT_IF: &str = "#c2571a";

/// Wrong links per million against the share of registered people's records that are linked right.
pub(super) fn risk_coverage(curves: &Curves, lang: Language) -> String {
    let x = Axis { low: 0.0, high: 1.0, decades: false };
    let mut plot = Plot::new(x, Axis { low: 0.1, high: 1e6, decades: true });
    for (points, color) in [(&curves.what_if, WHAT_IF), (&curves.links, LINKS)] {
        let upper = |point: &Point| (point.recall, point.wrong_per_million_interval.high);
        plot.line(
            points.iter().map(upper),
            &format!("stroke=\"{color}\" stroke-dasharray=\"3 3\" opacity=\".6\""),
        );
        let rate = |point: &Point| (point.recall, point.wrong_per_million);
        plot.line(points.iter().map(rate), &format!("stroke=\"{color}\" stroke-width=\"2\""));
        for point in points {
            let title = format!("{} bits: {} links, {} wrong", point.bits, point.links, point.wrong);
            plot.dot(point.recall, point.wrong_per_million, color, &title);
        }
    }
    plot.finish(
        [
            lang.pick("registered people's records linked right", "登録された人の記録のうち正しく紐付いた割合"),
            lang.pick("wrong per million links", "100万件当たりの誤り"),
        ],
        lang.pick("Risk and coverage", "誤り率と紐付け率"),
        lang.pick(
            "Each dot is a threshold of confidence. Blue: the links made. Orange: if the best candidate of every record were \
             linked and no gate stopped it. Dashed: upper ends of exact 95 % intervals. No error is drawn at the lower edge.",
            "点は確からしさの各しきい値。青: 行われた紐付け。橙: ゲートなしで各記録の最良候補を紐付けた場合。破線: 正確な95%区間の上限。誤りなしは下端に描く。",
        ),
    )
}

/// Observed shares of wrong best candidates against those that posteriors promise.
pub(super) fn calibration(curves: &Curves, lang: Language) -> String {
    let axis = || Axis { low: 1e-9, high: 1.0, decades: true };
    let mut plot = Plot::new(axis(), axis());
    plot.line([(1e-9, 1e-9), (1.0, 1.0)].into_iter(), "stroke=\"#98a2b3\" stroke-dasharray=\"2 4\"");
    for (bins, color) in [(&curves.calibration, WHAT_IF), (&curves.calibration_links, LINKS)] {
        for Calibration { candidates, expected, wrong, wrong_share_interval: interval, .. } in bins {
            let of = *candidates as f64;
            let (x, y) = (expected / of, *wrong as f64 / of);
            plot.line([(x, interval.low), (x, interval.high)].into_iter(), &format!("stroke=\"{color}\""));
            plot.dot(
                x,
                y,
                color,
                &format!("{candidates} candidates, {expected:.3} wrong expected, {wrong} found"),
            );
        }
    }
    plot.finish(
        [
            lang.pick("wrong, by the posteriors", "事後確率による誤りの割合"),
            lang.pick("wrong, by the truth", "実際の誤りの割合"),
        ],
        lang.pick("Calibration", "事後確率の較正"),
        lang.pick(
            "Best candidates by how much doubt their posterior leaves, with exact 95 % intervals; on the dotted line posteriors mean \
             what they say, above it they promise too much. Blue: links; orange: all records.",
            "最良候補を事後確率の残す疑いで分け、正確な95%区間とともに示す。点線上なら事後確率どおり、上なら過信。青: 紐付け、橙: 全記録。",
        ),
    )
}
