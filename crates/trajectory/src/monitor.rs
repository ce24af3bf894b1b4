//! Where does this person's pain stand? Posterior, detector and flares together, one rated day at a time.

use serde::{Deserialize, Serialize};

use crate::State;
use crate::calibration::{BySwing, Calibration, Rules};
use crate::detector::{Case, Detector, Opened};
use crate::filter::{Day, INVISIBLE, Posterior, Refused};
use crate::flare::Flares;
use crate::prior::Prior;

/// Everything the reading needs of the past; the same whether stepped or replayed, bit for bit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Monitor {
    rules: Rules,
    pain: BySwing,
    pain_and_function: BySwing,
    posterior: Posterior,
    detector: Detector,
    flares: Flares,
    rated_days: u32,
    rates_function: bool,
}

impl Monitor {
    /// Before any day. Groups that are invisible are dropped ([`INVISIBLE`]).
    ///
    /// # Errors
    /// [`Refused::RatingTooHigh`].
    pub fn new(prior: &Prior, calibration: &Calibration, intake: Option<u8>) -> Result<Monitor, Refused> {
        Ok(Monitor {
            rules: calibration.rules,
            pain: calibration.pain,
            pain_and_function: calibration.pain_and_function,
            posterior: Posterior::new(prior, intake)?.dropping(INVISIBLE),
            detector: Detector::new(intake),
            flares: Flares::default(),
            rated_days: 0,
            rates_function: false,
        })
    }

    /// Takes the answers of `day`; returns the cases that they open.
    ///
    /// # Errors
    /// [`Refused`]; the monitor is then unchanged.
    pub fn step(&mut self, day: i32, pain: Option<u8>, function: Option<u8>) -> Result<Opened, Refused> {
        self.posterior.step(day, pain, function)?;
        Ok(self.answered(day, pain, function))
    }

    fn answered(&mut self, day: i32, pain: Option<u8>, function: Option<u8>) -> Opened {
        self.rates_function |= function.is_some();
        let Some(rating) = pain else { return Opened::default() };
        self.rated_days += 1;
        self.flares.step(&self.rules, day, rating, self.posterior.p_flare());
        self.detector.step(&self.rules, self.thresholds().middle(), day, rating, self.counted())
    }

    /// The thresholds that hold for what was rated so far.
    fn thresholds(&self) -> &BySwing {
        if self.rates_function { &self.pain_and_function } else { &self.pain }
    }

    /// Log odds of a lasting change as they count for a person who swings so much ([`BySwing::counted`]).
    pub fn counted(&self) -> f64 {
        self.thresholds().counted(self.posterior.log_odds(), self.posterior.swing())
    }

    /// The same from the start.
    ///
    /// # Errors
    /// [`Refused`] at the first day that cannot be taken.
    pub fn replay(prior: &Prior, calibration: &Calibration, intake: Option<u8>, days: &[Day]) -> Result<Monitor, Refused> {
        let mut monitor = Monitor::new(prior, calibration, intake)?;
        for day in days {
            monitor.step(day.day, day.pain, day.function)?;
        }
        Ok(monitor)
    }

    /// Becomes the other, which has the same rules, with the answers of `day` taken; the other stays as it was. For a step that may
    /// have to be taken back, without a copy each day.
    ///
    /// # Errors
    /// [`Refused`]; the monitor is then unchanged.
    pub(crate) fn step_from(&mut self, other: &Monitor, day: i32, pain: Option<u8>, function: Option<u8>) -> Result<Opened, Refused> {
        self.posterior.step_from(&other.posterior, day, pain, function)?;
        self.detector.follow(&other.detector);
        self.flares.follow(&other.flares);
        (self.rated_days, self.rates_function) = (other.rated_days, other.rates_function);
        Ok(self.answered(day, pain, function))
    }

    /// A person closes a case.
    pub fn close(&mut self, case: Case) {
        self.detector.close(case);
    }

    /// The posterior.
    pub fn posterior(&self) -> &Posterior {
        &self.posterior
    }

    /// The detector.
    pub fn detector(&self) -> &Detector {
        &self.detector
    }

    /// The flares.
    pub fn flares(&self) -> &Flares {
        &self.flares
    }

    /// Whether function was ever rated: other thresholds hold then.
    pub fn rates_function(&self) -> bool {
        self.rates_function
    }

    /// How many days have a pain rating.
    pub fn rated_days(&self) -> u32 {
        self.rated_days
    }

    /// Where it stands on the last day taken: the first that holds (semantics, *The reading*). `lately` says whether the latest
    /// rated day lies within the last two due days, which only the pathway knows.
    pub fn state(&self, lately: bool) -> State {
        let day = self.posterior.day();
        if self.detector.is_open(&self.rules, Case::Lasting, day) {
            State::LastingChange
        } else if self.detector.off_course(&self.rules, day, self.posterior.p_responder()) {
            State::OffCourse
        } else if self.detector.is_open(&self.rules, Case::Watch, day) {
            State::Watch
        } else if self.posterior.p_flare() >= self.rules.flare_from {
            State::InFlare
        } else if self.rated_days >= self.rules.enough_days && lately {
            State::OnCourse
        } else {
            State::TooFew
        }
    }
}
