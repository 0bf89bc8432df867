//! Residents as flat columns: rows of numbers into dictionaries, in memory or in a mapped file. Knows how a person is
//! filed and read back; nothing of keys or counts.

use std::ops::Deref;

use himozuke_mapped::{Column, prefetch};

use super::dated::{DAY_MASK, filed_day};
use super::dictionary::{NONE, Parts, Places, Texts};
use super::keep::{Keep, section};
use crate::normalize::address::{AddressRef, FiledAddress};
use crate::normalize::birth_date::BirthDate;
use crate::normalize::name::{NameKind, NameRef, PartRef, SpellingRef};
use crate::normalize::sex::Sex;
use crate::person::{Extras, PersonView, Stated, Status};

/// One resident: family and given name in register form, then of the reading, address, and [`Facts`].
pub(super) type Row = [u32; 6];

/// One address: place, building, room, notes, and three numbers; or, where there are more, where all of them are.
pub(super) type AddressRow = [u32; 7];

/// Words of one name among the extras: its kind, and four parts.
const NAME_WORDS: usize = 5;

/// One name among the extras.
pub(super) type OtherName = [u32; NAME_WORDS];

/// Numbers that an address row holds itself.
pub(super) const INLINE_NUMBERS: u32 = 3;

/// Everything that is known of residents but their ids.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) rows: Column<Row>,
    pub(super) parts: Parts<Column<[u64; 4]>, Column<u8>>,
    pub(super) places: Places<Column<[u32; 7]>, Column<u8>>,
    pub(super) texts: Texts<Column<u32>, Column<u8>>,
    pub(super) addresses: Column<AddressRow>,
    /// The numbers of addresses that have many.
    pub(super) numbers: Column<[u32; 6]>,
    /// Birth dates that are no days.
    pub(super) dates: Column<u64>,
    /// Rows with other names or former addresses; where the words of each end; the words: how many names, the names, the
    /// addresses.
    pub(super) extra_rows: Marks<Column<[u64; 2]>>,
    pub(super) extra_ends: Column<u32>,
    pub(super) extras: Column<u32>,
}

/// The last number of a row, from the lowest bit: 23 the birth date (an exact one packed, another one's place among the
/// dates), 2 which of these, 2 sex, 2 status, 1 protected, 1 whether there are extras.
#[derive(Clone, Copy)]
pub(super) struct Facts(pub(super) u32);

const DATE_BITS: u32 = 23;

impl Facts {
    /// The facts that are stated of a person with extras or without; `date` numbers a birth date that is no day. `None` if there
    /// are more of those than numbers.
    pub(super) fn of(stated: Stated, extras: bool, date: impl FnOnce(u64) -> Option<u32>) -> Option<Self> {
        let (date, kind) = match stated.birth_date {
            None => (0, 0),
            Some(born) => match u32::try_from(born.to_packed()) {
                Ok(packed) => (packed, 1),
                Err(_) => (date(born.to_packed())?, 2),
            },
        };
        let sex = stated.sex.map_or(0, |sex| sex as u32);
        let status = match stated.status {
            Status::Active => 0,
            Status::Dead => 1,
            Status::Moved => 2,
            Status::Removed => 3,
        };
        let flags = kind | sex << 2 | status << 4 | u32::from(stated.protected) << 6;
        let flags = flags | u32::from(extras) << 7;
        (date >> DATE_BITS == 0).then_some(Self(date | flags << DATE_BITS))
    }

    /// Of the same sex and state, born when another was; neither protected nor with extras.
    pub(super) const fn born_as(self, other: Self) -> Self {
        let born = (1 << (DATE_BITS + 2)) - 1;
        let kept = 0b1111 << (DATE_BITS + 2);
        Self(other.0 & born | self.0 & kept)
    }

    /// The number of the day on which a person was born, where that is known to the day.
    const fn day(self) -> Option<u32> {
        // The lowest bits of a packed date.
        if self.flags() & 0b11 == 1 { Some(self.0 & DAY_MASK) } else { None }
    }

    const fn flags(self) -> u32 {
        self.0 >> DATE_BITS
    }

    pub(super) const fn sex(self) -> Option<Sex> {
        match self.flags() >> 2 & 0b11 {
            1 => Some(Sex::Male),
            2 => Some(Sex::Female),
            _ => None,
        }
    }

    pub(super) const fn status(self) -> Status {
        match self.flags() >> 4 & 0b11 {
            0 => Status::Active,
            1 => Status::Dead,
            2 => Status::Moved,
            _ => Status::Removed,
        }
    }

    pub(super) const fn is_protected(self) -> bool {
        self.flags() >> 6 & 1 != 0
    }

    pub(super) const fn has_extras(self) -> bool {
        self.flags() >> 7 & 1 != 0
    }
}

/// Rows that are marked: a bit for each of 64 rows, and how many are marked before these.
#[derive(Default)]
pub(super) struct Marks<W>(pub(super) W);

impl Marks<Vec<[u64; 2]>> {
    /// Marks a row after all that are marked; it is the one of this number, from 0.
    pub(super) fn push(&mut self, row: u32, number: u32) {
        let word = row as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, [0, number.into()]);
        }
        self.0.last_mut().into_iter().for_each(|[bits, _]| *bits |= 1 << (row % 64));
    }
}

impl<W: Deref<Target = [[u64; 2]]>> Marks<W> {
    /// How many rows before a marked one are marked; `None` for one that is not.
    pub(super) fn rank(&self, row: u32) -> Option<u32> {
        let [bits, before] = *self.0.get(row as usize / 64)?;
        let bit = 1 << (row % 64);
        let earlier = (bits & (bit - 1)).count_ones();
        (bits & bit != 0).then(|| (before as u32).saturating_add(earlier))
    }
}

impl Marks<Column<[u64; 2]>> {
    fn prefetch(&self, row: u32) {
        prefetch(&self.0, row as usize / 64);
    }
}

impl Columns {
    /// Hands over the bytes of every column, and how many an element of it has, in the order of an index file.
    pub(super) fn sections<E>(&self, write: &mut impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        section(&self.rows, write)?;
        section(&self.parts.numbers, write)?;
        section(&self.parts.text, write)?;
        section(&self.places.numbers, write)?;
        section(&self.places.text, write)?;
        section(&self.texts.ends, write)?;
        section(&self.texts.text, write)?;
        section(&self.addresses, write)?;
        section(&self.numbers, write)?;
        section(&self.dates, write)?;
        section(&self.extra_rows.0, write)?;
        section(&self.extra_ends, write)?;
        section(&self.extras, write)
    }

    /// The same columns where they are to stay.
    pub(super) fn kept(self, keep: &mut impl Keep) -> Option<Self> {
        Some(Self {
            rows: keep.keep(self.rows)?,
            parts: Parts { numbers: keep.keep(self.parts.numbers)?, text: keep.keep(self.parts.text)? },
            places: Places { numbers: keep.keep(self.places.numbers)?, text: keep.keep(self.places.text)? },
            texts: Texts { ends: keep.keep(self.texts.ends)?, text: keep.keep(self.texts.text)? },
            addresses: keep.keep(self.addresses)?,
            numbers: keep.keep(self.numbers)?,
            dates: keep.keep(self.dates)?,
            extra_rows: Marks(keep.keep(self.extra_rows.0)?),
            extra_ends: keep.keep(self.extra_ends)?,
            extras: keep.keep(self.extras)?,
        })
    }

    /// Asks the memory for the place where somebody lives of whom keys will be made.
    pub(super) fn prefetch_place(&self, row: u32) {
        let Some([.., address, _]) = self.rows.get(row as usize) else { return };
        let Some([place, ..]) = self.addresses.get(*address as usize) else { return };
        prefetch(&self.places.numbers, *place as usize);
    }

    pub(super) fn person(&self, row: u32) -> Option<PersonView<'_>> {
        self.read(row, |address| self.address(address))
    }

    /// As [`Self::person`], the address left out.
    pub(super) fn without_address(&self, row: u32) -> Option<PersonView<'_>> {
        self.read(row, |_| None)
    }

    /// The main name alone.
    pub(super) fn name(&self, row: u32) -> Option<NameRef<'_>> {
        Some(self.without_address(row)?.main)
    }

    /// A person with the address that is made of its number.
    #[inline]
    fn read<'a>(
        &'a self,
        row: u32,
        address: impl FnOnce(u32) -> Option<AddressRef<'a>>,
    ) -> Option<PersonView<'a>> {
        let [family, given, family_read, given_read, lives, facts] = *self.rows.get(row as usize)?;
        let facts = Facts(facts);
        let of = if facts.has_extras() { self.extra_rows.rank(row) } else { None };
        Some(PersonView {
            main: NameRef {
                kind: NameKind::Registered,
                register: self.spelling(family, given),
                reading: self.spelling(family_read, given_read),
            },
            birth_date: self.birth_date(facts),
            sex: facts.sex(),
            address: address(lives),
            status: facts.status(),
            protected: facts.is_protected(),
            extras: of.map(|of| (self as _, of)),
        })
    }

    /// Asks the memory for what comparing these residents will read, all of them at once: rows first, then what rows point
    /// to, and so on. In a large registry each would be waited for by itself.
    pub(super) fn prefetch(&self, rows: impl Iterator<Item = u32> + Clone) {
        rows.clone().for_each(|row| self.prefetch_row(row));
        let rows = rows.filter_map(|row| Some((row, *self.rows.get(row as usize)?)));
        for (row, [parts @ .., address, facts]) in rows.clone() {
            self.prefetch_name(&parts, address);
            if Facts(facts).has_extras() {
                self.extra_rows.prefetch(row);
            }
        }
        let extras = rows.clone().filter(|(_, [.., facts])| Facts(*facts).has_extras());
        let extras = extras.filter_map(|(row, _)| self.extra_rows.rank(row));
        for (_, [parts @ .., address, _]) in rows.clone() {
            self.prefetch_texts(&parts, address);
        }
        extras.clone().for_each(|of| prefetch(&self.extra_ends, of as usize));
        rows.for_each(|(_, [.., address, _])| self.prefetch_place_texts(address));
        extras.clone().for_each(|of| prefetch(&self.extras, self.extra_start(of)));
        let others = extras.filter_map(|of| self.extra(of));
        for step in [Self::prefetch_name, Self::prefetch_texts] {
            for (names, addresses) in others.clone() {
                let names = names.as_chunks::<NAME_WORDS>().0.iter();
                names.for_each(|[_, parts @ ..]| step(self, parts, NONE));
                addresses.iter().for_each(|address| step(self, &[], *address));
            }
        }
        others.for_each(|(_, addresses)| {
            addresses.iter().for_each(|address| self.prefetch_place_texts(*address));
        });
    }

    /// Asks for the parts of a name, and for an address.
    fn prefetch_name(&self, parts: &[u32], address: u32) {
        parts.iter().for_each(|part| prefetch(&self.parts.numbers, *part as usize));
        prefetch(&self.addresses, address as usize);
    }

    /// Asks for the texts of these, for the place, and for where building and room are, which have come.
    fn prefetch_texts(&self, parts: &[u32], address: u32) {
        parts.iter().for_each(|part| self.parts.prefetch_text(*part));
        if let Some([place, building, room, ..]) = self.addresses.get(address as usize) {
            prefetch(&self.places.numbers, *place as usize);
            [building, room].iter().for_each(|text| prefetch(&self.texts.ends, **text as usize));
        }
    }

    /// Asks for the texts of what has come of an address.
    fn prefetch_place_texts(&self, address: u32) {
        if let Some([place, building, room, ..]) = self.addresses.get(address as usize) {
            self.places.prefetch_text(*place);
            [building, room].iter().for_each(|text| self.texts.prefetch_text(**text));
        }
    }

    /// Asks the memory for a resident's row.
    pub(super) fn prefetch_row(&self, row: u32) {
        prefetch(&self.rows, row as usize);
    }

    /// The day of a birth date as it is filed.
    pub(super) fn filed_day(&self, facts: Facts) -> u32 {
        facts.day().unwrap_or_else(|| filed_day(self.birth_date(facts)))
    }

    pub(super) fn birth_date(&self, Facts(facts): Facts) -> Option<BirthDate> {
        let date = facts & ((1 << DATE_BITS) - 1);
        match facts >> DATE_BITS & 0b11 {
            1 => BirthDate::from_packed(date.into()),
            2 => self.dates.get(date as usize).and_then(|packed| BirthDate::from_packed(*packed)),
            _ => None,
        }
    }

    pub(super) fn part(&self, id: u32) -> Option<PartRef<'_>> {
        if id == NONE { None } else { self.parts.get(id) }
    }

    #[inline]
    pub(super) fn spelling(&self, family: u32, given: u32) -> Option<SpellingRef<'_>> {
        let given = self.part(given)?;
        Some(SpellingRef::new(self.part(family).unwrap_or(PartRef::EMPTY), given))
    }

    pub(super) fn address(&self, id: u32) -> Option<AddressRef<'_>> {
        if id == NONE {
            return None;
        }
        let [place, building, room, notes, numbers @ ..] = *self.addresses.get(id as usize)?;
        let text = |id: u32| if id == NONE { &[] } else { self.texts.get(id).unwrap_or_default() };
        let filed = self.numbers(notes, numbers)?;
        Some(AddressRef::from_filed(filed, self.places.get(place)?, text(building), text(room)))
    }

    fn numbers(&self, notes: u32, [a, b, c]: [u32; 3]) -> Option<FiledAddress> {
        let many = FiledAddress::count(notes) > INLINE_NUMBERS;
        let numbers = if many { *self.numbers.get(a as usize)? } else { [a, b, c, 0, 0, 0] };
        Some(FiledAddress { numbers, notes })
    }

    /// The key of the town of a place.
    pub(super) fn town_key(&self, place: u32) -> Option<u64> {
        self.places.filed(place)?.town_key()
    }

    /// The key of the block of an address.
    pub(super) fn block_key(&self, address: u32) -> Option<u64> {
        let [place, _, _, notes, numbers @ ..] = *self.addresses.get(address as usize)?;
        self.places.filed(place)?.block_key(self.numbers(notes, numbers)?)
    }

    /// The other names of a row with these facts, and the numbers of its former addresses.
    pub(super) fn extras_of(&self, row: u32, facts: Facts) -> (&[OtherName], &[u32]) {
        let of = if facts.has_extras() { self.extra_rows.rank(row) } else { None };
        let (names, former) = of.and_then(|of| self.extra(of)).unwrap_or_default();
        (names.as_chunks().0, former)
    }

    /// The words of a row's extras: names and addresses.
    fn extra(&self, of: u32) -> Option<(&[u32], &[u32])> {
        let end = *self.extra_ends.get(of as usize)?;
        let (count, words) = self.extras.get(self.extra_start(of)..end as usize)?.split_first()?;
        words.split_at_checked((*count as usize).checked_mul(NAME_WORDS)?)
    }

    /// Where the words of a row's extras begin.
    fn extra_start(&self, of: u32) -> usize {
        of.checked_sub(1)
            .and_then(|before| self.extra_ends.get(before as usize))
            .map_or(0, |end| *end as usize)
    }
}

/// The kind of another name than the registered one, by its number.
const fn other_kind(kind: u32) -> NameKind {
    const FORMER: u32 = NameKind::Former as u32;
    const CONTESTED: u32 = NameKind::Contested as u32;
    match kind {
        FORMER => NameKind::Former,
        CONTESTED => NameKind::Contested,
        _ => NameKind::Alias,
    }
}

impl Extras for Columns {
    fn has(&self, of: u32) -> [bool; 2] {
        self.extra(of).map_or([false; 2], |(names, addresses)| [!names.is_empty(), !addresses.is_empty()])
    }

    fn other_name(&self, of: u32, at: usize) -> Option<NameRef<'_>> {
        let (names, _) = self.extra(of)?;
        let [kind, family, given, family_read, given_read] = *names.as_chunks::<NAME_WORDS>().0.get(at)?;
        Some(NameRef {
            kind: other_kind(kind),
            register: self.spelling(family, given),
            reading: self.spelling(family_read, given_read),
        })
    }

    fn former_address(&self, of: u32, at: usize) -> Option<AddressRef<'_>> {
        let (_, addresses) = self.extra(of)?;
        self.address(*addresses.get(at)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_rank_is_the_place_among_marked_rows(rows in prop::collection::btree_set(0..1000u32, 0..200)) {
            let mut marks = Marks::default();
            (0..).zip(&rows).for_each(|(number, row)| marks.push(*row, number));
            for row in 0..1100 {
                let place = (0..).zip(&rows).find(|(_, marked)| **marked == row).map(|(place, _)| place);
                prop_assert_eq!(marks.rank(row), place);
            }
        }
    }
}
