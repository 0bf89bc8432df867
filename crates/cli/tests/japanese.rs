//! `--lang ja` to the last sentence: what goes wrong in each command, and that nothing of what is said then is English. What is
//! expected stands in `japanese/*.txt`, each command with its status and all that it says on standard error.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use common::{Ran, command, run};

const REGISTRY: &str = "id,kanji_name,kana_name,birth_date,sex,address
p1,高橋 花子,タカハシ ハナコ,1985-01-01,2,東京都千代田区霞が関二丁目1番6号
p2,鈴木 一郎,スズキ イチロウ,1990-05-05,1,大阪府大阪市北区中之島一丁目3番20号
";
const RECORDS: &str = "id,kanji_name,kana_name,birth_date,sex,address
r1,髙橋 花子,タカハシ ハナコ,1985-01-01,2,東京都千代田区霞が関2-1-6
r2,鈴木 一郎,スズキ イチロウ,1990-05-05,1,札幌市中央区北一条西2丁目
";
const BOTH: &str = "--registry registry.csv --records records.csv";

/// Files with everything wrong that can be, each in one way.
const FILES: &[(&str, &str)] = &[
    ("registry.csv", REGISTRY),
    ("records.csv", RECORDS),
    ("empty.csv", ""),
    ("x.xlsx", "PK\u{3}\u{4}...."),
    ("quote.csv", "\"id,kanji_name\n"),
    ("none.csv", "a,b\n1,2\n"),
    ("noid.csv", "氏名,住所\nx,y\n"),
    ("two.csv", "id,住所,現住所\n1,a,b\n"),
    ("half.csv", "id,氏\n1,山田\n"),
    ("onlyids.csv", "id,備考\n1,x\n"),
    ("numbers.csv", "id,kanji_name\n123456789018,x\n"),
    ("badpolicy.toml", "profile = \"for\"\n"),
    ("range.toml", "profile = \"four\"\ncoverage = 2.0\n"),
    ("kana.toml", "profile = \"kana_birthdate\"\n"),
    ("syntax.toml", "[profile\n"),
    ("model.json", "{}"),
    ("changes.csv", "id,kanji_name,birth_date,status\np1,,1985-01-01,\n"),
    ("changes2.csv", "id,kanji_name,birth_date,status\np9,x,1985-01-01,deleted\n"),
    ("changes3.csv", "id,kanji_name,birth_date,status\np1,高橋 花子,,\n"),
    (
        "changes4.csv",
        "id,kanji_name,birth_date,status\np1,高橋 花子,1985-01-01,deleted\np1,高橋 花子,1985-01-01,\n",
    ),
    ("layout.toml", "[[columns]]\nname=\"id\"\nfrom=0\nbytes=2\n"),
    ("layout2.toml", "x=1\n"),
    ("layout3.toml", "columns=[]\n"),
    ("layout4.toml", "record_bytes=1\n[[columns]]\nname=\"id\"\nfrom=1\nbytes=2\n"),
    (
        "layout5.toml",
        "[[columns]]\nname=\"id\"\nfrom=1\nbytes=2\n[[columns]]\nname=\"sex\"\nfrom=2\nbytes=2\n",
    ),
    ("layout6.toml", "record_bytes=9999999\n[[columns]]\nname=\"id\"\nfrom=1\nbytes=2\n"),
    ("mj.json", "{\"content\":[]}"),
    ("mj2.json", "{\"x\":1}"),
    ("mj.tsv", "㐂\n"),
    ("list.csv", "a,b\n"),
    ("labels.csv", "record_id,person_id,same\nr1,p9,yes\n"),
    ("labels2.csv", "record_id,person_id,same\nr1,p1,maybe\n"),
    ("labels3.csv", "record_id,person_id,same\nr99,p1,yes\n"),
    ("labels4.csv", "a\n"),
    ("truth.csv", "record_id,person_id,tags\nr1,p1,\nr2,p2,\n"),
    ("truth2.csv", "record_id,person_id,tags\nr1,p1,\n"),
    ("truth3.csv", "record_id,person_id,tags\nr1,p1,\nr2,p2,\nr3,p2,\n"),
    ("truth4.csv", "record_id,person_id,tags\nr1,p1,\nr1,p1,\n"),
    ("truth5.csv", "record_id,person_id,tags,weight\nr1,p1,,x\n"),
    ("truth6.csv", "record_id,person_id,tags\n,p1,\n"),
    ("truth7.csv", "record_id,person_id,tags\nr1,p2,\nr2,p2,\n"),
    ("profile.toml", "name=\"x\"\n[errors]\ntitel=1\n"),
    ("splink.json", "{\"comparisons\":[]}"),
    ("sheet.csv", "記録ID,x\n"),
    ("settings1.toml", "registri = \"x\"\n"),
    ("settings2.toml", "policy = \"lax\"\n"),
    ("settings3.toml", "as_of = 2026-02-28\n"),
    ("settings4.toml", "threads = 70000\n"),
    ("settings5.toml", "[encryption]\npassphrase = \"x\"\n"),
    ("settings6.toml", "[columns.records]\nkanji = \"x\"\n"),
    ("settings7.toml", "strict = \"yes\"\n"),
    ("settings8.toml", "nonsense\n"),
    ("settings9.toml", "lang = \"ja\"\n"),
    ("foreign.hmz", "himozuke"),
    ("open.key", "x"),
    ("bad.key", "x"),
    ("pass.txt", "short\n"),
    ("nopass.txt", "\n"),
];

/// A directory with these files and with finished runs, whole and spoilt.
fn office() -> tempfile::TempDir {
    let office = tempfile::tempdir().unwrap();
    let at = |name: &str| office.path().join(name);
    for (name, text) in FILES {
        fs::write(at(name), text).unwrap();
        fs::set_permissions(
            at(name),
            Permissions::from_mode(if *name == "open.key" { 0o644 } else { 0o600 }),
        )
        .unwrap();
    }
    let table = "整理番号,氏名\n1,山田太郎\n";
    fs::write(at("euc.csv"), encoding_rs::EUC_JP.encode(table).0).unwrap();
    fs::write(at("jis.csv"), encoding_rs::ISO_2022_JP.encode(table).0).unwrap();
    fs::write(at("bin.csv"), b"\xFF\xFF\xFA\n\xFD\xFD\n").unwrap();
    let utf16: Vec<u8> = "\u{FEFF}id,kanji_name\n1,x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(at("utf16.csv"), utf16).unwrap();
    let again = REGISTRY.lines().nth(1).unwrap();
    fs::write(at("dup.csv"), format!("{REGISTRY}{again}\n")).unwrap();
    let again = RECORDS.lines().nth(1).unwrap();
    fs::write(at("dup2.csv"), format!("{RECORDS}r1,x,x,x,x,x\n{again}\n")).unwrap();
    let short = "p3,a\np4,山田 太郎,ヤマダ タロウ,1990-13-40,9x,東京都千代田区霞が関二丁目1番6号\n";
    fs::write(at("short.csv"), format!("{REGISTRY}{short}")).unwrap();
    fs::create_dir(at("dir")).unwrap();

    for line in [
        "keygen --out office.key",
        "keygen --out other.key",
        "index --registry registry.csv --out r.hmz",
        "link BOTH --out run",
        "link BOTH --out enc --key-file office.key",
        "link BOTH --out sampled --clerical-sample 20",
        "review sheet run --out filled.csv",
    ] {
        let ran = run(office.path(), &words(line));
        assert_eq!(ran.status, 0, "{line}: {}", ran.err);
    }
    spoil(office.path());
    fill(office.path());
    office
}

/// Index files and runs that are not what was written.
fn spoil(office: &Path) {
    let whole = fs::read(office.join("r.hmz")).unwrap();
    let mut changed = whole.clone();
    changed.truncate(whole.len() - 200);
    changed.resize(whole.len(), 0);
    fs::write(office.join("broken.hmz"), changed).unwrap();
    fs::write(office.join("cut.hmz"), whole.get(..100).unwrap()).unwrap();
    let mut changed = whole;
    *changed.get_mut(8).unwrap() ^= 0xFF;
    fs::write(office.join("old.hmz"), changed).unwrap();

    let spoilt = |name: &str, file: &str, change: &dyn Fn(&str) -> String| {
        fs::create_dir(office.join(name)).unwrap();
        for entry in fs::read_dir(office.join("run")).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                fs::copy(entry.path(), office.join(name).join(entry.file_name())).unwrap();
            }
        }
        let path = office.join(name).join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, change(&text)).unwrap();
    };
    spoilt("cutlog", "decisions.log", &|log| log.split_inclusive('\n').skip(1).collect());
    spoilt("cutlog2", "decisions.log", &|_| "x\n".to_owned());
    spoilt("badtable", "links.csv", &|_| "a,b\n".to_owned());
    spoilt("edited", "no_match.csv", &|table| format!("{table}r7,x\n"));
    spoilt("badsum", "summary.json", &|_| "{}".to_owned());
    spoilt("nosum", "links.csv", &str::to_owned);
    fs::remove_file(office.join("nosum/run.json")).unwrap();
}

/// Sheets as reviewers leave them, most of them wrong in one thing.
fn fill(office: &Path) {
    let sheet = fs::read_to_string(office.join("filled.csv")).unwrap();
    let (header, row) = sheet.split_once("\r\n").unwrap();
    // The two cells that are the reviewer's are the last ones of the row.
    let row = row.trim_end().strip_suffix(",,").unwrap();
    for (name, row) in [
        ("good.csv", format!("{row},none,佐藤")),
        ("f1.csv", format!("{row},nobody,佐藤")),
        ("f2.csv", format!("{row},none,")),
        ("f3.csv", format!("{row},none,a|b")),
        ("f4.csv", format!("{},none,佐藤", row.replacen("r2", "r99", 1))),
    ] {
        fs::write(office.join(name), format!("{header}\r\n{row}\r\n")).unwrap();
    }
    let sheet = fs::read_to_string(office.join("sampled/clerical_1.csv")).unwrap();
    for (name, sheet) in [
        ("c1.csv", sheet.clone()),
        ("c2.csv", sheet.replace("r1", "r7")),
        ("c3.csv", sheet.replace(",,\n", ",right,\n")),
        ("c4.csv", sheet.lines().take(1).collect()),
        ("c5.csv", sheet.replace(",,\n", ",wrong,\n")),
    ] {
        fs::write(office.join(name), sheet).unwrap();
    }
}

/// The words of a line, at one day for all that ask for a day.
fn words(line: &str) -> Vec<String> {
    let asks = ["link", "explain"].iter().any(|command| line.starts_with(command));
    let day = if asks && !line.contains("--as-of") { " --as-of 2026-04-01" } else { "" };
    let line = line.replace("BOTH", BOTH) + day;
    line.split(' ').map(str::to_owned).collect()
}

fn in_japanese(office: &Path, line: &str) -> Ran {
    run(office, &[vec!["--lang".to_owned(), "ja".to_owned()], words(line)].concat())
}

/// English words of what is said: no flag, file, column, setting or code, and no name that has no other writing.
fn english(said: &str) -> Vec<&str> {
    const NAMES: &str = "id sex address status profile verdict weight same strict threads policy registri passphrase kanji none \
        as-of from bytes name number himozuke link verify check index evaluate review sheet keygen train explain apply report \
        guideline four five statistical deleted true false yes no auto right wrong unsure splink moved population nobody \
        UTF UTF-8 UTF-16 utf-8 CP932 EUC-JP ISO-2022-JP JIS ZIP Excel CSV JSON TOML ID OS Parquet Arrow MJ UCS IPA R1 age1 \
        Splink ISO MiB MB chmod run dir o records registry sample titel errors columns coverage cp932 utf-16le";
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-./=".contains(c);
    let mut words: Vec<&str> = said.split(|c: char| !is_part(c)).collect();
    words.retain(|word| {
        let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        let named = word.starts_with('-') || word.trim_end_matches('.').contains(['.', '_', '/', '=']);
        letters > 1 && !named && word.len() < 64 && !NAMES.split_ascii_whitespace().any(|name| name == *word)
    });
    words
}

/// Does what a transcript says, and holds what is said to it.
fn follow(transcript: &str) {
    let office = office();
    let mut lines = 0;
    for block in transcript.split("$ ").skip(1) {
        let (line, expected) = block.split_once('\n').unwrap();
        let ran = in_japanese(office.path(), line);
        assert_eq!(format!("{}\n{}", ran.status, ran.err), expected, "{line}");
        let given = words(line);
        let found = english(&ran.err).into_iter().filter(|word| !given.iter().any(|own| own == word));
        assert_eq!(found.collect::<Vec<_>>(), [""; 0], "{line}: English is left: {}", ran.err);
        lines += 1;
    }
    assert!(lines > 10);
}

#[test]
fn what_is_wrong_with_inputs_and_settings_is_told_in_japanese() {
    follow(include_str!("japanese/inputs.txt"));
}

#[test]
fn what_is_wrong_with_finished_runs_and_their_keys_is_told_in_japanese() {
    follow(include_str!("japanese/runs.txt"));
}

#[test]
fn what_is_wrong_with_sheets_truths_and_labels_is_told_in_japanese() {
    follow(include_str!("japanese/reviews.txt"));
}

/// What commands answer where nothing is wrong.
#[test]
fn answers_are_in_japanese() {
    let office = office();
    let codes = ["link: ", "review: ", "no_match: "];
    for line in [
        "link BOTH --out new --estimate-errors",
        "link --registry r.hmz --records records.csv --out indexed",
        "check BOTH --key-file office.key",
        "check --registry r.hmz",
        "index --registry registry.csv --out new.hmz",
        "index --check r.hmz",
        "audit verify run",
        "purge dir",
        "review sheet run --out s.csv",
        "review apply run good.csv --out applied",
        "review estimate sampled c3.csv c5.csv --out estimated",
        "report sampled",
        "purge sampled --results",
        "decrypt enc --key-file office.key --out plain",
        "synth --residents 100 --records 10 --claims 10 --seed 1 --out town",
        "verify --registry town/registry.csv --records town/claims.csv --out verified",
        "train --registry town/registry.csv --records town/records.csv --out trained",
        "man --out man",
    ] {
        let ran = in_japanese(office.path(), line);
        assert_eq!(ran.status, 0, "{line}: {}", ran.err);
        let said = codes.iter().fold(ran.out + &ran.err, |said, code| said.replace(code, ""));
        let given = words(line);
        let found = english(&said).into_iter().filter(|word| !given.iter().any(|own| own == word));
        assert_eq!(found.collect::<Vec<_>>(), [""; 0], "{line}: English is left: {said}");
        assert!(!said.is_ascii(), "{line}: nothing is said in Japanese: {said}");
    }
}

/// The language of the system, of the settings, and of the log for machines; and English where none of them says otherwise.
#[test]
fn messages_are_in_the_language_of_who_asks() {
    let office = office();
    let wrong = ["link", "--registry", "empty.csv", "--records", "records.csv", "--out", "o"];
    let ask = |more: &[&str], locale: &str| {
        let mut command = command();
        let ran = command.args(wrong).args(more).env("LC_ALL", locale).current_dir(office.path()).output();
        String::from_utf8(ran.unwrap().stderr).unwrap()
    };
    assert!(ask(&[], "C").starts_with("error: empty.csv is empty\nhint: "));
    assert!(ask(&[], "ja_JP.UTF-8").starts_with("エラー: empty.csv は空です\nヒント: "));
    assert!(ask(&["--lang", "en"], "ja_JP.UTF-8").starts_with("error: "));
    assert!(ask(&["--config", "settings9.toml"], "C").starts_with("設定: settings9.toml\nエラー: "));
    assert!(ask(&["--config", "settings9.toml", "--lang", "en"], "C").starts_with("settings: "));
    let logged = ask(&["--lang", "ja", "--log", "json"], "C");
    assert!(
        logged.contains("\"event\":\"failed\",\"status\":2,\"message\":\"empty.csv は空です\""),
        "{logged}"
    );
}

/// Files are for machines, and are the same in whatever language a run speaks (R25).
#[test]
fn files_do_not_depend_on_the_language() {
    let office = office();
    let line = "link --registry short.csv --records dup2.csv --out";
    let ran = [
        in_japanese(office.path(), &format!("{line} ja")),
        run(office.path(), &words(&format!("{line} en"))),
    ];
    assert!(ran.iter().all(|ran| ran.status == 0));
    for name in
        ["links.csv", "review.csv", "no_match.csv", "rejected.csv", "registry_problems.csv", "summary.json"]
    {
        let [ja, en] = ["ja", "en"].map(|own| fs::read(office.path().join(own).join(name)).unwrap());
        assert!(ja == en, "{name}");
    }
}

#[test]
fn an_english_sentence_would_be_found() {
    assert_eq!(english("エラー: cannot read r.csv: ファイルがありません"), ["cannot", "read"]);
    assert_eq!(english("--map id=整理番号 を birth_date に（OS のエラー番号 2）"), [""; 0]);
}
