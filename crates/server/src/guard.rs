//! Who is asking, and what every answer carries.

use crate::App;
use crate::answer::Fail;
use crate::say::lang_of;
use crate::view::words::Lang;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lamella_desk::{Device, Staff};
use lamella_record::Patient;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio_stream::StreamExt;

/// The cookie of a patient's phone.
pub(crate) const PHONE: &str = "lamella_phone";
/// The cookie of the clinic's staff.
pub(crate) const STAFF: &str = "lamella_staff";
/// The cookie of the language that was chosen at the clinic; the patient's side never sees it.
pub(crate) const LANGUAGE: &str = "lamella_language";
/// How long a choice of language holds, in seconds.
const LANGUAGE_SECONDS: i64 = 365 * 86_400;
/// How long a phone's cookie holds, in seconds.
const PHONE_SECONDS: i64 = 550 * 86_400;
/// How long a staff cookie holds, in seconds.
const STAFF_SECONDS: i64 = 12 * 3600;

/// No inline code, nothing from elsewhere, no frame around us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
    manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Refuses forms that come from elsewhere, adds what every answer carries, and logs the request without anything in it that
/// could name a person.
pub(crate) async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let foreign = method != Method::GET && method != Method::HEAD && comes_from_elsewhere(request.headers());
    let kept = request.uri().path().starts_with("/static/");
    let clinic = request.uri().path().starts_with("/clinic");
    let began = std::time::Instant::now();
    let asked = Asked::of(&request);
    let mut response = if foreign {
        Fail::FormExpired.answer(&app, clinic, asked.lang)
    } else if let Some((lang, address)) = in_a_language(&request).filter(|_| clinic) {
        onward(&address, &[app.language_cookie(lang)])
    } else {
        match read_whole(request).await {
            Ok(request) => in_our_words(&app, &asked, next.run(request).await),
            Err(status) => refusal(&app, &asked, status),
        }
    };
    let headers = response.headers_mut();
    // A filed rehearsal styles itself and brings a policy of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    if app.setup().address.starts_with("https") {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if !kept {
        set(header::CACHE_CONTROL, "no-store");
    }
    tracing::info!(%method, status = response.status().as_u16(), millis = began.elapsed().as_millis() as u64, "answered");
    response
}

/// A page that is asked for in a language (`?lang=es`): the language, and the page's address without it.
///
/// The switch is a link that names nothing else, so the rest of the address comes from the page that it stood on. A page that answered
/// a form stands where only forms go; then it is the page of the person, or the list.
fn in_a_language(request: &Request) -> Option<(Lang, String)> {
    let uri = request.uri();
    let code = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    let lang = Lang::from_code(code).filter(|_| request.method() == Method::GET)?;
    let from = request.headers().get(header::REFERER).and_then(|from| from.to_str().ok()?.parse::<Uri>().ok());
    let from = from.filter(|from| from.path() == uri.path());
    let query = from.as_ref().unwrap_or(uri).query().unwrap_or_default();
    let rest: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
    let page = match uri.path().split('/').collect::<Vec<_>>().as_slice() {
        ["", "clinic", "patients", patient, _] => format!("/clinic/patients/{patient}"),
        ["", "clinic", "sign-out"] => "/clinic".to_string(),
        _ => uri.path().to_string(),
    };
    Some((lang, if rest.is_empty() { page } else { format!("{page}?{}", rest.join("&")) }))
}

/// What is sent at most: a batch of 500 check-ins has a quarter of it.
const BODY_BYTES: usize = 2 * 1024 * 1024;
/// How long the next piece of what is sent may take: a phone in a lift finds its network again, or sends it anew.
const PIECE: Duration = Duration::from_secs(20);
/// How long all of it may take.
const WHOLE: Duration = Duration::from_secs(120);

/// Reads what is sent, within bounds of size and time: nobody holds the line for long.
async fn read_whole(request: Request) -> Result<Request, StatusCode> {
    let (parts, body) = request.into_parts();
    let declared = parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > BODY_BYTES) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let reading = async {
        let (mut whole, mut pieces) = (vec![], body.into_data_stream());
        loop {
            match tokio::time::timeout(PIECE, pieces.next()).await {
                Ok(Some(Ok(piece))) if whole.len() + piece.len() > BODY_BYTES => return Err(StatusCode::PAYLOAD_TOO_LARGE),
                Ok(Some(Ok(piece))) => whole.extend_from_slice(&piece),
                Ok(Some(Err(_))) => return Err(StatusCode::BAD_REQUEST),
                Ok(None) => return Ok(whole),
                Err(_) => return Err(StatusCode::REQUEST_TIMEOUT),
            }
        }
    };
    let whole = tokio::time::timeout(WHOLE, reading).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))?;
    Ok(Request::from_parts(parts, Body::from(whole)))
}

/// What a refusal has to know of the request.
struct Asked {
    path: String,
    lang: Lang,
}

impl Asked {
    fn of(request: &Request) -> Asked {
        Asked { path: request.uri().path().to_string(), lang: lang_of(request.headers()) }
    }
}

/// A refusal by what stands under us is plain English about types; people get a page, programs get JSON.
fn in_our_words(app: &App, asked: &Asked, response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let ours = !response.status().is_client_error() || !(kind.is_empty() || kind.starts_with("text/plain"));
    let for_scripts = asked.path.starts_with("/static/") || asked.path == "/clinic/live";
    if ours || for_scripts { response } else { refusal(app, asked, response.status()) }
}

fn refusal(app: &App, asked: &Asked, status: StatusCode) -> Response {
    if asked.path.starts_with("/api/") {
        let what = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "the body is larger than 2 MB; send it in parts",
            StatusCode::REQUEST_TIMEOUT => "the body did not arrive in time; send it again",
            StatusCode::METHOD_NOT_ALLOWED => "this address takes POST only",
            _ => "the request could not be read; send a JSON list of events",
        };
        return (status, axum::Json(serde_json::json!({ "error": what }))).into_response();
    }
    crate::answer::refusal(app, asked.path.starts_with("/clinic"), asked.lang, status)
}

/// A browser says where a form comes from; what is not from here is refused.
fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    match headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) {
        Some(origin) => origin.split_once("://").is_none_or(|(_, from)| from != host),
        None => false,
    }
}

/// A patient's phone, signed in.
#[derive(Debug, Clone)]
pub(crate) struct Phone {
    pub device: Device,
    pub patient: Patient,
}

impl App {
    /// The phone that asks.
    pub(crate) fn phone(&self, headers: &HeaderMap) -> Result<Phone, Fail> {
        let secret = cookie(headers, PHONE).ok_or(Fail::SignedOut)?;
        let device = self.desk().device(&secret, self.now())?.ok_or(Fail::SignedOut)?;
        let patient = self.desk().patient(&device.patient)?;
        Ok(Phone { device, patient })
    }

    /// The member of staff who asks.
    pub(crate) fn nurse(&self, headers: &HeaderMap) -> Result<Staff, Fail> {
        let secret = cookie(headers, STAFF).ok_or(Fail::SignedOut)?;
        self.desk().staff(&secret, self.now())?.ok_or(Fail::SignedOut)
    }

    /// The header that signs a phone in.
    pub(crate) fn phone_cookie(&self, secret: &str) -> String {
        self.set_cookie(PHONE, secret, "/", PHONE_SECONDS)
    }

    /// The header that signs staff in.
    pub(crate) fn staff_cookie(&self, secret: &str) -> String {
        self.set_cookie(STAFF, secret, "/", STAFF_SECONDS)
    }

    /// The header that keeps the language that was chosen at the clinic.
    pub(crate) fn language_cookie(&self, lang: Lang) -> String {
        self.set_cookie(LANGUAGE, lang.code(), "/clinic", LANGUAGE_SECONDS)
    }

    /// The header that takes a cookie back.
    pub(crate) fn drop_cookie(&self, name: &str) -> String {
        self.set_cookie(name, "", "/", 0)
    }

    fn set_cookie(&self, name: &str, value: &str, path: &str, seconds: i64) -> String {
        let secure = if self.setup().address.starts_with("https") { "; Secure" } else { "" };
        format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }
}

/// A cookie's value.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(there, value)| *there == name && !value.is_empty()).map(|(_, value)| value.to_string())
}

/// Compares without telling by time how much was right.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0u8, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// Failed sign-ins by login, so that nobody can try for long.
#[derive(Default)]
pub(crate) struct Attempts {
    failed: Mutex<HashMap<String, (u32, i64)>>,
}

impl Attempts {
    /// Tries that are free.
    const FREE: u32 = 5;
    /// How long one has to wait after them, in seconds.
    const WAIT: i64 = 60;

    /// Seconds to wait before this login may be tried again; 0 when it may be tried now.
    pub(crate) fn wait(&self, login: &str, now: i64) -> i64 {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.retain(|_, (_, last)| now - *last < Self::WAIT);
        match failed.get(&login.to_lowercase()) {
            Some((count, last)) if *count >= Self::FREE => Self::WAIT - (now - last),
            _ => 0,
        }
    }

    /// A sign-in failed.
    pub(crate) fn fail(&self, login: &str, now: i64) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = failed.entry(login.to_lowercase()).or_insert((0, now));
        *entry = (entry.0 + 1, now);
    }

    /// A sign-in succeeded.
    pub(crate) fn forget(&self, login: &str) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(&login.to_lowercase());
    }
}

/// A reply that sends the browser on, with cookies.
pub(crate) fn onward(to: &str, cookies: &[String]) -> Response {
    let response = (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_string())]).into_response();
    cookies.iter().fold(response, |response, cookie| with_cookie(response, cookie))
}

/// A reply with a cookie.
pub(crate) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_then_a_wait_then_again() {
        let attempts = Attempts::default();
        for _ in 0..5 {
            assert_eq!(attempts.wait("nora", 100), 0);
            attempts.fail("Nora", 100);
        }
        assert_eq!(attempts.wait("nora", 130), Attempts::WAIT - 30);
        assert_eq!(attempts.wait("somebody-else", 130), 0);
        assert_eq!(attempts.wait("nora", 100 + Attempts::WAIT), 0);
    }

    #[test]
    fn a_form_from_elsewhere_is_known() {
        let from = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            comes_from_elsewhere(&headers)
        };
        assert!(!from(&[("host", "a.example"), ("origin", "https://a.example")]));
        assert!(from(&[("host", "a.example"), ("origin", "https://b.example")]));
        assert!(from(&[("host", "a.example"), ("origin", "null")]));
        assert!(from(&[("sec-fetch-site", "cross-site")]));
        assert!(!from(&[("sec-fetch-site", "same-origin")]));
        assert!(!from(&[("host", "a.example")]));
    }
}
