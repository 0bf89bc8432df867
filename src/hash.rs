//! A small stable hash for blocking keys: the same value on every platform and in every version of an index.
//!
//! Not a defence against chosen input and not a pseudonym: keys never leave the process.

/// Builds a 64-bit key from characters and numbers.
#[derive(Clone, Copy)]
pub(crate) struct KeyHasher(u64);

impl KeyHasher {
    pub(crate) const fn new(salt: u64) -> Self {
        Self(salt ^ 0x9E37_79B9_7F4A_7C15)
    }

    pub(crate) const fn add(self, value: u64) -> Self {
        Self((self.0.rotate_left(25) ^ value).wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    pub(crate) fn text(self, chars: impl Iterator<Item = char>) -> Self {
        chars.fold(self, |hasher, c| hasher.add(u64::from(u32::from(c))))
    }

    /// The key; never 0, so that 0 can stand for "no key".
    pub(crate) const fn finish(self) -> u64 {
        let mut hash = self.0;
        hash = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        hash = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        hash ^= hash >> 32;
        if hash == 0 { 1 } else { hash }
    }
}
