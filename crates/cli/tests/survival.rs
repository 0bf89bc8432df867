//! Runs that are killed, stopped, or run out of room: they end in a clear answer, leave nothing that looks whole, and go on
//! to the bytes of a run that nobody disturbed. How many kills on how large a town: `HIMOZUKE_KILLS`, `HIMOZUKE_TOWN` (residents)
//! and `HIMOZUKE_RECORDS`.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test: a panic is how it fails, and it says what it has done"
)]

mod common;

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use common::{Ran, command, run};

const LINKED: [&str; 6] =
    ["links.csv", "review.csv", "no_match.csv", "rejected.csv", "registry_problems.csv", "summary.json"];
const VERIFIED: [&str; 7] = [
    "confirmed.csv",
    "review.csv",
    "suspect.csv",
    "alerts.csv",
    "rejected.csv",
    "registry_problems.csv",
    "summary.json",
];

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// A directory with a synthetic town in `town`.
struct Town(tempfile::TempDir);

impl Town {
    fn new(records: u64, claims: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let numbers = [setting("HIMOZUKE_TOWN", 2_000), records, claims].map(|number| number.to_string());
        let [residents, records, claims] = &numbers;
        let made = ["synth", "--residents", residents, "--records", records, "--claims", claims];
        let more = ["--claim-by", "both", "--wrong-claims", "500", "--seed", "5", "--out", "town"];
        let ran = run(directory.path(), &[&made[..], &more].concat());
        assert_eq!(ran.status, 0, "{}", ran.err);
        Self(directory)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn arguments(job: &str, out: &str, more: &[&str]) -> Vec<String> {
        let records = if job == "link" { "town/records.csv" } else { "town/claims.csv" };
        let all = [job, "--registry", "town/registry.csv", "--records", records, "--out", out];
        let day = ["--as-of", "2026-04-01"];
        [&all[..], &day, more].concat().into_iter().map(str::to_owned).collect()
    }

    fn run(&self, job: &str, out: &str, more: &[&str]) -> Ran {
        run(self.path(), &Self::arguments(job, out, more))
    }

    fn begin(&self, job: &str, out: &str, more: &[&str]) -> Child {
        let mut command = command();
        command.args(Self::arguments(job, out, more)).current_dir(self.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn file(&self, out: &str, name: &str) -> PathBuf {
        self.path().join(out).join(name)
    }

    /// Waits until a run has decided something; `false` if it ended before.
    fn decides(&self, out: &str, run: &mut Child) -> bool {
        self.waits(out, run, |decided| Ok(decided.metadata()?.len() > 0))
    }

    /// Waits until the first chunk of what was decided is there as a whole: a kill within its writing leaves nothing to go on with. It
    /// begins with the length of its entries, in eight of the 32 bytes before them. `false` if the run ended before.
    fn keeps_a_chunk(&self, out: &str, run: &mut Child) -> bool {
        self.waits(out, run, |mut decided| {
            let mut length = [0; 8];
            decided.read_exact(&mut length)?;
            Ok(decided.metadata()?.len() >= 32 + u64::from_le_bytes(length))
        })
    }

    /// Waits until the file of what was decided is as it should be.
    fn waits(&self, out: &str, run: &mut Child, is_there: impl Fn(fs::File) -> io::Result<bool>) -> bool {
        let decided = self.file(out, ".himozuke-work/decided");
        while run.try_wait().unwrap().is_none() {
            if fs::File::open(&decided).and_then(&is_there).unwrap_or(false) {
                return true;
            }
            thread::sleep(Duration::from_millis(1));
        }
        false
    }

    fn same(&self, one: &str, other: &str, names: &[&str]) {
        for name in names {
            let [one, other] = [one, other].map(|out| fs::read(self.file(out, name)).unwrap());
            assert!(one == other, "{name} differs");
        }
    }

    fn names(&self, out: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path().join(out)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Some number below a bound, the same in every run.
fn draw(state: &mut u64, bound: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % bound.max(1)
}

/// Kills runs at random moments of their time, each time going on with the one before, until one comes to its end; so many
/// kills over as many runs as it takes.
fn survives(job: &str, names: &[&str], town: &Town) {
    let begun = Instant::now();
    let ran = town.run(job, "undisturbed", &[]);
    let whole = begun.elapsed().as_millis() as u64;
    assert_eq!(ran.status, 0, "{}", ran.err);
    let (mut kills, mut state, mut resumed) = (0, 11, 0);
    for round in 0u64.. {
        if kills >= setting("HIMOZUKE_KILLS", 4) {
            break;
        }
        let out = format!("killed{round}");
        let mut named_all = true;
        loop {
            let mut run = town.begin(job, &out, &["--resume"]);
            thread::sleep(Duration::from_millis(draw(&mut state, whole * 5 / 4)));
            run.kill().unwrap();
            if run.wait().unwrap().success() {
                break;
            }
            kills += 1;
            // Killed between its last file and its end: what looks whole is held to be whole, below.
            if town.file(&out, "run.json").exists() {
                named_all = false;
                break;
            }
            // A kill every time would never come to an end; now and then one is let run.
            if draw(&mut state, 3) == 0 {
                let ran = town.run(job, &out, &["--resume"]);
                assert_eq!(ran.status, 0, "{}", ran.err);
                resumed += u64::from(ran.out.contains("gone on after"));
                break;
            }
        }
        town.same("undisturbed", &out, names);
        if named_all {
            assert_eq!(town.names(&out), town.names("undisturbed"), "nothing is left behind");
        }
        fs::remove_dir_all(town.path().join(&out)).unwrap();
    }
    println!("{kills} kills of {job}, {resumed} ends that went on, of runs of {whole} ms");
}

#[test]
fn a_killed_link_goes_on_to_the_same_bytes() {
    let town = Town::new(setting("HIMOZUKE_RECORDS", 40_000), 0);
    survives("link", &LINKED, &town);
}

#[test]
fn a_killed_verification_goes_on_to_the_same_bytes() {
    let town = Town::new(0, setting("HIMOZUKE_RECORDS", 40_000));
    // Rows that cannot be read, some of them with a number, take part in the alerts of a run that goes on, too.
    let path = town.file("town", "claims.csv");
    let rows = fs::read_to_string(&path).unwrap();
    let break_some = |(place, row): (usize, &str)| match place % 1_000 {
        500 => row.replacen(',', ",\u{FFFD}", 1) + "\n",
        900 => "too few\n".to_owned(),
        _ => format!("{row}\n"),
    };
    fs::write(&path, rows.lines().enumerate().map(break_some).collect::<String>()).unwrap();
    survives("verify", &VERIFIED, &town);
}

#[test]
fn a_stopped_run_says_so_and_goes_on_only_with_the_same_inputs_and_settings() {
    let town = Town::new(40_000, 0);
    assert_eq!(town.run("link", "undisturbed", &[]).status, 0);
    let mut begun = town.begin("link", "out", &[]);
    assert!(town.decides("out", &mut begun));
    let told = Command::new("kill").args(["-TERM", &begun.id().to_string()]).status().unwrap();
    assert!(told.success());
    let output = begun.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{err}");
    assert!(
        err.contains(" rows are decided and kept\nhint: go on with the same command and --resume"),
        "{err}"
    );
    assert_eq!(town.names("out"), [".himozuke-work"]);

    let refused = |more: &[&str], cause: &str| {
        let ran = town.run("link", "out", more);
        assert!(ran.status == 2 && ran.err.contains(cause) && ran.err.contains("--force"), "{}", ran.err);
    };
    refused(&[], "holds a run that was stopped before its end");
    let gone = "cannot go on with the run that was stopped: ";
    refused(&["--resume", "--policy", "statistical"], &format!("{gone}policy is not"));
    refused(&["--resume", "--era-codes", "pension"], &format!("{gone}era_codes is not"));
    refused(&["--resume", "--registry-once"], &format!("{gone}registry_once is not"));
    refused(&["--resume", "--map", "records:former_names=性別"], &format!("{gone}columns is not"));
    let registry = town.file("town", "registry.csv");
    let changes = registry.display().to_string();
    refused(&["--resume", "--changes", &changes], &format!("{gone}changes is not"));
    let bytes = fs::read(&registry).unwrap();
    let changed = fs::metadata(&registry).unwrap().modified().unwrap();
    fs::write(&registry, &bytes).unwrap();
    refused(&["--resume"], &format!("{gone}registry is not what it was then"));
    fs::File::options().write(true).open(&registry).unwrap().set_modified(changed).unwrap();

    let work = town.file("out", ".himozuke-work");
    let private = |path: &Path| {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).unwrap().permissions().mode() & 0o077
    };
    assert_eq!([&work, &work.join("decided"), &work.join("state.json")].map(|path| private(path)), [0; 3]);
    let ran = town.run("link", "out", &["--resume"]);
    assert!(ran.status == 0 && ran.out.contains("gone on after "), "{}{}", ran.out, ran.err);
    town.same("undisturbed", "out", &LINKED);
    let again = town.run("link", "out", &["--resume"]);
    assert!(again.status == 2 && again.err.contains("finished run"), "{}", again.err);
}

#[test]
fn records_that_cannot_be_read_take_nothing_from_a_stopped_run() {
    let town = Town::new(80_000, 0);
    let indexed =
        run(town.path(), &["index", "--registry", "town/registry.csv", "--out", "town/residents.hmz"]);
    assert_eq!(indexed.status, 0, "{}", indexed.err);
    // An index file is one whatever its name is.
    fs::rename(town.file("town", "residents.hmz"), town.file("town", "registry.csv")).unwrap();
    assert_eq!(town.run("link", "undisturbed", &[]).status, 0);
    let mut begun = town.begin("link", "out", &[]);
    assert!(town.keeps_a_chunk("out", &mut begun));
    begun.kill().unwrap();
    begun.wait().unwrap();

    let records = town.file("town", "records.csv");
    let (bytes, changed) = (fs::read(&records).unwrap(), fs::metadata(&records).unwrap().modified().unwrap());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&bytes).unwrap();
    let packed = packed.finish().unwrap();
    fs::write(&records, &packed[..packed.len() / 2]).unwrap();
    let kept = fs::read(town.file("out", ".himozuke-work/decided")).unwrap();
    let ran = town.run("link", "out", &["--force"]);
    assert!(ran.status == 2 && ran.err.contains("cannot read"), "{}", ran.err);
    assert_eq!(fs::read(town.file("out", ".himozuke-work/decided")).unwrap(), kept);
    assert_eq!(town.run("link", "fresh", &[]).status, 2);
    assert!(!town.path().join("fresh").exists(), "nothing was begun");

    fs::write(&records, &bytes).unwrap();
    fs::File::options().write(true).open(&records).unwrap().set_modified(changed).unwrap();
    let ran = town.run("link", "out", &["--resume"]);
    assert!(ran.status == 0 && ran.out.contains("gone on after "), "{}{}", ran.out, ran.err);
    town.same("undisturbed", "out", &LINKED);
}

#[test]
fn the_log_for_machines_is_json_line_by_line_and_holds_no_value() {
    let town = Town::new(100, 0);
    let events = |ran: &Ran| -> Vec<String> {
        let lines = ran.err.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines.map(|line| line["event"].as_str().unwrap().to_owned()).collect()
    };
    let ran = town.run("link", "out", &["--log", "json"]);
    assert_eq!(
        (ran.status, events(&ran)),
        (0, ["registry_read", "records_decided", "finished"].map(str::to_owned).to_vec())
    );
    for name in ["registry.csv", "records.csv"] {
        let text = fs::read_to_string(town.file("town", name)).unwrap();
        for cell in text.lines().skip(1).flat_map(|line| line.split(',')) {
            assert!(cell.is_ascii() && cell.len() < 9 || !ran.err.contains(cell), "{cell}");
        }
    }
    let again = town.run("link", "out", &["--log", "json"]);
    assert_eq!((again.status, events(&again)), (2, vec!["failed".to_owned()]));
    assert!(again.err.contains("\"hint\":\"choose another --out"), "{}", again.err);
}

#[test]
fn nobody_to_tell_is_no_reason_to_lose_the_result() {
    let town = Town::new(100, 0);
    let mut begun = town.begin("link", "out", &[]);
    drop(begun.stdout.take());
    let output = begun.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.starts_with("error: cannot write the answer: Broken pipe"), "{err}");
    assert!(town.file("out", "run.json").exists(), "the files were whole before anything was told");
    assert!(!town.file("out", ".himozuke-work").exists());
}

#[test]
fn two_runs_do_not_write_to_one_directory_and_a_dead_one_does_not_block_it() {
    let town = Town::new(80_000, 0);
    let mut first = town.begin("link", "out", &[]);
    assert!(town.decides("out", &mut first));
    let second = town.run("link", "out", &["--force"]);
    assert_eq!(second.status, 1, "{}", second.err);
    let told = "error: another run is writing to out\nhint: wait for its end, or choose another --out\n";
    assert!(second.err.ends_with(told), "the run that lives is nothing to go on with: {}", second.err);
    first.kill().unwrap();
    first.wait().unwrap();
    let third = town.run("link", "out", &["--force"]);
    assert_eq!(third.status, 0, "{}", third.err);
    assert!(!third.out.contains("gone on"));
}

#[test]
fn an_input_that_changes_under_a_run_is_told_and_the_result_is_not_written() {
    let town = Town::new(40_000, 0);
    let mut begun = town.begin("link", "out", &[]);
    assert!(town.decides("out", &mut begun));
    let mut file = fs::File::options().append(true).open(town.file("town", "registry.csv")).unwrap();
    std::io::Write::write_all(&mut file, b"\n").unwrap();
    let output = begun.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("town/registry.csv was changed while it was being read"), "{err}");
    assert!(town.names("out").is_empty(), "nothing that a later run could take for its own");
}

/// Runs under a limit on the size of any file, in blocks of 512 bytes: what a full disk looks like to a process.
fn limited(town: &Town, blocks: u64, out: &str, more: &[&str]) -> Ran {
    let line = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &line, env!("CARGO_BIN_EXE_himozuke")]).args(Town::arguments("link", out, more));
    let output = shell.current_dir(town.path()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn where_there_is_no_room_the_run_ends_clearly_and_goes_on_when_there_is() {
    let town = Town::new(40_000, 0);
    assert_eq!(town.run("link", "undisturbed", &[]).status, 0);
    let mut went_on = 0;
    for blocks in [0, 8, 400, 2_000, 3_500] {
        let out = format!("limit{blocks}");
        let ran = limited(&town, blocks, &out, &[]);
        assert_eq!(ran.status, 1, "{blocks}: {}", ran.err);
        assert!(
            ran.err.starts_with("error: cannot write ") && ran.err.contains("free some space"),
            "{}",
            ran.err
        );
        assert!(!town.names(&out).iter().any(|name| name.ends_with(".csv") || name.ends_with(".json")));
        let ran = town.run("link", &out, &["--resume"]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        went_on += u64::from(ran.out.contains("gone on"));
        town.same("undisturbed", &out, &LINKED);
    }
    assert!(went_on > 0, "no limit let anything be decided");
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let town = Town::new(10, 0);
    let ran = town.run("link", "/proc/himozuke", &[]);
    if cfg!(target_os = "linux") {
        assert_eq!(ran.status, 1);
        assert!(ran.err.starts_with("error: cannot write /proc/himozuke: "), "{}", ran.err);
    }
}
