//! *What this means*: what was told, word for word, and what has become of it since.

use super::Here;
use super::standing::{since, standing};
use super::today::{read_by, speaks_for};
use crate::App;
use crate::answer::{Fail, page};
use crate::say::shown;
use crate::view::patient::{FirstTold, VerdictPage};
use crate::view::shared::{Answer, Change, Reason, Sentence};
use crate::view::words::Word;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use lamella_desk::{Kept, Ratings, Told, ToldReason};
use lamella_engine::ReadingState;
use lamella_pathway::Form as Takes;
use lamella_record::{Answer as Given, Event, Kind, Level, Moment};
use std::collections::HashMap;

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(event): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let told = app.desk().told_about(&here.key(), &event)?.ok_or(Fail::NotFound)?;
        let event = app.desk().event(&here.key(), &event)?.ok_or(Fail::NotFound)?;
        let mut shown = verdict(&here, &event, &in_language_of_today(&here, &event.id, told.clone())?)?;
        // *Back* after sending leads here.
        shown.notice = query.contains_key("sent").then(|| shown.t.w(Word::AlreadySent).to_string());
        if told.language != here.say.lang.code() {
            shown.first_told = Some(first_told(&told));
        }
        page(&shown)
    };
    app.patient_side(headers, work).await
}

/// What was told, in the language that is read now: the same verdict in the pathway's own words. Where it could not be reached
/// again, as it was told.
pub(super) fn in_language_of_today(here: &Here, event: &str, told: Told) -> Result<Told, Fail> {
    if told.language == here.say.lang.code() {
        return Ok(told);
    }
    let again = here.app.desk().tell_again(&here.key(), event)?;
    // What the ratings showed then is told as it was known then.
    let again = again.filter(|again| again.level == told.level).map(|again| Told { ratings: told.ratings.clone(), ..again });
    Ok(again.unwrap_or(told))
}

/// Word for word, in the language of that day.
fn first_told(told: &Told) -> FirstTold {
    let sentences = [told.headline.clone()].into_iter().chain(told.paragraphs.clone());
    FirstTold { lang: told.language.clone(), sentences: sentences.map(Sentence::plain).collect() }
}

fn verdict(here: &Here, event: &Event, told: &Told) -> Result<VerdictPage, Fail> {
    let (say, t) = (here.say, here.say.t());
    let now = here.app.desk().person_moment(&here.phone.patient, here.app.now());
    let alerts: Vec<Kept> = here.app.desk().alerts(&here.phone.patient.id)?;
    let alert = speaks_for(here, alerts.iter(), &event.id);
    let when = say.at(event.at.at_offset(now.offset()), now);
    let sent = say.say(format!("Sent {when}."), format!("Enviado {when}."));
    let standing = standing(here, told.level, now)?;
    let (state, read) = match alert {
        Some(kept) if !kept.alert.stands() => (how_it_ended(here, kept, now), None),
        Some(kept) if kept.alert.acknowledged.is_some() => (String::new(), Some(read_by(here, kept, now))),
        Some(kept) => (read_by(here, kept, now), None),
        // What stands above says by when it is read.
        None if told.level == Level::Watch && standing.is_none() => (say.promise(), None),
        None => (String::new(), None),
    };
    let corrected = alert.filter(|kept| kept.alert.stands() && kept.alert.over && kept.alert.corrected_by.is_some());
    let corrected = corrected.map(|kept| since(here, kept, now)).transpose()?;
    let missing = !told.unknown.is_empty();
    let stopped = matches!(event.kind, Kind::Stopped(_));
    let loud = standing.is_some();
    Ok(VerdictPage {
        t,
        shell: here.task(t.w(Word::WhatThisMeans).to_string(), "/today", t.w(Word::Today).to_string()),
        notice: None,
        level: shown(told.level),
        headline: told.headline.clone(),
        sentences: told.paragraphs.iter().map(Sentence::plain).collect(),
        calls: if loud { vec![] } else { say.calls(told.level) },
        procedure: here.procedure_for_helpers(told.level),
        sent: format!("{sent} {state}").trim().to_string(),
        read,
        corrected,
        wrong_answer_href: matches!(event.kind, Kind::CheckIn(_)).then(|| format!("/check-in/correct/{}", event.id)),
        tell_again: stopped.then(|| tell_again(here)),
        no_longer_follows: alert.is_some_and(|kept| kept.no_longer_follows && kept.alert.stands()),
        // In an emergency nobody fills in a form.
        unknown: if told.level == Level::Emergency { vec![] } else { told.unknown.clone() },
        answer_rest_href: ((missing || stopped) && told.level < Level::Emergency).then(|| answer_rest(told)),
        // Beside a sign that stands nothing looks like an ordinary day.
        steps: if loud { vec![] } else { told.steps.iter().map(Sentence::plain).collect() },
        changes: if loud { vec![] } else { changes(told) },
        reasons: if loud && told.level < Level::Attention { vec![] } else { reasons(here, event, told) },
        standing,
        first_told: None,
        revision: say.say(
            format!("Pathway {}, revision {}", say.pathway().id, told.revision),
            format!("Protocolo {}, revisión {}", say.pathway().id, told.revision),
        ),
        disclaimer: Some(say.say(
            "This is safety advice by your clinic’s rules. It is not a diagnosis.",
            "Son consejos de seguridad según las reglas de su clínica. No es un diagnóstico.",
        )),
    })
}

/// How an alert ended: never a human deed that did not happen.
fn how_it_ended(here: &Here, kept: &Kept, now: Moment) -> String {
    let say = here.say;
    match kept.alert.resolved.as_ref().filter(|resolved| resolved.by == "lamella") {
        Some(resolved) if resolved.disposition == "closed-itself" => {
            let at = say.at(resolved.at.at_offset(now.offset()), now);
            say.say(format!("You answered these questions later, {at}."), format!("Respondió a estas preguntas más tarde, {at}."))
        }
        Some(_) => say.say("The clinic has this together with an earlier sign.", "La clínica lo tiene junto con una señal anterior."),
        None => say.say("The clinic has dealt with it.", "La clínica ya lo ha atendido."),
    }
}

/// Where the missing answers are given: at the first of them.
pub(super) fn answer_rest(told: &Told) -> String {
    match told.asked_in_vain.first() {
        Some(question) => format!("/check-in?page=page-safety&question={question}"),
        None => "/check-in?page=page-safety".to_string(),
    }
}

/// A stop is told once more where a tap was wrong: it stays as one of two, and the clinic sees both.
fn tell_again(here: &Here) -> String {
    here.say.say(
        "A wrong tap? Tell it once more, or call. The clinic then sees both.",
        "¿Tocó algo por error? Cuéntelo otra vez o llame. La clínica verá los dos.",
    )
}

/// The rules that held and the questions that nobody answered. What calls for help has no calm reason beside it.
fn reasons(here: &Here, event: &Event, told: &Told) -> Vec<Reason> {
    let say = here.say;
    let rules = told.reasons.iter().filter(|reason| told.level < Level::Attention || reason.level > Level::Expected);
    let mut reasons: Vec<Reason> = rules.map(|held| reason(here, event, held, told.ratings.as_ref())).collect();
    if !told.unknown.is_empty() {
        let not_known = say.say("not known", "no se sabe");
        let because = told.unknown.iter().map(|question| Answer { question: question.clone(), answer: not_known.clone() });
        let missing = Reason {
            level: shown(Level::Attention),
            title: say.sign("unknown"),
            text: None,
            because: because.collect(),
            rule: None,
            source: None,
        };
        let place = reasons.iter().position(|reason| reason.level < shown(Level::Attention)).unwrap_or(reasons.len());
        reasons.insert(place, missing);
    }
    reasons
}

/// What would raise it: the most urgent first, a sign a line.
fn changes(told: &Told) -> Vec<Change> {
    let mut changes: Vec<&lamella_desk::ToldChange> = told.changes.iter().collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.level));
    changes.iter().map(|change| Change { level: shown(change.level), text: Sentence::plain(change.title.clone()) }).collect()
}

/// A rule in the person's words. Where it comes from is the clinic's to read.
fn reason(here: &Here, event: &Event, reason: &ToldReason, then: Option<&Ratings>) -> Reason {
    Reason {
        level: shown(reason.level),
        title: reason.title.clone(),
        text: None,
        because: reason.because.iter().filter_map(|(question, answer)| because(here, event, (question, answer), then)).collect(),
        rule: None,
        source: None,
    }
}

/// What a rule rests on: answers stand in words already; of the facts, those that mean something to the person.
fn because(here: &Here, event: &Event, (question, answer): (&str, &str), then: Option<&Ratings>) -> Option<Answer> {
    // What the clinic alone makes something of.
    if matches!(question, "stopped" | "phase" | "person has" | "age at least" | "first time") {
        return None;
    }
    if question == "reading" {
        return Some(by_the_ratings(here, event, answer, then));
    }
    if question == "days in flare" {
        let (question, days) = here.say.fact(question, answer)?;
        let highest = then
            .and_then(|then| then.highest)
            .map(|peak| here.say.say(format!("highest pain {peak} of 10"), format!("el dolor más alto, {peak} de 10")));
        return Some(Answer {
            question,
            answer: [Some(days), highest, usual(here, then)].into_iter().flatten().collect::<Vec<_>>().join("; "),
        });
    }
    if let Some((question, answer)) = here.say.fact(question, answer) {
        return Some(Answer { question, answer });
    }
    let answer = temperature_of(here, event).filter(|_| answer.ends_with("°C")).unwrap_or_else(|| answer.to_string());
    Some(Answer { question: question.to_string(), answer })
}

/// What the ratings themselves show of a state of the reading, as far as it was known then.
fn by_the_ratings(here: &Here, event: &Event, state: &str, then: Option<&Ratings>) -> Answer {
    let say = here.say;
    let state = ReadingState::from_word(state);
    let above = then.and_then(|then| then.above).filter(|above| above.days > 0);
    let seen = match (state, above) {
        (Some(ReadingState::OffCourse), _) => {
            let day = here.phone.patient.day_of(event.date());
            say.say(
                format!("by day {day} they have eased more slowly than for most people, even where they lie in your own range"),
                format!("hasta el día {day} han bajado más despacio que las de la mayoría, aunque queden en su propio intervalo"),
            )
        }
        (Some(ReadingState::Watch | ReadingState::LastingChange), Some(above)) => {
            let (days, of) = (above.days, above.of);
            say.say(
                format!("pain above what your earlier ratings let us expect on {days} of the last {of} answered days"),
                format!("dolor por encima de lo que cabía esperar por sus valoraciones anteriores en {days} de los últimos {of} días contestados"),
            )
        }
        _ => say.say("by their line, against what we expected of you then", "por su curso, frente a lo que entonces esperábamos de usted"),
    };
    let question = match state {
        Some(ReadingState::OffCourse) => say.say("Your ratings since the procedure", "Sus valoraciones desde el procedimiento"),
        _ => say.say("Your ratings of the last days", "Sus valoraciones de los últimos días"),
    };
    Answer { question, answer: [Some(seen), usual(here, then)].into_iter().flatten().collect::<Vec<_>>().join("; ") }
}

/// The person's usual pain, as it was known then.
fn usual(here: &Here, then: Option<&Ratings>) -> Option<String> {
    let usual = then.and_then(|then| then.usual)?;
    Some(here.say.say(format!("your usual pain: {usual} of 10"), format!("su dolor habitual: {usual} de 10")))
}

/// The temperature that was sent, as it stood in the list before sending.
fn temperature_of(here: &Here, event: &Event) -> Option<String> {
    let Kind::CheckIn(check_in) = &event.kind else { return None };
    let asked = here.say.pathway().questions.iter().find(|question| question.form == Takes::Tenths)?;
    match check_in.answers.get(&asked.id) {
        Some(Given::Number(number)) => Some(here.say.temperature(*number, here.fahrenheit())),
        _ => None,
    }
}
