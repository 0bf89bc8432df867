//! Plots as SVG: risk against coverage, and posteriors against what they came to.

use himozuke::evaluate::{Calibration, Curves, Point};

use super::page::Escaped;
use crate::args::Language;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 44.0;

/// An axis: from which value to which, linear or by powers of ten.
struct Axis {
    low: f64,
    high: f64,
    decades: bool,
}

impl Axis {
    /// Where a value is, from 0 to 1; what is beyond an end is at it.
    fn place(&self, value: f64) -> f64 {
        let at = |value: f64| if self.decades { value.max(self.low).log10() } else { value };
        ((at(value) - at(self.low)) / (at(self.high) - at(self.low))).clamp(0.0, 1.0)
    }

    fn ticks(&self) -> Vec<f64> {
        if self.decades {
            let (first, last) = (self.low.log10().round() as i32, self.high.log10().round() as i32);
            let step = if last - first > 8 { 2 } else { 1 };
            (first..=last).step_by(step).map(|power| 10f64.powi(power)).collect()
        } else {
            (0..=5).map(|n| self.low + (self.high - self.low) * f64::from(n) / 5.0).collect()
        }
    }

    fn label(&self, value: f64) -> String {
        if !self.decades {
            return format!("{:.0} %", value * 100.0);
        }
        if (1e-3..1e6).contains(&value) { format!("{value}") } else { format!("1e{}", value.log10().round()) }
    }
}

/// A plot under way.
struct Plot {
    x: Axis,
    y: Axis,
    inner: String,
}

impl Plot {
    fn new(x: Axis, y: Axis) -> Self {
        let mut plot = Self { x, y, inner: String::new() };
        let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
        for tick in plot.x.ticks() {
            let (x, label) = (plot.at_x(tick), plot.x.label(tick));
            plot.inner += &format!(
                "<path d=\"M{x:.1} {TOP}V{bottom}\" stroke=\"#e4e7ec\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
                bottom + 15.0
            );
        }
        for tick in plot.y.ticks() {
            let (y, label) = (plot.at_y(tick), plot.y.label(tick));
            plot.inner += &format!(
                "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#e4e7ec\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                LEFT - 5.0,
                y + 4.0
            );
        }
        plot
    }

    fn at_x(&self, value: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * self.x.place(value)
    }

    fn at_y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * self.y.place(value)
    }

    fn line(&mut self, points: impl Iterator<Item = (f64, f64)>, style: &str) {
        let path: Vec<String> =
            points.map(|(x, y)| format!("{:.1} {:.1}", self.at_x(x), self.at_y(y))).collect();
        if !path.is_empty() {
            self.inner += &format!("<path d=\"M{}\" fill=\"none\" {style}/>", path.join("L"));
        }
    }

    fn dot(&mut self, x: f64, y: f64, color: &str, title: &str) {
        let (x, y) = (self.at_x(x), self.at_y(y));
        let title = Escaped(title);
        self.inner += &format!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{color}\"><title>{title}</title></circle>"
        );
    }

    fn finish(self, labels: [&str; 2], title: &str, caption: &str) -> String {
        let [x, y] = labels.map(Escaped);
        let (middle, bottom) = (LEFT + (WIDTH - LEFT - RIGHT) / 2.0, HEIGHT - 8.0);
        let height = (HEIGHT - BOTTOM) / 2.0;
        format!(
            "<figure><h2>{0}</h2><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{0}\">{1}\
             <text x=\"{middle}\" y=\"{bottom}\" text-anchor=\"middle\">{x}</text>\
             <text transform=\"translate(13 {height}) rotate(-90)\" text-anchor=\"middle\">{y}</text></svg>\
             <figcaption><p>{2}</p></figcaption></figure>",
            Escaped(title),
            self.inner,
            Escaped(caption)
        )
    }
}

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
            "Each dot is a threshold of the posterior. Blue: the links made. Orange: if the best candidate of every record were \
             linked and no gate stopped it. Dashed: upper ends of exact 95 % intervals. No error is drawn at the lower edge.",
            "点は事後確率の各しきい値。青: 行われた紐付け。橙: ゲートなしで各記録の最良候補を紐付けた場合。破線: 正確な95%区間の上限。誤りなしは下端に描く。",
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
