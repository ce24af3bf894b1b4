//! Events: what can happen in a record.

use crate::answer::Answers;
use crate::moment::Moment;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A clock may run this far ahead of the arrival before the arrival is believed instead.
const CLOCK_AHEAD_SECONDS: i64 = 600;

/// Something that happened: immutable, with an id chosen where it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The event's id, unique within the record.
    pub id: String,
    /// When it happened, as the device said.
    pub at: Moment,
    /// When it arrived at the clinic; `None` while it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Moment>,
    /// The local date it reports about, when that is another than the date of `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Date>,
    /// The event that this one mends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
    /// What kind it is, with what that kind says.
    #[serde(flatten)]
    pub kind: Kind,
}

/// The kinds of event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Kind {
    /// The person answered questions.
    CheckIn(CheckIn),
    /// *It hurt, so I stopped.*
    Stopped(Stopped),
    /// An exercise was done, or not.
    Exercise(Exercise),
    /// A walk.
    Walk(Act),
    /// A milestone was reached.
    Milestone(Act),
    /// A questionnaire was answered.
    Instrument(Act),
    /// A clinician changed this person's plan.
    Override(Act),
    /// A clinician holds, advances or steps back a phase.
    Phase(PhaseOrder),
    /// A person at the clinic has seen the alert.
    Acknowledge(Desk),
    /// A person at the clinic has dealt with the alert.
    Resolve(Desk),
    /// A contact attempt about an alert.
    Contact(Desk),
    /// A desk event taken back within a minute.
    Undo(Desk),
    /// The pathway has ended for this person.
    Ended(Act),
    /// A message.
    Message(Act),
    /// An appointment.
    Appointment(Act),
    /// A note of the clinic: `by` and `text`; or, with `alert` and `change`, a later word on whether the change that a closed case
    /// of the reading told of was real. It changes no verdict.
    Note(Act),
    /// A kind this version does not know, or an event that could not be read: kept, and raised by the engine.
    #[serde(skip_deserializing)]
    Unreadable(Unreadable),
}

/// What a check-in says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct CheckIn {
    /// The revision of the pathway that asked.
    #[serde(default, deserialize_with = "word_or_number", skip_serializing_if = "String::is_empty")]
    pub revision: String,
    /// The answers by question id.
    #[serde(default)]
    pub answers: Answers,
    /// False when it was broken off.
    #[serde(default = "yes")]
    pub complete: bool,
    /// Questions that were never put (a column the table lacked).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_asked: Vec<String>,
    /// When it was imported, if it came out of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Moment>,
}

/// *It hurt, so I stopped.* Its pain never feeds usual or trajectory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Stopped {
    /// What was being done.
    #[serde(default)]
    pub activity: String,
    /// `pain` and `where`, as answers to the questions of the same id.
    #[serde(flatten)]
    pub answers: Answers,
}

/// An exercise, done or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Exercise {
    /// Exercise id of the pathway.
    pub exercise: String,
    /// `full`, `partly`, `skipped` or `not-applicable`.
    pub done: String,
    /// What else it says (`pain-during`, `pain-next-morning`, `reason`).
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

/// An event whose content the engine only keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Act {
    /// What it says.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

impl Act {
    /// What it says under a key, as text; empty where it says nothing.
    pub fn text(&self, key: &str) -> &str {
        self.rest.get(key).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Hold, advance or step back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseWord {
    /// Stay in the phase that holds.
    Hold,
    /// Enter a later phase before its day or criteria.
    Advance,
    /// Go back to an earlier phase.
    StepBack,
    /// Lift a hold or a step back.
    Lift,
}

/// A clinician's word about the phase, always with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseOrder {
    /// What is ordered.
    pub action: PhaseWord,
    /// The phase to go to (advance, step back).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The last local date it holds; `None`: until lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Who says so.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// What a person at the clinic did about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Desk {
    /// The alert, by id (acknowledge, contact, resolve).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alert: String,
    /// The event taken back (undo).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub undoes: String,
    /// Who did it.
    pub by: String,
    /// How it ended (resolve), or what came of the attempt (contact).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub disposition: String,
    /// In their own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Until when the finding is known and need not raise again (resolve below emergency; at most 28 days).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_until: Option<Date>,
    /// Whether the change that a reading told of was real (resolve): `real`, `not-real`, `cannot-say`; empty when nobody said.
    /// A word from elsewhere is kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub change: String,
}

/// An event that could not be read, whole as it came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unreadable {
    /// Why.
    pub why: String,
    /// The event as it came.
    pub was: Value,
}

fn yes() -> bool {
    true
}

fn word_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(word) => word,
        Value::Null => String::new(),
        other => other.to_string(),
    })
}

impl Event {
    /// Reads one event. What cannot be read is kept as [`Kind::Unreadable`] under its id and moment as far as those can be
    /// read (`index` names it otherwise, `fallback` dates it), so that it is raised and never lost.
    pub fn from_value(value: Value, index: usize, fallback: Moment) -> Event {
        let error = match serde_json::from_value::<Event>(value.clone()) {
            Ok(event) if !event.id.is_empty() => return event,
            Ok(_) => "its `id` is empty".to_string(),
            Err(error) => error.to_string(),
        };
        if let Some(event) = Event::salvaged(&value, fallback) {
            return event;
        }
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let moment = |key: &str| text(key).and_then(|text| Moment::parse(text).ok());
        let received_at = moment("received_at");
        Event {
            id: text("id").filter(|id| !id.is_empty()).map_or_else(|| alloc::format!("event-{index}"), ToString::to_string),
            at: moment("at").or(received_at).unwrap_or(fallback),
            received_at,
            day: None,
            corrects: None,
            kind: Kind::Unreadable(Unreadable { why: error, was: value }),
        }
    }

    /// A check-in whose answers can be read, although something beside them cannot: the answers are judged all the same, and the
    /// odd rest counts as an unknown question.
    fn salvaged(value: &Value, fallback: Moment) -> Option<Event> {
        let all = value.as_object().filter(|all| all.get("kind").and_then(Value::as_str) == Some("check-in"))?;
        let mut kept = serde_json::Map::new();
        for key in ["id", "kind", "revision", "answers", "at", "received_at"] {
            if let Some(value) = all.get(key) {
                kept.insert(key.to_string(), value.clone());
            }
        }
        let readable = |value: Option<&Value>| value.and_then(Value::as_str).is_some_and(|text| Moment::parse(text).is_ok());
        if !readable(kept.get("received_at")) {
            kept.remove("received_at");
        }
        if !readable(kept.get("at")) {
            let at = kept.get("received_at").cloned().unwrap_or_else(|| Value::String(fallback.to_string()));
            kept.insert("at".to_string(), at);
        }
        let answers = kept.get_mut("answers").and_then(Value::as_object_mut)?;
        answers.insert("unreadable-field".to_string(), Value::String("yes".to_string()));
        serde_json::from_value::<Event>(Value::Object(kept)).ok().filter(|event| !event.id.is_empty())
    }

    /// The moment that orders it: `at`, unless that lies more than 10 minutes after its arrival; then the arrival.
    pub fn moment(&self) -> Moment {
        match self.received_at {
            Some(received) if self.at.seconds_since(received) > CLOCK_AHEAD_SECONDS => received.at_offset(self.at.offset()),
            _ => self.at,
        }
    }

    /// When it was known here: its arrival, or its own moment while it has not been sent.
    pub fn known_at(&self) -> Moment {
        self.received_at.unwrap_or(self.at)
    }

    /// The local date it is about.
    pub fn date(&self) -> Date {
        let own = self.moment().date();
        self.day.filter(|day| *day <= own).unwrap_or(own)
    }

    /// Whether it claims to report about a day that had not come: it counts for its own.
    pub fn is_about_the_future(&self) -> bool {
        self.day.is_some_and(|day| day > self.moment().date())
    }

    /// Whether somebody at the clinic did it about an alert, so that it can be taken back within a minute.
    pub fn is_desk(&self) -> bool {
        matches!(self.kind, Kind::Acknowledge(_) | Kind::Resolve(_) | Kind::Contact(_))
    }

    /// The kind's word.
    pub fn kind_word(&self) -> &'static str {
        match &self.kind {
            Kind::CheckIn(_) => "check-in",
            Kind::Stopped(_) => "stopped",
            Kind::Exercise(_) => "exercise",
            Kind::Walk(_) => "walk",
            Kind::Milestone(_) => "milestone",
            Kind::Instrument(_) => "instrument",
            Kind::Override(_) => "override",
            Kind::Phase(_) => "phase",
            Kind::Acknowledge(_) => "acknowledge",
            Kind::Resolve(_) => "resolve",
            Kind::Contact(_) => "contact",
            Kind::Undo(_) => "undo",
            Kind::Ended(_) => "ended",
            Kind::Message(_) => "message",
            Kind::Appointment(_) => "appointment",
            Kind::Note(_) => "note",
            Kind::Unreadable(_) => "unreadable",
        }
    }
}
