//! `lamella assess`

use crate::End;
use crate::files::{load_pathways, plain, read_text, unmarked};
use crate::out::{complain, say};
use lamella_engine::{Assessment, ReadingState, Stands, assess_assuming};
use lamella_pathway::{Compiled, in_language};
use lamella_record::{Moment, Record};
use std::io::Read;
use std::path::Path;

/// Judges a record at a moment and prints what came of it.
pub fn run(folder: &Path, record: &Path, at: Option<&str>, lang: &str, assume: Option<&str>, json: bool) -> End {
    let reading = match assume.map(assumed) {
        None => None,
        Some(Ok(reading)) => Some(reading),
        Some(Err(what)) => {
            complain!("error: {what}");
            return End::UsedWrongly;
        }
    };
    let now = match at.map_or_else(|| Ok(now()), Moment::parse) {
        Ok(now) => now,
        Err(error) => {
            complain!("error: --at: {error}");
            return End::UsedWrongly;
        }
    };
    let pathways = match load_pathways(folder) {
        Ok(pathways) => pathways,
        Err(end) => return end,
    };
    let record = match read(record) {
        Ok(record) => record,
        Err((what, end)) => {
            complain!("error: {what}");
            return end;
        }
    };
    let now = in_zone(&record, now, at.is_some());
    let mut assessment = assess_assuming(&pathways, &record, now, reading);
    assessment.reading.sentence = Some(assessment.reading.in_words(lang));
    for warning in &assessment.warnings {
        let of = if warning.event.is_empty() { String::new() } else { format!("event `{}`: ", warning.event) };
        complain!("warning: {of}{}", warning.what);
    }
    if json {
        match serde_json::to_string(&assessment) {
            Ok(text) => say!("{text}"),
            Err(error) => {
                complain!("error: the assessment could not be written: {error}");
                return End::MachineFailed;
            }
        }
    } else {
        crate::out::text(in_words(pathways.current(), &assessment, lang));
    }
    End::Fine
}

/// `reading=STATE`.
fn assumed(text: &str) -> Result<Stands, String> {
    let known = ReadingState::ALL.map(ReadingState::word).join(", ");
    let word = text.strip_prefix("reading=").ok_or_else(|| format!("`--assume {text}`: write `--assume reading=STATE`, one of {known}"))?;
    Stands::from_word(word).ok_or_else(|| format!("`{word}` is no reading; one of {known}, or `in-flare/N` for its Nth day"))
}

/// Now, in this machine's zone.
pub fn now() -> Moment {
    let now = jiff::ZonedDateTime::now();
    Moment::new(now.timestamp(), now.offset())
}

/// `now` on the person's own clock, unless the moment was given with an offset of its own.
fn in_zone(record: &Record, now: Moment, given: bool) -> Moment {
    if given {
        return now;
    }
    let zone = jiff::tz::TimeZone::get(&record.patient.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    now.at_offset(zone.to_offset(now.instant()))
}

fn read(path: &Path) -> Result<Record, (String, End)> {
    let shown = path.display();
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).map_err(|error| (format!("standard input {}", plain(&error)), End::InputWrong))?;
    } else {
        text = read_text(path).map_err(|error| (format!("`{shown}` {}", plain(&error)), End::InputWrong))?;
    }
    Record::from_json(&unmarked(text)).map_err(|error| (format!("`{shown}`: {error}"), End::InputWrong))
}

fn in_words(pathway: &Compiled, assessment: &Assessment, lang: &str) -> String {
    let language = pathway.language(lang);
    let mut out = String::new();
    let title = |id: &str| {
        let rule = pathway.rules.iter().find(|rule| rule.id == id).map(|rule| &rule.text);
        let notice = pathway.notice(id).map(|notice| &notice.text);
        rule.or(notice).map_or_else(|| id.to_string(), |text| in_language(text, language).title.clone())
    };
    let phase = assessment.phase.id.as_deref().unwrap_or("before the procedure");
    out.push_str(&format!(
        "{} · day {} · {phase} · revision {}\n",
        assessment.level.word().to_uppercase(),
        assessment.phase.day,
        assessment.revision
    ));
    if let Some(text) = pathway.level(assessment.level) {
        out.push_str(&format!("  {}\n", in_language(&text.text, language).title));
    }
    for verdict in assessment.verdicts.iter().rev().take(7).rev() {
        out.push_str(&format!("\n{}  day {:>3}  {}\n", verdict.at, verdict.day, verdict.level));
        for hit in &verdict.rules {
            out.push_str(&format!("    {} [{}] {}\n", hit.level, hit.id, title(&hit.id)));
        }
        for unknown in &verdict.unknown {
            out.push_str(&format!("    unknown: {} ({}) {}\n", unknown.question, unknown.why, unknown.was));
        }
    }
    let standing: Vec<_> = assessment.alerts.iter().filter(|alert| alert.stands()).collect();
    out.push_str(&format!("\n{} alerts stand\n", standing.len()));
    for alert in standing {
        out.push_str(&format!("    {} {} since {} {}\n", alert.level, alert.id, alert.since, title(&alert.cause)));
    }
    let reading = &assessment.reading;
    out.push_str(&format!("reading: {} ({} rated days)\n", reading.state.word(), reading.rated_days));
    if let (Some(low), Some(expected), Some(high)) = (reading.low, reading.expected, reading.high) {
        out.push_str(&format!("  expected today {expected}, from {low} to {high}\n"));
    }
    out.extend(reading.sentence.iter().map(|sentence| format!("  {sentence}\n")));
    out
}
