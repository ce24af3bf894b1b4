//! What the clinic has to answer, and what it does about it.

use crate::fold::Projection;
use crate::patient::{projection, read_patient};
use crate::told::Told;
use crate::{Desk, DeskError, Fault, Kept, Late, Receipt, Result, lock};
use jiff::Timestamp;
use jiff::civil::Date;
use lamella_engine::alerts::{Alert, Deadline, deadline};
use lamella_record::{Act, Desk as DeskWord, Event, Kind, Level, Moment, Patient};
use lamella_store::Key;

/// The longest note.
const NOTE_LETTERS: usize = 4000;

/// One row of the worklist.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Whose.
    pub patient: Patient,
    /// The alert.
    pub kept: Kept,
    /// By when it has to be answered.
    pub deadline: Option<Deadline>,
    /// Whether it has gone to whoever is on call.
    pub escalation: Escalation,
    /// What is known of the record.
    pub projection: Option<Projection>,
}

/// Whether somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escalation {
    /// There is time.
    None,
    /// Nobody has acted within the time: it has gone to whoever is on call.
    OnCall,
}

/// How a resolve that ends a known finding says so.
pub const NO_LONGER_KNOWN: &str = "no-longer-known";

impl Desk {
    /// Everything that stands: the level falling, then oldest first. One query.
    pub fn worklist(&self, now: Timestamp) -> Result<Vec<Row>> {
        let rows = self.store.worklist(&self.clinic)?;
        rows.iter()
            .map(|row| {
                let kept = Kept::read(&row.alert)?;
                let patient = read_patient(&row.patient)?;
                Ok(self.row(patient, kept, row.assessment.as_ref().and_then(projection), now))
            })
            .collect()
    }

    /// One row, with its times as of now.
    pub fn row(&self, patient: Patient, kept: Kept, projection: Option<Projection>, now: Timestamp) -> Row {
        let deadline = self.deadline(&kept, now);
        let late = deadline.is_some_and(|deadline| deadline.passed) && kept.alert.acknowledged.is_none() && kept.alert.contacts.is_empty();
        let escalation = if late && kept.alert.stands() { Escalation::OnCall } else { Escalation::None };
        Row { patient, kept, deadline, escalation, projection }
    }

    /// By when an alert has to be answered, on the clinic's clock.
    pub fn deadline(&self, kept: &Kept, now: Timestamp) -> Option<Deadline> {
        let within = kept.alert.answer_within?;
        let known = self.clinic_moment(kept.told_at.instant());
        Some(deadline(&self.pathway().contact, known, within, self.clinic_moment(now)))
    }

    /// The alert of a record, by its id or an older one.
    pub fn alert(&self, patient: &str, alert: &str) -> Result<Kept> {
        let all = self.alerts(patient)?;
        let stands = |kept: &&Kept| kept.alert.stands() && kept.alert.answers_to(alert);
        // One that stands is meant, even if another had this id before an earlier event joined its run.
        let found = all.iter().find(stands);
        let found = found.or_else(|| all.iter().find(|kept| kept.alert.id == alert));
        let found = found.or_else(|| all.iter().find(|kept| kept.alert.answers_to(alert)));
        found.cloned().ok_or_else(|| DeskError::NoAlert(alert.to_string()))
    }

    /// Somebody takes an alert. If another has it, that is said, and nothing is overwritten.
    pub fn acknowledge(&self, patient: &str, alert: &str, by: &str, now: Timestamp) -> Result<Receipt> {
        let key = self.key(patient);
        let _one_at_a_time = lock(self.draft_lock(&key));
        let kept = self.alert(patient, alert)?;
        if let Some(done) = kept.alert.acknowledged.as_ref().filter(|done| done.by != by) {
            return Err(DeskError::Late(Late::TakenBy(done.by.clone())));
        }
        self.still_stands(&kept.alert)?;
        self.act(patient, Kind::Acknowledge(word(&kept.alert.id, by)), now)
    }

    /// Somebody tried to reach the person.
    pub fn contact(&self, patient: &str, alert: &str, by: &str, outcome: &str, note: &str, now: Timestamp) -> Result<Receipt> {
        let kept = self.alert(patient, alert)?;
        if outcome.is_empty() {
            return Err(DeskError::Wrong(Fault::Outcome));
        }
        if note.chars().count() > NOTE_LETTERS {
            return Err(DeskError::Wrong(Fault::NoteTooLong));
        }
        let desk = DeskWord { disposition: outcome.to_string(), note: note.trim().to_string(), ..word(&kept.alert.id, by) };
        self.act(patient, Kind::Contact(desk), now)
    }

    /// Somebody has dealt with it: how, and in their own words. `known_until`: the finding is known until then (below emergency,
    /// at most 28 days).
    #[allow(clippy::too_many_arguments)]
    pub fn resolve(
        &self,
        patient: &str,
        alert: &str,
        by: &str,
        disposition: &str,
        note: &str,
        known_until: Option<Date>,
        now: Timestamp,
    ) -> Result<Receipt> {
        let key = self.key(patient);
        let _one_at_a_time = lock(self.draft_lock(&key));
        let kept = self.alert(patient, alert)?;
        self.still_stands(&kept.alert)?;
        if disposition.is_empty() {
            return Err(DeskError::Wrong(Fault::Disposition));
        }
        if note.trim().is_empty() {
            return Err(DeskError::Wrong(Fault::Note));
        }
        if note.chars().count() > NOTE_LETTERS {
            return Err(DeskError::Wrong(Fault::NoteTooLong));
        }
        if let Some(until) = known_until {
            let days = until.duration_since(self.clinic_moment(now).date()).as_hours() / 24;
            if kept.alert.level >= Level::Emergency {
                return Err(DeskError::Wrong(Fault::KnownEmergency));
            }
            if !(0..=28).contains(&days) {
                return Err(DeskError::Wrong(Fault::KnownTooLong));
            }
        }
        let desk =
            DeskWord { disposition: disposition.to_string(), note: note.trim().to_string(), known_until, ..word(&kept.alert.id, by) };
        self.act(patient, Kind::Resolve(desk), now)
    }

    /// Ends a known finding sooner: the same answers raise again. `alert` is the one whose resolve made it known.
    pub fn end_known(&self, patient: &str, alert: &str, by: &str, note: &str, now: Timestamp) -> Result<Receipt> {
        let key = self.key(patient);
        let _one_at_a_time = lock(self.draft_lock(&key));
        let known = self.with_state(&key, now, |_, state| state.reviewed().any(|(_, reviewed)| reviewed.alert == alert))?;
        if !known {
            return Err(DeskError::NoAlert(alert.to_string()));
        }
        if note.trim().is_empty() {
            return Err(DeskError::Wrong(Fault::Note));
        }
        if note.chars().count() > NOTE_LETTERS {
            return Err(DeskError::Wrong(Fault::NoteTooLong));
        }
        let desk = DeskWord { disposition: NO_LONGER_KNOWN.to_string(), note: note.trim().to_string(), ..word(alert, by) };
        self.act(patient, Kind::Resolve(desk), now)
    }

    /// Keeps a note in the record, about nothing in particular: what was typed is not lost when its alert is gone.
    pub fn add_note(&self, patient: &str, by: &str, text: &str, now: Timestamp) -> Result<Receipt> {
        if text.trim().is_empty() {
            return Err(DeskError::Wrong(Fault::Note));
        }
        if text.chars().count() > NOTE_LETTERS {
            return Err(DeskError::Wrong(Fault::NoteTooLong));
        }
        self.patient(patient)?;
        let mut act = Act::default();
        act.rest.insert("by".to_string(), by.into());
        act.rest.insert("text".to_string(), text.trim().into());
        self.act(patient, Kind::Note(act), now)
    }

    /// Takes back what was done within the last minute.
    pub fn undo(&self, patient: &str, event: &str, by: &str, now: Timestamp) -> Result<Receipt> {
        let desk = DeskWord { undoes: event.to_string(), by: by.to_string(), ..DeskWord::default() };
        let record = self.record(patient)?;
        let done = record.events.iter().find(|there| there.id == event && there.is_desk());
        let Some(done) = done else { return Err(DeskError::Late(Late::NothingToUndo)) };
        if self.clinic_moment(now).seconds_since(done.known_at()) > 60 {
            return Err(DeskError::Late(Late::UndoTooLate));
        }
        self.act(patient, Kind::Undo(desk), now)
    }

    fn still_stands(&self, alert: &Alert) -> Result<()> {
        match &alert.resolved {
            Some(resolved) if !alert.stands() => Err(DeskError::Late(Late::ResolvedBy(resolved.by.clone()))),
            _ => Ok(()),
        }
    }

    fn act(&self, patient: &str, kind: Kind, now: Timestamp) -> Result<Receipt> {
        let at: Moment = self.clinic_moment(now);
        let event = Event { id: uuid::Uuid::now_v7().to_string(), at, received_at: None, day: None, corrects: None, kind };
        self.receive_event(&self.key(patient), &event, now)
    }

    /// What was told about the latest event of an alert's run.
    pub fn told_of_alert(&self, key: &Key, alert: &Alert) -> Result<Option<Told>> {
        match alert.events.last() {
            Some(touch) => self.told_about(key, &touch.event),
            None => Ok(None),
        }
    }
}

fn word(alert: &str, by: &str) -> DeskWord {
    DeskWord { alert: alert.to_string(), by: by.to_string(), ..DeskWord::default() }
}
