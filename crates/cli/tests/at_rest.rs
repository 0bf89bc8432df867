//! Results that are encrypted: nothing of them is plain on the disk, at the end or before, and they come back whole or not at
//! all.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: a panic is how it fails")]

mod common;

use std::{
    collections::HashSet,
    fs,
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use age::{Decryptor, secrecy::SecretString};
use common::{Ran, command, link, run, sample};

const TABLES: [&str; 6] =
    ["links.csv", "review.csv", "no_match.csv", "rejected.csv", "registry_problems.csv", "handles.csv"];
const OPEN: [&str; 3] = ["summary.json", "run.json", "decisions.log"];

/// A directory with the sample, two keys and a passphrase.
struct Office {
    directory: tempfile::TempDir,
    public: String,
}

impl Office {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for name in ["registry.csv", "records.csv"] {
            fs::copy(sample().join(name), directory.path().join(name)).unwrap();
        }
        let office = Self { public: keygen(directory.path(), "office.key"), directory };
        keygen(office.path(), "other.key");
        office.secret("pass", "correct horse battery staple\n");
        office.secret("wrong", "correct horse battery stable\n");
        office
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn secret(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn link(&self, out: &str, more: &[&str]) -> Ran {
        let ran = link(self.path(), out, &[&["--as-of", "2026-04-01"], more].concat());
        assert_eq!(ran.status, 0, "{}", ran.err);
        ran
    }

    fn run(&self, line: &str) -> Ran {
        run(self.path(), &line.split_whitespace().collect::<Vec<_>>())
    }

    fn done(&self, line: &str) -> Ran {
        let ran = self.run(line);
        assert_eq!(ran.status, 0, "{line}: {}", ran.err);
        ran
    }

    /// A run that ends in an error about its input, and leaves nothing.
    fn refused(&self, line: &str, cause: &str) {
        let ran = self.run(line);
        assert!(ran.status == 2 && ran.err.contains(cause), "{line}: {} {}", ran.status, ran.err);
        assert!(!self.path().join("refused").join("run.json").exists(), "{line}");
    }

    fn file(&self, path: &str) -> Vec<u8> {
        fs::read(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn names(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path().join(directory)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Makes a key file; its public key.
fn keygen(directory: &Path, name: &str) -> String {
    let ran = run(directory, &["keygen", "--out", name]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let mode = fs::metadata(directory.join(name)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    ran.out.trim().to_owned()
}

/// The key in a key file.
fn identity(text: &str) -> age::x25519::Identity {
    text.lines().find(|line| !line.starts_with('#')).unwrap().parse().unwrap()
}

fn open(bytes: &[u8], identity: &dyn age::Identity) -> Vec<u8> {
    let mut plain = Vec::new();
    let decryptor = Decryptor::new(bytes).unwrap();
    decryptor.decrypt([identity].into_iter()).unwrap().read_to_end(&mut plain).unwrap();
    plain
}

/// Ids of records and residents, none of which may be seen where things are encrypted.
fn ids(registry_and_records: [&[u8]; 2]) -> HashSet<Vec<u8>> {
    let first = |line: &[u8]| line.split(|byte| *byte == b',').next().unwrap().to_vec();
    let lines = registry_and_records.into_iter().flat_map(|file| file.split(|byte| *byte == b'\n').skip(1));
    let ids = lines.map(first).filter(|id| id.len() > 6);
    ids.collect()
}

/// How many of the ids stand anywhere in bytes.
fn seen(bytes: &[u8], ids: &HashSet<Vec<u8>>) -> usize {
    let length = ids.iter().next().unwrap().len();
    assert!(ids.iter().all(|id| id.len() == length), "ids of one length");
    bytes.windows(length).filter(|part| ids.contains(*part)).count()
}

#[test]
fn what_is_encrypted_to_a_key_file_comes_back_and_nothing_of_it_is_plain() {
    let office = Office::new();
    office.link("plain", &[]);
    office.link("sealed", &["--key-file", "office.key"]);
    let ids = ids([&office.file("registry.csv"), &office.file("records.csv")]);
    assert!(seen(&office.file("plain/links.csv"), &ids) > 3_000, "the canaries sing");
    let key = identity(&String::from_utf8(office.file("office.key")).unwrap());
    for name in TABLES {
        let opened = open(&office.file(&format!("sealed/{name}.age")), &key);
        // Handles are drawn anew in every run.
        assert!(name == "handles.csv" || opened == office.file(&format!("plain/{name}")), "{name}");
    }
    let mut expected: Vec<String> = TABLES.iter().map(|name| format!("{name}.age")).collect();
    expected.extend(OPEN.map(str::to_owned));
    expected.sort();
    assert_eq!(office.names("sealed"), expected);
    for name in &expected {
        let path = office.path().join("sealed").join(name);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        assert_eq!(seen(&fs::read(&path).unwrap(), &ids), 0, "{name}");
    }
    assert_eq!(office.file("sealed/summary.json"), office.file("plain/summary.json"));

    office.done("decrypt sealed --key-file office.key --out opened");
    for name in TABLES.into_iter().filter(|name| *name != "handles.csv") {
        assert_eq!(office.file(&format!("opened/{name}")), office.file(&format!("plain/{name}")), "{name}");
    }
    assert_eq!(office.names("opened"), office.names("plain"));
    office.done("report opened");
    let one = office.done("decrypt sealed/links.csv.age --key-file office.key --out -");
    assert_eq!(one.out.as_bytes(), office.file("plain/links.csv"));
    office.done("decrypt sealed/links.csv.age --key-file office.key --out links.csv");
    assert_eq!(office.file("links.csv"), one.out.as_bytes());
}

#[test]
fn a_passphrase_opens_the_results_here_and_in_other_programs() {
    let office = Office::new();
    office.link("plain", &[]);
    office.link("sealed", &["--passphrase-file", "pass", "--pack", "zst"]);
    // As other programs do: the passphrase opens the key, and the key the results.
    let passphrase = SecretString::from("correct horse battery staple".to_owned());
    let key = open(&office.file("sealed/results-key.age"), &age::scrypt::Identity::new(passphrase));
    let key = identity(&String::from_utf8(key).unwrap());
    let packed = open(&office.file("sealed/links.csv.zst.age"), &key);
    assert_eq!(zstd::decode_all(&packed[..]).unwrap(), office.file("plain/links.csv"));

    let one = office.done("decrypt sealed/links.csv.zst.age --passphrase-file pass --out links.csv.zst");
    assert_eq!(
        (one.out.as_str(), office.file("links.csv.zst") == packed),
        ("written to links.csv.zst\n", true)
    );
    office.refused(
        "decrypt sealed --passphrase-file pass --out sealed --force",
        "--out is the directory of the run",
    );
    office.done("report sealed --passphrase-file pass");
    office.refused("report sealed --force", "sealed/links.csv.zst.age is encrypted");
    office.refused("report sealed --force --passphrase-file wrong", "does not open sealed/results-key.age");
    office.refused("report sealed --force --key-file office.key", "does not open sealed/links.csv.zst.age");
    let variable = |value: &str| {
        let line = ["report", "sealed", "--force", "--passphrase-env", "OFFICE_PASSPHRASE"];
        let mut command = command();
        command.args(line).env("OFFICE_PASSPHRASE", value).current_dir(office.path());
        command.output().unwrap().status.code()
    };
    assert_eq!(
        (variable("correct horse battery staple"), variable("wrong"), variable("")),
        (Some(0), Some(2), Some(2))
    );

    office.done("purge sealed --results");
    let mut left = OPEN.map(str::to_owned).to_vec();
    left.push("report.html".to_owned());
    left.sort();
    assert_eq!(office.names("sealed"), left, "the key goes with what it opens");
}

#[test]
fn a_wrong_key_and_a_changed_file_are_told_and_give_nothing() {
    let office = Office::new();
    office.link("sealed", &["--encrypt-to", &office.public]);
    let truth = sample().join("truth.csv").display().to_string();
    for reading in [
        "report sealed --out refused.html".to_owned(),
        format!("evaluate --truth {truth} --decisions sealed"),
        "review sheet sealed --out refused.csv".to_owned(),
        "decrypt sealed --out refused".to_owned(),
    ] {
        office.refused(&reading, ".csv.age is encrypted\nhint: give its key with --key-file");
        office.refused(&format!("{reading} --key-file other.key"), "does not open sealed/");
        assert!(!["refused.html", "refused.csv"].iter().any(|name| office.path().join(name).exists()));
        let ran = office.run(&format!("{reading} --key-file office.key"));
        assert_eq!(ran.status, 0, "{reading}: {}", ran.err);
        for name in ["refused.html", "refused.csv"] {
            let _ = fs::remove_file(office.path().join(name));
        }
        let _ = fs::remove_dir_all(office.path().join("refused"));
    }
    // The chain of the log needs no key.
    office.done("audit verify sealed");

    let whole = office.file("sealed/links.csv.age");
    let path = office.path().join("sealed/links.csv.age");
    let places = [whole.len() - 1, whole.len() / 2, 400, 300];
    let mut changed: Vec<Vec<u8>> = places.iter().map(|at| whole[..*at].to_vec()).collect();
    changed.extend(places.map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    }));
    for (case, bytes) in changed.iter().enumerate() {
        fs::write(&path, bytes).unwrap();
        let cause = "links.csv.age is damaged, or was changed after it was encrypted";
        office.refused("decrypt sealed --key-file office.key --out refused", cause);
        let ran = office.run("report sealed --key-file office.key --out refused.html");
        assert!(ran.status == 2 && ran.err.contains("is damaged, or was changed"), "{case}: {}", ran.err);
    }
}

#[test]
fn secrets_are_kept_and_weak_ones_refused() {
    let office = Office::new();
    let inputs = "link --registry registry.csv --records records.csv --out refused";
    let secret = String::from_utf8(office.file("office.key")).unwrap();
    let secret = secret.lines().nth(1).unwrap();
    let ran = office.run(&format!("{inputs} --encrypt-to {secret}"));
    assert!(ran.status == 2 && ran.err.contains("this is a secret key"), "{}", ran.err);
    assert!(!ran.err.contains(&secret[15..]), "and it is not repeated");
    office.secret("short", "correct\n");
    office.refused(&format!("{inputs} --passphrase-file short"), "the passphrase is too short");
    office.secret("empty", "\n");
    office.refused(&format!("{inputs} --passphrase-file empty"), "empty holds no passphrase");
    office.refused(&format!("{inputs} --key-file pass"), "pass is no key file");
    office.refused(&format!("{inputs} --passphrase-env NO_SUCH"), "no variable NO_SUCH");
    office.refused(&format!("{inputs} --passphrase-file pass --key-file office.key"), "cannot be used with");
    fs::set_permissions(office.path().join("office.key"), fs::Permissions::from_mode(0o604)).unwrap();
    office.refused(
        &format!("{inputs} --key-file office.key"),
        "everybody may read office.key\nhint: chmod 600",
    );
    office.refused("keygen --out other.key", "other.key is there already");
    office.refused("decrypt records.csv --key-file office.key --out refused", "records.csv is not encrypted");
    // Standard input would be kept on the disk as it comes.
    let line = format!("{inputs} --encrypt-to {}", office.public).replace("records.csv", "-");
    office.refused(&line, "would be kept on the disk unencrypted");
}

#[test]
fn one_run_replaces_another_of_any_form_and_leaves_nothing_of_it() {
    let office = Office::new();
    let forms: [&[&str]; 4] = [
        &["--passphrase-file", "pass", "--also", "parquet"],
        &["--pack", "gz"],
        &["--key-file", "office.key"],
        &[],
    ];
    office.link("plain", &[]);
    for form in forms {
        office.link("out", &[&["--force"], form].concat());
    }
    assert_eq!(office.names("out"), office.names("plain"));
    for form in forms {
        let line =
            [&["link", "--registry", "registry.csv", "--records", "records.csv", "--out", "out"], form]
                .concat();
        let ran = run(office.path(), &line);
        assert!(
            ran.status == 2 && ran.err.contains("already holds links.csv of a finished run"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn what_people_found_is_encrypted_as_well() {
    let office = Office::new();
    office.link("sealed", &["--key-file", "office.key"]);
    office.done("review sheet sealed --key-file office.key --out sheet.csv");
    let sheet = String::from_utf8(office.file("sheet.csv")).unwrap();
    let filled: Vec<String> = sheet
        .lines()
        .enumerate()
        .map(|(line, row)| {
            if line == 1 {
                format!("{}none,sato", row.strip_suffix(",,").map_or(row, |own| own).to_owned() + ",")
            } else {
                row.to_owned()
            }
        })
        .collect();
    fs::write(office.path().join("sheet.csv"), filled.join("\r\n")).unwrap();
    office.refused("review apply sealed sheet.csv --out reviewed", "is encrypted");
    let ran = office.done("review apply sealed sheet.csv --out reviewed --key-file office.key");
    assert!(ran.out.contains(" 1 no_match "), "{}", ran.out);
    assert_eq!(
        office.names("reviewed"),
        ["disagreements.csv.age", "open.csv.age", "review.json", "reviewed.csv.age"]
    );
    let one = office.done("decrypt reviewed/reviewed.csv.age --key-file office.key --out -");
    assert!(one.out.contains(",no_match,,sato"), "{}", one.out);
    office.done("audit verify sealed");
}

/// Begins a run over many records and kills it when it has decided some.
fn killed(office: &Office, more: &[&str]) {
    let line =
        ["link", "--registry", "town/registry.csv", "--records", "town/records.csv", "--out", "killed"];
    let mut command = command();
    command.args(line).args(more).args(["--as-of", "2026-04-01"]).current_dir(office.path());
    let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let decided = office.path().join("killed/.himozuke-work/decided");
    // A chunk of decisions is about 630,000 bytes, and one that is torn is decided again.
    while !fs::metadata(&decided).is_ok_and(|metadata| metadata.len() > 1_000_000) {
        assert!(run.try_wait().unwrap().is_none(), "it ended before it could be killed");
        thread::sleep(Duration::from_millis(1));
    }
    run.kill().unwrap();
    run.wait().unwrap();
}

#[test]
fn a_killed_run_leaves_nothing_plain_and_goes_on_with_its_key_alone() {
    let office = Office::new();
    office.done("synth --residents 2000 --records 100000 --seed 5 --out town");
    let line = "link --registry town/registry.csv --records town/records.csv --as-of 2026-04-01 --out";
    office.done(&format!("{line} plain"));
    let ids = ids([&office.file("town/registry.csv"), &office.file("town/records.csv")]);
    let (key, public) = (vec!["--key-file", "office.key"], vec!["--encrypt-to", office.public.as_str()]);
    let (other, pass) = (vec!["--key-file", "other.key"], vec!["--passphrase-file", "pass"]);
    // Who begins a run with a public key alone goes on with the key file that it is of.
    for (begin, with, without, wrong) in [
        (&key, &key, &public, &other),
        (&public, &key, &public, &other),
        (&pass, &pass, &vec!["--passphrase-file", "wrong"], &key),
    ] {
        killed(&office, begin);
        let names = office.names("killed/.himozuke-work");
        assert!(names.iter().any(|name| name == "working-key.age"), "{names:?}");
        for name in &names {
            let path = format!("killed/.himozuke-work/{name}");
            assert_eq!(seen(&office.file(&path), &ids), 0, "{name}");
            let mode = fs::metadata(office.path().join(&path)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name}");
        }
        let resume = |more: &[&str]| format!("{line} killed --resume {}", more.join(" "));
        let gone = "cannot go on with the run that was stopped: ";
        office.refused(&resume(without), &format!("{gone}the key that was given does not open"));
        office.refused(&resume(wrong), &format!("{gone}encryption is not what it was then"));
        office.refused(&resume(&[]), &format!("{gone}encryption is not what it was then"));
        let ran = office.done(&resume(with));
        assert!(ran.out.contains("gone on after "), "{}", ran.out);
        office.done(&format!("decrypt killed {} --out opened", with.join(" ")));
        for name in TABLES.into_iter().filter(|name| *name != "handles.csv") {
            assert_eq!(
                office.file(&format!("opened/{name}")),
                office.file(&format!("plain/{name}")),
                "{name}"
            );
        }
        for out in ["killed", "opened"] {
            fs::remove_dir_all(office.path().join(out)).unwrap();
        }
    }
}

#[test]
fn settings_name_the_key_and_every_command_takes_it() {
    let office = Office::new();
    let settings = format!(
        "registry = \"registry.csv\"\nrecords = \"records.csv\"\nout = \"night\"\npack = \"gz\"\nas_of = \"2026-04-01\"\n\
         [encryption]\nto = [\"{}\"]\nkey_file = \"office.key\"\n",
        office.public
    );
    fs::write(office.path().join("himozuke.toml"), settings).unwrap();
    office.done("link");
    assert!(office.path().join("night/links.csv.gz.age").exists());
    office.done("report night");
    office.done("review sheet night --out sheet.csv");
    office.done("decrypt night --out opened");
    assert!(office.path().join("opened/links.csv.gz").exists());
    // One key on the command line goes before all in the settings.
    office.done("link --out by_passphrase --passphrase-file pass");
    office.done("report by_passphrase --passphrase-file pass");
}

#[test]
fn the_encryption_of_the_settings_is_checked_before_a_run() {
    let office = Office::new();
    let public = &office.public;
    let settings = |encryption: &str| {
        let text =
            format!("registry = \"registry.csv\"\nrecords = \"records.csv\"\n[encryption]\n{encryption}\n");
        fs::write(office.path().join("himozuke.toml"), text).unwrap();
        office.run("check")
    };
    office.secret("short", "horse\n");
    for (encryption, told) in [
        (format!("to = [\"{public}\"]"), "results would be encrypted to one public key\n"),
        ("key_file = \"office.key\"".to_owned(), "results would be encrypted to one public key\n"),
        ("passphrase_file = \"pass\"".to_owned(), "results would be encrypted with a passphrase\n"),
    ] {
        let ran = settings(&encryption);
        assert!(ran.status == 0 && ran.out.contains(told), "{encryption}: {} {}", ran.out, ran.err);
    }
    for (encryption, told) in [
        ("to = [\"age1nobody\"]", "needs a public key"),
        ("key_file = \"gone.key\"", "gone.key"),
        ("key_file = \"pass\"", "pass"),
        ("passphrase_file = \"short\"", "too short"),
        ("passphrase_env = \"HIMOZUKE_NOT_SET\"", "HIMOZUKE_NOT_SET"),
    ] {
        let ran = settings(encryption);
        assert!(ran.status == 2 && ran.err.contains(told), "{encryption}: {} {}", ran.out, ran.err);
        assert!(!ran.err.contains("horse"), "{}", ran.err);
    }
}

/// A terminal, and a command whose standard input it is.
struct Typing {
    /// The side of whoever types, which also gets what the terminal shows.
    keyboard: fs::File,
    terminal: fs::File,
    child: Child,
}

impl Typing {
    fn new(directory: &Path, line: &str) -> Self {
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        // Nobody's controlling terminal: nothing that is typed is a signal to the tests.
        let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
        let terminal = rustix::fs::open(name.as_c_str(), flags, rustix::fs::Mode::empty()).unwrap();
        let terminal = fs::File::from(terminal);
        let mut child = command();
        child.args(line.split_whitespace()).current_dir(directory);
        child.stdin(terminal.try_clone().unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { keyboard: keyboard.into(), terminal, child: child.spawn().unwrap() }
    }

    /// Types each of the lines when it is asked for; the status and what was said in the end.
    fn answer(mut self, lines: &[&str]) -> (Self, i32, String) {
        let mut err = self.child.stderr.take().unwrap();
        let mut told = Vec::new();
        for line in lines {
            loop {
                let mut byte = [0];
                assert_eq!(err.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&told));
                told.push(byte[0]);
                if told.ends_with(": ".as_bytes()) {
                    break;
                }
            }
            assert!(!self.shows(), "the terminal shows what is typed");
            self.keyboard.write_all(line.as_bytes()).unwrap();
        }
        err.read_to_end(&mut told).unwrap();
        let status = self.child.wait().unwrap().code().unwrap();
        (self, status, String::from_utf8(told).unwrap())
    }

    fn shows(&self) -> bool {
        let modes = rustix::termios::tcgetattr(&self.terminal).unwrap().local_modes;
        modes.contains(rustix::termios::LocalModes::ECHO | rustix::termios::LocalModes::ISIG)
    }

    /// What the terminal has shown. A mark ends it, for a terminal has no end.
    fn shown(mut self) -> String {
        self.terminal.write_all(b"#").unwrap();
        let mut shown = Vec::new();
        while !shown.ends_with(b"#") {
            let mut byte = [0];
            self.keyboard.read_exact(&mut byte).unwrap();
            shown.push(byte[0]);
        }
        String::from_utf8(shown).unwrap()
    }
}

#[test]
fn a_passphrase_is_typed_unseen_and_twice_to_encrypt() {
    let office = Office::new();
    let pass = "correct horse battery staple\n";
    let link =
        "link --registry registry.csv --records records.csv --as-of 2026-04-01 --ask-passphrase --out typed";
    let (terminal, status, told) = Typing::new(office.path(), link).answer(&[pass, pass]);
    assert_eq!(status, 0, "{told}");
    assert!(terminal.shows(), "the terminal is as it was");
    assert_eq!(terminal.shown(), "#");
    // It is the passphrase, and nothing beside it: the same in a file opens what was encrypted.
    office.done("decrypt typed --passphrase-file pass --out opened");
    let open = "decrypt typed --ask-passphrase --out by-hand";
    let (_, status, told) = Typing::new(office.path(), open).answer(&[pass]);
    assert_eq!(status, 0, "{told}");
    assert_eq!(office.file("opened/links.csv"), office.file("by-hand/links.csv"));
    // Findings are encrypted with the passphrase that opens the run, which is typed for both.
    office.done("review sheet typed --passphrase-file pass --out sheet.csv");
    let apply = "review apply typed sheet.csv --ask-passphrase --out reviewed";
    let (_, status, told) = Typing::new(office.path(), apply).answer(&[pass, pass]);
    assert_eq!(status, 0, "{told}");
    assert!(office.names("reviewed").contains(&"reviewed.csv.age".to_owned()));
}

#[test]
fn a_signal_at_the_prompt_leaves_a_terminal_that_shows_what_is_typed() {
    let office = Office::new();
    office.done("link --registry registry.csv --records records.csv --passphrase-file pass --out night");
    for line in [
        "link --registry registry.csv --records records.csv --ask-passphrase --out stopped",
        "decrypt night --ask-passphrase --out opened",
    ] {
        for signal in ["-TERM", "-INT", "-HUP"] {
            let mut typing = Typing::new(office.path(), line);
            while typing.shows() {
                assert!(typing.child.try_wait().unwrap().is_none(), "{line}");
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            let id = typing.child.id().to_string();
            assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
            let output = typing.child.wait_with_output().unwrap();
            let told = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(130), "{signal}: {told}");
            assert!(told.contains("stopped by a signal"), "{told}");
            let modes = rustix::termios::tcgetattr(&typing.terminal).unwrap().local_modes;
            assert!(
                modes.contains(rustix::termios::LocalModes::ECHO),
                "{line} {signal}: the terminal is silent"
            );
        }
    }
}

#[test]
fn what_is_typed_wrong_or_not_at_all_does_nothing() {
    let office = Office::new();
    let link = "link --registry registry.csv --records records.csv --ask-passphrase --out refused";
    let pass = "correct horse battery staple\n";
    let cases = [
        (&[pass, "correct horse battery stable\n"][..], 2, "the two passphrases differ"),
        (&["short\n", "short\n"], 2, "too short"),
        (&["\n", "\n"], 2, "holds no passphrase"),
        // Ctrl-D and Ctrl-C.
        (&["\u{4}", "\u{4}"], 2, "holds no passphrase"),
        (&["correct hor\u{3}"], 130, "stopped"),
    ];
    for (lines, expected, cause) in cases {
        let (terminal, status, told) = Typing::new(office.path(), link).answer(lines);
        assert_eq!(status, expected, "{lines:?}: {told}");
        assert!(told.contains(cause) && !told.contains("horse"), "{told}");
        assert!(terminal.shows(), "{lines:?}: the terminal is as it was");
        assert!(!office.path().join("refused/run.json").exists());
    }
    // Whoever is no terminal is not asked.
    let ran = office.run(link);
    assert!(ran.status == 2 && ran.err.contains("standard input is no terminal"), "{}", ran.err);
    assert!(ran.err.contains("--passphrase-file or --passphrase-env"), "{}", ran.err);
    let both = office.run(&format!("{link} --passphrase-file pass"));
    assert!(both.status == 2 && both.err.contains("cannot be used with"), "{}", both.err);
}
