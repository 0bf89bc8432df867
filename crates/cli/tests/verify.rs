//! `himozuke verify` as a process: every record in one file, every alert raised, and no value or number anywhere.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is the test failing"
)]

mod common;

use std::{collections::HashMap, fs, path::Path};

use common::{Ran, run};

/// Files that do not depend on when a run was.
const RESULTS: [&str; 7] = [
    "confirmed.csv",
    "review.csv",
    "suspect.csv",
    "alerts.csv",
    "rejected.csv",
    "registry_problems.csv",
    "summary.json",
];

/// A directory with `registry.csv` and `records.csv`, verified into `out`.
struct Checked {
    directory: tempfile::TempDir,
    ran: Ran,
}

impl Checked {
    fn new(registry: impl AsRef<[u8]>, records: impl AsRef<[u8]>, more: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("registry.csv"), registry).unwrap();
        fs::write(directory.path().join("records.csv"), records).unwrap();
        let ran = verify(directory.path(), "out", more);
        Self { directory, ran }
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.directory.path().join("out").join(name)).unwrap()
    }

    fn told(&self) -> &str {
        self.ran.out.lines().next().unwrap_or_default()
    }

    /// What an error must look like: exit status 2, a cause, a mend, and nothing left behind.
    fn refused(&self, cause: &str, mend: &str) {
        assert_eq!((self.ran.status, self.ran.out.as_str()), (2, ""), "{}", self.ran.err);
        assert!(self.ran.err.contains(cause) && self.ran.err.contains(mend), "{}", self.ran.err);
        assert!(!self.directory.path().join("out/run.json").exists());
    }
}

fn verify(directory: &Path, out: &str, more: &[&str]) -> Ran {
    let files = ["verify", "--registry", "registry.csv", "--records", "records.csv", "--out", out];
    run(directory, &[&files, more].concat())
}

/// An individual number with a right check digit (R17).
fn number(eleven: u64) -> String {
    let digits = format!("{eleven:011}");
    let weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let sum: u32 = digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", if sum % 11 < 2 { 0 } else { 11 - sum % 11 })
}

/// People of the town: id, kanji, reading, birth date, sex, address.
const PEOPLE: [[&str; 6]; 17] = [
    ["p01", "金糸雀 一郎", "カナリヤ イチロウ", "1985-01-11", "1", "東京都千代田区霞が関二丁目1番6号"],
    ["p02", "鳥籠 花子", "トリカゴ ハナコ", "1990-05-05", "2", "大阪府大阪市北区中之島一丁目3番20号"],
    ["p03", "翡翠 健一", "ヒスイ ケンイチ", "1985-01-02", "1", "愛知県名古屋市中区三の丸三丁目1番2号"],
    ["p04", "翡翠 翔太", "ヒスイ ショウタ", "2015-06-07", "1", "愛知県名古屋市中区三の丸三丁目1番2号"],
    ["p05", "瑠璃 静子", "ルリ シズコ", "1958-10-10", "2", "福岡県福岡市中央区天神一丁目8番1号"],
    ["p06", "鶺鴒 久", "セキレイ ヒサシ", "1949-03-21", "1", "北海道札幌市中央区北一条西二丁目1番"],
    ["p07", "鴎外 光", "オウガイ ヒカル", "1971-08-09", "2", "広島県広島市中区国泰寺町一丁目6番34号"],
    ["p08", "雲雀 学", "ヒバリ マナブ", "1966-12-24", "1", "宮城県仙台市青葉区国分町三丁目7番1号"],
    ["p09", "目白 紬", "メジロ ツムギ", "2001-02-03", "2", "京都府京都市中京区上本能寺前町488番地"],
    ["p10", "郭公 蓮", "カッコウ レン", "1979-07-17", "1", "神奈川県横浜市中区本町六丁目50番地10"],
    ["p11", "鷦鷯 茜", "ササキ アカネ", "1993-11-30", "2", "埼玉県さいたま市浦和区高砂三丁目15番1号"],
    ["p12", "百舌 剛", "モズ ツヨシ", "1955-04-14", "1", "千葉県千葉市中央区市場町1番1号"],
    ["p13", "千鳥 澪", "チドリ ミオ", "1988-09-19", "2", "兵庫県神戸市中央区加納町六丁目5番1号"],
    ["p14", "水鶏 誠", "クイナ マコト", "1962-06-16", "1", "静岡県静岡市葵区追手町5番1号"],
    ["p15", "黄鶲 楓", "キビタキ カエデ", "1996-01-25", "2", "新潟県新潟市中央区学校町通一番町602番地1"],
    ["p16", "懸巣 梓", "カケス アズサ", "1983-02-28", "2", "岡山県岡山市北区大供一丁目1番1号"],
    ["p17", "山雀 岳", "ヤマガラ ガク", "2007-03-14", "1", "熊本県熊本市中央区手取本町1番1号"],
];

/// The number of the person at a place of [`PEOPLE`], from 1.
fn number_of(person: usize) -> String {
    number(30_415_926_000 + 101 * person as u64)
}

fn registry() -> String {
    let rows = PEOPLE.iter().zip(1..).map(|(cells, person)| {
        let household = if matches!(person, 3 | 4) { "h1" } else { "" };
        format!("{},{household},{}\n", cells.join(","), number_of(person))
    });
    "id,kanji_name,kana_name,birth_date,sex,address,household_id,my_number\n".to_owned()
        + &rows.collect::<String>()
}

/// The header of an office's file, and one row of it: about one person, with the number of another.
const HEADER: &str = "整理番号,氏名,フリガナ,生年月日,性別,住所,宛名番号,個人番号,口座ID,手帳番号,申請番号\n";

fn row(id: &str, about: usize, [person_id, number]: [&str; 2], [account, scheme, form]: [&str; 3]) -> String {
    let attributes = PEOPLE[about - 1][1..].join(",");
    format!("{id},{attributes},{person_id},{number},{account},{scheme},{form}\n")
}

/// Rows that raise every alert, with what they are in the field.
fn records() -> String {
    let of = |id, about, person: usize| row(id, about, ["", &number_of(person)], [""; 3]);
    // The digits n and n+6 exchanged: a slip that the check digit does not see (scenario 25).
    let mut slip: Vec<char> = number_of(15).chars().collect();
    slip.swap(1, 7);
    let slip: String = slip.into_iter().collect();
    assert!(slip != number_of(15) && slip.parse::<himozuke::MyNumber>().is_ok());
    let mut wrong_digit = number_of(1);
    wrong_digit.replace_range(0..1, "4");
    let rows = [
        row("0001", 16, ["p16", &number_of(16)], ["KOUZA-2", "A-2001", "SHINSEI-2"]),
        "0002,山雀岳,ﾔﾏｶﾞﾗ ｶﾞｸ,H19.3.14,男,熊本市中央区手取本町１－１,p17,,,,\n".to_owned(),
        row("a1", 1, ["p01", &number_of(1)], ["", "", ""]),
        row("a2", 1, ["p01", ""], ["KOUZA-1", "", ""]),
        row("a3", 2, ["", &number_of(2)], ["KOUZA-1", "", ""]),
        // A parent's number for the child, on one application.
        row("b1", 4, ["p03", ""], ["", "", "SHINSEI-1"]),
        row("b2", 3, ["p03", ""], ["", "", "SHINSEI-1"]),
        // Two forms exchanged.
        of("c1", 5, 6),
        of("c2", 6, 5),
        // Numbers one row off.
        of("d1", 7, 8),
        of("d2", 8, 9),
        of("d3", 9, 10),
        of("d4", 10, 7),
        // Handbook numbers a slip apart, one of them on two rows.
        row("e1", 11, ["p12", ""], ["", "A-1001", ""]),
        row("e2", 12, ["p12", ""], ["", "A-1002", ""]),
        row("e3", 13, ["p13", ""], ["", "A-1002", ""]),
        row("f1", 15, ["", &slip], [""; 3]),
        // One person, two numbers; the second is nobody's.
        row("g1", 14, ["p14", ""], [""; 3]),
        row("g2", 14, ["", &number(99_999_999_999)], [""; 3]),
        row("h1", 2, ["p02", &number_of(3)], [""; 3]),
        row("h2", 2, ["", ""], [""; 3]),
        row("h3", 2, ["p99", ""], [""; 3]),
        row("i1", 1, ["", &wrong_digit], [""; 3]),
        row("i2", 1, ["", &number_of(1)[1..]], [""; 3]),
        row("j1", 1, ["p01", ""], [""; 3]),
        row("j1", 1, ["p01", ""], [""; 3]),
        "k1,too few\n".to_owned(),
    ];
    HEADER.to_owned() + &rows.concat()
}

/// The registry with a resident whose number fails its check digit.
fn registry_with_a_slip() -> String {
    let mut wrong = number_of(20);
    wrong.replace_range(11.., if wrong.ends_with('1') { "2" } else { "1" });
    registry() + &format!("p18,鶫 環,ツグミ タマキ,1977-07-07,2,長野県長野市大字鶴賀緑町1613番地,,{wrong}\n")
}

#[test]
fn every_record_is_in_one_file_and_every_alert_is_raised() {
    let checked = Checked::new(registry_with_a_slip(), records(), &["--as-of", "2026-04-01"]);
    assert_eq!(checked.ran.status, 0, "{}", checked.ran.err);
    assert!(checked.ran.err.starts_with("warning: registry: 0 rows left out and 1 attributes unknown"));
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify");
    for name in RESULTS {
        let expected = fs::read_to_string(expected.join(name)).unwrap();
        let found = checked.file(name);
        if name == "summary.json" {
            let [mut found, expected] = [found, expected].map(|text| json(&text));
            assert!(found.as_object_mut().unwrap().remove("policy").is_some());
            assert_eq!(found, expected);
        } else {
            assert_eq!(found, expected, "{name}");
        }
    }
    let told = fs::read_to_string(expected.join("told.txt")).unwrap();
    let out: Vec<&str> = checked.ran.out.lines().filter(|line| !line.contains(" pairs compared ")).collect();
    assert_eq!(out.join("\n") + "\n", told);

    let alerts = checked.file("alerts.csv");
    for kind in himozuke::AlertKind::ALL {
        let raised = |line: &str| line.starts_with(&format!("{},", kind.code()));
        assert!(alerts.lines().any(raised), "{}", kind.code());
    }
    assert_eq!(verify(checked.directory.path(), "strict", &["--strict"]).status, 3);
    assert!(checked.directory.path().join("strict/run.json").exists());
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// Everything of the inputs that no output may hold.
fn canaries() -> Vec<String> {
    let mut canaries: Vec<String> = (1..=20).map(number_of).collect();
    canaries.extend(["99999999999", "A-100", "A-2001", "KOUZA", "SHINSEI"].map(str::to_owned));
    for [_, kanji, kana, date, _, address] in PEOPLE {
        canaries.extend([kanji, kana].iter().flat_map(|name| name.split(' ')).map(str::to_owned));
        canaries.extend([date, &address[..12]].map(str::to_owned));
    }
    // A part of a number is a part too much: eight digits in a row are no coincidence.
    let parts: Vec<String> = (1..=20).map(|person| number_of(person)[4..].to_owned()).collect();
    canaries.extend(parts);
    canaries
}

#[test]
fn no_value_and_no_number_is_in_any_output() {
    let canaries = canaries();
    let silent = |text: &str, place: &str| {
        for canary in &canaries {
            assert!(!text.contains(canary.as_str()), "{canary} in {place}");
        }
    };
    let checked = Checked::new(registry_with_a_slip(), records(), &[]);
    let directory = checked.directory.path();
    silent(&(checked.ran.out.clone() + &checked.ran.err), "what is said");
    let files: Vec<_> = fs::read_dir(directory.join("out")).unwrap().map(|entry| entry.unwrap()).collect();
    assert_eq!(files.len(), RESULTS.len() + 3, "and run.json, decisions.log, handles.csv");
    for file in files {
        let text = fs::read_to_string(file.path()).unwrap();
        silent(&text, &file.path().display().to_string());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    for map in ["records:person_id=個人番号", "records:id=個人番号", "registry:id=my_number", "sex=nothing"]
    {
        let ran = verify(directory, "mapped", &["--map", map]);
        assert_eq!(ran.status, 2, "{map}");
        assert!(ran.err.contains("--map") && !directory.join("mapped").exists(), "{}", ran.err);
        silent(&(ran.out + &ran.err), "an error");
    }
    let ran = run(directory, &["check", "--registry", "registry.csv", "--records", "records.csv"]);
    assert_eq!(ran.status, 0);
    silent(&ran.out, "check");
}

#[test]
fn an_office_file_is_read_as_it_comes() {
    let text = HEADER.to_owned()
        + &row("1", 16, ["p16", &number_of(16)], [""; 3])
        + &row("2", 17, ["", &number_of(17)], [""; 3]);
    let encode = |text: &str| encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
    let registry = registry().replacen("id,", "宛名番号,", 1).replacen("my_number", "個人番号", 1);
    let checked = Checked::new(encode(&registry), encode(&text), &["--threads", "1"]);
    assert_eq!(checked.ran.status, 0, "{}", checked.ran.err);
    assert_eq!(checked.told(), "2 read = 2 confirmed + 0 review + 0 suspect + 0 rejected");
    assert!(checked.ran.out.contains("registry cp932, records cp932"));
    let confirmed = checked.file("confirmed.csv");
    assert_eq!(confirmed, "record_id,person_id,better_person_id,reasons\n1,p16,,\n2,p17,,\n");
    let ran = run(checked.directory.path(), &["check", "--records", "records.csv"]);
    for found in [
        "person_id = 宛名番号",
        "my_number = 個人番号",
        "account_id = 口座ID",
        "scheme_id = 手帳番号",
        "application_id = 申請番号",
    ] {
        assert!(ran.out.contains(found), "{}", ran.out);
    }
}

#[test]
fn a_file_that_does_not_say_whose_number_it_is_is_refused() {
    let plain = "id,氏名,番号\nr1,懸巣 梓,p16\n";
    let checked = Checked::new(registry(), plain, &[]);
    checked.refused("neither person_id nor my_number", "--map records:person_id=HEADER");
    assert!(!checked.directory.path().join("out").exists(), "nothing is made for it");
    let ran = verify(checked.directory.path(), "mapped", &["--map", "records:person_id=番号"]);
    assert!(ran.out.starts_with("1 read = 0 confirmed + 1 review"), "{}{}", ran.out, ran.err);

    let without = "id,kanji_name\np16,懸巣 梓\n";
    let numbered = format!("id,氏名,個人番号\nr1,懸巣 梓,{}\n", number_of(16));
    Checked::new(without, &numbered, &[])
        .refused("the registry has no my_number", "--map registry:my_number=HEADER");
    // With an id beside it the number is checked for its form, and that is said.
    let numbered = format!("id,氏名,person_id,個人番号\nr1,懸巣 梓,p16,{}\n", number_of(17));
    let checked = Checked::new(without, &numbered, &[]);
    assert_eq!(checked.ran.status, 0);
    assert!(checked.ran.err.contains("only the form of the records' numbers"), "{}", checked.ran.err);
}

#[test]
fn one_number_beside_two_ids_is_told_where_the_registry_has_no_numbers() {
    // R19. Each row by itself fits the resident of its id.
    let without: String =
        registry().lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n").collect();
    let row = |id: &str, about: usize, number: &str| {
        row(id, about, [&format!("p{about:02}"), number], ["", "", ""])
    };
    let (first, second) = (number_of(16), number_of(17));
    for (rows, told, alert) in [
        ([row("r1", 16, &first), row("r2", 17, &second)], "2 confirmed + 0 review", ""),
        (
            [row("r1", 16, &first), row("r2", 17, &first)],
            "0 confirmed + 2 review",
            "number_on_several,r1|r2,",
        ),
        ([row("r1", 16, &first), row("r2", 16, &second)], "0 confirmed + 2 review", "several_numbers,r1|r2,"),
        // An id that is nobody's, or none, takes nothing from it.
        (
            [row("r1", 16, &first), row("r2", 17, &first).replacen("p17", "p99", 1)],
            "0 confirmed + 1 review",
            "number_on_several,r1|r2,",
        ),
        (
            [row("r1", 16, &first), row("r2", 17, &first).replacen("p17", "", 1)],
            "0 confirmed + 1 review",
            "number_on_several,r1|r2,",
        ),
    ] {
        let checked = Checked::new(&without, HEADER.to_owned() + &rows.concat(), &[]);
        assert!(checked.told().starts_with(&format!("2 read = {told}")), "{}", checked.told());
        assert!(checked.file("alerts.csv").contains(alert), "{}", checked.file("alerts.csv"));
    }
}

#[test]
fn columns_of_ids_that_are_individual_numbers_are_refused() {
    let numbers: Vec<String> = (0..30).map(|n| number(20_000_000_000 + n)).collect();
    let rows = |cells: fn(usize, &str) -> String| -> String {
        numbers.iter().enumerate().map(|(row, number)| cells(row, number)).collect()
    };
    let ids = "id,person_id\n".to_owned() + &rows(|_, number| format!("{number},p01\n"));
    Checked::new(registry(), ids, &[]).refused("the id column of records.csv looks like", "--map id=");
    let persons = "id,person_id\n".to_owned() + &rows(|row, number| format!("r{row},{number}\n"));
    Checked::new(registry(), persons, &[])
        .refused("the person_id column of records.csv looks like", "--map records:my_number=HEADER");
    let residents = "id,kanji_name\n".to_owned() + &rows(|_, number| format!("{number},山田\n"));
    Checked::new(residents, "id,person_id\nr1,p01\n", &[])
        .refused("the id column of registry.csv", "--map id=");
    // One row is enough where the number stands beside it.
    let own = format!("id,person_id,my_number\n{0},p01,{0}\n", number_of(1));
    Checked::new(registry(), own, &[]).refused("the id column of records.csv looks like", "--map id=");
}

#[test]
fn threads_do_not_matter_and_a_result_is_not_overwritten_unless_told() {
    let directory = tempfile::tempdir().unwrap();
    let made = [
        "synth",
        "--residents",
        "3000",
        "--records",
        "0",
        "--claims",
        "2000",
        "--claim-by",
        "both",
        "--wrong-claims",
        "500",
        "--seed",
        "3",
        "--out",
        "town",
    ];
    let ran = run(directory.path(), &made);
    assert!(ran.out.contains("2000 records with a registered number, "), "{}{}", ran.out, ran.err);
    let verify = |threads, more: &[&str]| {
        let out = format!("out{threads}");
        let files = [
            "verify",
            "--registry",
            "town/registry.csv",
            "--records",
            "town/claims.csv",
            "--threads",
            threads,
            "--out",
            &out,
        ];
        run(directory.path(), &[&files, more].concat())
    };
    for threads in ["1", "2"] {
        let ran = verify(threads, &[]);
        assert!(ran.status == 0 && ran.out.starts_with("2000 read = "), "{}{}", ran.out, ran.err);
    }
    let file = |out: &str, name: &str| fs::read_to_string(directory.path().join(out).join(name)).unwrap();
    for name in RESULTS {
        assert!(file("out1", name) == file("out2", name), "{name} depends on the threads");
    }
    let again = verify("1", &[]);
    assert!(again.status == 2 && again.err.contains("--force"), "{}", again.err);
    assert_eq!(verify("1", &["--force"]).status, 0);

    let truth = file("town", "claims_truth.csv");
    let wrong: HashMap<&str, &str> = truth
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|cells| !cells[2].is_empty())
        .map(|cells| (cells[0], cells[2]))
        .collect();
    assert!(wrong.len() > 20, "{}", wrong.len());
    let confirmed = file("out1", "confirmed.csv");
    let confirmed: Vec<&str> = confirmed.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert!(confirmed.len() > 1_000, "{}", confirmed.len());
    for id in confirmed {
        assert_eq!(wrong.get(id), None, "another person's number was confirmed");
    }
}

#[test]
fn a_number_on_a_row_that_cannot_be_read_is_a_number_on_several_rows() {
    let name = PEOPLE[15][1];
    let own = ["p16", &number_of(16)];
    let good = row("r1", 16, own, [""; 3]);
    let other = row("r2", 16, own, [""; 3]);
    let broken = |bytes: &[u8]| {
        let at = other.find(name).unwrap();
        [&other.as_bytes()[..at], bytes, &other.as_bytes()[at + name.len()..]].concat()
    };
    let held = "r1,p16,,claimed_twice\n";
    let on_other = row("r2", 17, own, [""; 3]);
    let cases: [(&str, Vec<u8>, &str); 7] = [
        ("encoding", broken(b"\xE6\x87"), held),
        ("encoding", broken(b"\"\xE6\x87\""), held),
        ("nul_character", broken(b"a\0b"), held),
        ("replacement_character", broken("懸\u{FFFD}".as_bytes()), held),
        ("cell_too_long", broken(&[b'x'; (64 << 10) + 1]), held),
        // Its own id is on two rows, both of another person.
        ("duplicate_id", on_other.repeat(2).into_bytes(), "r1,p16,,number_on_several\n"),
        // Which of its cells is the number cannot be told.
        ("column_count", b"r2,too few\n".to_vec(), ""),
    ];
    for (code, bytes, review) in cases {
        let rows = [HEADER.as_bytes(), &bytes, good.as_bytes()].concat();
        let checked = Checked::new(registry(), rows, &[]);
        assert!(checked.file("rejected.csv").contains(&format!("{code}: ")), "{code}");
        let header = "record_id,person_id,better_person_id,reasons\n";
        let found = checked.file("review.csv");
        assert_eq!(found, format!("{header}{review}"), "{code}");
        assert_eq!(checked.file("alerts.csv").contains("r2"), !review.is_empty(), "{code}");
    }
}

#[test]
fn a_row_that_cannot_be_read_hides_no_shift_of_rows() {
    let of = |id, about, person| row(id, about, ["", &number_of(person)], [""; 3]);
    let shifted = [of("s1", 5, 7), of("s2", 6, 8), of("s3", 7, 9)].concat();
    let broken = [of("s5", 9, 11), of("s6", 10, 12), of("s7", 11, 13), of("s8", 12, 5), of("s9", 13, 6)];
    // The row of the eighth person has lost its cells, quotes and all.
    for lost in ["s4\n", "\"s4\"\n", "s4,\"\n"] {
        let rows = [HEADER, &shifted, lost, &broken.concat()].concat();
        let checked = Checked::new(registry(), rows, &[]);
        let alerts = checked.file("alerts.csv");
        let shift = alerts.lines().find(|line| line.starts_with("row_shift,")).unwrap();
        assert!(shift.starts_with("row_shift,s1|s3|s5|s6|s7,") && shift.ends_with(",2"), "{shift}");
    }
}

#[test]
fn nothing_to_verify_is_no_failure() {
    let checked = Checked::new(registry(), "id,person_id\n", &[]);
    assert_eq!(checked.ran.status, 0);
    assert_eq!(checked.told(), "0 read = 0 confirmed + 0 review + 0 suspect + 0 rejected");
}

#[test]
fn an_input_with_the_name_of_a_result_is_not_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let registry = "id,kanji_name\nP1,山田 太郎\n";
    let records = "id,kanji_name,person_id\nR1,山田 太郎,P1\n";
    fs::write(directory.path().join("registry.csv"), registry).unwrap();
    fs::write(directory.path().join("review.csv"), records).unwrap();
    let files = ["verify", "--registry", "registry.csv", "--records", "review.csv", "--out", ".", "--force"];
    let ran = run(directory.path(), &files);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.contains("review.csv is an input and would be replaced by a result"), "{}", ran.err);
    assert_eq!(fs::read_to_string(directory.path().join("review.csv")).unwrap(), records);
}
