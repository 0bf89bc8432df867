//! Drawings as SVG: axes, lines and dots; bars, and one bar of parts.

use super::Escaped;
use crate::figures::thousands;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 44.0;

/// An axis: from which value to which, linear or by powers of ten.
pub(crate) struct Axis {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) decades: bool,
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
pub(crate) struct Plot {
    x: Axis,
    y: Axis,
    inner: String,
}

impl Plot {
    /// An empty plot with its grid.
    pub(crate) fn new(x: Axis, y: Axis) -> Self {
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

    /// A line through points.
    pub(crate) fn line(&mut self, points: impl Iterator<Item = (f64, f64)>, style: &str) {
        let path: Vec<String> =
            points.map(|(x, y)| format!("{:.1} {:.1}", self.at_x(x), self.at_y(y))).collect();
        if !path.is_empty() {
            self.inner += &format!("<path d=\"M{}\" fill=\"none\" {style}/>", path.join("L"));
        }
    }

    /// A dot with what it says.
    pub(crate) fn dot(&mut self, x: f64, y: f64, color: &str, title: &str) {
        let (x, y) = (self.at_x(x), self.at_y(y));
        let title = Escaped(title);
        self.inner += &format!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{color}\"><title>{title}</title></circle>"
        );
    }

    /// The plot with its title, the names of its axes and a caption.
    pub(crate) fn finish(self, labels: [&str; 2], title: &str, caption: &str) -> String {
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

/// A part of a whole: its name, its colour, its count.
pub(crate) type Part<'a> = (&'a str, &'a str, u64);

/// One bar of parts that make up a whole, each as long as its share.
pub(crate) fn stack(parts: &[Part<'_>], label: &str) -> String {
    let whole = parts.iter().map(|(_, _, count)| count).sum::<u64>().max(1) as f64;
    let (mut before, mut inner) = (0, String::new());
    for (name, color, count) in parts.iter().filter(|(_, _, count)| *count > 0) {
        let place = |count: u64| 1000.0 * count as f64 / whole;
        // A hair of paper between two parts, and no part so small that it cannot be seen.
        let (x, width) = (place(before), (place(*count) - 2.0).max(1.0));
        inner += &format!(
            "<rect x=\"{x:.1}\" width=\"{width:.1}\" height=\"22\" fill=\"{color}\"><title>{}: {}</title></rect>",
            Escaped(name),
            thousands(*count)
        );
        before += count;
    }
    format!("<svg viewBox=\"0 0 1000 22\" role=\"img\" aria-label=\"{}\">{inner}</svg>", Escaped(label))
}

/// A bar in a cell of a table, `share` of it filled.
pub(crate) fn bar(share: f64, color: &str) -> String {
    let width = 100.0 * share.clamp(0.0, 1.0);
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect width=\"{width:.1}\" height=\"8\" fill=\"{color}\"/></svg>"
    )
}

/// Groups of bars over names, one colour for each series, every bar with its count.
pub(crate) fn columns(names: &[&str], series: &[(&str, Vec<u64>)], label: &str) -> String {
    const HEIGHT: f64 = 165.0;
    const FLOOR: f64 = HEIGHT - 24.0;
    let highest = series.iter().flat_map(|(_, counts)| counts).max().copied().unwrap_or_default().max(1);
    let slot = 760.0 / names.len().max(1) as f64;
    let width = (slot - 14.0) / series.len().max(1) as f64;
    let mut inner = format!("<path d=\"M0 {FLOOR}H760\" stroke=\"#c4cad3\"/>");
    for (at, name) in names.iter().enumerate() {
        let left = slot * at as f64;
        inner += &format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            left + slot / 2.0,
            HEIGHT - 8.0,
            Escaped(name)
        );
        for (which, (color, counts)) in series.iter().enumerate() {
            let count = counts.get(at).copied().unwrap_or_default();
            let height = (FLOOR - 18.0) * count as f64 / highest as f64;
            let (x, y) = (left + 7.0 + width * which as f64, FLOOR - height);
            let faded = if count == 0 { " opacity=\".45\"" } else { "" };
            inner += &format!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\" fill=\"{color}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\"{faded}>{}</text>",
                width - 2.0,
                x + width / 2.0 - 1.0,
                y - 4.0,
                thousands(count)
            );
        }
    }
    format!("<svg viewBox=\"0 0 760 {HEIGHT}\" role=\"img\" aria-label=\"{}\">{inner}</svg>", Escaped(label))
}

/// Estimates with their intervals, one under the other on an axis of powers of ten.
pub(crate) fn intervals(rows: &[(&str, Option<f64>, [f64; 2])], axis: &Axis, label: &str) -> String {
    const LEFT: f64 = 150.0;
    const WIDTH: f64 = 590.0;
    let floor = 26.0 * rows.len() as f64 + 6.0;
    let x = |value: f64| LEFT + WIDTH * axis.place(value);
    let mut inner = String::new();
    for tick in axis.ticks() {
        inner += &format!(
            "<path d=\"M{0:.1} 0V{floor}\" stroke=\"#e4e7ec\"/><text x=\"{0:.1}\" y=\"{1:.1}\" text-anchor=\"middle\">{2}</text>",
            x(tick),
            floor + 14.0,
            if tick < 1.0 { tick.to_string() } else { thousands(tick as u64) }
        );
    }
    for (at, (name, value, [low, high])) in rows.iter().enumerate() {
        let y = 26.0 * at as f64 + 16.0;
        inner += &format!(
            "<text x=\"0\" y=\"{:.1}\">{}</text><path d=\"M{:.1} {y}H{:.1}\" stroke=\"#1f5fa8\" stroke-width=\"3\" opacity=\".45\"/>",
            y + 4.0,
            Escaped(name),
            x(*low),
            x(*high)
        );
        if let Some(value) = value {
            inner += &format!("<circle cx=\"{:.1}\" cy=\"{y}\" r=\"4.5\" fill=\"#1f5fa8\"/>", x(*value));
        }
    }
    format!(
        "<svg viewBox=\"0 0 760 {}\" role=\"img\" aria-label=\"{}\">{inner}</svg>",
        floor + 20.0,
        Escaped(label)
    )
}
