//! The file of decided chunks: appended to, each chunk with its length and checksum, and encrypted where the results are. A
//! chunk that a kill has torn is cut off; what stands before it is whole.

use std::{
    fs::File,
    hash::Hasher,
    io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write},
    path::PathBuf,
    sync::Arc,
};

use rustc_hash::FxHasher;

use super::{codec::Coded, entry::Entry};
use crate::{
    at_rest::Encryption,
    output::{OutputError, private},
};

/// One decided chunk.
#[derive(Debug)]
pub struct Frame {
    /// Rows of the file that it holds, of either kind.
    pub rows: u64,
    /// Pairs of record and resident that were compared for it.
    pub pairs: u64,
    /// Its entries.
    bytes: Vec<u8>,
}

impl Frame {
    /// A chunk of so many rows, with the entries that [`super::write_entries`] has made of them.
    #[must_use]
    pub const fn new(rows: u64, pairs: u64, bytes: Vec<u8>) -> Self {
        Self { rows, pairs, bytes }
    }

    /// Its entries in the order of the file; `None` where the bytes are not what this program writes.
    #[must_use]
    pub fn entries<A: Coded>(&self) -> Option<Vec<Entry<'_, A>>> {
        let mut rest = self.bytes.as_slice();
        // Each row is an entry, and none is shorter than three bytes.
        let mut entries = Vec::with_capacity(self.rows.min(rest.len() as u64 / 3) as usize);
        while !rest.is_empty() {
            entries.push(Entry::read(&mut rest)?);
        }
        Some(entries)
    }

    /// Length of the entries, rows, pairs, checksum: each as eight bytes, the lowest first.
    fn header(&self) -> [u8; HEADER] {
        let mut hasher = FxHasher::default();
        hasher.write_u64(self.rows);
        hasher.write_u64(self.pairs);
        hasher.write(&self.bytes);
        let fields = [self.bytes.len() as u64, self.rows, self.pairs, hasher.finish()];
        let mut header = [0; HEADER];
        for (place, field) in header.chunks_exact_mut(8).zip(fields) {
            place.copy_from_slice(&field.to_le_bytes());
        }
        header
    }

    /// The next chunk of a file of which `left` bytes are left; `None` where no whole one follows.
    fn read(from: &mut impl Read, left: u64) -> io::Result<Option<Self>> {
        let mut header = [0; HEADER];
        let Some(room) = left.checked_sub(HEADER as u64) else { return Ok(None) };
        from.read_exact(&mut header)?;
        let mut fields = header.chunks_exact(8).map(|bytes| bytes.try_into().map_or(0, u64::from_le_bytes));
        let mut field = || fields.next().unwrap_or_default();
        let (length, rows, pairs) = (field(), field(), field());
        if length > room {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        from.take(length).read_to_end(&mut bytes)?;
        let frame = Self { rows, pairs, bytes };
        Ok((frame.header() == header).then_some(frame))
    }

    const fn size(&self) -> u64 {
        (HEADER + self.bytes.len()) as u64
    }

    /// With its entries as they lie in the file.
    fn sealed(&self, encryption: &Encryption) -> io::Result<Self> {
        let Self { rows, pairs, bytes } = self;
        Ok(Self { rows: *rows, pairs: *pairs, bytes: encryption.encrypt_own(bytes)? })
    }

    /// With its entries as they were.
    fn opened(mut self, encryption: Option<&Encryption>) -> io::Result<Self> {
        if let Some(encryption) = encryption {
            self.bytes = encryption.decrypt_own(&self.bytes)?;
        }
        Ok(self)
    }
}

const HEADER: usize = 32;

/// The file of decided chunks, for writing.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    rows: u64,
    pairs: u64,
    size: u64,
    encryption: Option<Arc<Encryption>>,
}

impl Journal {
    /// Opens the file, made where there is none, behind the last whole chunk; what follows it is cut off.
    ///
    /// # Errors
    /// Where the file cannot be read or written.
    pub fn open(path: PathBuf, encryption: Option<Arc<Encryption>>) -> Result<Self, OutputError> {
        let opened = private().read(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(OutputError::io(&path))?;
        let mut journal = Self { path, file, rows: 0, pairs: 0, size: 0, encryption };
        journal.find_end().map_err(OutputError::io(&journal.path))?;
        Ok(journal)
    }

    fn find_end(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        let mut reader = BufReader::new(&self.file);
        while let Some(frame) = Frame::read(&mut reader, length - self.size)? {
            self.size += frame.size();
            self.rows += frame.rows;
            self.pairs += frame.pairs;
        }
        // A file that was cut to nothing is brought to the disk by some systems when it is next closed, all of it.
        if self.size < length {
            self.file.set_len(self.size)?;
        }
        self.file.seek(SeekFrom::Start(self.size)).map(|_| ())
    }

    /// Appends a chunk.
    ///
    /// # Errors
    /// Where the disk is full or fails; what was appended before is kept.
    pub fn append(&mut self, frame: &Frame) -> Result<(), OutputError> {
        let sealed = self.encryption.as_deref().map(|encryption| frame.sealed(encryption)).transpose();
        let sealed = sealed.map_err(OutputError::io(&self.path))?;
        let frame = sealed.as_ref().unwrap_or(frame);
        let written = self.file.write_all(&frame.header()).and_then(|()| self.file.write_all(&frame.bytes));
        written.map_err(OutputError::io(&self.path))?;
        self.rows += frame.rows;
        self.pairs += frame.pairs;
        self.size += frame.size();
        Ok(())
    }

    /// Rows of the records that are decided.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Pairs that were compared for them.
    #[must_use]
    pub const fn pairs(&self) -> u64 {
        self.pairs
    }

    /// That the file is not what this program writes.
    #[must_use]
    pub fn damaged(&self) -> OutputError {
        OutputError::io(&self.path)(ErrorKind::InvalidData.into())
    }

    /// The chunks appended so far, from the first.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn frames(&self) -> Result<Frames, OutputError> {
        let file = File::open(&self.path).map_err(OutputError::io(&self.path))?;
        let (path, encryption) = (self.path.clone(), self.encryption.clone());
        Ok(Frames { path, reader: BufReader::new(file), left: self.size, encryption })
    }
}

/// The chunks of a file, one after the other.
#[derive(Debug)]
pub struct Frames {
    path: PathBuf,
    reader: BufReader<File>,
    left: u64,
    encryption: Option<Arc<Encryption>>,
}

impl Iterator for Frames {
    type Item = Result<Frame, OutputError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        let read = Frame::read(&mut self.reader, self.left)
            .and_then(|frame| frame.ok_or_else(|| ErrorKind::InvalidData.into()));
        self.left = read.as_ref().map_or(0, |frame| self.left.saturating_sub(frame.size()));
        let opened = read.and_then(|frame| frame.opened(self.encryption.as_deref()));
        Some(opened.map_err(OutputError::io(&self.path)))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn frame(rows: u64) -> Frame {
        Frame::new(rows, rows * 3, vec![rows as u8; rows as usize])
    }

    fn rows(journal: &Journal) -> Vec<u64> {
        journal.frames().unwrap().map(|frame| frame.unwrap().rows).collect()
    }

    #[test]
    fn a_torn_end_is_cut_off_wherever_it_is_torn() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("decided");
        let mut journal = Journal::open(path.clone(), None).unwrap();
        for size in [5, 0, 9] {
            journal.append(&frame(size)).unwrap();
        }
        let whole = fs::read(&path).unwrap();
        let ends = [HEADER + 5, 2 * HEADER + 5, 3 * HEADER + 14];
        assert_eq!(whole.len(), ends[2]);
        for length in 0..=whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let mut journal = Journal::open(path.clone(), None).unwrap();
            let kept = ends.iter().filter(|end| **end <= length).count();
            assert_eq!(rows(&journal), [5, 0, 9][..kept], "cut at {length}");
            journal.append(&frame(7)).unwrap();
            let journal = Journal::open(path.clone(), None).unwrap();
            assert_eq!(rows(&journal), [&[5, 0, 9][..kept], &[7]].concat());
            assert_eq!(journal.pairs(), 3 * journal.rows());
        }
    }

    #[test]
    fn a_changed_byte_ends_the_file_before_its_chunk() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("decided");
        let mut journal = Journal::open(path.clone(), None).unwrap();
        [4, 6].into_iter().for_each(|size| journal.append(&frame(size)).unwrap());
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(&path, bytes).unwrap();
            let kept = usize::from(at >= HEADER + 4);
            assert_eq!(rows(&Journal::open(path.clone(), None).unwrap()), [4][..kept], "byte {at}");
        }
    }
}
