//! The m and u probabilities that himozuke ships, each with its reason. Training may replace them; nothing needs it to.
//!
//! m is P(level | the same person), u is P(level | another person), among pairs in which the attribute can be compared.
//! u comes twice: for a stranger, and for a member of the same household (METHOD 2).

/// One level's probabilities. A `share` multiplies the frequency of the value at hand instead of being a probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Level {
    pub(crate) m: f64,
    pub(crate) u: U,
    pub(crate) u_household: f64,
}

/// How likely a stranger reaches a level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum U {
    /// A fixed probability.
    Fixed(f64),
    /// This share of the frequency of the value's register form.
    Register(f64),
    /// This share of the frequency of the value's reading.
    Reading(f64),
    /// This share of the rarer of both.
    Both(f64),
    /// This share of the frequency of the address's block.
    Block(f64),
    /// This share of the frequency of the address's town.
    Town(f64),
}

const fn level(m: f64, u: U, u_household: f64) -> Level {
    Level { m, u, u_household }
}

/// In the order of `PartLevel::COMPARED`. A family name says nothing within a household, so that its household u is its m.
///
/// m: 5 % of people are met under another family name (marriage: about 0.5 million couples a year on 125 million
/// residents, and files are old); 1-2 % of kanji cells hold another form; readings that files carry were often filled in
/// by machine or by ear (DOMAIN 4.4, 10.8), hence 3 % near and 1 % other readings.
pub(crate) const FAMILY: [Level; 9] = [
    level(0.90, U::Both(0.95), 0.90),
    level(0.94, U::Register(1.0), 0.94),
    level(0.03, U::Register(0.05), 0.03),
    level(0.94, U::Reading(1.0), 0.94),
    level(0.01, U::Register(0.05), 0.01),
    level(0.01, U::Fixed(0.001), 0.01),
    level(0.01, U::Reading(0.6), 0.01),
    level(0.01, U::Fixed(0.004), 0.01),
    level(0.05, U::Fixed(0.98), 0.05),
];

/// As [`FAMILY`]. Within a household nobody has the same given name but by design or by mistake: parents and children
/// who share a reading, a form filled in with the wrong person's name. Given names almost never change.
pub(crate) const GIVEN: [Level; 9] = [
    level(0.93, U::Both(0.95), 0.000_5),
    level(0.96, U::Register(1.0), 0.000_5),
    level(0.03, U::Register(0.05), 0.000_5),
    level(0.96, U::Reading(1.0), 0.002),
    level(0.01, U::Register(0.10), 0.000_5),
    level(0.005, U::Fixed(0.000_5), 0.000_5),
    level(0.01, U::Reading(0.8), 0.002),
    level(0.01, U::Fixed(0.003), 0.01),
    level(0.01, U::Fixed(0.99), 0.98),
];

/// In the order of `BirthDateLevel` up to `Different`. A day of birth is shared by one in about 28,000 residents (3,385 of
/// 124.9 million per day and the age pyramid, METHOD 4); one birth in a hundred is a twin's, and a household has other
/// members besides, hence 0.006. Registers disagree about the birth date in about 1 to 3 % of old records.
pub(crate) const BIRTH_DATE: [Level; 8] = [
    level(0.965, U::Fixed(0.000_036), 0.006),
    level(0.90, U::Fixed(0.03), 0.05),
    level(0.012, U::Fixed(0.001), 0.005),
    level(0.002, U::Fixed(0.000_02), 0.000_5),
    level(0.002, U::Fixed(0.000_05), 0.000_5),
    level(0.003, U::Fixed(0.000_3), 0.002),
    level(0.004, U::Fixed(0.000_08), 0.000_5),
    level(0.012, U::Fixed(0.998), 0.98),
];

/// Equal, different. Wrong sex codes are rare (insurers' check of 2023: 2,779 wrong birth dates or sexes in 160 million,
/// DOMAIN 2.2; other files are worse). Couples make a household's other member a little more likely of the other sex.
pub(crate) const SEX: [Level; 2] = [level(0.995, U::Fixed(0.5), 0.45), level(0.005, U::Fixed(0.5), 0.55)];

/// In the order of `AddressLevel` up to `Different`. About 4 % of residents move in a year and files are some years old.
/// A dwelling is shared with the household; a block with its neighbours.
pub(crate) const ADDRESS: [Level; 8] = [
    level(0.62, U::Block(0.5), 0.62),
    level(0.12, U::Block(0.8), 0.12),
    level(0.005, U::Block(1.0), 0.005),
    level(0.04, U::Town(0.3), 0.04),
    level(0.04, U::Town(1.0), 0.04),
    level(0.05, U::Fixed(0.05), 0.05),
    level(0.05, U::Fixed(0.10), 0.05),
    level(0.06, U::Fixed(0.90), 0.06),
];

/// A former address that agrees.
pub(crate) const FORMER_ADDRESS: Level = level(0.05, U::Block(1.5), 0.05);

/// Mean size of a household (census 2020: 2.21), which gives the share h of household members among all other residents.
pub(crate) const HOUSEHOLD_SIZE: f64 = 2.21;

/// Observations that the shipped frequencies count for when a registry's own are smoothed with them.
pub(crate) const PRIOR_OBSERVATIONS: f64 = 500.0;

/// National frequencies of a value that a registry has not shown: of a family name, a given name, a whole name.
/// From the concentration of names (DOMAIN 10.6: the sum of squares is 0.002 and 0.0015), which is what a random match meets.
pub(crate) const BASE_FAMILY: f64 = 0.002;
/// As [`BASE_FAMILY`].
pub(crate) const BASE_GIVEN: f64 = 0.001_5;
/// As [`BASE_FAMILY`]; the product of both.
pub(crate) const BASE_WHOLE: f64 = 0.000_003;
/// Residents of one block, of 124.9 million in about 20 million blocks, and of one town, of about 120,000.
pub(crate) const BASE_BLOCK: f64 = 0.000_000_05;
/// As [`BASE_BLOCK`].
pub(crate) const BASE_TOWN: f64 = 0.000_008;
