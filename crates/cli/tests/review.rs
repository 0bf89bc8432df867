//! Records that a run left to people: out as a sheet, back as findings beside the result, and in the log.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{fs, path::Path};

use common::{Linked, Ran, run, sample};

const REGISTRY: &str = "id,kanji_name,kana_name,birth_date,sex,address,protected
0001,髙橋 花子,タカハシ ハナコ,1985-01-01,2,東京都千代田区霞が関二丁目1番6号,0
0002,高橋 花子,タカハシ ハナコ,1985-01-01,2,東京都千代田区丸の内三丁目5番7号,1
0003,=山田 太郎,ヤマダ タロウ,1970-03-04,1,大阪府大阪市北区中之島一丁目3番20号,0
";
const RECORDS: &str = "id,kanji_name,kana_name,birth_date,sex,address
000123,高橋 花子,タカハシ ハナコ,1985-01-01,2,東京都千代田区霞が関二丁目1番6号
=R2,髙橋 花子,タカハシ ハナコ,1985-01-01,2,東京都千代田区丸の内三丁目5番7号
";

fn linked() -> Linked {
    let linked = Linked::new(REGISTRY, RECORDS, &["--as-of", "2026-04-01"]);
    assert_eq!(linked.told(), "2 read = 0 links + 2 review + 0 no_match + 0 rejected", "{}", linked.ran.err);
    linked
}

/// Makes the sheet; its rows without the mark.
fn sheet(directory: &Path, more: &[&str]) -> Vec<String> {
    let ran = run(directory, &[&["review", "sheet", "out", "--out", "sheet.csv", "--force"], more].concat());
    assert_eq!(ran.status, 0, "{}", ran.err);
    let text = fs::read_to_string(directory.join("sheet.csv")).unwrap();
    text.strip_prefix('\u{FEFF}').unwrap().lines().map(str::to_owned).collect()
}

/// Writes a sheet with a decision and a reviewer on the row of a record and a rank.
fn fill(rows: &[String], name: &Path, decided: &[(&str, &str, &str)], reviewer: &str) {
    let filled = |row: &String| {
        let of = decided.iter().find(|(record, rank, _)| {
            row.starts_with(&format!("{record},")) && { row.split(',').nth(2) == Some(*rank) }
        });
        let blank = row.strip_suffix(",,").map(|row| match of {
            Some((.., decision)) => format!("{row},{decision},{reviewer}"),
            None => format!("{row},,"),
        });
        blank.unwrap_or_else(|| row.clone())
    };
    let text: Vec<String> = rows.iter().map(filled).collect();
    fs::write(name, text.join("\r\n")).unwrap();
}

fn apply(directory: &Path, more: &[&str]) -> Ran {
    run(directory, &[&["review", "apply", "out", "--out", "reviewed", "--force"], more].concat())
}

#[test]
fn a_sheet_opens_well_and_says_no_value_unasked() {
    let linked = linked();
    let directory = linked.directory.path();
    let rows = sheet(directory, &[]);
    assert!(rows[0].starts_with("record_id,person_id,rank,") && rows[0].ends_with(",decision,reviewer"));
    assert_eq!(rows.len(), 5);
    assert!(rows[1].starts_with("'000123,'000"), "ids keep their zeros: {}", rows[1]);
    assert!(rows[3].starts_with("'=R2,"), "and run nothing: {}", rows[3]);
    let review = linked.file("review.csv");
    assert!(review.contains("\n000123,000") && review.contains("\n=R2,"), "machine files are as they were");
    assert!(!rows.join("").contains("橋"));
    let ja = sheet(directory, &["--headers", "ja"]);
    assert!(ja[0].starts_with("記録ID,住民ID,順位,") && ja[0].ends_with(",判定,確認者"), "{}", ja[0]);
    let again = run(directory, &["review", "sheet", "out", "--out", "sheet.csv"]);
    assert_eq!((again.status, again.err.contains("is there already")), (2, true), "{}", again.err);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(directory.join("sheet.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn values_stand_side_by_side_on_request_and_protected_addresses_nowhere() {
    let linked = linked();
    let inputs = ["--show-values", "--registry", "registry.csv", "--records", "records.csv"];
    let rows = sheet(linked.directory.path(), &[&inputs[..], &["--headers", "ja"]].concat());
    let all = rows.join("\n");
    assert!(rows[0].contains(",記録の漢字氏名,住民の漢字氏名,"), "{}", rows[0]);
    assert!(all.contains(",【高】橋 花子,【髙】橋 花子,"), "{all}");
    assert!(all.contains("（支援措置のため非表示）"));
    for protected in ["丸の内", "3番5", "5番7"] {
        assert!(
            !all.contains(protected),
            "neither the resident's nor a record's that could be theirs: {all}"
        );
    }
    let without = run(linked.directory.path(), &["review", "sheet", "out", "--out", "s", "--show-values"]);
    assert_eq!(without.status, 2);

    // Who has become protected since the run is not shown either.
    let registry = REGISTRY.replace("霞が関二丁目1番6号,0", "霞が関二丁目1番6号,1");
    fs::write(linked.directory.path().join("registry.csv"), registry).unwrap();
    let rows = sheet(linked.directory.path(), &inputs);
    assert!(!rows.join("").contains("霞が関") && rows.join("").contains("(protected, not shown)"));
}

#[test]
fn no_sheet_takes_the_place_of_what_it_is_made_from() {
    let linked = linked();
    let directory = linked.directory.path();
    for out in ["registry.csv", "records.csv", "out/links.csv", "out/review.csv", "out/decisions.log"] {
        let before = fs::read(directory.join(out)).unwrap();
        let arguments = ["review", "sheet", "out", "--show-values", "--registry", "registry.csv"];
        let ran = run(
            directory,
            &[&arguments[..], &["--records", "records.csv", "--force", "--out", out]].concat(),
        );
        assert!(ran.status == 2 && ran.err.contains("is an input and would be replaced"), "{}", ran.err);
        assert_eq!(fs::read(directory.join(out)).unwrap(), before);
    }
}

#[test]
fn residents_who_have_changed_stand_in_the_sheet_as_the_run_saw_them() {
    let directory = tempfile::tempdir().unwrap();
    let header = REGISTRY.lines().next().unwrap();
    let changes = format!(
        "{header}\n0001,髙橋 花子,タカハシ ハナコ,1985-01-01,2,北海道札幌市中央区北一条西二丁目1番,1\n"
    );
    for (name, text) in [("registry.csv", REGISTRY), ("records.csv", RECORDS), ("changes.csv", &changes)] {
        fs::write(directory.path().join(name), text).unwrap();
    }
    let inputs = ["--registry", "registry.csv", "--records", "records.csv", "--changes", "changes.csv"];
    let ran = run(directory.path(), &[&["link", "--out", "out"], &inputs[..]].concat());
    assert_eq!(ran.status, 0, "{}", ran.err);
    let rows = sheet(directory.path(), &[&inputs[..], &["--show-values"]].concat()).join("\n");
    for address in ["霞が関", "北一条"] {
        assert!(!rows.contains(address), "neither the former address nor the protected one: {rows}");
    }
}

/// Without its changes the sheet of a run would show people as they were before, and addresses that are protected now.
#[test]
fn a_sheet_takes_the_changes_of_its_run_and_no_others() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let header = REGISTRY.lines().next().unwrap();
    let changes = |number: u32| {
        format!(
            "{header}\n0001,髙橋 花子,タカハシ ハナコ,1985-01-01,2,北海道札幌市中央区北一条西二丁目{number}番,1\n"
        )
    };
    let files = [
        ("registry.csv", REGISTRY),
        ("records.csv", RECORDS),
        ("changes.csv", &changes(1)),
        ("other.csv", &changes(10)),
    ];
    for (name, text) in files {
        fs::write(at.join(name), text).unwrap();
    }
    let inputs = ["--registry", "registry.csv", "--records", "records.csv"];
    let taking = |changes: Option<&'static str>| changes.map_or(Vec::new(), |file| vec!["--changes", file]);
    for (taken, given, fault) in [
        (Some("changes.csv"), Some("changes.csv"), None),
        (None, None, None),
        (Some("changes.csv"), None, Some("the run in out took the changes of changes.csv of ")),
        (Some("changes.csv"), Some("other.csv"), Some("; other.csv is another file")),
        (None, Some("changes.csv"), Some("the run in out took no changes, and changes.csv is given")),
    ] {
        let ran = run(at, &[&["link", "--out", "out", "--force"], &inputs[..], &taking(taken)].concat());
        assert_eq!(ran.status, 0, "{}", ran.err);
        let told = fs::read_to_string(at.join("out/run.json")).unwrap();
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["changes"]["file"].as_str(), taken);
        let sheet = ["review", "sheet", "out", "--out", "sheet.csv", "--force", "--show-values"];
        let ran = run(at, &[&sheet[..], &inputs, &taking(given)].concat());
        let explained = ["explain", "--id", "000123", "--run", "out"];
        let warned = run(at, &[&explained[..], &inputs, &taking(given)].concat());
        assert_eq!(warned.status, 0, "{}", warned.err);
        // As a directory of settings has it.
        fs::write(at.join("himozuke.toml"), "out = \"out\"\n").unwrap();
        let settled = run(at, &[&explained[..3], &inputs, &taking(given)].concat());
        fs::remove_file(at.join("himozuke.toml")).unwrap();
        match fault {
            None => {
                assert_eq!((ran.status, warned.err.as_str()), (0, ""), "{}", ran.err);
                assert!(!settled.err.contains("warning"), "{}", settled.err);
            }
            Some(fault) => {
                assert!(ran.status == 2 && ran.err.contains(fault), "{}", ran.err);
                assert!(ran.err.contains("\nhint: ") && !ran.err.contains("札幌"), "{}", ran.err);
                for err in [warned.err, settled.err] {
                    assert!(
                        err.contains("warning: the run in ") && err.contains("it may have decided otherwise"),
                        "{err}"
                    );
                }
            }
        }
    }
}

#[test]
fn two_reviewers_decide_and_what_they_differ_in_is_kept() {
    let linked = linked();
    let directory = linked.directory.path();
    let before: Vec<String> =
        ["review.csv", "links.csv", "summary.json", "run.json"].map(|n| linked.file(n)).into();
    let log = linked.file("decisions.log");
    let rows = sheet(directory, &["--headers", "ja"]);
    let (one, two) = (directory.join("one.csv"), directory.join("two.csv"));
    fill(&rows, &one, &[("'000123", "1", "'0001"), ("'=R2", "1", "0002")], "佐藤");
    fill(&rows, &two, &[("'000123", "2", "0001"), ("'=R2", "2", "なし")], "鈴木");
    // As another spreadsheet saves it.
    let text = fs::read_to_string(&two).unwrap().replace(',', "\t");
    fs::write(&two, encoding_rs::SHIFT_JIS.encode(&text).0).unwrap();
    let ran = apply(directory, &["one.csv", "two.csv", "--reviewers", "2"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let told = "2 under review = 1 links + 0 no_match + 1 disagreements + 0 open";
    assert_eq!(ran.out.lines().next(), Some(told));
    let read = |name: &str| fs::read_to_string(directory.join("reviewed").join(name)).unwrap();
    assert_eq!(read("reviewed.csv"), "record_id,decision,person_id,reviewers\n000123,link,0001,佐藤|鈴木\n");
    let kept = "record_id,reviewer,decision,person_id\n=R2,佐藤,link,0002\n=R2,鈴木,no_match,\n";
    assert_eq!(read("disagreements.csv"), kept);
    let after: Vec<String> =
        ["review.csv", "links.csv", "summary.json", "run.json"].map(|n| linked.file(n)).into();
    assert_eq!(before, after, "the machine's result stays");

    let longer = linked.file("decisions.log");
    let added: Vec<serde_json::Value> =
        longer[log.len()..].lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(longer.starts_with(&log) && added.len() == 4, "{added:?}");
    assert_eq!(added[0]["reviewers"], serde_json::json!(["佐藤", "鈴木"]));
    assert_eq!((&added[1]["review"], &added[2]["review"]), (&"link".into(), &"disagreement".into()));
    let handles = linked.file("handles.csv");
    assert!(handles.contains(&format!("{},000123", added[1]["handle"].as_str().unwrap())));
    // Within a seal, any digits may stand.
    let mut words = longer.split(|c: char| !c.is_alphanumeric());
    assert!(words.all(|word| word != "000123") && !longer.contains("=R2") && !longer.contains("\"0001\""));
    assert_eq!(run(directory, &["audit", "verify", "out"]).status, 0);

    let alone = apply(directory, &["one.csv", "--reviewers", "2"]);
    let told = "2 under review = 0 links + 0 no_match + 0 disagreements + 2 open";
    assert_eq!(alone.out.lines().next(), Some(told), "{}", alone.err);
    let one_is_enough = apply(directory, &["one.csv"]);
    assert!(one_is_enough.out.starts_with("2 under review = 2 links + "), "{}", one_is_enough.out);
    assert_eq!(run(directory, &["audit", "verify", "out"]).status, 0, "every application is in the log");
    assert_eq!(linked.file("decisions.log").matches("\"entry\":\"review\"").count(), 3);
}

#[test]
fn what_is_no_finding_is_refused_with_its_line_and_nothing_is_applied() {
    let linked = linked();
    let directory = linked.directory.path();
    let rows = sheet(directory, &[]);
    let log = linked.file("decisions.log");
    let refused = |decided: &[(&str, &str, &str)], reviewer: &str, cause: &str| {
        fill(&rows, &directory.join("s.csv"), decided, reviewer);
        let ran = apply(directory, &["s.csv"]);
        assert!(ran.status == 2 && ran.err.contains(cause), "{}", ran.err);
        assert!(!directory.join("reviewed").exists() && linked.file("decisions.log") == log);
    };
    refused(&[("'000123", "1", "0003")], "a", "s.csv, line 2: the decision is neither a listed candidate");
    refused(&[("'000123", "1", "0001")], "", "s.csv, line 2: a decision without a reviewer");
    refused(
        &[("'000123", "1", "0001"), ("'000123", "2", "none")],
        "a",
        "s.csv, line 3: the reviewer has decided",
    );
    for (text, cause) in [
        ("record_id,decision\n", "s.csv has not one column reviewer"),
        ("record_id,decision,reviewer\n123,0001,a\n", "s.csv, line 2: the run left no such record"),
        ("PK\u{3}\u{4}\0", "is not text that a spreadsheet saves"),
    ] {
        fs::write(directory.join("s.csv"), text).unwrap();
        let ran = apply(directory, &["s.csv"]);
        assert!(ran.status == 2 && ran.err.contains(cause), "{}", ran.err);
    }
    let same = run(directory, &["review", "apply", "out", "s.csv", "--out", "out", "--force"]);
    assert!(same.status == 2 && same.err.contains("the directory of the run"), "{}", same.err);
    let none = run(directory, &["review", "apply", ".", "s.csv", "--out", "reviewed"]);
    assert!(none.status == 2 && none.err.contains("holds no finished run"), "{}", none.err);
    fs::write(directory.join("out/decisions.log"), log.replacen("review", "link", 1)).unwrap();
    fill(&rows, &directory.join("s.csv"), &[("'000123", "1", "0001")], "a");
    let broken = apply(directory, &["s.csv"]);
    assert!(broken.status == 1 && broken.err.contains("nothing was applied"), "{}", broken.err);
    assert!(!directory.join("reviewed/reviewed.csv").exists());
}

/// A quote that is not closed makes one cell of the rest of a sheet: it is told, and not taken into memory.
#[test]
fn a_row_of_a_sheet_has_a_longest() {
    let linked = linked();
    let directory = linked.directory.path();
    let written = |cell: String, end: &str| {
        let text =
            format!("record_id,decision,reviewer,note\n000123,0001,佐藤,\"{cell}{end}\n=R2,none,佐藤,\n");
        fs::write(directory.join("a.csv"), text).unwrap();
        apply(directory, &["a.csv", "--reviewers", "1"])
    };
    let ran = written("九".repeat(300_000), "\"");
    assert_eq!(ran.status, 0, "{}", ran.err);
    for (cell, end) in
        [("九".repeat(350_000), "\""), ("九".repeat(5 << 20), "\""), ("九,\n".repeat(5 << 20), "")]
    {
        let ran = written(cell, end);
        assert_eq!(ran.status, 2, "{}", ran.out);
        let told = "a.csv, line 2: row_too_long: the row is longer than 1048576 bytes\n";
        assert!(ran.err.contains(told) && ran.err.contains("hint: look for a quote"), "{}", ran.err);
        assert!(!ran.err.contains('九'));
    }
}

#[test]
fn the_sample_goes_out_and_comes_back_untouched() {
    let [registry, records] =
        ["registry.csv", "records.csv"].map(|name| fs::read(sample().join(name)).unwrap());
    let linked = Linked::new(registry, records, &["--as-of", "2026-04-01"]);
    let directory = linked.directory.path();
    sheet(directory, &["--show-values", "--registry", "registry.csv", "--records", "records.csv"]);
    let ran = apply(directory, &["sheet.csv"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let summary: serde_json::Value = serde_json::from_str(&linked.file("summary.json")).unwrap();
    let left = &summary["records"]["review"];
    assert!(
        ran.out.starts_with(&format!("{left} under review = 0 links"))
            && ran.out.contains(&format!("{left} open"))
    );
}

/// More candidates than are listed, the protected one behind the last of them.
#[test]
fn a_protected_candidate_beyond_the_list_hides_the_address_of_the_record() {
    let namesake = |number: u32, sex, protected| {
        format!(
            "p{number:02},山田 太郎,ヤマダ タロウ,1970-03-04,{sex},大阪府大阪市北区中之島一丁目3番{number}号,{protected}\n"
        )
    };
    let header = REGISTRY.lines().next().unwrap();
    let registry = |protected| {
        let others: String = (10..65).map(|number| namesake(number, "1", "0")).collect();
        // Of another sex, and so the last of all.
        format!("{header}\n{others}{}", namesake(99, "2", protected))
    };
    let records = "id,kanji_name,kana_name,birth_date,sex,address\n\
                   r1,山田 太郎,ヤマダ タロウ,1970-03-04,1,北海道札幌市中央区北一条西二丁目1番\n";
    for (protected, hidden) in [("1", true), ("0", false)] {
        let linked = Linked::new(registry(protected), records, &[]);
        let review = linked.rows("review.csv");
        assert_eq!(review.len(), 50, "{}", linked.ran.err);
        assert!(!review.iter().any(|row| row.contains(",p99,")), "p99 is not listed");
        let directory = linked.directory.path();
        let inputs = ["--show-values", "--registry", "registry.csv", "--records", "records.csv"];
        let explained = run(directory, &[&["explain", "--id", "r1"], &inputs[..]].concat()).out;
        for shown in [sheet(directory, &inputs).join("\n"), explained] {
            assert!(shown.contains("中之島") && shown.contains("山田 太郎"), "{shown}");
            assert_eq!(!shown.contains("札幌"), hidden, "{shown}");
            assert_eq!(shown.contains("(protected, not shown)"), hidden, "{shown}");
        }
    }
}
