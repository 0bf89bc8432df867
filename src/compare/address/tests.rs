//! The laws of comparing addresses; the pairs, each with the source of its verdict, are in tests/data/addresses.tsv.

use std::collections::HashMap;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::AddressLevel::*;
use super::*;

fn parse(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// No two towns agree, the nearest in the table and the next of the same name included.
#[test]
fn different_towns_never_agree() {
    let mut by_name: HashMap<&str, Address> = HashMap::new();
    let mut last = None;
    for (prefecture, municipality, town) in real_places() {
        let address = parse(&format!("{prefecture}{municipality}{town}1-2"));
        let namesake = by_name.get(town).map(|other| compare(other, &address));
        let neighbour = last.as_ref().map(|other| compare(other, &address));
        for comparison in [namesake, neighbour].into_iter().flatten() {
            assert!(!comparison.agrees(), "{prefecture}{municipality}{town}");
        }
        by_name.insert(town, address.clone());
        last = Some(address);
    }
}

#[test]
fn folding_is_reported_apart_from_exact_agreement() {
    let exact = compare(&parse("千代田区霞が関1-2"), &parse("千代田区霞が関1-2"));
    assert_eq!((exact.grade, exact.folds), (Grade::Identical, FoldSet::EMPTY));
    let width = compare(&parse("千代田区永田町1-2"), &parse("千代田区永田町１－２"));
    assert_eq!(width.grade, Grade::Equivalent);
    let size = compare(&parse("千代田区霞ケ関1-2"), &parse("千代田区霞ヶ関1-2"));
    assert_eq!(size.grade, Grade::Official);
}

/// An address as its parts, to be written in many ways.
#[derive(Clone, Debug)]
struct Parts {
    prefecture: &'static str,
    municipality: &'static str,
    town: &'static str,
    numbers: Vec<u32>,
    building: &'static str,
    room: Option<u32>,
}

/// Two places of one municipality that are written alike: they agree in part at most.
const TWINS: [&str; 4] = ["横まくり", "横マクリ", "西枇杷島町日の出", "西枇杷島町日之出"];

/// Prefecture, municipality (county included) and town of every town that exists, but those whose name means several
/// places or ends like a number.
fn real_places() -> &'static [(&'static str, &'static str, &'static str)] {
    static PLACES: LazyLock<Vec<(&str, &str, &str)>> = LazyLock::new(|| {
        let rows = |table: &'static str| table.lines().filter_map(|line| line.split_once('\t'));
        let names: HashMap<_, _> = rows(include_str!("../../../data/gazetteer/municipalities.tsv")).collect();
        let name = |code: &str| names[code].split('\t').next().unwrap();
        let plain = |town: &&str| {
            !town.is_empty() && !town.contains('=') && !ends_like_number(town) && !TWINS.contains(town)
        };
        let towns = |(code, towns): (&'static str, &'static str)| {
            let place = (name(&code[..2]), name(code));
            let towns = towns.split(' ').filter(plain);
            towns.map(move |town| (place.0, place.1, town)).collect::<Vec<_>>()
        };
        rows(include_str!("../../../data/gazetteer/towns.tsv")).flat_map(towns).collect()
    });
    &PLACES
}

fn ends_like_number(town: &str) -> bool {
    town.ends_with(|c: char| c.is_ascii_digit() || "〇一二三四五六七八九十百千壱弐参".contains(c))
}

fn parts() -> impl Strategy<Value = Parts> {
    let places = proptest::sample::select(vec![
        ("東京都", "千代田区"),
        ("三重県", "四日市市"),
        ("長野県", "大町市"),
        ("北海道", "余市郡余市町"),
        ("神奈川県", "横浜市保土ケ谷区"),
        ("青森県", "青葉郡若葉町"),
    ]);
    let towns = proptest::sample::select(vec![
        "霞が関",
        "一番町",
        "三の丸",
        "九十九原",
        "ひばりが丘",
        "流通センター",
        "本町",
        "上野毛",
        "北一条西",
        "十二所",
        "大字荻",
    ]);
    let buildings = proptest::sample::select(vec!["", "パレス中央", "グランドハイツ", "コーポ青葉"]);
    let numbers = proptest::collection::vec(1u32..2000, 1..=3);
    let invented =
        (places, towns).prop_map(|((prefecture, municipality), town)| (prefecture, municipality, town));
    let place = prop_oneof![invented, proptest::sample::select(real_places())];
    (place, numbers, buildings, proptest::option::of(101u32..999)).prop_map(
        |((prefecture, municipality, town), numbers, building, room)| Parts {
            prefecture,
            municipality,
            town,
            numbers,
            building,
            room,
        },
    )
}

fn kanji(mut value: u32) -> String {
    let mut out = String::new();
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = value / unit;
        value %= unit;
        if digit > 1 || digit == 1 && unit == 1 {
            out.push_str(["", "一", "二", "三", "四", "五", "六", "七", "八", "九"][digit as usize]);
        }
        if digit > 0 {
            out.push_str(name);
        }
    }
    out
}

/// How the numbers are written.
#[derive(Clone, Copy, Debug)]
enum Style {
    Bare,
    Residential,
    Land,
}

fn write(parts: &Parts, style: Style) -> String {
    let mut out = format!("{}{}{}", parts.prefecture, parts.municipality, parts.town);
    let labels: &[&str] = match (style, parts.numbers.len()) {
        (Style::Bare, _) => &["-", "-", ""],
        (Style::Residential, 1) => &["番"],
        (Style::Residential, _) => &["丁目", "番", "号"],
        (Style::Land, 1) => &["番地"],
        (Style::Land, 2) => &["番地の", ""],
        (Style::Land, _) => &["丁目", "番地の", ""],
    };
    let last = parts.numbers.len() - 1;
    for (index, (number, label)) in parts.numbers.iter().zip(labels).enumerate() {
        out.push_str(&number.to_string());
        if index < last || *label != "-" {
            out.push_str(label);
        }
    }
    if !parts.building.is_empty() {
        out.push(' ');
        out.push_str(parts.building);
    }
    if let Some(room) = parts.room {
        out.push_str(&format!(" {room}号室"));
    }
    out
}

/// Addresses, many of them in Kyoto, where streets lead to a town; and in some the place of a character that cannot be read.
fn marked() -> impl Strategy<Value = (Parts, Option<usize>)> {
    let kyoto = proptest::sample::select(vec![
        ("京都府", "京都市中京区", "柳馬場通四条上る油屋町"),
        ("京都府", "京都市中京区", "柳馬場四条上ル油屋町"),
        ("京都府", "京都市中京区", "御幸町通三条下る油屋町"),
        ("京都府", "京都市中京区", "油屋町"),
        ("京都府", "京都市上京区", "今出川通烏丸東入相国寺門前町"),
        ("京都府", "京都市上京区", "相国寺門前町"),
        ("京都府", "京都市上京区", "北小路通新町西入る下石橋南半町"),
        // With its prefecture alone it is told which municipality it is, and so where its town ends.
        ("東京都", "府中市", "府中町字丸山"),
        ("広島県", "府中市", "府中町字丸山"),
    ]);
    let in_kyoto = (parts(), kyoto).prop_map(|(parts, (prefecture, municipality, town))| Parts {
        prefecture,
        municipality,
        town,
        ..parts
    });
    (prop_oneof![parts(), in_kyoto], proptest::option::of(0..9usize))
}

/// An address with a sign for a character of its municipality or town.
fn unreadable(parts: &Parts, style: Style, mark: Option<usize>, sign: char) -> String {
    let Parts { prefecture, municipality, town, .. } = parts;
    let [first, place] = [prefecture.chars().count(), municipality.chars().chain(town.chars()).count()];
    let mark = mark.map(|mark| first + mark % place);
    let marked = |(at, c)| if Some(at) == mark { sign } else { c };
    write(parts, style).chars().enumerate().map(marked).collect()
}

type Rewriting = (&'static str, fn(&str) -> String);

/// Rewritings of a written address that keep the information (law 7).
const REWRITINGS: &[Rewriting] = &[
    ("full width", |s| {
        let wide = |c: char| char::from_u32(c as u32 + 0xFEE0).filter(|_| c.is_ascii_graphic()).unwrap_or(c);
        s.chars().map(wide).collect()
    }),
    ("full-width spaces", |s| s.replace(' ', "　")),
    ("ヶ", |s| s.replace("が丘", "ヶ丘").replace("が関", "ヶ関")),
    ("ケ", |s| s.replace("が丘", "ケ丘").replace('ヶ', "ケ")),
    ("half-width ｹ", |s| s.replace('ケ', "ｹ")),
    ("ノ", |s| s.replace("の丸", "ノ丸")),
    ("之", |s| s.replace("ノ丸", "之丸").replace("の丸", "之丸")),
    ("minus", |s| s.replace('-', "−")),
    ("long vowel as dash", |s| s.replace('-', "ー")),
    ("kanji one as dash", |s| s.replace('-', "一")),
    ("の as dash", |s| s.replace('-', "の")),
    ("kanji numerals before labels", |s| {
        let mut out = s.to_owned();
        for label in ["丁目", "番", "号"] {
            let Some(at) = out.find(label) else { continue };
            let digits = out[..at].chars().rev().take_while(char::is_ascii_digit).count();
            if digits > 0 {
                let value: u32 = out[at - digits..at].parse().unwrap();
                out.replace_range(at - digits..at, &kanji(value));
            }
        }
        out
    }),
    ("大字", |s| {
        if s.contains("大字") { s.replace("大字", "") } else { s.replace("区本町", "区大字本町") }
    }),
    ("digits in names", |s| s.replace("北一条", "北1条").replace("一番町", "1番町")),
    ("space before the town", |s| s.replacen("区", "区 ", 1).replacen("市市", "市市　", 1)),
    ("space around labels", |s| s.replace("丁目", " 丁目 ").replace("番地", "番地 ")),
    ("half-width kana", |s| s.replace("センター", "ｾﾝﾀｰ").replace("パレス", "ﾊﾟﾚｽ").replace("ハイツ", "ﾊｲﾂ")),
    ("hiragana", |s| s.replace("コーポ", "こーぽ").replace("セ", "せ")),
    ("room sign", |s| s.replace("号室", "室")),
    ("postal code", |s| if s.contains('〒') { s.to_owned() } else { format!("〒1000001 {s}") }),
    ("brackets", |s| match s.find(['パ', 'グ', 'コ']) {
        Some(at) => format!("{}({})", &s[..at], &s[at..]),
        None => s.to_owned(),
    }),
    ("private invisible", |s| s.replace('町', "町\u{200B}")),
    ("prefecture left out", |s| {
        let known = real_places()
            .iter()
            .map(|(prefecture, ..)| prefecture)
            .find(|prefecture| s.starts_with(**prefecture));
        known.map_or(s, |prefecture| &s[prefecture.len()..]).to_owned()
    }),
    ("county left out", |s| s.replace("余市郡", "").replace("青葉郡", "")),
];

fn style() -> impl Strategy<Value = Style> {
    prop_oneof![Just(Style::Bare), Just(Style::Residential), Just(Style::Land)]
}

#[test]
fn a_level_is_named_as_it_is_serialised() {
    for level in
        [Dwelling, Building, RoomsDiffer, Partial, Town, Municipality, Prefecture, Different, Unknown]
    {
        assert_eq!(serde_json::to_value(level).unwrap(), level.code());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

    /// Law 7, the part that keeps the information.
    #[test]
    fn notation_does_not_matter(
        parts in parts(), style in style(), chain in proptest::collection::vec(0..REWRITINGS.len(), 1..=4)
    ) {
        let written = write(&parts, style);
        let rewritten = chain.iter().fold(written.clone(), |text, &index| REWRITINGS[index].1(&text));
        let names: Vec<_> = chain.iter().map(|&index| REWRITINGS[index].0).collect();
        let (a, b) = (parse(&written), parse(&rewritten));
        let comparison = compare(&a, &b);
        prop_assert_eq!(comparison.level, Dwelling, "{} | {} | {:?}", written, rewritten, names);
        prop_assert_eq!((a.town_key(), a.block_key()), (b.town_key(), b.block_key()));
        prop_assert!(comparison.grade <= Grade::Register);
    }

    /// Bare numbers agree with labelled ones when all are there (METHOD 5).
    #[test]
    fn bare_numbers_agree_with_labelled_ones(parts in parts(), style in style()) {
        let (bare, labelled) = (parse(&write(&parts, Style::Bare)), parse(&write(&parts, style)));
        prop_assert!(compare(&bare, &labelled).agrees());
        prop_assert_eq!(bare.block_key(), labelled.block_key());
    }

    /// Law 7, the part that loses information: a number dropped never agrees, a room dropped is at most the building.
    #[test]
    fn what_is_lost_is_not_agreement(parts in parts(), style in style()) {
        let whole = parse(&write(&parts, style));
        let mut fewer = parts.clone();
        fewer.numbers.pop();
        if !fewer.numbers.is_empty() {
            prop_assert!(!compare(&whole, &parse(&write(&fewer, Style::Bare))).agrees());
        }
        let other = Parts { room: parts.room.map(|room| room + 1), ..parts.clone() };
        let bare = Parts { room: None, ..parts.clone() };
        if parts.room.is_some() {
            prop_assert_eq!(compare(&whole, &parse(&write(&other, style))).level, RoomsDiffer);
            prop_assert_eq!(compare(&whole, &parse(&write(&bare, style))).level, Building);
        }
    }

    /// Texts that are the same need not be held to each other part by part.
    #[test]
    fn places_written_alike_compare_as_any(
        a in marked(), b in marked(), x in style(), y in style(), same in 0..3u8, without_prefecture in any::<[bool; 2]>(),
    ) {
        // Of one place, one character of which may be unreadable, in whatever sign.
        let place = if same > 0 { (&a.0, a.1) } else { (&b.0, b.1) };
        let b = (Parts { prefecture: place.0.prefecture, municipality: place.0.municipality, town: place.0.town, ..b.0.clone() }, place.1);
        let read = |(parts, mark): &(Parts, Option<usize>), style, sign, bare: bool| {
            let parts = Parts { prefecture: if bare { "" } else { parts.prefecture }, ..parts.clone() };
            parse(&unreadable(&parts, style, *mark, sign))
        };
        let (a, b) = (read(&a, x, '●', without_prefecture[0]), read(&b, y, '■', without_prefecture[1]));
        let alike = same > 0 && without_prefecture[0] == without_prefecture[1];
        prop_assert!(!alike || a.view().place.is_written_as(b.view().place), "{} {}", a.canonical(), b.canonical());
        prop_assert_eq!(compare(&a, &b), compare_places(&a.view(), &b.view(), false));
        prop_assert_eq!(compare(&a, &a), compare_places(&a.view(), &a.view(), false));
    }

    #[test]
    fn is_symmetric_and_reflexive(a in parts(), b in parts(), x in style(), y in style()) {
        let (a, b) = (parse(&write(&a, x)), parse(&write(&b, y)));
        prop_assert_eq!(compare(&a, &b), compare(&b, &a));
        prop_assert_eq!(compare(&a, &a).level, Dwelling);
    }
}
