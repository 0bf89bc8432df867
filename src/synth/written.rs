//! Facts written down in the notations in use.

use super::calendar::Day;
use super::facts::{Dice, Facts};
use super::names::Sex;
use super::notation::{
    bank, du_zu, era_date, half_width, hiragana, iso_date, large, long_vowels, other_kanji_form,
    western_date, wide,
};
use super::places::{Dwelling, Shown, Style, write_address};
use super::residents::Resident;
use super::tags::Tag;
use crate::Record;

/// What a file of records says of a person.
#[derive(Clone, Default, Eq, PartialEq)]
pub(super) struct Stated {
    pub(super) id: String,
    pub(super) kanji_name: String,
    pub(super) kana_name: String,
    pub(super) birth_date: String,
    pub(super) sex: String,
    pub(super) address: String,
}

impl Stated {
    /// What the register says, as it says it.
    pub(super) fn as_registered(person: &Resident) -> Self {
        let mut stated = Stated::default();
        person.write_kanji_name(&mut stated.kanji_name);
        person.write_kana_name(&mut stated.kana_name);
        person.write_birth_date(&mut stated.birth_date);
        person.write_sex(&mut stated.sex);
        person.write_address(&mut stated.address);
        stated
    }

    pub(super) fn record(&self) -> Record<'_> {
        Record {
            id: &self.id,
            kanji_name: &self.kanji_name,
            kana_name: &self.kana_name,
            birth_date: &self.birth_date,
            sex: &self.sex,
            address: &self.address,
            ..Record::default()
        }
    }
}

type Rewriting = fn(&str) -> String;

impl Facts {
    /// Writes facts down in the notations in use.
    pub(super) fn write_down(&self, dice: &mut Dice<'_>) -> Stated {
        let mut row = Stated::default();
        self.write_name(&mut row, dice);
        row.birth_date = written_date(self.birth, dice);
        row.sex = self.sex.map_or("", |sex| written_sex(sex, dice)).to_owned();
        if let Some((dwelling, shown)) = self.address {
            row.address = written_address(dwelling, shown, dice);
        }
        row
    }

    fn write_name(&self, row: &mut Stated, dice: &mut Dice<'_>) {
        let rates = dice.rates;
        let reversed = dice.happens(self.latin, rates.foreign_order, Tag::ForeignOrder);
        let space = if dice.happens(!self.latin, rates.space_removed, Tag::SpaceRemoved) {
            ""
        } else if dice.happens(true, rates.space_changed, Tag::SpaceChanged) {
            dice.random.pick(&[" ", "  ", "\u{3000}\u{3000}"]).copied().unwrap_or(" ")
        } else {
            "\u{3000}"
        };
        let whole = |[family, given]: &[String; 2], middle: Option<String>| {
            let given = middle.map_or_else(|| given.clone(), |middle| [given, space, &middle].concat());
            if reversed { [&given, space, family].concat() } else { [family, space, &given].concat() }
        };
        if let Some(kanji) = &self.kanji {
            row.kanji_name = whole(kanji, self.middle.map(|word| word.written.concat()));
            let other = other_kanji_form(&row.kanji_name);
            if dice.happens(other != row.kanji_name, rates.kanji_form, Tag::KanjiForm) {
                row.kanji_name = other;
            }
            if dice.happens(true, rates.title, Tag::Title) {
                row.kanji_name.push_str(
                    ["様", "\u{3000}様", "殿"]
                        .get(dice.random.below(3) as usize)
                        .copied()
                        .unwrap_or_default(),
                );
            }
        }
        let Some(kana) = &self.kana else { return };
        row.kana_name = whole(kana, self.middle.map(|word| word.kana.concat()));
        let rewritings: [(Rewriting, u32, Tag); 6] = [
            (du_zu, rates.du_zu, Tag::DuZu),
            (long_vowels, rates.long_vowel, Tag::LongVowel),
            (large, rates.large_kana, Tag::LargeKana),
            (hiragana, rates.hiragana, Tag::Hiragana),
            (bank, rates.bank_kana, Tag::BankKana),
            (half_width, rates.half_width_kana, Tag::HalfWidthKana),
        ];
        for (rewrite, rate, tag) in rewritings {
            let other = rewrite(&row.kana_name);
            if dice.happens(other != row.kana_name, rate, tag) {
                row.kana_name = other;
            }
        }
    }
}

fn written_date(birth: Day, dice: &mut Dice<'_>) -> String {
    let rates = dice.rates;
    let written = if dice.happens(true, rates.date_era, Tag::DateEra) {
        era_date(birth, dice.random.below(3))
    } else if dice.happens(true, rates.date_western, Tag::DateWestern) {
        western_date(birth, dice.random.below(3))
    } else {
        iso_date(birth, "-")
    };
    if dice.happens(true, rates.date_wide, Tag::DateWide) { wide(&written) } else { written }
}

fn written_sex(sex: Sex, dice: &mut Dice<'_>) -> &'static str {
    let [code, kanji, letter] = match sex {
        Sex::Man => ["1", "男", "M"],
        Sex::Woman => ["2", "女", "F"],
    };
    if !dice.happens(true, dice.rates.sex_notation, Tag::SexNotation) {
        code
    } else if dice.random.percent(70) {
        kanji
    } else {
        letter
    }
}

fn written_address(dwelling: Dwelling, shown: Shown, dice: &mut Dice<'_>) -> String {
    let rates = dice.rates;
    let styles = [
        (rates.address_bare, Tag::AddressBare, Style::Bare),
        (rates.address_labelled, Tag::AddressLabelled, Style::Labelled),
        (rates.address_kanji, Tag::AddressKanji, Style::Kanji),
    ];
    let style = styles.into_iter().find(|&(rate, tag, _)| dice.happens(true, rate, tag));
    let mut written = String::new();
    write_address(&mut written, dwelling, shown, style.map_or(Style::Official, |(.., style)| style));
    if dice.happens(true, rates.address_wide, Tag::AddressWide) { wide(&written) } else { written }
}
