//! A file is written whole or not at all.

use std::fs::{File, rename};
use std::io::{Error, Write};
use std::path::Path;

/// Writes beside the place, makes it durable, then puts it there in one step: whoever looks, or pulls the plug, finds the old
/// file or the new one.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let name = path.file_name().ok_or_else(|| Error::other("it names no file"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = folder.join(format!(".{}.part", name.to_string_lossy()));
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    rename(&part, path)?;
    // The name itself has to reach the disk. Where a folder cannot be opened as a file, the system does that by itself.
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        Err(_) => Ok(()),
    }
}
