//! A first test of whether a character is one of a few, which settles most that are not. Knows no characters.

/// The lowest six bits of the characters that are meant, each value a bit.
#[derive(Clone, Copy)]
pub(super) struct Sieve(u64);

impl Sieve {
    pub(super) const NONE: Self = Self(0);

    pub(super) const fn with(self, c: char) -> Self {
        Self(self.0 | 1 << (c as u32 % u64::BITS))
    }

    /// Whether a character may be one that is meant.
    pub(super) const fn may_hold(self, c: char) -> bool {
        self.0 >> (c as u32 % u64::BITS) & 1 != 0
    }
}

/// The sieve of the characters from one to U+9FFF, the last kanji of the first block, that an expression holds of; a constant.
macro_rules! sieve {
    (|$c:ident| $holds:expr, $first:literal) => {
        const {
            let (mut sieve, mut code) = ($crate::normalize::sieve::Sieve::NONE, $first as u32);
            while code <= 0x9FFF {
                if let Some($c) = char::from_u32(code)
                    && $holds
                {
                    sieve = sieve.with($c);
                }
                code += 1;
            }
            sieve
        }
    };
}
pub(super) use sieve;
