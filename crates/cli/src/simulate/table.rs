//! The report as text.

use lamella_cohort::interval::Estimate;
use lamella_cohort::report::{ArmReport, EventReport, Report};
use std::fmt::Write;

/// How many causes are listed.
const CAUSES: usize = 12;

/// The table that a rehearsal ends with.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} virtual people of the {} cohort over {} days, seed {}; {} more with one complication each",
        report.patients, report.cohort, report.days, report.seed, report.given
    );
    for arm in &report.arms {
        one(arm, &mut out);
    }
    if let [first, second] = report.arms.as_slice() {
        let _ = writeln!(out, "\n{} less {}, on the same people", second.name, first.name);
        for difference in &report.differences {
            let _ = writeln!(out, "  {:<44} {:>24}  {}", difference.what, signed(difference.difference), difference.unit);
        }
    }
    out.push_str("\nIn brackets: 95 % intervals. Everybody here is invented; what is assumed about them is said in the report.\n");
    out
}

fn one(arm: &ArmReport, out: &mut String) {
    let _ = writeln!(out, "\n{}  ({:.0} patient-years)", arm.name, arm.patient_years);
    let mut line = |what: &str, value: String| {
        let _ = writeln!(out, "  {what:<44} {value}");
    };
    line("alerts per 100 patients a week", estimate(arm.alerts));
    line("  of them at attention or above", estimate(arm.attention));
    line("acted on, of those dealt with", percent(arm.acted_on));
    if arm.is_pathway {
        line("red flags missed (must be 0)", arm.red_flag_misses.to_string());
    }
    if arm.untold > 0 {
        line("urgent signs it has no question for", format!("{} check-ins: {}", arm.untold, arm.untellable.join(", ")));
    }
    line("false alarms of the whole, a patient-year", estimate(arm.false_alarms));
    if arm.is_pathway {
        let silent = arm.reading.iter().all(|(state, count)| *state == "too-few" || *count == 0);
        let reading = |rate| if silent { "the engine's reading says only `too-few`".to_string() } else { estimate(rate) };
        line("false lasting changes of the reading", reading(arm.false_lasting));
        line("false watches of the reading", reading(arm.false_watch));
    }
    let staff = &arm.staff;
    line(
        "staff, minutes per 100 patients a day",
        format!("{:.1} of {:.0} ({:.0} %); used up on {}", staff.minutes, staff.capacity, 100.0 * staff.used, percent(staff.full_days)),
    );
    line("seen after its time", percent(arm.staff.late));
    let burden = &arm.burden;
    line(
        "answering",
        format!(
            "{:.1} check-ins a week, {} taps (9 in 10: {}), {:.0} s each, {:.1} min a week",
            burden.check_ins_a_week,
            or_dash(burden.taps.0),
            or_dash(burden.taps.1),
            burden.seconds,
            burden.minutes_a_week
        ),
    );
    let _ = writeln!(out, "  {:<34} {:>7} {:>9} {:>10} {:>10}", "cause, per 100 patients a week", "all", "watch", "attention", "emergency");
    for cause in arm.causes.iter().take(CAUSES) {
        let _ = writeln!(
            out,
            "    {:<32} {:>7.2} {:>9.2} {:>10.2} {:>10.2}",
            cause.cause, cause.all, cause.watch, cause.attention, cause.emergency
        );
    }
    if arm.causes.len() > CAUSES {
        let _ = writeln!(out, "    and {} rarer ones", arm.causes.len() - CAUSES);
    }
    let _ = writeln!(
        out,
        "  {:<36} {:>5} {:>22} {:>8} {:>8} {:>14} {:>13}",
        "found, of those given it", "had", "found %", "in 14 d", "in 28 d", "median", "reading, 28 d"
    );
    let _ = writeln!(
        out,
        "    {:<34} {:>5} {:>22} {:>8}",
        "(by chance, attention / emergency)",
        "",
        "",
        format!("{} / {}", whole(arm.by_chance.0), whole(arm.by_chance.1))
    );
    for event in &arm.events {
        let _ = writeln!(
            out,
            "    {:<34} {:>5} {:>22} {:>8} {:>8} {:>14} {:>13}",
            event.name,
            event.had,
            percent(event.found),
            whole(event.within_14),
            whole(event.within_28),
            median(event),
            whole(event.read_28)
        );
    }
}

/// The median delay with its interval, in days.
pub fn median(event: &EventReport) -> String {
    let (low, high) = event.median_interval;
    match event.median_days {
        Some(days) => format!("{days} d [{}, {}]", or_dash(low), or_dash(high)),
        None => "–".to_string(),
    }
}

fn whole(share: Option<Estimate>) -> String {
    share.map_or("–".to_string(), |share| format!("{:.0} %", 100.0 * share.value))
}

fn or_dash(number: Option<usize>) -> String {
    number.map_or("–".to_string(), |number| number.to_string())
}

fn estimate(estimate: Option<Estimate>) -> String {
    estimate.map_or("–".to_string(), |it| format!("{:.2} [{:.2}, {:.2}]", it.value, it.low, it.high))
}

fn signed(estimate: Option<Estimate>) -> String {
    estimate.map_or("–".to_string(), |it| format!("{:+.2} [{:+.2}, {:+.2}]", it.value, it.low, it.high))
}

fn percent(estimate: Option<Estimate>) -> String {
    estimate.map_or("–".to_string(), |it| format!("{:.0} % [{:.0}, {:.0}]", 100.0 * it.value, 100.0 * it.low, 100.0 * it.high))
}
