//! `lamella serve`

use crate::End;
use crate::database::Database;
use crate::files::load_pathways;
use crate::out::{complain, say};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lamella_server::{App, Setup};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Serve a clinic.
#[derive(clap::Args)]
pub struct Serve {
    #[command(flatten)]
    database: Database,
    /// The pathway's folder.
    #[arg(long, default_value = "pathways/annular-fibrin")]
    pathway: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address people type, such as https://recovery.example; a proxy in front brings the certificate.
    #[arg(long)]
    address: Option<String>,
    /// The page that `lamella simulate PATHWAY --report` wrote: linked from the pathway's page. Once for each of its languages.
    #[arg(long)]
    rehearsal: Vec<PathBuf>,
    /// The clinic's name, as patients know it.
    #[arg(long, default_value = "Our clinic")]
    name: String,
    /// The clinic's time zone by its IANA name (default: this machine's).
    #[arg(long)]
    zone: Option<String>,
}

/// Serves until it is stopped.
pub fn run(serve: &Serve) -> End {
    match start(serve) {
        Ok(()) => End::Fine,
        Err((what, end)) => {
            if !what.is_empty() {
                complain!("error: {what}");
            }
            end
        }
    }
}

fn start(serve: &Serve) -> Result<(), (String, End)> {
    let address = match &serve.address {
        None => format!("http://{}", serve.listen),
        Some(typed) => lamella_server::public_address(typed).map_err(|why| (format!("--address: {why}"), End::UsedWrongly))?,
    };
    if serve.name.trim().is_empty() {
        return Err(("--name: give the clinic's name, as patients know it".to_string(), End::UsedWrongly));
    }
    if !serve.listen.ip().is_loopback() && !address.starts_with("https://") {
        let what = "health data never crosses a network in the clear: listen on 127.0.0.1 behind a proxy with a certificate, and give its \
                    address as `--address https://…`";
        return Err((what.to_string(), End::UsedWrongly));
    }
    let zone = match &serve.zone {
        None => TimeZone::system(),
        Some(name) => {
            TimeZone::get(name).map_err(|_| (format!("`{name}` is not a time zone; write it like `Europe/Madrid`"), End::UsedWrongly))?
        }
    };
    let rehearsal = serve.rehearsal.iter().map(|file| report(file)).collect::<Result<Vec<_>, _>>()?;
    let pathways = load_pathways(&serve.pathway).map_err(|end| (String::new(), end))?;
    let (desk, changes) = serve.database.desk(pathways, zone)?;
    let machine = |error: &dyn std::fmt::Display| (error.to_string(), End::MachineFailed);
    if !desk.has_staff().map_err(|error| machine(&error))? {
        return Err(("nobody can sign in yet; add somebody first: `lamella staff add LOGIN --name NAME`".to_string(), End::UsedWrongly));
    }
    tracing_subscriber::fmt().with_target(false).with_ansi(false).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Runtime::new().map_err(|error| machine(&error))?;
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind(serve.listen))
        .map_err(|error| (format!("cannot listen on {}: {error}", serve.listen), End::MachineFailed))?;
    let looked = desk.wake(Timestamp::now()).map_err(|error| machine(&error))?;
    say!("{}: {looked} patients; open {address}/clinic", serve.name);
    let app = App::new(desk, Setup { clinic: serve.name.clone(), address, demo: None, rehearsal }, changes, Timestamp::now);
    runtime.block_on(lamella_server::serve(app, listener, crate::stop::asked())).map_err(|error| machine(&error))
}

/// What a rehearsal's page may weigh.
const REPORT_BYTES: u64 = 16 * 1024 * 1024;

/// A rehearsal's page; a file that is none is said before anybody is served.
fn report(file: &Path) -> Result<String, (String, End)> {
    let wrong = |why: String| (format!("--rehearsal {}: {why}", file.display()), End::InputWrong);
    let bytes = std::fs::metadata(file).map_err(|error| wrong(error.to_string()))?.len();
    if bytes > REPORT_BYTES {
        return Err(wrong("this is larger than any page that `lamella simulate --report` writes".to_string()));
    }
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    if !text.trim_start().to_lowercase().starts_with("<!doctype html") {
        return Err(wrong("this is no page; write one by `lamella simulate PATHWAY --report FILE`".to_string()));
    }
    Ok(text)
}
