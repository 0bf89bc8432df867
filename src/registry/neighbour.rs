//! Reading residents in the order of their register, where households stand together. Knows records and persons.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::Record;
use crate::normalize::address::Address;
use crate::person::{Memory, Person, ReadOptions, Unreadable};

/// What readers remember, at most one for each thread; it goes with the reading.
#[derive(Default)]
pub(super) struct Memories(Mutex<Vec<Memory>>);

impl Memories {
    /// Someone to read residents who stand together in the register.
    pub(super) fn reader<'r>(&self) -> Neighbour<'_, 'r> {
        let (address, former) = Default::default();
        Neighbour { memory: self.take(), address, former }
    }

    /// What somebody remembered who has read before, if anybody has who reads no more.
    pub(super) fn take(&self) -> Remembered<'_> {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Remembered { memories: self, memory: Some(memory.unwrap_or_default()) }
    }
}

/// What one reader remembers, left to the next when it is dropped.
pub(super) struct Remembered<'m> {
    memories: &'m Memories,
    memory: Option<Memory>,
}

impl Remembered<'_> {
    pub(super) const fn get(&mut self) -> Option<&mut Memory> {
        self.memory.as_mut()
    }
}

impl Drop for Remembered<'_> {
    fn drop(&mut self) {
        self.memories.0.lock().unwrap_or_else(PoisonError::into_inner).extend(self.memory.take());
    }
}

impl fmt::Debug for Memories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memories")
    }
}

/// The addresses of the resident before, as they are written and as they were read: most residents live with their neighbour,
/// and many came with them.
pub(super) struct Neighbour<'m, 'r> {
    memory: Remembered<'m>,
    address: (&'r str, Option<Address>),
    former: (&'r str, Vec<Address>),
}

impl<'r> Neighbour<'_, 'r> {
    /// Reads a resident, as [`Person::read_what_can_be`], who is the neighbour of the next one.
    pub(super) fn read(
        &mut self,
        resident: &Record<'r>,
        options: &ReadOptions,
        report: impl FnMut(Unreadable),
    ) -> Person {
        let Self { memory, address, former } = self;
        let (lives_there, came_along) =
            (is_known(resident.address, address.0), is_known(resident.former_addresses, former.0));
        let unread = Record {
            address: if lives_there { "" } else { resident.address },
            former_addresses: if came_along { "" } else { resident.former_addresses },
            ..*resident
        };
        let mut person = Person::read_with(memory.get(), &unread, options, report);
        if lives_there {
            person.address.clone_from(&address.1);
        } else {
            *address = (resident.address, person.address.clone());
        }
        if came_along {
            person.former_addresses.clone_from(&former.1);
        } else {
            *former = (resident.former_addresses, person.former_addresses.clone());
        }
        person
    }
}

/// Whether a cell was read before. One that may hold an address that is too long is read again, for each is reported.
fn is_known(cell: &str, before: &str) -> bool {
    cell == before && cell.len() <= Address::MAX_LEN
}
