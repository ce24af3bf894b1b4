//! *What this means*: what was told, word for word, and what has become of it since.

use super::Here;
use super::today::read_by;
use crate::App;
use crate::answer::{Fail, page};
use crate::say::shown;
use crate::view::patient::VerdictPage;
use crate::view::shared::{Answer, Change, Reason, Sentence};
use crate::view::words::Word;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use lamella_desk::{Kept, Told};
use lamella_pathway::in_language;
use lamella_record::{Event, Kind, Level};
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
        let alerts: Vec<Kept> = app.desk().alerts(&here.phone.patient.id)?;
        let shown = verdict(&here, &event, &told, &alerts);
        // *Back* after sending leads here.
        let notice = query.contains_key("sent").then(|| shown.t.w(Word::AlreadySent).to_string());
        page(&VerdictPage { notice, ..shown })
    };
    app.patient_side(headers, work).await
}

fn verdict(here: &Here, event: &Event, told: &Told, alerts: &[Kept]) -> VerdictPage {
    let (say, t) = (here.say, here.say.t());
    let now = here.app.desk().person_moment(&here.phone.patient, here.app.now());
    let mine = |kept: &&Kept| kept.alert.level >= Level::Attention && kept.alert.events.iter().any(|touch| touch.event == event.id);
    let alert = alerts.iter().filter(mine).max_by_key(|kept| (kept.alert.stands(), kept.alert.level));
    let when = say.when(event.at.at_offset(now.offset()), now);
    let sent = say.say(format!("Sent {when}."), format!("Enviado: {when}."));
    let (state, read) = match alert {
        Some(kept) if kept.alert.acknowledged.is_some() => (String::new(), Some(read_by(here, kept, now))),
        Some(kept) if kept.alert.stands() => (read_by(here, kept, now), None),
        Some(_) => (say.say("The clinic has dealt with it.", "La clínica ya lo ha atendido."), None),
        None if told.level == Level::Watch => (say.promise(), None),
        None => (String::new(), None),
    };
    let missing = !told.unknown.is_empty();
    let stopped = matches!(event.kind, Kind::Stopped(_));
    VerdictPage {
        t,
        shell: here.task(t.w(Word::WhatThisMeans).to_string(), "/today", t.w(Word::Today).to_string()),
        notice: None,
        level: shown(told.level),
        headline: told.headline.clone(),
        sentences: told.paragraphs.iter().map(Sentence::plain).collect(),
        calls: say.calls(told.level),
        sent: format!("{sent} {state}").trim().to_string(),
        read,
        wrong_answer_href: matches!(event.kind, Kind::CheckIn(_)).then(|| format!("/check-in/correct/{}", event.id)),
        no_longer_follows: alert.is_some_and(|kept| kept.no_longer_follows),
        // In an emergency nobody fills in a form.
        unknown: if told.level == Level::Emergency { vec![] } else { told.unknown.clone() },
        answer_rest_href: ((missing || stopped) && told.level < Level::Emergency).then(|| "/check-in?page=page-safety".to_string()),
        steps: told.steps.iter().map(Sentence::plain).collect(),
        changes: changes(told),
        reasons: told.reasons.iter().map(|told| reason(here, told)).collect(),
        revision: say.say(
            format!("Pathway {}, revision {}", say.pathway().id, told.revision),
            format!("Protocolo {}, revisión {}", say.pathway().id, told.revision),
        ),
        disclaimer: Some(say.say(
            "This is safety advice by your clinic’s rules. It is not a diagnosis.",
            "Son consejos de seguridad según las reglas de su clínica. No es un diagnóstico.",
        )),
    }
}

/// What would raise it: the most urgent first, a sign a line.
fn changes(told: &Told) -> Vec<Change> {
    let mut changes: Vec<&lamella_desk::ToldChange> = told.changes.iter().collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.level));
    changes.iter().map(|change| Change { level: shown(change.level), text: Sentence::plain(change.title.clone()) }).collect()
}

/// A rule in the person's words. Where it comes from is the clinic's to read.
fn reason(here: &Here, reason: &lamella_desk::ToldReason) -> Reason {
    Reason {
        level: shown(reason.level),
        title: reason.title.clone(),
        text: None,
        because: reason.because.iter().filter_map(|(question, answer)| because(here, question, answer)).collect(),
        rule: None,
        source: None,
    }
}

/// What a rule rests on: answers stand in words already; of the facts, those that mean something to the person.
fn because(here: &Here, question: &str, answer: &str) -> Option<Answer> {
    let say = here.say;
    if let Some(id) = question.strip_prefix("usual of ") {
        let asked = say.pathway().questions.iter().find(|asked| asked.id == id)?;
        let title = &in_language(&asked.text, say.language()).title;
        let answer = if answer == "not known yet" { say.say(answer, "todavía no se conoce") } else { answer.to_string() };
        return Some(Answer { question: say.say(format!("Your usual: {title}"), format!("Lo habitual en usted: {title}")), answer });
    }
    let question = match question {
        "day" => say.say("Day since the procedure", "Día desde el procedimiento"),
        "days running" => say.say("Days in a row", "Días seguidos"),
        "in the last days" => say.say("Days looked at", "Días que se miran"),
        "stopped" | "phase" | "person has" | "age at least" | "reading" | "first time" => return None,
        question => question.to_string(),
    };
    Some(Answer { question, answer: answer.to_string() })
}
