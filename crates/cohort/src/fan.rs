//! Does the expected range hold what it says, weeks and months ahead? And is it worth more than the mean of the last seven days?
//!
//! From six days of the first half-year the band looks ahead; what the person then rated is held against it (design, section 4.1).
//! Ratings are whole numbers, so that a rating is spread evenly over its own probability: the randomised probability integral
//! transform (PIT), uniform where the forecast is right. The score is the ranked probability score on 0–10, Σₖ (F(k) − 1[y ≤ k])²,
//! in points; smaller is better.
//!
//! *Persistence* is what it is scored against: the mean of the last seven days, with the shift and the SD that other people showed
//! from the same day over the same distance.

use crate::chance::{Chance, Purpose, stream, unit};
use crate::course::Course;
use crate::spec::Spec;
use lamella_trajectory::band::{Band, Forecast};
use lamella_trajectory::prior::Prior;
use serde::Serialize;

/// The days that are looked ahead from. Design, section 4.1.
pub const ORIGINS: [i32; 6] = [7, 14, 28, 56, 120, 180];
/// How many days ahead. Design, section 4.1.
pub const HORIZONS: [u16; 5] = [1, 7, 28, 90, 180];
/// Persistence looks back so many days.
const RECENT_DAYS: i32 = 7;
/// The last day that is looked at.
const DAYS: i32 = 361;

/// A rating that was forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    origin: i32,
    /// How many days ahead.
    ahead: u16,
    forecast: Forecast,
    rating: u8,
    /// Where the rating lies in the forecast, 0–1.
    pit: f64,
    /// The mean rating of the seven days before.
    recent: f64,
}

/// How the forecasts of one distance held.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Horizon {
    /// How many days ahead.
    pub ahead: u16,
    /// How many ratings were looked at.
    pub ratings: u64,
    /// Share of ratings in the middle half of the forecast.
    pub cover_50: f64,
    /// Share in the middle 80 %: the shaded range.
    pub cover_80: f64,
    /// Share in the middle 95 %.
    pub cover_95: f64,
    /// Mean score, points.
    pub score: f64,
    /// The same of persistence.
    pub persistence: f64,
}

impl Horizon {
    /// By what share the score lies under that of persistence; below zero where it lies over it.
    pub fn gain(&self) -> f64 {
        1.0 - self.score / self.persistence
    }
}

/// Where a rating lies in a forecast, 0–1: uniform where the forecast is right.
pub fn pit(forecast: &Forecast, rating: u8, chance: &mut Chance) -> f64 {
    let Forecast(chances) = forecast;
    let below: f64 = chances.iter().take(usize::from(rating)).sum();
    (below + unit(chance) * chances.get(usize::from(rating)).copied().unwrap_or(0.0)).clamp(0.0, 1.0)
}

/// Looks ahead for one person without a lasting change. `None` never happens with a prior that can be read.
pub fn looks(spec: &Spec, prior: &Prior, seed: u64, patient: u64) -> Option<Vec<Look>> {
    let course = Course::new(spec, seed, patient, DAYS, (patient % 5) as i32);
    let mut chance = stream(seed, patient, Purpose::Audit, 0);
    let rating = |day: i32| course.rating(day, 0.0).filter(|_| course.answers(day, 0.0));
    let mut band = Band::new(prior, Some(course.person.intake)).ok()?;
    let (mut looks, mut from) = (vec![], 0);
    for origin in ORIGINS {
        for day in from..=origin {
            if let Some(pain) = rating(day) {
                band.step(day, Some(pain), None).ok()?;
            }
        }
        from = origin + 1;
        let recent: Vec<f64> = (origin - RECENT_DAYS + 1..=origin).filter_map(rating).map(f64::from).collect();
        if recent.is_empty() {
            continue;
        }
        let recent = recent.iter().sum::<f64>() / recent.len() as f64;
        for ahead in HORIZONS {
            let then = origin + i32::from(ahead);
            let Some(rating) = rating(then) else { continue };
            let forecast = band.ahead((then - band.day()).unsigned_abs());
            looks.push(Look { origin, ahead, forecast, rating, pit: pit(&forecast, rating, &mut chance), recent });
        }
    }
    Some(looks)
}

/// How the forecasts held that were made for people, by distance. Persistence learns from the looks of other people.
pub fn fan(others: &[Look], people: &[Look]) -> Vec<Horizon> {
    HORIZONS.iter().map(|ahead| horizon(*ahead, others, people)).collect()
}

fn horizon(ahead: u16, others: &[Look], people: &[Look]) -> Horizon {
    let there = || people.iter().filter(|look| look.ahead == ahead);
    let cover = |share: f64| mean(there().map(|look| f64::from(u8::from((look.pit - 0.5).abs() <= share / 2.0))));
    let persistence = ORIGINS.iter().flat_map(|origin| {
        let same = |look: &&Look| look.ahead == ahead && look.origin == *origin;
        let moved: Vec<f64> = others.iter().filter(same).map(|look| f64::from(look.rating) - look.recent).collect();
        let shift = mean(moved.iter().copied());
        let sd = libm::sqrt(mean(moved.iter().map(|moved| (moved - shift) * (moved - shift))));
        people.iter().filter(same).map(move |look| score(look.rating, |k| below(look.recent + shift, sd, k)))
    });
    Horizon {
        ahead,
        ratings: there().count() as u64,
        cover_50: cover(0.5),
        cover_80: cover(0.8),
        cover_95: cover(0.95),
        score: mean(there().map(|look| score(look.rating, |k| 1.0 - look.forecast.at_least(k + 1)))),
        persistence: mean(persistence),
    }
}

/// The chance that a normal, rounded and bounded as ratings are, is at most k.
fn below(mean: f64, sd: f64, k: u8) -> f64 {
    if k >= 10 { 1.0 } else { 0.5 * libm::erfc((mean - f64::from(k) - 0.5) / (sd * core::f64::consts::SQRT_2)) }
}

/// The ranked probability score of a rating, where `at_most(k)` is the forecast's chance of at most k.
fn score(rating: u8, at_most: impl Fn(u8) -> f64) -> f64 {
    (0..=10).map(|k| at_most(k) - f64::from(u8::from(rating <= k))).map(|off| off * off).sum()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sure_and_right_forecast_scores_nothing_and_one_a_point_off_a_point() {
        assert_eq!(score(4, |k| f64::from(u8::from(k >= 4))), 0.0);
        assert_eq!(score(5, |k| f64::from(u8::from(k >= 4))), 1.0);
        // By hand: half on 3, half on 5, rated 4: a quarter at 3 and a quarter at 4.
        assert_eq!(score(4, |k| 0.5 * f64::from(u8::from(k >= 3)) + 0.5 * f64::from(u8::from(k >= 5))), 0.5);
    }

    #[test]
    fn a_rating_lies_within_its_own_probability() {
        let mut chances = [0.0; 11];
        [chances[2], chances[3], chances[10]] = [0.25, 0.5, 0.25];
        let mut chance = stream(1, 1, Purpose::Audit, 0);
        for _ in 0..100 {
            let [two, three, ten] = [2, 3, 10].map(|rating| pit(&Forecast(chances), rating, &mut chance));
            assert!(two < 0.25 && (0.25..0.75).contains(&three) && (0.75..=1.0).contains(&ten), "{two} {three} {ten}");
        }
    }
}
