//! The pain chart of a person: what was rated, what was expected, where it led.

use crate::say::{Say, shown};
use crate::view::figure::{PainChart, PainDay};
use lamella_desk::Charted;
use lamella_engine::course::Seen;
use lamella_engine::flare::{End, Episode};
use lamella_engine::{Reading, ReadingState};
use lamella_pathway::{Cond, in_language};
use lamella_record::Patient;
use std::cmp::Ordering;

/// Moves of the log odds that are worth a word.
const SPEAKS: f64 = 0.3;
const SPEAKS_LOUDLY: f64 = 1.5;

/// With fewer rated days it is their number that is wanting; with more, a late one.
const FEW_DAYS: u32 = 5;

/// Who looks at a chart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The person.
    Patient,
    /// The person on a day that calls for help: with no sentence that speaks calmly of it.
    Worried,
    /// The clinic: with what each day speaks for, and what the reading stands on.
    Clinic,
}

/// The chart of the last `span` days.
pub(crate) fn chart(say: Say, patient: &Patient, charted: &Charted, span: i32, title: String, reader: Reader) -> PainChart {
    let last = charted.days.last().map_or(0, |seen| seen.day.day);
    let first_rated = charted.days.iter().find(|seen| seen.day.pain.is_some()).map_or(last, |seen| seen.day.day);
    let from = first_rated.max(last - span + 1);
    let clinic = reader == Reader::Clinic;
    let day = |seen: &Seen| {
        let day = seen.day.day;
        let level = charted.levels.iter().find(|(there, _)| *there == day).map(|(_, level)| *level);
        PainDay {
            day,
            date: say.short_date(patient.date_of(day)),
            pain: seen.day.pain,
            level: level.map(shown),
            expected: Some((seen.expected.low(), seen.expected.high())),
            flare: charted.flares.iter().any(|flare| (flare.start..=flare.last).contains(&day)),
            evidence: evidence(say, seen),
        }
    };
    PainChart {
        t: say.t(),
        title,
        days: charted.days.iter().filter(|seen| seen.day.day >= from).map(day).collect(),
        sentence: match reader {
            Reader::Clinic => Some(for_clinic(say, patient, charted)),
            Reader::Patient => Some(plain(say, charted)),
            Reader::Worried => Some(plain(say, charted)).filter(|_| charted.reading.state == ReadingState::LastingChange),
        },
        basis: basis(say, charted).filter(|_| clinic),
        range_word: if clinic {
            say.say("their own expected range", "su propio intervalo esperado")
        } else {
            say.say("expected range", "intervalo esperado")
        },
        flare_word: say.say("flare", "brote"),
        evidence_word: clinic.then(|| say.say("for a lasting change", "a favor de un cambio duradero")),
    }
}

/// The reading for the clinic: it speaks of the pain ratings and of nothing else that the person may have said.
fn for_clinic(say: Say, patient: &Patient, charted: &Charted) -> String {
    let rated = charted.days.iter().rfind(|seen| seen.day.pain.is_some()).map(|seen| seen.day.day);
    let ago = charted.days.last().zip(rated).map_or(0, |(today, rated)| today.day.day - rated);
    let old = charted.reading.state == ReadingState::TooFew && charted.reading.rated_days >= FEW_DAYS && ago > 0;
    let reading = match rated {
        // Counted as the worklist counts a silence: the days that passed, from the first without a rating.
        Some(rated) if old => {
            let (since, days) = (say.day(patient.date_of(rated + 1)), say.days(i64::from(ago - 1).max(1)));
            say.say(
                format!("No rating from {since} on, {days}; too long ago to read."),
                format!("Ninguna valoración a partir del {since}, {days}; hace demasiado para leer algo."),
            )
        }
        _ => charted.reading.in_words(say.lang.code()),
    };
    let mut letters = reading.chars();
    let reading = letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect());
    let mut said = say.say(format!("By the pain ratings alone: {reading}"), format!("Solo por las valoraciones del dolor: {reading}"));
    if charted.reading.state == ReadingState::OffCourse {
        said.push_str(&say.say(
            " That is missed against what most take by then; their own range follows them, so days within it can still miss the course.",
            " Se compara con lo que suele llevar la mayoría; su propio intervalo les sigue, así que un día dentro de él puede no seguir el curso.",
        ));
    }
    if !old && charted.days.last().is_some_and(|today| today.day.pain.is_none()) && charted.reading.rated_days > 0 {
        said.push_str(&say.say(" Today has no rating yet.", " Hoy aún no hay valoración."));
    }
    said
}

/// The reading as the person is told it.
fn plain(say: Say, charted: &Charted) -> String {
    match charted.reading.state {
        ReadingState::LastingChange => say.say(
            "Your pain has been higher than expected for a while. It looks like more than a flare. Please call us if we have not called you.",
            "Su dolor lleva un tiempo por encima de lo esperado. Parece algo más que un brote. Llámenos si no le hemos llamado.",
        ),
        // Off course is measured against most people; the range that is drawn follows the person.
        ReadingState::OffCourse => say.say(
            "Your pain is easing more slowly than for most people by this day. The shaded range follows your own ratings, so they can lie \
             inside it all the same. It does not mean that you did something wrong, and it does not say how you will be later. Someone on \
             your team looks at it with you.",
            "Su dolor baja más despacio que el de la mayoría a estas alturas. La franja sombreada sigue sus propias valoraciones, así que \
             pueden quedar dentro de todos modos. No quiere decir que haya hecho algo mal, ni dice cómo estará más adelante. Alguien de su \
             equipo lo mira con usted.",
        ),
        ReadingState::Watch => say.say(
            "Something may have changed. The next days will tell. Your team can see it too.",
            "Puede que algo haya cambiado. Los próximos días lo dirán. Su equipo también lo ve.",
        ),
        ReadingState::InFlare => say.say(
            "This looks like a flare. Most settle within days. Do less, keep moving gently, and tell us if it feels different.",
            "Esto parece un brote. La mayoría se calma en unos días. Haga menos, muévase con suavidad y díganos si lo nota distinto.",
        ),
        ReadingState::OnCourse => match beside(charted) {
            Ordering::Greater => say.say(
                "Your last rating lies above the range that we expected. A day or two alone say little.",
                "Su última valoración queda por encima de lo que esperábamos. Un día o dos por sí solos dicen poco.",
            ),
            Ordering::Less => say.say(
                "Your last rating lies below the range that we expected.",
                "Su última valoración queda por debajo de lo que esperábamos.",
            ),
            Ordering::Equal => say.say("Your pain moves within the range that we expected.", "Su dolor se mueve dentro de lo que esperábamos."),
        },
        ReadingState::TooFew if charted.reading.rated_days >= FEW_DAYS => say.say(
            "Some time has passed since your last answer, so we cannot say where your pain stands now. Your next check-in will show it.",
            "Ha pasado un tiempo desde su última respuesta, así que no podemos decir cómo va ahora su dolor. Lo mostrará su próximo control.",
        ),
        ReadingState::TooFew => say.say(
            "There are still too few answers to say more. Each check-in helps.",
            "Aún hay muy pocas respuestas para decir más. Cada control ayuda.",
        ),
    }
}

/// Where the last rating lies beside the range of its day, in the reading's own sense.
fn beside(charted: &Charted) -> Ordering {
    let last = charted.days.iter().rfind(|seen| seen.day.pain.is_some());
    last.map_or(Ordering::Equal, |seen| {
        let (low, high) = (Some(seen.expected.low()), Some(seen.expected.high()));
        Reading { rating: seen.day.pain, low, high, ..Reading::default() }.beside()
    })
}

/// What the pathway says to do about the state of the reading: the steps of the rule that asks for it and for nothing else.
pub(crate) fn steps(say: Say, charted: &Charted) -> Vec<String> {
    let asks = |cond: &Cond| matches!(cond, Cond::Reading { state } if *state == charted.reading.state.word());
    let rule = say.pathway().rules.iter().find(|rule| asks(&rule.when));
    rule.map_or(vec![], |rule| in_language(&rule.text, say.language()).items.clone())
}

fn evidence(say: Say, seen: &Seen) -> String {
    if seen.day.pain.is_none() && seen.day.function.is_none() {
        return "–".to_string();
    }
    match seen.evidence {
        move_ if move_ >= SPEAKS_LOUDLY => say.say("speaks strongly for", "muy a favor"),
        move_ if move_ >= SPEAKS => say.say("speaks for", "a favor"),
        move_ if move_ <= -SPEAKS_LOUDLY => say.say("speaks strongly against", "muy en contra"),
        move_ if move_ <= -SPEAKS => say.say("speaks against", "en contra"),
        _ => say.say("says little", "dice poco"),
    }
}

/// What the reading stands on.
fn basis(say: Say, charted: &Charted) -> Option<String> {
    let artifact = charted.reading.artifact.as_ref()?;
    let date = say.written_date(&artifact.date);
    let (population, _) = say.population(artifact.population.split(',').next().unwrap_or_default());
    let hash: String = artifact.hash.chars().take(12).collect();
    Some(say.say(
        format!(
            "The range is the 10th to the 90th percentile, predicted before each day’s answer. Model {hash}, calibrated {date} on: {population}. \
             Its false-alarm rate is its own, not that of the whole pathway."
        ),
        format!(
            "El intervalo va del percentil 10 al 90, previsto antes de la respuesta de cada día. Modelo {hash}, calibrado el {date} con: \
             {population}. Su tasa de falsas alarmas es la suya, no la de todo el protocolo."
        ),
    ))
}

/// The flares of the last `span` days, newest first: those that a chart of as many days shows.
pub(crate) fn flares(charted: &Charted, span: i32) -> impl Iterator<Item = &Episode> {
    let last = charted.days.last().map_or(0, |seen| seen.day.day);
    charted.flares.iter().rev().filter(move |flare| flare.last > last - span)
}

/// Whether a flare settled, as it is told to the person. One also ends where a lasting change begins: the pain has to have gone down
/// with it, and the course to have been the expected one on a day since.
pub(crate) fn eased(charted: &Charted, flare: &Episode) -> bool {
    let End::Settled(end) = flare.end else { return false };
    let mut since = charted.days.iter().skip_while(|seen| seen.day.day < end);
    let pain = since.clone().next().filter(|seen| seen.day.day == end).and_then(|seen| seen.day.pain);
    pain.is_some_and(|pain| pain < flare.peak) && since.any(|seen| seen.state == ReadingState::OnCourse)
}

/// A flare in words. Where the days before the answer that shows it over were not rated, nobody knows how long it lasted.
pub(crate) fn flare_in_words(say: Say, patient: &Patient, charted: &Charted, flare: &Episode) -> String {
    let date = |day: i32| say.short_date(patient.date_of(day));
    let (from, peak, days) = (date(flare.start), flare.peak, flare.days());
    let length = if days == 1 { say.say("1 day", "1 día") } else { say.say(format!("{days} days"), format!("{days} días")) };
    match flare.end {
        End::Settled(end) if !eased(charted, flare) => {
            let end = date(end);
            say.say(
                format!("From {from}, highest: {peak} of 10. Your answer of {end} did not look like a flare any more."),
                format!("Desde el {from}, lo más alto: {peak} de 10. Su respuesta del {end} ya no parecía un brote."),
            )
        }
        End::Settled(end) if end > flare.last + 1 => {
            let end = date(end);
            say.say(
                format!("From {from}, highest: {peak} of 10, settled by your next answer, on {end}."),
                format!("Desde el {from}, lo más alto: {peak} de 10, calmado en su siguiente respuesta, el {end}."),
            )
        }
        End::Settled(_) => say.say(
            format!("From {from}, highest: {peak} of 10, settled after {length}."),
            format!("Desde el {from}, lo más alto: {peak} de 10, calmado tras {length}."),
        ),
        End::Ongoing => say.say(
            format!("Since {from}, highest so far: {peak} of 10."),
            format!("Desde el {from}, lo más alto hasta ahora: {peak} de 10."),
        ),
        End::Unseen => say.say(
            format!("From {from}, highest: {peak} of 10. We do not know when it settled."),
            format!("Desde el {from}, lo más alto: {peak} de 10. No sabemos cuándo se calmó."),
        ),
    }
}

/// The lower middle of how much the back kept the person from their day, over the first and the last seven answers.
pub(crate) fn function_then_and_now(charted: &Charted) -> Option<(u8, u8)> {
    const WEEK: usize = 7;
    let rated: Vec<u8> = charted.days.iter().filter_map(|seen| seen.day.function).collect();
    let middle = |week: &[u8]| {
        let mut week = week.to_vec();
        week.sort_unstable();
        week.get((week.len().max(1) - 1) / 2).copied()
    };
    (rated.len() >= 2 * WEEK).then_some(())?;
    middle(rated.get(..WEEK)?).zip(middle(rated.get(rated.len() - WEEK..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamella_engine::band::Forecast;
    use lamella_record::Level;

    fn seen(day: i32, function: Option<u8>) -> Seen {
        let day = lamella_engine::filter::Day { day, pain: Some(3), function };
        Seen { day, expected: Forecast([1.0 / 11.0; 11]), state: ReadingState::OnCourse, evidence: 0.0 }
    }

    #[test]
    fn function_is_compared_once_two_weeks_are_rated() {
        let charted = |days: i32| Charted {
            reading: Reading::default(),
            days: (0..days).map(|day| seen(day, Some(if day < 7 { 6 } else { 2 }))).collect(),
            flares: vec![],
            levels: vec![(0, Level::Expected)],
        };
        assert_eq!(function_then_and_now(&charted(13)), None);
        assert_eq!(function_then_and_now(&charted(14)), Some((6, 2)));
    }
}
