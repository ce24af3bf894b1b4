//! The folded state: a cache of the events, bounded whatever their number.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use lamella_pathway::Compiled;
use lamella_record::{Level, Moment, Patient};
use lamella_trajectory::{Course, Stands};
use serde::{Deserialize, Serialize};

use crate::Pathways;
use crate::alerts::{Action, Alert, AlertState, Deed, Reviewed, Touch, cause_of, id_of};
use crate::plan::{Days, PhaseState, Standing, every_days};
use crate::triage::Memory;

/// How many check-ins back a correction may reach.
const CORRECTABLE: usize = 64;

/// Where a check-in stood: for corrections that take its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stood {
    pub id: String,
    pub day: i32,
    pub place: Arc<(i64, String)>,
}

/// The last check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Last {
    pub event: String,
    pub day: i32,
    pub level: Level,
}

/// Everything `step` has to know of the past. Two states are equal exactly when every later step and view would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub(crate) memory: Vec<Memory>,
    /// Open runs: cause → alert id.
    pub(crate) runs: BTreeMap<String, String>,
    /// Alerts that stand, by id.
    pub(crate) standing: BTreeMap<String, Arc<Alert>>,
    /// The last alert of a cause that a person resolved while its run went on.
    pub(crate) settled: BTreeMap<String, Settled>,
    /// What was done about alerts that are not there (yet): silence and hold, and clocks that disagree.
    pub(crate) waiting: BTreeMap<String, Vec<Action>>,
    pub(crate) reviewed: BTreeMap<String, Reviewed>,
    pub(crate) worse: BTreeMap<String, (String, String)>,
    pub(crate) phase: PhaseState,
    pub(crate) days: Days,
    pub(crate) stood: VecDeque<Stood>,
    pub(crate) last: Option<Last>,
    /// The highest last verdict, of whatever kind of event.
    pub(crate) last_level: Option<Level>,
    pub(crate) first_day: Option<i32>,
    pub(crate) unsettled: Option<i32>,
    pub(crate) ended: bool,
    /// The rated days, under each revision's model.
    pub(crate) courses: Vec<Course>,
    /// What the trajectory is assumed to read, whatever is rated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assumed: Option<Stands>,
    #[serde(skip)]
    pub(crate) changed: BTreeMap<String, Arc<Alert>>,
}

/// A resolved alert whose run had not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settled {
    pub alert: Arc<Alert>,
    pub known_at: Moment,
}

impl State {
    /// Nothing has happened yet.
    pub fn new(pathways: &Pathways) -> State {
        State::assuming(pathways, None)
    }

    /// The same, pretending that the trajectory reads `reading` throughout: for rehearsing rules that speak of it.
    pub fn assuming(pathways: &Pathways, reading: Option<Stands>) -> State {
        State {
            memory: pathways.all().map(Memory::new).collect(),
            runs: BTreeMap::new(),
            standing: BTreeMap::new(),
            settled: BTreeMap::new(),
            waiting: BTreeMap::new(),
            reviewed: BTreeMap::new(),
            worse: BTreeMap::new(),
            phase: PhaseState::default(),
            days: Days::default(),
            stood: VecDeque::new(),
            last: None,
            last_level: None,
            first_day: None,
            unsettled: None,
            ended: false,
            courses: alloc::vec![Course::default(); pathways.count()],
            assumed: reading,
            changed: BTreeMap::new(),
        }
    }

    /// The phase at the moment, by place.
    pub fn phase(&self) -> &PhaseState {
        &self.phase
    }

    /// Reviewed findings by rule id.
    pub fn reviewed(&self) -> impl Iterator<Item = (&str, &Reviewed)> {
        self.reviewed.iter().map(|(rule, reviewed)| (rule.as_str(), reviewed))
    }

    /// What is remembered under the revision at a place.
    pub(crate) fn memory_at(&self, place: usize) -> &Memory {
        static NOTHING: Memory = Memory::nothing();
        self.memory.get(place).unwrap_or(&NOTHING)
    }

    /// The rated days under the revision at a place.
    pub(crate) fn course_at(&self, place: usize) -> &Course {
        static NOTHING: Course = Course::nothing();
        self.courses.get(place).unwrap_or(&NOTHING)
    }

    /// Replays what a stored state does not carry, so that the next event costs one event.
    pub fn warm(&mut self, pathways: &Pathways, patient: &Patient) {
        for (place, course) in self.courses.iter_mut().enumerate() {
            course.warm(pathways.by(place, patient));
        }
    }

    /// Days on a day since anything was unsettled; 0 while an alert stands.
    pub(crate) fn calm_days(&self, day: i32) -> i32 {
        if !self.standing.is_empty() {
            return 0;
        }
        let since = self.unsettled.max(self.first_day);
        since.map_or(0, |since| (day - since).max(0))
    }

    /// How often a check-in is due on a day.
    pub(crate) fn every_days(&self, pathway: &Compiled, day: i32) -> i32 {
        let phase = pathway.phases.get(self.phase.index);
        phase.map_or(1, |phase| every_days(phase, self.calm_days(day), day))
    }

    /// The highest level of the alerts that stand.
    pub(crate) fn alerts_level(&self) -> Level {
        self.standing.values().map(|alert| alert.level).max().unwrap_or(Level::Expected)
    }

    pub(crate) fn advance(&mut self, pathways: &Pathways, patient: &Patient, place: usize, day: i32) {
        let alerts = self.alerts_level();
        let standing = Standing { days: &self.days, alerts };
        self.phase.advance(pathways.at(place), standing, day, |day| patient.date_of(day));
    }

    pub(crate) fn stood_at(&self, id: &str) -> Option<&Stood> {
        self.stood.iter().find(|stood| stood.id == id)
    }

    pub(crate) fn remember_place(&mut self, stood: Stood) {
        self.stood.push_back(stood);
        if self.stood.len() > CORRECTABLE {
            self.stood.pop_front();
        }
    }

    // ---- alerts ------------------------------------------------------------------------------------------------------

    pub(crate) fn note_changed(&mut self, alert: &Arc<Alert>) {
        self.changed.insert(alert.id.clone(), alert.clone());
    }

    /// An event asks for an alert of a cause: it touches the run's alert, or starts a run.
    pub(crate) fn raise(&mut self, wanted: Alert) {
        let Some(touch) = wanted.events.first().cloned() else { return };
        let waiting_for = wanted.id.clone();
        let run = self.runs.get(&wanted.cause).cloned();
        let alert = match run.and_then(|id| self.standing.remove(&id)) {
            Some(mut there) => {
                let alert = Arc::make_mut(&mut there);
                alert.touch(touch);
                alert.answer_within = wanted.answer_within;
                alert.answers = wanted.answers;
                alert.case = alert.case.max(wanted.case);
                alert.unknown.extend(wanted.unknown);
                alert.unknown.sort_unstable();
                alert.unknown.dedup();
                there
            }
            None => {
                if self.was_covered(&wanted.cause, &touch) {
                    return;
                }
                self.settled.remove(&wanted.cause);
                Arc::new(wanted)
            }
        };
        self.stand(alert, &waiting_for);
    }

    /// An event asks for an alert that a record has once, whatever number of events ask for it: *history* and *not-asked*. Its id
    /// is the same whichever of them comes first, and it is opened again when more becomes known after a resolve.
    pub(crate) fn gather(&mut self, mut wanted: Alert) {
        let Some(touch) = wanted.events.first().cloned() else { return };
        if self.settled.get(&wanted.cause).is_some_and(|settled| touch.known_at < settled.known_at) {
            return;
        }
        wanted.id = alloc::format!("{}:procedure", wanted.cause);
        let settled = self.settled.remove(&wanted.cause).map(|settled| settled.alert);
        let alert = match self.standing.remove(&wanted.id).or(settled) {
            Some(alert) => Arc::new(gathered(Arc::unwrap_or_clone(alert), wanted, touch)),
            None => Arc::new(wanted),
        };
        let id = alert.id.clone();
        self.stand(alert, &id);
    }

    /// What was done about an alert before it was there; then it stands, unless that resolved it.
    fn stand(&mut self, mut alert: Arc<Alert>, waiting_for: &str) {
        for action in self.waiting.remove(waiting_for).unwrap_or_default() {
            Arc::make_mut(&mut alert).apply(&action);
            if !alert.stands() {
                self.on_resolved(&alert, &action);
            }
        }
        self.note_changed(&alert);
        if alert.stands() {
            self.runs.insert(alert.cause.clone(), alert.id.clone());
            self.standing.insert(alert.id.clone(), alert);
        }
    }

    /// An event that had arrived before its run's alert was resolved was dealt with then, however the clocks order the two.
    fn was_covered(&mut self, cause: &str, touch: &Touch) -> bool {
        let Some(settled) = self.settled.get_mut(cause).filter(|settled| touch.known_at < settled.known_at) else { return false };
        let alert = Arc::make_mut(&mut settled.alert);
        alert.also.push(id_of(cause, &touch.event));
        alert.events.push(touch.clone());
        let alert = settled.alert.clone();
        self.note_changed(&alert);
        true
    }

    /// The rule of a run is decided and false.
    pub(crate) fn end_run(&mut self, cause: &str) {
        self.settled.remove(cause);
        let Some(id) = self.runs.remove(cause) else { return };
        if let Some(alert) = self.standing.get_mut(&id) {
            Arc::make_mut(alert).over = true;
            let alert = alert.clone();
            self.note_changed(&alert);
        }
    }

    /// Closes by itself.
    pub(crate) fn close(&mut self, id: &str, event: &str, at: Moment) {
        let Some(mut alert) = self.standing.remove(id) else { return };
        Arc::make_mut(&mut alert).close(event, at);
        if self.runs.get(&alert.cause) == Some(&alert.id) {
            self.runs.remove(&alert.cause);
        }
        self.note_changed(&alert);
    }

    /// A person did something about an alert. One that is not there waits: for silence and hold, which the view asks for, and
    /// for events that the clocks put later.
    pub(crate) fn act(&mut self, action: Action) {
        let id = self.standing.values().find(|alert| alert.answers_to(&action.desk.alert)).map(|alert| alert.id.clone());
        let Some(mut alert) = id.and_then(|id| self.standing.remove(&id)) else {
            if !self.known_for_less(&action) {
                self.act_on_settled(action);
            }
            return;
        };
        Arc::make_mut(&mut alert).apply(&action);
        if alert.stands() {
            self.standing.insert(alert.id.clone(), alert.clone());
        } else {
            self.on_resolved(&alert, &action);
        }
        self.note_changed(&alert);
    }

    /// A second resolve of what made a finding known ends it sooner: at once, or on the date it names. Never later.
    fn known_for_less(&mut self, action: &Action) -> bool {
        let resolves = |reviewed: &Reviewed| action.deed == Deed::Resolve && reviewed.alert == action.desk.alert;
        let Some(cause) = self.reviewed.iter().find(|(_, reviewed)| resolves(reviewed)).map(|(cause, _)| cause.clone()) else {
            return false;
        };
        match action.desk.known_until {
            Some(until) => {
                if let Some(reviewed) = self.reviewed.get_mut(&cause) {
                    reviewed.until = reviewed.until.min(until);
                }
            }
            None => drop(self.reviewed.remove(&cause)),
        }
        true
    }

    fn act_on_settled(&mut self, action: Action) {
        let settled = self.settled.values_mut().find(|settled| settled.alert.answers_to(&action.desk.alert));
        match settled {
            // It had been said before the resolve that ended the row arrived, and covers less than that one.
            Some(settled) if action.deed == Deed::Resolve && action.known_at < settled.known_at => {}
            Some(settled) => {
                Arc::make_mut(&mut settled.alert).apply(&action);
                let alert = settled.alert.clone();
                self.note_changed(&alert);
            }
            None => self.waiting.entry(action.desk.alert.clone()).or_default().push(action),
        }
    }

    /// What follows a person's resolve: the run ends, the finding may be known for a while, *as before* may be said again.
    fn on_resolved(&mut self, alert: &Arc<Alert>, action: &Action) {
        if self.runs.get(&alert.cause) == Some(&alert.id) {
            self.runs.remove(&alert.cause);
            self.settled.insert(alert.cause.clone(), Settled { alert: alert.clone(), known_at: action.known_at });
        }
        // *As before* may be said again once a person has answered what it raised, or nothing that reads the question stands.
        for question in &alert.unknown {
            self.worse.remove(question);
        }
        for question in alert.answers.iter().map(|(question, _)| question) {
            let stands =
                self.standing.values().any(|other| other.id != alert.id && other.answers.iter().any(|(there, _)| there == question));
            if !stands {
                self.worse.remove(question);
            }
        }
        let known = action.desk.known_until.filter(|until| alert.level < Level::Emergency && within_28_days(action.at, *until));
        if action.deed == Deed::Resolve
            && let Some(until) = known
        {
            let desk = &action.desk;
            let reviewed =
                Reviewed { alert: alert.id.clone(), until, answers: alert.answers.clone(), by: desk.by.clone(), note: desk.note.clone() };
            self.reviewed.insert(alert.cause.clone(), reviewed);
        }
    }

    /// What was done about an alert that only the view asks for.
    pub(crate) fn done_about(&self, id: &str) -> &[Action] {
        self.waiting.get(id).map_or(&[], Vec::as_slice)
    }

    /// A check-in ends any silence: what was done about it need not be remembered.
    pub(crate) fn forget_silence(&mut self) {
        self.waiting.retain(|id, _| cause_of(id).0 != "silence");
    }

    pub(crate) fn worse_said(&mut self, question: &str, event: &str, answer: String) {
        self.worse.insert(question.to_string(), (event.to_string(), answer));
    }
}

/// One more event of an alert that gathers. Of its events only those stay that a resolve could leave uncovered: no other is as bad
/// and was known as late. So there are at most as many as there are levels, the worst last.
fn gathered(mut alert: Alert, wanted: Alert, touch: Touch) -> Alert {
    let open = alert.state == AlertState::Open;
    if !open || touch.level > alert.level {
        alert.level = touch.level;
        alert.since = touch.at;
        alert.answer_within = wanted.answer_within;
        alert.answers = wanted.answers;
    }
    alert.state = AlertState::Open;
    alert.over = false;
    alert.acknowledged = None;
    alert.resolved = None;
    alert.safety |= wanted.safety;
    alert.unknown.extend(wanted.unknown);
    alert.unknown.sort_unstable();
    alert.unknown.dedup();
    let outdone = |a: &Touch, b: &Touch| b.level >= a.level && b.known_at >= a.known_at;
    if !alert.events.iter().any(|there| outdone(&touch, there)) {
        alert.events.retain(|there| !outdone(there, &touch));
        alert.events.push(touch);
        alert.events.sort_by_key(|touch| (touch.level, touch.at));
    }
    alert
}

fn within_28_days(at: Moment, until: lamella_record::Date) -> bool {
    let days = until.duration_since(at.date()).as_hours() / 24;
    (0..=28).contains(&days)
}
