//! Whose rows may be taken?

use super::patients::Listed;
use super::{Target, is_name};
use crate::out::complain;
use jiff::tz::TimeZone;
use lamella_record::Patient;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Somebody whose rows are taken.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their particulars: those of their record, else those of the list.
    pub patient: Patient,
    /// Their time zone, if it is one.
    pub zone: Option<TimeZone>,
}

/// The list and the target, asked once for everybody.
pub struct People<'a> {
    listed: &'a Listed,
    target: &'a dyn Target,
    found: RefCell<BTreeMap<String, Rc<Result<Person, String>>>>,
}

impl<'a> People<'a> {
    /// Nobody has been asked for yet.
    pub fn new(listed: &'a Listed, target: &'a dyn Target) -> People<'a> {
        People { listed, target, found: RefCell::new(BTreeMap::new()) }
    }

    /// A person by id, or why their rows cannot be taken.
    pub fn find(&self, id: &str) -> Result<Person, String> {
        if let Some(found) = self.found.borrow().get(id) {
            return Result::clone(found);
        }
        let found = Rc::new(self.look(id));
        self.found.borrow_mut().insert(id.to_string(), found.clone());
        Result::clone(&found)
    }

    fn look(&self, id: &str) -> Result<Person, String> {
        if id.is_empty() {
            return Err("no patient is named".to_string());
        }
        if !is_name(id) {
            return Err(format!("`{id}` cannot be a patient's id"));
        }
        let there = self.target.find(id)?;
        let patient = match (there, self.listed.people.get(id)) {
            (Some(there), listed) => {
                if let Some(listed) = listed.filter(|listed| listed.procedure.date != there.procedure.date) {
                    let (record, list) = (there.procedure.date, listed.procedure.date);
                    complain!(
                        "warning: `{id}`: the record says that the procedure was on {record}, the list says {list}; the record stays as it is"
                    );
                }
                there
            }
            (None, Some(listed)) => listed.clone(),
            (None, None) => return Err(self.listed.why_not(id)),
        };
        let zone = TimeZone::get(&patient.time_zone).ok();
        Ok(Person { patient, zone })
    }
}
