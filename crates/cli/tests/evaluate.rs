//! `himozuke evaluate` as a process: figures of runs with known truth, and inputs that do not belong together.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{fs, path::Path};

use common::{Ran, run, sample};

const TRUTH: &str = "record_id,person_id,tags\n\
    R1,P1,gaiji\n\
    R2,P2,\n\
    R3,,stranger|undecidable\n\
    R4,P4,gaiji|date_era\n\
    R5,,stranger\n\
    R6,P6,\n\
    R7,P7,\n";

/// The files of a run in which R7 was rejected; the rows of R4 stand together.
const RUN: [(&str, &str); 5] = [
    (
        "links.csv",
        "record_id,person_id,posterior,weight_bits,reasons\nR1,P1,0.9,30,\nR2,P9,0.9,30,\nR3,P9,0.9,30,\n",
    ),
    (
        "review.csv",
        "record_id,person_id,rank,posterior,weight_bits,reasons,protected,status,candidates_total\n\
         R4,P3,1,0.5,30,namesake,0,active,2\nR4,P4,2,0.5,30,namesake,0,active,2\nR5,,,,,birth_date_missing,,,0\n",
    ),
    ("no_match.csv", "record_id,reasons\nR6,no_candidate\n"),
    ("rejected.csv", "line,record_id,column,problem\n8,R7,sex,unreadable\n"),
    ("run.json", "{}\n"),
];

/// The run with some of its files, or the truth, replaced.
fn evaluated(replaced: &[(&str, &str)], more: &[&str]) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out");
    fs::create_dir(&out).unwrap();
    let content =
        |name: &str, own| replaced.iter().find(|(file, _)| *file == name).map_or(own, |(_, text)| *text);
    for (name, text) in RUN {
        let text = content(name, text);
        if text != "missing" {
            fs::write(out.join(name), text).unwrap();
        }
    }
    fs::write(directory.path().join("truth.csv"), content("truth.csv", TRUTH)).unwrap();
    run(directory.path(), &[&["evaluate", "--truth", "truth.csv", "--decisions", "out"], more].concat())
}

#[test]
fn every_record_is_counted_once_overall_and_under_each_of_its_kinds() {
    let ran = evaluated(&[], &["--json"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let overall = &report["overall"];
    let expected = [
        ("records", 7),
        ("registered", 5),
        ("linked_right", 1),
        ("linked_wrong", 1),
        ("linked_undecidable", 1),
        ("review_listed", 1),
        ("review_unlisted", 0),
        ("review_absent", 1),
        ("review_rows", 2),
        ("no_match_right", 0),
        ("no_match_missed", 1),
        ("rejected", 1),
    ];
    for (figure, count) in expected {
        assert_eq!(overall[figure], count, "{figure}");
    }
    assert_eq!((overall["wrong_per_million"].as_f64(), overall["recall"].as_f64()), (Some(5e5), Some(0.2)));
    assert_eq!(report["kinds"]["gaiji"]["records"], 2);
    assert_eq!(report["kinds"]["stranger"]["linked_undecidable"], 1);
    assert!(report["kinds"]["stranger"]["recall"].is_null());
}

#[test]
fn the_order_of_the_truth_does_not_matter() {
    let mut lines: Vec<&str> = TRUTH.lines().collect();
    lines[1..].reverse();
    let reversed = lines.join("\n");
    assert_eq!(evaluated(&[("truth.csv", &reversed)], &[]).out, evaluated(&[], &[]).out);
}

#[test]
fn the_figures_are_told_in_both_languages() {
    let english = evaluated(&[], &[]).out;
    assert!(english.contains("links      3: 1 right, 1 wrong, 1 wrong where nobody could tell"), "{english}");
    assert!(english.contains("review     2: 1 list the person, 0 do not, 1 are about nobody registered"));
    let japanese = evaluated(&[], &["--lang", "ja"]).out;
    assert!(japanese.contains("links      3件: 正 1件、誤 1件、誰にも判別できない誤 1件"), "{japanese}");
    assert!(japanese.contains("gaiji") && english.contains("gaiji"));
}

#[test]
fn wrong_links_are_a_failure_where_that_was_asked_for() {
    let ran = evaluated(&[], &["--fail-on-wrong"]);
    assert_eq!((ran.status, ran.err.as_str()), (3, "error: 1 links are wrong, the undecidable ones aside\n"));
    assert!(ran.out.contains("1 wrong"), "the figures are shown all the same");
    // R3 alone is wrong then, and nobody could tell.
    let right = "record_id,person_id\nR1,P1\nR2,P2\nR3,P9\n";
    assert_eq!(evaluated(&[("links.csv", right)], &["--fail-on-wrong"]).status, 0);
}

#[test]
fn what_does_not_belong_together_is_named() {
    let cases = [
        (
            "links.csv",
            "record_id,person_id\nR1,P1\nR8,P2\nR3,P9\n",
            "links.csv, line 3: decides a record that the truth does not have",
        ),
        (
            "links.csv",
            "record_id,person_id\nR1,P1\nR2,P2\nR3,P9\nR1,P1\n",
            "links.csv, line 5: decides a record that was decided before",
        ),
        (
            "links.csv",
            "record_id,person_id\nR1,P1\nR3,P9\n",
            "1 records of the truth were not decided, and 0 rejected rows have no id; the first is at line 3 of truth.csv",
        ),
        ("links.csv", "record_id\nR1\n", "links.csv has no column person_id"),
        ("links.csv", "record_id,person_id\nR1\n", "links.csv, line 2: not a row of this table"),
        ("links.csv", "", "links.csv has no column record_id"),
        (
            "review.csv",
            "record_id,person_id\nR4,P3\nR5,\nR4,P4\n",
            "review.csv, line 4: decides a record that was decided before",
        ),
        (
            "review.csv",
            "record_id,person_id\nR4,P3\nR9,\n",
            "review.csv, line 3: decides a record that the truth does not have",
        ),
        (
            "review.csv",
            "record_id,person_id\n\"\",P4\nR4,P3\nR5,\n",
            "review.csv, line 2: decides a record that the truth does not have",
        ),
        (
            "no_match.csv",
            "record_id\nR6\nR1\n",
            "no_match.csv, line 3: decides a record that was decided before",
        ),
        (
            "rejected.csv",
            "record_id\nR7\n\"\"\n",
            "0 records of the truth were not decided, and 1 rejected rows have no id",
        ),
        ("rejected.csv", "missing", "rejected.csv: "),
        ("run.json", "missing", "holds no finished run: run.json is missing"),
        (
            "truth.csv",
            "record_id,person_id,tags\nR1,P1,\nR1,P2,\n",
            "truth.csv, line 3: a record_id given before",
        ),
        ("truth.csv", "record_id,person_id,tags\n,P1,\n", "truth.csv, line 2: no record_id"),
        ("truth.csv", "record_id,person_id\nR1,P1\n", "truth.csv has no column tags"),
    ];
    for (file, text, problem) in cases {
        let ran = evaluated(&[(file, text)], &[]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{problem}");
        assert!(ran.err.contains(problem), "{problem} is not in {}", ran.err);
    }
}

#[test]
fn a_row_without_an_end_does_not_take_all_memory() {
    let long = "x".repeat(4 << 20);
    let cases = [
        ("truth.csv", long.clone(), "truth.csv, line 1: not a row of this table"),
        ("truth.csv", format!("{TRUTH}\"{long}\n"), "truth.csv, line 9: not a row of this table"),
        (
            "links.csv",
            format!("record_id,person_id\nR1,{long}\n"),
            "links.csv, line 2: not a row of this table",
        ),
    ];
    for (file, text, problem) in cases {
        let ran = evaluated(&[(file, &text)], &[]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{problem}");
        assert!(ran.err.contains(problem) && ran.err.len() < 500, "{problem}");
    }
    // Rows of the length that inputs may have are read, also where they begin near the end of what is read ahead.
    let rows = |id: usize| format!("S{id},,{}\n", "t".repeat(700_000));
    let truth: String = TRUTH.to_owned() + &(0..4).map(rows).collect::<String>();
    let decided: String = (0..4).map(|id| format!("S{id},no_candidate\n")).collect();
    let no_match = format!("{}{decided}", RUN[2].1);
    let ran = evaluated(&[("truth.csv", &truth), ("no_match.csv", &no_match)], &["--json"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
}

#[test]
fn several_runs_are_added_up() {
    let twice = ["--truth", "truth.csv", "--decisions", "out", "--json"];
    let report: serde_json::Value = serde_json::from_str(&evaluated(&[], &twice).out).unwrap();
    assert_eq!(
        (report["overall"]["records"].as_u64(), report["overall"]["rejected"].as_u64()),
        (Some(14), Some(2))
    );
    let ran = evaluated(&[], &["--truth", "truth.csv"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (2, "error: 2 --truth and 1 --decisions: each run needs both\n")
    );
}

#[test]
fn a_rejected_row_without_an_id_is_the_record_left_over() {
    let ran = evaluated(&[("rejected.csv", "line,record_id\n8,\n")], &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.status, report["overall"]["rejected"].as_u64()), (0, Some(1)));
}

#[test]
fn the_sample_adds_up_and_has_no_wrong_link() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| sample().join(name).display().to_string();
    let [registry, records, truth] = ["registry.csv", "records.csv", "truth.csv"].map(file);
    let linked =
        run(directory.path(), &["link", "--registry", &registry, "--records", &records, "--out", "out"]);
    assert_eq!(linked.status, 0, "{}", linked.err);
    let arguments = ["evaluate", "--truth", &truth, "--decisions", "out", "--json", "--fail-on-wrong"];
    let ran = run(directory.path(), &arguments);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let summary = fs::read_to_string(Path::new(directory.path()).join("out/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let sum =
        |names: &[&str]| names.iter().map(|name| report["overall"][name].as_u64().unwrap()).sum::<u64>();
    let same = [
        ("read", sum(&["records"])),
        ("links", sum(&["linked_right", "linked_wrong", "linked_undecidable"])),
        ("review", sum(&["review_listed", "review_unlisted", "review_absent"])),
        ("no_match", sum(&["no_match_right", "no_match_missed"])),
        ("rejected", sum(&["rejected"])),
    ];
    for (figure, count) in same {
        assert_eq!(summary["records"][figure], count, "{figure}");
    }
}

/// The run above with posteriors and reasons, and a truth that knows sources, groups and weights.
const TRUTH_OF_SOURCES: &str = "record_id,person_id,tags,profile,weight,groups\n\
    R1,P1,gaiji,bank,1,child|foreign\n\
    R2,P2,,bank,0.1,\n\
    R3,,stranger|undecidable,web,1,foreign\n\
    R4,P4,gaiji|date_era,web,0.5,twin\n\
    R5,,stranger,web,,\n\
    R6,P6,,,1,\n\
    R7,P7,,web,1,\n";

#[test]
fn sources_groups_reasons_and_curves_are_told_apart() {
    let ran = evaluated(&[("truth.csv", TRUTH_OF_SOURCES)], &["--json"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let records = |slices: &str, name: &str| report[slices][name]["records"].as_u64();
    assert_eq!([records("profiles", "bank"), records("profiles", "web")], [Some(2), Some(4)]);
    assert_eq!(
        [records("groups", "foreign"), records("groups", "twin"), records("groups", "child")]
            .map(Option::unwrap),
        [2, 1, 1]
    );
    let overall = &report["overall"];
    assert_eq!(overall["lost"]["no_candidate"], 1);
    assert_eq!(overall["lost"]["linked_to_another"], 1);
    assert_eq!(overall["lost"]["rejected"], 1);
    assert_eq!(overall["found_share"].as_f64(), Some(0.4));
    assert_eq!(overall["review_reasons"]["namesake"]["records"], 1);
    assert_eq!(overall["no_match_reasons"]["no_candidate"]["alone"], 1);
    // 0.1 of 1.1 links is wrong at natural prevalence, and half of all links that can be judged as made.
    let rate = |of: &serde_json::Value| of["wrong_per_million"].as_f64().unwrap();
    assert!((rate(&overall["weighted"]) - 1e6 / 11.0).abs() < 1.0 && rate(overall) == 5e5);
    let curve = report["curves"]["links"].as_array().unwrap();
    assert_eq!((curve.len(), curve[0]["links"].as_u64(), curve[0]["wrong"].as_u64()), (1, Some(2), Some(1)));
    assert_eq!(report["curves"]["what_if"].as_array().unwrap()[1]["wrong"], 2, "R4 lists another first");
    let told = evaluated(&[("truth.csv", TRUTH_OF_SOURCES)], &[]).out;
    for line in ["shown      40.00 %", "weighted   90909 wrong", "causes     of reviews", "profile", "group"]
    {
        assert!(told.contains(line), "{line} is not in {told}");
    }
    for wrong in ["x", "-1", "1e13", "NaN"] {
        let truth = TRUTH_OF_SOURCES.replace("0.1", wrong);
        let ran = evaluated(&[("truth.csv", &truth)], &[]);
        assert!(
            ran.status == 2 && ran.err.contains("truth.csv, line 3: weight is no number"),
            "{wrong}: {}",
            ran.err
        );
    }
}

#[test]
fn reports_are_files_that_replace_no_others() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::create_dir(path.join("out")).unwrap();
    RUN.iter().for_each(|(name, text)| fs::write(path.join("out").join(name), text).unwrap());
    fs::write(path.join("truth.csv"), TRUTH_OF_SOURCES.replace("gaiji", "<b>&")).unwrap();
    let evaluate = |more: &[&str]| {
        run(path, &[&["evaluate", "--truth", "truth.csv", "--decisions", "out"], more].concat())
    };
    let ran = evaluate(&["--json", "figures.json", "--html", "page.html", "--lang", "ja"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("記録 7件"), "the table is told beside the files");
    let figures: serde_json::Value =
        serde_json::from_slice(&fs::read(path.join("figures.json")).unwrap()).unwrap();
    assert_eq!(figures["overall"]["records"], 7);
    let page = fs::read_to_string(path.join("page.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<svg") && page.contains("lang=\"ja\""));
    assert!(page.contains("&lt;b&gt;&amp;") && !page.contains("<b>"), "names from a file are no markup");
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";
    assert!(page.contains(policy), "it forbids itself scripts and anything from elsewhere");
    let page = page.replace(policy, "");
    for part in ["http", "src=", "<script", "@import", "url("] {
        assert!(!page.contains(part), "{part}: a page that needs nothing from elsewhere");
    }
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    let again = evaluate(&["--html", "page.html"]);
    assert!(again.status == 2 && again.err.contains("page.html exists") && again.err.contains("--force"));
    assert_eq!(evaluate(&["--html", "page.html", "--force"]).status, 0);
    for input in ["truth.csv", "out/links.csv", "out/run.json"] {
        let ran = evaluate(&["--json", input, "--force"]);
        assert!(ran.status == 2 && ran.err.contains("is an input"), "{input}: {}", ran.err);
    }
}

#[test]
fn verdicts_are_held_against_the_truth_of_claims() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let header = "record_id,person_id,better_person_id,reasons\n";
    let files = [
        ("confirmed.csv", format!("{header}R1,P1,,\nR2,P9,,\n")),
        ("review.csv", format!("{header}R3,P3,,moved\n")),
        ("suspect.csv", format!("{header}R4,P8,P4,birth_date_differs\nR5,P5,P6,given_name_differs\n")),
        ("rejected.csv", "line,record_id,column,problem\n7,R6,sex,unreadable\n".to_owned()),
        ("run.json", "{}\n".to_owned()),
    ];
    fs::create_dir(path.join("out")).unwrap();
    files.iter().for_each(|(name, text)| fs::write(path.join("out").join(name), text).unwrap());
    let truth = "record_id,person_id,cause\nR1,P1,\nR2,P2,namesake\nR3,P3,\nR4,P4,family\nR5,P5,\nR6,P6,\n";
    fs::write(path.join("truth.csv"), truth).unwrap();
    let evaluate = |more: &[&str]| {
        run(path, &[&["evaluate", "--truth", "truth.csv", "--decisions", "out"], more].concat())
    };
    let ran = evaluate(&["--json"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let expected = [
        ("records", 6),
        ("wrong", 2),
        ("confirmed_right", 1),
        ("confirmed_wrong", 1),
        ("review_right", 1),
        ("suspect_right", 1),
        ("suspect_wrong", 1),
        ("better_right", 1),
        ("rejected", 1),
    ];
    for (figure, count) in expected {
        assert_eq!(report["overall"][figure], count, "{figure}");
    }
    assert_eq!(
        (report["overall"]["caught"].as_f64(), report["overall"]["reviews_per_error"].as_f64()),
        (Some(0.5), Some(3.0))
    );
    assert_eq!(report["causes"]["namesake"]["confirmed_wrong"], 1);
    let ran = evaluate(&["--fail-on-wrong", "--html", "page.html"]);
    assert!(ran.status == 3 && ran.err.contains("1 confirmed numbers are wrong"), "{}", ran.err);
    assert!(ran.out.contains("caught     50.00 % of the wrong numbers"), "{}", ran.out);
}
