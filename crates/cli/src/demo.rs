//! `lamella demo`: a clinic of synthetic patients on this machine, made by feeding plausible check-ins through the real engine
//! and store. Nothing of it exists in `serve`.

mod people;

use crate::End;
use crate::database::DEMO;
use crate::files::{load_pathways, plain};
use crate::out::{complain, say};
use crate::whole;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lamella_desk::{Desk, DeskError};
use lamella_engine::Pathways;
use lamella_server::{App, Setup};
use lamella_store::sqlite::SqliteStore;
use std::fs::File;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// The nurse of the demo clinic.
const NURSE: (&str, &str, &str) = ("nora", "Nora Lindqvist", "quiet-harbour-lamp");

/// How many records are written side by side.
const WRITERS: usize = 16;

/// Start a clinic of synthetic patients on this machine.
#[derive(clap::Args)]
pub struct Demo {
    /// The pathway's folder.
    #[arg(long, default_value = "pathways/annular-fibrin")]
    pathway: PathBuf,
    /// How many synthetic patients.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=2000))]
    patients: u32,
    /// The same seed on the same day makes the same clinic.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to listen; this machine only.
    #[arg(long, default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Where the clinic is kept; made anew at each start.
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
}

/// Makes the clinic and serves it until it is stopped.
pub fn run(demo: &Demo) -> End {
    if !is_loopback(demo.listen.ip()) {
        complain!("error: the demo has a password that everybody knows; it listens on this machine only, such as 127.0.0.1:8787");
        return End::UsedWrongly;
    }
    let pathways = match load_pathways(&demo.pathway) {
        Ok(pathways) => pathways,
        Err(end) => return end,
    };
    match start(demo, pathways) {
        Ok(()) => End::Fine,
        Err(what) => {
            complain!("error: {what}");
            End::MachineFailed
        }
    }
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.is_loopback()
}

fn start(demo: &Demo, pathways: Pathways) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| format!("this machine gives no threads: {error}"))?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind(demo.listen)).map_err(|error| {
        format!("cannot listen on {}: {error}; another demo may be running, try `--listen 127.0.0.1:8788`", demo.listen)
    })?;
    let (store, _lock) = fresh_store(demo)?;
    let (changes, _) = broadcast::channel(64);
    let tell = changes.clone();
    let zone = TimeZone::system();
    let desk = Desk::new(Arc::new(store), pathways, DEMO, zone, move || drop(tell.send(())));
    let address = format!("http://{}", demo.listen);
    let link = fill(&desk, demo, &address).map_err(|error| error.to_string())?;
    let rehearsal = crate::simulate::small_pages(&demo.pathway);
    say_where(&address, &link);
    let setup = Setup {
        clinic: "Harbour Spine Clinic (demo)".to_string(),
        address,
        demo: Some((NURSE.0.to_string(), NURSE.2.to_string())),
        rehearsal,
    };
    let app = App::new(desk, setup, changes, Timestamp::now);
    runtime.block_on(lamella_server::serve(app, listener, crate::stop::asked())).map_err(|error| format!("the server stopped: {error}"))
}

/// An empty store; the lock keeps another demo from emptying it.
fn fresh_store(demo: &Demo) -> Result<(SqliteStore, File), String> {
    let shown = demo.data.display();
    if demo.data.exists() && !demo.data.is_dir() {
        return Err(format!("`{shown}` is a file, not a folder; name another with `--data`"));
    }
    std::fs::create_dir_all(&demo.data).map_err(|error| format!("cannot make `{shown}`: it {}", plain(&error)))?;
    let lock = whole::lock(&demo.data.join(".demo.lock")).map_err(|error| format!("`{shown}`: {}", plain(&error)))?;
    let lock = lock.ok_or_else(|| format!("another demo keeps its clinic in `{shown}`; name another folder with `--data`"))?;
    let file = demo.data.join("demo.sqlite");
    for end in ["", "-wal", "-shm"] {
        let mut old = file.clone().into_os_string();
        old.push(end);
        match std::fs::remove_file(&old) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(format!("cannot clear `{shown}`: {error}")),
            _ => {}
        }
    }
    Ok((SqliteStore::open(&file).map_err(|error| error.to_string())?, lock))
}

/// Feeds everybody's days through the desk; returns the link for the person whose phone the visitor may hold.
fn fill(desk: &Desk, demo: &Demo, address: &str) -> Result<String, DeskError> {
    let now = Timestamp::now();
    desk.add_staff(NURSE.0, NURSE.1, NURSE.2)?;
    let people = people::invent(desk, demo.patients, demo.seed, now);
    let bar = ProgressBar::new(people.iter().map(|person| person.days.len() as u64).sum());
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} check-ins  {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message("making a clinic of synthetic patients");
    let visitor = people.iter().find(|person| person.is_visitor).map(|person| person.patient.id.clone());
    let left = Mutex::new(people.into_iter());
    // Records are written side by side, so that many commits share one sync of the disk.
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(|| live_through(desk, &left, &bar))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(DeskError::Refused("a writer died".to_string()))))
    })?;
    desk.wake(now)?;
    bar.finish_and_clear();
    let visitor = visitor.ok_or_else(|| DeskError::NoPatient("the visitor".to_string()))?;
    let (secret, _) = desk.invite(&visitor, now)?;
    Ok(format!("{address}/i/{}", secret.0))
}

/// Takes one person after the other and lives through their days.
fn live_through(desk: &Desk, left: &Mutex<std::vec::IntoIter<people::Invented>>, bar: &ProgressBar) -> Result<(), DeskError> {
    loop {
        let next = left.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some(person) = next else { return Ok(()) };
        desk.put_patient(&person.patient, person.entered)?;
        let key = desk.key(&person.patient.id);
        for day in &person.days {
            people::answer_alerts(desk, &person, NURSE.1, day.received)?;
            desk.receive(&key, vec![day.event.clone()], day.received)?;
            bar.inc(1);
        }
        people::be_on_to_it(desk, &person, NURSE.1)?;
    }
}

fn say_where(address: &str, link: &str) {
    say!("Everybody in this clinic is invented.\n");
    say!("  the patient's phone   {link}");
    say!("  the clinic            {address}/clinic");
    say!("                        login {}, password {}", NURSE.0, NURSE.2);
    say!("  the emergency card    {address}/help\n");
    say!("Stop with Ctrl-C.");
}
