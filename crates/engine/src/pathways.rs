//! The revisions a record may speak of.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use lamella_pathway::Compiled;
use lamella_record::{Date, Moment, Patient};
use lamella_trajectory::Model;
use lamella_trajectory::course::By;
use serde_json::Value;

/// All revisions known here; the last one is the current one. Never empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Pathways {
    current: Compiled,
    older: Vec<Compiled>,
    /// Models by which readings are made; a revision names its own by hash.
    models: Vec<Arc<Model>>,
}

impl From<Compiled> for Pathways {
    fn from(current: Compiled) -> Pathways {
        Pathways::new(current)
    }
}

impl Pathways {
    /// One revision, and the model that ships.
    pub fn new(current: Compiled) -> Pathways {
        Pathways::with_older(current, vec![])
    }

    /// The same with earlier revisions beside it, oldest first.
    pub fn with_older(current: Compiled, older: Vec<Compiled>) -> Pathways {
        let mut pathways = Pathways { current, older, models: vec![] };
        // The artifact is a page of numbers: it is read only where a revision names a model.
        if pathways.all().any(|pathway| pathway.model.is_some()) {
            pathways.models.extend(Model::shipped().ok().map(Arc::new));
        }
        pathways
    }

    /// The same knowing another model, such as a clinic's own calibration.
    pub fn with_model(mut self, model: Model) -> Pathways {
        self.models.push(Arc::new(model));
        self
    }

    /// Other revisions, with the models that are known here.
    pub fn of_others(&self, current: Compiled, older: Vec<Compiled>) -> Pathways {
        let mut others = Pathways::with_older(current, older);
        others.models.extend(self.models.iter().cloned());
        others
    }

    /// The model that a revision names, if it is known here.
    pub fn model(&self, pathway: &Compiled) -> Option<&Model> {
        let named = pathway.model.as_deref()?;
        self.models.iter().find(|model| model.hash == named).map(Arc::as_ref)
    }

    /// What a person's course is read by under the revision at a place.
    pub(crate) fn by(&self, place: usize, patient: &Patient) -> Option<By<'_>> {
        let intake = patient.baseline_pain().and_then(|pain| u8::try_from(pain).ok());
        self.model(self.at(place)).map(|model| By { model, intake })
    }

    /// The current revision.
    pub fn current(&self) -> &Compiled {
        &self.current
    }

    /// All revisions, oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Compiled> {
        self.older.iter().chain([&self.current])
    }

    /// The place among [`Pathways::all`] of a revision by its word.
    pub(crate) fn place(&self, revision: &str) -> Option<usize> {
        self.all().position(|pathway| pathway.revision == revision)
    }

    /// The revision at a place; the current one when there is none.
    pub(crate) fn at(&self, place: usize) -> &Compiled {
        self.older.get(place).unwrap_or(&self.current)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.older.len() + 1
    }

    /// The place of the current one.
    pub(crate) fn last(&self) -> usize {
        self.older.len()
    }

    /// The place of the revision that holds for a person at a moment, and the day.
    pub(crate) fn there(&self, patient: &Patient, now: Moment) -> (usize, i32) {
        (self.assigned(patient, now.date()).unwrap_or(self.last()), patient.day_of(now.date()))
    }

    /// The revision that was assigned to a person on a date, if the record says one that is known here.
    pub(crate) fn assigned(&self, patient: &Patient, date: Date) -> Option<usize> {
        let held = patient.pathway.iter().filter(|assigned| assigned.from <= date).max_by_key(|assigned| assigned.from)?;
        match &held.revision {
            Value::String(word) => self.place(word),
            other => self.place(&alloc::format!("{other}")),
        }
    }
}
