//! A rehearsal happens: lines become events, events arrive, and each claim is held against the record as it is known then.

use super::claim::Seen;
use super::text::{Piece, Source};
use super::what::{About, Deed, Desk, Said, What};
use super::when::{Point, Seconds, clock, moment};
use super::{Line, Rehearsal};
use lamella_engine::{Assessment, Pathways, State, assess, questions_due, step};
use lamella_pathway::{Asked, Compiled, Question};
use lamella_record::{Act, Answers, CheckIn, Date, Event, Kind, Moment, Patient, PhaseOrder, Record, Stopped};
use std::collections::BTreeMap;

/// One claim, held against one day.
pub struct Check<'a> {
    /// The claim as it is written.
    pub claim: Piece<'a>,
    /// The day and time it was looked at.
    pub at: String,
    /// What it says, in its canonical words.
    pub expected: String,
    /// What is the case, in the same words.
    pub got: String,
    /// Whether the two agree.
    pub agrees: bool,
}

/// Lets a rehearsal happen, with the models that `known` knows. What cannot happen as written is said in `source.found`.
pub fn play<'a>(rehearsal: &Rehearsal<'a>, known: &Pathways, source: &mut Source<'a>) -> Vec<Check<'a>> {
    let (Some(pathways), Some(procedure)) = (rehearsal.pathways(known), rehearsal.person.procedure) else { return vec![] };
    let mut stage = Stage {
        rehearsal,
        pathways,
        patient: rehearsal.person.patient(procedure),
        offset: rehearsal.person.offset,
        now: None,
        scenes: vec![],
        phones: BTreeMap::new(),
    };
    for (place, line) in rehearsal.lines.iter().enumerate() {
        for day in line.first..=line.last {
            if stage.happen(place, line, day, source).is_none() {
                return vec![];
            }
        }
    }
    stage.checks()
}

/// What one line did on one day.
struct Scene {
    line: usize,
    day: i32,
    /// When it truly was.
    at: Moment,
    /// When it was known at the clinic.
    known: Moment,
    events: Vec<Event>,
    asked: Vec<String>,
}

struct Stage<'r, 'a> {
    rehearsal: &'r Rehearsal<'a>,
    pathways: Pathways,
    patient: Patient,
    offset: i32,
    now: Option<Moment>,
    scenes: Vec<Scene>,
    /// What the person's phone has folded so far, by revision.
    phones: BTreeMap<String, Phone>,
}

/// A record folded step by step, so that the next day costs one step.
struct Phone {
    pathways: Pathways,
    state: State,
    folded: Vec<Event>,
}

impl Phone {
    fn new(pathways: Pathways) -> Phone {
        Phone { state: State::new(&pathways), pathways, folded: vec![] }
    }

    /// Folds what is new; all of it, where something came in between or was undone.
    fn fold(&mut self, patient: &Patient, events: Vec<Event>) {
        if !events.starts_with(&self.folded) {
            (self.state, self.folded) = (State::new(&self.pathways), vec![]);
        }
        for event in events.iter().skip(self.folded.len()) {
            step(&self.pathways, patient, &mut self.state, event);
        }
        self.folded = events;
    }
}

impl<'a> Stage<'_, 'a> {
    fn moment(&self, day: i32, time: Seconds) -> Option<Moment> {
        moment(self.patient.date_of(day), time, self.offset)
    }

    fn happen(&mut self, place: usize, line: &Line<'a>, day: i32, source: &mut Source<'a>) -> Option<()> {
        if let What::Clock(offset) = line.what {
            self.offset = offset;
        }
        let at = moment(self.patient.date_of(day), line.time, line.way.offset.unwrap_or(self.offset))?;
        if self.now.is_some_and(|now| at < now) {
            let hint = "lines stand in the order in which they happen; split a range of days around what falls within it";
            return source.wrong(line.item, "out-of-order", "this happens before the line above it".to_string(), hint);
        }
        self.now = Some(at);
        let known = match line.way.arrives {
            Some(point) => self.moment(point.day, point.time.unwrap_or(line.time))?,
            None => at,
        };
        if known < at {
            return source.wrong(line.item, "out-of-order", "it arrives before it happens".to_string(), "`arrives day 5 08:00`");
        }
        let mut scene = Scene { line: place, day, at, known, events: vec![], asked: vec![] };
        let kinds = self.kinds(line, &mut scene, source)?;
        for kind in kinds {
            let event = self.event(line, &scene, kind, source)?;
            scene.events.push(event);
        }
        self.scenes.push(scene);
        Some(())
    }

    /// The kinds of event that a line stands for; none when nothing happens.
    fn kinds(&mut self, line: &Line<'a>, scene: &mut Scene, source: &mut Source<'a>) -> Option<Vec<Kind>> {
        Some(match &line.what {
            What::Look | What::Clock(_) => vec![],
            What::Ended => vec![Kind::Ended(Act::default())],
            What::Stopped(activity, answers) => {
                vec![Kind::Stopped(Stopped { activity: activity.clone(), answers: answers.iter().cloned().collect() })]
            }
            What::CheckIn(said) => vec![Kind::CheckIn(self.check_in(line, said, scene, source)?)],
            What::Desk(desk) => self.desk(line, desk, scene, source)?,
            What::Order(order) => vec![Kind::Phase(PhaseOrder {
                action: order.action,
                phase: order.phase.clone(),
                until: order.until.map(|day| self.patient.date_of(day)),
                by: order.by.clone(),
                reason: order.reason.clone(),
            })],
        })
    }

    fn event(&self, line: &Line<'a>, scene: &Scene, kind: Kind, source: &mut Source<'a>) -> Option<Event> {
        let at = self.stated(line, scene)?;
        let corrects = match line.way.corrects {
            Some(point) => match self.named(point) {
                Named::One(id) => Some(id),
                other => return other.wrong(line.item, point, source),
            },
            None => None,
        };
        let number = self.scenes.iter().map(|scene| scene.events.len()).sum::<usize>() + scene.events.len() + 1;
        Some(Event {
            id: format!("{number:03}-day-{}", scene.day),
            at,
            received_at: Some(scene.known),
            day: line.way.for_day.map(|day| self.patient.date_of(day)),
            corrects,
            kind,
        })
    }

    /// What the device's clock said.
    fn stated(&self, line: &Line, scene: &Scene) -> Option<Moment> {
        match line.way.clock_says {
            Some(point) => moment(self.patient.date_of(point.day), point.time.unwrap_or(line.time), scene.at.offset().seconds()),
            None => Some(scene.at),
        }
    }

    // ---- check-ins -------------------------------------------------------------------------------------------------------

    fn check_in(&mut self, line: &Line<'a>, said: &Said, scene: &mut Scene, source: &mut Source<'a>) -> Option<CheckIn> {
        let word = said.revision.clone().or_else(|| self.rehearsal.usually.revision.clone());
        let date = self.reported(line, scene)?;
        let assigned = self.patient.pathway.iter().filter(|assigned| assigned.from <= date).max_by_key(|assigned| assigned.from);
        let revision = word.or_else(|| assigned.and_then(|assigned| assigned.revision.as_str().map(str::to_string)));
        let current = self.pathways.current();
        let named = revision.as_ref().and_then(|word| self.pathways.all().find(|pathway| pathway.revision == *word));
        let pathway = named.unwrap_or(current).clone();
        let mut draft = CheckIn {
            revision: revision.unwrap_or(current.revision.clone()),
            answers: said.answers.iter().cloned().collect(),
            complete: !said.only && said.broken_after.is_none(),
            not_asked: said.not_asked.clone(),
            imported: None,
        };
        let before = self.state_before(&pathway, scene.at);
        let when = moment(date, line.time, scene.at.offset().seconds())?;
        let asking =
            Asking { pathways: self.pathways.of_others(pathway.clone(), vec![]), pathway: &pathway, patient: &self.patient, before, when };
        if !said.only {
            self.quiet(&asking, said, &mut draft.answers);
        }
        scene.asked = asking.asked(&draft.answers).into_iter().map(|question| question.id.clone()).collect();
        let idle = said.without.iter().chain(&said.not_asked).find(|id| !scene.asked.contains(id));
        if let Some(id) = idle {
            return source.wrong(line.item, "not-due", format!("`{id}` is not asked at this check-in"), "it cannot be left open there");
        }
        let open = asking.asked(&draft.answers);
        let left = |id: &str| said.only || said.broken_after.is_some() || said.without.iter().chain(&said.not_asked).any(|left| left == id);
        if let Some(id) = self.rehearsal.usually.gap(open.into_iter().filter(|question| !left(&question.id)), &draft.answers) {
            let hint = format!("name it in `- usually: …`, on the line, or say `without {id}`");
            return source.wrong(line.item, "no-quiet-answer", format!("a quiet day does not say what is answered to `{id}`"), &hint);
        }
        Some(draft)
    }

    /// Answers what is due and not named, as on a quiet day: first what is put whatever else is said, then, one by one, what
    /// depends on other answers.
    fn quiet(&self, asking: &Asking, said: &Said, answers: &mut Answers) {
        let reached = said.broken_after.as_ref().and_then(|id| asking.pathway.question(id)).map_or(usize::MAX, |place| place + 1);
        let left = |id: &String| said.without.contains(id) || said.not_asked.contains(id);
        let (depending, plain): (Vec<&Question>, Vec<&Question>) = asking
            .pathway
            .questions
            .iter()
            .take(reached)
            .filter(|question| !left(&question.id))
            .partition(|question| matches!(question.asked, Asked::When(_)));
        for questions in std::iter::once(plain).chain(depending.into_iter().map(|question| vec![question])) {
            let asked = asking.asked(answers);
            for question in questions.into_iter().filter(|question| asked.iter().any(|asked| asked.id == question.id)) {
                if let (false, Some(answer)) = (answers.contains_key(&question.id), self.rehearsal.usually.quiet(question)) {
                    answers.insert(question.id.clone(), answer);
                }
            }
        }
    }

    /// The local date that a line's event is about.
    fn reported(&self, line: &Line, scene: &Scene) -> Option<Date> {
        if let Some(day) = line.way.for_day {
            return Some(self.patient.date_of(day));
        }
        let bare = Event {
            id: String::new(),
            at: self.stated(line, scene)?,
            received_at: Some(scene.known),
            day: None,
            corrects: None,
            kind: Kind::Note(Act::default()),
        };
        Some(bare.date())
    }

    /// What the person's phone knows before a check-in: all that has happened, sent or not.
    fn state_before(&mut self, pathway: &Compiled, at: Moment) -> State {
        let record = Record::fold(self.patient.clone(), self.happened(|scene| scene.at <= at));
        let phone =
            self.phones.entry(pathway.revision.clone()).or_insert_with(|| Phone::new(self.pathways.of_others(pathway.clone(), vec![])));
        phone.fold(&self.patient, record.events);
        phone.state.clone()
    }

    fn happened(&self, counts: impl Fn(&Scene) -> bool) -> Vec<Event> {
        self.scenes.iter().filter(|scene| counts(scene)).flat_map(|scene| scene.events.iter().cloned()).collect()
    }

    // ---- the desk --------------------------------------------------------------------------------------------------------

    fn desk(&self, line: &Line<'a>, desk: &Desk, scene: &Scene, source: &mut Source<'a>) -> Option<Vec<Kind>> {
        let said = lamella_record::Desk {
            by: desk.by.clone(),
            note: desk.note.clone(),
            disposition: if desk.deed == Deed::Acknowledge { String::new() } else { desk.note.clone() },
            known_until: desk.known_until.map(|day| self.patient.date_of(day)),
            ..Default::default()
        };
        if desk.deed == Deed::Undo {
            let last = self.scenes.iter().flat_map(|scene| &scene.events).rfind(|event| event.is_desk());
            let Some(last) = last else {
                return source.wrong(line.item, "nothing-to-undo", "nothing was done at the desk before this".to_string(), "");
            };
            return Some(vec![Kind::Undo(lamella_record::Desk { undoes: last.id.clone(), ..said })]);
        }
        let kind = |alert: String| {
            let said = lamella_record::Desk { alert, ..said.clone() };
            match desk.deed {
                Deed::Acknowledge => Kind::Acknowledge(said),
                Deed::Contact => Kind::Contact(said),
                Deed::Resolve | Deed::Undo => Kind::Resolve(said),
            }
        };
        Some(self.alerts_meant(line, desk, scene, source)?.into_iter().map(kind).collect())
    }

    /// The ids of the alerts that somebody at the clinic means, by what is known there at the time.
    fn alerts_meant(&self, line: &Line<'a>, desk: &Desk, scene: &Scene, source: &mut Source<'a>) -> Option<Vec<String>> {
        if let About::Of(cause, point) = &desk.about {
            return match self.named(*point) {
                Named::One(id) => Some(vec![format!("{cause}:{id}")]),
                other => other.wrong(line.item, *point, source),
            };
        }
        let record = Record::fold(self.patient.clone(), self.happened(|past| past.known <= scene.at));
        let assessment = assess(&self.pathways, &record, scene.at);
        let standing = assessment.alerts.iter().filter(|alert| alert.stands());
        let meant: Vec<String> = match &desk.about {
            About::Cause(cause) => standing.filter(|alert| alert.cause == *cause).map(|alert| alert.id.clone()).take(1).collect(),
            _ => standing.map(|alert| alert.id.clone()).collect(),
        };
        if meant.is_empty() {
            let hint = "to name one that does not stand, say `RULE of day 9`";
            return source.wrong(line.item, "no-alert", "no such alert stands then".to_string(), hint);
        }
        Some(meant)
    }

    /// The check-in, or *stopped*, of a day.
    fn named(&self, point: Point) -> Named {
        let lines = &self.rehearsal.lines;
        let time = |scene: &Scene| lines.get(scene.line).map(|line| line.time);
        let fits = |scene: &&Scene| scene.day == point.day && point.time.is_none_or(|at| time(scene) == Some(at));
        let judged = |event: &&Event| matches!(event.kind, Kind::CheckIn(_) | Kind::Stopped(_));
        let mut found = self.scenes.iter().filter(fits).flat_map(|scene| &scene.events).filter(judged);
        match (found.next(), found.next()) {
            (None, _) => Named::Nothing,
            (Some(event), None) => Named::One(event.id.clone()),
            (Some(_), Some(_)) => Named::Several,
        }
    }

    // ---- the claims ------------------------------------------------------------------------------------------------------

    fn checks(&self) -> Vec<Check<'a>> {
        let mut order: Vec<usize> = (0..self.scenes.len()).collect();
        order.sort_by_key(|place| self.scenes.get(*place).map(|scene| scene.known.instant()));
        let mut known: Vec<Event> = vec![];
        let mut checks = vec![];
        for place in order {
            let Some(scene) = self.scenes.get(place) else { continue };
            let Some(line) = self.rehearsal.lines.get(scene.line) else { continue };
            known.extend(scene.events.iter().cloned());
            if !line.claims.is_empty() {
                let record = Record::fold(self.patient.clone(), known.clone());
                let assessment = assess(&self.pathways, &record, scene.known);
                checks.extend(self.look(line, place, scene, &assessment));
            }
        }
        checks
    }

    fn look(&self, line: &Line<'a>, place: usize, scene: &Scene, assessment: &Assessment) -> Vec<Check<'a>> {
        let wants_phone = line.claims.iter().any(|(_, claim)| matches!(claim, super::Claim::Phone(_)));
        let seen = Seen {
            assessment,
            event: scene.events.first().map(|event| event.id.as_str()),
            phone: if wants_phone { self.on_the_phone(place, scene) } else { None },
            asked: &scene.asked,
            other: &|point| match self.named(point) {
                Named::One(id) => Some(id),
                _ => None,
            },
            day_of: &|moment| self.patient.day_of(moment.date()),
        };
        let at = format!("day {} {}", scene.day, clock(line.time));
        let check = |(piece, claim): &(Piece<'a>, super::Claim)| {
            let got = claim.as_seen(&seen);
            let agrees = got.as_ref() == Some(claim);
            let got = got.map_or("nothing: there is no such thing".to_string(), |got| got.to_string());
            Check { claim: *piece, at: at.clone(), expected: claim.to_string(), got, agrees }
        };
        line.claims.iter().map(check).collect()
    }

    /// What the phone says at once, on its own events and what had come from the clinic.
    fn on_the_phone(&self, place: usize, scene: &Scene) -> Option<lamella_record::Level> {
        let clinic = |scene: &Scene| scene.events.iter().any(|event| event.is_desk() || matches!(event.kind, Kind::Phase(_)));
        let events = self.scenes.iter().take(place + 1).filter(|past| if clinic(past) { past.known <= scene.at } else { true });
        let unsent = |event: &Event| Event { received_at: event.received_at.filter(|received| *received <= scene.at), ..event.clone() };
        let events: Vec<Event> = events.flat_map(|scene| &scene.events).map(unsent).collect();
        let record = Record::fold(self.patient.clone(), events);
        let assessment = assess(&self.pathways, &record, scene.at);
        let own = scene.events.first()?;
        assessment.verdicts.iter().find(|verdict| verdict.event == own.id).map(|verdict| verdict.level)
    }
}

/// What a day and time name.
enum Named {
    Nothing,
    One(String),
    Several,
}

impl Named {
    fn wrong<T>(&self, item: Piece, point: Point, source: &mut Source) -> Option<T> {
        match self {
            Named::Several => {
                source.wrong(item, "which-check-in", format!("there are several check-ins on {point}"), "say its time: `day 9 09:00`")
            }
            _ => source.wrong(item, "no-check-in", format!("there is no check-in on {point} above this line"), ""),
        }
    }
}

/// What is asked at one check-in.
struct Asking<'a> {
    pathways: Pathways,
    pathway: &'a Compiled,
    patient: &'a Patient,
    before: State,
    when: Moment,
}

impl<'a> Asking<'a> {
    /// The questions that are due, given the answers so far.
    fn asked(&self, answers: &Answers) -> Vec<&'a Question> {
        let draft = CheckIn { answers: answers.clone(), complete: true, ..CheckIn::default() };
        let due = questions_due(&self.pathways, self.patient, &self.before, self.when, &draft);
        due.into_iter().filter_map(|place| self.pathway.questions.get(usize::from(place))).collect()
    }
}
