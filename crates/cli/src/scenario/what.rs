//! What happens on a line, in front of the arrow.

use super::answers;
use super::text::{Piece, Source};
use super::when::{Point, day_number, offset, point};
use lamella_pathway::Compiled;
use lamella_record::{Answer, PhaseWord};

/// What happens.
#[derive(Debug, Clone)]
pub enum What {
    /// The person checks in.
    CheckIn(Said),
    /// *It hurt, so I stopped.*
    Stopped(String, Vec<(String, Answer)>),
    /// Somebody at the clinic acts on an alert.
    Desk(Desk),
    /// A clinician orders something about the phase.
    Order(Order),
    /// From here on the person's clock is so many seconds ahead of UTC.
    Clock(i32),
    /// The pathway ends.
    Ended,
    /// Nothing happens; somebody looks.
    Look,
}

/// What differs from a quiet check-in.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Answers that differ, by question.
    pub answers: Vec<(String, Answer)>,
    /// Due questions left open.
    pub without: Vec<String>,
    /// Questions that were never put.
    pub not_asked: Vec<String>,
    /// Nothing else was answered, and it was broken off.
    pub only: bool,
    /// It was broken off after this question.
    pub broken_after: Option<String>,
    /// The revision that asked.
    pub revision: Option<String>,
}

/// What somebody does about an alert.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Who.
    pub by: String,
    /// What.
    pub deed: Deed,
    /// About which.
    pub about: About,
    /// In their words.
    pub note: String,
    /// The day until which the finding is known.
    pub known_until: Option<i32>,
}

/// What can be done about an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Seen.
    Acknowledge,
    /// Tried to reach the person.
    Contact,
    /// Dealt with.
    Resolve,
    /// The deed before is taken back.
    Undo,
}

/// Which alert is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Every alert that stands.
    Everything,
    /// The alert of this cause that stands.
    Cause(String),
    /// The alert of this cause whose run has an event on that day.
    Of(String, Point),
}

/// A clinician's word about the phase.
#[derive(Debug, Clone)]
pub struct Order {
    /// Who.
    pub by: String,
    /// What.
    pub action: PhaseWord,
    /// Where to.
    pub phase: Option<String>,
    /// The last day it holds.
    pub until: Option<i32>,
    /// Why.
    pub reason: String,
}

/// How an event travels: clocks, places and networks.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// When it reaches the clinic, if not at once.
    pub arrives: Option<Point>,
    /// What the device's clock says, if it is wrong.
    pub clock_says: Option<Point>,
    /// The offset of the clock on the wall, if not the usual one.
    pub offset: Option<i32>,
    /// The day it reports about.
    pub for_day: Option<i32>,
    /// The check-in it corrects.
    pub corrects: Option<Point>,
}

/// Reads what happens, and how it travels.
pub fn read(said: Piece, pathway: &Compiled, source: &mut Source) -> Option<(What, Way)> {
    let mut way = Way::default();
    let mut rest = vec![];
    for item in said.split(',') {
        let words = item.words();
        if words.is_empty() {
            return source.wrong(
                said,
                "nothing-said",
                "something is missing here".to_string(),
                "`quiet`, `nothing`, or what differs, such as `pain 5`",
            );
        }
        match way.read(&words, source) {
            Some(true) => {}
            Some(false) => rest.push((item, words)),
            None => return None,
        }
    }
    let Some((_, first)) = rest.first() else {
        return source.wrong(said, "nothing-said", "this does not say what happens".to_string(), "begin with `quiet` if nothing differs");
    };
    let texts: Vec<&str> = first.iter().map(|word| word.text).collect();
    let one = rest.len() == 1;
    let what = match texts.as_slice() {
        ["look" | "nothing"] if one => What::Look,
        ["ended"] if one => What::Ended,
        ["clock", "changes", "to", word] if one => match offset(word) {
            Some(ahead) => What::Clock(ahead),
            None => return source.wrong(said, "bad-offset", format!("`{word}` is not an offset"), "write it like `+01:00`"),
        },
        ["nurse" | "clinician" | "doctor", ..] if one => clinic(first, pathway, source)?,
        ["stopped", ..] => stopped(&rest, pathway, source)?,
        _ => What::CheckIn(check_in(&rest, pathway, source)?),
    };
    Some((what, way))
}

impl Way {
    /// Takes an item about the way; `Some(false)` if it is about something else.
    fn read(&mut self, words: &[Piece], source: &mut Source) -> Option<bool> {
        let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
        let behind = |skip: usize| words.get(skip..).unwrap_or(&[]);
        match texts.as_slice() {
            ["arrives", ..] => self.arrives = Some(point(behind(1), source)?),
            ["clock", "says", ..] => self.clock_says = Some(point(behind(2), source)?),
            ["corrects", ..] => self.corrects = Some(point(behind(1), source)?),
            ["for", "day", _] => self.for_day = Some(point(behind(1), source)?.day),
            ["at", "offset", word] => match offset(word) {
                Some(ahead) => self.offset = Some(ahead),
                None => {
                    let place = behind(2).first().copied().unwrap_or(Piece { text: "", start: 0 });
                    return source.wrong(place, "bad-offset", format!("`{word}` is not an offset"), "write it like `+01:00`");
                }
            },
            _ => return Some(false),
        }
        Some(true)
    }
}

type Items<'a> = [(Piece<'a>, Vec<Piece<'a>>)];

fn check_in(items: &Items, pathway: &Compiled, source: &mut Source) -> Option<Said> {
    let mut said = Said::default();
    for (item, words) in items {
        said.item(*item, words, pathway, source)?;
    }
    Some(said)
}

impl Said {
    fn item(&mut self, item: Piece, words: &[Piece], pathway: &Compiled, source: &mut Source) -> Option<()> {
        let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
        let behind = |skip: usize| words.get(skip..).unwrap_or(&[]);
        match texts.as_slice() {
            ["quiet"] => {}
            ["without", ..] => self.without.extend(questions(behind(1), pathway, source)?),
            ["not", "asked", ..] => self.not_asked.extend(questions(behind(2), pathway, source)?),
            ["dont-know", ..] => {
                let ids = questions(behind(1), pathway, source)?;
                self.answers.extend(ids.into_iter().map(|id| (id, Answer::code(answers::DONT_KNOW))));
            }
            ["broken", "off", "after", _] => self.broken_after = questions(behind(3), pathway, source)?.pop(),
            ["revision", word] => self.revision = Some(behind(1).first().and_then(|word| word.unquoted()).unwrap_or(word).to_string()),
            ["only", ..] => {
                self.only = true;
                self.answers.push(answered(item, behind(1), pathway, source)?);
            }
            _ => self.answers.push(answered(item, words, pathway, source)?),
        }
        Some(())
    }
}

/// `Q ANSWER`; a question in quotes is sent as it is.
fn answered(item: Piece, words: &[Piece], pathway: &Compiled, source: &mut Source) -> Option<(String, Answer)> {
    let [id, word] = words else {
        let hint = "write it like `pain 5`, `where low-back+groin`, `without saddle`, `quiet` or `nothing`";
        return source.wrong(item, "not-understood", format!("`{}` is not an answer", item.text), hint);
    };
    if let Some(raw) = id.unquoted() {
        return Some((raw.to_string(), answers::as_it_came(word.unquoted().unwrap_or(word.text))));
    }
    let question = answers::question(*id, pathway, source)?;
    Some((question.id.clone(), answers::answer(question, *word, source)?))
}

/// `saddle and bladder`.
fn questions(words: &[Piece], pathway: &Compiled, source: &mut Source) -> Option<Vec<String>> {
    let named = words.iter().filter(|word| word.text != "and");
    named.map(|word| answers::question(*word, pathway, source).map(|question| question.id.clone())).collect()
}

fn stopped(items: &Items, pathway: &Compiled, source: &mut Source) -> Option<What> {
    let (first, rest) = items.split_first()?;
    let activity: Vec<&str> = first.1.iter().skip(1).map(|word| word.unquoted().unwrap_or(word.text)).collect();
    let answers = rest.iter().map(|(item, words)| answered(*item, words, pathway, source)).collect::<Option<_>>()?;
    Some(What::Stopped(activity.join(" "), answers))
}

/// `nurse resolves RULE "…"`, `clinician holds the phase until day 30 "…"`, …
fn clinic(words: &[Piece], pathway: &Compiled, source: &mut Source) -> Option<What> {
    let (who, rest) = words.split_first()?;
    let by = who.text.to_string();
    let texts: Vec<&str> = rest.iter().map(|word| word.text).collect();
    let behind = |skip: usize| rest.get(skip..).unwrap_or(&[]);
    let desk = |deed, about| Desk { by: by.clone(), deed, about, note: String::new(), known_until: None };
    let order = |action, phase: Option<&str>| Order {
        by: by.clone(),
        action,
        phase: phase.map(str::to_string),
        until: None,
        reason: String::new(),
    };
    match texts.as_slice() {
        ["undoes"] => Some(What::Desk(desk(Deed::Undo, About::Everything))),
        ["acknowledges", ..] => desk(Deed::Acknowledge, About::Everything).about(behind(1), pathway, source),
        ["tries", "to", "reach", ..] => desk(Deed::Contact, About::Everything).about(behind(3), pathway, source),
        ["resolves", ..] => desk(Deed::Resolve, About::Everything).about(behind(1), pathway, source),
        ["holds", "the", "phase", ..] => order(PhaseWord::Hold, None).ending(behind(3), source),
        ["lifts", "the", "hold", ..] => order(PhaseWord::Lift, None).ending(behind(3), source),
        ["advances", "to", phase, ..] => order(PhaseWord::Advance, Some(phase)).ending(behind(3), source),
        ["steps", "back", "to", phase, ..] => order(PhaseWord::StepBack, Some(phase)).ending(behind(4), source),
        _ => {
            let hint = "`acknowledges RULE`, `tries to reach RULE \"…\"`, `resolves RULE \"…\"`, `undoes`, `holds the phase \"…\"`, \
                        `lifts the hold \"…\"`, `advances to PHASE \"…\"` or `steps back to PHASE \"…\"`";
            source.wrong(*who, "not-understood", "this is nothing that a clinic does here".to_string(), hint)
        }
    }
}

impl Desk {
    /// `RULE [of day 9 [09:00]] ["note"] [known until day 30]`, or `everything ["note"]`.
    fn about(mut self, words: &[Piece], pathway: &Compiled, source: &mut Source) -> Option<What> {
        let (first, rest) = words.split_first()?;
        let mut rest = rest;
        self.about = if first.text == "everything" { About::Everything } else { About::Cause(cause(*first, pathway, source)?) };
        if let (About::Cause(cause), [of, more @ ..]) = (&self.about, rest)
            && of.text == "of"
        {
            let length = more.iter().take_while(|word| word.unquoted().is_none() && word.text != "known").count();
            let (day, more) = more.split_at(length);
            self.about = About::Of(cause.clone(), point(day, source)?);
            rest = more;
        }
        if let [note, more @ ..] = rest
            && let Some(words) = note.unquoted()
        {
            self.note = words.to_string();
            rest = more;
        }
        match rest {
            [] => Some(What::Desk(self)),
            [known, until, day, number] if (known.text, until.text, day.text) == ("known", "until", "day") => {
                self.known_until = Some(day_number(*number, source)?);
                Some(What::Desk(self))
            }
            [odd, ..] => source.wrong(
                *odd,
                "not-understood",
                format!("`{}` does not belong here", odd.text),
                "a note in quotes, then `known until day 30`",
            ),
        }
    }
}

impl Order {
    /// `[until day 30] "reason"`.
    fn ending(mut self, words: &[Piece], source: &mut Source) -> Option<What> {
        let mut rest = words;
        if let [until, day, number, more @ ..] = rest
            && (until.text, day.text) == ("until", "day")
        {
            self.until = Some(day_number(*number, source)?);
            rest = more;
        }
        match rest {
            [] => Some(What::Order(self)),
            [reason] if reason.unquoted().is_some() => {
                self.reason = reason.unquoted().unwrap_or("").to_string();
                Some(What::Order(self))
            }
            [odd, ..] => source.wrong(
                *odd,
                "not-understood",
                format!("`{}` does not belong here", odd.text),
                "`until day 30`, then the reason in quotes",
            ),
        }
    }
}

/// A cause of alerts: a rule, or what the engine itself raises.
pub fn cause(word: Piece, pathway: &Compiled, source: &mut Source) -> Option<String> {
    const OWN: [&str; 8] = ["unknown", "silence", "hold", "otherwise", "floor", "event", "history", "not-asked"];
    let rules = || pathway.rules.iter().map(|rule| rule.id.as_str()).chain(OWN);
    if rules().any(|rule| rule == word.text) {
        return Some(word.text.to_string());
    }
    source.wrong(word, "unknown-rule", format!("there is no rule `{}`", word.text), &answers::did_you_mean(word.text, rules()))
}
