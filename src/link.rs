//! The linker: one record at a time for services, a whole batch for jobs. It drives; what is decided, and how, is
//! [`crate::decide`]'s business.

mod batch;
mod blocking;
mod twice;

use std::cell::{Cell, OnceCell};
use std::cmp::Reverse;
use std::{fmt, iter, slice};

use crate::Record;
use crate::compare::address::{self, AddressComparison};
use crate::compare::birth_date::BirthDateLevel;
use crate::compare::name::NameComparison;
use crate::compare::{self, Comparison, compare_views};
use crate::decide::{
    self, Circumstances, ClaimsRule, Decision, Policy, PolicyError, Prior, Reason, ReasonSet, Scored, decide,
};
use crate::model::{Beside, Known, Model, RecordWeights};
use crate::normalize::address::AddressRef;
use crate::normalize::birth_date::BirthDate;
use crate::person::{Person, PersonView, ReadOptions, Unreadable};
use crate::registry::{Registry, ResidentIndex, Search};

pub use batch::{Batch, Claims, Decided, Outcome, Report, Settled};
pub use blocking::BlockingLoss;

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
    /// That of the policy and the model's residents.
    prior: Prior,
    pub(crate) options: ReadOptions,
}

/// A record whose candidates are sought.
#[derive(Clone)]
pub(crate) struct Sought<'q> {
    pub(crate) record: PersonView<'q>,
    pub(crate) known: Known,
    /// Who is compared with it whether or not blocking finds them.
    pub(crate) claimed: Option<ResidentIndex>,
}

impl<'q> From<&'q Person> for Sought<'q> {
    fn from(person: &'q Person) -> Self {
        Self { record: person.view().with_keys(), known: Known::default(), claimed: None }
    }
}

/// Room for the candidates of some records, reused from one to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    searches: Vec<Search>,
    rivals: Vec<Search>,
    scored: Vec<Vec<Scored>>,
}

/// Whoever can be meant by a record, best first.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ranked<'s> {
    pub(crate) scored: &'s [Scored],
    /// Whether no block was too large to list.
    pub(crate) complete: bool,
}

impl Scratch {
    /// Lends a thread's own, so that single look-ups need not allocate.
    pub(crate) fn lent<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        thread_local!(static OWN: Cell<Scratch> = Cell::default());
        let mut scratch = OWN.take();
        let done = work(&mut scratch);
        OWN.set(scratch);
        done
    }

    /// Room for so many records.
    fn room(&mut self, records: usize) -> (&mut [Search], &mut [Search], &mut [Vec<Scored>]) {
        let Self { searches, rivals, scored } = self;
        searches.resize_with(records, Search::default);
        rivals.resize_with(records, Search::default);
        scored.resize_with(records, Vec::new);
        (searches, rivals, scored)
    }

    /// What [`Linker::score`] has found, record by record.
    pub(crate) fn ranked(&self) -> impl Iterator<Item = Ranked<'_>> {
        let complete = self.searches.iter().zip(&self.rivals).map(|(a, b)| a.complete && b.complete);
        self.scored.iter().zip(complete).map(|(scored, complete)| Ranked { scored, complete })
    }

    /// As [`Self::ranked`], of one record.
    pub(crate) fn only(&self) -> Ranked<'_> {
        self.ranked().next().unwrap_or_default()
    }
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
        let prior = Prior::of(&policy, model.residents());
        Ok(Self { registry, model, policy, prior, options })
    }

    /// Reads records with these options instead of the policy's.
    #[must_use]
    pub const fn reading(mut self, options: ReadOptions) -> Self {
        self.options = options;
        self
    }

    /// This linker over another registry: one with people added whom the model must not count. Gates 8 and
    /// 10 are open to its links.
    pub(crate) fn over<'s>(&self, registry: &'s Registry) -> Linker<'s> {
        let claims = ClaimsRule::ManyToOne;
        let policy = Policy { claims, budget_per_million: 1e6, ..self.policy.clone() };
        Linker { registry, model: self.model.clone(), policy, prior: self.prior, options: self.options }
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
        Scratch::lent(|scratch| {
            let sought = Sought::from(person);
            self.score(slice::from_ref(&sought), scratch);
            self.decide_ranked(&sought, scratch.only(), not_evaluated)
        })
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
        let mut search = Search::default();
        self.registry.candidates(iter::once(person.view()), slice::from_mut(&mut search));
        search.found.into_iter().map(ResidentIndex).collect()
    }

    /// A record held against one resident; `None` if the registry has no such resident.
    #[must_use]
    pub fn compare(&self, person: &Person, resident: ResidentIndex) -> Option<Comparison> {
        Some(compare_views(&person.view(), &self.registry.person(resident)?))
    }

    /// The decision of a record whose candidates were found.
    fn decide_ranked(
        &self,
        sought: &Sought<'_>,
        Ranked { scored, complete }: Ranked<'_>,
        not_evaluated: ReasonSet,
    ) -> Decision {
        let best = scored.first();
        let peers = self.peers(best);
        let best = self.filed(&sought.record, best);
        let case = self.circumstances(sought, best, !complete, not_evaluated, &peers);
        decide(&self.policy, scored, &case)
    }

    /// Fills the scratch with whoever can be meant by each of some records, scored, best first. What a step of the search reads
    /// is asked of the memory for all records before the first of them takes it.
    pub(crate) fn score(&self, sought: &[Sought<'_>], scratch: &mut Scratch) {
        let (searches, rivals, ranked) = scratch.room(sought.len());
        let records = || sought.iter().map(|sought| sought.record);
        sought.iter().for_each(|Sought { record, known, .. }| self.model.prefetch(record, known));
        self.registry.candidates(records(), searches);
        for (sought, Search { found, .. }) in sought.iter().zip(&mut *searches) {
            if let Some(ResidentIndex(row)) = sought.claimed
                && let Err(place) = found.binary_search(&row)
            {
                found.insert(place, row);
            }
        }
        self.registry.prefetch(searches);
        ranked.iter_mut().for_each(Vec::clear);
        self.score_found(sought, searches, ranked);
        // Whoever shares the best candidate's name as filed is a rival, and may be a twin who shares the dwelling, even if the record
        // does not show it. One who is filed as the record is written, in its block, has no others than the record.
        let best = |(sought, scored): (&Sought<'_>, &Vec<Scored>)| {
            let (record, best) = (&sought.record, scored.first()?);
            let block = || record.address.and_then(|address| address.block_key());
            if best.as_written && self.registry.block_key(best.resident) == block() {
                return None;
            }
            let best = self.registry.person(best.resident)?;
            Some(PersonView { main: best.main.with_keys_of(record.main), ..best })
        };
        self.registry.rivals(sought.iter().zip(&*ranked).map(best), searches, rivals);
        for (Search { found: others, .. }, Search { found, .. }) in rivals.iter_mut().zip(searches) {
            others.retain(|row| found.binary_search(row).is_err());
        }
        self.registry.prefetch(rivals);
        self.score_found(sought, rivals, ranked);
    }

    /// Adds whoever was found for each record to its candidates, in order.
    fn score_found(&self, sought: &[Sought<'_>], searches: &[Search], ranked: &mut [Vec<Scored>]) {
        for ((sought, Search { found, .. }), scored) in sought.iter().zip(searches).zip(ranked) {
            if !found.is_empty() {
                let Sought { record, known, .. } = sought;
                let weights = self.model.weigh(record, known);
                let score = |row: &u32| self.scored(record, &weights, ResidentIndex(*row));
                scored.extend(found.iter().filter_map(score));
                self.order(scored);
            }
        }
    }

    /// Puts candidates in order: by weight, then by id. Ids are fetched only where weights are equal.
    fn order(&self, scored: &mut [Scored]) {
        scored.sort_unstable_by_key(|s| Reverse(s.weights.total));
        for equal in scored.chunk_by_mut(|a, b| a.weights.total == b.weights.total) {
            if equal.len() > 1 {
                equal.iter().for_each(|s| self.registry.prefetch_id(s.resident));
                equal.sort_unstable_by(|a, b| self.registry.by_id(a.resident, b.resident));
            }
        }
    }

    /// One resident, compared with a record and weighed.
    fn scored(
        &self,
        record: &PersonView<'_>,
        weights: &RecordWeights<'_>,
        resident: ResidentIndex,
    ) -> Option<Scored> {
        let candidate = &self.registry.person(resident)?;
        Some(scored(resident, record, weights, candidate))
    }

    /// How `own`, the candidate that is decided about, compares with others, all as they are filed.
    pub(crate) fn peers(&self, own: Option<&Scored>) -> impl decide::Peers {
        let (own, as_written) = (own.map(|own| own.resident), own.is_some_and(|own| own.as_written));
        let registry = self.registry;
        Filed { registry, own, as_written, named: OnceCell::new(), lives: OnceCell::new() }
    }

    /// A candidate, with the name that is filed where it may show a border that the record's does not.
    pub(crate) fn filed<'a>(
        &'a self,
        record: &PersonView<'_>,
        own: Option<&'a Scored>,
    ) -> Option<Beside<'a>> {
        let own = own?;
        let name = if record.main.has_borders() { None } else { self.registry.name(own.resident) };
        Some(Beside { comparison: &own.comparison, name })
    }

    /// Two residents as they are filed.
    pub(crate) fn compare_residents(&self, a: ResidentIndex, b: ResidentIndex) -> Option<Comparison> {
        Some(compare_views(&self.registry.person(a)?, &self.registry.person(b)?))
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
        let sought = Sought::from(&person);
        let people: Vec<Person> =
            candidates.iter().map(|c| Person::read_what_can_be(c, &self.options, |_| ())).collect();
        let weights = self.model.weigh(&sought.record, &sought.known);
        let mut scored: Vec<Scored> = (0u32..)
            .zip(&people)
            .map(|(row, person)| scored(ResidentIndex(row), &sought.record, &weights, &person.view()))
            .collect();
        let id = |scored: &Scored| candidates.get(scored.resident.0 as usize).map_or("", |c| c.id);
        scored.sort_by(|a, b| (-a.weights.total, id(a)).cmp(&(-b.weights.total, id(b))));
        let person = |scored: &Scored| people.get(scored.resident.0 as usize).map(Person::view);
        let own = scored.first().and_then(person);
        let peers = Among { people: &people, own };
        let not_evaluated = [Reason::ClaimNotEvaluated, Reason::BatchNotEvaluated].into_iter().collect();
        let best = own.zip(scored.first());
        let best = best.map(|(own, best)| Beside { comparison: &best.comparison, name: Some(own.main) });
        let case = self.circumstances(&sought, best, false, not_evaluated, &peers);
        Ok(decide(&self.policy, &scored, &case))
    }

    /// What a decision must know besides the candidates, gathered from the record.
    pub(crate) fn circumstances<'a>(
        &'a self,
        Sought { record, known, .. }: &'a Sought<'a>,
        best: Option<Beside<'a>>,
        truncated: bool,
        not_evaluated: ReasonSet,
        peers: &'a dyn decide::Peers,
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
        let outside = self.model.outside(record, known, best, self.policy.population);
        Circumstances { prior: self.prior, truncated, missing, outside, not_evaluated, peers }
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

/// A resident who is held to others, as all of them are filed.
struct Filed<'r> {
    registry: &'r Registry,
    own: Option<ResidentIndex>,
    /// Whether the record, which was compared with all others, has the name and the birth date as they are filed.
    as_written: bool,
    // Most decisions ask for nobody.
    named: OnceCell<Option<PersonView<'r>>>,
    lives: OnceCell<Option<AddressRef<'r>>>,
}

impl decide::Peers for Filed<'_> {
    fn names(&self, other: &Scored) -> Option<(NameComparison, BirthDateLevel)> {
        if self.as_written {
            return Some((other.comparison.name, other.comparison.birth_date));
        }
        let own = self.named.get_or_init(|| self.registry.without_address(self.own?)).as_ref()?;
        Some(compare::names(own, &self.registry.without_address(other.resident)?))
    }

    fn live_together(&self, other: &Scored) -> bool {
        let own = self.lives.get_or_init(|| self.registry.address(self.own?)).as_ref();
        let other = self.registry.address(other.resident);
        own.zip(other.as_ref()).is_some_and(|(own, other)| address::compare_views(own, other).agrees())
    }

    fn addresses(&self, other: &Scored) -> Option<(AddressComparison, Option<AddressComparison>)> {
        let [own, other] = [self.own?, other.resident].map(|resident| self.registry.person(resident));
        Some(compare::addresses(&own?, &other?))
    }
}

/// One of the candidates that a caller has found, held to the others.
struct Among<'p> {
    people: &'p [Person],
    own: Option<PersonView<'p>>,
}

impl Among<'_> {
    /// The pair, as far as it is there.
    fn pair(&self, other: &Scored) -> Option<(&PersonView<'_>, PersonView<'_>)> {
        Some((self.own.as_ref()?, self.people.get(other.resident.0 as usize)?.view()))
    }
}

impl decide::Peers for Among<'_> {
    fn names(&self, other: &Scored) -> Option<(NameComparison, BirthDateLevel)> {
        self.pair(other).map(|(own, other)| compare::names(own, &other))
    }

    fn live_together(&self, other: &Scored) -> bool {
        self.addresses(other).is_some_and(|(address, _)| address.agrees())
    }

    fn addresses(&self, other: &Scored) -> Option<(AddressComparison, Option<AddressComparison>)> {
        self.pair(other).map(|(own, other)| compare::addresses(own, &other))
    }
}

/// Records decided side by side at a time, where the caller does not say.
pub(crate) const CHUNK: usize = 16_384;

/// Records whose candidates are sought side by side by one thread: enough of them that the memory is kept busy, and so few
/// that what it sent is still in the cache when it is read.
pub(crate) const GROUP: usize = 16;

const fn is_stated(date: BirthDate) -> bool {
    date.ymd().is_some()
}

/// A resident, compared with a record and weighed.
fn scored(
    resident: ResidentIndex,
    record: &PersonView<'_>,
    weights: &RecordWeights<'_>,
    candidate: &PersonView<'_>,
) -> Scored {
    let comparison = compare_views(record, candidate);
    let &PersonView { protected, status, .. } = candidate;
    let (as_written, weights) = (candidate.is_written_as(record), weights.of(&comparison, candidate));
    Scored { resident, protected, status, as_written, comparison, weights }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What gates ask of two residents is what a whole comparison of them says, of whomever it is asked and whoever the record is.
    #[test]
    fn residents_held_to_one_another_are_compared() {
        let [at, beside] = ["東京都千代田区霞が関2-1-6", "千代田区霞が関二丁目１番６号"];
        let rows = [
            ("髙橋　一郎", "タカハシ イチロウ", "1985-01-01", at, ""),
            ("高橋 一郎", "", "1985-01-01", beside, "大阪府大阪市北区中之島1-3-20"),
            ("高橋　二郎", "タカハシ ジロウ", "1985-01-01", at, ""),
            ("", "タカハシ イチロウ", "1985-01-10", "大阪府大阪市北区中之島1-3-20", ""),
            ("山田 花子", "ヤマダ ハナコ", "1985-01-01", "", at),
        ];
        let records = rows.map(|(kanji_name, kana_name, birth_date, address, former_addresses)| Record {
            kanji_name,
            kana_name,
            birth_date,
            address,
            former_addresses,
            ..Record::default()
        });
        let ids = ["1", "2", "3", "4", "5"];
        let residents = ids.into_iter().zip(records).map(|(id, record)| Record { id, ..record });
        let registry = Registry::builder().persons(residents).unwrap().build().unwrap();
        let linker = Linker::new(&registry, Policy::guideline()).unwrap();
        let people = records.map(|record| Person::read(&record, &ReadOptions::default()).unwrap());
        let (mut alike, mut together) = (0, 0);
        for person in &people {
            let (record, known) = (person.view().with_keys(), Known::default());
            let weights = linker.model.weigh(&record, &known);
            let all: Vec<Scored> =
                registry.everybody().filter_map(|one| linker.scored(&record, &weights, one)).collect();
            assert_eq!(all.len(), rows.len());
            for own in &all {
                let peers = [
                    Box::new(linker.peers(Some(own))) as Box<dyn decide::Peers>,
                    Box::new(Among { people: &people, own: Some(people[own.resident.0 as usize].view()) }),
                ];
                for (other, peers) in all.iter().flat_map(|other| peers.iter().map(move |one| (other, one))) {
                    let plainly = linker.compare_residents(own.resident, other.resident).unwrap();
                    let (name, birth_date) = peers.names(other).unwrap();
                    let asked = |name: NameComparison| {
                        (name.widest_equal, name.plausibility, name.given_is_another())
                    };
                    assert_eq!((asked(name), birth_date), (asked(plainly.name), plainly.birth_date));
                    assert_eq!(peers.live_together(other), plainly.address.agrees());
                    assert_eq!(peers.addresses(other), Some((plainly.address, plainly.former_address)));
                    together += usize::from(plainly.address.agrees());
                }
                alike += usize::from(own.as_written);
            }
        }
        assert_eq!((alike, together), (5, 5 * 2 * (3 * 3 + 1)), "both ways were gone");
    }
}
