//! A working file for whoever reads it in the same process: what lies on the disk is of use to nobody else, and to nobody
//! afterwards. The key is drawn for the file and kept nowhere.

use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
};

use chacha20::{
    ChaCha20,
    cipher::{KeyIvInit, StreamCipher, StreamCipherSeek},
};
use zeroize::Zeroizing;

/// What is encrypted at once, at most.
const PIECE: usize = 1 << 16;

/// A file encrypted with a key of its own. No place of it may be written twice: both texts would tell of each other.
pub struct Sealed {
    file: File,
    cipher: ChaCha20,
    at: u64,
    piece: Vec<u8>,
}

impl Sealed {
    /// Around a file without a name.
    ///
    /// # Errors
    /// Where there is no such file, or no key, to be had.
    pub fn nameless() -> io::Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice()).map_err(io::Error::other)?;
        let cipher = ChaCha20::new((&*key).into(), &[0; 12].into());
        Ok(Self { file: tempfile::tempfile()?, cipher, at: 0, piece: Vec::new() })
    }
}

/// Turns plain bytes of a place into those of the disk, and back.
fn turn(cipher: &mut ChaCha20, at: u64, bytes: &mut [u8]) -> io::Result<()> {
    cipher.try_seek(at).map_err(|_| io::ErrorKind::FileTooLarge)?;
    cipher.try_apply_keystream(bytes).map_err(|_| io::ErrorKind::FileTooLarge.into())
}

impl Write for Sealed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self { file, cipher, at, piece } = self;
        piece.clear();
        piece.extend(bytes.iter().take(PIECE));
        turn(cipher, *at, piece)?;
        file.write_all(piece)?;
        *at += piece.len() as u64;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Read for Sealed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        let own = into.get_mut(..read).unwrap_or_default();
        turn(&mut self.cipher, self.at, own)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Sealed {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("at", &self.at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_anywhere_and_is_not_what_lies_there() {
        let mut sealed = Sealed::nameless().unwrap();
        let text: Vec<u8> = (0..300_000u32).flat_map(|number| (number % 251).to_le_bytes()).collect();
        let (first, rest) = text.split_at(70_001);
        sealed.write_all(first).unwrap();
        sealed.seek(SeekFrom::Start(first.len() as u64)).unwrap();
        sealed.write_all(rest).unwrap();
        for (from, size) in [(0, text.len()), (63, 130), (70_000, 2), (1_199_999, 1), (65_536, 65_536)] {
            let mut read = vec![0; size];
            sealed.seek(SeekFrom::Start(from as u64)).unwrap();
            sealed.read_exact(&mut read).unwrap();
            assert!(read == text[from..from + size], "{size} bytes from {from}");
        }
        let mut lying = Vec::new();
        sealed.file.seek(SeekFrom::Start(0)).unwrap();
        sealed.file.read_to_end(&mut lying).unwrap();
        assert_eq!(lying.len(), text.len());
        let same = lying.iter().zip(&text).filter(|(a, b)| a == b).count();
        assert!(same < text.len() / 100, "{same} of {} bytes as they were", text.len());
        let mut other = Sealed::nameless().unwrap();
        other.write_all(&text).unwrap();
        other.file.seek(SeekFrom::Start(0)).unwrap();
        let mut others = Vec::new();
        other.file.read_to_end(&mut others).unwrap();
        assert!(others != lying, "each file has its own key");
    }
}
