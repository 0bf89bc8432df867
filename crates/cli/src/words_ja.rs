//! What is said in Japanese of words that make no command line, and the few English words in clap's own help. Names flags; what
//! was given for one is not repeated.

use clap::{
    Error,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// What clap writes around our own words, in Japanese.
const CLAP: [(&str, &str); 5] = [
    ("[OPTIONS]", "[オプション]"),
    ("[COMMAND]", "[コマンド]"),
    ("<COMMAND>", "<コマンド>"),
    ("Usage:", "使い方:"),
    ("Print this message or the help of the given subcommand(s)", "コマンドの使い方を表示します"),
];

/// A text of clap's with its own words in Japanese.
#[must_use]
pub fn in_japanese(text: &str) -> String {
    CLAP.iter().fold(text.to_owned(), |text, (english, japanese)| text.replace(english, japanese))
}

/// What is wrong with a command line, what would mend it, and how the command is used.
#[must_use]
pub fn refusal(error: &Error) -> String {
    let of = |kind| text(error.get(kind));
    let argument = of(ContextKind::InvalidArg);
    let message = match error.kind() {
        ErrorKind::InvalidValue if of(ContextKind::InvalidValue).is_empty() => {
            format!("{argument} に値がありません")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("{argument} の値が正しくありません"),
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            format!("{argument} というオプションはありません")
        }
        ErrorKind::UnknownArgument | ErrorKind::TooManyValues => {
            "どのオプションのものでもない語があります".to_owned()
        }
        ErrorKind::InvalidSubcommand => "そのようなコマンドはありません".to_owned(),
        ErrorKind::MissingSubcommand => "コマンドがありません".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("必要なものがありません: {argument}"),
        ErrorKind::ArgumentConflict if of(ContextKind::PriorArg) == argument => {
            format!("{argument} は一度だけ指定できます")
        }
        ErrorKind::ArgumentConflict => {
            format!("{argument} は {} と同時に指定できません", of(ContextKind::PriorArg))
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("{argument} の値の数が違います"),
        ErrorKind::NoEquals => format!("{argument} の値は = でつなぎます"),
        ErrorKind::InvalidUtf8 => "UTF-8 でない語があります".to_owned(),
        _ => "コマンドの形が正しくありません".to_owned(),
    };
    let mut lines = vec![format!("エラー: {message}")];
    let suggested =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue].map(of);
    let suggested = suggested.into_iter().find(|text| !text.is_empty());
    let hint = match (suggested, error.kind()) {
        (Some(suggested), _) => Some(format!("{suggested} のことではありませんか")),
        (None, ErrorKind::UnknownArgument) if !argument.starts_with('-') => {
            Some("空白を含む値は引用符（'…'）で囲みます".to_owned())
        }
        (None, ErrorKind::InvalidValue | ErrorKind::ValueValidation) => {
            form(&argument, &of(ContextKind::ValidValue))
        }
        _ => None,
    };
    lines.extend(hint.map(|hint| format!("ヒント: {hint}")));
    let usage = of(ContextKind::Usage);
    lines.extend((!usage.is_empty()).then(|| in_japanese(&usage)));
    lines.push("詳しくは --help を付けて実行してください".to_owned());
    lines.join("\n")
}

/// What a value of an argument looks like.
pub(crate) fn form(argument: &str, words: &str) -> Option<String> {
    if !words.is_empty() {
        return Some(format!("{words} のどれかです"));
    }
    let flag = argument.split([' ', '=']).next().unwrap_or_default();
    let form = match flag {
        "--as-of" => "実在する日を 2026-04-01 の形で書きます",
        "--policy" => "guideline、statistical、または ./policy.toml のようなファイルです",
        "--profile" => "ファイルなら ./profile.toml のように書きます",
        "--map" => "列名=見出し の形です（例: kanji_name=お名前）",
        "--era-codes" => "none、sequential、pension です（入力ごとなら records:pension のように書きます）",
        "--threads" => "1から1024までの整数です",
        "--reviewers" => "1から9までの整数です",
        "--layout" => "入力ごとなら records:layout.toml のように書きます",
        _ => return None,
    };
    Some(form.to_owned())
}

fn text(value: Option<&ContextValue>) -> String {
    match value {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::StyledStrs(texts)) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
        }
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
