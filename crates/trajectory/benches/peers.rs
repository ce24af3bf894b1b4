//! Lamella beside others, in one run.
//!
//! ```text
//! cargo bench -p lamella-trajectory --bench peers -- [--python PYTHON] [--diary FILE.csv]
//! ```
//! **Speed**: µs a patient-day on the same series (the twenty virtual patients of `tests/data/golden.json`, a year each), ours and those
//! of `benches/peers/peers.py`, which needs numpy, statsmodels, filterpy and river; what is missing is said, the rest runs.
//!
//! **The real diary** (not part of this repository; `--diary`): a person's knee pain over two years, without a procedure, so that every
//! alarm is a false one. Read as `examples/knee-diary.toml` reads it: rows `Knee Pain`, a day starts at 08:00, fractions half up, the
//! last word about a day counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_trajectory::band::Band;
use lamella_trajectory::calibration::{self, Calibration};
use lamella_trajectory::filter::{Day, INVISIBLE, Posterior};
use lamella_trajectory::monitor::Monitor;
use lamella_trajectory::prior::{Prior, SHIPPED};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

const ROUNDS: usize = 5;
/// A case is held open this long; the naive rules get the same latch.
const LATCH_DAYS: i32 = 28;

fn main() {
    let prior = Prior::parse(SHIPPED).unwrap();
    let calibration = Calibration::parse(calibration::SHIPPED, &Prior::hash(SHIPPED)).unwrap();
    let python = argument("--python").unwrap_or_else(|| "python3".to_owned());
    speed(&prior, &calibration, &python);
    match argument("--diary") {
        Some(path) => diary(&prior, &calibration, &python, &path),
        None => println!("\nthe real diary: not given; cargo bench -p lamella-trajectory --bench peers -- --diary FILE.csv"),
    }
}

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

#[derive(Deserialize)]
struct Golden {
    name: String,
    use_function: bool,
    baseline: u8,
    pain: Vec<i8>,
}

fn days(pain: &[i8]) -> Vec<Day> {
    (0..).zip(pain).map(|(day, rating)| Day { day, pain: u8::try_from(*rating).ok(), function: None }).collect()
}

fn speed(prior: &Prior, calibration: &Calibration, python: &str) {
    let golden: Vec<Golden> = serde_json::from_str(include_str!("../tests/data/golden.json")).unwrap();
    let mut golden = golden;
    golden.retain(|series| !series.use_function && series.name.starts_with("patient"));
    let series: Vec<(Option<u8>, Vec<Day>)> = golden.iter().map(|series| (Some(series.baseline), days(&series.pain))).collect();
    let total: usize = series.iter().map(|(_, days)| days.len()).sum();
    println!("µs a patient-day, {} series, {total} days (best of {ROUNDS})", series.len());
    let timed = |work: &dyn Fn(Option<u8>, &[Day])| {
        let round = |_| {
            let began = Instant::now();
            series.iter().for_each(|(intake, days)| work(*intake, days));
            began.elapsed().as_secs_f64() * 1e6 / total as f64
        };
        (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
    };
    let whole = timed(&|intake, days| {
        black_box(Posterior::replay(prior, intake, black_box(days)).unwrap());
    });
    let lean = timed(&|intake, days| {
        let mut posterior = Posterior::new(prior, intake).unwrap().dropping(INVISIBLE);
        days.iter().for_each(|day| posterior.step(day.day, day.pain, day.function).unwrap());
        black_box(&posterior);
    });
    let monitor = timed(&|intake, days| {
        black_box(Monitor::replay(prior, calibration, intake, black_box(days)).unwrap());
    });
    for (what, cost) in [
        ("lamella, 60 filters, nothing dropped", whole),
        ("lamella, invisible groups dropped", lean),
        ("lamella, monitor: filters, detector, flares", monitor),
    ] {
        line(what, cost, whole);
    }
    let ratings: Vec<Vec<i8>> = golden.into_iter().map(|series| series.pain).collect();
    for peer in peers(python, &ratings) {
        match peer {
            Peer { us_per_day: Some(cost), .. } => line(&peer.name(), cost, whole),
            _ => println!("{:<56} {}", peer.peer, peer.missing.unwrap_or_default()),
        }
    }
}

fn line(what: &str, cost: f64, whole: f64) {
    println!("{what:<56} {cost:>8.2}   {:>7.2} × lamella's 60", cost / whole);
}

#[derive(Deserialize)]
struct Peer {
    peer: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    what: String,
    us_per_day: Option<f64>,
    alarms: Option<Vec<u32>>,
    missing: Option<String>,
}

impl Peer {
    fn name(&self) -> String {
        format!("{} {}, {}", self.peer, self.version, self.what)
    }
}

/// Runs `peers.py`; what went wrong is said and costs only its own lines.
fn peers(python: &str, series: &[Vec<i8>]) -> Vec<Peer> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/peers.py");
    let started = Command::new(python).arg(script).env("OMP_NUM_THREADS", "1").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = started else {
        println!("peers: `{python}` does not start; give one with --python (numpy, statsmodels, filterpy, river)");
        return Vec::new();
    };
    let input = serde_json::to_vec(&serde_json::json!({ "series": series })).unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        println!("peers: {script} ended with {}", output.status);
    }
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Alarms on a series: the days on which a rule speaks.
struct Alarms {
    name: String,
    days: Vec<i32>,
}

impl Alarms {
    /// Alarms a year, and what is left of them when each holds for [`LATCH_DAYS`].
    fn print(&self, years: f64) {
        let mut held = None;
        let episodes = self.days.iter().filter(|day| {
            let opens = held.is_none_or(|opened: i32| **day >= opened + LATCH_DAYS);
            held = if opens { Some(**day) } else { held };
            opens
        });
        let episodes = episodes.count();
        println!("{:<52} {:>10.1} {:>18.1}", self.name, self.days.len() as f64 / years, episodes as f64 / years);
    }
}

fn diary(prior: &Prior, calibration: &Calibration, python: &str, path: &str) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return println!("\nthe real diary: {path}: {error}"),
    };
    let rated = read(&text);
    let (Some(first), Some(last)) = (rated.keys().next(), rated.keys().next_back()) else {
        return println!("\nthe real diary: {path} has no row `Knee Pain`");
    };
    let series: Vec<Day> = rated.iter().map(|(day, rating)| Day { day: day - first, pain: Some(*rating), function: None }).collect();
    let years = f64::from(last - first + 1) / 365.25;
    println!("\nthe real diary: {} rated days in {years:.2} years, no intake rating, day 0 = the first", series.len());
    coverage(prior, &series);
    println!("{:<52} {:>10} {:>18}", "alarms a year, all of them false", "each", "held for 28 days");
    for alarms in lamella(prior, calibration, &series).into_iter().chain(naive(&series)) {
        alarms.print(years);
    }
    let every_day = (0..=last - first).map(|day| rated.get(&(day + first)).map_or(-1, |rating| *rating as i8)).collect();
    for peer in peers(python, &[every_day]) {
        if let Some(count) = peer.alarms.as_ref().and_then(|alarms| alarms.first()) {
            println!("{:<52} {:>10.1} {:>18}", peer.name(), f64::from(*count) / years, "");
        }
    }
}

/// Rated days of the diary: days since 1970-03-01 and whole ratings.
fn read(text: &str) -> BTreeMap<i32, u8> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_end().split(',').collect();
        let [name, _, _, _, intensity, date] = cells[..] else { return None };
        if name != "Knee Pain" {
            return None;
        }
        let numbers: Vec<i32> = date.split(['-', ' ', ':']).filter_map(|part| part.parse().ok()).collect();
        let [year, month, day, hour, _, _] = numbers[..] else { return None };
        let rating: f64 = intensity.parse().ok().filter(|rating| (1.0..=10.0).contains(rating))?;
        Some((days_since(year, month, day) - i32::from(hour < 8), (rating + 0.5).floor() as u8))
    };
    text.lines().filter_map(row).collect()
}

/// Days from 1 March 1970 in the Gregorian calendar; years begin in March, so that the leap day comes last.
fn days_since(year: i32, month: i32, day: i32) -> i32 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let in_full_years = |year: i32| 365 * year + year / 4 - year / 100 + year / 400;
    in_full_years(year) - in_full_years(1970) + (153 * month + 2) / 5 + day - 1
}

/// How many rated days lie in the band's 80 %: of the day, and as it was forecast 28 days before. Whole ratings make the band hold
/// more than 80 %, so what it gives itself stands beside it.
fn coverage(prior: &Prior, series: &[Day]) {
    println!("{:<34} {:>7} {:>7} {:>9} {:>9} {:>7}", "in the 80 % band", "inside", "itself", "above", "below", "width");
    for (name, ahead) in [("of the day", 0), ("forecast 28 days before", 28)] {
        for (part, from) in [("all days", 0), ("days 84 on", 84)] {
            let (mut inside, mut own, mut above, mut below, mut width, mut count) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
            for day in series.iter().filter(|day| day.day >= from.max(ahead)) {
                let mut band = Band::new(prior, None).unwrap();
                for earlier in series.iter().filter(|earlier| earlier.day < day.day && earlier.day <= day.day - ahead) {
                    band.step(earlier.day, earlier.pain, None).unwrap();
                }
                let forecast = if ahead == 0 { band.step(day.day, None, None).unwrap() } else { band.ahead((day.day - band.day()) as u32) };
                let (low, high, rating) = (forecast.low(), forecast.high(), day.pain.unwrap());
                above += f64::from(rating > high);
                below += f64::from(rating < low);
                inside += f64::from((low..=high).contains(&rating));
                own += forecast.at_least(low) - forecast.at_least(high + 1);
                width += f64::from(high - low + 1);
                count += 1.0;
            }
            let [inside, own, above, below, width] = [inside, own, above, below, width].map(|sum: f64| sum / count);
            println!("{:<34} {inside:>7.3} {own:>7.3} {above:>9.3} {below:>9.3} {width:>7.1}", format!("{name}, {part}"));
        }
    }
}

fn lamella(prior: &Prior, calibration: &Calibration, series: &[Day]) -> [Alarms; 2] {
    let mut monitor = Monitor::new(prior, calibration, None).unwrap();
    let (mut watch, mut lasting) = (Vec::new(), Vec::new());
    for day in series {
        let opened = monitor.step(day.day, day.pain, None).unwrap();
        watch.extend(opened.watch.then_some(day.day));
        lasting.extend(opened.lasting.then_some(day.day));
    }
    [
        Alarms { name: format!("lamella, watch (promise {:.1})", 1.0), days: watch },
        Alarms { name: format!("lamella, lasting change (promise {:.1})", 0.2), days: lasting },
    ]
}

/// Fixed thresholds, as products ship them (design, section 3): on the rating, on its rise, and one vendor's published three levels.
fn naive(series: &[Day]) -> Vec<Alarms> {
    let mut rules: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    let mut told: Vec<(i32, i32)> = Vec::new();
    for day in series {
        let rating = i32::from(day.pain.unwrap());
        let last = told.last().copied();
        let rise = last.map_or(0, |(_, before)| rating - before);
        let silent = last.map_or(0, |(then, _)| day.day - then);
        let latest: Vec<i32> = told.iter().rev().take(3).map(|(_, rating)| *rating).collect();
        let speaks = [
            ("pain >= 7", rating >= 7),
            ("+2 over the mean of 3 days", latest.len() == 3 && 3 * rating >= latest.iter().sum::<i32>() + 6),
            ("published-thresholds, low: >= 5 and +1, or 49 h silent", (rating >= 5 && rise >= 1) || silent > 2),
            ("published-thresholds, high: +2, or 14 days silent", rise >= 2 || silent > 14),
            ("published-thresholds, critical: >= 7", rating >= 7),
        ];
        for (rule, _) in speaks.into_iter().filter(|(_, speaks)| *speaks) {
            rules.entry(rule).or_default().push(day.day);
        }
        for (rule, _) in speaks {
            rules.entry(rule).or_default();
        }
        told.push((day.day, rating));
    }
    rules.into_iter().map(|(name, days)| Alarms { name: name.to_owned(), days }).collect()
}
