//! The help in Japanese: one line for every command and flag, in one table. Knows nothing of what they do.

use clap::{Arg, ArgAction, Command};

/// What each command is for; a command in another by both names.
const COMMANDS: &[(&str, &str)] = &[
    ("", "記録がどの住民のものかを判定し、分からないときは判定を断ります。"),
    ("audit", "監査のために実行が残したものを検査します"),
    ("audit verify", "判定記録の鎖を検査し、切れていればその場所を示します"),
    ("check", "設定と入力を読み、誤りを示します。判定はしません"),
    ("completions", "シェルの補完スクリプトを書き出します"),
    ("decrypt", "暗号化された実行結果から、元のファイルを作ります"),
    ("evaluate", "判定結果を正解と照らし合わせます"),
    ("explain", "1件の記録について、判定の理由を示します"),
    ("index", "住民データを一度読み、以後の実行がすぐに開ける索引ファイルを作ります"),
    ("keygen", "結果の暗号化に使う鍵ファイルを作り、その公開鍵を示します"),
    ("link", "記録ごとに、どの住民のものかを判定します"),
    ("lookup", "1件ずつ判定します（入力も出力も JSON）"),
    ("man", "マニュアルページを書き出します"),
    ("normalize", "値がどう読み取られ、どうそろえられるかを示します"),
    ("purge", "もう要らない実行結果を削除し、そのことを判定記録に残します"),
    ("report", "終わった実行を、1枚のページにまとめます"),
    ("review", "判定できなかった記録を人の確認に出し、結果を読み戻します"),
    ("review apply", "記入済みの表を読み戻します。機械の判定結果は書き換えません"),
    ("review estimate", "標本を二人が確認した表から、紐付けの誤り率を推定します"),
    ("review sheet", "人の確認に回った記録から、表計算ソフト用の表を作ります"),
    ("synth", "実在しない住民と記録を作ります"),
    ("train", "同一人の項目がどれほど食い違うかを学習します（必須ではなく、自動では行いません）"),
    ("verify", "登録済みの番号が、記録の本人のものかを点検します"),
];

/// What each flag or argument is for; of one command where it is named, else of all.
const FLAGS: &[(&str, &str, &str)] = &[
    ("", "also", "各表をこの形式でも書きます"),
    ("", "ask-passphrase", "そのパスフレーズを端末で尋ねます。文字は表示されず、暗号化するときは2回です"),
    ("", "as-of", "年齢と日付の妥当性を判断する基準日。省くと今日"),
    ("", "birth-date", "生年月日（表記は問いません）"),
    ("index", "check", "索引ファイルの全バイトをチェックサムと照合します"),
    ("", "changes", "その後に転入・変更・消除（status が deleted）となった住民"),
    (
        "index",
        "changes",
        "その後に転入・変更・消除（status が deleted）となった住民。新しい索引に取り込みます",
    ),
    ("", "claim-by", "番号付き記録が何で住民を示すか"),
    ("", "claims", "番号付き記録（正しいものと誤ったもの）の件数。正解は claims_truth.csv"),
    (
        "",
        "clerical-sample",
        "二人の確認者が見る紐付けの標本の件数（clerical_1.csv、clerical_2.csv、clerical_design.csv）",
    ),
    ("", "config", "設定ファイル。省くと、作業ディレクトリに himozuke.toml があればそれを使います"),
    ("", "decisions", "link か verify の出力先ディレクトリ。複数の実行は --truth と組で繰り返します"),
    ("", "decoys", "推定のために加える架空の人の数。省くと住民と同数"),
    ("", "directory", "実行の出力先ディレクトリ"),
    ("", "encrypt-to", "記録や住民を示すものをすべて暗号化し、この公開鍵の鍵ファイルで開けるようにします"),
    ("", "encoding", "入力の文字コード"),
    ("synth", "encoding", "記録の文字コード"),
    (
        "",
        "era-codes",
        "3600101 のような日付の元号コードの意味：none、sequential（5＝令和）、pension（5＝昭和）。入力ごとに指定するときは registry: か records: を付けます",
    ),
    ("", "estimate-errors", "誤った紐付けの数を、事後確率・架空の人・（あれば）個人番号から推定します"),
    (
        "",
        "fail-on-wrong",
        "誤った紐付け（判定不能なものを除く）か誤った一致があれば、終了コード3で終わります",
    ),
    ("", "force", "ディレクトリにある以前の実行結果を置き換えます"),
    ("evaluate", "force", "以前の報告を置き換えます"),
    ("review apply", "force", "以前に読み戻した結果を置き換えます"),
    ("decrypt", "force", "以前に書き出したファイルを置き換えます"),
    ("review estimate", "force", "以前の推定を置き換えます"),
    ("review sheet", "force", "すでにある表を置き換えます（記入は失われます）"),
    ("", "from-splink", "学習する代わりに、Splink の学習結果を取り込みます"),
    ("", "headers", "見出しと理由の言語"),
    ("", "help", "使い方を表示します"),
    ("", "html", "表と図のページを書きます（ブラウザだけで読めます）"),
    ("", "id", "説明する記録の ID"),
    ("", "json", "JSON で表示します"),
    ("evaluate", "json", "すべての数値を JSON で、ファイルか画面に書きます"),
    ("", "kana-name", "カナ氏名"),
    ("", "kanji-name", "漢字氏名"),
    ("", "address", "住所"),
    ("", "key-file", "結果を暗号化し、開くための鍵ファイル（himozuke keygen で作ります）"),
    ("", "labels", "確認者の判断：record_id、person_id、same（yes か no）"),
    ("", "labels-only", "確認者の判断だけから学習します（無作為に選んだ記録でのみ正しい方法です）"),
    ("", "lang", "文の言語（最初に置けば、使い方と知らせの言語）"),
    (
        "",
        "layout",
        "固定長ファイルの項目位置を示す TOML ファイル。入力ごとに指定するときは registry: か records: を付けます",
    ),
    ("", "log", "実行中の知らせの形式（標準エラー出力）"),
    ("", "map", "項目に使う列：列名=見出し。一方の入力だけなら registry: か records: を付けます"),
    ("", "mj-list", "MJ文字情報一覧表（UTF-8 の CSV か TSV）。--mj-map が JSON のときに要ります"),
    ("", "mj-map", "加える異体字：MJ縮退マップの JSON、または2文字と 4（同じ）か 5（別）をタブで区切った行"),
    ("", "model", "himozuke train が書いたモデル。省くと同梱の確率"),
    ("", "no-handles", "判定記録の符号がどの記録のものかを残しません"),
    ("", "out", "書き出し先のディレクトリ"),
    ("link", "out", "書き出し先のディレクトリ。- なら全判定を一つの表で標準出力に書き、ほかは残しません"),
    ("verify", "out", "書き出し先のディレクトリ。- なら全判定を一つの表で標準出力に書き、ほかは残しません"),
    ("decrypt", "out", "書き出し先のディレクトリ。ファイル一つなら書き出すファイル（- は標準出力）"),
    ("keygen", "out", "書き出す鍵ファイル"),
    ("index", "out", "書き出す索引ファイル（.hmz）。書き終えてから置き換えます"),
    ("man", "out", "マニュアルページの書き出し先ディレクトリ"),
    ("review apply", "out", "書き出し先のディレクトリ（実行のディレクトリとは別にします）"),
    ("review estimate", "out", "書き出し先のディレクトリ（clerical.json と、二人の意見が分かれた紐付け）"),
    ("review sheet", "out", "書き出す表"),
    ("train", "out", "model.json と splink_settings.json の書き出し先ディレクトリ"),
    ("", "pack", "表を圧縮します"),
    ("", "passphrase-env", "そのパスフレーズが入っている環境変数の名前"),
    ("", "passphrase-file", "結果を暗号化し、開くためのパスフレーズを1行目に書いたファイル"),
    ("", "path", "実行の出力先ディレクトリ、または暗号化されたファイル一つ"),
    ("", "policy", "判定の方針：guideline、statistical、または方針ファイル"),
    ("", "prevalence", "同姓同名・双子・よく似た人がどれほど現れるか"),
    (
        "",
        "profile",
        "記録の誤り方：municipal_office、insurer、insurer_enrolled、insurer_no_address、bank_kana、paper_ocr、web_form、またはファイル。繰り返すと順に使います",
    ),
    ("", "records", "判定する記録"),
    ("review sheet", "records", "実行が判定した記録"),
    ("synth", "records", "住民についての記録の件数"),
    ("train", "records", "住民についての記録（本人が分からなくてよい）"),
    ("", "registry", "候補となる住民（CSV、TSV、固定長、Parquet、Arrow、索引ファイル。- は標準入力）"),
    ("review sheet", "registry", "実行が候補とした住民（索引ファイルではなく表）"),
    (
        "",
        "registry-once",
        "登録簿を初めから終わりまで2回読み、記録が問う住民だけを残します。一度しか使わない大きな登録簿と少ない記録のためのもので、結果は変わりません",
    ),
    ("", "residents", "住民の数"),
    ("", "results", "結果の表も削除します。run.json、summary.json、判定記録は残ります"),
    ("", "resume", "中断した実行の続きから始めます。なければ初めから"),
    ("", "reviewers", "一つの記録について、何人の異なる確認者の一致を求めるか"),
    ("", "first", "一人目の確認者の表。verdict 欄に 正・誤・不明（right・wrong・unsure）を記入したもの"),
    ("", "second", "二人目の確認者の表"),
    ("", "run", "実行の出力先ディレクトリ。その実行が使った異動のファイルと --changes が違えば警告します"),
    ("", "seed", "同じ値からは同じファイルができます"),
    ("", "sex", "性別"),
    ("", "sheets", "記入済みの表（CSV かタブ区切り。UTF-8、UTF-16、CP932）"),
    ("", "shell", "シェルの名前"),
    ("", "show-values", "氏名・生年月日・住所を表示します（個人情報です）"),
    (
        "review sheet",
        "show-values",
        "記録と候補の値を並べます（個人情報です）。支援措置の対象者の住所は伏せます",
    ),
    ("report", "out", "書き出すページ。省くと DIR の report.html"),
    ("report", "ids", "人の確認に回った記録を、この件数まで id で示します（--out が要ります）"),
    ("report", "force", "前のページを置き換えます"),
    ("report", "lang", "ページの言語"),
    ("", "strict", "拒否した行や、住民データに読めない箇所があれば、終了コード3で終わります"),
    ("", "threads", "使うスレッドの数。省くと全プロセッサ。結果は変わりません"),
    ("", "truth", "正解：record_id、person_id（登録がなければ空）、tags など"),
    ("", "version", "版を表示します"),
    ("", "wrong-claims", "番号付き記録10万件のうち、5通りの誤りがそれぞれ何件か"),
];

/// What each word means that a flag takes.
const VALUES: &[(&str, &str)] = &[
    ("arrow", "Arrow IPC（Feather）"),
    ("auto", "調べて、そのことを知らせます"),
    ("both", "両方"),
    ("cp932", "Windows コードページ932（Shift_JIS）"),
    ("en", "英語"),
    ("gz", "gzip"),
    ("ja", "日本語"),
    ("json", "標準エラー出力の1行に、JSON を一つずつ"),
    ("my-number", "架空の個人番号"),
    ("natural", "実際に現れるとおり"),
    ("none", "元号コードのある日付は読みません"),
    ("oversampled", "実際より多く（小さな町にも現れるように）"),
    ("parquet", "Apache Parquet"),
    ("pension", "1 明治、3 大正、5 昭和、7 平成、9 令和"),
    ("person-id", "住民の ID（宛名番号）"),
    ("sequential", "1 明治、2 大正、3 昭和、4 平成、5 令和"),
    ("text", "文と、端末では進み具合"),
    ("utf-16be", "UTF-16（上位バイトが先）"),
    ("utf-16le", "UTF-16（下位バイトが先。Windows の「Unicode」）"),
    ("utf-8", "UTF-8"),
    ("zst", "zstd"),
];

/// What stands for a value.
const PLACES: &[(&str, &str)] = &[
    ("ADDRESS", "住所"),
    ("COLUMN=HEADER", "列名=見出し"),
    ("DATE", "日付"),
    ("DIR", "ディレクトリ"),
    ("ENCODING", "文字コード"),
    ("FAMILY", "元号コード"),
    ("FILE", "ファイル"),
    ("FORM", "形式"),
    ("LANGUAGE", "言語"),
    ("N", "数"),
    ("NAME", "名前"),
    ("PATH", "場所"),
    ("POLICY", "方針"),
    ("PREVALENCE", "頻度"),
    ("PROFILE", "誤り方"),
    ("PUBLIC_KEY", "公開鍵"),
    ("S", "種"),
    ("SEX", "性別"),
    ("SHEET", "表"),
    ("SHELL", "シェル"),
    ("WHAT", "番号か ID"),
    ("YYYY-MM-DD", "年-月-日"),
];

fn command(path: &str) -> Option<&'static str> {
    COMMANDS.iter().find(|(own, _)| *own == path).map(|(_, text)| *text)
}

fn flag(path: &str, name: &str) -> Option<&'static str> {
    let of = |path: &str| FLAGS.iter().find(|(own, flag, _)| *own == path && *flag == name);
    of(path).or_else(|| of("")).map(|(.., text)| *text)
}

fn value(name: &str) -> Option<&'static str> {
    VALUES.iter().find(|(own, _)| *own == name).map(|(_, text)| *text)
}

/// The words that a flag takes, and what it is without one, in short and one a line: clap would say so in English.
fn choices(argument: &Arg) -> (String, String) {
    let words = argument.get_possible_values();
    let words: Vec<&str> =
        words.iter().filter(|word| !word.is_hide_set()).map(|word| word.get_name()).collect();
    let line = |word: &&str| value(word).map_or(format!("\n- {word}"), |text| format!("\n- {word}: {text}"));
    let default = argument.get_default_values().iter();
    let default: Vec<_> = default.map(|word| format!("[省いたとき: {}]", word.to_string_lossy())).collect();
    let inline = (!words.is_empty()).then(|| format!("[選択肢: {}]", words.join("、")));
    let short = inline.iter().chain(&default).map(|text| format!(" {text}")).collect();
    let long = words.iter().map(line).chain(default.iter().map(|text| format!("\n{text}"))).collect();
    (short, long)
}

/// The argument with a word for its value.
fn placed(argument: Arg) -> Arg {
    let name = argument.get_value_names().and_then(<[_]>::first).map(ToString::to_string);
    let known = PLACES.iter().find(|(place, _)| name.as_deref() == Some(place));
    match known {
        Some((_, japanese)) => argument.value_name(*japanese),
        None => argument,
    }
}

/// What a flag or an argument is called in the table.
fn name(argument: &Arg) -> &str {
    argument.get_long().unwrap_or_else(|| argument.get_id().as_str())
}

/// The command with its help in Japanese.
#[must_use]
pub fn in_japanese(cli: Command) -> Command {
    translated(cli, "")
}

fn translated(command_here: Command, path: &str) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let mut translated = command_here
        .disable_help_flag(true)
        .arg(help)
        .help_template(TEMPLATE)
        .subcommand_help_heading("コマンド")
        .mut_args(|argument| {
            let heading = if argument.is_positional() { "引数" } else { "オプション" };
            let text = flag(path, name(&argument));
            let argument = placed(argument).help_heading(heading);
            let (argument, (short, long)) = if argument.get_action().takes_values() {
                let choices = choices(&argument);
                (argument.hide_possible_values(true).hide_default_value(true), choices)
            } else {
                (argument, Default::default())
            };
            match text {
                // The long form is English: it must not stand in for what is said here.
                Some(text) => argument.help(format!("{text}{short}")).long_help(format!("{text}{long}")),
                None => argument,
            }
        })
        .mut_subcommands(|inner| {
            let path = format!("{path} {}", inner.get_name());
            self::translated(inner, path.trim_start())
        });
    // What else stands below an example is said in the pages for operators.
    let example = translated.get_after_help().map(|help| help.to_string().replace("Example:", "例:"));
    if let Some(example) = example.as_deref().and_then(|example| example.split("\n\n").next()) {
        translated = translated.after_help(example.to_owned());
    }
    if path.is_empty() {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
        let text = flag("", "version").unwrap_or_default();
        translated = translated.disable_version_flag(true).arg(version.help(text).help_heading("オプション"));
    }
    match command(path) {
        Some(text) => translated.about(text).long_about(text),
        None => translated,
    }
}

const TEMPLATE: &str = "{about-with-newline}
使い方: {usage}

{all-args}{after-help}";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;
    use crate::args::Cli;

    /// Every command below one, itself first, with its names.
    fn all<'c>(command: &'c Command, path: &str) -> Vec<(String, &'c Command)> {
        let inner = command.get_subcommands().flat_map(|inner| {
            let path = format!("{path} {}", inner.get_name());
            all(inner, path.trim_start())
        });
        [(path.to_owned(), command)].into_iter().chain(inner).collect()
    }

    #[test]
    fn every_command_and_flag_is_in_the_table_and_nothing_else() {
        let cli = Cli::command();
        let (mut commands, mut flags) = (BTreeSet::new(), BTreeSet::from([("", "help"), ("", "version")]));
        let every = all(&cli, "");
        for (path, here) in &every {
            assert!(command(path).is_some(), "{path}: no help in Japanese");
            commands.insert(path.as_str());
            for argument in here.get_arguments() {
                let name = name(argument);
                assert!(flag(path, name).is_some(), "{path} --{name}: no help in Japanese");
                let own = FLAGS.iter().any(|(of, flag, _)| of == path && *flag == name);
                flags.insert((if own { path.as_str() } else { "" }, name));
            }
        }
        for (path, _) in COMMANDS {
            assert!(commands.contains(path), "{path}: no such command");
        }
        // The names of shells say what they are.
        let taking = |argument: &&Arg| argument.get_action().takes_values() && name(argument) != "shell";
        let arguments = every.iter().flat_map(|(_, here)| here.get_arguments()).filter(taking);
        let words = arguments.flat_map(Arg::get_possible_values).map(|word| word.get_name().to_owned());
        let words: BTreeSet<String> = words.collect();
        assert!(words.iter().map(String::as_str).eq(VALUES.iter().map(|(word, _)| *word)), "{words:?}");
        let arguments = every.iter().flat_map(|(_, here)| here.get_arguments()).filter(taking);
        let places: BTreeSet<String> = arguments
            .flat_map(|own| own.get_value_names().unwrap_or_default())
            .map(ToString::to_string)
            .collect();
        // An id is called so in Japanese, too; a shell has no word of its own but this.
        let known: BTreeSet<String> = PLACES.iter().map(|(place, _)| (*place).to_owned()).collect();
        let unknown: Vec<&String> = places.difference(&known).filter(|place| *place != "ID").collect();
        assert!(unknown.is_empty(), "no word in Japanese: {unknown:?}");
        for (path, name, _) in FLAGS {
            assert!(flags.contains(&(*path, *name)), "{path} --{name}: no such flag");
        }
    }

    #[test]
    fn help_is_whole_in_both_languages() {
        let mut japanese = in_japanese(Cli::command());
        japanese.build();
        // The command `help` is clap's own.
        let own =
            all(&japanese, "").into_iter().filter(|(path, _)| !path.split(' ').any(|name| name == "help"));
        for (path, here) in own {
            let help = here.clone().render_long_help().to_string();
            assert!(help.contains("使い方: himozuke"), "{path}: {help}");
            assert!(help.contains("使い方を表示します"), "{path}: {help}");
            assert!(
                !["Options:", "Print help", "Example:", "Possible values:", "possible values:", "default:"]
                    .iter()
                    .any(|word| help.contains(word)),
                "{path}: {help}"
            );
        }
    }
}
