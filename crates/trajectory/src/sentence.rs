//! A reading in one plain sentence or two, in English and Spanish: what is seen, how often chance alone looks like it, what it
//! looks like.

use alloc::format;
use alloc::string::{String, ToString};
use core::cmp::Ordering;

use crate::reading::{Above, Reading, State, Thousandths};

/// The sentence of a reading.
pub(crate) fn sentence(reading: &Reading, language: &str) -> String {
    let spanish = language == "es";
    let parts = [above(reading, spanish), Some(looks(reading, spanish)), by_chance(reading, spanish)];
    parts.into_iter().flatten().collect::<alloc::vec::Vec<String>>().join(" ")
}

fn above(reading: &Reading, spanish: bool) -> Option<String> {
    let speaks = matches!(reading.state, State::LastingChange | State::Watch | State::InFlare);
    let Above { days, of } = reading.above.filter(|above| speaks && above.days > 0)?;
    Some(match (spanish, of) {
        (false, 1) => "Pain was above their own expected range on the last answered day.".to_string(),
        (true, 1) => "El dolor estuvo por encima de lo esperado el último día contestado.".to_string(),
        (false, _) => format!("Pain was above their own expected range on {days} of the last {of} answered days."),
        (true, _) => format!("El dolor estuvo por encima de lo esperado en {days} de los últimos {of} días contestados."),
    })
}

fn looks(reading: &Reading, spanish: bool) -> String {
    let words = match reading.state {
        State::LastingChange => ("It looks lasting rather than a flare.", "Parece un cambio duradero más que un brote."),
        State::OffCourse => (
            "Recovery is not taking the course that most take by now.",
            "La recuperación no sigue el curso que suele llevar a estas alturas.",
        ),
        State::Watch => {
            ("Something may have changed; the next days will tell.", "Puede que algo haya cambiado; los próximos días lo dirán.")
        }
        State::InFlare => return flare(reading, spanish),
        State::OnCourse => match reading.beside() {
            Ordering::Greater => (
                "The rating lies above their own expected range; a day or two alone say little.",
                "La nota queda por encima de lo esperado; un día o dos por sí solos dicen poco.",
            ),
            Ordering::Less => ("The rating lies below their own expected range.", "La nota queda por debajo de lo esperado."),
            Ordering::Equal => ("Pain is moving within their own expected range.", "El dolor se mueve dentro de lo esperado."),
        },
        State::TooFew => return too_few(reading.rated_days, spanish),
    };
    (if spanish { words.1 } else { words.0 }).to_string()
}

/// With so many rated days it is not their number that is wanting, but a late one.
const ENOUGH_DAYS: u32 = 5;

fn too_few(days: u32, spanish: bool) -> String {
    match (spanish, days) {
        (false, 0) => "No day has been rated yet, so there is nothing to read.".to_string(),
        (true, 0) => "Aún no hay ningún día valorado, así que no hay nada que leer.".to_string(),
        (false, 1) => "One day has been rated: too few to read.".to_string(),
        (true, 1) => "Hay un día valorado: muy poco para leer algo.".to_string(),
        (false, ..ENOUGH_DAYS) => format!("{days} days have been rated: too few to read."),
        (true, ..ENOUGH_DAYS) => format!("Hay {days} días valorados: muy pocos para leer algo."),
        (false, _) => format!("{days} days have been rated, the last of them too long ago to read."),
        (true, _) => format!("Hay {days} días valorados, el último hace demasiado para leer algo."),
    }
}

fn flare(reading: &Reading, spanish: bool) -> String {
    let Some(flare) = reading.flare else {
        return (if spanish { "Parece un brote." } else { "It looks like a flare." }).to_string();
    };
    let (days, peak) = (flare.days(), flare.peak);
    let mut said = match (spanish, days) {
        (false, 1) => format!("It looks like a flare: it began today, at {peak} of 10."),
        (true, 1) => format!("Parece un brote: empezó hoy, con {peak} de 10."),
        (false, _) => format!("It looks like a flare: day {days}, highest: {peak} of 10."),
        (true, _) => format!("Parece un brote: día {days}, lo más alto: {peak} de 10."),
    };
    if let Some(against) = reading.against.filter(|against| against.earlier > 0) {
        let (shorter, earlier) = (against.shorter, against.earlier);
        said.push_str(&if spanish {
            format!(" De {earlier} brotes anteriores, {shorter} duraron menos.")
        } else {
            format!(" Of {earlier} earlier flares, {shorter} were shorter.")
        });
    }
    said
}

fn by_chance(reading: &Reading, spanish: bool) -> Option<String> {
    let speaks = matches!(reading.state, State::LastingChange | State::Watch);
    let Thousandths(years) = reading.once_in_patient_years.filter(|_| speaks)?;
    let whole = (years + 500) / 1000;
    Some(match (spanish, whole) {
        (false, 0) => "By chance alone this shows more than once in a patient-year.".to_string(),
        (true, 0) => "Por puro azar se ve más de una vez por año y paciente.".to_string(),
        (false, 1) => "By chance alone this shows about once in a patient-year.".to_string(),
        (true, 1) => "Por puro azar se ve más o menos una vez por año y paciente.".to_string(),
        (false, _) => format!("By chance alone this shows about once in {whole} patient-years."),
        (true, _) => format!("Por puro azar se ve más o menos una vez cada {whole} años de paciente."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_words_in_both_languages() {
        for state in State::ALL {
            let reading = Reading {
                state,
                above: Some(Above { days: 9, of: 10 }),
                once_in_patient_years: Some(Thousandths(4_800)),
                rated_days: 3,
                ..Reading::default()
            };
            let [english, spanish] = ["en", "es"].map(|language| reading.in_words(language));
            assert!(english.ends_with('.') && spanish.ends_with('.') && english != spanish, "{english} / {spanish}");
        }
    }

    #[test]
    fn a_rating_outside_the_range_is_not_said_to_move_within_it() {
        let read = |rating: Option<u8>| Reading { state: State::OnCourse, rating, low: Some(2), high: Some(4), ..Reading::default() };
        for (rating, en, es) in [
            (None, "within", "dentro"),
            (Some(2), "within", "dentro"),
            (Some(4), "within", "dentro"),
            (Some(5), "above", "por encima"),
            (Some(1), "below", "por debajo"),
        ] {
            let said = ["en", "es"].map(|language| read(rating).in_words(language));
            assert!(said[0].contains(en) && said[1].contains(es), "{rating:?}: {said:?}");
        }
    }

    #[test]
    fn a_lasting_change_says_what_is_seen_what_it_looks_like_and_how_often_chance_does() {
        let reading = Reading {
            state: State::LastingChange,
            above: Some(Above { days: 9, of: 10 }),
            once_in_patient_years: Some(Thousandths(4_800)),
            ..Reading::default()
        };
        let said = "Pain was above their own expected range on 9 of the last 10 answered days. It looks lasting rather than a flare. \
                    By chance alone this shows about once in 5 patient-years.";
        assert_eq!(reading.in_words("en"), said);
    }
}
