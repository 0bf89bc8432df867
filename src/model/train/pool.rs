//! Better levels never weigh less: pooling of neighbours that would.

use super::Warning;
use super::attributes::Attribute;
use super::strangers::Strangers;
use crate::model::Parameters;

/// A run of levels that weigh the same.
struct Run {
    first: usize,
    last: usize,
    m: f64,
    u: f64,
    /// The greatest u of its levels, whose m may not come to more than 1.
    most: f64,
}

impl Run {
    fn ratio(&self) -> f64 {
        (self.m / self.u).min(1.0 / self.most)
    }

    /// Both runs as one.
    fn with(self, worse: Self) -> Self {
        Self {
            first: self.first,
            last: worse.last,
            m: self.m + worse.m,
            u: self.u + worse.u,
            most: self.most.max(worse.most),
        }
    }
}

/// Gives levels of a trained attribute that stand in the wrong order, at the mean frequency of values, the weight of both
/// together (pool adjacent violators), and reports them. What is left of order within single values a decision pools by
/// itself.
pub(super) fn pool(
    parameters: &mut Parameters,
    taught: &[Attribute],
    strangers: &Strangers,
    warnings: &mut Vec<Warning>,
) {
    for attribute in taught.iter().copied() {
        let mean = |at, u| strangers.mean(attribute, at, u);
        let mut runs: Vec<Run> = Vec::new();
        for (at, level) in attribute.levels(parameters).iter().enumerate() {
            let u = mean(at, level.u);
            let mut run = Run { first: at, last: at, m: level.m, u, most: u };
            while let Some(better) = runs.pop_if(|better| better.ratio() < run.ratio()) {
                run = better.with(run);
            }
            runs.push(run);
        }
        for run in runs.iter().filter(|run| run.first < run.last) {
            warnings.push(Warning::NotMonotonic {
                attribute: attribute.code().to_owned(),
                better: run.first + 1,
                worse: run.last + 1,
            });
            let levels = attribute.levels_mut(parameters).iter_mut().enumerate();
            for (at, level) in levels.skip(run.first).take(run.last + 1 - run.first) {
                level.m = (run.ratio() * mean(at, level.u)).min(1.0);
                if attribute.is_of_household() {
                    level.household = level.m;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::train::strangers;
    use crate::model::{Model, U};
    use crate::registry::Registry;
    use proptest::prelude::*;

    fn nobody() -> Strangers {
        let registry = Registry::builder().build().unwrap();
        strangers::count(&registry, &Model::of(&registry), 100)
    }

    fn weights(parameters: &Parameters, attribute: Attribute) -> Vec<f64> {
        let strangers = nobody();
        let levels = attribute.levels(parameters).iter().enumerate();
        levels.map(|(at, level)| (level.m / strangers.mean(attribute, at, level.u)).log2()).collect()
    }

    #[test]
    fn neighbours_get_the_weight_of_both_together_and_are_told() {
        let mut parameters = Parameters::default();
        let (ms, us) = ([0.8, 0.02, 0.1, 0.05], [0.001, 0.01, 0.01, 0.1]);
        for ((level, m), u) in parameters.birth_date.iter_mut().zip(ms).zip(us) {
            (level.m, level.u) = (m, U::Fixed(u));
        }
        for level in parameters.birth_date.iter_mut().skip(4) {
            (level.m, level.u) = (0.001, U::Fixed(0.2));
        }
        let mut warnings = Vec::new();
        pool(&mut parameters, &[Attribute::BirthDate], &nobody(), &mut warnings);
        let attribute = "birth_date".to_owned();
        assert_eq!(warnings, [Warning::NotMonotonic { attribute, better: 2, worse: 3 }]);
        let [_, second, third, fourth, ..] = parameters.birth_date;
        // 0.12 of 0.02, shared out by u, so that both together are met as often as before.
        assert!((second.m - 0.06).abs() < 1e-12 && (third.m - 0.06).abs() < 1e-12);
        assert_eq!(fourth.m, 0.05);
    }

    proptest! {
        /// Law 11 for whatever training comes to: no level weighs more than a better one.
        #[test]
        fn no_level_weighs_more_than_a_better_one(
            shifts in proptest::collection::vec((-8.0..0.0f64, -8.0..0.0f64), 36),
        ) {
            let mut parameters = Parameters::default();
            let mut shifts = shifts.iter();
            for attribute in Attribute::ALL {
                for (level, (m, u)) in attribute.levels_mut(&mut parameters).iter_mut().zip(&mut shifts) {
                    (level.m, level.u) = (m.exp2(), level.u.with(u.exp2()));
                }
            }
            pool(&mut parameters, &Attribute::ALL, &nobody(), &mut Vec::new());
            prop_assert_eq!(parameters.validate(), Ok(()));
            for attribute in Attribute::ALL {
                let weights = weights(&parameters, attribute);
                for (better, worse) in weights.iter().zip(weights.iter().skip(1)) {
                    prop_assert!(better >= &(worse - 1e-9), "{} {weights:?}", attribute.code());
                }
            }
        }
    }
}
