//! A secret typed on the terminal, which does not show it. Knows nothing of what it is for.

use zeroize::Zeroizing;

use crate::{failure::Failure, said, words::Said};
#[cfg(unix)]
use crate::{log::Log, stop::Stop, words::InJapanese};

/// The most that can be typed, in bytes: a line of a terminal.
#[cfg(unix)]
const LONGEST: usize = 4096;

/// Asks on standard error and reads a line from the terminal that is standard input.
///
/// # Errors
/// Where standard input is no terminal, nobody answers, or Ctrl-C does.
#[cfg(unix)]
pub(super) fn ask(question: &str) -> Result<Zeroizing<String>, Failure> {
    use std::io::{IsTerminal, Read, Write, stderr, stdin};
    use std::os::fd::AsFd;

    let stdin = stdin();
    if !stdin.is_terminal() {
        return Err(nobody_to_ask());
    }
    let unreadable = |error: std::io::Error| {
        let message =
            said!("cannot read from the terminal: {error}"; "端末から読み取れません: {}", error.ja());
        Failure::failed(message)
    };
    // Not through standard input's own buffer, which nobody wipes.
    let mut terminal = std::fs::File::from(stdin.as_fd().try_clone_to_owned().map_err(unreadable)?);
    let mut typed = Zeroizing::new([0; LONGEST]);
    // A process that is told to stop must not leave the terminal silent; one that runs a job says more than this.
    drop(Stop::on_signals(Log::Text, false));
    let length = {
        let _silent = silent::Silent::new(stdin.as_fd()).map_err(unreadable)?;
        // Not locked: a signal has last words there.
        let mut told = stderr();
        let asked = write!(told, "{question}: ").and_then(|()| told.flush());
        let length = asked.and_then(|()| terminal.read(&mut *typed)).map_err(unreadable)?;
        // Enter is not shown either.
        let _ = writeln!(told);
        length
    };
    let typed = typed.get(..length).unwrap_or_default();
    let line = typed.strip_suffix(b"\n").unwrap_or(typed);
    if line.iter().any(u8::is_ascii_control) {
        let status = crate::failure::Status::Stopped;
        let message = said!("stopped: nothing was done"; "中止しました。何もしませんでした");
        return Err(Failure { status, message, hint: None });
    }
    let line = str::from_utf8(line).map_err(|_| {
        let message = said!("what was typed is not UTF-8"; "入力された文字が UTF-8 ではありません");
        Failure::usage(message, Some(mend()))
    })?;
    Ok(Zeroizing::new(line.to_owned()))
}

/// As elsewhere, but that nobody can be asked here.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub(super) fn ask(_question: &str) -> Result<Zeroizing<String>, Failure> {
    Err(nobody_to_ask())
}

fn nobody_to_ask() -> Failure {
    let message = said!(
        "standard input is no terminal on which a passphrase can be typed";
        "標準入力が、パスフレーズを入力できる端末ではありません"
    );
    Failure::usage(message, Some(mend()))
}

fn mend() -> Said {
    said!(
        "give it with --passphrase-file or --passphrase-env";
        "--passphrase-file か --passphrase-env で指定してください"
    )
}

#[cfg(unix)]
pub(crate) use silent::show_again;

/// As elsewhere, but that no terminal is silent here.
#[cfg(not(unix))]
pub(crate) fn show_again() {}

#[cfg(unix)]
mod silent {
    use std::{
        io,
        os::fd::{BorrowedFd, OwnedFd},
        sync::{Mutex, PoisonError},
    };

    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

    /// The terminal that is silent now, and how it was: a signal may end the process from another thread.
    static SILENT: Mutex<Option<(OwnedFd, Termios)>> = Mutex::new(None);

    /// A terminal that does not show what is typed, for as long as this lives and the process does.
    pub(super) struct Silent;

    impl Silent {
        pub(super) fn new(terminal: BorrowedFd<'_>) -> io::Result<Self> {
            let before = tcgetattr(terminal)?;
            let mut silent = before.clone();
            silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
            // Ctrl-C would end the process in the middle of a line: it ends the line instead.
            silent.local_modes.remove(LocalModes::ISIG);
            let interrupt = before.special_codes[SpecialCodeIndex::VINTR];
            silent.special_codes[SpecialCodeIndex::VEOL] = interrupt;
            let again = (terminal.try_clone_to_owned()?, before);
            *SILENT.lock().unwrap_or_else(PoisonError::into_inner) = Some(again);
            let own = Self;
            // Whatever was typed before the question is no answer.
            tcsetattr(terminal, OptionalActions::Flush, &silent)?;
            Ok(own)
        }
    }

    impl Drop for Silent {
        fn drop(&mut self) {
            show_again();
        }
    }

    /// Makes a silent terminal what it was.
    pub(crate) fn show_again() {
        let mut silent = SILENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((terminal, before)) = silent.take() {
            let _ = tcsetattr(terminal, OptionalActions::Flush, &before);
        }
    }
}
