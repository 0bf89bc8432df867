//! Prefecture at the start of an address, and municipality by the rule of their endings.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::text::{from, starts};

/// The 47 prefectures; a prefecture's code is its place in the list, from 1 (JIS X 0401).
#[rustfmt::skip]
const PREFECTURES: [&str; 47] = [
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県",
    "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県",
    "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県",
    "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
];

/// Their codes by their first two characters, which no two of them share.
static BY_BEGINNING: LazyLock<FxHashMap<[char; 2], u8>> = LazyLock::new(|| {
    let beginning = |name: &str| {
        let mut chars = name.chars();
        Some([chars.next()?, chars.next()?])
    };
    (1..).zip(PREFECTURES).filter_map(|(code, name)| Some((beginning(name)?, code))).collect()
});

/// What ends the name of a municipality or a county.
const DIVISIONS: [char; 5] = ['市', '区', '町', '村', '郡'];
/// What ends the name of a branch office.
const OFFICES: [&str; 3] = ["支庁", "総合振興局", "振興局"];

/// The longest name the rule believes in, its ending included (つくばみらい市 is seven).
const MAX_NAME: usize = 8;

/// The name of a prefecture by its code, 1 to 47.
pub(super) fn prefecture_name(code: u8) -> Option<&'static str> {
    PREFECTURES.get(usize::from(code).checked_sub(1)?).copied()
}

/// Reads a prefecture at the start: its code, and how many characters it takes.
pub(super) fn prefecture(chars: &[char]) -> Option<(u8, usize)> {
    let ending = |at: usize| chars.get(at).is_some_and(|c| matches!(c, '都' | '道' | '府' | '県'));
    if !ending(2) && !ending(3) {
        return None;
    }
    let code = *BY_BEGINNING.get(chars.first_chunk()?)?;
    Some((code, starts(chars, prefecture_name(code)?)?))
}

/// How many characters a branch office of the prefecture takes (石狩支庁, 空知総合振興局): it stands before the county, and says
/// nothing that the municipality does not (DOMAIN 8.1).
pub(super) fn branch_office(chars: &[char]) -> usize {
    if !chars.get(..MAX_NAME + 5).unwrap_or(chars).iter().any(|c| matches!(c, '庁' | '局')) {
        return 0;
    }
    let name = chars.iter().take(MAX_NAME).take_while(|c| is_name(**c) && !DIVISIONS.contains(c)).count();
    let ending = |at| OFFICES.iter().find_map(|office| Some(at + starts(from(chars, at), office)?));
    (1..=name).find_map(ending).filter(|len| *len < chars.len()).unwrap_or(0)
}

/// How many characters county and municipality take, by their endings; for names that the gazetteer does not know.
pub(super) fn municipality(chars: &[char]) -> (usize, usize) {
    let county = up_to_ending(chars, &DIVISIONS)
        .filter(|len| len.checked_sub(1).and_then(|last| chars.get(last)) == Some(&'郡'));
    if let Some(county) = county
        && let Some(municipality) = up_to_ending(from(chars, county), &['町', '村'])
    {
        return (county, municipality);
    }
    (0, up_to_ending(chars, &['市', '区', '町', '村']).unwrap_or(0))
}

/// How many characters the shortest name with one of the endings takes.
fn up_to_ending(chars: &[char], endings: &[char]) -> Option<usize> {
    let mut name = chars.iter().take(MAX_NAME).enumerate().skip(1);
    let (at, ending) = name.find(|(_, c)| endings.contains(c) || !is_name(**c))?;
    endings.contains(ending).then_some(at + 1)
}

/// Whether a municipality's name can hold the character.
const fn is_name(c: char) -> bool {
    !c.is_ascii() && c != super::fold::ILLEGIBLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{FoldSet, address::fold::fold};

    #[test]
    fn prefectures_are_found_by_their_names() {
        for (code, name) in (1..).zip(PREFECTURES) {
            let chars: Vec<char> = name.chars().chain("市".chars()).collect();
            assert_eq!(prefecture(&chars), Some((code, chars.len() - 1)));
        }
    }

    #[test]
    fn prefectures_are_written_in_folded_form() {
        for name in PREFECTURES {
            assert_eq!(fold(name, FoldSet::EMPTY).chars.iter().collect::<String>(), name);
        }
    }
}
