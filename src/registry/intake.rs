//! Reading residents for filing, in the order of their register. What is written as it was before is known by its number, so
//! that neither words of names nor heads of addresses are read again. Knows persons and numbers, not where they are filed.

use super::familiar::Familiar;
use super::filing::Known;
use super::neighbour::{Memories, Remembered};
use crate::Record;
use crate::normalize::address::{Address, HeadNotes, Site};
use crate::person::{Person, ReadOptions, Unreadable, items};

/// A resident read: the numbers of what is known, and the rest as it was read.
pub(super) struct Incoming {
    /// Without addresses, and without the main name where nothing but its numbers is asked for.
    pub(super) person: Person,
    /// Of the parts of the main name.
    pub(super) name: Option<[u32; 4]>,
    pub(super) address: Residence,
    pub(super) former: Former,
    /// What the dictionaries know of what was read.
    pub(super) known: Known,
    pub(super) problems: Vec<Unreadable>,
}

/// Where somebody lives or lived.
pub(super) enum Residence {
    Nowhere,
    /// With the resident before.
    Again,
    /// At a known place.
    Known {
        place: u32,
        site: Site,
    },
    /// As it was read, with the notes of its head, if that could be read by itself.
    Read(Box<Address>, Option<HeadNotes>),
}

/// Former addresses.
pub(super) enum Former {
    /// Those of the resident before: many came together.
    Again,
    Listed(Vec<Residence>),
}

/// Reads residents who stand one after the other.
pub(super) struct Reader<'m, 'r> {
    familiar: &'m Familiar,
    memory: Remembered<'m>,
    /// The cells of the resident before.
    address: Option<&'r str>,
    former: Option<&'r str>,
}

impl<'m, 'r> Reader<'m, 'r> {
    pub(super) fn new(familiar: &'m Familiar, memories: &'m Memories) -> Self {
        Self { familiar, memory: memories.take(), address: None, former: None }
    }

    /// Reads a resident, as [`Person::read_what_can_be`], who is the neighbour of the next one.
    pub(super) fn read(&mut self, resident: &Record<'r>, options: &ReadOptions) -> Incoming {
        // Former names may borrow a part of the main one.
        let alone = resident.former_names.is_empty() && resident.aliases.is_empty();
        let name = self.familiar.name(resident);
        let mut unread = Record { address: "", former_addresses: "", ..*resident };
        if name.is_some() && alone {
            (unread.kanji_name, unread.kana_name) = ("", "");
        }
        let mut problems = Vec::new();
        let person = Person::read_with(self.memory.get(), &unread, options, |problem| problems.push(problem));
        let address = if is_again(resident.address, self.address) {
            Residence::Again
        } else {
            self.residence(resident.address, &mut problems)
        };
        let former = if is_again(resident.former_addresses, self.former) {
            Former::Again
        } else {
            let read = |cell| self.residence(cell, &mut problems);
            let stated = |residence: &Residence| !matches!(residence, Residence::Nowhere);
            Former::Listed(items(resident.former_addresses).map(read).filter(stated).collect())
        };
        (self.address, self.former) = (Some(resident.address), Some(resident.former_addresses));
        Incoming { person, name, address, former, known: Known::default(), problems }
    }

    fn residence(&mut self, cell: &str, problems: &mut Vec<Unreadable>) -> Residence {
        if cell.is_empty() {
            return Residence::Nowhere;
        }
        if cell.len() > Address::MAX_LEN {
            problems.push(Unreadable::Address);
        }
        let known = self.familiar.place(cell);
        if let Some((place, site)) =
            known.and_then(|(place, notes, tail)| Some((place, Site::read(tail, notes)?)))
        {
            return Residence::Known { place, site };
        }
        let of_head = self.memory.get().and_then(|memory| memory.heads.read(cell));
        let (address, notes) = match of_head {
            Some((address, notes)) => (Some(address), notes),
            None => (Address::parse(cell), None),
        };
        address.map_or(Residence::Nowhere, |address| Residence::Read(Box::new(address), notes))
    }
}

/// Whether a cell says what the one before did. A long one is read again: one that is too long is reported for each, and one that
/// is no address of this world may not be filed as the same twice.
fn is_again(cell: &str, before: Option<&str>) -> bool {
    const ORDINARY: usize = 1_024;
    before == Some(cell) && cell.len() <= ORDINARY
}
