//! One person's page: what happened, verdict by verdict, rule by rule, and what was told word for word.

use super::act::{self, Act};
use super::panel::Sent;
use super::{Here, panel, sign_in, why};
use crate::App;
use crate::answer::{Fail, Fields, page, page_with};
use crate::guard::onward;
use crate::say::{picture, shown};
use crate::view::clinic::{KnownFinding, Limit, PatientPage, TimelineEntry};
use crate::view::icon::Icon;
use crate::view::shared::{Answer, Link, Sentence};
use crate::view::words::Word;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lamella_desk::{DeskError, Fault, Kept, Row, Told};
use lamella_engine::Assessment;
use lamella_engine::triage::Verdict;
use lamella_pathway::in_language;
use lamella_record::{Answers, Desk, Event, Kind, Record};
use std::collections::HashMap;

/// How far back the chart goes, in days.
pub(crate) const A_YEAR: i32 = 365;
/// How many entries stand on one page.
const ON_PAGE: usize = 60;

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let from = query.get("from").and_then(|from| from.parse::<usize>().ok()).unwrap_or(0);
        page(&whole(&here, &id, from, &query, None)?)
    };
    app.clinic_side(headers, work).await
}

/// *Was the change real?*, said of a closed case at any time. What was chosen is not lost where it cannot be taken.
pub(crate) async fn change(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let fields = Fields(fields);
        let here = match Here::new(app, headers) {
            Err(Fail::SignedOut) if !fields.one("change").is_empty() => {
                return sign_in::keeping(app, headers, &format!("/clinic/patients/{id}/change"), &fields);
            }
            here => here?,
        };
        if fields.proves(&here.staff.csrf).is_err() {
            return once_more(&here, &id, &fields, act::open_too_long(&here), StatusCode::FORBIDDEN);
        }
        let (alert, twice) = (fields.one("alert"), fields.many("change"));
        let say = || app.desk().say_of_change(&id, alert, &here.staff.name, fields.one("change"), app.now());
        match if twice { Err(DeskError::Wrong(Fault::ChangeTwice)) } else { say() } {
            Ok(_) => Ok(onward(&format!("/clinic/patients/{id}#case-{}", panel::key(alert)), &[])),
            Err(DeskError::Wrong(fault)) => once_more(&here, &id, &fields, here.say.fault(fault), StatusCode::UNPROCESSABLE_ENTITY),
            Err(error) => Err(error.into()),
        }
    };
    app.clinic_side(headers, work).await
}

/// An answer about a change that was sent while nobody was signed in, on the page where it is sent again.
pub(crate) fn resume(here: &Here, address: &str, fields: &Fields) -> Option<Result<Response, Fail>> {
    let (id, word) = address.strip_prefix("/clinic/patients/")?.split_once('/')?;
    (word == "change").then(|| once_more(here, id, fields, act::signed_out(here), StatusCode::OK))
}

/// The page with the answer as it was sent and why it was not taken: at its case, or where that is open again, as it is resolved.
fn once_more(here: &Here, id: &str, fields: &Fields, what: String, status: StatusCode) -> Result<Response, Fail> {
    let cases = here.app.desk().cases_of(id)?;
    let one = cases.iter().find(|one| one.answers_to(fields.one("alert"))).ok_or(Fail::NotFound)?;
    let alert = &one.kept.alert;
    let (field, what) = match alert.stands() {
        true if fields.many("change") => ("", what),
        true => ("", here.say.fault(Fault::ChangeStands)),
        false => ("change", what),
    };
    let sent = Sent { alert: alert.id.clone(), act: Act::Resolve, fields, field, what };
    page_with(status, &whole(here, id, 0, &HashMap::new(), Some(&sent))?)
}

fn whole(here: &Here, id: &str, from: usize, query: &HashMap<String, String>, sent: Option<&Sent>) -> Result<PatientPage, Fail> {
    let (app, say) = (here.app, here.say);
    let desk = app.desk();
    let record = desk.record(id)?;
    let assessment = desk.assess(&record, app.now());
    let person = desk.person(id)?;
    let before = person.patient.day_of(desk.person_moment(&person.patient, app.now()).date()) < 0;
    let all = desk.alerts(id)?;
    let kept = all.iter().filter(|kept| kept.alert.stands()).cloned();
    let mut rows: Vec<Row> = kept.map(|kept| desk.row(person.patient.clone(), kept, person.projection.clone(), app.now())).collect();
    rows.sort_by_key(Row::place);
    let told: HashMap<String, Told> = desk.told(id, 5000)?.into_iter().map(|(row, told)| (row.event, told)).collect();
    let newest_first = record.events.iter().rev();
    let timeline = newest_first.skip(from).take(ON_PAGE).map(|event| entry(here, &record, &assessment, &told, &all, event));
    let timeline = timeline.collect::<Result<_, Fail>>()?;
    let phones = desk.phones(id, app.now())?;
    let mut shell = here.shell(person.patient.name.as_deref().unwrap_or(""), "/clinic/patients", None);
    shell.switch = sent.is_none();
    shell.undo = here.undo(query, id, person.patient.name.as_deref().unwrap_or(""));
    // An answer about a closed case stands with that case.
    let of_open = sent.filter(|sent| rows.iter().any(|row| row.kept.alert.answers_to(&sent.alert)));
    let mut panel = panel::person(here, &person, &rows, None, of_open)?;
    panel.chart = panel::chart(
        here,
        &person,
        A_YEAR,
        say.say("Pain, the last year at most", "Dolor, el último año como mucho"),
        &assessment.verdicts,
    )?;
    Ok(PatientPage {
        t: say.t(),
        shell,
        back: Link { href: "/clinic/patients".to_string(), text: say.t().w(Word::Patients).to_string() },
        person: panel,
        timeline,
        older_href: (record.events.len() > from.saturating_add(ON_PAGE))
            .then(|| format!("/clinic/patients/{id}?from={}", from.saturating_add(ON_PAGE))),
        limits: if before { vec![] } else { assessment.restrictions.iter().map(|limit| limit_of(here, &record, limit)).collect() },
        no_limits: if before {
            say.say("From the procedure on.", "A partir del procedimiento.")
        } else {
            say.t().w(Word::NoLimits).to_string()
        },
        cases: desk
            .cases_of(id)?
            .iter()
            .filter(|one| !one.kept.alert.stands())
            .map(|one| panel::closed_case(here, &person.patient, one, sent))
            .collect(),
        known: assessment.known.iter().map(|known| finding(here, id, known)).collect(),
        invitation: phones_in_words(here, &phones),
        has_phone: !phones.is_empty(),
        invite: here.form(format!("/clinic/patients/{id}/invite"), &[]),
    })
}

fn finding(here: &Here, patient: &str, known: &lamella_engine::Known) -> KnownFinding {
    let until = here.say.short_date(known.until);
    let until = here.say.say(format!("until {until} · {}", known.by), format!("hasta el {until} · {}", known.by));
    let end = here.form(format!("/clinic/patients/{patient}/known"), &[("alert", &known.alert)]);
    KnownFinding { title: panel::rule_title(here, &known.rule), until, note: known.note.clone(), end }
}

/// Whether a phone is signed in, and since when.
fn phones_in_words(here: &Here, phones: &[jiff::Timestamp]) -> String {
    let say = here.say;
    let Some(last) = phones.last() else {
        return say.say("No phone is signed in yet.", "Todavía no hay ningún teléfono con sesión abierta.");
    };
    let date = say.date(here.app.desk().clinic_moment(*last).date());
    match phones.len() {
        1 => say.say(format!("A phone is signed in since {date}."), format!("Hay un teléfono con sesión desde el {date}.")),
        n => say.say(
            format!("{n} phones are signed in, the latest since {date}."),
            format!("Hay {n} teléfonos con sesión, el último desde el {date}."),
        ),
    }
}

fn limit_of(here: &Here, record: &Record, limit: &lamella_engine::plan::Limit) -> Limit {
    let say = here.say;
    let confirm = if limit.clinic_must_confirm { say.say(" Clinic must confirm.", " La clínica debe confirmar.") } else { String::new() };
    let next = limit.next.as_ref().map_or(String::new(), |next| say.next_limit(&limit.id, next, &record.patient));
    Limit {
        icon: picture(&limit.id),
        title: say.restriction(&limit.id),
        limit: say.limit(limit),
        note: format!("{next}{confirm}").trim().to_string(),
    }
}

fn entry(
    here: &Here,
    record: &Record,
    assessment: &Assessment,
    told: &HashMap<String, Told>,
    alerts: &[Kept],
    event: &Event,
) -> Result<TimelineEntry, Fail> {
    let say = here.say;
    let desk = here.app.desk();
    let now = here.now();
    let verdict = assessment.verdicts.iter().find(|verdict| verdict.event == event.id);
    let words = told.get(&event.id);
    let is_undo = matches!(event.kind, Kind::Undo(_));
    let (icon, title, written, about) = match &event.kind {
        Kind::Undo(undo) => undone(here, record, alerts, undo)?,
        _ => what(here, alerts, event),
    };
    let (text, struck) = if is_undo { (None, written) } else { (written, None) };
    let day = record.day_of(event);
    Ok(TimelineEntry {
        key: panel::key(&event.id),
        when: say.when(desk.clinic_moment(event.moment().instant()), now),
        day: say.say(format!("day {day}"), format!("día {day}")),
        icon,
        level: verdict.map(|verdict| shown(verdict.level)),
        title,
        about,
        text: text.map(Sentence::plain),
        struck,
        marks: marks(here, record, event, verdict, words),
        answers: match &event.kind {
            Kind::CheckIn(check_in) => answers(here, &check_in.answers),
            Kind::Stopped(stopped) => at_the_stop(here, &stopped.answers),
            _ => vec![],
        },
        reasons: words.map_or(vec![], |told| why::reasons(here, told, verdict)),
        unknown: words.map_or(vec![], |told| desk.unknown_in(told, verdict, say.lang.code())),
        revision: verdict.map(|verdict| panel::revision(here, &verdict.revision)),
        told: words.map(|told| panel::what_was_told(here, told, event.known_at())),
        open: false,
    })
}

/// What was taken back, by whom, and what had been written with it: the record reads as if it had never been, and people do not.
fn undone(here: &Here, record: &Record, alerts: &[Kept], undo: &Desk) -> Result<What, Fail> {
    let (say, desk, by) = (here.say, here.app.desk(), &undo.by);
    let Some(was) = desk.event(&desk.key(&record.patient.id), &undo.undoes)? else {
        return Ok((Icon::Back, say.say(format!("Undone by {by}"), format!("Deshecho por {by}")), None, None));
    };
    let (_, title, text, about) = what(here, alerts, &was);
    if record.events.iter().any(|event| event.id == was.id) {
        let late = say.say(format!("{by} undid it too late, it stands: {title}"), format!("{by} lo deshizo tarde, sigue en pie: {title}"));
        return Ok((Icon::Back, late, None, about));
    }
    Ok((Icon::Back, say.say(format!("Undone by {by}: {title}"), format!("Deshecho por {by}: {title}")), text, about))
}

/// A picture, what happened, what was written with it, and which alert it is about.
type What = (Icon, String, Option<String>, Option<String>);

/// What happened, in words.
fn what(here: &Here, alerts: &[Kept], event: &Event) -> What {
    let (icon, title, text) = what_alone(here, event);
    (icon, title, text, about(here, alerts, event))
}

/// The alert that something was done about. One that only the clock asks for may not be kept under its old id: then its rule.
fn about(here: &Here, alerts: &[Kept], event: &Event) -> Option<String> {
    let id = match &event.kind {
        Kind::Acknowledge(desk) | Kind::Contact(desk) | Kind::Resolve(desk) => desk.alert.as_str(),
        Kind::Note(act) => act.text("alert"),
        _ => "",
    };
    let exactly = alerts.iter().find(|kept| kept.alert.id == id);
    let kept = exactly.or_else(|| alerts.iter().find(|kept| kept.alert.answers_to(id)));
    let rule = || id.split_once(':').map(|(rule, _)| panel::rule_title(here, rule));
    kept.map(|kept| panel::named(here, kept)).or_else(rule)
}

fn what_alone(here: &Here, event: &Event) -> (Icon, String, Option<String>) {
    let say = here.say;
    match &event.kind {
        Kind::CheckIn(check_in) => (Icon::Check, say.say("Check-in", "Control"), numbers(here, &check_in.answers)),
        Kind::Stopped(stopped) => {
            (Icon::Stop, say.say("It hurt, so they stopped", "Le dolió y paró"), Some(stopped.activity.clone()).filter(|a| !a.is_empty()))
        }
        Kind::Acknowledge(desk) => (Icon::Person, say.say(format!("Taken by {}", desk.by), format!("Tomado por {}", desk.by)), None),
        Kind::Contact(desk) => {
            let outcome = panel::outcome(here, &desk.disposition);
            (
                Icon::Emergency,
                say.say(format!("Call by {}: {outcome}", desk.by), format!("Llamada de {}: {outcome}", desk.by)),
                Some(desk.note.clone()).filter(|note| !note.is_empty()),
            )
        }
        Kind::Resolve(desk) => {
            let how = panel::how_it_ended(here, &desk.disposition, &desk.change);
            let until = desk.known_until.map(|until| say.short_date(until));
            let until = until.map_or(String::new(), |until| {
                say.say(format!(". Known finding until {until}"), format!(". Hallazgo conocido hasta el {until}"))
            });
            (
                Icon::Check,
                say.say(format!("Resolved by {}: {how}{until}", desk.by), format!("Resuelto por {}: {how}{until}", desk.by)),
                Some(desk.note.clone()),
            )
        }
        Kind::Note(act) => {
            let (by, text, change) = (act.text("by"), act.text("text"), act.text("change"));
            if !change.is_empty() {
                return (Icon::Check, format!("{by}: {}", panel::about_change(here, change)), None);
            }
            let text = Some(text.to_string()).filter(|text| !text.is_empty());
            (Icon::Clock, say.say(format!("Note by {by}"), format!("Nota de {by}")), text)
        }
        Kind::Walk(_) => (Icon::Walk, say.say("Walk", "Paseo"), None),
        Kind::Unreadable(unreadable) => {
            (Icon::Help, say.say("An event that could not be read", "Un registro que no se pudo leer"), Some(unreadable.why.clone()))
        }
        Kind::Exercise(_) => (Icon::Walk, say.say("Exercise", "Ejercicio"), None),
        Kind::Milestone(_) => (Icon::Check, say.say("Milestone", "Hito"), None),
        Kind::Instrument(_) => (Icon::Check, say.say("Questionnaire", "Cuestionario"), None),
        Kind::Override(_) => (Icon::Person, say.say("A limit changed by the clinic", "Un límite que cambió la clínica"), None),
        Kind::Phase(_) => (Icon::Person, say.say("A phase changed by the clinic", "Una fase que cambió la clínica"), None),
        Kind::Ended(_) => (Icon::Person, say.say("The pathway ended", "Fin del protocolo"), None),
        Kind::Message(_) => (Icon::Clock, say.say("Message", "Mensaje"), None),
        Kind::Appointment(_) => (Icon::Clock, say.say("Appointment", "Cita"), None),
        Kind::Undo(_) => (Icon::Back, say.say("Undone", "Deshecho"), None),
    }
}

fn numbers(here: &Here, answers: &Answers) -> Option<String> {
    let number = |id: &str| match answers.get(id) {
        Some(lamella_record::Answer::Number(number)) => Some(number.whole()),
        _ => None,
    };
    let (pain, worst) = (number("pain")?, number("pain-worst"));
    let worst = worst.map_or(String::new(), |worst| here.say.say(format!(", worst {worst}"), format!(", peor {worst}")));
    Some(here.say.say(format!("Pain {pain}{worst}."), format!("Dolor {pain}{worst}.")))
}

/// The answers of *it hurt, so I stopped*: its pain is not the day's.
fn at_the_stop(here: &Here, all: &Answers) -> Vec<Answer> {
    let (pain, rest): (Answers, Answers) = all.clone().into_iter().partition(|(id, _)| id == "pain");
    let pain = answers(here, &pain).into_iter().map(|pain| panel::because(here, lamella_desk::PAIN_WHEN_STOPPED, &pain.answer));
    pain.chain(answers(here, &rest)).collect()
}

fn answers(here: &Here, answers: &Answers) -> Vec<Answer> {
    let (pathway, language) = (here.say.pathway(), here.say.language());
    let mut shown = vec![];
    for (id, answer) in answers {
        let question = pathway.questions.iter().find(|question| question.id == *id);
        let words = question.map(|question| in_language(&question.text, language));
        let text = match answer {
            lamella_record::Answer::Number(number) if number.0 % 100 == 0 => (number.0 / 100).to_string(),
            lamella_record::Answer::Number(number) => here.say.number(format!("{}.{}", number.0 / 100, (number.0 % 100) / 10)),
            lamella_record::Answer::Codes(codes) => {
                let one = |code: &String| {
                    if code == "dont-know" {
                        return here.say.say("I don’t know", "No lo sé");
                    }
                    let place = question.and_then(|question| question.code(code));
                    place.and_then(|place| words.and_then(|words| words.items.get(place))).unwrap_or(code).clone()
                };
                codes.iter().map(one).collect::<Vec<_>>().join(", ")
            }
        };
        let stray = || here.say.say(format!("Not a question here: {id}"), format!("No es una pregunta de aquí: {id}"));
        shown.push(Answer { question: words.map_or_else(stray, |words| words.title.clone()), answer: text });
    }
    let order = |answer: &Answer| pathway.questions.iter().position(|q| in_language(&q.text, language).title == answer.question);
    shown.sort_by_key(|answer| order(answer).unwrap_or(usize::MAX));
    shown
}

fn marks(here: &Here, record: &Record, event: &Event, verdict: Option<&Verdict>, told: Option<&Told>) -> Vec<String> {
    let say = here.say;
    let mut marks = vec![];
    let late = event.known_at().seconds_since(event.at);
    if late >= 3600 {
        marks.push(say.say(format!("arrived {} h later", late / 3600), format!("llegó {} h después", late / 3600)));
    }
    if event.moment().instant() != event.at.instant() {
        let clock = say.when(event.at, here.now());
        marks.push(say.say(format!("the phone’s clock said {clock}"), format!("el reloj del teléfono decía {clock}")));
    }
    if let Kind::CheckIn(check_in) = &event.kind
        && !check_in.complete
    {
        marks.push(say.say("broken off", "interrumpido"));
    }
    if record.events.iter().any(|other| other.corrects.as_deref() == Some(event.id.as_str())) {
        marks.push(say.say("corrected by the patient", "corregido por el paciente"));
    }
    if event.corrects.is_some() {
        marks.push(say.say("corrects an earlier one", "corrige uno anterior"));
    }
    if let (Some(verdict), Some(told)) = (verdict, told)
        && verdict.level != told.level
        && !told.reviewed
    {
        let level = say.t().w(shown(told.level).word()).to_lowercase();
        marks.push(say.say(format!("told as {level}; no longer follows"), format!("se dijo {level}; ya no se deduce")));
    }
    marks
}
