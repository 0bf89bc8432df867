//! The truth of one run in memory: 32 bytes to the record, 5 to 9 more to find it by its id, and the two ids
//! themselves; growing may take half as much again.

use std::path::Path;

use hashbrown::{HashTable, hash_table::Entry};
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

use crate::{failure::Failure, rows::Rows, said, words::Said};

/// The most kinds of records that a file may tell apart.
const MAX_KINDS: usize = u64::BITS as usize;
/// The most groups of people, and the most sources.
const MAX_GROUPS: usize = u16::BITS as usize;
const MAX_PROFILES: usize = u8::MAX as usize;

/// What is known of a record.
struct Known {
    /// Where its id begins; that of the person meant, empty for nobody registered, follows it.
    start: u64,
    /// The kinds of record it is, a bit for each.
    kinds: u64,
    line: u32,
    weight: f32,
    id: u16,
    person: u16,
    groups: u16,
    /// A place among the profiles, from 1 on; 0 for none.
    profile: u8,
    decided: bool,
}

/// The truth, and what has been held against it.
pub(super) struct Truth {
    file: String,
    text: String,
    records: Vec<Known>,
    by_id: HashTable<u32>,
    kinds: Names,
    groups: Names,
    profiles: Names,
}

/// Names by the order in which they were met.
#[derive(Default)]
struct Names(Vec<Box<str>>);

impl Names {
    fn place(&mut self, name: &str) -> usize {
        self.0.iter().position(|known| **known == *name).unwrap_or_else(|| {
            self.0.push(Box::from(name));
            self.0.len() - 1
        })
    }

    /// The names whose bits are set.
    fn of(&self, bits: u64) -> Vec<&str> {
        let set = self.0.iter().zip(0..).filter(|(_, place)| bits >> place & 1 == 1);
        set.map(|(name, _)| &**name).collect()
    }
}

/// A record of the truth.
pub(super) struct Entered<'t> {
    /// The person meant; `None` for nobody registered.
    pub(super) person: Option<&'t str>,
    pub(super) kinds: Vec<&'t str>,
    pub(super) groups: Vec<&'t str>,
    pub(super) profile: &'t str,
    pub(super) weight: f64,
}

/// Why a decision cannot be judged.
pub(super) enum Fault {
    Unknown,
    Twice,
}

impl Fault {
    pub(super) fn at(&self, file: &str, line: u64) -> Failure {
        let problem = match self {
            Self::Unknown => {
                said!("decides a record that the truth does not have"; "正解にない記録を判定しています")
            }
            Self::Twice => {
                said!("decides a record that was decided before"; "判定済みの記録をもう一度判定しています")
            }
        };
        Failure { hint: Some(same_records()), ..at(file, line, &problem) }
    }
}

fn at(file: &str, line: u64, Said { en, ja }: &Said) -> Failure {
    Failure::usage(said!("{file}, line {line}: {en}"; "{file} の{line}行目: {ja}"), None)
}

fn same_records() -> Said {
    said!(
        "give the decisions and the truth of the same records";
        "同じ記録についての判定結果と正解を指定してください"
    )
}

impl Truth {
    /// Reads a truth: `kinds` is the column of what a record is. Columns `profile`, `weight` and `groups` are taken where
    /// they are there.
    pub(super) fn read(path: &Path, kinds: &str) -> Result<Self, Failure> {
        let headers = ["record_id", "person_id", kinds, "profile", "weight", "groups"];
        let mut rows = Rows::open(path, headers, 3)?;
        let mut truth = Self {
            file: rows.file.clone(),
            text: String::new(),
            records: Vec::new(),
            by_id: HashTable::new(),
            kinds: Names::default(),
            groups: Names::default(),
            profiles: Names::default(),
        };
        while let Some((cells, line)) = rows.next()? {
            truth.enter(cells, line)?;
        }
        Ok(truth)
    }

    fn enter(
        &mut self,
        [record, person, kinds, profile, weight, groups]: [&str; 6],
        line: u64,
    ) -> Result<(), Failure> {
        let problem = |problem: Said| at(&self.file, line, &problem);
        let too_many = |limit: usize, [en, ja]: [&str; 2]| {
            problem(said!("more than {limit} {en}"; "{ja}が{limit}を超えています"))
        };
        let length = |id: &str| {
            let too_long = || said!("an id is longer than 65535 bytes"; "ID が65535バイトを超えています");
            u16::try_from(id.len()).map_err(|_| problem(too_long()))
        };
        if record.is_empty() {
            return Err(problem(said!("no record_id"; "record_id がありません")));
        }
        let weight = match weight {
            "" => 1.0,
            weight => {
                weight.parse().ok().filter(|weight| (0.0..=1e12).contains(weight)).ok_or_else(|| {
                    problem(said!(
                        "weight is no number from 0 to 1e12";
                        "weight が0から1e12までの数ではありません"
                    ))
                })?
            }
        };
        let mut known = Known {
            start: self.text.len() as u64,
            kinds: 0,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            weight,
            id: length(record)?,
            person: length(person)?,
            groups: 0,
            profile: 0,
            decided: false,
        };
        for kind in kinds.split('|').filter(|kind| !kind.is_empty()) {
            let place = self.kinds.place(kind);
            if place >= MAX_KINDS {
                return Err(too_many(MAX_KINDS, ["kinds of records", "記録の種類"]));
            }
            known.kinds |= 1 << place;
        }
        for group in groups.split('|').filter(|group| !group.is_empty()) {
            let place = self.groups.place(group);
            if place >= MAX_GROUPS {
                return Err(too_many(MAX_GROUPS, ["groups of people", "人の集団"]));
            }
            known.groups |= 1 << place;
        }
        if !profile.is_empty() {
            let place = self.profiles.place(profile) + 1;
            known.profile = u8::try_from(place)
                .map_err(|_| too_many(MAX_PROFILES, ["profiles", "誤り方（profile）の種類"]))?;
        }
        let next = u32::try_from(self.records.len()).map_err(|_| {
            problem(said!("too many records for one run"; "1回の実行としては記録が多すぎます"))
        })?;
        self.text.push_str(record);
        self.text.push_str(person);
        self.records.push(known);
        let Self { by_id, records, text, .. } = self;
        let id = |row: &u32| records.get(*row as usize).map_or("", |known| id_of(text, known));
        let entry = by_id.entry(hash(record), |row| id(row) == record, |row| hash(id(row)));
        match entry {
            Entry::Occupied(_) => {
                let given = said!("a record_id given before"; "record_id が前の行と同じです");
                Err(at(&self.file, line, &given))
            }
            Entry::Vacant(place) => {
                place.insert(next);
                Ok(())
            }
        }
    }

    /// The record of an id, which is decided now.
    pub(super) fn take(&mut self, record: &str) -> Result<Entered<'_>, Fault> {
        let Self { by_id, records, text, .. } = self;
        let same = |row: &u32| records.get(*row as usize).is_some_and(|known| id_of(text, known) == record);
        let row = *by_id.find(hash(record), same).ok_or(Fault::Unknown)?;
        let known = records.get_mut(row as usize).ok_or(Fault::Unknown)?;
        if known.decided {
            return Err(Fault::Twice);
        }
        known.decided = true;
        self.records.get(row as usize).map(|known| self.entered(known)).ok_or(Fault::Unknown)
    }

    fn entered(&self, known: &Known) -> Entered<'_> {
        let start = known.start as usize + usize::from(known.id);
        let person = self.text.get(start..start + usize::from(known.person)).unwrap_or_default();
        let profile = usize::from(known.profile).checked_sub(1).and_then(|place| self.profiles.0.get(place));
        Entered {
            person: Some(person).filter(|person| !person.is_empty()),
            kinds: self.kinds.of(known.kinds),
            groups: self.groups.of(known.groups.into()),
            profile: profile.map_or("", |profile| profile),
            weight: known.weight.into(),
        }
    }

    /// The records that no decision named. Rejected rows in which no id could be read are these, if there are as many.
    pub(super) fn left(&self, nameless: usize) -> Result<impl Iterator<Item = Entered<'_>>, Failure> {
        let left = || self.records.iter().filter(|known| !known.decided);
        let count = left().count();
        if count != nameless {
            let first = left().map(|known| known.line).min();
            let file = &self.file;
            let first = first.map_or_else(
                || said!(""; ""),
                |line| said!("; the first is at line {line} of {file}"; "。最初は {file} の{line}行目です"),
            );
            let message = said!(
                "{count} records of the truth were not decided, and {nameless} rejected rows have no id{}",
                first.en;
                "正解の記録のうち{count}件が判定されておらず、ID のない拒否された行は{nameless}行です{}",
                first.ja
            );
            return Err(Failure::usage(message, Some(same_records())));
        }
        Ok(left().map(|known| self.entered(known)))
    }
}

fn id_of<'t>(text: &'t str, known: &Known) -> &'t str {
    let start = known.start as usize;
    text.get(start..start + usize::from(known.id)).unwrap_or_default()
}

fn hash(id: &str) -> u64 {
    FxBuildHasher.hash_one(id)
}

const _: () = assert!(size_of::<Known>() == 32, "ten million records are to fit in a gigabyte");
