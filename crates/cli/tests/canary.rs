//! Law 12 over the whole command: every attribute of the inputs can be recognised wherever it is written, and every word
//! that any command says, every file that it leaves and every error is searched for it. Values may be seen where they were
//! asked for by name, individual numbers nowhere, nor a hash of one.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is the test failing"
)]

mod common;
#[path = "canary/forms.rs"]
mod forms;

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use common::command;
use forms::{Canary, Kind, Person, canaries, half_width};

/// What may be seen in a place.
#[derive(Clone, Copy, PartialEq)]
enum Allowed {
    Nothing,
    /// Values that were asked for, of nobody who is protected.
    Values,
    /// What a registry is made of: all but numbers.
    Registry,
}

impl Allowed {
    const fn takes(self, kind: Kind) -> bool {
        match self {
            Self::Nothing => false,
            Self::Values => matches!(kind, Kind::Value),
            Self::Registry => matches!(kind, Kind::Value | Kind::Protected | Kind::ValueHash),
        }
    }
}

/// A directory in which commands are run, and what leaked.
struct Office {
    directory: tempfile::TempDir,
    canaries: Vec<Canary>,
    leaks: BTreeSet<String>,
    /// Canaries seen where they were allowed: a search that finds nothing anywhere proves nothing.
    seen: usize,
    /// Bytes searched.
    searched: usize,
    /// The last errors.
    said: String,
}

impl Office {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("in")).unwrap();
        let (leaks, said) = (BTreeSet::new(), String::new());
        let office = Self { directory, canaries: canaries(), leaks, seen: 0, searched: 0, said };
        for (name, text) in [
            ("registry.csv", registry()),
            ("changes.csv", changes()),
            ("records.csv", records() + &broken()),
            ("sound.csv", records()),
            ("claims.csv", claims()),
            ("truth.csv", truth()),
            ("labels.csv", labels()),
        ] {
            office.write(name, text);
        }
        office
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes an input; inputs are not searched.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path().join("in").join(name), bytes).unwrap();
    }

    fn search(&mut self, place: &str, bytes: &[u8], allowed: Allowed) {
        self.searched += bytes.len();
        for canary in self.canaries.iter().filter(|canary| canary.is_in(bytes)) {
            if allowed.takes(canary.kind) {
                self.seen += 1;
            } else {
                self.leaks.insert(format!("{:?}: {} in {place}", canary.kind, canary.what));
            }
        }
    }

    /// Runs a command, words between blanks, and searches what it says; its status.
    fn run(&mut self, words: &str, input: &str, allowed: Allowed) -> i32 {
        let mut command = command();
        command.args(words.split(' '));
        self.ran(command, words, input, allowed)
    }

    fn ran(&mut self, mut command: Command, words: &str, input: &str, allowed: Allowed) -> i32 {
        command.current_dir(self.path()).env("RUST_BACKTRACE", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Who does not read what he is told closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        self.search(&format!("the answer of: {words}"), &output.stdout, allowed);
        self.search(&format!("the errors of: {words}"), &output.stderr, Allowed::Nothing);
        self.said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!self.said.contains("panicked"), "{words}: {}", self.said);
        output.status.code().unwrap()
    }

    fn quiet(&mut self, words: &str) -> i32 {
        self.run(words, "", Allowed::Nothing)
    }

    /// Runs what must succeed.
    fn done(&mut self, words: &str) {
        assert_eq!(self.quiet(words), 0, "{words}: {}", self.said);
    }

    /// Searches every file that is not an input.
    fn search_files(&mut self) {
        let mut left = vec![self.path().to_owned()];
        let mut files = 0;
        while let Some(directory) = left.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                let place = path.strip_prefix(self.path()).unwrap().display().to_string();
                if path.is_dir() {
                    // Its own people may live where these do.
                    left.extend((!["in", "synth"].contains(&place.as_str())).then_some(path));
                    continue;
                }
                let allowed = if place.ends_with(".hmz") {
                    Allowed::Registry
                } else if place.starts_with("values") {
                    Allowed::Values
                } else {
                    Allowed::Nothing
                };
                files += 1;
                self.search(&place, &fs::read(&path).unwrap(), allowed);
            }
        }
        assert!(files > 0);
    }

    fn end(self) {
        assert!(self.leaks.is_empty(), "{:#?}", self.leaks);
    }
}

const HEADER: &str = "id,kanji_name,kana_name,birth_date,sex,address,former_names,former_addresses,household_id,protected,my_number\n";

fn resident(person: &Person) -> String {
    let cells = [
        person.id(),
        person.kanji(),
        person.kana(),
        person.date(),
        person.sex().to_string(),
        person.address(),
        person.kanji().replacen(' ', "旧 ", 1),
        person.former_address(),
        "SETAI-77".to_owned(),
        u8::from(person.is_protected()).to_string(),
        person.number(),
    ];
    cells.join(",") + "\n"
}

fn registry() -> String {
    let rows: String = Person::all().map(|person| resident(&person)).collect();
    // What cannot be read is told as a problem of the registry.
    let wrong = resident(&Person::all().last().unwrap());
    let wrong = wrong.replacen("p47", "p98", 1).replacen("1978-", "昭和99年", 1);
    let mut slip = resident(&Person::all().next().unwrap()).replacen("p00", "p99", 1);
    slip.insert(slip.len() - 2, '7');
    HEADER.to_owned() + &rows + &wrong + &slip + "p97,鶺鴒\n"
}

fn changes() -> String {
    let mut rows = Person::all();
    let moved = rows.next().map(|person| resident(&person).replace("番6号", "番7号")).unwrap();
    let header = HEADER.replacen("protected", "status", 1);
    let went = rows.next().map(|person| resident(&person).replacen(",0,", ",deleted,", 1)).unwrap();
    header + &moved.replacen(",0,", ",active,", 1) + &went
}

const ATTRIBUTES: &str = "氏名,フリガナ,生年月日,性別,住所";

/// A person as some office writes it.
fn described(person: &Person, way: usize) -> String {
    let (kanji, kana, sex) = (person.kanji(), person.kana(), person.sex());
    match way {
        0 => format!("{kanji},{kana},{},{sex},{}", person.date(), person.address()),
        1 => format!(
            "{},{},{},{},{}",
            kanji.replace(' ', "\u{3000}"),
            half_width(&kana),
            person.era_date(),
            if sex == 1 { "男" } else { "女" },
            person.address().replace("番6号", "-6")
        ),
        2 => format!("{kanji},,{},{sex},", person.date()),
        _ => {
            let (year, month, day) = person.birth();
            format!("{kanji},{kana},{year}-{month}-{},{sex},{}", day + 1, person.former_address())
        }
    }
}

/// Rows that cannot be read, each for its own cause.
fn broken() -> String {
    let person = Person::all().nth(9).unwrap();
    let sound = described(&person, 0);
    let (kanji, kana, address) = (person.kanji(), person.kana(), person.address());
    let rows = [
        format!("x1,{},{}\n", sound.replacen(&person.date(), "昭和99年", 1), person.number()),
        format!("x2,{},{}\n", sound.replacen(&person.date(), &format!("{}-9", person.date()), 1), ""),
        format!("x3,{kanji},{kana},{},{kanji},{address},\n", person.date()),
        format!("x4,{},{kana},{},1,{address},\n", kanji.replace(' ', "、"), person.date()),
        format!("x5,{kanji}\u{FFFD},{kana},{},1,{address},\n", person.date()),
        format!("x6,{kanji},{kana},{},1,\0{address},\n", person.date()),
        format!("x7,{kanji},{kana}\n"),
        format!("x8,{sound},,,\n"),
        format!("x9,\"{kanji},{sound},\n"),
        format!("xa,\"{kanji}\"旧,{kana},{},1,{address},\n", person.date()),
        format!(",{sound},{}\n", person.number()),
        format!("xb,{sound},\nxb,{sound},\n"),
        format!("xc,{},{kana},{},1,{address},\n", kanji.repeat(9_000), person.date()),
        format!("{kanji}\n"),
    ];
    rows.concat()
}

fn records() -> String {
    let row = |(place, person): (usize, Person)| {
        let number = if place % 2 == 0 { person.number() } else { String::new() };
        let way = [0, 1, 0, 2, 0, 3][place % 6];
        format!("r{place:02},{},{number}\n", described(&person, way))
    };
    let rows: String = Person::all().enumerate().map(row).collect();
    let again: String = Person::all()
        .take(2)
        .map(|person| format!("s-{},{},\n", person.id(), described(&person, 0)))
        .collect();
    format!("整理番号,{ATTRIBUTES},個人番号\n{rows}{again}")
}

fn claims() -> String {
    let people: Vec<Person> = Person::all().collect();
    let row = |(place, person): (usize, &Person)| {
        // Every seventh has another's number, two are exchanged, three are a row off.
        let other = match place {
            20 | 21 => 41 - place,
            30..=33 => place + 1,
            _ if place % 7 == 3 => place + 2,
            _ => place,
        };
        let of = &people[other];
        let scheme = format!("KOUZA-77{},TECHOU-77{place},SHINSEI-77{}", place % 5, place % 11);
        format!("c{place:02},{},{},{},{scheme}\n", described(person, place % 3), of.id(), of.number())
    };
    let mut rows: String = people.iter().enumerate().map(row).collect();
    let person = &people[5];
    // A number whose check digit fails, one that is too short, one that is nobody's, an id that is nobody's.
    let wrong = [
        format!("{},{}", person.id(), &people[6].number().replacen('3', "4", 1)),
        format!(",{}", &person.number()[1..]),
        format!(",{}", person.number().replace("30", "03")),
        format!("{},", person.kanji()),
    ];
    for (place, claim) in wrong.iter().enumerate() {
        rows += &format!("w{place},{},{claim},KOUZA-77,TECHOU-77,SHINSEI-77\n", described(person, 0));
    }
    let rejected: String =
        broken().lines().map(|row| format!("{row},{},KOUZA-77,,\n", people[6].number())).collect();
    format!("整理番号,{ATTRIBUTES},宛名番号,個人番号,口座ID,手帳番号,申請番号\n{rows}{rejected}")
}

fn truth() -> String {
    let of = |row: &str| {
        let id = row.split(',').next().unwrap();
        format!("{id},p{},,,,\n", id.trim_start_matches(['r', 's', '-', 'p']))
    };
    "record_id,person_id,tags,profile,subgroups,weight\n".to_owned()
        + &records().lines().skip(1).map(of).collect::<String>()
}

fn labels() -> String {
    let rows = Person::all().enumerate().map(|(place, person)| format!("r{place:02},{},yes\n", person.id()));
    "record_id,person_id,same\n".to_owned() + &rows.collect::<String>()
}

/// A sheet of the clerical sample as a reviewer gives it back, the same verdict on every row.
fn fill_sheet(office: &Office, name: &str, verdict: &str) {
    let sheet = fs::read_to_string(office.path().join("estimated").join(name)).unwrap();
    let (header, rows) = sheet.split_once('\n').unwrap();
    let place = header.split(',').position(|column| column == "verdict").unwrap();
    let fill = |row: &str| {
        let mut cells: Vec<&str> = row.split(',').collect();
        cells[place] = verdict;
        cells.join(",") + "\n"
    };
    office.write(name, format!("{header}\n{}", rows.lines().map(fill).collect::<String>()));
}

const TABLE: &str = "--registry in/registry.csv";
const LINK: &str = "link --registry in/registry.csv --records in/records.csv --as-of 2026-04-01";
const VERIFY: &str = "verify --registry in/registry.csv --records in/claims.csv --as-of 2026-04-01";

#[test]
fn no_command_says_or_leaves_what_was_not_asked_for() {
    let mut office = Office::new();
    office.done(&format!("{LINK} --out link"));
    office.done(&format!("{VERIFY} --out verify"));
    let links = fs::read_to_string(office.path().join("link/links.csv")).unwrap();
    assert!(links.lines().count() > 20, "canaries that nobody is linked by say nothing: {links}");
    let alerts = fs::read_to_string(office.path().join("verify/alerts.csv")).unwrap();
    assert!(alerts.contains("row_shift") && alerts.contains("crossed_pair"), "{alerts}");

    let rejected = format!("{LINK} --strict --log json --policy statistical --out strict");
    assert_eq!(office.quiet(&rejected), 3);
    office.done(&format!(
        "{LINK} --log json --estimate-errors --decoys 100 --clerical-sample 20 --out estimated"
    ));
    office.done(&format!("{LINK} --changes in/changes.csv --no-handles --threads 1 --out changed"));
    office.done(&format!("{VERIFY} --log json --out logged"));
    #[cfg(feature = "arrow")]
    for form in ["parquet", "arrow"] {
        office.done(&format!("{LINK} --also {form} --out {form}"));
        office.done(&format!("{VERIFY} --also {form} --out {form}-verified"));
    }
    office.done("keygen --out in/office.key");
    for form in
        ["--key-file in/office.key", "--pack gz", "--pack zst --key-file in/office.key", "--registry-once"]
    {
        let out = format!("out{}", form.replace([' ', '/'], ""));
        office.done(&format!("{LINK} {form} --out {out}"));
        let keys = ["--key-file in/office.key", "--passphrase-file in/records.csv"];
        for key in keys.into_iter().filter(|_| form.contains("--key-file")) {
            let opened = office.quiet(&format!("decrypt {out} {key} --force --out {out}-opened"));
            assert_eq!(opened == 0, key.starts_with("--key"), "{key}: {}", office.said);
        }
    }
    office.done(&format!("{LINK} --out -"));
    office.done(&format!("{VERIFY} --out -"));
    assert_eq!(office.quiet(&format!("{LINK} --encrypt-to in/records.csv --out nowhere")), 2);
    assert_eq!(office.quiet(&format!("{LINK} --key-file in/records.csv --out nowhere")), 2);
    fill_sheet(&office, "clerical_1.csv", "right");
    for (answer, status) in [("unsure", 0), ("鶺鴒", 2)] {
        fill_sheet(&office, "clerical_2.csv", answer);
        let estimate = "review estimate estimated in/clerical_1.csv in/clerical_2.csv --force --out estimate";
        assert_eq!(office.quiet(estimate), status, "{answer}: {}", office.said);
    }
    assert_eq!(office.quiet(&format!("{LINK} --out link")), 2, "a result is there");
    office.done(&format!("{LINK} --force --out link"));
    assert_eq!(office.quiet(&format!("{LINK} --resume --out link")), 2);

    office.done(&format!("index {TABLE} --out residents.hmz"));
    office.done(&format!("index {TABLE} --changes in/changes.csv --out changed.hmz"));
    office.done("index --check residents.hmz");
    office.done("link --registry residents.hmz --records in/records.csv --out indexed");
    let query = |person: &Person| {
        format!(
            "{{\"id\":\"q\",\"kanji_name\":\"{}\",\"birth_date\":\"{}\",\"sex\":\"{}\",\"address\":\"{}\"}}\n",
            person.kanji(),
            person.era_date(),
            person.sex(),
            person.address()
        )
    };
    let queries: String = Person::all().map(|person| query(&person)).collect();
    for lookup in ["lookup --registry residents.hmz", "lookup --registry in/registry.csv --lang ja"] {
        assert_eq!(office.run(lookup, &queries, Allowed::Nothing), 0);
        for wrong in [
            queries.trim_end_matches(['}', '"', '\n', '号', '番', '6']),
            &queries.replace("birth_date", "懸巣森"),
            &queries.replace("\"q\"", "1978"),
            &queries.replace("昭和", "7391").replace("\"S", "\"SS"),
        ] {
            office.run(lookup, wrong, Allowed::Nothing);
        }
    }

    for id in ["r00", "r01", "r03", "r04", "r05", "x1", "x5", "x7", "xb", "nobody"] {
        let explain = format!("explain {TABLE} --records in/records.csv --id {id}");
        for more in ["", " --lang ja", " --json"] {
            office.quiet(&format!("{explain}{more}"));
            office.run(&format!("{explain}{more} --show-values"), "", Allowed::Values);
        }
    }
    assert!(office.seen > 0, "what is asked for is shown");

    for more in ["", " --strict"] {
        office.quiet(&format!("check {TABLE} --records in/records.csv{more}"));
        office.quiet(&format!("check {TABLE} --records in/claims.csv{more}"));
    }
    office.done(&format!("link {TABLE} --records in/sound.csv --out sound"));
    for more in ["", " --json", " --html evaluated.html"] {
        office.done(&format!("evaluate --truth in/truth.csv --decisions sound{more}"));
    }
    assert_eq!(office.quiet("evaluate --truth in/truth.csv --decisions link"), 2);
    for out in ["link", "verify", "estimated", "strict"] {
        office.done(&format!("report {out} --force"));
        office.done(&format!("report {out} --force --lang ja"));
        office.done(&format!("audit verify {out}"));
    }
    office.quiet(&format!("train {TABLE} --records in/records.csv --out model"));
    office.quiet(&format!("train {TABLE} --records in/records.csv --labels in/labels.csv --out labelled"));

    office.done("review sheet link --out sheet.csv");
    office.done("review sheet link --headers ja --out sheet-ja.csv");
    let before = office.seen;
    office
        .done(&format!("review sheet link --out values.csv --show-values {TABLE} --records in/records.csv"));
    apply_sheets(&mut office);

    office.done("purge verify --results");
    office.done("audit verify verify");
    office.done("synth --residents 300 --records 30 --claims 30 --claim-by both --seed 1 --out synth");
    office.done("completions bash");
    office.done("man --out man --lang ja");
    let name = Person::all().next().unwrap();
    let normalize = format!(
        "normalize --kanji-name {} --birth-date {} --address {}",
        name.kanji().replace(' ', "\u{3000}"),
        name.date(),
        name.address()
    );
    assert_eq!(office.run(&normalize, "", Allowed::Values), 0);
    office.run(&format!("normalize --birth-date {}-9 --json", name.date()), "", Allowed::Values);

    office.search_files();
    assert!(office.seen > before, "values stand in the sheet for which they were asked");
    assert!(office.searched > 1 << 19, "{}", office.searched);
    office.end();
}

/// Sheets as reviewers fill them, with what belongs there and what does not.
fn apply_sheets(office: &mut Office) {
    let sheet = fs::read_to_string(office.path().join("sheet.csv")).unwrap();
    let person = Person::all().nth(3).unwrap();
    for (place, decision) in ["none".to_owned(), person.kanji(), person.number()].iter().enumerate() {
        let mut rows: Vec<String> = sheet.lines().map(str::to_owned).collect();
        let row = rows.get_mut(1).unwrap();
        *row = row.strip_suffix(",,").unwrap().to_owned() + &format!(",{decision},A");
        office.write(&format!("filled{place}.csv"), rows.join("\r\n"));
        office.quiet(&format!("review apply link in/filled{place}.csv --out reviewed{place}"));
    }
    office.write("filled.csv", format!("record_id,{},reviewer\n{},1,2\n", person.kana(), person.kanji()));
    assert_eq!(office.quiet("review apply link in/filled.csv --out reviewed"), 2);
}

/// A change to a file, and what it is called.
type Change = (&'static str, fn(&str) -> Vec<u8>);

/// What exports, copies and careless programs do to a file.
const CHANGES: [Change; 16] = [
    ("without its header", |text| text.split_once('\n').unwrap().1.into()),
    ("with its header twice", |text| format!("{}\n{text}", text.lines().next().unwrap()).into()),
    ("with one column twice", |text| text.replacen(',', ",氏名,", 1).into()),
    ("in one column", |text| text.replace(',', ";").into()),
    ("a column off", |text| text.replacen(',', ",備考,", 1).into()),
    ("with a quote that is open", |text| text.replacen(" ", " \"", 40).replacen(',', ",\"", 400).into()),
    ("in EUC-JP", |text| encoding_rs::EUC_JP.encode(text).0.into()),
    ("in ISO-2022-JP", |text| encoding_rs::ISO_2022_JP.encode(text).0.into()),
    ("in UTF-16 with half a character", |text| {
        let units = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        units[..units.len() / 2 + 1].to_vec()
    }),
    ("in CP932 cut in a character", |text| {
        let bytes = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
        bytes.iter().enumerate().filter(|(at, _)| at % 211 != 210).map(|(_, byte)| *byte).collect()
    }),
    ("with NULs", |text| text.replacen('9', "9\0", 60).into()),
    ("with lost characters", |text| text.replace(['瑪', '霞'], "\u{FFFD}").into()),
    ("with the names as ids", |text| {
        let swap = |line: &str| {
            let cells: Vec<&str> = line.splitn(3, ',').collect();
            if cells.len() == 3 {
                format!("{},{},{}\n", cells[0], cells[2], cells[1])
            } else {
                "\n".to_owned()
            }
        };
        text.lines().map(swap).collect::<String>().into()
    }),
    ("with every date wrong", |text| text.replace("19", "昭和19").into()),
    ("packed and cut", |text| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        let bytes = packed.finish().unwrap();
        bytes[..bytes.len() * 2 / 3].to_vec()
    }),
    ("as one line", |text| text.replace('\n', "").into()),
];

#[test]
fn no_error_says_what_it_is_about() {
    let mut office = Office::new();
    for (place, (_, change)) in CHANGES.iter().enumerate() {
        office.write("broken-registry.csv", change(&registry()));
        office.write("broken-records.csv", change(&(records() + &broken())));
        office.write("broken-claims.csv", change(&claims()));
        let first = records().lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
        for words in [
            "check --registry in/broken-registry.csv --records in/broken-records.csv".to_owned(),
            format!(
                "check --registry in/broken-registry.csv --records in/broken-records.csv --map id={first}"
            ),
            format!("link --registry in/broken-registry.csv --records in/records.csv --out a{place}"),
            format!("link {TABLE} --records in/broken-records.csv --out b{place} --log json"),
            format!("link {TABLE} --records in/broken-records.csv --map records:id={first} --out c{place}"),
            format!("verify {TABLE} --records in/broken-claims.csv --out d{place}"),
            format!("verify --registry in/broken-registry.csv --records in/claims.csv --out e{place}"),
            format!("index --registry in/broken-registry.csv --out f{place}.hmz"),
            format!("explain {TABLE} --records in/broken-records.csv --id r04"),
        ] {
            let status = office.quiet(&words);
            assert!((0..=3).contains(&status), "{words}: {}", office.said);
        }
    }
    // Numbers and names where ids are asked for, and settings that are none.
    let number = Person::all().next().unwrap().number();
    for words in [
        format!("{LINK} --map id=個人番号 --out m"),
        format!("{VERIFY} --map records:person_id=個人番号 --out m"),
        format!("{VERIFY} --map records:my_number=氏名 --out numbers-in-the-wrong-place"),
        format!("{LINK} --map birth_date=住所 --map address=生年月日 --out swapped"),
        format!("{LINK} --policy in/records.csv --out m"),
        format!("{LINK} --model in/records.csv --out m"),
        format!("{LINK} --mj-map in/records.csv --out m"),
        format!("{LINK} --layout records:in/claims.csv --out m"),
        format!("{LINK} --config in/records.csv --out m"),
        "train --from-splink in/records.csv --out m".to_owned(),
        format!("train {TABLE} --records in/records.csv --labels in/records.csv --out m"),
        "evaluate --truth in/records.csv --decisions in".to_owned(),
        "index --check in/registry.csv".to_owned(),
        "link --registry in/records.csv --records in/records.csv --out m".to_owned(),
    ] {
        office.quiet(&words);
    }
    assert_ne!(office.quiet(&format!("explain {TABLE} --records in/records.csv --id x-{}", &number[..3])), 0);
    office.search_files();
    office.end();
}

#[test]
fn a_run_that_dies_leaves_nothing_that_says_who() {
    let mut office = Office::new();
    for (place, job) in [LINK, VERIFY].into_iter().enumerate() {
        // In blocks of 512 bytes: room for some decisions and not for all files.
        for blocks in [1, 4, 8] {
            let out = format!("died-{place}-{blocks}");
            let line = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
            let mut shell = Command::new("sh");
            shell.args(["-c", &line, env!("CARGO_BIN_EXE_himozuke")]);
            shell.args(job.split(' ')).args(["--out", &out]);
            assert_eq!(office.ran(shell, job, "", Allowed::Nothing), 1);
        }
    }
    let kept = |out: &str| fs::metadata(office.path().join(out).join(".himozuke-work/decided"));
    let kept = ["died-0-4", "died-0-8", "died-1-4", "died-1-8"].map(|out| kept(out).is_ok());
    assert!(kept.contains(&true), "no limit let anything be decided");
    office.search_files();
    office.end();
}
