//! A village of few names, so that strangers share a name and a birth date as often as they do in a country: residents, and
//! records about them and about outsiders who are drawn just as they are.

use himozuke::Record;
use himozuke::synth::{Population, SynthConfig};

const FAMILIES: [(&str, &str); 30] = [
    ("佐藤", "サトウ"),
    ("鈴木", "スズキ"),
    ("高橋", "タカハシ"),
    ("田中", "タナカ"),
    ("伊藤", "イトウ"),
    ("渡辺", "ワタナベ"),
    ("山本", "ヤマモト"),
    ("中村", "ナカムラ"),
    ("小林", "コバヤシ"),
    ("加藤", "カトウ"),
    ("吉田", "ヨシダ"),
    ("山田", "ヤマダ"),
    ("佐々木", "ササキ"),
    ("山口", "ヤマグチ"),
    ("松本", "マツモト"),
    ("井上", "イノウエ"),
    ("木村", "キムラ"),
    ("林", "ハヤシ"),
    ("斎藤", "サイトウ"),
    ("清水", "シミズ"),
    ("山崎", "ヤマザキ"),
    ("森", "モリ"),
    ("池田", "イケダ"),
    ("橋本", "ハシモト"),
    ("阿部", "アベ"),
    ("石川", "イシカワ"),
    ("山下", "ヤマシタ"),
    ("中島", "ナカジマ"),
    ("石井", "イシイ"),
    ("小川", "オガワ"),
];
const MEN: [(&str, &str); 30] = [
    ("実", "ミノル"),
    ("清", "キヨシ"),
    ("茂", "シゲル"),
    ("勇", "イサム"),
    ("正", "タダシ"),
    ("進", "ススム"),
    ("博", "ヒロシ"),
    ("隆", "タカシ"),
    ("誠", "マコト"),
    ("豊", "ユタカ"),
    ("学", "マナブ"),
    ("健", "ケン"),
    ("大輔", "ダイスケ"),
    ("翔太", "ショウタ"),
    ("拓也", "タクヤ"),
    ("直樹", "ナオキ"),
    ("健太", "ケンタ"),
    ("達也", "タツヤ"),
    ("哲也", "テツヤ"),
    ("和夫", "カズオ"),
    ("幸雄", "ユキオ"),
    ("昭", "アキラ"),
    ("悟", "サトル"),
    ("剛", "ツヨシ"),
    ("蓮", "レン"),
    ("悠斗", "ユウト"),
    ("樹", "イツキ"),
    ("良一", "リョウイチ"),
    ("康弘", "ヤスヒロ"),
    ("雅彦", "マサヒコ"),
];
const WOMEN: [(&str, &str); 30] = [
    ("幸子", "サチコ"),
    ("和子", "カズコ"),
    ("節子", "セツコ"),
    ("恵子", "ケイコ"),
    ("陽子", "ヨウコ"),
    ("愛", "アイ"),
    ("美咲", "ミサキ"),
    ("葵", "アオイ"),
    ("由美子", "ユミコ"),
    ("明美", "アケミ"),
    ("久美子", "クミコ"),
    ("直美", "ナオミ"),
    ("裕子", "ヒロコ"),
    ("千代", "チヨ"),
    ("文子", "フミコ"),
    ("静江", "シズエ"),
    ("真由美", "マユミ"),
    ("麻衣", "マイ"),
    ("彩", "アヤ"),
    ("七海", "ナナミ"),
    ("結衣", "ユイ"),
    ("優子", "ユウコ"),
    ("弘子", "ヒロコ"),
    ("敏子", "トシコ"),
    ("光子", "ミツコ"),
    ("智子", "トモコ"),
    ("香織", "カオリ"),
    ("沙織", "サオリ"),
    ("茜", "アカネ"),
    ("凛", "リン"),
];

/// SplitMix64.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ 0x5EED)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// Below a bound above 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick(&mut self, texts: &[String]) -> String {
        texts[self.below(texts.len() as u64) as usize].clone()
    }

    /// From 0 to below 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A rank below a bound, the n-th with a weight of 1 / (n + 8): names are skewed, and
    /// none is a tenth of all, as which the model never takes one.
    fn rank(&mut self, bound: u64) -> usize {
        let weight = |rank: u64| 1.0 / (rank as f64 + 8.0);
        let mut left = self.share() * (0..bound).map(weight).sum::<f64>();
        let rank = (0..bound).find(|rank| {
            left -= weight(*rank);
            left < 0.0
        });
        rank.unwrap_or(0) as usize
    }
}

/// How large, how crowded, and who its records are about.
pub struct Village {
    pub seed: u64,
    pub residents: u64,
    pub records: u64,
    /// Family names, and given names of either sex: at most 30.
    pub families: u64,
    pub givens: u64,
    /// The share of records about people who are not registered.
    pub outsiders: f64,
    /// The share of records with another address than the register's.
    pub moved: f64,
}

/// A resident or a record.
#[derive(Clone)]
pub struct Row {
    pub id: String,
    kanji: String,
    kana: String,
    birth: String,
    sex: &'static str,
    address: String,
    /// For a record, whose it is.
    pub truth: Option<String>,
}

impl Row {
    pub fn record(&self) -> Record<'_> {
        Record {
            id: &self.id,
            kanji_name: &self.kanji,
            kana_name: &self.kana,
            birth_date: &self.birth,
            sex: self.sex,
            address: &self.address,
            ..Record::default()
        }
    }
}

impl Village {
    /// The residents, and the records.
    pub fn people(&self) -> (Vec<Row>, Vec<Row>) {
        let chance = &mut Chance::new(self.seed);
        let dwellings = dwellings(self.seed);
        let residents: Vec<Row> =
            (0..self.residents).map(|number| self.person(format!("P{number}"), &dwellings, chance)).collect();
        let record = |number: u64| {
            let id = format!("R{number}");
            let (mut row, truth) = if chance.share() < self.outsiders {
                (self.person(id, &dwellings, chance), None)
            } else {
                let resident = &residents[chance.below(self.residents) as usize];
                (Row { id, ..resident.clone() }, Some(resident.id.clone()))
            };
            self.miswrite(&mut row, &dwellings, chance);
            Row { truth, ..row }
        };
        let records = (0..self.records).map(record).collect();
        (residents, records)
    }

    fn person(&self, id: String, dwellings: &[String], chance: &mut Chance) -> Row {
        let family = FAMILIES[chance.rank(self.families)];
        let (sex, givens) = if chance.below(2) == 0 { ("1", &MEN) } else { ("2", &WOMEN) };
        let given = givens[chance.rank(self.givens)];
        let birth =
            format!("{}-{:02}-{:02}", 1945 + chance.below(78), 1 + chance.below(12), 1 + chance.below(28));
        Row {
            id,
            kanji: format!("{}　{}", family.0, given.0),
            kana: format!("{}　{}", family.1, given.1),
            birth,
            sex,
            address: chance.pick(dwellings),
            truth: None,
        }
    }

    /// What happens to a record on its way.
    fn miswrite(&self, row: &mut Row, dwellings: &[String], chance: &mut Chance) {
        if chance.share() < self.moved {
            row.address = chance.pick(dwellings);
        }
        if chance.share() < 0.05 {
            row.address.clear();
        }
        if chance.share() < 0.1 {
            row.kana.clear();
        }
        if chance.share() < 0.03 {
            row.sex = "";
        }
        if chance.share() < 0.01 {
            row.birth.replace_range(9.., &chance.below(8).to_string());
            row.birth = row.birth.replace("-00", "-09");
        }
    }
}

/// A dwelling anywhere in the country, as the generator has them.
fn dwellings(seed: u64) -> Vec<String> {
    let config = SynthConfig { seed, residents: 20_000, records: 0, ..SynthConfig::natural() };
    let mut dwellings = Vec::new();
    let taken = Population::new(&config).try_for_each_resident(|row| {
        dwellings.push(row.address.to_owned());
        Ok::<(), std::convert::Infallible>(())
    });
    taken.unwrap();
    dwellings
}
