//! What still stands: signs that were told and that the clinic has not dealt with, whatever has been said since.

use super::Here;
use super::today::{read_by, speaks_for};
use super::verdict::answer_rest;
use crate::answer::Fail;
use crate::say::shown;
use crate::view::patient::{StandingCard, StandingLine};
use lamella_desk::Kept;
use lamella_pathway::in_language;
use lamella_record::{Kind, Level, Moment};

/// A page shows so many; the first is the worst.
const LINES: usize = 8;

/// One card for everything at attention or above that stands and lies above `quiet`, the worst first; `None` when nothing does.
pub(crate) fn standing(here: &Here, quiet: Level, now: Moment) -> Result<Option<StandingCard>, Fail> {
    let say = here.say;
    let mut kept = here.app.desk().open_alerts(&here.phone.patient.id)?;
    kept.retain(|kept| is_told(kept) && kept.alert.level > quiet);
    // What is still so stands before what was taken back.
    kept.sort_by_key(|kept| (std::cmp::Reverse(kept.alert.level), is_over(kept), kept.alert.since));
    let Some(worst) = kept.first() else { return Ok(None) };
    let level = worst.alert.level;
    let event = worst.alert.events.last().map_or(String::new(), |touch| touch.event.clone());
    // Where nothing but an answer is missing nobody told a sign, and the headline is no louder than the verdict's own.
    let only_missing = kept.iter().filter(|kept| kept.alert.level == level).all(|kept| pathway_notice(here, kept));
    let of_level = || say.pathway().level(level).map(|text| in_language(&text.text, say.language()).title.clone());
    let words = if only_missing { Some(say.sign(&worst.alert.cause)) } else { of_level() };
    let corrected = is_over(worst) && worst.alert.corrected_by.is_some();
    let corrected = corrected.then(|| {
        say.say("You corrected this. The clinic still has to confirm.", "Ha corregido esto. La clínica aún tiene que confirmarlo.")
    });
    let sent = here.app.desk().event(&here.key(), &event)?;
    let can_be_mended = !is_over(worst) && sent.is_some_and(|sent| matches!(sent.kind, Kind::CheckIn(_)));
    let missing = only_missing && !is_over(worst);
    let told = if missing { here.app.desk().told_about(&here.key(), &event)? } else { None };
    let mut lines = vec![];
    for kept in kept.iter().take(LINES) {
        lines.push(line(here, kept, now)?);
    }
    Ok(Some(StandingCard {
        level: shown(level),
        headline: corrected.or(words).unwrap_or_default(),
        lines,
        state: read_by(here, speaks_for(here, kept.iter(), &event).unwrap_or(worst), now),
        until_then: say.say("Until then: call.", "Hasta entonces: llame."),
        calls: say.calls(level),
        procedure: here.procedure_for_helpers(level),
        href: format!("/verdict/{event}"),
        mend_href: can_be_mended.then(|| format!("/check-in/correct/{event}")),
        answer_href: told.map(|told| answer_rest(&told)),
    }))
}

/// Whether the person was told of it: silence and a held phase are the clinic's to look at.
pub(super) fn is_told(kept: &Kept) -> bool {
    kept.alert.level >= Level::Attention && !matches!(kept.alert.cause.as_str(), "silence" | "hold")
}

/// Whether later answers no longer say it.
fn is_over(kept: &Kept) -> bool {
    kept.alert.over || kept.no_longer_follows
}

/// What was told and when, and what has been said of it since.
fn line(here: &Here, kept: &Kept, now: Moment) -> Result<StandingLine, Fail> {
    let say = here.say;
    let sign = say.sign(&kept.alert.cause);
    let when = say.at(kept.alert.events.last().map_or(kept.alert.since, |touch| touch.at).at_offset(now.offset()), now);
    let told = if pathway_notice(here, kept) {
        say.say(format!("{sign} ({when})."), format!("{sign} ({when})."))
    } else {
        say.say(format!("You told us “{sign}” {when}."), format!("Nos dijo «{sign}» {when}."))
    };
    Ok(StandingLine { level: shown(kept.alert.level), text: told, since: since(here, kept, now)? })
}

/// A missing answer is nothing that anybody told.
fn pathway_notice(here: &Here, kept: &Kept) -> bool {
    here.say.pathway().notice(&kept.alert.cause).is_some()
}

/// What the person has said since, and that it does not close anything.
pub(crate) fn since(here: &Here, kept: &Kept, now: Moment) -> Result<String, Fail> {
    let say = here.say;
    let not_yet = say.say("The clinic has not dealt with it yet.", "La clínica aún no lo ha resuelto.");
    if !is_over(kept) {
        return Ok(not_yet);
    }
    let by = kept.alert.corrected_by.as_ref().map_or(Ok(None), |by| here.app.desk().event(&here.key(), by))?;
    Ok(match by {
        Some(by) => {
            let at = say.at(by.at.at_offset(now.offset()), now);
            say.say(
                format!("You corrected this {at}. The clinic still has to confirm."),
                format!("Lo corrigió {at}. La clínica aún tiene que confirmarlo."),
            )
        }
        None => {
            let gone = say.say("Your later answers no longer say so.", "Sus respuestas posteriores ya no lo dicen.");
            format!("{gone} {not_yet}")
        }
    })
}
