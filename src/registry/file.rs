//! The index file (`.hmz`): a registry's columns one after the other, written once and opened by memory map. Knows bytes and
//! sections; of residents only that they lie in columns.
//!
//! All numbers are little-endian. A header of 64 bytes holds the magic, the version of the format, the fingerprint of the
//! tables that keys are made with, the number of sections, the length of the file, and a checksum of what follows it: the
//! list of sections, 32 bytes each (number, size of an element, offset, bytes, checksum). Sections begin at multiples of 64
//! and are numbered; each has a checksum of its own (XXH3, 64 bits). The file holds names, dates and addresses in
//! normalized form, never an individual number.

mod write;

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use himozuke_mapped::{Column, Map, Plain};
use rayon::prelude::*;
use thiserror::Error;
use xxhash_rust::xxh3::xxh3_64;

use super::columns::{Columns, Marks};
use super::counts::{Counts, Tally, Wholes};
use super::dated::Dated;
use super::dictionary::{Parts, Places, Texts};
use super::ids::Ids;
use super::index::Table;
use super::keep::section;
use super::layer::Layer;
use super::{Registry, RegistryError};
use crate::normalize;
use crate::normalize::birth_date::Day;

const MAGIC: [u8; 8] = *b"himozuke";
/// Changes with the layout of any section, and with what is made of a text: keys of before would find nobody.
const VERSION: u32 = 8;
const HEADER: usize = 64;
const ENTRY: usize = 32;
const ALIGN: u64 = 64;

/// Why an index file cannot be used, or not be written. Holds no value.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IndexFileError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file cannot be written; the one that it would replace is as it was.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file does not begin as index files do.
    #[error("{path} is not an index file of himozuke; make one with `himozuke index`")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was made by another version, or with other tables of variants or places, whose keys would not be found.
    #[error(
        "{path} was made by another version of himozuke or with other tables; make it again with `himozuke index`"
    )]
    Outdated {
        /// The file.
        path: PathBuf,
    },
    /// The file is cut short, or its bytes are not those that were written.
    #[error("{path} is damaged in {part}; make it again with `himozuke index`, or restore it from a copy")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Which part of it.
        part: &'static str,
        /// The same in Japanese.
        part_ja: &'static str,
    },
    /// The registry could not be built, or changes that were laid over it not be merged.
    #[error("{0}")]
    Registry(#[from] RegistryError),
    /// This machine orders the bytes of numbers the other way round.
    #[error(
        "index files are for little-endian machines, which this one is not; read the registry from its CSV file"
    )]
    BigEndian,
}

impl IndexFileError {
    /// The problem and its mend in Japanese; what the system says is as it says it.
    #[must_use]
    pub fn ja(&self) -> String {
        match self {
            Self::Read { path, source } => format!("{} を読めません: {source}", path.display()),
            Self::Write { path, source } => format!("{} に書けません: {source}", path.display()),
            Self::Foreign { path } => format!(
                "{} は himozuke の索引ファイルではありません。himozuke index で作ってください",
                path.display()
            ),
            Self::Outdated { path } => format!(
                "{} は himozuke の別の版か、別の表で作られました。himozuke index で作り直してください",
                path.display()
            ),
            Self::Damaged { path, part_ja, .. } => format!(
                "{} は壊れています（{part_ja}の部分）。himozuke index で作り直すか、控えから戻してください",
                path.display()
            ),
            Self::Registry(error) => error.ja(),
            Self::BigEndian => "索引ファイルはリトルエンディアンの機械のためのもので、この機械では使えません。住民データを CSV \
                                から読んでください"
                .to_owned(),
        }
    }
}

/// Names of the sections, by number, in English and Japanese; for messages.
const SECTIONS: [[&str; 2]; 36] = [
    ["residents", "住民"],
    ["name parts", "氏と名"],
    ["name texts", "氏名の文字"],
    ["places", "地名"],
    ["place texts", "地名の文字"],
    ["buildings and rooms", "方書"],
    ["building and room texts", "方書の文字"],
    ["addresses", "住所"],
    ["long addresses", "長い住所"],
    ["vague birth dates", "不詳のある生年月日"],
    ["residents with other names", "別の氏名を持つ住民"],
    ["ends of other names", "別の氏名の区切り"],
    ["other names", "別の氏名"],
    ["id texts", "ID の文字"],
    ["ends of ids", "ID の区切り"],
    ["order of ids", "ID の順"],
    ["offsets of name parts by date", "生年月日別の氏と名の位置"],
    ["name parts by date", "生年月日別の氏と名"],
    ["offsets of register forms", "登録字形の位置"],
    ["register forms", "登録字形"],
    ["offsets of readings", "読みの位置"],
    ["readings", "読み"],
    ["offsets of blocks", "街区の位置"],
    ["blocks", "街区"],
    ["family names", "氏の頻度"],
    ["family readings", "氏の読みの頻度"],
    ["given names", "名の頻度"],
    ["given readings", "名の読みの頻度"],
    ["given names by cohort", "年代別の名の頻度"],
    ["given readings by cohort", "年代別の名の読みの頻度"],
    ["cohorts", "年代"],
    ["towns", "町"],
    ["municipalities", "市区町村"],
    ["prefectures", "都道府県"],
    ["rare names", "まれな名"],
    ["figures", "数値"],
];

/// What is around them.
const FRAME: [&str; 2] = ["its frame", "ヘッダー"];

/// One section as it is listed.
#[derive(Clone, Copy)]
struct Section {
    element: u32,
    offset: u64,
    bytes: u64,
    checksum: u64,
}

/// What keys are made with: another build of himozuke or other tables would ask for other keys.
fn fingerprint() -> u64 {
    let tables = normalize::fingerprint().to_le_bytes();
    xxh3_64(&[env!("CARGO_PKG_VERSION").as_bytes(), tables.as_slice()].concat())
}

impl Registry {
    /// Whether a file begins as index files do, whatever follows.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read.
    pub fn is_index_file(path: &Path) -> io::Result<bool> {
        let mut start = Vec::with_capacity(MAGIC.len());
        File::open(path)?.take(MAGIC.len() as u64).read_to_end(&mut start)?;
        Ok(start == MAGIC)
    }

    /// Opens an index file by memory map: in milliseconds, whatever its size, and any number of processes share it. Its
    /// frame is checked, not every byte: see [`Registry::open_checked`].
    ///
    /// The file must not be changed in place while it is open; [`Registry::save`] never does.
    ///
    /// # Errors
    ///
    /// [`IndexFileError`] says whether it is foreign, outdated or damaged. A damaged file can give wrong answers and
    /// errors, never undefined behaviour.
    pub fn open(path: &Path) -> Result<Self, IndexFileError> {
        Self::read(path, false)
    }

    /// As [`Registry::open`], and every byte is held against its checksum, on all threads: for a job that will read much of
    /// the file anyway, and must not link by a damaged one.
    ///
    /// # Errors
    ///
    /// As [`Registry::open`].
    pub fn open_checked(path: &Path) -> Result<Self, IndexFileError> {
        Self::read(path, true)
    }

    fn read(path: &Path, check: bool) -> Result<Self, IndexFileError> {
        let io = |source| IndexFileError::Read { path: path.to_owned(), source };
        let damaged = |[part, part_ja]: [&'static str; 2]| {
            let path = path.to_owned();
            IndexFileError::Damaged { path, part, part_ja }
        };
        if cfg!(target_endian = "big") {
            return Err(IndexFileError::BigEndian);
        }
        let map = Map::open(path).map_err(io)?;
        let sections = list(&map).map_err(|fault| match fault {
            Fault::Foreign => IndexFileError::Foreign { path: path.to_owned() },
            Fault::Outdated => IndexFileError::Outdated { path: path.to_owned() },
            Fault::Damaged => damaged(FRAME),
        })?;
        let name = |number: usize| SECTIONS.get(number).copied().unwrap_or(FRAME);
        if check {
            // Before reads are said to be scattered: the system then reads far ahead, into large pages where it has them.
            map.populate();
            let whole = |(number, section): (usize, &Section)| {
                let sound = section.slice(&map).is_some_and(|bytes| checksum(bytes) == section.checksum);
                if sound { Ok(()) } else { Err(number) }
            };
            sections.par_iter().enumerate().try_for_each(whole).map_err(|number| damaged(name(number)))?;
        }
        map.scattered();
        let mut reader = Reader { map: &map, sections: &sections, next: 0 };
        let base = reader.layer().ok_or_else(|| damaged(name(reader.next.saturating_sub(1))))?;
        Ok(Self { base, changes: None })
    }
}

impl Layer {
    /// Hands over every column, in the order of [`SECTIONS`].
    pub(super) fn sections<E>(&self, mut write: impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        let Self { columns, ids, parts, counts } = self;
        let write = &mut write;
        columns.sections(write)?;
        ids.sections(write)?;
        section(&parts.offsets, write)?;
        section(&parts.entries, write)?;
        for Dated(table) in [&*counts.registers.bearers, &*counts.readings.bearers, &*counts.blocks] {
            section(&table.offsets, write)?;
            section(&table.entries, write)?;
        }
        let tallies = counts.tallies();
        for tally in tallies {
            section(&tally.slots, write)?;
        }
        let rare = tallies.map(Tally::rare).into_iter().chain([counts.registers.rare, counts.readings.rare]);
        section(&rare.map(|(once, twice)| [once, twice]).collect::<Vec<_>>().into(), write)?;
        let figures = [counts.persons, counts.last_birth.number().into(), ids.width.into(), ids.count.into()];
        section(&figures.to_vec().into(), write)
    }
}

impl Section {
    fn slice<'m>(&self, map: &'m Map) -> Option<&'m [u8]> {
        map.get(self.range()?)
    }

    /// The section as a column, if its elements are of this size.
    fn column<T: Plain>(&self, map: &Map) -> Option<Column<T>> {
        let fits = self.element as usize == size_of::<T>();
        Column::mapped(map, self.range()?).filter(|_| fits)
    }

    fn range(&self) -> Option<Range<usize>> {
        let start = usize::try_from(self.offset).ok()?;
        Some(start..start.checked_add(usize::try_from(self.bytes).ok()?)?)
    }
}

/// The sum of the sums of pieces, so that all threads work on the largest section too.
fn checksum(bytes: &[u8]) -> u64 {
    const PIECE: usize = 1 << 24;
    let sums: Vec<u64> = bytes.par_chunks(PIECE).map(xxh3_64).collect();
    sums.iter()
        .fold(bytes.len() as u64, |whole, sum| xxh3_64(&[whole.to_le_bytes(), sum.to_le_bytes()].concat()))
}

/// What is wrong with the frame of a file.
enum Fault {
    Foreign,
    Outdated,
    Damaged,
}

/// The sections that a file says to have, each within it.
fn list(map: &Map) -> Result<Vec<Section>, Fault> {
    let word = |at: usize| {
        let bytes = map.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u64::from_le_bytes).ok_or(Fault::Damaged)
    };
    if !map.starts_with(&MAGIC) {
        return Err(Fault::Foreign);
    }
    let own = word(40)?;
    if map.get(..40).map(xxh3_64) != Some(own) {
        return Err(Fault::Damaged);
    }
    let (version, count) = (word(8)? as u32, (word(8)? >> 32) as usize);
    if version != VERSION || word(16)? != fingerprint() || count != SECTIONS.len() {
        return Err(Fault::Outdated);
    }
    let entries = map.get(HEADER..HEADER + ENTRY * count).ok_or(Fault::Damaged)?;
    if word(24)? != map.len() as u64 || xxh3_64(entries) != word(32)? {
        return Err(Fault::Damaged);
    }
    (0..count)
        .map(|number| {
            let at = HEADER + ENTRY * number;
            let element = (word(at)? >> 32) as u32;
            Ok(Section { element, offset: word(at + 8)?, bytes: word(at + 16)?, checksum: word(at + 24)? })
        })
        .collect()
}

/// Reads the sections one after the other.
struct Reader<'m> {
    map: &'m Map,
    sections: &'m [Section],
    next: usize,
}

impl Reader<'_> {
    fn column<T: Plain>(&mut self) -> Option<Column<T>> {
        let section = self.sections.get(self.next)?;
        self.next += 1;
        section.column(self.map)
    }

    fn table<E: Plain + Ord + Default>(&mut self) -> Option<Table<E>> {
        let table = Table { offsets: self.column()?, entries: self.column()? };
        table.is_sound().then_some(table)
    }

    fn layer(&mut self) -> Option<Layer> {
        let columns = Columns {
            rows: self.column()?,
            parts: Parts { numbers: self.column()?, text: self.column()? },
            places: Places { numbers: self.column()?, text: self.column()? },
            texts: Texts { ends: self.column()?, text: self.column()? },
            addresses: self.column()?,
            numbers: self.column()?,
            dates: self.column()?,
            extra_rows: Marks(self.column()?),
            extra_ends: self.column()?,
            extras: self.column()?,
        };
        let (text, ends, by_hash) = (self.column()?, self.column()?, self.column()?);
        let parts = self.table()?;
        let [registers, readings, blocks] =
            [self.table()?, self.table()?, self.table()?].map(|t| Arc::new(Dated(t)));
        let slots: Vec<Column<[u64; 2]>> =
            (0..Counts::TALLIES).map(|_| self.column()).collect::<Option<_>>()?;
        let rare = self.column::<[u64; 2]>()?;
        let figures = self.column::<u64>()?;
        let mut rare = rare.iter().map(|[once, twice]| (*once, *twice));
        let mut tallies = Vec::with_capacity(slots.len());
        for slots in slots {
            tallies.push(Arc::new(Tally { slots, rare: rare.next()? }));
        }
        let mut wholes = |bearers| Some(Wholes { bearers, rare: rare.next()?, counted: None });
        let [persons, last_birth, width, count] = <[u64; 4]>::try_from(&*figures).ok()?;
        let ids =
            Ids { text, ends, by_hash, width: u32::try_from(width).ok()?, count: u32::try_from(count).ok()? };
        let sound = persons == columns.rows.len() as u64 && ids.is_sound(columns.rows.len());
        let last_birth = Day::from_number(u32::try_from(last_birth).ok()?)?;
        let wholes = [wholes(registers)?, wholes(readings)?];
        let counts = Counts::new(persons, tallies.try_into().ok()?, wholes, blocks, last_birth);
        sound.then(|| Layer { columns, ids, parts, counts: Arc::new(counts) })
    }
}

const fn align(offset: u64) -> u64 {
    offset.next_multiple_of(ALIGN)
}
