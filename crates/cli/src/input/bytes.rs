//! From a path to bytes: what can be read only once is kept, compression is undone. Knows nothing of rows.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::read::MultiGzDecoder;

use super::{Encoding, Role, utf16::Utf16};

/// The name of standard input among the arguments.
pub const STDIN: &str = "-";

/// The bytes of an input, uncompressed.
pub(super) struct Input<'a>(Box<dyn Read + Send + 'a>);

impl Read for Input<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.0.read(room)
    }
}

impl<'a> Input<'a> {
    /// Any bytes.
    pub(super) fn of(reader: impl Read + Send + 'a) -> Self {
        Self(Box::new(reader))
    }

    /// The text of a file as bytes that lines can be found in.
    pub(super) fn lines_in(self, encoding: Encoding) -> Self {
        match encoding {
            Encoding::Utf8 | Encoding::Cp932 => self,
            Encoding::Utf16Le | Encoding::Utf16Be => Self(Box::new(Utf16::new(self, encoding))),
        }
    }

    /// With these bytes before the others.
    pub(super) fn after(self, head: Vec<u8>) -> Self {
        Self(Box::new(Cursor::new(head).chain(self.0)))
    }
}

/// A file that was opened, and what its first bytes say.
pub(super) enum Opened {
    /// A text, it seems.
    Text {
        input: Input<'static>,
        /// How many bytes of the file were read.
        read: Arc<AtomicU64>,
        /// Whether the text was compressed.
        packed: bool,
    },
    /// Parquet or Arrow.
    #[cfg(feature = "arrow")]
    Columnar(File, himozuke_arrow::Format),
}

/// Opens a file, standard input (`-`) or a pipe.
pub(super) fn open(path: &Path, role: Role) -> io::Result<Opened> {
    let kind = if path.as_os_str() == STDIN { None } else { Some(fs::metadata(path)?) };
    if kind.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory, not a file"));
    }
    let mut file =
        if kind.is_some_and(|kind| kind.is_file()) { File::open(path)? } else { kept(path, role)? };
    let mut head = Vec::new();
    (&mut file).take(6).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    #[cfg(feature = "arrow")]
    if let Some(format) = himozuke_arrow::Format::of(&head) {
        return Ok(Opened::Columnar(file, format));
    }
    let read = Arc::new(AtomicU64::new(0));
    let file = Counted { file, read: Arc::clone(&read) };
    let (bytes, packed): (Box<dyn Read + Send>, bool) = if head.starts_with(b"\x1F\x8B") {
        (Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(256 << 10, file))), true)
    } else if head.starts_with(b"\x28\xB5\x2F\xFD") {
        (Box::new(zstd::Decoder::new(file)?), true)
    } else {
        (Box::new(file), false)
    };
    Ok(Opened::Text { input: Input(bytes), read, packed })
}

/// A file whose bytes are counted as they are read, for progress.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(room)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// What could be read only once, by its path, and which input it is. Standard input belongs to the process; so does this.
static KEPT: Mutex<BTreeMap<PathBuf, (Role, File)>> = Mutex::new(BTreeMap::new());

/// A pipe's bytes from their beginning, as often as they are asked for: records are read twice, for an id that comes again on
/// the last line must be known on the first. They wait in a working file without a name, readable by its owner only, which
/// is gone with the process however that ends.
fn kept(path: &Path, role: Role) -> io::Result<File> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((owner, file)) = kept.get(path) {
        if *owner != role {
            return Err(io::Error::other("it cannot be both inputs"));
        }
        let mut file = file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        return Ok(file);
    }
    let told = |error: io::Error| {
        io::Error::new(error.kind(), format!("cannot keep it in a working file: {error}; is TMPDIR full?"))
    };
    let mut file = tempfile::tempfile().map_err(told)?;
    let copied = if path.as_os_str() == STDIN {
        io::copy(&mut io::stdin().lock(), &mut file)
    } else {
        io::copy(&mut File::open(path)?, &mut file)
    };
    copied.map_err(told)?;
    file.seek(SeekFrom::Start(0))?;
    kept.insert(path.to_owned(), (role, file.try_clone()?));
    Ok(file)
}
