//! Verification (点検): records that already have a number, and whether it is that of the person described. It drives, as
//! [`crate::link`] does; what a verdict is, [`crate::decide`] knows.

mod alerts;
mod numbers;

use std::fmt;

use rayon::prelude::*;
use serde::Serialize;

use crate::compare::address::AddressLevel;
use crate::compare::name::{PartLevel, one_slip};
use crate::decide::{Reason, ReasonSet, Scored, Verdict, verify};
use crate::hash::KeyHasher;
use crate::link::{CHUNK, Linker, Scratch};
use crate::my_number::MyNumber;
use crate::normalize::name::SpellingRef;
use crate::normalize::text;
use crate::person::{Person, PersonView, Unreadable};
use crate::registry::ResidentIndex;
use crate::texts::Texts;
use crate::{Claim, Record};
use alerts::{Ask, Trace};
use numbers::{Found, Strays};

pub use alerts::{Alert, AlertKind};
pub use numbers::{NumberTable, NumberTableBuilder};

/// What became of one row of a verification.
#[derive(Debug)]
#[non_exhaustive]
pub struct Verified<'a> {
    /// The row's place in the input, counted from 0.
    pub row: u64,
    /// The record's id.
    pub id: &'a str,
    /// The verdict, or why the row was rejected.
    pub answer: Result<&'a Verdict, Unreadable>,
}

/// Counts and alerts of a verification; `read = confirmed + review + suspect + rejected`, always (law 1).
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Rows taken in.
    pub read: u64,
    /// Rows whose number is that of the person described.
    pub confirmed: u64,
    /// Rows that a person must look at.
    pub review: u64,
    /// Rows whose number is probably another person's.
    pub suspect: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Pairs of row and resident that were compared.
    pub pairs: u64,
    /// What only the batch as a whole shows, by kind, then by row. Rejected rows take no part in it until they come back
    /// corrected.
    pub alerts: Vec<Alert>,
}

impl<'r> Linker<'r> {
    /// Verifies one record against the person of its registered number. What only a batch can know, another row with the
    /// same number above all, is reported as not evaluated.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if an attribute cannot be read: the record is rejected, not verified.
    ///
    /// ```
    /// use himozuke::{Linker, Policy, Record, Registry, Verdict};
    /// let child = Record {
    ///     id: "child", kanji_name: "鈴木 翔太", kana_name: "スズキ ショウタ", birth_date: "2015-06-07", sex: "1",
    ///     address: "愛知県名古屋市中区三の丸三丁目1番2号", ..Record::default()
    /// };
    /// let parent = Record {
    ///     id: "parent", kanji_name: "鈴木 健一", kana_name: "スズキ ケンイチ", birth_date: "1985-01-02", ..child
    /// };
    /// let registry = Registry::builder().persons([child, parent])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let [child_row, parent_row] = ["child", "parent"].map(|id| registry.find(id).unwrap());
    ///
    /// let record = Record { id: "r1", birth_date: "H27.6.7", address: "名古屋市中区三の丸3-1-2", ..child };
    /// assert!(matches!(linker.verify(&record, child_row)?, Verdict::Confirmed(_)));
    /// // The parent's number was entered for the child.
    /// let Verdict::Suspect(suspect) = linker.verify(&record, parent_row)? else { panic!("the birth dates differ") };
    /// assert_eq!(suspect.better.map(|better| better.resident), Some(child_row));
    /// assert!(suspect.reasons.to_string().contains("household_number"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify(&self, record: &Record<'_>, claimed: ResidentIndex) -> Result<Verdict, Unreadable> {
        let person = Person::read(record, &self.options)?;
        let not_evaluated = [Reason::ClaimNotEvaluated].into_iter().collect();
        Ok(self.verify_person(person.view(), Some(claimed), not_evaluated, &mut Scratch::default()).0)
    }

    /// The verdict, and the pairs that were compared for it.
    fn verify_person(
        &self,
        record: PersonView<'_>,
        claimed: Option<ResidentIndex>,
        not_evaluated: ReasonSet,
        scratch: &mut Scratch,
    ) -> (Verdict, usize) {
        let complete = self.score(record, claimed, scratch);
        let between = |a: &Scored, b: &Scored| self.compare_residents(a.resident, b.resident);
        let own = claimed.and_then(|claimed| self.registry().person(claimed));
        let case = self.circumstances(record, own, !complete, not_evaluated, &between);
        (verify(self.policy(), &scratch.scored, claimed, &case), scratch.scored.len())
    }

    /// Starts a verification of a batch. `numbers` tells whose number is whose, where rows are to be found by number.
    #[must_use]
    pub fn verify_batch<'l>(&'l self, numbers: Option<&'l NumberTable>) -> VerifyBatch<'l, 'r> {
        VerifyBatch {
            linker: self,
            numbers,
            ids: Texts::default(),
            schemes: Texts::default(),
            answers: Vec::new(),
            traces: Vec::new(),
            strays: Strays::default(),
            slips: Vec::new(),
            pairs: 0,
        }
    }

    /// Verifies a whole file of rows and hands every outcome, in the order of the input, to `sink`; the alerts are in the
    /// report.
    ///
    /// # Errors
    ///
    /// The first error of the sink.
    ///
    /// ```
    /// use himozuke::{Claim, Linker, Policy, Record, Registry};
    /// let resident = Record {
    ///     id: "p1", kanji_name: "山本 静子", birth_date: "1958-10-10", sex: "2",
    ///     address: "東京都千代田区霞が関二丁目1番6号", ..Record::default()
    /// };
    /// let registry = Registry::builder().persons([resident])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let row = |id| Claim { record: Record { id, ..resident }, person_id: "p1", ..Claim::default() };
    /// let report = linker.verify_all([row("r1"), row("r2")], None, |_| Ok::<(), std::convert::Infallible>(()))?;
    /// // Two rows have one number: neither is confirmed.
    /// assert_eq!((report.confirmed, report.review), (0, 2));
    /// assert_eq!(report.alerts[0].kind.code(), "claimed_twice");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify_all<'q, E>(
        &self,
        claims: impl IntoIterator<Item = Claim<'q>>,
        numbers: Option<&NumberTable>,
        sink: impl FnMut(Verified<'_>) -> Result<(), E>,
    ) -> Result<VerifyReport, E> {
        let mut batch = self.verify_batch(numbers);
        let mut claims = claims.into_iter();
        loop {
            let chunk: Vec<_> = claims.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return batch.finish(sink);
            }
            batch.push(&chunk);
        }
    }
}

/// A batch being verified. Verdicts are kept until [`VerifyBatch::finish`] knows all rows: about 300 bytes a row besides
/// its ids, and 112 more for a row with a better candidate.
pub struct VerifyBatch<'l, 'r> {
    linker: &'l Linker<'r>,
    numbers: Option<&'l NumberTable>,
    ids: Texts,
    schemes: Texts,
    answers: Vec<Result<Verdict, Unreadable>>,
    traces: Vec<Trace>,
    strays: Strays,
    slips: Vec<u32>,
    pairs: u64,
}

impl fmt::Debug for VerifyBatch<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyBatch").field("rows", &self.answers.len()).finish_non_exhaustive()
    }
}

/// Whose number a row has.
struct Claimant {
    /// Who, or why nobody is to be compared.
    resident: Result<ResidentIndex, Reason>,
    number: Option<MyNumber>,
    found: Option<Found>,
}

impl Claimant {
    /// What rows with one number share; nothing for a number that is nobody's, which only other rows can tell.
    fn claim(&self, person_id: &str) -> Option<u64> {
        match (self.found, self.resident) {
            (Some(Found::One { resident, .. }), _) | (None, Ok(resident)) => Some(u64::from(resident.0)),
            (Some(Found::Several { place }), _) => Some(SHARED_NUMBER | u64::from(place)),
            (None, Err(Reason::ClaimedNotFound)) => Some(STRAY_ID | key(person_id.trim()) >> 1),
            (Some(Found::Nobody) | None, _) => None,
        }
    }
}

/// One row, verified by itself.
struct Checked {
    verdict: Verdict,
    trace: Trace,
    /// A number that is nobody's.
    stray: Option<MyNumber>,
    slip: bool,
    pairs: usize,
}

impl VerifyBatch<'_, '_> {
    /// Verifies one chunk of rows on all threads.
    pub fn push(&mut self, claims: &[Claim<'_>]) {
        let checked: Vec<_> = claims
            .par_iter()
            .with_min_len(64)
            .map_init(Scratch::default, |scratch, claim| self.check(claim, scratch))
            .collect();
        for (claim, checked) in claims.iter().zip(checked) {
            let row = self.answers.len() as u32;
            self.ids.push(claim.record.id);
            self.schemes.push(claim.scheme_id.trim());
            let (answer, trace) = match checked {
                Ok(Checked { verdict, mut trace, stray, slip, pairs }) => {
                    self.pairs += pairs as u64;
                    if slip {
                        self.slips.push(row);
                    }
                    if let Some(number) = stray {
                        trace.claim = Some(STRAY_NUMBER | u64::from(self.strays.push(&number)));
                    }
                    (Ok(verdict), trace)
                }
                Err(unreadable) => (Err(unreadable), Trace::default()),
            };
            self.answers.push(answer);
            self.traces.push(trace);
        }
    }

    fn check(&self, claim: &Claim<'_>, scratch: &mut Scratch) -> Result<Checked, Unreadable> {
        let claimant = self.claimant(claim)?;
        let person = Person::read(&claim.record, &self.linker.options)?;
        let record = person.view();
        let (verdict, pairs) = match claimant.resident {
            Err(reason) if reason != Reason::ClaimedNotFound => (Verdict::unsettled(reason), 0),
            claimed => self.linker.verify_person(record, claimed.ok(), ReasonSet::EMPTY, scratch),
        };
        let described = match &verdict {
            Verdict::Suspect(suspect) => suspect.better.as_ref().map(|better| better.resident),
            _ => claimant.resident.ok(),
        };
        let better = verdict.better().map(|better| better.resident);
        let slip = self.numbers.zip(claimant.number.as_ref()).zip(better);
        let slip = slip.is_some_and(|((table, number), better)| table.is_slip_of(number, better));
        let mut trace = trace(claim, record);
        trace.claimed = claimant.resident.ok();
        trace.claim = claimant.claim(claim.person_id);
        trace.place = match claimant.found {
            Some(Found::One { place, .. } | Found::Several { place }) => Some(place),
            _ => None,
        };
        trace.described = described;
        trace.suspect = matches!(verdict, Verdict::Suspect(_));
        let stray = claimant.number.filter(|_| claimant.found == Some(Found::Nobody));
        Ok(Checked { verdict, trace, stray, slip, pairs })
    }

    /// # Errors
    ///
    /// A number whose form or check digit is wrong rejects the row (R17).
    fn claimant(&self, claim: &Claim<'_>) -> Result<Claimant, Unreadable> {
        let by_id = match claim.person_id.trim() {
            "" => None,
            id => Some(self.linker.registry().find(id).ok_or(Reason::ClaimedNotFound)),
        };
        if claim.my_number.trim().is_empty() {
            let resident = by_id.unwrap_or(Err(Reason::ClaimMissing));
            return Ok(Claimant { resident, number: None, found: None });
        }
        let number: MyNumber = claim.my_number.parse()?;
        let found = match (self.numbers, by_id) {
            // Without a table a number beside an id is only checked for its form.
            (None, Some(resident)) => return Ok(Claimant { resident, number: None, found: None }),
            (None, None) => Found::Nobody,
            (Some(table), _) => table.look_up(&number),
        };
        let by_number = match found {
            Found::One { resident, .. } => Ok(resident),
            Found::Nobody => Err(Reason::ClaimedNotFound),
            Found::Several { .. } => Err(Reason::NumberOnSeveral),
        };
        let agree = by_id.is_none_or(|by_id| by_id == by_number);
        let resident = if agree { by_number } else { Err(Reason::ClaimInconsistent) };
        Ok(Claimant { resident, number: Some(number), found: Some(found) })
    }

    /// Raises the alerts, holds to them what they concern, then hands each row to `sink` in the order of the input.
    ///
    /// # Errors
    ///
    /// The first error of the sink.
    pub fn finish<E>(
        mut self,
        mut sink: impl FnMut(Verified<'_>) -> Result<(), E>,
    ) -> Result<VerifyReport, E> {
        let alerts = self.raise_alerts();
        let mut report = VerifyReport {
            read: self.answers.len() as u64,
            pairs: self.pairs,
            alerts,
            ..VerifyReport::default()
        };
        for (row, answer) in (0u32..).zip(&self.answers) {
            match answer {
                Ok(Verdict::Confirmed(_)) => report.confirmed += 1,
                Ok(Verdict::Review(_)) => report.review += 1,
                Ok(Verdict::Suspect(_)) => report.suspect += 1,
                Err(_) => report.rejected += 1,
            }
            let answer = answer.as_ref().map_err(|unreadable| *unreadable);
            sink(Verified { row: u64::from(row), id: self.ids.get(row as usize), answer })?;
        }
        Ok(report)
    }

    fn raise_alerts(&mut self) -> Vec<Alert> {
        let same = self.strays.first_places();
        for claim in self.traces.iter_mut().filter_map(|trace| trace.claim.as_mut()) {
            let place = claim.checked_sub(STRAY_NUMBER).and_then(|place| usize::try_from(place).ok());
            if let Some(first) = place.and_then(|place| same.get(place)) {
                *claim = STRAY_NUMBER | u64::from(*first);
            }
        }
        let household: Vec<u32> = (0u32..)
            .zip(&self.answers)
            .filter(|(_, answer)| {
                answer.as_ref().is_ok_and(|verdict| verdict.reasons().contains(Reason::HouseholdNumber))
            })
            .map(|(row, _)| row)
            .collect();
        let mut alerts = alerts::of_numbers(&self.traces, self.linker.policy().claims);
        alerts.extend(alerts::of_evidence(&self.traces, &household, &self.slips, self));
        alerts.sort_unstable();
        alerts.dedup();
        for alert in &alerts {
            for row in &alert.rows {
                let answer = usize::try_from(*row).ok().and_then(|row| self.answers.get_mut(row));
                if let Some(Ok(verdict)) = answer
                    && (alert.kind.holds() || matches!(verdict, Verdict::Suspect(_)))
                {
                    verdict.add(alert.kind.reason(), alert.kind.holds());
                }
            }
        }
        alerts
    }
}

impl Ask for VerifyBatch<'_, '_> {
    fn unrelated(&self, a: ResidentIndex, b: ResidentIndex) -> bool {
        self.linker.compare_residents(a, b).is_some_and(|pair| {
            let other_address = !pair.address.agrees()
                && pair.address.level != AddressLevel::Unknown
                && pair.former_address.is_none();
            matches!(pair.name.family(), PartLevel::Near | PartLevel::Different) && other_address
        })
    }

    fn scheme_slip(&self, a: u32, b: u32) -> bool {
        let [a, b] = [a, b].map(|row| self.schemes.get(row as usize));
        !a.is_empty() && !b.is_empty() && a != b && one_slip(folded_id(a), folded_id(b))
    }
}

/// A claim on a number that the register gives to several residents; the rest is its place in the table.
const SHARED_NUMBER: u64 = 1 << 61;
/// A claim on a number that is nobody's; the rest is its place among such numbers.
const STRAY_NUMBER: u64 = 1 << 62;
/// A claim on an id that is nobody's; the rest is a hash of it.
const STRAY_ID: u64 = 1 << 63;

/// What a row leaves behind, its claim aside.
fn trace(claim: &Claim<'_>, record: PersonView<'_>) -> Trace {
    let name = record.main;
    let (year, month, day) = record.birth_date.and_then(|date| date.ymd()).unwrap_or_default();
    let id = |id: &str| if id.trim().is_empty() { 0 } else { key(id.trim()) };
    let mut folded = folded_id(claim.scheme_id).peekable();
    let scheme_folded = if folded.peek().is_none() { 0 } else { KeyHasher::new(0).text(folded).finish() };
    Trace {
        register: name.register.and_then(SpellingRef::register_key).unwrap_or(0),
        reading: name.reading.and_then(SpellingRef::reading_key).unwrap_or(0),
        birth: u32::from(year) << 16 | u32::from(month) << 8 | u32::from(day),
        block: record.address.and_then(|address| address.block_key()).unwrap_or(0),
        household: id(claim.record.household_id),
        application: id(claim.application_id),
        account: id(claim.account_id),
        scheme: id(claim.scheme_id),
        scheme_folded,
        ..Trace::default()
    }
}

fn key(id: &str) -> u64 {
    KeyHasher::new(0).text(id.chars()).finish()
}

/// A scheme id without what is left out or added when it is copied: width, punctuation, zeros in front.
fn folded_id(id: &str) -> impl Iterator<Item = char> {
    let clean = text::clean(id).text.to_uppercase();
    let kept: Vec<char> = clean.chars().filter(|c| c.is_alphanumeric()).skip_while(|c| *c == '0').collect();
    kept.into_iter()
}
