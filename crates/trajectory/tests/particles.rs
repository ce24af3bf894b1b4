//! The bank merges modes and takes every rating's posterior for a normal one. What that costs: against a particle filter of the same
//! equations, which does neither: six series of virtual patients, six drawn from the model itself.
//! `benches/peers/particles.py` makes its values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_trajectory::filter::Posterior;
use lamella_trajectory::prior::{Prior, SHIPPED};
use serde::Deserialize;

/// The design's gate on the probability of a lasting change.
const P_LASTING: f64 = 0.05;
/// It was set for 90 days.
const FIRST_DAYS: usize = 90;
/// What the merged modes cost where they cost most: patient 3 falls from 9 to 2 within ten days, and on days 17 and 18 the bank reads
/// .04 and .09 where the particles read .001, for the merged lasting change may be one downwards. No case comes of it, as the
/// detector asks for a rise. Two particle filters agree, so it is the bank's; with `golden.json` the bank is the design's.
const HARDEST: (&str, f64) = ("patient 3", 0.1);
/// After the gate's 90 days: patient 16, whose ratings jump between 2 and 10, reads .03 to .08 less than the particles (± .016).
const LATER: f64 = 0.1;

#[derive(Deserialize)]
struct Made {
    series: Vec<Series>,
}

/// One series and the particles' posterior after each of its days, from day 0.
#[derive(Deserialize)]
struct Series {
    name: String,
    baseline: u8,
    pain: Vec<i8>,
    p_lasting: Vec<f64>,
    p_flare: Vec<f64>,
    level_mean: Vec<f64>,
    level_var: Vec<f64>,
    log_likelihood: Vec<f64>,
    /// Largest standard error of P(lasting), P(flare) and the level's mean between the independent runs.
    spread: [f64; 3],
}

/// Largest and mean deviation.
#[derive(Default)]
struct Off {
    worst: f64,
    sum: f64,
    days: f64,
}

impl Off {
    fn take(&mut self, ours: f64, theirs: f64) {
        let off = (ours - theirs).abs();
        assert!(off.is_finite());
        (self.worst, self.sum, self.days) = (self.worst.max(off), self.sum + off, self.days + 1.0);
    }

    fn mean(&self) -> f64 {
        self.sum / self.days
    }
}

#[test]
fn the_bank_reads_as_a_particle_filter_does() {
    let made: Made = serde_json::from_str(include_str!("data/particles.json")).unwrap();
    let prior = Prior::parse(SHIPPED).unwrap();
    assert_eq!(made.series.len(), 12);
    println!("largest / mean deviation; in the end the runs' own largest standard errors of P(lasting), P(flare), level");
    for series in &made.series {
        let mut posterior = Posterior::new(&prior, Some(series.baseline)).unwrap();
        let mut lasting = [Off::default(), Off::default()];
        let (mut flare, mut level, mut deviation, mut likelihood) = (Off::default(), Off::default(), Off::default(), Off::default());
        for (day, pain) in series.pain.iter().enumerate() {
            posterior.step(day as i32, u8::try_from(*pain).ok(), None).unwrap();
            lasting[usize::from(day >= FIRST_DAYS)].take(posterior.p_lasting(), series.p_lasting[day]);
            flare.take(posterior.p_flare(), series.p_flare[day]);
            level.take(posterior.level().mean, series.level_mean[day]);
            deviation.take(posterior.level().variance.sqrt(), series.level_var[day].sqrt());
            likelihood.take(posterior.log_likelihood(), series.log_likelihood[day]);
        }
        let [first, later] = &lasting;
        print!(
            "{:<11} P(lasting) {:.3} / {:.4}, from day 90 {:.3} / {:.4}",
            series.name,
            first.worst,
            first.mean(),
            later.worst,
            later.mean()
        );
        print!("; P(flare) {:.3} / {:.4}; level {:.3} / {:.4}", flare.worst, flare.mean(), level.worst, level.mean());
        println!("; SD {:.3} / {:.4}; log-likelihood {:.3}; {:?}", deviation.worst, deviation.mean(), likelihood.worst, series.spread);
        let bound = if series.name == HARDEST.0 { HARDEST.1 } else { P_LASTING };
        assert!(first.worst <= bound && later.worst <= LATER, "{}: P(lasting) is off by {} / {}", series.name, first.worst, later.worst);
        assert!(first.mean() <= 0.01 && flare.worst <= P_LASTING && level.mean() <= 0.05 && deviation.mean() <= 0.03, "{}", series.name);
        // The log-likelihood adds up what every day misses.
        assert!(likelihood.worst <= 0.006 * series.pain.len() as f64, "{}", series.name);
    }
}
