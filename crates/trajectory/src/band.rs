//! What was to be expected? The same bank without lasting change: a deterioration must not widen the band that exposes it.
//!
//! The band is there to look at, not to judge. A view replays it; the fold of a record need not carry it.
// Numeric kernel: every array has a fixed size and every index is a loop's own bound.
#![allow(clippy::indexing_slicing, clippy::needless_range_loop)]

use serde::{Deserialize, Serialize};

use crate::bank::{Bank, CALM, CURVE, Channel, FLARE, Short, U, at, power};
use crate::filter::{HIGHEST, Refused, admit};
use crate::prior::{GROUPS, Prior};

/// Ratings there are: 0–10.
pub const RATINGS: usize = HIGHEST as usize + 1;

/// A forecast of one day's pain rating: the probability of each rating 0–10; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Forecast(pub [f64; RATINGS]);

impl Forecast {
    /// The smallest rating k with F(k) ≥ `quantile`.
    pub fn at(&self, quantile: f64) -> u8 {
        let mut sum = 0.0;
        for k in 0..HIGHEST {
            sum += self.0[usize::from(k)];
            if sum >= quantile {
                return k;
            }
        }
        HIGHEST
    }

    /// The 10th percentile.
    pub fn low(&self) -> u8 {
        self.at(0.1)
    }

    /// The middle.
    pub fn expected(&self) -> u8 {
        self.at(0.5)
    }

    /// The 90th percentile.
    pub fn high(&self) -> u8 {
        self.at(0.9)
    }

    /// The probability of each rating from this one up.
    pub fn at_least(&self, rating: u8) -> f64 {
        self.0.iter().skip(usize::from(rating)).sum()
    }
}

/// The two-mode bank, day by day.
///
/// ```
/// use lamella_trajectory::{band::Band, prior::{Prior, SHIPPED}};
/// let prior = Prior::parse(SHIPPED)?;
/// let mut band = Band::new(&prior, Some(7))?;
/// let today = band.step(0, Some(6), None)?;
/// assert!(today.low() <= today.expected() && today.expected() <= today.high());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Band {
    bank: Bank<2>,
    last: Option<i32>,
}

impl Band {
    /// Before any day.
    ///
    /// # Errors
    /// [`Refused::RatingTooHigh`].
    pub fn new(prior: &Prior, intake: Option<u8>) -> Result<Band, Refused> {
        admit(None, 0, [intake, None])?;
        Ok(Band { bank: Bank::new(prior, intake), last: None })
    }

    /// Takes the answers of `day` and returns what was expected of its pain rating *before* they were given.
    ///
    /// # Errors
    /// [`Refused`]; the band is then unchanged.
    pub fn step(&mut self, day: i32, pain: Option<u8>, function: Option<u8>) -> Result<Forecast, Refused> {
        admit(self.last, day, [pain, function])?;
        while self.bank.day < day {
            self.bank.predict();
        }
        self.last = Some(day);
        let expected = self.ahead(0);
        if let Some(rating) = pain {
            self.bank.observe(Channel::Pain, rating);
        }
        if let Some(rating) = function {
            self.bank.observe(Channel::Function, rating);
        }
        Ok(expected)
    }

    /// The forecast for so many days after the last day taken; 0 is that day itself, as it stands.
    ///
    /// The mode probabilities move by the day's matrix to that power; the components are not mixed on the way (design 2.4).
    pub fn ahead(&self, days: u32) -> Forecast {
        let keeps = self.bank.keeps(days);
        let mut forecast = Forecast([0.0; RATINGS]);
        for g in 0..GROUPS {
            let (noise, (flare_mean, flare_var)) = self.bank.pain(g);
            let deviation = self.bank.deviation_walk(g, keeps[U]);
            for from in [CALM, FLARE] {
                let weight = self.bank.weight[g] * self.bank.mode[from][g];
                let component = if from == CALM { &self.bank.calm } else { &self.bank.flare };
                let (mean, spread) = seen(component, g, &keeps);
                let variance = spread + deviation + self.bank.level_walk(days) + noise;
                let to_flare = flare_after(self.bank.flare_chances(g), from, days);
                add(&mut forecast, weight * (1.0 - to_flare), mean, variance);
                add(&mut forecast, weight * to_flare, mean + flare_mean, variance + flare_var);
            }
        }
        forecast
    }
}

/// Mean and variance of curve and deviation when each part has kept what it keeps.
fn seen(component: &Short, g: usize, keeps: &[f64]) -> (f64, f64) {
    let (mut mean, mut variance) = (0.0, 0.0);
    for i in 0..=CURVE {
        mean += keeps[i] * component.x[i][g];
        for j in 0..i {
            variance += 2.0 * keeps[i] * keeps[j] * component.p[at(i, j)][g];
        }
        variance += keeps[i] * keeps[i] * component.p[at(i, i)][g];
    }
    (mean, variance)
}

/// Probability of a flare so many days on. The two-mode chain forgets at 1 − p(start) − p(end) a day.
fn flare_after((starts, ends): (f64, f64), from: usize, days: u32) -> f64 {
    let settled = starts / (starts + ends);
    let now = if from == FLARE { 1.0 } else { 0.0 };
    settled + (now - settled) * power(1.0 - starts - ends, days)
}

/// Adds a normal value's rounded ratings.
fn add(forecast: &mut Forecast, weight: f64, mean: f64, variance: f64) {
    let scale = 1.0 / libm::sqrt(2.0 * variance);
    let bound = |k: usize| (k as f64 + 0.5 - mean) * scale;
    for k in 0..RATINGS {
        let p = match k {
            0 => lower(bound(0)),
            10 => lower(-bound(9)),
            _ if bound(k - 1) > 0.0 => lower(-bound(k - 1)) - lower(-bound(k)),
            _ => lower(bound(k)) - lower(bound(k - 1)),
        };
        forecast.0[k] += weight * p;
    }
}

/// Φ(√2 x).
fn lower(x: f64) -> f64 {
    0.5 * libm::erfc(-x)
}
