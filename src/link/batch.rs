//! Whole batches: records decided side by side, and what only all of them together can tell (gates 8 and 10). Keeps of a
//! link no more than that needs; where the decisions are kept until then is the caller's business.

use std::fmt;

use rayon::prelude::*;
use serde::Serialize;

use super::{CHUNK, GROUP, Linker, Ranked, Scratch, Sought};
use crate::Record;
use crate::decide::{Candidate, ClaimsRule, Decision, Link, Policy, Reason, ReasonSet, Review};
use crate::person::{Person, Unreadable};
use crate::registry::ResidentIndex;
use crate::texts::Texts;

impl<'r> Linker<'r> {
    /// Starts a batch that keeps its decisions in memory: claims on one person and the error budget are known when it is
    /// finished.
    #[must_use]
    pub fn batch(&self) -> Batch<'_, 'r> {
        Batch { linker: self, ids: Texts::default(), answers: Vec::new(), claims: self.claims(), pairs: 0 }
    }

    /// Decides a whole file of records and hands every outcome, in the order of the input, to `sink`. Decisions are kept
    /// in memory, about 300 bytes a record; [`Linker::decide_chunk`] and [`Linker::claims`] are for those who keep them
    /// elsewhere.
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

    /// Decides records of a batch side by side, on all threads, in their order. Gates 8 and 10 are still to come: a link
    /// is none before [`Settled::refusal`] has been asked.
    ///
    /// ```
    /// # use himozuke::{Decision, Linker, Policy, Record, Registry};
    /// let resident = Record {
    ///     id: "p1", kanji_name: "山本 静子", kana_name: "ヤマモト シズコ", birth_date: "1958-10-10", sex: "2",
    ///     address: "東京都千代田区霞が関二丁目1番6号", ..Record::default()
    /// };
    /// let registry = Registry::builder().persons([resident])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let mut claims = linker.claims();
    /// let decided = linker.decide_chunk(&[Record { id: "r1", ..resident }, Record { id: "r2", ..resident }]);
    /// decided.iter().flat_map(|decided| &decided.answer).for_each(|decision| claims.note(decision));
    /// let settled = claims.settle();
    /// // Both would be links to one person: neither is.
    /// for decided in decided {
    ///     assert!(matches!(decided.answer, Ok(Decision::Link(_))));
    ///     assert!(matches!(settled.apply(decided.answer?), Decision::Review(_)));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn decide_chunk(&self, records: &[Record<'_>]) -> Vec<Decided> {
        self.decide_chunk_as(records, |decided| decided)
    }

    /// As [`Linker::decide_chunk`], of each decision keeping what `keep` makes of it: a whole one is some hundred bytes.
    ///
    /// ```
    /// # use himozuke::{Linker, Policy, Record, Registry};
    /// # let registry = Registry::builder().build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let record = Record { id: "r1", kanji_name: "山本 静子", birth_date: "1958-10-10", ..Record::default() };
    /// assert_eq!(linker.decide_chunk_as(&[record, record], |decided| decided.pairs), [0, 0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn decide_chunk_as<T: Send>(
        &self,
        records: &[Record<'_>],
        keep: impl Fn(Decided) -> T + Sync,
    ) -> Vec<T> {
        let groups = records.par_chunks(GROUP).with_min_len(4);
        let decided =
            groups.map_init(Scratch::default, |scratch, group| self.decide_group(group, scratch, &keep));
        decided.flatten_iter().collect()
    }

    /// Decides some records whose candidates are sought side by side.
    fn decide_group<T>(
        &self,
        records: &[Record<'_>],
        scratch: &mut Scratch,
        keep: impl Fn(Decided) -> T,
    ) -> Vec<T> {
        let read = Person::read_all(records.iter(), &self.options);
        let sought: Vec<Sought<'_>> = read.iter().flatten().map(Sought::from).collect();
        self.score(&sought, scratch);
        let mut ranked = sought.iter().zip(scratch.ranked());
        let decide = |sought: &Sought<'_>, ranked: Ranked<'_>| Decided {
            answer: Ok(self.decide_ranked(sought, ranked, ReasonSet::EMPTY)),
            pairs: ranked.scored.len() as u64,
        };
        let decided = read.iter().map(|read| match read {
            Err(unreadable) => Decided { answer: Err(*unreadable), pairs: 0 },
            // One of which nothing was sought has nobody: whatever happens, each record has its own answer.
            Ok(person) => match ranked.next() {
                Some((sought, ranked)) => decide(sought, ranked),
                None => decide(&Sought::from(person), Ranked::default()),
            },
        });
        decided.map(keep).collect()
    }

    /// Starts to take note of a batch's links, for gates 8 and 10.
    #[must_use]
    pub fn claims(&self) -> Claims {
        Claims::of(self.policy())
    }
}

/// One record of a batch, decided by itself.
#[derive(Debug)]
#[non_exhaustive]
pub struct Decided {
    /// The decision, or why the record is rejected.
    pub answer: Result<Decision, Unreadable>,
    /// Pairs of record and resident that were compared for it.
    pub pairs: u64,
}

/// The links of a batch, as far as gates 8 and 10 must know them: 12 bytes a link, or nothing where a policy allows
/// several claims on one person.
pub struct Claims {
    one_to_one: bool,
    budget_per_million: f64,
    links: u64,
    /// The sum of 1 - P(i) over all links.
    wrong: u128,
    /// Whom each link is to, and its 1 - P(i) in two words of 32 bits, the higher one first.
    noted: Vec<(ResidentIndex, [u32; 2])>,
}

/// Probabilities in fixed point, so that no order of adding them up can change their sum. A probability is in [0, 2^52].
const SCALE: f64 = (1u64 << 52) as f64;

impl Claims {
    /// Of the links of a batch under a policy, whoever decides them.
    #[must_use]
    pub const fn of(policy: &Policy) -> Self {
        let Policy { claims, budget_per_million, .. } = *policy;
        Self {
            one_to_one: matches!(claims, ClaimsRule::OneToOne),
            budget_per_million,
            links: 0,
            wrong: 0,
            noted: Vec::new(),
        }
    }

    /// Takes note of a decision, in any order; all but links are nothing to it.
    pub fn note(&mut self, decision: &Decision) {
        if let Decision::Link(Link { candidate, .. }) = decision {
            self.note_link(candidate.resident, candidate.evidence.posterior);
        }
    }

    /// Takes note of a link to `resident` with this posterior, in [0, 1].
    pub fn note_link(&mut self, resident: ResidentIndex, posterior: f64) {
        let wrong = ((1.0 - posterior) * SCALE) as u64;
        self.links += 1;
        self.wrong += u128::from(wrong);
        if self.one_to_one {
            self.noted.push((resident, [(wrong >> 32) as u32, wrong as u32]));
        }
    }

    /// Holds the claims rule (gate 8) and then the error budget (gate 10) to all links noted.
    #[must_use]
    pub fn settle(self) -> Settled {
        let Self { budget_per_million, mut links, mut wrong, mut noted, .. } = self;
        noted.par_sort_unstable();
        let mut shared = Vec::new();
        for claimants in noted.chunk_by(|a, b| a.0 == b.0) {
            if let [(resident, _), _, ..] = claimants {
                shared.push(*resident);
                links -= claimants.len() as u64;
                let own = claimants.iter().map(|(_, [high, low])| u128::from(*high) << 32 | u128::from(*low));
                wrong -= own.sum::<u128>();
            }
        }
        let expected_wrong_links = wrong as f64 / SCALE;
        let held = expected_wrong_links > budget_per_million * 1e-6 * links as f64;
        Settled { shared, held, expected_wrong_links }
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").field("links", &self.links).finish_non_exhaustive()
    }
}

/// What gates 8 and 10 have to say of each link of a batch.
#[derive(Debug)]
pub struct Settled {
    /// Residents with several claims, ascending.
    shared: Vec<ResidentIndex>,
    held: bool,
    expected_wrong_links: f64,
}

impl Settled {
    /// Why a link to this resident must be reviewed instead, if it must.
    #[must_use]
    pub fn refusal(&self, resident: ResidentIndex) -> Option<Reason> {
        if self.shared.binary_search(&resident).is_ok() {
            return Some(Reason::ClaimedTwice);
        }
        self.held.then_some(Reason::BatchOverBudget)
    }

    /// The decision as it stands after both gates: a refused link is a review of the same candidate.
    #[must_use]
    pub fn apply(&self, decision: Decision) -> Decision {
        match decision {
            Decision::Link(link) => match self.refusal(link.candidate.resident) {
                Some(reason) => Decision::Review(refused(link, reason)),
                None => Decision::Link(link),
            },
            other => other,
        }
    }

    /// Expected wrong links among the links that gate 8 has left: the sum of 1 - P(i).
    #[must_use]
    pub const fn expected_wrong_links(&self) -> f64 {
        self.expected_wrong_links
    }

    /// Whether all links are refused because the budget was exceeded (gate 10).
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.held
    }
}

fn refused(link: Link, reason: Reason) -> Review {
    let mut candidate: Candidate = link.candidate;
    candidate.evidence.reasons.insert(reason);
    Review {
        candidates: vec![candidate],
        total: 1,
        reasons: candidate.evidence.reasons,
        margin: link.margin,
        expected_namesakes: link.expected_namesakes,
        confidence: link.confidence,
        none: link.none,
        address_withheld: link.address_withheld,
    }
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

/// A batch being decided. Decisions are kept until [`Batch::finish`] knows all claims: about 300 bytes a record besides
/// its id.
pub struct Batch<'l, 'r> {
    linker: &'l Linker<'r>,
    ids: Texts,
    answers: Vec<Result<Decision, Unreadable>>,
    claims: Claims,
    pairs: u64,
}

impl Batch<'_, '_> {
    /// Decides one chunk of records on all threads.
    pub fn push(&mut self, records: &[Record<'_>]) {
        for (record, Decided { answer, pairs }) in records.iter().zip(self.linker.decide_chunk(records)) {
            answer.iter().for_each(|decision| self.claims.note(decision));
            self.ids.push(record.id);
            self.answers.push(answer);
            self.pairs += pairs;
        }
    }

    /// Holds the claims rule and the error budget to all decisions, then hands each to `sink` in the order of the input.
    ///
    /// # Errors
    ///
    /// The first error of the sink.
    pub fn finish<E>(self, mut sink: impl FnMut(Outcome<'_>) -> Result<(), E>) -> Result<Report, E> {
        let settled = self.claims.settle();
        let mut report = Report {
            read: self.answers.len() as u64,
            pairs: self.pairs,
            expected_wrong_links: settled.expected_wrong_links(),
            held: settled.is_held(),
            ..Report::default()
        };
        for (row, answer) in self.answers.into_iter().enumerate() {
            let answer = answer.map(|decision| settled.apply(decision));
            match &answer {
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
}

impl fmt::Debug for Batch<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("records", &self.answers.len()).finish_non_exhaustive()
    }
}
