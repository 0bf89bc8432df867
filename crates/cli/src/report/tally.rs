//! What the tables of a run hold, counted row by row: no table is in memory, whatever its size.

use std::collections::BTreeMap;

use super::run::{Finished, Outcome};
use crate::{at_rest::Results, failure::Failure, rows::Rows};

/// Where the steps of the histogram begin: a posterior is told by its nines.
pub(super) const STEPS: [&str; 9] =
    ["0", "0.5", "0.9", "0.99", "0.999", "0.9999", "0.99999", "0.999999", "0.9999999"];
/// How the numbers of candidates are told: the least of each class.
pub(super) const CLASSES: [(u64, &str); 8] =
    [(0, "0"), (1, "1"), (2, "2"), (3, "3"), (4, "4–5"), (6, "6–10"), (11, "11–20"), (21, "21+")];

/// What was counted.
#[derive(Default)]
pub(super) struct Tally {
    /// Records by table; a table that is not there has no entry.
    files: BTreeMap<&'static str, u64>,
    /// Posteriors of links, and of the best candidates of reviews, by [`STEPS`].
    pub(super) links: [u64; 9],
    pub(super) best: [u64; 9],
    pub(super) load: Load,
    /// Problems of the registry by code and effect.
    pub(super) registry: BTreeMap<(String, String), u64>,
    pub(super) first: Vec<First>,
}

/// What a review asks of those who do it.
#[derive(Default)]
pub(super) struct Load {
    /// Reviews by how many residents are plausible, by [`CLASSES`].
    pub(super) classes: [u64; 8],
    /// Plausible residents, and those of them whom the table names.
    pub(super) candidates: u64,
    pub(super) listed: u64,
    /// Listed residents whose address is protected, and those who are not active.
    pub(super) protected: u64,
    pub(super) not_active: u64,
    /// Verified records for which a better resident is named.
    pub(super) better: u64,
}

/// A record that a person is to look at.
pub(super) struct First {
    pub(super) id: String,
    pub(super) reasons: String,
}

impl Tally {
    pub(super) fn count(results: &Results<'_>, run: &Finished, ids: usize) -> Result<Self, Failure> {
        let mut tally = Self::default();
        let verified = run.summary.verified();
        for Outcome { file, .. } in run.summary.outcomes() {
            if !results.has(file) {
                continue;
            }
            let records = match (file, verified) {
                ("links.csv", _) => tally.links(results)?,
                ("review.csv", false) => tally.reviews(results, ids)?,
                ("review.csv" | "suspect.csv", true) => tally.verified(results, file, ids)?,
                _ => rows(results, file)?,
            };
            tally.files.insert(file, records);
        }
        if results.has("registry_problems.csv") {
            let mut problems = Rows::of(results, "registry_problems.csv", ["problem", "effect"], 2)?;
            while let Some(([problem, effect], _)) = problems.next()? {
                // What stands behind the code is a sentence of one language.
                let code = problem.split(':').next().unwrap_or_default();
                *tally.registry.entry((code.to_owned(), effect.to_owned())).or_default() += 1;
            }
        }
        Ok(tally)
    }

    /// Records in a table, where it is there.
    pub(super) fn records(&self, file: &str) -> Option<u64> {
        self.files.get(file).copied()
    }

    /// Whether a table is there and has not the records that the run says.
    pub(super) fn differs(&self, outcome: &Outcome) -> bool {
        self.records(outcome.file).is_some_and(|records| records != outcome.records)
    }

    fn links(&mut self, results: &Results<'_>) -> Result<u64, Failure> {
        let (mut links, mut records) = (Rows::of(results, "links.csv", ["posterior"], 1)?, 0);
        while let Some(([posterior], _)) = links.next()? {
            records += 1;
            note(&mut self.links, posterior);
        }
        Ok(records)
    }

    fn reviews(&mut self, results: &Results<'_>, ids: usize) -> Result<u64, Failure> {
        let columns =
            ["record_id", "rank", "posterior", "reasons", "protected", "status", "candidates_total"];
        let (mut reviews, mut records) = (Rows::of(results, "review.csv", columns, columns.len())?, 0);
        while let Some(([id, rank, posterior, reasons, protected, status, total], _)) = reviews.next()? {
            let Load { classes, candidates, listed, protected: hidden, not_active, .. } = &mut self.load;
            *listed += u64::from(!rank.is_empty());
            *hidden += u64::from(protected == "1");
            *not_active += u64::from(!matches!(status, "" | "active"));
            // Rows of one review stand together, the best candidate first; a review of nobody has one row without a rank.
            if !matches!(rank, "" | "1") {
                continue;
            }
            records += 1;
            note(&mut self.best, posterior);
            let total: u64 = total.parse().unwrap_or_default();
            *candidates += total;
            if let Some((_, class)) =
                CLASSES.iter().zip(classes).take_while(|((least, _), _)| *least <= total).last()
            {
                *class += 1;
            }
            if self.first.len() < ids {
                self.first.push(First { id: id.to_owned(), reasons: reasons.to_owned() });
            }
        }
        Ok(records)
    }

    fn verified(&mut self, results: &Results<'_>, file: &str, ids: usize) -> Result<u64, Failure> {
        let (mut rows, mut records) =
            (Rows::of(results, file, ["record_id", "better_person_id", "reasons"], 3)?, 0);
        while let Some(([id, better, reasons], _)) = rows.next()? {
            records += 1;
            self.load.better += u64::from(!better.is_empty());
            if self.first.len() < ids {
                self.first.push(First { id: id.to_owned(), reasons: reasons.to_owned() });
            }
        }
        Ok(records)
    }
}

fn rows(results: &Results<'_>, file: &str) -> Result<u64, Failure> {
    let (mut rows, mut records) = (Rows::of(results, file, ["record_id"], 1)?, 0);
    while rows.next()?.is_some() {
        records += 1;
    }
    Ok(records)
}

/// Counts a posterior under the last step that it reaches.
fn note(steps: &mut [u64; 9], posterior: &str) {
    let Ok(posterior) = posterior.parse::<f64>() else { return };
    let reached = STEPS.iter().map(|step| step.parse::<f64>().unwrap_or(f64::INFINITY));
    if let Some((_, count)) = reached.zip(steps).take_while(|(least, _)| *least <= posterior).last() {
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posterior_is_counted_once_under_its_nines() {
        let mut steps = [0; 9];
        for posterior in ["0.000000", "0.499999", "0.500000", "0.9", "0.9999999", "0.9999999999999999", ""] {
            note(&mut steps, posterior);
        }
        assert_eq!(steps, [2, 1, 1, 0, 0, 0, 0, 0, 2]);
    }
}
