//! Dwellings, and how their addresses are written.

use std::fmt::Write;

use super::place_tables::{
    BUILDING_KINDS, BUILDING_NAMES, KYOTO_STREETS, MUNICIPALITIES, Municipality, Numbering,
};
use super::random::{Random, Tickets};

/// A neighbourhood: a town, its 丁目 (0 for none), and in the old city of Kyoto the streets that lead there.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct Area {
    municipality: u16,
    town: u8,
    chome: u8,
    street: Option<u8>,
}

/// Where a household lives. Equal values are the same dwelling.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct Dwelling {
    pub(super) area: Area,
    /// 番 or 番地.
    block: u16,
    /// 号 or the branch number of a lot, 0 for none.
    number: u16,
    /// 0 for a house.
    room: u16,
}

impl Dwelling {
    pub(super) fn is_flat(self) -> bool {
        self.room > 0
    }

    pub(super) fn has_streets(self) -> bool {
        self.area.street.is_some()
    }

    pub(super) fn has_last_number(self) -> bool {
        self.number > 0
    }

    /// Whether what is shown of this dwelling is true of the other.
    pub(super) fn fits(self, other: Self, shown: Shown) -> bool {
        let town = |area: Area| Area { street: area.street.filter(|_| shown.streets), ..area };
        town(self.area) == town(other.area)
            && self.block == other.block
            && (!shown.last_number || self.number == other.number)
            && (!(shown.room || shown.room_joined) || self.room == other.room)
    }

    fn municipality(self) -> Option<&'static Municipality> {
        MUNICIPALITIES.get(usize::from(self.area.municipality))
    }

    /// Kind and name of the building: one and the same for everybody who lives at these numbers.
    fn building(self) -> [&'static str; 2] {
        let at = usize::from(self.block) * 7 + usize::from(self.number) * 31 + usize::from(self.area.town);
        let kind = BUILDING_KINDS.get(at % BUILDING_KINDS.len()).copied().unwrap_or_default();
        let name = BUILDING_NAMES.get(at % BUILDING_NAMES.len()).copied().unwrap_or_default();
        if at.is_multiple_of(3) { [name, kind] } else { [kind, name] }
    }
}

/// Places drawn in proportion to their residents.
pub(super) struct Places(Tickets);

impl Places {
    pub(super) fn new() -> Self {
        Places(Tickets::new(MUNICIPALITIES.iter().map(|place| place.weight)))
    }

    pub(super) fn area(&self, random: &mut Random) -> Area {
        let municipality = self.0.draw(random);
        let place = MUNICIPALITIES.get(municipality);
        let towns = place.map_or(&[][..], |place| place.towns);
        let town = random.below(towns.len() as u32);
        let chome = towns.get(town as usize).map_or(0, |(_, chome)| *chome);
        let kyoto = place.is_some_and(|place| place.name == "京都市中京区") && town < 2;
        Area {
            municipality: municipality as u16,
            town: town as u8,
            chome: if chome == 0 { 0 } else { random.between(1, chome) as u8 },
            street: kyoto.then(|| random.below(KYOTO_STREETS.len() as u32) as u8),
        }
    }

    /// Any dwelling at all.
    pub(super) fn dwelling(&self, flat: bool, random: &mut Random) -> Dwelling {
        let area = self.area(random);
        let position = random.below(1 << 16);
        let room = if flat { 100 * random.between(1, 9) + random.between(1, 12) } else { 0 };
        dwelling_at(area, position, room)
    }
}

/// The dwelling at a position along the streets of an area; `room` 0 for a house.
pub(super) fn dwelling_at(area: Area, position: u32, room: u32) -> Dwelling {
    let lots = MUNICIPALITIES
        .get(usize::from(area.municipality))
        .is_some_and(|place| place.numbering == Numbering::Lot);
    let (block, number) = match (lots, area.chome) {
        (true, 0) => (position / 12 % 3000 + 1, position % 12),
        (true, _) => (position / 12 % 400 + 1, position % 12),
        (false, _) => (position / 25 % 60 + 1, position % 25 + 1),
    };
    Dwelling { area, block: block as u16, number: number as u16, room: room as u16 }
}

/// How the numbers of an address are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Style {
    /// 三丁目2番9号, as in the register.
    Official,
    /// 3丁目2番9号.
    Labelled,
    /// 三丁目二番九号.
    Kanji,
    /// 3-2-9.
    Bare,
}

/// What of an address is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Shown {
    pub(super) prefecture: bool,
    /// The streets of a Kyoto address.
    pub(super) streets: bool,
    /// 号, or the branch number of a lot.
    pub(super) last_number: bool,
    pub(super) building: bool,
    pub(super) room: bool,
    /// The room as one more number, without the building: 3-2-9-302.
    pub(super) room_joined: bool,
}

impl Shown {
    pub(super) const ALL: Shown = Shown {
        prefecture: true,
        streets: true,
        last_number: true,
        building: true,
        room: true,
        room_joined: false,
    };
}

/// Appends the address.
pub(super) fn write_address(out: &mut String, dwelling: Dwelling, shown: Shown, style: Style) {
    let Some(place) = dwelling.municipality() else { return };
    if shown.prefecture {
        out.push_str(place.prefecture);
    }
    out.push_str(place.name);
    if let Some(street) = dwelling.area.street.filter(|_| shown.streets) {
        out.push_str(KYOTO_STREETS.get(usize::from(street)).copied().unwrap_or_default());
    }
    let town = place.towns.get(usize::from(dwelling.area.town)).map_or("", |(town, _)| *town);
    write_town(out, town, place.prefecture == "北海道" && !matches!(style, Style::Official | Style::Kanji));
    write_numbers(out, dwelling, place.numbering, shown.last_number, style);
    if dwelling.is_flat() {
        write_room(out, dwelling, shown, style);
    }
}

/// 北一条西, or 北1条西 where numbers are in digits.
fn write_town(out: &mut String, town: &str, digits: bool) {
    match town.split_once('条') {
        Some((number, rest)) if digits => {
            let start = number.find(['一', '二', '三', '四', '六', '七']).unwrap_or(number.len());
            let (name, number) = number.split_at_checked(start).unwrap_or((number, ""));
            let arabic = match number {
                "一" => "1",
                "三" => "3",
                "四" => "4",
                "六" => "6",
                "七" => "7",
                "二十四" => "24",
                other => other,
            };
            out.extend([name, arabic, "条", rest]);
        }
        _ => out.push_str(town),
    }
}

fn write_numbers(out: &mut String, dwelling: Dwelling, numbering: Numbering, last: bool, style: Style) {
    let chome = u32::from(dwelling.area.chome);
    let (block, number) = (u32::from(dwelling.block), u32::from(dwelling.number));
    let number = Some(number).filter(|&number| last && number > 0);
    if style == Style::Bare {
        for part in [(chome > 0).then_some(chome), Some(block)].into_iter().flatten() {
            push_digits(out, part);
            out.push('-');
        }
        match number {
            Some(number) => push_digits(out, number),
            None => {
                out.pop();
            }
        }
        return;
    }
    let push = if style == Style::Kanji { push_kanji } else { push_digits };
    if chome > 0 {
        if style == Style::Labelled {
            push_digits(out, chome)
        } else {
            push_kanji(out, chome)
        }
        out.push_str("丁目");
    }
    push(out, block);
    out.push_str(if numbering == Numbering::Block { "番" } else { "番地" });
    if let Some(number) = number {
        push(out, number);
        out.push_str(if numbering == Numbering::Block { "号" } else { "" });
    }
}

fn write_room(out: &mut String, dwelling: Dwelling, shown: Shown, style: Style) {
    let room = u32::from(dwelling.room);
    if shown.room_joined {
        out.push('-');
        push_digits(out, room);
        return;
    }
    if shown.building {
        out.push(if style == Style::Bare { ' ' } else { '\u{3000}' });
        out.extend(dwelling.building());
    }
    if shown.room {
        if !shown.building {
            out.push(' ');
        }
        push_digits(out, room);
        out.push_str("号室");
    }
}

/// Appends a number in ASCII digits.
pub(super) fn push_digits(out: &mut String, number: u32) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{number}");
}

/// Appends a number below 10,000 in kanji: 二十三, 千百五.
pub(super) fn push_kanji(out: &mut String, number: u32) {
    const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |value: u32| DIGITS.get(value as usize).copied().unwrap_or_default();
    if number == 0 {
        out.push_str(digit(0));
    }
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十")] {
        match number / unit % 10 {
            0 => {}
            1 => out.push_str(name),
            count => out.extend([digit(count), name]),
        }
    }
    if !number.is_multiple_of(10) {
        out.push_str(digit(number % 10));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(name: &str, town: &str, chome: u8) -> Area {
        let municipality = MUNICIPALITIES.iter().position(|place| place.name == name).unwrap();
        let town = MUNICIPALITIES[municipality].towns.iter().position(|(other, _)| *other == town).unwrap();
        Area { municipality: municipality as u16, town: town as u8, chome, street: None }
    }

    fn written(dwelling: Dwelling, shown: Shown, style: Style) -> String {
        let mut out = String::new();
        write_address(&mut out, dwelling, shown, style);
        out
    }

    #[test]
    fn one_house_in_four_styles() {
        let house = Dwelling { area: at("世田谷区", "成城", 3), block: 12, number: 9, room: 0 };
        for (style, expected) in [
            (Style::Official, "東京都世田谷区成城三丁目12番9号"),
            (Style::Labelled, "東京都世田谷区成城3丁目12番9号"),
            (Style::Kanji, "東京都世田谷区成城三丁目十二番九号"),
            (Style::Bare, "東京都世田谷区成城3-12-9"),
        ] {
            assert_eq!(written(house, Shown::ALL, style), expected);
        }
    }

    #[test]
    fn lots_flats_and_numbered_streets() {
        let lot =
            Dwelling { area: at("札幌市中央区", "北一条西", 5), block: 2, number: 0, room: 0 };
        assert_eq!(written(lot, Shown::ALL, Style::Official), "北海道札幌市中央区北一条西五丁目2番地");
        assert_eq!(written(lot, Shown::ALL, Style::Bare), "北海道札幌市中央区北1条西5-2");
        let miyanomori = Dwelling { area: at("札幌市中央区", "宮の森一条", 8), ..lot };
        assert_eq!(written(miyanomori, Shown::ALL, Style::Labelled), "北海道札幌市中央区宮の森1条8丁目2番地");
        let flat = Dwelling { area: at("浦安市", "舞浜", 2), block: 1, number: 1, room: 302 };
        let joined = Shown { building: false, room_joined: true, ..Shown::ALL };
        assert_eq!(written(flat, joined, Style::Bare), "千葉県浦安市舞浜2-1-1-302");
        let cut = Shown { last_number: false, building: false, room: false, ..Shown::ALL };
        assert_eq!(written(flat, cut, Style::Bare), "千葉県浦安市舞浜2-1");
        let full = written(flat, Shown::ALL, Style::Official);
        assert!(full.starts_with("千葉県浦安市舞浜二丁目1番1号\u{3000}") && full.ends_with("302号室"));
    }

    #[test]
    fn kanji_numbers() {
        for (number, expected) in
            [(0, "〇"), (7, "七"), (10, "十"), (23, "二十三"), (105, "百五"), (1240, "千二百四十")]
        {
            let mut out = String::new();
            push_kanji(&mut out, number);
            assert_eq!(out, expected);
        }
    }
}
