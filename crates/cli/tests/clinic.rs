//! `lamella calibrate --database`, as a person runs it: on a clinic of virtual people.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use lamella_cohort::course::Course;
use lamella_cohort::spec::Spec;
use lamella_desk::Desk;
use lamella_engine::Pathways;
use lamella_store::sqlite::SqliteStore;
use lamella_store::{Key, NewEvent, PatientRow, Store};
use lamella_trajectory::Model;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pathways/annular-fibrin");

fn lamella(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lamella")).args(arguments).output().unwrap()
}

/// `lamella calibrate` on a clinic's database: how it ended, what it said, what it complained of.
fn calibrate(file: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let database = format!("sqlite:{}", file.display());
    let output = lamella(&[&["calibrate", "--database", &database, "--pathway", SHIPPED][..], more].concat());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn pathways() -> Pathways {
    let read = |path: PathBuf| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap());
    let paths = std::fs::read_dir(SHIPPED).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<(String, String)> = paths.filter(|path| path.extension().is_some_and(|it| it == "md")).map(read).collect();
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Pathways::new(lamella_pathway::read(&borrowed).0.unwrap())
}

/// A clinic of so many virtual people, each followed for so many days; nobody gets worse.
fn clinic(file: &Path, spec: &Spec, people: u64, days: i32) {
    let store = SqliteStore::open(file).unwrap();
    let day = |day: i32| date(2020, 1, 1).saturating_add(jiff::Span::new().days(day));
    let at = |d: i32| TimeZone::UTC.to_timestamp(day(d).at(9, 0, 0, 0)).unwrap();
    let event = |d: i32, answers: Value| json!({ "id": format!("d{d}"), "kind": "check-in", "at": at(d).to_string(), "answers": answers });
    for patient in 0..people {
        let course = Course::new(spec, 5, patient, days, (patient % 5) as i32);
        let id = format!("p{patient}");
        let body = json!({
            "id": id, "time_zone": "UTC", "procedure": { "date": day(0).to_string(), "baseline_pain": course.person.intake },
            "pathway": [{ "revision": "1", "from": day(0).to_string() }],
        });
        store.put_patient("clinic", &PatientRow { patient: id.clone(), name: id.clone(), body: body.to_string() }).unwrap();
        let rated = (0..days).filter_map(|d| {
            let pain = course.rating(d, 0.0).filter(|_| course.answers(d, 0.0))?;
            let body = event(d, json!({ "pain": pain, "function": course.function(d, 0.0) })).to_string();
            let millis = at(d).as_millisecond();
            Some(NewEvent { id: format!("d{d}"), at: millis, received_at: millis, kind: "check-in".to_string(), body })
        });
        let events: Vec<NewEvent> = rated.collect();
        store.append(&Key { clinic: "clinic".to_string(), patient: id }, &events).unwrap();
    }
    // What the desk has judged of them: the first person's record.
    let desk = Desk::new(Arc::new(store), pathways(), "clinic", TimeZone::UTC, || {});
    let now: Timestamp = at(days);
    desk.receive(&desk.key("p0"), vec![event(days - 1, json!({ "pain": 2 }))], now).unwrap();
}

#[test]
fn thresholds_are_found_on_the_clinics_own_people_and_a_pathway_reads_by_them() {
    let home = folder("clinic-own");
    let file = home.join("clinic.sqlite");
    clinic(&file, &Spec::NOISY, 160, 730);
    let before = std::fs::read(&file).unwrap();
    let out = home.join("2026");
    let (code, said, wrong) = calibrate(&file, &["--date", "2026-01-02", "--out", out.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}\n{wrong}");
    assert!(said.contains("1 person who checked in") && said.contains("too early"), "{said}");
    assert!(said.contains("there are 160, and fewer would say more of chance"), "{said}");
    assert_eq!(std::fs::read(&file).unwrap(), before, "the database was only read");

    let text = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let (own, shipped) = (Model::parse(&text("prior.json"), &text("calibration.json")).unwrap(), Model::shipped().unwrap());
    assert_eq!(own.prior, shipped.prior, "too few to refit it");
    assert!(
        own.calibration.pain.middle().lasting > shipped.calibration.pain.middle().lasting + 0.5,
        "noisy people: {:?}",
        own.calibration.pain
    );
    assert!(own.calibration.population.contains("this clinic's own people: 160"), "{}", own.calibration.population);
    assert!(own.calibration.curve.len() > 3 && said.contains(&own.hash), "{said}");

    // Never over what is there.
    let (code, _, wrong) = calibrate(&file, &["--out", out.to_str().unwrap()]);
    assert!(code == Some(2) && wrong.contains("is there already"), "{wrong}");
    assert_eq!(own, Model::parse(&text("prior.json"), &text("calibration.json")).unwrap());

    // A pathway's folder that holds the model reads by it; without it `check` warns, and with a broken one it is wrong.
    let pathway = home.join("pathway");
    std::fs::create_dir_all(pathway.join("models")).unwrap();
    for entry in std::fs::read_dir(SHIPPED).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap().replace(&shipped.hash, &own.hash);
        std::fs::write(pathway.join(path.file_name().unwrap()), text).unwrap();
    }
    let check = || {
        let output = lamella(&["check", pathway.to_str().unwrap()]);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert!(check().1.contains(&format!("knows the model {}", own.hash)), "{}", check().1);
    let inside = pathway.join("models/2026");
    std::fs::rename(&out, &inside).unwrap();
    assert_eq!(check(), (Some(0), String::new()));
    let record = home.join("record.json");
    let patient = json!({ "id": "p", "time_zone": "UTC", "procedure": { "date": "2026-01-01" } });
    let answers = json!([{ "id": "e", "kind": "check-in", "at": "2026-01-03T09:00:00Z", "answers": { "pain": 3 } }]);
    std::fs::write(&record, json!({ "patient": patient, "events": answers }).to_string()).unwrap();
    let judged = lamella(&["assess", pathway.to_str().unwrap(), record.to_str().unwrap(), "--at", "2026-01-03T10:00:00Z", "--json"]);
    let judged: Value = serde_json::from_slice(&judged.stdout).unwrap();
    assert_eq!(judged["reading"]["artifact"]["hash"], own.hash);
    std::fs::write(pathway.join("models/prior.json"), "{}").unwrap();
    assert!(check().0 == Some(1) && check().1.contains("lies loose"), "{}", check().1);
    std::fs::remove_file(pathway.join("models/prior.json")).unwrap();
    std::fs::write(inside.join("prior.json"), "{}").unwrap();
    for command in ["check", "verify", "simulate"] {
        let output = lamella(&[command, pathway.to_str().unwrap()]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("models/2026"), "{command}: {said}");
    }
}

/// The last word about a closed case counts, in the table and in who is taken for steady.
#[test]
fn what_is_said_of_a_case_afterwards_counts() {
    let file = folder("clinic-word").join("clinic.sqlite");
    clinic(&file, &Spec::REFERENCE, 3, 40);
    let desk = Desk::new(Arc::new(SqliteStore::open(&file).unwrap()), pathways(), "clinic", TimeZone::UTC, || {});
    let day = |day: i64| date(2020, 1, 1).saturating_add(jiff::Span::new().days(day));
    let at = |d: i64| TimeZone::UTC.to_timestamp(day(d).at(9, 0, 0, 0)).unwrap();
    let patient = json!({ "id": "worse", "time_zone": "UTC", "procedure": { "date": day(0).to_string() },
        "pathway": [{ "revision": "1", "from": day(0).to_string() }] });
    desk.put_patient(&serde_json::from_value(patient).unwrap(), at(75)).unwrap();
    let rated = |d: i64| {
        let pain = if d > 60 { 8 } else { 2 };
        json!({ "id": format!("d{d}"), "kind": "check-in", "at": at(d).to_string(), "answers": { "pain": pain, "function": pain } })
    };
    desk.receive(&desk.key("worse"), (1..=75).map(rated).collect(), at(75)).unwrap();
    let cases = desk.cases_of("worse").unwrap();
    let alert = &cases.iter().find(|one| one.case == lamella_desk::Case::Lasting).unwrap().kept.alert.id;
    let ending = lamella_desk::Ending { how: "advised", note: "spoke", ..lamella_desk::Ending::default() };
    desk.resolve("worse", alert, "ben", ending, at(76)).unwrap();
    let said = || {
        let (_, said, _) = calibrate(&file, &[]);
        let line = |begin: &str| said.lines().find(|line| line.trim_start().starts_with(begin)).unwrap().to_string();
        let lasting = |begin: &str| line(begin).trim_start().trim_start_matches(begin).split_whitespace().next().unwrap().to_string();
        (
            ["closed as real", "closed as not real", "closed, not said"].map(lasting).join(" "),
            line("thresholds").contains("299.7 are missing"),
        )
    };
    assert_eq!(said(), ("0 0 1".to_string(), false), "nobody has said: taken for steady");
    desk.say_of_change("worse", alert, "ada", lamella_desk::REAL, at(77)).unwrap();
    assert_eq!(said(), ("1 0 0".to_string(), true), "who has really changed is not taken for steady");
    desk.say_of_change("worse", alert, "ben", lamella_desk::NOT_REAL, at(78)).unwrap();
    assert_eq!(said(), ("0 1 0".to_string(), false));
}

#[test]
fn what_cannot_be_calibrated_says_why_and_writes_nothing() {
    let home = folder("clinic-few");
    let (file, out) = (home.join("clinic.sqlite"), home.join("own"));
    let no_out = ["--out", out.to_str().unwrap()];
    let missing = calibrate(&home.join("none.sqlite"), &no_out);
    assert!(missing.0 == Some(1) && missing.2.contains("is not there") && !home.join("none.sqlite").exists(), "{missing:?}");
    std::fs::write(home.join("text"), "this is no database, but a letter to somebody").unwrap();
    let other = calibrate(&home.join("text"), &no_out);
    assert!(other.0 == Some(1) && other.2.contains("not a database"), "{other:?}");
    assert!(std::fs::read_to_string(home.join("text")).unwrap().starts_with("this is no database"));
    std::fs::write(home.join("zero"), "").unwrap();
    let empty = calibrate(&home.join("zero"), &no_out);
    assert!(empty.0 == Some(1) && empty.2.contains("no database of lamella"), "{empty:?}");
    drop(SqliteStore::open(&file).unwrap());
    let nobody = calibrate(&file, &no_out);
    assert!(nobody.0 == Some(1) && nobody.2.contains("nobody has checked in yet"), "{nobody:?}");
    clinic(&file, &Spec::REFERENCE, 3, 40);
    let few = calibrate(&file, &no_out);
    assert!(few.0 == Some(1) && few.1.contains("299.7 are missing") && few.1.contains("nothing was written"), "{few:?}");
    // One event that cannot be read: named, and the rest is counted.
    let store = SqliteStore::open(&file).unwrap();
    let broken = NewEvent { id: "torn".into(), at: 1, received_at: 1, kind: "check-in".into(), body: "{\"id\": \"torn\"}".into() };
    store.append(&Key { clinic: "clinic".into(), patient: "p1".into() }, &[broken]).unwrap();
    drop(store);
    let looked = calibrate(&file, &[]);
    assert!(looked.0 == Some(0) && looked.1.contains("there are 3, and"), "to look is always right: {looked:?}");
    assert!(looked.2.contains("warning: `torn` of `p1` cannot be read"), "{looked:?}");
    let output = lamella(&["calibrate", "--database", "postgres://x"]);
    assert!(output.status.code() == Some(2) && String::from_utf8_lossy(&output.stderr).contains("sqlite:FILE"));
    assert!(!out.exists());
}

#[test]
#[ignore = "a minute"]
fn with_people_enough_the_prior_is_refitted_too() {
    let home = folder("clinic-refit");
    let (file, out) = (home.join("clinic.sqlite"), home.join("own"));
    clinic(&file, &Spec::NOISY, 310, 365);
    let (code, said, wrong) = calibrate(&file, &["--out", out.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}\n{wrong}");
    eprintln!("{said}");
    assert!(said.contains("prior: refitted on 310 people"), "{said}");
    let text = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let own = Model::parse(&text("prior.json"), &text("calibration.json")).unwrap();
    let often = |model: &Model| model.prior.params.prof.iter().map(|[starts, _, weight]| starts * weight).sum::<f64>();
    assert!(often(&own) > often(&Model::shipped().unwrap()), "they flare more often");
    assert!(own.prior.mean != Model::shipped().unwrap().prior.mean && said.matches("pain on days 0, 28, 90, 365").count() == 2, "{said}");
}
