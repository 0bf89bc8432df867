//! Bytes of a file as physical lines, in bounded memory. Knows nothing of cells, quotes or encodings.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memchr2};

/// How much is asked of the file at once.
const BLOCK: usize = 256 << 10;

/// A file's unread bytes; offsets count from the first unread byte, so that reading more never moves them.
pub(super) struct Source<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    /// Whether the end of these bytes is the end of the file: not so in a piece of one.
    whole: bool,
    consumed: u64,
}

/// The physical line that begins at some offset. LF, CR LF and a lone CR all end a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Line {
    /// Its content ends at `end`, the next line begins at `next`.
    Whole { end: usize, next: usize },
    /// Longer than the limit; how much longer was not looked at.
    TooLong,
    /// Nothing is left.
    End,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, buffer: Vec::new(), start: 0, end: 0, ended: false, whole: true, consumed: 0 }
    }

    /// Whether everything to come is in [`Source::unread`].
    pub(super) fn is_ended(&self) -> bool {
        self.ended
    }

    /// Consumes so many bytes and hands them over with the memory that they are in, where that saves copying them. `room`
    /// is memory to go on with.
    pub(super) fn take(&mut self, count: usize, mut room: Vec<u8>) -> Vec<u8> {
        let (head, tail) = self.unread().split_at_checked(count).unwrap_or((self.unread(), &[]));
        let (taken, left) = (head.len(), tail.len());
        if self.start > 0 || left > taken {
            room.clear();
            room.extend_from_slice(head);
            self.consume(taken);
            return room;
        }
        if room.len() < left {
            room.resize(left + BLOCK, 0);
        }
        if let Some(rest) = room.get_mut(..left) {
            rest.copy_from_slice(tail);
        }
        let mut bytes = std::mem::replace(&mut self.buffer, room);
        bytes.truncate(taken);
        self.end = left;
        self.consumed += taken as u64;
        bytes
    }

    pub(super) fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Bytes consumed so far, for progress.
    pub(super) fn consumed(&self) -> u64 {
        self.consumed
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
        self.consumed += count as u64;
    }

    /// Makes room for `size` unread bytes at once: memory that grows bit by bit is copied and cleared as often.
    pub(super) fn expect(&mut self, size: usize) {
        self.buffer.reserve_exact((size + BLOCK).saturating_sub(self.buffer.len()));
    }

    /// Reads one more block behind what is unread; `false` at the end of the file.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() < self.end + BLOCK {
            self.buffer.resize(self.end + BLOCK, 0);
        }
        loop {
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.reader.read(room) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(count) => {
                    self.end += count;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Finds the line that begins at `from`, reading as far as `limit` bytes of content need.
    pub(super) fn line(&mut self, from: usize, limit: usize) -> io::Result<Line> {
        let mut scanned = from;
        loop {
            let unread = self.unread();
            let rest = unread.get(scanned..).unwrap_or_default();
            if let Some(found) = memchr2(b'\n', b'\r', rest) {
                let end = scanned + found;
                if end - from > limit {
                    return Ok(Line::TooLong);
                }
                let next = match (unread.get(end), unread.get(end + 1)) {
                    (Some(b'\n'), _) => end + 1,
                    (_, Some(b'\n')) => end + 2,
                    (_, Some(_)) => end + 1,
                    (_, None) => {
                        // A CR at the end of what was read: the LF may be still to come.
                        scanned = end;
                        if self.fill()? {
                            continue;
                        }
                        end + 1
                    }
                };
                return Ok(Line::Whole { end, next });
            }
            scanned = unread.len();
            if scanned.saturating_sub(from) > limit {
                return Ok(Line::TooLong);
            }
            if !self.fill()? {
                return Ok(if scanned > from {
                    Line::Whole { end: scanned, next: scanned }
                } else {
                    Line::End
                });
            }
        }
    }

    /// Consumes the first line whatever its length, keeping none of it.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            if let Line::Whole { next, .. } = self.line(0, BLOCK)? {
                self.consume(next);
                return Ok(());
            }
            // No line end in the first BLOCK bytes, or a far one: drop what surely holds none.
            let unread = self.unread();
            let safe = memchr2(b'\n', b'\r', unread).unwrap_or(unread.len());
            if safe == 0 {
                return Ok(());
            }
            self.consume(safe);
        }
    }

    /// Whether nothing but line ends follows the offset; looks no further than `limit` bytes of them.
    pub(super) fn is_blank_from(&mut self, offset: usize, limit: usize) -> io::Result<bool> {
        let mut seen = offset;
        loop {
            let rest = self.unread().get(seen..).unwrap_or_default();
            if rest.iter().any(|byte| !matches!(byte, b'\n' | b'\r')) {
                return Ok(false);
            }
            seen += rest.len();
            if seen - offset > limit {
                return Ok(false);
            }
            if !self.fill()? {
                return Ok(self.whole);
            }
        }
    }
}

impl Source<io::Empty> {
    /// Bytes that are there already; `whole` if the file ends with them.
    pub(super) fn over(bytes: Vec<u8>, whole: bool) -> Self {
        let end = bytes.len();
        Self { reader: io::empty(), buffer: bytes, start: 0, end, ended: true, whole, consumed: 0 }
    }

    /// The memory, to be used again.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.buffer
    }
}

/// How many physical lines end in these bytes, which end with one of them or with the file.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let feeds = memchr_iter(b'\n', bytes).count();
    // Files without CR are told at once; in others nearly every CR stands before an LF.
    let lone = match memchr(b'\r', bytes) {
        Some(_) => memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count(),
        None => 0,
    };
    (feeds + lone) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time: every boundary between reads is tried.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let (Some((first, rest)), Some(slot)) = (self.0.split_first(), room.first_mut()) else {
                return Ok(0);
            };
            *slot = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn lines_end_at_lf_cr_lf_and_cr() {
        let mut source = Source::new(Drip(b"a\nb\r\nc\rd\r\r\n\ne\r"));
        let mut lines = Vec::new();
        while let Line::Whole { end, next } = source.line(0, 100).unwrap() {
            lines.push(source.unread()[..end].to_vec());
            source.consume(next);
        }
        assert_eq!(lines, [&b"a"[..], b"b", b"c", b"d", b"", b"", b"e"]);
        assert_eq!(source.consumed(), 14);
    }

    #[test]
    fn what_is_taken_and_what_is_left_make_up_the_file() {
        let bytes: Vec<u8> = (0..=255).cycle().take(3000).collect();
        for counts in [[1usize, 2998, 1], [2000, 999, 1], [500, 500, 2000], [0, 3000, 5]] {
            let mut source = Source::new(bytes.as_slice());
            while source.fill().unwrap() {}
            let mut taken = Vec::new();
            for count in counts {
                taken.extend(source.take(count, vec![7; 10]));
            }
            assert!(taken == bytes && source.unread().is_empty() && source.consumed() == 3000);
        }
    }

    #[test]
    fn lines_are_counted_as_they_are_found() {
        for text in ["", "a\n", "a\r\nb\rc\r\r\n\n", "\r", "\n\r"] {
            let mut source = Source::new(text.as_bytes());
            let mut lines = 0;
            while let Line::Whole { next, .. } = source.line(0, 100).unwrap() {
                source.consume(next);
                lines += 1;
            }
            assert_eq!(line_ends(text.as_bytes()), lines, "{}", text.escape_debug());
        }
    }

    #[test]
    fn a_long_line_is_skipped_without_being_held() {
        let long = io::repeat(b'x').take(50 << 20).chain(&b"\r\nnext"[..]);
        let mut source = Source::new(long);
        assert_eq!(source.line(0, 1 << 20).unwrap(), Line::TooLong);
        source.skip_line().unwrap();
        assert_eq!(source.line(0, 1 << 20).unwrap(), Line::Whole { end: 4, next: 4 });
        assert!(source.buffer.len() < 2 << 20);
    }
}
