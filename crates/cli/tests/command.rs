//! The command as a process: exit status, standard output, standard error.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Exit status, standard output, standard error; the test's directory is written as DIR.
fn run(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_himozuke")).args(arguments).current_dir(directory).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn with_file(name: &str, bytes: &[u8], arguments: &[&str]) -> (i32, String, String) {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(name), bytes).unwrap();
    run(directory.path(), arguments)
}

#[test]
fn check_states_what_it_read_and_shows_no_value() {
    let mut bytes = encoding_rs::SHIFT_JIS
        .encode("整理番号,氏名,フリガナ,備考\r\na1,山田 太郎,ﾔﾏﾀﾞ,x\r\na2,秘密 花子\r\na1,山田 次郎,ﾔﾏﾀﾞ,x\r\n")
        .0
        .into_owned();
    bytes.extend(b"a4,\xF0\x40,x,x\r\na5,\"y,x,x\r\n");
    let (status, out, err) = with_file("q.csv", &bytes, &["check", "--records", "q.csv"]);
    let expected = "\
q.csv: cp932, comma
  id = 整理番号
  kanji_name = 氏名
  kana_name = フリガナ
  ignored: 備考
  line 2, 整理番号: the id stands on several rows, first on line 2
  line 3: expected 4 columns, found 2
  line 4, 整理番号: the id stands on several rows, first on line 2
  line 6: the quote is not closed
  5 rows = 1 readable + 4 rejected
  1 private use characters (外字), which match nothing
";
    assert_eq!((status, out.as_str(), err.as_str()), (0, expected, ""));
    let (status, _, err) = with_file("q.csv", &bytes, &["check", "--records", "q.csv", "--strict"]);
    assert_eq!((status, err.as_str()), (3, "error: 4 rows were rejected\n"));
}

#[test]
fn check_finds_residents_registered_twice_and_what_that_costs() {
    let registry = "\
id,kanji_name,kana_name,birth_date,sex,address
p1,髙橋　一郎,タカハシ　イチロウ,1985-01-01,1,東京都千代田区霞が関二丁目１番６号
p2,鈴木　花子,スズキ　ハナコ,1990-05-05,2,大阪府大阪市北区中之島一丁目3番20号
p3,高橋 一郎,タカハシ イチロウ,S60.1.1,男,千代田区霞が関2-1-6
p4,鈴木　花子,スズキ　ハナコ,1990-05-05,2,北海道札幌市中央区北一条西２丁目
";
    let records = "\
id,kanji_name,kana_name,birth_date,sex,address
r1,高橋一郎,タカハシ イチロウ,1985-01-01,1,東京都千代田区霞が関2-1-6
r2,高橋一郎,タカハシ イチロウ,1985-01-01,1,
r3,鈴木花子,スズキ ハナコ,1990-05-05,2,大阪市北区中之島1-3-20
";
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("r.csv"), registry).unwrap();
    fs::write(directory.path().join("q.csv"), records).unwrap();
    let (status, out, err) = run(directory.path(), &["check", "--registry", "r.csv", "--records", "q.csv"]);
    let expected = "\
1 people seem to be registered twice, on 2 rows: name, birth date and address agree, and nobody can be linked to them
  p1, p3
  that costs 1 of 3 records, which have to be reviewed for nothing else
";
    assert!(status == 0 && out.ends_with(expected), "{out}{err}");
    let (status, out, _) = run(
        directory.path(),
        &["check", "--registry", "q.csv", "--map", "registry:id=id", "--as-of", "2026-04-01"],
    );
    assert!(status == 0 && out.ends_with("nobody seems to be registered twice\n"), "{out}");
    let (status, _, err) = run(directory.path(), &["check", "--records", "q.csv", "--policy", "guidline"]);
    assert!(status == 2, "{err}");
}

#[test]
fn a_registry_with_a_repeated_id_is_refused_without_naming_it() {
    let text = "id,kanji_name\np-1,山田\np-2,鈴木\np-1,佐藤\n";
    let (status, out, err) = with_file("r.csv", text.as_bytes(), &["check", "--registry", "r.csv"]);
    let expected = "error: r.csv has one id on two rows, on lines 2 and 4\nhint: leave one row for each id\n";
    assert_eq!((status, out.as_str(), err.as_str()), (2, "", expected));
    let text = "id,kanji_name\np-1,山田\np-1,\0\n";
    let (status, ..) = with_file("r.csv", text.as_bytes(), &["check", "--registry", "r.csv"]);
    assert_eq!(status, 2, "a row that cannot be read has a claim to its id as well");
}

#[test]
fn bad_input_ends_with_2_and_says_the_mend() {
    let cases: [(&[u8], &[&str], &str); 7] = [
        (b"", &[], "error: q.csv is empty\nhint: the first row must hold the headers\n"),
        (b"id,\x1B$B;aL>", &[], "cannot read q.csv: ISO-2022-JP (JIS) is not read\nhint: save it as UTF-8\n"),
        (
            b"\xFF\xFEi\0",
            &["--encoding", "cp932"],
            "this is UTF-16, not the encoding that was told\nhint: leave",
        ),
        (
            "氏名\n山田\n".as_bytes(),
            &[],
            "no id column; the headers are `氏名`\nhint: say which column names the row",
        ),
        (b"id\n1\n", &["--map", "sex=x"], "no column is headed `x`"),
        (b"id\n1\n", &["--map", "sexx=x"], "`sexx` is not a column"),
        (b"id\n1\n", &["--encoding", "latin1"], "possible values: auto, utf-8, cp932"),
    ];
    for (bytes, more, message) in cases {
        let (status, out, err) =
            with_file("q.csv", bytes, &[&["check", "--records", "q.csv"], more].concat());
        assert_eq!((status, out.as_str()), (2, ""), "{err}");
        assert!(err.contains(message), "{err}");
    }
    let (status, _, err) = run(Path::new("."), &["check", "--records", "nowhere.csv"]);
    assert!(status == 2 && err.starts_with("error: cannot read nowhere.csv: "), "{err}");
    assert_eq!(run(Path::new("."), &["check"]).0, 2, "one of the two files is needed");
}

#[test]
fn a_place_of_the_wrong_kind_is_told_as_such() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("q.csv"), "id,kanji_name\n1,山田\n").unwrap();
    for (records, out, message) in [
        (".", "out", "cannot read .: it is a directory, not a file"),
        ("q.csv", "q.csv", "cannot write q.csv: it is a file, and results are written to a directory"),
    ] {
        let arguments = ["link", "--registry", "q.csv", "--records", records, "--out", out];
        let (status, _, err) = run(directory.path(), &arguments);
        assert!(status > 0 && err.contains(message) && !err.contains("TMPDIR"), "{err}");
    }
}

#[test]
fn records_that_say_nothing_of_anybody_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("r.csv"), "id,kanji_name\n1,山田\n").unwrap();
    fs::write(directory.path().join("q.csv"), "id,お客様,誕生した日\n1,山田,S60.1.1\n").unwrap();
    let arguments = ["link", "--registry", "r.csv", "--records", "q.csv", "--out", "out"];
    let (status, _, err) = run(directory.path(), &arguments);
    let message = "q.csv has no column of names, birth dates, sexes or addresses that is known\nhint: name one with --map";
    assert!(status == 2 && err.contains(message), "{err}");
    let mapped = [&arguments[..], &["--map", "records:kanji_name=お客様"]].concat();
    assert_eq!(run(directory.path(), &mapped).0, 0);
}

/// Who watched a run may go: `2>&1 | head`, a monitor that died.
#[test]
fn a_run_does_not_fail_for_want_of_listeners() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("q.csv"), "id,kanji_name\n1,山田\n").unwrap();
    for (out, log, records, expected) in
        [("text", "text", "q.csv", 0), ("json", "json", "q.csv", 0), ("none", "text", "nowhere.csv", 2)]
    {
        let mut child = Command::new(env!("CARGO_BIN_EXE_himozuke"))
            .args(["link", "--registry", "q.csv", "--records", records, "--out", out, "--log", log])
            .current_dir(directory.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(expected), "{out}");
    }
}

#[test]
fn ids_that_are_individual_numbers_are_refused() {
    let valid = |n: u64| {
        let digits = format!("{n:011}");
        let weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
        let sum: u32 =
            digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        let check = if sum % 11 < 2 { 0 } else { 11 - sum % 11 };
        format!("{digits}{check}\n")
    };
    let text: String =
        std::iter::once("宛名番号\n".to_owned()).chain((0..30).map(|n| valid(20_000_000_000 + n))).collect();
    let (status, out, err) = with_file("q.csv", text.as_bytes(), &["check", "--records", "q.csv"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("looks like individual numbers"), "{err}");
}

#[test]
fn help_shows_the_commands_and_an_example_for_each() {
    let (status, out, _) = run(Path::new("."), &["--help"]);
    assert_eq!(status, 0);
    for command in ["link", "verify", "explain", "normalize", "check", "synth"] {
        assert!(out.contains(command));
        let (status, help, _) = run(Path::new("."), &[command, "--help"]);
        assert!(status == 0 && help.contains("Example:"));
    }
}

#[test]
fn a_hundred_megabytes_in_one_line_are_one_rejected_row() {
    let mut bytes = b"id,kanji_name\n1,x\n".to_vec();
    bytes.resize(bytes.len() + (100 << 20), b'x');
    bytes.extend(b"\n2,y\n");
    let (status, out, _) = with_file("q.csv", &bytes, &["check", "--records", "q.csv"]);
    assert_eq!(status, 0);
    assert!(
        out.contains("line 3: the row is longer than 1048576 bytes\n  3 rows = 2 readable + 1 rejected"),
        "{out}"
    );
}
