//! What the clinic has to answer, and what it does about it.

use crate::fold::Projection;
use crate::observed::REAL;
use crate::patient::{projection, read_patient};
use crate::receive::behind;
use crate::told::Told;
use crate::{Desk, DeskError, Fault, Kept, Late, Outcome, Receipt, Result, lock, write};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lamella_engine::alerts::{Alert, AlertState, Deadline, deadline};
use lamella_record::{Act, Desk as DeskWord, Event, Kind, Level, Moment, Patient};
use lamella_store::Key;
use std::cmp::Reverse;

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
    /// What is known of the record.
    pub projection: Option<Projection>,
}

impl Row {
    /// Whether its time to answer is over and nobody has spoken to the person since: whoever is on call has to know. To take it is
    /// no answer.
    pub fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline.passed) && self.kept.unanswered_since().is_some()
    }

    /// Whether the latest answers no longer lead here.
    pub fn is_stale(&self) -> bool {
        self.kept.alert.over || self.kept.no_longer_follows
    }

    /// Whether nobody has taken it.
    pub fn is_untaken(&self) -> bool {
        self.kept.alert.state == AlertState::Open
    }

    /// Its place among what is open about one person: an emergency that nobody has taken; what still holds before what does not;
    /// then the level falling, the earliest deadline, the oldest.
    pub fn place(&self) -> impl Ord + use<> {
        let level = self.kept.alert.level;
        let alarm = level == Level::Emergency && self.is_untaken();
        (!alarm, self.is_stale(), Reverse(level), !self.is_untaken(), self.due(), self.kept.alert.since.millis())
    }

    /// By when somebody has to answer, in milliseconds; the far future where nobody has to.
    pub fn due(&self) -> i64 {
        self.deadline.filter(|_| self.kept.waits_since().is_some()).map_or(i64::MAX, |deadline| deadline.at.millis())
    }
}

/// What comes of a call in which the person was spoken to. Nothing else quiets the on-call: whoever picked up instead of them, or a
/// message, is not an answer.
pub const SPOKE: &str = "answered";

/// Who acts, and what they had before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who<'a> {
    /// The name.
    pub name: &'a str,
    /// As of when they have seen the record; `None`: as of now. Nobody covers what came in after that.
    pub seen: Option<Timestamp>,
    /// The id (a UUID) that the form they sent carries, or nothing: the same form twice is one call and one note.
    pub form: &'a str,
}

impl<'a> From<&'a str> for Who<'a> {
    fn from(name: &'a str) -> Who<'a> {
        Who { name, seen: None, form: "" }
    }
}

/// How an alert ends, in the words of whoever resolves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ending<'a> {
    /// How, by code.
    pub how: &'a str,
    /// In their own words.
    pub note: &'a str,
    /// The finding is known until then (below emergency, at most 28 days).
    pub known_until: Option<Date>,
    /// Whether the change that the reading told of was real ([`crate::REAL`] and its like); empty where they do not say. Kept only
    /// with an alert that tells of a case of the reading.
    pub change: &'a str,
}

impl Ending<'_> {
    /// Whether it says both that nothing changed, or nothing was meant, and that the change was real.
    pub fn contradicts_itself(&self) -> bool {
        self.change == REAL && [KNOWN, MISTAKE].contains(&self.how)
    }
}

/// How an alert ends of which everything was known, and nothing has changed.
pub const KNOWN: &str = "known";
/// How one ends that a slip of the finger raised.
pub const MISTAKE: &str = "mistake";
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
        Row { patient, kept, deadline, projection }
    }

    /// By when an alert has to be answered, on the clinic's clock.
    pub fn deadline(&self, kept: &Kept, now: Timestamp) -> Option<Deadline> {
        let within = kept.alert.answer_within?;
        let known = self.clinic_moment(kept.unanswered_since().unwrap_or(kept.told_at).instant());
        let contact = &self.pathway().contact;
        let due = deadline(contact, known, within, self.clinic_moment(now));
        let at = on_the_wall(&self.zone, due.at, within.clinic_hours && !contact.hours.is_empty());
        Some(Deadline { at, passed: now > at.instant() })
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

    /// Somebody takes an alert. If another has it, or answers came in that they have not seen, that is said, and nothing is
    /// overwritten.
    pub fn acknowledge<'a>(&self, patient: &str, alert: &str, who: impl Into<Who<'a>>, now: Timestamp) -> Result<Receipt> {
        let who = who.into();
        self.one_at_a_time(patient, now, || {
            let kept = self.alert(patient, alert)?;
            if let Some(done) = kept.alert.acknowledged.as_ref().filter(|done| done.by != who.name) {
                return Err(DeskError::Late(Late::TakenBy(done.by.clone())));
            }
            self.still_stands(&kept.alert)?;
            if has_new_answers(&kept, who) {
                return Err(DeskError::Late(Late::News));
            }
            Ok((Kind::Acknowledge(word(&kept.alert.id, who.name)), kept))
        })
    }

    /// Somebody tried to reach the person.
    pub fn contact<'a>(
        &self,
        patient: &str,
        alert: &str,
        who: impl Into<Who<'a>>,
        outcome: &str,
        note: &str,
        now: Timestamp,
    ) -> Result<Receipt> {
        let (who, kept) = (who.into(), self.alert(patient, alert)?);
        if outcome.is_empty() {
            return Err(DeskError::Wrong(Fault::Outcome));
        }
        let desk = DeskWord { disposition: outcome.to_string(), note: short(note)?.to_string(), ..word(&kept.alert.id, who.name) };
        self.act_once(patient, who.form, Kind::Contact(desk), now)
    }

    /// Somebody has dealt with it.
    pub fn resolve<'a>(&self, patient: &str, alert: &str, who: impl Into<Who<'a>>, ending: Ending, now: Timestamp) -> Result<Receipt> {
        let who = who.into();
        let Ending { how, note, known_until, change } = ending;
        self.one_at_a_time(patient, now, || {
            let kept = self.alert(patient, alert)?;
            self.still_stands(&kept.alert)?;
            if has_new_answers(&kept, who) || has_new_deeds(&kept, who) {
                return Err(DeskError::Late(Late::News));
            }
            if how.is_empty() {
                return Err(DeskError::Wrong(Fault::Disposition));
            }
            let note = words_of_note(note)?;
            if let Some(until) = known_until {
                self.can_be_known(&kept.alert, until, now)?;
            }
            if kept.alert.case.is_some() && ending.contradicts_itself() {
                return Err(DeskError::Wrong(Fault::ChangeAgainstEnding));
            }
            let change = kept.alert.case.map_or("", |_| change).to_string();
            let (disposition, note) = (how.to_string(), note.to_string());
            let desk = DeskWord { disposition, note, known_until, change, ..word(&kept.alert.id, who.name) };
            Ok((Kind::Resolve(desk), kept))
        })
    }

    /// Only what a rule found, below emergency, is known for a while: to a day from today on, and at most 28 days.
    fn can_be_known(&self, alert: &Alert, until: Date, now: Timestamp) -> Result<()> {
        let days = until.duration_since(self.clinic_moment(now).date()).as_hours() / 24;
        if alert.level >= Level::Emergency {
            return Err(DeskError::Wrong(Fault::KnownEmergency));
        }
        if !self.pathway().rules.iter().any(|rule| rule.id == alert.cause) {
            return Err(DeskError::Wrong(Fault::KnownNoFinding));
        }
        match days {
            ..0 => Err(DeskError::Wrong(Fault::KnownPast)),
            0..=28 => Ok(()),
            _ => Err(DeskError::Wrong(Fault::KnownTooLong)),
        }
    }

    /// Ends a known finding sooner: the same answers raise again. `alert` is the one whose resolve made it known.
    pub fn end_known(&self, patient: &str, alert: &str, by: &str, note: &str, now: Timestamp) -> Result<Receipt> {
        let key = self.key(patient);
        let _one_at_a_time = lock(self.draft_lock(&key));
        let known = self.with_state(&key, now, |_, state| state.reviewed().any(|(_, reviewed)| reviewed.alert == alert))?;
        if !known {
            return Err(DeskError::NoAlert(alert.to_string()));
        }
        let note = words_of_note(note)?;
        let desk = DeskWord { disposition: NO_LONGER_KNOWN.to_string(), note: note.to_string(), ..word(alert, by) };
        self.act(patient, Kind::Resolve(desk), now)
    }

    /// Keeps a note in the record, about nothing in particular: what was typed is not lost when its alert is gone.
    pub fn add_note<'a>(&self, patient: &str, who: impl Into<Who<'a>>, text: &str, now: Timestamp) -> Result<Receipt> {
        let (who, text) = (who.into(), words_of_note(text)?);
        self.patient(patient)?;
        let mut act = Act::default();
        act.rest.insert("by".to_string(), who.name.into());
        act.rest.insert("text".to_string(), text.into());
        self.act_once(patient, who.form, Kind::Note(act), now)
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

    pub(crate) fn act(&self, patient: &str, kind: Kind, now: Timestamp) -> Result<Receipt> {
        self.receive_event(&self.key(patient), &self.deed(kind, now), now)
    }

    /// What a form sends, once however often it is sent: its id becomes the event's. The same form with something else in it, or
    /// after what it did was taken back, does something new.
    fn act_once(&self, patient: &str, form: &str, kind: Kind, now: Timestamp) -> Result<Receipt> {
        let key = self.key(patient);
        let _one_at_a_time = lock(self.draft_lock(&key));
        let mut event = self.deed(kind, now);
        if let Ok(form) = uuid::Uuid::parse_str(form) {
            let id = form.to_string();
            match self.event(&key, &id)? {
                None => event.id = id,
                Some(there) if there.kind == event.kind && self.record(patient)?.events.iter().any(|event| event.id == id) => {
                    return Ok(Receipt { id, outcome: Outcome::Known, told: None });
                }
                Some(_) => {}
            }
        }
        self.receive_event(&key, &event, now)
    }

    fn deed(&self, kind: Kind, now: Timestamp) -> Event {
        let at: Moment = self.clinic_moment(now);
        Event { id: uuid::Uuid::now_v7().to_string(), at, received_at: None, day: None, corrects: None, kind }
    }

    /// Looks and then writes, with nothing of the record coming in between: everything that arrived is folded before the look, and
    /// what arrives during it waits, and counts as later than the deed.
    fn one_at_a_time(&self, patient: &str, now: Timestamp, look: impl FnOnce() -> Result<(Kind, Kept)>) -> Result<Receipt> {
        let key = self.key(patient);
        let _one_at_a_time = lock(self.draft_lock(&key));
        let mut doors = write(self.door(&key));
        self.with_state(&key, now, |_, _| ())?;
        let (deed, kept) = look()?;
        // What was looked at was known before the deed, also where two met at the door.
        let looked_at = kept.alert.events.iter().map(|touch| touch.known_at.millis()).max();
        let now = behind(looked_at.map(|known| known - 1), now);
        let event = self.deed(deed, now);
        doors.insert(key.clone(), now.as_millisecond());
        self.receive_behind(&key, &event, now, doors)
    }

    /// What was told about the latest event of an alert's run.
    pub fn told_of_alert(&self, key: &Key, alert: &Alert) -> Result<Option<Told>> {
        match alert.events.last() {
            Some(touch) => self.told_about(key, &touch.event),
            None => Ok(None),
        }
    }
}

/// Whether answers came in that whoever acts had not before them.
fn has_new_answers(kept: &Kept, who: Who) -> bool {
    who.seen.is_some_and(|seen| kept.alert.events.iter().any(|touch| touch.known_at.millis() >= seen.as_millisecond()))
}

/// Whether a colleague did something about it that whoever acts had not before them.
fn has_new_deeds(kept: &Kept, who: Who) -> bool {
    let Some(seen) = who.seen else { return false };
    let is_new = |by: &str, at: Moment| by != who.name && at.millis() > seen.as_millisecond();
    let alert = &kept.alert;
    alert.acknowledged.as_ref().is_some_and(|done| is_new(&done.by, done.at))
        || alert.contacts.iter().any(|contact| is_new(&contact.by, contact.at))
}

fn word(alert: &str, by: &str) -> DeskWord {
    DeskWord { alert: alert.to_string(), by: by.to_string(), ..DeskWord::default() }
}

/// A note in somebody's own words: it says something, and is no longer than a note.
fn words_of_note(note: &str) -> Result<&str> {
    if note.trim().is_empty() {
        return Err(DeskError::Wrong(Fault::Note));
    }
    short(note)
}

/// A note that may be empty.
fn short(note: &str) -> Result<&str> {
    if note.chars().count() > NOTE_LETTERS {
        return Err(DeskError::Wrong(Fault::NoteTooLong));
    }
    Ok(note.trim())
}

/// A deadline is counted on the clock of its beginning. Where the clocks change before it, opening hours keep to the wall, and plain
/// hours to the instant.
fn on_the_wall(zone: &TimeZone, due: Moment, opening_hours: bool) -> Moment {
    let wall = || zone.to_ambiguous_timestamp(due.offset().to_datetime(due.instant())).compatible().ok();
    let instant = Some(due.instant()).filter(|_| !opening_hours).or_else(wall).unwrap_or(due.instant());
    Moment::new(instant, zone.to_offset(instant))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// In Madrid the clocks go forward on Sun 29 March 2026 and back on Sun 25 October.
    #[test]
    fn a_deadline_over_a_change_of_the_clocks_is_the_one_that_the_page_says() {
        let madrid = TimeZone::get("Europe/Madrid").unwrap();
        for (counted, opening_hours, at) in [
            ("2026-03-30T15:00:00+01:00", true, "2026-03-30T15:00:00+02:00"),
            ("2026-03-30T15:00:00+01:00", false, "2026-03-30T16:00:00+02:00"),
            ("2026-10-26T15:00:00+02:00", true, "2026-10-26T15:00:00+01:00"),
            ("2026-10-26T15:00:00+02:00", false, "2026-10-26T14:00:00+01:00"),
            ("2026-03-27T15:00:00+01:00", true, "2026-03-27T15:00:00+01:00"),
        ] {
            let due = on_the_wall(&madrid, Moment::parse(counted).unwrap(), opening_hours);
            assert_eq!((due, due.offset()), (Moment::parse(at).unwrap(), Moment::parse(at).unwrap().offset()), "{counted}");
        }
    }
}
