//! Residents who stand in the registry twice: nobody can ever be linked to them.

use rayon::prelude::*;

use super::Linker;
use crate::compare::Comparison;
use crate::compare::birth_date::BirthDateLevel;
use crate::compare::name::NameAgreement;
use crate::compare::sex::SexLevel;
use crate::decide::{Decision, Reason};
use crate::registry::{ResidentIndex, Search};

impl Linker<'_> {
    /// Groups of residents who seem to be one person, registered several times: name, birth date and address agree, and the sex
    /// does not differ. Each is the other's namesake (gate 4), so every record of theirs goes to review until the registry is
    /// put right. Groups and their members are in the order of the registry.
    ///
    /// ```
    /// use himozuke::{Linker, Policy, Record, Registry};
    /// let resident = Record {
    ///     id: "p1", kanji_name: "髙橋 一郎", birth_date: "1985-01-01", sex: "1",
    ///     address: "東京都千代田区霞が関二丁目１番６号", ..Record::default()
    /// };
    /// let again = Record { id: "p2", kanji_name: "高橋　一郎", birth_date: "S60.1.1", ..resident };
    /// let elsewhere = Record { id: "p3", address: "北海道札幌市中央区北一条西２丁目", ..resident };
    /// let registry = Registry::builder().persons([resident, again, elsewhere])?.build()?;
    /// let linker = Linker::new(&registry, Policy::guideline())?;
    /// let ids = |group: &Vec<_>| group.iter().map(|own| registry.id(*own)).collect::<Vec<_>>();
    /// // A namesake at another address may be somebody else.
    /// assert_eq!(linker.registered_twice().iter().map(ids).collect::<Vec<_>>(), [["p1", "p2"]]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn registered_twice(&self) -> Vec<Vec<ResidentIndex>> {
        let registry = self.registry;
        let everybody: Vec<ResidentIndex> = registry.everybody().collect();
        let pairs = everybody.par_iter().with_min_len(1 << 10);
        let pairs = pairs.map_init(<([Search; 1], [Search; 1])>::default, |(nothing, rivals), own| {
            let (own, ResidentIndex(row)) = (*own, *own);
            let person = registry.person(own)?;
            registry.rivals(std::iter::once(Some(person)), nothing, rivals);
            let [Search { found, .. }] = rivals;
            let again = |other: &u32| {
                self.compare_residents(own, ResidentIndex(*other))
                    .is_some_and(|pair| self.is_one_person(&pair))
            };
            // The first other one is enough: whoever is the same as both joins them.
            found.iter().copied().filter(|other| *other != row).find(again).map(|other| (row, other))
        });
        let places = everybody.last().map_or(0, |ResidentIndex(last)| *last as usize + 1);
        groups(places, pairs.flatten().collect())
    }

    fn is_one_person(&self, pair: &Comparison) -> bool {
        pair.name.agreement(self.policy.accepted_grade) == NameAgreement::Agrees
            && pair.birth_date == BirthDateLevel::Equal
            && pair.sex != SexLevel::Different
            && pair.address.agrees()
    }
}

impl Decision {
    /// The best candidate of a review to which nothing is objected but that somebody else fits as well: who would have been
    /// linked if that were nobody, as where one person is registered twice.
    #[must_use]
    pub fn held_by_namesake(&self) -> Option<ResidentIndex> {
        let Self::Review(review) = self else { return None };
        let rivalry = [Reason::Namesake, Reason::Twin, Reason::Margin, Reason::PosteriorLow];
        // Reasons of which nobody is asked anything are notes.
        let objected = |reason: Reason| !reason.ask_en().is_empty() && !rivalry.contains(&reason);
        let held = review.reasons.contains(Reason::Namesake) && !review.reasons.iter().any(objected);
        review.candidates.first().filter(|_| held).map(|best| best.resident)
    }
}

/// Joins pairs that have somebody in common.
fn groups(residents: usize, pairs: Vec<(u32, u32)>) -> Vec<Vec<ResidentIndex>> {
    let mut first: Vec<u32> = (0..residents as u32).collect();
    let root = |first: &[u32], mut row: u32| {
        while let Some(above) = first.get(row as usize).filter(|above| **above != row) {
            row = *above;
        }
        row
    };
    let mut joined: Vec<u32> = Vec::new();
    for (a, b) in pairs {
        joined.extend([a, b]);
        let (a, b) = (root(&first, a), root(&first, b));
        if let Some(slot) = first.get_mut(a.max(b) as usize) {
            *slot = a.min(b);
        }
    }
    joined.sort_unstable();
    joined.dedup();
    let mut members: Vec<(u32, u32)> = joined.into_iter().map(|row| (root(&first, row), row)).collect();
    members.sort_unstable();
    let groups = members.chunk_by(|a, b| a.0 == b.0);
    groups.map(|group| group.iter().map(|(_, row)| ResidentIndex(*row)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_with_somebody_in_common_are_one_group() {
        let of = |pairs: &[(u32, u32)]| {
            let groups = groups(9, pairs.to_vec());
            groups.iter().map(|group| group.iter().map(|own| own.0).collect()).collect::<Vec<Vec<u32>>>()
        };
        assert_eq!(of(&[]), Vec::<Vec<u32>>::new());
        assert_eq!(of(&[(5, 3), (3, 5), (8, 0), (7, 5), (2, 7)]), [vec![0, 8], vec![2, 3, 5, 7]]);
    }
}
