//! `himozuke explain` and `himozuke normalize` as processes, and law 12: no value where none was asked for.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{fs, path::Path};

use common::{Linked, Ran, run};

/// Values that stand in the inputs and nowhere else; each is looked for as written and in its folded forms.
const CANARIES: [&str; 20] = [
    "金糸雀",
    "鳴海",
    "カナリヤ",
    "ナルミ",
    "ｶﾅﾘﾔ",
    "19870605",
    "1987-06-05",
    "昭和62",
    "鳥籠",
    "とりかご",
    "羽音",
    "金翅雀",
    "9876-5432",
    "123456789018",
    "秘鳥",
    "嘴",
    "ﾅﾙﾐ",
    "トリカゴ",
    "籠町",
    "鴬谷",
];

const REGISTRY: &str = "\
id,kanji_name,kana_name,birth_date,sex,address,former_names,aliases,former_addresses,my_number,protected
p1,金糸雀　鳴海,カナリヤ　ナルミ,1987-06-05,2,東京都台東区鳥籠一丁目9876番5432号とりかご302,羽音,秘鳥,東京都台東区鴬谷1-1,123456789018,1
p2,金翅雀　鳴海,カナリヤ　ナルミ,1987-06-05,2,東京都台東区籠町9876番地,,,,123456789018,0
p3,金糸雀　嘴,カナリヤ　クチバシ,昭和62年13月5日,羽音,鳥籠,,,,,
p4,金糸雀,嘴
p5,\"金糸雀,嘴,,,,,,,,,
";
const RECORDS: &str = "\
id,kanji_name,kana_name,birth_date,sex,address,my_number
r1,金糸雀　鳴海,ｶﾅﾘﾔ　ﾅﾙﾐ,昭和62年6月5日,女,台東区鳥籠1-9876-5432 とりかご302,123456789018
r2,金糸雀　嘴,カナリヤ　ナルミ,19870605,女,鳥籠,
r3,金糸雀　嘴,カナリヤ　ナルミ,昭和62年13月5日,女,鳥籠,
r4,金糸雀　嘴,カナリヤ　ナルミ,19870605,羽音,鳥籠,
r5,金糸雀、鳴海花子,,19870605,女,鳥籠,
r6,金糸雀\0,カナリヤ　ナルミ,19870605,女,鳥籠,
金糸雀,鳥籠
r7,\"金糸雀\"鳴海,カナリヤ　ナルミ,19870605,女,鳥籠,
r8,\"金糸雀,カナリヤ　ナルミ,19870605,女,鳥籠,
";

fn explain(directory: &Path, id: &str, more: &[&str]) -> Ran {
    let files = ["explain", "--registry", "registry.csv", "--records", "records.csv", "--id", id];
    run(directory, &[&files, more].concat())
}

fn assert_silent(text: &str, place: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{canary} in {place}");
    }
}

#[test]
fn no_value_is_in_any_output() {
    let linked = Linked::new(REGISTRY, RECORDS, &[]);
    assert_eq!(linked.ran.status, 0, "{}", linked.ran.err);
    assert!(linked.told().starts_with("9 read = "), "{}", linked.told());
    let directory = linked.directory.path();
    assert_silent(&linked.ran.out, "standard output");
    assert_silent(&linked.ran.err, "standard error");
    for entry in fs::read_dir(directory.join("out")).unwrap() {
        let path = entry.unwrap().path();
        assert_silent(&fs::read_to_string(&path).unwrap(), &path.display().to_string());
    }
    for id in ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "none"] {
        for more in [&[][..], &["--json"], &["--lang", "ja"]] {
            let ran = explain(directory, id, more);
            assert!(ran.status == 0 || ["r7", "none"].contains(&id), "{id}: {}", ran.err);
            assert_silent(&ran.out, id);
            assert_silent(&ran.err, id);
        }
    }
    let wrong =
        run(directory, &["link", "--registry", "registry.csv", "--records", "registry.csv", "--out", "o2"]);
    assert_silent(&(wrong.out + &wrong.err), "a run of the registry against itself");
}

#[test]
fn values_are_shown_when_asked_for_and_a_protected_address_never() {
    let linked = Linked::new(REGISTRY, RECORDS, &[]);
    for more in [&["--show-values"][..], &["--show-values", "--json"]] {
        let ran = explain(linked.directory.path(), "r1", more);
        assert_eq!(ran.status, 0, "{}", ran.err);
        for shown in ["金糸雀　鳴海", "昭和62年6月5日", "1987-06-05", "金翅雀　鳴海", "台東区鳥籠1-9876-5432"]
        {
            assert!(ran.out.contains(shown), "{shown}: {}", ran.out);
        }
        for hidden in ["鳥籠一丁目9876番5432号", "鴬谷", "123456789018"] {
            assert!(!ran.out.contains(hidden), "{hidden}: {}", ran.out);
        }
    }
}

#[test]
fn the_waterfall_adds_up() {
    let linked = Linked::new(REGISTRY, RECORDS, &[]);
    let ran = explain(linked.directory.path(), "r1", &[]);
    assert!(ran.out.starts_with("r1 (line 2): review\n"), "{}", ran.out);
    assert!(ran.out.contains("  namesake: Somebody else in the registry has this name and birth date.\n"));
    // From "1. p1" to the first total: what stands above it adds up to it.
    let first: Vec<&str> = ran.out.lines().skip_while(|line| !line.starts_with("1. ")).skip(1).collect();
    let mut sum = 0;
    for line in first {
        let number = line.split_whitespace().find_map(|word| {
            let (whole, thousandths) = word.split_once('.')?;
            (thousandths.len() == 3).then(|| format!("{whole}{thousandths}").parse::<i64>().ok()).flatten()
        });
        if line.trim_start().starts_with("total") {
            assert_eq!(number, Some(sum));
            return;
        }
        sum += number.unwrap_or_default();
    }
    panic!("no total: {}", ran.out);
}

#[test]
fn a_record_that_is_not_there_or_not_alone_is_said_to_be() {
    let linked = Linked::new("id,kanji_name\np1,山田\n", "id,kanji_name\nr1,山田\nr2,山\0\nr1,田中\n", &[]);
    let directory = linked.directory.path();
    let ran = explain(directory, "r9", &[]);
    assert!(
        ran.status == 2 && ran.err.starts_with("error: records.csv has no row with that id"),
        "{}",
        ran.err
    );
    let ran = explain(directory, "r1", &[]);
    assert!(ran.status == 2 && ran.err.contains("has the id on several rows"), "{}", ran.err);
    let ran = explain(directory, "r2", &[]);
    assert_eq!(ran.out, "rejected: line 3, kanji_name, nul_character: a NUL character stands in the cell\n");
}

#[test]
fn normalize_shows_what_was_read() {
    let here = Path::new(".");
    let ran =
        run(here, &["normalize", "--kanji-name", "髙橋［旧田］　ﾊﾅ子", "--birth-date", "昭和60年1月 日不詳"]);
    let expected = "\
name
  registered form: 髙橋 | ハナ子
    folded: width, spacing (grade 2)
  former form: 旧田 | ハナ子
    folded: width, spacing (grade 2)
birth date
  1985-01
  between: 1985-01-01 .. 1985-01-31
  written in: 昭和
  known only in part: never agrees, never contradicts within
";
    assert_eq!((ran.status, ran.out.as_str()), (0, expected));
    let ran = run(here, &["normalize", "--sex", "x", "--birth-date", "平成31年5月1日", "--lang", "ja"]);
    assert!(
        ran.out.contains("birth_date_past_era_end: 平成の終わり(2019-04-30)より後の日です"),
        "{}",
        ran.out
    );
    let ran = run(here, &["normalize", "--address", "東京都港区芝一丁目２番３号　芝ハイツ302号室", "--json"]);
    for part in [
        "\"municipality_code\": 131032",
        "\"town\": \"芝\"",
        "\"room\": \"302\"",
        "\"label\": \"丁目\"",
        "\"prefecture_code\": 13",
    ] {
        assert!(ran.out.contains(part), "{}", ran.out);
    }
    assert_eq!(run(here, &["normalize"]).status, 2);
}

#[test]
fn a_table_of_one_s_own_adds_variants() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("own.tsv"), "彁\t襄\t4\n").unwrap();
    std::fs::write(directory.path().join("broken.tsv"), "彁襄\n").unwrap();
    std::fs::write(directory.path().join("map.json"), "{\"content\": []}").unwrap();
    let files = [
        (
            "registry.csv",
            "id,kanji_name,birth_date,sex,address\np1,山田 襄,1985-01-02,1,東京都千代田区霞が関1-1-1\n",
        ),
        (
            "records.csv",
            "id,kanji_name,birth_date,sex,address\nr1,山田 彁,1985-01-02,1,東京都千代田区霞が関1-1-1\n",
        ),
    ];
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let linked = |out: &str, more: &[&str]| common::link(directory.path(), out, more);
    assert!(linked("without", &[]).out.starts_with("1 read = 0 links"));
    let with = linked("with", &["--mj-map", "own.tsv"]);
    assert!(with.out.starts_with("1 read = 1 links"), "{}{}", with.out, with.err);
    let summary = std::fs::read_to_string(directory.path().join("with/summary.json")).unwrap();
    assert!(summary.contains("\"mj_map\"") && summary.contains("\"register\": 1"), "{summary}");
    for (map, message) in
        [("broken.tsv", "broken.tsv, line 1: not a pair"), ("map.json", "by MJ number only")]
    {
        let refused = linked("refused", &["--mj-map", map]);
        assert_eq!(refused.status, 2);
        assert!(refused.err.contains(message), "{}", refused.err);
    }
}
