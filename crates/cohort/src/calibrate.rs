//! At which log odds does the detector keep a promised false-alarm rate? Found on people without a lasting change, verified on
//! others, and shown on people with one and on stress cohorts (design, section 6).

use crate::audit::Audit;
use crate::chance::{Purpose, stream, whole};
use crate::course::{Change, Course, Shape};
use crate::fan::Horizon;
use crate::interval::{Estimate, clustered_rate, share};
use crate::refit::Person;
use crate::rule::{Ratings, Rule};
use crate::spec::Spec;
use lamella_record::Level;
use lamella_trajectory::calibration::{BySwing, Calibration, Promised, Rules, Thresholds};
use lamella_trajectory::detector::Detector;
use lamella_trajectory::filter::{INVISIBLE, Posterior};
use lamella_trajectory::prior::Prior;
use serde::Serialize;

/// Days that each person is followed: a patient-year.
pub const DAYS: i32 = 365;
/// A lasting change begins on one of these days. Design, section 1.
const ONSET: (i32, i32) = (14, 299);
/// Where thresholds are looked for, in log odds.
const RANGE: (f64, f64) = (-9.0, 12.0);
/// The curve's points: first, last, step, in log odds.
const CURVE: (f64, f64, f64) = (-5.0, 6.0, 0.25);
/// A person's swing is only known by and by, so that each third's threshold moves the others' rates: so many steps, after which none
/// moves by a tenth.
const EVENING_STEPS: usize = 4;
/// A point of the curve needs so many cases behind it.
const CURVE_CASES: u64 = 10;

/// Lasting changes whose finding is reported: name and shape (design, section 3).
pub const CHANGES: [(&str, Shape); 5] = [
    ("step +2", Shape::Step(2.0)),
    ("step +3", Shape::Step(3.0)),
    ("step +4", Shape::Step(4.0)),
    ("ramp .2 a day", Shape::Ramp(0.2, 4.0)),
    ("ramp .1 a day", Shape::Ramp(0.1, 4.0)),
];

/// One person's rated days as the filter saw them.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    pub(crate) intake: Option<u8>,
    /// A virtual person's own standard deviation.
    sd: Option<f64>,
    pub(crate) rated: Vec<Rated>,
    /// Patient-years behind it.
    years: f64,
    /// The first day on which a case counts.
    from: i32,
    /// The first day of a lasting change.
    pub(crate) onset: Option<i32>,
}

/// One rated day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rated {
    pub(crate) day: i32,
    pub(crate) pain: u8,
    /// Function, whether the filter was told or not.
    function: u8,
    /// Log odds of a lasting change after it, or what they count as.
    log_odds: f64,
    /// By how much the person was known to swing by then.
    swing: f64,
}

impl Trace {
    /// The same with its log odds as they count at the person's swing.
    pub fn counting(mut self, by: &BySwing) -> Trace {
        self.rated.iter_mut().for_each(|rated| rated.log_odds = by.counted(rated.log_odds, rated.swing));
        self
    }

    /// A person's own swing: a virtual person's as it is, else as it is known in the end.
    fn own_swing(&self) -> f64 {
        self.sd.or_else(|| Some(self.rated.last()?.swing)).unwrap_or(0.0)
    }
}

/// A rated day as it is, for those who would hear more of it than its ratings.
#[derive(Debug, Clone, Copy)]
pub struct Rating<'a> {
    /// Whose.
    pub course: &'a Course,
    /// The day.
    pub day: i32,
    /// Its pain rating.
    pub pain: u8,
    /// Points that a lasting change adds.
    pub extra: f64,
    /// Days since a lasting change began; none before and without one.
    pub since: Option<i32>,
}

/// The trace of one person; with `shape`, of one with a lasting change. `None` never happens with a prior that can be read.
pub fn trace(spec: &Spec, prior: &Prior, seed: u64, patient: u64, shape: Option<Shape>, function: bool) -> Option<Trace> {
    trace_hearing(spec, prior, seed, patient, shape, function, |_| None)
}

/// The same where a rated day may say more: `hear` gives the likelihoods for [`Posterior::hear`].
pub fn trace_hearing(
    spec: &Spec,
    prior: &Prior,
    seed: u64,
    patient: u64,
    shape: Option<Shape>,
    function: bool,
    mut hear: impl FnMut(Rating) -> Option<[f64; 3]>,
) -> Option<Trace> {
    let course = Course::new(spec, seed, patient, DAYS, (patient % 5) as i32);
    let onset = whole(&mut stream(seed, patient, Purpose::Complication, 0), ONSET.0, ONSET.1);
    let change = shape.map(|shape| Change { onset, shape });
    let mut posterior = Posterior::new(prior, Some(course.person.intake)).ok()?.dropping(INVISIBLE);
    let mut trace = Trace {
        intake: Some(course.person.intake),
        sd: Some(course.person.sd),
        rated: Vec::with_capacity(DAYS as usize),
        years: 1.0,
        from: 0,
        onset: shape.map(|_| onset),
    };
    for day in 0..DAYS {
        let extra = change.map_or(0.0, |change| change.pain(day));
        let pain = course.rating(day, extra).filter(|_| course.answers(day, extra));
        let felt = course.function(day, extra).filter(|_| pain.is_some());
        posterior.step(day, pain, felt.filter(|_| function)).ok()?;
        if let (Some(pain), Some(felt)) = (pain, felt) {
            let since = trace.onset.map(|onset| day - onset).filter(|since| *since >= 0);
            if let Some(likelihoods) = hear(Rating { course: &course, day, pain, extra, since }) {
                posterior.hear(likelihoods);
            }
            trace.rated.push(Rated { day, pain, function: felt, log_odds: posterior.log_odds(), swing: posterior.swing() });
        }
    }
    Some(trace)
}

/// The trace of one of a clinic's own people; with `function`, as the filter sees them who is told of it. `None` where a day cannot
/// be taken.
pub fn trace_of(prior: &Prior, person: &Person, function: bool) -> Option<Trace> {
    let mut posterior = Posterior::new(prior, person.intake).ok()?.dropping(INVISIBLE);
    let mut trace = Trace { intake: person.intake, sd: None, rated: vec![], years: person.years(), from: person.from, onset: None };
    for day in &person.days {
        posterior.step(day.day, day.pain, day.function.filter(|_| function)).ok()?;
        if let Some(pain) = day.pain {
            let function = day.function.unwrap_or(pain);
            trace.rated.push(Rated { day: day.day, pain, function, log_odds: posterior.log_odds(), swing: posterior.swing() });
        }
    }
    Some(trace)
}

/// Patient-years behind some traces.
pub fn years<'a>(traces: impl IntoIterator<Item = &'a Trace>) -> f64 {
    traces.into_iter().map(|trace| trace.years).sum()
}

/// How often cases opened: a rate a patient-year with an interval that knows about people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rates {
    /// Cases of *watch*.
    pub watch: Estimate,
    /// Cases of *lasting change*.
    pub lasting: Estimate,
}

impl Rates {
    /// Whether each is within this share of its target.
    pub fn are_near(&self, watch: f64, lasting: f64, within: f64) -> bool {
        let near = |found: f64, target: f64| (found - target).abs() <= within * target;
        near(self.watch.value, watch) && near(self.lasting.value, lasting)
    }
}

/// Cases a patient-year at thresholds, under the detector's own rules: a rated day, a rise that is there, a latch.
pub fn rates<'a>(traces: impl IntoIterator<Item = &'a Trace>, rules: &Rules, at: Thresholds) -> Option<Rates> {
    let (mut people, mut years) = (0u64, 0.0);
    let (mut sums, mut squares) = ([0u64; 2], [0u64; 2]);
    for trace in traces {
        people += 1;
        years += trace.years;
        let cases = cases(trace, rules, at);
        for ((sum, square), cases) in sums.iter_mut().zip(&mut squares).zip(cases) {
            *sum += cases;
            *square += cases * cases;
        }
    }
    let exposure = years / people.max(1) as f64;
    let [watch, lasting] = sums;
    let [watch_squares, lasting_squares] = squares;
    Some(Rates {
        watch: clustered_rate(watch, watch_squares, people, exposure)?,
        lasting: clustered_rate(lasting, lasting_squares, people, exposure)?,
    })
}

/// The same for a third of the people each: those whose pain swings least, the middle, and those whose swings most.
pub fn rates_by_swing(traces: &[Trace], rules: &Rules, at: Thresholds) -> Option<[Rates; 3]> {
    let people: Vec<&Trace> = traces.iter().collect();
    let [calm, middle, most] = thirds(people);
    let of = |third: Vec<&Trace>| rates(third, rules, at);
    Some([of(calm)?, of(middle)?, of(most)?])
}

/// A third of the people each: whose pain swings least, the middle, the rest.
fn thirds(mut people: Vec<&Trace>) -> [Vec<&Trace>; 3] {
    people.sort_by(|one, other| one.own_swing().total_cmp(&other.own_swing()));
    let rest = people.split_off(people.len() / 3);
    let (middle, most) = rest.split_at(rest.len() / 2);
    [people, middle.to_vec(), most.to_vec()]
}

/// Thresholds with which these people together, and each third of them by their swing, have cases as often as promised; in hundredths,
/// as they will stand in the artifact.
pub fn by_swing(traces: &[Trace], rules: &Rules, promised: Promised) -> BySwing {
    let swings = thirds(traces.iter().collect()).map(|third| {
        let mut swings: Vec<f64> = third.iter().flat_map(|trace| trace.rated.iter().map(|rated| rated.swing)).collect();
        swings.sort_by(f64::total_cmp);
        swings.get(swings.len() / 2).copied().unwrap_or(0.0)
    });
    let each = |target| evened(traces, swings, rules, target);
    let (watch, lasting) = (each(promised.watch), each(promised.lasting));
    let mut points = swings.map(|swing| (hundredths(swing), Thresholds { watch: 0.0, lasting: 0.0 }));
    for (((_, at), watch), lasting) in points.iter_mut().zip(watch).zip(lasting) {
        *at = Thresholds { watch: hundredths(watch), lasting: hundredths(lasting) };
    }
    moved(traces, rules, &BySwing(points), promised)
}

fn hundredths(number: f64) -> f64 {
    libm::round(number * 100.0) / 100.0
}

/// The threshold at each of three swings, straight between, with which each third has cases `target` times a patient-year.
fn evened(traces: &[Trace], swings: [f64; 3], rules: &Rules, target: f64) -> [f64; 3] {
    let mut at = [0.0; 3];
    for _ in 0..EVENING_STEPS {
        let mut line = swings.map(|swing| (swing, Thresholds { watch: 0.0, lasting: 0.0 }));
        line.iter_mut().zip(at).for_each(|((_, line), at)| line.lasting = at);
        let left = beyond(traces, &BySwing(line), |at| at.lasting);
        let by = thirds(left.iter().collect()).map(|third| threshold(third, rules, target));
        at.iter_mut().zip(by).for_each(|(at, by)| *at += by);
    }
    at
}

/// The same thresholds, each kind's moved by so much that these people together have cases as often as promised.
pub fn moved(traces: &[Trace], rules: &Rules, by: &BySwing, promised: Promised) -> BySwing {
    let up = |target, of: fn(Thresholds) -> f64| libm::ceil(threshold(&beyond(traces, by, of), rules, target) * 100.0) / 100.0;
    let (watch, lasting) = (up(promised.watch, |at| at.watch), up(promised.lasting, |at| at.lasting));
    let at = |at: Thresholds| Thresholds { watch: hundredths(at.watch + watch), lasting: hundredths(at.lasting + lasting) };
    BySwing(by.0.map(|(swing, from)| (swing, at(from))))
}

/// The traces with their log odds measured from one of the thresholds.
fn beyond(traces: &[Trace], by: &BySwing, of: fn(Thresholds) -> f64) -> Vec<Trace> {
    let mut traces = traces.to_vec();
    traces.iter_mut().flat_map(|trace| &mut trace.rated).for_each(|rated| rated.log_odds -= of(by.at(rated.swing)));
    traces
}

fn cases(trace: &Trace, rules: &Rules, at: Thresholds) -> [u64; 2] {
    // Most people never come near, and the search asks them again and again.
    if trace.rated.iter().all(|rated| rated.log_odds < at.watch) {
        return [0, 0];
    }
    let mut detector = Detector::new(trace.intake);
    let mut cases = [0, 0];
    for rated in &trace.rated {
        let opened = detector.step(rules, at, rated.day, rated.pain, rated.log_odds);
        if rated.day < trace.from {
            continue;
        }
        let [watch, lasting] = &mut cases;
        *watch += u64::from(opened.watch);
        *lasting += u64::from(opened.lasting);
    }
    cases
}

/// The log odds at which cases come at most `target` times a patient-year: halved until the range is a ten-thousandth.
pub fn threshold<'a>(traces: impl IntoIterator<Item = &'a Trace>, rules: &Rules, target: f64) -> f64 {
    let traces: Vec<&Trace> = traces.into_iter().collect();
    let (mut low, mut high) = RANGE;
    while high - low > 1e-4 {
        let middle = 0.5 * (low + high);
        if case_rate(&traces, rules, middle) > target { low = middle } else { high = middle }
    }
    high
}

fn case_rate(traces: &[&Trace], rules: &Rules, at: f64) -> f64 {
    let both = Thresholds { watch: at, lasting: at };
    let count: u64 = traces
        .iter()
        .map(|trace| {
            let [watch, _] = cases(trace, rules, both);
            watch
        })
        .sum();
    count as f64 / years(traces.iter().copied()).max(f64::MIN_POSITIVE)
}

/// Log odds against cases a patient-year; odds rise, rates fall, and each point has cases enough behind it.
pub fn curve(traces: &[Trace], rules: &Rules) -> Vec<(f64, f64)> {
    let (mut at, last, step) = CURVE;
    let all: Vec<&Trace> = traces.iter().collect();
    let mut curve: Vec<(f64, f64)> = vec![];
    while at <= last {
        let rate = case_rate(&all, rules, at);
        let enough = rate * years(traces) >= CURVE_CASES as f64;
        if enough && curve.last().is_none_or(|(_, before)| rate < *before) {
            curve.push((at, rate));
        }
        at += step;
    }
    curve
}

/// How a lasting change is found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sensitivity {
    /// Which change.
    pub change: String,
    /// Share with a case of *lasting change* within 14 days.
    pub lasting_14: Option<Estimate>,
    /// Within 28 days.
    pub lasting_28: Option<Estimate>,
    /// Share with a case of *watch* within 28 days.
    pub watch_28: Option<Estimate>,
    /// Median days to *lasting change*; none when fewer than half are found within 60.
    pub median_days: Option<i32>,
}

/// What of a lasting change is found. A case that was open before it began does not count.
pub fn sensitivity(name: &str, traces: &[Trace], rules: &Rules, at: Thresholds) -> Sensitivity {
    let delays: Vec<[Option<i32>; 2]> = traces.iter().map(|trace| delays(trace, rules, at)).collect();
    let within = |which: usize, days: i32| {
        let found = delays.iter().filter(|delay| delay.get(which).copied().flatten().is_some_and(|delay| delay <= days)).count();
        share(found as u64, delays.len() as u64)
    };
    let mut lasting: Vec<i32> = delays.iter().map(|[_, lasting]| lasting.unwrap_or(i32::MAX)).collect();
    lasting.sort_unstable();
    Sensitivity {
        change: name.to_string(),
        lasting_14: within(1, 14),
        lasting_28: within(1, 28),
        watch_28: within(0, 28),
        median_days: lasting.get(lasting.len() / 2).copied().filter(|days| *days <= 60),
    }
}

fn delays(trace: &Trace, rules: &Rules, at: Thresholds) -> [Option<i32>; 2] {
    let mut detector = Detector::new(trace.intake);
    let mut delays = [None, None];
    let Some(onset) = trace.onset else { return delays };
    for rated in &trace.rated {
        let opened = detector.step(rules, at, rated.day, rated.pain, rated.log_odds);
        if rated.day < onset {
            continue;
        }
        for (delay, opened) in delays.iter_mut().zip([opened.watch, opened.lasting]) {
            if opened && delay.is_none() {
                *delay = Some(rated.day - onset);
            }
        }
    }
    delays
}

/// A published rule on the same people, its alerts held open as the detector's cases are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Naive {
    /// The rule's word.
    pub rule: String,
    /// Its alerts a patient-year with nothing behind them, each one counted.
    pub alerts: Estimate,
    /// The same, one in so many days of the latch.
    pub cases: Estimate,
    /// Per lasting change: found within 28 days by the rule, and by the reading at the very rate of the rule's cases.
    pub found_28: Vec<(String, Option<Estimate>, Option<Estimate>)>,
    /// Cases a patient-year on stress cohorts.
    pub stress: Vec<(String, Estimate)>,
}

/// The days on which a rule alerts at attention or above.
fn alert_days<'a>(trace: &'a Trace, rule: Rule) -> impl Iterator<Item = i32> + 'a {
    let mut ratings = Ratings::default();
    trace.rated.iter().filter_map(move |rated| {
        let said = ratings.answered(rule, rated.day, rated.pain, rated.function, false);
        said.filter(|(level, _)| *level >= Level::Attention).map(|_| rated.day)
    })
}

/// The days on which a case opens, when one is held open for so long.
fn case_days(days: impl Iterator<Item = i32>, latch: i32) -> impl Iterator<Item = i32> {
    let mut open_until = i32::MIN;
    days.filter(move |day| {
        let opens = *day >= open_until;
        if opens {
            open_until = day + latch;
        }
        opens
    })
}

/// A rule's alerts and cases a patient-year.
pub fn naive_rates(traces: &[Trace], rules: &Rules, rule: Rule) -> Option<(Estimate, Estimate)> {
    let (mut sums, mut squares) = ([0u64; 2], [0u64; 2]);
    for trace in traces {
        let counts = [alert_days(trace, rule).count() as u64, case_days(alert_days(trace, rule), rules.latch_days).count() as u64];
        for ((sum, square), count) in sums.iter_mut().zip(&mut squares).zip(counts) {
            *sum += count;
            *square += count * count;
        }
    }
    let ([alerts, cases], [alerts_squares, cases_squares], people) = (sums, squares, traces.len() as u64);
    Some((clustered_rate(alerts, alerts_squares, people, 1.0)?, clustered_rate(cases, cases_squares, people, 1.0)?))
}

/// Share of people with a lasting change for whom a rule opens a case within 28 days of it.
pub fn naive_found(traces: &[Trace], rules: &Rules, rule: Rule) -> Option<Estimate> {
    let found = traces.iter().filter(|trace| {
        let Some(onset) = trace.onset else { return false };
        case_days(alert_days(trace, rule), rules.latch_days).any(|day| (onset..=onset + 28).contains(&day))
    });
    share(found.count() as u64, traces.len() as u64)
}

/// What a calibration found for one set of answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// The thresholds.
    pub thresholds: BySwing,
    /// Rates on the people they were found on.
    pub found_on: Rates,
    /// Rates on fresh people.
    pub verified_on: Rates,
    /// How lasting changes are found.
    pub sensitivity: Vec<Sensitivity>,
    /// Rates on fresh people, by how much their pain swings: the calmest third, the middle, the rest.
    pub by_swing: [Rates; 3],
    /// Rates on stress cohorts at the same thresholds.
    pub stress: Vec<(String, Rates)>,
    /// Log odds against cases a patient-year, on both groups together.
    pub curve: Vec<(f64, f64)>,
    /// Published rules on the same people; with pain alone.
    pub rules: Vec<Naive>,
    /// What a detector says that needs no cohort; with pain alone.
    pub audit: Option<Audit>,
}

impl Found {
    /// Whether the promise held on fresh people: each rate within this share of its target.
    pub fn holds(&self, watch: f64, lasting: f64, within: f64) -> bool {
        self.verified_on.are_near(watch, lasting, within)
    }
}

/// The artifact: what `lamella_trajectory::calibration::Calibration` reads, and beside it what it stands on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Artifact {
    /// What a reading needs.
    #[serde(flatten)]
    pub calibration: Calibration,
    /// How it was made.
    pub made: Made,
    /// What was found with pain alone.
    pub with_pain: Found,
    /// What was found with function too.
    pub with_function: Found,
    /// How the expected range holds ahead, pain alone.
    pub expected_range: Vec<Horizon>,
}

/// How a calibration was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Made {
    /// The seed; the fresh people have the next one, those with a change, the stress cohorts, and the two groups of the expected
    /// range the ones after.
    pub seed: u64,
    /// Patient-years that thresholds were found on.
    pub patients: u64,
    /// Fresh patient-years.
    pub fresh: u64,
    /// People per lasting change, and per stress cohort.
    pub scenario: u64,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use lamella_trajectory::calibration::{Calibration, SHIPPED};
    use lamella_trajectory::prior;

    fn rules() -> Rules {
        Calibration::parse(SHIPPED, &Prior::hash(prior::SHIPPED)).unwrap().rules
    }

    fn traces(people: u64, shape: Option<Shape>) -> Vec<Trace> {
        let prior = Prior::parse(prior::SHIPPED).unwrap();
        (0..people).map(|patient| trace(&Spec::REFERENCE, &prior, 9, patient, shape, false).unwrap()).collect()
    }

    #[test]
    fn a_threshold_keeps_its_promise_where_it_was_found() {
        let (traces, rules) = (traces(150, None), rules());
        let by = by_swing(&traces, &rules, Promised { watch: 1.0, lasting: 0.2 });
        let traces: Vec<Trace> = traces.into_iter().map(|trace| trace.counting(&by)).collect();
        let found = rates(&traces, &rules, by.middle()).unwrap();
        assert!(by.middle().lasting > by.middle().watch);
        assert!(found.watch.value <= 1.0 && found.watch.value > 0.9, "{found:?}");
        assert!(found.lasting.value <= 0.2 && found.lasting.value > 0.15, "{found:?}");
        let curve = curve(&traces, &rules);
        assert!(curve.len() >= 3 && curve.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1), "{curve:?}");
    }

    #[test]
    fn a_threshold_on_pain_alarms_far_more_often() {
        let (traces, rules) = (traces(150, None), rules());
        let (alerts, cases) = naive_rates(&traces, &rules, Rule::AtLeastSeven).unwrap();
        // Design, section 3: 52.7 alerts and 5.84 cases a patient-year.
        assert!((35.0..75.0).contains(&alerts.value) && (4.5..7.5).contains(&cases.value), "{alerts:?} {cases:?}");
        assert_eq!(case_days([1, 5, 28, 29, 40, 57].into_iter(), 28).collect::<Vec<_>>(), [1, 29, 57]);
    }

    #[test]
    fn a_lasting_change_is_found_more_often_the_larger_it_is() {
        let rules = rules();
        let at = Thresholds { watch: -1.5, lasting: 0.2 };
        let of = |shape| sensitivity("", &traces(120, Some(shape)), &rules, at).lasting_28.unwrap().value;
        let (two, four) = (of(Shape::Step(2.0)), of(Shape::Step(4.0)));
        assert!(four > 0.75 && two < four - 0.2, "+2 {two}, +4 {four}");
    }
}
