//! Would a detector that needs no cohort believe the promise?
//!
//! The reading's thresholds come from simulation: they are as good as the virtual people. The audit asks the same of a detector
//! whose threshold comes from a proof. Each rating has its place uₜ in what the band of two modes (calm and flare) expected of it one
//! rated day before: the randomised PIT ([`pit`]). Where the expectations are right, uₜ is uniform whatever came before. A bet
//! that pain has risen pays `b·u^(b−1)` for b = 1.5, 2 or 3: above 1 for high ratings and 1 on average, since its integral over 0–1
//! is 1. Per bet the Shiryaev–Roberts statistic is
//!
//! ```text
//! R₀ = 0,    Rₜ = (1 + Rₜ₋₁) · b·uₜ^(b−1),    alarm where the mean of the three reaches h; then all begin at 0 again.
//! ```
//!
//! *Its promise.* Let Sₜ be the mean of the three plus h times the alarms so far. Without an alarm it grows by 1 a rated day on
//! average; an alarm takes away at least the h that it adds. So h·E(alarms) ≤ E(Sₙ) ≤ n: over n rated days at most n/h alarms,
//! without any cohort. That is the e-detector of Shin, Ramdas and Rinaldo (*E-detectors: a nonparametric framework for sequential
//! change detection*, 2023), whose mean time to a false alarm is at least h. With h = 365.25 / promise (1826 for once in five years)
//! it makes the reading's own promise.
//!
//! *What it says.* Alarms beyond n/h mean that the expectations are not right for these people: they swing more, or their flares
//! depend on each other more, than the model knows; a threshold found by simulation on the model's people is worth nothing there.
//! Alarms within n/h and more cases of the reading than were promised mean that the model fits and the thresholds do not.

use crate::calibrate::Trace;
use crate::chance::{Purpose, stream};
use crate::fan::pit;
use crate::interval::{Estimate, clustered_rate, share};
use lamella_trajectory::band::Band;
use lamella_trajectory::prior::Prior;
use serde::Serialize;

/// What is bet on a rise. Design, section 3.
const BETS: [f64; 3] = [1.5, 2.0, 3.0];
/// What the CUSUM takes off each day, in standard deviations. Design, section 3: picked after seeing the first study's people.
const CUSUM_TAKES: f64 = 0.25;
/// Days of a year.
const YEAR: f64 = 365.25;

/// What the audit says: of cohorts, and of lasting changes beside two comparators.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audit {
    /// The threshold that the proof gives.
    pub threshold: f64,
    /// Cohorts, the reference first.
    pub cohorts: Vec<Audited>,
    /// The thresholds of Shiryaev–Roberts and CUSUM that keep the promise on the reference cohort by simulation.
    pub by_simulation: [f64; 2],
    /// Share of people for whom a lasting change is found within 28 days.
    pub found_28: Vec<Found>,
    #[serde(skip)]
    latch_days: i32,
}

/// The audit of one cohort without lasting changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audited {
    /// The cohort's word.
    pub cohort: String,
    /// The audit's cases a patient-year.
    pub cases: Estimate,
    /// At most so many, where the expectations are right: rated days a patient-year over the threshold.
    pub at_most: f64,
    /// The reading's cases of *lasting change* on the same people.
    pub reading: Estimate,
    /// What follows.
    pub says: Says,
}

/// Whether a promise is believable for people like these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// The expectations pass, and the reading keeps its promise.
    Believable,
    /// The expectations pass, and the reading rings more often than promised: its thresholds are not for these people.
    WrongThresholds,
    /// The audit rings more often than right expectations allow: the model is not for these people, whatever the thresholds.
    WrongModel,
}

/// How one lasting change is found within 28 days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Which change.
    pub change: String,
    /// By the audit at its own threshold.
    pub audit: Option<Estimate>,
    /// By Shiryaev–Roberts and by CUSUM at the thresholds found by simulation.
    pub by_simulation: [Option<Estimate>; 2],
}

impl Audit {
    /// The audit of a promise of so many false cases a patient-year, with the reference cohort: each followed for a year, without a
    /// lasting change; `reading` is the reading's rate on the same people. `None` without people.
    pub fn new(promise: f64, latch_days: i32, reference: &[Places], reading: Estimate) -> Option<Audit> {
        let by_simulation = [By::ShiryaevRoberts, By::Cusum].map(|by| threshold(reference, by, promise, latch_days));
        let mut audit = Audit { threshold: YEAR / promise, cohorts: vec![], by_simulation, found_28: vec![], latch_days };
        audit.cohort("reference", reference, reading)?;
        Some(audit)
    }

    /// One more cohort.
    pub fn cohort(&mut self, name: &str, people: &[Places], reading: Estimate) -> Option<()> {
        let cases = rate(people, By::ShiryaevRoberts, self.threshold, self.latch_days)?;
        let rated: usize = people.iter().map(|person| person.rated.len()).sum();
        let at_most = rated as f64 / people.len() as f64 / self.threshold;
        let says = if cases.low > at_most {
            Says::WrongModel
        } else if reading.low > YEAR / self.threshold {
            Says::WrongThresholds
        } else {
            Says::Believable
        };
        self.cohorts.push(Audited { cohort: name.to_string(), cases, at_most, reading, says });
        Some(())
    }

    /// One more lasting change, of people who have it.
    pub fn change(&mut self, name: &str, people: &[Places]) {
        let found = |by, at| found_28(people, by, at, self.latch_days);
        let [shiryaev_roberts, cusum] = self.by_simulation;
        let found = Found {
            change: name.to_string(),
            audit: found(By::ShiryaevRoberts, self.threshold),
            by_simulation: [found(By::ShiryaevRoberts, shiryaev_roberts), found(By::Cusum, cusum)],
        };
        self.found_28.push(found);
    }
}

/// Where a person's ratings lay in what was expected of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    rated: Vec<Place>,
    /// The first day of a lasting change.
    onset: Option<i32>,
}

impl Places {
    /// Of a trace; a rating's own probability is spread evenly by the person's stream of this seed. `None` never happens with a
    /// prior that can be read.
    pub fn new(prior: &Prior, trace: &Trace, seed: u64, patient: u64) -> Option<Places> {
        let mut chance = stream(seed, patient, Purpose::Audit, 1);
        let mut band = Band::new(prior, trace.intake).ok()?;
        let rated = trace.rated.iter().map(|rated| {
            let expected = band.step(rated.day, Some(rated.pain), None).ok()?;
            Some(Place::new(rated.day, pit(&expected, rated.pain, &mut chance)))
        });
        Some(Places { rated: rated.collect::<Option<Vec<Place>>>()?, onset: trace.onset })
    }

    /// The days on which a case opens that is held open for `latch` days; an alarm begins the statistic anew.
    fn cases(&self, by: By, at: f64, latch: i32) -> impl Iterator<Item = i32> {
        let (mut sum, mut open_until) = ([0.0; 3], i32::MIN);
        self.rated.iter().filter_map(move |place| {
            let day = place.day;
            if by.step(&mut sum, place) < at {
                return None;
            }
            sum = [0.0; 3];
            let opens = day >= open_until;
            if opens {
                open_until = day + latch;
            }
            opens.then_some(day)
        })
    }
}

/// One rating's place, as the statistics take it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    day: i32,
    /// What each bet pays.
    paid: [f64; 3],
    /// The place as a normal deviate.
    deviate: f64,
}

impl Place {
    fn new(day: i32, place: f64) -> Place {
        Place { day, paid: BETS.map(|bet| bet * libm::pow(place, bet - 1.0)), deviate: normal_at(place) }
    }
}

/// What adds the places up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Shiryaev–Roberts.
    ShiryaevRoberts,
    /// CUSUM of the places as normal deviates: a comparator, without a promise of its own.
    Cusum,
}

impl By {
    /// Takes a place; returns the statistic.
    fn step(self, sum: &mut [f64; 3], place: &Place) -> f64 {
        match self {
            By::ShiryaevRoberts => {
                sum.iter_mut().zip(place.paid).for_each(|(sum, paid)| *sum = (1.0 + *sum) * paid);
                sum.iter().sum::<f64>() / 3.0
            }
            By::Cusum => {
                let [sum, ..] = sum;
                *sum = (*sum + place.deviate - CUSUM_TAKES).max(0.0);
                *sum
            }
        }
    }
}

/// The standard normal's quantile, halved until a billionth.
fn normal_at(share: f64) -> f64 {
    let (mut low, mut high) = (-6.0, 6.0);
    while high - low > 1e-9 {
        let middle = 0.5 * (low + high);
        if 0.5 * libm::erfc(-middle / core::f64::consts::SQRT_2) < share { low = middle } else { high = middle }
    }
    high
}

/// False cases a patient-year, where each person is followed for a year.
fn rate(people: &[Places], by: By, at: f64, latch: i32) -> Option<Estimate> {
    let counts = people.iter().map(|person| person.cases(by, at, latch).count() as u64);
    let (sum, squares) = counts.fold((0, 0), |(sum, squares), count| (sum + count, squares + count * count));
    clustered_rate(sum, squares, people.len() as u64, 1.0)
}

/// The threshold at which cases come at most `target` times a patient-year: halved until it is known to a thousandth.
fn threshold(people: &[Places], by: By, target: f64, latch: i32) -> f64 {
    let (mut low, mut high) = (1e-3, 1e6);
    while high / low > 1.001 {
        let middle = libm::sqrt(low * high);
        if rate(people, by, middle, latch).is_some_and(|rate| rate.value > target) { low = middle } else { high = middle }
    }
    high
}

/// Share of people with a lasting change for whom a case opens within 28 days of it.
fn found_28(people: &[Places], by: By, at: f64, latch: i32) -> Option<Estimate> {
    let found = people
        .iter()
        .filter(|person| person.onset.is_some_and(|onset| person.cases(by, at, latch).any(|day| (onset..=onset + 28).contains(&day))));
    share(found.count() as u64, people.len() as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::chance::{Chance, unit};

    const H: f64 = YEAR / 0.2;

    /// A year of places, drawn as `draw` says; a person of four has no rating on half the days.
    fn people(count: u64, draw: impl Fn(&mut Chance, i32) -> f64) -> Vec<Places> {
        let person = |number: u64| {
            let mut chance = stream(3, number, Purpose::Audit, 2);
            let rated = (0..365).step_by(1 + usize::from(number % 4 == 3)).map(|day| Place::new(day, draw(&mut chance, day))).collect();
            Places { rated, onset: Some(200) }
        };
        (0..count).map(person).collect()
    }

    fn none() -> Estimate {
        Estimate { value: 0.0, low: 0.0, high: 0.0 }
    }

    #[test]
    fn uniform_places_keep_the_proven_bound_and_are_near_it() {
        let audit = Audit::new(0.2, 28, &people(2000, |chance, _| unit(chance)), none()).unwrap();
        let [reference] = audit.cohorts.as_slice() else { unreachable!() };
        assert!((reference.at_most - 0.875 * 365.0 / H).abs() < 1e-3, "{reference:?}");
        assert!(reference.cases.low <= reference.at_most && reference.cases.value > 0.25 * reference.at_most, "{reference:?}");
        assert_eq!(reference.says, Says::Believable);
    }

    #[test]
    fn places_that_hang_together_are_the_wrong_model_and_too_many_cases_the_wrong_thresholds() {
        // Uniform each day, but the same for a week: what the bound may not be asked for.
        let week = |_: &mut Chance, day: i32| unit(&mut stream(9, day.unsigned_abs().into(), Purpose::Audit, 3));
        let mut audit = Audit::new(0.2, 28, &people(400, |chance, _| unit(chance)), none()).unwrap();
        audit.cohort("weeks", &people(400, |chance, day| if day % 7 == 0 { unit(chance) } else { week(chance, day / 7) }), none()).unwrap();
        let often = Estimate { value: 0.4, low: 0.3, high: 0.5 };
        audit.cohort("often", &people(400, |chance, _| unit(chance)), often).unwrap();
        let said: Vec<Says> = audit.cohorts.iter().map(|cohort| cohort.says).collect();
        assert_eq!(said, [Says::Believable, Says::WrongModel, Says::WrongThresholds], "{audit:?}");
    }

    #[test]
    fn a_rise_is_found_and_a_lower_threshold_finds_more() {
        let rises = people(300, |chance, day| if day < 200 { unit(chance) } else { unit(chance).max(unit(chance)) });
        let mut audit = Audit::new(0.2, 28, &people(1000, |chance, _| unit(chance)), none()).unwrap();
        audit.change("rise", &rises);
        audit.change("none", &people(300, |chance, _| unit(chance)));
        let share = |nth: usize| audit.found_28.get(nth).map(|found| [found.audit, found.by_simulation[0], found.by_simulation[1]]);
        let [rise, none] = [0, 1].map(|nth| share(nth).unwrap().map(|share| share.unwrap().value));
        assert!(rise[0] > 0.1 && rise[1] >= rise[0] && rise[2] > 0.1, "{rise:?}");
        assert!(none.iter().all(|share| *share < 0.05), "{none:?}");
    }

    #[test]
    fn the_statistics_by_hand() {
        let mut sum = [0.0; 3];
        // u = 1: (1.5 + 2 + 3) / 3; again: (2.5·1.5 + 3·2 + 4·3) / 3.
        let twice = [1.0, 1.0].map(|place| By::ShiryaevRoberts.step(&mut sum, &Place::new(0, place)));
        assert!((twice[0] - 6.5 / 3.0).abs() < 1e-12 && (twice[1] - 21.75 / 3.0).abs() < 1e-12, "{twice:?}");
        let mut sum = [0.0; 3];
        let steps = [0.5, 0.975, 0.5].map(|place| By::Cusum.step(&mut sum, &Place::new(0, place)));
        assert!(steps[0] == 0.0 && (steps[1] - 1.709_964).abs() < 1e-6 && (steps[2] - 1.459_964).abs() < 1e-6, "{steps:?}");
    }
}
