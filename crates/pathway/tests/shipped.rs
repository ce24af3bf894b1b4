//! The pathway that ships says what `vocabulary.md` promises to outside tools, in both languages, readably and with its sources.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use lamella_pathway::{Asked, Compiled, Cond, Form, Question, Texts, in_language, reading_grade};
use lamella_record::Level;
use std::collections::BTreeSet;

fn shipped() -> Compiled {
    read(&files()).0.unwrap()
}

#[test]
fn it_has_no_errors_and_no_warnings() {
    let (pathway, found) = read(&files());
    assert!(pathway.is_some() && found.is_empty(), "{found:#?}");
}

/// When a question is put, by vocabulary.md.
#[derive(Debug, PartialEq)]
enum When {
    Every,
    Hurts,
    Days(i32, i32),
    FeverOrHeadache,
    Fever,
    Weekly,
    MoodAnswered,
}

/// vocabulary.md, the table of the check-in with the floors below it: id, form, answers (`code`, `code!` attention, `code!!`
/// emergency, `code~` watch, `code!3` attention from day 3), when, safety.
const TABLE: &[(&str, Form, &str, When, bool)] = {
    use Form::{Any, One, Tenths, Whole};
    use When::*;
    &[
        ("pain", Whole, "0..10", Every, true),
        ("pain-worst", Whole, "0..10", Every, true),
        ("function", Whole, "0..10", Every, false),
        ("character", Any, "ache stiff sore sharp burning shooting electric throbbing", Hurts, true),
        (
            "where",
            Any,
            "needle-site low-back middle-of-spine buttock-left buttock-right thigh-left thigh-right below-knee-left below-knee-right groin",
            Hurts,
            true,
        ),
        ("set-off", Any, "activity no-reason sudden fall", Hurts, true),
        ("settles", One, "did-not-rise within-hours by-morning not-settling!3", Hurts, true),
        ("against-usual", One, "better same worse new-kind!", Every, true),
        ("rest-pain", One, "no yes~", Every, true),
        ("numbness", One, "none as-before new! spreading!", Every, true),
        (
            "weakness",
            One,
            "none as-before new! spreading!! cannot-lift-foot!! cannot-rise-on-toes!! leg-gives-way!! both-legs!!",
            Every,
            true,
        ),
        ("saddle", One, "no as-before yes!!", Every, true),
        ("bladder", One, "normal as-before hard-to-start!! hard-to-stop!! cannot-pass!! leaking!! cannot-feel!!", Every, true),
        ("bowel", One, "normal as-before cannot-hold!! cannot-feel!!", Every, true),
        ("both-legs-pain", One, "no yes!!", Every, true),
        ("fever", One, "no feverish! shaking-chills!", Every, true),
        ("temperature", Tenths, "340..430", Fever, true),
        ("unwell", One, "no yes!", Every, true),
        ("needle-site", Any, "clean sore red-spreading! warm! swollen! discharge!", Days(0, 30), true),
        ("chest", One, "no yes!!", Every, true),
        ("calf", One, "no yes!", Days(0, 90), true),
        ("allergy", One, "none hives! face-or-breathing!! faint!!", Days(0, 14), true),
        ("headache", One, "none ordinary worse-upright! with-neck-fever-or-senses!!", Days(0, 42), true),
        ("confusion", One, "no yes!!", FeverOrHeadache, true),
        ("fall", One, "no yes!", Every, true),
        ("stood", One, "yes no!", Every, true),
        ("flare", One, "no yes", Every, false),
        ("mood", Whole, "0..10", Weekly, false),
        ("sleep", Whole, "0..10", Weekly, false),
        ("stress", Whole, "0..10", Weekly, false),
        ("self-harm", One, "no yes!!", MoodAnswered, true),
        ("relief", Any, "none otc prescribed opioid", Every, false),
        ("walked", Whole, "0..600", Every, false),
    ]
};

fn answers(question: &Question) -> String {
    if question.is_number() {
        return format!("{}..{}", question.range.0, question.range.1);
    }
    let mark = |place: usize| match question.floors.iter().find(|floor| usize::from(floor.code) == place) {
        None => String::new(),
        Some(floor) => {
            let sign = ["", "~", "!", "!!"][usize::from(floor.level.rank())];
            format!("{sign}{}", floor.from_day.map_or(String::new(), |day| day.to_string()))
        }
    };
    let marked: Vec<String> = question.codes.iter().enumerate().map(|(place, code)| format!("{code}{}", mark(place))).collect();
    marked.join(" ")
}

/// The questions a condition asks, with the words or the least number: `pain≥1`.
fn said(pathway: &Compiled, cond: &Cond) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    cond.each(&mut |cond| match cond {
        Cond::Has { question, codes, .. } => {
            let asked = &pathway.questions[usize::from(*question)];
            let named = asked.codes.iter().enumerate().filter(|(place, _)| codes & (1 << place) != 0);
            said.extend(named.map(|(_, code)| format!("{}={code}", asked.id)));
        }
        Cond::Between { question, least, .. } => drop(said.insert(format!("{}≥{least}", pathway.questions[usize::from(*question)].id))),
        Cond::Answered { question } => drop(said.insert(format!("{}?", pathway.questions[usize::from(*question)].id))),
        Cond::Any(_) => {}
        other => panic!("{other:?}"),
    });
    said
}

fn when(pathway: &Compiled, question: &Question) -> When {
    let set = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<BTreeSet<_>>();
    match &question.asked {
        Asked::Always => When::Every,
        Asked::EveryDays(7) => When::Weekly,
        Asked::EveryDays(days) => panic!("{} every {days} days", question.id),
        Asked::When(Cond::Day { from, to }) => When::Days(*from, *to),
        Asked::When(cond) => match said(pathway, cond) {
            said if said == set(&["pain≥1", "pain-worst≥1"]) => When::Hurts,
            said if said == set(&["fever=feverish", "fever=shaking-chills"]) => When::Fever,
            said if said == set(&["mood?"]) => When::MoodAnswered,
            said if said
                == set(&[
                    "fever=feverish",
                    "fever=shaking-chills",
                    "headache=ordinary",
                    "headache=worse-upright",
                    "headache=with-neck-fever-or-senses",
                ]) =>
            {
                When::FeverOrHeadache
            }
            said => panic!("{} when {said:?}", question.id),
        },
    }
}

#[test]
fn the_check_in_is_that_of_the_vocabulary() {
    let pathway = shipped();
    for (id, form, listed, asked, safety) in TABLE {
        let question = &pathway.questions[pathway.question(id).unwrap_or_else(|| panic!("no question `{id}`"))];
        assert_eq!((question.form, answers(question).as_str()), (*form, *listed), "{id}");
        assert_eq!((&when(&pathway, question), question.safety), (asked, *safety), "{id}");
    }
    let ids: BTreeSet<&str> = pathway.questions.iter().map(|question| question.id.as_str()).collect();
    assert_eq!(ids, TABLE.iter().map(|(id, ..)| *id).collect(), "more questions may be added: then put them into this table");
    assert_eq!(pathway.questions[pathway.question("temperature").unwrap()].empty_stands_for, Some(380));
}

#[test]
fn ids_that_outside_tools_rely_on() {
    let pathway = shipped();
    assert_eq!(pathway.id, "annular-fibrin");
    let phases: Vec<(&str, i32, i32)> = pathway.phases.iter().map(|phase| (phase.id.as_str(), phase.from, phase.to)).collect();
    assert_eq!(phases, [("protect", 0, 14), ("rebuild", 15, 84), ("maintain", 85, i32::MAX)]);
    let silence: Vec<_> = pathway.phases.iter().map(|phase| phase.silence.unwrap()).collect();
    assert_eq!(silence, [(1, 2), (3, 6), (7, 14)]);
    let restrictions: BTreeSet<&str> = pathway.restrictions.iter().map(|restriction| restriction.id.as_str()).collect();
    assert_eq!(restrictions, ["lift", "bend", "twist", "sit", "stand", "drive", "impact", "soak"].into());
    assert_eq!(pathway.otherwise, Level::Watch);
    assert_eq!(pathway.levels.iter().map(|text| text.level).collect::<Vec<_>>(), Level::ALL);
}

/// *None of these* stores what has no floor, for every question of the safety list.
#[test]
fn none_of_these_is_harmless() {
    let pathway = shipped();
    for question in pathway.questions.iter().filter(|question| question.page == "page-safety" && !question.is_number()) {
        if question.normal == 0 {
            assert_eq!(question.id, "confusion", "it has no normal answer of its own");
        }
        for floor in &question.floors {
            assert_eq!(question.normal & (1 << floor.code), 0, "{}", question.id);
        }
        let ranks = question.ranks.iter().enumerate().filter(|(place, _)| question.normal & (1 << place) != 0);
        assert!(ranks.clone().all(|(_, rank)| *rank == 0), "{}", question.id);
    }
}

fn texts(pathway: &Compiled) -> Vec<(String, &Texts)> {
    let mut all: Vec<(String, &Texts)> = vec![("pathway".into(), &pathway.text), ("contact".into(), &pathway.contact.text)];
    all.extend(pathway.pages.iter().map(|page| (page.id.clone(), &page.text)));
    all.extend(pathway.questions.iter().map(|question| (question.id.clone(), &question.text)));
    all.extend(pathway.rules.iter().map(|rule| (rule.id.clone(), &rule.text)));
    all.extend(pathway.levels.iter().map(|level| (format!("level {}", level.level), &level.text)));
    all.extend(pathway.notices.iter().map(|notice| (format!("notice {}", notice.id), &notice.text)));
    all.extend(pathway.cards.iter().map(|card| (format!("card {}", card.level), &card.text)));
    all.extend(pathway.phases.iter().map(|phase| (phase.id.clone(), &phase.text)));
    all.extend(pathway.restrictions.iter().map(|restriction| (restriction.id.clone(), &restriction.text)));
    all
}

#[test]
fn every_text_is_there_in_both_languages() {
    let pathway = shipped();
    assert_eq!(pathway.languages, ["en", "es"]);
    let mut same = vec![];
    for (id, text) in texts(&pathway) {
        assert_eq!(text.len(), 2, "{id}");
        let [english, spanish] = [&text[0], &text[1]];
        for words in [english, spanish] {
            assert!(!words.title.is_empty(), "{id}");
            assert!(words.items.iter().all(|item| !item.is_empty()), "{id}");
        }
        assert_eq!(english.prose.is_empty(), spanish.prose.is_empty(), "{id}: prose");
        assert_eq!(english.clinic.is_empty(), spanish.clinic.is_empty(), "{id}: for the clinic");
        assert_eq!(english.items.len(), spanish.items.len(), "{id}: items");
        if english.title == spanish.title || (!english.prose.is_empty() && english.prose == spanish.prose) {
            same.push(id);
        }
    }
    assert!(same.is_empty(), "not translated: {same:?}");
    for question in pathway.questions.iter().filter(|question| !question.is_number()) {
        assert_eq!(in_language(&question.text, 0).items.len(), question.codes.len(), "{}", question.id);
    }
}

/// What patients read asks for at most seven years of school, and no text of theirs speaks in rules.
#[test]
fn patients_can_read_it() {
    let pathway = shipped();
    let mut hard = vec![];
    for (id, text) in texts(&pathway) {
        let words = in_language(text, 0);
        let whole = format!("{}. {} {}", words.title, words.prose, words.items.join(". "));
        // Single questions and page titles are too short for the formula to say anything.
        let long = whole.split_whitespace().count() >= 20;
        if let Some(grade) = reading_grade(&whole).filter(|grade| long && *grade > 7.0) {
            hard.push(format!("{id}: {grade:.1}"));
        }
        for words in text {
            for bad in ["```", "For the clinic", "safety rule", "{#"] {
                assert!(!words.prose.contains(bad) && !words.items.iter().any(|item| item.contains(bad)), "{id} says {bad:?}");
            }
        }
    }
    assert!(hard.is_empty(), "{hard:#?}");
}

#[test]
fn every_rule_and_number_has_a_source() {
    let pathway = shipped();
    let known: BTreeSet<&str> = pathway.sources.iter().map(|source| source.id.as_str()).collect();
    let mut used = BTreeSet::new();
    let rules = pathway.rules.iter().map(|rule| (&rule.id, &rule.sources));
    for (id, sources) in rules.chain(pathway.restrictions.iter().map(|restriction| (&restriction.id, &restriction.sources))) {
        assert!(!sources.is_empty() && sources.iter().all(|source| known.contains(source.as_str())), "{id}: {sources:?}");
        used.extend(sources.iter().map(String::as_str));
    }
    assert_eq!(used, known, "a source that nothing rests on");
    assert!(pathway.restrictions.iter().all(|restriction| restriction.clinic_must_confirm), "no publication gives these numbers");
    for rule in &pathway.rules {
        assert!(rule.level >= Level::Watch || !rule.safety, "{}: what is safe needs no safety rule", rule.id);
        for place in rule.reads.iter().filter(|_| rule.safety) {
            let question = &pathway.questions[usize::from(*place)];
            assert!(question.safety, "{} reads {}", rule.id, question.id);
        }
    }
}

/// Each floor is reached by a safety rule that reads nothing else (but the day), so that no other answer can hide it.
#[test]
fn each_floor_has_a_rule_of_its_own() {
    fn alone(cond: &Cond, question: u16, code: u8, from: Option<i32>) -> bool {
        match cond {
            Cond::Has { question: asked, codes, only: false } => *asked == question && codes & (1 << code) != 0,
            Cond::Any(inner) => inner.iter().any(|cond| alone(cond, question, code, from)),
            Cond::All(inner) => inner.iter().all(|cond| match cond {
                Cond::Day { from: first, to: i32::MAX } => from.is_some_and(|from| *first <= from),
                cond => alone(cond, question, code, from),
            }),
            _ => false,
        }
    }
    let pathway = shipped();
    for (place, question) in pathway.questions.iter().enumerate() {
        for floor in &question.floors {
            let reached = pathway
                .rules
                .iter()
                .any(|rule| rule.safety && rule.level >= floor.level && alone(&rule.when, place as u16, floor.code, floor.from_day));
            assert!(reached, "{} {}", question.id, question.codes[usize::from(floor.code)]);
        }
    }
}

#[test]
fn the_compiled_form_round_trips() {
    let pathway = shipped();
    let text = serde_json::to_string(&pathway).unwrap();
    let read: Compiled = serde_json::from_str(&text).unwrap();
    assert_eq!(read, pathway);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    assert_eq!((pathway.hash.len(), pathway.hash.chars().all(|c| c.is_ascii_hexdigit())), (64, true));
}

/// The hash is of names and texts, in whatever order the files come.
#[test]
fn the_hash_follows_the_words() {
    let mut shuffled = files();
    shuffled.reverse();
    assert_eq!(read(&shuffled).0.unwrap().hash, shipped().hash);
    let mut other = files();
    other[0].1.push('\n');
    assert_ne!(read(&other).0.unwrap().hash, shipped().hash);
}
