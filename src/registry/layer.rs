//! One layer of a registry: residents in columns with their blocking tables, built at once and never changed. Knows nothing
//! of what is laid over it.

use std::convert::Infallible;
use std::sync::Arc;

use super::MAX_BLOCK;
use super::columns::{Columns, Facts};
use super::counts::Counts;
use super::dated::{Dated, Filing, UNDATED};
use super::ids::Ids;
use super::index::Table;
use super::keys::{Asked, Part, part_marks};

/// Residents and where they are filed.
pub(super) struct Layer {
    pub(super) columns: Columns,
    pub(super) ids: Ids,
    /// Parts of names on a birth date: what [`part_mark`] says, and the row in two halves.
    pub(super) parts: Table<[u16; 3]>,
    pub(super) counts: Arc<Counts>,
}

impl Layer {
    /// Rows, which are numbered from 0.
    pub(super) fn rows(&self) -> u32 {
        // The builder numbered every row in 32 bits.
        self.columns.rows.len() as u32
    }

    pub(super) fn facts(&self, row: u32) -> Option<Facts> {
        let [.., facts] = self.columns.rows.get(row as usize)?;
        Some(Facts(*facts))
    }

    /// Whether rows are in the order of their ids.
    pub(super) fn has_ids_in_order(&self) -> bool {
        self.ids.by_hash.is_empty()
    }

    /// Asks the memory for a resident's id.
    pub(super) fn prefetch_id(&self, row: u32) {
        self.ids.prefetch_text(row);
    }

    /// Entries of the blocking tables.
    pub(super) fn entries(&self) -> usize {
        let dated = [&self.counts.registers.bearers, &self.counts.readings.bearers, &self.counts.blocks];
        self.parts.len() + dated.into_iter().map(|table| table.0.len()).sum::<usize>()
    }

    /// Bytes of all columns.
    pub(super) fn bytes(&self) -> usize {
        let mut bytes = 0;
        let counted = self.sections(|_, section| {
            bytes += section.len();
            Ok::<_, Infallible>(())
        });
        counted.map_or(0, |()| bytes)
    }

    /// Adds everybody whom some pass of blocking finds for what was asked, some of them twice; `false` if a block was too
    /// large to list.
    pub(super) fn candidates(&self, asked: &Asked, out: &mut Vec<u32>) -> bool {
        let mut complete = true;
        for (bearers, keys) in self.wholes(asked) {
            for key in keys {
                let of_town = |filing: &Filing| {
                    asked.may_share_town(filing.mark)
                        && self.columns.person(filing.row).is_some_and(|person| asked.shares_town(person))
                };
                let meant = bearers.filings_where(*key, asked.may_mean());
                let meant = meant.filter(|filing| asked.fits(filing.day) || of_town(filing));
                complete &= take(meant.map(|filing| filing.row), out);
            }
        }
        complete &= self.neighbours(asked, out);
        // Whom a whole name has found need not be read again for a part of it.
        let mut found = [u32::MAX; 8];
        found.iter_mut().zip(&*out).for_each(|(found, row)| *found = *row);
        for part in &asked.parts {
            let bearers = self.may_bear(asked, *part);
            let bearers = bearers.filter(|(row, mark)| {
                found.contains(row) || self.is_found_by_part(asked, *part, *row, *mark)
            });
            complete &= take(bearers.map(|(row, _)| row), out);
        }
        complete
    }

    /// Adds whoever lives in a block that was asked for and was born on the day, or ever if there is none; `false` as above.
    fn neighbours(&self, asked: &Asked, out: &mut Vec<u32>) -> bool {
        let mut complete = true;
        for key in &asked.blocks {
            let day = asked.day();
            complete &= if day == UNDATED {
                take(self.counts.blocks.filings(*key).map(|filing| filing.row), out)
            } else {
                take(self.counts.blocks.within(*key, day, day).map(|filing| filing.row), out)
            };
        }
        complete
    }

    /// Whether a resident was born on a day that parts of a name are asked for.
    pub(super) fn is_born(&self, asked: &Asked, row: u32) -> bool {
        self.facts(row).is_some_and(|facts| asked.asks_day(self.columns.filed_day(facts)))
    }

    /// Whether a resident is found by a part of a name and the birth date. An entry's bits are neither key nor day, which are held to
    /// the row; so is a town, the rest of the name, or a name among the thousands of keys of many days.
    fn is_found_by_part(&self, asked: &Asked, part: Part, row: u32, mark: u16) -> bool {
        let named = || self.columns.person(row).is_some_and(|person| asked.asks_part_of(person));
        self.is_born(asked, row) && (asked.is_settled(part, mark) || named())
    }

    /// Who may be found by a part of a name, and what the entry says of it.
    fn may_bear(&self, asked: &Asked, part: Part) -> impl Iterator<Item = (u32, u16)> {
        let (tag, run) = self.parts.run(part.key);
        // A bucket is in order of its marks.
        let marks = part_marks(tag);
        let start = run.partition_point(|[mark, ..]| mark < marks.start());
        let run = run.get(start..).unwrap_or_default();
        let met = run
            .iter()
            .take_while(move |[mark, ..]| mark <= marks.end())
            .filter(move |[mark, ..]| asked.may_find(part, tag, *mark));
        met.map(|[mark, high, low]| (u32::from(*high) << 16 | u32::from(*low), *mark))
    }

    /// The tables of whole names, and what is asked of each.
    fn wholes<'a>(&'a self, asked: &'a Asked) -> [(&'a Dated, &'a [u64]); 2] {
        [(&self.counts.registers.bearers, &asked.registers), (&self.counts.readings.bearers, &asked.readings)]
    }

    /// Asks the memory for where all keys lie that are asked for, ahead of [`Self::prefetch_entries`].
    pub(super) fn prefetch_keys(&self, asked: &Asked) {
        self.dated(asked).for_each(|(table, key)| table.0.prefetch(key));
        asked.parts.iter().for_each(|part| self.parts.prefetch(part.key));
    }

    /// Asks the memory for the entries of these keys, ahead of [`Self::prefetch_rows`].
    pub(super) fn prefetch_entries(&self, asked: &Asked) {
        self.dated(asked).for_each(|(table, key)| table.0.prefetch_run(key));
        asked.parts.iter().for_each(|part| self.parts.prefetch_run(part.key));
    }

    /// Asks the memory for the rows of those whom parts of names may find, and adds those of whom more is read than the birth date,
    /// nearly all of them once.
    pub(super) fn prefetch_rows(&self, asked: &Asked, out: &mut Vec<u32>) {
        for part in &asked.parts {
            for (row, mark) in self.may_bear(asked, *part) {
                self.columns.prefetch_row(row);
                if !asked.is_settled(*part, mark) && !is_among_last(out, row) {
                    out.push(row);
                }
            }
        }
    }

    /// What is asked of the tables of whole names and of blocks, key by key.
    fn dated<'a>(&'a self, asked: &'a Asked) -> impl Iterator<Item = (&'a Dated, u64)> {
        let tables = self.wholes(asked).into_iter().chain([(&*self.counts.blocks, &*asked.blocks)]);
        tables.flat_map(|(table, keys)| keys.iter().map(move |key| (table, *key)))
    }

    /// Adds everybody who shares one of the whole names asked for, as far as dates allow, or a block and the birth date, some of
    /// them twice; `false` as above.
    pub(super) fn rivals(&self, names: &Asked, out: &mut Vec<u32>) -> bool {
        let mut complete = self.neighbours(names, out);
        for (bearers, keys) in self.wholes(names) {
            for key in keys {
                let undated = bearers.within(*key, UNDATED, UNDATED);
                let dated = (names.day() != UNDATED).then(|| bearers.within(*key, names.day(), names.day()));
                complete &= take(dated.into_iter().flatten().chain(undated).map(|filing| filing.row), out);
            }
        }
        complete
    }
}

/// Whether a row is one of the last few that were added: those who are meant are found by pass after pass.
pub(super) fn is_among_last(rows: &[u32], row: u32) -> bool {
    const FEW: usize = 8;
    rows.iter().rev().take(FEW).any(|earlier| *earlier == row)
}

/// Adds rows; `false` if they are too many, and none of them are added: a part of them would depend on the order of the
/// registry.
fn take(rows: impl Iterator<Item = u32>, out: &mut Vec<u32>) -> bool {
    let before = out.len();
    out.extend(rows.take(MAX_BLOCK + 1));
    let few = out.len() - before <= MAX_BLOCK;
    if !few {
        out.truncate(before);
    }
    few
}
