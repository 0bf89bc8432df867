//! Writing index files: the sections one after the other, under another name until all are on the disk. Knows bytes; what the
//! sections are is said where they are read.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use himozuke_mapped::{Column, Map, Plain, bytes};
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::{ENTRY, HEADER, IndexFileError, MAGIC, SECTIONS, Section, VERSION, align, checksum, fingerprint};
use crate::registry::keep::Keep;
use crate::registry::{Registry, RegistryBuilder, RegistryError};

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

/// About how many bytes of a large column are written at once. What comes in one piece the system keeps in its large pages, of 2 MiB,
/// where whoever reads all over the file later waits less; so the ends, which no such page fits, are to be few.
const AT_ONCE: usize = 1 << 24;

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
        let before = *len;
        for (size, of) in pieces {
            places.push((*start + (*len * size_of::<T>()) as u64, size, of));
            *len += size;
        }
        let each = (*len - before) * size_of::<T>() / places.len().max(1);
        // Of a small column, each thread is to fill some.
        let shares = places.len().div_ceil(4 * rayon::current_num_threads());
        let together = (AT_ONCE / each.max(1)).min(shares).max(1);
        places.into_par_iter().chunks(together).try_for_each_init(Vec::new, |written, pieces| {
            let place = pieces.first().map(|(place, ..)| *place)?;
            written.clear();
            written.resize(pieces.iter().map(|(_, size, _)| size).sum(), T::default());
            let mut rest = written.as_mut_slice();
            for (_, size, of) in pieces {
                let (piece, after) = rest.split_at_mut_checked(size)?;
                fill(of, piece);
                rest = after;
            }
            self.told(self.writer.write(place, bytes(written)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::keep::InMemory;

    /// Adds pieces of which each element says which one it is; several times, as rounds of a table do.
    fn filled(keep: &mut impl Keep) -> Column<u32> {
        const THIRD: usize = AT_ONCE / size_of::<u32>() / 3;
        let mut column = keep.begin(0, 0);
        let mut base = 0u32;
        for sizes in
            [&[THIRD - 1, 0, 1, THIRD + 5, THIRD, THIRD, THIRD][..], &[], &[0, 0], &[7, 4 * THIRD, 9]]
        {
            let pieces = sizes.iter().map(|size| {
                let from = base;
                base += *size as u32;
                (*size, from)
            });
            let fill = |from: u32, piece: &mut [u32]| piece.iter_mut().zip(from..).for_each(|(a, n)| *a = n);
            keep.add(&mut column, pieces.collect(), fill).unwrap();
        }
        keep.end(column).unwrap()
    }

    #[test]
    fn pieces_that_are_written_together_stand_one_after_the_other() {
        let path = std::env::temp_dir().join(format!("himozuke-pieces-{}", std::process::id()));
        // Of more threads, each would have one piece to write.
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let in_file = one.install(|| {
            whole(&path, |writer| Ok(filled(&mut InFile { writer, kept: 0, failed: Mutex::default() })))
        });
        fs::remove_file(&path).unwrap();
        let in_memory = filled(&mut InMemory);
        assert!(in_memory.iter().copied().eq(0..in_memory.len() as u32));
        assert!(in_file.unwrap().bytes() == in_memory.bytes());
    }
}
