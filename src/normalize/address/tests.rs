//! The laws of reading an address; the forms are in tests/data/address_forms.tsv.

use proptest::prelude::*;

use super::*;

/// R18: the vectors of DOMAIN 8.7 that are codes of prefectures, which no address has.
#[test]
fn codes_of_prefectures_end_in_their_check_digit() {
    for code in [130_001, 140_007] {
        assert_eq!(with_check_digit(code / 10), code);
    }
}

#[test]
fn keys_are_those_of_the_bytes() {
    for value in [0, 1, 0xFF, 0x4E00, 0xFFFF, 0x1_0000, 0x2_A708, u32::MAX] {
        let (mut short, mut long) = (KeyHasher::default(), KeyHasher::default());
        short.write_u32(value);
        long.write(&value.to_le_bytes());
        assert_eq!(short.finish(), long.finish());
    }
}

/// Two places that folding must keep apart.
#[test]
fn near_names_have_other_keys() {
    for (a, b) in [
        ("横浜市中区野毛1-2", "横浜市中区上野毛1-2"),
        ("渋谷区恵比寿1-2", "渋谷区恵比寿西1-2"),
        ("札幌市北区本町1-2", "札幌市東区本町1-2"),
        ("青葉市ニ1-2", "青葉市二町1-2"),
        ("青葉市本町1丁目2-3", "青葉市本町12-3"),
    ] {
        let (a, b) = (Address::parse(a).unwrap(), Address::parse(b).unwrap());
        assert_ne!(a.block_key(), b.block_key(), "{a:?} {b:?}");
    }
}

#[test]
fn keys_do_not_depend_on_what_may_be_left_out() {
    let full = Address::parse("神奈川県足柄下郡箱根町大字箱根字西二丁目１２番地の3 パレス301").unwrap();
    let short = Address::parse("箱根町箱根西2-12-3").unwrap();
    assert_eq!(full.town_key(), short.town_key());
    assert_eq!(full.block_key(), short.block_key());
    assert!(Address::parse("箱根町").unwrap().town_key().is_none());
    assert!(Address::parse("箱根町箱根").unwrap().block_key().is_none());
    assert!(Address::parse("箱根町箱●1").unwrap().block_key().is_none());
}

/// Every town of the table, written after its municipality, reads as itself, and no two read as one without a warning.
#[test]
fn every_town_reads_as_itself() {
    let mut seen = std::collections::HashSet::new();
    // 浦臼第1 before 1-2, and the names that the source has cut in a number (甲子5地割): not to be told from the numbers.
    let ends_in_number = |town: &str| town.ends_with(|c: char| c.is_ascii_digit());
    for (code, municipality, town) in gazetteer::tests::towns().filter(|(_, _, town)| !ends_in_number(town)) {
        let prefecture = place::prefecture_name((code / 1000) as u8).unwrap();
        let full = Address::parse(&format!("{prefecture}{municipality}字{town} １番地の２")).unwrap();
        let bare = Address::parse(&format!("{municipality}{town}1-2")).unwrap();
        assert_eq!(full.municipality_code().map(|code| code / 10), Some(code), "{municipality}{town}");
        assert!(
            full.view().knows_town() && full.area().is_empty() && full.numbers().len() == 2,
            "{municipality}{town}"
        );
        assert_eq!(bare.block_key(), full.block_key(), "{municipality}{town}");
        assert!(
            seen.insert((code, full.town().to_owned())) || full.view().is_ambiguous(),
            "{municipality}{town}"
        );
    }
    assert!(seen.len() > 117_000);
}

/// Every town of the table that is one place has an id, and no two have the same.
#[test]
fn no_two_towns_share_an_id() {
    let mut towns = std::collections::HashMap::new();
    let mut ambiguous = 0;
    for (code, municipality, town) in gazetteer::tests::towns() {
        let prefecture = place::prefecture_name((code / 1000) as u8).unwrap();
        let address = Address::parse(&format!("{prefecture}{municipality}{town}")).unwrap();
        // 浦臼第1 and 甲子5地割 read as a number in a shorter town, or in none.
        if !address.view().knows_town() || town.ends_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        assert_eq!(address.town_id().is_none(), address.view().is_ambiguous(), "{municipality}{town}");
        let Some(id) = address.town_id() else {
            ambiguous += 1;
            continue;
        };
        let other = towns.insert(id, (municipality, town));
        assert!(other.is_none(), "{municipality}{town} {other:?}");
    }
    assert!(towns.len() > 116_000 && ambiguous > 0, "{} {ambiguous}", towns.len());
}

#[test]
fn a_town_has_one_id_in_every_spelling() {
    let id = |text| Address::parse(text).unwrap().town_id();
    for (one, others) in [
        // DOMAIN 8.1: 大字 and 字, prefecture and county left out; DOMAIN 8.4: ケ, ヶ, が, digits, の
        ("神奈川県足柄下郡箱根町大字箱根字西12", ["箱根町箱根", "箱根町字箱根1-2"]),
        ("東京都千代田区霞が関2-1-6", ["千代田区霞ヶ関", "千代田区霞ケ関三丁目"]),
        ("札幌市中央区北1条西5丁目", ["札幌市中央区北一条西", "北海道札幌市中央区北１条西6"]),
        ("村上市三之町1-1", ["村上市三の町1", "新潟県村上市三ﾉ町"]),
        // old forms of kanji (R6); old municipalities (DOMAIN 8.3)
        ("札幌市南区中ノ沢1-1", ["札幌市南区中ノ澤", "札幌市南區中の沢1"]),
        ("石川県輪島市門前町走出1", ["石川県鳳至郡門前町走出1", "輪島市門前町走出"]),
    ] {
        assert!(id(one).is_some(), "{one}");
        assert_eq!(others.map(id), [id(one); 2], "{one}");
    }
    for (one, other) in [
        ("札幌市北区北七条西1", "札幌市中央区北七条西1"),
        ("横浜市中区本町1", "横浜市鶴見区本町通1"),
        ("東京都府中市本町1", "広島県府中市本山町1"),
    ] {
        assert!(id(one).is_some() && id(other).is_some() && id(one) != id(other), "{one} {other}");
    }
    // no gazetteer, no town, or two towns of one name (DOMAIN 8.5)
    for text in ["青葉市本町1-2", "千代田区", "札幌市北七条西1", "京都市中京区油屋町12", "千代田区霞●関1"]
    {
        assert_eq!(id(text), None, "{text}");
    }
}

/// Where a town bears the name of a former municipality (輪島市門前町走出), its old address (鳳至郡門前町走出) leads to it.
#[test]
fn towns_of_former_municipalities_are_found() {
    let towns: Vec<_> = gazetteer::tests::towns().collect();
    let mut found = 0;
    for (prefecture, written, successor) in gazetteer::tests::former() {
        let prefecture = place::prefecture_name(prefecture).unwrap();
        let name = written.rsplit_once('郡').map_or(written, |(_, town)| town);
        let here = towns.partition_point(|(code, ..)| *code < successor);
        for (_, municipality, town) in towns[here..].iter().take_while(|(code, ..)| *code == successor) {
            let Some(rest) = town.strip_prefix(name).filter(|rest| !rest.is_empty()) else { continue };
            let old = Address::parse(&format!("{prefecture}{written}{rest}1-2")).unwrap();
            let new = Address::parse(&format!("{municipality}{town}1-2")).unwrap();
            assert!(old.view().is_former() && old.block_key() == new.block_key(), "{written}{rest}");
            found += 1;
        }
    }
    assert!(found > 9_000, "{found}");
}

/// Keys are stored in index files: they must not move between versions.
#[test]
fn keys_are_stable() {
    let address = Address::parse("千葉県浦安市舞浜2-1-1").unwrap();
    assert_eq!(
        (address.town_key(), address.block_key()),
        (Some(6_437_498_551_389_896_079), Some(14_601_695_849_859_289_176))
    );
    assert_eq!(address.town_id().map(TownId::value), Some(18_207_277_443_629_482_249));
}

#[test]
fn debug_shows_no_value() {
    let address = Address::parse("東京都千代田区霞が関2-1-6 パレス302").unwrap();
    assert_eq!(format!("{address:?}"), "Address(prefecture municipality town building room numbers=3)");
    assert_eq!(
        format!("{:?}", address.numbers()),
        "[Number(Unlabelled), Number(Unlabelled), Number(Unlabelled)]"
    );
}

#[test]
fn stays_small() {
    assert!(size_of::<Address>() <= 96, "{}", size_of::<Address>());
}

#[test]
fn an_input_too_long_is_no_address() {
    assert!(Address::parse(&"霞".repeat(Address::MAX_LEN)).is_none());
    assert!(Address::parse(&"1-".repeat(Address::MAX_LEN / 2)).is_some());
}

/// Pieces of addresses in any order: what is likely to confuse the borders.
fn soup() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "東京都",
        "京都市",
        "中京区",
        "青葉市",
        "市",
        "郡",
        "町",
        "村",
        "区",
        "大字",
        "字",
        "小字",
        "文",
        "大",
        "条",
        "上る",
        "東入",
        "通",
        "一",
        "二",
        "十",
        "〇",
        "百",
        "壱",
        "3",
        "12",
        "0",
        "丁目",
        "丁",
        "番",
        "番地",
        "号",
        "号室",
        "号棟",
        "棟",
        "室",
        "地割",
        "第",
        "線",
        "の",
        "ノ",
        "之",
        "乃",
        "が",
        "ヶ",
        "ガ",
        "丘",
        "-",
        "ー",
        "−",
        "・",
        " ",
        "　",
        "(",
        ")",
        "/",
        "//",
        "パレス",
        "A",
        "b",
        "F",
        "階",
        "様方",
        "方",
        "無番地",
        "番外地",
        "先",
        "地先",
        "●",
        "?",
        "゛",
        "\u{3099}",
        "#",
        "〒",
        "イ",
        "ｲ",
        "ﾞ",
        "澤",
        "é",
        "e",
        "\u{301}",
        "Ⅱ",
        "①",
        "㈱",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES), 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

    #[test]
    fn is_total_and_idempotent(input in prop_oneof![4 => soup(), 1 => "\\PC*"]) {
        let Some(address) = Address::parse(&input) else { return Ok(()) };
        let canonical = address.canonical();
        let again = Address::parse(&canonical);
        prop_assert!(again.is_some(), "{}", canonical);
        let again = again.unwrap();
        prop_assert_eq!(again.canonical(), canonical);
        prop_assert_eq!((again.town_key(), again.block_key()), (address.town_key(), address.block_key()));
        prop_assert_eq!(again.municipality_code(), address.municipality_code());
        prop_assert_eq!((again.view().knows_town(), again.view().is_ambiguous()), (address.view().knows_town(), address.view().is_ambiguous()));
    }
}

/// A head that is remembered reads as it is written, whatever followed it before: each town of the table, whole and cut before
/// its first numeral, before numbers of every kind.
#[test]
fn every_remembered_town_reads_as_it_is_written() {
    const TAILS: [&str; 12] = [
        "六丁目122番地 パレス302号室",
        "１２番３号",
        "1",
        "十条西3-4",
        "2線西5号",
        "三番町1-2",
        "5丁目2下石橋南半町",
        "一-2",
        "2区3番地の4/5",
        "壱丁目2-3",
        "三丁1-2",
        "7号室",
    ];
    let mut heads = Heads::default();
    let mut check = |input: String| {
        assert_eq!(Address::parse_with(&mut heads, &input), Address::parse(&input), "{input}")
    };
    let digit =
        |numeral: char| numeral::read_kanji(&[numeral]).map_or(String::new(), |(value, _)| value.to_string());
    for (place, (code, municipality, town)) in gazetteer::tests::towns().enumerate() {
        let prefecture =
            if place % 3 == 0 { "" } else { place::prefecture_name((code / 1000) as u8).unwrap() };
        for at in 0..3 {
            let tail = TAILS[(place + at * 5) % TAILS.len()];
            check(format!("{prefecture}{municipality}{town}{tail}"));
        }
        for (at, numeral) in town.char_indices().filter(|(_, c)| numeral::is_kanji_numeral(*c)) {
            let (head, rest) = town.split_at(at);
            check(format!("{prefecture}{municipality}{head}{}-2", digit(numeral)));
            check(format!(
                "{prefecture}{municipality}{head}{}{}1-2",
                digit(numeral),
                &rest[numeral.len_utf8()..]
            ));
            check(format!("{prefecture}{municipality}{head}{numeral}丁目1-2"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(5_000) })]

    #[test]
    fn remembered_heads_read_as_they_are_written(
        place in proptest::sample::select(&[
            "", "神奈川県横浜市青葉区上谷本町", "札幌市北区北", "札幌市中央区大通西", "千葉県山武市", "東京都千代田区", "大阪府堺市堺区",
            "京都府京都市中京区油屋町", "石狩支庁石狩市", "北区", "北海道", "岩手県九戸郡洋野町種市第", "岐阜県",
        ][..]),
        head in soup(),
        tails in proptest::collection::vec(soup(), 1..5),
    ) {
        let mut heads = Heads::default();
        for tail in tails.iter().flat_map(|tail| ["", "1", "一丁目2"].map(|number| format!("{number}{tail}"))) {
            let input = format!("{place}{head}{tail}");
            prop_assert_eq!(Address::parse_with(&mut heads, &input), Address::parse(&input), "{}", input);
        }
    }
}
