//! The clinic's side.

pub(crate) mod act;
pub(crate) mod panel;
pub(crate) mod pathway;
pub(crate) mod patients;
pub(crate) mod record;
pub(crate) mod sign_in;
pub(crate) mod why;
pub(crate) mod worklist;

use crate::App;
use crate::answer::Fail;
use crate::say::{Say, lang_of};
use crate::view::clinic::{ClinicShell, Undo};
use crate::view::icon::Icon;
use crate::view::shared::{FormTarget, Hidden, NavItem};
use crate::view::words::Word;
use axum::http::HeaderMap;
use jiff::Timestamp;
use lamella_desk::Staff;
use lamella_record::Moment;
use std::collections::HashMap;

/// What a handler of this side works with.
pub(crate) struct Here<'a> {
    pub app: &'a App,
    pub staff: Staff,
    pub say: Say<'a>,
    /// When the request came in: what the page shows is as of then, or newer.
    pub began: Timestamp,
}

impl<'a> Here<'a> {
    /// Somebody who is signed in; nobody else comes past this.
    pub fn new(app: &'a App, headers: &HeaderMap) -> Result<Here<'a>, Fail> {
        let staff = app.nurse(headers)?;
        Ok(Here::of(app, staff, headers))
    }

    /// Somebody who has just signed in.
    pub fn of(app: &'a App, staff: Staff, headers: &HeaderMap) -> Here<'a> {
        Here { app, staff, say: Say::new(app, lang_of(headers)), began: app.now() }
    }

    /// Now, on the clinic's clock.
    pub fn now(&self) -> Moment {
        self.app.desk().clinic_moment(self.app.now())
    }

    pub fn form(&self, action: String, hidden: &[(&str, &str)]) -> FormTarget {
        let hidden = hidden.iter().map(|(name, value)| Hidden { name: (*name).to_string(), value: (*value).to_string() }).collect();
        FormTarget { action, csrf: self.staff.csrf.clone(), hidden }
    }

    /// A form that does once what it does, however often it is sent (field `form`).
    pub fn form_once(&self, action: String, hidden: &[(&str, &str)]) -> FormTarget {
        let id = uuid::Uuid::now_v7().to_string();
        self.form(action, &[hidden, &[("form", &id)]].concat())
    }

    pub fn shell(&self, title: &str, current: &str, waiting: Option<usize>) -> ClinicShell {
        let t = self.say.t();
        let item = |href: &str, word: Word, count: Option<String>| NavItem {
            href: href.to_string(),
            text: t.w(word).to_string(),
            icon: Icon::Home,
            current: href == current,
            count,
        };
        ClinicShell {
            title: title.to_string(),
            clinic: self.app.setup().clinic.clone(),
            staff: self.staff.name.clone(),
            nav: vec![
                item("/clinic", Word::ToAnswer, waiting.map(|count| count.to_string())),
                item("/clinic/patients", Word::Patients, None),
                item("/clinic/pathway", Word::Pathway, None),
            ],
            sign_out: self.form("/clinic/sign-out".to_string(), &[]),
            switch: true,
            notice: None,
            undo: None,
        }
    }

    /// What was just done, from the address the deed sent the browser to: `did` and `undo`, both plain ids.
    pub fn undo(&self, query: &HashMap<String, String>, patient: &str, name: &str) -> Option<Undo> {
        let event = query.get("undo")?;
        // Several alerts by one deed are as many events.
        let words = match (query.get("did").map(String::as_str), event.split(',').filter(|event| !event.is_empty()).count()) {
            (Some("take"), ..2) => self.say.say("You took it:", "Lo tomó:"),
            (Some("take"), n) => self.say.say(format!("You took {n} alerts:"), format!("Tomó {n} avisos:")),
            (Some("contact"), _) => self.say.say("Written down:", "Anotado:"),
            (Some("resolve"), ..2) => self.say.say("Resolved:", "Resuelto:"),
            (Some("resolve"), n) => self.say.say(format!("{n} alerts resolved:"), format!("{n} avisos resueltos:")),
            (Some("known"), _) => self.say.say(
                "No longer a known finding; it raises again with the next answer:",
                "Ya no es un hallazgo conocido; volverá a avisar con la próxima respuesta:",
            ),
            _ => return None,
        };
        let form = self.form(format!("/clinic/patients/{patient}/undo"), &[("event", event)]);
        Some(Undo { text: format!("{words} {name}."), form })
    }
}
