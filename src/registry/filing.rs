//! Residents filed in columns that grow, one after the other: each part of a name, place and text once. Knows persons and
//! columns; nothing of how persons are read.

use himozuke_mapped::prefetch;
use rustc_hash::FxHashMap;

use super::columns::{AddressRow, Columns, Facts, INLINE_NUMBERS, Marks, Row};
use super::dictionary::{Dictionary, NONE, Parts, Places, Texts, column};
use super::ids;
use super::intake::{Former, Incoming, Names, Residence};
use crate::normalize::address::{AddressRef, FiledAddress};
use crate::normalize::name::{Name, NameKind, NameRef, Part, PartRef, SpellingRef};
use crate::person::{PersonView, Stated};

/// Addresses that are remembered, to be filed once: a household's members and neighbours come near one another.
const RECENT: usize = 1 << 20;

/// All numbers of an address.
type Numbers = [u32; 6];

/// Residents in columns that grow.
pub(super) struct Filing {
    rows: Vec<Row>,
    parts: Dictionary<Parts<Vec<[u64; 4]>, Vec<u8>>>,
    places: Dictionary<Places<Vec<[u32; 7]>, Vec<u8>>>,
    texts: Dictionary<Texts<Vec<u32>, Vec<u8>>>,
    addresses: Vec<AddressRow>,
    /// Addresses by a part of their hash: the last one that had it, after another part, which tells most others apart without
    /// their being fetched.
    recent: Vec<[u32; 2]>,
    numbers: Vec<Numbers>,
    dates: Vec<u64>,
    dates_by_value: FxHashMap<u64, u32>,
    extra_rows: Marks<Vec<[u64; 2]>>,
    extra_ends: Vec<u32>,
    extras: Vec<u32>,
    /// The former addresses of the resident filed last, and the other names: kind and parts.
    former: Vec<u32>,
    others: Vec<[u32; 5]>,
    ids: ids::Incoming,
}

/// An address in numbers.
#[derive(Clone, Copy)]
pub(super) struct AddressNumbers {
    /// Place, building, room and notes.
    what: [u32; 4],
    numbers: Numbers,
    hash: u64,
}

impl AddressNumbers {
    fn of(what: [u32; 4], numbers: Numbers) -> Self {
        let [.., notes] = what;
        let count = if has_many(notes) { numbers.len() } else { INLINE_NUMBERS as usize };
        let hash = what.iter().chain(numbers.iter().take(count)).fold(0u64, |hash, word| {
            (hash.rotate_left(5) ^ u64::from(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        Self { what, numbers, hash }
    }

    /// Where it is among those that are remembered.
    const fn slot(&self) -> usize {
        (self.hash >> 40) as usize % RECENT
    }
}

impl Default for Filing {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            parts: Dictionary::default(),
            places: Dictionary::default(),
            texts: Dictionary::default(),
            addresses: Vec::new(),
            recent: vec![[0, NONE]; RECENT],
            numbers: Vec::new(),
            dates: Vec::new(),
            dates_by_value: FxHashMap::default(),
            extra_rows: Marks::default(),
            extra_ends: Vec::new(),
            extras: Vec::new(),
            former: Vec::new(),
            others: Vec::new(),
            ids: ids::Incoming::default(),
        }
    }
}

impl Filing {
    /// Makes room for so many residents more, at once, where there is as much: columns that grow are copied again and again.
    pub(super) fn reserve(&mut self, residents: usize) {
        drop(self.rows.try_reserve(residents));
        drop(self.addresses.try_reserve(residents));
        self.ids.reserve(residents);
    }

    /// How many residents are filed.
    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// The ids of the residents so far.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter()
    }

    /// The numbers of a resident's name.
    pub(super) fn name_of(&self, row: usize) -> Option<[u32; 4]> {
        let [name @ .., _, _] = *self.rows.get(row)?;
        Some(name)
    }

    /// The number of a part of a name that was filed.
    pub(super) fn number_of(&self, part: &Part) -> Option<u32> {
        self.parts.seek(part.view())
    }

    /// The number of the place where a resident lives.
    pub(super) fn place_of(&self, row: usize) -> Option<u32> {
        let [.., address, _] = *self.rows.get(row)?;
        self.addresses.get(address as usize).map(|[place, ..]| *place)
    }

    /// Puts numbers for what the dictionaries have of a resident who was read; any number of threads may ask them at once.
    pub(super) fn seek(&self, incoming: &mut Incoming) {
        let Incoming { name, names, address, former, .. } = incoming;
        if name.is_none()
            && let Some(names) = names
        {
            let parts = |spelling: Option<SpellingRef<'_>>| {
                let parts = spelling.map_or([None; 2], written);
                parts.map(|part| part.and_then(|part| self.parts.seek(part)))
            };
            let NameRef { register, reading, .. } = names.main.view();
            let ([family, given], [family_read, given_read]) = (parts(register), parts(reading));
            names.known = [family, given, family_read, given_read];
        }
        self.seek_address(address);
        if let Former::Listed(addresses) = former {
            addresses.iter_mut().for_each(|address| self.seek_address(address));
        }
    }

    fn seek_address(&self, residence: &mut Residence) {
        let text = |text: &[u8]| if text.is_empty() { Some(NONE) } else { self.texts.seek(text) };
        let filed = |place: u32, building: &[u8], room: &[u8], filed: FiledAddress| {
            Some(AddressNumbers::of([place, text(building)?, text(room)?, filed.notes], filed.numbers))
        };
        let (known, notes) = match residence {
            Residence::Known { place, site } => {
                (filed(*place, site.building(), site.room(), site.filed()), None)
            }
            Residence::Read(address, notes) => {
                let address = address.view();
                let place = self.places.seek(address.place);
                let known = |place| filed(place, address.building, address.room, address.filed());
                (place.and_then(known), *notes)
            }
            Residence::Nowhere | Residence::Again | Residence::Filed(..) => (None, None),
        };
        if let Some(known) = known {
            *residence = Residence::Filed(known, notes);
        }
    }

    /// Asks the memory for what is looked at to file a resident.
    pub(super) fn prefetch(&self, incoming: &Incoming) {
        if let Residence::Filed(filed, _) = &incoming.address {
            prefetch(&self.recent, filed.slot());
        }
    }

    /// Files a resident; `None` if there is no room for one more.
    pub(super) fn file(&mut self, id: &str, person: PersonView<'_>) -> Option<()> {
        let name = self.name(person.main, [None; 4])?;
        self.others(person.names().skip(1))?;
        let address = person.address.map_or(Some(NONE), |address| self.address(address))?;
        self.former.clear();
        for address in person.addresses().skip(usize::from(person.address.is_some())) {
            let address = self.address(address)?;
            self.former.push(address);
        }
        self.put(id, person.stated(), name, address)
    }

    /// As [`Self::file`], a resident who was read, with what the dictionaries know already.
    pub(super) fn add(&mut self, id: &str, incoming: &Incoming) -> Option<()> {
        let Incoming { name, former_family, names, stated, address, former, .. } = incoming;
        let names = names.as_deref();
        let name = match (name, names) {
            (Some(name), _) => *name,
            (None, Some(Names { main, known, .. })) => self.name(main.view(), *known)?,
            (None, None) => [NONE; 4],
        };
        self.others(names.into_iter().flat_map(|names| &names.others).map(Name::view))?;
        if let Some(family) = *former_family {
            let [_, given, ..] = name;
            self.others.push([NameKind::Former as u32, family, given, NONE, NONE]);
        }
        let address = match address {
            Residence::Again => self.again(self.rows.last().map_or(NONE, |[.., address, _]| *address))?,
            address => self.residence(address)?,
        };
        match former {
            Former::Again => {
                let mut addresses = std::mem::take(&mut self.former);
                for address in &mut addresses {
                    *address = self.again(*address)?;
                }
                self.former = addresses;
            }
            Former::Listed(addresses) => {
                self.former.clear();
                for address in addresses {
                    let address = self.residence(address)?;
                    self.former.push(address);
                }
            }
        }
        self.put(id, *stated, name, address)
    }

    /// Files a resident whose names and addresses have their numbers.
    fn put(&mut self, id: &str, stated: Stated, name: [u32; 4], address: u32) -> Option<()> {
        let row = u32::try_from(self.rows.len()).ok().filter(|row| *row < NONE)?;
        let has_extras = !self.former.is_empty() || !self.others.is_empty();
        let facts = Facts::of(stated, has_extras, |packed| {
            let next = u32::try_from(self.dates.len()).ok()?;
            Some(*self.dates_by_value.entry(packed).or_insert_with(|| {
                self.dates.push(packed);
                next
            }))
        })?;
        if has_extras {
            self.extra(row)?;
        }
        let [family, given, family_read, given_read] = name;
        self.rows.push([family, given, family_read, given_read, address, facts.0]);
        self.ids.push(id)
    }

    fn name(&mut self, name: NameRef<'_>, known: [Option<u32>; 4]) -> Option<[u32; 4]> {
        let [family, given, family_read, given_read] = known;
        let [family, given] = self.spelling(name.register, [family, given])?;
        let [family_read, given_read] = self.spelling(name.reading, [family_read, given_read])?;
        Some([family, given, family_read, given_read])
    }

    /// Numbers the other names of the resident who is being filed.
    fn others<'n>(&mut self, names: impl Iterator<Item = NameRef<'n>>) -> Option<()> {
        self.others.clear();
        for name in names {
            let [family, given, family_read, given_read] = self.name(name, [None; 4])?;
            self.others.push([name.kind as u32, family, given, family_read, given_read]);
        }
        Some(())
    }

    fn spelling(&mut self, name: Option<SpellingRef<'_>>, known: [Option<u32>; 2]) -> Option<[u32; 2]> {
        let Some(name) = name else { return Some([NONE; 2]) };
        let [family, given] = written(name);
        let [known_family, known_given] = known;
        let mut number = |part: Option<PartRef<'_>>, known: Option<u32>| match (part, known) {
            (None, _) => Some(NONE),
            (Some(_), Some(id)) => Some(id),
            (Some(part), None) => self.parts.intern(part),
        };
        Some([number(family, known_family)?, number(given, known_given)?])
    }

    fn residence(&mut self, residence: &Residence) -> Option<u32> {
        match residence {
            Residence::Nowhere | Residence::Again => Some(NONE),
            Residence::Known { place, site } => self.site(*place, site.filed(), site.building(), site.room()),
            Residence::Read(address, _) => self.address(address.view()),
            Residence::Filed(filed, _) => self.recent(filed),
        }
    }

    fn address(&mut self, address: AddressRef<'_>) -> Option<u32> {
        let place = self.places.intern(address.place)?;
        self.site(place, address.filed(), address.building, address.room)
    }

    fn site(&mut self, place: u32, filed: FiledAddress, building: &[u8], room: &[u8]) -> Option<u32> {
        let mut text = |text: &[u8]| if text.is_empty() { Some(NONE) } else { self.texts.intern(text) };
        let (building, room) = (text(building)?, text(room)?);
        self.recent(&AddressNumbers::of([place, building, room, filed.notes], filed.numbers))
    }

    /// Files an address once more, as if it had been read again.
    fn again(&mut self, address: u32) -> Option<u32> {
        if address == NONE {
            return Some(NONE);
        }
        let (what, numbers) = self.filed(address)?;
        self.recent(&AddressNumbers::of(what, numbers))
    }

    /// Place, building, room and notes of an address that was filed, and its numbers.
    fn filed(&self, address: u32) -> Option<([u32; 4], Numbers)> {
        let [place, building, room, notes, a, b, c] = *self.addresses.get(address as usize)?;
        let numbers = if has_many(notes) { *self.numbers.get(a as usize)? } else { [a, b, c, 0, 0, 0] };
        Some(([place, building, room, notes], numbers))
    }

    /// The number of an address that was filed lately, or a new one.
    fn recent(&mut self, address: &AddressNumbers) -> Option<u32> {
        let &AddressNumbers { what, numbers, hash } = address;
        let [tag, id] = *self.recent.get(address.slot())?;
        if tag == hash as u32 && self.filed(id) == Some((what, numbers)) {
            return Some(id);
        }
        let [place, building, room, notes] = what;
        let [mut a, mut b, mut c, ..] = numbers;
        if has_many(notes) {
            (a, b, c) = (u32::try_from(self.numbers.len()).ok()?, 0, 0);
            self.numbers.push(numbers);
        }
        let id = u32::try_from(self.addresses.len()).ok().filter(|id| *id < NONE)?;
        self.addresses.push([place, building, room, notes, a, b, c]);
        *self.recent.get_mut(address.slot())? = [hash as u32, id];
        Some(id)
    }

    fn extra(&mut self, row: u32) -> Option<()> {
        self.extras.push(u32::try_from(self.others.len()).ok()?);
        self.extras.extend(self.others.as_flattened());
        self.extras.extend(&self.former);
        self.extra_rows.push(row, u32::try_from(self.extra_ends.len()).ok()?);
        self.extra_ends.push(u32::try_from(self.extras.len()).ok()?);
        Some(())
    }

    /// The columns, and the ids.
    pub(super) fn finish(self) -> (Columns, ids::Incoming) {
        let Dictionary { shelf: parts, .. } = self.parts;
        let Dictionary { shelf: places, .. } = self.places;
        let Dictionary { shelf: texts, .. } = self.texts;
        drop((self.recent, self.dates_by_value));
        let columns = Columns {
            rows: column(self.rows),
            parts: Parts { numbers: column(parts.numbers), text: column(parts.text) },
            places: Places { numbers: column(places.numbers), text: column(places.text) },
            texts: Texts { ends: column(texts.ends), text: column(texts.text) },
            addresses: column(self.addresses),
            numbers: column(self.numbers),
            dates: column(self.dates),
            extra_rows: Marks(column(self.extra_rows.0)),
            extra_ends: column(self.extra_ends),
            extras: column(self.extras),
        };
        (columns, self.ids)
    }
}

/// The parts of a name that are written.
fn written(name: SpellingRef<'_>) -> [Option<PartRef<'_>>; 2] {
    [name.has_border().then_some(name.family), Some(name.given)]
}

/// Whether an address has more numbers than its row holds.
const fn has_many(notes: u32) -> bool {
    FiledAddress::count(notes) > INLINE_NUMBERS
}

#[cfg(test)]
mod tests {
    use crate::{Record, Registry};

    /// One truth for an address with more numbers than a row holds, too: filed once for all who live there.
    #[test]
    fn a_household_has_one_address_however_long() {
        for address in ["岩手県盛岡市上田5地割1番地", "岩手県盛岡市上田5地割1番地2の3の4"]
        {
            let ids: Vec<String> = (0..40).map(|id| id.to_string()).collect();
            let elsewhere = "東京都千代田区霞が関1丁目2番地の3の4";
            // Those who came together, and a neighbour who came between.
            let resident = |id| Record { id, address, former_addresses: elsewhere, ..Record::default() };
            let mut rows: Vec<Record<'_>> = ids.iter().map(|id| resident(id)).collect();
            rows.insert(20, Record { id: "neighbour", address: elsewhere, ..Record::default() });
            let layer = Registry::builder().persons(rows).unwrap().build().unwrap().base;
            let long = 1 + usize::from(address.ends_with("の4"));
            assert_eq!((layer.columns.addresses.len(), layer.columns.numbers.len()), (2, long), "{address}");
        }
    }
}
