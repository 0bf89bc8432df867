//! Addresses as read, each case with the source of its form; and the laws of reading.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> String {
    Address::parse(text).unwrap().canonical()
}

/// (source, written, read)
const CASES: &[(&str, &str, &str)] = &[
    // DOMAIN 8.1: the parts, and what may be dropped
    ("8.1", "東京都千代田区霞が関二丁目1番6号", "東京都//千代田区//霞ケ関//2丁目1番6号//"),
    ("8.1", "神奈川県足柄下郡箱根町大字箱根字西１２番地", "神奈川県/足柄下郡/箱根町//箱根/西/12番地//"),
    ("8.1", "足柄下郡箱根町箱根西12", "神奈川県/足柄下郡/箱根町//箱根/西/12//"),
    ("8.1", "北海道旭川市北1条1-3", "北海道//旭川市//北一条//1-3//"),
    ("8.1", "北海道札幌市中央区北１条西５丁目", "北海道//札幌市中央区//北一条西//5丁目//"),
    ("8.1", "札幌市中央区北一条西五丁目2-3", "北海道//札幌市中央区//北一条西//5丁目2-3//"),
    ("8.1", "札幌市中央区北１２条西5-2-3", "北海道//札幌市中央区//北十二条西//5-2-3//"),
    ("8.1", "石川県七尾市大田町甲12番地の3", "石川県//七尾市//大田町/甲/12番地3//"),
    ("8.1", "石川県鳳珠郡穴水町字川島ラの34番地", "石川県/鳳珠郡/穴水町//川島/ラ/34番地//"),
    ("8.1", "石川県輪島市門前町イ-11", "石川県//輪島市//門前町イ//11//"),
    ("8.1", "静岡県賀茂郡東伊豆町番外地", "静岡県/賀茂郡/東伊豆町////番外地//"),
    ("8.1", "静岡県賀茂郡東伊豆町奈良本5番地先", "静岡県/賀茂郡/東伊豆町//奈良本//5番地地先//"),
    ("8.1", "静岡県賀茂郡東伊豆町奈良本無番地", "静岡県/賀茂郡/東伊豆町//奈良本//無番地//"),
    ("8.1", "〒100-0013 東京都千代田区霞が関2-1-6", "東京都//千代田区//霞ケ関//2-1-6//"),
    // DOMAIN 8.2
    ("8.2", "東京都千代田区紀尾井町1-2", "東京都//千代田区//紀尾井町//1-2//"),
    ("8.2", "千葉県浦安市舞浜2番地11", "千葉県//浦安市//舞浜//2番地11//"),
    ("8.2", "千葉県浦安市舞浜2-1-1", "千葉県//浦安市//舞浜//2-1-1//"),
    // DOMAIN 8.3
    ("8.3", "福島市東町一丁目5番", "福島県//福島市//東町//1丁目5番//"),
    ("8.3", "大分市大石町3丁目3-5", "大分県//大分市//大石町//3丁目3-5//"),
    // DOMAIN 8.4: dashes, の, numerals, names that look like something else
    ("8.4 dash", "青葉市本町1一3", "//青葉市//本町//1-3//"),
    ("8.4 dash", "青葉市本町1一3一番館", "//青葉市//本町//1-3/一番館/"),
    ("8.4 dash", "青葉市本町1-3一番館", "//青葉市//本町//1-3/一番館/"),
    ("8.4 dash", "青葉市本町１ー２ｰ３", "//青葉市//本町//1-2-3//"),
    ("8.4 dash", "岩手県盛岡市流通センター北1ー2", "岩手県//盛岡市//流通センター北//1-2//"),
    ("8.4 dash", "青葉市流通センター1-2", "//青葉市//流通センター//1-2//"),
    ("8.4 dash", "青葉市流通ｾﾝﾀｰ1ー2", "//青葉市//流通センター//1-2//"),
    ("8.4 no", "青葉市本町3丁目2番地の9", "//青葉市//本町//3丁目2番地9//"),
    ("8.4 no", "青葉市本町3の2ノ9", "//青葉市//本町//3-2-9//"),
    ("8.4 no", "青葉市本町3之2丿9", "//青葉市//本町//3-2-9//"),
    ("8.4 no", "青葉市本町三の二の九", "//青葉市//本町//3-2-9//"),
    ("8.4 no", "青葉市三の丸1-2", "//青葉市//三ノ丸//1-2//"),
    ("8.4 no", "青葉市三之丸1-2", "//青葉市//三ノ丸//1-2//"),
    ("8.4 daiji", "青葉市本町壱弐番地", "//青葉市//本町//12番地//"),
    ("8.4 ke", "金沢市金ｹ崎町1", "石川県//金沢市//金ケ崎町//1//"),
    ("8.4 ke", "龍ヶ崎市松ヶ丘1", "茨城県//龍ケ崎市//松ケ丘//1//"),
    ("8.4 ke", "横浜市保土ヶ谷区ひばりが丘1", "神奈川県//横浜市保土ケ谷区//ヒバリケ丘//1//"),
    ("8.4 number", "加賀市壱壱壱部5番地", "石川県//加賀市//壱壱壱部//5番地//"),
    ("8.4 number", "京都市中京区三条1", "京都府//京都市中京区//三条//1//"),
    ("8.4 number", "大館市十二所1-2", "秋田県//大館市//十二所//1-2//"),
    ("8.4 number", "千葉県山武郡九十九里町片貝100", "千葉県/山武郡/九十九里町//片貝//100//"),
    ("8.4 number", "青葉市六部12-3", "//青葉市//六部//12-3//"),
    ("8.4 number", "千代田区一番町3-2", "東京都//千代田区//一番町//3-2//"),
    ("8.4 number", "千代田区１番町3-2", "東京都//千代田区//一番町//3-2//"),
    ("8.4 number", "名古屋市熱田区一番1丁目2-3", "愛知県//名古屋市熱田区//一番//1丁目2-3//"),
    ("8.4 number", "港区麻布十番1-2-3", "東京都//港区//麻布十番//1-2-3//"),
    ("8.4 number", "港区六本木六丁目十番一号", "東京都//港区//六本木//6丁目10番1号//"),
    ("8.4 number", "中央区八丁堀4-1", "東京都//中央区//八丁堀//4-1//"),
    ("8.4 number", "堺市堺区南瓦町3丁1番", "大阪府//堺市堺区//南瓦町//3丁目1番//"),
    ("8.4 chiwari", "岩手県九戸郡洋野町種市第23地割27番地の2", "岩手県/九戸郡/洋野町//種市//23地割27番地2//"),
    ("8.4 chiwari", "洋野町種市23地割27-2", "岩手県/九戸郡/洋野町//種市//23地割27-2//"),
    ("8.4 line", "北海道上川郡東神楽町10号12番地", "北海道/上川郡/東神楽町//十号//12番地//"),
    ("8.4 line", "空知郡上富良野町第１安井牧場3", "北海道/空知郡/上富良野町//第一安井牧場//3//"),
    ("8.4 number", "厚岸郡浜中町一番沢3番地", "北海道/厚岸郡/浜中町//一番沢//3番地//"),
    ("8.4 line", "上川郡東川町東5号北3線12番地", "北海道/上川郡/東川町//東五号北/三線/12番地//"),
    ("8.4 line", "標津郡中標津町字計根別基線西4線35", "北海道/標津郡/中標津町//計根別/基線西四線/35//"),
    ("8.4 name", "千葉県旭市ニ1234", "千葉県//旭市//ニ//1234//"),
    ("8.4 unreadable", "青葉市本●町1-2", "//青葉市//本●町//1-2//"),
    ("8.4 unreadable", "青葉市本\u{FFFD}町1-2", "//青葉市//本●町//1-2//"),
    ("8.4 brackets", "青葉市本町1-2-3(パレス301)", "//青葉市//本町//1-2-3/パレス/301"),
    ("8.4 room", "青葉市本町1-5-302号室", "//青葉市//本町//1-5//302"),
    // DOMAIN 8.5
    (
        "8.5",
        "京都府京都市中京区麩屋町通三条上る下白山町298",
        "京都府//京都市中京区/麩屋町三条上/下白山町//298//",
    ),
    ("8.5", "京都市下京区烏丸通五条下ル大坂町400番地", "京都府//京都市下京区/烏丸五条下/大坂町//400番地//"),
    (
        "8.5",
        "京都市中京区寺町通御池上がる上本能寺前町488",
        "京都府//京都市中京区/寺町御池上/上本能寺前町//488//",
    ),
    (
        "8.5",
        "京都市上京区北小路通新町西入２丁目下石橋南半町50",
        "京都府//京都市上京区/北小路新町西入二丁目/下石橋南半町//50//",
    ),
    ("8.5", "京都市中京区油屋町12", "京都府//京都市中京区//油屋町//12//"),
    // Municipalities whose names hold an ending
    ("name", "千葉県市川市市川1-2", "千葉県//市川市//市川//1-2//"),
    ("name", "三重県四日市市諏訪町1-5", "三重県//四日市市//諏訪町//1-5//"),
    ("name", "広島県廿日市市下平良1-11-1", "広島県//廿日市市//下平良//1-11-1//"),
    ("name", "長野県大町市大町3887", "長野県//大町市//大町//3887//"),
    ("name", "東京都町田市森野2-2-22", "東京都//町田市//森野//2-2-22//"),
    ("name", "新潟県十日町市千歳町3-3", "新潟県//十日町市//千歳町//3-3//"),
    ("name", "東京都東村山市本町1-2-3", "東京都//東村山市//本町//1-2-3//"),
    ("name", "新潟県村上市三之町1-1", "新潟県//村上市//三ノ町//1-1//"),
    ("name", "北海道余市郡余市町朝日町26", "北海道/余市郡/余市町//朝日町//26//"),
    ("name", "余市町朝日町26", "北海道/余市郡/余市町//朝日町//26//"),
    ("name", "福島県郡山市朝日1-23-7", "福島県//郡山市//朝日//1-23-7//"),
    ("name", "愛知県蒲郡市旭町17-1", "愛知県//蒲郡市//旭町//17-1//"),
    ("name", "岐阜県郡上市八幡町島谷228", "岐阜県//郡上市//八幡町島谷//228//"),
    ("name", "福岡県小郡市小郡255-1", "福岡県//小郡市//小郡//255-1//"),
    ("name", "奈良県大和郡山市北郡山町248-4", "奈良県//大和郡山市//北郡山町//248-4//"),
    ("name", "群馬県佐波郡玉村町下新田201", "群馬県/佐波郡/玉村町//下新田//201//"),
    ("name", "奈良県高市郡明日香村岡55", "奈良県/高市郡/明日香村//岡//55//"),
    ("name", "佐賀県杵島郡大町町大町5017", "佐賀県/杵島郡/大町町//大町//5017//"),
    ("name", "埼玉県さいたま市見沼区堀崎町12-36", "埼玉県//サイタマ市見沼区//堀崎町//12-36//"),
    ("name", "東京都千代田区麹町1-2", "東京都//千代田区//麹町//1-2//"),
    ("name", "新潟県上越市大潟区土底浜1081-1", "新潟県//上越市//大潟区土底浜//1081-1//"),
    ("name", "茨城県つくばみらい市福田195", "茨城県//ツクバミライ市//福田//195//"),
    // Rooms, buildings and lodgers
    ("room", "青葉市本町1-2-3-405", "//青葉市//本町//1-2-3//405"),
    ("room", "青葉市本町1丁目2番3号405号室", "//青葉市//本町//1丁目2番3号//405"),
    ("room", "青葉市本町1-2-3 ４０５", "//青葉市//本町//1-2-3//405"),
    ("room", "青葉市本町1-2-3 #405", "//青葉市//本町//1-2-3//405"),
    ("room", "青葉市本町1-2-3パレス４０５", "//青葉市//本町//1-2-3/パレス/405"),
    ("room", "青葉市本町1-2-3パレスＡ棟405室", "//青葉市//本町//1-2-3/パレス/A405"),
    ("room", "青葉市本町1-2-3パレスA-405", "//青葉市//本町//1-2-3/パレス/A405"),
    ("room", "青葉市本町1-2-3パレスa405", "//青葉市//本町//1-2-3/パレス/A405"),
    ("room", "青葉市本町1-2-5号棟302", "//青葉市//本町//1-2//5-302"),
    ("room", "青葉市本町1-2 市営住宅5号棟302号", "//青葉市//本町//1-2/市営住宅/5-302"),
    ("room", "青葉市本町1-2 市営住宅5-302", "//青葉市//本町//1-2/市営住宅/5-302"),
    ("room", "青葉市本町1-2-3 3F", "//青葉市//本町//1-2-3//3F"),
    ("room", "青葉市本町1-2-3 中央ビル3階", "//青葉市//本町//1-2-3/中央ビル/3F"),
    ("room", "青葉市本町1-2-3 中央ビル3階302号室", "//青葉市//本町//1-2-3/中央ビル/302"),
    ("room", "青葉市本町1-2-3 中央ビル三〇二号室", "//青葉市//本町//1-2-3/中央ビル/302"),
    ("room", "青葉市本町1-2-3 中央ビルA号室", "//青葉市//本町//1-2-3/中央ビル/A"),
    ("room", "青葉市本町1-2-3 中央ビル101B", "//青葉市//本町//1-2-3/中央ビル/101B"),
    ("building", "青葉市本町1-2-3 ハイツ第2", "//青葉市//本町//1-2-3/ハイツ第2/"),
    ("building", "青葉市本町1-2-3 グランド・ハイツ", "//青葉市//本町//1-2-3/グランドハイツ/"),
    ("lodger", "青葉市本町1-2-3 山田様方", "//青葉市//本町//1-2-3//"),
    ("lodger", "青葉市本町1-2-3 コーポ甲202 山田方", "//青葉市//本町//1-2-3/コーポ甲/202"),
];

#[test]
fn reads_every_form_of_the_sources() {
    for (source, written, expected) in CASES {
        assert_eq!(read(written), *expected, "{source}: {written}");
    }
}

#[test]
fn reading_back_changes_nothing() {
    for (_, written, _) in CASES {
        let address = Address::parse(written).unwrap();
        let again = Address::parse(&address.canonical()).unwrap();
        assert_eq!(again.canonical(), address.canonical());
        assert_eq!((again.town_key(), again.block_key()), (address.town_key(), address.block_key()));
        assert!(again.folds().is_empty() || again.folds() == FoldSet::EMPTY);
    }
}

/// DOMAIN 8.4: fourteen characters stand for a dash.
#[test]
fn every_dash_is_a_dash() {
    let expected = read("青葉市本町1-2-3");
    for dash in "-‐‑‒–—―−－─━ーｰ⁃一の之ノ丿ﾉ".chars() {
        assert_eq!(read(&format!("青葉市本町1{dash}2{dash}3")), expected, "{dash}");
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
            full.knows_town() && full.area().is_empty() && full.numbers().len() == 2,
            "{municipality}{town}"
        );
        assert_eq!(bare.block_key(), full.block_key(), "{municipality}{town}");
        assert!(seen.insert((code, full.town().to_owned())) || full.is_ambiguous(), "{municipality}{town}");
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
        if !address.knows_town() || town.ends_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        assert_eq!(address.town_id().is_none(), address.is_ambiguous(), "{municipality}{town}");
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
            assert!(old.is_former() && old.block_key() == new.block_key(), "{written}{rest}");
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
        prop_assert_eq!((again.knows_town(), again.is_ambiguous()), (address.knows_town(), address.is_ambiguous()));
    }
}
