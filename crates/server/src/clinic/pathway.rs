//! The pathway in force: which revision, what its readings stand on, and what a rehearsal says of it.

use super::Here;
use crate::App;
use crate::answer::{Fail, page};
use crate::say::Say;
use crate::view::clinic::{Fact, PathwayPage};
use crate::view::words::Word;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use lamella_pathway::in_language;

/// The report styles itself; it runs nothing and loads nothing.
const REPORT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The page.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let (say, t) = (here.say, here.say.t());
        let pathway = say.pathway();
        page(&PathwayPage {
            t,
            shell: here.shell(t.w(Word::Pathway), "/clinic/pathway", None),
            title: in_language(&pathway.text, say.language()).title.clone(),
            facts: facts(say),
            reading: reading(say),
            rehearsal_href: app.setup().rehearsal.as_ref().map(|_| "/clinic/pathway/rehearsal".to_string()),
            how: format!("lamella simulate pathways/{} --report rehearsal.html", pathway.id),
        })
    };
    app.clinic_side(headers, work).await
}

/// The rehearsal's own page, as it was filed.
pub(crate) async fn rehearsal(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| {
        Here::new(app, headers)?;
        let report = app.setup().rehearsal.clone().ok_or(Fail::NotFound)?;
        Ok(([(header::CONTENT_SECURITY_POLICY, REPORT_POLICY)], Html(report)).into_response())
    };
    app.clinic_side(headers, work).await
}

fn fact(name: String, value: String) -> Fact {
    Fact { name, value }
}

fn facts(say: Say) -> Vec<Fact> {
    let pathway = say.pathway();
    let hash: String = pathway.hash.chars().take(12).collect();
    vec![
        fact(say.say("Revision", "Revisión"), format!("{} {}", pathway.id, pathway.revision)),
        fact(say.say("Known by", "Se reconoce por"), hash),
        fact(say.say("Languages", "Idiomas"), pathway.languages.join(", ")),
        fact(say.say("Questions", "Preguntas"), pathway.questions.len().to_string()),
        fact(say.say("Rules", "Reglas"), pathway.rules.len().to_string()),
        fact(say.say("Safety rules", "Reglas de seguridad"), pathway.rules.iter().filter(|rule| rule.safety).count().to_string()),
        fact(say.say("Limits", "Límites"), pathway.restrictions.len().to_string()),
    ]
}

/// What readings stand on; empty where the revision names no model, or one that is not known here.
fn reading(say: Say) -> Vec<Fact> {
    let Some(model) = say.app.desk().pathways().model(say.pathway()) else { return vec![] };
    let calibration = &model.calibration;
    let hash: String = model.hash.chars().take(12).collect();
    let rate = |log_odds: f64| {
        let years = calibration.once_in_patient_years(log_odds, true);
        years.map_or_else(
            || "–".to_string(),
            |years| say.say(format!("once in {years:.1} patient-years"), format!("una vez cada {years:.1} años de paciente")),
        )
    };
    vec![
        fact(say.say("Calibration", "Calibración"), hash),
        fact(say.say("Made", "Hecha"), calibration.date.clone()),
        fact(say.say("Holds for", "Vale para"), calibration.population.clone()),
        fact(say.say("A false lasting change", "Un falso cambio duradero"), rate(calibration.pain_and_function.lasting)),
        fact(say.say("A false watch", "Una falsa vigilancia"), rate(calibration.pain_and_function.watch)),
    ]
}
