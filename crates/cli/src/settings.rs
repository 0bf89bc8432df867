//! `himozuke.toml`: what an office says once, as the flags that it stands for. Every setting is checked where it stands, so that
//! an error names its line; knows nothing of what a flag does.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::{Arg, Command, CommandFactory, ValueEnum};
use serde::{Deserialize, Deserializer, de};

use crate::{
    args::{Cli, Day, EncodingChoice, EraCodes, Language, PolicyChoice},
    at_rest::Pack,
    columns::{Column, Mapping},
    failure::Failure,
    log::Log,
    said,
    toml_fault::Fault,
    words_ja,
};

/// The file that is read where none is named.
pub const DEFAULT: &str = "himozuke.toml";

/// Flags that are given or not, and take no value.
pub const SWITCHES: [&str; 2] = ["strict", "no-handles"];

/// The settings of a file. All may be left out; there are no others.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    registry: Option<PathBuf>,
    records: Option<PathBuf>,
    out: Option<PathBuf>,
    model: Option<PathBuf>,
    mj_map: Option<PathBuf>,
    mj_list: Option<PathBuf>,
    policy: Option<Checked<PolicyChoice>>,
    encoding: Option<Checked<Choice<EncodingChoice>>>,
    as_of: Option<Checked<Day>>,
    log: Option<Checked<Choice<Log>>>,
    lang: Option<Checked<Choice<Language>>>,
    threads: Option<Count<1024>>,
    strict: bool,
    no_handles: bool,
    pack: Option<Checked<Choice<Pack>>>,
    encryption: Encryption,
    columns: Inputs<BTreeMap<ColumnName, String>>,
    era_codes: Inputs<Option<Checked<Choice<EraCodes>>>>,
    layout: Inputs<Option<PathBuf>>,
    review: Review,
}

/// A setting that the two inputs have apart.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Inputs<T> {
    registry: T,
    records: T,
}

/// How results are encrypted. Secrets are in files or in the environment, never here.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Encryption {
    to: Vec<String>,
    key_file: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
    passphrase_env: Option<String>,
}

/// How records are reviewed by hand.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Review {
    reviewers: Option<Count<9>>,
    headers: Option<Checked<Choice<Language>>>,
}

/// A text that its flag will take.
#[derive(Debug)]
struct Checked<T> {
    text: String,
    read: T,
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Checked<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // A day without quotes is a date of TOML's own.
        let text = String::deserialize(from).map_err(|_| de::Error::custom("expected a text in quotes"))?;
        let read = text.parse().map_err(de::Error::custom)?;
        Ok(Self { text, read })
    }
}

/// A count from 1 to the most that its flag takes.
#[derive(Debug)]
struct Count<const MOST: i64>(i64);

impl<'de, const MOST: i64> Deserialize<'de> for Count<MOST> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let count = i64::deserialize(from)?;
        let fits = (1..=MOST).contains(&count);
        if fits { Ok(Self(count)) } else { Err(de::Error::custom(format!("expected 1 to {MOST}"))) }
    }
}

/// One of a few words.
#[derive(Debug)]
struct Choice<T>(std::marker::PhantomData<T>);

impl<T: ValueEnum> FromStr for Choice<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = T::from_str(text, false).map(|_| Self(std::marker::PhantomData));
        known.map_err(|_| {
            let words = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let words: Vec<String> = words.map(|word| word.get_name().to_owned()).collect();
            format!("expected one of {}", words.join(", "))
        })
    }
}

/// The name of a column that records and residents can have.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
struct ColumnName(String);

impl<'de> Deserialize<'de> for ColumnName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        format!("{name}=").parse::<Mapping>().map_err(de::Error::custom)?;
        Ok(Self(name))
    }
}

/// The flags that a file stands for, each with its values; none for [`SWITCHES`].
pub type Flags = Vec<(&'static str, Vec<String>)>;

/// Reads a file.
///
/// # Errors
/// Where it cannot be read, or a setting is unknown or out of its range; with the line and the setting.
pub fn read(path: &Path) -> Result<Flags, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    let file = parse(path, &text)?;
    Ok(file.flags(path.parent().unwrap_or(Path::new(""))))
}

fn parse(path: &Path, text: &str) -> Result<File, Failure> {
    toml::from_str(text).map_err(|error| {
        let fault = Fault::of(&error, text);
        let (path, line) = (path.display(), fault.line);
        let ja = fault.key.as_deref().map_or_else(|| fault.ja(), wrong);
        let message = said!(
            "{path}, line {line}: {}{}", fault.setting(), fault.message;
            "{path} の{line}行目: {ja}"
        );
        Failure::usage(message, None)
    })
}

/// What is wrong with a setting and what it takes, in Japanese, as its flag has it.
fn wrong(key: &str) -> String {
    fn flags(command: &Command) -> Vec<&Arg> {
        let inner = command.get_subcommands().flat_map(flags);
        command.get_arguments().chain(inner).collect()
    }
    let flag = key.replace('_', "-");
    let cli = Cli::command();
    let Some(argument) = flags(&cli).into_iter().find(|own| own.get_long() == Some(&flag)) else {
        let known = key == "to" || Column::from_name(key).is_some();
        let problem = if known {
            "値が正しくないか、二度書かれています"
        } else {
            "そのような設定はありません"
        };
        return format!("{key}: {problem}");
    };
    let words = argument.get_possible_values();
    let words: Vec<&str> =
        words.iter().filter(|word| !word.is_hide_set()).map(|word| word.get_name()).collect();
    let form = words_ja::form(&format!("--{flag}"), &words.join("、"));
    let form = form.map_or(String::new(), |form| format!("。{form}"));
    let counts = ["threads", "reviewers"].contains(&key);
    let quoted = if counts || SWITCHES.contains(&&*flag) {
        ""
    } else {
        "。値は引用符（\"…\"）で囲みます"
    };
    format!("{key}: 値が正しくないか、二度書かれています{form}{quoted}")
}

impl File {
    /// As flags; files are sought from where the settings stand.
    fn flags(self, base: &Path) -> Flags {
        let from_base = |path: &PathBuf| {
            // Standard input stands nowhere.
            let told = if path.as_os_str() == "-" { path.clone() } else { base.join(path) };
            told.display().to_string()
        };
        let file = |path: &Option<PathBuf>| path.iter().map(from_base).collect::<Vec<_>>();
        let policy = self.policy.map(|policy| match &policy.read {
            PolicyChoice::File(path) => with_directory(&base.join(path)),
            PolicyChoice::Guideline | PolicyChoice::Statistical => policy.text,
        });
        let of_inputs = |of: [Option<String>; 2]| -> Vec<String> {
            let named = ["registry", "records"].into_iter().zip(of);
            named.filter_map(|(role, value)| Some(format!("{role}:{}", value?))).collect()
        };
        let maps = [("registry", &self.columns.registry), ("records", &self.columns.records)];
        let maps = maps.into_iter().flat_map(|(role, columns)| {
            columns.iter().map(move |(ColumnName(column), header)| format!("{role}:{column}={header}"))
        });
        let era_codes = of_inputs([self.era_codes.registry, self.era_codes.records].map(text));
        let layout = [self.layout.registry, self.layout.records];
        let valued = [
            ("registry", file(&self.registry)),
            ("records", file(&self.records)),
            ("out", file(&self.out)),
            // What is explained is most often an answer of the last run.
            ("run", file(&self.out.filter(|out| base.join(out).join("run.json").is_file()))),
            ("model", file(&self.model)),
            ("mj-map", file(&self.mj_map)),
            ("mj-list", file(&self.mj_list)),
            ("policy", policy.into_iter().collect()),
            ("encoding", text(self.encoding).into_iter().collect()),
            ("as-of", text(self.as_of).into_iter().collect()),
            ("log", text(self.log).into_iter().collect()),
            ("lang", text(self.lang).into_iter().collect()),
            ("threads", self.threads.iter().map(|Count(count)| count.to_string()).collect()),
            ("pack", text(self.pack).into_iter().collect()),
            ("key-file", file(&self.encryption.key_file)),
            ("passphrase-file", file(&self.encryption.passphrase_file)),
            ("map", maps.collect()),
            ("era-codes", era_codes),
            ("layout", of_inputs(layout.map(|path| path.as_ref().map(from_base)))),
            ("reviewers", self.review.reviewers.iter().map(|Count(count)| count.to_string()).collect()),
            ("headers", text(self.review.headers).into_iter().collect()),
            ("encrypt-to", self.encryption.to),
            ("passphrase-env", self.encryption.passphrase_env.into_iter().collect()),
        ];
        let switches = SWITCHES.into_iter().zip([self.strict, self.no_handles]);
        let switches = switches.filter(|(_, on)| *on).map(|(flag, _)| (flag, Vec::new()));
        valued.into_iter().filter(|(_, values)| !values.is_empty()).chain(switches).collect()
    }
}

fn text<T>(checked: Option<Checked<T>>) -> Option<String> {
    checked.map(|checked| checked.text)
}

/// A path that is seen to be one.
fn with_directory(path: &Path) -> String {
    if path.parent().is_some_and(|parent| parent.as_os_str().is_empty()) {
        return Path::new(".").join(path).display().to_string();
    }
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_become_flags_and_files_are_sought_beside_them() {
        let text = "registry = \"r.csv\"\nrecords = \"-\"\npolicy = \"p.toml\"\nstrict = true\nno_handles = false\n\
                    threads = 2\n[columns.records]\nkanji_name = \"お名前\"\n[era_codes]\nrecords = \"pension\"\n\
                    [layout]\nregistry = \"l.toml\"\n[review]\nreviewers = 2\n\
                    [encryption]\nto = [\"age1x\", \"age1y\"]\nkey_file = \"o.key\"\n";
        let flags = parse(Path::new("himozuke.toml"), text).unwrap().flags(Path::new("office"));
        let told =
            |flag: &str| flags.iter().find(|(own, _)| *own == flag).map(|(_, values)| values.join(" "));
        for (flag, value) in [
            ("registry", "office/r.csv"),
            ("records", "-"),
            ("policy", "office/p.toml"),
            ("threads", "2"),
            ("map", "records:kanji_name=お名前"),
            ("era-codes", "records:pension"),
            ("layout", "registry:office/l.toml"),
            ("reviewers", "2"),
            ("encrypt-to", "age1x age1y"),
            ("key-file", "office/o.key"),
            ("strict", ""),
        ] {
            assert_eq!(told(flag).as_deref(), Some(value), "{flag}");
        }
        assert_eq!((told("no-handles"), told("out")), (None, None));
        assert_eq!(with_directory(Path::new("p.toml")), "./p.toml", "else it would be no file for --policy");
    }

    #[test]
    fn what_is_wrong_is_told_with_line_and_key() {
        for (text, message) in [
            ("\nregistri = \"r.csv\"", "h.toml, line 2: registri: unknown field `registri`"),
            ("policy = \"guidline\"", "h.toml, line 1: policy: expected guideline, statistical, or a file"),
            ("encoding = \"ebcdic\"", "h.toml, line 1: encoding: expected one of auto, utf-8, cp932"),
            ("as_of = \"2026-02-30\"", "h.toml, line 1: as_of: no such day"),
            ("strict = \"yes\"", "h.toml, line 1: strict: invalid type"),
            ("[columns.records]\n\nkanji = \"x\"", "h.toml, line 3: kanji: `kanji` is not a column"),
            ("[columns.record]\nid = \"x\"", "h.toml, line 1: unknown field `record`"),
            ("[era_codes]\nrecords = \"jis\"", "h.toml, line 2: records: expected one of none, sequential"),
            ("threads = 70000", "h.toml, line 1: threads: expected 1 to 1024"),
            ("threads = -1", "h.toml, line 1: threads: expected 1 to 1024"),
            ("[review]\nreviewers = 0", "h.toml, line 2: reviewers: expected 1 to 9"),
            ("as_of = 2026-02-28", "h.toml, line 1: as_of: expected a text in quotes"),
            ("[encryption]\npassphrase = \"x\"", "h.toml, line 2: passphrase: unknown field `passphrase`"),
            ("strict = true\nstrict = true", "h.toml, line 2: strict: duplicate key"),
        ] {
            let failure = parse(Path::new("h.toml"), text).unwrap_err();
            assert!(failure.message.en.starts_with(message), "{}", failure.message.en);
        }
    }
}
