//! `himozuke.toml`, help in the language of who asks, completions and manual pages.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::fs;

use common::{Linked, command, run};

const REGISTRY: &str = "住民,漢字,カナ氏名,生年月日,性別,住所
P1,高橋 花子,タカハシ ハナコ,3600101,2,東京都千代田区霞が関二丁目1番6号
";
const RECORDS: &str = "id,お名前,カナ氏名,生年月日,性別,住所
R1,髙橋 花子,タカハシ ハナコ,1985-01-01,2,東京都千代田区霞が関2-1-6
R2,山田 太郎
";
const SETTINGS: &str = "# an office's own
registry = \"registry.csv\"
records = \"records.csv\"
out = \"result\"
as_of = \"2026-04-01\"
policy = \"four.toml\"
strict = true

[columns.registry]
id = \"住民\"
kanji_name = \"漢字\"

[columns.records]
kanji_name = \"お名前\"

[era_codes]
registry = \"sequential\"
";

#[test]
fn a_run_needs_no_flag_where_the_settings_say_it_and_a_flag_goes_before_them() {
    let directory = tempfile::tempdir().unwrap();
    let office = directory.path().join("office");
    fs::create_dir(&office).unwrap();
    for (name, text) in [
        ("registry.csv", REGISTRY.as_bytes()),
        ("records.csv", RECORDS.as_bytes()),
        ("himozuke.toml", SETTINGS.as_bytes()),
        ("four.toml", b"profile = \"four\""),
    ] {
        fs::write(office.join(name), text).unwrap();
    }
    let told = "2 read = 1 links + 0 review + 0 no_match + 1 rejected";
    let strict = run(&office, &["link"]);
    assert_eq!(strict.status, 3, "{}", strict.err);
    assert!(
        strict.out.starts_with(told) && strict.err.starts_with("settings: himozuke.toml"),
        "{}",
        strict.err
    );

    // From elsewhere the files are still those beside the settings.
    let ran = run(
        directory.path(),
        &["link", "--config", "office/himozuke.toml", "--out", "here", "--as-of=2026-01-01"],
    );
    assert!(ran.out.starts_with(told), "{}", ran.err);
    let run_json = fs::read_to_string(directory.path().join("here/decisions.log")).unwrap();
    assert!(run_json.contains("2026-01-01"), "the flag goes before the setting");

    let check = run(&office, &["check"]);
    assert_eq!(check.status, 3, "{}", check.err);
    assert!(check.out.contains("kanji_name = お名前") && check.out.contains("id = 住民"), "{}", check.out);
    let explained = run(&office, &["explain", "--id", "R1"]);
    assert!(explained.status == 0 && !explained.out.contains("山田"), "{}", explained.err);
}

#[test]
fn wrong_settings_end_a_command_before_it_begins() {
    let linked = Linked::new("id,kanji_name\n1,山田 太郎\n", "id,kanji_name\n1,山田 太郎\n", &[]);
    let directory = linked.directory.path();
    let refused = |text: &str, cause: &str| {
        fs::write(directory.join("himozuke.toml"), text).unwrap();
        for command in ["check", "link"] {
            let files = [command, "--registry", "registry.csv", "--records", "records.csv"];
            let more: &[&str] = if command == "link" { &["--out", "new"] } else { &[] };
            let ran = run(directory, &[&files[..], more].concat());
            assert!(ran.status == 2 && ran.err.contains(cause), "{}", ran.err);
            assert!(!directory.join("new").exists());
        }
    };
    refused(
        "registry = \"r.csv\"\nthread = 2\n",
        "error: himozuke.toml, line 2: thread: unknown field `thread`",
    );
    refused("policy = \"lax\"", "error: himozuke.toml, line 1: policy: expected guideline");
    refused("policy = \"./none.toml\"", "cannot read ./none.toml");
    refused("model = \"m.json\"", "m.json");
    let ran = run(directory, &["check", "--config", "none.toml", "--records", "records.csv"]);
    assert!(ran.status == 2 && ran.err.contains("cannot read none.toml"), "{}", ran.err);
    // What has no use for settings does not fail for them.
    assert_eq!(run(directory, &["audit", "verify", "out"]).status, 0);
}

/// Runs in a locale; everything that was said.
fn told(locale: &str, words: &[&str]) -> (Option<i32>, String) {
    let mut command = command();
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    let ran = command.env("LANG", locale).args(words).output().unwrap();
    (ran.status.code(), String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap())
}

#[test]
fn no_english_word_is_left_in_japanese_help() {
    let (_, all) = told("ja_JP.UTF-8", &["--help"]);
    let commands = all.lines().skip_while(|line| !line.starts_with("コマンド:")).skip(1);
    let commands = commands.map_while(|line| line.split_whitespace().next());
    let commands: Vec<&str> = commands.filter(|name| *name != "help").collect();
    assert!(commands.len() > 15 && commands.contains(&"link"), "{commands:?}");
    let inner = [["review", "sheet"], ["review", "apply"], ["review", "estimate"], ["audit", "verify"]];
    let lines = commands.iter().map(|name| vec![*name]).chain(inner.map(|names| names.to_vec()));
    for line in lines.chain([vec![]]) {
        let (status, help) = told("ja_JP.UTF-8", &[&line[..], &["--help"]].concat());
        assert_eq!(status, Some(0), "{line:?}");
        for word in ["OPTIONS", "COMMAND", "FILE>", "DIR>", "<N>", "Usage", "Print", "Options", "Commands"] {
            assert!(!help.contains(word), "{line:?}: {word}: {help}");
        }
    }
}

/// A command line that cannot be taken: what is wrong with it and what would be right, and no value.
#[test]
fn a_wrong_command_line_is_refused_in_the_language_of_who_asks() {
    for (words, japanese) in [
        (
            &["link", "--registri", "r.csv"][..],
            "--registri というオプションはありません\nヒント: --registry のこと",
        ),
        (&["linc"], "そのようなコマンドはありません\nヒント: link のことでは"),
        (
            &["link", "--records", "r.csv"],
            "必要なものがありません: --registry <ファイル>、--out <ディレクトリ>",
        ),
        (
            &["normalize", "--kanji-name", "秘密", "花子"],
            "どのオプションのものでもない語があります\nヒント: 空白を含む",
        ),
        (&["normalize", "--kanji-name"], "--kanji-name <名前> に値がありません"),
        (&["explain", "--as-of", "秘密"], "--as-of <年-月-日> の値が正しくありません\nヒント: 実在する日を"),
        (
            &["link", "--encoding", "秘密"],
            "--encoding <文字コード> の値が正しくありません\nヒント: auto、utf-8",
        ),
        (&["link", "--threads", "秘密"], "--threads <数> の値が正しくありません"),
        (&["link", "--log", "json", "--log", "text"], "--log <形式> は一度だけ指定できます"),
        (
            &["decrypt", "d", "--out", "o", "--key-file", "k", "--passphrase-env", "E"],
            "と同時に指定できません",
        ),
    ] {
        for (locale, words) in [("ja_JP.UTF-8", words.to_vec()), ("C", [&["--lang", "ja"], words].concat())] {
            let (status, told) = told(locale, &words);
            assert_eq!(status, Some(2), "{words:?}");
            assert!(told.starts_with("エラー: ") && told.contains(japanese), "{words:?}: {told}");
            for word in ["秘密", "花子", "error", "Usage", "For more", "OPTIONS", "argument", "tip:"] {
                assert!(!told.contains(word), "{words:?}: {word}: {told}");
            }
        }
    }
    let (status, english) = told("C", &["normalize", "--kanji-name", "秘密", "花子"]);
    assert_eq!(status, Some(2));
    assert!(english.starts_with("error: a word belongs to no flag\nhint: put quotes"), "{english}");
    assert!(!english.contains("花子"));
}

#[test]
fn help_is_in_the_language_of_who_asks() {
    let ask = |locale: &str, words: &[&str]| {
        let (status, told) = told(locale, words);
        assert_eq!(status, Some(0), "{words:?}");
        told
    };
    for words in [
        &["--lang", "ja", "link", "--help"][..],
        &["link", "--lang=ja", "--help"],
        &["link", "-h", "--lang", "ja"],
    ] {
        let help = ask("C", words);
        assert!(help.contains("使い方: himozuke link") && help.contains("判定する記録"), "{help}");
        assert!(help.contains("himozuke link --registry residents.csv"), "the example stays: {help}");
    }
    assert!(ask("ja_JP.UTF-8", &["--help"]).contains("コマンド"));
    assert!(ask("ja_JP.UTF-8", &["explain", "--lang", "en", "--help"]).contains("The record to explain"));
    assert!(ask("C", &["review", "apply", "--help"]).contains("How many different reviewers"));
    for (shell, part) in
        [("bash", "_himozuke()"), ("zsh", "#compdef himozuke"), ("fish", "complete -c himozuke")]
    {
        let script = ask("C", &["completions", shell]);
        assert!(script.contains(part) && script.contains("no-handles"), "{shell}");
    }
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().display().to_string();
    for (lang, part) in [("en", "The records to decide"), ("ja", "判定する記録")] {
        let told = ask("C", &["man", "--out", &to, "--lang", lang]);
        assert!(told.contains(if lang == "ja" { "書き出しました" } else { "pages written" }), "{told}");
        let page = fs::read_to_string(directory.path().join("himozuke-link.1")).unwrap();
        assert!(page.starts_with(".ie") || page.contains(".TH himozuke-link"), "{page}");
        assert!(page.contains(part), "{page}");
        assert!(directory.path().join("himozuke-review-apply.1").exists());
    }
}
