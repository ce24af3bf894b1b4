//! A folder of record files as the target. Each file is written whole or not at all, so a run that is cut short has finished some
//! patients and not touched the others.

use super::{Failed, Target, is_name};
use crate::End;
use crate::files::plain;
use crate::whole;
use lamella_record::{Event, Patient, Record};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A folder of record files.
pub struct Folder {
    folder: PathBuf,
    /// Held until the end: two imports at once would write over one another's events.
    _lock: File,
}

impl Folder {
    /// Opens a folder; with `may_make`, makes it if it is not there.
    pub fn open(folder: &Path, may_make: bool) -> Result<Folder, Failed> {
        let shown = folder.display();
        if !folder.is_dir() && !may_make {
            return Err((format!("`{shown}` is not a folder of record files; with --patients it is made"), End::InputWrong));
        }
        let failed = |error: std::io::Error| (format!("`{shown}`: {}", plain(&error)), End::MachineFailed);
        std::fs::create_dir_all(folder).map_err(failed)?;
        let lock = whole::lock(&folder.join(".import.lock")).map_err(failed)?;
        let lock = lock.ok_or_else(|| (format!("another import is writing to `{shown}`"), End::MachineFailed))?;
        Ok(Folder { folder: folder.to_path_buf(), _lock: lock })
    }

    fn file(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    fn text(&self, id: &str) -> Result<Option<String>, String> {
        let path = self.file(id);
        match crate::files::read_text(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("the record `{}` {}", path.display(), plain(&error))),
        }
    }
}

impl Target for Folder {
    fn find(&self, id: &str) -> Result<Option<Patient>, String> {
        if !is_name(id) {
            return Ok(None);
        }
        let Some(text) = self.text(id)? else { return Ok(None) };
        let shown = self.file(id).display().to_string();
        let record = Record::from_json(&text).map_err(|error| format!("the record `{shown}` cannot be read: {error}"))?;
        if record.patient.id != id {
            return Err(format!("the record `{shown}` is about `{}`", record.patient.id));
        }
        Ok(Some(record.patient))
    }

    fn keep(&self, patient: &Patient, events: &[Event]) -> Result<Vec<bool>, Failed> {
        let path = self.file(&patient.id);
        let failed = |what: String| (format!("`{}`: {what}", path.display()), End::MachineFailed);
        let before = self.text(&patient.id).map_err(failed)?;
        let is_there = before.is_some();
        let mut record = match before {
            Some(text) => serde_json::from_str::<Map<String, Value>>(&text).map_err(|error| failed(error.to_string()))?,
            None => Map::from_iter([("patient".to_string(), json!(patient))]),
        };
        let mut all = match record.remove("events") {
            Some(Value::Array(all)) => all,
            _ => vec![],
        };
        let mut ids: BTreeSet<String> = all.iter().filter_map(|event| event.get("id")?.as_str().map(str::to_string)).collect();
        let mut new = vec![];
        for event in events {
            let is_new = ids.insert(event.id.clone());
            if is_new {
                all.push(serde_json::to_value(event).map_err(|error| failed(error.to_string()))?);
            }
            new.push(is_new);
        }
        if !is_there || new.contains(&true) {
            whole::write(&path, text_of(&record, &all).as_bytes()).map_err(|error| failed(error.to_string()))?;
        }
        Ok(new)
    }
}

/// A line per event, so that people can read it and tools can compare it.
fn text_of(record: &Map<String, Value>, events: &[Value]) -> String {
    let mut out = String::from("{\n");
    for (key, value) in record {
        out.push_str(&format!("{}: {value},\n", Value::from(key.as_str())));
    }
    out.push_str("\"events\": [\n");
    out.push_str(&events.iter().map(Value::to_string).collect::<Vec<_>>().join(",\n"));
    out.push_str("\n]}\n");
    out
}
