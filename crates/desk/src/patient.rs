//! The people the clinic looks after.

use crate::fold::{Projection, json, read_event};
use crate::told::Told;
use crate::{Desk, DeskError, Fault, Kept, Result, Wanted};
use jiff::civil::Date;
use jiff::{Span, Timestamp, tz::TimeZone};
use lamella_engine::{Assessment, assess, questions_due};
use lamella_record::{CheckIn, Patient, Record};
use lamella_store::{AssessmentRow, PatientRow, ToldRow};
use serde_json::{Value, json as value};

/// A person in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The particulars.
    pub patient: Patient,
    /// The last assessment, once there is one.
    pub projection: Option<Projection>,
}

/// What became of a form for a new patient.
#[derive(Debug, Clone, PartialEq)]
pub enum Entered {
    /// The patient is entered.
    Kept(Patient),
    /// Somebody looks like the same person: ask first. Nothing was kept.
    Alike(Vec<Patient>),
    /// These fields do not fit. Nothing was kept.
    Wrong(Vec<Fault>),
}

/// The levels that can be treated, as the forms and the records write them.
pub const LEVELS: [&str; 5] = ["L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"];
/// The longest telephone number, in letters: an international one with an extension and its spaces is far shorter.
const PHONE_LETTERS: usize = 40;
/// Nobody is older.
const OLDEST_YEARS: i16 = 120;
/// How far ahead a procedure is planned: beyond a year it is a slip of the year.
const PLANNED_YEARS: i16 = 1;
/// How long ago a procedure may lie: the method is younger than that.
const PAST_YEARS: i16 = 10;

/// A field of the form for a new patient.
pub type PersonField = &'static str;

/// What the form for a new patient says, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewPatient {
    /// The form's own id (a UUID), which becomes the patient's: the same form twice is one person.
    pub id: String,
    /// Whole name.
    pub name: String,
    /// ISO date.
    pub born: String,
    /// `female`, `male`, `other` or empty.
    pub sex: String,
    /// Telephone number.
    pub phone: String,
    /// ISO date.
    pub procedure_date: String,
    /// Such as `L4-L5`.
    pub levels: Vec<String>,
    /// 0–10, or empty.
    pub baseline_pain: String,
    /// IANA name.
    pub time_zone: String,
    /// Language code of the pathway.
    pub language: String,
    /// Whether the person is invented.
    pub synthetic: bool,
}

impl Desk {
    /// The particulars of a patient.
    pub fn patient(&self, id: &str) -> Result<Patient> {
        let row = self.store.patient(&self.key(id))?.ok_or_else(|| DeskError::NoPatient(id.to_string()))?;
        read_patient(&row)
    }

    /// A patient with the last assessment.
    pub fn person(&self, id: &str) -> Result<Person> {
        let patient = self.patient(id)?;
        let projection = self.store.assessment(&self.key(id))?.and_then(|row| projection(&row));
        Ok(Person { patient, projection })
    }

    /// Patients by name; those that `search` means by name, number or birth date.
    pub fn people(&self, search: &str, limit: u32) -> Result<Vec<Person>> {
        let wanted = Wanted::new(search);
        let rows = self.store.patients(&self.clinic, "", if wanted.is_empty() { limit } else { u32::MAX })?;
        let mut people = vec![];
        for (row, assessment) in &rows {
            let patient = read_patient(row)?;
            if wanted.fits(&patient) {
                people.push(Person { patient, projection: assessment.as_ref().and_then(projection) });
            }
        }
        people.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(people)
    }

    /// Enters a patient. Every field that does not fit is said at once, and then nothing is kept; neither is somebody who looks
    /// like a patient that is there, unless it was `asked` whether they are another.
    pub fn enter(&self, new: &NewPatient, asked: bool, now: Timestamp) -> Result<Entered> {
        let mut wrong = vec![];
        let patient = read_form(new, self.clinic_moment(now).date(), &self.pathway().languages, &self.pathway().revision, &mut wrong);
        let Some(patient) = patient.filter(|_| wrong.is_empty()) else { return Ok(Entered::Wrong(wrong)) };
        let alike = if asked { vec![] } else { self.alike(new)? };
        if !alike.is_empty() {
            return Ok(Entered::Alike(alike));
        }
        self.put_patient(&patient, now)?;
        Ok(Entered::Kept(patient))
    }

    /// Who has the same name and birth date, accents, case and spaces apart; not the person of the same form.
    pub fn alike(&self, new: &NewPatient) -> Result<Vec<Patient>> {
        let Ok(born) = new.born.trim().parse::<Date>() else { return Ok(vec![]) };
        let name = plain_name(&new.name);
        let rows = self.store.patients(&self.clinic, &born.to_string(), u32::MAX)?;
        let all: Vec<Patient> = rows.iter().map(|(row, _)| read_patient(row)).collect::<Result<_>>()?;
        let same = |patient: &Patient| {
            patient.id != new.id && patient.born == Some(born) && plain_name(patient.name.as_deref().unwrap_or("")) == name
        };
        Ok(all.into_iter().filter(same).collect())
    }

    /// Keeps a patient's particulars and looks at the record.
    pub fn put_patient(&self, patient: &Patient, now: Timestamp) -> Result<()> {
        let key = self.key(&patient.id);
        let row = PatientRow {
            patient: patient.id.clone(),
            name: patient.name.clone().unwrap_or_default(),
            body: json(patient, "patient", &key)?,
        };
        self.store.put_patient(&self.clinic, &row)?;
        self.fold(&key, now)?;
        Ok(())
    }

    /// The whole record.
    pub fn record(&self, id: &str) -> Result<Record> {
        let patient = self.patient(id)?;
        let events = self.store.events(&self.key(id), 0)?;
        Ok(Record::fold(patient, events.iter().map(|stored| read_event(&stored.event)).collect()))
    }

    /// The whole assessment, for the patient's page.
    pub fn assess(&self, record: &Record, now: Timestamp) -> Assessment {
        assess(&self.pathways, record, self.person_moment(&record.patient, now))
    }

    /// Every alert of a patient as it is kept, newest first.
    pub fn alerts(&self, id: &str) -> Result<Vec<Kept>> {
        self.store.alerts(&self.key(id))?.iter().map(Kept::read).collect()
    }

    /// The alerts of a patient that stand.
    pub fn open_alerts(&self, id: &str) -> Result<Vec<Kept>> {
        self.store.open_alerts(&self.key(id))?.iter().map(Kept::read).collect()
    }

    /// One event of a record.
    pub fn event(&self, key: &lamella_store::Key, id: &str) -> Result<Option<lamella_record::Event>> {
        Ok(self.store.event(key, id)?.map(|stored| read_event(&stored.event)))
    }

    /// What was told, newest first.
    pub fn told(&self, id: &str, limit: u32) -> Result<Vec<(ToldRow, Told)>> {
        let rows = self.store.told(&self.key(id), limit)?;
        Ok(rows.into_iter().filter_map(|row| Some((row.clone(), serde_json::from_str(&row.body).ok()?))).collect())
    }

    /// The questions due in a check-in now, given the answers so far, by place in the pathway.
    pub fn questions_due(&self, id: &str, check_in: &CheckIn, now: Timestamp) -> Result<Vec<u16>> {
        self.with_state(&self.key(id), now, |patient, state| {
            let here = self.person_moment(patient, now);
            questions_due(&self.pathways, patient, state, here, check_in)
        })
    }
}

pub(crate) fn read_patient(row: &PatientRow) -> Result<Patient> {
    serde_json::from_str(&row.body).map_err(|error| DeskError::Unreadable {
        what: "patient",
        of: row.patient.clone(),
        why: error.to_string(),
    })
}

pub(crate) fn projection(row: &AssessmentRow) -> Option<Projection> {
    serde_json::from_str(&row.body).ok()
}

fn read_form(new: &NewPatient, today: Date, languages: &[String], revision: &str, wrong: &mut Vec<Fault>) -> Option<Patient> {
    let mut say = |fault: Fault| wrong.push(fault);
    let name = new.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 120 {
        say(Fault::Name);
    }
    let born = new.born.trim().parse::<Date>().ok().filter(|born| *born <= today && *born > years_on(today, -OLDEST_YEARS));
    if born.is_none() {
        say(Fault::Born);
    }
    let procedure = new.procedure_date.trim().parse::<Date>().ok();
    let within = |date: &Date| (years_on(today, -PAST_YEARS)..=years_on(today, PLANNED_YEARS)).contains(date);
    match procedure.filter(within) {
        None => say(Fault::ProcedureDate),
        Some(date) if born.is_some_and(|born| date < born) => say(Fault::ProcedureBeforeBirth),
        Some(_) => {}
    }
    if new.phone.chars().filter(char::is_ascii_digit).count() < 4 || new.phone.chars().count() > PHONE_LETTERS {
        say(Fault::Phone);
    }
    if new.levels.is_empty() || new.levels.iter().any(|level| !LEVELS.contains(&level.as_str())) {
        say(Fault::Levels);
    }
    let baseline = new.baseline_pain.trim();
    let baseline_pain = baseline.parse::<u8>().ok().filter(|pain| *pain <= 10);
    if !baseline.is_empty() && baseline_pain.is_none() {
        say(Fault::BaselinePain);
    }
    if TimeZone::get(&new.time_zone).is_err() {
        say(Fault::TimeZone);
    }
    if !languages.contains(&new.language) {
        say(Fault::Language);
    }
    let id = uuid::Uuid::parse_str(&new.id).unwrap_or_else(|_| uuid::Uuid::now_v7());
    let particulars = value!({
        "id": id.to_string(), "name": name, "born": born?.to_string(), "time_zone": new.time_zone,
        "phone": new.phone.trim(), "language": new.language,
        "procedure": { "date": procedure?.to_string(), "levels": new.levels },
        "pathway": [{ "revision": revision, "from": today.to_string() }],
    });
    let mut particulars = particulars;
    if let (Some(pain), Some(procedure)) = (baseline_pain, particulars.get_mut("procedure").and_then(Value::as_object_mut)) {
        procedure.insert("baseline_pain".to_string(), Value::from(pain));
    }
    if let Some(all) = particulars.as_object_mut() {
        if ["female", "male", "other"].contains(&new.sex.as_str()) {
            all.insert("sex".to_string(), Value::from(new.sex.clone()));
        }
        if new.synthetic {
            all.insert("synthetic".to_string(), Value::from(true));
        }
    }
    serde_json::from_value(particulars).ok()
}

/// A date so many years on, or back.
fn years_on(date: Date, years: i16) -> Date {
    date.saturating_add(Span::new().years(years))
}

/// A name as it is compared.
fn plain_name(name: &str) -> String {
    lamella_store::folded(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the person is invented.
pub fn is_synthetic(patient: &Patient) -> bool {
    patient.rest.get("synthetic").and_then(Value::as_bool).unwrap_or(false)
}
