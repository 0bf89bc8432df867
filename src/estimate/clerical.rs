//! A sample of links for two reviewers, and what they find.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Estimate, Linking, linking};
use crate::decide::Decision;
use crate::evaluate::Interval;
use crate::hash::KeyHasher;
use crate::registry::ResidentIndex;

/// A class of links: by how much doubt the posterior leaves. The doubtful are few and hold most of what may be wrong, so
/// that they are sampled more densely.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stratum {
    /// 1 - P(i) is at least 1e-4.
    Doubtful,
    /// At least 1e-6.
    Likely,
    /// At least 1e-8.
    NearlyCertain,
    /// Below 1e-8.
    Certain,
}

impl Stratum {
    /// Every stratum, the most doubtful first.
    pub const ALL: [Self; 4] = [Self::Doubtful, Self::Likely, Self::NearlyCertain, Self::Certain];

    /// The stratum of a link with this posterior.
    ///
    /// ```
    /// use himozuke::estimate::Stratum;
    /// assert_eq!([0.9, 0.999_99, 0.999_999_9, 1.0].map(Stratum::of), Stratum::ALL);
    /// ```
    #[must_use]
    pub fn of(posterior: f64) -> Self {
        match 1.0 - posterior {
            doubt if doubt >= 1e-4 => Self::Doubtful,
            doubt if doubt >= 1e-6 => Self::Likely,
            doubt if doubt >= 1e-8 => Self::NearlyCertain,
            _ => Self::Certain,
        }
    }

    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Doubtful => "doubtful",
            Self::Likely => "likely",
            Self::NearlyCertain => "nearly_certain",
            Self::Certain => "certain",
        }
    }
}

/// A stratified sample of a batch's links, drawn as they come, whatever their order (METHOD 6).
///
/// Half of it is spread evenly over the strata, the other half by their size; within a stratum every link is as likely. Which
/// ones are drawn follows from the seed and the ids of the records. Holds at most four times as many links as are asked for.
///
/// ```
/// use himozuke::estimate::ClericalSample;
/// let (links, design) = ClericalSample::new(200, 1).finish();
/// assert!(links.is_empty() && design.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct ClericalSample {
    size: usize,
    seed: u64,
    /// How many links each stratum has, and those drawn of it.
    strata: BTreeMap<Stratum, (u64, Drawn)>,
}

/// The links whose records have the smallest hashes, by hash and id.
type Drawn = BTreeMap<(u64, String), ResidentIndex>;

/// A link to be looked at.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Sampled {
    /// The record.
    pub record_id: String,
    /// To whom it is linked.
    pub resident: ResidentIndex,
    /// Not for the reviewers.
    pub stratum: Stratum,
}

/// `Debug` shows no id.
impl std::fmt::Debug for Sampled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sampled").field("stratum", &self.stratum).finish_non_exhaustive()
    }
}

/// A stratum of the batch, and what the reviewers found in it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "callers fill it in from the reviewers' sheets")]
pub struct StratumFound {
    /// Links in the stratum.
    pub links: u64,
    /// Of these, sampled.
    pub sampled: u64,
    /// Of these, found wrong by both reviewers.
    pub wrong: u64,
    /// Of these, found wrong by one of them.
    pub disputed: u64,
}

impl ClericalSample {
    /// Before the first link; `size` is how many are to be looked at.
    #[must_use]
    pub const fn new(size: usize, seed: u64) -> Self {
        Self { size, seed, strata: BTreeMap::new() }
    }

    /// Adds a record's decision after gates 8 and 10, of which only links count; `None` for a record that could not be read.
    pub fn add(&mut self, record_id: &str, decision: Option<&Decision>) {
        if let Some(Linking::To(link)) = decision.map(linking) {
            self.add_link(record_id, link.candidate.resident, link.candidate.evidence.posterior);
        }
    }

    /// Adds a link with this posterior.
    pub fn add_link(&mut self, record_id: &str, resident: ResidentIndex, posterior: f64) {
        let (links, drawn) = self.strata.entry(Stratum::of(posterior)).or_default();
        *links += 1;
        let hash = KeyHasher::new(self.seed).text(record_id.chars()).finish();
        if drawn.len() < self.size || drawn.last_key_value().is_some_and(|((last, _), _)| hash < *last) {
            drawn.insert((hash, record_id.to_owned()), resident);
            if drawn.len() > self.size {
                drawn.pop_last();
            }
        }
    }

    /// The links to look at, in an order that says nothing of their strata, and the design by which the reviewers' findings
    /// are to be read: links and sample of each stratum.
    #[must_use]
    pub fn finish(self) -> (Vec<Sampled>, BTreeMap<Stratum, StratumFound>) {
        let sizes = self.strata.iter().map(|(stratum, (links, _))| (*stratum, *links)).collect();
        let design = allocation(self.size as u64, &sizes);
        let mut sample = Vec::new();
        for (stratum, (_, drawn)) in self.strata {
            let sampled = design.get(&stratum).map_or(0, |design| design.sampled);
            let of_stratum = drawn.into_iter().zip(0..sampled);
            sample.extend(of_stratum.map(|(((hash, record_id), resident), _)| {
                (KeyHasher::new(hash).finish(), Sampled { record_id, resident, stratum })
            }));
        }
        sample.sort_by(|(a, first), (b, second)| (a, &first.record_id).cmp(&(b, &second.record_id)));
        (sample.into_iter().map(|(_, sampled)| sampled).collect(), design)
    }

    /// What reviewers found, as an estimate for all links of the batch: what a stratum's sample has wrong stands for the
    /// stratum. What they do not agree on counts for a half, and in the interval for nothing at the lower end and in full at
    /// the upper. The interval is that of Fay and Feuer; see [`Interval::weighted`].
    ///
    /// ```
    /// use himozuke::estimate::{ClericalSample, StratumFound};
    /// let strata = [
    ///     StratumFound { links: 1_000, sampled: 100, wrong: 2, disputed: 0 },
    ///     StratumFound { links: 99_000, sampled: 1_000, wrong: 0, disputed: 0 },
    /// ];
    /// let estimate = ClericalSample::estimate(&strata);
    /// assert_eq!(estimate.share, Some(20.0 / 100_000.0));
    /// assert!(estimate.interval.high < 0.006);
    /// ```
    #[must_use]
    pub fn estimate(strata: &[StratumFound]) -> Estimate {
        let weight = |stratum: &StratumFound| stratum.links as f64 / stratum.sampled.max(1) as f64;
        let sums = |count: fn(&StratumFound) -> f64| {
            let one = |stratum: &StratumFound| {
                (count(stratum) * weight(stratum), count(stratum) * weight(stratum).powi(2))
            };
            strata.iter().map(one).fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d))
        };
        let sampled = || strata.iter().filter(|stratum| stratum.sampled > 0);
        let largest = sampled().map(weight).fold(0.0, f64::max);
        let links = strata.iter().map(|stratum| stratum.links).sum();
        // Nothing is known of a stratum of which nothing was looked at.
        let unseen: u64 =
            strata.iter().filter(|stratum| stratum.sampled == 0).map(|stratum| stratum.links).sum();
        let (least, squares) = sums(|stratum| stratum.wrong as f64);
        let low = Interval::weighted(least, squares, largest).low;
        let (most, squares) = sums(|stratum| (stratum.wrong + stratum.disputed) as f64);
        let high = Interval::weighted(most, squares, largest).high + unseen as f64;
        Estimate::of_count(links, least.midpoint(most), Interval { low, high: high.min(links as f64) })
    }
}

/// How many links to look at in each stratum: half of the sample evenly, half by size, none more than it has. What a small
/// stratum cannot take goes to the others.
fn allocation(size: u64, sizes: &BTreeMap<Stratum, u64>) -> BTreeMap<Stratum, StratumFound> {
    let mut design: BTreeMap<Stratum, StratumFound> = BTreeMap::new();
    let all: u64 = sizes.values().sum();
    let mut left = size.min(all);
    let even = left.div_ceil(2).div_ceil(sizes.len().max(1) as u64);
    // The smallest first: what it leaves is for the larger ones.
    let mut order: Vec<_> = sizes.iter().collect();
    order.sort_by_key(|(stratum, links)| (**links, **stratum));
    let mut ahead = all;
    for (at, (stratum, links)) in order.iter().enumerate() {
        let rest = (order.len() - at - 1) as u64;
        let spread = left.saturating_sub(even * (rest + 1));
        let by_size = (u128::from(spread) * u128::from(**links)).div_ceil(u128::from(ahead.max(1))) as u64;
        let sampled = (even + by_size).min(**links).min(left);
        let sampled = if rest == 0 { left.min(**links) } else { sampled };
        design.insert(**stratum, StratumFound { links: **links, sampled, ..StratumFound::default() });
        left -= sampled;
        ahead -= **links;
    }
    design
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Links of a batch, and which of them are wrong: the more doubtful, the more often.
    fn links(batch: u64) -> Vec<(String, f64, bool)> {
        let one = |number: u64| {
            let draw = KeyHasher::new(batch).add(number).finish();
            let (posterior, wrong_of_100_000) = match draw % 100 {
                0 => (0.999, 2_000),
                1..=9 => (0.999_99, 200),
                10..=39 => (0.999_999_9, 30),
                _ => (0.999_999_999_9, 2),
            };
            (format!("R{number}"), posterior, (draw >> 20) % 100_000 < wrong_of_100_000)
        };
        (0..20_000).map(one).collect()
    }

    fn sample(links: &[(String, f64, bool)], seed: u64) -> (Vec<Sampled>, BTreeMap<Stratum, StratumFound>) {
        let mut sample = ClericalSample::new(1_000, seed);
        links.iter().for_each(|(id, posterior, _)| sample.add_link(id, ResidentIndex(0), *posterior));
        sample.finish()
    }

    #[test]
    fn the_sample_is_as_large_as_asked_and_the_doubtful_are_over_represented() {
        let (sampled, design) = sample(&links(1), 1);
        assert_eq!(sampled.len(), 1_000);
        assert_eq!(design.values().map(|stratum| stratum.links).sum::<u64>(), 20_000);
        for (stratum, found) in &design {
            let of_stratum = sampled.iter().filter(|link| link.stratum == *stratum).count() as u64;
            assert_eq!(of_stratum, found.sampled);
        }
        let share = |stratum| design[&stratum].sampled as f64 / design[&stratum].links as f64;
        assert!(share(Stratum::Doubtful) > 0.5 && share(Stratum::Certain) < 0.05);
        let few: Vec<_> = links(1).into_iter().take(30).collect();
        assert_eq!(sample(&few, 1).0.len(), 30, "no more than there are");
    }

    #[test]
    fn neither_the_order_of_the_links_nor_another_run_changes_the_sample() {
        let forwards = links(2);
        let backwards: Vec<_> = forwards.iter().rev().cloned().collect();
        assert!(sample(&forwards, 1).0 == sample(&backwards, 1).0);
        assert!(sample(&forwards, 1).0 != sample(&forwards, 2).0);
    }

    /// Unbiased, and the interval covers at least as often as it says.
    #[test]
    fn the_estimate_is_of_the_true_rate() {
        const BATCHES: u64 = 200;
        let (mut covered, mut sum, mut truth) = (0, 0.0, 0.0);
        for batch in 0..BATCHES {
            let links = links(batch);
            let (sampled, mut design) = sample(&links, batch);
            for link in sampled {
                let place: usize = link.record_id.trim_start_matches('R').parse().unwrap();
                design.get_mut(&link.stratum).unwrap().wrong += u64::from(links[place].2);
            }
            let estimate = ClericalSample::estimate(&design.into_values().collect::<Vec<_>>());
            let rate = links.iter().filter(|(.., wrong)| *wrong).count() as f64 / links.len() as f64;
            covered += u64::from(estimate.interval.low <= rate && rate <= estimate.interval.high);
            sum += estimate.share.unwrap();
            truth += rate;
        }
        assert!(covered * 100 >= BATCHES * 95, "{covered} of {BATCHES}");
        assert!((sum / truth - 1.0).abs() < 0.1, "{}", sum / truth);
    }

    #[test]
    fn what_reviewers_do_not_agree_on_widens_the_interval() {
        let found = |wrong, disputed| {
            ClericalSample::estimate(&[StratumFound { links: 10_000, sampled: 500, wrong, disputed }])
        };
        let (sure, disputed, wrong) = (found(0, 0), found(0, 4), found(4, 0));
        assert_eq!((sure.interval.low, disputed.interval.low), (0.0, 0.0));
        assert_eq!(disputed.interval.high, wrong.interval.high);
        assert!(sure.interval.high < disputed.interval.high);
        assert_eq!((disputed.share, wrong.share), (Some(0.004), Some(0.008)));
        let unseen = StratumFound { links: 10_000, sampled: 0, ..StratumFound::default() };
        assert!(ClericalSample::estimate(&[unseen]).interval.high == 1.0, "nothing was looked at");
    }
}
