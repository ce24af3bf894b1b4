//! What would the cells that can be read reach by themselves? A row that cannot be read whole may still say that a leg gives way.

use lamella_engine::{Pathways, State, judge, step};
use lamella_pathway::{Asked, Compiled, Cond};
use lamella_record::{Answers, CheckIn, Date, Event, Kind, Level, Moment, Patient};
use std::collections::BTreeSet;

/// The level that answers reach by themselves, whatever the missing ones were. Where the day is not known, the worst of all days
/// on which the pathway judges differently.
pub fn level(pathways: &Pathways, patient: Option<&Patient>, at: Option<(Moment, Date)>, answers: &Answers) -> Level {
    let somebody = somebody();
    let Some(patient) = patient.or(somebody.as_ref()) else { return Level::Expected };
    match at {
        Some((at, date)) => on(pathways, patient, at, date, answers),
        None => {
            let days = days_that_matter(pathways.current());
            days.into_iter()
                .map(|day| on(pathways, patient, noon(patient.date_of(day)), patient.date_of(day), answers))
                .max()
                .unwrap_or(Level::Expected)
        }
    }
}

fn on(pathways: &Pathways, patient: &Patient, at: Moment, date: Date, answers: &Answers) -> Level {
    let not_asked =
        pathways.current().questions.iter().map(|question| question.id.clone()).filter(|id| !answers.contains_key(id)).collect();
    let revision = pathways.current().revision.clone();
    let check_in = CheckIn { revision, answers: answers.clone(), complete: true, not_asked, imported: None };
    let event = Event { id: "row".to_string(), at, received_at: None, day: Some(date), corrects: None, kind: Kind::CheckIn(check_in) };
    let mut state = State::new(pathways);
    // The state has to stand at the event's day; a note judges nothing.
    step(pathways, patient, &mut state, &Event { kind: Kind::Note(Default::default()), ..event.clone() });
    let rules = judge(pathways, patient, &state, &event).map_or(vec![], |verdict| verdict.rules);
    rules.iter().filter(|hit| hit.id != "otherwise").map(|hit| hit.level).max().unwrap_or(Level::Expected)
}

/// Who stands in for a person who is not known. Only the day counts, and that is chosen anyway.
fn somebody() -> Option<Patient> {
    serde_json::from_value(serde_json::json!({ "id": "?", "time_zone": "UTC", "procedure": { "date": "2020-01-01" } })).ok()
}

fn noon(date: Date) -> Moment {
    let civil = date.to_datetime(jiff::civil::Time::constant(12, 0, 0, 0));
    Moment::new(jiff::tz::Offset::UTC.to_timestamp(civil).unwrap_or_default(), jiff::tz::Offset::UTC)
}

/// The days at which a window of the pathway begins, and the one after it ends.
fn days_that_matter(pathway: &Compiled) -> BTreeSet<i32> {
    let mut days = BTreeSet::from([0]);
    let mut look = |cond: &Cond| {
        if let Cond::Day { from, to } = cond {
            days.extend([*from, to.saturating_add(1)]);
        }
    };
    pathway.rules.iter().for_each(|rule| rule.when.each(&mut look));
    for question in &pathway.questions {
        if let Asked::When(cond) = &question.asked {
            cond.each(&mut look);
        }
    }
    days.extend(pathway.questions.iter().flat_map(|question| &question.floors).filter_map(|floor| floor.from_day));
    days.extend(pathway.phases.iter().map(|phase| phase.from));
    days.into_iter().filter(|day| (0..10_000).contains(day)).collect()
}
