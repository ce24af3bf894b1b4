//! The ends of what can be answered: nobody rates, always the same, one rating a month, swings, days told twice, out of order or
//! mended, a silence after an alarm. Each has one answer, and it is finite.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_trajectory::band::{Band, Forecast};
use lamella_trajectory::calibration::{self, Calibration};
use lamella_trajectory::course::By;
use lamella_trajectory::detector::Case;
use lamella_trajectory::filter::{Day, LAST_DAY, Posterior};
use lamella_trajectory::model::Model;
use lamella_trajectory::monitor::Monitor;
use lamella_trajectory::prior::{Prior, SHIPPED};
use lamella_trajectory::{Course, State};
use proptest::prelude::*;

/// A year.
const YEAR: i32 = 366;

fn prior() -> Prior {
    Prior::parse(SHIPPED).unwrap()
}

fn calibration() -> Calibration {
    Calibration::parse(calibration::SHIPPED, &Prior::hash(SHIPPED)).unwrap()
}

/// A forecast is one: no chance below 0, together 1, and quantiles in order.
fn is_forecast(forecast: &Forecast) -> bool {
    let sum: f64 = forecast.0.iter().sum();
    let quantiles = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975].map(|quantile| forecast.at(quantile));
    (sum - 1.0).abs() < 1e-12 && forecast.0.iter().all(|p| (0.0..=1.0).contains(p)) && quantiles.is_sorted()
}

/// A year of series at the ends of what can be answered: name, and pain and function of a day.
type Edge = (&'static str, fn(i32) -> [Option<u8>; 2]);

const EDGES: [Edge; 12] = [
    ("all 0", |_| [Some(0), None]),
    ("all 10", |_| [Some(10), None]),
    ("all 0, function 10", |_| [Some(0), Some(10)]),
    ("all 10, function 0", |_| [Some(10), Some(0)]),
    ("0 and 10 by turns", |day| [Some(if day % 2 == 0 { 0 } else { 10 }), None]),
    ("0 and 10 by turns against each other", |day| [Some(if day % 2 == 0 { 0 } else { 10 }), Some(if day % 2 == 0 { 10 } else { 0 })]),
    ("0 for half a year, then 10", |day| [Some(if day < 183 { 0 } else { 10 }), None]),
    ("10 for half a year, then 0", |day| [Some(if day < 183 { 10 } else { 0 }), None]),
    ("one 5 a month", |day| [(day % 30 == 0).then_some(5), None]),
    ("0 and 10 by months", |day| [(day % 30 == 0).then_some(if day % 60 == 0 { 0 } else { 10 }), None]),
    ("nobody answers", |_| [None, None]),
    ("function alone", |_| [None, Some(6)]),
];

#[test]
fn at_the_ends_every_number_is_one() {
    let prior = prior();
    for (name, answers) in EDGES {
        for intake in [None, Some(0), Some(5), Some(10)] {
            let (mut posterior, mut band) = (Posterior::new(&prior, intake).unwrap(), Band::new(&prior, intake).unwrap());
            for day in 0..YEAR {
                let [pain, function] = answers(day);
                posterior.step(day, pain, function).unwrap();
                let today = band.step(day, pain, function).unwrap();
                let level = posterior.level();
                let place = format!("{name}, intake {intake:?}, day {day}");
                assert!(is_forecast(&today), "{place}: {today:?}");
                assert!(day % 30 > 0 || [1, 28, 365].iter().all(|days| is_forecast(&band.ahead(*days))), "{place}");
                assert!(level.mean.is_finite() && level.variance.is_finite() && level.variance > 0.0, "{place}: {level:?}");
                assert!(day == 0 || posterior.log_odds().is_finite(), "{place}");
                assert!(posterior.log_likelihood().is_finite() && posterior.log_likelihood() <= 0.0, "{place}");
                let parts = [posterior.p_lasting(), posterior.p_flare(), posterior.p_responder()];
                assert!(parts.iter().all(|p| (0.0..=1.0).contains(p)) && parts[0] + parts[1] <= 1.0 + 1e-12, "{place}: {parts:?}");
            }
        }
    }
}

#[test]
fn what_the_ends_read_as() {
    let (prior, calibration) = (prior(), calibration());
    for (name, intake, opens, reads) in [
        ("all 0", 4, None, State::OnCourse),
        ("all 10", 10, None, State::OffCourse),
        ("0 and 10 by turns", 7, None, State::InFlare),
        // Below 0 as above 10 nothing is seen: after half a year of nothing but 0 the bank takes ten days to believe so high a rise
        // (from a few 1s among the 0s, one day). Rules on the rating itself must not wait for it.
        ("0 for half a year, then 10", 7, Some(183..194), State::LastingChange),
        ("10 for half a year, then 0", 10, None, State::OnCourse),
        ("one 5 a month", 7, None, State::OffCourse),
        ("nobody answers", 7, None, State::TooFew),
        ("function alone", 7, None, State::OffCourse),
    ] {
        let answers = EDGES.iter().find(|edge| edge.0 == name).unwrap().1;
        let mut monitor = Monitor::new(&prior, &calibration, Some(intake)).unwrap();
        let (mut first, mut state) = (None, State::TooFew);
        for day in 0..206 {
            let [pain, function] = answers(day);
            let opened = monitor.step(day, pain, function).unwrap();
            first = first.or((opened.watch || opened.lasting).then_some(day));
            state = monitor.state(true);
        }
        println!("{name}: {state:?}, first case on {first:?}");
        assert_eq!(state, reads, "{name}");
        assert!(
            opens.map_or(first.is_none(), |days: std::ops::Range<i32>| first.is_some_and(|day| days.contains(&day))),
            "{name}: {first:?}"
        );
    }
}

/// The level's distribution rises from 0 to 1, and its mean and variance are those that are told.
#[test]
fn the_level_has_the_mean_and_variance_of_its_distribution() {
    let prior = prior();
    for (name, answers) in EDGES {
        let mut posterior = Posterior::new(&prior, Some(7)).unwrap();
        for day in 0..100 {
            let [pain, function] = answers(day);
            posterior.step(day, pain, function).unwrap();
        }
        let (width, from, to) = (0.01, -60.0, 80.0);
        assert!(posterior.level_at_most(from) < 1e-12 && posterior.level_at_most(to) > 1.0 - 1e-12, "{name}");
        let (mut mean, mut square, mut x, mut below) = (0.0, 0.0, from, posterior.level_at_most(from));
        while x < to {
            let next = posterior.level_at_most(x + width);
            assert!(next >= below - 1e-15, "{name} at {x}");
            let middle = x + width / 2.0;
            (mean, square) = (mean + (next - below) * middle, square + (next - below) * middle * middle);
            (x, below) = (x + width, next);
        }
        let level = posterior.level();
        // Within a cell of this width the mass is taken in the middle: its square is off by width²/12.
        assert!((mean - level.mean).abs() < 1e-4 && (square - mean * mean - level.variance).abs() < 1e-4, "{name}: {mean} {level:?}");
    }
}

/// Whatever case is open when the ratings stop, the silence ends it 28 days after it opened, not sooner and not later.
#[test]
fn a_silence_after_an_alarm_ends_it_with_its_latch() {
    let (prior, calibration) = (prior(), calibration());
    let mut open = [0, 0];
    for high_days in 1..45 {
        let mut monitor = Monitor::new(&prior, &calibration, Some(7)).unwrap();
        let last = 99 + high_days;
        for day in 0..=last {
            let rating = if day < 100 { 2 + (day % 3 == 0) as u8 } else { 6 + (day % 2) as u8 };
            monitor.step(day, Some(rating), None).unwrap();
        }
        let opened = [Case::Watch, Case::Lasting].map(|case| monitor.detector().opened(case));
        // A case of *watch* that had settled by then stays settled.
        let speaks = [Case::Watch, Case::Lasting].map(|case| monitor.detector().is_open(&calibration.rules, case, last));
        for day in last + 1..last + 40 {
            monitor.step(day, None, None).unwrap();
            for (i, case) in [Case::Watch, Case::Lasting].into_iter().enumerate() {
                let held = speaks[i] && opened[i].is_some_and(|opened| day < opened + 28);
                assert_eq!(monitor.detector().is_open(&calibration.rules, case, day), held, "{high_days} days, {case:?}, day {day}");
                open[i] += i32::from(held);
            }
        }
        assert!(!matches!(monitor.state(false), State::Watch | State::LastingChange));
    }
    // There was something to end.
    assert!(open.iter().all(|days| *days > 400), "{open:?}");
}

/// What has settled is not held up to a person for the rest of the 28 days; that it was a case stays, and what comes back is the same
/// case again, not a second one.
#[test]
fn a_watch_ends_when_there_is_nothing_to_watch() {
    let (prior, calibration) = (prior(), calibration());
    let mut monitor = Monitor::new(&prior, &calibration, Some(7)).unwrap();
    let watches = |monitor: &Monitor, day: i32| monitor.detector().is_open(&calibration.rules, Case::Watch, day);
    let quiet = |day: i32| 2 + u8::from(day % 3 == 0);
    for day in 0..100 {
        monitor.step(day, Some(quiet(day)), None).unwrap();
    }
    let mut day = 100;
    while !monitor.step(day, Some(6), None).unwrap().watch {
        day += 1;
        assert!(day < 115, "a rise by 3 to 4 asks for a look within a fortnight");
    }
    let opened = day;
    assert!(watches(&monitor, day) && monitor.state(true) == State::Watch);
    // Back where it was: the odds fall within days, and of the latest five ratings the middle one is low again.
    let mut shown = 0;
    while day < opened + 12 {
        day += 1;
        monitor.step(day, Some(quiet(day)), None).unwrap();
        shown += i32::from(watches(&monitor, day));
    }
    assert!((2..=8).contains(&shown), "still shown on {shown} of 12 days");
    assert_eq!((monitor.state(true), monitor.detector().opened(Case::Watch)), (State::OnCourse, Some(opened)));
    // A point more for some days is a rise, but the odds do not ask: settled is settled.
    for _ in 0..5 {
        day += 1;
        monitor.step(day, Some(3), None).unwrap();
        assert!(!watches(&monitor, day), "day {day}, p {}", monitor.posterior().p_lasting());
    }
    // It comes back while the latch holds: no new case, but there is something to watch again.
    while !watches(&monitor, day) {
        day += 1;
        assert!(day < opened + 28 && !monitor.step(day, Some(6), None).unwrap().watch);
    }
    assert_eq!(monitor.detector().opened(Case::Watch), Some(opened));
}

/// Ratings that swing between the ends more often than not.
fn rating() -> impl Strategy<Value = Option<u8>> {
    prop_oneof![2 => Just(None), 1 => Just(Some(0)), 1 => Just(Some(10)), 3 => (0u8..=10).prop_map(Some)]
}

/// Days that rise by 1 to 40, with what was answered on each: often enough a rise that stays.
fn days() -> impl Strategy<Value = Vec<Day>> {
    let gap = prop_oneof![12 => Just(1i32), 1 => 2i32..40];
    let rises = prop_oneof![Just(0u8), 3u8..7];
    (proptest::collection::vec((gap, rating(), rating(), any::<bool>()), 1..120), rises, 20usize..100).prop_map(|(entries, by, from)| {
        let mut day = -1;
        let step = |(place, (gap, pain, function, steady)): (usize, (i32, Option<u8>, Option<u8>, bool))| {
            day += gap;
            let steady = (steady && by > 0).then_some(2 + if place >= from { by } else { 0 });
            Day { day, pain: steady.or(pain), function }
        };
        entries.into_iter().enumerate().map(step).collect()
    })
}

/// What a rated day says; a day without a rating is not an entry of a course.
fn rated(days: &[Day]) -> Vec<Day> {
    days.iter().copied().filter(|day| day.pain.or(day.function).is_some()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// However a reading came about, once 28 days pass without a rating no alarm is left of it.
    #[test]
    fn a_silent_tail_leaves_no_alarm(days in days(), intake in rating(), silence in 28i32..400) {
        let calibration = calibration();
        let mut monitor = Monitor::replay(&prior(), &calibration, intake, &days).unwrap();
        let last = days.last().unwrap().day;
        for day in last + 1..=last + silence {
            let opened = monitor.step(day, None, None).unwrap();
            prop_assert!(!opened.watch && !opened.lasting);
        }
        for case in [Case::Watch, Case::Lasting] {
            prop_assert!(!monitor.detector().is_open(&calibration.rules, case, last + silence));
        }
        prop_assert!(!matches!(monitor.state(false), State::Watch | State::LastingChange | State::OnCourse), "{:?}", monitor.state(false));
    }

    /// Told in any order, with days told wrong first and mended later, with a cache lost on the way: the same to the last bit.
    #[test]
    fn an_edit_and_a_replay_is_a_fresh_replay(
        days in days(),
        intake in rating(),
        order in any::<u64>(),
        edits in proptest::collection::vec((0u8..=10, 0u8..=10), 0..12),
    ) {
        let model = Model::shipped().unwrap();
        let by = By { model: &model, intake };
        let days = rated(&days);
        let Some(last) = days.last().map(|day| day.day) else { return Ok(()) };
        let mut told = days.clone();
        told.sort_by_key(|day| (day.day as u64).wrapping_mul(order | 1).rotate_left(17));
        let mut crooked = Course::default();
        for (count, day) in told.iter().enumerate() {
            match edits.get(count) {
                // Told wrong of what it did rate, and mended below when other days have come.
                Some((pain, function)) => crooked.rate(Some(by), day.day, day.pain.map(|_| *pain), day.function.map(|_| *function)),
                None => crooked.rate(Some(by), day.day, day.pain, day.function),
            }
            if count % 7 == 3 {
                crooked = serde_json::from_str(&serde_json::to_string(&crooked).unwrap()).unwrap();
                crooked.warm((count % 2 == 0).then_some(by));
            }
        }
        told.iter().take(edits.len()).for_each(|day| crooked.rate(Some(by), day.day, day.pain, day.function));
        let mut straight = Course::default();
        days.iter().for_each(|day| straight.rate(Some(by), day.day, day.pain, day.function));
        prop_assert_eq!(&crooked, &straight);
        for day in [last, last + 1, last + 60] {
            prop_assert_eq!(crooked.stands(Some(by), day, 1), straight.stands(Some(by), day, 1));
            prop_assert_eq!(crooked.reading_in_full(Some(by), day, 1), straight.reading_in_full(Some(by), day, 1));
        }
        prop_assert_eq!(crooked.history(by, 400, 1), straight.history(by, 400, 1));
        prop_assert_eq!(crooked.flares(by), straight.flares(by));
    }

    /// What cannot be a rating or a day changes nothing of a course.
    #[test]
    fn what_cannot_be_meant_is_not_taken(days in days(), intake in rating(), too_high in 11u8.., early in i32::MIN..0, late in LAST_DAY + 1..) {
        let model = Model::shipped().unwrap();
        let by = Some(By { model: &model, intake });
        let mut course = Course::default();
        rated(&days).iter().for_each(|day| course.rate(by, day.day, day.pain, day.function));
        let (before, last) = (course.clone(), days.last().unwrap().day);
        for (day, pain) in [(last, Some(too_high)), (last + 1, Some(too_high)), (early, Some(5)), (late, Some(5)), (last, None)] {
            course.rate(by, day, pain, None);
            prop_assert_eq!(&course, &before);
            prop_assert_eq!(course.stands(by, last, 1), before.stands(by, last, 1));
        }
    }

    /// The eleven ratings of the day are all there can be, for pain, for function, and for function after pain.
    #[test]
    fn the_chances_of_a_days_ratings_sum_to_one(days in days(), intake in rating()) {
        let prior = prior();
        let posterior = Posterior::replay(&prior, intake, &days).unwrap();
        let day = posterior.day() + 1;
        let sum = |answers: &dyn Fn(Option<u8>) -> [Option<u8>; 2]| {
            let told = |rating| {
                let ([pain, function], mut told) = (answers(rating), posterior.clone());
                told.step(day, pain, function).unwrap();
                told.log_likelihood()
            };
            let without = told(None);
            (0..=10).map(|k| libm::exp(told(Some(k)) - without)).sum::<f64>()
        };
        let sums = [sum(&|rating| [rating, None]), sum(&|rating| [None, rating]), sum(&|rating| [Some(3), rating])];
        prop_assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-9), "{:?}", sums);
    }
}
