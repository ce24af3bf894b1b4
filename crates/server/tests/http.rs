//! The server over HTTP: who may see what, what a wrong request gets, and what every answer carries.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use common::pages::{every_page, lent, new_patient};
use common::web::{Browser, Reply, attribute, tags};
use common::{ANA, BEN, House, PASSWORD, log};
use lamella_engine::alerts::AlertState;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read;
use std::time::{Duration, Instant};

// ---- who may come in ---------------------------------------------------------------------------------------------------------

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Patient,
    Clinic,
    Open,
}

/// Every route of the house, as its own source lists them: a new one is tested from its first day.
fn routes() -> Vec<(&'static str, &'static str, Side)> {
    let source = include_str!("../src/lib.rs");
    let mut routes = vec![];
    for part in source.split(".route(\"").skip(1) {
        let path = part.split('"').next().unwrap();
        let handlers = part.split(".fallback(").next().unwrap();
        let open = ["/", "/help", "/offline", "/signed-out", "/i/{secret}", "/clinic/sign-in", "/sw.js", "/static/{*path}"].contains(&path);
        let side = if open {
            Side::Open
        } else if path.starts_with("/clinic") {
            Side::Clinic
        } else {
            Side::Patient
        };
        for method in ["get", "post", "put", "patch", "delete"] {
            if handlers.contains(&format!(" {method}(")) || handlers.contains(&format!(".{method}(")) {
                routes.push((method, path, side));
            }
        }
    }
    assert!(routes.len() > 25, "the routes are read from src/lib.rs: {routes:?}");
    routes
}

/// A house where there is something to see: Ana has a verdict, an alert and a draft.
fn lived_in() -> House {
    let house = House::open();
    house.check_in(ANA.0, "ana-check-in", json!({ "bladder": "leaking" }));
    house.check_in(BEN.0, "ben-check-in", json!({ "weakness": "new" }));
    begin(&house, ANA.0, "function", "2");
    house
}

/// Answers one harmless question of the first screen: an opened form is no draft.
fn begin(house: &House, patient: &str, question: &str, answer: &str) {
    let mut phone = house.phone(patient);
    let mut form = phone.open("/check-in?page=page-pain").form("/check-in/page/page-pain").expect("its form");
    form.push((question.to_string(), answer.to_string()));
    assert_eq!(phone.post("/check-in/draft/page-pain", &lent(&form)).status, 204);
}

/// A route's address with Ana's ids in it.
fn with_anas(path: &str) -> String {
    path.replace("{patient}", ANA.0).replace("{event}", "ana-check-in").replace("{page}", "page-pain")
}

fn assert_no_data(reply: &Reply, what: &str) {
    let text = reply.text();
    for secret in [ANA.1, ANA.2, BEN.1, BEN.2, "ana-check-in", "ben-check-in", "bladder"] {
        assert!(!text.contains(secret), "{what} tells a stranger `{secret}`:\n{text}");
    }
}

fn refused(house: &House, who: &str, mut asks: impl FnMut(&str, &str) -> Reply, sides: &[Side]) {
    let before = house.kept();
    for (method, path, side) in routes().into_iter().filter(|(.., side)| sides.contains(side)) {
        let reply = asks(method, &with_anas(path));
        let what = format!("{method} {path} by {who}");
        match side {
            Side::Clinic if path == "/clinic/live" => assert_eq!(reply.status, 401, "{what}"),
            // What was to be taken is asked for again behind the sign-in: the page says what was sent, and nothing else.
            Side::Clinic if path.ends_with("/take") => {
                let text = reply.text().replace("name=\"kept-event\" value=\"ana-check-in\"", "");
                assert_eq!(reply.status, 401, "{what}: {text}");
                assert!(text.contains("id=\"sign-in\"") && !text.contains("ana-check-in") && !text.contains(ANA.1), "{what}: {text}");
                continue;
            }
            Side::Clinic => assert_eq!((reply.status, reply.location()), (303, "/clinic/sign-in"), "{what}: {}", reply.text()),
            _ => assert_eq!(reply.status, 401, "{what}: {}", reply.text()),
        }
        assert!(reply.header("set-cookie").is_empty(), "{what} gets a cookie");
        assert_no_data(&reply, &what);
    }
    assert_eq!(before, house.kept(), "{who} changed something");
}

fn asks(browser: &mut Browser, method: &str, path: &str) -> Reply {
    match method {
        "get" => browser.get(path),
        _ if path.starts_with("/api") => browser.json(path, "x", "[]"),
        _ => browser.post(path, &[("csrf", "x"), ("event", "ana-check-in"), ("alert", "x")]),
    }
}

#[test]
fn a_stranger_gets_nothing() {
    let house = lived_in();
    let mut nobody = house.stranger();
    refused(&house, "a stranger", |method, path| asks(&mut nobody, method, path), &[Side::Patient, Side::Clinic]);
    let mut forger = house.stranger();
    for name in ["lamella_phone", "lamella_staff"] {
        forger.cookies.insert(name.to_string(), "A".repeat(43));
    }
    refused(&house, "a forger", |method, path| asks(&mut forger, method, path), &[Side::Patient, Side::Clinic]);
    assert_eq!((nobody.get("/").status, nobody.get("/").location()), (303, "/clinic"));
}

#[test]
fn a_phone_is_nobody_at_the_clinic_and_a_nurse_is_no_phone() {
    let house = lived_in();
    let mut phone = house.phone(ANA.0);
    phone.cookies.insert("lamella_staff".to_string(), phone.cookies["lamella_phone"].clone());
    refused(&house, "a phone", |method, path| asks(&mut phone, method, path), &[Side::Clinic]);
    let mut nurse = house.nurse("nora");
    nurse.cookies.insert("lamella_phone".to_string(), nurse.cookies["lamella_staff"].clone());
    refused(&house, "a nurse", |method, path| asks(&mut nurse, method, path), &[Side::Patient]);
    // An invitation opens no page by itself, whatever cookie it is put into.
    let secret = house.invite(ANA.0).trim_start_matches("/i/").to_string();
    let mut invited = house.stranger();
    for name in ["lamella_phone", "lamella_staff"] {
        invited.cookies.insert(name.to_string(), secret.clone());
    }
    refused(&house, "an invitation", |method, path| asks(&mut invited, method, path), &[Side::Patient, Side::Clinic]);
}

#[test]
fn nobody_comes_in_after_signing_out_or_after_the_time() {
    let house = lived_in();
    let mut phone = house.phone(ANA.0);
    let kept = phone.clone();
    let csrf = phone.get("/me").csrf();
    let reply = phone.post("/sign-out", &[("csrf", &csrf)]);
    assert_eq!((reply.status, reply.location()), (303, "/signed-out?lang=en"));
    let page = words(&phone.get("/signed-out?lang=en").text());
    assert!(page.contains("You are signed out") && page.contains("555 0199") && page.contains("911"), "{page}");
    assert!(phone.cookies.is_empty(), "the cookie is taken back");
    let mut thief = kept;
    refused(&house, "a phone that signed out", |method, path| asks(&mut thief, method, path), &[Side::Patient]);
    let mut nurse = house.nurse("nora");
    let mut kept = nurse.clone();
    let csrf = nurse.get("/clinic").csrf();
    assert_eq!(nurse.post("/clinic/sign-out", &[("csrf", &csrf)]).location(), "/clinic/sign-in");
    refused(&house, "a nurse who signed out", |method, path| asks(&mut kept, method, path), &[Side::Clinic]);
    let mut nurse = house.nurse("nora");
    house.later(12 * 3600 - 60);
    assert_eq!(nurse.get("/clinic/patients").status, 200, "twelve hours hold");
    house.later(120);
    refused(&house, "a nurse after twelve hours", |method, path| asks(&mut nurse, method, path), &[Side::Clinic]);
}

#[test]
fn one_persons_phone_reaches_nothing_of_another() {
    let house = lived_in();
    let desk = house.desk();
    let (_, draft) = desk.draft(&desk.key(ANA.0)).unwrap().expect("Ana's draft");
    let mut ben = house.phone(BEN.0);
    let csrf = ben.get("/me").csrf();
    for path in ["/verdict/ana-check-in", "/check-in/correct/ana-check-in", &format!("/verdict/{}", draft.id)] {
        let reply = ben.get(path);
        assert_eq!(reply.status, 404, "{path}: {}", reply.text());
        let text = reply.text();
        assert!(!text.contains(ANA.1) && !text.contains("ana-check-in"), "{path}: {text}");
    }
    let before = house.kept();
    for (path, event) in [
        ("/check-in/draft/page-pain", "ana-check-in"),
        ("/check-in/page/page-pain", "ana-check-in"),
        ("/check-in/page/page-day", "ana-check-in"),
        ("/check-in/draft/page-safety", "ana-check-in"),
    ] {
        let reply = ben.post(path, &[("csrf", &csrf), ("event", event), ("pain", "9"), ("pain-worst", "9")]);
        assert!([303, 403].contains(&reply.status), "{path}: {}", reply.status);
        assert!(!reply.location().contains(event), "{path} leads to {}", reply.location());
        assert_no_data(&reply, path);
    }
    for corrects in ["ana-check-in", draft.id.as_str()] {
        let event = uuid_of(&draft.id);
        let reply = ben.post("/check-in/draft/page-pain", &[("csrf", &csrf), ("event", &event), ("corrects", corrects), ("pain", "9")]);
        assert_eq!(reply.status, 404, "there is no {corrects} of his to mend");
        assert_no_data(&reply, corrects);
        let reply = ben.post("/check-in/keep-first", &[("csrf", &csrf), ("event", &draft.id), ("corrects", corrects)]);
        assert_eq!(reply.location(), "/today");
    }
    assert_eq!(before, house.kept());
    // A check-in under the id of hers is his own.
    let hers = || format!("{:?} {:?}", desk.draft(&desk.key(ANA.0)).unwrap(), desk.record(ANA.0).unwrap().events);
    let before = hers();
    let reply = ben.post("/check-in/draft/page-pain", &[("csrf", &csrf), ("event", &draft.id), ("pain", "9"), ("pain-worst", "9")]);
    assert_no_data(&reply, "a draft of the same id");
    assert_eq!(before, hers());
    // An event of the same id is his own: hers stays as it was.
    let hers = format!("{:?}", desk.record(ANA.0).unwrap().events);
    let sent = json!([house.event(BEN.0, "ana-check-in", json!({}))]).to_string();
    assert_eq!(receipts(&ben.json("/api/events", &csrf, &sent))[0]["outcome"], "stored");
    assert_eq!(hers, format!("{:?}", desk.record(ANA.0).unwrap().events));
    assert_eq!(ben.get("/verdict/ana-check-in").status, 200, "now there is one of his own");
}

#[test]
fn one_clinic_reaches_nothing_of_another() {
    let house = lived_in();
    let (next_door, port) = house.neighbour();
    next_door.desk().add_staff("nora", "Nora Next-Door", PASSWORD).unwrap();
    let mut theirs = Browser::new(port);
    assert_eq!(theirs.post("/clinic/sign-in", &[("login", "nora"), ("password", PASSWORD)]).status, 303);
    let csrf = theirs.get("/clinic").csrf();
    for path in ["/clinic", "/clinic/patients", "/clinic/patients?q=ana", "/clinic/worklist/rows"] {
        let reply = theirs.get(path);
        assert_eq!(reply.status, 200);
        assert_no_data(&reply, path);
    }
    let before = house.kept();
    let alert = house.alert(ANA.0);
    assert_eq!(theirs.get(&format!("/clinic/patients/{}", ANA.0)).status, 404);
    assert_eq!(theirs.get(&format!("/clinic?patient={}", ANA.0)).status, 404);
    for act in ["take", "contact", "resolve", "undo", "invite"] {
        let fields =
            [("csrf", csrf.as_str()), ("alert", &alert), ("outcome", "busy"), ("disposition", "advised"), ("note", "n"), ("event", "e")];
        let reply = theirs.post(&format!("/clinic/patients/{}/{act}", ANA.0), &fields);
        assert_eq!(reply.status, 404, "{act}");
        assert_no_data(&reply, act);
    }
    assert_eq!(before, house.kept());
    // A session of one clinic is none at the other.
    let nurse = house.nurse("nora");
    let mut here = Browser::new(port);
    here.cookies = nurse.cookies.clone();
    assert_eq!(here.get("/clinic").location(), "/clinic/sign-in");
    let mut phone = Browser::new(port);
    phone.cookies = house.phone(ANA.0).cookies.clone();
    assert_eq!(phone.get("/today").status, 401);
    assert_eq!(phone.get(&house.invite(ANA.0)).status, 410);
}

/// Another id of the same shape.
fn uuid_of(id: &str) -> String {
    let last = if id.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &id[..id.len() - 1])
}

// ---- forms from elsewhere ----------------------------------------------------------------------------------------------------

/// A form that does something, without its token.
struct Deed {
    path: String,
    fields: Vec<(String, String)>,
    side: Side,
}

/// Every form of the house, filled so that it would do something.
fn deeds(house: &House) -> Vec<Deed> {
    let desk = house.desk();
    let (_, draft) = desk.draft(&desk.key(ANA.0)).unwrap().expect("Ana's draft");
    let alert = house.alert(ANA.0);
    let taken = desk.acknowledge(ANA.0, &alert, "Nora Lindqvist", house.now()).unwrap();
    let deed = |side: Side, path: &str, fields: &[(&str, &str)]| Deed {
        path: with_anas(path),
        fields: fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        side,
    };
    let numb = house.event(ANA.0, "numb", json!({ "numbness": "new" }));
    desk.receive(&desk.key(ANA.0), vec![numb], house.now()).unwrap();
    let (known, soon) = ("new-numbness:numb", desk.clinic_moment(house.now()).plus_seconds(7 * 86_400).date());
    desk.resolve(
        ANA.0,
        known,
        "Nora Lindqvist",
        lamella_desk::Ending { how: "advised", note: "seen", known_until: Some(soon), ..lamella_desk::Ending::default() },
        house.now(),
    )
    .unwrap();
    let pain = [
        ("event", draft.id.as_str()),
        ("pain", "2"),
        ("pain-worst", "2"),
        ("function", "2"),
        ("character", "ache"),
        ("where", "low-back"),
        ("set-off", "activity"),
        ("settles", "within-hours"),
        ("against-usual", "same"),
    ];
    let all = vec![
        deed(Side::Patient, "/check-in/draft/{page}", &pain),
        deed(Side::Patient, "/check-in/page/{page}", &pain),
        deed(Side::Patient, "/check-in/keep-first", &[("event", draft.id.as_str()), ("corrects", "ana-check-in")]),
        deed(Side::Patient, "/stopped", &[("event", "stopped-1"), ("activity", "lift"), ("pain", "7"), ("where", "low-back")]),
        deed(Side::Patient, "/me", &[("language", "es"), ("temperature-unit", "f")]),
        deed(Side::Clinic, "/clinic/patients/{patient}/take", &[("alert", &alert), ("seen", &house.seen())]),
        deed(Side::Clinic, "/clinic/patients/{patient}/contact", &[("alert", &alert), ("outcome", "busy"), ("note", "n")]),
        deed(Side::Clinic, "/clinic/patients/{patient}/note", &[("note", "n")]),
        deed(Side::Clinic, "/clinic/patients/{patient}/undo", &[("event", &taken.id)]),
        deed(
            Side::Clinic,
            "/clinic/patients/{patient}/resolve",
            &[("alert", &alert), ("seen", &house.seen()), ("disposition", "advised"), ("note", "n")],
        ),
        deed(Side::Clinic, "/clinic/patients/{patient}/known", &[("alert", known), ("note", "n")]),
        deed(Side::Clinic, "/clinic/patients/new", &[&new_patient("")[1..], &[("anyway", "yes")]].concat()),
        deed(Side::Clinic, "/clinic/patients/{patient}/invite", &[]),
        deed(Side::Patient, "/sign-out", &[]),
        deed(Side::Clinic, "/clinic/sign-out", &[]),
    ];
    let known: BTreeSet<String> = all.iter().map(|deed| deed.path.clone()).collect();
    for (_, path, _) in routes().into_iter().filter(|(method, ..)| *method == "post") {
        let elsewhere = ["/api/events", "/i/{secret}", "/clinic/sign-in", "/clinic/patients/{patient}/change"].contains(&path);
        assert!(elsewhere || known.contains(&with_anas(path)), "POST {path} is new: give it a deed here");
    }
    all
}

#[test]
fn a_form_from_elsewhere_or_without_our_token_changes_nothing() {
    let house = lived_in();
    let (mut phone, mut nurse) = (house.phone(ANA.0), house.nurse("nora"));
    let (phone_csrf, nurse_csrf) = (phone.get("/me").csrf(), nurse.get("/clinic").csrf());
    assert!(phone_csrf.len() >= 32 && nurse_csrf.len() >= 32 && phone_csrf != nurse_csrf);
    let (deeds, link) = (deeds(&house), house.invite(ANA.0));
    let before = house.kept();
    let at_home = format!("http://127.0.0.1:{}", house.port);
    let from: [&[(&str, &str)]; 7] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:1")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", &at_home)],
        &[("origin", "https://evil.example"), ("referer", &at_home)],
    ];
    for deed in &deeds {
        let (browser, csrf) = if deed.side == Side::Clinic { (&mut nurse, &nurse_csrf) } else { (&mut phone, &phone_csrf) };
        let mut fields = lent(&deed.fields);
        fields.push(("csrf", csrf));
        for headers in from {
            let reply = browser.post_with(&deed.path, &fields, headers);
            assert_eq!(reply.status, 403, "{} with {headers:?}", deed.path);
            assert!(reply.is_page() && !reply.text().contains(ANA.1));
        }
        let other = if deed.side == Side::Clinic { &phone_csrf } else { &nurse_csrf };
        let half = &csrf[..csrf.len() - 1];
        for token in [None, Some(""), Some("wrong"), Some(half), Some(other.as_str())] {
            let mut fields = lent(&deed.fields);
            fields.extend(token.map(|token| ("csrf", token)));
            let reply = browser.post(&deed.path, &fields);
            assert_eq!(reply.status, 403, "{} with the token {token:?}", deed.path);
        }
    }
    // The two forms that carry no token, and the batch.
    for headers in from {
        assert_eq!(house.stranger().post_with(&link, &[], headers).status, 403);
        let right = [("login", "nora"), ("password", PASSWORD)];
        let reply = house.stranger().post_with("/clinic/sign-in", &right, headers);
        assert_eq!((reply.status, reply.header("set-cookie")), (403, ""));
        let batch = json!([house.event(ANA.0, "from-elsewhere", json!({}))]).to_string();
        let all: Vec<(&str, &str)> = headers.iter().copied().chain([("x-lamella-csrf", phone_csrf.as_str())]).collect();
        assert_eq!(phone.ask("POST", "/api/events", &all, batch.as_bytes()).status, 403);
    }
    for token in ["", "wrong", &nurse_csrf] {
        let batch = json!([house.event(ANA.0, "no-token", json!({}))]).to_string();
        let reply = phone.json("/api/events", token, &batch);
        assert_eq!(reply.status, 403);
        assert!(reply.text().contains("x-lamella-csrf"), "{}", reply.text());
    }
    assert_eq!(before, house.kept(), "something was stored");
    // With the token and from home each of them works.
    for deed in &deeds {
        let (browser, csrf) = if deed.side == Side::Clinic { (&mut nurse, &nurse_csrf) } else { (&mut phone, &phone_csrf) };
        let mut fields = lent(&deed.fields);
        fields.push(("csrf", csrf));
        let reply = browser.post_with(&deed.path, &fields, &[("origin", &at_home)]);
        assert!(reply.status < 400, "{} from home: {} {}", deed.path, reply.status, reply.text());
    }
    assert_ne!(before, house.kept());
}

// ---- what every answer carries -----------------------------------------------------------------------------------------------

#[test]
fn every_page_keeps_the_house_rules_in_english() {
    every_page_keeps_the_house_rules("en");
}

#[test]
fn every_page_keeps_the_house_rules_in_spanish() {
    every_page_keeps_the_house_rules("es");
}

fn every_page_keeps_the_house_rules(language: &str) {
    let house = House::open();
    let pages = every_page(&house, language);
    assert!(pages.len() > 60, "{} pages", pages.len());
    let mut wrong = vec![];
    for (what, reply) in &pages {
        let mut say = |problem: String| wrong.push(format!("{what}: {problem}"));
        headers(reply, &mut say);
        nothing_inline(&reply.text(), &mut say);
        if reply.text().contains("<html") {
            whole_page(reply, language, &mut say);
        }
    }
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
}

fn headers(reply: &Reply, say: &mut impl FnMut(String)) {
    let policy = reply.header("content-security-policy");
    if !policy.contains("default-src 'none'") || policy.contains("unsafe") || policy.contains('*') {
        say(format!("the policy is `{policy}`"));
    }
    for part in ["script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
        if !policy.contains(part) {
            say(format!("the policy lacks {part}"));
        }
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        if reply.header(name) != value {
            say(format!("{name} is `{}`", reply.header(name)));
        }
    }
}

/// The opening tags of a page with their attributes.
fn elements(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = vec![];
    for part in html.split('<').skip(1) {
        let tag = part.split('>').next().unwrap_or("").trim_end_matches('/');
        let Some((name, mut rest)) = tag.split_once(char::is_whitespace).or((!tag.is_empty()).then_some((tag, ""))) else { continue };
        if name.starts_with('/') || name.starts_with('!') {
            continue;
        }
        let mut attributes = vec![];
        loop {
            rest = rest.trim_start();
            let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
            let (key, after) = rest.split_at(end);
            if key.is_empty() {
                break;
            }
            rest = after;
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let quote = after.chars().next().unwrap_or(' ');
                let after = if quote == '"' || quote == '\'' { &after[1..] } else { after };
                let end = after.find(|c| if quote == '"' || quote == '\'' { c == quote } else { char::is_whitespace(c) });
                let (inner, after) = after.split_at(end.unwrap_or(after.len()));
                value = inner;
                rest = after.strip_prefix(quote).unwrap_or(after);
            }
            attributes.push((key.to_lowercase(), value.to_string()));
        }
        found.push((name.to_lowercase(), attributes));
    }
    found
}

fn nothing_inline(html: &str, say: &mut impl FnMut(String)) {
    for part in html.split("<script").skip(1) {
        let body = part.split_once('>').map_or("", |(_, rest)| rest.split("</script").next().unwrap_or(""));
        if !body.trim().is_empty() {
            say(format!("a script with a body: {body}"));
        }
    }
    for (name, attributes) in elements(html) {
        if name == "style" || name == "iframe" || name == "object" || name == "embed" || name == "base" {
            say(format!("a <{name}>"));
        }
        for (key, value) in &attributes {
            let key = key.as_str();
            if key == "style" || (key.starts_with("on") && key.len() > 2) || key == "srcdoc" {
                say(format!("<{name} {key}={value:?}>"));
            }
            let address = ["src", "href", "action", "formaction", "xlink:href", "data"].contains(&key);
            let ours = (value.starts_with('/') && !value.starts_with("//")) || value.starts_with(['#', '?']) || value.starts_with("tel:");
            if address && !ours {
                say(format!("<{name} {key}={value:?}> leads elsewhere"));
            }
            if value.trim_start().to_lowercase().starts_with("javascript:") {
                say(format!("<{name} {key}={value:?}>"));
            }
        }
        if name == "script" && !attributes.iter().any(|(key, _)| key == "src") {
            say("a script without an address".to_string());
        }
    }
}

/// What a whole page needs: its language, one title, one main heading, ids that are there once, and references that lead somewhere.
fn whole_page(reply: &Reply, language: &str, say: &mut impl FnMut(String)) {
    let html = reply.text();
    let elements = elements(&html);
    let value = |name: &str, key: &str| {
        let found = elements.iter().find(|(there, _)| there == name);
        found.and_then(|(_, all)| all.iter().find(|(there, _)| there == key)).map(|(_, value)| value.clone())
    };
    if value("html", "lang").as_deref() != Some(language) {
        say(format!("its language is {:?}", value("html", "lang")));
    }
    // The other language is one press away wherever staff are; but a link would lose what a page that answered a form holds.
    let answers_a_form = [403, 409, 422].contains(&reply.status) || html.contains("data-copy-from");
    let other = if language == "es" { "en" } else { "es" };
    let switch = |(name, all): &(String, Vec<(String, String)>)| {
        let has = |key: &str, wanted: &str| all.iter().any(|(there, value)| there == key && value == wanted);
        (name == "a" && has("href", &format!("?lang={other}"))) || (name == "button" && has("name", "lang") && has("value", other))
    };
    if value("body", "class").as_deref() == Some("clinic") && !answers_a_form && !elements.iter().any(switch) {
        say(format!("it has no way to {other}"));
    }
    let title = html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap_or("");
    if title.trim_start_matches(" · ").trim() == "" || title.starts_with(" ·") {
        say(format!("its title is `{title}`"));
    }
    let count = |wanted: &str| elements.iter().filter(|(name, _)| name == wanted).count();
    for wanted in ["h1", "main", "title"] {
        if count(wanted) != 1 {
            say(format!("{} <{wanted}>", count(wanted)));
        }
    }
    let mut ids = BTreeSet::new();
    for (name, attributes) in &elements {
        for (_, id) in attributes.iter().filter(|(key, _)| key == "id") {
            if !ids.insert(id.clone()) || id.is_empty() || id.contains(char::is_whitespace) {
                say(format!("<{name} id={id:?}> is not the only one, or no id"));
            }
        }
    }
    for (name, attributes) in &elements {
        for (key, value) in attributes {
            let named: Vec<&str> = match key.as_str() {
                "for" | "aria-describedby" | "aria-labelledby" | "aria-controls" => value.split_whitespace().collect(),
                "href" if value.starts_with('#') => vec![value.trim_start_matches('#')],
                _ => continue,
            };
            for id in named.iter().filter(|id| !ids.contains(**id)) {
                say(format!("<{name} {key}={value:?}>: there is no `{id}`"));
            }
        }
    }
    for bad in ["{{", "{%", "None", "Some(", "undefined", "NaN", " ,", "()", ">.<"] {
        let text = words(&html);
        if text.contains(bad) {
            let at = text.find(bad).unwrap_or(0);
            let near: String = text.chars().skip(text[..at].chars().count().saturating_sub(30)).take(70).collect();
            let meant = ["None of these", "None.", "None is asked now."].iter().any(|meant| near.contains(meant));
            if !(bad == "None" && meant) {
                say(format!("it says `{bad}` near `{near}`"));
            }
        }
    }
}

/// The words of a page.
fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text += part.split_once('>').map_or("", |(_, text)| text);
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn cookies_are_closed_and_over_https_they_stay_there() {
    let house = House::open();
    let cookie = |house: &House, path: &str, fields: &[(&str, &str)]| house.stranger().post(path, fields).header("set-cookie").to_string();
    let sign_in = [("login", "nora"), ("password", PASSWORD)];
    for cookie in [cookie(&house, &house.invite(ANA.0), &[]), cookie(&house, "/clinic/sign-in", &sign_in)] {
        assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/"), "{cookie}");
        assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    }
    assert!(house.stranger().get("/help").header("strict-transport-security").is_empty());
    let safe = House::with(|setup| lamella_server::Setup { address: "https://recovery.example".to_string(), ..setup });
    for cookie in [cookie(&safe, &safe.invite(ANA.0), &[]), cookie(&safe, "/clinic/sign-in", &sign_in)] {
        assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.ends_with("; Secure"), "{cookie}");
    }
    assert!(safe.stranger().get("/help").header("strict-transport-security").contains("max-age"));
    // Behind a proxy the browser's own address is the public one.
    let mut nurse = safe.nurse("nora");
    let csrf = nurse.get("/clinic").csrf();
    let invited = nurse.post(&format!("/clinic/patients/{}/invite", ANA.0), &[("csrf", &csrf)]);
    assert!(invited.text().contains("https://recovery.example/i/"), "{}", invited.text());
}

// ---- signing in --------------------------------------------------------------------------------------------------------------

#[test]
fn a_password_can_be_tried_five_times() {
    let house = House::open();
    let mut nobody = house.stranger();
    let mut tries = |login: &str, password: &str| nobody.post("/clinic/sign-in", &[("login", login), ("password", password)]);
    let (wrong, unknown) = (tries("nora", "wrong"), tries("nobody", "wrong"));
    assert_eq!((wrong.status, unknown.status), (401, 401));
    assert_eq!(wrong.text().replace("nora", "nobody"), unknown.text(), "the answer never says which of the two was wrong");
    for nth in 2..=5 {
        assert_eq!(tries("NORA ", "wrong").status, 401, "try {nth}");
    }
    let stopped = tries("nora", PASSWORD);
    assert_eq!((stopped.status, stopped.header("set-cookie")), (429, ""), "even the right one has to wait");
    assert!(stopped.text().contains("Wait 1"), "{}", stopped.text());
    assert_eq!(tries("omar", PASSWORD).status, 303, "the others come in");
    house.later(16 * 60);
    assert_eq!(tries("nora", PASSWORD).status, 303);
}

#[test]
fn an_invitation_is_used_up_by_its_button_only() {
    let house = House::open();
    let link = house.invite(ANA.0);
    let mut preview = house.stranger();
    for _ in 0..3 {
        let page = preview.get(&link);
        assert_eq!((page.status, page.header("set-cookie")), (200, ""));
        assert!(!page.text().contains(ANA.1) && !page.text().contains(ANA.2), "an invitation names nobody");
        assert_eq!(preview.ask("HEAD", &link, &[], b"").status, 200);
    }
    let mut phone = house.stranger();
    let taken = phone.post(&link, &[]);
    assert_eq!((taken.status, taken.location()), (303, "/today"));
    assert!(phone.get("/today").text().contains("Day 9"));
    let (mut second, mut again) = (house.stranger(), phone.clone());
    for reply in [second.post(&link, &[]), second.get(&link), again.post(&link, &[]), again.get(&link)] {
        assert_eq!((reply.status, reply.header("set-cookie")), (410, ""));
        assert!(reply.text().contains("tel:5550100"), "whom to call");
        assert!(!reply.text().contains(ANA.1));
    }
    assert!(again.get(&link).text().contains("href=\"/today\""), "the phone that took it finds its way");
    // Expired, replaced, unknown.
    let (old, new) = (house.invite(BEN.0), house.invite(BEN.0));
    assert_eq!(second.get(&old).status, 410, "a newer one ends an older one");
    house.later(14 * 86_400 + 1);
    for reply in [second.get(&new), second.post(&new, &[]), second.get("/i/unknown"), second.post("/i/unknown", &[])] {
        assert_eq!((reply.status, reply.header("set-cookie")), (410, ""));
    }
    assert!(second.get(&new).text().contains("has run out"));
    assert_eq!(second.get("/i/").status, 404);
}

/// The page of the invitation is the first that is read: its language can be chosen there, and stays.
#[test]
fn an_invitation_is_read_in_the_language_that_is_chosen_there() {
    let house = House::open();
    let language = || house.desk().patient(ANA.0).unwrap().text("language").unwrap_or("en").to_string();
    let link = house.invite(ANA.0);
    let mut phone = house.stranger();
    let page = phone.get(&link).text();
    assert!(page.contains("<html lang=\"en\"") && page.contains(&format!("href=\"{link}?lang=es\"")), "{page}");
    let page = phone.get(&format!("{link}?lang=es")).text();
    assert!(page.contains("<html lang=\"es\"") && page.contains(&format!("href=\"{link}?lang=en\"")), "{page}");
    assert_eq!(language(), "en", "looking changes nothing");
    assert!(phone.get(&format!("{link}?lang=fr")).text().contains("<html lang=\"en\""), "no such language");
    let action = format!("{link}?lang=es");
    assert!(page.contains(&format!("action=\"{action}\"")), "{page}");
    assert_eq!(phone.post(&action, &[]).status, 303);
    assert_eq!(language(), "es");
    for path in ["/today", "/check-in/page/page-pain", "/me"] {
        let page = phone.open(path).text();
        assert!(page.contains("<html lang=\"es\""), "{path}: {page}");
    }
    // Whoever comes with a link that is used up changes nothing.
    let mut late = house.stranger();
    let lost = late.post(&format!("{link}?lang=en"), &[]);
    assert_eq!((lost.status, language().as_str()), (410, "es"));
    assert!(late.get(&action).text().contains("<html lang=\"es\""), "and is told so in the chosen language");
}

#[test]
fn a_lost_invitation_says_what_happened_to_it() {
    let house = House::open();
    let link = house.invite(ANA.0);
    assert_eq!(house.stranger().post(&link, &[]).status, 303);
    let mut late = house.stranger();
    assert!(late.post(&link, &[]).text().contains("has been used"));
    assert!(late.get(&link).text().contains("has been used"), "opened again from the message: {}", words(&late.get(&link).text()));
    let expired = house.invite(BEN.0);
    house.later(15 * 86_400);
    assert!(late.get(&expired).text().contains("has run out"));
    let posted = late.post(&expired, &[]).text();
    assert!(posted.contains("has run out") || posted.contains("ha caducado"), "the button of a page left open: {}", words(&posted));
}

// ---- the phone's batch -------------------------------------------------------------------------------------------------------

fn receipts(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    serde_json::from_slice(&reply.body).expect("a list of receipts")
}

fn receipt<'a>(all: &'a [Value], id: &str) -> &'a Value {
    all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("no receipt for {id} in {all:?}"))
}

#[test]
fn a_batch_is_answered_event_by_event() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    let csrf = phone.get("/me").csrf();
    let good = house.event(ANA.0, "good", json!({ "bladder": "leaking" }));
    let at = good["at"].clone();
    let mut batch = vec![
        good.clone(),
        house.event(ANA.0, "good", json!({})),
        json!({ "id": "no-at", "kind": "check-in", "answers": {} }),
        json!({ "id": "bad-at", "kind": "check-in", "at": "yesterday", "answers": {} }),
        json!({ "id": "naive-at", "kind": "check-in", "at": "2025-03-11T10:00:00", "answers": {} }),
        json!({ "kind": "check-in", "at": at, "answers": {} }),
        json!({ "id": "with:colon", "kind": "check-in", "at": at, "answers": {} }),
        json!({ "id": "x".repeat(129), "kind": "check-in", "at": at, "answers": {} }),
        json!("not an object"),
        json!(null),
        json!({ "id": "too-large", "kind": "message", "at": at, "text": "x".repeat(70_000) }),
        json!({ "id": "a-walk", "kind": "walk", "at": at, "minutes": 10 }),
        json!({ "id": "of-another-time", "kind": "from-the-future", "at": at }),
    ];
    let clinics = ["acknowledge", "resolve", "contact", "undo", "override", "phase", "ended", "appointment", "note"];
    for kind in clinics {
        let event = json!({ "id": kind, "kind": kind, "at": at, "alert": "a", "undoes": "good", "by": "Nora Lindqvist", "disposition": "advised",
            "note": "n", "action": "advance", "phase": "maintain", "reason": "r" });
        batch.push(event);
    }
    let reply = phone.json("/api/events", &csrf, &json!(batch).to_string());
    assert_eq!(reply.header("content-type"), "application/json");
    let all = receipts(&reply);
    assert_eq!(all.len(), batch.len(), "one receipt an event: {all:?}");
    let of_good: Vec<&Value> = all.iter().filter(|one| one["id"] == "good").collect();
    assert_eq!(
        of_good.iter().map(|one| one["outcome"].as_str().unwrap()).collect::<Vec<_>>(),
        ["stored", "refused"],
        "another event under the same id needs an id of its own"
    );
    assert_eq!(of_good[0]["told"]["level"], "emergency");
    for id in ["no-at", "bad-at", "naive-at", "with:colon", "too-large"].into_iter().chain(clinics) {
        let one = receipt(&all, id);
        assert_eq!(one["outcome"], "refused", "{one}");
        assert!(one["why"].as_str().is_some_and(|why| why.len() > 15 && why.contains(' ')), "why, in words: {one}");
    }
    assert_eq!(all.iter().filter(|one| one["id"] == "" && one["outcome"] == "refused").count(), 3);
    assert_eq!(receipt(&all, "a-walk")["outcome"], "stored");
    assert_eq!(receipt(&all, "of-another-time")["outcome"], "stored", "what this version does not know is kept and raised");
    let desk = house.desk();
    let ids: BTreeSet<String> = desk.record(ANA.0).unwrap().events.iter().map(|event| event.id.clone()).collect();
    assert_eq!(ids, ["good", "a-walk", "of-another-time"].map(str::to_string).into());
    // Sent again, all of it: nothing is doubled.
    let before = house.kept();
    let again = receipts(&phone.json("/api/events", &csrf, &json!([good, batch[11]]).to_string()));
    assert!(again.iter().all(|one| one["outcome"] == "known"), "{again:?}");
    assert_eq!(again[0]["told"]["level"], "emergency", "what was told is told again");
    assert_eq!(before, house.kept());
}

/// What only the clinic says is nothing that a phone can put into a record, not even as an answer: it is kept under another name,
/// the sender is warned, and the rest is judged as it came.
#[test]
fn words_of_the_clinics_from_a_phone_are_kept_apart() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    let csrf = phone.get("/me").csrf();
    let words_of = json!({ "by": "Nora Lindqvist", "alert": "a:1", "change": "not-real", "undoes": "x", "disposition": "advised",
        "known_until": "2025-04-01" });
    let mut as_answers = house.event(ANA.0, "as-answers", json!({ "pain": 4 }));
    as_answers["answers"].as_object_mut().unwrap().extend(words_of.as_object().unwrap().clone());
    let at = as_answers["at"].clone();
    let mut as_fields = house.event(ANA.0, "as-fields", json!({ "pain": 4 }));
    as_fields.as_object_mut().unwrap().extend(words_of.as_object().unwrap().clone());
    let stop = json!({ "id": "a-stop", "kind": "stopped", "at": at, "activity": "sweeping", "pain": 4, "by": "Nora Lindqvist" });
    let plain = house.event(ANA.0, "plain", json!({}));
    let batch = json!([as_answers, as_fields, stop, plain]);
    let all = receipts(&phone.json("/api/events", &csrf, &batch.to_string()));
    for id in ["as-answers", "as-fields", "a-stop"] {
        let one = receipt(&all, id);
        assert_eq!(one["outcome"], "stored", "{one}");
        let warning = one["warning"].as_str().unwrap_or_default();
        assert!(warning.contains("`by`") && warning.contains("`alert`") == (id != "a-stop"), "{one}");
    }
    assert_eq!(receipt(&all, "plain")["warning"], Value::Null);
    // As an answer it is something that nobody asked, and that raises; as a field of a check-in it says nothing.
    assert_eq!(receipt(&all, "as-answers")["told"]["level"], "attention");
    assert_eq!(receipt(&all, "as-answers")["told"]["asked_in_vain"].as_array().map(Vec::len), Some(6));
    assert_eq!(receipt(&all, "as-fields")["told"]["asked_in_vain"], json!([]));
    let before = house.kept();
    assert!(receipts(&phone.json("/api/events", &csrf, &batch.to_string())).iter().all(|one| one["outcome"] == "known"));
    assert_eq!(before, house.kept(), "sent again it is the same");
    // The rest is there, and nothing reads as if Nora had said it.
    for (language, stray) in [("en", "Not a question here: unknown:by"), ("es", "No es una pregunta de aquí: unknown:by")] {
        let mut nora = house.nurse("nora");
        nora.language = language.to_string();
        let page = nora.get(&format!("/clinic/patients/{}", ANA.0)).text();
        let answers: Vec<&str> = page.split("<dt>").skip(1).map(|part| part.split("</dt>").next().unwrap().trim()).collect();
        for word in words_of.as_object().unwrap().keys() {
            assert!(!answers.contains(&word.as_str()), "{word}: {answers:?}");
        }
        assert!(answers.iter().filter(|answer| **answer == stray).count() >= 2, "{answers:?}");
    }
    let touched = |kept: &lamella_desk::Kept| {
        kept.alert.acknowledged.is_some() || kept.alert.resolved.as_ref().is_some_and(|done| done.by != "lamella")
    };
    assert!(!house.desk().alerts(ANA.0).unwrap().iter().any(touched));
}

#[test]
fn a_body_that_is_no_batch_is_refused_with_its_place() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    let csrf = phone.get("/me").csrf();
    for (body, place) in [
        ("", "line 1, column 0"),
        ("{", "line 1"),
        ("[\n  {\"id\": \"a\",\n   nonsense}\n]", "line 3, column 4"),
        ("{\"id\": \"alone\"}", "line 1"),
        ("[1, 2", "line 1"),
    ] {
        let reply = phone.json("/api/events", &csrf, body);
        assert_eq!(reply.status, 400, "{body}");
        let what: Value = serde_json::from_slice(&reply.body).expect("JSON");
        let what = what["error"].as_str().unwrap();
        assert!(what.contains("not a JSON list of events") && what.contains(place), "{body:?}: {what}");
    }
    assert_eq!(phone.ask("POST", "/api/events", &[("x-lamella-csrf", &csrf)], b"[\"\xff\xfe\"]").status, 400);
    assert_eq!(receipts(&phone.json("/api/events", &csrf, "[]")).len(), 0);
    let many = json!(vec![json!({}); 501]).to_string();
    let reply = phone.json("/api/events", &csrf, &many);
    assert_eq!(reply.status, 413);
    assert!(reply.text().contains("500"), "{}", reply.text());
    assert!(house.desk().record(ANA.0).unwrap().events.is_empty());
}

// ---- wrong forms -------------------------------------------------------------------------------------------------------------

#[test]
fn an_absurd_form_gets_a_sentence_and_never_a_failure() {
    let house = lived_in();
    let (mut phone, mut nurse) = (house.phone(ANA.0), house.nurse("nora"));
    let (phone_csrf, nurse_csrf) = (phone.get("/me").csrf(), nurse.get("/clinic").csrf());
    let long = "x".repeat(20_000);
    let absurd = [
        "",
        " ",
        "\0",
        "\n",
        "\r\nset-cookie: a=b",
        "-1",
        "99999999999999999999",
        "NaN",
        "inf",
        "1e308",
        "2025-02-30",
        "9999-12-31",
        "-009999-01-01",
        "<script>alert(1)</script>",
        "'; drop table events; --",
        "../../etc/passwd",
        "%00",
        "💥",
        "ünïcödé",
        "{{7*7}}",
        "dont-know",
        &long,
    ];
    let mut wrong = vec![];
    for deed in deeds(&house).iter().filter(|deed| !deed.path.ends_with("sign-out")) {
        let (browser, csrf) = if deed.side == Side::Clinic { (&mut nurse, &nurse_csrf) } else { (&mut phone, &phone_csrf) };
        let mut tried = vec![(vec![("csrf", csrf.as_str())], "nothing filled".to_string())];
        for value in absurd {
            let fields = deed.fields.iter().map(|(name, _)| (name.as_str(), value)).chain([("csrf", csrf.as_str())]).collect();
            tried.push((fields, format!("every field {:?}", value.chars().take(30).collect::<String>())));
        }
        for (name, _) in &deed.fields {
            for value in absurd {
                let mut fields: Vec<(&str, &str)> = lent(&deed.fields).into_iter().filter(|(there, _)| there != name).collect();
                fields.extend([(name.as_str(), value), ("csrf", csrf)]);
                tried.push((fields, format!("{name} {:?}", value.chars().take(30).collect::<String>())));
            }
        }
        for (fields, how) in tried {
            let reply = browser.post(&deed.path, &fields);
            if reply.status >= 500 || (reply.status >= 400 && words_of(&reply).len() < 20) {
                wrong.push(format!("POST {} with {how}: {} {}", deed.path, reply.status, words_of(&reply)));
            }
            if reply.status == 200 && reply.text().contains("<script>alert") {
                wrong.push(format!("POST {} with {how}: a script comes back", deed.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a reply says, be it a page or plain.
fn words_of(reply: &Reply) -> String {
    if reply.is_page() { words(&reply.text()) } else { reply.text() }
}

#[test]
fn an_absurd_address_gets_a_sentence_and_never_a_failure() {
    let house = lived_in();
    let (mut phone, mut nurse) = (house.phone(ANA.0), house.nurse("nora"));
    let mut wrong = vec![];
    for odd in [
        "%00",
        "%0d%0aa:b",
        "%ff%fe",
        "..%2f..%2fCargo.toml",
        "%7B%7B7*7%7D%7D",
        "a%20b",
        "%F0%9F%92%A5",
        &"x".repeat(5000),
        "-",
        "0",
        "%25",
    ] {
        for path in [
            "/verdict/",
            "/check-in/correct/",
            "/check-in/page/",
            "/i/",
            "/static/",
            "/clinic/patients/",
            "/clinic?patient=",
            "/clinic?alert=",
        ]
        .into_iter()
        .chain(["/clinic?q=", "/clinic/patients?q=", "/check-in?page=", "/help?lang=", "/clinic/worklist/rows?q=", "/clinic?taken="])
        .map(str::to_string)
        .chain([format!("/clinic/patients/{}?from=", ANA.0), format!("/clinic?patient={}&did=take&undo=", ANA.0)])
        {
            let browser = if path.starts_with("/clinic") { &mut nurse } else { &mut phone };
            let address = format!("{path}{odd}");
            let reply = browser.get(&address);
            let short: String = address.chars().take(60).collect();
            if reply.status >= 500 {
                wrong.push(format!("GET {short}: {}", reply.status));
            }
            if reply.status >= 400 && words_of(&reply).len() < 20 && !path.starts_with("/static") {
                wrong.push(format!("GET {short}: {} without a sentence: {}", reply.status, reply.text()));
            }
            if reply.text().contains("[workspace") || reply.text().contains("[package]") {
                wrong.push(format!("GET {short}: a file of ours"));
            }
        }
    }
    for number in ["18446744073709551615", "18446744073709551616", "-1", "1e3", "4294967296"] {
        let reply = nurse.get(&format!("/clinic/patients/{}?from={number}", ANA.0));
        if reply.status >= 500 {
            wrong.push(format!("GET /clinic/patients/…?from={number}: {}", reply.status));
        }
    }
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_body_that_is_no_form_gets_a_sentence() {
    let house = lived_in();
    let (mut phone, mut nurse) = (house.phone(ANA.0), house.nurse("nora"));
    let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let large = vec![b'a'; 10 * 1024 * 1024];
    let before = house.kept();
    let mut wrong = vec![];
    for deed in deeds_paths(&house) {
        let browser = if deed.starts_with("/clinic") { &mut nurse } else { &mut phone };
        let bodies: [Sent; 5] = [
            ("10 MB", &form, &large),
            ("invalid UTF-8", &form, b"csrf=\xff\xfe&note=%ff%fe&login=\xc3&password=%c3"),
            ("JSON", &[("content-type", "application/json"), ("sec-fetch-site", "same-origin")], b"{\"csrf\": 1}"),
            ("multipart", &[("content-type", "multipart/form-data; boundary=x"), ("sec-fetch-site", "same-origin")], b"--x--"),
            ("no type", &[("sec-fetch-site", "same-origin")], b"csrf=1"),
        ];
        for (how, headers, body) in bodies {
            let reply = browser.ask("POST", &deed, headers, body);
            let refused = (400..500).contains(&reply.status) || (how == "invalid UTF-8" && reply.status < 500);
            if !refused || words_of(&reply).len() < 20 {
                wrong.push(format!("POST {deed} with {how}: {} {}", reply.status, words_of(&reply)));
            }
        }
    }
    assert_eq!(before, house.kept(), "something was stored");
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
}

/// How it is called, its headers, its body.
type Sent<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [u8]);

/// Every address that takes a form or a batch.
fn deeds_paths(house: &House) -> Vec<String> {
    let link = house.invite(BEN.0);
    let paths =
        routes().into_iter().filter(|(method, ..)| *method == "post").map(|(_, path, _)| with_anas(path).replace("/i/{secret}", &link));
    paths.filter(|path| !path.starts_with("/i/")).collect()
}

#[test]
fn a_form_that_stops_halfway_loses_nothing_that_hurts() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    let csrf = phone.get("/me").csrf();
    // "It hurt, so I stopped" without the id that the page gives: kept all the same, or said that it was not.
    for event in [None, Some(""), Some("with:colon"), Some("two\nlines")] {
        let before = house.desk().record(ANA.0).unwrap().events.len();
        let mut fields = vec![("csrf", csrf.as_str()), ("pain", "9"), ("where", "below-knee-left")];
        fields.extend(event.map(|event| ("event", event)));
        let reply = phone.post("/stopped", &fields);
        let stored = house.desk().record(ANA.0).unwrap().events.len() > before;
        let said = (400..500).contains(&reply.status) && reply.is_page();
        let shown = reply.status == 303 && phone.get(reply.location()).status == 200;
        assert!((stored && shown) || (!stored && said), "event {event:?}: {} → {:?}, stored: {stored}", reply.status, reply.location());
    }
}

#[test]
fn an_unknown_address_has_a_page_on_its_own_side() {
    let house = House::open();
    let mut nobody = house.stranger();
    for (path, way) in
        [("/nowhere", "/today"), ("/today/more", "/today"), ("/clinic/nowhere", "/clinic"), ("/clinic/patients/a/b/c", "/clinic")]
    {
        let reply = nobody.get(path);
        assert_eq!(reply.status, 404);
        assert!(reply.text().contains(&format!("href=\"{way}\"")), "{path}: {}", reply.text());
        assert_eq!(reply.text().contains("class=\"clinic\""), path.starts_with("/clinic"), "{path}");
    }
    let mut spanish = house.stranger();
    spanish.language = "es-MX,es;q=0.9".to_string();
    assert!(spanish.get("/nowhere").text().contains("Esta página no existe"));
    let wrong_way = nobody.ask("DELETE", "/today", &[("sec-fetch-site", "same-origin")], b"");
    assert_eq!(wrong_way.status, 405);
    assert!(house.phone(BEN.0).get("/nowhere").text().contains("Esta página no existe"), "a Spanish phone is answered in Spanish");
}

// ---- open pages and files ----------------------------------------------------------------------------------------------------

#[test]
fn the_emergency_card_is_there_for_everybody() {
    let house = House::open();
    let mut nobody = house.stranger();
    let (english, spanish) = (nobody.get("/help?lang=en"), nobody.get("/help?lang=es"));
    assert_eq!((english.status, spanish.status), (200, 200));
    for page in [&english, &spanish] {
        for number in ["tel:911", "tel:988", "tel:5550100", "tel:5550199"] {
            assert!(page.text().contains(number), "{number} is missing");
        }
    }
    assert!(english.text().contains("Help now") && spanish.text().contains("Ayuda ya"));
    assert!(english.text().contains("href=\"/help?lang=es\"") && spanish.text().contains("href=\"/help?lang=en\""));
    nobody.language = "es".to_string();
    assert!(nobody.get("/help").text().contains("<html lang=\"es\">"));
    assert!(house.phone(BEN.0).get("/help").text().contains("<html lang=\"es\">"), "in the person's own language");
}

#[test]
fn a_file_is_sent_once_and_only_ours() {
    let house = House::open();
    let mut nobody = house.stranger();
    for (path, kind) in [
        ("/static/lamella.css", "text/css; charset=utf-8"),
        ("/static/check-in.js", "text/javascript; charset=utf-8"),
        ("/static/mark.svg", "image/svg+xml"),
        ("/static/mark-192.png", "image/png"),
        ("/static/lamella.webmanifest", "application/manifest+json"),
        ("/static/fonts/atkinson-hyperlegible-next.woff2", "font/woff2"),
        ("/sw.js", "text/javascript; charset=utf-8"),
    ] {
        let first = nobody.get(path);
        assert_eq!((first.status, first.header("content-type")), (200, kind), "{path}");
        assert_eq!(first.header("x-content-type-options"), "nosniff");
        let tag = first.header("etag").to_string();
        assert!(tag.len() > 10, "{path} has the tag {tag}");
        let again = nobody.ask("GET", path, &[("if-none-match", &tag)], b"");
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(nobody.ask("GET", path, &[("if-none-match", "\"old\"")], b"").status, 200);
    }
    for path in [
        "/static/",
        "/static/none.js",
        "/static/..%2f..%2fCargo.toml",
        "/static/../Cargo.toml",
        "/static/%2e%2e/Cargo.toml",
        "/static//etc/passwd",
    ] {
        let reply = nobody.get(path);
        assert_eq!(reply.status, 404, "{path}: {}", reply.text());
    }
}

// ---- the clinic --------------------------------------------------------------------------------------------------------------

#[test]
fn an_open_worklist_hears_of_a_check_in_within_a_second() {
    let house = House::open();
    assert_eq!(house.stranger().get("/clinic/live").status, 401);
    assert_eq!(house.phone(ANA.0).get("/clinic/live").status, 401);
    let nurse = house.nurse("nora");
    let mut line = nurse.send("GET", "/clinic/live", &[("accept", "text/event-stream")], b"");
    line.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let mut heard = String::new();
    let mut listen = |heard: &mut String, until: &str, seconds: f64| {
        let began = Instant::now();
        let mut some = [0u8; 4096];
        while began.elapsed().as_secs_f64() < seconds && !heard.contains(until) {
            if let Ok(n) = line.read(&mut some) {
                *heard += &String::from_utf8_lossy(&some[..n]);
            }
        }
    };
    listen(&mut heard, "event: beat", 2.0);
    assert!(heard.contains("text/event-stream") && heard.contains("no-store"), "{heard}");
    assert!(!heard.contains("changed"), "nothing has happened yet: {heard}");
    let mut phone = house.phone(ANA.0);
    let csrf = phone.get("/me").csrf();
    let batch = json!([house.event(ANA.0, "red", json!({ "saddle": "yes" }))]).to_string();
    assert_eq!(receipts(&phone.json("/api/events", &csrf, &batch))[0]["outcome"], "stored");
    listen(&mut heard, "data: changed", 1.0);
    assert!(heard.contains("data: changed"), "{heard}");
    assert_no_data_in_line(&heard);
    let mut nurse = nurse;
    assert!(nurse.get("/clinic/worklist/rows").text().contains(ANA.1));
}

fn assert_no_data_in_line(heard: &str) {
    for secret in [ANA.0, ANA.1, ANA.2, "saddle"] {
        assert!(!heard.contains(secret), "the line itself tells {secret}: {heard}");
    }
}

#[test]
fn the_server_stops_although_a_worklist_is_open() {
    let mut house = House::open();
    let nurse = house.nurse("nora");
    let mut line = nurse.send("GET", "/clinic/live", &[("accept", "text/event-stream")], b"");
    let mut some = [0u8; 16];
    assert!(line.read(&mut some).unwrap() > 0, "the line stands");
    assert!(house.stops_within(Duration::from_secs(5)), "five seconds after Ctrl-C it still waits for the worklist to be closed");
}

#[test]
fn a_new_patient_with_everything_wrong_is_told_everything_at_once() {
    let house = House::open();
    let mut nurse = house.nurse("nora");
    let csrf = nurse.get("/clinic/patients/new").csrf();
    let typed = [
        ("csrf", csrf.as_str()),
        ("name", "  "),
        ("born", "2031-01-01"),
        ("sex", "female"),
        ("phone", "12 <b>"),
        ("language", "fr"),
        ("time_zone", "Atlantis/Lost"),
        ("procedure_date", "1999-01-01"),
        ("baseline_pain", "11"),
    ];
    let before = house.kept();
    let reply = nurse.post("/clinic/patients/new", &typed);
    assert_eq!(reply.status, 422);
    assert_eq!(before, house.kept());
    let text = reply.text();
    for field in ["name", "born", "phone", "language", "time_zone", "procedure_date", "levels", "baseline_pain"] {
        assert!(text.contains(&format!("id=\"e-{field}\"")), "{field} has no error of its own");
        assert!(text.contains(&format!("href=\"#{field}\"")), "{field} is not in the summary");
    }
    let inputs = tags(&text, "input");
    let value =
        |name: &str| inputs.iter().find(|tag| attribute(tag, "name").as_deref() == Some(name)).and_then(|tag| attribute(tag, "value"));
    assert_eq!(value("born").as_deref(), Some("2031-01-01"));
    assert_eq!(value("phone").as_deref(), Some("12 <b>"));
    assert_eq!(value("procedure_date").as_deref(), Some("1999-01-01"));
    assert!(
        inputs.iter().any(|tag| attribute(tag, "value").as_deref() == Some("female") && tag.contains(" checked")),
        "what was right stays"
    );
    assert!(text.contains("Please correct:"), "the title says so first");
    let mut spanish = nurse.clone();
    spanish.language = "es".to_string();
    let told = words(&spanish.post("/clinic/patients/new", &typed).text());
    for english in ["Give the", "Tick at least", "Choose"] {
        assert!(!told.contains(english), "a Spanish form complains in English: {told}");
    }
    // Mended, it works once.
    let fields = new_patient(&csrf);
    let done = nurse.open_after_post("/clinic/patients/new", &fields);
    assert_eq!(done.status, 200);
    let link = tags(&done.text(), "input")
        .iter()
        .find(|tag| attribute(tag, "id").as_deref() == Some("link"))
        .and_then(|tag| attribute(tag, "value"))
        .unwrap();
    let path = link.strip_prefix(&house.address).expect("a link to this house");
    let mut phone = house.stranger();
    assert_eq!(phone.post(path, &[]).status, 303);
    assert!(phone.get("/today").text().contains("<html lang=\"es\">"));
    assert!(nurse.get("/clinic/patients").text().contains("Ignacia Ñandú-O"));
    assert!(nurse.get("/clinic/patients?q=nandu").text().contains("Ignacia"), "found without accents");
}

#[test]
fn a_nurse_takes_resolves_undoes_and_never_overwrites() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    let (mut nora, mut omar) = (house.nurse("nora"), house.nurse("omar"));
    let (noras, omars) = (nora.get("/clinic").csrf(), omar.get("/clinic").csrf());
    let (base, alert) = (format!("/clinic/patients/{}", ANA.0), house.alert(ANA.0));
    let taken = nora.post(&format!("{base}/take"), &[("csrf", &noras), ("alert", &alert), ("seen", &house.seen())]);
    let page = nora.get(taken.location());
    assert!(page.text().contains("Taken by Nora Lindqvist") && page.text().contains("Undo"));
    let late = omar.post(&format!("{base}/take"), &[("csrf", &omars), ("alert", &alert), ("seen", &house.seen())]);
    let page = omar.get(late.location());
    assert!(words(&page.text()).contains("Nora Lindqvist took it, 10:00."), "{}", words(&page.text()));
    assert!(page.text().contains("Taken by Nora Lindqvist"));
    let mended = nora.post(
        &format!("{base}/resolve"),
        &[("csrf", &noras), ("alert", &alert), ("seen", &house.seen()), ("disposition", "seen-here"), ("note", "  ")],
    );
    assert_eq!(mended.status, 422);
    let text = mended.text();
    assert!(text.contains("Say in a few words"), "{text}");
    assert!(text.contains("value=\"seen-here\" selected"), "what was chosen stays");
    assert!(text.contains("<details class=\"act\"") && text.contains(" open>"), "the form stands open");
    let done = nora.post(
        &format!("{base}/resolve"),
        &[("csrf", &noras), ("alert", &alert), ("seen", &house.seen()), ("disposition", "seen-here"), ("note", "Comes at 3.")],
    );
    let undo = nora.get(done.location());
    assert!(house.desk().open_alerts(ANA.0).unwrap().is_empty());
    let form = undo.form(&format!("{base}/undo")).expect("a way back for a minute");
    assert_eq!(nora.post(&format!("{base}/undo"), &lent(&form)).status, 303);
    assert_eq!(house.alert(ANA.0), alert, "it stands again");
    // After a minute there is no way back.
    let done = nora.post(
        &format!("{base}/resolve"),
        &[("csrf", &noras), ("alert", &alert), ("seen", &house.seen()), ("disposition", "known"), ("note", "Known.")],
    );
    let form = nora.get(done.location()).form(&format!("{base}/undo")).expect("a way back for a minute");
    house.later(61);
    let late = nora.post(&format!("{base}/undo"), &lent(&form));
    assert!(words(&nora.get(late.location()).text()).contains("More than a minute has passed"));
    assert!(house.desk().open_alerts(ANA.0).unwrap().is_empty(), "and nothing came back");
    let again = omar.post(
        &format!("{base}/resolve"),
        &[("csrf", &omars), ("alert", &alert), ("seen", &house.seen()), ("disposition", "known"), ("note", "Mine.")],
    );
    assert_eq!(again.status, 409);
    let told = words(&again.text());
    assert!(told.contains("Nora Lindqvist resolved it, 10:00: known, no change. “Known.”"), "{told}");
    let gone = omar.post(&format!("{base}/take"), &[("csrf", &omars), ("alert", "no-such-alert"), ("seen", &house.seen())]);
    assert_eq!(gone.status, 404);
}

#[test]
fn nobody_takes_or_resolves_what_the_page_had_not_shown() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "numbness": "new" }));
    let mut nora = house.nurse("nora");
    let base = format!("/clinic/patients/{}", ANA.0);
    let (take, resolve) = (format!("{base}/take"), format!("{base}/resolve"));
    let page = nora.get(&format!("/clinic?patient={}", ANA.0));
    house.later(60);
    house.check_in(ANA.0, "redder", json!({ "numbness": "none", "saddle": "yes" }));
    let state = |id: &str| house.desk().alert(ANA.0, id).unwrap().alert.state;
    // Taking from the old page takes what it showed, and says that there is more.
    let taken = nora.post(&take, &lent(&filled(&page, &take, &[])));
    assert_eq!((state("new-numbness:red"), state("saddle-change:redder")), (AlertState::Acknowledged, AlertState::Open));
    let told = words(&nora.get(taken.location()).text());
    assert!(told.contains("One more came in that the page had not shown."), "{told}");
    // New answers about the very alert: nothing is taken.
    house.later(60);
    let page = nora.get(&format!("/clinic?patient={}&alert=saddle-change:redder", ANA.0));
    house.later(60);
    house.check_in(ANA.0, "reddest", json!({ "saddle": "yes" }));
    let again = nora.post(&take, &lent(&filled(&page, &take, &[])));
    assert_eq!(again.status, 409);
    assert!(words(&again.text()).contains("New answers came in"), "{}", words(&again.text()));
    assert_eq!(state("saddle-change:redder"), AlertState::Open);
    // A form that cannot say when its page was shown does nothing, and loses nothing.
    let csrf = page.csrf();
    let now = house.seen();
    let late = (house.now().as_millisecond() + 3_600_000).to_string();
    for seen in [None, Some(""), Some("x"), Some("-1"), Some(late.as_str()), Some("99999999999999999999")] {
        let mut fields = vec![("csrf", csrf.as_str()), ("alert", "saddle-change:redder"), ("disposition", "advised"), ("note", "Typed.")];
        fields.extend(seen.map(|seen| ("seen", seen)));
        let back = nora.post(&resolve, &fields);
        assert_eq!(back.status, 409, "{seen:?}");
        assert_eq!(written(&back, "resolve-note-saddle-change-redder"), "Typed.");
        assert_eq!(nora.post(&take, &fields).status, 409, "{seen:?}");
        assert_eq!(state("saddle-change:redder"), AlertState::Open, "{seen:?}");
    }
    let fields =
        [("csrf", csrf.as_str()), ("alert", "saddle-change:redder"), ("seen", &now), ("disposition", "advised"), ("note", "Typed.")];
    assert_eq!(nora.post(&resolve, &fields).status, 303);
}

#[test]
fn undo_names_what_it_takes_back() {
    let house = House::open();
    let mut nora = house.nurse("nora");
    let csrf = nora.get("/clinic").csrf();
    let undo = |nora: &mut Browser, event: &str| {
        nora.post(&format!("/clinic/patients/{}/undo", ANA.0), &[("csrf", csrf.as_str()), ("event", event)]).status
    };
    assert_eq!((undo(&mut nora, ""), undo(&mut nora, ",,")), (404, 404));
    assert_eq!(undo(&mut nora, &vec!["x"; 65].join(",")), 422);
    assert_eq!(undo(&mut nora, &vec!["x"; 64].join(",")), 303);
}

#[test]
fn a_row_hides_nothing_of_the_persons_other_alerts() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "chest": "yes" }));
    let mut nora = house.nurse("nora");
    let csrf = nora.get("/clinic").csrf();
    let taken = [("csrf", csrf.as_str()), ("alert", "chest-signs:red"), ("seen", &house.seen())];
    assert_eq!(nora.post(&format!("/clinic/patients/{}/take", ANA.0), &taken).status, 303);
    house.check_in(ANA.0, "numb", json!({ "numbness": "new", "chest": "no" }));
    house.later(3 * 86_400);
    let rows = words(&house.nurse("nora").get("/clinic/worklist/rows").text());
    assert!(rows.contains("on call") || rows.contains("on-call"), "{rows}");
    // Chest pain is due within the hour, and what is late says by how much it is, not how old.
    assert!(rows.contains("due 2 days ago") && rows.contains("answer was due by "), "{rows}");
    let mut spanish = house.nurse("nora");
    spanish.get("/clinic?lang=es");
    let rows = words(&spanish.get("/clinic/worklist/rows").text());
    assert!(rows.contains("venció hace 2 días") && rows.contains("había que responder antes del "), "{rows}");
    assert!(!rows.contains("Nora Lindqvist, "), "one is taken, the other is not: {rows}");
}

#[test]
fn only_a_finding_can_be_known() {
    let house = House::open();
    house.check_in(ANA.0, "open", json!({ "unwell": null }));
    let mut nora = house.nurse("nora");
    let csrf = nora.get("/clinic").csrf();
    let until = house.desk().clinic_moment(house.now()).plus_seconds(7 * 86_400).date().to_string();
    let seen = house.seen();
    let fields = [
        ("csrf", csrf.as_str()),
        ("alert", "unknown:open"),
        ("seen", &seen),
        ("disposition", "known"),
        ("note", "n"),
        ("known_until", &until),
    ];
    assert_eq!(nora.post(&format!("/clinic/patients/{}/resolve", ANA.0), &fields).status, 422);
    assert!(house.desk().alert(ANA.0, "unknown:open").unwrap().alert.stands());
}

#[test]
fn why_is_said_in_the_nurses_language_and_once() {
    let house = House::open();
    let id = "spanish";
    house.person_asked_since(id, "Synthetic Spanish", "555 0125", "es", 20, 20);
    house.check_in(id, "red", json!({ "fever": "feverish", "numbness": "new" }));
    let mut nora = house.nurse("nora");
    let text = nora.get(&format!("/clinic?patient={id}")).text();
    let told = text.split("class=\"told\"").nth(1).expect("what was told");
    assert!(told.contains("lang=\"es\""), "{told}");
    let why = words(&text.replace(told, ""));
    assert!(why.contains("New numbness or tingling"), "{why}");
    for spanish in ["Hormigueo", "Fiebre", "Entumecimiento", "piernas"] {
        assert!(!why.contains(spanish), "{spanish}: {why}");
    }
    assert_eq!(text.matches("class=\"told\"").count(), 1, "one verdict, told once");
    assert_eq!(text.matches("annular-fibrin, revision").count(), 1);
}

#[test]
fn whoever_is_still_answering_has_broken_nothing_off() {
    let house = House::open();
    let desk = house.desk();
    let key = desk.key(BEN.0);
    let mut draft = lamella_desk::Draft::new(None);
    draft.answers.insert("saddle".to_string(), lamella_record::Answer::code("yes"));
    desk.keep_draft(&key, draft.clone(), house.now()).unwrap().expect("it is sent ahead");
    house.later(60);
    let mut nora = house.nurse("nora");
    let rows = |nora: &mut Browser| words(&nora.get("/clinic/worklist/rows").text());
    assert!(rows(&mut nora).contains("Still answering"), "{}", rows(&mut nora));
    house.later(31 * 60);
    assert!(rows(&mut nora).contains("Broken off"), "{}", rows(&mut nora));
    // The same check-in takes the sign back: it stays red, and says so.
    let whole = json!({ "id": draft.id, "kind": "check-in", "at": house.event(BEN.0, "x", json!({}))["at"], "revision": desk.pathway().revision,
        "answers": house.event(BEN.0, "x", json!({}))["answers"] });
    desk.receive(&key, vec![whole], house.now()).unwrap();
    let told = rows(&mut nora);
    assert!(told.contains("Emergency") && told.contains("taken back on the phone") && told.contains("confirm by calling"), "{told}");
}

#[test]
fn a_page_on_which_somebody_types_hears_what_came_in_between() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "numbness": "new" }));
    let (mut nora, mut omar) = (house.nurse("nora"), house.nurse("omar"));
    let (page, seen) = (format!("/clinic/patients/{}/resolve", ANA.0), house.seen());
    let asks = format!("/clinic/worklist/rows?person={}&seen={seen}", ANA.0);
    assert!(!nora.get(&asks).text().contains("data-between"));
    house.later(60);
    let (omars, now) = (omar.get("/clinic").csrf(), house.seen());
    let fields = [("csrf", omars.as_str()), ("alert", "new-numbness:red"), ("seen", &now), ("disposition", "advised"), ("note", "Spoke.")];
    assert_eq!(omar.post(&page, &fields).status, 303);
    let text = nora.get(&asks).text();
    assert!(text.contains("data-between=\"new-numbness-red\"") && text.contains("Omar Haddad resolved it"), "{text}");
}

#[test]
fn a_caller_with_nothing_open_is_shown_directly() {
    let house = House::open();
    house.person_asked_since("caller", "Quiet O’Caller", "555 0177", "en", 1, 0);
    let mut nora = house.nurse("nora");
    for typed in ["ocaller", "caller%20quiet", "%2B1%20555%200177"] {
        let text = words(&nora.get(&format!("/clinic?q={typed}")).text());
        assert!(text.contains("Quiet O’Caller") && text.contains("Nothing is open."), "{typed}: {text}");
    }
}

/// What stands in a text area.
fn written(reply: &Reply, id: &str) -> String {
    let text = reply.text();
    let Some((_, rest)) = text.split_once(&format!("<textarea id=\"{id}\"")) else { return String::new() };
    rest.split_once('>').and_then(|(_, rest)| rest.split_once("</textarea>")).map_or(String::new(), |(inner, _)| inner.to_string())
}

/// The hidden fields that a page's form for a deed carries, and more.
fn filled<'a>(page: &Reply, action: &str, more: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
    let mut form = page.form(action).unwrap_or_else(|| panic!("no form for {action}"));
    form.retain(|(name, _)| ["csrf", "alert", "seen"].contains(&name.as_str()));
    form.extend(more.iter().map(|(name, value)| (name.to_string(), value.to_string())));
    form
}

#[test]
fn a_nurse_who_is_too_late_keeps_what_she_typed() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    let (mut nora, mut omar) = (house.nurse("nora"), house.nurse("omar"));
    let (base, alert) = (format!("/clinic/patients/{}", ANA.0), house.alert(ANA.0));
    let resolve = format!("{base}/resolve");
    let key = alert.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let typed = [("disposition", "advised"), ("note", "Spoke to her: rests, and comes at 3.")];
    // Omar takes it while Nora types: she is told, and goes on.
    let page = nora.get(&format!("/clinic?patient={}", ANA.0));
    let omars = omar.get("/clinic").csrf();
    house.later(60);
    assert_eq!(omar.post(&format!("{base}/take"), &[("csrf", &omars), ("alert", &alert), ("seen", &house.seen())]).status, 303);
    let back = nora.post(&resolve, &lent(&filled(&page, &resolve, &typed)));
    assert_eq!(back.status, 409);
    assert_eq!(written(&back, &format!("resolve-note-{key}")), typed[1].1);
    assert!(back.text().contains("value=\"advised\" selected"));
    assert!(words(&back.text()).contains("Omar Haddad took it, 10:01."), "{}", words(&back.text()));
    assert_eq!(house.alert(ANA.0), alert, "nothing was overwritten");
    // New answers come in while she types: nobody resolves what they have not seen.
    house.later(60);
    house.check_in(ANA.0, "redder", json!({ "weakness": "new", "numbness": "new" }));
    let again = nora.post(&resolve, &lent(&filled(&back, &resolve, &typed)));
    assert_eq!(again.status, 409);
    assert!(words(&again.text()).contains("New answers came in, 10:02"), "{}", words(&again.text()));
    assert_eq!(written(&again, &format!("resolve-note-{key}")), typed[1].1);
    // Omar resolves it: her note can still be kept.
    let seen = house.seen();
    let fields = [("csrf", omars.as_str()), ("alert", &alert), ("seen", &seen), ("disposition", "seen-here"), ("note", "Comes at 2.")];
    assert_eq!(omar.post(&resolve, &fields).status, 303);
    let lost = nora.post(&resolve, &lent(&filled(&again, &resolve, &typed)));
    assert_eq!(lost.status, 409);
    let told = words(&lost.text());
    assert!(told.contains("Omar Haddad resolved it, 10:02: will be seen at the clinic. “Comes at 2.”"), "{told}");
    assert_eq!(written(&lost, "unsent-note"), typed[1].1);
    let kept = nora.post(&format!("{base}/note"), &lent(&filled(&lost, &format!("{base}/note"), &[("note", typed[1].1)])));
    assert!(words(&nora.get(kept.location()).text()).contains("Kept as a note"));
    let record = words(&nora.get(&base).text());
    assert!(record.contains("Note by Nora Lindqvist") && record.contains("rests, and comes at 3."), "{record}");
    // A call overwrites nothing: it is written down, and what Omar did is said.
    let call = nora.post(&format!("{base}/contact"), &lent(&filled(&again, &resolve, &[("outcome", "no-answer"), ("note", "at 11")])));
    let told = words(&nora.get(call.location()).text());
    assert!(told.contains("Written down") && told.contains("Omar Haddad resolved it"), "{told}");
}

#[test]
fn of_two_who_resolve_at_once_one_is_told_of_the_other() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    let (base, alert) = (format!("/clinic/patients/{}/resolve", ANA.0), house.alert(ANA.0));
    let nurses: Vec<(Browser, String)> = (0..8)
        .map(|nth| {
            let mut nurse = house.nurse(if nth % 2 == 0 { "nora" } else { "omar" });
            let csrf = nurse.get("/clinic").csrf();
            (nurse, csrf)
        })
        .collect();
    let replies: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = nurses
            .into_iter()
            .enumerate()
            .map(|(nth, (mut nurse, csrf))| {
                // Each in words of their own: the same again from the same nurse is a second tap.
                let (base, alert, seen, note) = (&base, &alert, house.seen(), format!("Mine, {nth}."));
                let fields =
                    move || [("csrf", csrf), ("alert", alert.clone()), ("seen", seen), ("disposition", "advised".into()), ("note", note)];
                scope.spawn(move || {
                    nurse.post(base, &fields().each_ref().map(|(name, value): &(&str, String)| (*name, value.as_str()))).status
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(replies.iter().filter(|status| **status == 303).count(), 1, "{replies:?}");
    assert_eq!(replies.iter().filter(|status| **status == 409).count(), 7, "{replies:?}");
    let resolved = house.desk().record(ANA.0).unwrap().events.iter().filter(|event| event.kind_word() == "resolve").count();
    assert_eq!(resolved, 1, "one resolve in the record");
}

#[test]
fn what_was_typed_outlives_the_session() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    let (base, alert) = (format!("/clinic/patients/{}", ANA.0), house.alert(ANA.0));
    let (resolve, key) = (format!("{base}/resolve"), alert.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let mut nora = house.nurse("nora");
    let page = nora.get(&format!("/clinic?patient={}", ANA.0));
    house.later(12 * 3600 + 60);
    let note = "Spoke to her & \"rests\".";
    let out = nora.post(&resolve, &lent(&filled(&page, &resolve, &[("disposition", "advised"), ("note", note)])));
    assert_eq!(out.status, 401);
    assert!(words(&out.text()).contains("What you typed is kept"), "{}", words(&out.text()));
    let mut form = out.form("/clinic/sign-in").unwrap();
    form.retain(|(name, _)| name != "login" && name != "password");
    let sign_in = |password: &str| -> Vec<(String, String)> {
        let login = [("login".to_string(), "nora".to_string()), ("password".to_string(), password.to_string())];
        form.iter().cloned().chain(login).collect()
    };
    let wrong = nora.post("/clinic/sign-in", &lent(&sign_in("not-the-password")));
    assert_eq!(wrong.status, 401);
    assert!(wrong.text().contains("name=\"login\" value=\"nora\""), "the login is kept");
    assert!(tags(&wrong.text(), "input").iter().any(|tag| tag.contains("id=\"password\"") && tag.contains("autofocus")));
    assert!(wrong.form("/clinic/sign-in").unwrap().iter().any(|(name, value)| name == "kept-note" && value == note));
    let back = nora.post("/clinic/sign-in", &lent(&sign_in(PASSWORD)));
    assert_eq!(back.status, 200, "{}", back.text());
    assert!(written(&back, &format!("resolve-note-{key}")).contains("Spoke to her"), "{}", back.text());
    assert!(house.desk().open_alerts(ANA.0).unwrap().iter().any(|kept| kept.alert.id == alert), "nothing is sent by itself");
    let done = nora.post(&resolve, &lent(&filled(&back, &resolve, &[("disposition", "advised"), ("note", note)])));
    assert_eq!(done.status, 303);
    // Signed in anew in another window: the old page's token is not ours any more, and what it carries comes back.
    house.check_in(BEN.0, "red", json!({ "weakness": "new" }));
    let base = format!("/clinic/patients/{}/contact", BEN.0);
    let fields = [("csrf", "of another day"), ("alert", &house.alert(BEN.0)), ("outcome", "no-answer"), ("note", "again at 11:00")];
    let old = nora.post(&base, &fields);
    assert_eq!(old.status, 403);
    assert!(old.text().contains(">again at 11:00</textarea>"), "{}", old.text());
    // A new patient's form as well.
    let csrf = nora.get("/clinic").csrf();
    nora.post("/clinic/sign-out", &[("csrf", &csrf)]);
    let out = nora.post("/clinic/patients/new", &new_patient(&csrf));
    assert_eq!(out.status, 401);
    let mut form = out.form("/clinic/sign-in").unwrap();
    form.retain(|(name, _)| name != "login" && name != "password");
    form.extend([("login".to_string(), "nora".to_string()), ("password".to_string(), PASSWORD.to_string())]);
    let back = nora.post("/clinic/sign-in", &lent(&form));
    assert!(back.text().contains("Ignacia Ñandú-O"), "{}", back.text());
    assert_eq!(house.desk().people("Ignacia", 5).unwrap().len(), 0);
}

#[test]
fn a_row_keeps_its_time_and_says_what_was_tried() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    let mut nora = house.nurse("nora");
    let csrf = nora.get("/clinic").csrf();
    let (base, alert) = (format!("/clinic/patients/{}", ANA.0), house.alert(ANA.0));
    assert!(nora.get("/clinic").text().contains("<title>(1) To answer"), "{}", nora.get("/clinic").text());
    for (outcome, note) in [("no-answer", "nobody home"), ("message-left", "again at 11:00")] {
        let fields = [("csrf", csrf.as_str()), ("alert", &alert), ("outcome", outcome), ("note", note)];
        assert_eq!(nora.post(&format!("{base}/contact"), &fields).status, 303);
    }
    nora.post(&format!("{base}/take"), &[("csrf", &csrf), ("alert", &alert), ("seen", &house.seen())]);
    let row = words(&nora.get("/clinic/worklist/rows").text());
    assert!(row.contains("answer by"), "{row}");
    assert!(row.contains("2 calls, last 10:00: left a message · again at 11:00"), "{row}");
    assert!(nora.get("/clinic").text().contains("<title>To answer"), "nobody waits untaken");
    house.later(86_400 * 2);
    assert!(house.nurse("omar").get("/clinic/worklist/rows").text().contains("late-word"), "taken is not answered");
    for (act, field) in [("contact", "outcome"), ("resolve", "disposition")] {
        let reply = nora.post(&format!("{base}/{act}"), &[("csrf", &csrf), ("alert", &alert), (field, "made-up"), ("note", "kept")]);
        let text = reply.text();
        // The session is over by now; what was typed waits.
        assert_eq!(reply.status, 401, "{text}");
    }
    let mut nora = house.nurse("nora");
    let csrf = nora.get("/clinic").csrf();
    for (act, field) in [("contact", "outcome"), ("resolve", "disposition")] {
        let reply = nora.post(&format!("{base}/{act}"), &[("csrf", &csrf), ("alert", &alert), (field, "made-up"), ("note", "kept")]);
        assert_eq!(reply.status, 422, "{act}");
        assert!(reply.text().contains("Choose") && reply.text().contains(">kept</textarea>"), "{}", reply.text());
    }
}

#[test]
fn silence_is_said_in_days() {
    let house = House::open();
    house.person_asked_since("quiet", "Synthetic Quiet", "555 0123", "en", 9, 0);
    house.later(86_400 * 2);
    house.look_around();
    let row = words(&house.nurse("nora").get("/clinic/worklist/rows").text());
    assert!(row.contains("No check-in from Tue 11 Mar on, 2 days"), "{row}");
    assert!(!row.contains("0:00"), "{row}");
}

#[test]
fn the_same_person_is_not_entered_twice_unasked() {
    let house = House::open();
    let mut nora = house.nurse("nora");
    let csrf = nora.get("/clinic").csrf();
    assert_eq!(nora.post("/clinic/patients/new", &new_patient(&csrf)).status, 200);
    let mut same = new_patient(&csrf);
    same.retain(|(name, _)| *name != "name" && *name != "phone");
    same.extend([("name", "  ignacia  NANDU-o’neill "), ("phone", "555 9999")]);
    let asked = nora.post("/clinic/patients/new", &same);
    assert_eq!(asked.status, 409);
    let told = words(&asked.text());
    assert!(told.contains("Is this the same person?") && told.contains("procedure 10 Mar 2025"), "{told}");
    assert!(asked.text().contains("value=\"555 9999\""), "what was typed stays");
    assert_eq!(house.desk().people("ignacia", 9).unwrap().len(), 1);
    same.push(("anyway", "yes"));
    assert_eq!(nora.post("/clinic/patients/new", &same).status, 200);
    assert_eq!(house.desk().people("ignacia", 9).unwrap().len(), 2);
}

#[test]
fn a_date_far_off_is_a_slip() {
    let house = House::open();
    let mut nora = house.nurse("nora");
    let csrf = nora.get("/clinic").csrf();
    let long = "5".repeat(41);
    for (field, value, fits) in [
        ("procedure_date", "2026-03-11", true),
        ("procedure_date", "2026-03-12", false),
        ("procedure_date", "2015-03-11", true),
        ("procedure_date", "2015-03-10", false),
        ("born", "2025-03-12", false),
        ("born", "1905-03-11", false),
        ("born", "1905-03-12", true),
        ("phone", long.as_str(), false),
        ("levels", "L9-L10", false),
        ("time_zone", "", false),
    ] {
        let mut fields = new_patient(&csrf);
        fields.retain(|(name, _)| *name != field);
        fields.extend([(field, value), ("anyway", "yes")]);
        let reply = nora.post("/clinic/patients/new", &fields);
        assert_eq!(reply.status, if fits { 200 } else { 422 }, "{field} {value}: {}", words(&reply.text()));
        assert!(fits || reply.text().contains(&format!("id=\"e-{field}\"")), "{field} {value}");
    }
}

#[test]
fn the_line_ends_with_the_session() {
    let house = House::open();
    let mut nora = house.nurse("nora");
    let mut line = nora.send("GET", "/clinic/live", &[("accept", "text/event-stream")], b"");
    line.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut some = [0u8; 4096];
    assert!(line.read(&mut some).unwrap() > 0, "the line stands");
    let csrf = nora.get("/clinic").csrf();
    nora.post("/clinic/sign-out", &[("csrf", &csrf)]);
    let mut rest = vec![];
    line.read_to_end(&mut rest).expect("the line ends by itself");
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    assert!(!String::from_utf8_lossy(&rest).contains("changed"), "and tells nothing more");
}

#[test]
fn a_refusal_is_a_page_with_a_way_out_and_json_for_programs() {
    let house = House::open();
    let (mut phone, mut nurse) = (house.phone(ANA.0), house.nurse("nora"));
    let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let (json, large) = ([("content-type", "application/json"), ("sec-fetch-site", "same-origin")], vec![b'a'; 3 * 1024 * 1024]);
    for (browser, path, way_out) in [(&mut phone, "/me", "/today"), (&mut nurse, "/clinic/patients/new", "/clinic")] {
        let replies = [
            (413, browser.ask("POST", path, &form, &large)),
            (415, browser.ask("POST", path, &json, b"{}")),
            (405, browser.ask("DELETE", path, &form, b"")),
        ];
        for (status, reply) in replies {
            assert_eq!(reply.status, status, "{path}");
            assert!(reply.is_page(), "{path} {status}: {}", reply.text());
            assert!(reply.text().contains(&format!("href=\"{way_out}\"")), "{path} {status}: {}", reply.text());
        }
    }
    assert!(phone.get("/verdict/%ff%fe").is_page());
    for (method, headers, body) in [("POST", json, large.as_slice()), ("GET", json, b"".as_slice())] {
        let reply = phone.ask(method, "/api/events", &headers, body);
        assert!((400..500).contains(&reply.status) && reply.header("content-type") == "application/json", "{}", reply.text());
        assert!(serde_json::from_slice::<Value>(&reply.body).unwrap()["error"].is_string());
    }
}

#[test]
fn what_is_resolved_together_is_said_as_it_is() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new", "fever": "feverish", "calf": "yes" }));
    let desk = house.desk();
    let of = |cause: &str| {
        let all = desk.open_alerts(ANA.0).unwrap();
        all.iter().find(|kept| kept.alert.cause == cause).unwrap_or_else(|| panic!("no {cause} in {all:#?}")).alert.id.clone()
    };
    let causes: Vec<String> = desk.open_alerts(ANA.0).unwrap().iter().map(|kept| kept.alert.cause.clone()).collect();
    assert!(causes.len() >= 3, "{causes:?}");
    let (weak, fever, calf) = (of(&causes[0]), of(&causes[1]), of(&causes[2]));
    let mut nora = house.nurse("nora");
    let csrf = nora.get("/clinic").csrf();
    let path = format!("/clinic/patients/{}/resolve", ANA.0);
    let resolve = |alert: &str, also: &str| {
        let seen = house.seen();
        let fields =
            [("csrf", csrf.as_str()), ("seen", &seen), ("alert", alert), ("also", also), ("disposition", "advised"), ("note", "Spoke.")];
        fields.map(|(name, value)| (name.to_string(), value.to_string()))
    };
    let open = || desk.open_alerts(ANA.0).unwrap().iter().map(|kept| kept.alert.id.clone()).collect::<BTreeSet<_>>();
    // One of the two is gone meanwhile: what is said is what happened.
    desk.resolve(
        ANA.0,
        &fever,
        "Omar Haddad",
        lamella_desk::Ending { how: "advised", note: "Mine.", ..lamella_desk::Ending::default() },
        house.now(),
    )
    .unwrap();
    house.later(5);
    let reply = nora.post(&path, &lent(&resolve(&weak, &fever)));
    let page = words(&nora.get(reply.location()).text());
    let still = open().contains(&weak);
    assert!(still || !page.contains("Nothing was changed"), "it is resolved, and the page says that nothing was: {page}");
    let omars = desk.alerts(ANA.0).unwrap().iter().find(|kept| kept.alert.id == fever).unwrap().alert.resolved.clone().unwrap();
    assert_eq!(omars.by, "Omar Haddad", "nobody writes over a colleague's word");
    // One that is not there: all or nothing.
    let before = open();
    let reply = nora.post(&path, &lent(&resolve(&calf, "no-such-alert")));
    let done = before != open();
    assert!(done == (reply.status == 303), "{}: half of it was done: {:?} → {:?}", reply.status, before, open());
}

// ---- the check-in without a script -------------------------------------------------------------------------------------------

#[test]
fn a_check_in_is_a_plain_form_of_three_screens() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    let first = phone.open("/check-in");
    let mut form = first.form("/check-in/page/page-pain").expect("the first screen");
    // Nothing chosen: each question that a safety rule reads asks again, and nothing is sent.
    let mend = phone.post("/check-in/page/page-pain", &lent(&form));
    assert_eq!(mend.status, 422);
    assert!(mend.text().contains("href=\"#q-pain\"") && mend.text().contains("Please correct:"));
    let chosen = [
        ("pain", "2"),
        ("pain-worst", "3"),
        ("function", "dont-know"),
        ("character", "ache"),
        ("where", "low-back"),
        ("set-off", "activity"),
        ("settles", "within-hours"),
        ("against-usual", "same"),
    ];
    form.extend(chosen.map(|(name, value)| (name.to_string(), value.to_string())));
    let on = phone.post("/check-in/page/page-pain", &lent(&form));
    assert!(on.location().starts_with("/check-in/page/page-safety?event="), "{}", words(&on.text()));
    // Back: what was said stands there.
    let back = phone.get("/check-in/page/page-pain").form("/check-in/page/page-pain").unwrap();
    assert!(chosen.iter().all(|(name, value)| back.iter().any(|(n, v)| n == name && v == value)), "{back:?}");
    let mut safety = phone.get("/check-in/page/page-safety").form("/check-in/page/page-safety").unwrap();
    safety.push(("end".to_string(), "none".to_string()));
    let on = phone.post("/check-in/page/page-safety", &lent(&safety));
    assert!(on.location().starts_with("/check-in/page/page-day?event="), "{}", on.location());
    let day_address = on.location().to_string();
    let day = phone.get(&day_address);
    // What was set and not touched says so, here and in the list of what is sent.
    assert_eq!(day.text().matches("We have filled this in").count(), 3, "flare, relief, walked");
    assert!(words(&day.text()).contains("How long did you walk in all? as it stands above; we filled it in"), "{}", words(&day.text()));
    assert!(words(&day.text()).contains("The clinic reads answers today until 17:00."), "who reads it and when is said before sending");
    let day = day.form("/check-in/page/page-day").unwrap();
    let sent = phone.post("/check-in/page/page-day", &lent(&day));
    assert!(sent.location().starts_with("/verdict/"), "{}", words(&sent.text()));
    assert!(words(&phone.get(sent.location()).text()).contains("This is a usual kind of day"));
    // A second tap, or a reload of the sending: the same verdict, nothing doubled.
    let again = phone.post("/check-in/page/page-day", &lent(&day));
    assert_eq!(again.location(), sent.location());
    // *Back* after sending shows what was sent, and no empty form.
    let back = phone.open(&day_address);
    assert!(words(&back.text()).contains("You have already sent this check-in"), "{}", words(&back.text()));
    assert!(back.text().contains("href=\"/check-in/correct/"));
    assert!(house.desk().draft(&house.desk().key(ANA.0)).unwrap().is_none(), "looking back begins nothing");
    let record = house.desk().record(ANA.0).unwrap();
    assert_eq!(record.events.len(), 1);
    let text = serde_json::to_string(&record.events[0]).unwrap();
    for part in
        ["\"bladder\":\"normal\"", "\"stood\":\"yes\"", "\"needle-site\":\"clean\"", "\"function\":\"dont-know\"", "\"flare\":\"no\""]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_red_flag_does_not_wait_for_the_end() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    let mut form = phone.open("/check-in?page=page-safety").form("/check-in/page/page-safety").unwrap();
    form.push(("saddle".to_string(), "yes".to_string()));
    let advice = phone.post("/check-in/draft/page-safety", &lent(&form));
    assert_eq!(advice.status, 200);
    assert!(advice.text().contains("tel:911") && !advice.text().contains("<html"), "{}", advice.text());
    let waiting =
        |house: &House| house.desk().open_alerts(ANA.0).unwrap().iter().map(|kept| kept.alert.cause.clone()).collect::<BTreeSet<_>>();
    assert_eq!(waiting(&house), ["saddle-change", "unknown"].map(str::to_string).into(), "the clinic has it already");
    let calm = phone.post("/check-in/draft/page-safety", &lent(&form[..form.len() - 1]));
    assert!(calm.status == 200 && !calm.text().contains("banner"), "taken back on the phone: {}", calm.text());
    let note = words(&calm.text());
    assert!(note.contains("Numb or changed feeling between the legs” was sent to the clinic at 10:00."), "and it says so: {note}");
    assert!(waiting(&house).contains("saddle-change"), "but not at the clinic");
    // Another one is begun and left lying: after half an hour it is sent as it stands.
    let before = house.desk().record(ANA.0).unwrap().events.len();
    assert_eq!(phone.post("/check-in/draft/page-safety", &lent(&form)).status, 200);
    house.later(29 * 60);
    house.look_around();
    assert_eq!(house.desk().record(ANA.0).unwrap().events.len(), before);
    house.later(2 * 60);
    house.look_around();
    let events = house.desk().record(ANA.0).unwrap().events;
    assert_eq!(events.len(), before + 1);
    assert!(serde_json::to_string(events.last().unwrap()).unwrap().contains("\"complete\":false"));
    assert!(house.desk().draft(&house.desk().key(ANA.0)).unwrap().is_none());
}

#[test]
fn mending_an_old_answer_does_not_lose_a_check_in_that_is_begun() {
    let house = House::open();
    house.check_in(ANA.0, "earlier", json!({}));
    house.later(3600);
    let mut phone = house.phone(ANA.0);
    let mut form = phone.open("/check-in?page=page-pain").form("/check-in/page/page-pain").unwrap();
    form.push(("pain".to_string(), "7".to_string()));
    assert_eq!(phone.post("/check-in/draft/page-pain", &lent(&form)).status, 204);
    phone.open("/check-in/correct/earlier");
    let (_, draft) = house.desk().draft(&house.desk().key(ANA.0)).unwrap().expect("a draft");
    let sent = house.desk().record(ANA.0).unwrap().events.len() > 1;
    let kept = draft.answers.get("pain") == Some(&lamella_record::Answer::number(7)) && draft.corrects.is_none();
    assert!(sent || kept, "the begun check-in (pain 7) is gone: {draft:?}");
}

#[test]
fn a_correction_says_what_it_is_and_is_begun_by_its_first_answer() {
    for (patient, says, out) in [
        (ANA.0, "You are correcting the check-in of Tuesday 11 March, 10:00.", "Keep the one of 10:00 as it was"),
        (BEN.0, "Está corrigiendo el control del martes, 11 de marzo, 10:00.", "Dejar el de las 10:00 como estaba"),
    ] {
        let house = House::open();
        let kept = || house.desk().draft(&house.desk().key(patient)).unwrap().map(|(_, draft)| draft);
        house.check_in(patient, "earlier", json!({}));
        let mut phone = house.phone(patient);
        let page = phone.open("/check-in/correct/earlier");
        assert!(words(&page.text()).contains(says) && words(&page.text()).contains(out), "{}", words(&page.text()));
        assert!(kept().is_none(), "looking begins nothing");
        let mut form = page.form("/check-in/page/page-pain").unwrap();
        assert!(form.contains(&("pain".to_string(), "2".to_string())), "the old answers stand there: {form:?}");
        for field in form.iter_mut().filter(|(name, _)| name == "pain") {
            field.1 = "3".to_string();
        }
        assert_eq!(phone.post("/check-in/draft/page-pain", &lent(&form)).status, 204);
        let draft = kept().expect("begun");
        assert_eq!(draft.corrects.as_deref(), Some("earlier"));
        assert_eq!(draft.answers.get("bladder"), Some(&lamella_record::Answer::code("normal")), "the other answers go with it");
        let mut safety = phone.get("/check-in/page/page-safety").form("/check-in/page/page-safety").unwrap();
        safety.push(("unwell".to_string(), "yes".to_string()));
        assert_eq!(phone.post("/check-in/draft/page-safety", &lent(&safety)).status, 200);
        let draft = kept().expect("still there");
        assert_eq!(draft.answers.get("bladder"), Some(&lamella_record::Answer::code("normal")), "and stay while another is tapped");
        // The way out puts the correction away; what could not wait has been sent all the same.
        let away = phone.get("/check-in/page/page-safety").form("/check-in/keep-first").expect("the way out");
        assert_eq!(phone.post("/check-in/keep-first", &lent(&away)).location(), "/verdict/earlier");
        assert!(kept().is_none());
        assert_eq!(house.desk().record(patient).unwrap().events.len(), 2);
    }
}

#[test]
fn something_new_or_worse_counts_its_own_steps() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    let first = phone.open("/check-in?page=page-safety");
    assert!(words(&first.text()).contains("Step 1 of 3"), "{}", words(&first.text()));
    assert!(first.text().contains("class=\"back\" href=\"/today\""));
    let form = first.form("/check-in/page/page-safety").unwrap();
    let second = phone.open_after_post("/check-in/page/page-safety", &lent(&form));
    assert!(words(&second.text()).contains("Step 2 of 3") && second.form("/check-in/page/page-pain").is_some());
    assert!(second.text().contains("class=\"back\" href=\"/check-in/page/page-safety?event="), "back is where one came from");
}

#[test]
fn everything_answered_is_listed_before_it_is_sent() {
    let house = House::open();
    let mut phone = house.phone(BEN.0);
    let mut form = phone.open("/check-in?page=page-safety").form("/check-in/page/page-safety").unwrap();
    form.extend([("fever", "feverish"), ("temperature", "38,4")].map(|(name, value)| (name.to_string(), value.to_string())));
    phone.post("/check-in/page/page-safety", &lent(&form));
    // Coming back to the list and changing something there takes nothing back.
    phone.post("/check-in/draft/page-safety", &lent(&form));
    let page = phone.open("/check-in?page=page-day");
    let (_, draft) = house.desk().draft(&house.desk().key(BEN.0)).unwrap().expect("a draft");
    assert_eq!(draft.answers.get("bladder"), Some(&lamella_record::Answer::code("normal")));
    let listed = page.text().split("<dt>").count() - 1;
    let here = page.text().matches("<dd>como figura arriba").count();
    assert!(words(&page.text()).contains("38,4 °C = 101,1 °F"), "{}", words(&page.text()));
    assert_eq!(listed - here, draft.answers.len(), "{:?}\n{}", draft.answers, words(&page.text()));
    assert!(words(&page.text()).contains("Confusión") || draft.answers.contains_key("confusion"));
}

/// A temperature that nobody can have is named at its field, never read in the other unit; sent once more, it goes as it was typed, and
/// raises all the same.
#[test]
fn a_mistyped_temperature_is_named_and_kept_as_typed() {
    let house = House::open();
    for (patient, typed, unit, asked, kept) in [
        (ANA.0, "387", "c", "387 °C? It should lie between 34 and 43 °C. Did you mean 38.7 °C?", "387 °C"),
        (BEN.0, "101,5", "c", "¿101,5 °C? Debería estar entre 34 y 43 °C. ¿Quiso decir 101,5 °F?", "101,5 °C"),
    ] {
        let mut phone = house.phone(patient);
        let mut form = phone.open("/check-in?page=page-safety").form("/check-in/page/page-safety").unwrap();
        form.retain(|(name, _)| name != "temperature-unit");
        form.extend(
            [("fever", "feverish"), ("temperature", typed), ("temperature-unit", unit)].map(|(n, v)| (n.to_string(), v.to_string())),
        );
        let named = phone.post("/check-in/page/page-safety", &lent(&form));
        assert_eq!(named.status, 422);
        let field = named.text().split("id=\"q-temperature\"").nth(1).and_then(|rest| rest.split("</fieldset>").next()).map(words).unwrap();
        assert!(field.contains(asked), "{field}");
        let again = named.form("/check-in/page/page-safety").unwrap();
        let number = typed.replace(',', ".");
        for (name, value) in [("temperature", number.as_str()), ("temperature-unit", unit)] {
            assert!(again.iter().any(|(n, v)| n == name && v == value), "{name} stands as it was typed: {again:?}");
        }
        let on = phone.post("/check-in/page/page-safety", &lent(&again));
        assert_eq!(on.status, 303, "{}", words(&on.text()));
        let mut on = on.location().to_string();
        while on.starts_with("/check-in/") {
            let address = on.split('?').next().unwrap().to_string();
            let mut form = phone.get(&on).form(&address).unwrap();
            form.extend(["pain", "pain-worst"].map(|name| (name.to_string(), "0".to_string())));
            form.push(("against-usual".to_string(), "same".to_string()));
            on = phone.post(&address, &lent(&form)).location().to_string();
        }
        let verdict = words(&phone.get(&on).text());
        assert!(verdict.contains(kept) && !verdict.contains("38 °C") && !verdict.contains("°C °C"), "{verdict}");
        let events = house.desk().alerts(patient).unwrap();
        assert!(events.iter().any(|kept| kept.alert.unknown.iter().any(|id| id == "temperature")), "it is not known, and raises");
        let mut nora = house.nurse("nora");
        nora.language = "en".to_string();
        let console = words(&nora.get(&format!("/clinic/patients/{patient}")).text());
        assert!(console.contains(&kept.replace(',', ".")) && !console.contains("38 °C") && !console.contains("197"), "{console}");
    }
}

/// A temperature in the person's unit is taken in that unit; a number of the other one is not.
#[test]
fn a_temperature_is_read_in_the_unit_that_was_chosen() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    for (typed, unit, stored) in [
        ("101.3", "f", lamella_record::Answer::Number(lamella_record::Hundredths(3850))),
        ("38.7", "c", lamella_record::Answer::Number(lamella_record::Hundredths(3870))),
        ("38.7", "f", lamella_record::Answer::code("38.7 °F")),
        ("101.3", "c", lamella_record::Answer::code("101.3 °C")),
    ] {
        let mut form = phone.open("/check-in?page=page-safety").form("/check-in/page/page-safety").unwrap();
        form.retain(|(name, _)| !["temperature", "temperature-unit", "fever"].contains(&name.as_str()));
        form.extend(
            [("fever", "feverish"), ("temperature", typed), ("temperature-unit", unit)].map(|(n, v)| (n.to_string(), v.to_string())),
        );
        phone.post("/check-in/draft/page-safety", &lent(&form));
        let (_, draft) = house.desk().draft(&house.desk().key(ANA.0)).unwrap().expect("a draft");
        assert_eq!(draft.answers.get("temperature"), Some(&stored), "{typed} {unit}");
    }
}

/// Every page gives one time for what one check-in raised: the earliest of its alerts. No calmer word about reading stands beside it.
#[test]
fn one_check_in_has_one_deadline_on_every_page() {
    let house = House::open();
    // A new kind of pain has 72 hours, new numbness 8 clinic hours.
    house.check_in(ANA.0, "two", json!({ "against-usual": "new-kind", "numbness": "new" }));
    assert_eq!(
        house.desk().open_alerts(ANA.0).unwrap().iter().filter(|kept| kept.alert.level == lamella_record::Level::Attention).count(),
        2
    );
    let mut phone = house.phone(ANA.0);
    for page in ["/today", "/progress", "/verdict/two"] {
        let page = words(&phone.get(page).text());
        let told: Vec<&str> = page.split("somebody reads it ").skip(1).filter_map(|rest| rest.split('.').next()).collect();
        assert_eq!(told, ["before Wed 9:00"], "{page}");
        assert!(!page.contains("The clinic reads answers"), "{page}");
    }
    let form = phone.open("/check-in?page=page-day").text();
    assert!(!words(&form).contains("The clinic reads answers"), "{}", words(&form));
    house.check_in(ANA.0, "worst", json!({ "saddle": "yes" }));
    for page in ["/today", "/progress", "/verdict/worst", "/verdict/two"] {
        let page = words(&phone.get(page).text());
        assert!(!page.contains("The clinic reads answers") && !page.contains("The next one is on"), "{page}");
    }
}

/// A phase that goes on past its last day says why.
#[test]
fn a_held_phase_says_why() {
    let house = House::open();
    for (language, stay, answers, alert) in [
        ("en", "a little longer. Its limits hold.", "we need check-ins of 3 days first", "has something to look at first"),
        ("es", "un poco más en esta fase.", "necesitamos antes controles de 3 días", "tiene que mirar algo"),
    ] {
        let [silent, loud] = ["silent", "loud"].map(|id| format!("{id}-{language}"));
        house.person(&silent, "Synthetic Silent", "555 0123", language, 16);
        house.check_in(&silent, &format!("{silent}-one"), json!({}));
        house.rated(&loud, "Synthetic Loud", language, 14, |_| 2);
        house.check_in(&loud, &format!("{loud}-fever"), json!({ "unwell": "yes" }));
        for (id, why, not) in [(&silent, answers, alert), (&loud, alert, answers)] {
            if id == &loud {
                house.later(2 * 24 * 3600);
            }
            house.desk().look_again(house.now()).unwrap();
            let page = words(&house.phone(id).get("/today").text());
            assert!(page.contains(stay) && page.contains(why) && !page.contains(not), "{id}: {page}");
        }
    }
}

#[test]
fn an_answer_that_must_not_wait_is_known_to_the_screen() {
    let house = House::open();
    for (patient, call) in [(ANA.0, "Get emergency help now"), (BEN.0, "Busque ayuda de emergencia ahora")] {
        let page = house.phone(patient).open("/check-in?page=page-safety");
        let text = page.text();
        let panel = text.split("<template data-unsent=\"emergency\">").nth(1).and_then(|rest| rest.split("</template>").next());
        let panel = panel.expect("a panel for emergencies");
        assert!(panel.contains("href=\"tel:911\"") && panel.contains("href=\"tel:5550100\"") && panel.contains(call), "{panel}");
        // The marks are the pathway's own floors.
        let pathway = house.desk().pathway();
        let loud = pathway.questions.iter().filter(|question| question.page == "page-safety");
        let loud = loud.flat_map(|question| &question.floors).filter(|floor| floor.level >= lamella_record::Level::Attention);
        assert_eq!(text.matches("data-floor=").count(), loud.count());
        assert!(text.contains("value=\"leaking\" data-floor=\"emergency\"") && text.contains("value=\"hives\" data-floor=\"attention\""));
        assert!(!text.contains("value=\"as-before\" data-floor"));
        // The crisis line stands beside the question it is for.
        assert!(!panel.contains("tel:988"));
    }
    let mut phone = house.phone(ANA.0);
    let text = phone.open("/check-in?page=page-day").text();
    assert!(text.split("<template").nth(1).is_some_and(|panel| panel.contains("tel:988")), "{text}");
}

#[test]
fn the_ring_never_counts_past_its_phase() {
    let house = House::open();
    for (day, en, es) in [
        (-3, "days", "días"),
        (0, "of 14", "de 14"),
        (14, "of 14", "de 14"),
        (15, "month 1", "mes 1"),
        (40, "month 2", "mes 2"),
        (96, "month 4", "mes 4"),
        (400, "month 14", "mes 14"),
    ] {
        for (language, caption) in [("en", en), ("es", es)] {
            let id = format!("ring-{day}-{language}");
            house.person(&id, "Synthetic Ring", "555 0123", language, day);
            let text = house.phone(&id).get("/today").text();
            let shown = text.split("class=\"ring-caption\"").nth(1).and_then(|rest| rest.split(['>', '<']).nth(1));
            assert_eq!(shown, Some(caption), "day {day}");
            assert!(!words(&text).contains("-1 more") && !words(&text).contains("-1 día"), "day {day}: {}", words(&text));
        }
    }
}

#[test]
fn an_emergency_that_stands_leaves_nothing_of_an_ordinary_day() {
    let house = House::open();
    house.check_in(ANA.0, "bad", json!({ "bladder": "leaking" }));
    house.check_in(BEN.0, "worse", json!({ "weakness": "new" }));
    let today = house.phone(ANA.0).get("/today").text();
    assert!(today.contains("tel:911") && !today.contains("class=\"tile ") && !today.contains("btn primary"), "{}", words(&today));
    assert!(words(&today).contains("What is allowed today stands here again"));
    let verdict = house.phone(ANA.0).get("/verdict/bad").text();
    assert!(words(&verdict).contains("What to do now") && !words(&verdict).contains("Until you have spoken to us"));
    let (call, why) = (verdict.find("tel:911").unwrap(), verdict.find("class=\"sent\"").unwrap());
    assert!(
        call < why && verdict.split("</h1>").nth(1).unwrap().trim_start().starts_with("<div class=\"first-call\""),
        "the call is first"
    );
    let today = house.phone(BEN.0).get("/today").text();
    assert!(today.contains("class=\"tile "), "attention keeps the limits");
    assert!(words(&house.phone(BEN.0).get("/verdict/worse").text()).contains("Hasta que hable con nosotros"));
}

#[test]
fn what_patients_read_has_units_years_and_no_source_codes() {
    let house = House::open();
    let today = words(&house.phone(BEN.0).get("/today").text());
    assert!(today.contains("hasta 20 minutos") && !today.contains("minutes"), "{today}");
    assert!(today.contains("Ya sin límite: baños"), "{today}");
    house.person("held", "Synthetic Held", "555 0123", "es", 30);
    let held = words(&house.phone("held").get("/today").text());
    assert!(held.contains("Cuando empiece la próxima fase: hasta 5 kg"), "no date that has passed: {held}");
    for (state, changed) in common::pages::at_levels() {
        house.check_in(ANA.0, state, changed);
        let page = words(&house.phone(ANA.0).get(&format!("/verdict/{state}")).text());
        for raw in ["source:", "founding", " C2", " B1", "Rule ", "usual of ", "not known yet yes"] {
            assert!(!page.contains(raw), "{state} says `{raw}`: {page}");
        }
    }
    house.person("quiet", "Synthetic Quiet", "555 0123", "en", 9);
    house.check_in("quiet", "expected", json!({}));
    let quiet = house.phone("quiet").get("/verdict/expected").text();
    assert!(quiet.contains("All signs, one by one") && !quiet.contains("<details open"), "a quiet day reads short");
    house.check_in("quiet", "watch", json!({ "rest-pain": "yes" }));
    assert!(house.phone("quiet").get("/verdict/watch").text().contains("<details open"), "a day to watch does not");
    // A date of another year says which.
    house.person("calm", "Synthetic Calm", "555 0123", "en", 9);
    house.later(270 * 86_400);
    let key = house.desk().key("calm");
    let order = json!({ "id": "on", "kind": "phase", "at": "2025-12-06T09:00:00-05:00", "action": "advance", "phase": "maintain",
        "reason": "calm", "by": "Nora Lindqvist" });
    house.desk().receive(&key, vec![order], house.now()).unwrap();
    let today = words(&house.phone("calm").get("/today").text());
    assert!(today.contains("Lifting: up to 17 kg From Tuesday 3 March 2026 at the earliest: no limit."), "{today}");
}

#[test]
fn a_stop_names_the_reason_that_holds_and_no_other() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    for (pain, place, says, silent) in [
        ("2", "low-back", "not enough days yet to know your usual pain", ["goes low in the leg", "more pain than you tend to have"]),
        ("2", "below-knee-left", "goes low in the leg", ["more pain than you tend to have", " or it is too early"]),
    ] {
        let mut form = phone.get("/stopped").form("/stopped").unwrap();
        form.extend([("activity", "bend"), ("pain", pain), ("where", place)].map(|(name, value)| (name.to_string(), value.to_string())));
        let page = words(&phone.open_after_post("/stopped", &lent(&form)).text());
        assert!(page.contains(says), "{place}: {page}");
        assert!(silent.iter().all(|other| !page.contains(other)), "{place}: {page}");
    }
}

#[test]
fn signing_out_is_asked_before_it_is_done() {
    let house = House::open();
    let page = house.phone(ANA.0).get("/me").text();
    let asked = page.split("<details class=\"sure\"").nth(1).and_then(|rest| rest.split("</details>").next()).expect("it asks");
    assert!(asked.contains("action=\"/sign-out\"") && asked.contains("Sign out now?") && asked.contains("href=\"/me\""), "{asked}");
    assert_eq!(page.matches("action=\"/sign-out\"").count(), 1, "nowhere without being asked");
}

// ---- what two visitors found -------------------------------------------------------------------------------------------------

/// Opens a check-in and sends its first screen; the id it has.
fn with_pain_told(phone: &mut Browser) -> String {
    let mut form = phone.open("/check-in").form("/check-in/page/page-pain").expect("the first screen");
    form.extend(
        [("pain", "3"), ("pain-worst", "4"), ("function", "2"), ("character", "ache"), ("where", "low-back"), ("set-off", "activity")]
            .map(|(name, value)| (name.to_string(), value.to_string())),
    );
    form.extend([("settles", "within-hours"), ("against-usual", "same")].map(|(name, value)| (name.to_string(), value.to_string())));
    assert_eq!(phone.post("/check-in/page/page-pain", &lent(&form)).status, 303);
    form.iter().find(|(name, _)| name == "event").expect("its id").1.clone()
}

/// The same form from two taps at once.
fn twice_at_once(phone: &Browser, path: &str, fields: &[(&str, &str)]) -> Vec<Reply> {
    let gate = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        let taps: Vec<_> = (0..2)
            .map(|_| {
                let (mut phone, gate) = (phone.clone(), &gate);
                scope.spawn(move || {
                    gate.wait();
                    phone.post(path, fields)
                })
            })
            .collect();
        taps.into_iter().map(|tap| tap.join().expect("an answer")).collect()
    })
}

#[test]
fn a_double_tap_is_one_and_leads_to_one_place() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    let csrf = phone.get("/me").csrf();
    let events = || house.desk().record(ANA.0).unwrap().events.len();
    for round in 0..4 {
        let before = events();
        let id = with_pain_told(&mut phone);
        let safety = [("csrf", csrf.as_str()), ("event", &id), ("saddle", "yes")];
        let day = [("csrf", csrf.as_str()), ("event", &id), ("flare", "no")];
        let stop = uuid_of(&id);
        let stopped = [("csrf", csrf.as_str()), ("event", &stop), ("activity", "walk"), ("pain", "9"), ("where", "below-knee-left")];
        for (path, fields) in
            [("/check-in/page/page-safety", &safety[..]), ("/check-in/page/page-day", &day[..]), ("/stopped", &stopped[..])]
        {
            let replies = twice_at_once(&phone, path, fields);
            assert!(
                replies.iter().all(|reply| reply.status == 303),
                "{round} {path}: {:?}",
                replies.iter().map(Reply::text).collect::<Vec<_>>()
            );
            assert_eq!(replies[0].location(), replies[1].location(), "{round} {path}");
        }
        assert_eq!(events(), before + 3, "the sign ahead, the whole, the stop: each once");
    }
}

#[test]
fn what_was_taken_back_still_stands_first() {
    for (patient, told, corrected, calm) in [
        (
            ANA.0,
            "You told us “Numb or changed feeling between the legs” at 10:",
            "You corrected this at 10:",
            "This is a usual kind of day",
        ),
        (BEN.0, "Nos dijo «", "Lo corrigió a las 10:", "Este es un día"),
    ] {
        let house = House::open();
        let mut phone = house.phone(patient);
        let csrf = phone.get("/me").csrf();
        let id = with_pain_told(&mut phone);
        let tap = |phone: &mut Browser, path: &str, more: &[(&str, &str)]| {
            let fields: Vec<(&str, &str)> =
                [("csrf", csrf.as_str()), ("event", id.as_str())].into_iter().chain(more.iter().copied()).collect();
            phone.post(path, &fields)
        };
        assert_eq!(tap(&mut phone, "/check-in/page/page-safety", &[("saddle", "yes")]).status, 303);
        house.later(60);
        assert_eq!(tap(&mut phone, "/check-in/page/page-safety", &[]).status, 303);
        let sent = tap(&mut phone, "/check-in/page/page-day", &[("flare", "no")]);
        let page = phone.get(sent.location()).text();
        let said = words(&page);
        assert!(said.contains(told) && said.contains(corrected) && !said.contains(calm), "{said}");
        assert!(page.split("<h1").nth(1).unwrap().contains("tel:911"), "the call stands right under the headline");
        let all = house.desk().open_alerts(patient).unwrap();
        let saddle = all.iter().find(|kept| kept.alert.cause == "saddle-change").expect("it stays");
        assert!(saddle.alert.corrected_by.is_some(), "the clinic sees that it was corrected: {saddle:?}");
        // Today says the same, once.
        let today = phone.get("/today").text();
        assert!(words(&today).contains(corrected) && today.matches("card banner").count() == 1, "{}", words(&today));
        // A calm answer of the day after does not stand above it either, here or for a program.
        house.later(86_400);
        house.check_in(patient, "next", json!({}));
        assert!(!words(&phone.get("/verdict/next").text()).contains(calm));
        let batch = json!([house.event(patient, "by-program", json!({}))]).to_string();
        let told = &receipts(&phone.json("/api/events", &csrf, &batch))[0]["told"];
        assert_eq!((&told["level"], &told["standing"]["level"]), (&json!("expected"), &json!("emergency")), "{told}");
    }
}

#[test]
fn two_signs_of_one_day_stand_in_one_card() {
    let house = House::open();
    house.check_in(ANA.0, "one", json!({ "saddle": "yes", "bladder": "leaking" }));
    let today = house.phone(ANA.0).get("/today").text();
    assert_eq!(today.matches("card banner").count(), 1, "{}", words(&today));
    assert!(words(&today).contains("between the legs") && words(&today).contains("passing urine"), "{}", words(&today));
    assert!(today.contains("href=\"/check-in/correct/one\"") && words(&today).contains("L4-L5, 2 Mar 2025"), "{}", words(&today));
}

#[test]
fn each_new_sign_is_sent_and_named() {
    let house = House::open();
    let mut phone = house.phone(ANA.0);
    let form = phone.open("/check-in?page=page-safety").form("/check-in/page/page-safety").unwrap();
    let mut tap = |ticked: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = lent(&form).into_iter().chain(ticked.iter().copied()).collect();
        let reply = phone.post("/check-in/draft/page-safety", &fields);
        house.later(60);
        (reply.text().contains("banner"), words(&reply.text()))
    };
    let (card, fall) = tap(&[("fall", "yes")]);
    assert!(card && fall.contains("A fall or a blow") && fall.contains("sent to the clinic at 10:00"), "{fall}");
    let (card, gone) = tap(&[]);
    assert!(!card && gone.contains("A fall or a blow since your last check-in” was sent"), "{gone}");
    let (card, stood) = tap(&[("stood", "no")]);
    assert!(card && stood.contains("You could not stand and walk") && stood.contains("This was sent to the clinic at 10:02"), "{stood}");
    // An emergency, taken back; then something milder has a card of its own.
    let (_, chest) = tap(&[("chest", "yes")]);
    assert!(chest.contains("Get emergency help now"), "{chest}");
    let (card, calf) = tap(&[("calf", "yes")]);
    assert!(card && calf.contains("One calf swollen") && calf.contains("Stop what you were doing"), "{calf}");
    let causes: BTreeSet<String> = house.desk().open_alerts(ANA.0).unwrap().iter().map(|kept| kept.alert.cause.clone()).collect();
    for cause in ["trauma", "cannot-stand", "calf", "chest"] {
        assert!(causes.iter().any(|there| there.contains(cause)), "{cause} in {causes:?}");
    }
}

#[test]
fn a_correction_shows_what_it_takes_over_and_the_language_is_todays() {
    let house = House::open();
    house.check_in(ANA.0, "earlier", json!({ "saddle": "yes" }));
    let mut phone = house.phone(ANA.0);
    let page = phone.open("/check-in/correct/earlier").text();
    assert!(page.contains("card banner emergency") && words(&page).contains("This was sent to the clinic at 10:00."), "{}", words(&page));
    let csrf = phone.get("/me").csrf();
    assert_eq!(phone.post("/me", &[("csrf", &csrf), ("language", "es"), ("temperature-unit", "c")]).status, 303);
    let page = words(&phone.open("/check-in/correct/earlier").text());
    assert!(page.contains("Busque ayuda de emergencia ahora") && !page.contains("Get emergency help"), "{page}");
    let verdict = phone.get("/verdict/earlier").text();
    let (today, first) = verdict.split_once("class=\"card told\"").expect("what was told stands word for word");
    assert!(words(today).contains("Busque ayuda de emergencia ahora") && !words(today).contains("Get emergency help"), "{}", words(today));
    assert!(first.contains("lang=\"en\"") && words(first).contains("Get emergency help now"));
}

#[test]
fn what_nobody_knows_is_not_called_a_sign() {
    let house = House::open();
    house.check_in(ANA.0, "open", json!({ "settles": "dont-know", "saddle": "dont-know", "stood": "dont-know" }));
    let mut phone = house.phone(ANA.0);
    let page = phone.get("/verdict/open").text();
    let said = words(&page);
    assert!(said.contains("We could not ask you everything") && !said.contains("Stop what you were doing"), "{said}");
    let list = page.split("<ul class=\"bullets\">").nth(1).unwrap();
    let (saddle, stood) = (list.find("between the legs").unwrap(), list.find("stand and walk").unwrap());
    assert!(saddle < stood, "what may be worst first");
    let changes = page.split("class=\"changes\"").nth(1).unwrap();
    assert!(changes.split("</ul>").next().unwrap().contains("between the legs"), "a sign that is not known may be the emergency");
    let why = page.split("class=\"reasons\"").nth(1).unwrap();
    assert!(why.contains("between the legs") && why.contains("not known"), "{}", words(why));
    assert!(page.contains("href=\"/check-in?page=page-safety&#38;question=saddle\""), "{page}");
    // Nor does it stand as one; beside a sign the level speaks.
    let stop = "Stop what you were doing";
    for path in ["/today", "/progress"] {
        let page = phone.get(path).text();
        assert!(page.contains("href=\"/check-in?page=page-safety&#38;question=saddle\""), "{path}: it can be answered from there");
        let said = words(&page);
        assert!(said.contains("Until then: call.") && !said.contains(stop), "{path}: {said}");
    }
    house.check_in(ANA.0, "numb", json!({ "numbness": "new", "saddle": "dont-know" }));
    let page = phone.get("/today").text();
    assert!(words(&page).contains(stop) && !page.contains("question=saddle"), "{page}");
    let to = phone.get("/check-in?page=page-safety&question=saddle");
    assert!(to.location().starts_with("/check-in/page/page-safety?event=") && to.location().ends_with("#q-saddle"), "{}", to.location());
    // Answered later by the person: no clinic has dealt with anything.
    house.later(600);
    house.check_in(ANA.0, "later", json!({}));
    let page = words(&phone.get("/verdict/open").text());
    assert!(page.contains("You answered these questions later, at 10:10.") && !page.contains("dealt with"), "{page}");
}

#[test]
fn whoever_is_not_signed_in_has_every_number() {
    let house = House::open();
    let mut nobody = house.stranger();
    for (path, status) in [("/today", 401), ("/offline", 200), ("/nowhere", 404)] {
        let page = nobody.get(path);
        assert_eq!(page.status, status);
        for number in ["tel:5550100", "tel:5550199", "tel:911"] {
            assert!(page.text().contains(number), "{path} lacks {number}");
        }
    }
    house.later(10 * 3600);
    let night = nobody.get("/today").text();
    assert!(night.find("tel:5550199") < night.find("tel:5550100"), "who picks up at night stands first");
    let offline = words(&nobody.get("/offline?lang=es").text());
    assert!(offline.contains("Esta página necesita conexión") && !offline.contains("se guarda en este teléfono"), "{offline}");
}

// ---- the log -----------------------------------------------------------------------------------------------------------------

#[test]
fn the_log_of_a_whole_walk_names_nobody() {
    let house = lived_in();
    let mut phone = house.phone(ANA.0);
    let phone_csrf = phone.get("/me").csrf();
    let mut nurse = house.nurse("nora");
    let nurse_csrf = nurse.get("/clinic").csrf();
    let link = house.invite(BEN.0);
    every_page(&house, "en");
    begin(&house, ANA.0, "function", "3");
    for deed in deeds(&house) {
        let (browser, csrf) = if deed.side == Side::Clinic { (&mut nurse, &nurse_csrf) } else { (&mut phone, &phone_csrf) };
        let mut fields = lent(&deed.fields);
        fields.push(("csrf", csrf));
        assert!(browser.post(&deed.path, &fields).status < 400, "{}", deed.path);
    }
    house.stranger().get(&link);
    house.stranger().post("/clinic/sign-in", &[("login", "nora"), ("password", "a-wrong-password")]);
    house.later(3600);
    house.look_around();
    let written = log::written();
    assert!(written.lines().count() > 100 && written.contains("answered"), "the log is listened to");
    let cookies = phone.cookies.values().chain(nurse.cookies.values()).cloned();
    let secrets = [
        ANA.0,
        ANA.1,
        ANA.2,
        BEN.0,
        BEN.1,
        BEN.2,
        "Kowalski",
        "Ortega",
        "1962-02-04",
        "Ignacia",
        "1970-05-06",
        "555 0177",
        "cannot-lift-foot",
        "leaking",
        "cannot-pass",
        "bladder",
        "saddle",
        "ana-check-in",
        PASSWORD,
        "a-wrong-password",
        link.trim_start_matches("/i/"),
        &phone_csrf,
        &nurse_csrf,
        "Nora Lindqvist",
        "Spoke by phone",
    ];
    for secret in secrets.map(str::to_string).into_iter().chain(cookies) {
        let line = written.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "the log says `{secret}`: {}", line.unwrap_or_default());
    }
}

/// Of a case of the reading, and of nothing else, the form asks whether the change was real; the answer is kept and counted.
#[test]
fn a_nurse_says_whether_the_change_was_real() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    let (id, lasting) = ("worse-0001", house.worsened("worse-0001", "Wilma Testperson", "en"));
    let mut nora = house.nurse("nora");
    let anas = nora.get(&format!("/clinic?patient={}", ANA.0)).text();
    assert!(anas.contains("name=\"disposition\"") && !anas.contains("name=\"change\""));
    let page = nora.get(&format!("/clinic?patient={id}&alert={lasting}"));
    let key = lasting.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let card = page.text().split("data-alert=").find(|card| card.starts_with(&format!("\"{key}\""))).unwrap().to_string();
    let choices: Vec<&str> = card.split("name=\"change\"").skip(1).map(|rest| &rest[..60]).collect();
    assert_eq!(choices.len(), 4, "{card}");
    let chosen: Vec<&&str> = choices.iter().filter(|choice| choice.contains("checked")).collect();
    assert!(matches!(chosen[..], [none] if none.contains("Not answered")), "nobody has said, and a tap can be taken back: {choices:?}");

    let resolve = format!("/clinic/patients/{id}/resolve");
    let (seen, csrf) = (house.seen(), nora.get("/clinic").csrf());
    let fields = |note: &'static str, change: &'static str, seen: &str| {
        [("csrf", csrf.as_str()), ("alert", &lasting), ("seen", seen), ("disposition", "advised"), ("note", note), ("change", change)]
            .map(|(name, value)| (name.to_string(), value.to_string()))
    };
    // What is none of the answers is not taken, and what comes too late is given back as it was chosen.
    let odd = nora.post(&resolve, &lent(&fields("Spoke.", "perhaps", &seen)));
    assert_eq!((odd.status, written(&odd, &format!("resolve-note-{key}"))), (422, "Spoke.".to_string()));
    let late = nora.post(&resolve, &lent(&fields("Spoke.", "not-real", "1")));
    assert_eq!(late.status, 409);
    assert!(late.text().contains("name=\"change\" value=\"not-real\" checked"), "{}", late.text());

    let cases = || house.desk().observed(house.now()).unwrap().lasting;
    house.later(1);
    let done = nora.post(&resolve, &lent(&fields("Slept badly.", "not-real", &house.seen())));
    assert_eq!((done.status, cases().not_real), (303, 1));
    let told = words(&nora.get(&format!("/clinic/patients/{id}")).text());
    assert!(told.contains("spoke to the person, advised. It was not a lasting change"), "{told}");
    let early = words(&nora.get("/clinic/pathway").text());
    assert!(early.contains("too early") && early.contains("Closed as not real 1"), "{early}");
    let undo = done.location().split("undo=").nth(1).unwrap().to_string();
    assert_eq!(nora.post(&format!("/clinic/patients/{id}/undo"), &[("csrf", &csrf), ("event", &undo)]).status, 303);
    assert_eq!((cases().not_real, cases().open), (0, 1));

    // Nobody has to say; and with patient-years enough the page says a rate.
    house.later(100);
    assert_eq!(nora.post(&resolve, &lent(&fields("Spoke.", "", &house.seen()))).status, 303);
    house.person_asked_since("long-0001", "Lone Testperson", "555 0198", "en", 19_000, 19_000);
    house.check_in("long-0001", "long", json!({}));
    let page = words(&nora.get("/clinic/pathway").text());
    assert!(page.contains("Closed, not said 1") && !page.contains("too early"), "{page}");
    assert!(
        page.contains("False a patient-year, at least 0.00 (0.00 to 0.07)") && page.contains("nobody called real 0.02 (0.00 to 0.11)"),
        "{page}"
    );
}

/// One note closes several alerts: where one of them is a case, the question is asked, and it counts for that one.
#[test]
fn one_note_for_several_asks_whether_the_change_was_real() {
    let house = House::open();
    let (id, lasting) = ("worse-0001", house.worsened("worse-0001", "Wilma Testperson", "en"));
    for (unwell, name) in [("yes", "ill-1"), ("no", "ill-2"), ("yes", "ill-3")] {
        house.later(3600);
        house.check_in(id, name, json!({ "unwell": unwell, "pain": 8, "pain-worst": 8, "function": 8 }));
    }
    let (ill, again) = ("feeling-ill:ill-1", "feeling-ill:ill-3");
    let mut nora = house.nurse("nora");
    let page = nora.get(&format!("/clinic?patient={id}&alert={ill}"));
    let card = page.text().split("data-alert=").nth(1).unwrap().split("</section>").next().unwrap().to_string();
    assert!(card.contains("feeling-ill-ill-1") && card.contains("name=\"change\""), "asked with an alert that is no case: {card}");
    assert!(words(&card).contains("It counts for “") && words(&card).contains("where ticked below"), "{}", words(&card));
    // Rows of one title are told apart: by the day, and within a day by the minute.
    let ticks = |page: &str, id: &str| {
        let card = page
            .split("data-alert=")
            .find(|card| card.starts_with(&format!("\"{id}\"")))
            .unwrap()
            .split("</section>")
            .next()
            .unwrap()
            .to_string();
        let ticks: Vec<String> = card.split("name=\"also\"").skip(1).map(|tick| words(tick.split("</label>").next().unwrap())).collect();
        ticks
    };
    let all = ticks(&page.text(), &lasting.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    for tick in [
        "Feeling ill in themselves · Tue 11 Mar, 11:00",
        "Feeling ill in themselves · Tue 11 Mar, 13:00",
        "A week above their usual · Mon 3 Mar",
    ] {
        assert!(all.iter().any(|there| there == tick), "{tick} in {all:?}");
    }

    let (resolve, seen, csrf) = (format!("/clinic/patients/{id}/resolve"), house.seen(), nora.get("/clinic").csrf());
    let mut send = |alert: &str, more: &[(&str, &str)]| {
        let all =
            [&[("csrf", csrf.as_str()), ("alert", alert), ("seen", &seen), ("disposition", "advised"), ("note", "Spoke.")], more].concat();
        nora.post(&resolve, &all)
    };
    let before = house.kept();
    let field = "resolve-note-feeling-ill-ill-1";
    let nothing = send(ill, &[("change", "not-real"), ("also", again)]);
    assert_eq!((nothing.status, written(&nothing, field)), (422, "Spoke.".to_string()));
    assert!(words(&nothing.text()).contains("Tick the row below that this answer is about"), "{}", words(&nothing.text()));
    assert!(nothing.text().contains(&format!("value=\"{again}\" checked")) && nothing.text().contains("value=\"not-real\" checked"));
    // Two answers to one question: neither is taken, and nothing that was typed is lost.
    for twice in [["real", "not-real"], ["", "real"], ["real", "real"]] {
        let odd = send(ill, &[("change", twice[0]), ("change", twice[1]), ("also", &lasting)]);
        assert_eq!((odd.status, written(&odd, field)), (422, "Spoke.".to_string()));
        assert!(words(&odd.text()).contains("More than one answer came for this question"), "{}", words(&odd.text()));
        assert!(!odd.text().contains("value=\"real\" checked") && odd.text().contains(&format!("value=\"{lasting}\" checked")));
    }
    assert_eq!(house.kept(), before);
    assert!(!card.split("name=\"also\"").skip(1).any(|tick| tick.split('>').next().unwrap().contains("checked")), "none is ticked: {card}");
    let done = send(ill, &[("change", "not-real"), ("also", &lasting)]);
    assert_eq!(done.status, 303);
    // The banner says how many, the record which.
    let banner = words(&nora.get(done.location()).text());
    assert!(banner.contains("2 alerts resolved: Wilma Testperson."), "{banner}");
    let record = words(&nora.get(&format!("/clinic/patients/{id}")).text());
    for which in ["Feeling ill in themselves · Tue 11 Mar Spoke.", "Their pain line has moved up and stayed up · Thu 27 Feb Spoke."] {
        assert!(record.contains(which), "{which} in {record}");
    }
    let cases = house.desk().observed(house.now()).unwrap();
    assert_eq!((cases.lasting.not_real, cases.lasting.all()), (1, 1));
    assert_eq!(house.desk().alert(id, ill).unwrap().alert.resolved.unwrap().change, "");
}

/// An answer about a closed case that cannot be taken comes back as it was chosen, with why: at the case, or as the alert is resolved
/// where the case is open again.
#[test]
fn an_answer_about_a_closed_case_is_not_lost() {
    let house = House::open();
    let (id, lasting) = ("worse-0001", house.worsened("worse-0001", "Wilma Testperson", "en"));
    let (at_home, to, resolve) =
        (format!("/clinic/patients/{id}"), format!("/clinic/patients/{id}/change"), format!("/clinic/patients/{id}/resolve"));
    let (mut nora, mut omar) = (house.nurse("nora"), house.nurse("omar"));
    let end = |nurse: &mut Browser| {
        house.later(1);
        let (csrf, seen) = (nurse.get("/clinic").csrf(), house.seen());
        let fields = [("csrf", csrf.as_str()), ("alert", &lasting), ("seen", &seen), ("disposition", "advised"), ("note", "Spoke.")];
        nurse.post(&resolve, &fields)
    };
    let done = end(&mut nora);
    let undo = done.location().split("undo=").nth(1).unwrap().to_string();
    let chosen = |page: &Reply, change: &str| -> Vec<(String, String)> {
        let form = page.form(&to).expect("the case's form");
        form.into_iter().filter(|(name, _)| name != "change").chain([("change".to_string(), change.to_string())]).collect()
    };
    let form = chosen(&nora.get(&at_home), "not-real");
    let real = |form: &Option<Vec<(String, String)>>, change: &str| {
        form.as_ref().is_some_and(|form| form.contains(&("change".to_string(), change.to_string())))
    };

    // Open again meanwhile: it is said, and stands chosen in the form that resolves it.
    let csrf = nora.get("/clinic").csrf();
    assert_eq!(nora.post(&format!("{at_home}/undo"), &[("csrf", &csrf), ("event", &undo)]).status, 303);
    let before = house.kept();
    let open = nora.post(&to, &lent(&form));
    assert_eq!(open.status, 422);
    let key = lasting.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let text = open.text();
    let card = text.split("data-alert=").find(|card| card.starts_with(&format!("\"{key}\""))).expect("its alert");
    assert!(words(card).contains("This case is open again, and your answer was not stored"), "{}", words(card));
    assert!(card.contains("name=\"change\" value=\"not-real\" checked"), "{card}");
    assert_eq!(house.kept(), before);

    // Closed, and the page's token is not ours any more, or two answers came: back at the case.
    end(&mut nora);
    let old: Vec<_> =
        form.iter().map(|(name, value)| (name.clone(), if name == "csrf" { "old".to_string() } else { value.clone() })).collect();
    let back = nora.post(&to, &lent(&old));
    assert_eq!(back.status, 403);
    assert!(words(&back.text()).contains("open too long") && real(&back.form(&to), "not-real"), "{}", words(&back.text()));
    assert!(!words(&back.text()).contains("What you wrote"), "nothing was written that could be a note");

    // The session ends: after the sign-in the answer stands chosen, with a token of its own, and one tap keeps it.
    let form = chosen(&omar.get(&at_home), "not-real");
    house.later(12 * 3600 + 60);
    let out = omar.post(&to, &lent(&form));
    assert_eq!(out.status, 401);
    assert!(words(&out.text()).contains("What you typed is kept"), "{}", words(&out.text()));
    let mut sign_in = out.form("/clinic/sign-in").unwrap();
    sign_in.retain(|(name, _)| name != "login" && name != "password");
    sign_in.extend([("login".to_string(), "omar".to_string()), ("password".to_string(), PASSWORD.to_string())]);
    let back = omar.post("/clinic/sign-in", &lent(&sign_in));
    assert_eq!(back.status, 200, "{}", words(&back.text()));
    assert!(words(&back.text()).contains("You had been signed out. Nothing was stored yet"), "{}", words(&back.text()));
    assert!(real(&back.form(&to), "not-real"));
    let cases = || house.desk().observed(house.now()).unwrap().lasting;
    assert_eq!(cases().not_real, 0, "nothing is sent by itself");
    assert_eq!(omar.post(&to, &lent(&back.form(&to).unwrap())).status, 303);
    assert_eq!(cases().not_real, 1);
}

/// A closed case that answers which came in late left without ground stays on the person's page, says so, and is asked about by no list.
#[test]
fn a_case_that_late_answers_left_without_ground_says_so() {
    let house = House::open();
    let (id, at_home) = ("eased", "/clinic/patients/eased");
    let alert = house.eased(id, "Synthetic Lived", "en");
    let mut nora = house.nurse("nora");
    let says = "Answers that came in late no longer lead to it: it stays here, and is not counted.";
    assert!(!words(&nora.get(at_home).text()).contains(says));
    let calm = |day: i64| {
        let mut event = house.event(id, &format!("late-{day}"), json!({ "pain": 2, "pain-worst": 2, "function": 2 }));
        let then = house.now() + jiff::SignedDuration::from_hours(6 - 24 * (95 - day));
        event["at"] = json!(house.desk().clinic_moment(then).to_string());
        event
    };
    house.desk().receive(&house.desk().key(id), (61..=64).map(calm).collect(), house.now()).unwrap();
    let page = words(&nora.get(at_home).text());
    assert!(page.contains("closed itself") && page.contains(says), "{page}");
    let cases = house.desk().cases_of(id).unwrap();
    assert!(cases.iter().any(|one| one.kept.alert.id == alert && !one.counts()), "{cases:?}");
    let pathway = nora.get("/clinic/pathway").text();
    assert!(!pathway.contains(&alert.replace(|c: char| !c.is_ascii_alphanumeric(), "-")), "{}", words(&pathway));
}

/// What contradicts itself is given back, and of several alerts none is resolved by it.
#[test]
fn an_ending_that_contradicts_itself_is_given_back() {
    let house = House::open();
    let (id, lasting) = ("worse-0001", house.worsened("worse-0001", "Wilma Testperson", "en"));
    house.later(3600);
    house.check_in(id, "ill", json!({ "unwell": "yes", "pain": 8, "pain-worst": 8, "function": 8 }));
    let (mut nora, key) = (house.nurse("nora"), "feeling-ill-ill");
    let (resolve, seen, csrf) = (format!("/clinic/patients/{id}/resolve"), house.seen(), nora.get("/clinic").csrf());
    let before = house.kept();
    let mut send = |more: &[(&str, &str)]| {
        let all = [("csrf", csrf.as_str()), ("alert", "feeling-ill:ill"), ("seen", &seen), ("note", "Spoke.")];
        nora.post(&resolve, &[&all, more].concat())
    };
    for how in ["known", "mistake"] {
        let odd = send(&[("disposition", how), ("change", "real"), ("also", &lasting)]);
        assert_eq!((odd.status, written(&odd, &format!("resolve-note-{key}"))), (422, "Spoke.".to_string()));
        assert!(
            words(&odd.text()).contains("How it ended says that nothing changed, and this answer that it did"),
            "{}",
            words(&odd.text())
        );
        assert!(odd.text().contains("value=\"real\" checked") && odd.text().contains(&format!("value=\"{lasting}\" checked")));
    }
    let past = send(&[("disposition", "known"), ("known_until", "2025-03-10")]);
    assert_eq!(past.status, 422);
    assert!(
        words(&past.text()).contains("This date has gone by") && !words(&past.text()).contains("at most 28 days."),
        "{}",
        words(&past.text())
    );
    assert_eq!(house.kept(), before);
    assert_eq!(send(&[("disposition", "known"), ("change", "not-real"), ("also", &lasting)]).status, 303);
}

/// Somebody whose last report was a stop, and of whom nothing is open, is at *watch* in the list; their page says why.
#[test]
fn a_page_says_why_somebody_is_at_watch_of_whom_nothing_is_open() {
    let house = House::open();
    house.check_in(ANA.0, "calm", json!({}));
    let mut nora = house.nurse("nora");
    let page = |nora: &mut Browser| words(&nora.get(&format!("/clinic/patients/{}", ANA.0)).text());
    let why = "Listed at Watch until the next report: the last one, 11:00, was judged";
    assert!(!page(&mut nora).contains(why));
    house.later(3600);
    let mut stop = house.event(ANA.0, "stop", json!({}));
    stop["kind"] = json!("stopped");
    stop["activity"] = json!("lifting");
    stop["pain"] = json!(3);
    house.desk().receive(&house.desk().key(ANA.0), vec![stop], house.now()).unwrap();
    for kept in house.desk().open_alerts(ANA.0).unwrap() {
        let ending = lamella_desk::Ending { how: "advised", note: "spoke", ..Default::default() };
        house.desk().resolve(ANA.0, &kept.alert.id, "Nora", ending, house.now()).unwrap();
    }
    assert!(house.desk().open_alerts(ANA.0).unwrap().is_empty());
    assert_eq!(house.desk().person(ANA.0).unwrap().projection.unwrap().level, lamella_record::Level::Watch, "as the list says");
    let said = page(&mut nora);
    let dealt = format!("expected. {why} Attention, and has been dealt with.");
    assert!(said.contains("Nothing is open. Last check-in") && said.contains(&dealt), "{said}");
    nora.language = "es".to_string();
    let said = page(&mut nora);
    let listed = "En la lista como Vigilar hasta el próximo informe: el último, 11:00, se valoró como Atención, y ya está atendido.";
    assert!(said.contains(listed), "{said}");
    nora.language = "en".to_string();
    // A check-in that says it by itself needs no second word.
    house.later(3600);
    house.check_in(ANA.0, "calm-again", json!({}));
    assert!(!page(&mut nora).contains(why));
}

/// The pain of a stop is not the day's, and has words of its own: in why, in the answers, and in what the person is told. A stop that
/// was judged *watch* itself is said so.
#[test]
fn the_pain_of_a_stop_has_words_of_its_own() {
    let house = House::open();
    for (id, language) in [("usual", "en"), ("habitual", "es")] {
        house.rated(id, "Synthetic Usual", language, 40, |_| 3);
    }
    house.later(3600);
    let mut nora = house.nurse("nora");
    let stop = |patient: &str, id: &str, pain: i64| {
        let at = house.desk().clinic_moment(house.now()).to_string();
        let event = json!({ "id": id, "kind": "stopped", "at": at, "activity": "lifting", "pain": pain, "where": ["low-back"] });
        house.desk().receive(&house.desk().key(patient), vec![event], house.now()).unwrap();
        house.later(60);
    };
    stop("usual", "slight", 3);
    let ending = || lamella_desk::Ending { how: "advised", note: "spoke", ..Default::default() };
    for kept in house.desk().open_alerts("usual").unwrap() {
        house.desk().resolve("usual", &kept.alert.id, "Nora", ending(), house.now()).unwrap();
    }
    let said = words(&nora.get("/clinic/patients/usual").text());
    assert!(said.contains("Listed at Watch until the next report: the last one, 11:00, was judged so."), "{said}");
    for (id, language, at_the_clinic, told) in
        [("usual", "en", "Pain when they stopped 7", "Pain when you stopped 7"), ("habitual", "es", "Dolor al parar 7", "Dolor al parar 7")]
    {
        stop(id, &format!("{id}-stop"), 7);
        nora.language = language.to_string();
        let page = words(&nora.get(&format!("/clinic/patients/{id}")).text());
        assert_eq!(page.matches(at_the_clinic).count(), 3, "why, what happened and why, and the answers: {page}");
        let page = words(&house.phone(id).open(&format!("/verdict/{id}-stop")).text());
        assert!(page.contains(told), "{page}");
    }
}

/// *Take it* with a session that is over is not dropped: the person comes back after the sign-in, and what was not done is said.
#[test]
fn a_take_outlives_the_session_as_far_as_it_may() {
    let house = House::open();
    house.check_in(BEN.0, "numb", json!({ "numbness": "new" }));
    house.later(60);
    house.check_in(ANA.0, "red", json!({ "weakness": "spreading" }));
    let take = format!("/clinic/patients/{}/take", BEN.0);
    let mut nora = house.nurse("nora");
    let page = nora.get(&format!("/clinic?patient={}", BEN.0));
    let form = page.form(&take).expect("its form");
    house.later(12 * 3600 + 60);
    let out = nora.post(&take, &lent(&form));
    assert_eq!(out.status, 401);
    let said = "You had been signed out, and nothing was taken. Sign in: the same patient comes back";
    assert!(words(&out.text()).contains(said), "{}", words(&out.text()));
    let sign_in = |page: &Reply, password: &str| -> Vec<(String, String)> {
        let mut form = page.form("/clinic/sign-in").unwrap();
        form.retain(|(name, _)| name != "login" && name != "password");
        form.into_iter().chain([("login".to_string(), "nora".to_string()), ("password".to_string(), password.to_string())]).collect()
    };
    let wrong = nora.post("/clinic/sign-in", &lent(&sign_in(&out, "not-the-password")));
    assert!(words(&wrong.text()).contains(said) && words(&wrong.text()).contains("do not match"), "{}", words(&wrong.text()));
    let back = nora.post("/clinic/sign-in", &lent(&sign_in(&wrong, PASSWORD)));
    assert_eq!(back.status, 200);
    assert!(words(&back.text()).contains("You had been signed out. Nothing was taken"), "{}", words(&back.text()));
    assert!(back.text().contains(&format!("data-person=\"{}\"", BEN.0)), "the same person, and not the first of the list");
    assert!(!back.text().contains("class=\"switch\""), "a link would lose what came back");
    assert!(house.desk().open_alerts(BEN.0).unwrap().iter().all(|kept| kept.alert.acknowledged.is_none()), "nothing is taken by itself");
    let done = nora.post(&take, &lent(&back.form(&take).expect("its form, with a token of its own")));
    assert_eq!(done.status, 303);
    assert!(house.desk().open_alerts(BEN.0).unwrap().iter().all(|kept| kept.alert.acknowledged.is_some()));
    // What was undone is said, as all else is.
    let undo = format!("/clinic/patients/{}/undo", BEN.0);
    let form = nora.get(done.location()).form(&undo).expect("a way back for a minute");
    let undone = nora.open_after_post(&undo, &lent(&form));
    assert!(words(&undone.text()).contains(&format!("Undone: {}.", BEN.1)), "{}", words(&undone.text()));
    // A call of which only the outcome was chosen is not dropped either.
    let contact = format!("/clinic/patients/{}/contact", BEN.0);
    let form = filled(&nora.get(&format!("/clinic?patient={}", BEN.0)), &contact, &[("outcome", "no-answer")]);
    house.later(12 * 3600 + 60);
    let out = nora.post(&contact, &lent(&form));
    assert_eq!(out.status, 401);
    let back = nora.post("/clinic/sign-in", &lent(&sign_in(&out, PASSWORD)));
    assert!(back.text().contains("<option value=\"no-answer\" selected>"), "{}", words(&back.text()));
}

/// Who is overdue is so until somebody has spoken to the person: to take it is no answer, and nobody is said to have been called.
#[test]
fn what_is_overdue_stays_so_until_somebody_has_spoken_to_the_person() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    let alert = house.alert(ANA.0);
    house.later(2 * 86_400);
    let mut nora = house.nurse("nora");
    let says = |nora: &mut Browser| {
        let pages = [nora.get("/clinic/worklist/rows"), nora.get(&format!("/clinic/patients/{}", ANA.0))];
        pages.map(|page| words(&page.text()).contains("overdue: tell on-call"))
    };
    assert_eq!(says(&mut nora), [true, true]);
    house.desk().acknowledge(ANA.0, &alert, "Nora Lindqvist", house.now()).unwrap();
    assert_eq!(says(&mut nora), [true, true], "taken is not answered");
    house.desk().contact(ANA.0, &alert, "Nora Lindqvist", "no-answer", "", house.now()).unwrap();
    assert_eq!(says(&mut nora), [true, true], "nor is a call that nobody takes");
    house.later(60);
    house.desk().contact(ANA.0, &alert, "Nora Lindqvist", "answered", "", house.now()).unwrap();
    assert_eq!(says(&mut nora), [false, false]);
}

/// A known finding is of one alert, whatever else the same note closes: the form says which, and what happened says until when.
#[test]
fn a_known_finding_says_what_it_covers_and_until_when() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new", "unwell": "yes" }));
    let base = format!("/clinic/patients/{}", ANA.0);
    let (mut nora, resolve) = (house.nurse("nora"), format!("{base}/resolve"));
    let page = nora.get(&base);
    let said = words(&page.text());
    assert!(said.contains("It covers “Feeling ill in themselves” alone, whatever is ticked above."), "{said}");
    let fields = [("disposition", "known"), ("note", "A cold."), ("known_until", "2025-03-20")];
    let rest: Vec<_> = house.desk().open_alerts(ANA.0).unwrap().into_iter().filter(|kept| kept.alert.cause != "feeling-ill").collect();
    for kept in rest {
        let ending = lamella_desk::Ending { how: "advised", note: "spoke", ..Default::default() };
        house.desk().resolve(ANA.0, &kept.alert.id, "Nora", ending, house.now()).unwrap();
    }
    let page = nora.get(&base);
    assert!(!words(&page.text()).contains("It covers"), "one alone needs no word");
    assert_eq!(nora.post(&resolve, &lent(&filled(&page, &resolve, &fields))).status, 303);
    let said = words(&nora.get(&base).text());
    assert!(said.contains("Resolved by Nora Lindqvist: known, no change. Known finding until 20 Mar 2025"), "{said}");
}

/// Who is searched for on the worklist and has nothing open is not said to be nobody.
#[test]
fn a_search_of_the_list_counts_who_has_nothing_open() {
    let house = House::open();
    for nth in ["Una", "Otra"] {
        house.person(&format!("twin-{nth}"), &format!("Gemela {nth}"), "555 0100", "en", 9);
    }
    let mut nora = house.nurse("nora");
    let mut said = |typed: &str| {
        let page = nora.get(&format!("/clinic?q={typed}")).text();
        assert!(!page.contains("Nobody on this list") || page.contains(&format!("href=\"/clinic/patients?q={typed}\"")), "{page}");
        words(&page)
    };
    assert!(said("Gemela").contains("Nobody on this list 2 patients match, with nothing open"));
    assert!(said("Gemela%20Una").contains("Nobody on this list 1 patient matches, with nothing open"));
    let nobody = said("Nadie");
    assert!(nobody.contains("Nothing found") && !nobody.contains("on this list"), "{nobody}");
}

/// A closed case is judged later, also one that closed itself, and judged anew: on the person's page, to which the pathway's leads.
#[test]
fn a_closed_case_can_be_judged_later_and_anew() {
    let house = House::open();
    let id = "eased";
    let (alert, at_home) = (house.eased(id, "Synthetic Lived", "en"), format!("/clinic/patients/{id}"));
    let (mut nora, mut omar, to) = (house.nurse("nora"), house.nurse("omar"), format!("/clinic/patients/{id}/change"));
    let link = format!("{at_home}#case-{}", alert.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let pathway = nora.get("/clinic/pathway").text();
    assert!(pathway.contains(&format!("href=\"{link}\"")), "{pathway}");
    assert!(words(&pathway).contains("and not said whether the change was real Synthetic Lived Possible change"), "{}", words(&pathway));
    let page = nora.get(&at_home);
    // It is called the same in both places.
    let title = page.text().split(&format!("id=\"{}\"", &link[at_home.len() + 1..])).nth(1).map(|case| case.to_string()).unwrap();
    let title = title.split("<strong>").nth(1).and_then(|rest| rest.split("</strong>").next()).expect("its title").to_string();
    assert!(title.starts_with("Possible change · ") && pathway.contains(&format!("{title} · ")), "{title}");
    // From the case there is a way to the days it was about, and they stand on the page.
    let day = page.text().split("#day-").nth(1).and_then(|rest| rest.split('"').next()).expect("a day").to_string();
    assert!(pathway.contains(&format!("href=\"{at_home}#day-{day}\"")), "{pathway}");
    assert!(page.text().contains(&format!("<tr id=\"day-{day}\"")), "day {day} stands in the table");
    assert!(
        words(&page.text()).contains("Closed cases of the reading") && words(&page.text()).contains("closed itself"),
        "{}",
        words(&page.text())
    );

    // Nobody says it who is not signed in here, by a form that is not ours, or about what is no closed case.
    let before = house.kept();
    let form = page.form(&to).expect("its form");
    let with = |form: &[(String, String)], change: &str| -> Vec<(String, String)> {
        form.iter().filter(|(name, _)| name != "change").cloned().chain([("change".to_string(), change.to_string())]).collect()
    };
    assert_eq!(house.stranger().post(&to, &lent(&with(&form, "real"))).status, 401);
    assert_eq!(omar.post(&to, &lent(&with(&form, "real"))).status, 403, "another's token");
    assert_eq!(nora.post(&to, &[("csrf", form[0].1.as_str()), ("alert", "reading-watch:none"), ("change", "real")]).status, 404);
    let odd = nora.post(&to, &lent(&with(&form, "")));
    assert_eq!(odd.status, 422);
    assert!(words(&odd.text()).contains("Choose one of the answers."), "{}", words(&odd.text()));
    assert_eq!(house.kept(), before);

    let count = || house.desk().observed(house.now()).unwrap().watch;
    // Who cannot say yet leaves it to be judged: it stays in the list as it stays in the table, behind what nobody has looked at.
    assert_eq!(nora.post(&to, &lent(&with(&form, "cannot-say"))).status, 303);
    let later = house.eased("eased-2", "Synthetic Untouched", "en");
    assert!(house.desk().alert("eased-2", &later).is_ok());
    let listed = words(&nora.get("/clinic/pathway").text());
    let place = |words: &str| listed.find(words).unwrap_or_else(|| panic!("{words} in {listed}"));
    assert!(place("Synthetic Untouched Possible change") < place("Synthetic Lived Possible change"), "{listed}");
    assert!(listed.contains("Nora Lindqvist, 10:00: Cannot say yet") && listed.contains("Closed, not said 0 2"), "{listed}");
    house.later(60);
    assert_eq!(
        nora.post("/clinic/patients/eased-2/change", &[("csrf", form[0].1.as_str()), ("alert", &later), ("change", "real")]).status,
        303
    );
    assert_eq!((count().real, count().not_said), (1, 1));
    let said = nora.post(&to, &lent(&with(&form, "real")));
    assert_eq!((said.status, said.location()), (303, link.as_str()));
    assert_eq!(nora.post(&to, &lent(&with(&form, "real"))).status, 303, "a second tap");
    assert_eq!((count().real, count().not_said), (2, 0));
    house.later(3600);
    let again = omar.get(&at_home).form(&to).expect("its form");
    assert!(again.contains(&("change".to_string(), "real".to_string())), "the last answer stands chosen: {again:?}");
    assert_eq!(omar.post(&to, &lent(&with(&again, "not-real"))).status, 303);
    assert_eq!((count().real, count().not_real), (1, 1));
    let page = words(&nora.get(&at_home).text());
    assert!(page.contains("Omar Haddad, 11:01: It was not a lasting change."), "who and when: {page}");
    assert!(page.contains("Omar Haddad: It was not a lasting change 11:01"), "and in what happened: {page}");
    assert_eq!(page.matches("Nora Lindqvist: It was a lasting change").count(), 1, "each word stays, and a double tap is one: {page}");
    // Judged, it stays in reach, with the last word.
    let pathway = nora.get("/clinic/pathway").text();
    assert!(!words(&pathway).contains("not said whether") && pathway.contains(&format!("href=\"{link}\"")), "{pathway}");
    assert!(words(&pathway).contains("Omar Haddad, 11:01: It was not a lasting change"), "{}", words(&pathway));
    nora.language = "es".to_string();
    let page = words(&nora.get(&at_home).text());
    assert!(page.contains("Omar Haddad, 11:01: No era un cambio duradero. Cambiar la respuesta"), "{page}");
}

/// The chart's table has the level of a day that is long past, as the timeline has it: what is folded remembers 60 days.
#[test]
fn an_old_day_keeps_its_level_on_the_chart() {
    let house = House::open();
    house.rated("old-0001", "Synthetic Old", "en", 200, |day| if (61..=64).contains(&day) { 8 } else { 2 });
    let mut nora = house.nurse("nora");
    let page = nora.get("/clinic/patients/old-0001").text();
    let rows = page.split("<tr").filter_map(|row| row.split_once('>')?.1.split_once("</tr>"));
    let rows: Vec<&str> = rows.map(|(row, _)| row.trim_start()).collect();
    let row = |day: i32| words(rows.iter().find(|row| row.starts_with(&format!("<td>{day}</td>"))).expect("its row"));
    assert!(row(61).ends_with("Attention"), "{}", row(61));
    assert!(row(20).ends_with("Expected") && row(200).ends_with("Expected"), "{} {}", row(20), row(200));
    assert!(page.contains("class=\"mark attention\""), "and its mark");
}

/// What may be left open can be left open again after a tap.
#[test]
fn a_choice_that_may_be_left_open_has_a_way_back() {
    let house = House::open();
    let mut nora = house.nurse("nora");
    let page = nora.get("/clinic/patients/new");
    let chosen = |form: &[(String, String)], name: &str| form.iter().find(|(there, _)| there == name).map(|(_, value)| value.clone());
    let form = page.form("/clinic/patients/new").expect("its form");
    for name in ["sex", "baseline_pain"] {
        assert_eq!(chosen(&form, name), Some(String::new()), "{name}: not answered");
    }
    assert_eq!(chosen(&form, "language"), Some("en".to_string()), "what has to be answered has no such choice");
    // A page that comes back keeps the choice, and an empty one is none.
    let csrf = form[0].1.clone();
    let wrong = nora.post("/clinic/patients/new", &[("csrf", &csrf), ("sex", "male"), ("baseline_pain", "7")]);
    let form = wrong.form("/clinic/patients/new").expect("its form");
    assert_eq!((chosen(&form, "sex"), chosen(&form, "baseline_pain")), (Some("male".to_string()), Some("7".to_string())));
    let mut fields = new_patient(&csrf);
    fields.retain(|(name, _)| !["sex", "baseline_pain"].contains(name));
    fields.extend([("sex", ""), ("baseline_pain", "")]);
    assert_eq!(nora.post("/clinic/patients/new", &fields).status, 200);
    let people = house.desk().people("Ignacia", 2).unwrap();
    assert_eq!((people[0].patient.text("sex"), people[0].patient.baseline_pain()), (None, None));
}

/// What a rule rests on stands in words, and a number as its language writes it; so does whom the model was made for.
#[test]
fn why_is_said_in_words_and_numbers_of_the_readers_language() {
    let house = House::open();
    house.worsened("worse-0001", "Wilma Testperson", "en");
    house.worsened("peor-0001", "Wilma Prueba", "es");
    let stopped = json!({ "id": "stop", "kind": "stopped", "at": house.desk().clinic_moment(house.now()).to_string(), "activity": "lift",
        "pain": 9, "where": "below-knee-left" });
    house.desk().receive(&house.desk().key("peor-0001"), vec![stopped], house.now()).unwrap();
    house.check_in("peor-0001", "numb", json!({ "numbness": "new", "fever": "feverish", "temperature": 38.4 }));
    house.later(60);
    house.check_in("peor-0001", "as-before", json!({ "numbness": "as-before", "saddle": ["no", "dont-know"] }));
    let broken = json!({ "id": "odd", "kind": "no-such-kind", "at": house.desk().clinic_moment(house.now()).to_string() });
    house.desk().receive(&house.desk().key("peor-0001"), vec![broken], house.now()).unwrap();
    // What rules rest on and what nobody could answer; the prose of rules has such words of its own.
    let why = |page: &str| {
        let parts =
            |begin: &str, end: &str| page.split(begin).skip(1).map(|part| words(part.split(end).next().unwrap())).collect::<Vec<_>>();
        [parts("<dl class=\"because\">", "</dl>"), parts("class=\"small unknown\">", "</p>")].concat().join(" | ")
    };
    let raw = [
        "usual of ",
        "days running",
        "days in flare",
        "in the last days",
        "first time ",
        "lasting-change",
        "off-course",
        "stopped yes",
        "phase ",
        "dont-know",
        "as-before",
        "event",
        "not known yet",
    ];
    let mut nora = house.nurse("nora");
    let mut pages = vec![];
    for language in ["en", "es"] {
        nora.language = language.to_string();
        for id in ["worse-0001", "peor-0001"] {
            let page = why(&nora.get(&format!("/clinic/patients/{id}")).text());
            let found: Vec<&&str> = raw.iter().filter(|raw| page.contains(**raw)).collect();
            assert!(found.is_empty(), "{id} in {language} says {found:?}: {page}");
            pages.push(page);
        }
    }
    let [english, theirs, spanish, suyo] = &pages[..] else { unreachable!() };
    for (said, page) in [
        ("Their usual: How strong was your pain", english),
        ("What the pain ratings say a lasting change", english),
        ("Días seguidos", suyo),
        ("Lo habitual hasta ahora: ", suyo),
        ("Lo que dicen las valoraciones del dolor un cambio duradero", suyo),
        ("Lo que dicen las valoraciones del dolor un cambio duradero", spanish),
        ("38,4 °C", suyo),
        ("38.4 °C", theirs),
        (" tras ", suyo),
        (" after ", theirs),
    ] {
        assert!(page.contains(said), "no `{said}` in {page}");
    }

    let page = nora.get("/clinic/pathway").text();
    let numbers = words(page.split("id=\"wrong\"").nth(1).unwrap().split("</section>").next().unwrap());
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let pointed =
        |text: &str, by: char| text.split(by).zip(text.split(by).skip(1)).any(|(a, b)| digit(a.chars().last()) && digit(b.chars().next()));
    assert!(pointed(&numbers, ',') && !pointed(&numbers, '.'), "{numbers}");
    assert!(
        words(&page).contains("Vale para cohorte de referencia (virtual), 4000 años de paciente, comprobado con otros 4000"),
        "{}",
        words(&page)
    );
    nora.language = "en".to_string();
    let page = nora.get("/clinic/pathway").text();
    assert!(page.contains("reference cohort (virtual), 4000 patient-years") && !page.contains("lang=\"en\">reference"));
}

/// What was undone stays to be read: what, by whom, and the note that went with it.
#[test]
fn what_was_undone_is_said_and_its_note_struck() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    let (desk, alert, now) = (house.desk(), house.alert(ANA.0), || house.now());
    let ending = lamella_desk::Ending { how: "advised", note: "Spoke; <b>eases</b>.", ..lamella_desk::Ending::default() };
    let resolved = desk.resolve(ANA.0, &alert, "Nora Lindqvist", ending, now()).unwrap();
    house.later(20);
    desk.undo(ANA.0, &resolved.id, "Omar Haddad", now()).unwrap();
    let called = desk.contact(ANA.0, &alert, "Nora Lindqvist", "busy", "", now()).unwrap();
    desk.undo(ANA.0, &called.id, "Nora Lindqvist", now()).unwrap();
    let taken = desk.acknowledge(ANA.0, &alert, "Nora Lindqvist", now()).unwrap();
    // An undo that came from elsewhere, too late, or of nothing.
    for (id, undoes, seconds) in [("late", taken.id.as_str(), 90), ("nothing", "no-such-event", 91)] {
        let at = desk.clinic_moment(now()).plus_seconds(seconds).to_string();
        let undo = json!({ "id": id, "kind": "undo", "at": at, "undoes": undoes, "by": "Omar Haddad" });
        house.later(91);
        desk.receive(&desk.key(ANA.0), vec![undo], now()).unwrap();
    }
    let mut nora = house.nurse("nora");
    let page = nora.get(&format!("/clinic/patients/{}", ANA.0)).text();
    let said = words(page.split("class=\"timeline\"").nth(1).unwrap());
    for entry in [
        "Undone by Omar Haddad: Resolved by Nora Lindqvist: spoke to the person, advised",
        "Undone by Nora Lindqvist: Call by Nora Lindqvist: line busy",
        "Omar Haddad undid it too late, it stands: Taken by Nora Lindqvist",
        "Undone by Omar Haddad ",
    ] {
        assert!(said.contains(entry), "no `{entry}` in {said}");
    }
    assert!(page.contains("<del>Spoke; &#60;b&#62;eases&#60;/b&#62;.</del>"), "{page}");
    assert_eq!(page.matches("<del>").count(), 1, "what had no note has nothing struck");
    nora.language = "es".to_string();
    let said = words(&nora.get(&format!("/clinic/patients/{}", ANA.0)).text());
    assert!(said.contains("Deshecho por Omar Haddad: Resuelto por Nora Lindqvist: hablado con la persona, aconsejado"), "{said}");
}

/// A second tap on the same form writes nothing twice, and says what the first one did.
#[test]
fn a_double_tap_at_the_clinic_is_one() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    let alert = house.alert(ANA.0);
    let (mut nora, base) = (house.nurse("nora"), format!("/clinic/patients/{}", ANA.0));
    let page = nora.get(&format!("/clinic?patient={}&alert={alert}", ANA.0));
    let form = |page: &Reply, deed: &str, more: &[(&str, &str)]| -> Vec<(String, String)> {
        let mut form = page.form(&format!("{base}/{deed}")).unwrap_or_else(|| panic!("no form for {deed}"));
        form.retain(|(name, _)| !more.iter().any(|(there, _)| there == name));
        form.extend(more.iter().map(|(name, value)| (name.to_string(), value.to_string())));
        form
    };
    let kept = |kind: &str| house.desk().record(ANA.0).unwrap().events.iter().filter(|event| event.kind_word() == kind).count();
    let call = form(&page, "contact", &[("outcome", "busy"), ("note", "Again at 11.")]);
    let [first, second] = [(); 2].map(|()| nora.post(&format!("{base}/contact"), &lent(&call)));
    assert_eq!((first.status, first.location()), (303, second.location()), "both say the same, with the same undo");
    assert_eq!(kept("contact"), 1);
    // The same form with something else in it is another call; so is one after the first was taken back.
    nora.post(
        &format!("{base}/contact"),
        &lent(&form(
            &page,
            "contact",
            &[("outcome", "busy"), ("note", "Again at 12."), ("form", &call.iter().find(|(name, _)| name == "form").unwrap().1)],
        )),
    );
    assert_eq!(kept("contact"), 2);
    let undo = first.location().split("undo=").nth(1).unwrap();
    assert_eq!(nora.post(&format!("{base}/undo"), &[("csrf", &call[0].1), ("event", undo)]).status, 303);
    assert_eq!(kept("contact"), 1);
    nora.post(&format!("{base}/contact"), &lent(&call));
    assert_eq!(kept("contact"), 2);

    // Also of taps that meet: the same form, sent side by side, is one call.
    let before = kept("contact");
    let id = "0198a1b2-0000-7000-8000-000000000001";
    let mut taps: Vec<(Browser, Vec<(String, String)>)> = (0..6)
        .map(|_| {
            let mut nurse = house.nurse("nora");
            let csrf = nurse.get("/clinic").csrf();
            (nurse, form(&page, "contact", &[("outcome", "busy"), ("note", "At once."), ("form", id), ("csrf", &csrf)]))
        })
        .collect();
    std::thread::scope(|scope| {
        for (nurse, fields) in &mut taps {
            let to = format!("{base}/contact");
            scope.spawn(move || assert_eq!(nurse.post(&to, &lent(fields)).status, 303));
        }
    });
    assert_eq!(kept("contact"), before + 1);

    let resolve = form(&page, "resolve", &[("disposition", "advised"), ("note", " Spoke by phone.\n"), ("seen", &house.seen())]);
    let [first, second] = [(); 2].map(|()| nora.post(&format!("{base}/resolve"), &lent(&resolve)));
    assert_eq!((first.status, second.status, first.location()), (303, 303, second.location()));
    assert_eq!(kept("resolve"), 1);
    let other = form(&page, "resolve", &[("disposition", "advised"), ("note", "Another thing."), ("seen", &house.seen())]);
    let other = nora.post(&format!("{base}/resolve"), &lent(&other));
    assert_eq!(
        (other.status, written(&other, "unsent-note")),
        (409, "Another thing.".to_string()),
        "what is not in the record is given back"
    );
    let note = form(&other, "note", &[("note", "Another thing.")]);
    let [first, second] = [(); 2].map(|()| nora.post(&format!("{base}/note"), &lent(&note)));
    assert_eq!((first.status, first.location(), kept("note")), (303, second.location(), 1));
}

/// The language that is chosen at the clinic holds on every page of it, against what the browser asks for, and stays on the page.
#[test]
fn the_clinics_language_is_chosen_and_stays() {
    let house = House::open();
    house.check_in(ANA.0, "red", json!({ "weakness": "new" }));
    let language = |reply: &Reply| elements(&reply.text()).into_iter().find(|(name, _)| name == "html").map(|(_, all)| all[0].1.clone());
    let mut nora = house.nurse("nora");
    let chosen = nora.get("/clinic?lang=es");
    assert_eq!((chosen.status, chosen.location()), (303, "/clinic"));
    assert!(chosen.header("set-cookie").contains("Path=/clinic;"), "patients' pages never see it: {}", chosen.header("set-cookie"));
    let ana = format!("/clinic/patients/{}", ANA.0);
    for path in ["/clinic", "/clinic/worklist/rows", "/clinic/patients", "/clinic/patients/new", "/clinic/pathway", "/clinic/nowhere", &ana]
    {
        let page = nora.get(path);
        assert!(path.ends_with("rows") || language(&page).as_deref() == Some("es"), "{path}: {:?}", language(&page));
        assert!(!page.text().contains("To answer"), "{path} speaks English");
    }
    let forged = nora.post_with(&format!("{ana}/take"), &[], &[("sec-fetch-site", "cross-site")]);
    assert_eq!(language(&forged).as_deref(), Some("es"), "a refusal speaks it too");
    // The switch names the language alone: the rest of the address is known from the page it stood on.
    for (asked, from, to) in [
        ("/clinic?lang=en", "http://127.0.0.1/clinic?patient=ana&alert=a%3Ab&lang=es", "/clinic?patient=ana&alert=a%3Ab"),
        ("/clinic/patients?q=ana&lang=en", "", "/clinic/patients?q=ana"),
        ("/clinic/patients/ana/resolve?lang=en", "http://127.0.0.1/clinic/patients/ana/resolve", "/clinic/patients/ana"),
        ("/clinic/patients/new?lang=en", "http://127.0.0.1/clinic?q=ana", "/clinic/patients/new"),
        ("/clinic/pathway?lang=en", "http://elsewhere.example/%0d%0a", "/clinic/pathway"),
    ] {
        let reply = nora.ask("GET", asked, &[("referer", from)], b"");
        assert_eq!((reply.status, reply.location()), (303, to), "{asked} from {from}");
    }
    assert_eq!(language(&nora.get("/clinic")).as_deref(), Some("en"));
    assert_eq!(nora.get("/clinic?lang=fr").status, 200, "what is no language of ours changes nothing");
    // Signing out keeps it, and so does signing in.
    nora.get("/clinic?lang=es");
    let csrf = nora.get("/clinic").csrf();
    let out = nora.open_after_post("/clinic/sign-out", &[("csrf", &csrf)]);
    assert_eq!(language(&out).as_deref(), Some("es"));
    assert!(out.text().contains("/help?lang=es"), "{}", out.text());
}

/// The sign-in's switch takes along what waits in it, and is no try at a password.
#[test]
fn a_sign_in_in_another_language_keeps_what_waits() {
    let house = House::open();
    let mut nobody = house.stranger();
    let waits =
        [("then", "/clinic/patients/ana/resolve"), ("kept-note", "typed"), ("login", "nora"), ("password", "secret"), ("lang", "es")];
    for _ in 0..6 {
        let page = nobody.post("/clinic/sign-in", &waits);
        assert_eq!(page.status, 200);
        let (form, text) = (page.form("/clinic/sign-in").unwrap(), page.text());
        let has = |name: &str, value: &str| form.iter().any(|(there, was)| (there.as_str(), was.as_str()) == (name, value));
        assert!(has("then", "/clinic/patients/ana/resolve") && has("kept-note", "typed") && has("login", "nora"), "{form:?}");
        assert!(text.contains("<html lang=\"es\">") && !text.contains("secret") && !text.contains("role=\"alert\""), "{text}");
    }
    assert_eq!(nobody.post("/clinic/sign-in", &[("login", "nora"), ("password", PASSWORD)]).status, 303);
    assert!(nobody.get("/clinic").text().contains("<html lang=\"es\">"));
}

/// The pathway's page says what readings stand on; a rehearsal that was filed is shown as it is, and only to the clinic.
#[test]
fn the_pathways_page_links_the_rehearsal_that_was_filed() {
    let bare = House::with(|setup| setup);
    let page = bare.nurse("nora").get("/clinic/pathway");
    assert!(page.text().contains("lamella simulate pathways/annular-fibrin") && page.text().contains("once in 5 years"), "{}", page.text());
    assert_eq!(bare.nurse("nora").get("/clinic/pathway/rehearsal").status, 404);
    let report = "<!DOCTYPE html><title>Rehearsal</title><style>p{}</style>".to_string();
    let spanish = "<!doctype html>\n<html lang=\"es\"><title>Ensayo</title>".to_string();
    let filed = House::with(|setup| lamella_server::Setup { rehearsal: vec![report.clone(), spanish.clone()], ..setup });
    // It has no way back of its own.
    assert!(filed.nurse("nora").get("/clinic/pathway").text().contains("href=\"/clinic/pathway/rehearsal\" target=\"_blank\""));
    let shown = filed.nurse("nora").get("/clinic/pathway/rehearsal");
    assert_eq!((shown.status, shown.text()), (200, report.clone()));
    let policy = shown.header("content-security-policy");
    assert!(
        policy.contains("style-src 'unsafe-inline'") && policy.contains("default-src 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
    assert_ne!(filed.stranger().get("/clinic/pathway/rehearsal").status, 200);
    let mut nora = filed.nurse("nora");
    nora.get("/clinic?lang=es");
    assert_eq!(nora.get("/clinic/pathway/rehearsal").text(), spanish, "in the language that was chosen");
}

/// What *Progress* says has been reached.
fn reached(house: &House, id: &str) -> Vec<String> {
    let page = house.phone(id).get("/progress").text();
    let Some(list) = page.split("<ul class=\"reached\">").nth(1).and_then(|rest| rest.split("</ul>").next()) else { return vec![] };
    list.split("<li>").skip(1).map(|line| words(line).trim().to_string()).collect()
}

/// Enters somebody on a day who has told every day before it, with this pain; a day with less than none was not told.
fn lived(house: &House, id: &str, language: &str, today: i64, pain: impl Fn(i64) -> i64) {
    let patient = house.person(id, "Synthetic Lived", "555 0123", language, today);
    let day = |day: i64| {
        let rating = pain(day);
        let mut event = house.event(
            id,
            &format!("{id}-{day}"),
            json!({ "pain": rating, "pain-worst": rating, "function": if day < 20 { 5 } else { 3 } }),
        );
        let then = house.now() - jiff::SignedDuration::from_hours(24 * (today - day));
        event["at"] = json!(house.desk().person_moment(&patient, then).to_string());
        event
    };
    let told = (1..=today).filter(|day| pain(*day) >= 0).map(day).collect();
    house.desk().receive(&house.desk().key(id), told, house.now()).expect("received");
    house.later(1);
}

/// *Progress* says what was reached and nothing else: no flare that goes on has settled, and no mark comes before its day.
#[test]
fn progress_says_only_what_was_reached() {
    let house = House::open();
    house.person("first", "Synthetic First", "555 0123", "en", 1);
    assert_eq!(reached(&house, "first"), [] as [&str; 0]);
    assert!(house.phone("first").get("/progress").text().contains("This fills as your days pass"));
    for (day, mark) in [(27, None), (28, Some("4 weeks")), (85, Some("4 weeks")), (95, Some("3 months")), (370, Some("A year"))] {
        let id = format!("day-{day}");
        house.person(&id, "Synthetic Mark", "555 0123", "en", day);
        let lines = reached(&house, &id);
        let passed: Vec<&String> = lines.iter().filter(|line| line.contains("since your procedure")).collect();
        assert_eq!(passed.len(), usize::from(mark.is_some()), "{lines:?}");
        assert!(mark.is_none_or(|mark| passed[0].starts_with(mark)), "{lines:?}");
    }
    // Two days far above one's usual, once or twice; the last of them may still go on.
    let flares =
        |from: &'static [i64]| move |day: i64| if from.iter().any(|from| (*from..from + 2).contains(&day)) { 7 } else { 2 + day % 3 };
    lived(&house, "flared", "en", 125, flares(&[50, 90]));
    lived(&house, "brote", "es", 125, flares(&[50]));
    lived(&house, "flares", "en", 125, flares(&[50, 124]));
    let told = [
        "Your back keeps you from your day less: 3 of 10 in the last week you told us of, 5 in the first.",
        "You have reached: Maintain: month 3 and on.",
        "Allowed again, with no limit: bending; twisting; driving; baths and pools.",
        "In the last 12 weeks 2 flares came, and they settled.",
        "3 months have passed since your procedure.",
        "You have told us about 125 days.",
    ];
    assert_eq!(reached(&house, "flared"), told);
    let en_espanol = [
        "La espalda le limita menos el día: 3 de 10 en la última semana que nos contó, 5 en la primera.",
        "Ha llegado a: Mantener: desde el mes 3.",
        "Otra vez permitido, sin límite: inclinarse; girar; conducir; baños y piscinas.",
        "En las últimas 12 semanas vino un brote, y se calmó.",
        "Han pasado 3 meses desde su procedimiento.",
        "Nos ha contado 125 días.",
    ];
    assert_eq!(reached(&house, "brote"), en_espanol);
    let without =
        |left_out: &[usize]| -> Vec<&str> { (0..told.len()).filter(|line| !left_out.contains(line)).map(|line| told[line]).collect() };
    let mut of_two = told;
    of_two[3] = "In the last 12 weeks a flare came, and it settled.";
    assert_eq!(reached(&house, "flares"), of_two, "the other goes on, and takes nothing back");
    // A red flag leaves nothing of an ordinary day.
    house.check_in("flared", "drop", json!({ "weakness": "cannot-lift-foot" }));
    assert_eq!(reached(&house, "flared"), without(&[2, 3]));
}

/// The lines of the first list of such a class.
fn listed(page: &str, class: &str) -> Vec<String> {
    let list = page.split(&format!("class=\"{class}\">")).nth(1).unwrap_or_default();
    let list = list.split("</ul>").next().unwrap_or_default().split("</ol>").next().unwrap_or_default();
    list.split("<li>").skip(1).map(|line| words(line).trim().to_string()).collect()
}

/// *Today* tells to do what the last verdict told, and nothing that contradicts it: rules have steps of their own.
#[test]
fn today_says_to_do_what_the_last_verdict_said() {
    let house = House::open();
    house.rated("watched", "Synthetic Watched", "en", 64, |day| if day > 60 { 4 } else { 2 });
    let mut phone = house.phone("watched");
    let steps = listed(&phone.get("/verdict/d64").text(), "steps");
    let generic = |language: usize| -> Vec<String> {
        let level = house.desk().pathway().level(lamella_record::Level::Watch).unwrap();
        lamella_pathway::in_language(&level.text, language).items.clone()
    };
    assert!(!steps.is_empty() && steps != generic(0), "the rule has steps of its own: {steps:?}");
    assert_eq!(listed(&phone.get("/today").text(), "ticks"), steps);
    // Tomorrow, before the check-in, they still hold.
    house.later(24 * 3600);
    assert_eq!(listed(&phone.get("/today").text(), "ticks"), steps);
    let csrf = phone.get("/me").csrf();
    phone.post("/me", &[("csrf", &csrf), ("language", "es"), ("temperature-unit", "c")]);
    let en_espanol = listed(&phone.get("/verdict/d64").text(), "steps");
    assert!(en_espanol.len() == steps.len() && en_espanol != steps, "{en_espanol:?}");
    assert_eq!(listed(&phone.get("/today").text(), "ticks"), en_espanol);
    // A stop is a verdict too.
    let stopped = json!({ "id": "stop", "kind": "stopped", "at": house.desk().clinic_moment(house.now()).to_string(), "activity": "lift",
        "pain": 2, "where": "low-back" });
    house.desk().receive(&house.desk().key("watched"), vec![stopped], house.now()).unwrap();
    let steps = listed(&phone.get("/verdict/stop").text(), "steps");
    assert!(!steps.is_empty());
    assert_eq!(listed(&phone.get("/today").text(), "ticks"), steps);
    // What was loud and has been dealt with sends nobody to the telephone again.
    house.check_in(BEN.0, "numb", json!({ "numbness": "new" }));
    let (mut ben, alert) = (house.phone(BEN.0), house.alert(BEN.0));
    assert!(listed(&ben.get("/today").text(), "ticks").is_empty());
    let ending = lamella_desk::Ending { how: "advised", note: "Spoke.", ..lamella_desk::Ending::default() };
    house.desk().resolve(BEN.0, &alert, "Nora Lindqvist", ending, house.now()).unwrap();
    assert_eq!(listed(&ben.get("/today").text(), "ticks"), generic(1));
}

/// While something loud stands *Progress* says that first, and no sentence about the ratings speaks calmly beside it.
#[test]
fn progress_says_first_what_stands_and_nothing_calm_beside_it() {
    let house = House::open();
    let calm = [
        ["looks like a flare", "parece un brote"],
        ["within the range that we expected", "dentro de lo que esperábamos"],
        ["Single days outside it are common", "Es normal que algún día quede fuera"],
        ["Most flares settle", "La mayoría de los brotes se calma"],
    ];
    for (language, code) in ["en", "es"].into_iter().enumerate() {
        for (state, first) in [("in-flare", 124), ("on-course", 90)] {
            let id = format!("{state}-{code}");
            lived(&house, &id, code, 125, |day| if (first..first + 2).contains(&day) { 7 } else { 2 + day % 3 });
            let mut phone = house.phone(&id);
            let before = words(&phone.get("/progress").text());
            let said = calm.iter().filter(|one| before.contains(one[language])).count();
            assert!(said == 3, "{id} says {said} calm sentences: {before}");
            house.check_in(&id, "numb", json!({ "numbness": "new" }));
            let page = phone.get("/progress").text();
            let standing = page.find("class=\"card banner attention\"").expect("what stands");
            assert!(standing < page.find("<h1>").unwrap() && page.contains("<svg class=\"pain\""), "first, and the chart stays");
            let found: Vec<_> = calm.iter().filter(|one| words(&page).contains(one[language])).collect();
            assert!(found.is_empty(), "{id} says {found:?}");
            // Dealt with, but still the same day.
            let alert = house.alert(&id);
            let ending = lamella_desk::Ending { how: "advised", note: "Spoke.", ..lamella_desk::Ending::default() };
            house.desk().resolve(&id, &alert, "Nora Lindqvist", ending, house.now()).unwrap();
            let page = words(&phone.get("/progress").text());
            assert!(!calm.iter().any(|one| page.contains(one[language])), "{page}");
        }
        // A lasting change is what stands: its own sentence agrees.
        let id = format!("lasting-{code}");
        house.rated(&id, "Synthetic Lasting", code, 66, |day| if day > 60 { 4 } else { 2 });
        let page = words(&house.phone(&id).get("/progress").text());
        assert!(page.contains(["It looks like more than a flare", "Parece algo más que un brote"][language]), "{page}");
    }
}

/// Off course is told as what it is, slower than most and not outside one's own range, with the pathway's own steps; beside something
/// loud neither is told.
#[test]
fn off_course_says_why_and_what_to_do() {
    let house = House::open();
    for (language, (code, why)) in [
        (
            "en",
            "Your pain is easing more slowly than for most people by this day. The shaded range follows your own ratings, so they can lie \
             inside it all the same. It does not mean that you did something wrong, and it does not say how you will be later. Someone on \
             your team looks at it with you.",
        ),
        (
            "es",
            "Su dolor baja más despacio que el de la mayoría a estas alturas. La franja sombreada sigue sus propias valoraciones, así que \
             pueden quedar dentro de todos modos. No quiere decir que haya hecho algo mal, ni dice cómo estará más adelante. Alguien de su \
             equipo lo mira con usted.",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("slow-{code}");
        house.rated(&id, "Synthetic Slow", code, 80, |_| 5);
        let mut phone = house.phone(&id);
        let pathway = house.desk().pathway();
        let rule = pathway.rules.iter().find(|rule| rule.id == "reading-off-course").unwrap();
        let steps = &lamella_pathway::in_language(&rule.text, language).items;
        let said = |page: &str| (page.contains(why), steps.iter().filter(|step| page.contains(step.as_str())).count());
        assert_eq!(said(&words(&phone.get("/progress").text())), (true, steps.len()));
        assert!(steps.len() > 2);
        // The formula knows English only.
        let grade = lamella_pathway::reading_grade(why).filter(|_| code == "en");
        assert!(grade.is_none_or(|grade| grade <= 7.0), "{grade:?}");
        house.check_in(&id, "numb", json!({ "numbness": "new" }));
        assert_eq!(said(&words(&phone.get("/progress").text())), (false, 0));
    }
}

/// A rating outside the range is not said to move within it, on its own day and on the days after.
#[test]
fn progress_says_where_the_last_rating_lies() {
    let house = House::open();
    for (name, last, en, es) in [
        ("in", 3, "Your pain moves within", "Su dolor se mueve dentro"),
        ("above", 5, "Your last rating lies above", "Su última valoración queda por encima"),
        ("below", 0, "Your last rating lies below", "Su última valoración queda por debajo"),
    ] {
        for (code, said) in [("en", en), ("es", es)] {
            let id = format!("{name}-{code}");
            lived(&house, &id, code, 125, |day| if day == 125 { last } else { 2 + day % 3 });
            let page = words(&house.phone(&id).get("/progress").text());
            assert!(page.contains(said), "{id}: {page}");
        }
    }
    house.later(86_400);
    let page = words(&house.phone("above-en").get("/progress").text());
    assert!(page.contains("Your last rating lies above"), "{page}");
    // Too few to read is said only of few; of many that are old, that they are old.
    house.later(10 * 86_400);
    let page = words(&house.phone("above-en").get("/progress").text());
    assert!(page.contains("Some time has passed since your last answer") && !page.contains("too few"), "{page}");
    house.person("new", "Synthetic New", "555 0123", "en", 3);
    let page = words(&house.phone("new").get("/progress").text());
    assert!(page.contains("still too few answers") && !page.contains("Some time has passed"), "{page}");
}

/// Whatever rules gave the verdict its level each say so in the text, the graver first; beyond four by title.
#[test]
fn every_rule_of_the_verdicts_level_has_its_paragraph() {
    let house = House::open();
    for (id, language, also) in [(ANA.0, 0, "Also: "), (BEN.0, 1, "También: ")] {
        let mut phone = house.phone(id);
        let text = |rule: &str| {
            let rule = house.desk().pathway().rules.iter().find(|one| one.id == rule).unwrap();
            lamella_pathway::in_language(&rule.text, language).clone()
        };
        let prose = |rule: &str| text(rule).prose.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut told = |event: &str, answers: Value| {
            house.check_in(id, event, answers);
            let told = house.desk().told_about(&house.desk().key(id), event).unwrap().unwrap();
            assert_eq!(told.level, lamella_record::Level::Attention);
            let deciding: Vec<String> =
                told.reasons.iter().filter(|reason| reason.level == told.level).map(|reason| reason.rule.clone()).collect();
            (deciding, words(&phone.get(&format!("/verdict/{event}")).text()))
        };
        let three = json!({ "where": ["low-back", "below-knee-left"], "against-usual": "worse", "numbness": "new", "fall": "yes" });
        let (deciding, page) = told("three", three);
        assert_eq!(
            deciding.iter().collect::<BTreeSet<_>>(),
            ["new-numbness", "trauma", "radiating-pain"].map(String::from).iter().collect()
        );
        let at = |rule: &str| page.find(&prose(rule)).unwrap_or_else(|| panic!("no `{rule}` in {page}"));
        assert!(at("new-numbness") < at("radiating-pain") && at("trauma") < at("radiating-pain"), "what may wait three days comes last");
        assert!(!page.contains(also), "{page}");
        let all = json!({ "where": ["low-back", "below-knee-left"], "against-usual": "worse", "numbness": "new", "fall": "yes", "calf": "yes", "unwell": "yes",
            "needle-site": ["swollen"] });
        let (deciding, page) = told("many", all);
        let left: Vec<&String> = deciding.iter().filter(|rule| !page.contains(&prose(rule))).collect();
        assert_eq!(left.len(), deciding.len() - 4, "{left:?}");
        let titles: Vec<String> = left.iter().map(|rule| text(rule).title).collect();
        assert!(titles.iter().all(|title| page.contains(&words(title))) && page.contains(also), "{titles:?}: {page}");
    }
}

/// What the rules of the reading rest on is said in plain facts, as they were known at that verdict.
#[test]
fn why_says_what_the_ratings_showed_then() {
    let house = House::open();
    let why = |page: &Reply| words(page.text().split("<dl class=\"because\">").nth(1).unwrap_or_default().split("</dl>").next().unwrap());
    let cases = [
        (
            "en",
            [
                "Your ratings of the last days pain above what your earlier ratings let us expect on ",
                " of the last 10 answered days; your usual pain: 2 of 10",
                "Your ratings since the procedure by day 80 they have eased more slowly than for most people, even where they lie in your own range; your usual pain: 5 of 10",
                "Days in the flare so far 4; highest pain 7 of 10; your usual pain: ",
            ],
        ),
        (
            "es",
            [
                "Sus valoraciones de los últimos días dolor por encima de lo que cabía esperar por sus valoraciones anteriores en ",
                " de los últimos 10 días contestados; su dolor habitual: 2 de 10",
                "Sus valoraciones desde el procedimiento hasta el día 80 han bajado más despacio que las de la mayoría, aunque queden en su propio intervalo; su dolor habitual: 5 de 10",
                "Días de brote hasta ahora 4; el dolor más alto, 7 de 10; su dolor habitual: ",
            ],
        ),
    ];
    for (code, [above, of, off_course, flare]) in cases {
        let [watched, lasting, slow, flared] = ["watched", "lasting", "slow", "flared"].map(|state| format!("{state}-{code}"));
        house.rated(&watched, "Synthetic Watched", code, 64, |day| if day > 60 { 4 } else { 2 });
        house.rated(&lasting, "Synthetic Lasting", code, 66, |day| if day > 60 { 4 } else { 2 });
        house.rated(&slow, "Synthetic Slow", code, 80, |_| 5);
        lived(&house, &flared, code, 125, |day| *[7, 6, 5, 5].get((day - 122) as usize).unwrap_or(&(2 + day % 3)));
        let mut phone = house.phone(&lasting);
        let watch = why(&house.phone(&watched).get("/verdict/d64"));
        let before = why(&phone.get("/verdict/d66"));
        for (said, days) in [(&watch, 4), (&before, 6)] {
            assert!(said.contains(&format!("{above}{days}{of}")), "{said}");
        }
        let said = why(&house.phone(&slow).get("/verdict/d80"));
        assert!(said.contains(off_course), "{said}");
        let said = why(&house.phone(&flared).get(&format!("/verdict/{flared}-125")));
        assert!(said.contains(flare), "{said}");
        // What comes later, or arrives late, was not known then.
        let late: Vec<Value> = (62..=66)
            .map(|day| {
                let mut event = house.event(&lasting, &format!("late-{day}"), json!({ "pain": 1, "pain-worst": 1, "function": 1 }));
                let then = house.now()
                    - jiff::SignedDuration::from_hours(24 * (66 - day))
                    - jiff::SignedDuration::from_mins(if day < 66 { -60 } else { 5 });
                event["at"] = json!(house.desk().person_moment(&house.desk().patient(&lasting).unwrap(), then).to_string());
                event
            })
            .collect();
        house.desk().receive(&house.desk().key(&lasting), late, house.now()).unwrap();
        assert_eq!(why(&phone.get("/verdict/d66")), before);
    }
}

/// Under what stands, the day's check-in is told as sent, with no word that is calmer.
#[test]
fn a_calm_word_never_stands_under_a_loud_one() {
    let house = House::open();
    for (id, sent, calm, loud) in [
        (ANA.0, "Sent 10:00. The next one is on Wednesday 12 March.", "Expected", "Attention"),
        (BEN.0, "Enviado a las 10:00. El próximo es el miércoles, 12 de marzo.", "Esperable", "Atención"),
    ] {
        let card = |phone: &mut Browser| {
            let page = phone.get("/today").text();
            words(&format!("<p>{}", page.split("<p class=\"done\">").nth(1).expect("it is sent").split("</p>").next().unwrap()))
        };
        let mut phone = house.phone(id);
        house.check_in(id, "quiet", json!({}));
        assert_eq!(card(&mut phone), format!("{calm} {sent}"));
        house.check_in(id, "numb", json!({ "numbness": "new" }));
        assert_eq!(card(&mut phone), format!("{loud} {sent}"));
        house.check_in(id, "later", json!({}));
        assert_eq!(card(&mut phone), sent);
    }
}

/// The highest rating of a flare is one, and not a bound; neither do twelve weeks that have not passed stand in a title.
#[test]
fn the_highest_of_a_flare_is_called_so() {
    let house = House::open();
    for (code, settled, by_answer, ongoing, title, early) in [
        (
            "en",
            "highest: 10 of 10, settled after",
            "highest: 10 of 10, settled by your next answer, on 2 Jan 2025.",
            "highest so far: 10 of 10.",
            "Your pain, the last 12 weeks",
            "Your pain so far",
        ),
        (
            "es",
            "lo más alto: 10 de 10, calmado tras",
            "lo más alto: 10 de 10, calmado en su siguiente respuesta, el 2 ene 2025.",
            "lo más alto hasta ahora: 10 de 10.",
            "Su dolor, las últimas 12 semanas",
            "Su dolor hasta ahora",
        ),
    ] {
        let [flared, young] = ["flared", "young"].map(|state| format!("{state}-{code}"));
        lived(&house, &flared, code, 125, |day| if [50, 51, 124, 125].contains(&day) { 10 } else { 2 + day % 3 });
        house.rated(&young, "Synthetic Young", code, 30, |_| 3);
        let page = words(&house.phone(&flared).get("/progress").text());
        assert!(page.contains(settled) && page.contains(ongoing), "{page}");
        // As many levels as days: the chart goes back as far as they are known.
        let table = house.phone(&flared).get("/progress").text();
        assert_eq!((table.matches("<td>").count() / 4, table.matches("–</span>").count()), (84, 0));
        assert!(page.contains(title) && !page.contains("at most") && !page.contains("como mucho"), "{page}");
        // Nobody knows how long it lasted: the days after its last were not told.
        let gap = format!("gap-{code}");
        lived(&house, &gap, code, 125, |day| match day {
            50 => 10,
            51..=56 => -1,
            day => 2 + day % 3,
        });
        let page = words(&house.phone(&gap).get("/progress").text());
        assert!(page.contains(by_answer) && !page.contains(settled), "{page}");
        let page = words(&house.phone(&young).get("/progress").text());
        assert!(page.contains(early) && !page.contains(title), "{page}");
    }
}
