//! What the commands print. A reader who has gone (`| head -1`) is no failure and changes no exit code; a disk that is full is one.

use crate::End;
use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether something could not be printed.
static FAILED: AtomicBool = AtomicBool::new(false);

/// Prints to standard output, without a line's end.
pub fn text(text: impl Display) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = write!(out, "{text}").and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
        && !FAILED.swap(true, Ordering::Relaxed)
    {
        aside(format_args!("error: the output could not be written: {}\n", crate::files::plain(&error)));
    }
}

/// Prints to standard error, as far as anybody listens there.
pub fn aside(text: impl Display) {
    // Where else could it be said?
    let _ = write!(std::io::stderr().lock(), "{text}");
}

/// How the command ended, its output counted in.
pub fn ended(end: End) -> End {
    if FAILED.load(Ordering::Relaxed) { End::MachineFailed } else { end }
}

/// A line on standard output, as `println!`, that never panics.
macro_rules! say {
    ($($words:tt)*) => {
        crate::out::text(format_args!("{}\n", format_args!($($words)*)))
    };
}

/// A line on standard error, as `eprintln!`, that never panics.
macro_rules! complain {
    ($($words:tt)*) => {
        crate::out::aside(format_args!("{}\n", format_args!($($words)*)))
    };
}

pub(crate) use {complain, say};
