//! The patient's side.

pub(crate) mod check_in;
pub(crate) mod help;
pub(crate) mod invitation;
pub(crate) mod me;
pub(crate) mod progress;
pub(crate) mod standing;
pub(crate) mod stopped;
pub(crate) mod today;
pub(crate) mod verdict;

use crate::App;
use crate::guard::Phone;
use crate::say::{Say, lang_for};
use crate::view::icon::Icon;
use crate::view::patient::PatientShell;
use crate::view::shared::{FormTarget, Hidden, Link, NavItem};
use crate::view::words::Word;
use lamella_record::Level;

/// What a handler of this side works with.
pub(crate) struct Here<'a> {
    pub app: &'a App,
    pub phone: Phone,
    pub say: Say<'a>,
}

impl<'a> Here<'a> {
    pub fn new(app: &'a App, phone: Phone) -> Here<'a> {
        let say = Say::new(app, lang_for(&phone.patient));
        Here { app, phone, say }
    }

    /// The key of the person's own record: the only one this phone can reach.
    pub fn key(&self) -> lamella_store::Key {
        self.app.desk().key(&self.phone.patient.id)
    }

    /// What stands around a page with the bottom bar.
    pub fn shell(&self, title: String, current: &str) -> PatientShell {
        let t = self.say.t();
        let item = |href: &str, word: Word, icon: Icon| NavItem {
            href: href.to_string(),
            text: t.w(word).to_string(),
            icon,
            current: href == current,
            count: None,
        };
        let today = self.app.desk().person_moment(&self.phone.patient, self.app.now()).date();
        PatientShell {
            title,
            date: Some(self.say.date(today)),
            back: None,
            help_href: self.help(),
            nav: vec![
                item("/today", Word::Today, Icon::Home),
                item("/progress", Word::Progress, Icon::Progress),
                item("/me", Word::Me, Icon::Person),
            ],
            synthetic: lamella_desk::is_synthetic(&self.phone.patient),
        }
    }

    /// What stands around a task that is to be finished first.
    pub fn task(&self, title: String, back: &str, words: String) -> PatientShell {
        let back = Some(Link { href: back.to_string(), text: words });
        PatientShell { date: None, back, nav: vec![], ..self.shell(title, "") }
    }

    /// Whether the person reads temperatures in °F.
    pub fn fahrenheit(&self) -> bool {
        self.phone.patient.text("temperature_unit") == Some("f")
    }

    /// Where and when, such as `L4-L5, 2 Mar 2025`.
    pub fn procedure(&self) -> String {
        let levels = self.phone.patient.procedure.rest.get("levels").and_then(serde_json::Value::as_array);
        let levels = levels.map_or(vec![], |levels| levels.iter().filter_map(serde_json::Value::as_str).collect());
        let date = self.say.short_date(self.phone.patient.procedure.date);
        levels.into_iter().chain([date.as_str()]).collect::<Vec<_>>().join(", ")
    }

    /// What an emergency department asks first; in an emergency only.
    pub fn procedure_for_helpers(&self, level: Level) -> Option<String> {
        let procedure = self.procedure();
        (level == Level::Emergency).then(|| {
            self.say.say(
                format!("Tell the helpers: fibrin was injected into a disc in the lower back. {procedure}."),
                format!("Diga a quien le ayude: se inyectó fibrina en un disco de la zona lumbar. {procedure}."),
            )
        })
    }

    /// The person's day since the procedure.
    pub fn today(&self) -> i32 {
        self.phone.patient.day_of(self.app.desk().person_moment(&self.phone.patient, self.app.now()).date())
    }

    pub fn help(&self) -> String {
        format!("/help?lang={}", self.say.lang.code())
    }

    /// A form with this phone's token.
    pub fn form(&self, action: String, hidden: &[(&str, &str)]) -> FormTarget {
        let hidden = hidden.iter().map(|(name, value)| Hidden { name: (*name).to_string(), value: (*value).to_string() }).collect();
        FormTarget { action, csrf: self.phone.device.csrf.clone(), hidden }
    }
}
