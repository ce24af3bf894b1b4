//! `lamella calibrate`: thresholds that keep a promised false-alarm rate, verified on fresh people.

mod clinic;

use crate::End;
use crate::files::plain;
use crate::out::{complain, say};
use indicatif::{ProgressBar, ProgressStyle};
use lamella_cohort::calibrate::{
    Artifact, CHANGES, Found, Made, Naive, Trace, curve, naive_found, naive_rates, rates, sensitivity, threshold, thresholds, trace,
};
use lamella_cohort::course::Shape;
use lamella_cohort::interval::Estimate;
use lamella_cohort::rule::Rule;
use lamella_cohort::spec::Spec;
use lamella_trajectory::calibration::{self, Calibration, Rules, Thresholds};
use lamella_trajectory::prior::{self, Prior};
use std::path::PathBuf;

/// Find the reading's thresholds for a promised false-alarm rate, and verify them on fresh virtual people.
#[derive(clap::Args)]
pub struct Calibrate {
    /// Virtual patient-years that the thresholds are found on.
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u64).range(50..=1_000_000))]
    patients: u64,
    /// Fresh virtual patient-years that they are verified on.
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u64).range(50..=1_000_000))]
    fresh: u64,
    /// People per lasting change and per stress cohort.
    #[arg(long, default_value_t = 1500, value_parser = clap::value_parser!(u64).range(10..=1_000_000))]
    scenario: u64,
    /// Promised cases of *watch* a patient-year.
    #[arg(long, default_value_t = 1.0)]
    watch: f64,
    /// Promised cases of *lasting change* a patient-year.
    #[arg(long, default_value_t = 0.2)]
    lasting: f64,
    /// How near the fresh rates have to be, as a share of the promise.
    #[arg(long, default_value_t = 0.15)]
    within: f64,
    /// The same seed gives the same thresholds.
    #[arg(long, default_value_t = 71)]
    seed: u64,
    /// The artifact's date [default: today, UTC].
    #[arg(long)]
    date: Option<jiff::civil::Date>,
    /// Write the artifact to this file; with --database, the prior and the calibration into this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Calibrate on the clinic's own people instead, and say how often the reading was wrong there: `sqlite:FILE`. It is only read.
    #[arg(long)]
    database: Option<String>,
    /// The pathway's folder, whose reading it is; with --database.
    #[arg(long, default_value = "pathways/annular-fibrin", requires = "database")]
    pathway: PathBuf,
    /// How many threads [default: as many as the machine has].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

struct Work<'a> {
    args: &'a Calibrate,
    prior: Prior,
    rules: Rules,
    threads: usize,
    bar: ProgressBar,
}

/// Calibrates, prints what came of it, and writes the artifact if the promise held.
pub fn run(args: &Calibrate) -> End {
    if !(args.lasting > 0.0 && args.lasting < args.watch && args.watch <= 50.0 && args.within > 0.0) {
        complain!("error: the promised rates have to rise: 0 < --lasting < --watch, at most 50 a patient-year");
        return End::UsedWrongly;
    }
    let done = match &args.database {
        Some(database) => return clinic::run(args, database),
        None => calibrate(args),
    };
    match done {
        Ok(end) => end,
        Err(what) => {
            complain!("error: {what}");
            End::MachineFailed
        }
    }
}

fn calibrate(args: &Calibrate) -> Result<End, String> {
    let model = Prior::hash(prior::SHIPPED);
    let prior = Prior::parse(prior::SHIPPED).map_err(|error| error.to_string())?;
    let rules = Calibration::parse(calibration::SHIPPED, &model).map_err(|error| error.to_string())?.rules;
    let threads = args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let stress = Spec::ALL.len() as u64 - 1;
    let bar = ProgressBar::new(2 * (args.patients + args.fresh + args.scenario * (CHANGES.len() as u64 + stress)));
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {human_pos}/{human_len} patient-years  {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    let work = Work { args, prior, rules, threads, bar };
    let found = [false, true].map(|function| work.find(function));
    work.bar.finish_and_clear();
    let [Ok(pain), Ok(function)] = found else { return Err("a thread died; this is a fault of lamella".to_string()) };
    for (name, found) in [("pain alone", &pain), ("pain and function", &function)] {
        say(args, name, found);
    }
    let held = [&pain, &function].iter().all(|found| found.holds(args.watch, args.lasting, args.within));
    let calibration = Calibration {
        model,
        date: args.date.unwrap_or_else(|| jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()).to_string(),
        population: format!("reference cohort (virtual), {} patient-years, verified on {} others", args.patients, args.fresh),
        pain: pain.thresholds,
        pain_and_function: function.thresholds,
        curve: pain.curve.clone(),
        curve_with_function: function.curve.clone(),
        rules,
    };
    let artifact = Artifact {
        calibration,
        made: Made {
            seed: args.seed,
            patients: args.patients,
            fresh: args.fresh,
            scenario: args.scenario,
            watch: args.watch,
            lasting: args.lasting,
        },
        with_pain: pain,
        with_function: function,
    };
    if !held {
        complain!(
            "error: on fresh people the rates lie more than {:.0} % from the promise; nothing was written; try more --patients",
            100.0 * args.within
        );
        return Ok(End::InputWrong);
    }
    let text = serde_json::to_string_pretty(&artifact).map_err(|error| error.to_string())?;
    say!("artifact {}", Calibration::hash(&text));
    // What is written can be read back by the reading, or it is not written.
    Calibration::parse(&text, &artifact.calibration.model).map_err(|error| error.to_string())?;
    if let Some(file) = &args.out {
        std::fs::write(file, text).map_err(|error| format!("cannot write `{}`: it {}", file.display(), plain(&error)))?;
    }
    Ok(End::Fine)
}

impl Work<'_> {
    fn find(&self, function: bool) -> Result<Found, ()> {
        let (args, rules) = (self.args, &self.rules);
        let with = if function { "pain and function" } else { "pain" };
        self.bar.set_message(format!("{with}: finding thresholds"));
        let mut known = self.traces(&Spec::REFERENCE, args.seed, args.patients, None, function)?;
        let at = thresholds(&known, rules, args.watch, args.lasting);
        self.bar.set_message(format!("{with}: fresh people"));
        let fresh = self.traces(&Spec::REFERENCE, args.seed + 1, args.fresh, None, function)?;
        let (found_on, verified_on) = (rates(&known, rules, at).ok_or(())?, rates(&fresh, rules, at).ok_or(())?);
        known.extend(fresh);
        let curve = curve(&known, rules);
        // Each rule, and the reading at the rate of that rule's cases.
        let compared: &[Rule] = if function { &[] } else { &Rule::ALL };
        let mut naive: Vec<(Rule, Thresholds, Naive)> = vec![];
        for rule in compared {
            let (alerts, cases) = naive_rates(&known, rules, *rule).ok_or(())?;
            let same = threshold(&known, rules, cases.value);
            let none = Naive { rule: rule.word().to_string(), alerts, cases, found_28: vec![], stress: vec![] };
            naive.push((*rule, Thresholds { watch: same, lasting: same }, none));
        }
        drop(known);
        let mut sensitive = vec![];
        for (name, shape) in CHANGES {
            self.bar.set_message(format!("{with}: {name}"));
            let traces = self.traces(&Spec::REFERENCE, args.seed + 2, args.scenario, Some(shape), function)?;
            sensitive.push(sensitivity(name, &traces, rules, at));
            for (rule, same, naive) in &mut naive {
                let reading = sensitivity(name, &traces, rules, *same).watch_28;
                naive.found_28.push((name.to_string(), naive_found(&traces, rules, *rule), reading));
            }
        }
        let mut stress = vec![];
        for spec in Spec::ALL.iter().skip(1) {
            self.bar.set_message(format!("{with}: {} cohort", spec.name));
            let traces = self.traces(spec, args.seed + 3, args.scenario, None, function)?;
            stress.push((spec.name.to_string(), rates(&traces, rules, at).ok_or(())?));
            for (rule, _, naive) in &mut naive {
                let (_, cases) = naive_rates(&traces, rules, *rule).ok_or(())?;
                naive.stress.push((spec.name.to_string(), cases));
            }
        }
        let rules = naive.into_iter().map(|(_, _, naive)| naive).collect();
        Ok(Found { thresholds: at, found_on, verified_on, sensitivity: sensitive, stress, curve, rules })
    }

    /// People's traces in their order, whatever the number of threads.
    fn traces(&self, spec: &Spec, seed: u64, people: u64, shape: Option<Shape>, function: bool) -> Result<Vec<Trace>, ()> {
        let each = people.div_ceil(self.threads.max(1) as u64).max(1);
        let work = |from: u64| {
            let one = |patient: u64| {
                self.bar.inc(1);
                trace(spec, &self.prior, seed, patient, shape, function)
            };
            (from..(from + each).min(people)).map(one).collect::<Option<Vec<Trace>>>()
        };
        let parts: Vec<Option<Vec<Trace>>> = std::thread::scope(|scope| {
            let starts = (0..people).step_by(usize::try_from(each).unwrap_or(usize::MAX));
            let workers: Vec<_> = starts.map(|from| scope.spawn(move || work(from))).collect();
            workers.into_iter().map(|worker| worker.join().ok().flatten()).collect()
        });
        parts.into_iter().collect::<Option<Vec<Vec<Trace>>>>().map(|parts| parts.into_iter().flatten().collect()).ok_or(())
    }
}

fn say(args: &Calibrate, name: &str, found: &Found) {
    let shown = |it: Estimate| format!("{:.3} [{:.3}, {:.3}]", it.value, it.low, it.high);
    say!("{name}: watch from {:.2}, lasting change from {:.2} (log odds)", found.thresholds.watch, found.thresholds.lasting);
    say!("  {:<34} {:>22} {:>22}", "false cases a patient-year", "watch", "lasting change");
    say!("  {:<34} {:>22} {:>22}", "promised", args.watch, args.lasting);
    for (what, rates) in [("where they were found", &found.found_on), ("on fresh people", &found.verified_on)] {
        say!("  {what:<34} {:>22} {:>22}", shown(rates.watch), shown(rates.lasting));
    }
    for (cohort, rates) in &found.stress {
        say!("  {:<34} {:>22} {:>22}", format!("{cohort} cohort"), shown(rates.watch), shown(rates.lasting));
    }
    say!("  {:<34} {:>10} {:>10} {:>10} {:>12}", "found, % of people", "in 14 d", "in 28 d", "median d", "watch 28 d");
    for it in &found.sensitivity {
        let percent = |share: Option<Estimate>| share.map_or("–".to_string(), |it| format!("{:.0}", 100.0 * it.value));
        let median = it.median_days.map_or("–".to_string(), |days| days.to_string());
        say!("  {:<34} {:>10} {:>10} {median:>10} {:>12}", it.change, percent(it.lasting_14), percent(it.lasting_28), percent(it.watch_28));
    }
    for rule in &found.rules {
        say!("  {}: {} alerts a patient-year with nothing behind them, {} cases", rule.rule, shown(rule.alerts), shown(rule.cases));
        for (change, by_rule, by_reading) in &rule.found_28 {
            let percent = |share: Option<Estimate>| share.map_or("–".to_string(), |it| format!("{:.0} %", 100.0 * it.value));
            say!("    {change:<32} in 28 d {:>6}; the reading at that rate {:>6}", percent(*by_rule), percent(*by_reading));
        }
        let stress: Vec<String> = rule.stress.iter().map(|(cohort, cases)| format!("{cohort} {:.2}", cases.value)).collect();
        say!("    cases on stress cohorts: {}", stress.join(", "));
    }
}
