//! *Progress*: what has been reached, then the pain line in its expected range.

use super::Here;
use crate::App;
use crate::answer::{Fail, page};
use crate::chart::{self, Reader};
use crate::view::patient::ProgressPage;
use crate::view::words::Word;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use lamella_desk::{Charted, Projection};
use lamella_pathway::in_language;

/// How far back the chart goes, in days.
const SPAN: i32 = 84;
/// How many flares are told of.
const FLARES: usize = 3;

/// The page.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        page(&progress(&here)?)
    };
    app.patient_side(headers, work).await
}

fn progress(here: &Here) -> Result<ProgressPage, Fail> {
    let (say, patient) = (here.say, &here.phone.patient);
    let charted = here.app.desk().charted(&patient.id, here.app.now())?;
    let projection = here.app.desk().person(&patient.id)?.projection.ok_or(Fail::NotFound)?;
    let title = say.say("Your pain, the last 12 weeks at most", "Su dolor, las últimas 12 semanas como mucho");
    Ok(ProgressPage {
        t: say.t(),
        shell: here.shell(say.t().w(Word::Progress).to_string(), "/progress"),
        milestones: milestones(here, &projection, &charted),
        chart: chart::chart(say, patient, &charted, SPAN, title, Reader::Patient),
        meaning: say.say(
            "The shaded range is what we expected each day from your own answers before it. Single days outside it are common.",
            "La franja sombreada es lo que esperábamos cada día según sus propias respuestas anteriores. Es normal que algún día quede fuera.",
        ),
        flares: chart::flares(say, patient, &charted, FLARES),
    })
}

/// What has been reached so far, the furthest first. Nothing is said that did not happen.
fn milestones(here: &Here, projection: &Projection, charted: &Charted) -> Vec<String> {
    let say = here.say;
    let mut reached = vec![];
    if let Some((then, now)) = chart::function_then_and_now(charted).filter(|(then, now)| *then >= now + 2) {
        reached.push(say.say(
            format!("Your back keeps you from your day less: {now} of 10 in the last week you told us of, {then} in the first."),
            format!("La espalda le limita menos el día: {now} de 10 en la última semana que nos contó, {then} en la primera."),
        ));
    }
    let pathway = say.pathway();
    let index = projection.phase.as_ref().and_then(|id| pathway.phases.iter().position(|phase| phase.id == *id));
    for phase in pathway.phases.iter().take(index.map_or(0, |index| index + 1)).skip(1).rev() {
        let title = &in_language(&phase.text, say.language()).title;
        reached.push(say.say(format!("You have reached: {title}."), format!("Ha llegado a: {title}.")));
    }
    let told = charted.reading.rated_days;
    if told >= 7 {
        reached.push(say.say(format!("You have told us about {told} days."), format!("Nos ha contado {told} días.")));
    }
    reached
}
