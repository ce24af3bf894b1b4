//! The page's language: pairs of sentences stand where they are said; here, what the cohort brings in English.

use super::OTHER;
use lamella_cohort::report::Report;

/// The language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// Spanish.
    Es,
}

impl Lang {
    /// One of two sentences.
    pub fn say<'a>(self, en: &'a str, es: &'a str) -> &'a str {
        match self {
            Lang::En => en,
            Lang::Es => es,
        }
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        self.say("en", "es")
    }
}

/// What a report says by itself: quantities and their units, and the complications that ship.
const WORDS: [(&str, &str); 34] = [
    ("alerts, all levels", "avisos, todos los niveles"),
    ("alerts at attention or above", "avisos de atención o más"),
    ("false alarms of the whole", "falsas alarmas del conjunto"),
    ("false *lasting change* of the reading", "*cambio duradero* falso de la lectura"),
    ("false *watch* of the reading", "*vigilar* falso de la lectura"),
    ("staff", "personal"),
    ("taps", "toques"),
    ("check-ins", "controles"),
    ("per 100 patients a week", "por 100 pacientes y semana"),
    ("a patient-year", "por paciente y año"),
    ("minutes a patient-year", "minutos por paciente y año"),
    ("a patient-week", "por paciente y semana"),
    ("points of a hundred", "puntos de cien"),
    ("the reading", "la lectura"),
    ("reference", "de referencia"),
    ("noisy", "más variable"),
    ("sparse", "de pocas respuestas"),
    ("calmer", "más tranquila"),
    ("heavy", "de grandes saltos"),
    ("facts", "según los hechos"),
    ("watch", "vigilar"),
    ("attention", "atención"),
    ("emergency", "emergencia"),
    ("discitis with fever", "discitis con fiebre"),
    ("discitis without fever", "discitis sin fiebre"),
    ("infection of the needle site", "infección del lugar de la aguja"),
    ("re-tear of the annulus", "nueva rotura del anillo"),
    ("new nerve deficit", "déficit nervioso nuevo"),
    ("cauda equina syndrome", "síndrome de cola de caballo"),
    ("blood clot", "coágulo de sangre"),
    ("allergy to the sealant", "alergia al sellante"),
    ("fall or blow", "caída o golpe"),
    ("stalled recovery", "recuperación estancada"),
    ("lasting change, +0.2 a day up to +4", "cambio duradero, +0.2 al día hasta +4"),
];

/// The words of a report in a language; what is not among them stands as it is.
pub fn in_words(word: &str, lang: Lang) -> String {
    let found = WORDS.iter().find(|(en, _)| lang == Lang::Es && *en == word);
    let size = word.strip_prefix("lasting change, ").and_then(|rest| rest.strip_suffix(" at once")).filter(|_| lang == Lang::Es);
    match (found, size) {
        (Some((_, es)), _) => (*es).to_string(),
        (None, Some(size)) => format!("cambio duradero, {size} de golpe"),
        (None, None) => word.to_string(),
    }
}

/// The report with its names in a language.
pub fn in_language(report: &Report, lang: Lang) -> Report {
    let mut report = report.clone();
    for arm in &mut report.arms {
        if let Some(name) = arm.name.strip_suffix(OTHER) {
            arm.name = format!("{name}{}", lang.say(OTHER, ", el otro"));
        }
        for event in &mut arm.events {
            event.name = in_words(&event.name, lang);
            event.found_at = in_words(&event.found_at, lang);
        }
    }
    for difference in &mut report.differences {
        difference.what = match difference.what.strip_prefix("found: ") {
            Some(name) => format!("{}{}", lang.say("found: ", "encontrada: "), in_words(name, lang)),
            None => in_words(&difference.what, lang),
        };
    }
    report
}
