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
            let mut run = Run { first: at, last: at, m: level.m, u: mean(at, level.u) };
            while let Some(better) = runs.pop_if(|better| better.m * run.u < run.m * better.u) {
                run = Run { first: better.first, m: better.m + run.m, u: better.u + run.u, ..run };
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
                level.m = (run.m / run.u * mean(at, level.u)).min(1.0);
                if attribute.is_of_household() {
                    level.household = level.m;
                }
            }
        }
    }
}
