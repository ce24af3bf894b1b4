//! `lamella import`, as a person runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lamella_store::sqlite::SqliteStore;
use lamella_store::{Key, Store};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The import of every test that does not say otherwise.
const NOW: &str = "2026-03-20T12:00:00+01:00";
const PATIENTS: &str = "id,procedure_date,time_zone,baseline_pain\np1,2026-03-02,Europe/Madrid,7\np2,2026-03-03,America/New_York,6\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A place of one test's own.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("import-{name}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("patients.csv"), PATIENTS).unwrap();
        Place(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lamella"));
        command.current_dir(&self.0).arg("import").args(arguments).arg("--pathway").arg(root().join("pathways/annular-fibrin"));
        command
    }

    fn import(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Imports `table.csv` of the patients into `records`.
    fn records(&self, more: &[&str]) -> Output {
        self.import(&[&["table.csv", "--patients", "patients.csv", "--records", "records", "--at", NOW], more].concat())
    }

    fn record(&self, id: &str) -> Value {
        serde_json::from_str(&self.text(&format!("records/{id}.json"))).unwrap()
    }

    fn events(&self, id: &str) -> Vec<Value> {
        self.record(id)["events"].as_array().unwrap().clone()
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn assess(&self, id: &str, at: &str) -> Value {
        let output = Command::new(env!("CARGO_BIN_EXE_lamella"))
            .arg("assess")
            .arg(root().join("pathways/annular-fibrin"))
            .arg(self.0.join(format!("records/{id}.json")))
            .args(["--json", "--at", at])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Standing alerts as `cause level`.
    fn alerts(&self, id: &str, at: &str) -> Vec<String> {
        standing(&self.assess(id, at)).into_iter().filter(|alert| !alert.starts_with("silence") && !alert.starts_with("hold")).collect()
    }

    /// Every file of a folder but those of the import itself.
    fn files(&self, folder: &str) -> BTreeMap<String, String> {
        let entries = std::fs::read_dir(self.0.join(folder)).map(|entries| entries.map(|entry| entry.unwrap()).collect()).unwrap_or(vec![]);
        let named = entries.into_iter().map(|entry| (entry.file_name().into_string().unwrap(), entry.path()));
        named.filter(|(name, _)| !name.starts_with('.')).map(|(name, path)| (name, std::fs::read_to_string(path).unwrap())).collect()
    }
}

fn standing(assessment: &Value) -> Vec<String> {
    let alerts = assessment["alerts"].as_array().unwrap().iter().filter(|alert| alert["state"] != "resolved");
    alerts.map(|alert| format!("{} {}", alert["cause"].as_str().unwrap(), alert["level"].as_str().unwrap())).collect()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn ends(output: &Output, code: i32, summary: &str) {
    assert_eq!((output.status.code(), out(output).as_str()), (Some(code), format!("{summary}\n").as_str()), "{}", err(output));
}

// ---- a table of ours ---------------------------------------------------------------------------------------------------------

/// Good rows among bad ones: of each kind of badness one.
fn mixed() -> Vec<u8> {
    let mut table: Vec<u8> = "\u{feff}patient,at,revision,pain,where,bladder,numbness\r\n".into();
    for row in [
        "p1,2026-03-10T09:00,1,3,low-back,normal,none",
        "p1,yesterday,1,3,low-back,normal,none",
        "p9,2026-03-10T09:00,1,3,low-back,leaking,none",
        "p1,2026-03-11T09:00,1,11,low-back,normal,none",
        "p1,2026-03-12T09:00,1,3,low-bck,normal,none",
        "p1,2026-03-13T09:00,1,3",
        "p2,2026-03-10T09:00,1,4.5,low-back;buttock-left,as-before,none",
        "p1,2026-03-14T09:00,1,12,low-back,leaking,none",
        "p1,2062-03-14T09:00,1,2,low-back,normal,none",
        "p1,2026-03-15T09:00,1,2,\"low-back,normal,none",
        "p2,2026-03-11T09:00:00-04:00,1,4,low-back,normal,dont-know",
    ] {
        table.extend(row.as_bytes());
        table.extend(b"\r\n");
    }
    table.extend(b"p1,2026-03-16T09:00,1,3,low-back,nor\xffmal,spreading\r\n");
    table.extend(b"\r\n,,,,,,\r\np1,2026-03-17T09:00,1,3,,normal,none\r\n");
    table
}

#[test]
fn bad_rows_stand_apart_worst_first_and_stop_no_good_one() {
    let place = Place::new("mixed");
    place.write("table.csv", mixed());
    let output = place.records(&[]);
    ends(&output, 1, "4 new, 0 already there, 1 skipped, 9 rejected");
    let expected = "line,column,reason,level,patient,raised
4,patient,\"patient: the patient `p9` is not listed, and has no record\",emergency,p9,no
9,pain,pain: `12` is outside 0..10,emergency,p1,yes
13,bladder,bladder: `nor\u{fffd}mal` is not UTF-8 text,attention,p1,yes
3,at,at: `yesterday` is not a time; write it like `2026-03-11T10:42` or `2026-03-11T10:42:00+01:00`,expected,p1,no
5,pain,pain: `11` is outside 0..10,expected,p1,no
6,where,where: `low-bck` is no answer to it (did you mean `low-back`?),expected,p1,no
7,,4 cells under 7 columns,expected,p1,no
10,at,at: `2062-03-14T09:00` lies after the import,expected,p1,no
11,,a quote is opened and not closed on its line,expected,p1,no
";
    assert_eq!(place.text("table.csv.rejects.csv"), expected);
    assert!(
        err(&output).contains(
            "emergency in line 4: patient: the patient `p9` is not listed, and has no record; no alert could be raised: look at it now"
        ),
        "{}",
        err(&output)
    );

    // What was said stands there as it was said.
    let events = place.events("p2");
    assert_eq!(events.len(), 2);
    assert_eq!(
        events[0]["answers"],
        serde_json::json!({ "pain": 4.5, "where": ["low-back", "buttock-left"], "bladder": "as-before", "numbness": "none" })
    );
    assert_eq!(
        (&events[0]["kind"], &events[0]["revision"], &events[0]["at"]),
        (&"check-in".into(), &"1".into(), &"2026-03-10T09:00:00-04:00".into())
    );
    assert_eq!(events[1]["answers"]["numbness"], "dont-know");
    assert_eq!(events[0]["imported"], "2026-03-20T07:00:00-04:00");

    // Two rows that could not be read whole raise all the same, and say what is unknown.
    let assessment = place.assess("p1", NOW);
    let kept = |at: &str| assessment["verdicts"].as_array().unwrap().iter().find(|verdict| verdict["at"] == at).unwrap().clone();
    let leaking = kept("2026-03-14T09:00:00+01:00");
    assert_eq!((&leaking["level"], &leaking["unknown"][0]["question"]), (&"emergency".into(), &"pain".into()), "{leaking}");
    let spreading = kept("2026-03-16T09:00:00+01:00");
    assert!(spreading["unknown"].to_string().contains("bladder"), "{spreading}");
    assert!(standing(&assessment).contains(&"unknown attention".to_string()), "{assessment}");
    assert_eq!(assessment["level"], "emergency");
}

#[test]
fn importing_again_adds_nothing() {
    let place = Place::new("again");
    place.write("table.csv", mixed());
    place.records(&[]);
    let before = place.files("records");
    let output = place.import(&["table.csv", "--records", "records"]);
    ends(&output, 1, "0 new, 4 already there, 1 skipped, 9 rejected");
    assert_eq!(place.files("records"), before);

    // The same rows in another order, with more columns' worth of blanks, in a file without a mark: the same events.
    place.write(
        "table.csv",
        "patient,revision,at,where,pain,numbness,bladder\np2,1,2026-03-10 09:00:00 , buttock-left; low-back ,4.50,none,as-before\n",
    );
    ends(&place.records(&[]), 0, "0 new, 1 already there, 0 skipped, 0 rejected");
    assert_eq!(place.files("records"), before);
    assert!(!place.0.join("table.csv.rejects.csv").exists(), "nothing waits for anybody, so nothing says so");
}

#[test]
fn an_unknown_column_stops_before_the_first_row() {
    let place = Place::new("column");
    place.write("table.csv", "patient,at,revision,pain,blader\np1,2026-03-10T09:00,1,3,leaking\n");
    let output = place.records(&[]);
    ends_without_a_word(&output, 1);
    assert!(
        err(&output).contains("unknown column `blader` (did you mean `bladder`?); to leave it out, say `--ignore-column blader`"),
        "{}",
        err(&output)
    );
    assert!(!place.0.join("records").exists());
    ends(&place.records(&["--ignore-column", "blader"]), 0, "1 new, 0 already there, 0 skipped, 0 rejected");
    assert!(place.events("p1")[0]["not_asked"].to_string().contains("\"bladder\""));
    ends_without_a_word(&place.records(&["--ignore-column", "bladder"]), 2);

    place.write("patients.csv", "id,procedure_date,timezone\n");
    let output = place.records(&["--ignore-column", "blader"]);
    ends_without_a_word(&output, 1);
    assert!(err(&output).contains("did you mean `time_zone`?"), "{}", err(&output));
}

fn ends_without_a_word(output: &Output, code: i32) {
    assert_eq!((output.status.code(), out(output).as_str()), (Some(code), ""), "{}", err(output));
}

#[test]
fn used_wrongly_is_two_and_a_wrong_file_is_one() {
    let place = Place::new("wrongly");
    place.write("table.csv", "patient,at,revision,pain\n");
    for wrong in [
        &["table.csv", "--patients", "patients.csv"][..],
        &["table.csv", "--patients", "patients.csv", "--records", "records", "--database", "sqlite:x"],
        &["table.csv", "--patients", "patients.csv", "--database", "mysql:x"],
        &["table.csv", "--patients", "patients.csv", "--records", "records", "--at", "noon"],
    ] {
        ends_without_a_word(&place.import(wrong), 2);
    }
    for absent in [
        &["absent.csv", "--patients", "patients.csv", "--records", "records"][..],
        &["table.csv", "--patients", "absent.csv", "--records", "records"],
        &["table.csv", "--records", "records"],
        &["table.csv", "--database", "sqlite:absent.sqlite"],
    ] {
        ends_without_a_word(&place.import(absent), 1);
    }
    assert!(!place.0.join("absent.sqlite").exists());
    place.write("map.toml", "patient = { always = \"p1\" }\n[time]\ncolumn = \"at\"\n[answers.pain]\ncolum = \"pain\"\n");
    let output = place.records(&["--map", "map.toml"]);
    ends_without_a_word(&output, 1);
    assert!(err(&output).contains("line 5") && err(&output).contains("colum"), "{}", err(&output));
}

/// The list of rejected rows takes nothing else's place, and nothing else is taken away when there are none.
#[test]
fn rejects_never_cost_another_file() {
    let place = Place::new("place-of-rejects");
    place.write("table.csv", format!("patient,at,revision,pain\np1,{NOW},1,3\n"));
    place.write("letter.txt", "to somebody");
    let before = place.text("table.csv");
    for (file, holds) in [("table.csv", before.as_str()), ("patients.csv", PATIENTS), ("letter.txt", "to somebody")] {
        let output = place.records(&["--rejects", file]);
        ends_without_a_word(&output, 2);
        assert!(err(&output).contains("would be lost"), "{}", err(&output));
        assert_eq!(place.text(file), holds);
    }
    std::fs::create_dir_all(place.0.join("records")).unwrap();
    let output = place.records(&["--rejects", "records/p9.json"]);
    ends_without_a_word(&output, 2);
    assert!(err(&output).contains("taken for a record"), "{}", err(&output));
    assert!(place.files("records").is_empty(), "nothing was imported");
    assert_eq!(place.records(&["--rejects", "/dev/null"]).status.code(), Some(0));
    assert!(Path::new("/dev/null").exists());
}

#[test]
fn a_column_that_lacks_was_not_asked_and_an_empty_cell_was_not_answered() {
    let place = Place::new("asked");
    place.write("table.csv", "patient,at,revision,pain,bladder\np1,2026-03-10T09:00,1,0,\np2,2026-03-10T09:00,1,0,normal\n");
    ends(&place.records(&[]), 0, "2 new, 0 already there, 0 skipped, 0 rejected");
    let (empty, whole) = (place.assess("p1", NOW), place.assess("p2", NOW));
    assert_eq!(empty["verdicts"][0]["unknown"], serde_json::json!([{ "question": "bladder", "why": "not-answered" }]));
    assert_eq!(empty["verdicts"][0]["level"], "attention");
    assert_eq!(whole["verdicts"][0]["unknown"], serde_json::json!([]));
    assert_eq!(whole["verdicts"][0]["level"], "watch", "what rests on *not asked* is at least watch");
    let rows: Vec<&Value> = whole["alerts"].as_array().unwrap().iter().filter(|alert| alert["cause"] == "not-asked").collect();
    assert_eq!(rows.len(), 1);
    assert!(rows[0]["unknown"].to_string().contains("\"saddle\"") && !rows[0]["unknown"].to_string().contains("\"walked\""), "{}", rows[0]);
}

#[test]
fn a_patient_line_that_cannot_be_read_rejects_its_own_rows_only() {
    let place = Place::new("patients");
    place.write("patients.csv", "id,procedure_date,time_zone,name\np1,2026-03-02,Europe/Madrid,Ana\np2,2026-13-03,Europe/Madrid,Bo\n../p3,2026-03-02,Europe/Madrid,\n");
    place.write("table.csv", "patient,at,revision,pain\np1,2026-03-10T09:00,1,3\np2,2026-03-10T09:00,1,3\n../p3,2026-03-10T09:00,1,3\n");
    let output = place.records(&[]);
    ends(&output, 1, "1 new, 0 already there, 0 skipped, 2 rejected");
    assert!(
        place.text("table.csv.rejects.csv").contains("line 3: procedure_date: `2026-13-03` is not a date"),
        "{}",
        place.text("table.csv.rejects.csv")
    );
    assert_eq!(place.record("p1")["patient"]["name"], "Ana");
    assert_eq!(place.files("records").len(), 1);
}

#[test]
fn what_is_in_a_record_stays_there() {
    let place = Place::new("stays");
    std::fs::create_dir(place.0.join("records")).unwrap();
    let record = r#"{"patient": {"id": "p1", "time_zone": "Europe/Madrid", "procedure": {"date": "2026-03-02"}, "shoe": 43}, "of": "others",
        "events": [{"id": "e1", "kind": "walk", "at": "2026-03-09T10:00:00+01:00", "minutes": 20}]}"#;
    place.write("records/p1.json", record);
    place.write("records/p2.json", "{ half a rec");
    place.write("table.csv", "patient,at,revision,pain\np1,2026-03-10T09:00,1,3\np2,2026-03-10T09:00,1,3\n");
    let output = place.import(&["table.csv", "--records", "records", "--at", NOW]);
    ends(&output, 1, "1 new, 0 already there, 0 skipped, 1 rejected");
    let kept = place.record("p1");
    assert_eq!((&kept["patient"]["shoe"], &kept["of"], &kept["events"][0]["minutes"]), (&43.into(), &"others".into(), &20.into()));
    assert_eq!(place.text("records/p2.json"), "{ half a rec");
}

#[test]
fn a_row_whose_cells_have_moved_still_raises_its_red_flag() {
    let place = Place::new("moved");
    // One cell too few in front of the answers, one too many, and a quote that would swallow what follows.
    place.write(
        "table.csv",
        "patient,at,revision,pain,function,bladder\np1,2026-03-10T09:00,1,3,leaking\np1,2026-03-11T09:00,1,3,,2,leaking\np1,2026-03-12T09:00,1,\"3,2,leaking\np2,2026-03-10T09:00,1,3,2,normal\n",
    );
    ends(&place.records(&[]), 1, "1 new, 0 already there, 0 skipped, 3 rejected");
    let levels: Vec<Value> =
        place.assess("p1", NOW)["verdicts"].as_array().unwrap().iter().map(|verdict| verdict["level"].clone()).collect();
    assert_eq!(levels, ["emergency", "emergency", "emergency"]);
}

#[test]
fn twice_a_year_the_clocks_change() {
    let place = Place::new("clocks");
    place.write("patients.csv", "id,procedure_date,time_zone\np1,2025-10-20,Europe/Madrid\n");
    place.write(
        "table.csv",
        "patient,at,revision,pain\np1,2025-10-26T02:30,1,3\np1,2026-03-29T02:30,1,3\np1,2026-03-28T23:30:00Z,1,4\np1,2026-03-28T23:30:00-05:00,1,4\n",
    );
    ends(&place.records(&["--at", "2026-04-01T12:00:00+02:00"][..0]), 1, "1 new, 0 already there, 0 skipped, 3 rejected");
    let later = ["table.csv", "--patients", "patients.csv", "--records", "records", "--at", "2026-04-01T12:00:00+02:00"];
    ends(&place.import(&later), 0, "3 new, 1 already there, 0 skipped, 0 rejected");
    let times: Vec<String> = place.events("p1").iter().map(|event| event["at"].as_str().unwrap().to_string()).collect();
    // Twice: the earlier. Skipped: the hour after. UTC says when, not where. An offset is the person's own.
    assert_eq!(times, ["2025-10-26T02:30:00+02:00", "2026-03-29T03:30:00+02:00", "2026-03-29T00:30:00+01:00", "2026-03-28T23:30:00-05:00"]);
}

// ---- history -----------------------------------------------------------------------------------------------------------------

const HISTORY: &str = "patient,at,revision,pain,bladder,numbness
p1,2026-03-04T09:00,1,3,normal,new
p1,2026-03-05T09:00,1,3,leaking,none
p1,2026-03-05T21:00,1,3,normal,new
p1,2026-03-06T09:00,1,3,normal,new
p1,2026-03-19T09:00,1,3,normal,new
";

#[test]
fn history_asks_for_one_alert_at_its_worst_and_the_last_two_weeks_for_their_own() {
    let place = Place::new("history");
    place.write("table.csv", HISTORY);
    ends(&place.records(&[]), 0, "5 new, 0 already there, 0 skipped, 0 rejected");
    let assessment = place.assess("p1", NOW);
    let levels: Vec<&Value> = assessment["verdicts"].as_array().unwrap().iter().map(|verdict| &verdict["level"]).collect();
    assert_eq!(levels, ["attention", "emergency", "attention", "attention", "attention"], "history is judged like everything else");
    let alerts = assessment["alerts"].as_array().unwrap();
    let history: Vec<&Value> = alerts.iter().filter(|alert| alert["cause"] == "history").collect();
    assert_eq!(history.len(), 1);
    assert_eq!((&history[0]["level"], &history[0]["since"]), (&"emergency".into(), &"2026-03-05T09:00:00+01:00".into()));
    // The 6th is 14 days before the 20th: its own run, and the 19th belongs to it.
    let numb: Vec<&Value> = alerts.iter().filter(|alert| alert["cause"].as_str().unwrap().contains("numb")).collect();
    assert_eq!(numb.len(), 1, "{alerts:?}");
    assert_eq!(numb[0]["since"], "2026-03-06T09:00:00+01:00");
    assert_eq!(alerts.iter().filter(|alert| alert["cause"] == "not-asked").count(), 1);
    assert!(!alerts.iter().any(|alert| alert["cause"].as_str().unwrap().contains("bladder")), "{alerts:?}");
}

#[test]
fn in_whatever_pieces_a_history_is_imported_the_assessment_is_the_same() {
    let whole = Place::new("whole");
    whole.write("table.csv", HISTORY);
    whole.records(&[]);
    let pieces = Place::new("pieces");
    let rows: Vec<&str> = HISTORY.lines().collect();
    for row in rows.iter().skip(1).rev() {
        pieces.write("table.csv", format!("{}\n{row}\n", rows[0]));
        ends(&pieces.records(&[]), 0, "1 new, 0 already there, 0 skipped, 0 rejected");
    }
    assert_eq!(pieces.assess("p1", NOW), whole.assess("p1", NOW));
}

#[test]
fn an_older_emergency_that_comes_after_the_resolve_opens_the_history_again() {
    let place = Place::new("reopened");
    let rows: Vec<&str> = HISTORY.lines().collect();
    place.write("table.csv", format!("{}\n{}\n{}\n", rows[0], rows[1], rows[3]));
    place.records(&[]);
    assert_eq!(place.alerts("p1", NOW)[0], "history attention");
    let mut record = place.record("p1");
    let resolve = r#"{"id": "r1", "kind": "resolve", "at": "2026-03-20T13:00:00+01:00", "received_at": "2026-03-20T13:00:00+01:00",
        "alert": "history:procedure", "by": "nora", "disposition": "called", "note": "well since"}"#;
    record["events"].as_array_mut().unwrap().push(serde_json::from_str(resolve).unwrap());
    place.write("records/p1.json", record.to_string());
    assert_eq!(place.alerts("p1", "2026-03-20T14:00:00+01:00"), ["not-asked watch"]);
    place.write("table.csv", format!("{}\n{}\n", rows[0], rows[2]));
    let later = ["table.csv", "--records", "records", "--at", "2026-03-20T15:00:00+01:00"];
    ends(&place.import(&later), 0, "1 new, 0 already there, 0 skipped, 0 rejected");
    assert_eq!(place.alerts("p1", "2026-03-20T16:00:00+01:00"), ["history emergency", "not-asked watch"]);
}

// ---- cut short ---------------------------------------------------------------------------------------------------------------

/// Many people with many rows.
fn many(people: usize, days: usize) -> (String, String) {
    let ids = || (0..people).map(|person| format!("m{person:03}"));
    let patients: String = ids().map(|id| format!("{id},2026-01-05,Europe/Madrid\n")).collect();
    let rows =
        (0..days).flat_map(|day| ids().map(move |id| format!("{id},2026-{:02}-{:02}T08:30,1,{}\n", day / 28 + 1, day % 28 + 1, day % 7)));
    (format!("id,procedure_date,time_zone\n{patients}"), format!("patient,at,revision,pain\n{}", rows.collect::<String>()))
}

fn into<'a>(kind: &'a str, target: &'a str) -> [&'a str; 7] {
    ["table.csv", "--patients", "patients.csv", kind, target, "--at", NOW]
}

/// Starts an import and kills it as soon as `begun` says so. Whether it was still running.
fn killed(mut command: Command, begun: impl Fn() -> bool) -> bool {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while !begun() && child.try_wait().unwrap().is_none() && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_micros(200));
    }
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

#[test]
fn killed_in_the_middle_and_run_again_is_the_same_as_run_once() {
    let place = Place::new("killed");
    let (patients, table) = many(250, 60);
    place.write("patients.csv", patients);
    place.write("table.csv", table);
    ends(&place.import(&into("--records", "once")), 0, "15000 new, 0 already there, 0 skipped, 0 rejected");
    let once = place.files("once");
    let mut cut = 0;
    for wait_for in [1, 40, 120] {
        let folder = format!("cut-{wait_for}");
        let running = killed(place.command(&into("--records", &folder)), || place.files(&folder).len() >= wait_for);
        let half = place.files(&folder);
        cut += usize::from(running && half.len() < once.len());
        assert!(half.iter().all(|(name, text)| once[name] == *text), "every file there is whole");
        let output = place.import(&into("--records", &folder));
        ends(&output, 0, &format!("{} new, {} already there, 0 skipped, 0 rejected", 15000 - 60 * half.len(), 60 * half.len()));
        assert_eq!(place.files(&folder), once);
    }
    assert!(cut > 0, "no run was cut short: make the table longer");
}

/// What a database holds of a patient, but for when it was written.
fn kept(store: &SqliteStore, id: &str) -> (Vec<String>, Vec<(String, bool, u8)>) {
    let key = Key { clinic: "clinic".to_string(), patient: id.to_string() };
    let events = store.events(&key, 0).unwrap().into_iter().map(|stored| stored.event.body).collect();
    let mut alerts: Vec<_> = store.alerts(&key).unwrap().into_iter().map(|row| (row.id, row.open, row.level)).collect();
    alerts.sort();
    (events, alerts)
}

#[test]
fn a_database_killed_in_the_middle_and_filled_again_is_the_same_as_filled_once() {
    let place = Place::new("killed-database");
    let (patients, table) = many(200, 30);
    place.write("patients.csv", patients);
    place.write("table.csv", table);
    ends(&place.import(&into("--database", "sqlite:once.sqlite")), 0, "6000 new, 0 already there, 0 skipped, 0 rejected");
    let file = place.0.join("cut.sqlite");
    // The write-ahead file grows with the first patients.
    let begun = || std::fs::metadata(place.0.join("cut.sqlite-wal")).is_ok_and(|wal| wal.len() > 200_000);
    let running = killed(place.command(&into("--database", "sqlite:cut.sqlite")), begun);
    assert!(running, "no run was cut short: make the table longer");
    let there = SqliteStore::open(&file).unwrap().everyone("clinic").unwrap().len();
    assert!((1..200).contains(&there), "{there}");
    ends_fine(&place.import(&into("--database", "sqlite:cut.sqlite")));
    ends(&place.import(&into("--database", "sqlite:cut.sqlite")), 0, "0 new, 6000 already there, 0 skipped, 0 rejected");
    let (once, cut) = (SqliteStore::open(&place.0.join("once.sqlite")).unwrap(), SqliteStore::open(&file).unwrap());
    assert_eq!(cut.unassessed().unwrap(), []);
    for person in 0..200 {
        let id = format!("m{person:03}");
        assert_eq!(kept(&cut, &id), kept(&once, &id), "{id}");
    }
}

fn ends_fine(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}{}", out(output), err(output));
}

// ---- a database --------------------------------------------------------------------------------------------------------------

#[test]
fn a_database_holds_the_alerts_that_the_record_files_ask_for() {
    let place = Place::new("database");
    place.write("table.csv", HISTORY);
    place.records(&[]);
    let arguments = ["table.csv", "--patients", "patients.csv", "--database", "sqlite:clinic.sqlite", "--at", NOW];
    ends(&place.import(&arguments), 0, "5 new, 0 already there, 0 skipped, 0 rejected");
    ends(&place.import(&arguments), 0, "0 new, 5 already there, 0 skipped, 0 rejected");
    // Now the patients are there, and need no list.
    place.write(
        "table.csv",
        "patient,at,revision,pain,bladder,numbness\np2,2026-03-19T09:00,1,3,leaking,none\np7,2026-03-19T09:00,1,3,leaking,none\n",
    );
    let output = place.import(&["table.csv", "--database", "sqlite:clinic.sqlite", "--at", NOW]);
    ends(&output, 1, "1 new, 0 already there, 0 skipped, 1 rejected");
    let store = SqliteStore::open(&place.0.join("clinic.sqlite")).unwrap();
    let open = |id: &str| -> Vec<String> { kept(&store, id).1.into_iter().filter(|(_, open, _)| *open).map(|(id, ..)| id).collect() };
    let mut assessed: Vec<String> = place.assess("p1", NOW)["alerts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|alert| alert["state"] != "resolved")
        .map(|alert| alert["id"].as_str().unwrap().to_string())
        .collect();
    assessed.sort();
    assert_eq!(open("p1"), assessed);
    assert!(open("p2").iter().any(|alert| alert.starts_with("bladder")), "{:?}", open("p2"));
    assert!(store.worklist("clinic").unwrap().iter().any(|row| row.alert.id == "history:procedure" && row.alert.level == 3));
}

#[test]
fn the_example_in_the_docs_imports() {
    let place = Place::new("example");
    let examples = root().join("examples");
    let copy = |name: &str| drop(place.write(name, std::fs::read(examples.join(name)).unwrap()));
    ["check-ins.csv", "patients.csv"].into_iter().for_each(copy);
    let output =
        place.import(&["check-ins.csv", "--patients", "patients.csv", "--records", "records", "--at", "2026-03-06T18:00:00+01:00"]);
    ends(&output, 0, "4 new, 0 already there, 0 skipped, 0 rejected");
    let ana = place.assess("ana-01", "2026-03-05T19:00:00+01:00");
    assert_eq!(ana["verdicts"][1]["unknown"], serde_json::json!([]), "every question that was due has a column");
    assert_eq!(place.assess("ben-02", "2026-03-06T08:00:00-05:00")["level"], "attention");
}

// ---- somebody else's table ---------------------------------------------------------------------------------------------------

/// The shape of the diary, made up.
const DIARY: &str = "name,startday,startmonth,startyear,intensity,date
Knee Pain,1,3,2026,8,2026-03-02 02:07:55
happiness,1,3,2026,2,2026-03-02 02:08:09
Knee Pain,2,3,2026,4.5,2026-03-03 00:51:50
Knee Pain,2,3,2026,4.4,2026-03-03 00:52:30
Low Back Pain,0,,0,3.4,2026-03-03 05:46:34
Knee Pain,3,3,2026,11,2026-03-04 09:00:00
Knee Pain,3,3,2026,,2026-03-04 10:00:00
Knee Pain,3,3,2026,4,04.03.2026
Knee Pain,2,3,2026,4.5,2026-03-03 00:51:50
";

fn diary(place: &Place) -> [String; 2] {
    let examples = root().join("examples");
    let shown = |name: &str| examples.join(name).to_str().unwrap().to_string();
    assert!(place.0.exists());
    [shown("knee-diary.toml"), shown("knee-diary-patients.csv")]
}

#[test]
fn a_map_reads_a_foreign_table() {
    let place = Place::new("foreign");
    let [map, patients] = diary(&place);
    place.write("table.csv", DIARY);
    let arguments = ["table.csv", "--patients", &patients, "--map", &map, "--records", "records", "--at", NOW];
    let output = place.import(&arguments);
    ends(&output, 1, "4 new, 1 already there, 2 skipped, 2 rejected");
    assert!(err(&output).contains("skipped: 1 Low Back Pain") && err(&output).contains("skipped: 1 happiness"), "{}", err(&output));
    let rejects = place.text("table.csv.rejects.csv");
    assert!(
        rejects.contains("7,intensity,intensity: `11` is outside 1..10")
            && rejects.contains("9,date,date: `04.03.2026` is not a time like"),
        "{rejects}"
    );
    let events = place.events("knee-diary");
    let read: Vec<(i64, Option<&str>)> =
        events.iter().map(|event| (event["answers"]["pain"].as_i64().unwrap_or(-1), event["day"].as_str())).collect();
    assert_eq!(read, [(8, Some("2026-03-01")), (5, Some("2026-03-02")), (4, Some("2026-03-02")), (-1, None)]);

    // A column that the map does not speak of stops it, and so does one that is not there.
    place.write("table.csv", DIARY.replace("startday", "fever"));
    let output = place.import(&arguments);
    ends_without_a_word(&output, 1);
    assert!(err(&output).contains("`startday`"), "{}", err(&output));
    place.write("table.csv", DIARY.replace("name,", "name,fever,").replace("Knee Pain,", "Knee Pain,38.5,"));
    let output = place.import(&arguments);
    ends_without_a_word(&output, 1);
    assert!(err(&output).contains("the map does not speak of the column `fever`"), "{}", err(&output));
}

#[test]
fn a_map_translates_words_units_and_times() {
    let place = Place::new("translated");
    let map = r#"
        delimiter = ";"
        ignore = ["Notiz"]
        revision = { always = "1" }
        patient = { column = "Patient" }
        [time]
        column = "Tag"
        format = "%d.%m.%Y"
        time-of-day = "20:00"
        [rows]
        Quelle = ["App", "Papier"]
        [answers.pain]
        column = "Schmerz"
        decimal = ","
        [answers.temperature]
        column = "Temp"
        unit = "fahrenheit"
        decimal = ","
        [answers.fever]
        column = "Fieber"
        codes = { ja = "feverish", nein = "no" }
        [answers.where]
        column = "Wo"
        separator = "+"
        codes = { Kreuz = "low-back", Bein = "thigh-left" }
    "#;
    place.write("map.toml", map);
    place.write("table.csv", "Patient;Tag;Quelle;Schmerz;Temp;Fieber;Wo;Notiz\np1;10.03.2026;App;3,5;100,4;ja;Kreuz + Bein;\"zwei\nZeilen\"\np1;11.03.2026;Brief;3;;nein;Kreuz;\n");
    ends(&place.records(&["--map", "map.toml"]), 0, "1 new, 0 already there, 1 skipped, 0 rejected");
    let event = &place.events("p1")[0];
    assert_eq!(
        event["answers"],
        serde_json::json!({ "pain": 3.5, "temperature": 38, "fever": "feverish", "where": ["low-back", "thigh-left"] })
    );
    assert_eq!(event["at"], "2026-03-10T20:00:00+01:00");
}

#[test]
fn the_real_diary_end_to_end() {
    let table = root().join("../shared/diaries/knee-diary.csv");
    let Ok(bytes) = std::fs::read(&table) else {
        println!("skipped: there is no {} here; the diary is not copied into this repository", table.display());
        return;
    };
    let place = Place::new("diary");
    let [map, patients] = diary(&place);
    // Beside a copy of its own, so that nothing is written into a folder that is not ours.
    place.write("table.csv", bytes);
    let arguments = ["table.csv", "--patients", &patients, "--map", &map, "--records", "records", "--at", "2021-08-31T12:00:00Z"];
    let output = place.import(&arguments);
    ends(&output, 0, "468 new, 0 already there, 1930 skipped, 0 rejected");
    assert!(err(&output).contains("skipped: 47 Low Back Pain") && err(&output).contains("skipped: 443 happiness"), "{}", err(&output));
    ends(&place.import(&arguments), 0, "0 new, 468 already there, 1930 skipped, 0 rejected");

    let assessment = place.assess("knee-diary", "2021-08-31T12:00:00Z");
    let verdicts = assessment["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), 468);
    let months: std::collections::BTreeSet<&str> = verdicts.iter().map(|verdict| &verdict["at"].as_str().unwrap()[..7]).collect();
    assert!(months.len() >= 24, "{months:?}");
    let days: std::collections::BTreeSet<i64> = verdicts.iter().map(|verdict| verdict["day"].as_i64().unwrap()).collect();
    assert_eq!(days.len(), 439);
    let causes: Vec<&str> = assessment["alerts"].as_array().unwrap().iter().map(|alert| alert["cause"].as_str().unwrap()).collect();
    assert_eq!(causes.iter().filter(|cause| **cause == "history").count(), 1, "two years ask for one alert: {causes:?}");
    assert_eq!(causes.iter().filter(|cause| **cause == "not-asked").count(), 1);
    assert!(causes.len() < 10, "{causes:?}");
}
