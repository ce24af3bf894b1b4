//! The check-in: three screens, kept after every change; what cannot wait does not.

use super::Here;
use super::standing::is_told;
use crate::App;
use crate::answer::{Fail, Fields, page, page_with};
use crate::guard::onward;
use crate::say::{degrees, shown};
use crate::view::icon::Icon;
use crate::view::patient::{
    Advice, CheckInFrame, Correcting, EarlyAdvice, Floor, Question, QuestionKind, QuestionsPage, SafetyGroup, SafetyPage, SafetySign,
    SendPage,
};
use crate::view::shared::{Answer as ShownAnswer, Choice, FormTarget, Mend, Sentence};
use crate::view::words::Word;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use lamella_desk::{Ahead, DeskError, Draft, Late, Told};
use lamella_pathway::{Asked, Form as Takes, in_language, reads};
use lamella_record::{Answer, Answers, CheckIn, Hundredths, Kind, Level};
use std::collections::HashMap;

/// *I don't know*, allowed everywhere.
const DONT_KNOW: &str = "dont-know";
/// The longest answer that is read; no code and no number is longer.
const TYPED_LETTERS: usize = 64;
/// The question beside whose answer the crisis line stands.
const SELF_HARM: &str = "self-harm";
/// The field that says how a temperature is meant.
const UNIT: &str = "temperature-unit";
/// The field that carries the temperature that was named as one that nobody can have: sent once more, it is meant.
const MEANT: &str = "meant";

/// Begins a check-in, or goes on where it was left. Nothing is kept yet: the first answer begins it.
pub(crate) async fn begin(State(app): State<App>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let draft = app.desk().draft(&here.key())?.map_or_else(|| Draft::new(None), |(_, draft)| draft);
        let pages = &app.desk().pathway().pages;
        let asked = query.get("page").filter(|asked| pages.iter().any(|page| page.id == **asked));
        let next = pages.iter().find(|page| !draft.pages.contains(&page.id)).or(pages.last()).map(|page| &page.id);
        // A question that is asked for by name is where its screen opens.
        let named = query.get("question").and_then(|id| app.desk().pathway().questions.iter().find(|question| question.id == *id));
        let to = named.map(|question| &question.page).or(asked).or(next).ok_or(Fail::NotFound)?;
        let place = named.map_or(String::new(), |question| format!("#q-{}", question.id));
        Ok(onward(&format!("{}{place}", screen_of(to, &draft.id)), &[]))
    };
    app.patient_side(headers, work).await
}

/// A screen's address names its check-in, so that *Back* after sending finds what was sent and not an empty form.
fn screen_of(page: &str, event: &str) -> String {
    format!("/check-in/page/{page}?event={event}")
}

/// *I tapped the wrong answer*: a new check-in with the old answers, which mends the old one once something is answered in it.
pub(crate) async fn correct(State(app): State<App>, headers: HeaderMap, Path(event): Path<String>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let mending = mending(&here, Draft::new(None).id, &event)?;
        if app.desk().draft(&here.key())?.is_some_and(|(_, begun)| !begun.answers.is_empty()) {
            // What is begun is finished first; nothing of it is thrown away.
            return Ok(onward("/check-in", &[]));
        }
        let first = app.desk().pathway().pages.first().ok_or(Fail::NotFound)?;
        Ok(onward(&format!("{}&corrects={event}", screen_of(&first.id, &mending.id)), &[]))
    };
    app.patient_side(headers, work).await
}

/// *Keep the first one*: what was changed in a correction is put away, and the check-in it would have mended stays as it is.
pub(crate) async fn keep_first(State(app): State<App>, headers: HeaderMap, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let fields = Fields(fields);
        fields.proves(&here.phone.device.csrf)?;
        app.desk().drop_draft(&here.key(), fields.one("event"))?;
        let first = app.desk().event(&here.key(), fields.one("corrects"))?;
        Ok(onward(&first.map_or("/today".to_string(), |first| format!("/verdict/{}", first.id)), &[]))
    };
    app.patient_side(headers, work).await
}

/// The check-in of this id: what is kept of it, or a new one that its first answer begins. `None`: it has been sent.
fn of_id(here: &Here, id: &str, corrects: &str) -> Result<Option<Draft>, Fail> {
    let kept = here.app.desk().draft(&here.key())?.map(|(_, draft)| draft);
    if let Some(draft) = kept.as_ref().filter(|draft| draft.id == id) {
        return Ok(Some(draft.clone()));
    }
    if here.app.desk().event(&here.key(), id)?.is_some() {
        return Ok(None);
    }
    let id = uuid::Uuid::parse_str(id).map_err(|_| Fail::FormExpired)?.to_string();
    if let Some(begun) = kept.filter(|draft| !draft.answers.is_empty()) {
        // A page that was opened before another tab began: the same check-in. What mends another one is not mixed with it.
        return if begun.corrects.as_deref().unwrap_or("") == corrects { Ok(Some(begun)) } else { Err(Fail::FormExpired) };
    }
    if corrects.is_empty() { Ok(Some(Draft { id, ..Draft::new(None) })) } else { mending(here, id, corrects).map(Some) }
}

/// A check-in that mends an earlier one: it begins with its answers.
fn mending(here: &Here, id: String, corrects: &str) -> Result<Draft, Fail> {
    let wrong = here.app.desk().event(&here.key(), corrects)?.ok_or(Fail::NotFound)?;
    let Kind::CheckIn(check_in) = wrong.kind else { return Err(Fail::NotFound) };
    let draft = Draft { id, answers: check_in.answers, ..Draft::new(Some(corrects.to_string())) };
    // The answers being mended are not sent ahead once more.
    let alone = here.app.desk().alone(&here.key(), &draft, here.app.now())?;
    let there = Ahead { event: corrects.to_string(), level: alone.level, signs: alone.signs, taken_back: false };
    Ok(Draft { ahead: vec![there], ..draft })
}

/// One screen.
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(page_id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let Some(id) = query.get("event") else {
            return match app.desk().draft(&here.key())? {
                Some((_, draft)) => Screen::new(&here, &page_id, draft)?.show(vec![], StatusCode::OK),
                None => Ok(onward("/check-in", &[])),
            };
        };
        match of_id(&here, id, query.get("corrects").map_or("", String::as_str)) {
            Ok(Some(draft)) => Screen::new(&here, &page_id, draft)?.show(vec![], StatusCode::OK),
            // *Back* after sending.
            Ok(None) => Ok(onward(&format!("/verdict/{id}?sent"), &[])),
            Err(Fail::FormExpired) => Ok(onward("/check-in", &[])),
            Err(fail) => Err(fail),
        }
    };
    app.patient_side(headers, work).await
}

/// Keeps what stands in the form while it is being filled; replies with advice that cannot wait.
pub(crate) async fn keep(
    State(app): State<App>,
    headers: HeaderMap,
    Path(page_id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let fields = Fields(fields);
        fields.proves(&here.phone.device.csrf)?;
        let draft = of_id(&here, fields.one("event"), fields.one("corrects"))?.ok_or(Fail::FormExpired)?;
        let mut screen = Screen::new(&here, &page_id, draft)?;
        screen.take(&fields, false);
        screen.keep()?;
        match screen.advice()? {
            Some(advice) => page(&advice),
            None => Ok(StatusCode::NO_CONTENT.into_response()),
        }
    };
    app.patient_side(headers, work).await
}

/// A screen is done: on to the next, or to the clinic.
pub(crate) async fn save(
    State(app): State<App>,
    headers: HeaderMap,
    Path(page_id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        let fields = Fields(fields);
        fields.proves(&here.phone.device.csrf)?;
        let id = fields.one("event").to_string();
        let Some(draft) = of_id(&here, &id, fields.one("corrects"))? else {
            return sent_before(&here, &page_id, &id, &fields);
        };
        let mut screen = Screen::new(&here, &page_id, draft)?;
        screen.take(&fields, true);
        let mut mend = screen.missing();
        mend.extend(screen.mistyped(fields.one(MEANT)));
        let saved = if mend.is_empty() { screen.go_on().map(Some) } else { screen.keep().map(|()| None) };
        match saved {
            Ok(Some(to)) => Ok(onward(&to, &[])),
            Ok(None) => screen.show(mend, StatusCode::UNPROCESSABLE_ENTITY),
            // Two taps at once: the other one was faster.
            Err(DeskError::Late(Late::Sent)) => sent_before(&here, &page_id, &screen.draft.id, &fields),
            Err(error) => Err(error.into()),
        }
    };
    app.patient_side(headers, work).await
}

/// A page whose check-in has been sent, by a second tap, another tab or half an hour's silence. The same answers again show what
/// they meant; other answers are a new check-in that mends the old one, judged at once: nothing tapped is thrown away.
fn sent_before(here: &Here, page_id: &str, id: &str, fields: &Fields) -> Result<Response, Fail> {
    let Some(event) = here.app.desk().event(&here.key(), id)? else { return Ok(onward("/check-in", &[])) };
    let Kind::CheckIn(sent) = event.kind else { return Err(Fail::NotFound) };
    let draft = Draft { answers: sent.answers.clone(), ..Draft::new(Some(id.to_string())) };
    let mut screen = Screen::new(here, page_id, draft)?;
    screen.take(fields, true);
    if screen.draft.answers == sent.answers {
        return Ok(onward(&format!("/verdict/{id}"), &[]));
    }
    let receipt = here.app.desk().send_draft(&here.key(), &screen.draft, here.app.now())?;
    Ok(onward(&format!("/verdict/{}", receipt.id), &[]))
}

/// A screen of a check-in with its draft.
struct Screen<'a> {
    here: &'a Here<'a>,
    page: &'a lamella_pathway::Page,
    place: usize,
    draft: Draft,
    /// The page's questions that are put today, by place.
    put: Vec<usize>,
    /// The temperature that the page asks about once more, as it was typed.
    doubted: Option<String>,
}

impl<'a> Screen<'a> {
    fn new(here: &'a Here<'a>, page_id: &str, draft: Draft) -> Result<Screen<'a>, Fail> {
        let pathway = here.say.pathway();
        let (place, page) = pathway.pages.iter().enumerate().find(|(_, page)| page.id == page_id).ok_or(Fail::NotFound)?;
        let check_in = CheckIn { answers: draft.answers.clone(), ..CheckIn::default() };
        let due = here.app.desk().questions_due(&here.phone.patient.id, &check_in, here.app.now())?;
        let mut put: Vec<usize> = vec![];
        for (place, question) in pathway.questions.iter().enumerate().filter(|(_, question)| question.page == page_id) {
            // What depends on another answer of this screen stands there at once, and shows when that answer is tapped.
            let beside = conditioned_on(question).iter().any(|on| put.contains(on));
            if beside || due.contains(&(place as u16)) {
                put.push(place);
            }
        }
        Ok(Screen { here, page, place, draft, put, doubted: None })
    }

    fn questions(&self) -> impl Iterator<Item = &'a lamella_pathway::Question> + use<'a> {
        let pathway = self.here.say.pathway();
        self.put.clone().into_iter().filter_map(move |place| pathway.questions.get(place))
    }

    /// Whether this is the one list with *None of these* at its end.
    fn is_list(&self) -> bool {
        self.questions().any(|question| question.normal != 0) && self.questions().all(|question| question.safety)
    }

    fn is_last(&self) -> bool {
        self.place + 1 == self.here.say.pathway().pages.len()
    }

    /// How many screens come before this one, in the order in which the person goes through them.
    fn before(&self) -> usize {
        self.draft.pages.iter().position(|page| *page == self.page.id).unwrap_or(self.draft.pages.len())
    }

    /// Takes the form's fields into the draft. `done`: the list was read to its end, so what was not tapped is normal; that holds
    /// for a list that one comes back to as well.
    fn take(&mut self, fields: &Fields, done: bool) {
        let done = done || self.draft.pages.contains(&self.page.id);
        let list = self.is_list();
        let put: Vec<&lamella_pathway::Question> = self.questions().collect();
        for question in put {
            let values: Vec<String> = fields.all(&question.id).iter().map(|value| value.chars().take(TYPED_LETTERS).collect()).collect();
            // What a correction takes over as normal stays so until something is tapped there.
            let was_normal =
                list && self.draft.answers.contains_key(&question.id) && self.draft.answers.get(&question.id) == normal(question).as_ref();
            let answer = match question.form {
                Takes::Whole | Takes::Tenths => number(question, &values, fields.one(UNIT)),
                Takes::One | Takes::Any if values.is_empty() && ((list && done) || was_normal) => normal(question),
                Takes::One | Takes::Any if values.is_empty() => None,
                Takes::One | Takes::Any => Some(Answer::Codes(self.without_doubt(question, values))),
            };
            match answer {
                Some(answer) => self.draft.answers.insert(question.id.clone(), answer),
                None => self.draft.answers.remove(&question.id),
            };
        }
        if done {
            self.drop_what_is_not_asked();
        }
    }

    /// A sign that must not wait counts, whatever else is not known: *I don't know* beside it says no more.
    fn without_doubt(&self, question: &lamella_pathway::Question, mut values: Vec<String>) -> Vec<String> {
        let loud = self
            .floors(question)
            .any(|floor| question.codes.get(usize::from(floor.code)).is_some_and(|code| values.iter().any(|value| value == code)));
        if loud {
            values.retain(|value| value != DONT_KNOW);
        }
        values
    }

    /// Keeps the draft; an opened form without an answer is none.
    fn keep(&mut self) -> lamella_desk::Result<()> {
        let (desk, key) = (self.here.app.desk(), self.here.key());
        if !self.draft.answers.is_empty() || desk.draft(&key)?.is_some() {
            desk.keep_draft(&key, self.draft.clone(), self.here.app.now())?;
            // What has gone ahead of it meanwhile is known to the page.
            if let Some((_, kept)) = desk.draft(&key)?.filter(|(_, kept)| kept.id == self.draft.id) {
                self.draft.ahead = kept.ahead;
            }
        }
        Ok(())
    }

    /// This screen is done: keeps it, or sends the whole after the last one. Where to go on.
    fn go_on(&mut self) -> lamella_desk::Result<String> {
        let (desk, key, now) = (self.here.app.desk(), self.here.key(), self.here.app.now());
        if !self.draft.pages.contains(&self.page.id) {
            self.draft.pages.push(self.page.id.clone());
        }
        let pages = &desk.pathway().pages;
        match pages.iter().find(|page| !self.draft.pages.contains(&page.id)) {
            Some(next) => {
                desk.keep_draft(&key, self.draft.clone(), now)?;
                Ok(screen_of(&next.id, &self.draft.id))
            }
            None => Ok(format!("/verdict/{}", desk.send_draft(&key, &self.draft, now)?.id)),
        }
    }

    /// An answer to a question that the other answers no longer put is not sent.
    fn drop_what_is_not_asked(&mut self) {
        let check_in = CheckIn { answers: self.draft.answers.clone(), ..CheckIn::default() };
        let Ok(due) = self.here.app.desk().questions_due(&self.here.phone.patient.id, &check_in, self.here.app.now()) else { return };
        let pathway = self.here.say.pathway();
        for (place, question) in pathway.questions.iter().enumerate() {
            let hidden = waits_for_pain(question, pathway) || question.is_number();
            let says_nothing = self.draft.answers.get(&question.id) == normal(question).as_ref();
            // A sign that was tapped is judged whether it was asked or not.
            if !conditioned_on(question).is_empty() && !due.contains(&(place as u16)) && (hidden || says_nothing) {
                self.draft.answers.remove(&question.id);
            }
        }
    }

    /// Due safety questions of this screen that have neither an answer nor an *I don't know*.
    fn missing(&self) -> Vec<Mend> {
        let check_in = CheckIn { answers: self.draft.answers.clone(), ..CheckIn::default() };
        let due = self.here.app.desk().questions_due(&self.here.phone.patient.id, &check_in, self.here.app.now()).unwrap_or_default();
        let pathway = self.here.say.pathway();
        let open = |place: &&usize| {
            pathway.questions.get(**place).is_some_and(|question| {
                let wanted = question.safety && question.empty_stands_for.is_none() && due.contains(&(**place as u16));
                wanted && !self.draft.answers.contains_key(&question.id)
            })
        };
        let text = self.here.say.say("Choose an answer, or “I don’t know”: ", "Elija una respuesta o «No lo sé»: ");
        let mend = |question: &lamella_pathway::Question| {
            let title = &in_language(&question.text, self.here.say.language()).title;
            Mend { field: format!("q-{}", question.id), text: format!("{text}{title}") }
        };
        self.put.iter().filter(open).filter_map(|place| pathway.questions.get(*place)).map(mend).collect()
    }

    /// A temperature that could not be taken, named at its field. What is sent a second time is meant: it goes as it was typed.
    fn mistyped(&mut self, meant: &str) -> Option<Mend> {
        let question = self.questions().find(|question| question.form == Takes::Tenths)?;
        let typed = match self.draft.answers.get(&question.id)? {
            Answer::Codes(codes) => codes.first().filter(|code| *code != DONT_KNOW && *code != meant)?.clone(),
            Answer::Number(_) => return None,
        };
        let say = self.here.say;
        let title = &in_language(&question.text, say.language()).title;
        let (number, fahrenheit) = as_typed(&typed, self.here.fahrenheit());
        let sign = |fahrenheit: bool| if fahrenheit { "°F" } else { "°C" };
        let end = |tenths: i32| {
            let (c, f) = degrees(Hundredths(tenths * 10));
            let end = if fahrenheit { f } else { c };
            say.number(end.strip_suffix(".0").unwrap_or(&end))
        };
        let (least, most, unit) = (end(question.range.0), end(question.range.1), sign(fahrenheit));
        // A point that was left out, or the other unit.
        let likely = number.parse::<f64>().ok().and_then(|value| {
            let both = [(value / 10.0, fahrenheit), (value, !fahrenheit)];
            both.into_iter().find(|(value, fahrenheit)| temperature(question, *value, *fahrenheit).is_some())
        });
        let guess = likely.map_or(String::new(), |(value, fahrenheit)| {
            let guess = format!("{} {}", say.number(value), sign(fahrenheit));
            say.say(format!(" Did you mean {guess}?"), format!(" ¿Quiso decir {guess}?"))
        });
        let shown = say.number(typed.clone());
        let text = say.say(
            format!("{title}: {shown}? It should lie between {least} and {most} {unit}.{guess} If this is what you read, go on."),
            format!("{title}: ¿{shown}? Debería estar entre {least} y {most} {unit}.{guess} Si es lo que leyó, continúe."),
        );
        self.doubted = Some(typed);
        Some(Mend { field: format!("q-{}", question.id), text })
    }

    fn show(&self, mend: Vec<Mend>, status: StatusCode) -> Result<Response, Fail> {
        let (here, t) = (self.here, self.here.say.t());
        let title = in_language(&self.page.text, here.say.language()).title.clone();
        let before = self.before().checked_sub(1).and_then(|before| self.draft.pages.get(before));
        let before = before.and_then(|before| here.say.pathway().pages.iter().find(|page| page.id == *before));
        let (back, words) = match before {
            Some(before) => (screen_of(&before.id, &self.draft.id), in_language(&before.text, here.say.language()).title.clone()),
            None => ("/today".to_string(), t.w(Word::Today).to_string()),
        };
        let shell = here.task(title, &back, words);
        let frame = self.frame(mend)?;
        if self.is_list() {
            let groups = self.groups(&frame.mend);
            return page_with(status, &SafetyPage { t, shell, frame, groups });
        }
        let questions: Vec<Question> = self.questions().map(|question| self.question(question, &frame.mend)).collect();
        if self.is_last() {
            let answers = self.answers_so_far();
            let promise = self.promise()?;
            let calls = vec![here.say.call_team(), here.say.call_emergency()];
            let change_href = here.say.pathway().pages.first().map_or(String::new(), |page| screen_of(&page.id, &self.draft.id));
            return page_with(status, &SendPage { t, shell, frame, questions, answers, change_href, promise, calls });
        }
        page_with(status, &QuestionsPage { t, shell, frame, questions })
    }

    /// Who reads this and when; nothing where a sign that stands has a time of its own.
    fn promise(&self) -> Result<String, Fail> {
        let (here, desk) = (self.here, self.here.app.desk());
        if desk.alone(&here.key(), &self.draft, here.app.now())?.level >= Level::Attention {
            return Ok(here.say.do_not_wait());
        }
        let stands = desk.open_alerts(&here.phone.patient.id)?.iter().any(is_told);
        Ok(if stands { String::new() } else { here.say.promise() })
    }

    fn frame(&self, mend: Vec<Mend>) -> Result<CheckInFrame, Fail> {
        let words = in_language(&self.page.text, self.here.say.language());
        let steps = self.here.say.pathway().pages.len();
        Ok(CheckInFrame {
            heading: words.title.clone(),
            intro: (!words.prose.is_empty()).then(|| words.prose.clone()),
            step: u8::try_from(self.before() + 1).unwrap_or(1),
            steps: u8::try_from(steps).unwrap_or(1),
            form: self.form(format!("/check-in/page/{}", self.page.id)),
            draft_href: format!("/check-in/draft/{}", self.page.id),
            kept: None,
            mend,
            advice: self.advice()?,
            unsent: self.unsent(),
            correcting: self.correcting()?,
        })
    }

    fn form(&self, action: String) -> FormTarget {
        let corrects = self.draft.corrects.as_ref().map(|corrects| ("corrects", corrects.as_str()));
        let doubted = self.doubted.as_ref().map(|typed| (MEANT, typed.as_str()));
        let hidden: Vec<(&str, &str)> = [("event", self.draft.id.as_str())].into_iter().chain(corrects).chain(doubted).collect();
        self.here.form(action, &hidden)
    }

    /// Which check-in this one mends, and the way out.
    fn correcting(&self) -> Result<Option<Correcting>, Fail> {
        let (here, say) = (self.here, self.here.say);
        let Some(corrects) = &self.draft.corrects else { return Ok(None) };
        let Some(first) = here.app.desk().event(&here.key(), corrects)? else { return Ok(None) };
        let now = here.app.desk().person_moment(&here.phone.patient, here.app.now());
        let at = first.at.at_offset(now.offset());
        let (date, time) = (say.date(at.date()), say.time(at));
        let text = say
            .say(format!("You are correcting the check-in of {date}, {time}."), format!("Está corrigiendo el control del {date}, {time}."));
        let keep = say.say(format!("Keep the one of {time} as it was"), format!("Dejar el de las {time} como estaba"));
        Ok(Some(Correcting { text, keep_first: self.form("/check-in/keep-first".to_string()), keep }))
    }

    /// What the screen says by itself when an answer with a floor cannot reach the clinic: one panel a loud level, the worst first.
    fn unsent(&self) -> Vec<EarlyAdvice> {
        let say = self.here.say;
        let floors: Vec<Level> = self.questions().flat_map(|question| self.floors(question)).map(|floor| floor.level).collect();
        let speaks_of_harm = self.questions().any(|question| question.id == SELF_HARM);
        let panel = |level: &Level| {
            let words = say.pathway().level(*level).map(|text| in_language(&text.text, say.language()));
            let after = say.call_after_hours().filter(|_| say.clinic_is_open());
            let crisis = say.call_crisis().filter(|_| speaks_of_harm && *level == Level::Emergency);
            EarlyAdvice {
                t: say.t(),
                level: shown(*level),
                headline: words.map_or(String::new(), |words| words.title.clone()),
                sentences: words.map(|words| Sentence::plain(first_paragraph(&words.prose))).into_iter().collect(),
                reasons: vec![],
                calls: say.calls(*level).into_iter().chain(after).chain(crisis).collect(),
                procedure: self.here.procedure_for_helpers(*level),
                icon: Icon::Offline,
                sent: Some(say.t().w(Word::KeptWillBeSent).to_string()),
            }
        };
        [Level::Emergency, Level::Attention].iter().filter(|level| floors.contains(level)).map(panel).collect()
    }

    /// The answers of a question that must not wait today.
    fn floors<'q>(&self, question: &'q lamella_pathway::Question) -> impl Iterator<Item = &'q lamella_pathway::Floor> + use<'q> {
        let day = self.here.today();
        let loud = move |floor: &&lamella_pathway::Floor| floor.level >= Level::Attention && floor.from_day.is_none_or(|from| day >= from);
        question.floors.iter().filter(loud)
    }

    /// What cannot wait of what stands in the form now, and what was sent and has been taken back since.
    fn advice(&self) -> Result<Option<Advice>, Fail> {
        let here = self.here;
        let alone = here.app.desk().alone(&here.key(), &self.draft, here.app.now())?;
        let sent = |sign: &String| self.draft.ahead.iter().rfind(|ahead| ahead.signs.contains(sign));
        let all_sent = alone.signs.iter().all(|sign| sent(sign).is_some());
        let last = alone.signs.iter().filter_map(sent).max_by_key(|ahead| self.draft.ahead.iter().position(|there| there == *ahead));
        let card = match &alone.told {
            Some(told) => {
                let at = last.filter(|_| all_sent).map_or(Ok(None), |ahead| self.sent_at(&ahead.event))?;
                Some(EarlyAdvice { sent: at.map(|at| sent_ahead(here, &at)), ..early_advice(here, told) })
            }
            None => None,
        };
        let taken_back = self.taken_back(&alone.signs)?;
        Ok((card.is_some() || taken_back.is_some()).then(|| Advice { t: here.say.t(), card, taken_back }))
    }

    /// When an event of this check-in was sent, in words.
    fn sent_at(&self, event: &str) -> Result<Option<String>, Fail> {
        let here = self.here;
        let now = here.app.desk().person_moment(&here.phone.patient, here.app.now());
        let event = here.app.desk().event(&here.key(), event)?;
        Ok(event.map(|event| here.say.at(event.at.at_offset(now.offset()), now)))
    }

    /// That a sign was sent which is no longer ticked: nothing vanishes in silence.
    fn taken_back(&self, signs: &[String]) -> Result<Option<String>, Fail> {
        let gone = |ahead: &&Ahead| ahead.signs.iter().any(|sign| !signs.contains(sign));
        let Some(ahead) = self.draft.ahead.iter().rfind(gone) else { return Ok(None) };
        let Some(at) = self.sent_at(&ahead.event)? else { return Ok(None) };
        let gone = ahead.signs.iter().filter(|sign| !signs.contains(sign));
        let (answers, rules): (Vec<&String>, Vec<&String>) = gone.partition(|sign| sign.contains('='));
        let named = if answers.is_empty() { rules } else { answers };
        let named: Vec<String> = named.into_iter().map(|sign| format!("“{}”", self.here.say.sign(sign))).collect();
        let named = named.join(", ");
        Ok(Some(self.here.say.say(
            format!(
                "{named} was sent to the clinic {at}. They may still call you. If it was a mistake, go on and send: your answers then \
                 say so. If it is true, tick it again and call."
            ),
            format!(
                "{named} se envió a la clínica {at}. Puede que aún le llamen. Si fue un error, siga y envíe: sus respuestas lo \
                 dirán. Si es verdad, márquelo otra vez y llame."
            ),
        )))
    }

    fn answers_so_far(&self) -> Vec<ShownAnswer> {
        let language = self.here.say.language();
        let mut shown = vec![];
        for (place, question) in self.here.say.pathway().questions.iter().enumerate() {
            let title = in_language(&question.text, language).title.clone();
            if self.put.contains(&place) {
                // This screen can still change it: the list says where it stands, not what stood there when the page was made.
                let ours = if question.preset.is_some() { Word::AsFilledIn } else { Word::AsAbove };
                shown.push(ShownAnswer { question: title, answer: self.here.say.t().w(ours).to_string() });
            } else if let Some(answer) = self.draft.answers.get(&question.id) {
                shown.push(ShownAnswer { question: title, answer: self.answer_words(question, answer) });
            }
        }
        shown
    }

    fn answer_words(&self, question: &lamella_pathway::Question, answer: &Answer) -> String {
        let words = in_language(&question.text, self.here.say.language());
        let unit = self.here.say.unit(&question.unit);
        match answer {
            Answer::Number(number) if question.form == Takes::Tenths => self.here.say.temperature(*number, self.here.fahrenheit()),
            Answer::Number(Hundredths(number)) if number % 100 == 0 => format!("{} {unit}", number / 100).trim().to_string(),
            Answer::Number(Hundredths(number)) => {
                format!("{} {unit}", self.here.say.number(format!("{}.{}", number / 100, (number % 100) / 10)))
            }
            Answer::Codes(codes) => {
                let one = |code: &String| match question.code(code).and_then(|place| words.items.get(place)) {
                    Some(words) => words.clone(),
                    None if question.is_number() && code != DONT_KNOW => self.here.say.number(code.clone()),
                    None => self.here.say.say("I don’t know", "No lo sé"),
                };
                codes.iter().map(one).collect::<Vec<_>>().join(", ")
            }
        }
    }

    // ---- questions as they stand ---------------------------------------------------------------------------------------

    fn groups(&self, mend: &[Mend]) -> Vec<SafetyGroup> {
        let say = self.here.say;
        let pathway = say.pathway();
        let mut signs: Vec<(usize, SafetySign)> = vec![];
        for place in &self.put {
            let Some(question) = pathway.questions.get(*place) else { continue };
            let mut shown = self.question(question, mend);
            shown.choices.retain(|choice| question.code(&choice.code).is_none_or(|code| question.normal & (1 << code) == 0));
            if normal(question) == Some(Answer::code("yes")) {
                // The one question whose good answer is *yes* stands among signs.
                shown.help = Some(say.say("Tap “no” only if you could not.", "Toque «no» solo si no pudo."));
            }
            if !question.is_number() {
                // Every sign is tapped as a chip, so that a tap can be taken back; the worst of several counts.
                shown.kind = QuestionKind::Many;
            }
            // What hangs on several signs has a row of its own; what hangs on one shows under it.
            let on = conditioned_on(question);
            match signs.iter_mut().find(|(there, _)| on.as_slice() == [*there]) {
                Some((_, sign)) => sign.then.push(shown),
                None => signs.push((*place, SafetySign { question: shown, then: vec![] })),
            }
        }
        vec![SafetyGroup { title: None, signs: signs.into_iter().map(|(_, sign)| sign).collect() }]
    }

    fn question(&self, question: &lamella_pathway::Question, mend: &[Mend]) -> Question {
        let say = self.here.say;
        let words = in_language(&question.text, say.language());
        let given = self.draft.answers.get(&question.id);
        let checked = |code: &str| match given {
            Some(Answer::Codes(codes)) => codes.iter().any(|there| there == code),
            Some(Answer::Number(number)) => number.0 % 100 == 0 && code == (number.0 / 100).to_string(),
            None => false,
        };
        let choice = |code: &str, label: String| Choice { code: code.to_string(), label, checked: checked(code) };
        let (kind, choices) = match (question.form, question.unit.as_str()) {
            (Takes::Tenths, _) => self.temperature(given),
            (Takes::Whole, "") => {
                let kind = QuestionKind::Scale { least: self.end(question, true), most: self.end(question, false) };
                (kind, (question.range.0..=question.range.1).map(|n| choice(&n.to_string(), n.to_string())).collect())
            }
            (Takes::Whole, _) => {
                let value = match given {
                    Some(Answer::Number(number)) => number.whole().to_string(),
                    _ => question.preset.map_or(String::new(), |preset| preset.to_string()),
                };
                (QuestionKind::Minutes { value }, vec![])
            }
            (form, _) => {
                let kind = if form == Takes::One { QuestionKind::One } else { QuestionKind::Many };
                let coded = question.codes.iter().zip(&words.items).map(|(code, label)| choice(code, label.clone()));
                (kind, coded.collect())
            }
        };
        let mut shown = Question {
            id: question.id.clone(),
            title: words.title.clone(),
            // A scale says at its ends what 0 and 10 mean.
            help: (!words.prose.is_empty() && !words.prose.starts_with("0 ")).then(|| words.prose.clone()),
            kind,
            choices,
            dont_know: (question.empty_stands_for.is_none() && question.preset.is_none())
                .then(|| choice(DONT_KNOW, say.say("I don’t know", "No lo sé"))),
            error: mend.iter().find(|mend| mend.field == format!("q-{}", question.id)).map(|mend| mend.text.clone()),
            only_with_pain: waits_for_pain(question, say.pathway()),
            preset: question.preset.is_some() && given.is_none_or(|given| Some(given) == preset(question).as_ref()),
            floors: self.floors(question).filter_map(|floor| floor_of(question, floor)).collect(),
        };
        if let (None, Some(preset), false) = (given, question.preset, question.is_number()) {
            for (place, choice) in shown.choices.iter_mut().enumerate() {
                choice.checked = preset & (1 << place) != 0;
            }
        }
        shown
    }

    /// What 0 and 10 mean: the question's own prose says it (`0 is …. 10 is ….`), else plain words.
    fn end(&self, question: &lamella_pathway::Question, least: bool) -> String {
        let prose = &in_language(&question.text, self.here.say.language()).prose;
        let marks = if least { ["0 is ", "0 es ", "0 significa "] } else { ["10 is ", "10 es ", "10 significa "] };
        let found = prose.split(". ").find_map(|sentence| marks.iter().find_map(|mark| sentence.trim().strip_prefix(mark)));
        found.map_or_else(
            || if least { self.here.say.say("none", "nada") } else { self.here.say.say("worst", "lo peor") },
            |words| words.trim_end_matches('.').to_string(),
        )
    }

    fn temperature(&self, given: Option<&Answer>) -> (QuestionKind, Vec<Choice>) {
        let theirs = self.here.fahrenheit();
        let (value, fahrenheit) = match given {
            Some(Answer::Number(number)) if theirs => (degrees(*number).1, theirs),
            Some(Answer::Number(number)) => (degrees(*number).0, theirs),
            Some(Answer::Codes(codes)) => {
                let (number, fahrenheit) = as_typed(codes.first().map_or("", String::as_str), theirs);
                (number.to_string(), fahrenheit)
            }
            None => (String::new(), theirs),
        };
        let unit = |code: &str, label: &str, checked: bool| Choice { code: code.to_string(), label: label.to_string(), checked };
        let kind = QuestionKind::Temperature { value, unit_field: UNIT.to_string() };
        (kind, vec![unit("c", "°C", !fahrenheit), unit("f", "°F", fahrenheit)])
    }
}

/// Advice that cannot wait: what to do, and for which of the answers.
fn early_advice(here: &Here, told: &Told) -> EarlyAdvice {
    let reasons: Vec<String> = told
        .reasons
        .iter()
        .filter(|reason| reason.level == told.level && reason.rule != "floor")
        .map(|reason| reason.title.clone())
        .collect();
    EarlyAdvice {
        t: here.say.t(),
        level: shown(told.level),
        headline: told.headline.clone(),
        reasons,
        sentences: told.paragraphs.iter().take(1).map(Sentence::plain).collect(),
        calls: here.say.calls(told.level),
        procedure: here.procedure_for_helpers(told.level),
        icon: Icon::Clock,
        sent: None,
    }
}

/// That it has been sent, and what that is worth at this hour.
fn sent_ahead(here: &Here, at: &str) -> String {
    let sent = here.say.say(format!("This was sent to the clinic {at}."), format!("Esto se envió a la clínica {at}."));
    if here.say.clinic_is_open() { sent } else { format!("{sent} {} {}", here.say.promise(), here.say.do_not_wait()) }
}

/// A floor as the screen knows it: an answer's code and the level it must reach.
fn floor_of(question: &lamella_pathway::Question, floor: &lamella_pathway::Floor) -> Option<Floor> {
    let code = question.codes.get(usize::from(floor.code))?.clone();
    Some(Floor { code, level: shown(floor.level) })
}

/// What stands in a question before it is touched.
fn preset(question: &lamella_pathway::Question) -> Option<Answer> {
    let preset = question.preset?;
    if question.is_number() {
        return Some(Answer::Number(Hundredths(i32::try_from(preset).ok()?.checked_mul(100)?)));
    }
    let codes = question.codes.iter().enumerate().filter(|(place, _)| preset & (1 << place) != 0);
    Some(Answer::Codes(codes.map(|(_, code)| code.clone()).collect()))
}

fn first_paragraph(prose: &str) -> String {
    prose.split("\n\n").next().unwrap_or_default().to_string()
}

/// The questions on whose answers it depends whether this one is put.
fn conditioned_on(question: &lamella_pathway::Question) -> Vec<usize> {
    match &question.asked {
        Asked::When(cond) => reads(cond).into_iter().map(usize::from).collect(),
        Asked::Always | Asked::EveryDays(_) => vec![],
    }
}

/// Whether it is put only to people in pain: the screen hides it while their numbers are 0.
fn waits_for_pain(question: &lamella_pathway::Question, pathway: &lamella_pathway::Compiled) -> bool {
    let on = conditioned_on(question);
    !on.is_empty() && on.iter().all(|place| pathway.questions.get(*place).is_some_and(|on| on.form == Takes::Whole && on.baseline_intake))
}

/// The normal answer of a question.
fn normal(question: &lamella_pathway::Question) -> Option<Answer> {
    let codes: Vec<String> =
        question.codes.iter().enumerate().filter(|(place, _)| question.normal & (1 << place) != 0).map(|(_, code)| code.clone()).collect();
    (!codes.is_empty()).then_some(Answer::Codes(codes))
}

/// A number as it was typed; °F becomes °C here, at the edge. What is no number, and a temperature that nobody can have, is kept as
/// it came, and counts as unknown.
fn number(question: &lamella_pathway::Question, values: &[String], unit: &str) -> Option<Answer> {
    let typed = values.first()?.trim().replace(',', ".");
    if typed == DONT_KNOW {
        return Some(Answer::code(DONT_KNOW));
    }
    match typed.parse::<f64>() {
        Ok(value) if question.form == Takes::Tenths => {
            let sign = if unit == "f" { "°F" } else { "°C" };
            Some(temperature(question, value, unit == "f").unwrap_or_else(|| Answer::code(&format!("{typed} {sign}"))))
        }
        Ok(value) if value.is_finite() && value.abs() < 1000.0 => Some(Answer::Number(Hundredths((value * 100.0).round() as i32))),
        _ => Some(Answer::code(&typed)),
    }
}

/// A temperature of the chosen unit in °C; `None` outside the question's range.
fn temperature(question: &lamella_pathway::Question, value: f64, fahrenheit: bool) -> Option<Answer> {
    let celsius = if fahrenheit { (value - 32.0) * 5.0 / 9.0 } else { value };
    let number = Hundredths((celsius * 100.0).round() as i32);
    (question.range.0..=question.range.1).contains(&number.tenths()).then_some(Answer::Number(number))
}

/// What was kept as it was typed: the number, and whether it was meant in °F.
fn as_typed(kept: &str, theirs: bool) -> (&str, bool) {
    match (kept.strip_suffix(" °C"), kept.strip_suffix(" °F")) {
        (Some(number), _) => (number, false),
        (_, Some(number)) => (number, true),
        _ => (kept, theirs),
    }
}

/// The answers of a form that is not part of a check-in.
pub(crate) fn answers_of(fields: &Fields, questions: &[&lamella_pathway::Question]) -> Answers {
    let mut answers = Answers::new();
    for question in questions {
        let values = fields.all(&question.id);
        let answer =
            if question.is_number() { number(question, &values, "") } else { (!values.is_empty()).then_some(Answer::Codes(values)) };
        if let Some(answer) = answer {
            answers.insert(question.id.clone(), answer);
        }
    }
    answers
}
