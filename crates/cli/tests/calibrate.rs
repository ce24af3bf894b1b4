//! `lamella calibrate`, as a person runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::process::{Command, Output};

fn calibrate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lamella")).arg("calibrate").args(arguments).output().unwrap()
}

const SMALL: [&str; 8] = ["--patients", "100", "--fresh", "100", "--scenario", "20", "--date", "2026-01-02"];

#[test]
fn the_artifact_can_be_read_and_is_the_same_at_any_number_of_threads() {
    let run = |threads: &str| {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("calibration-{threads}.json"));
        let more = ["--within", "0.9", "--threads", threads, "--out", out.to_str().unwrap()];
        let output = calibrate(&[&SMALL[..], &more[..]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("on fresh people") && said.contains("step +3") && said.contains("heavy cohort"), "{said}");
        for more in ["pain swings least", "audit by Shiryaev–Roberts: threshold 1826 by proof", "180 days ahead"] {
            assert!(said.contains(more), "{more}: {said}");
        }
        std::fs::read_to_string(out).unwrap()
    };
    let one = run("1");
    assert_eq!(one, run("3"));
    let read: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(read["date"], "2026-01-02");
    assert_eq!((read["with_pain"]["audit"]["cohorts"].as_array().unwrap().len(), &read["with_function"]["audit"]), (6, &().into()));
    for (_, at) in serde_json::from_value::<[(f64, serde_json::Value); 3]>(read["pain"].clone()).unwrap() {
        assert!(at["watch"].as_f64().unwrap() < at["lasting"].as_f64().unwrap());
    }
}

#[test]
fn a_promise_that_does_not_hold_writes_nothing() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken-promise.json");
    let _ = std::fs::remove_file(&out);
    let more = ["--within", "0.000001", "--out", out.to_str().unwrap()];
    let output = calibrate(&[&SMALL[..], &more[..]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing was written"));
    assert!(!out.exists());
    let output = calibrate(&["--lasting", "2", "--watch", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("0 < --lasting < --watch"));
    let output = calibrate(&["--within", "NaN"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--within is a share"));
    // A file that cannot be written is named before the work, not after it.
    let nowhere = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nowhere").join("calibration.json");
    let output = calibrate(&["--out", nowhere.to_str().unwrap()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write"));
}
