//! The report as one page that needs nothing else: plots with a table behind each, light and dark, readable without colour.

use super::plot::{self, Bar, Row, Series};
use lamella_cohort::interval::Estimate;
use lamella_cohort::report::{ArmReport, Report};
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// The page.
pub fn html(report: &Report) -> String {
    let title = report.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(" beside ");
    let mut page = String::new();
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Rehearsal: {0}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Rehearsal: {0}</h1>\n",
        text(&title)
    );
    let _ = writeln!(
        page,
        "<p>{} invented people of the <em>{}</em> cohort were followed for {} days, seed {}. Another {} were given one complication each, \
         to see what is found. The same engine judged them that judges real people. Nobody here is real.</p>",
        report.patients,
        text(&report.cohort),
        report.days,
        report.seed,
        report.given
    );
    headline(report, &mut page);
    alerts(report, &mut page);
    causes(report, &mut page);
    found(report, &mut page);
    false_alarms(report, &mut page);
    staff(report, &mut page);
    burden(report, &mut page);
    differences(report, &mut page);
    assumptions(report, &mut page);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// Text that may hold anything, for a page.
pub fn text(raw: &str) -> String {
    raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn number(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn with_interval(estimate: Option<Estimate>, by: f64) -> String {
    estimate.map_or("–".to_string(), |it| {
        format!("{} <span class=\"interval\">[{}, {}]</span>", number(by * it.value), number(by * it.low), number(by * it.high))
    })
}

fn section(page: &mut String, heading: &str, prose: &str) {
    let _ = write!(page, "<section>\n<h2>{heading}</h2>\n<p>{prose}</p>\n");
}

/// A table, folded behind a plot or open.
fn table(page: &mut String, caption: &str, open: bool, head: &[&str], rows: &[Vec<String>]) {
    let cells = |row: &[String]| {
        let rest = row.iter().skip(1).map(|cell| format!("<td>{cell}</td>")).collect::<String>();
        format!("<tr><th scope=\"row\">{}</th>{rest}</tr>\n", row.first().map_or("", String::as_str))
    };
    let head = head.iter().map(|cell| format!("<th scope=\"col\">{cell}</th>")).collect::<String>();
    let body = rows.iter().map(|row| cells(row)).collect::<String>();
    let whole = format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table><caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    );
    if open {
        page.push_str(&whole);
    } else {
        let _ = write!(page, "<details><summary>The figures behind it: {caption}</summary>\n{whole}</details>\n");
    }
}

fn end(page: &mut String) {
    page.push_str("</section>\n");
}

fn by_arm(report: &Report, what: &str, value: impl Fn(&ArmReport) -> String) -> Vec<String> {
    core::iter::once(what.to_string()).chain(report.arms.iter().map(value)).collect()
}

fn headline(report: &Report, page: &mut String) {
    let misses = report.arms.first().map_or(0, |arm| arm.red_flag_misses);
    let verdict = if misses == 0 {
        "No red flag that was said in a check-in was judged below what the evidence asks for.".to_string()
    } else {
        format!("{misses} check-ins said a red flag and were judged below what the evidence asks for. This pathway must not be used.")
    };
    section(page, "In short", &format!("<strong class=\"{}\">{verdict}</strong>", if misses == 0 { "good" } else { "bad" }));
    let mut head = vec!["what"];
    let names: Vec<String> = report.arms.iter().map(|arm| text(&arm.name)).collect();
    head.extend(names.iter().map(String::as_str));
    let rows = vec![
        by_arm(report, "Red flags missed (must be 0)", |arm| {
            if arm.is_pathway { arm.red_flag_misses.to_string() } else { "does not ask".to_string() }
        }),
        by_arm(report, "Urgent signs it has no question for", |arm| {
            if !arm.is_pathway {
                "asks for none".to_string()
            } else if arm.untold == 0 {
                "none".to_string()
            } else {
                format!("{} check-ins: {}", arm.untold, text(&arm.untellable.join(", ")))
            }
        }),
        by_arm(report, "Alerts per 100 patients a week", |arm| with_interval(arm.alerts, 1.0)),
        by_arm(report, "… at attention or above", |arm| with_interval(arm.attention, 1.0)),
        by_arm(report, "Acted on, % of those dealt with", |arm| with_interval(arm.acted_on, 100.0)),
        by_arm(report, "False alarms of the whole, a patient-year", |arm| with_interval(arm.false_alarms, 1.0)),
        by_arm(report, "False <em>lasting change</em> of the reading, a patient-year", |arm| reading(arm, arm.false_lasting)),
        by_arm(report, "False <em>watch</em> of the reading, a patient-year", |arm| reading(arm, arm.false_watch)),
        by_arm(report, "Patient-years", |arm| number(arm.patient_years)),
    ];
    table(page, "The main figures, with 95 % intervals", true, &head, &rows);
    end(page);
}

fn reading(arm: &ArmReport, rate: Option<Estimate>) -> String {
    if !arm.is_pathway {
        return "has none".to_string();
    }
    let silent = arm.reading.iter().all(|(state, count)| *state == "too-few" || *count == 0);
    if silent { "it said only <em>too few</em>".to_string() } else { with_interval(rate, 1.0) }
}

fn alerts(report: &Report, page: &mut String) {
    section(
        page,
        "Alerts week by week",
        "Alerts per 100 patients, by week since the procedure. Solid lines count all levels, dashed lines attention or above.",
    );
    let line = |arm: &ArmReport, attention: bool| {
        arm.weeks.iter().map(|week| (week.week as f64, if attention { week.attention } else { week.alerts })).collect::<Vec<_>>()
    };
    let series: Vec<Series> = report
        .arms
        .iter()
        .enumerate()
        .flat_map(|(place, arm)| {
            [false, true].map(|attention| Series {
                name: format!("{}{}", arm.name, if attention { ", attention or above" } else { ", all levels" }),
                points: line(arm, attention),
                dashed: attention,
                mark: place,
            })
        })
        .collect();
    page.push_str(&plot::lines(
        "Alerts per 100 patients by week since the procedure",
        "week since the procedure",
        "alerts per 100 patients",
        &series,
    ));
    let weeks = report.arms.first().map_or(&[][..], |arm| &arm.weeks[..]);
    let rows: Vec<Vec<String>> = weeks
        .iter()
        .enumerate()
        .map(|(place, week)| {
            let of = |arm: &ArmReport| {
                arm.weeks
                    .get(place)
                    .map_or_else(|| ["–".to_string(), "–".to_string()], |week| [number(week.alerts), number(week.attention)])
            };
            core::iter::once(week.week.to_string()).chain(report.arms.iter().flat_map(of)).collect()
        })
        .collect();
    let names: Vec<String> = report
        .arms
        .iter()
        .flat_map(|arm| [format!("{}: all", text(&arm.name)), format!("{}: attention or above", text(&arm.name))])
        .collect();
    let head: Vec<&str> = core::iter::once("week").chain(names.iter().map(String::as_str)).collect();
    table(page, "alerts per 100 patients by week", false, &head, &rows);
    end(page);
}

fn causes(report: &Report, page: &mut String) {
    section(
        page,
        "What asks for attention",
        "Alerts per 100 patients a week by their cause: a rule of the pathway, or what the engine raises itself. Plain bars are watch, hatched attention, solid emergency.",
    );
    for (place, arm) in report.arms.iter().enumerate() {
        let bars: Vec<Bar> = arm
            .causes
            .iter()
            .take(15)
            .map(|cause| Bar { name: cause.cause.clone(), parts: [cause.watch, cause.attention, cause.emergency] })
            .collect();
        let _ = writeln!(page, "<h3>{}</h3>", text(&arm.name));
        page.push_str(&plot::bars(&format!("Alerts of {} by cause", arm.name), &bars, place));
        let rows: Vec<Vec<String>> = arm
            .causes
            .iter()
            .map(|cause| {
                vec![
                    text(&cause.cause),
                    number(cause.all),
                    number(cause.watch),
                    number(cause.attention),
                    number(cause.emergency),
                    cause.count.to_string(),
                ]
            })
            .collect();
        table(page, &format!("causes of {}", text(&arm.name)), false, &["cause", "all", "watch", "attention", "emergency", "count"], &rows);
    }
    end(page);
}

fn found(report: &Report, page: &mut String) {
    section(
        page,
        "What is found, and how soon",
        "Of people who were given a complication: the share with a verdict of the level that counts as found, within 14 days of the first symptom, with its 95 % interval. The line across is what chance alone would <em>find</em>: the share of 14-day stretches with nothing going on that had a verdict of attention or above all the same. A mark left of it, or near it, says little.",
    );
    for (place, arm) in report.arms.iter().enumerate() {
        let rows: Vec<Row> = arm
            .events
            .iter()
            .map(|event| Row { name: event.name.clone(), estimate: event.within_14.map(|it| scaled(it, 100.0)) })
            .collect();
        let chance = arm.by_chance.0.map(|chance| 100.0 * chance.value);
        let _ = writeln!(page, "<h3>{}</h3>", text(&arm.name));
        page.push_str(&plot::intervals(
            &format!("Found within 14 days by {}", arm.name),
            "% found within 14 days",
            &rows,
            Some((0.0, 100.0)),
            chance,
            place,
        ));
        let rows: Vec<Vec<String>> = arm
            .events
            .iter()
            .map(|event| {
                vec![
                    text(&event.name),
                    text(&event.found_at),
                    event.had.to_string(),
                    with_interval(event.found, 100.0),
                    with_interval(event.within_14, 100.0),
                    with_interval(event.within_28, 100.0),
                    text(&super::table::median(event)),
                    with_interval(event.read_28, 100.0),
                ]
            })
            .collect();
        table(
            page,
            &format!("what {} finds, in % of people who had it", text(&arm.name)),
            false,
            &[
                "complication",
                "found at",
                "had",
                "found at all",
                "within 14 days",
                "within 28 days",
                "median days",
                "the reading alone: lasting change within 28 days",
                "the reading alone: lasting change within 28 days",
            ],
            &rows,
        );
    }
    end(page);
}

fn scaled(it: Estimate, by: f64) -> Estimate {
    Estimate { value: by * it.value, low: by * it.low, high: by * it.high }
}

fn false_alarms(report: &Report, page: &mut String) {
    section(
        page,
        "False alarms",
        "How often a person rises to attention or above in a year with nothing behind it. The reading has a rate of its own; the rate of the whole pathway is what the clinic feels. The intervals know that alarms come in clusters of people.",
    );
    let rows: Vec<Row> = report
        .arms
        .iter()
        .flat_map(|arm| {
            [("whole", arm.false_alarms), ("reading: lasting change", arm.false_lasting), ("reading: watch", arm.false_watch)]
                .map(|(what, estimate)| Row { name: format!("{}, {what}", arm.name), estimate })
        })
        .filter(|row| row.estimate.is_some())
        .collect();
    page.push_str(&plot::intervals("False alarms a patient-year", "a patient-year", &rows, None, None, 0));
    let rows: Vec<Vec<String>> = rows.iter().map(|row| vec![text(&row.name), with_interval(row.estimate, 1.0)]).collect();
    table(page, "false alarms a patient-year", false, &["what", "rate"], &rows);
    end(page);
}

fn staff(report: &Report, page: &mut String) {
    section(
        page,
        "The clinic's day",
        "Open days by how much of the staff's time the alerts took. The last bar is days on which it was used up, so that something waited.",
    );
    for arm in &report.arms {
        let total = arm.staff.use_steps.iter().sum::<u64>().max(1) as f64;
        let last = arm.staff.use_steps.len().saturating_sub(1);
        let bars: Vec<(String, f64)> = arm
            .staff
            .use_steps
            .iter()
            .enumerate()
            .map(|(step, count)| {
                (if step == last { "all".to_string() } else { format!("{}", step * 100 / last.max(1)) }, 100.0 * *count as f64 / total)
            })
            .collect();
        let _ = writeln!(page, "<h3>{}</h3>", text(&arm.name));
        page.push_str(&plot::columns(
            &format!("Capacity used on open days, {}", arm.name),
            "% of the capacity used",
            "% of open days",
            &bars,
        ));
        let staff = &arm.staff;
        let hours = |hours: Option<usize>| hours.map_or("–".to_string(), |hours| hours.to_string());
        let rows = vec![
            vec!["Minutes of staff per 100 patients a day".to_string(), number(staff.minutes)],
            vec!["Minutes there were".to_string(), number(staff.capacity)],
            vec!["Days on which it was used up, %".to_string(), with_interval(staff.full_days, 100.0)],
            vec!["Unseen at the end of an open day, alerts a clinic".to_string(), number(staff.left_waiting)],
            vec!["Attention or above seen after its time, %".to_string(), with_interval(staff.late, 100.0)],
            vec![
                "Hours until half were seen, until nine in ten".to_string(),
                format!("{}, {}", hours(staff.seen_hours.0), hours(staff.seen_hours.1)),
            ],
            vec!["Minutes of staff a patient-year".to_string(), with_interval(staff.minutes_a_year, 1.0)],
        ];
        table(page, &format!("the clinic's load with {}", text(&arm.name)), false, &["what", "figure"], &rows);
    }
    end(page);
}

fn burden(report: &Report, page: &mut String) {
    section(
        page,
        "What it asks of people",
        "Taps and time are estimates: a tap a screen, a tap a number, a tap an answer that is not there already.",
    );
    let names: Vec<String> = report.arms.iter().map(|arm| text(&arm.name)).collect();
    let head: Vec<&str> = core::iter::once("what").chain(names.iter().map(String::as_str)).collect();
    let dash = |number: Option<usize>| number.map_or("–".to_string(), |number| number.to_string());
    let rows = vec![
        by_arm(report, "Check-ins a week", |arm| number(arm.burden.check_ins_a_week)),
        by_arm(report, "Taps of a check-in: median, nine in ten within", |arm| {
            format!("{}, {}", dash(arm.burden.taps.0), dash(arm.burden.taps.1))
        }),
        by_arm(report, "Seconds of a check-in", |arm| number(arm.burden.seconds)),
        by_arm(report, "Minutes a week", |arm| number(arm.burden.minutes_a_week)),
    ];
    table(page, "the burden of answering", true, &head, &rows);
    end(page);
}

fn differences(report: &Report, page: &mut String) {
    let [first, second] = report.arms.as_slice() else { return };
    section(
        page,
        "The difference, on the same people",
        &format!(
            "{} less {}. Each person lived both, so that what is chance in a person cancels. An interval that holds 0 shows no difference.",
            text(&second.name),
            text(&first.name)
        ),
    );
    let found: Vec<Row> = report
        .differences
        .iter()
        .filter(|it| it.what.starts_with("found: "))
        .map(|it| Row { name: it.what.trim_start_matches("found: ").to_string(), estimate: it.difference })
        .collect();
    page.push_str(&plot::intervals("Difference in what is found", "points of a hundred", &found, Some((-100.0, 100.0)), Some(0.0), 0));
    let rows: Vec<Vec<String>> = report
        .differences
        .iter()
        .map(|it| vec![text(&it.what.replace('*', "")), it.unit.to_string(), with_interval(it.difference, 1.0)])
        .collect();
    table(page, "differences with paired 95 % intervals", true, &["what", "unit", "difference"], &rows);
    end(page);
}

fn assumptions(report: &Report, page: &mut String) {
    section(
        page,
        "What is assumed",
        "Recovery, noise and flares follow published figures where there are any. The kinds of complication below are given with where their numbers come from. Staff minutes, the share of calls that are picked up, who opens a check-in unasked and how long answering takes are assumed. A rehearsal shows what a pathway does, not what will happen.",
    );
    let events = report.arms.first().map_or(&[][..], |arm| &arm.events[..]);
    let rows: Vec<Vec<String>> = events.iter().map(|event| vec![text(&event.name), text(&event.source)]).collect();
    table(page, "where the complications' numbers come from", false, &["complication", "source"], &rows);
    for arm in report.arms.iter().filter(|arm| !arm.hash.is_empty()) {
        let _ = writeln!(page, "<p class=\"hash\">{}: SHA-256 {}</p>", text(&arm.name), text(&arm.hash));
    }
    end(page);
}
