//! *Today*: where the person stands, what is asked of them, what is allowed.

use super::Here;
use super::standing::{is_told, standing};
use super::verdict::in_language_of_today;
use crate::App;
use crate::answer::{Fail, page};
use crate::guard::onward;
use crate::say::{first_sentence, picture, shown};
use crate::view::figure::Ring;
use crate::view::patient::{CheckInCard, CheckInState, PhaseHead, Tile, TileKind, TodayPage};
use crate::view::shared::Level as Shown;
use crate::view::words::Word;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use lamella_desk::{Kept, Person, Projection};
use lamella_engine::alerts::AlertState;
use lamella_engine::plan::HeldBy;
use lamella_pathway::{Phase, in_language};
use lamella_record::{Level, Moment};
use std::cmp::Reverse;

/// A year, for the ring's open last phase.
const YEAR: i32 = 365;

/// The root: a phone goes to *Today*, everybody else to sign in.
pub(crate) async fn home(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| {
        let to = if app.phone(headers).is_ok() { "/today" } else { "/clinic" };
        Ok(onward(to, &[]))
    };
    app.patient_side(headers, work).await
}

/// The page.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, app.phone(headers)?);
        page(&today(&here)?)
    };
    app.patient_side(headers, work).await
}

fn today(here: &Here) -> Result<TodayPage, Fail> {
    let desk = here.app.desk();
    let person = desk.person(&here.phone.patient.id)?;
    let now = desk.person_moment(&person.patient, here.app.now());
    let projection = person.projection.as_ref().ok_or(Fail::NotFound)?;
    let standing = standing(here, Level::Watch, now)?;
    let loud = standing.as_ref().map(|card| card.level);
    let emergency = loud == Some(Shown::Emergency);
    let (date, time) = (here.say.date(now.date()), here.say.time(now));
    Ok(TodayPage {
        t: here.say.t(),
        shell: here.shell(here.say.t().w(Word::Today).to_string(), "/today"),
        notice: None,
        phase: phase(here, projection),
        standing,
        check_in: check_in(here, &person, projection, loud, now)?,
        // In an emergency nothing looks like an ordinary day.
        tiles: if emergency { vec![] } else { tiles(here, projection) },
        free: free(here, projection).filter(|_| !emergency),
        helps: if loud.is_some() { vec![] } else { helps(here, projection)? },
        can_i_href: None,
        stopped_href: (projection.day >= 0 && !emergency).then(|| "/stopped".to_string()),
        next_step: None,
        made: here.say.say(
            format!("No network. This page is from {date}, {time}. Help now works."),
            format!("Sin conexión. Esta página es del {date}, {time}. «Ayuda ya» funciona."),
        ),
    })
}

fn phase(here: &Here, projection: &Projection) -> PhaseHead {
    let (say, day) = (here.say, projection.day);
    let pathway = say.pathway();
    let index = projection.phase.as_ref().and_then(|id| pathway.phases.iter().position(|phase| phase.id == *id));
    let Some((index, phase)) = index.and_then(|index| Some((index, pathway.phases.get(index)?))) else {
        let words = say.say(format!("{} days until the procedure", -day), format!("{} días hasta el procedimiento", -day));
        let ring = Ring { fractions: [0.0; 3], number: (-day).to_string(), caption: say.say("days", "días"), label: words.clone() };
        return PhaseHead { name: String::new(), day: say.say("Before the procedure", "Antes del procedimiento"), sentence: words, ring };
    };
    let words = in_language(&phase.text, say.language());
    let last = if phase.to == i32::MAX { YEAR } else { phase.to };
    let mut fractions = [0.0; 3];
    for (place, fraction) in fractions.iter_mut().enumerate() {
        *fraction = match place {
            place if place < index => 1.0,
            place if place == index => f64::from((day - phase.from + 1).max(0)) / f64::from((last - phase.from + 1).max(1)),
            _ => 0.0,
        };
    }
    let sentence = match phase.to.saturating_sub(day) {
        _ if phase.to == i32::MAX => first_sentence(&words.prose),
        ..0 => held(here, projection, pathway.phases.get(index + 1)),
        0 => say.say("The last day of this phase", "El último día de esta fase"),
        1 => say.say("1 more day of this phase", "1 día más de esta fase"),
        left => say.say(format!("{left} more days of this phase"), format!("{left} días más de esta fase")),
    };
    let (caption, of) = ring_words(here, phase, day);
    let label = say.say(format!("{}: day {day}{of}", words.title), format!("{}: día {day}{of}", words.title));
    let ring = Ring { fractions, number: day.to_string(), caption, label };
    PhaseHead { name: words.title.clone(), day: say.say(format!("Day {day}"), format!("Día {day}")), sentence, ring }
}

/// That the phase goes on although its last day has passed, and why.
fn held(here: &Here, projection: &Projection, next: Option<&Phase>) -> String {
    let say = here.say;
    let why = projection.held_by.map_or(String::new(), |by| match by {
        HeldBy::Clinic => say.say(" Your team has decided so.", " Así lo ha decidido su equipo."),
        HeldBy::Alert => say.say(" The clinic has something to look at first.", " Antes la clínica tiene que mirar algo."),
        HeldBy::Days => say.say(" Your last days ask for a bit more quiet first.", " Sus últimos días piden antes un poco más de calma."),
        HeldBy::Answers => {
            let days = next.and_then(|next| next.enter).map_or(1, |(_, days)| days);
            let days = say.days(i64::from(days));
            say.say(
                format!(" For the next one we need check-ins of {days} first."),
                format!(" Para la siguiente necesitamos antes controles de {days}."),
            )
        }
    });
    let stay = say.say("You stay in this phase a little longer. Its limits hold.", "Sigue un poco más en esta fase. Sus límites valen.");
    format!("{stay}{why}")
}

/// What stands under the day in the ring, and after it in words: the phase's last day while it is still ahead. An open phase has
/// no last day, and one that is held has passed it; there the month since the procedure says more.
fn ring_words(here: &Here, phase: &Phase, day: i32) -> (String, String) {
    let say = here.say;
    if phase.to != i32::MAX && day <= phase.to {
        let of = say.say(format!("of {}", phase.to), format!("de {}", phase.to));
        return (of.clone(), format!(" {of}"));
    }
    let month = day.max(0) * 12 / YEAR + 1;
    let month = say.say(format!("month {month}"), format!("mes {month}"));
    (month.clone(), format!(", {month}"))
}

/// Which alert speaks for all that one event raised, so that every page gives the same time: one that stands, of the highest level,
/// that nobody has read and that is due first.
pub(crate) fn speaks_for<'a>(here: &Here, alerts: impl Iterator<Item = &'a Kept>, event: &str) -> Option<&'a Kept> {
    let mine = alerts.filter(|kept| is_told(kept) && kept.alert.events.iter().any(|touch| touch.event == event));
    let due = |kept: &Kept| here.app.desk().deadline(kept, here.app.now()).map_or(i64::MAX, |deadline| deadline.at.millis());
    mine.min_by_key(|kept| {
        let alert = &kept.alert;
        (!alert.stands(), Reverse(alert.level), kept.no_longer_follows, alert.state != AlertState::Open, due(kept))
    })
}

/// Whether somebody has read it, or by when somebody does.
pub(crate) fn read_by(here: &Here, kept: &Kept, now: Moment) -> String {
    let say = here.say;
    if let Some(done) = kept.alert.acknowledged.as_ref().filter(|_| kept.alert.state != AlertState::Open) {
        let when = say.when(done.at.at_offset(now.offset()), now);
        return say.say(format!("Read by {} at {when}.", done.by), format!("Leído por {} a las {when}.", done.by));
    }
    if !say.clinic_is_open() {
        // Whatever the deadline says, nobody is there: no promise that a night cannot keep.
        let then = if kept.alert.level >= Level::Attention { say.do_not_wait() } else { say.otherwise() };
        return format!("{} {then}", say.promise());
    }
    match here.app.desk().deadline(kept, here.app.now()) {
        Some(deadline) if deadline.passed => {
            let sentence = "It has not been read in time. Please call now.";
            say.say(sentence, "No se ha leído a tiempo. Llame ahora, por favor.")
        }
        Some(deadline) => {
            let before = say.before(deadline.at.at_offset(now.offset()), now);
            say.say(format!("Not read yet; somebody reads it {before}."), format!("Todavía no se ha leído; alguien lo lee {before}."))
        }
        // In an emergency nobody is told to wait for a reader.
        None if kept.alert.level == Level::Emergency => say.do_not_wait(),
        None => say.promise(),
    }
}

fn check_in(here: &Here, person: &Person, projection: &Projection, loud: Option<Shown>, now: Moment) -> Result<CheckInCard, Fail> {
    let say = here.say;
    let draft = here.app.desk().draft(&here.key())?.filter(|(_, draft)| !draft.answers.is_empty());
    let due = projection.agenda.first();
    let next = due.filter(|due| due.date > now.date()).map(|due| {
        let date = say.date(due.date);
        say.say(format!("The next one is on {date}."), format!("El próximo es el {date}."))
    });
    let state = if let Some((at, _)) = draft {
        let time = say.time(here.app.desk().person_moment(&person.patient, at));
        CheckInState::Begun { kept: say.say(format!("Kept at {time}."), format!("Guardado a las {time}.")) }
    } else if let Some(last) = projection.last.as_ref().filter(|last| last.at.at_offset(now.offset()).date() == now.date()) {
        let time = say.time(last.at.at_offset(now.offset()));
        let sent = say.say(format!("Sent {time}."), format!("Enviado a las {time}."));
        // Under what stands no word says that the day is a calmer one.
        let level = Some(shown(last.level)).filter(|level| loud.is_none_or(|loud| *level >= loud));
        // In an emergency nothing looks like an ordinary day.
        let next = next.filter(|_| loud != Some(Shown::Emergency));
        CheckInState::Done { level, sent, next, means_href: format!("/verdict/{}", last.event) }
    } else if due.is_some_and(|due| due.date <= now.date()) {
        CheckInState::Due
    } else {
        CheckInState::NotDue { next: next.unwrap_or_else(|| say.say("None is asked now.", "Ahora no se pide ninguno.")) }
    };
    let minute = say.say("One or two minutes.", "Uno o dos minutos.");
    Ok(CheckInCard {
        state,
        // What stands above says by when it is read.
        promise: if loud.is_some() { minute } else { format!("{minute} {}", say.promise()) },
        href: "/check-in".to_string(),
        new_or_worse_href: "/check-in?page=page-safety".to_string(),
    })
}

fn tiles(here: &Here, projection: &Projection) -> Vec<Tile> {
    let say = here.say;
    let limits = projection.limits.iter().filter(|limit| limit.allowed != "free");
    let tile = |limit: &lamella_engine::plan::Limit| {
        let not_yet = limit.allowed == "not-at-all";
        let name = say.restriction(&limit.id);
        let title = if not_yet { name.to_lowercase() } else { format!("{name}: {}", say.limit(limit)) };
        Tile {
            kind: if not_yet { TileKind::NotYet } else { TileKind::Allowed },
            icon: picture(&limit.id),
            title,
            note: limit.next.as_ref().map_or(String::new(), |next| say.next_limit(&limit.id, next, &here.phone.patient)),
            progress: None,
            href: None,
        }
    };
    let (not_yet, allowed): (Vec<Tile>, Vec<Tile>) = limits.map(tile).partition(|tile| tile.kind == TileKind::NotYet);
    allowed.into_iter().chain(not_yet).collect()
}

/// What has no limit any more.
fn free(here: &Here, projection: &Projection) -> Option<String> {
    let say = here.say;
    let free = projection.limits.iter().filter(|limit| limit.allowed == "free");
    let names: Vec<String> = free.map(|limit| say.restriction(&limit.id).to_lowercase()).collect();
    let names = names.join(", ");
    (!names.is_empty()).then(|| say.say(format!("No limit now: {names}."), format!("Ya sin límite: {names}.")))
}

/// What to do on such a day, as the last verdict told it; before the procedure there is nothing to look after yet.
fn helps(here: &Here, projection: &Projection) -> Result<Vec<String>, Fail> {
    if projection.day < 0 {
        return Ok(vec![]);
    }
    let last = projection.last.as_ref();
    let told = match projection.told.as_ref().or(last.map(|last| &last.event)) {
        Some(event) => here.app.desk().told_about(&here.key(), event)?.map(|told| in_language_of_today(here, event, told)).transpose()?,
        None => None,
    };
    let level = told.as_ref().map(|told| told.level).or(last.map(|last| last.level)).unwrap_or(Level::Expected);
    // What was loud has been dealt with, or it would stand: nobody is to call about it again.
    if let Some(told) = told.filter(|_| level <= Level::Watch) {
        return Ok(told.steps);
    }
    let text = here.say.pathway().level(level.min(Level::Watch));
    Ok(text.map_or(vec![], |text| in_language(&text.text, here.say.language()).items.clone()))
}
