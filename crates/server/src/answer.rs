//! From what a handler found to what the browser gets.

use crate::App;
use crate::say::{Say, lang_for, lang_of};
use crate::view::clinic::{ClinicMessagePage, ClinicShell};
use crate::view::patient::{MessageKind, MessagePage, PatientShell};
use crate::view::shared::{FormTarget, Link};
use crate::view::words::{Lang, Words};
use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use lamella_desk::{DeskError, Late};

/// Why a page could not be shown.
#[derive(Debug)]
pub(crate) enum Fail {
    /// Nobody is signed in.
    SignedOut,
    /// There is no such page, or it is somebody else's: the two look the same from outside.
    NotFound,
    /// The form's token is not ours.
    FormExpired,
    /// The request itself cannot be taken: too large, too slow, or nothing that can be read.
    Refused(StatusCode),
    /// Our fault.
    Ours(String),
}

/// The page for a request that cannot be taken.
pub(crate) fn refusal(app: &App, clinic: bool, lang: Lang, status: StatusCode) -> Response {
    Fail::Refused(status).answer(app, clinic, lang)
}

/// What to do about a request that cannot be taken, where it is more than looking at it again.
fn way_out(say: Say, fail: &Fail) -> Option<String> {
    match fail {
        Fail::Refused(StatusCode::PAYLOAD_TOO_LARGE) => Some(say.say(
            "It is longer than this page can take. Nothing was stored: go back, shorten it and send it again.",
            "Es más largo de lo que admite esta página. No se ha guardado nada: vuelva atrás, acórtelo y envíelo otra vez.",
        )),
        Fail::Refused(StatusCode::REQUEST_TIMEOUT) => Some(say.say(
            "The connection was too slow, and nothing was stored. Please go back and send it again.",
            "La conexión era demasiado lenta y no se ha guardado nada. Vuelva atrás y envíelo otra vez.",
        )),
        _ => None,
    }
}

impl From<DeskError> for Fail {
    fn from(error: DeskError) -> Fail {
        match error {
            DeskError::NoPatient(_) | DeskError::NoAlert(_) => Fail::NotFound,
            DeskError::Late(Late::Sent) | DeskError::Refused(_) => Fail::FormExpired,
            error => Fail::Ours(error.to_string()),
        }
    }
}

impl From<askama::Error> for Fail {
    fn from(error: askama::Error) -> Fail {
        Fail::Ours(error.to_string())
    }
}

impl Fail {
    /// The page that says so, on the patient's or the clinic's side.
    pub(crate) fn answer(self, app: &App, clinic: bool, lang: Lang) -> Response {
        let (kind, status) = match &self {
            Fail::Refused(status) => (MessageKind::NotUnderstood, *status),
            Fail::SignedOut => (MessageKind::SignedOut, StatusCode::UNAUTHORIZED),
            Fail::NotFound => (MessageKind::NotFound, StatusCode::NOT_FOUND),
            Fail::FormExpired => (MessageKind::FormExpired, StatusCode::FORBIDDEN),
            Fail::Ours(_) => (MessageKind::Failed, StatusCode::INTERNAL_SERVER_ERROR),
        };
        let reference = match &self {
            Fail::Ours(why) => {
                let reference = uuid::Uuid::now_v7().simple().to_string().chars().rev().take(8).collect::<String>();
                tracing::error!(%reference, %why, "a page failed");
                Some(reference)
            }
            _ => None,
        };
        let text = way_out(Say::new(app, lang), &self);
        let page = if clinic {
            clinic_message(app, kind, text, reference, lang)
        } else {
            message(Say::new(app, lang), kind, text, reference).render()
        };
        match page {
            Ok(page) => (status, Html(page)).into_response(),
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "This page failed. If you need help now, call the clinic.").into_response(),
        }
    }
}

/// A page of the patient's side that says what happened, with every number that helps now.
pub(crate) fn message(say: Say, kind: MessageKind, text: Option<String>, reference: Option<String>) -> MessagePage {
    let t = say.t();
    let shell = PatientShell {
        title: t.w(kind.title()).to_string(),
        date: None,
        back: None,
        help_href: format!("/help?lang={}", say.lang.code()),
        nav: vec![],
        synthetic: false,
    };
    let signed_out = matches!(kind, MessageKind::SignedOut | MessageKind::NowSignedOut | MessageKind::NotAllowed);
    let next = (!signed_out).then(|| Link { href: "/today".to_string(), text: t.w(crate::view::words::Word::GoToToday).to_string() });
    let mut calls = say.every_line();
    if kind == MessageKind::Failed {
        // Answers may have been on their way that nobody has judged.
        let emergency = say.call_emergency();
        calls.retain(|call| *call != emergency);
        calls.insert(0, emergency);
    }
    MessagePage { t, shell, kind, text, reference, calls, next }
}

fn clinic_message(app: &App, kind: MessageKind, text: Option<String>, reference: Option<String>, lang: Lang) -> askama::Result<String> {
    let t = Words::new(lang);
    let shell = ClinicShell {
        title: t.w(kind.title()).to_string(),
        clinic: app.setup().clinic.clone(),
        staff: String::new(),
        nav: vec![],
        sign_out: FormTarget::default(),
        switch: true,
        notice: None,
        undo: None,
    };
    let (href, words) = match kind {
        MessageKind::SignedOut => ("/clinic/sign-in", crate::view::words::Word::SignIn),
        _ => ("/clinic", crate::view::words::Word::ToAnswer),
    };
    let next = Some(Link { href: href.to_string(), text: t.w(words).to_string() });
    ClinicMessagePage { t, shell, kind, text, reference, next }.render()
}

impl App {
    /// Runs a handler of the patient's side off the reactor and renders what comes of it.
    pub(crate) async fn patient_side(
        self,
        headers: HeaderMap,
        work: impl FnOnce(&App, &HeaderMap) -> Result<Response, Fail> + Send + 'static,
    ) -> Response {
        self.side(headers, false, work).await
    }

    /// The same on the clinic's side; who is not signed in is sent to sign in.
    pub(crate) async fn clinic_side(
        self,
        headers: HeaderMap,
        work: impl FnOnce(&App, &HeaderMap) -> Result<Response, Fail> + Send + 'static,
    ) -> Response {
        self.side(headers, true, work).await
    }

    async fn side(
        self,
        headers: HeaderMap,
        clinic: bool,
        work: impl FnOnce(&App, &HeaderMap) -> Result<Response, Fail> + Send + 'static,
    ) -> Response {
        let app = self.clone();
        let mut lang = lang_of(&headers);
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&app, &headers);
            // A page that says what failed says it in the person's language.
            let own = if done.is_err() && !clinic { app.phone(&headers).ok().map(|phone| lang_for(&phone.patient)) } else { None };
            (done, own)
        });
        let (done, own) = done.await.unwrap_or_else(|error| (Err(Fail::Ours(error.to_string())), None));
        lang = own.unwrap_or(lang);
        match done {
            Ok(response) => response,
            Err(Fail::SignedOut) if clinic => crate::guard::onward("/clinic/sign-in", &[]),
            Err(fail) => fail.answer(&self, clinic, lang),
        }
    }
}

/// A page as a reply.
pub(crate) fn page(page: &impl Template) -> Result<Response, Fail> {
    Ok(Html(page.render()?).into_response())
}

/// A page with another status, such as a form that has to be mended.
pub(crate) fn page_with(status: StatusCode, page: &impl Template) -> Result<Response, Fail> {
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.render()?).into_response())
}

/// Any address that is not ours.
pub(crate) async fn not_found(State(app): State<App>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    let clinic = uri.path().starts_with("/clinic");
    app.side(headers, clinic, |_, _| Err(Fail::NotFound)).await
}

/// The fields of a form, in order, repeated ones repeated.
pub(crate) struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty when it is not there.
    pub(crate) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(there, _)| there == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether a field came more than once: of one that has one answer nobody can say which is meant.
    pub(crate) fn many(&self, name: &str) -> bool {
        self.0.iter().filter(|(there, _)| there == name).count() > 1
    }

    /// All values of a field that are not empty.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(there, value)| there == name && !value.trim().is_empty()).map(|(_, value)| value.clone()).collect()
    }

    /// Whether the form carries this token.
    pub(crate) fn proves(&self, csrf: &str) -> Result<(), Fail> {
        if crate::guard::same(self.one("csrf"), csrf) { Ok(()) } else { Err(Fail::FormExpired) }
    }
}
