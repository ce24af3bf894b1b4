//! Who is on the list of patients?

use super::layout::did_you_mean;
use super::table::{self, Cell, Row, Shape};
use super::{Failed, is_name};
use crate::End;
use crate::out::complain;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lamella_pathway::Compiled;
use lamella_record::Patient;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// The columns that a list may have; the first three have to be there.
const COLUMNS: [&str; 15] = [
    "id",
    "procedure_date",
    "time_zone",
    "baseline_pain",
    "name",
    "born",
    "sex",
    "levels",
    "phone",
    "language",
    "conditions",
    "height_cm",
    "mass_kg",
    "enrolled",
    "synthetic",
];
const NEEDED: usize = 3;

/// Everybody on the list.
#[derive(Debug, Default)]
pub struct Listed {
    /// By id.
    pub people: BTreeMap<String, Patient>,
    /// Lines that could not be read: the id as far as it could be, and why.
    pub bad: Vec<(String, String)>,
    /// Whether there is a list at all.
    given: bool,
}

impl Listed {
    /// Everybody's id.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.people.keys().map(String::as_str)
    }

    /// Why somebody is not on the list.
    pub fn why_not(&self, id: &str) -> String {
        match self.bad.iter().find(|(bad, _)| bad == id) {
            Some((_, why)) => format!("the patient `{id}` stands in the list, and cannot be read there: {why}"),
            None if self.given => format!("the patient `{id}` is not listed, and has no record"),
            None => format!("the patient `{id}` has no record; list them with --patients"),
        }
    }
}

/// Reads a list. A line that cannot be read is said, and does not stop the others.
pub fn read(path: &Path, bytes: &[u8], pathway: &Compiled) -> Result<Listed, Failed> {
    let wrong = |what: String| (format!("`{}`: {what}", path.display()), End::InputWrong);
    let (names, start) = table::header(bytes, b',').map_err(wrong)?;
    if let Some(name) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        return Err(wrong(format!("line 1: unknown column `{name}`{}", did_you_mean(name, COLUMNS.into_iter()))));
    }
    if let Some(name) = COLUMNS.iter().take(NEEDED).find(|name| !names.iter().any(|there| there == *name)) {
        return Err(wrong(format!("line 1: there is no column `{name}`")));
    }
    let shape = Shape { width: names.len(), read: (0..names.len()).collect() };
    let mut listed = Listed { given: true, ..Listed::default() };
    for row in table::rows(bytes, start, b',', &shape) {
        let line = Line { names: &names, row: &row };
        match line.patient(pathway, &listed) {
            Ok(patient) => drop(listed.people.insert(patient.id.clone(), patient)),
            Err(why) => {
                let why = format!("line {}: {why}", row.line);
                complain!("error: `{}`: {why}", path.display());
                listed.bad.push((line.text("id").to_string(), why));
            }
        }
    }
    Ok(listed)
}

struct Line<'a> {
    names: &'a [String],
    row: &'a Row,
}

impl Line<'_> {
    fn text(&self, name: &str) -> &str {
        let place = self.names.iter().position(|there| there == name);
        place.and_then(|place| self.row.cells.get(place)).map_or("", |cell| cell.text.as_str())
    }

    fn patient(&self, pathway: &Compiled, listed: &Listed) -> Result<Patient, String> {
        self.is_whole()?;
        let id = self.text("id");
        if !is_name(id) {
            return Err(format!("id: `{id}` cannot name a record"));
        }
        if listed.people.contains_key(id) {
            return Err(format!("id: `{id}` stands in the list twice"));
        }
        let procedure = self.date("procedure_date")?.ok_or("procedure_date: it is empty")?;
        let zone = self.text("time_zone");
        TimeZone::get(zone).map_err(|_| format!("time_zone: `{zone}` is not a time zone, such as `Europe/Madrid`"))?;
        let from = self.date("enrolled")?.unwrap_or(procedure);
        let mut about = Map::new();
        about.insert("date".to_string(), json!(procedure.to_string()));
        about.insert("levels".to_string(), json!(self.words("levels")));
        if let Some(pain) = self.number("baseline_pain", 0.0, 10.0)? {
            about.insert("baseline_pain".to_string(), pain);
        }
        let mut all = Map::new();
        all.insert("id".to_string(), json!(id));
        all.insert("time_zone".to_string(), json!(zone));
        all.insert("procedure".to_string(), Value::Object(about));
        all.insert("pathway".to_string(), json!([{ "revision": pathway.revision, "from": from.to_string() }]));
        self.particulars(pathway, &mut all)?;
        serde_json::from_value(Value::Object(all)).map_err(|error| error.to_string())
    }

    fn is_whole(&self) -> Result<(), String> {
        let (cells, names) = (self.row.cells.len(), self.names.len());
        if let Some(broken) = &self.row.broken {
            return Err(broken.clone());
        }
        if cells != names {
            return Err(format!("{cells} cells under {names} columns"));
        }
        match self.row.cells.iter().find(|cell: &&Cell| !cell.is_utf8) {
            Some(cell) => Err(format!("`{}` is not UTF-8 text", cell.text)),
            None => Ok(()),
        }
    }

    /// What may be left open.
    fn particulars(&self, pathway: &Compiled, all: &mut Map<String, Value>) -> Result<(), String> {
        let mut keep = |key: &str, value: Value| drop(all.insert(key.to_string(), value));
        for key in ["name", "phone"] {
            if !self.text(key).is_empty() {
                keep(key, json!(self.text(key)));
            }
        }
        if let Some(born) = self.date("born")? {
            keep("born", json!(born.to_string()));
        }
        if let Some(sex) = self.one_of("sex", &["female", "male", "other"])? {
            keep("sex", json!(sex));
        }
        let languages: Vec<&str> = pathway.languages.iter().map(String::as_str).collect();
        if let Some(language) = self.one_of("language", &languages)? {
            keep("language", json!(language));
        }
        if !self.words("conditions").is_empty() {
            keep("conditions", json!(self.words("conditions")));
        }
        for (key, least, most) in [("height_cm", 50.0, 260.0), ("mass_kg", 20.0, 400.0)] {
            if let Some(number) = self.number(key, least, most)? {
                keep(key, number);
            }
        }
        if self.one_of("synthetic", &["yes", "no"])? == Some("yes") {
            keep("synthetic", json!(true));
        }
        Ok(())
    }

    fn words(&self, name: &str) -> Vec<&str> {
        self.text(name).split(';').map(str::trim).filter(|word| !word.is_empty()).collect()
    }

    fn one_of<'a>(&self, name: &str, words: &[&'a str]) -> Result<Option<&'a str>, String> {
        match self.text(name) {
            "" => Ok(None),
            text => words
                .iter()
                .find(|word| **word == text)
                .map(|word| Some(*word))
                .ok_or_else(|| format!("{name}: `{text}` is not one of {}", words.join(", "))),
        }
    }

    fn date(&self, name: &str) -> Result<Option<Date>, String> {
        match self.text(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| format!("{name}: `{text}` is not a date, such as `2026-03-02`")),
        }
    }

    fn number(&self, name: &str, least: f64, most: f64) -> Result<Option<Value>, String> {
        match self.text(name) {
            "" => Ok(None),
            text => match text.parse::<f64>() {
                Ok(number) if (least..=most).contains(&number) => Ok(Some(json!(number))),
                _ => Err(format!("{name}: `{text}` is not a number from {least} to {most}")),
            },
        }
    }
}
