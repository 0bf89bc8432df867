//! `--mj-map`: a user's own table of kanji variants, added to those that the library holds. Never shipped: IPA's MJ tables are
//! share-alike (CC BY-SA 2.1 JP).

use std::{collections::HashMap, fs, path::Path};

use himozuke::normalize::{Grade, kanji::Variants};
use serde::{Deserialize, Serialize};

use crate::{args::MjTables, failure::Failure, said, words::Said};

/// How many pairs a user's table added, by what they count as.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct MjMap {
    /// Notices on the family register: they agree, at grade 4.
    register: usize,
    /// Any other evidence: shown as look-alikes (grade 5), never agreeing.
    confusable: usize,
}

/// Reads the table and adds its pairs, before anything is normalized; `None` if there is no table.
///
/// # Errors
/// Where a file cannot be read or is in no known form, with its line.
pub fn install(tables: &MjTables) -> Result<Option<MjMap>, Failure> {
    let Some(map) = &tables.mj_map else { return Ok(None) };
    let text = read(map)?;
    let variants = if text.trim_start_matches('\u{FEFF}').trim_start().starts_with('{') {
        let Some(list) = &tables.mj_list else {
            let hint = said!(
                "save MJ文字情報一覧表 as CSV in UTF-8 and give it as --mj-list FILE";
                "MJ文字情報一覧表を UTF-8 の CSV で保存し、--mj-list で指定してください"
            );
            let map = map.display();
            let message = said!(
                "{map} names characters by MJ number only";
                "{map} は文字を MJ 文字図形名だけで示しています"
            );
            return Err(Failure::usage(message, Some(hint)));
        };
        shrink_map(&text, &characters(&read(list)?, list)?, map)?
    } else {
        pairs(&text, map)?
    };
    let counts =
        MjMap { register: variants.count(Grade::Register), confusable: variants.count(Grade::Confusable) };
    variants.install().map_err(|error| Failure::failed(Said::of(&error)))?;
    Ok(Some(counts))
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))
}

/// Lines of two characters and, if they are to agree, the grade 4, separated by tabs.
fn pairs(text: &str, path: &Path) -> Result<Variants, Failure> {
    let mut variants = Variants::default();
    for (number, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let pair = pair(line).ok_or_else(|| {
            let hint = said!(
                "expected two characters and 4 or 5, separated by tabs; 5 where the grade is left out";
                "2文字と 4 か 5 をタブで区切ります。4 も 5 もなければ 5 とみなします"
            );
            let (path, line) = (path.display(), number + 1);
            let message =
                said!("{path}, line {line}: not a pair"; "{path} の{line}行目は、2文字の組ではありません");
            Failure::usage(message, Some(hint))
        })?;
        variants.add(pair.0, pair.1, pair.2);
    }
    Ok(variants)
}

fn pair(line: &str) -> Option<(char, char, Grade)> {
    let mut fields = line.split('\t').map(str::trim);
    let (a, b) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let grade = match fields.next() {
        Some("4") => Grade::Register,
        Some("5" | "") | None => Grade::Confusable,
        Some(_) => return None,
    };
    fields.next().is_none().then_some((a, b, grade))
}

#[derive(Deserialize)]
struct ShrinkMap {
    content: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "MJ文字図形名")]
    name: String,
    #[serde(rename = "法務省戸籍法関連通達・通知", default)]
    notices: Vec<Target>,
    #[serde(rename = "JIS包摂規準・UCS統合規則", default)]
    inclusion: Vec<Target>,
    #[serde(rename = "法務省告示582号別表第四", default)]
    residence_cards: Vec<Target>,
    #[serde(rename = "辞書類等による関連字", default)]
    dictionaries: Vec<Target>,
    #[serde(rename = "読み・字形による類推", default)]
    analogies: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(rename = "UCS")]
    ucs: Option<String>,
    #[serde(rename = "ホップ数")]
    hops: Option<u8>,
    #[serde(rename = "付記")]
    remark: Option<String>,
}

impl Target {
    /// A notice in several steps is a chain, which no agreement may rest on (R6).
    fn grade(&self) -> Grade {
        if self.hops.is_none_or(|hops| hops <= 1) { Grade::Register } else { Grade::Confusable }
    }

    /// The notice lists it as what it must not be taken for.
    fn is_another(&self) -> bool {
        self.remark.as_deref() == Some("別字")
    }
}

/// IPA's MJShrinkMap JSON, whose sources are MJ numbers.
fn shrink_map(text: &str, characters: &HashMap<String, char>, path: &Path) -> Result<Variants, Failure> {
    let map: ShrinkMap = serde_json::from_str(text.trim_start_matches('\u{FEFF}')).map_err(|error| {
        let (path, line) = (path.display(), error.line());
        let message = said!(
            "{path}, line {line}: not an MJ shrink map";
            "{path} の{line}行目: MJ縮退マップではありません"
        );
        let hint = said!(
            "expected MJShrinkMap.*.json as published by IPA";
            "IPA が公開している MJShrinkMap.*.json を指定してください"
        );
        Failure::usage(message, Some(hint))
    })?;
    let mut variants = Variants::default();
    for entry in &map.content {
        // A form that only a variation selector writes is folded into its base when text is cleaned.
        let Some(source) = characters.get(&entry.name) else { continue };
        let target = |target: &Target| target.ucs.as_deref().and_then(code_point);
        let others: Vec<char> =
            entry.notices.iter().filter(|own| own.is_another()).filter_map(target).collect();
        let Entry { notices, inclusion, residence_cards, dictionaries, analogies, .. } = entry;
        let weak = [inclusion, residence_cards, dictionaries, analogies].into_iter().flatten();
        let graded =
            notices.iter().map(|own| (own, own.grade())).chain(weak.map(|own| (own, Grade::Confusable)));
        for (own, grade) in graded {
            if let Some(to) = target(own).filter(|to| !others.contains(to)) {
                variants.add(*source, to, grade);
            }
        }
    }
    Ok(variants)
}

/// The characters of MJ文字情報一覧表 that have a code point of their own, by MJ number.
fn characters(text: &str, path: &Path) -> Result<HashMap<String, char>, Failure> {
    let text = text.trim_start_matches('\u{FEFF}');
    let delimiter = if text.lines().next().is_some_and(|line| line.contains('\t')) { b'\t' } else { b',' };
    let mut table =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let wrong = |Said { en, ja }: Said| {
        let hint = said!(
            "expected the columns MJ文字図形名 and 実装したUCS, with their headers";
            "MJ文字図形名 と 実装したUCS の列が、見出しとともに要ります"
        );
        let path = path.display();
        Failure::usage(said!("{path}: {en}"; "{path}: {ja}"), Some(hint))
    };
    let headers = table.headers().map_err(|_| wrong(said!("no table"; "表ではありません")))?.clone();
    let column = |name: &str| {
        // Headers of the spreadsheet are broken over lines.
        let same = |header: &str| header.chars().filter(|c| !c.is_whitespace()).eq(name.chars());
        headers.iter().position(same).ok_or_else(|| wrong(said!("no column {name}"; "{name} 列がありません")))
    };
    let (name, ucs) = (column("MJ文字図形名")?, column("実装したUCS")?);
    let rows = table.records().filter_map(Result::ok);
    Ok(rows.filter_map(|row| Some((row.get(name)?.to_owned(), code_point(row.get(ucs)?)?))).collect())
}

fn code_point(text: &str) -> Option<char> {
    u32::from_str_radix(text.trim().strip_prefix("U+")?, 16).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(variants: &Variants) -> [usize; 2] {
        [Grade::Register, Grade::Confusable].map(|grade| variants.count(grade))
    }

    #[test]
    fn pairs_agree_only_if_told_so() {
        let path = Path::new("own.tsv");
        let variants = pairs("# own\n㐂\t七\t4\n㐂\t吉\n\n㐂\t喜\t5\n", path).unwrap();
        assert_eq!(counts(&variants), [1, 2]);
        for wrong in ["㐂", "㐂\t七\t3", "㐂喜\t七", "㐂\t七\t4\tx"] {
            let failure = pairs(wrong, path).unwrap_err();
            assert_eq!(failure.message.en, "own.tsv, line 1: not a pair");
        }
    }

    #[test]
    fn the_shrink_map_counts_notices_alone_and_leaves_out_other_characters() {
        let list = "図形,\"MJ文字\n図形名\",実装したUCS\n,MJ000001,U+3402\n,MJ000002,\n,MJ000003,U+3404\n";
        let characters = characters(list, Path::new("mji.csv")).unwrap();
        assert_eq!(characters.len(), 2);
        let map = r#"{"meta": {}, "content": [
            {"MJ文字図形名": "MJ000001", "法務省戸籍法関連通達・通知": [{"UCS": "U+559C", "種別": "", "ホップ数": 1}],
             "読み・字形による類推": [{"UCS": "U+4E03"}]},
            {"MJ文字図形名": "MJ000002", "法務省戸籍法関連通達・通知": [{"UCS": "U+559C"}]},
            {"MJ文字図形名": "MJ000003", "法務省戸籍法関連通達・通知": [
                {"UCS": "U+4E00", "付記": "別字"}, {"UCS": "U+4E8C", "ホップ数": 2}],
             "辞書類等による関連字": [{"UCS": "U+4E00"}]}]}"#;
        let variants = shrink_map(map, &characters, Path::new("map.json")).unwrap();
        assert_eq!(counts(&variants), [1, 2], "one notice; one analogy and one chain; 別字 is none");
        assert!(shrink_map("{}", &characters, Path::new("map.json")).is_err());
    }
}
