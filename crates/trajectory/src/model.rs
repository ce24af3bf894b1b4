//! The two artifacts of a reading, known by one hash.

use alloc::string::String;

use crate::calibration::{self, Calibration};
use crate::prior::{self, ArtifactError, Prior};

/// A prior and the calibration made for it: what a revision of a pathway pins, so that recalibration never rewrites the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The calibration's hash, 64 hex digits; it names the prior's.
    pub hash: String,
    /// What is known before the first rating.
    pub prior: Prior,
    /// Thresholds and their false-alarm rates.
    pub calibration: Calibration,
}

impl Model {
    /// Reads the texts of both artifacts.
    ///
    /// # Errors
    /// [`ArtifactError`]: one cannot be read or meant, or the calibration was made for another prior.
    ///
    /// ```
    /// use lamella_trajectory::Model;
    /// let model = Model::shipped()?;
    /// assert_eq!(model.hash.len(), 64);
    /// # Ok::<(), lamella_trajectory::prior::ArtifactError>(())
    /// ```
    pub fn parse(prior: &str, calibration: &str) -> Result<Model, ArtifactError> {
        Ok(Model {
            hash: Calibration::hash(calibration),
            prior: Prior::parse(prior)?,
            calibration: Calibration::parse(calibration, &Prior::hash(prior))?,
        })
    }

    /// The one that ships.
    ///
    /// # Errors
    /// None that a test has not seen; the text is read as any other.
    pub fn shipped() -> Result<Model, ArtifactError> {
        Model::parse(prior::SHIPPED, calibration::SHIPPED)
    }
}
