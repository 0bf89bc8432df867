//! Links to people who do not exist.

use super::posterior::unclaimed;
use super::{Estimate, Linking, linking};
use crate::decide::{ClaimsRule, Decision};
use crate::evaluate::Interval;
use crate::link::Linker;
use crate::registry::{Registry, RegistryError, ResidentIndex};

/// A registry and, beside its residents, people who do not exist: whoever is linked to one of them is linked wrongly
/// (METHOD 6; Robach 2025).
///
/// A decoy has the given name and sex of one resident, the family name and dwelling of another, and the birth date of
/// somebody born within two years of the first: it is as like a stranger as the registry's own strangers are, and shares a
/// name and a birth date with them as often. It is no twin and no relative.
///
/// ```
/// use himozuke::estimate::{DecoyCount, Decoys};
/// use himozuke::synth::{Population, SynthConfig, SynthRecord};
/// use himozuke::{Linker, Policy, Registry};
/// let population = Population::new(&SynthConfig { residents: 500, records: 200, ..SynthConfig::default() });
/// let mut builder = Registry::builder();
/// population.try_for_each_resident(|row| builder.push(&[row]))?;
/// let registry = builder.build()?;
/// let linker = Linker::new(&registry, Policy::statistical())?;
/// let decoys = Decoys::of(&registry, 1, 500)?;
/// let (mut count, records) = (DecoyCount::new(&linker, &decoys), population.records().collect::<Vec<_>>());
/// let links = linker.link_all(records.iter().map(SynthRecord::record), |_| Ok::<(), std::convert::Infallible>(()))?.links;
/// decoys.linker(&linker).link_all(records.iter().map(SynthRecord::record), |outcome| {
///     count.add(outcome.answer.ok());
///     Ok::<(), std::convert::Infallible>(())
/// })?;
/// assert!(count.estimate(links, links).interval.low < 0.01);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Decoys {
    registry: Registry,
    residents: u32,
}

impl Decoys {
    /// A registry with so many decoys. The same seed gives the same ones everywhere. As many as there are residents is a
    /// good number: fewer tell less, and many more stand in each other's way. Costs as much memory as the registry, and
    /// as much again for as many decoys as residents.
    ///
    /// # Errors
    ///
    /// [`RegistryError::TooLarge`] if residents and decoys together are more than this build can number.
    pub fn of(registry: &Registry, seed: u64, count: u32) -> Result<Self, RegistryError> {
        let residents = u32::try_from(registry.len()).map_err(|_| RegistryError::TooLarge)?;
        Ok(Self { registry: registry.with_decoys(seed, count)?, residents })
    }

    /// A linker over residents and decoys that decides as another one does over the residents alone: with its model, which
    /// does not count the decoys. It asks neither whether two records claim one person nor for a budget (gates 8 and 10).
    #[must_use]
    pub fn linker(&self, linker: &Linker<'_>) -> Linker<'_> {
        linker.over(&self.registry)
    }

    /// How many decoys there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        // Both were numbered in 32 bits.
        self.registry.len() as u32 - self.residents
    }

    /// Whether this is none of the residents.
    #[must_use]
    pub const fn is_decoy(&self, resident: ResidentIndex) -> bool {
        resident.0 >= self.residents
    }
}

/// Links to decoys, counted in the shadow of a batch, and what they say of the batch's links.
///
/// For each link to a decoy, as many wrong links to residents are expected as there are residents to a decoy. Under
/// `one_to_one` a resident may have a record of their own in the batch, which then stops a wrong link, and no decoy has
/// one: the number is lowered by the share of residents whom somebody claims. The interval is that of the number of wrong
/// links in this batch; see [`Interval::of_next`].
#[derive(Clone, Copy, Debug)]
pub struct DecoyCount {
    residents: u32,
    decoys: u32,
    one_to_one: bool,
    found: u64,
}

impl DecoyCount {
    /// Before the first decision of a batch that this linker decides, with these decoys in its shadow.
    #[must_use]
    pub fn new(linker: &Linker<'_>, decoys: &Decoys) -> Self {
        let one_to_one = linker.policy().claims == ClaimsRule::OneToOne;
        Self { residents: decoys.residents, decoys: decoys.count(), one_to_one, found: 0 }
    }

    /// Adds a decision of the shadow; `None` for a record that could not be read.
    pub fn add(&mut self, decision: Option<&Decision>) {
        if let Some(Linking::To(link)) = decision.map(linking) {
            self.found += u64::from(link.candidate.resident.0 >= self.residents);
        }
    }

    /// Links to decoys so far.
    #[must_use]
    pub const fn found(&self) -> u64 {
        self.found
    }

    /// What they say of the links of the batch itself, of which there are so many, and so many claims, as
    /// [`PosteriorSum::links`](super::PosteriorSum::links) and [`PosteriorSum::claims`](super::PosteriorSum::claims) count
    /// them.
    #[must_use]
    pub fn estimate(&self, links: u64, claims: u64) -> Estimate {
        let Self { residents, decoys, one_to_one, found } = *self;
        if decoys == 0 {
            return Estimate::of_count(links, 0.0, Interval { low: 0.0, high: links as f64 });
        }
        let scale =
            f64::from(residents) / f64::from(decoys) * unclaimed(one_to_one, claims, residents.into());
        Estimate::of_count(links, found as f64 * scale, Interval::of_next(found, scale))
    }
}
