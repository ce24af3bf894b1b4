//! Fluctuation, flare or lasting change? The posterior of the switching model after each day's answers.
//!
//! Sixty components: two recovery courses × five personal standard deviations × two flare profiles, each calm, in a flare or
//! lastingly changed (design, section 2). Ratings are taken as what they are: intervals of an unseen value. A day without an
//! answer is a day that passes. Nothing is allocated, whatever the number of days.

use core::fmt;
use serde::{Deserialize, Serialize};

use crate::bank::{Bank, Channel, Part};
use crate::prior::Prior;

/// The last day since the procedure that is taken, a hundred years on: a typing error must not cost a minute of silence.
pub const LAST_DAY: i32 = 36_525;

/// Groups below this weight may be dropped without a visible change: the log odds differ by 4e-9 (design 2.3, step 5).
pub const INVISIBLE: f64 = 1e-12;

/// The highest rating.
pub const HIGHEST: u8 = 10;

/// What was answered on one day since the procedure. Ratings 0–10; `None` = not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Day {
    /// Days since the procedure; the procedure is day 0.
    pub day: i32,
    /// Pain.
    pub pain: Option<u8>,
    /// How much pain got in the way.
    pub function: Option<u8>,
}

/// Why a day was not taken. Whatever refuses it is left as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The day is not after the last one taken: days rise, and a day counts once.
    NotLater {
        /// The day offered.
        day: i32,
        /// The last day taken.
        last: i32,
    },
    /// The day is before the procedure or beyond [`LAST_DAY`].
    OutOfRange {
        /// The day offered.
        day: i32,
    },
    /// A rating is above 10.
    RatingTooHigh {
        /// The rating offered.
        rating: u8,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::NotLater { day, last } => write!(f, "day {day} is not after day {last}: replay the days in order, one entry a day"),
            Refused::OutOfRange { day } => write!(f, "day {day} is not among the days 0 to {LAST_DAY} since the procedure"),
            Refused::RatingTooHigh { rating } => write!(f, "the rating {rating} is above {HIGHEST}"),
        }
    }
}

impl core::error::Error for Refused {}

/// Which days were taken so far, and whether the next may be: shared by all that step day by day.
pub(crate) fn admit(last: Option<i32>, day: i32, ratings: [Option<u8>; 2]) -> Result<(), Refused> {
    if !(0..=LAST_DAY).contains(&day) {
        return Err(Refused::OutOfRange { day });
    }
    if let Some(rating) = ratings.into_iter().flatten().find(|rating| *rating > HIGHEST) {
        return Err(Refused::RatingTooHigh { rating });
    }
    match last {
        Some(last) if day <= last => Err(Refused::NotLater { day, last }),
        _ => Ok(()),
    }
}

/// Mean and variance of the pain level without deviation and flare, in points of 0–10 (it may leave that range).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Its mean.
    pub mean: f64,
    /// Its variance, above zero.
    pub variance: f64,
}

/// What is known of the coefficients c0…c3 of a person's recovery curve c0 + c1·e^(−t/8) + c2·e^(−t/30) + c3·e^(−t/100), in points
/// of 0–10. c0 is that of the posterior's day: it walks, the others stay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// Their means.
    pub mean: [f64; 4],
    /// Their covariance.
    pub cov: [[f64; 4]; 4],
}

/// The posterior after the answers of [`Posterior::day`].
///
/// ```
/// use lamella_trajectory::{filter::Posterior, prior::{Prior, SHIPPED}};
/// let prior = Prior::parse(SHIPPED)?;
/// let mut posterior = Posterior::new(&prior, Some(7))?;
/// for day in 0..40 {
///     posterior.step(day, Some(4), None)?;
/// }
/// for day in 40..50 {
///     posterior.step(day, Some(8), None)?;
/// }
/// assert!(posterior.p_lasting() > 0.5);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Posterior {
    bank: Bank<3>,
    /// The last day taken; `None` before the first.
    last: Option<i32>,
    /// Odds of a lasting change when the last day began: what its answers are measured against.
    before: [f64; 2],
}

impl Posterior {
    /// Before any day: the cohort's prior, moved by the intake rating (0–10) if there is one.
    ///
    /// # Errors
    /// [`Refused::RatingTooHigh`].
    pub fn new(prior: &Prior, intake: Option<u8>) -> Result<Posterior, Refused> {
        admit(None, 0, [intake, None])?;
        let mut posterior = Posterior { bank: Bank::new(prior, intake), last: None, before: [0.0, 1.0] };
        posterior.before = posterior.split();
        Ok(posterior)
    }

    /// Drops groups below this weight for good from here on and renormalises the rest: half the work, and at
    /// [`INVISIBLE`] nothing to be seen of it. Without, all sixty components stay.
    pub fn dropping(mut self, weight: f64) -> Posterior {
        self.bank.drop_below(weight);
        self
    }

    /// How many of the twenty groups are still carried.
    pub fn groups(&self) -> usize {
        self.bank.live()
    }

    /// Takes the answers of `day`; the days between pass unanswered. With both `None` the day passes too.
    ///
    /// # Errors
    /// [`Refused`]; the posterior is then unchanged.
    pub fn step(&mut self, day: i32, pain: Option<u8>, function: Option<u8>) -> Result<(), Refused> {
        admit(self.last, day, [pain, function])?;
        self.answered(day, pain, function);
        Ok(())
    }

    /// Becomes the other with the answers of `day` taken, as [`Posterior::step`] takes them; the other stays as it was.
    pub(crate) fn step_from(&mut self, other: &Posterior, day: i32, pain: Option<u8>, function: Option<u8>) -> Result<(), Refused> {
        admit(other.last, day, [pain, function])?;
        if other.bank.day < day {
            self.bank.predict_from(&other.bank)
        } else {
            self.bank.clone_from(&other.bank)
        }
        self.answered(day, pain, function);
        Ok(())
    }

    fn answered(&mut self, day: i32, pain: Option<u8>, function: Option<u8>) {
        while self.bank.day < day {
            self.bank.predict();
        }
        self.last = Some(day);
        self.before = self.split();
        if let Some(rating) = pain {
            self.bank.observe(Channel::Pain, rating);
        }
        if let Some(rating) = function {
            self.bank.observe(Channel::Function, rating);
        }
    }

    /// Takes what else was said on the last day taken, as its likelihood when calm, in a flare and lastingly changed; any common
    /// scale. No reading does so: such likelihoods have not been measured (`cohort/examples/extra_answers.rs` tries assumed ones).
    /// False, and nothing changed, unless all lie between 1e-100 and 1e100.
    ///
    /// ```
    /// use lamella_trajectory::{filter::Posterior, prior::{Prior, SHIPPED}};
    /// let mut posterior = Posterior::new(&Prior::parse(SHIPPED)?, Some(7))?;
    /// posterior.step(5, Some(7), None)?;
    /// let before = posterior.p_flare();
    /// assert!(posterior.hear([0.1, 0.8, 0.3]) && posterior.p_flare() > before);
    /// assert!(!posterior.hear([0.0, 0.8, 0.3]));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn hear(&mut self, likelihoods: [f64; 3]) -> bool {
        let meant = likelihoods.iter().all(|likelihood| (1e-100..=1e100).contains(likelihood));
        if meant {
            self.bank.weigh(likelihoods);
        }
        meant
    }

    /// The same from the start: this is what the posterior *is*; [`Posterior::step`] equals it bit for bit.
    ///
    /// # Errors
    /// [`Refused`] at the first day that cannot be taken.
    pub fn replay(prior: &Prior, intake: Option<u8>, days: &[Day]) -> Result<Posterior, Refused> {
        let mut posterior = Posterior::new(prior, intake)?;
        for day in days {
            posterior.step(day.day, day.pain, day.function)?;
        }
        Ok(posterior)
    }

    /// The day since the procedure that it speaks of.
    pub fn day(&self) -> i32 {
        self.bank.day
    }

    /// Natural logarithm of the odds of a lasting change; minus infinity on day 0.
    pub fn log_odds(&self) -> f64 {
        log_ratio(self.split())
    }

    /// By how much the last day's answers moved [`Posterior::log_odds`]: positive speaks for a lasting change. Over the days
    /// the model's own drift of the odds comes on top. Zero on day 0.
    pub fn evidence(&self) -> f64 {
        if self.before.iter().all(|odds| *odds > 0.0) { self.log_odds() - log_ratio(self.before) } else { 0.0 }
    }

    /// Probability of a lasting change, 0–1.
    pub fn p_lasting(&self) -> f64 {
        let [_, _, lasting] = self.bank.modes();
        at_most_one(lasting)
    }

    /// Probability of a flare, 0–1.
    pub fn p_flare(&self) -> f64 {
        let [_, flare, _] = self.bank.modes();
        at_most_one(flare)
    }

    /// Probability of the responder course, 0–1.
    pub fn p_responder(&self) -> f64 {
        at_most_one(self.bank.responders())
    }

    /// By how much this person's pain swings from day to day when nothing happens, as far as is known by now: the mean of their own
    /// standard deviation, points of 0–10.
    pub fn swing(&self) -> f64 {
        self.bank.swing()
    }

    /// The level: recovery curve and lasting change, without deviation and flare.
    pub fn level(&self) -> Level {
        let parts = self.bank.levels();
        let mean: f64 = parts.iter().map(|part| part.weight * part.mean).sum();
        let variance = parts.iter().map(|part| part.weight * (part.variance + (part.mean - mean) * (part.mean - mean))).sum();
        Level { mean, variance }
    }

    /// Probability that the level ([`Posterior::level`]) is at most `x`, 0–1: all components, not the one normal with their mean
    /// and variance, which is too narrow in its tails (design 4.2).
    ///
    /// ```
    /// use lamella_trajectory::{filter::Posterior, prior::{Prior, SHIPPED}};
    /// let mut posterior = Posterior::new(&Prior::parse(SHIPPED)?, Some(7))?;
    /// posterior.step(0, Some(7), None)?;
    /// assert!(posterior.level_at_most(2.0) < 0.01 && posterior.level_at_most(12.0) > 0.99);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn level_at_most(&self, x: f64) -> f64 {
        let below = |part: &Part| 0.5 * libm::erfc((part.mean - x) / libm::sqrt(2.0 * part.variance));
        at_most_one(self.bank.levels().iter().filter(|part| part.weight > 0.0).map(|part| part.weight * below(part)).sum())
    }

    /// The recovery curve, as it is known by now. `None` once its first term has faded to 1e-60 (from day 1104 on): what has been
    /// forgotten cannot be told.
    ///
    /// ```
    /// use lamella_trajectory::{filter::Posterior, prior::{Prior, SHIPPED}};
    /// let mut posterior = Posterior::new(&Prior::parse(SHIPPED)?, None)?;
    /// for day in 0..200 {
    ///     posterior.step(day, Some(4), None)?;
    /// }
    /// assert!(posterior.curve().is_some_and(|curve| (curve.mean[0] - 4.0).abs() < 1.0 && curve.cov[0][0] < 0.5));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn curve(&self) -> Option<Curve> {
        self.bank.curve().map(|(mean, cov)| Curve { mean, cov })
    }

    /// Natural logarithm of the probability of every answer so far, pain and function (and of what else was heard).
    pub fn log_likelihood(&self) -> f64 {
        self.bank.log_likelihood
    }

    /// Probability of a lasting change and of its absence, each summed on its own.
    fn split(&self) -> [f64; 2] {
        let [calm, flare, lasting] = self.bank.modes();
        [lasting, calm + flare]
    }
}

fn log_ratio([lasting, not]: [f64; 2]) -> f64 {
    libm::log(lasting) - libm::log(not)
}

/// A sum of probabilities may miss 1 by a rounding.
fn at_most_one(p: f64) -> f64 {
    if p > 1.0 { 1.0 } else { p }
}
