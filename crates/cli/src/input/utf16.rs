//! UTF-16 as UTF-8, while it is read. What is broken in it becomes a byte that UTF-8 does not have, so that it costs its
//! own row, as in every other encoding.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};

use super::Encoding;

/// How much is decoded at once; a unit of two bytes becomes at most three.
const BLOCK: usize = 64 << 10;

/// UTF-8 from a file in UTF-16.
pub(super) struct Utf16<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// The part of `raw` that is not decoded yet.
    undecoded: (usize, usize),
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    /// Reads from `inner` in the order of bytes that the encoding says; the little one where it is none of UTF-16.
    pub(super) fn new(inner: R, encoding: Encoding) -> Self {
        let codec = if encoding == Encoding::Utf16Be { UTF_16BE } else { UTF_16LE };
        Self {
            inner,
            decoder: codec.new_decoder_without_bom_handling(),
            raw: vec![0; BLOCK],
            undecoded: (0, 0),
            text: Vec::with_capacity(2 * BLOCK),
            given: 0,
            ended: false,
        }
    }

    /// Decodes some more, behind the end of what was given.
    fn advance(&mut self) -> io::Result<()> {
        if self.undecoded.0 == self.undecoded.1 {
            self.undecoded = (0, self.inner.read(&mut self.raw)?);
        }
        let (start, end) = self.undecoded;
        let last = start == end;
        self.text.resize(2 * BLOCK, 0);
        let bytes = self.raw.get(start..end).unwrap_or_default();
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(bytes, &mut self.text, last);
        self.text.truncate(written);
        self.given = 0;
        self.undecoded.0 += read;
        if matches!(result, DecoderResult::Malformed(..)) {
            self.text.push(0xFF);
        }
        self.ended = last && result == DecoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.advance()?;
        }
        let rest = self.text.get(self.given..).unwrap_or_default();
        let length = rest.len().min(room.len());
        if let (Some(to), Some(from)) = (room.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], encoding: Encoding) -> Vec<u8> {
        let mut text = Vec::new();
        Utf16::new(bytes, encoding).read_to_end(&mut text).unwrap();
        text
    }

    #[test]
    fn text_comes_through_and_broken_units_are_marked() {
        let text = "id,氏名\n1,髙橋𠮷\n".repeat(20_000);
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(decoded(&little, Encoding::Utf16Le) == text.as_bytes());
        assert!(decoded(&big, Encoding::Utf16Be) == text.as_bytes());
        assert_eq!(decoded(b"a\0\x00\xD8,\0b\0", Encoding::Utf16Le), b"a\xFF,b");
        assert_eq!(decoded(b"a\0b", Encoding::Utf16Le), b"a\xFF");
        assert_eq!(decoded(b"a\0\x42\xD8", Encoding::Utf16Le), b"a\xFF");
    }
}
