//! The members of a household: names, birth dates, dwelling, and what has become of them.

use super::calendar::{Day, THIS_YEAR, days_in};
use super::households::{Plan, Role, child_year, elder_year, spouse_year};
use super::names::{Given, Origin, Sex, Word};
use super::places::{Dwelling, dwelling_at};
use super::population::{BLOCK, Household, Population};
use super::random::Random;
use super::residents::Resident;

/// The stream of chance of a neighbourhood.
const STREAM: u64 = 2;

/// What the members of a household have in common.
struct Home {
    family: Word,
    dwelling: Dwelling,
    former_dwelling: Option<Dwelling>,
    protected: bool,
}

/// What a member is before anything happened to them.
#[derive(Clone, Copy)]
struct Birth {
    sex: Sex,
    day: Day,
    given: Given,
}

impl Population {
    /// Gives the members of a household their names, birth dates and dwelling.
    pub(super) fn settle_with(
        &self,
        seed: u64,
        (household, first, plan, mut random): Household,
        members: &mut Vec<Resident>,
    ) {
        let random = &mut random;
        let home = self.home(seed, household, plan.origin, plan.size(), random);
        let start = members.len();
        for place in 0..plan.size() {
            let older = members.get(start..).unwrap_or_default();
            let birth = self.birth(&plan, place, older, random);
            let married_in = !plan.origin.is_foreign() && plan.role(place) == Role::Spouse;
            let maiden =
                married_in.then(|| self.names.surname(random)).filter(|&maiden| maiden != home.family);
            let middle = (plan.origin.is_roman() && random.percent(55))
                .then(|| self.names.foreign_given(plan.origin, birth.sex, random).word);
            members.push(Resident {
                number: first + place,
                household,
                origin: plan.origin,
                family: home.family,
                given: birth.given,
                middle: middle.filter(|&middle| middle != birth.given.word),
                alias: self.alias(plan.origin, &home, &birth, random),
                birth: birth.day,
                sex: birth.sex,
                dwelling: home.dwelling,
                maiden,
                maiden_registered: random.percent(60),
                former_dwelling: home.former_dwelling,
                former_dwelling_registered: random.percent(70),
                status: self.status(birth.day, random),
                protected: home.protected,
                twin: plan.twins && matches!(plan.role(place), Role::Child(0 | 1)),
                seed,
            });
        }
    }

    fn home(&self, seed: u64, household: u32, origin: Origin, size: u32, random: &mut Random) -> Home {
        let family = match origin {
            Origin::Japanese => self.names.surname(random),
            origin => self.names.foreign_surname(origin, random),
        };
        // 45 % of the households live in flats (census of 2020), two thirds of those who live alone.
        let flat = random.percent(if size == 1 { 66 } else { 32 });
        let dwelling = self.dwelling(seed, household, flat, random);
        let moved = random.percent(30);
        let former_dwelling = moved.then(|| self.places.dwelling(random.percent(50), random));
        let protected = random.chance(self.config.population.protected);
        Home { family, dwelling, former_dwelling, protected }
    }

    /// A third of the households are neighbours: one area to the block, houses in a row, flats in one building.
    fn dwelling(&self, seed: u64, household: u32, flat: bool, random: &mut Random) -> Dwelling {
        if random.percent(67) {
            return self.places.dwelling(flat, random);
        }
        let mut neighbourhood = Random::keyed(seed, STREAM, u64::from(household / BLOCK));
        let area = self.places.area(&mut neighbourhood);
        let position = neighbourhood.below(1 << 16);
        let place = household % BLOCK;
        if flat {
            dwelling_at(area, position, 100 * (place / 8 + 1) + place % 8 + 1)
        } else {
            dwelling_at(area, position + 1 + place, 0)
        }
    }

    /// Sex, birth date and given name of a member, after those who come before.
    fn birth(&self, plan: &Plan, place: u32, older: &[Resident], random: &mut Random) -> Birth {
        let first = older.first();
        let children = older.get(plan.first_child() as usize..).unwrap_or_default();
        let first_is_man = first.is_some_and(|first| first.sex == Sex::Man);
        let (sex, year) = match plan.role(place) {
            Role::First => (self.first_sex(plan, random), plan.year),
            Role::Spouse => (
                first.map_or(Sex::Woman, |first| first.sex.other()),
                spouse_year(plan.year, first_is_man, random),
            ),
            Role::Child(_) => {
                // No two of a mother in one year, twins aside.
                let taken = |year: u32| children.iter().any(|child| child.birth.year == year);
                let drawn = child_year(plan.year, random);
                let year = if taken(drawn) { child_year(plan.year, random) } else { drawn };
                (self.any_sex(random), year)
            }
            Role::Elder(nth) => {
                let mother = nth + 1 == plan.elders && (plan.elders > 1 || random.percent(80));
                (if mother { Sex::Woman } else { Sex::Man }, elder_year(plan.year, random))
            }
        };
        let birth = Birth { sex, day: random_day(year, random), given: self.given(plan, sex, year, random) };
        match (plan.role(place), children.first()) {
            // Both twins' names have parts, so that one can be made from the other.
            (Role::Child(0), _) if plan.twins && !plan.origin.is_foreign() => {
                Birth { given: self.names.composed(sex, year, random), ..birth }
            }
            (Role::Child(1), Some(twin)) if plan.twins => self.second_twin(twin, birth, random),
            (Role::Child(_), _) if !plan.origin.is_foreign() => {
                let given = self.child_name(first, &birth, random);
                let named = |child: &Resident| child.given.word == given.word;
                let given =
                    if children.iter().any(named) { self.given(plan, sex, year, random) } else { given };
                Birth { given, ..birth }
            }
            _ => birth,
        }
    }

    fn given(&self, plan: &Plan, sex: Sex, year: u32, random: &mut Random) -> Given {
        match plan.origin {
            Origin::Japanese => self.names.given(sex, year, random),
            origin => self.names.foreign_given(origin, sex, random),
        }
    }

    /// Two twins in three are of one sex, and have names that differ in one part.
    fn second_twin(&self, twin: &Resident, birth: Birth, random: &mut Random) -> Birth {
        let birth = Birth { day: twin.birth, ..birth };
        if !random.percent(65) {
            let given = match twin.origin {
                Origin::Japanese => self.names.composed(birth.sex, twin.birth.year, random),
                _ => birth.given,
            };
            return Birth { given, ..birth };
        }
        let given = self.names.sibling(&twin.given, random).unwrap_or(birth.given);
        Birth { sex: twin.sex, given, ..birth }
    }

    /// One child in eight takes a character from the parent of its sex.
    fn child_name(&self, parent: Option<&Resident>, birth: &Birth, random: &mut Random) -> Given {
        let parent = parent.filter(|parent| parent.sex == birth.sex && random.percent(12));
        parent.and_then(|parent| self.names.sibling(&parent.given, random)).unwrap_or(birth.given)
    }

    /// Men found four couples in five, women five one-parent families in six, and women live longer alone.
    fn first_sex(&self, plan: &Plan, random: &mut Random) -> Sex {
        let women = match (plan.spouse, plan.size()) {
            (true, _) => 20,
            (false, 1) if plan.year + 75 <= THIS_YEAR => 74,
            (false, 1) if plan.year + 65 <= THIS_YEAR => 54,
            (false, 1) => 44,
            (false, _) => 83,
        };
        if random.percent(women) { Sex::Woman } else { Sex::Man }
    }

    pub(super) fn any_sex(&self, random: &mut Random) -> Sex {
        // 105 boys are born to 100 girls.
        if random.below(205) < 100 { Sex::Woman } else { Sex::Man }
    }

    /// The name in use (通称): in three of five cases a Japanese one, else the own one in katakana (DOMAIN 7.3).
    fn alias(&self, origin: Origin, home: &Home, birth: &Birth, random: &mut Random) -> Option<[Word; 2]> {
        if !origin.is_foreign() || !random.percent(35) {
            return None;
        }
        let own = [home.family, birth.given.word].map(Word::in_kana);
        let japanese = [self.names.surname(random), self.names.given(birth.sex, birth.day.year, random).word];
        Some(if origin.is_roman() && random.percent(40) { own } else { japanese })
    }

    /// The old die, the young move: rates are those of all residents together.
    fn status(&self, birth: Day, random: &mut Random) -> &'static str {
        let rates = &self.config.population;
        let (dead, moved) = match THIS_YEAR.saturating_sub(birth.year) {
            ..18 => (5, 67),
            18..40 => (5, 220),
            40..65 => (35, 67),
            65..75 => (140, 67),
            _ => (420, 67),
        };
        let percent = |rate: u32, of: u32| (u64::from(rate) * u64::from(of) / 100).min(100_000) as u32;
        let (dead, moved) = (percent(rates.dead, dead), percent(rates.moved_out, moved));
        match random.below(100_000) {
            draw if draw < dead => "dead",
            draw if draw < dead + moved => "moved",
            _ => "active",
        }
    }
}

pub(super) fn random_day(year: u32, random: &mut Random) -> Day {
    Day::in_year(year, random.below(337 + days_in(year, 2)))
}
