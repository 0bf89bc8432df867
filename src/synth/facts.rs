//! What a record states about its person, true or not, before it is written down.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::calendar::{Day, THIS_YEAR};
use super::config::ErrorRates;
use super::names::{Given, Sex, Word};
use super::notation::{GAIJI, kana_key, kanji_key, reading, writing};
use super::places::{Dwelling, Shown};
use super::population::Population;
use super::random::Random;
use super::residents::Resident;
use super::tags::{Tag, Tags};

/// Chance, and the tags of what it brought about.
pub(super) struct Dice<'a> {
    pub(super) random: &'a mut Random,
    pub(super) tags: &'a mut Tags,
    pub(super) rates: &'a ErrorRates,
}

impl Dice<'_> {
    /// Whether something that is possible happens; if so, it is tagged.
    pub(super) fn happens(&mut self, possible: bool, rate: u32, tag: Tag) -> bool {
        let happens = self.random.chance(rate) && possible;
        if happens {
            self.tags.insert(tag);
        }
        happens
    }
}

/// What a record states, before notation. What it does not state is `None`.
pub(super) struct Facts {
    /// The name is in Roman letters.
    pub(super) latin: bool,
    pub(super) kanji: Option<[String; 2]>,
    pub(super) kana: Option<[String; 2]>,
    pub(super) middle: Option<Word>,
    pub(super) birth: Day,
    pub(super) sex: Option<Sex>,
    pub(super) address: Option<(Dwelling, Shown)>,
}

impl Default for Facts {
    fn default() -> Self {
        let birth = Day::in_year(THIS_YEAR, 0);
        Facts { latin: false, kanji: None, kana: None, middle: None, birth, sex: None, address: None }
    }
}

impl Facts {
    /// Equal for all people of whom the stated birth date and name are true, notation aside.
    pub(super) fn key(&self) -> u64 {
        let pieces = |name: &Option<[String; 2]>| name.clone().unwrap_or_default().concat();
        match &self.kana {
            Some(_) => key_of(self.birth, kana_key([pieces(&self.kana).as_str()].into_iter())),
            None => key_of(self.birth, kanji_key([pieces(&self.kanji).as_str()].into_iter())),
        }
    }

    /// Whether everything stated is true of a resident, notation aside.
    pub(super) fn fit(&self, resident: &Resident) -> bool {
        let address = self.address.is_none_or(|(dwelling, shown)| dwelling.fits(resident.dwelling, shown));
        address
            && self.birth == resident.birth
            && self.sex.is_none_or(|sex| sex == resident.sex)
            && self.middle.is_none_or(|middle| resident.middle == Some(middle))
            && resident.known_names().any(|name| self.names(&name))
    }

    fn names(&self, name: &[Word; 2]) -> bool {
        let kana = |kana: &[String; 2]| kana_key(kana.iter().map(String::as_str)).eq(kana_key(reading(name)));
        let kanji = |kanji: &[String; 2]| {
            let mut known = kanji_key(writing(name));
            let agree = kanji_key(kanji.iter().map(String::as_str))
                .all(|c| known.next().is_some_and(|other| c == GAIJI || c == other));
            agree && known.next().is_none()
        };
        self.kana.as_ref().is_none_or(kana) && self.kanji.as_ref().is_none_or(kanji)
    }
}

impl Resident {
    /// The names under which the registry knows a person: registered, in use, before marriage.
    pub(super) fn known_names(&self) -> impl Iterator<Item = [Word; 2]> + use<> {
        let maiden = self.maiden.filter(|_| self.maiden_registered).map(|maiden| [maiden, self.given.word]);
        [Some([self.family, self.given.word]), self.alias, maiden].into_iter().flatten()
    }
}

pub(super) fn key_of(birth: Day, name: impl Iterator<Item = char>) -> u64 {
    let mut hasher = FxHasher::default();
    (birth.year, birth.month, birth.day).hash(&mut hasher);
    name.for_each(|c| c.hash(&mut hasher));
    hasher.finish()
}

impl Population {
    /// The facts that a record states about a person, some of them wrong, some missing.
    pub(super) fn state(&self, person: &Resident, dice: &mut Dice<'_>) -> Facts {
        let mut facts = self.state_name(person, dice);
        facts.birth = self.state_birth(person.birth, dice);
        let wrong = dice.happens(true, dice.rates.sex_wrong, Tag::SexWrong);
        let sex = if wrong { person.sex.other() } else { person.sex };
        facts.sex = (!dice.happens(true, dice.rates.sex_missing, Tag::SexMissing)).then_some(sex);
        facts.address = self.state_address(person, dice);
        facts
    }

    fn state_name(&self, person: &Resident, dice: &mut Dice<'_>) -> Facts {
        let rates = dice.rates;
        let mut facts = Facts { latin: person.origin.is_roman(), ..Facts::default() };
        let mut name = [person.family, person.given.word];
        let alias = person.alias.filter(|_| dice.happens(true, rates.alias, Tag::Alias));
        if let Some(alias) = alias {
            (name, facts.latin) = (alias, false);
        } else {
            facts.middle =
                person.middle.filter(|_| !dice.happens(true, rates.middle_dropped, Tag::MiddleDropped));
        }
        if let Some(maiden) =
            person.maiden.filter(|_| dice.happens(true, rates.former_surname, Tag::FormerSurname))
        {
            name = [maiden, person.given.word];
        }
        let [mut family, mut given] = name.map(|word| word.written.concat());
        let [mut family_kana, mut given_kana] = name.map(|word| word.kana.concat());
        let [own_family, _] = name;
        if let Some(typo) = self.names.family_homophone(own_family, dice.random)
            && dice.happens(true, rates.family_typo, Tag::FamilyTypo)
        {
            family = typo.written.concat();
        }
        let read = [
            self.names.family_read_otherwise(own_family, dice.random),
            self.names.given_read_otherwise(&person.given, dice.random).filter(|_| alias.is_none()),
        ];
        if dice.happens(read != [None; 2], rates.other_reading, Tag::OtherReading) {
            match read {
                [_, Some(word)] => given_kana = word.kana.concat(),
                [word, _] => family_kana = word.map_or(family_kana, |word| word.kana.concat()),
            }
        }
        let typo = if alias.is_none() { self.wrong_given(&person.given, dice.random) } else { None };
        if let Some(typo) = typo.filter(|_| dice.happens(true, rates.given_typo, Tag::GivenTypo)) {
            given = typo;
        }
        if let Some(typo) =
            look_alike(&given_kana).filter(|_| dice.happens(true, rates.kana_typo, Tag::KanaTypo))
        {
            given_kana = typo;
        }
        let [misread_family, misread_given] = [misread(&family), misread(&given)];
        if dice.happens(misread_family.is_some() || misread_given.is_some(), rates.ocr_kanji, Tag::OcrKanji) {
            match (misread_family, misread_given) {
                (Some(misread), None) => family = misread,
                (Some(misread), _) if dice.random.percent(50) => family = misread,
                (_, misread) => given = misread.unwrap_or(given),
            }
        }
        let kana_only = dice.happens(true, rates.kana_only, Tag::KanaOnly);
        let kana_missing = !kana_only && dice.happens(true, rates.kana_missing, Tag::KanaMissing);
        if dice.happens(!kana_only && !kana_missing && !facts.latin, rates.gaiji, Tag::Gaiji) {
            family = lose_character(&family, dice.random);
        }
        facts.kanji = (!kana_only).then_some([family, given]);
        facts.kana = (!kana_missing).then_some([family_kana, given_kana]);
        facts
    }

    fn state_birth(&self, birth: Day, dice: &mut Dice<'_>) -> Day {
        let rates = dice.rates;
        let slips = [
            (rates.date_digit, Tag::DateDigit),
            (rates.date_swapped, Tag::DateSwapped),
            (rates.date_off_by_one, Tag::DateOffByOne),
            (rates.era_slip, Tag::EraSlip),
            (rates.date_rounded, Tag::DateRounded),
        ];
        let slipped = slips.into_iter().find_map(|(rate, slip)| {
            let wrong = wrong_day(birth, slip, dice.random).filter(|&wrong| wrong != birth)?;
            dice.happens(true, rate, slip).then_some(wrong)
        });
        slipped.unwrap_or(birth)
    }

    fn state_address(&self, person: &Resident, dice: &mut Dice<'_>) -> Option<(Dwelling, Shown)> {
        let rates = dice.rates;
        if dice.happens(true, rates.address_missing, Tag::AddressMissing) {
            return None;
        }
        let former =
            person.former_dwelling.filter(|_| dice.happens(true, rates.old_address, Tag::OldAddress));
        let dwelling = former.unwrap_or(person.dwelling);
        let misread = dwelling.misread(dice.random);
        let dwelling =
            misread.filter(|_| dice.happens(true, rates.ocr_digit, Tag::OcrDigit)).unwrap_or(dwelling);
        let flat = dwelling.is_flat();
        let mut shown = Shown {
            prefecture: !dice.happens(true, rates.prefecture_omitted, Tag::PrefectureOmitted),
            streets: !dice.happens(dwelling.has_streets(), rates.streets_omitted, Tag::StreetsOmitted),
            last_number: !dice.happens(
                !flat && dwelling.has_last_number(),
                rates.number_dropped,
                Tag::NumberDropped,
            ),
            ..Shown::ALL
        };
        if dice.happens(flat, rates.room_dropped, Tag::RoomDropped) {
            (shown.building, shown.room) = (false, false);
        } else if dice.happens(flat, rates.room_joined, Tag::RoomJoined) {
            (shown.building, shown.room_joined) = (false, true);
        } else if dice.happens(flat, rates.building_dropped, Tag::BuildingDropped) {
            shown.building = false;
        }
        Some((dwelling, shown))
    }

    /// A given name with a wrong character: another of the same sound, or another ending.
    fn wrong_given(&self, given: &Given, random: &mut Random) -> Option<String> {
        if let Some(homophone) = self.names.homophone(given, random) {
            return Some(homophone.word.written.concat());
        }
        let mut wrong = given.word.written.concat();
        let last = wrong.pop().filter(|_| !wrong.is_empty())?;
        wrong.push(*random.pick(&['子', '美', '一', '夫', '香', '太']).filter(|&&other| other != last)?);
        Some(wrong)
    }
}

/// The day that a slip makes of another; `None` where the slip cannot be made.
fn wrong_day(birth: Day, slip: Tag, random: &mut Random) -> Option<Day> {
    let Day { year, month, day } = birth;
    match slip {
        Tag::DateDigit => {
            let digit = random.below(10);
            match random.below(2) {
                0 => Day::new(year - year % 10 + digit, month, day).filter(|day| day.year <= THIS_YEAR),
                _ => Day::new(year, month, day - day % 10 + digit),
            }
        }
        Tag::DateSwapped => Day::new(year, day, month),
        Tag::DateOffByOne => Some(if random.percent(50) { birth.next() } else { birth.previous() }),
        Tag::EraSlip => birth.in_neighbouring_era(),
        Tag::DateRounded => Day::new(year, month, (day / 10 * 10).max(1)),
        _ => None,
    }
}

/// The kana with the first that has a look-alike exchanged for it.
fn look_alike(kana: &str) -> Option<String> {
    const PAIRS: [(char, char); 6] =
        [('シ', 'ツ'), ('ソ', 'ン'), ('ク', 'ワ'), ('ユ', 'コ'), ('チ', 'テ'), ('ナ', 'メ')];
    let other =
        |c: char| PAIRS.iter().find_map(|&(a, b)| if c == a { Some(b) } else { (c == b).then_some(a) });
    let at = kana.chars().position(|c| other(c).is_some())?;
    Some(kana.chars().enumerate().map(|(index, c)| other(c).filter(|_| index == at).unwrap_or(c)).collect())
}

/// The text with its first kanji that has a look-alike exchanged for it.
fn misread(text: &str) -> Option<String> {
    #[rustfmt::skip]
    const SHAPES: [(char, char); 22] = [
        ('太', '大'), ('大', '太'), ('末', '未'), ('未', '末'), ('土', '士'), ('日', '目'), ('田', '由'), ('木', '本'), ('本', '木'), ('千', '干'), ('王', '玉'),
        ('人', '入'), ('石', '右'), ('島', '鳥'), ('間', '問'), ('佐', '佑'), ('佑', '佐'), ('治', '冶'), ('晴', '睛'), ('網', '綱'), ('池', '地'), ('宮', '官'),
    ];
    let (at, c, other) = text
        .char_indices()
        .find_map(|(at, c)| SHAPES.iter().find(|(shape, _)| *shape == c).map(|(_, other)| (at, c, *other)))?;
    let mut misread = text.to_owned();
    misread.replace_range(at..at + c.len_utf8(), other.encode_utf8(&mut [0; 4]));
    Some(misread)
}

/// The name with one character that could not be carried over.
fn lose_character(name: &str, random: &mut Random) -> String {
    let lost = random.below(name.chars().count() as u32) as usize;
    name.chars().enumerate().map(|(index, c)| if index == lost { GAIJI } else { c }).collect()
}
