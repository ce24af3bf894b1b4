//! An alert as the clinic keeps it: what the fold asks for, and what stays although the fold no longer asks for it.

use crate::worklist::SPOKE;
use crate::{DeskError, Result};
use lamella_engine::alerts::{Action, Alert, AlertState, CLOSED_ITSELF};
use lamella_record::{Level, Moment};
use lamella_store::AlertRow;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who closes what closes itself.
pub(crate) const LAMELLA: &str = "lamella";

/// A kept alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The alert.
    pub alert: Alert,
    /// When the clinic had it, at this level and unseen: what its time to answer counts from.
    pub told_at: Moment,
    /// The fold asked for it once and no longer does, or does under an earlier event's id. While it stands, it stands until a person
    /// resolves it; closed, it is history and counts as no case.
    #[serde(default)]
    pub no_longer_follows: bool,
}

impl Kept {
    /// Since when it waits for the clinic: as [`Kept::unanswered_since`], and `None` while somebody has it.
    pub fn waits_since(&self) -> Option<Moment> {
        self.unanswered_since().filter(|_| self.alert.state == AlertState::Open)
    }

    /// Since when the person waits for somebody to speak to them: from when the clinic had it, or from the first answers that came
    /// in after they were last spoken to about it. `None` while nothing is new since the last talk, or it no longer stands.
    pub fn unanswered_since(&self) -> Option<Moment> {
        let alert = &self.alert;
        if !alert.stands() {
            return None;
        }
        match self.spoke_at() {
            None => Some(self.told_at),
            Some(spoke) if spoke.instant() < self.told_at.instant() => Some(self.told_at),
            Some(spoke) => alert.events.iter().map(|touch| touch.known_at).find(|known| known.instant() > spoke.instant()),
        }
    }

    /// When the person was last spoken to about it.
    pub fn spoke_at(&self) -> Option<Moment> {
        self.alert.contacts.iter().filter(|contact| contact.outcome == SPOKE).map(|contact| contact.at).max_by_key(|at| at.millis())
    }

    pub(crate) fn row(&self) -> Result<AlertRow> {
        let why = |error: serde_json::Error| DeskError::Unreadable { what: "alert", of: self.alert.id.clone(), why: error.to_string() };
        Ok(AlertRow {
            id: self.alert.id.clone(),
            level: self.alert.level.rank(),
            since: self.alert.since.millis(),
            open: self.alert.stands(),
            body: serde_json::to_string(self).map_err(why)?,
        })
    }

    pub(crate) fn read(row: &AlertRow) -> Result<Kept> {
        serde_json::from_str(&row.body).map_err(|error| DeskError::Unreadable { what: "alert", of: row.id.clone(), why: error.to_string() })
    }
}

/// What the fold asks for now, against what is kept: the rows to write.
///
/// `changed` are the alerts that the fold made or altered; after a replay that is all of them. `clocked` are those that the view
/// at `now` asks for.
pub(crate) fn merge(kept: &[Kept], changed: Vec<Alert>, clocked: Vec<Alert>, replayed: bool, now: Moment) -> Vec<Kept> {
    let old: BTreeMap<&str, &Kept> = kept.iter().map(|kept| (kept.alert.id.as_str(), kept)).collect();
    let mut write: Vec<Kept> = vec![];
    let asked: Vec<Alert> = changed.into_iter().chain(clocked).collect();
    for alert in &asked {
        let before = old.get(alert.id.as_str()).copied();
        let joined = || kept.iter().find(|kept| kept.alert.stands() && takes_in(alert, &kept.alert, replayed));
        let told_at = before.or_else(joined).filter(|before| !asks_anew(&before.alert, alert)).map_or(now, |before| before.told_at);
        let kept = Kept { alert: alert.clone(), told_at, no_longer_follows: false };
        if before.is_none_or(|before| *before != kept) {
            write.push(kept);
        }
    }
    let ids: BTreeSet<&str> = asked.iter().map(|alert| alert.id.as_str()).collect();
    for before in kept.iter().filter(|kept| !ids.contains(kept.alert.id.as_str())) {
        write.extend(left_over(before, &asked, replayed, now));
    }
    write
}

/// Whether an alert asks for an answer of its own now: it has risen, or an event opened it again after somebody had seen it. Its
/// time to answer counts from then; otherwise from when the clinic first had it.
fn asks_anew(before: &Alert, alert: &Alert) -> bool {
    let opened = alert.state == AlertState::Open && before.state != AlertState::Open;
    alert.level > before.level || (opened && alert.events.iter().any(|touch| !before.events.contains(touch)))
}

/// Whether an alert is the run that another one was the beginning of, until something earlier came in: it answers to its id; or, as a
/// long run forgets the ids of its first events, a replay asks for it in the place of one of its cause that began within it.
fn takes_in(alert: &Alert, other: &Alert, replayed: bool) -> bool {
    let until = alert.events.last().map_or(i64::MIN, |touch| touch.at.millis());
    let within = (alert.since.millis()..=until).contains(&other.since.millis());
    alert.answers_to(&other.id) || (replayed && alert.cause == other.cause && within)
}

/// A kept alert that nobody asks for now, standing or closed.
fn left_over(before: &Kept, asked: &[Alert], replayed: bool, now: Moment) -> Option<Kept> {
    let mut kept = before.clone();
    let by_clock = matches!(before.alert.cause.as_str(), "silence" | "hold");
    // What the clock asked for stays as it was. Anything else that a replay does not bring back would never have been there, had
    // what came late come in time.
    kept.no_longer_follows |= replayed && !by_clock;
    if before.alert.stands() {
        if by_clock && before.alert.level == Level::Watch {
            close(&mut kept.alert, now, CLOSED_ITSELF);
        } else if by_clock {
            kept.alert.over = true;
        } else if asked.iter().any(|alert| takes_in(alert, &before.alert, replayed)) {
            close(&mut kept.alert, now, "joined-an-earlier-one");
        }
    }
    (kept != *before).then_some(kept)
}

fn close(alert: &mut Alert, now: Moment, disposition: &str) {
    alert.state = AlertState::Resolved;
    alert.over = true;
    alert.resolved = Some(lamella_engine::alerts::Resolved {
        event: String::new(),
        by: LAMELLA.to_string(),
        at: now,
        disposition: disposition.to_string(),
        note: String::new(),
        known_until: None,
        change: String::new(),
    });
}

/// Kept alerts of which a deed was taken back, with what was done about them read anew: what is left in the record, and no more.
/// The fold does as much for what it asks for; an alert that only the desk still keeps has nobody else.
pub(crate) fn done_anew(kept: &mut [Kept], undone: &[String], deeds: &[Action]) -> Vec<Kept> {
    let of_it = |alert: &Alert| undone.iter().any(|id| alert.answers_to(id));
    let mut written = vec![];
    for kept in kept.iter_mut().filter(|kept| of_it(&kept.alert)) {
        let alert = &mut kept.alert;
        let closed = alert.resolved.take().filter(|resolved| resolved.by == LAMELLA);
        alert.state = AlertState::Open;
        alert.level = alert.events.iter().map(|touch| touch.level).max().unwrap_or(alert.level);
        (alert.acknowledged, alert.seen_until, alert.contacts) = (None, None, vec![]);
        for deed in deeds.iter().filter(|deed| kept.alert.answers_to(&deed.desk.alert)).cloned().collect::<Vec<_>>() {
            kept.alert.apply(&deed);
        }
        if let Some(closed) = closed {
            // Nobody's deed closed it.
            kept.alert.state = AlertState::Resolved;
            kept.alert.resolved = Some(closed);
        }
        written.push(kept.clone());
    }
    written
}

/// What a person did about alerts that only the desk still keeps.
pub(crate) fn act_on_left_over(kept: &mut [Kept], actions: &[Action]) -> Vec<Kept> {
    let mut written = vec![];
    for action in actions {
        let over = |kept: &&mut Kept| {
            kept.alert.answers_to(&action.desk.alert) && kept.alert.stands() && (kept.no_longer_follows || kept.alert.over)
        };
        if let Some(kept) = kept.iter_mut().find(over) {
            kept.alert.apply(action);
            written.push(kept.clone());
        }
    }
    written
}
