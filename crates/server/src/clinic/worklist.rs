//! The worklist: who needs somebody, the most urgent first; live.

use super::{Here, panel};
use crate::App;
use crate::answer::{Fail, page, page_with};
use crate::say::shown;
use crate::view::clinic::{AlertRow, Undo, Waiting, WaitingPerson, WorklistPage, WorklistRows};
use crate::view::shared::Sentence;
use crate::view::words::Word;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use lamella_desk::{Escalation, Row};
use lamella_engine::alerts::AlertState;
use lamella_record::Level;
use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;
use tokio_stream::wrappers::{BroadcastStream, IntervalStream, WatchStream};
use tokio_stream::{Stream, StreamExt};

/// How often the page is told that the line stands.
const BEAT: Duration = Duration::from_secs(20);

/// The page.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        page(&whole(&here, &query, None)?)
    };
    app.clinic_side(headers, work).await
}

/// The page with a form that has to be mended.
pub(crate) fn mend(here: &Here, query: &HashMap<String, String>, sent: &panel::Sent, status: StatusCode) -> Result<Response, Fail> {
    page_with(status, &whole(here, query, Some(sent))?)
}

fn whole(here: &Here, query: &HashMap<String, String>, sent: Option<&panel::Sent>) -> Result<WorklistPage, Fail> {
    let all = here.app.desk().worklist(here.app.now())?;
    let t = here.say.t();
    let wanted = query.get("alert").map(String::as_str);
    let patient = query.get("patient").map(String::as_str);
    let is_it = |row: &&Row| {
        patient.is_none_or(|id| row.patient.id == id)
            && wanted.is_none_or(|id| row.kept.alert.answers_to(id))
            && (patient.is_some() || wanted.is_some())
    };
    let asked = all.iter().find(is_it);
    let found = filtered(here, &all, query);
    let chosen = asked.or_else(|| if patient.is_some() { None } else { found.first().copied() });
    let mut shell = here.shell(t.w(Word::ToAnswer), "/clinic", Some(people_in(&all)));
    let person_id = chosen.map(|row| row.patient.id.clone()).or_else(|| patient.map(str::to_string));
    let mut person = None;
    if let Some(id) = person_id {
        let whom = here.app.desk().person(&id)?;
        let rows: Vec<Row> = all.iter().filter(|row| row.patient.id == id).cloned().collect();
        let name = whom.patient.name.as_deref().unwrap_or("");
        shell.undo = here.undo(query, &id, name).map(|undo| with_what_came_between(here, undo, &id, query));
        if query.get("did").is_some_and(|did| did == "note") {
            shell.notice = Some(here.say.say(format!("Kept as a note: {name}."), format!("Guardado como nota: {name}.")));
        }
        if let Some(code) = query.get("late") {
            shell.notice = late(here, &id, wanted.unwrap_or(""), code);
        }
        person = Some(panel::person(here, &whom, &rows, chosen.map(|row| row.kept.alert.id.as_str()), sent)?);
    }
    Ok(WorklistPage {
        t,
        shell,
        list: rows_of(here, &all, &found, chosen.map(|row| row.kept.alert.id.as_str()), query),
        search_href: "/clinic".to_string(),
        person,
        chosen: wanted.is_some() || patient.is_some(),
        list_href: "/clinic".to_string(),
    })
}

/// Who was faster, when, and that nothing was stored; from the code in the address and what the record says now.
pub(crate) fn late(here: &Here, patient: &str, alert: &str, code: &str) -> Option<String> {
    let what = here.say.late(code)?;
    let who = if matches!(code, "taken" | "resolved") { here.app.desk().alert(patient, alert).ok() } else { None };
    let who = who.and_then(|kept| panel::who_did(here, &kept)).map_or(String::new(), |who| format!("{who} "));
    Some(format!("{who}{what}"))
}

/// A call that was written down about an alert that a colleague has resolved meanwhile: both are said.
fn with_what_came_between(here: &Here, undo: Undo, patient: &str, query: &HashMap<String, String>) -> Undo {
    let called = query.get("did").filter(|did| *did == "contact").and(query.get("alert"));
    let kept = called.and_then(|alert| here.app.desk().alert(patient, alert).ok()).filter(|kept| !kept.alert.stands());
    match kept.and_then(|kept| panel::who_did(here, &kept)) {
        Some(who) => Undo { text: format!("{} {who}", undo.text), ..undo },
        None => undo,
    }
}

/// The rows alone, for a page that is open.
pub(crate) async fn rows(State(app): State<App>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let all = app.desk().worklist(app.now())?;
        page(&rows_of(&here, &all, &filtered(&here, &all, &query), query.get("alert").map(String::as_str), &query))
    };
    app.clinic_side(headers, work).await
}

/// How many people wait.
pub(crate) fn people_in(rows: &[Row]) -> usize {
    rows.iter().map(|row| row.patient.id.as_str()).collect::<std::collections::BTreeSet<_>>().len()
}

fn filtered<'a>(here: &Here, all: &'a [Row], query: &HashMap<String, String>) -> Vec<&'a Row> {
    let wanted = lamella_store::folded(query.get("q").map_or("", |q| q.trim()));
    let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
    let fits = |row: &&Row| {
        let patient = &row.patient;
        let born = patient.born.map_or(String::new(), |born| format!("{born} {}", here.say.short_date(born)));
        let phone = patient.text("phone").unwrap_or("");
        let text = lamella_store::folded(&format!("{} {phone} {born}", patient.name.as_deref().unwrap_or("")));
        let dialled: String = phone.chars().filter(char::is_ascii_digit).collect();
        wanted.is_empty() || text.contains(&wanted) || (digits.len() >= 4 && digits.len() == wanted.len() && dialled.contains(&digits))
    };
    all.iter().filter(fits).collect()
}

/// One row a person: everything that is open about them, the most urgent first.
fn by_person<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<Vec<&'a Row>> {
    let mut people: Vec<Vec<&Row>> = vec![];
    let mut places: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        match places.get(row.patient.id.as_str()).and_then(|place| people.get_mut(*place)) {
            Some(there) => there.push(row),
            None => {
                places.insert(&row.patient.id, people.len());
                people.push(vec![row]);
            }
        }
    }
    people
}

/// Who waits for somebody to take them, whatever is searched for: how many at attention or above, and each emergency.
fn waiting(all: &[Row]) -> Waiting {
    let people = by_person(all.iter());
    let is_untaken = |row: &Row, level: Level| row.kept.alert.level >= level && row.kept.alert.state == AlertState::Open;
    let untaken = |level: Level| people.iter().filter_map(move |rows| rows.iter().find(|row| is_untaken(row, level)));
    let one = |row: &&Row| WaitingPerson { key: key_of(row), href: address_of(row), name: row.patient.name.clone().unwrap_or_default() };
    Waiting { people: people.len(), urgent: untaken(Level::Attention).count(), emergencies: untaken(Level::Emergency).map(one).collect() }
}

fn key_of(row: &Row) -> String {
    panel::key(&format!("{}-{}", row.patient.id, row.kept.alert.id))
}

fn address_of(row: &Row) -> String {
    format!("/clinic?patient={}&alert={}", row.patient.id, row.kept.alert.id)
}

fn rows_of(here: &Here, all: &[Row], rows: &[&Row], selected: Option<&str>, query: &HashMap<String, String>) -> WorklistRows {
    let say = here.say;
    let people = by_person(rows.iter().copied());
    let count = match people.len() {
        0 => say.say("nothing to answer", "nada por atender"),
        n => say.say(format!("{n} to answer"), format!("{n} por atender")),
    };
    let asked = query.get("q").filter(|q| !q.trim().is_empty()).cloned();
    WorklistRows {
        t: say.t(),
        rows: people.iter().filter_map(|rows| one_row(here, rows, selected)).collect(),
        query: asked,
        count,
        waiting: waiting(all),
    }
}

fn one_row(here: &Here, rows: &[&Row], selected: Option<&str>) -> Option<AlertRow> {
    let row = rows.first()?;
    let (say, now, desk) = (here.say, here.now(), here.app.desk());
    let (alert, patient) = (&row.kept.alert, &row.patient);
    let since = desk.clinic_moment(alert.since.instant());
    let told_at = desk.clinic_moment(row.kept.told_at.instant());
    let age = patient.age_on(now.date()).map_or(String::new(), |age| format!("{age} · "));
    let day = patient.day_of(now.date());
    let answer_by = row.deadline.map(|deadline| say.when(deadline.at, now));
    let mut titles: Vec<String> = rows.iter().map(|row| panel::title(here, &row.kept)).collect();
    titles.dedup();
    let more = titles.split_off(titles.len().min(2)).len();
    let more = if more == 0 { String::new() } else { say.say(format!("; {more} more"), format!("; {more} más")) };
    let title = format!("{}{more}", titles.join("; "));
    let reason = match answer_by {
        Some(by) => say.say(format!("{title}; answer by {by}."), format!("{title}; responder antes de {by}.")),
        None => format!("{title}."),
    };
    let nobody = alert.acknowledged.is_none() && alert.contacts.is_empty() && now.seconds_since(told_at) >= 3600;
    Some(AlertRow {
        key: key_of(row),
        href: address_of(row),
        selected: selected.is_some_and(|id| rows.iter().any(|row| row.kept.alert.answers_to(id))),
        level: shown(alert.level),
        name: patient.name.clone().unwrap_or_default(),
        about: format!("{age}{}", say.say(format!("day {day}"), format!("día {day}"))),
        reason: Sentence::plain(reason),
        since: match alert.cause.as_str() {
            "silence" => days_in_words(here, panel::days_missed(here, &row.kept)),
            "hold" => say.day(since.date()),
            _ => say.age(since, now),
        },
        late: row.deadline.is_some_and(|deadline| deadline.passed),
        born: patient.born.map_or(String::new(), |born| say.short_date(born)),
        phone: patient.text("phone").map(str::to_string),
        owner: panel::owner(here, &row.kept),
        tries: panel::tries(here, rows),
        unseen: nobody.then(|| {
            let when = say.when(told_at, now);
            say.say(format!("Not seen by anyone since {when}"), format!("No lo ha visto nadie desde {when}"))
        }),
        run: panel::run(&row.kept),
        escalated: row.escalation == Escalation::OnCall,
        no_longer_follows: row.kept.no_longer_follows,
        corrected: alert.corrected_by.is_some(),
        synthetic: lamella_desk::is_synthetic(patient),
    })
}

fn days_in_words(here: &Here, days: i64) -> String {
    match days {
        1 => here.say.say("1 day", "1 día"),
        n => here.say.say(format!("{n} days"), format!("{n} días")),
    }
}

/// Says whenever something has changed, and every so often that the line still stands.
pub(crate) async fn live(State(app): State<App>, headers: HeaderMap) -> Response {
    let known = headers.clone();
    let signed_in = app.blocking(move |app| Ok(app.nurse(&known).is_ok())).await;
    if !matches!(signed_in, Ok(true)) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Sse::new(stream(&app, headers)).into_response()
}

/// What is told, for as long as whoever listens is signed in: that is asked each time.
fn stream(app: &App, headers: HeaderMap) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let changes = BroadcastStream::new(app.changes()).map(|_| Some(Event::default().data("changed")));
    let beats = IntervalStream::new(tokio::time::interval(BEAT)).map(|_| Some(Event::default().event("beat").data("")));
    let end = WatchStream::new(app.closing()).filter(|closing| *closing).map(|_| None);
    let app = app.clone();
    let while_signed_in = move |event: Option<Event>| {
        let (app, headers) = (app.clone(), headers.clone());
        async move {
            let signed_in = app.blocking(move |app| Ok(app.nurse(&headers).is_ok())).await;
            event.filter(|_| matches!(signed_in, Ok(true)))
        }
    };
    changes.merge(beats).merge(end).then(while_signed_in).take_while(Option::is_some).filter_map(|event| event.map(Ok))
}
