//! Who lives together: kinds of household by the age of their first member, and in which years the members were born.
//!
//! Knows years and numbers of people; nothing of names or places.

use super::calendar::{PYRAMID, PYRAMID_FIRST, THIS_YEAR, births_of};
use super::config::PopulationRates;
use super::names::{Names, Origin};
use super::random::{Random, Weighted};

/// Who lives in a household, before anything else about them is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) origin: Origin,
    /// Birth year of the first member.
    pub(super) year: u32,
    pub(super) spouse: bool,
    pub(super) children: u32,
    /// The first two children are twins.
    pub(super) twins: bool,
    /// Parents of the first member.
    pub(super) elders: u32,
    /// May be a namesake of a resident of the block before.
    pub(super) namesake: bool,
}

/// What a member is to the first one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    First,
    Spouse,
    /// The *n*-th child, from 0.
    Child(u32),
    /// The *n*-th parent, from 0.
    Elder(u32),
}

impl Plan {
    pub(super) fn size(&self) -> u32 {
        1 + u32::from(self.spouse) + self.children + self.elders
    }

    /// The household as far as there is room: a block ends with the people who still fit.
    pub(super) fn within(mut self, room: u32) -> Self {
        self.elders = self.elders.min(room.saturating_sub(self.size() - self.elders));
        self.children = self.children.min(room.saturating_sub(1 + u32::from(self.spouse)));
        self.spouse &= room > 1;
        self.twins &= self.children > 1;
        self
    }

    pub(super) fn role(&self, place: u32) -> Role {
        let first_child = 1 + u32::from(self.spouse);
        match place {
            0 => Role::First,
            1 if self.spouse => Role::Spouse,
            _ if place < first_child + self.children => Role::Child(place - first_child),
            _ => Role::Elder(place - first_child - self.children),
        }
    }

    /// The place of the first child.
    pub(super) fn first_child(&self) -> u32 {
        1 + u32::from(self.spouse)
    }
}

/// Kinds of household among those whose first member has at most this age, in 1,000: alone, a couple, a couple with children,
/// one parent with children; the rest are three generations.
///
/// From what the census of 2020 says of all households (alone 38.0 %, couples 20 %, with children 25 %, one parent 9 %, others
/// 8 %; 2.21 people on average) and the usual course of a life; `tests/realism.rs` holds the result to the census.
static KINDS: [(u32, [u32; 4]); 6] = [
    (24, [900, 30, 35, 15]),
    (34, [515, 95, 350, 30]),
    (49, [275, 85, 520, 75]),
    (64, [315, 200, 325, 95]),
    (74, [335, 395, 150, 75]),
    (u32::MAX, [390, 385, 90, 110]),
];

/// How old foreign residents are who found households, by birth year from 1935 in steps of ten: most are in their twenties
/// and thirties (法務省, 2023).
static FOREIGN_DECADES: [u64; 7] = [2, 5, 9, 13, 19, 30, 22];
const FOREIGN_FIRST: u32 = 1937;

/// First members by birth year from 1920, relative to [`PYRAMID`] in percent: chosen once so that, with spouses, children and
/// parents, the residents of each birth year have its shape.
#[rustfmt::skip]
static FIRST_MEMBERS: [u64; 87] = [
      5,   5,   5,   5,   5,   9,  37,  61,  86,  98, // 1920
    103, 113, 116, 118, 120, 116, 119, 114, 118, 114, // 1930
    116, 119, 116, 119, 114, 121, 116, 120, 118, 119, // 1940
    114, 115, 115, 111, 115, 110, 115, 111, 113, 114, // 1950
    111, 112, 112, 112, 112, 112, 110, 110, 108, 107, // 1960
    106, 105, 101, 101,  99,  99,  97,  96,  94,  94, // 1970
     90,  90,  90,  88,  87,  86,  82,  80,  78,  72, // 1980
     72,  68,  67,  64,  59,  55,  52,  49,  48,  44, // 1990
     41,  40,  40,  36,  35,  31,  29, // 2000
];

/// Ready-made draws.
pub(super) struct Households {
    founders: Weighted,
    foreign: Weighted,
}

impl Households {
    pub(super) fn new() -> Self {
        let years = PYRAMID.iter().zip(FIRST_MEMBERS);
        Households {
            founders: Weighted::new(years.map(|(living, percent)| u64::from(*living) * percent)),
            foreign: Weighted::new(FOREIGN_DECADES),
        }
    }

    pub(super) fn plan(&self, rates: &PopulationRates, names: &Names, random: &mut Random) -> Plan {
        let foreign = random.chance(rates.foreign);
        let (origin, year) = if foreign {
            let decade = self.foreign.draw(random) as u32;
            (names.nation(random), FOREIGN_FIRST + 10 * decade + random.below(10))
        } else {
            (Origin::Japanese, PYRAMID_FIRST + self.founders.draw(random) as u32)
        };
        let age = THIS_YEAR.saturating_sub(year);
        let kinds = KINDS.iter().find(|(most, _)| age <= *most).map_or([1_000, 0, 0, 0], |(_, kinds)| *kinds);
        let mut draw = random.below(1_000);
        let kind = kinds.iter().position(|&share| {
            let drawn = draw < share;
            draw = draw.saturating_sub(share);
            drawn
        });
        let (spouse, raises, three) = match kind {
            Some(0) => (false, false, false),
            Some(1) => (true, false, false),
            Some(2) => (true, true, false),
            Some(3) => (false, true, false),
            _ => (random.percent(75), age < 65 && random.percent(80), true),
        };
        // Grown-up children leave one after the other.
        let shares = if age < 60 { [37, 83, 97] } else { [76, 97, 100] };
        let draw = random.below(100);
        let wanted = 1 + shares.iter().filter(|&&share| draw >= share).count() as u32;
        let wanted = if raises && age >= 18 { wanted } else { 0 };
        let twins = wanted > 0 && random.chance(rates.twin_births);
        Plan {
            origin,
            year,
            spouse,
            children: wanted + u32::from(twins),
            twins,
            elders: if three && age <= 72 { random.between(1, 2) } else { 0 },
            namesake: random.chance(rates.namesakes),
        }
    }
}

/// A birth year that `draw` proposes, taken as often as people of that year are there: hollow years stay hollow.
fn likely(random: &mut Random, draw: impl Fn(&mut Random) -> u32) -> u32 {
    for _ in 0..4 {
        let year = draw(random);
        if random.below(2_010) < births_of(year) {
            return year;
        }
    }
    draw(random).clamp(PYRAMID_FIRST, THIS_YEAR)
}

/// A sum of two even draws, 0 to 2 · `half`, most often `half`.
fn bell(random: &mut Random, half: u32) -> u32 {
    random.below(half + 1) + random.below(half + 1)
}

/// The birth year of a spouse: husbands are two years older on average, seldom ten.
pub(super) fn spouse_year(year: u32, first_is_man: bool, random: &mut Random) -> u32 {
    likely(random, |random| {
        let gap = bell(random, 7);
        let year = if first_is_man { (year + gap).saturating_sub(5) } else { (year + 5).saturating_sub(gap) };
        year.min(THIS_YEAR - 18)
    })
}

/// The birth year of a child: parents are 18 to 44, most often about 31; nobody is born after this year, so the children of
/// the young are small.
pub(super) fn child_year(year: u32, random: &mut Random) -> u32 {
    let eldest = year + 18;
    likely(random, |random| {
        let drawn = eldest + bell(random, 13);
        if drawn > THIS_YEAR { random.between(eldest.max(THIS_YEAR - 9), THIS_YEAR) } else { drawn }
    })
}

/// The birth year of a parent.
pub(super) fn elder_year(year: u32, random: &mut Random) -> u32 {
    likely(random, |random| year.saturating_sub(22 + bell(random, 7)))
}
