//! Which database, and what is in it.

use crate::End;
use jiff::tz::TimeZone;
use lamella_desk::Desk;
use lamella_engine::Pathways;
use lamella_store::sqlite::SqliteStore;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::broadcast;

/// The clinic's id in its own database: one clinic a server.
pub const CLINIC: &str = "clinic";

/// The id of the demo's clinic, which `serve` never takes for a real one.
pub const DEMO: &str = "demo";

/// Where a clinic is kept.
#[derive(clap::Args)]
pub struct Database {
    /// The clinic's database: `sqlite:FILE`.
    #[arg(long, default_value = "sqlite:lamella.sqlite")]
    pub database: String,
}

impl Database {
    /// Opens it, making it if it is not there.
    pub fn open(&self) -> Result<SqliteStore, (String, End)> {
        let Some(file) = self.database.strip_prefix("sqlite:").filter(|file| !file.is_empty()) else {
            let what = if self.database.starts_with("postgres") {
                "this version keeps its data in SQLite; write `--database sqlite:FILE`".to_string()
            } else {
                format!("`{}` is not a database; write `--database sqlite:FILE`", self.database)
            };
            return Err((what, End::UsedWrongly));
        };
        SqliteStore::open(&PathBuf::from(file)).map_err(|error| (error.to_string(), End::MachineFailed))
    }

    /// A desk over it.
    pub fn desk(&self, pathways: Pathways, zone: TimeZone) -> Result<(Desk, broadcast::Sender<()>), (String, End)> {
        let store = self.open()?;
        let (changes, _) = broadcast::channel(64);
        let tell = changes.clone();
        Ok((Desk::new(Arc::new(store), pathways, CLINIC, zone, move || drop(tell.send(()))), changes))
    }
}
