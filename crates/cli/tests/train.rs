//! `himozuke train` as a process, and what decides with what it wrote.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::{fs, path::Path};

use common::{link, run, sample};
use serde_json::Value;

fn sampled() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for name in ["registry.csv", "records.csv", "truth.csv"] {
        fs::copy(sample().join(name), directory.path().join(name)).unwrap();
    }
    directory
}

fn train(directory: &Path, more: &[&str]) -> common::Ran {
    let files = ["train", "--registry", "registry.csv", "--records", "records.csv", "--out", "model"];
    run(directory, &[&files, more].concat())
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_model_is_trained_and_decides() {
    let directory = sampled();
    let at = directory.path();
    let ran = train(at, &[]);
    assert_eq!((ran.status, ran.err.contains("error")), (0, false), "{}", ran.err);
    assert!(ran.out.contains("pairs of one person:"), "{}", ran.out);
    let model = json(&at.join("model/model.json"));
    assert_eq!(model["himozuke_model"], 1);
    assert_eq!(model["data"]["records"].as_u64(), Some(3_000));

    let ran = link(at, "shipped", &[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let ran = link(at, "trained", &["--model", "model/model.json"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let summary = json(&at.join("trained/summary.json"));
    assert_eq!(summary["model"], model["parameters"]);
    assert!(json(&at.join("shipped/summary.json")).get("model").is_none());
    // Nothing that was right becomes wrong, and the shipped probabilities already do well.
    let right = |decisions: &str| {
        let figures = run(
            at,
            &["evaluate", "--truth", "truth.csv", "--decisions", decisions, "--fail-on-wrong", "--json"],
        );
        assert_eq!(figures.status, 0, "{}", figures.err);
        let figures: Value = serde_json::from_str(&figures.out).unwrap();
        figures["overall"]["linked_right"].as_i64().unwrap()
    };
    let (shipped, trained) = (right("shipped"), right("trained"));
    assert!((shipped - trained).abs() <= 15, "{shipped} {trained}");

    let record = fs::read_to_string(at.join("records.csv")).unwrap_or_default();
    let id = record.lines().nth(1).and_then(|line| line.split(',').next()).unwrap_or_default().to_owned();
    let explain = |more: &[&str]| {
        let files =
            ["explain", "--registry", "registry.csv", "--records", "records.csv", "--id", &id, "--json"];
        run(at, &[&files, more].concat())
    };
    if !id.is_empty() {
        assert_eq!(explain(&["--model", "model/model.json"]).status, 0);
    }
    // Twice the same.
    let first = fs::read(at.join("model/model.json")).unwrap();
    assert_eq!(train(at, &[]).status, 2, "another run is in the directory");
    assert_eq!(train(at, &["--force"]).status, 0);
    assert_eq!(fs::read(at.join("model/model.json")).unwrap(), first);
}

#[test]
fn labels_are_read_and_faults_in_them_are_named() {
    let directory = sampled();
    let at = directory.path();
    let truth = fs::read_to_string(at.join("truth.csv")).unwrap();
    let rows = truth.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',');
        let (record, person) = (cells.next()?, cells.next()?);
        (!person.is_empty()).then(|| format!("{record},{person},yes\n"))
    });
    let labels = format!("record_id,person_id,same\n{}", rows.take(500).collect::<String>());
    fs::write(at.join("labels.csv"), &labels).unwrap();
    for more in [&["--labels", "labels.csv"][..], &["--labels", "labels.csv", "--labels-only"]] {
        let ran = train(at, &[more, &["--force"]].concat());
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert!(ran.out.contains("labels: 500 yes, 0 no"), "{}", ran.out);
    }
    assert_eq!(json(&at.join("model/model.json"))["data"]["rounds"], 1, "counted, not guessed");

    let faults = [
        (labels.replacen(",yes", ",perhaps", 1), "labels.csv, line 2: same must be yes or no"),
        (format!("{labels}R-1,nobody,yes\n"), "line 502: the registry has nobody of this person_id"),
        (labels.replacen("same", "verdict", 1), "labels.csv has no column same"),
        (labels.replacen("\nR", "\nX", 1), "1 labelled records are not in records.csv"),
    ];
    for (labels, told) in faults {
        fs::write(at.join("labels.csv"), labels).unwrap();
        let ran = train(at, &["--labels", "labels.csv", "--force"]);
        assert!(ran.status == 2 && ran.err.contains(told), "{told}: {}", ran.err);
    }
    // A finished model is still there.
    assert!(at.join("model/model.json").exists());
}

#[test]
fn models_that_are_none_are_refused_before_anything_is_read() {
    let directory = sampled();
    let at = directory.path();
    assert_eq!(train(at, &[]).status, 0);
    let model = fs::read_to_string(at.join("model/model.json")).unwrap();
    let faults = [
        ("{}".to_owned(), "no model that himozuke knows"),
        (model.replacen("\"himozuke_model\": 1", "\"himozuke_model\": 9", 1), "of layout 9"),
        (
            model.replacen("\"household_size\": 2", "\"household_size\": -2", 1),
            "household_size must be from 1 to 100",
        ),
    ];
    for (text, told) in faults {
        fs::write(at.join("wrong.json"), text).unwrap();
        let ran = link(at, "out", &["--model", "wrong.json"]);
        assert!(
            ran.status == 2 && ran.err.contains("wrong.json") && ran.err.contains(told),
            "{told}: {}",
            ran.err
        );
        assert!(!at.join("out/summary.json").exists());
    }
}

/// To Splink and back: what both share is what it was.
#[test]
fn settings_go_to_splink_and_back() {
    let directory = sampled();
    let at = directory.path();
    assert_eq!(train(at, &[]).status, 0);
    let ran = run(at, &["train", "--from-splink", "model/splink_settings.json", "--out", "back"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let (there, back) = (json(&at.join("model/model.json")), json(&at.join("back/model.json")));
    assert_eq!(there["parameters"]["sex"], back["parameters"]["sex"]);
    let m = |model: &Value| model["parameters"]["given_name"][0]["m"].clone();
    assert_eq!(m(&there), m(&back));
    assert_eq!(link(at, "out", &["--model", "back/model.json"]).status, 0);
    let ran = run(at, &["train", "--from-splink", "truth.csv", "--out", "none"]);
    assert!(ran.status == 2 && ran.err.contains("no settings of Splink"), "{}", ran.err);
}

#[test]
fn training_asks_for_its_inputs() {
    let directory = tempfile::tempdir().unwrap();
    for arguments in [
        &["train", "--out", "m"][..],
        &["train", "--registry", "r.csv", "--out", "m"],
        &["train", "--from-splink", "s.json", "--registry", "r.csv", "--records", "q.csv", "--out", "m"],
        &["train", "--registry", "r.csv", "--records", "q.csv", "--labels-only", "--out", "m"],
    ] {
        assert_eq!(run(directory.path(), arguments).status, 2, "{arguments:?}");
    }
}
