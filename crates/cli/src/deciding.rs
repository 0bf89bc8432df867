//! From arguments to what the library decides by: the policy, and how dates are read.

use std::{
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use himozuke::{
    Linker, Model, Policy, PolicyError, ReadOptions, Registry,
    model::{Parameters, train::ModelFile},
    normalize::birth_date::{self, DateOptions},
};

use serde::de::DeserializeOwned;

use crate::{
    args::{Day, Deciding, EraCodes, PolicyChoice},
    columns::Role,
    failure::Failure,
    said,
    toml_fault::Fault,
    words::{InJapanese, Said},
};

/// The policy that was chosen, checked.
///
/// # Errors
/// Where its file cannot be read, or a setting is unknown or out of its range; with the line and the setting.
pub fn policy(choice: &PolicyChoice) -> Result<Policy, Failure> {
    match choice {
        PolicyChoice::Guideline => Ok(Policy::guideline()),
        PolicyChoice::Statistical => Ok(Policy::statistical()),
        PolicyChoice::File(path) => {
            let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
            parse_policy(path, &text)
        }
    }
}

fn parse_policy(path: &Path, text: &str) -> Result<Policy, Failure> {
    let path = path.display();
    let policy: Policy = toml::from_str(text).map_err(|error| {
        let fault = Fault::of(&error, text);
        let (at, setting) = (fault.place(), fault.setting());
        // Who writes a policy knows TOML, not our types.
        let message =
            TYPES.iter().fold(fault.message.clone(), |message, (ours, theirs)| message.replace(ours, theirs));
        let message = said!("{path}, {}: {setting}{message}", at.en; "{path} の{}: {}", at.ja, fault.ja());
        let hint = said!(
            "settings left out are the guideline's; `profile = \"four\"` is a whole policy";
            "省いた設定は guideline のものになります。profile = \"four\" の1行だけでも方針ファイルになります"
        );
        Failure::usage(message, Some(hint))
    })?;
    policy.validate().map_err(|error| {
        let setting = match error {
            PolicyError::OutOfRange { setting, .. } => setting,
            _ => "profile",
        };
        // The last part of `losses.wrong` is what a line begins with, whether or not a table stands above it; if none does,
        // the table's own line is the place.
        let (table, last) = setting.rsplit_once('.').unwrap_or((setting, setting));
        let begins = |line: &str, name: &str| {
            let key = line.split('=').next().unwrap_or_default();
            key.rsplit('.').next().is_some_and(|key| key.trim_matches([' ', '[', ']']) == name)
        };
        let line_of = |name| text.lines().position(|line| begins(line, name));
        let line = line_of(last).or_else(|| line_of(table)).map(|index| index + 1);
        let problem = error.ja();
        let message = match line {
            Some(line) => said!("{path}, line {line}: {error}"; "{path} の{line}行目: {problem}"),
            None => said!("{path}: {error}"; "{path}: {problem}"),
        };
        Failure::usage(message, None)
    })?;
    Ok(policy)
}

const TYPES: [(&str, &str); 3] = [
    ("expected f64", "expected a number"),
    ("expected struct Losses", "expected a table with wrong, none and miss"),
    ("wanted string or table", "expected a word in quotes"),
];

/// The probabilities of the model that was chosen, checked.
///
/// # Errors
/// Where its file cannot be read or is not a model that this version knows.
pub fn model(deciding: &Deciding) -> Result<Option<Parameters>, Failure> {
    let Some(path) = &deciding.model else { return Ok(None) };
    let file: ModelFile = json(
        path,
        said!("model"; "モデル"),
        said!("give the model.json that himozuke train wrote"; "himozuke train が書いた model.json を指定してください"),
    )?;
    Ok(Some(file.parameters().map_err(|error| of_file(path, &error))?))
}

/// What is wrong with what a file says.
pub(crate) fn of_file(path: &Path, error: &impl InJapanese) -> Failure {
    let path = path.display();
    Failure::usage(said!("{path}: {error}"; "{path}: {}", error.ja()), None)
}

/// A JSON file of a certain kind; `hint` says where such files come from.
///
/// # Errors
/// Where it cannot be read or is another file; with the line.
pub fn json<T: DeserializeOwned>(path: &Path, kind: Said, hint: Said) -> Result<T, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        let (path, line, Said { en, ja }) = (path.display(), error.line(), kind);
        let message = said!(
            "{path}, line {line}: no {en} that himozuke knows";
            "{path} の{line}行目: {ja}として読めません"
        );
        Failure::usage(message, Some(hint))
    })
}

/// A linker that decides as was chosen.
///
/// # Errors
/// Where the policy is wrong.
pub fn linker<'r>(
    registry: &'r Registry,
    policy: Policy,
    parameters: Option<Parameters>,
) -> Result<Linker<'r>, Failure> {
    let model = Model::with_parameters(registry, parameters.unwrap_or_default()).map_err(refused)?;
    Linker::with_model(registry, policy, model).map_err(refused)
}

/// What the library refuses.
pub(crate) fn refused(error: impl InJapanese) -> Failure {
    Failure::usage(Said::of(&error), None)
}

/// The day for which dates are judged: as told, else today in Japan.
///
/// # Errors
/// Where the library's calendar does not reach the day.
pub fn as_of(told: Option<Day>) -> Result<birth_date::Day, Failure> {
    let day = match told {
        Some(Day { year, month, day }) => birth_date::Day::from_ymd(year, month, day),
        None => today(),
    };
    day.ok_or_else(|| {
        let message = said!(
            "--as-of must be from 1873-01-01 to 2199-12-31";
            "--as-of は 1873-01-01 から 2199-12-31 までの日にしてください"
        );
        Failure::usage(message, None)
    })
}

/// Today in Japan, which has kept one time, nine hours ahead of UTC, since 1951.
fn today() -> Option<birth_date::Day> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs() + 9 * 60 * 60;
    day_after_epoch(seconds / 86_400)
}

/// The day so many days after 1970-01-01.
pub(crate) fn day_after_epoch(days: u64) -> Option<birth_date::Day> {
    let epoch = birth_date::Day::from_ymd(1970, 1, 1)?;
    birth_date::Day::from_number(epoch.number().checked_add(u32::try_from(days).ok()?)?)
}

/// How an input is read: with the era codes of the policy, unless the command line tells others.
#[must_use]
pub fn reading(deciding: &Deciding, policy: &Policy, role: Role, as_of: birth_date::Day) -> ReadOptions {
    let meant = deciding.era_codes.iter().filter(|own| own.role.is_none_or(|own| own == role));
    // What is said of one input goes before what is said of both.
    let told = meant.max_by_key(|own| own.role.is_some()).map(|own| own.family.into());
    let dates = policy.read_options().dates;
    let era_codes = told.unwrap_or(dates.era_codes);
    ReadOptions { dates: DateOptions { era_codes, as_of: Some(as_of), ..dates } }
}

/// How a registry is read before any policy is known.
#[must_use]
pub fn registry_reading(family: EraCodes, as_of: birth_date::Day) -> ReadOptions {
    ReadOptions {
        dates: DateOptions { era_codes: family.into(), as_of: Some(as_of), ..DateOptions::default() },
    }
}

/// A family of era codes as a summary names it.
#[must_use]
pub const fn family(reading: &ReadOptions) -> &'static str {
    match reading.dates.era_codes {
        birth_date::EraCodes::Sequential => "sequential",
        birth_date::EraCodes::Pension => "pension",
        _ => "none",
    }
}

impl From<EraCodes> for birth_date::EraCodes {
    fn from(family: EraCodes) -> Self {
        match family {
            EraCodes::None => Self::None,
            EraCodes::Sequential => Self::Sequential,
            EraCodes::Pension => Self::Pension,
        }
    }
}

/// A day as 2026-04-01.
#[must_use]
pub fn iso(day: birth_date::Day) -> String {
    let (year, month, day) = day.ymd();
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Status;

    #[test]
    fn a_policy_file_is_told_what_is_wrong_and_where() {
        let cases = [
            ("profile = \"four\"\nclaims = \"twice\"\n", "p.toml, line 2: claims: unknown variant `twice`"),
            ("\nmargin = 3\n", "p.toml, line 2: margin: unknown field `margin`"),
            ("[losses]\nwrong = \"x\"\n", "p.toml, line 2: wrong: invalid type"),
            ("coverage = 0.9\ncoverage = 0.8\n", "p.toml, line 2: coverage: duplicate key"),
            ("profile = \n", "p.toml, line 1: "),
            ("# four\nprofile = \"kana_birthdate\"", "p.toml, line 2: profile: kana_birthdate never links"),
            ("[losses]\nnone = 5.0\nwrong = 2.0", "p.toml, line 3: losses.wrong: must be at least"),
            ("losses.miss = 1.0", "p.toml, line 1: losses.miss: must be from 2"),
            ("coverage = nan", "p.toml, line 1: coverage: must be above 0"),
            ("# all\n[losses]\nnone = 20000.0", "p.toml, line 2: losses.wrong: must be at least"),
            ("losses = { miss = 1 }", "p.toml, line 1: losses.miss: must be from 2"),
            (
                "era_codes = \"jis\"",
                "p.toml, line 1: era_codes: unknown variant `jis`, expected one of `none`",
            ),
            ("losses.none = 20000.0", "p.toml: losses.wrong: must be at least"),
        ];
        for (text, message) in cases {
            let failure = parse_policy(Path::new("p.toml"), text).unwrap_err();
            assert!(failure.message.en.starts_with(message), "{}", failure.message.en);
            assert_eq!(failure.status, Status::Usage);
        }
        let policy = parse_policy(Path::new("p.toml"), "profile = \"five\"\nlosses.wrong = 20000").unwrap();
        assert_eq!((policy.losses.wrong, policy.is_guideline()), (20_000.0, true));
        assert_eq!(parse_policy(Path::new("p.toml"), "").unwrap(), Policy::guideline());
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(day_after_epoch(0).map(iso).as_deref(), Some("1970-01-01"));
        assert_eq!(day_after_epoch(20_544).map(iso).as_deref(), Some("2026-04-01"));
        assert!(as_of(None).unwrap() > day_after_epoch(20_000).unwrap());
        assert!(as_of(Some(Day { year: 1868, month: 1, day: 1 })).is_err());
    }
}
