//! The pathway in force: which revision, what its readings stand on, and what a rehearsal says of it.

use super::{Here, panel};
use crate::App;
use crate::answer::{Fail, page};
use crate::say::Say;
use crate::view::clinic::{Closed, Fact, HowOftenWrong, PathwayPage};
use crate::view::shared::Link;
use crate::view::words::{Lang, Word};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use lamella_desk::{Cases, ENOUGH_YEARS, Observed, OneCase, Rate};
use lamella_pathway::in_language;
use lamella_record::Moment;

/// The report styles itself; it runs nothing and loads nothing.
const REPORT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// How many closed cases are listed, of those that somebody has judged and of the others.
const LISTED: usize = 20;

/// The page.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let (say, t) = (here.say, here.say.t());
        let pathway = say.pathway();
        page(&PathwayPage {
            t,
            shell: here.shell(t.w(Word::Pathway), "/clinic/pathway", None),
            facts: facts(say),
            reading: reading(say),
            wrong: wrong(&here)?,
            rehearsal_href: app.setup().rehearsal.first().map(|_| "/clinic/pathway/rehearsal".to_string()),
            how: format!("lamella simulate pathways/{} --lang {} --report rehearsal.html", pathway.id, say.lang.code()),
        })
    };
    app.clinic_side(headers, work).await
}

/// The rehearsal's own page, as it was filed: the one in the reader's language, else the first.
pub(crate) async fn rehearsal(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let (filed, language) = (&app.setup().rehearsal, format!("<html lang=\"{}\">", here.say.lang.code()));
        let report = filed.iter().find(|page| page.contains(&language)).or(filed.first()).ok_or(Fail::NotFound)?.clone();
        Ok(([(header::CONTENT_SECURITY_POLICY, REPORT_POLICY)], Html(report)).into_response())
    };
    app.clinic_side(headers, work).await
}

fn fact(name: String, value: String) -> Fact {
    Fact { name, value, lang: None }
}

fn facts(say: Say) -> Vec<Fact> {
    let pathway = say.pathway();
    let hash: String = pathway.hash.chars().take(12).collect();
    let languages: Vec<&str> =
        pathway.languages.iter().map(|code| Lang::from_code(code).map_or(code.as_str(), |lang| lang.name())).collect();
    vec![
        fact(say.say("Revision", "Revisión"), format!("{} {}", pathway.id, pathway.revision)),
        fact(say.say("Called, for patients", "Cómo lo ven los pacientes"), in_language(&pathway.text, say.language()).title.clone()),
        fact(say.say("Known by", "Se reconoce por"), hash),
        fact(say.say("Languages", "Idiomas"), languages.join(", ")),
        fact(say.say("Questions", "Preguntas"), pathway.questions.len().to_string()),
        fact(say.say("Rules", "Reglas"), pathway.rules.len().to_string()),
        fact(say.say("Safety rules", "Reglas de seguridad"), pathway.rules.iter().filter(|rule| rule.safety).count().to_string()),
        fact(say.say("Limits", "Límites"), pathway.restrictions.len().to_string()),
    ]
}

/// What readings stand on; empty where the revision names no model, or one that is not known here.
fn reading(say: Say) -> Vec<Fact> {
    let Some(model) = say.app.desk().pathways().model(say.pathway()) else { return vec![] };
    let calibration = &model.calibration;
    let hash: String = model.hash.chars().take(12).collect();
    let (value, lang) = say.population(&calibration.population);
    vec![
        fact(say.say("Calibration", "Calibración"), hash),
        fact(say.say("Made", "Hecha"), say.written_date(&calibration.date)),
        Fact { name: say.say("Holds for", "Vale para"), value, lang },
    ]
}

/// How often the reading is wrong: what was promised, and what the clinic's own closed cases say.
fn wrong(here: &Here) -> Result<Option<HowOftenWrong>, Fail> {
    let (say, desk) = (here.say, here.app.desk());
    let Some(model) = desk.pathways().model(say.pathway()) else { return Ok(None) };
    let promised = model.calibration.promised;
    let promised = [promised.lasting, promised.watch];
    let all = desk.cases()?;
    let seen = desk.observed_in(&all, here.app.now())?;
    let cases = [seen.lasting, seen.watch];
    let row = |what: String, [lasting, watch]: [String; 2]| [what, lasting, watch];
    let count = |en: &str, es: &str, of: fn(&Cases) -> u64| row(say.say(en, es), cases.map(|cases| of(&cases).to_string()));
    let rate = |en: &str, es: &str, of: fn(Cases, f64) -> Option<Rate>| {
        row(say.say(en, es), cases.map(|cases| of(cases, seen.years).map_or_else(|| "–".to_string(), |rate| in_words(say, rate))))
    };
    let once = |rate: f64| {
        let (years, rate) = (format!("{:.1}", 1.0 / rate), say.number(format!("{rate:.2}")));
        let years = say.number(years.strip_suffix(".0").unwrap_or(&years));
        match years.as_str() {
            "1" => say.say(format!("{rate}, once a year"), format!("{rate}, una vez al año")),
            _ => say.say(format!("{rate}, once in {years} years"), format!("{rate}, una vez cada {years} años")),
        }
    };
    let mut rows = vec![
        row(say.say("Promised, false a patient-year", "Prometido, falsos por año de paciente"), promised.map(once)),
        count("Cases here", "Casos aquí", |cases| cases.all()),
        count("Closed as real", "Cerrados como reales", |cases| cases.real),
        count("Closed as not real", "Cerrados como no reales", |cases| cases.not_real),
        count("Closed, not said", "Cerrados, sin decirlo", |cases| cases.not_said),
        count("Still open", "Todavía abiertos", |cases| cases.open),
    ];
    if seen.is_enough() {
        rows.push(rate("False a patient-year, at least", "Falsos por año de paciente, al menos", Cases::false_rate));
        rows.push(rate(
            "At most, with all that nobody called real",
            "Como mucho, con todos los que nadie llamó reales",
            Cases::false_at_most,
        ));
    }
    let (basis, early, warnings) = (basis(say, seen), early(say, seen), warnings(say, seen, promised));
    Ok(Some(HowOftenWrong { basis, early, warnings, rows, closed: closed(here, all)? }))
}

/// The closed cases, the newest first: those of which nobody has said whether the change was real, and behind them those of which
/// somebody could not say yet; and those that somebody has judged, who may say it anew. And that there are more of them.
fn closed(here: &Here, mut cases: Vec<OneCase>) -> Result<[Closed; 2], Fail> {
    let closed_at = |one: &OneCase| one.kept.alert.resolved.as_ref().map(|done| done.at.millis());
    cases.retain(|one| one.counts() && !one.kept.alert.stands());
    cases.sort_by_key(|one| (one.said.is_some(), std::cmp::Reverse(closed_at(one))));
    let (judged, open): (Vec<OneCase>, Vec<OneCase>) = cases.into_iter().partition(OneCase::is_judged);
    Ok([listed(here, &open)?, listed(here, &judged)?])
}

fn listed(here: &Here, cases: &[OneCase]) -> Result<Closed, Fail> {
    let (say, desk) = (here.say, here.app.desk());
    let more = cases.len().saturating_sub(LISTED);
    let line = |one: &OneCase| {
        let patient = desk.patient(&one.patient)?;
        let days = panel::days_of(here, &patient, one);
        let href = format!("/clinic/patients/{}#case-{}", one.patient, panel::key(&one.kept.alert.id));
        let title = panel::case_title(here, one);
        let day = |at: Moment| say.day(desk.clinic_moment(at.instant()).date());
        let (from, to) = (day(one.since()), one.kept.alert.resolved.as_ref().map_or(String::new(), |done| day(done.at)));
        let said = one.said.as_ref().map_or(String::new(), |said| format!(" · {}", panel::said_of(here, said)));
        let what = say.say(format!("{title} · {from} to {to}{said}"), format!("{title} · del {from} al {to}{said}"));
        Ok((Link { href, text: patient.name.unwrap_or_default() }, what, days))
    };
    let cases = cases.iter().take(LISTED).map(line).collect::<Result<_, Fail>>()?;
    let more = (more > 0).then(|| say.say(format!("And {more} more."), format!("Y {more} más.")));
    Ok(Closed { cases, more })
}

fn in_words(say: Say, rate: Rate) -> String {
    let [value, low, high] = [rate.value, rate.low, rate.high].map(|number| say.number(format!("{number:.2}")));
    say.say(format!("{value} ({low} to {high})"), format!("{value} ({low} a {high})"))
}

fn basis(say: Say, seen: Observed) -> String {
    let (people, years) = (seen.people, say.number(format!("{:.1}", seen.years)));
    say.say(
        format!("In this clinic: {people} people who checked in, {years} patient-years from the day they were entered to their latest check-in."),
        format!("En esta clínica: {people} personas con algún control, {years} años de paciente desde el día en que se les registró hasta su último control."),
    )
}

/// That nothing can be said yet.
fn early(say: Say, seen: Observed) -> Option<String> {
    let text = || {
        say.say(
            format!("It is too early to speak of this clinic’s own rate: that takes {ENOUGH_YEARS:.0} patient-years and a case."),
            format!(
                "Es pronto para hablar de la tasa propia de esta clínica: hacen falta {ENOUGH_YEARS:.0} años de paciente y algún caso."
            ),
        )
    };
    (!seen.is_enough()).then(text)
}

/// Where a promise is broken.
fn warnings(say: Say, seen: Observed, [lasting, watch]: [f64; 2]) -> Vec<String> {
    if !seen.is_enough() {
        return vec![];
    }
    let text = |en: &str, es: &str| {
        say.say(
            format!("{en} is wrong here more often than promised: even the lower end of the interval lies above the promise. The people here differ from those it was made for; calibrate it on them (lamella calibrate --database)."),
            format!("Los avisos de «{es}» son falsos aquí más a menudo de lo prometido: incluso el extremo inferior del intervalo supera lo prometido. Las personas de aquí no son como aquellas para las que se hizo; calíbrelo con ellas (lamella calibrate --database)."),
        )
    };
    let kinds = [(seen.lasting, lasting, "Lasting change", "cambio duradero"), (seen.watch, watch, "Possible change", "posible cambio")];
    kinds.into_iter().filter(|(cases, promised, ..)| cases.breaks(*promised, seen.years)).map(|(.., en, es)| text(en, es)).collect()
}
