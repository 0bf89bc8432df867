//! From the words of a command line to its arguments: settings of `himozuke.toml` stand in for flags that are not given, and
//! help is given, and everything else is said, in the language of who asks. Knows nothing of what a command does.

use std::{
    env,
    ffi::OsString,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process,
};

use clap::{
    Command, CommandFactory, FromArgMatches, ValueEnum,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::{
    args::{Cli, Language},
    failure::Failure,
    help_ja::in_japanese,
    said,
    settings::{self, SWITCHES},
    words, words_ja,
};

/// Reads a command line as it was given; what clap itself has to say (help, version, a wrong argument) it says, and ends
/// the process.
///
/// # Errors
/// Where the settings are wrong.
pub fn read(words: Vec<OsString>) -> Result<Cli, Failure> {
    let plain = Cli::command();
    let asked = language(&words);
    // Settings may say in which language; where they cannot be read, whoever asked is told so in theirs.
    let words = assemble(words, &plain).inspect_err(|_| words::speak(asked))?;
    let lang = language(&words);
    words::speak(lang);
    let command = match lang {
        Language::Ja => in_japanese(plain),
        Language::En => plain,
    };
    let read = command.try_get_matches_from(words);
    let read = read.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    read.or_else(|error| say(&error, lang))
}

/// Says what clap has to say, and ends the process.
fn say(error: &clap::Error, lang: Language) -> Result<Cli, Failure> {
    let stray = matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::String(word)) if !word.starts_with('-'));
    match (lang, error.kind()) {
        // What stands alone is most often the rest of a value, which clap would repeat.
        (Language::En, ErrorKind::UnknownArgument) if stray => {
            let message = said!("a word belongs to no flag"; "どのオプションのものでもない語があります");
            let hint = said!(
                "put quotes around a value with spaces; --help tells what the command takes";
                "空白を含む値は引用符（'…'）で囲みます。オプションは --help で確かめられます"
            );
            return Err(Failure::usage(message, Some(hint)));
        }
        (Language::En, _) => error.exit(),
        (Language::Ja, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            let help = error.render();
            let styled = io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
            let help = if styled { help.ansi().to_string() } else { help.to_string() };
            let _ = io::stdout().write_all(words_ja::in_japanese(&help).as_bytes());
        }
        (Language::Ja, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand) => {
            let _ = io::stderr().write_all(words_ja::in_japanese(&error.to_string()).as_bytes());
        }
        (Language::Ja, _) => {
            let _ = writeln!(io::stderr(), "{}", words_ja::refusal(error));
        }
    }
    process::exit(error.exit_code())
}

/// The value of a flag among words, as `--flag value` or `--flag=value`.
fn value_of(words: &[OsString], flag: &str) -> Option<String> {
    let mut words = words.iter().map(|word| word.to_string_lossy()).take_while(|word| word != "--");
    while let Some(word) = words.next() {
        match word.strip_prefix(flag) {
            Some("") => return words.next().map(|value| value.into_owned()),
            Some(rest) if rest.starts_with('=') => return rest.get(1..).map(str::to_owned),
            _ => {}
        }
    }
    None
}

/// What was asked for, else what the system says of its user.
fn language(words: &[OsString]) -> Language {
    if let Some(told) = value_of(words, "--lang").and_then(|word| Language::from_str(&word, true).ok()) {
        return told;
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| {
        let value = env::var(name).ok()?;
        (!value.is_empty()).then_some(value)
    });
    if locale.is_some_and(|locale| locale.starts_with("ja")) { Language::Ja } else { Language::En }
}

/// The words with those that settings stand for, behind the command.
fn assemble(mut words: Vec<OsString>, cli: &Command) -> Result<Vec<OsString>, Failure> {
    let Some((names, _)) = chain(&words, cli) else { return Ok(words) };
    let command = names.iter().try_fold(cli, |command, name| command.find_subcommand(name));
    let has = |flag: &str| {
        command.is_some_and(|command| command.get_arguments().any(|own| own.get_long() == Some(flag)))
    };
    // Every command can be asked for help in a language, wherever that is said; some have a flag of that name themselves.
    let told = take(&mut words, "--lang");
    let Some((names, behind)) = chain(&words, cli) else { return Ok(words) };
    let place = if has("lang") { behind } else { 1 };
    let mut behind = if has("lang") { behind } else { behind + told.len() };
    words.splice(place..place, told);
    let name = names.join(" ");
    let given: Vec<String> = words.iter().filter_map(flag).collect();
    let is_given = |flag: &str| given.iter().any(|own| own == flag);
    if !CONFIGURED.contains(&name.as_str()) || is_given("help") {
        return Ok(words);
    }
    let named = value_of(&words, "--config").map(PathBuf::from);
    let found = Path::new(settings::DEFAULT);
    let Some(path) = named.clone().or_else(|| found.is_file().then(|| found.to_owned())) else {
        return Ok(words);
    };
    let mut more: Vec<OsString> = Vec::new();
    if named.is_none() {
        // From here on it is as if it had been named: a run says what it was told by.
        more.push(format!("--config={}", path.display()).into());
    }
    for (flag, values) in settings::read(&path)? {
        // Where a command has no sentences of its own, it has errors.
        if flag == "lang" && !has(flag) && !is_given(flag) {
            words.splice(1..1, values.iter().map(|value| OsString::from(format!("--{flag}={value}"))));
            behind += 1;
        }
        if has(flag) && !is_given(flag) && is_taken(&name, flag, is_given) {
            let values = if flag == "era-codes" { era_codes(&name, values) } else { values };
            more.extend(values.iter().map(|value| OsString::from(format!("--{flag}={value}"))));
            more.extend(SWITCHES.contains(&flag).then(|| OsString::from(format!("--{flag}"))));
        }
    }
    words.splice(behind..behind, more);
    Ok(words)
}

/// Commands that settings are for.
const CONFIGURED: [&str; 13] = [
    "link",
    "verify",
    "index",
    "lookup",
    "explain",
    "normalize",
    "check",
    "train",
    "review sheet",
    "review apply",
    "report",
    "evaluate",
    "decrypt",
];

/// What says with what results are encrypted and opened.
const ENCRYPTING: [&str; 5] =
    ["encrypt-to", "key-file", "passphrase-file", "passphrase-env", "ask-passphrase"];

/// Whether a command takes a flag from the settings: not where the flag means another thing there, nor where what was
/// given rules it out.
fn is_taken(command: &str, flag: &str, is_given: impl Fn(&str) -> bool) -> bool {
    // Whoever says with what results are encrypted has said all of it.
    if ENCRYPTING.contains(&flag) && ENCRYPTING.into_iter().any(&is_given) {
        return false;
    }
    match (command, flag) {
        ("link" | "verify", _) => true,
        (_, "out") => false,
        ("index", "registry") => !is_given("check"),
        // It reads values of neither input.
        ("normalize", "era-codes") => false,
        ("train", "registry" | "records") => !is_given("from-splink"),
        ("review sheet", "registry" | "records") => is_given("show-values"),
        _ => true,
    }
}

/// Era codes for a command: one that reads the registry alone is told nothing of inputs.
fn era_codes(command: &str, values: Vec<String>) -> Vec<String> {
    if command != "index" {
        return values;
    }
    values.iter().filter_map(|value| value.strip_prefix("registry:").map(str::to_owned)).collect()
}

/// The command and where the words behind it begin.
fn chain(words: &[OsString], cli: &Command) -> Option<(Vec<String>, usize)> {
    let (mut command, mut names, mut behind) = (cli, Vec::new(), 0);
    let mut rest = words.iter().enumerate().skip(1);
    while let Some((place, word)) = rest.next() {
        let word = word.to_string_lossy();
        if ["--config", "--lang"].contains(&&*word) {
            rest.next();
        } else if !word.starts_with('-') {
            let Some(found) = command.find_subcommand(&*word) else { break };
            (command, behind) = (found, place + 1);
            names.push(word.into_owned());
        }
    }
    (!names.is_empty()).then_some((names, behind))
}

/// The name of a flag, without its dashes and its value.
fn flag(word: &OsString) -> Option<String> {
    let word = word.to_string_lossy();
    if word == "-h" {
        return Some("help".to_owned());
    }
    let name = word.strip_prefix("--")?;
    name.split('=').next().map(str::to_owned)
}

/// Takes a flag and its value out of the words.
fn take(words: &mut Vec<OsString>, flag: &str) -> Vec<OsString> {
    let with_value = format!("{flag}=");
    let is_flag = |word: &OsString| word == flag || word.to_string_lossy().starts_with(&with_value);
    let mut flags = words.iter().take_while(|word| *word != "--");
    let Some(place) = flags.position(is_flag) else { return Vec::new() };
    let count = if words.get(place).is_some_and(|word| word == flag) { 2 } else { 1 };
    words.drain(place..(place + count).min(words.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn the_command_is_found_behind_what_is_said_to_all() {
        let cli = Cli::command();
        for (line, names, behind) in [
            ("himozuke link --out x", "link", 2),
            ("himozuke --lang ja --config h.toml review apply d s", "review apply", 7),
            ("himozuke --config=h.toml check", "check", 3),
        ] {
            assert_eq!(chain(&words(line), &cli), Some((words_of(names), behind)));
        }
        assert_eq!(chain(&words("himozuke --help"), &cli), None);
    }

    fn words_of(names: &str) -> Vec<String> {
        names.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn every_configured_command_is_one() {
        let cli = Cli::command();
        for name in CONFIGURED {
            assert!(name.split(' ').try_fold(&cli, |command, name| command.find_subcommand(name)).is_some());
        }
    }

    #[test]
    fn settings_stand_in_for_flags_that_are_not_given() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("h.toml");
        let text = "registry = \"/r.csv\"\nout = \"/o\"\nstrict = true\nlang = \"ja\"\n[review]\nreviewers = 2\n\
                    [era_codes]\nregistry = \"pension\"\n";
        std::fs::write(&path, text).unwrap();
        let assembled = |line: &str| {
            let mut words = words(line);
            words.extend(["--config".into(), path.clone().into()]);
            let words = assemble(words, &Cli::command()).unwrap();
            let told: Vec<_> = words.iter().skip(1).map(|word| word.to_string_lossy()).collect();
            told.join(" ").split(" --config").next().unwrap().to_owned()
        };
        for (given, told) in [
            (
                "himozuke link --records q",
                "--lang=ja link --registry=/r.csv --out=/o --era-codes=registry:pension --strict --records q",
            ),
            (
                "himozuke link --registry=x --out y",
                "--lang=ja link --era-codes=registry:pension --strict --registry=x --out y",
            ),
            (
                "himozuke index --out i",
                "--lang=ja index --registry=/r.csv --era-codes=pension --strict --out i",
            ),
            ("himozuke index --check i", "--lang=ja index --era-codes=pension --strict --check i"),
            (
                "himozuke explain --id 1",
                "explain --registry=/r.csv --lang=ja --era-codes=registry:pension --id 1",
            ),
            ("himozuke review sheet d --out s", "--lang=ja review sheet d --out s"),
            ("himozuke review apply d s --out r", "--lang=ja review apply --reviewers=2 d s --out r"),
            ("himozuke review apply d s --reviewers 1", "--lang=ja review apply d s --reviewers 1"),
            ("himozuke synth --out o", "synth --out o"),
            ("himozuke link --lang ja --help", "--lang ja link --help"),
            ("himozuke --lang en lookup", "lookup --registry=/r.csv --era-codes=registry:pension --lang en"),
        ] {
            assert_eq!(assembled(given), told);
        }
    }
}
