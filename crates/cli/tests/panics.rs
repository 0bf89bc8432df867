//! What is told of a panic: its place, never what it says, for a library's panic could quote a cell.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests: a panic is the test failing, or what is tested"
)]

mod common;

use std::{env, process, process::Command, thread};

use himozuke_cli::{args::Language, log::Log, panics, words};

/// What a panic says of itself here.
const VALUE: &str = "髙橋 花子";

/// The process that panics, on a thread of its own and on threads for work, catches one panic in silence, and ends with the status of
/// a failure.
fn panicking(form: &str) -> ! {
    words::speak(if form == "ja" { Language::Ja } else { Language::En });
    panics::tell_places(if form == "json" { Log::Json } else { Log::Text });
    let quiet = panics::quietly(|| panics::contained(|| panic!("{VALUE} in silence")));
    assert!(quiet.is_err());
    let ended = panics::contained(|| {
        assert!(thread::spawn(|| panic!("{VALUE}")).join().is_err());
        rayon::join(|| panic!("{VALUE}"), || ())
    });
    process::exit(ended.map_or_else(|status| status as i32, |_| 0));
}

/// This test is the process that panics, too, when it starts itself.
#[test]
fn a_panic_tells_its_place_and_not_what_it_says() {
    if let Ok(form) = env::var("HIMOZUKE_TEST_PANICS") {
        panicking(&form);
    }
    for (form, backtrace, starts) in [
        ("en", "0", "error: a fault in himozuke "),
        ("en", "1", "error: a fault in himozuke "),
        ("ja", "0", "エラー: himozuke "),
        ("json", "1", "{\"time\":"),
    ] {
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["--exact", "a_panic_tells_its_place_and_not_what_it_says", "--nocapture"]);
        let ran = child.env("HIMOZUKE_TEST_PANICS", form).env("RUST_BACKTRACE", backtrace).output().unwrap();
        let err = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(1), "{err}");
        assert!(err.starts_with(starts), "{err}");
        assert!(!err.contains(VALUE) && !err.contains("panicked"), "{err}");
        assert!(err.matches("crates/cli/tests/panics.rs:").count() >= 2, "{err}");
        let lines = err.lines().count();
        match (form, backtrace) {
            ("json", _) => assert_eq!(lines, 2, "{err}"),
            (_, "0") => assert_eq!(lines, 4, "{err}"),
            _ => assert!(lines > 10, "the calls are asked for: {err}"),
        }
    }
}

/// Files that their readers panic on, found by turning one bit after the other: the sign of a place, the kind of a column.
#[cfg(feature = "arrow")]
#[test]
fn a_broken_page_is_an_error_like_any_other() {
    use std::fs;

    use common::{command, sample};
    use himozuke_arrow::{Format, Writer};

    let registry = fs::read_to_string(sample().join("registry.csv")).unwrap();
    let mut rows = registry.lines().map(|line| line.split(','));
    let header: Vec<&str> = rows.next().unwrap().collect();
    let rows: Vec<Vec<&str>> = rows.take(20).map(Iterator::collect).collect();
    let directory = tempfile::tempdir().unwrap();
    for format in [Format::Parquet, Format::ArrowStream] {
        let mut writer = Writer::create(Vec::new(), format, &header).unwrap();
        rows.iter().for_each(|row| writer.row(row).unwrap());
        let whole = writer.finish().unwrap();
        let index = |at: usize, lang| {
            let mut broken = whole.clone();
            broken[at] ^= 1;
            fs::write(directory.path().join("broken"), broken).unwrap();
            let words = ["--lang", lang, "index", "--registry", "broken", "--out", "r.hmz"];
            let ran = command().args(words).current_dir(directory.path()).output().unwrap();
            let err = String::from_utf8(ran.stderr).unwrap();
            assert!(!err.contains("panicked"), "{format}, byte {at}: {err}");
            assert!(!rows.iter().flatten().any(|cell| cell.len() > 3 && err.contains(cell)), "{err}");
            (ran.status.code(), err)
        };
        // Parquet says at its end where its columns lie, and how long that is in the last eight bytes.
        let tail = whole.len() - 8;
        let length = u32::from_le_bytes(whole[tail..tail + 4].try_into().unwrap()) as usize;
        let places = if format == Format::Parquet { tail - length..tail } else { 8..whole.len() };
        let damaged = |at: &usize| index(*at, "en").1.contains("the file is damaged");
        let found: Vec<usize> = places.filter(damaged).take(2).collect();
        assert_eq!(found.len(), 2, "{format}: hardly a byte makes its reader panic");
        for at in found {
            let (status, err) = index(at, "en");
            assert_eq!(status, Some(2), "{format}, byte {at}: {err}");
            assert!(err.starts_with("error: cannot read broken: the file is damaged\n"), "{err}");
            let (status, err) = index(at, "ja");
            assert_eq!(status, Some(2), "{format}, byte {at}: {err}");
            assert!(err.starts_with("エラー: broken を読めません: ファイルが壊れています\n"), "{err}");
        }
    }
}
