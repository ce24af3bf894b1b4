//! The report as one page that needs nothing else: plots with a table behind each, light and dark, readable without colour.

use super::lang::{Lang, in_language, in_words};
use super::plot::{self, Bar, Row, Series};
use lamella_cohort::interval::Estimate;
use lamella_cohort::report::{ArmReport, EventReport, Report};
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// Begins what stands in English on a page in any language.
const QUOTE: &str = "<span lang=\"en\">";

/// The page in a language.
pub fn html(report: &Report, lang: Lang) -> String {
    let report = &in_language(report, lang);
    let title = report.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(lang.say(" beside ", " junto a "));
    let rehearsal = lang.say("Rehearsal", "Ensayo");
    let mut page = String::new();
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"{1}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{rehearsal}: {0}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{rehearsal}: {0}</h1>\n",
        text(&title),
        lang.code()
    );
    let (people, days, seed, given, cohort) =
        (report.patients, report.days, report.seed, report.given, text(&in_words(&report.cohort, lang)));
    let _ = writeln!(
        page,
        "<p>{}</p>",
        lang.say(
            &format!(
                "{people} invented people of the <em>{cohort}</em> cohort were followed for {days} days, seed {seed}. Another {given} were \
                 given one complication each, to see what is found. The same engine judged them that judges real people. Nobody here is real."
            ),
            &format!(
                "Se siguió a {people} personas inventadas de la cohorte <em>{cohort}</em> durante {days} días, semilla {seed}. A otras {given} \
                 se les dio una complicación a cada una, para ver qué se encuentra. Las juzgó el mismo motor que juzga a las personas reales. \
                 Aquí nadie es real."
            ),
        )
    );
    headline(report, lang, &mut page);
    alerts(report, lang, &mut page);
    causes(report, lang, &mut page);
    found(report, lang, &mut page);
    false_alarms(report, lang, &mut page);
    staff(report, lang, &mut page);
    burden(report, lang, &mut page);
    differences(report, lang, &mut page);
    assumptions(report, lang, &mut page);
    page.push_str("</main>\n</body>\n</html>\n");
    match page.split_once("<main>") {
        Some((head, body)) if lang == Lang::Es => format!("{head}<main>{}", in_spanish_numbers(body)),
        _ => page,
    }
}

/// The kinds of complication that are found least, with the share: what is bad news stands in the short part too.
fn least_found(arm: &ArmReport, lang: Lang) -> String {
    let share = |event: &EventReport| event.within_14.map(|within| within.value);
    let mut events: Vec<(f64, &EventReport)> = arm.events.iter().filter_map(|event| Some((share(event)?, event))).collect();
    events.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    if events.is_empty() {
        return lang.say("nobody was given one", "no se dio ninguna").to_string();
    }
    events
        .iter()
        .take(2)
        .map(|(_, event)| format!("{} {}", text(&event.name), with_interval(event.within_14, 100.0)))
        .collect::<Vec<_>>()
        .join("; ")
}

/// Everything but what is quoted in English.
fn in_spanish_numbers(body: &str) -> String {
    let mut parts = body.split(QUOTE);
    let first = with_commas(parts.next().unwrap_or_default());
    parts.fold(first, |page, part| {
        let (quoted, rest) = part.split_once("</span>").unwrap_or((part, ""));
        format!("{page}{QUOTE}{quoted}</span>{}", with_commas(rest))
    })
}

/// The numbers of a page as Spanish writes them: `[80,80; 102]`. What stands in tags stays as it is, and so do names with a number in them.
fn with_commas(html: &str) -> String {
    let (mut out, mut in_tag, mut in_interval, mut in_name) = (String::with_capacity(html.len()), false, false, false);
    let (mut before, mut letters) = (' ', html.chars().peekable());
    while let Some(c) = letters.next() {
        in_tag = c == '<' || (in_tag && before != '>');
        in_interval = c == '[' || (in_interval && before != ']');
        let in_number = |c: char| c.is_ascii_digit() || ".+-−".contains(c);
        in_name = c.is_alphabetic() || (in_name && in_number(c));
        out.push(match c {
            '.' if !in_tag && !in_name && before.is_ascii_digit() && letters.peek().is_some_and(char::is_ascii_digit) => ',',
            ',' if !in_tag && in_interval => ';',
            c => c,
        });
        before = c;
    }
    out
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
fn table(page: &mut String, lang: Lang, caption: &str, open: bool, head: &[&str], rows: &[Vec<String>]) {
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
        let _ = write!(
            page,
            "<details><summary>{}: {caption}</summary>\n{whole}</details>\n",
            lang.say("The figures behind it", "Las cifras de este gráfico")
        );
    }
}

fn end(page: &mut String) {
    page.push_str("</section>\n");
}

fn by_arm(report: &Report, what: &str, value: impl Fn(&ArmReport) -> String) -> Vec<String> {
    core::iter::once(what.to_string()).chain(report.arms.iter().map(value)).collect()
}

fn headline(report: &Report, lang: Lang, page: &mut String) {
    let misses = report.arms.first().map_or(0, |arm| arm.red_flag_misses);
    let verdict = if misses == 0 {
        lang.say(
            "No red flag that was said in a check-in was judged below what the evidence asks for.",
            "Ninguna señal de alarma dicha en un control se juzgó por debajo de lo que pide la evidencia.",
        )
        .to_string()
    } else {
        lang.say(
            &format!("{misses} check-ins said a red flag and were judged below what the evidence asks for. This pathway must not be used."),
            &format!(
                "{misses} controles dijeron una señal de alarma y se juzgaron por debajo de lo que pide la evidencia. Este protocolo no \
                 debe usarse."
            ),
        )
        .to_string()
    };
    section(
        page,
        lang.say("In short", "En resumen"),
        &format!("<strong class=\"{}\">{verdict}</strong>", if misses == 0 { "good" } else { "bad" }),
    );
    let mut head = vec![lang.say("what", "qué")];
    let names: Vec<String> = report.arms.iter().map(|arm| text(&arm.name)).collect();
    head.extend(names.iter().map(String::as_str));
    let rows = vec![
        by_arm(report, lang.say("Red flags missed (must be 0)", "Señales de alarma pasadas por alto (debe ser 0)"), |arm| {
            if arm.is_pathway { arm.red_flag_misses.to_string() } else { lang.say("does not ask", "no pregunta").to_string() }
        }),
        by_arm(report, lang.say("Urgent signs it has no question for", "Señales urgentes por las que no pregunta"), |arm| {
            if !arm.is_pathway {
                lang.say("asks for none", "no pregunta por ninguna").to_string()
            } else if arm.untold == 0 {
                lang.say("none", "ninguna").to_string()
            } else {
                format!("{} {}: {}", arm.untold, lang.say("check-ins", "controles"), text(&arm.untellable.join(", ")))
            }
        }),
        by_arm(report, lang.say("Alerts per 100 patients a week", "Avisos por 100 pacientes y semana"), |arm| {
            with_interval(arm.alerts, 1.0)
        }),
        by_arm(report, lang.say("… at attention or above", "… de atención o más"), |arm| with_interval(arm.attention, 1.0)),
        by_arm(report, lang.say("Acted on, % of those dealt with", "Con alguna medida, % de los atendidos"), |arm| {
            with_interval(arm.acted_on, 100.0)
        }),
        by_arm(report, lang.say("False alarms of the whole, a patient-year", "Falsas alarmas del conjunto, por paciente y año"), |arm| {
            with_interval(arm.false_alarms, 1.0)
        }),
        by_arm(
            report,
            lang.say(
                "False <em>lasting change</em> of the reading, a patient-year",
                "<em>Cambio duradero</em> falso de la lectura, por paciente y año",
            ),
            |arm| reading(arm, lang, arm.false_lasting),
        ),
        by_arm(
            report,
            lang.say("False <em>watch</em> of the reading, a patient-year", "<em>Vigilar</em> falso de la lectura, por paciente y año"),
            |arm| reading(arm, lang, arm.false_watch),
        ),
        by_arm(report, lang.say("Found least often within 14 days, %", "Lo que menos se encuentra en 14 días, %"), |arm| {
            least_found(arm, lang)
        }),
        by_arm(
            report,
            lang.say(
                "Open days on which the staff’s minutes were used up, %",
                "Días abiertos en que se agotaron los minutos del personal, %",
            ),
            |arm| with_interval(arm.staff.full_days, 100.0),
        ),
        by_arm(report, lang.say("Patient-years", "Años-paciente"), |arm| number(arm.patient_years)),
    ];
    table(
        page,
        lang,
        lang.say("The main figures, with 95 % intervals", "Las cifras principales, con intervalos del 95 %"),
        true,
        &head,
        &rows,
    );
    end(page);
}

fn reading(arm: &ArmReport, lang: Lang, rate: Option<Estimate>) -> String {
    if !arm.is_pathway {
        return lang.say("has none", "no tiene").to_string();
    }
    let silent = arm.reading.iter().all(|(state, count)| *state == "too-few" || *count == 0);
    if silent {
        lang.say("it said only <em>too few</em>", "solo dijo <em>demasiado pocas</em>").to_string()
    } else {
        with_interval(rate, 1.0)
    }
}

fn alerts(report: &Report, lang: Lang, page: &mut String) {
    section(
        page,
        lang.say("Alerts week by week", "Avisos semana a semana"),
        lang.say(
            "Alerts per 100 patients, by week since the procedure. Solid lines count all levels, dashed lines attention or above.",
            "Avisos por 100 pacientes, por semana desde el procedimiento. Las líneas continuas cuentan todos los niveles; las \
             discontinuas, atención o más.",
        ),
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
                name: format!(
                    "{}{}",
                    arm.name,
                    if attention {
                        lang.say(", attention or above", ", atención o más")
                    } else {
                        lang.say(", all levels", ", todos los niveles")
                    }
                ),
                points: line(arm, attention),
                dashed: attention,
                mark: place,
            })
        })
        .collect();
    page.push_str(&plot::lines(
        lang,
        lang.say("Alerts per 100 patients by week since the procedure", "Avisos por 100 pacientes, por semana desde el procedimiento"),
        lang.say("week since the procedure", "semana desde el procedimiento"),
        lang.say("alerts per 100 patients", "avisos por 100 pacientes"),
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
        .flat_map(|arm| {
            [lang.say("all", "todos"), lang.say("attention or above", "atención o más")]
                .map(|level| format!("{}: {level}", text(&arm.name)))
        })
        .collect();
    let head: Vec<&str> = core::iter::once(lang.say("week", "semana")).chain(names.iter().map(String::as_str)).collect();
    table(page, lang, lang.say("alerts per 100 patients by week", "avisos por 100 pacientes y semana"), false, &head, &rows);
    end(page);
}

fn causes(report: &Report, lang: Lang, page: &mut String) {
    section(
        page,
        lang.say("What asks for attention", "Qué pide atención"),
        lang.say(
            "Alerts per 100 patients a week by their cause: a rule of the pathway, or what the engine raises itself. Plain bars are \
             watch, hatched attention, solid emergency.",
            "Avisos por 100 pacientes y semana según su causa: una regla del protocolo o lo que avisa el propio motor. Las barras \
             claras son vigilar; las rayadas, atención; las llenas, emergencia.",
        ),
    );
    for (place, arm) in report.arms.iter().enumerate() {
        let bars: Vec<Bar> = arm
            .causes
            .iter()
            .take(15)
            .map(|cause| Bar { name: cause.cause.clone(), parts: [cause.watch, cause.attention, cause.emergency] })
            .collect();
        let _ = writeln!(page, "<h3>{}</h3>", text(&arm.name));
        page.push_str(&plot::bars(lang, &format!("{}, {}", lang.say("Alerts by cause", "Avisos por causa"), arm.name), &bars, place));
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
        table(
            page,
            lang,
            &format!("{} {}", lang.say("causes of", "causas de"), text(&arm.name)),
            false,
            &[
                lang.say("cause", "causa"),
                lang.say("all", "todos"),
                lang.say("watch", "vigilar"),
                lang.say("attention", "atención"),
                lang.say("emergency", "emergencia"),
                lang.say("count", "número"),
            ],
            &rows,
        );
    }
    end(page);
}

fn found(report: &Report, lang: Lang, page: &mut String) {
    section(
        page,
        lang.say("What is found, and how soon", "Qué se encuentra, y cuándo"),
        lang.say(
            "Of people who were given a complication: the share with a verdict of the level that counts as found, within 14 days of \
             the first symptom, with its 95 % interval. The line across is what chance alone would <em>find</em>: the share of 14-day \
             stretches with nothing going on that had a verdict of attention or above all the same. A mark left of it, or near it, \
             says little.",
            "De las personas a las que se dio una complicación: la parte con un veredicto del nivel que cuenta como encontrada, en \
             los 14 días desde el primer síntoma, con su intervalo del 95 %. La línea vertical es lo que <em>encontraría</em> el puro \
             azar: la parte de los tramos de 14 días en los que no pasaba nada y que aun así tuvieron un veredicto de atención o más. \
             Una marca a su izquierda, o cerca, dice poco.",
        ),
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
            lang,
            &format!("{} {}", lang.say("Found within 14 days by", "Encontradas en 14 días por"), arm.name),
            lang.say("% found within 14 days", "% encontradas en 14 días"),
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
            lang,
            &format!(
                "{}, {}",
                lang.say("what is found, in % of people who had it", "qué se encuentra, en % de quienes la tuvieron"),
                text(&arm.name)
            ),
            false,
            &[
                lang.say("complication", "complicación"),
                lang.say("found at", "nivel que cuenta"),
                lang.say("had", "la tuvieron"),
                lang.say("found at all", "encontrada alguna vez"),
                lang.say("within 14 days", "en 14 días"),
                lang.say("within 28 days", "en 28 días"),
                lang.say("median days", "mediana, días"),
                lang.say(
                    "the reading alone, were nobody treated: lasting change within 28 days",
                    "solo la lectura, si nadie recibiera tratamiento: cambio duradero en 28 días",
                ),
            ],
            &rows,
        );
    }
    end(page);
}

fn scaled(it: Estimate, by: f64) -> Estimate {
    Estimate { value: by * it.value, low: by * it.low, high: by * it.high }
}

fn false_alarms(report: &Report, lang: Lang, page: &mut String) {
    section(
        page,
        lang.say("False alarms", "Falsas alarmas"),
        lang.say(
            "How often a person rises to attention or above in a year with nothing behind it. The reading has a rate of its own; the \
             rate of the whole pathway is what the clinic feels. The intervals know that alarms come in clusters of people.",
            "Cuántas veces al año una persona sube a atención o más sin nada detrás. La lectura tiene su propia tasa; la de todo el \
             protocolo es la que nota la clínica. Los intervalos tienen en cuenta que las alarmas se acumulan en algunas personas.",
        ),
    );
    let rows: Vec<Row> = report
        .arms
        .iter()
        .flat_map(|arm| {
            [
                (lang.say("whole", "conjunto"), arm.false_alarms),
                (lang.say("reading: lasting change", "lectura: cambio duradero"), arm.false_lasting),
                (lang.say("reading: watch", "lectura: vigilar"), arm.false_watch),
            ]
            .map(|(what, estimate)| Row { name: format!("{}, {what}", arm.name), estimate })
        })
        .filter(|row| row.estimate.is_some())
        .collect();
    page.push_str(&plot::intervals(
        lang,
        lang.say("False alarms a patient-year", "Falsas alarmas por paciente y año"),
        lang.say("a patient-year", "por paciente y año"),
        &rows,
        None,
        None,
        0,
    ));
    let rows: Vec<Vec<String>> = rows.iter().map(|row| vec![text(&row.name), with_interval(row.estimate, 1.0)]).collect();
    table(
        page,
        lang,
        lang.say("false alarms a patient-year", "falsas alarmas por paciente y año"),
        false,
        &[lang.say("what", "qué"), lang.say("rate", "tasa")],
        &rows,
    );
    end(page);
}

fn staff(report: &Report, lang: Lang, page: &mut String) {
    section(
        page,
        lang.say("The clinic's day", "El día de la clínica"),
        lang.say(
            "Open days by how much of the staff's time the alerts took. The last bar is days on which it was used up, so that \
             something waited.",
            "Días abiertos según cuánto tiempo del personal ocuparon los avisos. La última barra son los días en que se agotó, de \
             modo que algo esperó.",
        ),
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
                (
                    if step == last { lang.say("all", "todos").to_string() } else { format!("{}", step * 100 / last.max(1)) },
                    100.0 * *count as f64 / total,
                )
            })
            .collect();
        let _ = writeln!(page, "<h3>{}</h3>", text(&arm.name));
        page.push_str(&plot::columns(
            lang,
            &format!("{}, {}", lang.say("Capacity used on open days", "Capacidad usada en días abiertos"), arm.name),
            lang.say("% of the capacity used", "% de la capacidad usada"),
            lang.say("% of open days", "% de los días abiertos"),
            &bars,
        ));
        let staff = &arm.staff;
        let hours = |hours: Option<usize>| hours.map_or("–".to_string(), |hours| hours.to_string());
        let rows = vec![
            vec![
                lang.say("Minutes of staff per 100 patients a day", "Minutos de personal por 100 pacientes y día").to_string(),
                number(staff.minutes),
            ],
            vec![lang.say("Minutes there were", "Minutos que había").to_string(), number(staff.capacity)],
            vec![lang.say("Days on which it was used up, %", "Días en que se agotó, %").to_string(), with_interval(staff.full_days, 100.0)],
            vec![
                lang.say("Unseen at the end of an open day, alerts a clinic", "Sin ver al final de un día abierto, avisos por clínica")
                    .to_string(),
                number(staff.left_waiting),
            ],
            vec![
                lang.say("Attention or above seen after its time, %", "De atención o más vistos fuera de plazo, %").to_string(),
                with_interval(staff.late, 100.0),
            ],
            vec![
                lang.say("Hours until half were seen, until nine in ten", "Horas hasta ver la mitad, hasta ver nueve de cada diez")
                    .to_string(),
                format!("{}, {}", hours(staff.seen_hours.0), hours(staff.seen_hours.1)),
            ],
            vec![
                lang.say("Minutes of staff a patient-year", "Minutos de personal por paciente y año").to_string(),
                with_interval(staff.minutes_a_year, 1.0),
            ],
        ];
        table(
            page,
            lang,
            &format!("{} {}", lang.say("the clinic's load with", "la carga de la clínica con"), text(&arm.name)),
            false,
            &[lang.say("what", "qué"), lang.say("figure", "cifra")],
            &rows,
        );
    }
    end(page);
}

fn burden(report: &Report, lang: Lang, page: &mut String) {
    section(
        page,
        lang.say("What it asks of people", "Qué pide a las personas"),
        lang.say(
            "Taps and time are estimates: a tap a screen, a tap a number, a tap an answer that is not there already.",
            "Los toques y el tiempo son estimaciones: un toque por pantalla, uno por número, uno por cada respuesta que no está ya puesta.",
        ),
    );
    let names: Vec<String> = report.arms.iter().map(|arm| text(&arm.name)).collect();
    let head: Vec<&str> = core::iter::once(lang.say("what", "qué")).chain(names.iter().map(String::as_str)).collect();
    let dash = |number: Option<usize>| number.map_or("–".to_string(), |number| number.to_string());
    let rows = vec![
        by_arm(report, lang.say("Check-ins a week", "Controles por semana"), |arm| number(arm.burden.check_ins_a_week)),
        by_arm(
            report,
            lang.say("Taps of a check-in: median, nine in ten within", "Toques de un control: mediana, nueve de cada diez como mucho"),
            |arm| format!("{}, {}", dash(arm.burden.taps.0), dash(arm.burden.taps.1)),
        ),
        by_arm(report, lang.say("Seconds of a check-in", "Segundos de un control"), |arm| number(arm.burden.seconds)),
        by_arm(report, lang.say("Minutes a week", "Minutos por semana"), |arm| number(arm.burden.minutes_a_week)),
    ];
    table(page, lang, lang.say("the burden of answering", "lo que cuesta responder"), true, &head, &rows);
    end(page);
}

fn differences(report: &Report, lang: Lang, page: &mut String) {
    let [first, second] = report.arms.as_slice() else { return };
    let (first, second) = (text(&first.name), text(&second.name));
    section(
        page,
        lang.say("The difference, on the same people", "La diferencia, en las mismas personas"),
        lang.say(
            &format!(
                "{second} less {first}. Each person lived both, so that what is chance in a person cancels. An interval that holds 0 shows no difference."
            ),
            &format!(
                "{second} menos {first}. Cada persona vivió los dos, de modo que lo que en ella es azar se anula. Un intervalo que contiene el 0 no muestra diferencia."
            ),
        ),
    );
    let found = lang.say("found: ", "encontrada: ");
    let found: Vec<Row> = report
        .differences
        .iter()
        .filter_map(|it| Some(Row { name: it.what.strip_prefix(found)?.to_string(), estimate: it.difference }))
        .collect();
    page.push_str(&plot::intervals(
        lang,
        lang.say("Difference in what is found", "Diferencia en lo que se encuentra"),
        lang.say("points of a hundred", "puntos de cien"),
        &found,
        Some((-100.0, 100.0)),
        Some(0.0),
        0,
    ));
    let rows: Vec<Vec<String>> = report
        .differences
        .iter()
        .map(|it| vec![text(&it.what.replace('*', "")), in_words(it.unit, lang), with_interval(it.difference, 1.0)])
        .collect();
    table(
        page,
        lang,
        lang.say("differences with paired 95 % intervals", "diferencias con intervalos pareados del 95 %"),
        true,
        &[lang.say("what", "qué"), lang.say("unit", "unidad"), lang.say("difference", "diferencia")],
        &rows,
    );
    end(page);
}

fn assumptions(report: &Report, lang: Lang, page: &mut String) {
    section(
        page,
        lang.say("What is assumed", "Qué se supone"),
        lang.say(
            "Recovery, noise and flares follow published figures where there are any. The kinds of complication below are given with \
             where their numbers come from. Staff minutes, the share of calls that are picked up, who opens a check-in unasked and \
             how long answering takes are assumed. A rehearsal shows what a pathway does, not what will happen.",
            "La recuperación, el ruido y los brotes siguen cifras publicadas donde las hay. De cada tipo de complicación se dice \
             abajo de dónde salen sus números. Los minutos del personal, la parte de llamadas que se atienden, quién abre un control \
             sin que se le pida y cuánto se tarda en responder son supuestos. Un ensayo muestra qué hace un protocolo, no qué pasará.",
        ),
    );
    let events = report.arms.first().map_or(&[][..], |arm| &arm.events[..]);
    let rows: Vec<Vec<String>> =
        events.iter().map(|event| vec![text(&event.name), format!("{QUOTE}{}</span>", text(&event.source))]).collect();
    table(
        page,
        lang,
        lang.say("where the complications' numbers come from", "de dónde salen los números de las complicaciones, en inglés"),
        false,
        &[lang.say("complication", "complicación"), lang.say("source", "fuente")],
        &rows,
    );
    for arm in report.arms.iter().filter(|arm| !arm.hash.is_empty()) {
        let _ = writeln!(page, "<p class=\"hash\">{}: SHA-256 {}</p>", text(&arm.name), text(&arm.hash));
    }
    end(page);
}
