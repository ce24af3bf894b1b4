//! What a nurse does about an alert: take it, write down a call, resolve it, undo. Whatever comes in between, nothing typed is
//! lost: the page comes back with it and says what happened.

use super::{Here, panel, sign_in, worklist};
use crate::App;
use crate::answer::{Fail, Fields};
use crate::guard::onward;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use lamella_desk::{DeskError, Ending, Fault, Kept, Late, Outcome, Receipt, Result as DeskResult, Who};
use lamella_engine::alerts::AlertState;
use std::collections::HashMap;

/// The most deeds that are taken back at once: more than anybody has alerts.
const MOST_UNDONE: usize = 64;

type Typed = Form<Vec<(String, String)>>;

/// *Take it*.
pub(crate) async fn take(State(app): State<App>, headers: HeaderMap, Path(patient): Path<String>, Form(fields): Typed) -> Response {
    let work = move |app: &App, headers: &HeaderMap| done(app, headers, &patient, Act::Take, &Fields(fields));
    app.clinic_side(headers, work).await
}

/// *Log a call…*: what came of it.
pub(crate) async fn contact(State(app): State<App>, headers: HeaderMap, Path(patient): Path<String>, Form(fields): Typed) -> Response {
    let work = move |app: &App, headers: &HeaderMap| done(app, headers, &patient, Act::Contact, &Fields(fields));
    app.clinic_side(headers, work).await
}

/// *Resolve…*
pub(crate) async fn resolve(State(app): State<App>, headers: HeaderMap, Path(patient): Path<String>, Form(fields): Typed) -> Response {
    let work = move |app: &App, headers: &HeaderMap| done(app, headers, &patient, Act::Resolve, &Fields(fields));
    app.clinic_side(headers, work).await
}

/// A note for the record: what was typed about an alert that is no longer there.
pub(crate) async fn note(State(app): State<App>, headers: HeaderMap, Path(patient): Path<String>, Form(fields): Typed) -> Response {
    let work = move |app: &App, headers: &HeaderMap| done(app, headers, &patient, Act::Note, &Fields(fields));
    app.clinic_side(headers, work).await
}

/// *End it*: a known finding raises again.
pub(crate) async fn known(State(app): State<App>, headers: HeaderMap, Path(patient): Path<String>, Form(fields): Typed) -> Response {
    let work = move |app: &App, headers: &HeaderMap| done(app, headers, &patient, Act::Known, &Fields(fields));
    app.clinic_side(headers, work).await
}

/// *Undo*, within a minute.
pub(crate) async fn undo(State(app): State<App>, headers: HeaderMap, Path(patient): Path<String>, Form(fields): Typed) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let fields = Fields(fields);
        fields.proves(&here.staff.csrf)?;
        let events: Vec<&str> = fields.one("event").split(',').filter(|event| !event.is_empty()).collect();
        match events.len() {
            0 => return Err(Fail::NotFound),
            n if n > MOST_UNDONE => return Err(Fail::Refused(StatusCode::UNPROCESSABLE_ENTITY)),
            _ => {}
        }
        // All that can be undone is; the first that could not says why.
        let undone: Vec<DeskResult<()>> =
            events.into_iter().map(|event| app.desk().undo(&patient, event, &here.staff.name, app.now()).map(drop)).collect();
        match undone.into_iter().collect::<DeskResult<()>>() {
            Ok(()) => Ok(onward(&format!("/clinic?patient={patient}&did=undo"), &[])),
            Err(DeskError::Late(late)) => Ok(onward(&format!("/clinic?patient={patient}&late={}", code(&late)), &[])),
            Err(error) => Err(error.into()),
        }
    };
    app.clinic_side(headers, work).await
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Take,
    Contact,
    Resolve,
    Note,
    Known,
}

impl Act {
    /// As in the address it is posted to.
    pub fn word(self) -> &'static str {
        match self {
            Act::Take => "take",
            Act::Contact => "contact",
            Act::Resolve => "resolve",
            Act::Note => "note",
            Act::Known => "known",
        }
    }

    /// The deed that is posted to this address, and whose record it is about.
    pub fn of_address(address: &str) -> Option<(Act, &str)> {
        let (patient, word) = address.strip_prefix("/clinic/patients/")?.split_once('/')?;
        let act = [Act::Take, Act::Contact, Act::Resolve, Act::Note, Act::Known].into_iter().find(|act| act.word() == word)?;
        Some((act, patient))
    }
}

fn done(app: &App, headers: &HeaderMap, patient: &str, act: Act, fields: &Fields) -> Result<Response, Fail> {
    let here = match Here::new(app, headers) {
        // Twelve hours were over while the note was being typed, or before somebody was taken.
        Err(Fail::SignedOut) if is_lost(act, fields) => {
            return sign_in::keeping(app, headers, &format!("/clinic/patients/{patient}/{}", act.word()), fields);
        }
        here => here?,
    };
    if let Err(expired) = fields.proves(&here.staff.csrf) {
        let what = || open_too_long(&here);
        let lost = is_lost(act, fields);
        return if lost { back(&here, patient, act, fields, "", what(), StatusCode::FORBIDDEN) } else { Err(expired) };
    }
    match carry_out(&here, patient, act, fields) {
        Ok(Done::Kept { receipts, left }) => Ok(onward(&after(patient, act, fields, &receipts, left), &[])),
        Ok(Done::Changed(what)) => back(&here, patient, act, fields, "", what, StatusCode::CONFLICT),
        Err(DeskError::Wrong(fault)) => {
            back(&here, patient, act, fields, fault.field(), here.say.fault(fault), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(DeskError::Late(late)) if !typed(fields) => {
            Ok(onward(&format!("/clinic?patient={patient}&alert={}&late={}", encode(fields.one("alert")), code(&late)), &[]))
        }
        Err(DeskError::Late(late)) => {
            let what = worklist::late(&here, patient, fields.one("alert"), code(&late)).unwrap_or_default();
            back(&here, patient, act, fields, "", what, StatusCode::CONFLICT)
        }
        Err(DeskError::NoAlert(_)) if typed(fields) => {
            let what = here.say.say("This alert is no longer there.", "Este aviso ya no existe.");
            back(&here, patient, act, fields, "", what, StatusCode::CONFLICT)
        }
        Err(DeskError::Store(error)) if typed(fields) => {
            tracing::error!(%error, "a note could not be stored; it was given back");
            let what = here.say.say(
                "Something failed on our side and nothing was stored. Please send it again.",
                "Algo ha fallado por nuestra parte y no se ha guardado nada. Envíelo otra vez.",
            );
            back(&here, patient, act, fields, "", what, StatusCode::INTERNAL_SERVER_ERROR)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether something would be lost.
fn typed(fields: &Fields) -> bool {
    !fields.one("note").trim().is_empty()
}

/// Whether a deed would be dropped without a word: one that was only chosen counts too.
fn is_lost(act: Act, fields: &Fields) -> bool {
    typed(fields) || act == Act::Take || ["outcome", "disposition"].iter().any(|field| !fields.one(field).is_empty())
}

/// What became of it.
enum Done {
    /// It is in the record. `left`: how many others were to be done with it and were not, because something new came in about them.
    Kept { receipts: Vec<Receipt>, left: usize },
    /// Nothing is: a colleague or the person did something that the page did not show yet.
    Changed(String),
}

impl Done {
    fn one(receipt: Receipt) -> Done {
        Done::Kept { receipts: vec![receipt], left: 0 }
    }
}

fn carry_out(here: &Here, patient: &str, act: Act, fields: &Fields) -> DeskResult<Done> {
    let (desk, now, by) = (here.app.desk(), here.app.now(), &here.staff.name);
    match act {
        Act::Take => take_all(here, patient, fields),
        Act::Contact => write_down(here, patient, fields),
        Act::Resolve => resolve_all(here, patient, fields),
        Act::Note => desk.add_note(patient, by_form(here, fields), fields.one("note"), now).map(Done::one),
        Act::Known => desk.end_known(patient, fields.one("alert"), by, fields.one("note"), now).map(Done::one),
    }
}

/// Whoever sent a form that a second tap may send again.
fn by_form<'a>(here: &'a Here, fields: &'a Fields) -> Who<'a> {
    Who { name: &here.staff.name, seen: None, form: fields.one("form") }
}

/// As of when the page was shown that a form comes from; none where it does not say, or says what cannot be.
fn seen(here: &Here, fields: &Fields) -> Option<Timestamp> {
    let seen = Timestamp::from_millisecond(fields.one("seen").parse().ok()?).ok()?;
    (Timestamp::UNIX_EPOCH..=here.app.now()).contains(&seen).then_some(seen)
}

fn seen_when(here: &Here) -> Done {
    Done::Changed(here.say.say(
        "This form does not say when its page was shown, so something may have come in since. Nothing was stored: look at it and send it again.",
        "Este formulario no dice cuándo se mostró su página, así que puede haber llegado algo. No se ha guardado nada: revíselo y envíelo otra vez.",
    ))
}

/// What came in about an alert after the page was shown, as far as it can be named.
fn news_of(here: &Here, patient: &str, alert: &str, seen: Timestamp) -> Done {
    let news = here.app.desk().alert(patient, alert).ok().and_then(|kept| panel::news_since(here, &kept, seen));
    Done::Changed(news.or_else(|| here.say.late("news")).unwrap_or_default())
}

/// Whoever takes a person takes all of what is open about them, as far as the page showed it.
fn take_all(here: &Here, patient: &str, fields: &Fields) -> DeskResult<Done> {
    let (desk, alert) = (here.app.desk(), fields.one("alert"));
    let Some(seen) = seen(here, fields) else { return Ok(seen_when(here)) };
    let who = Who { name: &here.staff.name, seen: Some(seen), form: "" };
    let mut receipts = match desk.acknowledge(patient, alert, who, here.app.now()) {
        Err(DeskError::Late(Late::News)) => return Ok(news_of(here, patient, alert, seen)),
        done => vec![done?],
    };
    let mut left = 0;
    for other in desk.open_alerts(patient)?.iter().filter(|kept| kept.alert.state == AlertState::Open) {
        match desk.acknowledge(patient, &other.alert.id, who, here.app.now()) {
            Err(DeskError::Late(Late::News)) => left += 1,
            done => receipts.extend(unless_late(done)?),
        }
    }
    Ok(Done::Kept { receipts, left })
}

/// A call overwrites nothing: it is written down whatever happened in between, and the page says what did.
fn write_down(here: &Here, patient: &str, fields: &Fields) -> DeskResult<Done> {
    let (outcome, note) = (fields.one("outcome"), fields.one("note"));
    if !panel::is_outcome(outcome) {
        return Err(DeskError::Wrong(Fault::Outcome));
    }
    here.app.desk().contact(patient, fields.one("alert"), by_form(here, fields), outcome, note, here.app.now()).map(Done::one)
}

fn resolve_all(here: &Here, patient: &str, fields: &Fields) -> DeskResult<Done> {
    let (desk, alert) = (here.app.desk(), fields.one("alert"));
    let (how, note, change) = (fields.one("disposition"), fields.one("note"), fields.one("change"));
    if !how.is_empty() && !panel::is_disposition(how) {
        return Err(DeskError::Wrong(Fault::Disposition));
    }
    if fields.many("change") {
        return Err(DeskError::Wrong(Fault::ChangeTwice));
    }
    if !change.is_empty() && !panel::is_about_change(change) {
        return Err(DeskError::Wrong(Fault::Change));
    }
    let until = fields.one("known_until").trim();
    let wrong = |_| DeskError::Wrong(Fault::NotADate);
    let known_until = if until.is_empty() { None } else { Some(until.parse().map_err(wrong)?) };
    let ending = Ending { how, note, known_until, change };
    // Nobody resolves what they have not seen: answers that came in between, or a colleague who is at it.
    let Some(seen) = seen(here, fields) else { return Ok(seen_when(here)) };
    let who = Who { name: &here.staff.name, seen: Some(seen), form: "" };
    let named = [alert.to_string()].into_iter().chain(fields.all("also"));
    let named: Vec<Kept> = named.filter_map(|id| desk.alert(patient, &id).ok()).collect();
    if !change.is_empty() && !named.is_empty() && named.iter().all(|kept| kept.alert.case.is_none()) {
        return Err(DeskError::Wrong(Fault::ChangeOfNothing));
    }
    // Before the first is resolved: what several alerts end by is taken for all of them, or for none.
    if ending.contradicts_itself() {
        return Err(DeskError::Wrong(Fault::ChangeAgainstEnding));
    }
    let news: Vec<String> = named.iter().filter_map(|kept| panel::news_since(here, kept, seen)).collect();
    if !news.is_empty() {
        return Ok(Done::Changed(news.join(" ")));
    }
    // The desk looks once more, and lets nothing in until it has written: what arrives just now is not covered either.
    let mut receipts = match desk.resolve(patient, alert, who, ending, here.app.now()) {
        Err(DeskError::Late(Late::News)) => return Ok(news_of(here, patient, alert, seen)),
        Err(DeskError::Late(late)) => return tapped_twice(here, patient, fields).ok_or(DeskError::Late(late)),
        done => vec![done?],
    };
    let mut left = 0;
    for other in fields.all("also") {
        match desk.resolve(patient, &other, who, Ending { known_until: None, ..ending }, here.app.now()) {
            Err(DeskError::Late(Late::News)) => left += 1,
            // A colleague was faster with this one; the others stand as they were asked for.
            done => receipts.extend(unless_late(done)?),
        }
    }
    Ok(Done::Kept { receipts, left })
}

/// What a first tap on the same form has resolved: nobody is told that what they wrote is not in the record while it is.
fn tapped_twice(here: &Here, patient: &str, fields: &Fields) -> Option<Done> {
    let (alert, how, note) = (fields.one("alert"), fields.one("disposition"), fields.one("note").trim());
    let by_the_first = |id: &str| {
        let kept = here.app.desk().alert(patient, id).ok().filter(|kept| !kept.alert.stands())?;
        let done = kept.alert.resolved.filter(|done| done.by == here.staff.name && done.disposition == how && done.note == note)?;
        Some(Receipt { id: done.event, outcome: Outcome::Known, told: None })
    };
    let first = by_the_first(alert)?;
    let also = fields.all("also");
    Some(Done::Kept { receipts: [first].into_iter().chain(also.iter().filter_map(|id| by_the_first(id))).collect(), left: 0 })
}

fn unless_late(done: DeskResult<Receipt>) -> DeskResult<Option<Receipt>> {
    match done {
        Ok(receipt) => Ok(Some(receipt)),
        Err(DeskError::Late(_) | DeskError::NoAlert(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The page after a deed, with the way to undo it.
fn after(patient: &str, act: Act, fields: &Fields, receipts: &[Receipt], left: usize) -> String {
    let undo = receipts.iter().map(|receipt| receipt.id.as_str()).collect::<Vec<_>>().join(",");
    let of = match act {
        Act::Take | Act::Contact => format!("&alert={}", encode(fields.one("alert"))),
        Act::Resolve => String::new(),
        Act::Note => return format!("/clinic?patient={patient}&did=note"),
        Act::Known => return format!("/clinic/patients/{patient}?did=known&undo={undo}"),
    };
    let left = if left > 0 { format!("&left={left}") } else { String::new() };
    format!("/clinic?patient={patient}{of}&did={}&undo={undo}{left}", act.word())
}

/// The page with the form as it was sent, and why it was not taken.
fn back(
    here: &Here,
    patient: &str,
    act: Act,
    fields: &Fields,
    field: &'static str,
    what: String,
    status: StatusCode,
) -> Result<Response, Fail> {
    let alert = fields.one("alert").to_string();
    let query = HashMap::from([("patient".to_string(), patient.to_string()), ("alert".to_string(), alert.clone())]);
    worklist::mend(here, &query, &panel::Sent { alert, act, fields, field, what }, status)
}

/// Of a form with a token that is not ours any more.
pub(crate) fn open_too_long(here: &Here) -> String {
    here.say.say(
        "That page had been open too long. Nothing was stored; look at it and send it again.",
        "Esa página llevaba demasiado tiempo abierta. No se ha guardado nada; revíselo y envíelo otra vez.",
    )
}

/// Of a form that went through the sign-in.
pub(crate) fn signed_out(here: &Here) -> String {
    here.say.say(
        "You had been signed out. Nothing was stored yet; look at it and send it again.",
        "Su sesión se había cerrado. Todavía no se ha guardado nada; revíselo y envíelo otra vez.",
    )
}

/// A form that was sent while nobody was signed in, on the page where it is sent again.
pub(crate) fn resume(here: &Here, address: &str, fields: &Fields) -> Option<Result<Response, Fail>> {
    let (act, patient) = Act::of_address(address)?;
    let what = match act {
        Act::Take => here.say.say(
            "You had been signed out. Nothing was taken; look at it and take it again.",
            "Su sesión se había cerrado. No se ha tomado nada; revíselo y tómelo otra vez.",
        ),
        _ => signed_out(here),
    };
    Some(back(here, patient, act, fields, "", what, StatusCode::OK))
}

/// What came too late, as a code: an address carries no sentence that a page would repeat.
fn code(late: &Late) -> &'static str {
    match late {
        Late::TakenBy(_) => "taken",
        Late::ResolvedBy(_) => "resolved",
        Late::News => "news",
        Late::NothingToUndo => "nothing",
        Late::UndoTooLate => "undo",
        Late::Busy | Late::Sent => "busy",
    }
}

/// Percent-encoding for a value in an address.
fn encode(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
