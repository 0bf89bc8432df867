//! `himozuke explain` and `himozuke normalize` as processes, and law 12: no value where none was asked for.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{fs, path::Path};

use common::{Linked, Ran, run};
use serde_json::Value;

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

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&run(Path::new("."), arguments).out).unwrap()
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
        for shown in ["金糸雀　鳴海", "昭和62年6月5日", "1987-06-05", "金翅雀　鳴海", "台東区籠町9876番地"]
        {
            assert!(ran.out.contains(shown), "{shown}: {}", ran.out);
        }
        // Nor that of a record which may be about the protected resident.
        for hidden in ["鳥籠一丁目9876番5432号", "鳥籠1-9876", "鴬谷", "123456789018"] {
            assert!(!ran.out.contains(hidden), "{hidden}: {}", ran.out);
        }
    }
}

/// The characters of a name are personal data: how many, and at which grade, is told; which ones, only on demand.
#[test]
fn variants_of_a_name_are_counted_and_shown_when_asked_for() {
    const HOME: &str = "東京都千代田区霞が関一丁目1番1号";
    let registry = format!(
        "id,kanji_name,birth_date,sex,address,former_names\n\
         p1,高橋　一郎,1986-01-02,1,{HOME},\n\
         p2,渡邉　斎,1985-01-02,1,{HOME},\n\
         p3,佐々木　花子,1987-01-02,2,{HOME},濱田\n\
         p4,山田　太郎,1988-01-02,1,{HOME},\n"
    );
    let records = format!(
        "id,kanji_name,birth_date,sex,address\n\
         r1,髙橋一郎,1986-01-02,1,{HOME}\n\
         r2,渡邊　斉,1985-01-02,1,{HOME}\n\
         r3,佐佐木花子,1987-01-02,2,{HOME}\n\
         r4,浜田花子,1987-01-02,2,{HOME}\n\
         r5,山田　太郎,1988-01-02,1,{HOME}\n"
    );
    let linked = Linked::new(registry, records, &[]);
    let line = |id: &str, more: &[&str]| {
        let ran = explain(linked.directory.path(), id, more);
        let titles = ["   name form         ", "   氏名の表記        "];
        let line = ran.out.lines().find_map(|line| titles.iter().find_map(|title| line.strip_prefix(title)));
        line.map(str::to_owned)
    };
    for (id, counted, shown, japanese) in [
        (
            "r1",
            "equal at grade 3; 1 character as a variant, grade 3",
            "equal at grade 3; 1 character as a variant, grade 3: 髙=高",
            "等級3で同じ、異体字1字（等級3）: 髙=高",
        ),
        (
            "r2",
            "alike at grade 5, which never agrees; 1 character as a variant, grade 4; 1 character as a variant, grade 5",
            "alike at grade 5, which never agrees; 1 character as a variant, grade 4: 邊=邉; 1 character as a variant, grade 5: 斉=斎",
            "等級5で類似（一致とはしない）、異体字1字（等級4）: 邊=邉、異体字1字（等級5）: 斉=斎",
        ),
        // 々 is no variant of a character, and a former name is not today's.
        ("r3", "equal at grade 3", "equal at grade 3", "等級3で同じ"),
        ("r4", "equal at grade 3", "equal at grade 3", "等級3で同じ"),
    ] {
        assert_eq!(line(id, &[]).as_deref(), Some(counted), "{id}");
        assert_eq!(line(id, &["--show-values"]).as_deref(), Some(shown), "{id}");
        assert_eq!(line(id, &["--show-values", "--lang", "ja"]).as_deref(), Some(japanese), "{id}");
        for more in [&[][..], &["--lang", "ja"], &["--json"]] {
            let ran = explain(linked.directory.path(), id, more);
            for canary in ["髙", "高", "橋", "邊", "邉", "斉", "斎", "々", "佐", "花", "濱", "浜"]
            {
                assert!(!(ran.out.clone() + &ran.err).contains(canary), "{id}: {canary} in {}", ran.out);
            }
        }
    }
    // The same characters: nothing had to be folded.
    assert_eq!(line("r5", &["--show-values"]), None);
    let form = |more: &[&str]| -> Value {
        let ran = explain(linked.directory.path(), "r1", more);
        serde_json::from_str::<Value>(&ran.out).unwrap()["candidates"][0]["name_form"].clone()
    };
    let counted = serde_json::json!({"grade": "official", "variants": [{"grade": "official", "count": 1}]});
    assert_eq!(form(&["--json"]), counted);
    assert_eq!(form(&["--json", "--show-values"])["variants"][0]["characters"], serde_json::json!(["髙=高"]));
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

/// The figure by which results are put in order is the same wherever it is shown, and says its unit.
#[test]
fn confidence_is_that_of_the_tables() {
    let residents = "id,kanji_name,birth_date,sex,address\n\
        p1,髙橋 花子,1985-01-01,2,東京都杉並区永福二丁目1番1号\n";
    let records = "id,kanji_name,birth_date,sex,address\n\
        r1,髙橋 花子,1985-01-01,2,東京都杉並区永福二丁目1番1号\n\
        r2,髙橋 花子,1985-01-01,2,\n\
        r3,伊能 忠敬,1950-02-11,1,東京都杉並区永福二丁目1番1号\n";
    let linked = Linked::new(residents, records, &[]);
    let directory = linked.directory.path();
    for (id, table) in [("r1", Some("links.csv")), ("r2", Some("review.csv")), ("r3", None)] {
        let told: Value = serde_json::from_str(&explain(directory, id, &["--json"]).out).unwrap();
        let (english, japanese) =
            (explain(directory, id, &[]).out, explain(directory, id, &["--lang", "ja"]).out);
        let Some(table) = table else {
            assert_eq!(told["confidence_millibits"], Value::Null);
            assert!(!english.contains("confidence") && !japanese.contains("確信度"), "{english}");
            continue;
        };
        let table = fs::read_to_string(directory.join("out").join(table)).unwrap();
        let mut rows = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let column = rows.next().unwrap().iter().position(|name| *name == "confidence_bits").unwrap();
        let bits = rows.next().unwrap()[column].to_owned();
        assert_eq!(told["confidence_millibits"].as_i64(), bits.replace('.', "").parse().ok(), "{id}");
        let line = format!("confidence         {bits} bits  (against everybody else, registered or not)\n");
        assert!(english.contains(&line), "{english}");
        let line = format!("確信度             {bits} ビット  (登録外も含むほかの人すべてに対して)\n");
        assert!(japanese.contains(&line), "{japanese}");
    }
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
    folded: width (full or half width), grade 2; spacing (spaces and separators), grade 2
  unknown: the reading
  former form: 旧田 | ハナ子
    folded: width (full or half width), grade 2; spacing (spaces and separators), grade 2
birth date
  1985-01
  between: 1985-01-01 .. 1985-01-31
  written in: 昭和
  known only in part: never agrees, never contradicts within
  unknown: the day, within the range
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
fn a_border_that_nobody_wrote_is_offered_and_never_taken() {
    let cases = [
        (
            "東海林太郎",
            "en",
            "\
name
  registered form: 東海林太郎
    unknown: where the family name ends (no border written)
    ASSUMED borders, likeliest first, none taken: 東海林 | 太郎, 東海 | 林太郎
  unknown: the reading
",
        ),
        (
            "山田太郎",
            "ja",
            "\
氏名
  登録名 表記: 山田太郎
    不明: 氏と名の区切り（記載なし）
    区切りの候補（推定、採用しません）: 山田 | 太郎
  不明: 読み
",
        ),
        (
            "佐々木子",
            "en",
            "\
name
  registered form: 佐々木子
    unknown: where the family name ends (no border written)
    ASSUMED border: none, no listed family and given name fit
  unknown: the reading
",
        ),
        (
            "山田　太郎",
            "ja",
            "氏名\n  登録名 表記: 山田 | 太郎\n    表記の統一: spacing（空白・区切り）等級2\n  不明: 読み\n",
        ),
    ];
    for (name, lang, expected) in cases {
        let ran = run(Path::new("."), &["normalize", "--kanji-name", name, "--lang", lang]);
        assert_eq!((ran.status, ran.out.as_str()), (0, expected), "{name}");
    }
    let name = &json(&["normalize", "--kanji-name", "東海林太郎", "--json"])["names"][0]["register"];
    assert_eq!((&name["family"], &name["given"]["text"]), (&Value::Null, &Value::from("東海林太郎")));
    let first = serde_json::json!({"family": "東海林", "given": "太郎"});
    assert_eq!((name["assumed_borders"].as_array().unwrap().len(), &name["assumed_borders"][0]), (2, &first));
    let written = &json(&["normalize", "--kanji-name", "山田 太郎", "--json"])["names"][0]["register"];
    assert_eq!((&written["assumed_borders"], &written["family"]["text"]), (&Value::Null, &"山田".into()));
}

/// For each attribute, in each language: what was read, each fold with its grade, and what stayed unknown.
#[test]
fn every_attribute_is_shown_with_its_folds_and_what_is_unknown() {
    let cases = [
        (
            ["--kanji-name", "●田\u{3000}渚"],
            "\
name
  registered form: ●田 | 渚
    folded: spacing (spaces and separators), grade 2
    unknown: a character (外字 or a placeholder): it matches nothing
  unknown: the reading
",
            "\
氏名
  登録名 表記: ●田 | 渚
    表記の統一: spacing（空白・区切り）等級2
    不明: 読み取れない文字（外字・代替文字）。何とも一致しません
  不明: 読み
",
        ),
        (
            ["--kana-name", "やまだ ﾅｷﾞｻ"],
            "\
name
  registered reading: ヤマダ | ナギサ
    folded: width (full or half width), grade 2; script (hiragana as katakana), grade 2
  unknown: the register form
",
            "\
氏名
  登録名 読み: ヤマダ | ナギサ
    表記の統一: width（全角・半角）等級2、script（ひらがなをカタカナに）等級2
  不明: 表記（漢字など）
",
        ),
        (
            ["--birth-date", "昭和六十年"],
            "\
birth date
  1985
  between: 1985-01-01 .. 1985-12-31
  written in: 昭和
  known only in part: never agrees, never contradicts within
  folded: numeral (numerals), grade 2
  unknown: month and day, within the range
",
            "\
生年月日
  1985
  範囲: 1985-01-01 .. 1985-12-31
  記載の元号: 昭和
  一部だけ判明（一致とはせず、範囲内なら矛盾ともしない）
  表記の統一: numeral（数字の表記）等級2
  不明: 月日（範囲のうちどの日か）
",
        ),
        (
            ["--birth-date", "不詳"],
            "birth date\n  XXXX-XX-XX\n  unknown: the whole date\n",
            "生年月日\n  XXXX-XX-XX\n  不明: 年月日すべて\n",
        ),
        (
            ["--sex", "ｆ"],
            "sex\n  female (2)\n  folded: width (full or half width), grade 2; case (capitals), grade 2\n",
            "性別\n  女 (2)\n  表記の統一: width（全角・半角）等級2、case（大文字・小文字）等級2\n",
        ),
        (["--sex", "9"], "sex\n  unknown: stated to be unknown\n", "性別\n  不明: 不明と記載\n"),
        (
            ["--address", "千代田区霞ヶ関２-1"],
            "\
address
  東京都//千代田区//霞ケ関//2-1//
  prefecture code: 13
  municipality code: 131016
  municipality: 千代田区
  town: 霞ケ関
  town id (himozuke's): 9f79e7c272a3760a
  numbers: 2 1
  folded: width (full or half width), grade 2; character_forms (kana size, old kanji), grade 3
  unknown: what a bare number is (丁目, 番, 番地, 号)
",
            "\
住所
  東京都//千代田区//霞ケ関//2-1//
  都道府県コード: 13
  団体コード: 131016
  市区町村: 千代田区
  町字: 霞ケ関
  町字の番号（本ソフト独自）: 9f79e7c272a3760a
  番号: 2 1
  表記の統一: width（全角・半角）等級2、character_forms（仮名の大小・旧字体）等級3
  不明: 単位のない番号が丁目・番・番地・号のどれか
",
        ),
        (
            ["--address", "東京都千代田区霞ケ関二丁目1番"],
            "\
address
  東京都//千代田区//霞ケ関//2丁目1番//
  prefecture code: 13
  municipality code: 131016
  municipality: 千代田区
  town: 霞ケ関
  town id (himozuke's): 9f79e7c272a3760a
  numbers: 2丁目 1番
  folded: numeral (numerals), grade 2
",
            "\
住所
  東京都//千代田区//霞ケ関//2丁目1番//
  都道府県コード: 13
  団体コード: 131016
  市区町村: 千代田区
  町字: 霞ケ関
  町字の番号（本ソフト独自）: 9f79e7c272a3760a
  番号: 2丁目 1番
  表記の統一: numeral（数字の表記）等級2
",
        ),
        (
            ["--address", "本町●"],
            "\
address
  //本町//●////
  municipality: 本町
  town: ●
  unknown: the prefecture
  unknown: the municipality: it is not in the gazetteer
  unknown: the town: it is not in the gazetteer
  unknown: the numbers
  unknown: a character that cannot be read
",
            "\
住所
  //本町//●////
  市区町村: 本町
  町字: ●
  不明: 都道府県
  不明: 市区町村（地名表にない名称）
  不明: 町字（地名表にない名称）
  不明: 番号
  不明: 読み取れない文字
",
        ),
        (["--address", " "], "address\n  unknown: nothing is stated\n", "住所\n  不明: 記載なし\n"),
    ];
    for (value, en, ja) in cases {
        for (lang, expected) in [("en", en), ("ja", ja)] {
            let ran = run(Path::new("."), &[&["normalize", "--lang", lang][..], &value].concat());
            assert_eq!((ran.status, ran.out.as_str()), (0, expected), "{value:?} {}", ran.err);
        }
    }
    let sex = json(&["normalize", "--sex", "ｆ", "--json", "--lang", "ja"]);
    let width = serde_json::json!({"code": "width", "sentence": "全角・半角", "grade": "equivalent"});
    assert_eq!((&sex["sex"]["iso_5218"], &sex["sex"]["folds"][0]), (&2.into(), &width));
    let blank = json(&["normalize", "--address", "", "--json"]);
    assert_eq!(blank["address"]["unknown"][0]["code"], "not_stated");
}

#[test]
fn what_cannot_be_read_is_said_in_both_languages() {
    let long = "あ".repeat(3000);
    for (value, code) in [
        (["--kanji-name", "山田太郎、山田花子"], "name_several_people"),
        (["--birth-date", "平成31年5月1日"], "birth_date_past_era_end"),
        (["--sex", "x"], "sex_unreadable"),
        (["--address", &long], "address_too_long"),
    ] {
        for (lang, title) in [("en", "cannot be read"), ("ja", "読み取り不能")] {
            let ran = run(Path::new("."), &[&["normalize", "--lang", lang][..], &value].concat());
            let (_, sentence) = ran.out.split_once(&format!("{title}: {code}: ")).unwrap();
            let kana = sentence.chars().any(|c| ('ぁ'..='ん').contains(&c));
            assert_eq!(kana, lang == "ja", "{code}: {sentence}");
        }
    }
    let registry = "id,kanji_name\np1,山田\n";
    let linked = Linked::new(registry, "id,kanji_name\nr1,\"山田太郎、花子\"\nr2,山\0\n", &[]);
    for (id, expected) in [
        (
            "r1",
            "読み取り不能: 2行目、kanji_name、name_several_people: 一つの欄に複数の人の氏名があります。一人一行に分けてください\n",
        ),
        ("r2", "読み取り不能: 3行目、kanji_name、nul_character: 欄に NUL 文字があります\n"),
    ] {
        assert_eq!(explain(linked.directory.path(), id, &["--lang", "ja"]).out, expected);
    }
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
