//! What a nurse does about an alert: take it, write down a call, resolve it, undo.

use super::{Here, panel, worklist};
use crate::App;
use crate::answer::{Fail, Fields};
use crate::guard::onward;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lamella_desk::{DeskError, Fault, Late, Receipt, Result as DeskResult};
use lamella_engine::alerts::AlertState;
use std::collections::HashMap;

type Typed = Form<Vec<(String, String)>>;

/// *Take it*.
pub(crate) async fn take(State(app): State<App>, headers: HeaderMap, Path(patient): Path<String>, Form(fields): Typed) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        done(app, headers, &patient, "take", Fields(fields), |here, alert, _| {
            // Whoever takes a person takes all of what is open about them.
            let (desk, by) = (here.app.desk(), &here.staff.name);
            let mut receipts = vec![desk.acknowledge(&patient, alert, by, here.app.now())?];
            for other in desk.open_alerts(&patient)?.iter().filter(|kept| kept.alert.state == AlertState::Open) {
                receipts.push(desk.acknowledge(&patient, &other.alert.id, by, here.app.now())?);
            }
            Ok(receipts)
        })
    };
    app.clinic_side(headers, work).await
}

/// *No answer…*
pub(crate) async fn contact(State(app): State<App>, headers: HeaderMap, Path(patient): Path<String>, Form(fields): Typed) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        done(app, headers, &patient, "contact", Fields(fields), |here, alert, fields| {
            let (outcome, note) = (fields.one("outcome"), fields.one("note"));
            Ok(vec![here.app.desk().contact(&patient, alert, &here.staff.name, outcome, note, here.app.now())?])
        })
    };
    app.clinic_side(headers, work).await
}

/// *Resolve…*
pub(crate) async fn resolve(State(app): State<App>, headers: HeaderMap, Path(patient): Path<String>, Form(fields): Typed) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        done(app, headers, &patient, "resolve", Fields(fields), |here, alert, fields| {
            let typed = fields.one("known_until").trim();
            let wrong = |_| DeskError::Wrong(Fault::NotADate);
            let known_until = if typed.is_empty() { None } else { Some(typed.parse().map_err(wrong)?) };
            let (how, note) = (fields.one("disposition"), fields.one("note"));
            let (desk, by) = (here.app.desk(), &here.staff.name);
            let mut receipts = vec![desk.resolve(&patient, alert, by, how, note, known_until, here.app.now())?];
            for other in fields.all("also") {
                match desk.resolve(&patient, &other, by, how, note, None, here.app.now()) {
                    Ok(receipt) => receipts.push(receipt),
                    // A colleague was faster with this one; the others stand as they were asked for.
                    Err(DeskError::Late(_) | DeskError::NoAlert(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(receipts)
        })
    };
    app.clinic_side(headers, work).await
}

/// *Undo*, within a minute.
pub(crate) async fn undo(State(app): State<App>, headers: HeaderMap, Path(patient): Path<String>, Form(fields): Typed) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let fields = Fields(fields);
        fields.proves(&here.staff.csrf)?;
        let events = fields.one("event").split(',').filter(|event| !event.is_empty());
        // All that can be undone is; the first that could not says why.
        let undone: Vec<DeskResult<()>> =
            events.map(|event| app.desk().undo(&patient, event, &here.staff.name, app.now()).map(drop)).collect();
        match undone.into_iter().collect::<DeskResult<()>>() {
            Ok(()) => Ok(onward(&format!("/clinic?patient={patient}"), &[])),
            Err(DeskError::Late(late)) => Ok(onward(&format!("/clinic?patient={patient}&late={}", code(&late)), &[])),
            Err(error) => Err(error.into()),
        }
    };
    app.clinic_side(headers, work).await
}

fn done(
    app: &App,
    headers: &HeaderMap,
    patient: &str,
    act: &'static str,
    fields: Fields,
    work: impl FnOnce(&Here, &str, &Fields) -> DeskResult<Vec<Receipt>>,
) -> Result<Response, Fail> {
    let here = Here::new(app, headers)?;
    fields.proves(&here.staff.csrf)?;
    let alert = fields.one("alert").to_string();
    match work(&here, &alert, &fields) {
        Ok(receipts) => {
            let undo = receipts.iter().map(|receipt| receipt.id.as_str()).collect::<Vec<_>>().join(",");
            let alert = encode(&alert);
            let of = if act == "resolve" { String::new() } else { format!("&alert={alert}") };
            Ok(onward(&format!("/clinic?patient={patient}{of}&did={act}&undo={undo}"), &[]))
        }
        Err(DeskError::Late(late)) => Ok(onward(&format!("/clinic?patient={patient}&alert={}&late={}", encode(&alert), code(&late)), &[])),
        Err(DeskError::Wrong(fault)) => {
            let query = HashMap::from([("patient".to_string(), patient.to_string()), ("alert".to_string(), alert.clone())]);
            let sent = panel::Sent { alert, act, fields: &fields, field: fault.field(), what: here.say.fault(fault) };
            worklist::mend(&here, &query, &sent, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error.into()),
    }
}

/// What came too late, as a code: an address carries no sentence that a page would repeat.
fn code(late: &Late) -> &'static str {
    match late {
        Late::TakenBy(_) => "taken",
        Late::ResolvedBy(_) => "resolved",
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
