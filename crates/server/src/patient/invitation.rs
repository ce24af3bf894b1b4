//! An invitation: opening the link shows a button; only the button uses it up. The language it is read in is kept with it.

use super::help::{address_in, chosen, is_offered, languages, read_in};
use crate::App;
use crate::answer::{Fail, page_with};
use crate::guard::onward;
use crate::say::{Say, lang_for};
use crate::view::patient::{InvitationLostPage, InvitationPage, Lost, PatientShell};
use crate::view::shared::FormTarget;
use crate::view::words::{Lang, Word};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lamella_desk::Invited;
use serde_json::Value;
use std::collections::HashMap;

/// What an address asks for beside its path.
type Asked = Query<HashMap<String, String>>;

/// Shows it, in the language that was chosen here or else at the clinic, and changes nothing.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap, Path(secret): Path<String>, Query(query): Asked) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let invitation = match app.desk().invitation(&secret, app.now())? {
            Invited::Open(invitation) => invitation,
            other => return lost(app, headers, &query, why(&other)),
        };
        let patient = app.desk().patient(&invitation.patient)?;
        let choice = chosen(&query).filter(|lang| is_offered(app, *lang));
        let say = Say::new(app, choice.unwrap_or(lang_for(&patient)));
        let until = app.desk().person_moment(&patient, invitation.until);
        let expires = format!("{}, {}", say.date(until.date()), say.time(until));
        let t = say.t();
        let here = format!("/i/{secret}");
        let shown = InvitationPage {
            t,
            shell: shell(say, t.w(Word::InvitationTitle)),
            clinic: app.setup().clinic.clone(),
            form: FormTarget { action: choice.map_or(here.clone(), |lang| address_in(&here, lang)), csrf: String::new(), hidden: vec![] },
            expires: say.say(format!("This invitation holds until {expires}."), format!("Esta invitación vale hasta el {expires}.")),
            languages: languages(say, &here),
        };
        page_with(StatusCode::OK, &shown)
    };
    app.patient_side(headers, work).await
}

/// Takes it: the phone is signed in, and reads on in the language that was chosen.
pub(crate) async fn accept(State(app): State<App>, headers: HeaderMap, Path(secret): Path<String>, Query(query): Asked) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        // Before the link is used up: what fails here can be tried again.
        if let Some(lang) = chosen(&query).filter(|lang| is_offered(app, *lang)) {
            keep(app, &secret, lang)?;
        }
        match app.desk().accept(&secret, app.now())? {
            Ok(device) => Ok(onward("/today", &[app.phone_cookie(&device.0)])),
            Err(other) => lost(app, headers, &query, why(&other)),
        }
    };
    app.patient_side(headers, work).await
}

/// Keeps the language that was chosen by whoever holds an open invitation.
fn keep(app: &App, secret: &str, lang: Lang) -> Result<(), Fail> {
    let Invited::Open(invitation) = app.desk().invitation(secret, app.now())? else { return Ok(()) };
    let mut patient = app.desk().patient(&invitation.patient)?;
    if lang_for(&patient) != lang {
        patient.rest.insert("language".to_string(), Value::from(lang.code()));
        app.desk().put_patient(&patient, app.now())?;
    }
    Ok(())
}

fn why(invited: &Invited) -> Lost {
    match invited {
        Invited::Used => Lost::Used,
        Invited::Expired => Lost::Expired,
        Invited::Unknown | Invited::Open(_) => Lost::Unknown,
    }
}

fn lost(app: &App, headers: &HeaderMap, query: &HashMap<String, String>, lost: Lost) -> Result<Response, Fail> {
    // A phone that has taken it already finds its way from here.
    let phone = app.phone(headers).ok();
    let say = Say::new(app, read_in(app, headers, query));
    let shown = InvitationLostPage {
        t: say.t(),
        shell: shell(say, say.t().w(lost.title())),
        lost,
        call: say.call_clinic(),
        today_href: phone.map(|_| "/today".to_string()),
    };
    page_with(StatusCode::GONE, &shown)
}

fn shell(say: Say, title: &str) -> PatientShell {
    let help_href = format!("/help?lang={}", if say.lang == Lang::Es { "es" } else { "en" });
    PatientShell { title: title.to_string(), date: None, back: None, help_href, nav: vec![], synthetic: false }
}
