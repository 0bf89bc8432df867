//! `--registry-once`: the result files of a registry that is kept, byte for byte, and its faults.
#![expect(clippy::unwrap_used, reason = "a test: a panic is the test failing")]

mod common;

use std::{fs, path::Path};

use common::{Ran, link, run, sample};

const RESULTS: [&str; 6] =
    ["links.csv", "review.csv", "no_match.csv", "rejected.csv", "registry_problems.csv", "summary.json"];

fn file(directory: &Path, out: &str, name: &str) -> Vec<u8> {
    fs::read(directory.join(out).join(name)).unwrap()
}

/// Links with and without the flag, and holds the results against each other.
fn same(directory: &Path, more: &[&str]) -> Ran {
    let [kept, once] = ["kept", "once"].map(|out| {
        let flag: &[&str] = if out == "once" { &["--registry-once"] } else { &[] };
        link(directory, out, &[flag, more, &["--force", "--as-of", "2026-04-01"]].concat())
    });
    assert_eq!((kept.status, kept.err.as_str()), (once.status, once.err.as_str()));
    for name in RESULTS {
        assert!(file(directory, "kept", name) == file(directory, "once", name), "{name} {more:?}");
    }
    once
}

#[test]
fn the_result_files_are_those_of_a_registry_that_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let towns: [&[&str]; 2] = [
        &["--residents", "20000", "--records", "4000", "--seed", "3"],
        &["--residents", "3000", "--records", "3000", "--seed", "4", "--encoding", "cp932"],
    ];
    for town in towns {
        assert_eq!(run(at, &[&["synth", "--out", "."], town, &["--force"]].concat()).status, 0);
        for policy in ["guideline", "statistical"] {
            for threads in ["1", "2"] {
                same(at, &["--policy", policy, "--threads", threads]);
            }
        }
    }
    let told = same(at, &[]).out;
    assert!(told.contains("compared with 3000 residents"), "{told}");
}

#[test]
fn what_cannot_be_read_is_told_alike() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let registry = fs::read_to_string(sample().join("registry.csv")).unwrap();
    let mut lines: Vec<String> = registry.lines().map(str::to_owned).collect();
    for (number, line) in lines.iter_mut().enumerate().skip(5).step_by(7) {
        match number % 3 {
            0 => *line = "a,b".to_owned(),
            1 => *line = line.replace("-0", "-99"),
            _ => line.push_str(",\"x\ny\""),
        }
    }
    fs::write(at.join("registry.csv"), lines.join("\n")).unwrap();
    fs::copy(sample().join("records.csv"), at.join("records.csv")).unwrap();
    let once = same(at, &[]);
    assert!(once.err.contains("rows left out"), "{}", once.err);
    assert_eq!(same(at, &["--strict"]).status, 3);
    // Ids that come again are refused with their lines.
    lines.push(lines.get(1).unwrap().clone());
    fs::write(at.join("registry.csv"), lines.join("\n")).unwrap();
    let [kept, once] = ["a", "b"].map(|out| {
        let flag: &[&str] = if out == "b" { &["--registry-once"] } else { &[] };
        link(at, out, flag)
    });
    assert_eq!((kept.status, &kept.err), (2, &once.err));
    assert_eq!(once.status, 2);
}

#[test]
fn what_needs_the_whole_registry_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    for name in ["registry.csv", "records.csv"] {
        fs::copy(sample().join(name), at.join(name)).unwrap();
    }
    assert_eq!(run(at, &["index", "--registry", "registry.csv", "--out", "residents.hmz"]).status, 0);
    let arguments = ["link", "--registry", "residents.hmz", "--records", "records.csv", "--out", "out"];
    let opened = run(at, &[&arguments[..], &["--registry-once"]].concat());
    assert_eq!(opened.status, 2);
    assert!(opened.err.contains("opened, not read") && opened.err.contains("leave out"), "{}", opened.err);
    for other in [&["--estimate-errors"][..], &["--changes", "registry.csv"]] {
        let refused = link(at, "out", &[&["--registry-once"], other].concat());
        assert!(refused.status == 2 && refused.err.contains("--registry-once"), "{}", refused.err);
    }
}
