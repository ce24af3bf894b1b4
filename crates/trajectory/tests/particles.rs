//! The bank merges modes and takes every rating's posterior for a normal one. What that costs: against a particle filter of the same
//! equations, which does neither: six series of virtual patients, six drawn from the model itself.
//! `benches/peers/particles.py` makes its values. A bank that merges later shows which of the two it is.
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
/// detector asks for a rise. The second test proves the cause: with changes that began today kept apart from older ones for one day
/// more, day 18 reads .0015.
const HARDEST: (&str, f64) = ("patient 3", 0.1);
/// After the gate's 90 days: patient 16, whose ratings jump between 2 and 10, reads .03 to .08 less than the particles (± .016); merged
/// three days later, up to .024 off.
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

/// Curve at its value today, deviation, lasting change.
const STATE: usize = 6;
const DEVIATION: usize = 4;
const CHANGE: usize = 5;

/// The model of one group with modes merged later: only histories that agree in the latest `depth` modes are one. At a depth of one
/// that is the bank; at the number of days nothing would be merged. Slow, and as plain as can be.
struct Histories<'a> {
    prior: &'a Prior,
    /// Calm → flare, flare → calm.
    flares: [f64; 2],
    variance: f64,
    depth: u32,
    /// By the latest modes, the last one lowest in base three.
    by_modes: Vec<History>,
}

#[derive(Clone, Copy, Default)]
struct History {
    weight: f64,
    x: [f64; STATE],
    p: [[f64; STATE]; STATE],
}

impl History {
    /// Adds another to sums of weight, weighted mean and weighted second moment.
    fn add(&mut self, weight: f64, other: &History) {
        self.weight += weight;
        for i in 0..STATE {
            self.x[i] += weight * other.x[i];
            for j in 0..STATE {
                self.p[i][j] += weight * (other.p[i][j] + other.x[i] * other.x[j]);
            }
        }
    }

    /// From sums to mean and covariance.
    fn divide(&mut self) {
        if self.weight == 0.0 {
            return;
        }
        self.x = self.x.map(|sum| sum / self.weight);
        for i in 0..STATE {
            for j in 0..STATE {
                self.p[i][j] = self.p[i][j] / self.weight - self.x[i] * self.x[j];
            }
        }
    }

    fn set_change(&mut self, mean: f64, variance: f64) {
        self.x[CHANGE] = mean;
        for i in 0..STATE {
            (self.p[i][CHANGE], self.p[CHANGE][i]) = (0.0, 0.0);
        }
        self.p[CHANGE][CHANGE] = variance;
    }
}

impl<'a> Histories<'a> {
    /// Every group on day 0.
    fn all(prior: &'a Prior, intake: u8, depth: u32) -> Vec<Histories<'a>> {
        let mut groups = vec![];
        for class in 0..2 {
            let (m, c) = (&prior.mean[class], &prior.cov[class]);
            let (s, surprise) = (c[4][4] + prior.baseline_obs_var, f64::from(intake) - m[4]);
            for (sigma, sigma_weight) in prior.sigma_grid.iter().zip(prior.params.sigw) {
                for [starts, ends, profile_weight] in prior.params.prof {
                    let course = prior.weights[class] * (-0.5 * surprise * surprise / s).exp() / s.sqrt();
                    let mut history = History { weight: course * sigma_weight * profile_weight, ..History::default() };
                    for i in 0..4 {
                        history.x[i] = m[i] + c[i][4] / s * surprise;
                        for j in 0..4 {
                            history.p[i][j] = c[i][j] - c[i][4] * c[4][j] / s;
                        }
                    }
                    let variance = sigma * sigma;
                    history.p[DEVIATION][DEVIATION] = prior.params.rho * variance;
                    let mut by_modes = vec![History::default(); 3usize.pow(depth)];
                    by_modes[0] = history;
                    groups.push(Histories { prior, flares: [starts, ends], variance, depth, by_modes });
                }
            }
        }
        groups
    }

    fn pass(&mut self) {
        let (p, [starts, ends]) = (&self.prior.params, self.flares);
        let chances = [[1.0 - starts - p.p_cd, starts, p.p_cd], [ends, 1.0 - ends - p.p_fd, p.p_fd], [p.p_dc, 0.0, 1.0 - p.p_dc]];
        let mut next = vec![History::default(); self.by_modes.len()];
        for (modes, history) in self.by_modes.iter().enumerate().filter(|(_, history)| history.weight > 0.0) {
            for (mode, chance) in chances[modes % 3].into_iter().enumerate() {
                let mut from = *history;
                match (modes % 3, mode) {
                    (0 | 1, 2) => from.set_change(p.lasting_mean, p.lasting_var),
                    (_, 0 | 1) => from.set_change(0.0, 0.0),
                    _ => {}
                }
                next[(3 * modes + mode) % 3usize.pow(self.depth)].add(history.weight * chance, &from);
            }
        }
        let [short, middle, long] = self.prior.tau.map(|tau| (-1.0 / tau).exp());
        let keeps = [1.0, short, middle, long, p.phi, 1.0];
        for (modes, history) in next.iter_mut().enumerate() {
            history.divide();
            for i in 0..STATE {
                history.x[i] *= keeps[i];
                for j in 0..STATE {
                    history.p[i][j] *= keeps[i] * keeps[j];
                }
            }
            history.p[0][0] += p.q0;
            history.p[DEVIATION][DEVIATION] += (1.0 - p.phi * p.phi) * p.rho * self.variance;
            if modes % 3 == 2 {
                history.x[CHANGE] += p.lasting_drift;
                history.p[CHANGE][CHANGE] += p.lasting_walk;
            }
        }
        self.by_modes = next;
    }

    fn observe(&mut self, rating: u8) {
        let p = &self.prior.params;
        let below = |z: f64| 0.5 * libm::erfc(-z / 2f64.sqrt());
        let density = |z: f64| if z.is_finite() { (-0.5 * z * z).exp() / (2.0 * core::f64::consts::PI).sqrt() } else { 0.0 };
        let moment = |z: f64| if z.is_finite() { z * density(z) } else { 0.0 };
        for (modes, history) in self.by_modes.iter_mut().enumerate().filter(|(_, history)| history.weight > 0.0) {
            let (flare, flare_var) = if modes % 3 == 1 { (p.flare_mean, p.flare_var) } else { (0.0, 0.0) };
            let s = history.p.map(|row| row.iter().sum::<f64>());
            let v = s.iter().sum::<f64>() + (1.0 - p.rho) * self.variance + flare_var;
            let mean = history.x.iter().sum::<f64>() + flare;
            let bound = |at: f64| (f64::from(rating) + at - mean) / v.sqrt();
            let (a, b) = (if rating == 0 { f64::NEG_INFINITY } else { bound(-0.5) }, if rating == 10 { f64::INFINITY } else { bound(0.5) });
            let likely = if a > 0.0 { below(-a) - below(-b) } else { below(b) - below(a) };
            history.weight *= likely;
            if likely < 1e-290 {
                history.weight = 0.0;
                continue;
            }
            let e = (density(a) - density(b)) / likely;
            let r = 1.0 + (moment(a) - moment(b)) / likely - e * e;
            for i in 0..STATE {
                history.x[i] += s[i] * e / v.sqrt();
                for j in 0..STATE {
                    history.p[i][j] -= s[i] * s[j] * (1.0 - r) / v;
                }
            }
        }
    }
}

/// Probability of a lasting change after each day.
fn merged_later(prior: &Prior, intake: u8, pain: &[i8], depth: u32) -> Vec<f64> {
    let mut groups = Histories::all(prior, intake, depth);
    let mut told = vec![];
    for (day, pain) in pain.iter().enumerate() {
        for group in &mut groups {
            if day > 0 {
                group.pass();
            }
            if let Ok(rating) = u8::try_from(*pain) {
                group.observe(rating);
            }
        }
        let histories = || groups.iter().flat_map(|group| group.by_modes.iter().enumerate());
        let sum: f64 = histories().map(|(_, history)| history.weight).sum();
        told.push(histories().filter(|(modes, _)| modes % 3 == 2).map(|(_, history)| history.weight).sum::<f64>() / sum);
    }
    told
}

#[test]
fn what_the_bank_misses_is_what_merging_costs() {
    let made: Made = serde_json::from_str(include_str!("data/particles.json")).unwrap();
    let prior = Prior::parse(SHIPPED).unwrap();
    let off = |ours: &[f64], theirs: &[f64]| ours.iter().zip(theirs).map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f64::max);
    for series in &made.series {
        let mut bank = Posterior::new(&prior, Some(series.baseline)).unwrap();
        let mut reads = |(day, pain): (usize, &i8)| {
            bank.step(day as i32, u8::try_from(*pain).ok(), None).unwrap();
            bank.p_lasting()
        };
        let bank: Vec<f64> = series.pain.iter().enumerate().map(&mut reads).collect();
        // Merged as the bank does, it is the bank.
        let same = off(&merged_later(&prior, series.baseline, &series.pain, 1), &bank);
        assert!(same < 1e-10, "{}: {same}", series.name);
        // Merged later, it goes to the particles; what is left is within three of their own standard errors.
        let (from, to) = match series.name.as_str() {
            "patient 3" => (0, 40),
            "patient 16" => (FIRST_DAYS, series.pain.len()),
            _ => continue,
        };
        let later = merged_later(&prior, series.baseline, &series.pain[..to], 4);
        let [was, is] = [&bank, &later].map(|ours| off(&ours[from..to], &series.p_lasting[from..to]));
        println!("{}, days {from} to {to}: off by {was:.4} as the bank, {is:.4} merged three days later", series.name);
        assert!(was > P_LASTING && is < 3.0 * series.spread[0], "{}: {was} {is}", series.name);
    }
}
