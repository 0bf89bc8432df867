//! Dwellings, and how their addresses are written.

use super::place_tables::{
    BUILDING_KINDS, BUILDING_NAMES, COUNTRY, Country, KYOTO_STREETS, Municipality, Numbering, Town,
};
use super::random::{Random, Weighted};

/// A neighbourhood: a town, its 丁目 (0 for none), and in the old city of Kyoto the streets that lead there.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct Area {
    municipality: u16,
    town: u16,
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

    /// The dwelling that is read where a digit of its numbers is taken for another of the same shape.
    pub(super) fn misread(self, random: &mut Random) -> Option<Self> {
        const SHAPES: [(u16, u16); 7] = [(1, 7), (7, 1), (3, 8), (8, 3), (5, 6), (6, 5), (0, 8)];
        let misread = |number: u16, unit: u16| {
            let digit = number / unit % 10;
            let (_, other) = SHAPES.iter().find(|(shape, _)| *shape == digit && number >= unit)?;
            Some(number - digit * unit + other * unit)
        };
        let block =
            || Some(Dwelling { block: misread(self.block, 1).or_else(|| misread(self.block, 10))?, ..self });
        let number = || Some(Dwelling { number: misread(self.number, 1)?, ..self });
        if random.percent(50) { block().or_else(number) } else { number().or_else(block) }
    }

    fn place(self) -> Option<(&'static Municipality, &'static Town)> {
        self.area.place(&COUNTRY)
    }

    /// Kind and name of the building: one and the same for everybody who lives at these numbers.
    fn building(self) -> [&'static str; 2] {
        let at = usize::from(self.block) * 7 + usize::from(self.number) * 31 + usize::from(self.area.town);
        let kind = BUILDING_KINDS.get(at % BUILDING_KINDS.len()).copied().unwrap_or_default();
        let name = BUILDING_NAMES.get(at % BUILDING_NAMES.len()).copied().unwrap_or_default();
        if at.is_multiple_of(3) { [name, kind] } else { [kind, name] }
    }
}

impl Area {
    fn place(self, country: &Country) -> Option<(&Municipality, &Town)> {
        let municipality = country.municipalities.get(usize::from(self.municipality))?;
        Some((municipality, municipality.towns.get(usize::from(self.town))?))
    }
}

/// Places drawn in proportion to their residents.
pub(super) struct Places {
    country: &'static Country,
    municipalities: Weighted,
}

impl Places {
    pub(super) fn new() -> Self {
        let country = &*COUNTRY;
        Places { country, municipalities: Weighted::new(country.residents.iter().copied()) }
    }

    pub(super) fn area(&self, random: &mut Random) -> Area {
        let drawn = self.municipalities.draw(random);
        let towns = self.country.municipalities.get(drawn).map_or(0, |place| place.towns.len() as u32);
        // Large towns and small ones: the product of two even draws, begun at another town in each municipality.
        let rank = {
            let most = random.below(towns) + 1;
            random.below(most)
        };
        let town = (rank + drawn as u32 * 7) % towns.max(1);
        let area = Area { municipality: drawn as u16, town: town as u16, chome: 0, street: None };
        let Some((place, town)) = area.place(self.country) else { return area };
        let by_street = place.by_street && random.percent(70);
        Area {
            chome: if town.chome == 0 { 0 } else { random.between(1, town.chome.into()) as u8 },
            street: by_street.then(|| random.below(KYOTO_STREETS.len() as u32) as u8),
            ..area
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
    let lots = area.place(&COUNTRY).is_some_and(|(_, town)| town.numbering == Numbering::Lot);
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
    let Some((place, town)) = dwelling.place() else { return };
    if shown.prefecture {
        out.push_str(place.prefecture);
    }
    out.push_str(place.name);
    if let Some(street) = dwelling.area.street.filter(|_| shown.streets) {
        out.push_str(KYOTO_STREETS.get(usize::from(street)).copied().unwrap_or_default());
    }
    write_town(
        out,
        town.name,
        !matches!(style, Style::Official | Style::Kanji) && place.prefecture == "北海道",
    );
    write_numbers(out, dwelling, town.numbering, shown.last_number, style);
    if dwelling.is_flat() {
        write_room(out, dwelling, shown, style);
    }
}

/// 北一条西, or 北1条西 where numbers are in digits.
fn write_town(out: &mut String, town: &str, digits: bool) {
    let numbered = digits.then(|| town.split_once('条')).flatten().and_then(|(before, rest)| {
        let name = before.trim_end_matches(|c| KANJI_DIGITS.contains(c));
        Some((name, kanji_number(before.get(name.len()..)?)?, rest))
    });
    match numbered {
        Some((name, number, rest)) => {
            out.push_str(name);
            push_digits(out, number);
            out.extend(["条", rest]);
        }
        None => out.push_str(town),
    }
}

const KANJI_DIGITS: &str = "一二三四五六七八九十";

/// A number below 100: 二十四.
fn kanji_number(kanji: &str) -> Option<u32> {
    let digit =
        |c: char| KANJI_DIGITS.chars().zip(1..).find_map(|(other, digit)| (other == c).then_some(digit));
    kanji.chars().map(digit).try_fold(None, |number: Option<u32>, digit| match (number, digit?) {
        (None, digit) => Some(Some(digit)),
        (Some(tens @ 2..=9), 10) => Some(Some(10 * tens)),
        (Some(tens), digit @ 1..=9) if tens.is_multiple_of(10) => Some(Some(tens + digit)),
        _ => None,
    })?
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
    if number >= 10 {
        push_digits(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
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
        let places = &COUNTRY.municipalities;
        let municipality = places.iter().position(|place| place.name == name).unwrap();
        let town = places[municipality].towns.iter().position(|other| other.name == town).unwrap();
        Area { municipality: municipality as u16, town: town as u16, chome, street: None }
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
    fn numbers_of_streets() {
        for (kanji, number) in [
            ("一", Some(1)),
            ("十", Some(10)),
            ("十一", Some(11)),
            ("二十四", Some(24)),
            ("三十", Some(30)),
            ("", None),
            ("二二", None),
        ] {
            assert_eq!(kanji_number(kanji), number, "{kanji}");
        }
        let written = |town| {
            let mut out = String::new();
            write_town(&mut out, town, true);
            out
        };
        assert_eq!(written("二十四軒一条"), "二十四軒1条");
        assert_eq!(written("北三十一条西"), "北31条西");
        assert_eq!(written("条里"), "条里");
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
