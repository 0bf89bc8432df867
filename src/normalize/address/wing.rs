//! Which of several buildings of one name is meant: ハイツⅠ and ハイツⅡ, コーポA, 2号棟, 東館, 第二寮. Knows names as they are kept in
//! an address, not which of them agree.

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

/// Splits the name of a building into what it shares with others beside it and what tells it from them.
pub(crate) fn split(name: &str) -> (&str, Option<Wing>) {
    const LABELS: [&str; 6] = ["号棟", "号館", "番館", "番街", "棟", "館"];
    const SIDES: [(&str, &str); 4] =
        [("東", "イースト"), ("西", "ウエスト"), ("南", "サウス"), ("北", "ノース")];
    const KINDS: [&str; 9] = ["中", "本", "別", "新", "旧", "左", "右", "前", "後"];
    let is_number = |c: char| c.is_ascii_digit() || is_kanji_numeral(c);
    if let Some(after) = name.strip_prefix('第')
        && let base = after.trim_start_matches(is_number)
        && let wing @ Some(_) = after.strip_suffix(base).and_then(Wing::of)
    {
        return (base, wing);
    }
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
    match side.or_else(kind).or_else(number) {
        Some((base, word)) if let wing @ Some(_) = Wing::of(word) => {
            (base.trim_end_matches(['第', '-']), wing)
        }
        _ => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wings_are_told_from_names() {
        let cases = [
            ("ハイツII", "ハイツ", "2"),
            ("ハイツ2", "ハイツ", "2"),
            ("ハイツ二", "ハイツ", "2"),
            ("第二ハイツ", "ハイツ", "2"),
            ("ハイツ第2", "ハイツ", "2"),
            ("市営住宅12号棟", "市営住宅", "12"),
            ("サンハイツ二番館", "サンハイツ", "2"),
            ("コーポA", "コーポ", "A"),
            ("コーポA棟", "コーポ", "A"),
            ("東館", "", "東"),
            ("グリーンコート東", "グリーンコート", "東"),
            ("グリーンコートイーストタワー", "グリーンコート", "東"),
            ("メゾン本館", "メゾン", "本"),
        ];
        for (name, base, word) in cases {
            assert_eq!(split(name), (base, Wing::of(word)), "{name}");
            assert!(Wing::of(word).is_some());
        }
        for name in ["", "ハイツ", "市民会館", "パレスABC", "ロイヤル本", "ハイツ123456789"]
        {
            assert_eq!(split(name), (name, None), "{name}");
        }
        assert_eq!(of_room("5-"), Wing::of("V"));
        assert_ne!(of_room("A"), of_room("B"));
        assert_eq!(of_room(""), None);
    }
}
