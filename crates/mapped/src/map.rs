//! A file in memory.

use std::{fmt, fs::File, io, ops::Deref, path::Path, sync::Arc};

use memmap2::{Advice, Mmap, MmapOptions};

/// A file mapped read-only; clones share the mapping, which ends with the last of them.
#[derive(Clone)]
pub struct Map(Arc<Mmap>);

impl Map {
    /// Maps a file. Nothing of it is read yet: the pages come as they are asked for, and processes share them.
    ///
    /// # Errors
    ///
    /// Those of opening and mapping a file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: the mapping is read-only. Its bytes are only ever read as numbers of which every bit pattern is one, so
        // that their change by another process could give wrong numbers and no unsoundness of types; himozuke itself never
        // writes to a file under the name of an index, but renames a new one into its place.
        let map = unsafe { MmapOptions::new().map(&file)? };
        Ok(Self(Arc::new(map)))
    }

    /// Says that reads will be scattered, so that reading ahead would fetch what nobody asked for. A hint.
    pub fn scattered(&self) {
        #[cfg(unix)]
        drop(self.0.advise(Advice::Random));
    }

    /// Asks for all of the file to be brought into memory now, for a job that will touch most of it, and into large pages what is
    /// not there yet, for there are fewer of them to be found. A hint: a system that does not know
    /// it reads the pages as they are asked for.
    pub fn populate(&self) {
        #[cfg(target_os = "linux")]
        for advice in [Advice::HugePage, Advice::PopulateRead] {
            drop(self.0.advise(advice));
        }
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map").field("bytes", &self.0.len()).finish_non_exhaustive()
    }
}
