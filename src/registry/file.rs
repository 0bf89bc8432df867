//! The index file (`.hmz`): a registry's columns one after the other, written once and opened by memory map. Knows bytes and
//! sections; of residents only that they lie in columns.
//!
//! All numbers are little-endian. A header of 64 bytes holds the magic, the version of the format, the fingerprint of the
//! tables that keys are made with, the number of sections, the length of the file, and a checksum of what follows it: the
//! list of sections, 32 bytes each (number, size of an element, offset, bytes, checksum). Sections begin at multiples of 64
//! and are numbered; each has a checksum of its own (XXH3, 64 bits). The file holds names, dates and addresses in
//! normalized form, never an individual number.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use himozuke_mapped::{Column, Map, Plain, bytes};
use rayon::prelude::*;
use thiserror::Error;
use xxhash_rust::xxh3::xxh3_64;

use super::columns::{Columns, Marks};
use super::counts::{Counts, Tally, Wholes};
use super::dated::Dated;
use super::dictionary::{Parts, Places, Texts};
use super::ids::Ids;
use super::index::Table;
use super::keep::{Keep, section};
use super::layer::Layer;
use super::{Registry, RegistryBuilder, RegistryError};
use crate::normalize;
use crate::normalize::birth_date::Day;

const MAGIC: [u8; 8] = *b"himozuke";
/// Changes with the layout of any section, and with what is made of a text: keys of before would find nobody.
const VERSION: u32 = 4;
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

/// Names of the sections, by number; for messages.
const SECTIONS: [&str; 36] = [
    "residents",
    "name parts",
    "name texts",
    "places",
    "place texts",
    "buildings and rooms",
    "building and room texts",
    "addresses",
    "long addresses",
    "vague birth dates",
    "residents with other names",
    "ends of other names",
    "other names",
    "id texts",
    "ends of ids",
    "order of ids",
    "offsets of name parts by date",
    "name parts by date",
    "offsets of register forms",
    "register forms",
    "offsets of readings",
    "readings",
    "offsets of blocks",
    "blocks",
    "family names",
    "family readings",
    "given names",
    "given readings",
    "given names by cohort",
    "given readings by cohort",
    "cohorts",
    "towns",
    "municipalities",
    "prefectures",
    "rare names",
    "figures",
];

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
    /// Writes the registry as an index file. The file appears whole or not at all, and only its owner may read it: it is
    /// written under another name, synced and renamed. Changes laid over the registry are merged into it first.
    ///
    /// # Errors
    ///
    /// [`IndexFileError::Write`]; what was written so far is removed.
    ///
    /// ```
    /// use himozuke::{Record, Registry};
    /// let row = Record { id: "p1", kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() };
    /// let path = std::env::temp_dir().join(format!("himozuke-{}.hmz", std::process::id()));
    /// Registry::builder().persons([row])?.build()?.save(&path)?;
    /// let registry = Registry::open(&path)?;
    /// assert_eq!(registry.find("p1").map(|resident| registry.id(resident)), Some("p1"));
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: &Path) -> Result<(), IndexFileError> {
        if self.changes.is_some() {
            return self.refiled()?.save(path).map(drop);
        }
        if !self.counts().is_of_kept() {
            let partial = "its residents were read once, and few of them are kept";
            let source = io::Error::new(io::ErrorKind::Unsupported, partial);
            return Err(IndexFileError::Write { path: path.to_owned(), source });
        }
        whole(path, |writer| Ok(self.base.sections(|element, bytes| writer.put(element, bytes))?))
    }

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
        let damaged = |part| IndexFileError::Damaged { path: path.to_owned(), part };
        if cfg!(target_endian = "big") {
            return Err(IndexFileError::BigEndian);
        }
        let map = Map::open(path).map_err(io)?;
        map.scattered();
        let sections = list(&map).map_err(|fault| match fault {
            Fault::Foreign => IndexFileError::Foreign { path: path.to_owned() },
            Fault::Outdated => IndexFileError::Outdated { path: path.to_owned() },
            Fault::Damaged => damaged("its frame"),
        })?;
        let name = |number: usize| SECTIONS.get(number).copied().unwrap_or("its frame");
        if check {
            map.populate();
            let whole = |(number, section): (usize, &Section)| {
                let sound = section.slice(&map).is_some_and(|bytes| checksum(bytes) == section.checksum);
                if sound { Ok(()) } else { Err(number) }
            };
            sections.par_iter().enumerate().try_for_each(whole).map_err(|number| damaged(name(number)))?;
        }
        let mut reader = Reader { map: &map, sections: &sections, next: 0 };
        let base = reader.layer().ok_or_else(|| damaged(name(reader.next.saturating_sub(1))))?;
        Ok(Self { base, changes: None })
    }
}

impl RegistryBuilder {
    /// Builds the registry in its index file, for one that is too large to be built in memory: every column is written as soon
    /// as it is made, and read from the file from then on. The file is the same as that of [`Registry::save`], and appears as
    /// that does.
    ///
    /// # Errors
    ///
    /// [`IndexFileError`] if the registry cannot be built or the file not be written; what was written so far is removed.
    ///
    /// ```
    /// use himozuke::{Record, Registry};
    /// let row = Record { id: "p1", kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() };
    /// let path = std::env::temp_dir().join(format!("himozuke-built-{}.hmz", std::process::id()));
    /// let registry = Registry::builder().persons([row])?.save(&path)?;
    /// assert_eq!(registry.find("p1").map(|resident| registry.id(resident)), Some("p1"));
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(self, path: &Path) -> Result<Registry, IndexFileError> {
        let base = whole(path, |writer| {
            let mut keep = InFile { writer: &mut *writer, kept: 0, failed: Mutex::default() };
            let layer = self.build_in(&mut keep)?;
            if let Some(error) = keep.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
                return Err(error.into());
            }
            let layer = layer.ok_or(RegistryError::TooLarge)?;
            // What was made last was not kept yet.
            let kept = writer.sections.len();
            let mut number = 0..;
            layer.sections(|element, bytes| match number.next() {
                Some(number) if number < kept => Ok(()),
                _ => writer.put(element, bytes),
            })?;
            Ok(layer)
        })?;
        Ok(Registry { base, changes: None })
    }
}

/// Why an index file is not written.
enum Unwritten {
    Io(io::Error),
    Registry(RegistryError),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<RegistryError> for Unwritten {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

/// A file that appears whole, with what `write` puts into it, or not at all.
fn whole<T>(
    path: &Path,
    write: impl FnOnce(&mut Writer<'_>) -> Result<T, Unwritten>,
) -> Result<T, IndexFileError> {
    if cfg!(target_endian = "big") {
        return Err(IndexFileError::BigEndian);
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".tmp");
    let unfinished = PathBuf::from(unfinished);
    let failed = |source| IndexFileError::Write { path: path.to_owned(), source };
    // Locked until it has its name.
    let file = create(&unfinished).map_err(failed)?;
    let written = Writer::new(&file, &unfinished).map_err(Unwritten::Io).and_then(|mut writer| {
        let written = write(&mut writer)?;
        writer.finish()?;
        fs::rename(&unfinished, path)?;
        sync(path)?;
        Ok(written)
    });
    written.map_err(|error| {
        // The error is what matters; that the rest could not be removed either changes nothing.
        drop(fs::remove_file(&unfinished));
        match error {
            Unwritten::Io(source) => failed(source),
            Unwritten::Registry(error) => error.into(),
        }
    })
}

/// Sections of an index file, one after the other, and their list.
struct Writer<'f> {
    /// One thread writes at a time, for the place and the bytes belong together.
    file: Mutex<&'f File>,
    /// The name that the file has until it is finished.
    path: &'f Path,
    sections: Vec<Section>,
    offset: u64,
    /// Up to where the disk was told to take what is written, and whoever waits for it.
    synced: u64,
    syncing: Option<JoinHandle<io::Result<()>>>,
}

impl<'f> Writer<'f> {
    fn new(file: &'f File, path: &'f Path) -> io::Result<Self> {
        let offset = align((HEADER + ENTRY * SECTIONS.len()) as u64);
        let file = Mutex::new(file);
        let writer = Self { file, path, sections: Vec::new(), offset, synced: offset, syncing: None };
        // Until the list is known.
        writer.write(0, vec![0; offset as usize].as_slice())?;
        Ok(writer)
    }

    /// Writes bytes to a place of the file.
    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    fn put(&mut self, element: usize, bytes: &[u8]) -> io::Result<()> {
        let (checksum, written) = rayon::join(|| checksum(bytes), || self.write(self.offset, bytes));
        written?;
        self.list(element, bytes.len() as u64, checksum)
    }

    /// Lists a section that is written.
    fn list(&mut self, element: usize, bytes: u64, checksum: u64) -> io::Result<()> {
        self.sections.push(Section { element: element as u32, offset: self.offset, bytes, checksum });
        let end = self.offset + bytes;
        self.offset = align(end);
        self.write(end, vec![0; (self.offset - end) as usize].as_slice())?;
        self.sync_meanwhile()
    }

    /// Lets the disk take what is written while the next sections are made: all of it would be waited for at the end.
    fn sync_meanwhile(&mut self) -> io::Result<()> {
        const WORTH: u64 = 1 << 25;
        let busy = self.syncing.as_ref().is_some_and(|syncing| !syncing.is_finished());
        if busy || self.offset - self.synced < WORTH {
            return Ok(());
        }
        self.join_sync()?;
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner).try_clone()?;
        // Without a thread, the end waits for more.
        self.syncing = thread::Builder::new().spawn(move || file.sync_data()).ok();
        self.synced = self.offset;
        Ok(())
    }

    /// Waits for the disk; its errors are told once, and may not be lost.
    fn join_sync(&mut self) -> io::Result<()> {
        let died = |_| Err(io::Error::other("a thread died"));
        self.syncing.take().map_or(Ok(()), |syncing| syncing.join().unwrap_or_else(died))
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut list = Vec::with_capacity(self.sections.len() * ENTRY);
        for (number, section) in (0u32..).zip(&self.sections) {
            list.extend(number.to_le_bytes());
            list.extend(section.element.to_le_bytes());
            [section.offset, section.bytes, section.checksum]
                .iter()
                .for_each(|n| list.extend(n.to_le_bytes()));
        }
        let count = self.sections.len() as u32;
        self.write(0, &header(count, self.offset, xxh3_64(&list)))?;
        self.write(HEADER as u64, &list)?;
        self.join_sync()?;
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.sync_all()
    }
}

/// In the index file that is being written.
struct InFile<'w, 'f> {
    writer: &'w mut Writer<'f>,
    /// How many sections are read from the file already.
    kept: usize,
    /// Why a column could not be kept.
    failed: Mutex<Option<io::Error>>,
}

impl InFile<'_, '_> {
    /// What became of writing; an error is kept, to be told.
    fn told<T>(&self, done: io::Result<T>) -> Option<T> {
        let failed = || self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        done.map_err(|error| *failed() = Some(error)).ok()
    }

    /// The next column that is written.
    fn next<T: Plain>(&mut self) -> Option<Column<T>> {
        let section = *self.writer.sections.get(self.kept)?;
        self.kept += 1;
        section.column(&self.told(Map::open(self.writer.path))?)
    }
}

impl Keep for InFile<'_, '_> {
    /// Where it begins in the file, and how many elements are written.
    type Growing<T: Plain + Default> = (u64, usize);

    fn keep<T: Plain>(&mut self, column: Column<T>) -> Option<Column<T>> {
        if self.kept == self.writer.sections.len() {
            self.take(size_of::<T>(), column.bytes())?;
        }
        self.next()
    }

    fn take(&mut self, element: usize, bytes: &[u8]) -> Option<()> {
        let written = self.writer.put(element, bytes);
        self.told(written)
    }

    fn begin<T: Plain + Default>(&self, before: usize, _: usize) -> (u64, usize) {
        (align(self.writer.offset + before as u64), 0)
    }

    fn add<T: Plain + Default, P: Send>(
        &self,
        (start, len): &mut (u64, usize),
        pieces: Vec<(usize, P)>,
        fill: impl Fn(P, &mut [T]) + Send + Sync,
    ) -> Option<()> {
        let mut places = Vec::with_capacity(pieces.len());
        for (size, of) in pieces {
            places.push((*start + (*len * size_of::<T>()) as u64, size, of));
            *len += size;
        }
        places.into_par_iter().try_for_each_init(Vec::new, |piece, (place, size, of)| {
            piece.clear();
            piece.resize(size, T::default());
            fill(of, piece);
            self.told(self.writer.write(place, bytes(piece)))
        })
    }

    fn end<T: Plain + Default>(&mut self, (start, len): (u64, usize)) -> Option<Column<T>> {
        let (start, bytes) = (start as usize, len * size_of::<T>());
        // Read from another map than the column will be, which goes with what was read.
        let sum = Map::open(self.writer.path).map(|map| map.get(start..start + bytes).map(checksum));
        let sum = self.told(sum)??;
        let listed = self.writer.list(size_of::<T>(), bytes as u64, sum);
        self.told(listed)?;
        self.next()
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

fn header(sections: u32, length: u64, checksum: u64) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER);
    header.extend(MAGIC);
    header.extend(VERSION.to_le_bytes());
    header.extend(sections.to_le_bytes());
    [fingerprint(), length, checksum].iter().for_each(|number| header.extend(number.to_le_bytes()));
    let own = xxh3_64(&header);
    header.extend(own.to_le_bytes());
    header.resize(HEADER, 0);
    header
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

/// The unfinished file, locked for this process: whoever else writes the same index is told so, instead of both writing into
/// one file. The lock ends with the process, so that what a killed one left is written over.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    loop {
        let file = options.open(path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::Error(error) => error,
            TryLockError::WouldBlock => {
                io::Error::new(io::ErrorKind::ResourceBusy, "another process is writing it")
            }
        })?;
        // Between opening and locking, another may have given the file its name.
        if is_at(&file, path)? {
            file.set_len(0)?;
            return Ok(file);
        }
    }
}

/// Whether a file is the one that has this name now.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let own = file.metadata()?;
        Ok(fs::metadata(path).is_ok_and(|named| (named.dev(), named.ino()) == (own.dev(), own.ino())))
    }
    #[cfg(not(unix))]
    {
        let _ = (file, path);
        Ok(true)
    }
}

/// Makes the new name last.
fn sync(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(directory) = path.parent() {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}
