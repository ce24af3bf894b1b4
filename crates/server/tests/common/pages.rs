//! Every page in every state that can be reached without a browser, in one language: what all of them have to keep, one test
//! can then look at.

use super::House;
use super::web::{Browser, Reply};
use serde_json::{Value, json};

/// Fills the house with one person per state and walks through all of it.
pub fn every_page(house: &House, language: &str) -> Vec<(String, Reply)> {
    let mut pages = Pages { language: language.to_string(), seen: vec![] };
    strangers(house, &mut pages);
    check_in(house, &mut pages);
    verdicts(house, &mut pages);
    rest_of_phone(house, &mut pages);
    nurse(house, &mut pages);
    empty_clinic(house, &mut pages);
    pages.seen
}

struct Pages {
    language: String,
    seen: Vec<(String, Reply)>,
}

impl Pages {
    fn take(&mut self, what: &str, status: u16, reply: Reply) {
        assert_eq!(reply.status, status, "{what} ({}): {}", self.language, reply.text());
        assert!(reply.is_page(), "{what} ({}) is no page: {:?}", self.language, reply.headers);
        self.seen.push((format!("{what} ({})", self.language), reply));
    }

    fn person(&self, house: &House, state: &str, day: i64) -> String {
        let id = format!("{state}-{}", self.language);
        house.person(&id, &format!("Synthetic {state}"), "555 0123", &self.language, day);
        id
    }

    fn browser(&self, mut browser: Browser) -> Browser {
        browser.language = self.language.clone();
        browser
    }
}

fn strangers(house: &House, pages: &mut Pages) {
    let mut nobody = pages.browser(house.stranger());
    pages.take("help", 200, nobody.get("/help"));
    pages.take("today, signed out", 401, nobody.get("/today"));
    pages.take("no such page", 404, nobody.get("/nowhere"));
    pages.take("no such page of the clinic", 404, nobody.get("/clinic/nowhere"));
    pages.take("sign in", 200, nobody.get("/clinic/sign-in"));
    pages.take("sign in, wrong", 401, nobody.post("/clinic/sign-in", &[("login", "nobody"), ("password", "wrong")]));
    pages.take("invitation, unknown", 410, nobody.get("/i/unknown"));
    let id = pages.person(house, "invited", 1);
    let link = house.invite(&id);
    pages.take("invitation", 200, nobody.get(&link));
    assert_eq!(nobody.post(&link, &[]).status, 303);
    pages.take("invitation, used, by the phone that took it", 410, nobody.post(&link, &[]));
    pages.take("invitation, used", 410, pages.browser(house.stranger()).post(&link, &[]));
}

fn check_in(house: &House, pages: &mut Pages) {
    let id = pages.person(house, "check-in", 9);
    let mut phone = pages.browser(house.phone(&id));
    pages.take("today, due", 200, phone.get("/today"));
    pages.take("check-in, pain", 200, phone.open("/check-in"));
    pages.take("check-in, safety", 200, phone.open("/check-in?page=page-safety"));
    pages.take("check-in, day", 200, phone.open("/check-in?page=page-day"));
    let form = phone.open("/check-in?page=page-pain").form("/check-in/page/page-pain").expect("its form");
    pages.take("check-in, pain, nothing chosen", 422, phone.post("/check-in/page/page-pain", &lent(&form)));
    let mut safety = phone.open("/check-in?page=page-safety").form("/check-in/page/page-safety").expect("its form");
    safety.push(("weakness".to_string(), "cannot-lift-foot".to_string()));
    safety.push(("fever".to_string(), "feverish".to_string()));
    safety.push(("temperature".to_string(), "38,4".to_string()));
    let draft = phone.post("/check-in/draft/page-safety", &lent(&safety));
    assert!(draft.text().contains("banner"), "advice that cannot wait: {}", draft.text());
    pages.take("check-in, safety, with advice", 200, phone.get("/check-in/page/page-safety"));
    pages.take("check-in, day, with advice", 200, phone.get("/check-in/page/page-day"));
    pages.take("today, begun, with an alert", 200, phone.get("/today"));
    let csrf = phone.get("/me").csrf();
    pages.take("form expired", 403, phone.post("/check-in/draft/page-pain", &[("csrf", &csrf), ("event", "another")]));
}

/// What is answered in a check-in of each level.
pub fn at_levels() -> [(&'static str, Value); 5] {
    [
        ("expected", json!({})),
        ("watch", json!({ "rest-pain": "yes" })),
        ("attention", json!({ "weakness": "new", "numbness": "new" })),
        ("emergency", json!({ "bladder": "cannot-pass", "saddle": "yes" })),
        ("unknown", json!({ "saddle": null, "chest": "dont-know" })),
    ]
}

fn verdicts(house: &House, pages: &mut Pages) {
    for (state, changed) in at_levels() {
        let id = pages.person(house, state, 9);
        house.check_in(&id, "check-in-1", changed);
        let mut phone = pages.browser(house.phone(&id));
        pages.take(&format!("today, {state}"), 200, phone.get("/today"));
        pages.take(&format!("verdict, {state}"), 200, phone.get("/verdict/check-in-1"));
        pages.take(&format!("mending a {state} one"), 200, phone.open("/check-in/correct/check-in-1"));
        if !house.desk().open_alerts(&id).expect("alerts").is_empty() {
            let alert = house.alert(&id);
            house.desk().acknowledge(&id, &alert, "Nora Lindqvist", house.now()).expect("taken");
            pages.take(&format!("today, {state}, read"), 200, phone.get("/today"));
            pages.take(&format!("verdict, {state}, read"), 200, phone.get("/verdict/check-in-1"));
            house
                .desk()
                .resolve(
                    &id,
                    &alert,
                    "Nora Lindqvist",
                    lamella_desk::Ending { how: "advised", note: "Spoke.", ..lamella_desk::Ending::default() },
                    house.now(),
                )
                .expect("resolved");
            pages.take(&format!("verdict, {state}, resolved"), 200, phone.get("/verdict/check-in-1"));
        }
    }
}

fn rest_of_phone(house: &House, pages: &mut Pages) {
    for (state, day) in [("before", -3), ("day-zero", 0), ("rebuild", 40), ("maintain", 200)] {
        let id = pages.person(house, state, day);
        let mut phone = pages.browser(house.phone(&id));
        pages.take(&format!("today, {state}"), 200, phone.get("/today"));
        pages.take(&format!("check-in, {state}"), 200, phone.open("/check-in?page=page-safety"));
    }
    let id = pages.person(house, "stopped", 12);
    let mut phone = pages.browser(house.phone(&id));
    let form = phone.get("/stopped").form("/stopped").expect("its form");
    pages.take("it hurt", 200, phone.get("/stopped"));
    pages.take("it hurt, nothing chosen", 422, phone.post("/stopped", &lent(&form)));
    let mut told = form.clone();
    told.extend([("activity", "lift"), ("pain", "6"), ("where", "low-back")].map(|(name, value)| (name.to_string(), value.to_string())));
    let sent = phone.post("/stopped", &lent(&told));
    assert_eq!(sent.status, 303, "{}", sent.text());
    pages.take("it hurt, told", 200, phone.get(sent.location()));
    pages.take("progress", 200, phone.get("/progress"));
    pages.take("me", 200, phone.get("/me"));
    pages.take("me, kept", 200, phone.get("/me?kept"));
    pages.take("help, signed in", 200, phone.get("/help"));
    pages.take("no such verdict", 404, phone.get("/verdict/none"));
    pages.take("wrong token", 403, phone.post("/me", &[("csrf", "wrong")]));
}

fn nurse(house: &House, pages: &mut Pages) {
    let mut nora = pages.browser(house.nurse("nora"));
    let csrf = nora.get("/clinic").csrf();
    let with_alert = |state: &str, changed: Value| {
        let id = pages.person(house, state, 23);
        house.check_in(&id, "check-in-1", answers_of_23(changed));
        let alert = house.alert(&id);
        (format!("/clinic/patients/{id}"), id, alert)
    };
    let (base, id, alert) = with_alert("alarmed", json!({ "bladder": "leaking", "unwell": "yes", "saddle": "dont-know" }));
    let (_, late, _) = with_alert("late", json!({ "needle-site": ["red-spreading", "warm"] }));
    let silent = format!("silent-{}", pages.language);
    house.person_asked_since(&silent, "Synthetic silent", "555 0123", &pages.language, 6, 4);
    house.later(86_400);
    house.look_around();
    house.later(-86_400);
    house.desk().contact(&late, &house.alert(&late), "Omar Haddad", "no-answer", "Try at 11.", house.now()).expect("written down");
    let fields = |more: &[(&str, &str)]| -> Vec<(String, String)> {
        let seen = house.seen();
        let seen = Some(("seen", seen.as_str())).filter(|_| !more.iter().any(|(name, _)| *name == "seen"));
        let all = [("csrf", csrf.as_str()), ("alert", alert.as_str())].into_iter().chain(seen).chain(more.iter().copied());
        all.map(|(name, value)| (name.to_string(), value.to_string())).collect()
    };
    pages.take("worklist", 200, nora.get("/clinic"));
    pages.take("worklist, one chosen", 200, nora.get(&format!("/clinic?patient={id}&alert={alert}")));
    pages.take("worklist, found", 200, nora.get("/clinic?q=late"));
    pages.take("worklist, nothing found", 200, nora.get("/clinic?q=zzz"));
    pages.take("rows", 200, nora.get("/clinic/worklist/rows"));
    pages.take("contact, nothing chosen", 422, nora.post(&format!("{base}/contact"), &lent(&fields(&[("note", "<b>")]))));
    pages.take("resolve, nothing chosen", 422, nora.post(&format!("{base}/resolve"), &lent(&fields(&[("note", "a \"note\"")]))));
    let known = [("disposition", "known"), ("note", "n"), ("known_until", "2026-01-01")];
    pages.take("resolve, known too long", 422, nora.post(&format!("{base}/resolve"), &lent(&fields(&known))));
    let taken = nora.post(&format!("{base}/take"), &lent(&fields(&[])));
    pages.take("worklist, taken, with undo", 200, nora.get(taken.location()));
    let mut omar = pages.browser(house.nurse("omar"));
    let omars = omar.get("/clinic").csrf();
    let too_late = omar.post(&format!("{base}/take"), &[("csrf", &omars), ("alert", &alert), ("seen", &house.seen())]);
    pages.take("worklist, taken by another", 200, omar.get(too_late.location()));
    pages.take("record", 200, nora.get(&base));
    let seen_before = [("disposition", "advised"), ("note", "Spoke by phone."), ("seen", "1")];
    pages.take("resolve, news in between", 409, nora.post(&format!("{base}/resolve"), &lent(&fields(&seen_before))));
    let done = nora.post(&format!("{base}/resolve"), &lent(&fields(&[("disposition", "advised"), ("note", "Spoke by phone.")])));
    let seen = house.seen();
    let mine = [("csrf", omars.as_str()), ("seen", &seen), ("alert", &alert), ("disposition", "advised"), ("note", "Mine.")];
    pages.take("resolve, resolved by another", 409, omar.post(&format!("{base}/resolve"), &mine));
    let kept = omar.post(&format!("{base}/note"), &mine);
    pages.take("worklist, kept as a note", 200, omar.get(kept.location()));
    let mut nobody = pages.browser(house.stranger());
    pages.take("resolve, signed out", 401, nobody.post(&format!("{base}/resolve"), &mine));
    pages.take("worklist, resolved", 200, nora.get(done.location()));
    pages.take("record, after", 200, nora.get(&base));
    pages.take("no such patient", 404, nora.get("/clinic/patients/none"));
    pages.take("wrong token at the clinic", 403, nora.post(&format!("{base}/take"), &[("csrf", "wrong")]));
    pages.take("patients", 200, nora.get("/clinic/patients"));
    pages.take("pathway", 200, nora.get("/clinic/pathway"));
    let worse = format!("worse-{}", pages.language);
    let lasting = house.worsened(&worse, "Synthetic Worse", &pages.language);
    let asked = [("csrf", csrf.as_str()), ("seen", "1"), ("alert", &lasting), ("note", "n"), ("change", "never-heard-of")];
    pages.take("resolve, was it real", 422, nora.post(&format!("/clinic/patients/{worse}/resolve"), &asked));
    let eased = format!("eased-{}", pages.language);
    let closed = house.eased(&eased, "Synthetic Eased", &pages.language);
    pages.take("record, a closed case", 200, nora.get(&format!("/clinic/patients/{eased}")));
    let change = format!("/clinic/patients/{eased}/change");
    pages.take("record, a closed case, nothing chosen", 422, nora.post(&change, &[("csrf", &csrf), ("alert", &closed)]));
    let second = house.worsened(&format!("judged-{}", pages.language), "Synthetic Judged", &pages.language);
    let ending = lamella_desk::Ending { how: "advised", note: "Spoke.", change: "cannot-say", ..lamella_desk::Ending::default() };
    let judged = format!("judged-{}", pages.language);
    house.desk().resolve(&judged, &second, "Nora Lindqvist", ending, house.now()).expect("resolved");
    let taken = house.desk().acknowledge(&judged, &house.alert(&judged), "Nora Lindqvist", house.now()).expect("taken");
    house.desk().undo(&judged, &taken.id, "Nora Lindqvist", house.now()).expect("undone");
    pages.take("record, a judged case, and an undo", 200, nora.get(&format!("/clinic/patients/{judged}")));
    house.person_asked_since(&format!("long-{}", pages.language), "Synthetic Long", "555 0198", "en", 19_000, 19_000);
    house.check_in(&format!("long-{}", pages.language), "long", json!({}));
    pages.take("pathway, with cases", 200, nora.get("/clinic/pathway"));
    pages.take("patients, nothing found", 200, nora.get("/clinic/patients?q=zzz"));
    pages.take("new patient", 200, nora.get("/clinic/patients/new"));
    pages.take("new patient, all wrong", 422, nora.post("/clinic/patients/new", &[("csrf", &csrf), ("baseline_pain", "11")]));
    let new = nora.open_after_post("/clinic/patients/new", &new_patient(&csrf));
    pages.take("new patient, invited", 200, new);
    pages.take("new patient, there already", 409, nora.post("/clinic/patients/new", &new_patient(&csrf)));
    pages.take("too large", 413, nora.ask("POST", "/clinic/patients/new", &[("sec-fetch-site", "same-origin")], &vec![b'a'; 3 << 20]));
    pages.take("invited again", 200, nora.open_after_post(&format!("{base}/invite"), &[("csrf", &csrf)]));
}

fn empty_clinic(house: &House, pages: &mut Pages) {
    let (app, port) = house.neighbour();
    app.desk().add_staff("nora", "Nora Next-Door", super::PASSWORD).expect("a nurse");
    let mut nurse = pages.browser(Browser::new(port));
    assert_eq!(nurse.post("/clinic/sign-in", &[("login", "nora"), ("password", super::PASSWORD)]).status, 303);
    pages.take("worklist, empty", 200, nurse.get("/clinic"));
    pages.take("patients, none", 200, nurse.get("/clinic/patients"));
}

/// Answers without the questions that day 23 no longer asks.
fn answers_of_23(changed: Value) -> Value {
    let mut all = json!({ "allergy": null });
    if let (Some(all), Value::Object(changed)) = (all.as_object_mut(), changed) {
        all.extend(changed);
    }
    all
}

/// A new patient's form, filled rightly.
pub fn new_patient(csrf: &str) -> Vec<(&str, &str)> {
    vec![
        ("csrf", csrf),
        ("name", "Ignacia Ñandú-O’Neill"),
        ("born", "1970-05-06"),
        ("sex", "female"),
        ("phone", "555 0177"),
        ("language", "es"),
        ("time_zone", "America/New_York"),
        ("procedure_date", "2025-03-10"),
        ("levels", "L4-L5"),
        ("levels", "L5-S1"),
        ("baseline_pain", "6"),
    ]
}

/// A form's fields, lent.
pub fn lent(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
