//! *What this means*: what was told, word for word, and what has become of it since.

use super::Here;
use super::today::read_by;
use crate::App;
use crate::answer::{Fail, page};
use crate::say::shown;
use crate::view::patient::VerdictPage;
use crate::view::shared::{Answer, Change, Reason, Sentence};
use crate::view::words::Word;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use lamella_desk::{Kept, Told};
use lamella_record::{Event, Kind, Level};

/// The page.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap, Path(event): Path<String>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let told = app.desk().told_about(&here.key(), &event)?.ok_or(Fail::NotFound)?;
        let event = app.desk().event(&here.key(), &event)?.ok_or(Fail::NotFound)?;
        let alerts: Vec<Kept> = app.desk().alerts(&here.phone.patient.id)?;
        page(&verdict(&here, &event, &told, &alerts))
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
        reasons: told.reasons.iter().map(reason).collect(),
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

fn reason(reason: &lamella_desk::ToldReason) -> Reason {
    Reason {
        level: shown(reason.level),
        title: reason.title.clone(),
        text: None,
        because: reason.because.iter().map(|(question, answer)| Answer { question: question.clone(), answer: answer.clone() }).collect(),
        rule: None,
        source: (!reason.sources.is_empty()).then(|| reason.sources.join(", ")),
    }
}
