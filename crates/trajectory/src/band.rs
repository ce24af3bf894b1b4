//! What was to be expected? The same bank without lasting change: a deterioration must not widen the band that exposes it.
//!
//! The band is there to look at, not to judge. A view replays it; the fold of a record need not carry it.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::bank::{Bank, Channel};
use crate::filter::{Day, HIGHEST, Refused, admit};
use crate::lanes::{RATINGS, ratings};
use crate::prior::Prior;

/// A forecast of one day's pain rating: the probability of each rating 0–10; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Forecast(pub [f64; RATINGS]);

impl Forecast {
    /// The smallest rating k with F(k) ≥ `quantile`.
    pub fn at(&self, quantile: f64) -> u8 {
        let mut sum = 0.0;
        for (k, p) in (0..HIGHEST).zip(self.0) {
            sum += p;
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

    /// The day since the procedure that it speaks of.
    pub fn day(&self) -> i32 {
        self.bank.day
    }

    /// The forecast for so many days after the last day taken; 0 is that day itself, as it stands.
    ///
    /// The mode probabilities move by the day's matrix to that power; the components are not mixed on the way (design 2.4).
    pub fn ahead(&self, days: u32) -> Forecast {
        let parts = self.bank.ahead(days);
        Forecast(ratings(&parts.map(|part| part.weight), &parts.map(|part| part.mean), &parts.map(|part| part.variance)))
    }
}

/// How far ahead of a day the band stands that it is held against in words: a one-step band follows a change within days.
pub const SENTENCE_DAYS: i32 = 28;

/// One rated day against what was expected of it 28 days before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Days since the procedure.
    pub day: i32,
    /// The rating.
    pub rating: u8,
    /// 10th percentile of the forecast.
    pub low: u8,
    /// 90th percentile of the forecast.
    pub high: u8,
}

impl Held {
    /// Whether the rating lies above the band.
    pub fn above(&self) -> bool {
        self.rating > self.high
    }
}

/// The last `count` rated days, oldest first, each against the band as it was forecast [`SENTENCE_DAYS`] before it, for days
/// before that on day 0 (design 2.4): *on 9 of the last 10 answered days above the expected range*.
///
/// # Errors
/// [`Refused`] at the first day that cannot be taken.
pub fn held(prior: &Prior, intake: Option<u8>, days: &[Day], count: usize) -> Result<Vec<Held>, Refused> {
    let rated = days.iter().filter_map(|day| day.pain.map(|rating| (day.day, rating)));
    let mut wanted: Vec<(i32, u8)> = rated.rev().take(count).collect();
    wanted.reverse();
    let mut band = Band::new(prior, intake)?;
    let mut given = days.iter().peekable();
    let mut held = Vec::with_capacity(wanted.len());
    for (day, rating) in wanted {
        let from = if day > SENTENCE_DAYS { day - SENTENCE_DAYS } else { 0 };
        while let Some(next) = given.next_if(|next| next.day <= from && next.day < day) {
            band.step(next.day, next.pain, next.function)?;
        }
        let ahead = u32::try_from(day - band.day()).unwrap_or_default();
        let forecast = band.ahead(ahead);
        held.push(Held { day, rating, low: forecast.low(), high: forecast.high() });
    }
    Ok(held)
}
