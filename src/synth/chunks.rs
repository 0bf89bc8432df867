//! A registry of any size, a chunk at a time: made on all threads, handed over in order, the rest not in memory.

use std::fmt;
use std::ops::Range;

use rayon::prelude::*;

use super::population::Population;
use super::residents::Resident;
use super::rows::Rows;

/// Some residents who follow on one another. They are made when asked for, by any thread and in any order of chunks.
#[derive(Clone)]
pub struct Chunk<'a> {
    population: &'a Population,
    numbers: Range<u32>,
}

impl<'a> Chunk<'a> {
    /// Places of the residents in the registry, from 0.
    #[must_use]
    pub fn numbers(&self) -> Range<u32> {
        self.numbers.clone()
    }

    /// The residents.
    pub fn residents(&self) -> impl Iterator<Item = Resident> + use<'a> {
        self.population.residents_in(self.numbers())
    }

    /// Their register entries.
    #[must_use]
    pub fn rows(&self) -> Rows {
        let mut rows = Rows::default();
        self.population.see_each_in(self.numbers(), |resident| rows.push(resident));
        rows
    }
}

impl fmt::Debug for Chunk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk").field("numbers", &self.numbers).finish_non_exhaustive()
    }
}

impl Population {
    /// Residents in a chunk; the last one may have fewer. About 4 MB as [`Rows`].
    pub const CHUNK: u32 = 1 << 14;

    /// The registry in chunks of [`Population::CHUNK`] residents.
    ///
    /// ```
    /// use himozuke::synth::{Population, SynthConfig};
    /// let population = Population::new(&SynthConfig { residents: 40_000, ..SynthConfig::default() });
    /// let last = population.chunks().last().map(|chunk| chunk.numbers());
    /// assert_eq!(last, Some(32_768..40_000));
    /// ```
    pub fn chunks(&self) -> impl DoubleEndedIterator<Item = Chunk<'_>> + ExactSizeIterator {
        let residents = self.config.residents;
        (0..residents.div_ceil(Self::CHUNK)).map(move |chunk| {
            let first = chunk * Self::CHUNK;
            let numbers = first..first.saturating_add(Self::CHUNK).min(residents);
            Chunk { population: self, numbers }
        })
    }

    /// Makes something of every chunk with `make`, on all threads of rayon's pool, and hands the results to `take` on the
    /// calling thread in the order of the registry, whatever the number of threads. Two results to the thread are in
    /// memory at a time.
    ///
    /// # Errors
    /// Whatever `take` returns; no further chunk is begun.
    ///
    /// ```
    /// use himozuke::Registry;
    /// use himozuke::synth::{Chunk, Population, SynthConfig};
    /// let population = Population::new(&SynthConfig { residents: 20_000, ..SynthConfig::default() });
    /// let mut builder = Registry::builder();
    /// population.try_for_each_chunk(Chunk::rows, |rows| builder.push(&rows.records().collect::<Vec<_>>()))?;
    /// # Ok::<(), himozuke::RegistryError>(())
    /// ```
    pub fn try_for_each_chunk<'a, T: Send, E>(
        &'a self,
        make: impl Fn(&Chunk<'a>) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut chunks = self.chunks();
        loop {
            let next: Vec<Chunk<'_>> = chunks.by_ref().take(2 * rayon::current_num_threads()).collect();
            if next.is_empty() {
                return Ok(());
            }
            let made: Vec<T> = next.par_iter().map(&make).collect();
            made.into_iter().try_for_each(&mut take)?;
        }
    }
}
