//! Pages in a real browser: Chromium, headless, on a file. Where none is installed the tests say so and look at nothing, unless
//! HIMOZUKE_BROWSER names one or is `required`.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{
    env,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use common::{link, run, sample};

const INSTALLED: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// The browser to look with, if there is one.
fn browser(test: &str) -> Option<PathBuf> {
    let named = env::var("HIMOZUKE_BROWSER").ok();
    let installed = || INSTALLED.iter().map(PathBuf::from).find(|path| path.exists());
    let found = match named.as_deref() {
        None | Some("required") => installed(),
        Some(path) => Some(PathBuf::from(path)),
    };
    assert!(
        named.is_none() || found.is_some(),
        "HIMOZUKE_BROWSER demands a browser, and no Chromium is installed"
    );
    if found.is_none() {
        // Past the harness, which shows nothing of a test that passes.
        let told = format!("{test}: SKIPPED, for no Chromium is installed ({})\n", INSTALLED.join(", "));
        io::stderr().write_all(told.as_bytes()).unwrap();
    }
    found
}

/// What a browser shows of a page and says of it.
struct Seen {
    picture: Vec<u8>,
    document: String,
    print: Vec<u8>,
    /// What stands in the console.
    console: Vec<String>,
    /// Addresses that were asked for, those of the browser's own makers aside.
    asked: Vec<String>,
}

/// What the browser asks for by itself, whatever it shows.
const OWN: [&str; 4] = ["google.com", "googleapis.com", "gvt1.com", "gstatic.com"];

impl Seen {
    fn look(browser: &Path, page: &Path, more: &[&str]) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let own = |name: &str| scratch.path().join(name);
        let look = |how: &str| {
            let mut child = Command::new(browser)
                .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
                .args(["--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars"])
                .args(["--no-pdf-header-footer", "--enable-logging=stderr", "--window-size=1000,1600"])
                .arg(format!("--user-data-dir={}", own("profile").display()))
                .arg(format!("--log-net-log={}", own("net.json").display()))
                .args(more)
                .arg(how)
                .arg(format!("file://{}", page.display()))
                .stdin(Stdio::null())
                .stdout(File::create(own("out")).unwrap())
                .stderr(File::create(own("err")).unwrap())
                .spawn()
                .unwrap();
            let begun = Instant::now();
            while child.try_wait().unwrap().is_none() {
                let late = begun.elapsed() > Duration::from_secs(120);
                if late {
                    child.kill().unwrap();
                }
                assert!(!late, "the browser does not end: {how}");
                sleep(Duration::from_millis(50));
            }
        };
        look("--dump-dom");
        let document = fs::read_to_string(own("out")).unwrap();
        look(&format!("--print-to-pdf={}", own("page.pdf").display()));
        look(&format!("--screenshot={}", own("page.png").display()));
        let said = String::from_utf8_lossy(&fs::read(own("err")).unwrap()).into_owned();
        let net = String::from_utf8_lossy(&fs::read(own("net.json")).unwrap()).into_owned();
        let asked = net.split("\"url\":\"").skip(1).filter_map(|rest| rest.split('"').next());
        let host = |address: &str| address.split('/').nth(2).unwrap_or_default().to_owned();
        let foreign = asked
            .filter(|address| !address.starts_with("file:"))
            .filter(|address| !OWN.iter().any(|own| host(address).ends_with(own)));
        Self {
            picture: fs::read(own("page.png")).unwrap(),
            document,
            print: fs::read(own("page.pdf")).unwrap(),
            console: said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect(),
            asked: foreign.map(str::to_owned).collect(),
        }
    }
}

/// Without a network, or a way round it.
const OFFLINE: [&str; 2] = ["--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9"];

#[test]
fn reports_are_seen_as_they_are_meant_and_ask_for_nothing() {
    let Some(browser) = browser("reports_are_seen_as_they_are_meant_and_ask_for_nothing") else { return };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    for name in ["registry.csv", "records.csv", "truth.csv"] {
        fs::copy(sample().join(name), path.join(name)).unwrap();
    }
    assert_eq!(link(path, "out", &["--estimate-errors"]).status, 0);
    fs::write(path.join("blank.html"), "<!DOCTYPE html><html><body></body></html>").unwrap();
    let blank = Seen::look(&browser, &path.join("blank.html"), &OFFLINE);
    let report = |lang, page| ["report", "out", "--lang", lang, "--out", page];
    assert_eq!(run(path, &report("en", "en.html")).status, 0);
    assert_eq!(run(path, &report("ja", "ja.html")).status, 0);
    let held = ["evaluate", "--truth", "truth.csv", "--decisions", "out", "--html", "held.html"];
    assert_eq!(run(path, &held).status, 0);
    for (page, words) in
        [("en.html", "3,000 read = "), ("ja.html", "3,000 読込 = "), ("held.html", "Risk and coverage")]
    {
        let seen = Seen::look(&browser, &path.join(page), &[]);
        assert!(seen.document.contains(words), "{page}");
        assert!(seen.picture.len() > 3 * blank.picture.len(), "{page} is as good as blank");
        assert!(seen.console.is_empty(), "{page}: {:?}", seen.console);
        assert!(seen.asked.is_empty(), "{page}: {:?}", seen.asked);
        let print = String::from_utf8_lossy(&seen.print);
        assert!(print.contains("/MediaBox [0 0 59"), "{page} is printed on A4");
        // A busy machine may draw a page before all of it is laid out: what needs a network needs it every time.
        let same = |offline: Seen| offline.picture == seen.picture && offline.document == seen.document;
        let needs = !(0..3).any(|_| same(Seen::look(&browser, &path.join(page), &OFFLINE)));
        assert!(!needs, "{page} needs a network");
    }
}

/// The test above can fail.
#[test]
fn a_page_with_a_script_and_a_picture_from_elsewhere_is_found_out() {
    let Some(browser) = browser("a_page_with_a_script_and_a_picture_from_elsewhere_is_found_out") else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let page = directory.path().join("page.html");
    // An address that is nobody's (RFC 5737).
    let text = "<!DOCTYPE html><body><script>console.error('said')</script><img src='http://192.0.2.1/x.png'></body>";
    fs::write(&page, text).unwrap();
    let seen = Seen::look(&browser, &page, &OFFLINE);
    assert!(seen.console.iter().any(|line| line.contains("said")), "{:?}", seen.console);
    assert!(seen.asked.iter().any(|address| address.contains("192.0.2.1")), "{:?}", seen.asked);
    // The same under the policy that every page has.
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";
    fs::write(&page, text.replacen("<body>", &format!("<head>{policy}</head><body>"), 1)).unwrap();
    let seen = Seen::look(&browser, &page, &OFFLINE);
    assert!(!seen.console.iter().any(|line| line.contains("said")), "the script ran: {:?}", seen.console);
    assert!(seen.asked.is_empty(), "{:?}", seen.asked);
}
