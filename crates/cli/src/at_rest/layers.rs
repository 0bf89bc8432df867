//! What stands between what is written and the disk. Bytes depend on what is written alone: no time, no name, no threads.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    thread::{self, JoinHandle},
};

use age::stream::StreamWriter;
use flate2::{Compression, write::GzEncoder};

use super::Pack;

/// Something that is written through, down to the file.
pub trait Layer: Write + Send {
    /// Writes what was held back, and gives back the file.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    fn finish(self: Box<Self>) -> io::Result<File>;
}

/// How much is held back before it is written.
const BUFFER: usize = 1 << 18;

/// How much is written before the disk is told of it.
const STEP: usize = 16 << 20;

/// The file itself.
pub(super) fn plain(file: File) -> Box<dyn Layer> {
    Box::new(BufWriter::with_capacity(BUFFER, Ahead { file, step: STEP, untold: 0, telling: None }))
}

/// A file that goes to the disk while more of it is written, so that little is left to wait for when it ends.
struct Ahead {
    file: File,
    step: usize,
    /// Bytes of which the disk was not told.
    untold: usize,
    /// Who waits for the disk meanwhile.
    telling: Option<JoinHandle<io::Result<()>>>,
}

impl Ahead {
    /// Waits for the disk; what it could not write it says but once.
    fn wait(&mut self) -> io::Result<()> {
        let told = self.telling.take().map(JoinHandle::join);
        told.unwrap_or(Ok(Ok(()))).unwrap_or_else(|_| Err(io::Error::other("the disk was not waited for")))
    }
}

impl Write for Ahead {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.untold += written;
        if self.untold >= self.step && self.telling.as_ref().is_none_or(JoinHandle::is_finished) {
            self.wait()?;
            // Where no thread or no second hold of the file can be had, this much is told later.
            let file = self.file.try_clone().ok();
            self.telling = file.and_then(|file| thread::Builder::new().spawn(move || file.sync_data()).ok());
            self.untold = 0;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Packs what goes to another layer.
pub(super) fn packed(pack: Pack, to: Box<dyn Layer>) -> io::Result<Box<dyn Layer>> {
    Ok(match pack {
        Pack::Gz => Box::new(GzEncoder::new(to, Compression::default())),
        Pack::Zst => {
            let mut encoder = zstd::Encoder::new(to, zstd::DEFAULT_COMPRESSION_LEVEL)?;
            // Without it a changed byte could unpack to other text.
            encoder.include_checksum(true)?;
            Box::new(encoder)
        }
    })
}

impl Layer for BufWriter<Ahead> {
    fn finish(self: Box<Self>) -> io::Result<File> {
        let mut ahead = self.into_inner().map_err(io::IntoInnerError::into_error)?;
        ahead.wait()?;
        Ok(ahead.file)
    }
}

impl Layer for StreamWriter<Box<dyn Layer>> {
    fn finish(self: Box<Self>) -> io::Result<File> {
        StreamWriter::finish(*self)?.finish()
    }
}

impl Layer for GzEncoder<Box<dyn Layer>> {
    fn finish(self: Box<Self>) -> io::Result<File> {
        GzEncoder::finish(*self)?.finish()
    }
}

impl Layer for zstd::Encoder<'static, Box<dyn Layer>> {
    fn finish(self: Box<Self>) -> io::Result<File> {
        zstd::Encoder::finish(*self)?.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_the_same_however_often_the_disk_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..=255).cycle().take(3_000).collect();
        for (step, buffer) in [(1, 7), (100, 64), (1_000, 1), (STEP, BUFFER)] {
            let path = directory.path().join(step.to_string());
            let ahead = Ahead { file: File::create(&path).unwrap(), step, untold: 0, telling: None };
            let mut layer: Box<dyn Layer> = Box::new(BufWriter::with_capacity(buffer, ahead));
            bytes.chunks(33).for_each(|part| layer.write_all(part).unwrap());
            layer.finish().unwrap();
            assert_eq!(fs::read(&path).unwrap(), bytes, "told each {step} bytes");
        }
    }
}
