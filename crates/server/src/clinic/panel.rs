//! The person beside the list: who, what is open, why, what can be done.

use super::act::Act;
use super::record::A_YEAR;
use super::why::Around;
use super::{Here, why};
use crate::answer::{Fail, Fields};
use crate::chart::{self, Reader};
use crate::say::shown;
use crate::view::clinic::{AlertPanel, ChangeAsked, ClosedCase, ContactForm, PersonPanel, ResolveForm, Run, Told as ShownTold, Unsent};
use crate::view::figure::PainChart;
use crate::view::shared::{Answer, Call, Choice, Input, Link, Pick, Reason, Sentence};
use crate::view::words::{Lang, Word};
use jiff::Timestamp;
use jiff::civil::Date;
use lamella_desk::{Case, Kept, OneCase, Person, Row, Said, Told, ToldReason};
use lamella_engine::alerts::AlertState;
use lamella_engine::triage::Verdict;
use lamella_pathway::in_language;
use lamella_record::{Level, Moment, Patient};
use serde_json::Value;

/// How it can end: code, English, Spanish.
const DISPOSITIONS: [(&str, &str, &str); 7] = [
    ("advised", "spoke to the person, advised", "hablado con la persona, aconsejado"),
    ("seen-here", "will be seen at the clinic", "se le verá en la clínica"),
    ("sent-to-emergency", "sent to an emergency department", "enviado a urgencias"),
    ("seen-elsewhere", "in somebody else’s care already", "ya atendido en otro lugar"),
    (lamella_desk::KNOWN, "known, no change", "conocido, sin cambios"),
    (lamella_desk::MISTAKE, "tapped by mistake, confirmed", "tocado por error, confirmado"),
    ("other", "other; see the note", "otro; ver la nota"),
];

/// Whether the change that a reading told of was real: code, English, Spanish. None stands chosen.
const CHANGES: [(&str, &str, &str); 3] = [
    (lamella_desk::REAL, "It was a lasting change", "Era un cambio duradero"),
    (lamella_desk::NOT_REAL, "It was not", "No lo era"),
    (lamella_desk::CANNOT_SAY, "Cannot say yet", "Aún no se puede decir"),
];

/// What came of a call: code, English, Spanish. None stands chosen: what nobody said is not written down.
const OUTCOMES: [(&str, &str, &str); 6] = [
    ("no-answer", "no answer", "no contesta"),
    ("answered", "spoke to the person", "hablé con la persona"),
    ("message-left", "left a message", "mensaje dejado"),
    ("busy", "line busy", "comunica"),
    ("wrong-number", "wrong number", "número equivocado"),
    ("somebody-else", "spoke to somebody else", "hablé con otra persona"),
];

/// What came in just before a page was made may not stand on it yet: that counts as not seen.
const SETTLING_MILLIS: i64 = 500;

/// A form that was sent and was not taken.
pub(crate) struct Sent<'a> {
    pub alert: String,
    pub act: Act,
    pub fields: &'a Fields,
    /// The field that does not fit; empty when the form is right and something else came in between.
    pub field: &'static str,
    /// Why it was not taken.
    pub what: String,
}

impl Sent<'_> {
    /// Whether words came with it.
    pub fn has_note(&self) -> bool {
        !self.fields.one("note").trim().is_empty()
    }
}

/// Whether this is something that can come of a call.
pub(crate) fn is_outcome(code: &str) -> bool {
    OUTCOMES.iter().any(|(there, ..)| *there == code)
}

/// Whether this is a way in which it can end.
pub(crate) fn is_disposition(code: &str) -> bool {
    DISPOSITIONS.iter().any(|(there, ..)| *there == code)
}

/// Whether this is something to say about a change.
pub(crate) fn is_about_change(code: &str) -> bool {
    CHANGES.iter().any(|(there, ..)| *there == code)
}

/// The panel, still without its chart, which the pages take over different spans; `first` stands first among the alerts.
pub(crate) fn person(here: &Here, person: &Person, rows: &[Row], first: Option<&str>, sent: Option<&Sent>) -> Result<PersonPanel, Fail> {
    let patient = &person.patient;
    let mut alerts = vec![];
    let mut around = Around::new(here, &patient.id, rows, patient.text("language"))?;
    let chosen = |row: &&Row| first == Some(row.kept.alert.id.as_str());
    let untaken = rows.iter().filter(chosen).chain(rows.iter().filter(|row| !chosen(row))).find(|row| row.is_untaken());
    let untaken = untaken.map(|row| row.kept.alert.id.clone());
    for row in rows.iter().filter(chosen).chain(rows.iter().filter(|row| !chosen(row))) {
        let mut card = alert(here, row, rows, sent, &mut around)?;
        // One button takes all that is open about a person: it stands once.
        card.take = card.take.filter(|_| untaken.as_deref() == Some(row.kept.alert.id.as_str()));
        alerts.push(card);
    }
    Ok(PersonPanel {
        id: patient.id.clone(),
        seen: seen(here),
        name: patient.name.clone().unwrap_or_default(),
        href: format!("/clinic/patients/{}", patient.id),
        synthetic: lamella_desk::is_synthetic(patient),
        facts: facts(here, person),
        call: phone(here, patient),
        summary: Sentence::marked(&summary(here, person, rows)?),
        unsent: sent
            .filter(|sent| sent.has_note() && !rows.iter().any(|row| row.kept.alert.answers_to(&sent.alert)))
            .map(|sent| unsent(here, patient, sent)),
        known: known(here, &patient.id)?,
        alerts,
        chart: None,
    })
}

/// Known findings, such as `Known until 15 Dec: Pain at night (Nora Lindqvist)`.
fn known(here: &Here, patient: &str) -> Result<Vec<String>, Fail> {
    let known = here.app.desk().known_findings(patient, here.app.now())?;
    let said = |known: &lamella_engine::Known| {
        let (until, title, by) = (here.say.day(known.until), rule_title(here, &known.rule), &known.by);
        here.say.say(format!("Known until {until}: {title} ({by})"), format!("Conocido hasta el {until}: {title} ({by})"))
    };
    Ok(known.iter().map(said).collect())
}

/// As of when the page shows the record.
fn seen(here: &Here) -> String {
    (here.began.as_millisecond() - SETTLING_MILLIS).to_string()
}

/// What was typed about an alert that no longer stands: it can be kept as a note.
fn unsent(here: &Here, patient: &Patient, sent: &Sent) -> Unsent {
    Unsent {
        what: sent.what.clone(),
        note: sent.fields.one("note").to_string(),
        form: here.form_once(format!("/clinic/patients/{}/note", patient.id), &[("alert", &sent.alert)]),
    }
}

fn phone(here: &Here, patient: &Patient) -> Option<Call> {
    let number = patient.text("phone")?;
    let dial = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    Some(Call { label: here.say.say("Call", "Llamar"), number: number.to_string(), dial, hours: None })
}

fn facts(here: &Here, person: &Person) -> Vec<String> {
    let (say, patient) = (here.say, &person.patient);
    let mut facts = vec![];
    if let Some(born) = patient.born {
        let age = patient.age_on(here.now().date()).unwrap_or(0);
        facts.push(format!("{} {}, {age}", say.t().w(Word::BornShort), say.short_date(born)));
    }
    let levels = patient.procedure.rest.get("levels").and_then(Value::as_array);
    let levels = levels.map_or(String::new(), |levels| levels.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "));
    facts.push(format!("{levels}, {}", say.short_date(patient.procedure.date)));
    facts.extend(person.projection.as_ref().map(|projection| standing(here, projection.phase.as_deref(), projection.day)));
    facts.push(if patient.text("language") == Some("es") { say.say("Spanish", "español") } else { say.say("English", "inglés") });
    facts
}

/// `Rebuild · day 55`.
pub(crate) fn standing(here: &Here, phase: Option<&str>, day: i32) -> String {
    let say = here.say;
    let title = phase.and_then(|id| say.pathway().phases.iter().find(|phase| phase.id == id));
    let title = title.map_or_else(|| say.say("before", "antes"), |phase| in_language(&phase.text, say.language()).title.clone());
    say.say(format!("{title} · day {day}"), format!("{title} · día {day}"))
}

fn summary(here: &Here, person: &Person, rows: &[Row]) -> Result<String, Fail> {
    let say = here.say;
    let worst = rows.first().map(|row| format!("**{}**", why::title_now(here, &row.patient.id, &row.kept)));
    let last = person.projection.as_ref().and_then(|projection| projection.last.as_ref());
    let last = last.map_or_else(
        || say.say("No check-in yet.", "Todavía no hay ningún control."),
        |last| {
            let when = say.when(here.app.desk().clinic_moment(last.at.instant()), here.now());
            let level = say.t().w(shown(last.level).word()).to_lowercase();
            say.say(format!("Last check-in {when}: {level}."), format!("Último control {when}: {level}."))
        },
    );
    let usual = person.projection.as_ref().and_then(|projection| projection.usual.get("pain"));
    let usual =
        usual.map_or(String::new(), |usual| say.say(format!(" Usual pain {usual} of 10."), format!(" Dolor habitual {usual} de 10.")));
    let nothing = say.say("Nothing is open.", "No hay nada abierto.");
    let level = if rows.is_empty() { watch_by_the_last(here, person)? } else { None }.unwrap_or_default();
    Ok(format!("{} {last}{level}{usual}", worst.map_or(nothing, |worst| format!("{worst}."))))
}

/// Why somebody is at *watch* of whom nothing is open: by the last report, where the last check-in does not say it already.
fn watch_by_the_last(here: &Here, person: &Person) -> Result<Option<String>, Fail> {
    let (say, desk, key) = (here.say, here.app.desk(), here.app.desk().key(&person.patient.id));
    let Some(projection) = person.projection.as_ref().filter(|projection| projection.level == Level::Watch) else { return Ok(None) };
    let Some(last) = &projection.last else { return Ok(None) };
    let told = projection.told.as_deref().unwrap_or(&last.event);
    if told == last.event && last.level == Level::Watch {
        return Ok(None);
    }
    let level = say.t().w(shown(Level::Watch).word());
    let gave = desk.told_about(&key, told)?.map(|told| told.level).filter(|level| *level >= Level::Watch);
    let gave = gave.zip(desk.event(&key, told)?);
    let why = gave.map_or_else(String::new, |(gave, event)| {
        let when = say.when(desk.clinic_moment(event.moment().instant()), here.now());
        if gave == Level::Watch {
            return say.say(format!(": the last one, {when}, was judged so"), format!(": el último, {when}, se valoró así"));
        }
        let gave = say.t().w(shown(gave).word());
        say.say(
            format!(": the last one, {when}, was judged {gave}, and has been dealt with"),
            format!(": el último, {when}, se valoró como {gave}, y ya está atendido"),
        )
    });
    Ok(Some(say.say(
        format!(" Listed at {level} until the next report{why}."),
        format!(" En la lista como {level} hasta el próximo informe{why}."),
    )))
}

/// What an alert is about, in words.
pub(crate) fn title(here: &Here, kept: &Kept) -> String {
    let say = here.say;
    let alert = &kept.alert;
    match alert.cause.as_str() {
        // What the engine raises by itself is said in the clinic's words, not the patient's.
        "silence" => {
            let (since, days) = (say.day(missed_since(kept)), days_missed(here, kept));
            return match days {
                _ if alert.over => say.say(
                    format!("No check-in from {since} on; answered again"),
                    format!("Sin controles a partir del {since}; ya ha respondido"),
                ),
                1 => say.say(format!("No check-in on {since}"), format!("Sin control el {since}")),
                _ => {
                    say.say(format!("No check-in from {since} on, {days} days"), format!("Sin controles a partir del {since}, {days} días"))
                }
            };
        }
        "hold" => {
            let phase = alert.id.split_once(':').map_or("", |(_, phase)| phase);
            let found = say.pathway().phases.iter().find(|there| there.id == phase);
            let phase = found.map_or(phase, |phase| in_language(&phase.text, say.language()).title.as_str());
            return say.say(format!("Held in “{phase}” for more than a week"), format!("Retenido en «{phase}» más de una semana"));
        }
        "unknown" => {
            let open = alert.unknown.len();
            if open > 2 {
                return say.say(format!("Broken off, {open} questions left open"), format!("Interrumpido, {open} preguntas sin responder"));
            }
            let named = alert.unknown.iter().map(|id| question(here, id)).collect::<Vec<_>>().join("; ");
            return say.say(format!("Left open: {named}"), format!("Sin responder: {named}"));
        }
        _ => {}
    }
    let known = say.pathway().rules.iter().any(|rule| rule.id == alert.cause) || say.pathway().notice(&alert.cause).is_some();
    let level = say.pathway().level(alert.level).filter(|_| !known);
    level.map_or_else(|| rule_title(here, &alert.cause), |text| about_them(here, &in_language(&text.text, say.language()).title))
}

/// The first day that passed without a check-in: the alert begins with the midnight that ended it.
pub(crate) fn missed_since(kept: &Kept) -> Date {
    kept.alert.since.plus_seconds(-1).date()
}

/// How many days have passed since then, that one counted.
pub(crate) fn days_missed(here: &Here, kept: &Kept) -> i64 {
    (here.now().date().duration_since(missed_since(kept)).as_hours() / 24).max(1)
}

/// The title of a rule, or of what the engine raises itself; its id when there is none.
pub(crate) fn rule_title(here: &Here, id: &str) -> String {
    let pathway = here.say.pathway();
    let rule = pathway.rules.iter().find(|rule| rule.id == id).map(|rule| &rule.text);
    let text = rule.or_else(|| pathway.notice(id).map(|notice| &notice.text));
    text.map_or_else(|| id.to_string(), |text| about_them(here, &in_language(text, here.say.language()).title))
}

/// A title that speaks to the person, as one that speaks about them.
pub(crate) fn about_them(here: &Here, title: &str) -> String {
    in_third_person(here.say.lang, title)
}

/// Spanish says both with the same words, as long as no title says *usted*.
fn in_third_person(lang: Lang, title: &str) -> String {
    if lang != Lang::En {
        return title.to_string();
    }
    const TURNS: [(&str, &str); 7] = [
        ("holds you", "holds them"),
        (" ask you ", " ask them "),
        (" from you ", " from them "),
        (" yourself", " themselves"),
        (" your ", " their "),
        (" you ", " they "),
        ("Your ", "Their "),
    ];
    const BEGINNINGS: [(&str, &str); 5] =
        [("You have ", "Has "), ("You seem ", "Seems "), ("You could ", "Could "), ("You cannot ", "Cannot "), ("You walked ", "Walked ")];
    let begun = BEGINNINGS.iter().find_map(|(you, they)| Some(format!("{they}{}", title.strip_prefix(you)?)));
    // With a space behind, so that the last word is one like the others.
    let begun = format!("{} ", begun.as_deref().unwrap_or(title));
    TURNS.iter().fold(begun, |title, (you, they)| title.replace(you, they)).trim_end().to_string()
}

/// A question's title; its id when the pathway has none of that name.
pub(crate) fn question(here: &Here, id: &str) -> String {
    let found = here.say.pathway().questions.iter().find(|question| question.id == id);
    found.map_or_else(|| id.to_string(), |question| in_language(&question.text, here.say.language()).title.clone())
}

/// Whether the cause still holds.
pub(crate) fn run(kept: &Kept) -> Run {
    match (kept.alert.cause.as_str(), kept.alert.over) {
        (_, true) => Run::Over,
        ("silence" | "hold", false) => Run::Untold,
        (_, false) => Run::Happening,
    }
}

/// Letters, digits and `-` of an id, for use within a page.
pub(crate) fn key(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn alert(here: &Here, row: &Row, all: &[Row], sent: Option<&Sent>, around: &mut Around) -> Result<AlertPanel, Fail> {
    let (say, kept, now) = (here.say, &row.kept, here.now());
    let alert = &kept.alert;
    let desk = here.app.desk();
    let why = around.why(here, row, all)?;
    let since = match alert.cause.as_str() {
        "silence" => say.day(missed_since(kept)),
        "hold" => say.day(alert.since.date()),
        _ => say.when(desk.clinic_moment(alert.since.instant()), now),
    };
    let since = say.with_article(&since);
    let since = say.say(format!("Since {since}"), format!("Desde {since}"));
    let late = row.deadline.filter(|_| row.is_late()).map_or(String::new(), |deadline| format!(", {}", say.ago(deadline.at, now)));
    let time = answer_by(here, row).map_or(since.clone(), |by| format!("{since} · {by}{late}"));
    let mine = sent.filter(|sent| alert.answers_to(&sent.alert));
    let seen = seen(here);
    let hidden = [("alert", alert.id.as_str()), ("seen", seen.as_str())];
    let of = |act: Act| mine.filter(|sent| sent.act == act);
    let notice = |act: Act| of(act).filter(|sent| sent.field.is_empty()).map(|sent| sent.what.clone());
    let to = |act: &str| here.form(format!("/clinic/patients/{}/{act}", row.patient.id), &hidden);
    Ok(AlertPanel {
        key: key(&alert.id),
        level: shown(alert.level),
        title: why::title_now(here, &row.patient.id, kept),
        time,
        late: row.is_late(),
        owner: owner(here, kept).map(|owner| say.say(format!("Taken by {owner}"), format!("Tomado por {owner}"))),
        run: run(kept),
        overdue: row.is_late(),
        no_longer_follows: kept.no_longer_follows,
        // A sign that the correction says again is not taken back.
        corrected: alert.corrected_by.is_some() && alert.over,
        taken_back: why::taken_back(here, &row.patient.id, kept),
        attempts: alert.contacts.iter().map(|contact| attempt(here, contact, now)).collect(),
        take: (alert.state == AlertState::Open).then(|| to("take")),
        contact: Some(ContactForm {
            form: here.form_once(format!("/clinic/patients/{}/contact", row.patient.id), &hidden),
            notice: notice(Act::Contact),
            outcomes: picks(here, &OUTCOMES, "", of(Act::Contact), "outcome"),
            note: input(of(Act::Contact), "note"),
            open: of(Act::Contact).is_some(),
        }),
        resolve: Some(ResolveForm {
            form: to("resolve"),
            notice: notice(Act::Resolve),
            dispositions: picks(here, &DISPOSITIONS, "", of(Act::Resolve), "disposition"),
            note: input(of(Act::Resolve), "note"),
            change: change(here, row, all, of(Act::Resolve)),
            also: also(here, row, all, of(Act::Resolve)),
            known_until: known_to_a_rule(here, alert).then(|| input(of(Act::Resolve), "known_until")),
            known_covers: (all.len() > 1).then(|| {
                let title = title(here, kept);
                say.say(
                    format!("It covers “{title}” alone, whatever is ticked above."),
                    format!("Vale solo para «{title}», se marque lo que se marque arriba."),
                )
            }),
            known_until_max: now.date().saturating_add(jiff::SignedDuration::from_hours(28 * 24)).to_string(),
            open: of(Act::Resolve).is_some(),
        }),
        reasons: why.reasons,
        unknown: why.unknown,
        revision: why.revision,
        changes: why.changes,
        told: why.told,
    })
}

/// By when somebody has to answer, or had to: `answer by 12:00`, `answer was due by Tue 24 Nov, 7:07`.
pub(crate) fn answer_by(here: &Here, row: &Row) -> Option<String> {
    let (say, deadline) = (here.say, row.deadline?);
    let by = say.by(deadline.at, here.now());
    // Before *el* Spanish says *del*.
    let es = format!("antes de {}", say.with_article(&by)).replace("de el ", "del ");
    Some(match row.is_late() {
        true => say.say(format!("answer was due by {by}"), format!("había que responder {es}")),
        false => say.say(format!("answer by {by}"), format!("responder {es}")),
    })
}

/// Only what a rule found, below emergency, can be known for a while.
fn known_to_a_rule(here: &Here, alert: &lamella_engine::alerts::Alert) -> bool {
    alert.level < Level::Emergency && here.say.pathway().rules.iter().any(|rule| rule.id == alert.cause)
}

/// *Was the change real?*: of this alert's case of the reading, or of any that the same note may close.
fn change(here: &Here, row: &Row, all: &[Row], sent: Option<&Sent>) -> Option<ChangeAsked> {
    let is_case = |row: &&Row| row.kept.alert.case.is_some();
    let others: Vec<&Row> = others(row, all).filter(is_case).collect();
    let about = told_apart(here, &others)
        .into_iter()
        .map(|label| here.say.say(format!("“{label}”"), format!("«{label}»")))
        .collect::<Vec<_>>()
        .join(", ");
    let (en, es) = match (row.kept.alert.case.is_some(), others.len()) {
        (false, 0) => return None,
        (true, 0) => (String::new(), String::new()),
        (true, _) => (
            format!("It counts for this one, and for {about} where ticked below."),
            format!("Vale para este, y para {about} si está marcado abajo."),
        ),
        (false, _) => (format!("It counts for {about}, where ticked below."), format!("Vale para {about}, si está marcado abajo.")),
    };
    let counts_for = Some(here.say.say(en, es)).filter(|words| !words.is_empty());
    Some(ChangeAsked { pick: picks(here, &CHANGES, "", sent, "change").optional(here.say.t()), counts_for })
}

fn others<'a>(row: &'a Row, all: &'a [Row]) -> impl Iterator<Item = &'a Row> {
    all.iter().filter(|other| other.kept.alert.id != row.kept.alert.id)
}

/// The person's other alerts. None stands ticked: what nobody chose is not closed. After a form that was not taken, as they were.
fn also(here: &Here, row: &Row, all: &[Row], sent: Option<&Sent>) -> Vec<Choice> {
    let ticked = sent.map(|sent| sent.fields.all("also")).unwrap_or_default();
    let others: Vec<&Row> = others(row, all).collect();
    let labels = told_apart(here, &others);
    let choice = |(other, label): (&&Row, String)| Choice {
        code: other.kept.alert.id.clone(),
        label,
        checked: ticked.iter().any(|id| other.kept.alert.answers_to(id)),
    };
    others.iter().zip(labels).map(choice).collect()
}

/// An alert by title and the day it began, whenever somebody reads it.
pub(crate) fn named(here: &Here, kept: &Kept) -> String {
    let day = || here.say.day(here.app.desk().clinic_moment(kept.alert.since.instant()).date());
    match kept.alert.cause.as_str() {
        "silence" => {
            let since = here.say.day(missed_since(kept));
            here.say.say(format!("No check-in from {since} on"), format!("Sin controles a partir del {since}"))
        }
        _ => format!("{} · {}", title(here, kept), day()),
    }
}

/// Alerts by title and the day they began; two that are alike in that, by the minute; and in that, by their rule too.
fn told_apart(here: &Here, rows: &[&Row]) -> Vec<String> {
    let since = |row: &Row| here.app.desk().clinic_moment(row.kept.alert.since.instant());
    let label = |row: &Row, precisely: usize| {
        let (title, at) = (title(here, &row.kept), since(row));
        match (row.kept.alert.cause.as_str(), precisely) {
            // These say their day themselves.
            ("silence" | "hold", _) => title,
            (_, 0) => format!("{title} · {}", here.say.day(at.date())),
            (_, 1) => format!("{title} · {}, {}", here.say.day(at.date()), here.say.time(at)),
            (cause, _) => format!("{title} · {}, {} · {cause}", here.say.day(at.date()), here.say.time(at)),
        }
    };
    let alone = |row: &Row, precisely: &usize| rows.iter().filter(|other| label(other, *precisely) == label(row, *precisely)).count() == 1;
    rows.iter().map(|row| label(row, (0..2).find(|precisely| alone(row, precisely)).unwrap_or(2))).collect()
}

pub(crate) fn owner(here: &Here, kept: &Kept) -> Option<String> {
    let done = kept.alert.acknowledged.as_ref()?;
    Some(format!("{}, {}", done.by, here.say.when(here.app.desk().clinic_moment(done.at.instant()), here.now())))
}

/// Who resolved or took it, when, and what they said about it.
pub(crate) fn who_did(here: &Here, kept: &Kept) -> Option<String> {
    let say = here.say;
    let at = |at: Moment| say.when(here.app.desk().clinic_moment(at.instant()), here.now());
    if let Some(resolved) = kept.alert.resolved.as_ref().filter(|_| !kept.alert.stands()) {
        let (when, how) = (at(resolved.at), how_it_ended(here, &resolved.disposition, &resolved.change));
        let note = if resolved.note.is_empty() { String::new() } else { format!(" “{}”", resolved.note) };
        let by = if resolved.by == "lamella" { "Lamella" } else { &resolved.by };
        return Some(say.say(format!("{by} resolved it, {when}: {how}.{note}"), format!("{by} lo resolvió, {when}: {how}.{note}")));
    }
    let done = kept.alert.acknowledged.as_ref()?;
    Some(say.say(format!("{} took it, {}.", done.by, at(done.at)), format!("{} lo tomó, {}.", done.by, at(done.at))))
}

/// What the person or a colleague did about an alert after a page was shown; `seen` is that moment.
pub(crate) fn news_since(here: &Here, kept: &Kept, seen: Timestamp) -> Option<String> {
    let seen = seen.as_millisecond();
    let (say, alert) = (here.say, &kept.alert);
    let when = |at: Moment| say.when(here.app.desk().clinic_moment(at.instant()), here.now());
    let of_colleague = |by: &str, at: Moment| by != here.staff.name && at.millis() > seen;
    let mut news = vec![];
    if let Some(touch) = alert.events.iter().rfind(|touch| touch.known_at.millis() >= seen) {
        let (title, at) = (title(here, kept), when(touch.known_at));
        news.push(say.say(format!("New answers came in, {at}: {title}."), format!("Llegaron respuestas nuevas, {at}: {title}.")));
    }
    if alert.acknowledged.as_ref().is_some_and(|done| of_colleague(&done.by, done.at)) {
        news.extend(who_did(here, kept));
    }
    for contact in alert.contacts.iter().filter(|contact| of_colleague(&contact.by, contact.at)) {
        let told = attempt(here, contact, here.now());
        news.push(say.say(format!("A call was written down: {told}."), format!("Se anotó una llamada: {told}.")));
    }
    if news.is_empty() {
        return None;
    }
    news.push(say.say("Nothing of yours was stored yet.", "Todavía no se ha guardado nada suyo."));
    Some(news.join(" "))
}

/// What was tried to reach somebody, such as `2 calls, last 10:55: no answer · again at 11:00`.
pub(crate) fn tries(here: &Here, rows: &[&Row]) -> Option<String> {
    let say = here.say;
    let mut all: Vec<_> = rows.iter().flat_map(|row| &row.kept.alert.contacts).collect();
    all.sort_by_key(|contact| contact.at.millis());
    let last = all.last()?;
    let when = say.when(here.app.desk().clinic_moment(last.at.instant()), here.now());
    let outcome = words_of(here, &OUTCOMES, &last.outcome);
    let note = if last.note.is_empty() { String::new() } else { format!(" · {}", shortened(&last.note)) };
    Some(match all.len() {
        1 => say.say(format!("1 call, {when}: {outcome}{note}"), format!("1 llamada, {when}: {outcome}{note}")),
        n => say.say(format!("{n} calls, last {when}: {outcome}{note}"), format!("{n} llamadas, la última {when}: {outcome}{note}")),
    })
}

/// The beginning of a note, as much as a row holds.
fn shortened(note: &str) -> String {
    const LETTERS: usize = 60;
    let line = note.lines().next().unwrap_or("");
    if line.chars().count() <= LETTERS && line.len() == note.len() {
        return line.to_string();
    }
    format!("{}…", line.chars().take(LETTERS).collect::<String>().trim_end())
}

fn attempt(here: &Here, contact: &lamella_engine::alerts::Contact, now: Moment) -> String {
    let when = here.say.when(here.app.desk().clinic_moment(contact.at.instant()), now);
    let outcome = words_of(here, &OUTCOMES, &contact.outcome);
    let note = if contact.note.is_empty() { String::new() } else { format!(" · {}", contact.note) };
    format!("{when} · {outcome}{note} · {}", contact.by)
}

/// How something ended, in words.
pub(crate) fn disposition(here: &Here, code: &str) -> String {
    match code {
        lamella_desk::NO_LONGER_KNOWN => here.say.say("no longer a known finding", "ya no es un hallazgo conocido"),
        "closed-itself" => here.say.say("closed itself", "se cerró solo"),
        code => words_of(here, &DISPOSITIONS, code),
    }
}

/// The same with what was said about the change, such as `spoke to the person, advised. It was not a lasting change`.
pub(crate) fn how_it_ended(here: &Here, code: &str, change: &str) -> String {
    let how = disposition(here, code);
    if change.is_empty() { how } else { format!("{how}. {}", about_change(here, change)) }
}

/// What was said about a change, in words that stand alone.
pub(crate) fn about_change(here: &Here, code: &str) -> String {
    match code {
        lamella_desk::NOT_REAL => here.say.say("It was not a lasting change", "No era un cambio duradero"),
        code => words_of(here, &CHANGES, code),
    }
}

/// A closed case of the reading; `sent` is an answer that was not taken, and why.
pub(crate) fn closed_case(here: &Here, patient: &Patient, one: &OneCase, sent: Option<&Sent>) -> ClosedCase {
    let (say, alert) = (here.say, &one.kept.alert);
    let since = say.day(here.app.desk().clinic_moment(one.since().instant()).date());
    let ended = who_did(here, &one.kept).unwrap_or_default();
    let counts = if one.counts() {
        String::new()
    } else {
        say.say(
            " Answers that came in late no longer lead to it: it stays here, and is not counted.",
            " Respuestas que llegaron tarde ya no llevan a esto: queda aquí y no se cuenta.",
        )
    };
    let last = one.said.as_ref().map_or("", |said| said.change.as_str());
    let sent = sent.filter(|sent| one.answers_to(&sent.alert));
    ClosedCase {
        key: key(&alert.id),
        title: case_title(here, one),
        course: say.say(format!("Since {since}. {ended}"), format!("Desde el {since}. {ended}")) + &counts,
        said: one.said.as_ref().map(|said| said_of(here, said)),
        days: days_of(here, patient, one),
        change: picks(here, &CHANGES, last, sent, "change"),
        form: here.form(format!("/clinic/patients/{}/change", one.patient), &[("alert", &alert.id)]),
    }
}

/// What a case is called wherever it stands: what the reading said, and the rule's title.
pub(crate) fn case_title(here: &Here, one: &OneCase) -> String {
    let kind = if one.case == Case::Lasting { Word::LastingChange } else { Word::PossibleChange };
    format!("{} · {}", here.say.t().w(kind), title(here, &one.kept))
}

/// When a case was said to be real or not, by whom, in words, such as `Nora Lindqvist, Tue 10:42: It was not a lasting change`.
pub(crate) fn said_of(here: &Here, said: &Said) -> String {
    let when = here.say.when(here.app.desk().clinic_moment(said.at.instant()), here.now());
    format!("{}, {when}: {}", said.by, about_change(here, &said.change))
}

/// The way to the day on which a case began, in the table under the chart of the person's page; none where it lies further back.
pub(crate) fn days_of(here: &Here, patient: &Patient, one: &OneCase) -> Option<Link> {
    let on = |at: Timestamp| patient.day_of(here.app.desk().person_moment(patient, at).date());
    let day = on(one.since().instant());
    let text = here.say.say("Its days in the chart", "Sus días en la gráfica");
    (on(here.app.now()) - day < A_YEAR).then(|| Link { href: format!("/clinic/patients/{}#day-{day}", patient.id), text })
}

/// What came of a call, in words.
pub(crate) fn outcome(here: &Here, code: &str) -> String {
    words_of(here, &OUTCOMES, code)
}

fn words_of(here: &Here, known: &[(&str, &str, &str)], code: &str) -> String {
    known.iter().find(|(there, ..)| *there == code).map_or_else(|| code.to_string(), |(_, en, es)| here.say.say(*en, *es))
}

fn picks(here: &Here, known: &[(&str, &str, &str)], chosen: &str, sent: Option<&Sent>, field: &str) -> Pick {
    // Of two that came nobody can say which was meant: neither stands chosen.
    let typed = sent.map_or(chosen, |sent| if sent.fields.many(field) { "" } else { sent.fields.one(field) });
    let choices =
        known.iter().map(|(code, en, es)| Choice { code: (*code).to_string(), label: here.say.say(*en, *es), checked: *code == typed });
    Pick { choices: choices.collect(), none: None, error: sent.filter(|sent| sent.field == field).map(|sent| sent.what.clone()) }
}

fn input(sent: Option<&Sent>, field: &str) -> Input {
    Input {
        value: sent.map_or(String::new(), |sent| sent.fields.one(field).to_string()),
        error: sent.filter(|sent| sent.field == field).map(|sent| sent.what.clone()),
    }
}

pub(crate) fn reason(here: &Here, reason: &ToldReason) -> Reason {
    Reason {
        level: shown(reason.level),
        title: about_them(here, &reason.title),
        text: (!reason.clinic.is_empty()).then(|| stressed(&capitalised(&reason.clinic))),
        because: reason.because.iter().map(|(question, answer)| because(here, question, answer)).collect(),
        rule: Some(reason.rule.clone()),
        source: (!reason.sources.is_empty()).then(|| reason.sources.join(", ")),
    }
}

/// What a rule rests on: answers stand in words already, facts are put into them.
pub(crate) fn because(here: &Here, question: &str, answer: &str) -> Answer {
    match here.say.fact(question, answer) {
        Some((fact, value)) => {
            // The facts speak to the person, and here about them; a question is told as it was put.
            let theirs = fact.strip_prefix("Your ").map(|rest| format!("Their {rest}"));
            Answer { question: theirs.unwrap_or_else(|| about_them(here, &fact)), answer: value }
        }
        None => Answer { question: question.to_string(), answer: answer.to_string() },
    }
}

/// Text of the pathway, in which `*one star*` or two mark what is stressed; a star that is not paired is a star.
fn stressed(text: &str) -> Sentence {
    let one = text.replace("**", "*");
    if one.matches('*').count().is_multiple_of(2) { Sentence::marked(&one.replace('*', "**")) } else { Sentence::plain(text) }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

pub(crate) fn revision(here: &Here, revision: &str) -> String {
    let id = &here.say.pathway().id;
    here.say.say(format!("{id}, revision {revision}"), format!("{id}, revisión {revision}"))
}

pub(crate) fn what_was_told(here: &Here, told: &Told, at: Moment) -> ShownTold {
    let when = here.say.when(here.app.desk().clinic_moment(at.instant()), here.now());
    let spanish = told.language == "es";
    let in_words = if spanish { here.say.say("in Spanish", "en español") } else { here.say.say("in English", "en inglés") };
    ShownTold {
        when: format!("{when}, {in_words}"),
        lang: if spanish { Lang::Es.code() } else { Lang::En.code() }.to_string(),
        headline: told.headline.clone(),
        sentences: told.paragraphs.iter().map(Sentence::plain).collect(),
    }
}

/// Pain by day over the last so many days, with what was expected; none before the first assessment. `verdicts` are all of the
/// record's, where they are at hand: what is folded remembers the levels of the latest days only.
pub(crate) fn chart(here: &Here, person: &Person, span: i32, title: String, verdicts: &[Verdict]) -> Result<Option<PainChart>, Fail> {
    if person.projection.is_none() {
        return Ok(None);
    }
    let mut charted = here.app.desk().charted(&person.patient.id, here.app.now())?;
    for verdict in verdicts {
        let level = verdict.settled_level();
        match charted.levels.iter_mut().find(|(day, _)| *day == verdict.day) {
            Some((_, highest)) => *highest = level.max(*highest),
            None => charted.levels.push((verdict.day, level)),
        }
    }
    Ok(Some(chart::chart(here.say, &person.patient, &charted, span, title, Reader::Clinic)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The clinic reads about a person what the pathway says to them: no title may still speak to them, or say *they* where it is *them*.
    #[test]
    fn no_title_speaks_to_the_person_at_the_clinic() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pathways/annular-fibrin");
        let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "md"))
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
            .collect();
        files.sort();
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let pathway = lamella_pathway::read(&files).0.unwrap();
        let notices = ["unknown", "silence", "hold", "as-before", "reviewed", "history", "not-asked"];
        let notices = notices.iter().filter_map(|id| pathway.notice(id)).map(|notice| &notice.text);
        let texts: Vec<_> = pathway.rules.iter().map(|rule| &rule.text).chain(notices).collect();
        assert!(texts.len() > 50, "{}", texts.len());
        for lang in Lang::ALL {
            let to_them: &[&str] = match lang {
                Lang::En => &["you", "your", "yours", "yourself", "yourselves"],
                Lang::Es => &["usted", "ustedes", "llame", "llámenos", "vaya", "deje", "tú", "tu", "tus", "te"],
            };
            for text in &texts {
                let original = &in_language(text, pathway.language(lang.code())).title;
                let title = in_third_person(lang, original);
                let words = |text: &str| text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase).collect::<Vec<_>>();
                assert!(!words(&title).iter().any(|word| to_them.contains(&word.as_str())), "{title}");
                assert!(!["ask they", "from they", "for they"].iter().any(|wrong| title.contains(wrong)), "{title}");
                let new: Vec<String> = words(&title).into_iter().filter(|word| !words(original).contains(word)).collect();
                let known = ["they", "them", "their", "themselves", "has", "seems"];
                assert!(new.iter().all(|word| known.contains(&word.as_str())), "{title}: {new:?}");
            }
        }
    }
}
