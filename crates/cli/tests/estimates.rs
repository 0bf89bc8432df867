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
    summary_of(directory, &format!("{out}/summary.json"))
}

fn summary_of(directory: &Path, file: &str) -> serde_json::Value {
    serde_json::from_slice(&fs::read(directory.join(file)).unwrap()).unwrap()
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

/// The rows of a sheet with a verdict each.
fn filled(path: &Path, verdict: impl Fn(u32) -> &'static str) -> String {
    let sheet = fs::read_to_string(path.join("out/clerical_1.csv")).unwrap();
    let rows = sheet.lines().enumerate().map(|(number, row)| match row.strip_suffix(",,") {
        Some(row) => format!("{row},{},\r\n", verdict(number as u32)),
        None => format!("{row}\r\n"),
    });
    rows.collect()
}

#[test]
fn what_two_reviewers_found_is_an_estimate_and_what_they_dispute_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    town(path);
    assert_eq!(link(path, "in/records.csv", "out", &["--clerical-sample", "100"]).status, 0);
    let estimate = |more: &[&str]| {
        run(path, &[&["review", "estimate", "out", "one.csv", "two.csv", "--out", "found"], more].concat())
    };
    // In the words of either language; the second sheet as a spreadsheet on Windows saves it.
    let write =
        |name: &str, text: &str| fs::write(path.join(name), encoding_rs::SHIFT_JIS.encode(text).0).unwrap();
    let first = filled(path, |number| if number <= 3 { "Wrong" } else { "right" });
    write("one.csv", &first);
    let verdict = |number| match number {
        1..=2 => "誤",
        4 => "不明",
        _ => "正",
    };
    write("two.csv", &filled(path, verdict));
    let ran = estimate(&[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("100 links looked at by both reviewers, who do not agree on 2"), "{}", ran.out);
    let told = summary_of(path, "found/clerical.json");
    assert_eq!((told["sampled"].as_u64(), told["disputed"].as_u64()), (Some(100), Some(2)));
    let sum = |key: &str| {
        told["strata"].as_array().unwrap().iter().map(|stratum| stratum[key].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((sum("wrong"), sum("disputed"), sum("sampled")), (2, 2, 100));
    assert_eq!(sum("links"), told["links"].as_u64().unwrap());
    let [low, rate, high] = ["low", "wrong_per_million", "high"].map(|key| told[key].as_f64().unwrap());
    assert!(0.0 < low && low < rate && rate < high && high < 1e6, "{low} {rate} {high}");
    let disputed = fs::read_to_string(path.join("found/clerical_disagreements.csv")).unwrap();
    let disputed: Vec<&str> = disputed.lines().collect();
    assert_eq!(disputed.len(), 3);
    assert!(disputed[1].starts_with("3,") && disputed[1].ends_with(",wrong,right"), "{}", disputed[1]);
    assert!(disputed[2].starts_with("4,") && disputed[2].ends_with(",right,unsure"), "{}", disputed[2]);

    // Nothing is taken from sheets that are not whole, not of this sample, or one and the same.
    assert_eq!(estimate(&[]).status, 2, "an estimate that is there stays");
    let blank = first.replacen(",Wrong,", ",,", 1);
    let twice = format!("{first}{}", first.lines().nth(1).unwrap());
    let other = first.replacen("\n1,R", "\n1,X", 1);
    let cases = [
        (blank, "one.csv, line 2: the verdict is not right, wrong or unsure"),
        (twice, "one.csv, line 102: a link that another row has"),
        (other, "one.csv, line 2: no link of this sample"),
        (
            first.lines().take(90).collect::<Vec<_>>().join("\n"),
            "one.csv: 11 links of the sample are missing",
        ),
        (first.replace("verdict", "result"), "one.csv has not one column verdict"),
    ];
    for (sheet, problem) in cases {
        write("one.csv", &sheet);
        let ran = estimate(&["--force"]);
        assert!(ran.status == 2 && ran.err.contains(problem), "{problem}: {}", ran.err);
    }
    let ran = run(path, &["review", "estimate", "out", "two.csv", "two.csv", "--out", "found", "--force"]);
    assert!(ran.status == 2 && ran.err.contains("both sheets are one file"), "{}", ran.err);
    let ran = run(path, &["review", "estimate", "in", "one.csv", "two.csv", "--out", "found", "--force"]);
    assert!(ran.status == 2 && ran.err.contains("holds no sample of links"), "{}", ran.err);
}

#[test]
fn decoys_without_estimates_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let ran = link(directory.path(), "records.csv", "out", &["--decoys", "10"]);
    assert!(ran.status == 2 && ran.err.contains("--estimate-errors"), "{}", ran.err);
}
