//! What is known before the first rating: the recovery curves of a cohort and the constants of the switching model.
//!
//! All numbers stand in the artifact `artifact/prior.json`; the equations that use them are section 2 of the design. Whoever
//! pins the model pins [`Prior::hash`] of the text.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Classes of recovery course: responder, non-responder (in this order).
pub const CLASSES: usize = 2;
/// Values of the personal standard deviation.
pub const SIGMAS: usize = 5;
/// Flare profiles.
pub const PROFILES: usize = 2;
/// Groups of the grid: class × standard deviation × flare profile, in this order.
pub const GROUPS: usize = CLASSES * SIGMAS * PROFILES;

/// The artifact that ships: 6,000 virtual patients, projected on the basis per class (design, 2.2).
pub const SHIPPED: &str = include_str!("../artifact/prior.json");

/// How far weights may miss 1: the artifact writes them with six digits.
const WEIGHT_SLACK: f64 = 1e-5;

/// The numbers of the model. Pain in points of the 0–10 scale, time in days, probabilities per day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// Time constants of the curve's three decaying terms, days.
    pub tau: [f64; 3],
    /// Weight of each class; they sum to 1.
    pub weights: [f64; CLASSES],
    /// Per class: means of c0…c3 and of the baseline rating.
    #[serde(rename = "mean_c0123_baseline")]
    pub mean: [[f64; 5]; CLASSES],
    /// Per class: their covariance, 5 × 5.
    pub cov: [[[f64; 5]; 5]; CLASSES],
    /// The grid of personal standard deviations.
    pub sigma_grid: [f64; SIGMAS],
    /// The constants of the switching model.
    pub params: Params,
    /// Variance of an intake rating about the person's baseline.
    pub baseline_obs_var: f64,
}

/// The constants of the switching model; the names are the artifact's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Share of the personal variance that has a memory.
    pub rho: f64,
    /// Day-on-day correlation of that share.
    pub phi: f64,
    /// Variance a day of the level's random walk.
    pub q0: f64,
    /// Mean of what a flare adds.
    #[serde(rename = "dl")]
    pub flare_mean: f64,
    /// Its variance.
    #[serde(rename = "vl")]
    pub flare_var: f64,
    /// Calm → lasting.
    pub p_cd: f64,
    /// Flare → lasting.
    pub p_fd: f64,
    /// Lasting → calm.
    pub p_dc: f64,
    /// Mean of a lasting change on its first day.
    #[serde(rename = "mD")]
    pub lasting_mean: f64,
    /// Its variance.
    #[serde(rename = "vD")]
    pub lasting_var: f64,
    /// What it gains a day.
    #[serde(rename = "driftD")]
    pub lasting_drift: f64,
    /// Variance a day of that gain.
    #[serde(rename = "qD")]
    pub lasting_walk: f64,
    /// Share of pain that reaches the function rating.
    pub lam: f64,
    /// Mean of the person's own function offset.
    pub bf: f64,
    /// Its variance.
    pub vbf: f64,
    /// Noise of a function rating, in personal standard deviations.
    pub kf: f64,
    /// Weights of the grid of standard deviations; they sum to 1.
    pub sigw: [f64; SIGMAS],
    /// Flare profiles: calm → flare, flare → calm, weight.
    pub prof: [[f64; 3]; PROFILES],
}

/// Why an artifact cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtifactError {
    /// It is not JSON of the expected shape.
    Unreadable(String),
    /// A number is outside what it can mean.
    Impossible(&'static str),
    /// It was made for another model.
    OtherModel {
        /// The model's hash it names.
        names: String,
        /// The hash of the model at hand.
        have: String,
    },
}

impl fmt::Display for ArtifactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArtifactError::Unreadable(why) => {
                write!(f, "the artifact cannot be read: {why}; if another version of lamella wrote it, run `lamella calibrate` anew")
            }
            ArtifactError::Impossible(what) => write!(f, "the artifact's `{what}` is outside what it can mean"),
            ArtifactError::OtherModel { names, have } => {
                write!(f, "the artifact was made for the model `{names}`, the one here is `{have}`: run `lamella calibrate` anew")
            }
        }
    }
}

impl core::error::Error for ArtifactError {}

impl Prior {
    /// Reads an artifact and checks that its numbers can be what they are named.
    ///
    /// # Errors
    /// [`ArtifactError`] when it is not JSON of this shape, or a weight, probability or variance is impossible.
    ///
    /// ```
    /// use lamella_trajectory::prior::{Prior, SHIPPED};
    /// let prior = Prior::parse(SHIPPED)?;
    /// assert_eq!(prior.tau, [8.0, 30.0, 100.0]);
    /// # Ok::<(), lamella_trajectory::prior::ArtifactError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Prior, ArtifactError> {
        let prior: Prior = serde_json::from_str(text).map_err(|error| ArtifactError::Unreadable(error.to_string()))?;
        prior.check()?;
        Ok(prior)
    }

    /// The hash that names an artifact: SHA-256 of its text, 64 hex digits.
    pub fn hash(text: &str) -> String {
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn check(&self) -> Result<(), ArtifactError> {
        let p = &self.params;
        let profiles = || p.prof.iter();
        let checks: [(&'static str, bool); 10] = [
            ("tau", self.tau.iter().all(|tau| *tau > 0.0)),
            ("weights", sums_to_one(self.weights.iter())),
            ("cov", self.cov.iter().all(variances_positive)),
            ("sigma_grid", self.sigma_grid.iter().all(|sigma| *sigma > 0.0)),
            ("baseline_obs_var", self.baseline_obs_var > 0.0),
            ("sigw", sums_to_one(p.sigw.iter())),
            ("prof", sums_to_one(profiles().map(|[_, _, weight]| weight))),
            ("prof", profiles().all(|[cf, fc, _]| probability(cf + p.p_cd) && probability(fc + p.p_fd) && *cf > 0.0 && *fc > 0.0)),
            ("p_cd, p_fd, p_dc, rho, phi", [p.p_cd, p.p_fd, p.p_dc, p.rho, p.phi].into_iter().all(|p| p > 0.0 && p < 1.0)),
            ("q0, vl, vD, qD, vbf, kf", [p.q0, p.flare_var, p.lasting_var, p.lasting_walk, p.vbf, p.kf].into_iter().all(|v| v > 0.0)),
        ];
        match checks.into_iter().find(|(_, holds)| !holds) {
            Some((what, _)) => Err(ArtifactError::Impossible(what)),
            None => Ok(()),
        }
    }
}

fn probability(p: f64) -> bool {
    (0.0..=1.0).contains(&p)
}

fn sums_to_one<'a>(weights: impl Iterator<Item = &'a f64> + Clone) -> bool {
    let sum: f64 = weights.clone().sum();
    weights.into_iter().all(|weight| *weight >= 0.0) && (1.0 - WEIGHT_SLACK..=1.0 + WEIGHT_SLACK).contains(&sum)
}

/// A covariance's diagonal is positive and its two halves agree.
fn variances_positive(cov: &[[f64; 5]; 5]) -> bool {
    cov.iter().enumerate().all(|(i, row)| {
        row.iter().enumerate().all(|(j, value)| match cov.get(j).and_then(|other| other.get(i)) {
            Some(mirror) => {
                if i == j {
                    *value > 0.0
                } else {
                    value == mirror
                }
            }
            None => false,
        })
    })
}
