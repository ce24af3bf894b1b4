//! Laws of the waist, on records at random: what `semantics.md` promises of any arrival order, any cut, any loss.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use lamella_engine::alerts::Alert;
use lamella_engine::triage::Verdict;
use lamella_engine::{Pathways, State, View, assess, reading_in_full, step, view};
use lamella_record::{
    Answer, Answers, CheckIn, Desk, Event, Kind, Level, Moment, Patient, PhaseOrder, PhaseWord, Record, Stopped, Warning,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

// ---- records at random ---------------------------------------------------------------------------------------------------------

/// One event, drawn: everything that is not its own kind of fact hangs on `seed`.
#[derive(Debug, Clone)]
struct Draw {
    what: u8,
    /// Minutes since the procedure's midnight.
    at: i32,
    /// Minutes until it arrived; negative: the device's clock runs ahead. `None`: not sent yet.
    delay: Option<i32>,
    seed: u64,
}

#[derive(Debug, Clone)]
struct Drawn {
    draws: Vec<Draw>,
    baseline: Option<i32>,
    /// For shuffles, cuts and copies.
    seed: u64,
    /// Hours from the last event to the look at it.
    look: i32,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let at = prop_oneof![10 => 0i32..12 * 1440, 4 => 12 * 1440..40 * 1440, 1 => -3 * 1440..0, 2 => 80 * 1440..120 * 1440];
    let delay = prop_oneof![6 => 0i32..3, 3 => 3i32..4000, 2 => -9i32..0, 2 => -60i32..-10, 1 => -3 * 1440..-60];
    let delay = proptest::option::weighted(0.93, delay);
    let draw = (any::<u8>(), at, delay, any::<u64>()).prop_map(|(what, at, delay, seed)| Draw { what, at, delay, seed });
    let draws = proptest::collection::vec(draw, 1..28);
    (draws, proptest::option::of(0i32..=10), any::<u64>(), 0i32..400).prop_map(|(draws, baseline, seed, look)| Drawn {
        draws,
        baseline,
        seed,
        look,
    })
}

/// SplitMix64: enough chance for a test, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }

    fn word<'a>(&mut self, words: &'a [String]) -> &'a str {
        self.of(words).as_str()
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }
}

/// What this person tends to have: so that runs, reviews and repeats happen.
fn theme(seed: u64, today: &mut Chance) -> Vec<(&'static str, Answer)> {
    match Chance(seed ^ 0xbeef).below(8) {
        0 => vec![("rest-pain", code("yes"))],
        1 => vec![("numbness", code(today.pick(&["new", "as-before", "as-before", "spreading"])))],
        2 => vec![("weakness", code(today.pick(&["new", "as-before", "both-legs"])))],
        3 => vec![("against-usual", code("worse")), ("character", code("sharp"))],
        4 => vec![("against-usual", code("worse")), ("where", codes(&["low-back", "thigh-left"]))],
        5 => vec![("pain", number(9)), ("pain-worst", number(9))],
        6 => vec![("saddle", code("yes"))],
        _ => vec![("unwell", code("yes"))],
    }
}

fn answers(day: i32, seed: u64, chance: &mut Chance) -> Answers {
    let mut answers = quiet(day);
    if !chance.one_in(3) {
        answers.extend(theme(seed, chance).into_iter().map(|(question, answer)| (question.to_string(), answer)));
    }
    let pathway = both().current();
    let changes = *chance.of(&[0, 0, 0, 1, 1, 2, 6]);
    for _ in 0..changes {
        let question = chance.of(&pathway.questions);
        let id = question.id.clone();
        let answer = match chance.below(12) {
            0 => {
                answers.remove(&id);
                continue;
            }
            1 => code("dont-know"),
            2 => code("no-such-word"),
            3 => number(99),
            4 => Answer::Codes(vec![]),
            5 => hundredths(chance.below(1100) as i32),
            _ if question.is_number() => number(chance.below(11) as i32),
            6 => codes(&[chance.word(&question.codes), chance.word(&question.codes), "dont-know"]),
            7 => codes(&[chance.word(&question.codes), chance.word(&question.codes)]),
            8 => codes(&[chance.word(&question.codes), "no-such-word"]),
            _ => code(chance.word(&question.codes)),
        };
        answers.insert(id, answer);
    }
    if chance.one_in(4) {
        answers.insert("pain".to_string(), number(chance.below(11) as i32));
        answers.insert("pain-worst".to_string(), number(chance.below(11) as i32));
    }
    if chance.one_in(9) {
        answers.retain(|_, _| chance.one_in(3));
    }
    if chance.one_in(25) {
        answers.insert("no-such-question".to_string(), code("yes"));
    }
    answers
}

fn kind(draw: &Draw, day: i32, seed: u64, chance: &mut Chance) -> Kind {
    match draw.what {
        0..150 => {
            // A word that nobody knows raises all by itself: seldom.
            let revision = *chance.of(&["1", "1", "1", "1", "1", "2", "2", "2", "2", "", "77"]);
            let complete = !chance.one_in(6);
            let not_asked = if chance.one_in(12) { vec![chance.of(&both().current().questions).id.clone()] } else { vec![] };
            let mut answers = answers(day, seed, chance);
            not_asked.iter().for_each(|id| drop(answers.remove(id)));
            let imported = chance.one_in(12).then(|| on(day + chance.below(40) as i32, "21:00"));
            Kind::CheckIn(CheckIn { revision: revision.to_string(), answers, complete, not_asked, imported })
        }
        150..164 => {
            let mut said = Answers::new();
            if !chance.one_in(4) {
                said.insert("pain".to_string(), number(chance.below(11) as i32));
            }
            if chance.one_in(2) {
                said.insert("where".to_string(), code(chance.pick(&["low-back", "below-knee-left", "no-such-word"])));
            }
            Kind::Stopped(Stopped { activity: "lift".to_string(), answers: said })
        }
        164..174 => {
            let action = *chance.of(&[PhaseWord::Hold, PhaseWord::Advance, PhaseWord::StepBack, PhaseWord::Lift]);
            let phase = chance.of(&[Some("protect"), Some("rebuild"), Some("maintain"), None]).map(str::to_string);
            let until = chance.one_in(2).then(|| patient().date_of(day + chance.below(20) as i32));
            let reason = chance.of(&["seen", "seen", "seen", " "]).to_string();
            Kind::Phase(PhaseOrder { action, phase, until, by: "dr".to_string(), reason })
        }
        174..177 => Kind::Ended(Default::default()),
        177..180 => Kind::Note(Default::default()),
        _ => unreachable!("desk events are made once there are alerts"),
    }
}

fn placed(draw: &Draw, index: usize) -> (String, Moment, Option<Moment>) {
    let start = on(0, "00:00");
    let at = start.plus_seconds(i64::from(draw.at) * 60);
    let at = if draw.seed.is_multiple_of(7) { at.at_offset(moment("2026-03-02T00:00:00-05:00").offset()) } else { at };
    // Ids that do not rise with time.
    let id = format!("{:02x}-{index}", draw.seed & 0xff);
    (id, at, draw.delay.map(|delay| start.plus_seconds(i64::from(draw.at + delay) * 60)))
}

/// The events of a draw: first what the person said, then what the desk did about the alerts that asked for.
fn events(drawn: &Drawn, patient: &Patient) -> Vec<Event> {
    let mut events: Vec<Event> = vec![];
    let (said, done): (Vec<_>, Vec<_>) = drawn.draws.iter().enumerate().partition(|(_, draw)| draw.what < 180);
    for (index, draw) in said {
        let (id, at, received_at) = placed(draw, index);
        let mut chance = Chance(draw.seed);
        let mut made = Event { id, at, received_at, day: None, corrects: None, kind: Kind::Note(Default::default()) };
        if chance.one_in(15) {
            made.day = Some(patient.date_of(patient.day_of(at.date()) - chance.below(3) as i32));
        }
        if chance.one_in(12) && !events.is_empty() {
            made.corrects = Some(chance.of(&events).id.clone());
        }
        made.kind = kind(draw, patient.day_of(made.date()), drawn.seed, &mut chance);
        events.push(made);
    }
    let before = assess(both(), &Record::fold(patient.clone(), events.clone()), on(130, "12:00"));
    let mut ids: Vec<String> = before.alerts.iter().flat_map(|alert| [&alert.id].into_iter().chain(&alert.also)).cloned().collect();
    ids.push("saddle-change:nobody".to_string());
    let mut deeds: Vec<String> = vec!["nothing".to_string()];
    for (index, draw) in done {
        let (id, mut at, mut received_at) = placed(draw, index);
        let mut chance = Chance(draw.seed);
        let named = chance.of(&ids).clone();
        // Mostly somebody acts some time after the event was known.
        let about = events.iter().find(|event| named.ends_with(&format!(":{}", event.id)));
        if let Some(event) = about.filter(|_| !chance.one_in(4)) {
            at = event.known_at().plus_seconds(60 * chance.below(3000) as i64 - 3600);
            received_at = Some(at.plus_seconds(if chance.one_in(5) { chance.below(90_000) as i64 } else { 0 }));
        }
        let known_until = chance.one_in(3).then(|| patient.date_of(patient.day_of(at.date()) + chance.below(33) as i32));
        let desk = Desk {
            alert: named,
            by: chance.of(&["ana", "ben"]).to_string(),
            disposition: "done".to_string(),
            note: "seen".to_string(),
            known_until,
            ..Desk::default()
        };
        let kind = match chance.below(10) {
            0..4 => Kind::Resolve(desk),
            4..7 => Kind::Acknowledge(desk),
            7 => Kind::Contact(desk),
            _ => Kind::Undo(Desk { undoes: chance.of(&deeds).clone(), by: "ana".to_string(), ..Desk::default() }),
        };
        // An undo comes soon after what it undoes, or not soon enough.
        let (at, received_at) = match &kind {
            Kind::Undo(undo) => match events.iter().find(|event| event.id == undo.undoes) {
                Some(undone) => (undone.at, Some(undone.known_at().plus_seconds(chance.below(120) as i64))),
                None => (at, received_at),
            },
            _ => (at, received_at),
        };
        if !matches!(kind, Kind::Undo(_)) {
            deeds.push(id.clone());
        }
        events.push(Event { id, at, received_at, day: None, corrects: None, kind });
    }
    events
}

/// A person, their events in no order, and the moment of the look.
fn story(drawn: &Drawn) -> (Patient, Vec<Event>, Moment) {
    let mut patient = patient();
    patient.procedure.baseline_pain = drawn.baseline.map(Answer::number);
    if drawn.seed.is_multiple_of(5) {
        patient.pathway.push(serde_json::from_str(r#"{"revision": 2, "from": "2026-03-08"}"#).unwrap());
    }
    let events = events(drawn, &patient);
    let last = events.iter().map(Event::moment).max().unwrap_or(on(0, "00:00"));
    (patient, events, last.plus_seconds(i64::from(drawn.look) * 3600))
}

// ---- the fold, by hand ---------------------------------------------------------------------------------------------------------

/// What comes out of a record, whoever folded it.
#[derive(Default)]
struct Out {
    verdicts: Vec<Verdict>,
    alerts: BTreeMap<String, Alert>,
    warnings: Vec<Warning>,
}

impl Out {
    fn step(&mut self, pathways: &Pathways, patient: &Patient, state: &mut State, event: &Event) {
        let done = step(pathways, patient, state, event);
        self.verdicts.extend(done.verdict);
        self.alerts.extend(done.alerts.into_iter().map(|alert| (alert.id.clone(), Arc::unwrap_or_clone(alert))));
        self.warnings.extend(done.warnings);
    }

    fn seen(mut self, view: &View) -> String {
        self.alerts.extend(view.alerts.iter().map(|alert| (alert.id.clone(), alert.clone())));
        self.warnings.extend(view.warnings.clone());
        serde_json::to_string(&(
            (&self.verdicts, &self.alerts, &self.warnings),
            (&view.level, &view.phase, &view.reading, &view.restrictions),
            (&view.agenda, &view.usual),
        ))
        .unwrap()
    }
}

fn whole(record: &Record, now: Moment) -> String {
    let all = assess(both(), record, now);
    let alerts: BTreeMap<String, &Alert> = all.alerts.iter().map(|alert| (alert.id.clone(), alert)).collect();
    assert_eq!(alerts.len(), all.alerts.len(), "two alerts have one id");
    serde_json::to_string(&(
        (&all.verdicts, &alerts, &all.warnings),
        (&all.level, &all.phase, &all.reading, &all.restrictions),
        (&all.agenda, &all.usual),
    ))
    .unwrap()
}

fn bits(record: &Record, now: Moment) -> String {
    serde_json::to_string(&assess(both(), record, now)).unwrap()
}

/// The record folded, what each step did, and the state after it.
fn steps(record: &Record) -> Vec<(&Event, lamella_engine::Step, State)> {
    let mut state = State::new(both());
    record
        .events
        .iter()
        .map(|event| {
            let done = step(both(), &record.patient, &mut state, event);
            (event, done, state.clone())
        })
        .collect()
}

// ---- an independent account of the answers -------------------------------------------------------------------------------------

/// vocabulary.md, *Floors*.
fn floor(question: &str, code: &str, day: i32) -> Level {
    match (question, code) {
        ("weakness", "spreading" | "cannot-lift-foot" | "cannot-rise-on-toes" | "leg-gives-way" | "both-legs")
        | ("saddle" | "both-legs-pain" | "chest" | "confusion" | "self-harm", "yes")
        | ("bladder", "hard-to-start" | "hard-to-stop" | "cannot-pass" | "leaking" | "cannot-feel")
        | ("bowel", "cannot-hold" | "cannot-feel")
        | ("allergy", "face-or-breathing" | "faint")
        | ("headache", "with-neck-fever-or-senses") => Level::Emergency,
        ("numbness", "new" | "spreading")
        | ("weakness", "new")
        | ("fever", "feverish" | "shaking-chills")
        | ("unwell" | "calf" | "fall", "yes")
        | ("stood", "no")
        | ("needle-site", "red-spreading" | "warm" | "swollen" | "discharge")
        | ("allergy", "hives")
        | ("headache", "worse-upright")
        | ("against-usual", "new-kind") => Level::Attention,
        ("settles", "not-settling") if day >= 3 => Level::Attention,
        ("rest-pain", "yes") => Level::Watch,
        _ => Level::Expected,
    }
}

fn known_codes<'a>(question: &str, answers: &'a Answers) -> Vec<&'a str> {
    let asked = both().current().questions.iter().find(|asked| asked.id == question).unwrap();
    match answers.get(question) {
        Some(Answer::Codes(codes)) => codes.iter().map(String::as_str).filter(|code| asked.code(code).is_some()).collect(),
        _ => vec![],
    }
}

/// The number given, if it lies in the range, halves up.
fn known_number(question: &str, answers: &Answers) -> Option<i32> {
    match answers.get(question) {
        Some(Answer::Number(number)) => Some((number.0 + 50).div_euclid(100)).filter(|number| (0..=10).contains(number)),
        _ => None,
    }
}

/// Safety questions that are surely due (their condition holds, or rests on an unknown answer) and have no answer.
fn unanswered(check_in: &CheckIn, day: i32) -> Vec<&'static str> {
    let answers = &check_in.answers;
    let number = |question: &str| known_number(question, answers);
    let hurts = |question: &str| number(question).is_none_or(|pain| pain >= 1);
    let mut due: Vec<&str> = vec![
        "against-usual",
        "rest-pain",
        "numbness",
        "weakness",
        "saddle",
        "bladder",
        "bowel",
        "both-legs-pain",
        "fever",
        "unwell",
        "chest",
        "fall",
        "stood",
    ];
    if hurts("pain") || hurts("pain-worst") {
        due.extend(["character", "where", "set-off", "settles"]);
    }
    for (question, last) in [("needle-site", 30), ("calf", 90), ("allergy", 14), ("headache", 42)] {
        if (0..=last).contains(&day) {
            due.push(question);
        }
    }
    let fever = known_codes("fever", answers);
    let headache = known_codes("headache", answers);
    let feverish = fever.is_empty() || fever.iter().any(|code| *code != "no");
    let aching = if (0..=42).contains(&day) { headache.iter().any(|code| *code != "none") || headache.is_empty() } else { false };
    if feverish || aching {
        due.push("confusion");
    }
    if number("mood").is_some() {
        due.push("self-harm");
    }
    due.retain(|question| known_codes(question, answers).is_empty());
    due.extend(["pain", "pain-worst"].into_iter().filter(|question| number(question).is_none()));
    due.retain(|question| !check_in.not_asked.iter().any(|id| id == question));
    due
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 250, failure_persistence: None, max_shrink_iters: 4000, ..ProptestConfig::default() }
}

// ---- the laws ------------------------------------------------------------------------------------------------------------------

proptest! {
    #![proptest_config(config())]

    /// Events are ordered by (`at`, `id`): the order in which they arrive cannot matter.
    #[test]
    fn any_arrival_order_gives_the_same_bits(drawn in drawn()) {
        let (patient, mut events, now) = story(&drawn);
        let first = bits(&Record::fold(patient.clone(), events.clone()), now);
        let mut chance = Chance(drawn.seed);
        for _ in 0..3 {
            chance.shuffle(&mut events);
            prop_assert_eq!(&first, &bits(&Record::fold(patient.clone(), events.clone()), now));
        }
    }

    /// Whether a change was real can be said at any time, of any alert: it changes no verdict, no alert and nothing of the view.
    #[test]
    fn what_is_said_of_a_change_changes_nothing(drawn in drawn()) {
        let (patient, mut events, now) = story(&drawn);
        let record = Record::fold(patient.clone(), events.clone());
        let before = whole(&record, now);
        let mut chance = Chance(drawn.seed);
        let alerts = assess(both(), &record, now).alerts;
        for (index, alert) in alerts.iter().enumerate() {
            let said = serde_json::json!({ "by": "ana", "alert": alert.id, "change": chance.pick(&["real", "not-real", "cannot-say", "?"]) });
            let at = alert.since.plus_seconds(60 * chance.below(20_000) as i64);
            let kind = Kind::Note(serde_json::from_value(said).unwrap());
            let id = format!("said-{index}");
            events.push(Event { id, at: at.min(now), received_at: Some(at.min(now)), day: None, corrects: None, kind });
        }
        prop_assert_eq!(before, whole(&Record::fold(patient, events), now));
    }

    /// `assess` is the fold of `step`, then a view: whatever the batches, and whether the state was kept as text or lost.
    #[test]
    fn any_cut_and_any_loss_gives_the_same_bits(drawn in drawn()) {
        let (patient, events, now) = story(&drawn);
        let record = Record::fold(patient.clone(), events);
        let mut chance = Chance(drawn.seed);
        let mut state = State::new(both());
        let mut out = Out { warnings: record.warnings.clone(), ..Out::default() };
        for (done, event) in record.events.iter().enumerate() {
            if chance.one_in(3) {
                let kept = serde_json::to_string(&state).unwrap();
                let read: State = serde_json::from_str(&kept).unwrap();
                prop_assert_eq!(&read, &state, "the state is not what was kept of it");
                state = read;
            }
            if chance.one_in(8) {
                // Lost: built again from the events.
                state = State::new(both());
                let mut again = Out::default();
                record.events[..done].iter().for_each(|event| again.step(both(), &patient, &mut state, event));
            }
            out.step(both(), &patient, &mut state, event);
            if chance.one_in(6) {
                // A look changes nothing.
                let before = state.clone();
                view(both(), &patient, &state, now);
                prop_assert_eq!(&before, &state);
            }
        }
        let reading = reading_in_full(both(), &patient, &state, now);
        prop_assert_eq!(out.seen(&View { reading, ..view(both(), &patient, &state, now) }), whole(&record, now));
    }

    /// The same id is the same event.
    #[test]
    fn a_copy_changes_nothing(drawn in drawn()) {
        let (patient, mut events, now) = story(&drawn);
        let first = bits(&Record::fold(patient.clone(), events.clone()), now);
        let mut chance = Chance(drawn.seed);
        let copies: Vec<Event> = events.iter().filter(|_| chance.one_in(2)).cloned().collect();
        events.extend(copies.clone());
        events.extend(copies);
        chance.shuffle(&mut events);
        prop_assert_eq!(first, bits(&Record::fold(patient, events), now));
    }

    /// A verdict uses its event and those before it, never later ones.
    #[test]
    fn what_comes_later_changes_no_verdict(drawn in drawn()) {
        let (patient, events, now) = story(&drawn);
        let record = Record::fold(patient, events);
        let all = assess(both(), &record, now);
        for until in 0..=record.events.len() {
            let part = Record { events: record.events[..until].to_vec(), ..record.clone() };
            let verdicts = assess(both(), &part, now).verdicts;
            prop_assert_eq!(&verdicts[..], &all.verdicts[..verdicts.len()]);
        }
    }

    /// The same with a new event that arrives at any place: verdicts before its place stay as they were.
    #[test]
    fn an_arrival_changes_only_what_is_ordered_after_it(drawn in drawn()) {
        let (patient, mut events, now) = story(&drawn);
        let mut chance = Chance(drawn.seed);
        let arrived = events.remove(chance.below(events.len()));
        prop_assume!(!matches!(arrived.kind, Kind::Undo(_)));
        let gone: Vec<String> = vec![arrived.id.clone()];
        // What undoes the arrived event is no part of this law.
        events.retain(|event| !matches!(&event.kind, Kind::Undo(undo) if gone.contains(&undo.undoes)));
        let before = Record::fold(patient.clone(), events.clone());
        events.push(arrived.clone());
        let after = Record::fold(patient, events);
        let earlier = |event: &Event| (event.moment().instant(), &event.id) < (arrived.moment().instant(), &arrived.id);
        let kept: Vec<&str> = before.events.iter().filter(|event| earlier(event)).map(|event| event.id.as_str()).collect();
        let of = |record: &Record| -> Vec<Verdict> {
            let verdicts = assess(both(), record, now).verdicts;
            verdicts.into_iter().filter(|verdict| kept.contains(&verdict.event.as_str())).collect()
        };
        prop_assert_eq!(of(&before), of(&after));
    }

    /// Unknown raises; a floor is reached; a verdict is never below its rules.
    #[test]
    fn nothing_missing_or_given_is_judged_too_low(drawn in drawn()) {
        let (patient, events, now) = story(&drawn);
        let record = Record::fold(patient, events);
        let all = assess(both(), &record, now);
        for event in &record.events {
            let found = all.verdicts.iter().find(|verdict| verdict.event == event.id);
            let judged = matches!(event.kind, Kind::CheckIn(_) | Kind::Stopped(_) | Kind::Unreadable(_));
            prop_assert_eq!(found.is_some(), judged);
            let Some(verdict) = found else { continue };
            prop_assert_eq!(verdict.day, record.day_of(event));
            for hit in &verdict.rules {
                prop_assert!(verdict.level >= hit.level, "{} is below its rule {}", verdict.level, hit.id);
            }
            prop_assert!(verdict.unknown.is_empty() || verdict.level >= Level::Attention);
            let Kind::CheckIn(check_in) = &event.kind else { continue };
            let missing = unanswered(check_in, verdict.day);
            let open: Vec<&str> = verdict.unknown.iter().map(|unknown| unknown.question.as_str()).collect();
            for question in &missing {
                prop_assert!(open.contains(question), "`{}` was due and is not among the unknown {:?}", question, open);
            }
            prop_assert!(missing.is_empty() || verdict.level >= Level::Attention, "{:?} unanswered, and {}", missing, verdict.level);
            prop_assert!(check_in.not_asked.is_empty() || verdict.level >= Level::Watch);
            let known = ["1", "2", ""].contains(&check_in.revision.as_str());
            prop_assert!(known || verdict.level >= Level::Attention, "an unknown revision raises");
            prop_assert!(!check_in.answers.contains_key("no-such-question") || verdict.level >= Level::Attention);
            for (question, answer) in &check_in.answers {
                let Answer::Codes(said) = answer else { continue };
                if said.iter().any(|word| word == "no-such-word") {
                    prop_assert!(verdict.level >= Level::Attention, "an unknown word to `{}` raises", question);
                }
                let floor = said.iter().map(|code| floor(question, code, verdict.day)).max().unwrap_or(Level::Expected);
                prop_assert!(verdict.level >= floor, "{:?} to `{}` asks for {}, and it is {}", said, question, floor, verdict.level);
            }
        }
    }

    /// Each finding of a verdict, watch or above, is in an alert of its cause: nothing clinical ends in a history that nobody reads.
    #[test]
    fn every_finding_is_in_an_alert(drawn in drawn()) {
        let (patient, events, now) = story(&drawn);
        let record = Record::fold(patient, events);
        let all = assess(both(), &record, now);
        let in_alert = |cause: &str, event: &str| {
            all.alerts.iter().any(|alert| alert.cause == cause && alert.events.iter().any(|touch| touch.event == event))
        };
        let old = |verdict: &Verdict| {
            let imported = record.events.iter().find(|event| event.id == verdict.event).and_then(|event| match &event.kind {
                Kind::CheckIn(check_in) => check_in.imported,
                _ => None,
            });
            imported.is_some_and(|imported| record.patient.day_of(imported.date()) - verdict.day > 14)
        };
        for verdict in &all.verdicts {
            if old(verdict) {
                // History asks for one alert in all, from attention on.
                let asks = verdict.settled_level() >= Level::Attention;
                prop_assert!(!asks || all.alerts.iter().any(|alert| alert.cause == "history"), "{} is in no alert", verdict.event);
                continue;
            }
            for hit in verdict.rules.iter().filter(|hit| hit.level >= Level::Watch && !hit.reviewed) {
                prop_assert!(in_alert(&hit.id, &verdict.event), "{} of {} is in no alert", hit.id, verdict.event);
            }
            prop_assert!(verdict.unknown.is_empty() || in_alert("unknown", &verdict.event));
        }
    }

    /// *Attention* and *emergency* need a person's resolve that names the alert (or, for *unknown*, all the answers in time).
    #[test]
    fn only_a_person_ends_what_is_urgent(drawn in drawn()) {
        let (patient, events, _) = story(&drawn);
        let record = Record::fold(patient, events);
        let mut kept: BTreeMap<String, Alert> = BTreeMap::new();
        let mut urgent: BTreeMap<String, Level> = BTreeMap::new();
        for (event, done, state) in steps(&record) {
            for alert in done.alerts.into_iter().map(Arc::unwrap_or_clone) {
                let highest = alert.events.iter().map(|touch| touch.level).max().unwrap_or(alert.level);
                let highest = urgent.get(&alert.id).copied().unwrap_or_default().max(highest).max(alert.level);
                urgent.insert(alert.id.clone(), highest);
                let stood = kept.get(&alert.id).is_none_or(Alert::stands);
                if stood && !alert.stands() && highest >= Level::Attention {
                    let end = alert.resolved.as_ref().expect("what does not stand says how it ended");
                    let by = record.events.iter().find(|event| event.id == end.event).expect("it ended by an event");
                    match &by.kind {
                        Kind::Resolve(desk) => prop_assert!(alert.answers_to(&desk.alert), "{} was not named by {}", alert.id, by.id),
                        Kind::CheckIn(_) => prop_assert!(alert.cause == "unknown", "{} ({highest}) closed itself", alert.id),
                        other => prop_assert!(false, "{} was ended by {other:?}", alert.id),
                    }
                }
                kept.insert(alert.id.clone(), alert);
            }
            // The state holds what stands: the record's level is never below it.
            let standing = kept.values().filter(|alert| alert.stands()).map(|alert| alert.level).max().unwrap_or_default();
            let level = view(both(), &record.patient, &state, event.moment()).level;
            prop_assert!(level >= standing, "{standing} stands, and the record is {level}");
        }
    }

    /// What a person did covers only what had arrived by then.
    #[test]
    fn a_resolve_covers_nothing_that_arrived_after_it(drawn in drawn()) {
        let (patient, events, now) = story(&drawn);
        let record = Record::fold(patient, events);
        let all = assess(both(), &record, now);
        for alert in all.alerts.iter().filter(|alert| !alert.stands()) {
            let Some(end) = alert.resolved.as_ref().filter(|end| end.by != "lamella") else { continue };
            let by = record.events.iter().find(|event| event.id == end.event).expect("it ended by an event");
            for touch in &alert.events {
                // A silence is named after the last check-in, and is about the days since.
                let about = record.events.iter().find(|event| event.id == touch.event && alert.cause != "silence");
                let known = about.map_or(touch.known_at, Event::known_at);
                prop_assert!(known <= by.known_at(), "{} covers {}, which arrived later", by.id, touch.event);
            }
        }
    }
}

/// The laws are worth what their records are: that these hold alerts, resolves that hit, late arrivals and the rest.
#[test]
fn the_records_at_random_are_rich() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..200 {
        let drawn = drawn().new_tree(&mut runner).unwrap().current();
        let (patient, events, now) = story(&drawn);
        let record = Record::fold(patient, events.clone());
        let all = assess(both(), &record, now);
        let mut count = |what: &'static str, yes: bool| *seen.entry(what).or_default() += usize::from(yes);
        let by_person = |alert: &&Alert| alert.resolved.as_ref().is_some_and(|end| end.by != "lamella");
        count("resolved by a person", all.alerts.iter().any(|alert| by_person(&alert)));
        count("closed itself", all.alerts.iter().any(|alert| alert.resolved.as_ref().is_some_and(|end| end.by == "lamella")));
        count("unknown closed itself", all.alerts.iter().any(|alert| alert.cause == "unknown" && !alert.stands() && !by_person(&alert)));
        count("acknowledged", all.alerts.iter().any(|alert| alert.acknowledged.is_some()));
        count("reviewed", all.verdicts.iter().any(|verdict| verdict.rules.iter().any(|hit| hit.reviewed)));
        count("corrected", all.alerts.iter().any(|alert| alert.corrected_by.is_some()));
        count("run of several", all.alerts.iter().any(|alert| alert.events.len() > 1));
        count("as before after worse", all.verdicts.iter().any(|verdict| verdict.unknown.iter().any(|u| u.why == "after-worse")));
        count("undone", record.events.len() < events.len());
        count("silence", all.alerts.iter().any(|alert| alert.cause == "silence"));
        count("hold", all.alerts.iter().any(|alert| alert.cause == "hold"));
        count("usual", !all.usual.is_empty());
        count("lying clock", record.events.iter().any(|event| event.moment() != event.at));
        count("second revision", all.verdicts.iter().any(|verdict| verdict.revision == "2"));
        count("expected", all.verdicts.iter().any(|verdict| verdict.level == Level::Expected));
    }
    for (what, times) in &seen {
        assert!(*times >= 3, "{what}: {times} of 200 records; all: {seen:#?}");
    }
    let level = |pathways: &Pathways, place: usize, rule: &str| {
        pathways.all().nth(place).unwrap().rules.iter().find(|there| there.id == rule).unwrap().level
    };
    assert_eq!((level(both(), 0, "sharp-pain"), level(both(), 1, "sharp-pain")), (Level::Attention, Level::Watch));
    assert_eq!((level(both(), 0, "pain-at-rest"), level(both(), 1, "pain-at-rest")), (Level::Watch, Level::Attention));
}
