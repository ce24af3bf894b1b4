//! The view of a state at a moment, and the whole assessment of a record.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use lamella_pathway::{Compiled, Within};
use lamella_record::{Date, Level, Moment, Patient, Record, Warning};
use lamella_trajectory::course::{By, Seen};
use lamella_trajectory::filter::Day;
use lamella_trajectory::flare::Episode;
use lamella_trajectory::{Reading, Stands};
use serde::{Deserialize, Serialize};

use crate::alerts::{Action, Alert, Deed, Touch, cause_of};
use crate::plan::{self, Due, HeldBy, Limit, PhaseState, Standing, Stay};
use crate::state::State;
use crate::step::{reading, step};
use crate::triage::Verdict;
use crate::{Pathways, triage};

/// The phase at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseView {
    /// Its id; `None` before the procedure.
    pub id: Option<String>,
    /// The day.
    pub day: i32,
    /// The day it was entered.
    pub entered: i32,
    /// How many days the next phase has been due and not entered.
    pub held_days: i32,
    /// Why it is not entered; `None` when it is not held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<HeldBy>,
    /// A clinician's hold or step back.
    pub stay: Option<Stay>,
}

/// A finding that a clinician has reviewed: the same or milder goes to the history only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The rule.
    pub rule: String,
    /// The alert whose resolve made it known: resolve that again to end it sooner.
    pub alert: String,
    /// Until when, inclusive.
    pub until: Date,
    /// Who reviewed it.
    pub by: String,
    /// Why.
    pub note: String,
}

/// What a state looks like at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// The record's level: the highest alert that stands; else the last verdict, at most watch.
    pub level: Level,
    /// The phase.
    pub phase: PhaseView,
    /// Where the trajectory stands; without the band ([`reading_in_full`]).
    pub reading: Reading,
    /// What is allowed today.
    pub restrictions: Vec<Limit>,
    /// What is due.
    pub agenda: Vec<Due>,
    /// Usual of each question that has one, today.
    pub usual: BTreeMap<String, i32>,
    /// Reviewed findings that are still known.
    pub known: Vec<Known>,
    /// Alerts that only the clock asks for: silence and hold.
    pub alerts: Vec<Alert>,
    /// What was done about alerts that do not exist.
    pub warnings: Vec<Warning>,
}

/// What the clock alone asks for at a moment: the part of a [`View`] that whoever follows many people needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocked {
    /// Silence and hold.
    pub alerts: Vec<Alert>,
    /// The day on which the next check-in is due; `None` before the procedure and after the end.
    pub due: Option<i32>,
}

/// Everything about a record at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// The moment.
    pub at: Moment,
    /// The current revision's word.
    pub revision: String,
    /// The current revision's hash.
    pub hash: String,
    /// The record's level.
    pub level: Level,
    /// Each judged event, in order.
    pub verdicts: Vec<Verdict>,
    /// Where the trajectory stands.
    pub reading: Reading,
    /// The phase.
    pub phase: PhaseView,
    /// What is allowed today.
    pub restrictions: Vec<Limit>,
    /// What is due.
    pub agenda: Vec<Due>,
    /// Usual of each question that has one, today.
    pub usual: BTreeMap<String, i32>,
    /// Reviewed findings that are still known.
    pub known: Vec<Known>,
    /// Every alert, highest level first, then oldest.
    pub alerts: Vec<Alert>,
    /// What was odd.
    pub warnings: Vec<Warning>,
}

/// The waist: a record judged by the pathways it was answered under, at `now`.
pub fn assess(pathways: &Pathways, record: &Record, now: Moment) -> Assessment {
    assess_assuming(pathways, record, now, None)
}

/// [`assess`], pretending that the trajectory reads `reading` throughout.
pub fn assess_assuming(pathways: &Pathways, record: &Record, now: Moment, reading: Option<Stands>) -> Assessment {
    let mut state = State::assuming(pathways, reading);
    let mut verdicts = vec![];
    let mut alerts: BTreeMap<String, Alert> = BTreeMap::new();
    let mut warnings = record.warnings.clone();
    for event in &record.events {
        let done = step(pathways, &record.patient, &mut state, event);
        verdicts.extend(done.verdict);
        alerts.extend(done.alerts.into_iter().map(|alert| (alert.id.clone(), Arc::unwrap_or_clone(alert))));
        warnings.extend(done.warnings);
    }
    let view = view(pathways, &record.patient, &state, now);
    alerts.extend(view.alerts.into_iter().map(|alert| (alert.id.clone(), alert)));
    warnings.extend(view.warnings);
    let mut alerts: Vec<Alert> = alerts.into_values().collect();
    alerts.sort_by(|a, b| (b.stands(), b.level, a.since, &a.id).cmp(&(a.stands(), a.level, b.since, &b.id)));
    Assessment {
        at: now,
        revision: pathways.current().revision.clone(),
        hash: pathways.current().hash.clone(),
        level: view.level,
        verdicts,
        reading: reading_in_full(pathways, &record.patient, &state, now),
        phase: view.phase,
        restrictions: view.restrictions,
        agenda: view.agenda,
        usual: view.usual,
        known: view.known,
        alerts,
        warnings,
    }
}

/// A state seen at `now`, in the person's own offset: what the clock alone adds to it.
pub fn view(pathways: &Pathways, patient: &Patient, state: &State, now: Moment) -> View {
    looked(pathways, patient, state, now, |seen, place| {
        let Clocked { alerts, due } = seen.clocked();
        let level = alerts.iter().filter(|alert| alert.stands()).map(|alert| alert.level).chain([state.alerts_level()]).max();
        let standing = level.filter(|level| *level > Level::Expected);
        let last = state.last_level.unwrap_or(Level::Watch).min(Level::Watch);
        let Looked { pathway, phase, day, .. } = *seen;
        let last_day = state.last.as_ref().map(|last| last.day);
        View {
            level: standing.unwrap_or(last),
            phase: seen.phase_view(),
            reading: seen.reading(pathways.by(place, patient), place),
            restrictions: plan::limits(pathway, plan::limit_day(pathway, phase, day)),
            agenda: due.map_or(vec![], |due| plan::agenda(due, last_day, day, |day| patient.date_of(day))),
            usual: seen.usual(place),
            known: seen.known(),
            warnings: seen.strays(&alerts),
            alerts,
        }
    })
}

/// Of [`view`] what the clock alone asks for.
pub fn clocked(pathways: &Pathways, patient: &Patient, state: &State, now: Moment) -> Clocked {
    looked(pathways, patient, state, now, |seen, _| seen.clocked())
}

fn looked<T>(pathways: &Pathways, patient: &Patient, state: &State, now: Moment, look: impl FnOnce(&Looked, usize) -> T) -> T {
    let (place, day) = pathways.there(patient, now);
    let pathway = pathways.at(place);
    let mut phase = state.phase.clone();
    let standing = Standing { days: &state.days, alerts: state.alerts_level() };
    phase.advance(pathway, standing, day, |day| patient.date_of(day));
    look(&Looked { pathway, patient, state, phase: &phase, day, now }, place)
}

/// Where the trajectory stands at `now`.
pub fn stands(pathways: &Pathways, patient: &Patient, state: &State, now: Moment) -> Stands {
    let (place, day) = pathways.there(patient, now);
    reading(pathways, patient, state, place, day)
}

/// The reading with the band, which replays the days: for whoever looks.
pub fn reading_in_full(pathways: &Pathways, patient: &Patient, state: &State, now: Moment) -> Reading {
    let (place, day) = pathways.there(patient, now);
    let every = state.every_days(pathways.at(place), day);
    assumed(state, state.course_at(place).reading_in_full(pathways.by(place, patient), day, every))
}

/// The days of a record with their ratings, as the reading under the current revision takes them.
pub fn rated_days(pathways: &Pathways, record: &Record) -> Vec<Day> {
    let mut state = State::new(pathways);
    record.events.iter().for_each(|event| drop(step(pathways, &record.patient, &mut state, event)));
    state.course_at(pathways.last()).days().collect()
}

/// A record's course for a chart: the reading, every day so far, and the flares.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Charted {
    /// The reading, with the band.
    pub reading: Reading,
    /// Every day from the procedure on; none where the revision names no model.
    pub days: Vec<Seen>,
    /// The flares, oldest first.
    pub flares: Vec<Episode>,
    /// The highest level of each recent day with a verdict; what a clinician has reviewed counts as watch.
    pub levels: Vec<(i32, Level)>,
}

/// The course of a record up to `now`: it replays the days, for whoever looks.
pub fn charted(pathways: &Pathways, patient: &Patient, state: &State, now: Moment) -> Charted {
    let (place, day) = pathways.there(patient, now);
    let reading = reading_in_full(pathways, patient, state, now);
    let levels = state.days.all();
    let Some(by) = pathways.by(place, patient) else { return Charted { reading, levels, ..Charted::default() } };
    let course = state.course_at(place);
    let every = state.every_days(pathways.at(place), day);
    Charted { reading, days: course.history(by, day, every), flares: course.flares(by), levels }
}

fn assumed(state: &State, reading: Reading) -> Reading {
    Reading { state: state.assumed.map_or(reading.state, |stands| stands.state), ..reading }
}

struct Looked<'a> {
    pathway: &'a Compiled,
    patient: &'a Patient,
    state: &'a State,
    phase: &'a PhaseState,
    day: i32,
    now: Moment,
}

impl Looked<'_> {
    fn clocked(&self) -> Clocked {
        let due = self.due();
        Clocked {
            alerts: self.silence(due).into_iter().chain(self.hold()).collect(),
            due: Some(due).filter(|_| !self.state.ended && self.day >= 0),
        }
    }

    fn phase_view(&self) -> PhaseView {
        let standing = Standing { days: &self.state.days, alerts: self.state.alerts_level() };
        PhaseView {
            id: self.pathway.phases.get(self.phase.index).filter(|_| self.day >= 0).map(|phase| phase.id.clone()),
            day: self.day,
            entered: self.phase.entered,
            held_days: self.phase.held_days(self.pathway, self.day),
            held_by: self.phase.held_by(self.pathway, standing, self.day),
            stay: self.phase.stay.clone(),
        }
    }

    fn usual(&self, place: usize) -> BTreeMap<String, i32> {
        let memory = self.state.memory_at(place);
        let each = self.pathway.questions.iter().enumerate().filter(|(_, question)| question.keep_days > 30);
        each.filter_map(|(place, question)| Some((question.id.clone(), triage::usual_among(memory.series(place as u16), self.day)?)))
            .collect()
    }

    fn known(&self) -> Vec<Known> {
        let today = self.now.date();
        let still = self.state.reviewed().filter(|(_, reviewed)| reviewed.until >= today);
        still
            .map(|(rule, reviewed)| Known {
                rule: rule.to_string(),
                alert: reviewed.alert.clone(),
                until: reviewed.until,
                by: reviewed.by.clone(),
                note: reviewed.note.clone(),
            })
            .collect()
    }

    /// The first day a check-in can be due: enrolment, never day 0.
    fn first_due(&self) -> i32 {
        self.patient.enrolled_day().max(1)
    }

    fn due(&self) -> i32 {
        let Some(phase) = self.pathway.phases.get(self.phase.index) else { return i32::MAX };
        // What a wrong clock puts beyond tomorrow does not satisfy what is due; ten minutes ahead may be past midnight.
        let last = self.state.last.as_ref().map(|last| last.day.min(self.day + 1));
        // As of the last check-in: a due day does not move away while nobody says anything.
        let as_of = last.unwrap_or(self.day);
        plan::next_due(phase, last, self.state.calm_days(as_of), as_of, self.first_due()).max(self.first_due())
    }

    fn reading(&self, by: Option<By>, place: usize) -> Reading {
        let every = self.state.every_days(self.pathway, self.day);
        assumed(self.state, self.state.course_at(place).reading(by, self.day, every))
    }

    /// Silence, from the first due day that ended without a check-in. A resolved silence counts anew.
    fn silence(&self, due: i32) -> Vec<Alert> {
        let Some(phase) = self.pathway.phases.get(self.phase.index).filter(|_| !self.state.ended) else { return vec![] };
        let mut alerts = vec![];
        if plan::silence(phase, due, self.day).is_none() {
            return alerts;
        }
        let mut due = due;
        let mut first = self.state.last.as_ref().map_or("procedure".to_string(), |last| last.event.clone());
        while let Some(silence) = plan::silence(phase, due, self.day) {
            let within = |level| self.pathway.level(level).and_then(|text| text.answer_within);
            let begins = if silence.rose.is_some() { Level::Watch } else { silence.level };
            let mut alert = self.asked("silence", &first, begins, silence.from_day + 1);
            alert.answer_within = within(begins);
            // Whoever saw it at watch has not seen that it rose.
            let rose = silence.rose.map(|day| midnight(self.patient.date_of(day), self.now));
            let (early, late): (Vec<&Action>, Vec<&Action>) =
                self.state.done_about(&alert.id).iter().partition(|action| rose.is_some_and(|rose| action.known_at < rose));
            early.into_iter().for_each(|action| alert.apply(action));
            if let Some(rose) = rose.filter(|_| alert.stands()) {
                alert.rise(silence.level, rose);
                alert.answer_within = within(silence.level);
            }
            late.into_iter().for_each(|action| alert.apply(action));
            let resolved = alert.resolved.clone();
            alerts.push(alert);
            let Some(resolved) = resolved else { break };
            // On the person's own clock, not on that of whoever resolved it.
            let there = Moment::new(resolved.at.instant(), self.now.offset());
            due = self.patient.day_of(there.date()).max(due) + 1;
            first = resolved.event;
        }
        alerts
    }

    /// A phase that has been held for long.
    fn hold(&self) -> Option<Alert> {
        let held = self.phase.held_days(self.pathway, self.day);
        let phase = self.pathway.phases.get(self.phase.index)?;
        let next = self.phase.next(self.pathway)?;
        let after = i32::from(next.held_watch_after.or(phase.held_watch_after)?);
        if held <= after || self.state.ended {
            return None;
        }
        let mut alert = self.asked("hold", &phase.id, Level::Watch, next.from + after + 1);
        self.apply_done(&mut alert);
        Some(alert)
    }

    fn asked(&self, cause: &str, first: &str, level: Level, since_day: i32) -> Alert {
        let since = midnight(self.patient.date_of(since_day), self.now);
        let touch = Touch { event: first.to_string(), level, at: since, known_at: since };
        Alert::new(cause, touch, None::<Within>, false)
    }

    fn apply_done(&self, alert: &mut Alert) {
        for action in self.state.done_about(&alert.id) {
            alert.apply(action);
        }
    }

    /// What was done about alerts that nobody asked for.
    fn strays(&self, alerts: &[Alert]) -> Vec<Warning> {
        let known = |id: &str| alerts.iter().any(|alert| alert.id == id) || matches!(cause_of(id).0, "silence" | "hold");
        let stray = self.state.waiting.iter().filter(|(id, _)| !known(id)).flat_map(|(_, actions)| actions);
        let word = |deed: Deed| match deed {
            Deed::Acknowledge => "acknowledges",
            Deed::Contact => "is about",
            Deed::Resolve => "resolves",
        };
        stray
            .map(|action| {
                let what =
                    format!("it {} an alert that does not stand (never asked for, or closed): `{}`", word(action.deed), action.desk.alert);
                Warning { event: action.event.clone(), what }
            })
            .collect()
    }
}

/// The beginning of a local date, on the clock of `now`.
fn midnight(date: Date, now: Moment) -> Moment {
    let time = date.to_datetime(jiff::civil::Time::midnight());
    now.offset().to_timestamp(time).map_or(now, |instant| Moment::new(instant, now.offset()))
}
