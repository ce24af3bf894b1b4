//! *It hurt, so I stopped*: a number, a place, and it is triaged.

use super::Here;
use super::check_in::answers_of;
use crate::App;
use crate::answer::{Fail, Fields, page_with};
use crate::guard::onward;
use crate::view::patient::{CheckInFrame, Question, QuestionKind, QuestionsPage};
use crate::view::shared::{Choice, Mend};
use crate::view::words::Word;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lamella_desk::DeskError;
use lamella_pathway::in_language;
use lamella_record::{Event, Kind, Stopped};

/// Once for the page's own id, once for a fresh one.
const TRIES: usize = 2;

/// The form.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        form(&here, &fresh(), &Fields(vec![]), vec![], StatusCode::OK)
    };
    app.patient_side(headers, work).await
}

/// Sends it.
pub(crate) async fn send(State(app): State<App>, headers: HeaderMap, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let fields = Fields(fields);
        fields.proves(&here.phone.device.csrf)?;
        // A page without its id (or with a spoilt one) loses nothing: the event gets an id of its own.
        let id = uuid::Uuid::parse_str(fields.one("event")).map_or_else(|_| fresh(), |id| id.to_string());
        let asked = questions(&here);
        let answers = answers_of(&fields, &asked);
        if !answers.contains_key("pain") {
            let text = here.say.say("Choose how much it hurt, or “I don’t know”.", "Elija cuánto le dolió, o «No lo sé».");
            return form(&here, &id, &fields, vec![Mend { field: "q-pain".to_string(), text }], StatusCode::UNPROCESSABLE_ENTITY);
        }
        let at = app.desk().person_moment(&here.phone.patient, app.now());
        let said = Stopped { activity: fields.all("activity").join(", "), answers };
        let id =
            tell(&here, id, &Event { id: String::new(), at, received_at: None, day: None, corrects: None, kind: Kind::Stopped(said) })?;
        Ok(onward(&format!("/verdict/{id}"), &[]))
    };
    app.patient_side(headers, work).await
}

/// Sends it once. A second tap is the same event, however close it comes; something else said on an old page is another.
fn tell(here: &Here, id: String, event: &Event) -> Result<String, Fail> {
    let mut id = id;
    for _ in 0..TRIES {
        match here.app.desk().say(&here.key(), &Event { id: id.clone(), ..event.clone() }, here.app.now()) {
            Ok(_) => return Ok(id),
            Err(DeskError::Refused(_)) => match here.app.desk().event(&here.key(), &id)? {
                Some(there) if there.kind == event.kind => return Ok(id),
                _ => id = fresh(),
            },
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fail::FormExpired)
}

fn fresh() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// What is asked: the pathway's own questions of how much and where.
fn questions<'a>(here: &Here<'a>) -> Vec<&'a lamella_pathway::Question> {
    let pathway = here.say.pathway();
    ["pain", "where"].iter().filter_map(|id| pathway.questions.iter().find(|question| question.id == *id)).collect()
}

fn form(here: &Here, id: &str, fields: &Fields, mend: Vec<Mend>, status: StatusCode) -> Result<Response, Fail> {
    let (say, t) = (here.say, here.say.t());
    let heading = t.w(Word::ItHurt).to_string();
    let mut asked = vec![activity(here, fields)];
    for question in questions(here) {
        let words = in_language(&question.text, say.language());
        let given = fields.all(&question.id);
        let choice = |code: &str, label: &str| Choice {
            code: code.to_string(),
            label: label.to_string(),
            checked: given.iter().any(|there| there == code),
        };
        let number = question.is_number();
        asked.push(Question {
            id: question.id.clone(),
            title: if number { say.say("How much did it hurt?", "¿Cuánto le dolió?") } else { words.title.clone() },
            help: None,
            kind: if number {
                QuestionKind::Scale {
                    least: say.say("no pain", "sin dolor"),
                    most: say.say("the worst you can think of", "el peor que pueda imaginar"),
                }
            } else {
                QuestionKind::Many
            },
            choices: if number {
                (0..=10).map(|n| choice(&n.to_string(), &n.to_string())).collect()
            } else {
                question.codes.iter().zip(&words.items).map(|(code, label)| choice(code, label)).collect()
            },
            dont_know: Some(choice("dont-know", &say.say("I don’t know", "No lo sé"))),
            error: mend.iter().find(|mend| mend.field == format!("q-{}", question.id)).map(|mend| mend.text.clone()),
            only_with_pain: false,
            preset: false,
            floors: vec![],
        });
    }
    let frame = CheckInFrame {
        heading: heading.clone(),
        intro: Some(say.say("You were right to stop. Tell us what happened.", "Hizo bien en parar. Cuéntenos qué pasó.")),
        step: 1,
        steps: 1,
        form: here.form("/stopped".to_string(), &[("event", id)]),
        draft_href: String::new(),
        kept: None,
        mend,
        advice: None,
        unsent: vec![],
        correcting: None,
    };
    let shell = here.task(heading, "/today", t.w(Word::Today).to_string());
    page_with(status, &QuestionsPage { t, shell, frame, questions: asked })
}

/// What was being done: what is restricted, and walking.
fn activity(here: &Here, fields: &Fields) -> Question {
    let say = here.say;
    let given = fields.all("activity");
    let choice = |code: &str, label: String| Choice { code: code.to_string(), label, checked: given.iter().any(|there| there == code) };
    let mut choices = vec![choice("walk", say.say("Walking", "Caminar"))];
    choices.extend(say.pathway().restrictions.iter().map(|restriction| choice(&restriction.id, say.restriction(&restriction.id))));
    choices.push(choice("exercise", say.say("An exercise", "Un ejercicio")));
    choices.push(choice("other", say.say("Something else", "Otra cosa")));
    Question {
        id: "activity".to_string(),
        title: say.say("What were you doing?", "¿Qué estaba haciendo?"),
        help: None,
        kind: QuestionKind::Many,
        choices,
        dont_know: None,
        error: None,
        only_with_pain: false,
        preset: false,
        floors: vec![],
    }
}
