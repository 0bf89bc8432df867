//! Ways in which offices write one thing, and ways in which they lose a part of it.
//!
//! A rewriting applies where its form occurs and changes nothing elsewhere, so that any can follow any other.

use himozuke::normalize::Grade::{self, Equivalent, Official, Register};
use unicode_normalization::UnicodeNormalization;

use crate::common::Row;

/// The cell that a rewriting is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Attribute {
    Name,
    Reading,
    BirthDate,
    Sex,
    Address,
}
use Attribute::{Address, BirthDate, Name, Reading, Sex};

/// A way of writing, and the weakest grade at which it agrees with the register's.
#[derive(Clone, Copy, Debug)]
pub struct Rewriting {
    pub name: &'static str,
    pub attribute: Attribute,
    pub grade: Grade,
    rewrite: fn(&str) -> String,
}

impl Rewriting {
    pub fn apply(&self, row: &Row) -> Row {
        let mut row = row.clone();
        let cell = match self.attribute {
            Name => &mut row.kanji_name,
            Reading => &mut row.kana_name,
            BirthDate => &mut row.birth_date,
            Sex => &mut row.sex,
            Address => &mut row.address,
        };
        *cell = (self.rewrite)(cell);
        row
    }

    /// Whether this and one of the others could write one kanji in two ways that only a third links (R6), or one kana by two steps.
    pub fn chains(&self, others: &[Self]) -> bool {
        self.grade >= Official
            && others.iter().any(|other| other.attribute == self.attribute && other.grade >= Official)
    }
}

const fn way(
    name: &'static str,
    attribute: Attribute,
    grade: Grade,
    rewrite: fn(&str) -> String,
) -> Rewriting {
    Rewriting { name, attribute, grade, rewrite }
}

/// What keeps all information.
pub const REWRITINGS: &[Rewriting] = &[
    way("half-width space", Name, Equivalent, |s| s.replace('　', " ")),
    way("no space", Name, Equivalent, |s| if is_roman(s) { s.into() } else { s.replace([' ', '　'], "") }),
    way("wide and tabbed", Name, Equivalent, |s| format!(" {}　", s.replace('　', " \t"))),
    way("zero width space", Name, Equivalent, |s| between(s, '\u{200B}')),
    way("byte order mark", Name, Equivalent, |s| format!("\u{FEFF}{s}\u{FEFF}")),
    way("soft hyphen and direction", Name, Equivalent, |s| format!("\u{202A}{s}\u{AD}\u{202C}")),
    way("title", Name, Equivalent, |s| if s.chars().count() > 2 { format!("{s}　様") } else { s.into() }),
    way("variation sequences", Name, Official, |s| after_kanji(s, '\u{E0101}')),
    way("standard variation sequences", Name, Official, |s| after_kanji(s, '\u{FE00}')),
    way("compatibility ideographs", Name, Official, |s| s.chars().map(compatibility).collect()),
    way("official variants", Name, Official, |s| exchange(s, OFFICIAL)),
    way("register variants", Name, Register, |s| exchange(s, REGISTER)),
    way("々 written out", Name, Official, written_out),
    way("〻", Name, Official, |s| s.replace('々', "〻")),
    way("hiragana in the register form", Name, Equivalent, hiragana),
    way("half-width kana in the register form", Name, Equivalent, half_width),
    way("large kana in the register form", Name, Official, large),
    way("ヶ large", Name, Official, |s| s.replace('ヶ', "ケ")),
    way("ヶ as が", Name, Register, |s| s.replace('ヶ', "が")),
    way("small letters", Name, Equivalent, |s| s.to_lowercase()),
    way("full-width letters", Name, Equivalent, |s| if is_roman(s) { full_width(s) } else { s.into() }),
    way("comma border", Name, Equivalent, |s| if is_roman(s) { comma(s) } else { s.into() }),
    way("half-width kana", Reading, Equivalent, half_width),
    way("spaced sound marks", Reading, Equivalent, |s| separate(s, ['゛', '゜'])),
    way("combining sound marks", Reading, Equivalent, |s| separate(s, ['\u{3099}', '\u{309A}'])),
    way("hiragana", Reading, Equivalent, hiragana),
    way("large kana", Reading, Official, large),
    way("long vowel mark for ウ", Reading, Official, long_vowels),
    way("hyphen for ー", Reading, Official, |s| s.replace('ー', "-")),
    way("full-width minus for ー", Reading, Official, |s| s.replace('ー', "－")),
    way("horizontal bar for ー", Reading, Official, |s| s.replace('ー', "―")),
    way("ヂ for ジ", Reading, Register, |s| s.replace('ジ', "ヂ")),
    way("ヅ for ズ", Reading, Register, |s| s.replace('ズ', "ヅ")),
    way("ヲ for オ", Reading, Register, |s| s.replace('オ', "ヲ")),
    way("no border", Reading, Equivalent, |s| s.replace([' ', '　'], "")),
    way("control characters", Reading, Equivalent, |s| between(s, '\u{1}')),
    way("kanji era", BirthDate, Equivalent, |s| in_era(s, |era, _, y, m, d| format!("{era}{y}年{m}月{d}日"))),
    way("abbreviated era", BirthDate, Equivalent, |s| {
        in_era(s, |_, letter, y, m, d| format!("{letter}{y}.{m}.{d}"))
    }),
    way("fixed width with era", BirthDate, Equivalent, |s| {
        in_era(s, |_, letter, y, m, d| format!("{letter}{y:02}{m:02}{d:02}"))
    }),
    way("元年", BirthDate, Equivalent, |s| {
        in_era(s, |era, _, y, m, d| {
            format!("{era}{}年{m}月{d}日", if y == 1 { "元".into() } else { y.to_string() })
        })
    }),
    way("kanji numerals", BirthDate, Equivalent, |s| {
        in_era(s, |era, _, y, m, d| format!("{era}{}年{}月{}日", kanji(y), kanji(m), kanji(d)))
    }),
    way("western year", BirthDate, Equivalent, |s| western(s, |y, m, d| format!("西暦{y}年{m}月{d}日"))),
    way("slashes", BirthDate, Equivalent, |s| western(s, |y, m, d| format!("{y}/{m}/{d}"))),
    way("eight digits", BirthDate, Equivalent, |s| western(s, |y, m, d| format!("{y:04}{m:02}{d:02}"))),
    way("full-width date", BirthDate, Equivalent, full_width),
    way("spaces around the date", BirthDate, Equivalent, |s| format!("　{s} ")),
    way("生", BirthDate, Equivalent, |s| {
        let s = western(s, |y, m, d| format!("{y}年{m}月{d}日"));
        if s.ends_with('日') { format!("{s}生") } else { s }
    }),
    way("sex in kanji", Sex, Equivalent, |s| s.replace('1', "男").replace('2', "女")),
    way("sex as a word", Sex, Equivalent, |s| s.replace('1', "Male").replace('2', "Female")),
    way("full-width sex", Sex, Equivalent, full_width),
    way("full-width digits in the address", Address, Equivalent, |s| {
        s.chars().map(|c| if c.is_ascii_digit() { shift(c, 0xFEE0) } else { c }).collect()
    }),
    way("spaces around the address", Address, Equivalent, |s| format!(" {s}　")),
    way("zero width in the address", Address, Equivalent, |s| between(s, '\u{200B}')),
    way("ヶ for が in the address", Address, Official, |s| {
        s.replace("が丘", "ヶ丘").replace("が関", "ヶ関")
    }),
    way("half-width kana in the address", Address, Equivalent, half_width),
];

/// What loses a part of the information: the rest is still true.
pub const LOSSES: &[Rewriting] = &[
    way("the first kanji cannot be written", Name, Equivalent, |s| placeholder(s, '●', 0)),
    way("the last kanji cannot be written", Name, Equivalent, |s| {
        placeholder(s, '〓', s.chars().count() - 1)
    }),
    way("a character of one's own", Name, Equivalent, |s| placeholder(s, '\u{E123}', 1)),
    way("no register form", Name, Equivalent, |_| String::new()),
    way("no reading", Reading, Equivalent, |_| String::new()),
    way("day unknown", BirthDate, Equivalent, |s| western(s, |y, m, _| format!("{y}年{m}月 日不詳"))),
    way("day 99", BirthDate, Equivalent, |s| western(s, |y, m, _| format!("{y:04}{m:02}99"))),
    way("month and day unknown", BirthDate, Equivalent, |s| western(s, |y, _, _| format!("{y}年"))),
    way("about that year", BirthDate, Equivalent, |s| western(s, |y, _, _| format!("{y}年頃"))),
    way("unknown date", BirthDate, Equivalent, |_| "年月日不詳".into()),
    way("no date", BirthDate, Equivalent, |_| String::new()),
    way("sex not stated", Sex, Equivalent, |_| "9".into()),
    way("no address", Address, Equivalent, |_| String::new()),
];

const OFFICIAL: &[&str] = &[
    "沢澤", "浜濱", "桜櫻", "真眞", "恵惠", "広廣", "国國", "斎齋", "斉齊", "高髙", "辺邊", "島嶋", "竜龍",
    "富冨", "来來", "万萬", "栄榮", "徳德", "黒黑", "横橫", "実實", "寿壽", "静靜", "円圓", "関關", "瀬瀨",
    "塩鹽", "滝瀧", "鉄鐵", "弥彌", "郎郞", "清淸", "青靑", "戸戶",
];
const REGISTER: &[&str] =
    &["吉𠮷", "崎﨑", "土圡", "橋𣘺", "聡聰", "柳栁", "松柗", "渕淵", "船舩", "沖冲", "桑桒", "杉杦", "秋穐"];

fn exchange(text: &str, pairs: &[&str]) -> String {
    let other = |c| pairs.iter().find(|pair| pair.starts_with(c)).and_then(|pair| pair.chars().nth(1));
    text.chars().map(|c| other(c).unwrap_or(c)).collect()
}

fn is_kanji(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

fn is_roman(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii() || c == '　')
}

fn comma(text: &str) -> String {
    text.trim().replacen(['　', ' '], ", ", 1)
}

/// The character after the first; in the middle of a syllable it would part a mark from its kana.
fn between(text: &str, c: char) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    format!("{first}{c}{}", chars.as_str())
}

fn after_kanji(text: &str, selector: char) -> String {
    text.chars().flat_map(|c| std::iter::once(c).chain(is_kanji(c).then_some(selector))).collect()
}

/// The compatibility ideograph of a kanji that has one.
fn compatibility(c: char) -> char {
    let mut block = '\u{F900}'..='\u{FAFF}';
    if is_kanji(c) { block.find(|other| other.nfkc().eq([c])).unwrap_or(c) } else { c }
}

fn written_out(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let before = out.chars().next_back().filter(|before| is_kanji(*before));
        out.push(if c == '々' { before.unwrap_or(c) } else { c });
    }
    out
}

fn shift(c: char, by: i32) -> char {
    u32::try_from(c as i32 + by).ok().and_then(char::from_u32).unwrap_or(c)
}

fn hiragana(text: &str) -> String {
    text.chars().map(|c| if ('ァ'..='ヶ').contains(&c) { shift(c, -0x60) } else { c }).collect()
}

fn large(text: &str) -> String {
    let large = |c| {
        if matches!(c, 'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ') {
            shift(c, 1)
        } else {
            c
        }
    };
    text.chars().map(large).collect()
}

fn full_width(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() { shift(c, 0xFEE0) } else { c }).collect()
}

/// A kana without its mark, and which mark it was.
fn unmarked(c: char) -> (char, Option<usize>) {
    let mut parts = c.nfd();
    match (('ァ'..='ヺ').contains(&c), parts.next(), parts.next()) {
        (true, Some(base), Some('\u{3099}')) => (base, Some(0)),
        (true, Some(base), Some('\u{309A}')) => (base, Some(1)),
        _ => (c, None),
    }
}

fn separate(text: &str, marks: [char; 2]) -> String {
    let parts = |c| {
        let (base, mark) = unmarked(c);
        std::iter::once(base).chain(mark.and_then(|mark| marks.get(mark).copied()))
    };
    text.chars().flat_map(parts).collect()
}

fn half_width(text: &str) -> String {
    const WIDE: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー";
    const HALF: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ";
    let half = |c| WIDE.chars().zip(HALF.chars()).find(|(wide, _)| *wide == c).map_or(c, |(_, half)| half);
    separate(text, ['ﾞ', 'ﾟ']).chars().map(half).collect()
}

/// ー for a ウ that only lengthens.
fn long_vowels(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let lengthens = c == 'ウ'
            && out.ends_with(['コ', 'ソ', 'ト', 'ノ', 'ホ', 'モ', 'ヨ', 'ロ', 'ョ', 'ユ', 'ュ', 'ド']);
        out.push(if lengthens { 'ー' } else { c });
    }
    out
}

fn ymd(text: &str) -> Option<(u16, u8, u8)> {
    let mut parts = text.split('-');
    let date = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.next().is_none() && text.is_ascii()).then_some(date)
}

fn western(text: &str, write: fn(u16, u8, u8) -> String) -> String {
    ymd(text).map_or_else(|| text.into(), |(y, m, d)| write(y, m, d))
}

/// A date by its era; of the two that hold a day of change, the later.
fn in_era(text: &str, write: fn(&str, char, u16, u8, u8) -> String) -> String {
    let Some((y, m, d)) = ymd(text) else { return text.into() };
    let (era, letter, before) = match (y, m, d) {
        date if date >= (2019, 5, 1) => ("令和", 'R', 2018),
        date if date >= (1989, 1, 8) => ("平成", 'H', 1988),
        date if date >= (1926, 12, 25) => ("昭和", 'S', 1925),
        date if date >= (1912, 7, 30) => ("大正", 'T', 1911),
        _ => ("明治", 'M', 1867),
    };
    write(era, letter, y - before, m, d)
}

fn kanji(number: impl Into<u16>) -> String {
    let number = number.into();
    let digit = |n: u16| "〇一二三四五六七八九".chars().nth(usize::from(n % 10)).unwrap_or('〇').to_string();
    match number {
        0..=9 => digit(number),
        10..=19 => format!("十{}", if number == 10 { String::new() } else { digit(number) }),
        _ => format!(
            "{}十{}",
            digit(number / 10),
            if number % 10 == 0 { String::new() } else { digit(number) }
        ),
    }
}

/// A placeholder for the character at a place, if that is a kanji.
fn placeholder(text: &str, mark: char, at: usize) -> String {
    text.chars().enumerate().map(|(index, c)| if index == at && is_kanji(c) { mark } else { c }).collect()
}
