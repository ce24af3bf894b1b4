//! Numbers that become lines: the phase ring and the pain chart.
//!
//! All geometry stands in attributes of the SVG, because the pages allow no inline styles.

use super::shared::Level;
use super::words::{Word, Words};
use askama::Template;

/// The radii of the ring's three lamellae on a field of 144 by 144, the first phase innermost.
const RING_RADII: [u32; 3] = [36, 50, 64];

/// The chart's field: its width and height, and the margins around the plot.
const CHART: Field = Field { width: 560.0, height: 200.0, left: 34.0, right: 12.0, top: 12.0, bottom: 28.0 };

/// The phases as three concentric lamellae, each filling as its days pass.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "part/ring.html")]
pub struct Ring {
    /// How much of *protect*, *rebuild* and *maintain* has passed, 0 to 1 each.
    pub fractions: [f64; 3],
    /// The number in the middle, such as `9`.
    pub number: String,
    /// What stands under it, such as `of 14`.
    pub caption: String,
    /// The whole figure in words, for those who do not see it.
    pub label: String,
}

/// One lamella of the ring.
#[derive(Debug, Clone, PartialEq)]
pub struct Arc {
    /// Its radius.
    pub radius: u32,
    /// `stroke-dasharray` of its filled part, where the whole circle is 100; none where nothing is filled.
    pub dash: Option<String>,
    /// Whether it is the phase that is being lived through: begun and not full.
    pub current: bool,
}

impl Ring {
    /// The three lamellae, innermost first.
    pub fn arcs(&self) -> Vec<Arc> {
        RING_RADII.iter().zip(self.fractions).map(|(&radius, fraction)| arc(radius, fraction)).collect()
    }
}

impl askama::filters::HtmlSafe for Ring {}

fn arc(radius: u32, fraction: f64) -> Arc {
    let filled = (fraction.clamp(0.0, 1.0) * 100.0 * 10.0).round() / 10.0;
    let dash = (filled > 0.0).then(|| format!("{filled} 100"));
    Arc { radius, dash, current: filled > 0.0 && filled < 100.0 }
}

/// Pain by day: the person's own line, with the table behind it.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "part/pain_chart.html")]
pub struct PainChart {
    /// The reader's language.
    pub t: Words,
    /// What the chart shows, such as `Pain, last 8 weeks`.
    pub title: String,
    /// The days in order, those without an answer included.
    pub days: Vec<PainDay>,
    /// What is said of it: where it stands, in a sentence.
    pub sentence: Option<String>,
    /// What the sentence and the range stand on, for whoever wants to know.
    pub basis: Option<String>,
    /// `expected range`, in the reader's language.
    pub range_word: String,
    /// `flare`, in the reader's language.
    pub flare_word: String,
    /// The head of the column that says what a day speaks for; none where the reader is not shown it.
    pub evidence_word: Option<String>,
}

/// One day of the pain chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PainDay {
    /// The day since the procedure.
    pub day: i32,
    /// The date in the reader's words.
    pub date: String,
    /// Typical pain from 0 to 10; none where the question was not answered.
    pub pain: Option<u8>,
    /// The highest level of the day's verdicts; none where there was no check-in.
    pub level: Option<Level>,
    /// The 10th and 90th percentile that were expected of the day; none where nothing was.
    pub expected: Option<(u8, u8)>,
    /// Whether the day lies in a flare.
    pub flare: bool,
    /// What the day speaks for, in words.
    pub evidence: String,
}

/// A mark on the chart: a day whose verdict was above *expected*.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartMark {
    /// Where it stands, from the left.
    pub x: String,
    /// Where it stands, from the top.
    pub y: String,
    /// The level whose shape and colour it takes.
    pub level: Level,
}

impl ChartMark {
    /// The outline that the level has on a chart, around its place: a diamond, a disc, a square.
    pub fn shape(&self) -> &'static str {
        match self.level {
            Level::Emergency => "M-6-6H6V6H-6Z",
            Level::Attention => "M-6 0A6 6 0 1 1 6 0A6 6 0 1 1-6 0Z",
            Level::Watch | Level::Expected => "M0-6.5 6.5 0 0 6.5-6.5 0Z",
        }
    }
}

/// A word or number beside an axis, with the line it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisTick {
    /// Where it stands along its axis.
    pub at: String,
    /// What it says.
    pub text: String,
    /// How the text hangs on its place: `start`, `middle` or `end`.
    pub anchor: &'static str,
}

/// The measures of a chart's plot.
struct Field {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Field {
    fn x(&self, nth: usize, count: usize) -> f64 {
        let inner = self.width - self.left - self.right;
        let steps = count.saturating_sub(1).max(1);
        self.left + inner * (nth as f64) / (steps as f64)
    }

    fn y(&self, value: f64) -> f64 {
        let inner = self.height - self.top - self.bottom;
        self.top + inner * (1.0 - value / 10.0)
    }
}

impl PainChart {
    /// The path of the line; it breaks where a day was not answered.
    pub fn line(&self) -> String {
        let mut path = String::new();
        let mut pen_down = false;
        for (nth, day) in self.days.iter().enumerate() {
            let Some(pain) = day.pain else {
                pen_down = false;
                continue;
            };
            let verb = if pen_down { 'L' } else { 'M' };
            let (x, y) = (CHART.x(nth, self.days.len()), CHART.y(f64::from(pain)));
            path.push_str(&format!("{verb}{x:.1} {y:.1}"));
            pen_down = true;
        }
        path
    }

    /// The band: half a point beyond the range on both sides, because a rating of 3 stands for anything that rounds to it.
    pub fn band(&self) -> String {
        let edge = |nth: usize, value: f64| format!("{:.1} {:.1}", CHART.x(nth, self.days.len()), CHART.y(value.clamp(0.0, 10.0)));
        let mut path = String::new();
        let mut from = 0;
        while from < self.days.len() {
            let run: Vec<(usize, (u8, u8))> =
                self.days.iter().enumerate().skip(from).map_while(|(nth, day)| day.expected.map(|range| (nth, range))).collect();
            let upper = run.iter().map(|(nth, (_, high))| edge(*nth, f64::from(*high) + 0.5));
            let lower = run.iter().rev().map(|(nth, (low, _))| edge(*nth, f64::from(*low) - 0.5));
            let points: Vec<String> = upper.chain(lower).collect();
            if run.len() > 1 {
                path.push_str(&format!("M{}Z", points.join("L")));
            }
            from += run.len().max(1);
        }
        path
    }

    /// The flares, as stretches along the foot of the plot: from, and how wide.
    pub fn flares(&self) -> Vec<(String, String)> {
        let mut stretches = vec![];
        let mut from = 0;
        while from < self.days.len() {
            let length = self.days.iter().skip(from).take_while(|day| day.flare).count();
            if length > 0 {
                let (left, right) = (CHART.x(from, self.days.len()), CHART.x(from + length - 1, self.days.len()));
                stretches.push((format!("{:.1}", left - 2.0), format!("{:.1}", right - left + 4.0)));
            }
            from += length.max(1);
        }
        stretches
    }

    /// Answered days that have no answered neighbour, so that the line alone would not show them.
    pub fn lone_days(&self) -> Vec<(String, String)> {
        let answered: Vec<bool> = self.days.iter().map(|day| day.pain.is_some()).collect();
        let is_answered = |nth: Option<usize>| nth.and_then(|nth| answered.get(nth)).copied().unwrap_or(false);
        self.days
            .iter()
            .enumerate()
            .filter(|(nth, _)| !is_answered(nth.checked_sub(1)) && !is_answered(nth.checked_add(1)))
            .filter_map(|(nth, day)| self.place(nth, day))
            .collect()
    }

    /// The days whose verdict was above *expected*.
    pub fn marks(&self) -> Vec<ChartMark> {
        let loud = |day: &PainDay| day.level.filter(|&level| level > Level::Expected);
        self.days
            .iter()
            .enumerate()
            .filter_map(|(nth, day)| {
                let (level, (x, y)) = (loud(day)?, self.place(nth, day)?);
                Some(ChartMark { x, y, level })
            })
            .collect()
    }

    /// One mark for each level that is on the chart, the highest first.
    pub fn legend(&self) -> Vec<ChartMark> {
        let mut marks = self.marks();
        marks.sort_by_key(|mark| std::cmp::Reverse(mark.level));
        marks.dedup_by_key(|mark| mark.level);
        marks
    }

    /// The lines at 0, 5 and 10.
    pub fn levels(&self) -> Vec<AxisTick> {
        [10_u8, 5, 0]
            .into_iter()
            .map(|value| AxisTick { at: format!("{:.1}", CHART.y(f64::from(value))), text: value.to_string(), anchor: "end" })
            .collect()
    }

    /// The first, middle and last date under the plot.
    pub fn dates(&self) -> Vec<AxisTick> {
        let count = self.days.len();
        let mut places = vec![(0, "start"), (count / 2, "middle"), (count.saturating_sub(1), "end")];
        if count < 8 {
            places.remove(1);
        }
        places.dedup_by_key(|(nth, _)| *nth);
        let tick = |(nth, anchor)| {
            let day = self.days.get(nth)?;
            Some(AxisTick { at: format!("{:.1}", CHART.x(nth, count)), text: day.date.clone(), anchor })
        };
        places.into_iter().filter_map(tick).collect()
    }

    /// Whether there is anything to draw.
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(|day| day.pain.is_none())
    }

    fn place(&self, nth: usize, day: &PainDay) -> Option<(String, String)> {
        let y = CHART.y(f64::from(day.pain?));
        Some((format!("{:.1}", CHART.x(nth, self.days.len())), format!("{y:.1}")))
    }
}

impl askama::filters::HtmlSafe for PainChart {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_fills_as_its_days_pass() {
        assert_eq!(arc(36, 0.0), Arc { radius: 36, dash: None, current: false });
        assert_eq!(arc(36, 9.0 / 14.0), Arc { radius: 36, dash: Some("64.3 100".to_owned()), current: true });
        assert_eq!(arc(36, 7.0), Arc { radius: 36, dash: Some("100 100".to_owned()), current: false });
    }

    #[test]
    fn the_line_breaks_where_a_day_is_missing() {
        let chart = chart(vec![day(0, Some(5)), day(1, Some(4)), day(2, None), day(3, Some(3))]);
        assert_eq!(chart.line().matches('M').count(), 2);
        assert_eq!(chart.lone_days().len(), 1);
        assert!(chart.band().is_empty() && chart.flares().is_empty());
    }

    #[test]
    fn the_band_and_the_flares_stand_where_their_days_do() {
        let mut days: Vec<PainDay> = (0..6).map(|nth| day(nth, Some(3))).collect();
        for (nth, day) in days.iter_mut().enumerate() {
            day.expected = (nth != 2).then_some((2, 10));
            day.flare = nth > 3;
        }
        let chart = chart(days);
        assert_eq!(chart.band().matches('M').count(), 2, "it breaks where nothing was expected");
        assert!(chart.band().contains(&format!("{:.1}", CHART.y(10.0))), "and never leaves the scale");
        assert_eq!(chart.flares(), [(format!("{:.1}", CHART.x(4, 6) - 2.0), format!("{:.1}", CHART.x(5, 6) - CHART.x(4, 6) + 4.0))]);
    }

    fn day(day: i32, pain: Option<u8>) -> PainDay {
        PainDay { day, date: String::new(), pain, level: None, expected: None, flare: false, evidence: String::new() }
    }

    fn chart(days: Vec<PainDay>) -> PainChart {
        PainChart {
            t: Words::new(super::super::words::Lang::En),
            title: String::new(),
            days,
            sentence: None,
            basis: None,
            range_word: String::new(),
            flare_word: String::new(),
            evidence_word: None,
        }
    }
}
