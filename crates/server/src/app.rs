//! What every handler has at hand.

use axum::http::Uri;
use jiff::Timestamp;
use lamella_desk::{Desk, DeskError};
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit, broadcast, watch};

/// How a clinic's server is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The clinic's name, as people know it.
    pub clinic: String,
    /// The address people type, such as `https://recovery.example`; cookies are `Secure` when it begins with `https`.
    pub address: String,
    /// A login and password to show on the sign-in page: on the demo clinic only.
    pub demo: Option<(String, String)>,
    /// The pages that `lamella simulate --report` wrote about this pathway, one a language, if somebody filed them.
    pub rehearsal: Vec<String>,
}

/// The address that people type, as it is put before every link: `http` or `https`, a host, and nothing behind it.
///
/// ```
/// assert_eq!(lamella_server::public_address("https://recovery.example/").as_deref(), Ok("https://recovery.example"));
/// assert!(lamella_server::public_address("recovery.example").is_err());
/// ```
///
/// # Errors
/// What is wrong with it, in words.
pub fn public_address(typed: &str) -> Result<String, String> {
    let like = "write it like `https://recovery.example`";
    let address: Uri = typed.trim().parse().map_err(|_| format!("`{typed}` is not an address; {like}"))?;
    if !matches!(address.scheme_str(), Some("http" | "https")) {
        return Err(format!("`{typed}` begins with neither `https://` nor `http://`; {like}"));
    }
    let host = address.host().unwrap_or_default();
    if host.is_empty() || address.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(format!("`{typed}` names no host; {like}"));
    }
    if !matches!(address.path(), "" | "/") || address.query().is_some() {
        return Err(format!("`{typed}` goes on behind the host, where our own pages stand; {like}"));
    }
    let authority = address.authority().map_or(host, |authority| authority.as_str());
    Ok(format!("{}://{authority}", address.scheme_str().unwrap_or("https")))
}

/// What every handler has at hand. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    desk: Desk,
    setup: Setup,
    changes: broadcast::Sender<()>,
    attempts: crate::guard::Attempts,
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    closing: watch::Sender<bool>,
    sign_ins: Semaphore,
}

impl App {
    /// A server over a desk. `changes` is what the desk's own `changed` sends to; `clock` tells the time (tests bring their own).
    pub fn new(desk: Desk, setup: Setup, changes: broadcast::Sender<()>, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> App {
        App {
            inner: Arc::new(Inner {
                desk,
                setup,
                changes,
                attempts: Default::default(),
                clock: Box::new(clock),
                closing: watch::Sender::new(false),
                sign_ins: Semaphore::new(2),
            }),
        }
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.inner.desk
    }

    /// How it is set up.
    pub fn setup(&self) -> &Setup {
        &self.inner.setup
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    /// Failed sign-ins.
    pub(crate) fn attempts(&self) -> &crate::guard::Attempts {
        &self.inner.attempts
    }

    /// What is sent whenever something has changed.
    pub(crate) fn changes(&self) -> broadcast::Receiver<()> {
        self.inner.changes.subscribe()
    }

    /// Lets every page that listens look again.
    pub(crate) fn tell_changed(&self) {
        // Nobody may be listening.
        let _ = self.inner.changes.send(());
    }

    /// A turn at signing in.
    pub(crate) async fn sign_in_turn(&self) -> Option<SemaphorePermit<'_>> {
        self.inner.sign_ins.acquire().await.ok()
    }

    /// Ends what would go on for ever: pages that listen.
    pub(crate) fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    /// Turns true when the server ends.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.inner.closing.subscribe()
    }

    /// Does something that waits for the disk, off the reactor.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, DeskError> + Send + 'static,
    ) -> Result<T, DeskError> {
        let app = self.clone();
        match tokio::task::spawn_blocking(move || work(&app)).await {
            Ok(done) => done,
            Err(error) => Err(DeskError::Unreadable { what: "work", of: "this request".to_string(), why: error.to_string() }),
        }
    }
}
