//! The index file as a process sees it: built, used by every command that takes a registry, refused when it is damaged.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{fs, io::Write, path::Path, process::Stdio};

use common::{Ran, command, link, run};

fn synthetic(directory: &Path) {
    let ran = run(
        directory,
        &["synth", "--residents", "3000", "--records", "600", "--seed", "5", "--out", "synthetic"],
    );
    assert_eq!(ran.status, 0, "{}", ran.err);
    for name in ["registry.csv", "records.csv"] {
        fs::copy(directory.join("synthetic").join(name), directory.join(name)).unwrap();
    }
}

fn build(directory: &Path) -> Ran {
    run(directory, &["index", "--registry", "registry.csv", "--out", "residents.hmz"])
}

#[test]
fn no_index_takes_the_place_of_what_it_is_made_from() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    synthetic(at);
    let registry = fs::read(at.join("registry.csv")).unwrap();
    fs::copy(at.join("registry.csv"), at.join("changes.csv")).unwrap();
    for out in ["registry.csv", "./registry.csv", "changes.csv"] {
        let arguments = ["index", "--registry", "registry.csv", "--changes", "changes.csv", "--out", out];
        let ran = run(at, &arguments);
        assert!(ran.status == 2 && ran.err.contains("is an input and would be replaced"), "{}", ran.err);
        assert_eq!(fs::read(at.join(out)).unwrap(), registry);
    }
    // But an index may be followed by itself with the day's changes.
    assert_eq!(build(at).status, 0);
    let changed =
        ["index", "--registry", "residents.hmz", "--changes", "changes.csv", "--out", "residents.hmz"];
    let ran = run(at, &changed);
    assert!(ran.status == 0 && ran.out.starts_with("3000 residents, "), "{} {}", ran.out, ran.err);
}

#[test]
fn a_registry_and_its_index_give_the_same_files() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    synthetic(at);
    let built = build(at);
    assert_eq!(built.status, 0, "{}", built.err);
    assert!(built.out.starts_with("3000 residents, "), "{}", built.out);
    for threads in ["1", "2"] {
        let table = link(at, &format!("table{threads}"), &["--threads", threads]);
        assert_eq!(table.status, 0, "{}", table.err);
        let out = format!("index{threads}");
        let arguments = ["link", "--registry", "residents.hmz", "--records", "records.csv", "--out", &out];
        let ran = run(at, &[&arguments[..], &["--threads", threads]].concat());
        let told = ran.out.contains("registry index file, records utf-8");
        assert!(ran.status == 0 && told, "{} {}", ran.out, ran.err);
    }
    let of = |out: &str, name: &str| fs::read(at.join(out).join(name)).unwrap();
    for name in ["links.csv", "review.csv", "no_match.csv", "rejected.csv", "registry_problems.csv"] {
        for other in ["table2", "index1", "index2"] {
            assert_eq!(of("table1", name), of(other, name), "{name} of {other}");
        }
    }
    for [one, two] in [["table1", "table2"], ["index1", "index2"]] {
        assert_eq!(of(one, "summary.json"), of(two, "summary.json"), "{two}");
    }
    let checked = run(at, &["index", "--check", "residents.hmz"]);
    assert!(
        checked.status == 0 && checked.out.starts_with("residents.hmz: whole, 3000 residents"),
        "{}",
        checked.out
    );
    // One thread makes the same bytes.
    let again = run(at, &["index", "--registry", "registry.csv", "--out", "again.hmz", "--threads", "1"]);
    assert_eq!(again.status, 0);
    assert_eq!(fs::read(at.join("residents.hmz")).unwrap(), fs::read(at.join("again.hmz")).unwrap());
}

#[test]
fn look_ups_answer_record_by_record() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let registry = "id,kanji_name,kana_name,birth_date,sex,address\n\
        p-1,髙橋　一郎,タカハシ　イチロウ,1985-01-01,1,東京都千代田区霞が関二丁目１番６号\n";
    fs::write(at.join("registry.csv"), registry).unwrap();
    assert_eq!(build(at).status, 0);
    let ask = |registry: &str, input: &str| {
        let mut child = command()
            .args(["lookup", "--registry", registry])
            .current_dir(at)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // What is too long is not read to its end.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let records = r#"{"id":"r1","kanji_name":"高橋一郎","kana_name":"ﾀｶﾊｼ ｲﾁﾛｳ","birth_date":"S60.1.1","sex":"男",
        "address":"千代田区霞ヶ関2-1-6"} {"id":"r2","kanji_name":"秘密 花子","birth_date":"1990-02-03"}
        {"id":"r3","birth_date":"昭和64年1月8日"}"#;
    for registry in ["residents.hmz", "registry.csv"] {
        let (status, out, err) = ask(registry, records);
        assert_eq!((status, err.as_str()), (0, ""));
        let answers: Vec<serde_json::Value> =
            out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let decided: Vec<_> = answers.iter().map(|answer| answer["decision"].as_str().unwrap()).collect();
        assert_eq!(decided, ["link", "no_match", "rejected"]);
        assert_eq!(answers[0]["candidates"][0]["person_id"], "p-1");
        assert_eq!(answers[2]["column"], "birth_date");
        for value in ["髙橋", "高橋", "秘密", "1985", "1990", "霞"] {
            assert!(!out.contains(value), "no value of either side is shown");
        }
    }
    let (status, out, err) = ask("residents.hmz", "{\"id\":\"r1\",\"秘密\":1}");
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.starts_with("error: standard input, line 1, column ") && !err.contains("秘密"), "{err}");
    // As much as a row of a file may have, whatever it is made of, and no record of it counts for the next.
    let long =
        |size: usize| format!("{{\"id\":\"r1\"}}{{\"id\":\"r2\",\"address\":\"{}\"}}", "九".repeat(size / 3));
    let (status, out, err) = ask("residents.hmz", &long((1 << 20) - 64).repeat(2));
    assert_eq!((status, out.lines().count(), err.as_str()), (0, 4, ""));
    for endless in [long(1 << 20), format!("{{\"id\":\"r1\"}}{{{}", " ".repeat(3 << 20))] {
        let (status, out, err) = ask("residents.hmz", &endless);
        assert!(status == 2 && out.lines().count() == 1, "{err}");
        assert!(
            err.contains(": row_too_long: the row is longer than 1048576 bytes") && !err.contains('九'),
            "{err}"
        );
    }
}

#[test]
fn a_damaged_or_foreign_index_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    synthetic(at);
    assert_eq!(build(at).status, 0);
    let mut bytes = fs::read(at.join("residents.hmz")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(at.join("residents.hmz"), &bytes).unwrap();
    let link = ["link", "--registry", "residents.hmz", "--records", "records.csv", "--out", "out"];
    let ran = run(at, &link);
    assert!(ran.status == 2 && ran.err.starts_with("error: residents.hmz is damaged in "), "{}", ran.err);
    assert_eq!(run(at, &["index", "--check", "residents.hmz"]).status, 2);
    fs::write(at.join("residents.hmz"), &bytes[..middle]).unwrap();
    assert_eq!(run(at, &link).status, 2);
    // Whose number is whose is in no index.
    assert_eq!(build(at).status, 0);
    fs::write(at.join("numbers.csv"), "id,kanji_name,my_number\nr1,山田 太郎,123456789018\n").unwrap();
    let ran = run(at, &["verify", "--registry", "residents.hmz", "--records", "numbers.csv", "--out", "out"]);
    assert!(ran.status == 2 && ran.err.contains("my_number"), "{}", ran.err);
    let ran = run(at, &["index", "--registry", "registry.csv", "--out", "no/such/place.hmz"]);
    assert_eq!(
        (ran.status, ran.err.starts_with("error: cannot write no/such/place.hmz: ")),
        (1, true),
        "{}",
        ran.err
    );
}

#[test]
fn a_days_changes_are_laid_over_or_merged() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    synthetic(at);
    assert_eq!(build(at).status, 0);
    // One went, one has another name, one came.
    let registry = fs::read_to_string(at.join("registry.csv")).unwrap();
    let rows: Vec<&str> = registry.lines().collect();
    let id = |row: &str| row.split(',').next().unwrap().to_owned();
    let header = "id,kanji_name,kana_name,birth_date,sex,address,status";
    let changes = format!(
        "{header}\n{},,,,,,Deleted\n{},東雲 静香,シノノメ シズカ,1971-05-06,2,東京都千代田区霞が関二丁目1番6号,\n\
         new-1,初雁 一,ハツカリ ハジメ,1999-09-09,1,東京都千代田区霞が関三丁目1番1号,\n",
        id(rows[1]),
        id(rows[2])
    );
    fs::write(at.join("changes.csv"), changes).unwrap();
    let records = format!(
        "{header}\nr1,初雁　一,ﾊﾂｶﾘ ﾊｼﾞﾒ,H11.9.9,男,千代田区霞ヶ関3-1-1,\nr2,東雲静香,シノノメシズカ,S46.5.6,女,霞が関2-1-6,\n"
    );
    fs::write(at.join("records.csv"), records).unwrap();
    let linked = |registry: &str, out: &str, more: &[&str]| {
        let arguments = ["link", "--registry", registry, "--records", "records.csv", "--out", out];
        let ran = run(at, &[&arguments, more].concat());
        assert_eq!(ran.status, 0, "{}", ran.err);
        let links = fs::read_to_string(at.join(out).join("links.csv")).unwrap();
        links
            .lines()
            .skip(1)
            .map(|line| line.split(',').take(2).collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    let expected = ["r1 new-1".to_owned()];
    assert!(linked("residents.hmz", "yesterday", &[]).is_empty());
    let over = linked("residents.hmz", "over", &["--changes", "changes.csv"]);
    assert_eq!(over[..1], expected);
    assert_eq!(linked("registry.csv", "table", &["--changes", "changes.csv"]), over);
    let merge = ["index", "--registry", "residents.hmz", "--changes", "changes.csv", "--out", "today.hmz"];
    let ran = run(at, &merge);
    assert!(ran.status == 0 && ran.out.starts_with("3000 residents, "), "{} {}", ran.out, ran.err);
    assert_eq!(linked("today.hmz", "merged", &[]), over);
    assert!(!ran.err.contains("nobody has"), "{}", ran.err);

    // Once more, they take out nobody: so would the changes of another registry, or ids that are written otherwise.
    let again = ["index", "--registry", "today.hmz", "--changes", "changes.csv", "--out", "again.hmz"];
    let ran = run(at, &again);
    assert!(ran.status == 0 && ran.err.contains("1 deleted rows are of ids that nobody has"), "{}", ran.err);
    let spaced = format!("{header}\n{} ,,,,,,deleted\n", id(rows[2]));
    fs::write(at.join("changes.csv"), spaced).unwrap();
    let arguments =
        ["link", "--registry", "today.hmz", "--changes", "changes.csv", "--records", "records.csv"];
    let ran = run(at, &[&arguments[..], &["--out", "spaced"]].concat());
    assert!(ran.status == 0 && ran.err.contains("1 deleted rows are of ids that nobody has"), "{}", ran.err);

    // Who went and changed in one day may not be linked to, and nothing says that they came back.
    let both = format!("{header}\n{0},東雲 静香,,1971-05-06,2,,\n{0},,,,,,deleted\n", id(rows[2]));
    fs::write(at.join("changes.csv"), both).unwrap();
    let ran = run(at, &[&arguments[..], &["--out", "both"]].concat());
    assert!(ran.status == 2 && ran.err.contains("one id on a deleted row and on another one"), "{}", ran.err);
}

/// A change says all of a resident: what it leaves out must not make nobody of somebody, or open an address.
#[test]
fn a_change_that_says_too_little_is_refused_and_takes_away_no_protection() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let header = "id,kanji_name,kana_name,birth_date,sex,address,";
    let (person, address) = ("山田 太郎,ヤマダ タロウ,1970-03-04,1,", "大阪府大阪市北区中之島一丁目3番20号");
    fs::write(at.join("registry.csv"), format!("{header}protected\np1,{person}{address},1\n")).unwrap();
    fs::write(at.join("records.csv"), format!("{header}\nr1,{person}{address},\n")).unwrap();
    assert_eq!(build(at).status, 0);
    let with = |changes: String, command: &str, more: &[&str]| {
        fs::write(at.join("changes.csv"), changes).unwrap();
        let input = ["--registry", "residents.hmz", "--changes", "changes.csv"];
        run(at, &[&[command][..], &input, more].concat())
    };
    for (row, lacking) in [
        ("p1,,,,,,死亡", "kanji_name and no kana_name"),
        ("p1,山田 太郎, \u{3000},,1,,死亡", "birth_date"),
        ("p2,,,1970-03-04,1,,", "kanji_name and no kana_name"),
    ] {
        let changes = format!("{header}status\np0,{person}{address},\n{row}\n");
        for (command, more) in [
            ("index", &["--out", "today.hmz"][..]),
            ("link", &["--records", "records.csv", "--out", "out"]),
            ("explain", &["--records", "records.csv", "--id", "r1"]),
        ] {
            let ran = with(changes.clone(), command, more);
            let told = format!("changes.csv, line 3: the row has no {lacking}, ");
            assert!(
                ran.status == 2 && ran.err.contains(&told) && ran.err.contains("\nhint: "),
                "{}",
                ran.err
            );
            assert!(!ran.err.contains("1970") && !ran.err.contains("死亡"), "{}", ran.err);
        }
    }
    let reading = ["--records", "records.csv", "--id", "r1", "--show-values"];
    let unknown = format!("{header}status\np1,山田 太郎,,不詳,1,{address},\n");
    let ran = with(unknown, "explain", &reading);
    assert!(ran.status == 0 && !ran.out.contains("中之島"), "{} {}", ran.out, ran.err);
    let lifted = format!("{header}protected\np1,{person}{address},0\n");
    let ran = with(lifted, "explain", &reading);
    assert!(ran.status == 0 && ran.out.contains("中之島"), "{} {}", ran.out, ran.err);
}

/// A column that the changes lack is no longer known of whoever is changed: that is told, by the columns that the registry has.
#[test]
fn columns_that_changes_lack_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let header = "id,kanji_name,kana_name,birth_date,sex,address,former_names,protected";
    let row = |id: &str| {
        format!("{id},山田 太郎,ヤマダ タロウ,1970-03-04,1,大阪府大阪市北区中之島一丁目3番20号,,1\n")
    };
    fs::write(at.join("registry.csv"), format!("{header}\n{}", row("p1"))).unwrap();
    fs::write(at.join("records.csv"), format!("{header}\n{}", row("r1"))).unwrap();
    assert_eq!(build(at).status, 0);
    let warned = |registry: &str, changes: &str| {
        fs::write(at.join("changes.csv"), changes).unwrap();
        let inputs = ["--registry", registry, "--changes", "changes.csv"];
        let indexed = run(at, &[&["index", "--out", "today.hmz"], &inputs[..]].concat());
        let link = ["link", "--records", "records.csv", "--out", "out", "--force"];
        let linked = run(at, &[&link, &inputs[..]].concat());
        assert_eq!((indexed.status, linked.status), (0, 0), "{} {}", indexed.err, linked.err);
        let columns = |err: &str| {
            let told =
                err.lines().find_map(|line| line.strip_prefix("warning: changes: there is no column "));
            told.and_then(|told| told.split_once(": whoever is changed"))
                .map(|(columns, _)| columns.to_owned())
        };
        assert_eq!(columns(&indexed.err), columns(&linked.err), "{} {}", indexed.err, linked.err);
        let summary = fs::read_to_string(at.join("out/summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        let kept = &summary["registry"]["blanked_by_changes"];
        let kept = kept
            .as_array()
            .map(|names| names.iter().filter_map(|name| name.as_str()).collect::<Vec<_>>().join(", "));
        assert_eq!(kept, columns(&linked.err));
        kept
    };
    let short = "id,kanji_name,birth_date,status\np1,山田 太郎,1970-03-04,\n";
    assert_eq!(warned("registry.csv", short).as_deref(), Some("kana_name, sex, address, former_names"));
    assert_eq!(warned("residents.hmz", short).as_deref(), Some("kana_name, sex, address"));
    let gone = "id,kanji_name,birth_date,status\np1,,,deleted\n";
    let whole = header.replace(",protected", ",status");
    let whole = format!("{whole}\n{}", row("p1").replace(",1\n", ",\n"));
    for registry in ["registry.csv", "residents.hmz"] {
        assert_eq!(warned(registry, &whole), None, "all but protection, which stays, is there");
    }
    assert_eq!(warned("residents.hmz", gone), None, "nobody is changed who stays");
}
