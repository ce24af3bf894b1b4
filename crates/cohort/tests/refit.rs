//! A clinic whose people differ from the cohort: what refitting on its own people does for strangers of the same kind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use lamella_cohort::calibrate::{DAYS, Rates, Trace, moved, rates, sensitivity, trace, trace_of, years};
use lamella_cohort::chance::{Chance, Purpose, happens, stream, unit};
use lamella_cohort::course::{Course, Shape};
use lamella_cohort::fan::{Look, fan, looks};
use lamella_cohort::interval::Estimate;
use lamella_cohort::refit::{Person, Weights, refit};
use lamella_cohort::spec::Spec;
use lamella_trajectory::Model;
use lamella_trajectory::calibration::BySwing;
use lamella_trajectory::filter::{Day, Posterior};
use lamella_trajectory::prior::Prior;
use rand_distr::{Distribution, StandardNormal};

/// Virtual people as a clinic's records have them.
fn people(spec: &Spec, count: u64, function: bool) -> Vec<Person> {
    let person = |patient: u64| {
        let course = Course::new(spec, 7, patient, DAYS, (patient % 5) as i32);
        let rated = (0..DAYS).filter_map(|day| {
            let pain = course.rating(day, 0.0).filter(|_| course.answers(day, 0.0))?;
            Some(Day { day, pain: Some(pain), function: course.function(day, 0.0).filter(|_| function) })
        });
        Person { intake: Some(course.person.intake), days: rated.collect(), from: 0 }
    };
    (0..count).map(person).collect()
}

fn strangers(prior: &Prior, by: &BySwing, spec: &Spec, count: u64, function: bool) -> Vec<Trace> {
    (0..count).map(|patient| trace(spec, prior, 101, patient, None, function).unwrap().counting(by)).collect()
}

/// False cases a patient-year among strangers: before, with the refitted prior, and with thresholds found on the clinic's people too.
fn refitted(clinic: u64, fresh: u64, rounds: usize, function: bool) -> ([Rates; 3], Prior, BySwing) {
    let Model { prior, calibration, .. } = Model::shipped().unwrap();
    let (rules, at) = (&calibration.rules, calibration.thresholds(function));
    let people = people(&Spec::NOISY, clinic, function);
    let fit = refit(&prior, &people, rounds, true, 2).unwrap();
    let own: Vec<Trace> = people.iter().map(|person| trace_of(&fit.prior, person, function).unwrap()).collect();
    assert!((years(&own) - clinic as f64).abs() < 0.05 * clinic as f64, "{}", years(&own));
    let found = moved(&own, rules, &at, calibration.promised);
    let of = |prior: &Prior, by: &BySwing| rates(&strangers(prior, by, &Spec::NOISY, fresh, function), rules, by.middle()).unwrap();
    ([of(&prior, &at), of(&fit.prior, &at), of(&fit.prior, &found)], fit.prior, found)
}

#[test]
fn refitting_on_noisy_people_brings_false_alarms_down_and_new_thresholds_bring_the_promise_back() {
    let ([before, refitted, both], _, found) = refitted(100, 400, 1, false);
    assert!(before.lasting.low > 0.5, "{before:?}");
    assert!(refitted.lasting.value < 0.85 * before.lasting.value, "{before:?} {refitted:?}");
    assert!(both.lasting.value < 0.35 && both.watch.value < 1.4, "{both:?}");
    assert!(found.middle().lasting > 0.5, "{found:?}");
}

/// People who get better later and less: of the facts' cohort, half as fast, and responders keep 45 % of their pain and not 30 %, a point
/// and a half above the shipped prior's. Assumed.
const SLOWER: Spec = Spec { name: "slower", responders: 0.45, residual_responder: (4.5, 5.5), tau: (70.0, 0.5), ..Spec::FACTS };

/// What strangers have of a prior: false cases a patient-year, and rises found.
fn say(what: &str, spec: &Spec, prior: &Prior, by: &BySwing, function: bool) -> Rates {
    let rules = &Model::shipped().unwrap().calibration.rules;
    let shown = |it: Estimate| format!("{:.4} ({:.4}–{:.4})", it.value, it.low, it.high);
    let found = |shape: Shape| {
        let of = |patient| trace(spec, prior, 102, patient, Some(shape), function).unwrap().counting(by);
        shown(sensitivity("", &(0..1500).map(of).collect::<Vec<Trace>>(), rules, by.middle()).lasting_28.unwrap())
    };
    let rates = rates(&strangers(prior, by, spec, 1500, function), rules, by.middle()).unwrap();
    let (lasting, watch) = (shown(rates.lasting), shown(rates.watch));
    eprintln!("{what}: lasting {lasting}, watch {watch}; +3 {}, +4 {}; {by:?}", found(Shape::Step(3.0)), found(Shape::Step(4.0)));
    rates
}

/// How the expected range of strangers holds weeks ahead, and which of them leave the responders' course by day 90. Gives the mean
/// score of the range 90 days ahead.
fn say_course(what: &str, spec: &Spec, prior: &Prior) -> f64 {
    let looks: Vec<Look> = (0..1500).flat_map(|patient| looks(spec, prior, 103, patient).unwrap()).collect();
    let fan = fan(&looks, &looks);
    for it in fan.iter().filter(|it| [28, 90].contains(&it.ahead)) {
        eprintln!("{what}: {} days ahead {:.3} in the middle 80 %, score {:.3} of {} ratings", it.ahead, it.cover_80, it.score, it.ratings);
    }
    let (mut off, mut all) = ([0.0; 2], [0.0; 2]);
    for patient in 0..1500 {
        let course = Course::new(spec, 103, patient, 90, (patient % 5) as i32);
        let mut posterior = Posterior::new(prior, Some(course.person.intake)).unwrap();
        for day in (0..90).filter(|day| course.answers(*day, 0.0)) {
            posterior.step(day, course.rating(day, 0.0), None).unwrap();
        }
        let of = usize::from(!course.person.responds);
        off[of] += f64::from(u8::from(posterior.p_responder() < 0.1));
        all[of] += 1.0;
    }
    eprintln!("{what}: off course on day 90 {:.3} of who responds, {:.3} of the others", off[0] / all[0], off[1] / all[1]);
    fan.iter().find(|it| it.ahead == 90).unwrap().score
}

/// The figures of docs/trajectory.md: `cargo test --release -p lamella-cohort --test refit -- --ignored --nocapture`.
#[test]
#[ignore = "minutes"]
fn the_documented_figures() {
    let shipped = Model::shipped().unwrap();
    for (spec, function) in [(&Spec::NOISY, false), (&Spec::NOISY, true), (&SLOWER, false), (&SLOWER, true), (&Spec::REFERENCE, false)] {
        let own = people(spec, 300, function);
        let kept = shipped.calibration.thresholds(function);
        let name = format!("{}, function {function}", spec.name);
        let before = say(&format!("{name}, shipped"), spec, &shipped.prior, &kept, function);
        let scores = [None, Some(false), Some(true)].map(|curves| {
            let Some(curves) = curves else { return say_course(&format!("{name}, shipped"), spec, &shipped.prior) };
            let fit = refit(&shipped.prior, &own, 6, curves, 2).unwrap();
            let name = format!("{name}, curves {curves}");
            eprintln!("{name}: {} rounds, {:.2} likelier, {:?}", fit.rounds, fit.gained, Weights::of(&fit.prior).classes);
            [0, 1].iter().for_each(|class| eprintln!("  {:?}", LOOKED_AT.map(|day| level(&fit.prior, &fit.prior.mean[*class], day))));
            let traces: Vec<Trace> = own.iter().map(|person| trace_of(&fit.prior, person, function).unwrap()).collect();
            let found = moved(&traces, &shipped.calibration.rules, &kept, shipped.calibration.promised);
            let refitted = say(&format!("{name}, same thresholds"), spec, &fit.prior, &kept, function);
            let both = say(&format!("{name}, new thresholds"), spec, &fit.prior, &found, function);
            assert!(both.lasting.high < 0.3);
            assert!(spec.name != "noisy" || refitted.lasting.value < 0.75 * before.lasting.value);
            say_course(&name, spec, &fit.prior)
        });
        assert!(spec.name != "slower" || scores[2] < scores[1] && scores[1] < scores[0], "{scores:?}");
    }
}

#[test]
fn weights_move_to_the_people_and_what_nobody_is_stays_possible() {
    let prior = Model::shipped().unwrap().prior;
    let steady = |patient: usize| {
        let days =
            (0..200).map(|day| Day { day, pain: Some(if (day as usize + patient).is_multiple_of(9) { 3 } else { 2 }), function: None });
        Person { intake: Some(6), days: days.collect(), from: 50 }
    };
    let people: Vec<Person> = (0..30).map(steady).collect();
    assert!((people[0].years() - 150.0 / 365.0).abs() < 1e-9);
    let (one, two) = (refit(&prior, &people, 1, true, 1).unwrap(), refit(&prior, &people, 1, true, 3).unwrap());
    assert_eq!(one, two, "threads change nothing");
    let (before, after) = (Weights::of(&prior), Weights::of(&one.prior));
    assert!(one.gained > 0.0 && after.sigmas[0] > 0.8 && after.profiles[0] > before.profiles[0], "{after:?}");
    assert!(after.sigmas.iter().all(|weight| *weight > 0.0) && after.profiles.iter().all(|weight| *weight > 0.0), "{after:?}");
    assert!(refit(&prior, &[], 1, true, 2).is_none());
    let backwards = Person { days: vec![Day { day: 3, pain: Some(2), function: None }; 2], ..Person::default() };
    assert!(refit(&prior, &[backwards], 1, true, 1).is_none());
}

/// People drawn from a prior's own model, pain alone, rated on two days in three.
fn drawn(prior: &Prior, count: u64, days: i32) -> Vec<Person> {
    let p = &prior.params;
    let one_of = |weights: &[f64], mut draw: f64| weights.iter().take_while(|weight| (draw >= **weight, draw -= **weight).0).count();
    let person = |patient: u64| {
        let mut chance = stream(13, patient, Purpose::Person, 0);
        let class = one_of(&prior.weights, unit(&mut chance)).min(1);
        let sigma = prior.sigma_grid[one_of(&p.sigw, unit(&mut chance)).min(4)];
        let [starts, ends, _] = p.prof[one_of(&p.prof.map(|[_, _, weight]| weight), unit(&mut chance)).min(1)];
        let normal = |chance: &mut Chance| -> f64 { StandardNormal.sample(chance) };
        // Cholesky, a row at a time: each of the five given those before it.
        let (mut root, mut value, z) = ([[0.0; 5]; 5], prior.mean[class], [0; 5].map(|_| normal(&mut chance)));
        for i in 0..5 {
            for j in 0..=i {
                let rest = prior.cov[class][i][j] - (0..j).map(|k| root[i][k] * root[j][k]).sum::<f64>();
                root[i][j] = if i == j { rest.sqrt() } else { rest / root[j][j] };
                value[i] += root[i][j] * z[j];
            }
        }
        let rounded = |pain: f64| pain.round().clamp(0.0, 10.0) as u8;
        let intake = rounded(value[4] + 0.7 * normal(&mut chance));
        let (mut deviation, mut walk, mut flares) = (p.rho.sqrt() * sigma * normal(&mut chance), 0.0, false);
        let rated = (0..days).filter_map(|day| {
            if day > 0 {
                deviation = p.phi * deviation + ((1.0 - p.phi * p.phi) * p.rho).sqrt() * sigma * normal(&mut chance);
                walk += p.q0.sqrt() * normal(&mut chance);
                flares = if flares { !happens(&mut chance, ends) } else { happens(&mut chance, starts) };
            }
            let flare = if flares { p.flare_mean + p.flare_var.sqrt() * normal(&mut chance) } else { 0.0 };
            let pain = level(prior, &value, day) + walk + deviation + flare + (1.0 - p.rho).sqrt() * sigma * normal(&mut chance);
            happens(&mut chance, 0.67).then(|| Day { day, pain: Some(rounded(pain)), function: None })
        });
        Person { days: rated.collect(), intake: Some(intake), from: 0 }
    };
    (0..count).map(person).collect()
}

/// A recovery curve on a day.
fn level(prior: &Prior, curve: &[f64; 5], day: i32) -> f64 {
    curve[0] + (0..3).map(|term| curve[term + 1] * (-f64::from(day) / prior.tau[term]).exp()).sum::<f64>()
}

const LOOKED_AT: [i32; 5] = [0, 14, 28, 90, 180];

/// How far the mean curve of a class moved, on some days.
fn curve_moved(class: usize, from: &Prior, to: &Prior) -> [f64; 5] {
    LOOKED_AT.map(|day| level(to, &to.mean[class], day) - level(from, &from.mean[class], day))
}

/// Responders keep 1.5 points more, and what falls, falls slowly.
fn other_curves(prior: &Prior) -> Prior {
    let mut other = prior.clone();
    other.mean[0] = [3.17, 0.64, 1.0, 3.45, 7.22];
    other
}

#[test]
fn curves_move_to_people_who_recover_otherwise() {
    let prior = Model::shipped().unwrap().prior;
    let other = other_curves(&prior);
    let people = drawn(&other, 150, 240);
    let fit = refit(&prior, &people, 2, true, 2).unwrap();
    assert!(fit.gained > 0.5, "{}", fit.gained);
    for (wanted, found) in curve_moved(0, &prior, &other).into_iter().zip(curve_moved(0, &prior, &fit.prior)) {
        assert!(found > 0.6 * wanted - 0.1 && found < 1.1 * wanted + 0.1, "{found} of {wanted}");
    }
    assert!(curve_moved(1, &prior, &fit.prior).iter().all(|by| by.abs() < 0.4), "the others are who they were");
    let written = serde_json::to_string(&fit.prior).unwrap();
    assert_eq!(Prior::parse(&written), Ok(fit.prior), "it can be a prior");
}

#[test]
fn curves_stay_with_people_of_the_reference_and_with_a_few() {
    let prior = Model::shipped().unwrap().prior;
    let fit = refit(&prior, &people(&Spec::REFERENCE, 150, false), 1, true, 2).unwrap();
    let farthest = |to: &Prior| [0, 1].iter().flat_map(|class| curve_moved(*class, &prior, to)).map(f64::abs).fold(0.0, f64::max);
    assert!(farthest(&fit.prior) > 0.0 && farthest(&fit.prior) < 0.3, "{}", farthest(&fit.prior));
    let few = drawn(&other_curves(&prior), 4, 200);
    let (one, three) = (refit(&prior, &few, 1, true, 1).unwrap(), refit(&prior, &few, 1, true, 3).unwrap());
    assert_eq!(one, three, "threads change nothing");
    assert!(farthest(&one.prior) > 0.0 && farthest(&one.prior) < 0.2, "{}", farthest(&one.prior));
}
