//! A state as a whole record that a person can read and the engine can judge.

use crate::Ground;
use crate::history::{Earlier, history};
use crate::state::State;
use lamella_engine::triage::{Value, Verdict};
use lamella_engine::{Pathways, ReadingState, Stands, assess_assuming};
use lamella_pathway::{Compiled, Question};
use lamella_record::{Date, Moment, Patient, Record};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// Day 0 of every witness: a Monday.
const PROCEDURE: &str = "2026-03-02";
/// The id of the event that a witness is about.
pub(crate) const EVENT: &str = "witness";

/// A record in the making: a person, what came before, and the event that is judged.
#[derive(Debug, Clone)]
pub(crate) struct Story<'g> {
    pathway: &'g Compiled,
    patient: Json,
    procedure: Date,
    day: i32,
    stopped: bool,
    answers: BTreeMap<u16, Value>,
    not_asked: Vec<String>,
    earlier: Earlier,
    /// The phase that must hold, by place.
    phase: Option<usize>,
    /// A clinician's word that makes it hold.
    order: Option<&'static str>,
    /// What the trajectory is assumed to read.
    reading: Option<String>,
}

impl<'g> Story<'g> {
    /// The story of a state on a day; `None` only if the calendar ends before it.
    pub fn of(ground: &Ground<'g>, state: &State, day: i32) -> Option<Story<'g>> {
        let space = ground.space;
        let bare = json!({"id": "witness", "time_zone": "Etc/UTC", "procedure": {"date": PROCEDURE}});
        let person: Patient = serde_json::from_value(bare).ok()?;
        let questions = 0..space.questions.len() as u16;
        let answers = questions.filter_map(|question| Some((question, state.value(space, question)?))).collect();
        let asked = space.questions.iter().zip(&ground.pathway.questions);
        let not_asked = asked.filter(|(asking, _)| state.at_if(asking.not_asked) > 0).map(|(_, question)| question.id.clone()).collect();
        Some(Story {
            pathway: ground.pathway,
            patient: patient(ground, state, person.date_of(day)),
            procedure: person.procedure.date,
            day,
            stopped: state.on(space.stopped),
            answers,
            not_asked,
            earlier: history(ground, state, day),
            phase: space.phase.filter(|_| day >= 0).map(|place| state.at(place)),
            order: None,
            reading: reading(ground, state),
        })
    }

    /// The same with another answer to a question, or none.
    pub fn with(&self, question: u16, value: Option<Value>) -> Story<'g> {
        let mut story = self.clone();
        match value {
            Some(value) => story.answers.insert(question, value),
            None => story.answers.remove(&question),
        };
        story
    }

    /// What the event says.
    pub fn answers(&self) -> &BTreeMap<u16, Value> {
        &self.answers
    }

    /// The same with a clinician's word about the phase, if the phase does not hold by itself; `None` if it cannot.
    pub fn in_phase(mut self) -> Option<Story<'g>> {
        let Some(wanted) = self.phase else { return Some(self) };
        for order in [None, Some("advance"), Some("step-back")] {
            self.order = order;
            let held = self.verdict().map(|verdict| verdict.phase);
            if held.is_some() && held == self.pathway.phases.get(wanted).map(|phase| phase.id.clone()) {
                return Some(self);
            }
        }
        None
    }

    /// What the trajectory is assumed to read, as pathways write it.
    pub fn assume(&self) -> Option<String> {
        self.reading.clone()
    }

    /// What the engine makes of the event.
    pub fn verdict(&self) -> Option<Verdict> {
        let record = Record::from_json(&self.record().to_string()).ok()?;
        let now = Moment::parse(&self.at()).ok()?;
        let assumed = self.reading.as_deref().and_then(Stands::from_word);
        let assessment = assess_assuming(&Pathways::new(self.pathway.clone()), &record, now, assumed);
        assessment.verdicts.into_iter().find(|verdict| verdict.event == EVENT)
    }

    /// The moment of the event, which is also the one to assess at.
    pub fn at(&self) -> String {
        self.moment(self.last_day(), "20:00:00")
    }

    /// The whole record file.
    pub fn record(&self) -> Json {
        let earlier = self.earlier.iter().enumerate().map(|(index, (day, answers))| self.earlier_event(index + 1, *day, answers));
        let events: Vec<Json> = earlier.chain(self.order_event()).chain([self.event()]).collect();
        json!({"patient": self.patient, "events": events})
    }

    /// The day the event was written on: its own, or the last that there is a check-in of when it reports about an earlier one.
    fn last_day(&self) -> i32 {
        self.earlier.keys().last().map_or(self.day, |last| self.day.max(*last))
    }

    fn date(&self, day: i32) -> Date {
        let bare = json!({"id": "witness", "time_zone": "Etc/UTC", "procedure": {"date": self.procedure.to_string()}});
        serde_json::from_value::<Patient>(bare).map_or(self.procedure, |patient| patient.date_of(day))
    }

    fn moment(&self, day: i32, time: &str) -> String {
        format!("{}T{time}+00:00", self.date(day))
    }

    fn earlier_event(&self, number: usize, day: i32, answers: &BTreeMap<u16, Value>) -> Json {
        json!({
            "id": format!("earlier-{number}"), "kind": "check-in", "at": self.moment(day, "08:00:00"),
            "revision": self.pathway.revision, "complete": false, "answers": self.spoken(answers),
        })
    }

    fn order_event(&self) -> Option<Json> {
        let phase = self.phase.and_then(|phase| self.pathway.phases.get(phase))?;
        let order = self.order?;
        let at = self.moment(self.last_day(), "19:00:00");
        Some(json!({
            "id": "phase", "kind": "phase", "at": at, "action": order, "phase": phase.id, "by": "clinician",
            "reason": "the phase of this witness",
        }))
    }

    fn event(&self) -> Json {
        let mut event = Map::new();
        event.insert("id".into(), EVENT.into());
        event.insert("kind".into(), if self.stopped { "stopped" } else { "check-in" }.into());
        event.insert("at".into(), self.at().into());
        if self.last_day() != self.day {
            event.insert("day".into(), self.date(self.day).to_string().into());
        }
        let answers = self.spoken(&self.answers);
        if self.stopped {
            event.insert("activity".into(), "walking".into());
            event.extend(answers);
            return Json::Object(event);
        }
        event.insert("revision".into(), self.pathway.revision.clone().into());
        if !self.not_asked.is_empty() {
            event.insert("not_asked".into(), self.not_asked.clone().into());
        }
        event.insert("answers".into(), Json::Object(answers));
        Json::Object(event)
    }

    fn spoken(&self, answers: &BTreeMap<u16, Value>) -> Map<String, Json> {
        let asked = answers.iter().filter_map(|(place, value)| Some((self.pathway.questions.get(usize::from(*place))?, *value)));
        asked.map(|(question, value)| (question.id.clone(), spoken(question, value))).collect()
    }
}

/// The reading that a state names, or one that no condition names: it is assumed wherever a condition asks for one.
fn reading(ground: &Ground, state: &State) -> Option<String> {
    let named = &ground.space.readings;
    ground.space.reading?;
    let word = state.at_if(ground.space.reading).checked_sub(1).and_then(|index| named.get(index));
    let unnamed = |reading: &ReadingState| !named.iter().any(|word| word.split('/').next() == Some(reading.word()));
    word.cloned().or_else(|| ReadingState::ALL.into_iter().rev().find(unnamed).map(|reading| reading.word().to_string()))
}

fn patient(ground: &Ground, state: &State, today: Date) -> Json {
    let space = ground.space;
    let mut patient = json!({"id": "witness", "name": "A witness", "time_zone": "Etc/UTC"});
    let mut procedure = json!({"date": PROCEDURE, "levels": ["L4/5"]});
    if let Some(rating) = state.at_if(space.intake).checked_sub(1) {
        set(&mut procedure, "baseline_pain", rating.into());
    }
    set(&mut patient, "procedure", procedure);
    let age = state.at_if(space.age).checked_sub(1).and_then(|index| space.ages.get(index));
    if let Some(age) = age {
        set(&mut patient, "born", format!("{:04}-01-01", i32::from(today.year()) - age).into());
    }
    let conditions: Vec<Json> = space.persons.iter().filter(|(_, place)| state.on(*place)).map(|(code, _)| code.as_str().into()).collect();
    if !conditions.is_empty() {
        set(&mut patient, "conditions", conditions.into());
    }
    patient
}

fn set(object: &mut Json, key: &str, value: Json) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.into(), value);
    }
}

/// An answer as a record file writes it.
fn spoken(question: &Question, value: Value) -> Json {
    match value {
        Value::Number(number) if question.form == lamella_pathway::Form::Tenths && number % 10 != 0 => (f64::from(number) / 10.0).into(),
        Value::Number(number) if question.form == lamella_pathway::Form::Tenths => (number / 10).into(),
        Value::Number(number) => number.into(),
        Value::Codes(bits) => {
            let codes = named(question, bits);
            if question.form == lamella_pathway::Form::One { codes.join(", ").into() } else { codes.into() }
        }
    }
}

/// An answer in words: its codes, or the number.
pub(crate) fn in_words(question: &Question, value: Value) -> String {
    match value {
        Value::Codes(bits) => named(question, bits).join(" and "),
        Value::Number(_) => spoken(question, value).to_string(),
    }
}

fn named(question: &Question, bits: u64) -> Vec<&str> {
    question.codes.iter().enumerate().filter(|(code, _)| bits >> code & 1 == 1).map(|(_, code)| code.as_str()).collect()
}
