//! The posterior over the candidate set with "none of them" (METHOD 3), and the threshold with rejection (Sadinle 2017).

use super::Scored;
use super::policy::{Losses, Policy};
use crate::model::math::{Millibits, exp2, log2};

/// P(each candidate) and P(none), which add up to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posterior {
    /// P(none of them).
    pub(super) none: f64,
    prior: Millibits,
    /// What a candidate must weigh to be as likely as nobody, if as many records are about people who are not registered.
    even: Millibits,
    shift: Millibits,
    sum: f64,
}

impl Posterior {
    /// P(this candidate).
    pub(super) fn of(&self, scored: &Scored) -> f64 {
        exp2(self.prior + scored.weights.total - self.shift) / self.sum
    }

    /// How sure it is that this candidate is meant, in bits: log2 of the odds, were as many records about people who are not
    /// registered as about residents, and each of the `outside` people of whom the record may tell as well (METHOD 4) as
    /// likely to be meant as the candidate. A posterior takes outsiders to be in a file as often as the policy says, and as
    /// chance has it; decisions are put in order by this, which does neither.
    pub(super) fn confidence(&self, scored: &Scored, outside: f64) -> Millibits {
        let others = (1.0 - self.none) / self.of(scored) - 1.0;
        let nobody = exp2(self.even - scored.weights.total);
        -log2(others.max(0.0) + nobody + outside)
    }
}

/// What is so of every record under a policy, before any candidate is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prior {
    /// Of each resident.
    each: Millibits,
    none: Millibits,
    /// As [`Posterior`] has it.
    even: Millibits,
}

impl Prior {
    pub(crate) fn of(policy: &Policy, residents: u64) -> Self {
        let found = policy.coverage * policy.blocking_recall;
        let none = (1.0 - policy.coverage) + policy.coverage * (1.0 - policy.blocking_recall);
        let even = (2.0 - policy.blocking_recall) / policy.blocking_recall * residents.max(1) as f64;
        Self { each: log2(found / residents.max(1) as f64), none: log2(none), even: log2(even) }
    }
}

/// The posterior of candidates with these weights, in their order, which fixes the sum to the last bit.
pub(super) fn over(
    Prior { each: prior, none, even }: Prior,
    weights: impl Iterator<Item = Millibits> + Clone,
) -> Posterior {
    // Everything is scaled by the largest term, so that nothing overflows.
    let shift = weights.clone().map(|weight| prior + weight).fold(none, Millibits::max);
    let sum = weights.map(|weight| exp2(prior + weight - shift)).sum::<f64>() + exp2(none - shift);
    Posterior { none: exp2(none - shift) / sum, prior, even, shift, sum }
}

/// The least weight that makes a candidate one in a hundred, if there is no other.
pub(crate) fn least_weight(policy: &Policy, residents: u64) -> Millibits {
    let alone = over(Prior::of(policy, residents), std::iter::empty());
    log2(0.01 / 0.99) + alone.shift - alone.prior
}

/// Whether the posterior of the best candidate makes a link cheaper than a review, for the losses at hand (METHOD 5,
/// step 3).
pub(super) fn accepts(losses: &Losses, best: f64, none: f64) -> bool {
    let excess = (losses.wrong - losses.none) / losses.none;
    // 1 - best and the rest are computed without cancellation where it matters: both are small.
    best > 1.0 - 1.0 / losses.none + excess * (1.0 - none - best).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Record;
    use crate::compare::compare_views;
    use crate::model::Weights;
    use crate::person::{Person, ReadOptions, Status};
    use crate::registry::ResidentIndex;

    fn posterior(coverage: f64, residents: u64, weights: &[Millibits]) -> (f64, f64) {
        let policy = Policy { coverage, blocking_recall: 1.0, ..Policy::guideline() };
        let p = over(Prior::of(&policy, residents), weights.iter().copied());
        let best = weights.first().map_or(0.0, |weight| exp2(p.prior + weight - p.shift) / p.sum);
        (best, p.none)
    }

    #[test]
    fn worked_figures_of_method_3() {
        let weight = log2(1e10);
        let close = |value: f64, expected: f64, digits: f64| (value - expected).abs() < digits;
        assert!(close(posterior(0.99, 124_000_000, &[weight]).0, 0.999_87, 5e-6));
        assert!(close(posterior(0.99, 124_000_000, &[weight, weight]).0, 0.499_97, 5e-6));
        assert!(close(posterior(0.60, 124_000_000, &[weight]).0, 0.992, 5e-4));
    }

    #[test]
    fn no_candidate_leaves_nobody() {
        assert_eq!(posterior(0.95, 1_000, &[]).1, 1.0);
    }

    /// A candidate of whom nothing but the weight counts.
    fn weighing(total: Millibits) -> Scored {
        let nobody = Person::read(&Record::default(), &ReadOptions::default()).unwrap();
        Scored {
            resident: ResidentIndex(0),
            protected: false,
            status: Status::Active,
            as_written: false,
            comparison: compare_views(&nobody.view(), &nobody.view()),
            weights: Weights { total, ..Weights::default() },
        }
    }

    #[test]
    fn confidence_is_against_everybody_else() {
        let confidence = |coverage, weights: &[Millibits], alike| {
            let policy = Policy { coverage, blocking_recall: 1.0, ..Policy::guideline() };
            let p = over(Prior::of(&policy, 1 << 20), weights.iter().copied());
            p.confidence(&weighing(weights[0]), alike)
        };
        // A million residents are twenty bits: what weighs as much is as likely as nobody, were half of the records about nobody.
        assert_eq!(confidence(0.9, &[20_000], 0.0), 0);
        assert_eq!(confidence(0.9, &[30_000], 0.0), 10_000);
        // However common the policy takes people to be who are not registered.
        assert_eq!(confidence(0.6, &[30_000], 0.0), 10_000);
        // One namesake outside is as likely; one rival of the same weight as well.
        assert_eq!(confidence(0.9, &[60_000], 1.0), 0);
        assert_eq!(confidence(0.9, &[60_000, 60_000], 0.0), 0);
        assert_eq!(confidence(0.9, &[60_000, 52_000], 0.0), 8_000);
        assert_eq!(confidence(0.9, &[60_000], 1.0 / 1024.0), 10_000);
    }

    #[test]
    fn sadinle_thresholds() {
        let losses = Losses { wrong: 10_000.0, none: 10_000.0, miss: 20.0 };
        assert!(accepts(&losses, 0.999_91, 0.000_09) && !accepts(&losses, 0.999_89, 0.000_11));
        // A dearer wrong link asks more of a rival than of nobody.
        let losses = Losses { wrong: 100_000.0, ..losses };
        assert!(accepts(&losses, 0.999_92, 0.000_08) && !accepts(&losses, 0.999_92, 0.0));
    }
}
