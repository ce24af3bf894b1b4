//! Staff sign in and out. A form that was sent too late goes through the sign-in and comes back as it was typed.

use super::act::{self, Act};
use super::{Here, patients, record};
use crate::App;
use crate::answer::{Fail, Fields, page, page_with};
use crate::guard::{STAFF, onward, with_cookie};
use crate::say::{Say, lang_of};
use crate::view::clinic::SignInPage;
use crate::view::shared::{FormTarget, Hidden};
use crate::view::words::Lang;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lamella_desk::Secret;

/// The form.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| page(&blank(Say::new(app, lang_of(headers)), vec![]));
    app.patient_side(headers, work).await
}

/// The form for somebody whose time was over while they were typing: what they sent waits in it, and goes on with them.
pub(crate) fn keeping(app: &App, headers: &HeaderMap, address: &str, fields: &Fields) -> Result<Response, Fail> {
    let carried = fields.0.iter().filter(|(name, _)| name != "csrf").map(|(name, value)| (format!("{CARRIED}{name}"), value.clone()));
    let carried = [("then".to_string(), address.to_string())].into_iter().chain(carried);
    page_with(StatusCode::UNAUTHORIZED, &blank(Say::new(app, lang_of(headers)), carried.collect()))
}

/// What a field is called while it waits in the sign-in.
const CARRIED: &str = "kept-";

/// What waits in a sign-in, as it was when it was sent: where to, and its fields.
fn carried(fields: &Fields) -> Option<(String, Fields)> {
    let address = Some(fields.one("then")).filter(|address| !address.is_empty())?;
    let kept = fields.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(CARRIED)?.to_string(), value.clone())));
    Some((address.to_string(), Fields(kept.collect())))
}

/// What waits, for as long as it does.
fn waits(say: Say, address: &str) -> String {
    match Act::of_address(address) {
        Some((Act::Take, _)) => say.say(
            "You had been signed out, and nothing was taken. Sign in: the same patient comes back, and you can take it again.",
            "Su sesión se había cerrado y no se ha tomado nada. Entre: volverá al mismo paciente y podrá tomarlo otra vez.",
        ),
        _ => say.say(
            "You had been signed out. What you typed is kept: sign in, and you can send it again.",
            "Su sesión se había cerrado. Lo que escribió se conserva: entre y podrá enviarlo otra vez.",
        ),
    }
}

fn blank(say: Say, carried: Vec<(String, String)>) -> SignInPage {
    let app = say.app;
    let notice = carried.iter().find(|(name, address)| name == "then" && !address.is_empty()).map(|(_, address)| waits(say, address));
    let hidden = carried.into_iter().map(|(name, value)| Hidden { name, value }).collect();
    SignInPage {
        t: say.t(),
        clinic: app.setup().clinic.clone(),
        form: FormTarget { action: "/clinic/sign-in".to_string(), csrf: String::new(), hidden },
        login: String::new(),
        error: None,
        notice,
        demo: app
            .setup()
            .demo
            .as_ref()
            .map(|(login, password)| say.say(format!("{login}, password {password}"), format!("{login}, contraseña {password}"))),
        help_href: format!("/help?lang={}", say.lang.code()),
    }
}

/// Signs in, or says why not; never which of the two was wrong.
pub(crate) async fn enter(State(app): State<App>, headers: HeaderMap, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let fields = Fields(fields);
        let (login, now) = (fields.one("login").trim().to_string(), app.now());
        // The switch of the language: what was typed or waits goes through it.
        if let Some(lang) = Lang::from_code(fields.one("lang")) {
            let page = page(&SignInPage { login, ..blank(Say::new(app, lang), waiting(&fields)) })?;
            return Ok(with_cookie(page, &app.language_cookie(lang)));
        }
        let say = Say::new(app, lang_of(headers));
        let wait = app.attempts().wait(&login, now.as_second());
        if wait > 0 {
            let error =
                say.say("Too many tries. Wait 1 minute, then try again.", "Demasiados intentos. Espere 1 minuto y vuelva a intentarlo.");
            return refused(say, &fields, login, error, StatusCode::TOO_MANY_REQUESTS);
        }
        // Counted before it is tried, so that many at once are no way around.
        app.attempts().fail(&login, now.as_second());
        match app.desk().sign_in(&login, fields.one("password"), now)? {
            Some(secret) => {
                app.attempts().forget(&login);
                let cookie = app.staff_cookie(&secret.0);
                match went_on(app, headers, &secret, &fields)? {
                    Some(page) => Ok(with_cookie(page, &cookie)),
                    None => Ok(onward("/clinic", &[cookie])),
                }
            }
            None => {
                let error = say.say("Login and password do not match.", "El usuario y la contraseña no coinciden.");
                refused(say, &fields, login, error, StatusCode::UNAUTHORIZED)
            }
        }
    };
    // A password costs memory and time: only so many at once, whoever asks.
    let turns = app.clone();
    let _turn = turns.sign_in_turn().await;
    app.patient_side(headers, work).await
}

fn refused(say: Say, fields: &Fields, login: String, error: String, status: StatusCode) -> Result<Response, Fail> {
    page_with(status, &SignInPage { login, error: Some(error), ..blank(say, waiting(fields)) })
}

/// The fields of a sign-in that something waits in.
fn waiting(fields: &Fields) -> Vec<(String, String)> {
    fields.0.iter().filter(|(name, _)| name == "then" || name.starts_with(CARRIED)).cloned().collect()
}

/// The page on which what waited in the sign-in is looked at and sent again; none where nothing waited.
fn went_on(app: &App, headers: &HeaderMap, secret: &Secret, fields: &Fields) -> Result<Option<Response>, Fail> {
    let Some((address, kept)) = carried(fields) else { return Ok(None) };
    let Some(staff) = app.desk().staff(&secret.0, app.now())? else { return Ok(None) };
    let here = Here::of(app, staff, headers);
    let page = act::resume(&here, &address, &kept).or_else(|| patients::resume(&here, &address, &kept));
    page.or_else(|| record::resume(&here, &address, &kept)).transpose()
}

/// Signs out.
pub(crate) async fn leave(State(app): State<App>, headers: HeaderMap, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let staff = app.nurse(headers)?;
        Fields(fields).proves(&staff.csrf)?;
        app.desk().sign_out(&staff.hash)?;
        // Pages that listen ask again whether they may.
        app.tell_changed();
        Ok(onward("/clinic/sign-in", &[app.drop_cookie(STAFF)]))
    };
    app.clinic_side(headers, work).await
}
