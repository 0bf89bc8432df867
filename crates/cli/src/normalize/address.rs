//! An address as it is read, part by part.

use std::iter;

use himozuke::{
    compare::address::{AddressNote, compare},
    normalize::address::{Address, Label, Number},
};
use serde::Serialize;

use super::taken::{Taken, Told, ToldFold, holding};
use crate::args::Language;

#[derive(Serialize)]
pub(super) struct ReadAddress {
    /// Reads back as the same address.
    canonical: String,
    prefecture_code: Option<u8>,
    /// 全国地方公共団体コード, where the gazetteer knows the municipality.
    municipality_code: Option<u32>,
    county: String,
    municipality: String,
    street: String,
    town: String,
    /// Sixteen hexadecimal digits; himozuke's own, not the 町字ID of the address base registry.
    town_id: Option<String>,
    /// 小字, or the sign of a lot.
    area: String,
    numbers: Vec<ReadNumber>,
    building: String,
    room: String,
    notes: Vec<Told>,
}

#[derive(Serialize)]
struct ReadNumber {
    value: u32,
    /// 丁目, 番, 番地, 号, 地割; empty for a bare number.
    label: &'static str,
}

impl ReadAddress {
    pub(super) fn of(address: &Address, lang: Language) -> Taken<Self> {
        let canonical = address.canonical();
        // What parts an address from its own plain form is what reading it took.
        let plain = Address::parse(&canonical);
        let taken = compare(address, plain.as_ref().unwrap_or(address));
        let noticed = |note| taken.notes.contains(note);
        let told = |code, en, ja| Told::new(code, en, ja, lang);
        let no_municipality = address.municipality().is_empty();
        let ambiguous = noticed(AddressNote::AddressPlaceAmbiguous);
        let bare = |number: &Number| number.label() == Label::Unlabelled;
        let unknown = holding([
            (address.prefecture().is_none(), told("prefecture", "the prefecture", "都道府県")),
            (no_municipality, told("municipality", "the municipality", "市区町村")),
            (
                !no_municipality && address.municipality_code().is_none(),
                told(
                    "municipality_code",
                    "the municipality: it is not in the gazetteer",
                    "市区町村（地名表にない名称）",
                ),
            ),
            (address.town().is_empty(), told("town", "the town", "町字")),
            (
                !address.town().is_empty() && address.town_id().is_none() && !ambiguous,
                told("town_id", "the town: it is not in the gazetteer", "町字（地名表にない名称）"),
            ),
            (ambiguous, told("place", "which of several places of this name", "同名の町のうちどこか")),
            (address.numbers().is_empty(), told("numbers", "the numbers", "番号")),
            (
                address.numbers().iter().any(bare),
                told(
                    "labels",
                    "what a bare number is (丁目, 番, 番地, 号)",
                    "単位のない番号が丁目・番・番地・号のどれか",
                ),
            ),
            (
                noticed(AddressNote::AddressIllegible),
                told("illegible", "a character that cannot be read", "読み取れない文字"),
            ),
        ]);
        let merged = told(
            "merged_municipality",
            "the municipality is no more: given as its successor",
            "合併前などの市区町村名（現在の名称で表示）",
        );
        let forms = told("character_forms", "kana size, old kanji", "仮名の大小・旧字体");
        let notes = holding([(noticed(AddressNote::AddressMergedMunicipality), merged)]);
        let number = |number: &Number| ReadNumber { value: number.value(), label: number.label().text() };
        let says = Self {
            canonical,
            prefecture_code: address.prefecture(),
            municipality_code: address.municipality_code(),
            county: address.county().to_owned(),
            municipality: address.municipality().to_owned(),
            street: address.street().to_owned(),
            town: address.town().to_owned(),
            town_id: address.town_id().map(|id| format!("{:016x}", id.value())),
            area: address.area().to_owned(),
            numbers: address.numbers().iter().map(number).collect(),
            building: address.building().to_owned(),
            room: address.room().to_owned(),
            notes,
        };
        let mut read = Taken::new(says, address.folds(), unknown, lang);
        if taken.grade > read.grade {
            read.grade = taken.grade;
            read.folds.push(ToldFold { told: forms, grade: taken.grade });
        }
        read
    }

    pub(super) fn lines(&self, lang: Language) -> Vec<String> {
        let numbers: Vec<String> =
            self.numbers.iter().map(|number| format!("{}{}", number.value, number.label)).collect();
        let prefecture = self.prefecture_code.map_or(String::new(), |code| format!("{code:02}"));
        let municipality = self.municipality_code.map_or(String::new(), |code| format!("{code:06}"));
        let parts = [
            (lang.pick("prefecture code", "都道府県コード"), prefecture),
            (lang.pick("municipality code", "団体コード"), municipality),
            (lang.pick("county", "郡"), self.county.clone()),
            (lang.pick("municipality", "市区町村"), self.municipality.clone()),
            (lang.pick("streets", "通り名"), self.street.clone()),
            (lang.pick("town", "町字"), self.town.clone()),
            (
                lang.pick("town id (himozuke's)", "町字の番号（本ソフト独自）"),
                self.town_id.clone().unwrap_or_default(),
            ),
            (lang.pick("area", "小字"), self.area.clone()),
            (lang.pick("numbers", "番号"), numbers.join(" ")),
            (lang.pick("building", "建物"), self.building.clone()),
            (lang.pick("room", "部屋"), self.room.clone()),
        ];
        let stated = parts.into_iter().filter(|(_, text)| !text.is_empty());
        let parts = stated.map(|(name, text)| format!("{name}: {text}"));
        let notes = self.notes.iter().map(|told| told.sentence.to_owned());
        iter::once(self.canonical.clone()).chain(parts).chain(notes).collect()
    }
}
