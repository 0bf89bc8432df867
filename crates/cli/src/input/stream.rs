//! Reading ahead: one thread cuts the file into pieces while others read and use them.

use std::{collections::VecDeque, io, sync::mpsc, thread};

use rayon::prelude::*;

use super::{Chunk, Table, block::TextBlock};

/// Pieces cut ahead.
const AHEAD: usize = 4;

/// Some thousand rows of a file that are not looked at yet: cutting a file into them costs little, and any thread can read
/// each of them.
pub struct Block {
    pub(super) piece: Piece,
    pub(super) bytes_read: u64,
}

/// The rows as the file has them.
pub(super) enum Piece {
    Text(TextBlock),
    #[cfg(feature = "arrow")]
    Batch(super::columnar::Batch),
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Block")
    }
}

impl Block {
    /// Reads the rows: the same ones, with the same line numbers, on whatever thread and in whatever order.
    #[must_use]
    pub fn parse(self) -> Chunk {
        let mut chunk = match self.piece {
            Piece::Text(block) => block.parse(),
            #[cfg(feature = "arrow")]
            Piece::Batch(batch) => batch.parse(),
        };
        chunk.set_bytes_read(self.bytes_read);
        chunk
    }
}

/// The pieces of a table in the order of the file, cut ahead.
#[derive(Debug)]
pub struct Blocks {
    /// The end of the file is sent like a piece: a thread that stops without it has lost rows.
    blocks: mpsc::Receiver<io::Result<Option<Block>>>,
    ended: bool,
}

impl Blocks {
    /// Cuts the table on a thread of its own, which ends after the piece it is at when this is dropped.
    pub(super) fn of(mut table: Table<'static>) -> Self {
        let (sender, blocks) = mpsc::sync_channel(AHEAD);
        thread::spawn(move || {
            loop {
                let item = table.read_block();
                let more = matches!(item, Ok(Some(_)));
                if sender.send(item).is_err() || !more {
                    break;
                }
            }
        });
        Self { blocks, ended: false }
    }

    /// The next piece if it is there already.
    fn next_ready(&mut self) -> Option<io::Result<Block>> {
        if self.ended { None } else { self.blocks.try_recv().ok().and_then(|item| self.take(item)) }
    }

    fn take(&mut self, item: io::Result<Option<Block>>) -> Option<io::Result<Block>> {
        self.ended = !matches!(item, Ok(Some(_)));
        item.transpose()
    }
}

impl Iterator for Blocks {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let lost = |_| Err(io::Error::other("reading ended before the file did"));
        let item = self.blocks.recv().unwrap_or_else(lost);
        self.take(item)
    }
}

/// The rows of a table in the order of the file, read on as many threads as there are.
#[derive(Debug)]
pub struct Chunks {
    blocks: Blocks,
    ready: VecDeque<Chunk>,
    /// What ended the reading, told behind the rows before it.
    failed: Option<io::Error>,
}

impl Chunks {
    pub(super) fn of(blocks: Blocks) -> Self {
        Self { blocks, ready: VecDeque::new(), failed: None }
    }

    /// Reads one piece for each thread, or as many as there are.
    fn read_on(&mut self) {
        let mut blocks = Vec::new();
        let mut item = self.blocks.next();
        while let Some(next) = item {
            match next {
                Ok(block) => blocks.push(block),
                Err(error) => self.failed = Some(error),
            }
            let enough = blocks.len() >= rayon::current_num_threads();
            item = if enough { None } else { self.blocks.next_ready() };
        }
        let chunks: Vec<Chunk> = blocks.into_par_iter().map(Block::parse).collect();
        self.ready.extend(chunks.into_iter().filter(|chunk| !chunk.is_empty()));
    }
}

impl Iterator for Chunks {
    type Item = io::Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && self.failed.is_none() && !self.blocks.ended {
            self.read_on();
        }
        self.ready.pop_front().map(Ok).or_else(|| self.failed.take().map(Err))
    }
}
