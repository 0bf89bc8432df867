//! Synthetic claims: records with a registered number that is right, or wrong in one of the ways of the field (DOMAIN 2.6).
//!
//! Numbers are made here, with a check digit of this module's own. Each resident has a partner, of another household,
//! whose number differs by an exchange of two digits of one weight: a slip past the check digit is then somebody else's.

use std::fmt;

use super::population::{BLOCK, Population};
use super::random::Random;
use super::residents::{Resident, push_padded};
use super::tags::Tags;
use super::written::Stated;
use crate::Claim;

/// The stream of chance from which claims come.
const STREAM: u64 = 5;

/// The bit by which the places of partners differ: half a block away is another household.
const PARTNER: u32 = BLOCK / 2;

/// Rows that a shift moves together, and among which forms are crossed.
const RUN: u32 = 8;

/// Why a number is wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Cause {
    /// That of somebody else of the same name and birth date; four in ten of them only in kana.
    Namesake,
    /// That of a household member.
    Family,
    /// That of the row below, in a run of rows.
    RowShift,
    /// Exchanged with that of a neighbouring row.
    Crossed,
    /// Two digits exchanged that the check digit cannot tell apart; somebody else's number.
    TypingSlip,
}

impl Cause {
    /// Every cause, in order.
    pub const ALL: [Self; 5] =
        [Self::Namesake, Self::Family, Self::RowShift, Self::Crossed, Self::TypingSlip];

    /// The cause in snake_case, as files hold it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Namesake => "namesake",
            Self::Family => "family",
            Self::RowShift => "row_shift",
            Self::Crossed => "crossed",
            Self::TypingSlip => "typing_slip",
        }
    }
}

/// Shares of the claims that are wrong, by cause, in parts of 100,000; one in a thousand by default, ten times what the
/// checks of 2023 found (DOMAIN 2.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "rates that callers write with ..ClaimRates::default()")]
pub struct ClaimRates {
    /// See [`Cause::Namesake`].
    pub namesake: u32,
    /// See [`Cause::Family`].
    pub family: u32,
    /// See [`Cause::RowShift`].
    pub row_shift: u32,
    /// See [`Cause::Crossed`].
    pub crossed: u32,
    /// See [`Cause::TypingSlip`].
    pub typing_slip: u32,
}

impl Default for ClaimRates {
    fn default() -> Self {
        Self { namesake: 20, family: 20, row_shift: 20, crossed: 20, typing_slip: 20 }
    }
}

impl ClaimRates {
    /// Every number is right.
    pub const NONE: Self = Self { namesake: 0, family: 0, row_shift: 0, crossed: 0, typing_slip: 0 };
}

/// A record with its registered number, and what is known of it. `Debug` shows no value.
#[derive(Clone, Eq, PartialEq)]
pub struct SynthClaim {
    stated: Stated,
    my_number: String,
    /// The id of the resident whose number it is.
    pub claimed: String,
    /// The id of the resident whom the record is about.
    pub truth: String,
    /// Why the number is another person's, if it is.
    pub cause: Option<Cause>,
}

impl SynthClaim {
    /// The claim by number.
    #[must_use]
    pub fn claim(&self) -> Claim<'_> {
        Claim { record: self.stated.record(), my_number: &self.my_number, ..Claim::default() }
    }

    /// The claim by the person's id.
    #[must_use]
    pub fn claim_by_id(&self) -> Claim<'_> {
        Claim { record: self.stated.record(), person_id: &self.claimed, ..Claim::default() }
    }
}

impl fmt::Debug for SynthClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SynthClaim")
            .field("stated", &self.stated.record())
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

impl Resident {
    /// The resident's synthetic individual number, with a right check digit. Whether anybody real has it is unknown, as
    /// it is of any number.
    #[must_use]
    pub fn my_number(&self) -> String {
        let digits = digits(self.seed, self.number);
        digits.into_iter().map(|digit| char::from(b'0' + digit)).collect()
    }
}

/// A 9, then ten digits of 0 to 8 that are different for every pair of residents. The second of a pair has the 9
/// exchanged with the digit six places on, of the same weight.
fn digits(seed: u64, number: u32) -> [u8; 12] {
    const SPACE: u64 = 9u64.pow(10);
    // A step without the factor 3 visits every number of the space once.
    let mut left = (u64::from(number & !PARTNER) * 2_654_435_761 + seed % SPACE) % SPACE;
    let mut digits = [9u8; 12];
    for digit in digits.iter_mut().take(11).skip(1) {
        *digit = (left % 9) as u8;
        left /= 9;
    }
    if number & PARTNER != 0 {
        digits.swap(0, 6);
    }
    let weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let sum: u32 = digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    if let Some(check) = digits.last_mut() {
        *check = (11 - sum % 11) as u8;
        if *check > 9 {
            *check = 0;
        }
    }
    digits
}

impl Population {
    /// As many claims as the configuration has records, each about another resident while there are enough. Half of the
    /// records say what the register says, as it says it; the other half go through what the configuration lets happen
    /// to records: [`super::ErrorRates::NOTATION`] for notation alone.
    ///
    /// ```
    /// use himozuke::synth::{ClaimRates, Population, SynthConfig};
    /// let population = Population::new(&SynthConfig { residents: 300, records: 200, ..SynthConfig::default() });
    /// assert!(population.claims(ClaimRates::NONE).all(|claim| claim.claimed == claim.truth));
    /// ```
    pub fn claims(&self, rates: ClaimRates) -> impl Iterator<Item = SynthClaim> + '_ {
        (0..self.config.records).filter_map(move |number| self.make_claim(rates, number))
    }

    fn make_claim(&self, rates: ClaimRates, number: u32) -> Option<SynthClaim> {
        let mut random = Random::keyed(self.config.seed, STREAM, u64::from(number));
        let (subject, claimed, cause) = self.draw_claim(rates, number, &mut random);
        let [person, owner] = [self.resident(subject)?, self.resident(claimed)?];
        let mut stated = if random.percent(50) {
            Stated::as_registered(&person)
        } else {
            let mut tags = Tags::default();
            self.record_about(&person, &mut self.dice(number, &mut random, &mut tags))
        };
        stated.id.push('C');
        push_padded(&mut stated.id, number, 10);
        let [truth, claimed] = [subject, claimed].map(|number| self.id(number));
        Some(SynthClaim {
            stated,
            my_number: owner.my_number(),
            cause: cause.filter(|_| claimed != truth),
            claimed,
            truth,
        })
    }

    /// Whom the record is about, whose number it has, and why.
    fn draw_claim(&self, rates: ClaimRates, number: u32, random: &mut Random) -> (u32, u32, Option<Cause>) {
        let subject = self.claim_subject(number);
        let mut run = Random::keyed(self.config.seed, STREAM + 1, u64::from(number / RUN));
        if run.chance(rates.row_shift) {
            return (subject, self.claim_subject(number + 1), Some(Cause::RowShift));
        }
        if run.chance(rates.crossed * RUN / 2) && number % RUN < 2 {
            return (subject, self.claim_subject(number ^ 1), Some(Cause::Crossed));
        }
        let wrong = [
            (rates.namesake, Cause::Namesake),
            (rates.family, Cause::Family),
            (rates.typing_slip, Cause::TypingSlip),
        ];
        let cause = wrong.into_iter().find(|(rate, _)| random.chance(*rate)).map(|(_, cause)| cause);
        let pair = match cause {
            Some(Cause::Namesake) => self.namesakes_near(subject),
            Some(Cause::Family) => self.relatives_near(subject),
            Some(Cause::TypingSlip) => Some((subject, subject ^ PARTNER)),
            _ => None,
        };
        match pair.filter(|(_, claimed)| *claimed < self.config.residents) {
            Some((subject, claimed)) => (subject, claimed, cause),
            None => (subject, subject, None),
        }
    }

    /// The resident whom a claim is about if nothing intervenes: all residents in turn, far apart.
    fn claim_subject(&self, number: u32) -> u32 {
        let residents = u64::from(self.config.residents.max(1));
        // Larger than any registry and prime, so that it visits every resident before it returns.
        ((u64::from(number) * 4_294_967_291 + self.config.seed % residents) % residents) as u32
    }

    /// A registered pair of namesakes, looked for from a resident on.
    fn namesakes_near(&self, resident: u32) -> Option<(u32, u32)> {
        let blocks = self.config.residents.div_ceil(BLOCK);
        let found = (0..64).find_map(|step| self.lookalike_in((resident / BLOCK + step) % blocks, false))?;
        self.namesake_of(found).map(|(other, _)| (found, other))
    }

    /// Two members of one household, looked for from a resident on.
    fn relatives_near(&self, resident: u32) -> Option<(u32, u32)> {
        let block = resident / BLOCK * BLOCK;
        let people: Vec<Resident> = self.residents_in(block..block.saturating_add(BLOCK)).collect();
        let near = people.iter().cycle().skip((resident - block) as usize).take(people.len());
        near.zip(people.iter().cycle().skip((resident - block) as usize + 1))
            .find(|(a, b)| a.household == b.household && a.number != b.number)
            .map(|(a, b)| (a.number, b.number))
    }
}
