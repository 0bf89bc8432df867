//! The numbers of an address, in order, with what each was said to be. Knows nothing of towns and buildings.

use super::fold::is_kanji;
use super::numeral::{is_kanji_numeral, is_numeral, read, read_digits, read_kanji};
use super::text::{from, starts};
use crate::normalize::kanji_numeral::{digit, unit};

/// What a number of an address was said to be.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
#[non_exhaustive]
pub enum Label {
    /// Nothing was said: a bare number (2-1-1), or a branch after a labelled one (番地の9).
    Unlabelled = 0,
    /// 丁目.
    Chome = 1,
    /// 番, of the residential system (住居表示).
    Ban = 2,
    /// 番地, of the land register (地番).
    Banchi = 3,
    /// 号.
    Go = 4,
    /// 地割.
    Chiwari = 5,
}

impl Label {
    const ALL: [Self; 6] = [Self::Unlabelled, Self::Chome, Self::Ban, Self::Banchi, Self::Go, Self::Chiwari];

    /// The label as written after its number; empty for [`Label::Unlabelled`].
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Unlabelled => "",
            Self::Chome => "丁目",
            Self::Ban => "番",
            Self::Banchi => "番地",
            Self::Go => "号",
            Self::Chiwari => "地割",
        }
    }
}

/// One number of an address and its label.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Number(u32);

impl Number {
    const LABEL_BITS: u32 = 4;
    const NONE: Self = Self(0);

    const fn new(value: u32, label: Label) -> Self {
        Self(value << Self::LABEL_BITS | label as u32)
    }

    /// The number itself, up to eight digits.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0 >> Self::LABEL_BITS
    }

    /// What the number was said to be.
    #[must_use]
    pub fn label(self) -> Label {
        let index = (self.0 & ((1 << Self::LABEL_BITS) - 1)) as usize;
        Label::ALL.get(index).copied().unwrap_or(Label::Unlabelled)
    }
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Number({:?})", self.label())
    }
}

/// What kind of lot the numbers name.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[repr(u8)]
pub(crate) enum Lot {
    #[default]
    Numbered,
    /// 無番地: the lot has no number.
    NoNumber,
    /// 番外地: outside the numbering.
    Outside,
    /// 地先: the land in front of the numbered lot, or beside it. It is not that lot, and has no number of its own.
    Front,
    /// 0-0-0, 999-999: what holds the place of numbers. No lot has the number 0, and of a field filled up with nines nobody knows
    /// whether it means one. The numbers before it are stated, and no block is.
    Unstated,
}

impl Lot {
    const ALL: [Self; 5] = [Self::Numbered, Self::NoNumber, Self::Outside, Self::Front, Self::Unstated];

    const fn text(self) -> &'static str {
        match self {
            Self::Numbered => "",
            Self::NoNumber => "無番地",
            Self::Outside => "番外地",
            Self::Front => "地先",
            Self::Unstated => "0",
        }
    }

    fn read(chars: &[char]) -> Option<(Self, usize)> {
        if !matches!(chars, ['無' | '番' | '地', ..]) {
            return None;
        }
        let written = [Self::NoNumber, Self::Outside, Self::Front].into_iter();
        written.into_iter().find_map(|lot| Some((lot, starts(chars, lot.text())?)))
    }
}

/// The numbers of an address in order, rooms excluded.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub(crate) struct Numbers {
    items: [Number; Numbers::MAX],
    len: u8,
    pub(super) lot: Lot,
}

impl Default for Number {
    fn default() -> Self {
        Self::NONE
    }
}

impl Numbers {
    /// Addresses have at most four or five; what follows is taken for a building.
    pub(super) const MAX: usize = 6;

    /// The numbers with their labels, how many there are, and the lot, for a registry's columns.
    pub(super) const fn to_words(self) -> ([u32; Self::MAX], u32, u32) {
        let [Number(a), Number(b), Number(c), Number(d), Number(e), Number(f)] = self.items;
        ([a, b, c, d, e, f], self.len as u32, self.lot as u32)
    }

    /// What [`Numbers::to_words`] made words of.
    pub(super) fn from_words(words: [u32; Self::MAX], len: u32, lot: u32) -> Self {
        let lot = Lot::ALL.get(lot as usize).copied().unwrap_or_default();
        Self { items: words.map(Number), len: len.min(Self::MAX as u32) as u8, lot }
    }

    pub fn as_slice(&self) -> &[Number] {
        self.items.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn push(&mut self, number: Number) {
        if let Some(slot) = self.items.get_mut(usize::from(self.len)) {
            *slot = number;
            self.len += 1;
        }
    }

    fn last_label(&self) -> Option<Label> {
        self.as_slice().last().map(|number| number.label())
    }

    fn is_full(&self) -> bool {
        usize::from(self.len) == Self::MAX
    }

    /// Whether neither a number nor a lot is stated.
    pub(super) fn state_nothing(&self) -> bool {
        self.as_slice().is_empty() && matches!(self.lot, Lot::Numbered | Lot::Unstated)
    }

    /// Whether a field was filled up with nines (999-999, 99-99-99, 99999): lots have such numbers, but not one under the other.
    fn are_nines(&self) -> bool {
        let least = match self.len {
            0 => return false,
            1 => 99_999,
            2 => 999,
            _ => 99,
        };
        let nines = |number: &Number| {
            number.value() >= least && (number.value() + 1).checked_ilog10() > number.value().checked_ilog10()
        };
        self.as_slice().iter().all(nines)
    }

    /// Writes the numbers so that [`Numbers::read_canonical`] reads the same.
    pub fn write(&self, out: &mut String) {
        let mut numbers = self.as_slice().iter().peekable();
        while let Some(number) = numbers.next() {
            out.push_str(&number.value().to_string());
            out.push_str(number.label().text());
            let goes_on = numbers.peek().is_some() || self.lot == Lot::Unstated;
            if number.label() == Label::Unlabelled && goes_on {
                out.push('-');
            }
        }
        out.push_str(self.lot.text());
    }

    /// Reads what [`Numbers::write`] wrote, and nothing else.
    pub fn read_canonical(chars: &[char]) -> Option<Self> {
        let (mut numbers, mut rest) = (Self::default(), chars);
        while let Some((value, len)) = read_digits(rest) {
            rest = from(rest, len);
            if value == 0 {
                numbers.lot = Lot::Unstated;
                break;
            }
            if numbers.is_full() {
                return None;
            }
            // 1番地先 is 番 and 地先; 番地 would have one more 地.
            let ends = |len| from(rest, len) != ['先'];
            let read =
                |label: Label| starts(rest, label.text()).filter(|len| ends(*len)).map(|len| (label, len));
            let label = Label::ALL.into_iter().skip(1).rev().find_map(read);
            let (label, len) = label.filter(|_| Lot::read(rest).is_none()).unwrap_or((Label::Unlabelled, 0));
            rest = from(rest, len);
            if label == Label::Unlabelled && rest.first() == Some(&'-') {
                rest = from(rest, 1);
            }
            numbers.push(Number::new(value, label));
        }
        if let Some((lot, len)) = Lot::read(rest) {
            numbers.lot = lot;
            rest = from(rest, len);
        }
        rest.is_empty().then_some(numbers)
    }

    /// The numbers of a text as it is received that is nothing else, in the forms in which registers write most of them: 二丁目1番6号,
    /// 3番5号, 122番地, 122番地9; and whether one of them is in kanji. `None` for any other text, which may say the same.
    pub(super) fn of_plain(text: &str) -> Option<(Self, bool)> {
        let mut numbers = Self::default();
        let mut push = |value: u32, label| numbers.push(Number::new(value, label));
        let kanji = one_to_ten(text);
        let chome = kanji.or_else(|| plain_number(text)).filter(|(_, rest)| rest.starts_with("丁目"));
        let kanji = kanji.is_some();
        let rest = match chome {
            Some((value, rest)) => {
                push(value, Label::Chome);
                rest.strip_prefix("丁目")?
            }
            None => text,
        };
        let (value, rest) = plain_number(rest)?;
        let rest = rest.strip_prefix('番')?;
        let (label, rest) = rest.strip_prefix('地').map_or((Label::Ban, rest), |rest| (Label::Banchi, rest));
        push(value, label);
        if rest.is_empty() {
            return Some((numbers, kanji));
        }
        let (value, rest) = plain_number(rest)?;
        let label = if label == Label::Ban { Label::Go } else { Label::Unlabelled };
        push(value, label);
        (rest == label.text()).then_some((numbers, kanji))
    }

    /// Reads the numbers at the start, how many characters they take, and whether one is written in kanji; what follows is building
    /// and room.
    pub fn read(chars: &[char]) -> (Self, usize, bool) {
        let (mut numbers, mut at, mut kanji) = (Self::default(), 0, false);
        while !numbers.is_full() {
            let Some(step) = numbers.step(from(chars, at)) else { break };
            at += step.len;
            kanji |= step.kanji;
            if step.value == 0 {
                numbers.lot = Lot::Unstated;
            } else if numbers.lot == Lot::Numbered {
                numbers.push(Number::new(step.value, step.label));
            }
        }
        if numbers.are_nines() {
            numbers = Self { lot: Lot::Unstated, ..Self::default() };
        }
        if numbers.lot == Lot::Unstated {
            return (numbers, at, kanji);
        }
        if let Some((lot, len)) = Lot::read(from(chars, at)) {
            numbers.lot = lot;
            at += len;
        } else if let Some(len) = numbers.last_label().and_then(|label| beside(label, from(chars, at))) {
            numbers.lot = Lot::Front;
            at += len;
        }
        (numbers, at, kanji)
    }

    /// The next number, if what comes next is one more number and not a room, a floor or a building.
    fn step(&self, chars: &[char]) -> Option<Step> {
        let separator = separator(chars);
        let here = from(chars, separator.len);
        let ordinal = usize::from(here.first() == Some(&'第'));
        let digits = from(here, ordinal);
        let (value, numeral) = read(digits)?;
        let after = from(digits, numeral);
        let label = read_label(after);
        let first = self.len == 0;
        let kanji = digits.first().is_some_and(|&c| is_kanji_numeral(c));
        let separated = first || separator.len > 0 || self.last_label() != Some(Label::Unlabelled);
        // 6号の1 is a part of the house number, 6号の302 a room.
        let of_house = separator.branch && value < 100 && label.is_none();
        let room_follows = self.last_label() == Some(Label::Go) && !of_house
            || is_unit(after)
            || (self.len >= 3 && !separator.branch && matches!(label, None | Some((Label::Go, _))));
        // 81番地一 ends with a number, 2番一番館 does not.
        let ends = after.first().is_none_or(|c| *c == ' ') && self.last_label() != Some(Label::Unlabelled);
        let lone_kanji = kanji && label.is_none() && separator.len == 0 && !first && !ends;
        if !separated || room_follows || lone_kanji || (ordinal > 0 && label.is_none()) {
            return None;
        }
        let (label, written) = label.unwrap_or((Label::Unlabelled, 0));
        Some(Step { value, label, len: separator.len + ordinal + numeral + written, kanji })
    }
}

/// A few ASCII digits at the start, and what follows; `None` for a number that may hold the place of one.
fn plain_number(text: &str) -> Option<(u32, &str)> {
    const MOST: usize = 5;
    let (mut value, mut digits, mut nines) = (0, 0, true);
    for digit in text.bytes().map(|byte| byte.wrapping_sub(b'0')).take_while(|digit| *digit < 10) {
        (value, digits) = (value * 10 + u32::from(digit), digits + 1);
        nines &= digit == 9;
    }
    let is_plain = (1..=MOST).contains(&digits) && value > 0 && (digits == 1 || !nines);
    Some((value, text.get(digits..)?)).filter(|_| is_plain)
}

/// One kanji from 一 to 十 at the start, and what follows.
fn one_to_ten(text: &str) -> Option<(u32, &str)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let value = digit(first).or_else(|| unit(first)).filter(|value| (1..=10).contains(value))?;
    Some((value, chars.as_str()))
}

/// How many characters say that what is meant lies beside the lot whose number was read: 先 before whatever is no kanji of a
/// building's name, another word where nothing follows.
fn beside(label: Label, chars: &[char]) -> Option<usize> {
    const ALONE: [&str; 7] = ["付近", "隣", "隣地", "裏", "横", "前", "向カイ"];
    chars.first()?;
    let front =
        starts(chars, "先").filter(|_| label == Label::Banchi || !chars.get(1).is_some_and(|c| is_kanji(*c)));
    front.or_else(|| ALONE.iter().find_map(|word| starts(chars, word).filter(|len| *len == chars.len())))
}

struct Step {
    value: u32,
    label: Label,
    len: usize,
    kanji: bool,
}

/// What stands between two numbers.
#[derive(Default)]
struct Separator {
    len: usize,
    /// の (番地の9): the number after it is a branch, never a room.
    branch: bool,
}

fn separator(chars: &[char]) -> Separator {
    let branch = chars.first() == Some(&'ノ');
    let len = usize::from(branch || chars.first() == Some(&'-'));
    if chars.get(len).is_some_and(|&c| is_numeral(c)) || len == 0 {
        Separator { len, branch }
    } else {
        Separator::default()
    }
}

/// Words that begin with 番 or 号 and name a town, a building or a room.
const AFTER_BAN: &[char] = &['町', '丁', '館', '街', '組', '棟', '所', '場', '通', '外'];
const AFTER_GO: &[char] = &['室', '棟', '館', '線', '地', '通'];

/// Reads the label at the start: 丁目, 丁 (as Sakai writes it), 番, 番地, 号, 地割.
fn read_label(chars: &[char]) -> Option<(Label, usize)> {
    let next = |at: usize| chars.get(at);
    match chars.first()? {
        '丁' if next(1) == Some(&'目') => Some((Label::Chome, 2)),
        '丁' if next(1).is_none_or(|&c| is_numeral(c) || c == '-') => Some((Label::Chome, 1)),
        '番' if next(1) == Some(&'地') => Some((Label::Banchi, 2)),
        '番' if next(1).is_none_or(|c| !AFTER_BAN.contains(c)) => Some((Label::Ban, 1)),
        '号' if next(1).is_none_or(|c| !AFTER_GO.contains(c)) => Some((Label::Go, 1)),
        '地' if next(1) == Some(&'割') => Some((Label::Chiwari, 2)),
        _ => None,
    }
}

/// Whether what comes first says what a number before it is.
pub(super) fn starts_with_label(chars: &[char]) -> bool {
    read_label(chars).is_some()
}

/// Whether a number before these characters is that of a room, a floor or a part of a building.
fn is_unit(chars: &[char]) -> bool {
    match chars.first() {
        Some('室' | '棟' | '階') => true,
        Some('F') => chars.get(1).is_none_or(|c| !c.is_ascii_alphabetic()),
        Some('号') => chars.get(1).is_some_and(|c| matches!(c, '室' | '棟' | '館')),
        _ => false,
    }
}

/// Characters after a numeral that make it part of a town's name (北1条西, 3線, 2区, 一ノ宮).
const CONTINUES_TOWN: &[char] = &[
    '条', '線', '軒', '区', '町', '村', '部', '組', '本', '里', '沢', '丁', '社', '反', '分', '坪', '俵',
    '日', '月', '年', 'ツ', 'ケ', '番',
];

/// Whether the numbers of the address begin here, and not a name that holds a numeral.
pub(super) fn begin(chars: &[char]) -> bool {
    let Some(&first) = chars.first() else { return false };
    if first == '第' {
        let numeral = from(chars, 1);
        return read(numeral).is_some_and(|(_, len)| starts(from(numeral, len), "地割").is_some());
    }
    if Lot::read(chars).is_some_and(|(lot, _)| lot != Lot::Front) {
        return true;
    }
    let kanji = is_kanji_numeral(first);
    let Some((_, len)) = (if kanji { read_kanji(chars) } else { read_digits(chars) }) else { return false };
    let after = from(chars, len);
    match read_label(after) {
        // 一番1丁目 and 二番3丁目 are towns: 丁目 cannot follow 番.
        Some((Label::Ban, label)) => {
            let next = from(after, label);
            let chome = |len| matches!(read_label(from(next, len)), Some((Label::Chome, _)));
            !read(next).is_some_and(|(_, len)| chome(len))
        }
        // 東5号北3線 and 10号12番地: roads of the Hokkaido grid.
        Some((Label::Go, label)) => {
            let next = after.get(label);
            !kanji && !next.is_some_and(|&c| is_numeral(c) || matches!(c, '東' | '西' | '南' | '北'))
        }
        Some(_) => true,
        None if kanji => separator(after).len > 0 && read(from(after, 1)).is_some(),
        None => match after.first() {
            Some('ノ') => separator(after).len > 0,
            Some(next) => !CONTINUES_TOWN.contains(next),
            None => true,
        },
    }
}
