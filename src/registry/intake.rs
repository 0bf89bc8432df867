//! Reading residents for filing, in the order of their register. What is written as it was before is known by its number, so
//! that neither words of names nor heads of addresses are read again. Knows persons and numbers, not where they are filed.

use std::collections::VecDeque;

use super::familiar::{Familiar, Headed, Word};
use super::filing::AddressNumbers;
use super::neighbour::{Memories, Remembered};
use crate::Record;
use crate::normalize::address::{Address, Desk, HeadNotes, Site};
use crate::normalize::name::Name;
use crate::person::{Person, ReadOptions, Stated, Unreadable, items};

/// A resident read: the numbers of what is known, and the rest as it was read. Small, for thousands are handed over at once.
pub(super) struct Incoming {
    /// Of the parts of the main name.
    pub(super) name: Option<[u32; 4]>,
    /// Of a family name borne before, where no more is said of other names.
    pub(super) former_family: Option<u32>,
    /// Nothing where nothing but those numbers is asked for.
    pub(super) names: Option<Box<Names>>,
    pub(super) stated: Stated,
    pub(super) address: Residence,
    pub(super) former: Former,
    pub(super) problems: Vec<Unreadable>,
}

/// The names of a resident, as they were read.
pub(super) struct Names {
    pub(super) main: Name,
    pub(super) others: Vec<Name>,
    /// The numbers that the parts of the main name have already, as far as they have some.
    pub(super) known: [Option<u32>; 4],
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
    /// In numbers alone, with the notes of the head if it was read.
    Filed(AddressNumbers, Option<HeadNotes>),
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
    residents: &'r [Record<'r>],
    /// Those looked at ahead, the next one first, and how many residents stand before the one after them.
    ahead: VecDeque<Ahead<'r>>,
    looked_at: usize,
    desk: Desk,
    /// The cells of the resident before.
    address: Option<&'r str>,
    former: Option<&'r str>,
}

/// What is asked for of a resident before the turn comes: it lies far apart, and would be waited for.
#[derive(Default)]
struct Ahead<'r> {
    words: Option<[Word; 4]>,
    former: Option<Word>,
    head: Option<Headed<'r>>,
}

/// How many residents are looked at ahead.
const AHEAD: usize = 8;

impl<'m, 'r> Reader<'m, 'r> {
    pub(super) fn new(familiar: &'m Familiar, memories: &'m Memories, residents: &'r [Record<'r>]) -> Self {
        let ahead = VecDeque::with_capacity(AHEAD);
        Self {
            familiar,
            memory: memories.take(),
            residents,
            ahead,
            looked_at: 0,
            desk: Desk::default(),
            address: None,
            former: None,
        }
    }

    /// Reads the resident at a place, as [`Person::read_what_can_be`], who is the neighbour of the next one to be read.
    pub(super) fn read(&mut self, at: usize, options: &ReadOptions) -> Incoming {
        let Ahead { words, former, head } = self.look(at);
        let resident = self.residents.get(at).copied().unwrap_or_default();
        let name = words.and_then(|words| self.familiar.words.get(&words));
        // Other names may borrow a part of the main one.
        let is_known = name.is_some() && resident.aliases.is_empty();
        let former_family =
            former.filter(|_| is_known).and_then(|word| self.familiar.words.former_family(&word));
        let is_known = is_known && (former_family.is_some() || resident.former_names.is_empty());
        let mut problems = Vec::new();
        let names = if is_known {
            None
        } else {
            let memory = self.memory.get();
            let (main, others) = Person::read_names(memory, &resident, |problem| problems.push(problem));
            Some(Box::new(Names { main, others, known: [None; 4] }))
        };
        let stated = Stated::read(&resident, options, |problem| problems.push(problem));
        let address = if is_again(resident.address, self.address) {
            Residence::Again
        } else {
            self.residence(resident.address, head, &mut problems)
        };
        let former = if is_again(resident.former_addresses, self.former) {
            Former::Again
        } else {
            let read = |cell| self.residence(cell, self.familiar.heads.of(cell), &mut problems);
            let stated = |residence: &Residence| !matches!(residence, Residence::Nowhere);
            Former::Listed(items(resident.former_addresses).map(read).filter(stated).collect())
        };
        (self.address, self.former) = (Some(resident.address), Some(resident.former_addresses));
        Incoming { name, former_family, names, stated, address, former, problems }
    }

    /// What was asked for of the resident at a place; the same is asked of some after.
    fn look(&mut self, at: usize) -> Ahead<'r> {
        let first = self.looked_at.max(at);
        let last = at.saturating_add(AHEAD).min(self.residents.len());
        // The first of all is nobody's neighbour.
        let mut before = if at < first { self.residents.get(first - 1) } else { None };
        for resident in self.residents.get(first..last).unwrap_or_default() {
            let again = before.is_some_and(|before| before.address == resident.address);
            let head = if again { None } else { self.familiar.heads.of(resident.address) };
            let (words, former) = (self.familiar.words.of(resident), self.familiar.words.former(resident));
            self.ahead.push_back(Ahead { words, former, head });
            before = Some(resident);
        }
        self.looked_at = last;
        self.ahead.pop_front().unwrap_or_default()
    }

    fn residence(
        &mut self,
        cell: &str,
        head: Option<Headed<'_>>,
        problems: &mut Vec<Unreadable>,
    ) -> Residence {
        if cell.is_empty() {
            return Residence::Nowhere;
        }
        if cell.len() > Address::MAX_LEN {
            problems.push(Unreadable::Address);
        }
        let known = head.and_then(|head| self.familiar.heads.get(head));
        if let Some((place, notes, tail)) = known
            && let Some(site) = Site::read(tail, notes, &mut self.desk)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use crate::person::Person;
    use crate::registry::RegistryBuilder;
    use crate::{ReadOptions, Record};

    const REGISTER: [&str; 15] = [
        "",
        "山田 太郎",
        "山田 太郎\0",
        "山田\0 太郎",
        "山田　花子",
        "山田 花子",
        "後藤 みゆき",
        "ユミ ユミ",
        "佐々木 一",
        "山田太郎",
        "山田 太郎様",
        "成年後見人 山田",
        "JOHN SMITH",
        "山● 太郎",
        "五郎左衛門尉 山田之介太郎",
    ];
    const READING: [&str; 9] = [
        "",
        "ヤマダ タロウ",
        "ヤマダ タロウ\0",
        "ヤマダ　ハナコ",
        "ユミ ユミ",
        "ﾔﾏﾀﾞ ﾀﾛｳ",
        "ササキ",
        "フメイ",
        "ヤマダ サマ",
    ];
    const HEADS: [&str; 8] = [
        "",
        "東京都千代田区霞が関",
        "千代田区霞ヶ関",
        "大阪府大阪市北区中之島",
        "神奈川県横浜市青葉区上谷本町",
        "京都府京都市中京区油屋町",
        "北海道旭川市東",
        "不明",
    ];
    const TAILS: [&str; 13] = [
        "",
        "二丁目1番6号",
        "1-2-3-4-5",
        "１２２番地　松風レジデンス205号室",
        "3番5号　●荘101",
        "●番地",
        "1条2丁目3番",
        "1番地の9 山田様方",
        "6-2 松風",
        // More than a site has room for, and no more; what a long name leaves to a room.
        "二丁目1番6号　グランドレジデンス霞が関セントラルタワー東館1203号室",
        "1-2-3 グランドレジデンス霞が関セントラルタワ12034号室",
        "1-2-3 グランドレジデンス霞が関セントラルタワ●102号室",
        "122番地　グランドレジデンス中之島セントラルタワ102号室",
    ];

    fn address() -> impl Strategy<Value = String> {
        (select(&HEADS[..]), select(&TAILS[..])).prop_map(|(head, tail)| [head, tail].concat())
    }

    fn bytes(builder: RegistryBuilder) -> Vec<Vec<u8>> {
        let mut sections = Vec::new();
        let layer = builder.build().unwrap().base;
        let keep = |_, bytes: &[u8]| {
            sections.push(bytes.to_vec());
            Ok::<_, std::convert::Infallible>(())
        };
        layer.sections(keep).unwrap();
        sections
    }

    proptest! {
        /// Who is known by numbers is filed as if everything had been read.
        #[test]
        fn what_is_known_is_filed_as_what_is_read(
            rows in prop::collection::vec(
                (
                    (select(&REGISTER[..]), select(&READING[..])),
                    (address(), select(&["", "", "鈴木", "加須", "鈴木 花子", "旧姓鈴木", "みゆき", "ユミ", "鈴木|佐藤", "鈴木様"][..]), select(&["", "ユミ", "JOHN"][..])),
                    prop::collection::vec(address(), 0..3).prop_map(|former| former.join("|")),
                    0..4u8,
                ),
                1..40,
            ),
            at_once in 1..6usize,
        ) {
            let ids: Vec<String> = (100..100 + rows.len()).map(|id| id.to_string()).collect();
            let mut records: Vec<Record<'_>> = Vec::new();
            for (id, ((kanji_name, kana_name), (address, former_names, aliases), former, household)) in ids.iter().zip(&rows) {
                // Most live with their neighbour, and some came with them.
                let before = records.last().copied().unwrap_or_default();
                let address = if *household > 1 { before.address } else { address };
                let former_addresses = if *household > 2 { before.former_addresses } else { former };
                let birth_date = "1985-01-01";
                records.push(Record {
                    id, kanji_name, kana_name, birth_date, address, former_names, aliases, former_addresses, ..Record::default()
                });
            }
            let (mut known, mut read) = (RegistryBuilder::new(ReadOptions::default()), RegistryBuilder::new(ReadOptions::default()));
            for some in records.chunks(at_once) {
                known.push(some).unwrap();
            }
            let mut problems = Vec::new();
            for (row, record) in (0..).zip(&records) {
                let person = Person::read_what_can_be(record, &ReadOptions::default(), |problem| problems.push((row, problem)));
                read.file(record.id, person.view()).unwrap();
            }
            let reported: Vec<_> = known.problems().iter().map(|found| (found.row, found.problem)).collect();
            prop_assert_eq!(reported, problems);
            prop_assert_eq!(bytes(known), bytes(read));
        }
    }
}
