//! Why an alert stands, for whoever reads it at the clinic: its own reason first, in their language.

use super::{Here, panel};
use crate::answer::Fail;
use crate::say::shown;
use crate::view::clinic::Told as ShownTold;
use crate::view::shared::{Change, Reason, Sentence};
use lamella_desk::{Draft, Kept, Row, Told};
use lamella_engine::triage::Verdict;
use lamella_record::{Level, Moment};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long an unfinished check-in waits before it is sent as it stands.
const DRAFT_WAITS: Duration = Duration::from_secs(30 * 60);

/// What the cards of one person share.
pub(crate) struct Around {
    /// The verdicts of the record, where what was told has to be said in another language.
    verdicts: Vec<Verdict>,
    /// The events whose verdict a card has shown already.
    shown: BTreeSet<String>,
}

/// What a card says about its verdict.
#[derive(Default)]
pub(crate) struct Why {
    pub reasons: Vec<Reason>,
    pub unknown: Vec<String>,
    pub revision: String,
    pub changes: Vec<Change>,
    pub told: Option<ShownTold>,
}

impl Around {
    /// For the cards of one person.
    pub fn new(here: &Here, patient: &str, rows: &[Row], language: Option<&str>) -> Result<Around, Fail> {
        let desk = here.app.desk();
        let other = !rows.is_empty() && language.is_some_and(|language| language != here.say.lang.code());
        let verdicts = if other { desk.assess(&desk.record(patient)?, here.app.now()).verdicts } else { vec![] };
        Ok(Around { verdicts, shown: BTreeSet::new() })
    }

    /// Why an alert stands. What belongs to its check-in as a whole stands on the first card of that check-in only.
    pub fn why(&mut self, here: &Here, row: &Row, all: &[Row]) -> Result<Why, Fail> {
        let (desk, alert) = (here.app.desk(), &row.kept.alert);
        match alert.cause.as_str() {
            "silence" => return Ok(Why { reasons: vec![silent(here, row)?], ..Why::default() }),
            "hold" => {
                return Ok(Why { reasons: vec![plain(alert.level, panel::title(here, &row.kept), Some(held(here)))], ..Why::default() });
            }
            _ => {}
        }
        let Some(told) = desk.told_of_alert(&desk.key(&row.patient.id), alert)? else { return Ok(Why::default()) };
        let event = alert.events.last().map_or("", |touch| touch.event.as_str());
        let verdict = self.verdicts.iter().find(|verdict| verdict.event == event);
        let first = self.shown.insert(event.to_string());
        let reasons = desk.reasons_in(&told, verdict, here.say.lang.code());
        let has_own_card = |rule: &str| all.iter().any(|row| row.kept.alert.cause == rule);
        let is_ours =
            |rule: &str, level: Level| rule == alert.cause || (first && !row.is_stale() && level > Level::Expected && !has_own_card(rule));
        let mut mine: Vec<_> = reasons.iter().filter(|reason| is_ours(&reason.rule, reason.level)).collect();
        mine.sort_by_key(|reason| reason.rule != alert.cause);
        let mut said: Vec<Reason> = mine.into_iter().map(|reason| panel::reason(here, reason)).collect();
        if alert.cause == "unknown" {
            said.retain(|reason| reason.rule.as_deref() != Some("unknown"));
            said.insert(0, plain(alert.level, open_questions(here, row), None));
        }
        let known_at = alert.events.last().map_or(alert.since, |touch| touch.known_at);
        Ok(Why {
            reasons: said,
            unknown: if first && alert.cause != "unknown" { desk.unknown_in(&told, verdict, here.say.lang.code()) } else { vec![] },
            revision: if first { panel::revision(here, &told.revision) } else { String::new() },
            changes: if first { changes(here, &desk.changes_in(&told, here.say.lang.code())) } else { vec![] },
            told: first.then(|| panel::what_was_told(here, &told, known_at)),
        })
    }
}

fn plain(level: Level, title: String, text: Option<String>) -> Reason {
    Reason { level: shown(level), title, text: text.map(Sentence::plain), because: vec![], rule: None, source: None }
}

/// What was not answered and still is not.
fn open_questions(here: &Here, row: &Row) -> String {
    let named = row.kept.alert.unknown.iter().map(|id| panel::question(here, id)).collect::<Vec<_>>().join("; ");
    here.say.say(format!("Not answered: {named}"), format!("Sin responder: {named}"))
}

fn held(here: &Here) -> String {
    here.say.say(
        "The next phase is due by its day, and what it asks for has not held yet. The limits stay as they are until somebody decides.",
        "Por su día ya tocaría la fase siguiente, pero todavía no se cumple lo que pide. Los límites siguen igual hasta que alguien decida.",
    )
}

/// `No check-in Sun 22 to Wed 25 Nov; the last, Fri 20 Nov, was expected`.
fn silent(here: &Here, row: &Row) -> Result<Reason, Fail> {
    let (say, desk, alert) = (here.say, here.app.desk(), &row.kept.alert);
    let key = desk.key(&row.patient.id);
    let clinic = |at: Moment| desk.clinic_moment(at.instant());
    let back = row.projection.as_ref().and_then(|projection| projection.last.as_ref()).filter(|last| alert.over && last.at > alert.since);
    let from = panel::missed_since(&row.kept);
    let until = back.map_or(here.now(), |last| clinic(last.at)).date().yesterday().unwrap_or(from).max(from);
    let (first, last) = (say.day(from), say.day(until));
    let days =
        if from == until { say.with_article(&first) } else { say.say(format!("{first} to {last}"), format!("del {first} al {last}")) };
    let event = alert.events.first().map_or("", |touch| touch.event.as_str());
    let before = desk.event(&key, event)?.zip(desk.told_about(&key, event)?);
    let before = before.map_or_else(
        || say.say("none before", "ninguno antes"),
        |(event, told)| {
            let (when, level) = (say.day(clinic(event.moment()).date()), say.t().w(shown(told.level).word()).to_lowercase());
            let level = if told.level == Level::Expected { say.say("quiet", "tranquilo") } else { level };
            say.say(format!("the last, {when}, was {level}"), format!("el último, {when}, fue {level}"))
        },
    );
    let again = back.map(|last| {
        let when = say.when(clinic(last.at), here.now());
        say.say(format!("Answered again {when}."), format!("Volvió a responder {when}."))
    });
    Ok(plain(alert.level, say.say(format!("No check-in {days}; {before}"), format!("Sin control {days}; {before}")), again))
}

/// What would raise it, a level a line.
fn changes(here: &Here, all: &[lamella_desk::ToldChange]) -> Vec<Change> {
    let mut changes = vec![];
    for level in [Level::Emergency, Level::Attention, Level::Watch] {
        let titles = all.iter().filter(|change| change.level == level).map(|change| panel::about_them(here, &change.title));
        let titles: Vec<String> = titles.collect();
        if !titles.is_empty() {
            changes.push(Change { level: shown(level), text: Sentence::plain(titles.join("; ")) });
        }
    }
    changes
}

/// The reasons of an event in a record's course.
pub(crate) fn reasons(here: &Here, told: &Told, verdict: Option<&Verdict>) -> Vec<Reason> {
    here.app.desk().reasons_in(told, verdict, here.say.lang.code()).iter().map(|reason| panel::reason(here, reason)).collect()
}

/// An alert's title as things stand: somebody who is in the middle of answering has broken nothing off.
pub(crate) fn title_now(here: &Here, patient: &str, kept: &Kept) -> String {
    match still_answering(here, patient, kept) {
        None => panel::title(here, kept),
        Some(1) => here.say.say("Still answering, 1 question to go", "Aún está respondiendo, queda 1 pregunta"),
        Some(n) => here.say.say(format!("Still answering, {n} questions to go"), format!("Aún está respondiendo, quedan {n} preguntas")),
    }
}

/// How many of the open questions are still to come in the check-in that the person is in.
fn still_answering(here: &Here, patient: &str, kept: &Kept) -> Option<usize> {
    let alert = &kept.alert;
    let event = alert.events.last().filter(|_| alert.cause == "unknown")?.event.as_str();
    let desk = here.app.desk();
    let (touched, draft): (_, Draft) = desk.draft(&desk.key(patient)).ok()??;
    let waits = here.app.now().duration_since(touched).unsigned_abs() < DRAFT_WAITS;
    let open = alert.unknown.iter().filter(|id| !draft.answers.contains_key(*id)).count();
    (waits && sent_ahead_of(event) == Some(draft.id.as_str())).then_some(open).filter(|open| *open > 0)
}

/// The check-in that an event was sent ahead of, because an answer alone must not wait.
fn sent_ahead_of(event: &str) -> Option<&str> {
    ["-emergency", "-attention"].iter().find_map(|level| event.strip_suffix(level))
}

/// That the sign that was sent ahead was taken back before the same check-in was sent: it still has to be confirmed.
pub(crate) fn taken_back(here: &Here, patient: &str, kept: &Kept) -> Option<String> {
    let alert = &kept.alert;
    let event = alert.events.last().filter(|_| alert.over)?.event.as_str();
    let desk = here.app.desk();
    let whole = desk.event(&desk.key(patient), sent_ahead_of(event)?).ok()??;
    let when = here.say.when(desk.clinic_moment(whole.moment().instant()), here.now());
    Some(
        here.say.say(
            format!("taken back on the phone {when}; confirm by calling"),
            format!("retirado en el teléfono {when}; confírmelo llamando"),
        ),
    )
}
