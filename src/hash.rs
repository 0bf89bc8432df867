//! A small stable hash for blocking keys: the same value on every platform and in every version of an index.
//!
//! Not a defence against chosen input and not a pseudonym: keys never leave the process.

const FACTOR: u64 = 0xD6E8_FEB8_6659_FD93;

/// What undoes a multiplication by [`FACTOR`]: each step of Newton's doubles the bits that are right, of which an odd number has
/// three to begin with.
const INVERSE: u64 = {
    let (mut inverse, mut bits) = (FACTOR, 3);
    while bits < u64::BITS {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(FACTOR.wrapping_mul(inverse)));
        bits *= 2;
    }
    inverse
};

/// Builds a 64-bit key from characters and numbers.
#[derive(Clone, Copy)]
pub(crate) struct KeyHasher(u64);

impl KeyHasher {
    pub(crate) const fn new(salt: u64) -> Self {
        Self(salt ^ 0x9E37_79B9_7F4A_7C15)
    }

    pub(crate) const fn add(self, value: u64) -> Self {
        Self((self.0.rotate_left(25) ^ value).wrapping_mul(FACTOR))
    }

    pub(crate) fn text(self, chars: impl Iterator<Item = char>) -> Self {
        chars.fold(self, |hasher, c| hasher.add(u64::from(u32::from(c))))
    }

    /// The hasher that has this key, to go on with; `None` for the one key that two have.
    pub(crate) const fn of_key(key: u64) -> Option<Self> {
        if key == 1 {
            return None;
        }
        let mut hash = key;
        hash = (hash ^ (hash >> 32)).wrapping_mul(INVERSE);
        hash = (hash ^ (hash >> 32)).wrapping_mul(INVERSE);
        Some(Self(hash ^ (hash >> 32)))
    }

    /// The key; never 0, so that 0 can stand for "no key".
    pub(crate) const fn finish(self) -> u64 {
        let mut hash = self.0;
        hash = (hash ^ (hash >> 32)).wrapping_mul(FACTOR);
        hash = (hash ^ (hash >> 32)).wrapping_mul(FACTOR);
        hash ^= hash >> 32;
        if hash == 0 { 1 } else { hash }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0 is no key, so that a second hasher has the key 1, and nobody can go on from it.
    #[test]
    fn the_key_of_two_hashers_tells_neither() {
        assert_eq!(KeyHasher(0).finish(), 1);
        assert!(KeyHasher::of_key(1).is_none());
    }

    proptest::proptest! {
        #[test]
        fn a_key_tells_its_hasher(salt in proptest::prelude::any::<u64>(), first in ".{0,5}", rest in ".{0,5}") {
            let hasher = KeyHasher::new(salt).text(first.chars());
            let again = KeyHasher::of_key(hasher.finish()).unwrap();
            let whole = KeyHasher::new(salt).text(first.chars().chain(rest.chars()));
            proptest::prop_assert_eq!(again.text(rest.chars()).finish(), whole.finish());
        }
    }
}
