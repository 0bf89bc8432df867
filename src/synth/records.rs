//! Records drawn from residents and outsiders, each with its truth and with tags that tell what happened to it.
//!
//! A record is made in two steps: first the facts that it states, true or not, then their notation. Between the two the
//! generator looks for registered people of whom all those facts are true.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::calendar::{Day, THIS_YEAR};
use super::config::{ErrorRates, PopulationRates, Profile, SubjectRates, SynthConfig};
use super::families::random_day;
use super::names::{Given, Sex, Word};
use super::notation::{
    GAIJI, bank, du_zu, era_date, half_width, hiragana, iso_date, kana_key, kanji_key, large, long_vowels,
    other_kanji_form, reading, western_date, wide, writing,
};
use super::places::{Dwelling, Shown, Style, write_address};
use super::population::{BLOCK, Namesake, Population};
use super::random::{Random, scramble};
use super::residents::{Resident, push_padded};
use super::tags::{Subgroup, Tag, Tags};
use crate::Record;

/// The stream of chance from which records come; residents have their own.
const STREAM: u64 = 3;

/// A synthetic record, the id of the resident whom it is about, and what is known about it. `Debug` shows no value.
#[derive(Clone, PartialEq)]
pub struct SynthRecord {
    stated: Stated,
    /// The id of the person meant; `None` for a person whom the registry does not hold.
    pub truth: Option<String>,
    /// Whom the record is about, and what happened to it.
    pub tags: Tags,
    /// The source: the name of a [`Profile`], or [`Profile::MIXED`].
    pub profile: String,
    /// Which groups the person belongs to whom the record is about, registered or not.
    pub subgroups: Vec<Subgroup>,
    /// How many records this one stands for where everything is as frequent as it really is; 1 for each record of a batch
    /// that is drawn so. See [`Population::records`].
    pub weight: f64,
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
    /// Records of people who are met too often have a weight below 1, so that rates at natural prevalence are those of the
    /// records by their weights: post-stratification by whom a record is about, from [`SubjectRates::NATURAL`](super::SubjectRates)
    /// and the births of twins. Namesakes that were made weigh nothing, for those that arise by themselves are among the others.
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
        let twins = AtomicU64::new(0);
        let undecidable = self.undecidable(&twins);
        let weights = self.weights(twins.into_inner());
        Records { population: self, next: 0, undecidable, weights }
    }

    /// The weight of a record by its stratum.
    fn weights(&self, twins: u64) -> [f64; STRATA] {
        let SynthConfig { population, subjects, residents, records, .. } = &self.config;
        let natural = PopulationRates::natural();
        let as_it_is = population.twin_births == natural.twin_births && population.namesakes == 0;
        if as_it_is && *subjects == SubjectRates::NATURAL {
            return [1.0; STRATA];
        }
        let strata = (0..*records).into_par_iter().map(|number| {
            let mut random = Random::keyed(self.config.seed, STREAM, u64::from(number));
            let mut tags = Tags::default();
            self.subject(&mut random, &mut tags);
            stratum(tags)
        });
        let mut drawn = [0u64; STRATA];
        for at in strata.collect::<Vec<_>>() {
            if let Some(drawn) = drawn.get_mut(at) {
                *drawn += 1;
            }
        }
        let SubjectRates { stranger, relative, unregistered_twin, .. } = SubjectRates::NATURAL;
        let registered = f64::from(100_000 - stranger - relative - unregistered_twin);
        let more_twins = f64::from(natural.twin_births) / f64::from(population.twin_births.max(1));
        let of_twins = registered * more_twins * twins as f64 / f64::from((*residents).max(1));
        let absent = [stranger, relative, unregistered_twin].map(f64::from);
        let [stranger, relative, unregistered_twin] = absent;
        let shares = [registered - of_twins, of_twins, 0.0, stranger, relative, unregistered_twin, 0.0];
        let mut weights = [0.0; STRATA];
        for ((weight, share), drawn) in weights.iter_mut().zip(shares).zip(drawn) {
            *weight = share * f64::from(*records) / (100_000.0 * drawn.max(1) as f64);
        }
        weights
    }

    /// The numbers of the records that state nothing by which their truth differs from somebody else in the registry; on
    /// the way, the twins of the registry are counted.
    fn undecidable(&self, twins: &AtomicU64) -> FxHashSet<u32> {
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
                twins.fetch_add(resident.twin.into(), Ordering::Relaxed);
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
            .map(|person| self.state(person, &mut self.dice(number, &mut random, &mut tags)))
            .unwrap_or_default();
        let subgroups = person.as_ref().map(|person| self.subgroups(person)).unwrap_or_default();
        let truth = person.filter(|_| registered).map(|person| person.number);
        Draft { truth, facts, subgroups, tags, random }
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

    fn subgroups(&self, person: &Resident) -> Vec<Subgroup> {
        let japanese = !person.origin.is_foreign();
        let groups = [
            (!japanese, Subgroup::Foreign),
            (person.sex == Sex::Woman && person.maiden.is_some(), Subgroup::MarriedWoman),
            (person.birth.year + 18 > THIS_YEAR, Subgroup::Child),
            (person.twin, Subgroup::Twin),
            (japanese && self.names.is_rare(person.family), Subgroup::RareName),
        ];
        groups.into_iter().filter(|(belongs, _)| *belongs).map(|(_, group)| group).collect()
    }

    fn tag_resident(&self, resident: &Resident, tags: &mut Tags) {
        match self.namesake_of(resident.number) {
            Some((_, Namesake::Same)) => tags.insert(Tag::RegisteredNamesake),
            Some((_, Namesake::Homophone)) => tags.insert(Tag::RegisteredHomophone),
            None => {}
        }
        let facts = [
            (resident.twin, Tag::RegisteredTwin),
            (resident.origin.is_foreign(), Tag::Foreign),
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
            .filter(|model| !model.origin.is_foreign() && !model.twin);
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

    /// The source of a record.
    fn profile(&self, number: u32) -> (&str, &ErrorRates) {
        let profiles = &self.config.profiles;
        let profile = profiles.get(number as usize % profiles.len().max(1));
        profile.map_or((Profile::MIXED, &self.config.errors), |profile| (&profile.name, &profile.errors))
    }

    /// Chance for a record, and what it is to bring about.
    pub(super) fn dice<'a>(&'a self, number: u32, random: &'a mut Random, tags: &'a mut Tags) -> Dice<'a> {
        Dice { random, tags, rates: self.profile(number).1 }
    }

    /// The facts that a record states about a person, some of them wrong, some missing.
    fn state(&self, person: &Resident, dice: &mut Dice) -> Facts {
        let mut facts = self.state_name(person, dice);
        facts.birth = self.state_birth(person.birth, dice);
        let wrong = dice.happens(true, dice.rates.sex_wrong, Tag::SexWrong);
        let sex = if wrong { person.sex.other() } else { person.sex };
        facts.sex = (!dice.happens(true, dice.rates.sex_missing, Tag::SexMissing)).then_some(sex);
        facts.address = self.state_address(person, dice);
        facts
    }

    fn state_name(&self, person: &Resident, dice: &mut Dice) -> Facts {
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
        for part in [&mut family, &mut given] {
            if let Some(misread) = misread(part)
                && dice.happens(true, rates.ocr_kanji / 2, Tag::OcrKanji)
            {
                *part = misread;
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

    fn state_birth(&self, birth: Day, dice: &mut Dice) -> Day {
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

    fn state_address(&self, person: &Resident, dice: &mut Dice) -> Option<(Dwelling, Shown)> {
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
        let rates = dice.rates;
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
            if dice.happens(true, rates.title, Tag::Title) {
                row.kanji_name.push_str(
                    ["様", "\u{3000}様", "殿"]
                        .get(dice.random.below(3) as usize)
                        .copied()
                        .unwrap_or_default(),
                );
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

    fn written_sex(&self, sex: Sex, dice: &mut Dice) -> &'static str {
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

    fn written_address(&self, dwelling: Dwelling, shown: Shown, dice: &mut Dice) -> String {
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
}

type Rewriting = fn(&str) -> String;

/// Chance, and the tags of what it brought about.
pub(super) struct Dice<'a> {
    random: &'a mut Random,
    tags: &'a mut Tags,
    rates: &'a ErrorRates,
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
    subgroups: Vec<Subgroup>,
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

/// The records about a population; see [`Population::records`].
#[derive(Debug)]
pub struct Records<'a> {
    population: &'a Population,
    next: u32,
    undecidable: FxHashSet<u32>,
    weights: [f64; STRATA],
}

/// Kinds of record that are drawn with rates of their own.
const STRATA: usize = 7;

/// Whom a record is about: a resident of no mark, a twin, a made namesake, a stranger, a relative, an absent twin, an absent
/// namesake.
fn stratum(tags: Tags) -> usize {
    let kinds: [&[Tag]; STRATA - 1] = [
        &[Tag::UnregisteredNamesake, Tag::UnregisteredHomophone],
        &[Tag::UnregisteredTwin],
        &[Tag::Relative],
        &[Tag::Stranger],
        &[Tag::RegisteredNamesake, Tag::RegisteredHomophone],
        &[Tag::RegisteredTwin],
    ];
    let found = kinds.iter().position(|kind| kind.iter().any(|&tag| tags.contains(tag)));
    found.map_or(0, |at| STRATA - 1 - at)
}

impl Iterator for Records<'_> {
    type Item = SynthRecord;

    fn next(&mut self) -> Option<SynthRecord> {
        let number = self.next;
        if number >= self.population.config.records {
            return None;
        }
        self.next += 1;
        let population = self.population;
        let Draft { truth, facts, subgroups, mut tags, mut random } = population.draft(number);
        let weight = self.weights.get(stratum(tags)).copied().unwrap_or(1.0);
        let mut stated = population.write_down(&facts, &mut population.dice(number, &mut random, &mut tags));
        stated.id.push('R');
        push_padded(&mut stated.id, scramble(population.config.seed ^ STREAM, number), 10);
        if self.undecidable.contains(&number) {
            tags.insert(Tag::Undecidable);
        }
        let truth = truth.map(|number| population.id(number));
        let profile = population.profile(number).0.to_owned();
        Some(SynthRecord { stated, truth, tags, profile, subgroups, weight })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.population.config.records - self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Records<'_> {}
