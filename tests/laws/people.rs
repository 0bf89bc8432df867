//! Small worlds whose people collide on purpose: few names, dates and dwellings, households, twins and namesakes.

use himozuke::Registry;
use proptest::prelude::*;

use crate::common::Row;

/// How many worlds each law is tried on.
pub fn cases() -> ProptestConfig {
    let cases = std::env::var("HIMOZUKE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(128);
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// People as they are registered.
pub fn official(people: &[Facts]) -> Vec<Row> {
    people.iter().enumerate().map(|(number, person)| person.official(&format!("p{number}"))).collect()
}

pub fn registry<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Registry {
    let rows: Vec<_> = rows.into_iter().map(Row::record).collect();
    Registry::builder().persons(rows).unwrap().build().unwrap()
}

/// Family names with kana, many of them variants, homophones or look-alikes of one another.
const FAMILIES: [(&str, &str); 12] = [
    ("髙橋", "タカハシ"),
    ("高梨", "タカナシ"),
    ("山崎", "ヤマザキ"),
    ("渡邉", "ワタナベ"),
    ("斉藤", "サイトウ"),
    ("斎藤", "サイトウ"),
    ("佐藤", "サトウ"),
    ("古谷", "フルヤ"),
    ("菊地", "キクチ"),
    ("菊池", "キクチ"),
    ("福澤", "フクザワ"),
    ("吉田", "ヨシダ"),
];

/// Given names with kana and sex; 裕子 and 優子 sound alike, 幸子 is read in two ways, マリー has no kanji.
const GIVENS: [(&str, &str, u8); 12] = [
    ("一郎", "イチロウ", 1),
    ("太郎", "タロウ", 1),
    ("静夫", "シズオ", 1),
    ("翔太", "ショウタ", 1),
    ("真一", "シンイチ", 1),
    ("京子", "キョウコ", 2),
    ("裕子", "ユウコ", 2),
    ("優子", "ユウコ", 2),
    ("幸子", "サチコ", 2),
    ("幸子", "ユキコ", 2),
    ("恵", "メグミ", 2),
    ("マリー", "マリー", 2),
];

/// Days of birth, many of them one slip from another.
const DATES: [(u16, u8, u8); 9] = [
    (1985, 1, 2),
    (1985, 2, 1),
    (1985, 1, 3),
    (1958, 10, 10),
    (1989, 1, 7),
    (1989, 1, 8),
    (1912, 7, 30),
    (2001, 3, 15),
    (2001, 3, 10),
];

/// Prefecture, municipality and town.
const PLACES: [(&str, &str, &str); 5] = [
    ("東京都", "千代田区", "霞が関"),
    ("東京都", "千代田区", "神田錦町"),
    ("東京都", "新宿区", "西新宿"),
    ("千葉県", "浦安市", "舞浜"),
    ("北海道", "札幌市北区", "麻生町"),
];

const BUILDINGS: [&str; 2] = ["コーポ桜", "グランドハイツ"];

/// What is so of a person; every field is a place in one of the tables.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub family: usize,
    pub given: usize,
    pub date: usize,
    pub place: usize,
    pub numbers: [u8; 3],
    pub home: Option<(usize, u16)>,
}

pub fn facts() -> impl Strategy<Value = Facts> {
    let home = prop::option::of((0..BUILDINGS.len(), 101..103u16));
    (0..FAMILIES.len(), 0..GIVENS.len(), 0..DATES.len(), 0..PLACES.len(), prop::array::uniform3(1..4u8), home)
        .prop_map(|(family, given, date, place, numbers, home)| Facts {
            family,
            given,
            date,
            place,
            numbers,
            home,
        })
}

/// Residents: strangers, relatives of the one before (family name and dwelling), twins (birth date as well), and
/// namesakes who live elsewhere.
pub fn residents(sizes: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Facts>> {
    prop::collection::vec((facts(), 0..8u8), sizes).prop_map(|drawn| {
        let mut all: Vec<Facts> = Vec::new();
        for (drawn, relation) in drawn {
            let person = match (relation, all.last()) {
                (0, Some(last)) => Facts { given: drawn.given, date: drawn.date, ..*last },
                (1, Some(last)) => Facts { given: drawn.given, ..*last },
                (2, Some(last)) => {
                    Facts { place: drawn.place, numbers: drawn.numbers, home: drawn.home, ..*last }
                }
                _ => drawn,
            };
            all.push(person);
        }
        all
    })
}

/// Whom a record is about: somebody of the registry, as registered or with one fact changed, or anybody.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pick: prop::sample::Index,
    change: u8,
    other: Facts,
}

pub fn subject() -> impl Strategy<Value = Subject> {
    (any::<prop::sample::Index>(), 0..12u8, facts()).prop_map(|(pick, change, other)| Subject {
        pick,
        change,
        other,
    })
}

impl Subject {
    pub fn of(self, residents: &[Facts]) -> Facts {
        let person = residents[self.pick.index(residents.len())];
        let other = self.other;
        match self.change {
            0 => Facts { family: other.family, ..person },
            1 => Facts { given: other.given, ..person },
            2 => Facts { date: other.date, ..person },
            3 => Facts { place: other.place, numbers: other.numbers, ..person },
            4 => Facts { home: other.home, ..person },
            5 => other,
            _ => person,
        }
    }
}

/// How facts are written. Every field only chooses a notation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    pub kanji: u8,
    pub selector: bool,
    pub kanji_space: u8,
    kana_space: u8,
    kana_size: bool,
    long_vowel: bool,
    du_zu: bool,
    kana: u8,
    date: u8,
    sex: u8,
    numbers: u8,
    dash: u8,
    spaced: bool,
    ga: u8,
    building: u8,
    pub margin: u8,
}

pub fn style() -> impl Strategy<Value = Style> {
    let name = (0..4u8, any::<bool>(), 0..5u8, 0..5u8, any::<bool>(), any::<bool>(), any::<bool>(), 0..5u8);
    let rest = (0..12u8, 0..8u8, 0..6u8, 0..8u8, any::<bool>(), 0..4u8, 0..4u8, 0..4u8);
    (name, rest).prop_map(|(name, rest)| {
        let (kanji, selector, kanji_space, kana_space, kana_size, long_vowel, du_zu, kana) = name;
        let (date, sex, numbers, dash, spaced, ga, building, margin) = rest;
        Style {
            kanji,
            selector,
            kanji_space,
            kana_space,
            kana_size,
            long_vowel,
            du_zu,
            kana,
            date,
            sex,
            numbers,
            dash,
            spaced,
            ga,
            building,
            margin,
        }
    })
}

impl Style {
    /// The same with a space between 氏 and 名: a registry without them counts names otherwise.
    pub fn with_borders(self) -> Self {
        let border = |space: u8| if SPACES[usize::from(space)].is_empty() { 0 } else { space };
        Self { kanji_space: border(self.kanji_space), kana_space: border(self.kana_space), ..self }
    }
}

/// The writing of kanji with compatibility ideographs.
pub const COMPATIBILITY: u8 = 3;

const SPACES: [&str; 5] = ["\u{3000}", " ", "", "  ", "\u{3000} "];

impl Facts {
    /// The facts as a registry writes them.
    pub fn official(&self, id: &str) -> Row {
        self.written(id, Style::default())
    }

    pub fn written(&self, id: &str, style: Style) -> Row {
        let (family, family_kana) = FAMILIES[self.family];
        let (given, given_kana, sex) = GIVENS[self.given];
        let kanji = |text: &str| kanji(text, style);
        let kana = |text: &str| kana(text, style);
        let margin = ["", " ", "\u{3000}", "\u{feff}"][usize::from(style.margin)];
        Row {
            id: id.to_owned(),
            kanji_name: format!(
                "{margin}{}{}{}{margin}",
                kanji(family),
                SPACES[usize::from(style.kanji_space)],
                kanji(given)
            ),
            kana_name: format!(
                "{margin}{}{}{}",
                kana(family_kana),
                SPACES[usize::from(style.kana_space)],
                kana(given_kana)
            ),
            birth_date: format!("{margin}{}", date(DATES[self.date], style.date)),
            sex: sex_form(sex, style.sex).to_owned(),
            address: format!("{margin}{}", self.address(style)),
            ..Row::default()
        }
    }

    fn address(&self, style: Style) -> String {
        let (prefecture, municipality, town) = PLACES[self.place];
        let town = match style.ga {
            0 => town.to_owned(),
            1 => town.replace('が', "ケ"),
            2 => town.replace('が', "ヶ"),
            _ => town.replace('が', "ガ"),
        };
        let space = if style.spaced { " " } else { "" };
        let [a, b, c] = self.numbers;
        let dash = ["-", "－", "‐", "−", "–", "—", "ー", "ｰ"][usize::from(style.dash)];
        let numbers = match style.numbers {
            0 => format!("{}丁目{}番{}号", kanji_digit(a), full(b), full(c)),
            1 => format!("{a}丁目{b}番{c}号"),
            2 => format!("{}丁目{}番{}号", kanji_digit(a), kanji_digit(b), kanji_digit(c)),
            3 => format!("{a}{dash}{b}{dash}{c}"),
            4 => format!("{}{dash}{}{dash}{}", full(a), full(b), full(c)),
            _ => format!("{}丁目{b}{dash}{c}", full(a)),
        };
        let home = self.home.map_or(String::new(), |(building, room)| {
            let building = BUILDINGS[building];
            match style.building {
                0 => format!("\u{3000}{building}\u{3000}{room}号室"),
                1 => format!(" {building}{room}号室"),
                2 => format!(" {}{room}", half_width(building)),
                _ => format!(
                    "\u{3000}{building} {}号",
                    room.to_string().chars().map(full_char).collect::<String>()
                ),
            }
        });
        format!("{prefecture}{space}{municipality}{space}{town}{space}{numbers}{home}")
    }
}

/// Old and new forms, variation selectors, compatibility ideographs: each one step from the official writing (R6).
fn kanji(text: &str, style: Style) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let form = match (style.kanji, c) {
            (1 | 2, '髙') => '高',
            (1, '崎') => '﨑',
            (2, '崎') => '嵜',
            (1, '邉') => '邊',
            (2, '邉') => '辺',
            (1, '斎') => '齋',
            (1, '斉') => '齊',
            (1 | 2, '澤') => '沢',
            (1, '恵') => '惠',
            (1, '真') => '眞',
            (2, '吉') => '𠮷',
            (COMPATIBILITY, '福') => '\u{FA1B}',
            _ => c,
        };
        out.push(form);
        let is_kanji = !matches!(form, 'ァ'..='ー');
        if style.selector && is_kanji {
            out.push('\u{E0101}');
        }
    }
    if style.kanji == COMPATIBILITY { half_width(&out) } else { out }
}

fn kana(text: &str, style: Style) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let long = style.long_vowel && c == 'ウ' && out.ends_with(['ユ', 'ト', 'ロ', 'ョ', 'ヨ']);
        out.push(match c {
            'ウ' if long => 'ー',
            'ョ' if style.kana_size => 'ヨ',
            'ズ' if style.du_zu => 'ヅ',
            'オ' if style.du_zu => 'ヲ',
            _ => c,
        });
    }
    match style.kana {
        1 => half_width(&out),
        2 => out.chars().map(|c| if ('ァ'..='ヶ').contains(&c) { shift(c, -0x60) } else { c }).collect(),
        3 => separate_marks(&out),
        4 => out.replace('ー', "－"),
        _ => out,
    }
}

fn shift(c: char, by: i32) -> char {
    char::from_u32(c as u32).and_then(|c| char::from_u32((c as i32 + by) as u32)).unwrap()
}

const WIDE: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー";
const HALF: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ";

/// Katakana in half width, sound marks as characters of their own.
fn half_width(text: &str) -> String {
    let half = |c: char| WIDE.chars().zip(HALF.chars()).find(|(wide, _)| *wide == c).map(|(_, half)| half);
    let mut out = String::new();
    for c in text.chars() {
        let (base, mark) = unvoiced(c);
        match (half(base), mark) {
            (Some(half), None) => out.push(half),
            (Some(half), Some(mark)) => out.extend([half, if mark == '\u{3099}' { 'ﾞ' } else { 'ﾟ' }]),
            (None, _) => out.push(c),
        }
    }
    out
}

/// ト゛ for ド, with combining marks.
fn separate_marks(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let (base, mark) = unvoiced(c);
            std::iter::once(base).chain(mark)
        })
        .collect()
}

fn unvoiced(c: char) -> (char, Option<char>) {
    match c {
        'ガ' | 'ギ' | 'グ' | 'ゲ' | 'ゴ' | 'ザ' | 'ジ' | 'ズ' | 'ゼ' | 'ゾ' | 'ダ' | 'ヂ' | 'ヅ' | 'デ'
        | 'ド' | 'バ' | 'ビ' | 'ブ' | 'ベ' | 'ボ' => (shift(c, -1), Some('\u{3099}')),
        'パ' | 'ピ' | 'プ' | 'ペ' | 'ポ' => (shift(c, -2), Some('\u{309A}')),
        _ => (c, None),
    }
}

fn full_char(c: char) -> char {
    if c.is_ascii_digit() { shift(c, 0xFEE0) } else { c }
}

fn full(number: u8) -> String {
    number.to_string().chars().map(full_char).collect()
}

fn kanji_digit(number: u8) -> char {
    ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'][usize::from(number)]
}

/// The era of a day of the tables, and the year in it.
fn era((year, month, day): (u16, u8, u8)) -> (&'static str, char, u16) {
    match (year, month, day) {
        d if d >= (1989, 1, 8) => ("平成", 'H', year - 1988),
        d if d >= (1926, 12, 25) => ("昭和", 'S', year - 1925),
        d if d >= (1912, 7, 30) => ("大正", 'T', year - 1911),
        _ => ("明治", 'M', year - 1867),
    }
}

fn date(ymd: (u16, u8, u8), style: u8) -> String {
    let (y, m, d) = ymd;
    let (era, letter, year) = era(ymd);
    let year = if (y, m, d) == (1912, 7, 30) && style.is_multiple_of(2) { None } else { Some(year) };
    // 30 July 1912 belongs to two eras (R13).
    let (era, letter, year) = year.map_or(("明治", 'M', 45), |year| (era, letter, year));
    let first = if year == 1 { "元".to_owned() } else { year.to_string() };
    let wide = |text: String| text.chars().map(full_char).collect::<String>();
    match style {
        0 => format!("{y:04}-{m:02}-{d:02}"),
        1 => format!("{y}/{m}/{d}"),
        2 => format!("{y:04}{m:02}{d:02}"),
        3 => format!("{y}年{m}月{d}日"),
        4 => wide(format!("{y:04}-{m:02}-{d:02}")),
        5 => format!("{era}{first}年{m}月{d}日"),
        6 => format!("{era}{year}年{m}月{d}日"),
        7 => format!("{letter}{year}.{m}.{d}"),
        8 => wide(format!("{letter}{year}.{m}.{d}")),
        9 => format!("{letter}{year:02}{m:02}{d:02}"),
        10 => wide(format!("{era}{year}年{m:02}月{d:02}日")),
        _ => format!("{} {first}.{m}.{d}", letter.to_ascii_lowercase()),
    }
}

fn sex_form(sex: u8, style: u8) -> &'static str {
    let forms = if sex == 1 {
        ["1", "男", "M", "男性", "１", "Male", "ｍ", "01"]
    } else {
        ["2", "女", "F", "女性", "２", "Female", "ｆ", "02"]
    };
    forms[usize::from(style)]
}
