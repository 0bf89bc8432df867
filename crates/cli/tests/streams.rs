//! Results that are packed, and decisions on standard output: the same bytes whatever the threads, and nothing that looks whole
//! where a run failed.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test: a panic is how it fails"
)]

mod common;

use std::{
    fs,
    io::Read,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use common::{command, link, run, sample};

const TABLES: [&str; 5] =
    ["links.csv", "review.csv", "no_match.csv", "rejected.csv", "registry_problems.csv"];

/// A directory with the sample, and one row that cannot be read.
fn office() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::copy(sample().join("registry.csv"), directory.path().join("registry.csv")).unwrap();
    let mut records = fs::read(sample().join("records.csv")).unwrap();
    records.extend(b"R0000000001\r\n");
    fs::write(directory.path().join("records.csv"), records).unwrap();
    fs::create_dir(directory.path().join("tmp")).unwrap();
    directory
}

fn file(directory: &Path, path: &str) -> Vec<u8> {
    fs::read(directory.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn unpacked(name: &str, bytes: &[u8]) -> Vec<u8> {
    if name.ends_with(".zst") {
        return zstd::decode_all(bytes).unwrap();
    }
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

#[test]
fn packed_tables_are_the_same_for_any_threads_and_are_read_like_plain_ones() {
    let directory = office();
    let day = ["--as-of", "2026-04-01"];
    assert_eq!(link(directory.path(), "plain", &day).status, 0);
    for form in ["gz", "zst"] {
        for threads in ["1", "5"] {
            let more = [&day[..], &["--pack", form, "--threads", threads]].concat();
            let ran = link(directory.path(), &format!("{form}{threads}"), &more);
            assert_eq!(ran.status, 0, "{}", ran.err);
        }
        for table in TABLES {
            let [one, five] = ["1", "5"].map(|threads| format!("{form}{threads}/{table}.{form}"));
            let packed = file(directory.path(), &one);
            assert_eq!(packed, file(directory.path(), &five), "{table}");
            assert_eq!(unpacked(&one, &packed), file(directory.path(), &format!("plain/{table}")), "{table}");
        }
        let out = format!("{form}1");
        assert!(!directory.path().join(&out).join("links.csv").exists());
        let page = |out: &str| {
            let ran = run(directory.path(), &["report", out]);
            assert_eq!(ran.status, 0, "{}", ran.err);
        };
        page(&out);
        let truth = sample().join("truth.csv");
        let ran = run(directory.path(), &["review", "sheet", &out, "--out", &format!("{form}.csv")]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        // The row that was added is in no truth; that it is told shows that all tables were read.
        let ran =
            run(directory.path(), &["evaluate", "--truth", truth.to_str().unwrap(), "--decisions", &out]);
        assert!(ran.status == 2 && ran.err.contains("1 rejected rows have no id"), "{}", ran.err);
        let path = directory.path().join(&out).join(format!("links.csv.{form}"));
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let ran = run(directory.path(), &["report", &out, "--force"]);
        assert!(ran.status == 2 && ran.err.contains("links.csv is damaged"), "{}", ran.err);
    }
}

/// Runs a job to standard output, with a directory for working files that must be empty behind it.
fn stream(directory: &Path, line: &str) -> Output {
    let mut command = command();
    command.args(line.split_whitespace()).current_dir(directory).env("TMPDIR", directory.join("tmp"));
    let output = command.output().unwrap();
    assert_eq!(left(directory), Vec::<String>::new());
    output
}

fn left(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory.join("tmp")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

const LINK: &str = "link --registry registry.csv --records records.csv --as-of 2026-04-01 --out -";

/// The rows of one table as they stand among all decisions: under their own header.
fn rows(all: &str, decision: &str, header: &str) -> Vec<String> {
    let mut table = csv::Reader::from_reader(all.as_bytes());
    let found = table.headers().unwrap().clone();
    let place = |name: &str| found.iter().position(|own| own == name).unwrap();
    let places: Vec<usize> = header.split(',').map(place).collect();
    let rows = table.records().map(Result::unwrap);
    let own = rows.filter(|row| &row[1] == decision).map(|row| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(places.iter().map(|place| &row[*place])).unwrap();
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    });
    own.collect()
}

#[test]
fn all_decisions_on_standard_output_are_those_of_the_tables_in_the_order_of_the_records() {
    let directory = office();
    assert_eq!(link(directory.path(), "plain", &["--as-of", "2026-04-01"]).status, 0);
    let ran = stream(directory.path(), &format!("{LINK} --threads 1"));
    assert_eq!(ran.status.code(), Some(0));
    assert_eq!(ran.stdout, stream(directory.path(), &format!("{LINK} --threads 5")).stdout);
    let err = String::from_utf8(ran.stderr).unwrap();
    assert!(err.starts_with("3001 read = 1807 links + 955 review + 238 no_match + 1 rejected\n"), "{err}");
    let all = String::from_utf8(ran.stdout).unwrap();
    for (name, decision) in [
        ("links.csv", "link"),
        ("review.csv", "review"),
        ("no_match.csv", "no_match"),
        ("rejected.csv", "rejected"),
    ] {
        let table = String::from_utf8(file(directory.path(), &format!("plain/{name}"))).unwrap();
        let (header, body) = table.split_once('\n').unwrap();
        assert_eq!(rows(&all, decision, header).concat(), body, "{name}");
    }
    let records = file(directory.path(), "records.csv");
    let id =
        |line: &[u8]| String::from_utf8(line.split(|byte| *byte == b',').next().unwrap().to_vec()).unwrap();
    let mut in_file: Vec<String> = records.split(|byte| *byte == b'\n').skip(1).map(id).collect();
    // The row that is none has no id either.
    in_file.truncate(3_000);
    in_file.push(String::new());
    let mut streamed: Vec<String> = all.lines().skip(1).map(|line| id(line.as_bytes())).collect();
    streamed.dedup();
    assert!(streamed == in_file, "the order of the records");

    for form in ["gz", "zst"] {
        let packed = stream(directory.path(), &format!("{LINK} --pack {form}"));
        assert_eq!(unpacked(&format!("x.{form}"), &packed.stdout), all.as_bytes());
    }
}

#[test]
fn verdicts_go_to_standard_output_as_well() {
    let directory = office();
    let made = "synth --residents 2000 --records 0 --claims 500 --wrong-claims 2000 --seed 3 --out town";
    assert!(stream(directory.path(), made).status.success());
    let line = "verify --registry town/registry.csv --records town/claims.csv --as-of 2026-04-01 --out";
    assert!(stream(directory.path(), &format!("{line} plain")).status.success());
    let ran = stream(directory.path(), &format!("{line} -"));
    let all = String::from_utf8(ran.stdout).unwrap();
    for decision in ["confirmed", "review", "suspect"] {
        let table = String::from_utf8(file(directory.path(), &format!("plain/{decision}.csv"))).unwrap();
        let (header, body) = table.split_once('\n').unwrap();
        assert!(body.lines().count() > 1, "{decision}");
        assert_eq!(rows(&all, decision, header).concat(), body, "{decision}");
    }
}

#[test]
fn standard_output_gets_a_whole_table_or_nothing() {
    let directory = office();
    // No two of these may come together.
    for (more, cause) in [
        ("--resume", "--resume goes on with a run in a directory"),
        ("--also parquet", "--also writes several tables"),
        ("--clerical-sample 20", "--clerical-sample writes sheets"),
        ("--passphrase-file pass", "use --encrypt-to or --key-file"),
    ] {
        use std::os::unix::fs::PermissionsExt;
        fs::write(directory.path().join("pass"), "correct horse battery").unwrap();
        fs::set_permissions(directory.path().join("pass"), fs::Permissions::from_mode(0o600)).unwrap();
        let ran = stream(directory.path(), &format!("{LINK} {more}"));
        let err = String::from_utf8(ran.stderr).unwrap();
        assert!(ran.status.code() == Some(2) && err.contains(cause) && ran.stdout.is_empty(), "{err}");
    }
    // A run without room for its working files: nothing of the table is seen.
    let limited = format!("trap '' XFSZ; ulimit -f 300; exec \"$0\" {LINK}");
    let mut shell = Command::new("sh");
    shell.args(["-c", &limited, env!("CARGO_BIN_EXE_himozuke")]).current_dir(directory.path());
    let ran = shell.env("TMPDIR", directory.path().join("tmp")).output().unwrap();
    let err = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.code() == Some(1) && err.contains("free some space"), "{err}");
    assert!(ran.stdout.is_empty() && left(directory.path()).is_empty());

    // Whoever reads may have enough of it.
    let mut command = command();
    command.args(LINK.split_whitespace()).current_dir(directory.path());
    command.env("TMPDIR", directory.path().join("tmp")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut begun = command.spawn().unwrap();
    drop(begun.stdout.take());
    let ran = begun.wait_with_output().unwrap();
    let err = String::from_utf8(ran.stderr).unwrap();
    assert!(
        ran.status.code() == Some(1) && err.contains("error: cannot write standard output: Broken pipe"),
        "{err}"
    );
    assert!(left(directory.path()).is_empty());
}

#[test]
fn a_stopped_stream_leaves_nothing_behind() {
    let directory = office();
    let made = "synth --residents 2000 --records 40000 --seed 5 --out town";
    assert!(stream(directory.path(), made).status.success());
    let line = LINK.replace("registry.csv", "town/registry.csv").replace("records.csv", "town/records.csv");
    let mut command = command();
    command.args(line.split_whitespace()).current_dir(directory.path());
    command.env("TMPDIR", directory.path().join("tmp")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut begun = command.spawn().unwrap();
    let decides = || {
        let work = |name: &String| directory.path().join("tmp").join(name).join(".himozuke-work/decided");
        left(directory.path()).iter().any(|name| fs::metadata(work(name)).is_ok_and(|file| file.len() > 0))
    };
    while !decides() {
        assert!(begun.try_wait().unwrap().is_none(), "it ended before it could be stopped");
        thread::sleep(Duration::from_millis(1));
    }
    let told = Command::new("kill").args(["-TERM", &begun.id().to_string()]).status().unwrap();
    assert!(told.success());
    let ran = begun.wait_with_output().unwrap();
    let err = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(130), "{err}");
    assert!(
        err.contains("stopped by a signal; nothing is left behind") && !err.contains("--resume"),
        "{err}"
    );
    assert!(ran.stdout.is_empty() && left(directory.path()).is_empty());
}
