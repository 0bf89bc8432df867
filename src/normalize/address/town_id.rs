//! A number for each town that the gazetteer knows. Knows nothing of how a town is written or found.

use std::fmt;

/// A number that stands for one town (町字) of one municipality, the same for every accepted spelling of it.
///
/// It is himozuke's own, and **not the 町字ID** of the address base registry (アドレス・ベース・レジストリ): those ids are
/// published on terms that no package states, so no table of them may be shipped, and a number made here must not
/// be taken for one. Unlike a 町字ID it leaves out the 丁目 and the 小字, which are numbers and area of an
/// [`Address`](super::Address).
///
/// The number is made from the town alone, not from its place in a table, so it stays when the gazetteer is rebuilt and
/// other towns come or go: FNV-1a (64 bits) over the UTF-8 bytes of `code/town`, the five digits of the municipality
/// (JIS X 0402) and [`Address::town`](super::Address::town), as in `12227/舞浜`. A town that changes its name or its
/// municipality becomes another town; the name of a municipality that is no more leads to the town of today. No two
/// towns of the gazetteer have one number (a test reads them all).
///
/// It tells where somebody lives: `Debug` does not show it.
///
/// ```
/// use himozuke::normalize::address::Address;
/// let id = |text| Address::parse(text).unwrap().town_id();
/// assert_eq!(id("千代田区大字霞が関2-1-6"), id("東京都千代田区霞ヶ関三丁目"));
/// assert_ne!(id("札幌市北区北七条西1-2"), id("札幌市中央区北七条西1-2"));
/// assert!(id("千代田区霧が関2-1-6").is_none()); // no such town
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TownId(u64);

impl TownId {
    pub(super) fn new(code: u32, town: &str) -> Self {
        let text = format!("{code:05}/{town}");
        let hash = text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        Self(hash)
    }

    /// The number, for storing and joining; all 64 bits count.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for TownId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TownId")
    }
}
