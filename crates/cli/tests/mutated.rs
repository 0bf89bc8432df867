//! Inputs as they come from a broken export, a wrong save or a torn copy: each run ends in a stated answer, without a
//! panic, in bounded memory, and where it completes every row is in exactly one file.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is the test failing"
)]

mod common;

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
    process::{Command, Output},
    thread,
};

use common::sample;

const CASES: u64 = 200;
/// Address space that a run may use, in KiB: more than it needs for two threads, far less than a file held whole would.
const MEMORY: u64 = 3 << 20;

/// A generator of its own: the cases are the same on every machine and in every year (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit.max(1) as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Does one thing to a text that an editor or a spreadsheet might.
fn mutate_text(text: &str, dice: &mut Dice) -> String {
    let mut rows: Vec<Vec<String>> =
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let (row, column) = (dice.below(rows.len()), dice.below(rows[0].len()));
    match dice.below(11) {
        0 => rows.iter_mut().for_each(|row| drop(row.remove(column))),
        1 => rows.iter_mut().for_each(|row| row.insert(column, row[column].clone())),
        2 => {
            rows[0][column] =
                dice.pick(&["", "備考", "id", "氏名", "個人番号", "住所", "\u{FEFF}id"]).to_owned()
        }
        3 => drop(rows[0].remove(column)),
        4 => drop(rows.remove(0)),
        5 => rows.insert(row, rows[dice.below(rows.len())].clone()),
        6 => rows[row].truncate(column),
        7 => {
            rows[row][column.min(1)] =
                dice.pick(&["\"", "\"\"", "\"山", "山\"田", "\"a\"b", "\u{FFFD}", "\u{E000}"]).to_owned()
        }
        8 => rows.swap(0, row),
        9 => rows[row][0] = String::new(),
        _ => rows.iter_mut().for_each(|row| row.iter_mut().for_each(|cell| *cell = format!("\"{cell}\""))),
    }
    let mut mixed = String::new();
    let ends: &[&str] =
        if dice.below(3) == 0 { &["\n", "\r\n", "\r", "\n\n", "\n\u{1A}\n"] } else { &["\n"] };
    for row in &rows {
        mixed.push_str(&row.join(","));
        mixed.push_str(dice.pick(ends));
    }
    if dice.below(4) == 0 { mixed.replace(',', "\t") } else { mixed }
}

/// Does one thing to the bytes of a file that a disk, a line or a careless program might.
fn mutate_bytes(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(bytes.len());
    match dice.below(9) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..(at + 1 + dice.below(9)).min(bytes.len()))),
        2 => (0..1 + dice.below(5)).for_each(|_| bytes.insert(dice.below(bytes.len()), b'"')),
        3 => drop(bytes.splice(at..at, [0; 7])),
        4 => drop(bytes.splice(at..at, *b"\xEF\xBB\xBF")),
        5 => drop(bytes.splice(at..at, *b"\x8E\x52\x85\xFF")),
        6 => bytes.iter_mut().skip(at).take(20).for_each(|byte| *byte ^= 1 << (at % 8)),
        7 => drop(bytes.splice(at..at, std::iter::repeat_n(b'x', 3 << 20))),
        _ => bytes.rotate_left(at),
    }
}

/// A text in one of the forms that are read.
fn encode(text: &str, dice: &mut Dice) -> Vec<u8> {
    match dice.below(7) {
        0 | 1 => encoding_rs::SHIFT_JIS.encode(text).0.into_owned(),
        2 => format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        3 => format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
        #[cfg(feature = "arrow")]
        4 => columnar(text, dice),
        _ => text.as_bytes().to_vec(),
    }
}

#[cfg(feature = "arrow")]
fn columnar(text: &str, dice: &mut Dice) -> Vec<u8> {
    use himozuke_arrow::Format;
    let format = dice.pick(&[Format::Parquet, Format::ArrowFile, Format::ArrowStream]);
    let mut rows = text.lines().map(|line| line.split(','));
    let mut writer = himozuke_arrow::Writer::create(Vec::new(), format, rows.next().unwrap()).unwrap();
    rows.for_each(|row| writer.row(row).unwrap());
    writer.finish().unwrap()
}

fn pack(bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    match dice.below(8) {
        0 => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&bytes).unwrap();
            encoder.finish().unwrap()
        }
        1 => zstd::encode_all(&bytes[..], 0).unwrap(),
        _ => bytes,
    }
}

fn mutated(text: &str, dice: &mut Dice) -> Vec<u8> {
    let text = if dice.below(2) == 0 { mutate_text(text, dice) } else { text.to_owned() };
    let mut bytes = pack(encode(&text, dice), dice);
    for _ in 0..dice.below(3) {
        if !bytes.is_empty() {
            mutate_bytes(&mut bytes, dice);
        }
    }
    bytes
}

/// Runs in limited memory, where a limit can be set.
fn run(directory: &Path, arguments: &[&str]) -> Output {
    let binary = env!("CARGO_BIN_EXE_himozuke");
    let mut command = if cfg!(target_os = "linux") {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -v {MEMORY}; exec \"$@\""), "sh", binary]);
        shell
    } else {
        Command::new(binary)
    };
    command.args(arguments).current_dir(directory).output().unwrap()
}

/// Checks that a run has ended in a stated answer, and that it has lost no row if it has completed.
fn check(case: &str, directory: &Path, ran: &Output) {
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(!err.contains("panicked") && !err.contains("allocation"), "{case}: {err}");
    if ran.status.code() != Some(0) {
        assert!(matches!(ran.status.code(), Some(1..=3)), "{case}: {:?} {err}", ran.status);
        assert!(err.starts_with("error: "), "{case}: {err}");
        return;
    }
    let told = out.lines().next().unwrap();
    let figures: Vec<u64> = told.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert_eq!(figures[0], figures[1..].iter().sum::<u64>(), "{case}: {told}");
    let ids = |name: &str| -> Vec<String> {
        let rows = csv::Reader::from_path(directory.join("out").join(name)).unwrap().into_records();
        rows.map(|row| row.unwrap()[0].to_owned()).collect()
    };
    let review: HashSet<String> = ids("review.csv").into_iter().collect();
    let files = [ids("links.csv").len(), review.len(), ids("no_match.csv").len(), ids("rejected.csv").len()];
    assert_eq!(files.map(|rows| rows as u64), figures[1..], "{case}: {told}");
}

fn tables() -> (String, String) {
    let registry = fs::read_to_string(sample().join("registry.csv")).unwrap();
    let records = fs::read(sample().join("records.csv")).unwrap();
    let records =
        encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&records).unwrap();
    let head = |text: &str, lines| text.lines().take(lines).map(|line| format!("{line}\n")).collect();
    (head(&registry, 301), head(&records, 101))
}

#[test]
fn every_mutated_input_ends_in_a_stated_answer() {
    let (registry, records) = tables();
    let completed = |worker: u64| {
        let directory = tempfile::tempdir().unwrap();
        let mut completed = 0;
        for case in (worker..CASES).step_by(2) {
            let mut dice = Dice(case);
            let which = dice.below(4);
            let (mut first, mut second) = (registry.clone().into_bytes(), records.clone().into_bytes());
            if which == 0 {
                first = mutated(&registry, &mut dice);
            }
            if which != 1 {
                second = mutated(&records, &mut dice);
            }
            fs::write(directory.path().join("registry"), first).unwrap();
            fs::write(directory.path().join("records"), second).unwrap();
            let ran = run(
                directory.path(),
                &[
                    "link",
                    "--force",
                    "--threads",
                    "2",
                    "--registry",
                    "registry",
                    "--records",
                    "records",
                    "--out",
                    "out",
                ],
            );
            check(&format!("case {case}"), directory.path(), &ran);
            completed += u64::from(ran.status.success());
        }
        completed
    };
    let completed: u64 = thread::scope(|scope| {
        let other = scope.spawn(|| completed(1));
        completed(0) + other.join().unwrap()
    });
    assert!(
        (CASES / 4..CASES).contains(&completed),
        "{completed} of {CASES} completed: too tame or too wild"
    );
}

/// One line of some megabytes, or of as many bytes as `HIMOZUKE_GIANT_LINE` says.
#[test]
fn a_giant_line_costs_itself() {
    let length = std::env::var("HIMOZUKE_GIANT_LINE").map_or(40 << 20, |bytes| bytes.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let (registry, records) = tables();
    fs::write(directory.path().join("registry"), &registry).unwrap();
    let (header, rows) = records.split_once('\n').unwrap();
    let write_to = |name: &str, before: &str, giant: u8, after: &str| {
        let mut file = File::create(directory.path().join(name)).unwrap();
        file.write_all(before.as_bytes()).unwrap();
        io::copy(&mut io::repeat(giant).take(length), &mut file).unwrap();
        file.write_all(after.as_bytes()).unwrap();
    };
    let write = |before: &str, giant: u8, after: &str| write_to("records", before, giant, after);
    let run = || {
        let inputs = ["--registry", "registry", "--records", "records"];
        run(directory.path(), &[&["link", "--force", "--threads", "2", "--out", "out"][..], &inputs].concat())
    };
    for (before, after) in [("R,", ",\n"), ("R,\"", "\n"), ("R,\"", "\"\n"), ("", "")] {
        for giant in [b'x', b',', b'"'] {
            let after = if after.is_empty() { String::new() } else { format!("{after}{rows}") };
            write(&format!("{header}\n{rows}{before}"), giant, &after);
            let ran = run();
            check("a giant row", directory.path(), &ran);
            assert!(ran.status.success());
            // The rows that stand twice in the file share their ids: all of them are rejected, and the giant one.
            let rejected = if after.is_empty() { " 1 rejected" } else { " 201 rejected" };
            assert!(
                String::from_utf8_lossy(&ran.stdout).contains(rejected),
                "{before}{}",
                giant.escape_ascii()
            );
        }
    }
    write(&records, b'x', "\n");
    write_to("registry", &format!("{registry}P,"), b'x', &format!("\n{}", "P,".repeat(3)));
    let ran = run();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let problems = fs::read_to_string(directory.path().join("out/registry_problems.csv")).unwrap();
    assert!(
        problems.contains("302,,,row_too_long: ") && problems.contains("303,,,\"column_count: "),
        "{problems}"
    );
    write("", b'x', "\n");
    let ran = run();
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("the row is longer than 1048576 bytes"));
}
