//! `lamella simulate`, as a person runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn shipped() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pathways/annular-fibrin").canonicalize().unwrap().to_str().unwrap().to_string()
}

fn simulate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lamella")).arg("simulate").args(arguments).output().unwrap()
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    (output.status.code(), String::from_utf8(output.stdout.clone()).unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The reference cohort, a year of 200 people and 50 with a complication each: no red flag is missed, the reading keeps its promise,
/// and the figures are the same on one thread and on two.
#[test]
fn the_reference_rehearsal() {
    let run = |threads: &str| {
        let json = file(&format!("reference-{threads}.json"));
        let output = simulate(&[&shipped(), "--patients", "200", "--threads", threads, "--json", json.to_str().unwrap()]);
        let (code, out, err) = said(&output);
        assert_eq!(code, Some(0), "{out}{err}");
        std::fs::read_to_string(json).unwrap()
    };
    let one = run("1");
    assert_eq!(one, run("2"));
    let read: serde_json::Value = serde_json::from_str(&one).unwrap();
    let arm = &read["arms"][0];
    assert_eq!((&arm["red_flag_misses"], &arm["untold"]), (&0.into(), &0.into()));
    assert_eq!(arm["patient_years"], 200.0);
    // The calibration's own bounds (docs/trajectory.md), by the interval of 200 patient-years.
    for (rate, least, most) in [("false_lasting", 0.17, 0.23), ("false_watch", 0.0, 1.1)] {
        let [value, low, high] = ["value", "low", "high"].map(|end| arm[rate][end].as_f64().unwrap());
        println!("{rate}: {value} [{low}, {high}]");
        assert!(low <= most && high >= least && value > 0.0, "{rate}: {value} [{low}, {high}]");
    }
}

#[test]
fn the_figures_are_the_same_at_any_number_of_threads() {
    let run = |threads: &str, name: &str| {
        let json = file(name);
        let output = simulate(&[
            &shipped(),
            "--patients",
            "110",
            "--days",
            "40",
            "--seed",
            "3",
            "--threads",
            threads,
            "--against",
            "pain>=7",
            "--json",
            json.to_str().unwrap(),
        ]);
        let (code, out, err) = said(&output);
        assert_eq!(code, Some(0), "{out}{err}");
        assert!(out.contains("red flags missed (must be 0)                 0"), "{out}");
        assert!(out.contains("pain>=7 less annular-fibrin, on the same people"), "{out}");
        std::fs::read_to_string(json).unwrap()
    };
    let (one, three) = (run("1", "one.json"), run("3", "three.json"));
    assert_eq!(one, three);
    let read: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(read["arms"][0]["red_flag_misses"], 0);
    assert_eq!(read["arms"].as_array().unwrap().len(), 2);
    assert!(read["differences"][0]["difference"]["low"].is_number());
}

#[test]
fn the_page_needs_nothing_else() {
    let page = file("page.html");
    let output = simulate(&[&shipped(), "--patients", "60", "--days", "40", "--against", &shipped(), "--report", page.to_str().unwrap()]);
    let (code, out, err) = said(&output);
    assert_eq!(code, Some(0), "{out}{err}");
    let text = std::fs::read_to_string(page).unwrap();
    for wanted in ["<svg", "<table", "prefers-color-scheme: dark", "What is found", "95 %", "role=\"img\""] {
        assert!(text.contains(wanted), "{wanted}");
    }
    for other in ["http://", "https://", "<script", "NaN", "inf,", "src="] {
        assert!(!text.contains(other), "{other}");
    }
    // The same pathway on the same people makes no difference at all.
    assert!(out.contains("+0.00 [+0.00, +0.00]  per 100 patients a week"), "{out}");
}

/// The elements of a page in their order, and its text and labels of more than one word. What is marked as English is left out.
fn read(page: &str) -> (Vec<String>, Vec<String>) {
    let (mut elements, mut texts, mut english) = (vec![], vec![], false);
    for part in page.split_once("</style>").unwrap().1.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        english = tag == "span lang=\"en\"" || english && tag != "/span";
        elements.push(tag.split(' ').next().unwrap().to_string());
        let label = tag.split_once("aria-label=\"").map(|(_, rest)| rest.split_once('"').unwrap().0);
        let said = label.into_iter().chain([text]).map(str::trim).filter(|text| text.split(' ').count() > 1 && !english);
        texts.extend(said.map(str::to_string));
    }
    (elements, texts)
}

/// In Spanish the page has the same build, and no sentence, head or label of the English one is left.
#[test]
fn the_page_in_spanish() {
    let page = |lang: &str, against: &str| {
        let page = file(&format!("page-{lang}.html"));
        let given = ["--given", "300", "--against", against, "--lang", lang, "--report", page.to_str().unwrap()];
        let all: Vec<&str> = [shipped().leak(), "--patients", "40", "--days", "90"].into_iter().chain(given).collect();
        let (code, out, err) = said(&simulate(&all));
        assert_eq!(code, Some(0), "{out}{err}");
        std::fs::read_to_string(page).unwrap()
    };
    for against in ["pain>=7", &shipped()] {
        let (english, spanish) = (page("en", against), page("es", against));
        assert!(spanish.contains("<html lang=\"es\">") && spanish.contains("discitis con fiebre"), "{spanish}");
        let ((elements, texts), (elementos, textos)) = (read(&english), read(&spanish));
        assert_eq!(elements, elementos);
        assert!(texts.len() > 150, "{texts:?}");
        // Figures and their brackets have no language, and neither has the hash of a revision.
        let word = |text: &str| text.split(|c: char| !c.is_alphabetic()).any(|word| word.len() > 1) && !text.contains("SHA-256");
        let left: Vec<&String> = textos.iter().filter(|text| texts.contains(text) && word(text)).collect();
        assert!(left.is_empty(), "{left:?}");
        // Figures stand as the language writes them; what is quoted in English does not change.
        let intervals = |texts: &[String]| texts.iter().filter(|text| text.starts_with('[')).cloned().collect::<Vec<_>>();
        let (points, commas) = (intervals(&texts), intervals(&textos));
        assert!(points.iter().any(|text| text.contains('.')), "{points:?}");
        assert_eq!(points.iter().map(|text| text.replace(',', ";").replace('.', ",")).collect::<Vec<_>>(), commas);
        let quoted = |page: &str| {
            page.split("<span lang=\"en\">").skip(1).map(|part| part.split("</span>").next().map(str::to_string)).collect::<Vec<_>>()
        };
        assert!(quoted(&spanish).len() > 5 && quoted(&spanish).iter().all(|quote| english.contains(quote.as_deref().unwrap())));
        assert!(texts.len().abs_diff(textos.len()) < texts.len() / 5, "{} {}", texts.len(), textos.len());
    }
}

#[test]
fn what_cannot_be_meant_is_said() {
    let nowhere = file("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    let here = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let broken = file("broken-pathway");
    std::fs::create_dir_all(&broken).unwrap();
    std::fs::write(broken.join("a.md"), "# Empty\n").unwrap();
    for (arguments, code, words) in [
        (vec![shipped(), "--against".into(), "pain>=8".into()], 2, "neither a pathway's folder nor one of: published-thresholds"),
        (vec![shipped(), "--cohort".into(), "happy".into()], 2, "there is no cohort `happy`; there are reference, noisy"),
        (vec![shipped(), "--patients".into(), "0".into()], 2, "--patients"),
        (vec![shipped(), "--days".into(), "3".into()], 2, "--days"),
        (vec![shipped(), "--lang".into(), "fr".into()], 2, "[possible values: en, es]"),
        (vec![shipped(), "--events".into(), "5000".into()], 2, "--events"),
        (vec![nowhere.to_string()], 1, "is not there"),
        (vec![broken.to_str().unwrap().to_string()], 1, "pathway"),
        (
            vec![shipped(), "--patients".into(), "1".into(), "--days".into(), "7".into(), "--json".into(), format!("{nowhere}/x.json")],
            3,
            "cannot write",
        ),
        (
            vec![shipped(), "--json".into(), format!("{}/one", here.display()), "--report".into(), format!("{}/./one", here.display())],
            2,
            "`--json` and `--report` name one file",
        ),
        (vec![shipped(), "--report".into(), here.display().to_string()], 3, "it is a folder"),
        (vec![shipped(), "--report".into(), format!("{}/30-safety.md", shipped())], 3, "is something else, which would be lost"),
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (found, _, err) = said(&simulate(&arguments));
        assert_eq!(found, Some(code), "{arguments:?}: {err}");
        assert!(err.contains(words), "{arguments:?}: {err}");
        assert!(!err.contains("panicked"), "{err}");
    }
}
