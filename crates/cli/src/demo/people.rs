//! Invented people and their days. All of it is synthetic and marked so.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use lamella_desk::{Desk, DeskError, Ending};
use lamella_record::{Level, Patient};
use serde_json::{Map, Value, json};

/// An invented person with their check-ins so far.
pub struct Invented {
    /// The particulars.
    pub patient: Patient,
    /// When the clinic entered them.
    pub entered: Timestamp,
    /// Their days, rising.
    pub days: Vec<Day>,
    /// What the clinic has done about their alerts.
    pub story: Story,
    /// Whether the demo's phone is theirs.
    pub is_visitor: bool,
}

/// One event and when it arrived.
pub struct Day {
    /// The event.
    pub event: Value,
    /// When it arrived.
    pub received: Timestamp,
}

/// What is special about a person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Story {
    /// A quiet recovery.
    Quiet,
    /// Trouble passing urine, this morning.
    Urine,
    /// A new kind of pain below the knee, this morning.
    Leg,
    /// Pain at rest that rises, without fever.
    RestPain,
    /// No check-in for days.
    Silent,
    /// A safety question left open, last night.
    Unanswered,
    /// Feverish; the nurse has taken it and tried to call.
    Fever,
    /// It hurt, so they stopped.
    Stopped,
    /// A flare that settled.
    Flare,
    /// High, stable pain: nobody is alarmed.
    HighStable,
}

/// Stories of the first people; everybody after them recovers quietly.
const STORIES: [Story; 12] = [
    Story::Quiet,
    Story::Urine,
    Story::Leg,
    Story::RestPain,
    Story::Silent,
    Story::Unanswered,
    Story::Fever,
    Story::Stopped,
    Story::Flare,
    Story::HighStable,
    Story::Silent,
    Story::Flare,
];

/// Days since the procedure of the first people, so that each story falls where it can.
const DAYS: [i32; 12] = [9, 31, 55, 18, 6, 23, 12, 40, 96, 150, 70, 210];

const FIRST: [&str; 24] = [
    "Ana", "Marta", "Joel", "Priya", "Tom", "Elena", "Sam", "Rosa", "Ivan", "Grace", "Luis", "Hannah", "Omar", "Beatriz", "Paul", "Mei",
    "Diego", "Ruth", "Noah", "Carmen", "Erik", "Lucía", "Peter", "Amina",
];
const LAST: [&str; 24] = [
    "Kowalski",
    "Ruiz",
    "Adeyemi",
    "Nair",
    "Becker",
    "García",
    "Okafor",
    "Lind",
    "Petrov",
    "Moreau",
    "Fernández",
    "Schmidt",
    "Haddad",
    "Silva",
    "Jensen",
    "Chen",
    "Vargas",
    "Klein",
    "Murphy",
    "Ortega",
    "Nilsson",
    "Romero",
    "Novak",
    "Diallo",
];

/// A small, repeatable source of chance (SplitMix64): the same seed, the same clinic.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> i32 {
        i32::try_from(self.next() % n.max(1)).unwrap_or(0)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal, mean 0, deviation 1: twelve halves of chance.
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// Invents `count` people as of `now`.
pub fn invent(desk: &Desk, count: u32, seed: u64, now: Timestamp) -> Vec<Invented> {
    (0..count).filter_map(|nth| person(desk, nth as usize, seed, now)).collect()
}

fn person(desk: &Desk, nth: usize, seed: u64, now: Timestamp) -> Option<Invented> {
    let mut chance = Chance(seed.wrapping_mul(1_000_003).wrapping_add(nth as u64));
    let story = STORIES.get(nth).copied().unwrap_or(Story::Quiet);
    let spread = [5, 11, 20, 33, 47, 62, 80, 100, 130, 175, 230, 300, 380, 500];
    let day = DAYS.get(nth).copied().unwrap_or_else(|| spread.get(nth % spread.len()).copied().unwrap_or(30) + chance.below(5));
    let today = desk.clinic_moment(now).date();
    let procedure = today.saturating_sub(SignedDuration::from_hours(24 * i64::from(day)));
    let baseline = (7.2 + 1.3 * chance.bell()).round().clamp(4.0, 10.0) as i32;
    let first = FIRST.get(nth % FIRST.len())?;
    let last = LAST.get((nth + nth / LAST.len() * 7) % LAST.len())?;
    let spanish = nth % 6 == 5;
    let patient = json!({
        "id": format!("synthetic-{:03}", nth + 1), "name": format!("{first} {last}"), "synthetic": true,
        "born": born(today, 34 + chance.below(44), &mut chance).to_string(),
        "sex": if chance.below(2) == 0 { "female" } else { "male" },
        "phone": format!("555 0{:03}", 101 + nth % 899), "language": if spanish { "es" } else { "en" }, "time_zone": desk.zone_name(),
        "procedure": { "date": procedure.to_string(), "levels": [if chance.below(3) == 0 { "L5-S1" } else { "L4-L5" }], "baseline_pain": baseline },
        "pathway": [{ "revision": desk.pathway().revision, "from": procedure.to_string() }],
    });
    let patient: Patient = serde_json::from_value(patient).ok()?;
    let days = days(desk, &patient, story, day, baseline, &mut chance, now);
    let entered = moment(desk, procedure, 8 * 60)?.min(now);
    Some(Invented { patient, entered, days, story, is_visitor: nth == 0 })
}

fn born(today: Date, years: i32, chance: &mut Chance) -> Date {
    today.saturating_sub(SignedDuration::from_hours(24 * (i64::from(years) * 365 + i64::from(chance.below(365)))))
}

/// A minute of a local day as an instant.
fn moment(desk: &Desk, date: Date, minute: i64) -> Option<Timestamp> {
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    let zone = jiff::tz::TimeZone::get(&desk.zone_name()).unwrap_or(jiff::tz::TimeZone::UTC);
    let start = zone.to_ambiguous_timestamp(midnight).compatible().ok()?;
    start.checked_add(SignedDuration::from_mins(minute)).ok()
}

/// Check-ins of the days so far: recovery by degrees, with ordinary noise and now and then a flare.
fn days(desk: &Desk, patient: &Patient, story: Story, today: i32, baseline: i32, chance: &mut Chance, now: Timestamp) -> Vec<Day> {
    let responds = chance.unit() < 0.6 || story == Story::Quiet;
    let rest = if story == Story::HighStable {
        0.9
    } else if responds {
        0.25
    } else {
        0.65
    };
    let tau = 20.0 + 40.0 * chance.unit();
    let spread = 0.4 + 0.7 * chance.unit();
    let mut flare: Option<(i32, f64)> = None;
    let mut events = vec![];
    for day in 1..=today {
        let ago = today - day;
        let done_for_today = ago == 0 && matches!(story, Story::Quiet);
        let silent = story == Story::Silent && ago < if today < 15 { 2 } else { 5 };
        let missed = chance.unit() < if day > 84 { 0.55 } else { 0.06 } && ago > 0;
        if chance.unit() < 0.02 {
            flare = Some((day + 1 + chance.below(3), 1.5 + 1.5 * chance.unit()));
        }
        let planned = story == Story::Flare && (5..8).contains(&ago);
        let lift = match flare {
            Some((until, height)) if day <= until => height,
            _ if planned => 2.5,
            _ => 0.0,
        };
        let level = f64::from(baseline) * (rest + (1.0 - rest) * (-f64::from(day) / tau).exp());
        let wobble = if story == Story::HighStable { 0.3 } else { spread };
        let pain = (level + lift + wobble * chance.bell()).round().clamp(0.0, 10.0) as i32;
        let minute = 7 * 60 + i64::from(chance.below(180));
        if silent || (missed && !planned) || done_for_today {
            continue;
        }
        let date = patient.date_of(day);
        let Some(at) = moment(desk, date, minute).map(|at| at.min(now)) else { continue };
        let mut answers = quiet(day, pain, lift > 0.0, chance);
        special(story, ago, &mut answers);
        events.push(check_in(desk, patient, day, at, answers));
        if story == Story::Stopped && ago == 0 {
            let stopped = json!({ "activity": "bend", "pain": pain + 3, "where": ["low-back"] });
            events.extend(moment(desk, date, minute + 40).map(|at| stopped_event(desk, patient, at.min(now), stopped)));
        }
    }
    events
}

/// A day's answers when nothing is new.
fn quiet(day: i32, pain: i32, flare: bool, chance: &mut Chance) -> Map<String, Value> {
    let worst = (pain + chance.below(3)).min(10);
    let mut answers = Map::new();
    let mut set = |key: &str, value: Value| drop(answers.insert(key.to_string(), value));
    for (key, value) in [("pain", pain), ("pain-worst", worst), ("function", (pain + chance.below(3) - 1).clamp(0, 10))] {
        set(key, json!(value));
    }
    if worst > 0 {
        set("character", json!([if chance.below(3) == 0 { "stiff" } else { "ache" }]));
        set("where", json!(["low-back"]));
        set("set-off", json!(["activity"]));
        set("settles", json!(if flare { "by-morning" } else { "within-hours" }));
    }
    set("against-usual", json!(if flare { "worse" } else { "same" }));
    for (key, value) in [
        ("rest-pain", "no"),
        ("numbness", "none"),
        ("weakness", "none"),
        ("saddle", "no"),
        ("bladder", "normal"),
        ("bowel", "normal"),
        ("both-legs-pain", "no"),
        ("fever", "no"),
        ("unwell", "no"),
        ("chest", "no"),
        ("fall", "no"),
        ("stood", "yes"),
        ("flare", if flare { "yes" } else { "no" }),
    ] {
        set(key, json!(value));
    }
    if day <= 30 {
        set("needle-site", json!([if day < 4 { "sore" } else { "clean" }]));
    }
    for (key, value, until) in [("headache", "none", 42), ("calf", "no", 90), ("allergy", "none", 14)] {
        if day <= until {
            set(key, json!(value));
        }
    }
    for key in ["mood", "sleep", "stress"] {
        set(key, json!(2 + chance.below(3)));
    }
    set("self-harm", json!("no"));
    set("relief", json!([if pain > 5 { "otc" } else { "none" }]));
    set("walked", json!(5 + chance.below(10) + day.min(60) / 3));
    answers
}

/// What a story puts into its days.
fn special(story: Story, ago: i32, answers: &mut Map<String, Value>) {
    let mut set = |key: &str, value: Value| drop(answers.insert(key.to_string(), value));
    match (story, ago) {
        (Story::Urine, 0) => set("bladder", json!("hard-to-start")),
        (Story::Leg, 0) => {
            set("character", json!(["shooting"]));
            set("where", json!(["low-back", "below-knee-left"]));
            set("against-usual", json!("new-kind"));
            set("pain", json!(5));
            set("pain-worst", json!(6));
        }
        (Story::RestPain, 0..4) => {
            set("rest-pain", json!("yes"));
            set("against-usual", json!("worse"));
            set("set-off", json!(["no-reason"]));
            set("pain", json!(9 - ago.min(2)));
            set("pain-worst", json!(9));
        }
        (Story::Unanswered, 0) => drop(answers.remove("saddle")),
        (Story::Fever, 0) => {
            set("fever", json!("feverish"));
            set("temperature", json!(38.4));
            set("confusion", json!("no"));
        }
        _ => {}
    }
}

fn check_in(desk: &Desk, patient: &Patient, day: i32, at: Timestamp, answers: Map<String, Value>) -> Day {
    let moment = desk.person_moment(patient, at);
    let revision = &desk.pathway().revision;
    let event = json!({ "id": format!("{}-day-{day}", patient.id), "kind": "check-in", "at": moment.to_string(), "revision": revision, "answers": answers });
    Day { event, received: at }
}

fn stopped_event(desk: &Desk, patient: &Patient, at: Timestamp, mut said: Value) -> Day {
    if let Some(event) = said.as_object_mut() {
        event.insert("id".to_string(), json!(format!("{}-stopped", patient.id)));
        event.insert("kind".to_string(), json!("stopped"));
        event.insert("at".to_string(), json!(desk.person_moment(patient, at).to_string()));
    }
    Day { event: said, received: at }
}

/// The clinic has dealt with what is a day old.
pub fn answer_alerts(desk: &Desk, person: &Invented, nurse: &str, now: Timestamp) -> Result<(), DeskError> {
    let id = &person.patient.id;
    for kept in desk.open_alerts(id)?.into_iter().filter(|kept| kept.alert.level >= Level::Attention) {
        let hours = now.duration_since(kept.told_at.instant()).as_hours();
        let answered = person.story != Story::RestPain || person.patient.day_of(desk.clinic_moment(now).date()) < 15;
        if hours >= 18 && answered {
            desk.resolve(
                id,
                &kept.alert.id,
                nurse,
                Ending { how: "advised", note: "Spoke by phone; eases; told what to look out for.", ..Ending::default() },
                now,
            )?;
        }
    }
    Ok(())
}

/// The clinic has taken one of today's, and tried to call.
pub fn be_on_to_it(desk: &Desk, person: &Invented, nurse: &str) -> Result<(), DeskError> {
    if person.story != Story::Fever {
        return Ok(());
    }
    let (id, now) = (&person.patient.id, Timestamp::now());
    for kept in desk.open_alerts(id)? {
        desk.acknowledge(id, &kept.alert.id, nurse, now)?;
        desk.contact(id, &kept.alert.id, nurse, "no-answer", "Try again within the hour.", now)?;
    }
    Ok(())
}
