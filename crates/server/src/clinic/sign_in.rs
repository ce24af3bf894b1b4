//! Staff sign in and out.

use crate::App;
use crate::answer::{Fail, Fields, page, page_with};
use crate::guard::{STAFF, onward};
use crate::say::{Say, lang_of};
use crate::view::clinic::SignInPage;
use crate::view::shared::FormTarget;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// The form.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| page(&blank(app, headers));
    app.patient_side(headers, work).await
}

fn blank(app: &App, headers: &HeaderMap) -> SignInPage {
    let say = Say::new(app, lang_of(headers));
    SignInPage {
        t: say.t(),
        clinic: app.setup().clinic.clone(),
        form: FormTarget { action: "/clinic/sign-in".to_string(), csrf: String::new(), hidden: vec![] },
        login: String::new(),
        error: None,
        notice: None,
        demo: app
            .setup()
            .demo
            .as_ref()
            .map(|(login, password)| say.say(format!("{login}, password {password}"), format!("{login}, contraseña {password}"))),
        help_href: "/help".to_string(),
    }
}

/// Signs in, or says why not; never which of the two was wrong.
pub(crate) async fn enter(State(app): State<App>, headers: HeaderMap, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let fields = Fields(fields);
        let (login, now) = (fields.one("login").trim().to_string(), app.now());
        let say = Say::new(app, lang_of(headers));
        let wait = app.attempts().wait(&login, now.as_second());
        if wait > 0 {
            let error =
                say.say("Too many tries. Wait 1 minute, then try again.", "Demasiados intentos. Espere 1 minuto y vuelva a intentarlo.");
            return refused(app, headers, login, error, StatusCode::TOO_MANY_REQUESTS);
        }
        // Counted before it is tried, so that many at once are no way around.
        app.attempts().fail(&login, now.as_second());
        match app.desk().sign_in(&login, fields.one("password"), now)? {
            Some(secret) => {
                app.attempts().forget(&login);
                Ok(onward("/clinic", &[app.staff_cookie(&secret.0)]))
            }
            None => {
                let error = say.say("Login and password do not match.", "El usuario y la contraseña no coinciden.");
                refused(app, headers, login, error, StatusCode::UNAUTHORIZED)
            }
        }
    };
    // A password costs memory and time: only so many at once, whoever asks.
    let turns = app.clone();
    let _turn = turns.sign_in_turn().await;
    app.patient_side(headers, work).await
}

fn refused(app: &App, headers: &HeaderMap, login: String, error: String, status: StatusCode) -> Result<Response, Fail> {
    page_with(status, &SignInPage { login, error: Some(error), ..blank(app, headers) })
}

/// Signs out.
pub(crate) async fn leave(State(app): State<App>, headers: HeaderMap, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let staff = app.nurse(headers)?;
        Fields(fields).proves(&staff.csrf)?;
        app.desk().sign_out(&staff.hash)?;
        Ok(onward("/clinic/sign-in", &[app.drop_cookie(STAFF)]))
    };
    app.clinic_side(headers, work).await
}
