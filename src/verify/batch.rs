//! Verification of whole files: rows one by one, on all threads, and then what only all of them together show.

use std::fmt;

use rayon::prelude::*;
use serde::Serialize;

use super::alerts::{self, Alert, Ask, Trace};
use super::numbers::{Found, NumberTable, Strays};
use super::raised::Alerts;
use super::traces::Traces;
use crate::Claim;
use crate::compare::address::AddressLevel;
use crate::compare::name::{PartLevel, one_slip};
use crate::decide::{Reason, ReasonSet, Verdict};
use crate::hash::KeyHasher;
use crate::link::{CHUNK, GROUP, Linker, Scratch, Sought};
use crate::my_number::MyNumber;
use crate::normalize::name::SpellingRef;
use crate::normalize::text;
use crate::person::{Person, PersonView, Unreadable};
use crate::registry::ResidentIndex;
use crate::texts::Texts;

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
    /// What only the batch as a whole shows, by kind, then by row. A rejected row takes part with its number and with what of
    /// it could be read: nothing else with that number is confirmed.
    pub alerts: Vec<Alert>,
}

impl<'r> Linker<'r> {
    /// Starts a verification that keeps its verdicts in memory. `numbers` tells whose number is whose, where rows are to be
    /// found by number.
    #[must_use]
    pub fn verify_batch<'l>(&'l self, numbers: Option<&'l NumberTable>) -> VerifyBatch<'l, 'r> {
        VerifyBatch {
            verification: self.verification(numbers),
            ids: Texts::default(),
            answers: Vec::new(),
            pairs: 0,
        }
    }

    /// Starts a verification of which only what alerts need stays in memory, about 40 bytes a row: for files of any length.
    ///
    /// ```
    /// use himozuke::{Claim, Linker, Policy, Record, Registry, Verdict};
    /// let resident = Record {
    ///     id: "p1", kanji_name: "山本 静子", birth_date: "1958-10-10", sex: "2",
    ///     address: "東京都千代田区霞が関二丁目1番6号", ..Record::default()
    /// };
    /// let registry = Registry::builder().persons([resident])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let row = |id| Claim { record: Record { id, ..resident }, person_id: "p1", ..Claim::default() };
    /// let mut verification = linker.verification(None);
    /// let mut checked = verification.check_chunk(&[row("r1")]);
    /// checked.extend(verification.check_chunk(&[row("r2")]));
    /// let alerts = verification.raise();
    /// for (checked, place) in checked.into_iter().zip(0..) {
    ///     assert!(matches!(checked.answer, Ok(Verdict::Confirmed(_))), "by itself");
    ///     assert!(matches!(alerts.apply(place, checked.answer?), Verdict::Review(_)), "two rows have one number");
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn verification<'l>(&'l self, numbers: Option<&'l NumberTable>) -> Verification<'l, 'r> {
        Verification {
            linker: self,
            numbers,
            schemes: Texts::default(),
            traces: Traces::default(),
            strays: Strays::default(),
            slips: Vec::new(),
            household: Vec::new(),
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

/// A row of a file of claims, as whoever reads the file hands it over. `Debug` prints no value.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a row is read or it is not")]
pub enum ClaimRow<'a> {
    /// A row to be verified.
    Read(Claim<'a>),
    /// A row that the reader has rejected, with what of it could be read, be it nothing. It is not verified. Alerts count it
    /// as a row, without which a shift of rows would go unseen, and a number on it is a number on another row (R19).
    Rejected(Claim<'a>),
}

impl<'a> ClaimRow<'a> {
    const fn claim(&self) -> &Claim<'a> {
        match self {
            Self::Read(claim) | Self::Rejected(claim) => claim,
        }
    }
}

/// One row of a verification, by itself.
#[derive(Debug)]
#[non_exhaustive]
pub struct Checked {
    /// The verdict, or why the row is rejected. Alerts are still to come: [`Alerts::apply`].
    pub answer: Result<Verdict, Unreadable>,
    /// Pairs of row and resident that were compared for it.
    pub pairs: u64,
}

/// What of a row's verdict the alerts depend on: for verdicts that were kept elsewhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers build it from what they kept")]
pub struct Noted {
    /// The verdict is [`Verdict::Suspect`].
    pub suspect: bool,
    /// [`Verdict::better`].
    pub better: Option<ResidentIndex>,
    /// [`Verdict::reasons`].
    pub reasons: ReasonSet,
}

impl From<&Verdict> for Noted {
    fn from(verdict: &Verdict) -> Self {
        Self {
            suspect: matches!(verdict, Verdict::Suspect(_)),
            better: verdict.better().map(|better| better.resident),
            reasons: verdict.reasons(),
        }
    }
}

/// A verification under way: what the alerts must know of the rows so far.
pub struct Verification<'l, 'r> {
    linker: &'l Linker<'r>,
    numbers: Option<&'l NumberTable>,
    /// Scheme ids, as far as the last row that has one.
    schemes: Texts,
    traces: Traces,
    strays: Strays,
    /// Rows whose number is mistyped, and rows that have a relative's.
    slips: Vec<u32>,
    household: Vec<u32>,
}

impl fmt::Debug for Verification<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verification").field("rows", &self.traces.len()).finish_non_exhaustive()
    }
}

/// The number of a row, if it has one; one that cannot be read rejects it.
type Numbered = Result<Option<MyNumber>, Unreadable>;

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
            (None, Err(Reason::ClaimedNotFound)) => Some(STRAY_ID | key(person_id.trim()) >> 2),
            (Some(Found::Nobody) | None, _) => None,
        }
    }
}

/// What a row leaves behind, and what of it is kept apart.
#[derive(Default)]
struct Left {
    trace: Trace,
    /// A number that is nobody's, or of which nobody knows whose it is.
    stray: Option<MyNumber>,
    slip: bool,
    household: bool,
}

/// A row as far as it could be read.
struct ReadRow<'a> {
    claim: &'a Claim<'a>,
    /// `None` where the number cannot be read.
    claimant: Option<Claimant>,
    /// `None` for a row that was rejected by whoever reads the file.
    person: Option<Result<&'a Person, Unreadable>>,
}

impl<'a> ReadRow<'a> {
    /// Who is compared with it whether or not blocking finds them.
    ///
    /// # Errors
    ///
    /// Why nobody is compared with it.
    fn claimed(&self) -> Result<Option<ResidentIndex>, Reason> {
        match self.claimant.as_ref().map_or(Err(Reason::ClaimMissing), |claimant| claimant.resident) {
            Err(reason) if reason != Reason::ClaimedNotFound => Err(reason),
            claimed => Ok(claimed.ok()),
        }
    }

    /// With whom the row is compared, if with anybody.
    fn sought(&self) -> Option<Sought<'a>> {
        let person = self.person?.ok()?;
        Some(Sought { claimed: self.claimed().ok()?, ..Sought::from(person) })
    }
}

impl Verification<'_, '_> {
    /// Verifies the next rows side by side, on all threads, in their order.
    #[must_use = "the verdicts are kept nowhere else"]
    pub fn check_chunk(&mut self, claims: &[Claim<'_>]) -> Vec<Checked> {
        let rows: Vec<_> = claims.iter().copied().map(ClaimRow::Read).collect();
        self.check_rows(&rows)
    }

    /// As [`Verification::check_chunk`], where the reader of the file has rejected rows: an answer for each row that is
    /// [`ClaimRow::Read`], in their order.
    ///
    /// ```
    /// use himozuke::{Claim, ClaimRow, Linker, Policy, Record, Registry, Verdict};
    /// let resident = Record {
    ///     id: "p1", kanji_name: "山本 静子", birth_date: "1958-10-10", sex: "2",
    ///     address: "東京都千代田区霞が関二丁目1番6号", ..Record::default()
    /// };
    /// let registry = Registry::builder().persons([resident])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let whole = Claim { record: resident, person_id: "p1", ..Claim::default() };
    /// // Of another row, with a character that its file lost, only the person's id could be read.
    /// let broken = Claim { person_id: "p1", ..Claim::default() };
    /// let mut verification = linker.verification(None);
    /// let mut checked = verification.check_rows(&[ClaimRow::Rejected(broken), ClaimRow::Read(whole)]);
    /// let verdict = checked.remove(0).answer?;
    /// assert!(matches!(verdict, Verdict::Confirmed(_)), "by itself");
    /// assert!(matches!(verification.raise().apply(1, verdict), Verdict::Review(_)), "it is claimed twice");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use = "the verdicts are kept nowhere else"]
    pub fn check_rows(&mut self, rows: &[ClaimRow<'_>]) -> Vec<Checked> {
        self.check_rows_as(rows, |checked| checked)
    }

    /// As [`Verification::check_rows`], but of each answer only what `keep` makes of it is handed back: a verdict takes some 300
    /// bytes, and `keep` is called where it was found.
    ///
    /// ```
    /// # use himozuke::{Claim, ClaimRow, Linker, Policy, Record, Registry};
    /// # let resident = Record { id: "p1", kanji_name: "山本 静子", birth_date: "1958-10-10", sex: "2", ..Record::default() };
    /// # let registry = Registry::builder().persons([resident])?.build()?;
    /// # let linker = Linker::new(&registry, Policy::guideline())?;
    /// let row = Claim { record: resident, person_id: "p1", ..Claim::default() };
    /// let codes = linker.verification(None).check_rows_as(&[ClaimRow::Read(row)], |checked| {
    ///     checked.answer.map(|verdict| verdict.code())
    /// });
    /// assert_eq!(codes, [Ok("review")], "the address is missing");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use = "the verdicts are kept nowhere else"]
    pub fn check_rows_as<T: Send>(
        &mut self,
        rows: &[ClaimRow<'_>],
        keep: impl Fn(Checked) -> T + Sync,
    ) -> Vec<T> {
        let check = |scratch: &mut Scratch, rows: &[ClaimRow<'_>]| self.check(rows, scratch, &keep);
        let groups = rows.par_chunks(GROUP).with_min_len(4);
        let checked: Vec<Vec<_>> = groups.map_init(Scratch::default, check).collect();
        let mut kept = Vec::with_capacity(rows.len());
        for (row, (answer, left)) in rows.iter().zip(checked.into_iter().flatten()) {
            self.take(row.claim(), left);
            kept.extend(answer);
        }
        kept
    }

    /// Takes note of the next rows, which were verified before: as [`Verification::check_chunk`], without comparing anybody.
    /// `noted` has one entry a row; `None` for one that was rejected, by the reader or by the library.
    pub fn recall_chunk(&mut self, claims: &[Claim<'_>], noted: &[Option<Noted>]) {
        let recall = |(claims, noted): (&[Claim<'_>], &[Option<Noted>])| -> Vec<Left> {
            let claimants = self.claimants(claims.iter(), self.numbers(claims.iter()));
            let rows = claims.iter().zip(claimants).zip(noted);
            rows.map(|((claim, claimant), noted)| self.recall(claim, claimant.ok().as_ref(), *noted))
                .collect()
        };
        let pieces = claims.par_chunks(GROUP).zip(noted.par_chunks(GROUP));
        let left: Vec<Vec<Left>> = pieces.with_min_len(4).map(recall).collect();
        claims.iter().zip(left.into_iter().flatten()).for_each(|(claim, left)| self.take(claim, left));
    }

    /// What a row leaves behind, of which nothing was kept that could be read. A number that cannot be read leaves nothing.
    fn recall(&self, claim: &Claim<'_>, claimant: Option<&Claimant>, noted: Option<Noted>) -> Left {
        let Some(claimant) = claimant else { return Left::default() };
        let person = Person::read_what_can_be(&claim.record, &self.linker.options, |_| ());
        self.leave(claim, claimant, person.view(), noted)
    }

    fn take(&mut self, claim: &Claim<'_>, left: Left) {
        let Left { mut trace, stray, slip, household } = left;
        let row = self.traces.len() as u32;
        if !claim.scheme_id.is_empty() {
            self.schemes.set(row as usize, claim.scheme_id.trim());
        }
        if slip {
            self.slips.push(row);
        }
        if household {
            self.household.push(row);
        }
        if let Some(number) = stray {
            let place = self.strays.push(&number);
            trace.claim = trace.claim.or(Some(STRAY_NUMBER | u64::from(place)));
            // Without a table, numbers are told apart by their places here.
            trace.place = trace.place.or(self.numbers.is_none().then_some(place));
        }
        self.traces.push(&trace);
    }

    /// Verifies some rows whose candidates are sought side by side.
    fn check<T>(
        &self,
        rows: &[ClaimRow<'_>],
        scratch: &mut Scratch,
        keep: impl Fn(Checked) -> T,
    ) -> Vec<(Option<T>, Left)> {
        let claims = rows.iter().map(ClaimRow::claim);
        let numbers = self.numbers(claims.clone());
        // Meanwhile the memory fetches what the numbers are held against.
        let persons = self.read(rows, &numbers);
        let claimants = self.claimants(claims.clone(), numbers);
        let read = claims.zip(claimants).zip(&persons).map(|((claim, claimant), person)| {
            let person = person.as_ref().map(|person| person.as_ref().map_err(|unreadable| *unreadable));
            ReadRow { claim, claimant: claimant.ok(), person }
        });
        let read: Vec<ReadRow<'_>> = read.collect();
        let sought: Vec<Sought<'_>> = read.iter().filter_map(ReadRow::sought).collect();
        self.linker.score(&sought, scratch);
        let mut compared = sought.iter().zip(scratch.ranked());
        let check = |row: &ReadRow<'_>| {
            let (Some(Ok(person)), Some(claimant)) = (row.person, &row.claimant) else {
                let unreadable = row.person.and_then(Result::err);
                let checked =
                    unreadable.map(|unreadable| keep(Checked { answer: Err(unreadable), pairs: 0 }));
                return (checked, self.recall(row.claim, row.claimant.as_ref(), None));
            };
            let compared = row.claimed().and_then(|_| compared.next().ok_or(Reason::ClaimMissing));
            let (verdict, record, pairs) = match compared {
                Ok((sought, ranked)) => {
                    let verdict = self.linker.verify_ranked(sought, ranked, ReasonSet::EMPTY);
                    (verdict, sought.record, ranked.scored.len())
                }
                Err(reason) => (Verdict::unsettled(reason), person.view(), 0),
            };
            let left = self.leave(row.claim, claimant, record, Some(Noted::from(&verdict)));
            (Some(keep(Checked { answer: Ok(verdict), pairs: pairs as u64 })), left)
        };
        read.iter().map(check).collect()
    }

    /// The persons of rows. One whose number cannot be read need not be.
    fn read(&self, rows: &[ClaimRow<'_>], numbers: &[Numbered]) -> Vec<Option<Result<Person, Unreadable>>> {
        let rows = || rows.iter().zip(numbers);
        let readable = rows().filter_map(|(row, number)| match row {
            ClaimRow::Read(claim) if number.is_ok() => Some(&claim.record),
            _ => None,
        });
        let mut read = Person::read_all(readable, &self.linker.options).into_iter();
        let person = |(row, number): (&ClaimRow<'_>, &Numbered)| match (row, number) {
            (ClaimRow::Read(_), Err(unreadable)) => Some(Err(*unreadable)),
            (ClaimRow::Read(_), Ok(_)) => read.next(),
            (ClaimRow::Rejected(_), _) => None,
        };
        rows().map(person).collect()
    }

    /// What a row leaves behind. A rejected one has its number nevertheless, and is about whomever of it can be read.
    fn leave(
        &self,
        claim: &Claim<'_>,
        claimant: &Claimant,
        record: PersonView<'_>,
        noted: Option<Noted>,
    ) -> Left {
        let mut trace = trace(claim, record);
        trace.claim = claimant.claim(claim.person_id);
        trace.place = match claimant.found {
            Some(Found::One { place, .. } | Found::Several { place }) => Some(place),
            _ => None,
        };
        let mut left = Left { trace, ..Left::default() };
        if let Some(Noted { suspect, better, reasons }) = noted {
            left.trace.claimed = claimant.resident.ok();
            left.trace.described = if suspect { better } else { claimant.resident.ok() };
            left.trace.suspect = suspect;
            left.household = reasons.contains(Reason::HouseholdNumber);
            let slip = self.numbers.zip(claimant.number.as_ref()).zip(better);
            left.slip = slip.is_some_and(|((table, number), better)| table.is_slip_of(number, better));
        }
        if matches!(claimant.found, None | Some(Found::Nobody)) {
            left.stray.clone_from(&claimant.number);
        }
        left
    }

    /// The numbers of rows. The memory is asked for all that they are held against at once, so that none is waited for by itself.
    fn numbers<'a>(&self, claims: impl Iterator<Item = &'a Claim<'a>>) -> Vec<Numbered> {
        let read = |claim: &Claim<'_>| -> Numbered {
            if claim.my_number.trim().is_empty() {
                return Ok(None);
            }
            let number = claim.my_number.parse()?;
            self.numbers.into_iter().for_each(|table| table.prefetch(&number));
            Ok(Some(number))
        };
        let numbers: Vec<_> = claims.map(read).collect();
        if let Some(table) = self.numbers {
            numbers.iter().flatten().flatten().for_each(|number| table.prefetch_run(number));
        }
        numbers
    }

    /// Whose number each row has.
    ///
    /// # Errors
    ///
    /// A number whose form or check digit is wrong rejects its row (R17).
    fn claimants<'a>(
        &self,
        claims: impl Iterator<Item = &'a Claim<'a>>,
        numbers: Vec<Numbered>,
    ) -> Vec<Result<Claimant, Unreadable>> {
        let found = |number: &Numbered| Some(self.numbers?.look_up(number.as_ref().ok()?.as_ref()?));
        let found: Vec<Option<Found>> = numbers.iter().map(found).collect();
        // Beside a number stands the id of its resident, as a rule, and need not be sought.
        let registry = self.linker.registry();
        let residents = || found.iter().map(|found| found.and_then(Found::resident));
        residents().flatten().for_each(|resident| registry.prefetch_id(resident));
        let ids: Vec<&str> = claims.map(|claim| claim.person_id.trim()).collect();
        let own = |(id, resident): (&&str, Option<ResidentIndex>)| {
            resident.filter(|resident| registry.is_found_by(id, *resident))
        };
        let owners: Vec<_> = ids.iter().zip(residents()).map(own).collect();
        let others = ids.iter().zip(&owners).filter(|(id, owner)| owner.is_none() && !id.is_empty());
        let mut others = registry.find_together(others.map(|(id, _)| *id));
        let mut of_id = |id: &str, owner: Option<ResidentIndex>| {
            let resident = || owner.or_else(|| others.next().flatten()).ok_or(Reason::ClaimedNotFound);
            (!id.is_empty()).then(resident)
        };
        let of_ids = ids.iter().zip(&owners).map(|(id, owner)| of_id(id, *owner));
        let claimants = of_ids.zip(found).zip(numbers);
        claimants.map(|((by_id, found), number)| Ok(self.claimant(by_id, number?, found))).collect()
    }

    fn claimant(
        &self,
        by_id: Option<Result<ResidentIndex, Reason>>,
        number: Option<MyNumber>,
        found: Option<Found>,
    ) -> Claimant {
        let Some(number) = number else {
            let resident = by_id.unwrap_or(Err(Reason::ClaimMissing));
            return Claimant { resident, number: None, found: None };
        };
        let found = match (found, by_id) {
            // Without a table nobody knows whose number stands beside an id, but rows that share it are told (R19).
            (None, Some(resident)) => return Claimant { resident, number: Some(number), found: None },
            (None, None) => Found::Nobody,
            (Some(found), _) => found,
        };
        let by_number = match found {
            Found::One { resident, .. } => Ok(resident),
            Found::Nobody => Err(Reason::ClaimedNotFound),
            Found::Several { .. } => Err(Reason::NumberOnSeveral),
        };
        let agree = by_id.is_none_or(|by_id| by_id == by_number);
        let resident = if agree { by_number } else { Err(Reason::ClaimInconsistent) };
        Claimant { resident, number: Some(number), found: Some(found) }
    }

    /// Ends the verification: what all rows together show.
    #[must_use]
    pub fn raise(mut self) -> Alerts {
        let same = self.strays.first_places();
        self.traces.map_claims(|claim| {
            let place = claim.checked_sub(STRAY_NUMBER).and_then(|place| usize::try_from(place).ok());
            place.and_then(|place| same.get(place)).map_or(claim, |first| STRAY_NUMBER | u64::from(*first))
        });
        if self.numbers.is_none() {
            self.traces.map_places(|place| same.get(place as usize).copied().unwrap_or(place));
        }
        let (mut list, of_evidence) = rayon::join(
            || alerts::of_numbers(&self.traces, self.linker.policy().claims),
            || alerts::of_evidence(&self.traces, &self.household, &self.slips, &self),
        );
        list.extend(of_evidence);
        if self.numbers.is_none() {
            list.extend(alerts::of_numbers_beside_ids(&self.traces));
        }
        list.sort_unstable();
        list.dedup();
        Alerts::new(list)
    }
}

impl Ask for Verification<'_, '_> {
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

/// A batch being verified. Verdicts are kept until [`VerifyBatch::finish`] knows all rows: about 300 bytes a row besides
/// its ids, and 112 more for a row with a better candidate.
pub struct VerifyBatch<'l, 'r> {
    verification: Verification<'l, 'r>,
    ids: Texts,
    answers: Vec<Result<Verdict, Unreadable>>,
    pairs: u64,
}

impl VerifyBatch<'_, '_> {
    /// Verifies one chunk of rows on all threads.
    pub fn push(&mut self, claims: &[Claim<'_>]) {
        let checked = self.verification.check_chunk(claims);
        for (claim, Checked { answer, pairs }) in claims.iter().zip(checked) {
            self.ids.push(claim.record.id);
            self.answers.push(answer);
            self.pairs += pairs;
        }
    }

    /// Raises the alerts, holds to them what they concern, then hands each row to `sink` in the order of the input.
    ///
    /// # Errors
    ///
    /// The first error of the sink.
    pub fn finish<E>(self, mut sink: impl FnMut(Verified<'_>) -> Result<(), E>) -> Result<VerifyReport, E> {
        let alerts = self.verification.raise();
        let mut report =
            VerifyReport { read: self.answers.len() as u64, pairs: self.pairs, ..VerifyReport::default() };
        for (row, answer) in self.answers.into_iter().enumerate() {
            let answer = answer.map(|verdict| alerts.apply(row as u64, verdict));
            match &answer {
                Ok(Verdict::Confirmed(_)) => report.confirmed += 1,
                Ok(Verdict::Review(_)) => report.review += 1,
                Ok(Verdict::Suspect(_)) => report.suspect += 1,
                Err(_) => report.rejected += 1,
            }
            let answer = answer.as_ref().map_err(|unreadable| *unreadable);
            sink(Verified { row: row as u64, id: self.ids.get(row), answer })?;
        }
        report.alerts = alerts.list;
        Ok(report)
    }
}

impl fmt::Debug for VerifyBatch<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyBatch").field("rows", &self.answers.len()).finish_non_exhaustive()
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
    let id = |id: &str| if id.is_empty() || id.trim().is_empty() { 0 } else { key(id.trim()) };
    let folded = |id: &str| {
        let mut folded = folded_id(id).peekable();
        if folded.peek().is_none() { 0 } else { KeyHasher::new(0).text(folded).finish() }
    };
    let scheme_folded = if claim.scheme_id.is_empty() { 0 } else { folded(claim.scheme_id) };
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
