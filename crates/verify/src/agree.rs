//! Does the encoding say what the engine says?
//!
//! Records at random are judged by the engine, and each event is read as a state by an independent account of what the engine
//! remembers. Then every rule, every unknown answer and every level must agree, and the state must be among the possible ones:
//! what `Space::possible` leaves out can never be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::condition::Judge;
use crate::level::Levels;
use crate::space::{Shape, Space};
use crate::state::State;
use biodivine_lib_bdd::{Bdd, BddValuation};
use lamella_engine::triage::{Value, usual};
use lamella_engine::{Pathways, Stands, assess_assuming};
use lamella_pathway::{Asked, Compiled, Cond, Form};
use lamella_record::{Answer, Answers, CheckIn, Event, Kind, Level, Moment, Patient, Record, Stopped};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn shipped() -> Compiled {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pathways/annular-fibrin");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<(String, String)> = names
        .filter(|path| path.extension().is_some_and(|ext| ext == "md"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().to_string(), std::fs::read_to_string(path).unwrap()))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (pathway, found) = lamella_pathway::read(&files);
    pathway.unwrap_or_else(|| panic!("{found:#?}"))
}

/// A pathway with every condition there is.
fn every() -> Compiled {
    let files = [("common.md", include_str!("../tests/common.md")), ("every.md", include_str!("../tests/whole/every.md"))];
    let (pathway, found) = lamella_pathway::read(&files);
    pathway.unwrap_or_else(|| panic!("{found:#?}"))
}

/// Who the events are about, at random.
#[derive(Debug, Clone)]
struct Who {
    intake: Option<i32>,
    conditions: bool,
    born: Option<i16>,
}

fn who() -> impl Strategy<Value = Who> {
    let who = (proptest::option::of(0i32..=10), any::<bool>(), proptest::option::of(1940i16..2000));
    who.prop_map(|(intake, conditions, born)| Who { intake, conditions, born })
}

/// One event at random: its day, how late it was written, whether it is a *stopped*, and a draw per question.
#[derive(Debug, Clone)]
struct Draw {
    day: i32,
    late: bool,
    stopped: bool,
    answers: Vec<(u8, u64)>,
}

fn draws(questions: usize) -> impl Strategy<Value = Vec<Draw>> {
    let answer = (0u8..10, any::<u64>());
    let draw = (
        prop_oneof![8 => 0i32..20, 1 => -3i32..0, 2 => 20i32..130],
        any::<u8>(),
        any::<u8>(),
        proptest::collection::vec(answer, questions),
    );
    let draw = draw.prop_map(|(day, late, stopped, answers)| Draw { day, late: late < 30, stopped: stopped < 25, answers });
    proptest::collection::vec(draw, 1..25)
}

/// What the engine remembers, kept by hand.
#[derive(Default)]
struct Kept {
    begun: bool,
    series: BTreeMap<u16, BTreeMap<i32, Value>>,
    felt: BTreeSet<i32>,
    /// By question and day: the codes said.
    said: BTreeMap<u16, BTreeMap<i32, u64>>,
    /// By condition: the first and the last day on which it held.
    held: BTreeMap<String, (i32, i32)>,
    worse: BTreeSet<u16>,
}

struct Oracle<'a> {
    space: &'a Space<'a>,
    judge: &'a Judge<'a>,
    levels: &'a Levels,
    possible: Bdd,
    patient: Patient,
    kept: Kept,
}

impl Oracle<'_> {
    fn state(&self, day: i32, phase: &str, stopped: bool, answers: &BTreeMap<u16, Value>) -> State {
        let space = self.space;
        let mut values = vec![0; space.dials.len()];
        values[space.stopped] = usize::from(stopped);
        values[space.day] = space.days.iter().position(|(first, last)| (*first..=*last).contains(&day)).unwrap();
        if let Some(begun) = space.begun {
            values[begun] = usize::from(self.kept.begun);
        }
        if let Some(place) = space.intake {
            values[place] = self.patient.baseline_pain().map_or(0, |rating| rating as usize + 1);
        }
        if let Some(place) = space.phase {
            values[place] = space.pathway.phases.iter().position(|there| there.id == phase).unwrap_or(0);
        }
        for (code, place) in &space.persons {
            values[*place] = usize::from(self.patient.conditions.contains(code));
        }
        if let Some(place) = space.age {
            let age = self.patient.age_on(self.patient.date_of(day));
            values[place] = space.ages.iter().filter(|years| age.is_some_and(|age| age >= **years)).count();
        }
        for (place, asking) in space.questions.iter().enumerate() {
            let question = place as u16;
            match (&asking.shape, answers.get(&question)) {
                (Shape::One(dial), Some(Value::Codes(bits))) => values[*dial] = bits.trailing_zeros() as usize + 1,
                (Shape::Any(dials), Some(Value::Codes(bits))) => {
                    dials.iter().enumerate().for_each(|(code, dial)| values[*dial] = (bits >> code & 1) as usize);
                }
                (Shape::Number(dial, stretches), Some(Value::Number(number))) => {
                    values[*dial] = stretches.iter().position(|(least, most)| (*least..=*most).contains(number)).unwrap() + 1;
                }
                _ => {}
            }
            if let Some(dial) = asking.usual {
                values[dial] = self.usual(question, day).map_or(0, |middle| middle as usize + 1);
            }
            if let Some(dial) = asking.recent {
                let Asked::EveryDays(days) = space.pathway.questions[place].asked else { unreachable!() };
                let last = self.kept.series.get(&question).and_then(|days| days.keys().last());
                values[dial] = usize::from(last.is_some_and(|last| day - last < i32::from(days)));
            }
        }
        space.runs.iter().for_each(|run| values[run.place] = usize::from(self.ran(&run.cond, i32::from(run.days), day)));
        for seen in &space.seen_codes {
            let said =
                self.kept.said.get(&seen.question).into_iter().flat_map(|days| days.range(..day)).any(|(_, said)| said & seen.codes != 0);
            values[seen.place] = usize::from(said);
        }
        for past in &space.seen {
            let held = self.kept.held.get(&format!("{:?}", past.cond));
            values[past.place] = usize::from(held.is_some_and(|(first, _)| *first < day));
        }
        for past in &space.lately {
            let last = self.kept.held.get(&format!("{:?}", past.cond));
            values[past.place] = usize::from(last.is_some_and(|(_, last)| day - last < i32::from(past.days)));
        }
        State::new(values)
    }

    fn usual(&self, question: u16, day: i32) -> Option<i32> {
        let series: Vec<(i32, Value)> = self.kept.series.get(&question).into_iter().flatten().map(|(day, value)| (*day, *value)).collect();
        usual(&series, day)
    }

    /// The newest N−1 answered days within 2N days before held.
    fn ran(&self, cond: &Cond, n: i32, day: i32) -> bool {
        let Some(series) = cond.question().and_then(|question| self.kept.series.get(&question)) else { return false };
        let window: Vec<(&i32, &Value)> =
            series.iter().rev().filter(|(d, _)| **d < day && **d > day - 2 * n).take(n as usize - 1).collect();
        window.len() == n as usize - 1 && window.iter().all(|(day, value)| self.on(cond, **value, **day))
    }

    fn on(&self, cond: &Cond, value: Value, day: i32) -> bool {
        match (cond, value) {
            (Cond::Has { codes, only, .. }, Value::Codes(bits)) => bits & codes != 0 && (!only || bits & !codes == 0),
            (Cond::Between { least, most, .. }, Value::Number(number)) => (*least..=*most).contains(&number),
            (Cond::AboveUsual { question, by }, Value::Number(number)) => {
                let intake = self.patient.baseline_pain().filter(|_| self.space.pathway.questions[usize::from(*question)].baseline_intake);
                match self.usual(*question, day) {
                    Some(middle) => number - middle >= *by,
                    None => self.kept.felt.contains(&day) || intake.is_some_and(|rating| number - rating >= *by),
                }
            }
            _ => false,
        }
    }

    /// What a check-in leaves behind.
    fn keep(&mut self, day: i32, state: &State, answers: &BTreeMap<u16, Value>) {
        let pathway = self.space.pathway;
        for (question, value) in answers {
            let asked = &pathway.questions[usize::from(*question)];
            if let (Some(unchanged), Value::Codes(bits)) = (asked.unchanged, value) {
                let worst = (0..asked.codes.len()).filter(|code| bits >> code & 1 == 1).map(|code| asked.ranks[code]).max().unwrap();
                if worst > asked.ranks[usize::from(unchanged)] {
                    self.kept.worse.insert(*question);
                }
            }
        }
        if day < 0 {
            return;
        }
        for past in self.space.seen.iter().chain(&self.space.lately) {
            if eval(self.space, &self.judge.holds(&past.cond), state) {
                let (first, last) = self.kept.held.entry(format!("{:?}", past.cond)).or_insert((day, day));
                (*first, *last) = ((*first).min(day), (*last).max(day));
            }
        }
        self.kept.felt.retain(|there| *there > day - 14);
        let felt = pathway.felt_worse.as_ref().map_or(vec![], lamella_pathway::reads);
        if felt.iter().any(|question| answers.contains_key(question)) {
            self.kept.felt.remove(&day);
            if eval(self.space, &self.judge.felt_worse(), state) {
                self.kept.felt.insert(day);
            }
        }
        for (question, value) in answers {
            if let Value::Codes(bits) = value {
                *self.kept.said.entry(*question).or_default().entry(day).or_default() |= bits;
            }
            let depth = i32::from(pathway.questions[usize::from(*question)].keep_days);
            let series = self.kept.series.entry(*question).or_default();
            series.insert(day, *value);
            let latest = *series.keys().last().unwrap();
            series.retain(|there, _| *there > latest - depth);
        }
        self.kept.begun = true;
    }
}

fn eval(space: &Space, bdd: &Bdd, state: &State) -> bool {
    let mut valuation = BddValuation::all_false(space.set.num_vars());
    for (place, dial) in space.dials.iter().enumerate() {
        for (bit, value) in crate::space::clause(dial, state.at(place)).to_values() {
            valuation.set_value(bit, value);
        }
    }
    bdd.eval_in(&valuation)
}

/// What a draw answers, before the engine reads it.
fn answers(pathway: &Compiled, draw: &Draw) -> BTreeMap<u16, Value> {
    let mut answers = BTreeMap::new();
    for ((place, question), (chance, raw)) in pathway.questions.iter().enumerate().zip(&draw.answers) {
        let plain = if question.normal != 0 { question.normal } else { 1 };
        let value = match (question.form, chance) {
            (_, 0) => continue,
            (Form::One | Form::Any, 1..=6) => Value::Codes(plain),
            (Form::One, _) => Value::Codes(1 << (raw % question.codes.len() as u64)),
            (Form::Any, _) => {
                let bits = raw & ((1 << question.codes.len()) - 1);
                let bits = question
                    .alone
                    .filter(|alone| bits.count_ones() > 1 && bits >> alone & 1 == 1)
                    .map_or(bits, |alone| bits & !(1 << alone));
                if bits == 0 { Value::Codes(plain) } else { Value::Codes(bits) }
            }
            (Form::Whole, 1..=6) => Value::Number(question.range.0 + (raw % 4) as i32),
            (Form::Whole, _) => Value::Number(question.range.0 + (raw % (question.range.1 - question.range.0 + 1) as u64) as i32),
            (Form::Tenths, _) => Value::Number(370 + (raw % 25) as i32),
        };
        answers.insert(place as u16, value);
    }
    if draw.stopped {
        answers.retain(|place, _| matches!(pathway.questions[usize::from(*place)].id.as_str(), "pain" | "where"));
    }
    answers
}

fn as_answers(pathway: &Compiled, answers: &BTreeMap<u16, Value>) -> Answers {
    let word = |place: &u16, value: &Value| {
        let question = &pathway.questions[usize::from(*place)];
        let answer = match value {
            Value::Number(number) if question.form == Form::Tenths => Answer::Number(lamella_record::Hundredths(number * 10)),
            Value::Number(number) => Answer::number(*number),
            Value::Codes(bits) => Answer::Codes(
                (0..question.codes.len()).filter(|code| bits >> code & 1 == 1).map(|code| question.codes[code].clone()).collect(),
            ),
        };
        (question.id.clone(), answer)
    };
    answers.iter().map(|(place, value)| word(place, value)).collect()
}

/// Events in their order: most on their own days, some written later about an earlier day.
fn events(pathway: &Compiled, patient: &Patient, draws: &[Draw]) -> Vec<(i32, bool, BTreeMap<u16, Value>, Event)> {
    let mut draws = draws.to_vec();
    draws.sort_by_key(|draw| draw.day + if draw.late { 3 } else { 0 });
    let mut events = vec![];
    for (index, draw) in draws.iter().enumerate() {
        let said = answers(pathway, draw);
        let written = patient.date_of(draw.day + if draw.late { 3 } else { 0 });
        let at = Moment::parse(&format!("{written}T12:{:02}:00+00:00", index)).unwrap();
        let kind = if draw.stopped {
            Kind::Stopped(Stopped { activity: "walking".into(), answers: as_answers(pathway, &said) })
        } else {
            let answers = as_answers(pathway, &said);
            Kind::CheckIn(CheckIn { revision: pathway.revision.clone(), answers, complete: true, not_asked: vec![], imported: None })
        };
        let day = draw.late.then(|| patient.date_of(draw.day));
        events.push((draw.day, draw.stopped, said, Event { id: format!("e{index:02}"), at, received_at: None, day, corrects: None, kind }));
    }
    events
}

/// What the engine makes of an answer: *as before* after worse is unknown, and a number stands for some empty ones.
fn effective(oracle: &Oracle, stopped: bool, said: &BTreeMap<u16, Value>) -> BTreeMap<u16, Value> {
    let unchanged = |place: &u16, value: &Value| {
        let question = &oracle.space.pathway.questions[usize::from(*place)];
        question.unchanged.is_some_and(|code| *value == Value::Codes(1 << code)) && oracle.kept.worse.contains(place)
    };
    said.iter().filter(|(place, value)| stopped || !unchanged(place, value)).map(|(place, value)| (*place, *value)).collect()
}

fn check(pathway: &Compiled, drawn: &[Draw], who: &Who) {
    let space = Space::of(pathway);
    let judge = Judge::of(&space);
    let levels = Levels::of(&judge);
    let possible = space.possible();
    let patient = serde_json::json!({"id": "p", "time_zone": "Etc/UTC", "procedure": {"date": "2026-03-02"}});
    let mut patient: Patient = serde_json::from_value(patient).unwrap();
    patient.procedure.baseline_pain = who.intake.map(Answer::number);
    patient.conditions = if who.conditions { vec!["diabetes".into()] } else { vec![] };
    patient.born = who.born.map(|year| format!("{year}-06-15").parse().unwrap());
    let mut oracle = Oracle { space: &space, judge: &judge, levels: &levels, possible, patient: patient.clone(), kept: Kept::default() };
    let events = events(pathway, &patient, drawn);
    let record = Record::fold(patient, events.iter().map(|event| event.3.clone()).collect());
    let now = record.events.last().unwrap().at;
    let verdicts = assess_assuming(&Pathways::new(pathway.clone()), &record, now, Stands::from_word("too-few")).verdicts;
    for ((day, stopped, said, event), verdict) in events.iter().zip(&verdicts) {
        assert_eq!(event.id, verdict.event);
        let answers = effective(&oracle, *stopped, said);
        let state = oracle.state(*day, &verdict.phase, *stopped, &answers);
        agrees(&oracle, &state, verdict, answers.len() < said.len());
        if !stopped {
            let mut answers = answers.clone();
            for (place, question) in pathway.questions.iter().enumerate() {
                let stands = question.empty_stands_for.filter(|_| eval(&space, &judge.present(place as u16), &state));
                if let Some(number) = stands {
                    answers.entry(place as u16).or_insert(Value::Number(number));
                }
            }
            oracle.keep(*day, &state, &answers);
        }
    }
}

fn agrees(oracle: &Oracle, state: &State, verdict: &lamella_engine::triage::Verdict, odd: bool) {
    let space = oracle.space;
    assert!(eval(space, &oracle.possible, state), "{}: not possible, but here it is: {state:?}", verdict.event);
    for (rule, reach) in space.pathway.rules.iter().zip(&oracle.levels.rules) {
        let hit = verdict.rules.iter().any(|hit| hit.id == rule.id);
        assert_eq!(eval(space, &reach.holds, state), hit, "rule `{}` on {}", rule.id, verdict.event);
    }
    for (question, unknown) in space.pathway.questions.iter().zip(&oracle.levels.unknown) {
        let missing = verdict.unknown.iter().any(|unknown| unknown.question == question.id);
        assert_eq!(eval(space, unknown, state), missing, "unknown `{}` on {}", question.id, verdict.event);
    }
    let raised = |level: Level| {
        let rules =
            oracle.levels.rules.iter().chain(&oracle.levels.floors).any(|reach| reach.level >= level && eval(space, &reach.holds, state));
        let silent = oracle.levels.otherwise >= level && !oracle.levels.rules.iter().any(|reach| eval(space, &reach.holds, state));
        let unknown = level <= Level::Attention && (odd || oracle.levels.unknown.iter().any(|unknown| eval(space, unknown, state)));
        rules || silent || unknown
    };
    let level = Level::ALL.into_iter().rev().find(|level| *level == Level::Expected || raised(*level)).unwrap();
    assert_eq!(level, verdict.level, "level of {}", verdict.event);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_encoding_says_what_the_engine_says(drawn in draws(40), who in who()) {
        check(&shipped(), &drawn, &who);
    }

    #[test]
    fn of_every_condition_there_is(drawn in draws(10), who in who()) {
        check(&every(), &drawn, &who);
    }
}
