//! What the posteriors of a batch add up to.

use std::collections::BTreeMap;

use super::{Estimate, Linking, linking};
use crate::compare::Comparison;
use crate::compare::address::AddressLevel;
use crate::decide::{ClaimsRule, Decision, Link, NoMatch, Reason, Review};
use crate::evaluate::Interval;
use crate::link::{Linker, Settled};
use crate::model::Parameters;
use crate::model::math::{Millibits, exp2, log2};
use crate::registry::ResidentIndex;

/// The sum of 1 - P(i) over the links of a batch, as the number of wrong ones among them (METHOD 6).
///
/// P(i) stands on two figures that a policy and a model can only assume, for they are the file's own: how many of its people
/// are registered, and how many of them still live where the file says. Both are estimated from all records of the batch, by
/// expectation and maximization (METHOD 7, for these alone), and the posteriors are computed anew from them. Under
/// `one_to_one` a wrong link survives only if the person linked has no record of their own in the batch: the sum is lowered
/// by the share of residents whom somebody claims.
///
/// The interval is that of the number of wrong links in this batch, if the model is right: it is of chance alone, and a
/// model that is off by a tenth moves the estimate by a tenth.
#[derive(Clone, Debug)]
pub struct PosteriorSum {
    residents: u64,
    one_to_one: bool,
    /// log2 of the odds of "found" that the policy assumes.
    assumed: Millibits,
    /// m of each [`class`] of addresses, as the model assumes it.
    moved: [f64; CLASSES],
    /// Records by the address of their best candidate, and by the evidence that they are about somebody who was found.
    records: BTreeMap<Evidence, u64>,
    links: Vec<Noted>,
    claims: u64,
}

/// What is kept of a link: to whom, on what evidence, and P(another candidate | somebody registered is meant) in parts of
/// 2^32.
#[derive(Clone, Copy, Debug)]
struct Noted {
    resident: ResidentIndex,
    class: u32,
    evidence: Millibits,
    others: u32,
}

/// A class of addresses, and log2 of how much likelier the record is if its person was found than if nobody was.
type Evidence = (usize, Millibits);

/// Levels of addresses, agreement by history, and no comparison of addresses.
const CLASSES: usize = 10;
const BY_HISTORY: usize = CLASSES - 2;
const NOT_COMPARED: usize = CLASSES - 1;

/// Evidence is told apart by hundredths of a bit, so that a batch of any size takes a few megabytes.
const STEP: Millibits = 10;

/// One, in fixed point: for what is kept of a link, and for their sum.
const WHOLE: f64 = (1u64 << 32) as f64;
const FINE: f64 = (1u64 << 60) as f64;

/// What the batch says of itself.
struct Fitted {
    found: f64,
    /// How much likelier each class of addresses is for a person who was found than the model assumes.
    moved: [f64; CLASSES],
}

impl PosteriorSum {
    /// Before the first decision of a batch that this linker decides.
    #[must_use]
    pub fn new(linker: &Linker<'_>) -> Self {
        let policy = linker.policy();
        let found = policy.coverage * policy.blocking_recall;
        let Parameters { address, former_address, .. } = linker.model().parameters();
        let mut moved = [0.0; CLASSES];
        let known = address.iter().chain([former_address]).map(|level| level.m);
        moved.iter_mut().zip(known).for_each(|(place, m)| *place = m);
        Self {
            residents: linker.registry().len() as u64,
            one_to_one: policy.claims == ClaimsRule::OneToOne,
            assumed: log2(found / (1.0 - found)),
            moved,
            records: BTreeMap::new(),
            links: Vec::new(),
            claims: 0,
        }
    }

    /// Adds one record's decision, before gates 8 and 10 or after them; `None` for a record that could not be read, which
    /// says nothing. Keeps 16 bytes of a link.
    pub fn add(&mut self, decision: Option<&Decision>) {
        let Some(decision) = decision else { return };
        let (best, none) = match decision {
            Decision::Link(Link { candidate, none, .. }) => (Some(candidate), *none),
            Decision::Review(Review { candidates, none, .. }) => (candidates.first(), *none),
            Decision::NoMatch(NoMatch { none, .. }) => (None, *none),
        };
        let evidence = log2((1.0 - none) / none) - self.assumed;
        let class = best.map_or(NOT_COMPARED, |best| class(&best.evidence.comparison));
        let key = (class, evidence.div_euclid(STEP) * STEP);
        *self.records.entry(key).or_default() += 1;
        match linking(decision) {
            Linking::To(link) => {
                let others = 1.0 - link.candidate.evidence.posterior / (1.0 - link.none);
                let (resident, (class, evidence)) = (link.candidate.resident, key);
                let others = (others.clamp(0.0, 1.0) * WHOLE) as u32;
                self.links.push(Noted { resident, class: class as u32, evidence, others });
                self.claims += 1;
            }
            Linking::Claimed => self.claims += 1,
            Linking::Nobody => {}
        }
    }

    /// Takes back the links that gate 8 refuses, where decisions were added before it. Those that the budget holds stay:
    /// the estimate is what an operator needs then.
    pub fn settle(&mut self, settled: &Settled) {
        self.links.retain(|link| settled.refusal(link.resident) != Some(Reason::ClaimedTwice));
    }

    /// Links so far.
    #[must_use]
    pub const fn links(&self) -> u64 {
        self.links.len() as u64
    }

    /// Links, and records that would have been links had nobody else claimed the same person.
    #[must_use]
    pub const fn claims(&self) -> u64 {
        self.claims
    }

    /// What the sum says of the links.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        let fitted = self.fit();
        // In fixed point, so that no order of records can change the sum.
        let mut wrong = 0u128;
        for Noted { class, evidence, others, .. } in &self.links {
            let found = fitted.found((*class as usize, *evidence));
            wrong += ((1.0 - found + found * (f64::from(*others) / WHOLE)) * FINE) as u128;
        }
        let wrong = wrong as f64 / FINE * unclaimed(self.one_to_one, self.claims, self.residents);
        Estimate::of_count(self.links(), wrong, Interval::expected(wrong))
    }

    /// The share of the batch's records whose person is registered and was found, above 0 and below 1, as the records show
    /// it.
    #[must_use]
    pub fn found(&self) -> f64 {
        self.fit().found
    }

    /// Expectation and maximization, with half a record on either side of the share found, and one record for what the model
    /// assumes of addresses.
    fn fit(&self) -> Fitted {
        const ROUNDS: u32 = 2_000;
        let mut fitted = Fitted { found: 0.5, moved: [1.0; CLASSES] };
        let records: u64 = self.records.values().sum();
        let assumed: f64 = self.moved.iter().sum();
        for _ in 0..ROUNDS {
            let mut matches = self.moved;
            let mut all = 0.0;
            for (evidence, count) in &self.records {
                let share = *count as f64 * fitted.found(*evidence);
                all += share;
                matches.get_mut(evidence.0).into_iter().for_each(|sum| *sum += share);
            }
            let compared: f64 = matches.iter().take(NOT_COMPARED).sum();
            let found = (all + 0.5) / (records as f64 + 1.0);
            let change = (found - fitted.found).abs();
            fitted.found = found;
            for ((factor, sum), m) in fitted.moved.iter_mut().zip(matches).zip(self.moved).take(NOT_COMPARED)
            {
                *factor = sum / compared * assumed / m;
            }
            if change < 1e-9 {
                break;
            }
        }
        fitted
    }
}

impl Fitted {
    /// P(somebody registered was found | the evidence).
    fn found(&self, (class, evidence): Evidence) -> f64 {
        let likelier = exp2(evidence) * self.moved.get(class).copied().unwrap_or(1.0);
        let none = (1.0 - self.found) / (1.0 - self.found + self.found * likelier);
        1.0 - none
    }
}

/// What the addresses say, as far as a model has a figure for it.
const fn class(comparison: &Comparison) -> usize {
    match comparison.address.level {
        AddressLevel::Unknown => NOT_COMPARED,
        _ if comparison.former_address.is_some() => BY_HISTORY,
        level => level as usize,
    }
}

/// The share of residents whom no record of a batch claims, where a second claim would have stopped a link.
pub(super) fn unclaimed(one_to_one: bool, claims: u64, residents: u64) -> f64 {
    if one_to_one { 1.0 - (claims as f64 / residents.max(1) as f64).min(1.0) } else { 1.0 }
}
