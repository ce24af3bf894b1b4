//! Plots as SVG: no colour carries meaning alone.

use super::lang::Lang;
use super::page::text;
use lamella_cohort::interval::Estimate;
use std::fmt::Write;

const WIDTH: f64 = 760.0;

/// A line.
pub struct Series {
    /// Its name, written at its end and in the legend.
    pub name: String,
    /// Its points, rising.
    pub points: Vec<(f64, f64)>,
    /// Whether it is dashed.
    pub dashed: bool,
    /// Which mark it carries: 0 circles, 1 squares.
    pub mark: usize,
}

/// A bar in three parts: watch, attention, emergency.
pub struct Bar {
    /// Its name.
    pub name: String,
    /// Its parts.
    pub parts: [f64; 3],
}

/// An estimate with its interval.
pub struct Row {
    /// Its name.
    pub name: String,
    /// The estimate.
    pub estimate: Option<Estimate>,
}

/// A round number at or above a value, for an axis.
fn nice(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let ten = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|step| step * ten).find(|step| *step >= value - 1e-9).unwrap_or(10.0 * ten)
}

fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn open(lang: Lang, title: &str, height: f64) -> String {
    format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{1}: {0}\"><svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{0}\"><title>{0}</title>\n",
        text(title),
        lang.say("Plot", "Gráfico")
    )
}

/// Lines over a common axis.
pub fn lines(lang: Lang, title: &str, across: &str, up: &str, series: &[Series]) -> String {
    let (left, top, height, right) = (50.0, 24.0, 260.0, 20.0);
    let points = || series.iter().flat_map(|line| line.points.iter());
    let most = nice(points().map(|(_, y)| *y).fold(0.0, f64::max));
    let last = points().map(|(x, _)| *x).fold(1.0, f64::max);
    let x = |value: f64| left + (value - 1.0) / (last - 1.0).max(1.0) * (WIDTH - left - right);
    let y = |value: f64| top + height - value / most * height;
    let mut svg = open(lang, title, top + height + 50.0 + 18.0 * series.len() as f64);
    for step in 0..=4 {
        let value = most * f64::from(step) / 4.0;
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{left}\" x2=\"{}\" y1=\"{1:.1}\" y2=\"{1:.1}\"/><text class=\"soft\" x=\"{2}\" y=\"{3:.1}\" text-anchor=\"end\">{4}</text>",
            WIDTH - right,
            y(value),
            left - 6.0,
            y(value) + 4.0,
            short(value)
        );
    }
    let every = (last / 8.0).ceil().max(1.0);
    let mut week = 1.0;
    while week <= last {
        let _ =
            writeln!(svg, "<text class=\"soft\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{week}</text>", x(week), top + height + 16.0);
        week += every;
    }
    let _ = writeln!(
        svg,
        "<text class=\"soft\" x=\"{left}\" y=\"14\">{}</text><text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
        text(up),
        WIDTH - right,
        top + height + 32.0,
        text(across)
    );
    for (place, line) in series.iter().enumerate() {
        let path: String = line
            .points
            .iter()
            .enumerate()
            .map(|(nth, (px, py))| format!("{}{:.1} {:.1}", if nth == 0 { "M" } else { "L" }, x(*px), y(*py)))
            .collect();
        let dashed = if line.dashed { " dashed" } else { "" };
        let _ = writeln!(svg, "<path class=\"line a{}{dashed}\" d=\"{path}\"/>", line.mark.min(1));
        for (px, py) in line.points.iter().step_by(4) {
            svg.push_str(&mark(line.mark, x(*px), y(*py)));
        }
        let at = top + height + 48.0 + 18.0 * place as f64;
        let _ = writeln!(
            svg,
            "<path class=\"line a{}{dashed}\" d=\"M{left} {at}h40\"/>{}<text x=\"{}\" y=\"{}\">{}</text>",
            line.mark.min(1),
            mark(line.mark, left + 20.0, at),
            left + 50.0,
            at + 4.0,
            text(&line.name)
        );
    }
    svg.push_str("</svg></div>\n");
    svg
}

/// A circle for the first arm, a square for the second.
fn mark(which: usize, x: f64, y: f64) -> String {
    if which == 0 {
        format!("<circle class=\"f0\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>")
    } else {
        format!("<rect class=\"f1\" x=\"{:.1}\" y=\"{:.1}\" width=\"8\" height=\"8\"/>", x - 4.0, y - 4.0)
    }
}

/// Bars lying, each in three parts.
pub fn bars(lang: Lang, title: &str, bars: &[Bar], which: usize) -> String {
    let (left, top, step) = (200.0, 28.0, 24.0);
    let most = nice(bars.iter().map(|bar| bar.parts.iter().sum::<f64>()).fold(0.0, f64::max));
    let width = WIDTH - left - 70.0;
    let mut svg = open(lang, title, top + step * bars.len() as f64 + 8.0);
    let _ = writeln!(
        svg,
        "<defs><pattern id=\"hatch-{which}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\"/></pattern></defs>"
    );
    let mut at = left;
    for (class, es) in [("watch", "vigilar"), ("attention", "atención"), ("emergency", "emergencia")] {
        let name = lang.say(class, es);
        let _ = writeln!(svg, "{}<text x=\"{}\" y=\"14\">{name}</text>", part(which, class, at, 4.0, 22.0, 12.0), at + 28.0);
        at += 120.0;
    }
    for (place, bar) in bars.iter().enumerate() {
        let y = top + step * place as f64;
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", left - 8.0, y + 14.0, text(&bar.name));
        let mut x = left;
        for (class, value) in ["watch", "attention", "emergency"].iter().zip(bar.parts) {
            let wide = value / most * width;
            if wide > 0.0 {
                svg.push_str(&part(which, class, x, y + 2.0, wide, 16.0));
                x += wide;
            }
        }
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", x + 6.0, y + 14.0, short(bar.parts.iter().sum()));
    }
    svg.push_str("</svg></div>\n");
    svg
}

fn part(which: usize, class: &str, x: f64, y: f64, width: f64, height: f64) -> String {
    let fill = if class == "attention" { format!(" fill=\"url(#hatch-{which})\"") } else { String::new() };
    format!("<rect class=\"{class}\"{fill} x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>\n")
}

/// Estimates with their intervals, one below the other; `line` is drawn across all of them.
pub fn intervals(lang: Lang, title: &str, unit: &str, rows: &[Row], range: Option<(f64, f64)>, line: Option<f64>, which: usize) -> String {
    let (left, top, step, right) = (260.0, 10.0, 24.0, 110.0);
    let most = rows.iter().filter_map(|row| row.estimate).map(|it| it.high).fold(0.0, f64::max);
    let (from, to) = range.unwrap_or((0.0, nice(most)));
    let x = |value: f64| left + (value.clamp(from, to) - from) / (to - from) * (WIDTH - left - right);
    let bottom = top + step * rows.len() as f64;
    let mut svg = open(lang, title, bottom + 40.0);
    for tick in 0..=4 {
        let value = from + (to - from) * f64::from(tick) / 4.0;
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{top}\" y2=\"{bottom}\"/><text class=\"soft\" x=\"{0:.1}\" y=\"{1}\" text-anchor=\"middle\">{2}</text>",
            x(value),
            bottom + 16.0,
            short(value)
        );
    }
    let _ = writeln!(svg, "<text class=\"soft\" x=\"{left}\" y=\"{}\">{}</text>", bottom + 34.0, text(unit));
    if let Some(value) = line {
        let _ = writeln!(svg, "<line class=\"chance\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{top}\" y2=\"{bottom}\"/>", x(value));
    }
    for (place, row) in rows.iter().enumerate() {
        let y = top + step * (place as f64 + 0.5);
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", left - 8.0, y + 4.0, text(&row.name));
        let Some(it) = row.estimate else {
            let _ = writeln!(svg, "<text class=\"soft\" x=\"{left}\" y=\"{:.1}\">–</text>", y + 4.0);
            continue;
        };
        let _ = writeln!(
            svg,
            "<line class=\"line a{}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>{}<text x=\"{}\" y=\"{:.1}\">{} [{}, {}]</text>",
            which.min(1),
            x(it.low),
            x(it.high),
            mark(which, x(it.value), y),
            WIDTH - right + 8.0,
            y + 4.0,
            whole(it.value),
            whole(it.low),
            whole(it.high)
        );
    }
    svg.push_str("</svg></div>\n");
    svg
}

fn whole(value: f64) -> String {
    if value.abs() >= 10.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// Columns standing.
pub fn columns(lang: Lang, title: &str, across: &str, up: &str, columns: &[(String, f64)]) -> String {
    let (left, top, height, right) = (50.0, 24.0, 160.0, 20.0);
    let most = nice(columns.iter().map(|(_, value)| *value).fold(0.0, f64::max));
    let step = (WIDTH - left - right) / columns.len().max(1) as f64;
    let mut svg = open(lang, title, top + height + 44.0);
    for tick in 0..=2 {
        let value = most * f64::from(tick) / 2.0;
        let y = top + height - value / most * height;
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{left}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"soft\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - right,
            left - 6.0,
            y + 4.0,
            short(value)
        );
    }
    for (place, (name, value)) in columns.iter().enumerate() {
        let (x, tall) = (left + step * place as f64, value / most * height);
        let _ = writeln!(
            svg,
            "<rect class=\"watch\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\"/>",
            x + 2.0,
            top + height - tall,
            step - 4.0
        );
        if place % 4 == 0 || place + 1 == columns.len() {
            let _ = writeln!(
                svg,
                "<text class=\"soft\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                x + step / 2.0,
                top + height + 16.0,
                text(name)
            );
        }
    }
    let _ = writeln!(
        svg,
        "<text class=\"soft\" x=\"{left}\" y=\"14\">{}</text><text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
        text(up),
        WIDTH - right,
        top + height + 34.0,
        text(across)
    );
    svg.push_str("</svg></div>\n");
    svg
}
