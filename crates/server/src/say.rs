//! Sentences with something in them: dates, limits, who reads when. Fixed words stand in [`crate::view::words`].

use crate::App;
use crate::guard::{LANGUAGE, cookie};
use crate::view::icon::Icon;
use crate::view::shared::{Call, Level as Shown};
use crate::view::words::{Lang, Words};
use axum::http::{HeaderMap, header};
use jiff::civil::{Date, Weekday};
use lamella_desk::Fault;
use lamella_engine::ReadingState;
use lamella_engine::alerts::{closes, is_open, next_opening};
use lamella_engine::plan::{Limit, NextLimit};
use lamella_pathway::{Compiled, Hours, in_language};
use lamella_record::{Hundredths, Level, Moment, Patient};

/// The language that was chosen at the clinic; else the one the browser asks for.
pub(crate) fn lang_of(headers: &HeaderMap) -> Lang {
    if let Some(chosen) = cookie(headers, LANGUAGE).and_then(|code| Lang::from_code(&code)) {
        return chosen;
    }
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if asked.trim_start().to_lowercase().starts_with("es") { Lang::Es } else { Lang::En }
}

/// The language a person reads.
pub(crate) fn lang_for(patient: &Patient) -> Lang {
    if patient.text("language") == Some("es") { Lang::Es } else { Lang::En }
}

/// The level as the pages know it.
pub(crate) fn shown(level: Level) -> Shown {
    match level {
        Level::Expected => Shown::Expected,
        Level::Watch => Shown::Watch,
        Level::Attention => Shown::Attention,
        Level::Emergency => Shown::Emergency,
    }
}

/// Speaks one language about one clinic.
#[derive(Clone, Copy)]
pub(crate) struct Say<'a> {
    pub app: &'a App,
    pub lang: Lang,
}

impl<'a> Say<'a> {
    pub fn new(app: &'a App, lang: Lang) -> Say<'a> {
        Say { app, lang }
    }

    pub fn t(self) -> Words {
        Words::new(self.lang)
    }

    /// One of two sentences.
    pub fn say(self, en: impl Into<String>, es: impl Into<String>) -> String {
        match self.lang {
            Lang::En => en.into(),
            Lang::Es => es.into(),
        }
    }

    pub fn pathway(self) -> &'a Compiled {
        self.app.desk().pathway()
    }

    /// The place of this language in the pathway.
    pub fn language(self) -> usize {
        self.pathway().language(self.lang.code())
    }

    /// A field that does not fit, and what to do.
    pub fn fault(self, fault: Fault) -> String {
        let es = match fault {
            Fault::Name => "Escriba el nombre completo, hasta 120 letras.",
            Fault::Born => "Indique la fecha de nacimiento; está en el pasado, hace 120 años como mucho.",
            Fault::ProcedureDate => "Indique la fecha del procedimiento: hace diez años como mucho y dentro de un año como mucho.",
            Fault::ProcedureBeforeBirth => "El procedimiento no puede ser anterior al nacimiento.",
            Fault::Phone => "Indique un teléfono en el que se pueda localizar a la persona, hasta 40 letras.",
            Fault::Levels => "Marque al menos un nivel tratado.",
            Fault::BaselinePain => "Elija un número de 0 a 10, o déjelo sin responder.",
            Fault::TimeZone => "Elija la zona horaria en la que vive la persona.",
            Fault::Language => "Elija uno de los idiomas del protocolo.",
            Fault::Outcome => "Elija qué resultó.",
            Fault::Disposition => "Elija cómo termina.",
            Fault::Change => "Elija una de las respuestas.",
            Fault::ChangeOfNothing => "Marque abajo el aviso del que trata esta respuesta, o elija «Sin respuesta».",
            Fault::ChangeAgainstEnding => {
                "Cómo terminó dice que nada cambió, y esta respuesta, que sí: cambie una de las dos. Los avisos que terminaron de otro modo se resuelven uno a uno."
            }
            Fault::ChangeTwice => "Llegó más de una respuesta a esta pregunta y no se ha tomado ninguna: elija una.",
            Fault::ChangeStands => {
                "Este caso vuelve a estar abierto y su respuesta no se ha guardado: está marcada aquí; envíela al resolver el aviso."
            }
            Fault::Note => "Diga en pocas palabras qué encontró y qué hizo.",
            Fault::NoteTooLong => "Una nota tiene como mucho 4000 letras.",
            Fault::NotADate => "Esto no es una fecha.",
            Fault::KnownEmergency => "Una emergencia nunca se da por conocida.",
            Fault::KnownNoFinding => "Solo puede darse por conocido lo que alguien respondió; deje la fecha vacía.",
            Fault::KnownTooLong => "Un hallazgo puede darse por conocido 28 días como mucho.",
            Fault::KnownPast => "Esta fecha ya ha pasado: elija hoy o un día posterior, o déjela vacía.",
            Fault::Login => "Un usuario tiene de 1 a 80 letras.",
            Fault::Password => "Una contraseña tiene al menos 12 letras; cuatro palabras al azar van bien.",
        };
        self.say(fault.to_string(), es)
    }

    /// What came too late, from its code in the address.
    pub fn late(self, code: &str) -> Option<String> {
        let (en, es) = match code {
            "taken" | "resolved" => ("Nothing of yours was stored.", "No se ha guardado nada suyo."),
            "news" => ("Something new came in that the page did not show.", "Llegó algo nuevo que la página no mostraba."),
            "nothing" => ("There is nothing to undo.", "No hay nada que deshacer."),
            "undo" => (
                "More than a minute has passed; write down what changed instead.",
                "Ha pasado más de un minuto; anote en su lugar qué ha cambiado.",
            ),
            "busy" => ("The record was being written; please try again.", "La historia se estaba escribiendo; inténtelo de nuevo."),
            _ => return None,
        };
        Some(self.say(en, es))
    }

    // ---- numbers and facts ---------------------------------------------------------------------------------------------

    /// A number as its language writes it: `0.19`, in Spanish `0,19`. The number comes in with a point.
    pub fn number(self, number: impl ToString) -> String {
        let number = number.to_string();
        if self.lang == Lang::Es { number.replace('.', ",") } else { number }
    }

    /// A fact that a rule rests on, and its value, in words; none for what is no fact, but an answer that stands in words already.
    pub fn fact(self, fact: &str, value: &str) -> Option<(String, String)> {
        if let Some(id) = fact.strip_prefix("usual of ") {
            let asked = self.pathway().questions.iter().find(|asked| asked.id == id);
            let title = asked.map_or(id, |asked| in_language(&asked.text, self.language()).title.as_str());
            let too_few = || self.say("not enough days yet to know it", "aún no hay días suficientes para saberlo");
            let value = if value == "not known yet" { too_few() } else { self.number(value) };
            return Some((self.say(format!("Your usual: {title}"), format!("Lo habitual hasta ahora: {title}")), value));
        }
        let (en, es) = match fact {
            "day" => ("Day since the procedure", "Día desde el procedimiento"),
            "days running" => ("Days in a row", "Días seguidos"),
            "in the last days" => ("Days looked at", "Días que se miran"),
            "days in flare" => ("Days in the flare so far", "Días de brote hasta ahora"),
            lamella_desk::PAIN_WHEN_STOPPED => ("Pain when you stopped", "Dolor al parar"),
            "stopped" => ("Stopped because it hurt", "Paró porque le dolió"),
            "phase" => ("Phase", "Fase"),
            "person has" => ("Known of the person", "Se sabe de la persona"),
            "age at least" => ("Age, at least", "Edad, como mínimo"),
            "reading" => ("What the pain ratings say", "Lo que dicen las valoraciones del dolor"),
            "first time" => ("For the first time", "Por primera vez"),
            _ => return None,
        };
        let value = match (fact, value) {
            (_, "yes") => self.say("yes", "sí"),
            ("phase", id) => self.phase(id),
            ("reading", state) => self.reading_state(state),
            _ => value.to_string(),
        };
        Some((self.say(en, es), value))
    }

    fn phase(self, id: &str) -> String {
        let found = self.pathway().phases.iter().find(|phase| phase.id == id);
        found.map_or_else(|| id.to_string(), |phase| in_language(&phase.text, self.language()).title.clone())
    }

    /// A state of the reading, by its word.
    fn reading_state(self, word: &str) -> String {
        let Some(state) = ReadingState::from_word(word) else { return word.to_string() };
        let (en, es) = match state {
            ReadingState::LastingChange => ("a lasting change", "un cambio duradero"),
            ReadingState::OffCourse => ("off the course that most take", "fuera del curso que lleva la mayoría"),
            ReadingState::Watch => ("something may have changed", "puede que algo haya cambiado"),
            ReadingState::InFlare => ("a flare", "un brote"),
            ReadingState::OnCourse => ("as expected", "dentro de lo esperado"),
            ReadingState::TooFew => ("too few days to read", "muy pocos días para leer algo"),
        };
        self.say(en, es)
    }

    /// Whom a model was made for. The model says it in English; in Spanish what is known of it is said in Spanish, and what is not
    /// stands as it is, as a quotation: then the second is its language.
    pub fn population(self, population: &str) -> (String, Option<&'static str>) {
        const PARTS: [(&str, &str, &str, &str); 4] = [
            ("reference cohort (virtual)", "", "cohorte de referencia (virtual)", ""),
            ("", " patient-years", "", " años de paciente"),
            ("verified on ", " others", "comprobado con otros ", ""),
            ("this clinic's own people: ", " without a real change", "las personas de esta clínica: ", " sin un cambio real"),
        ];
        let part = |part: &str| {
            PARTS.iter().find_map(|(before, after, es_before, es_after)| {
                let number = part.strip_prefix(before)?.strip_suffix(after)?;
                let fits = number.chars().all(|c| c.is_ascii_digit()) && (number.is_empty() == after.is_empty());
                fits.then(|| format!("{es_before}{number}{es_after}"))
            })
        };
        match self.lang {
            Lang::En => (population.to_string(), None),
            Lang::Es => match population.split(", ").map(part).collect::<Option<Vec<String>>>() {
                Some(parts) => (parts.join(", "), None),
                None => (format!("«{population}»"), Some(Lang::En.code())),
            },
        }
    }

    // ---- dates ---------------------------------------------------------------------------------------------------------

    fn month(self, date: Date) -> &'static str {
        const EN: [&str; 12] =
            ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
        const ES: [&str; 12] =
            ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];
        let months = if self.lang == Lang::Es { ES } else { EN };
        usize::try_from(date.month() - 1).ok().and_then(|month| months.get(month)).copied().unwrap_or("")
    }

    pub fn weekday(self, date: Date) -> &'static str {
        let (en, es) = match date.weekday() {
            Weekday::Monday => ("Monday", "lunes"),
            Weekday::Tuesday => ("Tuesday", "martes"),
            Weekday::Wednesday => ("Wednesday", "miércoles"),
            Weekday::Thursday => ("Thursday", "jueves"),
            Weekday::Friday => ("Friday", "viernes"),
            Weekday::Saturday => ("Saturday", "sábado"),
            Weekday::Sunday => ("Sunday", "domingo"),
        };
        if self.lang == Lang::Es { es } else { en }
    }

    /// `Tuesday 11 March`; with its year where that is not this one.
    pub fn date(self, date: Date) -> String {
        let (day, weekday, month, year) = (date.day(), self.weekday(date), self.month(date), date.year());
        if year == self.clinic_now().date().year() {
            return self.say(format!("{weekday} {day} {month}"), format!("{weekday}, {day} de {month}"));
        }
        self.say(format!("{weekday} {day} {month} {year}"), format!("{weekday}, {day} de {month} de {year}"))
    }

    /// `Tue 24 Nov`.
    pub fn day(self, date: Date) -> String {
        let short = |word: &str| word.chars().take(3).collect::<String>();
        format!("{} {} {}", short(self.weekday(date)), date.day(), short(self.month(date)))
    }

    /// `4 Feb 1962`.
    pub fn short_date(self, date: Date) -> String {
        let month: String = self.month(date).chars().take(3).collect();
        format!("{} {month} {}", date.day(), date.year())
    }

    /// The same of a date as files write it, `1962-02-04`; what is no date stands as it is.
    pub fn written_date(self, date: &str) -> String {
        date.parse().map_or_else(|_| date.to_string(), |date| self.short_date(date))
    }

    /// `10:42`.
    pub fn time(self, moment: Moment) -> String {
        let minute = moment.minute_of_day();
        format!("{}:{:02}", minute / 60, minute % 60)
    }

    /// `10:42` today, `Fri 18:04` within a week, `4 Mar 18:04` before that, `4 Mar 2024 18:04` in another year.
    pub fn when(self, moment: Moment, now: Moment) -> String {
        let time = self.time(moment);
        let days = now.date().duration_since(moment.date()).as_hours() / 24;
        let weekday: String = self.weekday(moment.date()).chars().take(3).collect();
        let month: String = self.month(moment.date()).chars().take(3).collect();
        match days {
            0 => time,
            -6..=6 => format!("{weekday} {time}"),
            _ if moment.date().year() != now.date().year() => {
                format!("{} {month} {} {time}", moment.date().day(), moment.date().year())
            }
            _ => format!("{} {month} {time}", moment.date().day()),
        }
    }

    /// `at 10:42`, `on Fri at 18:04`, `on 4 Mar at 18:04`.
    pub fn at(self, moment: Moment, now: Moment) -> String {
        let time = self.time(moment);
        let time = if moment.minute_of_day() / 60 == 1 {
            self.say(format!("at {time}"), format!("a la {time}"))
        } else {
            self.say(format!("at {time}"), format!("a las {time}"))
        };
        if moment.date() == now.date() {
            return time;
        }
        let date = self.date(moment.date());
        self.say(format!("on {date} {time}"), format!("el {date} {time}"))
    }

    /// By when: `12:00` today; another day is named, `Fri 27 Nov, 12:00`.
    pub fn by(self, moment: Moment, now: Moment) -> String {
        let time = self.time(moment);
        if moment.date() == now.date() { time } else { format!("{}, {time}", self.day(moment.date())) }
    }

    /// A time or a day as it stands behind *since*; Spanish says it with its article: `las 8:55`, `el dom 9:39`.
    pub fn with_article(self, when: &str) -> String {
        let article = match when.split_once(':') {
            Some(("1", _)) => "la",
            Some((hour, _)) if hour.bytes().all(|c| c.is_ascii_digit()) => "las",
            _ => "el",
        };
        self.say(when, format!("{article} {when}"))
    }

    /// How long ago: `3 min`, `2 h`, `1 day`, `4 days`.
    pub fn ago(self, moment: Moment, now: Moment) -> String {
        let minutes = (now.seconds_since(moment) / 60).max(0);
        let length = match minutes {
            ..60 => format!("{minutes} min"),
            60..1440 => format!("{} h", minutes / 60),
            _ => self.days(minutes / 1440),
        };
        self.say(format!("{length} ago"), format!("hace {length}"))
    }

    /// `1 day`, `4 days`.
    pub fn days(self, days: i64) -> String {
        match days {
            1 => self.say("1 day", "1 día"),
            n => self.say(format!("{n} days"), format!("{n} días")),
        }
    }

    /// `38 min ago`, `2 h ago`, then as [`Say::when`].
    pub fn age(self, moment: Moment, now: Moment) -> String {
        if now.seconds_since(moment) < 12 * 3600 { self.ago(moment, now) } else { self.when(moment, now) }
    }

    // ---- whom to call, who reads ---------------------------------------------------------------------------------------

    fn call(self, label: String, number: &str, hours: Option<String>) -> Call {
        let dial = number.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#')).collect();
        Call { label, number: number.to_string(), dial, hours }
    }

    pub fn call_clinic(self) -> Call {
        let hours = self.hours();
        self.call(self.say("Call the clinic", "Llamar a la clínica"), &self.pathway().contact.clinic, Some(hours))
    }

    pub fn call_emergency(self) -> Call {
        let number = &self.pathway().contact.emergency;
        self.call(self.say("Emergency number", "Número de emergencias"), number, Some(self.say("day and night", "día y noche")))
    }

    pub fn call_after_hours(self) -> Option<Call> {
        let number = &self.pathway().contact.after_hours;
        let hours = self.say("when the clinic is closed", "cuando la clínica está cerrada");
        (!number.is_empty()).then(|| self.call(self.say("After hours", "Fuera de horario"), number, Some(hours)))
    }

    pub fn call_crisis(self) -> Option<Call> {
        let number = &self.pathway().contact.crisis;
        let label = self.say("Thoughts of harming yourself", "Ideas de hacerse daño");
        (!number.is_empty()).then(|| self.call(label, number, Some(self.say("crisis line, day and night", "línea de crisis, día y noche"))))
    }

    /// Whom to call at a level, now: the first is the loud one.
    pub fn calls(self, level: Level) -> Vec<Call> {
        let clinic = self.call_clinic();
        // Whoever picks up now stands first.
        let reachable = if self.clinic_is_open() { None } else { self.call_after_hours() };
        let team = reachable.into_iter().chain([clinic]);
        match level {
            Level::Emergency => [self.call_emergency()].into_iter().chain(team).collect(),
            Level::Attention => team.collect(),
            Level::Expected | Level::Watch => vec![],
        }
    }

    /// Whom to call when it cannot wait for an answer.
    pub fn call_team(self) -> Call {
        self.calls(Level::Attention).into_iter().next().unwrap_or_else(|| self.call_clinic())
    }

    /// Every line, who picks up now first; the emergency number is always among them.
    pub fn every_line(self) -> Vec<Call> {
        let after = self.call_after_hours();
        let clinic = self.call_clinic();
        let team: Vec<Call> =
            if self.clinic_is_open() { [clinic].into_iter().chain(after).collect() } else { after.into_iter().chain([clinic]).collect() };
        team.into_iter().chain([self.call_emergency()]).chain(self.call_crisis()).collect()
    }

    /// Whether somebody reads now.
    pub fn clinic_is_open(self) -> bool {
        is_open(&self.pathway().contact, self.clinic_now())
    }

    fn clinic_now(self) -> Moment {
        self.app.desk().clinic_moment(self.app.now())
    }

    /// `Monday to Friday, 8:00 to 17:00`.
    fn hours(self) -> String {
        let lines: Vec<String> = self.pathway().contact.hours.iter().map(|hours| self.one_line(hours)).collect();
        lines.join("; ")
    }

    fn one_line(self, hours: &Hours) -> String {
        const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        const ES: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
        let names = if self.lang == Lang::Es { ES } else { EN };
        let days: Vec<&str> = names.iter().enumerate().filter(|(day, _)| hours.days & (1 << day) != 0).map(|(_, name)| *name).collect();
        let days = match (days.first(), days.last()) {
            (Some(first), Some(last)) if first != last => self.say(format!("{first} to {last}"), format!("de {first} a {last}")),
            (Some(first), _) => (*first).to_string(),
            _ => String::new(),
        };
        let time = |minute: u16| format!("{}:{:02}", minute / 60, minute % 60);
        let (from, to) = (time(hours.from), time(hours.to));
        self.say(format!("{days}, {from} to {to}"), format!("{days}, de {from} a {to}"))
    }

    /// Who reads answers, and when: said before sending.
    pub fn promise(self) -> String {
        let now = self.clinic_now();
        let contact = &self.pathway().contact;
        if let Some(until) = closes(contact, now) {
            if until.minute_of_day() == 0 {
                return self.say("The clinic reads answers today.", "La clínica lee las respuestas hoy.");
            }
            let time = self.time(until);
            return self.say(
                format!("The clinic reads answers today until {time}."),
                format!("La clínica lee las respuestas hoy hasta las {time}."),
            );
        }
        let when = next_opening(contact, now).map_or(String::new(), |at| self.opening(at, now));
        self.say(format!("Nobody reads this until {when}."), format!("Nadie lo lee hasta {when}."))
    }

    /// That nobody need wait for us.
    pub fn do_not_wait(self) -> String {
        self.say("Do not wait for us: call.", "No nos espere: llame.")
    }

    /// What to do when it cannot wait.
    pub fn otherwise(self) -> String {
        let contact = &self.pathway().contact;
        if is_open(contact, self.clinic_now()) {
            return self.say("If it cannot wait, call.", "Si no puede esperar, llame.");
        }
        let (after, emergency) = (&contact.after_hours, &contact.emergency);
        self.say(
            format!("If it cannot wait, call {after}; in an emergency {emergency}."),
            format!("Si no puede esperar, llame al {after}; en una emergencia, al {emergency}."),
        )
    }

    fn opening(self, at: Moment, now: Moment) -> String {
        let days = at.date().duration_since(now.date()).as_hours() / 24;
        let time = self.time(at);
        match days {
            0 => self.say(time.clone(), format!("las {time}")),
            1 => self.say(format!("tomorrow at {time}"), format!("mañana a las {time}")),
            _ => {
                let weekday = self.weekday(at.date());
                self.say(format!("{weekday} at {time}"), format!("el {weekday} a las {time}"))
            }
        }
    }

    /// `before 12:00`, `before Monday 12:00`.
    pub fn before(self, at: Moment, now: Moment) -> String {
        let when = self.when(at, now);
        self.say(format!("before {when}"), format!("antes de {when}"))
    }

    /// A temperature in both units, so that nobody has to guess which was meant; the person's own first.
    pub fn temperature(self, celsius: Hundredths, fahrenheit: bool) -> String {
        let (c, f) = degrees(celsius);
        let (c, f) = (self.number(c), self.number(f));
        if fahrenheit { format!("{f} °F = {c} °C") } else { format!("{c} °C = {f} °F") }
    }

    /// What a cause of an alert is about: a rule, what the engine raises itself, or (`question=code`) an answer.
    pub fn sign(self, sign: &str) -> String {
        let (pathway, language) = (self.pathway(), self.language());
        if let Some((id, code)) = sign.split_once('=') {
            let Some(question) = pathway.questions.iter().find(|question| question.id == id) else { return sign.to_string() };
            let words = in_language(&question.text, language);
            let answer = question.code(code).and_then(|place| words.items.get(place)).filter(|_| code != "yes");
            return answer.map_or_else(|| words.title.clone(), |answer| format!("{}: {answer}", words.title));
        }
        if let Some(rule) = pathway.rules.iter().find(|rule| rule.id == sign) {
            return in_language(&rule.text, language).title.clone();
        }
        let notice = pathway.notice(sign).map(|notice| in_language(&notice.text, language).title.clone());
        notice.unwrap_or_else(|| self.say("Something in your answers", "Algo en sus respuestas"))
    }

    // ---- limits --------------------------------------------------------------------------------------------------------

    /// What a restriction is about, in words.
    pub fn restriction(self, id: &str) -> String {
        let found = self.pathway().restrictions.iter().find(|restriction| restriction.id == id);
        found.map_or_else(|| id.to_string(), |restriction| in_language(&restriction.text, self.language()).title.clone())
    }

    /// `up to 5 kg`, `not yet`, or the restriction's own level.
    pub fn limit(self, limit: &Limit) -> String {
        self.allowed(&limit.id, &limit.allowed, limit.tenths, &limit.unit)
    }

    fn allowed(self, id: &str, allowed: &str, tenths: Option<i32>, unit: &str) -> String {
        match (allowed, tenths) {
            ("at-most", Some(tenths)) => {
                let number = if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
                let number = self.number(number);
                let unit = self.unit(unit);
                self.say(format!("up to {number} {unit}"), format!("hasta {number} {unit}"))
            }
            ("not-at-all", _) => self.say("not yet", "todavía no"),
            ("free", _) => self.say("no limit", "sin límite"),
            (code, _) => {
                let found = self.pathway().restrictions.iter().find(|restriction| restriction.id == id);
                let place = found.and_then(|restriction| restriction.codes.iter().position(|there| there == code));
                let words = found
                    .zip(place)
                    .and_then(|(restriction, place)| in_language(&restriction.text, self.language()).items.get(place).cloned());
                words.unwrap_or_else(|| code.to_string())
            }
        }
    }

    /// A unit in words; what is the same in both languages (`kg`, `°C`) stands as it is.
    pub fn unit(self, unit: &str) -> &str {
        const ES: [(&str, &str); 14] = [
            ("minute", "minuto"),
            ("minutes", "minutos"),
            ("hour", "hora"),
            ("hours", "horas"),
            ("day", "día"),
            ("days", "días"),
            ("week", "semana"),
            ("weeks", "semanas"),
            ("time", "vez"),
            ("times", "veces"),
            ("times a day", "veces al día"),
            ("times a week", "veces por semana"),
            ("steps", "pasos"),
            ("seconds", "segundos"),
        ];
        let spanish = ES.iter().find(|(en, _)| self.lang == Lang::Es && *en == unit);
        spanish.map_or(unit, |(_, es)| es)
    }

    /// When the next limit begins, at the earliest. Where its day has passed, the phase that it belongs to is still to begin.
    pub fn next_limit(self, id: &str, next: &NextLimit, patient: &Patient) -> String {
        let (date, today) = (patient.date_of(next.day), self.app.desk().person_moment(patient, self.app.now()).date());
        let words = self.allowed(id, &next.allowed, next.tenths, &next.unit);
        if date <= today {
            return self.say(format!("When the next phase begins: {words}."), format!("Cuando empiece la próxima fase: {words}."));
        }
        let date = self.date(date);
        self.say(format!("From {date} at the earliest: {words}."), format!("No antes del {date}: {words}."))
    }
}

/// A temperature in °C and in °F, each to the tenth.
pub(crate) fn degrees(celsius: Hundredths) -> (String, String) {
    let tenths = |hundredths: i32| {
        let tenths = (hundredths + 5).div_euclid(10);
        format!("{}.{}", tenths / 10, (tenths % 10).abs())
    };
    (tenths(celsius.0), tenths(celsius.0.saturating_mul(9) / 5 + 3200))
}

/// The picture of a restriction.
pub(crate) fn picture(restriction: &str) -> Icon {
    match restriction {
        "lift" => Icon::Lift,
        "bend" => Icon::Bend,
        "twist" => Icon::Twist,
        "sit" => Icon::Sit,
        "stand" => Icon::Stand,
        "drive" => Icon::Drive,
        "impact" => Icon::Impact,
        "soak" => Icon::Soak,
        _ => Icon::Stop,
    }
}

/// The first sentence of a text.
pub(crate) fn first_sentence(text: &str) -> String {
    let end = text.find(". ").map_or(text.len(), |end| end + 1);
    text.get(..end).unwrap_or(text).to_string()
}
