//! What blocking finds, and what it costs: for measuring, not for deciding.

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::{Linker, Scratch, Sought};
use crate::Record;
use crate::decide::least_weight;
use crate::model::Known;
use crate::person::Person;
use crate::registry::{Passes, ResidentIndex};

/// What blocking cost a sample of records.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BlockingLoss {
    /// Records that could be read, each held against every resident.
    pub sampled: u64,
    /// Records of which a resident whom no pass finds could have been meant.
    pub records: u64,
    /// Those residents, all records together.
    pub residents: u64,
}

impl Linker<'_> {
    /// Which passes of blocking find a resident for a record; an empty set for somebody whom [`Linker::decide`] never
    /// compares with it. For measuring what each pass is worth.
    ///
    /// ```
    /// use himozuke::{Linker, Pass, Person, Policy, ReadOptions, Record, Registry};
    /// let row = Record { id: "p1", kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() };
    /// let registry = Registry::builder().persons([row])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let renamed = Person::read(&Record { kanji_name: "鈴木 太郎", ..row }, &ReadOptions::default())?;
    /// let [found] = linker.candidates(&renamed)[..] else { panic!("the given name and the date find her") };
    /// assert_eq!(linker.passes(&renamed, found).only(), Some(Pass::PartDate));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn passes(&self, person: &Person, resident: ResidentIndex) -> Passes {
        self.registry.passes(person.view(), resident)
    }

    /// What blocking costs, without knowing the truth: of a sample of records, those that somebody could be meant by whom no
    /// pass finds, that is, with a probability of 1 % or more if nobody else were. Each record is held against every
    /// resident, on all threads, so that a few hundred are many; the share has the error of a sample.
    ///
    /// ```
    /// use himozuke::{Linker, Policy, Record, Registry};
    /// let row = Record { id: "p1", kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() };
    /// let registry = Registry::builder().persons([row])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let loss = linker.blocking_loss(&[row]);
    /// assert_eq!((loss.sampled, loss.records), (1, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn blocking_loss(&self, sample: &[Record<'_>]) -> BlockingLoss {
        let everybody: Vec<ResidentIndex> = self.registry.everybody().collect();
        let least = least_weight(&self.policy, self.model.residents());
        let mut loss = BlockingLoss::default();
        for person in sample.iter().filter_map(|record| Person::read(record, &self.options).ok()) {
            let record = person.view();
            let found: FxHashSet<ResidentIndex> = Scratch::lent(|scratch| {
                self.score(&[Sought { record, known: Known::default(), claimed: None }], scratch);
                scratch.only().scored.iter().map(|scored| scored.resident).collect()
            });
            let meant = everybody.par_chunks(1_024).map(|residents| {
                let known = Known::default();
                let weights = self.model.weigh(&record, &known);
                let may_be_meant = |resident: &&ResidentIndex| {
                    let scored = self.scored(&record, &weights, **resident);
                    scored.is_some_and(|scored| scored.weights.total >= least)
                };
                let beyond = residents.iter().filter(|resident| !found.contains(resident));
                beyond.filter(may_be_meant).count() as u64
            });
            let missed = meant.sum::<u64>();
            loss.sampled += 1;
            loss.records += u64::from(missed > 0);
            loss.residents += missed;
        }
        loss
    }
}
