//! How does a virtual person's pain go, day by day?
//!
//! A recovery curve, a slow drift, noise with a memory and heavy tails, flares that rise and fade, weekends and physiotherapy,
//! round numbers, days without an answer; and, if asked for, a lasting change. The numbers stand in [`Spec`].

use crate::chance::{Chance, Purpose, happens, stream, unit};
use crate::spec::*;
use rand_distr::{Beta, Distribution, Exp1, Gamma, StandardNormal, StudentT};

/// Who the person is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Person {
    /// Pain before the procedure, 0–10, as it is.
    pub baseline: f64,
    /// The same as it was rated at intake.
    pub intake: u8,
    /// Whether the pain falls.
    pub responds: bool,
    /// What of the baseline remains, 0–1.
    pub residual: f64,
    /// Time constant of the fall, days.
    pub tau: f64,
    /// Days before the fall begins.
    pub delay: f64,
    /// Soreness of the procedure on day 0.
    pub soreness: f64,
    /// Within-person standard deviation.
    pub sd: f64,
    /// Day-on-day correlation of the noise.
    pub memory: f64,
    /// Flares a year.
    pub flares: f64,
    /// The person's own log odds of missing a day, beside the cohort's.
    pub missing: f64,
    /// The person's own offset of function against pain.
    pub function_offset: f64,
}

/// A lasting change for the worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Its first day.
    pub onset: i32,
    /// How it comes.
    pub shape: Shape,
}

/// How a lasting change comes. Sizes are assumed (design).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// At once, by so many points, fading with a time constant of 180 days.
    Step(f64),
    /// So many points a day up to a height.
    Ramp(f64, f64),
}

/// A lasting step fades with this time constant, days. Assumed (design).
const STEP_FADES: f64 = 180.0;

impl Change {
    /// What it adds on a day.
    pub fn pain(&self, day: i32) -> f64 {
        let since = f64::from(day - self.onset);
        match self.shape {
            _ if since < 0.0 => 0.0,
            Shape::Step(height) => height * libm::exp(-since / STEP_FADES),
            Shape::Ramp(a_day, height) => (a_day * (since + 1.0)).min(height),
        }
    }
}

/// One day as it is, before anybody is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// The course without noise and flares: what the person's pain is about.
    pub level: f32,
    /// Pain as it is felt: level, noise, flare, weekday; not yet bounded or rounded.
    pub felt: f32,
    /// What a flare adds today.
    pub flare: f32,
    /// Which day of the flare it is, from 1; 0 outside one.
    pub flare_day: u16,
    /// Log odds that today is missed.
    pub missing: f32,
    /// Today's draw against them: a day whose draw lies below its chance is missed.
    draw: f32,
    /// Today's rating goes to the nearest even number.
    rounds: bool,
    /// How far the worst pain lies above the typical one.
    worst_above: f32,
    /// Noise of the function rating.
    function_noise: f32,
}

/// A person and their days.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Who.
    pub person: Person,
    /// Day 0 and on.
    pub days: Vec<Day>,
    missed_when_worse: f64,
}

impl Course {
    /// The course of a patient over `days` days; day 0 falls on `weekday` (Monday 0).
    pub fn new(spec: &Spec, seed: u64, patient: u64, days: i32, weekday: i32) -> Course {
        let person = Person::new(spec, &mut stream(seed, patient, Purpose::Person, 0));
        let mut chance = stream(seed, patient, Purpose::Course, 0);
        let flares = flares(spec, &person, days, &mut chance);
        let gaps = gaps(days, &mut chance);
        let mut walk = Walk::new(spec, &person, &mut chance);
        let days = (0..days).zip(flares).zip(gaps).map(|((day, flare), gap)| walk.day(day, weekday, flare, gap, &mut chance)).collect();
        Course { person, days, missed_when_worse: spec.missed_when_worse }
    }

    /// The rating of a day on which `extra` points come on top, 0–10. `None` beyond the last day.
    pub fn rating(&self, day: i32, extra: f64) -> Option<u8> {
        let there = self.day(day)?;
        Some(rated(f64::from(there.felt) + extra, there.rounds))
    }

    /// The worst pain of such a day, at least the typical one.
    pub fn worst(&self, day: i32, extra: f64) -> Option<u8> {
        let there = self.day(day)?;
        let typical = self.rating(day, extra)?;
        Some(rated(f64::from(there.felt) + extra + f64::from(there.worst_above), false).max(typical))
    }

    /// How much the back keeps the person from such a day, 0–10.
    pub fn function(&self, day: i32, extra: f64) -> Option<u8> {
        let there = self.day(day)?;
        let lasting = f64::from(there.level + there.flare) + extra;
        let fleeting = f64::from(there.felt - there.level - there.flare);
        let latent = self.person.function_offset + FUNCTION.0 * lasting + FUNCTION.1 * fleeting + f64::from(there.function_noise);
        Some(rated(latent, there.rounds))
    }

    /// Whether the person would answer if asked on such a day.
    pub fn answers(&self, day: i32, extra: f64) -> bool {
        let Some(there) = self.day(day) else { return false };
        let above = (f64::from(there.felt - there.level) + extra).max(0.0);
        let odds = f64::from(there.missing) + self.missed_when_worse * above;
        f64::from(there.draw) >= 1.0 / (1.0 + libm::exp(-odds))
    }

    /// A day, if it is one of them.
    pub fn day(&self, day: i32) -> Option<&Day> {
        usize::try_from(day).ok().and_then(|day| self.days.get(day))
    }
}

/// Bounded and rounded as a person does it.
fn rated(latent: f64, rounds: bool) -> u8 {
    let bounded = latent.clamp(0.0, 10.0);
    let value = if rounds { 2.0 * libm::round(bounded / 2.0) } else { libm::round(bounded) };
    value as u8
}

fn normal(chance: &mut Chance) -> f64 {
    StandardNormal.sample(chance)
}

fn lognormal(median: f64, spread: f64, chance: &mut Chance) -> f64 {
    median * libm::exp(spread * normal(chance))
}

/// A beta draw; its mean where the shape cannot be one.
fn beta((a, b): (f64, f64), chance: &mut Chance) -> f64 {
    Beta::new(a, b).map_or(a / (a + b), |beta| beta.sample(chance))
}

fn logit(share: f64) -> f64 {
    libm::log(share / (1.0 - share))
}

impl Person {
    fn new(spec: &Spec, chance: &mut Chance) -> Person {
        let (mean, sd, least, most) = BASELINE;
        let baseline = (mean + sd * normal(chance)).clamp(least, most);
        let intake = rated(baseline + INTAKE_NOISE * normal(chance), false);
        let responds = happens(chance, spec.responders);
        let residual = beta(if responds { spec.residual_responder } else { spec.residual_other }, chance);
        let flares = Gamma::new(FLARE_SHAPE, spec.flares / FLARE_SHAPE).map_or(spec.flares, |gamma| gamma.sample(chance));
        Person {
            baseline,
            intake,
            responds,
            residual,
            tau: lognormal(spec.tau.0, spec.tau.1, chance),
            delay: DELAY * unit(chance),
            soreness: SORENESS.0 * unit(chance),
            sd: lognormal(spec.sd_median, spec.sd_spread, chance),
            memory: (spec.memory.0 + spec.memory.1 * normal(chance)).clamp(0.0, spec.memory_most),
            flares,
            missing: MISSING_SPREAD * normal(chance),
            function_offset: FUNCTION_OFFSET.0 + FUNCTION_OFFSET.1 * normal(chance),
        }
    }

    /// The recovery curve.
    fn curve(&self, day: i32) -> f64 {
        let rest = self.residual * self.baseline;
        let since = (f64::from(day) - self.delay).max(0.0);
        rest + (self.baseline - rest) * libm::exp(-since / self.tau) + self.soreness * libm::exp(-f64::from(day) / SORENESS.1)
    }
}

/// Per day: what flares add, and which day of the flare it is.
fn flares(spec: &Spec, person: &Person, days: i32, chance: &mut Chance) -> Vec<(f64, u16)> {
    let mut added = vec![(0.0, 0u16); usize::try_from(days).unwrap_or(0)];
    for day in 0..days {
        let build_up = (BUILD_UP.0..=BUILD_UP.1).contains(&day);
        let a_day = person.flares / 365.0 * if build_up { FLARE_BUILD_UP } else { 1.0 };
        if !happens(chance, a_day) {
            continue;
        }
        let height = (spec.flare_height.0 + spec.flare_height.1 * normal(chance)).max(0.5);
        let length = libm::round(lognormal(spec.flare_days.0, spec.flare_days.1, chance)).clamp(1.0, 120.0) as i32;
        for nth in 0..length {
            let Some(slot) = usize::try_from(day + nth).ok().and_then(|day| added.get_mut(day)) else { break };
            // One flare at a time: the higher one is felt.
            let rise = height * shape(nth, length);
            if rise > slot.0 {
                *slot = (rise, nth as u16 + 1);
            }
        }
    }
    added
}

/// A flare rises within a day or two, holds, and fades over its last third. Assumed.
fn shape(nth: i32, length: i32) -> f64 {
    let rising = if length >= 3 && nth == 0 { 0.6 } else { 1.0 };
    let left = f64::from(length - nth) / (f64::from(length) / 3.0 + 1.0);
    rising * left.min(1.0)
}

/// Per day: whether it lies in a gap.
fn gaps(days: i32, chance: &mut Chance) -> Vec<bool> {
    let mut left = 0i32;
    (0..days)
        .map(|_| {
            if left > 0 {
                left -= 1;
            } else if happens(chance, GAPS / 365.0) {
                let length: f64 = Exp1.sample(chance);
                left = libm::ceil(GAP_DAYS * length) as i32;
            }
            left > 0
        })
        .collect()
}

/// What one day hands on to the next.
struct Walk<'a> {
    spec: &'a Spec,
    person: &'a Person,
    noise: f64,
    drift: f64,
    tail: Option<StudentT<f64>>,
    worst: Option<Gamma<f64>>,
    scale: f64,
}

impl<'a> Walk<'a> {
    fn new(spec: &'a Spec, person: &'a Person, chance: &mut Chance) -> Walk<'a> {
        // A t with n degrees of freedom has variance n / (n − 2); scaled back, the personal SD is what it says.
        let scale = libm::sqrt((spec.tails - 2.0) / spec.tails);
        let mut walk = Walk {
            spec,
            person,
            noise: 0.0,
            drift: 0.0,
            tail: StudentT::new(spec.tails).ok(),
            worst: Gamma::new(WORST_ABOVE.0, WORST_ABOVE.1).ok(),
            scale,
        };
        walk.noise = person.sd * walk.shock(chance);
        walk
    }

    fn shock(&self, chance: &mut Chance) -> f64 {
        match self.tail {
            Some(tail) => self.scale * tail.sample(chance),
            None => normal(chance),
        }
    }

    fn day(&mut self, day: i32, weekday: i32, (flare, flare_day): (f64, u16), gap: bool, chance: &mut Chance) -> Day {
        let (spec, person) = (self.spec, self.person);
        let memory = person.memory;
        self.noise = memory * self.noise + libm::sqrt(1.0 - memory * memory) * person.sd * self.shock(chance);
        self.drift += DRIFT / libm::sqrt(365.0) * normal(chance);
        let weekday = (weekday + day).rem_euclid(7);
        let physio = (PHYSIO_DAYS.0..=PHYSIO_DAYS.1).contains(&day) && (weekday == 1 || weekday == 3);
        let by_the_week = if weekday >= 5 { WEEKEND } else { 0.0 } + if physio { PHYSIO } else { 0.0 };
        let level = person.curve(day) + self.drift;
        let far = (f64::from(day) / spec.missed_day).min(1.0);
        let missing = logit(spec.missed.0) + far * (logit(spec.missed.1) - logit(spec.missed.0)) + person.missing;
        Day {
            level: level as f32,
            felt: (level + by_the_week + flare + self.noise) as f32,
            flare: flare as f32,
            flare_day,
            missing: if gap { f32::INFINITY } else { missing as f32 },
            draw: unit(chance) as f32,
            rounds: happens(chance, spec.digit_preference),
            worst_above: self.worst.map_or(WORST_ABOVE.0 * WORST_ABOVE.1, |worst| worst.sample(chance)) as f32,
            function_noise: (FUNCTION_NOISE * person.sd * normal(chance)) as f32,
        }
    }
}
