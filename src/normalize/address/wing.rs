//! Which of several buildings of one name is meant: ハイツⅠ and ハイツⅡ, コーポA, 2号棟, 東館, 第二寮. Knows names as they are kept in
//! an address, not which of them agree.

use super::fold::is_katakana;
use super::numeral::{is_kanji_numeral, read_digits, read_kanji};

/// What tells a building from others of its name, the same for Ⅱ, 2 and 二.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Wing(u32);

impl Wing {
    const LETTERS: u32 = 1 << 30;

    /// A number, or what is no number: a letter, a side.
    fn of(word: &str) -> Option<Self> {
        let mut chars = ['\0'; 8];
        let len = word.chars().zip(&mut chars).map(|(c, place)| *place = c).count();
        let chars = chars.get(..len).unwrap_or_default();
        let number = match chars.first()? {
            first if first.is_ascii_digit() => read_digits(chars),
            first if is_kanji_numeral(*first) => read_kanji(chars),
            _ => None,
        };
        let number = number.filter(|(_, read)| *read == word.chars().count()).map(|(number, _)| number);
        let mut only = word.chars().map(|c| c as u32);
        let letter = only.next().filter(|_| only.next().is_none()).map(|letter| Self::LETTERS | letter);
        number.or_else(|| roman(word)).or(letter).map(Self)
    }
}

/// A Roman numeral up to 10, as clerks type it. C and D are letters.
fn roman(word: &str) -> Option<u32> {
    let numerals = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"];
    (1..).zip(numerals).find(|(_, numeral)| *numeral == word).map(|(number, _)| number)
}

/// The wing that the part of the building before a room's number says: A of A302, 5 of 5-302.
pub(crate) fn of_room(block: &str) -> Option<Wing> {
    Wing::of(block.trim_end_matches('-'))
}

/// The name of a building, parted into what it shares with others beside it and what tells it from them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Named<'a> {
    pub(crate) base: &'a str,
    /// What stands before the name, of the building or still of its house number (1号パレス, 乙), and what stands behind it.
    pub(crate) wings: [Option<Wing>; 2],
}

/// Parts the name of a building.
pub(crate) fn split(name: &str) -> Named<'_> {
    let (rest, first) = leading(name).unwrap_or((name, None));
    let (base, last) = trailing(rest).unwrap_or((rest, None));
    // 第二ハイツ is ハイツⅡ, and no house number.
    let wings = if last.is_none() && name.starts_with('第') { [None, first] } else { [first, last] };
    Named { base, wings }
}

fn is_number(c: char) -> bool {
    c.is_ascii_digit() || is_kanji_numeral(c)
}

/// A number or the sign of a lot before a name, or a kana that is all of it (1234番地イ).
fn leading(name: &str) -> Option<(&str, Option<Wing>)> {
    const LABELS: [&str; 5] = ["号棟", "号館", "番館", "棟", "号"];
    const SIGNS: [char; 6] = ['甲', '乙', '丙', '丁', '戊', '己'];
    let ordinal = name.strip_prefix('第');
    let after = ordinal.or_else(|| name.strip_prefix('ノ')).unwrap_or(name);
    if after.starts_with(SIGNS) || after.chars().count() == 1 && after.starts_with(is_katakana) {
        let sign = after.chars().next()?;
        return Some((after.strip_prefix(sign)?, Some(Wing(Wing::LETTERS | sign as u32))));
    }
    // 三井ハイツ and 一番館 have no number before them.
    let counts = |c: char| c.is_ascii_digit() || ordinal.is_some() && is_number(c);
    let base = after.trim_start_matches(counts);
    let wing @ Some(_) = Wing::of(after.strip_suffix(base)?) else { return None };
    let base = LABELS.into_iter().find_map(|label| base.strip_prefix(label)).unwrap_or(base);
    (!base.is_empty()).then_some((base, wing))
}

/// A number, a letter or a side behind a name.
fn trailing(name: &str) -> Option<(&str, Option<Wing>)> {
    const LABELS: [&str; 6] = ["号棟", "号館", "番館", "番街", "棟", "館"];
    const SIDES: [(&str, &str); 4] =
        [("東", "イースト"), ("西", "ウエスト"), ("南", "サウス"), ("北", "ノース")];
    const KINDS: [&str; 9] = ["中", "本", "別", "新", "旧", "左", "右", "前", "後"];
    let labelled = LABELS.into_iter().find_map(|label| name.strip_suffix(label));
    let body = labelled.or_else(|| name.strip_suffix("タワー")).unwrap_or(name);
    let side = SIDES
        .into_iter()
        .find_map(|(side, word)| Some((body.strip_suffix(side).or_else(|| body.strip_suffix(word))?, side)));
    let kind = || KINDS.into_iter().find_map(|kind| Some((labelled?.strip_suffix(kind)?, kind)));
    let run = |of: fn(char) -> bool| Some(body.trim_end_matches(of)).filter(|base| base.len() < body.len());
    let runs = || {
        run(|c| c.is_ascii_digit())
            .or_else(|| run(is_kanji_numeral))
            .or_else(|| run(|c| c.is_ascii_uppercase()))
    };
    let number = || runs().and_then(|base| Some((base, body.strip_prefix(base)?)));
    let (base, word) = side.or_else(kind).or_else(number)?;
    let wing @ Some(_) = Wing::of(word) else { return None };
    Some((base.trim_end_matches(['第', '-']), wing))
}

/// A character of a name, or what tells a building from one beside it, wherever it stands in the name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Token {
    Text(char),
    Sign(Wing),
}

/// Whether the signs in two names that are otherwise the same are the same: 第3ビル and 第4ビル, コーポA and コーポB, 1階右 and
/// 1階左, 辰 and 巳. `None` if the names differ in more than that.
pub(crate) fn same_signs(a: &str, b: &str) -> Option<bool> {
    let (mut a, mut b) = (tokens(a), tokens(b));
    let mut same = true;
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Some(same),
            (Some(Token::Text(x)), Some(Token::Text(y))) if x == y => {}
            (Some(Token::Sign(x)), Some(Token::Sign(y))) => same &= x == y,
            _ => return None,
        }
    }
}

fn tokens(name: &str) -> impl Iterator<Item = Token> {
    let (mut rest, mut before) = (name, None);
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let word = sign(before, rest);
        let (token, len) = match word.and_then(|word| Some((Wing::of(word)?, word.len()))) {
            Some((wing, len)) => (Token::Sign(wing), len),
            None => (Token::Text(first), first.len_utf8()),
        };
        before = rest.get(..len).and_then(|token| token.chars().next_back());
        rest = rest.get(len..).unwrap_or_default();
        Some(token)
    })
}

/// The sign at the start of a text. Digits always are one, and a letter or a Roman numeral; what else names are made of
/// is one before a label or at the end only (三井荘 and 上野荘 have none).
fn sign(before: Option<char>, text: &str) -> Option<&str> {
    const SIGNS: &str = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥左右上下東西南北前後";
    const KANA: &str = "イロハニホヘトチリヌル";
    const LABELS: [char; 9] = ['階', '号', '棟', '番', '館', '街', '側', '室', '-'];
    let run =
        |of: fn(char) -> bool| text.strip_suffix(text.trim_start_matches(of)).filter(|run| !run.is_empty());
    let labelled = |word: &str| {
        let next = text.strip_prefix(word).and_then(|rest| rest.chars().next());
        next.is_none_or(|c| c.is_ascii_digit() || LABELS.contains(&c))
    };
    let inside = |of: fn(char) -> bool| before.is_some_and(of);
    if let Some(digits) = run(|c| c.is_ascii_digit()).filter(|_| !inside(|c| c.is_ascii_digit())) {
        return Some(digits);
    }
    if let Some(letters) = run(|c| c.is_ascii_uppercase()).filter(|_| !inside(|c| c.is_ascii_uppercase())) {
        return Some(letters).filter(|letters| letters.len() == 1 || roman(letters).is_some());
    }
    if let Some(numeral) = run(is_kanji_numeral).filter(|_| !inside(is_kanji_numeral)) {
        return Some(numeral).filter(|numeral| before == Some('第') || labelled(numeral));
    }
    let first = text.chars().next()?;
    let word = text.get(..first.len_utf8())?;
    let kana = KANA.contains(first) && !inside(is_katakana);
    Some(word).filter(|word| (kana || SIGNS.contains(first)) && labelled(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wings_are_told_from_names() {
        let cases = [
            ("ハイツII", "", "ハイツ", "2"),
            ("ハイツ2", "", "ハイツ", "2"),
            ("ハイツ二", "", "ハイツ", "2"),
            ("第二ハイツ", "", "ハイツ", "2"),
            ("第二ハイツA", "2", "ハイツ", "A"),
            ("ハイツ第2", "", "ハイツ", "2"),
            ("市営住宅12号棟", "", "市営住宅", "12"),
            ("サンハイツ二番館", "", "サンハイツ", "2"),
            ("コーポA", "", "コーポ", "A"),
            ("コーポA棟", "", "コーポ", "A"),
            ("東館", "", "", "東"),
            ("3号棟", "", "", "3"),
            ("グリーンコート東", "", "グリーンコート", "東"),
            ("グリーンコートイーストタワー", "", "グリーンコート", "東"),
            ("メゾン本館", "", "メゾン", "本"),
            ("1号パレス", "1", "パレス", ""),
            ("ノ1パレスII", "1", "パレス", "2"),
            ("2号棟パレス", "2", "パレス", ""),
            ("乙パレス", "乙", "パレス", ""),
            ("乙", "乙", "", ""),
            ("イ", "イ", "", ""),
        ];
        for (name, first, base, last) in cases {
            assert_eq!(split(name), Named { base, wings: [Wing::of(first), Wing::of(last)] }, "{name}");
        }
        for name in ["", "ハイツ", "市民会館", "パレスABC", "三井ビル", "ロイヤル本", "ハイツ123456789"]
        {
            assert_eq!(split(name), Named { base: name, wings: [None, None] }, "{name}");
        }
        for (a, b, same) in [
            ("大阪駅前第3ビル", "大阪駅前第4ビル", Some(false)),
            ("大阪駅前第3ビル", "大阪駅前第三ビル", Some(true)),
            ("コーポA", "コーポB", Some(false)),
            ("ハイツIII", "ハイツ3", Some(true)),
            ("コーポ桜1階右", "コーポ桜2階右", Some(false)),
            ("コーポ桜1階右", "コーポ桜1階左", Some(false)),
            ("コーポ桜一階", "コーポ桜二階", Some(false)),
            ("イ棟", "ロ棟", Some(false)),
            ("コーポ桜イ", "コーポ桜ロ", Some(false)),
            ("辰", "巳", Some(false)),
            ("東側", "西側", Some(false)),
            // Other names.
            ("上野荘", "下野荘", None),
            ("三井荘", "二井荘", None),
            ("コーポイ", "コーポロ", None),
            ("パレスABC", "パレスABD", None),
            ("コーポ桜", "メゾン楓", None),
            ("コーポ桜2", "コーポ桜", None),
        ] {
            assert_eq!(same_signs(a, b), same, "{a} {b}");
            assert_eq!(same_signs(b, a), same, "{b} {a}");
        }
        assert_eq!(of_room("5-"), Wing::of("V"));
        assert_ne!(of_room("A"), of_room("B"));
        assert_eq!(of_room(""), None);
    }
}
