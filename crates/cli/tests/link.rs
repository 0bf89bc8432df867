//! `himozuke link` and `himozuke synth` as processes: every record in one file, no wrong link, the same bytes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is the test failing"
)]

mod common;

use std::{collections::HashMap, fs, path::Path};

use common::{Linked, command, link, run, sample};
use himozuke::{Candidate, Decision, Linker, Policy, Record, RegistryBuilder};
use himozuke_cli::figures::{bits, posterior};

const RESULTS: [&str; 6] =
    ["links.csv", "review.csv", "no_match.csv", "rejected.csv", "registry_problems.csv", "summary.json"];
const REGISTRY: &str = "\
id,kanji_name,kana_name,birth_date,sex,address
p1,髙橋　一郎,タカハシ　イチロウ,1985-01-01,1,東京都千代田区霞が関二丁目１番６号
p2,鈴木　花子,スズキ　ハナコ,1990-05-05,2,大阪府大阪市北区中之島一丁目3番20号
";

fn sample_files() -> (Vec<u8>, Vec<u8>) {
    (fs::read(sample().join("registry.csv")).unwrap(), fs::read(sample().join("records.csv")).unwrap())
}

#[test]
fn the_sample_is_what_its_command_makes() {
    let directory = tempfile::tempdir().unwrap();
    let readme = fs::read_to_string(sample().join("README.md")).unwrap();
    let line = readme.lines().find(|line| line.contains("-- synth ")).unwrap();
    let (_, arguments) = line.split_once("-- ").unwrap();
    let arguments = arguments.replace("data/sample", "made");
    let arguments: Vec<&str> = arguments.split_ascii_whitespace().collect();
    assert_eq!(run(directory.path(), &arguments).status, 0);
    for name in ["registry.csv", "records.csv", "truth.csv"] {
        let made = fs::read(directory.path().join("made").join(name)).unwrap();
        assert!(made == fs::read(sample().join(name)).unwrap(), "{name}");
    }
    let again = run(directory.path(), &arguments);
    assert!(again.status == 2 && again.err.contains("--force"), "{}", again.err);
}

#[test]
fn no_link_of_the_sample_is_wrong_and_no_record_is_lost() {
    let (registry, records) = sample_files();
    let linked = Linked::new(registry, records, &[]);
    assert_eq!((linked.ran.status, linked.ran.err.as_str()), (0, ""));
    let truth = fs::read_to_string(sample().join("truth.csv")).unwrap();
    let truth: HashMap<&str, (&str, &str)> = truth
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0], (cells[1], cells[2]))
        })
        .collect();
    let links = linked.rows("links.csv");
    for link in &links {
        let cells: Vec<&str> = link.split(',').collect();
        let (person, tags) = truth[cells[0]];
        // Nothing tells an undecidable record's person from another: a link of one is luck, and counted nowhere.
        assert!(person == cells[1] || tags.split('|').any(|tag| tag == "undecidable"), "{link}: {tags}");
    }
    assert!(links.len() > 1_500, "refusing everybody is no feat: {}", links.len());

    let ids = |name| linked.rows(name).iter().map(|row| row.split(',').next().unwrap().to_owned()).collect();
    let (links, mut review, no_match): (Vec<String>, Vec<String>, Vec<String>) =
        (ids("links.csv"), ids("review.csv"), ids("no_match.csv"));
    review.dedup();
    let told = format!(
        "3000 read = {} links + {} review + {} no_match + {} rejected",
        links.len(),
        review.len(),
        no_match.len(),
        linked.rows("rejected.csv").len()
    );
    assert_eq!(linked.told(), told);
    let mut all = [links, review, no_match].concat();
    all.sort();
    all.dedup();
    assert_eq!(
        all.len() + linked.rows("rejected.csv").len(),
        truth.len(),
        "each in one file, its rows together"
    );
}

/// What `link_all`, which keeps its decisions in memory, says of the sample: the rows of links.csv, review.csv and no_match.csv.
fn by_the_library(policy: Policy) -> [Vec<String>; 3] {
    let (registry, records) = sample_files();
    let records = encoding_rs::SHIFT_JIS.decode(&records).0.into_owned();
    let registry = String::from_utf8(registry).unwrap();
    fn cells(text: &str) -> Vec<Vec<&str>> {
        text.lines().skip(1).map(|line| line.split(',').collect()).collect()
    }
    let (registry, records) = (cells(&registry), cells(&records));
    let day = himozuke::normalize::birth_date::Day::from_ymd(2026, 4, 1);
    let mut reading = policy.read_options();
    reading.dates.as_of = day;
    let residents = registry.iter().map(|cells| Record {
        id: cells[0],
        kanji_name: cells[1],
        kana_name: cells[2],
        birth_date: cells[3],
        sex: cells[4],
        address: cells[5],
        former_names: cells[6],
        aliases: cells[7],
        former_addresses: cells[8],
        household_id: cells[9],
        status: cells[10],
        protected: cells[11],
    });
    let residents: Vec<_> = residents.collect();
    let registry = RegistryBuilder::new(reading).persons(residents).unwrap().build().unwrap();
    let linker = Linker::new(&registry, policy).unwrap().reading(reading);
    let records = records.iter().map(|cells| Record {
        id: cells[0],
        kanji_name: cells[1],
        kana_name: cells[2],
        birth_date: cells[3],
        sex: cells[4],
        address: cells[5],
        ..Record::default()
    });
    let sure = |decision: &Decision| bits(decision.confidence().unwrap());
    let figures = |candidate: &Candidate| {
        let evidence = &candidate.evidence;
        format!("{},{},{}", posterior(evidence.posterior), bits(evidence.weights.total), evidence.reasons)
    };
    let [mut links, mut review, mut no_match] = [const { Vec::new() }; 3];
    let sink = |outcome: himozuke::Outcome<'_>| {
        let id = outcome.id;
        match outcome.answer {
            Ok(decision @ Decision::Link(link)) => {
                links.push(format!(
                    "{id},{},{},{}",
                    registry.id(link.candidate.resident),
                    figures(&link.candidate),
                    sure(decision)
                ));
            }
            Ok(decision @ Decision::Review(held)) => {
                let mut sure = Some(sure(decision));
                let withheld = u8::from(decision.address_withheld());
                for (candidate, rank) in held.candidates.iter().zip(1..) {
                    let person = registry.id(candidate.resident);
                    let (protected, status) = (u8::from(candidate.protected), candidate.status.code());
                    let figures = figures(candidate);
                    let sure = sure.take().unwrap_or_default();
                    let (total, own) = (held.total, format!("{protected},{status}"));
                    review.push(format!("{id},{person},{rank},{figures},{own},{total},{sure},{withheld}"));
                }
                if held.candidates.is_empty() {
                    review.push(format!("{id},,,,,{},,,{},,{withheld}", held.reasons, held.total));
                }
            }
            Ok(Decision::NoMatch(none)) => no_match.push(format!("{id},{}", none.reasons)),
            Err(_) => {}
        }
        Ok::<(), std::convert::Infallible>(())
    };
    linker.link_all(records, sink).unwrap();
    [links, review, no_match]
}

#[test]
fn the_files_say_what_the_library_decides_in_memory() {
    let (registry, records) = sample_files();
    let linked = Linked::new(registry, records, &["--as-of", "2026-04-01"]);
    let held = "profile = \"four\"\nbudget_per_million = 0.0\n";
    fs::write(linked.directory.path().join("held.toml"), held).unwrap();
    let policies = [
        ("guideline", Policy::guideline()),
        ("statistical", Policy::statistical()),
        ("./held.toml", Policy { budget_per_million: 0.0, ..Policy::guideline() }),
    ];
    for (name, policy) in policies {
        let ran =
            link(linked.directory.path(), "out", &["--as-of", "2026-04-01", "--policy", name, "--force"]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        let expected = by_the_library(policy);
        for (file, expected) in ["links.csv", "review.csv", "no_match.csv"].into_iter().zip(expected) {
            assert!(linked.rows(file) == expected, "{file} under {name}");
        }
    }
}

#[test]
fn a_protected_candidate_is_counted_and_marked_and_its_address_is_nowhere() {
    let header = "id,kanji_name,kana_name,birth_date,sex,address,protected\n";
    let person = "髙橋　一郎,タカハシ　イチロウ,1985-01-01,1";
    let registry = format!(
        "{header}p1,{person},東京都千代田区霞が関二丁目１番６号,1\np2,{person},北海道札幌市中央区北一条西２丁目,\n"
    );
    let records =
        format!("id,kanji_name,kana_name,birth_date,sex,address\nr1,{person},千代田区霞が関2-1-6\n");
    let linked = Linked::new(&registry, &records, &[]);
    let rows = linked.rows("review.csv");
    assert!(rows[0].starts_with("r1,p1,1,") && rows[0].contains(",1,active,2,"), "{rows:?}");
    assert!(rows[1].starts_with("r1,p2,2,") && rows[1].ends_with(",0,active,2,,1"), "{rows:?}");
    let check =
        run(linked.directory.path(), &["check", "--registry", "registry.csv", "--records", "records.csv"]);
    let said = [&linked.ran.out, &linked.ran.err, &check.out, &check.err].map(String::as_str).concat();
    let files = fs::read_dir(linked.directory.path().join("out")).unwrap();
    let written = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    for text in written.chain([said]) {
        assert!(!["霞", "千代田", "札幌", "2-1-6"].iter().any(|part| text.contains(part)), "{text}");
    }
}

/// The rows of a file in another order, the same in every run.
fn shuffled(bytes: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let mut state = 1u64;
    for upper in (2..lines.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        lines.swap(upper, 1 + (state >> 33) as usize % upper);
    }
    lines.concat()
}

#[test]
fn neither_threads_nor_the_order_of_rows_matter() {
    let (registry, records) = sample_files();
    let one = Linked::new(&registry, &records, &["--threads", "1"]);
    let two = Linked::new(&registry, &records, &["--threads", "2"]);
    let other = Linked::new(shuffled(&registry), shuffled(&records), &["--threads", "2"]);
    for name in RESULTS {
        assert!(one.file(name) == two.file(name), "{name} depends on the threads");
        let sorted = |linked: &Linked| {
            let mut rows = linked.rows(name);
            rows.sort();
            rows
        };
        assert!(sorted(&one) == sorted(&other), "{name} depends on the order");
    }
    assert_eq!(one.file("summary.json"), other.file("summary.json"));
    assert_ne!(
        one.file("links.csv"),
        other.file("links.csv"),
        "the order of the rows is that of the records"
    );
}

#[test]
fn an_office_file_is_read_as_it_comes() {
    let text = "\
整理番号,氏名,フリガナ,生年月日,性別,住所\r
a1,高橋一郎,ﾀｶﾊｼ ｲﾁﾛｳ,昭和60年1月1日,男,千代田区霞ヶ関２－１－６\r
a2,鈴木　花子,ｽｽﾞｷ ﾊﾅｺ,H2.5.5,女,\r
";
    let records = encoding_rs::SHIFT_JIS.encode(text).0;
    let linked = Linked::new(REGISTRY, records, &[]);
    assert_eq!(linked.ran.status, 0, "{}", linked.ran.err);
    assert_eq!(linked.told(), "2 read = 1 links + 1 review + 0 no_match + 0 rejected");
    assert!(linked.ran.out.contains("registry utf-8, records cp932"));
    assert!(linked.rows("links.csv")[0].starts_with("a1,p1,0.99"));
    let review = linked.rows("review.csv");
    assert!(review[0].starts_with("a2,p2,1,0.") && review[0].contains("address_missing"), "{review:?}");
    assert!(review[0].contains(",0,active,1,"));
}

/// A file may have a name whole and in halves. Where they are two names, neither is linked by (R2).
#[test]
fn halves_of_a_name_that_contradict_the_whole_are_no_link() {
    let head = "id,kanji_name,kana_name,family_name,given_name,セイ,メイ,birth_date,sex,address\n";
    let row =
        |id: &str, names: &str| format!("{id},{names},1985-01-01,1,東京都千代田区霞が関二丁目１番６号\n");
    let resident = "髙橋　一郎,タカハシ　イチロウ";
    let cases = [
        ("same", "髙橋　一郎,タカハシ　イチロウ,髙橋,一郎,タカハシ,イチロウ", true),
        ("notation", "髙橋一郎,ﾀｶﾊｼｲﾁﾛｳ,高橋,一郎,タカハシ,イチロー", true),
        ("halves", ",,髙橋,一郎,タカハシ,イチロウ", true),
        ("whole", "髙橋　一郎,タカハシ　イチロウ,,,,", true),
        ("a_half", "髙橋　一郎,タカハシ　イチロウ,髙橋,,タカハシ,", true),
        ("family", "髙橋　一郎,タカハシ　イチロウ,鈴木,一郎,タカハシ,イチロウ", false),
        ("given", "髙橋　一郎,タカハシ　イチロウ,髙橋,二郎,タカハシ,イチロウ", false),
        ("reading", "髙橋　一郎,タカハシ　イチロウ,髙橋,一郎,タカハシ,ジロウ", false),
        ("border", "髙橋　一郎,タカハシ　イチロウ,髙,橋一郎,タカハシ,イチロウ", false),
        ("other_half", "髙橋　一郎,タカハシ　イチロウ,鈴木,,,", false),
    ];
    for (id, names, is_link) in cases {
        let plain = format!("{head}{}", row("p", &format!("{resident},,,,")));
        let stated = format!("{head}{}", row(id, names));
        for (registry, records) in [(&plain, &stated), (&stated, &plain)] {
            let linked = Linked::new(registry, records, &[]);
            assert_eq!(linked.rows("links.csv").len(), usize::from(is_link), "{id}");
            let review = linked.rows("review.csv");
            assert_eq!(review.len(), usize::from(!is_link), "{id}");
            assert!(review.iter().all(|row| row.contains("names_contradict")), "{id}");
        }
    }
}

#[test]
fn broken_rows_are_rejected_with_their_line_and_the_rest_is_decided() {
    let good = "高橋一郎,,1985-01-01,1,東京都千代田区霞が関2-1-6";
    let long = "x".repeat(10 << 20);
    let head = "id,kanji_name,kana_name,birth_date,sex,address\n";
    let rows = [
        format!("r1,{good}"),
        "r2,too,few".to_owned(),
        format!("r3,NUL\0,{good}"),
        "r4,NUL\0,,1985-01-01,1,".to_owned(),
        format!("r5,{long},,1985-01-01,1,"),
        "r6,\"not closed,,1985-01-01,1,".to_owned(),
        "r7,山田 太郎,,平成31年5月1日,1,".to_owned(),
        "r8,山田 太郎,,1985-01-01,3,".to_owned(),
        "r9,山田 太郎,,1985-01-01,1,".to_owned(),
        "r9,山田 太郎,,1985-01-01,1,".to_owned(),
        ",山田 太郎,,1985-01-01,1,".to_owned(),
        "r10,見知 らぬ,ミシ ラヌ,1950-03-03,2,北海道札幌市中央区北一条西二丁目".to_owned(),
    ];
    let records = head.to_owned() + &rows.join("\n") + "\n";
    let linked = Linked::new(REGISTRY, &records, &[]);
    assert_eq!(linked.ran.status, 0, "{}", linked.ran.err);
    assert_eq!(linked.told(), "12 read = 1 links + 0 review + 1 no_match + 10 rejected");
    let expected = "\
line,record_id,column,problem
3,,,\"column_count: expected 6 columns, found 3\"
4,,,\"column_count: expected 6 columns, found 7\"
5,r4,kanji_name,nul_character: a NUL character stands in the cell
6,,,row_too_long: the row is longer than 1048576 bytes
7,,,unclosed_quote: the quote is not closed
8,r7,birth_date,birth_date_past_era_end: the day is past the end of 平成 (2019-04-30)
9,r8,sex,\"sex_unreadable: the sex is in no known form; write 男 or 女, M or F, or an ISO 5218 code (0, 1, 2, 9)\"
10,r9,id,\"duplicate_id: the id stands on several rows, first on line 10\"
11,r9,id,\"duplicate_id: the id stands on several rows, first on line 10\"
12,,id,empty_id: the id is empty
";
    assert_eq!(linked.file("rejected.csv"), expected);
    assert_eq!(link(linked.directory.path(), "strict", &["--strict"]).status, 3);
    assert!(linked.directory.path().join("strict/run.json").exists(), "strict tells, and keeps the result");
}

#[test]
fn what_is_wrong_with_the_registry_is_told() {
    let registry =
        REGISTRY.to_owned() + "p3,佐藤　次郎,,平成31年5月1日,1,\np4,too few\np5,佐藤　三郎,,1970-01-01,x,\n";
    let records = "id,kanji_name\n";
    let linked = Linked::new(&registry, records, &[]);
    assert_eq!(linked.ran.status, 0);
    let expected = "\
line,person_id,column,problem,effect
5,,,\"column_count: expected 6 columns, found 2\",row_left_out
4,p3,birth_date,birth_date_past_era_end: the day is past the end of 平成 (2019-04-30),attribute_unknown
6,p5,sex,\"sex_unreadable: the sex is in no known form; write 男 or 女, M or F, or an ISO 5218 code (0, 1, 2, 9)\",attribute_unknown
";
    assert_eq!(linked.file("registry_problems.csv"), expected);
    assert!(linked.ran.err.starts_with("warning: registry: 1 rows left out and 2 attributes unknown"));
    assert_eq!(link(linked.directory.path(), "strict", &["--strict"]).status, 3);

    let registry = REGISTRY.to_owned() + "\np1,佐藤　次郎,,1970-01-01,1,\n";
    let linked = Linked::new(registry, records, &[]);
    assert_eq!(linked.ran.status, 2);
    let expected =
        "error: registry.csv has one id on two rows, on lines 2 and 5\nhint: leave one row for each id\n";
    assert_eq!(linked.ran.err, expected);
    assert_eq!(
        fs::read_dir(linked.directory.path().join("out")).unwrap().count(),
        0,
        "and nothing is left behind"
    );
}

#[test]
fn nothing_to_decide_is_no_failure_and_no_header_is_one() {
    let header = "id,kanji_name,birth_date\n";
    let linked = Linked::new(header, header, &[]);
    assert_eq!(
        (linked.ran.status, linked.told()),
        (0, "0 read = 0 links + 0 review + 0 no_match + 0 rejected")
    );
    let linked = Linked::new(header, "id,kanji_name\nr1,山田\n", &[]);
    assert_eq!(linked.told(), "1 read = 0 links + 0 review + 1 no_match + 0 rejected");
    for (registry, records) in [("", header), (header, ""), ("山田,太郎\n", header)] {
        assert_eq!(Linked::new(registry, records, &[]).ran.status, 2);
    }
}

#[test]
fn ids_that_are_individual_numbers_are_refused_in_both_files() {
    let number = |n: u64| {
        let digits = format!("{:011}", 20_000_000_000 + n);
        let weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
        let sum: u32 =
            digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        format!("{digits}{},山田\n", if sum % 11 < 2 { 0 } else { 11 - sum % 11 })
    };
    let numbers = (0..30).map(number).fold("id,kanji_name\n".to_owned(), |text, row| text + &row);
    for (registry, records) in [(REGISTRY, numbers.as_str()), (numbers.as_str(), REGISTRY)] {
        let linked = Linked::new(registry, records, &[]);
        assert_eq!(linked.ran.status, 2);
        assert!(linked.ran.err.contains("looks like individual numbers"), "{}", linked.ran.err);
    }
}

#[test]
fn a_policy_from_a_file_decides_and_its_errors_name_line_and_setting() {
    let records = "id,kanji_name,kana_name,birth_date,sex,address\nr1,髙橋　一郎,タカハシ　イチロウ,1985-01-01,,東京都千代田区霞が関2-1-6\n";
    let linked = Linked::new(REGISTRY, records, &[]);
    assert!(linked.file("review.csv").contains("sex_missing"));
    let directory = linked.directory.path();
    let policy = |text: &str| {
        fs::write(directory.join("p.toml"), text).unwrap();
        link(directory, "other", &["--policy", "p.toml", "--force"])
    };
    let ran = policy("profile = \"three_without_sex\"\n");
    assert!(ran.status == 0 && ran.out.starts_with("1 read = 1 links"), "{}{}", ran.out, ran.err);
    let ran = policy("profile = \"four\"\nmargin = 3\n");
    assert!(
        ran.status == 2 && ran.err.starts_with("error: p.toml, line 2: margin: unknown field"),
        "{}",
        ran.err
    );
    let ran = policy("budget_per_million = 0.0\nprofile = \"three_without_sex\"\n");
    assert!(ran.out.starts_with("1 read = 0 links + 1 review"), "{}", ran.out);
    assert!(ran.err.starts_with("warning: NO LINK WAS MADE: "), "{}", ran.err);

    let ran = link(directory, "statistical", &["--policy", "statistical"]);
    assert!(ran.out.contains("NOT THE GUIDELINE"));
    let summary = fs::read_to_string(directory.join("statistical/summary.json")).unwrap();
    assert!(summary.contains("\"not_guideline\": true"));
    assert_eq!(link(directory, "none", &["--policy", "guidline"]).status, 2);
}

#[test]
fn the_day_and_the_era_codes_are_obeyed_for_each_file() {
    let registry = "id,kanji_name,birth_date\np1,山田　太郎,3600101\n";
    let records = "id,kanji_name,birth_date\nr1,山田　太郎,5600101\nr2,山田　太郎,1985-01-01\n";
    let codes = ["--era-codes", "registry:sequential", "--era-codes", "records:pension"];
    let linked = Linked::new(registry, records, &codes);
    assert_eq!(linked.told(), "2 read = 0 links + 2 review + 0 no_match + 0 rejected");
    assert_eq!(linked.rows("registry_problems.csv").len(), 0);
    assert!(!linked.file("review.csv").contains("birth_date"), "the dates agree");
    let ran = link(linked.directory.path(), "before", &[&codes[..], &["--as-of", "1980-04-01"]].concat());
    assert!(ran.out.starts_with("2 read = 0 links + 0 review + 0 no_match + 2 rejected"), "{}", ran.out);
    let run = fs::read_to_string(linked.directory.path().join("before/run.json")).unwrap();
    assert!(run.contains("\"as_of\": \"1980-04-01\""));
}

#[test]
fn a_result_is_not_overwritten_unless_told_and_is_private() {
    let records = "id,kanji_name\nr1,山田\n";
    let linked = Linked::new(REGISTRY, records, &[]);
    let directory = linked.directory.path();
    let again = link(directory, "out", &[]);
    assert!(again.status == 2 && again.err.contains("--force"), "{}", again.err);
    assert_eq!(link(directory, "out", &["--force"]).status, 0);
    assert_eq!(link(directory, "records.csv", &[]).status, 1, "a file is no directory");
    let files: Vec<_> = fs::read_dir(directory.join("out")).unwrap().map(|entry| entry.unwrap()).collect();
    assert_eq!(files.len(), RESULTS.len() + 3, "and run.json, decisions.log, handles.csv");
    #[cfg(unix)]
    for file in files {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_nobody_can_read_is_a_failure() {
    let linked = Linked::new(REGISTRY, "id,kanji_name\n", &[]);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = command();
    command.args(["link", "--registry", "registry.csv", "--records", "records.csv", "--out", "full"]);
    let output = command.current_dir(linked.directory.path()).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: cannot write the answer"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let ran = run(Path::new("."), &["link", "--registry", "no.csv", "--records", "no.csv", "--out", "no"]);
    assert!(ran.status == 2 && ran.err.starts_with("error: cannot read no.csv"), "{}", ran.err);
    assert!(!Path::new("no").exists(), "and nothing is made for it");
}
