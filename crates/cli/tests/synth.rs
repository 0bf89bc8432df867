//! `himozuke synth` as a process: records by source, what the truth tells of them, and profiles that users write.
#![expect(clippy::unwrap_used, reason = "a panic is the test failing")]

mod common;

use std::{collections::HashMap, fs};

use common::run;

const PROFILE: &str = "name = \"telephone\"\n[errors]\ngiven_typo = 20_000\nkanji_missing = 3\n";

fn town<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let town = ["synth", "--residents", "2000", "--records", "400", "--seed", "3", "--out", out];
    [&town[..], more].concat()
}

#[test]
fn records_come_from_the_sources_asked_for_and_the_truth_says_from_which() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fs::write(at.join("p.toml"), PROFILE.replace("kanji_missing = 3\n", "")).unwrap();
    let profiles = ["--profile", "insurer", "--profile", "bank_kana", "--profile", "p.toml"];
    assert_eq!(run(at, &town("made", &profiles)).status, 0);

    let truth = fs::read_to_string(at.join("made/truth.csv")).unwrap();
    let mut lines = truth.lines();
    assert_eq!(lines.next(), Some("record_id,person_id,tags,profile,subgroups,weight"));
    let mut seen = HashMap::<(&str, bool), u32>::new();
    let mut weights = 0.0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let kana_only = cells[2].split('|').any(|tag| tag == "kana_only");
        *seen.entry((cells[3], kana_only)).or_default() += 1;
        weights += cells[5].parse::<f64>().unwrap();
    }
    let expected = [(("insurer", false), 134), (("bank_kana", true), 133), (("telephone", false), 133)];
    assert_eq!(seen, HashMap::from(expected));
    assert!((weights - 400.0).abs() < 0.01, "{weights}");

    let link =
        ["link", "--registry", "made/registry.csv", "--records", "made/records.csv", "--out", "linked"];
    assert_eq!(run(at, &link).status, 0);
    let evaluate = ["evaluate", "--truth", "made/truth.csv", "--decisions", "linked", "--fail-on-wrong"];
    let evaluated = run(at, &evaluate);
    assert_eq!(evaluated.status, 0, "{}{}", evaluated.out, evaluated.err);
}

#[test]
fn a_profile_that_cannot_be_read_is_refused_before_anything_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fs::write(at.join("p.toml"), PROFILE).unwrap();
    for (profile, said) in [
        ("p.toml", "error: p.toml, line 4: unknown field `kanji_missing`"),
        ("none.toml", "error: cannot read none.toml"),
        (
            "ensurer",
            "expected municipal_office, insurer, insurer_enrolled, insurer_no_address, bank_kana, paper_ocr, web_form, or a file",
        ),
    ] {
        let ran = run(at, &town("made", &["--profile", profile]));
        assert!(ran.status == 2 && ran.err.contains(said), "{}", ran.err);
    }
    assert!(!at.join("made").exists());
}

#[test]
fn a_seed_makes_the_same_files_for_any_number_of_threads() {
    let directory = tempfile::tempdir().unwrap();
    let made = |threads: &str| {
        let mut command = common::command();
        command.args(["synth", "--residents", "40000", "--records", "300", "--seed", "5", "--out", threads]);
        let ran = command.env("RAYON_NUM_THREADS", threads).current_dir(directory.path()).output().unwrap();
        assert!(ran.status.success());
        ["registry.csv", "records.csv", "truth.csv"]
            .map(|name| fs::read(directory.path().join(threads).join(name)).unwrap())
    };
    assert!(made("1") == made("3"));
}
