//! Which log odds are worth a person's attention? The thresholds, their false-alarm rates and the rules of the detector.
//!
//! They stand in an artifact, found by simulation for one model: it names that model's hash and is refused with any other.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::prior::{ArtifactError, Prior};

/// The calibration that ships.
pub const SHIPPED: &str = include_str!("../artifact/calibration.json");

/// How far back the detector remembers answered days; [`Rules::before_days`] must fit.
pub(crate) const REMEMBERED: usize = 64;

/// Whoever writes more of a population than so many bytes means something else.
const LONGEST_POPULATION: usize = 500;
/// Log odds beyond these are nobody's: a chance of 1e-20.
const ODDS: f64 = 46.0;
/// A case a day is the most.
const DAYS_A_YEAR: f64 = 365.0;

/// A calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Hash of the prior it was made for: [`Prior::hash`].
    pub model: String,
    /// When it was made, an ISO date.
    pub date: String,
    /// For whom its rates hold.
    pub population: String,
    /// How often a case of each kind may open without a lasting change, a patient-year: what the thresholds were found for.
    pub promised: Promised,
    /// Thresholds where only pain is rated.
    pub pain: BySwing,
    /// Thresholds where function is rated too.
    pub pain_and_function: BySwing,
    /// Log odds as they count ([`BySwing::counted`]) against false cases a patient-year where only pain is rated; log odds rise,
    /// rates fall.
    pub curve: Vec<(f64, f64)>,
    /// The same where function is rated too.
    pub curve_with_function: Vec<(f64, f64)>,
    /// The rules beside the thresholds.
    pub rules: Rules,
}

/// False cases a patient-year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Promised {
    /// Of *watch*.
    pub watch: f64,
    /// Of *lasting change*.
    pub lasting: f64,
}

/// Log odds from which a case opens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// A closer look.
    pub watch: f64,
    /// A lasting change.
    pub lasting: f64,
}

/// Thresholds by how much a person's pain swings ([`Posterior::swing`], points of 0–10): three of them, swings rising; straight lines
/// between, flat beyond. The model draws a flare anew each day, and apart in pain and in function; people have one flare. In a steady
/// person that is soon taken for a lasting change. So the same log odds are not the same chance of a false alarm for everybody.
///
/// [`Posterior::swing`]: crate::filter::Posterior::swing
///
/// ```
/// use lamella_trajectory::calibration::{BySwing, Thresholds};
/// let of = |watch, lasting| Thresholds { watch, lasting };
/// let thresholds = BySwing([(0.8, of(-1.0, 1.5)), (1.2, of(-1.5, 0.5)), (1.8, of(-2.0, 0.0))]);
/// assert_eq!(thresholds.at(0.3), of(-1.0, 1.5));
/// assert_eq!(thresholds.at(1.0), of(-1.25, 1.0));
/// // What opens a case at any swing counts as what opens it in the middle.
/// assert_eq!([thresholds.counted(1.5, 0.3), thresholds.counted(-2.0, 4.0)], [0.5, -1.5]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BySwing(pub [(f64, Thresholds); 3]);

impl BySwing {
    /// The thresholds at this swing.
    pub fn at(&self, swing: f64) -> Thresholds {
        let [low, middle, high] = self.0;
        let (from, to) = if swing < middle.0 { (low, middle) } else { (middle, high) };
        let part = ((swing - from.0) / (to.0 - from.0)).clamp(0.0, 1.0);
        let between = |of: fn(Thresholds) -> f64| of(from.1) + part * (of(to.1) - of(from.1));
        Thresholds { watch: between(|at| at.watch), lasting: between(|at| at.lasting) }
    }

    /// Those in the middle.
    pub fn middle(&self) -> Thresholds {
        let [_, (_, middle), _] = self.0;
        middle
    }

    /// The log odds that say in the middle what these say at this swing: each threshold falls on its middle one, straight between.
    pub fn counted(&self, log_odds: f64, swing: f64) -> f64 {
        let (at, middle) = (self.at(swing), self.middle());
        if log_odds >= at.lasting {
            log_odds - at.lasting + middle.lasting
        } else if log_odds <= at.watch {
            log_odds - at.watch + middle.watch
        } else {
            middle.watch + (log_odds - at.watch) / (at.lasting - at.watch) * (middle.lasting - middle.watch)
        }
    }
}

/// The detector's and the flares' rules (design 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// How long a case is held open, days.
    pub latch_days: i32,
    /// How many of the latest ratings make up *now*; an odd number, so that there is a middle one.
    pub recent: usize,
    /// By how much their median has to lie above what was before.
    pub rise: u8,
    /// Which days back make up *before*: from, to.
    pub before_days: [i32; 2],
    /// Off course where the responder course is less likely than this …
    pub stall_below: f64,
    /// … from this day on.
    pub stall_from_day: i32,
    /// Off course where the median of the latest ratings is at least this and only the missing rise holds a case back.
    pub ceiling: u8,
    /// *On course* needs this many rated days.
    pub enough_days: u32,
    /// A flare is read from this probability on.
    pub flare_from: f64,
    /// A flare without a rating for more days than this ended unseen.
    pub flare_unseen_days: i32,
}

impl Calibration {
    /// Reads a calibration for the prior with hash `model`.
    ///
    /// # Errors
    /// [`ArtifactError::OtherModel`] when it was made for another one; the others when it cannot be read or cannot be meant.
    ///
    /// ```
    /// use lamella_trajectory::{calibration, prior};
    /// let model = prior::Prior::hash(prior::SHIPPED);
    /// assert!(calibration::Calibration::parse(calibration::SHIPPED, &model).is_ok());
    /// assert!(calibration::Calibration::parse(calibration::SHIPPED, "another").is_err());
    /// ```
    pub fn parse(text: &str, model: &str) -> Result<Calibration, ArtifactError> {
        let read: Calibration = serde_json::from_str(text).map_err(|error| ArtifactError::Unreadable(error.to_string()))?;
        read.check()?;
        if read.model != model {
            return Err(ArtifactError::OtherModel { names: read.model, have: model.to_string() });
        }
        Ok(read)
    }

    /// The hash that names this artifact's text.
    pub fn hash(text: &str) -> String {
        Prior::hash(text)
    }

    /// The thresholds that hold for a person.
    pub fn thresholds(&self, rates_function: bool) -> BySwing {
        if rates_function { self.pain_and_function } else { self.pain }
    }

    /// How often chance alone reaches these log odds, as they count ([`BySwing::counted`]): once in so many patient-years, between
    /// the curve's ends (beyond the last point that one's: *at least*). `None` below the first.
    pub fn once_in_patient_years(&self, log_odds: f64, rates_function: bool) -> Option<f64> {
        let curve = if rates_function { &self.curve_with_function } else { &self.curve };
        let mut last = curve.first().copied().filter(|(odds, _)| log_odds >= *odds)?;
        for &(odds, rate) in curve.iter().skip(1) {
            if log_odds < odds {
                let part = (log_odds - last.0) / (odds - last.0);
                let log_rate = libm::log(last.1) + part * (libm::log(rate) - libm::log(last.1));
                return Some(libm::exp(-log_rate));
            }
            last = (odds, rate);
        }
        Some(1.0 / last.1)
    }

    fn check(&self) -> Result<(), ArtifactError> {
        let r = &self.rules;
        let [from, to] = r.before_days;
        let rising = |pair: &[(f64, f64)]| matches!(pair, [a, b] if a.0 < b.0 && a.1 > b.1);
        let falls = |curve: &[(f64, f64)]| curve.iter().all(|(_, rate)| *rate > 0.0) && curve.windows(2).all(rising);
        let rises = |BySwing(points): BySwing| {
            points.windows(2).all(|pair| matches!(pair, [low, high] if low.0 < high.0))
                && points.iter().all(|(_, at)| -ODDS <= at.watch && at.watch < at.lasting && at.lasting <= ODDS)
        };
        let checks = [
            ("date", self.date.len() == 10 && self.date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')),
            ("population", self.population.len() <= LONGEST_POPULATION),
            ("promised", 0.0 < self.promised.lasting && self.promised.lasting <= self.promised.watch && self.promised.watch <= DAYS_A_YEAR),
            ("pain", rises(self.pain)),
            ("pain_and_function", rises(self.pain_and_function)),
            ("curve", falls(&self.curve) && !self.curve.is_empty()),
            ("curve_with_function", falls(&self.curve_with_function) && !self.curve_with_function.is_empty()),
            ("latch_days", 0 < r.latch_days && r.latch_days <= 365),
            ("recent", r.recent % 2 == 1 && r.recent <= 9),
            ("before_days", 0 < from && from <= to && to < REMEMBERED as i32),
            ("stall_below", (0.0..=1.0).contains(&r.stall_below)),
            ("flare_from", r.flare_from > 0.0 && r.flare_from <= 1.0),
        ];
        match checks.into_iter().find(|(_, holds)| !holds) {
            Some((what, _)) => Err(ArtifactError::Impossible(what)),
            None => Ok(()),
        }
    }
}
