//! All patients, and a new one.

use super::{Here, act, panel, sign_in};
use crate::App;
use crate::answer::{Fail, Fields, page, page_with};
use crate::say::shown;
use crate::view::clinic::{Alike, InvitedPage, NewPatientPage, PatientRow, PatientsPage};
use crate::view::shared::{Choice, ChoiceGroup, GroupedPick, Input, Link, Mend, Pick};
use crate::view::words::Word;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lamella_desk::{Entered, Invitation, LEVELS, NewPatient, Person, Secret};
use lamella_record::{Level, Patient};
use qrcode::QrCode;
use qrcode::render::svg;
use std::collections::HashMap;

/// Where a new patient is entered.
const NEW: &str = "/clinic/patients/new";

/// How many stand on one page.
const ON_PAGE: u32 = 200;

/// The list.
pub(crate) async fn list(State(app): State<App>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let say = here.say;
        let wanted = query.get("q").cloned().unwrap_or_default();
        let people = app.desk().people(wanted.trim(), ON_PAGE)?;
        let count = match people.len() {
            1 => say.say("1 patient", "1 paciente"),
            n => say.say(format!("{n} patients"), format!("{n} pacientes")),
        };
        page(&PatientsPage {
            t: say.t(),
            shell: here.shell(say.t().w(Word::Patients), "/clinic/patients", None),
            search_href: "/clinic/patients".to_string(),
            query: wanted,
            count,
            rows: people.iter().map(|person| row(&here, person)).collect(),
            new_href: Some("/clinic/patients/new".to_string()),
            previous_href: None,
            next_href: None,
        })
    };
    app.clinic_side(headers, work).await
}

fn row(here: &Here, person: &Person) -> PatientRow {
    let (say, patient) = (here.say, &person.patient);
    let projection = person.projection.as_ref();
    let born = patient.born.map_or(String::new(), |born| say.short_date(born));
    let age = patient.age_on(here.now().date()).map_or(String::new(), |age| format!(" · {age}"));
    let last = projection.and_then(|projection| projection.last.as_ref());
    PatientRow {
        href: format!("/clinic/patients/{}", patient.id),
        name: patient.name.clone().unwrap_or_default(),
        born: format!("{born}{age}"),
        phone: patient.text("phone").unwrap_or_default().to_string(),
        phase: panel::standing(here, projection.and_then(|projection| projection.phase.as_deref()), patient.day_of(here.now().date())),
        last: last.map_or_else(
            || say.say("none yet", "todavía ninguno"),
            |last| say.when(here.app.desk().clinic_moment(last.at.instant()), here.now()),
        ),
        level: projection
            .filter(|projection| projection.last.is_some() || projection.level > Level::Watch)
            .map(|projection| shown(projection.level)),
        synthetic: lamella_desk::is_synthetic(patient),
    }
}

/// The empty form.
pub(crate) async fn blank(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let zone = own_zone(app).unwrap_or_default();
        form(
            &here,
            &NewPatient { id: uuid::Uuid::now_v7().to_string(), time_zone: zone, language: "en".to_string(), ..NewPatient::default() },
            Shown::default(),
            StatusCode::OK,
        )
    };
    app.clinic_side(headers, work).await
}

/// Enters a patient and makes an invitation; what is wrong is said at once, and nothing typed is lost.
pub(crate) async fn enter(State(app): State<App>, headers: HeaderMap, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let fields = Fields(fields);
        let typed = !fields.one("name").trim().is_empty();
        let here = match Here::new(app, headers) {
            Err(Fail::SignedOut) if typed => return sign_in::keeping(app, headers, NEW, &fields),
            here => here?,
        };
        let new = as_typed(app, &fields);
        if let Err(expired) = fields.proves(&here.staff.csrf) {
            let what = here.say.say(
                "That page had been open too long. Nothing was stored; look at it and send it again.",
                "Esa página llevaba demasiado tiempo abierta. No se ha guardado nada; revíselo y envíelo otra vez.",
            );
            let shown = Shown { notice: Some(what), ..Shown::default() };
            return if typed { form(&here, &new, shown, StatusCode::FORBIDDEN) } else { Err(expired) };
        }
        match app.desk().enter(&new, fields.one("anyway") == "yes", app.now())? {
            Entered::Kept(patient) => {
                let (secret, invitation) = app.desk().invite(&patient.id, app.now())?;
                invited(&here, &patient, &secret, &invitation)
            }
            Entered::Alike(alike) => form(&here, &new, Shown { alike, ..Shown::default() }, StatusCode::CONFLICT),
            Entered::Wrong(faults) => {
                let wrong = faults.into_iter().map(|fault| (fault.field(), here.say.fault(fault))).collect();
                form(&here, &new, Shown { wrong, ..Shown::default() }, StatusCode::UNPROCESSABLE_ENTITY)
            }
        }
    };
    app.clinic_side(headers, work).await
}

fn as_typed(app: &App, fields: &Fields) -> NewPatient {
    let one = |name: &str| fields.one(name).to_string();
    NewPatient {
        id: one("id"),
        name: one("name"),
        born: one("born"),
        sex: one("sex"),
        phone: one("phone"),
        procedure_date: one("procedure_date"),
        levels: fields.all("levels"),
        baseline_pain: one("baseline_pain"),
        time_zone: one("time_zone"),
        language: one("language"),
        synthetic: app.setup().demo.is_some(),
    }
}

/// The form that was sent while nobody was signed in.
pub(crate) fn resume(here: &Here, address: &str, fields: &Fields) -> Option<Result<Response, Fail>> {
    let shown = Shown { notice: Some(act::signed_out(here)), ..Shown::default() };
    (address == NEW).then(|| form(here, &as_typed(here.app, fields), shown, StatusCode::OK))
}

/// *Invite again*: a new link; an unused older one stops working.
pub(crate) async fn invite(
    State(app): State<App>,
    headers: HeaderMap,
    Path(patient): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let here = Here::new(app, headers)?;
        let fields = Fields(fields);
        fields.proves(&here.staff.csrf)?;
        let patient = app.desk().patient(&patient)?;
        if fields.one("lost") == "yes" {
            app.desk().sign_phones_out(&patient.id)?;
        }
        let (secret, invitation) = app.desk().invite(&patient.id, app.now())?;
        invited(&here, &patient, &secret, &invitation)
    };
    app.clinic_side(headers, work).await
}

fn invited(here: &Here, patient: &Patient, secret: &Secret, invitation: &Invitation) -> Result<Response, Fail> {
    let say = here.say;
    let link = format!("{}/i/{}", here.app.setup().address.trim_end_matches('/'), secret.0);
    let code = QrCode::new(link.as_bytes()).map_err(|error| Fail::Ours(error.to_string()))?;
    let qr_svg = code.render::<svg::Color>().min_dimensions(220, 220).build();
    // An XML declaration has no place within a page.
    let qr_svg = qr_svg.split_once("?>").map_or(qr_svg.clone(), |(_, svg)| svg.to_string());
    let until = here.app.desk().clinic_moment(invitation.until);
    let until = format!("{}, {}", say.date(until.date()), say.time(until));
    let name = patient.name.clone().unwrap_or_default();
    let mut shell = here.shell(say.t().w(Word::InvitedTitle), "/clinic/patients", None);
    shell.notice = same_phone(here, patient)?;
    shell.switch = false;
    page(&InvitedPage {
        t: say.t(),
        shell,
        back: Link { href: "/clinic/patients".to_string(), text: say.t().w(Word::Patients).to_string() },
        name: name.clone(),
        link,
        qr_svg,
        expires: say.say(format!("Holds until {until}. Works once."), format!("Vale hasta el {until}. Funciona una vez.")),
        patient: Link { href: format!("/clinic/patients/{}", patient.id), text: name },
        call: say.call_clinic(),
    })
}

/// That somebody else has the same number: a slip, or one household.
fn same_phone(here: &Here, patient: &Patient) -> Result<Option<String>, Fail> {
    let Some(number) = patient.text("phone") else { return Ok(None) };
    let others = here.app.desk().people(number, ON_PAGE)?;
    let same = |person: &&Person| person.patient.id != patient.id;
    let names: Vec<&str> = others.iter().filter(same).filter_map(|person| person.patient.name.as_deref()).take(3).collect();
    let names = names.join(", ");
    Ok((!names.is_empty()).then(|| {
        here.say.say(
            format!("Another patient has the number {number}: {names}. Check that it is right."),
            format!("Otro paciente tiene el número {number}: {names}. Compruebe que es correcto."),
        )
    }))
}

/// What the form says beside its fields.
#[derive(Default)]
struct Shown {
    /// What has to be mended, by field.
    wrong: Vec<(&'static str, String)>,
    /// Why it stands here again, when nothing is wrong with it.
    notice: Option<String>,
    /// Who looks like the same person.
    alike: Vec<Patient>,
}

fn form(here: &Here, new: &NewPatient, shown: Shown, status: StatusCode) -> Result<Response, Fail> {
    let (say, wrong) = (here.say, &shown.wrong);
    let error = |field: &str| wrong.iter().find(|(there, _)| *there == field).map(|(_, what)| what.clone());
    let input = |field: &str, value: &str| Input { value: value.to_string(), error: error(field) };
    let choice = |code: &str, label: String, checked: bool| Choice { code: code.to_string(), label, checked };
    let sexes = [("female", say.say("female", "mujer")), ("male", say.say("male", "hombre")), ("other", say.say("other", "otro"))];
    let mut shell = here.shell(say.t().w(Word::NewPatient), "/clinic/patients", None);
    shell.switch = status == StatusCode::OK && shown.notice.is_none();
    page_with(
        status,
        &NewPatientPage {
            t: say.t(),
            shell,
            back: Link { href: "/clinic/patients".to_string(), text: say.t().w(Word::Patients).to_string() },
            form: here.form(NEW.to_string(), &[("id", &new.id)]),
            notice: shown.notice.clone(),
            alike: shown.alike.iter().map(|patient| alike(here, patient)).collect(),
            mend: wrong.iter().map(|(field, text)| Mend { field: (*field).to_string(), text: text.clone() }).collect(),
            name: input("name", &new.name),
            born: input("born", &new.born),
            sex: Pick { choices: sexes.into_iter().map(|(code, label)| choice(code, label, new.sex == code)).collect(), ..Pick::default() }
                .optional(say.t()),
            phone: input("phone", &new.phone),
            procedure_date: input("procedure_date", &new.procedure_date),
            levels: Pick {
                choices: LEVELS
                    .iter()
                    .map(|level| choice(level, level.replace('-', "–"), new.levels.iter().any(|there| there == level)))
                    .collect(),
                error: error("levels"),
                none: None,
            },
            baseline_pain: Pick {
                choices: (0..=10).map(|n| choice(&n.to_string(), n.to_string(), new.baseline_pain == n.to_string())).collect(),
                error: error("baseline_pain"),
                none: None,
            }
            .optional(say.t()),
            time_zone: zones(here, &new.time_zone, error("time_zone")),
            language: Pick {
                choices: vec![
                    choice("en", "English".to_string(), new.language == "en"),
                    choice("es", "Español".to_string(), new.language == "es"),
                ],
                none: None,
                error: error("language"),
            },
            pathway: panel::revision(here, &say.pathway().revision),
        },
    )
}

/// Somebody who looks like the person being entered.
fn alike(here: &Here, patient: &Patient) -> Alike {
    let say = here.say;
    let born = patient.born.map_or(String::new(), |born| say.short_date(born));
    let procedure = say.short_date(patient.procedure.date);
    let name = patient.name.clone().unwrap_or_default();
    let facts = say.say(format!("b. {born} · procedure {procedure}"), format!("n. {born} · procedimiento {procedure}"));
    let phone = patient.text("phone").map_or(String::new(), |phone| format!(" · {phone}"));
    Alike { link: Link { href: format!("/clinic/patients/{}", patient.id), text: name }, facts: format!("{facts}{phone}") }
}

/// The clinic's own zone. A server that keeps universal time says nothing about where people live: then it is asked.
fn own_zone(app: &App) -> Option<String> {
    Some(app.desk().zone_name()).filter(|zone| zone.contains('/') && !zone.starts_with("Etc/"))
}

/// Every zone there is: the clinic's own first, then by continent, so that a letter or two find the city.
fn zones(here: &Here, chosen: &str, error: Option<String>) -> GroupedPick {
    let own = own_zone(here.app).unwrap_or_default();
    let mut names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).filter(|name| name.contains('/')).collect();
    names.retain(|name| {
        !["Etc/", "posix/", "right/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/"].iter().any(|old| name.starts_with(old))
    });
    if chosen.contains('/') && !names.iter().any(|name| name == chosen) {
        names.push(chosen.to_string());
    }
    names.sort();
    names.dedup();
    let choice = |name: &str, label: &str| Choice { code: name.to_string(), label: label.replace('_', " "), checked: name == chosen };
    let mut groups = vec![];
    if !own.is_empty() {
        let label = own.split_once('/').map_or(own.as_str(), |(_, city)| city);
        groups.push(ChoiceGroup { label: here.say.say("Here", "Aquí"), choices: vec![choice(&own, label)] });
    }
    for (continent, city) in names.iter().filter(|name| **name != own).filter_map(|name| name.split_once('/')) {
        let choice = choice(&format!("{continent}/{city}"), city);
        match groups.last_mut().filter(|group| group.label == continent) {
            Some(group) => group.choices.push(choice),
            None => groups.push(ChoiceGroup { label: continent.to_string(), choices: vec![choice] }),
        }
    }
    GroupedPick { groups, error }
}
