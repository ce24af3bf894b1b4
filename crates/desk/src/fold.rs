//! Folding what arrived, and committing what follows from it.

use crate::alert::{Kept, act_on_left_over, done_anew, merge};
use crate::patient::read_patient;
use crate::told::{Told, tell};
use crate::{Desk, DeskError, Folded, Late, Result, lock};
use jiff::Timestamp;
use lamella_engine::alerts::{Action, Alert, Deed};
use lamella_engine::plan::{Due, HeldBy, Limit};
use lamella_engine::{Charted, State, View, charted, step_seen, view};
use lamella_record::{Event, Kind, Level, Moment, Patient, Record};
use lamella_store::{AlertRow, Commit, Committed, Key, NewEvent, News, ToldRow};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A snapshot is kept every so many events: often enough that a rebuild is short, seldom enough to cost little.
const SNAPSHOT_EVERY: u64 = 32;
/// Beyond this many lost races something else is wrong.
const TRIES: u32 = 50;

/// What lists and *Today* show of a record without folding it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projection {
    /// The record's level: the highest alert that stands, also one that only the desk still keeps.
    pub level: Level,
    /// The phase by id; `None` before the procedure.
    pub phase: Option<String>,
    /// The day.
    pub day: i32,
    /// How many days the next phase has been due and not entered.
    pub held_days: i32,
    /// Why it is not entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<HeldBy>,
    /// What is allowed.
    pub limits: Vec<Limit>,
    /// What is due.
    pub agenda: Vec<Due>,
    /// Usual by question.
    pub usual: std::collections::BTreeMap<String, i32>,
    /// The last check-in.
    pub last: Option<LastCheckIn>,
    /// The last event with a verdict that was told, check-in or stop, by id.
    #[serde(default)]
    pub told: Option<String>,
    /// Typical pain by day, the latest 60 answered days, rising.
    pub pain: Vec<(i32, i32)>,
}

/// The last check-in in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastCheckIn {
    /// The event.
    pub event: String,
    /// When.
    pub at: Moment,
    /// Its verdict.
    pub level: Level,
}

/// What is to be told: per event of the batch, its words.
pub(crate) type ToldNow = Vec<(String, Told)>;

impl Desk {
    /// Folds what is new in a record, or looks at it again because time has passed, and commits what follows.
    pub(crate) fn fold(&self, key: &Key, now: Timestamp) -> Result<ToldNow> {
        let record = self.record_lock(key);
        let mut folded = lock(&record);
        for _ in 0..TRIES {
            match self.try_fold(key, &mut folded, now)? {
                Some(told) => {
                    (self.changed)();
                    return Ok(told);
                }
                None => continue,
            }
        }
        Err(DeskError::Late(Late::Busy))
    }

    /// One try; `None` when other events arrived meanwhile.
    fn try_fold(&self, key: &Key, folded: &mut Option<Folded>, now: Timestamp) -> Result<Option<ToldNow>> {
        let known = folded.as_ref().map_or(0, |folded| folded.version);
        let News { patient, assessment, events: mut arrived, open_alerts } =
            self.store.news(key, known)?.ok_or_else(|| DeskError::NoPatient(key.patient.clone()))?;
        let patient = read_patient(&patient)?;
        let mut work = match folded.take().filter(|folded| folded.patient == patient) {
            Some(folded) => folded,
            None => self.load(key, patient)?,
        };
        let judged = assessment.as_ref().map_or(0, |row| row.version).max(work.version);
        if work.version < known {
            arrived = self.store.events(key, work.version)?;
        }
        arrived.retain(|stored| stored.seq > work.version);
        let version = arrived.last().map_or(work.version, |last| last.seq);
        let before = work.version;
        // What an earlier run or another process has judged since is folded too, and is no news.
        let (old, events): (Vec<_>, Vec<_>) = arrived.iter().partition(|stored| stored.seq <= judged);
        let [old, events] = [old, events].map(|stored| stored.iter().map(|stored| read_event(&stored.event)).collect::<Vec<Event>>());
        let orderly = before > 0 && continues(&work, &old) && {
            self.fold_on(&mut work, &old, false);
            continues(&work, &events)
        };
        let (done, replayed) = if orderly {
            (self.fold_on(&mut work, &events, true), false)
        } else {
            let all = if before == 0 { arrived } else { self.store.events(key, 0)? };
            let all: Vec<Event> =
                all.iter().take(usize::try_from(version).unwrap_or(usize::MAX)).map(|stored| read_event(&stored.event)).collect();
            let new: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
            (self.fold_anew(&mut work, all, &new), true)
        };
        work.version = version;
        let here = self.person_moment(&work.patient, now);
        let seen = view(&self.pathways, &work.patient, &work.state, here);
        // What was taken back in the same breath was never done.
        let still = |event: &&Event| done.deeds.as_ref().is_none_or(|deeds| deeds.iter().any(|deed| deed.event == event.id));
        let actions: Vec<Action> = events.iter().filter(still).filter_map(action_of).collect();
        // Only what stands can be left over. After a replay everything is compared, and so it is where the fold or the clock asks for
        // something that was closed before: what is kept of it knows since when the clinic has had it.
        let is_there = |alert: &Alert| open_alerts.iter().any(|row| row.id == alert.id);
        let closed_before = done.alerts.iter().chain(&seen.alerts).any(|alert| !alert.stands() && !is_there(alert));
        let rows = if replayed || closed_before { self.store.alerts(key)? } else { open_alerts };
        let (alerts, kept_level) = self.alerts_to_write(&rows, &done, &seen, &actions, replayed, now)?;
        let last = assessment.filter(|_| !replayed).and_then(|row| serde_json::from_str(&row.body).ok());
        // What only the desk still keeps counts until a person resolves it.
        let level = seen.level.max(kept_level);
        let projection = projection(last, &seen, level, &done);
        let snapshot = if version / SNAPSHOT_EVERY != before / SNAPSHOT_EVERY {
            let (patient, state) = (work.patient.clone(), work.state.clone());
            serde_json::to_vec(&Snapshot { hashes: self.hashes(), patient, last: work.last.clone(), state }).ok()
        } else {
            None
        };
        let commit = Commit {
            version,
            level: level.rank(),
            at: now.as_millisecond(),
            assessment: json(&projection, "assessment", key)?,
            snapshot,
            alerts: alerts.iter().map(Kept::row).collect::<Result<_>>()?,
            told: done.told.iter().map(|(event, told)| told_row(event, told, now, key)).collect::<Result<_>>()?,
        };
        match self.store.commit(key, &commit)? {
            Committed::Done => {
                lock(&self.looks).insert(key.clone(), next_midnight(here).millis());
                *folded = Some(work);
                Ok(Some(done.told))
            }
            Committed::Stale { .. } => Ok(None),
        }
    }

    /// The state as of the last snapshot, or from nothing.
    fn load(&self, key: &Key, patient: Patient) -> Result<Folded> {
        let kept = self.store.snapshot(key)?.and_then(|(version, bytes)| {
            // A snapshot of another pathway, other particulars or an older engine is no use; the events are.
            let snapshot: Snapshot = serde_json::from_slice(&bytes).ok()?;
            (snapshot.hashes == self.hashes() && snapshot.patient == patient).then_some((version, snapshot))
        });
        Ok(match kept {
            Some((version, mut snapshot)) => {
                snapshot.state.warm(&self.pathways, &patient);
                Folded { version, last: snapshot.last, patient, state: snapshot.state }
            }
            None => Folded { version: 0, last: None, patient, state: State::new(&self.pathways) },
        })
    }

    fn hashes(&self) -> Vec<String> {
        self.pathways.all().map(|pathway| pathway.hash.clone()).collect()
    }

    fn fold_on(&self, work: &mut Folded, events: &[Event], new: bool) -> Done {
        let mut done = Done::default();
        let mut ordered: Vec<&Event> = events.iter().collect();
        ordered.sort_by_key(|event| place(event));
        for event in ordered {
            self.fold_one(work, event, new, &mut done);
        }
        done
    }

    /// Everything from the beginning: a late arrival is folded in at its place, and what follows it is judged again.
    fn fold_anew(&self, work: &mut Folded, all: Vec<Event>, new: &[&str]) -> Done {
        let mut done = Done::default();
        let desk: Vec<(String, String)> = all.iter().filter_map(action_of).map(|deed| (deed.event, deed.desk.alert)).collect();
        let undoes = all.iter().filter_map(|event| match &event.kind {
            Kind::Undo(undo) if new.contains(&event.id.as_str()) => Some(undo.undoes.clone()),
            _ => None,
        });
        done.undone = undoes.filter_map(|undone| desk.iter().find(|(id, _)| *id == undone).map(|(_, alert)| alert.clone())).collect();
        let record = Record::fold(work.patient.clone(), all);
        done.deeds = Some(record.events.iter().filter_map(action_of).collect());
        work.state = State::new(&self.pathways);
        for event in &record.events {
            self.fold_one(work, event, new.contains(&event.id.as_str()), &mut done);
        }
        done
    }

    fn fold_one(&self, work: &mut Folded, event: &Event, new: bool, done: &mut Done) {
        let (pathways, patient) = (&self.pathways, &work.patient);
        let (stepped, told) = step_seen(pathways, patient, &mut work.state, event, |before, verdict| {
            (new && matches!(event.kind, Kind::CheckIn(_) | Kind::Stopped(_))).then(|| tell(pathways, patient, before, event, verdict))
        });
        for alert in stepped.alerts {
            done.alerts.retain(|there| there.id != alert.id);
            done.alerts.push(Arc::unwrap_or_clone(alert));
        }
        if let Some(verdict) = stepped.verdict {
            done.told.extend(told.flatten().map(|told| (event.id.clone(), told)));
            if matches!(event.kind, Kind::CheckIn(_) | Kind::Stopped(_)) {
                done.last_told = Some(event.id.clone());
            }
            if let Kind::CheckIn(_) = event.kind {
                done.last = Some(LastCheckIn { event: event.id.clone(), at: event.moment(), level: verdict.level });
            }
        }
        if let Some(pain) = pain_of(event) {
            done.pain.push((work.patient.day_of(event.date()), pain));
        }
        work.last = Some(place(event));
    }

    fn alerts_to_write(
        &self,
        rows: &[AlertRow],
        done: &Done,
        seen: &View,
        actions: &[Action],
        replayed: bool,
        now: Timestamp,
    ) -> Result<(Vec<Kept>, Level)> {
        let mut kept: Vec<Kept> = rows.iter().map(Kept::read).collect::<Result<_>>()?;
        let mut acted = act_on_left_over(&mut kept, actions);
        acted.extend(done_anew(&mut kept, &done.undone, done.deeds.as_deref().unwrap_or_default()));
        let mut write = merge(&kept, done.alerts.clone(), seen.alerts.clone(), replayed, self.clinic_moment(now));
        for acted in acted.into_iter().rev() {
            if !write.iter().any(|kept| kept.alert.id == acted.alert.id) {
                write.push(acted);
            }
        }
        let untouched = kept.iter().filter(|kept| !write.iter().any(|there| there.alert.id == kept.alert.id));
        let standing = untouched.chain(&write).filter(|kept| kept.alert.stands());
        let level = standing.map(|kept| kept.alert.level).max().unwrap_or(Level::Expected);
        Ok((write, level))
    }

    /// The state of a record as it is now, for questions that the projection does not answer.
    pub(crate) fn with_state<T>(&self, key: &Key, now: Timestamp, ask: impl FnOnce(&Patient, &State) -> T) -> Result<T> {
        let record = self.record_lock(key);
        let mut folded = lock(&record);
        let stale = match folded.as_ref() {
            Some(folded) => folded.version != self.store.version(key)?,
            None => true,
        };
        if stale {
            for _ in 0..TRIES {
                if self.try_fold(key, &mut folded, now)?.is_some() {
                    break;
                }
            }
        }
        match folded.as_ref() {
            Some(folded) => Ok(ask(&folded.patient, &folded.state)),
            None => Err(DeskError::Late(Late::Busy)),
        }
    }

    /// The course of a record up to `now`, for a chart.
    pub fn charted(&self, id: &str, now: Timestamp) -> Result<Charted> {
        let pathways = &self.pathways;
        self.with_state(&self.key(id), now, |patient, state| charted(pathways, patient, state, self.person_moment(patient, now)))
    }

    /// Looks again at every record that the clock alone may have changed: a missed check-in is news. How many were looked at.
    pub fn look_again(&self, now: Timestamp) -> Result<usize> {
        let due: Vec<Key> = {
            let looks = lock(&self.looks);
            looks.iter().filter(|(_, at)| **at <= now.as_millisecond()).map(|(key, _)| key.clone()).collect()
        };
        for key in &due {
            self.fold(key, now)?;
        }
        Ok(due.len())
    }

    /// Folds what was appended and not judged, because the judging failed or the machine died.
    pub fn catch_up(&self, now: Timestamp) -> Result<usize> {
        let keys: Vec<Key> = self.store.unassessed()?.into_iter().filter(|key| key.clinic == self.clinic).collect();
        // One that fails does not hold up the others; the first failure is said.
        let done: Vec<Result<ToldNow>> = keys.iter().map(|key| self.fold(key, now)).collect();
        done.into_iter().collect::<Result<Vec<ToldNow>>>().map(|folded| folded.len())
    }

    /// To be called once at the start: folds what an earlier run appended and did not come to judge, and looks at everybody.
    pub fn wake(&self, now: Timestamp) -> Result<usize> {
        for key in self.store.unassessed()?.into_iter().filter(|key| key.clinic == self.clinic) {
            self.fold(&key, now)?;
        }
        let everyone = self.store.everyone(&self.clinic)?;
        for (patient, _) in &everyone {
            self.fold(&self.key(&patient.patient), now)?;
        }
        Ok(everyone.len())
    }
}

/// The projection after a fold; `before` is the one that it goes on from.
fn projection(before: Option<Projection>, seen: &View, level: Level, done: &Done) -> Projection {
    let (last, told, mut pain) = before.map_or((None, None, vec![]), |before| (before.last, before.told, before.pain));
    for (day, number) in &done.pain {
        pain.retain(|(there, _)| there != day);
        pain.push((*day, *number));
    }
    pain.sort_unstable();
    let keep_from = pain.len().saturating_sub(60);
    Projection {
        level,
        phase: seen.phase.id.clone(),
        day: seen.phase.day,
        held_days: seen.phase.held_days,
        held_by: seen.phase.held_by,
        limits: seen.restrictions.clone(),
        agenda: seen.agenda.clone(),
        usual: seen.usual.clone(),
        last: done.last.clone().or(last),
        told: done.last_told.clone().or(told),
        pain: pain.split_off(keep_from),
    }
}

#[derive(Default)]
struct Done {
    /// After a replay: what was done about alerts and not taken back.
    deeds: Option<Vec<Action>>,
    /// The alerts of which a deed was taken back just now, by the id it named.
    undone: Vec<String>,
    alerts: Vec<Alert>,
    told: Vec<(String, Told)>,
    last: Option<LastCheckIn>,
    last_told: Option<String>,
    pain: Vec<(i32, i32)>,
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    hashes: Vec<String>,
    patient: Patient,
    last: Option<(Timestamp, String)>,
    state: State,
}

/// Whether new events can be folded on: none of them belongs before what is folded, and none takes anything back.
fn continues(work: &Folded, events: &[Event]) -> bool {
    let later = |event: &Event| work.last.as_ref().is_none_or(|last| place(event) > *last);
    events.iter().all(|event| later(event) && !matches!(event.kind, Kind::Undo(_)))
}

fn place(event: &Event) -> (Timestamp, String) {
    (event.moment().instant(), event.id.clone())
}

/// The event as it is kept. What cannot be read is raised by the engine.
pub(crate) fn read_event(stored: &NewEvent) -> Event {
    let fallback = Moment::new(Timestamp::from_millisecond(stored.at).unwrap_or_default(), jiff::tz::Offset::UTC);
    let value = serde_json::from_str(&stored.body).unwrap_or(serde_json::Value::Null);
    let mut event = Event::from_value(value, 0, fallback);
    event.id = stored.id.clone();
    event
}

fn action_of(event: &Event) -> Option<Action> {
    let (deed, desk) = match &event.kind {
        Kind::Acknowledge(desk) => (Deed::Acknowledge, desk),
        Kind::Contact(desk) => (Deed::Contact, desk),
        Kind::Resolve(desk) => (Deed::Resolve, desk),
        _ => return None,
    };
    Some(Action { deed, event: event.id.clone(), at: event.moment(), known_at: event.known_at(), desk: desk.clone() })
}

fn pain_of(event: &Event) -> Option<i32> {
    let Kind::CheckIn(check_in) = &event.kind else { return None };
    match check_in.answers.get("pain") {
        Some(lamella_record::Answer::Number(number)) => Some(number.whole()).filter(|number| (0..=10).contains(number)),
        _ => None,
    }
}

fn told_row(event: &str, told: &Told, now: Timestamp, key: &Key) -> Result<ToldRow> {
    Ok(ToldRow { event: event.to_string(), level: told.level.rank(), at: now.as_millisecond(), body: json(told, "verdict", key)? })
}

pub(crate) fn json<T: Serialize>(value: &T, what: &'static str, key: &Key) -> Result<String> {
    serde_json::to_string(value).map_err(|error| DeskError::Unreadable { what, of: key.patient.clone(), why: error.to_string() })
}

fn next_midnight(moment: Moment) -> Moment {
    let passed = (moment.instant().as_second() + i64::from(moment.offset().seconds())).rem_euclid(86_400);
    moment.plus_seconds(86_400 - passed)
}
