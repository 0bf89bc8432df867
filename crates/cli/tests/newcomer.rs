//! What goes wrong on the first day: whatever is given, the message names the thing, its place and the mend, and no value.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::fs;

use common::run;

const REGISTRY: &str = "id,kanji_name,kana_name,birth_date,sex,address
p1,金糸雀 鳴海,カナリヤ ナルミ,1987-06-05,2,東京都千代田区霞が関二丁目1番6号
";
const RECORDS: &str = "整理番号,氏名,フリガナ,生年月日,性別,住所
r1,金糸雀 鳴海,カナリヤ ナルミ,1987-06-05,2,東京都千代田区霞が関二丁目1番6号
";

#[test]
fn what_cannot_be_done_is_told_with_its_place_and_its_mend() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fs::create_dir(at.join("folder")).unwrap();
    for (name, text) in [
        ("r.csv", REGISTRY.to_owned()),
        ("q.csv", RECORDS.to_owned()),
        ("empty.csv", String::new()),
        ("header.csv", REGISTRY.lines().next().unwrap().to_owned()),
        ("one.csv", "id\np1\n".to_owned()),
        ("noid.csv", REGISTRY.replacen("id,", "個体,", 1)),
        ("layout.toml", "record = 3".to_owned()),
        ("model.json", "{\"a\":1}".to_owned()),
        ("typo.toml", "registry = \"r.csv\"\nrecord = \"q.csv\"\n".to_owned()),
        ("open.toml", "registry = \"r.csv\n".to_owned()),
    ] {
        fs::write(at.join(name), text).unwrap();
    }
    fs::write(at.join("sjis.csv"), encoding_rs::SHIFT_JIS.encode(REGISTRY).0).unwrap();
    let truth = "record_id,person_id,tags,profile,subgroups,weight\nr1,金糸雀,,,,1\n";
    fs::write(at.join("truth.csv"), encoding_rs::SHIFT_JIS.encode(truth).0).unwrap();
    fs::write(at.join("sjis.toml"), encoding_rs::SHIFT_JIS.encode("registry = \"住民.csv\"").0).unwrap();
    assert_eq!(run(at, &["link", "--registry", "sjis.csv", "--records", "q.csv", "--out", "run"]).status, 0);
    for (line, message, hint) in [
        (
            "link --registry gone --records q.csv --out o",
            "cannot read gone: ",
            "see whether the name is right",
        ),
        ("link --registry folder --records q.csv --out o", "cannot read folder: it is a directory", ""),
        ("link --registry empty.csv --records q.csv --out o", "empty.csv is empty", "must hold the headers"),
        ("index --registry header.csv --out x.hmz", "header.csv has no residents", "the whole file"),
        (
            "link --registry one.csv --records q.csv --out o",
            "one.csv has no column of names",
            "--map kanji_name=",
        ),
        ("index --registry one.csv --out x.hmz", "one.csv has no column of names", "--map kanji_name="),
        (
            "link --registry r.csv --records one.csv --out o",
            "one.csv has no column of names",
            "--map kanji_name=",
        ),
        (
            "link --registry noid.csv --records q.csv --out o",
            "columns of noid.csv: no id column",
            "--map id=",
        ),
        ("link --registry r.csv --records q.csv --out r.csv", "cannot write r.csv: it is a file", ""),
        (
            "link --registry r.csv --records q.csv --out r.csv/o",
            "cannot write r.csv/o: ",
            "choose another --out",
        ),
        ("link --registry r.csv --records q.csv --out run", "run already holds links.csv", "--force"),
        (
            "link --registry r.csv --records q.csv --policy gone.toml --out o",
            "cannot read gone.toml",
            "see whether",
        ),
        (
            "link --registry r.csv --records q.csv --model model.json --out o",
            "model.json, line 1: no model",
            "train",
        ),
        (
            "link --registry r.csv --records q.csv --layout layout.toml --out o",
            "the layout layout.toml",
            "[[columns]]",
        ),
        ("link --config typo.toml --out o", "typo.toml, line 2: record: unknown field `record`", ""),
        ("link --config open.toml --out o", "open.toml, line 1: registry: ", ""),
        ("link --config sjis.toml --out o", "cannot read sjis.toml: ", "save it as UTF-8"),
        ("link --config gone.toml --out o", "cannot read gone.toml: ", "see whether"),
        ("link --config folder --out o", "cannot read folder: ", "give a file in it"),
        ("explain --registry r.csv --records q.csv --id r9", "q.csv has no row with that id", "as written"),
        ("index --registry r.csv --out folder", "cannot write folder: ", "choose another --out"),
        ("index --check r.csv", "r.csv is not an index file of himozuke; make one with `himozuke index`", ""),
        ("review sheet gone --out s.csv", "gone holds no finished run", "the --out of himozuke link"),
        ("review sheet folder --out s.csv", "folder holds no finished run", "the --out of himozuke link"),
        ("review sheet run --out gone/s.csv", "cannot write gone/s.csv: ", "make the directory first"),
        ("report folder", "folder holds no finished run", "the --out of himozuke link"),
        ("audit verify folder", "folder holds no decision log", "the --out of himozuke link"),
        ("audit verify gone", "cannot read gone/decisions.log: ", "see whether the name is right"),
        ("purge gone", "cannot read gone: ", "see whether the name is right"),
        ("decrypt gone --out o", "cannot read gone: ", "see whether the name is right"),
        ("keygen --out gone/o.key", "cannot write gone/o.key: ", "make the directory first"),
        (
            "evaluate --truth truth.csv --decisions run",
            "truth.csv, line 2: not UTF-8",
            "save the table as CSV in UTF-8",
        ),
    ] {
        let ran = run(at, &line.split(' ').collect::<Vec<_>>());
        assert!([1, 2].contains(&ran.status), "{line}: {}", ran.status);
        let told = ran.err.lines().find_map(|told| told.strip_prefix("error: ")).unwrap();
        assert!(told.contains(message), "{line}: {}", ran.err);
        let mend = ran.err.lines().find_map(|told| told.strip_prefix("hint: ")).unwrap_or_default();
        assert!(mend.contains(hint), "{line}: {}", ran.err);
        for value in ["金糸雀", "カナリヤ", "1987", "霞が関"] {
            assert!(!ran.err.contains(value) && !ran.out.contains(value), "{line}: {value}");
        }
        assert!(!at.join("o").join("run.json").exists() && !at.join("x.hmz").exists(), "{line}");
    }
}

/// A column that nobody knows is no error, but without it nothing can be linked: that is said before anybody wonders.
#[test]
fn a_column_that_the_policy_demands_and_nobody_finds_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fs::write(at.join("r.csv"), REGISTRY.replacen("kanji_name", "shimei", 1)).unwrap();
    fs::write(at.join("q.csv"), RECORDS.replacen("住所", "すまい", 1)).unwrap();
    let link = ["link", "--registry", "r.csv", "--records", "q.csv", "--out", "run", "--force"];
    let ran = run(at, &link);
    assert_eq!(ran.status, 0, "{}", ran.err);
    for (file, column) in [("r.csv", "kanji_name"), ("q.csv", "address")] {
        let told = format!("warning: {file} has no column {column}, which the policy demands");
        assert!(ran.err.contains(&told), "{}", ran.err);
    }
    assert_eq!(ran.err.matches("warning: ").count(), 2, "{}", ran.err);
    let maps = ["--map", "registry:kanji_name=shimei", "--map", "records:address=すまい"];
    let ran = run(at, &[&link[..], &maps].concat());
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("1 read = 1 links"), "{}", ran.out);

    fs::write(at.join("r.csv"), REGISTRY.lines().next().unwrap()).unwrap();
    let ran = run(at, &[&link[..], &maps[2..]].concat());
    assert!(ran.err.starts_with("warning: r.csv has no residents that can be read"), "{}", ran.err);
}
