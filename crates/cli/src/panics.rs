//! What is told of a panic, which is a fault of himozuke's own or of a library that it stands on: where it happened. What it says
//! of itself is never told, for it could quote a cell. Knows no command.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    cell::Cell,
    panic::{self, AssertUnwindSafe, Location},
    path::Path,
};

use crate::{
    failure::{Failure, Status},
    log::{Listeners, Log},
    said,
};

thread_local! {
    /// Whether this thread does what [`quietly`] was given.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Does a job that catches the panics of whatever it calls and makes errors of them: nothing is told of them here.
pub fn quietly<T>(job: impl FnOnce() -> T) -> T {
    /// Whatever becomes of the job, the thread is as it was.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            QUIET.set(self.0);
        }
    }
    let _before = Before(QUIET.replace(true));
    job()
}

/// From here on a panic on any thread tells its place in the way of `log`, and nothing else; with `RUST_BACKTRACE`, people are told
/// the calls that led there, too: names of functions and places, no values.
pub fn tell_places(log: Log) {
    panic::set_hook(Box::new(move |panic| {
        if QUIET.get() {
            return;
        }
        log.failure(&fault(panic.location()));
        let calls = Backtrace::capture();
        if log == Log::Text && calls.status() == BacktraceStatus::Captured {
            let _ = std::io::Write::write_all(&mut Listeners, calls.to_string().as_bytes());
        }
    }));
}

/// Does a job to its end; a panic that nobody caught, and of which the hook has told, makes it fail.
pub fn contained<T>(job: impl FnOnce() -> T) -> Result<T, Status> {
    panic::catch_unwind(AssertUnwindSafe(job)).map_err(|_| Status::Failed)
}

fn fault(place: Option<&Location<'_>>) -> Failure {
    let place =
        place.map_or_else(|| "?".to_owned(), |place| format!("{}:{}", short(place.file()), place.line()));
    let version = env!("CARGO_PKG_VERSION");
    let message = said!(
        "a fault in himozuke {version} itself, at {place}";
        "himozuke {version} 自身の不具合です（{place}）"
    );
    let hint = said!(
        "report this place and the version to those who maintain himozuke, without data; what else is known of the fault is not \
         shown, for it could hold a value";
        "この位置と版を、データを付けずに himozuke の保守者へ知らせてください。不具合の詳しい内容は、データの値を含むおそれがあるため表示しません"
    );
    Failure { status: Status::Failed, message, hint: Some(hint) }
}

/// A file of sources as its package calls it: where the package lay when this was built is nobody's business.
fn short(file: &str) -> String {
    let path = Path::new(file);
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let sources = parts.iter().rposition(|part| part == "src").filter(|_| path.is_absolute());
    let first = sources.map_or(0, |place| place.saturating_sub(1));
    parts.get(first..).unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_that_of_its_package() {
        for (file, told) in [
            ("crates/cli/src/link.rs", "crates/cli/src/link.rs"),
            (
                "/home/x/.cargo/registry/src/y/parquet-59.3.2/src/util/bit.rs",
                "parquet-59.3.2/src/util/bit.rs",
            ),
            ("/rustc/0/library/core/src/slice/index.rs", "core/src/slice/index.rs"),
        ] {
            assert_eq!(short(file), told);
        }
    }
}
