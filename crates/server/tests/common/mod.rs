//! A clinic of our own for each test: a real server on a free port, a store in a folder that goes away, a clock held by hand,
//! and people who are all invented.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, dead_code)]

pub mod chrome;
pub mod log;
pub mod museum;
pub mod pages;
pub mod web;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lamella_desk::Desk;
use lamella_engine::Pathways;
use lamella_record::Patient;
use lamella_server::{App, Setup};
use lamella_store::Store;
use lamella_store::sqlite::SqliteStore;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::{broadcast, oneshot};
use tokio::task::JoinHandle;
use web::Browser;

/// When every test begins: a Tuesday, 10:00 in New York; the clinic is open until 17:00.
pub const BEGINS: &str = "2025-03-11T14:00:00Z";
pub const CLINIC: &str = "Invented Spine Clinic";
pub const PASSWORD: &str = "quiet-harbour-lamp";
/// What no log and no page of a stranger may say about the first person.
pub const ANA: (&str, &str, &str) = ("ana-0001", "Anabel Testperson-Kowalski", "555 7741");
pub const BEN: (&str, &str, &str) = ("ben-0002", "Benito Prueba-Ortega", "555 8852");

/// A clinic's server, and everything that belongs to it.
pub struct House {
    pub app: App,
    /// `http://127.0.0.1:…`
    pub address: String,
    pub port: u16,
    clock: Arc<AtomicI64>,
    store: Arc<SqliteStore>,
    pub runtime: Runtime,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<std::io::Result<()>>>,
    _folder: tempfile::TempDir,
}

/// The folder of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository's folder")
}

fn pathway() -> lamella_pathway::Compiled {
    static READ: std::sync::OnceLock<lamella_pathway::Compiled> = std::sync::OnceLock::new();
    let read = || {
        let folder = repository().join("pathways/annular-fibrin");
        let mut files: Vec<(String, String)> = std::fs::read_dir(&folder)
            .expect("pathways/annular-fibrin")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|end| end == "md") && path.file_stem().is_some_and(|stem| stem != "README"))
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).expect("UTF-8")))
            .collect();
        files.sort();
        let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        lamella_pathway::read(&borrowed).0.expect("the shipped pathway compiles")
    };
    READ.get_or_init(read).clone()
}

impl House {
    /// A clinic with Nora, Omar, Ana (English, day 9) and Ben (Spanish, day 9).
    pub fn open() -> House {
        House::with(|setup| setup)
    }

    /// The same with another setup.
    pub fn with(change: impl FnOnce(Setup) -> Setup) -> House {
        log::listen();
        let folder = tempfile::tempdir().expect("a folder for a while");
        let store = Arc::new(SqliteStore::open(&folder.path().join("test.sqlite")).expect("a store"));
        let begins: Timestamp = BEGINS.parse().expect("a moment");
        let clock = Arc::new(AtomicI64::new(begins.as_millisecond()));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let address = format!("http://127.0.0.1:{port}");
        let app = app_over(
            store.clone(),
            "test",
            change(Setup { clinic: CLINIC.to_string(), address: address.clone(), demo: None, rehearsal: vec![] }),
            &clock,
        );
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = lamella_server::serve(app.clone(), listener, async {
            let _ = stopped.await;
        });
        let served = runtime.spawn(serving);
        let house = House { app, address, port, clock, store, runtime, stop: Some(stop), served: Some(served), _folder: folder };
        house.desk().add_staff("nora", "Nora Lindqvist", PASSWORD).expect("a nurse");
        house.desk().add_staff("omar", "Omar Haddad", PASSWORD).expect("a nurse");
        house.person(ANA.0, ANA.1, ANA.2, "en", 9);
        house.person(BEN.0, BEN.1, BEN.2, "es", 9);
        house
    }

    /// Another clinic over the same store, on a port of its own.
    pub fn neighbour(&self) -> (App, u16) {
        let listener = self.runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let setup = Setup {
            clinic: "The Clinic Next Door".to_string(),
            address: format!("http://127.0.0.1:{port}"),
            demo: None,
            rehearsal: vec![],
        };
        let app = app_over(self.store.clone(), "next-door", setup, &self.clock);
        let serving = lamella_server::serve(app.clone(), listener, std::future::pending());
        self.runtime.spawn(serving);
        (app, port)
    }

    pub fn desk(&self) -> &Desk {
        self.app.desk()
    }

    /// The hand on the clock.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.clock.load(Ordering::SeqCst)).expect("a moment")
    }

    /// What a form of the clinic carries that comes from a page of just now.
    pub fn seen(&self) -> String {
        self.now().as_millisecond().to_string()
    }

    /// Moves the clock on.
    pub fn later(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// What the server's own watch does every so often.
    pub fn look_around(&self) {
        self.desk().send_old_drafts(self.now()).expect("drafts");
        self.desk().look_again(self.now()).expect("a look");
    }

    /// Enters an invented person who is on this day, and who has been asked since today.
    pub fn person(&self, id: &str, name: &str, phone: &str, language: &str, day: i64) -> Patient {
        self.person_asked_since(id, name, phone, language, day, 0)
    }

    /// Enters an invented person who is on this day, and who was enrolled so many days ago.
    pub fn person_asked_since(&self, id: &str, name: &str, phone: &str, language: &str, day: i64, ago: i64) -> Patient {
        let today = self.desk().clinic_moment(self.now()).date();
        let days_ago = |days: i64| today.saturating_sub(jiff::SignedDuration::from_hours(24 * days));
        let (procedure, enrolled) = (days_ago(day), days_ago(ago));
        let patient = json!({
            "id": id, "name": name, "synthetic": true, "born": "1962-02-04", "sex": "female", "phone": phone, "language": language,
            "time_zone": "America/New_York",
            "procedure": { "date": procedure.to_string(), "levels": ["L4-L5"], "baseline_pain": 5 },
            "pathway": [{ "revision": self.desk().pathway().revision, "from": enrolled.to_string() }],
        });
        let patient: Patient = serde_json::from_value(patient).expect("a patient");
        self.desk().put_patient(&patient, self.now()).expect("entered");
        patient
    }

    /// A new invitation's address within the house.
    pub fn invite(&self, patient: &str) -> String {
        format!("/i/{}", self.desk().invite(patient, self.now()).expect("an invitation").0.0)
    }

    /// Somebody who has signed in nowhere.
    pub fn stranger(&self) -> Browser {
        Browser::new(self.port)
    }

    /// A phone that has taken this person's invitation.
    pub fn phone(&self, patient: &str) -> Browser {
        let mut phone = self.stranger();
        let reply = phone.post(&self.invite(patient), &[]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        phone
    }

    /// A member of staff who has signed in.
    pub fn nurse(&self, login: &str) -> Browser {
        let mut nurse = self.stranger();
        let reply = nurse.post("/clinic/sign-in", &[("login", login), ("password", PASSWORD)]);
        assert_eq!((reply.status, reply.location()), (303, "/clinic"), "{}", reply.text());
        nurse
    }

    /// Sends a whole check-in through the desk, with some answers changed (`null` takes one out).
    pub fn check_in(&self, patient: &str, id: &str, changed: Value) {
        let event = self.event(patient, id, changed);
        let receipts = self.desk().receive(&self.desk().key(patient), vec![event], self.now()).expect("received");
        assert_eq!(receipts[0].outcome, lamella_desk::Outcome::Stored);
        self.later(1);
    }

    /// A whole check-in as a phone would send it now.
    pub fn event(&self, patient: &str, id: &str, changed: Value) -> Value {
        let person = self.desk().patient(patient).expect("a patient");
        let at = self.desk().person_moment(&person, self.now()).to_string();
        json!({ "id": id, "kind": "check-in", "at": at, "revision": self.desk().pathway().revision, "answers": answers(changed) })
    }

    /// Enters somebody on a day who has rated pain and function alike on every day up to it.
    pub fn rated(&self, id: &str, name: &str, language: &str, today: i64, rating: impl Fn(i64) -> i64) {
        let patient = self.person_asked_since(id, name, "555 0199", language, today, today);
        let day = |day: i64| {
            let rating = rating(day);
            let mut event = self.event(id, &format!("d{day}"), json!({ "pain": rating, "pain-worst": rating, "function": rating }));
            let then = self.now() - jiff::SignedDuration::from_hours(24 * (today - day));
            event["at"] = json!(self.desk().person_moment(&patient, then).to_string());
            event
        };
        self.desk().receive(&self.desk().key(id), (1..=today).map(day).collect(), self.now()).expect("received");
        self.later(1);
    }

    /// Enters somebody on day 75 whose pain rose from 2 to 8 a fortnight ago: the alert of their lasting change.
    pub fn worsened(&self, id: &str, name: &str, language: &str) -> String {
        self.rated(id, name, language, 75, |day| if day > 60 { 8 } else { 2 });
        let all = self.desk().open_alerts(id).expect("alerts");
        let lasting = all.iter().find(|kept| kept.alert.cause == "reading-lasting-change");
        lasting.expect("a lasting change").alert.id.clone()
    }

    /// Enters somebody on day 95 whose pain rose for four days and eased: a watch row that closed itself.
    pub fn eased(&self, id: &str, name: &str, language: &str) -> String {
        self.rated(id, name, language, 95, |day| if (61..=64).contains(&day) { 5 } else { 2 });
        let cases = self.desk().cases_of(id).expect("cases");
        let watch = cases.iter().find(|one| one.case == lamella_desk::Case::Watch && !one.kept.alert.stands());
        watch.expect("a closed watch row").kept.alert.id.clone()
    }

    /// The worst alert of a person that stands.
    pub fn alert(&self, patient: &str) -> String {
        let all = self.desk().open_alerts(patient).expect("alerts");
        all.iter().max_by_key(|kept| kept.alert.level).expect("an alert that stands").alert.id.clone()
    }

    /// Everything that a request could have altered, as text.
    pub fn kept(&self) -> String {
        let desk = self.desk();
        let mut all = String::new();
        for person in desk.people("", 10_000).expect("people") {
            let id = &person.patient.id;
            let record = desk.record(id).expect("a record");
            let draft = desk.draft(&desk.key(id)).expect("a draft");
            all += &format!("{:?}\n{:?}\n{:?}\n{:?}\n", person.patient, record.events, draft, desk.alerts(id).expect("alerts"));
        }
        all
    }

    /// Asks the server to stop, and says whether it has within this time.
    pub fn stops_within(&mut self, time: Duration) -> bool {
        let _ = self.stop.take().expect("it is running").send(());
        let served = self.served.take().expect("it is running");
        self.runtime.block_on(async { tokio::time::timeout(time, served).await.is_ok() })
    }
}

fn app_over(store: Arc<SqliteStore>, clinic: &str, setup: Setup, clock: &Arc<AtomicI64>) -> App {
    let store: Arc<dyn Store> = store;
    let (changes, _) = broadcast::channel(64);
    let tell = changes.clone();
    let zone = TimeZone::get("America/New_York").expect("a zone");
    let desk = Desk::new(store, Pathways::new(pathway()), clinic, zone, move || drop(tell.send(())));
    let hands = clock.clone();
    // Each look takes a millisecond, so that no two things happen at once.
    App::new(desk, setup, changes, move || Timestamp::from_millisecond(hands.fetch_add(1, Ordering::SeqCst)).unwrap_or_default())
}

/// A quiet day's answers with some changed; `null` takes one out.
pub fn answers(changed: Value) -> Map<String, Value> {
    let quiet = json!({
        "pain": 2, "pain-worst": 3, "function": 2, "character": ["ache"], "where": ["low-back"], "set-off": ["activity"],
        "settles": "within-hours", "against-usual": "same", "rest-pain": "no", "numbness": "none", "weakness": "none", "saddle": "no",
        "bladder": "normal", "bowel": "normal", "both-legs-pain": "no", "fever": "no", "unwell": "no", "needle-site": ["clean"],
        "chest": "no", "calf": "no", "allergy": "none", "headache": "none", "fall": "no", "stood": "yes", "flare": "no",
        "mood": 2, "sleep": 2, "stress": 2, "self-harm": "no", "relief": ["none"], "walked": 20,
    });
    let Value::Object(mut answers) = quiet else { unreachable!() };
    for (question, answer) in changed.as_object().cloned().unwrap_or_default() {
        if answer.is_null() {
            answers.remove(&question)
        } else {
            answers.insert(question, answer)
        };
    }
    answers
}
