//! The pages: the patient's side and the clinic's side, rendered here, and working without scripts.
//!
//! A handler asks the desk, fills a view ([`view`]) and lets its template speak. No handler holds SQL, no template holds logic.

mod answer;
mod api;
mod app;
mod chart;
mod clinic;
mod files;
mod guard;
mod patient;
mod say;
pub mod view;

pub use app::{App, Setup, public_address};

use axum::Router;
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// How often the clock is asked whether it is news: silence, late drafts.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Every route of the house.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(patient::today::home))
        .route("/today", get(patient::today::show))
        .route("/check-in", get(patient::check_in::begin))
        .route("/check-in/page/{page}", get(patient::check_in::show).post(patient::check_in::save))
        .route("/check-in/draft/{page}", post(patient::check_in::keep))
        .route("/check-in/correct/{event}", get(patient::check_in::correct))
        .route("/check-in/keep-first", post(patient::check_in::keep_first))
        .route("/stopped", get(patient::stopped::show).post(patient::stopped::send))
        .route("/verdict/{event}", get(patient::verdict::show))
        .route("/progress", get(patient::progress::show))
        .route("/help", get(patient::help::show))
        .route("/offline", get(patient::help::offline))
        .route("/signed-out", get(patient::help::signed_out))
        .route("/me", get(patient::me::show).post(patient::me::keep))
        .route("/sign-out", post(patient::me::sign_out))
        .route("/i/{secret}", get(patient::invitation::show).post(patient::invitation::accept))
        .route("/api/events", post(api::events))
        .route("/clinic/sign-in", get(clinic::sign_in::show).post(clinic::sign_in::enter))
        .route("/clinic/sign-out", post(clinic::sign_in::leave))
        .route("/clinic", get(clinic::worklist::show))
        .route("/clinic/worklist/rows", get(clinic::worklist::rows))
        .route("/clinic/live", get(clinic::worklist::live))
        .route("/clinic/pathway", get(clinic::pathway::show))
        .route("/clinic/pathway/rehearsal", get(clinic::pathway::rehearsal))
        .route("/clinic/patients", get(clinic::patients::list))
        .route("/clinic/patients/new", get(clinic::patients::blank).post(clinic::patients::enter))
        .route("/clinic/patients/{patient}", get(clinic::record::show))
        .route("/clinic/patients/{patient}/invite", post(clinic::patients::invite))
        .route("/clinic/patients/{patient}/take", post(clinic::act::take))
        .route("/clinic/patients/{patient}/contact", post(clinic::act::contact))
        .route("/clinic/patients/{patient}/resolve", post(clinic::act::resolve))
        .route("/clinic/patients/{patient}/known", post(clinic::act::known))
        .route("/clinic/patients/{patient}/note", post(clinic::act::note))
        .route("/clinic/patients/{patient}/change", post(clinic::record::change))
        .route("/clinic/patients/{patient}/undo", post(clinic::act::undo))
        .route("/sw.js", get(files::worker))
        .route("/static/{*path}", get(files::serve))
        .fallback(answer::not_found)
        .layer(axum::middleware::from_fn_with_state(app.clone(), guard::around))
        .with_state(app)
}

/// How long the head of a request may take, and how long a line may stand without one.
const HEAD: Duration = Duration::from_secs(30);
/// How long open requests may still take once the server is to end.
const FAREWELL: Duration = Duration::from_secs(10);

/// Serves until `stop` ends; what is open then is finished, as far as it takes no longer than a few seconds.
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let watch = tokio::spawn(watch(app.clone()));
    let lines = GracefulShutdown::new();
    let service = TowerToHyperService::new(router(app.clone()));
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            came = listener.accept() => match came {
                Ok((line, _)) => {
                    let talk = lines.watch(talk(line, service.clone()));
                    tokio::spawn(async move {
                        if let Err(error) = talk.await {
                            tracing::debug!(%error, "a line broke off");
                        }
                    });
                }
                // Out of files, or a line that was gone before it was taken: neither is a reason to stop.
                Err(error) => {
                    tracing::warn!(%error, "a line could not be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    app.close();
    if tokio::time::timeout(FAREWELL, lines.shutdown()).await.is_err() {
        tracing::warn!("some requests were still open and were cut off");
    }
    watch.abort();
    Ok(())
}

/// One line: requests one after the other, none of them dawdling.
fn talk(line: TcpStream, service: TowerToHyperService<Router>) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    // What a page waits for is sent at once, however small.
    let _ = line.set_nodelay(true);
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    builder.serve_connection(TokioIo::new(line), service)
}

/// One thing that is looked after, over and over; how much there was to do.
type Round = fn(&App) -> lamella_desk::Result<usize>;

/// Asks the clock, over and over: a missed check-in is news, and a draft left lying is sent as it stands.
async fn watch(app: App) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        // Each on its own: one that fails must not silence the others.
        let rounds: [(&str, Round); 3] = [
            ("catching up", |app| app.desk().catch_up(app.now())),
            ("sending drafts", |app| app.desk().send_old_drafts(app.now())),
            ("looking again", |app| app.desk().look_again(app.now())),
        ];
        for (what, round) in rounds {
            if let Err(error) = app.blocking(round).await {
                tracing::error!(%error, what, "a round failed; it is tried again");
            }
        }
    }
}
