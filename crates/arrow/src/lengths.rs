//! Whether the lengths that an Arrow file states can be true. What reads such files takes the memory that a length asks for before it
//! looks at what is there, and a process that asks for an exabyte is ended. Knows messages and lengths; of columns and rows nothing.
//!
//! Source: <https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc>.

use std::io::{ErrorKind, Read, Seek, SeekFrom};

use arrow_ipc::{Block, Message, MessageHeader, RecordBatch, root_as_footer, root_as_message};

use crate::Error;

/// The most bytes of a buffer of a column, as its offsets count them.
const LONGEST: i64 = i32::MAX as i64;

/// The bytes before a message that is not of the oldest kind; its length follows.
const CONTINUATION: [u8; 4] = [0xFF; 4];

/// Goes through all messages of a file that ends with an index of them, and back to its beginning.
///
/// # Errors
/// [`Error::Damaged`] if a length is more than there can be, and where the file cannot be read.
pub(crate) fn of_file(file: &mut (impl Read + Seek)) -> Result<(), Error> {
    let mut messages = Messages::of(file)?;
    messages.listed()?;
    Ok(messages.file.rewind()?)
}

/// As [`of_file`], of one without an index.
pub(crate) fn of_stream(file: &mut (impl Read + Seek)) -> Result<(), Error> {
    let mut messages = Messages::of(file)?;
    messages.in_turn()?;
    Ok(messages.file.rewind()?)
}

struct Messages<'f, F> {
    file: &'f mut F,
    size: u64,
}

impl<'f, F: Read + Seek> Messages<'f, F> {
    fn of(file: &'f mut F) -> Result<Self, Error> {
        let size = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, size })
    }

    /// The messages that the index at the end of a file lists.
    fn listed(&mut self) -> Result<(), Error> {
        const TAIL: u64 = 10;
        let end = self.size.checked_sub(TAIL).ok_or(Error::Damaged)?;
        let [a, b, c, d, ..] = self.array::<{ TAIL as usize }>(end)?;
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        let footer = self.read(end.checked_sub(length).ok_or(Error::Damaged)?, length)?;
        let footer = root_as_footer(&footer).map_err(|_| Error::Damaged)?;
        let blocks = [footer.dictionaries(), footer.recordBatches()].into_iter().flatten().flatten();
        blocks.copied().try_for_each(|block| self.block(block))
    }

    fn block(&mut self, block: Block) -> Result<(), Error> {
        let stated = [block.offset(), block.metaDataLength().into(), block.bodyLength()].map(u64::try_from);
        let [Ok(offset), Ok(length), Ok(body)] = stated else { return Err(Error::Damaged) };
        let message = self.read(offset, length)?;
        let start = if message.starts_with(&CONTINUATION) { 8 } else { 4 };
        let message =
            root_as_message(message.get(start..).unwrap_or_default()).map_err(|_| Error::Damaged)?;
        self.body(message, offset + length, body)
    }

    /// The messages one after the other.
    fn in_turn(&mut self) -> Result<(), Error> {
        let mut at = 0;
        while at < self.size {
            let mut length = self.array(at)?;
            at += 4;
            if length == CONTINUATION {
                length = self.array(at)?;
                at += 4;
            }
            let length = u64::from(u32::from_le_bytes(length));
            if length == 0 {
                return Ok(());
            }
            let message = self.read(at, length)?;
            at += length;
            let message = root_as_message(&message).map_err(|_| Error::Damaged)?;
            let body = u64::try_from(message.bodyLength()).map_err(|_| Error::Damaged)?;
            self.body(message, at, body)?;
            at += body;
        }
        Ok(())
    }

    /// The body of a message, from a place on: that it is there, and that what was compressed is not longer than can be.
    fn body(&mut self, message: Message<'_>, start: u64, length: u64) -> Result<(), Error> {
        self.is_there(start, length)?;
        let batch = match message.header_type() {
            MessageHeader::RecordBatch => message.header_as_record_batch(),
            MessageHeader::DictionaryBatch => {
                message.header_as_dictionary_batch().and_then(|batch| batch.data())
            }
            _ => None,
        };
        let compressed = batch.filter(|batch| batch.compression().is_some());
        for buffer in compressed.as_ref().and_then(RecordBatch::buffers).into_iter().flatten() {
            // An empty one has no length before it.
            if buffer.length() > 0 {
                let offset = u64::try_from(buffer.offset()).map_err(|_| Error::Damaged)?;
                let before = i64::from_le_bytes(self.array(start.saturating_add(offset))?);
                if before > LONGEST {
                    return Err(Error::Damaged);
                }
            }
        }
        Ok(())
    }

    fn is_there(&self, start: u64, length: u64) -> Result<(), Error> {
        let end = start.checked_add(length);
        end.filter(|end| *end <= self.size).map(|_| ()).ok_or(Error::Damaged)
    }

    fn read(&mut self, start: u64, length: u64) -> Result<Vec<u8>, Error> {
        self.is_there(start, length)?;
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(start))?;
        self.file.by_ref().take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self, start: u64) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.file.seek(SeekFrom::Start(start))?;
        match self.file.read_exact(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(Error::Damaged),
            read => Ok(read.map(|()| bytes)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write};

    use super::*;
    use crate::{Batches, Format, Writer};

    fn written(form: Format) -> Vec<u8> {
        let mut writer = Writer::create(Vec::new(), form, ["id", "氏名"]).unwrap();
        for row in 0..99 {
            writer.row([row.to_string(), "髙橋".to_owned()]).unwrap();
        }
        writer.finish().unwrap()
    }

    fn read(bytes: &[u8], form: Format) -> Result<usize, Error> {
        let mut file: File = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        let mut rows = 0;
        for batch in Batches::open(file, form)? {
            rows += batch?.num_rows();
        }
        Ok(rows)
    }

    /// A length that was let through would end the test's process.
    #[test]
    fn no_length_asks_for_more_than_there_can_be() {
        let huge =
            [i64::MAX >> 2, i64::MAX >> 16, 1 << 40, -2, i64::from(i32::MAX) << 32 | i64::from(i32::MAX)];
        for form in [Format::ArrowFile, Format::ArrowStream] {
            let whole = written(form);
            assert_eq!(read(&whole, form).unwrap(), 99);
            let mut refused = 0;
            for at in 0..whole.len() - 8 {
                for length in huge {
                    let mut damaged = whole.clone();
                    damaged[at..at + 8].copy_from_slice(&length.to_le_bytes());
                    refused += usize::from(read(&damaged, form).is_err());
                }
            }
            assert!(refused > whole.len(), "{refused} of {}", whole.len());
        }
    }

    #[test]
    fn what_is_cut_short_is_damaged() {
        for form in [Format::ArrowFile, Format::ArrowStream] {
            let whole = written(form);
            // A stream may end without its mark.
            let batch_ends = if form == Format::ArrowStream { whole.len() - 8 } else { whole.len() };
            for end in 8..batch_ends {
                let rows = read(&whole[..end], form);
                assert!(!matches!(rows, Ok(99)), "{end} of {}", whole.len());
            }
        }
    }
}
