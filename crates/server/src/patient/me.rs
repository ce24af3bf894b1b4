//! *Me*: language, temperature, this phone.

use super::Here;
use crate::App;
use crate::answer::{Fields, page};
use crate::guard::{PHONE, onward};
use crate::say::lang_for;
use crate::view::patient::MePage;
use crate::view::shared::Choice;
use crate::view::words::{Lang, Word};
use axum::extract::{Form, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;
use std::collections::HashMap;

/// The page.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let (say, t, patient) = (here.say, here.say.t(), &here.phone.patient);
        let unit = patient.text("temperature_unit").unwrap_or("c");
        let choice = |code: &str, label: &str, checked: bool| Choice { code: code.to_string(), label: label.to_string(), checked };
        page(&MePage {
            t,
            shell: here.shell(t.w(Word::Me).to_string(), "/me"),
            notice: query.contains_key("kept").then(|| say.say("Kept.", "Guardado.")),
            name: patient.name.clone().unwrap_or_default(),
            procedure: here.procedure(),
            settings: here.form("/me".to_string(), &[]),
            languages: Lang::ALL.iter().map(|lang| choice(lang.code(), lang.name(), *lang == say.lang)).collect(),
            units: vec![choice("c", "°C", unit == "c"), choice("f", "°F", unit == "f")],
            sign_out: here.form("/sign-out".to_string(), &[]),
        })
    };
    app.patient_side(headers, work).await
}

/// Keeps language and unit.
pub(crate) async fn keep(State(app): State<App>, headers: HeaderMap, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let fields = Fields(fields);
        fields.proves(&here.phone.device.csrf)?;
        let mut patient = here.phone.patient.clone();
        for (field, key, known) in [("language", "language", ["en", "es"]), ("temperature-unit", "temperature_unit", ["c", "f"])] {
            if let Some(word) = known.iter().find(|word| **word == fields.one(field)) {
                patient.rest.insert(key.to_string(), Value::from(*word));
            }
        }
        app.desk().put_patient(&patient, app.now())?;
        Ok(onward("/me?kept", &[]))
    };
    app.patient_side(headers, work).await
}

/// Signs this phone out.
pub(crate) async fn sign_out(State(app): State<App>, headers: HeaderMap, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let phone = app.phone(headers)?;
        Fields(fields).proves(&phone.device.csrf)?;
        app.desk().sign_out(&phone.device.hash)?;
        Ok(onward(&format!("/signed-out?lang={}", lang_for(&phone.patient).code()), &[app.drop_cookie(PHONE)]))
    };
    app.patient_side(headers, work).await
}
