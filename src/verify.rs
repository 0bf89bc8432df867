//! Verification (点検): records that already have a number, and whether it is that of the person described. It drives, as
//! [`crate::link`] does; what a verdict is, [`crate::decide`] knows.

mod alerts;
mod batch;
mod numbers;
mod raised;
mod shared;
mod traces;

use std::slice;

use crate::Record;
use crate::decide::{Reason, ReasonSet, Verdict, verify};
use crate::link::{Linker, Ranked, Scratch, Sought};
use crate::person::{Person, Unreadable};
use crate::registry::ResidentIndex;

pub use alerts::{Alert, AlertKind};
pub use batch::{Checked, ClaimRow, Noted, Verification, Verified, VerifyBatch, VerifyReport};
pub use numbers::{NumberTable, NumberTableBuilder};
pub use raised::{Alerts, Raised};

impl Linker<'_> {
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
        let sought = Sought { claimed: Some(claimed), ..Sought::from(&person) };
        Ok(Scratch::lent(|scratch| {
            self.score(slice::from_ref(&sought), scratch);
            self.verify_ranked(&sought, scratch.only(), not_evaluated)
        }))
    }

    /// The verdict of a record whose candidates were found.
    fn verify_ranked(
        &self,
        sought: &Sought<'_>,
        Ranked { scored, complete }: Ranked<'_>,
        not_evaluated: ReasonSet,
    ) -> Verdict {
        let own = sought.claimed.and_then(|claimed| scored.iter().find(|scored| scored.resident == claimed));
        let peers = self.peers(own);
        let own = self.filed(&sought.record, own);
        let case = self.circumstances(sought, own, !complete, not_evaluated, &peers);
        verify(self.policy(), scored, sought.claimed, &case)
    }
}
