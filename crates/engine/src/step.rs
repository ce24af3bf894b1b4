//! One event folded into the state.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use lamella_pathway::{Asked, Compiled, Cond, Rule};
use lamella_record::{CheckIn, Desk, Event, Kind, Level, Moment, Patient, Warning};
use lamella_trajectory::detector::Case;
use lamella_trajectory::{Stands, State as ReadingState};

use crate::Pathways;
use crate::alerts::{Action, Alert, Deed, Touch};
use crate::state::{Last, State, Stood};
use crate::triage::{Because, Given, Hit, Sight, Unknown, Usuals, Value, Verdict, due, holds, truth, verdict_of};

/// An *unknown* alert closes itself when everything it names is answered within this time of its first event: a chain of
/// half-answered check-ins must not carry what was left open days ago.
const UNKNOWN_CLOSES_SECONDS: i64 = 12 * 3600;

/// What an imported check-in reports about a day longer than this before the import is history: nobody can act on each of its
/// days any more, so that it asks for one alert in all. Semantics, *Import of a table*.
const HISTORY_AFTER_DAYS: i32 = 14;

/// What one event did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// The verdict, for events that are judged: check-ins, *stopped*, and what could not be read.
    pub verdict: Option<Verdict>,
    /// Alerts that are new or have changed; shared with the state until either changes again.
    pub alerts: Vec<Arc<Alert>>,
    /// What was odd.
    pub warnings: Vec<Warning>,
}

/// Folds one event; events come in the order of their moments. The same on day 365 as on day 1.
pub fn step(pathways: &Pathways, patient: &Patient, state: &mut State, event: &Event) -> Step {
    step_seen(pathways, patient, state, event, |_, _| ()).0
}

/// [`step`], asking `see` about the verdict on the state it was judged on, before the event changes it: for its words. `None` for
/// kinds that are not judged.
pub fn step_seen<T>(
    pathways: &Pathways,
    patient: &Patient,
    state: &mut State,
    event: &Event,
    see: impl FnOnce(&State, &Verdict) -> T,
) -> (Step, Option<T>) {
    let mut done = Step::default();
    let mut seen = None;
    let (place, unknown_revision) = revision_place(pathways, patient, event);
    let day = patient.day_of(event.date());
    state.advance(pathways, patient, place, day);
    match &event.kind {
        Kind::CheckIn(check_in) => {
            let given = read(pathways, patient, state, place, day, check_in);
            let told = ratings(pathways, patient, state, event, (place, &given));
            rate(pathways, patient, state, told);
            let usuals = &Usuals::new(state.memory_at(place), day);
            let reading = reading(pathways, patient, state, place, day);
            let judged = Judged { place, day, given: &given, usuals, unknown_revision, reading };
            let verdict = judge_check_in(pathways, patient, state, event, check_in, &judged);
            seen = Some(see(state, &verdict));
            fold_check_in(pathways, patient, state, (event, check_in), &judged, &verdict, &mut done);
            done.verdict = Some(verdict);
        }
        Kind::Stopped(_) | Kind::Unreadable(_) => {
            if let Some(verdict) = judge(pathways, patient, state, event) {
                seen = Some(see(state, &verdict));
                raise_all(pathways.at(place), state, event, &verdict, &given_of(pathways.at(place), event));
                state.days.add(day, verdict.settled_level());
                state.last_level = Some(verdict.level);
                state.unsettled = Some(day);
                done.verdict = Some(verdict);
            }
        }
        Kind::Phase(order) => {
            if let Err(why) = state.phase.order(pathways.at(place), order, day) {
                done.warnings.push(Warning { event: event.id.clone(), what: why });
            }
        }
        Kind::Acknowledge(desk) => act(state, event, desk, Deed::Acknowledge),
        Kind::Contact(desk) => act(state, event, desk, Deed::Contact),
        Kind::Resolve(desk) => {
            act(state, event, desk, Deed::Resolve);
            close_cases(pathways.at(place), state, event);
            done.warnings.extend(not_known(state, event, desk));
        }
        Kind::Ended(_) => state.ended = true,
        _ => {}
    }
    if event.is_about_the_future() {
        let what = "its `day` lies after its own date; it counts for its own".to_string();
        done.warnings.push(Warning { event: event.id.clone(), what });
    }
    let odd = done.verdict.iter().flat_map(|verdict| &verdict.unknown).filter(|unknown| is_odd(&unknown.why));
    let warnings: Vec<Warning> = odd.map(|unknown| Warning { event: event.id.clone(), what: oddity(unknown) }).collect();
    done.warnings.extend(warnings);
    done.alerts = core::mem::take(&mut state.changed).into_values().collect();
    (done, seen)
}

/// A check-in read under a revision, and where the trajectory stands with it.
struct Judged<'a> {
    place: usize,
    day: i32,
    given: &'a Given,
    /// Usual on that day, until the check-in is kept.
    usuals: &'a Usuals,
    unknown_revision: Option<String>,
    reading: Stands,
}

/// The day a check-in tells of, with what it rates: pain and function.
struct Ratings {
    day: i32,
    pain: Option<u8>,
    function: Option<u8>,
}

/// What a check-in rates, as far as it is the last word about its day.
fn ratings(pathways: &Pathways, patient: &Patient, state: &State, event: &Event, read: (usize, &Given)) -> Ratings {
    let (place, given) = read;
    let pathway = pathways.at(place);
    let memory = state.memory_at(place);
    let stood = event.corrects.as_deref().and_then(|id| state.stood_at(id));
    let own = (event.moment().millis(), event.id.as_str());
    let (day, own) = stood.map_or((patient.day_of(event.date()), own), |stood| (stood.day, (stood.place.0, stood.place.1.as_str())));
    let rating = |id: &str| {
        // These two stand at the front.
        let question = pathway.questions.iter().position(|question| question.id == id);
        let question = question.filter(|question| memory.is_last_word(*question, day, own))?;
        match given.value(question as u16)? {
            Value::Number(number) => u8::try_from(number).ok(),
            Value::Codes(_) => None,
        }
    };
    Ratings { day, pain: rating("pain"), function: rating("function") }
}

/// Takes a day's ratings into every course.
fn rate(pathways: &Pathways, patient: &Patient, state: &mut State, told: Ratings) {
    for (place, course) in state.courses.iter_mut().enumerate() {
        course.rate(pathways.by(place, patient), told.day, told.pain, told.function);
    }
}

/// Where the trajectory stands on a day under the revision at a place.
pub(crate) fn reading(pathways: &Pathways, patient: &Patient, state: &State, place: usize, day: i32) -> Stands {
    let every = state.every_days(pathways.at(place), day);
    state.assumed.unwrap_or_else(|| state.course_at(place).stands(pathways.by(place, patient), day, every))
}

/// A person who resolves an alert that the reading asked for closes its case: the detector may then open another.
fn close_cases(pathway: &Compiled, state: &mut State, event: &Event) {
    let rules: Vec<&Rule> =
        resolved_by(state, event).filter_map(|alert| pathway.rules.iter().find(|rule| rule.id == alert.cause)).collect();
    for rule in rules {
        rule.when.each(&mut |cond| {
            let Cond::Reading { state: word } = cond else { return };
            let Some(case) = ReadingState::from_word(word).and_then(ReadingState::case) else { return };
            state.courses.iter_mut().for_each(|course| course.close(case));
        });
    }
}

/// The alerts that an event resolved.
fn resolved_by<'a>(state: &'a State, event: &'a Event) -> impl Iterator<Item = &'a Arc<Alert>> {
    state.changed.values().filter(|alert| alert.resolved.as_ref().is_some_and(|resolved| resolved.event == event.id))
}

/// A finding that was to be known and is not, with why.
fn not_known(state: &State, event: &Event, desk: &Desk) -> Option<Warning> {
    let until = desk.known_until?;
    let resolved = resolved_by(state, event).find(|alert| !alert.stands())?;
    let why = if resolved.level == Level::Emergency {
        "an emergency is never a known finding"
    } else if until < event.moment().date() {
        "it lies before the resolve"
    } else if state.reviewed.get(&resolved.cause).is_none_or(|reviewed| reviewed.until != until) {
        "a finding is known for at most 28 days from the resolve"
    } else {
        return None;
    };
    Some(Warning { event: event.id.clone(), what: format!("its `known_until` {until} counts for nothing: {why}") })
}

fn is_odd(why: &str) -> bool {
    matches!(why, "unknown-code" | "unknown-question" | "unknown-revision" | "out-of-range" | "unreadable")
}

fn oddity(unknown: &Unknown) -> String {
    let Unknown { question, why, was } = unknown;
    match why.as_str() {
        "unknown-code" => format!("`{question}` has no answer `{was}`; it counts as unknown"),
        "unknown-question" => format!("there is no question `{question}` (answered `{was}`); it counts as unknown"),
        "unknown-revision" => format!("revision `{was}` is not known here; judged under the current one"),
        "out-of-range" => format!("`{was}` is outside the range of `{question}`; it counts as unknown"),
        _ => format!("the event could not be read: {was}"),
    }
}

/// The place of the revision an event is judged under, and its word if that is not known.
fn revision_place(pathways: &Pathways, patient: &Patient, event: &Event) -> (usize, Option<String>) {
    let assigned = || pathways.assigned(patient, event.date());
    match &event.kind {
        Kind::CheckIn(check_in) if !check_in.revision.is_empty() => match pathways.place(&check_in.revision) {
            Some(place) => (place, None),
            None => (pathways.last(), Some(check_in.revision.clone())),
        },
        Kind::CheckIn(_) => assigned().map_or((pathways.last(), Some(String::new())), |place| (place, None)),
        _ => (assigned().unwrap_or(pathways.last()), None),
    }
}

/// Judges one event on what came before it, and changes nothing. `None` for kinds that are not judged.
///
/// `state` must have been advanced to the event's day, as [`step`] does.
pub fn judge(pathways: &Pathways, patient: &Patient, state: &State, event: &Event) -> Option<Verdict> {
    if let Kind::CheckIn(check_in) = &event.kind {
        let verdict = |judged: &Judged| judge_check_in(pathways, patient, state, event, check_in, judged);
        return Some(unfolded(pathways, patient, state, event, check_in, verdict));
    }
    let place = revision_place(pathways, patient, event).0;
    let pathway = pathways.at(place);
    let day = patient.day_of(event.date());
    let (level, rules, unknown) = match &event.kind {
        Kind::Stopped(_) => {
            let given = given_of(pathway, event);
            let memory = state.memory_at(place);
            let sight = Sight {
                pathway,
                patient,
                given: &given,
                memory,
                usuals: &Usuals::new(memory, day),
                day,
                phase: state.phase.index,
                stopped: true,
                reading: Some(reading(pathways, patient, state, place, day)),
            };
            let (level, mut rules, unknown) = verdict_of(&sight, &[], given.odd.clone());
            review(pathway, state, event, &given, &mut rules);
            (level, rules, unknown)
        }
        Kind::Unreadable(unreadable) => (Level::Attention, vec![], vec![Unknown::new("event", "unreadable", unreadable.why.clone())]),
        _ => return None,
    };
    Some(verdict_on(state, event, (pathway, day), level, rules, unknown, vec![]))
}

fn judge_check_in(pathways: &Pathways, patient: &Patient, state: &State, event: &Event, check_in: &CheckIn, judged: &Judged) -> Verdict {
    let Judged { place, day, given, usuals, ref unknown_revision, reading } = *judged;
    let pathway = pathways.at(place);
    let mut memory = state.memory_at(place);
    let revision = unknown_revision.iter().map(|was| Unknown::new("revision", "unknown-revision", was.clone()));
    let odd: Vec<Unknown> = revision.chain(given.odd.iter().cloned()).collect();
    let (mended, their_usuals);
    let mut usuals = usuals;
    if let Some(corrected) = event.corrects.as_deref().and_then(|id| state.stood_at(id)) {
        let mut copy = memory.clone();
        copy.unmark(&corrected.id);
        copy.keep(pathway, given, corrected.day, &corrected.place);
        (mended, their_usuals) = (copy, Usuals::new(memory, day));
        (memory, usuals) = (&mended, &their_usuals);
    }
    let sight = Sight { pathway, patient, given, memory, usuals, day, phase: state.phase.index, stopped: false, reading: Some(reading) };
    let (level, mut rules, unknown) = verdict_of(&sight, &check_in.not_asked, odd);
    review(pathway, state, event, given, &mut rules);
    verdict_on(state, event, (pathway, day), level, rules, unknown, check_in.not_asked.clone())
}

fn verdict_on(
    state: &State,
    event: &Event,
    on: (&Compiled, i32),
    level: Level,
    rules: Vec<Hit>,
    unknown: Vec<Unknown>,
    not_asked: Vec<String>,
) -> Verdict {
    let (pathway, day) = on;
    let phase = pathway.phases.get(state.phase.index).filter(|_| day >= 0).map_or(String::new(), |phase| phase.id.clone());
    Verdict { event: event.id.clone(), at: event.at, day, phase, revision: pathway.revision.clone(), level, rules, unknown, not_asked }
}

/// Where the trajectory would stand with a check-in that is not folded yet.
fn reading_with(pathways: &Pathways, patient: &Patient, state: &State, event: &Event, read: (usize, &Given)) -> Stands {
    let (place, _) = read;
    let Ratings { day: rated, pain, function } = ratings(pathways, patient, state, event, read);
    let day = patient.day_of(event.date());
    let every = state.every_days(pathways.at(place), day);
    let by = pathways.by(place, patient);
    state.assumed.unwrap_or_else(|| state.course_at(place).stands_if(by, (rated, pain, function), day, every))
}

/// Asks about a check-in that is not folded yet, as it would be judged.
fn unfolded<T>(
    pathways: &Pathways,
    patient: &Patient,
    state: &State,
    event: &Event,
    check_in: &CheckIn,
    ask: impl FnOnce(&Judged) -> T,
) -> T {
    let (place, unknown_revision) = revision_place(pathways, patient, event);
    let day = patient.day_of(event.date());
    let given = read(pathways, patient, state, place, day, check_in);
    let reading = reading_with(pathways, patient, state, event, (place, &given));
    let usuals = &Usuals::new(state.memory_at(place), day);
    ask(&Judged { place, day, given: &given, usuals, unknown_revision, reading })
}

/// What a check-in is judged against, for questions about the judging itself; `None` for other kinds.
pub(crate) fn with_sight<T>(
    pathways: &Pathways,
    patient: &Patient,
    state: &State,
    event: &Event,
    ask: impl FnOnce(&Sight) -> T,
) -> Option<T> {
    let Kind::CheckIn(check_in) = &event.kind else { return None };
    let look = |judged: &Judged| ask(&sight_of(pathways.at(judged.place), patient, state, judged));
    Some(unfolded(pathways, patient, state, event, check_in, look))
}

/// The answers of *it hurt, so I stopped*; its other words (`activity`, …) are none, and other kinds have none.
fn given_of(pathway: &Compiled, event: &Event) -> Given {
    let Kind::Stopped(stopped) = &event.kind else { return Given::default() };
    let answers = stopped.answers.iter().filter(|(id, _)| pathway.question(id).is_some());
    let answers = answers.map(|(id, answer)| (id.clone(), answer.clone())).collect();
    Given::read(pathway, &answers, &Default::default())
}

/// The answers under one revision, with what stands for an empty one.
fn read(pathways: &Pathways, patient: &Patient, state: &State, place: usize, day: i32, check_in: &CheckIn) -> Given {
    let pathway = pathways.at(place);
    let mut given = Given::read(pathway, &check_in.answers, &state.worse);
    for (index, question) in pathway.questions.iter().enumerate() {
        let Some(number) = question.empty_stands_for else { continue };
        let memory = state.memory_at(place);
        let usuals = &Usuals::new(memory, day);
        let sight = Sight { pathway, patient, given: &given, memory, usuals, day, phase: state.phase.index, stopped: false, reading: None };
        // Only a condition that truly holds: a temperature is not made up for someone who did not speak of fever.
        let asked = match &question.asked {
            Asked::When(cond) => holds(cond, &sight),
            _ => due(index, &sight),
        };
        if asked && given.value(index as u16).is_none() && !check_in.not_asked.contains(&question.id) {
            given.set(index, Value::Number(number));
        }
    }
    given
}

/// Marks the rules whose finding a clinician has reviewed, if the answers are no worse.
fn review(pathway: &Compiled, state: &State, event: &Event, given: &Given, rules: &mut [Hit]) {
    for hit in rules {
        let Some(reviewed) = state.reviewed.get(&hit.id).filter(|reviewed| event.date() <= reviewed.until) else { continue };
        let Some(rule) = pathway.rules.iter().find(|rule| rule.id == hit.id) else { continue };
        hit.reviewed = hit.level < Level::Emergency
            && rule.reads.iter().all(|place| {
                let Some(question) = pathway.questions.get(usize::from(*place)) else { return false };
                let then = reviewed.answers.iter().find(|(id, _)| *id == question.id).map(|(_, value)| *value);
                crate::triage::same_or_milder(question, given.value(*place), then)
            });
    }
}

// ---- folding a check-in ----------------------------------------------------------------------------------------------------

fn fold_check_in(
    pathways: &Pathways,
    patient: &Patient,
    state: &mut State,
    said: (&Event, &CheckIn),
    judged: &Judged,
    verdict: &Verdict,
    done: &mut Step,
) {
    let (event, check_in) = said;
    let Judged { place, given, .. } = *judged;
    let pathway = pathways.at(place);
    runs(pathway, patient, state, event, judged, verdict);
    if is_history(patient, check_in, verdict.day) {
        raise_history(pathway, state, event, verdict, given);
    } else {
        raise_all(pathway, state, event, verdict, given);
    }
    raise_not_asked(pathway, patient, state, event, judged, verdict);
    correct(state, event, done);
    let worse = worse_answers(pathway, given);
    remember(pathways, patient, state, said, judged);
    for (question, said) in worse {
        state.worse_said(&question, &event.id, said);
    }
    state.days.add(verdict.day, verdict.settled_level());
    state.last_level = Some(verdict.level);
    if verdict.level > Level::Expected {
        state.unsettled = state.unsettled.max(Some(verdict.day));
    }
    state.forget_silence();
    let day = verdict.day.max(state.last.as_ref().map_or(verdict.day, |last| last.day));
    state.last = Some(Last { event: event.id.clone(), day, level: verdict.level });
    state.first_day = Some(state.first_day.map_or(verdict.day, |first| first.min(verdict.day)));
}

/// What a check-in is judged against, once more for what follows from it.
fn sight_of<'a>(pathway: &'a Compiled, patient: &'a Patient, state: &'a State, judged: &Judged<'a>) -> Sight<'a> {
    let Judged { place, day, given, usuals, reading, .. } = *judged;
    let memory = state.memory_at(place);
    Sight { pathway, patient, given, memory, usuals, day, phase: state.phase.index, stopped: false, reading: Some(reading) }
}

/// Ends runs, and closes what closes itself.
fn runs(pathway: &Compiled, patient: &Patient, state: &mut State, event: &Event, judged: &Judged, verdict: &Verdict) {
    close_unknown(pathway, state, event, judged, verdict);
    let ended: Vec<String> = {
        let sight = sight_of(pathway, patient, state, judged);
        let over = |cause: &str| match pathway.rules.iter().find(|rule| rule.id == cause) {
            Some(rule) => {
                let truth = truth(&rule.when, &sight);
                truth.decided && !truth.holds
            }
            None if cause == "unknown" => verdict.unknown.is_empty(),
            None if matches!(cause, "history" | "not-asked") => false,
            None => !verdict.rules.iter().any(|hit| hit.id == cause),
        };
        let causes = state.runs.keys().chain(state.settled.keys());
        causes.filter(|cause| over(cause)).cloned().collect()
    };
    for cause in ended {
        state.end_run(&cause);
    }
    if verdict.level < Level::Watch {
        let rows: Vec<String> = state.standing.values().filter(|alert| alert.is_row()).map(|alert| alert.id.clone()).collect();
        for id in rows {
            state.close(&id, &event.id, event.at);
        }
    }
}

/// The one alert that closes itself above watch: *unknown*, once a check-in within 12 hours answers all that it names.
fn close_unknown(pathway: &Compiled, state: &mut State, event: &Event, judged: &Judged, verdict: &Verdict) {
    let answered = |id: &String| match id.as_str() {
        "revision" => judged.unknown_revision.is_none(),
        id => pathway.question(id).is_some_and(|place| judged.given.value(place as u16).is_some()),
    };
    let closing: Vec<String> = state
        .standing
        .values()
        .filter(|alert| alert.cause == "unknown")
        .filter(|alert| event.moment().seconds_since(alert.since) <= UNKNOWN_CLOSES_SECONDS)
        .filter(|alert| {
            alert.unknown.iter().all(answered) && !verdict.unknown.iter().any(|unknown| alert.unknown.contains(&unknown.question))
        })
        .map(|alert| alert.id.clone())
        .collect();
    for id in closing {
        state.close(&id, &event.id, event.at);
    }
}

fn touch_of(event: &Event, level: Level) -> Touch {
    Touch { event: event.id.clone(), level, at: event.moment(), known_at: event.known_at() }
}

fn raise_all(pathway: &Compiled, state: &mut State, event: &Event, verdict: &Verdict, given: &Given) {
    let touch = |level: Level| touch_of(event, level);
    for hit in verdict.rules.iter().filter(|hit| hit.level >= Level::Watch && !hit.reviewed) {
        let rule = pathway.rules.iter().find(|rule| rule.id == hit.id);
        let mut alert = Alert::new(&hit.id, touch(hit.level), pathway.answer_within(rule, hit.level), hit.safety);
        alert.answers = rule.map_or(vec![], |rule| rule.reads.iter().filter_map(|place| answer_kept(pathway, given, *place)).collect());
        alert.case = case_of(hit);
        state.raise(alert);
    }
    if !verdict.unknown.is_empty() {
        let mut alert = Alert::new("unknown", touch(Level::Attention), pathway.answer_within(None, Level::Attention), true);
        alert.unknown = named(pathway, verdict);
        state.raise(alert);
    }
}

/// The case of the reading by which a rule held.
fn case_of(hit: &Hit) -> Option<Case> {
    let stood = |because: &Because| match because {
        Because::Fact { fact, value } if fact == "reading" => ReadingState::from_word(value)?.case(),
        _ => None,
    };
    hit.because.iter().filter_map(stood).max()
}

/// Whether a check-in came out of a table that was imported more than 14 days after the day it reports about.
fn is_history(patient: &Patient, check_in: &CheckIn, day: i32) -> bool {
    check_in.imported.is_some_and(|imported| patient.day_of(imported.date()) - day > HISTORY_AFTER_DAYS)
}

/// History asks for one alert a record: the worst of its verdicts, from attention on.
fn raise_history(pathway: &Compiled, state: &mut State, event: &Event, verdict: &Verdict, given: &Given) {
    let level = verdict.settled_level();
    if level < Level::Attention {
        return;
    }
    let worst = verdict.rules.iter().find(|hit| hit.level == level && !hit.reviewed);
    let rule = worst.and_then(|hit| pathway.rules.iter().find(|rule| rule.id == hit.id));
    let safety = worst.is_none_or(|hit| hit.safety) || !verdict.unknown.is_empty();
    let mut alert = Alert::new("history", touch_of(event, level), pathway.answer_within(rule, level), safety);
    alert.answers = rule.map_or(vec![], |rule| rule.reads.iter().filter_map(|place| answer_kept(pathway, given, *place)).collect());
    state.gather(alert);
}

/// Safety questions that were due and that nobody put: one row a record, at watch, naming them. It closes itself as every such
/// row does, at a check-in that asks everything and is expected.
fn raise_not_asked(pathway: &Compiled, patient: &Patient, state: &mut State, event: &Event, judged: &Judged, verdict: &Verdict) {
    if verdict.not_asked.is_empty() {
        return;
    }
    let sight = Sight { reading: None, ..sight_of(pathway, patient, state, judged) };
    let missed = pathway.questions.iter().enumerate().filter(|(_, question)| question.safety && verdict.not_asked.contains(&question.id));
    let missed: Vec<String> = missed.filter(|(place, _)| due(*place, &sight)).map(|(_, question)| question.id.clone()).collect();
    if missed.is_empty() {
        return;
    }
    let mut alert = Alert::new("not-asked", touch_of(event, Level::Watch), pathway.answer_within(None, Level::Watch), true);
    alert.unknown = missed;
    state.gather(alert);
}

/// What an *unknown* alert names: what was open, but not what is only perhaps asked because another named answer is open.
fn named(pathway: &Compiled, verdict: &Verdict) -> Vec<String> {
    let open = |id: &str| verdict.unknown.iter().any(|unknown| unknown.question == id);
    let rests_on_open = |unknown: &&Unknown| {
        let question = pathway.questions.iter().find(|question| question.id == unknown.question);
        let Some(Asked::When(cond)) = question.map(|question| &question.asked).filter(|_| unknown.why == "not-answered") else {
            return false;
        };
        let on = lamella_pathway::reads(cond);
        on.iter().filter_map(|place| pathway.questions.get(usize::from(*place))).any(|on| open(&on.id))
    };
    verdict.unknown.iter().filter(|unknown| !rests_on_open(unknown)).map(|unknown| unknown.question.clone()).collect()
}

fn answer_kept(pathway: &Compiled, given: &Given, place: u16) -> Option<(String, Value)> {
    let question = pathway.questions.get(usize::from(place))?;
    Some((question.id.clone(), given.value(place)?))
}

/// A check-in that corrects another: the other's alerts stay, and say so.
fn correct(state: &mut State, event: &Event, done: &mut Step) {
    let Some(corrected) = &event.corrects else { return };
    if state.stood_at(corrected).is_none() {
        let what = format!("`{corrected}`, which it corrects, is not among the latest check-ins; it counts for its own day");
        done.warnings.push(Warning { event: event.id.clone(), what });
    }
    let mut touched = vec![];
    for alert in state.standing.values_mut().filter(|alert| alert.events.iter().any(|touch| touch.event == *corrected)) {
        Arc::make_mut(alert).corrected_by = Some(event.id.clone());
        touched.push(alert.clone());
    }
    touched.iter().for_each(|alert| state.note_changed(alert));
}

/// Answers that are worse than *as before*: a later *as before* to the same question is then unknown.
fn worse_answers(pathway: &Compiled, given: &Given) -> Vec<(String, String)> {
    let mut worse = vec![];
    for (place, value) in given.answered() {
        let (Some(question), Value::Codes(bits)) = (pathway.questions.get(place), value) else { continue };
        let Some(unchanged) = question.unchanged else { continue };
        if crate::triage::rank(question, bits) > crate::triage::rank(question, 1 << unchanged) {
            worse.push((question.id.clone(), crate::triage::value_text(question, value)));
        }
    }
    worse
}

/// Keeps the day's answers, when conditions held, and where the check-in stood. Nothing before the procedure is remembered.
fn remember(pathways: &Pathways, patient: &Patient, state: &mut State, said: (&Event, &CheckIn), judged: &Judged) {
    let (event, check_in) = said;
    let day = judged.day;
    let there = event.corrects.as_deref().and_then(|id| state.stood_at(id)).map(|stood| (stood.day, stood.place.clone()));
    let (stood_day, stood_place) = there.unwrap_or_else(|| (day, Arc::new((event.moment().millis(), event.id.clone()))));
    let stood = Stood { id: event.id.clone(), day: stood_day, place: stood_place };
    if day < 0 {
        state.remember_place(stood);
        return;
    }
    for place in 0..pathways.count() {
        let pathway = pathways.at(place);
        let again = (place != judged.place).then(|| read(pathways, patient, state, place, day, check_in));
        let given = again.as_ref().unwrap_or(judged.given);
        let phase = state.phase.index;
        let reading = if place == judged.place { judged.reading } else { reading(pathways, patient, state, place, day) };
        let Some(memory) = state.memory.get_mut(place) else { continue };
        event.corrects.iter().for_each(|corrected| memory.unmark(corrected));
        let (held, felt, flare) = {
            let other = (place != judged.place).then(|| Usuals::new(memory, day));
            let usuals = other.as_ref().unwrap_or(judged.usuals);
            let sight = Sight { pathway, patient, given, memory, usuals, day, phase, stopped: false, reading: Some(reading) };
            let flare = pathway.flare.as_ref().is_some_and(|cond| holds(cond, &sight));
            (slots_that_hold(pathway, &sight), crate::triage::felt_worse(&sight), flare)
        };
        held.into_iter().for_each(|slot| memory.mark(slot, stood.day, &event.id));
        memory.keep(pathway, given, stood.day, &stood.place);
        if says_how_it_felt(pathway, given) {
            memory.keep_felt(stood.day, felt, &stood.place);
        }
        memory.begun = true;
        if place == pathways.last() && flare {
            state.unsettled = Some(day);
        }
    }
    state.remember_place(stood);
}

/// Whether a check-in answers anything that *felt worse* rests on.
fn says_how_it_felt(pathway: &Compiled, given: &Given) -> bool {
    let Some(cond) = &pathway.felt_worse else { return false };
    let (mut reads, mut says) = (false, false);
    cond.each(&mut |cond| {
        let Some(question) = cond.question() else { return };
        reads = true;
        says |= given.value(question).is_some();
    });
    says || !reads
}

fn slots_that_hold(pathway: &Compiled, sight: &Sight) -> Vec<u16> {
    let mut held = vec![];
    let mut look = |cond: &Cond| {
        if let Cond::First { cond, slot } | Cond::Within { cond, slot, .. } = cond
            && holds(cond, sight)
        {
            held.push(*slot);
        }
    };
    for rule in pathway.rules.iter().filter(|rule| rule.remembers) {
        rule.when.each(&mut look);
    }
    held
}

fn act(state: &mut State, event: &Event, desk: &Desk, deed: Deed) {
    state.act(Action { deed, event: event.id.clone(), at: event.moment(), known_at: event.known_at(), desk: desk.clone() });
}

/// The questions that are due in a check-in on a day, given the answers so far, by place.
pub fn questions_due(pathways: &Pathways, patient: &Patient, state: &State, now: Moment, check_in: &CheckIn) -> Vec<u16> {
    let place = pathways.last();
    let pathway = pathways.at(place);
    let day = patient.day_of(now.date());
    let memory = state.memory_at(place);
    let given = Given::read(pathway, &check_in.answers, &state.worse);
    let usuals = &Usuals::new(memory, day);
    let sight = Sight { pathway, patient, given: &given, memory, usuals, day, phase: state.phase.index, stopped: false, reading: None };
    (0..pathway.questions.len()).filter(|place| due(*place, &sight)).map(|place| place as u16).collect()
}
