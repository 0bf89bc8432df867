//! Memory that is used again: on a machine that has just started, new memory costs more than what is read into it.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use super::Row;

/// More than are ever in use at once.
const KEPT: usize = 64;

/// The tables of a chunk.
type Tables = (Vec<u32>, Vec<Row>);

/// Buffers that nobody uses at the moment.
#[derive(Default)]
pub(super) struct Pool {
    bytes: Mutex<Vec<Vec<u8>>>,
    tables: Mutex<Vec<Tables>>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pool")
    }
}

impl Pool {
    /// A buffer with anything in it.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Takes a buffer back.
    pub(super) fn give_bytes(&self, bytes: Vec<u8>) {
        keep(&self.bytes, bytes, |bytes| bytes.capacity() > 0);
    }

    /// Empty tables.
    pub(super) fn tables(&self) -> Tables {
        let (mut bounds, mut rows) =
            self.tables.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        bounds.clear();
        rows.clear();
        (bounds, rows)
    }

    /// Takes tables back.
    pub(super) fn give_tables(&self, bounds: Vec<u32>, rows: Vec<Row>) {
        keep(&self.tables, (bounds, rows), |(bounds, _)| bounds.capacity() > 0);
    }
}

/// Puts something by that is worth it.
fn keep<T>(kept: &Mutex<Vec<T>>, one: T, worth: impl Fn(&T) -> bool) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < KEPT && worth(&one) {
        kept.push(one);
    }
}
