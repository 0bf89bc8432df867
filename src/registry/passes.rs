//! Which passes of blocking find a pair: for diagnostics, pair by pair, from the two persons alone. Knows no table.

use serde::{Deserialize, Serialize};

use super::dated::{UNDATED, filed_day};
use super::keys::{Asked, Whole, file_blocks};
use crate::person::PersonView;

/// A pass of blocking: a pair is compared if any of them finds it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[repr(u8)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Pass {
    /// Whole name in register form, and a birth date that is the same, a slip away, or not known to the day on a side.
    RegisterDate = 0,
    /// Whole name in register form, and town.
    RegisterTown = 1,
    /// Whole reading, and birth date likewise.
    ReadingDate = 2,
    /// Whole reading, and town.
    ReadingTown = 3,
    /// One part of a name, and the birth date: with the town besides, or where it is all there is to go by.
    PartDate = 4,
    /// Address to the block, and the birth date; or the block alone, where the record's date is not known to the day.
    BlockDate = 5,
}

impl Pass {
    /// Every pass, in the order in which sets list them.
    pub const ALL: [Self; 6] = [
        Self::RegisterDate,
        Self::RegisterTown,
        Self::ReadingDate,
        Self::ReadingTown,
        Self::PartDate,
        Self::BlockDate,
    ];

    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::RegisterDate => "register_date",
            Self::RegisterTown => "register_town",
            Self::ReadingDate => "reading_date",
            Self::ReadingTown => "reading_town",
            Self::PartDate => "part_date",
            Self::BlockDate => "block_date",
        }
    }
}

/// A set of [`Pass`]es, as small as a number.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Passes(u8);

impl Passes {
    /// Whether the pass is in the set.
    #[must_use]
    pub const fn contains(self, pass: Pass) -> bool {
        self.0 & 1 << pass as u8 != 0
    }

    /// The passes, in the order of [`Pass::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Pass> {
        Pass::ALL.into_iter().filter(move |pass| self.contains(*pass))
    }

    /// Whether no pass finds the pair.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The pass that alone finds the pair, if one does.
    #[must_use]
    pub fn only(self) -> Option<Pass> {
        self.iter().next().filter(|_| self.0.count_ones() == 1)
    }

    const fn insert_if(&mut self, pass: Pass, found: bool) {
        if found {
            self.0 |= 1 << pass as u8;
        }
    }
}

/// The passes that find a resident for a record.
pub(super) fn between(record: PersonView<'_>, resident: PersonView<'_>) -> Passes {
    let mut asked = Asked::default();
    asked.ask(record);
    let (day, filed) = (asked.day(), filed_day(resident.birth_date));
    let dated = asked.fits(filed);
    let town = asked.shares_town(resident);
    let mut passes = Passes::default();
    let wholes = [
        (Whole::Register, &asked.registers, Pass::RegisterDate, Pass::RegisterTown),
        (Whole::Reading, &asked.readings, Pass::ReadingDate, Pass::ReadingTown),
    ];
    for (whole, keys, with_date, with_town) in wholes {
        whole.file(0, resident, |key, _| {
            let same = keys.contains(&key);
            passes.insert_if(with_date, same && dated);
            passes.insert_if(with_town, same && town);
        });
    }
    passes.insert_if(Pass::PartDate, asked.asks_part_of(resident));
    let same_day = day == UNDATED || day == filed;
    file_blocks(0, resident, |key, _| {
        passes.insert_if(Pass::BlockDate, same_day && asked.blocks.contains(&key))
    });
    passes
}
