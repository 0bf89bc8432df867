//! Synthetic residents: households that share a name and a dwelling, twins, namesakes, foreign residents.
//!
//! Residents are numbered `0..n` and live in blocks of 64. What a block holds follows from the seed and its number alone,
//! so any resident can be made again without the others, and registries of any size can be streamed.
//! Resident *i* of an odd block may be given the name and birth date of resident *i* - 64, a pair that both find in
//! constant time.

use std::fmt;
use std::ops::Range;

use super::calendar::{Day, PYRAMID, PYRAMID_FIRST, THIS_YEAR, days_in};
use super::config::SynthConfig;
use super::names::{Given, Names, Origin, Sex, Word};
use super::places::{Dwelling, Places, Shown, Style, dwelling_at, write_address};
use super::random::{Random, Tickets, scramble};
use super::rows::Row;
use crate::Record;

/// Residents in a block; a power of two, so that namesakes find each other by one bit.
pub(super) const BLOCK: u32 = 64;

/// Streams of chance, so that no choice follows from another.
mod stream {
    pub(super) const HOUSEHOLD: u64 = 1;
    pub(super) const AREA: u64 = 2;
}

/// Separates the names in a written name.
const NAME_SPACE: char = '\u{3000}';

/// One synthetic resident: facts without an owner, to be written with [`Resident::write`] or collected as [`Rows`](super::Rows). `Debug` shows no attribute.
#[derive(Clone, Copy)]
pub struct Resident {
    pub(super) number: u32,
    pub(super) household: u32,
    pub(super) origin: Origin,
    pub(super) family: Word,
    pub(super) given: Given,
    pub(super) middle: Option<Word>,
    pub(super) alias: Option<[Word; 2]>,
    pub(super) birth: Day,
    pub(super) sex: Sex,
    pub(super) dwelling: Dwelling,
    /// Family name before marriage, whether or not the register knows it.
    pub(super) maiden: Option<Word>,
    pub(super) maiden_registered: bool,
    pub(super) former_dwelling: Option<Dwelling>,
    pub(super) former_dwelling_registered: bool,
    pub(super) status: &'static str,
    pub(super) protected: bool,
    pub(super) twin: bool,
    pub(super) seed: u64,
}

impl fmt::Debug for Resident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resident").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Resident {
    pub(super) fn write_id(&self, out: &mut String) {
        push_id(out, self.seed, self.number);
    }

    pub(super) fn write_kanji_name(&self, out: &mut String) {
        let middle = self.middle.map(|word| word.written);
        write_name(out, self.family.written, self.given.word.written, middle);
    }

    pub(super) fn write_kana_name(&self, out: &mut String) {
        write_name(out, self.family.kana, self.given.word.kana, self.middle.map(|word| word.kana));
    }

    pub(super) fn write_birth_date(&self, out: &mut String) {
        push_padded(out, self.birth.year, 4);
        out.push('-');
        push_padded(out, self.birth.month, 2);
        out.push('-');
        push_padded(out, self.birth.day, 2);
    }

    pub(super) fn write_sex(&self, out: &mut String) {
        out.push(if self.sex == Sex::Man { '1' } else { '2' });
    }

    pub(super) fn write_address(&self, out: &mut String) {
        write_address(out, self.dwelling, Shown::ALL, Style::Official);
    }

    pub(super) fn write_former_names(&self, out: &mut String) {
        if let Some(maiden) = self.maiden.filter(|_| self.maiden_registered) {
            out.extend(maiden.written);
        }
    }

    pub(super) fn write_aliases(&self, out: &mut String) {
        if let Some([family, given]) = self.alias {
            write_name(out, family.written, given.written, None);
        }
    }

    pub(super) fn write_former_addresses(&self, out: &mut String) {
        if let Some(former) = self.former_dwelling.filter(|_| self.former_dwelling_registered) {
            write_address(out, former, Shown::ALL, Style::Official);
        }
    }

    pub(super) fn write_household_id(&self, out: &mut String) {
        out.push('H');
        push_padded(out, scramble(self.seed ^ u64::from(b'H'), self.household), 10);
    }

    pub(super) fn write_status(&self, out: &mut String) {
        out.push_str(self.status);
    }

    pub(super) fn write_protected(&self, out: &mut String) {
        out.push(if self.protected { '1' } else { '0' });
    }
}

/// Appends the id of a resident: `P` and ten digits, never the twelve of an individual number.
fn push_id(out: &mut String, seed: u64, number: u32) {
    out.push('P');
    push_padded(out, scramble(seed, number), 10);
}

/// Family name, then given and middle name.
pub(super) fn write_name(out: &mut String, family: [&str; 2], given: [&str; 2], middle: Option<[&str; 2]>) {
    out.extend(family);
    out.push(NAME_SPACE);
    out.extend(given);
    if let Some(middle) = middle {
        out.push(NAME_SPACE);
        out.extend(middle);
    }
}

/// Appends a number with leading zeros.
pub(super) fn push_padded(out: &mut String, number: u32, width: u32) {
    for place in (0..width).rev() {
        let digit = 10u32.checked_pow(place).map_or(0, |unit| number / unit % 10);
        out.push(char::from(b'0' + digit as u8));
    }
}

/// Who lives in a household, before anything else about them is known.
#[derive(Clone, Copy, Debug)]
struct Plan {
    origin: Origin,
    /// Birth year of the first member.
    year: u32,
    spouse: bool,
    children: u32,
    /// The first two children are twins.
    twins: bool,
    /// Parents of the first member.
    elders: u32,
    /// May be a namesake of a resident of the block before.
    namesake: bool,
}

impl Plan {
    fn size(&self) -> u32 {
        1 + u32::from(self.spouse) + self.children + self.elders
    }

    /// The household as far as there is room: a block ends with the people who still fit.
    fn within(mut self, room: u32) -> Self {
        self.elders = self.elders.min(room.saturating_sub(self.size() - self.elders));
        self.children = self.children.min(room.saturating_sub(1 + u32::from(self.spouse)));
        self.spouse &= room > 1;
        self.twins &= self.children > 1;
        self
    }
}

/// A household: its number, its first resident, its plan, and the chance that decides the rest.
type Household = (u32, u32, Plan, Random);

/// How the namesake of a resident differs from them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Namesake {
    /// Same kanji, kana and birth date.
    Same,
    /// Same kana and birth date, other kanji.
    Homophone,
}

/// A synthetic population and the records about it; the same configuration gives the same on every machine.
///
/// Holds only tables (under 1 MB): people are made when asked for. See [`Population::residents`] and
/// [`Population::records`].
pub struct Population {
    pub(super) config: SynthConfig,
    pub(super) names: Names,
    pub(super) places: Places,
    /// Birth years of people of 20 and over, who found households.
    founders: Tickets,
}

impl fmt::Debug for Population {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Population").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Population {
    /// Prepares the tables to draw from.
    #[must_use]
    pub fn new(config: &SynthConfig) -> Self {
        let adults = PYRAMID.len() - 20;
        Population {
            config: config.clone(),
            names: Names::new(),
            places: Places::new(),
            founders: Tickets::new(PYRAMID.iter().take(adults).copied()),
        }
    }

    /// All residents, household by household.
    ///
    /// ```
    /// use himozuke::synth::{Population, SynthConfig};
    /// let population = Population::new(&SynthConfig { residents: 100, ..SynthConfig::default() });
    /// assert_eq!(population.residents().count(), 100);
    /// ```
    pub fn residents(&self) -> impl Iterator<Item = Resident> + '_ {
        self.residents_in(0..self.config.residents)
    }

    /// The residents with these numbers: what one of several threads, or a shard, writes. Numbers past the last
    /// resident are left out.
    ///
    /// ```
    /// use himozuke::synth::{Population, Row, SynthConfig};
    /// let population = Population::new(&SynthConfig { residents: 1_000, ..SynthConfig::default() });
    /// let parts = population.residents_in(0..300).chain(population.residents_in(300..2_000));
    /// assert_eq!(parts.count(), 1_000);
    /// ```
    pub fn residents_in(&self, numbers: Range<u32>) -> impl Iterator<Item = Resident> + '_ {
        let numbers = numbers.start..numbers.end.min(self.config.residents);
        let blocks = numbers.start / BLOCK..numbers.end.div_ceil(BLOCK);
        let mut members = Vec::new();
        let mut households = blocks.flat_map(|block| self.households(block));
        let mut next = 0;
        let all = std::iter::from_fn(move || {
            if next == members.len() {
                members.clear();
                next = 0;
                self.settle(households.next()?, &mut members);
            }
            next += 1;
            members.get(next - 1).copied()
        });
        all.filter(move |resident| numbers.contains(&resident.number))
    }

    /// Hands every resident to `take` as a row, reusing one buffer; stops at the first error.
    ///
    /// # Errors
    /// Whatever `take` returns.
    ///
    /// ```
    /// use himozuke::synth::{Population, SynthConfig};
    /// let population = Population::new(&SynthConfig { residents: 50, ..SynthConfig::default() });
    /// let mut rows = 0;
    /// population.try_for_each_resident(|record| {
    ///     rows += usize::from(!record.birth_date.is_empty());
    ///     Ok::<(), std::convert::Infallible>(())
    /// })?;
    /// assert_eq!(rows, 50);
    /// # Ok::<(), std::convert::Infallible>(())
    /// ```
    pub fn try_for_each_resident<E>(
        &self,
        mut take: impl FnMut(Record<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut row = Row::default();
        for resident in self.residents() {
            resident.write(&mut row);
            take(row.record())?;
        }
        Ok(())
    }

    /// The resident with this number, if there is one.
    pub(super) fn resident(&self, number: u32) -> Option<Resident> {
        let (household, _) = self.find(number)?;
        let mut members = Vec::with_capacity(8);
        self.settle(household, &mut members);
        members.into_iter().find(|resident| resident.number == number)
    }

    /// The id of the resident with this number.
    pub(super) fn id(&self, number: u32) -> String {
        let mut id = String::with_capacity(11);
        push_id(&mut id, self.config.seed, number);
        id
    }

    /// The number of the registered namesake made for this resident, and how alike they are.
    pub(super) fn namesake_of(&self, number: u32) -> Option<(u32, Namesake)> {
        let other = number ^ BLOCK;
        let (copy, original) = if number / BLOCK % 2 == 1 { (number, other) } else { (other, number) };
        let (household, plan) = self.find(copy)?;
        let (_, original_plan) = self.find(original)?;
        let made = is_namesake(copy, &plan) && original_plan.origin == Origin::Japanese;
        let original = made.then(|| self.resident(original)).flatten()?;
        let mut random = household.3;
        let kind = self.draw_namesake(&mut random, &original).0;
        Some((other, kind))
    }

    /// The number of a twin or of a member of a namesake pair in a block, if it has one.
    pub(super) fn lookalike_in(&self, block: u32, twin: bool) -> Option<u32> {
        self.households(block).find_map(|(_, first, plan, _)| {
            if twin {
                plan.twins.then_some(first + 1 + u32::from(plan.spouse))
            } else {
                is_namesake(first, &plan).then_some(first)
            }
        })
    }

    /// The number of the other twin.
    pub(super) fn twin_of(&self, number: u32) -> Option<u32> {
        let ((_, first, ..), plan) = self.find(number)?;
        let twin = first + 1 + u32::from(plan.spouse);
        match number.checked_sub(twin)? {
            0 if plan.twins => Some(twin + 1),
            1 if plan.twins => Some(twin),
            _ => None,
        }
    }

    /// A person of no register: the first member of a household of another world.
    pub(super) fn stranger(&self, number: u32) -> Option<Resident> {
        let household = self.household(!self.config.seed, number);
        let mut members = Vec::with_capacity(8);
        self.settle_with(!self.config.seed, household, &mut members);
        members.into_iter().next()
    }

    fn find(&self, number: u32) -> Option<(Household, Plan)> {
        if number >= self.config.residents {
            return None;
        }
        let lives_here = |(_, first, plan, _): &Household| number < first + plan.size();
        self.households(number / BLOCK).find(lives_here).map(|household| (household, household.2))
    }

    /// The households of a block, filling it exactly.
    fn households(&self, block: u32) -> impl Iterator<Item = Household> + '_ {
        let start = block * BLOCK;
        let end = start.saturating_add(BLOCK).min(self.config.residents);
        let mut first = start;
        let mut number = start;
        std::iter::from_fn(move || {
            let room = end.checked_sub(first).filter(|&room| room > 0)?;
            let (_, _, plan, random) = self.household(self.config.seed, number);
            let plan = plan.within(room);
            let household = (number, first, plan, random);
            first += plan.size();
            number += 1;
            Some(household)
        })
    }

    fn household(&self, seed: u64, number: u32) -> Household {
        let mut random = Random::keyed(seed, stream::HOUSEHOLD, u64::from(number));
        let plan = self.plan(&mut random);
        (number, 0, plan, random)
    }

    /// Kinds of household by the age of the first member: roughly those of the 2020 census.
    fn plan(&self, random: &mut Random) -> Plan {
        let rates = &self.config.population;
        let origin = match random.chance(rates.foreign) {
            true if random.percent(45) => Origin::Han,
            true => Origin::Roman,
            false => Origin::Japanese,
        };
        let year = PYRAMID_FIRST + self.founders.draw(random) as u32;
        // In percent: alone, couple, couple with children, one parent with children; the rest are three generations.
        let [alone, couple, family, parent] = match THIS_YEAR - year {
            ..35 => [58, 13, 26, 3],
            35..60 => [26, 15, 46, 8],
            _ => [36, 44, 13, 6],
        };
        let kind = random.below(100);
        let raises = kind >= alone + couple;
        let three = kind >= alone + couple + family + parent && THIS_YEAR - year < 60;
        let wanted = match random.below(100) {
            ..40 => 1,
            40..82 => 2,
            _ => 3,
        };
        let (from, to) = children_years(year);
        let children = if raises && from <= to { wanted } else { 0 };
        let twins = children > 0 && random.chance(rates.twin_births);
        Plan {
            origin,
            year,
            spouse: kind >= alone
                && !(alone + couple + family..alone + couple + family + parent).contains(&kind),
            children: children + u32::from(twins),
            twins,
            elders: if three { random.between(1, 2) } else { 0 },
            namesake: random.chance(rates.namesakes),
        }
    }

    fn settle(&self, household: Household, members: &mut Vec<Resident>) {
        self.settle_with(self.config.seed, household, members);
        let (_, first, plan, mut random) = household;
        if !is_namesake(first, &plan) {
            return;
        }
        let Some(original) = self.resident(first ^ BLOCK).filter(|person| person.origin == Origin::Japanese)
        else {
            return;
        };
        let (_, given) = self.draw_namesake(&mut random, &original);
        if let Some(resident) = members.first_mut() {
            resident.family = original.family;
            resident.given = given;
            resident.birth = original.birth;
            resident.sex = original.sex;
            resident.maiden = None;
        }
    }

    fn draw_namesake(&self, random: &mut Random, original: &Resident) -> (Namesake, Given) {
        let homophone = random.percent(40).then(|| self.names.homophone(&original.given, random)).flatten();
        homophone.map_or((Namesake::Same, original.given), |given| (Namesake::Homophone, given))
    }

    /// Gives the members of a household their names, birth dates and dwelling.
    fn settle_with(
        &self,
        seed: u64,
        (household, first, plan, mut random): Household,
        members: &mut Vec<Resident>,
    ) {
        let random = &mut random;
        let rates = &self.config.population;
        let family = self.family_name(plan.origin, random);
        let flat = random.percent(if plan.size() == 1 { 65 } else { 35 });
        let dwelling = self.home(seed, household, flat, random);
        let moved = random.percent(30);
        let former_dwelling = moved.then(|| self.places.dwelling(random.percent(50), random));
        let protected = random.chance(rates.protected);
        let couple_sex = if random.percent(80) { Sex::Man } else { Sex::Woman };
        let head_sex = if plan.size() > 1 { couple_sex } else { self.any_sex(random) };
        let (children_from, children_to) = children_years(plan.year);

        let mut head_given = None;
        let mut twin: Option<(Given, Day, Sex)> = None;
        for place in 0..plan.size() {
            let spouse = u32::from(plan.spouse);
            let child = place > spouse && place <= spouse + plan.children;
            let (sex, year) = match place {
                0 => (head_sex, plan.year),
                1 if plan.spouse => (head_sex.other(), (plan.year + random.between(0, 8)).saturating_sub(5)),
                _ if child => (self.any_sex(random), random.between(children_from, children_to)),
                _ => {
                    let sex = if place == plan.size() - 1 { Sex::Woman } else { Sex::Man };
                    (sex, plan.year.saturating_sub(random.between(23, 34)))
                }
            };
            let year = year.clamp(PYRAMID_FIRST, THIS_YEAR);
            let mut birth = random_day(year, random);
            let mut sex = sex;
            let is_twin = plan.twins && child && place <= spouse + 2;
            let mut given = match plan.origin {
                // Both twins' names have parts, so that one can be made from the other.
                Origin::Japanese if is_twin => self.names.composed(sex, year, random),
                // One child in eight takes a character from a parent.
                Origin::Japanese if child && sex == head_sex && random.percent(12) => head_given
                    .as_ref()
                    .and_then(|head| self.names.sibling(head, random))
                    .unwrap_or_else(|| self.names.given(sex, year, random)),
                Origin::Japanese => self.names.given(sex, year, random),
                origin => self.names.foreign_given(origin, sex, random),
            };
            if is_twin {
                if let Some((other, day, other_sex)) = twin {
                    birth = day;
                    if random.percent(65) {
                        sex = other_sex;
                        given = self.names.sibling(&other, random).unwrap_or(given);
                    }
                }
                twin = Some((given, birth, sex));
            }
            if place == 0 {
                head_given = Some(given);
            }
            let married_in = plan.origin == Origin::Japanese && plan.spouse && place == 1;
            let maiden = married_in.then(|| self.names.surname(random)).filter(|&maiden| maiden != family);
            let middle = (plan.origin == Origin::Roman && random.percent(55))
                .then(|| self.names.foreign_given(Origin::Roman, sex, random).word);
            let alias = (plan.origin != Origin::Japanese && random.percent(35))
                .then(|| [self.names.surname(random), self.names.given(sex, year, random).word]);
            let status = match random.below(100_000) {
                draw if draw < rates.dead => "dead",
                draw if draw < rates.dead.saturating_add(rates.moved_out) => "moved",
                _ => "active",
            };
            members.push(Resident {
                number: first + place,
                household,
                origin: plan.origin,
                family,
                given,
                middle: middle.filter(|&middle| middle != given.word),
                alias,
                birth,
                sex,
                dwelling,
                maiden,
                maiden_registered: random.percent(60),
                former_dwelling,
                former_dwelling_registered: random.percent(70),
                status,
                protected,
                twin: is_twin,
                seed,
            });
        }
    }

    fn family_name(&self, origin: Origin, random: &mut Random) -> Word {
        match origin {
            Origin::Japanese => self.names.surname(random),
            origin => self.names.foreign_surname(origin, random),
        }
    }

    pub(super) fn any_sex(&self, random: &mut Random) -> Sex {
        if random.percent(51) { Sex::Woman } else { Sex::Man }
    }

    /// A third of the households are neighbours: one area to the block, houses in a row, flats in one building.
    fn home(&self, seed: u64, household: u32, flat: bool, random: &mut Random) -> Dwelling {
        if random.percent(67) {
            return self.places.dwelling(flat, random);
        }
        let mut neighbourhood = Random::keyed(seed, stream::AREA, u64::from(household / BLOCK));
        let area = self.places.area(&mut neighbourhood);
        let position = neighbourhood.below(1 << 16);
        let place = household % BLOCK;
        if flat {
            dwelling_at(area, position, 100 * (place / 8 + 1) + place % 8 + 1)
        } else {
            dwelling_at(area, position + 1 + place, 0)
        }
    }
}

fn is_namesake(number: u32, plan: &Plan) -> bool {
    plan.namesake && plan.size() == 1 && plan.origin == Origin::Japanese && number / BLOCK % 2 == 1
}

/// The years in which the children who live with a parent born in `year` may have been born; empty if from > to.
fn children_years(year: u32) -> (u32, u32) {
    if THIS_YEAR - year.min(THIS_YEAR) >= 60 {
        return (year + 23, year + 40);
    }
    ((year + 21).max(THIS_YEAR - 24), (year + 40).min(THIS_YEAR))
}

pub(super) fn random_day(year: u32, random: &mut Random) -> Day {
    Day::in_year(year, random.below(337 + days_in(year, 2)))
}
