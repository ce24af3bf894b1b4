//! A file is written whole or not at all.

use std::fs::{File, OpenOptions, TryLockError, canonicalize, read_link, remove_file, rename};
use std::io::{Error, Read, Write};
use std::path::{Path, PathBuf};

/// How many links lead on, at most.
const LINKS: usize = 40;

/// Where a file is written, and where it is made: beside it.
struct Place {
    file: PathBuf,
    folder: PathBuf,
    part: PathBuf,
}

/// A link stays a link. `None`: what is no file (`/dev/stdout`) is written to as it is.
fn place(path: &Path) -> Result<Option<Place>, Error> {
    let file = &followed(path);
    if file.exists() && !file.is_file() && !file.is_dir() {
        return Ok(None);
    }
    let name = file.file_name().ok_or_else(|| Error::other("names no file"))?;
    let folder = canonicalize(file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
    let part = folder.join(format!(".{}.part", name.to_string_lossy()));
    Ok(Some(Place { file: folder.join(name), folder, part }))
}

/// Where a link leads, also one that leads to what is not there yet.
fn followed(path: &Path) -> PathBuf {
    let mut file = path.to_path_buf();
    for _ in 0..LINKS {
        let Ok(to) = read_link(&file) else { break };
        file = file.parent().unwrap_or(Path::new(".")).join(to);
    }
    file
}

/// Whether what is there may give way to a text: it is empty, no file, or begins as such a text does. Something else would be lost.
pub fn begins(path: &Path, with: &str) -> Result<bool, Error> {
    if !path.is_file() {
        return Ok(true);
    }
    let mut start = vec![];
    File::open(path)?.take(with.len() as u64).read_to_end(&mut start)?;
    Ok(start.is_empty() || start == with.as_bytes())
}

/// Whether two paths name one file, there or not.
pub fn same(one: &Path, other: &Path) -> bool {
    match (place(one), place(other)) {
        (Ok(Some(one)), Ok(Some(other))) => one.file == other.file,
        _ => false,
    }
}

/// A lock that holds as long as the file is kept open; `None` where another has it.
pub fn lock(path: &Path) -> Result<Option<File>, Error> {
    let lock = File::create(path)?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// That it can be written, asked before the work whose outcome it is for; nothing is written, and what is there stays.
pub fn may_write(path: &Path) -> Result<(), Error> {
    if path.exists() {
        OpenOptions::new().append(true).open(path)?;
    }
    let Some(place) = place(path)? else { return Ok(()) };
    File::create(&place.part)?;
    remove_file(&place.part)
}

/// Writes beside the place, makes it durable, then puts it there in one step: whoever looks, or pulls the plug, or has a full disk,
/// finds the old file or the new one.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let Some(Place { file, folder, part }) = place(path)? else { return std::fs::write(path, bytes) };
    let put = |mut made: File| {
        made.write_all(bytes)?;
        made.sync_all()?;
        drop(made);
        rename(&part, file)
    };
    File::create(&part).and_then(put).inspect_err(|_| drop(remove_file(&part)))?;
    // The name itself has to reach the disk. Where a folder cannot be opened as a file, the system does that by itself.
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::fs::{create_dir_all, read_to_string};
    use tempfile::tempdir;

    #[test]
    fn what_was_there_stays_until_the_new_one_is_whole() {
        let home = tempdir().unwrap();
        let file = home.path().join("a.json");
        write(&file, b"old").unwrap();
        // Nothing can be made beside it.
        let part = file.with_file_name(".a.json.part");
        create_dir_all(&part).unwrap();
        assert!(may_write(&file).is_err() && write(&file, b"new").is_err());
        assert_eq!(read_to_string(&file).unwrap(), "old");
        std::fs::remove_dir(&part).unwrap();
        may_write(&file).unwrap();
        assert_eq!(read_to_string(&file).unwrap(), "old");
        write(&file, b"new").unwrap();
        assert_eq!(read_to_string(&file).unwrap(), "new");
        assert!(!part.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_names_the_same_file() {
        let home = tempdir().unwrap();
        let home = home.path();
        let (file, link) = (home.join("a"), home.join("b"));
        write(&file, b"old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(link.is_symlink() && read_to_string(&file).unwrap() == "new");
        let (none, dangling) = (home.join("none"), home.join("dangling"));
        std::os::unix::fs::symlink("none", &dangling).unwrap();
        assert!(same(&none, &dangling));
        write(&dangling, b"new").unwrap();
        assert!(dangling.is_symlink() && read_to_string(&none).unwrap() == "new");
        assert!(same(&file, &link) && same(&home.join("c"), &home.join(".").join("c")) && !same(&file, &home.join("c")));
    }
}
