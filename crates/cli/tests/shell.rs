//! What a shell sees of the commands: exit codes, broken pipes, full disks, signals, marks before a text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The command, in the repository's folder.
fn lamella(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamella"));
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    command
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

const RECORD: &str = r#"{"patient": {"id": "p1", "time_zone": "Europe/Madrid", "procedure": {"date": "2026-03-02", "levels": ["L4-L5"]}},
    "events": []}"#;

#[test]
fn a_full_disk_is_said_and_a_reader_who_has_gone_is_not() {
    let record = folder("full").join("record.json");
    std::fs::write(&record, RECORD).unwrap();
    let record = record.to_str().unwrap().to_string();
    let pathway = "pathways/annular-fibrin";
    for arguments in [
        vec!["check", pathway],
        vec!["check", pathway, "--json"],
        vec!["assess", pathway, &record],
        vec!["assess", pathway, &record, "--json"],
    ] {
        let whole = lamella(&arguments).output().unwrap().status.code();
        if Path::new("/dev/full").exists() {
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
            let ended = lamella(&arguments).stdout(full).output().unwrap();
            assert_eq!(ended.status.code(), Some(3), "{arguments:?}: {}", error(&ended));
            assert!(error(&ended).contains("error: the output could not be written"), "{arguments:?}: {}", error(&ended));
        }
        let mut child = lamella(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), whole, "{arguments:?}: {}", error(&ended));
        assert!(!error(&ended).contains("panicked"), "{arguments:?}: {}", error(&ended));
    }
}

#[test]
fn a_mark_before_the_text_is_no_part_of_it() {
    let folder = folder("marked");
    let record = folder.join("record.json");
    std::fs::write(&record, format!("\u{feff}{RECORD}")).unwrap();
    let read = lamella(&["assess", "pathways/annular-fibrin", record.to_str().unwrap(), "--json"]).output().unwrap();
    assert_eq!(read.status.code(), Some(0), "{}", error(&read));
    let mut piped = lamella(&["assess", "pathways/annular-fibrin", "-", "--json"]);
    let mut child = piped.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("\u{feff}{RECORD}").as_bytes()).unwrap();
    let read = child.wait_with_output().unwrap();
    assert_eq!(read.status.code(), Some(0), "{}", error(&read));
    for file in std::fs::read_dir(root().join("pathways/annular-fibrin")).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|end| end == "md") {
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(folder.join(file.file_name().unwrap()), format!("\u{feff}{text}")).unwrap();
        }
    }
    let checked = lamella(&["check", folder.to_str().unwrap()]).output().unwrap();
    assert_eq!(checked.status.code(), Some(0), "{}", error(&checked));
}

#[test]
fn an_address_is_one_that_people_can_open() {
    let folder = folder("address");
    let database = format!("sqlite:{}", folder.join("clinic.sqlite").display());
    for address in
        ["", "recovery.example", "ftp://recovery.example", "https://", "https://a b", "https://u@h.example", "https://h/x", "javascript:1"]
    {
        let ended = lamella(&["serve", "--database", &database, "--address", address]).output().unwrap();
        assert_eq!(ended.status.code(), Some(2), "{address}: {}", error(&ended));
        assert!(error(&ended).contains("--address"), "{address}: {}", error(&ended));
    }
}

/// Adds somebody to a clinic's database.
fn add(database: &str, login: &str, name: &str) -> Output {
    let mut command = lamella(&["staff", "add", login, "--name", name, "--database", database]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(b"four-random-quiet-words\n");
    child.wait_with_output().unwrap()
}

#[test]
fn nobody_works_here_without_a_name() {
    let database = format!("sqlite:{}", folder("nameless").join("clinic.sqlite").display());
    for name in ["", "   ", &"x".repeat(121)] {
        let ended = add(&database, "nora", name);
        assert_eq!(ended.status.code(), Some(1), "{}", error(&ended));
        assert!(error(&ended).contains("whole name"), "{}", error(&ended));
    }
    assert_eq!(add(&database, "nora", "Nora Lindqvist").status.code(), Some(0));
}

/// A served clinic, and its port.
fn served(name: &str) -> (Child, u16) {
    let database = format!("sqlite:{}", folder(name).join("clinic.sqlite").display());
    assert_eq!(add(&database, "nora", "Nora Lindqvist").status.code(), Some(0));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listen = format!("127.0.0.1:{port}");
    let mut child =
        lamella(&["serve", "--database", &database, "--listen", &listen]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("open http://127.0.0.1"), "{line}");
    (child, port)
}

#[cfg(unix)]
#[test]
fn a_server_that_is_asked_to_end_finishes_what_is_open() {
    for signal in ["-TERM", "-INT"] {
        let (mut child, port) = served("asked");
        // A sign-in is half sent when the signal comes; the rest follows and is answered.
        let body = "login=nora&password=four-random-quiet-words";
        let mut line = TcpStream::connect(("127.0.0.1", port)).unwrap();
        line.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
        let head = format!(
            "POST /clinic/sign-in HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\nlogin=",
            body.len()
        );
        line.write_all(head.as_bytes()).unwrap();
        // Another says nothing at all: it does not hold the server up for long.
        let dawdler = TcpStream::connect(("127.0.0.1", port)).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        let began = Instant::now();
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        std::thread::sleep(Duration::from_millis(300));
        line.write_all(&body.as_bytes()["login=".len()..]).unwrap();
        let mut answer = [0u8; 64];
        let read = line.read(&mut answer).unwrap();
        assert!(
            String::from_utf8_lossy(&answer[..read]).starts_with("HTTP/1.1 303"),
            "{signal}: {:?}",
            String::from_utf8_lossy(&answer[..read])
        );
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        assert!(began.elapsed() < Duration::from_secs(12), "{signal}: it took {:?}", began.elapsed());
        drop(dawdler);
    }
}
