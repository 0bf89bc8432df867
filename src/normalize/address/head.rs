//! The head of an address: all that stands before its numbers. A register writes the same head thousands of times, so that
//! whoever reads many addresses may keep what was read. Knows nothing of what the numbers say.

use std::cell::Cell;

use super::fold::{self, Folded, ILLEGIBLE, clean_and_fold_into, fold, fold_into, is_illegible};
use super::gazetteer::{self, Place};
use super::numbers::{self, Numbers};
use super::numeral::{is_kanji_numeral, is_numeral};
use super::text::from;
use super::{Address, FiledAddress, Part, Parts, place, town};
use crate::normalize::memo::Memo;
use crate::normalize::text::clean;
use crate::normalize::{Fold, FoldSet, Grade, kanji};

/// A head read, and what follows it.
pub(super) struct Head<'a> {
    pub parts: Parts,
    pub folds: FoldSet,
    pub grade: Grade,
    pub rest: &'a [char],
    place: Option<Place>,
    /// What follows the municipality; and of it, what the gazetteer does not know, up to the numbers.
    local: &'a [char],
    unlisted: &'a [char],
}

impl<'a> Head<'a> {
    /// Reads a head; its parts are written into empty room.
    pub fn read(chars: &'a [char], room: String) -> Option<Self> {
        let code = postal_code(chars);
        let rest = from(chars, code);
        if states_nothing(rest) {
            return None;
        }
        let (prefecture, len) = place::prefecture(rest).unwrap_or_default();
        let rest = from(rest, len);
        let office = place::branch_office(rest);
        let rest = from(rest, office);
        let folds = FoldSet::EMPTY;
        let folds = if code + office > 0 { folds.with(Fold::Noise) } else { folds };
        let found = gazetteer::find((prefecture > 0).then_some(prefecture), rest);
        let (county, name) =
            found.as_ref().map_or_else(|| place::municipality(rest), |it| (it.county, it.name));
        let written = rest.get(..county + name).unwrap_or_default();
        let (county, rest) = rest.split_at_checked(county)?;
        let (municipality, local) = rest.split_at_checked(name)?;
        let mut parts = Parts::new(room);
        let place = found.as_ref().and_then(|found| found.place);
        match place {
            Some(place) => parts.set_municipality(place.municipality),
            None => {
                parts.prefecture = prefecture;
                parts.push(Part::County, |out| out.extend(county));
                parts.push(Part::Municipality, |out| out.extend(municipality));
            }
        }
        let known = place.and_then(|place| place.town);
        let streets = match known {
            Some(town) => town.streets,
            None if town::names_streets(parts.last()) => town::street_extent(local),
            None => 0,
        };
        let (street, rest) = local.split_at_checked(streets)?;
        parts.push(Part::Street, |out| town::write_street(street, out));
        let (_, rest) = rest.split_at_checked(known.map_or(0, |town| town.len))?;
        let (unlisted, rest) = rest.split_at_checked(town::extent(rest))?;
        let own = settled(unlisted, rest);
        match known {
            Some(found) => {
                parts.set_town(found.town);
                let area =
                    if town::joins_lot(parts.last(), &own) { &[] } else { town::without_joining_no(&own) };
                parts.push(Part::Area, |out| town::write(area, out));
            }
            None => {
                parts.push(Part::Town, |out| town::write(town::without_joining_no(&own), out));
                parts.push(Part::Area, |_| ());
            }
        }
        parts.facts.former = place.is_some_and(|place| place.former);
        parts.facts.ambiguous |=
            found.is_some() && place.is_none() && gazetteer::means_several(prefecture, written);
        let grades = place.map(|place| place.grade).into_iter().chain(known.map(|town| town.grade));
        let grade = grades.fold(Grade::Identical, Grade::max);
        Some(Self { parts, folds, grade, rest, place, local, unlisted })
    }
}

/// Heads read; nothing for those that cannot be read by themselves.
#[derive(Debug)]
pub(crate) struct Heads(Memo<Option<Address>>);

impl Default for Heads {
    fn default() -> Self {
        // Of a prefecture all; of the country those where most live.
        const HEADS: usize = 1 << 16;
        Self(Memo::of(HEADS))
    }
}

/// What a head says besides its place.
#[derive(Clone, Copy)]
pub(crate) struct HeadNotes {
    folds: FoldSet,
    grade: Grade,
}

impl Heads {
    /// An address whose head can be read by itself, and the notes of the head, where the place is that of the head alone.
    pub(crate) fn read(&mut self, input: &str) -> Option<(Address, Option<HeadNotes>)> {
        let Self(heads) = self;
        let (head, tail) = Address::cut(input)?;
        let head = heads.get(head, Address::head)?.as_ref()?;
        let address = head.followed_by(tail)?;
        let notes = HeadNotes { folds: head.folds, grade: head.grade };
        let notes = (address.place == head.place).then_some(notes);
        Some((address, notes))
    }
}

/// What follows the head of an address: numbers, building and room.
pub(crate) struct Site {
    filed: FiledAddress,
    /// Building and room, which are short, and where each of them ends.
    text: [u8; Site::TEXT],
    building: u8,
    room: u8,
}

/// Room in which addresses or their tails are read, one after the other.
#[derive(Default)]
pub(crate) struct Desk {
    pub(super) chars: Vec<char>,
    pub(super) text: String,
}

impl Desk {
    /// Lends a thread's own, so that an address is written nowhere but where it stays.
    pub(super) fn lent<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        thread_local!(static OWN: Cell<Desk> = const { Cell::new(Desk { chars: Vec::new(), text: String::new() }) });
        let mut desk = OWN.take();
        let done = work(&mut desk);
        OWN.set(desk);
        done
    }

    /// Empty room for characters. Until it is given back there is no other.
    pub(super) fn chars(&mut self) -> Vec<char> {
        self.chars.clear();
        std::mem::take(&mut self.chars)
    }

    /// As [`Self::chars`], for text.
    pub(super) fn text(&mut self) -> String {
        self.text.clear();
        std::mem::take(&mut self.text)
    }
}

impl Site {
    const TEXT: usize = 62;

    /// What a tail says after a head with these notes; `None` if the address must be read as a whole.
    pub(crate) fn read(tail: &str, notes: HeadNotes, desk: &mut Desk) -> Option<Self> {
        let Some((numbers, kanji)) = Numbers::of_plain(tail) else {
            return Self::read_all(tail, notes, desk);
        };
        let folds = if kanji { notes.folds.with(Fold::Numeral) } else { notes.folds };
        let filed = FiledAddress::of(numbers, folds, notes.grade);
        Some(Self { filed, text: [0; Self::TEXT], building: 0, room: 0 })
    }

    /// As [`Self::read`], character by character.
    fn read_all(tail: &str, notes: HeadNotes, desk: &mut Desk) -> Option<Self> {
        let Folded { chars: tail, folds, grade } = folded_tail(tail, desk.chars());
        let site = numbers::begin(&tail).then(|| {
            let mut parts = Parts::new(desk.text());
            let (numbers, folds) = parts.read_numbers(&tail, notes.folds.union(folds));
            let site = Self::of(&parts, FiledAddress::of(numbers, folds, notes.grade.max(grade)));
            desk.text = parts.text;
            site
        });
        desk.chars = tail;
        site.flatten()
    }

    fn of(parts: &Parts, filed: FiledAddress) -> Option<Self> {
        if is_illegible(&parts.text) {
            return None;
        }
        let mut text = [0; Self::TEXT];
        text.get_mut(..parts.text.len())?.copy_from_slice(parts.text.as_bytes());
        let building = parts.ends.get(Part::Building as usize).copied()? as u8;
        Some(Self { filed, text, building, room: parts.text.len() as u8 })
    }

    pub(crate) const fn filed(&self) -> FiledAddress {
        self.filed
    }

    pub(crate) fn building(&self) -> &[u8] {
        self.text.get(..self.building.into()).unwrap_or_default()
    }

    pub(crate) fn room(&self) -> &[u8] {
        self.text.get(self.building.into()..self.room.into()).unwrap_or_default()
    }
}

impl Address {
    /// As [`Address::parse`], but a head that `heads` has is not read again.
    pub(crate) fn parse_with(heads: &mut Heads, input: &str) -> Option<Self> {
        heads.read(input).map(|(address, _)| address).or_else(|| Self::parse(input))
    }

    /// Head and tail of an address that may be read one after the other.
    pub(crate) fn cut(input: &str) -> Option<(&str, &str)> {
        if input.len() <= Self::MAX_LEN { cut(input) } else { None }
    }

    /// The address of a head alone; `None` where what follows could change how it is read.
    fn head(head: &str) -> Option<Self> {
        if !head.chars().all(is_inert) || head.chars().next_back().is_none_or(leans_on_next) {
            return None;
        }
        // 北1西2: what the grid of Sapporo means shows behind the number.
        if head.ends_with(['北', '南']) && head.contains("札幌市") {
            return None;
        }
        let chars = fold(head, FoldSet::EMPTY);
        // Words that say that the address is cut off say so at its end only.
        if chars.chars.contains(&ILLEGIBLE) {
            return None;
        }
        let head = Head::read(&chars.chars, String::new())?;
        let Head { mut parts, folds, grade, rest, place, local, unlisted } = head;
        let place = place.filter(|place| place.only && !place.municipality.may_go_on(local))?;
        let begins = |c: &char| is_numeral(*c) || matches!(c, '第' | '無' | '番');
        if !rest.is_empty() || unlisted.iter().any(begins) || town::names_streets(&place.municipality.name) {
            return None;
        }
        parts.finish(Numbers::default(), chars.folds.union(folds), chars.grade.max(grade))
    }

    /// The address of this head and a tail; `None` if the tail does not begin with its numbers.
    fn followed_by(&self, tail: &str) -> Option<Self> {
        let tail = folded_tail(tail, Vec::with_capacity(tail.len() / 2));
        if !numbers::begin(&tail.chars) {
            return None;
        }
        let mut parts = Parts::of(self);
        let (numbers, folds) = parts.read_numbers(&tail.chars, self.folds.union(tail.folds));
        parts.facts.illegible = is_illegible(&parts.text);
        Some(parts.hashed(self.place.hash, numbers, folds, self.grade.max(tail.grade)))
    }
}

/// A tail in one notation, in empty room.
fn folded_tail(tail: &str, room: Vec<char>) -> Folded {
    clean_and_fold_into(room, tail).unwrap_or_else(|room| {
        let clean = clean(tail);
        fold_into(room, &clean.text, clean.folds)
    })
}

/// Cuts an address before its first number, a 丁目 in kanji included; `None` where nothing says that it can be cut there.
fn cut(input: &str) -> Option<(&str, &str)> {
    let (head, _) = input.split_at_checked(first_digit(input)?)?;
    let chome = head.strip_suffix("丁目").map(|head| head.trim_end_matches(is_kanji_numeral));
    let (head, tail) = input.split_at_checked(chome.unwrap_or(head).len())?;
    // An address with its borders written out has more than one of these.
    let begins = tail.starts_with(|c| is_kanji_numeral(c) || matches!(c, '0'..='9' | '０'..='９'));
    // Few signs begin with this byte, and hardly a kanji or kana of full width.
    let (narrow, may_be_wide) = (tail.as_bytes().contains(&b'/'), tail.as_bytes().contains(&0xEF));
    let has_borders = narrow || may_be_wide && tail.contains('／');
    (begins && !has_borders).then_some((head, tail))
}

/// Where the first digit is, of whatever width.
fn first_digit(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += match bytes.get(at)? {
            b'0'..=b'9' => return Some(at),
            0xEF if matches!(bytes.get(at..at + 3), Some([_, 0xBC, 0x90..=0x99])) => return Some(at),
            // Kanji and kana: none of the bytes that follow begins a character.
            0xE0..=0xEF => 3,
            _ => 1,
        };
    }
}

/// Characters that cleaning and folding leave alone or change whatever stands beside them; no space, digit or mark.
const fn is_inert(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '々')
}

/// Whether a character at the end of a head means something else before a number, or is a part of the number.
const fn leans_on_next(c: char) -> bool {
    is_numeral(c) || matches!(c, 'ー' | 'ガ' | 'が')
}

/// A part settled by itself: what stood before it can make a long vowel of a dash (上るイー一), and is not there when the
/// part is read back.
fn settled(part: &[char], rest: &[char]) -> Vec<char> {
    if part.is_empty() {
        return Vec::new();
    }
    let mut chars: Vec<char> = part.iter().chain(rest.first()).copied().collect();
    fold::settle(&mut chars, &mut FoldSet::default());
    chars.truncate(part.len());
    chars
}

/// What is written where an address is missing or withheld, as it is folded.
const NOTHING: [&str; 54] = [
    "",
    "〃",
    "NA",
    "NULL",
    "NONE",
    "UNKNOWN",
    "TEST",
    "テスト",
    "ダミー",
    "サンプル",
    "ナシ",
    "無シ",
    "記載ナシ",
    "該当ナシ",
    "不明",
    "不詳",
    "不祥",
    "未詳",
    "未定",
    "未登録",
    "未記入",
    "未入力",
    "空欄",
    "空白",
    "住居不定",
    "居所不定",
    "住所不明",
    "住所不詳",
    "住所不定",
    "住所未定",
    "住所未登録",
    "住所ナシ",
    "住所非公開",
    "住所秘匿",
    "非公開",
    "非開示",
    "秘匿",
    "同上",
    "上ニ同ジ",
    "左ニ同ジ",
    "住民票ニ同ジ",
    "住民票ノ住所ニ同ジ",
    "現住所ニ同ジ",
    "省略",
    "非表示",
    "所在不明",
    "居所不明",
    "転居先不明",
    "転出先不明",
    "入所中",
    "施設入所中",
    "職権消除",
    "海外転出",
    "国外転出",
];

/// Characters of the longest of these words.
const LONGEST_NOTHING: usize = 9;

/// Whether nothing is stated; a place or a number is in none of the words.
fn states_nothing(chars: &[char]) -> bool {
    let is_word = |word: &&str| word.chars().eq(chars.iter().copied());
    let may_be_word = chars.len() <= LONGEST_NOTHING;
    chars.iter().all(|c| kanji::is_unknown(*c)) || may_be_word && NOTHING.iter().any(is_word)
}

/// How many characters a postal code at the start takes.
fn postal_code(chars: &[char]) -> usize {
    if !matches!(chars, ['〒' | '0'..='9', ..]) {
        return 0;
    }
    let sign = usize::from(chars.first() == Some(&'〒'));
    let mut at = sign;
    let mut digits = 0;
    while let Some(&c) = chars.get(at) {
        match c {
            '0'..='9' => digits += 1,
            '-' if digits == 3 => {}
            _ => break,
        }
        at += 1;
    }
    let dash = at - sign - digits == 1;
    // 1660004東京都…: without its sign and its dash, what stands before a prefecture is no number of a lot.
    let told = || sign == 1 || dash || place::prefecture(from(chars, at)).is_some();
    if digits == 7 && told() { at } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Tails with buildings on both sides of the room that a [`Site`] has, and some that do not begin with a number.
    fn tails() -> impl Strategy<Value = String> {
        let name = "(松風|レジデンス|グランド|ﾊｲﾂ|Ａ棟|コーポ|●|　| |壱番館|・|Tower|[一-龠]){0,3}";
        let long = "(松|風|Ａ|ｶﾞ|é|𠮷){14,26}";
        let room = "( ?(101|302号室|Ａ101|3F|B1階|壱号室|5号棟302号室|山田様方))?";
        let numbers = "(1-2-3|二丁目1番6号|１２２番地の5|3番5号|1番地|12|番外地|三の|1ー2)";
        let texts = prop_oneof![2 => name, 3 => long];
        prop_oneof![
            6 => (numbers, "[ 　]?", texts, room).prop_map(|(a, b, c, d)| [a, b, c, d].concat()),
            1 => "[一山丁目ー０９5ｱＡ●]{0,9}",
        ]
    }

    proptest! {
        /// A tail read at a desk says what the whole address does, or nothing, wherever its text ends.
        #[test]
        fn a_site_is_the_tail_of_its_address(tails in prop::collection::vec(tails(), 1..6)) {
            const HEAD: &str = "神奈川県横浜市青葉区上谷本町";
            let head = Address::head(HEAD).unwrap();
            let notes = HeadNotes { folds: head.folds, grade: head.grade };
            let mut desk = Desk::default();
            for tail in tails {
                let before = [desk.chars.capacity(), desk.text.capacity()];
                let site = Site::read(&tail, notes, &mut desk);
                let after = [desk.chars.capacity(), desk.text.capacity()];
                prop_assert!(before[0] <= after[0] && before[1] <= after[1], "room is lost: {}", tail);
                let whole = Address::parse(&[HEAD, &tail].concat()).unwrap();
                let view = whole.view();
                let texts = view.building.len() + view.room.len();
                if let Some(site) = site {
                    prop_assert_eq!(site.filed(), view.filed(), "{}", tail);
                    prop_assert_eq!((site.building(), site.room()), (view.building, view.room), "{}", tail);
                    prop_assert_eq!(view.place.bytes(), head.view().place.bytes(), "{}", tail);
                } else if head.followed_by(&tail).is_some() && !view.is_illegible() {
                    prop_assert!(texts > Site::TEXT, "{} bytes fit: {}", texts, tail);
                }
            }
        }
    }

    proptest! {
        /// Numbers alone, in the forms that are read where they stand and in others, are what they are when all is read.
        #[test]
        fn plain_numbers_are_read_as_any(
            tail in "(([一二三九十〇壱弐拾百]|十一|[0-9]{1,2})丁目?)?([0-9]{1,3}|[0-9]{1,9}|9{2,6}|一)(番地?|号|-)(([0-9]{1,3}|99|0|三)(号|番|室|の1)?)?(　.)?",
        ) {
            let head = Address::head("神奈川県横浜市青葉区上谷本町").unwrap();
            let notes = HeadNotes { folds: head.folds, grade: head.grade };
            let mut desk = Desk::default();
            let site = Site::read(&tail, notes, &mut desk);
            let all = Site::read_all(&tail, notes, &mut desk);
            prop_assert_eq!(site.as_ref().map(Site::filed), all.as_ref().map(Site::filed));
            let texts = |site: &Option<Site>| site.as_ref().map(|site| [site.building().to_vec(), site.room().to_vec()]);
            prop_assert_eq!(texts(&site), texts(&all));
        }

        #[test]
        fn an_address_is_cut_before_its_first_digit(text in "[一山丁目ー０９5／/ｱＡａé𠮷\u{FFFD} ]{0,12}") {
            let is_digit = |c| matches!(c, '0'..='9' | '０'..='９');
            prop_assert_eq!(first_digit(&text), text.find(is_digit));
            if let Some((head, tail)) = cut(&text) {
                prop_assert!(!head.contains(is_digit) && !tail.contains(['/', '／']));
                prop_assert_eq!([head, tail].concat(), text);
            }
        }
    }

    #[test]
    fn plain_numbers_are_read_where_they_stand() {
        for tail in ["二丁目1番6号", "2丁目1番6号", "十丁目12番地", "3番5号", "122番地", "122番地9", "3番"]
        {
            assert!(Numbers::of_plain(tail).is_some(), "{tail}");
        }
        for tail in [
            "",
            "2丁目",
            "0番地",
            "99番地",
            "1番地の2",
            "1-2",
            "1番館",
            "1番2",
            "1番2号室",
            "1番2号3",
            "１番地",
            "123456番地",
        ] {
            assert!(Numbers::of_plain(tail).is_none(), "{tail}");
        }
    }

    #[test]
    fn every_word_states_nothing() {
        for word in NOTHING {
            let chars: Vec<char> = word.chars().collect();
            assert!(states_nothing(&chars), "{word}");
        }
    }
}
