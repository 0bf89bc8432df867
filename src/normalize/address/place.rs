//! Prefecture, county and municipality at the start of an address, by the rule of their endings and its exceptions.

use super::text::starts;

/// The 47 prefectures; a prefecture's code is its place in the list, from 1 (JIS X 0401).
const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// Cities whose wards (区) are part of the municipality (政令指定都市).
const DESIGNATED_CITIES: [&str; 20] = [
    "札幌市",
    "仙台市",
    "サイタマ市",
    "千葉市",
    "横浜市",
    "川崎市",
    "相模原市",
    "新潟市",
    "静岡市",
    "浜松市",
    "名古屋市",
    "京都市",
    "大阪市",
    "堺市",
    "神戸市",
    "岡山市",
    "広島市",
    "北九州市",
    "福岡市",
    "熊本市",
];

/// Names that hold 市, 区, 町, 村 or 郡 before their end, other than as the first character (市川市, 町田市, 村上市, 郡山市),
/// which the rule itself gets right.
const MUNICIPALITIES_WITH_INNER_ENDING: [&str; 23] = [
    "四日市市",
    "廿日市市",
    "野々市市",
    "野々市町",
    "八日市市",
    "八日市場市",
    "今市市",
    "余市町",
    "大町市",
    "大町町",
    "十日町市",
    "原町市",
    "東村山市",
    "武蔵村山市",
    "羽村市",
    "田村市",
    "大村市",
    "中村市",
    "玉村町",
    "上郡町",
    "大和郡山市",
    "蒲郡市",
    "小郡市",
];
const COUNTIES_WITH_INNER_ENDING: [&str; 6] =
    ["余市郡", "高市郡", "田村郡", "東村山郡", "西村山郡", "北村山郡"];

/// The longest name the rule believes in, its ending included (かすみがうら市, つくばみらい市 are seven).
const MAX_NAME: usize = 8;
/// The longest ward name, its ending included (保土ケ谷区).
const MAX_WARD: usize = 5;

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
    (1..).zip(&PREFECTURES).find_map(|(code, name)| Some((code, starts(chars, name)?)))
}

/// How many characters the county and the municipality at the start take; 0 for none.
#[derive(Clone, Copy, Default)]
pub(super) struct Extent {
    pub county: usize,
    pub municipality: usize,
}

/// Reads county and municipality at the start.
pub(super) fn municipality(chars: &[char]) -> Extent {
    let exception =
        |chars: &[char]| MUNICIPALITIES_WITH_INNER_ENDING.iter().find_map(|name| starts(chars, name));
    if let Some(len) = exception(chars) {
        return Extent { county: 0, municipality: len };
    }
    let county = COUNTIES_WITH_INNER_ENDING.iter().find_map(|name| starts(chars, name)).or_else(|| {
        up_to_ending(chars, MAX_NAME, &['市', '区', '町', '村', '郡']).filter(|&len| ends(chars, len, '郡'))
    });
    if let Some(county) = county {
        let rest = chars.get(county..).unwrap_or_default();
        if let Some(municipality) = exception(rest).or_else(|| up_to_ending(rest, MAX_NAME, &['町', '村']))
        {
            return Extent { county, municipality };
        }
    }
    let Some(len) = up_to_ending(chars, MAX_NAME, &['市', '区', '町', '村']) else {
        return Extent::default();
    };
    let rest = chars.get(len..).unwrap_or_default();
    let designated = DESIGNATED_CITIES.iter().any(|city| starts(chars, city) == Some(len));
    let ward = if designated { up_to_ending(rest, MAX_WARD, &['区']) } else { None };
    Extent { county: 0, municipality: len + ward.unwrap_or(0) }
}

/// How many characters the shortest name with one of the endings takes.
fn up_to_ending(chars: &[char], max: usize, endings: &[char]) -> Option<usize> {
    let mut name = chars.iter().take(max).enumerate().skip(1);
    let (at, ending) = name.find(|(_, c)| endings.contains(c) || !is_name(**c))?;
    endings.contains(ending).then_some(at + 1)
}

fn ends(chars: &[char], len: usize, ending: char) -> bool {
    len.checked_sub(1).and_then(|last| chars.get(last)) == Some(&ending)
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
    fn tables_are_written_in_folded_form() {
        let names = PREFECTURES.iter().chain(&DESIGNATED_CITIES).chain(&MUNICIPALITIES_WITH_INNER_ENDING);
        for name in names.chain(&COUNTIES_WITH_INNER_ENDING) {
            assert_eq!(fold(name, FoldSet::EMPTY).chars.iter().collect::<String>(), **name);
        }
    }
}
