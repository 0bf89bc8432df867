//! What a run was begun with: another run may go on with it only if all of that is still the same.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    time::UNIX_EPOCH,
};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    failure::Failure,
    input::STDIN,
    output::{OutDir, OutputError, RESUMABLE},
    said,
    words::Said,
};

/// The settings and inputs of a run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct State {
    /// Under it fingerprints are made: they tell of a change, and nothing of what was there.
    key: String,
    settings: BTreeMap<String, Value>,
}

impl State {
    /// That of a new run.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn new() -> Result<Self, Failure> {
        let mut key = [0; 16];
        getrandom::fill(&mut key).map_err(|error| {
            Failure::failed(said!("cannot draw random numbers: {error}"; "乱数を得られません"))
        })?;
        Ok(Self { key: hex(&key), settings: BTreeMap::new() })
    }

    /// That of the run that was stopped in a directory; `None` if none was.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of_stopped(directory: &Path) -> Result<Option<Self>, Failure> {
        let path = OutDir::working_file(directory, RESUMABLE[0]);
        match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(OutputError::io(&path)(error).into()),
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| {
                let path = path.display();
                Failure::usage(said!("{path} is damaged"; "{path} は壊れています"), Some(start_again()))
            }),
        }
    }

    /// As this one, with nothing settled yet.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self { key: self.key.clone(), settings: BTreeMap::new() }
    }

    /// Settles something.
    ///
    /// # Errors
    /// Where it cannot be written as JSON.
    pub fn set(&mut self, name: &str, value: &impl Serialize) -> Result<(), Failure> {
        let value = serde_json::to_value(value).map_err(not_json)?;
        self.settings.insert(name.to_owned(), value);
        Ok(())
    }

    /// A text that was settled.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.settings.get(name)?.as_str()
    }

    /// Settles what an input is.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn set_input(&mut self, name: &str, path: &Path) -> Result<(), Failure> {
        let fingerprint = fingerprint(path, &self.key).map_err(|error| Failure::unreadable(path, &error))?;
        self.set(name, &fingerprint)
    }

    /// The first thing that is not as it was in the other run.
    #[must_use]
    pub fn difference<'a>(&'a self, other: &'a Self) -> Option<&'a str> {
        let differs = |name: &&String| {
            let (own, others) = (self.settings.get(*name), other.settings.get(*name));
            own != others || own == Some(&Value::Null)
        };
        self.settings.keys().chain(other.settings.keys()).find(differs).map(String::as_str)
    }

    /// Refuses to go on with a run that was begun with something else.
    ///
    /// # Errors
    /// With the name of what is not as it was.
    pub fn require(&self, stopped: &Self) -> Result<(), Failure> {
        let Some(name) = self.difference(stopped) else { return Ok(()) };
        let message = said!(
            "cannot go on with the run that was stopped: {name} is not what it was then";
            "止まった実行を続けられません: {name} がそのときと違います"
        );
        Err(Failure::usage(message, Some(start_again())))
    }

    /// Writes it to the working directory, whole or not at all.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, directory: &OutDir) -> Result<(), OutputError> {
        let bytes = serde_json::to_vec_pretty(self).map_err(io::Error::from);
        let path = directory.working(RESUMABLE[0]);
        directory.write_working(RESUMABLE[0], &bytes.map_err(OutputError::io(&path))?)
    }
}

fn start_again() -> Said {
    said!("start again with --force"; "--force で初めからやり直してください")
}

/// What cannot be written as JSON.
pub(crate) fn not_json(error: serde_json::Error) -> Failure {
    Failure::failed(said!("{error}"; "JSON に書けない値があります"))
}

/// How much of a long file is looked at, in blocks spread evenly over it.
const BLOCKS: u64 = 256;
const BLOCK: u64 = 64 << 10;

/// What tells whether a file is the one that it was: its length, the time of its last change, and its bytes, of a long
/// file 16 MiB of them. Nothing for what is no file on a disk.
///
/// # Errors
/// Where it cannot be read.
pub fn fingerprint(path: &Path, key: &str) -> io::Result<Option<String>> {
    if path.as_os_str() == STDIN {
        return Ok(None);
    }
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let length = metadata.len();
    let changed = metadata.modified()?.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let step = length.div_ceil(BLOCKS).max(BLOCK);
    let blocks = (0..length.div_ceil(step)).into_par_iter().map(|block| {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(block * step))?;
        let mut bytes = Vec::with_capacity(BLOCK as usize);
        file.take(BLOCK).read_to_end(&mut bytes)?;
        Ok(Sha256::digest(bytes))
    });
    let mut hasher = Sha256::new();
    hasher.update(key);
    hasher.update(length.to_le_bytes());
    hasher.update(changed.to_le_bytes());
    blocks.collect::<io::Result<Vec<_>>>()?.iter().for_each(|block| hasher.update(block));
    Ok(Some(hex(&hasher.finalize())))
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().copied().flat_map(hex_digits).map(char::from).collect()
}

/// A byte in hexadecimal digits.
pub(crate) fn hex_digits(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|half| half + if half < 10 { b'0' } else { b'a' - 10 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_two_digits_each() {
        let bytes: Vec<u8> = (0..=255).collect();
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex(&bytes), digits.concat());
    }

    #[test]
    fn a_file_that_was_touched_or_changed_is_another_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("records.csv");
        let long = vec![b'x'; 3 * BLOCK as usize + 5];
        fs::write(&path, &long).unwrap();
        let changed = fs::metadata(&path).unwrap().modified().unwrap();
        let of = |key| fingerprint(&path, key).unwrap().unwrap();
        let first = of("key");
        assert_eq!(of("key"), first);
        assert_ne!(of("another key"), first, "it says nothing of a file to who has not the key");
        for at in [0, long.len() / 2, long.len() - 1] {
            let mut bytes = long.clone();
            bytes[at] = b'y';
            fs::write(&path, bytes).unwrap();
            File::options().write(true).open(&path).unwrap().set_modified(changed).unwrap();
            assert_ne!(of("key"), first, "byte {at}");
        }
        assert_eq!(fingerprint(directory.path(), "key").unwrap(), None);
    }
}
