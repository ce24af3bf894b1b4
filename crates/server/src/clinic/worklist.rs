//! The worklist: who needs somebody, the most urgent first; live.

use super::act::Act;
use super::{Here, panel, why};
use crate::App;
use crate::answer::{Fail, page, page_with};
use crate::say::shown;
use crate::view::clinic::{AlertRow, Between, Run, Undo, Waiting, WaitingPerson, WorklistPage, WorklistRows};
use crate::view::shared::Sentence;
use crate::view::words::Word;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use lamella_desk::{Kept, Row, SPOKE, Wanted};
use lamella_engine::alerts::AlertState;
use lamella_record::Level;
use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;
use tokio_stream::wrappers::{BroadcastStream, IntervalStream, WatchStream};
use tokio_stream::{Stream, StreamExt};

/// How far back a chart beside the list goes, in days.
const TWO_MONTHS: i32 = 56;

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
    let asked = all.iter().filter(is_it).min_by_key(|row| row.place());
    let people = by_person(filtered(&all, query).into_iter());
    let chosen = asked.or_else(|| if patient.is_some() { None } else { people.first().and_then(|rows| rows.first().copied()) });
    let mut shell = here.shell(t.w(Word::ToAnswer), "/clinic", Some(people_in(&all)));
    shell.switch = sent.is_none();
    let caller = if people.is_empty() && patient.is_none() { the_only_one(here, query)? } else { None };
    let found_alone = caller.is_some();
    let person_id = chosen.map(|row| row.patient.id.clone()).or_else(|| patient.map(str::to_string)).or(caller);
    let mut person = None;
    if let Some(id) = person_id {
        let whom = here.app.desk().person(&id)?;
        let mut rows: Vec<Row> = all.iter().filter(|row| row.patient.id == id).cloned().collect();
        rows.sort_by_key(Row::place);
        let name = whom.patient.name.as_deref().unwrap_or("");
        shell.undo = here.undo(query, &id, name).map(|undo| with_what_came_between(here, undo, &id, query));
        shell.undo = shell.undo.map(|undo| with_what_is_left(here, undo, query));
        shell.notice = match query.get("did").map(String::as_str) {
            Some("note") => Some(here.say.say(format!("Kept as a note: {name}."), format!("Guardado como nota: {name}."))),
            Some("undo") => Some(here.say.say(format!("Undone: {name}."), format!("Deshecho: {name}."))),
            _ => None,
        };
        if let Some(code) = query.get("late") {
            shell.notice = late(here, &id, wanted.unwrap_or(""), code);
        }
        // Without words there is nothing to keep as a note, and without its alert no form to stand in.
        let bare = |sent: &&panel::Sent| !sent.has_note() && !rows.iter().any(|row| row.kept.alert.answers_to(&sent.alert));
        if let Some(sent) = sent.filter(|sent| sent.act == Act::Take || bare(sent)) {
            shell.notice = Some(sent.what.clone());
        }
        let mut panel = panel::person(here, &whom, &rows, chosen.map(|row| row.kept.alert.id.as_str()), sent)?;
        panel.chart = panel::chart(here, &whom, TWO_MONTHS, here.say.say("Pain, last 8 weeks", "Dolor, últimas 8 semanas"), &[])?;
        person = Some(panel);
    }
    Ok(WorklistPage {
        t,
        shell,
        list: rows_of(here, &all, &people, chosen.map(|row| row.kept.alert.id.as_str()), query),
        search_href: "/clinic".to_string(),
        person,
        chosen: wanted.is_some() || patient.is_some() || found_alone,
        list_href: "/clinic".to_string(),
    })
}

/// Somebody who is searched for, is the only one meant, and has nothing open: a caller is shown directly.
fn the_only_one(here: &Here, query: &HashMap<String, String>) -> Result<Option<String>, Fail> {
    let Some(wanted) = query.get("q").filter(|q| !q.trim().is_empty()) else { return Ok(None) };
    let mut people = here.app.desk().people(wanted, 2)?;
    Ok(people.pop().filter(|_| people.is_empty()).map(|person| person.patient.id))
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

/// What was to be done with the rest and was not: it is said beside what was.
fn with_what_is_left(here: &Here, undo: Undo, query: &HashMap<String, String>) -> Undo {
    let left = match query.get("left").and_then(|left| left.parse::<u32>().ok()) {
        None | Some(0) => return undo,
        Some(1) => here.say.say(
            "One more came in that the page had not shown. It is still open: look at it.",
            "Llegó otro aviso que la página no mostraba. Sigue abierto: mírelo.",
        ),
        Some(n) => here.say.say(
            format!("{n} more came in that the page had not shown. They are still open: look at them."),
            format!("Llegaron {n} avisos más que la página no mostraba. Siguen abiertos: mírelos."),
        ),
    };
    Undo { text: format!("{} {left}", undo.text), ..undo }
}

/// The rows alone, for a page that is open.
pub(crate) async fn rows(State(app): State<App>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let all = app.desk().worklist(app.now())?;
        page(&rows_of(&here, &all, &by_person(filtered(&all, &query).into_iter()), query.get("alert").map(String::as_str), &query))
    };
    app.clinic_side(headers, work).await
}

/// How many people wait.
pub(crate) fn people_in(rows: &[Row]) -> usize {
    rows.iter().map(|row| row.patient.id.as_str()).collect::<std::collections::BTreeSet<_>>().len()
}

fn filtered<'a>(all: &'a [Row], query: &HashMap<String, String>) -> Vec<&'a Row> {
    let wanted = Wanted::new(query.get("q").map_or("", String::as_str));
    all.iter().filter(|row| wanted.fits(&row.patient)).collect()
}

/// One row a person: everything that is open about them, the most urgent first. The people: the level falling, then who has to be
/// answered first.
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
    people.iter_mut().for_each(|rows| rows.sort_by_key(|row| row.place()));
    people.sort_by_key(|rows| {
        let level = rows.iter().map(|row| row.kept.alert.level).max();
        let due = rows.iter().map(|row| row.due()).min();
        (std::cmp::Reverse(level), due, rows.iter().map(|row| row.kept.alert.since.millis()).min())
    });
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

fn rows_of(here: &Here, all: &[Row], people: &[Vec<&Row>], selected: Option<&str>, query: &HashMap<String, String>) -> WorklistRows {
    let say = here.say;
    let count = match people.len() {
        0 => say.say("nothing to answer", "nada por atender"),
        n => say.say(format!("{n} to answer"), format!("{n} por atender")),
    };
    let asked = query.get("q").filter(|q| !q.trim().is_empty()).cloned();
    let matching = asked.as_deref().filter(|_| people.is_empty()).and_then(|asked| matching(here, asked));
    WorklistRows {
        t: say.t(),
        rows: people.iter().filter_map(|rows| one_row(here, rows, selected)).collect(),
        query: asked,
        matching,
        count,
        between: between(here, query),
        waiting: waiting(all),
    }
}

/// How many people a search means of whom nothing is open; none where it means nobody at all.
fn matching(here: &Here, asked: &str) -> Option<String> {
    match here.app.desk().people(asked, u32::MAX).map_or(0, |people| people.len()) {
        0 => None,
        1 => Some(here.say.say("1 patient matches, with nothing open", "1 paciente coincide, sin nada abierto")),
        n => Some(here.say.say(format!("{n} patients match, with nothing open"), format!("{n} pacientes coinciden, sin nada abierto"))),
    }
}

/// What came in about a person's alerts since the page that asks was shown; a page that asks nothing hears nothing.
fn between(here: &Here, query: &HashMap<String, String>) -> Vec<Between> {
    let seen = query.get("seen").and_then(|seen| Timestamp::from_millisecond(seen.parse().ok()?).ok());
    let Some((patient, seen)) = query.get("person").zip(seen) else { return vec![] };
    let one = |kept: Kept| {
        let ended = kept.alert.resolved.as_ref().filter(|done| !kept.alert.stands() && done.at.millis() > seen.as_millisecond());
        let ended = ended.and_then(|_| panel::who_did(here, &kept));
        let text = ended.or_else(|| panel::news_since(here, &kept, seen).filter(|_| kept.alert.stands()))?;
        Some(Between { key: panel::key(&kept.alert.id), text })
    };
    here.app.desk().alerts(patient).unwrap_or_default().into_iter().filter_map(one).collect()
}

fn one_row(here: &Here, rows: &[&Row], selected: Option<&str>) -> Option<AlertRow> {
    let row = rows.first()?;
    let (say, now, desk) = (here.say, here.now(), here.app.desk());
    let (alert, patient) = (&row.kept.alert, &row.patient);
    let since = desk.clinic_moment(alert.since.instant());
    let age = patient.age_on(now.date()).map_or(String::new(), |age| format!("{age} · "));
    let day = patient.day_of(now.date());
    // Who is taken and who is late is said of all of what is open: one alert hides nothing of another.
    let answer_by = rows.iter().min_by_key(|row| row.due()).and_then(|row| panel::answer_by(here, row));
    let latest = rows.iter().filter(|row| row.is_late()).filter_map(|row| row.deadline).min_by_key(|deadline| deadline.at.millis());
    let mut titles: Vec<String> = rows.iter().map(|row| why::title_now(here, &row.patient.id, &row.kept)).collect();
    titles.dedup();
    let more = titles.split_off(titles.len().min(2)).len();
    let more = if more == 0 { String::new() } else { say.say(format!("; {more} more"), format!("; {more} más")) };
    let title = format!("{}{more}", titles.join("; "));
    let reason = match answer_by {
        Some(by) => format!("{title}; {by}."),
        None if title.ends_with(['.', '?', '!']) => title,
        None => format!("{title}."),
    };
    let run = if rows.iter().any(|row| panel::run(&row.kept) == Run::Happening) { Run::Happening } else { panel::run(&row.kept) };
    Some(AlertRow {
        key: key_of(row),
        href: address_of(row),
        selected: selected.is_some_and(|id| rows.iter().any(|row| row.kept.alert.answers_to(id))),
        level: shown(rows.iter().map(|row| row.kept.alert.level).max().unwrap_or(alert.level)),
        name: patient.name.clone().unwrap_or_default(),
        about: format!("{age}{}", say.say(format!("day {day}"), format!("día {day}"))),
        reason: Sentence::plain(reason),
        since: match alert.cause.as_str() {
            "silence" => say.days(panel::days_missed(here, &row.kept)),
            "hold" => say.day(since.date()),
            _ => say.age(since, now),
        },
        late: latest.map(|deadline| say.ago(deadline.at, now)).map(|ago| say.say(format!("due {ago}"), format!("venció {ago}"))),
        born: patient.born.map_or(String::new(), |born| say.short_date(born)),
        phone: patient.text("phone").map(str::to_string),
        owner: if rows.iter().any(|row| row.is_untaken()) { None } else { panel::owner(here, &row.kept) },
        tries: panel::tries(here, rows),
        // What has waited longest stands for all.
        unseen: rows
            .iter()
            .filter(|row| row.kept.waits_since().is_some())
            .min_by_key(|row| row.kept.waits_since())
            .and_then(|row| unanswered(here, &row.kept)),
        run,
        overdue: rows.iter().any(|row| row.is_late()),
        no_longer_follows: rows.iter().all(|row| row.kept.no_longer_follows),
        corrected: alert.corrected_by.is_some() && alert.over,
        taken_back: rows.iter().find_map(|row| why::taken_back(here, &row.patient.id, &row.kept)),
        synthetic: lamella_desk::is_synthetic(patient),
    })
}

/// That nobody has answered for an hour or more, and who was the last who did.
fn unanswered(here: &Here, kept: &Kept) -> Option<String> {
    let (say, now, desk) = (here.say, here.now(), here.app.desk());
    let since = desk.clinic_moment(kept.waits_since()?.instant());
    if now.seconds_since(since) < 3600 {
        return None;
    }
    let when = say.with_article(&say.when(since, now));
    let said = say.say(format!("Nobody has answered this since {when}"), format!("Nadie ha respondido a esto desde {when}"));
    let spoke = kept.alert.contacts.iter().filter(|contact| contact.outcome == SPOKE).max_by_key(|contact| contact.at.millis());
    let date = |at: lamella_record::Moment| say.day(desk.clinic_moment(at.instant()).date());
    let last = spoke.map(|spoke| say.say("last spoke", "última conversación") + &format!(" {}, {}", date(spoke.at), spoke.by));
    let resolved = || {
        kept.alert.resolved.as_ref().map(|done| say.say("last resolved", "resuelto antes") + &format!(" {}, {}", date(done.at), done.by))
    };
    let last = last.or_else(resolved).map_or(String::new(), |last| format!("; {last}"));
    Some(format!("{said}{last}"))
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
