//! *Progress*: what has been reached, then the pain line in its expected range.

use super::Here;
use super::standing::standing;
use crate::App;
use crate::answer::{Fail, page};
use crate::chart::{self, Reader};
use crate::view::patient::ProgressPage;
use crate::view::words::Word;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::ToSpan;
use lamella_desk::{Charted, Projection};
use lamella_engine::ReadingState;
use lamella_pathway::in_language;
use lamella_record::Level;

/// How far back the chart goes, in days.
const SPAN: i32 = 84;

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
    let now = here.app.desk().person_moment(patient, here.app.now());
    let standing = standing(here, Level::Watch, now)?;
    // The ratings alone never speak calmly of a day that calls for help, also once that has been dealt with.
    let today = projection.last.as_ref().filter(|last| last.at.at_offset(now.offset()).date() == now.date());
    let loud = standing.is_some() || today.is_some_and(|last| last.level >= Level::Attention);
    let (title, flares_title) = if here.today() < SPAN {
        (say.say("Your pain so far", "Su dolor hasta ahora"), say.say("Your flares so far", "Sus brotes hasta ahora"))
    } else {
        (
            say.say("Your pain, the last 12 weeks", "Su dolor, las últimas 12 semanas"),
            say.say("Your flares, the last 12 weeks", "Sus brotes, las últimas 12 semanas"),
        )
    };
    Ok(ProgressPage {
        t: say.t(),
        shell: here.shell(say.t().w(Word::Progress).to_string(), "/progress"),
        standing,
        milestones: milestones(here, &projection, &charted),
        chart: chart::chart(say, patient, &charted, SPAN, title, if loud { Reader::Worried } else { Reader::Patient }),
        meaning: meaning(here, loud),
        // Beside something loud there is one thing to do, and it stands above.
        steps: if loud { vec![] } else { chart::steps(say, &charted) },
        flares: chart::flares(&charted, SPAN).map(|flare| chart::flare_in_words(say, patient, &charted, flare)).collect(),
        flares_title,
        flares_pass: !loud,
    })
}

/// What the range is; beside something loud not that a day outside it is common.
fn meaning(here: &Here, loud: bool) -> String {
    let range = here.say.say(
        "The shaded range is what we expected each day from your own answers before it.",
        "La franja sombreada es lo que esperábamos cada día según sus propias respuestas anteriores.",
    );
    let common = here.say.say(" Single days outside it are common.", " Es normal que algún día quede fuera.");
    if loud { range } else { range + &common }
}

/// What has been reached so far, one line a kind, what counts most first. Nothing is said that did not happen.
fn milestones(here: &Here, projection: &Projection, charted: &Charted) -> Vec<String> {
    let told = charted.reading.rated_days;
    let days = || here.say.say(format!("You have told us about {told} days."), format!("Nos ha contado {told} días."));
    let lines = [
        easier(here, charted),
        phase(here, projection),
        allowed_again(here, projection),
        settled(here, projection, charted),
        time_passed(here),
        (told >= 7).then(days),
    ];
    lines.into_iter().flatten().collect()
}

fn easier(here: &Here, charted: &Charted) -> Option<String> {
    let (then, now) = chart::function_then_and_now(charted).filter(|(then, now)| *then >= now + 2)?;
    Some(here.say.say(
        format!("Your back keeps you from your day less: {now} of 10 in the last week you told us of, {then} in the first."),
        format!("La espalda le limita menos el día: {now} de 10 en la última semana que nos contó, {then} en la primera."),
    ))
}

/// The phase that holds; the one that everybody begins in was not reached.
fn phase(here: &Here, projection: &Projection) -> Option<String> {
    let say = here.say;
    let phase = say.pathway().phases.iter().skip(1).find(|phase| projection.phase.as_ref() == Some(&phase.id))?;
    let title = &in_language(&phase.text, say.language()).title;
    Some(say.say(format!("You have reached: {title}."), format!("Ha llegado a: {title}.")))
}

/// What had a limit and has none now; a title may hold commas. In an emergency nothing speaks of an ordinary day.
fn allowed_again(here: &Here, projection: &Projection) -> Option<String> {
    let say = here.say;
    let free = projection.limits.iter().filter(|limit| limit.allowed == "free" && limit.from > 0);
    let names: Vec<String> = free.map(|limit| say.restriction(&limit.id).to_lowercase()).collect();
    let names = names.join("; ");
    let said = !names.is_empty() && projection.level < Level::Emergency;
    said.then(|| say.say(format!("Allowed again, with no limit: {names}."), format!("Otra vez permitido, sin límite: {names}.")))
}

/// The flares of the chart that settled, whether or not another goes on; beside no loud alert.
fn settled(here: &Here, projection: &Projection, charted: &Charted) -> Option<String> {
    let say = here.say;
    let count = settled_flares(charted).filter(|_| projection.level < Level::Attention)?;
    Some(match (here.today() < SPAN, count) {
        (true, 1) => say.say("A flare came, and it settled.", "Vino un brote, y se calmó."),
        (true, _) => say.say(format!("{count} flares came, and they settled."), format!("Vinieron {count} brotes, y se calmaron.")),
        (false, 1) => say.say("In the last 12 weeks a flare came, and it settled.", "En las últimas 12 semanas vino un brote, y se calmó."),
        (false, _) => say.say(
            format!("In the last 12 weeks {count} flares came, and they settled."),
            format!("En las últimas 12 semanas vinieron {count} brotes, y se calmaron."),
        ),
    })
}

/// How many flares of the chart settled: those that the list under it calls settled.
fn settled_flares(charted: &Charted) -> Option<usize> {
    let count = chart::flares(charted, SPAN).filter(|flare| chart::eased(charted, flare)).count();
    (count > 0 && charted.reading.state != ReadingState::LastingChange).then_some(count)
}

/// The last of four marks since the procedure.
fn time_passed(here: &Here) -> Option<String> {
    let procedure = here.phone.patient.procedure.date;
    let marks = [
        (12.months(), "A year has passed since your procedure.", "Ha pasado un año desde su procedimiento."),
        (6.months(), "6 months have passed since your procedure.", "Han pasado 6 meses desde su procedimiento."),
        (3.months(), "3 months have passed since your procedure.", "Han pasado 3 meses desde su procedimiento."),
        (4.weeks(), "4 weeks have passed since your procedure.", "Han pasado 4 semanas desde su procedimiento."),
    ];
    let passed = |span: jiff::Span| procedure.checked_add(span).is_ok_and(|mark| here.phone.patient.day_of(mark) <= here.today());
    marks.into_iter().find(|(span, ..)| passed(*span)).map(|(_, en, es)| here.say.say(en, es))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamella_engine::Reading;
    use lamella_engine::band::Forecast;
    use lamella_engine::course::Seen;
    use lamella_engine::filter::Day;
    use lamella_engine::flare::{End, Episode};

    #[test]
    fn a_flare_has_settled_when_its_pain_went_down_and_the_course_goes_on() {
        let seen = |day: i32, pain: u8, state: ReadingState| Seen {
            day: Day { day, pain: Some(pain), function: None },
            expected: Forecast([1.0 / 11.0; 11]),
            state,
            evidence: 0.0,
        };
        let flare = |end: End| Episode { start: 3, peak_day: 3, peak: 6, last: 3, end };
        let (course, flaring, lasting) = (ReadingState::OnCourse, ReadingState::InFlare, ReadingState::LastingChange);
        let count = |after: (u8, ReadingState), state: ReadingState, ends: &[End]| {
            settled_flares(&Charted {
                reading: Reading { state, ..Reading::default() },
                days: vec![seen(3, 6, flaring), seen(4, after.0, after.1), seen(5, 6, state)],
                flares: ends.iter().copied().map(flare).collect(),
                levels: vec![],
            })
        };
        let settled = End::Settled(4);
        assert_eq!(count((2, course), course, &[]), None);
        assert_eq!(count((2, course), course, &[settled, settled]), Some(2));
        assert_eq!(count((6, course), course, &[settled]), None, "still as high");
        assert_eq!(count((2, course), lasting, &[settled]), None);
        assert_eq!(count((5, flaring), ReadingState::Watch, &[settled]), None, "where something else began");
        assert_eq!(count((2, course), flaring, &[settled, End::Ongoing]), Some(1), "the one that goes on takes nothing back");
        assert_eq!(count((2, course), course, &[End::Unseen, settled]), Some(1));
        // A flare older than the chart is in neither the count nor the list.
        let old = Episode { start: -SPAN, peak_day: -SPAN, last: 5 - SPAN, ..flare(settled) };
        let charted = Charted { days: vec![seen(4, 2, course), seen(5, 2, course)], flares: vec![old], ..Charted::default() };
        assert_eq!((settled_flares(&charted), chart::flares(&charted, SPAN).count()), (None, 0));
        assert_eq!(chart::flares(&Charted { flares: vec![Episode { last: 6 - SPAN, ..old }], ..charted }, SPAN).count(), 1);
    }
}
