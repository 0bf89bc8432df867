//! The linker: one record at a time for services, a whole batch for jobs. It drives; what is decided, and how, is
//! [`crate::decide`]'s business.

use std::fmt;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::Record;
use crate::compare::{Comparison, compare_views};
use crate::decide::{
    Candidate, Circumstances, ClaimsRule, Decision, Policy, PolicyError, Reason, ReasonSet, Review, Scored,
    decide,
};
use crate::model::Model;
use crate::normalize::birth_date::BirthDate;
use crate::person::{Person, PersonView, ReadOptions, Unreadable};
use crate::registry::{Registry, ResidentIndex};
use crate::texts::Texts;

/// Decides which resident a record belongs to. `Send + Sync`; one linker serves any number of threads.
///
/// ```
/// use himozuke::{Decision, Linker, Policy, Record, Registry};
/// let resident = Record {
///     id: "p1",
///     kanji_name: "髙橋　一郎",
///     kana_name: "タカハシ　イチロウ",
///     birth_date: "1985-01-01",
///     sex: "1",
///     address: "東京都千代田区霞が関二丁目１番６号",
///     ..Record::default()
/// };
/// let registry = Registry::builder().persons([resident])?.build()?;
/// let linker = Linker::new(&registry, Policy::guideline())?;
/// let record = Record { id: "r1", kanji_name: "高橋一郎", birth_date: "S60.1.1", ..resident };
/// assert!(matches!(linker.decide(&record)?, Decision::Link(_)));
/// let without_address = Record { address: "", ..record };
/// assert!(matches!(linker.decide(&without_address)?, Decision::Review(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Linker<'r> {
    registry: &'r Registry,
    model: Model,
    policy: Policy,
    pub(crate) options: ReadOptions,
}

/// Room for the candidates of one record, reused from record to record.
#[derive(Default)]
pub(crate) struct Scratch {
    found: Vec<u32>,
    more: Vec<u32>,
    pub(crate) scored: Vec<Scored>,
}

impl<'r> Linker<'r> {
    /// A linker with the registry's own model, which reads records as the policy says ([`Policy::read_options`]).
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if the policy is not valid.
    pub fn new(registry: &'r Registry, policy: Policy) -> Result<Self, PolicyError> {
        Self::with_model(registry, policy, Model::of(registry))
    }

    /// A linker with a model made elsewhere or before: frequencies and the number of residents stay those of the model.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if the policy is not valid.
    pub fn with_model(registry: &'r Registry, policy: Policy, model: Model) -> Result<Self, PolicyError> {
        policy.validate()?;
        let options = policy.read_options();
        Ok(Self { registry, model, policy, options })
    }

    /// Reads records with these options instead of the policy's.
    #[must_use]
    pub const fn reading(mut self, options: ReadOptions) -> Self {
        self.options = options;
        self
    }

    /// This linker over another registry: one with people added whom the model must not count. No budget holds its links.
    pub(crate) fn over<'s>(&self, registry: &'s Registry) -> Linker<'s> {
        let policy = Policy { budget_per_million: 1e6, ..self.policy.clone() };
        Linker { registry, model: self.model.clone(), policy, options: self.options }
    }

    /// The model.
    pub(crate) const fn model(&self) -> &Model {
        &self.model
    }

    /// The registry.
    #[must_use]
    pub const fn registry(&self) -> &'r Registry {
        self.registry
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Decides one record. What only a batch can know, gates 8 and 10, is reported as not evaluated.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if an attribute cannot be read: the record is rejected, not decided.
    pub fn decide(&self, record: &Record<'_>) -> Result<Decision, Unreadable> {
        Ok(self.decide_person(&Person::read(record, &self.options)?))
    }

    /// As [`Linker::decide`], for a record that is read already.
    #[must_use]
    pub fn decide_person(&self, person: &Person) -> Decision {
        let not_evaluated = [Reason::ClaimNotEvaluated, Reason::BatchNotEvaluated].into_iter().collect();
        self.decide_view(person.view(), not_evaluated, &mut Scratch::default()).0
    }

    /// Blocking alone: whom [`Linker::decide`] compares a record with, in the order of the registry. Says nothing of who is
    /// meant; it is for measuring what blocking finds.
    ///
    /// ```
    /// use himozuke::{Linker, Person, Policy, ReadOptions, Record, Registry};
    /// let row = Record { id: "p1", kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() };
    /// let registry = Registry::builder().persons([row])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let person = Person::read(&Record { birth_date: "S60.1.1", ..row }, &ReadOptions::default())?;
    /// let found = linker.candidates(&person);
    /// assert_eq!(found.len(), 1);
    /// assert!(linker.compare(&person, found[0]).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn candidates(&self, person: &Person) -> Vec<ResidentIndex> {
        let mut found = Vec::new();
        self.registry.candidates(person.view(), &mut found);
        found.into_iter().map(ResidentIndex).collect()
    }

    /// A record held against one resident; `None` if the registry has no such resident.
    #[must_use]
    pub fn compare(&self, person: &Person, resident: ResidentIndex) -> Option<Comparison> {
        Some(compare_views(person.view(), self.registry.person(resident)?))
    }

    /// The decision, and the pairs that were compared for it.
    fn decide_view(
        &self,
        record: PersonView<'_>,
        not_evaluated: ReasonSet,
        scratch: &mut Scratch,
    ) -> (Decision, usize) {
        let complete = self.score(record, None, scratch);
        let between = |a: &Scored, b: &Scored| self.compare_residents(a.resident, b.resident);
        let best = scratch.scored.first().and_then(|best| self.registry.person(best.resident));
        let case = self.circumstances(record, best, !complete, not_evaluated, &between);
        (decide(&self.policy, &scratch.scored, &case), scratch.scored.len())
    }

    /// Fills the scratch with whoever can be meant by a record, scored, best first, and with `claimed` whether or not it
    /// can be; `false` if a block was too large to list.
    pub(crate) fn score(
        &self,
        record: PersonView<'_>,
        claimed: Option<ResidentIndex>,
        scratch: &mut Scratch,
    ) -> bool {
        let Scratch { found, more, scored } = scratch;
        let mut complete = self.registry.candidates(record, found);
        if let Some(ResidentIndex(row)) = claimed
            && let Err(place) = found.binary_search(&row)
        {
            found.insert(place, row);
        }
        let weights = self.model.weigh(record);
        let score = |row: &u32| {
            let resident = ResidentIndex(*row);
            let candidate = self.registry.person(resident)?;
            let comparison = compare_views(record, candidate);
            let weights = weights.of(&comparison, record, candidate);
            let PersonView { protected, status, .. } = candidate;
            Some(Scored { resident, protected, status, comparison, weights })
        };
        scored.clear();
        scored.extend(found.iter().filter_map(score));
        let order = |a: &Scored, b: &Scored| {
            let rank = |s: &Scored| (-s.weights.total, self.registry.id(s.resident));
            rank(a).cmp(&rank(b))
        };
        scored.sort_unstable_by(order);
        // Whoever shares the best candidate's name as filed is a rival, even if the record's spelling does not show it.
        if let Some(best) = scored.first().and_then(|best| self.registry.person(best.resident)) {
            complete &= self.registry.namesakes(best, more);
            more.retain(|row| found.binary_search(row).is_err());
            if !more.is_empty() {
                scored.extend(more.iter().filter_map(score));
                scored.sort_unstable_by(order);
            }
        }
        complete
    }

    /// Two residents as they are filed.
    pub(crate) fn compare_residents(&self, a: ResidentIndex, b: ResidentIndex) -> Option<Comparison> {
        Some(compare_views(self.registry.person(a)?, self.registry.person(b)?))
    }

    /// Decides among candidates that the caller found elsewhere, as in a database of its own. A candidate's place in the
    /// answer is its place in the list; attributes of candidates that cannot be read count as unknown.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if an attribute of the record cannot be read.
    ///
    /// ```
    /// use himozuke::{Decision, Linker, Model, Policy, Record, Registry};
    /// let rows = [("p1", "ヤマダ タロウ"), ("p2", "ヤマダ タロウ")].map(|(id, kana_name)| Record {
    ///     id, kanji_name: "山田 太郎", kana_name, birth_date: "1985-01-01", sex: "1",
    ///     address: "東京都千代田区霞が関二丁目１番６号", ..Record::default()
    /// });
    /// let registry = Registry::builder().persons(rows)?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// // Two people fit: nobody is chosen.
    /// assert!(matches!(linker.decide_among(&Record { id: "r", ..rows[0] }, &rows)?, Decision::Review(_)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decide_among(
        &self,
        record: &Record<'_>,
        candidates: &[Record<'_>],
    ) -> Result<Decision, Unreadable> {
        let person = Person::read(record, &self.options)?;
        let record = person.view();
        let people: Vec<Person> =
            candidates.iter().map(|c| Person::read_what_can_be(c, &self.options, |_| ())).collect();
        let weights = self.model.weigh(record);
        let mut scored: Vec<Scored> = (0u32..)
            .zip(&people)
            .map(|(row, person)| {
                let candidate = person.view();
                let comparison = compare_views(record, candidate);
                Scored {
                    resident: ResidentIndex(row),
                    protected: candidate.protected,
                    status: candidate.status,
                    comparison,
                    weights: weights.of(&comparison, record, candidate),
                }
            })
            .collect();
        let id = |scored: &Scored| candidates.get(scored.resident.0 as usize).map_or("", |c| c.id);
        scored.sort_by(|a, b| (-a.weights.total, id(a)).cmp(&(-b.weights.total, id(b))));
        let person = |scored: &Scored| people.get(scored.resident.0 as usize).map(Person::view);
        let between = |a: &Scored, b: &Scored| Some(compare_views(person(a)?, person(b)?));
        let not_evaluated = [Reason::ClaimNotEvaluated, Reason::BatchNotEvaluated].into_iter().collect();
        let best = scored.first().and_then(person);
        let case = self.circumstances(record, best, false, not_evaluated, &between);
        Ok(decide(&self.policy, &scored, &case))
    }

    /// What a decision must know besides the candidates, gathered from the record.
    pub(crate) fn circumstances<'a>(
        &self,
        record: PersonView<'_>,
        best: Option<PersonView<'_>>,
        truncated: bool,
        not_evaluated: ReasonSet,
        between: &'a dyn Fn(&Scored, &Scored) -> Option<Comparison>,
    ) -> Circumstances<'a> {
        let mut missing = ReasonSet::EMPTY;
        match record.birth_date {
            None => missing.insert(Reason::BirthDateMissing),
            Some(date) if !is_stated(date) => missing.insert(Reason::BirthDatePartial),
            Some(_) => {}
        }
        if record.main.register.is_none() && record.main.reading.is_none() {
            missing.insert(Reason::NameMissing);
        }
        let residents = self.model.residents();
        let expected_namesakes =
            self.model.expected_namesakes(record, best.map(|best| best.main), self.policy.population);
        Circumstances { residents, truncated, missing, expected_namesakes, not_evaluated, between }
    }

    /// Starts a batch: claims on one person and the error budget are then known.
    #[must_use]
    pub fn batch(&self) -> Batch<'_, 'r> {
        Batch { linker: self, ids: Texts::default(), answers: Vec::new(), pairs: 0 }
    }

    /// Decides a whole file of records and hands every outcome, in the order of the input, to `sink`.
    ///
    /// # Errors
    ///
    /// The first error of the sink.
    ///
    /// ```
    /// # use himozuke::{Linker, Policy, Record, Registry};
    /// # let registry = Registry::builder().build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let report = linker.link_all([Record { id: "r1", ..Record::default() }], |outcome| {
    ///     assert_eq!(outcome.id, "r1");
    ///     Ok::<(), std::convert::Infallible>(())
    /// })?;
    /// assert_eq!(report.read, report.links + report.review + report.no_match + report.rejected);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn link_all<'q, E>(
        &self,
        records: impl IntoIterator<Item = Record<'q>>,
        sink: impl FnMut(Outcome<'_>) -> Result<(), E>,
    ) -> Result<Report, E> {
        let mut batch = self.batch();
        let mut records = records.into_iter();
        loop {
            let chunk: Vec<_> = records.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return batch.finish(sink);
            }
            batch.push(&chunk);
        }
    }
}

impl fmt::Debug for Linker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linker")
            .field("registry", self.registry)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// Records decided side by side at a time.
pub(crate) const CHUNK: usize = 16_384;

const fn is_stated(date: BirthDate) -> bool {
    date.ymd().is_some()
}

/// What became of one record of a batch.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome<'a> {
    /// The record's place in the input, counted from 0.
    pub row: u64,
    /// The record's id.
    pub id: &'a str,
    /// The decision, or why the record was rejected.
    pub answer: Result<&'a Decision, Unreadable>,
}

/// Counts of a batch; `read = links + review + no_match + rejected`, always (law 1).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Records taken in.
    pub read: u64,
    /// Records linked.
    pub links: u64,
    /// Records that a person must decide.
    pub review: u64,
    /// Records of nobody registered.
    pub no_match: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Pairs of record and resident that were compared.
    pub pairs: u64,
    /// Expected wrong links among the links before the budget is held to them: the sum of 1 - P(i).
    pub expected_wrong_links: f64,
    /// Whether all links were held as reviews because the budget was exceeded (gate 10).
    pub held: bool,
}

/// A batch being decided. Decisions are kept, compactly, until [`Batch::finish`] knows all claims.
pub struct Batch<'l, 'r> {
    linker: &'l Linker<'r>,
    ids: Texts,
    answers: Vec<Result<Decision, Unreadable>>,
    pairs: u64,
}

impl Batch<'_, '_> {
    /// Decides one chunk of records on all threads.
    pub fn push(&mut self, records: &[Record<'_>]) {
        let linker = self.linker;
        let decided: Vec<_> = records
            .par_iter()
            .with_min_len(64)
            .map_init(Scratch::default, |scratch, record| {
                let person = Person::read(record, &linker.options)?;
                Ok(linker.decide_view(person.view(), ReasonSet::EMPTY, scratch))
            })
            .collect();
        for (record, decided) in records.iter().zip(decided) {
            self.ids.push(record.id);
            self.answers.push(decided.map(|(decision, pairs)| {
                self.pairs += pairs as u64;
                decision
            }));
        }
    }

    /// Holds the claims rule and the error budget to all decisions, then hands each to `sink` in the order of the input.
    ///
    /// # Errors
    ///
    /// The first error of the sink.
    pub fn finish<E>(mut self, mut sink: impl FnMut(Outcome<'_>) -> Result<(), E>) -> Result<Report, E> {
        let mut report = Report { read: self.answers.len() as u64, pairs: self.pairs, ..Report::default() };
        if self.linker.policy.claims == ClaimsRule::OneToOne {
            self.refuse_shared_claims();
        }
        let (links, wrong) = self.expected_wrong_links();
        report.expected_wrong_links = wrong;
        report.held = wrong > self.linker.policy.budget_per_million * 1e-6 * links as f64;
        if report.held {
            self.links().for_each(|answer| *answer = refused(answer, Reason::BatchOverBudget));
        }
        for (row, answer) in self.answers.iter().enumerate() {
            match answer {
                Ok(Decision::Link(_)) => report.links += 1,
                Ok(Decision::Review(_)) => report.review += 1,
                Ok(Decision::NoMatch(_)) => report.no_match += 1,
                Err(_) => report.rejected += 1,
            }
            let answer = answer.as_ref().map_err(|unreadable| *unreadable);
            sink(Outcome { row: row as u64, id: self.ids.get(row), answer })?;
        }
        Ok(report)
    }

    fn links(&mut self) -> impl Iterator<Item = &mut Decision> {
        let answers = self.answers.iter_mut().filter_map(|answer| answer.as_mut().ok());
        answers.filter(|answer| matches!(answer, Decision::Link(_)))
    }

    /// Gate 8: two records that would link to one person both go to review.
    fn refuse_shared_claims(&mut self) {
        let mut claims = FxHashMap::<ResidentIndex, u32>::default();
        for answer in self.links() {
            *claims.entry(claimed(answer)).or_insert(0) += 1;
        }
        for answer in
            self.links().filter(|answer| claims.get(&claimed(answer)).is_some_and(|count| *count > 1))
        {
            *answer = refused(answer, Reason::ClaimedTwice);
        }
    }

    /// Links, and the sum of 1 - P(i) over them, in fixed point so that no order can change it.
    fn expected_wrong_links(&mut self) -> (u64, f64) {
        const SCALE: f64 = (1u64 << 52) as f64;
        let (mut links, mut sum) = (0, 0u128);
        for answer in self.links() {
            if let Decision::Link(link) = answer {
                links += 1;
                // In [0, 2^52] by the range of a probability.
                sum += ((1.0 - link.candidate.evidence.posterior) * SCALE) as u128;
            }
        }
        (links, sum as f64 / SCALE)
    }
}

impl fmt::Debug for Batch<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("records", &self.answers.len()).finish_non_exhaustive()
    }
}

const fn claimed(decision: &Decision) -> ResidentIndex {
    match decision {
        Decision::Link(link) => link.candidate.resident,
        _ => ResidentIndex(u32::MAX),
    }
}

/// A link turned into a review of the same candidate.
fn refused(decision: &Decision, reason: Reason) -> Decision {
    match decision {
        Decision::Link(link) => {
            let mut candidate: Candidate = link.candidate;
            candidate.evidence.reasons.insert(reason);
            let reasons = candidate.evidence.reasons;
            Decision::Review(Review {
                candidates: vec![candidate],
                total: 1,
                reasons,
                margin: link.margin,
                expected_namesakes: link.expected_namesakes,
                none: link.none,
            })
        }
        other => other.clone(),
    }
}
