//! Every combination, one by one, through the engine: the slow and obvious way must agree with the diagrams.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lamella_engine::triage::Verdict;
use lamella_engine::{Pathways, State, assess, questions_due};
use lamella_pathway::{Compiled, Form};
use lamella_record::{Answer, Answers, CheckIn, Event, Hundredths, Kind, Level, Moment, Patient, Record, Stopped};
use lamella_verify::{Outcome, Verified, verify};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const COMMON: &str = include_str!("common.md");

// ---- pathways at random --------------------------------------------------------------------------------------------------

/// A condition as its lines, without indentation.
#[derive(Debug, Clone)]
enum Text {
    One(String),
    Several(&'static str, Vec<Text>),
}

impl Text {
    fn write(&self, indent: usize, out: &mut String) {
        match self {
            Text::One(line) => *out += &format!("{}{line}\n", " ".repeat(indent)),
            Text::Several(word, inner) => {
                *out += &format!("{}{word}\n", " ".repeat(indent));
                inner.iter().for_each(|text| text.write(indent + 2, out));
            }
        }
    }

    fn names(&self, question: &str) -> bool {
        match self {
            Text::One(line) => line.split_whitespace().any(|word| word == question),
            Text::Several(_, inner) => inner.iter().any(|text| text.names(question)),
        }
    }
}

fn plain() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["a is x", "a is y", "a is z", "a is y or z", "a is x or y", "a is x, y or z", "a answered"])
            .prop_map(str::to_string),
        prop::sample::select(vec!["b has p", "b has q", "b has p or q", "b has only p", "b has only q or r", "b answered"])
            .prop_map(str::to_string),
        prop::sample::select(vec!["pain at least 3", "pain at most 2", "pain at least 7", "pain answered"]).prop_map(str::to_string),
        prop::sample::select(vec!["heat at least 38.0", "heat at most 37.9", "heat at least 38.1", "heat answered"])
            .prop_map(str::to_string),
        prop::sample::select(vec![
            "not a is x",
            "not b has p",
            "not b has only q",
            "not pain at least 3",
            "not a answered",
            "not b answered"
        ])
        .prop_map(str::to_string),
    ]
}

fn around() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["day 0..4", "day from 3", "stopped", "day 2..9"]).prop_map(str::to_string)
}

fn past() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a is y for the first time",
        "a is y or z for the first time",
        "b has p for the first time",
        "pain at least 3 for the first time",
        "not b has p for the first time",
        "a is z in the last 3 days",
        "b has q in the last 1 days",
        "pain at least 7 in the last 5 days",
        "a is y on 2 days running",
        "pain at least 3 on 3 days running",
        "pain at least 2 above usual",
        "pain at least 5 above usual",
        "pain at least 2 above usual on 3 days running",
        "pain at least 4 above usual on 3 days running",
        "pain at least 2 above usual on 6 days running",
        "pain at least 3 above usual for the first time",
        "no usual for pain",
        "phase rebuild",
        "person has diabetes",
        "person at least 60 years",
    ])
    .prop_map(str::to_string)
}

fn conditions(with_past: bool) -> impl Strategy<Value = Text> {
    let one = if with_past {
        prop_oneof![4 => plain(), 1 => around(), 4 => past()].boxed()
    } else {
        prop_oneof![5 => plain(), 1 => around()].boxed()
    };
    let leaf = one.prop_map(Text::One);
    leaf.prop_recursive(2, 6, 3, |inner| {
        (prop::sample::select(vec!["all of", "any of"]), prop::collection::vec(inner, 2..4))
            .prop_map(|(word, inner)| Text::Several(word, inner))
    })
}

fn level() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["expected", "watch", "attention", "emergency"])
}

/// A whole pathway, or nearly: what `check` refuses is thrown away by the caller.
fn pathways(with_past: bool) -> impl Strategy<Value = String> {
    let floor = prop::sample::select(vec!["", "", "", "", "", " (watch)", " (attention)", " (emergency)", " (attention from day 3)"]);
    let floors = prop::collection::vec(floor, 5);
    let rules = prop::collection::vec((conditions(with_past), level(), any::<bool>()), 1..5);
    let asked = (
        prop::sample::select(vec!["every check-in", "when day 0..4"]),
        prop::sample::select(vec!["every check-in", "when a is y or z", "when a answered", "every 3 days"]),
        prop::sample::select(vec!["when a is y", "when all of\n    a is z\n    pain at least 3"]),
        any::<bool>(),
    );
    let head = (
        prop::sample::select(vec![
            "",
            "\n  felt worse when a is z",
            "\n  felt worse when b has q",
            "\n  felt worse when b has p",
            "\n  felt worse when heat at least 38.0",
        ]),
        prop::sample::select(vec!["watch", "watch", "expected", "attention"]),
        any::<bool>(),
        any::<bool>(),
    );
    (floors, rules, asked, head).prop_map(move |(floors, rules, (a, b, heat, b_alone), (felt, otherwise, b_safety, heat_safety))| {
        // A severer answer has no lower floor: `check` sees to that.
        let weight = |floor: &&str| ["", " (watch)", " (attention from day 3)", " (attention)", " (emergency)"].iter().position(|there| there == floor);
        let mut floors = floors;
        floors[..2].sort_by_key(weight);
        floors[2..4].sort_by_key(weight);
        // Without a past, nothing is asked by days.
        let b = if with_past || b != "every 3 days" { b } else { "every check-in" };
        let safety = |yes: bool| if yes { "\n  safety" } else { "" };
        let alone = if b_alone { "\n  alone r" } else { "" };
        let mut text = format!(
            "## P\n```lamella\npathway p\n  revision 1\n  languages en\n  anchor procedure{felt}\n```\n## O\n```lamella\notherwise {otherwise}\n```\n\
             ## A\n- x: x\n- y{}: y\n- z{}: z\n```lamella\nquestion a\n  one of the above\n  page list\n  severity x < y < z\n  asked {a}\n  safety\n```\n\
             ## B\n- p{}: p\n- q{}: q\n- r: r\n```lamella\nquestion b\n  any of the above\n  page list\n  severity r < p < q{alone}\n  asked {b}{}\n```\n\
             ## Pain\n```lamella\nquestion pain\n  whole 0..10\n  page list\n  baseline intake\n  asked every check-in\n  safety\n```\n\
             ## Heat\n```lamella\nquestion heat\n  tenths 34.0..43.0 °C\n  page list\n  empty stands for 38.0\n  asked {heat}{}\n```\n",
            floors[0], floors[1], floors[2], floors[3], safety(b_safety), safety(heat_safety)
        );
        for (index, (when, level, is_safety)) in rules.iter().enumerate() {
            let safety = if *is_safety && (b_safety || !when.names("b")) { "safety " } else { "" };
            let mut lines = String::new();
            when.write(4, &mut lines);
            let (first, rest) = lines.split_once('\n').unwrap();
            text += &format!("## R\n```lamella\n{safety}rule r{index}\n  when {}\n{rest}  then {level}\n  source S1\n```\n", first.trim());
        }
        text
    })
}

fn read(text: &str) -> Compiled {
    let (pathway, found) = lamella_pathway::read(&[("common.md", COMMON), ("case.md", text)]);
    pathway.unwrap_or_else(|| panic!("{text}\n{found:#?}"))
}

// ---- every combination ---------------------------------------------------------------------------------------------------

/// One event's answers by question.
type Said = BTreeMap<String, Answer>;

/// Every answer of a question that a condition can tell from the others.
fn every_answer(pathway: &Compiled, id: &str, cuts: &[i32]) -> Vec<Answer> {
    let question = &pathway.questions[pathway.question(id).unwrap()];
    let codes =
        |bits: u64| (0..question.codes.len()).filter(|code| bits >> code & 1 == 1).map(|code| question.codes[code].clone()).collect();
    match question.form {
        Form::One => question.codes.iter().map(|code| Answer::code(code)).collect(),
        Form::Any => {
            let alone = question.alone.map_or(0, |alone| 1 << alone);
            let sets = (1u64..1 << question.codes.len()).filter(|bits| bits & alone == 0 || *bits == alone);
            sets.map(|bits| Answer::Codes(codes(bits))).collect()
        }
        Form::Whole => cuts.iter().map(|number| Answer::number(*number)).collect(),
        Form::Tenths => cuts.iter().map(|tenths| Answer::Number(Hundredths(tenths * 10))).collect(),
    }
}

/// Where a stretch begins, from the constants that the pathway's conditions name for a question.
fn cuts(pathway: &Compiled, id: &str) -> Vec<i32> {
    let place = pathway.question(id).unwrap() as u16;
    let (least, most) = pathway.questions[usize::from(place)].range;
    let mut starts = BTreeSet::from([least]);
    let mut usual = false;
    let mut look = |cond: &lamella_pathway::Cond| match cond {
        lamella_pathway::Cond::Between { question, least, most } if *question == place => starts.extend([*least, most + 1]),
        lamella_pathway::Cond::AboveUsual { question, .. } | lamella_pathway::Cond::NoUsual { question } => usual |= *question == place,
        _ => {}
    };
    each_condition(pathway, &mut look);
    if usual { (least..=most).collect() } else { starts.into_iter().filter(|start| (least..=most).contains(start)).collect() }
}

fn each_condition(pathway: &Compiled, look: &mut impl FnMut(&lamella_pathway::Cond)) {
    pathway.rules.iter().for_each(|rule| rule.when.each(look));
    pathway.felt_worse.iter().for_each(|cond| cond.each(look));
    for question in &pathway.questions {
        if let lamella_pathway::Asked::When(cond) = &question.asked {
            cond.each(look);
        }
    }
}

/// A day of each stretch between the days that appear; −1 for all before the procedure.
fn days(pathway: &Compiled) -> Vec<i32> {
    let mut starts = BTreeSet::from([-1, 0]);
    each_condition(pathway, &mut |cond| {
        if let lamella_pathway::Cond::Day { from, to } = cond {
            starts.extend([*from, to.saturating_add(1)]);
        }
    });
    starts.extend(pathway.questions.iter().flat_map(|question| question.floors.iter().filter_map(|floor| floor.from_day)));
    starts.into_iter().filter(|day| *day < i32::MAX).collect()
}

/// Every way to answer these questions, each left open as well.
fn combinations(options: &[(&str, Vec<Answer>)]) -> Vec<Said> {
    let mut all: Vec<Said> = vec![Said::new()];
    for (id, answers) in options {
        let open = all.clone();
        for answer in answers {
            all.extend(open.iter().map(|said| said.clone().into_iter().chain([(id.to_string(), answer.clone())]).collect()));
        }
    }
    all
}

/// A world to judge events in: one pathway, one person, one past.
struct World<'a> {
    pathway: &'a Compiled,
    pathways: Pathways,
    patient: Patient,
    earlier: Vec<Event>,
}

/// An event to judge.
#[derive(Debug, Clone)]
struct Case {
    day: i32,
    stopped: bool,
    said: Said,
    not_asked: Vec<String>,
}

fn patient() -> Patient {
    serde_json::from_value(serde_json::json!({"id": "p", "time_zone": "Etc/UTC", "procedure": {"date": "2026-03-02"}})).unwrap()
}

fn event(patient: &Patient, pathway: &Compiled, id: &str, hour: u32, case: &Case) -> Event {
    let answers: Answers = case.said.clone();
    let kind = if case.stopped {
        Kind::Stopped(Stopped { activity: "walking".into(), answers })
    } else {
        Kind::CheckIn(CheckIn {
            revision: pathway.revision.clone(),
            answers,
            complete: true,
            not_asked: case.not_asked.clone(),
            imported: None,
        })
    };
    let at = Moment::parse(&format!("{}T{hour:02}:00:00+00:00", patient.date_of(case.day))).unwrap();
    Event { id: id.into(), at, received_at: None, day: None, corrects: None, kind }
}

impl World<'_> {
    fn verdict(&self, case: &Case) -> Verdict {
        let event = event(&self.patient, self.pathway, "now", 20, case);
        let now = event.at;
        let record = Record::fold(self.patient.clone(), self.earlier.iter().cloned().chain([event]).collect());
        assess(&self.pathways, &record, now).verdicts.into_iter().find(|verdict| verdict.event == "now").unwrap()
    }

    /// Whether a question is due when it is left open.
    fn due(&self, case: &Case, id: &str) -> bool {
        if case.stopped {
            return id == "pain";
        }
        let now = event(&self.patient, self.pathway, "now", 20, case);
        let mut state = State::new(&self.pathways);
        let record = Record::fold(self.patient.clone(), self.earlier.clone());
        record.events.iter().for_each(|event| {
            lamella_engine::step(&self.pathways, &self.patient, &mut state, event);
        });
        let Kind::CheckIn(check_in) = &now.kind else { unreachable!() };
        let due = questions_due(&self.pathways, &self.patient, &state, now.at, check_in);
        due.contains(&(self.pathway.question(id).unwrap() as u16))
    }
}

fn with(case: &Case, id: &str, answer: Option<&Answer>) -> Case {
    let mut case = case.clone();
    match answer {
        Some(answer) => case.said.insert(id.to_string(), answer.clone()),
        None => case.said.remove(id),
    };
    case
}

/// The real rules of a verdict.
fn rules(verdict: &Verdict) -> impl Iterator<Item = (&str, Level)> {
    verdict.rules.iter().filter(|hit| !matches!(hit.id.as_str(), "otherwise" | "floor")).map(|hit| (hit.id.as_str(), hit.level))
}

/// What brute force found.
#[derive(Debug, Default)]
struct Found {
    all: u64,
    otherwise_only: u64,
    unearned: Option<Case>,
    masked: Option<(Case, String)>,
    reassured: Option<(Case, String, u8)>,
}

fn options(pathway: &Compiled) -> Vec<(&'static str, Vec<Answer>)> {
    ["a", "b", "pain", "heat"]
        .into_iter()
        .map(|id| (id, every_answer(pathway, id, &if id == "pain" || id == "heat" { cuts(pathway, id) } else { vec![] })))
        .collect()
}

/// Looks at every event on these days in a world.
fn look(world: &World, days: &[i32], found: &mut Found) {
    let options = options(world.pathway);
    let stopped: Vec<(&str, Vec<Answer>)> = options.iter().filter(|(id, _)| *id == "pain").cloned().collect();
    for day in days {
        let mut verdicts: BTreeMap<String, (Case, Verdict)> = BTreeMap::new();
        let check_ins = combinations(&options).into_iter().map(|said| (false, said));
        for (stopped, said) in check_ins.chain(combinations(&stopped).into_iter().map(|said| (true, said))) {
            let case = Case { day: *day, stopped, said, not_asked: vec![] };
            if !stopped && !case.said.contains_key("heat") {
                let unasked = Case { not_asked: vec!["heat".into()], ..case.clone() };
                judged(world, &unasked, &world.verdict(&unasked), found);
            }
            let verdict = world.verdict(&case);
            judged(world, &case, &verdict, found);
            verdicts.insert(key(&case), (case, verdict));
        }
        let hangs = safety_hangs_on(world.pathway, &verdicts, &options);
        for (case, _) in verdicts.values() {
            for (id, answers) in options.iter().filter(|(id, _)| !case.stopped || *id == "pain") {
                taken_away(world, (case, id, answers), (&verdicts, hangs.contains(id)), found);
            }
        }
    }
}

fn key(case: &Case) -> String {
    format!("{} {:?}", case.stopped, case.said)
}

/// Properties 1 and 2 on one event.
fn judged(world: &World, case: &Case, verdict: &Verdict, found: &mut Found) {
    found.all += 1;
    if rules(verdict).next().is_none() {
        found.otherwise_only += 1;
        if verdict.level == Level::Expected {
            found.unearned.get_or_insert_with(|| case.clone());
        }
    }
    let reached = verdict.rules.iter().filter(|hit| hit.id != "floor").map(|hit| hit.level).max().unwrap();
    for question in &world.pathway.questions {
        let Some(Answer::Codes(codes)) = case.said.get(&question.id) else { continue };
        for floor in &question.floors {
            let code = &question.codes[usize::from(floor.code)];
            if codes.contains(code) && floor.from_day.is_none_or(|day| case.day >= day) && reached < floor.level {
                found.masked.get_or_insert_with(|| (case.clone(), code.clone()));
            }
        }
    }
}

/// Questions that a safety rule's verdict changes with, whether it names them or not.
fn safety_hangs_on<'o>(
    pathway: &Compiled,
    verdicts: &BTreeMap<String, (Case, Verdict)>,
    options: &[(&'o str, Vec<Answer>)],
) -> BTreeSet<&'o str> {
    let safety = |verdict: &Verdict| -> BTreeSet<String> {
        rules(verdict)
            .filter(|(id, _)| pathway.rules.iter().any(|rule| rule.id == *id && rule.safety))
            .map(|(id, _)| id.to_string())
            .collect()
    };
    let mut hangs = BTreeSet::new();
    for (case, verdict) in verdicts.values() {
        for (id, _) in options.iter().filter(|(id, _)| case.said.contains_key(*id)) {
            if safety(verdict) != safety(&verdicts[&key(&with(case, id, None))].1) {
                hangs.insert(*id);
            }
        }
    }
    hangs
}

/// Property 4 on one event and one question.
fn taken_away(
    world: &World,
    (case, id, answers): (&Case, &str, &[Answer]),
    (verdicts, safety_hangs): (&BTreeMap<String, (Case, Verdict)>, bool),
    found: &mut Found,
) {
    let question = &world.pathway.questions[world.pathway.question(id).unwrap()];
    let place = world.pathway.question(id).unwrap() as u16;
    let open = with(case, id, None);
    let without = &verdicts[&key(&open)].1;
    let mut broken = |clause: u8| {
        found.reassured.get_or_insert_with(|| (case.clone(), id.to_string(), clause));
    };
    if case.said.contains_key(id) {
        let verdict = &verdicts[&key(case)].1;
        if (question.safety || safety_hangs) && without.level < verdict.level.min(Level::Attention) && world.due(&open, id) {
            broken(1);
        }
        let unnamed = |rule: &str| world.pathway.rules.iter().any(|there| there.id == rule && !there.reads.contains(&place));
        if !question.safety && rules(verdict).any(|(rule, level)| level > without.level && unnamed(rule)) {
            broken(3);
        }
    } else {
        for level in [Level::Watch, Level::Attention, Level::Emergency].into_iter().filter(|level| *level <= world.pathway.otherwise) {
            let silent = |answer: &Answer| !rules(&verdicts[&key(&with(case, id, Some(answer)))].1).any(|(_, low)| low < level);
            if without.level < level && answers.iter().all(silent) {
                broken(2);
            }
        }
    }
}

// ---- the laws --------------------------------------------------------------------------------------------------------------

fn outcome<'r>(properties: &'r [Outcome], name: &str) -> &'r Outcome {
    properties.iter().find(|outcome| outcome.property == name).unwrap()
}

fn says(refuted: bool) -> Verified {
    if refuted { Verified::Refuted } else { Verified::Proved }
}

/// Reproduces a witness from its record alone.
fn reproduced(pathway: &Compiled, outcome: &Outcome) -> bool {
    let Some(witness) = &outcome.witness else { return false };
    let record = Record::from_json(&witness.record.to_string()).unwrap();
    let assessment = assess(&Pathways::new(pathway.clone()), &record, Moment::parse(&witness.at).unwrap());
    let verdict = assessment.verdicts.iter().find(|verdict| verdict.event == witness.event).unwrap();
    let reached = verdict.rules.iter().filter(|hit| hit.id != "floor").map(|hit| hit.level).max().unwrap();
    match outcome.property.as_str() {
        "unmaskable" => verdict.rules.iter().any(|hit| hit.id == "floor" && hit.level > reached),
        "complete" => verdict.level == Level::Expected && rules(verdict).next().is_none(),
        _ => witness.says.contains(verdict.level.word()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_a_past_both_ways_agree_exactly(text in pathways(false)) {
        let pathway = read(&text);
        let report = verify(&pathway);
        let world = World { pathway: &pathway, pathways: Pathways::new(pathway.clone()), patient: patient(), earlier: vec![] };
        let mut found = Found::default();
        look(&world, &days(&pathway), &mut found);
        let complete = outcome(&report.properties, "complete");
        prop_assert_eq!(&complete.space, &found.all.to_string(), "space\n{}", text);
        prop_assert_eq!(complete.note.split(' ').next().unwrap(), found.otherwise_only.to_string(), "otherwise\n{}", text);
        let unmaskable = outcome(&report.properties, "unmaskable");
        let reassures = outcome(&report.properties, "unknown-never-reassures");
        prop_assert_eq!(complete.outcome, says(found.unearned.is_some()), "{:?}\n{}", found.unearned, text);
        prop_assert_eq!(unmaskable.outcome, says(found.masked.is_some()), "{:?}\n{}", found.masked, text);
        prop_assert_eq!(reassures.outcome, says(found.reassured.is_some()), "{:?} {}\n{}", found.reassured, reassures.note, text);
        for refuted in report.properties.iter().filter(|outcome| outcome.outcome == Verified::Refuted) {
            prop_assert!(reproduced(&pathway, refuted), "{refuted:?}\n{text}");
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_a_past_nothing_proved_is_ever_broken((text, pasts) in (pathways(true), prop::collection::vec(a_past(), 4))) {
        let pathway = read(&text);
        let report = verify(&pathway);
        for refuted in report.properties.iter().filter(|outcome| outcome.outcome == Verified::Refuted) {
            let unreached = refuted.witness.is_none() && refuted.note.contains("over-approximated");
            prop_assert!(unreached || reproduced(&pathway, refuted), "{refuted:?}\n{text}");
        }
        let mut found = Found::default();
        for past in &pasts {
            let (world, day) = world(&pathway, past);
            look(&world, &[day], &mut found);
        }
        let proved = |name: &str| outcome(&report.properties, name).outcome == Verified::Proved;
        prop_assert!(!proved("complete") || found.unearned.is_none(), "{:?}\n{}", found.unearned, text);
        prop_assert!(!proved("unmaskable") || found.masked.is_none(), "{:?}\n{}", found.masked, text);
        prop_assert!(!proved("unknown-never-reassures") || found.reassured.is_none(), "{:?}\n{}", found.reassured, text);
    }
}

// ---- pasts at random -------------------------------------------------------------------------------------------------------

/// A person and what they said on earlier days.
#[derive(Debug, Clone)]
struct ThePast {
    day: i32,
    earlier: Vec<(i32, u8, u8, u8)>,
    steady: Option<i32>,
    intake: Option<i32>,
    diabetes: bool,
    born: Option<i16>,
}

fn a_past() -> impl Strategy<Value = ThePast> {
    let earlier = prop::collection::vec((0i32..18, 0u8..4, 0u8..5, 0u8..14), 0..8);
    (0i32..18, earlier, prop::option::of(0i32..6), prop::option::of(0i32..=10), any::<bool>(), prop::option::of(1940i16..2000))
        .prop_map(|(day, earlier, steady, intake, diabetes, born)| ThePast { day, earlier, steady, intake, diabetes, born })
}

fn world<'a>(pathway: &'a Compiled, past: &ThePast) -> (World<'a>, i32) {
    let mut patient = patient();
    patient.procedure.baseline_pain = past.intake.map(Answer::number);
    patient.conditions = if past.diabetes { vec!["diabetes".into()] } else { vec![] };
    patient.born = past.born.map(|year| format!("{year}-06-15").parse().unwrap());
    let mut earlier = vec![];
    let steady = past.steady.into_iter().flat_map(|pain| (0..past.day.min(9)).map(move |day| (day, 0, 0, pain as u8)));
    for (index, (day, a, b, pain)) in steady.chain(past.earlier.iter().copied().filter(|earlier| earlier.0 <= past.day)).enumerate() {
        let mut said = Said::new();
        let codes = |words: &[&str]| Answer::Codes(words.iter().map(|word| word.to_string()).collect());
        ["x", "y", "z"].get(usize::from(a).wrapping_sub(1)).map(|code| said.insert("a".into(), Answer::code(code)));
        [&["p"][..], &["q"], &["r"], &["p", "q"]].get(usize::from(b).wrapping_sub(1)).map(|words| said.insert("b".into(), codes(words)));
        (pain <= 10).then(|| said.insert("pain".into(), Answer::number(i32::from(pain))));
        let case = Case { day, stopped: false, said, not_asked: vec![] };
        earlier.push(event(&patient, pathway, &format!("e{index:02}"), 8, &case));
    }
    (World { pathway, pathways: Pathways::new(pathway.clone()), patient, earlier }, past.day)
}
