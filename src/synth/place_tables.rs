//! Where people live: the shipped municipalities and towns, weighted by residents, with numberings known by hand for some.
//!
//! Which of the other towns have 丁目, and how many, is made up, for no table says it: most towns of cities have some, few
//! that are called 町 themselves or lie in the country. So are shares of the towns within a municipality.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::random::Random;

/// How a dwelling is numbered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Numbering {
    /// 住居表示: 2番9号.
    Block,
    /// 地番: 123番地4.
    Lot,
}
use Numbering::{Block, Lot};

/// A municipality, or a ward of a city.
pub(super) struct Municipality {
    pub(super) prefecture: &'static str,
    /// City with its ward, or district with its town.
    pub(super) name: &'static str,
    pub(super) towns: Vec<Town>,
    /// Old Kyoto: houses are found by the street and the next crossing.
    pub(super) by_street: bool,
}

/// 町域, as the postal service names it.
pub(super) struct Town {
    pub(super) name: &'static str,
    /// How many 丁目 it has, 0 for none.
    pub(super) chome: u8,
    pub(super) numbering: Numbering,
}

/// All places, and how many people live in each municipality.
pub(super) struct Country {
    pub(super) municipalities: Vec<Municipality>,
    /// In the same order; in thousands, times 1,000 where they are shared out.
    pub(super) residents: Vec<u64>,
}

pub(super) static COUNTRY: LazyLock<Country> = LazyLock::new(Country::load);

static MUNICIPALITIES: &str = include_str!("../../data/gazetteer/municipalities.tsv");
static TOWNS: &str = include_str!("../../data/gazetteer/towns.tsv");
static POPULATIONS: &str = include_str!("../../data/gazetteer/populations_hand.tsv");

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

impl Country {
    fn load() -> Self {
        let names: FxHashMap<&str, &str> = rows(MUNICIPALITIES)
            .map(|(code, rest)| (code, rest.split_once('\t').map_or(rest, |(name, _)| name)))
            .collect();
        let of_prefecture = |code: &'static str| code.get(..2).unwrap_or_default();
        let mut country = Country { municipalities: Vec::new(), residents: Vec::new() };
        let mut towns = rows(TOWNS).peekable();
        for (prefecture, populations) in rows(POPULATIONS) {
            let first = country.municipalities.len();
            let prefecture_name = names.get(prefecture).copied().unwrap_or_default();
            while let Some((code, towns)) = towns.next_if(|(code, _)| of_prefecture(code) == prefecture) {
                let name = names.get(code).copied().unwrap_or_default();
                let towns = towns_of(prefecture_name, name, towns);
                let by_street = ["京都市上京区", "京都市中京区", "京都市下京区"].contains(&name);
                let prefecture = prefecture_name;
                country.municipalities.push(Municipality { prefecture, name, towns, by_street });
            }
            let own = country.municipalities.get(first..).unwrap_or_default();
            country.residents.extend(residents(own, populations));
        }
        country
    }
}

/// The residents of the municipalities of a prefecture. Those whose figure is not known share what is left by their kind:
/// a city (市) counts for four towns (町) or twelve villages (村).
fn residents<'m>(
    municipalities: &'m [Municipality],
    populations: &'static str,
) -> impl Iterator<Item = u64> + use<'m> {
    let (all, known) = populations.split_once('\t').unwrap_or((populations, ""));
    let number = |text: &str| text.parse::<u64>().unwrap_or(0) * 1_000;
    let known: FxHashMap<&str, u64> =
        known.split(' ').filter_map(|city| city.split_once('=')).map(|(name, n)| (name, number(n))).collect();
    let kind = |name: &str| match name.chars().last() {
        Some('市') => 12,
        Some('区') => 6,
        Some('町') => 3,
        _ => 1,
    };
    let rest = number(all).saturating_sub(known.values().sum());
    let unknown = municipalities.iter().filter(|place| !known.contains_key(place.name));
    let kinds: u64 = unknown.map(|place| kind(place.name)).sum::<u64>().max(1);
    municipalities
        .iter()
        .map(move |place| known.get(place.name).copied().unwrap_or_else(|| rest * kind(place.name) / kinds))
}

fn towns_of(prefecture: &str, municipality: &str, towns: &'static str) -> Vec<Town> {
    let known = KNOWN.iter().find(|known| known.prefecture == prefecture && known.name == municipality);
    let listed = |town: &str| {
        let known = known?;
        let (_, chome) = known.towns.iter().find(|(name, _)| *name == town)?;
        Some((*chome as u8, known.numbering))
    };
    towns
        .split(' ')
        .map(|town| town.split_once('=').map_or(town, |(name, _)| name))
        // A village without towns has one of no name.
        .map(|name| {
            let (chome, numbering) = listed(name).unwrap_or_else(|| made_up(municipality, name));
            Town { name, chome, numbering }
        })
        .collect()
}

/// 丁目 and numbering of a town of which nothing is known.
fn made_up(municipality: &str, town: &str) -> (u8, Numbering) {
    let mut random = Random::of_text(municipality.bytes().chain(town.bytes()));
    let divided = if town.contains('条') && town.ends_with(['条', '東', '西']) {
        100
    } else if town.starts_with("大字") || municipality.ends_with(['町', '村']) {
        8
    } else if town.ends_with('町') {
        15
    } else if municipality.ends_with('区') {
        70
    } else {
        45
    };
    let chome = if random.percent(divided) { random.between(2, 7) } else { 0 };
    let block = random.percent(if chome > 0 { 80 } else { 12 });
    (chome as u8, if block { Block } else { Lot })
}

/// Numbering and numbers of 丁目 of some towns of a municipality.
struct Known {
    prefecture: &'static str,
    /// City with its ward, or district with its town.
    name: &'static str,
    numbering: Numbering,
    /// Town and its number of 丁目, 0 for none.
    towns: &'static [(&'static str, u32)],
}

const fn city(
    prefecture: &'static str,
    name: &'static str,
    numbering: Numbering,
    towns: &'static [(&'static str, u32)],
) -> Known {
    Known { prefecture, name, numbering, towns }
}

#[rustfmt::skip]
static KNOWN: &[Known] = &[
    city("北海道", "札幌市中央区", Lot, &[("北一条西", 28), ("北三条西", 30), ("大通西", 28), ("南一条西", 28), ("南四条西", 23), ("宮の森一条", 18), ("円山西町", 10)]),
    city("北海道", "札幌市北区", Lot, &[("北七条西", 13), ("北二十四条西", 20), ("新琴似一条", 13), ("屯田六条", 12), ("麻生町", 9)]),
    city("北海道", "旭川市", Lot, &[("1条通", 26), ("2条通", 26), ("春光1条", 9), ("神楽3条", 14), ("豊岡4条", 12)]),
    city("北海道", "函館市", Block, &[("五稜郭町", 0), ("本町", 0), ("美原", 5), ("湯川町", 3), ("桔梗", 5)]),
    city("青森県", "青森市", Block, &[("長島", 4), ("本町", 5), ("浪館前田", 4), ("筒井", 4), ("新町", 2)]),
    city("岩手県", "盛岡市", Block, &[("中央通", 3), ("本宮", 7), ("みたけ", 6), ("月が丘", 3), ("山岸", 6)]),
    city("宮城県", "仙台市青葉区", Block, &[("国分町", 3), ("一番町", 4), ("八幡", 7), ("中山", 9), ("上杉", 6), ("木町通", 2)]),
    city("宮城県", "石巻市", Lot, &[("穀町", 0), ("蛇田", 0), ("中央", 3), ("向陽町", 5), ("大街道北", 4)]),
    city("秋田県", "秋田市", Block, &[("山王", 7), ("手形", 0), ("広面", 0), ("泉中央", 6), ("将軍野東", 4)]),
    city("山形県", "山形市", Block, &[("七日町", 5), ("香澄町", 3), ("桜田東", 4), ("嶋北", 4), ("鉄砲町", 3)]),
    city("福島県", "福島市", Lot, &[("五老内町", 0), ("南沢又", 0), ("笹谷", 0), ("蓬莱町", 8)]),
    city("福島県", "会津若松市", Block, &[("東栄町", 0), ("千石町", 0), ("一箕町亀賀", 0), ("城前", 0), ("門田町日吉", 0)]),
    city("茨城県", "水戸市", Block, &[("中央", 2), ("千波町", 0), ("城南", 3), ("見和", 3), ("赤塚", 2)]),
    city("茨城県", "つくば市", Lot, &[("吾妻", 4), ("天久保", 4), ("研究学園", 7), ("竹園", 3), ("谷田部", 0)]),
    city("栃木県", "宇都宮市", Block, &[("旭", 2), ("鶴田町", 0), ("西川田町", 0), ("宝木町", 2), ("ゆいの杜", 8)]),
    city("群馬県", "前橋市", Block, &[("大手町", 3), ("元総社町", 0), ("朝日町", 4), ("文京町", 4), ("上小出町", 3)]),
    city("埼玉県", "さいたま市浦和区", Block, &[("常盤", 10), ("岸町", 7), ("北浦和", 5), ("高砂", 4), ("針ヶ谷", 4)]),
    city("埼玉県", "川口市", Block, &[("青木", 5), ("栄町", 3), ("西川口", 6), ("芝", 5), ("戸塚", 6)]),
    city("埼玉県", "坂戸市", Lot, &[("日の出町", 0), ("千代田", 5), ("鶴舞", 4), ("にっさい花みず木", 8), ("浅羽", 0)]),
    city("埼玉県", "北足立郡伊奈町", Lot, &[("小室", 0), ("小針内宿", 0), ("寿", 4), ("栄", 6), ("学園", 4)]),
    city("千葉県", "千葉市中央区", Lot, &[("中央", 4), ("都町", 8), ("蘇我", 5), ("今井", 3), ("松ケ丘町", 0)]),
    city("千葉県", "船橋市", Block, &[("本町", 7), ("宮本", 9), ("海神", 6), ("前原西", 8), ("習志野台", 8)]),
    city("千葉県", "浦安市", Block, &[("舞浜", 3), ("富士見", 5), ("美浜", 5), ("北栄", 4), ("堀江", 6)]),
    city("東京都", "千代田区", Block, &[("紀尾井町", 0), ("霞が関", 3), ("神田神保町", 3), ("麹町", 6), ("九段南", 4), ("外神田", 6)]),
    city("東京都", "新宿区", Block, &[("西新宿", 8), ("高田馬場", 4), ("北新宿", 4), ("大久保", 3), ("早稲田鶴巻町", 0)]),
    city("東京都", "世田谷区", Block, &[("成城", 9), ("三軒茶屋", 2), ("桜新町", 2), ("奥沢", 8), ("上北沢", 5), ("等々力", 8), ("用賀", 4)]),
    city("東京都", "大田区", Block, &[("蒲田", 5), ("大森北", 6), ("田園調布", 5), ("池上", 8), ("南雪谷", 5)]),
    city("東京都", "江東区", Block, &[("亀戸", 9), ("豊洲", 6), ("大島", 9), ("木場", 6), ("東陽", 7)]),
    city("東京都", "練馬区", Block, &[("光が丘", 7), ("石神井町", 8), ("豊玉北", 6), ("大泉学園町", 9), ("関町北", 5)]),
    city("東京都", "足立区", Block, &[("千住", 5), ("西新井", 7), ("綾瀬", 7), ("梅島", 3), ("竹の塚", 7)]),
    city("東京都", "八王子市", Lot, &[("元本郷町", 4), ("子安町", 4), ("館町", 0), ("南大沢", 5), ("めじろ台", 4)]),
    city("東京都", "町田市", Lot, &[("原町田", 6), ("中町", 4), ("鶴川", 6), ("小山町", 0), ("金森", 7)]),
    city("神奈川県", "横浜市中区", Lot, &[("本町", 6), ("山下町", 0), ("本牧原", 0), ("石川町", 5), ("根岸町", 3)]),
    city("神奈川県", "横浜市港北区", Block, &[("日吉", 7), ("綱島西", 6), ("大倉山", 7), ("菊名", 7), ("新横浜", 3)]),
    city("神奈川県", "川崎市中原区", Lot, &[("小杉町", 3), ("新丸子東", 3), ("木月", 4), ("上小田中", 7), ("下沼部", 0)]),
    city("神奈川県", "相模原市南区", Block, &[("相模大野", 9), ("東林間", 8), ("上鶴間", 8), ("若松", 6), ("麻溝台", 8)]),
    city("神奈川県", "鎌倉市", Block, &[("小町", 3), ("由比ガ浜", 4), ("大船", 6), ("材木座", 6), ("御成町", 0)]),
    city("新潟県", "新潟市中央区", Lot, &[("学校町通", 3), ("関屋", 0), ("女池", 8), ("東大通", 2), ("西堀通", 8)]),
    city("富山県", "富山市", Lot, &[("新桜町", 0), ("婦中町増田", 0), ("堀川町", 0), ("山室", 0), ("豊田本町", 4)]),
    city("石川県", "金沢市", Lot, &[("広坂", 2), ("泉野町", 6), ("小立野", 5), ("額新町", 2), ("東蚊爪町", 0)]),
    city("福井県", "福井市", Lot, &[("大手", 3), ("文京", 7), ("二の宮", 5), ("開発", 5), ("花堂南", 2)]),
    city("山梨県", "甲府市", Lot, &[("丸の内", 3), ("武田", 4), ("湯村", 3), ("国母", 8), ("朝気", 3)]),
    city("長野県", "長野市", Lot, &[("若里", 7), ("篠ノ井布施高田", 0), ("吉田", 5), ("三輪", 10), ("川中島町今井", 0)]),
    city("長野県", "松本市", Block, &[("丸の内", 0), ("大手", 5), ("開智", 3), ("蟻ケ崎", 6), ("沢村", 3)]),
    city("岐阜県", "岐阜市", Lot, &[("司町", 0), ("長良", 0), ("加納本町", 9), ("則武中", 4), ("鏡島西", 3)]),
    city("静岡県", "静岡市葵区", Block, &[("追手町", 0), ("安東", 3), ("瀬名", 7), ("城北", 0), ("駒形通", 6)]),
    city("静岡県", "浜松市中央区", Lot, &[("元城町", 0), ("佐鳴台", 6), ("和地山", 3), ("上島", 7), ("入野町", 0)]),
    city("愛知県", "名古屋市千種区", Lot, &[("覚王山通", 9), ("今池", 5), ("東山元町", 6), ("星が丘元町", 0), ("猫洞通", 5)]),
    city("愛知県", "名古屋市緑区", Lot, &[("鳴海町", 0), ("桶狭間", 0), ("滝ノ水", 5), ("徳重", 5), ("大高町", 0)]),
    city("愛知県", "豊田市", Lot, &[("西町", 8), ("小坂本町", 8), ("梅坪町", 9), ("美里", 6), ("高岡町", 0)]),
    city("愛知県", "豊橋市", Lot, &[("今橋町", 0), ("曙町", 0), ("東脇", 4), ("牟呂町", 0), ("草間町", 0)]),
    city("三重県", "津市", Lot, &[("西丸之内", 0), ("久居新町", 0), ("大里窪田町", 0), ("白塚町", 0), ("桜橋", 3)]),
    city("滋賀県", "大津市", Block, &[("御陵町", 0), ("瀬田", 4), ("におの浜", 4), ("本堅田", 6), ("石山寺", 5)]),
    city("京都府", "京都市中京区", Lot, &[("油屋町", 0), ("二条殿町", 0), ("壬生馬場町", 0), ("西ノ京南円町", 0), ("三文字町", 0)]),
    city("京都府", "京都市伏見区", Lot, &[("深草西浦町", 8), ("桃山町大島", 0), ("醍醐高畑町", 0), ("久我本町", 0), ("淀本町", 0)]),
    city("大阪府", "大阪市北区", Block, &[("中之島", 6), ("梅田", 3), ("天神橋", 8), ("天満", 4), ("大淀中", 5)]),
    city("大阪府", "大阪市平野区", Block, &[("平野本町", 5), ("喜連西", 6), ("加美東", 7), ("長吉長原", 4), ("瓜破", 9)]),
    city("大阪府", "堺市堺区", Block, &[("南瓦町", 0), ("三国ヶ丘御幸通", 0), ("香ヶ丘町", 5), ("大浜南町", 3), ("砂道町", 3)]),
    city("大阪府", "東大阪市", Block, &[("荒本北", 3), ("小阪", 3), ("永和", 3), ("瓢箪山町", 0), ("菱屋西", 6)]),
    city("大阪府", "豊中市", Block, &[("中桜塚", 5), ("新千里東町", 3), ("庄内東町", 6), ("本町", 9), ("上野東", 3)]),
    city("兵庫県", "神戸市中央区", Block, &[("加納町", 6), ("中山手通", 7), ("北野町", 4), ("元町通", 7), ("港島中町", 8)]),
    city("兵庫県", "西宮市", Block, &[("六湛寺町", 0), ("甲子園口", 6), ("上甲子園", 5), ("羽衣町", 0), ("門戸東町", 0)]),
    city("兵庫県", "姫路市", Lot, &[("安田", 4), ("飾磨区中島", 0), ("御国野町御着", 0), ("広畑区東新町", 3), ("城見町", 0)]),
    city("奈良県", "奈良市", Lot, &[("二条大路南", 5), ("学園北", 2), ("あやめ池南", 9), ("油阪町", 0), ("三条町", 0)]),
    city("和歌山県", "和歌山市", Lot, &[("七番丁", 0), ("一番丁", 0), ("西浜", 0), ("紀三井寺", 0), ("六十谷", 0)]),
    city("岡山県", "岡山市北区", Lot, &[("大供", 3), ("津島福居", 2), ("奉還町", 4), ("表町", 3), ("庭瀬", 0)]),
    city("広島県", "広島市中区", Block, &[("国泰寺町", 2), ("舟入南", 6), ("吉島西", 3), ("江波東", 2), ("白島北町", 0)]),
    city("広島県", "福山市", Block, &[("東桜町", 0), ("西町", 3), ("春日町", 7), ("神辺町八尋", 0), ("新涯町", 5)]),
    city("山口県", "下関市", Lot, &[("南部町", 0), ("彦島江の浦町", 9), ("長府安養寺", 4), ("綾羅木本町", 9), ("幡生町", 2)]),
    city("香川県", "高松市", Lot, &[("番町", 5), ("栗林町", 3), ("屋島西町", 0), ("仏生山町甲", 0), ("木太町", 0)]),
    city("愛媛県", "松山市", Lot, &[("二番町", 4), ("道後湯之町", 0), ("余戸中", 6), ("久米窪田町", 0), ("山越", 6)]),
    city("高知県", "高知市", Block, &[("本町", 5), ("はりまや町", 3), ("朝倉本町", 0), ("一宮中町", 3), ("桜井町", 2)]),
    city("福岡県", "福岡市博多区", Block, &[("博多駅前", 4), ("吉塚", 8), ("美野島", 4), ("麦野", 6), ("千代", 6)]),
    city("福岡県", "北九州市小倉北区", Block, &[("大手町", 0), ("片野", 5), ("三萩野", 3), ("下富野", 5), ("城内", 0)]),
    city("佐賀県", "佐賀市", Lot, &[("栄町", 0), ("八戸", 3), ("駅前中央", 3), ("兵庫南", 4), ("鍋島", 6)]),
    city("長崎県", "長崎市", Block, &[("桜町", 0), ("滑石", 6), ("三ツ山町", 0), ("愛宕", 4), ("油木町", 0)]),
    city("熊本県", "熊本市中央区", Lot, &[("手取本町", 0), ("水前寺", 6), ("帯山", 9), ("黒髪", 8), ("九品寺", 6)]),
    city("大分県", "大分市", Lot, &[("荷揚町", 0), ("大石町", 5), ("明野東", 5), ("敷戸西町", 0), ("荏隈", 0)]),
    city("宮崎県", "宮崎市", Lot, &[("橘通西", 5), ("大塚町", 0), ("希望ケ丘", 4), ("清武町加納", 0), ("大工", 3)]),
    city("鹿児島県", "鹿児島市", Lot, &[("山下町", 0), ("紫原", 7), ("伊敷台", 7), ("下荒田", 4), ("谷山中央", 8)]),
    city("沖縄県", "那覇市", Lot, &[("泉崎", 2), ("首里当蔵町", 3), ("安里", 0), ("おもろまち", 4), ("小禄", 5)]),
];

/// Kyoto: the crossing from which a house is named, and the way one walks from there (DOMAIN 8.5).
pub(super) static KYOTO_STREETS: [&str; 8] = [
    "烏丸通御池上る",
    "烏丸通二条下る",
    "寺町通御池下る",
    "河原町通三条上る",
    "御幸町通六角下る",
    "柳馬場通御池下る",
    "油小路通三条上る",
    "新町通錦小路上る",
];

/// Names of apartment buildings: kind, then flower or quality, in either order.
pub(super) static BUILDING_KINDS: [&str; 12] = [
    "コーポ",
    "メゾン",
    "ハイツ",
    "レジデンス",
    "シャトー",
    "パレス",
    "グランデ",
    "ヴィラ",
    "カーサ",
    "第二コーポ",
    "エステート",
    "サンハイツ",
];
pub(super) static BUILDING_NAMES: [&str; 20] = [
    "桜",
    "若葉",
    "富士",
    "青葉",
    "ひまわり",
    "すみれ",
    "コスモス",
    "松風",
    "光",
    "みどり",
    "さくら",
    "グリーン",
    "サニー",
    "つばき",
    "あおい",
    "平和",
    "センター",
    "シーサイド",
    "緑風",
    "白百合",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_municipality_has_towns_and_residents() {
        let Country { municipalities, residents } = &*COUNTRY;
        assert_eq!((municipalities.len(), residents.len()), (1_892, 1_892));
        assert!(municipalities.iter().all(|place| !place.towns.is_empty() && !place.prefecture.is_empty()));
        assert!(residents.iter().all(|&residents| residents > 0));
        let all: u64 = residents.iter().sum();
        assert!(all.abs_diff(126_146_000) < 3_000, "{all}: the census of 2020 counted 126,146,099");
    }

    #[test]
    fn what_is_known_by_hand_is_about_places_of_the_gazetteer() {
        for known in KNOWN {
            let place = COUNTRY
                .municipalities
                .iter()
                .find(|place| (place.prefecture, place.name) == (known.prefecture, known.name));
            let place = place.unwrap_or_else(|| panic!("{}", known.name));
            for (town, chome) in known.towns {
                let found = place.towns.iter().find(|found| found.name == *town);
                assert_eq!(found.map(|found| u32::from(found.chome)), Some(*chome), "{}{town}", known.name);
            }
        }
        for (prefecture, populations) in rows(POPULATIONS) {
            let (_, cities) = populations.split_once('\t').unwrap();
            for city in cities.split(' ').map(|city| city.split_once('=').unwrap().0) {
                let named = rows(MUNICIPALITIES)
                    .filter(|(code, rest)| code.starts_with(prefecture) && rest.starts_with(city));
                assert_eq!(named.count(), 1, "{city}");
            }
        }
    }
}
