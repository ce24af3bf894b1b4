//! What a line claims behind its arrow, and what is the case.
//!
//! A claim is never *passed* or *failed* here: [`Claim::as_seen`] says the same kind of thing about what truly came, and the two
//! are compared. So a difference can be shown, and accepted, in the words of the scenario.

use super::answers;
use super::text::{Piece, Source};
use super::what::cause;
use super::when::{Point, day_number, point};
use lamella_engine::Assessment;
use lamella_engine::alerts::{Alert, AlertState};
use lamella_engine::triage::{Hit, Verdict};
use lamella_pathway::{Compiled, Within};
use lamella_record::Level;
use std::collections::BTreeSet;
use std::fmt;

/// One claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The verdict of this line's event (or of another day's), and the rules at its level if they are named.
    Verdict(Option<Point>, Level, Option<BTreeSet<String>>),
    /// What the person's own phone says of it at once.
    Phone(Level),
    /// A rule is, or is not, among those that hold, at whatever level.
    Rule(String, bool),
    /// A rule's finding counts as reviewed, or does not.
    Reviewed(String, bool),
    /// What is unknown at this check-in.
    Unknown(BTreeSet<String>),
    /// Whether a question is put at this check-in.
    Asks(String, bool),
    /// The record's level at this moment.
    Level(Level),
    /// The phase at this moment; `none` before the procedure.
    Phase(String),
    /// How many days the next phase has been waiting.
    Held(i32),
    /// The alerts that stand.
    Alerts(Vec<Stands>),
    /// Whether a standing alert's run has ended.
    Over(String, bool),
    /// Whether a standing alert is marked as corrected by the patient.
    Corrected(String, bool),
    /// How long the clinic has for a standing alert.
    Answer(String, String),
    /// A restriction and what it allows.
    Limit(String, String),
    /// The usual of a question; `None` when it is not known.
    Usual(String, Option<i32>),
    /// Whether a check-in is due: `due`, `late`, `not due`.
    Agenda(String),
    /// The day the next check-in is due.
    NextDue(i32),
    /// A warning with these words in it; `None`: there is no warning.
    Warning(Option<String>),
}

/// An alert that stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stands {
    /// Its cause.
    pub cause: String,
    /// Its level.
    pub level: Level,
    /// `open` or `acknowledged`.
    pub state: String,
    /// The day its run began, if the claim says so.
    pub since: Option<i32>,
}

/// What a claim is held against.
pub struct Seen<'a> {
    /// The record as it is known at the moment.
    pub assessment: &'a Assessment,
    /// The line's own event.
    pub event: Option<&'a str>,
    /// The level that the phone gives the line's event.
    pub phone: Option<Level>,
    /// The questions put at the line's check-in.
    pub asked: &'a [String],
    /// The event of another line, by its day and time.
    pub other: &'a dyn Fn(Point) -> Option<String>,
    /// Days since the procedure of a moment.
    pub day_of: &'a dyn Fn(lamella_record::Moment) -> i32,
}

// ---- reading ---------------------------------------------------------------------------------------------------------------

/// Reads a claim. `judged` says whether the line's event has a verdict.
pub fn read(claim: Piece, judged: bool, pathway: &Compiled, source: &mut Source) -> Option<Claim> {
    let words = claim.words();
    let read = Reader { claim, words: &words, pathway, source }.read()?;
    let of_event = matches!(
        read,
        Claim::Verdict(None, ..) | Claim::Phone(_) | Claim::Rule(..) | Claim::Reviewed(..) | Claim::Unknown(_) | Claim::Asks(..)
    );
    if of_event && !judged {
        return source.wrong(
            claim,
            "no-verdict",
            "nothing is judged on this line".to_string(),
            "say `level …`, or put the claim on a check-in",
        );
    }
    Some(read)
}

struct Reader<'a, 's, 't> {
    claim: Piece<'a>,
    words: &'a [Piece<'a>],
    pathway: &'a Compiled,
    source: &'s mut Source<'t>,
}

impl<'a> Reader<'a, '_, '_> {
    fn read(&mut self) -> Option<Claim> {
        let texts: Vec<&str> = self.words.iter().map(|word| word.text).collect();
        Some(match texts.as_slice() {
            ["verdict", "of", ..] => return self.other_verdict(),
            [word, ..] if Level::from_word(word).is_some() => Claim::Verdict(None, self.level(0)?, self.by(1)?),
            ["phone", "says", _] => Claim::Phone(self.level(2)?),
            ["also", _] => Claim::Rule(self.cause(1)?, true),
            ["not", "by", _] => Claim::Rule(self.cause(2)?, false),
            ["reviewed", _] => Claim::Reviewed(self.cause(1)?, true),
            ["not", "reviewed", _] => Claim::Reviewed(self.cause(2)?, false),
            ["nothing", "unknown"] => Claim::Unknown(BTreeSet::new()),
            ["unknown", ..] => Claim::Unknown(self.unknown()?),
            ["asks", _] => Claim::Asks(self.question(1)?, true),
            ["does", "not", "ask", _] => Claim::Asks(self.question(3)?, false),
            ["level", _] => Claim::Level(self.level(1)?),
            ["phase", "none"] => Claim::Phase("none".to_string()),
            ["phase", _] => Claim::Phase(self.phase(1)?),
            ["held", _, "days" | "day"] => Claim::Held(self.number(1)?),
            ["alerts", "none"] => Claim::Alerts(vec![]),
            ["alerts", ..] => Claim::Alerts(self.alerts()?),
            ["over", _] => Claim::Over(self.cause(1)?, true),
            ["not", "over", _] => Claim::Over(self.cause(2)?, false),
            ["corrected", _] => Claim::Corrected(self.cause(1)?, true),
            ["not", "corrected", _] => Claim::Corrected(self.cause(2)?, false),
            ["answer", _, "within", rest @ ..] => Claim::Answer(self.cause(1)?, rest.join(" ")),
            ["usual", "of", _, "unknown"] => Claim::Usual(self.question(2)?, None),
            ["usual", "of", _, _] => Claim::Usual(self.question(2)?, Some(self.number(3)?)),
            ["due" | "late"] => Claim::Agenda(texts.concat()),
            ["not", "due"] => Claim::Agenda("not due".to_string()),
            ["next", "check-in", "on", "day", _] => Claim::NextDue(self.number(4)?),
            ["no", "warning"] => Claim::Warning(None),
            ["warning", _] => Claim::Warning(Some(self.quoted(1)?)),
            _ => return self.limit(),
        })
    }

    fn word(&self, place: usize) -> Piece<'a> {
        self.words.get(place).copied().unwrap_or(self.claim)
    }

    fn level(&mut self, place: usize) -> Option<Level> {
        let word = self.word(place);
        match Level::from_word(word.text) {
            Some(level) => Some(level),
            None => self.source.wrong(
                word,
                "unknown-level",
                format!("`{}` is not a level", word.text),
                "expected, watch, attention or emergency",
            ),
        }
    }

    fn cause(&mut self, place: usize) -> Option<String> {
        cause(self.word(place), self.pathway, self.source)
    }

    fn question(&mut self, place: usize) -> Option<String> {
        answers::question(self.word(place), self.pathway, self.source).map(|question| question.id.clone())
    }

    fn number(&mut self, place: usize) -> Option<i32> {
        day_number(self.word(place), self.source)
    }

    fn quoted(&mut self, place: usize) -> Option<String> {
        let word = self.word(place);
        match word.unquoted() {
            Some(words) => Some(words.to_string()),
            None => self.source.wrong(word, "not-quoted", "the warning's words stand in quotes".to_string(), "a part of it is enough"),
        }
    }

    fn phase(&mut self, place: usize) -> Option<String> {
        let word = self.word(place);
        if self.pathway.phases.iter().any(|phase| phase.id == word.text) {
            return Some(word.text.to_string());
        }
        let phases: Vec<&str> = self.pathway.phases.iter().map(|phase| phase.id.as_str()).collect();
        self.source.wrong(word, "unknown-phase", format!("there is no phase `{}`", word.text), &format!("one of: {}", phases.join(", ")))
    }

    /// `by RULE, RULE`: exactly the rules at the verdict's level.
    fn by(&mut self, place: usize) -> Option<Option<BTreeSet<String>>> {
        match self.words.get(place) {
            None => Some(None),
            Some(by) if by.text == "by" => Some(Some(self.list(place + 1, |reader, word| cause(word, reader.pathway, reader.source))?)),
            Some(odd) => {
                let what = format!("`{}` does not belong behind a level", odd.text);
                self.source.wrong(*odd, "not-understood", what, "`by RULE, RULE`, or nothing")
            }
        }
    }

    /// Names behind a place, between commas.
    fn list(&mut self, place: usize, read: impl Fn(&mut Self, Piece<'a>) -> Option<String>) -> Option<BTreeSet<String>> {
        let names = self.words.get(place..).unwrap_or(&[]).iter().flat_map(|word| word.split(',')).filter(|word| !word.text.is_empty());
        let names: Vec<Piece> = names.collect();
        if names.is_empty() {
            return self.source.wrong(self.claim, "nothing-named", "something is missing at its end".to_string(), "");
        }
        names.into_iter().map(|word| read(self, word)).collect()
    }

    fn unknown(&mut self) -> Option<BTreeSet<String>> {
        self.list(1, |reader, word| match word.unquoted() {
            Some(raw) => Some(raw.to_string()),
            None if matches!(word.text, "revision" | "event") => Some(word.text.to_string()),
            None => answers::question(word, reader.pathway, reader.source).map(|question| question.id.clone()),
        })
    }

    /// `verdict of day 9 [09:00] is LEVEL [by RULE, …]`
    fn other_verdict(&mut self) -> Option<Claim> {
        let is = self.words.iter().position(|word| word.text == "is");
        let Some(is) = is else {
            return self.source.wrong(self.claim, "not-understood", "which verdict is claimed?".to_string(), "`verdict of day 9 is watch`");
        };
        let other = point(self.words.get(2..is).unwrap_or(&[]), self.source)?;
        Some(Claim::Verdict(Some(other), self.level(is + 1)?, self.by(is + 2)?))
    }

    /// `alerts CAUSE LEVEL STATE [since day 3], …`
    fn alerts(&mut self) -> Option<Vec<Stands>> {
        let (_, rest) = self.claim.around("alerts")?;
        let mut alerts = vec![];
        for item in rest.split(',') {
            let words = item.words();
            alerts.push(match words.as_slice() {
                [_, _, state] if is_state(state.text) => self.alert(&words, None)?,
                [_, _, state, since, day, number] if is_state(state.text) && (since.text, day.text) == ("since", "day") => {
                    let since = day_number(*number, self.source)?;
                    self.alert(&words, Some(since))?
                }
                _ => {
                    let hint = "`CAUSE LEVEL open` or `CAUSE LEVEL acknowledged`, and `since day 3` if you like; or `alerts none`";
                    return self.source.wrong(item, "not-understood", format!("`{}` is not an alert", item.text), hint);
                }
            });
        }
        alerts.sort();
        Some(alerts)
    }

    fn alert(&mut self, words: &[Piece<'a>], since: Option<i32>) -> Option<Stands> {
        let [named, level, state, ..] = words else { return None };
        let cause = cause(*named, self.pathway, self.source)?;
        let Some(level) = Level::from_word(level.text) else {
            return self.source.wrong(*level, "unknown-level", format!("`{}` is not a level", level.text), "watch, attention or emergency");
        };
        Some(Stands { cause, level, state: state.text.to_string(), since })
    }

    /// `lift at most 2 kg`, `bend not at all`, `soak free`, `drive short`.
    fn limit(&mut self) -> Option<Claim> {
        let first = self.word(0);
        let Some(restriction) = self.pathway.restrictions.iter().find(|restriction| restriction.id == first.text) else {
            let known = [
                "alerts",
                "level",
                "phase",
                "unknown",
                "usual",
                "due",
                "late",
                "warning",
                "over",
                "verdict",
                "held",
                "expected",
                "watch",
                "attention",
                "emergency",
            ];
            let restrictions = self.pathway.restrictions.iter().map(|restriction| restriction.id.as_str());
            let hint = answers::did_you_mean(first.text, known.into_iter().chain(restrictions));
            return self.source.wrong(
                self.claim,
                "not-understood",
                format!("`{}` claims nothing that can be checked", self.claim.text),
                &hint,
            );
        };
        let rest: Vec<&str> = self.words.iter().skip(1).map(|word| word.text).collect();
        let allowed = match rest.as_slice() {
            ["not", "at", "all"] | ["not-at-all"] => "not at all".to_string(),
            ["at", "most", number, unit] if number.parse::<f64>().is_ok() => format!("at most {number} {unit}"),
            ["free"] => "free".to_string(),
            [code] if restriction.codes.iter().any(|there| there == code) => code.to_string(),
            _ => {
                let hint = format!("`at most N UNIT`, `not at all`, `free`, or one of: {}", restriction.codes.join(", "));
                return self.source.wrong(
                    self.claim,
                    "not-understood",
                    format!("`{}` cannot be `{}`", restriction.id, rest.join(" ")),
                    &hint,
                );
            }
        };
        Some(Claim::Limit(restriction.id.clone(), allowed))
    }
}

fn is_state(word: &str) -> bool {
    matches!(word, "open" | "acknowledged")
}

// ---- what is the case ------------------------------------------------------------------------------------------------------

impl Claim {
    /// The same kind of claim, saying what is the case; `None` when there is nothing to say it about.
    pub fn as_seen(&self, seen: &Seen) -> Option<Claim> {
        let assessment = seen.assessment;
        Some(match self {
            Claim::Verdict(of, _, by) => {
                let verdict = seen.verdict(*of)?;
                let top = || verdict.rules.iter().filter(|hit| hit.level == verdict.level).map(|hit| hit.id.clone()).collect();
                Claim::Verdict(*of, verdict.level, by.as_ref().map(|_| top()))
            }
            Claim::Phone(_) => Claim::Phone(seen.phone?),
            Claim::Rule(rule, _) => Claim::Rule(rule.clone(), seen.hit(rule)?.is_some()),
            Claim::Reviewed(rule, _) => Claim::Reviewed(rule.clone(), seen.hit(rule)?.is_some_and(|hit| hit.reviewed)),
            Claim::Unknown(_) => Claim::Unknown(seen.verdict(None)?.unknown.iter().map(|unknown| unknown.question.clone()).collect()),
            Claim::Asks(question, _) => Claim::Asks(question.clone(), seen.asked.contains(question)),
            Claim::Level(_) => Claim::Level(assessment.level),
            Claim::Phase(_) => Claim::Phase(assessment.phase.id.clone().unwrap_or("none".to_string())),
            Claim::Held(_) => Claim::Held(assessment.phase.held_days),
            Claim::Alerts(alerts) => Claim::Alerts(seen.alerts(alerts)),
            Claim::Over(cause, _) => Claim::Over(cause.clone(), seen.standing(cause)?.over),
            Claim::Corrected(cause, _) => Claim::Corrected(cause.clone(), seen.standing(cause)?.corrected_by.is_some()),
            Claim::Answer(cause, _) => Claim::Answer(cause.clone(), within(seen.standing(cause)?.answer_within)),
            Claim::Limit(id, _) => Claim::Limit(id.clone(), seen.limit(id)?),
            Claim::Usual(question, _) => Claim::Usual(question.clone(), assessment.usual.get(question).copied()),
            Claim::Agenda(_) => Claim::Agenda(agenda(assessment)),
            Claim::NextDue(_) => Claim::NextDue(seen.next_due()?),
            Claim::Warning(words) => Claim::Warning(seen.warning(words.as_deref())),
        })
    }
}

impl Seen<'_> {
    fn verdict(&self, of: Option<Point>) -> Option<&Verdict> {
        let event = match of {
            Some(point) => (self.other)(point)?,
            None => self.event?.to_string(),
        };
        self.assessment.verdicts.iter().find(|verdict| verdict.event == event)
    }

    fn hit(&self, rule: &str) -> Option<Option<&Hit>> {
        Some(self.verdict(None)?.rules.iter().find(|hit| hit.id == rule))
    }

    fn standing(&self, cause: &str) -> Option<&Alert> {
        self.assessment.alerts.iter().find(|alert| alert.stands() && alert.cause == cause)
    }

    /// The alerts that stand; with their days where the claim gives some.
    fn alerts(&self, claimed: &[Stands]) -> Vec<Stands> {
        let dated = |cause: &str| claimed.iter().any(|claim| claim.cause == cause && claim.since.is_some());
        let stands = |alert: &Alert| Stands {
            cause: alert.cause.clone(),
            level: alert.level,
            state: if alert.state == AlertState::Acknowledged { "acknowledged" } else { "open" }.to_string(),
            since: dated(&alert.cause).then(|| (self.day_of)(alert.since)),
        };
        let mut alerts: Vec<Stands> = self.assessment.alerts.iter().filter(|alert| alert.stands()).map(stands).collect();
        alerts.sort();
        alerts
    }

    fn limit(&self, id: &str) -> Option<String> {
        let limit = self.assessment.restrictions.iter().find(|limit| limit.id == id)?;
        Some(match (limit.allowed.as_str(), limit.tenths) {
            ("at-most", Some(tenths)) if tenths % 10 == 0 => format!("at most {} {}", tenths / 10, limit.unit),
            ("at-most", Some(tenths)) => format!("at most {}.{} {}", tenths / 10, tenths % 10, limit.unit),
            ("not-at-all", _) => "not at all".to_string(),
            (word, _) => word.to_string(),
        })
    }

    fn next_due(&self) -> Option<i32> {
        let due = self.assessment.agenda.iter().find(|due| due.what == "check-in")?;
        let noon = super::when::moment(due.date, 12 * 3600, self.assessment.at.offset().seconds())?;
        Some((self.day_of)(noon))
    }

    /// The warning that holds these words; else the first, if there is any.
    fn warning(&self, words: Option<&str>) -> Option<String> {
        let mut warnings = self.assessment.warnings.iter();
        match words {
            Some(words) if warnings.clone().any(|warning| warning.what.contains(words)) => Some(words.to_string()),
            _ => warnings.next().map(|warning| warning.what.replace('"', "'")),
        }
    }
}

fn agenda(assessment: &Assessment) -> String {
    let due = assessment.agenda.iter().find(|due| due.what == "check-in");
    match due.map(|due| due.status.as_str()) {
        Some(status @ ("due" | "late")) => status.to_string(),
        _ => "not due".to_string(),
    }
}

fn within(within: Option<Within>) -> String {
    match within {
        Some(Within { hours, clinic_hours: true }) => format!("{hours} clinic hours"),
        Some(Within { hours, clinic_hours: false }) => format!("{hours} hours"),
        None => "no time".to_string(),
    }
}

// ---- in words --------------------------------------------------------------------------------------------------------------

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        match self {
            Claim::Verdict(of, level, by) => {
                of.map_or(Ok(()), |point| write!(f, "verdict of {point} is "))?;
                write!(f, "{level}")?;
                by.as_ref().filter(|by| !by.is_empty()).map_or(Ok(()), |by| write!(f, " by {}", joined(by)))
            }
            Claim::Phone(level) => write!(f, "phone says {level}"),
            Claim::Rule(rule, yes) => write!(f, "{} {rule}", if *yes { "also" } else { "not by" }),
            Claim::Reviewed(rule, yes) => write!(f, "{}reviewed {rule}", not(*yes)),
            Claim::Unknown(questions) if questions.is_empty() => f.write_str("nothing unknown"),
            Claim::Unknown(questions) => write!(f, "unknown {}", joined(questions)),
            Claim::Asks(question, yes) => write!(f, "{} {question}", if *yes { "asks" } else { "does not ask" }),
            Claim::Level(level) => write!(f, "level {level}"),
            Claim::Phase(phase) => write!(f, "phase {phase}"),
            Claim::Held(days) => write!(f, "held {days} days"),
            Claim::Alerts(alerts) if alerts.is_empty() => f.write_str("alerts none"),
            Claim::Alerts(alerts) => write!(f, "alerts {}", alerts.iter().map(Stands::to_string).collect::<Vec<_>>().join(", ")),
            Claim::Over(cause, yes) => write!(f, "{}over {cause}", not(*yes)),
            Claim::Corrected(cause, yes) => write!(f, "{}corrected {cause}", not(*yes)),
            Claim::Answer(cause, within) => write!(f, "answer {cause} within {within}"),
            Claim::Limit(id, allowed) => write!(f, "{id} {allowed}"),
            Claim::Usual(question, Some(usual)) => write!(f, "usual of {question} {usual}"),
            Claim::Usual(question, None) => write!(f, "usual of {question} unknown"),
            Claim::Agenda(word) => f.write_str(word),
            Claim::NextDue(day) => write!(f, "next check-in on day {day}"),
            Claim::Warning(Some(words)) => write!(f, "warning \"{words}\""),
            Claim::Warning(None) => f.write_str("no warning"),
        }
    }
}

impl fmt::Display for Stands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.cause, self.level, self.state)?;
        self.since.map_or(Ok(()), |day| write!(f, " since day {day}"))
    }
}

fn not(yes: bool) -> &'static str {
    if yes { "" } else { "not " }
}
