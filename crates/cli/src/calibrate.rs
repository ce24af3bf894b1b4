//! `lamella calibrate`: thresholds that keep a promised false-alarm rate, verified on fresh people.

mod clinic;

use crate::End;
use crate::files::{self, may_write, threads, write};
use crate::out::{complain, say};
use indicatif::{ProgressBar, ProgressStyle};
use lamella_cohort::audit::{Audit, Places, Says};
use lamella_cohort::calibrate::{
    Artifact, CHANGES, Found, Made, Naive, Trace, by_swing, curve, naive_found, naive_rates, rates, rates_by_swing, sensitivity, threshold,
    trace,
};
use lamella_cohort::course::Shape;
use lamella_cohort::fan::{Horizon, fan, looks};
use lamella_cohort::interval::Estimate;
use lamella_cohort::rule::Rule;
use lamella_cohort::spec::Spec;
use lamella_cohort::threads::on_threads;
use lamella_trajectory::calibration::{self, BySwing, Calibration, Promised, Rules, Thresholds};
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

impl Calibrate {
    fn promised(&self) -> Promised {
        Promised { watch: self.watch, lasting: self.lasting }
    }
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
    if !(args.lasting > 0.0 && args.lasting < args.watch && args.watch <= 50.0) {
        complain!("error: the promised rates have to rise: 0 < --lasting < --watch, at most 50 a patient-year");
        return End::UsedWrongly;
    }
    if !(args.within > 0.0 && args.within.is_finite()) {
        complain!("error: --within is a share of the promise, above 0: 0.15 is 15 %");
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
    args.out.as_deref().map_or(Ok(()), |file| may_write(file, files::JSON))?;
    let model = Prior::hash(prior::SHIPPED);
    let prior = Prior::parse(prior::SHIPPED).map_err(|error| error.to_string())?;
    let rules = Calibration::parse(calibration::SHIPPED, &model).map_err(|error| error.to_string())?.rules;
    let threads = threads(args.threads);
    let stress = Spec::ALL.len() as u64 - 1;
    let each = args.fresh + args.scenario * (CHANGES.len() as u64 + stress);
    let bar = ProgressBar::new(2 * args.patients + 3 * each + 2 * args.scenario);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {human_pos}/{human_len} patient-years  {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    let work = Work { args, prior, rules, threads, bar };
    let found = [false, true].map(|function| work.find(function));
    let ahead = work.ahead();
    work.bar.finish_and_clear();
    let ([Ok(pain), Ok(function)], Ok(expected_range)) = (found, ahead) else {
        return Err("a thread died; this is a fault of lamella".to_string());
    };
    for (name, found) in [("pain alone", &pain), ("pain and function", &function)] {
        say(args, name, found);
    }
    say_ahead(&expected_range);
    let held = [&pain, &function].iter().all(|found| found.holds(args.watch, args.lasting, args.within));
    let calibration = Calibration {
        model,
        date: args.date.unwrap_or_else(|| jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()).to_string(),
        population: format!("reference cohort (virtual), {} patient-years, verified on {} others", args.patients, args.fresh),
        promised: args.promised(),
        pain: pain.thresholds,
        pain_and_function: function.thresholds,
        curve: pain.curve.clone(),
        curve_with_function: function.curve.clone(),
        rules,
    };
    let artifact = Artifact {
        calibration,
        made: Made { seed: args.seed, patients: args.patients, fresh: args.fresh, scenario: args.scenario },
        with_pain: pain,
        with_function: function,
        expected_range,
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
        write(file, &text)?;
    }
    Ok(End::Fine)
}

impl Work<'_> {
    fn find(&self, function: bool) -> Result<Found, ()> {
        let (args, rules) = (self.args, &self.rules);
        let with = if function { "pain and function" } else { "pain" };
        self.bar.set_message(format!("{with}: finding thresholds"));
        let raw = |patient| trace(&Spec::REFERENCE, &self.prior, args.seed, patient, None, function);
        let mut known = self.each(args.patients, raw)?;
        let by = by_swing(&known, rules, args.promised());
        known = known.into_iter().map(|trace| trace.counting(&by)).collect();
        let at = by.middle();
        let allowed = |spec: &Spec, seed: u64, people: u64, shape: Option<Shape>| {
            self.each(people, |patient| Some(trace(spec, &self.prior, seed, patient, shape, function)?.counting(&by)))
        };
        self.bar.set_message(format!("{with}: fresh people"));
        let fresh = allowed(&Spec::REFERENCE, args.seed + 1, args.fresh, None)?;
        let (found_on, verified_on) = (rates(&known, rules, at).ok_or(())?, rates(&fresh, rules, at).ok_or(())?);
        let by_swing = rates_by_swing(&fresh, rules, at).ok_or(())?;
        let mut audit = None;
        if !function {
            let places = self.places(&fresh, args.seed + 1)?;
            audit = Some(Audit::new(args.lasting, rules.latch_days, &places, verified_on.lasting).ok_or(())?);
        }
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
            let traces = allowed(&Spec::REFERENCE, args.seed + 2, args.scenario, Some(shape))?;
            sensitive.push(sensitivity(name, &traces, rules, at));
            if let Some(audit) = &mut audit {
                audit.change(name, &self.places(&traces, args.seed + 2)?);
            }
            for (rule, same, naive) in &mut naive {
                let reading = sensitivity(name, &traces, rules, *same).watch_28;
                naive.found_28.push((name.to_string(), naive_found(&traces, rules, *rule), reading));
            }
        }
        let mut stress = vec![];
        for spec in Spec::ALL.iter().skip(1) {
            self.bar.set_message(format!("{with}: {} cohort", spec.name));
            let traces = allowed(spec, args.seed + 3, args.scenario, None)?;
            let found = rates(&traces, rules, at).ok_or(())?;
            if let Some(audit) = &mut audit {
                audit.cohort(spec.name, &self.places(&traces, args.seed + 3)?, found.lasting).ok_or(())?;
            }
            stress.push((spec.name.to_string(), found));
            for (rule, _, naive) in &mut naive {
                let (_, cases) = naive_rates(&traces, rules, *rule).ok_or(())?;
                naive.stress.push((spec.name.to_string(), cases));
            }
        }
        let rules = naive.into_iter().map(|(_, _, naive)| naive).collect();
        Ok(Found { thresholds: by, found_on, verified_on, sensitivity: sensitive, by_swing, stress, curve, rules, audit })
    }

    fn places(&self, traces: &[Trace], seed: u64) -> Result<Vec<Places>, ()> {
        let of = |patient: u64| Places::new(&self.prior, traces.get(usize::try_from(patient).ok()?)?, seed, patient);
        self.each(traces.len() as u64, of)
    }

    /// How the expected range holds ahead.
    fn ahead(&self) -> Result<Vec<Horizon>, ()> {
        self.bar.set_message("the expected range");
        let looked = |seed: u64| self.each(self.args.scenario, |patient| looks(&Spec::REFERENCE, &self.prior, seed, patient));
        Ok(fan(&looked(self.args.seed + 4)?.concat(), &looked(self.args.seed + 5)?.concat()))
    }

    /// [`on_threads`], with the bar.
    fn each<T: Send>(&self, people: u64, of: impl Fn(u64) -> Option<T> + Sync) -> Result<Vec<T>, ()> {
        let one = |patient: u64| {
            self.bar.inc(1);
            of(patient)
        };
        on_threads(people, self.threads, one).ok_or(())
    }
}

fn say_thresholds(name: &str, BySwing(points): &BySwing) {
    say!("{name}: log odds from which a case opens, by a person's swing");
    for (swing, at) in points {
        say!("  {:<34} {:>22.2} {:>22.2}", format!("at {swing:.2} points"), at.watch, at.lasting);
    }
}

fn say(args: &Calibrate, name: &str, found: &Found) {
    let shown = |it: Estimate| format!("{:.3} [{:.3}, {:.3}]", it.value, it.low, it.high);
    say_thresholds(name, &found.thresholds);
    say!("  {:<34} {:>22} {:>22}", "false cases a patient-year", "watch", "lasting change");
    say!("  {:<34} {:>22} {:>22}", "promised", args.watch, args.lasting);
    for (what, rates) in [("where they were found", &found.found_on), ("on fresh people", &found.verified_on)] {
        say!("  {what:<34} {:>22} {:>22}", shown(rates.watch), shown(rates.lasting));
    }
    for (who, rates) in ["of these, pain swings least in", "in the middle third", "most"].iter().zip(&found.by_swing) {
        say!("  {who:<34} {:>22} {:>22}", shown(rates.watch), shown(rates.lasting));
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
    if let Some(audit) = &found.audit {
        say_audit(args, audit);
    }
}

fn percent(share: Option<Estimate>) -> String {
    share.map_or("–".to_string(), |it| format!("{:.0}", 100.0 * it.value))
}

/// What the audit says, and what to do about it.
fn say_audit(args: &Calibrate, audit: &Audit) {
    say!("audit by Shiryaev–Roberts: threshold {:.0} by proof, no cohort behind it", audit.threshold);
    say!("  {:<14} {:>22} {:>8} {:>16}", "false cases", "audit", "allowed", "lasting change");
    for it in &audit.cohorts {
        let Estimate { value, low, high } = it.cases;
        let words = match it.says {
            Says::Believable => "the promise is believable",
            Says::WrongThresholds => "the expectations pass, the thresholds ring too often: find them on such people",
            Says::WrongModel => "the model expects too little of such people: no promise is believable",
        };
        let cases = format!("{value:.3} [{low:.3}, {high:.3}]");
        say!("  {:<14} {cases:>22} {:>8.3} {:>16.3}  {words}", it.cohort, it.at_most, it.reading.value);
        if it.cohort == Spec::REFERENCE.name && it.says != Says::Believable {
            complain!("warning: once in {:.1} patient-years is not believable on the reference cohort itself: {words}", 1.0 / args.lasting);
        }
    }
    say!("  {:<14} {:>22} {:>26} {:>8}", "found in 28 d", "audit %", "at the promised rate: SR %", "CUSUM %");
    for it in &audit.found_28 {
        let [shiryaev_roberts, cusum] = it.by_simulation.map(percent);
        say!("  {:<14} {:>22} {shiryaev_roberts:>26} {cusum:>8}", it.change, percent(it.audit));
    }
}

fn say_ahead(horizons: &[Horizon]) {
    say!("expected range, ratings in the middle   50 %    80 %    95 %   score   under the mean of 7 days by");
    for it in horizons {
        let Horizon { ahead, cover_50, cover_80, cover_95, score, .. } = it;
        let gain = 100.0 * it.gain();
        say!("  {ahead:>3} days ahead {:>22.3} {cover_80:>7.3} {cover_95:>7.3} {score:>7.3} {gain:>10.1} %", cover_50);
    }
}
