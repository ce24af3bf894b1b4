//! `lamella simulate`: a pathway on virtual people, before it meets real ones.

mod lang;
mod page;
mod plot;
mod table;

use crate::End;
use crate::files::{self, load_pathways, may_write, threads};
use crate::out::{complain, say};
use crate::whole;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use lamella_cohort::arm::Arm;
use lamella_cohort::clinic::Staff;
use lamella_cohort::complication;
use lamella_cohort::report::report;
use lamella_cohort::rule::Rule;
use lamella_cohort::signs::{self, Signs};
use lamella_cohort::spec::Spec;
use lamella_cohort::trial::{Tally, Trial};
use lang::Lang;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Rehearse a pathway on virtual people: alerts, what is found and how soon, false alarms, the clinic's load.
#[derive(clap::Args)]
pub struct Simulate {
    /// The pathway's folder.
    pathway: PathBuf,
    /// How many virtual people.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    patients: u64,
    /// How many days each of them is followed.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(i32).range(7..=3650))]
    days: i32,
    /// The same seed gives the same people and the same figures, whatever the number of threads.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Another pathway's folder, or a rule, tried on the same people: published-thresholds, "pain>=7" or "+2 over 3 days".
    #[arg(long)]
    against: Option<String>,
    /// Write every figure to this file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write a page with plots to this file.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Language of the page.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
    /// The people: reference, noisy, sparse, calmer, heavy or facts.
    #[arg(long, default_value = "reference")]
    cohort: String,
    /// How many further people are given one complication each, to see what is found [default: a quarter of the patients].
    #[arg(long)]
    given: Option<u64>,
    /// How much more often than their rates complications come.
    #[arg(long, default_value_t = 1.0)]
    events: f64,
    /// How many threads [default: as many as the machine has].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// Sets a pathway of the same name apart.
const OTHER: &str = ", the other";

/// Why it did not come to a report.
struct Stop {
    what: String,
    end: End,
}

impl Stop {
    fn new(end: End, what: impl Into<String>) -> Stop {
        Stop { what: what.into(), end }
    }
}

/// Runs the trial and says what came of it.
pub fn run(args: &Simulate) -> End {
    match rehearse(args) {
        Ok(end) => end,
        Err(stop) => {
            if !stop.what.is_empty() {
                complain!("error: {}", stop.what);
            }
            stop.end
        }
    }
}

/// The page of a small rehearsal in each language: enough to see what such a page says, quick enough to wait for. None where it fails.
pub fn small_pages(pathway: &Path) -> Vec<String> {
    let args = Simulate {
        pathway: pathway.to_path_buf(),
        patients: 100,
        days: 180,
        seed: 1,
        against: None,
        json: None,
        report: None,
        lang: Lang::En,
        cohort: "reference".to_string(),
        given: Some(50),
        events: 1.0,
        threads: None,
    };
    let lived = || {
        let trial = prepare(&args).ok()?;
        Some(report(&trial, &on_threads(&trial, threads(None)).ok()?))
    };
    lived().map_or(vec![], |report| Lang::value_variants().iter().map(|lang| page::html(&report, *lang)).collect())
}

fn rehearse(args: &Simulate) -> Result<End, Stop> {
    let trial = prepare(args)?;
    if let (Some(json), Some(report)) = (&args.json, &args.report)
        && whole::same(json, report)
    {
        return Err(Stop::new(End::UsedWrongly, "`--json` and `--report` name one file; each needs its own"));
    }
    let json = args.json.iter().map(|file| (file, files::JSON));
    for (file, begins) in json.chain(args.report.iter().map(|file| (file, files::PAGE))) {
        may_write(file, begins).map_err(|what| Stop::new(End::MachineFailed, what))?;
    }
    let threads = threads(args.threads);
    let began = Instant::now();
    let tally = on_threads(&trial, threads)?;
    let seconds = began.elapsed().as_secs_f64();
    let report = report(&trial, &tally);
    crate::out::text(table::text(&report));
    let steps: u64 = tally.cohort.iter().chain(&tally.given).map(|outcome| outcome.steps).sum();
    say!(
        "\n{} patient-days in {seconds:.1} s on {threads} threads: {:.0} a second; {steps} events went through the engine",
        trial.patient_days(),
        trial.patient_days() as f64 / seconds.max(1e-9)
    );
    if let Some(file) = &args.json {
        let text = serde_json::to_string_pretty(&report).map_err(|error| Stop::new(End::MachineFailed, error.to_string()))?;
        write(file, &text)?;
    }
    if let Some(file) = &args.report {
        write(file, &page::html(&report, args.lang))?;
    }
    let misses = report.arms.first().map_or(0, |arm| arm.red_flag_misses);
    if misses > 0 {
        return Err(Stop::new(
            End::InputWrong,
            format!("{misses} check-ins said a red flag and were judged below what the evidence asks for"),
        ));
    }
    Ok(End::Fine)
}

fn prepare(args: &Simulate) -> Result<Trial, Stop> {
    let used_wrongly = |what: String| Stop::new(End::UsedWrongly, what);
    let spec = Spec::from_word(&args.cohort).ok_or_else(|| {
        let known: Vec<&str> = Spec::ALL.iter().map(|spec| spec.name).collect();
        used_wrongly(format!("there is no cohort `{}`; there are {}", args.cohort, known.join(", ")))
    })?;
    if !(0.0..=1000.0).contains(&args.events) {
        return Err(used_wrongly("--events is a factor from 0 to 1000".to_string()));
    }
    let given = args.given.unwrap_or(args.patients / 4);
    if given > 10_000_000 {
        return Err(used_wrongly("--given is at most 10000000".to_string()));
    }
    // What cannot be meant is said before anything is read.
    let against = args.against.as_deref().map(|word| meant(word).ok_or(word)).transpose().map_err(|word| {
        let rules: Vec<&str> = Rule::ALL.iter().map(|rule| rule.word()).collect();
        used_wrongly(format!("--against `{word}` is neither a pathway's folder nor one of: {}", rules.join(", ")))
    })?;
    let shipped = |what: String| Stop::new(End::MachineFailed, what);
    let signs = Signs::parse(signs::SHIPPED).map_err(shipped)?;
    let kinds = complication::parse(complication::SHIPPED, &signs).map_err(shipped)?;
    let read = |folder: &Path| load_pathways(folder).map_err(|end| Stop::new(end, ""));
    let pathway = read(&args.pathway)?;
    let contact = pathway.current().contact.clone();
    let mut arms = vec![Arm::pathway(&name(&args.pathway, &pathway.current().id), pathway, &signs)];
    match against {
        Some(Against::Rule(rule)) => arms.push(Arm::rule(rule, contact, &signs)),
        Some(Against::Pathway(folder)) => {
            let other = read(&folder)?;
            let name = name(&folder, &other.current().id);
            // A pathway against another draft of itself: the two need two names.
            let name = if arms.iter().any(|arm| arm.name == name) { format!("{name}{OTHER}") } else { name };
            arms.push(Arm::pathway(&name, other, &signs));
        }
        None => {}
    }
    let staff = Staff::default();
    Ok(Trial { arms, spec, kinds, staff, seed: args.seed, patients: args.patients, given, days: args.days, factor: args.events })
}

/// What to try it against.
enum Against {
    Rule(Rule),
    Pathway(PathBuf),
}

fn meant(word: &str) -> Option<Against> {
    if let Some(rule) = Rule::from_word(word) {
        return Some(Against::Rule(rule));
    }
    let folder = PathBuf::from(word);
    folder.exists().then_some(Against::Pathway(folder))
}

/// The folder's own name, with the pathway's where they differ.
fn name(folder: &Path, id: &str) -> String {
    let folder = folder.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
    if folder == id || folder.is_empty() { id.to_string() } else { format!("{id} ({folder})") }
}

/// Units of work shared out as threads come for them; whole numbers add up the same in any order.
fn on_threads(trial: &Trial, threads: usize) -> Result<Tally, Stop> {
    let bar = ProgressBar::new(trial.patient_days());
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {human_pos}/{human_len} patient-days  {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message("rehearsing");
    let next = AtomicU64::new(0);
    let work = || {
        let mut tally = trial.nothing();
        loop {
            let unit = next.fetch_add(1, Ordering::Relaxed);
            if unit >= trial.units() {
                return tally;
            }
            tally = tally.merge(trial.run_unit(unit));
            bar.inc(trial.unit_days(unit));
        }
    };
    let parts: Option<Vec<Tally>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().ok()).collect()
    });
    bar.finish_and_clear();
    let parts = parts.ok_or_else(|| Stop::new(End::MachineFailed, "a thread died; this is a fault of lamella"))?;
    Ok(parts.into_iter().fold(trial.nothing(), Tally::merge))
}

fn write(file: &Path, text: &str) -> Result<(), Stop> {
    files::write(file, text).map_err(|what| Stop::new(End::MachineFailed, what))
}
