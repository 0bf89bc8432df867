//! What a run leaves for an audit: a chained log that says nothing of anybody, and a record of what was removed.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{collections::HashMap, fs, path::Path};

use common::{Linked, Ran, link, run, sample};

fn linked() -> Linked {
    let [registry, records] =
        ["registry.csv", "records.csv"].map(|name| fs::read(sample().join(name)).unwrap());
    let linked = Linked::new(registry, records, &["--as-of", "2026-04-01"]);
    assert_eq!(linked.ran.status, 0, "{}", linked.ran.err);
    linked
}

fn audit(directory: &Path, out: &str) -> Ran {
    run(directory, &["audit", "verify", out])
}

fn seal(log: &str) -> &str {
    log.lines().last().unwrap().split('"').nth(3).unwrap()
}

#[test]
fn every_row_is_in_the_log_and_only_the_office_can_say_which() {
    let linked = linked();
    let log = linked.file("decisions.log");
    let decisions: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &serde_json::Value| line.get("decision").is_some())
        .collect();
    let handles: HashMap<String, String> = linked
        .rows("handles.csv")
        .iter()
        .map(|row| row.split_once(',').unwrap())
        .map(|(handle, id)| (handle.to_owned(), id.to_owned()))
        .collect();
    assert_eq!((decisions.len(), handles.len()), (3_000, 3_000));
    for line in linked.rows("links.csv") {
        let cells: Vec<&str> = line.split(',').collect();
        let of_record =
            |decision: &&serde_json::Value| handles[decision["handle"].as_str().unwrap()] == cells[0];
        let decision = decisions.iter().find(of_record).unwrap();
        assert_eq!(
            (decision["decision"].as_str(), decision["reasons"].as_str()),
            (Some("link"), Some(cells[4]))
        );
        // Neither the record nor the person is named, nor any value: 24 letters of an opaque handle and codes.
        assert!(!log.contains(&format!("\"{}\"", cells[0])) && !log.contains(cells[1]), "{line}");
    }
    let opening: serde_json::Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!((opening["entry"].as_str(), opening["command"].as_str()), (Some("run"), Some("link")));
    assert_eq!(
        (opening["as_of"].as_str(), opening["numbers_accessed"].as_bool()),
        (Some("2026-04-01"), Some(false))
    );
    assert_eq!(opening["policy_sha256"].as_str().unwrap().len(), 64);
    for name in ["registry.csv", "records.csv"] {
        let bytes = fs::read(linked.directory.path().join(name)).unwrap();
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| encoding_rs::SHIFT_JIS.decode(error.as_bytes()).0.into_owned());
        for cell in text.lines().skip(1).take(300).flat_map(|line| line.split(',')) {
            let is_code = cell.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(is_code || cell.chars().count() < 4 || !log.contains(cell), "{cell} is in the log");
        }
    }

    let run: serde_json::Value = serde_json::from_str(&linked.file("run.json")).unwrap();
    assert_eq!(run["log_seal"].as_str(), Some(seal(&log)));
    let ran = audit(linked.directory.path(), "out");
    assert_eq!(
        (ran.status, ran.out.contains("3000 decisions under 3 seals: the chain is unbroken")),
        (0, true)
    );

    let again = link(linked.directory.path(), "out", &["--force", "--no-handles"]);
    assert_eq!(again.status, 0, "{}", again.err);
    assert!(!linked.directory.path().join("out/handles.csv").exists());
    let replaced: serde_json::Value =
        serde_json::from_str(linked.file("decisions.log").lines().next().unwrap()).unwrap();
    assert_eq!(replaced["replaces"].as_str(), Some(seal(&log)), "what was replaced is known by its seal");
}

#[test]
fn a_changed_log_is_told_with_the_place() {
    let linked = linked();
    let path = linked.directory.path().join("out/decisions.log");
    let log = fs::read_to_string(&path).unwrap();
    let refused = |changed: &str, cause: &str| {
        fs::write(&path, changed).unwrap();
        let ran = audit(linked.directory.path(), "out");
        assert!(ran.status == 1 && ran.err.contains(cause), "{}", ran.err);
    };
    refused(&log.replacen("\"review\"", "\"link\"", 1), "the chain is broken between lines 1 and 1026");
    // A log that was cut off at a seal is whole in itself: run.json knows better.
    let end = log.match_indices("{\"seal\"").nth(1).unwrap().0;
    let cut: String = log[..end].to_owned() + log[end..].split_inclusive('\n').next().unwrap();
    refused(&cut, "lines are missing, or it is another log");
    let unsealed = log.lines().last().unwrap().len() + 1;
    refused(&log[..log.len() - unsealed], "the chain is broken between lines 2052 and 3004");
    refused(&log[..log.len() - unsealed - 9], "line 3004 is none that a run writes");
    fs::write(&path, &log).unwrap();
    assert_eq!(audit(linked.directory.path(), "out").status, 0);
    assert_eq!(audit(linked.directory.path(), "elsewhere").status, 2);
}

#[test]
fn what_is_purged_is_gone_and_recorded() {
    let linked = linked();
    let directory = linked.directory.path();
    let before = linked.file("decisions.log");
    let ran = run(directory, &["purge", "out"]);
    assert_eq!((ran.status, ran.out.lines().next()), (0, Some("removed handles.csv")), "{}", ran.err);
    let ran = run(directory, &["purge", "out", "--results"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let mut left: Vec<_> =
        fs::read_dir(directory.join("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["decisions.log", "run.json", "summary.json"]);
    let log = linked.file("decisions.log");
    assert!(log.starts_with(&before), "appended to, never rewritten");
    let added: Vec<&str> = log[before.len()..].lines().collect();
    assert_eq!(added.len(), 4);
    assert!(
        added[0].contains("\"removed\":[\"handles.csv\"]") && added[2].contains("\"links.csv\""),
        "{added:?}"
    );
    assert_eq!(audit(directory, "out").status, 0, "and the chain goes on");
    let ran = run(directory, &["purge", "out", "--results"]);
    assert!(ran.out.starts_with("nothing to remove"), "{}", ran.out);

    // The working files of a run that was stopped.
    let work = directory.join("stopped/.himozuke-work");
    fs::create_dir_all(&work).unwrap();
    ["state.json", "decided"].iter().for_each(|name| fs::write(work.join(name), "{}").unwrap());
    let ran = run(directory, &["purge", "stopped"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(!work.exists());
    let log = fs::read_to_string(directory.join("stopped/decisions.log")).unwrap();
    assert!(log.contains(".himozuke-work/decided") && log.contains(".himozuke-work/state.json"), "{log}");
    assert_eq!(audit(directory, "stopped").status, 0);
}
