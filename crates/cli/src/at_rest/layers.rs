//! What stands between what is written and the disk. Bytes depend on what is written alone: no time, no name, no threads.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
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

/// The file itself.
pub(super) fn plain(file: File) -> Box<dyn Layer> {
    Box::new(BufWriter::with_capacity(BUFFER, file))
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

impl Layer for BufWriter<File> {
    fn finish(self: Box<Self>) -> io::Result<File> {
        self.into_inner().map_err(io::IntoInnerError::into_error)
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
