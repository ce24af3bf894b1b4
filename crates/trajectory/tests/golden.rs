//! The 48 golden series of the design: an independent implementation's numbers, nothing pruned.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_trajectory::band::Band;
use lamella_trajectory::filter::{INVISIBLE, Posterior};
use lamella_trajectory::prior::{Prior, SHIPPED};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The design's gate is 1e-6.
const GATE: f64 = 1e-7;

#[derive(Deserialize)]
struct Golden {
    name: String,
    use_function: bool,
    baseline: u8,
    pain: Vec<i8>,
    function: Vec<i8>,
    days: Vec<i32>,
    log_odds_lasting: Vec<Option<f64>>,
    p_flare: Vec<f64>,
    p_responder: Vec<f64>,
    level_mean: Vec<f64>,
    level_var: Vec<f64>,
    predicted: Vec<[f64; 11]>,
    ahead_from_day_30: BTreeMap<u32, [f64; 11]>,
    log_likelihood: f64,
}

#[derive(Default)]
struct Deviations(BTreeMap<&'static str, (f64, String)>);

impl Deviations {
    fn take(&mut self, output: &'static str, place: String, ours: f64, theirs: f64) {
        let off = (ours - theirs).abs();
        let worst = self.0.entry(output).or_default();
        if off > worst.0 || off.is_nan() {
            *worst = (off, place);
        }
    }
}

#[test]
fn every_number_of_every_series() {
    let series: Vec<Golden> = serde_json::from_str(include_str!("data/golden.json")).unwrap();
    assert_eq!(series.len(), 48);
    let prior = Prior::parse(SHIPPED).unwrap();
    let mut off = Deviations::default();
    for golden in &series {
        compare(&prior, golden, &mut off);
    }
    for (output, (worst, place)) in &off.0 {
        println!("{output:>20} {worst:9.2e}  {place}");
    }
    assert_eq!(off.0.len(), 9);
    for (output, (worst, place)) in &off.0 {
        let gate = if *output == "log odds, dropping" { 1e-3 } else { GATE };
        assert!(*worst <= gate, "{output} is off by {worst} in {place}");
    }
}

fn compare(prior: &Prior, golden: &Golden, off: &mut Deviations) {
    let rating = |value: i8| u8::try_from(value).ok();
    let mut posterior = Posterior::new(prior, Some(golden.baseline)).unwrap();
    let mut lean = posterior.clone().dropping(INVISIBLE);
    let mut band = Band::new(prior, Some(golden.baseline)).unwrap();
    for (day, (pain, function)) in golden.pain.iter().zip(&golden.function).enumerate() {
        let day = i32::try_from(day).unwrap();
        let function = if golden.use_function { rating(*function) } else { None };
        posterior.step(day, rating(*pain), function).unwrap();
        lean.step(day, rating(*pain), function).unwrap();
        let predicted = band.step(day, rating(*pain), function).unwrap();
        let place = format!("{} day {day}", golden.name);
        if let Some(i) = golden.days.iter().position(|looked| *looked == day) {
            match golden.log_odds_lasting[i] {
                Some(odds) => {
                    off.take("log odds", place.clone(), posterior.log_odds(), odds);
                    if odds.abs() < 6.0 {
                        off.take("log odds, dropping", place.clone(), lean.log_odds(), odds);
                    }
                }
                None => assert_eq!(posterior.log_odds(), f64::NEG_INFINITY),
            }
            off.take("p_flare", place.clone(), posterior.p_flare(), golden.p_flare[i]);
            off.take("p_responder", place.clone(), posterior.p_responder(), golden.p_responder[i]);
            off.take("level mean", place.clone(), posterior.level().mean, golden.level_mean[i]);
            off.take("level variance", place.clone(), posterior.level().variance, golden.level_var[i]);
            for (ours, theirs) in predicted.0.iter().zip(golden.predicted[i]) {
                off.take("predicted", place.clone(), *ours, theirs);
            }
        }
        if day == 30 {
            for (ahead, pmf) in &golden.ahead_from_day_30 {
                let forecast = band.ahead(*ahead);
                for (ours, theirs) in forecast.0.iter().zip(pmf) {
                    off.take("ahead", format!("{place} + {ahead}"), *ours, *theirs);
                }
            }
        }
    }
    off.take("log likelihood", golden.name.clone(), posterior.log_likelihood(), golden.log_likelihood);
}
