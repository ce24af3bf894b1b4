//! An invitation: opening the link shows a button; only the button uses it up.

use crate::App;
use crate::answer::{Fail, page_with};
use crate::guard::onward;
use crate::say::{Say, lang_for, lang_of};
use crate::view::patient::{InvitationLostPage, InvitationPage, Lost, PatientShell};
use crate::view::shared::FormTarget;
use crate::view::words::{Lang, Word};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lamella_desk::Invited;

/// Shows it, and changes nothing.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap, Path(secret): Path<String>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let invitation = match app.desk().invitation(&secret, app.now())? {
            Invited::Open(invitation) => invitation,
            other => return lost(app, headers, why(&other)),
        };
        let patient = app.desk().patient(&invitation.patient)?;
        let say = Say::new(app, lang_for(&patient));
        let until = app.desk().person_moment(&patient, invitation.until);
        let expires = format!("{}, {}", say.date(until.date()), say.time(until));
        let t = say.t();
        let shown = InvitationPage {
            t,
            shell: shell(say, t.w(Word::InvitationTitle)),
            clinic: app.setup().clinic.clone(),
            form: FormTarget { action: format!("/i/{secret}"), csrf: String::new(), hidden: vec![] },
            expires: say.say(format!("This invitation holds until {expires}."), format!("Esta invitación vale hasta el {expires}.")),
            languages: vec![],
        };
        page_with(StatusCode::OK, &shown)
    };
    app.patient_side(headers, work).await
}

/// Takes it: the phone is signed in.
pub(crate) async fn accept(State(app): State<App>, headers: HeaderMap, Path(secret): Path<String>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| match app.desk().accept(&secret, app.now())? {
        Ok(device) => Ok(onward("/today", &[app.phone_cookie(&device.0)])),
        Err(other) => lost(app, headers, why(&other)),
    };
    app.patient_side(headers, work).await
}

fn why(invited: &Invited) -> Lost {
    match invited {
        Invited::Used => Lost::Used,
        Invited::Expired => Lost::Expired,
        Invited::Unknown | Invited::Open(_) => Lost::Unknown,
    }
}

fn lost(app: &App, headers: &HeaderMap, lost: Lost) -> Result<Response, Fail> {
    // A phone that has taken it already finds its way from here.
    let phone = app.phone(headers).ok();
    let lang = phone.as_ref().map_or(lang_of(headers), |phone| lang_for(&phone.patient));
    let say = Say::new(app, lang);
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
