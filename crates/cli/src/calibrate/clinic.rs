//! `lamella calibrate --database`: how often the reading was wrong in a clinic, and a model made of the clinic's own people.

use super::{Calibrate, say_thresholds};
use crate::End;
use crate::database::{CLINIC, DEMO};
use crate::files::{ARTIFACTS, MODELS, cannot_write, load_pathways, threads};
use crate::out::{complain, say};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lamella_cohort::calibrate::{Rates, Trace, curve, moved, rates, trace_of};
use lamella_cohort::interval::Estimate;
use lamella_cohort::refit::{ENOUGH_DAYS, ENOUGH_PEOPLE, ENOUGH_YEARS, Fit, Person, Weights, refit};
use lamella_desk::{Cases, Desk, Observed, OneCase, REAL, Rate};
use lamella_engine::rated_days;
use lamella_record::{Event, Kind};
use lamella_store::sqlite::SqliteStore;
use lamella_trajectory::Model;
use lamella_trajectory::calibration::{BySwing, Calibration, Promised};
use lamella_trajectory::prior::Prior;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// One of the numbers of cases.
type Count = fn(Cases) -> u64;
/// What stops it.
type Failed = (String, End);

/// Rounds of a refit, at most.
const ROUNDS: usize = 6;

/// Says what the records say, and writes a model if there is enough to make one.
pub fn run(args: &Calibrate, database: &str) -> End {
    match calibrate(args, database) {
        Ok(end) => end,
        Err((what, end)) => {
            if !what.is_empty() {
                complain!("error: {what}");
            }
            end
        }
    }
}

fn calibrate(args: &Calibrate, database: &str) -> Result<End, Failed> {
    args.out.as_deref().map_or(Ok(()), is_free)?;
    let store = store(database)?;
    let pathways = load_pathways(&args.pathway).map_err(|end| (String::new(), end))?;
    let Some(model) = pathways.model(pathways.current()).cloned() else {
        return Err((
            "the pathway names no model that is known here, so that there is no reading to calibrate".to_string(),
            End::InputWrong,
        ));
    };
    let broken = |error: lamella_desk::DeskError| (error.to_string(), End::MachineFailed);
    let mut checked_in = None;
    for clinic in [CLINIC, DEMO] {
        let desk = Desk::new(Arc::new(store.clone()), pathways.clone(), clinic, TimeZone::system(), || {});
        let observed = desk.observed(Timestamp::now()).map_err(broken)?;
        checked_in = checked_in.or((observed.people > 0).then_some((desk, observed)));
    }
    let Some((desk, observed)) = checked_in else {
        return Err((format!("nobody has checked in yet in `{database}`: there is nothing to count"), End::InputWrong));
    };
    say_observed(&observed, &model.calibration);
    let people = people(&desk).map_err(broken)?;
    match made(args, &model, &people)? {
        Some(made) => keep(args, &made),
        None => Ok(if args.out.is_some() { End::InputWrong } else { End::Fine }),
    }
}

/// Nothing that is there is overwritten, and that is said before the work.
fn is_free(folder: &Path) -> Result<(), Failed> {
    match ARTIFACTS.iter().map(|name| folder.join(name)).find(|path| path.exists()) {
        Some(path) => {
            Err((format!("`{}` is there already; a model is never overwritten, name another folder", path.display()), End::UsedWrongly))
        }
        None => Ok(()),
    }
}

fn store(database: &str) -> Result<SqliteStore, Failed> {
    let Some(file) = database.strip_prefix("sqlite:").filter(|file| !file.is_empty()) else {
        return Err((format!("`{database}` is not a database that can be read here; write `--database sqlite:FILE`"), End::UsedWrongly));
    };
    if !Path::new(file).is_file() {
        return Err((format!("the database `{file}` is not there"), End::InputWrong));
    }
    SqliteStore::open_to_read(Path::new(file)).map_err(|error| (error.to_string(), End::InputWrong))
}

/// One of the clinic's people, and whether a case of theirs was real.
struct Own {
    person: Person,
    worsened: bool,
}

/// Everybody with a rated day; what cannot be read of a record is named.
fn people(desk: &Desk) -> lamella_desk::Result<Vec<Own>> {
    let mut people = vec![];
    for listed in desk.people("", u32::MAX)? {
        let id = &listed.patient.id;
        let record = desk.record(id)?;
        let lost = |event: &&Event| matches!(event.kind, Kind::Unreadable(_));
        for event in record.events.iter().filter(lost) {
            complain!("warning: `{}` of `{id}` cannot be read and is left out; their page on the console shows why", event.id);
        }
        let days = rated_days(desk.pathways(), &record);
        if days.is_empty() {
            continue;
        }
        let real = |one: &OneCase| !one.kept.alert.stands() && one.said.as_ref().is_some_and(|said| said.change == REAL);
        let worsened = desk.cases_of(id)?.iter().any(real);
        let intake = listed.patient.baseline_pain().and_then(|pain| u8::try_from(pain).ok()).filter(|pain| *pain <= 10);
        people.push(Own { person: Person { intake, days, from: listed.patient.enrolled_day() }, worsened });
    }
    Ok(people)
}

/// The texts of a model's files, and its hash.
struct Made {
    prior: String,
    calibration: String,
}

fn made(args: &Calibrate, model: &Model, people: &[Own]) -> Result<Option<Made>, Failed> {
    let fault = |what: &str| (format!("{what}; this is a fault of lamella"), End::MachineFailed);
    let steady: Vec<&Person> = people.iter().filter(|own| !own.worsened).map(|own| &own.person).collect();
    let under_care: f64 = steady.iter().map(|person| person.years()).sum();
    let fit = fit(args, model, people)?;
    if under_care < ENOUGH_YEARS {
        say!(
            "thresholds: found anew on {ENOUGH_YEARS:.0} patient-years of people without a real change; there are {under_care:.1}, {:.1} are missing",
            ENOUGH_YEARS - under_care
        );
        say!("nothing was written");
        return Ok(None);
    }
    let prior = fit.map_or_else(|| model.prior.clone(), |fit| fit.prior);
    let traces = |prior: &Prior, function: bool| {
        let traces: Option<Vec<Trace>> = steady.iter().map(|person| trace_of(prior, person, function)).collect();
        traces.ok_or_else(|| fault("a day of a record cannot be taken by the reading"))
    };
    let rules = model.calibration.rules;
    let mut found = vec![];
    for function in [false, true] {
        let former = model.calibration.thresholds(function);
        let after = traces(&prior, function)?;
        let at = moved(&after, &rules, &former, args.promised());
        let counted = |traces: &[Trace], by: &BySwing| traces.iter().map(|trace| trace.clone().counting(by)).collect::<Vec<Trace>>();
        let own = counted(&after, &at);
        let of = |traces: &[Trace], by: &BySwing| rates(traces, &rules, by.middle()).ok_or_else(|| fault("there is nobody to count"));
        let lines = [
            ("as it is", of(&counted(&traces(&model.prior, function)?, &former), &former)?),
            ("with the prior refitted", of(&counted(&after, &former), &former)?),
            ("with the thresholds too", of(&own, &at)?),
        ];
        say_found(if function { "pain and function" } else { "pain alone" }, &at, &lines);
        let [.., (_, kept)] = &lines;
        if !kept.are_near(args.watch, args.lasting, args.within) {
            let what = "no threshold brings the rates on these people near the promise: they rate too seldom, or never change; nothing was written";
            return Err((what.to_string(), End::InputWrong));
        }
        found.push((at, curve(&own, &rules)));
    }
    let [(pain, curve), (pain_and_function, curve_with_function)] =
        <[(BySwing, Vec<(f64, f64)>); 2]>::try_from(found).map_err(|_| fault("a channel is missing"))?;
    let text = |error: serde_json::Error| (error.to_string(), End::MachineFailed);
    let prior = serde_json::to_string_pretty(&prior).map_err(text)?;
    let calibration = Calibration {
        model: Prior::hash(&prior),
        date: args.date.unwrap_or_else(|| TimeZone::UTC.to_datetime(Timestamp::now()).date()).to_string(),
        population: format!("this clinic's own people: {} without a real change, {under_care:.0} patient-years", steady.len()),
        promised: args.promised(),
        pain,
        pain_and_function,
        curve,
        curve_with_function,
        rules,
    };
    let calibration = serde_json::to_string_pretty(&calibration).map_err(text)?;
    // What is written can be read back by the reading, or it is not written.
    Model::parse(&prior, &calibration).map_err(|error| (error.to_string(), End::MachineFailed))?;
    Ok(Some(Made { prior, calibration }))
}

/// The prior of the clinic's own people; none, and why, where they are too few.
fn fit(args: &Calibrate, model: &Model, people: &[Own]) -> Result<Option<Fit>, Failed> {
    let known: Vec<Person> = people.iter().map(|own| &own.person).filter(|person| person.days.len() >= ENOUGH_DAYS).cloned().collect();
    if known.len() < ENOUGH_PEOPLE {
        say!(
            "prior: refitted on {ENOUGH_PEOPLE} people with at least {ENOUGH_DAYS} rated days; there are {}, and fewer would say more of chance \
             than of the clinic; it stays as it is",
            known.len()
        );
        return Ok(None);
    }
    let bar = indicatif::ProgressBar::new_spinner().with_message(format!("refitting the prior on {} people", known.len()));
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    let fit = refit(&model.prior, &known, ROUNDS, true, threads(args.threads));
    bar.finish_and_clear();
    let fit = fit
        .ok_or_else(|| ("a day of a record cannot be taken by the reading; this is a fault of lamella".to_string(), End::MachineFailed))?;
    say_fit(&model.prior, &fit, known.len());
    Ok(Some(fit))
}

fn keep(args: &Calibrate, made: &Made) -> Result<End, Failed> {
    let hash = Calibration::hash(&made.calibration);
    let Some(folder) = &args.out else {
        say!("nothing was written; `--out FOLDER` keeps this model, {hash}");
        return Ok(End::Fine);
    };
    let wrong = |path: &Path, error: &std::io::Error| (cannot_write(path, error), End::MachineFailed);
    std::fs::create_dir_all(folder).map_err(|error| wrong(folder, &error))?;
    let mut written = vec![];
    for (name, text) in ARTIFACTS.iter().zip([&made.prior, &made.calibration]) {
        let path = folder.join(name);
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
        let done = file.and_then(|mut file| {
            written.push(path.clone());
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        if let Err(error) = done {
            // Half a model is none; what was there before this run is not touched.
            written.iter().for_each(|path| drop(std::fs::remove_file(path)));
            return Err(wrong(&path, &error));
        }
    }
    let [prior, calibration] = ARTIFACTS.map(|name| folder.join(name));
    say!("wrote {} and {}", prior.display(), calibration.display());
    say!(
        "to read by it: move the folder into `{}`, write a new revision with `model {hash}`, then `lamella check`",
        args.pathway.join(MODELS).display()
    );
    Ok(End::Fine)
}

fn say_observed(observed: &Observed, calibration: &Calibration) {
    let Observed { people, years, watch, lasting } = *observed;
    let Promised { watch: watch_promised, lasting: lasting_promised } = calibration.promised;
    let noun = if people == 1 { "person" } else { "people" };
    say!("{people} {noun} who checked in, {years:.1} patient-years from the day they were entered to their latest check-in");
    say!("  {:<40} {:>22} {:>22}", "", "lasting change", "watch");
    say!("  {:<40} {lasting_promised:>22} {watch_promised:>22}", "promised, false a patient-year");
    let counts: [(&str, Count); 5] = [
        ("cases", Cases::all),
        ("  closed as real", |cases| cases.real),
        ("  closed as not real", |cases| cases.not_real),
        ("  closed, not said", |cases| cases.not_said),
        ("  still open", |cases| cases.open),
    ];
    for (what, of) in counts {
        say!("  {what:<40} {:>22} {:>22}", of(lasting), of(watch));
    }
    if !observed.is_enough() {
        say!("it is too early to speak of this clinic's own rate: that takes {:.0} patient-years and a case", lamella_desk::ENOUGH_YEARS);
        return;
    }
    let rate = |rate: Option<Rate>| rate.map_or("–".to_string(), |it| format!("{:.3} [{:.3}, {:.3}]", it.value, it.low, it.high));
    say!("  {:<40} {:>22} {:>22}", "false a patient-year [95 %]", rate(lasting.false_rate(years)), rate(watch.false_rate(years)));
    let what = "at most, with all not called real";
    say!("  {what:<40} {:>22} {:>22}", rate(lasting.false_at_most(years)), rate(watch.false_at_most(years)));
    for (name, cases, promised) in [("lasting change", lasting, lasting_promised), ("watch", watch, watch_promised)] {
        if cases.breaks(promised, years) {
            say!("warning: {name} is wrong here more often than promised: even the lower end of the interval lies above the promise");
        }
    }
}

fn say_fit(former: &Prior, fit: &Fit, people: usize) {
    let shown = |weights: &[f64]| weights.iter().map(|weight| format!("{weight:.2}")).collect::<Vec<_>>().join(" ");
    say!("prior: refitted on {people} people in {} rounds; a person's answers are likelier by {:.2} (natural log)", fit.rounds, fit.gained);
    for (when, prior) in [("before", former), ("after", &fit.prior)] {
        let Weights { classes, sigmas, profiles } = Weights::of(prior);
        say!("  {when:<8} courses {}; personal SD {}; flare profiles {}", shown(&classes), shown(&sigmas), shown(&profiles));
        let after = |course: &[f64; 5], days: f64| {
            let [stays, falling @ .., _] = course;
            stays + falling.iter().zip(prior.tau).map(|(by, tau)| by * (-days / tau).exp()).sum::<f64>()
        };
        let pain = prior.mean.map(|course| [0.0, 28.0, 90.0, 365.0].map(|days| format!("{:.1}", after(&course, days))).join(" "));
        say!("  {:<8} pain on days 0, 28, 90, 365: responders {}; others {}", "", pain[0], pain[1]);
        let p = &prior.params;
        let flares: Vec<String> =
            p.prof.iter().map(|[starts, ends, _]| format!("{:.1} a year of {:.1} days", starts * 365.0, 1.0 / ends)).collect();
        say!("  {:<8} flares {}, +{:.2}; memory {:.2} of {:.2}", "", flares.join(" or "), p.flare_mean, p.phi, p.rho);
    }
}

fn say_found(name: &str, at: &BySwing, lines: &[(&str, Rates)]) {
    let shown = |it: Estimate| format!("{:.3} [{:.3}, {:.3}]", it.value, it.low, it.high);
    say_thresholds(name, at);
    say!("  {:<40} {:>22} {:>22}", "cases a patient-year, nobody's real", "watch", "lasting change");
    for (what, rates) in lines {
        say!("  {what:<40} {:>22} {:>22}", shown(rates.watch), shown(rates.lasting));
    }
}
