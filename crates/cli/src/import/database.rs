//! A database as the target: the store appends, the desk judges, and alerts exist.

use super::{Failed, Target};
use crate::End;
use crate::database::CLINIC;
use jiff::tz::TimeZone;
use lamella_desk::{Desk, DeskError, Outcome};
use lamella_engine::Pathways;
use lamella_record::{Event, Moment, Patient};
use lamella_store::{PatientRow, Store};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// A clinic in a database.
pub struct Database {
    store: Arc<dyn Store>,
    desk: Desk,
    imported: Moment,
}

impl Database {
    /// Opens a database; with `may_make`, makes it if it is not there.
    pub fn open(url: &str, may_make: bool, pathways: Pathways, imported: Moment) -> Result<Database, Failed> {
        let place = crate::database::Database { database: url.to_string() };
        if let Some(file) = url.strip_prefix("sqlite:").filter(|file| !file.is_empty() && !may_make && !Path::new(file).exists()) {
            return Err((format!("the database `{file}` is not there; with --patients it is made"), End::InputWrong));
        }
        let store: Arc<dyn Store> = Arc::new(place.open()?);
        let desk = Desk::new(store.clone(), pathways, CLINIC, TimeZone::system(), || {});
        Ok(Database { store, desk, imported })
    }

    /// Enters the patient without looking at the record: it is empty yet, and years without a check-in would be raised as silence.
    fn enter(&self, patient: &Patient) -> Result<(), DeskError> {
        let why = |error: serde_json::Error| DeskError::Unreadable { what: "patient", of: patient.id.clone(), why: error.to_string() };
        let body = serde_json::to_string(patient).map_err(why)?;
        let row = PatientRow { patient: patient.id.clone(), name: patient.name.clone().unwrap_or_default(), body };
        Ok(self.store.put_patient(self.desk.clinic(), &row)?)
    }

    fn receive(&self, patient: &Patient, events: &[Event]) -> Result<Vec<bool>, DeskError> {
        let key = self.desk.key(&patient.id);
        let is_there = self.store.patient(&key)?.is_some();
        if !is_there && events.is_empty() {
            self.desk.put_patient(patient, self.imported.instant())?;
            return Ok(vec![]);
        }
        if !is_there {
            self.enter(patient)?;
        }
        let batch: Vec<Value> = events.iter().map(|event| serde_json::to_value(event).unwrap_or(Value::Null)).collect();
        let receipts = self.desk.receive(&key, batch, self.imported.instant())?;
        let refused = |why: String| DeskError::Refused(format!("`{}`: an event was not taken: {why}", patient.id));
        receipts
            .into_iter()
            .map(|receipt| match receipt.outcome {
                Outcome::Stored => Ok(true),
                Outcome::Known => Ok(false),
                Outcome::Refused { why } => Err(refused(why)),
            })
            .collect()
    }
}

impl Target for Database {
    fn find(&self, id: &str) -> Result<Option<Patient>, String> {
        match self.desk.patient(id) {
            Ok(patient) => Ok(Some(patient)),
            Err(DeskError::NoPatient(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn keep(&self, patient: &Patient, events: &[Event]) -> Result<Vec<bool>, Failed> {
        self.receive(patient, events).map_err(|error| (error.to_string(), End::MachineFailed))
    }
}
