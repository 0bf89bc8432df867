//! How many records each record of a batch stands for where everything is as frequent as it really is.
//!
//! Post-stratification by whom a record is about: in each stratum the weights add up to its natural share of the batch.

use super::config::{PopulationRates, SubjectRates, SynthConfig};
use super::tags::{Tag, Tags};

/// The kinds of record that are drawn with rates of their own; the first one that fits is meant, or none of them.
const STRATA: [&[Tag]; 6] = [
    &[Tag::RegisteredNamesake, Tag::RegisteredHomophone],
    &[Tag::RegisteredTwin],
    &[Tag::Stranger],
    &[Tag::Relative],
    &[Tag::UnregisteredTwin],
    &[Tag::UnregisteredNamesake, Tag::UnregisteredHomophone],
];

fn stratum(tags: Tags) -> usize {
    let fits = |kind: &&[Tag]| kind.iter().any(|&tag| tags.contains(tag));
    STRATA.iter().position(fits).unwrap_or(STRATA.len())
}

/// Weights by stratum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weights([f64; STRATA.len() + 1]);

impl Weights {
    /// For a batch with these tags, from a registry with so many twins.
    pub(super) fn new(config: &SynthConfig, batch: Vec<Tags>, twins: u64) -> Self {
        let natural = PopulationRates::natural();
        let PopulationRates { twin_births, namesakes, .. } = config.population;
        if config.subjects == SubjectRates::NATURAL && (twin_births, namesakes) == (natural.twin_births, 0) {
            return Weights([1.0; STRATA.len() + 1]);
        }
        let SubjectRates { stranger, relative, unregistered_twin, .. } = SubjectRates::NATURAL;
        let registered = f64::from(100_000 - stranger - relative - unregistered_twin);
        // Families have twins in proportion to the rate.
        let too_many = f64::from(twin_births.max(1)) / f64::from(natural.twin_births);
        let of_twins = registered * twins as f64 / too_many / f64::from(config.residents.max(1));
        let [stranger, relative, unregistered_twin] = [stranger, relative, unregistered_twin].map(f64::from);
        // Made namesakes, registered or not, are as frequent as in reality among the others already.
        let shares = [0.0, of_twins, stranger, relative, unregistered_twin, 0.0, registered - of_twins];

        let mut drawn = [0u32; STRATA.len() + 1];
        for tags in &batch {
            if let Some(drawn) = drawn.get_mut(stratum(*tags)) {
                *drawn += 1;
            }
        }
        let mut weights = shares;
        for (weight, drawn) in weights.iter_mut().zip(drawn) {
            *weight *= batch.len() as f64 / (100_000.0 * f64::from(drawn.max(1)));
        }
        Weights(weights)
    }

    /// The weight of a record with these tags.
    pub(super) fn of(&self, tags: Tags) -> f64 {
        self.0.get(stratum(tags)).copied().unwrap_or(1.0)
    }
}
