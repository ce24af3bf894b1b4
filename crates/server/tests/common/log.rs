//! What the server writes to its log, all of it, kept so that a test can read it.

use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(vec![]);

struct Paper;

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From now on everything that is logged, at any level and by anybody, is kept.
pub fn listen() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let all = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(|| Paper);
        let _ = all.try_init();
    });
}

/// What has been logged so far.
pub fn written() -> String {
    String::from_utf8_lossy(&WRITTEN.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
