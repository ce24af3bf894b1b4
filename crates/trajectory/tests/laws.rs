//! Laws of the model that hold for any ratings, and the defined answer to bad input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_trajectory::State;
use lamella_trajectory::band::{Band, Forecast, held};
use lamella_trajectory::calibration::{self, Calibration};
use lamella_trajectory::detector::Case;
use lamella_trajectory::filter::{Day, INVISIBLE, LAST_DAY, Posterior, Refused};
use lamella_trajectory::monitor::Monitor;
use lamella_trajectory::prior::{ArtifactError, Prior, SHIPPED};
use proptest::prelude::*;

fn prior() -> Prior {
    Prior::parse(SHIPPED).unwrap()
}

fn calibration() -> Calibration {
    Calibration::parse(calibration::SHIPPED, &Prior::hash(SHIPPED)).unwrap()
}

/// Ratings that swing between the ends more often than not.
fn rating() -> impl Strategy<Value = Option<u8>> {
    prop_oneof![2 => Just(None), 1 => Just(Some(0)), 1 => Just(Some(10)), 3 => (0u8..=10).prop_map(Some)]
}

/// Days that rise by 1 to 40, with what was answered on each.
fn days() -> impl Strategy<Value = Vec<Day>> {
    let gap = prop_oneof![8 => Just(1i32), 1 => 2i32..40];
    proptest::collection::vec((gap, rating(), rating()), 1..120).prop_map(|entries| {
        let mut day = -1;
        let step = |(gap, pain, function)| {
            day += gap;
            Day { day, pain, function }
        };
        entries.into_iter().map(step).collect()
    })
}

fn bits(posterior: &Posterior) -> [u64; 7] {
    let level = posterior.level();
    [
        posterior.log_odds(),
        posterior.p_flare(),
        posterior.p_responder(),
        posterior.p_lasting(),
        level.mean,
        level.variance,
        posterior.log_likelihood(),
    ]
    .map(f64::to_bits)
}

fn is_probability(p: f64) -> bool {
    (0.0..=1.0).contains(&p)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn stepping_is_replaying_bit_for_bit(days in days(), intake in rating()) {
        let (prior, calibration) = (prior(), calibration());
        let mut posterior = Posterior::new(&prior, intake).unwrap();
        let mut monitor = Monitor::new(&prior, &calibration, intake).unwrap();
        for (count, day) in days.iter().enumerate() {
            posterior.step(day.day, day.pain, day.function).unwrap();
            monitor.step(day.day, day.pain, day.function).unwrap();
            if count % 16 == 0 || count + 1 == days.len() {
                let replayed = Posterior::replay(&prior, intake, &days[..=count]).unwrap();
                prop_assert_eq!(bits(&posterior), bits(&replayed));
                prop_assert_eq!(&posterior, &replayed);
                prop_assert_eq!(&monitor, &Monitor::replay(&prior, &calibration, intake, &days[..=count]).unwrap());
            }
        }
    }

    #[test]
    fn a_missing_day_only_passes(days in days(), intake in rating()) {
        let prior = prior();
        let mut every = Posterior::new(&prior, intake).unwrap();
        for day in &days {
            // Each day between on its own, unanswered.
            let next = if every == Posterior::new(&prior, intake).unwrap() { 0 } else { every.day() + 1 };
            for between in next..day.day {
                let likelihood = every.log_likelihood();
                every.step(between, None, None).unwrap();
                prop_assert_eq!(every.log_likelihood().to_bits(), likelihood.to_bits());
            }
            every.step(day.day, day.pain, day.function).unwrap();
        }
        prop_assert_eq!(bits(&every), bits(&Posterior::replay(&prior, intake, &days).unwrap()));
    }

    #[test]
    fn what_is_heard_multiplies_the_odds_of_the_modes(days in days(), calm in 1e-6..1e6f64, flare in 1e-6..1e6f64, lasting in 1e-6..1e6f64) {
        let mut posterior = Posterior::replay(&prior(), Some(6), &days).unwrap();
        let (was_flare, was_lasting, told) = (posterior.p_flare(), posterior.p_lasting(), posterior.log_likelihood());
        let said = calm * (1.0 - was_flare - was_lasting).max(0.0) + flare * was_flare + lasting * was_lasting;
        prop_assert!(posterior.hear([calm, flare, lasting]));
        prop_assert!((posterior.p_flare() - flare * was_flare / said).abs() < 1e-9);
        prop_assert!((posterior.p_lasting() - lasting * was_lasting / said).abs() < 1e-9);
        prop_assert!((posterior.log_likelihood() - told - said.ln()).abs() < 1e-6);
        // The same of every mode says nothing.
        let heard = posterior.p_lasting();
        prop_assert!(posterior.hear([0.3; 3]) && (posterior.p_lasting() - heard).abs() < 1e-12);
        for not_meant in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let before = bits(&posterior);
            prop_assert!(!posterior.hear([1.0, not_meant, 1.0]) && bits(&posterior) == before);
        }
    }

    #[test]
    fn all_numbers_stay_numbers(days in days(), intake in rating(), dropping in any::<bool>()) {
        let prior = prior();
        let mut posterior = Posterior::new(&prior, intake).unwrap();
        if dropping {
            posterior = posterior.dropping(INVISIBLE);
        }
        let mut band = Band::new(&prior, intake).unwrap();
        for day in &days {
            posterior.step(day.day, day.pain, day.function).unwrap();
            let forecast = band.step(day.day, day.pain, day.function).unwrap();
            prop_assert!(is_probability(posterior.p_flare()) && is_probability(posterior.p_responder()) && is_probability(posterior.p_lasting()));
            prop_assert!(day.day == 0 || posterior.log_odds().is_finite());
            prop_assert!(posterior.evidence().is_finite() && posterior.log_likelihood().is_finite() && posterior.log_likelihood() <= 0.0);
            let level = posterior.level();
            prop_assert!(level.mean.is_finite() && level.variance > 0.0 && level.variance.is_finite());
            for forecast in [forecast, band.ahead(1), band.ahead(90)] {
                prop_assert!(forecast.0.iter().all(|p| is_probability(*p)));
                prop_assert!((forecast.0.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                prop_assert!(forecast.low() <= forecast.expected() && forecast.expected() <= forecast.high());
            }
        }
    }

    #[test]
    fn a_state_survives_its_cache(days in days(), intake in rating()) {
        let monitor = Monitor::replay(&prior(), &calibration(), intake, &days).unwrap();
        let text = serde_json::to_string(&monitor).unwrap();
        prop_assert_eq!(serde_json::from_str::<Monitor>(&text).unwrap(), monitor);
    }

    #[test]
    fn dropping_the_invisible_is_invisible(days in days(), intake in rating()) {
        let prior = prior();
        let full = Posterior::replay(&prior, intake, &days).unwrap();
        let mut lean = Posterior::new(&prior, intake).unwrap().dropping(INVISIBLE);
        for day in &days {
            lean.step(day.day, day.pain, day.function).unwrap();
        }
        if full.log_odds().abs() < 6.0 {
            prop_assert!((full.log_odds() - lean.log_odds()).abs() < 1e-3);
        }
    }
}

#[test]
fn the_order_of_hard_swings_does_not_break_it() {
    let prior = prior();
    for pattern in [&[0, 10][..], &[0], &[10], &[0, 0, 0, 0, 10], &[10, 10, 10, 10, 0]] {
        let mut posterior = Posterior::new(&prior, Some(0)).unwrap();
        for day in 0..2000 {
            let rating = pattern[day as usize % pattern.len()];
            posterior.step(day, Some(rating), Some(10 - rating)).unwrap();
        }
        assert!(posterior.log_odds().is_finite() && posterior.level().variance > 0.0);
    }
}

#[test]
fn bad_input_is_refused_and_changes_nothing() {
    let mut posterior = Posterior::new(&prior(), Some(7)).unwrap();
    posterior.step(3, Some(5), None).unwrap();
    let before = posterior.clone();
    for (day, pain, function, why) in [
        (3, Some(4), None, Refused::NotLater { day: 3, last: 3 }),
        (2, Some(4), None, Refused::NotLater { day: 2, last: 3 }),
        (-1, Some(4), None, Refused::OutOfRange { day: -1 }),
        (i32::MAX, None, None, Refused::OutOfRange { day: i32::MAX }),
        (4, Some(11), None, Refused::RatingTooHigh { rating: 11 }),
        (4, Some(4), Some(200), Refused::RatingTooHigh { rating: 200 }),
    ] {
        assert_eq!(posterior.step(day, pain, function), Err(why), "{why}");
        assert_eq!(posterior, before);
    }
    assert_eq!(Posterior::new(&prior(), Some(11)).unwrap_err(), Refused::RatingTooHigh { rating: 11 });
}

#[test]
fn a_hundred_silent_years_pass() {
    let mut posterior = Posterior::new(&prior(), Some(7)).unwrap();
    posterior.step(0, Some(7), None).unwrap();
    posterior.step(LAST_DAY, None, None).unwrap();
    assert!(posterior.log_odds().is_finite() && posterior.level().variance > 0.0);
    posterior = Posterior::new(&prior(), None).unwrap();
    posterior.step(LAST_DAY, Some(4), None).unwrap();
    assert!(posterior.log_odds().is_finite() && posterior.level().variance > 0.0);
}

#[test]
fn artifacts_that_cannot_be_meant_are_refused() {
    for (from, to, named) in [
        ("0.649167", "0.9", "weights"),
        ("\"phi\": 0.7", "\"phi\": 1.7", "p_cd, p_fd, p_dc, rho, phi"),
        ("1.179544", "-1.179544", "cov"),
        ("\"vl\": 1.0", "\"vl\": 0.0", "q0, vl, vD, qD, vbf, kf"),
    ] {
        let text = SHIPPED.replacen(from, to, 1);
        assert_ne!(text, SHIPPED);
        assert_eq!(Prior::parse(&text), Err(ArtifactError::Impossible(named)));
    }
    assert!(matches!(Prior::parse("{"), Err(ArtifactError::Unreadable(_))));
    let model = Prior::hash(SHIPPED);
    for (from, to, named) in [
        ("\"latch_days\": 28", "\"latch_days\": 0", "latch_days"),
        ("\"latch_days\": 28", "\"latch_days\": 1000000000", "latch_days"),
        ("\"lasting\": 0.78", "\"lasting\": 1e308", "pain"),
        ("\"lasting\": 0.09", "\"lasting\": -2.0", "pain_and_function"),
        ("1.25,", "0.5,", "pain"),
        ("\"lasting\": 0.2", "\"lasting\": 1.2", "promised"),
        ("\"date\": \"2026-11-25\"", "\"date\": \"<b>today</b>\"", "date"),
        ("\"recent\": 5", "\"recent\": 4", "recent"),
        ("\"stall_below\": 0.1", "\"stall_below\": 1.1", "stall_below"),
        ("\"flare_from\": 0.5", "\"flare_from\": 0.0", "flare_from"),
    ] {
        let text = calibration::SHIPPED.replacen(from, to, 1);
        assert_ne!(text, calibration::SHIPPED, "{from}");
        let refused = Calibration::parse(&text, &model).unwrap_err();
        assert_eq!(refused, ArtifactError::Impossible(named));
        assert!(refused.to_string().contains(named), "{refused}");
    }
    // Made for another model: refused, and both hashes are said.
    let another = Prior::hash("another");
    let refused = Calibration::parse(calibration::SHIPPED, &another).unwrap_err();
    assert!(matches!(refused, ArtifactError::OtherModel { .. }), "{refused}");
    assert!(refused.to_string().contains(&model) && refused.to_string().contains(&another), "{refused}");
}

/// Without an intake rating nothing is known but the cohort's prior.
#[test]
fn without_an_intake_rating_the_prior_stands_alone() {
    let prior = prior();
    let mut posterior = Posterior::new(&prior, None).unwrap();
    posterior.step(0, None, None).unwrap();
    assert!((posterior.p_responder() - prior.weights[0]).abs() < 1e-12);
    let mean: f64 = (0..2).map(|class| prior.weights[class] * prior.mean[class][..4].iter().sum::<f64>()).sum();
    assert!((posterior.level().mean - mean).abs() < 1e-9, "{} {mean}", posterior.level().mean);
    let told = Posterior::replay(&prior, Some(3), &[Day { day: 0, pain: None, function: None }]).unwrap();
    assert!(told.level().mean < posterior.level().mean - 1.0, "an intake rating moves it");
}

#[test]
fn the_chance_rate_is_read_off_the_curve() {
    let calibration = Calibration { curve: vec![(-1.51, 1.0), (0.16, 0.2)], ..calibration() };
    assert_eq!(calibration.once_in_patient_years(-2.0, false), None);
    assert!((calibration.once_in_patient_years(-1.51, false).unwrap() - 1.0).abs() < 1e-12);
    let between = calibration.once_in_patient_years(-0.5, false).unwrap();
    assert!(between > 1.0 && between < 5.0);
    assert!((calibration.once_in_patient_years(3.0, false).unwrap() - 5.0).abs() < 1e-12);
}

/// The quantile is the smallest rating whose cumulated probability reaches it.
#[test]
fn quantiles_are_the_smallest_that_reach() {
    let mut pmf = [0.0; 11];
    (pmf[2], pmf[3], pmf[10]) = (0.1, 0.5, 0.4);
    let forecast = Forecast(pmf);
    assert_eq!([forecast.low(), forecast.expected(), forecast.high()], [2, 3, 10]);
    assert!((forecast.at_least(3) - 0.9).abs() < 1e-12);
}

fn steady(pattern: impl Fn(i32) -> Option<u8>, until: i32) -> Vec<Day> {
    (0..until).map(|day| Day { day, pain: pattern(day), function: None }).collect()
}

fn cases(days: &[Day], intake: u8) -> (Vec<i32>, Vec<i32>, Monitor) {
    let mut monitor = Monitor::new(&prior(), &calibration(), Some(intake)).unwrap();
    let (mut watch, mut lasting) = (vec![], vec![]);
    for day in days {
        let opened = monitor.step(day.day, day.pain, day.function).unwrap();
        watch.extend(opened.watch.then_some(day.day));
        lasting.extend(opened.lasting.then_some(day.day));
    }
    (watch, lasting, monitor)
}

#[test]
fn a_rise_that_stays_is_told_and_a_flare_is_not() {
    let rise = steady(|day| Some(if day < 100 { 2 + (day % 3 == 0) as u8 } else { 6 + (day % 2) as u8 }), 125);
    let (watch, lasting, monitor) = cases(&rise, 7);
    assert!(watch[0] >= 100 && watch[0] < lasting[0] && lasting[0] < 114, "{watch:?} {lasting:?}");
    assert_eq!(monitor.state(true), State::LastingChange);
    let above = held(&prior(), Some(7), &rise, 10).unwrap();
    assert_eq!(above.len(), 10);
    assert!(above.iter().filter(|day| day.above()).count() >= 9);

    let flare = steady(|day| Some(if (100..102).contains(&day) { 5 } else { 2 + (day % 3 == 0) as u8 }), 125);
    let (_, lasting, monitor) = cases(&flare, 7);
    assert!(lasting.is_empty(), "{lasting:?}");
    assert_eq!(monitor.state(true), State::OnCourse);
    assert_eq!(monitor.state(false), State::TooFew);
    let episode = *monitor.flares().episodes().last().unwrap();
    assert_eq!((episode.start, episode.peak_day, episode.peak), (100, 100, 5), "{episode:?}");
}

#[test]
fn a_case_is_held_for_its_latch_and_closing_needs_calm_to_open_anew() {
    let rise = steady(|day| Some(if day < 100 { 2 + (day % 3 == 0) as u8 } else { 6 + (day % 2) as u8 }), 150);
    let (_, lasting, _) = cases(&rise, 7);
    assert!(lasting.windows(2).all(|pair| pair[1] - pair[0] >= 28), "{lasting:?}");
    let opened = lasting[0];
    let mut monitor = Monitor::replay(&prior(), &calibration(), Some(7), &rise[..=opened as usize]).unwrap();
    assert_eq!(monitor.state(true), State::LastingChange);
    monitor.close(Case::Lasting);
    assert_ne!(monitor.state(true), State::LastingChange);
    for day in opened + 1..opened + 28 {
        assert!(!monitor.step(day, Some(7), None).unwrap().lasting, "day {day}");
    }
    assert!(monitor.step(opened + 28, Some(7), None).unwrap().lasting);
}

#[test]
fn at_the_ceiling_one_is_off_course_not_worse() {
    for every in [1, 7, 30] {
        let all_ten = steady(|day| (day % every == 0).then_some(10), 366);
        let (watch, lasting, _) = cases(&all_ten, 10);
        assert!(watch.is_empty() && lasting.is_empty(), "every {every} days: {watch:?} {lasting:?}");
    }
    let (_, _, monitor) = cases(&steady(|_| Some(10), 366), 10);
    assert_eq!(monitor.state(true), State::OffCourse);
}

#[test]
fn silence_opens_nothing() {
    let mut days = steady(|day| Some(if day < 100 { 3 } else { 8 }), 104);
    days.extend((104..470).map(|day| Day { day, ..Day::default() }));
    let (watch, lasting, monitor) = cases(&days, 7);
    assert!(watch.iter().chain(&lasting).all(|day| *day < 104));
    assert!(matches!(monitor.state(false), State::TooFew | State::OffCourse), "{:?}", monitor.state(false));
    assert!(cases(&steady(|_| None, 366), 7).0.is_empty());
}

#[test]
fn silent_days_leave_a_recovery_curve_as_it_was_known_but_for_the_walk_of_its_end() {
    let prior = prior();
    let fresh = Posterior::new(&prior, None).unwrap().curve().unwrap();
    for (i, found) in fresh.mean.iter().enumerate() {
        let cohort: f64 = prior.weights.iter().zip(&prior.mean).map(|(weight, mean)| weight * mean[i]).sum();
        assert!((found - cohort).abs() < 1e-5, "{found} {cohort}");
    }
    let mut posterior = Posterior::new(&prior, Some(7)).unwrap();
    for day in 0..60 {
        posterior.step(day, Some(if day < 20 { 6 } else { 3 + (day % 3) as u8 }), Some(4)).unwrap();
    }
    let known = posterior.curve().unwrap();
    assert!(known.cov[0][0] < 0.5 * fresh.cov[0][0]);
    posterior.step(1000, None, None).unwrap();
    let then = posterior.curve().unwrap();
    for i in 0..4 {
        assert!((known.mean[i] - then.mean[i]).abs() < 1e-6, "{known:?} {then:?}");
        for j in 0..4 {
            let walked = if i + j == 0 { prior.params.q0 * 941.0 } else { 0.0 };
            assert!((known.cov[i][j] + walked - then.cov[i][j]).abs() < 1e-6, "{known:?} {then:?}");
        }
    }
    posterior.step(1200, None, None).unwrap();
    assert_eq!(posterior.curve(), None, "the first term is gone");
}
