//! Rewritings of text that keep what it says: kana forms, kanji forms, width, dates.
//!
//! And the key that undoes them, by which the generator knows when a record says the same as another person's entry.

use super::calendar::Day;
use super::names::{Word, other_form, plain_form};
use super::places::push_digits;
use super::residents::push_padded;

/// Replaces a lost character.
pub(super) const GAIJI: char = '●';

/// Full-width katakana and their half-width forms, in pairs.
#[rustfmt::skip]
static HALF_WIDTH: &[(&str, &str)] = &[
    ("アイウエオカキクケコ", "ｱｲｳｴｵｶｷｸｹｺ"), ("サシスセソタチツテト", "ｻｼｽｾｿﾀﾁﾂﾃﾄ"), ("ナニヌネノハヒフヘホ", "ﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎ"),
    ("マミムメモヤユヨラリルレロワヲン", "ﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"), ("ァィゥェォッャュョー", "ｧｨｩｪｫｯｬｭｮｰ"),
];
/// Voiced kana and their bases.
static VOICED: (&str, &str) =
    ("ヴガギグゲゴザジズゼゾダヂヅデドバビブベボ", "ウカキクケコサシスセソタチツテトハヒフヘホ");
static HALF_VOICED: (&str, &str) = ("パピプペポ", "ハヒフヘホ");
static SMALL: (&str, &str) = ("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ");
static U_ROW: &str = "ウクスツヌフムユルグズヅブプヴュゥ";
static O_ROW: &str = "オコソトノホモヨロヲゴゾドボポョォ";
static E_ROW: &str = "エケセテネヘメレゲゼデベペェ";

fn mapped((from, to): (&str, &str), c: char) -> Option<char> {
    from.chars().zip(to.chars()).find_map(|(a, b)| (a == c).then_some(b))
}

/// ショウイチ as シヨウイチ.
pub(super) fn large(kana: &str) -> String {
    kana.chars().map(|c| mapped(SMALL, c).unwrap_or(c)).collect()
}

/// シズオ as シヅオ, and the reverse.
pub(super) fn du_zu(kana: &str) -> String {
    kana.chars().map(|c| mapped(("ズヅジヂ", "ヅズヂジ"), c).unwrap_or(c)).collect()
}

/// ユウコ as ユーコ, オオタ as オータ.
pub(super) fn long_vowels(kana: &str) -> String {
    let mut before = ' ';
    let lengthened = |c: char| {
        let long = match c {
            'ウ' => U_ROW.contains(before) || O_ROW.contains(before),
            'オ' => O_ROW.contains(before),
            _ => false,
        };
        before = c;
        if long { 'ー' } else { c }
    };
    kana.chars().map(lengthened).collect()
}

/// ヤマダ as ﾔﾏﾀﾞ.
pub(super) fn half_width(kana: &str) -> String {
    let mut out = String::with_capacity(kana.len());
    for c in kana.chars() {
        let (base, mark) = match (mapped(VOICED, c), mapped(HALF_VOICED, c)) {
            (Some(base), _) => (base, Some('ﾞ')),
            (_, Some(base)) => (base, Some('ﾟ')),
            _ => (c, None),
        };
        out.push(HALF_WIDTH.iter().find_map(|&pair| mapped(pair, base)).unwrap_or(base));
        out.extend(mark);
    }
    out.replace('\u{3000}', " ")
}

/// As banks hold it: half width, no small kana, no ヲ, a hyphen for the long vowel mark (DOMAIN 4.1).
pub(super) fn bank(kana: &str) -> String {
    half_width(&large(kana).replace('ヲ', "オ").replace('ー', "-"))
}

/// さとう.
pub(super) fn hiragana(kana: &str) -> String {
    let one = |c: char| match c {
        'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        _ => c,
    };
    kana.chars().map(one).collect()
}

/// Exchanges the first kanji that has another form; the text is unchanged where none has.
pub(super) fn other_kanji_form(text: &str) -> String {
    let mut done = false;
    let exchange = |c: char| match other_form(c).filter(|_| !done) {
        Some(other) => {
            done = true;
            other
        }
        None => c,
    };
    text.chars().map(exchange).collect()
}

/// Digits, hyphens and letters in full width.
pub(super) fn wide(text: &str) -> String {
    let one = |c: char| match c {
        '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(one).collect()
}

/// 1960-01-01, as in the register.
pub(super) fn iso_date(day: Day, separator: &str) -> String {
    let mut out = String::new();
    push_padded(&mut out, day.year, 4);
    out.push_str(separator);
    push_padded(&mut out, day.month, 2);
    out.push_str(separator);
    push_padded(&mut out, day.day, 2);
    out
}

/// Numbers and the marks between them.
fn marked(numbers: [u32; 3], marks: [&str; 3]) -> String {
    let mut out = String::new();
    for (number, mark) in numbers.into_iter().zip(marks) {
        push_digits(&mut out, number);
        out.push_str(mark);
    }
    out
}

/// 19600101, 1960/1/1 or 1960年1月1日.
pub(super) fn western_date(day: Day, form: u32) -> String {
    let numbers = [day.year, day.month, day.day];
    match form {
        0 => iso_date(day, ""),
        1 => marked(numbers, ["/", "/", ""]),
        _ => marked(numbers, ["年", "月", "日"]),
    }
}

/// 昭和60年1月1日 (the first year as 元年), S60.1.1 or S600101.
pub(super) fn era_date(day: Day, form: u32) -> String {
    let (era, year) = day.era();
    let numbers = [year, day.month, day.day];
    match form {
        0 if year == 1 => format!(
            "{}元年{}",
            era.kanji,
            marked([day.month, day.day, 0], ["月", "日", ""]).trim_end_matches('0')
        ),
        0 => format!("{}{}", era.kanji, marked(numbers, ["年", "月", "日"])),
        1 => format!("{}{}", era.letter, marked(numbers, [".", ".", ""])),
        _ => {
            let mut out = String::from(era.letter);
            numbers.into_iter().for_each(|number| push_padded(&mut out, number, 2));
            out
        }
    }
}

/// Kana with what notation may change taken out: small and large, ヅ and ズ, ways of writing a long vowel.
pub(super) fn kana_key<'a>(pieces: impl Iterator<Item = &'a str>) -> impl Iterator<Item = char> {
    pieces.flat_map(str::chars).scan(' ', |before, c| {
        let c = mapped(SMALL, c).or_else(|| mapped(("ヅヂヲ", "ズジオ"), c)).unwrap_or(c);
        let c = match c {
            'ー' if U_ROW.contains(*before) || O_ROW.contains(*before) => 'ウ',
            'ー' if E_ROW.contains(*before) => 'イ',
            'オ' if O_ROW.contains(*before) => 'ウ',
            c => c,
        };
        *before = c;
        Some(c)
    })
}

/// Kanji with their forms made one.
pub(super) fn kanji_key<'a>(pieces: impl Iterator<Item = &'a str>) -> impl Iterator<Item = char> {
    pieces.flat_map(str::chars).map(plain_form)
}

/// The pieces of a family name and a given name in kanji (or Roman letters).
pub(super) fn writing(name: &[Word; 2]) -> impl Iterator<Item = &'static str> {
    let [family, given] = *name;
    family.written.into_iter().chain(given.written)
}

/// The pieces of a family name and a given name in kana.
pub(super) fn reading(name: &[Word; 2]) -> impl Iterator<Item = &'static str> {
    let [family, given] = *name;
    family.kana.into_iter().chain(given.kana)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kana_forms() {
        assert_eq!(large("キョウコ"), "キヨウコ");
        assert_eq!(du_zu("シズオ"), "シヅオ");
        assert_eq!(long_vowels("ユウコ"), "ユーコ");
        assert_eq!(long_vowels("オオタ"), "オータ");
        assert_eq!(long_vowels("イノウエ"), "イノーエ");
        assert_eq!(half_width("ヤマダ\u{3000}パウロ"), "ﾔﾏﾀﾞ ﾊﾟｳﾛ");
        assert_eq!(bank("キョウコ\u{3000}ピーター"), "ｷﾖｳｺ ﾋﾟ-ﾀ-");
        assert_eq!(hiragana("サトウ"), "さとう");
        assert_eq!(wide("3-2"), "３－２");
    }

    #[test]
    fn kanji_forms() {
        assert_eq!(other_kanji_form("髙橋"), "高橋");
        assert_eq!(other_kanji_form("宮崎"), "宮﨑");
        assert_eq!(other_kanji_form("田中"), "田中");
    }

    #[test]
    fn dates() {
        let day = Day::new(1985, 1, 2).unwrap();
        assert_eq!([0, 1, 2].map(|form| western_date(day, form)), ["19850102", "1985/1/2", "1985年1月2日"]);
        assert_eq!([0, 1, 2].map(|form| era_date(day, form)), ["昭和60年1月2日", "S60.1.2", "S600102"]);
        assert_eq!(era_date(Day::new(1989, 10, 10).unwrap(), 0), "平成元年10月10日");
    }

    #[test]
    fn keys_undo_notation() {
        let key = |kana: &str| kana_key([kana].into_iter()).collect::<String>();
        for kana in ["キョウコ", "シズオ", "ユウコ", "オオタ", "イノウエ", "ケーイチ"] {
            for rewrite in [large, du_zu, long_vowels] {
                assert_eq!(key(&rewrite(kana)), key(kana), "{kana}");
            }
        }
        assert_ne!(key("ユキコ"), key("サチコ"));
    }
}
