//! The pages: the patient's side and the clinic's side, rendered here, and working without scripts.
//!
//! A handler asks the desk, fills a view ([`view`]) and lets its template speak. No handler holds SQL, no template holds logic.

mod answer;
mod api;
mod app;
mod clinic;
mod files;
mod guard;
mod patient;
mod say;
pub mod view;

pub use app::{App, Setup};

use axum::Router;
use axum::routing::{get, post};
use std::time::Duration;
use tokio::net::TcpListener;

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
        .route("/help", get(patient::help::show))
        .route("/me", get(patient::me::show).post(patient::me::keep))
        .route("/sign-out", post(patient::me::sign_out))
        .route("/i/{secret}", get(patient::invitation::show).post(patient::invitation::accept))
        .route("/api/events", post(api::events))
        .route("/clinic/sign-in", get(clinic::sign_in::show).post(clinic::sign_in::enter))
        .route("/clinic/sign-out", post(clinic::sign_in::leave))
        .route("/clinic", get(clinic::worklist::show))
        .route("/clinic/worklist/rows", get(clinic::worklist::rows))
        .route("/clinic/live", get(clinic::worklist::live))
        .route("/clinic/patients", get(clinic::patients::list))
        .route("/clinic/patients/new", get(clinic::patients::blank).post(clinic::patients::enter))
        .route("/clinic/patients/{patient}", get(clinic::record::show))
        .route("/clinic/patients/{patient}/invite", post(clinic::patients::invite))
        .route("/clinic/patients/{patient}/take", post(clinic::act::take))
        .route("/clinic/patients/{patient}/contact", post(clinic::act::contact))
        .route("/clinic/patients/{patient}/resolve", post(clinic::act::resolve))
        .route("/clinic/patients/{patient}/undo", post(clinic::act::undo))
        .route("/sw.js", get(files::worker))
        .route("/static/{*path}", get(files::serve))
        .fallback(answer::not_found)
        .layer(axum::middleware::from_fn_with_state(app.clone(), guard::around))
        .with_state(app)
}

/// Serves until `stop` ends.
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let watch = tokio::spawn(watch(app.clone()));
    let closing = app.clone();
    let stop = async move {
        stop.await;
        closing.close();
    };
    let served = axum::serve(listener, router(app)).with_graceful_shutdown(stop).await;
    watch.abort();
    served
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
