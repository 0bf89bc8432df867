//! `himozuke link --estimate-errors` and `--clerical-sample` as a process, on a synthetic town.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{collections::BTreeSet, fs, path::Path};

use common::{Ran, run};

/// A town with individual numbers, and a fifth of its records with the number of whom they are about.
fn town(directory: &Path) {
    let ran = run(
        directory,
        &[
            "synth",
            "--residents",
            "3000",
            "--records",
            "1500",
            "--claims",
            "1",
            "--claim-by",
            "my-number",
            "--seed",
            "3",
            "--prevalence",
            "natural",
            "--out",
            "in",
        ],
    );
    assert_eq!(ran.status, 0, "{}", ran.err);
    let read = |name: &str| fs::read_to_string(directory.join("in").join(name)).unwrap();
    let registry = read("registry.csv");
    let number = |person: &str| {
        let row = registry.lines().find(|row| row.starts_with(&format!("{person},")));
        row.map_or("", |row| row.rsplit(',').next().unwrap()).to_owned()
    };
    let truth = read("truth.csv");
    let mut rows = String::new();
    for (line, (record, truth)) in read("records.csv").lines().zip(truth.lines()).enumerate() {
        let person = truth.split(',').nth(1).unwrap();
        let number = match line {
            0 => "個人番号".to_owned(),
            line if line % 5 == 0 && !person.is_empty() => number(person),
            _ => String::new(),
        };
        rows += &format!("{record},{number}\n");
    }
    fs::write(directory.join("numbered.csv"), rows).unwrap();
}

fn link(directory: &Path, records: &str, out: &str, more: &[&str]) -> Ran {
    let files = [
        "link",
        "--registry",
        "in/registry.csv",
        "--records",
        records,
        "--out",
        out,
        "--as-of",
        "2026-04-01",
    ];
    run(directory, &[&files, more].concat())
}

fn summary(directory: &Path, out: &str) -> serde_json::Value {
    serde_json::from_slice(&fs::read(directory.join(out).join("summary.json")).unwrap()).unwrap()
}

#[test]
fn estimates_change_no_decision_and_are_the_same_on_any_number_of_threads() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    town(path);
    let plain = link(path, "numbered.csv", "plain", &[]);
    assert_eq!(plain.status, 0, "{}", plain.err);
    assert!(summary(path, "plain").get("estimates").is_none(), "only where they were asked for");
    let ran = link(path, "numbered.csv", "estimated", &["--estimate-errors", "--clerical-sample", "200"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let one = link(
        path,
        "numbered.csv",
        "one",
        &["--estimate-errors", "--clerical-sample", "200", "--threads", "1"],
    );
    assert_eq!(one.status, 0, "{}", one.err);
    let read = |out: &str, name: &str| fs::read(path.join(out).join(name)).unwrap();
    for name in ["links.csv", "review.csv", "no_match.csv", "rejected.csv"] {
        assert!(read("plain", name) == read("estimated", name), "{name}");
    }
    for name in ["summary.json", "clerical_1.csv", "clerical_2.csv", "clerical_design.csv"] {
        assert!(read("one", name) == read("estimated", name), "{name}");
    }

    let summary = summary(path, "estimated");
    let estimates = &summary["estimates"];
    assert_eq!(estimates["links"], summary["records"]["links"]);
    for estimate in ["posteriors", "decoys"] {
        assert!(estimates[estimate]["low"].as_f64().unwrap() < 1.0, "{estimates}");
        assert!(estimates[estimate]["high"].as_f64().unwrap() < 10_000.0, "{estimates}");
    }
    let numbers = &estimates["numbers"];
    assert!(
        numbers["records"].as_u64().unwrap() > 200 && numbers["share"].as_f64() == Some(0.0),
        "{numbers}"
    );
    assert!((0.85..0.98).contains(&estimates["registered_and_found"].as_f64().unwrap()), "{estimates}");
    assert!(
        ran.out.contains("wrong links per million of") && ran.out.contains("links with a number"),
        "{}",
        ran.out
    );
}

#[test]
fn a_sheet_is_drawn_for_each_reviewer_and_tells_nothing_of_how_certain_a_link_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    town(path);
    assert_eq!(link(path, "in/records.csv", "out", &["--clerical-sample", "100"]).status, 0);
    let read = |name: &str| fs::read_to_string(path.join("out").join(name)).unwrap();
    let (first, links) = (read("clerical_1.csv"), read("links.csv"));
    assert_eq!(first, read("clerical_2.csv"));
    assert_eq!(first.lines().next(), Some("sample,record_id,person_id,verdict,remark"));
    let links: BTreeSet<&str> = links.lines().map(|row| row.split(',').nth(1).unwrap()).collect();
    let sampled: BTreeSet<&str> = first.lines().skip(1).map(|row| row.split(',').nth(2).unwrap()).collect();
    assert_eq!(sampled.len(), 100);
    assert!(sampled.is_subset(&links), "only links are looked at");
    let design = read("clerical_design.csv");
    assert_eq!(design.lines().count(), 101);
    // What was sampled of each stratum adds up to the sample, and the strata to the links.
    let strata: BTreeSet<Vec<&str>> =
        design.lines().skip(1).map(|row| row.split(',').skip(3).collect()).collect();
    let sum = |column: usize| strata.iter().map(|row| row[column].parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!(sum(2), 100);
    assert!(sum(1) as usize <= links.len());
    assert!(!path.join("out/summary.json").exists() || summary(path, "out").get("estimates").is_none());
    let again = link(path, "in/records.csv", "out", &["--force"]);
    assert_eq!(again.status, 0);
    assert!(
        !path.join("out/clerical_1.csv").exists(),
        "a run that replaces another leaves none of its sheets"
    );
}

#[test]
fn decoys_without_estimates_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let ran = link(directory.path(), "records.csv", "out", &["--decoys", "10"]);
    assert!(ran.status == 2 && ran.err.contains("--estimate-errors"), "{}", ran.err);
}
