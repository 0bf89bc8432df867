//! What must be true of the tables as they are shipped, without network.

use std::collections::{BTreeMap, BTreeSet};

use crate::TABLES;

fn read(path: &str) -> String {
    std::fs::read_to_string(crate::root().join(path)).expect(path)
}

fn rows(path: &str) -> Vec<Vec<String>> {
    let rows = read(path);
    let rows = rows.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

#[test]
fn tables_state_their_rows_and_sources() {
    for table in TABLES {
        let text = read(table.path);
        let stated = text.lines().find_map(|line| line.strip_prefix("# rows: ")).expect(table.path);
        let stated = stated.split(',').next().expect("a number");
        let keys: Vec<String> = rows(table.path).into_iter().map(|row| row.join("\t")).collect();
        assert_eq!(stated, keys.len().to_string(), "{}", table.path);
        assert!(text.contains("\n# from: ") && text.contains("sha256 "), "{}", table.path);
        assert!(
            keys.is_sorted() && keys.iter().collect::<BTreeSet<_>>().len() == keys.len(),
            "{}",
            table.path
        );
        assert!(read("data/NOTICE").contains(table.path.trim_start_matches("data/")), "{}", table.path);
    }
}

/// What the binary can afford.
#[test]
fn tables_are_small_enough() {
    let size = |folder: &str| {
        TABLES
            .iter()
            .filter(|table| table.path.contains(folder))
            .map(|table| read(table.path).len())
            .sum::<usize>()
    };
    assert!(
        size("kanji_variants") <= 500_000 && size("gazetteer/") <= 3_500_000 && size("names/") <= 2_200_000
    );
}

#[test]
fn gazetteer_knows_what_is_known() {
    let areas: BTreeMap<String, String> = rows("data/gazetteer/municipalities.tsv")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    for (code, name) in [
        ("13", "東京都"),
        ("13101", "千代田区"),
        ("22130", "浜松市"),
        ("22139", "浜松市浜名区"),
        ("28221", "丹波篠山市"),
    ] {
        assert_eq!(areas.get(code).map(String::as_str), Some(name));
    }
    let towns: BTreeMap<String, BTreeSet<String>> = rows("data/gazetteer/towns.tsv")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].split(' ').map(str::to_owned).collect()))
        .collect();
    for code in towns.keys() {
        assert!(areas.contains_key(code), "{code} has towns and no name");
    }
    // DOMAIN 8: two places of one name; names that mean one.
    for (code, town) in [("26104", "油屋町=2"), ("13101", "霞が関"), ("13101", "紀尾井町"), ("12227", "舞浜")]
    {
        assert!(towns[code].contains(town), "{town}");
    }
    for row in rows("data/gazetteer/former.tsv") {
        assert!(areas.contains_key(&row[3]), "the successor of {} is unknown", row[1]);
        assert_ne!(areas.get(&row[0]), Some(&row[1]), "{} is no former municipality", row[1]);
    }
}

/// Successors that are in the history books, wards and renamings among them.
#[test]
fn former_municipalities_lead_to_their_successors() {
    let rows = rows("data/gazetteer/former.tsv");
    for (name, until, successor) in [
        ("浦和市", "2001-05-01", "11100"),
        ("大宮市", "2001-05-01", "11100"),
        ("清水市", "2003-04-01", "22100"),
        ("木曽郡山口村", "2005-02-13", "21206"),
        ("東筑摩郡波田町", "2010-03-31", "20202"),
        ("保谷市", "2001-01-21", "13229"),
        ("篠山市", "2019-05-01", "28221"),
        ("浜松市浜北区", "2024-01-01", "22139"),
        ("筑紫郡那珂川町", "2018-10-01", "40231"),
    ] {
        let row = rows.iter().find(|row| row[1] == name && row[2] == until);
        assert_eq!(row.map(|row| row[3].as_str()), Some(successor), "{name}");
    }
}

#[test]
fn names_have_their_readings() {
    let read = |path| -> BTreeSet<(String, String)> {
        let forms = rows(path).into_iter().flat_map(|row| {
            let forms: Vec<String> = row[1].split(' ').map(str::to_owned).collect();
            forms.into_iter().map(move |form| (row[0].clone(), form))
        });
        forms
            .map(|(reading, form)| {
                let weight = form.find(|c: char| c.is_ascii_digit()).expect("a weight");
                let (form, weight) = form.split_at(weight);
                let number: u32 = weight.trim_end_matches(['m', 'f']).parse().expect("a number");
                assert!((1..=100).contains(&number), "{form}{weight}");
                (form.to_owned(), reading)
            })
            .collect()
    };
    let (surnames, given) = (read("data/names/surnames.tsv"), read("data/names/given.tsv"));
    for (form, reading) in [
        ("佐藤", "サトウ"),
        ("古谷", "フルヤ"),
        ("古谷", "フルタニ"),
        ("山崎", "ヤマサキ"),
        ("山崎", "ヤマザキ"),
        ("髙橋", "タカハシ"),
        ("渡邉", "ワタナベ"),
        ("長谷川", "ハセガワ"),
        ("五十嵐", "イガラシ"),
        ("東海林", "ショウジ"),
        ("小鳥遊", "タカナシ"),
        ("勅使河原", "テシガワラ"),
    ] {
        assert!(surnames.contains(&(form.to_owned(), reading.to_owned())), "{form} {reading}");
    }
    for (form, reading) in [
        ("幸子", "サチコ"),
        ("幸子", "ユキコ"),
        ("太郎", "タロウ"),
        ("大翔", "ヒロト"),
        ("美咲", "ミサキ"),
        ("誠", "マコト"),
    ] {
        assert!(given.contains(&(form.to_owned(), reading.to_owned())), "{form} {reading}");
    }
}
