//! Reading residents in the order of their register, where households stand together. Knows records and persons.

use crate::Record;
use crate::normalize::address::Address;
use crate::person::{Person, ReadOptions, Unreadable};

/// The address of the resident before, as it is written and as it was read: most residents live with their neighbour.
#[derive(Default)]
pub(super) struct Neighbour<'r> {
    written: &'r str,
    address: Option<Address>,
}

impl<'r> Neighbour<'r> {
    /// Reads a resident, as [`Person::read_what_can_be`], who is the neighbour of the next one. Of an address that is too long
    /// nothing is kept, for each is reported.
    pub(super) fn read(
        &mut self,
        resident: &Record<'r>,
        options: &ReadOptions,
        report: impl FnMut(Unreadable),
    ) -> Person {
        let same = resident.address == self.written && resident.address.len() <= Address::MAX_LEN;
        let homeless = Record { address: if same { "" } else { resident.address }, ..*resident };
        let mut person = Person::read_what_can_be(&homeless, options, report);
        if same {
            person.address.clone_from(&self.address);
        } else {
            *self = Self { written: resident.address, address: person.address.clone() };
        }
        person
    }
}
