//! Records drawn from residents and outsiders, each with its truth and with tags that tell what happened to it.
//!
//! A record is made in two steps: first the facts that it states, true or not, then their notation. Between the two the
//! generator looks for registered people of whom all those facts are true.

use std::fmt;
use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::calendar::{Day, THIS_YEAR};
use super::names::{Given, Origin, Sex, Word};
use super::notation::{
    GAIJI, bank, du_zu, era_date, half_width, hiragana, iso_date, kana_key, kanji_key, large, long_vowels,
    other_kanji_form, reading, western_date, wide, writing,
};
use super::places::{Dwelling, Shown, Style, write_address};
use super::random::{Random, scramble};
use super::residents::{BLOCK, Namesake, Population, Resident, push_padded, random_day};
use super::tags::{Tag, Tags};
use crate::Record;

/// The stream of chance from which records come; residents have their own.
const STREAM: u64 = 3;

/// A synthetic record, the id of the resident whom it is about, and what is known about it. `Debug` shows no value.
#[derive(Clone, Eq, PartialEq)]
pub struct SynthRecord {
    stated: Stated,
    /// The id of the person meant; `None` for a person whom the registry does not hold.
    pub truth: Option<String>,
    /// Whom the record is about, and what happened to it.
    pub tags: Tags,
}

impl SynthRecord {
    /// The record as a linker would read it.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        self.stated.record()
    }
}

impl fmt::Debug for SynthRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.truth.is_some();
        f.debug_struct("SynthRecord")
            .field("stated", &self.stated.record())
            .field("registered", &known)
            .field("tags", &self.tags)
            .finish()
    }
}

impl Population {
    /// All records, in order. Looks through the whole registry once, on all cores, to find which are undecidable.
    ///
    /// ```
    /// use himozuke::synth::{Population, SynthConfig, Tag};
    /// let population = Population::new(&SynthConfig { residents: 300, records: 40, ..SynthConfig::default() });
    /// for synthetic in population.records() {
    ///     assert_eq!(synthetic.truth.is_none(), synthetic.tags.iter().any(Tag::is_outsider));
    /// }
    /// ```
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        Records { population: self, next: 0, undecidable: self.undecidable() }
    }

    /// The numbers of the records that state nothing by which their truth differs from somebody else in the registry.
    fn undecidable(&self) -> FxHashSet<u32> {
        let keys: Vec<u64> =
            (0..self.config.records).into_par_iter().map(|number| self.draft(number).facts.key()).collect();
        let mut records: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for (number, key) in keys.into_iter().enumerate() {
            records.entry(key).or_default().push(number as u32);
        }
        let fits = |resident: Resident, number: u32| {
            let draft = self.draft(number);
            draft.truth != Some(resident.number) && draft.facts.fit(&resident)
        };
        let blocks = 0..self.config.residents.div_ceil(BLOCK);
        blocks
            .into_par_iter()
            .flat_map_iter(|block| self.residents_in(block * BLOCK..(block * BLOCK).saturating_add(BLOCK)))
            .flat_map_iter(|resident| {
                let names = resident.known_names().flat_map(|name| {
                    let kana = key_of(resident.birth, kana_key(reading(&name)));
                    [kana, key_of(resident.birth, kanji_key(writing(&name)))]
                });
                let found: Vec<u32> = names.filter_map(|key| records.get(&key)).flatten().copied().collect();
                found.into_iter().filter(move |&number| fits(resident, number))
            })
            .collect::<Vec<u32>>()
            .into_iter()
            .collect()
    }

    /// Whom record `number` is about and what it states.
    fn draft(&self, number: u32) -> Draft {
        let mut random = Random::keyed(self.config.seed, STREAM, u64::from(number));
        let mut tags = Tags::default();
        let (person, registered) = self.subject(&mut random, &mut tags);
        let facts = person
            .as_ref()
            .map(|person| self.state(person, &mut Dice { random: &mut random, tags: &mut tags }))
            .unwrap_or_default();
        let truth = person.filter(|_| registered).map(|person| person.number);
        Draft { truth, facts, tags, random }
    }

    /// The person whom a record is about, and whether the registry holds them.
    fn subject(&self, random: &mut Random, tags: &mut Tags) -> (Option<Resident>, bool) {
        let rates = &self.config.subjects;
        let outsiders = [
            (rates.relative, Tag::Relative),
            (rates.unregistered_namesake, Tag::UnregisteredNamesake),
            (rates.unregistered_homophone, Tag::UnregisteredHomophone),
            (rates.unregistered_twin, Tag::UnregisteredTwin),
            (rates.stranger, Tag::Stranger),
        ];
        let mut draw = random.below(100_000);
        for (rate, kind) in outsiders {
            if draw < rate {
                return (self.outsider(kind, random, tags), false);
            }
            draw -= rate;
        }
        let lookalike = (draw < rates.lookalike).then(|| self.lookalike(random)).flatten();
        let number = lookalike.unwrap_or_else(|| random.below(self.config.residents));
        let Some(resident) = self.resident(number) else {
            return (self.outsider(Tag::Stranger, random, tags), false);
        };
        self.tag_resident(&resident, tags);
        (Some(resident), true)
    }

    /// A resident with a twin or a namesake, looked for in a few places.
    fn lookalike(&self, random: &mut Random) -> Option<u32> {
        let blocks = self.config.residents.div_ceil(BLOCK);
        let twin = random.percent(40);
        let found = (0..16).find_map(|_| self.lookalike_in(random.below(blocks), twin))?;
        let other = if twin { self.twin_of(found) } else { self.namesake_of(found).map(|(other, _)| other) };
        Some(other.filter(|_| random.percent(50)).unwrap_or(found))
    }

    fn tag_resident(&self, resident: &Resident, tags: &mut Tags) {
        match self.namesake_of(resident.number) {
            Some((_, Namesake::Same)) => tags.insert(Tag::RegisteredNamesake),
            Some((_, Namesake::Homophone)) => tags.insert(Tag::RegisteredHomophone),
            None => {}
        }
        let facts = [
            (resident.twin, Tag::RegisteredTwin),
            (resident.origin != Origin::Japanese, Tag::Foreign),
            (resident.status == "dead", Tag::Dead),
            (resident.status == "moved", Tag::MovedOut),
            (resident.protected, Tag::Protected),
        ];
        facts.into_iter().filter(|(holds, _)| *holds).for_each(|(_, tag)| tags.insert(tag));
    }

    /// Somebody whom the registry does not hold; a stranger where there is no resident to resemble.
    fn outsider(&self, kind: Tag, random: &mut Random, tags: &mut Tags) -> Option<Resident> {
        let model = (kind != Tag::Stranger)
            .then(|| self.resident(random.below(self.config.residents)))
            .flatten()
            // Twins are left out: a third twin might be given the name of the second.
            .filter(|model| model.origin == Origin::Japanese && !model.twin);
        let outsider = model.and_then(|model| self.resembling(&model, kind, random));
        tags.insert(if outsider.is_some() { kind } else { Tag::Stranger });
        outsider.or_else(|| self.stranger(random.next() as u32))
    }

    fn resembling(&self, model: &Resident, kind: Tag, random: &mut Random) -> Option<Resident> {
        let elsewhere = self.places.dwelling(model.dwelling.is_flat(), random);
        let alone = Resident { maiden: None, former_dwelling: None, alias: None, ..*model };
        match kind {
            Tag::Relative => {
                let year =
                    (model.birth.year + random.between(0, 55)).saturating_sub(25).clamp(1930, THIS_YEAR);
                let sex = self.any_sex(random);
                let given = self.names.given(sex, year, random);
                Some(Resident { sex, given, birth: random_day(year, random), ..alone })
            }
            Tag::UnregisteredNamesake => Some(Resident { dwelling: elsewhere, ..alone }),
            Tag::UnregisteredHomophone => {
                let given = self.names.homophone(&model.given, random)?;
                Some(Resident { given, dwelling: elsewhere, ..alone })
            }
            Tag::UnregisteredTwin => {
                let sibling = self.names.sibling(&model.given, random);
                let given =
                    sibling.unwrap_or_else(|| self.names.composed(model.sex, model.birth.year, random));
                (given.word != model.given.word).then_some(Resident { given, ..alone })
            }
            _ => None,
        }
    }

    /// A record about a person.
    pub(super) fn record_about(&self, person: &Resident, dice: &mut Dice<'_>) -> Stated {
        let facts = self.state(person, dice);
        self.write_down(&facts, dice)
    }

    /// The facts that a record states about a person, some of them wrong, some missing.
    fn state(&self, person: &Resident, dice: &mut Dice) -> Facts {
        let mut facts = self.state_name(person, dice);
        facts.birth = self.state_birth(person.birth, dice);
        facts.sex =
            (!dice.happens(true, self.config.errors.sex_missing, Tag::SexMissing)).then_some(person.sex);
        facts.address = self.state_address(person, dice);
        facts
    }

    fn state_name(&self, person: &Resident, dice: &mut Dice) -> Facts {
        let rates = &self.config.errors;
        let mut facts = Facts { latin: person.origin == Origin::Roman, ..Facts::default() };
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
        let [family_kana, mut given_kana] = name.map(|word| word.kana.concat());
        let typo = if alias.is_none() { self.wrong_given(&person.given, dice.random) } else { None };
        if let Some(typo) = typo.filter(|_| dice.happens(true, rates.given_typo, Tag::GivenTypo)) {
            given = typo;
        }
        if let Some(typo) =
            look_alike(&given_kana).filter(|_| dice.happens(true, rates.kana_typo, Tag::KanaTypo))
        {
            given_kana = typo;
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

    fn state_birth(&self, birth: Day, dice: &mut Dice) -> Day {
        let rates = &self.config.errors;
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

    fn state_address(&self, person: &Resident, dice: &mut Dice) -> Option<(Dwelling, Shown)> {
        let rates = &self.config.errors;
        if dice.happens(true, rates.address_missing, Tag::AddressMissing) {
            return None;
        }
        let former =
            person.former_dwelling.filter(|_| dice.happens(true, rates.old_address, Tag::OldAddress));
        let dwelling = former.unwrap_or(person.dwelling);
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

    /// Writes facts down in the notations in use.
    fn write_down(&self, facts: &Facts, dice: &mut Dice) -> Stated {
        let mut row = Stated::default();
        self.write_name(facts, &mut row, dice);
        row.birth_date = self.written_date(facts.birth, dice);
        row.sex = facts.sex.map_or("", |sex| self.written_sex(sex, dice)).to_owned();
        if let Some((dwelling, shown)) = facts.address {
            row.address = self.written_address(dwelling, shown, dice);
        }
        row
    }

    fn write_name(&self, facts: &Facts, row: &mut Stated, dice: &mut Dice) {
        let rates = &self.config.errors;
        let reversed = dice.happens(facts.latin, rates.foreign_order, Tag::ForeignOrder);
        let space = if dice.happens(!facts.latin, rates.space_removed, Tag::SpaceRemoved) {
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
        if let Some(kanji) = &facts.kanji {
            row.kanji_name = whole(kanji, facts.middle.map(|word| word.written.concat()));
            let other = other_kanji_form(&row.kanji_name);
            if dice.happens(other != row.kanji_name, rates.kanji_form, Tag::KanjiForm) {
                row.kanji_name = other;
            }
        }
        let Some(kana) = &facts.kana else { return };
        row.kana_name = whole(kana, facts.middle.map(|word| word.kana.concat()));
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

    fn written_date(&self, birth: Day, dice: &mut Dice) -> String {
        let rates = &self.config.errors;
        let written = if dice.happens(true, rates.date_era, Tag::DateEra) {
            era_date(birth, dice.random.below(3))
        } else if dice.happens(true, rates.date_western, Tag::DateWestern) {
            western_date(birth, dice.random.below(3))
        } else {
            iso_date(birth, "-")
        };
        if dice.happens(true, rates.date_wide, Tag::DateWide) { wide(&written) } else { written }
    }

    fn written_sex(&self, sex: Sex, dice: &mut Dice) -> &'static str {
        let [code, kanji, letter] = match sex {
            Sex::Man => ["1", "男", "M"],
            Sex::Woman => ["2", "女", "F"],
        };
        if !dice.happens(true, self.config.errors.sex_notation, Tag::SexNotation) {
            code
        } else if dice.random.percent(70) {
            kanji
        } else {
            letter
        }
    }

    fn written_address(&self, dwelling: Dwelling, shown: Shown, dice: &mut Dice) -> String {
        let rates = &self.config.errors;
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
}

type Rewriting = fn(&str) -> String;

/// Chance, and the tags of what it brought about.
pub(super) struct Dice<'a> {
    pub(super) random: &'a mut Random,
    pub(super) tags: &'a mut Tags,
}

impl Dice<'_> {
    /// Whether something that is possible happens; if so, it is tagged.
    fn happens(&mut self, possible: bool, rate: u32, tag: Tag) -> bool {
        let happens = self.random.chance(rate) && possible;
        if happens {
            self.tags.insert(tag);
        }
        happens
    }
}

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

/// A record before it is written down.
struct Draft {
    /// The number of the resident whom it is about.
    truth: Option<u32>,
    facts: Facts,
    tags: Tags,
    random: Random,
}

/// What a record states, before notation. What it does not state is `None`.
struct Facts {
    /// The name is in Roman letters.
    latin: bool,
    kanji: Option<[String; 2]>,
    kana: Option<[String; 2]>,
    middle: Option<Word>,
    birth: Day,
    sex: Option<Sex>,
    address: Option<(Dwelling, Shown)>,
}

impl Default for Facts {
    fn default() -> Self {
        let birth = Day::in_year(THIS_YEAR, 0);
        Facts { latin: false, kanji: None, kana: None, middle: None, birth, sex: None, address: None }
    }
}

impl Facts {
    /// Equal for all people of whom the stated birth date and name are true, notation aside.
    fn key(&self) -> u64 {
        let pieces = |name: &Option<[String; 2]>| name.clone().unwrap_or_default().concat();
        match &self.kana {
            Some(_) => key_of(self.birth, kana_key([pieces(&self.kana).as_str()].into_iter())),
            None => key_of(self.birth, kanji_key([pieces(&self.kanji).as_str()].into_iter())),
        }
    }

    /// Whether everything stated is true of a resident, notation aside.
    fn fit(&self, resident: &Resident) -> bool {
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
    fn known_names(&self) -> impl Iterator<Item = [Word; 2]> + use<> {
        let maiden = self.maiden.filter(|_| self.maiden_registered).map(|maiden| [maiden, self.given.word]);
        [Some([self.family, self.given.word]), self.alias, maiden].into_iter().flatten()
    }
}

fn key_of(birth: Day, name: impl Iterator<Item = char>) -> u64 {
    let mut hasher = FxHasher::default();
    (birth.year, birth.month, birth.day).hash(&mut hasher);
    name.for_each(|c| c.hash(&mut hasher));
    hasher.finish()
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

/// The name with one character that could not be carried over.
fn lose_character(name: &str, random: &mut Random) -> String {
    let lost = random.below(name.chars().count() as u32) as usize;
    name.chars().enumerate().map(|(index, c)| if index == lost { GAIJI } else { c }).collect()
}

/// The records about a population; see [`Population::records`].
#[derive(Debug)]
pub struct Records<'a> {
    population: &'a Population,
    next: u32,
    undecidable: FxHashSet<u32>,
}

impl Iterator for Records<'_> {
    type Item = SynthRecord;

    fn next(&mut self) -> Option<SynthRecord> {
        let number = self.next;
        if number >= self.population.config.records {
            return None;
        }
        self.next += 1;
        let Draft { truth, facts, mut tags, mut random } = self.population.draft(number);
        let mut row = self.population.write_down(&facts, &mut Dice { random: &mut random, tags: &mut tags });
        row.id.push('R');
        push_padded(&mut row.id, scramble(self.population.config.seed ^ STREAM, number), 10);
        if self.undecidable.contains(&number) {
            tags.insert(Tag::Undecidable);
        }
        Some(SynthRecord { stated: row, truth: truth.map(|number| self.population.id(number)), tags })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.population.config.records - self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Records<'_> {}
