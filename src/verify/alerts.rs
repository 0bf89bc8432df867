//! What only a whole batch can show: numbers on several people, numbers of several rows on one person, exchanged or
//! shifted rows. Works on what each row left behind, in n log n; knows no attribute values, and no weights.

use std::hash::Hash;

use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashSet;
use serde::{Serialize, Serializer};

use super::shared;
use super::traces::Traces;
use crate::decide::{ClaimsRule, Reason};
use crate::registry::ResidentIndex;

/// What a batch gives the alarm for. Each kind is also a reason, of the same code and sentences, on the rows concerned.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum AlertKind {
    /// One number on rows that describe different people (R19).
    NumberOnSeveral,
    /// Rows that describe one person, with different numbers (R19).
    SeveralNumbers,
    /// Several rows with one number describe one person, where a policy allows one claim a person.
    ClaimedTwice,
    /// Several rows have one scheme id: stale rows that should have been deleted (scenario 8).
    SchemeIdTwice,
    /// One account on residents who share neither family name nor address (scenario 10).
    AccountOnUnrelated,
    /// Each of two rows has the number of the person whom the other describes (scenario 5).
    CrossedPair,
    /// Rows in succession have the numbers of the people some constant count of rows away (scenario 6).
    RowShift,
    /// The number of a household member or of a guardian on the same application (scenarios 3 and 9).
    HouseholdNumber,
    /// Scheme ids that are taken for one another: one written in two ways on rows of different people, or one slip away from
    /// that of the person whose number the row has (scenario 7).
    SchemeIdsAlike,
    /// A number one slip away from that of the person described, past the check digit (scenario 25).
    NumberSlip,
}

impl AlertKind {
    /// Every kind, in the order in which a report lists them.
    pub const ALL: [Self; 10] = [
        Self::NumberOnSeveral,
        Self::SeveralNumbers,
        Self::ClaimedTwice,
        Self::SchemeIdTwice,
        Self::AccountOnUnrelated,
        Self::CrossedPair,
        Self::RowShift,
        Self::HouseholdNumber,
        Self::SchemeIdsAlike,
        Self::NumberSlip,
    ];

    /// The reason that the rows concerned are given.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::NumberOnSeveral => Reason::NumberOnSeveral,
            Self::SeveralNumbers => Reason::SeveralNumbers,
            Self::ClaimedTwice => Reason::ClaimedTwice,
            Self::SchemeIdTwice => Reason::SchemeIdTwice,
            Self::AccountOnUnrelated => Reason::AccountOnUnrelated,
            Self::CrossedPair => Reason::CrossedPair,
            Self::RowShift => Reason::RowShift,
            Self::HouseholdNumber => Reason::HouseholdNumber,
            Self::SchemeIdsAlike => Reason::SchemeIdsAlike,
            Self::NumberSlip => Reason::NumberSlip,
        }
    }

    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.reason().code()
    }

    /// An English sentence.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.reason().en()
    }

    /// A Japanese sentence.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        self.reason().ja()
    }

    /// Whether every row of the alert is kept from being confirmed, for one of them must be wrong and nothing says which.
    /// The other kinds explain rows that are suspect already, and name beside them rows that are not.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(
            self,
            Self::NumberOnSeveral
                | Self::SeveralNumbers
                | Self::ClaimedTwice
                | Self::SchemeIdTwice
                | Self::AccountOnUnrelated
        )
    }
}

impl Serialize for AlertKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// One alarm of a batch. Holds places of rows, and no value.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub struct Alert {
    /// What for.
    pub kind: AlertKind,
    /// The rows concerned, counted from 0 in the order of the input, ascending.
    pub rows: Vec<u64>,
    /// For a shift: how many rows further down the person of each row's number is described; negative for further up.
    pub shift: Option<i64>,
}

/// What a row leaves behind for the alerts: keys to compare for equality, 0 where there is none. They are hashes of folded
/// attributes, never of a number, and do not leave the process.
#[derive(Clone, Copy, Default)]
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(super) struct Trace {
    /// Whose number the row has: a resident, or a stray number or id.
    pub(super) claim: Option<u64>,
    /// The number's place in the table, or where there is none, among those of the batch; different places are different
    /// numbers.
    pub(super) place: Option<u32>,
    /// The resident of the number.
    pub(super) claimed: Option<ResidentIndex>,
    /// Whom the row describes, as far as the evidence goes.
    pub(super) described: Option<ResidentIndex>,
    /// The verdict is `Suspect`.
    pub(super) suspect: bool,
    /// The register form and the reading of the name, under the widest fold.
    pub(super) register: u64,
    pub(super) reading: u64,
    /// The day of birth.
    pub(super) birth: u32,
    /// Town and numbers of the address.
    pub(super) block: u64,
    pub(super) household: u64,
    pub(super) application: u64,
    pub(super) account: u64,
    /// The scheme id as written, and folded.
    pub(super) scheme: u64,
    pub(super) scheme_folded: u64,
}

impl Trace {
    /// Who a row says it is about, where it says enough to know that another row means the same person.
    fn person(&self) -> Option<(u64, u32, u64)> {
        let name = if self.register == 0 { self.reading } else { self.register };
        (name != 0 && self.birth != 0 && self.block != 0).then_some((name, self.birth, self.block))
    }

    fn fits(&self) -> bool {
        self.claimed.is_some() && self.claimed == self.described
    }
}

/// The people of one account, and the scheme ids of one person, that are compared with each other: more than a family has.
const MOST: usize = 16;

/// The shortest run of rows that is a shift and no coincidence: a crossed pair or a family is shorter.
const SHORTEST_SHIFT: usize = 3;

/// Questions about rows that the traces cannot answer.
pub(super) trait Ask {
    /// Whether two residents share neither family name nor address, both being known.
    fn unrelated(&self, a: ResidentIndex, b: ResidentIndex) -> bool;
    /// Whether the scheme ids of two rows are a slip apart.
    fn scheme_slip(&self, a: u32, b: u32) -> bool;
}

/// R19, asked of the rows alone: one number on several people, several numbers on one person, one scheme id twice. Comes
/// before anything that depends on comparison with the registry.
pub(super) fn of_numbers(traces: &Traces, claims: ClaimsRule) -> Vec<Alert> {
    let (of_claims, (of_persons, of_schemes)) = rayon::join(
        || groups(traces, |trace| trace.claim),
        || (groups(traces, Trace::person), groups(traces, |trace| known(trace.scheme))),
    );
    let mut alerts = Vec::new();
    for rows in of_claims {
        if describe_several(traces, &rows) {
            alerts.push(alert(AlertKind::NumberOnSeveral, rows));
        } else if claims == ClaimsRule::OneToOne {
            alerts.push(alert(AlertKind::ClaimedTwice, rows));
        }
    }
    let numbers = |rows: &Vec<u32>| {
        differ(traces, rows, |trace| trace.claim) || differ(traces, rows, |trace| trace.place)
    };
    let several = of_persons.into_iter().filter(numbers);
    alerts.extend(several.map(|rows| alert(AlertKind::SeveralNumbers, rows)));
    alerts.extend(of_schemes.into_iter().map(|rows| alert(AlertKind::SchemeIdTwice, rows)));
    alerts
}

/// R19 where nobody knows whose the numbers are: one of them beside several ids, or on rows that describe different people.
/// Where it is known, rows with one number claim one person.
pub(super) fn of_numbers_beside_ids(traces: &Traces) -> Vec<Alert> {
    let several =
        |rows: &Vec<u32>| differ(traces, rows, |trace| trace.claim) || describe_several(traces, rows);
    let groups = groups(traces, |trace| trace.place).into_iter().filter(several);
    groups.map(|rows| alert(AlertKind::NumberOnSeveral, rows)).collect()
}

/// What the comparison with the registry shows of the batch. `household` and `slips` are the rows of which it shows, one
/// by one, that the number is a relative's or mistyped.
pub(super) fn of_evidence(traces: &Traces, household: &[u32], slips: &[u32], ask: &impl Ask) -> Vec<Alert> {
    let mut alerts = accounts(traces, ask);
    alerts.extend(crossed(traces));
    alerts.extend(shifts(traces));
    alerts.extend(scheme_ids_written_in_two_ways(traces));
    alerts.extend(scheme_ids_confused(traces, ask));
    let mut household = household.to_vec();
    household.extend(on_one_form(traces, |trace| trace.application));
    household.extend(on_one_form(traces, |trace| trace.household));
    household.sort_unstable();
    household.dedup();
    alerts.extend(household.into_iter().map(|row| alert(AlertKind::HouseholdNumber, vec![row])));
    alerts.extend(slips.iter().map(|row| alert(AlertKind::NumberSlip, vec![*row])));
    alerts
}

fn alert(kind: AlertKind, rows: Vec<u32>) -> Alert {
    let mut rows: Vec<u64> = rows.into_iter().map(u64::from).collect();
    rows.sort_unstable();
    Alert { kind, rows, shift: None }
}

/// Rows that share a key, two or more.
fn groups<K: Copy + Hash + Ord + Send>(traces: &Traces, key: impl Fn(&Trace) -> Option<K>) -> Vec<Vec<u32>> {
    let key = &key;
    shared::groups(traces.len(), traces.iter().filter_map(move |(row, trace)| Some((key(&trace)?, row))))
}

fn known(key: u64) -> Option<u64> {
    (key != 0).then_some(key)
}

/// Whether some key has two values among the rows that have it. Linear, and the same in every order of the rows.
fn differ<K: PartialEq>(traces: &Traces, rows: &[u32], key: impl Fn(&Trace) -> Option<K>) -> bool {
    let mut keys = rows.iter().filter_map(|row| key(&traces.get(*row as usize)?));
    keys.next().is_some_and(|first| keys.any(|other| other != first))
}

/// Whether rows describe different people, as far as they state it: asks no registry (R19). Readings count only where a
/// row has nothing else, for people read their names in more ways than they write them.
fn describe_several(traces: &Traces, rows: &[u32]) -> bool {
    let unwritten = |row: &u32| traces.get(*row as usize).is_some_and(|trace| trace.register == 0);
    differ(traces, rows, |trace| known(trace.register))
        || differ(traces, rows, |trace| known(trace.birth.into()))
        || (rows.iter().any(unwritten) && differ(traces, rows, |trace| known(trace.reading)))
}

/// One account on people who are not related.
fn accounts(traces: &Traces, ask: &impl Ask) -> Vec<Alert> {
    let unrelated = |rows: &Vec<u32>| {
        let mut people: Vec<_> = rows.iter().filter_map(|row| traces.get(*row as usize)?.described).collect();
        people.sort_unstable();
        people.dedup();
        let others = |at| people.iter().skip(at + 1);
        let mut pairs = people.iter().enumerate().flat_map(|(at, a)| others(at).map(move |b| (*a, *b)));
        people.len() > MOST || pairs.any(|(a, b)| ask.unrelated(a, b))
    };
    let groups = groups(traces, |trace| known(trace.account)).into_iter();
    groups.filter(unrelated).map(|rows| alert(AlertKind::AccountOnUnrelated, rows)).collect()
}

/// Rows with the number of a person whom a row of the same form describes: a guardian, or a household member.
fn on_one_form(traces: &Traces, form: impl Fn(&Trace) -> u64) -> Vec<u32> {
    let of = |trace: &Trace, person: Option<ResidentIndex>| Some((person?, known(form(trace))?));
    let suspects = traces.iter().filter(|(_, trace)| trace.suspect);
    let claims: Vec<_> =
        suspects.filter_map(|(row, trace)| Some((of(&trace, trace.claimed)?, row))).collect();
    let wanted: FxHashSet<_> = claims.iter().map(|(claim, _)| *claim).collect();
    let described = traces.iter().filter_map(|(_, trace)| of(&trace, trace.described));
    let described: FxHashSet<_> = described.filter(|person| wanted.contains(person)).collect();
    claims.into_iter().filter(|(claim, _)| described.contains(claim)).map(|(_, row)| row).collect()
}

/// Rows with the number of a person whose own row has a scheme id one slip away.
fn scheme_ids_confused(traces: &Traces, ask: &impl Ask) -> Vec<Alert> {
    let suspects = traces.iter().filter(|(_, trace)| trace.suspect && trace.scheme != 0);
    let suspects: Vec<_> = suspects.filter_map(|(row, trace)| Some((row, trace.claimed?))).collect();
    let wanted = suspects.iter().map(|(_, claimed)| *claimed).collect();
    let described = rows_that_describe(traces, &wanted);
    let scheme = |(resident, row)| Some((resident, known(traces.get(row as usize)?.scheme)?, row));
    let mut owned: Vec<_> = described.filter_map(scheme).collect();
    owned.par_sort_unstable();
    owned.dedup_by_key(|(resident, scheme, _)| (*resident, *scheme));
    let mut alerts = Vec::new();
    for (row, claimed) in suspects {
        let start = owned.partition_point(|(resident, ..)| *resident < claimed);
        let theirs = owned.iter().skip(start).take_while(|(resident, ..)| *resident == claimed).take(MOST);
        let alike = theirs.filter(|(.., other)| ask.scheme_slip(row, *other));
        alerts.extend(alike.map(|(.., other)| alert(AlertKind::SchemeIdsAlike, vec![row, *other])));
    }
    alerts
}

/// Rows that describe one of some people, who are few, with whom.
fn rows_that_describe(
    traces: &Traces,
    people: &FxHashSet<ResidentIndex>,
) -> impl Iterator<Item = (ResidentIndex, u32)> {
    let described = traces.iter().filter_map(|(row, trace)| Some((trace.described?, row)));
    described.filter(|(resident, _)| people.contains(resident))
}

/// Rows with the number of a and the description of b, and rows with those exchanged.
fn crossed(traces: &Traces) -> Vec<Alert> {
    let pair = |trace: &Trace| {
        let (claimed, described) = (trace.claimed?, trace.described?);
        (claimed != described).then(|| (claimed.min(described), claimed.max(described)))
    };
    let both_ways = |rows: &Vec<u32>| differ(traces, rows, |trace| trace.claimed);
    groups(traces, pair)
        .into_iter()
        .filter(both_ways)
        .map(|rows| alert(AlertKind::CrossedPair, rows))
        .collect()
}

/// Runs of rows whose numbers are those of the people a constant count of rows away. A row that fits its own number ends
/// a run, and so does one whose number is not that of whoever is described so far away; one of which neither is known
/// does not. So a shift is found in any part of a file, and neither crossed forms nor children who follow a parent are
/// taken for one.
fn shifts(traces: &Traces) -> Vec<Alert> {
    let unfit = traces.iter().filter(|(_, trace)| !trace.fits()).filter_map(|(_, trace)| trace.claimed);
    let mut described: Vec<_> = rows_that_describe(traces, &unfit.collect()).collect();
    described.par_sort_unstable();
    // How far down the nearest row is that describes the person of a row's number.
    let nearest = |row: u32, claimed: ResidentIndex| {
        let place = described.partition_point(|entry| *entry < (claimed, row));
        let around = [place.checked_sub(1), Some(place)].into_iter().flatten();
        let rows = around.filter_map(|place| described.get(place)).filter(|entry| entry.0 == claimed);
        rows.map(|(_, other)| i64::from(*other) - i64::from(row)).min_by_key(|shift| shift.abs())
    };
    let mut alerts = Vec::new();
    let (mut run, mut shift) = (Vec::new(), 0);
    let close = |run: &mut Vec<u32>, shift, alerts: &mut Vec<Alert>| {
        if run.len() >= SHORTEST_SHIFT {
            alerts.push(Alert { shift: Some(shift), ..alert(AlertKind::RowShift, std::mem::take(run)) });
        }
        run.clear();
    };
    for (row, trace) in traces.iter() {
        let Some(claimed) = trace.claimed else { continue };
        if trace.fits() {
            close(&mut run, shift, &mut alerts);
            continue;
        }
        let ahead = usize::try_from(i64::from(row) + shift).ok().and_then(|row| traces.get(row));
        if !run.is_empty() && ahead.is_some_and(|ahead| ahead.described == Some(claimed)) {
            run.push(row);
        } else if let Some(found) = nearest(row, claimed) {
            close(&mut run, shift, &mut alerts);
            shift = found;
            run.push(row);
        } else if ahead.is_none_or(|ahead| ahead.described.is_some()) {
            close(&mut run, shift, &mut alerts);
        }
    }
    close(&mut run, shift, &mut alerts);
    alerts
}

/// Scheme ids that are one but for zeros and punctuation, on rows of different people.
fn scheme_ids_written_in_two_ways(traces: &Traces) -> Vec<Alert> {
    let confusable =
        |rows: &Vec<u32>| differ(traces, rows, |trace| known(trace.scheme)) && describe_several(traces, rows);
    let folded = groups(traces, |trace| known(trace.scheme_folded)).into_iter();
    folded.filter(confusable).map(|rows| alert(AlertKind::SchemeIdsAlike, rows)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row by the resident of its number and the one described.
    type Row = (Option<u32>, Option<u32>);
    /// The rows of a shift, and how far it goes.
    type Shift = (&'static [u64], i64);

    fn shifts_of(rows: &[Row]) -> Vec<(Vec<u64>, Option<i64>)> {
        let trace = |(claimed, described): &Row| Trace {
            claimed: claimed.map(ResidentIndex),
            described: described.map(ResidentIndex),
            ..Trace::default()
        };
        let traces: Traces = rows.iter().map(trace).collect();
        shifts(&traces).into_iter().map(|alert| (alert.rows, alert.shift)).collect()
    }

    #[test]
    fn a_run_goes_on_over_the_unknown_and_ends_where_a_number_is_of_nobody_so_far_away() {
        let own = (Some(9), Some(9));
        let cases: [(&[Row], &[Shift]); 5] = [
            (
                &[(Some(1), Some(0)), (Some(2), Some(1)), (Some(3), Some(2)), (None, Some(3))],
                &[(&[0, 1, 2], 1)],
            ),
            // Row 1 has the number of somebody whom row 2 may describe; of row 2 nothing is known.
            (
                &[
                    (Some(1), Some(0)),
                    (Some(2), Some(1)),
                    (None, None),
                    (Some(4), Some(3)),
                    (Some(5), Some(4)),
                    (None, Some(5)),
                ],
                &[(&[0, 3, 4], 1)],
            ),
            // Row 2 has the number of somebody else than row 3 describes: what comes after is another matter.
            (
                &[
                    (Some(1), Some(0)),
                    (Some(2), Some(1)),
                    (Some(7), Some(2)),
                    own,
                    (Some(5), Some(4)),
                    (Some(4), Some(5)),
                ],
                &[],
            ),
            (
                &[
                    (Some(1), Some(0)),
                    (Some(2), Some(1)),
                    (Some(7), Some(2)),
                    (Some(5), Some(4)),
                    (Some(4), Some(5)),
                ],
                &[],
            ),
            (&[(Some(1), Some(0)), own, (Some(0), Some(1)), (Some(1), Some(2))], &[]),
        ];
        for (place, (rows, expected)) in cases.into_iter().enumerate() {
            let expected: Vec<_> =
                expected.iter().map(|(rows, shift)| (rows.to_vec(), Some(*shift))).collect();
            assert_eq!(shifts_of(rows), expected, "case {place}");
        }
    }
}
