//! `himozuke report` as a process: figures that add up, files that were changed or removed, and nothing of a person.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{fs, path::Path};

use common::{Linked, Ran, link, run, sample};

const HEADER: &str = "id,kanji_name,kana_name,birth_date,sex,address\n";

/// A town in which every value can be told from anything that a page says of itself.
fn town() -> Linked {
    let registry = "PKANARIYA1,金糸雀　一郎,カナリヤ　イチロウ,1985-01-07,1,東京都千代田区霞が関二丁目１番６号\n\
        PKANARIYA2,金糸雀　花子,カナリヤ　ハナコ,1990-02-03,2,東京都千代田区霞が関二丁目１番６号\n";
    let records = "RKANARIYA1,金糸雀　一郎,ｶﾅﾘﾔ ｲﾁﾛｳ,S60.1.7,男,東京都千代田区霞が関2-1-6\n\
        RKANARIYA2,金糸雀　花子,カナリヤ　ハナコ,1990-02-03,2,\n\
        RKANARIYA3,鸚哥　次郎,インコ　ジロウ,1971-03-04,1,東京都千代田区霞が関二丁目１番６号\n\
        RKANARIYA4,金糸雀　一郎,カナリヤ　イチロウ,1985-13-07,1,東京都千代田区霞が関二丁目１番６号\n";
    let linked = Linked::new(format!("{HEADER}{registry}"), format!("{HEADER}{records}"), &[]);
    assert_eq!(linked.told(), "4 read = 1 links + 1 review + 1 no_match + 1 rejected");
    linked
}

fn report(directory: &Path, more: &[&str]) -> (Ran, String) {
    let ran = run(directory, &[&["report", "out", "--force"], more].concat());
    let page = fs::read_to_string(directory.join("out/report.html")).unwrap_or_default();
    (ran, page)
}

#[test]
fn the_figures_of_a_run_are_on_its_page_and_nothing_of_a_person() {
    let town = town();
    let path = town.directory.path();
    for (lang, told) in [
        ("en", "4 read = 1 linked + 1 to be reviewed + 1 no match + 1 rejected"),
        ("ja", "4 読込 = 1 紐付け + 1 要確認 + 1 該当なし + 1 読取不能"),
    ] {
        let (ran, page) = report(path, &["--lang", lang]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        assert_eq!(ran.out.lines().next(), Some(told));
        for part in [
            told,
            "address_missing",
            "no_candidate",
            "birth_date_no_such_month",
            "address_folded",
            "himozuke 0.",
        ] {
            assert!(page.contains(part), "{lang}: {part}");
        }
        for value in ["KANARIYA", "金糸雀", "カナリヤ", "ｶﾅﾘﾔ", "鸚哥", "S60", "霞が関", "千代田"]
        {
            assert!(!page.contains(value) && !ran.out.contains(value), "{lang}: {value}");
        }
        // A year alone may stand in a seal, by chance.
        for [year, month, day] in
            [["1985", "01", "07"], ["1990", "02", "03"], ["1971", "03", "04"], ["1985", "13", "07"]]
        {
            for date in ["-", "/", ".", ""].map(|between| [year, month, day].join(between)) {
                assert!(!page.contains(&date) && !ran.out.contains(&date), "{lang}: {date}");
            }
        }
        let policy = "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"";
        let bare = page.replace(policy, "");
        assert_ne!(bare, page, "it forbids itself scripts and anything from elsewhere");
        for foreign in ["http", "<script", "src=", "url(", "@import", "<link", "javascript"] {
            assert!(!bare.contains(foreign), "{lang}: {foreign}");
        }
        assert_eq!(report(path, &["--lang", lang]).1, page, "the same page of the same run");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path.join("out/report.html")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn the_sample_has_its_estimates_its_histogram_and_its_load() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["registry.csv", "records.csv"] {
        fs::copy(sample().join(name), directory.path().join(name)).unwrap();
    }
    assert_eq!(link(directory.path(), "out", &["--estimate-errors"]).status, 0);
    let (ran, page) = report(directory.path(), &[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    for part in ["Wrong links to be expected", "decoys", "Posteriors", "What is left to people", "Folds used"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches("<td>agrees</td>").count(), 4, "each file was counted again");
}

#[test]
fn a_verification_has_its_page_with_its_alerts() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let town = ["synth", "--residents", "3000", "--records", "0", "--claims", "600", "--claim-by", "both"];
    let ran = run(path, &[&town[..], &["--wrong-claims", "2000", "--seed", "5", "--out", "town"]].concat());
    assert_eq!(ran.status, 0, "{}", ran.err);
    let files = ["verify", "--registry", "town/registry.csv", "--records", "town/claims.csv", "--out", "out"];
    assert_eq!(run(path, &files).status, 0);
    let (ran, page) = report(path, &[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.starts_with("600 read = ") && ran.out.contains(" suspect + "), "{}", ran.out);
    for part in ["Registered numbers verified", "<h2>Alerts</h2>", "crossed_pair", "Reasons: suspect"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("C0000000"), "no id of a record");
}

#[test]
fn a_run_of_nothing_has_its_page() {
    let town = Linked::new(HEADER, HEADER, &["--estimate-errors"]);
    let (ran, page) = report(town.directory.path(), &[]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(page.contains("0 read = 0 linked") && !page.contains("NaN") && !page.contains("inf"));
}

#[test]
fn estimates_by_numbers_are_told_and_no_number_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let town =
        ["synth", "--residents", "3000", "--records", "0", "--claims", "300", "--claim-by", "my-number"];
    assert_eq!(run(path, &[&town[..], &["--seed", "5", "--out", "."]].concat()).status, 0);
    fs::rename(path.join("claims.csv"), path.join("records.csv")).unwrap();
    assert_eq!(link(path, "out", &["--estimate-errors"]).status, 0);
    let (ran, page) = report(path, &[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(page.contains("<td>individual numbers</td>"));
    let digits = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() == 12);
    let prose = page.split("Versions").next().unwrap_or_default();
    assert!(digits(&fs::read_to_string(path.join("records.csv")).unwrap()) && !digits(prose));
}

#[test]
fn files_that_were_changed_after_the_run_are_found_out() {
    let town = town();
    let path = town.directory.path();
    let header = town.file("no_match.csv").lines().next().unwrap().to_owned() + "\n";
    fs::write(path.join("out/no_match.csv"), header).unwrap();
    let (ran, page) = report(path, &[]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("do not add up: no_match.csv"), "{}", ran.err);
    assert!(page.contains("THE FIGURES DO NOT ADD UP") && page.contains("<td>DIFFERS</td>"));

    let summary = town.file("summary.json").replace("\"read\": 4", "\"read\": 5");
    fs::write(path.join("out/summary.json"), summary).unwrap();
    let (ran, page) = report(path, &[]);
    assert!(ran.status == 1 && ran.out.starts_with("5 read ≠ 1 linked") && page.contains("≠ READ"));
}

#[test]
fn a_run_whose_tables_were_purged_still_has_its_page() {
    let town = town();
    let path = town.directory.path();
    assert_eq!(run(path, &["purge", "out", "--results"]).status, 0);
    let (ran, page) = report(path, &[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(page.matches("<td>removed</td>").count(), 4);
}

#[test]
fn ids_are_on_the_page_only_where_they_are_asked_for() {
    let town = town();
    let path = town.directory.path();
    let (ran, _) = report(path, &["--ids", "5"]);
    assert!(ran.status == 2 && ran.err.contains("--out"), "{}", ran.err);
    let review = town.file("review.csv").replace("RKANARIYA2", "\"<b>R&2\"");
    fs::write(path.join("out/review.csv"), review).unwrap();
    let ran = run(path, &["report", "out", "--ids", "5", "--out", "ids.html"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let page = fs::read_to_string(path.join("ids.html")).unwrap();
    assert!(page.contains("&lt;b&gt;R&amp;2") && !page.contains("<b>R"));
}

#[test]
fn a_page_replaces_nothing_that_it_should_not() {
    let town = town();
    let path = town.directory.path();
    for (arguments, told) in [
        (&["report", "nowhere"][..], "run.json is missing"),
        (&["report", "out", "--out", "out/links.csv", "--force"], "is an input"),
        (&["report", "out", "--out", "records.csv"], "exists"),
    ] {
        let ran = run(path, arguments);
        assert!(ran.status == 2 && ran.err.contains(told), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(run(path, &["report", "out"]).status, 0);
    let again = run(path, &["report", "out"]);
    assert!(again.status == 2 && again.err.contains("report.html exists") && again.err.contains("--force"));
    // The page of a run that is replaced goes with it.
    assert_eq!(link(path, "out", &["--force"]).status, 0);
    assert!(!path.join("out/report.html").exists());
}
