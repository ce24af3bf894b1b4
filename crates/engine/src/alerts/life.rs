//! An alert's life: asked for by a verdict, once per cause, until a person resolves it.
//!
//! A *cause* is a rule (or *unknown*, *silence*, *hold*) and the first event of its run; it is the alert's id. Later events of the
//! run touch the same alert. What a person does about it covers only events that had arrived by then.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use lamella_pathway::Within;
use lamella_record::{Date, Desk, Level, Moment};
use lamella_trajectory::detector::Case;
use serde::{Deserialize, Serialize};

use crate::triage::Value;

/// How many events of a run are kept one by one; older ones had arrived long before whatever is done now.
const TOUCHES_KEPT: usize = 64;

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertState {
    /// Nobody has seen it.
    Open,
    /// Somebody has.
    Acknowledged,
    /// Somebody has dealt with it, or it has closed itself.
    Resolved,
}

/// One event of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// The event.
    pub event: String,
    /// The level it gave.
    pub level: Level,
    /// When it happened.
    pub at: Moment,
    /// When it was known here.
    pub known_at: Moment,
}

/// Who did something, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// A contact attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
    /// What came of it.
    pub outcome: String,
    /// In their own words.
    pub note: String,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// The event that resolved it.
    pub event: String,
    /// Who; `lamella` when it closed itself.
    pub by: String,
    /// When.
    pub at: Moment,
    /// How, by code; [`CLOSED_ITSELF`] when it did.
    pub disposition: String,
    /// In their own words.
    pub note: String,
    /// Until when the finding is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_until: Option<Date>,
    /// Whether the change that the reading told of was real, by code; empty when nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub change: String,
}

/// A finding that a clinician has looked at: the same or milder goes to the history only, until a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// The alert whose resolve made it known; another resolve of the same may end it sooner.
    #[serde(default)]
    pub alert: String,
    /// Until when, inclusive.
    pub until: Date,
    /// The answers it was reviewed on, by question id.
    pub answers: Vec<(String, Value)>,
    /// Who reviewed it.
    pub by: String,
    /// Why.
    pub note: String,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its id: cause and first event of the run, as `rule:event`.
    pub id: String,
    /// Rule id, `unknown`, `otherwise`, `floor`, `silence` or `hold`.
    pub cause: String,
    /// The highest level of its events that nobody has covered.
    pub level: Level,
    /// When its run began.
    pub since: Moment,
    /// How long the clinic has.
    pub answer_within: Option<Within>,
    /// Where it stands.
    pub state: AlertState,
    /// Whether a safety rule caused it: it cannot be snoozed.
    pub safety: bool,
    /// Whether the run has ended: over, as against still happening.
    pub over: bool,
    /// Its latest events.
    pub events: Vec<Touch>,
    /// What it names as unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// The answers its rule last read, by question id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<(String, Value)>,
    /// Which case of the reading it told of: *watch* or *lasting change*, the latter if both; none where its rule held by
    /// something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    /// Who has seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Done>,
    /// What had arrived by then is covered by whoever has seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_until: Option<Moment>,
    /// Contact attempts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Resolved>,
    /// The check-in with which the patient corrected one of its events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<String>,
    /// Other ids it answers to: the later events of its run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// An alert id by its parts.
pub(crate) fn id_of(cause: &str, event: &str) -> String {
    [cause, ":", event].concat()
}

/// The parts of an alert id.
pub(crate) fn cause_of(id: &str) -> (&str, &str) {
    id.split_once(':').unwrap_or((id, ""))
}

/// The disposition of an alert that closed itself.
pub const CLOSED_ITSELF: &str = "closed-itself";

/// What was done about an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Seen.
    Acknowledge,
    /// Tried to reach the person.
    Contact,
    /// Dealt with.
    Resolve,
}

/// Something a person did about an alert, with when it was known here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What.
    pub deed: Deed,
    /// The event.
    pub event: String,
    /// When it happened.
    pub at: Moment,
    /// When it was known here.
    pub known_at: Moment,
    /// What it says.
    pub desk: Desk,
}

impl Alert {
    pub(crate) fn new(cause: &str, touch: Touch, answer_within: Option<Within>, safety: bool) -> Alert {
        Alert {
            id: id_of(cause, &touch.event),
            cause: cause.to_string(),
            level: touch.level,
            since: touch.at,
            answer_within,
            state: AlertState::Open,
            safety,
            over: false,
            events: vec![touch],
            unknown: vec![],
            answers: vec![],
            case: None,
            acknowledged: None,
            seen_until: None,
            contacts: vec![],
            resolved: None,
            corrected_by: None,
            also: vec![],
        }
    }

    /// A later event of the run. What had been seen is open again, at this event's own level if nothing else is uncovered; unless
    /// this one had arrived by then too.
    pub(crate) fn touch(&mut self, touch: Touch) {
        let seen = self.state == AlertState::Acknowledged && self.seen_until.is_some_and(|until| touch.known_at <= until);
        self.level = if seen || self.state == AlertState::Open { self.level.max(touch.level) } else { touch.level };
        self.over = false;
        if !seen {
            self.state = AlertState::Open;
            self.acknowledged = None;
        }
        self.also.push(id_of(&self.cause, &touch.event));
        self.events.push(touch);
        if self.events.len() > TOUCHES_KEPT {
            self.events.remove(0);
            self.also.remove(0);
        }
    }

    /// The clock makes it worse: nobody has seen it at this level yet.
    pub(crate) fn rise(&mut self, level: Level, at: Moment) {
        let event = self.events.first().map_or(String::new(), |touch| touch.event.clone());
        self.level = level;
        self.state = AlertState::Open;
        self.acknowledged = None;
        self.events.push(Touch { event, level, at, known_at: at });
    }

    /// Whether an id means this alert.
    pub fn answers_to(&self, id: &str) -> bool {
        self.id == id || self.also.iter().any(|also| also == id)
    }

    /// Applies what a person did. Events that arrived later than that stay uncovered; what was resolved stays so.
    pub fn apply(&mut self, action: &Action) {
        let done = Done { by: action.desk.by.clone(), at: action.at };
        let uncovered = self.events.iter().filter(|touch| touch.known_at > action.known_at).map(|touch| touch.level).max();
        match action.deed {
            Deed::Contact => self.contacts.push(Contact {
                by: done.by,
                at: done.at,
                outcome: action.desk.disposition.clone(),
                note: action.desk.note.clone(),
            }),
            Deed::Acknowledge if uncovered.is_none() => {
                self.acknowledged = Some(done);
                self.seen_until = self.seen_until.max(Some(action.known_at));
                if self.stands() {
                    self.state = AlertState::Acknowledged;
                }
            }
            Deed::Resolve if uncovered.is_none() => {
                self.state = AlertState::Resolved;
                self.resolved = Some(Resolved {
                    event: action.event.clone(),
                    by: done.by,
                    at: done.at,
                    disposition: action.desk.disposition.clone(),
                    note: action.desk.note.clone(),
                    known_until: action.desk.known_until,
                    change: action.desk.change.clone(),
                });
            }
            Deed::Acknowledge | Deed::Resolve if self.stands() => self.level = uncovered.unwrap_or(self.level),
            Deed::Acknowledge | Deed::Resolve => {}
        }
    }

    /// Closes itself: a watch row at the next lower verdict, an *unknown* once everything was answered.
    pub(crate) fn close(&mut self, event: &str, at: Moment) {
        self.state = AlertState::Resolved;
        self.over = true;
        self.resolved = Some(Resolved {
            event: event.to_string(),
            by: "lamella".to_string(),
            at,
            disposition: CLOSED_ITSELF.to_string(),
            note: String::new(),
            known_until: None,
            change: String::new(),
        });
    }

    /// Whether it was never more than a row to look at. One that was once attention or above needs a person's resolve, even if
    /// what opened it again is milder (the rule's level under a newer revision).
    pub(crate) fn is_row(&self) -> bool {
        self.level <= Level::Watch && self.events.iter().all(|touch| touch.level <= Level::Watch)
    }

    /// Whether it still stands.
    pub fn stands(&self) -> bool {
        self.state != AlertState::Resolved
    }
}
